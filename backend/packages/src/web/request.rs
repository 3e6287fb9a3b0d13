//! One request to a server, and its answer while it arrives.
//!
//! Each request runs on a thread of its own that hands over what arrives. Whoever waits therefore hears of a
//! cancellation at once, however long the server is silent; the thread ends by itself when its patience does.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

use reqwest::StatusCode;
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::redirect;

use super::{Patience, TICK};
use crate::error::Error;

const REDIRECTS: usize = 8;
const CHUNK: usize = 64 * 1024;
/// Pieces that may wait to be taken.
const AHEAD: usize = 4;
/// A longer ETag or date is not remembered.
const LONGEST_MARK: usize = 512;

/// Makes the client: never from a protected address to one that is less, and never in a circle.
pub(super) fn client(patience: Patience) -> Result<Client, String> {
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

/// Asks, and waits for the head of the answer. `check` is asked all the while whether to go on. The inner failure is worth
/// another attempt.
pub(super) fn ask(
    request: RequestBuilder,
    check: &mut dyn FnMut() -> Result<(), Error>,
) -> Result<Result<Answer, String>, Error> {
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

    /// What the server calls this version of the file, if it is short.
    pub(super) fn mark(&self, name: HeaderName) -> Option<String> {
        let text = self.headers.get(name)?.to_str().ok()?;
        (text.len() <= LONGEST_MARK).then(|| text.to_owned())
    }
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
