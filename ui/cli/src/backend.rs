//! A backend of our own: a child with our own rights that reads what strangers wrote, so that this process does not.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use moult_api::{CONTRACT, Failure, FailureCode, InspectorProxy, ServiceProxy, StoneReport};
use zbus::Fd;

const INSTALLED: &str = match option_env!("MOULT_BACKEND") {
    Some(path) => path,
    None => "/usr/libexec/moult/moult-backend",
};

/// What stands between us and an answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// There is no backend where it should be.
    #[error("no backend at {0}")]
    Missing(PathBuf),
    /// It could not be started or did not answer.
    #[error("{0}")]
    Silent(String),
    /// It answered that it cannot.
    #[error(transparent)]
    Refused(Failure),
}

/// Lets a reader look at an open file.
pub(crate) fn inspect(file: &File) -> Result<StoneReport, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Silent(error.to_string()))?;
    let (mut child, socket) = start(&find()?)?;
    let report = runtime.block_on(ask(socket, file));

    // Our end of the socket is closed by now, which ends the reader; should it hang, it must not hang us.
    drop(runtime);
    let _ = child.kill();
    let _ = child.wait();

    report
}

async fn ask(socket: UnixStream, file: &File) -> Result<StoneReport, Error> {
    let silent = |error: zbus::Error| Error::Silent(error.to_string());

    socket
        .set_nonblocking(true)
        .map_err(|error| Error::Silent(error.to_string()))?;
    let connection = zbus::connection::Builder::unix_stream(socket)
        .p2p()
        .build()
        .await
        .map_err(silent)?;

    let contract = ServiceProxy::new(&connection)
        .await
        .map_err(silent)?
        .contract()
        .await
        .map_err(heard)?;
    if contract != CONTRACT {
        return Err(Error::Silent(format!("contract {contract}, not {CONTRACT}")));
    }

    let inspector = InspectorProxy::new(&connection).await.map_err(silent)?;
    inspector.inspect(Fd::from(file.as_fd())).await.map_err(heard)
}

/// A reader that died over a file has not refused it.
fn heard(failure: Failure) -> Error {
    match failure.code {
        FailureCode::BackendStopped => Error::Silent(failure.detail),
        _ => Error::Refused(failure),
    }
}

fn start(backend: &Path) -> Result<(Child, UnixStream), Error> {
    let silent = |error: std::io::Error| Error::Silent(format!("{}: {error}", backend.display()));
    let (ours, theirs) = UnixStream::pair().map_err(silent)?;
    let child = Command::new(backend)
        .arg("--reader")
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(silent)?;

    Ok((child, ours))
}

/// Where it is installed, or beside this program (as it is in a build folder).
fn find() -> Result<PathBuf, Error> {
    let beside = std::env::current_exe()
        .ok()
        .and_then(|own| Some(own.parent()?.join("moult-backend")));

    [Some(PathBuf::from(INSTALLED)), beside]
        .into_iter()
        .flatten()
        .find(|path| path.is_file())
        .ok_or_else(|| Error::Missing(PathBuf::from(INSTALLED)))
}
