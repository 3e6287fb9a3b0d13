//! The form of a repository: a new one, or one that is described anew. It is checked while it is filled in.

use iced::widget::{column, container};
use iced::{Fill, Length};
use moult_api::{RepositoryRequest, RepositoryRow, Trust};
use moult_i18n::{Language, fl};

use super::NARROW;
use crate::screen::store::Look;
use crate::theme::{self, Element, size, space as gap};
use crate::widget::{Field, Note, banner, button, disclosure, text_field, words};

/// Characters of a minisign public key.
const KEY: usize = 56;
/// Keys, and mirrors, that one repository may have.
const MOST: usize = 32;
/// The longest name.
const LONGEST: usize = 128;

/// A repository, as far as it was typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    /// The one that is described anew.
    of: Option<Before>,
    texts: [String; Blank::ALL.len()],
    /// Versions and what belongs to them are unfolded.
    more: bool,
    /// It was to be written down: now empty fields are told, too.
    asked: bool,
    /// The name is that of another repository.
    is_taken: bool,
}

/// What the repository was before.
#[derive(Debug, Clone)]
struct Before {
    is_keyed: bool,
}

/// A field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// Its name.
    Name,
    /// Its address.
    Uri,
    /// For people.
    Description,
    /// A larger number is preferred.
    Priority,
    /// Public keys.
    Keys,
    /// Other addresses.
    Mirrors,
    /// What is followed.
    Version,
    /// Channel of a versioned one.
    Channel,
    /// Architecture of a versioned one.
    Architecture,
}

/// What happens in the form.
#[derive(Debug, Clone)]
pub enum Message {
    /// Something was typed.
    Typed(Blank, String),
    /// Versions were unfolded or folded.
    MorePressed,
    /// Write it down.
    Submitted,
    /// Do not.
    Closed,
}

/// What comes of it.
#[derive(Debug)]
pub(super) enum Answer {
    None,
    /// This field has to be mended first.
    Focus(&'static str),
    Closed,
    Written(RepositoryRequest),
}

impl Blank {
    const ALL: [Self; 9] = [
        Self::Name,
        Self::Uri,
        Self::Description,
        Self::Priority,
        Self::Keys,
        Self::Mirrors,
        Self::Version,
        Self::Channel,
        Self::Architecture,
    ];

    fn id(self) -> &'static str {
        match self {
            Self::Name => "source-name",
            Self::Uri => "source-uri",
            Self::Description => "source-description",
            Self::Priority => "source-priority",
            Self::Keys => "source-keys",
            Self::Mirrors => "source-mirrors",
            Self::Version => "source-version",
            Self::Channel => "source-channel",
            Self::Architecture => "source-architecture",
        }
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Empty,
    Name,
    Taken,
    Uri,
    Priority,
    Key,
    KeysGone,
    Mirror,
    Version,
    Word,
}

impl Form {
    /// Of a new repository.
    pub(super) fn new() -> Self {
        let mut form = Self::default();
        form.set(Blank::Priority, "0".to_owned());

        form
    }

    /// Of one that is there. A password in its address is not told, and has to be typed again.
    pub(super) fn of(row: &RepositoryRow) -> Self {
        let mut form = Self {
            of: Some(Before {
                is_keyed: row.trust != Trust::Unsigned,
            }),
            more: !row.version.is_empty(),
            ..Self::default()
        };
        form.set(Blank::Name, row.name.clone());
        form.set(Blank::Uri, row.uri.clone());
        form.set(Blank::Description, row.description.clone());
        form.set(Blank::Priority, row.priority.to_string());
        form.set(Blank::Keys, row.keys.join(" "));
        form.set(Blank::Mirrors, row.mirrors.join(" "));
        form.set(Blank::Version, row.version.clone());
        form.set(Blank::Channel, row.channel.clone());
        form.set(Blank::Architecture, row.architecture.clone());

        form
    }

    /// Handles a message. `taken` are the names of all repositories.
    pub(super) fn update(&mut self, message: Message, taken: &[&str]) -> Answer {
        match message {
            Message::Typed(blank, text) => self.set(blank, text),
            Message::MorePressed => self.more = !self.more,
            Message::Closed => return Answer::Closed,
            Message::Submitted => {
                self.asked = true;
                self.is_taken = self.of.is_none() && taken.contains(&self.get(Blank::Name));
                if let Some(wrong) = Blank::ALL.into_iter().find(|blank| self.wrong(*blank).is_some()) {
                    self.more |= matches!(wrong, Blank::Version | Blank::Channel | Blank::Architecture);
                    return Answer::Focus(wrong.id());
                }
                return Answer::Written(self.request());
            }
        }
        self.is_taken = self.of.is_none() && taken.contains(&self.get(Blank::Name));

        Answer::None
    }

