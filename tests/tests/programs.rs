//! The desktop programs of the sample repository: each is in the catalogue, is installed by our own engine, and runs.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use moult_catalogue::{Catalogue, Kind, Languages, Limits, Sources};
use moult_tests::lab::desktop::{Desktop, Window};
use moult_tests::lab::{Bind, Lab, Options, User, target_folder};
use moult_tests::sample::lists::package_list;

const ROOT: &str = "/srv/system";
/// What the issue asks for.
const LEAST: usize = 40;
/// Programs that run at the same time.
const SCREENS: usize = 3;

/// A desktop program of the list: its package, and the desktop entry that the catalogue names.
#[derive(Debug, Clone)]
struct Program {
    package: String,
    entry: String,
}

#[test]
fn every_desktop_program_of_the_repository_opens_its_window() {
    let folder = tempfile::tempdir_in(target_folder()).unwrap();
    let options = Options {
        programs: Some(support::programs()),
        repository: Some(support::sample()),
        binds: vec![Bind {
            host: folder.path().to_owned(),
            inside: ROOT.into(),
            read_only: false,
        }],
        ..Options::default()
    };
    let lab = Lab::start(&options).unwrap();
    let moultctl = |arguments: &[&str]| {
        let all = [&["--root", ROOT, "--yes"], arguments].concat();
        lab.run(User::Root, "/usr/bin/moultctl", &all).unwrap()
    };
    let names = list();
    let begun = Instant::now();
    let _ = moultctl(&["repo", "add", "sample", "file:///repo/stone.index"]);
    let _ = moultctl(&["install", "moult-sample"]);
    println!("the system: {:.1} s", begun.elapsed().as_secs_f64());
    let programs = in_the_catalogue(folder.path(), &names);
    for program in &programs {
        assert!(
            !folder
                .path()
                .join("usr/share/applications")
                .join(&program.entry)
                .exists(),
            "{} is installed with the system",
            program.package
        );
    }

    let begun = Instant::now();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let _ = moultctl(&[&["install"], names.as_slice()].concat());
    println!("{} programs: {:.1} s", names.len(), begun.elapsed().as_secs_f64());

    let begun = Instant::now();
    let desktop = Desktop::prepare(&lab, ROOT).unwrap();
    let windows = show(&desktop, &programs);
    let pictures = target_folder().join("pictures/programs");
    fs::create_dir_all(&pictures).unwrap();
    let mut failed = Vec::new();
    for (package, window) in &windows {
        match window {
            Ok(window) => {
                fs::write(pictures.join(format!("{package}.png")), &window.picture).unwrap();
                println!(
                    "{package}: {:?} ({}), {} colours, {:.1} s",
                    window.title,
                    window.app_id,
                    window.colours,
                    window.took.as_secs_f64()
                );
            }
            Err(error) => failed.push(format!("{package}: {error}")),
        }
    }
    println!("shown in {:.1} s", begun.elapsed().as_secs_f64());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(windows.len() >= LEAST, "only {} programs run", windows.len());
}

/// The list's own names.
fn list() -> Vec<String> {
    package_list(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample/programs")).unwrap()
}

/// Of each package the component with a window that has the shortest name. It must have an icon in both sizes that lies where the catalogue says.
fn in_the_catalogue(root: &Path, packages: &[String]) -> Vec<Program> {
    let languages = Languages::new(Some("C".to_owned()));
    let (catalogue, _) = Catalogue::open(&Sources::system(root), &languages, None, &Limits::default()).unwrap();
    assert!(catalogue.len() > 2_000, "{} components", catalogue.len());

    let of = |package: &String| {
        let components = catalogue.of_package(package).into_iter();
        let apps = components.filter_map(|id| catalogue.get(id).unwrap());
        let app = apps
            .filter(|component| component.kind == Kind::DesktopApp)
            // `foot`, before `foot-server` and `footclient`.
            .min_by_key(|component| component.launchables.first().map(|entry| entry.value.len()))
            .unwrap_or_else(|| panic!("{package} has no component with a window"));
        for pixels in [64, 128] {
            let icons = catalogue.icon_files(&app.icons, pixels);
            assert!(
                icons.iter().any(|icon| icon.is_file()),
                "{package} has no icon of {pixels} pixels"
            );
        }
        let entry = app
            .launchables
            .iter()
            .find(|launchable| launchable.kind == "desktop-id");
        Program {
            package: package.clone(),
            entry: entry
                .unwrap_or_else(|| panic!("{package} has no desktop entry"))
                .value
                .clone(),
        }
    };
    packages.iter().map(of).collect()
}

/// Starts all programs, some at a time.
fn show(desktop: &Desktop<'_>, programs: &[Program]) -> BTreeMap<String, Result<Window, String>> {
    let queue = Mutex::new(programs.iter());
    let windows = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for number in 0..SCREENS {
            let (queue, windows) = (&queue, &windows);
            let _ = scope.spawn(move || {
                let screen = desktop.screen(&format!("screen{number}")).unwrap();
                loop {
                    let Some(program) = queue.lock().unwrap().next() else {
                        return;
                    };
                    let entry = desktop.path("usr/share/applications").join(&program.entry);
                    let window = match fs::read_to_string(&entry) {
                        Ok(text) => screen.show(&command(&text)).map_err(|error| error.to_string()),
                        Err(error) => Err(format!("{}: {error}", entry.display())),
                    };
                    let _ = windows.lock().unwrap().insert(program.package.clone(), window);
                }
            });
        }
    });
    windows.into_inner().unwrap()
}

/// Program and arguments of a desktop entry, without the codes that stand for files (Desktop Entry Specification 1.5, "The Exec key").
fn command(entry: &str) -> Vec<String> {
    let mut lines = entry
        .lines()
        .skip_while(|line| line.trim() != "[Desktop Entry]")
        .skip(1);
    let exec = lines
        .by_ref()
        .take_while(|line| !line.starts_with('['))
        .find_map(|line| line.strip_prefix("Exec="))
        .expect("an Exec key");
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for letter in exec.chars().chain([' ']) {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            letter => word.push(letter),
        }
    }
    words.retain(|word| !(word.len() == 2 && word.starts_with('%')));
    words
}
