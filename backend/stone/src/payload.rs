//! The body of one payload as a stream: exactly its stored bytes, hashed, decompressed, and no longer than promised.

use std::io::{self, Read, Seek, SeekFrom};

use xxhash_rust::xxh3::Xxh3;
use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use crate::error::Error;
use crate::frame::{self, Fault};
use crate::header::{Compression, Payload, PayloadKind};
use crate::limits::Limits;

/// Stored bytes read at once, as zstd recommends.
const INPUT: u64 = 128 << 10;

/// The largest window that zstd can be made to accept.
const WINDOW_LOG_MAX: u32 = 31;

/// Whether the sizes in a payload header can be true and are within the limits. Costs no memory.
pub(crate) fn check_sizes(payload: &Payload, limits: &Limits) -> Result<(), Error> {
    let possible = match payload.compression {
        Compression::None => payload.stored_size == payload.plain_size,
        _ => frame::possible(payload.stored_size, payload.plain_size),
    };
    if !possible {
        return Err(plain_size(payload));
    }
    let (what, limit) = match payload.kind {
        PayloadKind::Meta => ("a metadata payload", limits.meta),
        PayloadKind::Layout => ("a layout payload", limits.layout),
        PayloadKind::Index => ("an index payload", limits.index),
        PayloadKind::Attributes => ("an attributes payload", limits.attributes),
        PayloadKind::Content => ("the content payload", limits.content),
        PayloadKind::Unknown(_) => return Ok(()),
    };
    if payload.plain_size > limit {
        return Err(Error::Limit {
            what,
            limit,
            found: payload.plain_size,
        });
    }
    Ok(())
}

/// Decodes the body of `payload` out of `source`.
pub(crate) struct PayloadReader<R> {
    source: R,
    payload: Payload,
    window: u64,
    hash: Xxh3,
    /// Stored bytes not read yet.
    unread: u64,
    /// Plain bytes not given out yet.
    plain_left: u64,
    input: Vec<u8>,
    /// How much of `input` is used up.
    used: usize,
    /// None for a body that is not compressed.
    decoder: Option<Decoder<'static>>,
    /// Whether the body's last plain byte has been produced.
    complete: bool,
    /// Whether an error was given out: then nothing that follows can be trusted.
    failed: bool,
}

impl<R: Read + Seek> PayloadReader<R> {
    /// Seeks to the body. The sizes are checked here, too.
    pub(crate) fn new(mut source: R, payload: &Payload, limits: &Limits) -> Result<PayloadReader<R>, Error> {
        check_sizes(payload, limits)?;
        let decoder = match payload.compression {
            Compression::None => None,
            _ => {
                let mut decoder = Decoder::new()?;
                decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG_MAX))?;
                Some(decoder)
            }
        };
        source.seek(SeekFrom::Start(payload.offset))?;
        Ok(PayloadReader {
            source,
            window: limits.window,
            hash: Xxh3::new(),
            unread: payload.stored_size,
            plain_left: payload.plain_size,
            input: Vec::new(),
            used: 0,
            decoder,
            complete: payload.stored_size == 0,
            failed: false,
            payload: payload.clone(),
        })
    }
}

