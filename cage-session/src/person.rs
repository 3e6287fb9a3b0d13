//! Who runs the window: never root.

use std::fs;

use rustix::{
    fs::{Gid, Uid},
    thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid},
};

use crate::error::Error;

/// The account that a kiosk started as root runs as.
const LIVE: &str = "live";

/// An account of /etc/passwd with its groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) home: String,
    pub(crate) shell: String,
    groups: Vec<u32>,
}

impl Person {
    /// The one who started us, or `live` if that was root.
    pub(crate) fn unprivileged() -> Result<Person, Error> {
        let passwd = read("/etc/passwd")?;
        let group = read("/etc/group")?;
        let me = rustix::process::getuid();
        let wanted = if me.is_root() {
            LIVE.to_owned()
        } else {
            me.as_raw().to_string()
        };
        let person = Person::find(&passwd, &group, &wanted).ok_or(Error::NoUser(wanted))?;
        if person.uid == 0 || person.gid == 0 {
            return Err(Error::UserIsRoot(person.name));
        }
        Ok(person)
    }

    /// `wanted` is a name or a uid.
    fn find(passwd: &str, group: &str, wanted: &str) -> Option<Person> {
        let mut person = passwd.lines().find_map(|line| {
            let [name, _, uid, gid, _, home, shell] = line.split(':').collect::<Vec<_>>()[..] else {
                return None;
            };
            (name == wanted || uid == wanted).then_some(())?;
            Some(Person {
                name: name.to_owned(),
                uid: uid.parse().ok()?,
                gid: gid.parse().ok()?,
                home: home.to_owned(),
                shell: shell.to_owned(),
                groups: Vec::new(),
            })
        })?;
        person.groups = group
            .lines()
            .filter_map(|line| {
                let [_, _, gid, members] = line.split(':').collect::<Vec<_>>()[..] else {
                    return None;
                };
                members
                    .split(',')
                    .any(|member| member == person.name)
                    .then(|| gid.parse().ok())?
            })
            .chain([person.gid])
            .collect();
        Some(person)
    }

    /// Gives up root for good. Does nothing when we are this person already.
    pub(crate) fn become_this(&self) -> Result<(), Error> {
        if !rustix::process::geteuid().is_root() {
            return Ok(());
        }
        // The process has one thread still, so this thread's identity is the whole process's.
        let (uid, gid) = (Uid::from_raw(self.uid), Gid::from_raw(self.gid));
        let groups: Vec<Gid> = self.groups.iter().map(|group| Gid::from_raw(*group)).collect();
        set_thread_groups(&groups).map_err(Error::system("taking the user's groups"))?;
        set_thread_res_gid(gid, gid, gid).map_err(Error::system("taking the user's group"))?;
        set_thread_res_uid(uid, uid, uid).map_err(Error::system("giving up root"))
    }
}

fn read(path: &str) -> Result<String, Error> {
    fs::read_to_string(path).map_err(Error::file("reading", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\nbroken\nlive:x:4242:4243:Live:/home/live:/bin/sh\n";
    const GROUP: &str = "root:x:0:\nvideo:x:44:a,live\ninput:x:105:live\nother:x:7:alive\n";

    #[test]
    fn a_person_comes_with_all_of_their_groups_and_no_others() {
        let live = Person::find(PASSWD, GROUP, "live").unwrap();
        assert_eq!(
            (live.uid, live.gid, live.groups.as_slice()),
            (4242, 4243, &[44, 105, 4243][..])
        );
        assert_eq!(Person::find(PASSWD, GROUP, "4242"), Some(live));
    }

    #[test]
    fn a_missing_person_is_not_root_instead() {
        assert_eq!(Person::find(PASSWD, GROUP, "nobody"), None);
        assert_eq!(Person::find(PASSWD, GROUP, ""), None);
    }
}
