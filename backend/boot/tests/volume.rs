//! A volume is the same whoever does the reading and writing.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use moult_boot::{Fat, Mounted, Volume};

use support::{fat_image, fsck};

/// Has `test` look at a folder, and at FATs of 12, 16 and 32 bits; those are checked by their own checker afterwards.
fn each(test: impl Fn(&dyn Volume)) {
    let folder = support::folder();
    test(&Mounted::new(folder.path()));

    for (bits, kibibytes) in [("12", 1440), ("16", 4096), ("32", 34_000)] {
        let image = folder.path().join(format!("fat{bits}"));
        fat_image(&image, kibibytes, bits);
        test(&Fat::open(&image, 0).unwrap());
        fsck(&image);
    }
}

fn write(volume: &dyn Volume, path: &str, bytes: &[u8]) {
    assert_eq!(volume.write_new(path, &mut &bytes[..]).unwrap(), bytes.len() as u64);
}

#[test]
fn what_is_written_is_read_whatever_its_case() {
    each(|volume| {
        let long: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        write(volume, "EFI/BOOT/BOOTX64.EFI", &long);
        write(volume, "/efi/systemd/systemd-bootx64.efi", b"loader");
        write(volume, "loader/entries/empty.conf", b"");

        assert_eq!(volume.read("efi/boot/bootx64.efi").unwrap().unwrap(), long);
        assert_eq!(
            volume.read("EFI/Systemd/SYSTEMD-BOOTX64.EFI").unwrap().unwrap(),
            b"loader"
        );
        assert_eq!(volume.read("loader/entries/empty.conf").unwrap().unwrap(), b"");
        assert_eq!(
            volume.hash("EFI/BOOT/bootx64.efi").unwrap().unwrap(),
            blake3::hash(&long)
        );
        assert_eq!(volume.read("EFI/BOOT/nothing").unwrap(), None);
        assert_eq!(volume.read("no/such/file").unwrap(), None);
        assert_eq!(volume.read("EFI/BOOT/BOOTX64.EFI/file").unwrap(), None);

        let names: Vec<String> = volume.list("efi").unwrap().into_iter().map(|item| item.name).collect();
        assert_eq!(names, ["BOOT", "systemd"], "the first spelling stays");
        let items = volume.list("EFI/BOOT").unwrap();
        assert_eq!((items.len(), items[0].bytes, items[0].directory), (1, 400_000, false));
        assert!(volume.list("nothing").unwrap().is_empty());
        assert!(
            volume
                .list("")
                .unwrap()
                .iter()
                .any(|item| item.name == "loader" && item.directory)
        );
    });
}

#[test]
fn a_file_takes_the_place_of_another() {
    each(|volume| {
        let before = volume.space().unwrap().free;
        write(volume, "loader/a long name with dots.conf.txt", &[1; 5000]);
        let with_one = volume.space().unwrap().free;
        for length in [9000, 10, 0, 5000] {
            write(
                volume,
                "loader/A Long Name With Dots.conf.txt",
                &vec![length as u8; length],
            );
            assert_eq!(
                volume.read("loader/a long name with dots.conf.txt").unwrap().unwrap(),
                vec![length as u8; length]
            );
            assert_eq!(volume.list("loader").unwrap().len(), 1);
        }
        if before < 100 << 20 {
            assert_eq!(
                volume.space().unwrap().free,
                with_one,
                "the old content's space is free again"
            );
        }
    });
}

#[test]
fn names_are_changed_and_removed() {
    each(|volume| {
        write(volume, "loader/entries/a+3.conf", b"a");
        write(volume, "loader/entries/b.conf", b"b");

        volume
            .rename("loader/entries/A+3.conf", "loader/entries/a.conf")
            .unwrap();
        assert_eq!(volume.read("loader/entries/a.conf").unwrap().unwrap(), b"a");
        assert_eq!(volume.read("loader/entries/a+3.conf").unwrap(), None);
        let error = volume
            .rename("loader/entries/a.conf", "loader/entries/B.conf")
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        let error = volume.rename("loader/entries/x", "loader/entries/y").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);

        assert!(volume.remove("loader").is_err(), "not empty");
        volume.remove("loader/entries/a.conf").unwrap();
        volume.remove("loader/entries/a.conf").unwrap();
        volume.remove("loader/entries/B.CONF").unwrap();
        volume.remove("loader/entries").unwrap();
        volume.remove("loader").unwrap();
        assert!(volume.list("").unwrap().is_empty());
    });
}

