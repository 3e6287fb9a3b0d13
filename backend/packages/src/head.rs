//! The head of a package file: everything but the contents, which stand last. From the network only as much is read as
//! is asked for, and once: see [`crate::heads`].

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::time::Duration;

use moult_stone::{FileType, Limits, Stone};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue, RANGE};
use url::Url;

use crate::error::Error;
use crate::fetch;
use crate::heads;
use crate::repository::shown;
use crate::root::Root;
use crate::selection::Selected;
use crate::watch::Watch;
use crate::web::{Answer, Web, continues};

/// The first request asks for this much, which is all that most packages need; each further one for twice as much.
const FIRST: u64 = 64 << 10;
const LARGEST: u64 = 2 << 20;
/// More than this is not read from the network for one package. Compressed layouts and indexes have a hundredth.
const MOST: u64 = 256 << 20;
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(300);

/// Reads the head of a package, and makes sure that it is the package that was selected, as far as it says so itself.
pub(crate) fn read(root: &Root, web: &Web, package: &Selected, watch: &dyn Watch) -> Result<Stone, Error> {
    // Whole and verified, from an attempt that failed later.
    let whole = root.own("downloads").join(format!("{}.stone", package.hash));
    let near = match package.url.to_file_path() {
        Ok(path) if package.url.scheme() == "file" => Some(path),
        _ => whole.is_file().then_some(whole),
    };
    let stone = match near {
        Some(path) => from_file(path, package)?,
        None => from_network(web, package, watch)?,
    };
    if stone.file_type != FileType::Package {
        return Err(Error::Stone {
            package: package.name.clone(),
            source: moult_stone::Error::FileType {
                expected: FileType::Package,
                found: stone.file_type,
            },
        });
    }
    let inside = stone.package().map_err(|source| Error::Stone {
        package: package.name.clone(),
        source,
    })?;
    let promised = (&package.name, package.source_release, package.build_release);
    if (&inside.name, inside.source_release, inside.build_release) != promised {
        return Err(Error::WrongPackage {
            package: package.name.clone(),
            found: format!(
                "{}, release {}-{}",
                inside.name, inside.source_release, inside.build_release
            ),
        });
    }
    Ok(stone)
}

fn from_file(path: PathBuf, package: &Selected) -> Result<Stone, Error> {
    let file = match fetch::open(&path) {
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Err(Error::Unreachable {
                url: shown(&package.url),
                reason: "the file is not there".to_owned(),
            });
        }
        opened => opened?,
    };
    Stone::read(&mut BufReader::new(file), &Limits::default())
        .map_err(|error| Error::stone(&package.name, &path, error))
}

fn from_network(web: &Web, package: &Selected, watch: &dyn Watch) -> Result<Stone, Error> {
    if let Some(heads) = &web.heads
        && let Some(kept) = heads.find(&package.hash)
    {
        match Distant::new(web, package, watch, kept).stone() {
            Err(Error::Stone { .. }) => heads.forget(&package.hash),
            read => return read,
        }
    }

    Distant::new(web, package, watch, Vec::new()).stone()
}

/// A file on a server, of which pieces are fetched when they are read. Moving about costs nothing.
struct Distant<'a> {
    web: &'a Web,
    package: &'a Selected,
    /// Of which an attempt after a failure takes the next one.
    addresses: Vec<Url>,
    watch: &'a dyn Watch,
    at: u64,
    /// Where `piece` begins in the file.
    begin: u64,
    piece: Vec<u8>,
    step: u64,
    /// Bytes that came, for the bound.
    read: u64,
    /// A server that cannot do parts sends everything: its answer, and how far it was read.
    stream: Option<(Answer, u64)>,
    failure: Option<Error>,
    /// What came, from the first byte on, to be kept; None if there is no use in that.
    head: Option<Vec<u8>>,
    /// How far anybody read.
    reached: u64,
}

