//! Explore: an app of the day, categories, and what is new. All of it comes from the catalogues; nothing is chosen here.

use std::time::{SystemTime, UNIX_EPOCH};

use iced::widget::{Column, column, container, scrollable};
use iced::{Center, Fill, Padding, Task};
use moult_api::{Category, Failure, Filter, Front, Item};
use moult_i18n::{count, explain, fl};

use super::{Action, Look, naming};
use crate::store::Reader;
use crate::store::pictures::LARGE_ICON;
use crate::theme::{self, Element, Theme, size, space};
use crate::widget::control::{Control, Style};
use crate::widget::progress::hairline;
use crate::widget::{Direction, banner, button, card, excerpt, focusable, grid, icon, picture, sheet, words};

/// The id of what scrolls.
pub const SCROLL: &str = "explore";

/// Below this width things stand one above the other.
const NARROW: f32 = 700.0;
/// The least width of a card, of a category.
const CARD: f32 = 290.0;
const CATEGORY: f32 = 216.0;
/// Apps beside the one of the day.
const BESIDE: usize = 3;

/// The first page of the store.
#[derive(Debug)]
pub struct Explore {
    reader: Reader,
    /// Numbers questions: only the answer to the latest counts.
    question: u64,
    front: Option<Front>,
    failure: Option<Failure>,
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// The answer to a question, by its number.
    Loaded(u64, Result<Box<Front>, Failure>),
    /// An app was chosen, by its id.
    Opened(String),
    /// A category was chosen, by its id.
    CategoryOpened(String),
    /// Everything, as a list.
    EverythingOpened,
    /// Ask again.
    TryAgain,
}

impl Explore {
    /// Begins to load.
    pub fn new(reader: Reader) -> (Self, Task<Message>) {
        let mut explore = Self {
            reader,
            question: 0,
            front: None,
            failure: None,
        };
        let task = explore.refresh();

        (explore, task)
    }

    /// The system or the day changed: asks again, and shows what is there until the answer comes.
    pub fn refresh(&mut self) -> Task<Message> {
        self.question += 1;
        let question = self.question;

        self.reader.ask(
            |reader| async move {
                let front = reader.store().await?.front(today()).await?;
                // What is seen first comes first; the rest of the page waits for the same answer.
                reader
                    .pictures()
                    .load_large(front.featured.get(..1).unwrap_or_default())
                    .await;
                reader.pictures().load(&front.featured).await;
                reader.pictures().load(&front.fresh).await;

                Ok(Box::new(front))
            },
            move |answer| Message::Loaded(question, answer),
        )
    }

    /// There is something to look at.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.front.is_some()
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action<Message> {
        match message {
            Message::Loaded(question, answer) => {
                if question == self.question {
                    match answer {
                        Ok(front) => {
                            self.front = Some(*front);
                            self.failure = None;
                        }
                        Err(failure) => self.failure = Some(failure),
                    }
                }

                Action::None
            }
            Message::Opened(id) => Action::Open(id),
            Message::CategoryOpened(category) => Action::Browse(Filter {
                category,
                ..Filter::default()
            }),
            Message::EverythingOpened => Action::Browse(Filter::default()),
            Message::TryAgain => {
                self.failure = None;
                Action::Run(self.refresh())
            }
        }
    }

    /// The page.
    pub fn view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let margin = margin(look.width);
        let mut page = column![].spacing(space::XL).width(Fill);

        if let Some(failure) = &self.failure {
            page = page.push(failed(look, failure, Message::TryAgain));
        }
        page = match &self.front {
            Some(front) if front.items == 0 => page.push(nothing(look)),
            Some(front) => self.front_page(look, page, front, look.width - 2.0 * margin),
            None if self.failure.is_none() => {
                page.push(words::body(fl!(language, "store-loading")).style(theme::quiet))
            }
            None => page,
        };

