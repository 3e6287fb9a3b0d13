//! Files that are dropped on the window.
//!
//! On Wayland the toolkit does not tell of them. So there is a data device of our own on the window's connection, with a queue
//! of its own. It reads nothing: whoever reads a connection waits for everybody who is about to, and the window shall wait for
//! nobody. When something has come, and the window has read it, what was for this queue is handled.

#![allow(unsafe_code, reason = "the window's connection is handed over as a pointer of C")]

mod device;

use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::Stream;
use futures_util::stream;
use iced::window::Window;
use iced::window::raw_window_handle::RawDisplayHandle;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncReadExt, Interest};
use tokio::net::unix::pipe::Receiver;
use tokio::time::{sleep, timeout};
use wayland_backend::client::Backend;
use wayland_client::{Connection, EventQueue};

use device::{Devices, Dropped};

/// How long the window is given to read what has come for it.
const SOON: Duration = Duration::from_millis(20);
/// How long whoever was dragged from may take to say what it was.
const PATIENCE: Duration = Duration::from_secs(5);
/// More of a list of files is not read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// Keeps files from being listened for once the window is on its way out: the connection goes with it.
#[derive(Debug, Clone, Default)]
pub(super) struct Door {
    is_closed: Arc<Mutex<bool>>,
}

impl Door {
    /// No more is heard after this.
    pub(super) fn close(&self) {
        *self.is_closed.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// Does something while it is open, and only then; it stays open meanwhile.
    fn while_open<T>(&self, what: impl FnOnce() -> T) -> Option<T> {
        let is_closed = self.is_closed.lock().unwrap_or_else(PoisonError::into_inner);
        (!*is_closed).then(what)
    }
}

/// Lists of what is dropped on a window from now on, as `text/uri-list` has them (RFC 2483), 64 KiB of each at most. None where
/// the window is none of Wayland's. To be called where windows are made. Close the door before the window's connection goes.
pub(super) fn listen(window: &dyn Window, door: Door) -> Option<impl Stream<Item = Vec<u8>> + use<>> {
    let RawDisplayHandle::Wayland(handle) = window.display_handle().ok()?.as_raw() else {
        return None;
    };
    // SAFETY: it is the display that the window was made with, and alive here. The backend never closes it, and is used
    // while the door is open only; it is dropped never.
    let backend = unsafe { Backend::from_foreign_display(handle.display.as_ptr().cast()) };
    let listener = match Listener::new(&Connection::from_backend(backend), door) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(%error, "files cannot be dropped on the window");
            return None;
        }
    };

    Some(stream::unfold(listener, |mut listener| async {
        let list = listener.next().await?;
        Some((list, listener))
    }))
}

/// The window's connection, as its guest.
struct Listener {
    // Whoever drops these tells the connection, which may be gone by then.
    guest: ManuallyDrop<Guest>,
    /// The connection's socket; None until there is a runtime to watch it.
    socket: Result<AsyncFd<OwnedFd>, Option<OwnedFd>>,
    door: Door,
}

struct Guest {
    connection: Connection,
    queue: EventQueue<Devices>,
    devices: Devices,
}

impl Listener {
    fn new(connection: &Connection, door: Door) -> io::Result<Self> {
        let socket = connection.backend().poll_fd().try_clone_to_owned()?;
        let queue = connection.new_event_queue();
        let _ = connection.display().get_registry(&queue.handle(), ());
        let guest = Guest {
            connection: connection.clone(),
            queue,
            devices: Devices::default(),
        };
        guest.flush();

        Ok(Self {
            guest: ManuallyDrop::new(guest),
            socket: Err(Some(socket)),
            door,
        })
    }

