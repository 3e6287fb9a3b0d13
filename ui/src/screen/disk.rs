//! Disk: where the system goes. Every disk is shown; those that cannot be chosen say why.

use iced::widget::column;
use moult_api::{Disk as Card, Failure, FailureCode, Filesystem, Offer, Refusal, SegmentKind};
use moult_i18n::{Language, explain, fl, refusal_reason};

use super::{Look, Page, beside, section};
use crate::format;
use crate::theme::{self, space as gap};
use crate::widget::{Choice, Direction, Kind, Segment, banner, button, choices, segments, words};

/// The disks as they were last seen, and what was chosen.
#[derive(Debug, Default)]
pub struct Disk {
    /// `None` while they are looked at.
    disks: Option<Result<Vec<Card>, Failure>>,
    chosen: Option<String>,
    offered: Vec<Filesystem>,
    filesystem: Option<Filesystem>,
    minimum: u64,
    /// Why nothing can be installed on this machine, whichever disk is chosen.
    refusal: Option<Failure>,
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// What the backend can install.
    Offered(Offer),
    /// The disks as they are.
    Seen(Result<Vec<Card>, Failure>),
    /// A disk was chosen, by its row.
    Chosen(usize),
    /// A file system was chosen, by its row.
    Filesystem(usize),
    /// Look at the disks again.
    LookAgain,
    /// On.
    Continue,
    /// Back.
    Back,
}

/// What the program shall do.
#[derive(Debug)]
pub enum Action {
    /// Nothing.
    None,
    /// Ask the backend for the disks.
    Look,
    /// Go on.
    Continue,
    /// Go back.
    Back,
}

impl Disk {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Offered(offer) => {
                self.filesystem = self.filesystem.or(offer.filesystems.first().copied());
                self.offered = offer.filesystems;
                self.minimum = offer.minimum_disk;
                self.refusal = Some(offer.refusal).filter(|failure| failure.code != FailureCode::None);
            }
            Message::Seen(disks) => {
                self.disks = Some(disks);
                // A disk that went away or may no longer be chosen is not chosen any more.
                if self.chosen().is_none() {
                    self.chosen = None;
                }
            }
            Message::Chosen(at) => {
                let card = self.cards().get(at).filter(|card| card.refusal == Refusal::None);
                self.chosen = card.map(|card| card.id.clone()).or(self.chosen.take());
            }
            Message::Filesystem(at) => self.filesystem = self.offered.get(at).copied().or(self.filesystem),
            Message::LookAgain => {
                self.disks = None;
                return Action::Look;
            }
            Message::Continue if self.may_go_on() => return Action::Continue,
            Message::Continue => {}
            Message::Back => return Action::Back,
        }

        Action::None
    }

    /// The chosen disk, if it is there and may be chosen.
    pub fn chosen(&self) -> Option<&Card> {
        let chosen = self.chosen.as_ref()?;

        self.cards()
            .iter()
            .find(|card| card.id == *chosen && card.refusal == Refusal::None)
    }

    fn may_go_on(&self) -> bool {
        self.refusal.is_none() && self.chosen().is_some()
    }

    /// The chosen file system.
    pub fn filesystem(&self) -> Filesystem {
        self.filesystem.unwrap_or(Filesystem::Ext4)
    }

    fn cards(&self) -> &[Card] {
        match &self.disks {
            Some(Ok(disks)) => disks,
            _ => &[],
        }
    }

    /// The disks, then the file systems.
    pub fn view<'a>(&'a self, look: Look<'a>) -> Page<'a, Message> {
        let language = look.language;
        let again = button::secondary(fl!(language, "disk-look-again"))
            .id("disk-look-again")
            .on_press_maybe(self.disks.is_some().then_some(Message::LookAgain));
        let needs = match self.minimum {
            0 => String::new(),
            minimum => fl!(language, "disk-minimum", size = format::bytes(language, minimum)),
        };
        let mut list = column![].spacing(gap::S);
        if let Some(failure) = &self.refusal {
            let text = explain(language, failure, "");
            list = list.push(banner::danger(text.what)).push(words::body(text.todo));
        }
        list = list.push(beside(words::small(needs).style(theme::quiet), again));

        match &self.disks {
            None => list = list.push(words::body(fl!(language, "disk-looking")).style(theme::quiet)),
            Some(Err(failure)) => list = list.push(banner::danger(explain(language, failure, "").what)),
            Some(Ok(disks)) if disks.is_empty() => list = list.push(banner::warn(fl!(language, "disk-none"))),
            Some(Ok(disks)) => {
                if disks.iter().all(|card| card.refusal != Refusal::None) {
                    list = list.push(banner::warn(fl!(language, "disk-none-free")));
                }
                let chosen = disks.iter().position(|card| Some(&card.id) == self.chosen.as_ref());
                let rows = disks
                    .iter()
                    .enumerate()
                    .map(|(at, card)| row(language, at, card, chosen == Some(at)));
                list = list.push(choices("disks", rows, chosen, Direction::default(), Message::Chosen));
            }
        }
        if let Some(card) = self.chosen().filter(|card| holds_something(card)) {
            list = list.push(banner::warn(fl!(language, "disk-erased", disk = card.model.clone())));
        }

        let chosen = self
            .offered
            .iter()
            .position(|filesystem| *filesystem == self.filesystem());
        let filesystems = self.offered.iter().map(|filesystem| {
            Choice::new(filesystem_id(*filesystem), format::filesystem(language, *filesystem))
                .details(format::filesystem_note(language, *filesystem))
        });
        let filesystems = choices(
            "filesystems",
            filesystems,
            chosen,
            Direction::default(),
            Message::Filesystem,
        );

        Page::new(
            fl!(language, "disk-title"),
            fl!(language, "disk-lead"),
            [list.into(), section(fl!(language, "disk-filesystem"), filesystems)],
        )
        .back(language, Message::Back)
        .go_on(language, self.may_go_on().then_some(Message::Continue))
    }
}

