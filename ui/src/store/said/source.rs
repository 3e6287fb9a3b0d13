//! Operations on sources in words.

use moult_i18n::{Language, fl};

use super::{Form, Operation};

pub(super) fn words(operation: &Operation, language: Language, form: Form) -> String {
    match operation {
        Operation::Refresh { repository } if repository.is_empty() => said!(
            form,
            language,
            "store-said-refresh-all-wish",
            "store-said-refresh-all-now",
            "store-said-refresh-all-done",
        ),
        Operation::Refresh { repository } => said!(
            form,
            language,
            "store-said-refresh-wish",
            "store-said-refresh-now",
            "store-said-refresh-done",
            name = repository.clone(),
        ),
        Operation::AddRepository(request) => said!(
            form,
            language,
            "store-said-add-wish",
            "store-said-add-now",
            "store-said-add-done",
            name = request.name.clone(),
        ),
        Operation::RemoveRepository { name } => said!(
            form,
            language,
            "store-said-away-wish",
            "store-said-away-now",
            "store-said-away-done",
            name = name.clone(),
        ),
        Operation::BringBackRepository { name, .. } => said!(
            form,
            language,
            "store-said-return-wish",
            "store-said-return-now",
            "store-said-return-done",
            name = name.clone(),
        ),
        Operation::EnableRepository { name, enabled: true } => said!(
            form,
            language,
            "store-said-on-wish",
            "store-said-on-now",
            "store-said-on-done",
            name = name.clone(),
        ),
        Operation::EnableRepository { name, enabled: false } => said!(
            form,
            language,
            "store-said-off-wish",
            "store-said-off-now",
            "store-said-off-done",
            name = name.clone(),
        ),
        Operation::Bridge { repository, .. } => said!(
            form,
            language,
            "store-said-bridge-wish",
            "store-said-bridge-now",
            "store-said-bridge-done",
            name = repository.clone(),
        ),
        Operation::Follow { repository, version } => match version.split_once('/') {
            Some(("tag" | "history", point)) => said!(
                form,
                language,
                "store-said-stay-wish",
                "store-said-stay-now",
                "store-said-stay-done",
                name = repository.clone(),
                point = point.to_owned(),
            ),
            other => said!(
                form,
                language,
                "store-said-follow-wish",
                "store-said-follow-now",
                "store-said-follow-done",
                name = repository.clone(),
                stream = other.map_or(version.as_str(), |(_, stream)| stream).to_owned(),
            ),
        },
        Operation::FollowBack {
            repository, version, ..
        } => said!(
            form,
            language,
            "store-said-unfollow-wish",
            "store-said-unfollow-now",
            "store-said-unfollow-done",
            name = repository.clone(),
            point = version
                .split_once('/')
                .map_or(version.as_str(), |(_, point)| point)
                .to_owned(),
        ),
        _ => String::new(),
    }
}
