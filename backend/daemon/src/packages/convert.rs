//! Between the words of the package engine and the words of the contract.

use moult_api::{
    Action, ChangePlan, ChangeRequest, ChangedFile, Damage, Dependent, FileChange, FileRow, FoundRow, KeptBack, Mark,
    ModelDifference, Offered, PackageChange, PackageDetails, PackageRow, PlannedPackage, StateRow, WhyLink, WhyReport,
};
use moult_packages as engine;
use moult_packages::{ChangeKind, FileKind, Orphans, Request, Selected, Status, Wanted};

use super::catalogue::Sources;
use super::failure::bad;
use crate::inspector::shown;

/// One installed package of a list.
pub(crate) fn row(package: &Selected, holds: &[String]) -> PackageRow {
    PackageRow {
        name: package.name.clone(),
        version: package.version.clone(),
        source_release: package.source_release,
        build_release: package.build_release,
        architecture: package.architecture.clone(),
        summary: package.summary.clone(),
        repository: package.repository.clone(),
        size: package.size,
        installed: true,
        explicit: package.explicit,
        held: holds.contains(&package.name),
    }
}

pub(crate) fn found(found: engine::Found) -> FoundRow {
    FoundRow {
        name: found.name,
        version: found.version,
        source_release: found.release.source,
        build_release: found.release.build,
        summary: found.summary,
        repository: found.repository,
        installed: found.installed.is_some(),
        newer: found.newer,
    }
}

/// Everything about a package: the installed one first, else the preferred offer. None if there is none.
pub(crate) fn details(all: &[engine::Info], holds: &[String]) -> Option<PackageDetails> {
    let best = all.iter().find(|info| info.installed).or_else(|| all.first())?;
    let texts = |providers: &[engine::Provider]| providers.iter().map(what).collect::<Vec<_>>();
    Some(PackageDetails {
        package: PackageRow {
            name: best.name.clone(),
            version: best.version.clone(),
            source_release: best.release.source,
            build_release: best.release.build,
            architecture: best.architecture.clone(),
            summary: best.summary.clone(),
            repository: best.repository.clone(),
            size: best.size,
            installed: best.installed,
            explicit: best.explicit,
            held: holds.contains(&best.name),
        },
        description: best.description.clone(),
        homepage: best.homepage.clone(),
        licenses: best.licenses.clone(),
        source: best.source_id.clone(),
        needs: texts(&best.dependencies),
        provides: texts(&best.provides)
            .into_iter()
            .filter(|what| *what != best.name)
            .collect(),
        conflicts: texts(&best.conflicts),
        hash: best.hash.clone(),
        offers: all
            .iter()
            .filter(|info| !info.repository.is_empty())
            .map(|info| Offered {
                repository: info.repository.clone(),
                version: info.version.clone(),
                source_release: info.release.source,
                build_release: info.release.build,
                size: info.size,
            })
            .collect(),
    })
}

/// What is given or needed as a person would type it: a package by its bare name.
fn what(provider: &engine::Provider) -> String {
    match provider.kind {
        engine::Kind::Name => provider.target.clone(),
        _ => provider.to_string(),
    }
}

pub(crate) fn file(file: &engine::PackageFile) -> FileRow {
    let (kind, target) = match &file.kind {
        FileKind::Regular => ("regular", String::new()),
        FileKind::Link(target) => ("symlink", shown(target)),
        FileKind::Directory => ("directory", String::new()),
    };
    FileRow {
        kind: kind.to_owned(),
        path: shown(&file.path),
        mode: file.mode,
        uid: file.uid,
        gid: file.gid,
        size: file.size,
        target,
    }
}

