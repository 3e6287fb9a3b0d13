//! What can be checked of the live image's recipe without building it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const LISTS: [&str; 8] = [
    "packages",
    "packages-host",
    "left-out",
    "taken-out",
    "masked-units",
    "modules",
    "firmware",
    "fonts",
];

fn session() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn read(name: &str) -> String {
    let path = session().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Entry and reason of each line.
fn entries(list: &str) -> Vec<(String, String)> {
    read(&format!("live/{list}"))
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (entry, reason) = line.split_once('#').unwrap_or((line, ""));
            (entry.trim().to_owned(), reason.trim().to_owned())
        })
        .collect()
}

fn quoted(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_line_of_every_list_has_its_reason_and_none_stands_twice() {
    for list in LISTS {
        let mut seen = BTreeSet::new();
        for (entry, reason) in entries(list) {
            assert!(reason.len() >= 3, "{list}: {entry:?} has no reason");
            assert!(seen.insert(entry.clone()), "{list}: {entry:?} stands twice");
        }
        assert!(!seen.is_empty(), "{list} is empty");
    }
}

#[test]
fn mesa_llvm_and_what_gives_root_away_are_not_asked_for() {
    let refused = [
        "mesa", "llvm", "gallium", "sudo", "doas", "getty", "openssh", "telnet", "xwayland",
    ];
    for (package, _) in entries("packages") {
        assert!(refused.iter().all(|word| !package.contains(word)), "{package}");
    }
    let left_out: BTreeSet<String> = entries("left-out").into_iter().map(|(name, _)| name).collect();
    for name in ["mesa-libgallium", "libgl1-mesa-dri", "libllvm19", "xwayland"] {
        assert!(left_out.contains(name), "{name} would come along");
    }
}

/// The closure of the real packages. Asks Debian's mirror (10 MB, 5 s).
#[test]
#[ignore = "needs root and Debian's mirror: tests/run --long"]
fn neither_mesa_nor_llvm_comes_along_with_another_package() {
    let work = tempfile::tempdir().unwrap();
    let output = Command::new(session().join("live/build"))
        .args(["--closure", "--work"])
        .arg(work.path())
        .output()
        .unwrap();
    let names = String::from_utf8_lossy(&output.stdout);
    assert!(
        names.lines().count() > 100,
        "{names}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let refused = ["mesa", "llvm", "gallium", "sudo", "xwayland", "python"];
    let found: Vec<&str> = names
        .lines()
        .filter(|name| refused.iter().any(|word| name.contains(word)))
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn the_polkit_rules_name_exactly_our_actions_and_networkmanagers() {
    let policy = read("polkit/org.moult.backend.policy");
    let ours: BTreeSet<String> = policy
        .split("<action id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect();
    let mut kiosk = quoted(&read("polkit/50-moult-kiosk.rules"));
    assert!(kiosk.remove("live"));
    assert_eq!(kiosk, ours);

    let mut network = quoted(&read(
        "live/root/usr/share/polkit-1/rules.d/51-moult-live-network.rules",
    ));
    assert!(network.remove("live"));
    assert!(!network.is_empty());
    for action in network {
        assert!(action.starts_with("org.freedesktop.NetworkManager."), "{action}");
    }

    // No other rule comes in.
    let rules: Vec<PathBuf> = walk(&session().join("live"))
        .into_iter()
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "rules" || extension == "policy")
        })
        .collect();
    assert_eq!(rules.len(), 1, "{rules:?}");
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(walk(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn there_is_no_login_but_the_kiosks_own_session() {
    let masked: BTreeSet<String> = entries("masked-units").into_iter().map(|(name, _)| name).collect();
    for unit in [
        "getty@.service",
        "autovt@.service",
        "serial-getty@.service",
        "console-getty.service",
    ] {
        assert!(masked.contains(unit), "{unit}");
    }
    let kiosk = read("systemd/system/moult-kiosk.service");
    for line in [
        "User=live",
        "PAMName=login",
        "TTYPath=/dev/tty1",
        "Conflicts=getty@tty1.service",
        "ExecStart=/usr/bin/moult-session install --kiosk",
    ] {
        assert!(kiosk.lines().any(|found| found == line), "{line} is not in\n{kiosk}");
    }
    // The account has no password and no shell.
    let root = read("live/steps/root");
    assert!(root.contains("live:!*:") && root.contains("/home/live:/usr/sbin/nologin"));
    assert!(root.contains("root:!*:"));
}

#[test]
fn the_window_waits_for_neither_the_network_nor_the_swap() {
    let ordered = |name: &str| -> Vec<String> {
        let unit = read(name);
        unit.lines()
            .filter(|line| {
                ["After=", "Requires=", "Wants=", "Before="]
                    .iter()
                    .any(|word| line.starts_with(word))
            })
            .map(str::to_owned)
            .collect()
    };
    let units = "live/root/etc/systemd/system";
    let kiosk = [
        ordered("systemd/system/moult-kiosk.service"),
        ordered(&format!("{units}/moult-kiosk.service.d/live.conf")),
        ordered(&format!("{units}/systemd-user-sessions.service")),
    ];
    assert!(kiosk.iter().any(|lines| !lines.is_empty()));
    for line in kiosk.iter().flatten() {
        assert!(
            !line.to_lowercase().contains("network") && !line.contains("swap"),
            "{line}"
        );
    }
    let swap = ordered(&format!("{units}/moult-memory.service"));
    assert!(swap.iter().all(|line| !line.starts_with("Before=")), "{swap:?}");
}

#[test]
fn the_brand_is_whole() {
    for name in [
        "brand.conf",
        "os-release",
        "sources",
        "backend.kdl",
        "backend-offline.kdl",
    ] {
        assert!(!read(&format!("live/brand/{name}")).is_empty(), "{name}");
    }
    let settings = read("live/brand/brand.conf");
    for name in [
        "NAME", "SUITE", "KERNEL", "LABEL", "HOSTNAME", "LANG", "KEYBOARD", "TIMEOUT",
    ] {
        assert!(
            settings.lines().any(|line| line.starts_with(&format!("BRAND_{name}="))),
            "{name}"
        );
    }
}

/// A comma that bash minds is found before a build of five minutes is.
#[test]
fn the_scripts_are_well_formed() {
    let live = session().join("live");
    let steps = fs::read_dir(live.join("steps"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    for script in steps.chain([live.join("build"), live.join("check-reproducible")]) {
        let output = Command::new("/bin/bash").arg("-n").arg(&script).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && said.is_empty(),
            "{}: {said}",
            script.display()
        );
    }
}
