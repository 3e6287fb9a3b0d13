//! Summary: what will happen, in bars, sentences and decisions. The button on this page is the only one that writes.

use std::time::Duration;

use iced::widget::column;
use moult_api::{Failure, Proposal, SegmentKind};
use moult_i18n::{Language, explain, fl};

use super::{Look, Page, Step, beside, disk};
use crate::format;
use crate::theme::{self, space as gap};
use crate::widget::progress::hairline;
use crate::widget::{Kind, banner, button, segments, words};

/// How long the button is held when something is lost.
const HOLD: Duration = Duration::from_secs(1);

/// The plan, once it is there.
#[derive(Debug, Default)]
pub struct Summary {
    plan: Option<Result<Box<Proposal>, Failure>>,
    is_confirmed: bool,
}

/// What was decided, in words of the person's language, for the list of decisions.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    /// The system's name.
    pub system: String,
    /// Language by its name.
    pub language: String,
    /// Keyboard layout by its name.
    pub keyboard: String,
    /// How far the network reaches.
    pub network: String,
    /// File system by its name.
    pub filesystem: String,
    /// Full name; may be empty.
    pub full_name: String,
    /// Login name.
    pub user_name: String,
    /// Host name.
    pub hostname: String,
    /// Time zone.
    pub timezone: String,
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// The plan, or why there is none.
    Planned(Result<Box<Proposal>, Failure>),
    /// Another look at a decision.
    Change(Step),
    /// Plan again.
    TryAgain,
    /// Do it.
    Confirm,
    /// Back.
    Back,
}

/// What the program shall do.
#[derive(Debug)]
pub enum Action {
    /// Nothing.
    None,
    /// Ask for a plan.
    Plan,
    /// Carry out the plan with this digest, on the disk of this name.
    Commit { digest: String, subject: String },
    /// Go to a screen.
    Go(Step),
    /// Go back.
    Back,
}

impl Summary {
    /// A plan is on its way.
    pub fn new() -> Self {
        Self::default()
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action {
        // Once it is confirmed there is no way back on this page.
        if self.is_confirmed {
            return Action::None;
        }

        match message {
            Message::Planned(plan) => self.plan = Some(plan),
            Message::Change(step) => return Action::Go(step),
            Message::TryAgain => {
                self.plan = None;
                return Action::Plan;
            }
            Message::Confirm => {
                if let Some(Ok(plan)) = &self.plan {
                    self.is_confirmed = true;
                    return Action::Commit {
                        digest: plan.digest.clone(),
                        subject: plan.disk.model.clone(),
                    };
                }
            }
            Message::Back => return Action::Back,
        }

        Action::None
    }

    /// Bars, sentences, decisions.
    pub fn view<'a>(&'a self, look: Look<'a>, decisions: &Decisions) -> Page<'a, Message> {
        let language = look.language;
        let title = fl!(language, "summary-title");
        let lead = fl!(language, "disk-lead");

        match &self.plan {
            None => Page::new(
                title,
                lead,
                [words::body(fl!(language, "summary-preparing"))
                    .style(theme::quiet)
                    .into()],
            )
            .back(language, Message::Back),
            Some(Err(failure)) => {
                let text = explain(language, failure, "");
                let again = button::primary(fl!(language, "try-again"))
                    .id("try-again")
                    .on_press(Message::TryAgain);

                Page::new(
                    fl!(language, "summary-failed"),
                    text.state,
                    [banner::danger(text.what), words::body(text.todo).into()],
                )
                .back(language, Message::Back)
                .button(again)
            }
            Some(Ok(plan)) => Page::new(
                title,
                lead,
                [
                    bars(language, plan),
                    sentences(language, plan, &decisions.system),
                    list(language, decisions, plan),
                ],
            )
            .back(language, Message::Back)
            .button(self.confirm(language, plan)),
        }
    }

    /// Whether a computer can be started from what the plan makes; None without a plan.
    pub fn boots(&self) -> Option<bool> {
        match &self.plan {
            Some(Ok(plan)) => Some(plan.boots),
            _ => None,
        }
    }

    /// Where the focus is useful: on the deed if it must be held, else where nothing can go wrong.
    pub fn first_stop(&self) -> &'static str {
        match &self.plan {
            Some(Ok(plan)) if loses(plan) => "confirm",
            _ => "back",
        }
    }

    fn confirm<'a>(&self, language: Language, plan: &Proposal) -> crate::theme::Element<'a, Message> {
        let disk = plan.disk.model.clone();
        let message = (!self.is_confirmed).then_some(Message::Confirm);

        if loses(plan) {
            button::hold(fl!(language, "summary-confirm-erase", disk = disk), HOLD)
                .id("confirm")
                .on_press_maybe(message)
                .into()
        } else {
            button::primary(fl!(language, "summary-confirm", disk = disk))
                .id("confirm")
                .on_press_maybe(message)
                .into()
        }
    }
}

/// Whether anything on the disk will be lost; an unknown partition may hold anything.
fn loses(plan: &Proposal) -> bool {
    plan.lost > 0
        || plan
            .disk
            .segments
            .iter()
            .any(|segment| segment.kind != SegmentKind::Free)
}

