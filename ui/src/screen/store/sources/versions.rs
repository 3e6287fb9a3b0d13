//! The versions of a repository: which is followed, which list is in use, what else there is.

use iced::widget::{Column, column, container};
use iced::{Center, Fill};
use moult_api::{RepositoryRow, VersionRow, VersionsReport};
use moult_i18n::{Language, count, explain, fl};

use super::{Message, Versions};
use crate::screen::store::Look;
use crate::theme::{self, Element, Theme, space as gap};
use crate::widget::progress::hairline;
use crate::widget::{Icon, banner, button, icon, words};

/// Published lists that are shown at first, the newest.
const NEWEST: usize = 12;
/// Published lists that are shown at most.
const MOST: usize = 400;

/// The question for the versions, and its answer.
pub(super) fn view<'a>(look: Look<'a>, row: &'a RepositoryRow, versions: &'a Versions) -> Element<'a, Message> {
    let language = look.language;
    let ask = |label: String| {
        button::secondary(label)
            .id("source-versions")
            .on_press(Message::VersionsPressed)
    };

    match versions {
        Versions::NotAsked => {
            let label = if row.version.starts_with("stream/") {
                fl!(language, "store-sources-versions")
            } else {
                fl!(language, "store-sources-versions-on")
            };
            column![
                ask(label),
                words::small(fl!(language, "store-sources-versions-asks")).style(theme::quiet)
            ]
            .spacing(gap::XXS)
            .align_x(look.direction.start())
            .into()
        }
        Versions::Asked(_) => words::body(fl!(language, "store-sources-versions-asking"))
            .style(theme::quiet)
            .into(),
        Versions::Failed(failure) => {
            let text = explain(language, failure, "");
            column![
                banner::warn(fl!(language, "store-sources-versions-failed", reason = text.what)),
                words::body(text.todo).style(theme::quiet),
                ask(fl!(language, "try-again"))
            ]
            .spacing(gap::S)
            .align_x(look.direction.start())
            .into()
        }
        Versions::There { report, is_whole } => there(look, report, *is_whole),
    }
}

fn there<'a>(look: Look<'a>, report: &'a VersionsReport, is_whole: bool) -> Element<'a, Message> {
    let language = look.language;
    let mut all = column![].spacing(gap::M).align_x(look.direction.start()).width(Fill);

    for (title, versions) in [
        (fl!(language, "store-sources-streams"), &report.streams),
        (fl!(language, "store-sources-tags"), &report.tags),
    ] {
        if !versions.is_empty() {
            all = all.push(section(look, title, versions.iter()));
        }
    }
    if !report.history.is_empty() {
        // They are sorted by their date.
        let shown = if is_whole { MOST } else { NEWEST };
        let newest = report.history.iter().rev().take(shown);
        all = all.push(section(look, fl!(language, "store-sources-history"), newest));
        let more = report.history.len().saturating_sub(shown);
        if more > 0 && !is_whole {
            all = all.push(
                button::quiet(fl!(
                    language,
                    "store-sources-history-more",
                    count = more,
                    shown = count(language, more as u64)
                ))
                .id("source-history")
                .on_press(Message::WholeHistoryPressed),
            );
        }
    }

    all.into()
}

fn section<'a>(look: Look<'a>, title: String, versions: impl Iterator<Item = &'a VersionRow>) -> Element<'a, Message> {
    let mut list: Column<'a, Message, Theme> = column![words::strong(title), hairline()]
        .align_x(look.direction.start())
        .width(Fill);
    for version in versions {
        list = list.push(line(look, version)).push(hairline());
    }

    list.into()
}

fn line<'a>(look: Look<'a>, version: &'a VersionRow) -> Element<'a, Message> {
    let language = look.language;
    let (kind, point) = version
        .version
        .split_once('/')
        .unwrap_or(("", version.version.as_str()));
    let mut about = column![words::body(point)].align_x(look.direction.start()).width(Fill);
    let facts = facts(language, kind, version);
    if !facts.is_empty() {
        about = about.push(words::small(facts.join(" · ")).style(theme::quiet));
    }

    let end: Element<'a, Message> = if version.followed {
        look.direction
            .row([
                icon(Icon::Check).size(16.0).style(theme::accent).into(),
                words::body(if kind == "stream" {
                    fl!(language, "store-sources-followed")
                } else {
                    fl!(language, "store-sources-stayed")
                })
                .into(),
            ])
            .spacing(gap::XXS)
            .align_y(Center)
            .into()
    } else {
        let label = if kind == "stream" {
            fl!(language, "store-sources-follow", stream = point.to_owned())
        } else {
            fl!(language, "store-sources-stay", point = point.to_owned())
        };
        button::secondary(label)
            .id(format!("follow-{}", version.version))
            .on_press_maybe(version.supported.then(|| Message::Follow(version.version.clone())))
            .into()
    };

    container(look.direction.row([about.into(), end]).spacing(gap::S).align_y(Center))
        .padding([gap::XS, 0.0])
        .into()
}

fn facts(language: Language, kind: &str, version: &VersionRow) -> Vec<String> {
    let mut facts = Vec::new();
    if kind != "history" && !version.history.is_empty() {
        facts.push(fl!(language, "store-sources-list", list = version.history.clone()));
    }
    if kind == "history" && !version.tag.is_empty() {
        facts.push(fl!(language, "store-sources-tag", tag = version.tag.clone()));
    }
    if version.in_use {
        facts.push(fl!(language, "store-sources-in-use"));
    }
    if !version.supported {
        facts.push(fl!(
            language,
            "store-sources-unsupported",
            format = version.format.clone()
        ));
    }

    facts
}
