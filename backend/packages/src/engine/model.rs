//! The model of a system: what each state says of itself, and what the administrator wrote.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;

use moult_stone::Provider;
use rusqlite::Connection;
use rustix::fs::{AtFlags, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use super::Engine;
use crate::catalogue;
use crate::error::Error;
use crate::model::{self, LARGEST, Model};
use crate::repository::{self, Repository};
use crate::request::Request;
use crate::root::{DIRECTORY, Root, make_directory};
use crate::selection::Selection;
use crate::state;
use crate::store;
use crate::watch::Watch;

/// Where the administrator's model is, below `/etc`: ours, then the one that moss reads.
const FOLDERS: [&str; 2] = ["moult", "moss"];
const NAME: &str = "system-model.kdl";
/// The new one until it is whole.
const NEW: &str = "system-model.kdl.new";

/// What [`Engine::import_model`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedModel {
    /// What is the administrator's model now.
    pub model: Model,
    /// The repositories that were added for it.
    pub added: Vec<String>,
}

/// How a model and the active state differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelDifference {
    /// What the model names and nothing installed gives, sorted.
    pub missing: Vec<Provider>,
    /// Chosen packages that give nothing the model names, sorted.
    pub beyond: Vec<String>,
    /// Repositories that only one of the two has, or that have another address or priority, sorted by id.
    pub repositories: Vec<String>,
}

impl ModelDifference {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == ModelDifference::default()
    }
}

impl Engine {
    /// The text of a state's model, as it is in the state's `/usr`; of the active state for None. On a root without a
    /// state it is the model of its repositories and no packages.
    pub fn model(&self, state: Option<u64>) -> Result<String, Error> {
        let active = state::active(&self.connection)?;
        let Some(id) = state.or(active) else {
            return Ok(model::snapshot(&self.repositories()?, &Selection::default()));
        };
        state::one(&self.connection, id)?;
        let read = read_state(&self.root, id, active == Some(id))?;
        read.ok_or_else(|| Error::DamagedState {
            state: id,
            reason: format!("/usr/{} is not there", state::MODEL),
        })
    }

    /// Makes a text the administrator's model: `/etc/moult/system-model.kdl` below the root, byte for byte. Repositories
    /// that it names and that are not here are added ([`adopt`](Self::adopt)). Nothing else changes until it is followed
    /// ([`Request::Model`]).
    ///
    /// # Errors
    /// [`Error::Model`] if it is none, and those of [`adopt`](Self::adopt) and [`plan`](Self::plan) if it cannot be met
    /// now. The former model then stays, and no repository was added.
    pub fn import_model(&mut self, text: &str, watch: &dyn Watch) -> Result<ImportedModel, Error> {
        let model = Model::parse(text)?;
        let added = self.adopt(&model, watch)?;
        let written = self.put_model(&model, watch);
        if let Err(error) = written {
            self.abandon(&added, watch);
            return Err(error);
        }
        Ok(ImportedModel { model, added })
    }

    fn put_model(&mut self, model: &Model, watch: &dyn Watch) -> Result<(), Error> {
        self.plan(&Request::Model(model.clone()), watch)?;
        let _lock = self.begin()?;
        let secret = model.repositories.iter().any(Repository::has_secret) || model::tells_secrets(model.text());
        let mode = if secret { 0o600 } else { 0o644 };
        write(&self.root, model.text(), mode)
    }

    /// Adds the repositories of a model that are not here, as the model says them, and reads the lists of those and of
    /// every other one of the model that was not read yet. Returns the names of those that were added, in the model's
    /// order.
    ///
    /// # Errors
    /// [`Refusal::OtherRepository`](crate::Refusal::OtherRepository) and
    /// [`Refusal::OtherKeys`](crate::Refusal::OtherKeys) for a repository that is another one here,
    /// [`Error::BadRepository`] for one that is switched off, and those of [`refresh`](Self::refresh). No repository was
    /// added then.
    pub fn adopt(&mut self, model: &Model, watch: &dyn Watch) -> Result<Vec<String>, Error> {
        let missing = self.missing_repositories(model)?;
        let known = catalogue::cached(&self.connection)?;
        let has_list = |one: &Repository| known.iter().any(|row| row.id == one.id && row.refreshed.is_some());
        let unread: Vec<Repository> = model
            .repositories
            .iter()
            .filter(|one| !has_list(one))
            .cloned()
            .collect();
        let mut added = Vec::with_capacity(missing.len());
        let adopted = unread.into_iter().try_for_each(|repository| {
            if missing.contains(&repository.id) {
                self.add_repository(&repository)?;
                added.push(repository.id.clone());
            }
            self.refresh(&repository.id, watch).map(drop)
        });
        if let Err(error) = adopted {
            self.abandon(&added, watch);
            return Err(error);
        }
        Ok(added)
    }

