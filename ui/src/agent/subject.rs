//! Whose agent we are, and being registered as that with polkit.

use std::collections::HashMap;

use futures_util::StreamExt;
use moult_i18n::Language;
use tokio::task::JoinHandle;
use zbus::{Connection, OwnedObjectPath, OwnedVariant, Variant, fdo};

use super::PATH;

pub(super) const POLKIT: &str = "org.freedesktop.PolicyKit1";
const LOGIND: &str = "org.freedesktop.login1";

/// Whose requests polkit brings to us.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    /// Everything of a session.
    Session(String),
    /// What this process wants itself. `start` as the kernel counts it (proc(5), field 22).
    Process { pid: u32, start: u64, uid: u32 },
}

/// Being registered. When it is dropped, the connection is closed with it, and polkit forgets the agent.
#[derive(Debug)]
pub(super) struct Registration {
    _connection: Connection,
    again: JoinHandle<()>,
}

impl Registration {
    /// Registers, now and whenever another polkit comes; `None` if the session has another agent.
    pub(super) async fn make(connection: &Connection, language: Language) -> zbus::Result<Option<Self>> {
        let bus = fdo::DBusProxy::new(connection).await?;
        let mut owners = bus.receive_name_owner_changed_with_args(&[(0, POLKIT)]).await?;
        let Some(subject) = register_any(connection, language).await? else {
            return Ok(None);
        };

        let own = connection.clone();
        let again = tokio::spawn(async move {
            while let Some(change) = owners.next().await {
                let is_there = change.args().is_ok_and(|args| args.new_owner().is_some());
                if is_there && let Err(error) = register(&own, &subject, language).await {
                    tracing::warn!(%error, "polkit was started anew and does not take the agent");
                }
            }
        });

        Ok(Some(Self {
            _connection: connection.clone(),
            again,
        }))
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.again.abort();
    }
}

/// As the agent of the session, or else of this process; `None` if the session has one.
async fn register_any(connection: &Connection, language: Language) -> zbus::Result<Option<Subject>> {
    for session in sessions(connection).await {
        let subject = Subject::Session(session);
        match register(connection, &subject, language).await {
            Ok(()) => return Ok(Some(subject)),
            Err(error) if is_taken(&error) => return Ok(None),
            Err(error) => tracing::info!(%error, "polkit does not take an agent for the session"),
        }
    }

    let subject = Subject::own().map_err(|error| zbus::Error::Failure(error.to_string()))?;
    match register(connection, &subject, language).await {
        Ok(()) => Ok(Some(subject)),
        Err(error) if is_taken(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn register(connection: &Connection, subject: &Subject, language: Language) -> zbus::Result<()> {
    let (kind, details): (_, HashMap<&str, Variant<'_>>) = match subject {
        Subject::Session(id) => ("unix-session", [("session-id", id.as_str().into())].into()),
        Subject::Process { pid, start, uid } => (
            "unix-process",
            [
                ("pid", (*pid).into()),
                ("start-time", (*start).into()),
                // polkit's own type for it is signed.
                ("uid", uid.cast_signed().into()),
            ]
            .into(),
        ),
    };
    let _ = connection
        .call_method(
            Some(POLKIT),
            "/org/freedesktop/PolicyKit1/Authority",
            Some("org.freedesktop.PolicyKit1.Authority"),
            "RegisterAuthenticationAgent",
            &((kind, details), language.locale(), PATH),
        )
        .await?;

    Ok(())
}

/// polkit has one error for everything; this one it says in English, whatever the language.
fn is_taken(error: &zbus::Error) -> bool {
    matches!(error, zbus::Error::MethodError(_, Some(text), _) if text.contains("agent already exists"))
}

/// The sessions that polkit may take this process to be in, the surest first.
async fn sessions(connection: &Connection) -> Vec<String> {
    let pid = std::process::id();
    let uid = rustix::process::getuid().as_raw();
    let mut sessions = Vec::new();

    if let Ok(path) = logind(connection, "GetSessionByPID", pid).await
        && let Ok(id) = property(connection, &path, "org.freedesktop.login1.Session", "Id").await
    {
        sessions.extend(String::try_from(id).ok());
    }
    sessions.extend(std::env::var("XDG_SESSION_ID").ok().filter(|id| !id.is_empty()));
    // A program of the user's service manager is in no session of its own: polkit takes the one with the screen.
    if let Ok(path) = logind(connection, "GetUser", uid).await
        && let Ok(display) = property(connection, &path, "org.freedesktop.login1.User", "Display").await
        && let Ok((id, _)) = <(String, OwnedObjectPath)>::try_from(display)
        && !id.is_empty()
    {
        sessions.push(id);
    }

    let mut seen = Vec::new();
    sessions.retain(|id| {
        let is_new = !seen.contains(id);
        seen.push(id.clone());
        is_new
    });

    sessions
}

async fn logind(connection: &Connection, method: &str, number: u32) -> zbus::Result<OwnedObjectPath> {
    connection
        .call_method(
            Some(LOGIND),
            "/org/freedesktop/login1",
            Some("org.freedesktop.login1.Manager"),
            method,
            &number,
        )
        .await?
        .body()
        .deserialize()
}

async fn property(
    connection: &Connection,
    path: &OwnedObjectPath,
    interface: &str,
    name: &str,
) -> zbus::Result<OwnedVariant> {
    connection
        .call_method(
            Some(LOGIND),
            path,
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &(interface, name),
        )
        .await?
        .body()
        .deserialize()
}

impl Subject {
    fn own() -> std::io::Result<Self> {
        let stat = std::fs::read_to_string("/proc/self/stat")?;
        let start = start_time(&stat).ok_or_else(|| std::io::Error::other("/proc/self/stat cannot be read"))?;

        Ok(Self::Process {
            pid: std::process::id(),
            start,
            uid: rustix::process::getuid().as_raw(),
        })
    }
}

/// proc(5): the 22nd field; the 2nd may hold anything but ends with the last parenthesis.
fn start_time(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;

    fields.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_of_a_process_is_found_behind_any_name() {
        let stat = "42 (a) 7 (b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21";

        assert_eq!(start_time(stat), Some(4711));
        assert_eq!(start_time("42 (a"), None);
    }
}
