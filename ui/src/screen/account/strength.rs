//! How hard a password is to guess, with one word of advice.

use moult_i18n::{Language, fl};
use zxcvbn::feedback::{Suggestion, Warning};
use zxcvbn::zxcvbn;

/// Guessing is modelled on this many characters; what is longer is strong enough, and judging stays quick.
const LONGEST_JUDGED: usize = 100;

/// A judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Strength {
    /// 0 (very weak) to 4 (strong).
    pub(super) score: u8,
    advice: Option<Advice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Advice {
    Common,
    Keys,
    Repeat,
    Sequence,
    Name,
    Swap,
    More,
}

impl Strength {
    /// It in words: "Weak" or "Weak. Names are easy to guess."
    pub(super) fn text(&self, language: Language) -> String {
        let word = match self.score {
            0 => fl!(language, "strength-0"),
            1 => fl!(language, "strength-1"),
            2 => fl!(language, "strength-2"),
            3 => fl!(language, "strength-3"),
            _ => fl!(language, "strength-4"),
        };
        let advice = self.advice.map(|advice| match advice {
            Advice::Common => fl!(language, "advice-common"),
            Advice::Keys => fl!(language, "advice-keys"),
            Advice::Repeat => fl!(language, "advice-repeat"),
            Advice::Sequence => fl!(language, "advice-sequence"),
            Advice::Name => fl!(language, "advice-name"),
            Advice::Swap => fl!(language, "advice-swap"),
            Advice::More => fl!(language, "advice-more"),
        });

        match advice {
            Some(advice) => fl!(language, "strength-with-advice", word = word, advice = advice),
            None => word,
        }
    }
}

/// Judges a password; `own` is what a guesser would try first. `None` for no password.
pub(super) fn judge(password: &str, own: &[&str]) -> Option<Strength> {
    if password.is_empty() {
        return None;
    }

    let end = password
        .char_indices()
        .nth(LONGEST_JUDGED)
        .map_or(password.len(), |(at, _)| at);
    let judgement = zxcvbn(password.get(..end).unwrap_or(password), own);
    let advice = judgement.feedback().map(|feedback| {
        feedback
            .warning()
            .map(because)
            .or_else(|| feedback.suggestions().first().copied().map(instead))
            .unwrap_or(Advice::More)
    });

    Some(Strength {
        score: u8::from(judgement.score()),
        advice,
    })
}

fn because(warning: Warning) -> Advice {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => Advice::Keys,
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            Advice::Repeat
        }
        Warning::SequencesLikeAbcAreEasyToGuess
        | Warning::RecentYearsAreEasyToGuess
        | Warning::DatesAreOftenEasyToGuess => Advice::Sequence,
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess => {
            Advice::Name
        }
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword
        | Warning::AWordByItselfIsEasyToGuess => Advice::Common,
    }
}

fn instead(suggestion: Suggestion) -> Advice {
    match suggestion {
        Suggestion::CapitalizationDoesntHelpVeryMuch
        | Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase
        | Suggestion::ReversedWordsArentMuchHarderToGuess
        | Suggestion::PredictableSubstitutionsDontHelpVeryMuch => Advice::Swap,
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => Advice::Keys,
        Suggestion::AvoidRepeatedWordsAndCharacters => Advice::Repeat,
        Suggestion::AvoidSequences
        | Suggestion::AvoidRecentYears
        | Suggestion::AvoidYearsThatAreAssociatedWithYou
        | Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => Advice::Sequence,
        _ => Advice::More,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_come_with_advice_and_strong_ones_without() {
        let weak = judge("password", &[]).unwrap();
        assert_eq!(
            weak.text(Language::English),
            "Very weak. Many people use this one; it is tried first."
        );

        let strong = judge("fluted onyx carries nine lamps", &[]).unwrap();
        assert_eq!((strong.score, strong.text(Language::German).as_str()), (4, "Stark"));
    }

    #[test]
    fn ones_own_name_is_a_weak_password() {
        assert!(judge("anamueller", &["anamueller"]).unwrap().score <= 1);
    }

    #[test]
    fn a_very_long_password_is_judged_quickly() {
        let started = std::time::Instant::now();

        assert!(judge(&"ä7".repeat(5000), &[]).is_some());
        assert!(started.elapsed().as_secs() < 30);
        assert!(judge("", &[]).is_none());
    }
}
