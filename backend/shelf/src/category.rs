//! Categories: the main ones of the freedesktop menu specification.

/// The main categories, in the order of the Desktop Menu Specification 1.1, appendix A.
pub const CATEGORIES: [&str; 13] = [
    "AudioVideo",
    "Audio",
    "Video",
    "Development",
    "Education",
    "Game",
    "Graphics",
    "Network",
    "Office",
    "Science",
    "Settings",
    SYSTEM,
    "Utility",
];

/// The category of what no catalogue describes; apps can be in it, too.
pub const SYSTEM: &str = "System";

/// Main categories, one bit each, in the order of [`CATEGORIES`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Categories(u16);

impl Categories {
    /// The main ones of these names; all others are further descriptions, not places to look in.
    pub(crate) fn of<S: AsRef<str>>(names: &[S]) -> Categories {
        names
            .iter()
            .filter_map(|name| number(name.as_ref()))
            .fold(Categories::default(), |all, number| Categories(all.0 | 1 << number))
    }

    pub(crate) fn has(self, number: usize) -> bool {
        self.0 >> number & 1 == 1
    }

    /// The first one; most specific ones come before none.
    pub(crate) fn first(self) -> Option<usize> {
        (0..CATEGORIES.len()).find(|number| self.has(*number))
    }

    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        let named = CATEGORIES.iter().enumerate();
        named
            .filter(move |(number, _)| self.has(*number))
            .map(|(_, name)| *name)
    }
}

/// The place of a category among [`CATEGORIES`].
pub(crate) fn number(name: &str) -> Option<usize> {
    CATEGORIES.iter().position(|known| *known == name)
}
