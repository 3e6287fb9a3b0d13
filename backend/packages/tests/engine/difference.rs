//! Which files a plan changes, and what it costs to find out.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use moult_packages::{Error, FileChange, FileChanges, Mark, Orphans, Plan, Repository};
use moult_stone::{Package, PackageWriter, Source};
use tempfile::TempDir;

use crate::lab::{Eye, Root, Shop, bytes, noise, package};
use crate::wishes::{apply, install, plan, remove, sync};

fn file(writer: &mut PackageWriter, path: &str, mode: u32, content: &str) {
    writer.file(path.as_bytes(), mode, 0, 0, bytes(content)).unwrap();
}

fn second(name: &str) -> Package {
    Package {
        source_release: 2,
        ..package(name)
    }
}

fn difference(root: &Root, plan: &Plan) -> FileChanges {
    root.engine().difference(plan, &Eye::default()).unwrap()
}

/// Each as `path package marks`.
fn texts(list: &[FileChange]) -> Vec<String> {
    let text = |one: &FileChange| {
        let marks: Vec<String> = one.marks.iter().map(|mark| format!("{mark:?}")).collect();
        format!(
            "{} {} {}",
            String::from_utf8_lossy(&one.path),
            one.package,
            marks.join("+")
        )
    };
    list.iter().map(|one| text(one).trim_end().to_owned()).collect()
}

#[test]
fn what_comes_changes_and_goes_is_listed_and_what_deserves_a_look_is_marked() {
    let mut shop = Shop::new();
    shop.add(package("x"), |w| {
        file(w, "share/same", 0o644, "the same in both");
        file(w, "share/length", 0o644, "one");
        file(w, "share/mode", 0o644, "mode");
        file(w, "bin/gone", 0o4755, "gone");
        file(w, "lib/systemd/system/x.service", 0o644, "old unit");
        w.symlink(b"share/link", b"same", 0, 0).unwrap();
        w.directory(b"share/folder", 0o755, 0, 0).unwrap();
    });
    shop.add(package("stays"), |w| file(w, "share/stays", 0o644, "stays"));
    let root = shop.root();
    apply(&root, &install(&["x", "stays"]));
    shop.packages.clear();
    shop.add(second("x"), |w| {
        file(w, "share/same", 0o644, "the same in both");
        file(w, "share/length", 0o644, "two");
        file(w, "share/mode", 0o600, "mode");
        file(w, "bin/new", 0o2755, "new");
        file(w, "lib/systemd/system/x.service", 0o644, "a new unit");
        file(w, "lib/modules/6/x.ko", 0o644, "module");
        file(w, "lib/systemd/boot/efi/x.efi", 0o644, "boot");
        w.symlink(b"share/link", b"length", 0, 0).unwrap();
        w.directory(b"share/folder", 0o1777, 0, 0).unwrap();
    });
    shop.index();
    root.engine().refresh("shop", &Eye::default()).unwrap();
    let plan = plan(&root, &sync());
    let found = difference(&root, &plan);
    assert_eq!(
        texts(&found.added),
        [
            "bin/new x SetId",
            "lib/modules/6/x.ko x Kernel",
            "lib/systemd/boot/efi/x.efi x Boot"
        ]
    );
    assert_eq!(
        texts(&found.changed),
        [
            "lib/systemd/system/x.service x Service",
            "share/folder",
            "share/length x",
            "share/link x",
            "share/mode x"
        ]
    );
    assert_eq!(texts(&found.removed), ["bin/gone x SetId"]);
    // Everything but share/same, which is stored; share/mode needs a copy with its new rights.
    let sizes = ["two", "mode", "new", "a new unit", "module", "boot"].map(str::len);
    assert_eq!(found.disk_bytes, sizes.iter().sum::<usize>() as u64);
    let before = difference(&root, &plan);
    assert_eq!(found, before);

    // Carried out, the plan made exactly what it said: the two states differ in the same way.
    apply(&root, &sync());
    let mut states = root.engine().difference_of_states(1, 2, &Eye::default()).unwrap();
    assert_eq!(states.disk_bytes, 0);
    states.disk_bytes = found.disk_bytes;
    assert_eq!(states, found);
    let back = root.engine().difference_of_states(2, 1, &Eye::default()).unwrap();
    assert_eq!(texts(&back.removed), texts(&found.added));
}

