//! Strangers' text made fit to be shown.

use crate::component::{Span, Style};
use crate::limits;

/// Characters that are never shown: controls, and those that turn the direction of what follows.
fn unwanted(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// One line: white space is one blank each, none at the ends. `None` when it is empty or has more than `limit` bytes.
pub(crate) fn line(text: &str, limit: usize) -> Option<String> {
    let mut line = String::with_capacity(text.len().min(limit));
    let mut gap = false;
    for character in text.chars() {
        if character.is_whitespace() {
            gap = !line.is_empty();
        } else if !unwanted(character) {
            if gap {
                line.push(' ');
                gap = false;
            }
            line.push(character);
            if line.len() > limit {
                return None;
            }
        }
    }
    (!line.is_empty()).then_some(line)
}

/// An id, a package name, an origin, a file name: one word that is no path.
pub(crate) fn word(text: &str) -> Option<String> {
    let text = text.trim();
    let good = !text.is_empty()
        && text.len() <= limits::ID
        && !text.starts_with('.')
        && !text
            .chars()
            .any(|character| character.is_whitespace() || unwanted(character) || character == '/');
    good.then(|| text.to_owned())
}

/// A web address; a relative one lies below `base`.
pub(crate) fn url(text: &str, base: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > limits::URL || text.chars().any(|each| each.is_whitespace() || unwanted(each)) {
        return None;
    }
    if text.starts_with("https://") || text.starts_with("http://") {
        return Some(text.to_owned());
    }
    let scheme = text
        .split(['/', '?', '#'])
        .next()
        .is_some_and(|first| first.contains(':'));
    if base.is_empty() || scheme {
        return None;
    }
    let joined = format!("{}/{}", base.trim_end_matches('/'), text.trim_start_matches('/'));
    (joined.len() <= limits::URL).then_some(joined)
}

/// Seconds since 1970 of `2024-05-01`, `2024-05-01T10:00:00Z` or a number of seconds.
pub(crate) fn time(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return plausible(seconds);
    }
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return plausible(time.as_second());
    }
    let date = text.get(..10)?.parse::<jiff::civil::Date>().ok()?;
    plausible(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}

/// A time that something can have been released at: after 1970 and before the year 10000.
fn plausible(seconds: i64) -> Option<i64> {
    (1..253_402_300_800).contains(&seconds).then_some(seconds)
}

/// `#rrggbb`.
pub(crate) fn color(text: &str) -> Option<u32> {
    let digits = text.trim().strip_prefix('#')?;
    let good = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    good.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

/// Collects the spans of one paragraph, white space being one blank each.
#[derive(Debug, Default)]
pub(crate) struct Spans {
    spans: Vec<Span>,
    length: usize,
    gap: bool,
}

impl Spans {
    /// Adds text. What goes beyond the limit of a paragraph is left out.
    pub(crate) fn push(&mut self, text: &str, style: Style) {
        for character in text.chars() {
            if character.is_whitespace() {
                self.gap = !self.spans.is_empty();
            } else if !unwanted(character) {
                if self.length >= limits::PARAGRAPH {
                    return;
                }
                if std::mem::take(&mut self.gap) {
                    self.add(' ', style);
                }
                self.add(character, style);
            }
        }
    }

    fn add(&mut self, character: char, style: Style) {
        self.length += character.len_utf8();
        match self.spans.last_mut() {
            Some(last) if last.style == style => last.text.push(character),
            // A blank between two styles belongs to the first.
            Some(last) if character == ' ' => last.text.push(' '),
            _ => self.spans.push(Span {
                text: character.to_string(),
                style,
            }),
        }
    }

    /// The paragraph; empty when nothing can be seen in it.
    pub(crate) fn take(self) -> Vec<Span> {
        self.spans
    }
}

/// The items of a list that somebody wrote as one paragraph: "* small * fast * free". None for any other paragraph.
pub(crate) fn starred(spans: &[Span]) -> Option<Vec<Vec<Span>>> {
    let [
        Span {
            text,
            style: Style::Plain,
        },
    ] = spans
    else {
        return None;
    };
    let items: Vec<&str> = text.strip_prefix("* ")?.split(" * ").map(str::trim).collect();
    let is_list = items.len() > 1 && items.iter().all(|item| !item.is_empty());

    is_list.then(|| {
        let item = |text: &str| {
            vec![Span {
                text: text.to_owned(),
                style: Style::Plain,
            }]
        };
        items.into_iter().map(item).collect()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]
    use super::*;

    #[test]
    fn a_line_has_no_breaks_controls_or_turned_directions() {
        assert_eq!(line(" a\r\n\tb \u{202e}c\u{0} ", 99).unwrap(), "a b c");
        assert_eq!(line(" \n ", 99), None);
        assert_eq!(line("abcd", 3), None);
    }

    #[test]
    fn a_word_is_no_path() {
        assert_eq!(word(" a.desktop\n").unwrap(), "a.desktop");
        for bad in ["", "a b", "../a", "a/b", "..", ".hidden", "a\0", &"x".repeat(256)] {
            assert_eq!(word(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_address_is_a_web_address_and_a_relative_one_has_its_base() {
        assert_eq!(url("https://a.example/x", "").unwrap(), "https://a.example/x");
        assert_eq!(
            url("/x/y.png", "https://m.example/b/").unwrap(),
            "https://m.example/b/x/y.png"
        );
        assert_eq!(url("x/y.png", ""), None);
        for bad in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://a b",
            "data:text/html,x",
        ] {
            assert_eq!(url(bad, "https://m.example"), None, "{bad:?}");
        }
    }

    #[test]
    fn a_date_is_midnight_and_a_number_is_seconds() {
        assert_eq!(time("1970-01-02"), Some(86_400));
        assert_eq!(time("2012-08-26T00:00:00Z"), Some(1_345_939_200));
        assert_eq!(time("1345939200"), Some(1_345_939_200));
        for bad in [
            "",
            "yesterday",
            "2012-13-01",
            "-5",
            "99999999999999999999",
            "9999999999999",
            "2012-é-011",
        ] {
            assert_eq!(time(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_list_in_one_paragraph_is_a_list() {
        let items = |text: &str, style| {
            let mut spans = Spans::default();
            spans.push(text, style);
            let items = starred(&spans.take())?;
            Some(items.into_iter().flatten().map(|span| span.text).collect::<Vec<_>>())
        };
        assert_eq!(
            items("* small\n * fast 2*2\n * free", Style::Plain).unwrap(),
            ["small", "fast 2*2", "free"]
        );
        for other in ["* alone", "a * b * c", "*a * b", "* a * ", "", "* "] {
            assert_eq!(items(other, Style::Plain), None, "{other:?}");
        }
        assert_eq!(items("* a * b", Style::Code), None);
    }
}
