//! Fetching over the network: bounded, retried, resumed, from one of several places.
//!
//! Here is what is asked for, where, and how often; [`transfer`] takes one file in, over all attempts; [`request`] is a
//! single question to a server and its answer.

mod request;
mod transfer;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::Duration;

use reqwest::blocking::Client;
use reqwest::header::HeaderMap;
use url::Url;

use crate::error::Error;
use crate::heads::Heads;
use crate::repository::{bare, shown};

pub(crate) use request::Answer;
pub(crate) use transfer::continues;

use transfer::{Transfer, Trouble};

/// Tries at the only address, and at each one of several.
const ATTEMPTS: u32 = 4;
const ATTEMPTS_OF_SEVERAL: u32 = 2;
/// Tries at the only address once it has sent something: a server that is started anew, or a connection that comes back,
/// takes longer than a hiccup. With [`FIRST_PAUSE`] and the usual patience this waits for about half a minute.
const ATTEMPTS_IN_AN_OUTAGE: u32 = 7;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// How often a wait looks whether somebody cancelled.
const TICK: Duration = Duration::from_millis(40);

/// How long a server may be silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Until there is a connection.
    pub connect: Duration,
    /// Until the answer begins, and for each wait for more of it; also the longest pause before it is asked again.
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
    /// A part of a file that may be resumed has arrived: there is a server.
    served: AtomicBool,
    /// Where heads of package files are kept, if they are.
    pub(crate) heads: Option<Heads>,
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
    /// Hears why the same address will be asked again after a pause.
    pub(crate) waits: Option<&'a (dyn Fn(&Error) + Sync)>,
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
        let made = self.client.get_or_init(|| request::client(self.patience));
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
        request::ask(client.get(url.clone()).headers(headers), check)
    }

    /// Brings a file into the sink, from the first of the addresses that has what it should be.
    ///
    /// If none has, the failure is that of the first one: that is the address people know.
    pub(crate) fn bring(&self, addresses: &[Url], sink: &mut Sink<'_>, advance: Advance<'_>) -> Result<Outcome, Error> {
        let mut transfer = Transfer::default();
        transfer.take_up(sink, advance)?;
        let mut first = None;
        for (number, url) in addresses.iter().enumerate() {
            // A mark is the server's own.
            let known = sink.known.filter(|_| number == 0);
            let is_only = addresses.len() == 1;
            match self.bring_from(url, is_only, known, &mut transfer, sink, advance) {
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
            waits: None,
        };
        match self.bring(std::slice::from_ref(url), &mut sink, advance)? {
            Outcome::Arrived(_) => Ok(Some(bytes)),
            Outcome::Unchanged | Outcome::Missing => Ok(None),
        }
    }

    fn bring_from(
        &self,
        url: &Url,
        is_only: bool,
        known: Option<&Marks>,
        transfer: &mut Transfer,
        sink: &mut Sink<'_>,
        advance: Advance<'_>,
    ) -> Result<Outcome, Trouble> {
        let mut pause = FIRST_PAUSE;
        let mut attempt = 0;
        loop {
            let ended = transfer.attempt(self, url, known, sink, advance);
            attempt += 1;
            if sink.resume && transfer.has_begun() {
                self.served.store(true, Ordering::Relaxed);
            }
            let Err(Trouble::Passing(reason)) = ended else {
                return ended;
            };
            tracing::info!(url = shown(url), attempt, reason, "a download broke off");
            let attempts = match is_only {
                true if sink.resume && self.served.load(Ordering::Relaxed) => ATTEMPTS_IN_AN_OUTAGE,
                true => ATTEMPTS,
                false => ATTEMPTS_OF_SEVERAL,
            };
            if attempt >= attempts {
                return Err(Trouble::Passing(reason));
            }
            if let Some(waits) = sink.waits {
                let url = shown(url);
                waits(&Error::Unreachable { url, reason });
            }
            wait(pause, advance)?;
            pause = pause.saturating_mul(4).min(self.patience.idle);
        }
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
