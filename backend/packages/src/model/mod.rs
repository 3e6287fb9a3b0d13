//! `system-model.kdl`: which repositories and which chosen packages make a system.

mod snapshot;

pub(crate) use snapshot::snapshot;

use moult_stone::Provider;

use crate::repository::Repository;

/// A system as one text: where packages come from and which were chosen.
#[derive(Debug, Clone)]
pub struct Model {
    /// Where packages come from.
    pub repositories: Vec<Repository>,
    /// What was chosen, in the order of the text.
    pub packages: Vec<Provider>,
}
