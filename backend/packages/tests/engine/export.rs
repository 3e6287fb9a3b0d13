//! Systems written elsewhere, and read back with other people's programs.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use moult_packages::{Error, ExportError, Exported, Phase, Target};
use moult_stone::Source;
use tempfile::TempDir;

use crate::lab::{Entry, Eye, Root, Shop, StopAt, noise, package, select, tree};

/// Everything that is easily lost on the way into an archive.
fn odd() -> Shop {
    let mut shop = Shop::new();
    shop.add(package("odd"), |writer| {
        let long = [b"share/".as_slice(), &[b'l'; 200], b"/", &[b'm'; 180]].concat();
        let hundred = [b"share/".as_slice(), &[b'h'; 90]].concat();
        /// Path, mode, owner, group, content.
        type Odd<'p> = (&'p [u8], u32, u32, u32, Vec<u8>);
        let files: [Odd<'_>; 9] = [
            (b"bin/plain", 0o755, 0, 0, b"same".to_vec()),
            (b"bin/setuid", 0o4755, 0, 0, b"same".to_vec()),
            (b"bin/setgid-to-others", 0o2755, 7, 42, b"same".to_vec()),
            (b"share/far-owner", 0o640, 3_000_000_000, 2_097_152, b"far".to_vec()),
            (b"share/empty", 0o600, 3, 4, Vec::new()),
            (b"share/big", 0o644, 0, 0, noise((2 << 20) + 77, 5)),
            (b"share/new\nline and \xff\xfe", 0o644, 0, 0, b"odd".to_vec()),
            (&long, 0o644, 0, 0, b"long".to_vec()),
            (&hundred, 0o644, 0, 0, noise(512, 3)),
        ];
        for (path, mode, uid, gid, content) in files {
            writer.file(path, mode, uid, gid, Source::Bytes(content)).unwrap();
        }
        writer.directory(b"share/sticky", 0o1777, 0, 0).unwrap();
        writer.directory(b"share/owned", 0o2750, 8, 9).unwrap();
        writer.symlink(b"lib64", b"lib", 0, 0).unwrap();
        writer.symlink(b"share/owned-link", b"/nowhere at all", 11, 12).unwrap();
        writer.symlink(b"share/long-link", &[b't'; 300], 0, 0).unwrap();
    });
    shop
}

fn export(root: &Root, target: Target<'_>) -> Result<Exported, Error> {
    let mut engine = root.engine();
    let selection = select(&engine, &["odd"]);
    engine.export(&selection, target, 0, &Eye::default())
}

fn run(program: &str, arguments: &[&OsStr]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program}: {error}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a folder shows, without the numbers of its inodes.
fn seen(top: &Path) -> Vec<(PathBuf, Entry)> {
    let plain = |(path, entry): (PathBuf, Entry)| (path, Entry { inode: 0, ..entry });
    tree(top).into_iter().map(plain).collect()
}

/// What an installed root shows of itself, and is not written elsewhere.
fn installed(root: &Root) -> Vec<(PathBuf, Entry)> {
    let mut all = seen(root.path());
    // The files of `/etc` say where this root gets its packages from.
    let beside = [".moult", "etc", "usr/lib/moult/state"];
    all.retain(|(path, _)| !beside.iter().any(|name| path.starts_with(name)));
    all
}

/// Everything but the directories that only a whole root has.
fn comparable(top: &Path) -> Vec<(PathBuf, Entry)> {
    let mut all = seen(top);
    let beside = ["dev", "etc", "home", "proc", "root", "run", "sys", "tmp", "var"];
    let found = all
        .iter()
        .filter(|(path, _)| beside.iter().any(|name| path == Path::new(name)));
    assert_eq!(found.count(), beside.len());
    all.retain(|(path, _)| !beside.iter().any(|name| path == Path::new(name)));
    all
}

#[test]
fn a_folder_is_what_an_installed_root_is() {
    let shop = odd();
    let root = shop.root();
    root.install(&["odd"]).unwrap();
    let folder = TempDir::new().unwrap();
    let target = folder.path().join("new");
    let done = export(&root, Target::Directory(target.clone())).unwrap();
    assert_eq!(comparable(&target), installed(&root));
    let all = tree(&target);
    assert_eq!(all[Path::new("tmp")].mode, 0o041_777);
    assert_eq!(all[Path::new("root")].mode, 0o040_700);
    assert_eq!(done.entries, all.len() as u64);
    assert_eq!(done.warnings, Vec::<String>::new());
    for path in all.keys() {
        let stat = fs::symlink_metadata(target.join(path)).unwrap();
        assert_eq!(stat.mtime(), 0, "{path:?}");
    }
    // What becomes of the copy does not reach the store.
    assert_ne!(
        all[Path::new("usr/bin/plain")].inode,
        tree(root.path())[Path::new("usr/bin/plain")].inode
    );
}

