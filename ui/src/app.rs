//! The whole program as one table: which screen is open, what each screen wants, where that leads.

mod ask;
pub(crate) mod bar;
mod events;
mod machine;
mod view;

use iced::widget::operation::{RelativeOffset, snap_to};
use iced::{Subscription, Task};
use moult_api::{Failure, FailureCode, Offer};
use moult_i18n::Language;

use crate::backend::{Client, Event};
use crate::keyboard::Keyboard;
use crate::power::End;
use crate::screen::Step;
use crate::screen::account::{self, Account};
use crate::screen::disk::{self, Disk};
use crate::screen::done::{self, Done};
use crate::screen::failed::{self, Failed};
use crate::screen::network::{self, Network};
use crate::screen::progress::{self, Progress};
use crate::screen::summary::{self, Summary};
use crate::screen::welcome::{self, Welcome};
use crate::theme::Theme;
use crate::trace::{Looked, Trace};
use crate::widget::trace::Placed;
use crate::widget::{focus, frame, trace as places};

use bar::Bar;

/// A backend that ends again and again is not started for ever.
const MOST_STARTS: u8 = 3;

/// The program.
#[derive(Debug)]
pub struct App {
    language: Language,
    keyboard: Keyboard,
    bar: Bar,
    theme: Theme,
    trace: Trace,
    at: At,
    welcome: Welcome,
    network: Network,
    disk: Disk,
    account: Account,
    summary: Summary,
    system: String,
    timezone: String,
    backend: Backend,
    /// Starts since the backend last said anything.
    starts: u8,
    /// The disk that a plan was confirmed for, until its job ended.
    confirmed: Option<String>,
    /// There is nothing but this window on the computer.
    is_kiosk: bool,
}

/// Where the program is.
#[derive(Debug)]
enum At {
    /// A screen on which things are decided; nothing runs.
    Deciding(Step),
    Progress(Progress),
    Done(Done, Option<String>),
    Failed(Failed),
}

/// How it stands with the backend.
#[derive(Debug)]
enum Backend {
    Starting,
    Ready(Client),
    /// It stopped; another one is being started.
    Again,
    /// It will not be started again by itself.
    Gone,
}

/// What happens.
#[derive(Debug, Clone)]
pub enum Message {
    /// On the welcome screen.
    Welcome(welcome::Message),
    /// On the network screen.
    Network(network::Message),
    /// On the disk screen.
    Disk(disk::Message),
    /// On the account screen.
    Account(account::Message),
    /// On the summary.
    Summary(summary::Message),
    /// On the progress screen.
    Progress(progress::Message),
    /// On the last screen.
    Done(done::Message),
    /// On the screen of failures.
    Failed(failed::Message),
    /// The computer would not end, and why.
    Stays(String),
    /// In the bar.
    Bar(bar::Message),
    /// What the backend can install.
    Offered(Offer),
    /// A backend answered, or could not be started.
    Started(Result<Client, Failure>),
    /// The backend said something unasked.
    Heard(Event),
    /// The backend took the approved plan, or refused it.
    Committed(Result<String, Failure>),
    /// Tab was pressed; with Shift it goes backward.
    Tab(bool),
    /// Enter was pressed where nothing else wanted it.
    Enter,
    /// Escape was pressed where nothing else wanted it.
    Escape,
    /// The first frame is drawn.
    FirstFrame,
    /// Time to look where the controls are.
    Look,
    /// Where the controls are.
    Placed(Vec<Placed>),
    /// Something was asked of the backend whose answer changes nothing here.
    Asked,
    /// Everything is said; leave.
    Leave,
}

impl App {
    /// The program as it starts: the first screen, and a backend on its way. In a kiosk there is nothing but this window.
    pub fn new(language: Language, is_kiosk: bool, trace: Trace) -> (Self, Task<Message>) {
        let mut app = Self {
            is_kiosk,
            ..Self::idle(language, trace)
        };
        app.starts = 1;
        let task = Task::batch([app.open(Step::Welcome), start()]);

        (app, task)
    }