pub(crate) fn why(why: engine::Why) -> WhyReport {
    WhyReport {
        package: why.package.name,
        explicit: why.package.explicit,
        held: why.held,
        chains: why
            .chains
            .into_iter()
            .map(|chain| {
                let link = |link: engine::Link| WhyLink {
                    package: link.package,
                    needs: what(&link.needs),
                };
                chain.into_iter().map(link).collect()
            })
            .collect(),
        needed_by: why
            .dependents
            .into_iter()
            .map(|other| Dependent {
                package: other.package,
                needs: other.needs.iter().map(what).collect(),
                replaceable: other.replaceable,
            })
            .collect(),
    }
}

fn offered(package: &Selected) -> Offered {
    Offered {
        repository: package.repository.clone(),
        version: package.version.clone(),
        source_release: package.source_release,
        build_release: package.build_release,
        size: package.size,
    }
}

pub(crate) fn planned(change: &engine::PackageChange) -> PlannedPackage {
    PlannedPackage {
        name: change.name.clone(),
        change: match change.kind {
            ChangeKind::Install => PackageChange::Install,
            ChangeKind::Remove => PackageChange::Remove,
            ChangeKind::Upgrade => PackageChange::Upgrade,
            ChangeKind::Downgrade => PackageChange::Downgrade,
            ChangeKind::Reinstall => PackageChange::Reinstall,
            ChangeKind::Mark => PackageChange::Mark,
        },
        old: change.old.iter().map(offered).collect(),
        new: change.new.iter().map(offered).collect(),
        explicit: change.new.as_ref().is_some_and(|new| new.explicit),
    }
}

/// What is shown of a plan; `files` is its difference, `sources` is what is to be known of the repositories.
pub(crate) fn plan(plan: &engine::Plan, digest: String, files: &engine::FileChanges, sources: Sources) -> ChangePlan {
    ChangePlan {
        digest,
        from: plan.from.unwrap_or(0),
        summary: plan.summary.clone(),
        packages: plan.packages.iter().map(planned).collect(),
        orphans: plan.orphans.clone(),
        kept_back: plan
            .kept_back
            .iter()
            .map(|kept| KeptBack {
                name: kept.name.clone(),
                preferred: offered(&kept.preferred),
                held: kept.held.clone(),
            })
            .collect(),
        unsigned: sources.unsigned,
        outgrown: sources.outgrown,
        download_bytes: plan.download_bytes,
        disk_bytes: files.disk_bytes,
        files_added: files.added.len() as u64,
        files_changed: files.changed.len() as u64,
        files_removed: files.removed.len() as u64,
    }
}

/// All files of a difference in one list: what comes, what changes, what goes, each by path.
pub(crate) fn changed_files(files: &engine::FileChanges) -> impl Iterator<Item = ChangedFile> + '_ {
    let list = |change: FileChange, files: &'_ [engine::FileChange]| {
        files
            .iter()
            .map(move |file| ChangedFile {
                change,
                path: shown(&file.path),
                package: file.package.clone(),
                marks: file
                    .marks
                    .iter()
                    .map(|mark| match mark {
                        engine::Mark::SetId => Mark::SetId,
                        engine::Mark::Kernel => Mark::Kernel,
                        engine::Mark::Boot => Mark::Boot,
                        engine::Mark::Service => Mark::Service,
                    })
                    .collect(),
            })
            .collect::<Vec<_>>()
    };
    list(FileChange::Added, &files.added)
        .into_iter()
        .chain(list(FileChange::Changed, &files.changed))
        .chain(list(FileChange::Removed, &files.removed))
}

/// A wish in the engine's words.
pub(crate) fn request(wish: ChangeRequest) -> Result<Request, moult_api::Failure> {
    let orphans = if wish.remove_orphans {
        Orphans::Remove
    } else {
        Orphans::Keep
    };
    if !wish.imported.is_empty() && !matches!(wish.action, Action::Install | Action::Reinstall) {
        return Err(bad("imported", "a local file can only be installed"));
    }
    Ok(match wish.action {
        Action::Install | Action::Reinstall => {
            let mut wanted = wish
                .packages
                .iter()
                .map(|text| wanted(text))
                .collect::<Result<Vec<_>, _>>()?;
            wanted.extend(wish.imported.into_iter().map(Wanted::Imported));
            Request::Install {
                wanted,
                reinstall: wish.action == Action::Reinstall,
            }
        }
        Action::Remove => Request::Remove {
            packages: wish.packages,
            orphans,
        },
        Action::Sync => Request::Sync {
            only: wish.packages,
            orphans,
        },
        Action::MarkExplicit | Action::MarkAutomatic => Request::Mark {
            packages: wish.packages,
            explicit: wish.action == Action::MarkExplicit,
        },
    })
}

