//! The new `/usr` as a plan: which directory holds what, out of the layouts of all packages.
//!
//! Rules, decided here and nowhere else, before anything is written:
//! - A file or link that two packages bring is refused, even if both bring the same one.
//! - Parents are implicit, 0755 root:root. A directory that several packages bring is fine if they agree; a record that
//!   says 0755 root:root says no more than the implicit one and gives way. Two different other ones are refused.
//! - A path that leads through a link of the same set goes to where the link leads (as in `lib64 -> lib`), as long as
//!   that is below `/usr`. What would leave `/usr`, go in a circle or pass through a regular file is refused.
//!
//! So every path in a [`Tree`] is below `/usr`, and nothing in it is below a link: whoever makes it in an empty
//! directory cannot leave that directory.

use std::collections::HashMap;

use crate::error::{Error, lossy};
use crate::package::{Item, Package, Rights, What};

/// What a directory has without a record of its own.
pub(crate) const PLAIN: Rights = Rights {
    mode: 0o755,
    uid: 0,
    gid: 0,
};
/// Links followed for one path.
const LINKS: u32 = 40;

/// The links of a root that lead into `/usr`, as absolute link texts use them.
const ROOT_LINKS: [&[u8]; 5] = [b"bin", b"sbin", b"lib", b"lib32", b"lib64"];

/// All directories, parents before their children.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) directories: Vec<Directory>,
}

#[derive(Debug)]
pub(crate) struct Directory {
    /// Below `/usr`; empty for `/usr` itself.
    pub(crate) path: Vec<u8>,
    pub(crate) rights: Rights,
    /// Sorted by name.
    pub(crate) leaves: Vec<Leaf>,
    /// The package whose record `rights` is from.
    record: Option<usize>,
    /// A package that needs the directory; none for those that only Moult's own files need.
    user: Option<usize>,
}

/// A file or a link.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Leaf {
    pub(crate) name: Vec<u8>,
    /// Which package, in the list that the tree was made from.
    pub(crate) package: usize,
    /// Which of its items.
    pub(crate) item: usize,
}

impl Tree {
    /// Plans the tree of these packages. `own` are files that Moult adds itself, which no package may bring: their
    /// directories are in the tree, they are not.
    pub(crate) fn plan(packages: &[Package], own: &[&[u8]]) -> Result<Tree, Error> {
        let mut plan = Plan {
            packages,
            links: links(packages)?,
            directories: Vec::new(),
            numbers: HashMap::new(),
        };
        plan.directory(b"", None);
        let mut parents: HashMap<&[u8], usize> = HashMap::new();
        for (at, package) in packages.iter().enumerate() {
            for (number, item) in package.items.iter().enumerate() {
                if item.what == What::Directory {
                    plan.record(at, item)?;
                    continue;
                }
                let (parent, name) = split(&item.path);
                let directory = match parents.get(parent) {
                    Some(known) => *known,
                    None => {
                        let real = plan.follow(at, item, parent)?;
                        let directory = plan.directory(&real, Some(at));
                        parents.insert(parent, directory);
                        directory
                    }
                };
                plan.directories[directory].leaves.push(Leaf {
                    name: name.to_vec(),
                    package: at,
                    item: number,
                });
            }
        }
        for path in own {
            plan.directory(split(path).0, None);
        }
        plan.check(own)?;
        let mut directories = plan.directories;
        directories.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(Tree { directories })
    }

    /// Files and links.
    pub(crate) fn leaves(&self) -> u64 {
        self.directories
            .iter()
            .map(|directory| directory.leaves.len() as u64)
            .sum()
    }

    /// Whether anything of this name is directly in `/usr`.
    pub(crate) fn has(&self, name: &[u8]) -> bool {
        let found = |path: &[u8]| {
            self.directories
                .binary_search_by(|directory| directory.path.as_slice().cmp(path))
        };
        let leaf = |at: usize| {
            let leaves = &self.directories[at].leaves;
            leaves.binary_search_by(|leaf| leaf.name.as_slice().cmp(name)).is_ok()
        };
        found(name).is_ok() || found(b"").is_ok_and(leaf)
    }
}

struct Plan<'p> {
    packages: &'p [Package],
    links: Links<'p>,
    directories: Vec<Directory>,
    numbers: HashMap<Vec<u8>, usize>,
}

