//! Authenticate: somebody has to agree to what will be done, and proves who they are. Shown where no desktop asks for that.
//!
//! A page of its own over whatever was there. It is as good as its words: what is asked, by which action, what will be
//! done; who agrees, if several may; the password, with the keyboard layout and Caps Lock beside it.

use iced::widget::{column, container, scrollable};
use iced::{Center, Fill, Task};
use moult_i18n::fl;
use secrecy::{ExposeSecret, SecretString};

use super::Look;
use crate::agent::{Answer, Conversation, Request, RequestId, Said, Verdict, is_answer};
use crate::backend::BACKEND;
use crate::store::Leave;
use crate::theme::{self, Element, FONT_MONO, size, space as gap};
use crate::widget::{Choice, Note, banner, button, choices, disclosure, focus, secret_field, text_field, words};

/// As often as polkit's own agents let somebody try.
const MOST_TRIES: u8 = 3;
const FIELD: &str = "authenticate-password";

/// One request, and how far the person is with it.
#[derive(Debug)]
pub struct Authenticate {
    request: Request,
    /// What will be done; None: somebody else's request.
    leave: Option<Leave>,
    /// Which of the request's people.
    person: usize,
    conversation: Option<Conversation>,
    /// What an earlier conversation still says is not about this one.
    number: u64,
    question: Option<Question>,
    answer: SecretString,
    stage: Stage,
    /// What PAM says that is no question, newest last.
    told: Vec<String>,
    wrong: Option<Wrong>,
    tries: u8,
    details: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Question {
    text: String,
    echo: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The person may type.
    Asking,
    /// The person wants to go on, and nothing was asked yet.
    Waiting,
    /// What was typed is looked at.
    Checking,
    /// It could not be asked; going on asks again.
    Broken,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Wrong {
    Empty,
    TooLong,
    Refused,
    Broken(String),
}

/// What happens on this page.
#[derive(Debug, Clone)]
pub enum Message {
    /// Another of the people agrees, by the place in the list.
    Person(usize),
    /// The answer was typed.
    Typed(SecretString),
    /// What was said in a conversation, by its number.
    Said(u64, Said),
    /// The sign of the keyboard layout was pressed.
    LayoutPressed,
    /// Details were opened or closed.
    DetailsPressed,
    /// On.
    Continue,
    /// No. (The program sends it for Escape, too.)
    Cancel,
}

/// What the program shall do.
#[derive(Debug)]
pub enum Action {
    /// Nothing.
    None,
    /// Do this and send what comes of it back.
    Run(Task<Message>),
    /// Open the menu of keyboard layouts.
    OpenKeyboardMenu,
    /// The request is answered: this page goes.
    Close(Answer),
}

impl Authenticate {
    /// Begins to ask. `leave` says what will be done; None for a request that is not the window's own.
    pub fn new(request: Request, leave: Option<Leave>) -> (Self, Task<Message>) {
        let mut page = Self {
            request,
            leave,
            person: 0,
            conversation: None,
            number: 0,
            question: None,
            answer: SecretString::default(),
            stage: Stage::Asking,
            told: Vec::new(),
            wrong: None,
            tries: 0,
            details: false,
        };
        let begun = page.begin();

        (page, begun)
    }

    /// Which request this is: it goes when that one is withdrawn.
    #[must_use]
    pub fn request(&self) -> RequestId {
        self.request.id
    }

    /// Where the focus belongs when the page is opened.
    #[must_use]
    pub fn first_stop(&self) -> &'static str {
        FIELD
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Person(at) if at != self.person && at < self.request.people.len() => {
                self.person = at;
                self.wrong = None;
                self.answer = SecretString::default();
                Action::Run(self.begin().chain(focus::to(FIELD)))
            }
            Message::Person(_) => Action::None,
            Message::Typed(answer) => {
                if matches!(self.stage, Stage::Asking | Stage::Broken) {
                    self.answer = answer;
                    self.wrong = None;
                }
                Action::None
            }
            Message::Said(number, said) if number == self.number => self.heard(said),
            Message::Said(..) => Action::None,
            Message::LayoutPressed => Action::OpenKeyboardMenu,
            Message::DetailsPressed => {
                self.details = !self.details;
                Action::None
            }
            Message::Continue => self.go_on(),
            Message::Cancel => self.close(Answer::Dismissed),
        }
    }

