//! Details, folded until somebody wants them.

use iced::advanced::widget::Id;
use iced::widget::column;
use iced::widget::text::IntoFragment;
use iced::{Center, Fill};

use super::direction::Direction;
use super::icon::{Icon, icon};
use super::{button, words};
use crate::theme::{Element, space};

/// A title that unfolds `body`. Whether it is open is the screen's to know.
pub fn disclosure<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    title: impl IntoFragment<'a>,
    is_open: bool,
    direction: Direction,
    on_toggle: Message,
    body: impl FnOnce() -> Element<'a, Message>,
) -> Element<'a, Message> {
    let sign = match (is_open, direction) {
        (true, _) => Icon::ChevronDown,
        (false, Direction::LeftToRight) => Icon::ChevronRight,
        (false, Direction::RightToLeft) => Icon::ChevronLeft,
    };
    let title = direction
        .row([icon(sign).into(), words::body(title).into()])
        .spacing(space::XS)
        .align_y(Center);
    let folded = column![button::bare(title).id(id).on_press(on_toggle)]
        .spacing(space::XS)
        .align_x(direction.start())
        .width(Fill);

    if is_open {
        folded.push(body()).into()
    } else {
        folded.into()
    }
}
