//! What is written is what is read.

mod common;

use std::io::Cursor;

use common::{content, read};
use moult_stone::*;
use proptest::collection::vec;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    // A trailing NUL belongs to the format, not to the text.
    "\\PC{0,24}"
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..24)
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i8>().prop_map(Value::I8),
        any::<u8>().prop_map(Value::U8),
        any::<i16>().prop_map(Value::I16),
        any::<u16>().prop_map(Value::U16),
        any::<i32>().prop_map(Value::I32),
        any::<u32>().prop_map(Value::U32),
        any::<i64>().prop_map(Value::I64),
        any::<u64>().prop_map(Value::U64),
        text().prop_map(Value::Text),
        (any::<u8>(), text()).prop_map(|(kind, target)| Value::Dependency { kind, target }),
        (any::<u8>(), text()).prop_map(|(kind, target)| Value::Provider { kind, target }),
        (12_u8.., bytes()).prop_map(|(kind, bytes)| Value::Unknown { kind, bytes }),
    ]
}

fn record() -> impl Strategy<Value = MetaRecord> {
    (any::<u16>().prop_map(|number| number % 40), value())
        .prop_map(|(number, value)| MetaRecord::new(Tag::from_number(number), value))
}

fn no_nul_at_the_end() -> impl Strategy<Value = Vec<u8>> {
    bytes().prop_map(|mut bytes| {
        bytes.push(b'x');
        bytes
    })
}

fn layout_entry() -> impl Strategy<Value = LayoutEntry> {
    let kind = prop_oneof![
        any::<u128>().prop_map(|digest| EntryKind::Regular { digest }),
        no_nul_at_the_end().prop_map(|target| EntryKind::Symlink { target }),
        Just(EntryKind::Directory),
        Just(EntryKind::CharacterDevice),
        Just(EntryKind::BlockDevice),
        Just(EntryKind::Fifo),
        Just(EntryKind::Socket),
        (8_u8.., bytes()).prop_map(|(kind, source)| EntryKind::Unknown { kind, source }),
    ];
    (no_nul_at_the_end(), any::<[u32; 4]>(), kind).prop_map(|(path, [uid, gid, mode, tag], kind)| LayoutEntry {
        path,
        uid,
        gid,
        mode,
        tag,
        kind,
    })
}

fn provider() -> impl Strategy<Value = Provider> {
    (0_u8..9, "[a-z0-9+._/-]{1,12}(\\(x86_64\\))?").prop_filter_map("a known kind", |(kind, target)| {
        Kind::from_number(kind).map(|kind| Provider::new(kind, target))
    })
}

fn package() -> impl Strategy<Value = Package> {
    let texts = [(); 7].map(|()| text());
    let lists = (
        vec(text(), 0..3),
        vec(provider(), 0..5),
        vec(provider(), 0..5),
        vec(provider(), 0..3),
    );
    let in_index = (
        proptest::option::of(text()),
        proptest::option::of(text()),
        proptest::option::of(any::<u64>()),
    );
    (texts, any::<u64>(), any::<u64>(), lists, in_index).prop_map(
        |(texts, source_release, build_release, (licenses, mut dependencies, mut providers, conflicts), in_index)| {
            let [name, version, architecture, summary, description, source_id, homepage] = texts;
            let (uri, hash, size) = in_index;
            dependencies.sort_by_key(ToString::to_string);
            providers.retain(|provider| *provider != Provider::name(&name));
            Package {
                name,
                version,
                source_release,
                build_release,
                architecture,
                summary,
                description,
                source_id,
                homepage,
                licenses,
                dependencies,
                providers,
                conflicts,
                uri,
                hash,
                size,
            }
        },
    )
}

