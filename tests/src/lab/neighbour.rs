//! Another program, such as a file manager: something is dragged from its window, copied there, or pasted.

use std::{
    fs,
    io::{self, Read, Write},
    os::{fd::AsFd, unix::net::UnixStream},
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use wayland_client::{
    Connection, Dispatch, EventQueue, Proxy, QueueHandle, WEnum, delegate_noop, event_created_child,
    protocol::{
        wl_buffer::WlBuffer,
        wl_compositor::WlCompositor,
        wl_data_device::{self, WlDataDevice},
        wl_data_device_manager::{DndAction, WlDataDeviceManager},
        wl_data_offer::WlDataOffer,
        wl_data_source::{self, WlDataSource},
        wl_pointer::{self, ButtonState, WlPointer},
        wl_registry::{self, WlRegistry},
        wl_seat::WlSeat,
        wl_shm::{Format, WlShm},
        wl_shm_pool::WlShmPool,
        wl_surface::WlSurface,
    },
};
use wayland_protocols::xdg::shell::client::{
    xdg_surface::{self, XdgSurface},
    xdg_toplevel::XdgToplevel,
    xdg_wm_base::{self, XdgWmBase},
};

use super::{Error, Seat};

/// The window's width and height in pixels; it is in the screen's corner.
const SIDE: u32 = 120;
/// How long each thing may take to come.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long whoever wants nothing of it has it over its window.
const REFUSED: Duration = Duration::from_millis(500);
/// A hand that drags is on its way for some frames.
const STEPS: u32 = 12;

/// The forms of a text.
const TEXTS: [&str; 2] = ["text/plain;charset=utf-8", "text/plain"];

/// What became of something that was dragged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was read, and called done.
    Taken,
    /// Nobody wanted it.
    Refused,
}

/// Another program, which has a window in the screen's top left corner as long as it is there.
#[derive(Debug)]
pub struct Neighbour {
    queue: EventQueue<Window>,
    window: Window,
}

impl Neighbour {
    /// Drags something in the form `mime` from its window to a point of the screen, and lets go of it there: once whoever is
    /// below wants it, or a moment later if it shall be refused.
    ///
    /// # Errors
    /// When nobody says what became of it.
    pub(super) fn drag(
        &mut self,
        seat: &mut Seat,
        mime: &str,
        content: &[u8],
        (x, y): (u32, u32),
        expected: Fate,
    ) -> Result<Fate, Error> {
        self.press(seat)?;
        let source = self.source(&[mime], content)?;
        source.set_actions(DndAction::Copy);
        let Window {
            surface: Some(surface),
            device: Some(device),
            pressed: Some(serial),
            ..
        } = &self.window
        else {
            return Err(missing("pressed button"));
        };
        device.start_drag(Some(&source), surface, None, *serial);
        self.roundtrip()?;

        let from = SIDE / 2;
        for step in 1..=STEPS {
            let on_the_way = |to: u32| (from * (STEPS - step) + to * step) / STEPS;
            seat.move_to(on_the_way(x), on_the_way(y))?;
            self.roundtrip()?;
        }
        match expected {
            Fate::Taken => self.until("it is wanted", |window| window.is_wanted && window.has_action)?,
            Fate::Refused => self.hand_over(REFUSED, |_| false)?,
        }
        seat.let_go()?;
        self.until("something becomes of it", |window| window.fate.is_some())?;
        self.window.fate.ok_or(Error::Wayland("nothing became of it".into()))
    }

    /// Copies a text in it.
    ///
    /// # Errors
    /// When it cannot be clicked.
    pub(super) fn copy(&mut self, seat: &mut Seat, text: &str) -> Result<(), Error> {
        self.press(seat)?;
        seat.let_go()?;
        let source = self.source(&TEXTS, text.as_bytes())?;
        let (Some(device), Some(serial)) = (&self.window.device, self.window.pressed) else {
            return Err(missing("pressed button"));
        };
        device.set_selection(Some(&source), serial);
        self.roundtrip()
    }

    /// Hands over what it copied to whoever pastes it, but waits no longer than so long for that.
    ///
    /// # Errors
    /// When the compositor is gone.
    pub(super) fn hand_over_once(&mut self, how_long: Duration) -> Result<(), Error> {
        self.window.has_sent = false;
        self.hand_over(how_long, |window| window.has_sent)
    }