#[test]
fn long_names_and_many_files_are_kept_apart() {
    each(|volume| {
        let name = |n: usize| format!("dir/{}-{n}.conf", "long".repeat(40));
        for n in 0..60 {
            write(volume, &name(n), n.to_string().as_bytes());
        }
        for n in 0..60 {
            assert_eq!(volume.read(&name(n)).unwrap().unwrap(), n.to_string().as_bytes());
        }
        write(volume, &name(31), b"other");
        assert_eq!(volume.read(&name(31)).unwrap().unwrap(), b"other");
        assert_eq!(volume.read(&name(32)).unwrap().unwrap(), b"32");
        assert_eq!(volume.list("dir").unwrap().len(), 60);
        for n in 0..60 {
            volume.remove(&name(n)).unwrap();
        }
        assert!(volume.list("dir").unwrap().is_empty());
    });
}

#[test]
fn paths_that_no_fat_can_hold_are_refused() {
    each(|volume| {
        for path in ["a/../b", "a//b", "a/.", "a:b", "a\nb", "a*", "a ", "a.", "", "/"] {
            let error = volume.write_new(path, &mut &b"x"[..]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{path:?}");
        }
        assert!(volume.list("").unwrap().is_empty());
    });
}

#[test]
fn a_full_volume_keeps_what_it_had() {
    let folder = support::folder();
    let image = folder.path().join("fat");
    fat_image(&image, 1440, "12");
    let volume = Fat::open(&image, 0).unwrap();
    write(&volume, "a/kept", b"kept");
    let free = volume.space().unwrap().free;

    assert!(volume.write_new("a/kept", &mut &vec![7; 2 << 20][..]).is_err());
    assert_eq!(volume.read("a/kept").unwrap().unwrap(), b"kept");
    assert_eq!(volume.list("a").unwrap().len(), 1, "no temporary copy is left");
    assert_eq!(volume.space().unwrap().free, free);
    fsck(&image);
}

#[test]
fn mtools_reads_what_was_written_and_the_other_way_round() {
    let folder = support::folder();
    let image = folder.path().join("fat");
    fat_image(&image, 34_000, "32");
    let volume = Fat::open(&image, 0).unwrap();
    write(&volume, "loader/entries/A name of mine.conf", b"ours");
    write(&volume, "loader/entries/A name of mine.conf", b"ours again");

    let run = |program: &str, arguments: &[&str]| {
        let output = std::process::Command::new(program)
            .arg("-i")
            .arg(&image)
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        output.stdout
    };
    assert_eq!(
        run("/usr/bin/mtype", &["::/loader/entries/a NAME of mine.conf"]),
        b"ours again"
    );

    let file = folder.path().join("theirs");
    std::fs::write(&file, b"theirs").unwrap();
    run(
        "/usr/bin/mcopy",
        &[file.to_str().unwrap(), "::/loader/Theirs By Name.txt"],
    );
    assert_eq!(volume.read("LOADER/theirs by name.TXT").unwrap().unwrap(), b"theirs");
}

#[test]
fn an_image_is_found_behind_its_offset_and_nonsense_is_refused() {
    let folder = support::folder();
    let image = folder.path().join("fat");
    fat_image(&image, 1440, "12");
    let disk = folder.path().join("disk");
    let mut bytes = vec![0; 1 << 20];
    bytes.extend(std::fs::read(&image).unwrap());
    std::fs::write(&disk, bytes).unwrap();

    let volume: Arc<dyn Volume> = Arc::new(Fat::open(&disk, 1 << 20).unwrap());
    write(volume.as_ref(), "x", b"x");
    assert_eq!(volume.read("x").unwrap().unwrap(), b"x");
    assert!(std::fs::read(&disk).unwrap()[..1 << 20].iter().all(|byte| *byte == 0));
    assert!(Fat::open(&disk, 0).is_err());
    assert!(Fat::open(Path::new("/nonexistent"), 0).is_err());
}
