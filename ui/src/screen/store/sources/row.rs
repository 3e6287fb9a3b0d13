//! One repository: a line of the list, and what is unfolded below it.

use iced::widget::{column, container};
use iced::{Center, Fill, Padding};
use moult_api::{RepositoryRow, Trust};
use moult_i18n::{Language, count, fl, moment};

use super::{Message, NARROW, Versions, versions};
use crate::screen::store::Look;
use crate::store::{Operation, Stage, said};
use crate::theme::{self, Element, Theme, space as gap};
use crate::widget::{Icon, banner, button, focusable, icon, switch, words};

/// What a vendor brings is below this.
const VENDOR: &str = "/usr/";

/// The line of a repository.
pub(super) fn line<'a>(look: Look<'a>, row: &'a RepositoryRow, is_open: bool) -> Element<'a, Message> {
    let language = look.language;
    let name = if row.description.is_empty() {
        column![words::strong(row.name.as_str())]
    } else {
        column![
            words::strong(row.name.as_str()),
            words::small(row.description.as_str()).style(theme::quiet)
        ]
    };
    let mut about = name.push(trust(look, row)).align_x(look.direction.start()).width(Fill);
    about = about.push(words::small(offer(language, row)).style(theme::quiet));
    about = about.push(bad_news(language, row).map(|news| {
        look.direction
            .row([
                icon(Icon::TriangleAlert).size(16.0).style(theme::warn).into(),
                words::small(news).style(theme::warn).width(Fill).into(),
            ])
            .spacing(gap::XXS)
    }));
    about = about.push(pending(look, &row.name).map(|text| words::small(text).style(theme::accent)));

    let shown = look
        .direction
        .row([
            icon(if is_open { Icon::ChevronDown } else { Icon::ChevronRight })
                .style(theme::quiet)
                .into(),
            about.spacing(gap::XXS).into(),
        ])
        .spacing(gap::S)
        .align_y(Center);
    let name = row.name.clone();
    let press = focusable(shown)
        .id(format!("source-{}", row.name))
        .width(Fill)
        .padding([gap::S, gap::XS])
        .style(move |theme, status| {
            let mut style = crate::widget::control::Style::plain(theme);
            if is_open || status.hovered {
                style.background = theme.palette.raised;
            }
            style
        })
        .on_press(Message::Pressed(name.clone()));
    let word = if row.enabled {
        fl!(language, "store-sources-on")
    } else {
        fl!(language, "store-sources-off")
    };
    let on_off = switch(word, row.enabled)
        .id(format!("source-switch-{}", row.name))
        .on_press(Message::Switched(name, !row.enabled));

    look.direction
        .row([press.into(), on_off.into()])
        .spacing(gap::S)
        .align_y(Center)
        .into()
}

/// How far its list can be trusted, in words and with a sign.
fn trust<'a>(look: Look<'a>, row: &RepositoryRow) -> Element<'a, Message> {
    let language = look.language;
    let (sign, style, text): (_, fn(&Theme) -> iced::widget::text::Style, _) = match row.trust {
        Trust::Signed if row.expires < look.now => (
            Icon::ShieldAlert,
            theme::warn,
            fl!(
                language,
                "store-sources-expired",
                key = row.signed_by.clone(),
                date = moment(language, row.expires)
            ),
        ),
        Trust::Signed => (
            Icon::ShieldCheck,
            theme::good,
            fl!(
                language,
                "store-sources-signed",
                key = row.signed_by.clone(),
                date = moment(language, row.expires)
            ),
        ),
        Trust::NotYet => (
            Icon::ShieldQuestionMark,
            theme::quiet,
            fl!(language, "store-sources-not-yet"),
        ),
        Trust::Unsigned => (Icon::ShieldOff, theme::warn, fl!(language, "store-sources-unsigned")),
    };

    look.direction
        .row([
            icon(sign).size(16.0).style(style).into(),
            words::small(text).style(style).width(Fill).into(),
        ])
        .spacing(gap::XXS)
        .into()
}

/// What it offers, and since when.
fn offer(language: Language, row: &RepositoryRow) -> String {
    let mut facts = Vec::new();
    if row.enabled {
        facts.push(fl!(
            language,
            "store-sources-packages",
            count = row.packages,
            shown = count(language, row.packages)
        ));
    } else {
        facts.push(fl!(language, "store-sources-nothing"));
    }
    facts.push(if row.refreshed == 0 {
        fl!(language, "store-sources-never")
    } else {
        fl!(
            language,
            "store-sources-refreshed",
            date = moment(language, row.refreshed)
        )
    });
    facts.extend(followed(language, row));

    facts.join(" · ")
}

/// Which version is followed, and which list is in use.
fn followed(language: Language, row: &RepositoryRow) -> Option<String> {
    let (kind, point) = row.version.split_once('/')?;
    let point = point.to_owned();

    Some(match (kind, row.history.is_empty()) {
        ("stream", true) => fl!(language, "store-sources-follows", stream = point),
        ("stream", false) => fl!(
            language,
            "store-sources-follows-list",
            stream = point,
            list = row.history.clone()
        ),
        (_, _) => fl!(language, "store-sources-stays", point = point),
    })
}

/// What is wrong with it.
fn bad_news(language: Language, row: &RepositoryRow) -> Option<String> {
    if !row.newer_format.is_empty() {
        return Some(fl!(language, "store-sources-newer", format = row.newer_format.clone()));
    }
    if row.failure.is_empty() {
        return None;
    }
    let (date, reason) = (moment(language, row.failed), said::unread(row, language));

    Some(if row.refreshed == 0 {
        fl!(language, "store-sources-failed-first", date = date, reason = reason)
    } else {
        fl!(language, "store-sources-failed-again", date = date, reason = reason)
    })
}

