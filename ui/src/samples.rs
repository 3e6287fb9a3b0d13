//! For tests: what a backend would tell of: apps, pictures, a source.

use moult_api::{Item, ItemKind, RepositoryRow, Trust};

use crate::store::Pictures;

/// Seconds since 1970: now, for every test.
pub(crate) const NOW: i64 = 1_795_439_100;

/// A name, a version or a sentence of somebody who never stops, with a word that fits nowhere.
pub(crate) const LONG: &str = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft of the people who write \
                               names that are much longer than any other name in any list of names that anybody has ever made";
/// The address of a screenshot.
pub(crate) const SHOT: &str = "https://example.org/krita-752.png";

/// A source that nobody signs and that was never read.
pub(crate) fn repository(name: &str) -> RepositoryRow {
    RepositoryRow {
        name: name.into(),
        uri: "https://packages.example.org/stone.index".into(),
        mirrors: vec![],
        priority: 0,
        description: String::new(),
        enabled: true,
        file: "/etc/moult/repositories.kdl".into(),
        trust: Trust::Unsigned,
        signed_by: String::new(),
        expires: 0,
        refreshed: 0,
        packages: 0,
        failure: String::new(),
        trouble: vec![],
        failed: 0,
        version: String::new(),
        history: String::new(),
        newer_format: String::new(),
        keys: vec![],
        channel: String::new(),
        architecture: String::new(),
    }
}

pub(crate) fn item(id: &str, name: &str, summary: &str) -> Item {
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
pub(crate) fn apps() -> Vec<Item> {
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
pub(crate) fn paint(pictures: &Pictures, items: &[Item], side: u32) {
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
pub(crate) fn paint_shot(pictures: &Pictures, url: &str, width: u32, height: u32) {
    let rgba = (0..width * height)
        .flat_map(|at| {
            let (x, y) = (at % width, at / width);
            [(x * 255 / width) as u8, (y * 200 / height) as u8, 140, 255]
        })
        .collect();
    pictures.put_shot(url, (width, height), rgba);
}
