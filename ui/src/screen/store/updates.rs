//! Updates: what is newer, what it would change, and one button.
//!
//! Nothing is called up to date that was not asked for lately (`checked.rs`). What the button does is exactly the plan that
//! is shown: a choice of some packages is a plan of its own, made anew by the engine, because some bring others along.

mod checked;
mod choice;
mod detail;
mod old;
mod planned;
mod row;
mod view;

use std::collections::{BTreeSet, HashSet};

use iced::Task;
use moult_api::{Failure, Repositories, RestartReport, UpdateGroup};

use choice::Shown;
use planned::{Depth, everything, listed, plan};

use super::files::{self, Files};
use super::{Action, Look};
use crate::store::{Operation, Reader};
use crate::theme::Element;
use crate::widget::{Move, Scroll};

pub use planned::{Planned, count};

/// What was chosen, and its plan.
type Part = (BTreeSet<String>, Result<Box<Planned>, Failure>);

/// What is newer, and what the person chose of it.
#[derive(Debug)]
pub struct Updates {
    reader: Reader,
    /// The number of the last time that everything was asked; answers to earlier ones do not count.
    question: u64,
    sources: Option<Result<Repositories, Failure>>,
    /// What still runs from a system of before, as the reader sees it: of other users' programs it sees nothing.
    own: Option<Result<RestartReport, Failure>>,
    /// The same as root saw it after the last change, if root was asked since.
    of_root: Option<RestartReport>,
    /// Both together: what is shown.
    restart: Option<Result<RestartReport, Failure>>,
    /// Everything that is newer.
    whole: Option<Result<Box<Planned>, Failure>>,
    /// The answer for everything is under way.
    is_asking: bool,
    /// What the person does not want now, by package. What is new later is wanted.
    left_out: BTreeSet<String>,
    /// What of it there is now: the plan without it is shown.
    left: BTreeSet<String>,
    /// There is something to choose, and nothing is chosen.
    is_empty: bool,
    /// The plan without what is left out, and what was left out of it.
    part: Option<Part>,
    /// What is left out of the plan that is under way.
    asking_part: Option<BTreeSet<String>>,
    lines: Vec<Line>,
    page: Page,
    files: Option<Files>,
    scroll: Scroll,
    notes_are_open: bool,
}

/// One line of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// The head of a group.
    Group(UpdateGroup),
    /// A package of the whole plan.
    Row(usize),
    /// The head of those that only the choice brings along.
    MoreHead,
    /// A package that is in the plan of the choice and not in the whole one.
    More(usize),
    /// The head of those that stay back.
    KeptHead,
    /// A package that stays back.
    Kept(usize),
}

/// Which page of the screen is open.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Page {
    List,
    /// A package, by name.
    Package(String, Tab),
    /// All files of the plan that is shown.
    Files,
    /// What has to be started anew.
    Restart,
}

/// What is shown of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// What its makers say.
    News,
    /// Its files that change.
    Files,
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// The sources, asked for with this number.
    Sources(u64, Result<Repositories, Failure>),
    /// What has to be started anew, asked for with this number.
    Restart(u64, Result<RestartReport, Failure>),
    /// The packages of everything that is newer, without their files, asked for with this number.
    Listed(u64, Result<Box<Planned>, Failure>),
    /// Everything that is newer, asked for with this number.
    Whole(u64, Result<Box<Planned>, Failure>),
    /// The plan of the choice, asked for with this number.
    Part(u64, Result<Box<Planned>, Failure>),
    /// Ask for everything once more.
    AgainPressed,
    /// Have the sources read anew.
    CheckPressed,
    /// A package was chosen or left out.
    Toggled(String),
    /// A group was chosen or left out.
    GroupPressed(UpdateGroup),
    /// Everything but the security updates was left out.
    OnlySecurityPressed,
    /// A package was opened.
    Opened(String),
    /// Another view of the package.
    TabPressed(Tab),
    /// The files of the whole plan were opened.
    FilesPressed,
    /// The list of old programs was opened.
    RestartPressed,
    /// Back to the list.
    BackPressed,
    /// The notes above the list were opened or closed.
    NotesPressed,
    /// A package is to be held at its release (true), or let go of.
    HoldPressed(String, bool),
    /// The page of an item was asked for, by its id.
    ItemPressed(String),
    /// The one button.
    UpdatePressed,
    /// The list was scrolled.
    Scrolled(Scroll),
    /// A key wants to scroll the text of a page.
    Moved(Move),
    /// Something happened to the list of files.
    Files(files::Message),
}

impl Updates {
    /// Begins to ask.
    pub fn new(reader: Reader) -> (Self, Task<Message>) {
        let mut updates = Self {
            reader,
            question: 0,
            sources: None,
            own: None,
            of_root: None,
            restart: None,
            whole: None,
            is_asking: false,
            left_out: BTreeSet::new(),
            left: BTreeSet::new(),
            is_empty: false,
            part: None,
            asking_part: None,
            lines: Vec::new(),
            page: Page::List,
            files: None,
            scroll: Scroll::default(),
            notes_are_open: false,
        };
        let task = updates.refresh();

        (updates, task)
    }

