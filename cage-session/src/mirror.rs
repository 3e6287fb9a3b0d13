//! Copies what cage draws into memory to the frame buffer: the whole picture once, then what changes.
//!
//! A Wayland client of cage, without a window. It asks cage for the output's pictures (wlr-screencopy), each of which comes when something has
//! changed, with the rectangles that did. Nothing moves while the screen stands still.

use std::{
    fs::File,
    io,
    os::{fd::AsFd, unix::fs::FileExt},
};

use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use wayland_client::{
    Connection, Dispatch, EventQueue, Proxy, QueueHandle, WEnum, delegate_noop,
    protocol::{wl_buffer::WlBuffer, wl_output::WlOutput, wl_registry, wl_shm, wl_shm_pool::WlShmPool},
};
use wayland_protocols_wlr::{
    output_management::v1::client::{
        zwlr_output_configuration_head_v1::ZwlrOutputConfigurationHeadV1,
        zwlr_output_configuration_v1::{self, ZwlrOutputConfigurationV1},
        zwlr_output_head_v1::{self, ZwlrOutputHeadV1},
        zwlr_output_manager_v1::{self, ZwlrOutputManagerV1},
        zwlr_output_mode_v1::ZwlrOutputModeV1,
    },
    screencopy::v1::client::{
        zwlr_screencopy_frame_v1::{self, ZwlrScreencopyFrameV1},
        zwlr_screencopy_manager_v1::ZwlrScreencopyManagerV1,
    },
};

use crate::{
    error::Error,
    graphics::{FrameBuffer, Shape},
};

/// Runs until cage is gone or the picture cannot be shown; never returns well.
pub(crate) fn run(frame_buffer: &FrameBuffer) -> Result<(), Error> {
    let shape = frame_buffer.shape()?;
    let device = File::options()
        .write(true)
        .open(&frame_buffer.device)
        .map_err(Error::file("opening", &frame_buffer.device))?;

    let connection = Connection::connect_to_env().map_err(wayland)?;
    let mut queue = connection.new_event_queue();
    let handle = queue.handle();
    let _registry = connection.display().get_registry(&handle, ());
    let mut mirror = Mirror::default();
    // The globals, and then what they say of themselves.
    for _ in 0..2 {
        let _ = queue.roundtrip(&mut mirror).map_err(wayland)?;
    }
    mirror.take_size(shape, &mut queue)?;

    loop {
        let picture = mirror.next_picture(&mut queue)?;
        let drawn = mirror.picture_file()?;
        for part in std::mem::take(&mut mirror.damage) {
            copy(picture, &drawn, shape, &device, part).map_err(Error::file("writing", &frame_buffer.device))?;
        }
    }
}

/// A part of the picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rectangle {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// Writes one part of the picture where the frame buffer has it.
fn copy(picture: Shape, from: &File, shape: Shape, to: &File, part: Rectangle) -> io::Result<()> {
    let right = part.x.saturating_add(part.width).min(picture.width).min(shape.width);
    let bottom = part.y.saturating_add(part.height).min(picture.height).min(shape.height);
    if part.x >= right || part.y >= bottom {
        return Ok(());
    }
    let mut line = vec![0; (right - part.x) as usize * 4];
    for y in part.y..bottom {
        let at = |stride: u32| u64::from(y) * u64::from(stride) + u64::from(part.x) * 4;
        from.read_exact_at(&mut line, at(picture.stride))?;
        to.write_all_at(&line, at(shape.stride))?;
    }
    Ok(())
}

/// What the connection has told so far.
#[derive(Debug, Default)]
struct Mirror {
    output: Option<WlOutput>,
    shm: Option<wl_shm::WlShm>,
    copier: Option<ZwlrScreencopyManagerV1>,
    sizes: Option<ZwlrOutputManagerV1>,
    head: Option<ZwlrOutputHeadV1>,
    serial: Option<u32>,
    /// Whether the size was taken; none while no answer has come.
    sized: Option<bool>,
    /// The shape that the next picture will have.
    offered: Option<(Shape, wl_shm::Format)>,
    /// Where cage puts pictures.
    memory: Option<Memory>,
    damage: Vec<Rectangle>,
    progress: Progress,
}

#[derive(Debug)]
struct Memory {
    file: File,
    buffer: WlBuffer,
    shape: Shape,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Progress {
    #[default]
    Asked,
    Offered,
    Ready,
    Failed,
}

impl Mirror {
    /// Gives cage's output the frame buffer's size. If cage will not, its own size is shown, cut to what fits.
    fn take_size(&mut self, shape: Shape, queue: &mut EventQueue<Self>) -> Result<(), Error> {
        let (Some(sizes), Some(head), Some(serial)) = (&self.sizes, &self.head, self.serial) else {
            return Ok(());
        };
        let handle = queue.handle();
        let configuration = sizes.create_configuration(serial, &handle, ());
        let (Ok(width), Ok(height)) = (i32::try_from(shape.width), i32::try_from(shape.height)) else {
            return Err(Error::FrameBuffer("its size is too large".into()));
        };
        configuration
            .enable_head(head, &handle, ())
            .set_custom_mode(width, height, 0);
        configuration.apply();
        while self.sized.is_none() {
            let _ = queue.blocking_dispatch(self).map_err(wayland)?;
        }
        configuration.destroy();
        if self.sized == Some(false) {
            eprintln!("moult-session: cage did not take the frame buffer's size {width}x{height}");
        }
        Ok(())
    }

