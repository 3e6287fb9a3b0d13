//! What ends the program with 1, in words or as JSON.

use moult_api::{Failure, FailureCode};
use moult_i18n::{Language, explain, fl};
use serde::Serialize;

use crate::print::{json, visible};

/// Why it was not done.
#[derive(Debug)]
pub(crate) enum Error {
    /// The backend says why.
    Failure(Failure),
    /// This program found out, or knows better words.
    Said {
        /// For programs.
        failure: Failure,
        /// For people.
        text: String,
    },
    /// What was found is on stdout already, and it is bad.
    Shown,
}

/// One JSON object on stderr.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    failure: &'a Failure,
    message: String,
}

impl Error {
    pub(crate) fn said(code: FailureCode, text: String) -> Self {
        Self::Said {
            failure: Failure::new(code, ""),
            text,
        }
    }

    pub(crate) fn wrong_file(text: String) -> Self {
        Self::said(FailureCode::BadInput, text)
    }

    /// The backend does not answer.
    pub(crate) fn silent(language: Language, reason: &str) -> Self {
        Self::Said {
            failure: Failure::new(FailureCode::BackendStopped, reason),
            text: fl!(language, "ctl-backend-failed", reason = visible(reason)),
        }
    }

    /// For a person: what happened, what state things are in, what to do, and the detail. For a program: one object.
    pub(crate) fn report(&self, language: Language, as_json: bool) -> String {
        match self {
            Self::Failure(failure) => {
                let text = explain(language, failure, "");
                if as_json {
                    return json(&Report {
                        failure,
                        message: text.what,
                    });
                }
                let mut lines = vec![visible(&text.what), visible(&text.state), visible(&text.todo)];
                lines.extend(letting_go(failure));
                if !failure.detail.is_empty() && !text.what.contains(&failure.detail) {
                    // The lines of a trigger's output stay lines.
                    let detail: Vec<_> = failure.detail.lines().map(visible).collect();
                    lines.push(fl!(language, "ctl-detail", detail = detail.join("\n")));
                }
                lines.join("\n") + "\n"
            }
            Self::Said { failure, text } if as_json => json(&Report {
                failure,
                message: text.clone(),
            }),
            Self::Said { text, .. } => format!("{text}\n"),
            Self::Shown => String::new(),
        }
    }
}

/// The command that makes room where a kernel has none; None = no state is left whose kernel could go.
fn letting_go(failure: &Failure) -> Option<String> {
    let numbers: Vec<String> = failure.in_the_way().iter().map(u64::to_string).collect();
    (!numbers.is_empty()).then(|| format!("  moultctl state remove {}", numbers.join(" ")))
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<zbus::Error> for Error {
    fn from(error: zbus::Error) -> Self {
        Self::Failure(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_without_room_comes_with_the_command_that_makes_room() {
        let full = |states: &str| {
            let failure = Failure::new(FailureCode::BootFull, "")
                .arg("needed", 90 << 20)
                .arg("free", 7 << 20)
                .arg("states", states);
            Error::from(failure).report(Language::English, false)
        };
        let text = full("3, 5");
        assert!(
            text.lines().any(|line| line.trim() == "moultctl state remove 3 5"),
            "{text}"
        );
        assert!(text.contains("3, 5"), "{text}");
        assert!(!full("").contains("moultctl state"), "nothing is left that could go");
    }
}