    /// The system changed, or its sources: asks for everything again, and shows what was there until then.
    pub fn refresh(&mut self) -> Task<Message> {
        self.question += 1;
        self.is_asking = true;
        self.asking_part = None;
        let number = self.question;

        Task::batch([
            self.reader.ask(
                |reader| async move { reader.packages().await?.repositories().await },
                move |answer| Message::Sources(number, answer),
            ),
            self.reader.ask(
                |reader| async move { listed(&reader, &everything()).await },
                move |answer| Message::Listed(number, answer),
            ),
            self.reader.ask(
                |reader| async move { reader.store().await?.restart().await },
                move |answer| Message::Restart(number, answer),
            ),
        ])
    }

    /// What root saw of the programs that still run from a system of before. None: nobody with root's rights looked since the
    /// system last changed.
    pub fn root_saw(&mut self, report: Option<RestartReport>) {
        self.of_root = report;
        self.put_together();
    }

    /// What root saw, as it was told here.
    #[cfg(test)]
    pub(crate) fn seen_by_root(&self) -> Option<&RestartReport> {
        self.of_root.as_ref()
    }

    /// How often everything was asked.
    #[cfg(test)]
    pub(crate) fn question(&self) -> u64 {
        self.question
    }

    fn put_together(&mut self) {
        self.restart = old::together(self.own.as_ref(), self.of_root.as_ref(), old::is_running);
    }

    /// How many packages are newer, for the rail. None: not known.
    #[must_use]
    pub fn count(&self) -> Option<usize> {
        match &self.whole {
            Some(Ok(whole)) => Some(whole.plan.packages.len()),
            _ => None,
        }
    }

    /// Closes a page within the screen; false if none was open.
    pub fn back(&mut self) -> bool {
        let was_open = self.page != Page::List;
        self.page = Page::List;

        was_open
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action<Message> {
        match message {
            Message::Sources(number, answer) if number == self.question => self.sources = Some(answer),
            Message::Restart(number, answer) if number == self.question => {
                self.own = Some(answer);
                self.put_together();
            }
            Message::Listed(number, answer) if number == self.question => {
                // What was there before is as good until its files are known too.
                if let Ok(listed) = &answer
                    && !self.whole().is_some_and(|whole| whole.has_packages_of(listed))
                {
                    self.whole = Some(Ok(listed.clone()));
                    self.part = None;
                    self.arrange();
                    self.count_left_out();
                }
                return Action::Run(self.reader.ask(
                    |reader| async move { plan(&reader, everything(), answer.ok()).await },
                    move |answer| Message::Whole(number, answer),
                ));
            }
            Message::Whole(number, answer) if number == self.question => {
                self.is_asking = false;
                self.whole = Some(answer);
                self.part = None;
                self.arrange();
                return self.follow();
            }
            Message::Part(number, answer) if number == self.question => {
                if let Some(left_out) = self.asking_part.take() {
                    self.part = Some((left_out, answer));
                }
                self.arrange();
                return self.follow();
            }
            // Answers to a question of before.
            Message::Sources(..)
            | Message::Restart(..)
            | Message::Listed(..)
            | Message::Whole(..)
            | Message::Part(..) => {}
            Message::AgainPressed => return Action::Run(self.refresh()),
            Message::CheckPressed => {
                return Action::Do(Operation::Refresh {
                    repository: String::new(),
                });
            }
            Message::Toggled(package) => {
                if !self.left_out.remove(&package) {
                    let _ = self.left_out.insert(package);
                }
                return self.follow();
            }
            Message::GroupPressed(group) => {
                let (chosen, all) = self.chosen_of(group);
                let names = self.choosable(Some(group));
                if chosen == all {
                    self.left_out.extend(names);
                } else {
                    for name in names {
                        let _ = self.left_out.remove(&name);
                    }
                }
                return self.follow();
            }
            Message::OnlySecurityPressed => {
                self.left_out = [UpdateGroup::System, UpdateGroup::App]
                    .into_iter()
                    .flat_map(|group| self.choosable(Some(group)))
                    .collect();
                for name in self.choosable(Some(UpdateGroup::Security)) {
                    let _ = self.left_out.remove(&name);
                }
                return self.follow();
            }
            Message::Opened(package) => {
                let has_news = self.row(&package).is_some_and(|row| !row.releases.is_empty());
                let tab = if has_news { Tab::News } else { Tab::Files };
                self.page = Page::Package(package, tab);
                return self.open_files();
            }
            Message::TabPressed(to) => {
                if let Page::Package(_, tab) = &mut self.page {
                    *tab = to;
                }
                return self.open_files();
            }
            Message::FilesPressed => {
                self.page = Page::Files;
                return self.open_files();
            }
            Message::RestartPressed => self.page = Page::Restart,
            Message::BackPressed => {
                let _ = self.back();
            }
            Message::NotesPressed => self.notes_are_open = !self.notes_are_open,
            Message::HoldPressed(package, held) => {
                // What is held is no update any more: the list shows where it stays.
                let _ = self.back();
                return Action::Do(Operation::Hold {
                    packages: vec![package],
                    held,
                });
            }
            Message::ItemPressed(id) => return Action::Open(id),
            Message::UpdatePressed => return self.wanted().map_or(Action::None, Action::Do),
            Message::Scrolled(scroll) => self.scroll.scrolled(scroll),
            Message::Moved(step) => return Action::Run(step.scroll(detail::TEXT, 48.0, 320.0)),
            Message::Files(message) => {
                if let Some(files) = &mut self.files {
                    return Action::Run(files.update(message).map(Message::Files));
                }
            }
        }

        Action::None
    }

    /// The page that is open.
    pub fn view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        match &self.page {
            Page::List => self.list_view(look),
            Page::Package(name, tab) => self.package_view(look, name, *tab),
            Page::Files => self.files_view(look),
            Page::Restart => self.restart_view(look),
        }
    }

