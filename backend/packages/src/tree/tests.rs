use super::*;

fn package(name: &str, items: &[(&str, What)]) -> Package {
    let item = |(path, what): &(&str, What)| Item {
        path: path.as_bytes().to_vec(),
        rights: if *what == What::Directory {
            PLAIN
        } else {
            Rights {
                mode: 0o644,
                uid: 0,
                gid: 0,
            }
        },
        what: what.clone(),
    };
    Package {
        name: name.into(),
        hash: String::new(),
        release: (1, 1),
        items: items.iter().map(item).collect(),
        packed: None,
    }
}

fn link(text: &str) -> What {
    What::Link(text.as_bytes().to_vec())
}

fn paths(tree: &Tree) -> Vec<String> {
    let of = |directory: &Directory| {
        let leaves = directory
            .leaves
            .iter()
            .map(|leaf| lossy(&join(&directory.path, &leaf.name)));
        leaves.collect::<Vec<_>>()
    };
    let mut all: Vec<String> = tree.directories.iter().flat_map(of).collect();
    all.sort();
    all
}

#[test]
fn a_path_below_a_link_goes_where_the_link_leads() {
    let a = package("a", &[("lib64", link("lib")), ("lib/x/one", What::Empty)]);
    let b = package(
        "b",
        &[
            ("lib64/x/two", What::Empty),
            ("y", link("/lib64/x")),
            ("y/three", What::Empty),
        ],
    );
    let tree = Tree::plan(&[a, b], &[]).unwrap();
    assert_eq!(paths(&tree), ["lib/x/one", "lib/x/three", "lib/x/two", "lib64", "y"]);
    assert!(tree.has(b"lib64") && tree.has(b"lib") && !tree.has(b"lib32"));
}

#[test]
fn a_directory_record_at_a_link_to_a_directory_is_the_directory() {
    let a = package("a", &[("lib64", link("lib"))]);
    let b = package("b", &[("lib64", What::Directory), ("lib/x", What::Empty)]);
    assert_eq!(paths(&Tree::plan(&[a, b], &[]).unwrap()), ["lib/x", "lib64"]);
}

#[test]
fn links_out_of_usr_are_never_followed() {
    for target in ["/etc", "..", "../etc", "a/../../etc", "/", "/usr/../etc"] {
        let package = package("a", &[("x", link(target)), ("x/passwd", What::Empty)]);
        assert!(
            matches!(Tree::plan(&[package], &[]), Err(Error::HostileEntry { .. })),
            "{target}"
        );
    }
}

#[test]
fn links_in_a_circle_are_refused() {
    let circle = package("a", &[("x", link("y")), ("y", link("x")), ("x/file", What::Empty)]);
    assert!(matches!(Tree::plan(&[circle], &[]), Err(Error::HostileEntry { .. })));
    let own = package("a", &[("x", link("x/x/x")), ("x/file", What::Empty)]);
    assert!(matches!(Tree::plan(&[own], &[]), Err(Error::HostileEntry { .. })));
}

#[test]
fn a_path_below_a_file_is_refused() {
    let one = package("a", &[("x", What::Empty), ("x/y", What::Empty)]);
    assert!(matches!(Tree::plan(&[one], &[]), Err(Error::HostileEntry { .. })));
    let (a, b) = (
        package("a", &[("x", What::Empty)]),
        package("b", &[("x/y", What::Empty)]),
    );
    assert!(matches!(Tree::plan(&[a, b], &[]), Err(Error::FileConflict { .. })));
    let (a, b) = (
        package("a", &[("f", What::Empty), ("l", link("f"))]),
        package("b", &[("l/y", What::Empty)]),
    );
    assert!(matches!(Tree::plan(&[a, b], &[]), Err(Error::FileConflict { .. })));
}

#[test]
fn two_claims_through_different_paths_are_found() {
    let a = package("a", &[("lib64", link("lib")), ("lib/x", What::Empty)]);
    let b = package("b", &[("lib64/x", What::Empty)]);
    let Err(Error::FileConflict { path, first, second }) = Tree::plan(&[a, b], &[]) else {
        panic!()
    };
    assert_eq!((path.as_str(), first.as_str(), second.as_str()), ("lib/x", "a", "b"));
}

#[test]
fn directories_may_be_shared_if_their_records_agree() {
    let with = |name: &str, mode| {
        let mut package = package(name, &[("d", What::Directory)]);
        package.items[0].rights.mode = mode;
        package
    };
    let tree = Tree::plan(&[with("a", 0o755), with("b", 0o1777), with("c", 0o1777)], &[]).unwrap();
    assert_eq!(tree.directories[1].rights.mode, 0o1777);
    let refused = Tree::plan(&[with("a", 0o700), with("b", 0o1777)], &[]);
    assert!(matches!(refused, Err(Error::DirectoryConflict { .. })));
}

#[test]
fn our_own_files_cannot_be_brought_by_a_package() {
    let own: &[&[u8]] = &[b"lib/moult/state"];
    for path in ["lib/moult/state", "lib/moult/state/x", "lib/moult", "lib"] {
        let refused = Tree::plan(&[package("a", &[(path, What::Empty)])], own);
        assert!(matches!(refused, Err(Error::FileConflict { .. })), "{path}");
    }
    assert!(Tree::plan(&[package("a", &[("lib/moult/other", What::Empty)])], own).is_ok());
}

proptest::proptest! {
    /// Whatever the layouts are: nothing of a planned tree is below a link or a file, and no path leaves `/usr`.
    #[test]
    fn a_planned_tree_cannot_be_left(
        entries in proptest::collection::vec(("[ab](/[ab]){0,3}", 0..6u8, "(/|/usr/|/bin/)?[ab.]{1,2}(/[ab.]{1,2}){0,2}"), 1..8),
    ) {
        let packages: Vec<Package> = entries
            .iter()
            .map(|(path, kind, target)| {
                let what = match kind { 0 => What::Directory, 1 | 2 => What::Empty, _ => link(target) };
                package("p", &[(path.as_str(), what)])
            })
            .collect();
        if let Ok(tree) = Tree::plan(&packages, &[]) {
            let leaves: std::collections::HashSet<String> = paths(&tree).into_iter().collect();
            let all = tree.directories.iter().map(|directory| lossy(&directory.path)).chain(leaves.iter().cloned());
            for path in all.filter(|path| !path.is_empty()) {
                proptest::prop_assert!(moult_stone::check_path(path.as_bytes()).is_ok(), "{path}");
                let above = path.match_indices('/').map(|(at, _)| &path[..at]);
                for parent in above {
                    proptest::prop_assert!(!leaves.contains(parent), "{path} is below {parent}");
                }
            }
            let count: usize = tree.directories.iter().map(|directory| directory.leaves.len()).sum();
            proptest::prop_assert_eq!(count, leaves.len());
        }
    }
}
