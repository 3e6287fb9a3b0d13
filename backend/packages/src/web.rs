//! Fetching over the network: bounded, retried, resumed, from one of several places.
//!
//! Each request runs on a thread of its own that hands over what arrives. Whoever waits therefore hears of a
//! cancellation at once, however long the server is silent; the thread ends by itself when its patience does.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::header::{
    CONTENT_RANGE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RANGE,
};
use reqwest::redirect;
use sha2::{Digest, Sha256};
use url::Url;

use crate::error::Error;
use crate::repository::{bare, shown};

/// Tries at the only address, and at each one of several.
const ATTEMPTS: u32 = 4;
const ATTEMPTS_OF_SEVERAL: u32 = 2;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const REDIRECTS: usize = 8;
const CHUNK: usize = 64 * 1024;
/// Pieces that may wait to be taken.
const AHEAD: usize = 4;
/// How often a wait looks whether somebody cancelled.
const TICK: Duration = Duration::from_millis(40);
/// An answer that brings less than this in [`SLOW`] times the patience counts as silent.
const TRICKLE: u64 = 1024;
const SLOW: u32 = 4;
/// A longer ETag or date is not remembered.
const LONGEST_MARK: usize = 512;

/// How long a server may be silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Until there is a connection.
    pub connect: Duration,
    /// Until the answer begins, and for each wait for more of it.
    pub idle: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            connect: Duration::from_secs(8),
            idle: Duration::from_secs(8),
        }
    }
}

/// The HTTP client, made when the first address needs it, and where the repositories are.
#[derive(Default)]
pub(crate) struct Web {
    client: OnceLock<Result<Client, String>>,
    patience: Patience,
    /// The package lists of each repository, the main one first, with names and passwords.
    places: RwLock<HashMap<String, Vec<Url>>>,
}

/// What arrives goes there.
pub(crate) enum To<'a> {
    /// Empty and writable; the path is for errors.
    File(&'a mut File, &'a Path),
    Memory(&'a mut Vec<u8>),
    /// Only size and checksum matter.
    Nowhere,
}

/// Says whether what arrived (bytes, SHA-256) is what it should be.
pub(crate) type Judge<'a> = &'a dyn Fn(u64, &str) -> Result<(), Error>;

/// Where a download goes, and what it may be.
pub(crate) struct Sink<'a> {
    pub(crate) to: To<'a>,
    /// More bytes than this are refused.
    pub(crate) limit: u64,
    /// Whether a broken transfer may continue where it stopped. Only where a checksum covers the whole.
    pub(crate) resume: bool,
    /// What it refuses is asked for at the next address.
    pub(crate) judge: Option<Judge<'a>>,
    /// What is here already: the server may say that it did not change.
    pub(crate) known: Option<&'a Marks>,
}

/// What a server calls a version of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) etag: Option<String>,
    pub(crate) modified: Option<String>,
}

/// What arrived.
pub(crate) struct Arrived {
    pub(crate) size: u64,
    /// SHA-256, lower-case hexadecimal.
    pub(crate) sha256: String,
    pub(crate) marks: Marks,
}

/// What came of asking.
pub(crate) enum Outcome {
    Arrived(Arrived),
    /// It is still what [`Sink::known`] says.
    Unchanged,
    /// The server knows that there is no such file.
    Missing,
}

enum Trouble {
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

/// Hears of each new byte once, and of each tick of waiting (0 bytes); refuses to go on by failing.
pub(crate) type Advance<'a> = &'a mut dyn FnMut(u64) -> Result<(), Error>;

impl Web {
    pub(crate) fn set_patience(&mut self, patience: Patience) {
        self.patience = patience;
        self.client = OnceLock::new();
    }

    /// Says where the package lists of the repositories are, by their ids.
    pub(crate) fn know(&self, places: HashMap<String, Vec<Url>>) {
        *self.places.write().unwrap_or_else(PoisonError::into_inner) = places;
    }

    /// All addresses of a file of this repository: its own, with the repository's password, and those on the mirrors.
    pub(crate) fn addresses(&self, repository: &str, url: &Url) -> Vec<Url> {
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        let lists = places.get(repository).map(Vec::as_slice).unwrap_or_default();
        let relative = lists.first().and_then(|main| {
            let main = bare(main);
            let relative = main.make_relative(url)?;
            (main.join(&relative).ok()? == *url).then_some(relative)
        });
        // A file on another server than its list has one address, and gets no password.
        let Some(relative) = relative else {
            return vec![url.clone()];
        };
        lists.iter().filter_map(|list| list.join(&relative).ok()).collect()
    }

