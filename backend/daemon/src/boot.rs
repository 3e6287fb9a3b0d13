//! `org.moult.Boot1`: how the machine starts.
//!
//! The menu is on a partition of root's. Whenever a backend that is root has looked at it, it leaves what it saw where
//! everybody may read it, until the machine is switched off: that is what a reader answers with. Right after each start a
//! service of the system does so ([`note`]).

mod seen;

use moult_api::{BootSpan, BootStatus, Failure, FailureCode, Outcome, StateOfThings};
use moult_boot::{Error, Machine, When};
use zbus::interface;

use crate::packages::{Changes, Place, blocking};
pub(crate) use seen::{keep, look, note};

/// Answers about the machine, if the root is the machine's own.
#[derive(Debug)]
pub(crate) struct Boot {
    place: Place,
    /// Who starts what changes something; a reader has nobody.
    changes: Option<Changes>,
}

impl Boot {
    pub(crate) fn reader(place: Place) -> Self {
        Self { place, changes: None }
    }

    pub(crate) fn admin(place: Place, changes: Changes) -> Self {
        Self {
            place,
            changes: Some(changes),
        }
    }

    fn is_own(&self) -> bool {
        self.place == Place::running()
    }

    fn changes(&self) -> Result<&Changes, Failure> {
        let changes = self.changes.as_ref().filter(|_| self.is_own());
        changes.ok_or_else(|| match self.is_own() {
            true => Failure::new(FailureCode::NotAuthorized, "a reader changes nothing"),
            false => no_menu("this is not the root of the machine that runs".to_owned()),
        })
    }
}

#[interface(name = "org.moult.Boot1")]
impl Boot {
    async fn status(&self) -> Result<BootStatus, Failure> {
        if !self.is_own() {
            return Ok(seen::nothing());
        }
        blocking(|| Ok(seen::status())).await
    }

    async fn sync(&self) -> Result<String, Failure> {
        self.changes()?.start_sync()
    }

    async fn set_next(&self, state: u64, span: BootSpan) -> Result<(), Failure> {
        let _ = self.changes()?;
        let when = match span {
            BootSpan::Once => When::Once,
            BootSpan::Always => When::Always,
        };
        choose(move |machine| {
            machine.set_next(state, when)?;
            tracing::info!(state, ?when, "what starts next was chosen");
            if when == When::Always
                && let Err(error) = seen::decide(state)
            {
                tracing::warn!(%error, "that a state was chosen for good cannot be remembered");
            }
            Ok(())
        })
        .await
    }

    async fn set_once(&self, state: u64, from: u64) -> Result<(), Failure> {
        let _ = self.changes()?;
        let chosen = |state: u64| (state != 0).then_some(state);
        choose(move |machine| {
            machine.set_once(chosen(state), chosen(from))?;
            tracing::info!(state, from, "what starts next time alone was chosen");
            Ok(())
        })
        .await
    }
}

/// Changes what starts next, and leaves what is seen of that then for everybody.
async fn choose<F>(choice: F) -> Result<(), Failure>
where
    F: FnOnce(&Machine) -> Result<(), Error> + Send + 'static,
{
    blocking(move || {
        let machine = Machine::of_running("/".as_ref()).map_err(|error| failure(&error))?;
        choice(&machine).map_err(|error| failure(&error))?;
        seen::keep(&seen::look(&machine));
        Ok(())
    })
    .await
}

/// What a sync brought, for whoever asks for the outcome.
pub(crate) fn synced(active: Option<u64>, warnings: Vec<String>) -> Outcome {
    Outcome {
        state: active.unwrap_or(0),
        warnings,
        ..Outcome::default()
    }
}

fn no_menu(reason: String) -> Failure {
    Failure::new(FailureCode::NoBootMenu, reason.clone()).arg("reason", reason)
}

/// Why the boot menu is not as it should be, in the words of the contract.
pub(crate) fn failure(error: &Error) -> Failure {
    let detail = error.to_string();
    let failure = match error {
        Error::Overtaken => Failure::new(FailureCode::Overtaken, detail),
        Error::Bios | Error::NoEsp { .. } => no_menu(detail),
        Error::Full {
            needed,
            free,
            would_help,
            ..
        } => {
            let mut states: Vec<u64> = would_help.iter().map(|freeable| freeable.state).collect();
            states.sort_unstable();
            let states: Vec<String> = states.iter().map(u64::to_string).collect();
            Failure::new(FailureCode::BootFull, detail)
                .arg("needed", needed)
                .arg("free", free)
                .arg("states", states.join(", "))
        }
        Error::NotBootable { .. }
        | Error::ActiveFailed { .. }
        | Error::NoActive
        | Error::NoKernel { .. }
        | Error::NoLoader { .. } => Failure::new(FailureCode::NotBootable, detail.clone()).arg("reason", detail),
        Error::Volume { path, volume, .. } => {
            Failure::new(FailureCode::DiskFailed, detail).arg("path", format!("{volume}: {path}"))
        }
        Error::Read { path, .. } => Failure::new(FailureCode::DiskFailed, detail).arg("path", path.display()),
        // Already a sentence for people.
        _ => Failure::new(FailureCode::PackagesRefused, detail.clone()).arg("reason", detail),
    };
    failure.leaving(StateOfThings::SystemIntact)
}