    /// Takes repositories away again that [`adopt`](Self::adopt) added. What cannot be taken away is logged.
    pub fn abandon(&mut self, added: &[String], watch: &dyn Watch) {
        for id in added {
            if let Err(error) = self.remove_repository(id) {
                watch.log(&format!("the repository {id} could not be taken away again: {error}"));
            }
        }
    }

    /// The names of a model's repositories that are not here, in the model's order.
    ///
    /// # Errors
    /// As [`adopt`](Self::adopt), for a repository that is another one here.
    pub fn missing_repositories(&self, model: &Model) -> Result<Vec<String>, Error> {
        let definitions = repository::read_all(&self.root);
        let mut missing = Vec::new();
        for repository in &model.repositories {
            match definitions.holds(repository) {
                Ok(()) => {}
                Err(Error::UnknownRepository(id)) => missing.push(id),
                Err(error) => return Err(error),
            }
        }
        Ok(missing)
    }

    /// The administrator's model: `/etc/moult/system-model.kdl`, or else `/etc/moss/system-model.kdl`.
    pub fn administered_model(&self) -> Result<Option<Model>, Error> {
        for folder in FOLDERS {
            if let Some(text) = read(&self.root, self.root.directory(), &format!("etc/{folder}/{NAME}"))? {
                return Ok(Some(Model::parse(&text)?));
            }
        }
        Ok(None)
    }

    /// How a model and the active state differ. Nothing is resolved: a model that names nothing new may still bring
    /// other releases.
    pub fn model_difference(&self, model: &Model) -> Result<ModelDifference, Error> {
        let installed = Selection {
            packages: self.installed()?,
            ..Selection::default()
        };
        let mut missing = BTreeSet::new();
        let mut beyond: BTreeSet<String> = installed.explicit().map(|package| package.name.clone()).collect();
        for wanted in &model.packages {
            let givers = givers(&self.connection, &installed, wanted)?;
            if givers.is_empty() {
                missing.insert(wanted.clone());
            }
            for giver in givers {
                beyond.remove(&giver);
            }
        }
        let ours = self.repositories()?;
        let same = |one: &Repository, other: &Repository| {
            one.id == other.id && one.source.key() == other.source.key() && one.priority == other.priority
        };
        let lacks = |list: &[Repository], one: &Repository| !list.iter().any(|other| same(one, other));
        let (there, here) = (&model.repositories, &ours);
        let differing = there.iter().filter(|one| lacks(here, one));
        let differing = differing.chain(here.iter().filter(|one| lacks(there, one)));
        let repositories: BTreeSet<String> = differing.map(|one| one.id.clone()).collect();
        Ok(ModelDifference {
            missing: missing.into_iter().collect(),
            beyond: beyond.into_iter().collect(),
            repositories: repositories.into_iter().collect(),
        })
    }

    /// The model of a state to be: `base` or else that of the active state, edited in place; generated where there is
    /// none that can be used.
    pub(super) fn next_model(
        &self,
        base: Option<&Model>,
        selection: &Selection,
        watch: &dyn Watch,
    ) -> Result<String, Error> {
        // Who follows a model takes packages from its repositories and from no other ones.
        let (previous, repositories) = match base {
            Some(base) => (Some(base.text().to_owned()), base.repositories.clone()),
            None => {
                let previous = match state::active(&self.connection)? {
                    Some(id) => read_state(&self.root, id, true)?,
                    None => None,
                };
                (previous, self.repositories()?)
            }
        };
        let chosen = Selection {
            packages: selection.explicit().cloned().collect(),
            ..Selection::default()
        };
        let failure: RefCell<Option<Error>> = RefCell::new(None);
        let gives = |wanted: &Provider| match givers(&self.connection, &chosen, wanted) {
            Ok(givers) => givers.into_iter().next(),
            Err(error) => {
                failure.borrow_mut().get_or_insert(error);
                None
            }
        };
        let next = model::next(previous.as_deref(), &repositories, selection, &gives);
        if let Some(error) = failure.into_inner() {
            return Err(error);
        }
        let why = match next {
            // Everybody can read a state's model.
            Ok(text) if model::tells_secrets(&text) => "there is a password in it, beside its repositories".to_owned(),
            Ok(text) => return Ok(text),
            Err(error) => error.to_string(),
        };
        watch.log(&format!("the former model cannot be used, a new one is made: {why}"));
        Ok(model::snapshot(&repositories, selection))
    }
}

