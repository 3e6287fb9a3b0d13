//! `moult store --check`: looks whether there are updates, says so once, and ends. A timer of the user's starts it; nothing
//! stays behind. The lists themselves are brought by a timer of the system's, which asks [`may_refresh`] first.
//!
//! Said is only what is certain: updates that a list holds which was read, with the day when that was. Nothing is said on
//! a battery that runs low, on a network that costs money, without one, or while it is being used.

mod notification;
mod record;
mod surroundings;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use moult_api::{
    Action, ChangePlan, ChangeRequest, Failure, Offered, PackageChange, Repositories, UpdateGroup, UpdateRow,
};
use moult_i18n::{Language, bytes, explain, fl, moment};
use zbus::Connection;

use super::Reader;
use notification::Notification;
use record::Record;
use surroundings::{Hindrance, Places};

/// Long enough that a page being loaded is not taken for a film.
const WATCH: Duration = Duration::from_secs(4);

/// Looks, says, ends. 0 also if nothing was said; 1 if it could not be found out.
pub fn run(language: Language) -> ExitCode {
    let checked = on_runtime(async {
        let Ok(session) = Connection::session().await else {
            return Ok(Told::Not(Why::Nobody));
        };
        let Some(record) = Record::place() else {
            return Ok(Told::Not(Why::Nobody));
        };
        let check = Check {
            places: places().await,
            session,
            record,
            language,
        };

        check.run(|| found(language)).await
    });

    match checked {
        Ok(Ok(told)) => {
            println!("{}", told.words(language));
            ExitCode::SUCCESS
        }
        Ok(Err(failure)) => {
            let text = explain(language, &failure, "");
            eprintln!("{}\n{}", text.what, text.todo);
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{}", fl!(language, "store-check-failed", reason = error.to_string()));
            ExitCode::FAILURE
        }
    }
}

/// For `ExecCondition=` of the service that reads the lists anew: 0 if this is a moment for it, 1 if not. Needs no rights.
pub fn may_refresh(language: Language) -> ExitCode {
    match on_runtime(async { surroundings::hindrance(&places().await).await }) {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(hindrance)) => {
            println!("{}", Told::Not(Why::Hindered(hindrance)).words(language));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{}", fl!(language, "store-check-failed", reason = error.to_string()));
            ExitCode::FAILURE
        }
    }
}

/// Whether the person was told of updates and has not been at them since: who opens the store then, most likely clicked the
/// notification, and belongs there.
#[must_use]
pub fn is_waited_for() -> bool {
    Record::place().is_some_and(|place| is_unseen(&place))
}

/// The person is at the updates.
pub fn seen() {
    if let Some(place) = Record::place() {
        see(&place);
    }
}

fn is_unseen(place: &Path) -> bool {
    let record = Record::read(place);

    !record.updates.is_empty() && !record.seen
}

fn see(place: &Path) {
    if is_unseen(place) {
        let record = Record {
            seen: true,
            ..Record::read(place)
        };
        if let Err(error) = record.write(place) {
            tracing::warn!(%error, "what was seen could not be written down");
        }
    }
}

fn on_runtime<T>(work: impl Future<Output = T>) -> std::io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;

    Ok(runtime.block_on(work))
}

async fn places() -> Places {
    Places {
        system: Connection::system().await.ok(),
        sys: PathBuf::from("/sys"),
        watch: WATCH,
    }
}

/// What a reader found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Found {
    /// The updates, a line each, sorted: the same set is told once.
    updates: Vec<String>,
    /// How many of them are for security.
    security: u64,
    /// Bytes to download.
    download: u64,
    /// When the lists were read, seconds since 1970: the oldest of them. 0 = none was.
    refreshed: i64,
}

impl Found {
    fn of(repositories: &Repositories, plan: &ChangePlan, rows: &[UpdateRow]) -> Self {
        let updates: BTreeSet<String> = plan
            .packages
            .iter()
            .filter(|package| package.change != PackageChange::Mark)
            .map(|package| {
                let release =
                    |Offered {
                         version,
                         source_release,
                         build_release,
                         ..
                     }: &Offered| format!("{version}-{source_release}-{build_release}");
                let new = package.new.first().map(release).unwrap_or_default();
                format!("{} {new}", package.name)
            })
            .collect();
        let refreshed = repositories
            .repositories
            .iter()
            .filter(|repository| repository.enabled && repository.refreshed > 0)
            .map(|repository| repository.refreshed)
            .min();

        Self {
            updates: updates.into_iter().collect(),
            security: rows
                .iter()
                .filter(|row| row.group == UpdateGroup::Security)
                .count()
                .try_into()
                .unwrap_or(u64::MAX),
            download: plan.download_bytes,
            refreshed: refreshed.unwrap_or_default(),
        }
    }
}

