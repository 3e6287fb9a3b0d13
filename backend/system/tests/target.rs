//! A composed `/usr` becomes a system of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the configuration covers test functions, not their helpers"
)]

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use moult_system::{
    Error,
    network::copy_profiles_from,
    secret::PasswordHash,
    target::{Account, Configured, Keyboard, Settings, Target},
};
use secrecy::SecretString;
use tempfile::TempDir;

/// A root with a `/usr` like the one that packages compose, in small.
struct Sample(TempDir);

impl Sample {
    fn new() -> Sample {
        assert!(
            rustix::process::geteuid().is_root(),
            "these tests give files away: run them as root"
        );
        let sample = Sample(TempDir::new().unwrap());
        sample.file("usr/bin/bash", "");
        symlink("usr/bin", sample.path("bin")).unwrap();
        sample.file("usr/share/zoneinfo/Europe/Berlin", "TZif");
        sample.file(
            "usr/share/systemd/kbd-model-map",
            "de de pc105 - x\nde-latin1-nodeadkeys de pc105 nodeadkeys x\n",
        );
        sample.file("usr/share/keymaps/i386/qwertz/de.map.gz", "");
        sample.file("usr/share/factory/etc/default/useradd", "SHELL=/bin/sh\n");
        sample.file("usr/share/factory/etc/X11/Xsession", "#!/bin/sh\n");
        sample.file("usr/share/factory/etc/skel/.profile", "umask 022\n");
        sample.file("usr/share/factory/etc/sudoers", "root ALL=(ALL) ALL\n");
        sample.mode("usr/share/factory/etc/sudoers", 0o440);
        sample.file("usr/share/factory/etc/polkit-1/rules.d/x", "");
        sample.mode("usr/share/factory/etc/polkit-1/rules.d", 0o700);
        std::os::unix::fs::chown(sample.path("usr/share/factory/etc/polkit-1/rules.d"), None, Some(42)).unwrap();
        symlink("../usr/lib/os-release", sample.path("usr/share/factory/etc/os-release")).unwrap();
        sample.file(
            "usr/lib/sysusers.d/base.conf",
            "g shadow 42 -\ng sudo 27 -\ng audio 29 -\ng video 44 -\nu root 0 - /root /bin/bash\n\
             u! messagebus - \"System Message Bus\" /nonexistent\nu _apt 42:65534 - /nonexistent\ng nogroup 65534 -\n",
        );
        sample
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn file(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn mode(&self, path: &str, mode: u32) {
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn line(&self, path: &str, name: &str) -> String {
        let text = self.text(path);
        let line = text.lines().find(|line| line.starts_with(&format!("{name}:")));
        line.unwrap_or_else(|| panic!("no {name} in {path}:\n{text}"))
            .to_owned()
    }

    /// Mode, owner and group.
    fn access(&self, path: &str) -> (u32, u32, u32) {
        let meta = fs::symlink_metadata(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        (meta.mode() & 0o7777, meta.uid(), meta.gid())
    }

    fn target(&self) -> Target {
        Target::open(self.0.path()).unwrap()
    }

    fn configure(&self, settings: &Settings) -> Result<Configured, Error> {
        self.target().configure(settings, &hash())
    }
}

fn hash() -> PasswordHash {
    static HASH: std::sync::OnceLock<PasswordHash> = std::sync::OnceLock::new();
    HASH.get_or_init(|| PasswordHash::new(&SecretString::from("correct horse")).unwrap())
        .clone()
}

fn settings() -> Settings {
    Settings {
        hostname: "moult".into(),
        locale: "de_DE.UTF-8".into(),
        timezone: "Europe/Berlin".into(),
        keyboard: Keyboard::new("de", ""),
        account: Account {
            user_name: "ada".into(),
            full_name: "Ada Lovelace".into(),
            administrator: true,
        },
        fstab: "UUID=x / ext4 defaults 0 1\n".into(),
    }
}

#[test]
fn a_composed_usr_becomes_a_whole_system() {
    let sample = Sample::new();
    let configured = sample.configure(&settings()).unwrap();
    assert_eq!(configured.uid, 1000);
    assert_eq!(configured.console_keymap.as_deref(), Some("de"));

    for (path, mode) in [
        ("etc", 0o755),
        ("root", 0o700),
        ("tmp", 0o1777),
        ("var/tmp", 0o1777),
        ("proc", 0o555),
    ] {
        assert_eq!(sample.access(path), (mode, 0, 0), "{path}");
    }
    for path in [
        "var", "home", "run", "sys", "dev", "mnt", "srv", "efi", "boot", "var/lib", "var/log",
    ] {
        assert!(sample.path(path).is_dir(), "{path}");
    }
    assert_eq!(sample.text("etc/hostname"), "moult\n");
    assert!(sample.text("etc/hosts").contains("127.0.1.1\tmoult\n"));
    assert_eq!(sample.text("etc/machine-id"), "uninitialized\n");
    assert_eq!(sample.text("etc/fstab"), "UUID=x / ext4 defaults 0 1\n");
    assert_eq!(
        fs::read_link(sample.path("etc/localtime")).unwrap(),
        Path::new("../usr/share/zoneinfo/Europe/Berlin")
    );
}

#[test]
fn the_layout_reaches_console_x11_wayland_and_localed() {
    let sample = Sample::new();
    let target = sample.target();
    target.prepare().unwrap();
    target.write_keyboard(&Keyboard::new("de", "nodeadkeys")).unwrap();
    // Debian's systemd makes vconsole.conf a link to default/keyboard at boot: both must say everything.
    for path in ["etc/vconsole.conf", "etc/default/keyboard"] {
        let text = sample.text(path);
        for line in ["KEYMAP=de", "XKBLAYOUT=de", "XKBMODEL=pc105", "XKBVARIANT=nodeadkeys"] {
            assert!(text.lines().any(|there| there == line), "{path} lacks {line}:\n{text}");
        }
    }
    let xorg = sample.text("etc/X11/xorg.conf.d/00-keyboard.conf");
    assert!(xorg.contains("Option \"XkbLayout\" \"de\"") && xorg.contains("Option \"XkbVariant\" \"nodeadkeys\""));
    let wayland = sample.text("etc/environment.d/10-keyboard.conf");
    assert!(wayland.contains("XKB_DEFAULT_LAYOUT=de\n") && wayland.contains("XKB_DEFAULT_VARIANT=nodeadkeys\n"));
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

/// Keymaps as kbd has them: `de` is meant for the layout, too, but has brackets where the letters are.
#[test]
fn of_keymaps_for_a_layout_the_console_gets_the_one_that_types_its_letters() {
    const DIGITS: &str = "keycode 2 = one exclam\nkeycode 3 = two quotedbl\n";

    let sample = Sample::new();
    let folder = "usr/share/keymaps/i386";
    let rows = |rows: [(u32, &str); 3]| -> String {
        let keys = rows
            .into_iter()
            .flat_map(|(first, letters)| (first..).zip(letters.chars()));
        keys.map(|(code, letter)| format!("keycode {code} = {letter}\n"))
            .collect()
    };
    let letters = rows([(16, "qwertzuiop"), (30, "asdfghjkl"), (44, "yxcvbnm")]);
    sample.file(&format!("{folder}/include/qwertz-layout.inc.gz"), gzip(&letters));
    let keymap = |sharp: &str, signs: &[(u32, &str)]| {
        let signs: String = signs
            .iter()
            .map(|(code, typed)| format!("keycode {code} = {typed}\n"))
            .collect();
        gzip(&format!(
            "include \"qwertz-layout\"\n{DIGITS}keycode 12 = {sharp} question\n{signs}"
        ))
    };
    let brackets = [
        (26, "bracketleft braceleft"),
        (39, "semicolon colon"),
        (40, "apostrophe quotedbl"),
    ];
    let umlauts = [
        (26, "+udiaeresis +Udiaeresis"),
        (39, "+odiaeresis +Odiaeresis"),
        (40, "U+00e4 U+00c4"),
    ];
    sample.file(&format!("{folder}/qwertz/de.map.gz"), keymap("backslash", &brackets));
    sample.file(&format!("{folder}/qwertz/de-latin1.map.gz"), keymap("ssharp", &umlauts));
    // Of a machine whose keys have other numbers.
    sample.file("usr/share/keymaps/mac/zz.map.gz", keymap("ssharp", &umlauts));
    let target = sample.target();
    target.prepare().unwrap();
    let named = |layout, variant| target.write_keyboard(&Keyboard::new(layout, variant)).unwrap();
    assert_eq!(named("de", "").as_deref(), Some("de-latin1"));
    // Nothing is called after it; it types what a German one types.
    assert_eq!(named("at", "").as_deref(), Some("de-latin1"));
    // No other one types its letters: what is meant for the layout is nearer than nothing.
    assert_eq!(named("de", "neo").as_deref(), Some("de"));
    assert_eq!(named("fr", ""), None);
    // Where both have the same, the usual one.
    sample.file(&format!("{folder}/qwertz/de.map.gz"), keymap("ssharp", &umlauts));
    assert_eq!(named("de", "").as_deref(), Some("de"));
}

#[test]
fn a_console_keymap_that_the_target_lacks_is_not_named() {
    let sample = Sample::new();
    let target = sample.target();
    target.prepare().unwrap();
    assert_eq!(target.write_keyboard(&Keyboard::new("fr", "")).unwrap(), None);
    assert!(!sample.text("etc/vconsole.conf").contains("KEYMAP="));
    assert!(sample.text("etc/vconsole.conf").contains("XKBLAYOUT=fr\n"));
}

#[test]
fn a_locale_without_data_is_replaced_by_one_that_keeps_utf_8() {
    let sample = Sample::new();
    let target = sample.target();
    target.prepare().unwrap();
    assert_eq!(target.write_locale("de_DE.UTF-8").unwrap(), "C.UTF-8");
    sample.file("usr/lib/locale/locale-archive", "head\0fr_FR.utf8\0tail");
    fs::create_dir_all(sample.path("usr/lib/locale/de_DE.utf8")).unwrap();
    assert_eq!(target.write_locale("fr_FR.UTF-8").unwrap(), "fr_FR.UTF-8");
    assert_eq!(target.write_locale("de_DE.UTF-8").unwrap(), "de_DE.UTF-8");
    assert_eq!(sample.text("etc/locale.conf"), "LANG=de_DE.UTF-8\n");
    assert_eq!(sample.text("etc/default/locale"), "LANG=de_DE.UTF-8\n");
}

#[test]
fn the_first_user_can_log_in_and_root_cannot() {
    let sample = Sample::new();
    sample.configure(&settings()).unwrap();
    assert_eq!(
        sample.line("etc/passwd", "ada"),
        "ada:x:1000:1000:Ada Lovelace:/home/ada:/bin/bash"
    );
    assert!(
        sample
            .line("etc/shadow", "ada")
            .starts_with(&format!("ada:{}:", hash().expose()))
    );
    assert_eq!(sample.line("etc/group", "ada"), "ada:x:1000:");
    for group in ["sudo", "audio", "video"] {
        assert!(sample.line("etc/group", group).ends_with(":ada"), "{group}");
        assert!(sample.line("etc/gshadow", group).ends_with(":ada"), "{group}");
    }
    assert!(!sample.text("etc/group").contains("wheel"));
    assert!(sample.line("etc/shadow", "root").starts_with("root:!*:"));

    assert_eq!(sample.access("etc/passwd"), (0o644, 0, 0));
    assert_eq!(sample.access("etc/shadow"), (0o640, 0, 42));
    assert_eq!(sample.access("etc/gshadow"), (0o640, 0, 42));
    assert_eq!(sample.access("home/ada"), (0o700, 1000, 1000));
    assert_eq!(sample.access("home/ada/.profile"), (0o644, 1000, 1000));
}

#[test]
fn somebody_who_is_no_administrator_is_not_in_their_group() {
    let sample = Sample::new();
    let mut wish = settings();
    wish.account.administrator = false;
    sample.configure(&wish).unwrap();
    assert_eq!(sample.line("etc/group", "sudo"), "sudo:x:27:");
}

#[test]
fn a_system_without_a_group_of_administrators_gets_one() {
    let sample = Sample::new();
    sample.file("usr/lib/sysusers.d/base.conf", "g audio 29 -\n");
    sample.configure(&settings()).unwrap();
    assert!(sample.line("etc/group", "wheel").ends_with(":ada"));
    assert_eq!(
        sample.access("etc/shadow"),
        (0o600, 0, 0),
        "no group shadow: for root alone"
    );
}

#[test]
fn a_name_of_the_system_is_refused_before_any_account_is_written() {
    for name in ["root", "messagebus", "sudo", "nogroup"] {
        let sample = Sample::new();
        let mut wish = settings();
        wish.account.user_name = name.into();
        let error = sample.configure(&wish).unwrap_err();
        assert!(matches!(error, Error::NameTaken { .. }), "{name}: {error}");
        assert!(!sample.path("etc/passwd").exists(), "{name}");
    }
}

#[test]
fn wishes_that_are_not_well_formed_change_nothing() {
    let broken: [fn(&mut Settings); 7] = [
        |wish| wish.hostname = "-moult".into(),
        |wish| wish.locale = "de_DE\nX=1".into(),
        |wish| wish.timezone = "../../etc/shadow".into(),
        |wish| wish.timezone = "Europe/Atlantis".into(),
        |wish| wish.keyboard = Keyboard::new("de\"", ""),
        |wish| wish.account.full_name = "x:0:0".into(),
        |wish| wish.account.user_name = "Ada".into(),
    ];
    for (number, break_it) in broken.into_iter().enumerate() {
        let sample = Sample::new();
        let mut wish = settings();
        break_it(&mut wish);
        let error = sample.configure(&wish).unwrap_err();
        assert!(
            matches!(error, Error::Invalid { .. } | Error::UnknownZone { .. }),
            "{number}: {error}"
        );
        assert!(!sample.path("etc").exists(), "{number}");
    }
}

#[test]
fn factory_defaults_arrive_whole_with_mode_owner_and_links() {
    let sample = Sample::new();
    sample.configure(&settings()).unwrap();
    // Files that Moult itself writes into the same folders do not keep the factory's out.
    assert_eq!(sample.text("etc/default/useradd"), "SHELL=/bin/sh\n");
    assert!(sample.path("etc/default/keyboard").exists());
    assert_eq!(sample.text("etc/X11/Xsession"), "#!/bin/sh\n");
    assert_eq!(sample.access("etc/sudoers"), (0o440, 0, 0));
    assert_eq!(sample.access("etc/polkit-1/rules.d"), (0o700, 0, 42));
    assert_eq!(
        fs::read_link(sample.path("etc/os-release")).unwrap(),
        Path::new("../usr/lib/os-release")
    );
}

#[test]
fn what_is_already_in_etc_stays() {
    let sample = Sample::new();
    sample.file("etc/default/useradd", "mine\n");
    sample.target().prepare().unwrap();
    assert_eq!(sample.text("etc/default/useradd"), "mine\n");
    assert!(sample.path("etc/sudoers").exists());
}

/// Every path with its type, access and content.
fn picture(root: &Path) -> BTreeMap<PathBuf, (u32, u32, u32, Vec<u8>)> {
    let mut picture = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let meta = fs::symlink_metadata(&path).unwrap();
            let content = match meta.file_type() {
                kind if kind.is_dir() => {
                    folders.push(path.clone());
                    Vec::new()
                }
                kind if kind.is_symlink() => fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes(),
                _ => fs::read(&path).unwrap(),
            };
            picture.insert(path, (meta.mode(), meta.uid(), meta.gid(), content));
        }
    }
    picture
}

#[test]
fn a_second_run_gives_the_same_system() {
    let sample = Sample::new();
    sample.configure(&settings()).unwrap();
    let first = picture(sample.0.path());
    // As after a run that was killed.
    sample.file("etc/.hostname.moult-new", "half");
    sample.configure(&settings()).unwrap();
    assert_eq!(picture(sample.0.path()), first);
}

#[test]
fn no_symlink_in_the_target_leads_a_write_outside() {
    let sample = Sample::new();
    let outside = TempDir::new().unwrap();
    fs::write(outside.path().join("hostname"), "outside\n").unwrap();
    fs::create_dir_all(sample.path("etc")).unwrap();
    // A folder and files that point out, by absolute and by relative names.
    symlink(outside.path(), sample.path("etc/X11")).unwrap();
    symlink(outside.path().join("hostname"), sample.path("etc/hostname")).unwrap();
    symlink("../../../../../../../../etc/passwd", sample.path("etc/passwd")).unwrap();
    symlink(outside.path(), sample.path("home")).unwrap();
    let machine = fs::read("/etc/passwd").unwrap();

    let _ = sample.configure(&settings());

    assert_eq!(
        fs::read_to_string(outside.path().join("hostname")).unwrap(),
        "outside\n"
    );
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    assert_eq!(fs::read("/etc/passwd").unwrap(), machine);
}

#[test]
fn a_folder_without_usr_is_not_a_target() {
    let empty = TempDir::new().unwrap();
    assert!(matches!(Target::open(empty.path()), Err(Error::NoSystem { .. })));
}

#[test]
fn our_reading_of_sysusers_agrees_with_systemd() {
    let sysusers = ["/usr/bin/systemd-sysusers", "/bin/systemd-sysusers"]
        .into_iter()
        .find(|path| Path::new(path).exists());
    let sysusers = sysusers.expect("this test needs systemd-sysusers (package systemd)");
    let lines = "g shadow 42 -\ng sudo 27 -\ng nogroup 65534 -\nu root 0 \"Super User\" /root /bin/bash\n\
         u sync 4:65534 - /bin /bin/sync\nu messagebus - \"System Message Bus\" /nonexistent\nu polkitd -\n\
         g systemd-journal - -\nm polkitd sudo\nu games 5:60 - /usr/games\ng games 60 -\nu lp 7 - /var/spool/lpd\n";
    let ours = Sample::new();
    ours.file("usr/lib/sysusers.d/base.conf", lines);
    let theirs = Sample::new();
    theirs.file("usr/lib/sysusers.d/base.conf", lines);
    fs::create_dir(theirs.path("etc")).unwrap();

    ours.configure(&settings()).unwrap();
    let ran = Command::new(sysusers)
        .arg(format!("--root={}", theirs.0.path().display()))
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));

    for path in ["etc/passwd", "etc/group"] {
        let sorted = |sample: &Sample, drop: &str| {
            let text = sample.text(path).replace(drop, "");
            let mut lines: Vec<_> = text
                .lines()
                .filter(|line| !line.starts_with("ada:"))
                .map(str::to_owned)
                .collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&ours, ",ada"), sorted(&theirs, "\0"), "{path}");
    }
}

