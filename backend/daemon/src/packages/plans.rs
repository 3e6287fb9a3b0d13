//! Sealed plans: what was shown to a person, kept under a digest until it is approved.

use std::sync::{Arc, Mutex, PoisonError};

use moult_api::{ChangePlan, ChangedFile, Failure, FailureCode};
use moult_packages::{FileChanges, Model, Plan, Selected};

use super::catalogue::Sources;
use super::convert;

/// Plans that can still be applied; older ones are forgotten.
const PLANS: usize = 8;

/// A plan with its files.
#[derive(Debug)]
pub(crate) struct Sealed {
    /// As it is shown, with its digest.
    pub(crate) shown: ChangePlan,
    pub(crate) plan: Plan,
    /// None: nobody looked at them.
    files: Option<Vec<ChangedFile>>,
}

impl Sealed {
    /// The files that change.
    pub(crate) fn files(&self) -> Result<&[ChangedFile], Failure> {
        let without = || Failure::new(FailureCode::PlanUnknown, "this plan was made without its files");

        self.files.as_deref().ok_or_else(without)
    }

    /// As many of them as are known.
    pub(crate) fn known_files(&self) -> &[ChangedFile] {
        self.files.as_deref().unwrap_or_default()
    }
}

/// The plans that this backend made.
#[derive(Debug, Default)]
pub(crate) struct Plans(Mutex<Vec<Arc<Sealed>>>);

impl Plans {
    /// Keeps a plan, and returns what is shown of it. `sources` is what is to be known of the repositories.
    pub(crate) fn keep(&self, plan: Plan, files: &FileChanges, sources: Sources) -> ChangePlan {
        let digest = seal(&plan, Some(files));
        let plan = Plan {
            content_bytes: Some(files.disk_bytes),
            ..plan
        };
        let shown = convert::plan(&plan, digest, files, sources);
        let files = Some(convert::changed_files(files).collect());

        self.push(Sealed { shown, plan, files })
    }

    /// The same for a plan whose files nobody looked at.
    pub(crate) fn keep_listed(&self, plan: Plan, sources: Sources) -> ChangePlan {
        let shown = convert::plan(&plan, seal(&plan, None), &FileChanges::default(), sources);

        self.push(Sealed {
            shown,
            plan,
            files: None,
        })
    }

    fn push(&self, sealed: Sealed) -> ChangePlan {
        let shown = sealed.shown.clone();
        let sealed = Arc::new(sealed);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|kept| kept.shown.digest != shown.digest);
        if all.len() == PLANS {
            let _ = all.remove(0);
        }
        all.push(sealed);
        shown
    }

    /// The plan with this digest.
    pub(crate) fn of(&self, digest: &str) -> Result<Arc<Sealed>, Failure> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().find(|kept| kept.shown.digest == digest).cloned();
        found.ok_or_else(|| Failure::new(FailureCode::PlanUnknown, format!("no plan has the digest {digest:?}")))
    }
}