proptest! {
    #[test]
    fn every_record_comes_back(
        metas in vec(vec(record(), 0..6), 0..3),
        layout in vec(layout_entry(), 0..6),
        attributes in vec((bytes(), bytes()), 0..4),
        plain in vec(any::<u8>(), 0..600),
        compress in any::<bool>(),
    ) {
        let attributes: Vec<Attribute> = attributes.into_iter().map(|(key, value)| Attribute { key, value }).collect();
        let half = plain.len() as u64 / 2;
        let index = [
            IndexEntry { start: 0, end: half, digest: 1 },
            IndexEntry { start: half, end: plain.len() as u64, digest: u128::MAX },
        ];
        let compression = if compress { Compression::Zstd } else { Compression::None };
        let count = metas.len() as u16 + 4;
        let writer = StoneWriter::new(Cursor::new(Vec::new()), FileType::Manifest, count).unwrap();
        let mut writer = writer.compression(compression).level(1);
        writer.content(&mut plain.as_slice(), plain.len() as u64).unwrap();
        for meta in &metas {
            writer.meta(meta).unwrap();
        }
        writer.attributes(&attributes).unwrap();
        writer.layout(&layout).unwrap();
        writer.index(&index).unwrap();
        let bytes = writer.finish().unwrap().into_inner();

        let stone = read(&bytes).unwrap();
        prop_assert_eq!(stone.file_type, FileType::Manifest);
        prop_assert_eq!(&stone.metas, &metas);
        prop_assert_eq!(&stone.layout, &layout);
        prop_assert_eq!(&stone.attributes, &attributes);
        prop_assert_eq!(&stone.index, &index);
        prop_assert!(stone.payloads.iter().all(|payload| payload.compression == compression));
        prop_assert_eq!(content(&stone, &bytes).unwrap(), plain);
    }

    #[test]
    fn a_package_survives_its_records_and_an_index(packages in vec(package(), 0..4)) {
        for package in &packages {
            prop_assert_eq!(&Package::from_records(&package.to_records()).unwrap(), package);
        }
        let mut bytes = Vec::new();
        write_index(&mut bytes, &packages).unwrap();
        prop_assert_eq!(read_index(&mut Cursor::new(bytes), &Limits::default()).unwrap(), packages);
    }

    #[test]
    fn a_provider_survives_its_text(provider in provider()) {
        prop_assert_eq!(provider.to_string().parse::<Provider>().unwrap(), provider);
    }

    #[test]
    fn no_bytes_at_all_make_the_reader_panic(
        mut bytes in vec(any::<u8>(), 0..300),
        payloads in 0_u16..4,
        kinds in vec((1_u8..7, 1_u8..4, 0_u64..120), 3),
    ) {
        // Enough of a header to get somewhere.
        let header = common::file(3, &[]);
        for (at, byte) in header.iter().enumerate() {
            if let Some(there) = bytes.get_mut(at) {
                *there = *byte;
            }
        }
        if let Some(count) = bytes.get_mut(4..6) {
            count.copy_from_slice(&payloads.to_be_bytes());
        }
        let mut at = 32;
        for (kind, compression, stored) in kinds {
            let Some(header) = bytes.get_mut(at..at + 32) else { break };
            header[..8].copy_from_slice(&stored.to_be_bytes());
            header[8..16].copy_from_slice(&stored.to_be_bytes());
            header[28..].copy_from_slice(&[0, 1, kind, compression]);
            at += 32 + stored as usize;
        }
        let _ = read(&bytes);
        let _ = read_index(&mut Cursor::new(&bytes), &Limits::default());
    }

    #[test]
    fn an_accepted_path_stays_below_its_root(path in vec(prop_oneof![Just(b'.'), Just(b'/'), Just(b'a'), Just(0)], 0..8)) {
        use std::os::unix::ffi::OsStrExt;
        use std::path::{Component, Path};
        let path = path.as_slice();
        let as_path = Path::new(std::ffi::OsStr::from_bytes(path));
        let plain = as_path.components().all(|component| matches!(component, Component::Normal(_)));
        let same = as_path.components().collect::<std::path::PathBuf>().as_os_str().as_bytes() == path;
        let acceptable = plain && same && !path.is_empty() && !path.contains(&0);
        prop_assert_eq!(check_path(path).is_ok(), acceptable);
    }
}

#[test]
fn providers_are_read_as_people_write_them() {
    let parse = |text: &str| text.parse::<Provider>();
    assert_eq!(parse("zlib").unwrap(), Provider::name("zlib"));
    assert_eq!(parse("name(zlib)").unwrap(), Provider::name("zlib"));
    assert_eq!(
        parse("soname(libz.so.1(x86_64))").unwrap(),
        Provider::new(Kind::Soname, "libz.so.1(x86_64)")
    );
    assert_eq!(
        parse("pkgconfig32(zlib)").unwrap(),
        Provider::new(Kind::PkgConfig32, "zlib")
    );
    for wrong in ["", "foo(bar)", "name(zlib", "name()", "(zlib)", "zlib)", "name(zlib) "] {
        assert!(
            matches!(parse(wrong), Err(Error::Provider(text)) if text == wrong),
            "{wrong:?}"
        );
    }
}