    fn hand_over(&mut self, how_long: Duration, is_over: impl Fn(&Window) -> bool) -> Result<(), Error> {
        let begun = Instant::now();
        while begun.elapsed() < how_long && !is_over(&self.window) {
            self.roundtrip()?;
            sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// What is pasted in it: the text that was copied last. Until that is the expected one it is pasted again: what was copied
    /// before is offered until the compositor has heard of the next.
    ///
    /// # Errors
    /// When it cannot be clicked, or nothing was copied.
    pub(super) fn paste(&mut self, seat: &mut Seat, expected: &str) -> Result<String, Error> {
        self.press(seat)?;
        seat.let_go()?;
        self.until("something was copied", |window| window.selection.is_some())?;
        let begun = Instant::now();
        loop {
            let text = self.receive()?;
            if text == expected || begun.elapsed() > PATIENCE {
                return Ok(text);
            }
            sleep(Duration::from_millis(50));
        }
    }

    fn receive(&mut self) -> Result<String, Error> {
        let (mut ours, theirs) = io::pipe().map_err(Error::system("making a pipe"))?;
        if let Some(offer) = &self.window.selection {
            offer.receive(TEXTS[0].to_owned(), theirs.as_fd());
        }
        self.roundtrip()?;
        drop(theirs);
        let mut text = String::new();
        let _ = ours
            .read_to_string(&mut text)
            .map_err(Error::system("reading what was copied"))?;
        Ok(text)
    }

    /// Presses the button on its window.
    fn press(&mut self, seat: &mut Seat) -> Result<(), Error> {
        let from = SIDE / 2;
        self.window.pressed = None;
        seat.move_to(from + 1, from)?;
        self.until("the pointer comes to it", |window| window.has_pointer)?;
        seat.take_hold(from, from)?;
        self.until("the button is pressed on it", |window| window.pressed.is_some())
    }

    fn source(&mut self, mimes: &[&str], content: &[u8]) -> Result<WlDataSource, Error> {
        let data = self.window.globals.data.as_ref();
        let data = data.ok_or_else(|| missing("data devices"))?;
        let source = data.create_data_source(&self.queue.handle(), ());
        for mime in mimes {
            source.offer((*mime).to_owned());
        }
        self.window.content = content.to_vec();
        (self.window.is_wanted, self.window.has_action) = (false, false);
        self.window.fate = None;
        Ok(source)
    }

    /// Opens its window, with one colour in it.
    ///
    /// # Errors
    /// When the compositor has no window for it.
    pub(super) fn open(socket: &Path) -> Result<Neighbour, Error> {
        let stream = UnixStream::connect(socket).map_err(Error::file("connecting to", socket))?;
        let connection = Connection::from_socket(stream).map_err(|e| Error::Wayland(e.to_string()))?;
        let queue = connection.new_event_queue();
        let handle = queue.handle();
        let _registry = connection.display().get_registry(&handle, ());
        let mut neighbour = Neighbour {
            queue,
            window: Window::default(),
        };
        neighbour.roundtrip()?;

        let globals = &neighbour.window.globals;
        let compositor = globals.compositor.as_ref().ok_or_else(|| missing("compositor"))?;
        let memory = globals.memory.as_ref().ok_or_else(|| missing("shared memory"))?;
        let shell = globals.shell.as_ref().ok_or_else(|| missing("shell"))?;
        let seat = globals.seat.as_ref().ok_or_else(|| missing("seat"))?;
        let data = globals.data.as_ref().ok_or_else(|| missing("data devices"))?;

        let _pointer = seat.get_pointer(&handle, ());
        let device = data.get_data_device(seat, &handle, ());
        let surface = compositor.create_surface(&handle, ());
        let role = shell.get_xdg_surface(&surface, &handle, ());
        let toplevel = role.get_toplevel(&handle, ());
        toplevel.set_title("Files".to_owned());
        surface.commit();
        let buffer = paint(memory, &handle)?;
        neighbour.window.device = Some(device);
        neighbour.until("its size is said", |window| window.is_configured)?;
        surface.attach(Some(&buffer), 0, 0);
        surface.commit();
        neighbour.window.surface = Some(surface);
        neighbour.roundtrip()?;
        Ok(neighbour)
    }

    fn roundtrip(&mut self) -> Result<(), Error> {
        let done = self.queue.roundtrip(&mut self.window);
        done.map_err(|e| Error::Wayland(e.to_string()))?;
        match self.window.wrong.take() {
            None => Ok(()),
            Some(wrong) => Err(Error::Wayland(wrong)),
        }
    }

    fn until(&mut self, what: &str, is_so: impl Fn(&Window) -> bool) -> Result<(), Error> {
        let begun = Instant::now();
        while !is_so(&self.window) {
            if begun.elapsed() > PATIENCE {
                return Err(Error::Timeout {
                    what: format!("a neighbour's window: that {what}"),
                    waited: PATIENCE,
                    seen: format!("{:?}", self.window),
                });
            }
            self.roundtrip()?;
            sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Window {
    globals: Globals,
    surface: Option<WlSurface>,
    device: Option<WlDataDevice>,
    /// What was copied last, as the compositor offers it.
    selection: Option<WlDataOffer>,
    is_configured: bool,
    has_pointer: bool,
    /// The number of the event that pressed the button.
    pressed: Option<u32>,
    content: Vec<u8>,
    /// It was handed over.
    has_sent: bool,
    /// Whoever is below what is dragged takes its form.
    is_wanted: bool,
    /// The compositor said what shall become of what is dragged: a copy, say.
    has_action: bool,
    fate: Option<Fate>,
    wrong: Option<String>,
}

#[derive(Debug, Default)]
struct Globals {
    compositor: Option<WlCompositor>,
    memory: Option<WlShm>,
    shell: Option<XdgWmBase>,
    seat: Option<WlSeat>,
    data: Option<WlDataDeviceManager>,
}

fn missing(what: &str) -> Error {
    Error::Wayland(format!("there is no {what}"))
}

fn paint(memory: &WlShm, queue: &QueueHandle<Window>) -> Result<WlBuffer, Error> {
    let pixels = [0xff, 0x99, 0x33, 0xff].repeat((SIDE * SIDE) as usize);
    let file = rustix::fs::memfd_create("window", rustix::fs::MemfdFlags::CLOEXEC)
        .map_err(|e| Error::system("making a window's memory")(e))?;
    let mut file = fs::File::from(file);
    file.write_all(&pixels).map_err(Error::system("painting a window"))?;
    let side = SIDE.cast_signed();
    let pool = memory.create_pool(file.as_fd(), side * side * 4, queue, ());
    Ok(pool.create_buffer(0, side, side, side * 4, Format::Xrgb8888, queue, ()))
}

impl Dispatch<WlRegistry, ()> for Window {
    fn event(
        window: &mut Self,
        registry: &WlRegistry,
        event: wl_registry::Event,
        (): &(),
        _: &Connection,
        queue: &QueueHandle<Self>,
    ) {
        let wl_registry::Event::Global { name, interface, .. } = event else {
            return;
        };
        let globals = &mut window.globals;
        match interface.as_str() {
            "wl_compositor" => globals.compositor = Some(registry.bind(name, 4, queue, ())),
            "wl_shm" => globals.memory = Some(registry.bind(name, 1, queue, ())),
            "xdg_wm_base" => globals.shell = Some(registry.bind(name, 1, queue, ())),
            "wl_seat" => globals.seat = Some(registry.bind(name, 5, queue, ())),
            "wl_data_device_manager" => globals.data = Some(registry.bind(name, 3, queue, ())),
            _ => {}
        }
    }
}

impl Dispatch<XdgWmBase, ()> for Window {
    fn event(
        _: &mut Self,
        shell: &XdgWmBase,
        event: xdg_wm_base::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_wm_base::Event::Ping { serial } = event {
            shell.pong(serial);
        }
    }
}

impl Dispatch<XdgSurface, ()> for Window {
    fn event(
        window: &mut Self,
        role: &XdgSurface,
        event: xdg_surface::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_surface::Event::Configure { serial } = event {
            role.ack_configure(serial);
            window.is_configured = true;
        }
    }
}

impl Dispatch<WlPointer, ()> for Window {
    fn event(
        window: &mut Self,
        _: &WlPointer,
        event: wl_pointer::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            wl_pointer::Event::Enter { surface, .. } => {
                window.has_pointer = window.surface.as_ref().is_some_and(|own| own.id() == surface.id());
            }
            wl_pointer::Event::Button {
                serial,
                state: WEnum::Value(ButtonState::Pressed),
                ..
            } => window.pressed = Some(serial),
            _ => {}
        }
    }
}

impl Dispatch<WlDataSource, ()> for Window {
    fn event(
        window: &mut Self,
        _: &WlDataSource,
        event: wl_data_source::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            wl_data_source::Event::Send { fd, .. } => {
                if let Err(error) = fs::File::from(fd).write_all(&window.content) {
                    window.wrong = Some(format!("what is dragged cannot be handed over: {error}"));
                }
                window.has_sent = true;
            }
            wl_data_source::Event::Target { mime_type } => window.is_wanted = mime_type.is_some(),
            wl_data_source::Event::Action { dnd_action } => {
                window.has_action = dnd_action.into_result().is_ok_and(|action| action == DndAction::Copy);
            }
            wl_data_source::Event::DndFinished => window.fate = Some(Fate::Taken),
            // wlroots says this after the other one too.
            wl_data_source::Event::Cancelled => window.fate = window.fate.or(Some(Fate::Refused)),
            _ => {}
        }
    }
}

impl Dispatch<WlDataDevice, ()> for Window {
    fn event(
        window: &mut Self,
        _: &WlDataDevice,
        event: wl_data_device::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        // What is dragged begins over its own window, which wants nothing.
        if let wl_data_device::Event::Selection { id } = event {
            window.selection = id;
        }
    }

    event_created_child!(Window, WlDataDevice, [
        wl_data_device::EVT_DATA_OFFER_OPCODE => (WlDataOffer, ()),
    ]);
}

delegate_noop!(Window: WlCompositor);
delegate_noop!(Window: WlDataDeviceManager);
delegate_noop!(Window: WlShmPool);
delegate_noop!(Window: ignore WlBuffer);
delegate_noop!(Window: ignore WlDataOffer);
delegate_noop!(Window: ignore WlSeat);
delegate_noop!(Window: ignore WlShm);
delegate_noop!(Window: ignore WlSurface);
delegate_noop!(Window: ignore XdgToplevel);
