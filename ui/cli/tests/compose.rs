//! `moultctl compose` with the real backend. Needs root, bubblewrap, skopeo and umoci.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

#[allow(dead_code, reason = "the other tests need the rest of it")]
mod lab;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::lab::{Lab, needing, package, place_program, program, stderr};

/// A repository with a set-id file and a trigger, and a model of it.
fn ready() -> (Lab, PathBuf) {
    let mut lab = Lab::new();
    lab.offer(package("library", 1), &[("lib/library.so", 0o644, "one")]);
    let trigger = "name: gone\nhandlers: { h: { delete: ['/usr/share/doomed'] } }\npaths: { '/usr/share/doomed': { handlers: [h] } }\n";
    lab.offer(
        needing("tool", 1, &["library"]),
        &[
            ("bin/tool", 0o755, "one"),
            ("bin/tool-as-root", 0o4755, "root"),
            ("share/doomed", 0o644, "x"),
            ("share/moult/triggers/tx.d/gone.yaml", 0o644, trigger),
        ],
    );
    lab.index();
    let model = lab.root().with_file_name("system.kdl");
    let text = format!(
        "// an image\nrepositories {{ shop {{ uri \"{}\"; priority 0 }} }}\npackages {{ tool }}\n",
        lab.uri()
    );
    fs::write(&model, text).unwrap();
    (lab, model)
}

/// `moultctl compose --json` with a umask and a time zone.
fn compose(model: &Path, to: &str, umask: &str, zone: &str) -> Output {
    let shell = "umask \"$1\"; shift; exec \"$@\"";
    Command::new("sh")
        .args(["-c", shell, "sh", umask])
        .arg(program().get_program())
        .args(["--json", "compose", "--model"])
        .arg(model)
        .arg("--to")
        .arg(to)
        .env("LC_ALL", "C")
        .env("TZ", zone)
        .env_remove("SOURCE_DATE_EPOCH")
        .output()
        .unwrap()
}

#[track_caller]
fn composed(model: &Path, to: &str, umask: &str, zone: &str) -> Value {
    let output = compose(model, to, umask, zone);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
fn refused(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(1), "{}", stderr(output));
    assert!(output.stdout.is_empty());
    serde_json::from_slice(&output.stderr).unwrap_or_else(|_| panic!("{}", stderr(output)))
}

/// Mode, owner, date and content of everything in a folder.
fn picture(top: &Path) -> BTreeMap<PathBuf, (u32, u32, u32, i64, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![top.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let stat = fs::symlink_metadata(&path).unwrap();
            let content = if stat.is_dir() {
                folders.push(path.clone());
                Vec::new()
            } else if stat.is_file() {
                fs::read(&path).unwrap()
            } else {
                fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
            };
            let name = path.strip_prefix(top).unwrap().to_owned();
            let seen = (stat.mode(), stat.uid(), stat.gid(), stat.mtime(), content);
            let _ = found.insert(name, seen);
        }
    }
    found
}

/// Folders of composings that nobody works in any more.
fn abandoned() -> usize {
    let all = fs::read_dir("/var/tmp").unwrap().flatten();
    let ours = all.filter(|entry| entry.file_name().to_string_lossy().starts_with("moult-compose-"));
    let free = |entry: &fs::DirEntry| {
        let lock = fs::File::open(entry.path().join("lock"));
        lock.is_ok_and(|lock| lock.try_lock().is_ok())
    };
    ours.filter(free).count()
}

