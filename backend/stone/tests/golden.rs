//! Stones assembled by hand, field by field, and what the reader must make of them.

mod common;

use std::io::{Cursor, Write};

use common::*;
use moult_stone::*;
use xxhash_rust::xxh3::xxh3_128;

#[test]
fn every_field_of_a_package_arrives() {
    for make in [plain, packed] {
        let bytes = file(1, &package(make));
        let stone = read(&bytes).unwrap();
        assert_eq!((stone.file_type, stone.version), (FileType::Package, 1));
        let kinds: Vec<PayloadKind> = stone.payloads.iter().map(|payload| payload.kind).collect();
        use PayloadKind::*;
        assert_eq!(kinds, [Meta, Layout, Index, Content, Attributes]);
        assert_eq!(stone.payloads[0].offset, 64);
        assert_eq!(stone.payloads[0].records, 9);

        let shape = |path: &[u8], mode, kind| LayoutEntry {
            path: path.to_vec(),
            uid: 1,
            gid: 2,
            mode,
            tag: 0,
            kind,
        };
        let regular = |content| EntryKind::Regular {
            digest: xxh3_128(content),
        };
        let expected = [
            shape(b"bin/nano", 0o104_755, regular(PROGRAM)),
            shape(
                b"bin/pico",
                0o120_777,
                EntryKind::Symlink {
                    target: b"nano".to_vec(),
                },
            ),
            shape(b"share/doc/nano/README", 0o100_644, regular(NOTES)),
            shape(
                b"share/doc/nano/empty",
                0o100_644,
                EntryKind::Regular { digest: EMPTY_DIGEST },
            ),
            shape(b"share/nano", 0o040_700, EntryKind::Directory),
        ];
        assert_eq!(stone.layout, expected);
        assert_eq!(
            stone.index,
            [
                IndexEntry {
                    start: 0,
                    end: 20,
                    digest: xxh3_128(PROGRAM)
                },
                IndexEntry {
                    start: 20,
                    end: 27,
                    digest: xxh3_128(NOTES)
                },
                IndexEntry {
                    start: 27,
                    end: 27,
                    digest: EMPTY_DIGEST
                },
            ]
        );
        assert_eq!(
            stone.attributes,
            [Attribute {
                key: b"key".to_vec(),
                value: b"value".to_vec()
            }]
        );
        assert_eq!(content(&stone, &bytes).unwrap(), [PROGRAM, NOTES].concat());
        stone.verify_content(Cursor::new(&bytes), &Limits::default()).unwrap();

        let package = stone.package().unwrap();
        let Package {
            name,
            version,
            source_release,
            build_release,
            architecture,
            ..
        } = &package;
        assert_eq!(
            (name.as_str(), version.as_str(), architecture.as_str()),
            ("nano", "8.2", "x86_64")
        );
        assert_eq!((*source_release, *build_release), (7, 2));
        assert_eq!(
            (package.summary.as_str(), package.source_id.as_str()),
            ("A small editor", "nano")
        );
        assert_eq!(package.homepage, "https://nano-editor.org/");
        assert_eq!(package.description, "Edits text, and gets out of the way.");
        assert_eq!(package.all_providers().collect::<Vec<_>>(), [Provider::name("nano")]);
    }
}

#[test]
fn the_order_of_the_payloads_does_not_matter() {
    let parts = package(packed);
    let expected = read(&file(1, &parts)).unwrap();
    let mut orders = vec![vec![]];
    for number in 0..parts.len() {
        orders = orders
            .iter()
            .flat_map(|order: &Vec<usize>| {
                (0..=order.len()).map(move |at| {
                    let mut order = order.clone();
                    order.insert(at, number);
                    order
                })
            })
            .collect();
    }
    assert_eq!(orders.len(), 120);
    for order in orders {
        let shuffled: Vec<Vec<u8>> = order.iter().map(|number| parts[*number].clone()).collect();
        let bytes = file(1, &shuffled);
        let stone = read(&bytes).unwrap();
        assert_eq!(
            (&stone.metas, &stone.layout, &stone.index, &stone.attributes),
            (&expected.metas, &expected.layout, &expected.index, &expected.attributes)
        );
        stone.verify_content(Cursor::new(&bytes), &Limits::default()).unwrap();
    }
}

