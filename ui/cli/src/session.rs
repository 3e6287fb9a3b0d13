//! What holds for the whole call: language, root, how to answer, and whether to ask.

use std::io::{IsTerminal, Write};
use std::os::fd::AsFd;
use std::path::PathBuf;

use moult_api::FailureCode;
use moult_i18n::{Language, fl};

use crate::error::Error;
use crate::print::visible;
use crate::terminal::{Asking, line};

/// An answer with more bytes is no leave.
const LONGEST_ANSWER: usize = 1024;

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

        let ask = format!("{what}\n{} ", fl!(language, "ctl-ask"));
        // What cannot be understood is no leave.
        let answer = answer(&ask).unwrap_or_default().unwrap_or_else(|| {
            let _ = writeln!(std::io::stderr());
            String::new()
        });
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

    /// Whether a question that nothing hangs on can be asked.
    pub(crate) fn somebody_is_there(&self) -> bool {
        !self.json && !self.yes && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// What a person types to have something done with the same system.
    pub(crate) fn command(&self, words: &[&str]) -> String {
        let root = self.root.as_ref().map(|root| root.to_string_lossy());
        let root = root.as_deref().map(|root| ["--root", root]);
        let all = ["moultctl"].into_iter().chain(root.into_iter().flatten());
        let all = all.chain(words.iter().copied()).map(quoted);

        visible(&all.collect::<Vec<_>>().join(" "))
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

/// One line from the terminal; None if whoever is there breaks it off.
fn answer(question: &str) -> std::io::Result<Option<String>> {
    let _asking = Asking::aloud(std::io::stdin())?;
    // Not by way of the buffer of stdin: what else is typed is somebody else's.
    let mut input = std::fs::File::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    std::io::stderr().write_all(question.as_bytes())?;
    line(&mut input, LONGEST_ANSWER)
}

/// A word as a shell takes it for one.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_is_shown_can_be_typed_as_it_is() {
        let session = Session {
            language: Language::English,
            json: false,
            yes: false,
            root: Some("/my root".into()),
        };
        assert_eq!(
            session.command(&["repo", "add", "a", "https://b/?c&d", "--description", "it's"]),
            "moultctl --root '/my root' repo add a 'https://b/?c&d' --description 'it'\\''s'"
        );
    }
}
