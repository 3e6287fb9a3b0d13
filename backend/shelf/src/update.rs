//! What an update of one package is: how urgent, what is new in it, and what has to be started anew.

use std::cmp::Ordering;

use moult_catalogue::{Block, Component, Release, Urgency};
use moult_packages::{ChangeKind, PackageChange, Selected};

use crate::error::Error;
use crate::item::{Item, ItemKind};
use crate::shelf::{PACKAGE, Shelf};
use crate::version::compare;

/// What kind of update it is, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// A release between the installed and the new one is called critical or high, or names a CVE.
    Security,
    /// A package that no catalogue describes as an app.
    System,
    /// An app.
    App,
}

/// What has to be started anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Restart {
    /// Nothing.
    None,
    /// Programs that are running.
    Programs,
    /// The person's session.
    Session,
    /// The computer.
    Computer,
}

/// One package of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// What a list shows of it.
    pub item: Item,
    /// Its group.
    pub group: Group,
    /// The releases that it brings, newest first.
    pub releases: Vec<Release>,
}

impl Shelf {
    /// What a package's change is.
    pub fn update(&self, change: &PackageChange) -> Result<Update, Error> {
        let number = self.main_card(&change.name);
        let component = match number.and_then(|number| self.stock.card(number)) {
            Some(card) => self.stock.catalogue.get(&card.id)?,
            None => None,
        };
        let releases = match (&component, change.kind, &change.old, &change.new) {
            (Some(component), ChangeKind::Upgrade, Some(old), Some(new)) => {
                releases_between(component, &old.version, &new.version)
            }
            _ => Vec::new(),
        };
        let kind = component.as_ref().map(|component| ItemKind::from(component.kind));
        let group = if releases.iter().any(secures) {
            Group::Security
        } else if matches!(kind, Some(ItemKind::App | ItemKind::ConsoleApp | ItemKind::Addon)) {
            Group::App
        } else {
            Group::System
        };
        let item = match self.of_packages(&[&change.name]).pop() {
            Some(item) => item,
            None => local(change),
        };
        Ok(Update { item, group, releases })
    }
}

/// A package that no repository and no state knows: it was brought as a file.
fn local(change: &PackageChange) -> Item {
    let package = change.new.as_ref().or(change.old.as_ref());
    let text = |text: fn(&Selected) -> &String| package.map(text).cloned().unwrap_or_default();
    Item {
        id: format!("{PACKAGE}{}", change.name),
        package: change.name.clone(),
        name: change.name.clone(),
        summary: text(|package| &package.summary),
        kind: ItemKind::System,
        icon: None,
        version: text(|package| &package.version),
        repository: text(|package| &package.repository),
        installed: change.old.is_some(),
        newer: false,
    }
}

/// The releases of a component after one version and up to another, newest first.
pub fn releases_between(component: &Component, old: &str, new: &str) -> Vec<Release> {
    let releases = component.releases.iter();
    let between = releases.filter(|release| {
        !release.version.is_empty()
            && compare(&release.version, old) == Ordering::Greater
            && compare(&release.version, new) != Ordering::Greater
    });
    between.cloned().collect()
}

/// Whether a release mends what somebody could abuse, as far as its makers say.
fn secures(release: &Release) -> bool {
    release.urgency >= Urgency::High
        || release.description.iter().flat_map(Block::lines).any(|line| {
            let text: String = line.iter().map(|span| span.text.as_str()).collect();
            names_cve(&text)
        })
}

/// Whether a text has a number such as CVE-2026-12345.
fn names_cve(text: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .any(|word| {
            let mut parts = word.split('-');
            let digits = |part: Option<&str>, least: usize| {
                part.is_some_and(|part| part.len() >= least && part.bytes().all(|byte| byte.is_ascii_digit()))
            };
            parts.next().is_some_and(|part| part.eq_ignore_ascii_case("CVE"))
                && digits(parts.next(), 4)
                && digits(parts.next(), 4)
        })
}

/// What has to be started anew when files of a package change or go. Paths are below `/usr`; `changed` are those that
/// do, with whether the engine marks them as the kernel's or the boot loader's; `all` are all of the package that is
/// installed.
///
/// - The computer: the kernel and its modules, firmware, the boot loader, `systemd` itself, the system bus, the C
///   library and its loader. Nothing that runs can do without them.
/// - The session: a package that brings a session (`share/wayland-sessions`, `share/xsessions`), what is started with one
///   (autostart, user services) or what draws it (drivers of OpenGL and Vulkan, Xwayland).
/// - Programs: any other program or library.
pub fn restart<'p>(changed: &[(&'p str, bool)], all: impl IntoIterator<Item = &'p str>) -> Restart {
    if changed.iter().any(|(path, marked)| *marked || of_computer(path)) {
        return Restart::Computer;
    }
    if !changed.iter().any(|(path, _)| runs(path)) {
        return Restart::None;
    }
    if changed.iter().any(|(path, _)| draws(path)) || all.into_iter().any(of_session) {
        return Restart::Session;
    }
    Restart::Programs
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn below(path: &str, folders: &[&str]) -> bool {
    folders.iter().any(|folder| path.starts_with(folder))
}