/// Asks a reader. Nothing is changed, nothing is fetched, nobody is asked for leave.
async fn found(language: Language) -> Result<Found, Failure> {
    let reader = Reader::start(language).await?;
    let packages = reader.packages().await?;
    let repositories = packages.repositories().await?;
    let request = ChangeRequest {
        action: Action::Sync,
        packages: Vec::new(),
        imported: Vec::new(),
        remove_orphans: false,
    };
    let plan = packages.plan_packages(&request).await?;
    let rows = if plan.packages.is_empty() {
        Vec::new()
    } else {
        reader.store().await?.updates(&plan.digest).await?
    };

    Ok(Found::of(&repositories, &plan, &rows))
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// The person was told of so many.
    Updates(u64),
    /// Nothing was said.
    Not(Why),
}

/// Why nothing was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// No session to say it in.
    Nobody,
    /// It is no moment for it.
    Hindered(Hindrance),
    /// No list was ever read: nothing is known.
    NotRefreshed,
    /// There are none.
    NoUpdates,
    /// It was said already.
    SaidBefore,
}

impl Told {
    fn words(self, language: Language) -> String {
        match self {
            Self::Updates(count) => fl!(language, "store-check-told", count = count),
            Self::Not(Why::Nobody) => fl!(language, "store-check-nobody"),
            Self::Not(Why::Hindered(Hindrance::Battery)) => fl!(language, "store-check-battery"),
            Self::Not(Why::Hindered(Hindrance::Metered)) => fl!(language, "store-check-metered"),
            Self::Not(Why::Hindered(Hindrance::Offline)) => fl!(language, "store-check-offline"),
            Self::Not(Why::Hindered(Hindrance::Busy)) => fl!(language, "store-check-busy"),
            Self::Not(Why::NotRefreshed) => fl!(language, "store-check-not-refreshed"),
            Self::Not(Why::NoUpdates) => fl!(language, "store-check-none"),
            Self::Not(Why::SaidBefore) => fl!(language, "store-check-said-before"),
        }
    }
}

/// One look.
#[derive(Debug)]
struct Check {
    places: Places,
    session: Connection,
    record: PathBuf,
    language: Language,
}

impl Check {
    async fn run<F>(&self, find: impl FnOnce() -> F) -> Result<Told, Failure>
    where
        F: Future<Output = Result<Found, Failure>>,
    {
        if let Some(hindrance) = surroundings::hindrance(&self.places).await {
            return Ok(Told::Not(Why::Hindered(hindrance)));
        }
        let found = find().await?;
        if found.refreshed == 0 {
            return Ok(Told::Not(Why::NotRefreshed));
        }
        let before = Record::read(&self.record);
        if found.updates.is_empty() {
            // They were installed, or withdrawn: what was said of them is no longer true.
            if !before.updates.is_empty() {
                self.withdraw(&before).await;
            }
            return Ok(Told::Not(Why::NoUpdates));
        }
        if before.updates == found.updates {
            return Ok(Told::Not(Why::SaidBefore));
        }

        Ok(match self.tell(&found, &before).await {
            Ok(()) => Told::Updates(found.updates.len().try_into().unwrap_or(u64::MAX)),
            Err(error) => {
                tracing::info!(%error, "nobody shows notifications");
                Told::Not(Why::Nobody)
            }
        })
    }

    async fn tell(&self, found: &Found, before: &Record) -> zbus::Result<()> {
        let language = self.language;
        let count = found.updates.len();
        let title = if found.security > 0 {
            fl!(
                language,
                "store-check-title-security",
                count = count,
                security = found.security
            )
        } else {
            fl!(language, "store-check-title", count = count)
        };
        let body = fl!(
            language,
            "store-check-body",
            size = bytes(language, found.download),
            date = moment(language, found.refreshed)
        );
        let notification = Notification::new(&self.session).await?;
        let number = notification.show(&title, &body, before).await?;
        let record = Record {
            updates: found.updates.clone(),
            notification: number,
            server: notification.server().to_owned(),
            seen: false,
        };
        if let Err(error) = record.write(&self.record) {
            tracing::warn!(%error, "what was told could not be written down; it will be told again");
        }

        Ok(())
    }

    async fn withdraw(&self, before: &Record) {
        if let Ok(notification) = Notification::new(&self.session).await {
            notification.close(before).await;
        }
        if let Err(error) = Record::default().write(&self.record) {
            tracing::warn!(%error, "what was told could not be written down");
        }
    }
}

#[cfg(test)]
mod tests;
