//! What a change would do, shown before it is done: packages that come, go and change, bytes, files; and the question.

use iced::widget::{Column, column, container, scrollable};
use iced::{Center, Fill, Task};
use moult_api::{ChangePlan, Failure, PackageChange, PlannedPackage};
use moult_i18n::{bytes, count, explain, fl};

use super::Look;
use super::files::{self, Files};
use super::part::{badge, tab};
use crate::store::{EntryId, Operation, Reader, Writer, plan_of, said};
use crate::theme::{self, Element, size, space};
use crate::widget::{Icon, banner, button, words};

/// More packages of one kind than this are counted, not named.
const NAMED: usize = 200;

/// A change that waits for a yes.
#[derive(Debug)]
pub struct Review {
    /// The entry of the queue that waits for the answer; None: it is put there after the answer.
    entry: Option<EntryId>,
    operation: Operation,
    reader: Reader,
    /// None: it is being made.
    plan: Option<Result<Box<ChangePlan>, Failure>>,
    /// The files that the plan changes.
    files: Option<Files>,
    tab: Tab,
}

/// What is shown of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Its packages.
    Packages,
    /// Its files.
    Files,
}

/// What happens on this page.
#[derive(Debug, Clone)]
pub enum Message {
    /// The plan was made, or could not be.
    Planned(Result<Box<ChangePlan>, Failure>),
    /// Another view of the plan.
    TabPressed(Tab),
    /// Something happened to the list of files.
    Files(files::Message),
    /// Yes.
    Approved,
    /// No.
    Declined,
}

/// What the program shall do.
#[derive(Debug)]
pub enum Action {
    /// Nothing.
    None,
    /// Do this and send what comes of it back.
    Run(Task<Message>),
    /// Leave everything as it is.
    Decline(Option<EntryId>),
    /// Do exactly what was shown.
    Approve {
        /// The entry that waited for it.
        entry: Option<EntryId>,
        /// The wish, with the digest of the plan that was shown.
        operation: Box<Operation>,
        /// That digest.
        digest: String,
    },
}

impl Review {
    /// Has the plan made and shows it.
    pub fn new(reader: Reader, operation: Operation) -> (Self, Task<Message>) {
        let wish = operation.clone();
        let task = reader.ask(
            move |reader| async move { plan_of(&reader, &wish).await.map(Box::new) },
            Message::Planned,
        );
        let page = Self {
            entry: None,
            operation,
            reader,
            plan: None,
            files: None,
            tab: Tab::Packages,
        };

        (page, task)
    }

    /// Shows a plan that an entry of the queue came to. Who made it knows its files: the writer, or the reader while there is none.
    pub fn of_plan(
        writer: Option<Writer>,
        reader: &Reader,
        entry: EntryId,
        operation: Operation,
        plan: ChangePlan,
    ) -> (Self, Task<Message>) {
        let (files, task) = match writer {
            Some(writer) if !plan.packages.is_empty() => {
                let (files, task) = Files::of_sealed(writer, &plan.digest);
                (Some(files.marked_first()), task.map(Message::Files))
            }
            None if reader.is_there() && !plan.packages.is_empty() => {
                let (files, task) = Files::of_plan(reader.clone(), &plan.digest);
                (Some(files.marked_first()), task.map(Message::Files))
            }
            _ => (None, Task::none()),
        };
        let page = Self {
            entry: Some(entry),
            operation,
            reader: Reader::none(),
            plan: Some(Ok(Box::new(plan))),
            files,
            tab: Tab::Packages,
        };

        (page, task)
    }

