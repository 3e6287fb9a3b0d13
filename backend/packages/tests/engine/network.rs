//! A small HTTP server that fails on demand, and what the engine makes of it.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use moult_packages::{Error, Patience, Repository};
use moult_stone::Source;
use tempfile::TempDir;

use crate::lab::{Eye, Root, Shop, StopAt, noise, package, select};

pub(crate) struct Server {
    port: u16,
    stopped: Arc<AtomicBool>,
    pub(crate) requests: Arc<AtomicUsize>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// When the server fails.
#[derive(Clone, Copy, Default)]
pub(crate) struct Faults {
    /// Gives so many files, then drops every connection that asks for another one.
    pub(crate) vanish_after: Option<usize>,
    /// Breaks off the first answer for each package in its middle.
    pub(crate) break_packages: bool,
    /// Sends this instead of a package.
    pub(crate) too_much: bool,
}

impl Server {
    pub(crate) fn start(folder: &Path) -> Server {
        Server::failing(folder, Faults::default())
    }

    pub(crate) fn failing(folder: &Path, faults: Faults) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stopped, requests) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (stop, count, folder) = (Arc::clone(&stopped), Arc::clone(&requests), folder.to_owned());
        let given = Arc::new(Mutex::new(BTreeSet::new()));
        let thread = std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                count.fetch_add(1, Ordering::SeqCst);
                let (folder, given): (PathBuf, _) = (folder.clone(), Arc::clone(&given));
                std::thread::spawn(move || drop(answer(connection, &folder, faults, &given)));
            }
        });
        Server {
            port,
            stopped,
            requests,
            thread: Some(thread),
        }
    }

    pub(crate) fn repository(&self) -> Repository {
        let uri = format!("http://127.0.0.1:{}/stone.index", self.port).parse().unwrap();
        Repository::direct("net", uri)
    }

    /// A root that knows this server's repository.
    pub(crate) fn root(&self, shop: &Shop) -> Root {
        shop.index();
        let root = Root {
            folder: TempDir::new().unwrap(),
        };
        let mut engine = root.engine();
        engine.add_repository(&self.repository()).unwrap();
        engine.refresh("net", &Eye::default()).unwrap();
        root
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = self.thread.take().map(std::thread::JoinHandle::join);
    }
}

/// One request a connection.
fn answer(
    mut connection: TcpStream,
    folder: &Path,
    faults: Faults,
    given: &Mutex<BTreeSet<String>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let request = lines.next().unwrap_or(Ok(String::new()))?;
    let path = request
        .split(' ')
        .nth(1)
        .unwrap_or("/")
        .trim_start_matches('/')
        .to_owned();
    let mut from = None;
    for line in lines {
        let line = line?.to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(range) = line.strip_prefix("range: bytes=") {
            from = range.trim_end_matches('-').parse::<usize>().ok();
        }
    }
    if let Some(most) = faults.vanish_after {
        let mut given = given.lock().unwrap();
        if given.len() >= most && !given.contains(&path) {
            return Ok(());
        }
        given.insert(path.clone());
    }
    let Ok(mut body) = std::fs::read(folder.join(&path)) else {
        return connection.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    };
    let package = path.ends_with(".stone");
    if package && faults.too_much {
        body.extend_from_slice(&[0; 1000]);
        connection.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
        return connection.write_all(&body);
    }
    let all = body.len();
    let start = from.unwrap_or(0);
    let status = match from {
        Some(from) => format!("206 Partial Content\r\nContent-Range: bytes {from}-{}/{all}", all - 1),
        None => "200 OK".to_owned(),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        all - start
    );
    connection.write_all(head.as_bytes())?;
    let end = if package && faults.break_packages && from.is_none() {
        all / 2
    } else {
        all
    };
    connection.write_all(&body[start..end])
}

