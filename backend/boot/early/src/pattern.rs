//! The patterns of `modules.alias` and of our lists: `*`, `?` and `[a-z]`, over everything, slashes too.

/// Whether a text fits a pattern.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut read) = (0, 0);
    // Where to go on if what follows the last star does not fit: one letter later.
    let mut again: Option<(usize, usize)> = None;
    loop {
        if pattern.get(at) == Some(&b'*') {
            at += 1;
            again = Some((at, read));
            continue;
        }
        match text.get(read) {
            None if at == pattern.len() => return true,
            None => return false,
            Some(letter) => {
                if let Some(length) = one(pattern.get(at..).unwrap_or_default(), *letter) {
                    at += length;
                    read += 1;
                    continue;
                }
            }
        }
        match again {
            Some((star, from)) => {
                at = star;
                read = from + 1;
                again = Some((star, read));
            }
            None => return false,
        }
    }
}

/// How many bytes of the pattern stand for this letter; None if they do not.
fn one(pattern: &[u8], letter: u8) -> Option<usize> {
    match pattern.first()? {
        b'?' => Some(1),
        b'[' => {
            let end = pattern.iter().skip(2).position(|byte| *byte == b']')? + 2;
            let set = pattern.get(1..end)?;
            let (not, set) = match set.split_first() {
                Some((b'!' | b'^', rest)) => (true, rest),
                _ => (false, set),
            };
            let mut found = false;
            let mut rest = set;
            while let Some((first, behind)) = rest.split_first() {
                match behind {
                    [b'-', last, more @ ..] => {
                        found |= (*first..=*last).contains(&letter);
                        rest = more;
                    }
                    _ => {
                        found |= *first == letter;
                        rest = behind;
                    }
                }
            }
            (found != not).then_some(end + 1)
        }
        byte => (*byte == letter).then_some(1),
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns_of_modules_fit_as_the_kernel_means_them() {
        let virtio = "pci:v00001AF4d*sv*sd*bc*sc*i*";
        assert!(fits(virtio, "pci:v00001AF4d00001042sv00001AF4sd00001100bc01sc00i00"));
        assert!(!fits(virtio, "pci:v00001AF5d00001042sv00001AF4sd00001100bc01sc00i00"));
        assert!(fits(
            "usb:v*p*d*dc*dsc*dp*ic08isc06ip50in*",
            "usb:v1p2d3dc4dsc5dp6ic08isc06ip50in00"
        ));
        assert!(fits("a[0-3b]c", "a2c") && fits("a[0-3b]c", "abc") && !fits("a[0-3b]c", "a4c"));
        assert!(fits("a[!0-3]c", "a4c") && !fits("a[!0-3]c", "a1c"));
        assert!(fits("a?c", "abc") && !fits("a?c", "ac") && fits("*", "") && fits("a*", "a"));
        assert!(fits("*ab*ab", "abxabyab") && !fits("*ab*ac", "abxaby"));
        assert!(!fits("", "a") && fits("", "") && !fits("[", "a"));
    }
}
