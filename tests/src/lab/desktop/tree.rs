//! A process with everything that it started, found in `/proc` and ended as a whole.

use std::{
    fs,
    process::{Child, ExitStatus},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::lab::Error;

/// How long something that was killed may take to be gone.
const DYING: Duration = Duration::from_secs(30);

/// A process that is ended with everything below it. (nsenter alone would leave behind what it started.)
#[derive(Debug)]
pub struct Tree(Child);

impl Tree {
    /// The tree of a process.
    #[must_use]
    pub fn of(child: Child) -> Tree {
        Tree(child)
    }

    /// How it ended, if it did.
    pub(in crate::lab) fn ended(&mut self) -> Result<Option<ExitStatus>, Error> {
        self.0.try_wait().map_err(Error::system("looking after a program"))
    }

    /// The numbers of the processes of this name in it, the outermost first. The kernel knows 15 bytes of a name.
    pub(in crate::lab) fn named(&self, name: &str) -> Vec<u32> {
        let mut found = below(self.0.id());
        found.retain(|pid| fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim() == name));
        found
    }

    /// Kills the processes in it that have this word in their command line, waits until they are gone, and gives how many there
    /// were.
    pub(in crate::lab) fn kill_part(&self, word: &str) -> usize {
        let mut killed = below(self.0.id());
        killed.retain(|pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let has_it = line.split(|byte| *byte == 0).any(|part| part == word.as_bytes());
            let pid = Pid::from_raw(pid.cast_signed()).filter(|_| has_it);
            pid.is_some_and(|pid| kill_process(pid, Signal::KILL).is_ok())
        });
        wait_gone(&killed);
        killed.len()
    }

    /// Kills the processes of this name in it, and nothing else.
    pub(in crate::lab) fn kill_only(mut self, name: &str) {
        for pid in below(self.0.id()).into_iter().chain([self.0.id()]) {
            let is_it = fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim() == name);
            if let Some(pid) = Pid::from_raw(pid.cast_signed()).filter(|_| is_it) {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
        let _ = self.0.wait();
        // Nothing below is ended: it is not this window's any more.
        std::mem::forget(self);
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let all = below(self.0.id());
        for pid in &all {
            if let Some(pid) = Pid::from_raw(pid.cast_signed()) {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
        // A server that is not gone yet has its port still.
        wait_gone(&all);
    }
}

/// Waits until killed processes are gone.
fn wait_gone(pids: &[u32]) {
    let begun = Instant::now();
    while !pids.iter().all(|pid| is_gone(*pid)) && begun.elapsed() < DYING {
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether a process has let go of everything it had. Its first thread may be gone before one that is in the middle of something.
fn is_gone(pid: u32) -> bool {
    let about = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = about.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    let threads = fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count);
    state.is_none_or(|state| "ZX".contains(state) && threads <= 1)
}

/// The numbers of all processes that descend from one. Whichever thread started a process, it is the process's child.
fn below(pid: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let children = threads.map(|thread| fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    let mut all: Vec<u32> = children
        .flat_map(|children| {
            let pids = children.split_whitespace().filter_map(|pid| pid.parse().ok());
            pids.collect::<Vec<u32>>()
        })
        .collect();
    for child in all.clone() {
        all.extend(below(child));
    }
    all
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_a_thread_has_started_is_below_its_process() {
        let child = std::thread::spawn(|| Command::new("/bin/sleep").arg("60").spawn().unwrap())
            .join()
            .unwrap();
        let pid = child.id();
        let tree = Tree::of(child);
        // The thread is gone: its child is one of the process still.
        assert!(below(std::process::id()).contains(&pid));
        drop(tree);
        assert!(!below(std::process::id()).contains(&pid));

        let (tell, told) = std::sync::mpsc::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            let tree = Tree::of(Command::new("/bin/sleep").arg("60").spawn().unwrap());
            tell.send(tree.0.id()).unwrap();
            let _ = ended.recv();
            drop(tree);
        });
        let pid = told.recv().unwrap();
        assert!(below(std::process::id()).contains(&pid));
        drop(end);
        thread.join().unwrap();
    }
}
