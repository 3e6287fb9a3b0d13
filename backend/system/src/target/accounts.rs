//! passwd, group, shadow and gshadow of the target: the system's accounts, root locked, and the first person.

use std::time::{SystemTime, UNIX_EPOCH};

use super::{
    root::{Access, Root},
    sysusers,
    tree::{self, Owner},
};
use crate::{Error, secret::PasswordHash};

/// Bytes of one account file.
const FILE_LIMIT: u64 = 16 << 20;
/// Numbers of people, as in login.defs.
const PEOPLE: std::ops::Range<u32> = 1000..60_000;
/// Groups whose members may administer the system; the one that exists is used.
const ADMINISTRATORS: [&str; 2] = ["sudo", "wheel"];
/// Groups that let a person at the machine use its devices, where they exist.
const DEVICES: [&str; 5] = ["audio", "video", "input", "netdev", "plugdev"];

/// The first account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Login name: `[a-z_][a-z0-9_-]{0,31}`, none of the system's.
    pub user_name: String,
    /// The person's name, may be empty; no colon and no control character.
    pub full_name: String,
    /// May administer the system.
    pub administrator: bool,
}

impl Account {
    /// Checks what can be checked without a target.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn validate(&self) -> Result<(), Error> {
        let name = &self.user_name;
        let wrong = |why| Err(Error::invalid("user name", name, why));
        let mut characters = name.bytes();
        match characters.next() {
            None => return wrong("it is empty"),
            Some(b'a'..=b'z' | b'_') => {}
            Some(_) => return wrong("it must begin with a small letter or _"),
        }
        if !characters.all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-')) {
            return wrong("it may hold only a-z, 0-9, _ and -");
        }
        if name.len() > 32 {
            return wrong("it is longer than 32 characters");
        }
        if self.full_name.contains(':') || self.full_name.chars().any(char::is_control) {
            return Err(Error::invalid(
                "full name",
                &self.full_name,
                "it may hold no colon and no line break",
            ));
        }
        if self.full_name.len() > 256 {
            return Err(Error::invalid(
                "full name",
                &self.full_name,
                "it is longer than 256 bytes",
            ));
        }
        Ok(())
    }
}

/// One file: its lines, each split at the colons. What is not understood stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Table(Vec<Vec<String>>);

impl Table {
    fn parse(text: &str) -> Table {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        Table(lines.map(|line| line.split(':').map(str::to_owned).collect()).collect())
    }

    fn render(&self) -> String {
        self.0.iter().map(|fields| fields.join(":") + "\n").collect()
    }

    fn find(&self, name: &str) -> Option<&Vec<String>> {
        self.0
            .iter()
            .find(|fields| fields.first().is_some_and(|first| first == name))
    }

    fn id(&self, name: &str) -> Option<u32> {
        self.find(name)?.get(2)?.parse().ok()
    }

    fn has_id(&self, id: u32) -> bool {
        self.0
            .iter()
            .any(|fields| fields.get(2).is_some_and(|field| field.parse() == Ok(id)))
    }

    /// Replaces the line of the same name, or adds one.
    fn put(&mut self, line: Vec<String>) {
        match self.0.iter_mut().find(|fields| fields.first() == line.first()) {
            Some(old) => *old = line,
            None => self.0.push(line),
        }
    }

    /// Adds `member` to the comma-separated list in the last field of `name`'s line.
    fn add_member(&mut self, name: &str, member: &str) {
        let line = self
            .0
            .iter_mut()
            .find(|fields| fields.first().is_some_and(|first| first == name));
        let Some(list) = line.and_then(|fields| fields.get_mut(3)) else {
            return;
        };
        if !list.split(',').any(|there| there == member) {
            if !list.is_empty() {
                list.push(',');
            }
            list.push_str(member);
        }
    }
}

/// The four files as one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Database {
    passwd: Table,
    group: Table,
    shadow: Table,
    gshadow: Table,
}

impl Database {
    fn read(root: &Root) -> Result<Database, Error> {
        let table = |path| Ok::<_, Error>(Table::parse(&root.read_text(path, FILE_LIMIT)?.unwrap_or_default()));
        Ok(Database {
            passwd: table("etc/passwd")?,
            group: table("etc/group")?,
            shadow: table("etc/shadow")?,
            gshadow: table("etc/gshadow")?,
        })
    }

    fn write(&self, root: &Root) -> Result<(), Error> {
        let hidden = match self.gid("shadow") {
            Some(gid) => Access {
                mode: 0o640,
                uid: 0,
                gid,
            },
            None => Access::root(0o600),
        };
        root.write("etc/group", self.group.render().as_bytes(), Access::root(0o644))?;
        root.write("etc/gshadow", self.gshadow.render().as_bytes(), hidden)?;
        root.write("etc/passwd", self.passwd.render().as_bytes(), Access::root(0o644))?;
        let shadow = zeroize::Zeroizing::new(self.shadow.render());
        root.write("etc/shadow", shadow.as_bytes(), hidden)
    }

    pub(super) fn uid(&self, name: &str) -> Option<u32> {
        self.passwd.id(name)
    }

    pub(super) fn gid(&self, name: &str) -> Option<u32> {
        self.group.id(name)
    }

    pub(super) fn has_uid(&self, uid: u32) -> bool {
        self.passwd.has_id(uid)
    }

    pub(super) fn has_gid(&self, gid: u32) -> bool {
        self.group.has_id(gid)
    }

