//! One update as a row: what it is, what it becomes, what deserves a word.

use iced::widget::{Space, column, container, image};
use iced::{Center, Fill};
use moult_api::{KeptBack, PackageChange, RestartNeed, UpdateRow};
use moult_i18n::{Language, bytes, count, fl};

use super::choice::{Standing, can_be_chosen};
use super::view::WIDE;
use super::{Depth, Message, Planned, Updates};
use crate::screen::store::Look;
use crate::screen::store::part::{badge, line};
use crate::theme::{self, Element, size, space as gap};
use crate::widget::{Direction, Icon, Tick, button, check, excerpt, icon, words};

/// An icon of the list.
const ICON: f32 = 32.0;

impl Updates {
    pub(super) fn row_view<'a>(&'a self, look: Look<'a>, update: &'a UpdateRow) -> Element<'a, Message> {
        let language = look.language;
        let package = &update.item.package;
        let standing = self.standing(update);
        let is_wide = look.width >= WIDE;

        let tick = Tick::from(matches!(standing, Standing::Chosen | Standing::Along | Standing::Stays));
        let can = can_be_chosen(update) && standing != Standing::Along;
        let tick = check(
            format!("updates-choose-{package}"),
            tick,
            "",
            look.direction,
            can.then(|| Message::Toggled(package.clone())),
        )
        .called(update.item.name.as_str());

        let mut facts = vec![versions(language, update)];
        if !is_wide {
            facts.extend(download(language, update));
        }
        let about = about(look, update.item.name.as_str(), facts.join(" · "));

        let mut parts: Vec<Element<'a, Message>> = vec![picture(look, &update.item.icon), about];
        parts.extend(
            self.badges(look, update, standing)
                .into_iter()
                .take(if is_wide { 2 } else { 1 }),
        );
        if is_wide {
            parts.push(fact(look, 84.0, download(language, update).unwrap_or_default()));
            let knows = self
                .planned_of(package)
                .is_some_and(|planned| planned.depth == Depth::Files);
            let files = if knows {
                files_of(language, update)
            } else {
                String::new()
            };
            parts.push(fact(look, 200.0, files));
        }
        parts.push(
            icon(match look.direction {
                Direction::LeftToRight => Icon::ChevronRight,
                Direction::RightToLeft => Icon::ChevronLeft,
            })
            .style(theme::quiet)
            .into(),
        );
        let open = button::bare(look.direction.row(parts).spacing(gap::S).align_y(Center).width(Fill))
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
        let plans = [
            self.whole(),
            self.part.as_ref().and_then(|(_, part)| part.as_deref().ok()),
        ];

        update.new.iter().any(|new| {
            plans
                .iter()
                .flatten()
                .any(|planned| planned.plan.unsigned.contains(&new.repository))
        })
    }
}

/// A package that stays back, and why.
pub(super) fn kept_view<'a>(look: Look<'a>, whole: &'a Planned, kept: &'a KeptBack) -> Element<'a, Message> {
    let language = look.language;
    let item = whole.kept.iter().find(|item| item.package == kept.name);
    let name = item.map_or(kept.name.as_str(), |item| item.name.as_str());
    let is_held = kept.held.contains(&kept.name);
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
    let mut parts: Vec<Element<'a, Message>> = vec![
        Space::new().width(gap::XS).into(),
        picture(look, item.map_or("", |item| item.icon.as_str())),
        about(look, name, facts),
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

/// Its name, and what there is to know of it in one line.
fn about<'a>(look: Look<'a>, name: &'a str, facts: String) -> Element<'a, Message> {
    column![
        excerpt(name, 1).strong().direction(look.direction),
        excerpt(facts, 1)
            .size(size::SMALL)
            .style(theme::quiet)
            .direction(look.direction)
    ]
    .width(Fill)
    .into()
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

/// The same in a word or two.
fn restart_word(language: Language, need: RestartNeed) -> String {
    match need {
        RestartNeed::None => String::new(),
        RestartNeed::Programs => fl!(language, "store-updates-word-programs"),
        RestartNeed::Session => fl!(language, "store-updates-word-session"),
        RestartNeed::Computer => fl!(language, "store-updates-word-computer"),
    }
}
