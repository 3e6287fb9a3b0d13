//! The list: what is newer by group, what to know about it, and the one button.

use iced::widget::{Space, column, container, image};
use iced::{Center, Fill};
use moult_api::{Action as Wish, KeptBack, PackageChange, RestartNeed, UpdateGroup, UpdateRow};
use moult_i18n::{Language, bytes, count, explain, fl};

use super::checked::Checked;
use super::{Line, Message, Planned, Shown, Standing, Updates, can_be_chosen};
use crate::screen::store::Look;
use crate::screen::store::part::{badge, failed, headed, is_open, line, nothing};
use crate::store::Operation;
use crate::theme::{self, Element, size, space as gap};
use crate::widget::progress::hairline;
use crate::widget::{Icon, Tick, banner, button, check, icon, rows, words};

/// A row, with its hairline.
const ROW: f32 = 60.0;
/// An icon of the list.
const ICON: f32 = 32.0;
/// From here on facts stand in columns.
const WIDE: f32 = 820.0;
/// Below this height, notes are folded.
const LOW: f32 = 620.0;

impl Updates {
    pub(super) fn list_view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let checked = match &self.sources {
            Some(Ok(sources)) => Some(Checked::of(sources, look.now)),
            _ => None,
        };
        let mut content = column![self.head(look, checked.as_ref())].spacing(gap::S).width(Fill);
        content = content.push(self.notes(look, checked.as_ref()));

        let body: Element<'a, Message> = match (&self.whole, self.lines.is_empty()) {
            (None, _) => words::body(fl!(language, "store-updates-working"))
                .style(theme::quiet)
                .into(),
            (Some(Err(failure)), _) => failed(language, failure, "updates-again", Message::AgainPressed),
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

    fn head<'a>(&'a self, look: Look<'a>, checked: Option<&Checked>) -> Element<'a, Message> {
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
            return column![first, when].align_x(look.direction.start()).into();
        }