fn row<'a>(language: Language, at: usize, card: &Card, is_chosen: bool) -> Choice<'a, Message> {
    let facts = format::disk_facts(language, card);
    let choice = Choice::new(format!("disk-{at}"), card.model.clone());

    match refusal_reason(language, card.refusal, &card.refusal_detail) {
        Some(reason) => choice
            .details(facts)
            .refused(fl!(language, "disk-cannot", reason = reason)),
        None if holds_something(card) => choice.details(facts).body(
            column![
                // What was chosen to be erased already looks it.
                segments(parts(
                    language,
                    &card.segments,
                    if is_chosen { Kind::Lost } else { Kind::Kept }
                )),
                words::small(format::disk_holds(language, card)).style(theme::quiet)
            ]
            .spacing(gap::XXS),
        ),
        None => choice
            .details(facts)
            .body(words::small(format::disk_holds(language, card)).style(theme::quiet)),
    }
}

fn holds_something(card: &Card) -> bool {
    card.segments.iter().any(|segment| segment.kind != SegmentKind::Free)
}

/// The parts of a disk for its bar; what is neither free nor new is `theirs`.
pub fn parts(language: Language, parts: &[moult_api::Segment], theirs: Kind) -> Vec<Segment> {
    parts
        .iter()
        .map(|part| Segment {
            kind: match part.kind {
                SegmentKind::Free => Kind::Free,
                SegmentKind::New => Kind::New,
                SegmentKind::Esp if theirs == Kind::New => Kind::Boot,
                _ => theirs,
            },
            label: format::segment_name(language, part),
            size: format::bytes(language, part.size),
            bytes: part.size,
        })
        .collect()
}

fn filesystem_id(filesystem: Filesystem) -> &'static str {
    match filesystem {
        Filesystem::Ext4 => "filesystem-ext4",
        Filesystem::Xfs => "filesystem-xfs",
        Filesystem::Btrfs => "filesystem-btrfs",
    }
}
