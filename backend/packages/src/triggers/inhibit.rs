//! What keeps a trigger from running.
//!
//! - A path, if anything is there: below `/usr` (or a link of the root into it) in the new tree, else in the root.
//! - An environment, if the system is in it. The names are `chroot` (the root is not that of the running system), `live`
//!   (it runs from a live medium), `container` and each kind of container that `systemd-detect-virt` names. They are
//!   found out from the running system's files alone; environment variables, this process's or another's, say nothing,
//!   because a service's are its starter's business. A name that is not known inhibits nothing, and is logged.

use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{Mode, OFlags, ResolveFlags};

use super::file::Inhibitors;
use super::sandbox::below_usr;
use crate::error::Error;
use crate::root::{DIRECTORY, Root};

/// The kinds of containers that `systemd-detect-virt --container` names.
const CONTAINERS: [&str; 10] = [
    "openvz",
    "lxc",
    "lxc-libvirt",
    "systemd-nspawn",
    "docker",
    "podman",
    "rkt",
    "wsl",
    "proot",
    "pouch",
];

/// Where triggers are looked at.
pub(crate) struct Place {
    /// None for a tree that has no root around it.
    root: Option<OwnedFd>,
    usr: OwnedFd,
    chroot: bool,
    live: bool,
    container: Option<String>,
}

impl Place {
    /// A tree that becomes no root of this machine: nothing but what is in it inhibits, and that it is a `chroot`.
    pub(crate) fn nowhere(usr: &Path) -> Result<Place, Error> {
        Ok(Place {
            root: None,
            usr: open(usr)?,
            chroot: true,
            live: false,
            container: None,
        })
    }

    /// `usr` is the tree that is to become `/usr`, or is it.
    pub(crate) fn look(root: &Root, usr: &Path) -> Result<Place, Error> {
        let (chroot, live, container) = surroundings(root.path(), Path::new("/"));
        Ok(Place {
            root: Some(open(root.path())?),
            usr: open(usr)?,
            chroot,
            live,
            container,
        })
    }

    /// What inhibits, for the log; None if nothing does.
    pub(crate) fn inhibited(&self, inhibitors: &Inhibitors, unknown: &mut dyn FnMut(&str)) -> Option<String> {
        if let Some(path) = inhibitors.paths.iter().find(|path| self.exists(path)) {
            return Some(format!("{path} exists"));
        }
        let is = |name: &&String| match name.as_str() {
            "chroot" => self.chroot,
            "live" => self.live,
            "container" => self.container.is_some(),
            name if CONTAINERS.contains(&name) => self.container.as_deref() == Some(name),
            name => {
                unknown(name);
                false
            }
        };
        let mut names = inhibitors.environment.iter();
        names.find(is).map(|name| format!("this is {name}"))
    }

    fn exists(&self, path: &str) -> bool {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let found = |at: &OwnedFd, path: &[u8]| {
            rustix::fs::openat2(at, path, flags, Mode::empty(), ResolveFlags::IN_ROOT).is_ok()
        };
        match below_usr(path.as_bytes()) {
            Some(below) => found(&self.usr, &below),
            None => path.starts_with('/') && self.root.as_ref().is_some_and(|root| found(root, path.as_bytes())),
        }
    }
}

/// Whether this is a `chroot`, whether it is `live`, and the kind of `container`. `host` is the root of the running
/// system.
fn surroundings(root: &Path, host: &Path) -> (bool, bool, Option<String>) {
    let chroot = root.canonicalize().ok() != host.canonicalize().ok();
    let medium = ["run/live/medium", "run/initramfs/live"];
    let live = medium.iter().any(|path| host.join(path).exists());
    (chroot, live && !chroot, container(&host.join("run/systemd/container")))
}

fn open(path: &Path) -> Result<OwnedFd, Error> {
    rustix::fs::open(path, DIRECTORY, Mode::empty())
        .map_err(|error| Error::io("looking at what inhibits triggers", path, error))
}

/// The kind of container this system runs in, as its manager wrote it down.
fn container(path: &Path) -> Option<String> {
    let mut text = String::new();
    let file = crate::fetch::open(path).ok()?;
    file.take(64).read_to_string(&mut text).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]
    use super::*;

    #[test]
    fn the_running_system_is_no_chroot_and_is_live_where_it_runs_from_a_medium() {
        let host = tempfile::tempdir().unwrap();
        let (here, below) = (host.path(), host.path().join("mnt/target"));
        std::fs::create_dir_all(&below).unwrap();
        assert_eq!(surroundings(here, here), (false, false, None));
        assert_eq!(surroundings(&here.join("mnt/.."), here), (false, false, None));
        assert_eq!(surroundings(&below, here), (true, false, None));
        for medium in ["run/live/medium", "run/initramfs/live"] {
            std::fs::create_dir_all(here.join(medium)).unwrap();
            assert_eq!(surroundings(here, here), (false, true, None), "{medium}");
            // The system that is being installed runs from the disk it is on.
            assert_eq!(surroundings(&below, here), (true, false, None), "{medium}");
            std::fs::remove_dir_all(here.join("run")).unwrap();
        }
        std::fs::create_dir_all(here.join("run/systemd")).unwrap();
        std::fs::write(here.join("run/systemd/container"), "systemd-nspawn\n").unwrap();
        let nspawn = Some("systemd-nspawn".to_owned());
        assert_eq!(surroundings(here, here), (false, false, nspawn.clone()));
        assert_eq!(surroundings(&below, here), (true, false, nspawn));
    }

    #[test]
    fn paths_are_looked_for_in_the_new_tree_and_in_the_root_and_names_in_the_system() {
        let at = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(at.path().join("etc")).unwrap();
        std::fs::create_dir_all(at.path().join("new/lib")).unwrap();
        std::fs::write(at.path().join("etc/no"), "").unwrap();
        std::os::unix::fs::symlink("nowhere", at.path().join("new/lib/link")).unwrap();
        let mut place = Place::look(&Root::open(at.path()).unwrap(), &at.path().join("new")).unwrap();
        place.container = Some("podman".to_owned());
        let mut odd = Vec::new();
        let mut asked = |paths: &[&str], environment: &[&str]| {
            let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            let inhibitors = Inhibitors {
                paths: list(paths),
                environment: list(environment),
            };
            place
                .inhibited(&inhibitors, &mut |name| odd.push(name.to_owned()))
                .is_some()
        };
        assert!(asked(&["/etc/no"], &[]) && asked(&["/usr/lib/link"], &[]) && asked(&["/lib/link"], &[]));
        assert!(!asked(
            &["/etc/yes", "/usr/etc/no", "etc/no", "/new/../../etc/gone"],
            &[]
        ));
        assert!(asked(&[], &["chroot"]) && asked(&[], &["podman"]) && asked(&[], &["container"]));
        assert!(!asked(&[], &["live", "docker", "HOME"]));
        assert_eq!(odd, ["HOME"]);

        let nowhere = Place::nowhere(&at.path().join("new")).unwrap();
        let asked = |paths: &[&str], environment: &[&str]| {
            let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            let (paths, environment) = (list(paths), list(environment));
            nowhere
                .inhibited(&Inhibitors { paths, environment }, &mut |_| {})
                .is_some()
        };
        assert!(asked(&["/usr/lib/link"], &[]) && asked(&[], &["chroot"]));
        assert!(!asked(&["/etc/no"], &["container", "live"]), "this machine has no say");
    }
}