        look.direction
            .row([title.into(), Space::new().width(Fill).into(), when.into(), again.into()])
            .spacing(gap::M)
            .align_y(Center)
            .into()
    }

    /// Nothing is newer: whether that can be relied on.
    fn none<'a>(&self, look: Look<'a>, checked: Option<&Checked>) -> Element<'a, Message> {
        let language = look.language;
        let stays = self.whole().map_or(0, |whole| whole.plan.kept_back.len());

        match checked {
            Some(checked) if checked.is_fresh(look.now) && stays == 0 => nothing(
                Icon::CircleCheck,
                fl!(language, "store-updates-none"),
                fl!(language, "store-updates-none-lead"),
            ),
            Some(checked) if checked.is_fresh(look.now) => nothing(
                Icon::CircleCheck,
                fl!(language, "store-updates-none-kept"),
                fl!(language, "store-updates-none-kept-lead"),
            ),
            Some(checked) if checked.is_whole() => nothing(
                Icon::History,
                fl!(language, "store-updates-none-known"),
                fl!(language, "store-updates-none-known-lead"),
            ),
            _ => nothing(
                Icon::Info,
                fl!(language, "store-updates-not-known"),
                fl!(language, "store-updates-not-known-lead"),
            ),
        }
    }

    /// What to know before anything is updated; in a low window the first of it, until somebody wants the rest.
    fn notes<'a>(&'a self, look: Look<'a>, checked: Option<&Checked>) -> Element<'a, Message> {
        let language = look.language;
        let mut notes: Vec<Element<'a, Message>> = Vec::new();

        if let Some(Err(failure)) = &self.sources {
            notes.push(banner::danger(explain(language, failure, "").what));
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
                checked.is_some_and(|checked| {
                    checked
                        .gaps
                        .contains(&super::checked::Gap::Outgrown { name: name.clone() })
                })
            };
            notes.extend(
                outgrown
                    .filter(|name| !known(name))
                    .map(|name| banner::warn(fl!(language, "store-updates-outgrown", name = name.as_str()))),
            );
        }
        if let Shown::Plan(shown) = self.shown()
            && !shown.plan.unsigned.is_empty()
        {
            let names = shown.plan.unsigned.join(", ");
            notes.push(banner::warn(fl!(language, "store-updates-unsigned", names = names)));
        }

        if notes.is_empty() {
            return Space::new().into();
        }
        let more = notes.len() - 1;
        if look.height >= LOW || more == 0 {
            return column(notes).spacing(gap::XS).width(Fill).into();
        }
        let label = if self.notes_are_open {
            fl!(language, "store-updates-notes-fewer")
        } else {
            fl!(language, "store-updates-notes-more", count = more)
        };
        let fold = button::quiet(label).id("updates-notes").on_press(Message::NotesPressed);
        if !self.notes_are_open {
            notes.truncate(1);
        }

        column(notes).push(fold).spacing(gap::XS).width(Fill).into()
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

        look.direction
            .row(parts)
            .spacing(gap::S)
            .align_y(Center)
            .wrap()
            .into()
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
                .clip(true),
            hairline()
        ]
        .into()
    }

    fn row_view<'a>(&'a self, look: Look<'a>, update: &'a UpdateRow) -> Element<'a, Message> {
        let language = look.language;
        let package = &update.item.package;
        let standing = self.standing(update);
        let is_wide = look.width >= WIDE;

        let tick = Tick::from(matches!(
            standing,
            Standing::Chosen | Standing::Along | Standing::Stays
        ));
        let can = can_be_chosen(update) && standing != Standing::Along;
        let tick = check(
            format!("updates-choose-{package}"),
            tick,
            "",
            look.direction,
            can.then(|| Message::Toggled(package.clone())),
        );

        let columns = if is_wide { 420.0 } else { 0.0 };
        let room = look.width - 2.0 * gap::L - 40.0 - ICON - columns - 4.0 * gap::S;
        let name = line(words::strong(headed(&update.item.name, room, size::BODY)));
        let mut facts = vec![versions(language, update)];
        if !is_wide {
            facts.extend(download(language, update));
        }
        let facts = line(words::small(headed(&facts.join(" · "), room, size::SMALL)).style(theme::quiet));
        let about = column![name, facts].align_x(look.direction.start()).width(Fill);

        let mut parts: Vec<Element<'a, Message>> = vec![picture(look, &update.item.icon), about.into()];
        parts.extend(self.badges(look, update, standing).into_iter().take(if is_wide { 2 } else { 1 }));
        if is_wide {
            parts.push(fact(look, 84.0, download(language, update).unwrap_or_default()));
            parts.push(fact(look, 150.0, files_of(language, update)));
        }
        parts.push(
            icon(match look.direction {
                crate::widget::Direction::LeftToRight => Icon::ChevronRight,
                crate::widget::Direction::RightToLeft => Icon::ChevronLeft,
            })
            .style(theme::quiet)
            .into(),
        );
        let open = button::bare(
            look.direction
                .row(parts)
                .spacing(gap::S)
                .align_y(Center)
                .width(Fill),
        )
        .id(format!("updates-row-{package}"))
        .width(Fill)
        .on_press(Message::Opened(package.clone()));

        look.direction
            .row([tick.into(), open.into()])
            .align_y(Center)
            .width(Fill)
            .into()
    }

    /// What deserves a word, the most important first.
    fn badges<'a>(&self, look: Look<'a>, update: &UpdateRow, standing: Standing) -> Vec<Element<'a, Message>> {
        let language = look.language;
        let mut badges = Vec::new();

        match standing {
            Standing::Stays => badges.push(badge(
                look,
                Icon::Info,
                fl!(language, "store-updates-stays"),
                theme::warn,
            )),
            Standing::Along if can_be_chosen(update) => badges.push(badge(
                look,
                Icon::Plus,
                fl!(language, "store-updates-along"),
                theme::quiet,
            )),
            _ => {}
        }
        match update.change {
            PackageChange::Remove => badges.push(badge(
                look,
                Icon::Minus,
                fl!(language, "store-updates-goes"),
                theme::danger,
            )),
            PackageChange::Install => badges.push(badge(
                look,
                Icon::Plus,
                fl!(language, "store-updates-comes"),
                theme::good,
            )),
            PackageChange::Downgrade => badges.push(badge(
                look,
                Icon::TriangleAlert,
                fl!(language, "store-updates-older"),
                theme::warn,
            )),
            PackageChange::Upgrade | PackageChange::Reinstall | PackageChange::Mark => {}
        }
        if self.is_unsigned(update) {
            badges.push(badge(
                look,
                Icon::ShieldAlert,
                fl!(language, "store-updates-row-unsigned"),
                theme::warn,
            ));
        }
        if matches!(update.restart, RestartNeed::Computer | RestartNeed::Session) {
            badges.push(badge(
                look,
                Icon::RotateCcw,
                restart_word(language, update.restart),
                theme::quiet,
            ));
        }

        badges
    }

    /// Whether it comes from a source that nobody vouches for.
    pub(super) fn is_unsigned(&self, update: &UpdateRow) -> bool {
        let plans = [self.whole(), self.part.as_ref().and_then(|(_, part)| part.as_deref().ok())];

        update.new.iter().any(|new| {
            plans
                .iter()
                .flatten()
                .any(|planned| planned.plan.unsigned.contains(&new.repository))
        })
    }

    /// What it takes, and the button.
    fn foot<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let is_queued = is_open(look, |operation| {
            matches!(operation, Operation::Change { request, .. } if request.action == Wish::Sync)
        });
        let mut buttons: Vec<Element<'a, Message>> = Vec::new();
        let (facts, label) = match self.shown() {
            Shown::Plan(shown) => {
                let files = shown.plan.files_added + shown.plan.files_changed + shown.plan.files_removed;
                let number = shown.plan.packages.len();
                buttons.push(
                    button::secondary(fl!(
                        language,
                        "store-updates-files",
                        count = files,
                        shown = count(language, files)
                    ))
                    .id("updates-files")
                    .on_press(Message::FilesPressed)
                    .into(),
                );
                let label = fl!(
                    language,
                    "store-updates-update",
                    count = number,
                    shown = count(language, number as u64)
                );
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
    look.direction
        .row([
            words::section(title).into(),
            words::small(fact).style(theme::quiet).into(),
        ])
        .spacing(gap::S)
        .align_y(Center)
        .into()
}

/// A package that stays back, and why.
fn kept_view<'a>(look: Look<'a>, whole: &'a Planned, kept: &'a KeptBack) -> Element<'a, Message> {
    let language = look.language;
    let item = whole.kept.iter().find(|item| item.package == kept.name);
    let name = item.map_or(kept.name.as_str(), |item| item.name.as_str());
    let is_held = kept.held.contains(&kept.name);
    let room = look.width - 2.0 * gap::L - ICON - 3.0 * gap::S - if is_held { 160.0 } else { 0.0 };
    let reason = if is_held {
        fl!(language, "store-updates-held")
    } else if kept.held.is_empty() {
        fl!(language, "store-updates-kept-needs")
    } else {
        fl!(language, "store-updates-kept-held", names = kept.held.join(", "))
    };
    let facts = fl!(
        language,
        "store-updates-kept-facts",
        version = kept.preferred.version.as_str(),
        reason = reason
    );
    let about = column![
        line(words::strong(headed(name, room, size::BODY))),
        line(words::small(headed(&facts, room, size::SMALL)).style(theme::quiet))
    ]
    .align_x(look.direction.start())
    .width(Fill);
    let mut parts: Vec<Element<'a, Message>> = vec![
        Space::new().width(gap::XS).into(),
        picture(look, item.map_or("", |item| item.icon.as_str())),
        about.into(),
    ];
    if is_held {
        parts.push(
            button::secondary(fl!(language, "store-updates-let-go"))
                .id(format!("updates-let-go-{}", kept.name))
                .on_press(Message::HoldPressed(kept.name.clone(), false))
                .into(),
        );
    }

    look.direction.row(parts).spacing(gap::S).align_y(Center).into()
}

