//! The store as one table: which screen is open, what each one wants, where that leads.

mod asked;
mod back;
mod colours;
mod files;
mod frame;
mod left_over;
mod message;
mod pages;
mod reader;
mod sections;
mod start;
mod work;

use colours::Colours;
use iced::{Size, Subscription, Task, window};
use moult_api::{Failure, RestartReport};
use moult_i18n::Language;

use super::keeper::{Keeper, Kept};
use super::{EntryId, Extent, Instance, Leave, NotOpened, Opening, Operation, Queue, Reader, Writer, check};
use crate::agent::{Agent, Answer};
use crate::app::bar::Bar;
use crate::keyboard::Keyboard;
use crate::memory;
use crate::screen::store::Action;
use crate::screen::store::authenticate::{self, Authenticate};
use crate::screen::store::browse::Browse;
use crate::screen::store::explore::Explore;
use crate::screen::store::history::History;
use crate::screen::store::installed::Installed;
use crate::screen::store::item::AppPage;
use crate::screen::store::queue::Queue as QueuePage;
use crate::screen::store::review::Review;
use crate::screen::store::sources::Sources;
use crate::screen::store::updates::Updates;
use crate::theme::{Element, Theme};
use crate::trace::{Found, Trace};
use crate::widget::Direction;
use crate::widget::focus;
use crate::widget::trace as places;

pub use message::{Message, PageId, Section};
pub use start::Options;

/// The field that everything is found with.
const SEARCH: &str = "search";
/// A page above a page above a page: older ones are forgotten.
const DEEPEST: usize = 30;
/// A longer search is cut, in bytes.
const LONGEST_SEARCH: usize = 200;

/// The store.
#[derive(Debug)]
pub struct Program {
    language: Language,
    direction: Direction,
    keyboard: Keyboard,
    /// The menu of keyboard layouts, where no desktop has one.
    bar: Option<Bar>,
    theme: Theme,
    colours: Colours,
    trace: Trace,
    size: Size,
    reader: Reader,
    /// Why there is no reader.
    no_reader: Option<Failure>,
    writer: Option<Writer>,
    queue: Queue,
    /// Writes the queue down; made when there is something to write.
    keeper: Option<Keeper>,
    /// The queue as it was last given to the keeper, until something of it begins.
    kept: Option<Kept>,
    /// Operations of a window before this one, of which nobody knows what became.
    left_over: usize,
    section: Section,
    screens: Screens,
    /// Pages above the section, the one in sight last.
    above: Vec<(PageId, Above)>,
    last_page: u64,
    search: String,
    notice: Option<Notice>,
    /// How many packages are newer, as long as the screen of updates was not opened.
    newer: Option<usize>,
    /// The active state, as last heard; 0 = not known.
    active: u64,
    /// The number of the last question for it: answers to earlier ones do not count.
    active_question: u64,
    /// What root saw still running from a system before this one; None: root was not asked since it is active.
    restart: Option<RestartReport>,
    /// The system was changed since root was last asked for that.
    is_restart_due: bool,
    options: Options,
    /// Asks for passwords where no desktop does.
    agent: Option<Agent>,
    /// What leave is asked for.
    leave: Leave,
    /// What is asked of the person now, over everything else.
    asked: Option<Authenticate>,
}

/// The screens of the sections, each made when it is first opened.
#[derive(Debug, Default)]
struct Screens {
    explore: Option<Explore>,
    installed: Option<Installed>,
    updates: Option<Updates>,
    history: Option<History>,
    sources: Option<Sources>,
    queue: QueuePage,
}

/// A page above a section.
#[derive(Debug)]
enum Above {
    Browse(Box<Browse>),
    Item(Box<AppPage>),
    Review(Box<Review>),
}

/// What the last operation came to, for the bar at the foot.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Notice {
    /// Something is another one now; one press takes it back.
    Changed {
        entry: EntryId,
        operation: Box<Operation>,
        /// How much it was about, if that is known.
        extent: Option<Extent>,
        /// What takes it back.
        back: Box<Operation>,
    },
    /// What was dropped is not opened.
    NotOpened {
        /// Why not.
        why: NotOpened,
        /// What the bar said before, and says again afterwards.
        under: Option<Box<Notice>>,
    },
    /// This was not taken back: somebody else has changed things since.
    Overtaken(Box<Operation>),
    /// It failed.
    Failed(EntryId),
}

impl Program {
    /// The store as it starts: Explore, and a reader on its way.
    pub fn new(language: Language, options: Options, trace: Trace) -> (Self, Task<Message>) {
        let program = Self::idle(language, options, trace);
        let task = Task::batch([
            Task::perform(Reader::start(language), Message::ReaderStarted),
            Task::perform(Agent::register(language), Message::AgentThere),
            program.ask_for_colours(),
            focus::to(SEARCH),
            // The first page takes more on its way than it holds.
            Task::future(memory::give_back_soon()).discard(),
        ]);

        (program, task)
    }