#[test]
fn nothing_needs_to_be_installed_and_no_state_is_made() {
    let shop = odd();
    let root = shop.root();
    let folder = TempDir::new().unwrap();
    export(&root, Target::Directory(folder.path().to_owned())).unwrap();
    assert!(root.engine().states().unwrap().is_empty());
    assert!(!root.path().join("usr").exists());
    assert_eq!(fs::read(folder.path().join("usr/bin/plain")).unwrap(), b"same");
    // The contents are in the store for sure, and nothing else is.
    assert_eq!(root.install(&["odd"]).unwrap().unpacked, 0);
}

#[test]
fn a_folder_with_something_in_it_is_refused_and_stays() {
    let shop = odd();
    let root = shop.root();
    for image in [false, true] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("mine"), "mine").unwrap();
        let path = folder.path().to_owned();
        let target = if image {
            Target::Oci(path.clone())
        } else {
            Target::Directory(path.clone())
        };
        let error = root.refused(|_| export(&root, target).map(drop));
        assert!(
            matches!(&error, Error::Export(ExportError::NotEmpty(found)) if *found == path),
            "{error}"
        );
        assert_eq!(seen(&path).len(), 1);
    }
}

#[test]
fn cancelling_takes_away_what_was_written() {
    let shop = odd();
    let root = shop.root();
    for image in [false, true] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().to_owned();
        let mut engine = root.engine();
        let selection = select(&engine, &["odd"]);
        let target = if image {
            Target::Oci(path.clone())
        } else {
            Target::Directory(path.clone())
        };
        let error = engine
            .export(&selection, target, 0, &StopAt::new(Phase::Export))
            .unwrap_err();
        assert!(matches!(error, Error::Cancelled), "{error}");
        assert_eq!(seen(&path), []);
    }
}

#[test]
fn a_full_target_is_a_typed_failure_and_is_empty_again() {
    let shop = odd();
    let root = shop.root();
    let folder = TempDir::new().unwrap();
    let small = folder.path().join("small");
    fs::create_dir(&small).unwrap();
    run(
        "mount",
        &["-t", "tmpfs", "-o", "size=1m,mode=755", "tmpfs"]
            .map(OsStr::new)
            .into_iter()
            .chain([small.as_os_str()])
            .collect::<Vec<_>>(),
    );
    let outcomes = [false, true].map(|image| {
        let target = if image {
            Target::Oci(small.clone())
        } else {
            Target::Directory(small.clone())
        };
        (export(&root, target), seen(&small))
    });
    run("umount", &[small.as_os_str()]);
    for (outcome, left) in outcomes {
        assert!(matches!(outcome, Err(Error::NoSpace { .. })), "{outcome:?}");
        assert_eq!(left, []);
    }
}

#[test]
fn two_roots_give_the_same_archive_and_tar_reads_it_back_whole() {
    let shop = odd();
    let [one, other] = [shop.root(), shop.root()].map(|root| {
        let mut archive = Vec::new();
        export(&root, Target::Tar(&mut archive)).unwrap();
        archive
    });
    assert!(one == other, "the archives differ");
    assert_eq!(one.len() % 512, 0);
    let folder = TempDir::new().unwrap();
    let (archive, out) = (folder.path().join("system.tar"), folder.path().join("out"));
    fs::write(&archive, one).unwrap();
    fs::create_dir(&out).unwrap();
    let listed = run(
        "tar",
        &[OsStr::new("--numeric-owner"), OsStr::new("-tvf"), archive.as_os_str()],
    );
    assert!(listed.contains("3000000000/2097152"), "{listed}");
    assert!(listed.contains("-rwsr-xr-x 0/0"), "{listed}");
    let extract = ["--numeric-owner", "--same-owner", "-xpf"].map(OsStr::new);
    let rest = [archive.as_os_str(), OsStr::new("-C"), out.as_os_str()];
    run("tar", &extract.into_iter().chain(rest).collect::<Vec<_>>());
    let root = shop.root();
    root.install(&["odd"]).unwrap();
    assert_eq!(comparable(&out), installed(&root));
}

