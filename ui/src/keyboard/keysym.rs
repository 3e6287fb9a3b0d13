//! XKB keysyms as iced's logical keys.

use iced::keyboard::Key;
use iced::keyboard::key::Named;
use kbvm::{Keysym, syms};

/// What a keysym means to a widget: a named key, a character, or nothing it would know.
#[must_use]
pub fn key(symbol: Keysym) -> Key {
    if let Some(named) = named(symbol) {
        return Key::Named(named);
    }

    match symbol.char() {
        Some(character) if !character.is_control() => Key::Character(character.to_string().into()),
        _ => Key::Unidentified,
    }
}

/// Whether a keysym waits for the next key (a dead key, or Compose).
#[must_use]
pub fn begins_sequence(symbol: Keysym) -> bool {
    symbol == syms::Multi_key || symbol.name().is_some_and(|name| name.starts_with("dead_"))
}

fn named(symbol: Keysym) -> Option<Named> {
    Some(match symbol {
        syms::BackSpace => Named::Backspace,
        syms::Delete | syms::KP_Delete => Named::Delete,
        syms::Insert | syms::KP_Insert => Named::Insert,
        syms::Return | syms::KP_Enter | syms::ISO_Enter => Named::Enter,
        syms::Tab | syms::ISO_Left_Tab | syms::KP_Tab => Named::Tab,
        syms::space | syms::KP_Space => Named::Space,
        syms::Escape => Named::Escape,
        syms::Left | syms::KP_Left => Named::ArrowLeft,
        syms::Right | syms::KP_Right => Named::ArrowRight,
        syms::Up | syms::KP_Up => Named::ArrowUp,
        syms::Down | syms::KP_Down => Named::ArrowDown,
        syms::Home | syms::KP_Home => Named::Home,
        syms::End | syms::KP_End => Named::End,
        syms::Prior | syms::KP_Prior => Named::PageUp,
        syms::Next | syms::KP_Next => Named::PageDown,
        syms::Shift_L | syms::Shift_R => Named::Shift,
        syms::Control_L | syms::Control_R => Named::Control,
        syms::Alt_L | syms::Alt_R | syms::Meta_L | syms::Meta_R => Named::Alt,
        syms::Super_L | syms::Super_R => Named::Super,
        syms::ISO_Level3_Shift | syms::Mode_switch => Named::AltGraph,
        syms::Caps_Lock | syms::Shift_Lock => Named::CapsLock,
        syms::Num_Lock => Named::NumLock,
        syms::Scroll_Lock => Named::ScrollLock,
        syms::Multi_key => Named::Compose,
        syms::Menu => Named::ContextMenu,
        syms::Print => Named::PrintScreen,
        syms::Pause => Named::Pause,
        syms::F1 => Named::F1,
        syms::F2 => Named::F2,
        syms::F3 => Named::F3,
        syms::F4 => Named::F4,
        syms::F5 => Named::F5,
        syms::F6 => Named::F6,
        syms::F7 => Named::F7,
        syms::F8 => Named::F8,
        syms::F9 => Named::F9,
        syms::F10 => Named::F10,
        syms::F11 => Named::F11,
        syms::F12 => Named::F12,
        _ => return None,
    })
}
