//! Everything there is, as a list of which only a part is looked at.

use super::{Card, Found, Searcher};

/// One line of the list of all names; good for as long as the search is not renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Which index.
    part: u16,
    /// Which package of it.
    package: u32,
}

impl Searcher {
    /// Each name once, with its preferred offer, sorted as names are compared ([`words::key`](super::words::key)).
    /// Nothing is copied: what is shown of a line is asked for with [`at`](Self::at).
    pub fn list(&self) -> Vec<Listed> {
        let parts = (0u16..).zip(&self.parts);
        let mut all: Vec<Listed> = parts
            .flat_map(|(part, of)| of.index.order().iter().map(move |&package| Listed { part, package }))
            .collect();
        // The lists of the repositories are in order already: this only merges them, and keeps the preferred first.
        all.sort_by(|one, other| self.key(*one).cmp(self.key(*other)));
        let mut list: Vec<Listed> = Vec::with_capacity(all.len());
        let mut rest = all.as_slice();
        while let Some(first) = rest.first() {
            let key = self.key(*first);
            let same = rest.iter().take_while(|line| self.key(**line) == key).count();
            let (group, after) = rest.split_at(same.max(1));
            rest = after;
            if let [line] = group {
                list.push(*line);
                continue;
            }
            let begin = list.len();
            for line in group {
                let known = list.get(begin..).unwrap_or_default().iter();
                match known.clone().position(|known| self.name(*known) == self.name(*line)) {
                    None => list.push(*line),
                    Some(at) => {
                        if let Some(known) = list.get_mut(begin + at)
                            && self.rank(*line) > self.rank(*known)
                        {
                            *known = *line;
                        }
                    }
                }
            }
        }
        list
    }

    /// What is shown of a line.
    pub fn at(&self, line: Listed) -> Option<Found> {
        let part = self.parts.get(usize::from(line.part))?;
        Some(self.found(&part.index.card(line.package)?, part))
    }

    /// The name of a line; empty for one of another search.
    pub fn name(&self, line: Listed) -> &str {
        let part = self.parts.get(usize::from(line.part));
        part.map_or("", |part| part.index.name(line.package))
    }

    /// The repository of a line's offer; empty if its package is only installed.
    pub fn repository(&self, line: Listed) -> &str {
        self.parts
            .get(usize::from(line.part))
            .map_or("", |part| &part.repository)
    }

    /// The name of a line as it is compared.
    pub fn key(&self, line: Listed) -> &str {
        self.parts
            .get(usize::from(line.part))
            .map_or("", |part| part.index.key(line.package))
    }

    /// Whether a package of this name is in the active state.
    pub fn is_installed(&self, name: &str) -> bool {
        self.installed.contains_key(name)
    }

    fn card(&self, line: Listed) -> Option<Card<'_>> {
        self.parts.get(usize::from(line.part))?.index.card(line.package)
    }

    fn rank(&self, line: Listed) -> Option<(u64, super::Release)> {
        let part = self.parts.get(usize::from(line.part))?;
        Some((part.priority, self.card(line)?.release()))
    }
}
