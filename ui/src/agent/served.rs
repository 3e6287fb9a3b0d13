//! What polkit calls: `org.freedesktop.PolicyKit1.AuthenticationAgent`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc, oneshot};
use zbus::message::Header;
use zbus::names::BusName;
use zbus::{Connection, DBusError, OwnedVariant, fdo, interface};

use super::{Answer, Event, Person, Request, RequestId, subject};

/// Nobody is chosen from a longer list.
const MOST_PEOPLE: usize = 64;
const MOST_DETAILS: usize = 64;
/// In letters; a command line in the details can be long.
const LONGEST_TEXT: usize = 4096;

/// A no, in polkit's words: it tells a person's own no from one of the rules.
#[derive(Debug, DBusError)]
#[zbus(prefix = "org.freedesktop.PolicyKit1.Error")]
enum No {
    #[zbus(error)]
    ZBus(zbus::Error),
    Failed(String),
    Cancelled(String),
    NotAuthorized(String),
}

/// The object that polkit calls.
#[derive(Debug)]
pub(super) struct Served {
    events: mpsc::UnboundedSender<Event>,
    /// By cookie: tells a request that it is withdrawn.
    open: Mutex<HashMap<String, Arc<Notify>>>,
    /// Whose turn it is: one request at a time.
    turn: tokio::sync::Mutex<()>,
}

impl Served {
    pub(super) fn new(events: mpsc::UnboundedSender<Event>) -> Self {
        Self {
            events,
            open: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<String, Arc<Notify>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the turn of a request, and for its answer.
    async fn ask(&self, request: Request, answered: oneshot::Receiver<Answer>) -> Result<(), No> {
        let _turn = self.turn.lock().await;
        let nobody = |_| No::Failed("nobody is there to ask".to_owned());
        self.events.send(Event::Asked(request)).map_err(nobody)?;

        match answered.await.unwrap_or(Answer::Dismissed) {
            Answer::Given => Ok(()),
            Answer::Refused => Err(No::Failed("nobody proved who they are".to_owned())),
            Answer::Dismissed => Err(No::Cancelled("dismissed".to_owned())),
        }
    }
}

#[interface(name = "org.freedesktop.PolicyKit1.AuthenticationAgent")]
impl Served {
    #[expect(clippy::too_many_arguments, reason = "polkit's interface")]
    async fn begin_authentication(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
        action_id: String,
        message: String,
        _icon_name: String,
        details: HashMap<String, String>,
        cookie: String,
        identities: Vec<(String, HashMap<String, OwnedVariant>)>,
    ) -> Result<(), No> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);

        is_polkit(connection, &header).await?;
        let people = people(&identities).await;
        if people.is_empty() {
            return Err(No::Failed("no user of this computer may agree".to_owned()));
        }

        let id = RequestId(NUMBER.fetch_add(1, Ordering::Relaxed));
        let (sender, answered) = oneshot::channel();
        let request = Request {
            id,
            action: bounded(&action_id),
            message: bounded(&message),
            details: details
                .iter()
                .take(MOST_DETAILS)
                .map(|(name, value)| (bounded(name), bounded(value)))
                .collect(),
            people,
            cookie: Arc::from(cookie.as_str()),
            answered: Arc::new(Mutex::new(Some(sender))),
        };
        let withdrawn = Arc::new(Notify::new());
        let _ = self.open().insert(cookie.clone(), withdrawn.clone());

        let answer = tokio::select! {
            answer = self.ask(request, answered) => answer,
            () = withdrawn.notified() => {
                // If it was never shown, nobody misses it.
                let _ = self.events.send(Event::Withdrawn(id));
                Err(No::Cancelled("withdrawn".to_owned()))
            }
        };
        let _ = self.open().remove(&cookie);

        answer
    }

    async fn cancel_authentication(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
        cookie: String,
    ) -> Result<(), No> {
        is_polkit(connection, &header).await?;
        if let Some(withdrawn) = self.open().get(&cookie) {
            withdrawn.notify_one();
        }

        Ok(())
    }
}

/// Only polkit may make the window ask for a password.
async fn is_polkit(connection: &Connection, header: &Header<'_>) -> Result<(), No> {
    let name = BusName::try_from(subject::POLKIT)?;
    let owner = fdo::DBusProxy::new(connection)
        .await?
        .get_name_owner(name)
        .await
        .map_err(|error| No::Failed(error.to_string()))?;

    if header.sender().is_some_and(|sender| sender.as_str() == owner.as_str()) {
        Ok(())
    } else {
        Err(No::NotAuthorized("only polkit asks here".to_owned()))
    }
}

/// The users among the identities. (polkit itself has turned groups into their users.)
async fn people(identities: &[(String, HashMap<String, OwnedVariant>)]) -> Vec<Person> {
    let own = rustix::process::getuid().as_raw();
    let uids = identities
        .iter()
        .filter(|(kind, _)| kind == "unix-user")
        .filter_map(|(_, details)| u32::try_from(details.get("uid")?).ok())
        .take(MOST_PEOPLE);

    let mut people: Vec<Person> = Vec::new();
    for uid in uids {
        if people.iter().all(|person| person.uid != uid)
            && let Some(person) = Person::find(uid).await
        {
            people.push(person);
        }
    }
    people.sort_by_key(|person| person.uid != own);

    people
}

/// One line of bounded length: parts of it were chosen by whoever asks.
fn bounded(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(LONGEST_TEXT)
        .collect()
}