#[test]
fn the_smallest_stone_is_these_bytes() {
    let bytes = b"\x00mos\x00\x00\x00\x00\x01\x00\x00\x02\x00\x00\x03\x00\x00\x04\x00\x00\x05\x00\x00\x06\x00\x00\x07\x03\x00\x00\x00\x01";
    let stone = read(bytes).unwrap();
    assert_eq!((stone.file_type, stone.payloads.len()), (FileType::Index, 0));
    let mut written = Vec::new();
    write_index(&mut written, &[]).unwrap();
    assert_eq!(written, bytes);
}

#[test]
fn an_empty_metadata_payload_is_these_bytes() {
    // stored 0, plain 0, XXH3-64 of nothing, 0 records, version 1, meta, not compressed
    let payload = b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x2d\x06\x80\x05\x38\xd3\x94\xc2\0\0\0\0\0\x01\x01\x01";
    let bytes = file(3, &[payload.to_vec()]);
    assert_eq!(read(&bytes).unwrap().metas, [vec![]]);
    let mut writer = StoneWriter::new(Vec::new(), FileType::Index, 1)
        .unwrap()
        .compression(Compression::None);
    writer.meta(&[]).unwrap();
    assert_eq!(writer.finish().unwrap(), bytes);
}

#[test]
fn the_trailing_nuls_of_old_writers_are_dropped() {
    let layout = [
        entry(1, 0o100_644, &xxh3_128(b"").to_be_bytes(), b"share/old\0"),
        entry(2, 0o120_777, b"old\0", b"share/link\0\0"),
        entry(3, 0o040_755, b"", b"share/folder\0"),
    ];
    let records = [
        meta(1, 9, b"old\0\0\0"),
        meta(3, 9, b"no NUL"),
        meta(8, 10, b"\x01libz.so.1(x86_64)\0\0"),
    ];
    let stone = read(&file(1, &[body(packed, LAYOUT, &layout), body(packed, META, &records)])).unwrap();
    let paths: Vec<&[u8]> = stone.layout.iter().map(|entry| entry.path.as_slice()).collect();
    assert_eq!(paths, [b"share/old".as_slice(), b"share/link", b"share/folder"]);
    assert_eq!(
        stone.layout[1].kind,
        EntryKind::Symlink {
            target: b"old".to_vec()
        }
    );
    assert_eq!(stone.metas[0][0].value, Value::Text("old".into()));
    assert_eq!(stone.metas[0][1].value, Value::Text("no NUL".into()));
    assert_eq!(
        stone.metas[0][2].value,
        Value::Dependency {
            kind: 1,
            target: "libz.so.1(x86_64)".into()
        }
    );
}

#[test]
fn unknown_payload_kinds_and_compressions_keep_their_row_and_nothing_else() {
    let mut parts = package(plain);
    parts.insert(0, payload(77, 1, 4, 3, b"???"));
    parts.insert(2, payload(LAYOUT, 9, 4, u64::MAX, b"not zstd"));
    // Not verified either: nothing is known about how to.
    parts[0][20] ^= 1;
    let stone = read(&file(200, &parts)).unwrap();
    assert_eq!(stone.file_type, FileType::Unknown(200));
    assert_eq!(stone.payloads.len(), 7);
    assert_eq!(stone.payloads[0].kind, PayloadKind::Unknown(77));
    assert_eq!(stone.payloads[2].compression, Compression::Unknown(9));
    assert_eq!((stone.layout.len(), stone.metas.len()), (5, 1));
}

