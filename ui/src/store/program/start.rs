//! How the store is started, and what it learns from the machine it runs on.

use std::path::PathBuf;

use iced::event::{self, Status};
use iced::keyboard::{Event as KeyEvent, Key, Modifiers, key::Named};
use iced::{Event, Size, Subscription, window};

use super::Message;
use crate::store::{Instance, Opening, dropped};

/// How the store is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// No desktop is there: the window has the menu of keyboard layouts, and is the agent that asks for passwords.
    pub kiosk: bool,
    /// What it shows first.
    pub opening: Option<Opening>,
    /// The window's size at first.
    pub size: Size,
    /// Where unfinished operations are kept; None: nowhere.
    pub state: Option<PathBuf>,
    /// The name on the session bus under which other starts of the store find this one.
    pub instance: Option<Instance>,
}

/// Keys that no control took, and shortcuts.
pub(super) fn keys() -> Subscription<Message> {
    event::listen_with(|event, status, _| match event {
        Event::Keyboard(KeyEvent::KeyPressed {
            key,
            physical_key,
            repeat: false,
            modifiers,
            ..
        }) => match key.as_ref() {
            Key::Named(Named::Escape) if status == Status::Ignored && modifiers.is_empty() => Some(Message::Escape),
            Key::Named(Named::ArrowLeft) if modifiers == Modifiers::ALT => Some(Message::Back),
            _ if modifiers == Modifiers::CTRL && key.to_latin(physical_key) == Some('f') => Some(Message::FocusSearch),
            _ => None,
        },
        _ => None,
    })
}

/// The sizes that the window gets, how dense its screen is, when it comes to the front, and files that are dropped on it.
pub(super) fn window() -> Subscription<Message> {
    Subscription::batch([
        Subscription::run(dropped::lists).map(Message::ListDropped),
        window::resize_events().map(|(_, size)| Message::Resized(size)),
        event::listen_with(|event, _, _| match event {
            Event::Window(window::Event::Rescaled(factor)) => Some(Message::Rescaled(factor)),
            Event::Window(window::Event::Focused) => Some(Message::Focused),
            // The toolkit tells this on X11 alone.
            Event::Window(window::Event::FileDropped(path)) => Some(Message::Dropped(path)),
            _ => None,
        }),
    ])
}
