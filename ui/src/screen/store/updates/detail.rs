//! The pages behind the list: a package, all files, and what has to be started anew.

use iced::widget::{Space, column, container, scrollable};
use iced::{Center, Fill};
use moult_api::{Failure, OldProgram, ReleaseNote, RestartNeed, TextBlock, Urgency};
use moult_i18n::{Language, count, day, explain, fl};

use super::choice::{Shown, Standing, can_be_chosen};
use super::row::{download, picture, versions};
use super::view::after;
use super::{Depth, Message, Page, Planned, Tab, Updates};
use crate::screen::store::Look;
use crate::screen::store::part::{badge, page_head, slim, tab};
use crate::theme::{self, Element, space as gap};
use crate::widget::progress::hairline;
use crate::widget::{Icon, Tick, banner, button, by_keys, check, icon, words};

/// The scrollable with the text of a page.
pub(super) const TEXT: &str = "updates-text";
/// Programs that are named before the rest is counted.
const NAMED: usize = 3;

/// What stands in the place of the files of a plan that has none.
fn no_files<'a>(language: Language, planned: &Planned) -> Element<'a, Message> {
    match &planned.depth {
        Depth::Unreachable(failure) => words::body(unreachable(language, failure)).into(),
        Depth::Files | Depth::Packages => words::body(fl!(language, "store-updates-working"))
            .style(theme::quiet)
            .into(),
    }
}

/// Why nobody can tell which files change.
pub(super) fn unreachable(language: Language, failure: &Failure) -> String {
    let reason = explain(language, failure, "").what;

    fl!(language, "store-updates-files-unknown", reason = reason)
}

