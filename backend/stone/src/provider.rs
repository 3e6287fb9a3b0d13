//! What a package gives, needs or refuses: `kind(target)`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// What sort of thing is given or needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A package by its name.
    Name,
    /// A shared library, as `SONAME(machine)`.
    Soname,
    /// A `.pc` file by its stem.
    PkgConfig,
    /// An ELF interpreter, as `path(machine)`.
    Interpreter,
    /// A CMake module by its stem.
    CMake,
    /// A Python distribution by its normalised name.
    Python,
    /// A program in `/usr/bin`.
    Binary,
    /// A program in `/usr/sbin`.
    SysBinary,
    /// A 32-bit `.pc` file by its stem.
    PkgConfig32,
}

/// The kinds in the order of their numbers, from 0, with their text.
const KINDS: [(Kind, &str); 9] = [
    (Kind::Name, "name"),
    (Kind::Soname, "soname"),
    (Kind::PkgConfig, "pkgconfig"),
    (Kind::Interpreter, "interpreter"),
    (Kind::CMake, "cmake"),
    (Kind::Python, "python"),
    (Kind::Binary, "binary"),
    (Kind::SysBinary, "sysbinary"),
    (Kind::PkgConfig32, "pkgconfig32"),
];

impl Kind {
    /// The kind with this number in the file; None for a kind that this version does not know.
    pub fn from_number(number: u8) -> Option<Kind> {
        KINDS.get(usize::from(number)).map(|(kind, _)| *kind)
    }

    /// The number of the kind in the file.
    pub fn number(self) -> u8 {
        (0..)
            .zip(KINDS)
            .find(|(_, (kind, _))| *kind == self)
            .map_or(0, |(number, _)| number)
    }

    /// The kind's name as in `kind(target)`.
    pub fn as_str(self) -> &'static str {
        KINDS
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("name", |(_, text)| text)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something that a package gives; the same type says what it needs and what it refuses.
///
/// Its text is `kind(target)`; a bare word is read as `name(word)`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Provider {
    /// What sort of thing.
    pub kind: Kind,
    /// Which one, as in `libz.so.1(x86_64)`.
    pub target: String,
}

impl Provider {
    /// `kind(target)`.
    pub fn new(kind: Kind, target: impl Into<String>) -> Provider {
        Provider {
            kind,
            target: target.into(),
        }
    }

    /// `name(name)`, which every package gives without saying so.
    pub fn name(name: impl Into<String>) -> Provider {
        Provider::new(Kind::Name, name)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.kind, self.target)
    }
}

impl FromStr for Provider {
    type Err = Error;

    /// Splits at the first `(`; what has one must end with `)`, have a known kind and a target.
    fn from_str(text: &str) -> Result<Provider, Error> {
        let wrong = || Error::Provider(text.to_owned());
        let (kind, target) = match text.split_once('(') {
            None if text.is_empty() || text.contains(')') => return Err(wrong()),
            None => return Ok(Provider::name(text)),
            Some((kind, rest)) => (kind, rest.strip_suffix(')').ok_or_else(wrong)?),
        };
        let (kind, _) = KINDS.iter().find(|(_, name)| *name == kind).ok_or_else(wrong)?;
        if target.is_empty() {
            return Err(wrong());
        }
        Ok(Provider::new(*kind, target))
    }
}

impl From<Provider> for String {
    fn from(provider: Provider) -> String {
        provider.to_string()
    }
}

impl TryFrom<String> for Provider {
    type Error = Error;

    fn try_from(text: String) -> Result<Provider, Error> {
        text.parse()
    }
}
