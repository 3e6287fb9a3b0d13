//! One boot entry: a file of the Boot Loader Specification, type 1.

use crate::order::Rank;
use crate::status::Health;

/// Where entries are on a volume.
pub(crate) const DIRECTORY: &str = "loader/entries";
/// No entry is longer.
const MOST_BYTES: usize = 64 * 1024;

/// An entry as it is on a volume.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Name of its file.
    pub(crate) file: String,
    /// Its text.
    pub(crate) text: String,
    /// Tries left and done; `None` = no counter.
    pub(crate) counter: Option<Counter>,
    pub(crate) title: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) sort_key: Option<String>,
    pub(crate) machine_id: Option<String>,
    /// `linux` or `efi`: path on the volume.
    pub(crate) program: Option<String>,
    /// `initrd`s: paths on the volume.
    pub(crate) initrds: Vec<String>,
    pub(crate) options: String,
    /// What we wrote about it, of an entry that is ours.
    pub(crate) mark: Option<Mark>,
}

/// A boot counter in a file's name: `+LEFT` or `+LEFT-DONE` before the extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counter {
    pub(crate) left: u32,
    pub(crate) done: u32,
}

/// The line by which an entry is known as ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Of which installation.
    pub(crate) token: String,
    /// The state that it starts.
    pub(crate) state: u64,
    /// A person chose it to be first while this state was the active one.
    pub(crate) chosen_over: Option<u64>,
}

impl Mark {
    pub(crate) fn line(&self) -> String {
        let mut line = format!("# moult {} state={}", self.token, self.state);
        if let Some(active) = self.chosen_over {
            line.push_str(&format!(" chosen-over={active}"));
        }
        line
    }

    fn read(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix("# moult ")?.split(' ');
        let token = words.next()?.to_owned();
        let (mut state, mut chosen_over) = (None, None);
        for word in words {
            match word.split_once('=')? {
                ("state", value) => state = value.parse().ok(),
                ("chosen-over", value) => chosen_over = value.parse().ok(),
                _ => {}
            }
        }
        Some(Self {
            token,
            state: state?,
            chosen_over,
        })
    }
}

impl Entry {
    /// Reads an entry the way systemd-boot does: unknown keys and nonsense are passed over.
    pub(crate) fn read(file: &str, bytes: &[u8]) -> Self {
        let bytes = bytes.get(..MOST_BYTES).unwrap_or(bytes);
        let mut entry = Self {
            file: file.to_owned(),
            text: String::from_utf8_lossy(bytes).into_owned(),
            counter: counter(file),
            ..Self::default()
        };

        for line in entry.text.clone().lines() {
            let line = line.trim();
            if line.starts_with('#') {
                entry.mark = entry.mark.or_else(|| Mark::read(line));
                continue;
            }
            let Some((key, value)) = line.split_once([' ', '\t']) else {
                continue;
            };
            let value = value.trim();
            let value = value
                .strip_prefix('"')
                .and_then(|inner| inner.strip_suffix('"'))
                .unwrap_or(value);
            let text = || Some(value.to_owned());
            match key {
                "title" => entry.title = text(),
                "version" => entry.version = text(),
                "sort-key" => entry.sort_key = text(),
                "machine-id" => entry.machine_id = text(),
                "linux" | "efi" => entry.program = Some(path(value)),
                "initrd" => entry.initrds.push(path(value)),
                "options" => {
                    if !entry.options.is_empty() {
                        entry.options.push(' ');
                    }
                    entry.options.push_str(value);
                }
                _ => {}
            }
        }

        entry
    }

    /// Name of its file without the counter.
    pub(crate) fn id(&self) -> String {
        without_counter(&self.file)
    }

    pub(crate) fn health(&self) -> Health {
        match self.counter {
            None => Health::Good,
            Some(Counter { left: 0, .. }) => Health::Bad,
            Some(Counter { done: 0, .. }) => Health::Untried,
            Some(_) => Health::Trying,
        }
    }

