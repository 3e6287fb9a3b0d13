//! Cuts a stream into its components before anything else looks at it, so that a broken one costs no other, and so
//! that no more than one is held in memory.

use std::io::{self, Read};

use memchr::memmem;

use crate::error::{Failure, SkipReason};
use crate::limits::{Limits, RESTARTS};

/// A piece of a file; its bytes are those of [`Frames::bytes`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) kind: FrameKind,
    /// Where it begins in the plain file.
    pub(crate) offset: u64,
    start: usize,
    end: usize,
}

/// What a piece is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FrameKind {
    /// The start tag of `components`.
    Root,
    /// A whole `component`, or a YAML document.
    Component,
    /// One that cannot be read.
    Bad(SkipReason),
}

/// Bytes asked for at once.
const CHUNK: usize = 64 << 10;

/// A stream with as much of it in memory as the piece at hand needs.
pub(crate) struct Frames<R> {
    input: R,
    buffer: Vec<u8>,
    /// Bytes of the buffer that are done with.
    done: usize,
    /// Plain bytes before the buffer.
    before: u64,
    ended: bool,
    limit: u64,
    component: usize,
    restarts: u32,
    root: bool,
    root_ended: bool,
    found: bool,
}

impl<R: Read> Frames<R> {
    pub(crate) fn new(input: R, limits: &Limits) -> Frames<R> {
        Frames {
            input,
            buffer: Vec::new(),
            done: 0,
            before: 0,
            ended: false,
            limit: limits.plain,
            component: limits.component,
            restarts: 0,
            root: false,
            root_ended: false,
            found: false,
        }
    }

    /// The bytes of the piece that was returned last.
    pub(crate) fn bytes(&self, frame: &Frame) -> &[u8] {
        self.buffer.get(frame.start..frame.end).unwrap_or_default()
    }

