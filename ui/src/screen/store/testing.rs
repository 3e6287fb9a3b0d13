//! What tests of these screens share: a stage to draw them on, and items to draw.

use std::path::PathBuf;

use iced_test::Simulator;
use moult_api::{Item, ItemKind};
use moult_i18n::Language;

use super::Look;
use crate::keyboard::Keyboard;
use crate::store::{Pictures, Queue};
use crate::theme::{self, Element, Scheme, Theme};
use crate::widget::Direction;

/// What a screen is drawn with.
pub(super) struct Stage {
    pub(super) language: Language,
    pub(super) direction: Direction,
    pub(super) keyboard: Keyboard,
    pub(super) pictures: Pictures,
    pub(super) queue: Queue,
    pub(super) width: f32,
    pub(super) height: f32,
}

impl Stage {
    pub(super) fn new(language: Language) -> Self {
        Self {
            language,
            direction: Direction::LeftToRight,
            keyboard: Keyboard::new(),
            pictures: Pictures::default(),
            queue: Queue::default(),
            width: 1080.0,
            height: 744.0,
        }
    }

    pub(super) fn sized(self, width: f32, height: f32) -> Self {
        Self { width, height, ..self }
    }

    pub(super) fn look(&self) -> Look<'_> {
        Look {
            language: self.language,
            direction: self.direction,
            keyboard: &self.keyboard,
            pictures: &self.pictures,
            queue: &self.queue,
            width: self.width,
            height: self.height,
            now: 1_795_439_100,
        }
    }

    pub(super) fn simulator<'a, Message: 'a>(&self, view: Element<'a, Message>) -> Simulator<'a, Message, Theme> {
        Simulator::with_size(theme::settings(), iced::Size::new(self.width, self.height), view)
    }

    /// Whether a text is somewhere on the page. Make the stage high enough.
    pub(super) fn shows<'a, Message: 'a>(&self, view: Element<'a, Message>, text: &str) -> bool {
        self.simulator(view).find(text).is_ok()
    }

    /// What clicking a control says.
    pub(super) fn click<'a, Message: 'a>(&self, view: Element<'a, Message>, id: &str) -> Vec<Message> {
        let mut simulator = self.simulator(view);
        let _ = simulator
            .click(iced::advanced::widget::Id::from(id.to_owned()))
            .unwrap_or_else(|error| panic!("{id}: {error:?}"));

        simulator.into_messages().collect()
    }

    /// A picture for eyes, if `MOULT_PICTURES` names a folder.
    pub(super) fn picture<'a, Message: 'a>(&self, name: &str, scheme: Scheme, view: Element<'a, Message>) {
        let Some(folder) = pictures_folder() else { return };
        let theme = Theme::new(scheme);
        let name = format!("store-{name}-{scheme:?}-{}-{}.png", self.language.code(), self.width).to_lowercase();
        let snapshot = self.simulator(view).snapshot(&theme).unwrap();

        assert!(snapshot.matches_image(folder.join(name)).unwrap());
    }
}

pub(super) fn pictures_folder() -> Option<PathBuf> {
    std::env::var_os("MOULT_PICTURES").map(PathBuf::from)
}

pub(super) fn item(id: &str, name: &str, summary: &str) -> Item {
    Item {
        id: id.to_owned(),
        package: name.to_lowercase(),
        name: name.to_owned(),
        summary: summary.to_owned(),
        kind: ItemKind::App,
        icon: format!("/icons/{id}.png"),
        version: "5.2.6".to_owned(),
        repository: "main".to_owned(),
        installed: false,
        newer: false,
        held: false,
    }
}

/// Some apps that are not alike.
pub(super) fn apps() -> Vec<Item> {
    let mut apps = vec![
        item(
            "org.kde.krita",
            "Krita",
            "Digital painting for comics, textures and concept art",
        ),
        item(
            "org.gimp.GIMP",
            "GNU Image Manipulation Program",
            "Create images and edit photographs",
        ),
        item("org.inkscape.Inkscape", "Inkscape", "Vector graphics editor"),
        item("org.mozilla.firefox", "Firefox", "Browse the web"),
        item(
            "org.videolan.vlc",
            "VLC",
            "Read, capture and broadcast your multimedia streams, from discs, files, the network and capture devices",
        ),
        item("org.kde.okular", "Okular", "View and annotate documents"),
        item(
            "net.supertuxkart.SuperTuxKart",
            "SuperTuxKart",
            "A 3D open-source kart racing game",
        ),
        item("org.libreoffice.writer", "LibreOffice Writer", "Word processor"),
        item(
            "org.blender.Blender",
            "Blender",
            "3D modeling, animation, rendering and post-production",
        ),
        item("org.audacityteam.Audacity", "Audacity", "Record and edit audio files"),
        item("org.gnome.Maps", "Maps", "Find places around the world"),
        item("org.stellarium.Stellarium", "Stellarium", "Desktop Planetarium"),
    ];
    apps[1].installed = true;
    apps[3].installed = true;
    apps[3].newer = true;
    apps[5].installed = true;
    apps[5].held = true;
    apps[9].kind = ItemKind::ConsoleApp;
    apps[9].icon = String::new();

    apps
}

/// Icons for items, painted here: a ring or a disc, in a colour of the name's.
pub(super) fn paint(pictures: &Pictures, items: &[Item], side: u32) {
    for item in items.iter().filter(|item| !item.icon.is_empty()) {
        let seed = item
            .id
            .bytes()
            .fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
        let color = [(seed >> 3) as u8 | 0x40, (seed >> 11) as u8, (seed >> 19) as u8 | 0x30];
        let middle = side as f32 / 2.0;
        let rgba = (0..side * side)
            .flat_map(|at| {
                let (x, y) = ((at % side) as f32 + 0.5 - middle, (at / side) as f32 + 0.5 - middle);
                let far = x.hypot(y) / middle;
                let alpha = ((1.0 - far) * middle).clamp(0.0, 1.0);
                let shade = if seed & 1 == 0 && far < 0.45 { 0.45 } else { 1.0 };
                let channel = |value: u8| (f32::from(value) * shade) as u8;
                [
                    channel(color[0]),
                    channel(color[1]),
                    channel(color[2]),
                    (alpha * 255.0) as u8,
                ]
            })
            .collect();
        pictures.put_icon(&item.icon, side, rgba);
    }
}

/// A screenshot, painted here: bands of colour.
pub(super) fn paint_shot(pictures: &Pictures, url: &str, width: u32, height: u32) {
    let rgba = (0..width * height)
        .flat_map(|at| {
            let (x, y) = (at % width, at / width);
            [(x * 255 / width) as u8, (y * 200 / height) as u8, 140, 255]
        })
        .collect();
    pictures.put_shot(url, (width, height), rgba);
}
