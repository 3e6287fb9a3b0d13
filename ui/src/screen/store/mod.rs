//! The screens of the store. As in the installer, a screen is its state, a `Message`, and `new`, `update`, `view`, and knows
//! no other screen; what it wants of the program is an [`Action`].
//!
//! A screen holds a [`Reader`](crate::store::Reader) and asks its own questions with it; the answers are its messages, so
//! that a test can play the reader's part by sending them. Nothing that changes the system is done here.

pub mod authenticate;
pub mod browse;
pub mod explore;
pub mod files;
pub mod history;
pub mod installed;
pub mod item;
mod naming;
pub mod part;
pub mod queue;
pub mod review;
#[cfg(test)]
pub(crate) mod scene;
pub mod sources;
#[cfg(test)]
mod stage;
pub mod updates;

use iced::Task;
use moult_api::Filter;
use moult_i18n::Language;

use crate::keyboard::Keyboard;
use crate::store::{EntryId, Operation, Pictures, Queue};
use crate::widget::Direction;

/// What a screen wants of the program.
#[derive(Debug)]
pub enum Action<Message> {
    /// Nothing.
    None,
    /// Do this and send what comes of it back.
    Run(Task<Message>),
    /// Open an item's page, by its id.
    Open(String),
    /// Open the list of a filter.
    Browse(Filter),
    /// The person has seen what it means and wants it: into the queue with it.
    Do(Operation),
    /// Show what it would change, and ask.
    Review(Operation),
    /// Back to where the person was.
    Back,
    /// Stop an operation, or take it out of the queue.
    Cancel(EntryId),
    /// Hold the queue, or let it go on.
    Pause(bool),
    /// Take an ended operation out of the list.
    Dismiss(EntryId),
    /// Try an operation that failed once more.
    Again(EntryId),
    /// Show the plan that an operation waits to be approved.
    Decide(EntryId),
    /// Show which states can go for the room that they take, with these chosen.
    FreeSpace(Vec<u64>),
}

/// What every screen may know when it is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The language of its words.
    pub language: Language,
    /// Which way it is read.
    pub direction: Direction,
    /// The keyboard, for fields that show Caps Lock.
    pub keyboard: &'a Keyboard,
    /// Icons and screenshots that are loaded.
    pub pictures: &'a Pictures,
    /// What is being done and what waits.
    pub queue: &'a Queue,
    /// Width of the room for a screen, in logical pixels.
    pub width: f32,
    /// Height of the room for a screen, in logical pixels.
    pub height: f32,
    /// Seconds since 1970.
    pub now: i64,
}