    /// Reads on. False at the end of the stream.
    fn fill(&mut self) -> Result<bool, Failure> {
        if self.ended {
            return Ok(false);
        }
        if self.done > 0 && self.done >= self.buffer.len() / 2 {
            self.buffer.drain(..self.done);
            self.before += self.done as u64;
            self.done = 0;
        }
        let old = self.buffer.len();
        self.buffer.resize(old + CHUNK, 0);
        let read = loop {
            let Some(room) = self.buffer.get_mut(old..) else {
                break 0;
            };
            match self.input.read(room) {
                Ok(read) => break read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.buffer.truncate(old);
                    self.ended = true;
                    return Err(failure(&error));
                }
            }
        };
        self.buffer.truncate(old + read);
        self.ended = read == 0;
        if self.before + self.buffer.len() as u64 > self.limit {
            self.ended = true;
            return Err(Failure::TooLarge(self.limit));
        }
        Ok(read > 0)
    }

    /// The bytes that are not done with.
    fn rest(&self) -> &[u8] {
        self.buffer.get(self.done..).unwrap_or_default()
    }

    /// Whether there are at least `count` bytes more.
    fn have(&mut self, count: usize) -> Result<bool, Failure> {
        while self.rest().len() < count {
            if !self.fill()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Where `needle` is, from `from` on and ending within `within` bytes.
    fn find(&mut self, from: usize, needle: &[u8], within: usize) -> Result<Search, Failure> {
        let mut from = from;
        loop {
            let rest = self.rest();
            let reach = rest.len().min(within);
            let found = rest.get(from..reach).and_then(|rest| match needle {
                // One byte is what nearly all searches are for, and most of them end after a few bytes.
                [byte] => memchr::memchr(*byte, rest),
                needle => memmem::find(rest, needle),
            });
            if let Some(at) = found {
                return Ok(Search::At(from + at));
            }
            if reach == within {
                return Ok(Search::TooFar);
            }
            from = from.max(reach.saturating_sub(needle.len() - 1));
            if !self.fill()? {
                return Ok(Search::Ended);
            }
        }
    }

    /// Is done with everything up to the end of `needle`, however far that is. False when it is not there.
    fn pass(&mut self, needle: &[u8]) -> Result<bool, Failure> {
        loop {
            if let Some(at) = memmem::find(self.rest(), needle) {
                self.done += at + needle.len();
                return Ok(true);
            }
            self.done += self.rest().len().saturating_sub(needle.len() - 1);
            if !self.fill()? {
                self.done = self.buffer.len();
                return Ok(false);
            }
        }
    }

    /// The next `length` bytes as a piece, which is then done with.
    fn take(&mut self, kind: FrameKind, length: usize) -> Frame {
        let start = self.done;
        self.done = (start + length).min(self.buffer.len());
        Frame {
            kind,
            offset: self.before + start as u64,
            start,
            end: self.done,
        }
    }

    /// The next piece of an XML file.
    pub(crate) fn next_xml(&mut self) -> Result<Option<Frame>, Failure> {
        loop {
            let Some(at) = memchr::memchr(b'<', self.rest()) else {
                self.done = self.buffer.len();
                if self.fill()? {
                    continue;
                }
                return self.end_xml();
            };
            self.done += at;
            self.have(16)?;
            let rest = self.rest();
            if rest.starts_with(b"<!--") {
                self.done += 4;
                if !self.pass(b"-->")? {
                    return Err(Failure::CutOff);
                }
            } else if rest.starts_with(b"<!DOCTYPE") {
                self.pass_doctype()?;
            } else if tag(rest, b"<components") {
                self.root = true;
                return match self.tag_end()? {
                    Search::At(end) => {
                        self.root_ended |= self.rest().get(..end).is_some_and(|tag| tag.ends_with(b"/>"));
                        Ok(Some(self.take(FrameKind::Root, end)))
                    }
                    Search::TooFar => Err(Failure::TooDamaged),
                    Search::Ended => Err(Failure::CutOff),
                };
            } else if tag(rest, b"<component") {
                self.found = true;
                return self.component().map(Some);
            } else {
                self.root_ended |= tag(rest, b"</components");
                self.done += 1;
            }
        }
    }

    fn end_xml(&self) -> Result<Option<Frame>, Failure> {
        match (self.root, self.found) {
            (true, _) if !self.root_ended => Err(Failure::CutOff),
            (false, false) => Err(Failure::NotACatalogue),
            _ => Ok(None),
        }
    }

    /// A document type is passed over with what it declares: none of its entities will be known.
    fn pass_doctype(&mut self) -> Result<(), Failure> {
        let end = match self.find(0, b">", self.component)? {
            Search::At(end) => end,
            Search::TooFar => return Err(Failure::TooDamaged),
            Search::Ended => return Err(Failure::CutOff),
        };
        if !self.rest().get(..end).is_some_and(|head| head.contains(&b'[')) {
            self.done += end + 1;
        } else if !self.pass(b"]>")? {
            return Err(Failure::CutOff);
        }
        Ok(())
    }

    /// Where the tag at hand ends; a `>` between quotes does not end it.
    fn tag_end(&mut self) -> Result<Search, Failure> {
        let mut at = 1;
        loop {
            let limit = self.component;
            let rest = self.rest();
            let within = rest.get(at..rest.len().min(limit)).unwrap_or_default();
            match within.iter().position(|byte| matches!(byte, b'>' | b'"' | b'\'')) {
                Some(hit) => {
                    let byte = within.get(hit).copied().unwrap_or(b'>');
                    at += hit + 1;
                    if byte == b'>' {
                        return Ok(Search::At(at));
                    }
                    match self.find(at, &[byte], limit)? {
                        Search::At(quote) => at = quote + 1,
                        other => return Ok(other),
                    }
                }
                None if rest.len() >= limit => return Ok(Search::TooFar),
                None => {
                    at = rest.len().max(at);
                    if !self.fill()? {
                        return Ok(Search::Ended);
                    }
                }
            }
        }
    }

    /// The component that begins here.
    fn component(&mut self) -> Result<Frame, Failure> {
        let limit = self.component;
        let mut at = match self.tag_end()? {
            Search::At(end) => end,
            Search::TooFar => return self.restart(SkipReason::TooLarge),
            Search::Ended => return self.restart(SkipReason::Unfinished),
        };
        if self.rest().get(..at).is_some_and(|tag| tag.ends_with(b"/>")) {
            return Ok(self.take(FrameKind::Component, at));
        }
        loop {
            let search = self.find(at, b"<", limit)?;
            let Search::At(open) = search else {
                return self.restart(search.reason());
            };
            self.have(open + 16)?;
            let rest = self.rest().get(open..).unwrap_or_default();
            let skip = if rest.starts_with(b"<!--") {
                Some((4, b"-->".as_slice()))
            } else if rest.starts_with(b"<![CDATA[") {
                Some((9, b"]]>".as_slice()))
            } else if tag(rest, b"</component") {
                return match self.find(open, b">", limit)? {
                    Search::At(end) => Ok(self.take(FrameKind::Component, end + 1)),
                    search => self.restart(search.reason()),
                };
            } else if tag(rest, b"<component") || tag(rest, b"</components") {
                return Ok(self.take(FrameKind::Bad(SkipReason::Unfinished), open));
            } else {
                None
            };
            at = match skip {
                None => open + 1,
                Some((length, end)) => match self.find(open + length, end, limit)? {
                    Search::At(at) => at + end.len(),
                    search => return self.restart(search.reason()),
                },
            };
        }
    }

    /// Gives up this component and goes on where the next one seems to begin. Each time costs as much as a component
    /// may be large, so the number of times is bounded.
    fn restart(&mut self, reason: SkipReason) -> Result<Frame, Failure> {
        self.restarts += 1;
        if self.restarts > RESTARTS {
            return Err(Failure::TooDamaged);
        }
        let rest = self.rest();
        let next = memmem::find_iter(rest.get(1..).unwrap_or_default(), b"<component")
            .map(|at| at + 1)
            .find(|at| rest.get(*at..).is_some_and(|rest| tag(rest, b"<component")));
        let length = next.unwrap_or(rest.len().saturating_sub(16).max(1));
        Ok(self.take(FrameKind::Bad(reason), length))
    }

    /// The next document of a YAML stream, without its `---`.
    pub(crate) fn next_yaml(&mut self) -> Result<Option<Frame>, Failure> {
        let limit = self.component;
        loop {
            // A marker at the very beginning, after a byte order mark, or where the last document ended.
            self.have(4)?;
            if self.before == 0 && self.done == 0 && self.rest().starts_with(b"\xef\xbb\xbf") {
                self.done = 3;
                self.have(4)?;
            }
            if marker(self.rest()) {
                self.done += 3;
            }
            if !self.have(1)? {
                return Ok(None);
            }
            let mut at = 0;
            let mut whole = true;
            let length = loop {
                match self.find(at, b"\n---", limit)? {
                    Search::At(found) => {
                        self.have(found + 5)?;
                        if marker(self.rest().get(found + 1..).unwrap_or_default()) {
                            break found + 1;
                        }
                        at = found + 1;
                    }
                    Search::Ended => break self.rest().len(),
                    Search::TooFar => {
                        whole = false;
                        at = 0;
                        self.done += limit.saturating_sub(3).max(1);
                    }
                }
            };
            let frame = match whole {
                true => self.take(FrameKind::Component, length),
                false => self.take(FrameKind::Bad(SkipReason::TooLarge), length),
            };
            let bytes = self.bytes(&frame);
            if whole && bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            return Ok(Some(frame));
        }
    }
}

/// What a search found.
enum Search {
    At(usize),
    TooFar,
    Ended,
}

impl Search {
    fn reason(&self) -> SkipReason {
        match self {
            Search::TooFar => SkipReason::TooLarge,
            Search::At(_) | Search::Ended => SkipReason::Unfinished,
        }
    }
}

/// Whether a tag of exactly this name is here.
fn tag(rest: &[u8], name: &[u8]) -> bool {
    let Some(after) = rest.strip_prefix(name) else {
        return false;
    };
    matches!(after.first(), Some(b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n'))
}

/// Whether a line with a document marker begins here.
fn marker(rest: &[u8]) -> bool {
    let Some(after) = rest.strip_prefix(b"---") else {
        return false;
    };
    matches!(after.first(), None | Some(b' ' | b'\t' | b'\r' | b'\n'))
}

/// A compressed stream that is damaged comes as an I/O error too.
pub(crate) fn failure(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            Failure::Compression(error.to_string())
        }
        _ => Failure::Unreadable(error.to_string()),
    }
}
