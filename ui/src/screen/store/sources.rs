//! Sources: the repositories that packages come from, how far each can be trusted, and which version of it is followed.

mod form;
mod row;
mod versions;

use iced::widget::scrollable::{Direction, Scrollbar};
use iced::widget::{Column, column, scrollable};
use iced::{Center, Fill, Padding, Task};
use moult_api::{BrokenRow, Failure, Repositories, RepositoryRow, VersionsReport};
use moult_i18n::{Language, count, explain, fl};

use super::{Action, Look};
use crate::store::{Operation, Reader};
use crate::theme::{self, Element, space as gap};
use crate::widget::progress::hairline;
use crate::widget::{banner, button, sheet, words};

use form::Form;

/// Below this width things stack.
const NARROW: f32 = 700.0;

/// The repositories, and what the person does with one of them.
#[derive(Debug)]
pub struct Sources {
    reader: Reader,
    /// The number of the newest question; answers to older ones do not count.
    asked: u64,
    known: Option<Repositories>,
    failure: Option<Failure>,
    /// The repository that is unfolded.
    open: Option<String>,
    /// Of the one that is unfolded.
    versions: Versions,
    /// Its removal waits for a word.
    removing: bool,
    /// No package brings this program: none can take its place.
    has_no_engine: bool,
    form: Option<Form>,
}

/// How it stands with the question for versions, which goes out to the network.
#[derive(Debug, Default)]
enum Versions {
    #[default]
    NotAsked,
    Asked(u64),
    There {
        report: VersionsReport,
        /// Every published list is shown, not only the newest.
        is_whole: bool,
    },
    Failed(Failure),
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// The repositories.
    Loaded(u64, Result<Repositories, Failure>),
    /// A repository was opened or closed, by its name.
    Pressed(String),
    /// A repository was switched on or off.
    Switched(String, bool),
    /// Read a list anew; empty: all of them.
    Refresh(String),
    /// Remove the open repository: asks first.
    RemovePressed,
    /// Do not remove it.
    Keep,
    /// Do remove it.
    Remove,
    /// Describe a new repository.
    AddPressed,
    /// Describe the open repository anew.
    ChangePressed,
    /// Something in the form.
    Form(form::Message),
    /// Ask the open repository for its versions.
    VersionsPressed,
    /// The versions of a repository.
    VersionsLoaded(u64, Result<Box<VersionsReport>, Failure>),
    /// Show every published list.
    WholeHistoryPressed,
    /// Follow a version of the open repository.
    Follow(String),
    /// The newer engine that the open repository asks for is wanted.
    BridgePressed,
    /// The package that brings the engine: for which repository, and its name; empty = none does.
    Engine(String, Result<String, Failure>),
    /// Ask again after a failure.
    Again,
}

impl Sources {
    /// Begins to look.
    pub fn new(reader: Reader) -> (Self, Task<Message>) {
        let mut screen = Self {
            reader,
            asked: 0,
            known: None,
            failure: None,
            open: None,
            versions: Versions::default(),
            removing: false,
            has_no_engine: false,
            form: None,
        };
        let task = screen.refresh();

        (screen, task)
    }

