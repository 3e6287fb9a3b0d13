//! Whether a root is whole, found out without the engine: the files, the store, the folders and the database are read
//! here, and compared with what the packages say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::data::{Shop, Thing};

/// What can be seen of a path. Contents are BLAKE3 in hexadecimal, links their text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    kind: &'static str,
    mode: u32,
    uid: u32,
    gid: u32,
    content: Vec<u8>,
}

/// All paths below a folder, the folder itself as the empty path.
pub(crate) type Picture = BTreeMap<Vec<u8>, Seen>;

/// Packages by the SHA-256 of their stones.
pub(crate) type Packages = BTreeSet<String>;

/// What a whole root holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whole {
    /// The active state's number; None on a root without one.
    pub(crate) active: Option<u64>,
    /// All states and what they are made of.
    pub(crate) states: BTreeMap<u64, Packages>,
    /// What else was written down: names, pins, held packages, and how many packages each list has.
    pub(crate) notes: BTreeSet<String>,
}

impl Whole {
    /// What the active state is made of.
    pub(crate) fn packages(&self) -> Option<&Packages> {
        self.states.get(&self.active?)
    }
}

/// Files that a state has beside those of its packages.
const OWN: [&[u8]; 2] = [b"lib/moult/state", b"lib/system-model.kdl"];

/// What a `/usr` of these packages must look like, without the two files that are Moult's own.
pub(crate) fn expected(shop: &Shop, packages: &Packages) -> Picture {
    let directory = |mode, uid, gid| Seen {
        kind: "directory",
        mode,
        uid,
        gid,
        content: Vec::new(),
    };
    let mut picture = Picture::from([(Vec::new(), directory(0o755, 0, 0))]);
    let things = packages.iter().flat_map(|hash| &shop.known[hash].things);
    let own = OWN.iter().map(|path| path.to_vec());
    for path in things.clone().map(|(path, _)| path.clone()).chain(own) {
        for end in (0..path.len()).filter(|at| path[*at] == b'/') {
            picture
                .entry(path[..end].to_vec())
                .or_insert_with(|| directory(0o755, 0, 0));
        }
    }
    for (path, thing) in things {
        let seen = match thing {
            Thing::File {
                mode,
                uid,
                gid,
                content,
            } => Seen {
                kind: "file",
                mode: *mode,
                uid: *uid,
                gid: *gid,
                content: blake3::hash(content).to_hex().as_bytes().to_vec(),
            },
            Thing::Link { target } => Seen {
                kind: "link",
                mode: 0o777,
                uid: 0,
                gid: 0,
                content: target.clone(),
            },
            Thing::Directory { mode, uid, gid } => directory(*mode, *uid, *gid),
        };
        picture.insert(path.clone(), seen);
    }
    // The root's links lead to these always; who has no such directory has a link.
    for name in ["lib32", "lib64"] {
        let link = Seen {
            kind: "link",
            mode: 0o777,
            uid: 0,
            gid: 0,
            content: b"lib".to_vec(),
        };
        picture.entry(name.into()).or_insert(link);
    }
    picture
}

/// Hashes of files by device and inode: most have many names.
#[derive(Default)]
struct Hashes(BTreeMap<(u64, u64), Vec<u8>>);

/// What is below a folder.
fn picture(top: &Path, hashes: &mut Hashes) -> Result<Picture, String> {
    let mut picture = Picture::new();
    let mut left = vec![top.to_owned()];
    while let Some(path) = left.pop() {
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        let stat = fs::symlink_metadata(&path).map_err(failed)?;
        let (kind, content) = if stat.is_dir() {
            for entry in fs::read_dir(&path).map_err(failed)? {
                left.push(entry.map_err(failed)?.path());
            }
            ("directory", Vec::new())
        } else if stat.is_symlink() {
            (
                "link",
                fs::read_link(&path).map_err(failed)?.as_os_str().as_bytes().to_vec(),
            )
        } else if stat.is_file() {
            let inode = (stat.dev(), stat.ino());
            let hash = match hashes.0.get(&inode) {
                Some(hash) => hash.clone(),
                None => blake3::hash(&fs::read(&path).map_err(failed)?)
                    .to_hex()
                    .as_bytes()
                    .to_vec(),
            };
            hashes.0.insert(inode, hash.clone());
            ("file", hash)
        } else {
            return Err(format!("{}: {:?}", path.display(), stat.file_type().is_socket()));
        };
        let name = path.strip_prefix(top).unwrap().as_os_str().as_bytes().to_vec();
        let (mode, uid, gid) = (stat.mode() & 0o7777, stat.uid(), stat.gid());
        picture.insert(
            name,
            Seen {
                kind,
                mode,
                uid,
                gid,
                content,
            },
        );
    }
    Ok(picture)
}

