//! Keeps the queue in its file from a thread of its own: to have something on the disk durably takes as long as the disk
//! wants, and the window draws meanwhile.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use super::{Operation, saved};

/// A queue on its way to the disk.
#[derive(Debug)]
pub(super) struct Kept(oneshot::Receiver<()>);

impl Kept {
    /// Waits until it, or a newer one, is on the disk; or cannot be: then only the next window would miss it.
    pub(super) async fn settled(self) {
        // Whoever writes lets go of its end after it has written, and when it ends itself.
        let _ = self.0.await;
    }
}

/// A queue, and who is waited for by those that begin something of it.
type Coming = (Vec<Operation>, oneshot::Sender<()>);

/// Writes queues down in the order in which they come; of those that come while it writes, only the last. Dropping it waits
/// until the last one is written.
#[derive(Debug)]
pub(super) struct Keeper {
    /// None: it is being dropped.
    queues: Option<Sender<Coming>>,
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
    pub(super) fn keep(&self, operations: Vec<Operation>) -> Kept {
        let (settled, kept) = oneshot::channel();
        let is_sent = self
            .queues
            .as_ref()
            .is_some_and(|queues| queues.send((operations, settled)).is_ok());
        if !is_sent {
            tracing::warn!("the queue could not be kept: what writes it down has ended");
        }

        Kept(kept)
    }
}

fn write(coming: &Receiver<Coming>, mut save: impl FnMut(&[Operation]) -> io::Result<()>) {
    while let Ok(first) = coming.recv() {
        let (mut newest, settled) = first;
        let mut waited_for = vec![settled];
        for (newer, settled) in coming.try_iter() {
            newest = newer;
            waited_for.push(settled);
        }
        if let Err(error) = save(&newest) {
            // Only the next window would miss it.
            tracing::warn!(%error, "the queue could not be kept");
        }
        drop(waited_for);
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

        drop(keeper.keep(queue(1)));
        has_begun.recv().unwrap();
        for state in 2..=9 {
            drop(keeper.keep(queue(state)));
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

        drop(keeper.keep(queue(1)));
        has_ended.recv().unwrap();
        drop(keeper.keep(queue(2)));
        drop(keeper);
        assert_eq!(*written.lock().unwrap(), [queue(2)]);
    }

    #[test]
    fn what_is_kept_last_is_on_the_disk_when_the_window_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let keeper = Keeper::new(folder.path().to_owned()).unwrap();
        drop(keeper.keep(queue(1)));
        drop(keeper.keep(queue(2)));
        drop(keeper);
        assert_eq!(saved::load(folder.path()), queue(2));
    }

    #[tokio::test]
    async fn a_queue_is_settled_when_it_or_a_newer_one_is_on_the_disk_and_not_before() {
        let (go_on, may_go_on) = mpsc::channel::<io::Result<()>>();
        let keeper = Keeper::with(move |_| may_go_on.recv().unwrap()).unwrap();
        let soon = std::time::Duration::from_millis(50);

        let first = keeper.keep(queue(1)).settled();
        tokio::pin!(first);
        assert!(
            tokio::time::timeout(soon, &mut first).await.is_err(),
            "it was not written yet"
        );
        let (second, third) = (keeper.keep(queue(2)), keeper.keep(queue(3)));
        go_on.send(Ok(())).unwrap();
        first.await;

        // The third is written in the place of both; and a disk that refuses keeps nobody waiting.
        go_on.send(Err(io::Error::other("the disk is full"))).unwrap();
        second.settled().await;
        third.settled().await;
        drop(go_on);
    }
}