/// Runs somebody else's program.
#[track_caller]
fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program}: {}", stderr(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_same_model_gives_the_same_bytes_whenever_and_wherever_it_is_composed() {
    let (lab, model) = ready();
    let at = |name: &str| lab.root().with_file_name(name).to_str().unwrap().to_owned();
    let settings = [("one", "022", "UTC"), ("other", "077", "Asia/Tokyo")];

    let archives = settings.map(|(name, umask, zone)| {
        let to = at(&format!("{name}.tar"));
        let told = composed(&model, &to, umask, zone);
        assert_eq!((&told["packages"], &told["digest"]), (&2.into(), &"".into()));
        std::thread::sleep(std::time::Duration::from_millis(1100));
        fs::read(to).unwrap()
    });
    assert!(archives[0] == archives[1], "the archives differ");

    let images = settings.map(|(name, umask, zone)| {
        let folder = at(&format!("{name}-image"));
        let told = composed(&model, &format!("oci:{folder}"), umask, zone);
        (told["digest"].as_str().unwrap().to_owned(), PathBuf::from(folder))
    });
    assert_eq!(images[0].0, images[1].0);
    let contents = images.each_ref().map(|(_, folder)| {
        let all = picture(folder).into_iter();
        all.map(|(path, (.., content))| (path, content)).collect::<Vec<_>>()
    });
    assert!(contents[0] == contents[1], "the images differ");

    let folders = settings.map(|(name, umask, zone)| {
        let folder = PathBuf::from(at(&format!("{name}-folder")));
        composed(&model, folder.to_str().unwrap(), umask, zone);
        picture(&folder)
    });
    assert_eq!(folders[0], folders[1]);
    assert_eq!(folders[0][Path::new("usr/bin/tool-as-root")].0, 0o104_755);
    assert!(
        !folders[0].contains_key(Path::new("usr/share/doomed")),
        "the trigger ran"
    );
    assert!(folders[0].values().all(|(.., date, _)| *date == 0));
    let kept = &folders[0][Path::new("usr/lib/system-model.kdl")].4;
    assert_eq!(*kept, fs::read(&model).unwrap());

    // Read by other people's programs, all three are one system.
    let out = PathBuf::from(at("unpacked"));
    fs::create_dir(&out).unwrap();
    run(
        "tar",
        &["--same-owner", "-xpf", &at("one.tar"), "-C", out.to_str().unwrap()],
    );
    assert_eq!(picture(&out), folders[0]);
    let (digest, image) = &images[1];
    let name = format!("oci:{}:latest", image.display());
    let inspected = run("skopeo", &["inspect", &name]);
    assert!(
        inspected.contains(digest) && inspected.contains("1970-01-01T00:00:00Z"),
        "{inspected}"
    );
    let out = PathBuf::from(at("bundle"));
    let tagged = format!("{}:latest", image.display());
    run("umoci", &["raw", "unpack", "--image", &tagged, out.to_str().unwrap()]);
    let mut unpacked = picture(&out);
    unpacked.retain(|path, _| folders[0].contains_key(path));
    assert_eq!(unpacked, folders[0]);
    assert_eq!(abandoned(), 0, "something was left behind");
}

#[test]
fn everything_has_the_date_that_the_environment_says() {
    let (lab, model) = ready();
    let to = lab.root().with_file_name("dated");
    let run = |date: &str| {
        program()
            .args(["--json", "compose", "--model"])
            .arg(&model)
            .arg("--to")
            .arg(&to)
            .env("SOURCE_DATE_EPOCH", date)
            .output()
            .unwrap()
    };
    assert_eq!(refused(&run("yesterday"))["code"], "bad-input");
    assert_eq!(refused(&run("99999999999"))["code"], "packages-refused");
    assert!(!to.exists());
    assert_eq!(run("1700000000").status.code(), Some(0));
    assert!(picture(&to).values().all(|(.., date, _)| *date == 1_700_000_000));
}

#[test]
fn a_composed_system_is_what_an_installed_one_is() {
    let (lab, model) = ready();
    let _ = lab.does(&["model", "import", model.to_str().unwrap()]);
    let _ = lab.does(&["--yes", "model", "sync"]);
    let folder = lab.root().with_file_name("folder");
    composed(&model, folder.to_str().unwrap(), "022", "UTC");
    let plain = |top: &Path| {
        let mut all = picture(&top.join("usr"));
        all.remove(Path::new("lib/moult/state"));
        let all = all.into_iter();
        all.map(|(path, (mode, uid, gid, _, content))| (path, mode, uid, gid, content))
            .collect::<Vec<_>>()
    };
    assert_eq!(plain(&folder), plain(&lab.root()));
}

