//! The hand before the screen: a virtual pointer and a virtual keyboard with the key codes of real hardware.

use std::{
    fs,
    io::{Seek, Write},
    os::{fd::AsFd, unix::net::UnixStream},
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use kbvm::xkb::{Context, diagnostic::WriteToLog, rmlvo::Group};
use wayland_client::{
    Connection, Dispatch, EventQueue, QueueHandle, delegate_noop,
    protocol::{
        wl_keyboard::KeymapFormat,
        wl_pointer::{Axis, AxisSource, ButtonState},
        wl_registry::{self, WlRegistry},
        wl_seat::WlSeat,
    },
};
use wayland_protocols_misc::zwp_virtual_keyboard_v1::client::{
    zwp_virtual_keyboard_manager_v1::ZwpVirtualKeyboardManagerV1, zwp_virtual_keyboard_v1::ZwpVirtualKeyboardV1,
};
use wayland_protocols_wlr::virtual_pointer::v1::client::{
    zwlr_virtual_pointer_manager_v1::ZwlrVirtualPointerManagerV1, zwlr_virtual_pointer_v1::ZwlrVirtualPointerV1,
};

use super::Error;

/// Key codes of linux/input-event-codes.h, as far as tests name them.
#[allow(missing_docs)]
pub mod evdev {
    pub const ESC: u32 = 1;
    pub const BACKSPACE: u32 = 14;
    pub const TAB: u32 = 15;
    pub const Q: u32 = 16;
    pub const A: u32 = 30;
    pub const ENTER: u32 = 28;
    pub const LEFT_CTRL: u32 = 29;
    pub const LEFT_SHIFT: u32 = 42;
    pub const RIGHT_SHIFT: u32 = 54;
    pub const LEFT_ALT: u32 = 56;
    pub const SPACE: u32 = 57;
    pub const C: u32 = 46;
    pub const V: u32 = 47;
    pub const CAPS_LOCK: u32 = 58;
    pub const RIGHT_CTRL: u32 = 97;
    pub const RIGHT_ALT: u32 = 100;
    pub const HOME: u32 = 102;
    pub const UP: u32 = 103;
    pub const LEFT: u32 = 105;
    pub const RIGHT: u32 = 106;
    pub const END: u32 = 107;
    pub const DOWN: u32 = 108;
    pub const DELETE: u32 = 111;
    pub const LEFT_META: u32 = 125;
    pub(super) const LEFT_BUTTON: u32 = 0x110;
}

/// Each row of the us layout: plain, with Shift, the first key's code.
const ROWS: [(&str, &str, u32); 4] = [
    ("1234567890-=", "!@#$%^&*()_+", 2),
    ("qwertyuiop[]", "QWERTYUIOP{}", 16),
    ("asdfghjkl;'`", "ASDFGHJKL:\"~", 30),
    ("\\zxcvbnm,./", "|ZXCVBNM<>?", 43),
];

/// A picture of the screen: three bytes a pixel, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shot {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Red, green, blue.
    pub rgb: Vec<u8>,
}

impl Shot {
    /// How many different colours it has.
    pub fn colours(&self) -> usize {
        self.rgb.chunks_exact(3).collect::<std::collections::HashSet<_>>().len()
    }

    /// The colour of one pixel.
    pub fn at(&self, x: usize, y: usize) -> Option<[u8; 3]> {
        let start = y.checked_mul(self.width)?.checked_add(x)?.checked_mul(3)?;
        self.rgb.get(start..start.checked_add(3)?)?.try_into().ok()
    }

