//! Runs what is due: transaction triggers over the staged tree before the swap, system triggers on the system after it.
//!
//! A transaction trigger whose key is that of the active state is not run: what it made there is laid over the new tree
//! again. The key says what a trigger looked at by its patterns, and the keys of those it is `after`; it says nothing of
//! what a program reads beside that. Who reads what another trigger makes has to be `after` it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rustix::fs::{Mode, ResolveFlags};

use super::due::{Action, Due, Schedule, due};
use super::file::{self, Broken, Trigger};
use super::inhibit::Place;
use super::output::{BOUNDS, Reader};
use super::sandbox::{self, Ended, Sandbox};
use crate::error::{Error, lossy, shown_end};
use crate::package::{Package, What};
use crate::picture::{Generated, Picture, picture};
use crate::root::{DIRECTORY, Root, make_directory, remove_tree};
use crate::state;
use crate::store::{self, Store};
use crate::tree::{PLAIN, Tree, split};
use crate::watch::{Meter, Phase, Unwatched, Watch};
use crate::{compose, ledger};

/// How long one program may run.
pub(crate) const LIMIT: Duration = Duration::from_secs(15 * 60);

/// Kept free for what a trigger makes, and for what its programs write beside that.
const ROOM: u64 = 16 << 20;

/// What a transaction trigger is called in `trigger_runs`; both kinds have names of their own.
const TRANSACTION: &str = "tx/";
const SYSTEM: &str = "sys/";

/// What the triggers of a new tree see around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surroundings {
    /// The root that it becomes `/usr` of: its `/etc`, the machine, and what triggers made in its active state.
    Root,
    /// Nothing: the tree is written elsewhere, and shall be the same wherever it was made.
    Nothing {
        /// Whether no state has files in common with the tree, so that their dates may be set.
        own_files: bool,
    },
}

/// A new state before its swap.
pub(crate) struct Change<'a, 'r> {
    pub(crate) root: &'r Root,
    pub(crate) connection: &'a Connection,
    /// The staged tree, composed.
    pub(crate) usr: &'a Path,
    pub(crate) tree: &'a Tree,
    pub(crate) packages: &'a [Package],
    /// The state whose results are taken over where nothing changed.
    pub(crate) from: Option<u64>,
    pub(crate) surroundings: Surroundings,
    /// The date of what triggers make: seconds since 1970.
    pub(crate) date: u64,
    pub(crate) limit: Duration,
    pub(crate) watch: &'a dyn Watch,
}

/// What the transaction triggers of a state did.
#[derive(Debug, Default)]
pub(crate) struct Ran {
    /// In the order in which it was laid over the tree.
    pub(crate) generated: Vec<Generated>,
    /// For [`ledger::record_triggers`].
    pub(crate) runs: Vec<(String, [u8; 32])>,
    /// Files that cannot be used, and circles. For people.
    pub(crate) warnings: Vec<String>,
}

/// Runs the transaction triggers of a staged tree, and lays what they make over it. Contents are added to `store`, which
/// is opened when it is needed.
pub(crate) fn transaction<'r>(change: &Change<'_, 'r>, store: &mut Option<Store<'r>>) -> Result<Ran, Error> {
    let loaded = file::load(change.usr)?;
    let mut ran = Ran {
        warnings: loaded.broken.iter().map(Broken::to_string).collect(),
        ..Ran::default()
    };
    if loaded.transaction.is_empty() {
        return Ok(ran);
    }
    let place = match change.surroundings {
        Surroundings::Root => Place::look(change.root, change.usr)?,
        Surroundings::Nothing { .. } => Place::nowhere(change.usr)?,
    };
    let triggers = uninhibited(&place, loaded.transaction, change.watch);
    if triggers.is_empty() {
        return Ok(ran);
    }
    let schedule = schedule(&triggers, &picture(change.tree, change.packages, &[]));
    ran.warnings
        .extend(schedule.circles.iter().map(|circle| shown_circle(circle)));
    if schedule.due.is_empty() {
        return Ok(ran);
    }
    // Programs count on the links that the root's links count on.
    compose::own(change.usr, change.tree, &[])?;
    let (keys, mut made) = before(change.connection, change.from)?;
    let meter = Meter::begin(change.watch, Phase::Triggers, 0, schedule.due.len() as u64);
    for due in &schedule.due {
        meter.check()?;
        let name = format!("{TRANSACTION}{}", due.trigger);
        let known = keys.get(&name) == Some(&due.key);
        let old = made.remove(&due.trigger).unwrap_or_default();
        let new = if known && fits(change.usr, &old)? {
            old
        } else {
            require_room(change, &old)?;
            change.watch.log(&format!("running the trigger {}", due.trigger));
            run(change, due, store)?
        };
        compose::generated(change.root, change.usr, &new)?;
        ran.generated.extend(new);
        ran.runs.push((name, due.key));
        meter.items(1, &due.trigger);
    }
    meter.end();
    Ok(ran)
}

/// Keys by trigger.
type Keys = HashMap<String, [u8; 32]>;

