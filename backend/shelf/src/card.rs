//! What is kept in memory of each component beside its [`Brief`]: enough to count, compare and choose it. Its longer texts
//! are read when its page is shown.

use moult_catalogue::{Brief, Catalogue, Kind};
use moult_packages::words;

use crate::category::Categories;
use crate::item::ItemKind;
use crate::shelf::PACKAGE;

/// A component in memory.
#[derive(Debug)]
pub(crate) struct Card {
    /// The number of its brief.
    pub(crate) brief: u32,
    pub(crate) id: String,
    /// Its name as it is compared.
    pub(crate) key: String,
    pub(crate) kind: ItemKind,
    pub(crate) categories: Categories,
    /// The packages that may bring it, the preferred one first.
    pub(crate) packages: Vec<String>,
    /// What it extends.
    pub(crate) extends: Vec<String>,
    /// How much there is to look at, 0 = not worth being shown first.
    pub(crate) worth: u32,
}

/// All cards of a catalogue, by id.
pub(crate) fn cards(catalogue: &Catalogue) -> Vec<Card> {
    // What is called as packages are here would be taken for one.
    let usable = |brief: &Brief| !brief.packages.is_empty() && !brief.id.starts_with(PACKAGE);
    let briefs = (0u32..).zip(catalogue.briefs());
    let cards = briefs.filter(|(_, brief)| usable(brief));

    cards.map(|(number, brief)| Card::new(number, brief)).collect()
}

impl Card {
    fn new(number: u32, brief: &Brief) -> Card {
        Card {
            brief: number,
            key: words::key(&brief.name),
            kind: brief.kind.into(),
            categories: Categories::of(&brief.categories),
            worth: worth(brief),
            id: brief.id.clone(),
            packages: brief.packages.clone(),
            extends: brief.extends.clone(),
        }
    }
}

/// Bytes of a description that says something.
const DESCRIBED: u64 = 200;

/// How well an app is described: it has an icon, screenshots and a text at least. More pictures, languages that it
/// speaks and notes about its releases are worth more.
fn worth(brief: &Brief) -> u32 {
    let described = brief.described >= DESCRIBED && !brief.summary.is_empty();
    if brief.kind != Kind::DesktopApp || brief.icons.is_empty() || brief.screenshots == 0 || !described {
        return 0;
    }
    let capped = |number: u64, most: u64| u32::try_from(number.min(most)).unwrap_or(0);
    1 + capped(brief.screenshots, 4)
        + capped(brief.languages / 8, 4)
        + 2 * u32::from(brief.noted)
        + u32::from(brief.developed)
        + u32::from(!brief.categories.is_empty())
}
