//! Path patterns of triggers: `?` is any one byte, `*` anything without a slash, `**` anything, `(name:glob)` a capture.
//! Everything else stands for itself. A pattern covers the whole path.

use regex::bytes::{Regex, RegexBuilder};

/// Longer patterns are refused.
const LONGEST: usize = 4096;

/// What a pattern captured: name and bytes, in the order of the pattern.
pub(crate) type Captures = Vec<(String, Vec<u8>)>;

#[derive(Debug)]
pub(crate) struct Pattern {
    regex: Regex,
    names: Vec<String>,
}

impl Pattern {
    /// Fails with what is wrong with the pattern.
    pub(crate) fn parse(text: &str) -> Result<Pattern, String> {
        if text.len() > LONGEST {
            return Err(format!("a pattern is longer than {LONGEST} bytes"));
        }
        let (mut source, mut names) = (String::from(r"\A"), Vec::<String>::new());
        let mut rest = text;
        while let Some((before, name, glob, after)) = capture(rest) {
            if names.iter().any(|known| known == name) {
                return Err(format!("the pattern {text:?} captures {name:?} twice"));
            }
            translate(before, &mut source);
            source.push('(');
            translate(glob, &mut source);
            source.push(')');
            names.push(name.to_owned());
            rest = after;
        }
        translate(rest, &mut source);
        source.push_str(r"\z");
        let regex = RegexBuilder::new(&source)
            .unicode(false)
            .dot_matches_new_line(true)
            .size_limit(4 << 20)
            .build();
        let regex = regex.map_err(|_| format!("the pattern {text:?} is too large"))?;
        Ok(Pattern { regex, names })
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// None unless the whole path fits.
    pub(crate) fn matches(&self, path: &[u8]) -> Option<Captures> {
        let found = self.regex.captures(path)?;
        let group = |at: usize| found.get(at + 1).map_or(Vec::new(), |group| group.as_bytes().to_vec());
        Some(
            self.names
                .iter()
                .cloned()
                .enumerate()
                .map(|(at, name)| (name, group(at)))
                .collect(),
        )
    }
}

/// The first `(name:glob)`: what is before it, name, glob, what follows. Brackets of any other form are literal.
fn capture(text: &str) -> Option<(&str, &str, &str, &str)> {
    for (open, _) in text.match_indices('(') {
        let inner = text.get(open + 1..)?;
        let Some(colon) = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_') else {
            continue;
        };
        if colon == 0 || !inner[colon..].starts_with(':') {
            continue;
        }
        let close = inner.find(')')?;
        return Some((
            &text[..open],
            &inner[..colon],
            &inner[colon + 1..close],
            &inner[close + 1..],
        ));
    }
    None
}

fn translate(glob: &str, source: &mut String) {
    let mut bytes = glob.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'?' => source.push('.'),
            b'*' if bytes.peek() == Some(&b'*') => {
                while bytes.next_if_eq(&b'*').is_some() {}
                source.push_str(".*");
            }
            b'*' => source.push_str("[^/]*"),
            _ => source.push_str(&format!(r"(?-u:\x{byte:02x})")),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]
    use proptest::prelude::*;

    use super::*;

    fn naive(glob: &[u8], path: &[u8]) -> bool {
        match glob {
            [] => path.is_empty(),
            [b'*', b'*', rest @ ..] => (0..=path.len()).any(|at| naive(rest, &path[at..])),
            [b'*', rest @ ..] => (0..=path.len())
                .take_while(|at| !path[..*at].contains(&b'/'))
                .any(|at| naive(rest, &path[at..])),
            [b'?', rest @ ..] => !path.is_empty() && naive(rest, &path[1..]),
            [byte, rest @ ..] => path.first() == Some(byte) && naive(rest, &path[1..]),
        }
    }

    proptest! {
        #[test]
        fn a_pattern_agrees_with_a_naive_matcher(glob in r"[ab/?*.+\[\]]{0,8}", path in r"[ab/.+\[\]]{0,10}") {
            prop_assert_eq!(
                Pattern::parse(&glob).unwrap().matches(path.as_bytes()).is_some(),
                naive(glob.as_bytes(), path.as_bytes())
            );
        }

        #[test]
        fn no_text_makes_a_pattern_panic(glob in r"\PC{0,60}|[(:)a*?]{0,30}", path in any::<Vec<u8>>()) {
            let _ = Pattern::parse(&glob).map(|pattern| pattern.matches(&path));
        }
    }

    #[test]
    fn captures_are_named_and_stop_at_a_slash() {
        let pattern = Pattern::parse("/usr/lib/modules/(version:*)/kernel").unwrap();
        assert_eq!(
            pattern.matches(b"/usr/lib/modules/6.1+x/kernel").unwrap(),
            [("version".to_owned(), b"6.1+x".to_vec())]
        );
        assert!(pattern.matches(b"/usr/lib/modules/6.1/x/kernel").is_none());
        assert!(pattern.matches(b"/usr/lib/modules/6.1/kernel/").is_none());
    }

    #[test]
    fn what_means_something_in_a_regular_expression_is_literal() {
        let pattern = Pattern::parse("/usr/a+b[c]$^|{2}(x)").unwrap();
        assert!(pattern.matches(b"/usr/a+b[c]$^|{2}(x)").is_some());
        assert!(pattern.matches(b"/usr/aabc").is_none());
    }

    #[test]
    fn names_that_are_not_utf_8_and_newlines_match() {
        assert!(Pattern::parse("/usr/**").unwrap().matches(b"/usr/\xff\n/x").is_some());
        assert!(Pattern::parse("/usr/é").unwrap().matches("/usr/é".as_bytes()).is_some());
    }
}
