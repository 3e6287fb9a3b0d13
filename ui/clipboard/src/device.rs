//! The protocol: what was copied last, what is over the window, and what was let go of there.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::thread;

use rustix::pipe::{PipeFlags, pipe_with};
use wayland_client::backend::ObjectId;
use wayland_client::protocol::wl_data_device::{self, WlDataDevice};
use wayland_client::protocol::wl_data_device_manager::{DndAction, WlDataDeviceManager};
use wayland_client::protocol::wl_data_offer::{self, WlDataOffer};
use wayland_client::protocol::wl_data_source::{self, WlDataSource};
use wayland_client::protocol::wl_keyboard::{self, WlKeyboard};
use wayland_client::protocol::wl_pointer::{self, WlPointer};
use wayland_client::protocol::wl_registry::{self, WlRegistry};
use wayland_client::protocol::wl_seat::{self, Capability, WlSeat};
use wayland_client::{Connection, Dispatch, Proxy, QueueHandle, delegate_noop, event_created_child};

use crate::Refusal;

/// The forms of a text, the best first: UTF-8, and what older programs call so.
const TEXTS: [&str; 5] = [
    "text/plain;charset=utf-8",
    "UTF8_STRING",
    "text/plain",
    "STRING",
    "TEXT",
];
/// The form in which files are dragged: their addresses, one a line.
const FILES: &str = "text/uri-list";
/// The newest versions that are spoken here; from the third of a manager on a drag is about copying or moving.
const MANAGER: u32 = 3;
const WITH_ACTIONS: u32 = 3;
const SEAT: u32 = 5;

/// Something that was let go of, while its list is read.
#[derive(Debug)]
pub(crate) struct Dropped {
    /// Whoever was dragged from writes the list into it.
    pub(crate) pipe: OwnedFd,
    pub(crate) offer: WlDataOffer,
}

/// Text that was copied here. It may be a password: it is told of by its length alone.
#[derive(Clone)]
pub(crate) struct Copied(Arc<str>);

impl Copied {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Copied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// What was copied last.
#[derive(Debug)]
pub(crate) enum Pasted {
    /// Here.
    Own(Copied),
    /// Elsewhere: whoever did writes it into this, in this form.
    Other(OwnedFd, &'static str),
}

/// Each seat's device, and what they offer.
#[derive(Debug, Default)]
pub(crate) struct Devices {
    manager: Option<WlDataDeviceManager>,
    seats: Vec<Seat>,
    offers: HashMap<ObjectId, Offered>,
    dropped: Vec<Dropped>,
    /// What was copied here, as long as nobody copied anything else.
    own: Option<(WlDataSource, Copied)>,
    /// The last key or button: its seat's number among the globals, and its own.
    pressed: Option<(u32, u32)>,
    is_listening: bool,
}

/// Who sits before the screen.
#[derive(Debug)]
struct Seat {
    /// Its number among the globals.
    number: u32,
    seat: WlSeat,
    device: Option<WlDataDevice>,
    keyboard: Option<WlKeyboard>,
    pointer: Option<WlPointer>,
    /// What was copied last.
    selection: Option<WlDataOffer>,
    /// What is over the window.
    over: Option<WlDataOffer>,
}

/// What is known of an offer.
#[derive(Debug, Default)]
struct Offered {
    /// The place of its best form in [`TEXTS`].
    text: Option<usize>,
    has_files: bool,
    /// The compositor said what shall become of it: a copy, say.
    has_action: bool,
}

impl Devices {
    /// Whether what is dropped is heard of.
    pub(crate) fn is_listening(&mut self, is_listening: bool) {
        self.is_listening = is_listening;
    }

