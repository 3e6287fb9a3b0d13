//! From hand-made Debian packages to stones, a repository and a root.

// The lint's own exception covers `#[test]` functions, not what they share.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use moult_stone::{EntryKind, Limits, Package, Stone};
use moult_tests::sample::lists::Lists;
use moult_tests::sample::{self, Error, Options, make, tree};

/// A folder with packages in the making, and the maker's own data files.
struct Bench {
    folder: tempfile::TempDir,
    archives: Vec<PathBuf>,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("data/overlay/etc")).unwrap();
        fs::write(folder.path().join("data/fixups"), "").unwrap();
        fs::write(folder.path().join("data/overlay/etc/base.conf"), "base\n").unwrap();
        Bench {
            folder,
            archives: Vec::new(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Builds `name` with `control` fields and whatever `fill` puts into its tree.
    fn package(&mut self, name: &str, control: &str, fill: impl FnOnce(&Path)) {
        let tree = self.path(name);
        fs::create_dir_all(tree.join("DEBIAN")).unwrap();
        let fields = format!(
            "Package: {name}\nVersion: 1:2.0-3\nArchitecture: all\nMaintainer: nobody <a@b.example>\n{control}"
        );
        fs::write(tree.join("DEBIAN/control"), fields).unwrap();
        fill(&tree);

        let archive = self.path(&format!("{name}.deb"));
        let status = Command::new("/usr/bin/dpkg-deb")
            .args(["--build", "-z1"])
            .arg(&tree)
            .arg(&archive)
            .output()
            .unwrap();
        assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
        self.archives.push(archive);
    }

    fn options(&self) -> Options {
        Options {
            data: self.path("data"),
            level: 1,
            ..Options::new(&self.path("cache"), &self.path("repo"))
        }
    }

    fn convert(&self, wanted: &[&str]) -> Result<sample::Made, Error> {
        let input = make::Input {
            archives: self.archives.clone(),
            wanted: wanted.iter().map(|name| (*name).to_owned()).collect(),
            ..make::Input::default()
        };
        make::convert(input, &self.options())
    }

    fn index(&self) -> Vec<Package> {
        let mut file = fs::File::open(self.path("repo/stone.index")).unwrap();
        moult_stone::read_index(&mut file, &Limits::default()).unwrap()
    }

    /// The package and its stone.
    fn stone(&self, name: &str) -> (Package, Stone) {
        let package = self.index().into_iter().find(|package| package.name == name).unwrap();
        let mut file = fs::File::open(self.path("repo").join(package.uri.as_ref().unwrap())).unwrap();
        let stone = Stone::read(&mut file, &Limits::default()).unwrap();
        (package, stone)
    }
}

fn put(path: PathBuf, mode: u32, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
}

fn own(path: PathBuf, uid: u32, gid: u32, mode: u32) {
    std::os::unix::fs::chown(&path, Some(uid), Some(gid)).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A package with one of everything.
fn everything(bench: &mut Bench) {
    let control = "Source: origin (1.9)\nHomepage: https://example.org/\nDescription: One of everything\n Long text.\n .\n More.\n";
    bench.package("all", control, |tree| {
        put(tree.join("usr/bin/all"), 0o755, "program");
        put(tree.join("usr/bin/rise"), 0o755, "set-id");
        own(tree.join("usr/bin/rise"), 0, 42, 0o2755);
        put(tree.join("usr/lib/all/secret"), 0o640, "");
        own(tree.join("usr/lib/all"), 7, 8, 0o2750);
        fs::hard_link(tree.join("usr/bin/all"), tree.join("usr/bin/all-twice")).unwrap();
        std::os::unix::fs::symlink("all", tree.join("usr/bin/all-link")).unwrap();
        put(tree.join("etc/all/all.conf"), 0o600, "setting");
        fs::create_dir_all(tree.join("var/lib/all")).unwrap();
        put(tree.join("usr/share/man/man1/all.1"), 0o644, "manual");
        put(
            tree.join("usr/share/doc/all/copyright"),
            0o644,
            "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nLicense: Expat\n",
        );
    });
}

#[test]
fn a_package_becomes_a_stone_with_its_modes_owners_and_links() {
    let mut bench = Bench::new();
    everything(&mut bench);
    let made = bench.convert(&["all"]).unwrap();
    assert_eq!(made.packages, 3);

    let (package, stone) = bench.stone("all");
    assert_eq!(package.version, "1:2.0-3");
    assert_eq!(
        (package.source_id.as_str(), package.homepage.as_str()),
        ("origin", "https://example.org/")
    );
    assert_eq!(
        (package.summary.as_str(), package.description.as_str()),
        ("One of everything", "Long text.\n\nMore.")
    );
    assert_eq!(package.licenses, ["Expat"]);
    assert!(!package.uri.unwrap().contains(':'));

    let entry = |path: &str| stone.layout.iter().find(|entry| entry.path == path.as_bytes()).unwrap();
    let rights = |path: &str| (entry(path).mode & 0o7777, entry(path).uid, entry(path).gid);
    assert_eq!(rights("bin/rise"), (0o2755, 0, 42));
    assert_eq!(rights("lib/all"), (0o2750, 7, 8));
    assert_eq!(rights("lib/all/secret"), (0o640, 0, 0));
    assert_eq!(
        entry("bin/all-link").kind,
        EntryKind::Symlink {
            target: b"all".to_vec()
        }
    );
    assert_eq!(
        entry("bin/all").kind,
        entry("bin/all-twice").kind,
        "a hard link is a second path of the same content"
    );
    assert_eq!(rights("share/factory/etc/all/all.conf"), (0o600, 0, 0));
    assert!(!stone.layout.iter().any(|entry| entry.path.starts_with(b"share/man")));
    assert!(
        !stone
            .layout
            .iter()
            .any(|entry| entry.path.starts_with(b"etc") || entry.path.starts_with(b"var"))
    );
}

#[test]
fn etc_and_var_come_back_by_tmpfiles() {
    let mut bench = Bench::new();
    everything(&mut bench);
    let _ = bench.convert(&["all"]).unwrap();
    let root = bench.path("root");
    let _ = tree::extract(&bench.path("repo"), &root).unwrap();

    let text = fs::read_to_string(root.join("usr/lib/tmpfiles.d/moult-all.conf")).unwrap();
    assert!(text.contains("\nC /etc/all/all.conf :0600 :0 :0 -\n"), "{text}");
    assert!(text.contains("\nd /var/lib/all :0755 :0 :0 -\n"), "{text}");
    assert_eq!(
        fs::read_to_string(root.join("usr/share/factory/etc/all/all.conf")).unwrap(),
        "setting"
    );
    assert_eq!(
        fs::read_to_string(root.join("usr/lib/tmpfiles.d/moult-base.conf"))
            .unwrap()
            .lines()
            .last(),
        Some("C /etc/base.conf :0644 :0 :0 -")
    );
}

#[test]
fn a_root_made_of_the_stones_is_what_they_say_and_any_change_is_found() {
    let mut bench = Bench::new();
    everything(&mut bench);
    let _ = bench.convert(&["all"]).unwrap();
    let (repo, root) = (bench.path("repo"), bench.path("root"));
    assert_eq!(tree::extract(&repo, &root).unwrap(), 3);

    let checked = tree::check(&repo, &root, None).unwrap();
    assert_eq!((checked.packages, checked.links, checked.unclaimed), (3, 1, 0));
    let secret = fs::metadata(root.join("usr/lib/all")).unwrap();
    assert_eq!((secret.uid(), secret.gid(), secret.mode() & 0o7777), (7, 8, 0o2750));

    let differs = |expected: &str| match tree::check(&repo, &root, None) {
        Err(Error::Different(found)) => assert!(found.len() == 1 && found[0].contains(expected), "{found:?}"),
        other => panic!("{expected} was not found: {other:?}"),
    };
    let program = root.join("usr/bin/all");

    fs::write(&program, "Program").unwrap();
    differs("usr/bin/all: its content is another one");
    fs::write(&program, "program").unwrap();

    fs::set_permissions(&program, fs::Permissions::from_mode(0o555)).unwrap();
    differs("its mode is 0555, not 0755");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();

    std::os::unix::fs::lchown(root.join("usr/bin/all-link"), Some(3), Some(0)).unwrap();
    differs("it belongs to 3:0, not to 0:0");
    fs::remove_file(root.join("usr/bin/all-link")).unwrap();
    differs("all-link: No such file");
    std::os::unix::fs::symlink("rise", root.join("usr/bin/all-link")).unwrap();
    differs("it points to rise, not to all");
    fs::remove_file(root.join("usr/bin/all-link")).unwrap();
    std::os::unix::fs::symlink("all", root.join("usr/bin/all-link")).unwrap();

    fs::write(root.join("usr/bin/stranger"), "").unwrap();
    assert_eq!(tree::check(&repo, &root, None).unwrap().unclaimed, 1);
}

#[test]
fn a_stone_that_is_not_what_the_index_says_is_refused() {
    let mut bench = Bench::new();
    everything(&mut bench);
    let _ = bench.convert(&["all"]).unwrap();

    let (package, _) = bench.stone("all");
    let path = bench.path("repo").join(package.uri.unwrap());
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();

    let error = tree::extract(&bench.path("repo"), &bench.path("root")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "package all: the index has another hash or size for its stone"
    );
}

#[test]
fn libraries_are_provided_and_needed_by_soname() {
    let mut bench = Bench::new();
    let build = |out: PathBuf, source: &str, arguments: &[&str]| {
        fs::create_dir_all(out.parent().unwrap()).unwrap();
        let file = out.with_extension("c");
        fs::write(&file, source).unwrap();
        let done = Command::new("/usr/bin/cc")
            .args(["-nostdlib", "-o"])
            .arg(&out)
            .arg(&file)
            .args(arguments)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        fs::remove_file(file).unwrap();
    };

    bench.package("libtiny", "Description: x\n", |tree| {
        build(
            tree.join("usr/lib/x86_64-linux-gnu/libtiny.so.1"),
            "int tiny(void) { return 1; }",
            &["-shared", "-Wl,-soname,libtiny.so.1"],
        );
    });
    let library = bench.path("libtiny/usr/lib/x86_64-linux-gnu/libtiny.so.1");
    bench.package("tool", "Description: x\nDepends: libtiny (>= 1)\n", |tree| {
        let source = "int tiny(void); void _start(void) { tiny(); for (;;); }";
        build(tree.join("usr/bin/tool"), source, &[library.to_str().unwrap()]);
    });
    let made = bench.convert(&["tool"]).unwrap();

    let machine = std::env::consts::ARCH;
    let text = |providers: &[moult_stone::Provider]| providers.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        text(&bench.stone("libtiny").0.providers),
        [format!("soname(libtiny.so.1({machine}))")]
    );
    assert_eq!(text(&bench.stone("tool").0.providers), ["binary(tool)"]);
    assert_eq!(
        text(&bench.stone("tool").0.dependencies),
        ["name(libtiny)".to_owned(), format!("soname(libtiny.so.1({machine}))")]
    );
    // The loader is in no package of this set: said, not hidden.
    assert!(
        made.notes
            .iter()
            .any(|note| note.starts_with("tool: nothing in the set is the interpreter")),
        "{:?}",
        made.notes
    );
    assert_eq!(
        text(&bench.stone("moult-sample").0.dependencies),
        ["name(moult-base)", "name(tool)"]
    );
}

#[test]
fn a_path_that_two_packages_claim_is_refused_naming_both() {
    let mut bench = Bench::new();
    for name in ["one", "two"] {
        bench.package(name, "Description: x\n", |tree| {
            put(tree.join("usr/bin/same"), 0o755, name)
        });
    }
    let error = bench.convert(&["one", "two"]).unwrap_err();

    assert_eq!(
        error.to_string(),
        "two packages claim the same path:\n  /usr/bin/same: one and two"
    );
    assert!(!bench.path("repo/stone.index").exists());
}

#[test]
fn a_missing_dependency_is_refused_before_anything_is_written() {
    let mut bench = Bench::new();
    bench.package("one", "Description: x\nDepends: absent | gone\n", |_| {});
    let error = bench.convert(&["one", "two"]).unwrap_err().to_string();

    assert!(
        error.contains("absent or gone, needed by one") && error.contains("two, needed by moult-sample"),
        "{error}"
    );
    assert!(!bench.path("repo").exists());
}

#[test]
fn a_stone_of_an_earlier_run_does_not_stay() {
    let mut bench = Bench::new();
    bench.package("one", "Description: x\n", |tree| {
        put(tree.join("usr/bin/one"), 0o755, "1")
    });
    let _ = bench.convert(&["one"]).unwrap();
    let (package, _) = bench.stone("one");
    put(bench.path("repo/o/old-1-1-1-x86_64.stone"), 0o644, "old");

    let _ = bench.convert(&["one"]).unwrap();
    assert!(!bench.path("repo/o/old-1-1-1-x86_64.stone").exists());
    assert!(bench.path("repo").join(package.uri.unwrap()).exists());
}

#[test]
fn the_projects_own_list_and_rules_are_well_formed() {
    let data = Options::new(Path::new("cache"), Path::new("repo")).data;

    let lists = Lists::read(&data).unwrap();
    assert!(lists.system.len() > 50 && lists.programs.len() > 40, "{lists:?}");
    let _ = sample::fixups::Fixups::read(&data.join("fixups")).unwrap();
}
