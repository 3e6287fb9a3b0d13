//! What the program learns from the machine it runs on: keys nobody wanted, the clock, its own first frame.

use std::path::Path;

use iced::event::{self, Status};
use iced::keyboard::{Event as KeyEvent, Key, key::Named};
use iced::{Event, Subscription};

use super::Message;

/// Enter and Escape that no control took.
pub(super) fn keys() -> Subscription<Message> {
    event::listen_with(|event, status, _| match event {
        Event::Keyboard(KeyEvent::KeyPressed {
            key: Key::Named(key),
            repeat: false,
            modifiers,
            ..
        }) if status == Status::Ignored && modifiers.is_empty() => match key {
            Named::Enter => Some(Message::Enter),
            Named::Escape => Some(Message::Escape),
            _ => None,
        },
        _ => None,
    })
}

/// The time zone of this system, else UTC.
pub(super) fn timezone() -> String {
    std::fs::read_link("/etc/localtime")
        .ok()
        .and_then(|link| zone(&link))
        .unwrap_or_else(|| "UTC".to_owned())
}

fn zone(link: &Path) -> Option<String> {
    let zone = link.to_str()?.split_once("/zoneinfo/")?.1;
    let is_name = |part: &str| part.starts_with(|c: char| c.is_ascii_uppercase());

    (!zone.is_empty() && zone.split('/').all(is_name)).then(|| zone.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_zone_is_what_localtime_points_to() {
        assert_eq!(
            zone(Path::new("/usr/share/zoneinfo/Europe/Berlin")).as_deref(),
            Some("Europe/Berlin")
        );
        assert_eq!(
            zone(Path::new("../usr/share/zoneinfo/Etc/UTC")).as_deref(),
            Some("Etc/UTC")
        );
        assert_eq!(zone(Path::new("/usr/share/zoneinfo/../passwd")), None);
        assert_eq!(zone(Path::new("/usr/share/zoneinfo/")), None);
        assert_eq!(zone(Path::new("/etc/else")), None);
    }
}