/// Fails with the first paths that differ.
fn same(top: &Path, found: &Picture, wanted: &Picture) -> Result<(), String> {
    let differ = |path: &&Vec<u8>| found.get(*path) != wanted.get(*path);
    let paths: BTreeSet<&Vec<u8>> = found.keys().chain(wanted.keys()).filter(differ).collect();
    if paths.is_empty() {
        return Ok(());
    }
    let show = |path: &&Vec<u8>| {
        let name = String::from_utf8_lossy(path);
        format!("{name}: {:?}, expected {:?}", found.get(*path), wanted.get(*path))
    };
    let some: Vec<String> = paths.iter().take(5).map(show).collect();
    Err(format!(
        "{} differs in {} paths: {}",
        top.display(),
        paths.len(),
        some.join("; ")
    ))
}

/// The state whose tree this is, if it is exactly the one of these packages.
fn is_state(shop: &Shop, usr: &Path, packages: &Packages, hashes: &mut Hashes) -> Result<u64, String> {
    let mut found = picture(usr, hashes)?;
    for path in OWN {
        let seen = found
            .remove(path)
            .ok_or_else(|| format!("{} is missing", String::from_utf8_lossy(path)))?;
        if (seen.kind, seen.mode, seen.uid, seen.gid) != ("file", 0o644, 0, 0) {
            return Err(format!("{} is {seen:?}", String::from_utf8_lossy(path)));
        }
    }
    let read = |path: &[u8]| fs::read_to_string(usr.join(std::ffi::OsStr::from_bytes(path))).unwrap_or_default();
    let model = read(OWN[1]);
    if let Some(missing) = packages
        .iter()
        .map(|hash| &shop.known[hash].name)
        .find(|name| !model.contains(*name))
    {
        return Err(format!("the model of {} does not name {missing}", usr.display()));
    }
    same(usr, &found, &expected(shop, packages))?;
    let text = read(OWN[0]);
    text.trim()
        .parse()
        .map_err(|_| format!("{} says it is state {text:?}", usr.display()))
}

/// Which of these is `/usr`, as it stands, with no recovery before. None if there is no `/usr`.
pub(crate) fn standing(shop: &Shop, root: &Path, candidates: &[&Packages]) -> Result<Option<u64>, String> {
    let usr = root.join("usr");
    if !usr.exists() {
        return Ok(None);
    }
    for name in LINKS {
        let target = fs::read_link(root.join(name)).map_err(|error| format!("/{name}: {error}"))?;
        if target != Path::new("usr").join(name) {
            return Err(format!("/{name} leads to {}", target.display()));
        }
    }
    let mut reasons = Vec::new();
    for packages in candidates {
        match is_state(shop, &usr, packages, &mut Hashes::default()) {
            Ok(number) => return Ok(Some(number)),
            Err(reason) => reasons.push(reason),
        }
    }
    Err(format!(
        "/usr is none of the states it may be: {}",
        reasons.join(" -- ")
    ))
}

/// Proves that a root after recovery is whole: each state in the database has its tree, complete and to the byte; the
/// links of the root fit the active one; the store is what the database says, and nothing is left over anywhere.
pub(crate) fn whole(shop: &Shop, root: &Path) -> Result<Whole, String> {
    let moult = root.join(".moult");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(moult.join("moult.db"), flags).map_err(|e| e.to_string())?;
    let found = check(shop, root, &moult, &database);
    found.map_err(|reason| format!("{reason}; states: {:?}", rows(&database)))
}