#[test]
fn profiles_go_along_for_root_alone_and_strangers_files_do_not() {
    let sample = Sample::new();
    let target = sample.target();
    target.prepare().unwrap();
    let live = TempDir::new().unwrap();
    let put = |name: &str, text: &str| fs::write(live.path().join(name), text).unwrap();
    put("home.nmconnection", "[wifi-security]\npsk=x\n");
    put("strange.nmconnection", "x");
    std::os::unix::fs::chown(live.path().join("strange.nmconnection"), Some(1000), None).unwrap();
    put("notes.txt", "x");
    symlink("/etc/shadow", live.path().join("link.nmconnection")).unwrap();
    fs::create_dir(live.path().join("folder.nmconnection")).unwrap();

    for _ in 0..2 {
        assert_eq!(copy_profiles_from(live.path(), &target).unwrap(), 1);
    }
    let folder = "etc/NetworkManager/system-connections";
    let names: Vec<_> = fs::read_dir(sample.path(folder))
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(names, ["home.nmconnection"]);
    assert_eq!(sample.access(folder), (0o700, 0, 0));
    assert_eq!(sample.access(&format!("{folder}/home.nmconnection")), (0o600, 0, 0));
    assert_eq!(
        sample.text(&format!("{folder}/home.nmconnection")),
        "[wifi-security]\npsk=x\n"
    );
    assert_eq!(copy_profiles_from(&live.path().join("absent"), &target).unwrap(), 0);
}
