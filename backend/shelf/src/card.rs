//! What is kept in memory of each component: enough to list, count and choose it. Its texts are read when it is shown.

use moult_catalogue::{Block, Catalogue, Component, Icon, Kind};
use moult_packages::words;

use crate::category::Categories;
use crate::item::ItemKind;
use crate::shelf::PACKAGE;

/// A component in memory.
#[derive(Debug)]
pub(crate) struct Card {
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

/// All cards of a catalogue, by id. A record that cannot be read is left out.
pub(crate) fn cards(catalogue: &Catalogue) -> Vec<Card> {
    let mut unreadable = 0u32;
    let components = catalogue
        .components()
        .filter_map(|component| component.inspect_err(|_| unreadable += 1).ok());
    // What is called as packages are here would be taken for one.
    let usable = |component: &Component| !component.packages.is_empty() && !component.id.starts_with(PACKAGE);
    let cards = components.filter(usable).map(Card::from).collect();
    if unreadable > 0 {
        tracing::warn!("{unreadable} components of the catalogue could not be read");
    }
    cards
}

impl From<Component> for Card {
    fn from(component: Component) -> Card {
        Card {
            key: words::key(&component.name),
            kind: component.kind.into(),
            categories: Categories::of(&component.categories),
            worth: worth(&component),
            id: component.id,
            packages: component.packages,
            extends: component.extends,
        }
    }
}

/// Characters of a description that says something.
const DESCRIBED: usize = 200;

/// How well an app is described: it has an icon, screenshots and a text at least. More pictures, languages that it
/// speaks and notes about its releases are worth more.
fn worth(component: &Component) -> u32 {
    let icon = component.icons.iter().any(|icon| matches!(icon, Icon::Cached { .. }));
    let shots = component
        .screenshots
        .iter()
        .filter(|shot| !shot.images.is_empty())
        .count();
    let text: usize = component
        .description
        .iter()
        .flat_map(Block::lines)
        .flatten()
        .map(|span| span.text.len())
        .sum();
    if component.kind != Kind::DesktopApp || !icon || shots == 0 || text < DESCRIBED || component.summary.is_empty() {
        return 0;
    }
    let noted = component.releases.iter().any(|release| !release.description.is_empty());
    let capped = |number: usize, most: usize| u32::try_from(number.min(most)).unwrap_or(0);
    1 + capped(shots, 4)
        + capped(component.languages.len() / 8, 4)
        + 2 * u32::from(noted)
        + u32::from(!component.developer.name.is_empty())
        + u32::from(!component.categories.is_empty())
}