fn shop(count: u64) -> Shop {
    let mut shop = Shop::new();
    for number in 0..count {
        shop.add(package(&format!("p{number}")), |writer| {
            let content = Source::Bytes(noise(200_000, number + 1));
            writer
                .file(format!("share/{number}").as_bytes(), 0o644, 0, 0, content)
                .unwrap();
        });
    }
    shop
}

fn names(count: u64) -> Vec<String> {
    (0..count).map(|number| format!("p{number}")).collect()
}

#[test]
fn a_download_that_breaks_off_continues_where_it_stopped() {
    let shop = shop(2);
    let server = Server::failing(
        shop.folder.path(),
        Faults {
            break_packages: true,
            ..Faults::default()
        },
    );
    let root = server.root(&shop);
    root.install(&["p0", "p1"]).unwrap();
    assert_eq!(
        server.requests.load(Ordering::SeqCst),
        1 + 2 * 2,
        "the list, and each package in two parts"
    );
    assert_eq!(std::fs::read(root.usr("share/1")).unwrap(), noise(200_000, 2));
}

#[test]
fn a_repository_that_vanishes_half_way_is_named_and_changes_nothing() {
    let shop = shop(6);
    let server = Server::failing(
        shop.folder.path(),
        Faults {
            vanish_after: Some(4),
            ..Faults::default()
        },
    );
    let root = server.root(&shop);
    let names = names(6);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let error = root.refused(|engine| {
        // Once something has come, it is asked for half a minute otherwise.
        engine.set_patience(Patience {
            idle: Duration::from_millis(500),
            ..Patience::default()
        });
        let selection = select(engine, &names);
        engine.install(&selection, "", &Eye::default()).map(drop)
    });
    let Error::Unreachable { url, .. } = &error else {
        panic!("{error}")
    };
    assert!(url.starts_with("http://127.0.0.1:") && url.ends_with(".stone"), "{url}");

    // What did arrive is kept, and is not asked for again.
    let back = Server::start(shop.folder.path());
    let mut engine = root.engine();
    engine.add_repository(&back.repository()).unwrap();
    engine.refresh("net", &Eye::default()).unwrap();
    let selection = select(&engine, &names);
    engine.install(&selection, "", &Eye::default()).unwrap();
    assert_eq!(back.requests.load(Ordering::SeqCst), 1 + 3);
}

#[test]
fn cancelling_while_packages_are_fetched_changes_nothing_and_leaves_nothing() {
    let shop = shop(6);
    let server = Server::start(shop.folder.path());
    let root = server.root(&shop);
    let error = root.refused(|engine| {
        let selection = select(engine, &["p0", "p1", "p2", "p3", "p4", "p5"]);
        engine
            .install(&selection, "", &StopAt::new(moult_packages::Phase::Fetch))
            .map(drop)
    });
    assert!(matches!(error, Error::Cancelled), "{error}");
    assert_eq!(
        std::fs::read_dir(root.path().join(".moult/downloads")).unwrap().count(),
        0
    );
}

#[test]
fn an_answer_that_does_not_end_is_cut_off() {
    let shop = shop(1);
    let server = Server::failing(
        shop.folder.path(),
        Faults {
            too_much: true,
            ..Faults::default()
        },
    );
    let root = server.root(&shop);
    let error = root.refused(|engine| {
        let selection = select(engine, &["p0"]);
        engine.install(&selection, "", &Eye::default()).map(drop)
    });
    assert!(matches!(error, Error::WrongSize { .. }), "{error}");
}

#[test]
fn a_list_that_is_not_there_is_unreachable_and_the_former_one_stays() {
    let shop = shop(1);
    let server = Server::start(shop.folder.path());
    let root = server.root(&shop);
    std::fs::remove_file(shop.folder.path().join("stone.index")).unwrap();
    let error = root.refused(|engine| engine.refresh("net", &Eye::default()).map(drop));
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert_eq!(select(&root.engine(), &["p0"]).packages.len(), 1);
}