fn of_computer(path: &str) -> bool {
    let name = name(path);
    let library = path.starts_with("lib");
    below(
        path,
        &["lib/modules/", "lib/kernel/", "lib/firmware/", "lib/systemd/boot/"],
    ) || path == "lib/systemd/systemd"
        || matches!(path, "bin/dbus-daemon" | "bin/dbus-broker" | "bin/dbus-broker-launch")
        || library && (name == "libc.so.6" || name.starts_with("ld-linux") || name.starts_with("libsystemd-core"))
}

/// Whether something may be running out of it.
fn runs(path: &str) -> bool {
    let library = path.starts_with("lib") && {
        let name = name(path);
        name.ends_with(".so") || name.contains(".so.")
    };
    library
        || below(path, &["bin/", "sbin/", "libexec/", "games/"])
        // Programs that are no libraries and lie among them, and what interpreters read.
        || path.starts_with("lib") && !below(path, &["lib/systemd/", "lib/udev/", "lib/tmpfiles.d/", "lib/sysusers.d/", "lib/debug/"])
}

fn of_session(path: &str) -> bool {
    let ends = |end: &str| path.ends_with(end);
    below(path, &["share/wayland-sessions/", "share/xsessions/"]) && ends(".desktop")
        || below(
            path,
            &["share/xdg/autostart/", "etc/xdg/autostart/", "share/gnome/autostart/"],
        ) && ends(".desktop")
        || below(path, &["lib/systemd/user/", "share/systemd/user/"]) && ends(".service")
}

fn draws(path: &str) -> bool {
    let name = name(path);
    path.starts_with("lib")
        && (path.contains("/dri/")
            || path.contains("/gbm/")
            || ["libGLX_", "libEGL_", "libvulkan_", "libgallium"]
                .iter()
                .any(|begin| name.starts_with(begin)))
        || path == "bin/Xwayland"
        || path == "bin/Xorg"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cve_is_a_number_and_not_a_word() {
        for text in [
            "Fixes CVE-2026-12345.",
            "(cve-2020-0001)",
            "See CVE-2026-1234, and others",
        ] {
            assert!(names_cve(text), "{text}");
        }
        for text in ["CVE", "CVE-20-1", "a CVE-fix", "CVE-2026-abcd", "", "XCVE-2026-12345"] {
            assert!(!names_cve(text), "{text}");
        }
    }

    #[test]
    fn what_has_to_be_started_anew_follows_from_the_files() {
        let of = |changed: &[&str], more: &[&str]| {
            let marked: Vec<(&str, bool)> = changed.iter().map(|path| (*path, false)).collect();
            restart(&marked, changed.iter().chain(more).copied())
        };
        for path in [
            "lib/modules/6.12.9/kernel/fs/ext4.ko",
            "lib/systemd/systemd",
            "bin/dbus-broker",
            "lib/x86_64-linux-gnu/libc.so.6",
            "lib64/ld-linux-x86-64.so.2",
            "lib/firmware/intel/ibt.bin",
        ] {
            assert_eq!(of(&[path], &[]), Restart::Computer, "{path}");
        }
        assert_eq!(restart(&[("share/anything", true)], []), Restart::Computer);
        assert_eq!(
            of(&["bin/sway"], &["share/wayland-sessions/sway.desktop"]),
            Restart::Session
        );
        assert_eq!(
            of(&["libexec/agent"], &["share/xdg/autostart/agent.desktop"]),
            Restart::Session
        );
        assert_eq!(of(&["lib/dri/iris_dri.so"], &[]), Restart::Session);
        assert_eq!(
            of(&["bin/gimp"], &["share/applications/gimp.desktop"]),
            Restart::Programs
        );
        assert_eq!(of(&["lib/libz.so.1"], &[]), Restart::Programs);
        assert_eq!(of(&["lib/python3/site-packages/x.py"], &[]), Restart::Programs);
        assert_eq!(
            of(&["share/doc/sway/README"], &["share/wayland-sessions/sway.desktop"]),
            Restart::None,
            "nothing that runs changes"
        );
        assert_eq!(of(&["share/fonts/a.ttf"], &[]), Restart::None);
        assert_eq!(of(&[], &[]), Restart::None);
    }
}
