//! Changing packages: `install`, `remove`, `sync`, `mark`, `hold`. A change is planned, shown, approved and then made.

use std::ffi::OsString;
use std::os::fd::AsFd;
use std::path::Path;

use moult_api::{
    Action, ChangePlan, ChangeRequest, ChangedFile, ChangesProxy, FileChange, Mark, Outcome, PAGE, PackageChange,
    PackagesProxy, PlannedPackage,
};
use moult_i18n::{Language, bytes, count, fl};
use serde::Serialize;
use zbus::Fd;

use crate::backend::{Backend, Role};
use crate::error::Error;
use crate::inspect;
use crate::model;
use crate::print::{json, release, table, titled, visible};
use crate::progress::Follower;
use crate::session::Session;

/// More files than this are counted, not listed, for a person.
const LISTED: usize = 30;

/// What a change printed as JSON says.
#[derive(Serialize)]
struct Changed<'a> {
    /// The change was made (there was something to do).
    changed: bool,
    plan: &'a ChangePlan,
    outcome: &'a Outcome,
}

/// What a plan printed as JSON says: its own fields, and every file.
#[derive(Serialize)]
struct Planned<'a> {
    #[serde(flatten)]
    plan: &'a ChangePlan,
    files: &'a [ChangedFile],
}

/// `install`: names, provided things, releases and local files.
pub(crate) async fn install(
    session: &Session,
    wanted: &[OsString],
    reinstall: bool,
    dry_run: bool,
) -> Result<String, Error> {
    let (stones, names): (Vec<_>, Vec<_>) = wanted.iter().partition(|text| {
        Path::new(text)
            .extension()
            .is_some_and(|extension| extension == "stone")
    });
    if !dry_run {
        session.can_confirm()?;
    }
    // Opened by this process: a person's own file is read with the person's own rights.
    let mut files = Vec::new();
    for stone in &stones {
        files.push(inspect::open(session.language, Path::new(stone))?);
    }
    let role = if dry_run && files.is_empty() {
        Role::Reader
    } else {
        Role::Admin
    };
    let backend = Backend::start(session, role).await?;
    let mut imported = Vec::new();
    if !files.is_empty() {
        let changes = backend.changes().await?;
        for file in &files {
            imported.push(changes.import(Fd::from(file.as_fd())).await?);
        }
    }
    let request = ChangeRequest {
        action: if reinstall { Action::Reinstall } else { Action::Install },
        packages: names.iter().map(|name| name.to_string_lossy().into_owned()).collect(),
        imported,
        remove_orphans: false,
    };

    carry_out(session, &backend, &request, dry_run).await
}

/// `remove`, `sync` and `mark`.
pub(crate) async fn change(
    session: &Session,
    action: Action,
    packages: Vec<String>,
    remove_orphans: bool,
    dry_run: bool,
) -> Result<String, Error> {
    if !dry_run && !matches!(action, Action::MarkExplicit | Action::MarkAutomatic) {
        session.can_confirm()?;
    }
    let backend = Backend::start(session, if dry_run { Role::Reader } else { Role::Admin }).await?;
    let request = ChangeRequest {
        action,
        packages,
        imported: Vec::new(),
        remove_orphans,
    };

    carry_out(session, &backend, &request, dry_run).await
}

pub(crate) async fn carry_out(
    session: &Session,
    backend: &Backend,
    request: &ChangeRequest,
    dry_run: bool,
) -> Result<String, Error> {
    let packages = backend.packages().await?;
    let plan = packages.plan(request).await?;
    // Whether something was chosen is only written down; nothing of the system is lost by it.
    let ask = !matches!(request.action, Action::MarkExplicit | Action::MarkAutomatic);

    approve(session, backend, &packages, &plan, dry_run, ask).await
}

/// As [`approve`], for a plan that repositories were added for: whoever approves sees which.
pub(crate) async fn approve_with(
    session: &Session,
    backend: &Backend,
    packages: &PackagesProxy<'_>,
    plan: &ChangePlan,
    added: &[String],
) -> Result<String, Error> {
    let language = session.language;
    let said = model::added(language, added);
    let (changed, outcome) = if plan.packages.is_empty() {
        let state = plan.from;
        (
            false,
            Outcome {
                state,
                ..Outcome::default()
            },
        )
    } else {
        if !session.yes {
            let files = all_files(packages, &plan.digest).await?;
            session.confirm(&format!("{said}{}", describe(language, plan, &files)))?;
        }
        (true, apply(session, backend, &plan.digest).await?)
    };
    let outcome = Outcome {
        repositories: added.to_vec(),
        ..outcome
    };

    Ok(if session.json {
        json(&Changed {
            changed,
            plan,
            outcome: &outcome,
        })
    } else if changed {
        let plan = if session.yes {
            describe(language, plan, &[]) + "\n"
        } else {
            String::new()
        };
        said + &plan + &ended(language, &outcome)
    } else {
        said + &describe(language, plan, &[])
    })
}

