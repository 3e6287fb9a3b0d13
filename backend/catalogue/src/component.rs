//! What a catalogue says of one component, in one language.

/// Something that can be installed or shown: an app, an add-on, a font, …
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Component {
    /// Its id, such as `org.gnome.Maps` or `gimp.desktop`. Unique in a catalogue.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Names of the packages that bring it, the preferred one first.
    pub packages: Vec<String>,
    /// Priority of the catalogue that it comes from; the higher one wins.
    pub priority: i32,
    /// Origin that its catalogue states; names the folder of its icons.
    pub origin: String,
    /// Which file of [`Report::files`](crate::Report) it comes from.
    pub source: u32,
    /// Its name.
    pub name: String,
    /// The untranslated name, empty when [`name`](Self::name) is that one.
    pub original_name: String,
    /// One line about it.
    pub summary: String,
    /// What it is and does.
    pub description: Vec<Block>,
    /// Menu categories, such as `Graphics`.
    pub categories: Vec<String>,
    /// Words that people look for, translated and untranslated.
    pub keywords: Vec<String>,
    /// Its icons.
    pub icons: Vec<Icon>,
    /// Its screenshots, the default one first.
    pub screenshots: Vec<Screenshot>,
    /// Its releases, newest first.
    pub releases: Vec<Release>,
    /// Licence of the project, an SPDX expression.
    pub project_license: String,
    /// Licence of the texts and pictures here.
    pub metadata_license: String,
    /// Name of the project that it belongs to, such as `GNOME`.
    pub project_group: String,
    /// Who makes it.
    pub developer: Developer,
    /// Web addresses.
    pub urls: Vec<Link>,
    /// How it is started.
    pub launchables: Vec<Typed>,
    /// What it brings: `mediatype`, `binary`, `library`, `font`, `dbus`, `id`, … and the value.
    pub provides: Vec<Typed>,
    /// Bundles of other formats that bring it: `flatpak`, `snap`, … and the bundle's id.
    pub bundles: Vec<Typed>,
    /// What somebody of which age may want to know.
    pub content_rating: Option<ContentRating>,
    /// Ids of the components that an add-on extends.
    pub extends: Vec<String>,
    /// Ids of the components that this one takes the place of.
    pub replaces: Vec<String>,
    /// Desktops that need it, such as `GNOME`.
    pub compulsory_for: Vec<String>,
    /// Languages that it speaks.
    pub languages: Vec<Language>,
    /// Colours to show it with.
    pub colors: Vec<Color>,
}

impl Component {
    /// The newest release, if any is known.
    pub fn newest_release(&self) -> Option<&Release> {
        self.releases.first()
    }
}

/// What lists, counts and choices need of a component. It is in memory for each of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brief {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Names of the packages that bring it, the preferred one first.
    pub packages: Vec<String>,
    /// Menu categories.
    pub categories: Vec<String>,
    /// Its name.
    pub name: String,
    /// One line about it.
    pub summary: String,
    /// Its icons that are files beside the catalogue.
    pub icons: Vec<Icon>,
    /// Ids of the components that an add-on extends.
    pub extends: Vec<String>,
    /// Bytes of the texts of its description.
    pub described: u64,
    /// Screenshots with a picture.
    pub screenshots: u64,
    /// Languages that it speaks.
    pub languages: u64,
    /// A release has notes.
    pub noted: bool,
    /// It says who makes it.
    pub developed: bool,
}

impl From<Component> for Brief {
    fn from(component: Component) -> Brief {
        let spans = component.description.iter().flat_map(Block::lines).flatten();
        let pictured = component.screenshots.iter().filter(|shot| !shot.images.is_empty());
        let is_file = |icon: &Icon| matches!(icon, Icon::Cached { .. });
        Brief {
            described: spans.map(|span| span.text.len() as u64).sum(),
            screenshots: pictured.count() as u64,
            languages: component.languages.len() as u64,
            noted: component.releases.iter().any(|release| !release.description.is_empty()),
            developed: !component.developer.name.is_empty(),
            id: component.id,
            kind: component.kind,
            packages: component.packages,
            categories: component.categories,
            name: component.name,
            summary: component.summary,
            icons: component.icons.into_iter().filter(is_file).collect(),
            extends: component.extends,
        }
    }
}

/// What a component is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Nothing more is said, or a kind that is not known here.
    #[default]
    Generic,
    /// An app with a window.
    DesktopApp,
    /// A program for the terminal.
    ConsoleApp,
    /// An app in the web.
    WebApp,
    /// Extends other components.
    Addon,
    /// A font.
    Font,
    /// A codec for sounds or films.
    Codec,
    /// A way to type.
    InputMethod,
    /// Firmware of a device.
    Firmware,
    /// A driver.
    Driver,
    /// Translations.
    Localization,
    /// A service in the background.
    Service,
    /// A repository.
    Repository,
    /// An operating system.
    OperatingSystem,
    /// A set of icons.
    IconTheme,
    /// A runtime for other components.
    Runtime,
}