    /// The system changed: what is shown stays until the new answer is there.
    pub fn refresh(&mut self) -> Task<Message> {
        let number = self.next();

        self.reader.ask(
            |reader| async move { reader.packages().await?.repositories().await },
            move |answer| Message::Loaded(number, answer),
        )
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action<Message> {
        match message {
            Message::Loaded(number, answer) if number == self.asked => match answer {
                Ok(known) => self.loaded(known),
                Err(failure) => self.failure = Some(failure),
            },
            Message::Loaded(..) => {}
            Message::Pressed(name) => {
                let was_open = self.open.as_ref() == Some(&name);
                self.fold();
                self.open = (!was_open).then_some(name);
            }
            Message::Switched(name, enabled) => return Action::Do(Operation::EnableRepository { name, enabled }),
            Message::Refresh(repository) => return Action::Do(Operation::Refresh { repository }),
            Message::RemovePressed => self.removing = self.open.is_some(),
            Message::Keep => self.removing = false,
            Message::Remove if self.removing => {
                self.removing = false;
                if let Some(name) = self.open.clone() {
                    return Action::Do(Operation::RemoveRepository { name });
                }
            }
            Message::Remove => {}
            Message::AddPressed => {
                self.form = Some(Form::new());
                return Action::Run(crate::widget::focus::to("source-name"));
            }
            Message::ChangePressed => {
                if let Some(row) = self.open_row() {
                    self.form = Some(Form::of(row));
                    return Action::Run(crate::widget::focus::to("source-uri"));
                }
            }
            Message::Form(message) => return self.form(message),
            Message::VersionsPressed => return Action::Run(self.ask_versions()),
            Message::VersionsLoaded(number, answer) => {
                if matches!(self.versions, Versions::Asked(asked) if asked == number) {
                    self.versions = match answer {
                        Ok(report) => Versions::There {
                            report: *report,
                            is_whole: false,
                        },
                        Err(failure) => Versions::Failed(failure),
                    };
                }
            }
            Message::WholeHistoryPressed => {
                if let Versions::There { is_whole, .. } = &mut self.versions {
                    *is_whole = true;
                }
            }
            Message::Follow(version) => {
                if let Some(repository) = self.open.clone() {
                    return Action::Do(Operation::Follow { repository, version });
                }
            }
            Message::BridgePressed => {
                if let Some(repository) = self.open.clone() {
                    return Action::Run(self.reader.ask(
                        |reader| async move { reader.packages().await?.engine_package().await },
                        move |answer| Message::Engine(repository, answer),
                    ));
                }
            }
            Message::Engine(repository, answer) => match answer {
                Ok(package) if package.is_empty() => self.has_no_engine = true,
                Ok(package) => {
                    return Action::Do(Operation::Bridge {
                        repository,
                        package,
                        digest: String::new(),
                    });
                }
                Err(failure) => self.failure = Some(failure),
            },
            Message::Again => {
                self.failure = None;
                return Action::Run(self.refresh());
            }
        }

        Action::None
    }

    fn loaded(&mut self, known: Repositories) {
        let of_open = |all: &Repositories, name: &str| {
            all.repositories
                .iter()
                .find(|row| row.name == name)
                .map(|row| (row.version.clone(), row.history.clone()))
        };
        if let Some(name) = &self.open {
            let now = of_open(&known, name);
            let before = self.known.as_ref().and_then(|all| of_open(all, name));
            if now.is_none() {
                self.fold();
            } else if now != before {
                // What was followed when they were asked for is not what is followed now.
                self.versions = Versions::NotAsked;
            }
        }
        self.failure = None;
        self.known = Some(known);
    }

    fn form(&mut self, message: form::Message) -> Action<Message> {
        let Some(form) = &mut self.form else {
            return Action::None;
        };
        let taken: Vec<&str> = self
            .known
            .iter()
            .flat_map(|all| &all.repositories)
            .map(|row| row.name.as_str())
            .collect();

        match form.update(message, &taken) {
            form::Answer::None => Action::None,
            form::Answer::Focus(id) => Action::Run(crate::widget::focus::to(id)),
            form::Answer::Closed => {
                self.form = None;
                Action::None
            }
            form::Answer::Written(request) => {
                self.form = None;
                Action::Do(Operation::AddRepository(request))
            }
        }
    }

    fn ask_versions(&mut self) -> Task<Message> {
        let Some(name) = self.open.clone() else {
            return Task::none();
        };
        use std::sync::atomic::{AtomicU64, Ordering};
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        self.versions = Versions::Asked(number);

        self.reader.ask(
            |reader| async move { reader.packages().await?.versions(&name).await.map(Box::new) },
            move |answer| Message::VersionsLoaded(number, answer),
        )
    }

    /// Folds whatever is open, and forgets what belongs to it.
    fn fold(&mut self) {
        self.open = None;
        self.removing = false;
        self.versions = Versions::NotAsked;
    }

    fn open_row(&self) -> Option<&RepositoryRow> {
        let name = self.open.as_ref()?;

        self.known.as_ref()?.repositories.iter().find(|row| row.name == *name)
    }

    fn next(&mut self) -> u64 {
        self.asked += 1;
        self.asked
    }

    /// The repositories, or the form of one.
    pub fn view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let edge = if look.width < NARROW { gap::M } else { gap::L };
        let page = match (&self.form, &self.known, &self.failure) {
            (Some(form), ..) => form.view(look).map(Message::Form),
            (None, _, Some(failure)) => column![
                words::heading(fl!(language, "store-sources-title")),
                failed(look, failure)
            ]
            .spacing(gap::M)
            .into(),
            (None, None, None) => column![
                words::heading(fl!(language, "store-sources-title")),
                words::body(fl!(language, "store-sources-loading")).style(theme::quiet)
            ]
            .spacing(gap::M)
            .into(),
            (None, Some(known), None) => self.list(look, known),
        };

        scrollable(sheet(
            iced::widget::container(page)
                .padding(Padding::from([gap::M, edge]))
                .width(Fill)
                .align_x(look.direction.start()),
        ))
        .id("sources-page")
        .direction(Direction::Vertical(
            Scrollbar::new().width(6).scroller_width(6).margin(2),
        ))
        .width(look.width)
        .height(look.height)
        .into()
    }

