//! `moult-backend`: the process behind every change. Thin: sockets, authorization, jobs; the work is done in the crates.
//!
//! `--admin` and `--store` are started as root by pkexec, `--reader` as the window's own user. Both speak D-Bus peer to peer over the
//! socket that is their standard input; nothing else can reach them.

mod board;
mod boot;
mod convert;
mod inspector;
mod installer;
mod jobs;
mod memory;
mod network;
mod packages;
mod process;
mod publisher;
mod relay;
mod secret;
mod service;
mod settings;
mod store;

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use moult_api::PATH;
use zbus::{Connection, Guid, connection};

use crate::board::{Board, RUN_DIR};
use crate::boot::Boot;
use crate::inspector::Inspector;
use crate::installer::Installer;
use crate::jobs::Jobs;
use crate::network::Network;
use crate::packages::{Changes, Packages, Place, Plans};
use crate::process::Refused;
use crate::publisher::Publisher;
use crate::relay::Relay;
use crate::service::{Role, Service};
use crate::store::Store;

const USAGE: &str =
    "usage: moult-backend --admin [--root DIR | --apart] [--plan TEXT] | --store [--root DIR] [--plan TEXT]
       moult-backend --reader [--keep-user] [--root DIR]
       moult-backend --note-boot

Started by Moult with a socket as standard input; not by hand. --note-boot is for the service that notes how a start went.
--plan says what for: whoever is asked for leave sees it in the command. Nothing here listens to it.";

/// How this process was asked to be.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Call {
    role: Role,
    /// A reader that root started stays root: for root's questions about a root that others may not read.
    keep_user: bool,
    /// The system to work on instead of the running one.
    root: Option<PathBuf>,
    /// An admin that makes things of no system: what others do at the same time is no business of its.
    apart: bool,
}

