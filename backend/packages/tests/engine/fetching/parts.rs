//! Downloads that end before their end: what came goes on, at another address or later, is given back, or is not believed.

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use moult_packages::{Phase, Progress, Watch};

use super::*;

/// Installs "app" of a repository at one address with a mirror at another one.
fn brings(main: &Site, mirror: &Site) -> Root {
    let root = root();
    let mut engine = root.engine();
    let repository = Repository {
        mirrors: vec![mirror.url("stone.index")],
        ..main.repository("net")
    };
    engine.add_repository(&repository).unwrap();
    engine.refresh("net", &Unwatched).unwrap();
    install(&mut engine, "app").unwrap();
    root
}

#[test]
fn a_download_goes_on_at_the_mirror_where_the_main_address_stopped() {
    let shop = shop(&["app"]);
    let main = Site::behaving(shop.folder.path(), |asked| match asked.path.as_str() {
        "stone.index" => Reply::File,
        _ if asked.before == 0 => Reply::HangUpAfter(100_000),
        _ => Reply::Status(500),
    });
    let mirror = Site::new(shop.folder.path());
    let root = brings(&main, &mirror);
    let log = mirror.log();
    assert_eq!(log[0].header("range"), Some("bytes=100000-"));
    assert_eq!(fs::read(root.usr("share/app")).unwrap(), noise(SIZE, 1));
}

/// Listens for what is waited for.
#[derive(Default)]
struct Ear(Mutex<Vec<String>>);

impl Watch for Ear {
    fn progress(&self, _: Progress) {}

    fn cancelled(&self) -> bool {
        false
    }

    fn waits(&self, error: &Error) {
        self.0.lock().unwrap().push(error.to_string());
    }
}

#[test]
fn a_server_that_dies_is_waited_for_with_words_and_what_came_is_not_sent_again_by_the_next_try() {
    let shop = shop(&["app"]);
    let ask = |each: Duration| {
        let site = Site::behaving(shop.folder.path(), |asked| match (asked.path.as_str(), asked.before) {
            ("stone.index", _) => Reply::File,
            (_, 0) => Reply::HangUpAfter(70_000),
            _ => Reply::Status(503),
        });
        let root = root();
        let ear = Ear::default();
        {
            let mut engine = engine(&root, FOR_EVER);
            engine.add_repository(&site.repository("net")).unwrap();
            engine.refresh("net", &Unwatched).unwrap();
            site.log();
            // It is also the longest pause between two tries.
            engine.set_patience(patience(each));
            let selection = engine.resolve(&providers(&["app"])).unwrap();
            let failed = engine.install(&selection, "", &ear).unwrap_err();
            assert!(matches!(failed, Error::Unreachable { .. }), "{failed}");
        }
        let tries = site.log().len();
        let heard = std::mem::take(&mut *ear.0.lock().unwrap());
        assert!(heard.iter().all(|words| words.contains("app-1-1.stone")), "{heard:?}");

        // Another process, later.
        site.behave(|_| Reply::File);
        install(&mut engine(&root, FOR_EVER), "app").unwrap();
        let later = ranges(&site.log());
        assert_eq!(fs::read(root.usr("share/app")).unwrap(), noise(SIZE, 1));
        (tries, heard.len(), later)
    };
    // Longer than a server is asked that never sent anything.
    sees(&(7, 6, vec![Some("bytes=70000-".to_owned())]), ask);
}

/// Stops once so many bytes of packages are here; `pauses` says for how long.
struct StopAfter {
    bytes: u64,
    pauses: bool,
    stop: AtomicBool,
}

impl Watch for StopAfter {
    fn progress(&self, progress: Progress) {
        if progress.phase == Phase::Fetch && progress.bytes_done >= self.bytes {
            self.stop.store(true, Ordering::SeqCst);
        }
    }

