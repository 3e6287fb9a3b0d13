//! The list: what is newer by group, what to know about it, and the one button.

use iced::widget::{Space, column, container};
use iced::{Center, Fill, Padding};
use moult_api::{Action as Wish, RestartNeed, UpdateGroup};
use moult_i18n::{Language, bytes, count, explain, fl};

use super::checked::{Checked, Gap};
use super::choice::Shown;
use super::detail::unreachable;
use super::row::kept_view;
use super::{Depth, Line, Message, Planned, Updates};
use crate::screen::store::Look;
use crate::screen::store::part::{failed, is_open, nothing};
use crate::store::Operation;
use crate::theme::{self, Element, space as gap};
use crate::widget::progress::hairline;
use crate::widget::{Icon, Tick, banner, button, check, icon, rows, words};

/// A row, with its hairline.
const ROW: f32 = 60.0;
/// From here on facts stand in columns.
pub(super) const WIDE: f32 = 820.0;
/// Below this height, notes are folded.
const LOW: f32 = 620.0;

impl Updates {
    pub(super) fn list_view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let checked = match &self.sources {
            Some(Ok(sources)) => Some(Checked::of(sources, look.now, language)),
            _ => None,
        };
        let notes = self.notes(look, checked.as_ref());
        let fold = (look.height < LOW && !notes.is_empty()).then(|| self.fold(look, notes.len()));
        let mut content = column![self.head(look, checked.as_ref(), fold)]
            .spacing(gap::S)
            .width(Fill);
        if !notes.is_empty() && (look.height >= LOW || self.notes_are_open) {
            content = content.push(column(notes).spacing(gap::XS).width(Fill));
        }

