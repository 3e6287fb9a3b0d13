//! Everything about one item.

use moult_catalogue::Component;
use moult_packages::{Engine, FileKind, Info, QueryError};

use crate::category::{Categories, SYSTEM};
use crate::error::Error;
use crate::item::Item;
use crate::shelf::{PACKAGE, Shelf, system_item};

/// An item's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// What a list shows.
    pub item: Item,
    /// What a catalogue says; None of a package that none describes.
    pub component: Option<Component>,
    /// What its package says: the preferred offer first, the installed one last if nobody offers it.
    pub packages: Vec<Info>,
    /// The main categories that it is in.
    pub categories: Vec<&'static str>,
    /// Ids of the items that extend it.
    pub addons: Vec<String>,
    /// Bytes of its installed package's regular files; 0 if it is not installed.
    pub installed_bytes: u64,
}

impl Shelf {
    /// The card of a component's id, with or without `.desktop` at its end.
    pub(crate) fn card_of(&self, id: &str) -> Option<u32> {
        let cards = &self.stock.cards;
        let exact = |id: &str| cards.binary_search_by(|card| card.id.as_str().cmp(id)).ok();
        let found = exact(id).or_else(|| match id.strip_suffix(".desktop") {
            Some(short) => exact(short),
            None => exact(&format!("{id}.desktop")),
        });
        found.and_then(|at| u32::try_from(at).ok())
    }

    /// The page of an item, by its id; None if there is no such item. `package:NAME` also finds a package that a
    /// catalogue describes: as the component that stands for it.
    pub fn details(&self, engine: &Engine, id: &str) -> Result<Option<Details>, Error> {
        let number = match id.strip_prefix(PACKAGE) {
            Some(name) => self.main_card(name),
            None => self.card_of(id),
        };
        let described = match number.and_then(|number| self.item_of(number)) {
            Some(item) => self.stock.catalogue.get(&item.id)?.map(|component| (item, component)),
            None => None,
        };
        let (item, component) = match described {
            Some((item, component)) => (item, Some(component)),
            None => {
                let name = id.strip_prefix(PACKAGE);
                let Some(found) = name.and_then(|name| self.searcher.preferred(name)) else {
                    return Ok(None);
                };
                (system_item(found), None)
            }
        };
        let packages = engine.info(&item.package)?;
        let installed_bytes = match item.installed {
            true => installed_bytes(engine, &item.package)?,
            false => 0,
        };
        Ok(Some(Details {
            categories: match &component {
                Some(component) => Categories::of(&component.categories).names().collect(),
                None => vec![SYSTEM],
            },
            addons: component
                .as_ref()
                .map_or_else(Vec::new, |component| self.addons(&component.id)),
            item,
            component,
            packages,
            installed_bytes,
        }))
    }

    /// The items that extend a component, by id.
    fn addons(&self, id: &str) -> Vec<String> {
        let same = |other: &String| bare(other) == bare(id);
        let items = self
            .stock
            .cards
            .iter()
            .zip(&self.brought)
            .filter(|(_, brought)| brought.is_some());
        items
            .filter(|(card, _)| card.extends.iter().any(same))
            .map(|(card, _)| card.id.clone())
            .collect()
    }
}

fn bare(id: &str) -> &str {
    id.strip_suffix(".desktop").unwrap_or(id)
}

/// Bytes of the regular files of an installed package; 0 if it is not installed.
pub fn installed_bytes(engine: &Engine, package: &str) -> Result<u64, Error> {
    let files = match engine.files(package) {
        Ok(found) if found.installed => found.files,
        // Gone since, or never unpacked here.
        Ok(_) | Err(moult_packages::Error::Query(QueryError::NotStored(_) | QueryError::UnknownPackage(_))) => {
            Vec::new()
        }
        Err(error) => return Err(error.into()),
    };
    let regular = files.iter().filter(|file| file.kind == FileKind::Regular);
    Ok(regular.fold(0, |sum, file| sum.saturating_add(file.size)))
}