#[test]
fn unknown_tags_types_and_entry_kinds_are_kept_as_unknown() {
    let records = [
        meta(999, 9, b"text\0"),
        meta(1, 42, b"\x01\x02"),
        meta(8, 10, b"\xc8odd\0"),
    ];
    let layout = [entry(99, 0, b"source", b"path")];
    let stone = read(&file(1, &[body(plain, META, &records), body(plain, LAYOUT, &layout)])).unwrap();
    let [tag, kind, dependency] = stone.metas[0].as_slice() else {
        panic!("three records")
    };
    assert_eq!(*tag, MetaRecord::new(Tag::Unknown(999), Value::Text("text".into())));
    assert_eq!(
        *kind,
        MetaRecord::new(
            Tag::Name,
            Value::Unknown {
                kind: 42,
                bytes: vec![1, 2]
            }
        )
    );
    assert_eq!(
        *dependency,
        MetaRecord::new(
            Tag::Depends,
            Value::Dependency {
                kind: 200,
                target: "odd".into()
            }
        )
    );
    assert_eq!(
        stone.layout[0].kind,
        EntryKind::Unknown {
            kind: 99,
            source: b"source".to_vec()
        }
    );
}

#[test]
fn special_files_are_read() {
    let layout: Vec<Vec<u8>> = (4..=7).map(|kind| entry(kind, 0, b"", b"dev/x")).collect();
    let stone = read(&file(1, &[body(plain, LAYOUT, &layout)])).unwrap();
    let kinds: Vec<&EntryKind> = stone.layout.iter().map(|entry| &entry.kind).collect();
    use EntryKind::*;
    assert_eq!(kinds, [&CharacterDevice, &BlockDevice, &Fifo, &Socket]);
}

#[test]
fn releases_may_have_any_integer_type() {
    let widths: [(u8, &[u8]); 8] = [
        (1, &[5]),
        (2, &[5]),
        (3, &[0, 5]),
        (4, &[0, 5]),
        (5, &[0, 0, 0, 5]),
        (6, &[0, 0, 0, 5]),
        (7, &[0, 0, 0, 0, 0, 0, 0, 5]),
        (8, &[0, 0, 0, 0, 0, 0, 0, 5]),
    ];
    for (kind, value) in widths {
        let mut records = mandatory();
        for (at, tag) in [(2, 11), (3, 13)] {
            records[at] = meta(tag, kind, value);
            // The width is that of the type, whatever the length says.
            records[at][..4].copy_from_slice(&[0, 0, 0, 99]);
        }
        records.push(meta(16, kind, value));
        let package = read(&file(1, &[body(plain, META, &records)]))
            .unwrap()
            .package()
            .unwrap();
        assert_eq!(
            (package.source_release, package.build_release, package.size),
            (5, 5, Some(5)),
            "type {kind}"
        );
    }
    let mut records = mandatory();
    records[2] = meta(11, 1, &[0xff]);
    let package = read(&file(1, &[body(plain, META, &records)])).unwrap().package();
    assert!(
        matches!(package, Err(Error::NegativeField("source release"))),
        "{package:?}"
    );
}

#[test]
fn a_missing_mandatory_field_is_named() {
    let names = [
        "name",
        "version",
        "source release",
        "build release",
        "architecture",
        "summary",
        "description",
        "source id",
        "homepage",
    ];
    for (at, name) in names.into_iter().enumerate() {
        let mut records = mandatory();
        records.remove(at);
        let package = read(&file(1, &[body(plain, META, &records)])).unwrap().package();
        assert!(
            matches!(package, Err(Error::MissingField(field)) if field == name),
            "{name}: {package:?}"
        );
    }
}

