//! Word that the network may look different now.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{Stream, StreamExt, stream};
use tokio::{sync::mpsc, task::JoinHandle, time::Instant};
use zbus::{Connection, MatchRule, Message, MessageStream, message::Type};

use super::{SERVICE, bus_error};
use crate::Error;

/// Signals come in swarms (one new link is a dozen of them): one swarm is one change.
const SWARM: Duration = Duration::from_millis(60);
/// Signals waiting for us before the bus connection waits too.
const QUEUE: std::num::NonZeroUsize = std::num::NonZeroUsize::MIN.saturating_add(1023);

/// A stream of changes: each item says "look again". Never two for the same news, never one missed. Ends with the bus.
#[derive(Debug)]
pub struct Changes {
    news: mpsc::Receiver<()>,
    listener: Option<JoinHandle<()>>,
}

impl Changes {
    pub(super) async fn subscribe(bus: &Connection) -> Result<Changes, Error> {
        let mut signals = signals(bus).await?;
        let (tell, news) = mpsc::channel(1);
        let listener = tokio::spawn(async move {
            while let Some(signal) = signals.next().await {
                if !signal.is_ok_and(|signal| is_news(&signal)) {
                    continue;
                }
                let end = Instant::now() + SWARM;
                while let Ok(Some(_)) = tokio::time::timeout_at(end, signals.next()).await {}
                // Full: the last news was not read yet, and reading it will show this too.
                if let Err(mpsc::error::TrySendError::Closed(())) = tell.try_send(()) {
                    return;
                }
            }
        });
        Ok(Changes {
            news,
            listener: Some(listener),
        })
    }

    /// Never fires, never ends.
    pub(super) fn never() -> Changes {
        let (tell, news) = mpsc::channel(1);
        let listener = tokio::spawn(async move { tell.closed().await });
        Changes {
            news,
            listener: Some(listener),
        }
    }
}

impl Stream for Changes {
    type Item = ();

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<()>> {
        self.news.poll_recv(context)
    }
}

impl Drop for Changes {
    fn drop(&mut self) {
        if let Some(listener) = self.listener.take() {
            listener.abort();
        }
    }
}

/// Signals of NetworkManager, and of the bus about NetworkManager's coming and going.
pub(super) async fn signals(bus: &Connection) -> Result<impl Stream<Item = zbus::Result<Message>> + use<>, Error> {
    const CALL: &str = "AddMatch";
    let own = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(SERVICE)
        .path_namespace("/org/freedesktop")
        .build()
        .map_err(bus_error(CALL))?;
    let owner = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender("org.freedesktop.DBus")
        .interface("org.freedesktop.DBus")
        .member("NameOwnerChanged")
        .arg(0, SERVICE)
        .build()
        .map_err(bus_error(CALL))?;
    let own = MessageStream::for_match_rule(own, bus, Some(QUEUE))
        .await
        .map_err(bus_error(CALL))?;
    let owner = MessageStream::for_match_rule(owner, bus, Some(QUEUE))
        .await
        .map_err(bus_error(CALL))?;
    Ok(stream::select(own, owner))
}

/// The signal may change what is shown. Counters and clocks do not.
fn is_news(signal: &Message) -> bool {
    const CLOCKS: [&str; 3] = ["LastSeen", "Bitrate", "MaxBitrate"];

    let header = signal.header();
    let member = header.member().map_or("", |member| member.as_str());
    match header.interface().map_or("", |interface| interface.as_str()) {
        "org.freedesktop.DBus" => member == "NameOwnerChanged",
        "org.freedesktop.DBus.ObjectManager" => true,
        "org.freedesktop.DBus.Properties" => changed(signal).is_none_or(|(interface, names)| {
            interface.starts_with(SERVICE)
                && !interface.ends_with(".Statistics")
                && !names.iter().all(|name| CLOCKS.contains(&name.as_str()))
        }),
        // NetworkManager's older form of PropertiesChanged says the same again.
        interface => interface.starts_with(SERVICE) && !matches!(member, "PropertiesChanged" | "CheckPermissions"),
    }
}

/// Interface and names in a PropertiesChanged; `None` = it is not one.
fn changed(signal: &Message) -> Option<(String, Vec<String>)> {
    use std::collections::HashMap;
    use zbus::OwnedVariant;

    let body = signal.body();
    let (interface, values, gone): (String, HashMap<String, OwnedVariant>, Vec<String>) = body.deserialize().ok()?;
    Some((interface, values.into_keys().chain(gone).collect()))
}