/// The icon of an item, or that of a package.
pub(super) fn picture<'a>(look: Look<'a>, path: &str) -> Element<'a, Message> {
    let shown: Element<'a, Message> = match look.pictures.icon(path) {
        Some(handle) => image(handle).width(ICON).height(ICON).into(),
        None => icon(Icon::Package).style(theme::quiet).into(),
    };

    container(shown).center_x(ICON).center_y(ICON).into()
}

fn fact<'a>(look: Look<'a>, width: f32, text: String) -> Element<'a, Message> {
    container(line(words::small(text).style(theme::quiet)))
        .width(width)
        .align_x(look.direction.end())
        .into()
}

/// What is there and what will be: "3.5.1 → 3.5.2".
pub(super) fn versions(language: Language, update: &UpdateRow) -> String {
    match (update.old.first(), update.new.first()) {
        (Some(old), Some(new)) if old.version == new.version => fl!(
            language,
            "store-updates-rebuilt",
            version = new.version.as_str(),
            old = format!("{}-{}", old.source_release, old.build_release),
            new = format!("{}-{}", new.source_release, new.build_release)
        ),
        (Some(old), Some(new)) => fl!(
            language,
            "store-updates-versions",
            old = old.version.as_str(),
            new = new.version.as_str()
        ),
        (Some(only), None) | (None, Some(only)) => only.version.clone(),
        (None, None) => String::new(),
    }
}

/// The size of the package that comes.
pub(super) fn download(language: Language, update: &UpdateRow) -> Option<String> {
    update
        .new
        .first()
        .filter(|new| new.size > 0)
        .map(|new| bytes(language, new.size))
}

/// How many of its files change.
fn files_of(language: Language, update: &UpdateRow) -> String {
    fl!(
        language,
        "store-updates-row-files",
        count = update.files,
        shown = count(language, update.files)
    )
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

/// The same in a word or two.
fn restart_word(language: Language, need: RestartNeed) -> String {
    match need {
        RestartNeed::None => String::new(),
        RestartNeed::Programs => fl!(language, "store-updates-word-programs"),
        RestartNeed::Session => fl!(language, "store-updates-word-session"),
        RestartNeed::Computer => fl!(language, "store-updates-word-computer"),
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