fn rows(database: &Connection) -> rusqlite::Result<Vec<(u64, String)>> {
    let mut statement = database.prepare("SELECT id, status FROM states ORDER BY id")?;
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?));
    statement.query_map([], row)?.collect()
}

fn check(shop: &Shop, root: &Path, moult: &Path, database: &Connection) -> Result<Whole, String> {
    let sql = |error: rusqlite::Error| error.to_string();
    let integrity: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .map_err(sql)?;
    let foreign = database
        .prepare("PRAGMA foreign_key_check")
        .and_then(|mut found| found.exists([]))
        .map_err(sql)?;
    if integrity != "ok" || foreign {
        return Err(format!(
            "the database is damaged: {integrity}, foreign keys broken: {foreign}"
        ));
    }
    let mut whole = Whole {
        active: None,
        states: BTreeMap::new(),
        notes: notes(database).map_err(sql)?,
    };
    for (id, status) in rows(database).map_err(sql)? {
        let mut statement = database
            .prepare("SELECT hash FROM selections WHERE state = ?1")
            .map_err(sql)?;
        let hashes = statement.query_map([id as i64], |row| row.get(0)).map_err(sql)?;
        whole.states.insert(id, hashes.collect::<Result<_, _>>().map_err(sql)?);
        match status.as_str() {
            "archived" => {}
            "active" if whole.active.is_none() => whole.active = Some(id),
            other => return Err(format!("state {id} is {other}")),
        }
    }

    let mut hashes = Hashes::default();
    for (id, packages) in &whole.states {
        let usr = match whole.active {
            Some(active) if active == *id => root.join("usr"),
            _ => moult.join(format!("states/{id}/usr")),
        };
        let number = is_state(shop, &usr, packages, &mut hashes)?;
        if number != *id {
            return Err(format!("{} is state {number}", usr.display()));
        }
    }
    if whole.active.is_none() && root.join("usr").exists() {
        return Err("there is a /usr that no state is".to_owned());
    }

    let names = |path: &Path| -> BTreeSet<String> {
        let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name());
        entries.map(|name| name.to_string_lossy().into_owned()).collect()
    };
    let archived = whole
        .states
        .keys()
        .filter(|id| whole.active != Some(**id))
        .map(u64::to_string);
    let archived: BTreeSet<String> = archived.collect();
    if names(&moult.join("states")) != archived {
        return Err(format!(
            "in states: {:?}, expected {archived:?}",
            names(&moult.join("states"))
        ));
    }
    let allowed = [
        "moult.db",
        "moult.db-wal",
        "moult.db-shm",
        "lock",
        "reserve",
        "downloads",
        "states",
        "store",
        "spare",
        "local",
    ];
    let extra: Vec<String> = names(moult)
        .into_iter()
        .filter(|name| !allowed.contains(&name.as_str()))
        .collect();
    // A download that is whole stays for the next attempt, and so does the beginning of one.
    let mut downloads = names(&moult.join("downloads"));
    downloads.retain(|name| {
        let Ok(found) = fs::read(moult.join("downloads").join(name)) else {
            return true;
        };
        match name.rsplit_once('.') {
            Some((hash, "stone")) => !shop.known.contains_key(hash) || crate::data::sha256(&found) != hash,
            Some((hash, "part")) => !shop.stone(hash).is_some_and(|whole| whole.starts_with(&found)),
            _ => true,
        }
    });
    if !extra.is_empty() || !downloads.is_empty() {
        return Err(format!("left over: {extra:?} in .moult, {downloads:?} in downloads"));
    }
    spare(shop, moult, &whole, &mut hashes)?;
    links(root, &whole)?;
    store(moult, database, &mut hashes)?;
    Ok(whole)
}