impl Plan<'_> {
    fn name(&self, package: usize) -> String {
        self.packages
            .get(package)
            .map_or_else(|| "Moult itself".to_owned(), |package| package.name.clone())
    }

    /// The directory with this real path; it and its parents are added when they are not there.
    fn directory(&mut self, path: &[u8], user: Option<usize>) -> usize {
        if let Some(known) = self.numbers.get(path) {
            let known = *known;
            self.directories[known].user = self.directories[known].user.or(user);
            return known;
        }
        // Not recursive: a path may have thousands of components.
        let mut number = 0;
        for end in (0..path.len()).filter(|at| path[*at] == b'/').chain([path.len()]) {
            let path = &path[..end];
            number = match self.numbers.get(path) {
                Some(known) => *known,
                None => {
                    self.numbers.insert(path.to_vec(), self.directories.len());
                    let (path, rights) = (path.to_vec(), PLAIN);
                    self.directories.push(Directory {
                        path,
                        rights,
                        leaves: Vec::new(),
                        record: None,
                        user,
                    });
                    self.directories.len() - 1
                }
            };
        }
        number
    }

    /// Takes in a package's directory record.
    fn record(&mut self, package: usize, item: &Item) -> Result<(), Error> {
        let real = self.follow(package, item, &item.path)?;
        let number = self.directory(&real, Some(package));
        let directory = &mut self.directories[number];
        if item.rights == PLAIN || item.rights == directory.rights {
            return Ok(());
        }
        if let Some(first) = directory.record {
            let (first, second) = (self.name(first), self.name(package));
            return Err(Error::DirectoryConflict {
                path: lossy(&real),
                first,
                second,
            });
        }
        directory.rights = item.rights;
        directory.record = Some(package);
        Ok(())
    }

    fn follow(&self, package: usize, item: &Item, path: &[u8]) -> Result<Vec<u8>, Error> {
        follow(&self.links, path).map_err(|reason| hostile(self.name(package), &item.path, reason))
    }

    /// Sorts the leaves, and refuses what two packages claim.
    fn check(&mut self, own: &[&[u8]]) -> Result<(), Error> {
        for directory in &mut self.directories {
            directory.leaves.sort_unstable();
        }
        for directory in &self.directories {
            for pair in directory.leaves.windows(2) {
                let [one, other] = pair else { continue };
                if one.name == other.name {
                    let path = join(&directory.path, &one.name);
                    return Err(self.claimed(&path, one.package, Some(other.package)));
                }
            }
            // The directory itself must not be a file in its parent.
            let (parent, name) = split(&directory.path);
            if let Some(leaf) = self.leaf(parent, name) {
                return Err(self.claimed(&directory.path, leaf.package, directory.user));
            }
        }
        for path in own {
            let (parent, name) = split(path);
            if let Some(leaf) = self.leaf(parent, name) {
                return Err(self.claimed(path, leaf.package, None));
            }
            if let Some(directory) = self.numbers.get(*path) {
                let user = self.directories[*directory].user.unwrap_or(usize::MAX);
                return Err(self.claimed(path, user, None));
            }
        }
        Ok(())
    }

    fn leaf(&self, parent: &[u8], name: &[u8]) -> Option<&Leaf> {
        let directory = self.directories.get(*self.numbers.get(parent)?)?;
        let at = directory
            .leaves
            .binary_search_by(|leaf| leaf.name.as_slice().cmp(name))
            .ok()?;
        directory.leaves.get(at)
    }

    fn claimed(&self, path: &[u8], first: usize, second: Option<usize>) -> Error {
        if second == Some(first) {
            return hostile(
                self.name(first),
                path,
                "it is there twice, or is both a file and a directory".to_owned(),
            );
        }
        let (first, second) = (self.name(first), self.name(second.unwrap_or(usize::MAX)));
        Error::FileConflict {
            path: lossy(path),
            first,
            second,
        }
    }
}

fn hostile(package: String, path: &[u8], reason: String) -> Error {
    Error::HostileEntry {
        package,
        path: lossy(path),
        reason,
    }
}

/// Links by their real path, with their text.
type Links<'p> = HashMap<Vec<u8>, &'p [u8]>;

/// Collects all links. A link may itself be below another one, so those with fewer components come first.
fn links(packages: &[Package]) -> Result<Links<'_>, Error> {
    let mut found = Vec::new();
    for package in packages {
        for item in &package.items {
            if let What::Link(target) = &item.what {
                let depth = item.path.iter().filter(|byte| **byte == b'/').count();
                found.push((depth, &item.path, target.as_slice(), package));
            }
        }
    }
    found.sort_by_key(|(depth, path, ..)| (*depth, *path));
    let mut links = Links::new();
    for (_, path, target, package) in found {
        let (parent, name) = split(path);
        let parent = follow(&links, parent).map_err(|reason| hostile(package.name.clone(), path, reason))?;
        // Two links at one path are refused by the check of the leaves.
        links.entry(join(&parent, name)).or_insert(target);
    }
    Ok(links)
}

/// Where a directory's path leads when all links in it are followed, its last component too.
fn follow(links: &Links<'_>, path: &[u8]) -> Result<Vec<u8>, String> {
    let mut real: Vec<u8> = Vec::with_capacity(path.len());
    let mut left: Vec<&[u8]> = path.split(|byte| *byte == b'/').rev().collect();
    let mut count = 0;
    while let Some(component) = left.pop() {
        match component {
            b"" | b"." => continue,
            b".." if real.is_empty() => return Err("a link in it leads out of /usr".to_owned()),
            b".." => real.truncate(split(&real).0.len()),
            _ => {
                let before = real.len();
                if !real.is_empty() {
                    real.push(b'/');
                }
                real.extend_from_slice(component);
                let Some(target) = links.get(&real).copied() else {
                    continue;
                };
                count += 1;
                if count > LINKS {
                    return Err("the links in it go in a circle".to_owned());
                }
                real.truncate(before);
                let target = match target.strip_prefix(b"/") {
                    None => target,
                    Some(absolute) => {
                        real.clear();
                        below_usr(absolute).ok_or_else(|| "a link in it leads out of /usr".to_owned())?
                    }
                };
                left.extend(target.split(|byte| *byte == b'/').rev());
            }
        }
    }
    Ok(real)
}

/// An absolute path (without its first slash) as one below `/usr`.
fn below_usr(absolute: &[u8]) -> Option<&[u8]> {
    let start = absolute.iter().position(|byte| *byte != b'/')?;
    let absolute = absolute.get(start..)?;
    let end = absolute.iter().position(|byte| *byte == b'/').unwrap_or(absolute.len());
    match absolute.get(..end)? {
        b"usr" => absolute.get(end..),
        link if ROOT_LINKS.contains(&link) => Some(absolute),
        _ => None,
    }
}

/// Parent and name.
pub(crate) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (b"", path),
    }
}

fn join(parent: &[u8], name: &[u8]) -> Vec<u8> {
    if parent.is_empty() {
        name.to_vec()
    } else {
        [parent, b"/", name].concat()
    }
}

#[cfg(test)]
mod tests;
