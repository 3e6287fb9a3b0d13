//! Carries out a proposal. Everything that can fail without touching the disk is tried before the disk is touched.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Mutex;

use moult_packages::Engine;
use moult_storage::{Action, Mark, Mounted, Prepared};
use moult_system::network::copy_profiles;
use moult_system::secret::PasswordHash;
use moult_system::target::Target;
use secrecy::SecretString;

use crate::error::{Cause, DiskState, Error};
use crate::journal::{Entry, Journal};
use crate::progress::{Phase, Progress};
use crate::proposal::{Installer, Proposal};

/// Follows an install. Called from the threads that work.
pub trait Watch: Sync {
    /// Where it stands.
    fn progress(&self, progress: Progress);
    /// The person wants it to stop.
    fn cancelled(&self) -> bool;
    /// A line for the details. Never a secret.
    fn log(&self, line: &str);
    /// The next thing that happens is the first write to the disk. Must be durable when it returns.
    ///
    /// # Errors
    /// When it cannot be made durable: nothing is written then.
    fn disk_will_change(&self) -> io::Result<()>;
    /// From here on it goes through to the end.
    ///
    /// # Errors
    /// When it cannot be noted; the install goes on all the same.
    fn point_of_no_cancel(&self) -> io::Result<()>;
}

/// What an install did.
#[derive(Debug, Clone)]
pub struct Report {
    /// Number of the new state.
    pub state: u64,
    /// Packages.
    pub packages: usize,
    /// Where the time went.
    pub timings: moult_packages::Timings,
}

impl Installer {
    /// Does what the proposal says. Takes minutes; call it on a thread of its own.
    ///
    /// # Errors
    /// Each says in which state the approved disk is.
    pub fn run(&self, proposal: &Proposal, password: &SecretString, watch: &dyn Watch) -> Result<Report, Error> {
        let journal = Journal::create(&self.work.join("journal"))
            .map_err(|error| Cause::io("beginning the journal", &self.work)(error).untouched())?;
        let journal = Mutex::new(journal);
        let note = |entry: Entry| match journal.lock() {
            Ok(mut journal) => journal.write(&entry),
            Err(_) => Err(io::Error::other("the journal was left in the middle of a line")),
        };
        let disk = proposal.plan.disk.model.clone();
        note(Entry::Begin {
            digest: proposal.digest.clone(),
            disk,
        })
        .map_err(|error| Cause::io("writing the journal", &self.work)(error).untouched())?;

        let done = self.steps(proposal, password, watch, &note);
        let last = Entry::End(done.as_ref().err().map(ToString::to_string).unwrap_or_default());
        if let Err(error) = note(last) {
            watch.log(&format!("the journal's last line cannot be written: {error}"));
        }
        done
    }

    fn steps(
        &self,
        proposal: &Proposal,
        password: &SecretString,
        watch: &dyn Watch,
        note: &(dyn Fn(Entry) -> io::Result<()> + Sync),
    ) -> Result<Report, Error> {
        watch.progress(Progress::begin(Phase::Check));
        self.check_firmware().map_err(Cause::untouched)?;
        // Hashed before the disk is touched: a password that cannot be hashed must not cost a disk.
        let hash = PasswordHash::new(password).map_err(|error| Cause::from(error).untouched())?;

        watch.progress(Progress::begin(Phase::Resolve));
        let (_, offered) = self.select().map_err(Cause::untouched)?;
        if !same_packages(&offered, &proposal.selection) {
            return Err(Cause::OfferChanged.untouched());
        }
        watch.log(&format!(
            "{} packages, {} bytes to fetch",
            offered.packages.len(),
            offered.download_bytes()
        ));
        if watch.cancelled() {
            return Err(Cause::Cancelled.untouched());
        }

        watch.progress(Progress::begin(Phase::Partition));
        let follow = DiskWatch {
            watch,
            note,
            warned: Mutex::new(false),
        };
        let prepared = moult_storage::commit(&proposal.plan, &proposal.plan.digest(), &self.probe, &follow)
            .map_err(|error| Cause::from(error).untouched())?;

        let mounted = prepared
            .mount(&self.mount_point()?)
            .map_err(|error| Cause::from(error).unfinished())?;
        let report = self.fill(proposal, &hash, &prepared, &mounted, watch, note);
        let report = match report {
            Ok(report) => report,
            Err(cause) => {
                if let Err(error) = mounted.unmount() {
                    watch.log(&error.to_string());
                }
                return Err(cause.unfinished());
            }
        };
        watch.progress(Progress::new(Phase::Finish, (0, 0), (0, 2), ""));
        if let Err(error) = watch.point_of_no_cancel() {
            watch.log(&format!("the job's state cannot be written: {error}"));
        }
        sync(mounted.root()).map_err(Cause::unfinished)?;
        watch.progress(Progress::new(Phase::Finish, (0, 0), (1, 2), ""));
        mounted.unmount().map_err(|error| Error {
            cause: error.into(),
            disk: DiskState::Installed,
        })?;
        watch.progress(Progress::new(Phase::Finish, (0, 0), (2, 2), ""));
        Ok(report)
    }

    fn mount_point(&self) -> Result<std::path::PathBuf, Error> {
        let at = self.work.join("target");
        fs::create_dir_all(&at).map_err(|error| Cause::io("making the mount point", &at)(error).unfinished())?;
        Ok(at)
    }

