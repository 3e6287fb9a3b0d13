//! What holds for the whole call: language, root, how to answer, and whether to ask.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;

use moult_api::FailureCode;
use moult_i18n::{Language, fl};

use crate::error::Error;

/// One call of the program.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) language: Language,
    /// Answers are JSON.
    pub(crate) json: bool,
    /// Changes were allowed beforehand.
    pub(crate) yes: bool,
    /// The system to work on; None for the running one.
    pub(crate) root: Option<PathBuf>,
}

impl Session {
    /// Shows what will happen and asks for it. Without anybody to ask, nothing is done.
    pub(crate) fn confirm(&self, what: &str) -> Result<(), Error> {
        if self.yes {
            return Ok(());
        }
        let language = self.language;
        if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
            return Err(Error::said(FailureCode::NotConfirmed, fl!(language, "ctl-not-asked")));
        }

        let mut terminal = std::io::stderr().lock();
        let _ = write!(terminal, "{what}\n{} ", fl!(language, "ctl-ask"));
        let _ = terminal.flush();
        let mut answer = String::new();
        let _ = std::io::stdin().lock().read_line(&mut answer);
        let answer = answer.trim().to_lowercase();

        if fl!(language, "ctl-yes-letters")
            .split(' ')
            .any(|letters| letters == answer)
        {
            Ok(())
        } else {
            Err(Error::said(FailureCode::NotConfirmed, fl!(language, "ctl-declined")))
        }
    }

    /// Fails before anything is started if a change could not be asked for anyway.
    pub(crate) fn can_confirm(&self) -> Result<(), Error> {
        if self.yes || (std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
            return Ok(());
        }
        Err(Error::said(
            FailureCode::NotConfirmed,
            fl!(self.language, "ctl-not-asked"),
        ))
    }
}
