//! A notification of the desktop (`org.freedesktop.Notifications`). It stays there when we are gone: a click opens the store
//! by its desktop entry, so nobody has to wait for it.

use std::collections::HashMap;

use zbus::names::BusName;
use zbus::{Connection, Variant, fdo};

use super::record::Record;

const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
const DESKTOP_ENTRY: &str = "org.moult.Store";
/// The specification's "normal".
const URGENCY: u8 = 1;
/// As long as the server thinks fit.
const EXPIRES: i32 = -1;

/// The desktop's notifications.
#[derive(Debug)]
pub(super) struct Notification<'a> {
    session: &'a Connection,
    server: String,
}

impl<'a> Notification<'a> {
    /// Finds who shows them, and starts it if the session knows how.
    pub(super) async fn new(session: &'a Connection) -> zbus::Result<Self> {
        let bus = fdo::DBusProxy::new(session).await?;
        let name = || BusName::try_from(SERVICE);
        if !bus.name_has_owner(name()?).await? {
            let _ = bus.start_service_by_name(SERVICE.try_into()?, 0).await?;
        }
        let owner = bus.get_name_owner(name()?).await?;

        Ok(Self {
            session,
            // Names on a bus are never used again, but those of another session's bus look alike.
            server: format!("{} {owner}", bus.get_id().await?),
        })
    }

    /// Who shows them: numbers of notifications are its own.
    pub(super) fn server(&self) -> &str {
        &self.server
    }

    /// Shows one in the place of the one before, and gives its number.
    pub(super) async fn show(&self, title: &str, body: &str, before: &Record) -> zbus::Result<u32> {
        let hints: HashMap<&str, Variant<'_>> =
            [("desktop-entry", DESKTOP_ENTRY.into()), ("urgency", URGENCY.into())].into();
        let actions: [&str; 0] = [];

        self.session
            .call_method(
                Some(SERVICE),
                PATH,
                Some(SERVICE),
                "Notify",
                &(
                    "Moult",
                    self.number(before),
                    DESKTOP_ENTRY,
                    title,
                    body,
                    &actions[..],
                    hints,
                    EXPIRES,
                ),
            )
            .await?
            .body()
            .deserialize()
    }

    /// Takes the one before away, if it is still there.
    pub(super) async fn close(&self, before: &Record) {
        let number = self.number(before);
        if number != 0 {
            // It may have been closed long ago.
            let _ = self
                .session
                .call_method(Some(SERVICE), PATH, Some(SERVICE), "CloseNotification", &number)
                .await;
        }
    }

    /// Another server's number could be somebody else's notification; 0 is none.
    fn number(&self, before: &Record) -> u32 {
        if before.server == self.server {
            before.notification
        } else {
            0
        }
    }
}