        let body: Element<'a, Message> = match (&self.whole, self.lines.is_empty()) {
            (None, _) => words::body(fl!(language, "store-updates-working"))
                .style(theme::quiet)
                .into(),
            (Some(Err(failure)), _) => failed(look, failure, "updates-again", Message::AgainPressed),
            (Some(Ok(_)), true) => self.none(look, checked.as_ref()),
            (Some(Ok(whole)), false) => {
                if whole.rows.is_empty() {
                    content = content.push(self.none(look, checked.as_ref()));
                } else {
                    content = content.push(self.groups(look));
                }
                rows(
                    "updates-list",
                    self.scroll,
                    (self.lines.len(), ROW, look.height),
                    move |at| self.line_view(look, at),
                    Message::Scrolled,
                )
            }
        };
        content = content.push(container(body).height(Fill).width(Fill));
        if !self.whole_rows().is_empty() {
            content = content.push(hairline()).push(self.foot(look));
        }

        container(content.height(Fill)).padding(gap::L).into()
    }

    fn head<'a>(
        &'a self,
        look: Look<'a>,
        checked: Option<&Checked>,
        fold: Option<Element<'a, Message>>,
    ) -> Element<'a, Message> {
        let language = look.language;
        let when = checked.map_or_else(String::new, |checked| checked.when(language, look.now));
        let is_checking = is_open(look, |operation| matches!(operation, Operation::Refresh { .. }));
        let label = if is_checking {
            fl!(language, "store-updates-checking")
        } else {
            fl!(language, "store-updates-check")
        };
        let again = button::secondary(label)
            .id("updates-check")
            .on_press_maybe((!is_checking).then_some(Message::CheckPressed));
        let when = words::small(when).style(theme::quiet);
        let title = words::heading(fl!(language, "store-updates-title"));

        if look.width < WIDE {
            let first = look
                .direction
                .row([title.into(), Space::new().width(Fill).into(), again.into()])
                .align_y(Center);
            let mut second: Vec<Element<'a, Message>> = vec![when.width(Fill).into()];
            second.extend(fold);
            let second = look.direction.row(second).align_y(Center);
            return column![first, second].align_x(look.direction.start()).into();
        }
        let mut parts: Vec<Element<'a, Message>> = vec![title.into(), Space::new().width(Fill).into()];
        parts.extend(fold);
        parts.extend([when.into(), again.into()]);

        look.direction.row(parts).spacing(gap::M).align_y(Center).into()
    }

    /// Nothing is newer: whether that can be relied on.
    fn none<'a>(&self, look: Look<'a>, checked: Option<&Checked>) -> Element<'a, Message> {
        let language = look.language;
        let stays = self.whole().map_or(0, |whole| whole.plan.kept_back.len());

        match checked {
            Some(checked) if checked.is_fresh(look.now) && stays == 0 => nothing(
                look,
                icon(Icon::CircleCheck).style(theme::good),
                fl!(language, "store-updates-none"),
                fl!(language, "store-updates-none-lead"),
            ),
            Some(checked) if checked.is_fresh(look.now) => nothing(
                look,
                icon(Icon::CircleCheck).style(theme::good),
                fl!(language, "store-updates-none-kept"),
                fl!(language, "store-updates-none-kept-lead"),
            ),
            Some(checked) if checked.is_whole() => nothing(
                look,
                icon(Icon::History).style(theme::quiet),
                fl!(language, "store-updates-none-known"),
                fl!(language, "store-updates-none-known-lead"),
            ),
            _ => nothing(
                look,
                icon(Icon::Info).style(theme::quiet),
                fl!(language, "store-updates-not-known"),
                fl!(language, "store-updates-not-known-lead"),
            ),
        }
    }

    /// What to know before anything is updated.
    fn notes<'a>(&'a self, look: Look<'a>, checked: Option<&Checked>) -> Vec<Element<'a, Message>> {
        let language = look.language;
        let mut notes: Vec<Element<'a, Message>> = Vec::new();

        if let Some(Err(failure)) = &self.sources {
            notes.push(banner::danger(explain(language, failure, "").what));
        }
        if let Some(Err(failure)) = &self.restart {
            let reason = explain(language, failure, "").what;
            notes.push(banner::info(fl!(
                language,
                "store-updates-restart-unknown",
                reason = reason
            )));
        }
        if let Some(restart) = self.restart_note(look) {
            notes.push(restart);
        }
        if let Some(checked) = checked {
            notes.extend(checked.gaps.iter().map(|gap| banner::warn(gap.words(language))));
        }
        if let Some(whole) = self.whole() {
            let outgrown = whole.plan.outgrown.iter();
            let known = |name: &String| {
                checked.is_some_and(|checked| checked.gaps.contains(&Gap::Outgrown { name: name.clone() }))
            };
            notes.extend(
                outgrown
                    .filter(|name| !known(name))
                    .map(|name| banner::warn(fl!(language, "store-updates-outgrown", name = name.as_str()))),
            );
        }
        if let Shown::Plan(shown) = self.shown()
            && let Depth::Unreachable(failure) = &shown.depth
        {
            notes.push(banner::warn(unreachable(language, failure)));
        }
        if let Shown::Plan(shown) = self.shown()
            && !shown.plan.unsigned.is_empty()
        {
            let names = shown.plan.unsigned.join(", ");
            notes.push(banner::warn(fl!(language, "store-updates-unsigned", names = names)));
        }

        notes
    }

    /// Shows the notes of a low window, or folds them.
    fn fold<'a>(&self, look: Look<'a>, count: usize) -> Element<'a, Message> {
        let label = if self.notes_are_open {
            fl!(look.language, "store-updates-notes-close")
        } else {
            fl!(look.language, "store-updates-notes", count = count)
        };
        let sign = look
            .direction
            .row([
                icon(Icon::TriangleAlert).style(theme::warn).into(),
                words::body(label).into(),
            ])
            .spacing(gap::XS)
            .align_y(Center);

        button::bare(sign)
            .id("updates-notes")
            .on_press(Message::NotesPressed)
            .into()
    }

    /// The groups with their numbers: each is a box for all of it.
    fn groups<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let mut parts: Vec<Element<'a, Message>> = Vec::new();
        let mut others = 0;
        let mut security = 0;
        for group in [UpdateGroup::Security, UpdateGroup::System, UpdateGroup::App] {
            let (chosen, all) = self.chosen_of(group);
            if all == 0 {
                continue;
            }
            match group {
                UpdateGroup::Security => security = all,
                _ => others += chosen,
            }
            parts.push(
                check(
                    format!("updates-group-{}", word_of(group)),
                    Tick::of(chosen, all),
                    fl!(
                        language,
                        "store-updates-group",
                        group = group_name(language, group),
                        shown = count(language, all as u64)
                    ),
                    look.direction,
                    Some(Message::GroupPressed(group)),
                )
                .into(),
            );
        }
        if security > 0 && others > 0 {
            parts.push(
                button::quiet(fl!(language, "store-updates-only-security"))
                    .id("updates-only-security")
                    .on_press(Message::OnlySecurityPressed)
                    .into(),
            );
        }

        // The head of the only group says the same.
        if parts.len() < 2 {
            return Space::new().into();
        }
        let groups = look.direction.row(parts).spacing(gap::S).align_y(Center).wrap();

        container(groups).width(Fill).align_x(look.direction.start()).into()
    }

    fn line_view<'a>(&'a self, look: Look<'a>, at: usize) -> Element<'a, Message> {
        let language = look.language;
        let of_part = match &self.part {
            Some((_, Ok(part))) => part.rows.as_slice(),
            _ => &[],
        };
        let shown: Option<Element<'a, Message>> = match self.lines.get(at) {
            Some(Line::Group(group)) => {
                let (chosen, all) = self.chosen_of(*group);
                Some(group_head(
                    look,
                    group_name(language, *group),
                    fl!(
                        language,
                        "store-updates-chosen-of",
                        chosen = count(language, chosen as u64),
                        all = count(language, all as u64)
                    ),
                ))
            }
            Some(Line::Row(at)) => self.whole_rows().get(*at).map(|row| self.row_view(look, row)),
            Some(Line::MoreHead) => Some(group_head(look, fl!(language, "store-updates-more"), String::new())),
            Some(Line::More(at)) => of_part.get(*at).map(|row| self.row_view(look, row)),
            Some(Line::KeptHead) => Some(group_head(look, fl!(language, "store-updates-kept"), String::new())),
            Some(Line::Kept(at)) => self
                .whole()
                .and_then(|whole| Some((whole, whole.plan.kept_back.get(*at)?)))
                .map(|(whole, kept)| kept_view(look, whole, kept)),
            None => None,
        };

        column![
            container(shown.unwrap_or_else(|| Space::new().into()))
                .height(ROW - 1.0)
                .width(Fill)
                .align_y(Center)
                .padding(Padding::ZERO.right(gap::S))
                .clip(true),
            hairline()
        ]
        .into()
    }

    /// What it takes, and the button.
    fn foot<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let is_queued = is_open(
            look,
            |operation| matches!(operation, Operation::Change { request, .. } if request.action == Wish::Sync),
        );
        let mut buttons: Vec<Element<'a, Message>> = Vec::new();
        let (facts, label) = match self.shown() {
            Shown::Plan(shown) => {
                let files = shown.plan.files_added + shown.plan.files_changed + shown.plan.files_removed;
                let number = shown.plan.packages.len();
                let knows = shown.depth == Depth::Files;
                let title = if knows {
                    fl!(
                        language,
                        "store-updates-files",
                        count = files,
                        shown = count(language, files)
                    )
                } else {
                    fl!(language, "store-updates-files-title")
                };
                buttons.push(
                    button::secondary(title)
                        .id("updates-files")
                        .on_press_maybe(knows.then_some(Message::FilesPressed))
                        .into(),
                );
                let label = fl!(language, "store-updates-update", shown = count(language, number as u64));
                (weights(language, shown), label)
            }
            Shown::Working => (
                vec![fl!(language, "store-updates-working")],
                fl!(language, "store-updates-update-none"),
            ),
            Shown::Nothing => (
                vec![fl!(language, "store-updates-nothing-chosen")],
                fl!(language, "store-updates-update-none"),
            ),
            Shown::Failed(failure) => {
                let text = explain(language, failure, "");
                (vec![text.what, text.todo], fl!(language, "store-updates-update-none"))
            }
        };
        let can = self.wanted().is_some() && !is_queued;
        let label = if is_queued {
            fl!(language, "store-updates-queued")
        } else {
            label
        };
        buttons.push(
            button::primary(label)
                .id("updates-update")
                .on_press_maybe(can.then_some(Message::UpdatePressed))
                .into(),
        );
        let buttons = look.direction.row(buttons).spacing(gap::S).align_y(Center);
        let facts = words::small(facts.join(" · ")).style(theme::quiet).width(Fill);

        if look.width < WIDE {
            return column![facts, buttons]
                .spacing(gap::XS)
                .align_x(look.direction.end())
                .width(Fill)
                .into();
        }
        look.direction
            .row([facts.into(), buttons.into()])
            .spacing(gap::M)
            .align_y(Center)
            .into()
    }
}