#[test]
fn providers_dependencies_and_conflicts_are_told_apart_by_their_tag() {
    let mut records = mandatory();
    records.extend([
        meta(12, 9, b"GPL-3.0-or-later\0"),
        meta(12, 9, b"MIT\0"),
        meta(8, 10, b"\x01libc.so.6(x86_64)\0"),
        meta(17, 10, b"\x06gcc\0"),       // needed to build only
        meta(8, 10, b"\xc8future\0"),     // of a kind that is not known
        meta(9, 11, b"\x06nano\0"),       // given
        meta(9, 11, b"\x00nano\0"),       // implicit
        meta(10, 11, b"\x00nano-tiny\0"), // refused
    ]);
    let package = read(&file(1, &[body(plain, META, &records)]))
        .unwrap()
        .package()
        .unwrap();
    assert_eq!(package.licenses, ["GPL-3.0-or-later", "MIT"]);
    assert_eq!(package.dependencies, [Provider::new(Kind::Soname, "libc.so.6(x86_64)")]);
    assert_eq!(package.providers, [Provider::new(Kind::Binary, "nano")]);
    assert_eq!(package.conflicts, [Provider::name("nano-tiny")]);
    let all: Vec<String> = package.all_providers().map(|provider| provider.to_string()).collect();
    assert_eq!(all, ["name(nano)", "binary(nano)"]);
}

#[test]
fn an_index_without_the_empty_content_is_complete() {
    let layout = [entry(1, 0o100_644, &EMPTY_DIGEST.to_be_bytes(), b"share/empty")];
    let bytes = file(1, &[body(plain, META, &mandatory()), body(plain, LAYOUT, &layout)]);
    let stone = read(&bytes).unwrap();
    assert!(stone.content.is_none());
    stone.verify_content(Cursor::new(&bytes), &Limits::default()).unwrap();
}

#[test]
fn a_repository_index_gives_its_packages_in_order_and_names_the_broken_one() {
    let package = |name: &str| {
        let mut records = mandatory();
        records[0] = text(1, name);
        records.extend([
            text(14, "pool/x.stone"),
            text(15, "00ff"),
            meta(16, 8, &9_u64.to_be_bytes()),
        ]);
        records
    };
    let parts = [body(packed, META, &package("a")), body(packed, META, &package("b"))];
    let bytes = file(3, &parts);
    let packages = read_index(&mut Cursor::new(&bytes), &Limits::default()).unwrap();
    assert_eq!(
        packages.iter().map(|package| package.name.as_str()).collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert_eq!(packages[1].uri.as_deref(), Some("pool/x.stone"));
    assert_eq!((packages[1].hash.as_deref(), packages[1].size), (Some("00ff"), Some(9)));

    let mut broken = package("c");
    broken.remove(1);
    let bytes = file(3, &[parts[0].clone(), body(packed, META, &broken)]);
    let error = read_index(&mut Cursor::new(&bytes), &Limits::default()).unwrap_err();
    let Error::InPackage {
        number: 1,
        name,
        source,
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(name, "c");
    assert!(matches!(*source, Error::MissingField("version")));

    let error = read_index(&mut Cursor::new(file(1, &parts)), &Limits::default()).unwrap_err();
    assert!(matches!(
        error,
        Error::FileType {
            expected: FileType::Index,
            found: FileType::Package
        }
    ));
}

#[test]
fn content_with_a_window_above_128_mib_is_read() {
    let size = 140 << 20;
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(31).unwrap();
    encoder.set_pledged_src_size(Some(size as u64)).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..140 {
        encoder.write_all(&zeros).unwrap();
    }
    let stored = encoder.finish().unwrap();
    assert!(
        zstd::stream::copy_decode(stored.as_slice(), std::io::sink()).is_err(),
        "the usual decoder must refuse"
    );
    let bytes = file(1, &[payload(CONTENT, 2, 0, size as u64, &stored)]);
    let stone = read(&bytes).unwrap();
    stone.verify_content(Cursor::new(&bytes), &Limits::default()).unwrap();

    let mut limits = Limits::default();
    limits.window = 64 << 20;
    let error = stone.verify_content(Cursor::new(&bytes), &limits).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Limit {
                limit: 0x400_0000,
                found: 0x8c0_0000,
                ..
            }
        ),
        "{error:?}"
    );
}
