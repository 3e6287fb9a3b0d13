//! What happens in the store.

use std::path::PathBuf;

use iced::Size;
use moult_api::{ChangePlan, Failure, Job, Outcome, RestartReport};

use crate::agent::{self, Agent};
use crate::app::bar;
use crate::screen::store::{
    authenticate, browse, explore, history, installed, item, queue as queue_page, review, sources, updates,
};
use crate::store::{Begun, EntryId, Event, Known, Reader, Wanted, Writer};
use crate::theme::Scheme;
use crate::trace::Looked;
use crate::widget::trace::Placed;

/// What stands in the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Worth looking at.
    Explore,
    /// What is there.
    Installed,
    /// What is newer.
    Updates,
    /// What was.
    History,
    /// Where it comes from.
    Sources,
    /// What is being done.
    Queue,
}

/// Names a page above a section, so that what was asked for one never reaches another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageId(pub(super) u64);

/// What happens.
#[derive(Debug, Clone)]
pub enum Message {
    /// On Explore.
    Explore(explore::Message),
    /// On Installed.
    Installed(installed::Message),
    /// On Updates.
    Updates(updates::Message),
    /// On History.
    History(history::Message),
    /// On Sources.
    Sources(sources::Message),
    /// On the queue's page.
    Queue(queue_page::Message),
    /// On a list of items.
    Browse(PageId, browse::Message),
    /// On an item's page.
    Item(PageId, item::Message),
    /// On the page that shows what a change would do.
    Review(PageId, review::Message),
    /// In the bar, where no desktop has a menu of keyboard layouts.
    Bar(bar::Message),
    /// A section was chosen.
    Go(Section),
    /// Back to the page before.
    Back,
    /// Something was typed into the search field.
    Search(String),
    /// Enter was pressed in the search field.
    SearchEntered,
    /// The search field is wanted.
    FocusSearch,
    /// Other colours are wanted.
    Appearance(Scheme),
    /// The colours of the desktop, if it says.
    OfDesktop(Option<Scheme>),
    /// These colours are kept, or cannot be.
    ColoursKept(Scheme),
    /// A reader answered, or could not be started.
    ReaderStarted(Result<Reader, Failure>),
    /// The reader is gone.
    ReaderGone,
    /// The reader shall be started once more.
    TryAgain,
    /// What an entry would do was planned, so that it can be said where leave is asked.
    Foreseen(EntryId, Result<Box<ChangePlan>, Failure>),
    /// A writer was started for an entry, or not.
    WriterStarted(EntryId, Result<Writer, Failure>),
    /// The writer said something unasked.
    Heard(Event),
    /// An operation began, or did not.
    Begun(EntryId, Result<Begun, Failure>),
    /// Who is at work already, so that an entry could not be begun.
    AtWork(EntryId, Result<Vec<Job>, Failure>),
    /// An entry's job ended.
    Ended(EntryId, Result<Outcome, Failure>),
    /// The writer died at an entry; the active state now, if it is known.
    Stopped(EntryId, Option<u64>),
    /// What root saw still running from a system before the one of this number.
    OldPrograms(u64, Result<Box<RestartReport>, Failure>),
    /// The jobs there are.
    Jobs(Vec<Job>),
    /// The active state, as the answer to the question of this number.
    Active(u64, u64),
    /// How it is before an entry whose turn has come, if that could be asked.
    Found(EntryId, Option<Box<Known>>),
    /// How many packages are newer, if that is known.
    Newer(Option<usize>),
    /// Take the last change back.
    Undo,
    /// How it is now that an entry shall be taken back.
    FoundToUndo(EntryId, Result<Box<Known>, Failure>),
    /// Put the bar at the foot away.
    NoticePutAway,
    /// Go on with what a window before this one left.
    LeftOverContinue,
    /// Forget what a window before this one left.
    LeftOverForget,
    /// Another start of the store wants something of this one.
    Wanted(Wanted),
    /// An agent is registered, is not needed, or cannot be.
    AgentThere(Result<Option<Agent>, agent::Error>),
    /// The agent said something unasked.
    Agent(agent::Event),
    /// On the page that asks who agrees.
    Authenticate(authenticate::Message),
    /// The window has another size.
    Resized(Size),
    /// A file was dropped on the window.
    Dropped(PathBuf),
    /// Files were dropped on the window: their addresses, one a line.
    ListDropped(Vec<u8>),
    /// The window came to the front.
    Focused,
    /// The window's screen is this many times as dense.
    Rescaled(f32),
    /// Tab was pressed; with Shift it goes backward.
    Tab(bool),
    /// Escape was pressed where nothing else wanted it.
    Escape,
    /// The first frame is drawn.
    FirstFrame,
    /// Time to look where the controls are.
    Look,
    /// Where the controls are.
    Placed(Vec<Placed>),
    /// Something was done whose answer changes nothing here.
    Asked,
}

impl From<Looked> for Message {
    fn from(looked: Looked) -> Self {
        match looked {
            Looked::FirstFrame => Self::FirstFrame,
            Looked::Time => Self::Look,
        }
    }
}
