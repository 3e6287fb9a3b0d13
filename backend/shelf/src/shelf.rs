//! The shelf itself: components and packages, merged.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use moult_catalogue::{Brief, Catalogue, Languages, Limits, Sources};
use moult_packages::{Among, Engine, Found, Listed, Searcher, words};

use crate::card::{Card, cards};
use crate::category::{self, SYSTEM};
use crate::error::Error;
use crate::index::Index;
use crate::item::{Filter, Item, ItemKind, Page};

/// Pixels of an icon that is shown.
const ICON: u32 = 64;

/// Everything that a store shows, of one root and in one language.
pub struct Shelf {
    pub(crate) stock: Arc<Stock>,
    pub(crate) searcher: Searcher,
    /// For each card the package that brings it; None if nobody offers it and it is not installed: then it is no item.
    pub(crate) brought: Vec<Option<Found>>,
    /// The cards that are items, by package.
    pub(crate) covered: HashMap<String, Vec<u32>>,
    /// The packages that components name, as a search is asked for them.
    pub(crate) described: Among,
    root: PathBuf,
    languages: Languages,
    cache: Option<PathBuf>,
    /// All packages.
    packages: OnceLock<Vec<Listed>>,
    /// All items by name.
    lines: OnceLock<Vec<Line>>,
}

/// What a catalogue gives; the same as long as its files are.
pub(crate) struct Stock {
    pub(crate) catalogue: Catalogue,
    /// By id.
    pub(crate) cards: Vec<Card>,
    /// The icon of each card, once it was looked for.
    icons: Vec<OnceLock<Option<PathBuf>>>,
    index: OnceLock<Index>,
}

/// One line of the list of all items.
#[derive(Debug, Clone, Copy)]
enum Line {
    /// A component, by its card.
    Card(u32),
    /// A package that no catalogue describes.
    Package(Listed),
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf")
            .field("root", &self.root)
            .field("components", &self.stock.cards.len())
            .field("searcher", &self.searcher)
            .finish_non_exhaustive()
    }
}

impl Stock {
    fn open(root: &Path, languages: &Languages, cache: Option<&Path>) -> Result<Stock, Error> {
        let (catalogue, _) = Catalogue::open(&Sources::system(root), languages, cache, &Limits::default())?;
        let cards = cards(&catalogue);
        Ok(Stock {
            icons: cards.iter().map(|_| OnceLock::new()).collect(),
            cards,
            catalogue,
            index: OnceLock::new(),
        })
    }

    /// The words of all components; made when they are first asked for.
    pub(crate) fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.catalogue, &self.cards))
    }

    pub(crate) fn card(&self, number: u32) -> Option<&Card> {
        self.cards.get(number as usize)
    }

    /// A file with a card's icon that this process can read. It is looked for once.
    fn icon(&self, number: u32, brief: &Brief) -> Option<PathBuf> {
        let find = || {
            let files = self.catalogue.icon_files(&brief.icons, ICON);
            let readable = |file: &PathBuf| rustix::fs::access(file, rustix::fs::Access::READ_OK).is_ok();
            files.into_iter().find(readable)
        };

        self.icons.get(number as usize)?.get_or_init(find).clone()
    }
}

impl Shelf {
    /// Opens the shelf of a root: its catalogues in these languages, and the packages of its engine. `cache` is a file
    /// that the catalogues are kept in.
    pub fn open(root: &Path, engine: &Engine, languages: &Languages, cache: Option<&Path>) -> Result<Shelf, Error> {
        // Neither needs the other, and each waits for memory most of the time.
        let (stock, searcher) = std::thread::scope(|scope| {
            let open = || Stock::open(root, languages, cache);
            let stock = std::thread::Builder::new().spawn_scoped(scope, open);
            let searcher = engine.searcher();
            let stock = stock.map_or_else(|_| open(), |stock| stock.join().unwrap_or_else(|_| open()));
            (stock, searcher)
        });
        let searcher = searcher?;
        let mut shelf = Shelf {
            stock: Arc::new(stock?),
            described: searcher.among_none(),
            searcher,
            brought: Vec::new(),
            covered: HashMap::new(),
            root: root.to_owned(),
            languages: languages.clone(),
            cache: cache.map(Path::to_owned),
            packages: OnceLock::new(),
            lines: OnceLock::new(),
        };
        shelf.merge();
        Ok(shelf)
    }

    /// Brings it up to date. When packages or the state changed, the catalogues are looked at, too. Returns whether
    /// anything was different.
    pub fn renew(&mut self, engine: &Engine) -> Result<bool, Error> {
        if !engine.renew(&mut self.searcher)? {
            return Ok(false);
        }
        self.stock = Arc::new(Stock::open(&self.root, &self.languages, self.cache.as_deref())?);
        self.merge();
        Ok(true)
    }