#[test]
fn paths_that_leave_their_root_are_refused_with_their_reason() {
    let cases: [(&[u8], PathFault); 9] = [
        (b"", PathFault::Empty),
        (b"/etc/passwd", PathFault::Absolute),
        (b"bin/a\0b", PathFault::Nul),
        (b"bin//a", PathFault::EmptyComponent),
        (b"bin/", PathFault::EmptyComponent),
        (b"./bin", PathFault::Dot),
        (b"..", PathFault::DotDot),
        (b"bin/../../etc", PathFault::DotDot),
        (b"bin/.", PathFault::Dot),
    ];
    for (path, reason) in cases {
        let kind = EntryKind::Directory;
        let entry = LayoutEntry {
            path: path.to_vec(),
            uid: 0,
            gid: 0,
            mode: 0,
            tag: 0,
            kind,
        };
        let error = entry.check().unwrap_err();
        assert!(
            matches!(error, Error::Path { fault, .. } if fault == reason),
            "{path:?}: {error}"
        );
        // It is still there to be looked at.
        let mut writer = StoneWriter::new(Vec::new(), FileType::Package, 1).unwrap();
        writer.layout(std::slice::from_ref(&entry)).unwrap();
        assert_eq!(read(&writer.finish().unwrap()).unwrap().layout, [entry]);
    }
    for good in [
        b"bin/a".as_slice(),
        b"...",
        b"a/..b/.c",
        "share/\u{e4}".as_bytes(),
        b"\xff/x",
    ] {
        check_path(good).unwrap();
    }
    let link = |target: &[u8]| LayoutEntry {
        path: b"bin/sh".to_vec(),
        uid: 0,
        gid: 0,
        mode: 0,
        tag: 0,
        kind: EntryKind::Symlink {
            target: target.to_vec(),
        },
    };
    link(b"../../etc/x").check().unwrap();
    assert!(matches!(link(b"").check(), Err(Error::LinkTarget(path)) if path == "bin/sh"));
    assert!(matches!(link(b"a\0b").check(), Err(Error::LinkTarget(_))));
}

#[test]
fn what_does_not_fit_its_length_field_is_refused_and_not_cut() {
    let path = vec![b'a'; 65_536];
    let kind = EntryKind::Directory;
    let mut entry = LayoutEntry {
        path,
        uid: 0,
        gid: 0,
        mode: 0,
        tag: 0,
        kind,
    };
    let mut writer = StoneWriter::new(Vec::new(), FileType::Package, 1).unwrap();
    let error = writer.layout(std::slice::from_ref(&entry)).unwrap_err();
    assert!(
        matches!(
            error,
            Error::TooLong {
                found: 65_536,
                maximum: 65_535,
                ..
            }
        ),
        "{error:?}"
    );
    entry.path.pop();
    writer.layout(std::slice::from_ref(&entry)).unwrap();
    assert_eq!(read(&writer.finish().unwrap()).unwrap().layout, [entry]);
}

#[test]
fn an_index_of_65536_packages_is_refused_and_not_wrapped() {
    let packages = vec![Package::default(); 65_536];
    let mut bytes = Vec::new();
    let error = write_index(&mut bytes, &packages).unwrap_err();
    assert!(
        matches!(
            error,
            Error::TooLong {
                found: 65_536,
                maximum: 65_535,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(bytes.is_empty());
}

#[test]
fn a_stone_with_more_or_fewer_payloads_than_announced_is_not_finished() {
    let writer = StoneWriter::new(Vec::new(), FileType::Package, 1).unwrap();
    assert!(matches!(
        writer.finish(),
        Err(Error::PayloadCount {
            announced: 1,
            written: 0
        })
    ));
    let mut writer = StoneWriter::new(Vec::new(), FileType::Package, 0).unwrap();
    assert!(matches!(
        writer.meta(&[]),
        Err(Error::PayloadCount {
            announced: 0,
            written: 1
        })
    ));
}
