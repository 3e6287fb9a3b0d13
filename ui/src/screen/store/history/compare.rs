//! What differs between two states: packages, and files beside them.

use iced::widget::{column, container};
use iced::{Center, Fill, Padding};
use moult_api::{Failure, PackageChange, PlannedPackage, StateDifference};
use moult_i18n::{Language, count, fl};

use super::{History, Message, Tab};
use crate::screen::store::Look;
use crate::screen::store::files::{Counts, counted};
use crate::screen::store::part::{failed, headed, line};
use crate::theme::{self, Element, size, space as gap};
use crate::widget::progress::hairline;
use crate::widget::{Icon, by_keys, icon, rows, words};

/// A row of the packages, with its hairline.
pub(super) const ROW: f32 = 52.0;
/// The list of the packages.
pub(super) const PACKAGES: &str = "history-packages-list";

impl History {
    /// Packages and files beside one another, each in half of the room.
    pub(super) fn both_view<'a>(&'a self, look: Look<'a>, width: f32, height: f32) -> Element<'a, Message> {
        let half = (width - gap::L) / 2.0;
        let column_of = |content: Element<'a, Message>| container(content).width(Fill).height(Fill);

        look.direction
            .row([
                column_of(self.titled_view(look, Tab::Packages, half, height)).into(),
                column_of(self.titled_view(look, Tab::Files, half, height)).into(),
            ])
            .spacing(gap::L)
            .width(Fill)
            .height(Fill)
            .into()
    }

    /// One of the two, or why there is nothing to see.
    pub(super) fn compare_view<'a>(
        &'a self,
        look: Look<'a>,
        what: Tab,
        width: f32,
        height: f32,
    ) -> Element<'a, Message> {
        let language = look.language;
        let is_files = what == Tab::Files;
        let body: Element<'a, Message> = match (self.pair(), self.difference()) {
            (None, _) => words::body(fl!(language, "store-history-same"))
                .style(theme::quiet)
                .into(),
            (Some(_), None) => words::body(fl!(language, "store-history-comparing"))
                .style(theme::quiet)
                .into(),
            (Some(_), Some(Err(failure))) => failure_view(look, failure, is_files),
            (Some((from, to)), Some(Ok(difference))) => match (&self.files, is_files) {
                (Some(files), true) if files.is_of_states(from, to) => {
                    files.view(look, width, height).map(Message::Files)
                }
                (_, true) => words::body(counted(language, counts(difference)).join(" · "))
                    .style(theme::quiet)
                    .into(),
                (_, false) => self.packages_view(look, difference, width, height),
            },
        };

        container(body)
            .align_x(look.direction.start())
            .height(Fill)
            .width(Fill)
            .into()
    }

    fn titled_view<'a>(&'a self, look: Look<'a>, what: Tab, width: f32, height: f32) -> Element<'a, Message> {
        let title = match what {
            Tab::Files => fl!(look.language, "store-history-files"),
            _ => fl!(look.language, "store-history-packages"),
        };

        column![words::section(title), self.compare_view(look, what, width, height)]
            .spacing(gap::XS)
            .align_x(look.direction.start())
            .width(Fill)
            .height(Fill)
            .into()
    }

    fn packages_view<'a>(
        &'a self,
        look: Look<'a>,
        difference: &'a StateDifference,
        width: f32,
        height: f32,
    ) -> Element<'a, Message> {
        let language = look.language;
        let packages = &difference.packages;
        if packages.is_empty() {
            return words::body(fl!(language, "store-history-no-packages"))
                .style(theme::quiet)
                .into();
        }
        let facts = package_facts(language, packages).join(" · ");
        let list = rows(
            PACKAGES,
            self.packages_scroll,
            (packages.len(), ROW, height),
            move |at| package_view(look, packages.get(at), width),
            Message::PackagesScrolled,
        );

        column![
            words::body(facts).style(theme::quiet),
            container(by_keys("history-packages", list, Message::PackagesMoved))
                .padding(4)
                .height(Fill)
        ]
        .spacing(gap::XS)
        .align_x(look.direction.start())
        .into()
    }
}

