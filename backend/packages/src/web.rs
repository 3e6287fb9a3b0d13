//! One download: bounded, retried, resumed.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::blocking::{Client, Response};
use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::redirect;
use sha2::{Digest, Sha256};
use url::Url;

use crate::error::Error;
use crate::repository::shown;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// For each single wait for data, not for the whole transfer.
const READ_TIMEOUT: Duration = Duration::from_secs(20);
const ATTEMPTS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const REDIRECTS: usize = 8;
const CHUNK: usize = 64 * 1024;

/// The HTTP client, made when the first address needs it.
#[derive(Default)]
pub(crate) struct Web(OnceLock<Result<Client, String>>);

/// Where a download goes, and how far it is.
pub(crate) struct Sink<'a> {
    /// Empty and writable.
    pub(crate) file: &'a mut File,
    /// Its name, for errors.
    pub(crate) path: &'a Path,
    /// More bytes than this are refused.
    pub(crate) limit: u64,
    /// Whether a broken transfer may continue where it stopped. Only where a checksum covers the whole.
    pub(crate) resume: bool,
}

/// What arrived.
pub(crate) struct Arrived {
    pub(crate) size: u64,
    /// SHA-256, lower-case hexadecimal.
    pub(crate) sha256: String,
}

enum Trouble {
    /// Worth another attempt.
    Passing(String),
    Final(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::Final(error)
    }
}

impl Web {
    pub(crate) fn client(&self) -> Result<&Client, String> {
        self.0.get_or_init(build).as_ref().map_err(Clone::clone)
    }

    /// Brings `url` into the sink. `advance` hears of each new byte once (not again after a retry) and may refuse.
    pub(crate) fn download(
        &self,
        url: &Url,
        sink: &mut Sink<'_>,
        advance: &mut dyn FnMut(u64) -> Result<(), Error>,
    ) -> Result<Arrived, Error> {
        let unreachable = |reason| Error::Unreachable {
            url: shown(url),
            reason,
        };
        let client = self.client().map_err(unreachable)?;
        let mut transfer = Transfer {
            hasher: Sha256::new(),
            got: 0,
            told: 0,
        };
        let mut pause = FIRST_PAUSE;
        let mut last = String::new();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                wait(pause, advance)?;
                pause = pause.saturating_mul(4);
            }
            match transfer.attempt(client, url, sink, advance) {
                Ok(()) => {
                    return Ok(Arrived {
                        size: transfer.got,
                        sha256: hex(&transfer.hasher.finalize()),
                    });
                }
                Err(Trouble::Passing(reason)) => {
                    tracing::info!(url = shown(url), attempt, reason, "a download broke off");
                    last = reason;
                }
                Err(Trouble::Final(error)) => return Err(error),
            }
        }
        Err(unreachable(last))
    }
}

/// One file on its way: what arrived so far, over all attempts.
struct Transfer {
    hasher: Sha256,
    got: u64,
    told: u64,
}

impl Transfer {
    fn attempt(
        &mut self,
        client: &Client,
        url: &Url,
        sink: &mut Sink<'_>,
        advance: &mut dyn FnMut(u64) -> Result<(), Error>,
    ) -> Result<(), Trouble> {
        advance(0)?;
        if !sink.resume {
            self.restart(sink)?;
        }
        let mut request = client.get(url.clone());
        if self.got > 0 {
            request = request.header(RANGE, format!("bytes={}-", self.got));
        }
        let mut response = request.send().map_err(|error| Trouble::Passing(words(error)))?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT if continues(&response, self.got) => {}
            StatusCode::OK => self.restart(sink)?,
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
                return Err(Trouble::Final(Error::Unreachable {
                    url: shown(url),
                    reason,
                }));
            }
        }
        let too_large = || {
            Trouble::Final(Error::TooLarge {
                url: shown(url),
                limit: sink.limit,
            })
        };
        if response
            .content_length()
            .is_some_and(|more| self.got.saturating_add(more) > sink.limit)
        {
            return Err(too_large());
        }
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = response
                .read(&mut chunk)
                .map_err(|error| Trouble::Passing(error.to_string()))?;
            let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
                return Ok(());
            };
            self.got = self.got.saturating_add(read as u64);
            if self.got > sink.limit {
                return Err(too_large());
            }
            self.hasher.update(bytes);
            sink.file
                .write_all(bytes)
                .map_err(|error| Error::io("downloading", sink.path, error))?;
            advance(self.got.saturating_sub(self.told))?;
            self.told = self.told.max(self.got);
        }
    }

    fn restart(&mut self, sink: &mut Sink<'_>) -> Result<(), Error> {
        self.hasher = Sha256::new();
        self.got = 0;
        let emptied = sink.file.set_len(0).and_then(|()| sink.file.rewind());
        emptied.map_err(|error| Error::io("downloading", sink.path, error))
    }
}

fn build() -> Result<Client, String> {
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
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(READ_TIMEOUT)
        .redirect(policy)
        .build()
        .map_err(words)
}

/// Waits before the next attempt; a cancellation ends it at once.
fn wait(pause: Duration, advance: &mut dyn FnMut(u64) -> Result<(), Error>) -> Result<(), Error> {
    const STEP: Duration = Duration::from_millis(50);
    let mut left = pause;
    while !left.is_zero() {
        advance(0)?;
        let step = left.min(STEP);
        std::thread::sleep(step);
        left = left.saturating_sub(step);
    }
    Ok(())
}

fn continues(response: &Response, got: u64) -> bool {
    let range = response
        .headers()
        .get(CONTENT_RANGE)
        .and_then(|range| range.to_str().ok());
    range.is_some_and(|range| range.starts_with(&format!("bytes {got}-")))
}

/// The innermost reason, without the address: that may hold a password, and the error names it already.
fn words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut inner: &dyn std::error::Error = &error;
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
