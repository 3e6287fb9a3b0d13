//! What is folded: what it needs, its files, why it is there and who needs it. Asked for when it is unfolded.

use iced::widget::{Column, column, container};
use iced::{Center, Fill};
use moult_api::{Failure, FileRow, ItemDetails, PackageChange, PackageDetails, WhyReport};
use moult_i18n::{bytes, count, explain, fl};

use super::{AppPage, Asked, Message, Part, Plan};
use crate::screen::store::Look;
use crate::store::said;
use crate::theme::{self, Element, FONT_MONO, Theme, size, space};
use crate::widget::progress::hairline;
use crate::widget::{Icon, Scroll, disclosure, excerpt, icon, rows, words};

/// The id of the list of files.
pub(super) const FILES: &str = "item-files-list";

/// The height of a file's row, and of the list.
const FILE: f32 = 28.0;
const FILES_ROOM: f32 = 392.0;
/// Names in a list that is written out.
const MOST_NAMES: usize = 200;
/// Rows before the end at which more files are asked for.
const AHEAD: usize = 40;
/// Set-user-id and set-group-id.
const SET_ID: u32 = 0o6000;

/// The files that are known so far.
#[derive(Debug, Default)]
pub(super) struct Files {
    known: Vec<FileRow>,
    is_asking: bool,
    is_whole: bool,
    failure: Option<Failure>,
    scroll: Scroll,
}

impl Files {
    /// From which number on more is to be asked for, if it is.
    pub(super) fn ask(&mut self) -> Option<usize> {
        let asks = !self.is_asking && !self.is_whole;
        self.is_asking |= asks;
        self.failure = None;

        asks.then_some(self.known.len())
    }

    pub(super) fn came(&mut self, from: usize, answer: Result<Vec<FileRow>, Failure>) {
        self.is_asking = false;
        match answer {
            Ok(files) if from == self.known.len() => {
                self.is_whole = files.len() < moult_api::PAGE as usize;
                self.known.extend(files);
            }
            Ok(_) => {}
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// Whether more has to be asked for.
    pub(super) fn scrolled(&mut self, scroll: Scroll) -> bool {
        self.scroll.scrolled(scroll);
        let sight = self.scroll.in_sight(self.known.len(), FILE, FILES_ROOM);

        sight.end + AHEAD >= self.known.len() && !self.is_whole && !self.is_asking
    }
}

impl AppPage {
    /// The folded parts.
    pub(super) fn folded<'a>(&'a self, look: Look<'a>, details: &'a ItemDetails, room: f32) -> Element<'a, Message> {
        let language = look.language;
        let part =
            |id: &'static str, title: String, part: Part, body: Box<dyn FnOnce() -> Element<'a, Message> + 'a>| {
                disclosure(
                    id,
                    title,
                    self.open.contains(&part),
                    look.direction,
                    Message::Folded(part),
                    body,
                )
            };
        let mut all = column![words::section(fl!(language, "store-item-more-about"))]
            .spacing(space::XS)
            .align_x(look.direction.start())
            .width(Fill);

        if details.item.installed {
            all = all.push(part(
                "item-why",
                fl!(language, "store-item-why"),
                Part::Why,
                Box::new(move || answered(look, &self.why, move |why| why_view(look, why))),
            ));
        }
        all = all.push(part(
            "item-dependencies",
            fl!(language, "store-item-needs"),
            Part::Dependencies,
            Box::new(move || {
                let needs = answered(look, &self.package, move |package| needs(look, package));
                column![self.along(look, details), needs].spacing(space::S).into()
            }),
        ));
        all = all.push(part(
            "item-files",
            fl!(language, "store-item-files"),
            Part::Files,
            Box::new(move || match details.item.installed {
                true => self.files_view(look),
                false => self.coming_view(look, room),
            }),
        ));

        all.into()
    }

    /// The packages that would come along with it, or change.
    fn along<'a>(&'a self, look: Look<'a>, details: &'a ItemDetails) -> Option<Element<'a, Message>> {
        let Plan::Made(plan) = &self.plan else { return None };
        let others = plan
            .packages
            .iter()
            .filter(|package| package.name != details.item.package && package.change != PackageChange::Mark);
        let others: Vec<String> = others.map(|package| said::release(package, look.language)).collect();
        if others.is_empty() {
            return None;
        }
        let along = column![
            words::strong(fl!(look.language, "store-item-along-packages")),
            names(look, others.iter().map(String::as_str))
        ];

        Some(
            along
                .spacing(space::XXS)
                .align_x(look.direction.start())
                .width(Fill)
                .into(),
        )
    }

    /// The files of an item that is not here.
    fn coming_view<'a>(&'a self, look: Look<'a>, room: f32) -> Element<'a, Message> {
        let language = look.language;
        let quiet = |text: String| words::body(text).style(theme::quiet).into();

        match (&self.coming, &self.plan) {
            (Some(files), _) => container(files.view(look, room, FILES_ROOM).map(Message::Coming))
                .height(FILES_ROOM)
                .into(),
            (None, Plan::Failed(failure)) => failure_text(look, failure),
            (None, Plan::OnItsWay | Plan::Made(_)) => quiet(fl!(language, "store-loading")),
            (None, Plan::None) => quiet(fl!(language, "store-item-files-none")),
        }
    }

    fn files_view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let files = &self.files;
        let language = look.language;

        if let Some(failure) = &files.failure {
            return failure_text(look, failure);
        }
        if files.known.is_empty() {
            return words::body(if files.is_whole {
                fl!(language, "store-item-files-none")
            } else {
                fl!(language, "store-loading")
            })
            .style(theme::quiet)
            .into();
        }

        let total = files.known.len() as u64;
        let known = if files.is_whole {
            fl!(
                language,
                "store-item-files-count",
                count = total,
                shown = count(language, total)
            )
        } else {
            fl!(language, "store-item-files-first", shown = count(language, total))
        };
        let room = (files.known.len() as f32 * FILE).min(FILES_ROOM);
        let list = rows(
            FILES,
            files.scroll,
            (files.known.len(), FILE, FILES_ROOM),
            move |at| match files.known.get(at) {
                Some(file) => file_row(look, file),
                None => words::small("").into(),
            },
            Message::FilesScrolled,
        );

        column![
            words::small(known).style(theme::quiet),
            hairline(),
            container(list).height(room),
            hairline()
        ]
        .spacing(space::XXS)
        .width(Fill)
        .into()
    }
}

