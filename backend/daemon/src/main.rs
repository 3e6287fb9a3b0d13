//! `moult-backend`: the process behind every change. Thin: sockets, authorization, jobs; the work is done in the crates.
//!
//! `--admin` is started as root by pkexec, `--reader` as the window's own user. Both speak D-Bus peer to peer over the
//! socket that is their standard input; nothing else can reach them.

mod board;
mod convert;
mod inspector;
mod installer;
mod jobs;
mod network;
mod process;
mod relay;
mod secret;
mod service;
mod settings;

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use moult_api::PATH;
use zbus::{Connection, Guid, connection};

use crate::board::{Board, RUN_DIR};
use crate::inspector::Inspector;
use crate::installer::Installer;
use crate::jobs::Jobs;
use crate::network::Network;
use crate::process::Refused;
use crate::relay::Relay;
use crate::service::{Role, Service};

const USAGE: &str =
    "usage: moult-backend --admin | --reader\n\nStarted by Moult with a socket as standard input; not by hand.";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let role = match arguments.as_slice() {
        [one] if one == "--admin" => Role::Admin,
        [one] if one == "--reader" => Role::Reader,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    let socket = match prepare(role) {
        Ok(socket) => socket,
        Err(refused) => {
            eprintln!("moult-backend: {refused}");
            return ExitCode::FAILURE;
        }
    };
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_max_level(tracing::Level::INFO)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("moult-backend: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(serve(role, socket)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("moult-backend: {error}");
            ExitCode::FAILURE
        }
    }
}

fn prepare(role: Role) -> Result<UnixStream, Refused> {
    let socket = process::take_socket()?;
    match role {
        Role::Admin => process::become_admin(&socket)?,
        Role::Reader => process::become_reader(&socket)?,
    }
    Ok(socket)
}

async fn serve(role: Role, socket: UnixStream) -> zbus::Result<()> {
    let builder = connection::Builder::unix_stream(socket)
        .server(Guid::generate())
        .p2p()
        .serve_at(PATH, Service(role))
        .serve_at(PATH, Inspector);
    match role {
        Role::Reader => {
            let connection = builder.build().await?;
            connection.closed().await;
            Ok(())
        }
        Role::Admin => administer(builder).await,
    }
}

async fn administer(builder: connection::Builder<'_>) -> zbus::Result<()> {
    let board = Arc::new(Board::open(Path::new(RUN_DIR))?);
    let relay = find_running_job(&board).await?;
    let network = Network::default();
    let connection: Connection = builder
        .serve_at(PATH, Jobs::new(board.clone(), relay))
        .serve_at(PATH, Installer::new(board.clone()))
        .serve_at(PATH, network.clone())
        .build()
        .await?;
    let jobs = tokio::spawn(jobs::announce(connection.clone(), board.clone()));
    let links = tokio::spawn(network::announce(connection.clone(), network));

    connection.closed().await;
    jobs.abort();
    links.abort();
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