    fn client(&self) -> Result<&Client, String> {
        let made = self.client.get_or_init(|| build(self.patience));
        made.as_ref().map_err(Clone::clone)
    }

    /// Asks for a file. `check` is asked all the while whether to go on. The inner failure is worth another attempt.
    pub(crate) fn ask(
        &self,
        url: &Url,
        headers: HeaderMap,
        check: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<Result<Answer, String>, Error> {
        let client = self.client().map_err(|reason| Error::Unreachable {
            url: shown(url),
            reason,
        })?;
        let request = client.get(url.clone()).headers(headers);
        let (tell, heard) = sync_channel(AHEAD);
        let spawned = std::thread::Builder::new()
            .name("download".to_owned())
            .spawn(move || serve(request, &tell));
        if let Err(error) = spawned {
            return Ok(Err(format!("no thread for it: {error}")));
        }
        Ok(match wait_for(&heard, check)? {
            Ok(Message::Head {
                status,
                headers,
                length,
            }) => Ok(Answer {
                status,
                headers,
                length,
                heard,
                piece: Vec::new(),
                at: 0,
            }),
            Ok(Message::Piece(_) | Message::End) => Err("the answer has no head".to_owned()),
            Err(reason) => Err(reason),
        })
    }

    /// Brings a file into the sink, from the first of the addresses that has what it should be.
    ///
    /// If none has, the failure is that of the first one: that is the address people know.
    pub(crate) fn bring(&self, addresses: &[Url], sink: &mut Sink<'_>, advance: Advance<'_>) -> Result<Outcome, Error> {
        let mut transfer = Transfer::default();
        let mut first = None;
        for (number, url) in addresses.iter().enumerate() {
            // A mark is the server's own.
            let known = sink.known.filter(|_| number == 0);
            let attempts = if addresses.len() > 1 {
                ATTEMPTS_OF_SEVERAL
            } else {
                ATTEMPTS
            };
            match self.bring_from(url, attempts, known, &mut transfer, sink, advance) {
                Ok(Outcome::Missing) if addresses.len() > 1 => {
                    first.get_or_insert_with(|| missing(url));
                }
                Ok(outcome) => return Ok(outcome),
                Err(Trouble::Final(error)) => return Err(error),
                Err(Trouble::Passing(reason)) => {
                    let url = shown(url);
                    first.get_or_insert(Error::Unreachable { url, reason });
                }
                Err(Trouble::Here(error)) => {
                    transfer.restart(sink)?;
                    first.get_or_insert(error);
                }
            }
            tracing::info!(url = shown(url), "not to be had here");
        }
        Err(first.unwrap_or_else(|| Error::Unreachable {
            url: String::new(),
            reason: "it has no address".to_owned(),
        }))
    }

    /// As [`bring`](Self::bring), for what must be there.
    pub(crate) fn download(
        &self,
        addresses: &[Url],
        sink: &mut Sink<'_>,
        advance: Advance<'_>,
    ) -> Result<Arrived, Error> {
        match self.bring(addresses, sink, advance)? {
            Outcome::Arrived(arrived) => Ok(arrived),
            Outcome::Unchanged | Outcome::Missing => Err(match addresses.last() {
                Some(url) => missing(url),
                None => missing_text(String::new()),
            }),
        }
    }

    /// A small file as a whole; None if there is none.
    pub(crate) fn small(&self, url: &Url, limit: u64, advance: Advance<'_>) -> Result<Option<Vec<u8>>, Error> {
        if let Some(path) = path_of(url) {
            return small_file(&path, url, limit);
        }
        let mut bytes = Vec::new();
        let mut sink = Sink {
            to: To::Memory(&mut bytes),
            limit,
            resume: false,
            judge: None,
            known: None,
        };
        match self.bring(std::slice::from_ref(url), &mut sink, advance)? {
            Outcome::Arrived(_) => Ok(Some(bytes)),
            Outcome::Unchanged | Outcome::Missing => Ok(None),
        }
    }

    fn bring_from(
        &self,
        url: &Url,
        attempts: u32,
        known: Option<&Marks>,
        transfer: &mut Transfer,
        sink: &mut Sink<'_>,
        advance: Advance<'_>,
    ) -> Result<Outcome, Trouble> {
        let mut pause = FIRST_PAUSE;
        let mut last = String::new();
        for attempt in 0..attempts {
            if attempt > 0 {
                wait(pause, advance)?;
                pause = pause.saturating_mul(4);
            }
            match transfer.attempt(self, url, known, sink, advance) {
                Err(Trouble::Passing(reason)) => {
                    tracing::info!(url = shown(url), attempt, reason, "a download broke off");
                    last = reason;
                }
                ended => return ended,
            }
        }
        Err(Trouble::Passing(last))
    }
}

/// The path of a `file:` address.
pub(crate) fn path_of(url: &Url) -> Option<std::path::PathBuf> {
    (url.scheme() == "file").then(|| url.to_file_path().ok()).flatten()
}

fn small_file(path: &Path, url: &Url, limit: u64) -> Result<Option<Vec<u8>>, Error> {
    let file = match crate::fetch::open(path) {
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| Error::io("reading a repository", path, error))?;
    if bytes.len() as u64 > limit {
        let url = shown(url);
        return Err(Error::TooLarge { url, limit });
    }
    Ok(Some(bytes))
}

fn missing(url: &Url) -> Error {
    missing_text(shown(url))
}

fn missing_text(url: String) -> Error {
    let reason = "there is no such file".to_owned();
    Error::Unreachable { url, reason }
}

enum Message {
    Head {
        status: StatusCode,
        headers: HeaderMap,
        length: Option<u64>,
    },
    Piece(Vec<u8>),
    End,
}

/// The thread of a request. It ends with the answer, when nobody listens any more, or when the server is silent.
fn serve(request: RequestBuilder, tell: &SyncSender<Result<Message, String>>) {
    let mut response = match request.send() {
        Ok(response) => response,
        Err(error) => return drop(tell.send(Err(words(error)))),
    };
    let head = Message::Head {
        status: response.status(),
        headers: response.headers().clone(),
        length: response.content_length(),
    };
    if tell.send(Ok(head)).is_err() {
        return;
    }
    loop {
        let mut piece = vec![0; CHUNK];
        let message = match response.read(&mut piece) {
            Ok(0) => Ok(Message::End),
            Ok(read) => {
                piece.truncate(read);
                Ok(Message::Piece(piece))
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(innermost(&error)),
        };
        let goes_on = matches!(message, Ok(Message::Piece(_)));
        if tell.send(message).is_err() || !goes_on {
            return;
        }
    }
}

fn wait_for(
    heard: &Receiver<Result<Message, String>>,
    check: &mut dyn FnMut() -> Result<(), Error>,
) -> Result<Result<Message, String>, Error> {
    loop {
        match heard.recv_timeout(TICK) {
            Ok(message) => return Ok(message),
            Err(RecvTimeoutError::Timeout) => check()?,
            Err(RecvTimeoutError::Disconnected) => return Ok(Err("the connection was given up".to_owned())),
        }
    }
}

/// An answer while it arrives.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Bytes of the body, where the server says so.
    pub(crate) length: Option<u64>,
    heard: Receiver<Result<Message, String>>,
    piece: Vec<u8>,
    at: usize,
}

impl Answer {
    /// The next bytes, at least one; None at the end. The inner failure is worth another attempt.
    pub(crate) fn next(
        &mut self,
        check: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<Result<Option<Vec<u8>>, String>, Error> {
        if self.at < self.piece.len() {
            let rest = self.piece.split_off(self.at);
            (self.piece, self.at) = (Vec::new(), 0);
            return Ok(Ok(Some(rest)));
        }
        Ok(match wait_for(&self.heard, check)? {
            Ok(Message::Piece(piece)) => Ok(Some(piece)),
            Ok(Message::End) => Ok(None),
            Ok(Message::Head { .. }) => Err("the answer has two heads".to_owned()),
            Err(reason) => Err(reason),
        })
    }

    /// Fills some of `out`; 0 at the end.
    pub(crate) fn read(
        &mut self,
        out: &mut [u8],
        check: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<Result<usize, String>, Error> {
        if self.at >= self.piece.len() {
            match self.next(check)? {
                Ok(Some(piece)) => (self.piece, self.at) = (piece, 0),
                Ok(None) => return Ok(Ok(0)),
                Err(reason) => return Ok(Err(reason)),
            }
        }
        let bytes = self.piece.get(self.at..).unwrap_or_default();
        let count = bytes.len().min(out.len());
        if let (Some(out), Some(bytes)) = (out.get_mut(..count), bytes.get(..count)) {
            out.copy_from_slice(bytes);
        }
        self.at = self.at.saturating_add(count);
        Ok(Ok(count))
    }

    fn mark(&self, name: HeaderName) -> Option<String> {
        let text = self.headers.get(name)?.to_str().ok()?;
        (text.len() <= LONGEST_MARK).then(|| text.to_owned())
    }
}

/// One file on its way: what arrived so far, over all attempts and addresses.
#[derive(Default)]
struct Transfer {
    hasher: Sha256,
    got: u64,
    told: u64,
    /// What arrived is put together from several answers.
    pieced: bool,
}

impl Transfer {
    fn attempt(
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

    fn restart(&mut self, sink: &mut Sink<'_>) -> Result<(), Error> {
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

fn build(patience: Patience) -> Result<Client, String> {
    // Another part of the process may have chosen the provider already; that one is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let policy = redirect::Policy::custom(|attempt| {
        let downgrade =
            attempt.previous().iter().any(|url| url.scheme() == "https") && attempt.url().scheme() != "https";
        if downgrade || !matches!(attempt.url().scheme(), "http" | "https") {
            attempt.error("the server leads to a less protected address")
        } else if attempt.previous().len() > REDIRECTS {
            attempt.error("the server leads in a circle")
        } else {
            attempt.follow()
        }
    });
    Client::builder()
        .user_agent(concat!("moult/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(patience.connect)
        // For the head of an answer, and then for each single wait for data: not for the whole transfer.
        .timeout(patience.idle)
        .redirect(policy)
        .build()
        .map_err(words)
}

/// Waits; a cancellation ends it at once.
pub(crate) fn wait(pause: Duration, advance: Advance<'_>) -> Result<(), Error> {
    let mut left = pause;
    while !left.is_zero() {
        advance(0)?;
        let step = left.min(TICK);
        std::thread::sleep(step);
        left = left.saturating_sub(step);
    }
    Ok(())
}

/// Whether an answer of a part begins at this byte.
pub(crate) fn continues(headers: &HeaderMap, at: u64) -> bool {
    let range = headers.get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    range.is_some_and(|range| range.starts_with(&format!("bytes {at}-")))
}

/// The innermost reason, without the address: that may hold a password, and the error names it already.
fn words(error: reqwest::Error) -> String {
    innermost(&error.without_url())
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(
        String::with_capacity(bytes.len().saturating_mul(2)),
        |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn web(lists: &[&str]) -> Web {
        let web = Web::default();
        let lists = lists.iter().map(|list| list.parse().unwrap()).collect();
        web.know([("shop".to_owned(), lists)].into());
        web
    }

    fn addresses(web: &Web, url: &str) -> Vec<String> {
        let all = web.addresses("shop", &url.parse().unwrap());
        all.iter().map(Url::to_string).collect()
    }

    #[test]
    fn a_file_is_on_each_mirror_at_the_same_place_beside_the_list() {
        let web = web(&[
            "https://me:secret@a.org/x/stone.index",
            "https://b.org/deep/er/stone.index",
        ]);
        assert_eq!(
            addresses(&web, "https://a.org/pool/a.stone"),
            [
                "https://me:secret@a.org/pool/a.stone",
                "https://b.org/deep/pool/a.stone"
            ]
        );
    }

    #[test]
    fn a_file_on_another_server_gets_no_password_and_has_no_mirror() {
        let web = web(&["https://me:secret@a.org/x/stone.index", "https://b.org/stone.index"]);
        assert_eq!(
            addresses(&web, "https://c.org/pool/a.stone"),
            ["https://c.org/pool/a.stone"]
        );
        let url = "https://a.org/x/a.stone".parse().unwrap();
        assert_eq!(web.addresses("another", &url), std::slice::from_ref(&url));
    }
}