/// What is being done about it, or waits.
fn pending(look: Look<'_>, name: &str) -> Option<String> {
    let language = look.language;
    let entry = look
        .queue
        .entries()
        .rev()
        .find(|entry| !entry.stage.is_ended() && is_about(&entry.operation, name))?;

    Some(match entry.stage {
        Stage::Running | Stage::Starting => said::now(&entry.operation, entry.extent, language),
        _ => fl!(
            language,
            "store-sources-waits",
            what = said::wish(&entry.operation, language)
        ),
    })
}

fn is_about(operation: &Operation, repository: &str) -> bool {
    match operation {
        Operation::Refresh { repository: name }
        | Operation::RemoveRepository { name }
        | Operation::BringBackRepository { name, .. }
        | Operation::EnableRepository { name, .. }
        | Operation::Follow { repository: name, .. }
        | Operation::FollowBack { repository: name, .. }
        | Operation::Bridge { repository: name, .. } => name == repository,
        Operation::AddRepository(request) => request.name == repository,
        _ => false,
    }
}

/// What is unfolded: addresses, what can be done, versions. It may be about to be removed, and a newer engine may be
/// nowhere to be had.
pub(super) fn details<'a>(
    look: Look<'a>,
    row: &'a RepositoryRow,
    (is_removing, has_no_engine): (bool, bool),
    versions: &'a Versions,
) -> Element<'a, Message> {
    let language = look.language;
    let mut facts = column![fact(look, fl!(language, "store-sources-address"), row.uri.clone())]
        .spacing(gap::XXS)
        .width(Fill);
    for mirror in &row.mirrors {
        facts = facts.push(fact(look, fl!(language, "store-sources-mirror"), mirror.clone()));
    }
    facts = facts
        .push(fact(
            look,
            fl!(language, "store-sources-priority"),
            count(language, row.priority),
        ))
        .push(fact(look, fl!(language, "store-sources-file"), row.file.clone()));

    let mut body = column![facts]
        .spacing(gap::M)
        .align_x(look.direction.start())
        .width(Fill);
    if row.trust == Trust::Unsigned {
        body = body.push(banner::warn(fl!(language, "store-sources-unsigned-means")));
    }
    if !row.newer_format.is_empty() && row.enabled {
        body = body.push(bridge(look, row, has_no_engine));
    }
    body = body.push(if is_removing {
        removing(look, row)
    } else {
        buttons(look, row)
    });
    if !row.version.is_empty() && !is_removing {
        body = body.push(versions::view(look, row, versions));
    }

    container(body)
        .padding(
            look.direction
                .padding(Padding::from([gap::S, gap::XS]).left(32.0 + gap::XS)),
        )
        .width(Fill)
        .into()
}

fn fact<'a>(look: Look<'a>, label: String, value: String) -> Element<'a, Message> {
    let label = words::small(label).style(theme::quiet);
    let value = words::body(value).wrapping(iced::widget::text::Wrapping::WordOrGlyph);
    if look.width < NARROW {
        return column![label, value].into();
    }

    look.direction
        .row([label.width(160).into(), value.width(Fill).into()])
        .spacing(gap::S)
        .align_y(Center)
        .into()
}

/// The way to the engine that reads what it is now.
fn bridge<'a>(look: Look<'a>, row: &RepositoryRow, has_no_engine: bool) -> Element<'a, Message> {
    let language = look.language;
    if has_no_engine {
        return banner::warn(fl!(language, "store-sources-bridge-none"));
    }
    let is_under_way = look.queue.entries().any(|entry| {
        !entry.stage.is_ended()
            && matches!(&entry.operation, Operation::Bridge { repository, .. } if *repository == row.name)
    });
    let get = button::primary(fl!(language, "store-sources-bridge"))
        .id("source-bridge")
        .on_press_maybe((!is_under_way).then_some(Message::BridgePressed));
    let means = words::small(fl!(language, "store-sources-bridge-means")).style(theme::quiet);

    column![get, means]
        .spacing(gap::XS)
        .align_x(look.direction.start())
        .width(Fill)
        .into()
}

fn buttons<'a>(look: Look<'a>, row: &RepositoryRow) -> Element<'a, Message> {
    let language = look.language;
    let refresh = button::secondary(fl!(language, "store-sources-refresh"))
        .id("source-refresh")
        .on_press_maybe(row.enabled.then(|| Message::Refresh(row.name.clone())));
    let change = button::secondary(fl!(language, "store-sources-change"))
        .id("source-change")
        .on_press(Message::ChangePressed);
    let remove = button::secondary(fl!(language, "store-sources-remove"))
        .id("source-remove")
        .on_press(Message::RemovePressed);

    look.direction
        .row([refresh.into(), change.into(), remove.into()])
        .spacing(gap::S)
        .wrap()
        .vertical_spacing(gap::XS)
        .into()
}

/// Removing asks once more, and says what it means.
fn removing<'a>(look: Look<'a>, row: &RepositoryRow) -> Element<'a, Message> {
    let language = look.language;
    let name = row.name.clone();
    let means = if row.file.starts_with(VENDOR) {
        fl!(
            language,
            "store-sources-remove-vendor",
            name = name,
            file = row.file.clone()
        )
    } else {
        fl!(language, "store-sources-remove-means", name = name)
    };
    let keep = button::secondary(fl!(language, "store-sources-keep"))
        .id("source-keep")
        .on_press(Message::Keep);
    let remove = button::danger(fl!(language, "store-sources-remove-now"))
        .id("source-remove-now")
        .on_press(Message::Remove);

    let buttons = look.direction.row([keep.into(), remove.into()]).spacing(gap::S);
    column![banner::warn(means), buttons]
        .spacing(gap::S)
        .align_x(look.direction.start())
        .width(Fill)
        .into()
}
