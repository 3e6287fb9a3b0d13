//! What another program hands over.

use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Reads to the end, or to so many bytes. None when it takes longer than that.
pub(crate) fn read(pipe: &OwnedFd, patience: Duration, most: usize) -> io::Result<Option<Vec<u8>>> {
    let begun = Instant::now();
    let mut all = Vec::new();
    let mut some = [0; 16 * 1024];
    while all.len() < most {
        let Some(left) = patience.checked_sub(begun.elapsed()) else {
            return Ok(None);
        };
        let left = Timespec::try_from(left).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(pipe, PollFlags::IN)], Some(&left)) {
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        match rustix::io::read(pipe, &mut some) {
            Ok(0) => break,
            Ok(length) => all.extend(some.iter().take(length.min(most - all.len()))),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }

    Ok(Some(all))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;
    use std::thread;

    use super::*;

    fn pipe() -> (OwnedFd, File) {
        let (ours, theirs) = rustix::pipe::pipe().unwrap_or_else(|error| panic!("{error}"));
        (ours, File::from(theirs))
    }

    #[test]
    fn it_is_read_to_its_end_and_no_further_than_is_sensible() {
        for (written, wanted) in [(0, 0), (10, 10), (100_000, 65_536)] {
            let (ours, mut theirs) = pipe();
            // Whoever stops reading lets go of the pipe.
            let writer = thread::spawn(move || {
                let _ = theirs.write_all(&vec![b'x'; written]);
            });
            let all = read(&ours, Duration::from_secs(10), 65_536);
            assert_eq!(all.ok().flatten().map(|all| all.len()), Some(wanted));
            drop(ours);
            assert!(writer.join().is_ok());
        }
    }

    #[test]
    fn nobody_is_waited_for_longer_than_is_sensible() {
        let (ours, mut theirs) = pipe();
        assert!(theirs.write_all(b"begun").is_ok());
        let begun = Instant::now();
        assert!(matches!(read(&ours, Duration::from_millis(50), 65_536), Ok(None)));
        assert!(begun.elapsed() >= Duration::from_millis(50));
    }
}
