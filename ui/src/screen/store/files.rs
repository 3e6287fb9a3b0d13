//! The files of a difference: what comes, changes and goes, with what deserves a second look. For every screen that shows
//! what a change would do before it is done.
//!
//! ```ignore
//! let (files, task) = Files::of_plan(reader, &plan.digest);   // begins to read; `task.map(Message::Files)`
//! Message::Files(message) => Action::Run(self.files.update(message).map(Message::Files)),
//! self.files.view(look, width, height).map(Message::Files)    // fills the width and the height, scrolls by itself
//! ```

mod marks;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use iced::widget::{column, container};
use iced::{Center, Fill, Padding, Task};
use moult_api::{ChangedFile, Failure, FileChange, Mark, PAGE};
use moult_i18n::{count, explain, fl};

pub use marks::{counted, marked};

use super::Look;
use super::part::{LETTER, fitting, headed, line};
use crate::store::{Reader, Writer};
use crate::theme::{self, Element, size, space as gap};
use crate::widget::progress::hairline;
use crate::widget::{Icon, Move, Scroll, Tick, banner, button, by_keys, check, icon, rows, words};

/// A row, with its hairline.
const ROW: f32 = 56.0;
/// From this width on, the filter stands beside the counts.
const BESIDE: f32 = 860.0;
/// Pages that are read at most: what lies beyond is counted nowhere, and said to be missing.
const MOST_PAGES: u32 = 25;

/// Whose files.
#[derive(Debug, Clone, PartialEq)]
enum Source {
    /// Of a plan of the reader, by its digest.
    Plan(String),
    /// Of a plan of the writer, by its digest.
    Sealed(Writer, String),
    /// Between two states.
    States(u64, u64),
}

/// A list of files that come, change or go. Dropping it ends its reading.
#[derive(Debug)]
pub struct Files {
    reader: Reader,
    source: Source,
    /// Tells its answers from those to any other list.
    number: u64,
    /// Names of packages, each once.
    packages: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32>,
    files: Vec<File>,
    /// Numbers of the files that are shown.
    shown: Vec<u32>,
    only_package: Option<String>,
    only_marked: bool,
    /// Those that deserve a second look stand before the others.
    marked_first: bool,
    counts: Counts,
    stage: Stage,
    scroll: Scroll,
}

/// A file, as small as can be: a difference may have hundreds of thousands.
#[derive(Debug)]
struct File {
    path: Box<str>,
    package: u32,
    change: FileChange,
    marks: u8,
}

/// How many files of a list come, change, go, and deserve a second look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// They come.
    pub added: u64,
    /// They change.
    pub changed: u64,
    /// They go.
    pub removed: u64,
    /// Of all these: set-id, kernel, boot, services.
    pub marked: u64,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub fn all(self) -> u64 {
        self.added + self.changed + self.removed
    }
}

#[derive(Debug)]
enum Stage {
    Reading,
    Whole,
    /// There are more than are read.
    Cut,
    Failed(Failure),
}

/// What happens to a list of files.
#[derive(Debug, Clone)]
pub enum Message {
    /// A part of the list, of the list with this number.
    Page(u64, Result<Vec<ChangedFile>, Failure>),
    /// It was scrolled.
    Scrolled(Scroll),
    /// A key wants to scroll it.
    Moved(Move),
    /// Only those that deserve a second look, or all.
    OnlyMarkedPressed,
    /// Try to read it once more.
    AgainPressed,
}

impl Files {
    /// The files of a plan that the reader made, by its digest.
    pub fn of_plan(reader: Reader, digest: &str) -> (Self, Task<Message>) {
        Self::begin(reader, Source::Plan(digest.to_owned()))
    }

    /// The files of a plan that the writer made, by its digest.
    pub fn of_sealed(writer: Writer, digest: &str) -> (Self, Task<Message>) {
        Self::begin(Reader::none(), Source::Sealed(writer, digest.to_owned()))
    }

    /// The files that differ between two states.
    pub fn of_states(reader: Reader, from: u64, to: u64) -> (Self, Task<Message>) {
        Self::begin(reader, Source::States(from, to))
    }

    fn begin(reader: Reader, source: Source) -> (Self, Task<Message>) {
        static NUMBER: AtomicU64 = AtomicU64::new(1);

        let files = Self {
            reader,
            source,
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            packages: Vec::new(),
            numbers: HashMap::new(),
            files: Vec::new(),
            shown: Vec::new(),
            only_package: None,
            only_marked: false,
            marked_first: false,
            counts: Counts::default(),
            stage: Stage::Reading,
            scroll: Scroll::default(),
        };
        let task = files.ask();

        (files, task)
    }

    /// Those that deserve a second look stand first, each part by path.
    #[must_use]
    pub fn marked_first(mut self) -> Self {
        self.marked_first = true;
        self.filter();

        self
    }

    /// Whether it has the files of this plan.
    #[must_use]
    pub fn is_of_plan(&self, digest: &str) -> bool {
        self.source == Source::Plan(digest.to_owned())
    }

