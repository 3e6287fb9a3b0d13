//! What a person or a boot decides: which state is next, that the booted one works, what happened.

use crate::efi::{EfiVariables, LoadOption};
use crate::entry::{counter, without_counter};
use crate::error::Error;
use crate::follow::{self, DEFAULT, ONE_SHOT};
use crate::machine::{Machine, When};
use crate::menu::{self, Listed, entry_path, on};
use crate::status::{Failed, Health, Outcome, Why};
use crate::sync;

/// What the firmware's menu calls our loader, as `bootctl` does.
const DESCRIPTION: &str = "Linux Boot Manager";
/// Tries that a failed state gets when it is chosen all the same.
const TRIES_AGAIN: u32 = 3;

impl Machine {
    /// Has a state start at the next boot, or from now on. One that used up its tries gets them back when it is chosen for good.
    ///
    /// For good is a matter of the order of the entries, not of `default` or `LoaderEntryDefault`: those would start an entry again and again
    /// that fails. `LoaderEntryDefault` and `LoaderEntryOneShot` are removed, being older choices.
    ///
    /// # Errors
    /// [`Error::NoEntry`]; [`Error::NoVariables`] for one boot alone; [`Error::Overridden`] when a setting in `loader.conf` or another system's
    /// entry is stronger: then the choice was made, and is without effect.
    pub fn set_next(&self, state: u64, when: When) -> Result<(), Error> {
        let menu = menu::read(self)?;
        let token = self.root.token();
        let entry = menu
            .iter()
            .find(|listed| listed.shown && listed.state(&token) == Some(state))
            .ok_or(Error::NoEntry { state })?;

        match when {
            When::Once => {
                let variables = self.variables.as_ref().ok_or(Error::NoVariables)?;
                variables.set_loader_text(ONE_SHOT, &pattern(entry))?;
            }
            When::Always => self.put_first(state, &menu)?,
        }

        let menu = menu::read(self)?;
        let choice = follow::choose(self, &menu)?;
        let starts = choice.as_ref().and_then(|choice| Some((choice, menu.get(choice.at)?)));
        match starts {
            Some((_, listed)) if listed.state(&token) == Some(state) => Ok(()),
            Some((choice, listed)) => Err(Error::Overridden {
                by: follow::by(&choice.why).to_owned(),
                starts: listed.entry.id(),
            }),
            None => Err(Error::NoEntry { state }),
        }
    }

    /// Has a state start at the next boot alone, or none (`None`: as the menu says), if `from` is what is chosen for that by now. A choice that is
    /// no state of ours is none that could be asked for.
    ///
    /// # Errors
    /// [`Error::Overtaken`] if something else is chosen: then nothing changes. Else as [`set_next`](Self::set_next).
    pub fn set_once(&self, state: Option<u64>, from: Option<u64>) -> Result<(), Error> {
        let variables = self.variables.as_ref().ok_or(Error::NoVariables)?;
        let menu = menu::read(self)?;
        let choice = follow::choose(self, &menu)?.filter(|choice| choice.why == Why::Once);
        let chosen = choice.and_then(|choice| menu.get(choice.at));
        let token = self.root.token();
        let is_so = match (chosen, from) {
            (None, None) => true,
            (Some(listed), Some(from)) => listed.state(&token) == Some(from),
            _ => false,
        };
        if !is_so {
            return Err(Error::Overtaken);
        }

        match state {
            Some(state) => self.set_next(state, When::Once),
            None => variables.remove_loader_text(ONE_SHOT),
        }
    }

    fn put_first(&self, state: u64, menu: &[Listed]) -> Result<(), Error> {
        let token = self.root.token();
        for listed in menu.iter().filter(|listed| listed.state(&token) == Some(state)) {
            if listed.entry.health() == Health::Bad {
                let id = listed.entry.id();
                let stem = id.strip_suffix(".conf").unwrap_or(&id);
                let to = entry_path(&format!("{stem}+{TRIES_AGAIN}.conf"));
                let volume = listed.volume.as_ref();
                volume.rename(&listed.path(), &to).map_err(on(volume, &to))?;
            }
        }

        let menu = menu::read(self)?;
        let mut states: Vec<(Option<&str>, u64)> = menu
            .iter()
            .filter_map(|listed| Some((listed.entry.sort_key.as_deref(), listed.state(&token)?)))
            .collect();
        // The order that was written, in which a failed one keeps its place.
        states.sort_by_key(|(sort_key, _)| *sort_key);
        let mut states: Vec<u64> = states.into_iter().map(|(_, state)| state).collect();
        let mut seen = std::collections::BTreeSet::new();
        states.retain(|state| seen.insert(*state));

        // Whose entry says that it was chosen, says over which active state; without one the first is the active one.
        let active = menu
            .iter()
            .find_map(|listed| {
                listed.state(&token)?;
                listed.entry.mark.as_ref()?.chosen_over
            })
            .or_else(|| states.first().copied());
        states.retain(|other| *other != state && Some(*other) != active);
        if let Some(active) = active.filter(|active| *active != state) {
            states.insert(0, active);
        }
        states.insert(0, state);
        sync::reorder(self, &menu, &states, active.filter(|active| *active != state))?;

        if let Some(variables) = &self.variables {
            variables.remove_loader_text(ONE_SHOT)?;
            variables.remove_loader_text(DEFAULT)?;
        }
        Ok(())
    }

