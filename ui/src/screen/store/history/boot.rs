//! What a start has to tell: that the machine came back by itself, or that another state than usual runs.

use moult_api::{BootMenu, BootSpan, BootedBy, NextBy, StateRow};
use moult_i18n::{Language, count, fl};

use super::{History, Message};
use crate::screen::store::Look;
use crate::theme::{Element, space as gap};
use crate::widget::{banner, button};

/// What happened at this start, as long as it is not settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// A state did not start, and the machine went back to the one that runs by itself.
    CameBack { failed: u64, to: u64 },
    /// The person chose the state that runs in the boot menu; another one starts next.
    Chosen { state: u64, next: u64 },
    /// The state that was asked for could not be used; the one that was active runs.
    NotUsed { asked: u64, kept: u64 },
}

impl News {
    /// The state that could be started from now on.
    pub(super) fn keeps(self) -> Option<u64> {
        match self {
            Self::CameBack { to, .. } => Some(to),
            Self::Chosen { state, .. } => Some(state),
            Self::NotUsed { .. } => None,
        }
    }
}

impl History {
    /// What is to be told of this start. Nothing once the person has decided, or has gone on to another state since.
    pub(super) fn news(&self) -> Option<News> {
        let boot = self.boot.as_ref()?;
        let (booted, active) = (&boot.booted, self.active()?.id);
        let is_decided = self.kept == Some(active) || (boot.next_by == NextBy::Chosen && boot.next == active);
        if booted.state != active || is_decided {
            return None;
        }

        match booted.by {
            BootedBy::Fallback => Some(News::CameBack {
                failed: booted.failed,
                to: active,
            }),
            BootedBy::Choice if boot.next != active => Some(News::Chosen {
                state: active,
                next: boot.next,
            }),
            BootedBy::Kept => Some(News::NotUsed {
                asked: booted.asked,
                kept: active,
            }),
            BootedBy::Choice | BootedBy::Usual | BootedBy::Unknown => None,
        }
    }

    /// The state that starts next; None if it is not known.
    pub(super) fn next(&self) -> Option<u64> {
        let boot = self.boot.as_ref()?;
        match (boot.next, boot.menu) {
            // Where there is no menu, what is in place is what starts.
            (0, BootMenu::Missing) => self.active().map(|state| state.id),
            (0, _) => None,
            (state, _) => Some(state),
        }
    }

    /// When a state starts, in a few words; None if it is neither now nor next.
    pub(super) fn starts(&self, language: Language, state: &StateRow) -> Option<String> {
        let is_next = self.next() == Some(state.id);
        let is_once = self.boot.as_ref().is_some_and(|boot| boot.next_by == NextBy::Once);

        match (state.status == "active", is_next) {
            (true, true) => Some(fl!(language, "store-history-active")),
            (true, false) => Some(fl!(language, "store-history-active-now")),
            (false, true) if is_once => Some(fl!(language, "store-history-next-once")),
            (false, true) => Some(fl!(language, "store-history-next")),
            (false, false) => None,
        }
    }

    /// Whether a state can be chosen to start, for this long: it is in the menu, and the choice would change something.
    pub(super) fn can_start(&self, state: u64, span: BootSpan) -> bool {
        let Some(boot) = &self.boot else { return false };
        let is_there = boot.entries.iter().any(|entry| entry.state == state);
        let is_next = boot.next == state;

        is_there
            && match span {
                BootSpan::Once => !is_next,
                BootSpan::Always => !is_next || boot.next_by == NextBy::Once,
            }
    }

    /// The choices of when a state starts. What the news of this start offers is not offered twice.
    pub(super) fn start_choices<'a>(&'a self, look: Look<'a>, state: &StateRow) -> Vec<Element<'a, Message>> {
        let language = look.language;
        let offered = self.news().and_then(News::keeps) == Some(state.id);
        let choices = [
            (
                BootSpan::Once,
                "history-start-once",
                fl!(language, "store-history-next-only"),
            ),
            (
                BootSpan::Always,
                "history-start-always",
                fl!(language, "store-history-from-now"),
            ),
        ];

        choices
            .into_iter()
            .filter(|(span, ..)| self.can_start(state.id, *span))
            .filter(|(span, ..)| !(offered && *span == BootSpan::Always))
            .map(|(span, id, words)| {
                button::secondary(words)
                    .id(id)
                    .on_press(Message::StartPressed(span))
                    .into()
            })
            .collect()
    }

    /// What happened, and what can be done about it.
    pub(super) fn news_view<'a>(&'a self, look: Look<'a>) -> Option<Element<'a, Message>> {
        let language = look.language;
        let news = self.news()?;
        let is_there = |state: u64| self.place(state).is_some();
        let number = |state| count(language, state);
        let (text, other, word) = match news {
            News::CameBack { failed, to } => (
                fl!(
                    language,
                    "store-history-came-back",
                    failed = number(failed),
                    state = number(to)
                ),
                is_there(failed).then_some(failed),
                fl!(language, "store-history-compare"),
            ),
            News::Chosen { state, next: 0 } => (
                fl!(language, "store-history-chosen", state = number(state)),
                None,
                String::new(),
            ),
            News::Chosen { state, next } => (
                fl!(
                    language,
                    "store-history-chosen-once",
                    state = number(state),
                    next = number(next)
                ),
                is_there(next).then_some(next),
                fl!(language, "store-history-go-back"),
            ),
            News::NotUsed { asked, kept } => (
                fl!(
                    language,
                    "store-history-not-used",
                    asked = number(asked),
                    state = number(kept)
                ),
                None,
                String::new(),
            ),
        };
        let mut deeds: Vec<Element<'a, Message>> = Vec::new();
        if let Some(other) = other {
            deeds.push(
                button::secondary(word)
                    .id("history-boot-compare")
                    .on_press(Message::BootComparePressed(other))
                    .into(),
            );
        }
        if news.keeps().is_some() {
            deeds.push(
                button::secondary(fl!(language, "store-history-keep-this"))
                    .id("history-boot-keep")
                    .on_press(Message::BootKeepPressed)
                    .into(),
            );
        }
        let deeds = look.direction.row(deeds).spacing(gap::XS);

        Some(
            iced::widget::column![banner::warn(text), deeds]
                .spacing(gap::XS)
                .align_x(look.direction.start())
                .width(iced::Fill)
                .into(),
        )
    }
}
