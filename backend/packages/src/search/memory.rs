//! What was found for the words that were typed before: a further letter changes one word, and the others stay.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::MOST_WORDS;
use super::fit::Fit;

/// All words of the longest term, and some of what was typed before that, for whoever deletes letters.
const KEPT: usize = MOST_WORDS + 4;

/// How the last words fit the packages of one index; right for as long as it is the same.
#[derive(Default)]
pub(crate) struct Memory(Mutex<VecDeque<Remembered>>);

/// A word, and what fits it.
type Remembered = (Box<str>, Arc<[Fit]>);

impl Memory {
    /// What is known of a word, or else is found out now.
    pub(super) fn recall(&self, word: &str, find: impl FnOnce() -> Vec<Fit>) -> Arc<[Fit]> {
        if let Some(fits) = self.known(word) {
            return fits;
        }
        // Nobody waits while it is found out; two who ask the same at once find the same.
        let fits: Arc<[Fit]> = find().into();
        let mut words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        words.push_front((word.into(), Arc::clone(&fits)));
        words.truncate(KEPT);
        fits
    }

    fn known(&self, word: &str) -> Option<Arc<[Fit]>> {
        let mut words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = words.iter().position(|(known, _)| **known == *word)?;
        let found = words.remove(at)?;
        let fits = Arc::clone(&found.1);
        words.push_front(found);
        Some(fits)
    }

    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