/// How many files differ, as the difference itself says.
pub(super) fn counts(difference: &StateDifference) -> Counts {
    Counts {
        added: difference.files_added,
        changed: difference.files_changed,
        removed: difference.files_removed,
        marked: 0,
    }
}

/// Both halves have the failure to tell, but only one has the button.
fn failure_view<'a>(look: Look<'a>, failure: &Failure, is_files: bool) -> Element<'a, Message> {
    if is_files {
        words::body(fl!(look.language, "store-history-not-compared"))
            .style(theme::quiet)
            .into()
    } else {
        failed(look, failure, "history-again", Message::AgainPressed)
    }
}

/// How many packages come, go, and change; what there is none of is left out.
fn package_facts(language: Language, packages: &[PlannedPackage]) -> Vec<String> {
    let number = |of: &[PackageChange]| packages.iter().filter(|package| of.contains(&package.change)).count();
    let mut facts = Vec::new();

    let newer = number(&[PackageChange::Upgrade]);
    if newer > 0 {
        let shown = count(language, newer as u64);
        facts.push(fl!(language, "store-history-newer", count = newer, shown = shown));
    }
    let older = number(&[PackageChange::Downgrade]);
    if older > 0 {
        let shown = count(language, older as u64);
        facts.push(fl!(language, "store-history-older", count = older, shown = shown));
    }
    let come = number(&[PackageChange::Install]);
    if come > 0 {
        let shown = count(language, come as u64);
        facts.push(fl!(language, "store-history-come", count = come, shown = shown));
    }
    let go = number(&[PackageChange::Remove]);
    if go > 0 {
        let shown = count(language, go as u64);
        facts.push(fl!(language, "store-history-go-away", count = go, shown = shown));
    }
    let other = number(&[PackageChange::Reinstall, PackageChange::Mark]);
    if other > 0 {
        let shown = count(language, other as u64);
        facts.push(fl!(language, "store-history-other", shown = shown));
    }

    facts
}

fn package_view<'a>(look: Look<'a>, package: Option<&'a PlannedPackage>, width: f32) -> Element<'a, Message> {
    let language = look.language;
    let Some(package) = package else {
        return column![].into();
    };
    let version = |offered: &[moult_api::Offered]| offered.first().map(|one| one.version.clone()).unwrap_or_default();
    let (old, new) = (version(&package.old), version(&package.new));
    let (sign, what) = match package.change {
        PackageChange::Install => (
            icon(Icon::Plus).style(theme::good),
            fl!(language, "store-history-comes", version = new),
        ),
        PackageChange::Remove => (
            icon(Icon::Minus).style(theme::danger),
            fl!(language, "store-history-goes", version = old),
        ),
        PackageChange::Upgrade => (
            icon(Icon::ArrowUp).style(theme::quiet),
            fl!(language, "store-history-upgrade", old = old, new = new),
        ),
        PackageChange::Downgrade => (
            icon(Icon::ArrowDown).style(theme::warn),
            fl!(language, "store-history-downgrade", old = old, new = new),
        ),
        PackageChange::Reinstall => (
            icon(Icon::RefreshCw).style(theme::quiet),
            fl!(language, "store-history-again", version = new),
        ),
        PackageChange::Mark if package.explicit => (
            icon(Icon::Pencil).style(theme::quiet),
            fl!(language, "store-history-marked"),
        ),
        PackageChange::Mark => (
            icon(Icon::Pencil).style(theme::quiet),
            fl!(language, "store-history-unmarked"),
        ),
    };
    let room = width - size::ICON - gap::S - gap::L;
    let about = column![
        line(words::body(headed(&package.name, room, size::BODY))),
        line(words::small(headed(&what, room, size::SMALL)).style(theme::quiet))
    ]
    .align_x(look.direction.start())
    .width(Fill);
    let row = look
        .direction
        .row([sign.into(), about.into()])
        .spacing(gap::S)
        .align_y(Center)
        .height(Fill)
        .width(Fill);

    let row = container(row).padding(Padding::ZERO.right(gap::S)).clip(true);

    column![row.height(ROW - 1.0), hairline()].into()
}
