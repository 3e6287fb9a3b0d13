//! The figures of a large catalogue: makes a package list out of Debian's, refreshes it, opens it and searches it.
//!
//!     cargo run --release -p moult-packages --example catalogue -- PACKAGES_FILE DIR
//!
//! PACKAGES_FILE has Debian's stanzas with the long descriptions; DIR must be empty or missing. Only names, versions,
//! texts and relations are Debian's; checksums and sizes are invented, and there are no package files. The first 60,000
//! packages are the repository `debian`, the rest is `more`. Each step runs in a process of its own, so that its memory
//! is its own too.
//!
//! PACKAGES_FILE is made, as root and without touching the host's apt, by
//!
//! ```sh
//! mkdir -p target/catalogue && cd target/catalogue
//! mkdir -p state/lists/partial cache/archives/partial etc/empty && : > state/status
//! echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main' > etc/sources.list
//! cat > apt.conf <<END
//! Dir::State "$PWD/state"; Dir::State::status "$PWD/state/status"; Dir::Cache "$PWD/cache"; Dir::Etc "$PWD/etc";
//! Dir::Etc::parts "$PWD/etc/empty"; Dir::Etc::sourceparts "$PWD/etc/empty";
//! Dir::Etc::preferencesparts "$PWD/etc/empty"; Dir::Etc::trustedparts "$PWD/etc/empty";
//! APT::Architectures { "amd64"; }; APT::Sandbox::User "root"; Acquire::Languages "en";
//! END
//! APT_CONFIG=$PWD/apt.conf apt-get update
//! APT_CONFIG=$PWD/apt.conf apt-cache show '.*' > Packages
//! ```

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use moult_packages::{Engine, Found, Repository, Unwatched, Url};
use moult_stone::{Package, Provider};

/// Packages of the first repository.
const FIRST: usize = 60_000;
/// What people type, letter by letter: names, parts of names, words, words with a typing error, and what is nowhere.
const TYPED: [&str; 16] = [
    "firefox",
    "libreoffice writer",
    "gimp",
    "python3-numpy",
    "video editor",
    "text editor for programmers",
    "thunderbrid",
    "inkscpae",
    "lib",
    "c++ compiler",
    "Éditeur",
    "gstreamer1.0-plugins-good",
    "music player",
    "a",
    "zzxqj",
    "the of and for with",
];

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--list", packages, folder] => list(Path::new(packages), Path::new(folder)),
        ["--refresh", folder, id] => refresh(Path::new(folder), id),
        ["--search", folder] => search(Path::new(folder)),
        ["--once", folder, term] => once(Path::new(folder), term),
        [packages, folder] if !packages.starts_with('-') => {
            std::fs::create_dir_all(Path::new(folder).join("root"))?;
            step(&["--list", packages, folder])?;
            step(&["--refresh", folder, "debian"])?;
            step(&["--refresh", folder, "more"])?;
            println!("the same list again, over the one that is there:");
            step(&["--refresh", folder, "debian"])?;
            let database = Path::new(folder).join("root/.moult/moult.db");
            println!("database: {} MiB", std::fs::metadata(database)?.len() >> 20);
            for term in ["firefox", "a", "inkscpae"] {
                step(&["--once", folder, term])?;
            }
            step(&["--search", folder])
        }
        _ => Err("usage: catalogue PACKAGES_FILE DIR".into()),
    }
}

fn step(arguments: &[&str]) -> Outcome<()> {
    let mut command = Command::new(std::env::current_exe()?);
    let status = command.args(arguments).stdin(Stdio::null()).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{arguments:?} failed: {status}").into())
    }
}

