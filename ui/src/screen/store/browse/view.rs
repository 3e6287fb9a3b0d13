//! How the list looks: its title, the filters, the rows.

use iced::Fill;
use iced::widget::{column, container};
use moult_api::{Filter, Item};
use moult_i18n::{Language, count, fl};

use super::{Browse, ICON, LIST, Message, NARROW, ROW, row_id};
use crate::screen::store::explore::{failed, margin};
use crate::screen::store::part::headed;
use crate::screen::store::{Look, naming};
use crate::theme::{self, Element, size, space};
use crate::widget::arrows::arrows;
use crate::widget::control::Style;
use crate::widget::progress::hairline;
use crate::widget::{Tick, button, check, dropdown, excerpt, focusable, icon, picture, rows, words};

impl Browse {
    fn has_filters(&self) -> bool {
        self.filter != Filter::default()
    }

    /// The list with its title and filters.
    pub fn view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let margin = margin(look.width);
        let head = container(self.head(look)).padding([space::M, margin]).width(Fill);

        let body: Element<'a, Message> = if let Some(failure) = &self.failure {
            container(failed(look, failure, Message::TryAgain))
                .padding([space::M, margin])
                .width(Fill)
                .height(Fill)
                .into()
        } else if self.shown.is_none() {
            container(words::body(fl!(look.language, "store-loading")).style(theme::quiet))
                .padding([space::M, margin])
                .width(Fill)
                .height(Fill)
                .into()
        } else if self.list.total() == 0 {
            container(self.nothing(look))
                .padding([space::M, margin])
                .width(Fill)
                .height(Fill)
                .into()
        } else {
            let height = (look.height - 2.0 * size::TARGET).max(ROW);
            let is_narrow = look.width < NARROW;
            rows(
                LIST,
                self.scroll,
                (self.list.total(), ROW, height),
                move |at| match self.list.get(at) {
                    Some(item) => row(look, item, is_narrow, margin),
                    None => waiting(look, margin),
                },
                Message::Scrolled,
            )
        };

        arrows(column![head, hairline(), body].width(Fill).height(Fill), Message::Arrow)
    }

    fn head<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let total = self.list.total() as u64;
        let title = match (self.term.as_str(), self.filter.category.as_str()) {
            ("", "") if self.filter.installed => fl!(language, "store-browse-installed"),
            ("", "") => fl!(language, "store-browse-everything"),
            ("", category) => naming::category(language, category),
            (term, _) => fl!(
                language,
                "store-browse-search",
                term = headed(term, look.width / 2.0, size::HEADING)
            ),
        };
        let known = match (&self.shown, self.list.is_whole()) {
            (None, _) => String::new(),
            // Below it says so at length.
            (Some(_), _) if total == 0 => String::new(),
            (Some(_), true) => fl!(
                language,
                "store-browse-count",
                count = total,
                shown = count(language, total)
            ),
            (Some(_), false) => fl!(language, "store-browse-count-best", shown = count(language, total)),
        };
        let title = look
            .direction
            .row([
                words::heading(title).into(),
                container(words::small(known).style(theme::quiet))
                    .padding(iced::Padding::ZERO.bottom(3))
                    .into(),
            ])
            .spacing(space::M)
            .align_y(iced::Bottom);

        let mut filters: Vec<Element<'a, Message>> = Vec::new();
        let at = Language::ALL.iter().position(|one| *one == language);
        if let Some(menus) = at.and_then(|at| self.menus.get(at)) {
            let kind = self
                .filter
                .kinds
                .first()
                .and_then(|kind| naming::KINDS.iter().position(|one| one == kind));
            let category = naming::CATEGORIES.iter().position(|id| *id == self.filter.category);
            let repository = self
                .repositories
                .iter()
                .position(|name| *name == self.filter.repository);
            let at = |chosen: Option<usize>| Some(chosen.map_or(0, |at| at + 1));
            let menu = |id: &'static str, items: &'a [dropdown::Item], chosen, on_select: fn(usize) -> Message| {
                dropdown(id, items, at(chosen), on_select)
                    .hint(fl!(language, "store-browse-menu-hint"))
                    .nothing(fl!(language, "store-browse-menu-nothing"))
            };

            filters.push(menu("browse-kind", &menus.kinds, kind, Message::KindChosen).into());
            filters.push(menu("browse-category", &menus.categories, category, Message::CategoryChosen).into());
            if self.repositories.len() > 1 || !self.filter.repository.is_empty() {
                filters.push(
                    menu(
                        "browse-repository",
                        &menus.repositories,
                        repository,
                        Message::RepositoryChosen,
                    )
                    .into(),
                );
            }
        }
        filters.push(
            check(
                "browse-installed",
                Tick::from(self.filter.installed),
                fl!(language, "store-browse-installed-only"),
                look.direction,
                Some(Message::InstalledPressed),
            )
            .into(),
        );
        let filters = look
            .direction
            .row(filters)
            .spacing(space::S)
            .wrap()
            .vertical_spacing(space::XS);

        column![title, filters]
            .spacing(space::S)
            .align_x(look.direction.start())
            .width(Fill)
            .into()
    }

    fn nothing<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let what = if self.term.is_empty() {
            fl!(language, "store-browse-nothing-here")
        } else {
            fl!(language, "store-browse-nothing", term = self.term.clone())
        };
        let todo = if self.has_filters() {
            fl!(language, "store-browse-nothing-filtered-todo")
        } else if self.term.is_empty() {
            fl!(language, "store-explore-nothing-todo")
        } else {
            fl!(language, "store-browse-nothing-todo")
        };
        let clear = self.has_filters().then(|| {
            button::secondary(fl!(language, "store-browse-clear"))
                .id("browse-clear")
                .on_press(Message::FiltersCleared)
        });

        column![words::section(what), words::body(todo).style(theme::quiet)]
            .push(clear)
            .spacing(space::M)
            .align_x(look.direction.start())
            .width(Fill)
            .into()
    }
}

