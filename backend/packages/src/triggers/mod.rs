//! Triggers: what packages want to be run when certain paths are in a new state.
//!
//! `file` reads what packages say, `pattern` and `due` find out what is to be done, `inhibit` what must not be; `sandbox`
//! runs it, `output` reads what it made. `run` is the order of all that.

mod due;
mod file;
mod inhibit;
mod output;
mod pattern;
mod run;
mod sandbox;

pub(crate) use run::{Change, LIMIT, Ran, Surroundings, room, system, transaction};
