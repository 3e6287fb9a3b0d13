//! What `moult-initrd` makes, with a kernel whose modules are made up.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use moult_early::Error;
use moult_early::initrd::{Compression, Recipe};
use tempfile::TempDir;

/// A kernel with a few modules, packed in every way.
fn kernel(at: &Path) -> PathBuf {
    let folder = at.join("modules/6.0-test");
    let module = |path: &str| {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let plain = [b"\x7fELF ", path.as_bytes()].concat();
        match file.extension().unwrap().to_str().unwrap() {
            "zst" => fs::write(file, zstd::encode_all(&plain[..], 3).unwrap()).unwrap(),
            "xz" => {
                fs::write(file.with_extension(""), &plain).unwrap();
                let done = Command::new("/usr/bin/xz")
                    .arg("--force")
                    .arg(file.with_extension(""))
                    .status()
                    .unwrap();
                assert!(done.success());
            }
            _ => fs::write(file, plain).unwrap(),
        }
    };
    let paths = [
        "kernel/a/disk.ko.xz",
        "kernel/a/bus-core.ko.zst",
        "kernel/lib/sum.ko",
        "kernel/fs/one.ko",
        "kernel/fs/two.ko",
        "kernel/x/odd.ko",
    ];
    for path in paths {
        module(path);
    }
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write(
        "modules.dep",
        "kernel/a/disk.ko.xz: kernel/a/bus-core.ko.zst\nkernel/a/bus-core.ko.zst:\nkernel/lib/sum.ko:\nkernel/fs/one.ko:\n\
         kernel/fs/two.ko:\nkernel/x/odd.ko:\n",
    );
    write(
        "modules.alias",
        "alias pci:v0001* disk\nalias pci:v0002* odd\nalias crypto-sum sum\nalias fs-one one\n",
    );
    write("modules.softdep", "softdep one pre: crypto-sum\nsoftdep odd pre: two\n");
    write("modules.builtin", "kernel/y/inside.ko\n");
    folder
}

fn recipe(at: &Path, list: &str) -> Recipe {
    fs::write(at.join("list"), list).unwrap();
    let init = at.join("init");
    fs::write(&init, "#!the first program\n").unwrap();
    Recipe {
        kernel: "6.0-test".to_owned(),
        modules: kernel(at),
        lists: vec![at.join("list")],
        init,
        ..Recipe::default()
    }
}

