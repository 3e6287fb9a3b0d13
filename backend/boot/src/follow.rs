//! What starts next: the firmware's way, read back from the volumes and variables.

use crate::efi::EfiVariables;
use crate::error::{Error, Fault};
use crate::machine::Machine;
use crate::menu::{self, Listed, on};
use crate::order;
use crate::pe;
use crate::status::{Next, Warning, Why};

/// The person's settings of the loader, on the ESP.
pub(crate) const LOADER_CONF: &str = "loader/loader.conf";
pub(crate) const ONE_SHOT: &str = "LoaderEntryOneShot";
pub(crate) const DEFAULT: &str = "LoaderEntryDefault";
const LAST_BOOTED: &str = "LoaderEntryLastBooted";
const SAVED: &str = "@saved";

/// How the firmware comes to our loader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Start {
    /// This program on the ESP.
    Loader(String),
    /// Another entry of the firmware's comes first.
    Elsewhere {
        /// What the firmware calls it.
        called: String,
        /// Our program, which it would start if it were asked to.
        loader: String,
    },
}

impl Start {
    pub(crate) fn loader(&self) -> &str {
        match self {
            Self::Loader(loader) | Self::Elsewhere { loader, .. } => loader,
        }
    }
}

/// The loader that the firmware starts: its own entries in their order, else the fallback path.
pub(crate) fn start(machine: &Machine) -> Result<Result<Start, Fault>, Error> {
    let (ours, elsewhere) = match &machine.variables {
        Some(variables) => firmware_entries(machine, variables)?,
        None => (None, None),
    };
    let path = ours.unwrap_or_else(|| machine.fallback_path());

    let esp = machine.esp.as_ref();
    let Some(bytes) = esp.read(&path).map_err(on(esp, &path))? else {
        return Ok(Err(Fault::NoLoader { path }));
    };
    if let Err(reason) = pe::check(&bytes, machine.architecture) {
        return Ok(Err(Fault::Broken { path, reason }));
    }
    if pe::systemd_boot(&bytes).is_none() {
        let reason = "is not systemd-boot".to_owned();
        return Ok(Err(Fault::Broken { path, reason }));
    }

    Ok(Ok(match elsewhere {
        Some(called) => Start::Elsewhere { called, loader: path },
        None => Start::Loader(path),
    }))
}

/// The program of the first entry that leads to our ESP, and what an entry before it is called.
fn firmware_entries(machine: &Machine, variables: &EfiVariables) -> Result<(Option<String>, Option<String>), Error> {
    let ours = machine
        .esp_partition
        .as_ref()
        .map(|partition| partition.uuid.to_lowercase());
    let mut elsewhere = None;

    for number in variables.boot_order()? {
        let Some(option) = variables.boot_option(number)?.filter(|option| option.active) else {
            continue;
        };
        if let (true, Some(path)) = (option.partition.is_some() && option.partition == ours, &option.path) {
            let known = [machine.loader_path(), machine.fallback_path()];
            if known.iter().any(|known| known.eq_ignore_ascii_case(path)) {
                return Ok((Some(path.clone()), elsewhere));
            }
        }
        // An entry for a disk as a whole, or for the network, is passed over: what it finds is not known here.
        if option.partition.is_some() {
            elsewhere.get_or_insert(option.description);
        }
    }
    Ok((None, elsewhere))
}

/// What the loader chooses, and why.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) at: usize,
    pub(crate) why: Why,
}

/// The entry that systemd-boot starts when nobody touches a key. `None` = it shows an empty menu.
pub(crate) fn choose(machine: &Machine, menu: &[Listed]) -> Result<Option<Choice>, Error> {
    let by_pattern = |pattern: Option<String>, why: Why| {
        let pattern = pattern?.to_lowercase();
        menu.iter()
            .position(|listed| listed.shown && order::fits(&pattern, &listed.id()))
            .map(|at| Choice { at, why })
    };
    let variable = |name: &str| match &machine.variables {
        Some(variables) => variables.loader_text(name),
        None => Ok(None),
    };
    let or_last = |pattern: Option<String>| match pattern {
        Some(pattern) if pattern == SAVED => variable(LAST_BOOTED),
        other => Ok(other),
    };

    if let Some(choice) = by_pattern(variable(ONE_SHOT)?, Why::Once) {
        return Ok(Some(choice));
    }
    if let Some(choice) = by_pattern(or_last(variable(DEFAULT)?)?, Why::Variable) {
        return Ok(Some(choice));
    }
    if let Some(choice) = by_pattern(or_last(conf_default(machine)?)?, Why::LoaderConf) {
        return Ok(Some(choice));
    }
    Ok(first(menu))
}

