//! What a state's `/usr` holds, path by path: the packages' tree with what triggers made laid over it. Moult's own files
//! are not part of it.

use std::collections::BTreeMap;

use crate::package::{Item, Package, Rights, What};
use crate::tree::Tree;

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
            let item = packages
                .get(leaf.package)
                .and_then(|package| package.items.get(leaf.item));
            let Some(item) = item else { continue };
            let path = if directory.path.is_empty() {
                leaf.name.clone()
            } else {
                [directory.path.as_slice(), b"/", &leaf.name].concat()
            };
            picture.insert(path, node(item));
        }
    }
    for change in generated {
        match &change.item {
            Some(item) => {
                if item.what != What::Directory {
                    take_away(&mut picture, &change.path);
                }
                picture.insert(change.path.clone(), node(item));
            }
            None => take_away(&mut picture, &change.path),
        }
    }
    picture
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
}