    /// The store without a reader: for tests that play its part.
    pub fn idle(language: Language, options: Options, trace: Trace) -> Self {
        let keyboard = Keyboard::new();
        let mut program = Self {
            language,
            direction: Direction::of(language.code()),
            bar: options.kiosk.then(|| Bar::new(language, &keyboard)),
            keyboard,
            theme: Theme::default(),
            colours: Colours::default(),
            trace,
            size: options.size,
            reader: Reader::none(),
            no_reader: None,
            writer: None,
            queue: Queue::default(),
            keeper: None,
            kept: None,
            left_over: 0,
            section: Section::Explore,
            screens: Screens::default(),
            above: Vec::new(),
            last_page: 0,
            search: String::new(),
            notice: None,
            newer: None,
            active: 0,
            active_question: 0,
            restart: None,
            is_restart_due: false,
            options,
            agent: None,
            leave: Leave::default(),
            asked: None,
        };
        program.take_up_colours();
        program.take_up_left_over();
        program.trace.screen(program.screen_name());

        program
    }

    /// The window's title.
    pub fn title(&self) -> String {
        "Moult".to_owned()
    }

    /// Its colours.
    pub fn theme(&self) -> Theme {
        self.theme
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Task<Message> {
        let shown = self.shown();
        let task = self.handle(message);
        self.trace.screen(self.screen_name());

        if self.shown() == shown {
            task
        } else {
            Task::batch([task, Task::future(memory::give_back_soon()).discard()])
        }
    }

    /// What tells the page in sight from others.
    fn shown(&self) -> (Section, Option<PageId>) {
        (self.section, self.above.last().map(|(id, _)| *id))
    }

    fn handle(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::Explore(message) => match &mut self.screens.explore {
                Some(screen) => {
                    let action = screen.update(message);
                    if screen.is_loaded() {
                        self.trace.content();
                    }
                    self.wanted(action, Message::Explore)
                }
                None => Task::none(),
            },
            Message::Installed(message) => match &mut self.screens.installed {
                Some(screen) => {
                    let action = screen.update(message);
                    self.wanted(action, Message::Installed)
                }
                None => Task::none(),
            },
            Message::Updates(message) => match &mut self.screens.updates {
                Some(screen) => {
                    let action = screen.update(message);
                    self.wanted(action, Message::Updates)
                }
                None => Task::none(),
            },
            Message::History(message) => match &mut self.screens.history {
                Some(screen) => {
                    let action = screen.update(message);
                    self.wanted(action, Message::History)
                }
                None => Task::none(),
            },
            Message::Sources(message) => match &mut self.screens.sources {
                Some(screen) => {
                    let action = screen.update(message);
                    self.wanted(action, Message::Sources)
                }
                None => Task::none(),
            },
            Message::Queue(message) => {
                let action = self.screens.queue.update(message);
                self.wanted(action, Message::Queue)
            }
            Message::Browse(page, message) => match self.page(page) {
                Some(Above::Browse(screen)) => {
                    let action = screen.update(message);
                    if let Some((question, letters, items)) = screen.answered() {
                        let page = page.0;
                        self.trace.found(Found {
                            page,
                            question,
                            letters,
                            items,
                        });
                    }
                    self.wanted(action, move |message| Message::Browse(page, message))
                }
                _ => Task::none(),
            },
            Message::Item(page, message) => match self.page(page) {
                Some(Above::Item(screen)) => {
                    let action = screen.update(message);
                    self.wanted(action, move |message| Message::Item(page, message))
                }
                _ => Task::none(),
            },
            Message::Review(page, message) => match self.page(page) {
                Some(Above::Review(screen)) => {
                    let answer = screen.update(message);
                    self.reviewed(page, answer)
                }
                _ => Task::none(),
            },
            Message::Bar(message) => {
                if let Some(bar) = &mut self.bar {
                    let _ = bar.update(message, &self.keyboard);
                }
                Task::none()
            }
            Message::Go(section) => self.go(section),
            Message::Back => self.back(),
            Message::Search(term) => self.look_for(term),
            Message::SearchEntered => {
                let first = match self.above.last() {
                    Some((_, Above::Browse(browse))) => browse.first().map(str::to_owned),
                    _ => None,
                };
                first.map_or_else(Task::none, |id| self.open_item(id))
            }
            Message::FocusSearch => focus::to(SEARCH),
            Message::Appearance(scheme) => self.choose_colours(scheme),
            Message::OfDesktop(scheme) => self.of_desktop(scheme),
            Message::ColoursKept(scheme) => self.colours_kept(scheme),
            Message::ReaderStarted(result) => self.reader_started(result),
            Message::ReaderGone => self.reader_gone(),
            Message::TryAgain => {
                self.no_reader = None;
                Task::perform(Reader::start(self.language), Message::ReaderStarted)
            }
            Message::Foreseen(entry, result) => self.foreseen(entry, result),
            Message::WriterStarted(entry, result) => self.writer_started(entry, result),
            Message::Heard(event) => self.heard(event),
            Message::Begun(entry, result) => self.begun(entry, result),
            Message::AtWork(entry, jobs) => self.at_work(entry, jobs),
            Message::Ended(entry, result) => self.ended(entry, result),
            Message::Stopped(entry, now) => self.stopped(entry, now),
            Message::OldPrograms(state, report) => self.old_programs(state, report),
            Message::Jobs(jobs) => Task::batch(jobs.iter().map(|job| self.job(job)).collect::<Vec<_>>()),
            Message::Active(question, state) => self.active_answered(question, state),
            Message::Newer(packages) => {
                self.newer = packages;
                Task::none()
            }
            Message::Found(entry, known) => self.found(entry, known),
            Message::Undo => self.undo(),
            Message::FoundToUndo(entry, known) => self.found_to_undo(entry, known),
            Message::NoticePutAway => {
                self.notice = match self.notice.take() {
                    Some(Notice::NotOpened { under, .. }) => under.map(|notice| *notice),
                    _ => None,
                };
                Task::none()
            }
            Message::LeftOverContinue => {
                self.left_over = 0;
                self.queue.pause(false);
                self.go_on()
            }
            Message::LeftOverForget => self.forget_left_over(),
            Message::Wanted(wanted) => {
                let told = || check::is_waited_for().then_some(Opening::Updates);
                let seen = window::latest().and_then(window::gain_focus);
                let opening = wanted.opening.or_else(told);
                let opened = opening.map_or_else(Task::none, |opening| self.open(opening));

                Task::batch([seen, opened])
            }
            Message::AgentThere(Ok(agent)) => {
                self.agent = agent;
                Task::none()
            }
            Message::AgentThere(Err(error)) => {
                tracing::warn!(%error, "there is no agent of our own");
                Task::none()
            }
            Message::Agent(event) => self.agent_said(event),
            Message::Authenticate(message) => match &mut self.asked {
                Some(asked) => {
                    let action = asked.update(message);
                    self.authenticate_wants(action)
                }
                None => Task::none(),
            },
            Message::Resized(size) => {
                self.size = size;
                self.reader.pictures().set_size(size);
                Task::none()
            }
            Message::Dropped(path) => self.file_dropped(&path),
            Message::ListDropped(list) => self.list_dropped(&list),
            // Somebody may have changed the system meanwhile.
            Message::Focused => self.ask_active(),
            Message::Rescaled(factor) => {
                self.reader.pictures().set_scale(factor);
                Task::none()
            }
            Message::Tab(true) => focus::previous(),
            Message::Tab(false) => focus::next(),
            Message::Escape if self.asked.is_some() => {
                self.handle(Message::Authenticate(authenticate::Message::Cancel))
            }
            Message::Escape => self.back(),
            Message::FirstFrame => {
                self.trace.first_frame();
                Task::none()
            }
            Message::Look => places::collect().map(Message::Placed),
            Message::Placed(placed) => {
                let _ = self.trace.layout(placed);
                Task::none()
            }
            Message::Asked => Task::none(),
        }
    }