    fn begin(&mut self) -> Task<Message> {
        self.end_conversation();
        self.number += 1;
        self.question = None;
        self.told.clear();
        self.stage = Stage::Asking;
        let Some(person) = self.request.people.get(self.person) else {
            return Task::none();
        };

        let number = self.number;
        let (conversation, said) = self.request.begin(person);
        self.conversation = Some(conversation);

        Task::run(said, move |said| Message::Said(number, said))
    }

    fn go_on(&mut self) -> Action {
        match self.stage {
            Stage::Waiting | Stage::Checking => Action::None,
            Stage::Broken => {
                self.wrong = None;
                Action::Run(self.begin().chain(focus::to(FIELD)))
            }
            Stage::Asking => {
                self.wrong = match self.answer.expose_secret() {
                    // A module that shows its question may take an empty answer.
                    "" if self.question.as_ref().is_none_or(|question| !question.echo) => Some(Wrong::Empty),
                    _ if !is_answer(&self.answer) => Some(Wrong::TooLong),
                    _ => None,
                };
                if self.wrong.is_some() {
                    return Action::Run(focus::to(FIELD));
                }
                if self.question.is_some() {
                    self.send();
                } else {
                    self.stage = Stage::Waiting;
                }
                Action::None
            }
        }
    }

    fn send(&mut self) {
        let answer = std::mem::take(&mut self.answer);
        if let Some(conversation) = &self.conversation {
            conversation.answer(answer);
        }
        self.question = None;
        self.stage = Stage::Checking;
    }

    fn heard(&mut self, said: Said) -> Action {
        match said {
            Said::Question { text, echo } => {
                let again = self.stage == Stage::Checking;
                self.question = Some(Question { text, echo });
                if self.stage == Stage::Waiting {
                    self.send();
                    return Action::None;
                }
                self.stage = Stage::Asking;
                if again {
                    return Action::Run(focus::to(FIELD));
                }
                Action::None
            }
            Said::Told(text) | Said::Wrong(text) => {
                if !text.is_empty() && !self.told.contains(&text) {
                    self.told.push(text);
                }
                Action::None
            }
            Said::Ended(Verdict::Granted) => self.close(Answer::Given),
            Said::Ended(Verdict::Refused) => {
                self.tries += 1;
                if self.tries >= MOST_TRIES {
                    return self.close(Answer::Refused);
                }
                let told = std::mem::take(&mut self.told);
                self.wrong = Some(Wrong::Refused);
                let begun = self.begin();
                // What PAM said of it ("the account is locked") stays in sight.
                self.told = told;
                Action::Run(begun.chain(focus::to(FIELD)))
            }
            Said::Ended(Verdict::Broken(reason)) => {
                self.stage = Stage::Broken;
                self.question = None;
                self.wrong = Some(Wrong::Broken(reason));
                Action::None
            }
        }
    }

    fn close(&mut self, answer: Answer) -> Action {
        self.end_conversation();
        self.answer = SecretString::default();
        self.request.answer(answer);

        Action::Close(answer)
    }

    fn end_conversation(&mut self) {
        if let Some(conversation) = self.conversation.take() {
            conversation.cancel();
        }
    }

