//! The clipboard of a Wayland window, and what is dropped on it.
//!
//! Both come by the same object of the protocol, of which a program should have one: some compositors tell only the first one
//! of a drag, others forget the first when there is a second. So this stands in the place of the crate of this name that the
//! window's toolkit uses, and does both.
//!
//! It is a guest on the window's connection, with a queue of its own, and reads nothing of it: whoever reads waits for everybody
//! who is about to, and the window shall wait for nobody. When something has come, and the window has read it, what was for
//! this queue is handled.

#![allow(unsafe_code, reason = "the window's connection is handed over as a pointer of C")]

mod device;
mod pipe;

use std::error::Error;
use std::ffi::c_void;
use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, sleep};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use wayland_backend::client::Backend;
use wayland_client::{Connection, EventQueue};

use device::{Devices, Dropped, Pasted};

/// How long the window is given to read what has come for it.
const SOON: Duration = Duration::from_millis(15);
/// How long whoever has something may take to hand it over, and how many bytes of it are taken.
const PASTE: (Duration, usize) = (Duration::from_secs(1), 8 * 1024 * 1024);
const DROP: (Duration, usize) = (Duration::from_secs(5), 64 * 1024);

type Listener = Box<dyn Fn(Vec<u8>) + Send>;

static LISTENER: Mutex<Option<Listener>> = Mutex::new(None);

/// From now on files can be dropped on windows of this program. The listener gets their addresses as `text/uri-list` has them
/// (RFC 2483), 64 KiB of a list at most, on a thread that it should not keep.
pub fn on_drop(listener: impl Fn(Vec<u8>) + Send + 'static) {
    *held(&LISTENER) = Some(Box::new(listener));
}

/// Why nothing was pasted or copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Nothing,
    NoText,
    TooSlow,
    NoKey,
    NoConnection,
    NoPrimary,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing was copied",
            Self::NoText => "what was copied is no text",
            Self::TooSlow => "whoever has what was copied does not hand it over",
            Self::NoKey => "nothing can be copied before a key or a button is pressed",
            Self::NoConnection => "the window's connection has no clipboard",
            Self::NoPrimary => "there is no primary selection",
        })
    }
}

impl Error for Refusal {}

/// The clipboard of a window.
#[derive(Debug)]
pub struct Clipboard {
    guest: Arc<Mutex<Option<Guest>>>,
    /// Who handles what has come ends when this does.
    alive: Option<OwnedFd>,
}

impl Clipboard {
    /// A guest on the connection that a window was made with.
    ///
    /// # Safety
    /// `display` is a `wl_display`, and outlives what is returned.
    pub unsafe fn connect(display: *mut c_void) -> Clipboard {
        // SAFETY: as the caller says. The backend never closes it.
        let backend = unsafe { Backend::from_foreign_display(display.cast()) };
        let (guest, alive) = match begin(&Connection::from_backend(backend)) {
            Ok((guest, alive)) => (guest, Some(alive)),
            Err(error) => {
                tracing::warn!(%error, "nothing can be pasted, copied or dropped");
                (Arc::default(), None)
            }
        };

        Clipboard { guest, alive }
    }

    /// The text that was copied last, by whichever program.
    ///
    /// # Errors
    /// When there is none, or its program does not hand it over within a second.
    pub fn read(&self) -> Result<String, Box<dyn Error>> {
        let (pipe, mime) = {
            let mut guest = held(&self.guest);
            let guest = guest.as_mut().ok_or(Refusal::NoConnection)?;
            guest.dispatch();
            match guest.devices.paste()? {
                Pasted::Own(text) => return Ok(text.as_str().to_owned()),
                Pasted::Other(pipe, mime) => {
                    guest.flush();
                    (pipe, mime)
                }
            }
        };
        let (patience, most) = PASTE;
        let bytes = pipe::read(&pipe, patience, most)?.ok_or(Refusal::TooSlow)?;
        tracing::debug!(mime, length = bytes.len(), "pasted");

        Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))
    }

    /// What is only selected is not told of.
    ///
    /// # Errors
    /// Always.
    pub fn read_primary(&self) -> Result<String, Box<dyn Error>> {
        Err(Refusal::NoPrimary.into())
    }

    /// Copies a text, for whichever program.
    ///
    /// # Errors
    /// Before a key or a button was pressed in the window.
    pub fn write(&mut self, text: String) -> Result<(), Box<dyn Error>> {
        let mut guest = held(&self.guest);
        let guest = guest.as_mut().ok_or(Refusal::NoConnection)?;
        guest.dispatch();
        guest.devices.copy(text, &guest.queue.handle())?;
        guest.flush();

        Ok(())
    }

    /// What is only selected is not told of.
    ///
    /// # Errors
    /// Always.
    pub fn write_primary(&mut self, _: String) -> Result<(), Box<dyn Error>> {
        Err(Refusal::NoPrimary.into())
    }
}

