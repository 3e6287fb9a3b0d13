//! iced's physical keys as Linux evdev codes (linux/input-event-codes.h), the codes every XKB keymap is written for.
//!
//! The names are those of winit's Wayland backend, turned around.

use iced::keyboard::key::{Code, NativeCode, Physical};

/// The evdev code of a physical key; `None` for a key that has none (or for an event that was made up).
#[must_use]
pub fn code(key: Physical) -> Option<u32> {
    match key {
        Physical::Code(code) => named(code),
        Physical::Unidentified(NativeCode::Xkb(raw)) => Some(raw),
        Physical::Unidentified(_) => None,
    }
}

#[rustfmt::skip]
fn named(code: Code) -> Option<u32> {
    Some(match code {
        Code::Escape => 1, Code::Digit1 => 2, Code::Digit2 => 3, Code::Digit3 => 4,
        Code::Digit4 => 5, Code::Digit5 => 6, Code::Digit6 => 7, Code::Digit7 => 8,
        Code::Digit8 => 9, Code::Digit9 => 10, Code::Digit0 => 11, Code::Minus => 12,
        Code::Equal => 13, Code::Backspace => 14, Code::Tab => 15, Code::KeyQ => 16,
        Code::KeyW => 17, Code::KeyE => 18, Code::KeyR => 19, Code::KeyT => 20,
        Code::KeyY => 21, Code::KeyU => 22, Code::KeyI => 23, Code::KeyO => 24,
        Code::KeyP => 25, Code::BracketLeft => 26, Code::BracketRight => 27, Code::Enter => 28,
        Code::ControlLeft => 29, Code::KeyA => 30, Code::KeyS => 31, Code::KeyD => 32,
        Code::KeyF => 33, Code::KeyG => 34, Code::KeyH => 35, Code::KeyJ => 36,
        Code::KeyK => 37, Code::KeyL => 38, Code::Semicolon => 39, Code::Quote => 40,
        Code::Backquote => 41, Code::ShiftLeft => 42, Code::Backslash => 43, Code::KeyZ => 44,
        Code::KeyX => 45, Code::KeyC => 46, Code::KeyV => 47, Code::KeyB => 48,
        Code::KeyN => 49, Code::KeyM => 50, Code::Comma => 51, Code::Period => 52,
        Code::Slash => 53, Code::ShiftRight => 54, Code::NumpadMultiply => 55, Code::AltLeft => 56,
        Code::Space => 57, Code::CapsLock => 58, Code::F1 => 59, Code::F2 => 60,
        Code::F3 => 61, Code::F4 => 62, Code::F5 => 63, Code::F6 => 64,
        Code::F7 => 65, Code::F8 => 66, Code::F9 => 67, Code::F10 => 68,
        Code::NumLock => 69, Code::ScrollLock => 70, Code::Numpad7 => 71, Code::Numpad8 => 72,
        Code::Numpad9 => 73, Code::NumpadSubtract => 74, Code::Numpad4 => 75, Code::Numpad5 => 76,
        Code::Numpad6 => 77, Code::NumpadAdd => 78, Code::Numpad1 => 79, Code::Numpad2 => 80,
        Code::Numpad3 => 81, Code::Numpad0 => 82, Code::NumpadDecimal => 83, Code::Lang5 => 85,
        Code::IntlBackslash => 86, Code::F11 => 87, Code::F12 => 88, Code::IntlRo => 89,
        Code::Lang3 => 90, Code::Lang4 => 91, Code::Convert => 92, Code::KanaMode => 93,
        Code::NonConvert => 94, Code::NumpadEnter => 96, Code::ControlRight => 97, Code::NumpadDivide => 98,
        Code::PrintScreen => 99, Code::AltRight => 100, Code::Home => 102, Code::ArrowUp => 103,
        Code::PageUp => 104, Code::ArrowLeft => 105, Code::ArrowRight => 106, Code::End => 107,
        Code::ArrowDown => 108, Code::PageDown => 109, Code::Insert => 110, Code::Delete => 111,
        Code::AudioVolumeMute => 113, Code::AudioVolumeDown => 114, Code::AudioVolumeUp => 115, Code::NumpadEqual => 117,
        Code::Pause => 119, Code::NumpadComma => 121, Code::Lang1 => 122, Code::Lang2 => 123,
        Code::IntlYen => 124, Code::SuperLeft => 125, Code::SuperRight => 126, Code::ContextMenu => 127,
        Code::MediaTrackNext => 163, Code::MediaPlayPause => 164, Code::MediaTrackPrevious => 165, Code::MediaStop => 166,
        Code::F13 => 183, Code::F14 => 184, Code::F15 => 185, Code::F16 => 186,
        Code::F17 => 187, Code::F18 => 188, Code::F19 => 189, Code::F20 => 190,
        Code::F21 => 191, Code::F22 => 192, Code::F23 => 193, Code::F24 => 194,

        _ => return None,
    })
}
