//! The catalogue itself: opened from the cache, or read from its sources and kept.

use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_128;

use crate::cache::{Cache, Entry, FORMAT};
use crate::component::{Brief, Component, Icon, Kind};
use crate::error::{Error, Failure, Report};
use crate::languages::Languages;
use crate::limits::Limits;
use crate::merge::Merger;
use crate::pack::Pack;
use crate::read::Reading;
use crate::sources::{Opened, Sources};

/// All components, one for each id. Little of it is in memory: a component is read when it is asked for.
#[derive(Debug)]
pub struct Catalogue {
    cache: Cache,
    /// Package names and the entries that they bring, sorted.
    packages: Vec<(u32, u32)>,
    /// Entries by newest release, newest first.
    newest: Vec<u32>,
}

/// What became of the cache when a catalogue was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheUse {
    /// It was good and is used.
    Used,
    /// There was none, or it was of other sources, damaged or foreign: it was made anew.
    Rebuilt,
    /// No cache was wanted: the records are in memory.
    Off,
    /// It could not be kept, for this reason: the records are in memory.
    NotKept(String),
}

/// What a search looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchEntry {
    /// The component's id.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its untranslated name, when that is another one.
    pub original_name: String,
    /// Words that people look for.
    pub keywords: Vec<String>,
    /// One line about it.
    pub summary: String,
    /// The words of its description, in lower case, each once, in the order of the text.
    pub words: Vec<String>,
    /// The packages that bring it.
    pub packages: Vec<String>,
}

impl Catalogue {
    /// Opens the catalogue of these sources in these languages. `cache` is the file to keep it in; it is used if it was
    /// made from the same files (by path, time and size), and made anew otherwise.
    ///
    /// Broken files and components are no errors: [`Catalogue::report`] names them.
    pub fn open(
        sources: &Sources,
        languages: &Languages,
        cache: Option<&Path>,
        limits: &Limits,
    ) -> Result<(Catalogue, CacheUse), Error> {
        let (mut files, beyond) = sources.open(limits)?;
        let key = key(&files, beyond, languages, limits);
        if let Some(path) = cache
            && let Ok(Some(cache)) = Cache::open(path, key, limits)
        {
            return Ok((Catalogue::new(cache), CacheUse::Used));
        }
        let built = build(&mut files, beyond, languages, limits);
        let Some(path) = cache else {
            return Ok((Catalogue::new(built), CacheUse::Off));
        };
        // What could not be read this time may be readable the next time, with the same time and size.
        let unread = |failure: &Failure| matches!(failure, Failure::Unreadable(_));
        if let Some(file) = built
            .table
            .report
            .files
            .iter()
            .find(|file| file.failure.as_ref().is_some_and(unread))
        {
            let reason = format!("{} could not be read", file.path.display());
            return Ok((Catalogue::new(built), CacheUse::NotKept(reason)));
        }
        let used = match built.write(path, key) {
            Err(error) => CacheUse::NotKept(error.to_string()),
            Ok(()) => match Cache::open(path, key, limits) {
                Ok(Some(cache)) => return Ok((Catalogue::new(cache), CacheUse::Rebuilt)),
                Ok(None) => CacheUse::NotKept("it was not what was written when it was read again".to_owned()),
                Err(error) => CacheUse::NotKept(error.to_string()),
            },
        };
        Ok((Catalogue::new(built), used))
    }

    fn new(cache: Cache) -> Catalogue {
        let mut packages = Vec::new();
        let mut newest = Vec::new();
        for (index, entry) in (0_u32..).zip(&cache.table.entries) {
            packages.extend((0_u32..).zip(&entry.brief.packages).map(|(which, _)| (index, which)));
            if entry.newest.is_some() {
                newest.push(index);
            }
        }
        let mut catalogue = Catalogue {
            cache,
            packages: Vec::new(),
            newest: Vec::new(),
        };
        packages.sort_by(|one, two| (catalogue.package(*one), one).cmp(&(catalogue.package(*two), two)));
        newest.sort_by_key(|index| std::cmp::Reverse(catalogue.entry(*index).and_then(|entry| entry.newest)));
        catalogue.packages = packages;
        catalogue.newest = newest;
        catalogue
    }

    fn entry(&self, index: u32) -> Option<&Entry> {
        self.cache.table.entries.get(index as usize)
    }

    fn package(&self, (entry, which): (u32, u32)) -> &str {
        self.entry(entry)
            .and_then(|entry| entry.brief.packages.get(which as usize))
            .map_or("", String::as_str)
    }

    /// How many components there are.
    pub fn len(&self) -> usize {
        self.cache.table.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.cache.table.entries.is_empty()
    }

    /// Which files there were, and what was left out of them. It is kept in the cache.
    pub fn report(&self) -> &Report {
        &self.cache.table.report
    }

