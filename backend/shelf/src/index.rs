//! The words of all components, in memory: how well each component fits what was typed.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use moult_catalogue::Catalogue;
use moult_packages::words::{self, Loosely, Slip};

use crate::card::Card;

/// Words of a search term that count.
const MOST_WORDS: usize = 12;
/// Characters of a search term that count.
const LONGEST: usize = 256;
/// Words whose fits are remembered: all of the longest term, and some of what was typed before it.
const KEPT: usize = MOST_WORDS + 4;
/// A name longer than this is not compared loosely.
const LOOSE: usize = 128;

/// How well a word fits a component, the best first. The order is that of packages
/// ([`moult_packages::Tier`]), with keywords between names and summaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Tier {
    Name,
    NameBegins,
    NameWord,
    NameWordBegins,
    NameContains,
    Keyword,
    KeywordBegins,
    SummaryWord,
    SummaryWordBegins,
    NameSlip,
    NameSlipBegins,
    NameLoosely,
    KeywordSlip,
    SummarySlip,
    DescriptionWord,
    DescriptionWordBegins,
    Nowhere,
}

impl From<moult_packages::Tier> for Tier {
    fn from(tier: moult_packages::Tier) -> Tier {
        use moult_packages::Tier as Package;
        match tier {
            Package::Name => Tier::Name,
            Package::NameBegins => Tier::NameBegins,
            Package::NameWord => Tier::NameWord,
            Package::NameWordBegins => Tier::NameWordBegins,
            Package::NameContains => Tier::NameContains,
            Package::SummaryWord => Tier::SummaryWord,
            Package::SummaryWordBegins => Tier::SummaryWordBegins,
            Package::NameSlip => Tier::NameSlip,
            Package::NameSlipBegins => Tier::NameSlipBegins,
            Package::NameLoosely => Tier::NameLoosely,
            Package::SummarySlip => Tier::SummarySlip,
            Package::DescriptionWord => Tier::DescriptionWord,
            Package::DescriptionWordBegins => Tier::DescriptionWordBegins,
            Package::Nowhere => Tier::Nowhere,
        }
    }
}

/// A component that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) card: u32,
    /// How the word fits that fits worst.
    pub(crate) worst: Tier,
    /// The places of all words' tiers together.
    pub(crate) sum: u16,
    /// Bytes of the name as it is compared.
    pub(crate) length: u16,
}

/// Where a component has a word; of several the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Name,
    Keyword,
    Summary,
    Description,
}

/// The words of a catalogue.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// How many cards there are.
    cards: usize,
    /// Bytes of the shortest name of each card as it is compared.
    lengths: Vec<u16>,
    /// Names, untranslated names and ids as they are compared, sorted.
    keys: Vec<Key>,
    /// Sorted.
    words: Vec<Word>,
    places: Vec<Place>,
    /// The texts of keys and words: one piece of memory instead of many small ones.
    texts: String,
    /// How the words fit that were typed before: a further letter changes one word, and the others stay.
    remembered: Mutex<VecDeque<Remembered>>,
}

/// A word, and how well it fits each card.
type Remembered = (Box<str>, Arc<[Tier]>);

/// A piece of [`Index::texts`].
#[derive(Debug, Clone, Copy)]
struct Text {
    begin: u32,
    length: u32,
}

#[derive(Debug, Clone, Copy)]
struct Key {
    text: Text,
    card: u32,
    /// Whether it is a name that is compared loosely.
    loose: bool,
}

#[derive(Debug, Clone, Copy)]
struct Word {
    text: Text,
    letters: u64,
    /// The best field that has it anywhere.
    best: Field,
    /// Where its places end; they begin where those of the word before end.
    end: u32,
}

/// A card and the field of it, in four bytes: there are some hundred thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place(u32);

impl Place {
    fn new(card: u32, field: Field) -> Place {
        Place(card << 2 | field as u32)
    }

    fn card(self) -> u32 {
        self.0 >> 2
    }

    fn field(self) -> Field {
        match self.0 & 3 {
            0 => Field::Name,
            1 => Field::Keyword,
            2 => Field::Summary,
            _ => Field::Description,
        }
    }
}

/// What is taken in before it is sorted.
#[derive(Default)]
struct Builder {
    words: HashMap<Box<str>, Vec<Place>>,
    keys: Vec<(Box<str>, u32, bool)>,
}

impl Builder {
    fn key(&mut self, card: u32, text: &str, loose: bool) {
        let key = words::key(text);
        if !key.is_empty() {
            self.keys
                .push((key.into_boxed_str(), card, loose && text.len() <= LOOSE));
        }
    }

