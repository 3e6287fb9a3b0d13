//! `system-model.kdl`: which repositories and which chosen packages make a system.

mod edit;
mod read;
mod snapshot;

pub(crate) use edit::{next, tells_secrets};
pub(crate) use read::LARGEST;
pub use read::ModelError;
pub(crate) use read::document;
pub(crate) use snapshot::snapshot;

use moult_stone::Provider;

use crate::repository::Repository;
use crate::selection::Selection;

/// A system as one text: where packages come from and which were chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Where packages come from; those that are switched off are only in the text.
    pub repositories: Vec<Repository>,
    /// What was chosen, in the order of the text.
    pub packages: Vec<Provider>,
    /// The administrator does not want to be reminded that a model is in force.
    pub disable_warning: bool,
    text: String,
}

impl Model {
    /// Reads a model, KDL version 2. Nodes that nobody knows are ignored.
    pub fn parse(text: &str) -> Result<Model, ModelError> {
        read::model(text)
    }

    /// A model that was never written by hand. No password of an address gets into its text.
    pub fn new(repositories: Vec<Repository>, packages: Vec<Provider>) -> Model {
        let text = snapshot::text(&repositories, packages.iter().map(Provider::to_string));
        Model {
            repositories,
            packages,
            disable_warning: false,
            text,
        }
    }

    /// The document as it was written: formatting and comments survive.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// This model edited in place for a system that has these repositories and this selection: what is not met any more
    /// goes, what is new comes at the end, every other byte stays. A text that is too odd for that (what was edited is read
    /// again) is generated anew. `gives` names the package of the selection that
    /// gives something, if one does.
    pub fn updated(
        &self,
        repositories: &[Repository],
        selection: &Selection,
        gives: &dyn Fn(&Provider) -> Option<String>,
    ) -> Result<Model, ModelError> {
        let edited = edit::next(Some(&self.text), repositories, selection, gives);
        let edited = edited.and_then(|text| Model::parse(&text));
        edited.or_else(|_| Model::parse(&snapshot(repositories, selection)))
    }
}