/// Shows a plan, and makes it so unless this is only a rehearsal.
pub(crate) async fn approve(
    session: &Session,
    backend: &Backend,
    packages: &PackagesProxy<'_>,
    plan: &ChangePlan,
    dry_run: bool,
    ask: bool,
) -> Result<String, Error> {
    let language = session.language;
    if dry_run {
        let files = all_files(packages, &plan.digest).await?;
        return Ok(if session.json {
            json(&Planned { plan, files: &files })
        } else {
            describe(language, plan, &files)
        });
    }
    if plan.packages.is_empty() {
        let outcome = Outcome {
            state: plan.from,
            ..Outcome::default()
        };
        return Ok(if session.json {
            json(&Changed {
                changed: false,
                plan,
                outcome: &outcome,
            })
        } else {
            describe(language, plan, &[])
        });
    }
    if ask && !session.yes {
        let files = all_files(packages, &plan.digest).await?;
        session.confirm(&describe(language, plan, &files))?;
    }
    let outcome = apply(session, backend, &plan.digest).await?;

    Ok(if session.json {
        json(&Changed {
            changed: true,
            plan,
            outcome: &outcome,
        })
    } else {
        let mut text = if ask && session.yes {
            describe(language, plan, &[]) + "\n"
        } else {
            String::new()
        };
        text += &ended(language, &outcome);
        text
    })
}

async fn apply(session: &Session, backend: &Backend, digest: &str) -> Result<Outcome, Error> {
    let follower = Follower::listen(session, backend).await?;
    let job = backend.changes().await?.apply(digest).await?;

    follower.finish(&job).await
}

/// What came of a change that made or activated a state.
pub(crate) fn ended(language: Language, outcome: &Outcome) -> String {
    let mut text = fl!(language, "ctl-done-state", state = outcome.state.to_string()) + "\n";
    for warning in &outcome.warnings {
        text += &fl!(language, "ctl-warning", text = visible(warning));
        text.push('\n');
    }
    text
}

pub(crate) async fn all_files(packages: &PackagesProxy<'_>, digest: &str) -> Result<Vec<ChangedFile>, Error> {
    let mut rows = Vec::new();
    loop {
        let from = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let page = packages.plan_files(digest, from).await?;
        let last = page.len() < PAGE as usize;
        rows.extend(page);
        if last {
            return Ok(rows);
        }
    }
}

/// A plan for a person.
pub(crate) fn describe(language: Language, plan: &ChangePlan, files: &[ChangedFile]) -> String {
    if plan.packages.is_empty() {
        return fl!(language, "ctl-nothing-to-do") + "\n" + &sources(language, plan);
    }
    let mut sections = vec![table(&changes(language, &plan.packages))];

    let mut costs = vec![
        vec![fl!(language, "ctl-plan-download"), bytes(language, plan.download_bytes)],
        vec![fl!(language, "ctl-plan-disk"), bytes(language, plan.disk_bytes)],
        vec![
            fl!(language, "ctl-plan-files"),
            fl!(
                language,
                "ctl-plan-files-counts",
                added = count(language, plan.files_added),
                changed = count(language, plan.files_changed),
                removed = count(language, plan.files_removed)
            ),
        ],
    ];
    if !plan.orphans.is_empty() {
        costs.push(vec![
            fl!(language, "ctl-plan-orphans"),
            visible(&plan.orphans.join(", ")),
        ]);
    }
    sections.push(table(&costs));

    if !plan.kept_back.is_empty() {
        let rows: Vec<_> = plan
            .kept_back
            .iter()
            .map(|kept| {
                let preferred = &kept.preferred;
                let why = if kept.held.is_empty() {
                    String::new()
                } else {
                    format!("{}: {}", fl!(language, "ctl-plan-held"), visible(&kept.held.join(", ")))
                };
                vec![
                    visible(&kept.name),
                    release(&preferred.version, preferred.source_release, preferred.build_release),
                    why,
                ]
            })
            .collect();
        sections.push(titled(&fl!(language, "ctl-plan-kept-back"), &rows));
    }
    if files.len() <= LISTED && !files.is_empty() {
        let rows: Vec<_> = files.iter().map(|file| file_row(language, file)).collect();
        sections.push(titled(&fl!(language, "ctl-plan-files"), &rows));
    } else {
        let rows: Vec<_> = files
            .iter()
            .filter(|file| !file.marks.is_empty())
            .take(LISTED)
            .map(|file| file_row(language, file))
            .collect();
        if !rows.is_empty() {
            sections.push(titled(&fl!(language, "ctl-plan-look"), &rows));
        }
    }

    let sources = sources(language, plan);
    if !sources.is_empty() {
        sections.push(sources);
    }

    sections.join("\n")
}

