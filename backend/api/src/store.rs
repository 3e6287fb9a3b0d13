//! What a store shows: apps and packages, merged from AppStream catalogues and package lists. Everything is asked of a
//! reader; [`crate::StoreProxy`] has the questions.
//!
//! An *item* is what a person sees as one thing: an app of the catalogue, or a package that no catalogue describes.

use serde::{Deserialize, Serialize};
use zbus::Type;

use crate::{Offered, PackageChange, Trust};

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
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

/// One line (or one card) about an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Item {
    /// How to ask for it: the id of its component, or `package:NAME` for one that no catalogue describes.
    pub id: String,
    /// The package that brings it.
    pub package: String,
    /// What it is called, in the person's language.
    pub name: String,
    /// One line, in the person's language.
    pub summary: String,
    /// What it is.
    pub kind: ItemKind,
    /// A file with its icon that this user can read, at least 64 pixels wide where there is one; empty = none.
    pub icon: String,
    /// Version of the preferred offer, or of what is installed if nobody offers it.
    pub version: String,
    /// The repository that offers it; empty = none does any more.
    pub repository: String,
    /// Its package is in the active state.
    pub installed: bool,
    /// The offer is newer than what is installed.
    pub newer: bool,
    /// Held at its release.
    pub held: bool,
}

/// Which items a list has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Filter {
    /// A category ([`Category::id`]); empty = all.
    pub category: String,
    /// Only these kinds; empty = all.
    pub kinds: Vec<ItemKind>,
    /// Only installed ones.
    pub installed: bool,
    /// Only this repository's; empty = all.
    pub repository: String,
}

/// A part of a list, and how long the whole is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ItemPage {
    /// The items from the number that was asked for on.
    pub items: Vec<Item>,
    /// How many there are in all. For a search: how many were looked for and found, at most.
    pub total: u64,
}

/// A category with something in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Category {
    /// A main category of the menu specification (`Graphics`, `Game`, …), or `System` for packages that no catalogue
    /// describes. Its name for people is the window's.
    pub id: String,
    /// Items in it.
    pub items: u64,
}

/// What is worth looking at first. Nothing in it is chosen by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Front {
    /// Well described apps, other ones each day.
    pub featured: Vec<Item>,
    /// The apps with the newest releases, newest first.
    pub fresh: Vec<Item>,
    /// Categories, in the order of the menu specification.
    pub categories: Vec<Category>,
    /// Items in all.
    pub items: u64,
    /// Packages in all.
    pub packages: u64,
}

/// How a piece of text is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum SpanStyle {
    /// As text.
    Plain,
    /// Emphasised.
    Emphasis,
    /// As code.
    Code,
}

/// A piece of text in one style; no markup, no line breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TextSpan {
    /// The text.
    pub text: String,
    /// How it is drawn.
    pub style: SpanStyle,
}

/// What a block of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum BlockKind {
    /// One line: a paragraph.
    Paragraph,
    /// Each line is an item with a bullet.
    Bullets,
    /// Each line is an item with a number.
    Numbers,
}

/// A block of a description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TextBlock {
    /// What it is.
    pub kind: BlockKind,
    /// Its lines, each of pieces that follow one another.
    pub lines: Vec<Vec<TextSpan>>,
}

/// One picture of a screenshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ShotImage {
    /// `http` or `https` address.
    pub url: String,
    /// Pixels; 0 = not known.
    pub width: u32,
    /// Pixels; 0 = not known.
    pub height: u32,
}

/// A screenshot in several sizes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Shot {
    /// One line about it; may be empty.
    pub caption: String,
    /// The pictures, largest first.
    pub images: Vec<ShotImage>,
}

/// How much a release matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// Nothing is said.
    Unknown,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical: security.
    Critical,
}

/// A release of an app, as its makers describe it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReleaseNote {
    /// Version.
    pub version: String,
    /// Seconds since 1970; 0 = not known.
    pub time: i64,
    /// How much it matters.
    pub urgency: Urgency,
    /// What is new.
    pub description: Vec<TextBlock>,
}

/// A web address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WebLink {
    /// What is there: `homepage`, `bugtracker`, `help`, `donation`, `translate`, `contact`, `vcs-browser`, …
    pub kind: String,
    /// `http` or `https` address.
    pub url: String,
}

/// An item's page. Files, why it is there and what installing it would change are asked of
/// [`crate::PackagesProxy`] by its package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ItemDetails {
    /// What a list shows.
    pub item: Item,
    /// What it is and does. Of a package without a catalogue's words: the package's own.
    pub description: Vec<TextBlock>,
    /// Screenshots, the default one first.
    pub screenshots: Vec<Shot>,
    /// Releases, newest first.
    pub releases: Vec<ReleaseNote>,
    /// SPDX expression; may be empty.
    pub license: String,
    /// Who makes it; may be empty.
    pub developer: String,
    /// Web addresses, the homepage first.
    pub links: Vec<WebLink>,
    /// Categories that this contract knows ([`Category::id`]).
    pub categories: Vec<String>,
    /// Ids of its add-ons.
    pub addons: Vec<String>,
    /// How it is started: the id of a desktop entry; empty = it is not.
    pub desktop_id: String,
    /// Whether the list of the repository that offers it is signed.
    pub trust: Trust,
    /// Bytes of its own package to download; 0 when it is installed from nobody.
    pub download_bytes: u64,
    /// Bytes of its installed package's regular files; 0 = not installed.
    pub installed_bytes: u64,
}

/// What kind of update it is, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum UpdateGroup {
    /// A release between the installed and the new one is called critical or high, or names a CVE.
    Security,
    /// A package that no catalogue describes as an app.
    System,
    /// An app.
    App,
}

/// What an update leaves to be started anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum RestartNeed {
    /// Nothing.
    None,
    /// Programs that are running.
    Programs,
    /// The person's session.
    Session,
    /// The computer.
    Computer,
}

/// One package of a plan, for a list of updates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct UpdateRow {
    /// What a list shows of it.
    pub item: Item,
    /// What happens to the package.
    pub change: PackageChange,
    /// Its group.
    pub group: UpdateGroup,
    /// What is there now; empty or one.
    pub old: Vec<Offered>,
    /// What will be there; empty or one.
    pub new: Vec<Offered>,
    /// The releases that it brings, newest first; empty where nobody describes them.
    pub releases: Vec<ReleaseNote>,
    /// Its package's files that come, change or go.
    pub files: u64,
    /// Of them, those that deserve a second look: set-id, kernel, boot, services.
    pub marked_files: u64,
    /// What has to be started anew when it changes, as far as its files tell.
    pub restart: RestartNeed,
}

/// A program that still runs from a system of before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OldProgram {
    /// Its name for people (the program's file name).
    pub name: String,
    /// The package that brings its program now; empty = none does.
    pub package: String,
    /// Process id.
    pub pid: u32,
    /// User id that it runs as.
    pub uid: u32,
    /// The systemd unit that it belongs to; empty = not known.
    pub unit: String,
    /// Files of it, below `/usr`, that are not the active system's any more: some of them at most.
    pub files: Vec<String>,
    /// What starting it anew takes.
    pub need: RestartNeed,
}

/// Whether something has to be started anew, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RestartReport {
    /// The most that is needed.
    pub need: RestartNeed,
    /// The kernel that runs is not one of the active system's. Empty = it is; otherwise its version.
    pub kernel: String,
    /// Programs of a system of before, by name. Without root's rights: those of this user.
    pub programs: Vec<OldProgram>,
    /// Processes that may be of before could not be looked at for lack of rights.
    pub incomplete: bool,
}