    /// What makes the index of words, which takes a moment, on another thread before somebody searches.
    pub fn prepare(&self) -> impl FnOnce() + Send + 'static {
        let stock = Arc::clone(&self.stock);
        move || {
            let _ = stock.index();
        }
    }

    /// Finds out which package brings each component.
    fn merge(&mut self) {
        self.packages = OnceLock::new();
        self.lines = OnceLock::new();
        self.brought.clear();
        self.covered.clear();
        let mut described = self.searcher.among_none();
        for (number, card) in (0u32..).zip(&self.stock.cards) {
            let mut known = card
                .packages
                .iter()
                .filter_map(|name| self.searcher.preferred_among(name, &mut described));
            // The one that is there, or else the preferred one that can be had.
            let first = known.next();
            let brought = match first {
                Some(first) if first.installed.is_none() => {
                    Some(known.find(|other| other.installed.is_some()).unwrap_or(first))
                }
                first => first,
            };
            if let Some(found) = &brought {
                self.covered.entry(found.name.clone()).or_default().push(number);
            }
            self.brought.push(brought);
        }
        self.described = described;
    }

    fn packages(&self) -> &[Listed] {
        self.packages.get_or_init(|| self.searcher.list())
    }

    /// How many packages there are.
    pub fn package_count(&self) -> usize {
        self.packages().len()
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        let components = self.brought.iter().filter(|brought| brought.is_some()).count();
        components + self.undescribed()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many packages no catalogue describes.
    pub(crate) fn undescribed(&self) -> usize {
        self.package_count().saturating_sub(self.covered.len())
    }

    /// All items by name. Names are compared without case and accents.
    fn lines(&self) -> &[Line] {
        self.lines.get_or_init(|| {
            let mut cards: Vec<u32> = (0u32..)
                .zip(&self.brought)
                .filter(|(_, brought)| brought.is_some())
                .map(|(number, _)| number)
                .collect();
            let key = |number: u32| {
                let card = self.stock.card(number);
                card.map_or(("", ""), |card| (card.key.as_str(), card.id.as_str()))
            };
            cards.sort_by(|one, other| key(*one).cmp(&key(*other)));
            let mut cards = cards.into_iter().peekable();
            let mut lines = Vec::with_capacity(self.len());
            for package in self.packages() {
                if self.covered.contains_key(self.searcher.name(*package)) {
                    continue;
                }
                let name = self.searcher.key(*package);
                while let Some(card) = cards.next_if(|card| key(*card).0 <= name) {
                    lines.push(Line::Card(card));
                }
                lines.push(Line::Package(*package));
            }
            lines.extend(cards.map(Line::Card));
            lines
        })
    }

    /// Items of a filter by name, from a number on, `limit` at most.
    pub fn items(&self, filter: &Filter, from: u64, limit: usize) -> Page {
        let mut page = Page::default();
        for line in self.lines() {
            let wanted = match *line {
                Line::Card(number) => self.wanted(number, filter),
                Line::Package(package) => self.wanted_package(package, filter),
            };
            if !wanted {
                continue;
            }
            page.total += 1;
            if page.total <= from || page.items.len() >= limit {
                continue;
            }
            match *line {
                Line::Card(number) => page.items.extend(self.item_of(number)),
                Line::Package(package) => page.items.extend(self.searcher.at(package).map(system_item)),
            }
        }
        page
    }

    /// Packages as items, in the order of the names: what a catalogue says of them, or the package itself. Unknown ones
    /// are left out.
    pub fn of_packages<S: AsRef<str>>(&self, names: &[S]) -> Vec<Item> {
        let mut items = Vec::with_capacity(names.len());
        for name in names {
            let name = name.as_ref();
            match self.main_card(name) {
                Some(number) => items.extend(self.item_of(number)),
                None => items.extend(self.searcher.preferred(name).map(system_item)),
            }
        }
        items
    }

    /// Of all components of a package the one that stands for it: called as the package, an app before all others.
    pub(crate) fn main_card(&self, package: &str) -> Option<u32> {
        let name = words::key(package);
        let cards = self.covered.get(package)?.iter();
        let best = cards.filter_map(|number| {
            let card = self.stock.card(*number)?;
            Some(((card.kind, card.key != name, &card.id), *number))
        });
        best.min().map(|(_, number)| number)
    }

    /// Whether a component is an item of this filter.
    pub(crate) fn wanted(&self, number: u32, filter: &Filter) -> bool {
        let Some(card) = self.stock.card(number) else {
            return false;
        };
        let Some(found) = self.brought(number) else {
            return false;
        };
        filter.kind(card.kind)
            && (filter.category.is_empty()
                || category::number(&filter.category).is_some_and(|number| card.categories.has(number)))
            && filter.stock(found.installed.is_some(), &found.repository)
    }

    fn wanted_package(&self, package: Listed, filter: &Filter) -> bool {
        wants_system(filter)
            && filter.stock(
                !filter.installed || self.searcher.is_installed(self.searcher.name(package)),
                self.searcher.repository(package),
            )
    }

    /// The package that brings a component.
    pub(crate) fn brought(&self, number: u32) -> Option<&Found> {
        self.brought.get(number as usize)?.as_ref()
    }

    /// A component as an item; None if it is none.
    pub(crate) fn item_of(&self, number: u32) -> Option<Item> {
        let found = self.brought(number)?;
        let brief = self.stock.catalogue.brief(self.stock.card(number)?.brief)?;
        let or = |text: &str, other: &str| if text.is_empty() { other } else { text }.to_owned();

        Some(Item {
            id: brief.id.clone(),
            package: found.name.clone(),
            name: or(&brief.name, &found.name),
            summary: or(&brief.summary, &found.summary),
            kind: brief.kind.into(),
            icon: self.stock.icon(number, brief),
            version: found.version.clone(),
            repository: found.repository.clone(),
            installed: found.installed.is_some(),
            newer: found.newer,
        })
    }
}

/// Whether packages that no catalogue describes are in it.
pub(crate) fn wants_system(filter: &Filter) -> bool {
    filter.kind(ItemKind::System) && (filter.category.is_empty() || filter.category == SYSTEM)
}

/// How an item of a package that no catalogue describes is called.
pub(crate) const PACKAGE: &str = "package:";

/// A package that no catalogue describes, as an item.
pub(crate) fn system_item(found: Found) -> Item {
    Item {
        id: format!("{PACKAGE}{}", found.name),
        package: found.name.clone(),
        name: found.name,
        summary: found.summary,
        kind: ItemKind::System,
        icon: None,
        version: found.version,
        repository: found.repository,
        installed: found.installed.is_some(),
        newer: found.newer,
    }
}
