//! Every sentence that Moult says, in every language it speaks.
//!
//! ```
//! use moult_i18n::{Language, fl};
//!
//! assert_eq!(fl!(Language::German, "step-of", step = 3, count = 7), "Schritt 3 von 7");
//! ```
//!
//! A language is a value that is passed along, not a global: changing it is one assignment, and two languages can be
//! asked at once. A crate that uses [`fl!`] has an `i18n.toml` beside its Cargo.toml, so that keys and arguments are
//! checked while it compiles.

mod failure;
mod format;
mod language;
mod sentences;

pub use failure::{FailureText, explain, refusal_reason, state_of_things};
pub use format::{ago, bytes, count, day, moment, time_left};
pub use language::Language;
#[doc(hidden)]
pub use sentences::Sentences;

#[doc(hidden)]
pub use i18n_embed_fl::fl as __checked;

/// A sentence by its key: `fl!(language, "key", argument = value, …)`. Key and arguments are checked while compiling.
#[macro_export]
macro_rules! fl {
    ($language:expr, $($rest:tt)+) => {
        $crate::__checked!($crate::Language::words($language), $($rest)+)
    };
}