    /// Reads a binary PPM (P6, 8 bits), which is what grim writes when asked for `ppm`.
    ///
    /// # Errors
    /// [`Error::Picture`] when it is something else.
    pub fn from_ppm(bytes: &[u8]) -> Result<Shot, Error> {
        let mut rest = bytes;
        let mut fields = [0_usize; 3];
        rest = rest.strip_prefix(b"P6").ok_or(Error::Picture("not a PPM"))?;
        for field in &mut fields {
            let start = rest
                .iter()
                .position(u8::is_ascii_digit)
                .ok_or(Error::Picture("no size"))?;
            let end = rest
                .iter()
                .skip(start)
                .position(|b| !b.is_ascii_digit())
                .ok_or(Error::Picture("no end"))?;
            let (digits, after) = rest.split_at(start + end);
            let digits = std::str::from_utf8(digits.get(start..).unwrap_or_default()).unwrap_or_default();
            *field = digits.parse().map_err(|_| Error::Picture("a size too large"))?;
            rest = after;
        }
        let [width, height, 255] = fields else {
            return Err(Error::Picture("not 8 bits"));
        };
        let rgb = rest.get(1..).unwrap_or_default().to_vec();
        let wanted = width.checked_mul(height).and_then(|pixels| pixels.checked_mul(3));
        if wanted == Some(rgb.len()) {
            Ok(Shot { width, height, rgb })
        } else {
            Err(Error::Picture("cut off"))
        }
    }
}

#[derive(Debug, Default)]
struct Globals {
    seat: Option<WlSeat>,
    keyboards: Option<ZwpVirtualKeyboardManagerV1>,
    pointers: Option<ZwlrVirtualPointerManagerV1>,
}

impl Dispatch<WlRegistry, ()> for Globals {
    fn event(
        globals: &mut Self,
        registry: &WlRegistry,
        event: wl_registry::Event,
        (): &(),
        _: &Connection,
        queue: &QueueHandle<Self>,
    ) {
        let wl_registry::Event::Global { name, interface, .. } = event else {
            return;
        };
        match interface.as_str() {
            "wl_seat" => globals.seat = Some(registry.bind(name, 1, queue, ())),
            "zwp_virtual_keyboard_manager_v1" => globals.keyboards = Some(registry.bind(name, 1, queue, ())),
            "zwlr_virtual_pointer_manager_v1" => globals.pointers = Some(registry.bind(name, 1, queue, ())),
            _ => {}
        }
    }
}
delegate_noop!(Globals: ignore WlSeat);
delegate_noop!(Globals: ignore ZwpVirtualKeyboardManagerV1);
delegate_noop!(Globals: ignore ZwpVirtualKeyboardV1);
delegate_noop!(Globals: ignore ZwlrVirtualPointerManagerV1);
delegate_noop!(Globals: ignore ZwlrVirtualPointerV1);

/// A pointer and a keyboard at a compositor.
#[derive(Debug)]
pub struct Seat {
    queue: EventQueue<Globals>,
    globals: Globals,
    keyboard: ZwpVirtualKeyboardV1,
    pointer: ZwlrVirtualPointerV1,
    size: (u32, u32),
    modifiers: u32,
    begun: Instant,
    /// How long a key or button stays down, and the pause after it.
    pub pace: Duration,
}

impl Seat {
    /// Plugs both into the compositor that listens at `socket`. `size` is the screen's, in pixels; `xkb` the folder of
    /// keyboard descriptions (…/usr/share/X11/xkb).
    ///
    /// # Errors
    /// When the compositor does not take virtual input.
    pub fn connect(socket: &Path, size: (u32, u32), xkb: &Path) -> Result<Seat, Error> {
        let stream = UnixStream::connect(socket).map_err(Error::file("connecting to", socket))?;
        let connection = Connection::from_socket(stream).map_err(|e| Error::Wayland(e.to_string()))?;
        let mut queue = connection.new_event_queue();
        let handle = queue.handle();
        let mut globals = Globals::default();
        let _registry = connection.display().get_registry(&handle, ());
        roundtrip(&mut queue, &mut globals)?;

        let missing = |what: &str| Error::Wayland(format!("it has no {what}"));
        let seat = globals.seat.clone().ok_or_else(|| missing("seat"))?;
        let keyboards = globals.keyboards.clone().ok_or_else(|| missing("virtual keyboard"))?;
        let pointers = globals.pointers.clone().ok_or_else(|| missing("virtual pointer"))?;
        let keyboard = keyboards.create_virtual_keyboard(&seat, &handle, ());
        upload_keymap(&keyboard, xkb)?;
        let pointer = pointers.create_virtual_pointer(Some(&seat), &handle, ());
        roundtrip(&mut queue, &mut globals)?;
        Ok(Seat {
            queue,
            globals,
            keyboard,
            pointer,
            size,
            modifiers: 0,
            begun: Instant::now(),
            pace: Duration::from_millis(12),
        })
    }