    /// What was copied last, where the keyboard is.
    pub(crate) fn paste(&self) -> Result<Pasted, Box<dyn std::error::Error>> {
        if let Some((_, text)) = &self.own {
            return Ok(Pasted::Own(text.clone()));
        }
        let of = |seat: &Seat| seat.selection.clone();
        let pressed = self.pressed.map(|(number, _)| number);
        let first = self.seats.iter().find(|seat| Some(seat.number) == pressed);
        let offer = first.and_then(of).or_else(|| self.seats.iter().find_map(of));
        let offer = offer.ok_or(Refusal::Nothing)?;
        let text = self.offers.get(&offer.id()).and_then(|offered| offered.text);
        let mime = text.and_then(|at| TEXTS.get(at)).copied().ok_or(Refusal::NoText)?;

        let (ours, theirs) = pipe_with(PipeFlags::CLOEXEC)?;
        offer.receive(mime.to_owned(), theirs.as_fd());
        Ok(Pasted::Other(ours, mime))
    }

    /// Has a text be what was copied last.
    pub(crate) fn copy(&mut self, text: String, queue: &QueueHandle<Self>) -> Result<(), Refusal> {
        let manager = self.manager.as_ref().ok_or(Refusal::NoConnection)?;
        let (number, serial) = self.pressed.ok_or(Refusal::NoKey)?;
        let seat = self.seats.iter().find(|seat| seat.number == number);
        let device = seat.and_then(|seat| seat.device.as_ref()).ok_or(Refusal::NoKey)?;

        let source = manager.create_data_source(queue, ());
        for mime in TEXTS {
            source.offer(mime.to_owned());
        }
        device.set_selection(Some(&source), serial);
        if let Some((before, _)) = self.own.replace((source, Copied(text.into()))) {
            before.destroy();
        }
        Ok(())
    }

    /// Something that was let go of over the window since this was last asked.
    pub(crate) fn dropped(&mut self) -> Option<Dropped> {
        (!self.dropped.is_empty()).then(|| self.dropped.remove(0))
    }

    /// The list of an offer was read, or could not be.
    pub(crate) fn taken(&mut self, offer: &WlDataOffer, is_read: bool) {
        let offered = self.offers.get(&offer.id());
        // Without an action there is nothing to finish, and to say so would end the connection.
        if is_read && offer.version() >= WITH_ACTIONS && offered.is_some_and(|offered| offered.has_action) {
            offer.finish();
        }
        self.forget(offer);
    }

    /// Lets go of everything.
    pub(crate) fn release(&mut self) {
        while let Some(seat) = self.seats.pop() {
            self.release_seat(seat);
        }
        if let Some((source, _)) = self.own.take() {
            source.destroy();
        }
    }

    fn release_seat(&mut self, seat: Seat) {
        for offer in [seat.selection, seat.over].into_iter().flatten() {
            self.forget(&offer);
        }
        if let Some(device) = seat
            .device
            .filter(|device| device.version() >= wl_data_device::REQ_RELEASE_SINCE)
        {
            device.release();
        }
        release_keyboard(seat.keyboard);
        release_pointer(seat.pointer);
        if seat.seat.version() >= wl_seat::REQ_RELEASE_SINCE {
            seat.seat.release();
        }
    }

    fn forget(&mut self, offer: &WlDataOffer) {
        let _ = self.offers.remove(&offer.id());
        offer.destroy();
    }

    fn seat(&mut self, device: &WlDataDevice) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|seat| seat.device.as_ref() == Some(device))
    }

    fn entered(&mut self, device: &WlDataDevice, offer: WlDataOffer, serial: u32) {
        let has_files = self.offers.get(&offer.id()).is_some_and(|offered| offered.has_files);
        let is_wanted = has_files && self.is_listening;
        offer.accept(serial, is_wanted.then(|| FILES.to_owned()));
        if offer.version() >= WITH_ACTIONS {
            let wanted = if is_wanted { DndAction::Copy } else { DndAction::None };
            offer.set_actions(wanted, wanted);
        }
        let before = self.seat(device).and_then(|seat| seat.over.replace(offer));
        if let Some(before) = before {
            self.forget(&before);
        }
    }