#[test]
fn what_fails_leaves_nothing_behind_and_what_was_there_stays() {
    let (mut lab, model) = ready();
    let dir = lab.root().with_file_name("out");
    fs::create_dir(&dir).unwrap();
    let at = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    let left = || fs::read_dir(&dir).unwrap().count();
    let text = fs::read_to_string(&model).unwrap();
    let targets = [at("new"), at("x.tar"), format!("oci:{}", at("image"))];
    let fails = |code: &str| {
        for to in &targets {
            let failure = refused(&compose(&model, to, "022", "UTC"));
            assert_eq!(failure["code"], code, "{to}: {failure}");
            assert_eq!(left(), 0, "after {to}");
        }
    };

    fs::write(&model, "packages {").unwrap();
    fails("model-invalid");
    fs::write(&model, text.replace("tool }", "nobody-has-this }")).unwrap();
    fails("unresolvable");
    fs::write(&model, text.replace("stone.index", "none.index")).unwrap();
    for to in &targets {
        let _ = refused(&compose(&model, to, "022", "UTC"));
        assert_eq!(left(), 0, "after {to}");
    }
    let broken = "name: bad\nhandlers: { h: { run: /usr/bin/none, args: [] } }\npaths: { '/usr/share/bad': { handlers: [h] } }\n";
    lab.offer(
        package("bad", 1),
        &[
            ("share/bad", 0o644, "x"),
            ("share/moult/triggers/tx.d/bad.yaml", 0o644, broken),
        ],
    );
    let eaten = lab.offer(package("eaten", 1), &[("share/eaten", 0o644, "whole")]);
    lab.index();
    fs::write(&model, text.replace("tool }", "tool; bad }")).unwrap();
    fails("trigger-failed");
    fs::write(eaten, b"\0mos eaten").unwrap();
    fs::write(&model, text.replace("tool }", "tool; eaten }")).unwrap();
    fails("package-damaged");

    // What is there is not written into; an archive is replaced when the new one is whole.
    fs::write(&model, &text).unwrap();
    for name in ["new", "image"] {
        fs::create_dir(at(name)).unwrap();
        fs::write(dir.join(name).join("mine"), "mine").unwrap();
    }
    for to in [&targets[0], &targets[2]] {
        assert_eq!(refused(&compose(&model, to, "022", "UTC"))["code"], "bad-input");
    }
    assert_eq!(fs::read_to_string(dir.join("new/mine")).unwrap(), "mine");
    assert_eq!(fs::read_dir(at("image")).unwrap().count(), 1);
    fs::write(at("x.tar"), "old").unwrap();
    fs::write(&model, "packages {").unwrap();
    let _ = refused(&compose(&model, &targets[1], "022", "UTC"));
    assert_eq!(fs::read_to_string(at("x.tar")).unwrap(), "old");
    fs::write(&model, &text).unwrap();
    composed(&model, &targets[1], "022", "UTC");
    assert!(fs::metadata(at("x.tar")).unwrap().len() > 1024);
    assert_eq!(left(), 3, "no part of it is left");
    assert_eq!(abandoned(), 0, "something was left behind");
}

#[test]
fn wrong_use_ends_with_2() {
    let (lab, model) = ready();
    let model = model.to_str().unwrap();
    for to in ["x.tar.gz", "oci:"] {
        let output = program()
            .args(["compose", "--model", model, "--to", to])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{to}");
        assert!(stderr(&output).contains("no place for a system"), "{}", stderr(&output));
    }
    let output = lab.run(&["compose", "--model", model, "--to", "x.tar"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--root"), "{}", stderr(&output));
    assert!(!Path::new("x.tar").exists());
}

#[test]
fn somebody_who_is_not_root_is_told_that_a_folder_needs_root() {
    let (lab, model) = ready();
    let open = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    open(lab.root().parent().unwrap());
    let programs = tempfile::tempdir().unwrap();
    open(programs.path());
    let copy = place_program("moultctl", programs.path());
    let place = lab.root().with_file_name("place");
    fs::create_dir(&place).unwrap();
    std::os::unix::fs::chown(&place, Some(65_534), Some(65_534)).unwrap();
    let output = Command::new(copy)
        .args(["--json", "compose", "--model"])
        .arg(&model)
        .arg("--to")
        .arg(place.join("out"))
        .env("LC_ALL", "C")
        .uid(65_534)
        .gid(65_534)
        .output()
        .unwrap();
    let failure = refused(&output);
    assert_eq!(failure["code"], "not-authorized");
    assert!(failure["message"].as_str().unwrap().contains("Only root"), "{failure}");
    assert!(!place.join("out").exists());
}
