//! What is unfolded below a row: why it is there, what would leave with it, what can be done.

use iced::widget::{column, container};
use iced::{Fill, Padding};
use moult_api::{Failure, PackageChange};
use moult_i18n::{Language, bytes, count, explain, fl, moment};

use super::{Message, Open, Row};
use crate::screen::store::Look;
use crate::store::{Stage, said};
use crate::theme::{self, Element, space as gap};
use crate::widget::progress::hairline;
use crate::widget::{button, words};

/// Names that are told one by one.
const NAMED: usize = 8;

/// The details of a row.
pub(super) fn view<'a>(
    look: Look<'a>,
    row: &'a Row,
    open: &'a Open,
    size: Option<u64>,
    came: Option<i64>,
) -> Element<'a, Message> {
    let language = look.language;
    let mut lines = column![words::small(facts(language, row, size, came)).style(theme::quiet)]
        .spacing(gap::XXS)
        .align_x(look.direction.start());
    for line in why(language, open) {
        lines = lines.push(words::body(line));
    }
    for line in leaves(language, row, open) {
        lines = lines.push(words::body(line));
    }

    let body = column![lines.width(Fill), buttons(look, row, open)]
        .spacing(gap::S)
        .padding(look.direction.padding(Padding::from([gap::S, gap::M]).left(56)))
        .align_x(look.direction.start())
        .width(Fill);

    column![container(body).width(Fill), hairline()].into()
}

fn facts(language: Language, row: &Row, size: Option<u64>, came: Option<i64>) -> String {
    let version = row.package.version.clone();
    let mut facts = vec![if row.package.repository.is_empty() {
        fl!(language, "store-installed-facts-local", version = version)
    } else {
        fl!(
            language,
            "store-installed-facts",
            version = version,
            repository = row.package.repository.clone()
        )
    }];
    if let Some(size) = size {
        facts.push(fl!(language, "store-installed-size", size = bytes(language, size)));
    }
    if let Some(came) = came {
        facts.push(fl!(language, "store-installed-came", date = moment(language, came)));
    }

    facts.join(" · ")
}

/// Why it is there, in sentences.
fn why(language: Language, open: &Open) -> Vec<String> {
    let why = match &open.why {
        None => return vec![fl!(language, "store-installed-why-asking")],
        Some(Err(failure)) => return vec![explain(language, failure, "").what],
        Some(Ok(why)) => why,
    };
    let mut chosen: Vec<&str> = why
        .chains
        .iter()
        .filter_map(|chain| Some(chain.first()?.package.as_str()))
        .filter(|package| *package != why.package)
        .collect();
    chosen.dedup();
    let direct: Vec<&str> = why.needed_by.iter().map(|by| by.package.as_str()).collect();

    let mut lines = Vec::new();
    if why.explicit {
        lines.push(fl!(language, "store-installed-why-chosen"));
    }
    if !chosen.is_empty() {
        let names = said::names(&chosen, NAMED, language);
        lines.push(fl!(language, "store-installed-why-for", names = names));
    }
    if !direct.is_empty() && direct != chosen {
        let names = said::names(&direct, NAMED, language);
        lines.push(fl!(language, "store-installed-why-direct", names = names));
    }
    if lines.is_empty() {
        lines.push(fl!(language, "store-installed-why-nobody"));
    }
    if why.held {
        lines.push(fl!(language, "store-installed-why-held"));
    }

    lines
}

/// What would leave with it, in sentences.
fn leaves(language: Language, row: &Row, open: &Open) -> Vec<String> {
    let plan = match &open.leaves {
        None => return vec![fl!(language, "store-installed-leaves-asking")],
        Some(Err(failure)) => return vec![refused(language, failure)],
        Some(Ok(plan)) => plan,
    };
    let leaving: Vec<&str> = plan
        .packages
        .iter()
        .filter(|package| package.change == PackageChange::Remove && package.name != row.package.name)
        .map(|package| package.name.as_str())
        .collect();

    let mut lines = vec![if leaving.is_empty() {
        fl!(language, "store-installed-leaves-alone")
    } else {
        fl!(
            language,
            "store-installed-leaves",
            names = said::names(&leaving, NAMED, language),
            count = leaving.len(),
            shown = count(language, leaving.len() as u64)
        )
    }];
    if !plan.orphans.is_empty() {
        let names = said::names(&plan.orphans, NAMED, language);
        lines.push(fl!(
            language,
            "store-installed-left",
            names = names,
            count = plan.orphans.len()
        ));
    }

    lines
}

fn refused(language: Language, failure: &Failure) -> String {
    let why = explain(language, failure, "").what;

    fl!(language, "store-installed-leaves-failed", reason = why)
}

fn buttons<'a>(look: Look<'a>, row: &'a Row, open: &Open) -> Element<'a, Message> {
    let language = look.language;
    if let Some(entry) = look.queue.of_package(&row.package.name) {
        // What is already wanted of it is not wanted again.
        let said = match entry.stage {
            Stage::Running => said::now(&entry.operation, entry.extent, language),
            _ => fl!(
                language,
                "store-installed-waits",
                what = said::wish(&entry.operation, language)
            ),
        };
        return words::body(said).style(theme::accent).into();
    }

    let page = button::secondary(fl!(language, "store-installed-open"))
        .id("installed-open")
        .on_press(Message::OpenPage(row.item.id.clone()));
    let hold = button::secondary(if row.package.held {
        fl!(language, "store-installed-unhold")
    } else {
        fl!(language, "store-installed-hold")
    })
    .id("installed-hold")
    .on_press(Message::Hold(!row.package.held));
    // What cannot be planned cannot be removed; as long as the plan is not there, the review shows it.
    let can_go = !matches!(open.leaves, Some(Err(_)));
    let remove = button::secondary(fl!(language, "store-installed-remove"))
        .id("installed-remove")
        .on_press_maybe(can_go.then_some(Message::Remove));

    look.direction
        .row([page.into(), hold.into(), remove.into()])
        .spacing(gap::S)
        .wrap()
        .vertical_spacing(gap::XS)
        .into()
}
