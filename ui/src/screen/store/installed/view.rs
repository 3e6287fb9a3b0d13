//! How the screen looks: what nobody needs, the choice of rows, the rows.

use iced::widget::text::Wrapping;
use iced::widget::{column, container, image, space};
use iced::{Center, Fill, FillPortion, Padding};
use moult_i18n::{Language, bytes, count, explain, fl, moment};

use super::{Installed, Message, Row, Sort, Tab, details};
use crate::screen::store::Look;
use crate::store::said;
use crate::theme::{self, Element, size, space as gap};
use crate::widget::progress::hairline;
use crate::widget::{Icon, Note, banner, button, chip, excerpt, focusable, icon, text_field, unfolding, words};

/// The height of a row, in logical pixels.
pub(super) const ROW: f32 = 60.0;
/// How high the list is at most before it was drawn once.
pub(super) const ROOM: f32 = 1600.0;
/// Below this width things stack.
const NARROW: f32 = 700.0;
/// Names of what nobody needs that are told.
const NAMED: usize = 6;

impl Installed {
    /// What is installed.
    pub fn view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let edge = if look.width < NARROW { gap::M } else { gap::L };
        let mut head: Vec<Element<'a, Message>> = vec![
            words::heading(fl!(look.language, "store-installed-title"))
                .width(Fill)
                .into(),
        ];
        let content = match (&self.rows, &self.failure) {
            (_, Some(failure)) => failed(look, failure),
            (None, None) => words::body(fl!(look.language, "store-installed-loading"))
                .style(theme::quiet)
                .into(),
            (Some(_), None) => {
                head.push(self.tabs(look));
                self.list(look)
            }
        };

        column![look.direction.row(head).spacing(gap::M).align_y(Center), content]
            .spacing(gap::S)
            .padding(Padding::from([gap::M, edge]))
            .width(look.width)
            .height(look.height)
            .into()
    }

    fn list<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let mut list = column![self.choice(look)].spacing(gap::XS).width(Fill).height(Fill);
        list = list.push((self.tab == Tab::System).then(|| self.orphaned(look)).flatten());

        if self.shown.is_empty() {
            let language = look.language;
            let nothing = match (self.typed.trim().is_empty(), self.tab) {
                (false, _) => fl!(language, "store-installed-none-found"),
                (true, Tab::Apps) => fl!(language, "store-installed-none-apps"),
                (true, Tab::System) => fl!(language, "store-installed-none-packages"),
            };
            return list.push(words::body(nothing).style(theme::quiet)).into();
        }

        let rows = self.rows.as_deref().unwrap_or_default();
        let row_at = move |at: usize| match self.shown.get(at).and_then(|at| rows.get(*at)) {
            Some(row) => self.row(look, row),
            None => space::horizontal().into(),
        };
        let open = self.open.as_ref().and_then(|open| {
            let at = self
                .shown
                .iter()
                .position(|at| rows.get(*at).is_some_and(|row| row.item.id == open.id))?;
            let row = rows.get(*self.shown.get(at)?)?;
            let size = self.sizes.get(&row.package.name).copied();
            let came = self.came.as_ref().and_then(|came| came.get(&row.package.name).copied());

            Some((at, details::view(look, row, open, size, came)))
        });

        let rows = unfolding(
            "installed-list",
            self.scroll,
            (self.shown.len(), ROW, ROOM),
            row_at,
            open,
            Message::Scrolled,
        );

        list.push(column![hairline(), rows]).into()
    }

    /// Apps, or what is below them.
    fn tabs<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let tab = |id: &'static str, label: String, tab: Tab| {
            Element::from(chip(label, self.tab == tab).id(id).on_press(Message::TabPressed(tab)))
        };

        look.direction
            .row([
                tab(
                    "installed-apps",
                    fl!(
                        language,
                        "store-installed-apps",
                        shown = count(language, self.count(Tab::Apps))
                    ),
                    Tab::Apps,
                ),
                tab(
                    "installed-packages",
                    fl!(
                        language,
                        "store-installed-packages",
                        shown = count(language, self.count(Tab::System))
                    ),
                    Tab::System,
                ),
            ])
            .spacing(gap::XS)
            .wrap()
            .vertical_spacing(gap::XS)
            .into()
    }

    /// A filter and an order.
    fn choice<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let filter = text_field("installed-filter", fl!(language, "store-installed-filter"), &self.typed)
            .placeholder(fl!(language, "store-installed-filter-hint"))
            .on_input(Message::Typed)
            .note(Note::Hint(self.told(language)))
            .direction(look.direction);
        let sort = |id: &'static str, label: String, sort: Sort| {
            Element::from(chip(label, self.sort == sort).id(id).on_press(Message::Sorted(sort)))
        };
        let orders = look
            .direction
            .row([
                sort("sort-name", fl!(language, "store-installed-sort-name"), Sort::Name),
                sort("sort-size", fl!(language, "store-installed-sort-size"), Sort::Size),
                sort("sort-came", fl!(language, "store-installed-sort-came"), Sort::Came),
                sort(
                    "sort-chosen",
                    fl!(language, "store-installed-sort-chosen"),
                    Sort::Chosen,
                ),
            ])
            .spacing(gap::XS)
            .wrap()
            .vertical_spacing(gap::XS);
        // In a narrow window the list needs the height: the label of the order goes without saying.
        let label = (look.width >= NARROW).then(|| words::strong(fl!(language, "store-installed-sort")));
        let orders = column![]
            .push(label)
            .push(orders)
            .spacing(gap::XXS)
            .align_x(look.direction.start());

        look.direction
            .row([
                container(filter).width(FillPortion(2)).into(),
                container(orders)
                    .width(FillPortion(3))
                    .align_x(look.direction.start())
                    .into(),
            ])
            .spacing(gap::L)
            .into()
    }

    /// How many are shown, and whether something about them is still being read.
    fn told(&self, language: Language) -> String {
        let (shown, total) = (self.shown.len(), self.count(self.tab));
        if self.sort == Sort::Size && self.is_sizing {
            let unknown = self.wanted_sizes().count();
            return fl!(
                language,
                "store-installed-sizing",
                done = count(language, shown.saturating_sub(unknown) as u64),
                total = count(language, shown as u64)
            );
        }
        if let (Sort::Came, Some(failure)) = (self.sort, &self.came_failed) {
            return explain(language, failure, "").what;
        }
        if self.sort == Sort::Came && self.came.as_ref().is_some_and(std::collections::HashMap::is_empty) {
            return fl!(language, "store-installed-came-unknown");
        }

        fl!(
            language,
            "store-installed-shown",
            shown = count(language, shown as u64),
            total = count(language, total)
        )
    }

    /// What nobody chose and nobody needs.
    fn orphaned<'a>(&'a self, look: Look<'a>) -> Option<Element<'a, Message>> {
        let language = look.language;
        let orphans = match self.orphans.as_ref()? {
            Ok(orphans) if orphans.packages.is_empty() => return None,
            Ok(orphans) => orphans,
            Err(failure) => {
                let reason = explain(language, failure, "").what;
                let text = fl!(language, "store-installed-orphans-failed", reason = reason);
                return Some(words::small(text).style(theme::quiet).into());
            }
        };
        let number = orphans.packages.len();
        let text = column![
            words::body(fl!(
                language,
                "store-installed-orphans",
                names = said::names(&orphans.packages, NAMED, language),
                count = number,
                shown = count(language, number as u64)
            )),
            words::small(fl!(
                language,
                "store-installed-orphans-bytes",
                count = number,
                size = bytes(language, orphans.bytes)
            ))
            .style(theme::quiet),
        ]
        .width(Fill);
        let remove = button::secondary(fl!(language, "store-installed-orphans-remove"))
            .id("installed-remove-orphans")
            .on_press(Message::RemoveOrphans);
        let content: Element<'a, Message> = if look.width < NARROW {
            column![text, remove].spacing(gap::XS).into()
        } else {
            look.direction
                .row([text.into(), remove.into()])
                .spacing(gap::M)
                .align_y(Center)
                .into()
        };

        Some(
            container(content)
                .padding([gap::S, gap::M])
                .width(Fill)
                .style(theme::raised)
                .into(),
        )
    }

    fn row<'a>(&'a self, look: Look<'a>, row: &'a Row) -> Element<'a, Message> {
        let language = look.language;
        let is_open = self.open.as_ref().is_some_and(|open| open.id == row.item.id);
        let sign: Element<'a, Message> = match look.pictures.icon(&row.item.icon) {
            Some(handle) => image(handle).width(32).height(32).into(),
            None if row.item.icon.is_empty() => icon(Icon::Package).style(theme::quiet).into(),
            None => icon(Icon::AppWindow).style(theme::quiet).into(),
        };
        let names = column![
            excerpt(row.item.name.as_str(), 1).strong().direction(look.direction),
            excerpt(row.item.summary.as_str(), 1)
                .size(size::SMALL)
                .style(theme::quiet)
                .direction(look.direction),
        ]
        .align_x(look.direction.start())
        .width(Fill);

        let mut facts = vec![if row.package.explicit {
            fl!(language, "store-installed-chosen")
        } else {
            fl!(language, "store-installed-needed")
        }];
        if let Some(came) = self.came.as_ref().and_then(|came| came.get(&row.package.name))
            && self.sort == Sort::Came
        {
            facts.insert(0, moment(language, *came));
        }
        let held = row.package.held.then(|| {
            look.direction
                .row([
                    icon(Icon::Lock).size(16.0).style(theme::warn).into(),
                    words::small(fl!(language, "store-installed-held")).into(),
                ])
                .spacing(gap::XXS)
                .align_y(Center)
        });
        let size = match self.sizes.get(&row.package.name) {
            Some(size) => bytes(language, *size),
            None => String::new(),
        };

        let mut parts: Vec<Element<'a, Message>> = vec![container(sign).center_x(32).into(), names.into()];
        parts.extend(held.map(Element::from));
        if look.width >= NARROW {
            parts.push(words::small(facts.join(" · ")).style(theme::quiet).into());
        }
        parts.push(
            container(words::small(size).wrapping(Wrapping::None))
                .width(76)
                .align_x(look.direction.end())
                .into(),
        );
        parts.push(
            icon(if is_open { Icon::ChevronDown } else { Icon::ChevronRight })
                .style(theme::quiet)
                .into(),
        );
        let shown = look.direction.row(parts).spacing(gap::S).align_y(Center);

        column![
            container(
                focusable(shown)
                    .id(format!("installed-{}", row.item.id))
                    .width(Fill)
                    // As high as the row: what is chosen reaches from line to line.
                    .padding([10.0, gap::XS])
                    .style(move |theme, status| {
                        let mut style = crate::widget::control::Style::plain(theme);
                        if is_open || status.hovered {
                            style.background = theme.palette.raised;
                        }
                        style
                    })
                    .on_press(Message::Pressed(row.item.id.clone()))
            )
            .height(ROW - 1.0),
            hairline()
        ]
        .into()
    }
}

/// Why nothing is shown.
fn failed<'a>(look: Look<'a>, failure: &moult_api::Failure) -> Element<'a, Message> {
    let text = explain(look.language, failure, "");

    column![
        banner::danger(fl!(look.language, "store-installed-failed")),
        words::body(text.what),
        words::body(text.todo).style(theme::quiet),
        button::secondary(fl!(look.language, "try-again"))
            .id("installed-again")
            .on_press(Message::Again),
    ]
    .spacing(gap::S)
    .align_x(look.direction.start())
    .width(Fill)
    .into()
}
