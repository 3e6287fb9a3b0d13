//! What the screen is drawn on: a graphics driver, or the firmware's frame buffer.
//!
//! cage wants a driver (`/dev/dri/card*`). The live image has such drivers for virtual machines alone: every other machine is shown a picture
//! by its firmware's frame buffer, `/dev/fb0`. cage then draws into memory, and `mirror` copies what changes.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use crate::error::Error;

/// The word on the kernel's command line that asks for the frame buffer.
const SAFE: &str = "moult.safe";
/// The setting that lets cage start without a keyboard and a mouse.
const NO_DEVICES: &str = "WLR_LIBINPUT_NO_DEVICES";

/// What cage draws on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Graphics {
    /// Whatever cage finds by itself.
    Driver,
    /// Memory, copied to the frame buffer.
    FrameBuffer,
}

impl Graphics {
    /// The choice for this machine. Someone who has set cage's backends has chosen already.
    pub(crate) fn of_machine() -> Graphics {
        let asked = fs::read_to_string("/proc/cmdline").unwrap_or_default();
        Self::choose(
            &asked,
            std::env::var_os("WLR_BACKENDS").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some(),
            has_driver(Path::new("/dev/dri")),
            FrameBuffer::default().exists(),
        )
    }

    fn choose(command_line: &str, is_set: bool, has_driver: bool, has_frame_buffer: bool) -> Graphics {
        let is_safe = command_line.split_whitespace().any(|word| word == SAFE);
        if !is_set && has_frame_buffer && (is_safe || !has_driver) {
            Graphics::FrameBuffer
        } else {
            Graphics::Driver
        }
    }

    /// What to try instead after this one failed, without a question: a driver that came too late for the first choice, and took the frame
    /// buffer away. `now` is [`of_machine`](Self::of_machine); `is_asked`: a person wants the frame buffer.
    pub(crate) fn instead(self, now: Graphics, is_asked: bool) -> Option<Graphics> {
        (self == Graphics::FrameBuffer && now == Graphics::Driver && !is_asked).then_some(now)
    }

    /// What cage's environment needs for it.
    pub(crate) fn environment(self, mut given: Vec<(OsString, OsString)>) -> Vec<(OsString, OsString)> {
        // Without it cage ends where the kernel has found neither keyboard nor mouse yet; with it, it takes them when they come.
        if !given.iter().any(|(name, _)| name == NO_DEVICES) {
            given.push((NO_DEVICES.into(), "1".into()));
        }
        if self == Graphics::FrameBuffer {
            let own = [
                ("WLR_BACKENDS", "headless,libinput"),
                ("WLR_HEADLESS_OUTPUTS", "1"),
                ("WLR_RENDERER", "pixman"),
            ];
            given.retain(|(name, _)| own.iter().all(|(other, _)| name != other));
            given.extend(own.map(|(name, value)| (name.into(), value.into())));
        }
        given
    }
}

fn has_driver(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("card"))
    })
}

/// The firmware's frame buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FrameBuffer {
    pub(crate) device: PathBuf,
    /// The kernel's folder of facts about it.
    facts: PathBuf,
}

impl Default for FrameBuffer {
    fn default() -> Self {
        Self {
            device: "/dev/fb0".into(),
            facts: "/sys/class/graphics/fb0".into(),
        }
    }
}

/// Its shape. Each pixel is four bytes: blue, green, red, unused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Pixels.
    pub(crate) width: u32,
    /// Pixels.
    pub(crate) height: u32,
    /// Bytes from one line to the next.
    pub(crate) stride: u32,
}

impl FrameBuffer {
    pub(crate) fn exists(&self) -> bool {
        self.device.exists()
    }