/// BLAKE3 over everything that a plan does: the state it starts from, every package of the new one by its checksum, and
/// every file that changes, if they are known. Each text goes in with its length, so that no two plans read alike.
fn seal(plan: &Plan, files: Option<&FileChanges>) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut text = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    text(b"moult plan 1");
    text(&plan.from.unwrap_or(0).to_le_bytes());
    text(plan.summary.as_bytes());
    let mut package = |package: &Selected| {
        for field in [
            &package.name,
            &package.version,
            &package.architecture,
            &package.repository,
            &package.hash,
        ] {
            text(field.as_bytes());
        }
        text(package.url.as_str().as_bytes());
        for number in [
            package.source_release,
            package.build_release,
            package.size,
            u64::from(package.explicit),
        ] {
            text(&number.to_le_bytes());
        }
    };
    plan.selection.packages.iter().for_each(&mut package);
    text(b"changes");
    for change in &plan.packages {
        text(change.name.as_bytes());
        text(&[change.kind as u8]);
    }
    for list in files
        .into_iter()
        .flat_map(|files| [&files.added, &files.changed, &files.removed])
    {
        text(b"files");
        for file in list {
            text(&file.path);
            text(file.package.as_bytes());
        }
    }
    // What the new state says of itself.
    text(plan.model.as_ref().map_or("", Model::text).as_bytes());
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use moult_packages::Selection;

    use super::*;

    fn plan(from: Option<u64>, explicit: bool) -> Plan {
        let package = Selected {
            name: "a".into(),
            version: "1".into(),
            source_release: 1,
            build_release: 1,
            architecture: "x86_64".into(),
            summary: String::new(),
            repository: "main".into(),
            url: "file:///a.stone".parse().unwrap(),
            hash: "00".into(),
            size: 1,
            explicit,
        };
        Plan {
            from,
            summary: "install a".into(),
            selection: Selection {
                packages: vec![package],
                took: std::time::Duration::from_secs(u64::from(explicit)),
            },
            packages: vec![],
            orphans: vec![],
            kept_back: vec![],
            download_bytes: 1,
            content_bytes: None,
            model: None,
        }
    }

    #[test]
    fn the_same_plan_has_the_same_digest_and_any_difference_another() {
        let files = FileChanges::default();
        let digest = seal(&plan(Some(1), true), Some(&files));
        assert_eq!(digest, seal(&plan(Some(1), true), Some(&files)));
        assert_ne!(digest, seal(&plan(Some(2), true), Some(&files)));
        assert_ne!(digest, seal(&plan(Some(1), false), Some(&files)));
        let mut other = FileChanges::default();
        other.added.push(moult_packages::FileChange {
            path: b"bin/a".to_vec(),
            package: "a".into(),
            marks: vec![],
        });
        assert_ne!(digest, seal(&plan(Some(1), true), Some(&other)));
        assert_ne!(
            digest,
            seal(&plan(Some(1), true), None),
            "no files are not unknown files"
        );
        let followed = Plan {
            model: Some(Model::parse("packages { a }").unwrap()),
            ..plan(Some(1), true)
        };
        assert_ne!(digest, seal(&followed, Some(&files)));
    }

    #[test]
    fn how_long_resolving_took_is_no_part_of_the_seal() {
        let mut slow = plan(Some(1), true);
        slow.selection.took = std::time::Duration::from_secs(60);
        let files = FileChanges::default();
        assert_eq!(seal(&plan(Some(1), true), Some(&files)), seal(&slow, Some(&files)));
    }

    #[test]
    fn a_plan_without_its_files_is_told_and_has_none() {
        let plans = Plans::default();
        let listed = plans.keep_listed(plan(None, true), Sources::default());
        let kept = plans.of(&listed.digest).unwrap();
        assert_eq!(kept.shown, listed);
        assert_eq!(kept.files().unwrap_err().code, FailureCode::PlanUnknown);

        let whole = plans.keep(plan(None, true), &FileChanges::default(), Sources::default());
        assert_ne!(whole.digest, listed.digest);
        assert!(plans.of(&whole.digest).unwrap().files().unwrap().is_empty());
    }

    #[test]
    fn a_digest_that_was_never_given_out_is_no_plan() {
        let plans = Plans::default();
        let sources = Sources {
            unsigned: vec!["main".into()],
            outgrown: vec![],
        };
        let shown = plans.keep(plan(None, true), &FileChanges::default(), sources);
        assert_eq!(shown.unsigned, ["main"]);
        let digest = shown.digest.clone();
        assert_eq!(plans.of(&digest).unwrap().shown, shown);
        assert_eq!(plans.of("00").unwrap_err().code, FailureCode::PlanUnknown);
        for from in 1..=PLANS as u64 {
            let _ = plans.keep(plan(Some(from), true), &FileChanges::default(), Sources::default());
        }
        assert!(plans.of(&digest).is_err(), "old plans are forgotten");
    }
}