    fn set(&mut self, blank: Blank, text: String) {
        self.texts[blank as usize] = text;
    }

    fn text(&self, blank: Blank) -> &str {
        &self.texts[blank as usize]
    }

    fn get(&self, blank: Blank) -> &str {
        self.text(blank).trim()
    }

    fn list(&self, blank: Blank) -> impl Iterator<Item = &str> {
        self.text(blank)
            .split(|c: char| c.is_whitespace() || c == ',')
            .filter(|word| !word.is_empty())
    }

    fn request(&self) -> RepositoryRequest {
        let owned = |blank| self.get(blank).to_owned();
        let all = |blank| self.list(blank).map(str::to_owned).collect();

        RepositoryRequest {
            name: owned(Blank::Name),
            uri: owned(Blank::Uri),
            priority: self.get(Blank::Priority).parse().unwrap_or(0),
            description: owned(Blank::Description),
            keys: all(Blank::Keys),
            mirrors: all(Blank::Mirrors),
            version: owned(Blank::Version),
            channel: owned(Blank::Channel),
            architecture: owned(Blank::Architecture),
        }
    }

    /// What is wrong with a field as it is.
    fn wrong(&self, blank: Blank) -> Option<Wrong> {
        let text = self.get(blank);
        let wrong = |is_right: bool, wrong| (!is_right).then_some(wrong);
        let is_versioned = !self.get(Blank::Version).is_empty();

        match blank {
            Blank::Name if text.is_empty() => Some(Wrong::Empty),
            Blank::Name if self.is_taken => Some(Wrong::Taken),
            Blank::Name => wrong(is_word(text), Wrong::Name),
            Blank::Uri if text.is_empty() => Some(Wrong::Empty),
            Blank::Uri => wrong(scheme(text).is_some(), Wrong::Uri),
            Blank::Description => None,
            Blank::Priority => wrong(
                text.is_empty() || text.parse::<u64>().is_ok_and(|number| i64::try_from(number).is_ok()),
                Wrong::Priority,
            ),
            Blank::Keys if text.is_empty() && self.of.as_ref().is_some_and(|before| before.is_keyed) => {
                Some(Wrong::KeysGone)
            }
            Blank::Keys => wrong(
                self.list(Blank::Keys).all(is_key) && self.list(Blank::Keys).count() <= MOST,
                Wrong::Key,
            ),
            Blank::Mirrors => {
                let main = scheme(self.get(Blank::Uri));
                let fits = |mirror: &str| match (main, scheme(mirror)) {
                    (Some("https"), mirror) => mirror == Some("https"),
                    (Some("http"), mirror) => matches!(mirror, Some("http" | "https")),
                    (None, mirror) => matches!(mirror, Some("http" | "https")),
                    _ => false,
                };
                wrong(
                    self.list(Blank::Mirrors).all(fits) && self.list(Blank::Mirrors).count() <= MOST,
                    Wrong::Mirror,
                )
            }
            Blank::Version => wrong(text.is_empty() || is_version(text), Wrong::Version),
            Blank::Channel | Blank::Architecture => wrong(
                text.is_empty() || (is_versioned && is_word(text) && !text.starts_with('.')),
                Wrong::Word,
            ),
        }
    }

    /// What the line below a field says.
    fn note(&self, language: Language, blank: Blank, hint: String) -> Note {
        let wrong = self.wrong(blank).filter(|wrong| {
            // An empty field is no mistake before somebody wants to go on.
            self.asked || !matches!(wrong, Wrong::Empty)
        });

        match wrong {
            Some(wrong) => Note::Error(match wrong {
                Wrong::Empty if blank == Blank::Name => fl!(language, "store-sources-name-empty"),
                Wrong::Empty => fl!(language, "store-sources-uri-empty"),
                Wrong::Name => fl!(language, "store-sources-name-wrong"),
                Wrong::Taken => fl!(language, "store-sources-name-taken"),
                Wrong::Uri => fl!(language, "store-sources-uri-wrong"),
                Wrong::Priority => fl!(language, "store-sources-priority-wrong"),
                Wrong::Key => fl!(language, "store-sources-key-wrong"),
                Wrong::KeysGone => fl!(language, "store-sources-keys-gone"),
                Wrong::Mirror => fl!(language, "store-sources-mirror-wrong"),
                Wrong::Version => fl!(language, "store-sources-version-wrong"),
                Wrong::Word => fl!(language, "store-sources-word-wrong"),
            }),
            None if hint.is_empty() => Note::None,
            None => Note::Hint(hint),
        }
    }

