//! `system-model.kdl`: which repositories and which chosen packages make a state.

use kdl::{KdlDocument, KdlNode};

use crate::repository::{Flag, Repository, write_node};
use crate::selection::Selection;

/// The model of a selection, as it is kept in each state at `/usr/lib/system-model.kdl`. The same input gives the same
/// text.
pub(crate) fn snapshot(repositories: &[Repository], selection: &Selection) -> String {
    text(repositories, selection.explicit().map(|package| package.name.clone()))
}

/// The model of these repositories and packages.
pub(super) fn text(repositories: &[Repository], chosen: impl Iterator<Item = String>) -> String {
    let mut sources = KdlNode::new("repositories");
    let children = sources.ensure_children();
    children.nodes_mut().extend(repositories.iter().map(repository));
    let mut packages = KdlNode::new("packages");
    let children = packages.ensure_children();
    children.nodes_mut().extend(chosen.map(KdlNode::new));
    let mut document = KdlDocument::new();
    document.nodes_mut().extend([sources, packages]);
    document.autoformat();
    document.to_string()
}

/// One repository.
pub(super) fn repository(repository: &Repository) -> KdlNode {
    // The file can be read by everybody: a password stays out of it.
    write_node(repository, Flag::Enabled, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_can_be_read_back_and_holds_no_password() {
        let repository = Repository {
            priority: 10,
            description: "say \"hi\"\n".into(),
            ..Repository::direct("my.repo", "https://me:secret@example.org/stone.index".parse().unwrap())
        };
        let text = snapshot(&[repository], &Selection::default());
        assert!(!text.contains("secret"), "{text}");
        let document: KdlDocument = text.parse().unwrap();
        let node = document
            .get("repositories")
            .unwrap()
            .children()
            .unwrap()
            .get("my.repo")
            .unwrap();
        let value = |name| node.children().unwrap().get_arg(name).unwrap().clone();
        assert_eq!(value("description").as_string(), Some("say \"hi\"\n"));
        assert_eq!(value("uri").as_string(), Some("https://example.org/stone.index"));
        assert_eq!(value("priority").as_integer(), Some(10));
    }
}
