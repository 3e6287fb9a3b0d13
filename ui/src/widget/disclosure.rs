//! Details, folded until somebody wants them.

use iced::advanced::widget::Id;
use iced::widget::text::IntoFragment;
use iced::widget::{column, row};
use iced::{Center, Fill};

use super::icon::{Icon, icon};
use super::{button, words};
use crate::theme::{Element, space};

/// A title that unfolds `body`. Whether it is open is the screen's to know.
pub fn disclosure<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    title: impl IntoFragment<'a>,
    is_open: bool,
    on_toggle: Message,
    body: impl FnOnce() -> Element<'a, Message>,
) -> Element<'a, Message> {
    let sign = if is_open { Icon::ChevronDown } else { Icon::ChevronRight };
    let title = button::bare(row![icon(sign), words::body(title)].spacing(space::XS).align_y(Center));
    let folded = column![title.id(id).on_press(on_toggle)].spacing(space::XS).width(Fill);

    if is_open {
        folded.push(body()).into()
    } else {
        folded.into()
    }
}
