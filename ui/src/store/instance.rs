//! One store at a time: the first one owns a name on the session bus, a second one hands over what it was opened with and
//! ends. `org.freedesktop.Application` is what desktops speak, too. Without a session bus there is nothing to share.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::stream::{self, Stream};
use tokio::sync::{Mutex, mpsc};
use zbus::fdo::{RequestNameFlags, RequestNameReply};
use zbus::{Connection, OwnedVariant, Variant, connection, interface};

use super::Opening;

const NAME: &str = "org.moult.Store";
const PATH: &str = "/org/moult/Store";
const INTERFACE: &str = "org.freedesktop.Application";
const UPDATES: &str = "updates";
/// A bus or a window that does not answer in this time is not waited for: the person wants to see something.
const PATIENCE: Duration = Duration::from_secs(3);
/// Nobody opens more at once; what is beyond is left out.
const MOST_ADDRESSES: usize = 16;
const LONGEST_TOKEN: usize = 1024;

/// What became of wanting to be the only one.
#[derive(Debug)]
pub enum Claim {
    /// It is; others come to it from now on.
    First(Instance),
    /// Another one was there, and knows now: this process is done.
    HandedOver,
    /// There is no session bus, or it does not answer: open a window all the same.
    Alone,
}

/// Somebody wants the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What to open; `None`: only to be seen.
    pub opening: Option<Opening>,
    /// The compositor's token that lets the window come to the front; may be empty.
    pub token: String,
}

/// The name on the bus. It is given back when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Instance {
    number: u64,
    wanted: Arc<Mutex<mpsc::UnboundedReceiver<Wanted>>>,
    _connection: Connection,
}

impl Instance {
    /// Becomes the first one on the session bus, or hands over what this process was opened with.
    pub async fn claim(opening: Option<&Opening>) -> Claim {
        Self::claim_on(connection::Builder::session(), opening).await
    }

    /// The same on any bus.
    pub async fn claim_on(bus: connection::Builder<'_>, opening: Option<&Opening>) -> Claim {
        match tokio::time::timeout(PATIENCE, claim(bus, opening)).await {
            Ok(Ok(claim)) => claim,
            Ok(Err(error)) => {
                tracing::info!(%error, "the session bus is of no use");
                Claim::Alone
            }
            Err(_) => {
                tracing::warn!("the session bus or another window does not answer");
                Claim::Alone
            }
        }
    }

    /// Who wants the window, as they come.
    pub fn wanted(&self) -> impl Stream<Item = Wanted> + use<> {
        stream::unfold(self.wanted.clone(), |wanted| async move {
            let one = wanted.lock().await.recv().await?;
            Some((one, wanted))
        })
    }
}

impl Hash for Instance {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

impl PartialEq for Instance {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

async fn claim(bus: connection::Builder<'_>, opening: Option<&Opening>) -> zbus::Result<Claim> {
    static NUMBER: AtomicU64 = AtomicU64::new(1);

    let (sender, receiver) = mpsc::unbounded_channel();
    let connection = bus.serve_at(PATH, Application(sender)).build().await?;
    let taken = connection
        .request_name_with_flags(NAME, RequestNameFlags::DO_NOT_QUEUE)
        .await;

    match taken {
        Ok(RequestNameReply::PrimaryOwner | RequestNameReply::AlreadyOwner) => Ok(Claim::First(Instance {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            wanted: Arc::new(Mutex::new(receiver)),
            _connection: connection,
        })),
        Ok(RequestNameReply::Exists | RequestNameReply::InQueue) | Err(zbus::Error::NameTaken) => {
            hand_over(&connection, opening).await?;
            Ok(Claim::HandedOver)
        }
        Err(error) => Err(error),
    }
}

async fn hand_over(connection: &Connection, opening: Option<&Opening>) -> zbus::Result<()> {
    let token = ["XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok())
        .unwrap_or_default();
    let platform: HashMap<&str, Variant<'_>> = if token.is_empty() {
        HashMap::new()
    } else {
        [("activation-token", token.as_str().into())].into()
    };
    let (to, at, interface) = (Some(NAME), PATH, Some(INTERFACE));

    let _ = match opening {
        None => {
            connection
                .call_method(to, at, interface, "Activate", &(platform,))
                .await?
        }
        Some(opening) => match opening.uri() {
            Some(uri) => {
                connection
                    .call_method(to, at, interface, "Open", &(vec![uri], platform))
                    .await?
            }
            None => {
                let nothing: Vec<Variant<'_>> = Vec::new();
                connection
                    .call_method(to, at, interface, "ActivateAction", &(UPDATES, nothing, platform))
                    .await?
            }
        },
    };

    Ok(())
}

/// `org.freedesktop.Application`, as the Desktop Entry Specification has it.
#[derive(Debug)]
struct Application(mpsc::UnboundedSender<Wanted>);

impl Application {
    fn want(&self, opening: Option<Opening>, platform: &HashMap<String, OwnedVariant>) {
        let token = ["activation-token", "desktop-startup-id"]
            .into_iter()
            .find_map(|name| <&str>::try_from(&**platform.get(name)?).ok())
            .filter(|token| token.len() <= LONGEST_TOKEN)
            .unwrap_or_default()
            .to_owned();
        // Nobody listens any more while the window closes.
        let _ = self.0.send(Wanted { opening, token });
    }
}

#[interface(name = "org.freedesktop.Application")]
impl Application {
    async fn activate(&self, platform_data: HashMap<String, OwnedVariant>) {
        self.want(None, &platform_data);
    }

    async fn open(&self, uris: Vec<String>, platform_data: HashMap<String, OwnedVariant>) {
        let mut understood = uris
            .iter()
            .take(MOST_ADDRESSES)
            // A relative path would be the caller's: only what begins at the root is understood.
            .filter_map(|uri| Opening::parse(OsStr::new(uri), Path::new("")).ok())
            .peekable();
        if understood.peek().is_none() {
            self.want(None, &platform_data);
        }
        understood.for_each(|opening| self.want(Some(opening), &platform_data));
    }

    async fn activate_action(
        &self,
        action_name: String,
        _parameter: Vec<OwnedVariant>,
        platform_data: HashMap<String, OwnedVariant>,
    ) -> zbus::fdo::Result<()> {
        if action_name == UPDATES {
            self.want(Some(Opening::Updates), &platform_data);
            Ok(())
        } else {
            Err(zbus::fdo::Error::InvalidArgs("there is no such action".to_owned()))
        }
    }
}

#[cfg(test)]
#[path = "instance_tests.rs"]
mod tests;
