//! The order of systemd-boot's menu.
//!
//! After systemd-boot(7), the Boot Loader Specification ("Sorting") and the UAPI Version Format Specification.

use std::cmp::Ordering;

/// What the order of an entry depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rank<'a> {
    /// Tries left; `None` = no counter.
    pub(crate) tries_left: Option<u32>,
    /// Tries done.
    pub(crate) tries_done: u32,
    /// `sort-key`.
    pub(crate) sort_key: Option<&'a str>,
    /// `machine-id`.
    pub(crate) machine_id: Option<&'a str>,
    /// `version`.
    pub(crate) version: Option<&'a str>,
    /// File name, in lower case.
    pub(crate) id: &'a str,
}

/// `Less` = `a` is above `b` in the menu.
pub(crate) fn compare(a: &Rank<'_>, b: &Rank<'_>) -> Ordering {
    let exhausted = |rank: &Rank<'_>| rank.tries_left == Some(0);

    exhausted(a)
        .cmp(&exhausted(b))
        .then_with(|| a.sort_key.is_none().cmp(&b.sort_key.is_none()))
        .then_with(|| match (a.sort_key, b.sort_key) {
            (Some(key_a), Some(key_b)) => key_a
                .encode_utf16()
                .cmp(key_b.encode_utf16())
                .then_with(|| a.machine_id.cmp(&b.machine_id))
                .then_with(|| version(b.version.unwrap_or_default(), a.version.unwrap_or_default())),
            _ => Ordering::Equal,
        })
        .then_with(|| version(b.id, a.id))
        .then_with(|| match (a.tries_left, b.tries_left) {
            (Some(left_a), Some(left_b)) => left_b.cmp(&left_a).then(a.tries_done.cmp(&b.tries_done)),
            _ => Ordering::Equal,
        })
}

/// Orders two versions, the older first.
pub(crate) fn version(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());

    loop {
        a = skip_separators(a);
        b = skip_separators(b);

        // What comes before a release, comes before the end.
        match marked(&mut a, &mut b, b'~') {
            Some(Ordering::Equal) => continue,
            Some(order) => return order,
            None => {}
        }
        if a.is_empty() || b.is_empty() {
            return a.len().min(1).cmp(&b.len().min(1));
        }
        let mut both = false;
        for mark in [b'-', b'^', b'.'] {
            match marked(&mut a, &mut b, mark) {
                Some(Ordering::Equal) => {
                    both = true;
                    break;
                }
                Some(order) => return order,
                None => {}
            }
        }
        if both {
            continue;
        }

        let digits = |text: &[u8]| text.first().is_some_and(u8::is_ascii_digit);
        let order = if digits(a) || digits(b) {
            let (number_a, rest_a) = prefix(a, u8::is_ascii_digit);
            let (number_b, rest_b) = prefix(b, u8::is_ascii_digit);
            (a, b) = (rest_a, rest_b);
            let (short_a, short_b) = (without_zeros(number_a), without_zeros(number_b));
            (!number_a.is_empty())
                .cmp(&!number_b.is_empty())
                .then(short_a.len().cmp(&short_b.len()))
                .then(short_a.cmp(short_b))
        } else {
            let (word_a, rest_a) = prefix(a, u8::is_ascii_alphabetic);
            let (word_b, rest_b) = prefix(b, u8::is_ascii_alphabetic);
            (a, b) = (rest_a, rest_b);
            word_a.cmp(word_b)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Where one begins with a mark and the other does not, the one with it is the older. Both: passed over, `Equal`. None: `None`.
fn marked(a: &mut &[u8], b: &mut &[u8], mark: u8) -> Option<Ordering> {
    match (a.split_first(), b.split_first()) {
        (Some((x, rest_a)), Some((y, rest_b))) if *x == mark && *y == mark => {
            (*a, *b) = (rest_a, rest_b);
            Some(Ordering::Equal)
        }
        (Some((x, _)), _) if *x == mark => Some(Ordering::Less),
        (_, Some((y, _))) if *y == mark => Some(Ordering::Greater),
        _ => None,
    }
}

fn skip_separators(text: &[u8]) -> &[u8] {
    prefix(text, |byte| {
        !(byte.is_ascii_alphanumeric() || matches!(byte, b'~' | b'-' | b'^' | b'.'))
    })
    .1
}

fn prefix(text: &[u8], is: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| is(byte)).count())
}

fn without_zeros(number: &[u8]) -> &[u8] {
    prefix(number, |byte| *byte == b'0').1
}

/// Whether a pattern of `LoaderEntryOneShot`, `LoaderEntryDefault` or `default` fits: `*`, `?`, `[…]`, `\` before a character that is meant.
/// Both in lower case.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    fits_from(&pattern, &text)
}

fn fits_from(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', rest @ ..] => (0..=text.len()).any(|from| fits_from(rest, text.get(from..).unwrap_or_default())),
        ['?', rest @ ..] => matches!(text, [_, tail @ ..] if fits_from(rest, tail)),
        ['[', rest @ ..] => match (set(rest), text) {
            (Some((members, after)), [c, tail @ ..]) => {
                members.iter().any(|(low, high)| low <= c && c <= high) && fits_from(after, tail)
            }
            _ => false,
        },
        ['\\', c, rest @ ..] | [c, rest @ ..] => matches!(text, [x, tail @ ..] if x == c && fits_from(rest, tail)),
    }
}