    /// The ids of all components, sorted.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.cache.table.entries.iter().map(|entry| entry.brief.id.as_str())
    }

    fn find(&self, id: &str) -> Option<&Entry> {
        let entries = &self.cache.table.entries;
        entries
            .binary_search_by(|entry| entry.brief.id.as_str().cmp(id))
            .ok()
            .and_then(|at| entries.get(at))
    }

    /// The component of this id, if there is one. Ids with and without `.desktop` at their end mean the same where only
    /// one of them is known.
    pub fn get(&self, id: &str) -> Result<Option<Component>, Error> {
        let entry = self.find(id).or_else(|| match id.strip_suffix(".desktop") {
            Some(short) => self.find(short),
            None => self.find(&format!("{id}.desktop")),
        });
        entry.map(|entry| self.cache.component(entry)).transpose()
    }

    /// The ids of the components that this package brings, sorted.
    pub fn of_package(&self, package: &str) -> Vec<&str> {
        let first = self.packages.partition_point(|known| self.package(*known) < package);
        let known = self.packages.get(first..).unwrap_or_default();
        known
            .iter()
            .take_while(|known| self.package(**known) == package)
            .filter_map(|(entry, _)| self.entry(*entry))
            .map(|entry| entry.brief.id.as_str())
            .collect()
    }

    /// The ids of the components of this category, sorted.
    pub fn in_category(&self, category: &str) -> Vec<&str> {
        let entries = self.cache.table.entries.iter();
        entries
            .filter(|entry| entry.brief.categories.iter().any(|known| known == category))
            .map(|entry| entry.brief.id.as_str())
            .collect()
    }

    /// The ids of the components of this kind, sorted.
    pub fn of_kind(&self, kind: Kind) -> Vec<&str> {
        let entries = self.cache.table.entries.iter();
        entries
            .filter(|entry| entry.brief.kind == kind)
            .map(|entry| entry.brief.id.as_str())
            .collect()
    }

    /// Ids with the time of the newest release (seconds since 1970, UTC), newest first. Components without a dated
    /// release are not among them.
    pub fn newest(&self) -> impl Iterator<Item = (&str, i64)> {
        let entries = self.newest.iter().filter_map(|index| self.entry(*index));
        entries.filter_map(|entry| Some((entry.brief.id.as_str(), entry.newest?)))
    }

    /// What is in memory of each component, in the order of [`ids`](Self::ids).
    pub fn briefs(&self) -> impl ExactSizeIterator<Item = &Brief> {
        self.cache.table.entries.iter().map(|entry| &entry.brief)
    }

    /// What is in memory of the component with this number among [`briefs`](Self::briefs).
    pub fn brief(&self, number: u32) -> Option<&Brief> {
        self.entry(number).map(|entry| &entry.brief)
    }

    /// Each component, read one after the other.
    pub fn components(&self) -> impl Iterator<Item = Result<Component, Error>> {
        self.cache.table.entries.iter().map(|entry| self.cache.component(entry))
    }

    /// What a search index is made of, one entry for each component.
    pub fn search_entries(&self) -> impl Iterator<Item = Result<SearchEntry, Error>> {
        self.components().map(|component| component.map(SearchEntry::from))
    }

    /// Where the pictures of a component's icons may lie, the best for this many pixels first: the smallest that is
    /// large enough, then smaller ones. Whether a file is there is not looked at.
    pub fn icon_files(&self, icons: &[Icon], pixels: u32) -> Vec<PathBuf> {
        let mut files: Vec<(bool, u32, PathBuf)> = Vec::new();
        for icon in icons {
            let Icon::Cached {
                name,
                width,
                height,
                scale,
                source,
            } = icon
            else {
                continue;
            };
            let Some(file) = self.report().files.get(*source as usize) else {
                continue;
            };
            let Some(icons) = &file.icons else { continue };
            let folder = match scale {
                1 => format!("{width}x{height}"),
                scale => format!("{width}x{height}@{scale}"),
            };
            let real = width.saturating_mul(*scale);
            // Too small ones come last, the largest of them first.
            let order = if real >= pixels {
                (false, real)
            } else {
                (true, u32::MAX - real)
            };
            files.push((order.0, order.1, icons.join(&file.origin).join(folder).join(name)));
        }
        files.sort();
        files.into_iter().map(|(_, _, path)| path).collect()
    }
}

impl From<Component> for SearchEntry {
    fn from(component: Component) -> SearchEntry {
        let mut seen = std::collections::HashSet::new();
        let mut words = Vec::new();
        for line in component.description.iter().flat_map(|block| block.lines()) {
            let text: String = line.iter().map(|span| span.text.as_str()).collect();
            for word in text.split(|character: char| !character.is_alphanumeric()) {
                let word = word.to_lowercase();
                if !word.is_empty() && !seen.contains(&word) {
                    seen.insert(word.clone());
                    words.push(word);
                }
            }
        }
        SearchEntry {
            id: component.id,
            kind: component.kind,
            name: component.name,
            original_name: component.original_name,
            keywords: component.keywords,
            summary: component.summary,
            words,
            packages: component.packages,
        }
    }
}

/// Reads all files.
fn build(files: &mut [Opened], beyond: u64, languages: &Languages, limits: &Limits) -> Cache {
    let reading = Reading { languages, limits };
    let mut merger = Merger::new(limits.components);
    let mut report = Report {
        files_beyond_limit: beyond,
        ..Report::default()
    };
    for (source, file) in (0_u32..).zip(files) {
        report
            .files
            .push(reading.file(file, source, &mut |read| merger.add(read)));
    }
    let (components, beyond_limit) = merger.finish();
    report.beyond_limit = beyond_limit;
    Cache::build(components, report)
}

/// What a cache was made from.
fn key(files: &[Opened], beyond: u64, languages: &Languages, limits: &Limits) -> u128 {
    let mut key = Vec::new();
    FORMAT.pack(&mut key);
    languages.accepted().to_vec().pack(&mut key);
    for limit in [
        limits.stored,
        limits.plain,
        limits.component as u64,
        limits.components as u64,
        beyond,
    ] {
        limit.pack(&mut key);
    }
    (files.len() as u64).pack(&mut key);
    files.iter().for_each(|file| file.key(&mut key));
    xxh3_128(&key)
}