    /// The entry that waits for the answer.
    pub fn entry(&self) -> Option<EntryId> {
        self.entry
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Planned(plan) => {
                let shown = plan.as_ref().ok().filter(|plan| !plan.packages.is_empty());
                let files = shown.map(|plan| Files::of_plan(self.reader.clone(), &plan.digest));
                self.plan = Some(plan);
                let Some((files, task)) = files else {
                    return Action::None;
                };
                self.files = Some(files.marked_first());
                Action::Run(task.map(Message::Files))
            }
            Message::TabPressed(tab) => {
                self.tab = tab;
                Action::None
            }
            Message::Files(message) => match &mut self.files {
                Some(files) => Action::Run(files.update(message).map(Message::Files)),
                None => Action::None,
            },
            Message::Declined => Action::Decline(self.entry),
            Message::Approved => {
                let Some(Ok(plan)) = &self.plan else {
                    return Action::None;
                };
                if plan.packages.is_empty() {
                    return Action::Decline(self.entry);
                }
                let digest = plan.digest.clone();

                Action::Approve {
                    entry: self.entry,
                    operation: Box::new(self.operation.clone().seen(&digest)),
                    digest,
                }
            }
        }
    }

    /// The page.
    pub fn view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let title = words::heading(said::wish(&self.operation, language));
        let keep = button::secondary(fl!(language, "store-review-keep"))
            .id("review-decline")
            .on_press(Message::Declined);

        let (body, yes): (Element<'_, Message>, _) = match &self.plan {
            None => (
                words::body(fl!(language, "store-review-planning"))
                    .style(theme::quiet)
                    .into(),
                None,
            ),
            Some(Err(failure)) => {
                let text = explain(language, failure, "");
                let said = column![
                    words::section(text.what),
                    words::body(text.todo),
                    words::body(text.state).style(theme::quiet),
                    words::small(&failure.detail).style(theme::quiet),
                ];
                (said.spacing(space::S).into(), None)
            }
            Some(Ok(plan)) if plan.packages.is_empty() => (
                words::body(fl!(language, "store-review-nothing"))
                    .style(theme::quiet)
                    .into(),
                None,
            ),
            Some(Ok(plan)) => {
                let takes_away = plan
                    .packages
                    .iter()
                    .any(|package| matches!(package.change, PackageChange::Remove | PackageChange::Downgrade));
                let plan = shown(look, plan);
                let plan = match &self.operation {
                    // A list's signature says nothing of a file that somebody brought.
                    Operation::Local { path, .. } => {
                        let path = path.display().to_string();
                        column![banner::warn(fl!(language, "store-review-local", file = path)), plan]
                            .spacing(space::L)
                            .into()
                    }
                    _ => plan,
                };
                (plan, Some(takes_away))
            }
        };

        let mut answers: Vec<Element<'_, Message>> = vec![keep.into()];
        if let Some(takes_away) = yes {
            let label = said::wish(&self.operation, language);
            let yes = if takes_away {
                button::danger(label)
            } else {
                button::primary(label)
            };
            answers.push(yes.id("review-approve").on_press(Message::Approved).into());
        }
        let answers = look.direction.row(answers).spacing(space::S).align_y(Center);
        let shown = match (&self.files, self.tab) {
            (Some(files), Tab::Files) => container(files.view(look, look.width, look.height).map(Message::Files))
                .width(Fill)
                .height(Fill)
                .into(),
            _ => Element::from(
                scrollable(
                    container(container(body).max_width(size::COLUMN))
                        .width(Fill)
                        .align_x(look.direction.start()),
                )
                .id("review-content")
                .width(Fill)
                .height(Fill),
            ),
        };

        column![
            title,
            self.views(look),
            shown,
            container(answers)
                .padding([space::M, 0.0])
                .width(Fill)
                .align_x(look.direction.end()),
        ]
        .spacing(space::M)
        .align_x(look.direction.start())
        .width(Fill)
        .height(Fill)
        .into()
    }
}

