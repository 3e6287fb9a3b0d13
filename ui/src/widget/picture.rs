//! A picture in a square of given size, and what stands in its place until it is there.

use iced::ContentFit;
use iced::widget::container;
use iced::widget::image::{self, Handle};
use iced::widget::text::LineHeight;

use super::icon::{Icon, icon};
use crate::theme::{self, Element};

/// A picture as wide and high as `side` at most, in the middle of a square; without one, an icon on a plain ground.
pub fn picture<'a, Message: 'a>(handle: Option<Handle>, side: f32, instead: Icon) -> Element<'a, Message> {
    match handle {
        Some(handle) => image::Image::new(handle)
            .width(side)
            .height(side)
            .content_fit(ContentFit::ScaleDown)
            .into(),
        None => {
            let sign = icon(instead)
                .size((side * 0.4).max(16.0).round())
                .line_height(LineHeight::Relative(1.0))
                .style(theme::quiet);

            container(sign)
                .center_x(side)
                .center_y(side)
                .style(theme::raised)
                .into()
        }
    }
}