    /// Moves the pointer to a point of the screen, in pixels from the top left.
    ///
    /// # Errors
    /// When the compositor is gone.
    pub fn move_to(&mut self, x: u32, y: u32) -> Result<(), Error> {
        self.pointer.motion_absolute(self.now(), x, y, self.size.0, self.size.1);
        self.pointer.frame();
        self.rest()
    }

    /// Moves there, presses the left button and lets it go.
    ///
    /// # Errors
    /// When the compositor is gone.
    pub fn click(&mut self, x: u32, y: u32) -> Result<(), Error> {
        self.hold(x, y, self.pace)
    }

    /// Moves there and keeps the left button down for a while.
    ///
    /// # Errors
    /// When the compositor is gone.
    pub fn hold(&mut self, x: u32, y: u32, how_long: Duration) -> Result<(), Error> {
        self.take_hold(x, y)?;
        sleep(how_long);
        self.let_go()
    }

    /// Scrolls by so many pixels, as fingers on a touchpad do; downward if positive. It does not rest afterwards.
    ///
    /// # Errors
    /// When the compositor is gone.
    pub fn scroll(&mut self, pixels: f64) -> Result<(), Error> {
        self.pointer.axis_source(AxisSource::Finger);
        self.pointer.axis(self.now(), Axis::VerticalScroll, pixels);
        self.pointer.frame();
        roundtrip(&mut self.queue, &mut self.globals)
    }

    /// Moves there and presses the left button, which stays down.
    ///
    /// # Errors
    /// When the compositor is gone.
    pub fn take_hold(&mut self, x: u32, y: u32) -> Result<(), Error> {
        self.move_to(x, y)?;
        self.button(ButtonState::Pressed)
    }

    /// Lets go of the left button.
    ///
    /// # Errors
    /// When the compositor is gone.
    pub fn let_go(&mut self) -> Result<(), Error> {
        self.button(ButtonState::Released)
    }

    fn button(&mut self, state: ButtonState) -> Result<(), Error> {
        self.pointer.button(self.now(), evdev::LEFT_BUTTON, state);
        self.pointer.frame();
        self.rest()
    }

    /// Presses and lets go one key, by its code on real hardware.
    ///
    /// # Errors
    /// When the compositor is gone.
    pub fn key(&mut self, code: u32) -> Result<(), Error> {
        self.chord(&[code])
    }

    /// Presses keys in order and lets them go in reverse.
    ///
    /// # Errors
    /// When the compositor is gone.
    pub fn chord(&mut self, codes: &[u32]) -> Result<(), Error> {
        for code in codes {
            self.press(*code, true)?;
        }
        for code in codes.iter().rev() {
            self.press(*code, false)?;
        }
        Ok(())
    }

    /// Presses the keys that on a us keyboard have these characters on them.
    ///
    /// # Errors
    /// [`Error::NoKey`] when there is none; else when the compositor is gone.
    pub fn type_us(&mut self, text: &str) -> Result<(), Error> {
        for character in text.chars() {
            let (code, shift) = us_key(character).ok_or(Error::NoKey(character))?;
            if shift {
                self.chord(&[evdev::LEFT_SHIFT, code])?
            } else {
                self.key(code)?
            }
        }
        Ok(())
    }