/// The first entry of the menu.
pub(crate) fn first(menu: &[Listed]) -> Option<Choice> {
    let at = menu.iter().position(|listed| listed.shown)?;
    Some(Choice { at, why: Why::First })
}

fn conf_default(machine: &Machine) -> Result<Option<String>, Error> {
    let esp = machine.esp.as_ref();
    let Some(bytes) = esp.read(LOADER_CONF).map_err(on(esp, LOADER_CONF))? else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(text
        .lines()
        .filter_map(|line| line.trim().split_once([' ', '\t']))
        .filter(|(key, _)| *key == "default")
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
        .next_back())
}

/// Follows all the way to kernel and initrd.
pub(crate) fn next(machine: &Machine, menu: &[Listed]) -> Result<Result<Next, Fault>, Error> {
    let start = match start(machine)? {
        Ok(start) => start,
        Err(fault) => return Ok(Err(fault)),
    };
    let Some(choice) = choose(machine, menu)? else {
        return Ok(Err(Fault::NoEntry));
    };
    let Some(listed) = menu.get(choice.at) else {
        return Ok(Err(Fault::NoEntry));
    };

    let state = listed.state(&machine.root.token());
    if state.is_some()
        && let Some(fault) = broken(machine, listed)?
    {
        return Ok(Err(fault));
    }
    Ok(Ok(Next {
        state,
        id: listed.entry.id(),
        kernel: listed.entry.version.clone(),
        why: choice.why,
        loader: start.loader().to_owned(),
    }))
}

/// What keeps an entry of ours from starting.
pub(crate) fn broken(machine: &Machine, listed: &Listed) -> Result<Option<Fault>, Error> {
    Ok(listed.fault(machine)?.map(|(path, reason)| {
        if reason == "is missing" {
            Fault::Missing {
                entry: listed.entry.file.clone(),
                path,
            }
        } else {
            Fault::Broken {
                path,
                reason: reason.to_owned(),
            }
        }
    }))
}

/// What starts something else than our first entry, if anything does.
pub(crate) fn overridden(machine: &Machine, menu: &[Listed], state: u64) -> Result<Vec<Warning>, Error> {
    let mut warnings = Vec::new();

    if let Ok(Start::Elsewhere { called, .. }) = start(machine)? {
        warnings.push(Warning::AnotherStarts {
            starts: called,
            state,
            by: "the firmware's boot order".to_owned(),
        });
    }
    let token = machine.root.token();
    if let Some(choice) = choose(machine, menu)? {
        let listed = menu.get(choice.at);
        let starts = listed.and_then(|listed| listed.state(&token));
        if let (true, Some(listed)) = (starts != Some(state), listed) {
            warnings.push(Warning::AnotherStarts {
                starts: listed.entry.id(),
                state,
                by: by(&choice.why).to_owned(),
            });
        }
    }
    Ok(warnings)
}

pub(crate) fn by(why: &Why) -> &'static str {
    match why {
        Why::First => "the order of the menu",
        Why::Once => "the choice for the next boot alone",
        Why::Variable => "the firmware variable LoaderEntryDefault",
        Why::LoaderConf => "default in loader.conf",
    }
}

/// What the installed loader calls itself.
pub(crate) fn loader_version(machine: &Machine) -> Result<Option<String>, Error> {
    let esp = machine.esp.as_ref();
    for path in [machine.loader_path(), machine.fallback_path()] {
        let bytes = esp.read(&path).map_err(menu::on(esp, &path))?;
        if let Some(version) = bytes.as_deref().and_then(pe::systemd_boot) {
            return Ok(Some(version));
        }
    }
    Ok(None)
}
