//! A plan for what is newer: asked of the engine, put into words, and how much is known of it.

use std::collections::HashSet;

use moult_api::{Action as Wish, ChangePlan, ChangeRequest, Failure, FailureCode, Item, RestartNeed, UpdateRow};

use crate::store::Reader;

/// Whether it is known which files a plan changes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Depth {
    /// It is.
    Files,
    /// That is being found out.
    Packages,
    /// It cannot be found out now: the packages are not here, and nobody answers who has them.
    Unreachable(Failure),
}

/// A plan with its packages as rows.
#[derive(Debug, Clone)]
pub struct Planned {
    pub(super) plan: ChangePlan,
    pub(super) depth: Depth,
    pub(super) rows: Vec<UpdateRow>,
    /// What stays back, as far as the store has words for it.
    pub(super) kept: Vec<Item>,
    pub(super) names: HashSet<String>,
}

impl Planned {
    /// The rows of a plan, and the items that it keeps back.
    #[must_use]
    pub fn new(plan: ChangePlan, rows: Vec<UpdateRow>, kept: Vec<Item>) -> Self {
        let names = plan.packages.iter().map(|package| package.name.clone()).collect();

        Self {
            plan,
            depth: Depth::Files,
            rows,
            kept,
            names,
        }
    }

    pub(super) fn at(self: Box<Self>, depth: Depth) -> Box<Self> {
        Box::new(Self { depth, ..*self })
    }

    pub(super) fn has_packages_of(&self, other: &Self) -> bool {
        self.plan.from == other.plan.from
            && self.plan.packages == other.plan.packages
            && self.plan.kept_back == other.plan.kept_back
    }

    /// What it takes to have all its packages at hand, in bytes: also what is here already.
    pub(super) fn whole_bytes(&self) -> u64 {
        let sizes = self.rows.iter().flat_map(|row| row.new.first()).map(|new| new.size);

        sizes.fold(0, u64::saturating_add)
    }

    /// The most that has to be started anew afterwards.
    pub(super) fn restart(&self) -> RestartNeed {
        self.rows
            .iter()
            .map(|row| row.restart)
            .max()
            .unwrap_or(RestartNeed::None)
    }
}

/// The wish for everything that is newer.
pub(super) fn everything() -> ChangeRequest {
    ChangeRequest {
        action: Wish::Sync,
        packages: Vec::new(),
        imported: Vec::new(),
        remove_orphans: false,
    }
}

/// How many packages are newer.
///
/// # Errors
/// It cannot be planned, or the reader is gone.
pub async fn count(reader: &Reader) -> Result<usize, Failure> {
    let plan = reader.packages().await?.plan_packages(&everything()).await?;

    Ok(plan.packages.len())
}

/// Has a wish planned, and its packages put into words, with their icons. `known` is what is known of it without its files.
pub(super) async fn plan(
    reader: &Reader,
    wish: ChangeRequest,
    known: Option<Box<Planned>>,
) -> Result<Box<Planned>, Failure> {
    match reader.packages().await?.plan(&wish).await {
        Ok(plan) => in_words(reader, plan).await,
        // The packages are somewhere that nobody answers. What they are is in the lists.
        Err(failure) if failure.code == FailureCode::RepositoryUnreachable => {
            let known = match known {
                Some(known) => known,
                None => listed(reader, &wish).await?,
            };
            Ok(known.at(Depth::Unreachable(failure)))
        }
        Err(failure) => Err(failure),
    }
}

/// The same from what is at hand: which packages, and nothing of their files.
pub(super) async fn listed(reader: &Reader, wish: &ChangeRequest) -> Result<Box<Planned>, Failure> {
    let plan = reader.packages().await?.plan_packages(wish).await?;
    let planned = in_words(reader, plan).await?;

    Ok(planned.at(Depth::Packages))
}

async fn in_words(reader: &Reader, plan: ChangePlan) -> Result<Box<Planned>, Failure> {
    let store = reader.store().await?;
    let rows = store.updates(&plan.digest).await?;
    let kept: Vec<&str> = plan.kept_back.iter().map(|kept| kept.name.as_str()).collect();
    let kept = store.of_packages(&kept).await?;

    let items: Vec<Item> = rows.iter().map(|row| row.item.clone()).chain(kept.clone()).collect();
    reader.pictures().load(&items).await;

    Ok(Box::new(Planned::new(plan, rows, kept)))
}
