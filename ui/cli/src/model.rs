//! System models: `model …`.

use std::io::Read;
use std::path::Path;

use moult_api::{ChangePlan, ChangedFile, Failure, FailureCode, ModelDifference, ModelsProxy, StateOfThings};
use moult_i18n::{Language, fl};
use serde::Serialize;

use crate::backend::{Backend, Role};
use crate::change;
use crate::error::Error;
use crate::inspect;
use crate::print::{json, titled, visible};
use crate::progress::Follower;
use crate::session::Session;

/// Bytes of the largest model.
const LARGEST: u64 = 4 << 20;

/// What `model export` printed as JSON says.
#[derive(Serialize)]
struct Exported<'a> {
    /// The state that was asked for; 0 = the active one.
    state: u64,
    model: &'a str,
}

/// What `model import --dry-run` printed as JSON says.
#[derive(Serialize)]
struct Rehearsed<'a> {
    difference: &'a ModelDifference,
    /// What following the model would change; null while there are unknown repositories.
    plan: Option<&'a ChangePlan>,
    files: &'a [ChangedFile],
}

/// `model export`: the text as it is. 0 is the active state.
pub(crate) async fn export(session: &Session, state: u64) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Reader).await?;
    let model = backend.packages().await?.model(state).await?;

    Ok(if session.json {
        json(&Exported { state, model: &model })
    } else {
        model
    })
}

/// `model import`.
pub(crate) async fn import(session: &Session, file: &Path, dry_run: bool) -> Result<String, Error> {
    let language = session.language;
    let text = read(language, file)?;
    if dry_run {
        return rehearse(session, &text).await;
    }
    let backend = Backend::start(session, Role::Admin).await?;
    let follower = Follower::listen(session, &backend).await?;
    let job = models(&backend).await?.import(&text).await?;
    let outcome = follower.finish(&job).await?;
    if session.json {
        return Ok(json(&outcome));
    }

    Ok(added(language, &outcome.repositories) + &fl!(language, "ctl-model-imported") + "\n")
}

async fn rehearse(session: &Session, text: &str) -> Result<String, Error> {
    let language = session.language;
    let backend = Backend::start(session, Role::Reader).await?;
    let packages = backend.packages().await?;
    let difference = packages.model_difference(text).await?;
    let (plan, files) = if difference.unknown.is_empty() {
        let plan = packages.plan_model(text).await?;
        let files = change::all_files(&packages, &plan.digest).await?;
        (Some(plan), files)
    } else {
        (None, Vec::new())
    };
    if session.json {
        return Ok(json(&Rehearsed {
            difference: &difference,
            plan: plan.as_ref(),
            files: &files,
        }));
    }

    Ok(match plan {
        Some(plan) => change::describe(language, &plan, &files),
        None => {
            let repositories = visible(&difference.unknown.join(", "));
            let would = fl!(language, "ctl-model-would-add", repositories = repositories);
            format!("{would}\n{}\n", fl!(language, "ctl-model-no-plan"))
        }
    })
}

/// `model sync`: follows the administrator's model.
pub(crate) async fn sync(session: &Session, dry_run: bool) -> Result<String, Error> {
    let language = session.language;
    if !dry_run {
        session.can_confirm()?;
    }
    let backend = Backend::start(session, if dry_run { Role::Reader } else { Role::Admin }).await?;
    let packages = backend.packages().await?;
    let text = administered(language, packages.administered_model().await?)?;
    let unknown = packages.model_difference(&text).await?.unknown;
    if dry_run {
        if !unknown.is_empty() {
            let repositories = unknown.join(", ");
            let text = fl!(language, "ctl-model-unknown", repositories = visible(&repositories));
            let failure = Failure::new(FailureCode::RepositoryUnknown, "").arg("repository", repositories);
            return Err(Error::Said { failure, text });
        }
        let plan = packages.plan_model(&text).await?;
        return change::approve(session, &backend, &packages, &plan, true, false).await;
    }

    let adopted = match unknown.is_empty() {
        true => None,
        false => {
            let follower = Follower::listen(session, &backend).await?;
            let job = models(&backend).await?.adopt(&text).await?;
            let outcome = follower.finish(&job).await?;
            Some((job, outcome.repositories))
        }
    };
    let new = adopted.as_ref().map_or(&[][..], |(_, new)| new);
    let followed = match packages.plan_model(&text).await {
        Ok(plan) => change::approve_with(session, &backend, &packages, &plan, new).await,
        Err(failure) => Err(failure.into()),
    };
    // Whoever does not follow the model keeps the repositories that there were.
    if let (Err(error), Some((job, _))) = (&followed, &adopted)
        && !in_place(error)
    {
        models(&backend).await?.abandon(job).await?;
    }
    followed
}