    /// Says that the booted state works: its entry loses its counter. systemd's `systemd-bless-boot` does the same where there are firmware
    /// variables. Returns the entry's id; `None` = it has no counter, or the machine was not started by an entry of ours.
    ///
    /// # Errors
    /// When the volume cannot be written.
    pub fn bless(&self) -> Result<Option<String>, Error> {
        let menu = menu::read(self)?;
        let Some(listed) = self.booted_entry(&menu)? else {
            return Ok(None);
        };
        if listed.entry.counter.is_none() {
            return Ok(None);
        }

        let id = listed.entry.id();
        let volume = listed.volume.as_ref();
        let to = entry_path(&id);
        match volume.rename(&listed.path(), &to) {
            // It was blessed before, and a kill left the counted name beside.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                volume.remove(&listed.path()).map_err(on(volume, &to))?;
            }
            result => result.map_err(on(volume, &to))?,
        }
        Ok(Some(id))
    }

    /// The entry that started the machine: of the booted state, and if that has several, of the kernel that runs, or the one the loader says.
    pub(crate) fn booted_entry<'a>(&self, menu: &'a [Listed]) -> Result<Option<&'a Listed>, Error> {
        let Some(state) = self.booted.state else {
            return Ok(None);
        };
        let token = self.root.token();
        let of_state: Vec<&Listed> = menu
            .iter()
            .filter(|listed| listed.state(&token) == Some(state))
            .collect();
        if let [only] = of_state.as_slice() {
            return Ok(Some(only));
        }

        let selected = match &self.variables {
            Some(variables) => variables.loader_text("LoaderEntrySelected")?,
            None => None,
        };
        // The loader's word may carry the counter from before it was counted down.
        let selected = selected.map(|selected| without_counter(&selected).to_lowercase());
        let said = of_state
            .iter()
            .find(|listed| selected.as_deref() == Some(listed.entry.id().to_lowercase().as_str()));
        let runs = of_state
            .iter()
            .find(|listed| self.booted.release.is_some() && listed.entry.version == self.booted.release);
        Ok(said.or(runs).copied())
    }

    /// What happened at this boot.
    ///
    /// # Errors
    /// When a volume cannot be read.
    pub fn outcome(&self) -> Result<Outcome, Error> {
        let menu = menu::read(self)?;
        let token = self.root.token();
        let entry = self.booted_entry(&menu)?;

        let mut failed: Vec<Failed> = menu
            .iter()
            .filter_map(|listed| {
                let state = listed.state(&token)?;
                let newer = self.booted.state.is_some_and(|booted| state > booted);
                let counter = counter(&listed.entry.file).filter(|counter| newer && counter.left == 0)?;
                Some(Failed {
                    state,
                    kernel: listed.entry.version.clone().unwrap_or_default(),
                    tries: counter.done,
                })
            })
            .collect();
        failed.sort_by_key(|failed| std::cmp::Reverse(failed.state));

        Ok(Outcome {
            booted: self.booted.state,
            entry: entry.map(|listed| listed.entry.id()),
            health: entry.map(|listed| listed.entry.health()),
            failed,
        })
    }

    /// Has the firmware know our loader. A new entry is put first; one that is there stays where the person put it.
    pub(crate) fn keep_firmware_entry(&self, variables: &EfiVariables) -> Result<(), Error> {
        let Some(partition) = &self.esp_partition else {
            return Ok(());
        };
        let path = self.loader_path();
        let uuid = partition.uuid.to_lowercase();
        let mut order = variables.boot_order()?;
        let numbers = variables.boot_numbers()?;

        for number in order.iter().chain(&numbers) {
            let Some(option) = variables.boot_option(*number)? else {
                continue;
            };
            let ours = option.partition.as_deref() == Some(uuid.as_str())
                && option
                    .path
                    .as_deref()
                    .is_some_and(|known| known.eq_ignore_ascii_case(&path));
            if ours {
                if !order.contains(number) {
                    order.insert(0, *number);
                    variables.set_boot_order(&order)?;
                }
                return Ok(());
            }
        }

        let unknown = |reason: &str| Error::Variable {
            name: "Boot####".to_owned(),
            source: std::io::Error::new(std::io::ErrorKind::InvalidInput, reason.to_owned()),
        };
        let number = (0..=u16::MAX)
            .find(|number| !numbers.contains(number))
            .ok_or_else(|| unknown("the firmware has no number left"))?;
        let option =
            LoadOption::new(DESCRIPTION, partition, &path).ok_or_else(|| unknown("the partition's UUID is none"))?;
        variables.set_boot_option(number, &option)?;
        order.retain(|other| *other != number);
        order.insert(0, number);
        variables.set_boot_order(&order)
    }
}

/// What finds an entry whatever its counter is by then: the loader's own ids carry it.
fn pattern(listed: &Listed) -> String {
    let id = listed.entry.id().to_lowercase();
    format!("{}[+.]*", id.strip_suffix(".conf").unwrap_or(&id))
}