    /// The page. `layout` is the keyboard layout in use: its short name ("FR") and its whole name ("French (AZERTY)").
    pub fn view<'a>(&'a self, look: Look<'a>, layout: (&'a str, &'a str)) -> Element<'a, Message> {
        let language = look.language;
        let mut page = column![
            column![
                words::heading(fl!(language, "store-authenticate-title")),
                words::body(parts(&self.request, self.leave.is_some()).0).style(theme::quiet),
            ]
            .spacing(gap::XS)
            .align_x(look.direction.start())
            .width(Fill)
        ]
        .spacing(gap::L)
        .width(Fill);

        page = match &self.leave {
            None => page.push(banner::warn(fl!(language, "store-authenticate-other"))),
            Some(leave) => {
                let what = column![
                    words::small(fl!(language, "store-authenticate-what")).style(theme::quiet),
                    words::section(leave.summary.as_str())
                ];
                page.push(what.spacing(gap::XXS).align_x(look.direction.start()).width(Fill))
            }
        };
        if let Some(Wrong::Broken(reason)) = &self.wrong {
            page = page.push(banner::danger(fl!(
                language,
                "store-authenticate-broken",
                reason = reason.as_str()
            )));
        }

        let mut answer = column![].spacing(gap::M).width(Fill);
        answer = answer.push(self.people(look));
        answer = answer.push(self.field(look, layout));
        if !self.told.is_empty() {
            let told = self.told.iter().map(|text| words::small(text.as_str()).into());
            answer = answer.push(
                column(told)
                    .spacing(gap::XXS)
                    .align_x(look.direction.start())
                    .width(Fill),
            );
        }

        let buttons = look
            .direction
            .row([
                button::secondary(fl!(language, "store-authenticate-cancel"))
                    .id("authenticate-cancel")
                    .on_press(Message::Cancel)
                    .into(),
                self.primary(look),
            ])
            .spacing(gap::S);
        page = page
            .push(answer)
            .push(container(buttons).align_x(look.direction.end()).width(Fill))
            .push(self.about(look));

        let page = container(page).max_width(size::COLUMN).padding(gap::L);
        scrollable(container(page).width(Fill).align_x(Center))
            .width(look.width)
            .height(look.height)
            .into()
    }