    /// Waits for the next picture that differs from the one before. Its shape; the file has it, and `damage` what changed.
    fn next_picture(&mut self, queue: &mut EventQueue<Self>) -> Result<Shape, Error> {
        let handle = queue.handle();
        loop {
            let (Some(copier), Some(output)) = (&self.copier, &self.output) else {
                return Err(Error::FrameBuffer("cage gives no pictures of its output".into()));
            };
            self.progress = Progress::Asked;
            self.damage.clear();
            let frame = copier.capture_output(1, output, &handle, ());
            self.wait(queue, |progress| progress != Progress::Asked)?;
            if self.progress == Progress::Offered {
                let is_first = self.fit_memory(&handle)?;
                let Some(memory) = &self.memory else {
                    return Err(Error::FrameBuffer("there is no room for the picture".into()));
                };
                if is_first {
                    // Nothing of it is on the screen yet.
                    let all = Rectangle {
                        x: 0,
                        y: 0,
                        width: memory.shape.width,
                        height: memory.shape.height,
                    };
                    frame.copy(&memory.buffer);
                    self.damage.push(all);
                } else {
                    frame.copy_with_damage(&memory.buffer);
                }
                self.wait(queue, |progress| progress != Progress::Offered)?;
            }
            frame.destroy();
            match (self.progress, &self.memory) {
                (Progress::Ready, Some(memory)) => return Ok(memory.shape),
                // The output has just changed its size, perhaps: the next one will do, but not at once and for ever.
                _ => {
                    if let Some(old) = self.memory.take() {
                        old.buffer.destroy();
                    }
                    std::thread::sleep(std::time::Duration::from_millis(50));
                }
            }
        }
    }

    fn wait(&mut self, queue: &mut EventQueue<Self>, is_done: impl Fn(Progress) -> bool) -> Result<(), Error> {
        while !is_done(self.progress) {
            let _ = queue.blocking_dispatch(self).map_err(wayland)?;
        }
        Ok(())
    }

    /// Makes the memory fit what is offered. Whether it is new.
    fn fit_memory(&mut self, handle: &QueueHandle<Self>) -> Result<bool, Error> {
        let (Some((shape, format)), Some(shm)) = (self.offered, &self.shm) else {
            return Err(Error::FrameBuffer("cage offers no picture in memory".into()));
        };
        if !matches!(format, wl_shm::Format::Xrgb8888 | wl_shm::Format::Argb8888) {
            return Err(Error::FrameBuffer(format!("cage draws in the format {format:?}")));
        }
        if self.memory.as_ref().is_some_and(|memory| memory.shape == shape) {
            return Ok(false);
        }
        let length = u64::from(shape.stride) * u64::from(shape.height);
        let too_large = || Error::FrameBuffer("the picture is too large".into());
        let pool_length = i32::try_from(length).map_err(|_| too_large())?;
        let [width, height, stride] = [shape.width, shape.height, shape.stride].map(|n| i32::try_from(n).unwrap_or(0));
        let file =
            memfd_create("moult-mirror", MemfdFlags::CLOEXEC).map_err(Error::system("making room for the picture"))?;
        ftruncate(&file, length).map_err(Error::system("making room for the picture"))?;
        let pool = shm.create_pool(file.as_fd(), pool_length, handle, ());
        let buffer = pool.create_buffer(0, width, height, stride, format, handle, ());
        pool.destroy();
        if let Some(old) = self.memory.replace(Memory {
            file: file.into(),
            buffer,
            shape,
        }) {
            old.buffer.destroy();
        }
        Ok(true)
    }

    fn picture_file(&self) -> Result<File, Error> {
        let none = || io::Error::from(io::ErrorKind::NotFound);
        self.memory
            .as_ref()
            .ok_or_else(none)
            .and_then(|memory| memory.file.try_clone())
            .map_err(Error::system("reading the picture"))
    }
}

fn wayland(error: impl std::fmt::Display) -> Error {
    Error::FrameBuffer(format!("cage is gone: {error}"))
}

impl Dispatch<wl_registry::WlRegistry, ()> for Mirror {
    fn event(
        state: &mut Self,
        registry: &wl_registry::WlRegistry,
        event: wl_registry::Event,
        (): &(),
        _: &Connection,
        handle: &QueueHandle<Self>,
    ) {
        let wl_registry::Event::Global {
            name,
            interface,
            version,
        } = event
        else {
            return;
        };
        if interface == WlOutput::interface().name && state.output.is_none() {
            state.output = Some(registry.bind(name, 1, handle, ()));
        } else if interface == wl_shm::WlShm::interface().name {
            state.shm = Some(registry.bind(name, 1, handle, ()));
        } else if interface == ZwlrScreencopyManagerV1::interface().name && version >= 3 {
            state.copier = Some(registry.bind(name, 3, handle, ()));
        } else if interface == ZwlrOutputManagerV1::interface().name {
            state.sizes = Some(registry.bind(name, version.min(2), handle, ()));
        }
    }
}

impl Dispatch<ZwlrOutputManagerV1, ()> for Mirror {
    fn event(
        state: &mut Self,
        _: &ZwlrOutputManagerV1,
        event: zwlr_output_manager_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            zwlr_output_manager_v1::Event::Head { head } => state.head = state.head.take().or(Some(head)),
            zwlr_output_manager_v1::Event::Done { serial } => state.serial = Some(serial),
            _ => {}
        }
    }

