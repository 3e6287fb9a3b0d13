//! The page of an app or package: what it is, the one thing to do with it, and what that means.

mod about;
mod ask;
mod details;
mod head;
mod shots;
#[cfg(test)]
pub(super) mod tests;

use std::collections::BTreeSet;

use iced::widget::operation::{AbsoluteOffset, scroll_to};
use iced::widget::{column, container};
use iced::{Fill, Padding, Task};
use moult_api::{
    Action as Wish, ChangePlan, ChangeRequest, Failure, FileRow, Filter, Item, ItemDetails, PackageChange,
    PackageDetails, WhyReport,
};
use moult_i18n::fl;

use self::details::Files;
use self::head::DEED;
use self::shots::Shots;
use super::explore::{failed, margin, scrolled};
use super::files;
use super::{Action, Look};
use crate::store::launch::{self, LaunchFailure};
use crate::store::{EntryId, Operation, Reach, Reader, ShotFailure};
use crate::theme::{self, Element, space};
use crate::widget::{Icon, Scroll, button, icon, words};

/// The id of what scrolls.
pub const SCROLL: &str = "item";

/// Below this width things stand one above the other.
const NARROW: f32 = 700.0;
/// From this width on facts stand beside the description.
const WIDE: f32 = 1000.0;

/// The page of one item.
#[derive(Debug)]
pub struct AppPage {
    reader: Reader,
    id: String,
    /// Numbers questions: only answers to the latest count.
    question: u64,
    details: Option<Box<ItemDetails>>,
    failure: Option<Failure>,
    plan: Plan,
    addons: Vec<Item>,
    shots: Shots,
    /// Parts that are unfolded.
    open: BTreeSet<Part>,
    package: Asked<Box<PackageDetails>>,
    why: Asked<WhyReport>,
    files: Files,
    /// The files that it would bring, of one that is not here.
    coming: Option<files::Files>,
    launch_failure: Option<LaunchFailure>,
    opens_addresses: bool,
}

/// What is asked when it is wanted.
#[derive(Debug)]
enum Asked<T> {
    Not,
    OnItsWay,
    Answered(Result<T, Failure>),
}

/// What the deed of the page would change.
#[derive(Debug)]
enum Plan {
    /// The deed changes no packages.
    None,
    OnItsWay,
    Made(Box<ChangePlan>),
    Failed(Failure),
}

/// The one thing to do on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Install,
    Update,
    Open,
    /// Nothing, or nothing but to remove it.
    None,
}

/// A part that can be folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// What it needs.
    Dependencies,
    /// Its files.
    Files,
    /// Why it is there, and who needs it.
    Why,
    /// Releases before the latest.
    Releases,
}

/// What is known of an item at once.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Its page.
    pub details: ItemDetails,
    /// Where its screenshots may be.
    pub reach: Reach,
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// The page, by the number of the question.
    Loaded(u64, Result<Box<Loaded>, Failure>),
    /// What the deed would change.
    Planned(u64, Result<Box<ChangePlan>, Failure>),
    /// Its add-ons by name.
    Addons(u64, Result<Vec<Item>, Failure>),
    /// What the engine knows of its package.
    Package(u64, Result<Box<PackageDetails>, Failure>),
    /// Why it is there.
    Why(u64, Result<WhyReport, Failure>),
    /// Some of its files, from a number on.
    Files(u64, usize, Result<Vec<FileRow>, Failure>),
    /// Something happened to the list of files that would come.
    Coming(files::Message),
    /// A screenshot, by its number.
    Shot(u64, usize, Result<(), ShotFailure>),
    /// The deed of the page.
    DeedPressed,
    /// Remove it.
    RemovePressed,
    /// Start it.
    OpenPressed,
    /// Stop what is being done with it.
    CancelPressed(EntryId),
    /// An app or a browser was started, or not.
    Started(Result<(), LaunchFailure>),
    /// A part was folded or unfolded.
    Folded(Part),
    /// The list of files was scrolled.
    FilesScrolled(Scroll),
    /// The next screenshot, or the one before.
    ShotTurned(bool),
    /// The screenshot that did not come is wanted again.
    ShotAgain,
    /// A web address was pressed.
    LinkPressed(String),
    /// Another item was chosen.
    Opened(String),
    /// A category was chosen.
    CategoryOpened(String),
    /// Ask again.
    TryAgain,
    /// Back.
    Back,
}