    fn primary<'a>(&self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let label = match self.stage {
            Stage::Asking | Stage::Waiting => fl!(language, "store-authenticate-continue"),
            Stage::Checking => fl!(language, "store-authenticate-checking"),
            Stage::Broken => fl!(language, "store-authenticate-again"),
        };
        let is_free = matches!(self.stage, Stage::Asking | Stage::Broken);

        button::primary(label)
            .id("authenticate-continue")
            .on_press_maybe(is_free.then_some(Message::Continue))
            .into()
    }

    /// Who agrees: a choice if there is one.
    fn people<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let [person] = &self.request.people[..] else {
            let rows = self.request.people.iter().enumerate().map(|(at, person)| {
                let row = Choice::new(format!("authenticate-person-{at}"), person.called());
                if person.full_name.is_empty() {
                    row
                } else {
                    row.details(person.name.as_str())
                }
            });
            let people = choices(
                "authenticate-people",
                rows,
                Some(self.person),
                look.direction,
                Message::Person,
            );

            return column![words::strong(fl!(language, "store-authenticate-who")), people]
                .spacing(gap::XXS)
                .align_x(look.direction.start())
                .width(Fill)
                .into();
        };

        let who = if person.full_name.is_empty() {
            fl!(language, "store-authenticate-user", user = person.name.as_str())
        } else {
            fl!(
                language,
                "store-authenticate-person",
                name = person.full_name.as_str(),
                user = person.name.as_str()
            )
        };
        container(words::body(who))
            .align_x(look.direction.start())
            .width(Fill)
            .into()
    }

    fn field<'a>(&'a self, look: Look<'a>, (short, name): (&'a str, &'a str)) -> Element<'a, Message> {
        let language = look.language;
        let label = match &self.question {
            Some(question) if !is_password(&question.text) => question.text.clone(),
            _ => fl!(language, "store-authenticate-password"),
        };
        let left = MOST_TRIES.saturating_sub(self.tries);
        let note = match &self.wrong {
            Some(Wrong::Empty) => Note::Error(fl!(language, "store-authenticate-empty")),
            Some(Wrong::TooLong) => Note::Error(fl!(language, "store-authenticate-too-long")),
            Some(Wrong::Refused) => Note::Error(fl!(language, "store-authenticate-refused", left = left)),
            Some(Wrong::Broken(_)) | None => match self.stage {
                Stage::Checking => Note::Hint(fl!(language, "store-authenticate-checking")),
                _ if look.keyboard.caps_lock() => Note::Error(fl!(language, "store-authenticate-caps")),
                // A desktop has a menu of its own.
                _ if name.is_empty() => Note::None,
                _ => Note::Hint(fl!(language, "account-layout", layout = name)),
            },
        };

        let field = match &self.question {
            Some(Question { echo: true, .. }) => text_field(FIELD, label, self.answer.expose_secret()),
            _ => secret_field(FIELD, label, &self.answer),
        };
        let field = if short.is_empty() {
            field
        } else {
            field.layout(short, Message::LayoutPressed)
        };
        field
            .on_secret(Message::Typed)
            .on_submit(Message::Continue)
            .direction(look.direction)
            .caps(look.keyboard)
            .note(note)
            .into()
    }

    /// Which action it is, and which program wants it.
    fn about<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let title = if self.details {
            fl!(language, "details-hide")
        } else {
            fl!(language, "details-show")
        };

        disclosure(
            "authenticate-details",
            title,
            self.details,
            look.direction,
            Message::DetailsPressed,
            || {
                let line = |label: String, value: &'a str| -> Element<'a, Message> {
                    column![
                        words::small(label).style(theme::quiet),
                        words::small(value).font(FONT_MONO)
                    ]
                    .width(Fill)
                    .into()
                };
                let (_, command) = parts(&self.request, self.leave.is_some());
                let process = self.request.details.get("polkit.subject-pid");
                let packages = self.leave.as_ref().filter(|leave| !leave.packages.is_empty());
                let mut about = column![].spacing(gap::XS);
                about = about.push(packages.map(|leave| plan(leave, look)));
                about = about.push(line(fl!(language, "store-authenticate-action"), &self.request.action));
                about = about.push(command.map(|it| line(fl!(language, "store-authenticate-command"), it)));
                about = about.push(process.map(|it| line(fl!(language, "store-authenticate-process"), it)));
                about.into()
            },
        )
    }
}

impl Drop for Authenticate {
    fn drop(&mut self) {
        self.end_conversation();
    }
}

/// Which packages change, and how.
fn plan<'a>(leave: &'a Leave, look: Look<'a>) -> Element<'a, Message> {
    let language = look.language;
    let mut plan = column![words::small(fl!(language, "store-authenticate-plan")).style(theme::quiet)]
        .align_x(look.direction.start())
        .width(Fill);
    for package in &leave.packages {
        plan = plan.push(words::small(package.as_str()));
    }
    if leave.unlisted > 0 {
        let more = fl!(language, "store-review-more", count = leave.unlisted);
        plan = plan.push(words::small(more).style(theme::quiet));
    }

    plan.into()
}

/// What polkit says, and the command, which is for the details. (polkit tells an agent the command in the message alone.)
fn parts(request: &Request, is_own: bool) -> (&str, Option<&str>) {
    let known = request.details.get("command_line").or(request.details.get("program"));
    let known = known.map(String::as_str);
    let begin = known
        .or(is_own.then_some(BACKEND))
        .and_then(|begin| request.message.find(begin));
    let Some((said, command)) = begin.map(|at| request.message.split_at(at)) else {
        return (&request.message, known);
    };

    match said.trim_end_matches([' ', '\u{a0}', ':']) {
        "" => (&request.message, known),
        said => (said, known.or(Some(command))),
    }
}

/// PAM's own question, which is always English: ours is in the person's language.
fn is_password(question: &str) -> bool {
    matches!(
        question.trim_end_matches([':', ' ']).to_ascii_lowercase().as_str(),
        "" | "password"
    )
}

#[cfg(test)]
pub(super) mod tests;