fn notes(database: &Connection) -> rusqlite::Result<BTreeSet<String>> {
    let mut statement = database.prepare(
        "SELECT 'state ' || id || ' is called ' || name || ', pinned ' || pinned FROM states
         UNION ALL SELECT 'held ' || name FROM holds
         UNION ALL SELECT repository || ' has ' || count(*) FROM packages WHERE repository NOT NULL GROUP BY repository",
    )?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// Fails if a download is still there.
pub(crate) fn no_downloads(root: &Path) -> Result<(), String> {
    let left = fs::read_dir(root.join(".moult/downloads")).map_err(|error| error.to_string())?;
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    if left.is_empty() {
        return Ok(());
    }
    Err(format!("in downloads: {left:?}"))
}

/// If there is a spare tree, it is a whole copy of a state that is there, without Moult's own files.
fn spare(shop: &Shop, moult: &Path, whole: &Whole, hashes: &mut Hashes) -> Result<(), String> {
    for entry in fs::read_dir(moult.join("spare")).into_iter().flatten() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let packages = name.parse().ok().and_then(|id: u64| whole.states.get(&id));
        let packages = packages.ok_or_else(|| format!("left over: spare/{name}"))?;
        let mut wanted = expected(shop, packages);
        wanted.retain(|path, seen| !matches!(path.as_slice(), b"lib32" | b"lib64") || seen.kind != "link");
        let usr = moult.join("spare").join(name).join("usr");
        same(&usr, &picture(&usr, hashes)?, &wanted)?;
    }
    Ok(())
}

const LINKS: [&str; 5] = ["bin", "sbin", "lib", "lib32", "lib64"];

/// The links of the root, and nothing beside them.
fn links(root: &Path, whole: &Whole) -> Result<(), String> {
    let mut wanted = BTreeMap::from([(".moult".to_owned(), None)]);
    if whole.active.is_some() {
        wanted.insert("usr".to_owned(), None);
        for name in LINKS {
            wanted.insert(name.to_owned(), Some(format!("usr/{name}")));
        }
    }
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(root).unwrap() {
        let entry = entry.unwrap();
        let target = fs::read_link(entry.path())
            .ok()
            .map(|target| target.to_string_lossy().into_owned());
        found.insert(entry.file_name().to_string_lossy().into_owned(), target);
    }
    // Before the first state the links may be there already: they lead nowhere, and hurt nobody.
    if whole.active.is_none() {
        found.retain(|name, target| target.is_none() || !LINKS.contains(&name.as_str()));
    }
    // A file system's own.
    found.remove("lost+found");
    // The administrator's, with the files of repositories, and nothing half-written among them.
    if found.remove("etc").is_some() {
        let etc = picture(&root.join("etc"), &mut Hashes::default())?;
        let known = ["", "moult", "moult/repo.d"].map(|path| path.as_bytes().to_vec());
        let strange = |path: &&Vec<u8>| !known.contains(path) && !path.ends_with(b".kdl");
        if let Some(path) = etc.keys().find(strange) {
            return Err(format!("left over: /etc/{}", String::from_utf8_lossy(path)));
        }
    }
    if found != wanted {
        return Err(format!("the root has {found:?}, expected {wanted:?}"));
    }
    Ok(())
}

/// The store holds exactly what the database says, and each file of it is whole.
fn store(moult: &Path, database: &Connection, hashes: &mut Hashes) -> Result<(), String> {
    let mut wanted = Picture::new();
    for (content, [mode, uid, gid], size) in crate::named::named(database)? {
        let hex = blake3::Hash::from_bytes(content).to_hex().to_string();
        let name = match (mode, uid, gid) {
            (0o644, 0, 0) => format!("{}/{hex}", &hex[..2]),
            _ => format!("{}/{hex}.{mode:o}-{uid}-{gid}", &hex[..2]),
        };
        let path = moult.join("store").join(&name);
        match fs::symlink_metadata(&path) {
            Ok(stat) if stat.len() == size => {}
            other => return Err(format!("store/{name} should have {size} bytes: {other:?}")),
        }
        wanted.insert(
            name.into_bytes(),
            Seen {
                kind: "file",
                mode,
                uid,
                gid,
                content: hex.into_bytes(),
            },
        );
    }
    let mut found = picture(&moult.join("store"), hashes)?;
    found.retain(|_, seen| seen.kind != "directory");
    same(&moult.join("store"), &found, &wanted)?;
    Ok(())
}
