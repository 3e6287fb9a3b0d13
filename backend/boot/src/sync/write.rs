//! Writes what is missing, each file checked by reading it back.

use std::collections::BTreeSet;
use std::fs::{self, File as Open};
use std::path::Path;

use blake3::Hash;

use crate::error::{Error, Fault};
use crate::follow::{self, LOADER_CONF};
use crate::machine::Machine;
use crate::menu::{self, entry_path, on};
use crate::order;
use crate::pe;
use crate::policy::Policy;
use crate::record::{Record, Signed};
use crate::sign::Key;
use crate::status::{Warning, Written};
use crate::tree::Tree;
use crate::volume::Volume;

use super::space;
use super::wanted::{self, File, Source, Wanted};

/// Writes and remembers what.
pub(super) struct Writer<'a> {
    pub(super) machine: &'a Machine,
    pub(super) key: Option<&'a Key>,
    pub(super) record: Record,
    pub(super) written: Vec<Written>,
}

/// Where the loader has to be written.
pub(super) struct LoaderPlan {
    source: Source,
    hash: Hash,
    paths: Vec<String>,
    /// Bytes that this needs on the ESP at most.
    pub(super) bytes: u64,
}

impl Writer<'_> {
    /// Paths of files that are not on the volume, or not as they should be.
    pub(super) fn missing(&self, wanted: &[Wanted<'_>]) -> Result<BTreeSet<String>, Error> {
        let boot = self.machine.boot_volume();
        let mut seen = BTreeSet::new();
        let mut missing = BTreeSet::new();

        for file in wanted
            .iter()
            .flat_map(|wanted| wanted.entries.iter().flat_map(|entry| &entry.files))
        {
            if seen.insert(&file.path) && !self.is_current(boot, &file.path, &file.path, &file.hash, file.program)? {
                missing.insert(file.path.clone());
            }
        }
        Ok(missing)
    }

    /// Whether a volume has a file as it should be. `known` is how the record calls it.
    fn is_current(
        &self,
        volume: &dyn Volume,
        path: &str,
        known: &str,
        source: &Hash,
        program: bool,
    ) -> Result<bool, Error> {
        if !menu::exists(volume, path)? {
            return Ok(false);
        }
        let there = volume.hash(path).map_err(on(volume, path))?;
        let expected = match (self.key, program) {
            (Some(key), true) => self
                .record
                .get(known)
                .filter(|signed| signed.source == *source && signed.certificate == key.hash)
                .map(|signed| signed.result),
            _ => Some(*source),
        };
        Ok(expected.is_some() && there == expected)
    }

    pub(super) fn files(&mut self, wanted: &[Wanted<'_>], missing: &BTreeSet<String>) -> Result<(), Error> {
        let machine = self.machine;
        let boot = machine.boot_volume();
        let mut done = BTreeSet::new();

        for file in wanted
            .iter()
            .flat_map(|wanted| wanted.entries.iter().flat_map(|entry| &entry.files))
        {
            if missing.contains(&file.path) && done.insert(&file.path) {
                self.file(boot, file)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, boot: &dyn Volume, file: &File) -> Result<(), Error> {
        if file.program {
            self.program(boot, &file.path, &file.path, &file.source, file.hash)
        } else {
            self.copy(boot, &file.path, file.source.path()).map(|_| ())
        }
    }

    /// A program, signed if there is a key. The record is written first: a signed file that it does not know is signed again, which does no harm.
    fn program(
        &mut self,
        volume: &dyn Volume,
        path: &str,
        known: &str,
        source: &Source,
        hash: Hash,
    ) -> Result<(), Error> {
        let Some(key) = self.key else {
            return self.copy(volume, path, source.path()).map(|_| ());
        };

        let signed = match source {
            Source::File(source) => key.sign(source)?,
            Source::Unified(unified) => key.sign(unified.assemble()?.path())?,
        };
        let result = self.copy(volume, path, signed.path())?;
        self.record.insert(
            known.to_owned(),
            Signed {
                source: hash,
                certificate: key.hash,
                result,
            },
        );
        let (boot, token) = (self.machine.boot_volume(), self.machine.root.token());
        self.record.write(boot, &token)?;
        Ok(())
    }

    fn copy(&mut self, volume: &dyn Volume, path: &str, source: &Path) -> Result<Hash, Error> {
        let error = |error| Error::Read {
            path: source.to_owned(),
            source: error,
        };
        let mut hasher = blake3::Hasher::new();
        hasher
            .update_reader(Open::open(source).map_err(error)?)
            .map_err(error)?;

        let mut file = Open::open(source).map_err(error)?;
        let bytes = volume.write_new(path, &mut file).map_err(on(volume, path))?;
        self.note(path, bytes);
        Ok(hasher.finalize())
    }

    fn text(&mut self, volume: &dyn Volume, path: &str, text: &str) -> Result<(), Error> {
        let bytes = volume.write_new(path, &mut text.as_bytes()).map_err(on(volume, path))?;
        self.note(path, bytes);
        Ok(())
    }

    fn note(&mut self, path: &str, bytes: u64) {
        tracing::info!(path, bytes, "written");
        self.written.push(Written {
            path: path.to_owned(),
            bytes,
        });
    }

    /// Where the loader has to go. A strange program at the fallback path stays, and so does a newer systemd-boot: it starts older kernels as well.
    pub(super) fn plan_loader(&self, source: &Path, warnings: &mut Vec<Warning>) -> Result<LoaderPlan, Error> {
        let error = |error| Error::Read {
            path: source.to_owned(),
            source: error,
        };
        let bytes = fs::read(source).map_err(error)?;
        let hash = blake3::hash(&bytes);
        let ours = pe::systemd_boot(&bytes).unwrap_or_default();
        let esp = self.machine.esp.as_ref();
        let mut paths = Vec::new();

        for path in [self.machine.loader_path(), self.machine.fallback_path()] {
            if self.is_current(esp, &path, &known(&path), &hash, true)? {
                continue;
            }
            let there = esp.read(&path).map_err(on(esp, &path))?;
            let whole = there.filter(|there| pe::check(there, self.machine.architecture).is_ok());
            match whole.as_deref().map(pe::systemd_boot) {
                Some(Some(version)) => {
                    let newer = order::version(&version, &ours).is_gt();
                    let ours_signed = self.key.is_some();
                    if !newer || ours_signed {
                        paths.push(path);
                    }
                }
                Some(None) if path == self.machine.fallback_path() => {
                    warnings.push(Warning::StrangeLoader { path });
                }
                Some(None) | None => paths.push(path),
            }
        }

        let cluster = esp.space().map_err(on(esp, ""))?.cluster;
        let file = File {
            path: String::new(),
            source: Source::File(source.to_owned()),
            hash,
            bytes: bytes.len() as u64,
            program: true,
        };
        Ok(LoaderPlan {
            source: Source::File(source.to_owned()),
            hash,
            bytes: space::taken(&file, self.key.is_some(), cluster) * paths.len() as u64,
            paths,
        })
    }

    pub(super) fn loader(&mut self, plan: &LoaderPlan) -> Result<(), Error> {
        let machine = self.machine;
        for path in &plan.paths {
            self.program(machine.esp.as_ref(), path, &known(path), &plan.source, plan.hash)?;
        }
        Ok(())
    }

    /// Only where there is none: it is the person's.
    pub(super) fn loader_conf(&mut self, policy: &Policy) -> Result<(), Error> {
        let machine = self.machine;
        let esp = machine.esp.as_ref();
        if menu::exists(esp, LOADER_CONF)? {
            return Ok(());
        }
        self.text(esp, LOADER_CONF, &format!("timeout {}\n", policy.timeout))
    }

    /// Entries that are not as they should be; the active state's first.
    pub(super) fn entries(&mut self, wanted: &[Wanted<'_>], files: &[String], active: &Tree) -> Result<(), Error> {
        let machine = self.machine;
        let boot = machine.boot_volume();
        let os = active.os();

        let mut entries: Vec<(u64, &String, String)> = Vec::new();
        let mut files = files.iter();
        for (rank, wanted) in wanted.iter().enumerate() {
            for entry in &wanted.entries {
                let Some(file) = files.next() else { continue };
                let text = wanted::text(machine, wanted, entry, rank, active, &os);
                entries.push((wanted.tree.state, file, text));
            }
        }
        entries.sort_by_key(|(state, ..)| *state != active.state);

        for (_, file, text) in entries {
            let path = entry_path(file);
            let there = boot.read(&path).map_err(on(boot, &path))?;
            if there.as_deref() != Some(text.as_bytes()) {
                self.text(boot, &path, &text)?;
            }
        }
        Ok(())
    }

    /// Forgets signatures of files that are gone.
    pub(super) fn forget(&mut self) -> Result<(), Error> {
        let machine = self.machine;
        let (boot, token) = (machine.boot_volume(), machine.root.token());
        let there: BTreeSet<String> = super::prune::our_files(boot, &token)?
            .into_iter()
            .map(|(path, _)| path.to_lowercase())
            .collect();
        let esp = [known(&machine.loader_path()), known(&machine.fallback_path())];
        if self
            .record
            .retain(|path| esp.iter().any(|known| known == path) || there.contains(&path.to_lowercase()))
        {
            self.record.write(boot, &token)?;
        }
        Ok(())
    }

    /// The active state's files on the volume are the tree's, byte for byte (or what was signed out of them).
    pub(super) fn compare(&self, wanted: &[Wanted<'_>], active: u64) -> Result<(), Error> {
        let boot = self.machine.boot_volume();
        let of_active = wanted.iter().filter(|wanted| wanted.tree.state == active);
        for file in of_active.flat_map(|wanted| wanted.entries.iter().flat_map(|entry| &entry.files)) {
            let broken = |reason: String| Error::NotBootable {
                state: active,
                fault: Fault::Broken {
                    path: file.path.clone(),
                    reason,
                },
            };
            if !self.is_current(boot, &file.path, &file.path, &file.hash, file.program)? {
                return Err(broken("is not what the state brings".to_owned()));
            }
            if let Source::Unified(unified) = &file.source {
                let image = boot.read(&file.path).map_err(on(boot, &file.path))?;
                if let Some(section) = unified.differs(&image.unwrap_or_default())? {
                    return Err(broken(format!("does not hold in {section} what the state brings")));
                }
            }
        }
        Ok(())
    }

    /// Nothing of the active state's that the firmware starts is without the administrator's signature, where there is a key.
    pub(super) fn verify(&self, wanted: &[Wanted<'_>], active: u64) -> Result<(), Error> {
        let Some(key) = self.key else { return Ok(()) };
        let (esp, boot) = (self.machine.esp.as_ref(), self.machine.boot_volume());
        let fault = |fault| Error::NotBootable { state: active, fault };

        let start = follow::start(self.machine)?.map_err(fault)?;
        let of_active = wanted.iter().filter(|wanted| wanted.tree.state == active);
        let files = of_active.flat_map(|wanted| wanted.entries.iter().flat_map(|entry| &entry.files));
        let programs = files.filter(|file| file.program).map(|file| (boot, file.path.as_str()));
        for (volume, path) in std::iter::once((esp, start.loader())).chain(programs) {
            if !key.has_signed(volume, path)? {
                return Err(fault(Fault::Broken {
                    path: path.to_owned(),
                    reason: "is not signed with the key in /etc/moult/secure-boot".to_owned(),
                }));
            }
        }
        Ok(())
    }
}

/// How the record calls a file of the ESP.
fn known(path: &str) -> String {
    format!("esp:{path}")
}
