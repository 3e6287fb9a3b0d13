//! Triggers: what packages want to be run when certain paths are in a new state.

pub(crate) mod due;
pub(crate) mod file;
pub(crate) mod pattern;
pub(crate) mod sandbox;