    /// The next list. None once nothing will come any more.
    async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            let dropped = self.dropped().await?;
            let Dropped { pipe, offer } = dropped;
            let list = match timeout(PATIENCE, read(pipe)).await {
                Ok(Ok(list)) => Some(list),
                Ok(Err(error)) => {
                    tracing::warn!(%error, "what was dropped cannot be read");
                    None
                }
                Err(_) => {
                    tracing::warn!("whoever was dragged from does not say what it was");
                    None
                }
            };
            let Self { guest, door, .. } = self;
            door.while_open(|| {
                guest.dispatch();
                guest.devices.taken(&offer, list.is_some());
                guest.flush();
            })?;
            if let Some(list) = list.filter(|list| !list.is_empty()) {
                return Some(list);
            }
        }
    }

    async fn dropped(&mut self) -> Option<Dropped> {
        loop {
            let Self { guest, door, .. } = self;
            let dropped = door.while_open(|| {
                guest.dispatch();
                guest.flush();
                guest.devices.dropped()
            })?;
            if dropped.is_some() {
                return dropped;
            }
            self.read_by_the_window().await?;
        }
    }

    /// Until something has come for the window and was read by it. None when the connection is gone.
    async fn read_by_the_window(&mut self) -> Option<()> {
        if let Err(socket) = &mut self.socket {
            let socket = socket.take()?;
            // SAFETY: the descriptor is its own, and always the same one.
            let watched = unsafe { AsyncFd::register_with_interest(socket, Interest::READABLE) };
            self.socket = Ok(watched.ok()?);
        }
        let Ok(socket) = &self.socket else { return None };
        let mut ready = socket.readable().await.ok()?;
        let is_gone = ready.ready().is_read_closed() || ready.ready().is_error();
        ready.clear_ready();
        if is_gone {
            return None;
        }
        loop {
            // A busy window takes longer; what it reads it sorts at once.
            sleep(SOON).await;
            match waiting(socket.get_ref()) {
                Waiting::Nothing => break,
                Waiting::Something => {}
                Waiting::Gone => return None,
            }
        }
        sleep(SOON).await;
        Some(())
    }
}

impl Guest {
    fn dispatch(&mut self) {
        // An error is the connection's, and the window's to tell.
        if let Err(error) = self.queue.dispatch_pending(&mut self.devices) {
            tracing::debug!(%error, "nothing more is heard of what is dropped");
        }
    }

    fn flush(&self) {
        // What could not be sent now goes with what the window says next.
        if let Err(error) = self.connection.flush() {
            tracing::debug!(%error, "the compositor does not hear now what is dropped");
        }
    }
}

enum Waiting {
    Nothing,
    Something,
    Gone,
}

/// Whether something has come that nobody has read.
fn waiting(socket: &OwnedFd) -> Waiting {
    let mut asked = [PollFd::new(socket, PollFlags::IN | PollFlags::RDHUP)];
    match poll(&mut asked, Some(&Timespec::default())) {
        Ok(0) => Waiting::Nothing,
        Ok(_) if asked[0].revents() == PollFlags::IN => Waiting::Something,
        // Interrupted: look again.
        Err(rustix::io::Errno::INTR) => Waiting::Something,
        _ => Waiting::Gone,
    }
}

async fn read(pipe: OwnedFd) -> io::Result<Vec<u8>> {
    let mut list = Vec::new();
    let _ = Receiver::from_owned_fd(pipe)?
        .take(LONGEST)
        .read_to_end(&mut list)
        .await?;
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_it_is_closed_nothing_is_done_any_more() {
        let door = Door::default();
        assert_eq!(door.while_open(|| 1), Some(1));
        door.clone().close();
        assert_eq!(door.while_open(|| 1), None);
    }

    #[tokio::test]
    async fn a_list_is_read_to_its_end_and_no_further_than_is_sensible() {
        for (written, wanted) in [(10, 10), (100_000, 65_536)] {
            let (ours, theirs) = rustix::pipe::pipe().unwrap_or_else(|error| panic!("{error}"));
            let writer = std::thread::spawn(move || {
                use std::io::Write;
                // Whoever stops reading lets go of the pipe.
                let _ = std::fs::File::from(theirs).write_all(&vec![b'x'; written]);
            });
            let list = read(ours).await.unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(list.len(), wanted);
            assert!(writer.join().is_ok());
        }
    }
}
