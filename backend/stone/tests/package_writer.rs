//! Packages written from files.

mod common;

use std::fs;
use std::io::Cursor;

use common::{content, read};
use moult_stone::*;
use xxhash_rust::xxh3::xxh3_128;

fn nano() -> Package {
    Package {
        name: "nano".into(),
        version: "8.2".into(),
        source_release: 7,
        build_release: 1,
        ..Package::default()
    }
}

fn written(writer: PackageWriter) -> Result<Vec<u8>, Error> {
    let mut out = Cursor::new(Vec::new());
    writer.level(3).write(&mut out)?;
    Ok(out.into_inner())
}

#[test]
fn contents_are_stored_once_and_the_largest_first() {
    let folder = tempfile::tempdir().unwrap();
    let large: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    let on_disk = folder.path().join("large");
    fs::write(&on_disk, &large).unwrap();

    let mut writer = PackageWriter::new(nano());
    writer
        .file(b"share/small", 0o644, 0, 0, Source::Bytes(b"small".to_vec()))
        .unwrap();
    writer
        .file(b"bin/large", 0o4755, 3, 4, Source::File(on_disk.clone()))
        .unwrap();
    writer
        .file(b"bin/same", 0o755, 0, 0, Source::Bytes(large.clone()))
        .unwrap();
    writer
        .file(b"share/empty", 0o600, 0, 0, Source::Bytes(Vec::new()))
        .unwrap();
    writer.symlink(b"bin/rnano", b"large", 5, 6).unwrap();
    writer.directory(b"share/spool", 0o1777, 7, 8).unwrap();
    let bytes = written(writer).unwrap();

    let stone = read(&bytes).unwrap();
    assert_eq!(stone.package().unwrap(), nano());
    let all = [large.as_slice(), b"small"].concat();
    assert_eq!(content(&stone, &bytes).unwrap(), all);
    let end = all.len() as u64;
    assert_eq!(
        stone.index,
        [
            IndexEntry {
                start: 0,
                end: 1_200_000,
                digest: xxh3_128(&large)
            },
            IndexEntry {
                start: 1_200_000,
                end,
                digest: xxh3_128(b"small")
            },
            IndexEntry {
                start: end,
                end,
                digest: EMPTY_DIGEST
            },
        ]
    );
    let rows: Vec<(&str, u32, u32, u32)> = stone
        .layout
        .iter()
        .map(|entry| {
            (
                std::str::from_utf8(&entry.path).unwrap(),
                entry.mode,
                entry.uid,
                entry.gid,
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("bin/large", 0o104_755, 3, 4),
            ("bin/rnano", 0o120_777, 5, 6),
            ("bin/same", 0o100_755, 0, 0),
            ("share/empty", 0o100_600, 0, 0),
            ("share/small", 0o100_644, 0, 0),
            ("share/spool", 0o041_777, 7, 8),
        ]
    );
    assert_eq!(stone.layout[0].kind, stone.layout[2].kind);
    let kinds: Vec<PayloadKind> = stone.payloads.iter().map(|payload| payload.kind).collect();
    assert_eq!(
        kinds,
        [
            PayloadKind::Meta,
            PayloadKind::Layout,
            PayloadKind::Index,
            PayloadKind::Content
        ]
    );
    stone.verify_content(Cursor::new(&bytes), &Limits::default()).unwrap();
}

#[test]
fn the_order_of_the_calls_does_not_change_the_bytes() {
    let add = |writer: &mut PackageWriter, name: &str| {
        writer
            .file(name.as_bytes(), 0o644, 0, 0, Source::Bytes(name.as_bytes().to_vec()))
            .unwrap();
    };
    let names = ["a", "b", "c", "d/e", "d/f"];
    let (mut forwards, mut backwards) = (PackageWriter::new(nano()), PackageWriter::new(nano()));
    names.iter().for_each(|name| add(&mut forwards, name));
    names.iter().rev().for_each(|name| add(&mut backwards, name));
    assert_eq!(written(forwards).unwrap(), written(backwards).unwrap());
}

#[test]
fn threads_of_zstd_change_no_content() {
    let large: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let mut writer = PackageWriter::new(nano()).threads(2);
    writer
        .file(b"large", 0o644, 0, 0, Source::Bytes(large.clone()))
        .unwrap();
    let bytes = written(writer).unwrap();
    assert_eq!(content(&read(&bytes).unwrap(), &bytes).unwrap(), large);
}

#[test]
fn a_package_without_files_is_metadata_only() {
    let stone = read(&written(PackageWriter::new(nano())).unwrap()).unwrap();
    assert_eq!(stone.payloads.len(), 1);
    let mut writer = PackageWriter::new(nano());
    writer.directory(b"share/nano", 0o755, 0, 0).unwrap();
    let stone = read(&written(writer).unwrap()).unwrap();
    assert_eq!((stone.payloads.len(), stone.layout.len()), (2, 1));
}

#[test]
fn a_package_of_nothing_but_an_empty_file_is_whole() {
    let mut writer = PackageWriter::new(nano());
    writer
        .file(b"share/empty", 0o644, 0, 0, Source::Bytes(Vec::new()))
        .unwrap();
    let bytes = written(writer).unwrap();
    let stone = read(&bytes).unwrap();
    assert_eq!(
        stone.index,
        [IndexEntry {
            start: 0,
            end: 0,
            digest: EMPTY_DIGEST
        }]
    );
    assert_eq!(stone.content.as_ref().map(Content::plain_size), Some(0));
    stone.verify_content(Cursor::new(&bytes), &Limits::default()).unwrap();
}

#[test]
fn wrong_paths_and_sources_are_refused() {
    let mut writer = PackageWriter::new(nano());
    assert!(matches!(
        writer.directory(b"/usr/bin", 0o755, 0, 0),
        Err(Error::Path {
            fault: PathFault::Absolute,
            ..
        })
    ));
    assert!(matches!(
        writer.symlink(b"bin/sh", b"", 0, 0),
        Err(Error::LinkTarget(_))
    ));
    assert!(matches!(
        writer.symlink(b"bin/sh", &[b'a'; 65_536], 0, 0),
        Err(Error::TooLong { .. })
    ));
    assert!(matches!(
        writer.directory(&[b'a'; 65_536], 0o755, 0, 0),
        Err(Error::TooLong { .. })
    ));
    writer.directory(b"bin", 0o755, 0, 0).unwrap();
    assert!(matches!(writer.symlink(b"bin", b"sbin", 0, 0), Err(Error::DuplicatePath(path)) if path == "bin"));

    let folder = tempfile::tempdir().unwrap();
    for missing in [folder.path().join("nothing"), folder.path().to_owned()] {
        let mut writer = PackageWriter::new(nano());
        writer
            .file(b"bin/x", 0o755, 0, 0, Source::File(missing.clone()))
            .unwrap();
        assert!(matches!(written(writer), Err(Error::SourceFile { path, .. }) if path == missing));
    }
}

#[test]
fn a_source_that_changes_meanwhile_is_noticed() {
    /// A destination that changes a source file as soon as something is written to it, which is after the hashing.
    struct Meddler(Cursor<Vec<u8>>, std::path::PathBuf, &'static [u8]);
    impl std::io::Write for Meddler {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            fs::write(&self.1, self.2)?;
            self.0.write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    impl std::io::Seek for Meddler {
        fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
            self.0.seek(to)
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let on_disk = folder.path().join("file");
    for (change, noticed) in [
        (b"before".as_slice(), false),
        (b"after!", true),
        (b"short", true),
        (b"longer!", true),
    ] {
        fs::write(&on_disk, b"before").unwrap();
        let mut writer = PackageWriter::new(nano());
        writer
            .file(b"bin/x", 0o755, 0, 0, Source::File(on_disk.clone()))
            .unwrap();
        let result = writer.write(Meddler(Cursor::new(Vec::new()), on_disk.clone(), change));
        match noticed {
            true => assert!(
                matches!(&result, Err(Error::SourceChanged(path)) if path == "bin/x"),
                "{result:?}"
            ),
            false => result.unwrap(),
        }
    }
}
