//! What kinds, categories and signs are called, and their icons: the same on every screen.

use moult_api::{Item, ItemKind};
use moult_i18n::{Language, fl};

use crate::theme;
use crate::widget::{Icon, Sign};

/// Kinds, in the order in which they are offered.
pub(super) const KINDS: [ItemKind; 6] = [
    ItemKind::App,
    ItemKind::ConsoleApp,
    ItemKind::Addon,
    ItemKind::Font,
    ItemKind::Component,
    ItemKind::System,
];

/// The categories of the menu specification that a store has, in its order.
pub(super) const CATEGORIES: [&str; 13] = [
    "AudioVideo",
    "Audio",
    "Video",
    "Development",
    "Education",
    "Game",
    "Graphics",
    "Network",
    "Office",
    "Science",
    "Settings",
    "System",
    "Utility",
];

/// What a kind is called, of one thing.
pub(super) fn kind(language: Language, kind: ItemKind) -> String {
    match kind {
        ItemKind::App => fl!(language, "store-kind-app"),
        ItemKind::ConsoleApp => fl!(language, "store-kind-console"),
        ItemKind::Addon => fl!(language, "store-kind-addon"),
        ItemKind::Font => fl!(language, "store-kind-font"),
        ItemKind::Component => fl!(language, "store-kind-component"),
        ItemKind::System => fl!(language, "store-kind-system"),
    }
}

/// What things of a kind are called, for a choice of kinds.
pub(super) fn kinds(language: Language, kind: ItemKind) -> String {
    match kind {
        ItemKind::App => fl!(language, "store-kinds-app"),
        ItemKind::ConsoleApp => fl!(language, "store-kinds-console"),
        ItemKind::Addon => fl!(language, "store-kinds-addon"),
        ItemKind::Font => fl!(language, "store-kinds-font"),
        ItemKind::Component => fl!(language, "store-kinds-component"),
        ItemKind::System => fl!(language, "store-kinds-system"),
    }
}

/// What stands in the place of an icon that is not there.
pub(super) fn kind_icon(kind: ItemKind) -> Icon {
    match kind {
        ItemKind::App => Icon::AppWindow,
        ItemKind::ConsoleApp => Icon::Terminal,
        ItemKind::Addon => Icon::Puzzle,
        ItemKind::Font => Icon::Type,
        ItemKind::Component => Icon::Layers,
        ItemKind::System => Icon::Package,
    }
}

/// What a category is called. One that the menu specification does not know keeps its own name.
pub(super) fn category(language: Language, id: &str) -> String {
    match id {
        "AudioVideo" => fl!(language, "store-category-audiovideo"),
        "Audio" => fl!(language, "store-category-audio"),
        "Video" => fl!(language, "store-category-video"),
        "Development" => fl!(language, "store-category-development"),
        "Education" => fl!(language, "store-category-education"),
        "Game" => fl!(language, "store-category-game"),
        "Graphics" => fl!(language, "store-category-graphics"),
        "Network" => fl!(language, "store-category-network"),
        "Office" => fl!(language, "store-category-office"),
        "Science" => fl!(language, "store-category-science"),
        "Settings" => fl!(language, "store-category-settings"),
        "System" => fl!(language, "store-category-system"),
        "Utility" => fl!(language, "store-category-utility"),
        other => other.to_owned(),
    }
}

/// A category's icon.
pub(super) fn category_icon(id: &str) -> Icon {
    match id {
        "AudioVideo" => Icon::Headphones,
        "Audio" => Icon::Music,
        "Video" => Icon::Film,
        "Development" => Icon::CodeXml,
        "Education" => Icon::GraduationCap,
        "Game" => Icon::Gamepad2,
        "Graphics" => Icon::Palette,
        "Network" => Icon::Globe,
        "Office" => Icon::Briefcase,
        "Science" => Icon::FlaskConical,
        "Settings" => Icon::Settings,
        "System" => Icon::Cpu,
        "Utility" => Icon::Wrench,
        _ => Icon::Package,
    }
}

/// What is worth knowing of an item at first sight: that it is held, newer elsewhere, or here.
pub(super) fn sign(language: Language, item: &Item) -> Option<Sign> {
    if !item.installed {
        return None;
    }

    Some(if item.held {
        Sign {
            icon: Icon::Pin,
            word: fl!(language, "store-sign-held"),
            style: theme::quiet,
        }
    } else if item.newer {
        Sign {
            icon: Icon::CircleArrowUp,
            word: fl!(language, "store-sign-newer"),
            style: theme::accent,
        }
    } else {
        Sign {
            icon: Icon::CircleCheck,
            word: fl!(language, "store-sign-installed"),
            style: theme::good,
        }
    })
}