    fn field<'a>(&'a self, look: Look<'a>, blank: Blank, label: String, hint: String) -> Field<'a, Message> {
        let field = text_field(blank.id(), label, self.text(blank))
            .note(self.note(look.language, blank, hint))
            .on_submit(Message::Submitted)
            .direction(look.direction);
        // The name is what a repository is known by: it stays.
        if blank == Blank::Name && self.of.is_some() {
            return field;
        }

        field.on_input(move |text| Message::Typed(blank, text))
    }

    /// The fields, and what an unsigned repository means.
    pub(super) fn view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let title = if self.of.is_some() {
            fl!(
                language,
                "store-sources-change-title",
                name = self.get(Blank::Name).to_owned()
            )
        } else {
            fl!(language, "store-sources-add-title")
        };
        let uri_hint = if self.of.is_some() {
            fl!(language, "store-sources-uri-hint-again")
        } else {
            fl!(language, "store-sources-uri-hint")
        };
        let two = |one: Field<'a, Message>, other: Field<'a, Message>| -> Element<'a, Message> {
            if look.width < NARROW {
                column![one, other].spacing(gap::XS).into()
            } else {
                look.direction
                    .row([
                        container(one).width(Length::FillPortion(3)).into(),
                        container(other).width(Length::FillPortion(1)).into(),
                    ])
                    .spacing(gap::M)
                    .into()
            }
        };
        let field = |blank, label, hint| self.field(look, blank, label, hint);

        let mut page = column![
            words::heading(title),
            two(
                field(
                    Blank::Name,
                    fl!(language, "store-sources-name"),
                    fl!(language, "store-sources-name-hint")
                ),
                field(
                    Blank::Priority,
                    fl!(language, "store-sources-priority"),
                    fl!(language, "store-sources-priority-hint")
                )
            ),
            field(Blank::Uri, fl!(language, "store-sources-address"), uri_hint),
            field(
                Blank::Description,
                fl!(language, "store-sources-description"),
                String::new()
            ),
            field(
                Blank::Keys,
                fl!(language, "store-sources-keys"),
                fl!(language, "store-sources-keys-hint")
            ),
        ]
        .spacing(gap::XS)
        .max_width(size::COLUMN)
        .align_x(look.direction.start())
        .width(Fill);

        if self.get(Blank::Keys).is_empty() && !self.of.as_ref().is_some_and(|before| before.is_keyed) {
            page = page.push(banner::warn(fl!(language, "store-sources-unsigned-means")));
        }
        page = page.push(field(
            Blank::Mirrors,
            fl!(language, "store-sources-mirrors"),
            fl!(language, "store-sources-mirrors-hint"),
        ));
        page = page.push(disclosure(
            "source-more",
            fl!(language, "store-sources-more"),
            self.more,
            look.direction,
            Message::MorePressed,
            || self.versioned(look),
        ));

        let close = button::secondary(fl!(language, "cancel"))
            .id("source-cancel")
            .on_press(Message::Closed);
        let write = button::primary(if self.of.is_some() {
            fl!(language, "store-sources-write-change")
        } else {
            fl!(language, "store-sources-write-add")
        })
        .id("source-write")
        .on_press(Message::Submitted);
        let buttons = look
            .direction
            .row([close.into(), write.into()])
            .spacing(gap::S)
            .wrap()
            .vertical_spacing(gap::XS);

        page.push(words::small(fl!(language, "store-sources-write-means")).style(theme::quiet))
            .push(buttons)
            .into()
    }

    fn versioned<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let usual = || fl!(language, "store-sources-usual");
        let fields = column![self.field(
            look,
            Blank::Version,
            fl!(language, "store-sources-version"),
            fl!(language, "store-sources-version-hint"),
        )]
        .spacing(gap::XS);

        fields
            .push(self.field(look, Blank::Channel, fl!(language, "store-sources-channel"), usual()))
            .push(self.field(
                look,
                Blank::Architecture,
                fl!(language, "store-sources-architecture"),
                usual(),
            ))
            .into()
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// How an address is read, if it can be.
fn scheme(uri: &str) -> Option<&'static str> {
    let (scheme, rest) = uri.split_once("://")?;
    if rest.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }

    match scheme {
        "file" => rest.starts_with('/').then_some("file"),
        "http" | "https" => {
            let host = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
            let known = if scheme == "http" { "http" } else { "https" };
            (!host.is_empty() && !host.starts_with(':')).then_some(known)
        }
        _ => None,
    }
}

fn is_key(text: &str) -> bool {
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);

    text.len() == KEY && text.starts_with("RW") && text.bytes().all(base64)
}

fn is_version(text: &str) -> bool {
    text.split_once('/').is_some_and(|(kind, point)| {
        matches!(kind, "stream" | "tag" | "history")
            && !point.is_empty()
            && point.len() <= LONGEST
            && !point.starts_with('-')
            && point.chars().all(|c| c.is_alphanumeric() || c == '-')
    })
}