/// What each trigger made.
type Made = BTreeMap<String, Vec<Generated>>;

/// The keys of a state, and what each of its triggers made.
fn before(connection: &Connection, state: Option<u64>) -> Result<(Keys, Made), Error> {
    let mut made = Made::new();
    let Some(state) = state else {
        return Ok((Keys::new(), made));
    };
    for change in ledger::generated(connection, state)? {
        made.entry(change.trigger.clone()).or_default().push(change);
    }
    Ok((ledger::trigger_runs(connection, state)?, made))
}

/// Bytes that must be free for the triggers of such a tree, whatever they make.
pub(crate) fn room(tree: &Tree) -> u64 {
    let any = tree.has(b"share/moult/triggers") || tree.has(b"share/moss/triggers");
    if any { ROOM } else { 0 }
}

/// Fails unless a trigger has room to make as much as it did the last time, once for itself and once in the store.
fn require_room(change: &Change<'_, '_>, old: &[Generated]) -> Result<(), Error> {
    let sizes = match old.is_empty() {
        true => HashMap::new(),
        false => ledger::contents(change.connection)?,
    };
    let keys = old.iter().filter_map(|made| made.item.as_ref()?.key());
    let bytes = keys
        .filter_map(|key| sizes.get(&key))
        .fold(0u64, |sum, size| sum.saturating_add(*size));
    let bytes = bytes.saturating_mul(2).max(ROOM);
    let files = (old.len() as u64).saturating_mul(2).saturating_add(64);
    change.root.require_room("running triggers", bytes, files)
}

/// Whether every folder is there that these changes are made in. What another trigger made may be gone.
fn fits(usr: &Path, changes: &[Generated]) -> Result<bool, Error> {
    let failed = |error| Error::io("looking at the new system", usr, error);
    let top = rustix::fs::open(usr, DIRECTORY, Mode::empty()).map_err(failed)?;
    let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    let mut folders: HashSet<&[u8]> = HashSet::from([&b""[..]]);
    for change in changes {
        let (parent, _) = split(&change.path);
        if !folders.contains(parent) {
            if rustix::fs::openat2(&top, parent, DIRECTORY, Mode::empty(), beneath).is_err() {
                return Ok(false);
            }
            folders.insert(parent);
        }
        if change.item.as_ref().is_some_and(|item| item.what == What::Directory) {
            folders.insert(&change.path);
        }
    }
    Ok(true)
}

/// Runs one trigger. What it made is in the store afterwards, and not yet in the tree.
fn run<'r>(change: &Change<'_, 'r>, due: &Due, store: &mut Option<Store<'r>>) -> Result<Vec<Generated>, Error> {
    let scratch = Scratch::make(change.root, change.tree)?;
    let etc = match change.surroundings {
        Surroundings::Root => Some(change.root.path().join("etc")).filter(|etc| is_folder(etc)),
        Surroundings::Nothing { .. } => None,
    };
    if change.surroundings == (Surroundings::Nothing { own_files: true }) {
        // Programs write what they see of dates into what they make.
        compose::date(change.usr, change.date)?;
        compose::date(&scratch.path.join("upper"), change.date)?;
    }
    let sandbox = Sandbox {
        trigger: due.trigger.clone(),
        lower: vec![change.usr.to_owned()],
        upper: scratch.path.join("upper"),
        work: scratch.path.join("work"),
        merged: scratch.path.join("merged"),
        etc,
        date: change.date,
        limit: change.limit,
    };
    let ended = sandbox.run(&due.runs, change.watch)?;
    if let Some((command, ended)) = failure(&due.runs, ended) {
        return Err(Error::Trigger {
            trigger: due.trigger.clone(),
            command,
            ended: ended.status,
            output: said(&ended),
        });
    }
    let store = match store {
        Some(store) => store,
        None => store.insert(Store::open(change.root, ledger::contents(change.connection)?)?),
    };
    let reader = Reader {
        trigger: &due.trigger,
        upper: &sandbox.upper,
        usr: change.usr,
        tree: change.tree,
        store,
        bounds: BOUNDS,
    };
    reader.read()
}

/// The program that failed, and how.
fn failure(actions: &[Action], mut ended: Vec<Ended>) -> Option<(String, Ended)> {
    let runs = |action: &Action| match action {
        Action::Run(program) => Some(lossy(&program.join(&b' '))),
        Action::Delete(_) => None,
    };
    let command = actions.iter().filter_map(runs).nth(ended.len().checked_sub(1)?)?;
    let last = ended.pop().filter(|last| last.status != Some(0))?;
    Some((command, last))
}

fn said(ended: &Ended) -> String {
    let (out, err) = &ended.output;
    [out.trim(), err.trim()].join("\n").trim().to_owned()
}

fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.is_dir())
}

fn shown_circle(circle: &[String]) -> String {
    format!(
        "these triggers wait for each other and were run by name: {}",
        circle.join(", ")
    )
}

