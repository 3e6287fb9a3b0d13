//! The protocol: which files are over the window, and which were let go of there.

use std::collections::HashMap;
use std::os::fd::{AsFd, OwnedFd};

use rustix::pipe::{PipeFlags, pipe_with};
use wayland_client::backend::ObjectId;
use wayland_client::protocol::wl_data_device::{self, WlDataDevice};
use wayland_client::protocol::wl_data_device_manager::{DndAction, WlDataDeviceManager};
use wayland_client::protocol::wl_data_offer::{self, WlDataOffer};
use wayland_client::protocol::wl_registry::{self, WlRegistry};
use wayland_client::protocol::wl_seat::WlSeat;
use wayland_client::{Connection, Dispatch, Proxy, QueueHandle, delegate_noop, event_created_child};

/// The form in which files are dragged: their addresses, one a line.
const FILES: &str = "text/uri-list";
/// The manager's newest version that is spoken here; from the third on a drag is about copying or moving.
const MANAGER: u32 = 3;
const WITH_ACTIONS: u32 = 3;
/// Something that was let go of, while its list is read.
#[derive(Debug)]
pub(super) struct Dropped {
    /// Whoever was dragged from writes the list into it.
    pub(super) pipe: OwnedFd,
    pub(super) offer: WlDataOffer,
}

/// Each seat's device, and what they offer.
#[derive(Debug, Default)]
pub(super) struct Devices {
    manager: Option<WlDataDeviceManager>,
    /// By the seat's number among the globals.
    seats: Vec<(u32, WlSeat, Option<WlDataDevice>)>,
    offers: HashMap<ObjectId, Offered>,
    /// By device: what is over the window.
    over: HashMap<ObjectId, WlDataOffer>,
    /// By device: what the clipboard has, which is not ours to read.
    clipboards: HashMap<ObjectId, WlDataOffer>,
    dropped: Vec<Dropped>,
}

/// What is known of an offer.
#[derive(Debug, Default)]
struct Offered {
    has_files: bool,
    /// The compositor said what shall become of it: a copy, say.
    has_action: bool,
}

impl Devices {
    /// Something that was let go of over the window since this was last asked.
    pub(super) fn dropped(&mut self) -> Option<Dropped> {
        (!self.dropped.is_empty()).then(|| self.dropped.remove(0))
    }

    /// The list of an offer was read, or could not be.
    pub(super) fn taken(&mut self, offer: &WlDataOffer, is_read: bool) {
        let offered = self.offers.get(&offer.id());
        // Without an action there is nothing to finish, and to say so would end the connection.
        if is_read && offer.version() >= WITH_ACTIONS && offered.is_some_and(|offered| offered.has_action) {
            offer.finish();
        }
        self.forget(offer);
    }

    fn forget(&mut self, offer: &WlDataOffer) {
        let _ = self.offers.remove(&offer.id());
        offer.destroy();
    }

    fn entered(&mut self, device: &WlDataDevice, offer: WlDataOffer, serial: u32) {
        let has_files = self.offers.get(&offer.id()).is_some_and(|offered| offered.has_files);
        offer.accept(serial, has_files.then(|| FILES.to_owned()));
        if offer.version() >= WITH_ACTIONS {
            let wanted = if has_files { DndAction::Copy } else { DndAction::None };
            offer.set_actions(wanted, wanted);
        }
        if let Some(before) = self.over.insert(device.id(), offer) {
            self.forget(&before);
        }
    }

    fn let_go(&mut self, device: &WlDataDevice) {
        let Some(offer) = self.over.remove(&device.id()) else {
            return;
        };
        let has_files = self.offers.get(&offer.id()).is_some_and(|offered| offered.has_files);
        // Whoever was dragged from may wait at its end: only ours never blocks.
        match pipe_with(PipeFlags::CLOEXEC) {
            Ok((ours, theirs)) if has_files => {
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
        for (_, seat, device) in &mut self.seats {
            let _ = device.get_or_insert_with(|| manager.get_data_device(seat, queue, ()));
        }
    }

    fn seat_gone(&mut self, number: u32) {
        let Some(at) = self.seats.iter().position(|(name, ..)| *name == number) else {
            return;
        };
        let (_, _, device) = self.seats.remove(at);
        let Some(device) = device else { return };
        let offers = [self.over.remove(&device.id()), self.clipboards.remove(&device.id())];
        for offer in offers.into_iter().flatten() {
            self.forget(&offer);
        }
        if device.version() >= wl_data_device::REQ_RELEASE_SINCE {
            device.release();
        }
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
                    devices.seats.push((name, registry.bind(name, 1, queue, ()), None));
                    devices.complete(queue);
                }
                _ => {}
            },
            wl_registry::Event::GlobalRemove { name } => devices.seat_gone(name),
            _ => {}
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
                if let Some(offer) = devices.over.remove(&device.id()) {
                    devices.forget(&offer);
                }
            }
            wl_data_device::Event::Drop => devices.let_go(device),
            wl_data_device::Event::Selection { id } => {
                let before = match id {
                    Some(offer) => devices.clipboards.insert(device.id(), offer),
                    None => devices.clipboards.remove(&device.id()),
                };
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
            wl_data_offer::Event::Offer { mime_type } => offered.has_files |= mime_type == FILES,
            wl_data_offer::Event::Action { dnd_action } => {
                let action = dnd_action.into_result().unwrap_or(DndAction::None);
                offered.has_action = action.intersects(DndAction::Copy | DndAction::Move);
            }
            _ => {}
        }
    }
}

delegate_noop!(Devices: ignore WlSeat);
delegate_noop!(Devices: WlDataDeviceManager);
