//! What its makers say of it: description, releases, add-ons, links, and the facts.

use iced::widget::text::LineHeight;
use iced::widget::{column, container, rich_text, span};
use iced::{Center, Fill, Font, Padding};
use moult_api::{BlockKind, ItemDetails, ReleaseNote, SpanStyle, TextBlock, TextSpan, Trust, Urgency, WebLink};
use moult_i18n::{Language, bytes, fl};

use super::{AppPage, Message, Part};
use crate::screen::store::{Look, naming};
use crate::theme::{self, Element, FONT_MONO, LINE_HEIGHT, Theme, size, space};
use crate::widget::progress::hairline;
use crate::widget::{Icon, button, card, disclosure, excerpt, fact, grid, icon, words};

/// Releases that are shown, and blocks of a text: more is nobody's reading.
const MOST_RELEASES: usize = 20;
const MOST_BLOCKS: usize = 200;
/// Between bullet and text.
const INDENT: f32 = 24.0;

/// What it is and does; nothing if nobody says.
pub(super) fn description<'a>(look: Look<'a>, details: &'a ItemDetails) -> Option<Element<'a, Message>> {
    (!details.description.is_empty()).then(|| blocks(look, &details.description))
}

/// Paragraphs and lists.
fn blocks<'a>(look: Look<'a>, blocks: &'a [TextBlock]) -> Element<'a, Message> {
    let mut text = column![]
        .spacing(space::M)
        .align_x(look.direction.start())
        .max_width(size::COLUMN)
        .width(Fill);

    for block in blocks.iter().take(MOST_BLOCKS) {
        let marks = |at: usize| match block.kind {
            BlockKind::Paragraph => None,
            BlockKind::Bullets => Some("•".to_owned()),
            BlockKind::Numbers => Some(format!("{}.", at + 1)),
        };
        let mut lines = column![]
            .spacing(space::XXS)
            .align_x(look.direction.start())
            .width(Fill);
        for (at, line) in block.lines.iter().take(MOST_BLOCKS).enumerate() {
            lines = lines.push(match marks(at) {
                None => spans(line),
                Some(mark) => look
                    .direction
                    .row([
                        container(words::body(mark).style(theme::quiet))
                            .width(INDENT)
                            .align_x(look.direction.end())
                            .into(),
                        spans(line),
                    ])
                    .spacing(space::XS)
                    .width(Fill)
                    .into(),
            });
        }
        text = text.push(lines);
    }

    text.into()
}

fn spans<'a>(line: &'a [TextSpan]) -> Element<'a, Message> {
    let spans: Vec<iced::advanced::text::Span<'a, (), Font>> = line
        .iter()
        .map(|piece| {
            let font = match piece.style {
                SpanStyle::Plain => theme::font(),
                // Not every font has an italic: what is emphasised stands out by its weight.
                SpanStyle::Emphasis => theme::font_strong(),
                SpanStyle::Code => FONT_MONO,
            };
            span(piece.text.as_str()).font(font)
        })
        .collect();

    let text: iced::widget::text::Rich<'a, (), Message, Theme, iced::Renderer> = rich_text(spans);
    text.size(size::BODY)
        .line_height(LineHeight::Relative(LINE_HEIGHT))
        .width(Fill)
        .into()
}