/// First and last character of each range of a set.
type Ranges = Vec<(char, char)>;

/// The ranges of a set whose `[` was read, and what follows its `]`.
fn set(mut rest: &[char]) -> Option<(Ranges, &[char])> {
    let mut members = Vec::new();
    loop {
        match rest {
            [']', after @ ..] if !members.is_empty() => return Some((members, after)),
            [low, '-', high, after @ ..] if *high != ']' => {
                members.push((*low, *high));
                rest = after;
            }
            [c, after @ ..] => {
                members.push((*c, *c));
                rest = after;
            }
            [] => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    /// The examples of the UAPI Version Format Specification, the older first.
    #[test]
    fn versions_are_ordered_as_the_specification_says() {
        let ascending = [
            "122.1",
            "123~rc1-1",
            "123",
            "123-a",
            "123-a.1",
            "123-1",
            "123-1.1",
            "123^post1",
            "123.a-1",
            "123.1-1",
            "123a-1",
            "124-1",
        ];
        for pair in ascending.windows(2) {
            assert_eq!(version(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(version(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        assert_eq!(version("11", "011"), Ordering::Equal);
        assert_eq!(version("6.9.12", "6.10.1"), Ordering::Less);
        assert_eq!(version("6.12.38+deb13", "6.12.38_deb13"), Ordering::Equal);
    }

    #[test]
    fn patterns_fit_as_a_shells() {
        assert!(fits("moult-1-6.1-5[+.]*", "moult-1-6.1-5+3-0.conf"));
        assert!(fits("moult-1-6.1-5[+.]*", "moult-1-6.1-5.conf"));
        assert!(!fits("moult-1-6.1-5[+.]*", "moult-1-6.1-50.conf"));
        assert!(fits("a?c*", "abcdef") && !fits("a?c", "ac") && fits("[a-c]x", "bx") && !fits("[a-c]x", "dx"));
        assert!(fits("\\*", "*") && !fits("\\*", "a") && !fits("[ab", "a"));
    }

    #[derive(Debug, Clone)]
    struct Owned {
        left: Option<u32>,
        done: u32,
        key: Option<String>,
        machine: Option<String>,
        version: Option<String>,
        id: String,
    }

    impl Owned {
        fn rank(&self) -> Rank<'_> {
            Rank {
                tries_left: self.left,
                tries_done: self.done,
                sort_key: self.key.as_deref(),
                machine_id: self.machine.as_deref(),
                version: self.version.as_deref(),
                id: &self.id,
            }
        }
    }

    fn owned() -> impl Strategy<Value = Owned> {
        (
            proptest::option::of(0_u32..3),
            0_u32..3,
            proptest::option::of("[ab]-0[0-2]"),
            proptest::option::of("[ab]"),
            proptest::option::of("[0-9]{1,2}([.~^-][0-9a]{1,2}){0,2}"),
            "[ab]-[0-9]{1,2}\\.conf",
        )
            .prop_map(|(left, done, key, machine, version, id)| Owned {
                left,
                done,
                key,
                machine,
                version,
                id,
            })
    }

    /// The documented steps one after the other, each as a plain question: "which of the two is first?"
    fn documented(a: &Owned, b: &Owned) -> Ordering {
        let bad = |o: &Owned| o.left == Some(0);
        if bad(a) != bad(b) {
            return if bad(a) { Ordering::Greater } else { Ordering::Less };
        }
        if a.key.is_some() != b.key.is_some() {
            return if a.key.is_some() {
                Ordering::Less
            } else {
                Ordering::Greater
            };
        }
        if a.key.is_some() {
            if a.key != b.key {
                return if a.key < b.key {
                    Ordering::Less
                } else {
                    Ordering::Greater
                };
            }
            if a.machine != b.machine {
                return if a.machine < b.machine {
                    Ordering::Less
                } else {
                    Ordering::Greater
                };
            }
            let newest_first =
                version(a.version.as_deref().unwrap_or(""), b.version.as_deref().unwrap_or("")).reverse();
            if newest_first != Ordering::Equal {
                return newest_first;
            }
        }
        let newest_first = version(&a.id, &b.id).reverse();
        if newest_first != Ordering::Equal {
            return newest_first;
        }
        match (a.left, b.left) {
            (Some(x), Some(y)) if x != y => y.cmp(&x),
            (Some(_), Some(_)) => a.done.cmp(&b.done),
            _ => Ordering::Equal,
        }
    }

    proptest! {
        #[test]
        fn the_order_is_the_documented_one(a in owned(), b in owned()) {
            prop_assert_eq!(compare(&a.rank(), &b.rank()), documented(&a, &b));
            prop_assert_eq!(compare(&a.rank(), &b.rank()), compare(&b.rank(), &a.rank()).reverse());
        }

        #[test]
        fn versions_are_a_total_preorder(a in "[0-9a-c.~^+-]{0,8}", b in "[0-9a-c.~^+-]{0,8}") {
            prop_assert_eq!(version(&a, &b), version(&b, &a).reverse());
            prop_assert_eq!(version(&a, &a), Ordering::Equal);
        }
    }
}
