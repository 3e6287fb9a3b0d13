//! The system's own users and groups, from the target's sysusers.d, so that the first account can join their groups.
//!
//! systemd-sysusers at first boot would make them too; this runs before, and must not depend on which version of it the
//! live system has (the `u!` of systemd 257 stops 252 altogether). What is not understood here is left to the first boot.

use std::collections::{BTreeMap, BTreeSet};

use super::{accounts::Database, root::Root};
use crate::Error;

/// Bytes of one sysusers.d file.
const FILE_LIMIT: u64 = 1 << 20;
/// Numbers that are given out for `-`, from the top down, as systemd does.
const SYSTEM_IDS: std::ops::RangeInclusive<u32> = 100..=999;

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    Group {
        name: String,
        gid: Option<u32>,
    },
    User {
        name: String,
        uid: Option<u32>,
        group: Option<String>,
        gecos: String,
        home: String,
        shell: String,
    },
    Member {
        user: String,
        group: String,
    },
}

/// All lines of the target, in the order of the files' names; a file in /etc hides one of the same name in /usr/lib.
pub(super) fn read(root: &Root) -> Result<Vec<Line>, Error> {
    let mut files = BTreeMap::new();
    for folder in ["usr/lib/sysusers.d", "etc/sysusers.d"] {
        for name in root.names(folder)? {
            if name.ends_with(".conf") {
                files.insert(name.clone(), format!("{folder}/{name}"));
            }
        }
    }

    let mut lines = Vec::new();
    for path in files.values() {
        let text = root.read_text(path, FILE_LIMIT)?.unwrap_or_default();
        for line in text.lines() {
            match parse(line) {
                Ok(Some(line)) => lines.push(line),
                Ok(None) => {}
                Err(why) => tracing::debug!(path, line, why, "sysusers line left to the first boot"),
            }
        }
    }
    Ok(lines)
}

/// One line; `None` = nothing to do.
pub(super) fn parse(line: &str) -> Result<Option<Line>, &'static str> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let mut fields = words(line)?.into_iter();
    let kind = fields.next().unwrap_or_default();
    let name = fields.next().ok_or("no name")?;
    let mut field = || fields.next().filter(|field| field != "-").unwrap_or_default();
    let id = field();

    if name.contains([':', '/']) {
        return Err("not a name");
    }
    if name.contains('%') || id.contains('%') {
        return Err("specifiers are not expanded");
    }
    Ok(match kind.as_str() {
        "g" => Some(Line::Group {
            name,
            gid: number(&id)?,
        }),
        "u" | "u!" => {
            let (uid, group) = match id.split_once(':') {
                Some((uid, group)) => (number(uid)?, Some(group.to_owned())),
                None => (number(&id)?, None),
            };
            let (gecos, home, shell) = (field(), field(), field());
            if [&gecos, &home, &shell].iter().any(|text| text.contains([':', '%'])) {
                return Err("specifiers are not expanded");
            }
            Some(Line::User {
                name,
                uid,
                group,
                gecos,
                home,
                shell,
            })
        }
        "m" if !id.is_empty() => Some(Line::Member { user: name, group: id }),
        "r" => None,
        _ => return Err("unknown kind of line"),
    })
}

fn number(text: &str) -> Result<Option<u32>, &'static str> {
    match text {
        "" | "-" => Ok(None),
        digits => digits.parse().map(Some).map_err(|_| "not a number"),
    }
}

/// Words of a line: quotes hold words together, a backslash takes the next character as it is.
fn words(line: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => word
                .get_or_insert_default()
                .push(characters.next().ok_or("ends in a backslash")?),
            _ if quote == Some(character) => quote = None,
            '"' | '\'' if quote.is_none() => {
                word.get_or_insert_default();
                quote = Some(character);
            }
            _ if character.is_whitespace() && quote.is_none() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed");
    }
    words.extend(word);
    Ok(words)
}

/// Makes what is missing; what exists keeps its numbers. First the groups, then the users, then who is in what.
pub(super) fn apply(lines: &[Line], accounts: &mut Database) {
    let reserved: BTreeSet<u32> = lines
        .iter()
        .filter_map(|line| match line {
            Line::Group { gid, .. } => *gid,
            Line::User { uid, .. } => *uid,
            Line::Member { .. } => None,
        })
        .collect();

    for line in lines {
        if let Line::Group { name, gid } = line {
            group(name, *gid, accounts, &reserved);
        }
    }
    for line in lines {
        if let Line::User {
            name,
            uid,
            group,
            gecos,
            home,
            shell,
        } = line
        {
            user(name, *uid, group.as_deref(), [gecos, home, shell], accounts, &reserved);
        }
    }
    for line in lines {
        if let Line::Member { user: name, group: of } = line {
            user(name, None, None, ["", "", ""], accounts, &reserved);
            group(of, None, accounts, &reserved);
            accounts.add_member(of, name);
        }
    }
}

