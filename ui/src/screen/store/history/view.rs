//! The line of states, what the chosen one is, and what differs.

use iced::widget::{Space, column, container, scrollable};
use iced::{Center, Fill};
use moult_api::{Outcome, StateRow};
use moult_i18n::{Language, ago, bytes, count, day, explain, fl, moment};

use super::room::title;
use super::summary::summary;
use super::{History, Message, Tab};
use crate::screen::store::Look;
use crate::screen::store::part::{badge, failed, headed, is_open, nothing, slim, tab};
use crate::store::{Operation, Stage};
use crate::theme::{self, Element, size, space as gap};
use crate::widget::progress::hairline;
use crate::widget::{Icon, Notch, Note, banner, button, excerpt, icon, text_field, timeline, words};

/// From this width on, what a state is stands above what differs; below, one of both is shown.
const WIDE: f32 = 860.0;
/// The width of a state's name, beside what it is.
const NAME: f32 = 440.0;
/// Below this height, too.
const LOW: f32 = 600.0;
/// What is new of a start takes so much of it.
const NEWS: f32 = 150.0;

/// How wide a state's name may be shown.
fn name_room(look: Look<'_>) -> f32 {
    let beside = if look.width >= WIDE { NAME + gap::L } else { 0.0 };

    look.width - 2.0 * gap::L - beside
}

impl History {
    /// Whether everything stands one below the other.
    fn has_room(&self, look: Look<'_>) -> bool {
        let news = if self.news().is_some() { NEWS } else { 0.0 };

        look.width >= WIDE && look.height >= LOW + news
    }

    pub(super) fn line_view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let mut content = column![self.head(look)].spacing(gap::S).width(Fill).height(Fill);
        if let Some(failure) = &self.outdated {
            content = content.push(banner::warn(explain(language, failure, "").what));
        }

        if self.has_room(look)
            && let Some(news) = self.news_view(look)
        {
            content = content.push(news);
        }

        content = match (&self.states, self.selected()) {
            (None, _) => content.push(words::body(fl!(language, "store-history-working")).style(theme::quiet)),
            (Some(Err(failure)), _) => content.push(failed(look, failure, "history-again", Message::AgainPressed)),
            (Some(Ok(_)), None) => content.push(nothing(
                look,
                icon(Icon::History).style(theme::quiet),
                fl!(language, "store-history-none"),
                fl!(language, "store-history-none-lead"),
            )),
            (Some(Ok(_)), Some(state)) => {
                content = content.push(container(self.timeline_view(language, look)).padding([4.0, 4.0]));
                if let Some(hint) = self.hint(language) {
                    content = content.push(words::small(hint).style(theme::quiet));
                }
                content.push(self.state_view(look, state))
            }
        };