    /// The program without a backend: for tests that play its part.
    pub fn idle(language: Language, trace: Trace) -> Self {
        let keyboard = Keyboard::new();

        Self {
            language,
            bar: Bar::new(language, &keyboard),
            keyboard,
            theme: Theme::default(),
            trace,
            at: At::Deciding(Step::Welcome),
            welcome: Welcome::new(),
            network: Network::new(),
            disk: Disk::new(),
            account: Account::new(),
            summary: Summary::new(),
            system: String::new(),
            timezone: machine::timezone(),
            backend: Backend::Starting,
            starts: 0,
            confirmed: None,
            is_kiosk: false,
        }
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
        match message {
            Message::Welcome(message) => match self.welcome.update(message) {
                welcome::Action::None => Task::none(),
                welcome::Action::Speak(language) => self.speak(language),
                welcome::Action::OpenKeyboardMenu => bar::open_keyboard_menu(),
                welcome::Action::CheckMedium => self.check_medium(),
                welcome::Action::Continue => self.open(Step::Network),
            },
            Message::Network(message) => {
                let action = self.network.update(message);
                self.network_wants(action)
            }
            Message::Disk(message) => match self.disk.update(message) {
                disk::Action::None => Task::none(),
                disk::Action::Look => self.look_at_disks(),
                disk::Action::Continue => self.open(Step::Account),
                disk::Action::Back => self.open(Step::Network),
            },
            Message::Account(message) => match self.account.update(self.language, message) {
                account::Action::None => Task::none(),
                account::Action::OpenKeyboardMenu => bar::open_keyboard_menu(),
                account::Action::Focus(field) => focus::to(field),
                account::Action::Continue => self.open(Step::Summary),
                account::Action::Back => self.open(Step::Disk),
            },
            Message::Summary(message) => {
                let is_plan = matches!(message, summary::Message::Planned(Ok(_)));
                let action = self.summary.update(message);
                let task = self.summary_wants(action);

                if is_plan && self.is_at(Step::Summary) {
                    task.chain(focus::to(self.summary.first_stop()))
                } else {
                    task
                }
            }
            Message::Progress(message) => match &mut self.at {
                At::Progress(progress) => {
                    let action = progress.update(message);
                    self.progress_wants(action)
                }
                _ => Task::none(),
            },
            Message::Done(message) => match &mut self.at {
                At::Done(done, job) => {
                    let job = job.take();
                    match done.update(message) {
                        done::Action::None => Task::none(),
                        done::Action::Quit => self.dismiss(job).chain(Task::done(Message::Leave)),
                        done::Action::End(how) => self.dismiss(job).chain(end(how)),
                    }
                }
                _ => Task::none(),
            },
            Message::Stays(reason) => {
                match &mut self.at {
                    At::Done(done, _) => {
                        let _ = done.update(done::Message::Stays(reason));
                    }
                    At::Failed(failed) => {
                        let _ = failed.update(failed::Message::Stays(reason));
                    }
                    _ => {}
                }

                Task::none()
            }
            Message::Failed(message) => match &mut self.at {
                At::Failed(failed) => {
                    let action = failed.update(message);
                    self.failed_wants(action)
                }
                _ => Task::none(),
            },
            Message::Bar(message) => match self.bar.update(message, &self.keyboard) {
                bar::Action::None => Task::none(),
                bar::Action::Speak(language) => self.speak(language),
                bar::Action::Show(scheme) => {
                    self.theme = Theme::new(scheme);
                    Task::none()
                }
            },
            Message::Started(Ok(client)) => {
                tracing::info!("the backend is there");
                self.backend = Backend::Ready(client);
                // A plan that was asked of the one before is asked of this one.
                let plan = if self.is_at(Step::Summary) && self.confirmed.is_none() {
                    self.plan()
                } else {
                    Task::none()
                };

                Task::batch([self.ask_offer(), self.look_at_disks(), plan])
            }
            Message::Offered(offer) => {
                self.system.clone_from(&offer.system);
                let _ = self.welcome.update(welcome::Message::Carried(offer.medium));
                self.update(Message::Disk(disk::Message::Offered(offer)))
            }
            Message::Started(Err(failure)) => self.not_started(failure),
            Message::Heard(event) => self.heard(event),
            Message::Committed(Ok(_)) => {
                self.account.forget();
                self.network.forget();
                // Its first signal may have come before this, or be lost: ask.
                self.ask(
                    |client| async move { client.jobs_now().await },
                    |jobs| match jobs {
                        Ok(jobs) => Message::Heard(Event::Jobs(jobs)),
                        Err(_) => Message::Asked,
                    },
                )
            }
            // Its end is heard as an event; what became of the plan is found out then.
            Message::Committed(Err(failure)) if failure.code == FailureCode::BackendStopped => Task::none(),
            Message::Committed(Err(failure)) => {
                let subject = self.confirmed.take().unwrap_or_default();
                self.fail(failure, subject, None)
            }
            Message::Tab(backward) => {
                if backward {
                    focus::previous()
                } else {
                    focus::next()
                }
            }
            Message::Enter => self.press_continue(),
            Message::Escape => self.press_back(),
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
            Message::Leave => iced::exit(),
        }
    }