#[test]
fn two_roots_give_the_same_image_and_skopeo_and_umoci_read_it() {
    let shop = odd();
    let folder = TempDir::new().unwrap();
    let images = ["one", "other"].map(|name| folder.path().join(name));
    let digests = images.each_ref().map(|image| {
        let done = export(&shop.root(), Target::Oci(image.clone())).unwrap();
        done.image.unwrap().digest
    });
    assert_eq!(seen(&images[0]), seen(&images[1]));
    assert_eq!(digests[0], digests[1]);

    let [image, _] = &images;
    let name = format!("oci:{}:latest", image.display());
    let inspected = run("skopeo", &[OsStr::new("inspect"), OsStr::new(&name)]);
    for part in [digests[0].as_str(), "\"amd64\"", "\"linux\"", "1970-01-01T00:00:00Z"] {
        assert!(inspected.contains(part), "no {part} in {inspected}");
    }
    let out = folder.path().join("out");
    let image = format!("{}:latest", image.display());
    let unpack = ["raw", "unpack", "--image", &image].map(OsStr::new);
    run(
        "umoci",
        &unpack.into_iter().chain([out.as_os_str()]).collect::<Vec<_>>(),
    );
    let root = shop.root();
    root.install(&["odd"]).unwrap();
    assert_eq!(comparable(&out), installed(&root));
}

#[test]
fn a_folder_that_was_missing_is_gone_after_a_failure() {
    let shop = odd();
    let root = shop.root();
    let folder = TempDir::new().unwrap();
    for image in [false, true] {
        let path = folder.path().join("new");
        let mut engine = root.engine();
        let selection = select(&engine, &["odd"]);
        let target = if image {
            Target::Oci(path.clone())
        } else {
            Target::Directory(path.clone())
        };
        let watch = StopAt::new(Phase::Export);
        let error = engine.export(&selection, target, 0, &watch).unwrap_err();
        assert!(matches!(error, Error::Cancelled), "{error}");
        assert!(!path.exists());
    }
}

#[test]
fn a_layer_and_its_texts_are_the_image() {
    let shop = odd();
    let folder = TempDir::new().unwrap();
    let whole = folder.path().join("whole");
    let done = export(&shop.root(), Target::Oci(whole.clone())).unwrap();
    let mut layer = Vec::new();
    let parts = export(&shop.root(), Target::Layer(&mut layer)).unwrap();
    assert_eq!(parts.image, done.image);
    let image = parts.image.unwrap();
    assert_eq!(fs::read(whole.join(&image.layer)).unwrap(), layer);
    for (path, text) in &image.files {
        assert_eq!(&fs::read_to_string(whole.join(path)).unwrap(), text);
    }
    let files = seen(&whole)
        .iter()
        .filter(|(path, _)| whole.join(path).is_file())
        .count();
    assert_eq!(files, image.files.len() + 1);
}

#[test]
fn an_open_folder_is_filled_as_one_by_name_and_refused_when_it_is_not_empty() {
    let shop = odd();
    let folder = TempDir::new().unwrap();
    let [named, opened] = ["named", "opened"].map(|name| folder.path().join(name));
    fs::create_dir(&opened).unwrap();
    export(&shop.root(), Target::Directory(named.clone())).unwrap();
    let open = || Target::Opened(fs::File::open(&opened).unwrap().into());
    export(&shop.root(), open()).unwrap();
    assert_eq!(seen(&named), seen(&opened));
    let error = export(&shop.root(), open()).unwrap_err();
    assert!(matches!(error, Error::Export(ExportError::NotEmpty(_))), "{error}");
    assert_eq!(seen(&named), seen(&opened));
}

#[test]
fn a_date_that_no_archive_can_hold_is_refused() {
    let shop = odd();
    let root = shop.root();
    let mut engine = root.engine();
    let selection = select(&engine, &["odd"]);
    let mut out = Vec::new();
    let error = engine.export(&selection, Target::Tar(&mut out), 1 << 33, &Eye::default());
    assert!(
        matches!(error, Err(Error::Export(ExportError::BadDate(_)))),
        "{error:?}"
    );
    assert!(out.is_empty());
    engine
        .export(&selection, Target::Tar(&mut out), 1_700_000_000, &Eye::default())
        .unwrap();
    assert!(out != Vec::<u8>::new());
}
