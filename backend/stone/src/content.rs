//! The content payload: streamed from its start, because it has no random access.

use std::fmt;
use std::io::{self, Read, Seek};

use crate::error::Error;
use crate::header::Payload;
use crate::limits::Limits;
use crate::payload::PayloadReader;

/// All unique file contents of a package, one after the other; [`IndexEntry`](crate::IndexEntry) says which is where.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Content(pub(crate) Payload);

impl Content {
    /// Bytes of all contents together.
    pub fn plain_size(&self) -> u64 {
        self.0.plain_size
    }

    /// The payload's header.
    pub fn payload(&self) -> &Payload {
        &self.0
    }

    /// Starts to decode. `source` is the file that the stone was read from, at any position.
    ///
    /// # Errors
    /// The sizes are impossible or above the limits, or the source cannot seek.
    pub fn decode<R: Read + Seek>(&self, source: R, limits: &Limits) -> Result<ContentReader<R>, Error> {
        Ok(ContentReader(PayloadReader::new(source, &self.0, limits)?))
    }
}

/// Reads the plain bytes of a content payload, never more than its header states.
///
/// The bytes are not to be trusted before [`finish`](Self::finish) was content with them. An [`io::Error`] from here
/// carries an [`Error`]; `Error::from` takes it out again.
pub struct ContentReader<R>(PayloadReader<R>);

impl<R: Read> ContentReader<R> {
    /// Ends the reading: reads what is left, and checks that the payload ends there, has the size that its header
    /// states and the XXH3-64.
    ///
    /// # Errors
    /// [`Error::Checksum`], [`Error::PlainSize`], [`Error::Frame`], [`Error::Truncated`], [`Error::Io`].
    pub fn finish(self) -> Result<(), Error> {
        self.0.finish()
    }
}

impl<R: Read> Read for ContentReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl<R> fmt::Debug for ContentReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentReader").finish_non_exhaustive()
    }
}