        scrolled(SCROLL, page.padding(Padding::from([space::L, margin])))
    }

    fn front_page<'a>(
        &'a self,
        look: Look<'a>,
        page: Column<'a, Message, Theme>,
        front: &'a Front,
        width: f32,
    ) -> Column<'a, Message, Theme> {
        let language = look.language;
        let mut page = page;
        let columns = card::columns(width, CARD, space::L);
        let mut featured = front.featured.iter();

        if let Some(item) = featured.next() {
            let is_wide = width >= NARROW;
            let beside: Vec<&Item> = if is_wide {
                featured.by_ref().take(BESIDE).collect()
            } else {
                Vec::new()
            };
            page = page.push(day(look, item, beside, is_wide));
        }
        if !front.categories.is_empty() {
            page = page.push(part(
                look,
                fl!(language, "store-explore-categories"),
                categories(look, &front.categories, width),
            ));
        }
        let rest: Vec<&Item> = featured.collect();
        if !rest.is_empty() {
            page = page.push(part(
                look,
                fl!(language, "store-explore-featured"),
                cards(look, "featured", columns, rest),
            ));
        }
        if !front.fresh.is_empty() {
            page = page.push(part(
                look,
                fl!(language, "store-explore-fresh"),
                cards(look, "fresh", columns, in_full_rows(&front.fresh, columns)),
            ));
        }

        let all = button::secondary(fl!(language, "store-explore-everything"))
            .id("explore-everything")
            .on_press(Message::EverythingOpened);
        let known = words::small(fl!(
            language,
            "store-explore-known",
            items = count(language, front.items),
            packages = count(language, front.packages)
        ))
        .style(theme::quiet);

        page.push(
            column![hairline(), all, known]
                .spacing(space::M)
                .align_x(look.direction.start())
                .width(Fill),
        )
    }
}

/// Days since 1970.
fn today() -> u32 {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());

    u32::try_from(seconds / 86_400).unwrap_or(u32::MAX)
}

/// The air at both sides of a page of this width.
pub(super) fn margin(width: f32) -> f32 {
    if width < NARROW { space::M } else { space::XL }
}

/// A page that scrolls.
pub(super) fn scrolled<'a, Message: 'a>(
    id: &'static str,
    page: impl Into<Element<'a, Message>>,
) -> Element<'a, Message> {
    scrollable(sheet(page))
        .id(id)
        .direction(scrollable::Direction::Vertical(
            scrollable::Scrollbar::new().width(6).scroller_width(6).margin(2),
        ))
        .width(Fill)
        .height(Fill)
        .into()
}

/// What happened, what to do, and a button to try again.
pub(super) fn failed<'a, Message: Clone + 'a>(
    look: Look<'a>,
    failure: &Failure,
    again: Message,
) -> Element<'a, Message> {
    let text = explain(look.language, failure, "");
    let again = button::secondary(fl!(look.language, "try-again"))
        .id("try-again")
        .on_press(again);

    column![banner::danger(text.what), words::body(text.todo), again]
        .spacing(space::M)
        .align_x(look.direction.start())
        .width(Fill)
        .into()
}

fn nothing<'a>(look: Look<'a>) -> Element<'a, Message> {
    column![
        words::section(fl!(look.language, "store-explore-nothing")),
        words::body(fl!(look.language, "store-explore-nothing-todo")).style(theme::quiet),
    ]
    .spacing(space::XS)
    .align_x(look.direction.start())
    .width(Fill)
    .into()
}

/// A title and what stands under it.
fn part<'a>(look: Look<'a>, title: String, content: Element<'a, Message>) -> Element<'a, Message> {
    column![words::section(title), content]
        .spacing(space::M)
        .align_x(look.direction.start())
        .width(Fill)
        .into()
}

/// The app of the day, large, on a ground of its own; others beside it if there is room.
fn day<'a>(look: Look<'a>, item: &'a Item, beside: Vec<&'a Item>, is_wide: bool) -> Element<'a, Message> {
    let large = large(look, item, is_wide);
    if beside.is_empty() {
        return large;
    }

    let count = beside.len();
    let mut list = column![].width(Fill);
    for (at, item) in beside.into_iter().enumerate() {
        list = list.push(small(look, item));
        if at + 1 < count {
            list = list.push(hairline());
        }
    }

    look.direction
        .row([
            container(large).width(iced::FillPortion(3)).into(),
            container(list).width(iced::FillPortion(2)).into(),
        ])
        .spacing(space::L)
        .align_y(Center)
        .width(Fill)
        .into()
}

