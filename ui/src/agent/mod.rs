//! A polkit authentication agent of our own, for a screen on which no desktop has one: polkit asks it who agrees to what,
//! and the person answers in the window.
//!
//! | what | where |
//! |---|---|
//! | [`Agent::register`], [`Agent::events`] | here: on the system bus, for this session or this process |
//! | [`Request`]: what is asked, whom it may be asked of, [`Request::begin`], [`Request::answer`] | here |
//! | [`Conversation`], [`Said`]: one try of one person, by way of polkit's own helper | [`conversation`] |
//!
//! Nothing is decided here: the password goes to polkit's set-uid helper, which asks PAM and tells polkit. Passwords are
//! [`secrecy::SecretString`]s that are wiped, and are in no argument, environment, log or error.

mod conversation;
mod helper;
mod person;
mod served;
mod subject;

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream::{self, Stream};
use moult_i18n::Language;
use tokio::sync::{mpsc, oneshot};
use zbus::Connection;

pub use conversation::{Conversation, Said, Verdict};
pub use helper::{LONGEST_ANSWER, is_answer};
pub use person::Person;

use served::Served;
use subject::Registration;

/// Where polkit finds the agent on our connection.
const PATH: &str = "/org/moult/AuthenticationAgent";

/// Why there is no agent.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// There is no system bus, or polkit is not on it.
    #[error("polkit cannot be asked: {0}")]
    Bus(#[from] zbus::Error),
}

/// A registered agent. It is one as long as a clone of it lives.
#[derive(Debug, Clone)]
pub struct Agent {
    number: u64,
    events: Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<Event>>>,
    _registration: Arc<Registration>,
}

/// Something that polkit says unasked.
#[derive(Debug, Clone)]
pub enum Event {
    /// Somebody has to agree. The next one comes when this one is answered.
    Asked(Request),
    /// It is no longer asked: the program that wanted something is gone.
    Withdrawn(RequestId),
}

/// Tells requests apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(u64);

impl Agent {
    /// Registers on the system bus; polkit's messages come in a language. `None`: this session has an agent already (a
    /// desktop's), and ours is not needed.
    ///
    /// # Errors
    /// There is no system bus or no polkit on it, or it refuses.
    pub async fn register(language: Language) -> Result<Option<Self>, Error> {
        Self::register_on(Connection::system().await?, language).await
    }

    /// The same on a connection to a bus with polkit on it.
    ///
    /// # Errors
    /// As [`register`](Self::register).
    pub async fn register_on(connection: Connection, language: Language) -> Result<Option<Self>, Error> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);

        let (sender, receiver) = mpsc::unbounded_channel();
        // What polkit asks must find somebody from the first moment on.
        let _ = connection.object_server().at(PATH, Served::new(sender)).await?;
        let Some(registration) = Registration::make(&connection, language).await? else {
            let _ = connection.object_server().remove::<Served, _>(PATH).await?;
            return Ok(None);
        };

        Ok(Some(Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            events: Arc::new(tokio::sync::Mutex::new(receiver)),
            _registration: Arc::new(registration),
        }))
    }

    /// What polkit says unasked, one request at a time.
    pub fn events(&self) -> impl Stream<Item = Event> + use<> {
        stream::unfold(self.events.clone(), |events| async move {
            let event = events.lock().await.recv().await?;
            Some((event, events))
        })
    }
}

impl Hash for Agent {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

impl PartialEq for Agent {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

/// How a request ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Somebody proved who they are. (Whether that is enough is polkit's to know: its helper told it.)
    Given,
    /// Nobody could.
    Refused,
    /// The person does not want to.
    Dismissed,
}

/// What polkit asks. Clones are the same request; when the last one goes unanswered, it counts as dismissed.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its number.
    pub id: RequestId,
    /// The action (`org.moult.store`).
    pub action: String,
    /// What it is, for people, in the language of [`Agent::register`].
    pub message: String,
    /// More about it, by name: `program`, `command_line`, `polkit.subject-pid`, …
    pub details: HashMap<String, String>,
    /// Who may agree; at least one. This process's own user is first if it is one of them.
    pub people: Vec<Person>,
    cookie: Arc<str>,
    answered: Arc<Mutex<Option<oneshot::Sender<Answer>>>>,
}

impl Request {
    /// Begins to ask one person, who has to be one of [`people`](Self::people). What is said comes as a stream; it begins
    /// when it is polled, and ends when it is dropped.
    pub fn begin(&self, person: &Person) -> (Conversation, impl Stream<Item = Said> + Send + use<>) {
        conversation::begin(person.name.clone(), self.cookie.clone())
    }

    /// Answers; the first answer counts.
    pub fn answer(&self, answer: Answer) {
        let sender = self.answered.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Nobody waits for it any more if it was withdrawn.
        let _ = sender.map(|sender| sender.send(answer));
    }

    /// Whether it is about something that this very process wants.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.details
            .get("polkit.subject-pid")
            .is_some_and(|pid| *pid == std::process::id().to_string())
    }

    /// A request that nobody made, for tests and pictures of whoever shows it.
    #[must_use]
    pub fn made_up(action: &str, message: &str, people: Vec<Person>) -> Self {
        Self {
            id: RequestId(0),
            action: action.to_owned(),
            message: message.to_owned(),
            details: HashMap::new(),
            people,
            cookie: Arc::from(""),
            answered: Arc::new(Mutex::new(None)),
        }
    }
}

#[cfg(test)]
mod tests;
