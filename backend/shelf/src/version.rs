//! Versions as people write them. Packages are compared by their releases; these are only for the notes of a catalogue,
//! which knows no releases.

use std::cmp::Ordering;

/// Compares two versions as AppStream does (<https://www.freedesktop.org/software/appstream/docs/sect-AppStream-Misc-VersionComparison.html>):
/// numbers as numbers, the rest as text, `~` before everything. An epoch (`1:`) is passed over: makers of apps have none.
///
/// ```
/// use std::cmp::Ordering;
/// use moult_shelf::compare;
///
/// assert_eq!(compare("2.10", "2.9"), Ordering::Greater);
/// assert_eq!(compare("1:3.0~rc1", "3.0"), Ordering::Less);
/// ```
pub fn compare(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (bare(one).as_bytes(), bare(other).as_bytes());
    loop {
        (one, other) = (skip(one), skip(other));
        match (one.first() == Some(&b'~'), other.first() == Some(&b'~')) {
            (true, true) => {
                (one, other) = (one.get(1..).unwrap_or_default(), other.get(1..).unwrap_or_default());
                continue;
            }
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        let (Some(first), Some(second)) = (one.first(), other.first()) else {
            // Whoever has more left is later: 1.0.1 comes after 1.0.
            return one.len().min(1).cmp(&other.len().min(1));
        };
        let (order, rests) = match (first.is_ascii_digit(), second.is_ascii_digit()) {
            (true, true) => {
                let ((mine, my_rest), (yours, your_rest)) = (run(one, true), run(other, true));
                let (mine, yours) = (without_zeros(mine), without_zeros(yours));
                let order = mine.len().cmp(&yours.len()).then_with(|| mine.cmp(yours));
                (order, (my_rest, your_rest))
            }
            (false, false) => {
                let ((mine, my_rest), (yours, your_rest)) = (run(one, false), run(other, false));
                (mine.cmp(yours), (my_rest, your_rest))
            }
            // A number is later than a word: 1.0.1 comes after 1.0.beta.
            (mine, _) => return if mine { Ordering::Greater } else { Ordering::Less },
        };
        if order != Ordering::Equal {
            return order;
        }
        (one, other) = rests;
    }
}

fn bare(version: &str) -> &str {
    match version.split_once(':') {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => version,
    }
}

/// What separates is passed over.
fn skip(version: &[u8]) -> &[u8] {
    let significant = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'~' || !byte.is_ascii();
    let from = version.iter().position(significant).unwrap_or(version.len());
    version.get(from..).unwrap_or_default()
}

/// The digits or letters at the beginning, and what follows them.
fn run(version: &[u8], digits: bool) -> (&[u8], &[u8]) {
    let within = |byte: &u8| match digits {
        true => byte.is_ascii_digit(),
        false => byte.is_ascii_alphabetic() || !byte.is_ascii(),
    };
    let end = version.iter().position(|byte| !within(byte)).unwrap_or(version.len());
    version.split_at(end)
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let from = number.iter().position(|byte| *byte != b'0').unwrap_or(number.len());
    number.get(from..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_the_order_in_which_they_came_out() {
        let order = [
            "0.9",
            "1.0~alpha",
            "1.0~rc1",
            "1.0",
            "1.0-1",
            "1.0-2",
            "1.0.3",
            "1.2",
            "1.10",
            "2.0.beta",
            "2.0.1",
            "20260101",
        ];
        for (at, one) in order.iter().enumerate() {
            for (other_at, other) in order.iter().enumerate() {
                assert_eq!(compare(one, other), at.cmp(&other_at), "{one} {other}");
            }
        }
    }

    #[test]
    fn epochs_separators_and_zeros_make_no_difference() {
        for (one, other) in [("1:2.3", "2.3"), ("2.3", "2_3"), ("2.03", "2.3"), ("", ""), (".", "")] {
            assert_eq!(compare(one, other), Ordering::Equal, "{one} {other}");
        }
        assert_eq!(compare("ä", "1"), Ordering::Less);
        assert_eq!(compare("99999999999999999999999", "9"), Ordering::Greater);
    }
}