impl AppPage {
    /// What is new: the latest release, and the others on demand.
    pub(super) fn releases<'a>(&'a self, look: Look<'a>, details: &'a ItemDetails) -> Option<Element<'a, Message>> {
        let (latest, others) = details.releases.split_first()?;
        let mut part = column![
            words::section(fl!(look.language, "store-item-new")),
            release(look, latest)
        ]
        .spacing(space::S)
        .align_x(look.direction.start())
        .width(Fill);

        if !others.is_empty() {
            part = part.push(disclosure(
                "item-releases",
                fl!(look.language, "store-item-releases-before"),
                self.open.contains(&Part::Releases),
                look.direction,
                Message::Folded(Part::Releases),
                || {
                    let notes = others.iter().take(MOST_RELEASES).map(|note| release(look, note));
                    column(notes).spacing(space::M).width(Fill).into()
                },
            ));
        }

        Some(part.into())
    }

    pub(super) fn addons_view<'a>(&'a self, look: Look<'a>, width: f32) -> Option<Element<'a, Message>> {
        /// The least width of an add-on's card.
        const CARD: f32 = 290.0;

        if self.addons.is_empty() {
            return None;
        }
        let cards = self.addons.iter().map(|item| {
            card::card(
                look.direction,
                (look.pictures.icon(&item.icon), naming::kind_icon(item.kind)),
                &item.name,
                &item.summary,
                naming::sign(look.language, item),
            )
            .id(format!("item-addon-{}", item.id))
            .on_press(Message::Opened(item.id.clone()))
            .into()
        });

        Some(
            column![
                words::section(fl!(look.language, "store-item-addons")),
                grid(look.direction, card::columns(width, CARD, space::S), space::S, cards)
            ]
            .spacing(space::S)
            .width(Fill)
            .into(),
        )
    }

    /// Version, licence, sizes, where it comes from, categories and addresses.
    pub(super) fn facts<'a>(
        &'a self,
        look: Look<'a>,
        details: &'a ItemDetails,
        is_narrow: bool,
    ) -> Element<'a, Message> {
        let language = look.language;
        let item = &details.item;
        let is_known = |text: &str| !text.is_empty();
        let text = |text: String| words::body(text).wrapping(iced::widget::text::Wrapping::WordOrGlyph);
        let mut facts: Vec<Element<'a, Message>> = Vec::new();
        let mut push = |name: String, value: Element<'a, Message>| {
            facts.push(fact(look.direction, is_narrow, name, value));
        };

        push(
            fl!(language, "store-item-kind"),
            text(naming::kind(language, item.kind)).into(),
        );
        if is_known(&item.version) {
            push(fl!(language, "store-item-version"), text(item.version.clone()).into());
        }
        if is_known(&details.license) {
            push(
                fl!(language, "store-item-license"),
                text(details.license.clone()).into(),
            );
        }
        if details.installed_bytes > 0 {
            push(
                fl!(language, "store-item-size"),
                text(bytes(language, details.installed_bytes)).into(),
            );
        } else if details.download_bytes > 0 {
            push(
                fl!(language, "store-item-package-size"),
                text(bytes(language, details.download_bytes)).into(),
            );
        }
        if is_known(&item.repository) {
            push(fl!(language, "store-item-source"), source(look, details));
        }
        push(fl!(language, "store-item-package"), text(item.package.clone()).into());
        if !details.categories.is_empty() {
            let categories = details.categories.iter().map(|id| {
                button::quiet(naming::category(language, id))
                    .id(format!("item-category-{id}"))
                    .on_press(Message::CategoryOpened(id.clone()))
                    .padding(0)
                    .into()
            });
            let row = look.direction.row(categories).spacing(space::M).wrap();
            let name = fl!(language, "store-item-categories");
            facts.push(card::fact_of_controls(look.direction, is_narrow, name, row));
        }

        let mut all = column![words::section(fl!(language, "store-item-facts"))]
            .extend(facts)
            .align_x(look.direction.start())
            .width(Fill);
        if !details.links.is_empty() {
            all = all.push(container(hairline()).padding(Padding::ZERO.top(space::S).bottom(space::S)));
            all = all.extend(
                details
                    .links
                    .iter()
                    .enumerate()
                    .map(|(at, web)| self.link(look, at, web)),
            );
        }

        all.into()
    }

    /// An address, to read; to press where something opens it.
    fn link<'a>(&'a self, look: Look<'a>, at: usize, web: &'a WebLink) -> Element<'a, Message> {
        let direction = look.direction;
        let about = column![
            words::body(link_name(look.language, &web.kind)),
            excerpt(web.url.as_str(), 2)
                .size(size::SMALL)
                .style(theme::quiet)
                .direction(direction),
        ]
        .align_x(direction.start())
        .width(Fill);
        let mut parts: Vec<Element<'a, Message>> = vec![
            container(icon(link_icon(&web.kind)).style(theme::accent)).into(),
            about.into(),
        ];
        if self.opens_addresses {
            parts.push(icon(Icon::ExternalLink).size(16.0).style(theme::quiet).into());
        }
        let content = direction.row(parts).spacing(space::S).align_y(Center).width(Fill);

        if self.opens_addresses {
            button::bare(content)
                .id(format!("item-link-{at}"))
                .on_press(Message::LinkPressed(web.url.clone()))
                .width(Fill)
                .padding([space::XS, 0.0])
                .into()
        } else {
            container(content).padding([space::XS, 0.0]).width(Fill).into()
        }
    }
}

