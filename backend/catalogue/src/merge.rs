//! Many files, one component for each id.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::component::{Component, Icon};
use crate::draft::{Merge, Read, add, sort_releases};

/// Collects components in the order in which they count.
#[derive(Debug)]
pub(crate) struct Merger {
    components: Vec<Component>,
    known: HashMap<String, usize>,
    later: Vec<Read>,
    limit: usize,
    beyond: u64,
}

impl Merger {
    pub(crate) fn new(limit: usize) -> Merger {
        Merger {
            components: Vec::new(),
            known: HashMap::new(),
            later: Vec::new(),
            limit,
            beyond: 0,
        }
    }

    /// Takes one more. Of two with the same id the one with the higher priority counts, and of equal ones the first;
    /// what it lacks comes from the other.
    pub(crate) fn add(&mut self, read: Read) {
        if self.components.len() + self.later.len() >= self.limit {
            self.beyond += 1;
            return;
        }
        if read.merge != Merge::None {
            self.later.push(read);
            return;
        }
        let component = read.component;
        match self.known.entry(component.id.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(self.components.len());
                self.components.push(component);
            }
            Entry::Occupied(entry) => {
                if let Some(known) = self.components.get_mut(*entry.get()) {
                    let other = if component.priority > known.priority {
                        std::mem::replace(known, component)
                    } else {
                        component
                    };
                    complete(known, other);
                }
            }
        }
    }

    /// The components by id, and how many were left out.
    pub(crate) fn finish(mut self) -> (Vec<Component>, u64) {
        let mut removed = Vec::new();
        // Of two that replace the same, the one with the higher priority has the last word.
        self.later.sort_by_key(|read| read.component.priority);
        for read in self.later {
            let Some(index) = self.known.get(&read.component.id).copied() else {
                continue;
            };
            let Some(known) = self.components.get_mut(index) else {
                continue;
            };
            match read.merge {
                Merge::Remove => removed.push(index),
                Merge::Append => append(known, read.component),
                Merge::Replace | Merge::None => replace(known, read.component),
            }
        }
        removed.sort_unstable();
        removed.dedup();
        for index in removed.into_iter().rev() {
            self.components.swap_remove(index);
        }
        self.components.sort_by(|one, two| one.id.cmp(&two.id));
        (self.components, self.beyond)
    }
}

/// Applies a step to each text, and another to each list that is not treated in a way of its own.
macro_rules! each_field {
    ($known:ident, $other:ident, $text:ident, $list:ident) => {
        $text(&mut $known.name, $other.name);
        $text(&mut $known.original_name, $other.original_name);
        $text(&mut $known.summary, $other.summary);
        $text(&mut $known.project_license, $other.project_license);
        $text(&mut $known.metadata_license, $other.metadata_license);
        $text(&mut $known.project_group, $other.project_group);
        $text(&mut $known.developer.id, $other.developer.id);
        $text(&mut $known.developer.name, $other.developer.name);
        $list(&mut $known.categories, $other.categories);
        $list(&mut $known.keywords, $other.keywords);
        $list(&mut $known.screenshots, $other.screenshots);
        $list(&mut $known.releases, $other.releases);
        $list(&mut $known.urls, $other.urls);
        $list(&mut $known.launchables, $other.launchables);
        $list(&mut $known.provides, $other.provides);
        $list(&mut $known.bundles, $other.bundles);
        $list(&mut $known.extends, $other.extends);
        $list(&mut $known.replaces, $other.replaces);
        $list(&mut $known.compulsory_for, $other.compulsory_for);
        $list(&mut $known.languages, $other.languages);
        $list(&mut $known.colors, $other.colors);
    };
}

/// Fills in what the one that counts lacks. Package names are gathered: any of them brings the component.
fn complete(known: &mut Component, other: Component) {
    if known.name == other.name || known.name.is_empty() {
        fill(&mut known.original_name, other.original_name.clone());
    }
    // An untranslated name belongs to its own translation.
    let other = Component {
        original_name: String::new(),
        ..other
    };
    for package in other.packages {
        add(&mut known.packages, package);
    }
    fill_list(&mut known.description, other.description);
    fill_list(&mut known.icons, other.icons);
    if known.content_rating.is_none() {
        known.content_rating = other.content_rating;
    }
    each_field!(known, other, fill, fill_list);
}

fn append(known: &mut Component, other: Component) {
    for package in other.packages {
        add(&mut known.packages, package);
    }
    fill_list(&mut known.description, other.description);
    for icon in other.icons {
        add::<Icon>(&mut known.icons, icon);
    }
    if known.content_rating.is_none() {
        known.content_rating = other.content_rating;
    }
    each_field!(known, other, fill, extend);
    sort_releases(&mut known.releases);
}

fn replace(known: &mut Component, other: Component) {
    take_list(&mut known.packages, other.packages);
    take_list(&mut known.description, other.description);
    take_list(&mut known.icons, other.icons);
    if other.content_rating.is_some() {
        known.content_rating = other.content_rating;
    }
    if !other.name.is_empty() {
        known.original_name.clear();
    }
    each_field!(known, other, take, take_list);
}

fn fill(known: &mut String, other: String) {
    if known.is_empty() {
        *known = other;
    }
}

fn fill_list<T>(known: &mut Vec<T>, other: Vec<T>) {
    if known.is_empty() {
        *known = other;
    }
}

fn extend<T: PartialEq>(known: &mut Vec<T>, other: Vec<T>) {
    for item in other {
        add(known, item);
    }
}

fn take(known: &mut String, other: String) {
    if !other.is_empty() {
        *known = other;
    }
}

fn take_list<T>(known: &mut Vec<T>, other: Vec<T>) {
    if !other.is_empty() {
        *known = other;
    }
}