/// The selected packages that give this; the one with that name first, then by name.
fn givers(connection: &Connection, selection: &Selection, wanted: &Provider) -> Result<Vec<String>, Error> {
    let mut names = BTreeSet::new();
    for row in catalogue::rows_giving(connection, wanted)? {
        let hash = catalogue::offer_at(connection, row)?.hash;
        let found = selection.packages.iter().filter(|package| package.hash == hash);
        names.extend(found.map(|package| (package.name != wanted.target, package.name.clone())));
    }
    Ok(names.into_iter().map(|(_, name)| name).collect())
}

fn read_state(root: &Root, id: u64, active: bool) -> Result<Option<String>, Error> {
    if active {
        return read(root, root.directory(), &format!("usr/{}", state::MODEL));
    }
    read(root, root.moult(), &format!("states/{id}/usr/{}", state::MODEL))
}

/// A text below an open directory; None where there is none. No link is followed.
fn read(root: &Root, at: &OwnedFd, path: &str) -> Result<Option<String>, Error> {
    let failed = |error: std::io::Error| Error::io("reading a system model", root.path().join(path), error);
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::openat2(at, path, flags, Mode::empty(), beneath()) {
        Ok(file) => std::fs::File::from(file),
        Err(Errno::NOENT | Errno::NOTDIR) => return Ok(None),
        Err(error) => return Err(failed(error.into())),
    };
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(failed(std::io::Error::other("it is not a regular file")));
    }
    let mut text = String::new();
    // One byte more than a model may have: parsing then says so.
    let limit = (LARGEST as u64).saturating_add(1);
    file.take(limit).read_to_string(&mut text).map_err(failed)?;
    Ok(Some(text))
}

/// Puts the text in its place in one step, and makes it durable.
fn write(root: &Root, text: &str, mode: u32) -> Result<(), Error> {
    let shown = root.path().join("etc/moult").join(NAME);
    let failed = |error: std::io::Error| Error::io("writing the system model", &shown, error);
    let made = |at: &OwnedFd, name: &str| -> Result<OwnedFd, Error> {
        make_directory(at, name, 0o755, &shown)?;
        rustix::fs::openat2(at, name, DIRECTORY, Mode::empty(), beneath()).map_err(|error| failed(error.into()))
    };
    let folder = made(&made(root.directory(), "etc")?, "moult")?;
    match rustix::fs::unlinkat(&folder, NEW, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(error) => return Err(failed(error.into())),
    }
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::openat(&folder, NEW, flags, Mode::from_raw_mode(0o600));
    let mut file = std::fs::File::from(file.map_err(|error| failed(error.into()))?);
    let rights = crate::package::Rights {
        mode,
        ..crate::tree::PLAIN
    };
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| store::give(&file, rights))
        .and_then(|()| file.sync_all())
        .and_then(|()| Ok(rustix::fs::renameat(&folder, NEW, &folder, NAME)?));
    if written.is_err() {
        let _ = rustix::fs::unlinkat(&folder, NEW, AtFlags::empty());
    }
    written.map_err(failed)?;
    rustix::fs::fsync(&folder).map_err(|error| failed(error.into()))
}

/// Takes away a model that a process was writing when it died. What cannot be removed now is by the next one.
pub(super) fn sweep(root: &Root) {
    if let Ok(folder) = rustix::fs::openat2(root.directory(), "etc/moult", DIRECTORY, Mode::empty(), beneath()) {
        let _ = rustix::fs::unlinkat(&folder, NEW, AtFlags::empty());
    }
}

fn beneath() -> ResolveFlags {
    ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS
}
