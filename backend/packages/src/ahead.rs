//! Writing that begins early. While packages are unpacked the processors are busy and the disk is not; without this, all of
//! it would be waited for at the end.

use std::fs::File;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rustix::fs::Advice;

/// Contents that are smaller are not worth a call each: they are most of the files, and half of the bytes.
const WORTH: u64 = 64 << 10;
/// Files that wait at most; one more is left to the sync at the end. Each is an open descriptor.
const WAITING: usize = 64;

/// A thread that has the kernel begin with writing files out. It promises nothing: what is on the disk is known after a sync,
/// which also tells what could not be written.
#[derive(Debug)]
pub(crate) struct Ahead {
    files: Option<SyncSender<File>>,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    /// Without a further thread everything is written at the end, as it would be anyway.
    pub(crate) fn start() -> Ahead {
        let (sender, receiver) = sync_channel(WAITING);
        let thread = std::thread::Builder::new().spawn(move || work(&receiver)).ok();
        Ahead {
            files: thread.is_some().then_some(sender),
            thread,
        }
    }

    /// Takes a file that is written as far as it will be, of so many bytes. Never waits.
    pub(crate) fn offer(&self, file: File, size: u64) {
        if size >= WORTH
            && let Some(files) = &self.files
        {
            // Too many of them: the sync finds it.
            drop(files.try_send(file));
        }
    }
}

/// For pages that are not written yet this advice begins their writing, and keeps them.
fn work(files: &Receiver<File>) {
    for file in files {
        // Only advice: a file system that does not take it is written at the end.
        let _ = rustix::fs::fadvise(&file, 0, None, Advice::DontNeed);
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.files = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