impl Updates {
    /// Whether something runs that is not the system's any more, and whether that is known of everything.
    pub(super) fn restart_note<'a>(&self, look: Look<'a>) -> Option<Element<'a, Message>> {
        let language = look.language;
        let report = self.restart.as_ref()?.as_ref().ok()?;
        let unseen = report.incomplete.then(|| unseen(look));
        if report.need == RestartNeed::None {
            return unseen;
        }
        let names = named(language, &report.programs);
        let sentence = match (report.need, report.kernel.is_empty(), names) {
            (RestartNeed::Computer, false, _) => fl!(
                language,
                "store-updates-restart-kernel",
                kernel = report.kernel.as_str()
            ),
            (RestartNeed::Computer, true, names) => fl!(language, "store-updates-restart-computer", names = names),
            (RestartNeed::Session, _, names) => fl!(language, "store-updates-restart-session", names = names),
            (_, _, names) => fl!(language, "store-updates-restart-programs", names = names),
        };
        let why = button::quiet(fl!(language, "store-updates-restart-why"))
            .id("updates-restart")
            .on_press(Message::RestartPressed);

        let known = look
            .direction
            .row([container(banner::warn(sentence)).width(Fill).into(), why.into()])
            .spacing(gap::S)
            .align_y(Center);

        Some(column![known].push(unseen).spacing(gap::XS).width(Fill).into())
    }

    /// Programs of the system before, by name.
    pub(super) fn restart_view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let mut content = column![words::body(fl!(language, "store-updates-restart-lead")).style(theme::quiet)]
            .spacing(gap::M)
            .width(Fill);

        if let Some(Ok(report)) = &self.restart {
            if !report.kernel.is_empty() {
                content = content.push(words::body(fl!(
                    language,
                    "store-updates-restart-kernel",
                    kernel = report.kernel.as_str()
                )));
            }
            if report.incomplete {
                content = content.push(banner::info(fl!(language, "store-updates-restart-incomplete")));
            }
            for program in &report.programs {
                content = content.push(program_view(look, program)).push(hairline());
            }
        }

        self.page_view(
            look,
            fl!(language, "store-updates-restart-title"),
            None,
            text(content.into()),
        )
    }

    /// Every file of the plan that is shown.
    pub(super) fn files_view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let body: Element<'a, Message> = match (&self.files, self.shown()) {
            (Some(files), Shown::Plan(shown)) if files.is_of_plan(&shown.plan.digest) => files
                .view(look, look.width - 2.0 * gap::L, look.height)
                .map(Message::Files),
            (_, Shown::Nothing) => words::body(fl!(language, "store-updates-nothing-chosen")).into(),
            (_, Shown::Plan(shown)) => no_files(language, shown),
            _ => words::body(fl!(language, "store-updates-working"))
                .style(theme::quiet)
                .into(),
        };

        self.page_view(look, fl!(language, "store-updates-files-title"), None, body)
    }

    /// A package: what it becomes, what is new, which of its files change.
    pub(super) fn package_view<'a>(&'a self, look: Look<'a>, package: &str, open: Tab) -> Element<'a, Message> {
        let language = look.language;
        let Some(update) = self.row(package) else {
            let gone = words::body(fl!(language, "store-updates-gone")).style(theme::quiet);
            return self.page_view(look, package.to_owned(), None, gone.into());
        };
        let standing = self.standing(update);

        let mut facts = vec![versions(language, update)];
        facts.extend(download(language, update).map(|size| fl!(language, "store-updates-download", size = size)));
        if let Some(new) = update.new.first() {
            facts.push(fl!(
                language,
                "store-updates-from",
                repository = new.repository.as_str()
            ));
        }
        if update.restart != RestartNeed::None {
            facts.push(after(language, update.restart));
        }
        let facts = words::body(facts.join(" · ")).style(theme::quiet);

        let mut buttons: Vec<Element<'a, Message>> = Vec::new();
        if can_be_chosen(update) {
            let label = match standing {
                Standing::Along => fl!(language, "store-updates-along"),
                Standing::Stays => fl!(language, "store-updates-stays"),
                Standing::Chosen | Standing::LeftOut => fl!(language, "store-updates-choose"),
            };
            buttons.push(
                check(
                    "updates-choose",
                    Tick::from(standing != Standing::LeftOut),
                    label,
                    look.direction,
                    (standing != Standing::Along).then(|| Message::Toggled(package.to_owned())),
                )
                .into(),
            );
            buttons.push(
                button::secondary(fl!(language, "store-updates-hold"))
                    .id("updates-hold")
                    .on_press(Message::HoldPressed(package.to_owned(), true))
                    .into(),
            );
        }
        buttons.push(
            button::quiet(fl!(language, "store-updates-open"))
                .id("updates-open")
                .on_press(Message::ItemPressed(update.item.id.clone()))
                .into(),
        );
        let mut about = column![
            facts,
            look.direction.row(buttons).spacing(gap::S).align_y(Center).wrap()
        ]
        .spacing(gap::XS)
        .align_x(look.direction.start())
        .width(Fill);
        if self.is_unsigned(update) {
            about = about.push(badge(
                look,
                Icon::ShieldAlert,
                fl!(language, "store-updates-row-unsigned"),
                theme::warn,
            ));
        }

        if update.marked_files > 0 {
            about = about.push(badge(
                look,
                Icon::Eye,
                fl!(
                    language,
                    "store-updates-marked",
                    count = update.marked_files,
                    shown = count(language, update.marked_files)
                ),
                theme::warn,
            ));
        }

        let tabs = look.direction.row([
            tab(
                "updates-news",
                fl!(language, "store-updates-news"),
                open == Tab::News,
                Message::TabPressed(Tab::News),
            )
            .into(),
            tab(
                "updates-package-files",
                match self.planned_of(package).map(|planned| &planned.depth) {
                    Some(Depth::Files) => fl!(
                        language,
                        "store-updates-row-files",
                        count = update.files,
                        shown = count(language, update.files)
                    ),
                    _ => fl!(language, "store-updates-files-title"),
                },
                open == Tab::Files,
                Message::TabPressed(Tab::Files),
            )
            .into(),
        ]);
        let body = match (open, &self.files) {
            (Tab::News, _) => text(news(look, &update.releases)),
            (Tab::Files, Some(files)) => files
                .view(look, look.width - 2.0 * gap::L, look.height)
                .map(Message::Files),
            (Tab::Files, None) => match self.planned_of(package) {
                Some(planned) => no_files(language, planned),
                None => words::body(fl!(language, "store-updates-working"))
                    .style(theme::quiet)
                    .into(),
            },
        };

        let body = column![about, tabs, hairline(), container(body).height(Fill)]
            .spacing(gap::S)
            .align_x(look.direction.start())
            .width(Fill)
            .height(Fill);
        self.page_view(look, update.item.name.clone(), Some(&update.item.icon), body.into())
    }

    fn page_view<'a>(
        &self,
        look: Look<'a>,
        title: String,
        icon: Option<&str>,
        body: Element<'a, Message>,
    ) -> Element<'a, Message> {
        debug_assert_ne!(self.page, Page::List);
        let head = page_head(
            look,
            fl!(look.language, "store-updates-title"),
            title,
            Message::BackPressed,
        );
        let head: Element<'a, Message> = match icon {
            Some(path) => look
                .direction
                .row([container(head).width(Fill).into(), picture(look, path)])
                .align_y(iced::Bottom)
                .into(),
            None => head,
        };
        let content = column![head, container(body).height(Fill).width(Fill)]
            .spacing(gap::S)
            .width(Fill)
            .height(Fill);

        container(content).padding(gap::L).into()
    }
}