    /// Reads its shape.
    pub(crate) fn shape(&self) -> Result<Shape, Error> {
        let size = self.fact("virtual_size")?;
        let (width, height) = size
            .split_once(',')
            .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)))
            .ok_or_else(|| Error::FrameBuffer(format!("its size is {size:?}")))?;
        let bits = self.fact("bits_per_pixel")?;
        if bits != "32" {
            return Err(Error::FrameBuffer(format!("it has {bits} bits a pixel, not 32")));
        }
        let stride = self.fact("stride")?;
        let stride = stride
            .parse()
            .ok()
            .filter(|stride| u64::from(*stride) >= u64::from(width) * 4)
            .ok_or_else(|| Error::FrameBuffer(format!("its lines have {stride:?} bytes")))?;
        Ok(Shape { width, height, stride })
    }

    fn fact(&self, name: &str) -> Result<String, Error> {
        let path = self.facts.join(name);
        let text = fs::read_to_string(&path).map_err(Error::file("reading", path))?;
        Ok(text.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_buffer_is_taken_where_there_is_no_driver_or_when_it_is_asked_for() {
        use Graphics::{Driver, FrameBuffer};
        let choose = Graphics::choose;
        assert_eq!(choose("quiet", false, true, true), Driver);
        assert_eq!(choose("quiet", false, false, true), FrameBuffer);
        assert_eq!(choose("quiet moult.safe", false, true, true), FrameBuffer);
        // Nothing to draw on: cage says so better than we could.
        assert_eq!(choose("moult.safe", false, false, false), Driver);
        // A test or a person has chosen; and another word is another word.
        assert_eq!(choose("moult.safe", true, false, true), Driver);
        assert_eq!(choose("moult.safest", false, true, true), Driver);
    }

    #[test]
    fn a_driver_that_comes_later_is_taken_unless_a_person_asked_for_the_frame_buffer() {
        use Graphics::{Driver, FrameBuffer};
        assert_eq!(FrameBuffer.instead(Driver, false), Some(Driver));
        assert_eq!(FrameBuffer.instead(Driver, true), None);
        // What fails again is told.
        assert_eq!(FrameBuffer.instead(FrameBuffer, false), None);
        assert_eq!(Driver.instead(Driver, false), None);
    }

    #[test]
    fn cage_draws_into_memory_for_the_frame_buffer_and_as_it_was_told_otherwise() {
        let given: Vec<(OsString, OsString)> =
            vec![("LANG".into(), "C".into()), ("WLR_RENDERER".into(), "gles2".into())];
        let driver = Graphics::Driver.environment(given.clone());
        assert_eq!(driver.get(..given.len()), Some(given.as_slice()));
        // Whatever it draws on, it starts before there is a keyboard; and as it was told, if it was told.
        assert_eq!(driver.get(given.len()..), Some(&[(NO_DEVICES.into(), "1".into())][..]));
        assert_eq!(Graphics::Driver.environment(driver.clone()), driver);
        let safe = Graphics::FrameBuffer.environment(given);
        assert!(
            safe.contains(&("WLR_RENDERER".into(), "pixman".into())) && safe.contains(&("LANG".into(), "C".into()))
        );
        assert!(safe.contains(&(NO_DEVICES.into(), "1".into())));
        assert_eq!(safe.iter().filter(|(name, _)| name == "WLR_RENDERER").count(), 1);
    }

    #[test]
    fn a_frame_buffer_that_cannot_be_drawn_on_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let buffer = FrameBuffer {
            device: folder.path().join("fb0"),
            facts: folder.path().to_owned(),
        };
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("virtual_size", "1280,800\n");
        write("bits_per_pixel", "32\n");
        write("stride", "5120\n");
        let shape = Shape {
            width: 1280,
            height: 800,
            stride: 5120,
        };
        assert_eq!(buffer.shape().unwrap(), shape);
        write("stride", "5119\n");
        assert!(buffer.shape().unwrap_err().to_string().contains("5119"));
        write("bits_per_pixel", "16\n");
        assert!(buffer.shape().unwrap_err().to_string().contains("16 bits"));
        assert!(!buffer.exists());
    }
}
