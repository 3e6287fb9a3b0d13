//! The kernel command line, `/proc/cmdline`: words and `key=value`, with double quotes around blanks. The last one wins;
//! what is not known is for somebody else.

/// A command line, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommandLine {
    words: Vec<(String, Option<String>)>,
}

impl CommandLine {
    /// Takes a text apart as the kernel does: quotes may be around the value or the whole word, and nothing escapes them.
    #[must_use]
    pub fn parse(text: &str) -> CommandLine {
        let mut words = Vec::new();
        let mut word = String::new();
        let mut quoted = false;
        let mut begun = false;
        for letter in text.chars().chain([' ']) {
            match letter {
                '"' => {
                    quoted = !quoted;
                    begun = true;
                }
                // The last blank is ours: an open quote ends with the text.
                letter if letter.is_whitespace() && !quoted => {
                    if begun {
                        words.push(std::mem::take(&mut word));
                    }
                    begun = false;
                }
                letter => {
                    word.push(letter);
                    begun = true;
                }
            }
        }
        if begun {
            words.push(word.trim_end().to_owned());
        }
        let apart = |word: String| match word.split_once('=') {
            Some((key, value)) => (key.to_owned(), Some(value.to_owned())),
            None => (word, None),
        };
        CommandLine {
            words: words.into_iter().map(apart).collect(),
        }
    }

    /// The value of the last `key=…`. A word without a value counts as one that was taken back.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        let last = self.words.iter().rev().find(|(found, _)| found == key);
        last.and_then(|(_, value)| value.as_deref())
            .filter(|value| !value.is_empty())
    }

    /// Whether a word is there: `key`, or `key=…` with anything but `0`, `no`, `off`.
    #[must_use]
    pub fn is_set(&self, key: &str) -> bool {
        match self.words.iter().rev().find(|(found, _)| found == key) {
            Some((_, Some(value))) => !matches!(value.as_str(), "0" | "no" | "off"),
            Some((_, None)) => true,
            None => false,
        }
    }

    /// The last of these words that is there.
    #[must_use]
    pub fn last_of<'a>(&self, keys: &[&'a str]) -> Option<&'a str> {
        let fits = |(found, _): &(String, Option<String>)| keys.iter().find(|key| *key == found).copied();
        self.words.iter().rev().find_map(fits)
    }

    /// What the line says for a module, `module.option=value`, in the form in which the kernel takes it.
    #[must_use]
    pub fn module_options(&self, module: &str) -> String {
        let mut options = Vec::new();
        for (key, value) in &self.words {
            if let Some((name, option)) = key.split_once('.')
                && name.replace('-', "_") == module
            {
                options.push(match value {
                    Some(value) if value.contains(' ') => format!("{option}=\"{value}\""),
                    Some(value) => format!("{option}={value}"),
                    None => option.to_owned(),
                });
            }
        }
        options.join(" ")
    }

    /// The first word that asks for an encrypted root, in any of the ways that are in use.
    #[must_use]
    pub fn encrypted(&self) -> Option<&str> {
        let asks = |key: &str| {
            matches!(
                key,
                "cryptdevice" | "luks.uuid" | "rd.luks.uuid" | "luks.name" | "rd.luks.name" | "cryptopts"
            )
        };
        self.words.iter().map(|(key, _)| key.as_str()).find(|key| asks(key))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
    use super::*;

    #[test]
    fn the_last_one_wins_and_quotes_keep_blanks_together() {
        let line = CommandLine::parse("ro root=UUID=1 root=LABEL=x rootflags=\"subvol=a b\" \"odd=c d\" quiet\n");
        assert_eq!(line.value("root"), Some("LABEL=x"));
        assert_eq!(line.value("rootflags"), Some("subvol=a b"));
        assert_eq!(line.value("odd"), Some("c d"));
        assert!(line.is_set("quiet") && line.is_set("ro") && !line.is_set("rw"));
        assert_eq!(CommandLine::parse("rw ro").last_of(&["ro", "rw"]), Some("ro"));
        assert_eq!(CommandLine::parse("ro rw x").last_of(&["ro", "rw"]), Some("rw"));
    }

    #[test]
    fn odd_texts_are_no_trouble() {
        assert_eq!(CommandLine::parse("").value("root"), None);
        assert_eq!(CommandLine::parse("root=").value("root"), None);
        assert_eq!(CommandLine::parse("root=a root").value("root"), None);
        assert_eq!(
            CommandLine::parse("x=\"never closed and on").value("x"),
            Some("never closed and on")
        );
        assert!(!CommandLine::parse("moult.toram=no").is_set("moult.toram"));
        assert!(CommandLine::parse("moult.toram").is_set("moult.toram"));
    }

    #[test]
    fn options_of_modules_are_found() {
        let line = CommandLine::parse("usb-storage.delay_use=0 loop.max_loop=8 loop.x quiet a.b=\"c d\"");
        assert_eq!(line.module_options("usb_storage"), "delay_use=0");
        assert_eq!(line.module_options("loop"), "max_loop=8 x");
        assert_eq!(line.module_options("a"), "b=\"c d\"");
        assert_eq!(line.module_options("ext4"), "");
    }

    #[test]
    fn a_wish_for_an_encrypted_root_is_seen() {
        assert_eq!(CommandLine::parse("a rd.luks.uuid=x").encrypted(), Some("rd.luks.uuid"));
        assert_eq!(CommandLine::parse("rd.luks=0").encrypted(), None);
    }
}
