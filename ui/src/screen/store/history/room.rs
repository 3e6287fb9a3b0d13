//! The room that states take: which can go, what each would give back, and their going.

use std::collections::BTreeSet;

use iced::widget::{Space, column, container};
use iced::{Center, Fill};
use moult_api::StateRow;
use moult_i18n::{Language, bytes, count, fl, moment};

use super::summary::summary;
use super::{History, Message, Page, can_go};
use crate::screen::store::Look;
use crate::screen::store::part::{headed, line, page_head};
use crate::theme::{self, Element, size, space as gap};
use crate::widget::progress::hairline;
use crate::widget::{Tick, button, check, rows, words};

/// A row, with its hairline.
const ROW: f32 = 60.0;

impl History {
    /// Opens the page about room, with these states chosen to go. Of them, those that cannot go are not.
    pub fn free_space(&mut self, states: Vec<u64>) {
        self.page = Page::Room;
        self.is_confirming = false;
        self.doomed = states.into_iter().collect();
        if matches!(self.states, Some(Ok(_))) {
            let removable = self.removable();
            self.doomed.retain(|id| removable.contains(id));
        }
    }

    pub(super) fn room_view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let states = self.all();
        let removable = self.removable();
        let head = page_head(
            look,
            fl!(language, "store-history-title"),
            fl!(language, "store-history-room"),
            Message::BackPressed,
        );
        let lead = words::body(fl!(language, "store-history-room-lead")).style(theme::quiet);
        let all = check(
            "history-room-all",
            Tick::of(self.doomed.len(), removable.len()),
            fl!(
                language,
                "store-history-room-all",
                shown = count(language, removable.len() as u64)
            ),
            look.direction,
            (!removable.is_empty()).then_some(Message::AllPressed),
        );
        let list = rows(
            "history-room-list",
            self.room_scroll,
            (states.len(), ROW, look.height),
            move |at| {
                states
                    .get(at)
                    .map_or_else(|| Space::new().into(), |state| self.room_row(look, state))
            },
            Message::RoomScrolled,
        );

        let content = column![
            head,
            lead,
            all,
            hairline(),
            container(list).height(Fill).width(Fill),
            hairline(),
            self.room_foot(look)
        ]
        .spacing(gap::S)
        .align_x(look.direction.start())
        .width(Fill)
        .height(Fill);

        container(content).padding(gap::L).into()
    }

    fn room_row<'a>(&'a self, look: Look<'a>, state: &'a StateRow) -> Element<'a, Message> {
        let language = look.language;
        let can = can_go(state);
        let tick = check(
            format!("history-room-{}", state.id),
            Tick::from(self.doomed.contains(&state.id)),
            "",
            look.direction,
            can.then_some(Message::Doomed(state.id)),
        )
        .called(title(language, state));
        let gives = match stays(language, state) {
            Some(reason) => words::small(reason).style(theme::quiet),
            None => words::body(fl!(
                language,
                "store-history-gives",
                bytes = bytes(language, state.frees_bytes)
            )),
        };
        let room = look.width - 2.0 * gap::L - 40.0 - 220.0 - 2.0 * gap::S;
        let facts = format!(
            "{} · {}",
            moment(language, state.created),
            summary(language, &state.summary)
        );
        let about = column![
            line(words::strong(headed(&title(language, state), room, size::BODY))),
            line(words::small(headed(&facts, room, size::SMALL)).style(theme::quiet))
        ]
        .align_x(look.direction.start())
        .width(Fill);
        let row = look
            .direction
            .row([
                tick.into(),
                about.into(),
                container(line(gives)).width(220).align_x(look.direction.end()).into(),
            ])
            .spacing(gap::S)
            .align_y(Center)
            .width(Fill);

        column![
            container(row)
                .padding([0.0, gap::S])
                .height(ROW - 1.0)
                .align_y(Center)
                .clip(true),
            hairline()
        ]
        .into()
    }

    /// What is chosen, the sum, and the button; then the question.
    fn room_foot<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let number = self.doomed.len();
        let sum = sum(self.all(), &self.doomed);
        let shown = count(language, number as u64);

        let (words, buttons): (_, Vec<Element<'a, Message>>) = if self.is_confirming {
            let words = fl!(
                language,
                "store-history-remove-ask",
                count = number,
                shown = shown.clone()
            );
            let keep = button::secondary(fl!(language, "store-history-keep"))
                .id("history-keep")
                .on_press(Message::KeepPressed);
            let remove = button::danger(fl!(language, "store-history-remove", count = number, shown = shown))
                .id("history-remove-now")
                .on_press(Message::RemoveConfirmed);
            (words::body(words), vec![keep.into(), remove.into()])
        } else {
            let words = if number == 0 {
                fl!(language, "store-history-none-chosen")
            } else {
                fl!(
                    language,
                    "store-history-sum",
                    count = number,
                    shown = shown.clone(),
                    bytes = bytes(language, sum)
                )
            };
            let remove = button::secondary(fl!(language, "store-history-remove", count = number, shown = shown))
                .id("history-remove")
                .on_press_maybe((number > 0).then_some(Message::RemovePressed));
            (words::body(words).style(theme::quiet), vec![remove.into()])
        };
        let buttons = look.direction.row(buttons).spacing(gap::S);

        if look.width < 700.0 {
            return column![words, buttons]
                .spacing(gap::XS)
                .align_x(look.direction.end())
                .width(Fill)
                .into();
        }
        look.direction
            .row([words.width(Fill).into(), buttons.into()])
            .spacing(gap::M)
            .align_y(Center)
            .into()
    }
}

/// What a state is called: its name, or its number.
pub(super) fn title(language: Language, state: &StateRow) -> String {
    if state.name.is_empty() {
        fl!(language, "store-history-state", number = state.id.to_string())
    } else {
        fl!(
            language,
            "store-history-state-named",
            number = state.id.to_string(),
            name = state.name.as_str()
        )
    }
}

/// Why a state cannot go; None if it can.
fn stays(language: Language, state: &StateRow) -> Option<String> {
    match state.status.as_str() {
        "active" => Some(fl!(language, "store-history-stays-active")),
        "pending" => Some(fl!(language, "store-history-stays-pending")),
        _ if state.pinned => Some(fl!(language, "store-history-stays-pinned")),
        _ => None,
    }
}

/// What the going of these states gives back at least: what two of them share only goes with both.
fn sum(states: &[StateRow], doomed: &BTreeSet<u64>) -> u64 {
    let going = states.iter().filter(|state| doomed.contains(&state.id));

    going.map(|state| state.frees_bytes).fold(0, u64::saturating_add)
}