fn release<'a>(look: Look<'a>, note: &'a ReleaseNote) -> Element<'a, Message> {
    let language = look.language;
    let date = (note.time > 0).then(|| {
        words::small(moult_i18n::day(language, note.time))
            .style(theme::quiet)
            .into()
    });
    let matters = match note.urgency {
        Urgency::Critical | Urgency::High => Some(
            words::small(fl!(language, "store-item-release-security"))
                .style(theme::warn)
                .into(),
        ),
        Urgency::Unknown | Urgency::Low | Urgency::Medium => None,
    };
    let title = fl!(language, "store-item-release", version = note.version.clone());
    let head = look
        .direction
        .row(std::iter::once(words::strong(title).into()).chain(date).chain(matters))
        .spacing(space::S)
        .align_y(Center);
    let text: Element<'a, Message> = if note.description.is_empty() {
        words::body(fl!(language, "store-item-release-silent"))
            .style(theme::quiet)
            .into()
    } else {
        blocks(look, &note.description)
    };

    column![head, text]
        .spacing(space::XS)
        .align_x(look.direction.start())
        .width(Fill)
        .into()
}

/// The repository, and whether somebody vouches for what it offers.
fn source<'a>(look: Look<'a>, details: &'a ItemDetails) -> Element<'a, Message> {
    let language = look.language;
    let (sign, text, style): (Icon, String, fn(&Theme) -> iced::widget::text::Style) = match details.trust {
        Trust::Signed => (Icon::ShieldCheck, fl!(language, "store-item-signed"), theme::good),
        Trust::NotYet => (
            Icon::ShieldAlert,
            fl!(language, "store-item-signed-not-yet"),
            theme::warn,
        ),
        Trust::Unsigned => (Icon::ShieldAlert, fl!(language, "store-item-signed-not"), theme::warn),
    };

    column![
        words::body(details.item.repository.as_str()),
        card::line(look.direction, sign, text, style)
    ]
    .align_x(look.direction.start())
    .width(Fill)
    .into()
}

fn link_name(language: Language, kind: &str) -> String {
    match kind {
        "homepage" => fl!(language, "store-link-homepage"),
        "bugtracker" => fl!(language, "store-link-bugtracker"),
        "faq" | "help" => fl!(language, "store-link-help"),
        "donation" => fl!(language, "store-link-donation"),
        "translate" => fl!(language, "store-link-translate"),
        "contact" => fl!(language, "store-link-contact"),
        "vcs-browser" => fl!(language, "store-link-source"),
        "contribute" => fl!(language, "store-link-contribute"),
        _ => fl!(language, "store-link-other"),
    }
}

fn link_icon(kind: &str) -> Icon {
    match kind {
        "homepage" => Icon::House,
        "bugtracker" => Icon::Bug,
        "faq" | "help" => Icon::BookOpen,
        "donation" => Icon::Heart,
        "translate" => Icon::Languages,
        "contact" => Icon::Mail,
        "vcs-browser" | "contribute" => Icon::GitBranch,
        _ => Icon::Link,
    }
}