fn large<'a>(look: Look<'a>, item: &'a Item, is_wide: bool) -> Element<'a, Message> {
    let direction = look.direction;
    let side = if is_wide { LARGE_ICON } else { 96.0 };
    let image = picture(look.pictures.large_icon(&item.icon), side, naming::kind_icon(item.kind));
    let about = column![
        words::small(fl!(look.language, "store-explore-day")).style(theme::accent),
        excerpt(item.name.as_str(), 2)
            .size(size::DISPLAY)
            .strong()
            .direction(direction),
        excerpt(item.summary.as_str(), 3)
            .size(size::SECTION)
            .style(theme::quiet)
            .direction(direction),
    ]
    .push(naming::sign(look.language, item).map(|sign| sign.view(direction)))
    .spacing(space::XS)
    .align_x(direction.start())
    .width(Fill);

    let content = direction
        .row([image, about.into()])
        .spacing(if is_wide { space::XL } else { space::M })
        .align_y(Center)
        .width(Fill);

    focusable(content)
        .id("explore-day")
        .on_press(Message::Opened(item.id.clone()))
        .width(Fill)
        .padding(if is_wide {
            [space::XXXL + space::M, space::XL]
        } else {
            [space::L, space::M]
        })
        .style(|theme, status| Style {
            background: if status.hovered {
                theme.palette.surface
            } else {
                theme.palette.raised
            },
            border: banded(theme),
            ..Style::plain(theme)
        })
        .into()
}

/// Where all grounds are one colour, a line shows where this one ends.
fn banded(theme: &Theme) -> iced::Border {
    let is_one = theme.palette.raised == theme.palette.ground;

    iced::border::rounded(0)
        .width(if is_one { 1.0 } else { 0.0 })
        .color(theme.palette.line)
}

fn small<'a>(look: Look<'a>, item: &'a Item) -> Element<'a, Message> {
    app(look, "day", item).into()
}

fn app<'a>(look: Look<'a>, part: &str, item: &'a Item) -> Control<'a, Message> {
    card::card(
        look.direction,
        (look.pictures.icon(&item.icon), naming::kind_icon(item.kind)),
        &item.name,
        &item.summary,
        naming::sign(look.language, item),
    )
    .id(format!("explore-{part}-{}", item.id))
    .on_press(Message::Opened(item.id.clone()))
}

/// As many of them as fill their rows; all of them if they are less than one.
fn in_full_rows(items: &[Item], columns: usize) -> Vec<&Item> {
    let rows = items.len() / columns.max(1);
    let count = if rows == 0 { items.len() } else { rows * columns };

    items.iter().take(count).collect()
}

fn cards<'a>(look: Look<'a>, part: &'static str, columns: usize, items: Vec<&'a Item>) -> Element<'a, Message> {
    grid(
        look.direction,
        columns,
        space::S,
        items.into_iter().map(|item| app(look, part, item).into()),
    )
}

fn categories<'a>(look: Look<'a>, categories: &'a [Category], width: f32) -> Element<'a, Message> {
    let columns = card::columns(width, CATEGORY, space::S);
    let tiles = categories.iter().map(|category| tile(look, category));

    grid(look.direction, columns, space::XXS, tiles)
}

fn tile<'a>(look: Look<'a>, category: &'a Category) -> Element<'a, Message> {
    let direction: Direction = look.direction;
    let content = direction
        .row([
            icon(naming::category_icon(&category.id)).style(theme::accent).into(),
            excerpt(naming::category(look.language, &category.id), 1)
                .strong()
                .direction(direction)
                .into(),
            words::small(count(look.language, category.items))
                .style(theme::quiet)
                .into(),
        ])
        .spacing(space::S)
        .align_y(Center)
        .width(Fill);

    button::bare(content)
        .id(format!("explore-category-{}", category.id))
        .on_press(Message::CategoryOpened(category.id.clone()))
        .width(Fill)
        .padding([space::S, space::S])
        .into()
}

#[cfg(test)]
pub(super) mod tests;