    /// Fields are added in their order, so the first one of a card is its best.
    fn add(&mut self, card: u32, text: &str, field: Field) {
        for word in words::words(&words::fold(text)) {
            let place = Place::new(card, field);
            match self.words.get_mut(word) {
                Some(places) if places.last().is_some_and(|last| last.card() == card) => {}
                Some(places) => places.push(place),
                None => drop(self.words.insert(word.into(), vec![place])),
            }
        }
    }

    fn finish(mut self, cards: usize) -> Index {
        self.keys.sort_unstable();
        // Of names alone: what somebody typed is compared with them.
        let mut lengths = vec![u16::MAX; cards];
        for (key, card, is_name) in &self.keys {
            if let Some(length) = lengths.get_mut(*card as usize)
                && *is_name
            {
                *length = u16::try_from(key.len()).unwrap_or(u16::MAX).min(*length);
            }
        }
        let mut sorted: Vec<(Box<str>, Vec<Place>)> = self.words.into_iter().collect();
        sorted.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        let of_keys = self.keys.iter().map(|(key, ..)| key.len());
        let of_words = sorted.iter().map(|(word, _)| word.len());
        let mut texts = String::with_capacity(of_keys.chain(of_words).sum());
        let mut text = |piece: &str| {
            let begin = short(texts.len());
            texts.push_str(piece);
            let length = short(piece.len());
            Text { begin, length }
        };
        let keys = self.keys.iter().map(|(key, card, loose)| Key {
            text: text(key),
            card: *card,
            loose: *loose,
        });
        let keys = keys.collect();
        let mut places = Vec::with_capacity(sorted.iter().map(|(_, places)| places.len()).sum());
        let mut words = Vec::with_capacity(sorted.len());
        for (word, of_word) in &sorted {
            places.extend_from_slice(of_word);
            let best = of_word.iter().map(|place| place.field()).min();
            words.push(Word {
                text: text(word),
                letters: words::letters(word),
                best: best.unwrap_or(Field::Description),
                end: short(places.len()),
            });
        }
        Index {
            cards,
            lengths,
            keys,
            words,
            places,
            texts,
            remembered: Mutex::default(),
        }
    }
}

