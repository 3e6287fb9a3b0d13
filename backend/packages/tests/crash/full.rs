//! A disk that is full to the last byte: everything that only reads or that frees space still works.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use moult_packages::{Engine, Error, Standing, Status, Unwatched};

use crate::data::{ALL, Shop};
use crate::lab;
use crate::odd::{fill, image};
use crate::verify;

/// Takes everything that is left, however small.
fn fill_whole(mounted: &Path) {
    fill(mounted, 0);
    // Not even the name may find room.
    if let Ok(mut last) = File::create(mounted.join("last")) {
        let mut size = 1 << 16;
        while size > 0 {
            match last.write(&vec![7; size]).and_then(|_| last.sync_data()) {
                Ok(()) => {}
                Err(_) => size /= 2,
            }
        }
    }
    // What is too small for a block of its own is kept beside the names by some.
    for number in 0..4096 {
        let written = File::create(mounted.join(format!("small-{number}")))
            .and_then(|mut small| small.write_all(&[7; 1500]).and_then(|()| small.sync_all()));
        if written.is_err() {
            break;
        }
    }
    rustix::fs::syncfs(File::open(mounted).unwrap()).unwrap();
}

fn empty(mounted: &Path) {
    for entry in std::fs::read_dir(mounted).unwrap().flatten() {
        if entry.file_type().unwrap().is_file() {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    // btrfs gives back later.
    rustix::fs::syncfs(File::open(mounted).unwrap()).unwrap();
}

#[test]
fn on_a_full_disk_states_are_listed_activated_and_pruned() {
    if !lab::alone("full::on_a_full_disk_states_are_listed_activated_and_pruned") {
        return;
    }
    let shop = Shop::open();
    let mut wrong = Vec::new();
    for make in [&["mkfs.ext4", "-q", "-F", "-m", "0"][..], &["mkfs.xfs", "-q"]] {
        let scratch = lab::scratch();
        let mounted = image(scratch.path(), 384, make);
        let done = std::panic::catch_unwind(|| one(&shop, &mounted));
        wrong.extend(done.is_err().then(|| make.join(" ")));
        lab::run("umount", &[mounted.as_os_str()]);
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

fn one(shop: &Shop, mounted: &Path) {
    let root = mounted.join("root");
    lab::before(shop, &root);
    let before = verify::whole(shop, &root).unwrap();
    let reserve = root.join(".moult/reserve");
    assert!(reserve.exists(), "nothing is kept for a full disk");
    fill_whole(mounted);

    let listed = |engine: &Engine| -> Vec<(u64, Status)> {
        let states = engine.states().unwrap();
        states.iter().map(|state| (state.id, state.status)).collect()
    };
    let first = [(1, Status::Archived), (2, Status::Active)];
    let reader = Engine::open_reader(&root).unwrap();
    assert_eq!(listed(&reader), first);
    assert_eq!(reader.installed().unwrap().len(), before.packages().unwrap().len());
    // A writer that comes while somebody reads.
    let mut engine = Engine::open(&root).unwrap();
    assert_eq!(listed(&engine), first);
    assert_eq!(engine.activate(1, &Unwatched).unwrap().before, Some(2));
    drop(reader);
    let reader = Engine::open_reader(&root).unwrap();
    assert_eq!(listed(&reader), [(1, Status::Active), (2, Status::Archived)]);
    drop((engine, reader));
    // As much of it as there is: small files may have taken what it was.
    println!(
        "kept again: {}",
        std::fs::metadata(&reserve).map_or(0, |kept| kept.len())
    );

    // Again full, and what was kept may be less: what makes it fuller is refused.
    fill_whole(mounted);
    let refused = lab::install(&mut Engine::open(&root).unwrap(), &ALL).unwrap_err();
    assert!(
        matches!(refused, Error::NoSpace { .. } | Error::NoFiles { .. }),
        "{refused:?}"
    );
    assert_eq!(refused.standing(), Standing::Intact);
    let mut engine = Engine::open(&root).unwrap();
    engine.name_state(2, "the larger one").unwrap();
    engine.activate(2, &Unwatched).unwrap();
    let pruned = engine.prune(1, &Unwatched).unwrap();
    assert_eq!(
        (pruned.states.as_slice(), pruned.warnings.len()),
        (&[1][..], 0),
        "{pruned:?}"
    );
    assert_eq!(listed(&engine), [(2, Status::Active)]);
    drop(engine);

    empty(mounted);
    let after = verify::whole(shop, &root).unwrap();
    assert_eq!((after.active, after.packages()), (Some(2), before.packages()));
    lab::install(&mut Engine::open(&root).unwrap(), &ALL).unwrap();
    verify::whole(shop, &root).unwrap();
}
