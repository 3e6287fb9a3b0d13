//! Licences out of a Debian copyright file.

/// What stands for a licence where the copyright file is not machine readable.
pub const UNKNOWN: &str = "see copyright";

/// The short names of the `License:` fields of a DEP-5 file, sorted, each once; else [`UNKNOWN`].
pub fn licences(text: &str) -> Vec<String> {
    let machine_readable = text.lines().take(5).any(|line| {
        line.strip_prefix("Format:")
            .is_some_and(|format| format.contains("copyright-format") || format.contains("dep5"))
    });

    let mut names: Vec<String> = text
        .lines()
        .filter(|_| machine_readable)
        .filter_map(|line| line.strip_prefix("License:"))
        .map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|name| !name.is_empty() && name.len() <= 120)
        .collect();
    names.sort();
    names.dedup();

    if names.is_empty() {
        vec![UNKNOWN.to_owned()]
    } else {
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_licence_of_a_dep5_file_is_named_once() {
        let text = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n\
                    Files: *\nLicense: GPL-2+\n\nFiles: x\nLicense: Expat\n\nLicense: GPL-2+\n On Debian systems …\n";

        assert_eq!(licences(text), ["Expat", "GPL-2+"]);
    }

    #[test]
    fn prose_is_not_guessed_at() {
        assert_eq!(licences("This is free software.\nLicense: the GPL\n"), [UNKNOWN]);
    }
}
