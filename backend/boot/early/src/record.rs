//! `/run/moult/boot`: what the running system finds of the activation. `/run` goes along into the new root.
//!
//! ```text
//! asked 3                 the state that the boot entry asked for
//! before 4                the one that was active before; missing if /usr was none of ours
//! now 3                   the one that is active now; missing likewise
//! result activated        or: already (it was active), failed
//! reason one line         only with failed, and with notes: what a person should know
//! ```
//! One word and a blank, then the value up to the end of the line. Words that a reader does not know are to be passed over.

use std::fmt::Write as _;
use std::path::Path;

use crate::Error;
use crate::activate::{Activated, active};

/// Where the record is, below `/run`.
pub const PATH: &str = "moult/boot";

/// What came of the wish for a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The state that was asked for; 0 if the wish could not be read.
    pub asked: u64,
    /// The state that was active before.
    pub before: Option<u64>,
    /// The state that is active now.
    pub now: Option<u64>,
    /// Whether trees were swapped, were right already, or why not.
    pub result: Result<bool, String>,
    /// What a person should know although it went well.
    pub note: Option<String>,
}

impl Record {
    /// What an activation of `root` came to.
    #[must_use]
    pub fn of(root: &Path, asked: u64, before: Option<u64>, done: &Result<Activated, Error>) -> Record {
        let (result, note) = match done {
            Ok(done) => (Ok(done.swapped), None),
            Err(error @ Error::AfterSwap { .. }) => (Ok(true), Some(error.to_string())),
            Err(error) => (Err(error.to_string()), None),
        };
        Record {
            asked,
            before,
            now: active(root),
            result,
            note,
        }
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("asked {}\n", self.asked);
        let mut line = |word: &str, value: Option<String>| {
            if let Some(value) = value {
                // Never more than one line.
                let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
                let _ = writeln!(text, "{word} {value}");
            }
        };
        line("before", self.before.map(|id| id.to_string()));
        line("now", self.now.map(|id| id.to_string()));
        let (result, reason) = match &self.result {
            Ok(true) => ("activated", self.note.clone()),
            Ok(false) => ("already", self.note.clone()),
            Err(reason) => ("failed", Some(reason.clone())),
        };
        line("result", Some(result.to_owned()));
        line("reason", reason);
        text
    }

    /// Writes it below `run` (`/run`), replacing what an earlier attempt of this boot wrote.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write(&self, run: &Path) -> Result<(), Error> {
        let path = run.join(PATH);
        let failed = |error| Error::io("writing down what was activated", &path, error);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let next = path.with_extension("next");
        std::fs::write(&next, self.text()).map_err(failed)?;
        std::fs::rename(&next, &path).map_err(failed)
    }
}
