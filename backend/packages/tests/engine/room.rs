//! Room is asked for before the first byte, and counted as it is: no change that fits is refused, and none is begun that
//! cannot fit.

use std::fs;
use std::path::Path;

use moult_packages::{Engine, Error, Plan, Request, Unwatched};
use moult_stone::Source;

use crate::lab::{Shop, SmallDisk, noise};
use crate::site::Site;
use crate::wishes::{install, released, sync};

/// Files of a package, each so small that it is never in a file before it is known.
const FILES: u64 = 8;
const SIZE: usize = 700 << 10;
/// All of them, and so roughly what the package takes to download.
const PACKAGE: u64 = FILES * SIZE as u64;

fn free(path: &Path) -> u64 {
    let room = rustix::fs::statvfs(path).unwrap();
    room.f_bavail * room.f_frsize
}

/// A package of noise, in which only one file says which release it is.
fn add(shop: &mut Shop, release: u64) {
    shop.add(released("app", release), |writer| {
        for number in 0..FILES {
            let content = Source::Bytes(noise(SIZE, 2 * number + 1));
            let path = format!("share/app/{number}");
            writer.file(path.as_bytes(), 0o644, 0, 0, content).unwrap();
        }
        let content = Source::Bytes(release.to_string().into_bytes());
        writer.file(b"share/app/release", 0o644, 0, 0, content).unwrap();
    });
    shop.index();
}

/// Plans as whoever shows it to a person first: with its files.
fn planned(engine: &Engine, request: &Request) -> Plan {
    let plan = engine.plan(request, &Unwatched).unwrap();
    let files = engine.difference(&plan, &Unwatched).unwrap();
    Plan {
        content_bytes: Some(files.disk_bytes),
        ..plan
    }
}

fn engine_on(path: &Path, site: &Site) -> Engine {
    fs::create_dir_all(path.join("usr")).unwrap();
    let mut engine = Engine::open(path).unwrap();
    engine.add_repository(&site.repository("net")).unwrap();
    engine.refresh("net", &Unwatched).unwrap();
    engine
}

#[test]
fn an_update_needs_the_room_of_its_download_and_of_what_is_new_in_it() {
    for is_known in [true, false] {
        let mut shop = Shop::new();
        add(&mut shop, 1);
        let site = Site::new(shop.folder.path());
        let disk = SmallDisk::mount("16m");
        let root = disk.0.path();
        let mut engine = engine_on(root, &site);
        let plan = planned(&engine, &install(&["app"]));
        engine.apply(&plan, &Unwatched).unwrap();

        add(&mut shop, 2);
        engine.refresh("net", &Unwatched).unwrap();
        let plan = match is_known {
            true => planned(&engine, &sync()),
            false => engine.plan(&sync(), &Unwatched).unwrap(),
        };
        let room = free(root);
        assert!(room > PACKAGE && room < 2 * PACKAGE, "{room} bytes are free");
        engine.apply(&plan, &Unwatched).unwrap();
        assert_eq!(fs::read_to_string(root.join("usr/share/app/release")).unwrap(), "2");
    }
}

#[test]
fn what_only_unpacking_makes_large_is_refused_before_the_first_byte_if_it_was_planned() {
    let mut shop = Shop::new();
    shop.add(released("app", 1), |writer| {
        let content = Source::Bytes(vec![0; 16 << 20]);
        writer.file(b"share/app", 0o644, 0, 0, content).unwrap();
    });
    shop.index();
    let site = Site::new(shop.folder.path());
    let disk = SmallDisk::mount("8m");
    let mut engine = engine_on(disk.0.path(), &site);
    let plan = planned(&engine, &install(&["app"]));
    site.log();
    let refused = engine.apply(&plan, &Unwatched).unwrap_err();
    let Error::NoSpace {
        needed: Some((needed, free)),
        ..
    } = &refused
    else {
        panic!("{refused}")
    };
    assert!(*needed > 16 << 20 && *free < 8 << 20, "{refused}");
    assert_eq!(site.paths(), Vec::<String>::new());
}