fn group(name: &str, wanted: Option<u32>, accounts: &mut Database, reserved: &BTreeSet<u32>) {
    if accounts.gid(name).is_some() {
        return;
    }
    let free = |gid: &u32| !accounts.has_gid(*gid);
    let gid = wanted.filter(free).or_else(|| {
        let unclaimed = |id: &u32| free(id) && !accounts.has_uid(*id) && !reserved.contains(id);
        SYSTEM_IDS.rev().find(unclaimed)
    });
    match gid {
        Some(gid) => accounts.add_group(name, gid, "!*"),
        None => tracing::warn!(name, "no number left for a system group"),
    }
}

fn user(
    name: &str,
    wanted: Option<u32>,
    primary: Option<&str>,
    [gecos, home, shell]: [&str; 3],
    accounts: &mut Database,
    reserved: &BTreeSet<u32>,
) {
    if accounts.uid(name).is_some() {
        return;
    }
    let primary = primary.and_then(|group| group.parse().ok().or_else(|| accounts.gid(group)));
    let own = accounts.gid(name);
    let free = |uid: &u32| !accounts.has_uid(*uid);
    // A user and the group of the same name have the same number wherever that is possible.
    let uid = wanted.filter(free).or_else(|| own.filter(free)).or_else(|| {
        let unclaimed = |id: &u32| free(id) && !accounts.has_gid(*id) && !reserved.contains(id);
        SYSTEM_IDS.rev().find(unclaimed)
    });
    let Some(uid) = uid else {
        tracing::warn!(name, "no number left for a system user");
        return;
    };
    let gid = match primary.or(own) {
        Some(gid) => gid,
        None => {
            group(name, Some(uid), accounts, reserved);
            accounts.gid(name).unwrap_or(uid)
        }
    };
    let home = if home.is_empty() { "/" } else { home };
    let shell = match shell {
        "" if uid == 0 => "/bin/sh",
        "" => "/usr/sbin/nologin",
        given => given,
    };
    accounts.add_user([name, gecos, home, shell], uid, gid, "!*");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_line_is_read() {
        assert_eq!(
            parse("g audio 29 -"),
            Ok(Some(Line::Group {
                name: "audio".into(),
                gid: Some(29)
            }))
        );
        let user = |name: &str, uid, group: Option<&str>, gecos: &str, home: &str, shell: &str| {
            Ok(Some(Line::User {
                name: name.into(),
                uid,
                group: group.map(Into::into),
                gecos: gecos.into(),
                home: home.into(),
                shell: shell.into(),
            }))
        };
        assert_eq!(
            parse("u! net - \"Net work\""),
            user("net", None, None, "Net work", "", "")
        );
        assert_eq!(
            parse("u\tsync 4:65534 - /bin /bin/sync"),
            user("sync", Some(4), Some("65534"), "", "/bin", "/bin/sync")
        );
        let member = Line::Member {
            user: "a".into(),
            group: "b".into(),
        };
        assert_eq!(parse("m a b"), Ok(Some(member)));
        assert_eq!(parse("# comment"), Ok(None));
        assert_eq!(parse("r - 500-900"), Ok(None));
    }

    #[test]
    fn what_is_not_understood_is_left_alone() {
        for line in [
            "u x /usr/bin/x",
            "x y",
            "u a:b 1",
            "u %b -",
            "u x - \"open",
            "u",
            "u x - a:b",
            "g x \\",
        ] {
            assert!(parse(line).is_err(), "{line:?}");
        }
    }

    #[test]
    fn numbers_asked_for_by_later_lines_are_not_given_away() {
        let lines: Vec<_> = ["g early -", "u late 999", "u other -"]
            .iter()
            .filter_map(|l| parse(l).unwrap())
            .collect();
        let mut accounts = Database::default();
        apply(&lines, &mut accounts);
        assert_eq!(accounts.gid("early"), Some(998));
        assert_eq!(accounts.uid("late"), Some(999));
        assert_eq!(accounts.uid("other"), Some(997));
    }
}