impl Drop for Clipboard {
    fn drop(&mut self) {
        // The connection may go after this: nothing of it is touched any more. Nobody waits for the thread: it may be reading
        // what was dropped.
        if let Some(mut guest) = held(&self.guest).take() {
            guest.devices.release();
            guest.flush();
        }
        drop(self.alive.take());
    }
}

#[derive(Debug)]
struct Guest {
    connection: Connection,
    queue: EventQueue<Devices>,
    devices: Devices,
}

impl Guest {
    fn dispatch(&mut self) {
        // An error is the connection's, and the window's to tell.
        if let Err(error) = self.queue.dispatch_pending(&mut self.devices) {
            tracing::debug!(%error, "nothing more is heard of copies and drops");
        }
    }

    fn flush(&self) {
        // What could not be sent now goes with what the window says next.
        if let Err(error) = self.connection.flush() {
            tracing::debug!(%error, "the compositor does not hear now what is copied or dropped");
        }
    }
}

fn begin(connection: &Connection) -> io::Result<(Arc<Mutex<Option<Guest>>>, OwnedFd)> {
    let socket = connection.backend().poll_fd().try_clone_to_owned()?;
    let queue = connection.new_event_queue();
    let _ = connection.display().get_registry(&queue.handle(), ());
    let guest = Guest {
        connection: connection.clone(),
        queue,
        devices: Devices::default(),
    };
    guest.flush();

    let guest = Arc::new(Mutex::new(Some(guest)));
    let (end, alive) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
    let shared = Arc::clone(&guest);
    let _ = thread::Builder::new()
        .name("clipboard".to_owned())
        .spawn(move || work(&shared, &socket, &end))?;

    Ok((guest, alive))
}

fn work(shared: &Mutex<Option<Guest>>, socket: &OwnedFd, end: &OwnedFd) {
    while wait(socket.as_fd(), end.as_fd(), None) == Waiting::Something {
        // A busy window takes longer to read; what it reads it sorts at once.
        loop {
            sleep(SOON);
            match wait(socket.as_fd(), end.as_fd(), Some(&Timespec::default())) {
                Waiting::Something => {}
                Waiting::Nothing => break,
                Waiting::End => return,
            }
            if !handle(shared) {
                return;
            }
        }
        sleep(SOON);
        if !handle(shared) {
            return;
        }
    }
}

/// Handles what the window has read for us; false once the clipboard is gone.
fn handle(shared: &Mutex<Option<Guest>>) -> bool {
    loop {
        let dropped = match &mut *held(shared) {
            Some(guest) => {
                guest.devices.is_listening(held(&LISTENER).is_some());
                guest.dispatch();
                guest.flush();
                guest.devices.dropped()
            }
            None => return false,
        };
        let Some(Dropped { pipe, offer }) = dropped else {
            return true;
        };
        let (patience, most) = DROP;
        let list = match pipe::read(&pipe, patience, most) {
            Ok(Some(list)) => Some(list),
            Ok(None) => {
                tracing::warn!("whoever was dragged from does not say what it was");
                None
            }
            Err(error) => {
                tracing::warn!(%error, "what was dropped cannot be read");
                None
            }
        };
        match &mut *held(shared) {
            Some(guest) => {
                guest.dispatch();
                guest.devices.taken(&offer, list.is_some());
                guest.flush();
            }
            None => return false,
        }
        if let (Some(list), Some(listener)) = (list, &*held(&LISTENER)) {
            listener(list);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    Nothing,
    Something,
    End,
}

/// Whether something has come that nobody has read, or the end has.
fn wait(socket: BorrowedFd<'_>, end: BorrowedFd<'_>, patience: Option<&Timespec>) -> Waiting {
    loop {
        let mut asked = [
            PollFd::from_borrowed_fd(socket, PollFlags::IN | PollFlags::RDHUP),
            PollFd::from_borrowed_fd(end, PollFlags::IN),
        ];
        let answer = poll(&mut asked, patience);
        let [socket, end] = asked;
        return match answer {
            Ok(0) => Waiting::Nothing,
            Ok(_) if end.revents().is_empty() && socket.revents() == PollFlags::IN => Waiting::Something,
            Err(rustix::io::Errno::INTR) => continue,
            _ => Waiting::End,
        };
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