impl Kind {
    /// The kind that AppStream calls by this name; [`Kind::Generic`] for one that is not known.
    pub fn from_name(name: &str) -> Kind {
        match name {
            "desktop-application" | "desktop" => Kind::DesktopApp,
            "console-application" => Kind::ConsoleApp,
            "web-application" | "webapp" => Kind::WebApp,
            "addon" => Kind::Addon,
            "font" => Kind::Font,
            "codec" => Kind::Codec,
            "inputmethod" => Kind::InputMethod,
            "firmware" => Kind::Firmware,
            "driver" => Kind::Driver,
            "localization" => Kind::Localization,
            "service" => Kind::Service,
            "repository" => Kind::Repository,
            "operating-system" => Kind::OperatingSystem,
            "icon-theme" => Kind::IconTheme,
            "runtime" => Kind::Runtime,
            _ => Kind::Generic,
        }
    }
}

/// One block of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// A list with bullets: its items.
    Bullets(Vec<Vec<Span>>),
    /// A list with numbers: its items.
    Numbers(Vec<Vec<Span>>),
}

impl Block {
    /// Each line of spans in it: the paragraph, or the items.
    pub fn lines(&self) -> impl Iterator<Item = &[Span]> {
        let lines = match self {
            Block::Paragraph(spans) => std::slice::from_ref(spans),
            Block::Bullets(items) | Block::Numbers(items) => items,
        };
        lines.iter().map(Vec::as_slice)
    }
}

/// A piece of text in one style, to be drawn right after the one before it. It has no markup and no line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The text.
    pub text: String,
    /// How it is drawn.
    pub style: Style,
}

/// How a piece of a description is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Style {
    /// As text.
    #[default]
    Plain,
    /// Emphasised.
    Emphasis,
    /// As code.
    Code,
}

/// An icon. Sizes are in logical pixels; the picture has `scale` times as many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Icon {
    /// A file in the folder of icons beside the catalogue.
    Cached {
        /// Name of the file, never a path.
        name: String,
        /// Width.
        width: u32,
        /// Height.
        height: u32,
        /// Factor of a picture for dense screens, otherwise 1.
        scale: u32,
        /// Which file of [`Report::files`](crate::Report) names it: it lies beside that one.
        source: u32,
    },
    /// A name to look for in the icon theme.
    Stock(String),
    /// A picture in the web.
    Remote {
        /// Its address, `http` or `https`.
        url: String,
        /// Width, 0 when unknown.
        width: u32,
        /// Height, 0 when unknown.
        height: u32,
        /// Factor of a picture for dense screens, otherwise 1.
        scale: u32,
    },
}

/// A screenshot, in several sizes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Screenshot {
    /// Whether it is the one to show first.
    pub default: bool,
    /// One line about it.
    pub caption: String,
    /// The pictures, largest first.
    pub images: Vec<Image>,
}

/// One picture of a screenshot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Image {
    /// Its address, `http` or `https`.
    pub url: String,
    /// Width in pixels, 0 when unknown.
    pub width: u32,
    /// Height in pixels, 0 when unknown.
    pub height: u32,
    /// Factor of a picture for dense screens, otherwise 1.
    pub scale: u32,
    /// Whether it is a scaled copy and not the source.
    pub thumbnail: bool,
}

/// A release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// Its version.
    pub version: String,
    /// When it came out, in seconds since 1970 (UTC).
    pub time: Option<i64>,
    /// Whether it is meant for testers.
    pub development: bool,
    /// How much it matters.
    pub urgency: Urgency,
    /// What is new.
    pub description: Vec<Block>,
    /// Where more is written about it, empty when nowhere.
    pub url: String,
}

/// How much a release matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Nothing is said.
    #[default]
    Unknown,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical: security.
    Critical,
}

impl Urgency {
    /// The urgency that AppStream calls by this name.
    pub fn from_name(name: &str) -> Urgency {
        match name {
            "low" => Urgency::Low,
            "medium" => Urgency::Medium,
            "high" => Urgency::High,
            "critical" => Urgency::Critical,
            _ => Urgency::Unknown,
        }
    }
}

/// Who makes a component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Developer {
    /// Such as `gnome.org`; often empty.
    pub id: String,
    /// The name, empty when unknown.
    pub name: String,
}

/// A web address of a component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// What is there: `homepage`, `bugtracker`, `help`, `donation`, `translate`, `contact`, `vcs-browser`, …
    pub kind: String,
    /// The address, `http` or `https`.
    pub url: String,
}

/// A value and what it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// What it is, in the words of AppStream's XML.
    pub kind: String,
    /// The value.
    pub value: String,
}

/// What is in a component that is not for everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContentRating {
    /// The scheme, such as `oars-1.1`.
    pub scheme: String,
    /// What (`violence-cartoon`) and how much (`none`, `mild`, `moderate`, `intense`).
    pub attributes: Vec<Typed>,
}

/// A language that a component speaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Language {
    /// The locale, such as `de` or `pt_BR`.
    pub locale: String,
    /// How much is translated, in percent, when it is said.
    pub percentage: Option<u32>,
}

/// A colour to show a component with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Color {
    /// For dark surroundings (`Some(true)`), light ones, or both.
    pub dark: Option<bool>,
    /// Red, green and blue in the lowest 24 bits.
    pub rgb: u32,
}