/// Makes the two repositories.
fn list(packages: &Path, folder: &Path) -> Outcome<()> {
    let mut all: BTreeMap<String, Package> = BTreeMap::new();
    let mut stanza: HashMap<String, String> = HashMap::new();
    let mut field = String::new();
    for line in BufReader::new(File::open(packages)?).lines() {
        let line = line?;
        if line.is_empty() {
            all.extend(package(&std::mem::take(&mut stanza)));
        } else if let Some(more) = line.strip_prefix(' ') {
            let value = stanza.entry(field.clone()).or_default();
            value.push('\n');
            value.push_str(if more == "." { "" } else { more });
        } else if let Some((name, value)) = line.split_once(':') {
            field = name.to_owned();
            stanza.insert(field.clone(), value.trim().to_owned());
        }
    }
    all.extend(package(&stanza));
    let mut packages: Vec<Package> = all.into_values().collect();
    for (number, package) in packages.iter_mut().enumerate() {
        package.hash = Some(format!(
            "{:064x}",
            (number as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
        ));
        package.size = Some(1 << 20);
        package.uri = Some(format!("{}-{}.stone", package.name, package.version.replace(':', "_")));
    }
    let rest = packages.split_off(FIRST.min(packages.len()));
    println!("packages: {} and {}", packages.len(), rest.len());
    for (id, packages) in [("debian", packages), ("more", rest)] {
        let path = folder.join(id);
        std::fs::create_dir_all(&path)?;
        let begun = Instant::now();
        let file = BufWriter::new(File::create(path.join("stone.index"))?);
        moult_stone::write_index(file, &packages)?;
        let size = std::fs::metadata(path.join("stone.index"))?.len();
        println!(
            "stone.index of {id}: {} MiB, written in {}",
            size >> 20,
            ms(begun.elapsed())
        );
    }
    Ok(())
}

fn package(stanza: &HashMap<String, String>) -> Option<(String, Package)> {
    let get = |name: &str| stanza.get(name).map_or("", String::as_str);
    let name = get("Package").to_owned();
    if name.is_empty() {
        return None;
    }
    let text = stanza
        .get("Description-en")
        .map_or_else(|| get("Description"), String::as_str);
    let (summary, description) = text.split_once('\n').unwrap_or((text, text));
    // `a (>= 1) | b, c:any` is a and c.
    let names = |field: &str| -> Vec<Provider> {
        let clauses = get(field).split(',').filter_map(|clause| {
            let first = clause.split(['|', '(']).next()?.split(':').next()?.trim();
            (!first.is_empty()).then(|| Provider::name(first))
        });
        clauses.collect()
    };
    let mut dependencies = names("Depends");
    dependencies.extend(names("Pre-Depends"));
    let package = Package {
        version: get("Version").to_owned(),
        source_release: 1,
        build_release: 1,
        architecture: "x86_64".to_owned(),
        summary: summary.to_owned(),
        description: description.trim_start().to_owned(),
        source_id: stanza.get("Source").map_or(name.clone(), Clone::clone),
        homepage: get("Homepage").to_owned(),
        licenses: vec!["MPL-2.0".to_owned()],
        dependencies,
        providers: names("Provides"),
        conflicts: names("Conflicts"),
        name: name.clone(),
        ..Package::default()
    };
    Some((name, package))
}

fn refresh(folder: &Path, id: &str) -> Outcome<()> {
    let folder = folder.canonicalize()?;
    let mut engine = Engine::open(&folder.join("root"))?;
    let uri = Url::from_file_path(folder.join(id).join("stone.index")).map_err(|()| "not a path")?;
    engine.add_repository(&Repository::direct(id, uri))?;
    let begun = Instant::now();
    let known = engine.refresh(id, &Unwatched)?.packages();
    println!(
        "refresh of {id}: {known} packages in {}, peak memory {}",
        ms(begun.elapsed()),
        peak()?
    );
    Ok(())
}

/// What a fresh process that asks once waits for.
fn once(folder: &Path, term: &str) -> Outcome<()> {
    let begun = Instant::now();
    let engine = Engine::open_reader(&folder.join("root"))?;
    let found = engine.search(term, 50)?;
    let names: Vec<&str> = found.iter().take(5).map(|found| found.name.as_str()).collect();
    println!(
        "one search for {term:?}, everything opened: {} ({})",
        ms(begun.elapsed()),
        names.join(", ")
    );
    Ok(())
}

fn search(folder: &Path) -> Outcome<()> {
    let begun = Instant::now();
    let engine = Engine::open_reader(&folder.join("root"))?;
    println!("open the database: {}", ms(begun.elapsed()));
    let begun = Instant::now();
    let mut searcher = engine.searcher()?;
    println!("open the search: {}, memory {}", ms(begun.elapsed()), peak()?);
    let begun = Instant::now();
    engine.renew(&mut searcher)?;
    println!("renew it when nothing changed: {}", ms(begun.elapsed()));

    let mut keystrokes = Vec::new();
    println!("{:<28} {:>9} {:>9} {:>9}  last finds", "typed", "median", "p95", "max");
    for typed in TYPED {
        let mut times = Vec::new();
        let mut last = Vec::new();
        for _ in 0..5 {
            for (end, letter) in typed.char_indices() {
                let begun = Instant::now();
                let term = typed.get(..end + letter.len_utf8()).unwrap_or(typed);
                last = searcher.search(term, 50);
                times.push(begun.elapsed());
            }
        }
        let names: Vec<&str> = last.iter().take(4).map(|found| found.name.as_str()).collect();
        println!("{}  {}", row(typed, &mut times), names.join(", "));
        keystrokes.append(&mut times);
    }
    println!("{}  {} keystrokes", row("all", &mut keystrokes), keystrokes.len());
    typing(&engine)?;

    let mut times = Vec::new();
    for name in ["bash", "firefox-esr", "libc6", "systemd", "nobody"] {
        let begun = Instant::now();
        let _ = engine.info(name)?;
        times.push(begun.elapsed());
    }
    println!("{}", row("info", &mut times));
    let begun = Instant::now();
    let all = engine.list_available()?.len();
    println!("list of all {all}: {}, peak memory {}", ms(begun.elapsed()), peak()?);
    Ok(())
}

/// Types several hundred terms that people may have in mind, each letter by letter: names, words of summaries, both with
/// typing errors, one to six words. Once as it is in a window, where the search remembers the letters before, and once
/// as if each term were pasted.
fn typing(engine: &Engine) -> Outcome<()> {
    let terms = realistic(&engine.list_available()?);
    for (what, kept) in [("letter by letter", true), ("each from nothing", false)] {
        let searcher = engine.searcher()?;
        let mut times: Vec<(Duration, &str)> = Vec::new();
        for typed in &terms {
            let mut term_times: Vec<(Duration, &str)> = Vec::new();
            // The best of three, as other programs run at the same time.
            for round in 0..3 {
                searcher.forget();
                for (at, (end, letter)) in typed.char_indices().enumerate() {
                    let term = typed.get(..end + letter.len_utf8()).unwrap_or(typed);
                    if !kept {
                        searcher.forget();
                    }
                    let begun = Instant::now();
                    let _ = searcher.search(term, 50);
                    let took = begun.elapsed();
                    match term_times.get_mut(at) {
                        Some((best, _)) if round > 0 => *best = took.min(*best),
                        _ => term_times.push((took, term)),
                    }
                }
            }
            times.append(&mut term_times);
        }
        times.sort_unstable();
        let at = |permille: usize| times.get(times.len().saturating_sub(1) * permille / 1000);
        let figure = |permille: usize| at(permille).map_or(String::new(), |(time, _)| ms(*time));
        println!(
            "{} terms, {} keystrokes, {what}: median {}, p95 {}, p99 {}, max {}",
            terms.len(),
            times.len(),
            figure(500),
            figure(950),
            figure(990),
            figure(1000)
        );
        let slowest: Vec<String> = times
            .iter()
            .rev()
            .take(5)
            .map(|(time, term)| format!("{term:?} {}", ms(*time)))
            .collect();
        println!("  slowest: {}", slowest.join(", "));
    }
    Ok(())
}

/// Always the same terms out of the same packages.
fn realistic(all: &[Found]) -> Vec<String> {
    let mut state = 1u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let mut terms: Vec<String> = TYPED.iter().map(|term| (*term).to_owned()).collect();
    while terms.len() < 400 {
        let Some(package) = all.get(random(all.len())) else {
            break;
        };
        let words: Vec<&str> = package.summary.split_whitespace().collect();
        let mut term = match terms.len() % 4 {
            0 => package.name.clone(),
            1 => package.name.replace('-', " "),
            2 => {
                let from = random(words.len());
                let some = words.iter().skip(from).take(1 + random(6));
                some.copied().collect::<Vec<_>>().join(" ").to_lowercase()
            }
            _ => {
                let word = words.get(random(words.len())).copied().unwrap_or_default();
                format!("{} {}", package.name, word.to_lowercase())
            }
        };
        // Every third with a typing error: two letters swapped, one left out, one too many.
        let mut letters: Vec<char> = term.chars().take(60).collect();
        let at = 1 + random(letters.len().saturating_sub(2));
        if terms.len().is_multiple_of(3) && letters.len() > at + 1 {
            match random(3) {
                0 => letters.swap(at, at + 1),
                1 => drop(letters.remove(at)),
                _ => letters.insert(at, 'e'),
            }
        }
        term = letters.into_iter().collect();
        if !term.trim().is_empty() {
            terms.push(term);
        }
    }
    terms
}

fn row(what: &str, times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |percent: usize| {
        times
            .get(times.len().saturating_sub(1) * percent / 100)
            .copied()
            .unwrap_or_default()
    };
    format!("{what:<28} {:>9} {:>9} {:>9}", ms(at(50)), ms(at(95)), ms(at(100)))
}

fn peak() -> Outcome<String> {
    let mut text = String::new();
    File::open("/proc/self/status")?.read_to_string(&mut text)?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = line
        .and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0);
    Ok(format!("{} MiB", kib >> 10))
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