    fn network_wants(&mut self, action: network::Action) -> Task<Message> {
        let finished = |outcome| Message::Network(network::Message::Finished(outcome));

        match action {
            network::Action::None => Task::none(),
            network::Action::Join(request, key) => {
                self.ask(|client| async move { client.join(&request, &key).await }, finished)
            }
            network::Action::SetWired(request) => {
                self.ask(|client| async move { client.set_wired(&request).await }, finished)
            }
            network::Action::Scan => self.ask(|client| async move { client.scan().await }, |_| Message::Asked),
            network::Action::Focus(field) => focus::to(field),
            network::Action::OpenKeyboardMenu => bar::open_keyboard_menu(),
            network::Action::Continue => self.open(Step::Disk),
            network::Action::Back => self.open(Step::Welcome),
        }
    }

    fn summary_wants(&mut self, action: summary::Action) -> Task<Message> {
        match action {
            summary::Action::None => Task::none(),
            summary::Action::Plan => self.plan(),
            summary::Action::Commit { digest, subject } => {
                tracing::info!("the plan was confirmed");
                self.confirmed = Some(subject);
                let password = self.account.password().clone();

                self.ask(
                    |client| async move { client.commit(&digest, &password).await },
                    Message::Committed,
                )
            }
            summary::Action::Go(step) => self.open(step),
            summary::Action::Back => self.open(Step::Account),
        }
    }

    fn progress_wants(&mut self, action: progress::Action) -> Task<Message> {
        match action {
            progress::Action::None => Task::none(),
            progress::Action::Log(job, from) => self.ask(
                move |client| async move { client.log(&job, from).await },
                |lines| Message::Progress(progress::Message::Log(lines.unwrap_or_default())),
            ),
            progress::Action::Cancel(job) => {
                self.ask(|client| async move { client.cancel(&job).await }, |_| Message::Asked)
            }
            progress::Action::Ended(job) => self.ended(job),
        }
    }

    fn failed_wants(&mut self, action: failed::Action) -> Task<Message> {
        match action {
            failed::Action::None => Task::none(),
            failed::Action::Log(job) => self.ask(
                |client| async move { client.log(&job, 0).await },
                |lines| Message::Failed(failed::Message::Log(lines.unwrap_or_default())),
            ),
            failed::Action::StartOver => self.start_over(),
            failed::Action::Quit => Task::done(Message::Leave),
            failed::Action::End(how) => end(how),
        }
    }