/// Whether the new state is there although something failed.
fn in_place(error: &Error) -> bool {
    match error {
        Error::Failure(failure) | Error::Said { failure, .. } => {
            matches!(failure.state, StateOfThings::Activated | StateOfThings::Unknown)
        }
        Error::Shown => true,
    }
}

/// `model diff`: how a model, or the administrator's, and the system differ.
pub(crate) async fn diff(session: &Session, file: Option<&Path>) -> Result<String, Error> {
    let language = session.language;
    let text = file.map(|file| read(language, file)).transpose()?;
    let backend = Backend::start(session, Role::Reader).await?;
    let packages = backend.packages().await?;
    let text = match text {
        Some(text) => text,
        None => administered(language, packages.administered_model().await?)?,
    };
    let difference = packages.model_difference(&text).await?;
    if session.json {
        return Ok(json(&difference));
    }
    let sections: Vec<_> = [
        (fl!(language, "ctl-model-missing"), &difference.missing),
        (fl!(language, "ctl-model-beyond"), &difference.beyond),
        (fl!(language, "ctl-model-repositories"), &difference.repositories),
    ]
    .into_iter()
    .filter(|(_, names)| !names.is_empty())
    .map(|(title, names)| {
        titled(
            &title,
            &names.iter().map(|name| vec![visible(name)]).collect::<Vec<_>>(),
        )
    })
    .collect();

    Ok(if sections.is_empty() {
        fl!(language, "ctl-model-same") + "\n"
    } else {
        sections.join("\n")
    })
}

/// The model in a person's own file, read with the person's own rights.
pub(crate) fn read(language: Language, path: &Path) -> Result<String, Error> {
    let shown = visible(&path.to_string_lossy());
    let mut bytes = Vec::new();
    let file = inspect::open(language, path)?;
    if let Err(error) = file.take(LARGEST + 1).read_to_end(&mut bytes) {
        let reason = error.to_string();
        return Err(Error::wrong_file(fl!(
            language,
            "ctl-cannot-open",
            file = shown,
            reason = reason
        )));
    }
    if bytes.len() as u64 > LARGEST {
        return Err(Error::wrong_file(fl!(language, "ctl-model-too-long", file = shown)));
    }
    String::from_utf8(bytes).map_err(|_| Error::wrong_file(fl!(language, "ctl-model-not-text", file = shown)))
}

fn administered(language: Language, text: String) -> Result<String, Error> {
    if text.is_empty() {
        return Err(Error::said(FailureCode::ModelInvalid, fl!(language, "ctl-model-none")));
    }
    Ok(text)
}

/// A line about repositories that were added for a model; nothing if none were.
pub(crate) fn added(language: Language, repositories: &[String]) -> String {
    if repositories.is_empty() {
        return String::new();
    }
    let repositories = visible(&repositories.join(", "));

    fl!(language, "ctl-model-added", repositories = repositories) + "\n"
}

pub(crate) async fn models(backend: &Backend) -> Result<ModelsProxy<'static>, Error> {
    Ok(ModelsProxy::new(backend.connection()).await?)
}
