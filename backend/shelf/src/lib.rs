//! What a store shows: the components of AppStream catalogues and the packages of an engine, merged into one set of
//! [items](Item), listed, searched and described.
//!
//! A [`Shelf`] is opened once and answers from memory. It is a picture of the moment; [`Shelf::renew`] brings it up to
//! date with the packages and asks for nothing when nothing changed.
//!
//! ```no_run
//! use std::path::Path;
//! use moult_catalogue::Languages;
//! use moult_packages::Engine;
//! use moult_shelf::{Filter, Shelf};
//!
//! let engine = Engine::open_reader(Path::new("/"))?;
//! let shelf = Shelf::open(Path::new("/"), &engine, &Languages::new(["de_AT"]), None)?;
//! for item in shelf.find("tabelle", &Filter::default(), 10).items {
//!     println!("{} ({})", item.name, item.package);
//! }
//! # Ok::<(), moult_shelf::Error>(())
//! ```
//!
#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod card;
mod category;
mod error;
mod find;
mod front;
mod index;
mod item;
mod page;
mod shelf;
mod update;
mod version;

pub use category::{CATEGORIES, SYSTEM};
pub use error::Error;
pub use front::Front;
pub use item::{Filter, Item, ItemKind, Page};
pub use page::{Details, installed_bytes};
pub use shelf::Shelf;
pub use update::{Group, Restart, Update, releases_between, restart};
pub use version::compare;