/// A row: icon, name and summary, and at the end what is known of it.
fn row<'a>(look: Look<'a>, item: &'a Item, is_narrow: bool, margin: f32) -> Element<'a, Message> {
    let direction = look.direction;
    let about = column![
        excerpt(item.name.as_str(), 1).strong().direction(direction),
        excerpt(item.summary.as_str(), 1)
            .size(size::SMALL)
            .style(theme::quiet)
            .direction(direction),
    ]
    .spacing(2)
    .width(Fill);
    let sign: Element<'a, Message> = match naming::sign(look.language, item) {
        Some(sign) => sign.view(direction),
        None => words::small(naming::kind(look.language, item.kind))
            .style(theme::quiet)
            .into(),
    };
    let version = excerpt(item.version.as_str(), 1)
        .size(size::SMALL)
        .style(theme::quiet)
        .direction(direction);
    let facts: Element<'a, Message> = if is_narrow {
        container(sign).width(130).align_x(direction.end()).into()
    } else {
        direction
            .row([
                container(version).width(130).into(),
                container(sign).width(170).align_x(direction.start()).into(),
                icon(direction_icon(direction)).size(16.0).style(theme::quiet).into(),
            ])
            .spacing(space::M)
            .align_y(iced::Center)
            .into()
    };
    let image = picture(look.pictures.icon(&item.icon), ICON, naming::kind_icon(item.kind));
    let content = direction
        .row([image, about.into(), facts])
        .spacing(space::M)
        .align_y(iced::Center)
        .height(ROW - 1.0)
        .width(Fill);

    let row = focusable(content)
        .id(row_id(item))
        .on_press(Message::Opened(item.id.clone()))
        .width(Fill)
        .padding([0.0, margin])
        .style(|theme, status| Style {
            background: if status.hovered {
                theme.palette.raised
            } else {
                iced::Color::TRANSPARENT
            },
            border: iced::border::rounded(0),
            ..Style::plain(theme)
        });

    column![row, hairline()].into()
}

fn direction_icon(direction: crate::widget::Direction) -> crate::widget::Icon {
    match direction {
        crate::widget::Direction::LeftToRight => crate::widget::Icon::ChevronRight,
        crate::widget::Direction::RightToLeft => crate::widget::Icon::ChevronLeft,
    }
}

/// A row that is on its way.
fn waiting<'a>(look: Look<'a>, margin: f32) -> Element<'a, Message> {
    let dots = container(words::body("…").style(theme::quiet))
        .padding([0.0, margin])
        .width(Fill)
        .height(ROW - 1.0)
        .align_x(look.direction.start())
        .align_y(iced::Center);

    column![dots, hairline()].into()
}