    /// Packages and configuration of the mounted target.
    fn fill(
        &self,
        proposal: &Proposal,
        hash: &PasswordHash,
        prepared: &Prepared,
        mounted: &Mounted,
        watch: &dyn Watch,
        note: &(dyn Fn(Entry) -> io::Result<()> + Sync),
    ) -> Result<Report, Cause> {
        let journal = |entry| note(entry).map_err(Cause::io("writing the journal", &self.work));
        let root = mounted.root();

        journal(Entry::Intent("packages".into()))?;
        let mut engine = Engine::open(root)?;
        self.add_repositories(&mut engine)?;
        let selection = engine.resolve(&self.wanted()?)?;
        if !same_packages(&selection, &proposal.selection) {
            return Err(Cause::OfferChanged);
        }
        let installed = engine.install(&selection, "Installed by Moult", &PackageWatch(watch))?;
        let states = engine.states()?;
        drop(engine);
        journal(Entry::Done("packages".into()))?;

        watch.progress(Progress::begin(Phase::Configure));
        journal(Entry::Intent("configure".into()))?;
        configure(&proposal.request, hash, &prepared.fstab(), root, watch)?;
        journal(Entry::Done("configure".into()))?;

        if proposal.boots {
            watch.progress(Progress::begin(Phase::Boot));
            journal(Entry::Intent("boot".into()))?;
            self.write_menu(proposal, prepared, mounted, &states, watch)?;
            journal(Entry::Done("boot".into()))?;
        } else {
            watch.log("the packages bring no kernel or no boot loader: there is no boot menu");
        }
        Ok(Report {
            state: installed.state,
            packages: selection.packages.len(),
            timings: installed.timings,
        })
    }
}

fn configure(
    request: &crate::Request,
    hash: &PasswordHash,
    fstab: &str,
    root: &Path,
    watch: &dyn Watch,
) -> Result<(), Cause> {
    let target = Target::open(root)?;
    let mut settings = request.settings(fstab.to_owned());
    let configured = match target.configure(&settings, hash) {
        // A clock that is off by hours is mended in a minute; a disk that was erased for nothing is not.
        Err(moult_system::Error::UnknownZone { zone }) => {
            watch.log(&format!(
                "the new system has no data for the time zone {zone}: it starts with UTC"
            ));
            settings.timezone = "UTC".to_owned();
            target.configure(&settings, hash)?
        }
        configured => configured?,
    };
    if configured.locale != settings.locale {
        watch.log(&format!(
            "the new system has no data for {}: it starts with {}",
            settings.locale, configured.locale
        ));
    }
    match &configured.console_keymap {
        Some(keymap) => watch.log(&format!("console keymap {keymap}")),
        None => watch.log("the new system has no console keymap for this layout: the console starts with us"),
    }
    let profiles = copy_profiles(&target)?;
    watch.log(&format!("{profiles} network connections copied"));
    Ok(())
}

fn same_packages(one: &moult_packages::Selection, other: &moult_packages::Selection) -> bool {
    let hashes = |selection: &moult_packages::Selection| {
        selection
            .packages
            .iter()
            .map(|package| package.hash.clone())
            .collect::<Vec<_>>()
    };
    hashes(one) == hashes(other)
}

/// Everything of this file system on its medium.
fn sync(root: &Path) -> Result<(), Cause> {
    let folder = fs::File::open(root).map_err(Cause::io("opening the new root", root))?;
    rustix::fs::syncfs(&folder).map_err(|error| Cause::io("writing everything out", root)(error.into()))
}

/// A commit's steps, journaled, in the install's own words.
struct DiskWatch<'a> {
    watch: &'a dyn Watch,
    note: &'a (dyn Fn(Entry) -> io::Result<()> + Sync),
    warned: Mutex<bool>,
}

impl moult_storage::Watch for DiskWatch<'_> {
    fn step(&self, index: usize, total: usize, action: &Action) {
        let items = (index as u64, total as u64);
        self.watch
            .progress(Progress::new(Phase::Partition, (0, 0), items, action.name()));
    }

    fn cancelled(&self) -> bool {
        self.watch.cancelled()
    }

    fn log(&self, line: &str) {
        self.watch.log(line);
    }

    fn journal(&self, mark: Mark, _: usize, action: &Action) -> io::Result<()> {
        let name = action.name().to_owned();
        match mark {
            Mark::Intent => {
                (self.note)(Entry::Intent(name))?;
                let mut warned = self
                    .warned
                    .lock()
                    .map_err(|_| io::Error::other("an earlier step failed"))?;
                if !*warned {
                    self.watch.disk_will_change()?;
                    *warned = true;
                }
                Ok(())
            }
            Mark::Done => (self.note)(Entry::Done(name)),
        }
    }
}

/// The package engine's phases as the install's.
struct PackageWatch<'a>(&'a dyn Watch);

impl moult_packages::Watch for PackageWatch<'_> {
    fn progress(&self, progress: moult_packages::Progress) {
        let phase = match progress.phase {
            // Inside an install both were done before the disk was touched; done again on the target they take no time.
            moult_packages::Phase::Refresh | moult_packages::Phase::Resolve => return,
            // No install does any of these.
            moult_packages::Phase::Verify | moult_packages::Phase::Prune | moult_packages::Phase::Export => return,
            moult_packages::Phase::Fetch => Phase::Fetch,
            moult_packages::Phase::Store => Phase::Store,
            moult_packages::Phase::Compose => Phase::Compose,
            moult_packages::Phase::Triggers | moult_packages::Phase::Activate => {
                return self.0.progress(Progress::new(Phase::Compose, (0, 0), (1, 1), ""));
            }
        };
        let bytes = (progress.bytes_done, progress.bytes_total);
        let items = (progress.items_done, progress.items_total);
        self.0.progress(Progress::new(phase, bytes, items, progress.current));
    }

    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }

    fn log(&self, line: &str) {
        self.0.log(line);
    }
}
