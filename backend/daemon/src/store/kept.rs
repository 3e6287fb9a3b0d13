//! The shelf that is kept between two questions, in the language that the person speaks.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use moult_api::{Failure, FailureCode, Trust};
use moult_catalogue::Languages;
use moult_packages::Engine;
use moult_shelf::Shelf;

use crate::packages::{Place, failure, trust};

/// The shelf of one root.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    place: Place,
    caches: Option<PathBuf>,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    languages: Languages,
    shelf: Option<Shelf>,
}

/// What a question is asked of.
pub(crate) struct Open<'k> {
    pub(crate) engine: &'k Engine,
    pub(crate) shelf: &'k Shelf,
    /// Names of held packages, sorted.
    pub(crate) holds: Vec<String>,
}

impl Open<'_> {
    /// Whether a repository's list is signed.
    pub(crate) fn trust(&self, repository: &str) -> Result<Trust, Failure> {
        let configured = self.engine.configuration().map_err(failure)?.repositories;
        let status = configured.into_iter().find(|known| known.repository.id == repository);
        Ok(status.map_or(Trust::Unsigned, |known| trust(known.status.trust).0))
    }
}

impl Kept {
    pub(crate) fn new(place: Place, caches: Option<PathBuf>) -> Kept {
        Kept {
            place,
            caches,
            inner: Arc::default(),
        }
    }

    /// The languages from now on.
    pub(crate) fn speak(&self, languages: &[String]) {
        let languages = Languages::new(languages);
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.languages != languages {
            *inner = Inner { languages, shelf: None };
        }
    }

    /// Asks a question of what is true now. Blocks.
    pub(crate) fn ask<T>(&self, question: impl FnOnce(&Open<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let engine = self.place.look().map_err(failure)?;
        let holds = engine.holds().map_err(failure)?;
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let Inner { languages, shelf } = &mut *inner;
        // Whatever goes wrong on the way: the next question opens it anew.
        let kept = match shelf.take() {
            Some(mut kept) => {
                if kept.renew(&engine).map_err(failed)? {
                    drop(tokio::task::spawn_blocking(kept.prepare()));
                }
                kept
            }
            None => {
                let cache = self.cache(languages)?;
                let kept = Shelf::open(self.place.path(), &engine, languages, cache.as_deref()).map_err(failed)?;
                drop(tokio::task::spawn_blocking(kept.prepare()));
                kept
            }
        };
        let answer = question(&Open {
            engine: &engine,
            shelf: &kept,
            holds,
        });
        *shelf = Some(kept);
        answer
    }

    /// The file of the catalogue: one for each root and language, so that nobody makes anew what another one needs.
    fn cache(&self, languages: &Languages) -> Result<Option<PathBuf>, Failure> {
        let Some(folder) = &self.caches else { return Ok(None) };
        let tag = self.place.tag();
        let tag = tag.map_err(|error| Failure::new(FailureCode::Internal, error.to_string()))?;
        let mut name = String::from("catalogue");
        let language = languages.accepted().first().map_or("c", String::as_str);
        let plain: String = language
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "_@".contains(*c))
            .collect();
        for part in [tag.as_str(), &plain] {
            if !part.is_empty() {
                name.push('-');
                name.push_str(part);
            }
        }
        Ok(Some(Path::new(folder).join(name)))
    }
}

/// A failure of the shelf as it crosses D-Bus.
pub(crate) fn failed(error: moult_shelf::Error) -> Failure {
    match error {
        moult_shelf::Error::Packages(error) => failure(error),
        other => Failure::new(FailureCode::Internal, other.to_string()),
    }
}
