//! The header of a zstd frame (RFC 8878, 3.1.1.1), looked at before zstd sees it.
//!
//! A frame states how large a window its decoder must allocate, up to terabytes, whatever its length. A payload header
//! states how much the frame decodes to, and no match reaches back further than that. So a larger window is replaced by
//! the smallest one that suffices: a writer that did not know the size in advance costs no memory, nor does a hostile one.

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// A block decodes to no more than this, and a window never needs to be smaller.
const BLOCK: u64 = 128 << 10;

/// The most that one stored byte can decode to: a block of 128 KiB takes at least four bytes.
const RATIO: u64 = BLOCK / 4;

/// What is wrong with the frame header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not a zstd frame, or not a whole header.
    NotAFrame,
    /// It states another size than the payload header.
    Size,
    /// It really needs this many bytes of window.
    Window(u64),
}

/// Whether so few stored bytes can decode to so many at all.
pub(crate) fn possible(stored_size: u64, plain_size: u64) -> bool {
    plain_size <= stored_size.saturating_mul(RATIO)
}

/// Checks the frame header at the start of `frame`, and lowers its window to what `plain_size` bytes need.
pub(crate) fn prepare(frame: &mut [u8], plain_size: u64, window_limit: u64) -> Result<(), Fault> {
    if !frame.starts_with(&MAGIC) {
        return Err(Fault::NotAFrame);
    }
    let descriptor = *frame.get(4).ok_or(Fault::NotAFrame)?;
    let single_segment = descriptor & 0x20 != 0;
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let size_at = 5 + usize::from(!single_segment) + dictionary;
    let size = match (descriptor >> 6, single_segment) {
        (0, false) => None,
        (0, true) => Some(number(frame, size_at, 1)?),
        (1, _) => Some(number(frame, size_at, 2)?.saturating_add(256)),
        (2, _) => Some(number(frame, size_at, 4)?),
        _ => Some(number(frame, size_at, 8)?),
    };
    if size.is_some_and(|size| size != plain_size) {
        return Err(Fault::Size);
    }
    let needed = if single_segment {
        plain_size
    } else {
        let suffices = plain_size.max(BLOCK);
        let stated = frame.get_mut(5).ok_or(Fault::NotAFrame)?;
        if window(*stated) > suffices {
            *stated = (0..=u8::MAX).find(|byte| window(*byte) >= suffices).unwrap_or(*stated);
        }
        window(*stated).min(suffices)
    };
    if needed > window_limit {
        Err(Fault::Window(needed))
    } else {
        Ok(())
    }
}

/// The window in bytes that a window descriptor states: ascending with the byte.
fn window(descriptor: u8) -> u64 {
    let base = 1_u64 << (10 + u32::from(descriptor >> 3));
    base + base / 8 * u64::from(descriptor & 7)
}

/// A little-endian number of `width` bytes.
fn number(frame: &[u8], at: usize, width: usize) -> Result<u64, Fault> {
    let bytes = frame.get(at..at + width).ok_or(Fault::NotAFrame)?;
    Ok(bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_of_terabytes_shrinks_to_the_plain_size() {
        let mut frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff, 0, 0, 0];
        assert_eq!(window(0xff), (1 << 41) + (1 << 41) / 8 * 7);
        assert_eq!(prepare(&mut frame, 1_000_000, u64::MAX), Ok(()));
        assert_eq!(window(frame[5]), 1 << 20);
    }

    #[test]
    fn a_window_that_is_needed_stays_and_is_held_against_the_limit() {
        let mut frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 13 << 3, 0, 0, 0];
        assert_eq!(prepare(&mut frame, 1 << 30, 8 << 20), Ok(()));
        assert_eq!(frame[5], 13 << 3);
        assert_eq!(prepare(&mut frame, 1 << 30, 1 << 20), Err(Fault::Window(8 << 20)));
    }

    #[test]
    fn the_size_in_the_frame_must_be_the_one_of_the_payload() {
        let single = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 7, 0x01, 0, 0];
        assert_eq!(prepare(&mut single.clone(), 7, 7), Ok(()));
        assert_eq!(prepare(&mut single.clone(), 8, 8), Err(Fault::Size));
        let two_bytes = [0x28, 0xb5, 0x2f, 0xfd, 0x60, 0x01, 0x01, 0, 0];
        assert_eq!(prepare(&mut two_bytes.clone(), 513, 1 << 20), Ok(()));
    }

    #[test]
    fn what_is_no_whole_frame_header_is_refused() {
        for length in 0..9 {
            let mut frame = [0x28, 0xb5, 0x2f, 0xfd, 0xe3, 0, 0, 0, 0];
            assert_eq!(
                prepare(&mut frame[..length], 0, 0),
                Err(Fault::NotAFrame),
                "{length} bytes"
            );
        }
        let mut skippable = *b"\x50\x2a\x4d\x18\x00\x00\x00\x00";
        assert_eq!(prepare(&mut skippable, 0, 0), Err(Fault::NotAFrame));
    }
}
