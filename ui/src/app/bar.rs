//! The bar on every screen: language, keyboard layout, colours, network.

use iced::widget::{row, space};
use iced::{Center, Fill, Task};
use moult_api::Connectivity;
use moult_i18n::{Language, fl};

use crate::format;
use crate::keyboard::{Keyboard, Layout, Layouts};
use crate::theme::{self, Element, Scheme, space as gap};
use crate::widget::{Icon, Item, button, dropdown, icon, words};

const KEYBOARD_MENU: &str = "keyboard-menu";
/// A longer label would push the rest out of a narrow window.
const LONGEST_LABEL: usize = 14;

/// The menus of the bar.
#[derive(Debug)]
pub(crate) struct Bar {
    languages: Vec<Item>,
    layouts: Layouts,
    layout_items: Vec<Item>,
    layout: Typed,
    /// The layout was chosen by hand: a language does not change it any more.
    is_own_layout: bool,
}

/// The layout that keys are typed in. Until the system's list was read, its code is all that is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Typed {
    pub(crate) code: String,
    pub(crate) variant: String,
    pub(crate) name: String,
    pub(crate) short: String,
    label: String,
}

impl Typed {
    fn plain(code: &str) -> Self {
        let (code, short) = (code.to_owned(), code.to_uppercase());

        Self {
            name: short.clone(),
            label: short.clone(),
            code,
            short,
            variant: String::new(),
        }
    }

    fn of(layout: &Layout) -> Self {
        let short = layout.short();

        Self {
            code: layout.code.clone(),
            variant: layout.variant.clone(),
            name: layout.name.clone(),
            label: if layout.label.chars().count() > LONGEST_LABEL {
                short.clone()
            } else {
                layout.label.clone()
            },
            short,
        }
    }
}

/// What happens in the bar.
#[derive(Debug, Clone)]
pub enum Message {
    /// A language was chosen, by its place in [`Language::ALL`].
    Language(usize),
    /// A keyboard layout was chosen, by its place in the list.
    Layout(usize),
    /// Other colours are wanted.
    Appearance(Scheme),
}

/// What the program shall do.
#[derive(Debug)]
pub(crate) enum Action {
    /// Nothing.
    None,
    /// Speak this language.
    Speak(Language),
    /// Show these colours.
    Show(Scheme),
}

impl Bar {
    pub(crate) fn new(language: Language, keyboard: &Keyboard) -> Self {
        let mut bar = Self {
            languages: Language::ALL
                .map(|language| Item {
                    keywords: language.code().to_owned(),
                    ..Item::new(language.name())
                })
                .into(),
            layouts: Layouts::default(),
            layout_items: Vec::new(),
            layout: Typed::plain(language.keyboard()),
            is_own_layout: false,
        };
        bar.speak(language, keyboard);

        bar
    }

    pub(crate) fn layout(&self) -> &Typed {
        &self.layout
    }

    /// Names everything in another language, and types in its usual layout unless one was chosen by hand.
    pub(super) fn speak(&mut self, language: Language, keyboard: &Keyboard) {
        keyboard.set_language(language.code());
        self.layouts = Layouts::load(language.code());
        self.layout_items = self
            .layouts
            .all()
            .iter()
            .map(|layout| Item {
                label: layout.name.clone(),
                detail: layout.short(),
                keywords: layout.keywords(),
            })
            .collect();

        let named = if self.is_own_layout {
            self.layouts.get(&self.layout.code, &self.layout.variant)
        } else {
            self.layouts.default_for(language.code())
        };
        if let Some(layout) = named.map(Typed::of) {
            self.type_in(layout, keyboard);
        }
    }

    fn type_in(&mut self, layout: Typed, keyboard: &Keyboard) {
        if let Err(error) = keyboard.switch(&layout.code, &layout.variant) {
            tracing::warn!(%error, "the old layout stays");
            return;
        }

        self.layout = layout;
    }

    pub(crate) fn update(&mut self, message: Message, keyboard: &Keyboard) -> Action {
        match message {
            Message::Language(at) => Language::ALL
                .get(at)
                .map_or(Action::None, |language| Action::Speak(*language)),
            Message::Layout(at) => {
                if let Some(layout) = self.layouts.all().get(at).map(Typed::of) {
                    self.is_own_layout = true;
                    self.type_in(layout, keyboard);
                }
                Action::None
            }
            Message::Appearance(scheme) => Action::Show(scheme),
        }
    }

    /// The menu of keyboard layouts.
    pub(crate) fn keyboard_menu(&self, language: Language) -> Element<'_, Message> {
        let typed = self.layouts.position(&self.layout.code, &self.layout.variant);

        dropdown(KEYBOARD_MENU, &self.layout_items, typed, Message::Layout)
            .trigger(Icon::Keyboard, &self.layout.label)
            .hint(fl!(language, "keyboard-search"))
            .nothing(fl!(language, "keyboard-none-found"))
            .plain()
            .into()
    }

    pub(super) fn view(&self, language: Language, network: Connectivity, scheme: Scheme) -> Element<'_, Message> {
        let spoken = Language::ALL.iter().position(|other| *other == language);
        let languages = dropdown("language-menu", &self.languages, spoken, Message::Language)
            .trigger(Icon::Languages, language.name())
            .hint(fl!(language, "language-label"))
            .plain();
        let layouts = self.keyboard_menu(language);
        let appearance = appearance(language, scheme);

        let sign = match network {
            Connectivity::Online => icon(Icon::Network).style(theme::good),
            Connectivity::Connecting => icon(Icon::LoaderCircle).style(theme::quiet),
            Connectivity::Offline | Connectivity::Unavailable => icon(Icon::WifiOff).style(theme::quiet),
        };
        let network = row![
            sign,
            words::small(format::connectivity(language, network)).style(theme::quiet)
        ]
        .spacing(gap::XXS)
        .align_y(Center);

        row![
            words::section("Moult"),
            space::horizontal(),
            languages,
            layouts,
            appearance,
            network
        ]
        .spacing(gap::S)
        .align_y(Center)
        .width(Fill)
        .into()
    }
}

/// The button for other colours. It says which ones are next: a button says what it does.
pub(crate) fn appearance<'a>(language: Language, scheme: Scheme) -> Element<'a, Message> {
    let (next, sign, name) = match scheme {
        Scheme::Light => (Scheme::Dark, Icon::Moon, fl!(language, "appearance-dark")),
        Scheme::Dark => (Scheme::Contrast, Icon::Contrast, fl!(language, "appearance-contrast")),
        Scheme::Contrast => (Scheme::Light, Icon::Sun, fl!(language, "appearance-light")),
    };

    button::bare(row![icon(sign), words::body(name)].spacing(gap::XS).align_y(Center))
        .id("appearance")
        .on_press(Message::Appearance(next))
        .into()
}

/// Opens the menu of keyboard layouts.
pub(crate) fn open_keyboard_menu<T: Send + 'static>() -> Task<T> {
    dropdown::open(KEYBOARD_MENU)
}