    fn let_go(&mut self, device: &WlDataDevice) {
        let Some(offer) = self.seat(device).and_then(|seat| seat.over.take()) else {
            return;
        };
        let has_files = self.offers.get(&offer.id()).is_some_and(|offered| offered.has_files);
        match pipe_with(PipeFlags::CLOEXEC) {
            Ok((ours, theirs)) if has_files && self.is_listening => {
                offer.receive(FILES.to_owned(), theirs.as_fd());
                self.dropped.push(Dropped { pipe: ours, offer });
            }
            Ok(_) => self.forget(&offer),
            Err(error) => {
                tracing::warn!(%error, "what was dropped cannot be read");
                self.forget(&offer);
            }
        }
    }

    /// Gives seats their devices, once there is who makes them.
    fn complete(&mut self, queue: &QueueHandle<Self>) {
        let Some(manager) = &self.manager else { return };
        for seat in &mut self.seats {
            let _ = seat
                .device
                .get_or_insert_with(|| manager.get_data_device(&seat.seat, queue, ()));
        }
    }
}

fn release_keyboard(keyboard: Option<WlKeyboard>) {
    if let Some(keyboard) = keyboard.filter(|one| one.version() >= wl_keyboard::REQ_RELEASE_SINCE) {
        keyboard.release();
    }
}

fn release_pointer(pointer: Option<WlPointer>) {
    if let Some(pointer) = pointer.filter(|one| one.version() >= wl_pointer::REQ_RELEASE_SINCE) {
        pointer.release();
    }
}

impl Dispatch<WlRegistry, ()> for Devices {
    fn event(
        devices: &mut Self,
        registry: &WlRegistry,
        event: wl_registry::Event,
        (): &(),
        _: &Connection,
        queue: &QueueHandle<Self>,
    ) {
        match event {
            wl_registry::Event::Global {
                name,
                interface,
                version,
            } => match interface.as_str() {
                "wl_data_device_manager" if devices.manager.is_none() => {
                    devices.manager = Some(registry.bind(name, version.min(MANAGER), queue, ()));
                    devices.complete(queue);
                }
                "wl_seat" => {
                    devices.seats.push(Seat {
                        number: name,
                        seat: registry.bind(name, version.min(SEAT), queue, name),
                        device: None,
                        keyboard: None,
                        pointer: None,
                        selection: None,
                        over: None,
                    });
                    devices.complete(queue);
                }
                _ => {}
            },
            wl_registry::Event::GlobalRemove { name } => {
                if let Some(at) = devices.seats.iter().position(|seat| seat.number == name) {
                    let seat = devices.seats.remove(at);
                    devices.release_seat(seat);
                }
            }
            _ => {}
        }
    }
}

impl Dispatch<WlSeat, u32> for Devices {
    fn event(
        devices: &mut Self,
        own: &WlSeat,
        event: wl_seat::Event,
        number: &u32,
        _: &Connection,
        queue: &QueueHandle<Self>,
    ) {
        let wl_seat::Event::Capabilities { capabilities } = event else {
            return;
        };
        let capabilities = capabilities.into_result().unwrap_or(Capability::empty());
        let Some(seat) = devices.seats.iter_mut().find(|seat| seat.number == *number) else {
            return;
        };
        if !capabilities.contains(Capability::Keyboard) {
            release_keyboard(seat.keyboard.take());
        } else if seat.keyboard.is_none() {
            seat.keyboard = Some(own.get_keyboard(queue, *number));
        }
        if !capabilities.contains(Capability::Pointer) {
            release_pointer(seat.pointer.take());
        } else if seat.pointer.is_none() {
            seat.pointer = Some(own.get_pointer(queue, *number));
        }
    }
}