/// "bash", "binary(bash)", "bash=12" or "bash=12-1".
fn wanted(text: &str) -> Result<Wanted, moult_api::Failure> {
    let Some((name, release)) = text.split_once('=') else {
        let provider = text
            .parse()
            .map_err(|error| bad("package", format!("{text:?}: {error}")))?;
        return Ok(Wanted::Provider(provider));
    };
    let number = |text: &str| {
        text.parse()
            .map_err(|_| bad("package", format!("{text:?} is no release number")))
    };
    let (source, build) = match release.split_once('-') {
        Some((source, build)) => (source, Some(number(build)?)),
        None => (release, None),
    };
    Ok(Wanted::Release {
        name: name.to_owned(),
        source_release: number(source)?,
        build_release: build,
    })
}

pub(crate) fn state(state: &engine::State, frees: u64) -> StateRow {
    StateRow {
        id: state.id,
        created: state.created,
        summary: state.summary.clone(),
        status: match state.status {
            Status::Active => "active",
            Status::Archived => "archived",
            Status::Pending => "pending",
        }
        .to_owned(),
        name: state.name.clone(),
        pinned: state.pinned,
        packages: state.packages,
        frees_bytes: frees,
    }
}

/// How a model and the system differ; `unknown` are repositories that the system lacks.
pub(crate) fn model_difference(difference: &engine::ModelDifference, unknown: Vec<String>) -> ModelDifference {
    ModelDifference {
        missing: difference.missing.iter().map(what).collect(),
        beyond: difference.beyond.clone(),
        repositories: difference.repositories.clone(),
        unknown,
    }
}

pub(crate) fn damage(damage: &engine::Damage, repaired: bool) -> Damage {
    let (path, problem) = match damage {
        engine::Damage::Content { file, reason } => (format!(".moult/store/{file}"), reason.clone()),
        engine::Damage::Leftover { file } => (format!(".moult/store/{file}"), "nobody counts on it".to_owned()),
        engine::Damage::Path { state, path, reason } => (format!("state {state}: /usr/{path}"), reason.clone()),
        engine::Damage::State { state, reason } => (format!("state {state}"), reason.clone()),
        engine::Damage::Link { name } => (format!("/{name}"), "it is not the link that it should be".to_owned()),
    };
    Damage {
        path,
        problem,
        repaired,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use super::*;

    #[test]
    fn a_wish_is_a_name_a_provider_or_a_release() {
        assert_eq!(wanted("bash").unwrap(), Wanted::Provider("bash".parse().unwrap()));
        assert_eq!(
            wanted("binary(bash)").unwrap(),
            Wanted::Provider("binary(bash)".parse().unwrap())
        );
        let release = |build| Wanted::Release {
            name: "bash".into(),
            source_release: 12,
            build_release: build,
        };
        assert_eq!(wanted("bash=12").unwrap(), release(None));
        assert_eq!(wanted("bash=12-3").unwrap(), release(Some(3)));
        for wrong in ["bash=", "bash=new", "bash=12-", "bash=12-x", "strange(bash)"] {
            assert!(wanted(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_an_install_takes_local_files() {
        let wish = ChangeRequest {
            action: Action::Remove,
            packages: vec![],
            imported: vec!["00".into()],
            remove_orphans: false,
        };
        assert!(request(wish).is_err());
    }
}
