//! What a person sees as one thing.

use std::path::PathBuf;

use moult_catalogue::Kind;

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// An app with a window.
    App,
    /// A program for the terminal.
    ConsoleApp,
    /// Extends another item.
    Addon,
    /// A font.
    Font,
    /// A codec, an input method, a driver, firmware, a theme or a translation.
    Component,
    /// A package that no catalogue describes.
    System,
}

impl From<Kind> for ItemKind {
    fn from(kind: Kind) -> ItemKind {
        match kind {
            Kind::DesktopApp | Kind::WebApp => ItemKind::App,
            Kind::ConsoleApp => ItemKind::ConsoleApp,
            Kind::Addon => ItemKind::Addon,
            Kind::Font => ItemKind::Font,
            Kind::Generic
            | Kind::Codec
            | Kind::InputMethod
            | Kind::Firmware
            | Kind::Driver
            | Kind::Localization
            | Kind::Service
            | Kind::Repository
            | Kind::OperatingSystem
            | Kind::IconTheme
            | Kind::Runtime => ItemKind::Component,
        }
    }
}

/// One line (or one card) about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The id of its component, or `package:NAME` for one that no catalogue describes.
    pub id: String,
    /// The package that brings it.
    pub package: String,
    /// What it is called.
    pub name: String,
    /// One line about it.
    pub summary: String,
    /// What it is.
    pub kind: ItemKind,
    /// A file with its icon that this process can read, 64 pixels wide or the nearest to that.
    pub icon: Option<PathBuf>,
    /// Version of the preferred offer, or of what is installed if nobody offers it.
    pub version: String,
    /// The repository that offers it; empty if none does any more.
    pub repository: String,
    /// Its package is in the active state.
    pub installed: bool,
    /// The offer is newer than what is installed.
    pub newer: bool,
}

/// Which items a list has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// One of [`CATEGORIES`](crate::CATEGORIES); empty = all.
    pub category: String,
    /// Only these kinds; empty = all.
    pub kinds: Vec<ItemKind>,
    /// Only installed ones.
    pub installed: bool,
    /// Only those whose preferred offer is this repository's; empty = all.
    pub repository: String,
}

impl Filter {
    pub(crate) fn kind(&self, kind: ItemKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }

    pub(crate) fn stock(&self, installed: bool, repository: &str) -> bool {
        (installed || !self.installed) && (self.repository.is_empty() || self.repository == repository)
    }
}

/// A part of a list, and how long the whole is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The items that were asked for.
    pub items: Vec<Item>,
    /// How many there are in all.
    pub total: u64,
}
