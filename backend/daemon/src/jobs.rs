//! `org.moult.Jobs1`: the jobs of this process, or those of the backend that was here before.

use std::sync::Arc;

use moult_api::{Failure, Job, JobsProxy, PATH};
use tokio::sync::broadcast::error::RecvError;
use zbus::object_server::SignalEmitter;
use zbus::{Connection, interface};

use crate::board::Board;
use crate::relay::Relay;

/// Serves the board; while a relay stands, the other backend's jobs take its place.
#[derive(Debug)]
pub(crate) struct Jobs {
    board: Arc<Board>,
    relay: Option<Arc<Relay>>,
}

impl Jobs {
    pub(crate) fn new(board: Arc<Board>, relay: Option<Arc<Relay>>) -> Self {
        Self { board, relay }
    }

    fn other(&self) -> Option<&JobsProxy<'static>> {
        self.relay.as_deref().and_then(Relay::jobs)
    }
}

#[interface(name = "org.moult.Jobs1")]
impl Jobs {
    async fn list(&self) -> Result<Vec<Job>, Failure> {
        match self.other() {
            Some(other) => other.list().await,
            None => Ok(self.board.list()),
        }
    }

    async fn cancel(&self, id: &str) -> Result<(), Failure> {
        match self.other() {
            Some(other) => other.cancel(id).await,
            None => self.board.cancel(id),
        }
    }

    async fn pause(&self, id: &str) -> Result<(), Failure> {
        match self.other() {
            Some(other) => other.pause(id).await,
            None => self.board.pause(id),
        }
    }

    async fn dismiss(&self, id: &str) -> Result<(), Failure> {
        match self.other() {
            Some(other) => other.dismiss(id).await,
            None => self.board.dismiss(id),
        }
    }

    async fn log(&self, id: &str, from: u32) -> Result<Vec<String>, Failure> {
        match self.other() {
            Some(other) => other.log(id, from).await,
            None => self.board.lines(id, from),
        }
    }

    #[zbus(signal)]
    async fn job_changed(emitter: &SignalEmitter<'_>, job: Job) -> zbus::Result<()>;
}

/// Sends every change of the board to one connection until that connection is gone.
pub(crate) async fn announce(connection: Connection, board: Arc<Board>) {
    let mut changes = board.subscribe();
    let emitter = match SignalEmitter::new(&connection, PATH) {
        Ok(emitter) => emitter,
        Err(error) => return tracing::error!(%error, "no signals can be sent"),
    };
    loop {
        let job = tokio::select! {
            () = connection.closed() => return,
            job = changes.recv() => job,
        };
        let job = match job {
            Ok(job) => job,
            // A slow reader misses steps in between; the newest one follows.
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        if let Err(error) = Jobs::job_changed(&emitter, job).await {
            return tracing::debug!(%error, "the listener is gone");
        }
    }
}