#[test]
fn what_triggers_made_in_a_state_is_part_of_the_difference_of_states() {
    let mut shop = Shop::new();
    shop.add(package("x"), |w| {
        file(w, "share/x", 0o644, "x");
        file(w, "share/y", 0o644, "y");
    });
    let root = shop.root();
    apply(&root, &install(&["x"]));
    apply(&root, &install(&["x"]));
    let database = rusqlite::Connection::open(root.path().join(".moult/moult.db")).unwrap();
    let made = "INSERT INTO generated (state, trigger, ordinal, path, kind, mode, uid, gid, content, target)
                VALUES (2, 't', ?1, ?2, ?3, 420, 0, 0, NULL, NULL)";
    database
        .execute(made, (1, b"lib/modules/6/modules.dep".as_slice(), 1))
        .unwrap();
    database.execute(made, (2, b"share/y".as_slice(), 0)).unwrap();
    let found = root.engine().difference_of_states(1, 2, &Eye::default()).unwrap();
    assert_eq!(found.added[0].path, b"lib/modules/6/modules.dep");
    assert_eq!(
        (found.added[0].package.as_str(), &found.added[0].marks[..]),
        ("", &[Mark::Kernel][..])
    );
    assert_eq!(texts(&found.removed), ["share/y x"]);
    assert_eq!((found.added.len(), found.changed.len()), (1, 0));
}

#[test]
fn a_removal_lists_every_file_of_what_leaves_under_its_real_path() {
    let mut shop = Shop::new();
    shop.add(package("base"), |w| {
        w.symlink(b"lib64", b"lib", 0, 0).unwrap();
        file(w, "lib/base", 0o644, "base");
    });
    shop.add(package("x"), |w| file(w, "lib64/x", 0o644, "x"));
    let root = shop.root();
    apply(&root, &install(&["base", "x"]));
    let plan = plan(&root, &remove(&["x"], Orphans::Keep));
    let found = difference(&root, &plan);
    assert_eq!(texts(&found.removed), ["lib/x x"]);
    assert_eq!((found.added.len(), found.changed.len(), found.disk_bytes), (0, 0, 0));
}

#[test]
fn a_path_that_is_not_text_is_listed_as_it_is() {
    let mut shop = Shop::new();
    shop.add(package("x"), |w| {
        w.file(b"share/\xff\n", 0o644, 0, 0, bytes("x")).unwrap();
    });
    let root = shop.root();
    let plan = plan(&root, &install(&["x"]));
    let found = difference(&root, &plan);
    assert_eq!(found.added[0].path, b"share/\xff\n");
    let json = plan.json(Some(&found));
    assert_eq!(json["files"]["added"][0]["path"], "/usr/share/\\xff\\x0a");
    assert_eq!(json["files"]["added"][0]["escaped"], true);
}

#[test]
fn a_file_that_two_packages_bring_is_found_before_anything_is_fetched() {
    let mut shop = Shop::new();
    for name in ["one", "two"] {
        shop.add(package(name), |w| file(w, "bin/same", 0o755, name));
    }
    let root = shop.root();
    let plan = plan(&root, &install(&["one", "two"]));
    let error = root.refused(|engine| engine.difference(&plan, &Eye::default()).map(drop));
    assert!(matches!(error, Error::FileConflict { path, .. } if path == "bin/same"));
}

#[test]
fn a_stone_that_is_another_package_inside_is_refused() {
    let mut shop = Shop::new();
    let path = shop.add(package("honest"), |_| {});
    shop.packages.clear();
    shop.list(second("liar"), &path);
    let root = shop.root();
    let plan = plan(&root, &install(&["liar"]));
    let error = root.refused(|engine| engine.difference(&plan, &Eye::default()).map(drop));
    assert!(matches!(error, Error::WrongPackage { package, .. } if package == "liar"));
}

