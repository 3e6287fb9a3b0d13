//! Screenshots, one at a time.

use std::collections::{BTreeMap, BTreeSet};

use iced::widget::image::Image;
use iced::widget::{column, container, space as gap};
use iced::{Center, ContentFit, Fill};
use moult_api::Shot;
use moult_i18n::{count, fl};

use super::Message;
use crate::screen::store::Look;
use crate::store::{Pictures, Reach, ShotFailure};
use crate::theme::{self, Element, space};
use crate::widget::{Direction, Icon, button, excerpt, icon, words};

/// The most room that a screenshot has, in logical pixels.
pub(super) const ROOM: (f32, f32) = (752.0, 423.0);

/// Which screenshot is shown, and what became of those that were asked for.
#[derive(Debug, Default)]
pub(super) struct Shots {
    at: usize,
    reach: Reach,
    asked: BTreeSet<usize>,
    failed: BTreeMap<usize, ShotFailure>,
}

impl Shots {
    /// The page came, perhaps again: what failed may be asked once more.
    pub(super) fn begin(&mut self, reach: Reach) {
        self.reach = reach;
        self.asked.clear();
        self.failed.clear();
    }

    pub(super) fn reach(&self) -> Reach {
        self.reach
    }

    /// The next one, or the one before; round and round.
    pub(super) fn turn(&mut self, forward: bool, count: usize) {
        if count > 0 {
            let step = if forward { 1 } else { count - 1 };
            self.at = (self.at + step) % count;
        }
    }

    pub(super) fn came(&mut self, at: usize, outcome: Result<(), ShotFailure>) {
        let _ = match outcome {
            Ok(()) => self.failed.remove(&at),
            Err(failure) => self.failed.insert(at, failure),
        };
    }

    pub(super) fn forget_failure(&mut self) {
        let _ = self.failed.remove(&self.at);
        let _ = self.asked.remove(&self.at);
    }

    /// Numbers and addresses of those that have to be fetched now: the one that is shown and the next one.
    ///
    /// One that was shown before may have been let go of, so the one at hand is always asked for: it is there at once if
    /// it is still kept.
    pub(super) fn ask(&mut self, shots: &[Shot], pictures: &Pictures) -> Vec<(usize, String)> {
        let mut wanted = Vec::new();
        let _ = self.asked.remove(&self.at);

        for at in [self.at, self.at + 1] {
            if let Some(shot) = shots.get(at)
                && !self.failed.contains_key(&at)
                && self.asked.insert(at)
                && let Some(image) = pictures.fitting(&shot.images, ROOM.0)
            {
                wanted.push((at, image.url.clone()));
            }
        }

        wanted
    }

    /// The picture, its caption, and the way to others. Nothing if there are none.
    pub(super) fn view<'a>(&'a self, look: Look<'a>, shots: &'a [Shot], width: f32) -> Option<Element<'a, Message>> {
        let shot = shots.get(self.at).or_else(|| shots.first())?;
        let language = look.language;
        let width = width.min(ROOM.0);
        let height = (width * ROOM.1 / ROOM.0).round();
        let url = look
            .pictures
            .fitting(&shot.images, ROOM.0)
            .map(|image| image.url.as_str());

        let shown: Element<'a, Message> = match url.and_then(|url| look.pictures.shot(url)) {
            Some(handle) => Image::new(handle)
                .width(width)
                .height(height)
                .content_fit(ContentFit::ScaleDown)
                .into(),
            None => container(self.instead(look))
                .center_x(width)
                .center_y(height)
                .padding(space::M)
                .style(theme::raised)
                .into(),
        };
        let caption = excerpt(shot.caption.as_str(), 2)
            .size(theme::size::SMALL)
            .style(theme::quiet)
            .direction(look.direction);
        let mut below = vec![container(caption).width(Fill).align_x(look.direction.start()).into()];
        if shots.len() > 1 {
            let place = fl!(
                language,
                "store-item-shot-of",
                number = count(language, self.at as u64 + 1),
                count = count(language, shots.len() as u64)
            );
            let (backward, forward) = match look.direction {
                Direction::LeftToRight => (Icon::ChevronLeft, Icon::ChevronRight),
                Direction::RightToLeft => (Icon::ChevronRight, Icon::ChevronLeft),
            };
            below.extend([
                turn(
                    backward,
                    "item-shot-previous",
                    fl!(language, "store-item-shot-previous"),
                    false,
                ),
                words::small(place).style(theme::quiet).into(),
                turn(forward, "item-shot-next", fl!(language, "store-item-shot-next"), true),
            ]);
        }
        let below = look
            .direction
            .row(below)
            .spacing(space::XS)
            .align_y(Center)
            .width(width);

        Some(column![shown, below].spacing(space::XS).into())
    }

    /// What stands in the place of a picture that is not there.
    fn instead<'a>(&self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let Some(failure) = self.failed.get(&self.at) else {
            return words::small(fl!(language, "store-item-shot-coming"))
                .style(theme::quiet)
                .into();
        };
        let text = match failure {
            ShotFailure::Refused => fl!(language, "store-item-shot-refused"),
            ShotFailure::Unreachable => fl!(language, "store-item-shot-unreachable"),
            ShotFailure::NoPicture => fl!(language, "store-item-shot-no-picture"),
        };
        let again: Element<'a, Message> = match failure {
            ShotFailure::Unreachable => button::quiet(fl!(language, "try-again"))
                .id("item-shot-again")
                .on_press(Message::ShotAgain)
                .into(),
            _ => gap::vertical().height(0).into(),
        };

        column![
            icon(Icon::ImageOff).style(theme::quiet),
            words::small(text).style(theme::quiet),
            again
        ]
        .spacing(space::XS)
        .align_x(Center)
        .into()
    }
}

fn turn<'a>(sign: Icon, id: &'static str, name: String, forward: bool) -> Element<'a, Message> {
    button::bare(icon(sign))
        .id(id)
        .called(name)
        .on_press(Message::ShotTurned(forward))
        .width(theme::size::TARGET)
        .align(iced::alignment::Horizontal::Center)
        .into()
}
