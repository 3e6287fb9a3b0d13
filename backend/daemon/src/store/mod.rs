//! `org.moult.Store1`: what a store shows. The work is done in `moult-shelf`; here it is kept, asked and translated.

mod convert;
mod kept;
mod updates;

use std::path::PathBuf;
use std::sync::Arc;

use moult_api::{Failure, FailureCode, Filter, Front, Item, ItemDetails, ItemPage, RestartReport, UpdateRow};
use zbus::interface;

use crate::packages::{Place, Plans, bad, blocking, failure};
use kept::Kept;

/// Longest search term, in bytes, that is looked at.
const TERM: usize = 1024;
/// Items of one answer.
const ITEMS: u32 = 1000;
/// Packages that are asked about at once.
const ASKED: usize = 20_000;

/// Answers about one root.
#[derive(Debug)]
pub(crate) struct Store {
    place: Place,
    plans: Arc<Plans>,
    kept: Kept,
}

impl Store {
    /// `caches` is the folder of this user's caches.
    pub(crate) fn new(place: Place, plans: Arc<Plans>, caches: Option<PathBuf>) -> Store {
        Store {
            kept: Kept::new(place.clone(), caches),
            place,
            plans,
        }
    }

    async fn ask<T, F>(&self, question: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&kept::Open<'_>) -> Result<T, Failure> + Send + 'static,
    {
        let kept = self.kept.clone();
        blocking(move || kept.ask(question)).await
    }
}

#[interface(name = "org.moult.Store1")]
impl Store {
    async fn speak(&self, languages: Vec<String>) -> Result<(), Failure> {
        let kept = self.kept.clone();
        blocking(move || {
            kept.speak(&languages);
            Ok(())
        })
        .await
    }

    async fn front(&self, day: u32) -> Result<Front, Failure> {
        self.ask(move |open| {
            let front = open.shelf.front(day);
            Ok(convert::front(front, &open.holds))
        })
        .await
    }

    async fn items(&self, filter: Filter, from: u64, limit: u32) -> Result<ItemPage, Failure> {
        self.ask(move |open| {
            let page = open.shelf.items(&convert::filter(filter), from, at_most(limit));
            Ok(convert::page(page, &open.holds))
        })
        .await
    }

    async fn find(&self, term: String, filter: Filter, limit: u32) -> Result<ItemPage, Failure> {
        if term.len() > TERM {
            return Err(bad("term", "it is too long"));
        }
        self.ask(move |open| {
            let page = open.shelf.find(&term, &convert::filter(filter), at_most(limit));
            Ok(convert::page(page, &open.holds))
        })
        .await
    }

    async fn item(&self, id: String) -> Result<ItemDetails, Failure> {
        self.ask(move |open| {
            let details = open.shelf.details(open.engine, &id).map_err(kept::failed)?;
            let details = details.ok_or_else(|| {
                Failure::new(FailureCode::PackageUnknown, format!("there is no item {id:?}")).arg("package", &id)
            })?;
            let trust = open.trust(&details.item.repository)?;
            Ok(convert::details(details, trust, &open.holds))
        })
        .await
    }

    async fn of_packages(&self, packages: Vec<String>) -> Result<Vec<Item>, Failure> {
        if packages.len() > ASKED {
            return Err(bad("packages", "there are too many"));
        }
        self.ask(move |open| {
            let items = open.shelf.of_packages(&packages);
            Ok(convert::items(items, &open.holds))
        })
        .await
    }

    async fn installed_sizes(&self, packages: Vec<String>) -> Result<Vec<u64>, Failure> {
        if packages.len() > ASKED {
            return Err(bad("packages", "there are too many"));
        }
        let place = self.place.clone();
        blocking(move || {
            let engine = place.look().map_err(failure)?;
            let sizes = packages.iter().map(|name| moult_shelf::installed_bytes(&engine, name));
            sizes.collect::<Result<_, _>>().map_err(kept::failed)
        })
        .await
    }

    async fn updates(&self, digest: String) -> Result<Vec<UpdateRow>, Failure> {
        let sealed = self.plans.of(&digest)?;
        self.ask(move |open| updates::rows(open, &sealed)).await
    }

    async fn restart(&self) -> Result<RestartReport, Failure> {
        let place = self.place.clone();
        blocking(move || {
            let engine = place.look().map_err(failure)?;
            updates::report(&engine, place.path())
        })
        .await
    }
}

fn at_most(limit: u32) -> usize {
    usize::try_from(limit.min(ITEMS)).unwrap_or(usize::MAX)
}