/// Text that may be longer than there is room: keys scroll it.
fn text<'a>(content: Element<'a, Message>) -> Element<'a, Message> {
    let list = scrollable(
        container(content)
            .padding(iced::Padding::ZERO.right(gap::M))
            .width(Fill),
    )
    .id(TEXT)
    .direction(slim())
    .width(Fill)
    .height(Fill);

    container(by_keys("updates-page", list, Message::Moved))
        .padding(4)
        .into()
}

/// What the makers say is new, release by release.
fn news<'a>(look: Look<'a>, releases: &[ReleaseNote]) -> Element<'a, Message> {
    let language = look.language;
    if releases.is_empty() {
        return words::body(fl!(language, "store-updates-no-news"))
            .style(theme::quiet)
            .into();
    }

    let mut content = column![].spacing(gap::M).width(Fill);
    for release in releases {
        let mut facts = vec![release.version.clone()];
        if release.time != 0 {
            facts.push(day(language, release.time));
        }
        facts.extend(urgency(language, release.urgency));
        let mut about = column![words::strong(facts.join(" · "))]
            .spacing(gap::XXS)
            .align_x(look.direction.start());
        if release.description.is_empty() {
            about = about.push(words::body(fl!(language, "store-updates-no-notes")).style(theme::quiet));
        }
        for block in &release.description {
            about = about.push(block_view(look, block));
        }
        content = content.push(about);
    }

    content.into()
}

fn block_view<'a>(look: Look<'a>, block: &TextBlock) -> Element<'a, Message> {
    use moult_api::BlockKind;

    let lines = block.lines.iter().enumerate().map(|(at, line)| {
        let text: String = line.iter().map(|span| span.text.as_str()).collect();
        let sign = match block.kind {
            BlockKind::Paragraph => {
                return words::body(text).width(Fill).align_x(look.direction.start()).into();
            }
            BlockKind::Bullets => "•".to_owned(),
            BlockKind::Numbers => format!("{}.", at + 1),
        };
        let text = words::body(text).width(Fill).align_x(look.direction.start());

        look.direction
            .row([words::body(sign).into(), text.into()])
            .spacing(gap::XS)
            .into()
    });

    column(lines).spacing(gap::XXS).width(Fill).into()
}

fn urgency(language: Language, urgency: Urgency) -> Option<String> {
    match urgency {
        Urgency::Unknown | Urgency::Low | Urgency::Medium => None,
        Urgency::High => Some(fl!(language, "store-updates-urgency-high")),
        Urgency::Critical => Some(fl!(language, "store-updates-urgency-critical")),
    }
}

/// Programs of others could not be looked at: what makes sure.
fn unseen<'a>(look: Look<'a>) -> Element<'a, Message> {
    let text = words::small(fl!(look.language, "store-updates-restart-unseen"));

    look.direction
        .row([
            icon(Icon::Info).size(16.0).style(theme::quiet).into(),
            text.style(theme::quiet)
                .width(Fill)
                .align_x(look.direction.start())
                .into(),
        ])
        .spacing(gap::XS)
        .width(Fill)
        .into()
}

/// The first few by name, the rest by number.
fn named(language: Language, programs: &[OldProgram]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for program in programs {
        if !names.contains(&program.name.as_str()) {
            names.push(&program.name);
        }
    }
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let shown = names.join(", ");

    if more == 0 {
        shown
    } else {
        fl!(
            language,
            "store-updates-restart-names",
            names = shown,
            count = more,
            shown = count(language, more as u64)
        )
    }
}

fn program_view<'a>(look: Look<'a>, program: &'a OldProgram) -> Element<'a, Message> {
    let language = look.language;
    let mut facts = vec![match program.need {
        RestartNeed::None | RestartNeed::Programs => fl!(language, "store-updates-program-itself"),
        RestartNeed::Session => fl!(language, "store-updates-program-session"),
        RestartNeed::Computer => fl!(language, "store-updates-program-computer"),
    }];
    facts.push(fl!(
        language,
        "store-updates-program-pid",
        pid = program.pid.to_string()
    ));
    if !program.unit.is_empty() {
        facts.push(program.unit.clone());
    }
    let mut about = column![
        words::strong(program.name.as_str()),
        words::small(facts.join(" · ")).style(theme::quiet)
    ]
    .align_x(look.direction.start())
    .width(Fill);
    if !program.files.is_empty() {
        let files: Vec<String> = program.files.iter().map(|path| format!("/usr/{path}")).collect();
        let files = files.join(", ");
        about =
            about.push(words::small(fl!(language, "store-updates-program-files", files = files)).style(theme::quiet));
    }

    look.direction.row([about.into(), Space::new().into()]).into()
}
