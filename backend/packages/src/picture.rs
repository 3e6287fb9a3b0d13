//! What a state's `/usr` holds, path by path: the packages' tree with what triggers made laid over it. Moult's own files
//! are not part of it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::package::{Item, Package, Rights, What};
use crate::tree::{Directory, Leaf, Tree, split};

/// Every path below `/usr` (not `/usr` itself), parents before their children.
pub(crate) type Picture<'a> = BTreeMap<Vec<u8>, Node<'a>>;

/// One path of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Node<'a> {
    pub(crate) rights: Rights,
    pub(crate) what: &'a What,
}

/// What a trigger did to one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Generated {
    pub(crate) trigger: String,
    pub(crate) path: Vec<u8>,
    /// What is there now; None where the trigger took something away.
    pub(crate) item: Option<Item>,
}

/// The picture of these packages and of what triggers made, in the order in which they ran.
pub(crate) fn picture<'a>(tree: &'a Tree, packages: &'a [Package], generated: &'a [Generated]) -> Picture<'a> {
    let mut picture = Picture::new();
    for directory in &tree.directories {
        if !directory.path.is_empty() {
            let (rights, what) = (directory.rights, &What::Directory);
            picture.insert(directory.path.clone(), Node { rights, what });
        }
        for leaf in &directory.leaves {
            if let Some(node) = found(packages, leaf) {
                picture.insert(join(&directory.path, &leaf.name), node);
            }
        }
    }
    lay(&mut picture, generated);
    picture
}

/// The pictures of two states (what triggers made counts for the first alone), without most of what is the same in both:
/// two states that follow each other have nearly everything in common, and a path that is in neither picture costs nothing.
pub(crate) fn differing<'a>(
    old: (&'a Tree, &'a [Package], &'a [Generated]),
    new: (&'a Tree, &'a [Package]),
) -> (Picture<'a>, Picture<'a>) {
    let (old_tree, old_packages, generated) = old;
    let (new_tree, new_packages) = new;
    let touched = Touched::by(generated);
    let (mut before, mut after) = (Picture::new(), Picture::new());
    let (mut olds, mut news) = (
        old_tree.directories.iter().peekable(),
        new_tree.directories.iter().peekable(),
    );
    loop {
        let order = match (olds.peek(), news.peek()) {
            (None, None) => break,
            (Some(old), Some(new)) => old.path.cmp(&new.path),
            (old, _) => {
                if old.is_some() {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        };
        let old = if order.is_le() { olds.next() } else { None };
        let new = if order.is_ge() { news.next() } else { None };
        let Some(path) = old.or(new).map(|directory| directory.path.as_slice()) else {
            break;
        };
        let below = touched.directory(path);
        let same = old.zip(new).is_some_and(|(old, new)| old.rights == new.rights);
        if !path.is_empty() && (below || !same) {
            for (directory, picture) in [(old, &mut before), (new, &mut after)] {
                if let Some(Directory { rights, .. }) = directory {
                    let (rights, what) = (*rights, &What::Directory);
                    picture.insert(path.to_vec(), Node { rights, what });
                }
            }
        }
        let names = touched.names.get(path);
        let touches = |leaf: &Leaf| below || names.is_some_and(|names| names.contains(leaf.name.as_slice()));
        let (mut one, mut other) = (leaves(old).peekable(), leaves(new).peekable());
        loop {
            let order = match (one.peek(), other.peek()) {
                (None, None) => break,
                (Some(old), Some(new)) => old.name.cmp(&new.name),
                (old, _) => {
                    if old.is_some() {
                        Ordering::Less
                    } else {
                        Ordering::Greater
                    }
                }
            };
            let old = if order.is_le() { one.next() } else { None };
            let new = if order.is_ge() { other.next() } else { None };
            let (was, is) = (
                old.and_then(|leaf| found(old_packages, leaf)),
                new.and_then(|leaf| found(new_packages, leaf)),
            );
            if was == is && !old.is_some_and(touches) {
                continue;
            }
            for (leaf, node, picture) in [(old, was, &mut before), (new, is, &mut after)] {
                if let Some((leaf, node)) = leaf.zip(node) {
                    picture.insert(join(path, &leaf.name), node);
                }
            }
        }
    }
    lay(&mut before, generated);
    (before, after)
}

fn leaves<'a>(directory: Option<&'a Directory>) -> std::slice::Iter<'a, Leaf> {
    directory.map_or(&[][..], |directory| &directory.leaves).iter()
}

/// What triggers changed: these paths, and all below them.
struct Touched<'a> {
    paths: HashSet<&'a [u8]>,
    /// The same by their directories.
    names: HashMap<&'a [u8], HashSet<&'a [u8]>>,
}

impl<'a> Touched<'a> {
    fn by(generated: &'a [Generated]) -> Touched<'a> {
        let paths: HashSet<&[u8]> = generated.iter().map(|change| change.path.as_slice()).collect();
        let mut names: HashMap<&[u8], HashSet<&[u8]>> = HashMap::new();
        for (parent, name) in paths.iter().map(|path| split(path)) {
            names.entry(parent).or_default().insert(name);
        }
        Touched { paths, names }
    }

    /// Whether a directory is one of them or below one.
    fn directory(&self, path: &[u8]) -> bool {
        let ends = path
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'/')
            .map(|(at, _)| at);
        !self.paths.is_empty() && ends.chain([path.len()]).any(|end| self.paths.contains(&path[..end]))
    }
}