impl Review {
    /// Packages or files, once there is something to choose from; and how many files deserve a second look.
    fn views<'a>(&'a self, look: Look<'a>) -> Option<Element<'a, Message>> {
        let language = look.language;
        let (Some(files), Some(Ok(plan))) = (&self.files, &self.plan) else {
            return None;
        };
        let packages = fl!(
            language,
            "store-review-packages-tab",
            shown = count(language, plan.packages.len() as u64)
        );
        let all = plan.files_added + plan.files_changed + plan.files_removed;
        let files_tab = fl!(language, "store-review-files-tab", shown = count(language, all));
        let mut views = vec![
            tab(
                "review-packages",
                packages,
                self.tab == Tab::Packages,
                Message::TabPressed(Tab::Packages),
            )
            .into(),
            tab(
                "review-files",
                files_tab,
                self.tab == Tab::Files,
                Message::TabPressed(Tab::Files),
            )
            .into(),
        ];
        let marked = files.counts().marked;
        // The list of files says it itself.
        if marked > 0 && self.tab == Tab::Packages {
            views.push(badge(
                look,
                Icon::Eye,
                fl!(
                    language,
                    "store-review-marked",
                    count = marked,
                    shown = count(language, marked)
                ),
                theme::warn,
            ));
        }
        let views = look.direction.row(views).spacing(space::M).align_y(Center).wrap();

        Some(container(views).width(Fill).align_x(look.direction.start()).into())
    }
}

/// The plan in words: what it costs, what deserves care, and every package.
fn shown<'a, Message: 'a>(look: Look<'a>, plan: &'a ChangePlan) -> Element<'a, Message> {
    let language = look.language;
    let start = look.direction.start();
    let cost = column![
        words::body(fl!(
            language,
            "store-review-cost",
            download = bytes(language, plan.download_bytes),
            disk = bytes(language, plan.disk_bytes)
        )),
        words::body(fl!(
            language,
            "store-review-files",
            added = count(language, plan.files_added),
            changed = count(language, plan.files_changed),
            removed = count(language, plan.files_removed)
        ))
        .style(theme::quiet),
    ]
    .spacing(space::XXS)
    .align_x(start);
    let mut page = Column::new().spacing(space::L).align_x(start).width(Fill).push(cost);
    if !plan.unsigned.is_empty() {
        let names = plan.unsigned.join(", ");
        page = page.push(banner::warn(fl!(
            language,
            "store-review-unsigned",
            repositories = names
        )));
    }

    for (kind, title) in [
        (PackageChange::Remove, fl!(language, "store-review-go")),
        (PackageChange::Downgrade, fl!(language, "store-review-older")),
        (PackageChange::Install, fl!(language, "store-review-come")),
        (PackageChange::Upgrade, fl!(language, "store-review-newer")),
        (PackageChange::Reinstall, fl!(language, "store-review-again")),
        (PackageChange::Mark, fl!(language, "store-review-mark")),
    ] {
        let of_kind: Vec<_> = plan.packages.iter().filter(|package| package.change == kind).collect();
        if !of_kind.is_empty() {
            page = page.push(group(look, title, &of_kind));
        }
    }
    if !plan.orphans.is_empty() {
        let names = plan.orphans.join(", ");
        page = page.push(
            column![
                words::section(fl!(language, "store-review-orphans", count = plan.orphans.len())),
                words::body(names).style(theme::quiet),
            ]
            .spacing(space::XS)
            .align_x(start),
        );
    }

    page.into()
}

fn group<'a, Message: 'a>(look: Look<'a>, title: String, packages: &[&'a PlannedPackage]) -> Element<'a, Message> {
    let language = look.language;
    let mut list = column![words::section(title)]
        .spacing(space::XXS)
        .align_x(look.direction.start());
    for package in packages.iter().take(NAMED) {
        list = list.push(words::body(said::release(package, language)));
    }
    if let Some(more) = packages.len().checked_sub(NAMED).filter(|more| *more > 0) {
        list = list.push(words::body(fl!(language, "store-review-more", count = more)).style(theme::quiet));
    }

    list.into()
}

#[cfg(test)]
pub(super) mod tests;