/// Unpacks with cpio, as another reader of the form.
fn listing(archive: &[u8]) -> String {
    let mut cpio = Command::new("/usr/bin/cpio")
        .args(["-itv", "--quiet"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = cpio.stdin.take().unwrap();
    stdin.write_all(archive).unwrap();
    drop(stdin);
    let output = cpio.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_is_named_comes_with_all_that_it_needs_and_nothing_else() {
    let at = TempDir::new().unwrap();
    let recipe = recipe(
        at.path(),
        "disk  # the disk\nkernel/fs/on*  # a pattern\ninside\n? nowhere\n",
    );
    let out = at.path().join("initrd");
    let made = recipe.make(&out, Compression::None).unwrap();
    assert_eq!(made.modules, ["bus_core", "disk", "one", "sum"]);
    assert_eq!(made.built_in, ["inside"]);

    let bytes = fs::read(&out).unwrap();
    let text = listing(&bytes);
    let names: Vec<&str> = text.lines().filter_map(|line| line.split_whitespace().nth(8)).collect();
    for name in [
        "init",
        "sbin/modprobe",
        "lib/modules/6.0-test/kernel/a/disk.ko",
        "lib/modules/6.0-test/modules.dep",
    ] {
        assert!(names.contains(&name), "{name} is missing in {names:?}");
    }
    assert!(!text.contains("odd") && text.contains("dev/console") && text.contains("-> /init"));
    assert!(
        text.lines()
            .all(|line| line.contains(" root ") && line.contains("1970")),
        "{text}"
    );

    let has = |wanted: &str| bytes.windows(wanted.len()).any(|window| window == wanted.as_bytes());
    assert!(
        has("\x7fELF kernel/a/disk.ko.xz") && has("\x7fELF kernel/a/bus-core.ko.zst"),
        "unpacked"
    );
    assert!(has("kernel/a/disk.ko: kernel/a/bus-core.ko\n"));
    assert!(
        has("alias pci:v0001* disk\nalias crypto-sum sum\nalias fs-one one\n") && has("softdep one pre: crypto-sum\n")
    );
    assert!(!has("softdep odd"));
}

#[test]
fn what_a_kernel_does_not_have_is_named() {
    let at = TempDir::new().unwrap();
    let refused = recipe(at.path(), "disk\nnowhere\n\nkernel/none/*\n").make(&at.path().join("out"), Compression::None);
    let text = refused.unwrap_err().to_string();
    assert!(
        text.contains("line 2: nowhere") && text.contains("line 4: kernel/none/*"),
        "{text}"
    );
    assert!(!at.path().join("out").exists());
}

#[test]
fn two_runs_give_the_same_bytes() {
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let bytes = |at: &TempDir, compression| {
        let recipe = recipe(at.path(), "disk\none\nodd\n");
        let _ = recipe.make(&at.path().join("out"), compression).unwrap();
        fs::read(at.path().join("out")).unwrap()
    };
    for compression in [Compression::None, Compression::Zstd] {
        assert!(bytes(&one, compression) == bytes(&two, compression));
    }
    let packed = fs::read(one.path().join("out")).unwrap();
    let plain = zstd::decode_all(&packed[..]).unwrap();
    assert!(plain == bytes(&two, Compression::None));

    let mut later = recipe(one.path(), "disk\n");
    later.date = 86_400 * 365;
    let _ = later.make(&one.path().join("out"), Compression::None).unwrap();
    assert!(
        listing(&fs::read(one.path().join("out")).unwrap())
            .lines()
            .all(|line| line.contains("1971"))
    );
}

#[test]
fn a_program_brings_its_libraries_and_its_loader() {
    let at = TempDir::new().unwrap();
    let mut recipe = recipe(at.path(), "disk\n");
    recipe.init = PathBuf::from(env!("CARGO_BIN_EXE_moult-early"));
    recipe.add = vec![(at.path().join("list"), "etc/list".to_owned())];
    let out = at.path().join("out");
    let _ = recipe.make(&out, Compression::None).unwrap();
    let root = at.path().join("root");
    fs::create_dir(&root).unwrap();
    let done = Command::new("/usr/bin/cpio")
        .args(["-i", "-d", "--quiet", "-F"])
        .arg(&out)
        .current_dir(&root)
        .status()
        .unwrap();
    assert!(done.success());
    assert!(root.join("etc/list").is_file());
    // It really runs with nothing but what is in the initrd.
    let output = Command::new("/usr/sbin/chroot")
        .arg(&root)
        .arg("/init")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code() == Some(2) && said.contains("moult-early activate"),
        "{said}"
    );
}

#[test]
fn two_files_for_one_place_and_odd_places_are_refused() {
    let at = TempDir::new().unwrap();
    for place in ["init", "a/../b", "/", "a//b"] {
        let mut recipe = recipe(at.path(), "disk\n");
        recipe.add = vec![(at.path().join("list"), place.to_owned())];
        let refused = recipe.make(&at.path().join("out"), Compression::None);
        assert!(matches!(refused, Err(Error::Initrd(_))), "{place}");
    }
}

#[test]
fn the_lists_of_the_project_can_be_read() {
    for name in ["installed", "live"] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("modules").join(name)).unwrap();
        let words: Vec<&str> = text
            .lines()
            .map(|line| line.split('#').next().unwrap().trim())
            .collect();
        assert!(
            words.iter().all(|word| word.split_whitespace().count() <= 1),
            "one a line"
        );
    }
}
