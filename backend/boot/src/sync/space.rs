//! Whether everything fits, before the first byte.

use std::collections::BTreeSet;

use crate::error::{Error, Freeable};
use crate::machine::Machine;
use crate::menu::{self, Listed, on};
use crate::volume::{Space, Volume};

use super::wanted::{File, Wanted};

/// Signatures and what pads them.
const SIGNATURE: u64 = 16 * 1024;
/// Clusters that directories may grow by, and small files take.
const FOR_DIRECTORIES: u64 = 16;

/// Bytes that a file takes at most.
pub(super) fn taken(file: &File, signed: bool, cluster: u64) -> u64 {
    let bytes = file.bytes + if signed && file.program { SIGNATURE } else { 0 };
    rounded(bytes, cluster)
}

pub(super) fn rounded(bytes: u64, cluster: u64) -> u64 {
    bytes.div_ceil(cluster.max(1)) * cluster.max(1)
}

/// What must be known to decide.
pub(super) struct Question<'a, 'b> {
    pub(super) machine: &'a Machine,
    pub(super) menu: &'a [Listed],
    pub(super) wanted: &'a [Wanted<'b>],
    pub(super) active: u64,
    /// Paths of files that have to be written.
    pub(super) missing: &'a BTreeSet<String>,
    /// Bytes that the loader needs on the ESP.
    pub(super) loader: u64,
    pub(super) signed: bool,
}

/// What fits.
pub(super) struct Answer {
    /// States that are not written for want of space, with the bytes that are missing.
    pub(super) left_out: Vec<(u64, u64)>,
    /// What is obsolete has to go before, not after.
    pub(super) prune_first: bool,
}

impl Question<'_, '_> {
    /// Decides.
    ///
    /// # Errors
    /// [`Error::Full`] when the active state does not fit.
    pub(super) fn answer(&self) -> Result<Answer, Error> {
        let boot = self.machine.boot_volume();
        let esp = self.machine.esp.as_ref();
        let space = boot.space().map_err(on(boot, ""))?;
        let (mut needed, same) = (FOR_DIRECTORIES * space.cluster, self.machine.xbootldr.is_none());

        if same {
            needed += self.loader;
        } else if self.loader > 0 {
            let free = esp.space().map_err(on(esp, ""))?;
            let needed = self.loader + FOR_DIRECTORIES * free.cluster;
            if needed > free.free {
                return Err(Error::Full {
                    volume: esp.name(),
                    needed,
                    free: free.free,
                    would_help: Vec::new(),
                });
            }
        }

        let freed = if self.something_boots()? {
            self.obsolete(&space)?
        } else {
            0
        };
        let budget = space.free + freed;
        let mut counted = BTreeSet::new();
        let mut left_out = Vec::new();

        // The active state has to fit; the others in the order of their use.
        let mut order: Vec<&Wanted<'_>> = self.wanted.iter().collect();
        order.sort_by_key(|wanted| wanted.tree.state != self.active);
        for wanted in order {
            let mut more = wanted.entries.len() as u64 * space.cluster;
            let mut paths = Vec::new();
            for file in wanted.entries.iter().flat_map(|entry| &entry.files) {
                let new = self.missing.contains(&file.path) && !counted.contains(&file.path);
                if new && !paths.contains(&file.path) {
                    more += taken(file, self.signed, space.cluster);
                    paths.push(file.path.clone());
                }
            }

            let fits = needed + more <= budget;
            if wanted.tree.state == self.active && !fits {
                return Err(Error::Full {
                    volume: boot.name(),
                    needed: needed + more,
                    free: space.free,
                    would_help: self.would_help(boot, &space)?,
                });
            }
            // An entry that is there already needs nothing new.
            if fits || paths.is_empty() {
                needed += more;
                counted.extend(paths);
            } else {
                left_out.push((wanted.tree.state, needed + more - budget));
            }
        }

        Ok(Answer {
            left_out,
            prune_first: needed > space.free,
        })
    }

    /// An entry that stays can be started already: what goes first is not what the machine hangs by.
    fn something_boots(&self) -> Result<bool, Error> {
        let kept: BTreeSet<u64> = self.wanted.iter().map(|wanted| wanted.tree.state).collect();
        let token = self.machine.root.token();
        for listed in self.menu {
            let stays = listed.state(&token).is_some_and(|state| kept.contains(&state));
            if stays && listed.entry.health() != crate::Health::Bad && listed.fault(self.machine)?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Bytes that would be free without what no kept entry names: neither as it should be, nor as it is now. An entry that stays under its name
    /// starts what it names until it is written anew.
    fn obsolete(&self, space: &Space) -> Result<u64, Error> {
        let token = self.machine.root.token();
        let mut kept = self.named_by(|_| true);
        let wanted: BTreeSet<&str> = self
            .wanted
            .iter()
            .flat_map(|wanted| wanted.entries.iter().map(|entry| entry.id.as_str()))
            .collect();
        let ours = self.menu.iter().filter(|listed| listed.state(&token).is_some());
        for listed in ours.filter(|listed| wanted.contains(listed.entry.id().to_lowercase().as_str())) {
            let paths = listed.entry.program.iter().chain(&listed.entry.initrds);
            kept.extend(paths.map(|path| path.to_lowercase()));
        }
        self.bytes_of(space, |path| !kept.contains(path))
    }

    /// Paths that the wanted entries of some states name, and entries that are not ours.
    fn named_by(&self, states: impl Fn(u64) -> bool) -> BTreeSet<String> {
        let token = self.machine.root.token();
        let wanted = self.wanted.iter().filter(|wanted| states(wanted.tree.state));
        let files = wanted.flat_map(|wanted| wanted.entries.iter().flat_map(|entry| &entry.files));
        let mut named: BTreeSet<String> = files.map(|file| file.path.to_lowercase()).collect();
        for listed in self.menu.iter().filter(|listed| listed.state(&token).is_none()) {
            let paths = listed.entry.program.iter().chain(&listed.entry.initrds);
            named.extend(paths.map(|path| path.to_lowercase()));
        }
        named
    }

    fn bytes_of(&self, space: &Space, counts: impl Fn(&str) -> bool) -> Result<u64, Error> {
        let files = super::prune::our_files(self.machine.boot_volume(), &self.machine.root.token())?;
        Ok(files
            .iter()
            .filter(|(path, _)| counts(&path.to_lowercase()))
            .map(|(_, bytes)| rounded(*bytes, space.cluster))
            .sum())
    }

    /// States whose kernels could be let go, the least useful first.
    fn would_help(&self, boot: &dyn Volume, space: &Space) -> Result<Vec<Freeable>, Error> {
        let mut states = Vec::new();
        for wanted in self.wanted.iter().rev() {
            let state = wanted.tree.state;
            if state == self.active || Some(state) == self.machine.booted.state {
                continue;
            }
            let others = self.named_by(|other| other != state);
            let mut bytes = 0;
            let mut seen = BTreeSet::new();
            for file in wanted.entries.iter().flat_map(|entry| &entry.files) {
                if !others.contains(&file.path.to_lowercase()) && seen.insert(&file.path) {
                    bytes += rounded(menu::length(boot, &file.path)?.unwrap_or(0), space.cluster);
                }
            }
            if bytes > 0 {
                states.push(Freeable { state, bytes });
            }
        }
        Ok(states)
    }
}
