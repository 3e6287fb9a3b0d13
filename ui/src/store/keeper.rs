//! Keeps the queue in its file from a thread of its own: to have something on the disk durably takes as long as the disk
//! wants, and the window draws meanwhile.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use super::{Operation, saved};

/// Writes queues down in the order in which they come; of those that come while it writes, only the last. Dropping it waits
/// until the last one is written.
#[derive(Debug)]
pub(super) struct Keeper {
    /// None: it is being dropped.
    queues: Option<Sender<Vec<Operation>>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Keeps queues in a folder.
    ///
    /// # Errors
    /// There can be no more threads.
    pub(super) fn new(folder: PathBuf) -> io::Result<Self> {
        Self::with(move |operations| saved::save(&folder, operations))
    }

    fn with(save: impl FnMut(&[Operation]) -> io::Result<()> + Send + 'static) -> io::Result<Self> {
        let (queues, coming) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("moult-queue".to_owned())
            .spawn(move || write(&coming, save))?;

        Ok(Self {
            queues: Some(queues),
            thread: Some(thread),
        })
    }

    /// This is the queue now. Returns at once.
    pub(super) fn keep(&self, operations: Vec<Operation>) {
        let is_sent = self
            .queues
            .as_ref()
            .is_some_and(|queues| queues.send(operations).is_ok());
        if !is_sent {
            tracing::warn!("the queue could not be kept: what writes it down has ended");
        }
    }
}

fn write(coming: &Receiver<Vec<Operation>>, mut save: impl FnMut(&[Operation]) -> io::Result<()>) {
    while let Ok(first) = coming.recv() {
        let newest = coming.try_iter().last().unwrap_or(first);
        if let Err(error) = save(&newest) {
            // Only the next window would miss it.
            tracing::warn!(%error, "the queue could not be kept");
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // Its end is the end of what comes.
        drop(self.queues.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::warn!("what writes the queue down has failed");
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use std::sync::{Arc, Mutex};

    use super::*;

    fn queue(state: u64) -> Vec<Operation> {
        vec![Operation::Activate { state }]
    }

    #[test]
    fn who_keeps_a_queue_does_not_wait_and_the_newest_is_written_last() {
        let written: Arc<Mutex<Vec<Vec<Operation>>>> = Arc::default();
        let (begun, has_begun) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel();
        let theirs = Arc::clone(&written);
        let keeper = Keeper::with(move |operations| {
            // A disk that takes its time.
            begun.send(()).unwrap();
            may_go_on.recv().unwrap();
            theirs.lock().unwrap().push(operations.to_vec());
            Ok(())
        })
        .unwrap();

        keeper.keep(queue(1));
        has_begun.recv().unwrap();
        for state in 2..=9 {
            keeper.keep(queue(state));
        }
        assert!(
            written.lock().unwrap().is_empty(),
            "nothing is written yet, and nobody waited"
        );

        go_on.send(()).unwrap();
        go_on.send(()).unwrap();
        drop(keeper);
        assert_eq!(*written.lock().unwrap(), [queue(1), queue(9)]);
    }

    #[test]
    fn a_disk_that_refuses_once_gets_the_next_queue_all_the_same() {
        let written: Arc<Mutex<Vec<Vec<Operation>>>> = Arc::default();
        let (ended, has_ended) = mpsc::channel();
        let theirs = Arc::clone(&written);
        let keeper = Keeper::with(move |operations| {
            let is_first = operations == queue(1);
            ended.send(()).unwrap();
            if is_first {
                return Err(io::Error::other("the disk is full"));
            }
            theirs.lock().unwrap().push(operations.to_vec());
            Ok(())
        })
        .unwrap();

        keeper.keep(queue(1));
        has_ended.recv().unwrap();
        keeper.keep(queue(2));
        drop(keeper);
        assert_eq!(*written.lock().unwrap(), [queue(2)]);
    }

    #[test]
    fn what_is_kept_last_is_on_the_disk_when_the_window_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let keeper = Keeper::new(folder.path().to_owned()).unwrap();
        keeper.keep(queue(1));
        keeper.keep(queue(2));
        drop(keeper);
        assert_eq!(saved::load(folder.path()), queue(2));
    }
}
