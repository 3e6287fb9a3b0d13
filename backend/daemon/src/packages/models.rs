//! `org.moult.Models1`: the administrator's model, and systems that are made of a model and written elsewhere.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use moult_api::{ComposeFormat, Composed, Failure, FailureCode, ImageFile, Outcome};
use moult_packages::{Error, Exported, Model, Target, Watch};
use zbus::interface;

use super::failure::{bad, failure};
use super::queries::blocking;
use super::root::Place;
use super::scratch::Scratch;
use super::work::{self, Course, Outcomes};
use crate::board::Board;

/// What composing brought can be asked for this many times back.
const KEPT: usize = 4;

/// Composed systems by their jobs; None until the job ended well.
type Results = Mutex<Vec<(String, Arc<Mutex<Option<Exported>>>)>>;

/// Changes one root's model, and composes for its caller.
#[derive(Debug)]
pub(crate) struct Models {
    place: Place,
    board: Arc<Board>,
    outcomes: Arc<Outcomes>,
    caller: u32,
    results: Results,
}

impl Models {
    pub(crate) fn new(place: Place, board: Arc<Board>, outcomes: Arc<Outcomes>, caller: u32) -> Self {
        Self {
            place,
            board,
            outcomes,
            caller,
            results: Results::default(),
        }
    }

    fn start<F>(&self, work: F) -> Result<String, Failure>
    where
        F: FnOnce(&mut moult_packages::Engine, &dyn Watch) -> Result<Outcome, Error> + Send + 'static,
    {
        let subject = self.place.path().display().to_string();
        let (place, board, outcomes) = (&self.place, &self.board, &self.outcomes);
        work::start(place, board, outcomes, &subject, Course::Single, work)
    }

    fn result(&self, job: &str) -> Result<Exported, Failure> {
        let all = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().find(|(id, _)| id == job);
        let result = found.and_then(|(_, result)| result.lock().unwrap_or_else(PoisonError::into_inner).clone());
        result.ok_or_else(|| bad("job", "no job of this name composed a system"))
    }
}

#[interface(name = "org.moult.Models1")]
impl Models {
    async fn import(&self, model: String) -> Result<String, Failure> {
        self.start(move |engine, watch| {
            let imported = engine.import_model(&model, watch)?;
            Ok(Outcome {
                state: engine.active()?.unwrap_or(0),
                repositories: imported.added,
                ..Outcome::default()
            })
        })
    }

    async fn adopt(&self, model: String) -> Result<String, Failure> {
        let model = parsed(&model)?;
        self.start(move |engine, watch| {
            Ok(Outcome {
                state: engine.active()?.unwrap_or(0),
                repositories: engine.adopt(&model, watch)?,
                ..Outcome::default()
            })
        })
    }

    async fn abandon(&self, job: String) -> Result<(), Failure> {
        let added = self.outcomes.of(&job)?.repositories;
        let place = self.place.clone();
        blocking(move || {
            let mut engine = place.open().map_err(failure)?;
            added
                .iter()
                .try_for_each(|id| engine.remove_repository(id).map(drop).map_err(failure))
        })
        .await
    }

    async fn compose(
        &self,
        model: String,
        format: ComposeFormat,
        date: u64,
        to: zbus::OwnedFd,
    ) -> Result<String, Failure> {
        let model = parsed(&model)?;
        let to = File::from(OwnedFd::from(to));
        let kind = to.metadata().map_err(|error| bad("to", error))?;
        if format == ComposeFormat::Directory {
            if self.caller != 0 {
                let reason = "a directory gets files with the owners that they have: only root can make one";
                return Err(Failure::new(FailureCode::NotAuthorized, reason));
            }
            if !kind.is_dir() {
                return Err(bad("to", "this is not a directory"));
            }
        } else if !kind.is_file() {
            return Err(bad("to", "this is not a regular file"));
        }
        let result = Arc::new(Mutex::new(None));
        let kept = result.clone();
        let (board, outcomes) = (&self.board, &self.outcomes);
        let job = work::start_apart(board, outcomes, "", Course::Compose, move |watch| {
            let exported = compose(&model, format, date, to, watch)?;
            let outcome = Outcome {
                packages: exported.packages,
                warnings: exported.warnings.clone(),
                ..Outcome::default()
            };
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(exported);
            Ok(outcome)
        })?;
        let mut all = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == KEPT {
            let _ = all.remove(0);
        }
        all.push((job.clone(), result));
        Ok(job)
    }

    async fn composed(&self, job: String) -> Result<Composed, Failure> {
        let exported = self.result(&job)?;
        Ok(Composed {
            packages: exported.packages,
            entries: exported.entries,
            bytes: exported.bytes,
            digest: exported.image.map(|image| image.digest).unwrap_or_default(),
            warnings: exported.warnings,
        })
    }

    async fn image(&self, job: String) -> Result<Vec<ImageFile>, Failure> {
        let image = self.result(&job)?.image;
        let image = image.ok_or_else(|| bad("job", "what this job composed is no image"))?;
        let layer = ImageFile {
            path: image.layer,
            text: String::new(),
        };
        let others = image.files.into_iter().map(|(path, text)| ImageFile { path, text });
        Ok(std::iter::once(layer).chain(others).collect())
    }
}

fn parsed(model: &str) -> Result<Model, Failure> {
    Model::parse(model).map_err(|error| failure(error.into()))
}

fn compose(
    model: &Model,
    format: ComposeFormat,
    date: u64,
    mut to: File,
    watch: &dyn Watch,
) -> Result<Exported, Error> {
    let scratch = Scratch::make().map_err(|error: (PathBuf, io::Error)| cannot(&error.0, error.1))?;
    let at: &Path = scratch.path();
    match format {
        ComposeFormat::Directory => moult_packages::compose(at, model, Target::Opened(to.into()), date, watch),
        ComposeFormat::Tar => moult_packages::compose(at, model, Target::Tar(&mut to), date, watch),
        ComposeFormat::Oci => moult_packages::compose(at, model, Target::Layer(&mut to), date, watch),
    }
}

fn cannot(path: &Path, source: io::Error) -> Error {
    Error::Io {
        doing: "making a folder for what is composed",
        path: path.to_owned(),
        source,
    }
}
