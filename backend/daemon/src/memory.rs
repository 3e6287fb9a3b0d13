//! What the allocator and the kernel keep for us. A reader lives as long as its window and is asked something now and then:
//! what an answer took should not stay with it until the next one.

#![allow(unsafe_code)]

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How long nothing is asked before memory is given back: never between two keys of somebody who types.
const PAUSE: Duration = Duration::from_millis(1500);

/// Questions so far.
static ASKED: AtomicU64 = AtomicU64::new(0);
/// Whether this process gives memory back.
static IS_SMALL: AtomicBool = AtomicBool::new(false);

/// From now on all threads share their memory, and large pieces come straight from the kernel and go back to it. Called
/// before there are threads.
pub(crate) fn be_small() {
    IS_SMALL.store(true, Ordering::Relaxed);
    #[cfg(target_env = "gnu")]
    for (what, value) in [
        (libc::M_ARENA_MAX, 1),
        (libc::M_MMAP_THRESHOLD, 2 << 20),
        (libc::M_TRIM_THRESHOLD, 4 << 20),
    ] {
        // SAFETY: mallopt(3) takes two numbers and touches nothing but the allocator's own settings.
        let taken = unsafe { libc::mallopt(what, value) };
        if taken == 0 {
            tracing::debug!(what, "the allocator does not know this");
        }
    }
}

/// Something was answered: memory goes back if nothing else is asked for a moment.
pub(crate) fn answered() {
    if !IS_SMALL.load(Ordering::Relaxed) {
        return;
    }
    let asked = ASKED.fetch_add(1, Ordering::Relaxed) + 1;
    drop(tokio::spawn(async move {
        tokio::time::sleep(PAUSE).await;
        if ASKED.load(Ordering::Relaxed) == asked {
            drop(tokio::task::spawn_blocking(give_back));
        }
    }));
}

/// Gives what is not needed now back to the kernel: whole free pages, and pages of the program itself.
pub(crate) fn give_back() {
    #[cfg(target_env = "gnu")]
    {
        // SAFETY: malloc_trim(3) may be called at any time and by any thread; it only lets go of pages that hold nothing.
        let _ = unsafe { libc::malloc_trim(0) };
    }
    let Ok(maps) = std::fs::read_to_string("/proc/self/maps") else {
        return;
    };
    for (begin, length) in constant(&maps) {
        // SAFETY: the range is a private mapping of a file that was never written to, so its pages hold what the file holds and
        // the kernel reads them again when they are touched. It stays mapped as long as the program runs.
        let _ = unsafe { libc::madvise(begin as *mut libc::c_void, length, libc::MADV_DONTNEED) };
    }
}

/// What this program maps of its files and never writes: code, and what stands before it, which is constant. Much of that only a
/// moment needed, such as its start. What is needed again is read again, mostly from the kernel's cache.
fn constant(maps: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    // What a loader writes to and then protects is not before the code of a file, but behind it.
    let mut before = None;
    for mapped in maps.lines().filter_map(Mapped::read) {
        if mapped.rights == "r-xp" {
            let constants = before.filter(|before: &Mapped<'_>| before.rights == "r--p" && before.file == mapped.file);
            found.extend(constants.map(|constants| constants.place));
            found.push(mapped.place);
        }
        before = Some(mapped);
    }

    found
}

/// One line of `/proc/self/maps` that is about a file.
struct Mapped<'m> {
    /// Address and bytes.
    place: (usize, usize),
    rights: &'m str,
    file: &'m str,
}

impl<'m> Mapped<'m> {
    fn read(line: &'m str) -> Option<Self> {
        // proc(5): range, rights, offset, device, inode, path.
        let mut fields = line.split_ascii_whitespace();
        let (range, rights) = (fields.next()?, fields.next()?);
        let file = fields.nth(3).filter(|path| path.starts_with('/'))?;
        let (begin, end) = range.split_once('-')?;
        let (begin, end) = (
            usize::from_str_radix(begin, 16).ok()?,
            usize::from_str_radix(end, 16).ok()?,
        );

        Some(Self {
            place: (begin, end.checked_sub(begin)?),
            rights,
            file,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_never_written_to_is_let_go_of() {
        let maps = "5000-7000 r--p 00000000 08:01 12 /usr/bin/moult\n\
                    7000-a000 r-xp 00002000 08:01 12 /usr/bin/moult\n\
                    a000-b000 r--p 00005000 08:01 12 /usr/bin/moult\n\
                    b000-c000 rw-p 00006000 08:01 12 /usr/bin/moult\n\
                    d000-e000 r-xp 00000000 00:00 0 [vdso]\n\
                    f000-1f000 r-xp 00000000 08:01 14 /usr/lib/lib c.so (deleted)\n\
                    20000-21000 rwxp 00000000 00:00 0 \n";
        assert_eq!(constant(maps), [(0x5000, 0x2000), (0x7000, 0x3000), (0xf000, 0x10000)]);
    }

    #[test]
    fn a_program_goes_on_without_what_it_gave_back() {
        let kept = vec![7u8; 3 << 20];
        give_back();
        give_back();
        assert!(kept.iter().all(|byte| *byte == 7));
    }
}
