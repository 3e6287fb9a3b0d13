//! Small things that several screens of the store show in the same way.

use iced::widget::text::Wrapping;
use iced::widget::{Text, column, scrollable};
use iced::{Center, Fill};
use moult_api::Failure;
use moult_i18n::{explain, fl};

use super::Look;
use crate::store::Operation;
use crate::theme::{self, Element, Theme, space as gap};
use crate::widget::{Control, Icon, banner, button, icon, words};

/// How wide a letter is on average, as a part of the type size: an estimate on the wide side. What is wider all the same is
/// clipped.
pub(super) const LETTER: f32 = 0.58;

/// The end of a text that is too long for a width, with a sign for what is left out: of a path, the end tells most.
#[must_use]
pub fn fitting(text: &str, width: f32, size: f32) -> String {
    let room = (width / (size * LETTER)).floor().max(4.0) as usize;
    let length = text.chars().count();
    let visible = text.chars().map(one_line);
    if length <= room {
        return visible.collect();
    }
    let end: String = visible.skip(length - (room - 1)).collect();

    format!("…{end}")
}

/// The head of a text that is too long for a width.
#[must_use]
pub fn headed(text: &str, width: f32, size: f32) -> String {
    let room = (width / (size * LETTER)).floor().max(4.0) as usize;
    let visible = text.chars().map(one_line);
    if text.chars().count() <= room {
        return visible.collect();
    }
    let head: String = visible.take(room - 1).collect();

    format!("{}…", head.trim_end())
}

/// A name that strangers wrote may hold anything; a row has one line.
fn one_line(letter: char) -> char {
    if letter.is_control() { '\u{fffd}' } else { letter }
}

/// Text that stays on one line: for rows that all have one height.
#[must_use]
pub fn line(text: Text<'_, Theme>) -> Text<'_, Theme> {
    text.wrapping(Wrapping::None)
}

/// The scroll bar of a page of text: as slim as those of lists.
#[must_use]
pub fn slim() -> scrollable::Direction {
    scrollable::Direction::Vertical(scrollable::Scrollbar::new().width(6).scroller_width(6).margin(2))
}

/// What failed, what can be done about it, and a button that tries it once more.
pub fn failed<'a, Message: Clone + 'a>(
    look: Look<'a>,
    failure: &Failure,
    id: &'static str,
    again: Message,
) -> Element<'a, Message> {
    let text = explain(look.language, failure, "");

    column![
        banner::danger(text.what),
        words::body(text.todo),
        button::secondary(fl!(look.language, "try-again"))
            .id(id)
            .on_press(again),
    ]
    .spacing(gap::S)
    .align_x(look.direction.start())
    .width(Fill)
    .into()
}

/// Whether an operation waits or is being done.
#[must_use]
pub fn is_open(look: Look<'_>, is_it: impl Fn(&Operation) -> bool) -> bool {
    look.queue
        .entries()
        .any(|entry| !entry.stage.is_ended() && is_it(&entry.operation))
}

/// The way back out of a page within a screen, and what the page is about.
pub fn page_head<'a, Message: Clone + 'a>(
    look: Look<'a>,
    back: String,
    title: String,
    message: Message,
) -> Element<'a, Message> {
    let sign = match look.direction {
        crate::widget::Direction::LeftToRight => Icon::ArrowLeft,
        crate::widget::Direction::RightToLeft => Icon::ArrowRight,
    };
    let words = look
        .direction
        .row([icon(sign).into(), words::body(back).into()])
        .spacing(gap::XS)
        .align_y(Center);

    column![
        button::bare(words).id("page-back").on_press(message),
        words::heading(title)
    ]
    .spacing(gap::XXS)
    .align_x(look.direction.start())
    .width(Fill)
    .into()
}

/// One of several views of one thing: the chosen one is underlined.
pub fn tab<'a, Message: Clone + 'a>(
    id: &'static str,
    label: String,
    is_chosen: bool,
    message: Message,
) -> Control<'a, Message> {
    let words = if is_chosen {
        words::strong(label)
    } else {
        words::body(label).style(theme::quiet)
    };
    let mark = iced::widget::container(iced::widget::Space::new().height(3).width(Fill)).style(move |theme: &Theme| {
        iced::widget::container::Style {
            background: is_chosen.then(|| theme.palette.accent.into()),
            ..iced::widget::container::Style::default()
        }
    });

    button::bare(column![words, mark].spacing(gap::XXS).width(iced::Shrink))
        .id(id)
        .on_press(message)
}

/// An icon and a few words beside it, small.
pub fn badge<'a, Message: 'a>(
    look: Look<'a>,
    sign: Icon,
    text: String,
    style: fn(&Theme) -> iced::widget::text::Style,
) -> Element<'a, Message> {
    look.direction
        .row([
            icon(sign).size(16.0).style(style).into(),
            line(words::small(text)).style(style).into(),
        ])
        .spacing(gap::XXS)
        .align_y(Center)
        .into()
}

/// Nothing to show, and why.
pub fn nothing<'a, Message: 'a>(
    look: Look<'a>,
    sign: Text<'a, Theme>,
    title: String,
    lead: String,
) -> Element<'a, Message> {
    let words = column![words::section(title), words::body(lead).style(theme::quiet)]
        .spacing(gap::XXS)
        .align_x(look.direction.start())
        .width(Fill);

    look.direction
        .row([sign.size(28.0).into(), words.into()])
        .spacing(gap::M)
        .width(Fill)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_too_long_keeps_its_end_and_a_sentence_its_head() {
        assert_eq!(fitting("/usr/bin/a", 500.0, 15.0), "/usr/bin/a");
        assert_eq!(fitting("/usr/share/doc/file.txt", 87.0, 15.0), "…/file.txt");
        assert_eq!(headed("An editor for pictures", 87.0, 15.0), "An editor…");
    }

    #[test]
    fn no_room_at_all_and_letters_of_several_bytes_do_no_harm() {
        assert_eq!(fitting("éééééééé", 0.0, 15.0), "…ééé");
        assert_eq!(headed("éééééééé", -5.0, 15.0), "ééé…");
        assert_eq!(headed("two\nlines", 500.0, 15.0), "two\u{fffd}lines");
    }
}
