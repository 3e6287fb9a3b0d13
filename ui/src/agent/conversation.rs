//! One try of one person: questions as they come, answers as they are given, and how it ended.

use std::sync::Arc;

use futures_util::stream::{self, Stream};
use secrecy::SecretString;
use tokio::sync::mpsc;

use super::helper::{Helper, Line, is_answer};

/// What is said in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A question, as PAM puts it (in English, as a rule): answer it.
    Question {
        /// "Password:", or what a module wants.
        text: String,
        /// Everybody may see the answer.
        echo: bool,
    },
    /// Something to know ("Place your finger on the reader").
    Told(String),
    /// Something that went wrong.
    Wrong(String),
    /// It is over; nothing comes after this.
    Ended(Verdict),
}

/// How a conversation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The person is believed, and polkit knows.
    Granted,
    /// The person is not: mostly, the password is another one.
    Refused,
    /// It could not be asked, and why.
    Broken(String),
}

/// The answering side of a conversation. Clones are the same one; it is cancelled with the last one, too.
#[derive(Debug, Clone)]
pub struct Conversation {
    answers: mpsc::UnboundedSender<Option<SecretString>>,
}

impl Conversation {
    /// Answers the question that was asked last. Without one, or with what is no [answer](is_answer), nothing happens.
    pub fn answer(&self, secret: SecretString) {
        if is_answer(&secret) {
            let _ = self.answers.send(Some(secret));
        }
    }

    /// Ends it; nothing more is said.
    pub fn cancel(&self) {
        let _ = self.answers.send(None);
    }
}

enum Talk {
    ToBegin {
        user: String,
        cookie: Arc<str>,
        answers: mpsc::UnboundedReceiver<Option<SecretString>>,
    },
    Begun {
        helper: Helper,
        /// Questions that wait for an answer: what comes unasked is not sent.
        open: bool,
        answers: mpsc::UnboundedReceiver<Option<SecretString>>,
    },
    Over,
}

pub(super) fn begin(user: String, cookie: Arc<str>) -> (Conversation, impl Stream<Item = Said> + Send + use<>) {
    let (sender, answers) = mpsc::unbounded_channel();
    let talk = Talk::ToBegin { user, cookie, answers };

    (Conversation { answers: sender }, stream::unfold(talk, next))
}

async fn next(talk: Talk) -> Option<(Said, Talk)> {
    let broken = |error: std::io::Error| Some((Said::Ended(Verdict::Broken(error.to_string())), Talk::Over));
    let (mut helper, mut open, mut answers) = match talk {
        Talk::Over => return None,
        Talk::Begun { helper, open, answers } => (helper, open, answers),
        Talk::ToBegin { user, cookie, answers } => match Helper::start(&user, &cookie).await {
            Ok(helper) => (helper, false, answers),
            Err(error) => return broken(error),
        },
    };

    loop {
        let line = tokio::select! {
            line = helper.line() => line,
            answer = answers.recv() => {
                // `None` inside or outside: nobody wants to go on.
                let secret = answer.flatten()?;
                if open {
                    open = false;
                    if let Err(error) = helper.answer(&secret).await {
                        return broken(error);
                    }
                }
                continue;
            }
        };
        let said = match line {
            Ok(Some(Line::Question { text, echo })) => {
                open = true;
                Said::Question { text, echo }
            }
            Ok(Some(Line::Told(text))) => Said::Told(text),
            Ok(Some(Line::Wrong(text))) => Said::Wrong(text),
            Ok(Some(Line::Success)) => return Some((Said::Ended(Verdict::Granted), Talk::Over)),
            Ok(Some(Line::Failure)) => return Some((Said::Ended(Verdict::Refused), Talk::Over)),
            Ok(None) => return broken(std::io::Error::other("the helper ended without an answer")),
            Err(error) => return broken(error),
        };

        return Some((said, Talk::Begun { helper, open, answers }));
    }
}
