//! What the shelf of a large catalogue costs: opening it, its first page, each key of a search, its memory.
//!
//!     cargo run --release -p moult-packages --example catalogue -- PACKAGES_FILE DIR
//!     cargo run --release -p moult-shelf --example shelf -- DIR COMPONENTS
//!
//! DIR is what the first one made. COMPONENTS is a catalogue, such as Debian's `Components-amd64.yml.gz`; it is copied to
//! where catalogues lie in DIR's root. The steps run in a process of their own each, as a reader is started anew for each
//! window. Beside what a clock says stands what this program's thread has run: that is no more on a machine that is busy
//! with other things.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use moult_catalogue::Languages;
use moult_packages::Engine;
use moult_shelf::{Filter, Shelf};

/// What people type, letter by letter: names, words, words with a typing error, and what is nowhere.
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
        ["--start", folder, cached] => start(Path::new(folder), *cached == "cached"),
        ["--search", folder] => search(Path::new(folder)),
        [folder, components] if !folder.starts_with('-') => {
            let place = Path::new(folder).join("root/var/lib/swcatalog/yaml");
            fs::create_dir_all(&place)?;
            fs::copy(components, place.join("components.yml.gz"))?;
            println!("without a cache:");
            step(&["--start", folder, "no"])?;
            println!("the first time with one, and then three times:");
            for _ in 0..4 {
                step(&["--start", folder, "cached"])?;
            }
            step(&["--search", folder])
        }
        _ => Err("usage: measure DIR COMPONENTS".into()),
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

fn open(folder: &Path, cached: bool) -> Outcome<(Engine, Shelf)> {
    let root = folder.join("root");
    let engine = Engine::open_reader(&root)?;
    let cache = folder.join("catalogue");
    let shelf = Shelf::open(
        &root,
        &engine,
        &Languages::new(["de_DE"]),
        cached.then_some(cache.as_path()),
    )?;
    Ok((engine, shelf))
}

fn start(folder: &Path, cached: bool) -> Outcome<()> {
    let (before, begun) = (ran(), Instant::now());
    let (_, shelf) = open(folder, cached)?;
    let (opened, open_ran) = (begun.elapsed(), ran().saturating_sub(before));
    let front = shelf.front(20_000);
    let (first, first_ran) = (begun.elapsed(), ran().saturating_sub(before));
    let held = memory("VmRSS");
    let begun = Instant::now();
    shelf.prepare()();
    let prepared = begun.elapsed();
    let begun = Instant::now();
    let listed = shelf.items(&Filter::default(), 0, 60);
    println!(
        "open {} (ran {}), content {} (ran {}; {} items, {} packages; {held}), words {}, first list {} of {}; {}, {}",
        ms(opened),
        ms(open_ran),
        ms(first),
        ms(first_ran),
        front.items,
        front.packages,
        ms(prepared),
        ms(begun.elapsed()),
        listed.total,
        memory("VmRSS"),
        memory("VmHWM"),
    );
    Ok(())
}

fn search(folder: &Path) -> Outcome<()> {
    let (engine, mut shelf) = open(folder, true)?;
    shelf.prepare()();
    let mut times = Vec::new();
    for _ in 0..20 {
        let begun = Instant::now();
        let _ = shelf.renew(&engine)?;
        times.push(begun.elapsed());
    }
    println!("{:<28} {:>9} {:>9} {:>9}", "", "median", "p95", "max");
    println!("{}", row("renew when nothing changed", &mut times));
    let filters = [
        ("", Filter::default()),
        (
            "installed",
            Filter {
                installed: true,
                ..Filter::default()
            },
        ),
        (
            "Graphics",
            Filter {
                category: "Graphics".into(),
                ..Filter::default()
            },
        ),
    ];
    for (named, filter) in filters {
        let (mut keystrokes, mut ran_keystrokes) = (Vec::new(), Vec::new());
        for typed in TYPED {
            let mut times = Vec::new();
            let mut last = Vec::new();
            let mut total = 0;
            for _ in 0..5 {
                for (end, letter) in typed.char_indices() {
                    let term = typed.get(..end + letter.len_utf8()).unwrap_or(typed);
                    let (before, begun) = (ran(), Instant::now());
                    let page = shelf.find(term, &filter, 50);
                    times.push(begun.elapsed());
                    ran_keystrokes.push(ran().saturating_sub(before));
                    (last, total) = (page.items, page.total);
                }
            }
            let names: Vec<&str> = last.iter().take(4).map(|item| item.name.as_str()).collect();
            if named.is_empty() {
                println!("{}  {total}: {}", row(typed, &mut times), names.join(", "));
            }
            keystrokes.append(&mut times);
        }
        let what = format!("all {named}");
        println!("{}  {} keystrokes", row(&what, &mut keystrokes), keystrokes.len());
        println!("{}", row("  ran", &mut ran_keystrokes));
    }
    println!("{}, {}", memory("VmRSS"), memory("VmHWM"));
    Ok(())
}

fn row(name: &str, times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |percent: usize| {
        let time = times.get(times.len().saturating_sub(1) * percent / 100);
        ms(time.copied().unwrap_or_default())
    };
    format!("{name:<28} {:>9} {:>9} {:>9}", at(50), at(95), at(100))
}

/// What this thread has run so far, as the scheduler counts it: it does so when another thread could go on.
fn ran() -> Duration {
    std::thread::yield_now();
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

/// A line of what the kernel says of this process's memory.
fn memory(what: &str) -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap_or_default();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
