//! A server for a folder: HTTP/1.1 with ETags and ranges, which misbehaves as it is told, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use moult_packages::{Repository, Url};

/// A request as the server sees it.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Without the leading slash.
    pub(crate) path: String,
    /// Lower-case names.
    pub(crate) headers: Vec<(String, String)>,
    /// How often this path was asked for before.
    pub(crate) before: usize,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// What the server does with a request.
pub(crate) enum Reply {
    /// What a server should.
    File,
    Status(u16),
    /// These bytes instead of the file.
    Bytes(Vec<u8>),
    /// Says nothing at all until the test ends.
    Silence,
    /// Sends so many bytes of the file, then nothing until the test ends.
    SilenceAfter(usize),
    /// Sends so many bytes of the file, then hangs up.
    HangUpAfter(usize),
    /// One byte at a time.
    Drip,
    /// The file, without anything to tell its version by.
    Unmarked,
}

type Manner = Box<dyn Fn(&Asked) -> Reply + Send + Sync>;

struct Shared {
    folder: PathBuf,
    manner: Mutex<Manner>,
    log: Mutex<Vec<Asked>>,
    stopped: AtomicBool,
    /// Wakes whoever is silent.
    end: (Mutex<bool>, Condvar),
    /// Wakes whoever waits for a request.
    asked: Condvar,
    tls: Option<Arc<rustls::ServerConfig>>,
}

pub(crate) struct Site {
    port: u16,
    shared: Arc<Shared>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Site {
    pub(crate) fn new(folder: &Path) -> Site {
        Site::behaving(folder, |_| Reply::File)
    }

    pub(crate) fn behaving(folder: &Path, manner: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Site {
        Site::start(folder, Box::new(manner), None)
    }

    pub(crate) fn encrypted(folder: &Path, tls: rustls::ServerConfig) -> Site {
        Site::start(folder, Box::new(|_| Reply::File), Some(Arc::new(tls)))
    }

    fn start(folder: &Path, manner: Manner, tls: Option<Arc<rustls::ServerConfig>>) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            manner: Mutex::new(manner),
            log: Mutex::default(),
            stopped: AtomicBool::new(false),
            end: (Mutex::new(false), Condvar::new()),
            asked: Condvar::new(),
            tls,
        });
        let own = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                if own.stopped.load(Ordering::SeqCst) {
                    break;
                }
                let own = Arc::clone(&own);
                std::thread::spawn(move || drop(serve(connection, &own)));
            }
        });
        Site {
            port,
            shared,
            thread: Some(thread),
        }
    }

    pub(crate) fn behave(&self, manner: impl Fn(&Asked) -> Reply + Send + Sync + 'static) {
        *self.shared.manner.lock().unwrap() = Box::new(manner);
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        let scheme = if self.shared.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://localhost:{}/{path}", self.port).parse().unwrap()
    }

    pub(crate) fn repository(&self, id: &str) -> Repository {
        Repository::direct(id, self.url("stone.index"))
    }

    /// What was asked for since this was asked last.
    pub(crate) fn log(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.shared.log.lock().unwrap())
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.log().into_iter().map(|asked| asked.path).collect()
    }

    /// Waits until somebody asked for something.
    pub(crate) fn wait_for_request(&self) {
        let mut log = self.shared.log.lock().unwrap();
        while log.is_empty() {
            log = self.shared.asked.wait(log).unwrap();
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        *self.shared.end.0.lock().unwrap() = true;
        self.shared.end.1.notify_all();
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = self.thread.take().map(std::thread::JoinHandle::join);
    }
}

fn serve(connection: TcpStream, shared: &Shared) -> std::io::Result<()> {
    match &shared.tls {
        None => answer(connection, shared),
        Some(tls) => {
            let session = rustls::ServerConnection::new(Arc::clone(tls)).map_err(std::io::Error::other)?;
            let mut stream = rustls::StreamOwned::new(session, connection);
            answer(&mut stream, shared)?;
            stream.conn.send_close_notify();
            stream.flush()
        }
    }
}

/// One request a connection.
fn answer(mut connection: impl Read + Write, shared: &Shared) -> std::io::Result<()> {
    let mut lines = BufReader::new(&mut connection).lines();
    let request = lines.next().unwrap_or(Ok(String::new()))?;
    let path = request
        .split(' ')
        .nth(1)
        .unwrap_or("/")
        .trim_start_matches('/')
        .to_owned();
    let mut headers = Vec::new();
    for line in &mut lines {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    drop(lines);
    let asked = {
        let mut log = shared.log.lock().unwrap();
        let before = log.iter().filter(|asked| asked.path == path).count();
        log.push(Asked { path, headers, before });
        shared.asked.notify_all();
        log.last().unwrap().clone()
    };
    let reply = (shared.manner.lock().unwrap())(&asked);
    let file = std::fs::read(shared.folder.join(&asked.path));
    let mut head = |status: &str, more: &str, length: usize| {
        write!(
            connection,
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n"
        )
    };
    let Ok(mut body) = file else {
        return head("404 Not Found", "", 0);
    };
    match reply {
        Reply::Status(status) => return head(&format!("{status} Because"), "", 0),
        Reply::Silence => return silence(shared),
        Reply::Bytes(bytes) => {
            head("200 OK", "", bytes.len())?;
            return connection.write_all(&bytes);
        }
        Reply::Unmarked => {
            head("200 OK", "", body.len())?;
            return connection.write_all(&body);
        }
        _ => {}
    }
    let tag = format!("\"{}\"", &blake3(&body)[..16]);
    if asked.header("if-none-match") == Some(tag.as_str()) {
        return head("304 Not Modified", "", 0);
    }
    let all = body.len();
    let range = asked.header("range").and_then(|range| range.strip_prefix("bytes="));
    let range = range.map(|range| range.split_once('-').unwrap());
    let status = match range {
        Some((from, to)) => {
            let from: usize = from.parse().unwrap();
            let to = to.parse().map_or(all - 1, |to: usize| to.min(all - 1));
            body = body[from..=to].to_vec();
            format!("206 Partial Content\r\nContent-Range: bytes {from}-{to}/{all}")
        }
        None => "200 OK".to_owned(),
    };
    head(&status, &format!("ETag: {tag}\r\n"), body.len())?;
    match reply {
        Reply::SilenceAfter(bytes) => {
            connection.write_all(&body[..bytes.min(body.len())])?;
            connection.flush()?;
            silence(shared)
        }
        Reply::HangUpAfter(bytes) => connection.write_all(&body[..bytes.min(body.len())]),
        Reply::Drip => {
            for byte in body {
                connection.write_all(&[byte])?;
                connection.flush()?;
                if shared.stopped.load(Ordering::SeqCst) {
                    break;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            Ok(())
        }
        _ => connection.write_all(&body),
    }
}

fn silence(shared: &Shared) -> std::io::Result<()> {
    let mut ended = shared.end.0.lock().unwrap();
    while !*ended {
        ended = shared.end.1.wait(ended).unwrap();
    }
    Ok(())
}

fn blake3(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}