    pub(super) fn add_group(&mut self, name: &str, gid: u32, password: &str) {
        self.group.put(fields([name, "x", &gid.to_string(), ""]));
        self.gshadow.put(fields([name, password, "", ""]));
    }

    pub(super) fn add_user(&mut self, [name, gecos, home, shell]: [&str; 4], uid: u32, gid: u32, hash: &str) {
        self.passwd.put(fields([
            name,
            "x",
            &uid.to_string(),
            &gid.to_string(),
            gecos,
            home,
            shell,
        ]));
        self.shadow.put(fields([name, hash, &today(), "", "", "", "", "", ""]));
    }

    pub(super) fn add_member(&mut self, group: &str, user: &str) {
        self.group.add_member(group, user);
        self.gshadow.add_member(group, user);
    }

    /// Root exists and no password opens it.
    fn lock_root(&mut self, shell: &str) {
        if self.gid("root").is_none() {
            self.add_group("root", 0, "!*");
        }
        if self.uid("root").is_none() {
            self.add_user(["root", "Super User", "/root", shell], 0, 0, "!*");
        }
        self.shadow
            .put(fields(["root", "!*", &today(), "", "", "", "", "", ""]));
    }

    /// Puts the person there; gives the numbers of user and group.
    fn add_person(&mut self, account: &Account, hash: &PasswordHash, shell: &str) -> Result<(u32, u32), Error> {
        let name = account.user_name.as_str();
        let taken = |id: Option<u32>| id.is_some_and(|id| !PEOPLE.contains(&id));
        if taken(self.uid(name)) || taken(self.gid(name)) {
            return Err(Error::NameTaken { name: name.to_owned() });
        }
        let none_left = || Error::invalid("user name", name, "the system has no number left for it");
        let uid = match self.uid(name) {
            Some(uid) => uid,
            None => PEOPLE
                .clone()
                .find(|id| !self.has_uid(*id) && !self.has_gid(*id))
                .ok_or_else(none_left)?,
        };
        let gid = self.gid(name).unwrap_or(uid);
        if self.gid(name).is_none() {
            self.add_group(name, gid, "!");
        }
        let home = format!("/home/{name}");
        self.passwd.put(fields([
            name,
            "x",
            &uid.to_string(),
            &gid.to_string(),
            &account.full_name,
            &home,
            shell,
        ]));
        self.shadow
            .put(fields([name, hash.expose(), &today(), "0", "99999", "7", "", "", ""]));

        if account.administrator {
            let group = match ADMINISTRATORS.iter().find(|group| self.gid(group).is_some()) {
                Some(group) => group,
                None => {
                    sysusers::apply(
                        &[sysusers::Line::Group {
                            name: "wheel".into(),
                            gid: None,
                        }],
                        self,
                    );
                    "wheel"
                }
            };
            self.add_member(group, name);
        }
        for group in DEVICES {
            self.add_member(group, name);
        }
        Ok((uid, gid))
    }
}

fn fields<const N: usize>(fields: [&str; N]) -> Vec<String> {
    fields.map(str::to_owned).to_vec()
}

/// Days since 1970 for shadow(5); empty if the clock is not set, because 0 would demand a new password at once.
fn today() -> String {
    let days = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs() / 86_400);
    if days == 0 { String::new() } else { days.to_string() }
}

/// Writes all accounts and the person's home; gives the person's uid.
pub(super) fn write(root: &Root, account: &Account, hash: &PasswordHash) -> Result<u32, Error> {
    account.validate()?;
    let shell = ["bin/bash", "usr/bin/bash"]
        .into_iter()
        .find(|path| root.is_file(path))
        .map_or("/bin/sh", |_| "/bin/bash");

    let mut accounts = Database::read(root)?;
    sysusers::apply(&sysusers::read(root)?, &mut accounts);
    accounts.lock_root(shell);
    let (uid, gid) = accounts.add_person(account, hash, shell)?;
    accounts.write(root)?;

    let home = format!("home/{}", account.user_name);
    let folder = root.settle_home(&home, Access { mode: 0o700, uid, gid })?;
    for skeleton in ["etc/skel", "usr/share/factory/etc/skel"] {
        if let Some(skeleton) = root.directory(skeleton)? {
            tree::fill(&skeleton, &folder, Owner::Given(uid, gid), &home)?;
            break;
        }
    }
    Ok(uid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(user_name: &str) -> Account {
        Account {
            user_name: user_name.into(),
            ..Account::default()
        }
    }

    #[test]
    fn user_names_are_those_that_every_tool_takes() {
        for good in ["a", "_x", "ada-l", "u1_2", &"a".repeat(32)] {
            assert!(named(good).validate().is_ok(), "{good:?}");
        }
        for bad in [
            "",
            "A",
            "1a",
            "-a",
            "a.b",
            "a b",
            "ä",
            "a:b",
            "a/b",
            "a\n",
            "..",
            &"a".repeat(33),
        ] {
            assert!(named(bad).validate().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_full_name_cannot_forge_another_account() {
        for bad in ["x:0:0", "x\nroot::0:0:::", "x\r"] {
            let account = Account {
                full_name: bad.into(),
                ..named("ada")
            };
            assert!(account.validate().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn lines_of_others_survive() {
        let text = "+::::::\nada:x:1000:1000::/home/ada:/bin/sh\nbroken\n";
        assert_eq!(Table::parse(text).render(), text);
    }
}