    /// What a screen wants is what the program does.
    fn wanted<T: Send + 'static>(
        &mut self,
        action: Action<T>,
        back: impl Fn(T) -> Message + Send + 'static,
    ) -> Task<Message> {
        match action {
            Action::None => Task::none(),
            Action::Run(task) => task.map(back),
            Action::Open(id) => self.open_item(id),
            Action::Browse(filter) => self.browse(filter),
            Action::Do(operation) => self.enqueue(operation),
            Action::Review(operation) => self.review(operation),
            Action::Back => self.back(),
            Action::Cancel(entry) => self.cancel(entry),
            Action::Pause(is_paused) => self.pause(is_paused),
            Action::Dismiss(entry) => {
                self.queue.remove(entry);
                Task::none()
            }
            Action::Again(entry) => self.again(entry),
            Action::Decide(entry) => self.decide(entry),
            Action::FreeSpace(states) => {
                let task = self.go(Section::History);
                if let Some(history) = &mut self.screens.history {
                    history.free_space(states);
                }
                task
            }
        }
    }

    /// The window.
    pub fn view(&self) -> Element<'_, Message> {
        self.framed()
    }

    /// What the program listens to.
    pub fn subscription(&self) -> Subscription<Message> {
        let writer = match &self.writer {
            Some(writer) => Subscription::run_with(writer.clone(), Writer::events).map(Message::Heard),
            None => Subscription::none(),
        };

        let agent = match &self.agent {
            Some(agent) => Subscription::run_with(agent.clone(), Agent::events).map(Message::Agent),
            None => Subscription::none(),
        };
        let instance = match &self.options.instance {
            Some(instance) => Subscription::run_with(instance.clone(), Instance::wanted).map(Message::Wanted),
            None => Subscription::none(),
        };

        Subscription::batch([
            writer,
            agent,
            instance,
            start::keys(),
            start::window(),
            self.trace.looks().map(Message::from),
        ])
    }

    fn direction(&self) -> Direction {
        self.direction
    }
}

#[cfg(test)]
pub(crate) mod scenes;
#[cfg(test)]
mod tests;