fn found<'a>(packages: &'a [Package], leaf: &Leaf) -> Option<Node<'a>> {
    packages.get(leaf.package)?.items.get(leaf.item).map(node)
}

fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    if directory.is_empty() {
        name.to_vec()
    } else {
        [directory, b"/", name].concat()
    }
}

/// Lays what triggers made over a picture.
fn lay<'a>(picture: &mut Picture<'a>, generated: &'a [Generated]) {
    for change in generated {
        match &change.item {
            Some(item) => {
                if item.what != What::Directory {
                    take_away(picture, &change.path);
                }
                picture.insert(change.path.clone(), node(item));
            }
            None => take_away(picture, &change.path),
        }
    }
}

fn node(item: &Item) -> Node<'_> {
    Node {
        rights: item.rights,
        what: &item.what,
    }
}

/// Removes a path and everything below it.
fn take_away(picture: &mut Picture<'_>, path: &[u8]) {
    picture.remove(path);
    let prefix = [path, b"/"].concat();
    let below: Vec<Vec<u8>> = picture
        .range(prefix.clone()..)
        .map(|(path, _)| path)
        .take_while(|path| path.starts_with(&prefix))
        .cloned()
        .collect();
    for path in below {
        picture.remove(&path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn item(path: &str, what: What) -> Item {
        let rights = Rights {
            mode: 0o644,
            uid: 0,
            gid: 0,
        };
        Item {
            path: path.into(),
            rights,
            what,
        }
    }

    fn package(items: Vec<Item>) -> Package {
        Package {
            name: "a".into(),
            hash: "h".into(),
            release: (1, 1),
            items,
            packed: None,
        }
    }

    #[test]
    fn what_a_trigger_took_away_takes_everything_below_it() {
        let packages = [package(vec![
            item("d/one", What::Empty),
            item("d/sub/two", What::Empty),
            item("d-other", What::Empty),
        ])];
        let tree = Tree::plan(&packages, &[]).unwrap();
        let made = item("made/by", What::Empty);
        let generated = [
            Generated {
                trigger: "t".into(),
                path: b"d".to_vec(),
                item: None,
            },
            Generated {
                trigger: "t".into(),
                path: made.path.clone(),
                item: Some(made),
            },
        ];
        let picture = picture(&tree, &packages, &generated);
        let paths: Vec<&[u8]> = picture.keys().map(Vec::as_slice).collect();
        assert_eq!(paths, [&b"d-other"[..], b"made/by"]);
    }

    /// Paths that often meet: a file in one package is above a path of another, so some of these are no trees.
    fn packages() -> impl Strategy<Value = Vec<Package>> {
        let path = "[a-c](/[a-c]){0,3}";
        let what = prop_oneof![
            (0u8..3).prop_map(|byte| What::Stored([byte; 32])),
            Just(What::Empty),
            Just(What::Directory)
        ];
        let one = (path, 0u32..2, what).prop_map(|(path, mode, what)| {
            let mut item = item(&path, what);
            item.rights.mode += mode;
            item
        });
        proptest::collection::vec(one.prop_map(|item| package(vec![item])), 0..12)
    }

    fn made() -> impl Strategy<Value = Vec<Generated>> {
        let item = proptest::option::of(prop_oneof![
            Just(What::Empty),
            Just(What::Directory),
            Just(What::Stored([9; 32]))
        ]);
        let one = ("[a-c](/[a-c]){0,2}", item).prop_map(|(path, what)| Generated {
            trigger: "t".into(),
            path: path.clone().into(),
            item: what.map(|what| self::item(&path, what)),
        });
        proptest::collection::vec(one, 0..4)
    }

    proptest! {
        #![proptest_config(ProptestConfig { max_global_rejects: 100_000, ..ProptestConfig::default() })]
        #[test]
        fn what_two_states_do_not_share_is_what_their_whole_pictures_say(
            old in packages(), changes in packages(), made in made(), keep in 0usize..12
        ) {
            let new: Vec<Package> = old.iter().take(keep).chain(&changes)
                .map(|one| package(one.items.clone()))
                .collect();
            let (Ok(old_tree), Ok(new_tree)) = (Tree::plan(&old, &[]), Tree::plan(&new, &[])) else {
                return Err(TestCaseError::reject("no trees"));
            };
            let (before, after) = differing((&old_tree, &old, &made), (&new_tree, &new));
            let (whole_before, whole_after) = (picture(&old_tree, &old, &made), picture(&new_tree, &new, &[]));
            for path in whole_before.keys().chain(whole_after.keys()).chain(before.keys()).chain(after.keys()) {
                let (whole, short) = ((whole_before.get(path), whole_after.get(path)), (before.get(path), after.get(path)));
                prop_assert!(short == whole || (short == (None, None) && whole.0 == whole.1), "{:?}: {:?} of {:?}", path, short, whole);
            }
        }
    }
}