impl<R: Read> PayloadReader<R> {
    /// Reads what is left, then checks that the body has ended, in the promised size and with the promised checksum.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        let ended = self.end();
        self.blame(ended)?;
        self.check_sum()
    }

    fn end(&mut self) -> Result<(), Error> {
        if self.failed {
            return Err(self.bad_frame("an earlier read of it failed"));
        }
        let mut scratch = vec![0; self.plain_left.min(INPUT) as usize];
        while self.plain_left > 0 {
            self.produce(&mut scratch)?;
        }
        // The frame's epilogue may not be read yet.
        if !self.complete && self.decoder.is_some() && self.decompress(&mut [0])? > 0 {
            return Err(plain_size(&self.payload));
        }
        if self.used < self.input.len() || self.unread > 0 {
            return Err(self.bad_frame("bytes follow its end"));
        }
        Ok(())
    }

    /// Plain bytes into `out`; 0 only at the end of the body (or for an empty `out`).
    fn produce(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        let most = usize::try_from(self.plain_left).unwrap_or(usize::MAX).min(out.len());
        let out = out.get_mut(..most).unwrap_or_default();
        if self.failed {
            return Err(self.bad_frame("an earlier read of it failed"));
        }
        if out.is_empty() {
            return Ok(0);
        }
        let produced = if self.decoder.is_some() {
            self.decompress(out)?
        } else {
            self.copy(out)?
        };
        if produced == 0 {
            return Err(plain_size(&self.payload));
        }
        self.plain_left = self.plain_left.saturating_sub(produced as u64);
        Ok(produced)
    }

    fn copy(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        if self.used == self.input.len() && self.unread > 0 {
            self.pull()?;
        }
        let input = self.input.get(self.used..).unwrap_or_default();
        let length = input.len().min(out.len());
        if let (Some(from), Some(to)) = (input.get(..length), out.get_mut(..length)) {
            to.copy_from_slice(from);
        }
        self.used += length;
        Ok(length)
    }

    /// One step of zstd that produces something; 0 once the frame is complete.
    fn decompress(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        while !self.complete {
            if self.used == self.input.len() && self.unread > 0 {
                let first = self.unread == self.payload.stored_size;
                self.pull()?;
                if first {
                    self.prepare()?;
                }
            }
            let Some(decoder) = &mut self.decoder else { break };
            let mut input = InBuffer::around(self.input.get(self.used..).unwrap_or_default());
            let mut output = OutBuffer::around(&mut *out);
            let hint = decoder.run(&mut input, &mut output);
            let (consumed, produced) = (input.pos(), output.pos());
            self.used += consumed;
            match hint {
                Err(error) => return Err(self.bad_frame(error.to_string())),
                Ok(hint) => self.complete = hint == 0,
            }
            if produced > 0 {
                return Ok(produced);
            }
            if !self.complete && self.used == self.input.len() && self.unread == 0 {
                return Err(self.bad_frame("it is cut off"));
            }
        }
        Ok(0)
    }

    /// The frame header, which the first input holds whole.
    fn prepare(&mut self) -> Result<(), Error> {
        frame::prepare(&mut self.input, self.payload.plain_size, self.window).map_err(|fault| match fault {
            Fault::NotAFrame => self.bad_frame("it has no whole frame header"),
            Fault::Size => plain_size(&self.payload),
            Fault::Window(found) => Error::Limit {
                what: "the window of a zstd frame",
                limit: self.window,
                found,
            },
        })
    }

    /// The next stored bytes, hashed, in place of the used ones.
    fn pull(&mut self) -> Result<(), Error> {
        let want = self.unread.min(INPUT) as usize;
        self.used = 0;
        self.input.resize(want, 0);
        let mut filled = 0;
        while let Some(rest) = self.input.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.source.read(rest) {
                Ok(0) => {
                    let read = self.payload.stored_size - self.unread + filled as u64;
                    return Err(Error::Truncated {
                        offset: self.payload.offset.saturating_add(read),
                        needed: self.payload.stored_size - read,
                        available: 0,
                    });
                }
                Ok(length) => filled += length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.hash.update(&self.input);
        self.unread -= want as u64;
        Ok(())
    }

    /// A body that does not decode is most often a damaged one: then the checksum is the better answer.
    fn blame<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        self.failed |= result.is_err();
        if let Err(Error::Frame { .. } | Error::PlainSize { .. } | Error::Limit { .. }) = result {
            while self.unread > 0 {
                self.pull()?;
            }
            self.check_sum()?;
        }
        result
    }

    fn check_sum(&self) -> Result<(), Error> {
        let found = self.hash.digest();
        if found == self.payload.checksum {
            return Ok(());
        }
        let Payload {
            kind,
            offset,
            checksum: expected,
            ..
        } = self.payload;
        Err(Error::Checksum {
            kind,
            offset,
            expected,
            found,
        })
    }

    fn bad_frame(&self, reason: impl Into<String>) -> Error {
        Error::Frame {
            kind: self.payload.kind,
            offset: self.payload.offset,
            reason: reason.into(),
        }
    }
}

impl<R: Read> Read for PayloadReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let produced = self.produce(out);
        Ok(self.blame(produced)?)
    }
}

fn plain_size(payload: &Payload) -> Error {
    Error::PlainSize {
        kind: payload.kind,
        offset: payload.offset,
        expected: payload.plain_size,
    }
}
