//! Installs from a repository folder into an empty root and says where the time went; then, in the same run, does by
//! hand what no installer can avoid, as the limit: `zstd -d` of the same content payloads to files by as many processes
//! as there are processors, `cp -al` of the tree, `sync`.
//!
//!     cargo run --release -p moult-packages --example bench -- REPO_DIR TARGET_DIR PACKAGE...
//!
//! TARGET_DIR must be empty or missing and on the disk to be measured. Run as root.

use std::error::Error;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use moult_packages::{Engine, Installed, Provider, Repository, Unwatched, Url};
use moult_stone::{Limits, Stone};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [repository, target, wanted @ ..] = arguments.as_slice() else {
        return Err("usage: bench REPO_DIR TARGET_DIR PACKAGE...".into());
    };
    let (repository, target) = (PathBuf::from(repository).canonicalize()?, PathBuf::from(target));
    let root = target.join("root");
    std::fs::create_dir_all(&target)?;
    std::fs::create_dir(&root)?;
    let root = root.canonicalize()?;
    let wanted: Vec<Provider> = wanted.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;

    let mut engine = Engine::open(&root)?;
    let uri = Url::from_file_path(repository.join("stone.index")).map_err(|()| "not a path")?;
    let description = String::new();
    engine.add_repository(&Repository {
        id: "bench".into(),
        uri,
        priority: 0,
        description,
    })?;
    let begun = Instant::now();
    let known = engine.refresh("bench", &Unwatched)?;
    println!("refresh of {known} packages: {}", ms(begun.elapsed()));

    let cold = measure(&mut engine, &wanted, "empty store")?;
    let warm = measure(&mut engine, &wanted, "everything stored")?;
    println!("peak memory of the engine: {}", peak()?);

    let stones: Vec<PathBuf> = engine
        .resolve(&wanted)?
        .packages
        .iter()
        .filter_map(|package| package.url.to_file_path().ok())
        .collect();
    let limit = limit(&stones, &root.join("usr"), &target.join("limit"))?;
    println!(
        "limit: decode {}, cp -al {}, sync {}",
        ms(limit.decode),
        ms(limit.link),
        ms(limit.sync)
    );
    let ratio = |time: Duration, limit: Duration| time.as_secs_f64() / limit.as_secs_f64();
    println!(
        "install / (decode + cp -al + sync) = {:.2}",
        ratio(cold, limit.decode + limit.link + limit.sync)
    );
    println!("install of what is stored / cp -al = {:.2}", ratio(warm, limit.link));
    Ok(())
}

fn measure(engine: &mut Engine, wanted: &[Provider], what: &str) -> Result<Duration, Box<dyn Error>> {
    let begun = Instant::now();
    let selection = engine.resolve(wanted)?;
    let Installed {
        timings: t, unpacked, ..
    } = engine.install(&selection, what, &Unwatched)?;
    let all = begun.elapsed();
    println!(
        "{what}: {} ({} packages, {unpacked} decoded, {} files, {} MiB fetched, {} MiB decoded)",
        ms(all),
        selection.packages.len(),
        t.files,
        t.fetched_bytes >> 20,
        t.unpacked_bytes >> 20
    );
    println!(
        "    resolve {}, fetch {}, store {}, compose {}, sync {}, swap {}",
        ms(t.resolve),
        ms(t.fetch),
        ms(t.store),
        ms(t.compose),
        ms(t.sync),
        ms(t.swap)
    );
    Ok(all)
}

struct Limit {
    decode: Duration,
    link: Duration,
    sync: Duration,
}

fn limit(stones: &[PathBuf], tree: &Path, folder: &Path) -> Result<Limit, Box<dyn Error>> {
    // The payloads as they are in the stones, each in a file of its own; not measured.
    std::fs::create_dir(folder)?;
    let mut payloads = Vec::new();
    for (number, stone) in stones.iter().enumerate() {
        let mut file = File::open(stone)?;
        let Some(content) = Stone::read(&mut file, &Limits::default())?.content else {
            continue;
        };
        let payload = content.payload();
        file.seek(SeekFrom::Start(payload.offset))?;
        let path = folder.join(format!("{number}.zst"));
        std::io::copy(&mut file.take(payload.stored_size), &mut File::create(&path)?)?;
        payloads.push((payload.stored_size, path));
    }
    run("/usr/bin/sync", &[])?;
    payloads.sort();
    let share = std::thread::available_parallelism()?.get();
    let mut shares: Vec<Vec<PathBuf>> = vec![Vec::new(); share];
    for (number, (_, path)) in payloads.into_iter().rev().enumerate() {
        shares[number % share].push(path);
    }

    let begun = Instant::now();
    let mut running = Vec::new();
    for share in shares.iter().filter(|share| !share.is_empty()) {
        let mut command = Command::new("/usr/bin/zstd");
        running.push(
            command
                .args(["-d", "-q", "--long=31"])
                .args(share)
                .env_clear()
                .spawn()?,
        );
    }
    for mut process in running {
        if !process.wait()?.success() {
            return Err("zstd failed".into());
        }
    }
    let decode = begun.elapsed();
    let begun = Instant::now();
    run("/usr/bin/cp", &[Path::new("-al"), tree, &folder.join("tree")])?;
    let link = begun.elapsed();
    let begun = Instant::now();
    run("/usr/bin/sync", &[Path::new("-f"), folder])?;
    Ok(Limit {
        decode,
        link,
        sync: begun.elapsed(),
    })
}

fn run(program: &str, arguments: &[&Path]) -> Result<(), Box<dyn Error>> {
    let status = Command::new(program).args(arguments).env_clear().status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{program} failed: {status}").into())
    }
}

fn peak() -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    File::open("/proc/self/status")?.read_to_string(&mut text)?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.unwrap_or("unknown").trim().to_owned())
}

fn ms(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1000.0)
}
