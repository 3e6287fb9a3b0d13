//! History: every state that the system had and has, on one line. Sliding along it compares; from there one can go to a
//! state, name it, keep it for ever, or let go of it for the room it takes.
//!
//! What undo and redo mean: the states are in order of being made. Undo leads to the last whole one before the active one,
//! redo to the first whole one after it. Both only choose it, so that the difference is seen before anything is done.

mod boot;
mod compare;
mod room;
mod summary;
mod view;

use std::collections::BTreeSet;

use iced::Task;
use moult_api::{BootSpan, BootStatus, Failure, StateDifference, StateRow};

use super::files::{self, Files};
use super::{Action, Look};
use crate::store::{Operation, Reader};
use crate::theme::Element;
use crate::widget::{Move, Scroll, focus};

/// A longer name is cut, in characters.
const LONGEST_NAME: usize = 80;

/// The states, which one is looked at, and what it is compared with.
#[derive(Debug)]
pub struct History {
    reader: Reader,
    /// The number of the last time that the states were asked for.
    question: u64,
    states: Option<Result<Vec<StateRow>, Failure>>,
    /// Why they could not be asked for again: what is shown is of before.
    outdated: Option<Failure>,
    /// How the machine starts, as far as it is known.
    boot: Option<Box<BootStatus>>,
    /// The state of which the person said, since this screen is open, that it is to be started from now on.
    kept: Option<u64>,
    /// Which one is looked at, by number. None: the active one.
    selected: Option<u64>,
    /// What it is compared with, by number. None: the active one.
    other: Option<u64>,
    /// The other end of the comparison is chosen next.
    is_choosing_other: bool,
    /// The difference that is shown, and between which states.
    difference: Option<(Pair, Result<Box<StateDifference>, Failure>)>,
    /// Differences that were asked for.
    differences: u64,
    /// The difference that is under way, with the number of its question.
    asking: Option<(u64, Pair)>,
    files: Option<Files>,
    /// A name that is being typed, and for which state.
    draft: Option<(u64, String)>,
    page: Page,
    tab: Tab,
    /// States that are to go.
    doomed: BTreeSet<u64>,
    is_confirming: bool,
    packages_scroll: Scroll,
    room_scroll: Scroll,
}

/// Two states: from, to.
type Pair = (u64, u64);

/// Which page of the screen is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Line,
    Room,
}

/// What a narrow window shows of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// What it is, and what can be done with it.
    About,
    /// Packages that differ.
    Packages,
    /// Files that differ.
    Files,
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// The states, asked for with this number.
    States(u64, Result<Vec<StateRow>, Failure>),
    /// How the machine starts, asked for together with the states of this number.
    Boot(u64, Result<Box<BootStatus>, Failure>),
    /// What differs between two states, asked for with this number.
    Difference(u64, Result<Box<StateDifference>, Failure>),
    /// Ask for everything once more.
    AgainPressed,
    /// A notch was chosen, by its place.
    Selected(usize),
    /// The next notch that is chosen is the other end of the comparison; or no longer.
    OtherPressed,
    /// Compare with the active state again.
    NowPressed,
    /// Look at the state that undo leads to.
    UndoPressed,
    /// Look at the state that redo leads to.
    RedoPressed,
    /// Go to the state that is looked at.
    GoPressed,
    /// Look at the state that did not start, or at the one from which another was chosen in the boot menu.
    BootComparePressed(u64),
    /// The state that runs is to be started from now on.
    BootKeepPressed,
    /// The state that is looked at is to be started: the next time alone, or from now on.
    StartPressed(BootSpan),
    /// A name is being typed.
    NameChanged(String),
    /// The name is to be kept.
    NamePressed,
    /// The state is to be kept for ever, or no longer.
    PinPressed,
    /// Another view, in a narrow window.
    TabPressed(Tab),
    /// The page about room was opened.
    RoomPressed,
    /// Back to the line.
    BackPressed,
    /// A state is to go, or stays.
    Doomed(u64),
    /// All that can go, or none.
    AllPressed,
    /// The states that are chosen are to go: asks once more.
    RemovePressed,
    /// They stay.
    KeepPressed,
    /// They go.
    RemoveConfirmed,
    /// Compare the active state with what it should be (false), or mend it as well (true).
    VerifyPressed(bool),
    /// The packages were scrolled.
    PackagesScrolled(Scroll),
    /// A key wants to scroll the packages.
    PackagesMoved(Move),
    /// The states of the page about room were scrolled.
    RoomScrolled(Scroll),
    /// Something happened to the list of files.
    Files(files::Message),
}