        container(content).padding(gap::L).into()
    }

    fn head<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let undo = button::secondary(fl!(language, "store-history-undo"))
            .id("history-undo")
            .on_press_maybe(self.undo().map(|_| Message::UndoPressed));
        let redo = button::secondary(fl!(language, "store-history-redo"))
            .id("history-redo")
            .on_press_maybe(self.redo().map(|_| Message::RedoPressed));
        let room = button::quiet(fl!(language, "store-history-room"))
            .id("history-room")
            .on_press_maybe((!self.all().is_empty()).then_some(Message::RoomPressed));

        look.direction
            .row([
                words::heading(fl!(language, "store-history-title")).into(),
                Space::new().width(Fill).into(),
                room.into(),
                undo.into(),
                redo.into(),
            ])
            .spacing(gap::XS)
            .align_y(Center)
            .into()
    }

    fn timeline_view<'a>(&'a self, language: Language, look: Look<'a>) -> Element<'a, Message> {
        let mut last = String::new();
        let notches = self.all().iter().map(|state| Notch {
            id: format!("history-state-{}", state.id),
            label: count(language, state.id),
            day: {
                let of = day(language, state.created);
                if of == last {
                    String::new()
                } else {
                    last.clone_from(&of);
                    of
                }
            },
            is_current: state.status == "active",
            is_next: self.next() == Some(state.id),
            is_pinned: state.pinned,
            is_unfinished: state.status == "pending",
        });
        let place = |state: Option<&StateRow>| state.and_then(|state| self.place(state.id));

        timeline(
            "history-line",
            notches.collect(),
            place(self.selected()),
            look.direction,
            Message::Selected,
        )
        .compared(place(self.other()))
        .into()
    }

    /// What a press on the line means now.
    fn hint(&self, language: Language) -> Option<String> {
        if self.is_choosing_other {
            return Some(fl!(language, "store-history-choose-other"));
        }

        (self.pair().is_none() && self.all().len() > 1).then(|| fl!(language, "store-history-slide"))
    }

    fn state_view<'a>(&'a self, look: Look<'a>, state: &'a StateRow) -> Element<'a, Message> {
        let language = look.language;
        let width = look.width - 2.0 * gap::L;
        let about = self.about_view(look, state);
        if self.has_room(look) {
            let mut content = column![about, hairline()]
                .spacing(gap::S)
                .align_x(look.direction.start())
                .width(Fill)
                .height(Fill);
            if let Some(what) = self.compared(language) {
                content = content.push(words::body(what));
            }

            return content
                .push(container(self.both_view(look, width, look.height)).height(Fill))
                .into();
        }

        let known = match self.difference() {
            Some(Ok(difference)) => Some(difference),
            _ => None,
        };
        let numbered = |name: String, number: Option<u64>| match number {
            Some(number) => fl!(
                language,
                "store-history-tab",
                name = name,
                shown = count(language, number)
            ),
            None => name,
        };
        let packages = known.map(|difference| difference.packages.len() as u64);
        let files = known.map(|difference| super::compare::counts(difference).all());
        let tabs = look.direction.row([
            tab(
                "history-tab-about",
                fl!(language, "store-history-about"),
                self.tab == Tab::About,
                Message::TabPressed(Tab::About),
            )
            .into(),
            tab(
                "history-tab-packages",
                numbered(fl!(language, "store-history-packages"), packages),
                self.tab == Tab::Packages,
                Message::TabPressed(Tab::Packages),
            )
            .into(),
            tab(
                "history-tab-files",
                numbered(fl!(language, "store-history-files"), files),
                self.tab == Tab::Files,
                Message::TabPressed(Tab::Files),
            )
            .into(),
        ]);
        let body: Element<'a, Message> = match self.tab {
            Tab::About => {
                scrollable(container(column![self.news_view(look), about].spacing(gap::S)).padding([4.0, gap::S]))
                    .direction(slim())
                    .width(Fill)
                    .height(Fill)
                    .into()
            }
            what => self.compare_view(look, what, width, look.height),
        };

        column![tabs, hairline(), container(body).height(Fill)]
            .spacing(gap::XS)
            .align_x(look.direction.start())
            .width(Fill)
            .height(Fill)
            .into()
    }

    /// What a state is, and what can be done with it.
    fn about_view<'a>(&'a self, look: Look<'a>, state: &'a StateRow) -> Element<'a, Message> {
        let language = look.language;
        let mut badges: Vec<Element<'a, Message>> =
            vec![words::section(headed(&title(language, state), name_room(look), size::SECTION)).into()];
        if state.status == "pending" {
            badges.push(badge(
                look,
                Icon::TriangleAlert,
                fl!(language, "store-history-pending"),
                theme::warn,
            ));
        }
        if let Some(when) = self.starts(language, state) {
            badges.push(badge(look, Icon::CircleCheck, when, theme::accent));
        }
        if state.pinned {
            badges.push(badge(
                look,
                Icon::Pin,
                fl!(language, "store-history-pinned"),
                theme::quiet,
            ));
        }
        let mut facts = vec![
            fl!(
                language,
                "store-history-made",
                moment = moment(language, state.created),
                ago = ago(language, look.now.saturating_sub(state.created))
            ),
            summary(language, &state.summary),
        ];
        facts.push(fl!(
            language,
            "store-history-holds",
            count = state.packages,
            shown = count(language, state.packages)
        ));
        if state.status != "active" {
            let bytes = bytes(language, state.frees_bytes);
            facts.push(fl!(language, "store-history-gives", bytes = bytes));
        }
        facts.retain(|fact| !fact.is_empty());

        let head = look.direction.row(badges).spacing(gap::M).align_y(Center).wrap();
        let facts = excerpt(facts.join(" · "), 2)
            .size(size::SMALL)
            .style(theme::quiet)
            .direction(look.direction);
        let what = column![head, facts]
            .spacing(gap::XS)
            .align_x(look.direction.start())
            .width(Fill);
        let is_wide = look.width >= WIDE;
        let mut about = if is_wide {
            let name = container(self.name_view(look, state)).width(NAME);
            column![look.direction.row([what.into(), name.into()]).spacing(gap::L)]
        } else {
            column![what]
        };
        about = about
            .push(self.deeds_view(look, state))
            .spacing(gap::XS)
            .align_x(look.direction.start())
            .width(Fill);
        if !is_wide {
            about = about.push(self.name_view(look, state));
        }
        if let Some(ending) = self.verified(look) {
            about = about.push(ending);
        }

        about.into()
    }

    fn deeds_view<'a>(&'a self, look: Look<'a>, state: &'a StateRow) -> Element<'a, Message> {
        let language = look.language;
        let is_active = state.status == "active";
        let mut deeds: Vec<Element<'a, Message>> = Vec::new();
        let mut meaning = None;

        if !is_active {
            let is_queued = is_open(look, |operation| {
                matches!(operation, Operation::Activate { state: to } | Operation::GoBack { state: to, .. }
                        if *to == state.id)
            });
            let compares_now = self
                .other
                .is_none_or(|other| Some(other) == self.active().map(|now| now.id));
            deeds.push(if is_queued {
                button::primary(fl!(language, "store-history-queued"))
                    .id("history-go")
                    .into()
            } else if compares_now {
                meaning = Some(fl!(language, "store-history-go-means"));
                button::primary(fl!(language, "store-history-go", number = count(language, state.id)))
                    .id("history-go")
                    .on_press_maybe(self.reachable().map(|_| Message::GoPressed))
                    .into()
            } else {
                button::secondary(fl!(language, "store-history-now"))
                    .id("history-now")
                    .on_press(Message::NowPressed)
                    .into()
            });
        }
        let other = if self.is_choosing_other {
            fl!(language, "store-history-other-stop")
        } else {
            fl!(language, "store-history-other-end")
        };
        if self.all().len() > 1 {
            deeds.push(
                button::secondary(other)
                    .id("history-other")
                    .on_press(Message::OtherPressed)
                    .into(),
            );
        }
        let pin = if state.pinned {
            fl!(language, "store-history-unpin")
        } else {
            fl!(language, "store-history-pin")
        };
        deeds.push(
            button::secondary(pin)
                .id("history-pin")
                .on_press(Message::PinPressed)
                .into(),
        );
        if is_active {
            deeds.push(
                button::secondary(fl!(language, "store-history-verify"))
                    .id("history-verify")
                    .on_press_maybe(
                        (!is_open(look, |operation| matches!(operation, Operation::Verify { .. })))
                            .then_some(Message::VerifyPressed(false)),
                    )
                    .into(),
            );
        }

        let mut content = column![look.direction.row(deeds).spacing(gap::S).align_y(Center).wrap()]
            .spacing(gap::XS)
            .align_x(look.direction.start())
            .width(Fill);
        if let Some(meaning) = meaning {
            content = content.push(words::small(meaning).style(theme::quiet));
        }
        let mut starts = self.start_choices(look, state);
        if !starts.is_empty() {
            let meaning = fl!(language, "store-history-start-means");
            starts.push(words::small(meaning).style(theme::quiet).into());
            content = content.push(look.direction.row(starts).spacing(gap::S).align_y(Center).wrap());
        }

        content.into()
    }

    fn name_view<'a>(&'a self, look: Look<'a>, state: &'a StateRow) -> Element<'a, Message> {
        let language = look.language;
        let value = match &self.draft {
            Some((of, name)) if *of == state.id => name,
            _ => &state.name,
        };
        let field = text_field("history-name", fl!(language, "store-history-name"), value)
            .placeholder(fl!(language, "store-history-name-hint"))
            .on_input(Message::NameChanged)
            .on_submit(Message::NamePressed)
            .note(Note::None)
            .direction(look.direction);
        let save = button::secondary(fl!(language, "store-history-save"))
            .id("history-name-save")
            .on_press_maybe(self.renamed().map(|_| Message::NamePressed));
        // The button stands beside the line of the field: below its label, above its note.
        let save = column![words::strong(" "), save].spacing(gap::XXS);

        look.direction
            .row([container(field).width(Fill).into(), save.into()])
            .spacing(gap::S)
            .into()
    }

    /// Which states are compared, as a sentence.
    fn compared(&self, language: Language) -> Option<String> {
        let (from, to) = self.pair()?;
        let active = self.active().map(|state| state.id);
        let (from_shown, to_shown) = (count(language, from), count(language, to));

        Some(if Some(from) == active {
            fl!(language, "store-history-compared-now", to = to_shown)
        } else {
            fl!(language, "store-history-compared", from = from_shown, to = to_shown)
        })
    }

    /// How the last look at the active state ended.
    fn verified<'a>(&'a self, look: Look<'a>) -> Option<Element<'a, Message>> {
        let language = look.language;
        let entry = look
            .queue
            .entries()
            .rev()
            .find(|entry| matches!(entry.operation, Operation::Verify { .. }))?;
        if self.selected().is_none_or(|state| state.status != "active") {
            return None;
        }

        Some(match &entry.stage {
            Stage::Done(outcome) => damage_view(look, outcome),
            Stage::Failed(failure) => banner::danger(explain(language, failure, "").what),
            Stage::Cancelled => return None,
            _ => words::body(fl!(language, "store-history-verifying"))
                .style(theme::quiet)
                .into(),
        })
    }
}