    fn list<'a>(&'a self, look: Look<'a>, known: &'a Repositories) -> Element<'a, Message> {
        let language = look.language;
        let mut page = column![head(look, known)].spacing(gap::M).width(Fill);

        for broken in &known.broken {
            page = page.push(banner::warn(self::broken(language, broken)));
        }
        if known.repositories.is_empty() {
            let nothing = fl!(language, "store-sources-none");
            return page.push(words::body(nothing)).into();
        }

        let mut list: Column<'a, Message, theme::Theme> = column![hairline()].width(Fill);
        for row in &known.repositories {
            let is_open = self.open.as_ref() == Some(&row.name);
            list = list.push(row::line(look, row, is_open));
            if is_open {
                list = list.push(row::details(
                    look,
                    row,
                    (self.removing, self.has_no_engine),
                    &self.versions,
                ));
            }
            list = list.push(hairline());
        }

        page.push(list).into()
    }
}

/// The title, and what can be done about all of them.
fn head<'a>(look: Look<'a>, known: &Repositories) -> Element<'a, Message> {
    let language = look.language;
    let packages = known.repositories.iter().filter(|row| row.enabled);
    let packages: u64 = packages.map(|row| row.packages).sum();
    let title = column![
        words::heading(fl!(language, "store-sources-title")),
        words::body(fl!(
            language,
            "store-sources-lead",
            count = packages,
            shown = count(language, packages)
        ))
        .style(theme::quiet)
    ]
    .spacing(gap::XXS)
    .align_x(look.direction.start())
    .width(Fill);
    let is_reading = look.queue.entries().any(|entry| {
        !entry.stage.is_ended()
            && matches!(&entry.operation, Operation::Refresh { repository } if repository.is_empty())
    });
    let can_read = !is_reading && known.repositories.iter().any(|row| row.enabled);
    let refresh = button::secondary(fl!(language, "store-sources-refresh-all"))
        .id("sources-refresh")
        .on_press_maybe(can_read.then(|| Message::Refresh(String::new())));
    let add = button::secondary(fl!(language, "store-sources-add"))
        .id("sources-add")
        .on_press(Message::AddPressed);
    let buttons = look
        .direction
        .row([refresh.into(), add.into()])
        .spacing(gap::S)
        .wrap()
        .vertical_spacing(gap::XS);

    if look.width < NARROW {
        return column![title, buttons].spacing(gap::S).into();
    }

    look.direction
        .row([title.into(), buttons.into()])
        .spacing(gap::M)
        .align_y(Center)
        .into()
}

fn broken(language: Language, broken: &BrokenRow) -> String {
    let (path, reason) = (broken.path.clone(), broken.reason.clone());
    let (line, column) = (count(language, broken.line), count(language, broken.column));

    match (broken.repository.is_empty(), broken.line > 0) {
        (true, true) => fl!(
            language,
            "store-sources-broken-at",
            path = path,
            line = line,
            column = column,
            reason = reason
        ),
        (true, false) => fl!(language, "store-sources-broken", path = path, reason = reason),
        (false, true) => fl!(
            language,
            "store-sources-broken-one-at",
            name = broken.repository.clone(),
            path = path,
            line = line,
            column = column,
            reason = reason
        ),
        (false, false) => fl!(
            language,
            "store-sources-broken-one",
            name = broken.repository.clone(),
            path = path,
            reason = reason
        ),
    }
}

/// Why nothing is shown.
fn failed<'a>(look: Look<'a>, failure: &Failure) -> Element<'a, Message> {
    let language = look.language;
    let text = explain(language, failure, "");

    column![
        banner::danger(fl!(language, "store-sources-failed")),
        words::body(text.what),
        words::body(text.todo).style(theme::quiet),
        button::secondary(fl!(language, "try-again"))
            .id("sources-again")
            .on_press(Message::Again),
    ]
    .spacing(gap::S)
    .align_x(look.direction.start())
    .width(Fill)
    .into()
}

#[cfg(test)]
pub(super) mod tests;