impl History {
    /// Begins to ask.
    pub fn new(reader: Reader) -> (Self, Task<Message>) {
        let mut history = Self {
            reader,
            question: 0,
            states: None,
            outdated: None,
            boot: None,
            kept: None,
            selected: None,
            other: None,
            is_choosing_other: false,
            difference: None,
            differences: 0,
            asking: None,
            files: None,
            draft: None,
            page: Page::Line,
            tab: Tab::About,
            doomed: BTreeSet::new(),
            is_confirming: false,
            packages_scroll: Scroll::default(),
            room_scroll: Scroll::default(),
        };
        let task = history.refresh();

        (history, task)
    }

    /// The system changed: asks again, and shows what was there until then.
    pub fn refresh(&mut self) -> Task<Message> {
        self.question += 1;
        let number = self.question;

        let states = self.reader.ask(
            |reader| async move { reader.packages().await?.states().await },
            move |answer| Message::States(number, answer),
        );
        let boot = self.reader.ask(
            |reader| async move { Ok(Box::new(reader.boot().await?.status().await?)) },
            move |answer| Message::Boot(number, answer),
        );

        Task::batch([states, boot])
    }

    /// Closes a page within the screen; false if none was open.
    pub fn back(&mut self) -> bool {
        let was_open = self.page != Page::Line;
        self.page = Page::Line;
        self.is_confirming = false;

        was_open
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action<Message> {
        match message {
            Message::States(number, answer) if number == self.question => return self.heard(answer),
            Message::Difference(number, answer) => {
                if let Some((_, pair)) = self.asking.take_if(|(asked, _)| *asked == number) {
                    self.difference = Some((pair, answer));
                    self.packages_scroll = Scroll::default();
                }
                return self.follow();
            }
            // What cannot be known is not shown.
            Message::Boot(number, answer) if number == self.question => self.boot = answer.ok(),
            // An answer to a question of before.
            Message::States(..) | Message::Boot(..) => {}
            Message::AgainPressed => {
                self.difference = None;
                return Action::Run(self.refresh());
            }
            Message::Selected(at) => {
                if let Some(state) = self.all().get(at).map(|state| state.id) {
                    return self.select(state);
                }
            }
            Message::OtherPressed => self.is_choosing_other = !self.is_choosing_other,
            Message::NowPressed => {
                self.other = None;
                self.is_choosing_other = false;
                return self.follow();
            }
            Message::UndoPressed => return self.look_at(self.undo()),
            Message::RedoPressed => return self.look_at(self.redo()),
            Message::GoPressed => {
                if let Some(state) = self.reachable() {
                    return Action::Do(Operation::Activate { state });
                }
            }
            Message::BootComparePressed(state) => return self.look_at(self.place(state).map(|_| state)),
            Message::BootKeepPressed => {
                if let Some(state) = self.news().and_then(|news| news.keeps()) {
                    self.kept = Some(state);
                    return Action::Do(Operation::StartFromNow { state });
                }
            }
            Message::StartPressed(span) => {
                if let Some(state) = self
                    .selected()
                    .map(|state| state.id)
                    .filter(|id| self.can_start(*id, span))
                {
                    return Action::Do(match span {
                        BootSpan::Once => Operation::StartOnce { state },
                        BootSpan::Always => {
                            self.kept = Some(state);
                            Operation::StartFromNow { state }
                        }
                    });
                }
            }
            Message::NameChanged(name) => {
                if let Some(state) = self.selected() {
                    self.draft = Some((state.id, name.chars().take(LONGEST_NAME).collect()));
                }
            }
            Message::NamePressed => {
                if let Some((state, name)) = self.renamed() {
                    return Action::Do(Operation::NameState { state, name });
                }
            }
            Message::PinPressed => {
                if let Some(state) = self.selected() {
                    return Action::Do(Operation::PinState {
                        state: state.id,
                        pinned: !state.pinned,
                    });
                }
            }
            Message::TabPressed(tab) => self.tab = tab,
            Message::RoomPressed => self.page = Page::Room,
            Message::BackPressed => {
                let _ = self.back();
            }
            Message::Doomed(state) => {
                self.is_confirming = false;
                if !self.doomed.remove(&state) {
                    let _ = self.doomed.insert(state);
                }
            }
            Message::AllPressed => {
                self.is_confirming = false;
                let all = self.removable();
                self.doomed = if self.doomed == all { BTreeSet::new() } else { all };
            }
            Message::RemovePressed => {
                self.is_confirming = !self.doomed.is_empty();
                return Action::Run(focus::to("history-keep"));
            }
            Message::KeepPressed => self.is_confirming = false,
            Message::RemoveConfirmed => {
                if self.is_confirming {
                    self.is_confirming = false;
                    let states = std::mem::take(&mut self.doomed).into_iter().collect();
                    return Action::Do(Operation::RemoveStates { states });
                }
            }
            Message::VerifyPressed(repair) => return Action::Do(Operation::Verify { repair }),
            Message::PackagesScrolled(scroll) => self.packages_scroll.scrolled(scroll),
            Message::PackagesMoved(step) => {
                let page = self.packages_scroll.height().max(compare::ROW);
                return Action::Run(step.scroll(compare::PACKAGES, compare::ROW, page));
            }
            Message::RoomScrolled(scroll) => self.room_scroll.scrolled(scroll),
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
        match self.page {
            Page::Line => self.line_view(look),
            Page::Room => self.room_view(look),
        }
    }

    /// All states, the oldest first.
    fn all(&self) -> &[StateRow] {
        match &self.states {
            Some(Ok(states)) => states,
            _ => &[],
        }
    }

    fn state(&self, id: u64) -> Option<&StateRow> {
        self.all().iter().find(|state| state.id == id)
    }

    fn place(&self, id: u64) -> Option<usize> {
        self.all().iter().position(|state| state.id == id)
    }

    /// What is now.
    fn active(&self) -> Option<&StateRow> {
        self.all().iter().find(|state| state.status == "active")
    }

    /// The state that is looked at.
    fn selected(&self) -> Option<&StateRow> {
        self.selected.and_then(|id| self.state(id)).or_else(|| self.active())
    }

    /// What it is compared with.
    fn other(&self) -> Option<&StateRow> {
        self.other.and_then(|id| self.state(id)).or_else(|| self.active())
    }

    /// The states whose difference is to be shown: from the other end to the one that is looked at. None if they are one.
    fn pair(&self) -> Option<Pair> {
        let pair = (self.other()?.id, self.selected()?.id);

        (pair.0 != pair.1).then_some(pair)
    }

    /// The difference that is to be shown, if it is known.
    fn difference(&self) -> Option<&Result<Box<StateDifference>, Failure>> {
        let pair = self.pair()?;

        self.difference
            .as_ref()
            .filter(|(of, _)| *of == pair)
            .map(|(_, difference)| difference)
    }

    fn undo(&self) -> Option<u64> {
        let active = self.active()?.id;
        let whole = self.all().iter().filter(|state| state.status == "archived");

        whole.map(|state| state.id).filter(|id| *id < active).max()
    }

    fn redo(&self) -> Option<u64> {
        let active = self.active()?.id;
        let whole = self.all().iter().filter(|state| state.status == "archived");

        whole.map(|state| state.id).filter(|id| *id > active).min()
    }

    /// The state that can be gone to now: it is whole, it is not the active one, and what differs between the two was shown.
    fn reachable(&self) -> Option<u64> {
        let (selected, active) = (self.selected()?, self.active()?);
        let is_shown =
            matches!(&self.difference, Some(((from, to), Ok(_))) if (*from, *to) == (active.id, selected.id));

        (selected.status == "archived" && self.pair() == Some((active.id, selected.id)) && is_shown)
            .then_some(selected.id)
    }

    /// The state that is looked at and the name that it is to have, if that is another one.
    fn renamed(&self) -> Option<(u64, String)> {
        let state = self.selected()?;
        let (of, name) = self.draft.as_ref()?;
        let name = name.trim();

        (*of == state.id && name != state.name).then(|| (state.id, name.to_owned()))
    }

    /// States that can go.
    fn removable(&self) -> BTreeSet<u64> {
        let states = self.all().iter();

        states.filter(|state| can_go(state)).map(|state| state.id).collect()
    }

    fn heard(&mut self, answer: Result<Vec<StateRow>, Failure>) -> Action<Message> {
        match answer {
            // What was there stays to be seen, with the word that it is of before.
            Err(failure) if matches!(self.states, Some(Ok(_))) => self.outdated = Some(failure),
            Ok(mut states) => {
                states.sort_by_key(|state| state.id);
                self.states = Some(Ok(states));
                self.outdated = None;
            }
            Err(failure) => self.states = Some(Err(failure)),
        }

        let is_there = |id: &u64| self.all().iter().any(|state| state.id == *id);
        let (selected, other) = (self.selected.filter(is_there), self.other.filter(is_there));
        let draft_is_kept = self
            .draft
            .as_ref()
            .is_some_and(|(id, name)| self.state(*id).is_some_and(|state| state.name != name.trim()));
        let removable = self.removable();
        (self.selected, self.other) = (selected, other);
        if !draft_is_kept {
            self.draft = None;
        }
        self.doomed.retain(|id| removable.contains(id));
        self.is_confirming &= !self.doomed.is_empty();

        self.follow()
    }

    fn select(&mut self, state: u64) -> Action<Message> {
        if self.is_choosing_other {
            self.other = Some(state);
            self.is_choosing_other = false;
        } else {
            self.selected = Some(state);
        }

        self.follow()
    }

    /// Looks at a state as it compares with now; its button has the focus then.
    fn look_at(&mut self, state: Option<u64>) -> Action<Message> {
        let Some(state) = state else {
            return Action::None;
        };
        self.other = None;
        self.is_choosing_other = false;
        self.selected = Some(state);

        match self.follow() {
            Action::Run(task) => Action::Run(task.chain(focus::to("history-go"))),
            action => action,
        }
    }

    /// Asks for the difference that is to be shown, one at a time: who slides over hundreds of states gets the last one.
    fn follow(&mut self) -> Action<Message> {
        let Some((from, to)) = self.pair() else {
            self.files = None;
            return Action::None;
        };
        if let Some(Ok(_)) = self.difference() {
            return self.read_files(from, to);
        }
        if self.asking.is_some() || self.difference().is_some() {
            return Action::None;
        }

        self.question_of((from, to))
    }

    fn question_of(&mut self, (from, to): Pair) -> Action<Message> {
        self.differences += 1;
        let number = self.differences;
        self.asking = Some((number, (from, to)));

        Action::Run(self.reader.ask(
            move |reader| async move {
                let difference = reader.packages().await?.state_difference(from, to).await?;
                Ok(Box::new(difference))
            },
            move |answer| Message::Difference(number, answer),
        ))
    }

    fn read_files(&mut self, from: u64, to: u64) -> Action<Message> {
        if self.files.as_ref().is_some_and(|files| files.is_of_states(from, to)) {
            return Action::None;
        }
        let (files, task) = Files::of_states(self.reader.clone(), from, to);
        self.files = Some(files);

        Action::Run(task.map(Message::Files))
    }
}

/// Whether a state can be removed.
fn can_go(state: &StateRow) -> bool {
    state.status == "archived" && !state.pinned
}

#[cfg(test)]
pub(super) mod tests;