/// What was found wrong, and the button that mends it.
fn damage_view<'a>(look: Look<'a>, outcome: &'a Outcome) -> Element<'a, Message> {
    const SHOWN: usize = 5;

    let language = look.language;
    let checked = count(language, outcome.checked_files);
    if outcome.damage.is_empty() {
        return banner::good(fl!(
            language,
            "store-history-whole",
            count = outcome.checked_files,
            shown = checked
        ));
    }
    let left = outcome.damage.iter().filter(|damage| !damage.repaired).count();
    let number = outcome.damage.len();
    let mut content = column![if left == 0 {
        banner::good(fl!(
            language,
            "store-history-mended",
            count = number,
            shown = count(language, number as u64)
        ))
    } else {
        banner::danger(fl!(
            language,
            "store-history-damaged",
            count = left,
            shown = count(language, left as u64)
        ))
    }]
    .spacing(gap::XS)
    .width(Fill);
    for damage in outcome.damage.iter().take(SHOWN) {
        let sign = if damage.repaired {
            icon(Icon::CircleCheck).size(16.0).style(theme::good)
        } else {
            icon(Icon::CircleAlert).size(16.0).style(theme::danger)
        };
        let words = fl!(
            language,
            "store-history-damage",
            path = damage.path.as_str(),
            problem = damage.problem.as_str()
        );
        content = content.push(
            look.direction
                .row([sign.into(), words::small(words).into()])
                .spacing(gap::XS)
                .align_y(Center),
        );
    }
    if number > SHOWN {
        let more = number - SHOWN;
        content = content.push(
            words::small(fl!(
                language,
                "store-history-damage-more",
                count = more,
                shown = count(language, more as u64)
            ))
            .style(theme::quiet),
        );
    }
    if left > 0 {
        content = content.push(
            button::secondary(fl!(language, "store-history-repair"))
                .id("history-repair")
                .on_press(Message::VerifyPressed(true)),
        );
    }

    content.into()
}
