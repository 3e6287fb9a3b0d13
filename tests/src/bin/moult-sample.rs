//! `moult-sample`: makes, serves, extracts and checks the sample system. The work is in `moult_tests::sample`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use moult_tests::sample::linux::LINUX;
use moult_tests::sample::moving::{Kernel, Moving};
use moult_tests::sample::{self, Error, serve, tree};

/// The sample system: Debian packages as stones.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Download the packages and make the repository; quick if nothing changed
    Make {
        /// Folder for apt's lists and packages
        #[arg(long)]
        cache: PathBuf,
        /// Folder for the stones and stone.index
        #[arg(long)]
        repo: PathBuf,
        /// Debian mirror; by default the one that this machine uses
        #[arg(long)]
        mirror: Option<String>,
        /// zstd level of the stones
        #[arg(long, default_value_t = 6)]
        level: i32,
        /// Ask the mirror for newer package lists
        #[arg(long)]
        refresh: bool,
        /// Folder with packages, programs, fixups and overlay
        #[arg(long)]
        data: Option<PathBuf>,
        /// Folder with Moult's own programs; by default the one that this program is in
        #[arg(long)]
        programs: Option<PathBuf>,
        /// Print everything that is not as in Debian
        #[arg(long)]
        notes: bool,
    },
    /// Serve a repository over HTTP until ended
    Serve {
        /// Folder to serve
        #[arg(long)]
        repo: PathBuf,
        /// Where to listen
        #[arg(long, default_value = "127.0.0.1:8631")]
        address: SocketAddr,
        /// Vanish after this many bytes of bodies
        #[arg(long)]
        stop_after_bytes: Option<u64>,
        /// Send half of each package, and then a byte a second
        #[arg(long)]
        trickle: bool,
        /// Print each request
        #[arg(long)]
        log: bool,
    },
    /// Publish a repository as the first signed release of one that moves; `serve --repo TO/repo` serves it
    Publish {
        /// The repository
        #[arg(long)]
        repo: PathBuf,
        /// The folder to make
        #[arg(long)]
        to: PathBuf,
    },
    /// Publish the next release: some packages have a higher version and another content
    Advance {
        /// The folder that `publish` made
        #[arg(long)]
        to: PathBuf,
        /// A package; by default the smallest ones of the system, and the kernel
        #[arg(long = "package")]
        packages: Vec<String>,
        /// How many, if none is named
        #[arg(long, default_value_t = 30)]
        count: usize,
        /// Have the new kernel panic when it is started
        #[arg(long)]
        panic: bool,
        /// Change nothing, and sign the list with a key that nobody knows
        #[arg(long)]
        by_a_stranger: bool,
    },
    /// Verify that every file of every package is in a root, as its stone says
    Check {
        /// The repository
        #[arg(long)]
        repo: PathBuf,
        /// The root of the installed system
        #[arg(long)]
        root: PathBuf,
        /// Only this package and what it needs
        #[arg(long)]
        of: Option<String>,
    },
    /// Make a root out of all stones, for tests of the stones themselves
    Extract {
        /// The repository
        #[arg(long)]
        repo: PathBuf,
        /// The root to make
        #[arg(long)]
        root: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("moult-sample: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The folder that cargo puts all programs of the workspace into.
fn beside_this() -> Option<PathBuf> {
    Some(std::env::current_exe().ok()?.parent()?.to_owned())
}

fn run(command: Command) -> Result<(), Error> {
    match command {
        Command::Make {
            cache,
            repo,
            mirror,
            level,
            refresh,
            data,
            programs,
            notes,
        } => {
            let options = sample::Options::new(&cache, &repo);
            let data = data.unwrap_or(options.data.clone());
            let made = sample::make(&sample::Options {
                mirror,
                level,
                refresh,
                data,
                programs: programs.or_else(beside_this),
                ..options
            })?;

            if notes {
                made.notes.iter().for_each(|note| println!("note: {note}"));
            }
            println!(
                "{}: {} packages, {} entries, {:.1} MB in stones, {:.1} MB in files; {} downloaded in {:.1} s, made in {:.1} s",
                if made.unchanged { "unchanged" } else { "made" },
                made.packages,
                made.entries,
                made.stone_bytes as f64 / 1e6,
                made.file_bytes as f64 / 1e6,
                made.downloaded,
                made.fetching.as_secs_f64(),
                made.converting.as_secs_f64(),
            );
            println!("{}", repo.join("stone.index").display());
        }
        Command::Serve {
            repo,
            address,
            stop_after_bytes,
            trickle,
            log,
        } => {
            let knobs = serve::Knobs {
                stop_after_bytes,
                trickle,
                log,
                ..serve::Knobs::default()
            };
            let server = serve::Server::start(&repo, address, knobs)?;
            println!("{}", server.url("stone.index"));
            server.wait();
        }
        Command::Publish { repo, to } => {
            let moving = Moving::publish(&repo, &to)?;
            println!("{}\n{}", moving.repo().display(), moving.public_key());
        }
        Command::Advance {
            to,
            packages,
            count,
            panic,
            by_a_stranger,
        } => {
            let moving = Moving::open(&to)?;
            if by_a_stranger {
                return moving.sign_by_a_stranger();
            }
            let mut packages = packages;
            if packages.is_empty() {
                packages = moving.smallest(count)?;
                if moving.has(LINUX)? {
                    packages.push(LINUX.to_owned());
                }
            }
            let kernel = if panic { Kernel::Panics } else { Kernel::Starts };
            for package in moving.advance_with(&packages, kernel)? {
                let ((old, _), (new, _)) = (&package.before, &package.now);
                println!("{}: {old} -> {new}, /usr/{}", package.name, package.changed);
            }
        }
        Command::Check { repo, root, of } => {
            let checked = tree::check(&repo, &root, of.as_deref())?;
            println!(
                "{} packages: {} files ({} bytes), {} links, {} directories are as their stones say; {} other files below /usr",
                checked.packages, checked.files, checked.bytes, checked.links, checked.directories, checked.unclaimed
            );
        }
        Command::Extract { repo, root } => println!("{} packages", tree::extract(&repo, &root)?),
    }
    Ok(())
}
