//! One compiled layout, and the Compose table of a language.

use std::path::Path;

use kbvm::lookup::LookupTable;
use kbvm::state_machine::StateMachine;
use kbvm::xkb::diagnostic::{Diagnostic, DiagnosticHandler, DiagnosticKind};
use kbvm::xkb::rmlvo::Group;
use kbvm::xkb::{Context, compose};
use kbvm::{GroupIndex, Keycode, ModifierMask, evdev};

use super::Error;

/// The rules and the model of every layout here; the kiosk knows nothing better about the keyboard.
const RULES: &str = "evdev";
const MODEL: &str = "pc105";

/// What kbvm thinks of the files is of no use to the person at the keyboard.
pub(super) struct Silent;

impl DiagnosticHandler for Silent {
    fn filter(&self, _kind: DiagnosticKind, _is_fatal: bool) -> bool {
        false
    }

    fn handle(&mut self, _diagnostic: Diagnostic) {}
}

/// Only the system's own files: nothing in the environment or in a home directory changes what keys mean here.
pub(super) fn context() -> Context {
    let mut builder = Context::builder();
    builder.enable_environment(false);
    builder.load_extra_rules(true);

    builder.build()
}

/// A compiled layout.
#[derive(Debug)]
pub(super) struct Keymap {
    pub(super) machine: StateMachine,
    pub(super) symbols: LookupTable,
    /// Each modifier that can be locked and its bits in this keymap: two keymaps may give one modifier different bits.
    locks: Vec<(String, ModifierMask)>,
    /// The bits of Num Lock; empty when the keymap has none.
    pub(super) num_lock: ModifierMask,
}

impl Keymap {
    /// Compiles a layout from the installed xkeyboard-config; 7 ms in a release build.
    pub(super) fn compile(code: &str, variant: &str) -> Result<Self, Error> {
        let groups = [Group { layout: code, variant }];
        let keymap = context().keymap_from_names(Silent, Some(RULES), Some(MODEL), Some(&groups), Some(&[]));

        let builder = keymap.to_builder();
        let (machine, symbols) = (builder.build_state_machine(), builder.build_lookup_table());

        // kbvm never fails: a broken or unknown layout is one whose letter keys are silent.
        if !has_letters(&symbols) {
            return Err(Error::NoSymbols {
                code: code.to_owned(),
                variant: variant.to_owned(),
            });
        }

        let mut locks: Vec<_> = keymap
            .virtual_modifiers()
            .map(|modifier| (modifier.name().to_owned(), modifier.mask()))
            .collect();
        locks.push(("Lock".to_owned(), ModifierMask::LOCK));
        locks.retain(|(_, mask)| *mask != ModifierMask::NONE);

        let num_lock = locks
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("numlock"))
            .map_or(ModifierMask::NONE, |(_, mask)| *mask);

        Ok(Self {
            machine,
            symbols,
            locks,
            num_lock,
        })
    }

    /// The bits here of what is locked in another keymap.
    pub(super) fn same_locks(&self, other: &Self, locked: ModifierMask) -> ModifierMask {
        other
            .locks
            .iter()
            .filter(|(_, mask)| locked.contains(*mask))
            .filter_map(|(name, _)| self.locks.iter().find(|(own, _)| own == name))
            .fold(ModifierMask::NONE, |all, (_, mask)| all | *mask)
    }
}

fn has_letters(symbols: &LookupTable) -> bool {
    // The three rows of letters of a pc105 keyboard.
    (evdev::Q.to_evdev()..=evdev::SLASH.to_evdev())
        .flat_map(|key| symbols.lookup(GroupIndex::ZERO, ModifierMask::NONE, Keycode::from_evdev(key)))
        .any(|symbol| {
            symbol
                .keysym()
                .char()
                .is_some_and(|c| !c.is_control() && c != ' ' && !c.is_ascii_punctuation())
        })
}

/// The Compose table for a language ("pt-BR", "fi"); `None` when the system has no Compose files at all.
pub(super) fn compose_table(language: &str) -> Option<compose::ComposeTable> {
    let context = context();
    let language = language.replace('-', "_");

    // libX11's locales, from the exact one to the one that nearly all languages share.
    let own = LOCALES
        .iter()
        .find(|locale| locale.starts_with(&format!("{language}.")));
    let near = LOCALES
        .iter()
        .find(|locale| locale.split('_').next() == language.split('_').next());

    [own, near]
        .into_iter()
        .flatten()
        .copied()
        .chain(["en_US.UTF-8"])
        .filter(|locale| Path::new("/usr/share/X11/locale").join(locale).join("Compose").exists())
        .find_map(|locale| {
            let mut builder = context.compose_table_builder();
            builder.locale(locale);
            builder.build(Silent)
        })
}

/// The locales for which libX11 has a Compose file of its own.
const LOCALES: [&str; 9] = [
    "am_ET.UTF-8",
    "cs_CZ.UTF-8",
    "el_GR.UTF-8",
    "fi_FI.UTF-8",
    "km_KH.UTF-8",
    "pt_BR.UTF-8",
    "pt_PT.UTF-8",
    "ru_RU.UTF-8",
    "sr_RS.UTF-8",
];
