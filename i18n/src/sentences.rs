//! The sentences of one language. A few hundred of a thousand are ever shown: each is read when it is first asked for, as
//! all of them would take some megabytes.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// What [`fl!`](crate::fl) asks.
pub struct Sentences {
    /// The text of each message, by its key.
    texts: HashMap<&'static str, &'static str>,
    /// Those that were asked for.
    read: RwLock<FluentBundle<FluentResource>>,
}

impl std::fmt::Debug for Sentences {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sentences")
            .field("texts", &self.texts.len())
            .finish_non_exhaustive()
    }
}

impl Sentences {
    /// Those of a Fluent file. Its messages must not refer to one another.
    pub(crate) fn new(language: LanguageIdentifier, source: &'static str) -> Sentences {
        let mut read = FluentBundle::new_concurrent(vec![language]);
        // The marks would keep right-to-left names apart; our languages run one way, and not every font hides the marks.
        read.set_use_isolating(false);
        Sentences {
            texts: messages(source).collect(),
            read: RwLock::new(read),
        }
    }

    /// A sentence without arguments.
    pub fn get(&self, key: &str) -> String {
        self.say(key, None)
    }

    /// A sentence with arguments.
    pub fn get_args_concrete<'a>(&self, key: &str, arguments: HashMap<&'a str, FluentValue<'a>>) -> String {
        self.say(key, Some(&arguments.into_iter().collect()))
    }

    fn say(&self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        if let Some(said) = self.say_read(key, arguments) {
            return said;
        }
        self.read(key);
        // There is none without a text: `fl!` does not compile without an English one, and a test looks at the other languages.
        self.say_read(key, arguments).unwrap_or_else(|| key.to_owned())
    }

    fn say_read(&self, key: &str, arguments: Option<&FluentArgs<'_>>) -> Option<String> {
        let read = self.read.read().unwrap_or_else(PoisonError::into_inner);
        let message = read.get_message(key)?;
        let mut errors = Vec::new();
        let said = read.format_pattern(message.value()?, arguments, &mut errors);
        debug_assert!(errors.is_empty(), "{key}: {errors:?}");
        Some(said.into_owned())
    }

    fn read(&self, key: &str) {
        let Some(text) = self.texts.get(key) else { return };
        // What cannot be read of a text is not said; a test reads all of them.
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, _)| resource);
        let mut read = self.read.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have read it meanwhile: then there are two that say the same.
        read.add_resource_overriding(resource);
    }
}

/// The messages of a Fluent file: the key and the text of each. One begins where a line begins with a letter, and ends where
/// the next one, or a comment, begins.
fn messages(source: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut rest = source;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            let mut end = rest.len();
            for (at, _) in rest.match_indices('\n') {
                let next = rest.get(at + 1..).and_then(|next| next.chars().next());
                if next.is_some_and(|next| next.is_ascii_alphabetic() || next == '#') {
                    end = at + 1;
                    break;
                }
            }
            let (text, after) = rest.split_at_checked(end)?;
            rest = after;
            let key = text.split(|c: char| c == '=' || c.is_whitespace()).next()?;
            if key.starts_with(|c: char| c.is_ascii_alphabetic()) {
                return Some((key, text));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use fluent_syntax::ast::Entry;
    use fluent_syntax::parser::parse;

    use super::*;
    use crate::Language;

    #[test]
    fn every_message_of_a_file_is_found_and_is_the_same_alone() {
        for language in Language::ALL {
            let whole = parse(language.source()).unwrap();
            let mut alone = messages(language.source());
            for entry in whole.body {
                if let Entry::Message(mut message) = entry {
                    let (key, text) = alone.next().unwrap();
                    assert_eq!(key, message.id.name);
                    let mut read = parse(text).unwrap_or_else(|(_, errors)| panic!("{key}: {errors:?}"));
                    message.comment = None;
                    assert_eq!(read.body.pop(), Some(Entry::Message(message)));
                    assert!(read.body.is_empty(), "{text}");
                }
            }
            assert_eq!(alone.next(), None);
        }
    }

    #[test]
    fn a_sentence_that_is_asked_for_twice_or_by_many_at_once_is_the_same() {
        let sentences = Sentences::new(
            "en".parse().unwrap(),
            "# one\none = { $count ->\n    [one] a\n   *[other] { $count }\n}\ntwo=2\n\n\nthree = 3\n  and\n  4\n",
        );
        let one = |count: i32| sentences.get_args_concrete("one", HashMap::from([("count", count.into())]));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let _ = scope.spawn(|| {
                    assert_eq!((one(1).as_str(), one(7).as_str()), ("a", "7"));
                    assert_eq!(
                        (sentences.get("two"), sentences.get("three")),
                        ("2".into(), "3\nand\n4".into())
                    );
                });
            }
        });
        assert_eq!(sentences.get("four"), "four");
    }
}