impl<'a> Distant<'a> {
    /// `piece` is the beginning of the file, as far as it is known.
    fn new(web: &'a Web, package: &'a Selected, watch: &'a dyn Watch, piece: Vec<u8>) -> Distant<'a> {
        Distant {
            web,
            package,
            addresses: web.addresses(&package.repository, &package.url),
            watch,
            at: 0,
            begin: 0,
            head: web.heads.as_ref().map(|_| piece.clone()),
            piece,
            step: FIRST,
            read: 0,
            stream: None,
            failure: None,
            reached: 0,
        }
    }

    fn stone(mut self) -> Result<Stone, Error> {
        let read = Stone::read(&mut self, &Limits::default());
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let stone = read.map_err(|source| Error::Stone {
            package: self.package.name.clone(),
            source,
        })?;
        if self.read > 0
            && let (Some(heads), Some(head)) = (&self.web.heads, &self.head)
            && let Some(head) = usize::try_from(self.reached)
                .ok()
                .and_then(|reached| head.get(..reached))
        {
            heads.keep(&self.package.hash, head);
        }
        Ok(stone)
    }

    /// Remembers the piece if it goes on where the ones before it ended.
    fn remember(&mut self) {
        if let Some(head) = &mut self.head {
            if head.len() as u64 == self.begin && head.len() + self.piece.len() <= heads::LARGEST {
                head.extend_from_slice(&self.piece);
            } else {
                self.head = None;
            }
        }
    }
    fn unreachable(&self, reason: String) -> Error {
        Error::Unreachable {
            url: shown(&self.package.url),
            reason,
        }
    }

    /// Makes the piece that begins at the present position.
    fn fetch(&mut self) -> Result<(), Error> {
        let mut last = String::new();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                self.pause()?;
            }
            match self.attempt(attempt as usize) {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(passing)) => last = passing,
                Err(error) => return Err(error),
            }
            self.stream = None;
        }
        Err(self.unreachable(last))
    }

    /// One attempt. The inner failure is worth another one.
    fn attempt(&mut self, attempt: usize) -> Result<Result<(), String>, Error> {
        self.check()?;
        let wanted = self.step.min(self.package.size.saturating_sub(self.at));
        if self.stream.as_ref().is_none_or(|(_, position)| *position > self.at) {
            let last = self.at.saturating_add(wanted).saturating_sub(1);
            let url = self
                .addresses
                .get(attempt % self.addresses.len().max(1))
                .unwrap_or(&self.package.url);
            let mut headers = HeaderMap::new();
            if let Ok(range) = HeaderValue::from_str(&format!("bytes={}-{last}", self.at)) {
                headers.insert(RANGE, range);
            }
            let answer = match self.web.ask(url, headers, &mut || self.check())? {
                Ok(answer) => answer,
                Err(passing) => return Ok(Err(passing)),
            };
            match answer.status {
                StatusCode::PARTIAL_CONTENT if continues(&answer.headers, self.at) => {
                    return self.take(answer, wanted).map(|taken| taken.map(drop));
                }
                StatusCode::OK => self.stream = Some((answer, 0)),
                status if status.is_server_error() || self.addresses.len() > 1 => {
                    return Ok(Err(format!("the server answered {status}")));
                }
                status => return Err(self.unreachable(format!("the server answered {status}"))),
            }
        }
        let Some((mut answer, mut position)) = self.stream.take() else {
            return Ok(Err("there was no answer".to_owned()));
        };
        while position < self.at {
            let before = (self.at - position).min(LARGEST);
            match self.take(answer, before)? {
                Ok(rest) => answer = rest,
                Err(passing) => return Ok(Err(passing)),
            }
            position = position.saturating_add(before);
        }
        match self.take(answer, wanted)? {
            Ok(rest) => {
                self.stream = Some((rest, position.saturating_add(wanted)));
                Ok(Ok(()))
            }
            Err(passing) => Ok(Err(passing)),
        }
    }

    /// Reads exactly `size` bytes into the piece, and gives the answer back for more.
    fn take(&mut self, mut answer: Answer, size: u64) -> Result<Result<Answer, String>, Error> {
        self.read = self.read.saturating_add(size);
        if self.read > MOST {
            return Err(Error::TooLarge {
                url: shown(&self.package.url),
                limit: MOST,
            });
        }
        self.piece.clear();
        let mut chunk = vec![0; 64 << 10];
        while (self.piece.len() as u64) < size {
            self.check()?;
            let left = usize::try_from(size - self.piece.len() as u64).unwrap_or(usize::MAX);
            let most = left.min(chunk.len());
            let read = match answer.read(chunk.get_mut(..most).unwrap_or_default(), &mut || self.check())? {
                Ok(0) => return Ok(Err("the answer ended too early".to_owned())),
                Ok(read) => read,
                Err(passing) => return Ok(Err(passing)),
            };
            self.piece.extend_from_slice(chunk.get(..read).unwrap_or_default());
        }
        Ok(Ok(answer))
    }

    fn check(&self) -> Result<(), Error> {
        if self.watch.cancelled() {
            Err(Error::Cancelled)
        } else {
            Ok(())
        }
    }

    fn pause(&self) -> Result<(), Error> {
        const STEP: Duration = Duration::from_millis(50);
        let mut left = PAUSE;
        while !left.is_zero() {
            self.check()?;
            std::thread::sleep(STEP.min(left));
            left = left.saturating_sub(STEP);
        }
        Ok(())
    }
}

impl Read for Distant<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.at >= self.package.size {
            return Ok(0);
        }
        let end = self.begin.saturating_add(self.piece.len() as u64);
        if self.at < self.begin || self.at >= end {
            if let Err(error) = self.fetch() {
                let text = error.to_string();
                self.failure = Some(error);
                return Err(io::Error::other(text));
            }
            self.begin = self.at;
            self.remember();
            self.step = self.step.saturating_mul(2).min(LARGEST);
        }
        let from = usize::try_from(self.at.saturating_sub(self.begin)).unwrap_or(usize::MAX);
        let bytes = self.piece.get(from..).unwrap_or_default();
        let count = bytes.len().min(out.len());
        if let (Some(out), Some(bytes)) = (out.get_mut(..count), bytes.get(..count)) {
            out.copy_from_slice(bytes);
        }
        self.at = self.at.saturating_add(count as u64);
        self.reached = self.reached.max(self.at);
        Ok(count)
    }
}

impl Seek for Distant<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(target) => Some(target),
            SeekFrom::End(offset) => self.package.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        self.at = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
