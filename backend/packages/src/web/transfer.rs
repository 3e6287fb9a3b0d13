//! One file on its way into its sink: continued where it broke off, no larger than allowed, checked at the end.

use std::io::{Read, Seek, Write};
use std::time::Instant;

use reqwest::StatusCode;
use reqwest::header::{
    CONTENT_RANGE, ETAG, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RANGE,
};
use sha2::{Digest, Sha256};
use url::Url;

use super::request::Answer;
use super::{Advance, Arrived, Marks, Outcome, Patience, Sink, To, Web, hex};
use crate::error::Error;
use crate::repository::shown;

/// An answer that brings less than this in [`SLOW`] times the patience counts as silent.
const TRICKLE: u64 = 1024;
const SLOW: u32 = 4;
/// Bytes read at once of what is here already.
const CHUNK: usize = 256 * 1024;

/// Why an attempt failed.
pub(super) enum Trouble {
    /// Worth another attempt.
    Passing(String),
    /// Not at this address.
    Here(Error),
    Final(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::Final(error)
    }
}

/// One file on its way: what arrived so far, over all attempts and addresses.
#[derive(Default)]
pub(super) struct Transfer {
    hasher: Sha256,
    got: u64,
    told: u64,
    /// What arrived is put together from several answers.
    pieced: bool,
}

impl Transfer {
    /// Goes on with what an attempt before this one, perhaps of another process, left in the sink's file. Whether it is the
    /// beginning of the right file shows at the end, as with every transfer that is put together from parts.
    pub(super) fn take_up(&mut self, sink: &mut Sink<'_>, advance: Advance<'_>) -> Result<(), Error> {
        let (true, To::File(file, path)) = (sink.resume, &mut sink.to) else {
            return Ok(());
        };
        let failed = |error| Error::io("downloading", *path, error);
        let here = file.metadata().map_err(failed)?.len();
        if here >= sink.limit {
            return self.restart(sink);
        }
        file.rewind().map_err(failed)?;
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = file.read(&mut chunk).map_err(failed)?;
            let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
                return Ok(());
            };
            self.hasher.update(bytes);
            self.got = self.got.saturating_add(read as u64);
            self.told = self.got;
            self.pieced = true;
            advance(read as u64)?;
        }
    }

    /// Whether anything arrived.
    pub(super) fn has_begun(&self) -> bool {
        self.got > 0
    }

    /// Asks one address once, and takes what it says.
    pub(super) fn attempt(
        &mut self,
        web: &Web,
        url: &Url,
        known: Option<&Marks>,
        sink: &mut Sink<'_>,
        advance: Advance<'_>,
    ) -> Result<Outcome, Trouble> {
        advance(0)?;
        if !sink.resume {
            self.restart(sink)?;
        }
        let headers = self.headers(known);
        let mut answer = web.ask(url, headers, &mut || advance(0))?.map_err(Trouble::Passing)?;
        match answer.status {
            StatusCode::PARTIAL_CONTENT if self.got > 0 && continues(&answer.headers, self.got) => self.pieced = true,
            StatusCode::OK => self.restart(sink)?,
            StatusCode::NOT_MODIFIED if known.is_some() => return Ok(Outcome::Unchanged),
            StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(Outcome::Missing),
            StatusCode::RANGE_NOT_SATISFIABLE | StatusCode::PARTIAL_CONTENT => {
                self.restart(sink)?;
                return Err(Trouble::Passing("the server lost the beginning of the file".to_owned()));
            }
            status
                if status.is_server_error()
                    || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS) =>
            {
                return Err(Trouble::Passing(format!("the server answered {status}")));
            }
            status => {
                let reason = format!("the server answered {status}");
                let url = shown(url);
                return Err(Trouble::Here(Error::Unreachable { url, reason }));
            }
        }
        self.take(&mut answer, web.patience, url, sink, advance)?;
        let arrived = Arrived {
            size: self.got,
            sha256: hex(&self.hasher.clone().finalize()),
            marks: Marks {
                etag: answer.mark(ETAG),
                modified: answer.mark(LAST_MODIFIED),
            },
        };
        if let Some(judge) = sink.judge
            && let Err(error) = judge(arrived.size, &arrived.sha256)
        {
            if self.pieced {
                self.restart(sink)?;
                return Err(Trouble::Passing(error.to_string()));
            }
            return Err(Trouble::Here(error));
        }
        Ok(Outcome::Arrived(arrived))
    }

    fn headers(&self, known: Option<&Marks>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut set = |name, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        if self.got > 0 {
            set(RANGE, &format!("bytes={}-", self.got));
        } else if let Some(marks) = known {
            if let Some(etag) = &marks.etag {
                set(IF_NONE_MATCH, etag);
            }
            if let Some(modified) = &marks.modified {
                set(IF_MODIFIED_SINCE, modified);
            }
        }
        headers
    }

    /// Takes the body.
    fn take(
        &mut self,
        answer: &mut Answer,
        patience: Patience,
        url: &Url,
        sink: &mut Sink<'_>,
        advance: Advance<'_>,
    ) -> Result<(), Trouble> {
        let limit = sink.limit;
        let too_large = || {
            let url = shown(url);
            Trouble::Here(Error::TooLarge { url, limit })
        };
        if answer.length.is_some_and(|more| self.got.saturating_add(more) > limit) {
            return Err(too_large());
        }
        let slow = patience.idle.saturating_mul(SLOW);
        let (mut since, mut lately) = (Instant::now(), 0u64);
        loop {
            let next = answer.next(&mut || advance(0))?.map_err(Trouble::Passing)?;
            let Some(piece) = next else {
                return Ok(());
            };
            self.got = self.got.saturating_add(piece.len() as u64);
            if self.got > limit {
                return Err(too_large());
            }
            self.hasher.update(&piece);
            match &mut sink.to {
                To::File(file, path) => file
                    .write_all(&piece)
                    .map_err(|error| Error::io("downloading", path, error))?,
                To::Memory(bytes) => bytes.extend_from_slice(&piece),
                To::Nowhere => {}
            }
            advance(self.got.saturating_sub(self.told))?;
            self.told = self.told.max(self.got);
            lately = lately.saturating_add(piece.len() as u64);
            if lately >= TRICKLE {
                (since, lately) = (Instant::now(), 0);
            } else if since.elapsed() > slow {
                return Err(Trouble::Passing("the server sends next to nothing".to_owned()));
            }
        }
    }

    /// Forgets what arrived.
    pub(super) fn restart(&mut self, sink: &mut Sink<'_>) -> Result<(), Error> {
        self.hasher = Sha256::new();
        self.got = 0;
        self.pieced = false;
        match &mut sink.to {
            To::File(file, path) => {
                let emptied = file.set_len(0).and_then(|()| file.rewind());
                emptied.map_err(|error| Error::io("downloading", path, error))
            }
            To::Memory(bytes) => {
                bytes.clear();
                Ok(())
            }
            To::Nowhere => Ok(()),
        }
    }
}

/// Whether an answer of a part begins at this byte.
pub(crate) fn continues(headers: &HeaderMap, at: u64) -> bool {
    let range = headers.get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    range.is_some_and(|range| range.starts_with(&format!("bytes {at}-")))
}