    /// Presses (or lets go) one key; the modifiers follow.
    ///
    /// # Errors
    /// When the compositor is gone.
    pub fn press(&mut self, code: u32, down: bool) -> Result<(), Error> {
        self.keyboard.key(self.now(), code, u32::from(down));
        let bit = match code {
            evdev::LEFT_SHIFT | evdev::RIGHT_SHIFT => 1,
            evdev::LEFT_CTRL | evdev::RIGHT_CTRL => 1 << 2,
            evdev::LEFT_ALT | evdev::RIGHT_ALT => 1 << 3,
            evdev::LEFT_META => 1 << 6,
            _ => 0,
        };
        if bit != 0 {
            self.modifiers = if down {
                self.modifiers | bit
            } else {
                self.modifiers & !bit
            };
            self.keyboard.modifiers(self.modifiers, 0, 0, 0);
        }
        self.rest()
    }

    fn now(&self) -> u32 {
        // Wayland's clock is 32 bits of milliseconds and wraps.
        (self.begun.elapsed().as_millis() & u128::from(u32::MAX)) as u32
    }

    fn rest(&mut self) -> Result<(), Error> {
        roundtrip(&mut self.queue, &mut self.globals)?;
        sleep(self.pace);
        Ok(())
    }
}

fn roundtrip(queue: &mut EventQueue<Globals>, globals: &mut Globals) -> Result<(), Error> {
    queue
        .roundtrip(globals)
        .map(drop)
        .map_err(|e| Error::Wayland(e.to_string()))
}

fn us_key(character: char) -> Option<(u32, bool)> {
    match character {
        ' ' => return Some((evdev::SPACE, false)),
        '\n' => return Some((evdev::ENTER, false)),
        '\t' => return Some((evdev::TAB, false)),
        _ => {}
    }
    ROWS.iter().find_map(|(plain, shifted, first)| {
        let at = |row: &str| {
            row.chars()
                .position(|c| c == character)
                .and_then(|at| u32::try_from(at).ok())
        };
        at(plain)
            .map(|at| (first + at, false))
            .or_else(|| at(shifted).map(|at| (first + at, true)))
    })
}

fn upload_keymap(keyboard: &ZwpVirtualKeyboardV1, xkb: &Path) -> Result<(), Error> {
    if !xkb.join("rules/evdev").exists() {
        return Err(Error::Picture("no keyboard descriptions"));
    }
    let mut builder = Context::builder();
    builder.enable_default_includes(false);
    builder.enable_environment(false);
    builder.append_path(xkb);
    let us = [Group {
        layout: "us",
        variant: "",
    }];
    let keymap = builder
        .build()
        .keymap_from_names(WriteToLog, None, None, Some(&us), None);
    let text = format!("{}\0", keymap.format());

    let memory = rustix::fs::memfd_create("keymap", rustix::fs::MemfdFlags::CLOEXEC)
        .map_err(|e| Error::system("making the keymap's memory")(e))?;
    let mut file = fs::File::from(memory);
    file.write_all(text.as_bytes())
        .and_then(|()| file.rewind())
        .map_err(Error::system("writing the keymap"))?;
    let size = u32::try_from(text.len()).map_err(|_| Error::Wayland("the keymap is too long".into()))?;
    keyboard.keymap(KeymapFormat::XkbV1.into(), file.as_fd(), size);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_printable_ascii_character_has_a_key() {
        for character in (' '..='~').chain(['\n', '\t']) {
            assert!(us_key(character).is_some(), "{character:?}");
        }
        assert_eq!(us_key('q'), Some((16, false)));
        assert_eq!(us_key('?'), Some((53, true)));
        assert_eq!(us_key('é'), None);
    }

    #[test]
    fn a_ppm_is_read_and_a_cut_one_refused() {
        let shot = Shot::from_ppm(b"P6\n2 1\n255\n\x01\x02\x03\x0a\x0b\x0c").unwrap();
        assert_eq!((shot.width, shot.height, shot.colours()), (2, 1, 2));
        assert_eq!((shot.at(1, 0), shot.at(0, 1)), (Some([10, 11, 12]), None));
        for bad in [
            &b"P6\n2 1\n255\n\x01\x02"[..],
            b"P5\n1 1\n255\n\0",
            b"P6\n99999999999999999999 1\n255\n",
            b"P6",
        ] {
            assert!(Shot::from_ppm(bad).is_err());
        }
    }
}