    wayland_client::event_created_child!(Mirror, ZwlrOutputManagerV1, [
        zwlr_output_manager_v1::EVT_HEAD_OPCODE => (ZwlrOutputHeadV1, ()),
    ]);
}

impl Dispatch<ZwlrOutputHeadV1, ()> for Mirror {
    fn event(
        _: &mut Self,
        _: &ZwlrOutputHeadV1,
        _: zwlr_output_head_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }

    wayland_client::event_created_child!(Mirror, ZwlrOutputHeadV1, [
        zwlr_output_head_v1::EVT_MODE_OPCODE => (ZwlrOutputModeV1, ()),
    ]);
}

impl Dispatch<ZwlrOutputConfigurationV1, ()> for Mirror {
    fn event(
        state: &mut Self,
        _: &ZwlrOutputConfigurationV1,
        event: zwlr_output_configuration_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        state.sized = Some(matches!(event, zwlr_output_configuration_v1::Event::Succeeded));
    }
}

impl Dispatch<ZwlrScreencopyFrameV1, ()> for Mirror {
    fn event(
        state: &mut Self,
        _: &ZwlrScreencopyFrameV1,
        event: zwlr_screencopy_frame_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        use zwlr_screencopy_frame_v1::Event;
        match event {
            Event::Buffer {
                format: WEnum::Value(format),
                width,
                height,
                stride,
            } => {
                state.offered = Some((Shape { width, height, stride }, format));
            }
            Event::BufferDone => state.progress = Progress::Offered,
            Event::Damage { x, y, width, height } => state.damage.push(Rectangle { x, y, width, height }),
            Event::Ready { .. } => state.progress = Progress::Ready,
            Event::Failed => state.progress = Progress::Failed,
            _ => {}
        }
    }
}

delegate_noop!(Mirror: ignore WlOutput);
delegate_noop!(Mirror: ignore wl_shm::WlShm);
delegate_noop!(Mirror: ignore WlBuffer);
delegate_noop!(Mirror: ignore ZwlrOutputModeV1);
delegate_noop!(Mirror: WlShmPool);
delegate_noop!(Mirror: ZwlrScreencopyManagerV1);
delegate_noop!(Mirror: ZwlrOutputConfigurationHeadV1);

#[cfg(test)]
mod tests {
    use super::*;

    /// Each pixel is its own number.
    fn numbered(shape: Shape) -> File {
        let file = tempfile::tempfile().unwrap();
        for y in 0..shape.height {
            for x in 0..shape.width {
                let at = u64::from(y * shape.stride + x * 4);
                file.write_all_at(&(y * 1000 + x + 1).to_le_bytes(), at).unwrap();
            }
        }
        file
    }

    fn pixel(file: &File, shape: Shape, x: u32, y: u32) -> u32 {
        let mut bytes = [0; 4];
        file.read_exact_at(&mut bytes, u64::from(y * shape.stride + x * 4))
            .unwrap();
        u32::from_le_bytes(bytes)
    }

    #[test]
    fn a_part_is_copied_to_its_place_and_nothing_else_is_touched() {
        let picture = Shape {
            width: 8,
            height: 6,
            stride: 32,
        };
        // The frame buffer's lines are longer than its picture, and it is smaller than ours.
        let shape = Shape {
            width: 7,
            height: 5,
            stride: 64,
        };
        let (from, to) = (numbered(picture), tempfile::tempfile().unwrap());
        to.set_len(64 * 5).unwrap();
        let part = Rectangle {
            x: 2,
            y: 3,
            width: 100,
            height: 100,
        };
        copy(picture, &from, shape, &to, part).unwrap();
        assert_eq!(pixel(&to, shape, 2, 3), 3003);
        assert_eq!(pixel(&to, shape, 6, 4), 4007);
        assert_eq!(
            [
                pixel(&to, shape, 1, 3),
                pixel(&to, shape, 2, 2),
                pixel(&to, shape, 7, 4)
            ],
            [0, 0, 0]
        );
        assert_eq!(to.metadata().unwrap().len(), 64 * 5);
        copy(
            picture,
            &from,
            shape,
            &to,
            Rectangle {
                x: 9,
                y: 0,
                width: 1,
                height: 1,
            },
        )
        .unwrap();
    }
}