impl AppPage {
    /// Begins to load the page of the item with this id.
    pub fn new(reader: Reader, id: String) -> (Self, Task<Message>) {
        let mut page = Self {
            reader,
            id,
            question: 0,
            details: None,
            failure: None,
            plan: Plan::None,
            addons: Vec::new(),
            shots: Shots::default(),
            open: BTreeSet::new(),
            package: Asked::Not,
            why: Asked::Not,
            files: Files::default(),
            coming: None,
            launch_failure: None,
            opens_addresses: launch::can_open_addresses(),
        };
        // The page before may have been scrolled.
        let top = scroll_to(SCROLL, AbsoluteOffset { x: 0.0, y: 0.0 });
        let task = Task::batch([top, page.refresh()]);

        (page, task)
    }

    /// The item's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The system changed: asks again, and shows what is there until the answer comes.
    pub fn refresh(&mut self) -> Task<Message> {
        self.question += 1;
        let (question, id) = (self.question, self.id.clone());

        self.reader.ask(
            move |reader| async move {
                let details = reader.store().await?.item(&id).await?;
                reader.pictures().load_large(std::slice::from_ref(&details.item)).await;
                let reach = ask::reach(&reader, &details).await?;

                Ok(Box::new(Loaded { details, reach }))
            },
            move |answer| Message::Loaded(question, answer),
        )
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action<Message> {
        match message {
            Message::Loaded(question, answer) if question == self.question => match answer {
                Ok(loaded) => return Action::Run(self.loaded(*loaded)),
                Err(failure) => self.failure = Some(failure),
            },
            Message::Planned(question, answer) if question == self.question => {
                self.plan = match answer {
                    Ok(plan) => Plan::Made(plan),
                    Err(failure) => Plan::Failed(failure),
                };
                if self.open.contains(&Part::Files) {
                    return Action::Run(self.ask_part(Part::Files));
                }
            }
            // An add-on that is not known any more is not shown.
            Message::Addons(question, answer) if question == self.question => {
                self.addons = answer.unwrap_or_default();
            }
            Message::Package(question, answer) if question == self.question => {
                self.package = Asked::Answered(answer);
            }
            Message::Why(question, answer) if question == self.question => self.why = Asked::Answered(answer),
            Message::Files(question, from, answer) if question == self.question => self.files.came(from, answer),
            Message::Shot(question, at, outcome) if question == self.question => self.shots.came(at, outcome),
            Message::Coming(message) => {
                if let Some(coming) = &mut self.coming {
                    return Action::Run(coming.update(message).map(Message::Coming));
                }
            }
            Message::Loaded(..)
            | Message::Planned(..)
            | Message::Addons(..)
            | Message::Package(..)
            | Message::Why(..)
            | Message::Files(..)
            | Message::Shot(..) => {}
            Message::DeedPressed => return self.begin_deed(),
            Message::RemovePressed => {
                if let Some(details) = &self.details {
                    return Action::Review(operation(Wish::Remove, details));
                }
            }
            Message::OpenPressed => return self.start(),
            Message::CancelPressed(entry) => return Action::Cancel(entry),
            Message::Started(outcome) => self.launch_failure = outcome.err(),
            Message::Folded(part) => {
                if !self.open.remove(&part) {
                    let _ = self.open.insert(part);
                    return Action::Run(self.ask_part(part));
                }
            }
            Message::FilesScrolled(scroll) => {
                if self.files.scrolled(scroll) {
                    return Action::Run(self.ask_files());
                }
            }
            Message::ShotTurned(forward) => {
                if let Some(details) = &self.details {
                    self.shots.turn(forward, details.screenshots.len());
                    return Action::Run(self.ask_shots());
                }
            }
            Message::ShotAgain => {
                self.shots.forget_failure();
                return Action::Run(self.ask_shots());
            }
            Message::LinkPressed(url) => {
                self.launch_failure = None;
                return Action::Run(Task::perform(launch::open_address(url), Message::Started));
            }
            Message::Opened(id) => return Action::Open(id),
            Message::CategoryOpened(category) => {
                return Action::Browse(Filter {
                    category,
                    ..Filter::default()
                });
            }
            Message::TryAgain => {
                self.failure = None;
                return Action::Run(self.refresh());
            }
            Message::Back => return Action::Back,
        }

        Action::None
    }

    fn begin_deed(&mut self) -> Action<Message> {
        let Some(details) = &self.details else {
            return Action::None;
        };
        let wish = match deed(details) {
            Deed::Install => Wish::Install,
            Deed::Update => Wish::Sync,
            Deed::Open => return self.start(),
            Deed::None => return Action::None,
        };
        let operation = operation(wish, details);

        match &self.plan {
            // What it takes away is not said on this page.
            Plan::Made(plan) if takes_away(plan) => Action::Review(operation),
            Plan::Made(plan) if !plan.packages.is_empty() => Action::Do(operation.seen(&plan.digest)),
            Plan::Made(_) | Plan::Failed(_) => Action::None,
            Plan::None | Plan::OnItsWay => Action::Review(operation),
        }
    }

    fn start(&mut self) -> Action<Message> {
        let Some(details) = self.details.as_ref().filter(|details| !details.desktop_id.is_empty()) else {
            return Action::None;
        };
        self.launch_failure = None;

        Action::Run(Task::perform(
            launch::start(details.desktop_id.clone()),
            Message::Started,
        ))
    }

    /// The page.
    pub fn view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let margin = margin(look.width);
        let width = look.width - 2.0 * margin;
        let back = button::bare(
            look.direction
                .row([icon(backward(look)).into(), words::body(fl!(language, "back")).into()])
                .spacing(space::XS)
                .align_y(iced::Center),
        )
        .id("back")
        .on_press(Message::Back);
        let mut page = column![back]
            .spacing(space::L)
            .align_x(look.direction.start())
            .width(Fill);

        if let Some(failure) = &self.failure {
            page = page.push(failed(look, failure, Message::TryAgain));
        }
        match &self.details {
            Some(details) => {
                page = page.push(self.head(look, details, width));
                page = page.push(self.body(look, details, width));
            }
            None if self.failure.is_none() => {
                page = page.push(words::body(fl!(language, "store-loading")).style(theme::quiet));
            }
            None => {}
        }

        scrolled(
            SCROLL,
            page.padding(Padding::from([space::M, margin]).bottom(space::XL)),
        )
    }