    /// Its place in the menu. `id` is the file's name in lower case.
    pub(crate) fn rank<'a>(&'a self, id: &'a str) -> Rank<'a> {
        Rank {
            tries_left: self.counter.map(|counter| counter.left),
            tries_done: self.counter.map_or(0, |counter| counter.done),
            sort_key: self.sort_key.as_deref(),
            machine_id: self.machine_id.as_deref(),
            version: self.version.as_deref(),
            id,
        }
    }

    /// Its text with another place in the menu, and another choice of the person's.
    pub(crate) fn text_with(&self, sort_key: &str, mark: &Mark) -> String {
        let mut text = String::with_capacity(self.text.len());
        for line in self.text.lines() {
            if line.starts_with("# moult ") {
                text.push_str(&mark.line());
            } else if line.starts_with("sort-key ") {
                text.push_str("sort-key ");
                text.push_str(sort_key);
            } else {
                text.push_str(line);
            }
            text.push('\n');
        }
        text
    }
}

/// The counter in a file's name: after the last `+`, up to the extension.
pub(crate) fn counter(file: &str) -> Option<Counter> {
    let stem = stem(file)?;
    let (_, count) = stem.rsplit_once('+')?;
    let (left, done) = match count.split_once('-') {
        Some((left, done)) => (left, number(done)?),
        None => (count, 0),
    };
    Some(Counter {
        left: number(left)?,
        done,
    })
}

/// A file's name without its counter.
pub(crate) fn without_counter(file: &str) -> String {
    match (counter(file), file.rsplit_once('+'), file.rsplit_once('.')) {
        (Some(_), Some((stem, _)), Some((_, extension))) => format!("{stem}.{extension}"),
        _ => file.to_owned(),
    }
}

fn stem(file: &str) -> Option<&str> {
    let (stem, extension) = file.rsplit_once('.')?;
    (extension.eq_ignore_ascii_case("conf") || extension.eq_ignore_ascii_case("efi")).then_some(stem)
}

fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number <= i32::MAX as u32)
}

fn path(value: &str) -> String {
    value.replace('\\', "/").trim_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_read_as_systemd_boot_reads_them() {
        let count = |left, done| Some(Counter { left, done });
        assert_eq!(counter("a+3.conf"), count(3, 0));
        assert_eq!(counter("a+2-1.conf"), count(2, 1));
        assert_eq!(counter("a+0-3.CONF"), count(0, 3));
        assert_eq!(counter("a.conf"), None);
        assert_eq!(counter("a+b.conf"), None);
        assert_eq!(counter("a+3b.conf"), None);
        assert_eq!(counter("a+3-.conf"), None);
        assert_eq!(counter("6.12+deb13+2-1.conf"), count(2, 1));
        assert_eq!(counter("a+99999999999.conf"), None);
        assert_eq!(without_counter("a+2-1.conf"), "a.conf");
        assert_eq!(without_counter("a+x.conf"), "a+x.conf");
    }

    #[test]
    fn an_entry_is_read_whatever_surrounds_it() {
        let text = "# moult moult-12345678 state=7 chosen-over=9\ntitle  \"A system\"\nversion\t6.1\n\nnonsense\n  linux \\a\\vmlinuz\n\
                    initrd /b\ninitrd /c\noptions quiet\noptions rw\nsort-key x-00\n";
        let entry = Entry::read("x+2-1.conf", text.as_bytes());
        assert_eq!(entry.title.as_deref(), Some("A system"));
        assert_eq!(entry.version.as_deref(), Some("6.1"));
        assert_eq!(entry.program.as_deref(), Some("a/vmlinuz"));
        assert_eq!(entry.initrds, ["b", "c"]);
        assert_eq!(entry.options, "quiet rw");
        assert_eq!(entry.health(), Health::Trying);
        let mark = entry.mark.clone();
        assert_eq!(
            mark.as_ref().map(|mark| (mark.state, mark.chosen_over)),
            Some((7, Some(9)))
        );

        let moved = Mark {
            token: "moult-12345678".to_owned(),
            state: 7,
            chosen_over: None,
        };
        let text = entry.text_with("x-04", &moved);
        let again = Entry::read("x.conf", text.as_bytes());
        assert_eq!(again.sort_key.as_deref(), Some("x-04"));
        assert_eq!(again.mark, Some(moved));
        assert_eq!(again.options, entry.options);
    }
}