/// The texts of all components are far from 4 GiB; what is beyond could not be found.
fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Index {
    /// Reads the words of all cards' components.
    pub(crate) fn new(catalogue: &Catalogue, cards: &[Card]) -> Index {
        let mut builder = Builder::default();
        for (card, entry) in (0u32..).zip(cards) {
            // One that cannot be read now could be when its card was made; it is only not found.
            let Ok(Some(component)) = catalogue.get(&entry.id) else {
                continue;
            };
            let component = moult_catalogue::SearchEntry::from(component);
            builder.key(card, &component.name, true);
            builder.key(card, &component.original_name, true);
            builder.key(
                card,
                component.id.strip_suffix(".desktop").unwrap_or(&component.id),
                false,
            );
            builder.add(card, &component.name, Field::Name);
            builder.add(card, &component.original_name, Field::Name);
            for keyword in &component.keywords {
                builder.add(card, keyword, Field::Keyword);
            }
            builder.add(card, &component.summary, Field::Summary);
            for word in &component.words {
                builder.add(card, word, Field::Description);
            }
        }
        builder.finish(cards.len())
    }

    fn text(&self, text: Text) -> &str {
        let begin = text.begin as usize;
        self.texts.get(begin..begin + text.length as usize).unwrap_or_default()
    }

    /// The components that fit all words of a term, in the order of the cards.
    pub(crate) fn find(&self, term: &str) -> Vec<Hit> {
        let end = term.char_indices().nth(LONGEST).map_or(term.len(), |(end, _)| end);
        let term = term.get(..end).unwrap_or_default();
        let folded = words::fold(term);
        let mut typed: Vec<&str> = Vec::new();
        for word in words::words(&folded) {
            if typed.len() < MOST_WORDS && !typed.contains(&word) {
                typed.push(word);
            }
        }
        let start = if typed.is_empty() { Tier::Nowhere } else { Tier::Name };
        let mut hits = vec![(start, 0u16); self.cards];
        for word in typed {
            for (hit, tier) in hits.iter_mut().zip(self.recall(word).iter()) {
                *hit = (hit.0.max(*tier), hit.1.saturating_add(*tier as u16));
            }
        }
        let whole = words::key(term);
        if !whole.is_empty() {
            for key in self.beginning(&whole) {
                let is_whole = key.text.length as usize == whole.len();
                let tier = if is_whole { Tier::Name } else { Tier::NameBegins };
                if let Some(hit) = hits.get_mut(key.card as usize) {
                    *hit = (tier.min(hit.0), 0);
                }
            }
        }
        let hits = (0u32..).zip(hits).zip(self.lengths.iter().copied());
        hits.filter(|((_, (worst, _)), _)| *worst != Tier::Nowhere)
            .map(|((card, (worst, sum)), length)| Hit {
                card,
                worst,
                sum,
                length,
            })
            .collect()
    }

    /// How well one word fits each card: as it is remembered, or else as it is found out now.
    fn recall(&self, word: &str) -> Arc<[Tier]> {
        let remembered = || self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let mut words = remembered();
            let at = words.iter().position(|(known, _)| **known == *word);
            if let Some(known) = at.and_then(|at| words.remove(at)) {
                let fits = Arc::clone(&known.1);
                words.push_front(known);
                return fits;
            }
        }
        // Nobody waits while it is found out; two who ask the same at once find the same.
        let fits: Arc<[Tier]> = self.fits(word).into();
        let mut words = remembered();
        words.push_front((word.into(), Arc::clone(&fits)));
        words.truncate(KEPT);
        fits
    }

    /// The keys that begin so.
    fn beginning(&self, text: &str) -> &[Key] {
        let begin = self.keys.partition_point(|key| self.text(key.text) < text);
        let rest = self.keys.get(begin..).unwrap_or_default();
        let end = rest.partition_point(|key| self.text(key.text).starts_with(text));
        rest.get(..end).unwrap_or_default()
    }

    /// How well one word fits each card.
    fn fits(&self, typed: &str) -> Vec<Tier> {
        let mut fits = vec![Tier::Nowhere; self.cards];
        let mut better = |card: u32, tier: Tier| {
            if let Some(known) = fits.get_mut(card as usize) {
                *known = tier.min(*known);
            }
        };
        let letters = typed.chars().count();
        let begin = self.words.partition_point(|word| self.text(word.text) < typed);
        for (number, word) in self.words.iter().enumerate().skip(begin) {
            if !self.text(word.text).starts_with(typed) {
                break;
            }
            let whole = word.text.length as usize == typed.len();
            for place in self.places(number) {
                let tier = match (place.field(), whole) {
                    (Field::Name, true) => Tier::NameWord,
                    (Field::Name, false) => Tier::NameWordBegins,
                    (Field::Keyword, true) => Tier::Keyword,
                    (Field::Keyword, false) => Tier::KeywordBegins,
                    (Field::Summary, true) => Tier::SummaryWord,
                    (Field::Summary, false) => Tier::SummaryWordBegins,
                    (Field::Description, true) => Tier::DescriptionWord,
                    // Every description has a word that begins with any one letter.
                    (Field::Description, false) if letters > 1 => Tier::DescriptionWordBegins,
                    (Field::Description, false) => continue,
                };
                better(place.card(), tier);
            }
        }
        // Nearly everything is one typing error away from three letters.
        if letters >= 4 {
            let wanted = words::letters(typed);
            for (number, word) in self.words.iter().enumerate() {
                let missing = wanted & !word.letters;
                if word.best == Field::Description || missing & missing.wrapping_sub(1) != 0 {
                    continue;
                }
                let Some(slip) = words::slip(typed, self.text(word.text)) else {
                    continue;
                };
                for place in self.places(number) {
                    match (place.field(), slip) {
                        (Field::Name, Slip::Whole) => better(place.card(), Tier::NameSlip),
                        (Field::Name, Slip::Beginning) => better(place.card(), Tier::NameSlipBegins),
                        (Field::Keyword, Slip::Whole) => better(place.card(), Tier::KeywordSlip),
                        (Field::Summary, Slip::Whole) => better(place.card(), Tier::SummarySlip),
                        _ => {}
                    }
                }
            }
        }
        let wanted = words::letters(typed);
        let mut loosely = Loosely::default();
        for entry in &self.keys {
            let known = fits.get_mut(entry.card as usize);
            let Some(known) = known.filter(|known| **known > Tier::NameContains && entry.loose) else {
                continue;
            };
            let key = self.text(entry.text);
            if key.contains(typed) {
                *known = Tier::NameContains;
            } else if letters >= 3
                && *known > Tier::NameLoosely
                && wanted & !words::letters(key) == 0
                && loosely.fits(typed, key)
            {
                *known = Tier::NameLoosely;
            }
        }
        fits
    }

    fn places(&self, word: usize) -> &[Place] {
        let end = |word: usize| self.words.get(word).map_or(0, |word| word.end as usize);
        let begin = word.checked_sub(1).map_or(0, end);
        self.places.get(begin..end(word)).unwrap_or_default()
    }
}
