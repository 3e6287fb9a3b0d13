//! Triggers of a system that is written elsewhere.

use std::fs;
use std::os::unix::fs::MetadataExt;

use moult_packages::{Error, Target};

use crate::lab::{Eye, Root, bytes, package, select};
use crate::shop::{WANTED, clean, read, ready, trigger};

fn tar_of(root: &Root, wanted: &[&str]) -> Vec<u8> {
    let mut engine = root.engine();
    let selection = select(&engine, wanted);
    let mut out = Vec::new();
    let done = engine
        .export(&selection, Target::Tar(&mut out), 0, &Eye::default())
        .unwrap();
    assert_eq!(done.warnings, Vec::<String>::new());
    out
}

#[test]
fn a_system_that_is_written_elsewhere_has_what_its_triggers_make_and_it_is_what_is_installed() {
    // It says its date, what it sees of other systems and who it runs as, and takes something away.
    let script = "mkdir /usr/lib/cache; cat /usr/share/in/* > /usr/lib/cache/all; echo $SOURCE_DATE_EPOCH > /usr/lib/cache/date; cat /etc/name > /usr/lib/cache/etc; rm /usr/share/gone; exit 0";
    let (mut shop, _) = ready(&[("tx", "t", trigger("t", "", script))]);
    shop.add(package("two"), |w| {
        w.file(b"share/gone", 0o644, 0, 0, bytes("gone")).unwrap();
    });
    let wanted = ["tools", "one", "two"];
    let [root, other] = [shop.root(), shop.root()];
    let fresh = tar_of(&root, &wanted);
    assert!(root.engine().states().unwrap().is_empty());
    assert!(!root.path().join(".moult/states/half-done-export").exists());

    // Neither what is around nor what a state has gets into it.
    fs::write(other.path().join("etc/name"), "name").unwrap();
    other.install(&wanted).unwrap();
    assert_eq!(read(&other, "lib/cache/etc"), "name");
    assert!(fresh == tar_of(&other, &wanted), "the archives differ");
    clean(&root);
    clean(&other);

    let folder = tempfile::TempDir::new().unwrap();
    let mut engine = root.engine();
    let selection = select(&engine, &wanted);
    let target = Target::Directory(folder.path().join("out"));
    engine.export(&selection, target, 5, &Eye::default()).unwrap();
    let out = folder.path().join("out/usr");
    let text = |name: &str| fs::read_to_string(out.join("lib/cache").join(name)).unwrap();
    assert_eq!(
        (text("all"), text("date"), text("etc")),
        ("first".into(), "5\n".into(), String::new())
    );
    assert!(!out.join("share/gone").exists());
    assert_eq!(fs::metadata(out.join("lib/cache/all")).unwrap().mtime(), 5);
    drop(engine);
    root.install(&wanted).unwrap();
    assert_eq!(read(&root, "lib/cache/date"), "0\n");
}

#[test]
fn dates_that_a_trigger_sees_are_those_of_the_result() {
    let (_shop, root) = ready(&[(
        "tx",
        "t",
        trigger(
            "t",
            "",
            "stat -c %Y /usr /usr/share/in /usr/share/in/one > /usr/lib/dates",
        ),
    )]);
    let folder = tempfile::TempDir::new().unwrap();
    let mut engine = root.engine();
    let selection = select(&engine, &WANTED);
    let target = Target::Directory(folder.path().join("out"));
    engine.export(&selection, target, 77, &Eye::default()).unwrap();
    let dates = fs::read_to_string(folder.path().join("out/usr/lib/dates")).unwrap();
    assert_eq!(dates, "77\n77\n77\n");
}

#[test]
fn a_trigger_that_fails_keeps_a_system_from_being_written() {
    let (_shop, root) = ready(&[("tx", "t", trigger("t", "", "echo no good >&2; exit 3"))]);
    let folder = tempfile::TempDir::new().unwrap();
    let target = folder.path().join("out");
    let error = root.refused(|engine| {
        let selection = select(engine, &WANTED);
        engine
            .export(&selection, Target::Directory(target.clone()), 0, &Eye::default())
            .map(drop)
    });
    assert!(
        matches!(&error, Error::Trigger { output, .. } if output == "no good"),
        "{error}"
    );
    assert!(!target.exists());
}