/// A server that counts the bytes of bodies that it was able to send.
struct Counter {
    port: u16,
    stopped: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
    /// Answers that are not at their end yet.
    at_work: Arc<AtomicUsize>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Counter {
    fn start(folder: &Path, parts: bool) -> Counter {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stopped, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let at_work = Arc::new(AtomicUsize::new(0));
        let (stop, count, folder) = (Arc::clone(&stopped), Arc::clone(&sent), folder.to_owned());
        let working = Arc::clone(&at_work);
        let thread = std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let (folder, count): (PathBuf, _) = (folder.clone(), Arc::clone(&count));
                let working = Arc::clone(&working);
                working.fetch_add(1, Ordering::SeqCst);
                std::thread::spawn(move || {
                    drop(answer(connection, &folder, parts, &count));
                    working.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Counter {
            port,
            stopped,
            sent,
            at_work,
            thread: Some(thread),
        }
    }

    /// Once every answer is at its end: one whose connection was dropped may send a little more.
    fn sent(&self) -> u64 {
        while self.at_work.load(Ordering::SeqCst) > 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.sent.load(Ordering::SeqCst)
    }

    fn root(&self, shop: &Shop) -> Root {
        shop.index();
        let root = Root {
            folder: TempDir::new().unwrap(),
        };
        let uri = format!("http://127.0.0.1:{}/stone.index", self.port).parse().unwrap();
        let mut engine = root.engine();
        engine.add_repository(&Repository::direct("net", uri)).unwrap();
        engine.refresh("net", &Eye::default()).unwrap();
        self.sent();
        self.sent.store(0, Ordering::SeqCst);
        root
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = self.thread.take().map(std::thread::JoinHandle::join);
    }
}

fn answer(mut connection: TcpStream, folder: &Path, parts: bool, count: &AtomicU64) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let request = lines.next().unwrap_or(Ok(String::new()))?;
    let path = request
        .split(' ')
        .nth(1)
        .unwrap_or("/")
        .trim_start_matches('/')
        .to_owned();
    let mut range = None;
    for line in lines {
        let line = line?.to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(asked) = line.strip_prefix("range: bytes=").filter(|_| parts) {
            let (from, to) = asked.split_once('-').unwrap();
            range = Some((from.parse::<usize>().unwrap(), to.parse::<usize>().unwrap()));
        }
    }
    let body = std::fs::read(folder.join(&path))?;
    let (status, body) = match range {
        Some((from, to)) => {
            let range = format!("206 Partial Content\r\nContent-Range: bytes {from}-{to}/{}", body.len());
            (range, &body[from..=to])
        }
        None => ("200 OK".to_owned(), &body[..]),
    };
    let length = body.len();
    write!(
        connection,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    for piece in body.chunks(16 << 10) {
        connection.write_all(piece)?;
        count.fetch_add(piece.len() as u64, Ordering::SeqCst);
    }
    Ok(())
}

/// A package with a large content and so many files that its head is larger than one request.
fn large() -> Shop {
    let mut shop = Shop::new();
    shop.add(package("large"), |w| {
        for number in 0..4000u64 {
            let content = Source::Bytes(noise(20, number * 7 + 3));
            let path = format!("share/large/{number:x}{:x}", number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            w.file(path.as_bytes(), 0o644, 0, 0, content).unwrap();
        }
        w.file(b"share/content", 0o644, 0, 0, Source::Bytes(noise(24 << 20, 5)))
            .unwrap();
    });
    shop
}

#[test]
fn of_a_package_on_a_server_only_the_head_is_read() {
    let shop = large();
    for parts in [true, false] {
        let server = Counter::start(shop.folder.path(), parts);
        let root = server.root(&shop);
        let plan = plan(&root, &install(&["large"]));
        let found = difference(&root, &plan);
        assert_eq!(found.added.len(), 4001);
        assert_eq!(found.disk_bytes, 4000 * 20 + (24 << 20));
        let sent = server.sent();
        // Without parts the connection is dropped, and what was on its way then was sent.
        let most = if parts { 1 << 20 } else { 16 << 20 };
        assert!(sent > 64 << 10, "the head is larger than one request: {sent}");
        assert!(sent < most, "{sent} of {} bytes were sent", plan.download_bytes);
    }
}

#[test]
fn a_head_that_came_once_need_not_come_again_and_a_damaged_one_does() {
    let shop = large();
    for parts in [true, false] {
        let kept = TempDir::new().unwrap();
        let server = Counter::start(shop.folder.path(), parts);
        let root = server.root(&shop);
        let plan = plan(&root, &install(&["large"]));
        let look = || {
            let mut engine = root.engine();
            engine.keep_heads(&kept.path().join("heads"));
            engine.difference(&plan, &Eye::default()).unwrap()
        };
        let first = look();
        let sent = server.sent();
        assert!(sent > 0);
        assert_eq!(look(), first);
        assert_eq!(server.sent(), sent, "it came again");
        let head = std::fs::read_dir(kept.path().join("heads"))
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        let size = head.metadata().unwrap().len();
        assert!(size < 1 << 20, "{size} bytes are kept of a head");

        // A beginning that is whole and ends too early (its checksum is right) is added to; one that is nonsense is not believed.
        let bytes = std::fs::read(head.path()).unwrap();
        for wrong in [&bytes[8..1000], &[0; 5000], &[]] {
            let mut file = xxhash_rust::xxh3::xxh3_64(wrong).to_le_bytes().to_vec();
            file.extend_from_slice(wrong);
            std::fs::write(head.path(), &file).unwrap();
            assert_eq!(look(), first);
            assert_eq!(std::fs::read(head.path()).unwrap(), bytes);
        }
    }
}

#[test]
fn reading_heads_can_be_cancelled_and_a_server_that_is_gone_is_named() {
    let shop = large();
    let server = Counter::start(shop.folder.path(), true);
    let root = server.root(&shop);
    let plan = plan(&root, &install(&["large"]));
    let eye = Eye::default();
    eye.stop.store(true, Ordering::Relaxed);
    assert!(matches!(root.engine().difference(&plan, &eye), Err(Error::Cancelled)));
    assert_eq!(server.sent(), 0);
    drop(server);
    let error = root.refused(|engine| engine.difference(&plan, &Eye::default()).map(drop));
    assert!(matches!(error, Error::Unreachable { url, .. } if url.ends_with("large-1-1.stone")));
}