    /// Whether it has the files between these states.
    #[must_use]
    pub fn is_of_states(&self, from: u64, to: u64) -> bool {
        self.source == Source::States(from, to)
    }

    /// Shows only the files of this package, or those of all. The list starts at its head again.
    pub fn show_package(&mut self, package: Option<&str>) {
        self.only_package = package.map(str::to_owned);
        self.filter();
    }

    /// How many there are, of the package that is shown. Final once [`Self::is_whole`].
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Whether all of it is read.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        matches!(self.stage, Stage::Whole)
    }

    /// The number that [`Message::Page`] has to name.
    #[cfg(test)]
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::Page(number, _) if number != self.number => {}
            Message::Page(_, Ok(page)) => return self.read(page),
            Message::Page(_, Err(failure)) => self.stage = Stage::Failed(failure),
            Message::Scrolled(scroll) => self.scroll.scrolled(scroll),
            Message::Moved(step) => return step.scroll(self.list_id(), ROW, self.scroll.height().max(ROW)),
            Message::OnlyMarkedPressed => {
                self.only_marked = !self.only_marked;
                self.filter();
                return Move::Home.scroll(self.list_id(), ROW, ROW);
            }
            Message::AgainPressed => {
                if matches!(self.stage, Stage::Failed(_)) {
                    self.stage = Stage::Reading;
                    return self.ask();
                }
            }
        }

        Task::none()
    }

    fn ask(&self) -> Task<Message> {
        let number = self.number;
        let from = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        let answer = move |answer| Message::Page(number, answer);

        match self.source.clone() {
            Source::Plan(digest) => self.reader.ask(
                move |reader| async move { reader.packages().await?.plan_files(&digest, from).await },
                answer,
            ),
            Source::Sealed(writer, digest) => {
                Task::perform(async move { writer.plan_files(&digest, from).await }, answer)
            }
            Source::States(first, second) => self.reader.ask(
                move |reader| async move { reader.packages().await?.state_files(first, second, from).await },
                answer,
            ),
        }
    }

    fn read(&mut self, page: Vec<ChangedFile>) -> Task<Message> {
        let is_last = page.len() < PAGE as usize;
        for file in page {
            let package = self.number_of(&file.package);
            let marks = file.marks.iter().fold(0, |marks, mark| marks | bit(*mark));
            let at = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
            self.files.push(File {
                path: file.path.into(),
                package,
                change: file.change,
                marks,
            });
            self.count(at);
        }
        self.order();

        if is_last {
            self.stage = Stage::Whole;
        } else if self.files.len() >= (PAGE * MOST_PAGES) as usize {
            self.stage = Stage::Cut;
        } else {
            return self.ask();
        }

        Task::none()
    }

    fn number_of(&mut self, package: &str) -> u32 {
        if let Some(number) = self.numbers.get(package) {
            return *number;
        }
        let number = u32::try_from(self.packages.len()).unwrap_or(u32::MAX);
        self.packages.push(package.into());
        let _ = self.numbers.insert(package.into(), number);

        number
    }

    fn filter(&mut self) {
        self.shown.clear();
        self.counts = Counts::default();
        self.scroll = Scroll::default();
        for at in 0..self.files.len() {
            self.count(u32::try_from(at).unwrap_or(u32::MAX));
        }
        self.order();
    }

    /// Puts those that deserve a second look before the others, if that is wanted; they come by path.
    fn order(&mut self) {
        if self.marked_first {
            let files = &self.files;
            let is_plain = |at: &u32| files.get(*at as usize).is_none_or(|file| file.marks == 0);
            self.shown.sort_by_key(|at| (is_plain(at), *at));
        }
    }

    /// Counts a file, and shows it, if the filters let it through.
    fn count(&mut self, at: u32) {
        let Some(file) = self.files.get(at as usize) else {
            return;
        };
        let wanted = self
            .only_package
            .as_ref()
            .is_none_or(|name| self.numbers.get(name.as_str()) == Some(&file.package));
        if !wanted {
            return;
        }

        match file.change {
            FileChange::Added => self.counts.added += 1,
            FileChange::Changed => self.counts.changed += 1,
            FileChange::Removed => self.counts.removed += 1,
        }
        self.counts.marked += u64::from(file.marks != 0);
        if file.marks != 0 || !self.only_marked {
            self.shown.push(at);
        }
    }

    fn list_id(&self) -> iced::advanced::widget::Id {
        "files-list".into()
    }

    /// The counts, the filter, and the list; in a room of this width and height.
    pub fn view<'a>(&'a self, look: Look<'a>, width: f32, height: f32) -> Element<'a, Message> {
        let language = look.language;
        let mut content = column![self.head(look, width)]
            .spacing(gap::XS)
            .width(Fill)
            .height(height);

        match &self.stage {
            Stage::Failed(failure) => {
                let text = explain(language, failure, "");
                let again = button::secondary(fl!(language, "try-again"))
                    .id("files-again")
                    .on_press(Message::AgainPressed);
                content = content.push(banner::danger(text.what)).push(again);
            }
            Stage::Cut => content = content.push(banner::warn(fl!(language, "store-files-cut"))),
            Stage::Reading | Stage::Whole => {}
        }

        if self.shown.is_empty() {
            let words = match (&self.stage, self.only_marked) {
                (Stage::Reading, _) => fl!(language, "store-files-reading"),
                (Stage::Failed(_), _) => return content.into(),
                (_, true) => fl!(language, "store-files-none-marked"),
                (_, false) => fl!(language, "store-files-none"),
            };
            return content.push(words::body(words).style(theme::quiet)).into();
        }

        let list = rows(
            self.list_id(),
            self.scroll,
            (self.shown.len(), ROW, height),
            move |at| self.row(look, width, at),
            Message::Scrolled,
        );

        content
            .push(
                container(by_keys("files", list, Message::Moved))
                    .padding(4)
                    .height(Fill),
            )
            .into()
    }

    fn head<'a>(&'a self, look: Look<'a>, width: f32) -> Element<'a, Message> {
        let language = look.language;
        let mut facts = counted(language, self.counts);
        if matches!(self.stage, Stage::Reading) && !self.files.is_empty() {
            facts.push(fl!(language, "store-files-more"));
        }
        let facts = words::body(facts.join(" · ")).style(theme::quiet);

        if self.counts.marked == 0 && !self.only_marked {
            return container(facts).width(Fill).align_x(look.direction.start()).into();
        }
        let only = check(
            "files-only-marked",
            Tick::from(self.only_marked),
            fl!(
                language,
                "store-files-only-marked",
                shown = count(language, self.counts.marked)
            ),
            look.direction,
            Some(Message::OnlyMarkedPressed),
        );

        if width < BESIDE {
            return column![facts, only].align_x(look.direction.start()).width(Fill).into();
        }
        let head = look
            .direction
            .row([facts.into(), only.into()])
            .spacing(gap::M)
            .align_y(Center);

        container(head).width(Fill).align_x(look.direction.start()).into()
    }

    fn row<'a>(&'a self, look: Look<'a>, width: f32, at: usize) -> Element<'a, Message> {
        let Some(file) = self.shown.get(at).and_then(|at| self.files.get(*at as usize)) else {
            return column![].into();
        };
        let language = look.language;
        let (sign, word) = match file.change {
            FileChange::Added => (icon(Icon::Plus).style(theme::good), fl!(language, "store-files-added")),
            FileChange::Changed => (
                icon(Icon::Pencil).style(theme::quiet),
                fl!(language, "store-files-changed"),
            ),
            FileChange::Removed => (
                icon(Icon::Minus).style(theme::danger),
                fl!(language, "store-files-removed"),
            ),
        };
        let room = width - size::ICON - gap::S - gap::L;

        let path = line(words::body(fitting(&format!("/usr/{}", file.path), room, size::BODY)));
        let package = self.packages.get(file.package as usize).map_or("", |name| name);
        let mut facts: Vec<Element<'a, Message>> = Vec::new();
        let mut marked_width = 0.0;
        for mark in MARKS.into_iter().filter(|mark| file.marks & bit(*mark) != 0) {
            let (sign, word) = marked(language, mark);
            marked_width += size::ICON + gap::XS + width_of(&word);
            facts.push(icon(sign).size(16.0).style(theme::warn).into());
            facts.push(line(words::small(word).style(theme::warn)).into());
        }
        // What matters more stands first; the package has what is left of the line. The sign says what happens, too.
        let mut taken = width_of(&word) + marked_width;
        if marked_width == 0.0 || taken <= room {
            facts.insert(0, line(words::small(word).style(theme::quiet)).into());
        } else {
            taken = marked_width;
        }
        if !package.is_empty() && room - taken > 40.0 {
            let package = headed(package, room - taken, size::SMALL);
            facts.push(line(words::small(package).style(theme::quiet)).into());
        }

        let facts = look.direction.row(facts).spacing(gap::XS).align_y(Center);
        let facts = container(facts).width(Fill).align_x(look.direction.start()).clip(true);
        let about = column![path, facts].align_x(look.direction.start()).width(Fill);
        let row = look
            .direction
            .row([sign.into(), about.into()])
            .spacing(gap::S)
            .align_y(Center)
            .height(Fill)
            .width(Fill);

        let row = container(row).padding(Padding::ZERO.right(gap::S)).clip(true);

        column![row.height(ROW - 1.0), hairline()].into()
    }
}

/// How wide a small word is about, with the gap after it.
fn width_of(word: &str) -> f32 {
    word.chars().count() as f32 * size::SMALL * LETTER + gap::XS
}

const MARKS: [Mark; 4] = [Mark::SetId, Mark::Kernel, Mark::Boot, Mark::Service];

fn bit(mark: Mark) -> u8 {
    match mark {
        Mark::SetId => 1,
        Mark::Kernel => 2,
        Mark::Boot => 4,
        Mark::Service => 8,
    }
}

#[cfg(test)]
mod tests;