fn group_head<'a>(look: Look<'a>, title: String, fact: String) -> Element<'a, Message> {
    let head: Element<'a, Message> = look
        .direction
        .row([
            words::section(title).into(),
            words::small(fact).style(theme::quiet).into(),
        ])
        .spacing(gap::S)
        .align_y(Center)
        .into();

    container(head).width(Fill).align_x(look.direction.start()).into()
}

/// What a plan takes: to download, on the disk, to start anew.
fn weights(language: Language, shown: &Planned) -> Vec<String> {
    let (missing, whole) = (shown.plan.download_bytes, shown.whole_bytes());
    let mut facts = vec![if missing == 0 {
        fl!(language, "store-updates-needs-nothing")
    } else if whole > missing {
        fl!(
            language,
            "store-updates-needs-of",
            missing = bytes(language, missing),
            whole = bytes(language, whole)
        )
    } else {
        fl!(language, "store-updates-needs", missing = bytes(language, missing))
    }];
    if shown.plan.disk_bytes > 0 {
        facts.push(fl!(
            language,
            "store-updates-disk",
            bytes = bytes(language, shown.plan.disk_bytes)
        ));
    }
    match shown.restart() {
        RestartNeed::None => {}
        need => facts.push(after(language, need)),
    }

    facts
}

/// What has to be started anew after an update.
pub(super) fn after(language: Language, need: RestartNeed) -> String {
    match need {
        RestartNeed::None => fl!(language, "store-updates-after-none"),
        RestartNeed::Programs => fl!(language, "store-updates-after-programs"),
        RestartNeed::Session => fl!(language, "store-updates-after-session"),
        RestartNeed::Computer => fl!(language, "store-updates-after-computer"),
    }
}

fn group_name(language: Language, group: UpdateGroup) -> String {
    match group {
        UpdateGroup::Security => fl!(language, "store-updates-security"),
        UpdateGroup::System => fl!(language, "store-updates-system"),
        UpdateGroup::App => fl!(language, "store-updates-apps"),
    }
}

fn word_of(group: UpdateGroup) -> &'static str {
    match group {
        UpdateGroup::Security => "security",
        UpdateGroup::System => "system",
        UpdateGroup::App => "apps",
    }
}