    /// Opens a screen on which something is decided, with what it needs.
    fn open(&mut self, step: Step) -> Task<Message> {
        self.at = At::Deciding(step);
        self.trace.screen(self.screen_name());

        let prepared = match step {
            Step::Summary => {
                self.summary = Summary::new();
                self.plan()
            }
            Step::Network => self.ask(|client| async move { client.scan().await }, |_| Message::Asked),
            Step::Disk => self.look_at_disks(),
            _ => Task::none(),
        };
        let first = match step {
            Step::Welcome => "languages",
            Step::Disk => "disks",
            Step::Account => "account-full-name",
            Step::Summary => "back",
            _ => "continue",
        };

        Task::batch([prepared, turn_to(first)])
    }

    fn show(&mut self, at: At, first: &'static str) -> Task<Message> {
        self.at = at;
        self.trace.screen(self.screen_name());

        turn_to(first)
    }

    fn start_over(&mut self) -> Task<Message> {
        let job = match &self.at {
            At::Failed(failed) => failed.job().map(str::to_owned),
            _ => None,
        };
        let forgotten = self.dismiss(job);
        self.disk = Disk::new();
        self.account.forget();

        let again = match self.backend {
            Backend::Gone => {
                self.backend = Backend::Starting;
                self.starts = 1;
                start()
            }
            _ => Task::batch([self.ask_offer(), self.look_at_disks()]),
        };

        Task::batch([forgotten, again, self.open(Step::Welcome)])
    }

    /// Changes every word, and the keyboard unless it was chosen by hand.
    fn speak(&mut self, language: Language) -> Task<Message> {
        self.language = language;
        self.bar.speak(language, &self.keyboard);

        Task::none()
    }

    fn press_continue(&mut self) -> Task<Message> {
        match self.at {
            At::Deciding(Step::Welcome) => self.update(Message::Welcome(welcome::Message::Continue)),
            At::Deciding(Step::Network) => self.update(Message::Network(network::Message::Continue)),
            At::Deciding(Step::Disk) => self.update(Message::Disk(disk::Message::Continue)),
            At::Deciding(Step::Account) => self.update(Message::Account(account::Message::Continue)),
            // Nothing that writes or ends happens by a stray key.
            _ => Task::none(),
        }
    }

    fn press_back(&mut self) -> Task<Message> {
        match self.at {
            At::Deciding(Step::Network) => self.update(Message::Network(network::Message::Back)),
            At::Deciding(Step::Disk) => self.update(Message::Disk(disk::Message::Back)),
            At::Deciding(Step::Account) => self.update(Message::Account(account::Message::Back)),
            At::Deciding(Step::Summary) => self.update(Message::Summary(summary::Message::Back)),
            At::Progress(_) => self.update(Message::Progress(progress::Message::Keep)),
            _ => Task::none(),
        }
    }

    fn is_at(&self, step: Step) -> bool {
        matches!(self.at, At::Deciding(at) if at == step)
    }

    /// What the program listens to.
    pub fn subscription(&self) -> Subscription<Message> {
        let backend = match &self.backend {
            Backend::Ready(client) => Subscription::run_with(client.clone(), Client::events).map(Message::Heard),
            _ => Subscription::none(),
        };

        Subscription::batch([backend, machine::keys(), self.trace.looks().map(Message::from)])
    }
}

impl From<Looked> for Message {
    fn from(looked: Looked) -> Self {
        match looked {
            Looked::FirstFrame => Self::FirstFrame,
            Looked::Time => Self::Look,
        }
    }
}

fn end(how: End) -> Task<Message> {
    Task::perform(how.ask(), |answer| match answer {
        Ok(()) => Message::Asked,
        Err(error) => Message::Stays(error.to_string()),
    })
}

fn start() -> Task<Message> {
    Task::perform(Client::start(), Message::Started)
}

/// A new page is read from its top, with the focus where it is useful.
fn turn_to(first: &'static str) -> Task<Message> {
    snap_to(frame::CONTENT, RelativeOffset::START).chain(focus::to(first))
}

#[cfg(test)]
pub(crate) mod tests;
