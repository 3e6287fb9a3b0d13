//! A repository over HTTP on loopback, that can vanish on demand.
//!
//! Written by hand on `TcpListener`: a test must be able to cut a connection in the middle of a body and to refuse the next one, which
//! an HTTP library rightly does not offer. GET and HEAD, one range, `If-None-Match`; nothing else.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::Error;

const IDLE: Duration = Duration::from_secs(30);
const DRIP: Duration = Duration::from_secs(1);
const LONGEST_HEAD: u64 = 16 << 10;
const BLOCK: usize = 64 << 10;

/// What a test may ask of the server.
#[derive(Debug, Default, Clone, Copy)]
pub struct Knobs {
    /// Answer this many requests; the next one finds nobody.
    pub stop_after_requests: Option<u64>,
    /// Vanish after this many bytes of bodies, in the middle of one.
    pub stop_after_bytes: Option<u64>,
    /// Send half of each package, or of the rest of one, and then a byte a second: a download that is not over before a test wants it.
    /// Pieces of packages that end somewhere come as ever.
    pub trickle: bool,
    /// Print each request on a line of its own.
    pub log: bool,
}

/// A running server. It stops when dropped.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    root: PathBuf,
    address: SocketAddr,
    knobs: Knobs,
    gone: AtomicBool,
    bytes: AtomicU64,
    requests: Mutex<Vec<String>>,
    connections: Mutex<Vec<TcpStream>>,
}

