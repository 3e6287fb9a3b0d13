//! Cards and grids: what one sees of an app at a glance. A card has no box around it: only the pointer gives it a ground.

use iced::alignment::Vertical;
use iced::widget::image::Handle;
use iced::widget::{Space, column, container};
use iced::{Center, Fill, Padding};

use super::control::{Control, Style};
use super::direction::Direction;
use super::icon::{Icon, icon};
use super::{button, excerpt, picture, words};
use crate::theme::{self, Element, Theme, size, space};

/// The height of a card.
pub const HEIGHT: f32 = 96.0;
/// The width of its picture, and its height.
pub const PICTURE: f32 = 64.0;

/// A sign beside a name: an icon, its word, and the role of its colour.
#[derive(Debug, Clone)]
pub struct Sign {
    /// The icon.
    pub icon: Icon,
    /// The word.
    pub word: String,
    /// Its colour.
    pub style: fn(&Theme) -> iced::widget::text::Style,
}

impl Sign {
    /// Icon and word, small.
    #[must_use]
    pub fn view<'a, Message: 'a>(self, direction: Direction) -> Element<'a, Message> {
        let style = self.style;

        direction
            .row([
                icon(self.icon).size(14.0).style(style).into(),
                words::small(self.word).style(style).into(),
            ])
            .spacing(space::XXS)
            .align_y(Center)
            .into()
    }
}

/// A card: picture, name, a summary of two lines, and a sign. Give it an id and a message.
pub fn card<'a, Message: Clone + 'a>(
    direction: Direction,
    (handle, instead): (Option<Handle>, Icon),
    name: &'a str,
    summary: &'a str,
    sign: Option<Sign>,
) -> Control<'a, Message> {
    // With a sign there is one line less for the summary, so that every card is as high as the next one.
    let lines = if sign.is_some() { 1 } else { 2 };
    let about = column![
        excerpt(name, 1).strong().direction(direction),
        excerpt(summary, lines)
            .size(size::SMALL)
            .style(theme::quiet)
            .direction(direction),
    ]
    .push(sign.map(|sign| sign.view(direction)))
    .spacing(2)
    .align_x(direction.start())
    .width(Fill);

    let content = direction
        .row([picture(handle, PICTURE, instead), about.into()])
        .spacing(space::M)
        .align_y(Center)
        .height(HEIGHT - 2.0 * space::M);

    Control::new(content)
        .width(Fill)
        .padding([space::M, space::S])
        .style(|theme, status| Style {
            background: button::under_pointer(&theme.palette, status),
            border: iced::border::rounded(0),
            ..Style::plain(theme)
        })
}

/// Things side by side in `columns` of one width, row after row.
pub fn grid<'a, Message: 'a>(
    direction: Direction,
    columns: usize,
    gap: f32,
    things: impl IntoIterator<Item = Element<'a, Message>>,
) -> Element<'a, Message> {
    let columns = columns.max(1);
    let mut things = things.into_iter().peekable();
    let mut rows = column![].spacing(gap).width(Fill);

    while things.peek().is_some() {
        let cells: Vec<Element<'a, Message>> = (0..columns)
            .map(|_| match things.next() {
                Some(thing) => container(thing).width(Fill).into(),
                None => Space::new().width(Fill).into(),
            })
            .collect();
        rows = rows.push(direction.row(cells).spacing(gap).width(Fill));
    }

    rows.into()
}

/// How many columns of at least this width there are room for.
#[must_use]
pub fn columns(width: f32, least: f32, gap: f32) -> usize {
    ((width + gap) / (least + gap)).floor().max(1.0) as usize
}

/// One fact: what it is, quietly, and the fact itself. Below `narrow` they stand one above the other.
pub fn fact<'a, Message: 'a>(
    direction: Direction,
    is_narrow: bool,
    name: String,
    value: impl Into<Element<'a, Message>>,
) -> Element<'a, Message> {
    named(direction, is_narrow, name, value.into(), Vertical::Top)
}

/// The same for controls, which are higher than words: what they are called stands beside their middle.
pub fn fact_of_controls<'a, Message: 'a>(
    direction: Direction,
    is_narrow: bool,
    name: String,
    controls: impl Into<Element<'a, Message>>,
) -> Element<'a, Message> {
    named(direction, is_narrow, name, controls.into(), Vertical::Center)
}

fn named<'a, Message: 'a>(
    direction: Direction,
    is_narrow: bool,
    name: String,
    value: Element<'a, Message>,
    at: Vertical,
) -> Element<'a, Message> {
    /// The column of names.
    const NAMES: f32 = 200.0;

    let name = words::body(name).style(theme::quiet);
    let room = Padding::from([space::XS, 0.0]);
    if is_narrow {
        column![name, value]
            .padding(room)
            .align_x(direction.start())
            .width(Fill)
            .into()
    } else {
        let name: Element<'a, Message> = container(name).width(NAMES).align_x(direction.start()).into();
        let value = container(value).width(Fill).align_x(direction.start());

        direction
            .row([name, value.into()])
            .padding(room)
            .spacing(space::M)
            .align_y(at)
            .width(Fill)
            .into()
    }
}

/// An icon and words beside it, for one line of what something means.
pub fn line<'a, Message: 'a>(
    direction: Direction,
    sign: Icon,
    text: String,
    style: fn(&Theme) -> iced::widget::text::Style,
) -> Element<'a, Message> {
    let words = container(words::body(text).style(style))
        .width(Fill)
        .align_x(direction.start());

    direction
        .row([icon(sign).style(style).into(), words.into()])
        .spacing(space::XS)
        .width(Fill)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_columns_as_fit_and_one_at_least() {
        assert_eq!(columns(1000.0, 300.0, 16.0), 3);
        assert_eq!(columns(916.0, 300.0, 8.0), 3);
        assert_eq!(columns(915.0, 300.0, 8.0), 2);
        assert_eq!(columns(10.0, 300.0, 8.0), 1);
        assert_eq!(columns(f32::NAN, 300.0, 8.0), 1);
    }
}