fn bars<'a>(language: Language, plan: &Proposal) -> crate::theme::Element<'a, Message> {
    let bar = |title: String, parts: Vec<_>| {
        column![
            words::strong(title),
            segments(parts.clone()).scale(plan.disk.size),
            crate::widget::segments::legend(&parts)
        ]
        .spacing(gap::XXS)
    };
    let model = &plan.disk.model;

    column![
        bar(
            fl!(language, "summary-before", disk = model.clone()),
            disk::parts(language, &plan.disk.segments, Kind::Lost)
        ),
        bar(
            fl!(language, "summary-after", disk = model.clone()),
            disk::parts(language, &plan.after, Kind::New)
        ),
    ]
    .spacing(gap::M)
    .into()
}

fn sentences<'a>(language: Language, plan: &Proposal, system: &str) -> crate::theme::Element<'a, Message> {
    let disk = plan.disk.model.clone();
    let new = plan
        .after
        .iter()
        .filter(|part| part.kind != SegmentKind::Free)
        .map(|part| part.size)
        .sum::<u64>();
    let steps = plan.steps.iter().filter(|step| step.size > 0).count();
    let mut text = column![].spacing(gap::S);

    text = if loses(plan) {
        // Nobody knows what is in use on it: then it is all that is there.
        let there = plan
            .disk
            .segments
            .iter()
            .filter(|part| part.kind != SegmentKind::Free)
            .map(|part| part.size)
            .sum::<u64>();
        let lost = format::bytes(language, if plan.lost > 0 { plan.lost } else { there });
        text.push(banner::danger(fl!(
            language,
            "summary-lost",
            disk = disk.clone(),
            size = lost
        )))
        .push(words::body(fl!(language, "summary-hold")))
    } else {
        text.push(banner::good(fl!(language, "summary-lost-nothing", disk = disk.clone())))
    };
    if !plan.boots {
        text = text.push(banner::warn(fl!(language, "no-boot-loader")));
    }
    text = text.push(words::body(fl!(
        language,
        "summary-new",
        system = system.to_owned(),
        size = format::bytes(language, new),
        disk = disk
    )));
    text = text.push(words::body(fl!(
        language,
        "summary-packages",
        count = plan.packages,
        shown = format::count(language, plan.packages),
        size = format::bytes(language, plan.download)
    )));
    text = text.push(words::body(fl!(
        language,
        "summary-steps",
        count = steps,
        shown = format::count(language, steps as u64)
    )));
    if let Some(first) = plan
        .steps
        .iter()
        .filter(|step| step.size > 0)
        .position(|step| step.irreversible)
    {
        let first = first + 1;
        text = text.push(words::body(fl!(language, "summary-turn-back", step = first)));
    }

    text.push(words::body(fl!(language, "summary-others"))).into()
}

fn list<'a>(language: Language, decisions: &Decisions, plan: &Proposal) -> crate::theme::Element<'a, Message> {
    let account = match decisions.full_name.as_str() {
        "" => decisions.user_name.clone(),
        full => {
            fl!(
                language,
                "summary-account-named",
                full = full.to_owned(),
                user = decisions.user_name.clone()
            )
        }
    };
    let disk = format!("{} · {}", plan.disk.model, format::disk_facts(language, &plan.disk));
    let rows = [
        (
            "language",
            fl!(language, "summary-language"),
            decisions.language.clone(),
            Some(Step::Welcome),
        ),
        (
            "keyboard",
            fl!(language, "summary-keyboard"),
            decisions.keyboard.clone(),
            Some(Step::Welcome),
        ),
        (
            "network",
            fl!(language, "summary-network"),
            decisions.network.clone(),
            Some(Step::Network),
        ),
        ("disk", fl!(language, "summary-disk"), disk, Some(Step::Disk)),
        (
            "filesystem",
            fl!(language, "summary-filesystem"),
            decisions.filesystem.clone(),
            Some(Step::Disk),
        ),
        (
            "account",
            fl!(language, "summary-account"),
            account,
            Some(Step::Account),
        ),
        (
            "hostname",
            fl!(language, "summary-hostname"),
            decisions.hostname.clone(),
            Some(Step::Account),
        ),
        (
            "timezone",
            fl!(language, "summary-timezone"),
            decisions.timezone.clone(),
            None,
        ),
    ];
    let mut list = column![].spacing(gap::XXS);

    for (id, name, value, step) in rows {
        let about = iced::widget::row![
            iced::widget::container(words::body(name).style(theme::quiet)).width(170),
            iced::widget::container(words::body(value)).width(iced::Fill)
        ]
        .spacing(gap::S)
        .width(iced::Fill);
        let change: crate::theme::Element<'a, Message> = match step {
            Some(step) => button::quiet(fl!(language, "change"))
                .id(format!("change-{id}"))
                .on_press(Message::Change(step))
                .into(),
            None => iced::widget::space::vertical().height(theme::size::TARGET).into(),
        };

        list = list.push(hairline()).push(beside(about, change));
    }

    list.into()
}