impl Server {
    /// Serves the folder `root` at `address`; port 0 takes a free one.
    pub fn start(root: &Path, address: SocketAddr, knobs: Knobs) -> Result<Server, Error> {
        let root = root.canonicalize().map_err(Error::io("find", root))?;
        let listener = TcpListener::bind(address).map_err(Error::io("serve", &root))?;
        let shared = Arc::new(Shared {
            address: listener.local_addr().map_err(Error::io("serve", &root))?,
            root,
            knobs,
            gone: AtomicBool::new(false),
            bytes: AtomicU64::new(0),
            requests: Mutex::default(),
            connections: Mutex::default(),
        });

        let acceptor = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        Ok(Server {
            shared,
            acceptor: Some(acceptor),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// The address of a file: `url("stone.index")`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.shared.address)
    }

    /// The requests so far, as `GET /stone.index` or `GET /a/x.stone bytes=5-`.
    pub fn requests(&self) -> Vec<String> {
        self.shared
            .requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Bytes of bodies sent so far.
    pub fn bytes(&self) -> u64 {
        self.shared.bytes.load(Ordering::SeqCst)
    }

    /// Cuts all connections and listens no more.
    pub fn vanish(&self) {
        self.shared.vanish();
    }

    /// Waits until the server has vanished.
    pub fn wait(mut self) {
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.vanish();
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

impl Shared {
    fn vanish(&self) {
        if self.gone.swap(true, Ordering::SeqCst) {
            return;
        }
        for connection in self
            .connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain(..)
        {
            let _ = connection.shutdown(Shutdown::Both);
        }
        // Wakes the acceptor, which then closes the listener.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
    }

    fn is_gone(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    while let Ok((connection, _)) = listener.accept() {
        if shared.is_gone() {
            return;
        }
        let shared = Arc::clone(shared);
        let _ = thread::spawn(move || {
            if let Ok(copy) = connection.try_clone() {
                shared
                    .connections
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(copy);
            }
            let _ = talk(&connection, &shared);
            let _ = connection.shutdown(Shutdown::Both);
        });
    }
}

/// One connection, request after request.
fn talk(connection: &TcpStream, shared: &Shared) -> io::Result<()> {
    connection.set_read_timeout(Some(IDLE))?;
    connection.set_write_timeout(Some(IDLE))?;
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection);

    while let Some(request) = Request::read(&mut reader)? {
        let count = {
            if shared.knobs.log {
                println!("{request}");
            }
            let mut requests = shared.requests.lock().unwrap_or_else(PoisonError::into_inner);
            requests.push(request.to_string());
            requests.len() as u64
        };
        if shared.knobs.stop_after_requests.is_some_and(|most| count > most) {
            shared.vanish();
        }
        if shared.is_gone() {
            return Ok(());
        }
        answer(&request, connection, shared)?;
        if request.close {
            return Ok(());
        }
    }
    Ok(())
}

/// A request's head, as far as it is looked at.
#[derive(Debug, Default)]
struct Request {
    method: String,
    path: String,
    range: Option<String>,
    known: Option<String>,
    close: bool,
}

impl std::fmt::Display for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        self.range.as_ref().map_or(Ok(()), |range| write!(f, " {range}"))
    }
}

impl Request {
    /// The next request, or none at the end of the connection.
    fn read(reader: &mut impl BufRead) -> io::Result<Option<Request>> {
        let mut head = reader.take(LONGEST_HEAD);
        let mut line = String::new();
        if head.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut words = line.split_whitespace();
        let (Some(method), Some(path)) = (words.next(), words.next()) else {
            return Err(io::Error::other("not a request"));
        };
        let mut request = Request {
            method: method.to_owned(),
            path: path.to_owned(),
            ..Request::default()
        };

        loop {
            line.clear();
            if head.read_line(&mut line)? == 0 {
                return Err(io::Error::other("the head of a request is cut or too long"));
            }
            let Some((name, value)) = line.trim_end().split_once(':') else {
                return if line.trim().is_empty() {
                    Ok(Some(request))
                } else {
                    Err(io::Error::other("not a header"))
                };
            };
            let value = value.trim().to_owned();
            match name.to_ascii_lowercase().as_str() {
                "range" => request.range = Some(value),
                "if-none-match" => request.known = Some(value),
                "connection" => request.close = value.eq_ignore_ascii_case("close"),
                _ => {}
            }
        }
    }
}

fn answer(request: &Request, mut connection: &TcpStream, shared: &Shared) -> io::Result<()> {
    if request.method != "GET" && request.method != "HEAD" {
        return connection
            .write_all(b"HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\nContent-Length: 0\r\n\r\n");
    }
    let Some((mut file, size, tag)) = open(&shared.root, &request.path) else {
        return connection.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    };
    if request.known.as_ref() == Some(&tag) {
        return connection.write_all(format!("HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n").as_bytes());
    }

    let (status, range, start, length) = match request.range.as_deref().map(|range| span(range, size)) {
        None => ("200 OK", String::new(), 0, size),
        Some(Some((start, end))) => (
            "206 Partial Content",
            format!("Content-Range: bytes {start}-{end}/{size}\r\n"),
            start,
            end - start + 1,
        ),
        Some(None) => {
            let head = format!(
                "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */{size}\r\nContent-Length: 0\r\n\r\n"
            );
            return connection.write_all(head.as_bytes());
        }
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/octet-stream\r\nAccept-Ranges: bytes\r\nETag: {tag}\r\n{range}Content-Length: {length}\r\n\r\n"
    );
    connection.write_all(head.as_bytes())?;
    if request.method == "HEAD" {
        return Ok(());
    }
    let _ = file.seek(SeekFrom::Start(start))?;
    let is_open = request.range.as_ref().is_none_or(|range| range.ends_with('-'));
    let trickles = shared.knobs.trickle && is_open && request.path.ends_with(".stone");
    let swift = if trickles { length / 2 } else { length };
    send(&mut (&mut file).take(swift), connection, shared)?;
    trickle(&mut file.take(length - swift), connection, shared)
}

/// Sends a byte a second.
fn trickle(body: &mut impl Read, mut connection: &TcpStream, shared: &Shared) -> io::Result<()> {
    let mut byte = [0];
    while !shared.is_gone() && body.read(&mut byte)? > 0 {
        connection.write_all(&byte)?;
        let _ = shared.bytes.fetch_add(1, Ordering::SeqCst);
        thread::sleep(DRIP);
    }
    Ok(())
}

/// Sends a body, not to the end if the knobs say so.
fn send(body: &mut impl Read, mut connection: &TcpStream, shared: &Shared) -> io::Result<()> {
    let mut block = vec![0; BLOCK];
    loop {
        let length = body.read(&mut block)?;
        if length == 0 {
            return Ok(());
        }
        let sent = shared.bytes.fetch_add(length as u64, Ordering::SeqCst);
        let most = shared
            .knobs
            .stop_after_bytes
            .map_or(length as u64, |most| most.saturating_sub(sent));
        let cut = usize::try_from(most).unwrap_or(length).min(length);

        connection.write_all(block.get(..cut).unwrap_or_default())?;
        if cut < length {
            shared.vanish();
            return Ok(());
        }
    }
}

/// The file that a request means, its size and its tag. Nothing outside of the folder.
fn open(root: &Path, request: &str) -> Option<(File, u64, String)> {
    let path = decode(request.split(['?', '#']).next()?.strip_prefix('/')?)?;
    let path = root
        .join(path)
        .canonicalize()
        .ok()
        .filter(|path| path.starts_with(root))?;
    let file = File::open(path).ok()?;
    let found = file.metadata().ok().filter(std::fs::Metadata::is_file)?;

    Some((
        file,
        found.len(),
        format!("\"{:x}-{:x}-{:x}\"", found.ino(), found.len(), found.mtime_nsec()),
    ))
}

/// Percent-decoding.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, more) = rest.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = more;
    }
    String::from_utf8(bytes).ok().filter(|text| !text.starts_with('/'))
}

/// First and last byte of `bytes=5-`, `bytes=5-9` or `bytes=-3`.
fn span(range: &str, size: u64) -> Option<(u64, u64)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let end = size.checked_sub(1)?;
    let (first, last) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) => (first, last.min(end)),
        (Ok(first), Err(_)) if last.is_empty() => (first, end),
        (Err(_), Ok(count)) if first.is_empty() && count > 0 => (size.saturating_sub(count), end),
        _ => return None,
    };
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("stone.index"), b"0123456789").unwrap();
        std::fs::write(folder.path().join("big"), vec![7; 1 << 20]).unwrap();
        folder
    }

    fn serve(folder: &Path, knobs: Knobs) -> Server {
        Server::start(folder, SocketAddr::from(([127, 0, 0, 1], 0)), knobs).unwrap()
    }

    /// The whole answer to one request on a connection of its own.
    fn ask(server: &Server, request: &str) -> io::Result<String> {
        let mut connection = TcpStream::connect(server.address())?;
        connection.write_all(format!("{request}\r\nConnection: close\r\n\r\n").as_bytes())?;
        let mut answer = Vec::new();
        let _ = connection.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    #[test]
    fn ranges_are_served_and_the_folder_is_never_left() {
        let folder = repository();
        let server = serve(folder.path(), Knobs::default());

        assert!(
            ask(&server, "GET /stone.index HTTP/1.1")
                .unwrap()
                .ends_with("\r\n\r\n0123456789")
        );
        let part = ask(&server, "GET /stone.index HTTP/1.1\r\nRange: bytes=7-").unwrap();
        assert!(
            part.starts_with("HTTP/1.1 206") && part.ends_with("\r\n\r\n789"),
            "{part}"
        );
        assert!(part.contains("Content-Range: bytes 7-9/10"));
        assert!(
            ask(&server, "GET /stone.index HTTP/1.1\r\nRange: bytes=10-")
                .unwrap()
                .starts_with("HTTP/1.1 416")
        );
        assert!(
            ask(&server, "GET /../../etc/passwd HTTP/1.1")
                .unwrap()
                .starts_with("HTTP/1.1 404")
        );
        assert!(
            ask(&server, "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1")
                .unwrap()
                .starts_with("HTTP/1.1 404")
        );
        assert!(
            ask(&server, "PUT /stone.index HTTP/1.1")
                .unwrap()
                .starts_with("HTTP/1.1 405")
        );
        assert_eq!(server.requests()[1], "GET /stone.index bytes=7-");
    }

    #[test]
    fn it_vanishes_in_the_middle_of_a_body_and_stays_away() {
        let folder = repository();
        let server = serve(
            folder.path(),
            Knobs {
                stop_after_bytes: Some(100_000),
                ..Knobs::default()
            },
        );

        let answer = ask(&server, "GET /big HTTP/1.1").unwrap_or_default();
        assert!(answer.len() < 200_000, "{}", answer.len());
        let address = server.address();
        server.wait();
        assert!(TcpStream::connect(address).is_err());
    }

    #[test]
    fn half_of_a_package_comes_and_then_a_trickle() {
        let folder = repository();
        std::fs::write(folder.path().join("big.stone"), vec![7; 1 << 20]).unwrap();
        let server = serve(
            folder.path(),
            Knobs {
                trickle: true,
                ..Knobs::default()
            },
        );

        // What comes within a time in which a byte or two trickle.
        let some = |range: &str| {
            let mut connection = TcpStream::connect(server.address()).unwrap();
            let request = format!("GET /big.stone HTTP/1.1\r\n{range}Connection: close\r\n\r\n");
            connection.write_all(request.as_bytes()).unwrap();
            connection.set_read_timeout(Some(DRIP * 3)).unwrap();
            let (mut body, mut block) = (0, vec![0; BLOCK]);
            let begun = std::time::Instant::now();
            while begun.elapsed() < DRIP * 3 / 2 {
                let length = connection.read(&mut block).unwrap();
                body += block.iter().take(length).filter(|byte| **byte == 7).count();
                if length == 0 {
                    break;
                }
            }
            body
        };
        let is_half_of = |whole: usize, came: usize| (whole / 2..whole / 2 + 100).contains(&came);
        let whole = some("");
        assert!(is_half_of(1 << 20, whole), "{whole}");
        let rest = some("Range: bytes=1000000-\r\n");
        assert!(is_half_of((1 << 20) - 1_000_000, rest), "{rest}");
        assert_eq!(some("Range: bytes=100-299\r\n"), 200);
    }

    #[test]
    fn it_vanishes_after_so_many_requests() {
        let folder = repository();
        let server = serve(
            folder.path(),
            Knobs {
                stop_after_requests: Some(1),
                ..Knobs::default()
            },
        );

        assert!(
            ask(&server, "GET /stone.index HTTP/1.1")
                .unwrap()
                .starts_with("HTTP/1.1 200")
        );
        assert_eq!(ask(&server, "GET /stone.index HTTP/1.1").unwrap_or_default(), "");
        let address = server.address();
        server.wait();
        assert!(TcpStream::connect(address).is_err());
    }

    #[test]
    fn spans_are_cut_at_the_end_of_the_file() {
        assert_eq!(span("bytes=2-100", 10), Some((2, 9)));
        assert_eq!(span("bytes=-3", 10), Some((7, 9)));
        assert_eq!(span("bytes=5-2", 10), None);
        assert_eq!(span("bytes=0-", 0), None);
        assert_eq!(span("lines=1-2", 10), None);
    }
}