/// Without those that must not run here.
fn uninhibited(place: &Place, triggers: Vec<Trigger>, watch: &dyn Watch) -> Vec<Trigger> {
    let runs = |trigger: &Trigger| {
        let name = &trigger.definition.name;
        let unknown = &mut |what: &str| watch.log(&format!("the trigger {name}: {what:?} is no known environment"));
        match place.inhibited(&trigger.definition.inhibitors, unknown) {
            Some(why) => {
                watch.log(&format!("the trigger {name} does not run: {why}"));
                false
            }
            None => true,
        }
    };
    triggers.into_iter().filter(runs).collect()
}

fn schedule(triggers: &[Trigger], picture: &Picture<'_>) -> Schedule {
    let files = picture.iter();
    due(
        triggers,
        files.map(|(path, node)| (path.as_slice(), node.rights, node.what)),
    )
}

/// The folders of an overlay. Removed when dropped, and by the next start.
struct Scratch {
    path: PathBuf,
}

impl Scratch {
    fn make(root: &Root, tree: &Tree) -> Result<Scratch, Error> {
        let name = format!("states/{}triggers", state::HALF_DONE);
        let path = root.own(&name);
        remove_tree(&path)?;
        make_directory(root.moult(), &name, 0o700, &path)?;
        let scratch = Scratch { path };
        for folder in ["upper", "work", "merged"] {
            make_directory(root.moult(), &format!("{name}/{folder}"), 0o755, &scratch.path)?;
        }
        let top = tree.directories.first().map_or(PLAIN, |directory| directory.rights);
        let upper = scratch.path.join("upper");
        rustix::fs::open(&upper, DIRECTORY, Mode::empty())
            .map_err(std::io::Error::from)
            .and_then(|upper| store::give(upper, top))
            .map_err(|error| Error::io("running a trigger", &upper, error))?;
        Ok(scratch)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = remove_tree(&self.path);
    }
}

/// Runs the system triggers of the state that is in place now: those whose key is not that of the state before. Returns
/// what went wrong, for people; what failed is run again by the next change.
pub(crate) fn system(
    root: &Root,
    connection: &Connection,
    id: u64,
    before: Option<u64>,
    limit: Duration,
    watch: &dyn Watch,
) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Err(error) = try_system(root, connection, id, before, limit, watch, &mut warnings) {
        warnings.push(format!("the system triggers were not all run: {error}"));
    }
    warnings
}

fn try_system(
    root: &Root,
    connection: &Connection,
    id: u64,
    before: Option<u64>,
    limit: Duration,
    watch: &dyn Watch,
    warnings: &mut Vec<String>,
) -> Result<(), Error> {
    let usr = root.path().join("usr");
    let loaded = file::load(&usr)?;
    if loaded.system.is_empty() {
        return Ok(());
    }
    let triggers = uninhibited(&Place::look(root, &usr)?, loaded.system, watch);
    if triggers.is_empty() {
        return Ok(());
    }
    let (packages, tree) = ledger::state(root, connection, id)?;
    let generated = ledger::generated(connection, id)?;
    let schedule = schedule(&triggers, &picture(&tree, &packages, &generated));
    warnings.extend(schedule.circles.iter().map(|circle| shown_circle(circle)));
    let known = match before {
        Some(before) => ledger::trigger_runs(connection, before)?,
        None => HashMap::new(),
    };
    let mut done = Vec::new();
    for due in &schedule.due {
        let name = format!("{SYSTEM}{}", due.trigger);
        let failed = if known.get(&name) == Some(&due.key) {
            None
        } else {
            watch.log(&format!("running the trigger {}", due.trigger));
            on_system(root, due, limit).unwrap_or_else(|error| Some(error.to_string()))
        };
        match failed {
            Some(failed) => warnings.push(format!("the trigger {} failed: {failed}", due.trigger)),
            None => done.push((name, due.key)),
        }
    }
    let transaction = connection.unchecked_transaction()?;
    transaction.execute(
        "DELETE FROM trigger_runs WHERE state = ?1 AND substr(trigger, 1, 4) = ?2",
        rusqlite::params![state::signed(id), SYSTEM],
    )?;
    ledger::record_triggers(&transaction, id, &done, &[])?;
    Ok(transaction.commit()?)
}

/// What went wrong; None if nothing did. The swap is over: nothing is cancelled any more.
fn on_system(root: &Root, due: &Due, limit: Duration) -> Result<Option<String>, Error> {
    let mut programs: Vec<&[Vec<u8>]> = Vec::new();
    for action in &due.runs {
        match action {
            Action::Run(program) => programs.push(program),
            Action::Delete(_) => return Ok(Some("after the swap nothing below /usr can be deleted".to_owned())),
        }
    }
    for name in ["etc", "var"] {
        let path = root.path().join(name);
        make_directory(root.directory(), name, 0o755, &path)?;
        if !is_folder(&path) {
            return Ok(Some(format!("{} is not a folder", path.display())));
        }
    }
    let ended = sandbox::on_system(root.path(), limit, &programs, &Unwatched)?;
    Ok(failure(&due.runs, ended).map(|(command, ended)| {
        let (how, said) = (shown_end(ended.status), said(&ended));
        format!("{command} {how}: {said}")
    }))
}