/// Reads the command line; None for one that makes no sense.
fn call(arguments: &[OsString]) -> Option<Call> {
    let mut arguments = arguments.iter();
    let mut is_told = false;
    let role = match arguments.next()?.to_str()? {
        "--admin" => Role::Admin,
        "--store" => Role::Store,
        "--reader" => Role::Reader,
        _ => return None,
    };
    let mut call = Call {
        role,
        keep_user: false,
        root: None,
        apart: false,
    };
    while let Some(argument) = arguments.next() {
        match argument.to_str()? {
            "--keep-user" if role == Role::Reader && !call.keep_user => call.keep_user = true,
            "--apart" if role == Role::Admin && call.root.is_none() && !call.apart => call.apart = true,
            // Only pkexec's prompt shows it. What is done is asked for over the socket.
            "--plan" if role != Role::Reader && !is_told => {
                is_told = true;
                let _ = arguments.next()?;
            }
            "--root" if call.root.is_none() && !call.apart => call.root = Some(PathBuf::from(arguments.next()?)),
            _ => return None,
        }
    }
    Some(call)
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if arguments == ["--note-boot"] {
        log();
        return match boot::note() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                say(format_args!("moult-backend: {error}"));
                ExitCode::FAILURE
            }
        };
    }
    let Some(call) = call(&arguments) else {
        say(USAGE);
        return ExitCode::from(2);
    };
    let prepared = match prepare(&call) {
        Ok(prepared) => prepared,
        Err(refused) => {
            say(format_args!("moult-backend: {refused}"));
            return ExitCode::FAILURE;
        }
    };
    log();
    if call.role == Role::Reader {
        memory::be_small();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            say(format_args!("moult-backend: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(serve(&call, prepared)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!("moult-backend: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn log() {
    // Whoever read stderr may be gone by now: that must not stop what is at work.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .with_ansi(false)
        .with_max_level(tracing::Level::INFO)
        .init();
}

/// A line on stderr. (`eprintln!` panics when nobody reads it any more.)
fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Who is served, and what is worked on.
struct Prepared {
    socket: UnixStream,
    place: Place,
    /// The user at the other end.
    caller: u32,
    /// Where what can be made anew is kept.
    caches: Option<PathBuf>,
}

fn prepare(call: &Call) -> Result<Prepared, Refused> {
    let socket = process::take_socket()?;
    let caches = process::caches();
    let caller = match call.role {
        Role::Admin | Role::Store => process::become_admin(&socket)?,
        Role::Reader => process::become_reader(&socket, call.keep_user)?,
    };
    let place = match (&call.root, call.role) {
        (None, _) => Place::running(),
        // An unprivileged person must not point root at a tree of their own.
        (Some(_), Role::Admin | Role::Store) if caller != 0 => return Err(Refused::Root { caller }),
        (Some(root), Role::Admin | Role::Store) => Place::changed(root)?,
        (Some(root), Role::Reader) => Place::seen(root)?,
    };
    Ok(Prepared {
        socket,
        place,
        caller,
        caches,
    })
}

async fn serve(call: &Call, prepared: Prepared) -> zbus::Result<()> {
    let Prepared {
        socket,
        place,
        caller,
        caches,
    } = prepared;
    if call.apart {
        return work_apart(socket, caller).await;
    }
    let role = call.role;
    let plans = Arc::new(Plans::default());
    let builder = connection::Builder::unix_stream(socket)
        .server(Guid::generate())
        .p2p()
        .serve_at(PATH, Service(role))
        .serve_at(PATH, Inspector)
        .serve_at(PATH, Packages::new(place.clone(), plans.clone(), caches.as_deref()))
        .serve_at(PATH, Store::new(place.clone(), plans.clone(), caches));
    match role {
        Role::Reader => {
            let publisher = Publisher::default();
            let builder = builder.serve_at(PATH, Boot::reader(place));
            let connection = builder.serve_at(PATH, publisher.clone()).build().await?;
            connection.closed().await;
            publisher.stop();
            Ok(())
        }
        Role::Admin | Role::Store => administer(builder, role, place, plans, caller).await,
    }
}

/// Serves what needs no system. Its jobs, and the folder that stands for a system, are its own.
async fn work_apart(socket: UnixStream, caller: u32) -> zbus::Result<()> {
    let folder = Path::new(RUN_DIR).join(format!("apart-{}", std::process::id()));
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    drop(Board::of_machine()?);
    let board = Arc::new(Board::open(&folder)?);
    let place = Place::seen(&folder).map_err(|error| std::io::Error::other(error.to_string()))?;
    let changes = Changes::new(place, Arc::default(), board.clone());
    let connection = connection::Builder::unix_stream(socket)
        .server(Guid::generate())
        .p2p()
        .serve_at(PATH, Service(Role::Admin))
        .serve_at(PATH, Jobs::new(board.clone(), None))
        .serve_at(PATH, changes.models(caller))
        .serve_at(PATH, changes)
        .build()
        .await?;
    let jobs = tokio::spawn(jobs::announce(connection.clone(), board.clone()));
    connection.closed().await;
    jobs.abort();
    // Nobody gets what is being made: it need not be made.
    for job in board.list() {
        let _ = board.cancel(&job.id);
    }
    let mut moves = board.subscribe();
    while board.running() {
        let _ = tokio::time::timeout(Duration::from_secs(1), moves.recv()).await;
    }
    Ok(std::fs::remove_dir_all(&folder)?)
}

async fn administer(
    builder: connection::Builder<'_>,
    role: Role,
    place: Place,
    plans: Arc<Plans>,
    caller: u32,
) -> zbus::Result<()> {
    let mut board = Arc::new(Board::of_machine()?);
    // The jobs of another root stand in nobody's way.
    let tag = place.tag()?;
    if !tag.is_empty() {
        board = Arc::new(Board::open(&Path::new(RUN_DIR).join(tag))?);
    }
    let relay = find_running_job(&board).await?;
    let network = Network::default();
    let changes = Changes::new(place.clone(), plans, board.clone());
    let mut builder = builder
        .serve_at(PATH, Jobs::new(board.clone(), relay))
        .serve_at(PATH, Boot::admin(place, changes.clone()))
        .serve_at(PATH, changes.models(caller))
        .serve_at(PATH, changes);
    // Whoever may change packages may not therefore erase a disk.
    let everything = role == Role::Admin;
    if everything {
        builder = builder
            .serve_at(PATH, Installer::new(board.clone()))
            .serve_at(PATH, network.clone());
    }
    let connection: Connection = builder.build().await?;
    let jobs = tokio::spawn(jobs::announce(connection.clone(), board.clone()));
    let links = everything.then(|| tokio::spawn(network::announce(connection.clone(), network)));

    connection.closed().await;
    jobs.abort();
    if let Some(links) = links {
        links.abort();
    }
    // The window is gone. What it started goes on to its end; the next window finds it.
    let mut changes = board.subscribe();
    while board.running() {
        let _ = tokio::time::timeout(Duration::from_secs(1), changes.recv()).await;
    }
    installer::wait_until_released(&board).await;
    Ok(())
}

/// Looks for a job of another backend, or for what one left behind.
async fn find_running_job(board: &Arc<Board>) -> zbus::Result<Option<Arc<Relay>>> {
    // A backend takes the lock a moment before it listens, and stops listening a moment before it lets go.
    for _ in 0..50 {
        if let Some(lock) = board.claim()? {
            board.recover()?;
            drop(lock);
            return Ok(None);
        }
        if let Some(relay) = Relay::connect(board).await? {
            return Ok(Some(relay));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tracing::warn!("another backend holds the job lock and does not answer");
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn understood(line: &str) -> Option<Call> {
        call(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn only_a_reader_keeps_its_user_and_nothing_else_is_understood() {
        let root = Some(PathBuf::from("/mnt"));
        let (role, keep_user) = (Role::Reader, true);
        assert_eq!(
            understood("--reader --keep-user --root /mnt"),
            Some(Call {
                role,
                keep_user,
                root,
                apart: false
            })
        );
        assert!(understood("--admin").is_some_and(|call| !call.apart));
        assert!(understood("--admin --apart").is_some_and(|call| call.apart));
        assert!(understood("--store --root /mnt").is_some_and(|call| call.role == Role::Store && call.root.is_some()));
        // What the person is told changes nothing.
        assert_eq!(understood("--store --plan krita"), understood("--store"));
        assert_eq!(
            understood("--admin --plan --root --apart"),
            understood("--admin --apart")
        );
        for wrong in [
            "",
            "--admin --keep-user",
            "--plan krita --store",
            "--store --plan",
            "--store --plan krita gimp",
            "--store --plan krita --plan gimp",
            "--reader --plan krita",
            "--admin --root",
            "--admin --apart --root /mnt",
            "--store --apart",
            "--store --keep-user",
            "--store --admin",
            "--admin --root /mnt --apart",
            "--reader --apart",
            "--reader --root /a --root /b",
            "--reader --admin",
            "--root /mnt --admin",
        ] {
            assert_eq!(understood(wrong), None, "{wrong}");
        }
    }
}
