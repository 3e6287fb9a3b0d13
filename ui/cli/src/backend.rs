//! A backend of our own: a child that does the work, and ends when we do.
//!
//! A person reads through a `--reader` with the same rights, and changes things through a `--store` that pkexec starts.
//! Root starts its own `--admin`.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moult_api::{BootProxy, CONTRACT, ChangesProxy, Failure, FailureCode, PackagesProxy, ServiceProxy};
use moult_i18n::{Language, fl};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use zbus::Connection;

use crate::error::Error;
use crate::print::visible;
use crate::session::Session;

const INSTALLED: &str = match option_env!("MOULT_BACKEND") {
    Some(path) => path,
    None => "/usr/libexec/moult/moult-backend",
};
const PKEXEC: [&str; 2] = ["/usr/bin/pkexec", "/bin/pkexec"];
const SEARCH_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// In letters: what a prompt can show of one line.
const LONGEST_WISH: usize = 600;
/// How long a backend that hung up may take to end, so that its exit code can be told.
const GOODBYE: Duration = Duration::from_secs(5);

/// What the backend shall be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Read what strangers wrote, with as few rights as there are.
    Stranger,
    /// Read what the caller may read.
    Reader,
    /// Change things.
    Admin,
    /// Make things of no system, with an admin's rights.
    Apart,
}

/// A connected backend.
#[derive(Debug)]
pub(crate) struct Backend {
    connection: Connection,
    child: Child,
    role: Role,
}

impl Backend {
    /// Starts one. The system may ask the person first.
    pub(crate) async fn start(session: &Session, role: Role) -> Result<Self, Error> {
        let language = session.language;
        let silent = |error: io::Error| Error::silent(language, &error.to_string());
        let (ours, theirs) = UnixStream::pair().map_err(silent)?;
        let mut command = command(session, role)?;
        let _ = command
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(silent)?;
        // The command holds the child's end too: were it kept, the end of the child would never be seen.
        drop(command);
        let (said, heard) = overhear(&mut child);

        match greet(ours).await {
            Ok(connection) => Ok(Self {
                connection,
                child,
                role,
            }),
            Err(failure) => {
                let status = tokio::time::timeout(GOODBYE, child.wait()).await;
                // Its end may be seen before its last word is read. One that goes on says no last word.
                if let Some(heard) = heard.filter(|_| status.is_ok()) {
                    let _ = tokio::time::timeout(GOODBYE, heard).await;
                }
                let said = said.lock().unwrap_or_else(PoisonError::into_inner).clone();
                Err(
                    match status.ok().and_then(Result::ok).and_then(|status| status.code()) {
                        Some(126 | 127) if matches!(role, Role::Admin | Role::Apart) => {
                            Failure::new(FailureCode::NotAuthorized, said).into()
                        }
                        Some(_) if !said.is_empty() => Error::silent(language, &said),
                        _ => Error::silent(language, &failure.detail),
                    },
                )
            }
        }
    }

    /// Whether what it makes is for us alone.
    pub(crate) fn is_apart(&self) -> bool {
        self.role == Role::Apart
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) async fn packages(&self) -> Result<PackagesProxy<'static>, Error> {
        Ok(PackagesProxy::new(&self.connection).await?)
    }

    pub(crate) async fn boot(&self) -> Result<BootProxy<'static>, Error> {
        Ok(BootProxy::new(&self.connection).await?)
    }

    pub(crate) async fn changes(&self) -> Result<ChangesProxy<'static>, Error> {
        Ok(ChangesProxy::new(&self.connection).await?)
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        // A reader that hangs must not outlive us; an admin ends its job first, and then itself.
        if !matches!(self.role, Role::Admin | Role::Apart) {
            let _ = self.child.start_kill();
        }
    }
}