fn file_row<'a>(look: Look<'a>, file: &'a FileRow) -> Element<'a, Message> {
    let path = excerpt(format!("/usr/{}", file.path), 1).size(size::SMALL);
    let mut parts: Vec<Element<'a, Message>> = Vec::new();
    if file.mode & SET_ID != 0 && file.kind == "regular" {
        parts.push(icon(Icon::ShieldAlert).size(14.0).style(theme::warn).into());
        parts.push(
            words::small(fl!(look.language, "store-item-file-set-id"))
                .style(theme::warn)
                .into(),
        );
    }
    parts.insert(0, container(path).width(Fill).into());
    let detail = match file.kind.as_str() {
        "regular" => words::small(bytes(look.language, file.size)),
        "symlink" => words::small(fl!(look.language, "store-item-file-link")),
        _ => words::small(fl!(look.language, "store-item-file-folder")),
    };
    parts.push(
        container(detail.style(theme::quiet))
            .width(96)
            .align_x(look.direction.end())
            .into(),
    );

    look.direction
        .row(parts)
        .spacing(space::XS)
        .align_y(Center)
        .height(FILE)
        .padding(iced::Padding::ZERO.right(space::S))
        .width(Fill)
        .into()
}

fn needs<'a>(look: Look<'a>, package: &'a PackageDetails) -> Element<'a, Message> {
    if package.needs.is_empty() {
        return words::body(fl!(look.language, "store-item-needs-nothing"))
            .style(theme::quiet)
            .into();
    }

    names(look, package.needs.iter().map(String::as_str))
}

/// Names below one another; how many more there are if there are too many.
fn names<'a, 'n>(look: Look<'a>, all: impl Iterator<Item = &'n str> + Clone) -> Element<'a, Message> {
    let more = all.clone().count().saturating_sub(MOST_NAMES) as u64;
    let list = all.take(MOST_NAMES).map(|name| {
        words::small(name.to_owned())
            .font(FONT_MONO)
            .wrapping(iced::widget::text::Wrapping::WordOrGlyph)
            .into()
    });
    let list: Column<'a, Message, Theme> = column(list).spacing(2).align_x(look.direction.start()).width(Fill);

    list.push((more > 0).then(|| {
        words::small(fl!(
            look.language,
            "store-item-and-more",
            shown = count(look.language, more)
        ))
        .style(theme::quiet)
    }))
    .into()
}

fn why_view<'a>(look: Look<'a>, why: &'a WhyReport) -> Element<'a, Message> {
    /// Ways that are shown.
    const MOST_WAYS: usize = 5;

    let language = look.language;
    let mut all = column![].spacing(space::S).align_x(look.direction.start()).width(Fill);

    if why.explicit {
        all = all.push(words::body(fl!(language, "store-item-why-chosen")));
    } else if why.chains.is_empty() {
        all = all.push(words::body(fl!(language, "store-item-why-nobody")));
    } else {
        all = all.push(words::body(fl!(language, "store-item-why-needed")));
        let arrow = match look.direction {
            crate::widget::Direction::LeftToRight => " → ",
            crate::widget::Direction::RightToLeft => " ← ",
        };
        for chain in why.chains.iter().take(MOST_WAYS) {
            let way: Vec<&str> = chain
                .iter()
                .map(|link| link.package.as_str())
                .chain([why.package.as_str()])
                .collect();
            all = all.push(words::body(way.join(arrow)).wrapping(iced::widget::text::Wrapping::WordOrGlyph));
        }
    }
    if why.needed_by.is_empty() {
        return all
            .push(words::body(fl!(language, "store-item-needed-by-nobody")).style(theme::quiet))
            .into();
    }

    let total = why.needed_by.len() as u64;
    all.push(words::body(fl!(
        language,
        "store-item-needed-by",
        count = total,
        shown = count(language, total)
    )))
    .push(names(look, why.needed_by.iter().map(|one| one.package.as_str())))
    .into()
}

/// An answer, or that it is on its way, or why there is none.
fn answered<'a, T>(
    look: Look<'a>,
    asked: &'a Asked<T>,
    view: impl FnOnce(&'a T) -> Element<'a, Message>,
) -> Element<'a, Message> {
    match asked {
        Asked::Not | Asked::OnItsWay => words::body(fl!(look.language, "store-loading"))
            .style(theme::quiet)
            .into(),
        Asked::Answered(Ok(answer)) => view(answer),
        Asked::Answered(Err(failure)) => failure_text(look, failure),
    }
}

fn failure_text<'a>(look: Look<'a>, failure: &Failure) -> Element<'a, Message> {
    let text = explain(look.language, failure, "");

    column![
        words::body(text.what).style(theme::danger),
        words::body(text.todo).style(theme::quiet)
    ]
    .spacing(space::XXS)
    .into()
}
