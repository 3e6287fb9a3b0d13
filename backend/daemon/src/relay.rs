//! Finding a job again: a backend with a running job listens on a socket that only root can open; the next backend that
//! is started passes that job on to its own window.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt;
use moult_api::{JobsProxy, PATH};
use tokio::net::UnixListener;
use zbus::{Connection, Guid, connection};

use crate::board::Board;
use crate::jobs::{self, Jobs};

/// The line to another backend that runs a job.
#[derive(Debug)]
pub(crate) struct Relay {
    proxy: JobsProxy<'static>,
    gone: AtomicBool,
}

impl Relay {
    /// Connects to the backend that holds the job. `None`: it went away in between.
    pub(crate) async fn connect(board: &Arc<Board>) -> zbus::Result<Option<Arc<Self>>> {
        let stream = match UnixStream::connect(board.socket()) {
            Ok(stream) => stream,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let connection = connection::Builder::unix_stream(stream).p2p().build().await?;
        let proxy = JobsProxy::new(&connection).await?;
        let relay = Arc::new(Self {
            proxy: proxy.clone(),
            gone: AtomicBool::new(false),
        });
        let mut changes = proxy.receive_job_changed().await?;
        let (board, this) = (board.clone(), relay.clone());
        drop(tokio::spawn(async move {
            loop {
                let change = tokio::select! {
                    () = connection.closed() => break,
                    change = changes.next() => change,
                };
                match change.as_ref().map(|change| change.args()) {
                    Some(Ok(arguments)) => board.relay(arguments.job().clone()),
                    Some(Err(error)) => tracing::warn!(%error, "a change of the other backend's job cannot be read"),
                    None => break,
                }
            }
            // The other backend ended: its state file has the last word, and says so if it was killed.
            this.gone.store(true, Ordering::Release);
            if let Err(error) = board.recover() {
                tracing::error!(%error, "the other backend is gone and its job's state cannot be read");
            }
        }));
        Ok(Some(relay))
    }

    /// The other backend's jobs, as long as it lives.
    pub(crate) fn jobs(&self) -> Option<&JobsProxy<'static>> {
        (!self.gone.load(Ordering::Acquire)).then_some(&self.proxy)
    }
}

/// The listening end; its socket is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    board: Arc<Board>,
    task: tokio::task::JoinHandle<()>,
}

impl Listener {
    /// Starts to listen. Call only with the job lock held: a socket that is there then is a dead one.
    pub(crate) fn open(board: Arc<Board>) -> io::Result<Self> {
        let path = board.socket();
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        // The folder is root's with mode 0700, so nobody reaches the socket between these two lines.
        let listener = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        let served = board.clone();
        let task = tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        drop(tokio::spawn(serve(stream, served.clone())));
                    }
                    Err(error) => return tracing::warn!(%error, "no other window can find this job"),
                }
            }
        });
        Ok(Self { board, task })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
        let _ = std::fs::remove_file(self.board.socket());
    }
}

async fn serve(stream: tokio::net::UnixStream, board: Arc<Board>) {
    match peer_is_root(&stream) {
        Ok(true) => {}
        Ok(false) => return tracing::warn!("somebody who is not root knocked and was sent away"),
        Err(error) => return tracing::warn!(%error, "a peer that the kernel does not name was sent away"),
    }
    match connect(stream, board.clone()).await {
        Ok(connection) => jobs::announce(connection, board).await,
        Err(error) => tracing::warn!(%error, "another backend could not be served"),
    }
}

fn peer_is_root(stream: &tokio::net::UnixStream) -> io::Result<bool> {
    Ok(stream.peer_cred()?.uid() == rustix::process::geteuid().as_raw())
}

async fn connect(stream: tokio::net::UnixStream, board: Arc<Board>) -> zbus::Result<Connection> {
    connection::Builder::unix_stream(stream.into_std()?)
        .server(Guid::generate())
        .p2p()
        .serve_at(PATH, Jobs::new(board, None))
        .build()
        .await
}