impl Dispatch<WlKeyboard, u32> for Devices {
    fn event(
        devices: &mut Self,
        _: &WlKeyboard,
        event: wl_keyboard::Event,
        seat: &u32,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let wl_keyboard::Event::Enter { serial, .. } | wl_keyboard::Event::Key { serial, .. } = event {
            devices.pressed = Some((*seat, serial));
        }
    }
}

impl Dispatch<WlPointer, u32> for Devices {
    fn event(
        devices: &mut Self,
        _: &WlPointer,
        event: wl_pointer::Event,
        seat: &u32,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let wl_pointer::Event::Button { serial, .. } = event {
            devices.pressed = Some((*seat, serial));
        }
    }
}

impl Dispatch<WlDataDevice, ()> for Devices {
    fn event(
        devices: &mut Self,
        device: &WlDataDevice,
        event: wl_data_device::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            wl_data_device::Event::DataOffer { id } => {
                let _ = devices.offers.insert(id.id(), Offered::default());
            }
            wl_data_device::Event::Enter {
                serial,
                id: Some(offer),
                ..
            } => devices.entered(device, offer, serial),
            wl_data_device::Event::Leave => {
                let over = devices.seat(device).and_then(|seat| seat.over.take());
                if let Some(offer) = over {
                    devices.forget(&offer);
                }
            }
            wl_data_device::Event::Drop => devices.let_go(device),
            wl_data_device::Event::Selection { id } => {
                let seat = devices.seat(device);
                let before = seat.and_then(|seat| std::mem::replace(&mut seat.selection, id));
                if let Some(before) = before {
                    devices.forget(&before);
                }
            }
            _ => {}
        }
    }

    event_created_child!(Devices, WlDataDevice, [
        wl_data_device::EVT_DATA_OFFER_OPCODE => (WlDataOffer, ()),
    ]);
}

impl Dispatch<WlDataOffer, ()> for Devices {
    fn event(
        devices: &mut Self,
        offer: &WlDataOffer,
        event: wl_data_offer::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        let Some(offered) = devices.offers.get_mut(&offer.id()) else {
            return;
        };
        match event {
            wl_data_offer::Event::Offer { mime_type } => {
                offered.has_files |= mime_type == FILES;
                let text = TEXTS.iter().position(|text| *text == mime_type);
                // The least place is the best form.
                offered.text = [offered.text, text].into_iter().flatten().min();
            }
            wl_data_offer::Event::Action { dnd_action } => {
                let action = dnd_action.into_result().unwrap_or(DndAction::None);
                offered.has_action = action.intersects(DndAction::Copy | DndAction::Move);
            }
            _ => {}
        }
    }
}

impl Dispatch<WlDataSource, ()> for Devices {
    fn event(
        devices: &mut Self,
        source: &WlDataSource,
        event: wl_data_source::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        let is_own = devices.own.as_ref().is_some_and(|(own, _)| own == source);
        match event {
            wl_data_source::Event::Send { fd, .. } => {
                let text = devices.own.as_ref().filter(|_| is_own).map(|(_, text)| text.clone());
                if let Some(text) = text {
                    hand_over(text, fd);
                }
            }
            wl_data_source::Event::Cancelled => {
                if is_own {
                    devices.own = None;
                }
                source.destroy();
            }
            _ => {}
        }
    }
}

/// Whoever pastes may take their time.
fn hand_over(text: Copied, fd: OwnedFd) {
    let begun = thread::Builder::new().name("copied".to_owned()).spawn(move || {
        if let Err(error) = File::from(fd).write_all(text.as_str().as_bytes()) {
            tracing::debug!(%error, "what was copied was not read to its end");
        }
    });
    if let Err(error) = begun {
        tracing::warn!(%error, "what was copied cannot be handed over");
    }
}

delegate_noop!(Devices: WlDataDeviceManager);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_copied_is_told_by_its_length() {
        let pasted = Pasted::Own(Copied("Zw\u{f6}lf-Yaks".into()));
        assert_eq!(format!("{pasted:?}"), "Own(11 bytes)");
    }
}