    /// What the button does: exactly the plan that is shown.
    fn wanted(&self) -> Option<Operation> {
        let Shown::Plan(shown) = self.shown() else {
            return None;
        };
        if shown.plan.packages.is_empty() || self.is_asking {
            return None;
        }
        let is_part = !self.left.is_empty();
        let names = if is_part {
            let chosen: HashSet<String> = self.chosen().into_iter().collect();
            let rows = self.whole_rows().iter();
            rows.filter(|row| chosen.contains(&row.item.package))
                .map(|row| row.item.name.clone())
                .collect()
        } else {
            Vec::new()
        };

        Some(Operation::Change {
            request: if is_part { self.some() } else { everything() },
            names,
            // Without its files nobody has seen the plan: the wish is what counts.
            digest: match shown.depth {
                Depth::Files => shown.plan.digest.clone(),
                Depth::Packages | Depth::Unreachable(_) => String::new(),
            },
        })
    }

    /// The choice changed, or an answer came: works the plan out that belongs to the choice, one at a time.
    fn follow(&mut self) -> Action<Message> {
        self.count_left_out();
        let is_known =
            self.left.is_empty() || self.is_empty || self.part.as_ref().is_some_and(|(of, _)| *of == self.left);
        if is_known || self.asking_part.is_some() || self.is_asking {
            return self.open_files();
        }

        self.asking_part = Some(self.left.clone());
        let (number, wish) = (self.question, self.some());
        Action::Run(self.reader.ask(
            move |reader| async move { plan(&reader, wish, None).await },
            move |answer| Message::Part(number, answer),
        ))
    }

    /// If a page with files is open, sees to it that they are those of the plan that is shown.
    fn open_files(&mut self) -> Action<Message> {
        let package = match &self.page {
            Page::Files => None,
            Page::Package(package, Tab::Files) => Some(package.clone()),
            _ => return Action::None,
        };
        // A package that is left out is shown with the files that it would change.
        let planned = match (self.shown(), &package) {
            (_, Some(package)) => self.planned_of(package),
            (Shown::Plan(shown), None) => Some(shown),
            _ => None,
        };
        let Some(planned) = planned else {
            return Action::None;
        };
        if planned.depth != Depth::Files {
            self.files = None;
            return Action::None;
        }
        let digest = planned.plan.digest.clone();

        let mut task = Task::none();
        if !self.files.as_ref().is_some_and(|files| files.is_of_plan(&digest)) {
            let (files, reading) = Files::of_plan(self.reader.clone(), &digest);
            self.files = Some(files);
            task = reading.map(Message::Files);
        }
        if let Some(files) = &mut self.files {
            files.show_package(package.as_deref());
        }

        Action::Run(task)
    }

    /// Puts the lines of the list in order.
    fn arrange(&mut self) {
        let mut lines = Vec::new();
        let Some(whole) = self.whole() else {
            self.lines = lines;
            return;
        };

        let mut group = None;
        for (at, row) in whole.rows.iter().enumerate() {
            if group != Some(row.group) {
                group = Some(row.group);
                lines.push(Line::Group(row.group));
            }
            lines.push(Line::Row(at));
        }
        if let Some((_, Ok(part))) = &self.part {
            let more: Vec<usize> = (0..part.rows.len())
                .filter(|at| !whole.names.contains(&part.rows[*at].item.package))
                .collect();
            if !more.is_empty() {
                lines.push(Line::MoreHead);
                lines.extend(more.into_iter().map(Line::More));
            }
        }
        if !whole.plan.kept_back.is_empty() {
            lines.push(Line::KeptHead);
            lines.extend((0..whole.plan.kept_back.len()).map(Line::Kept));
        }
        self.lines = lines;
    }
}

#[cfg(test)]
pub(super) mod tests;