    fn cancelled(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    fn keeps_downloads(&self) -> bool {
        self.pauses
    }
}

#[test]
fn a_pause_keeps_what_was_downloaded_and_a_cancellation_gives_its_room_back() {
    let shop = shop(&["app", "tool"]);
    for pauses in [true, false] {
        // One package comes as a whole, and a part of the other one.
        let site = Site::behaving(shop.folder.path(), |asked| match asked.path.as_str() {
            "tool-1-1.stone" => Reply::SilenceAfter(70_000),
            _ => Reply::File,
        });
        let root = root();
        let whole = fs::metadata(shop.folder.path().join("app-1-1.stone")).unwrap().len();
        {
            let mut engine = engine(&root, FOR_EVER);
            engine.add_repository(&site.repository("net")).unwrap();
            engine.refresh("net", &Unwatched).unwrap();
            let selection = engine.resolve(&providers(&["app", "tool"])).unwrap();
            let watch = StopAfter {
                bytes: whole + 70_000,
                pauses,
                stop: AtomicBool::new(false),
            };
            let stopped = engine.install(&selection, "", &watch).unwrap_err();
            assert!(matches!(stopped, Error::Cancelled), "{stopped}");
            site.log();
        }
        let left = fs::read_dir(root.path().join(".moult/downloads")).unwrap().count();
        assert_eq!(left, if pauses { 2 } else { 0 });

        // Another process, later.
        site.behave(|_| Reply::File);
        let mut engine = engine(&root, FOR_EVER);
        let selection = engine.resolve(&providers(&["app", "tool"])).unwrap();
        engine.install(&selection, "", &Unwatched).unwrap();
        let mut asked: Vec<_> = site
            .log()
            .iter()
            .map(|asked| (asked.path.clone(), asked.header("range").map(str::to_owned)))
            .collect();
        asked.sort();
        let from_the_start = |name: &str| (format!("{name}-1-1.stone"), None);
        if pauses {
            assert_eq!(asked, [("tool-1-1.stone".to_owned(), Some("bytes=70000-".to_owned()))]);
        } else {
            assert_eq!(asked, [from_the_start("app"), from_the_start("tool")]);
        }
        assert_eq!(fs::read(root.usr("share/tool")).unwrap(), noise(SIZE, 2));
    }
}

#[test]
fn a_part_of_before_that_is_wrong_is_brought_again_as_a_whole() {
    let shop = shop(&["app"]);
    let site = Site::new(shop.folder.path());
    let size = fs::metadata(shop.folder.path().join("app-1-1.stone")).unwrap().len();
    for length in [1000, size - 1, size, size + 1] {
        let root = root();
        let mut engine = engine(&root, FOR_EVER);
        engine.add_repository(&site.repository("net")).unwrap();
        engine.refresh("net", &Unwatched).unwrap();
        let selection = engine.resolve(&providers(&["app"])).unwrap();
        let part = format!(".moult/downloads/{}.part", selection.packages[0].hash);
        fs::write(root.path().join(part), vec![7; usize::try_from(length).unwrap()]).unwrap();
        engine.install(&selection, "", &Unwatched).unwrap();
        assert_eq!(fs::read(root.usr("share/app")).unwrap(), noise(SIZE, 1), "{length}");
        let left = fs::read_dir(root.path().join(".moult/downloads")).unwrap().count();
        assert_eq!(left, 0, "{length}");
    }
}

#[test]
fn parts_that_do_not_fit_together_are_brought_again_as_a_whole() {
    let shop = shop(&["app"]);
    let elsewhere = TempDir::new().unwrap();
    let good = fs::read(shop.folder.path().join("app-1-1.stone")).unwrap();
    let wrong: Vec<u8> = good.iter().map(|byte| byte ^ 1).collect();
    fs::write(elsewhere.path().join("app-1-1.stone"), wrong).unwrap();
    fs::copy(
        shop.folder.path().join("stone.index"),
        elsewhere.path().join("stone.index"),
    )
    .unwrap();
    // Breaks off in the middle of a wrong file.
    let main = Site::behaving(elsewhere.path(), |asked| match (asked.path.as_str(), asked.before) {
        ("stone.index", _) => Reply::File,
        (_, 0) => Reply::HangUpAfter(1000),
        _ => Reply::Status(500),
    });
    let mirror = Site::new(shop.folder.path());
    let root = brings(&main, &mirror);
    assert_eq!(ranges(&mirror.log()), [Some("bytes=1000-".to_owned()), None]);
    assert_eq!(fs::read(root.usr("share/app")).unwrap(), noise(SIZE, 1));
}