    fn body<'a>(&'a self, look: Look<'a>, details: &'a ItemDetails, width: f32) -> Element<'a, Message> {
        let is_wide = width >= WIDE;
        // Facts stand below the deed.
        let room = if is_wide { width - DEED - space::XL } else { width };
        let main = column![]
            .push(self.shots.view(look, &details.screenshots, room))
            .push(about::description(look, details))
            .push(self.releases(look, details))
            .push(self.addons_view(look, room))
            .push((!is_wide).then(|| self.facts(look, details, width < NARROW)))
            .push(self.folded(look, details, room))
            .spacing(space::XL)
            .align_x(look.direction.start())
            .width(Fill);
        if !is_wide {
            return main.into();
        }

        let facts = container(self.facts(look, details, true)).width(DEED);
        look.direction
            .row([main.into(), facts.into()])
            .spacing(space::XL)
            .width(Fill)
            .into()
    }
}

/// What there is to do with an item: one thing.
fn deed(details: &ItemDetails) -> Deed {
    let item = &details.item;

    if !item.installed {
        if item.repository.is_empty() {
            Deed::None
        } else {
            Deed::Install
        }
    } else if item.newer && !item.held && !item.repository.is_empty() {
        Deed::Update
    } else if details.desktop_id.is_empty() {
        Deed::None
    } else {
        Deed::Open
    }
}

/// To bring an installed package to what is preferred now is a sync of it alone; installing would leave it as it is.
fn operation(wish: Wish, details: &ItemDetails) -> Operation {
    Operation::Change {
        request: ChangeRequest {
            action: wish,
            packages: vec![details.item.package.clone()],
            imported: Vec::new(),
            remove_orphans: false,
        },
        names: vec![details.item.name.clone()],
        digest: String::new(),
    }
}

/// Whether a plan does more than bring packages and make them newer.
fn takes_away(plan: &ChangePlan) -> bool {
    plan.packages
        .iter()
        .any(|package| matches!(package.change, PackageChange::Remove | PackageChange::Downgrade))
}

fn backward(look: Look<'_>) -> Icon {
    match look.direction {
        crate::widget::Direction::LeftToRight => Icon::ArrowLeft,
        crate::widget::Direction::RightToLeft => Icon::ArrowRight,
    }
}