/// What is to be known of where a plan's packages come from; empty if that is nothing.
fn sources(language: Language, plan: &ChangePlan) -> String {
    let mut text = String::new();
    if !plan.unsigned.is_empty() {
        let repositories = visible(&plan.unsigned.join(", "));
        text += &fl!(language, "ctl-plan-unsigned", repositories = repositories);
        text.push('\n');
    }
    for name in &plan.outgrown {
        text += &fl!(language, "ctl-plan-outgrown", name = visible(name));
        text.push('\n');
    }
    text
}

/// Packages of a plan or a difference, one line each.
pub(crate) fn changes(language: Language, packages: &[PlannedPackage]) -> Vec<Vec<String>> {
    packages
        .iter()
        .map(|package| {
            let shown = |side: &[moult_api::Offered]| {
                side.first()
                    .map(|offer| release(&offer.version, offer.source_release, offer.build_release))
            };
            let releases = match (shown(&package.old), shown(&package.new)) {
                (Some(old), Some(new)) if old != new => format!("{old} -> {new}"),
                (_, Some(only)) | (Some(only), None) => only,
                (None, None) => String::new(),
            };
            vec![word(language, package), visible(&package.name), releases]
        })
        .collect()
}

fn word(language: Language, package: &PlannedPackage) -> String {
    match package.change {
        PackageChange::Install => fl!(language, "ctl-change-install"),
        PackageChange::Upgrade => fl!(language, "ctl-change-upgrade"),
        PackageChange::Downgrade => fl!(language, "ctl-change-downgrade"),
        PackageChange::Reinstall => fl!(language, "ctl-change-reinstall"),
        PackageChange::Remove => fl!(language, "ctl-change-remove"),
        PackageChange::Mark if package.explicit => fl!(language, "ctl-change-mark-explicit"),
        PackageChange::Mark => fl!(language, "ctl-change-mark-automatic"),
    }
}

pub(crate) fn file_row(language: Language, file: &ChangedFile) -> Vec<String> {
    let sign = match file.change {
        FileChange::Added => "+",
        FileChange::Changed => "~",
        FileChange::Removed => "-",
    };
    let marks: Vec<_> = file
        .marks
        .iter()
        .map(|mark| match mark {
            Mark::SetId => fl!(language, "ctl-mark-set-id"),
            Mark::Kernel => fl!(language, "ctl-mark-kernel"),
            Mark::Boot => fl!(language, "ctl-mark-boot"),
            Mark::Service => fl!(language, "ctl-mark-service"),
        })
        .collect();

    vec![
        sign.to_owned(),
        format!("/usr/{}", visible(&file.path)),
        visible(&file.package),
        marks.join(", "),
    ]
}

/// `hold` and `unhold`.
pub(crate) async fn hold(session: &Session, names: &[String], held: bool) -> Result<String, Error> {
    let language = session.language;
    if names.is_empty() {
        let backend = Backend::start(session, Role::Reader).await?;
        let names = backend.packages().await?.holds().await?;
        return Ok(if session.json {
            json(&names)
        } else if names.is_empty() {
            fl!(language, "ctl-holds-none") + "\n"
        } else {
            names.iter().map(|name| visible(name) + "\n").collect()
        });
    }
    let backend = Backend::start(session, Role::Admin).await?;
    let changes: ChangesProxy<'_> = backend.changes().await?;
    let packages: Vec<_> = names.iter().map(String::as_str).collect();
    changes.hold(&packages, held).await?;
    if session.json {
        return Ok(json(&backend.packages().await?.holds().await?));
    }
    let packages = visible(&names.join(", "));

    Ok(if held {
        fl!(language, "ctl-hold-done", packages = packages)
    } else {
        fl!(language, "ctl-unhold-done", packages = packages)
    } + "\n")
}