fn command(session: &Session, role: Role) -> Result<Command, Error> {
    let language = session.language;
    let root_user = rustix::process::geteuid().is_root();
    let mut command = match role {
        Role::Stranger | Role::Reader => {
            let mut command = Command::new(find(language)?);
            let _ = command.env_clear().arg("--reader");
            if role == Role::Reader && root_user {
                // Root's own question about a root that others may not read.
                let _ = command.arg("--keep-user");
            }
            command
        }
        Role::Admin | Role::Apart if root_user => {
            let mut command = Command::new(find(language)?);
            let _ = command.env_clear().env("PKEXEC_UID", "0").arg("--admin");
            command
        }
        Role::Admin | Role::Apart => {
            if session.root.is_some() {
                let text = fl!(language, "ctl-root-only-root");
                return Err(Error::said(FailureCode::NotAuthorized, text));
            }
            let pkexec = PKEXEC.into_iter().find(|path| Path::new(path).exists());
            let pkexec =
                pkexec.ok_or_else(|| Error::said(FailureCode::NotAuthorized, fl!(language, "ctl-no-pkexec")))?;
            if !Path::new(INSTALLED).exists() {
                return Err(missing(language));
            }
            // Whoever may change packages may not therefore erase a disk.
            let asked = if role == Role::Apart { "--admin" } else { "--store" };
            let mut command = Command::new(pkexec);
            let _ = command
                .env_clear()
                .env("PATH", SEARCH_PATH)
                .args([INSTALLED, asked, "--plan"])
                .arg(wish(std::env::args_os().skip(1)));
            command
        }
    };
    if role == Role::Apart {
        let _ = command.arg("--apart");
    } else if role != Role::Stranger
        && let Some(root) = &session.root
    {
        let _ = command.arg("--root").arg(root);
    }

    Ok(command)
}

/// What was asked for, for the prompt that pkexec's command is shown in. An address may hold a password, and stays here.
fn wish(arguments: impl Iterator<Item = OsString>) -> String {
    let words = arguments.map(|word| match word.to_string_lossy() {
        word if word.contains("://") || word.contains('@') => "…".to_owned(),
        word => visible(&word),
    });
    let words: Vec<_> = std::iter::once("moultctl".to_owned()).chain(words).collect();

    words.join(" ").chars().take(LONGEST_WISH).collect()
}

/// Keeps the last line that the backend says on its stderr, so that a refusal to start has a reason. The task ends when nobody can say
/// anything there any more.
fn overhear(child: &mut Child) -> (Arc<Mutex<String>>, Option<JoinHandle<()>>) {
    let last = Arc::new(Mutex::new(String::new()));
    let heard = child.stderr.take().map(|stderr| {
        let last = last.clone();
        tokio::spawn(async move {
            let mut lines = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                *last.lock().unwrap_or_else(PoisonError::into_inner) = line;
            }
        })
    });
    (last, heard)
}

async fn greet(socket: UnixStream) -> Result<Connection, Failure> {
    socket
        .set_nonblocking(true)
        .map_err(|error| Failure::new(FailureCode::Internal, error.to_string()))?;
    let connection = zbus::connection::Builder::unix_stream(socket).p2p().build().await?;
    let contract = ServiceProxy::new(&connection).await?.contract().await?;
    if contract != CONTRACT {
        let detail = format!("contract {contract}, not {CONTRACT}");
        return Err(Failure::new(FailureCode::Internal, detail));
    }

    Ok(connection)
}

/// Where it is installed, or beside this program (as it is in a build folder).
fn find(language: Language) -> Result<PathBuf, Error> {
    let beside = std::env::current_exe()
        .ok()
        .and_then(|own| Some(own.parent()?.join("moult-backend")));

    [Some(PathBuf::from(INSTALLED)), beside]
        .into_iter()
        .flatten()
        .find(|path| path.is_file())
        .ok_or_else(|| missing(language))
}

fn missing(language: Language) -> Error {
    Error::said(FailureCode::Internal, fl!(language, "ctl-no-backend", path = INSTALLED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_told_what_was_asked_for_without_addresses() {
        let said = |words: &[&str]| wish(words.iter().map(OsString::from));

        assert_eq!(said(&["install", "krita"]), "moultctl install krita");
        assert_eq!(
            said(&["repo", "add", "shop", "https://me:secret@shop.example/stone.index"]),
            "moultctl repo add shop …"
        );
        assert!(!said(&["install", "a\u{1b}[2J"]).contains('\u{1b}'));
        assert_eq!(said(&["x".repeat(10_000).as_str()]).chars().count(), LONGEST_WISH);
    }
}
