//! How well a word fits a package.

use super::index::{Index, Word};
use super::words::{self, Slip};

/// A name longer than this is not compared loosely.
const LOOSE: usize = 128;

/// How well a word fits a package, the best first. What was typed comes before what may have been meant, but for
/// descriptions, which have too many words to say much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Tier {
    /// It is the name.
    Name,
    /// The name begins so.
    NameBegins,
    /// It is a word of the name.
    NameWord,
    /// A word of the name begins so.
    NameWordBegins,
    /// It is within the name.
    NameContains,
    /// It is a word of the summary.
    SummaryWord,
    /// A word of the summary begins so.
    SummaryWordBegins,
    /// A word of the name is one typing error apart.
    NameSlip,
    /// A word of the name begins one typing error apart.
    NameSlipBegins,
    /// The name has all letters, in their order.
    NameLoosely,
    /// A word of the summary is one typing error apart.
    SummarySlip,
    /// It is a word of the description.
    DescriptionWord,
    /// A word of the description begins so.
    DescriptionWordBegins,
    /// It does not fit.
    Nowhere,
}

impl Tier {
    /// In their order.
    pub(super) const ALL: [Tier; 14] = [
        Tier::Name,
        Tier::NameBegins,
        Tier::NameWord,
        Tier::NameWordBegins,
        Tier::NameContains,
        Tier::SummaryWord,
        Tier::SummaryWordBegins,
        Tier::NameSlip,
        Tier::NameSlipBegins,
        Tier::NameLoosely,
        Tier::SummarySlip,
        Tier::DescriptionWord,
        Tier::DescriptionWordBegins,
        Tier::Nowhere,
    ];
}

/// How one word fits one package: a tier, in a byte, as there is one for each package and each word that is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fit(u8);

impl Fit {
    pub(super) const NONE: Fit = Fit(Tier::Nowhere as u8);
    /// Set where [`Tier::NameLoosely`] may be right instead: the name has all letters of the word. Comparing loosely is
    /// slow and seldom decides anything, so it waits until it does.
    const MAYBE: u8 = 0x80;

    pub(super) fn tier(self) -> Tier {
        let place = usize::from(self.0 & !Fit::MAYBE);
        Tier::ALL.get(place).copied().unwrap_or(Tier::Nowhere)
    }

    pub(super) fn maybe(self) -> bool {
        self.0 & Fit::MAYBE != 0
    }

    /// It is no better than this.
    pub(super) fn best(self) -> Tier {
        if self.maybe() { Tier::NameLoosely } else { self.tier() }
    }

    /// It fits so, if it does not fit better. Not for one that is a maybe.
    pub(super) fn improve(&mut self, tier: Tier) {
        self.0 = self.0.min(tier as u8);
    }
}

/// How well one word fits each package.
pub(super) fn fits(index: &Index, typed: &str) -> Vec<Fit> {
    let mut fits = vec![Fit::NONE; index.len()];
    let mut better = |package: u32, tier: Tier| {
        if let Some(known) = fits.get_mut(package as usize) {
            known.improve(tier);
        }
    };
    let letters = typed.chars().count();
    index.words_beginning(typed, |word: Word<'_>, whole| {
        let (in_name, in_summary, in_description) = if whole {
            (Tier::NameWord, Tier::SummaryWord, Tier::DescriptionWord)
        } else {
            (
                Tier::NameWordBegins,
                Tier::SummaryWordBegins,
                Tier::DescriptionWordBegins,
            )
        };
        word.near(|package, name| better(package, if name { in_name } else { in_summary }));
        // Every description has a word that begins with any one letter.
        if letters > 1 || whole {
            word.far(|package| better(package, in_description));
        }
    });
    // Nearly everything is one typing error away from three letters.
    if letters >= 4 {
        index.words_near(typed, |word, text| match words::slip(typed, text) {
            Some(Slip::Whole) => {
                word.near(|package, name| better(package, if name { Tier::NameSlip } else { Tier::SummarySlip }));
            }
            Some(Slip::Beginning) => word.near(|package, name| {
                if name {
                    better(package, Tier::NameSlipBegins);
                }
            }),
            None => {}
        });
    }
    index.containing(typed, |package| better(package, Tier::NameContains));
    if letters >= 3 {
        index.lettered(words::letters(typed), |package| {
            if let Some(known) = fits.get_mut(package as usize)
                && known.tier() > Tier::NameLoosely
                && index.key(package).len() <= LOOSE
            {
                known.0 |= Fit::MAYBE;
            }
        });
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fit_in_a_byte_is_the_tier_that_went_in() {
        for (place, tier) in Tier::ALL.into_iter().enumerate() {
            assert_eq!(tier as usize, place);
            let mut fit = Fit::NONE;
            fit.improve(tier);
            fit.improve(Tier::Nowhere);
            assert_eq!((fit.tier(), fit.best(), fit.maybe()), (tier, tier, false));
            let maybe = Fit(fit.0 | Fit::MAYBE);
            assert_eq!(
                (maybe.tier(), maybe.best(), maybe.maybe()),
                (tier, Tier::NameLoosely, true)
            );
        }
        assert_eq!(Tier::ALL.last(), Some(&Tier::Nowhere));
    }
}
