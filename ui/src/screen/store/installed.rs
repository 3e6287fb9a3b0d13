//! Installed: what is on this system, why, how much room it takes, and what would leave with it.

mod ask;
mod details;
mod view;

use std::collections::HashMap;

use iced::Task;
use moult_api::{ChangePlan, Failure, Item, PackageRow, WhyReport};

use ask::{removal, removal_request};

use super::Action;
use crate::store::{Operation, Reader};
use crate::widget::Scroll;
use crate::widget::search::rank;

/// What is installed, and what the person looks at of it.
#[derive(Debug)]
pub struct Installed {
    reader: Reader,
    /// The number of the newest question about everything; answers to older ones do not count.
    asked: u64,
    rows: Option<Vec<Row>>,
    failure: Option<Failure>,
    tab: Tab,
    typed: String,
    sort: Sort,
    /// Rows of the tab that fit what was typed, in order.
    shown: Vec<usize>,
    scroll: Scroll,
    open: Option<Open>,
    /// Bytes on the disk, by package.
    sizes: HashMap<String, u64>,
    is_sizing: bool,
    orphans: Option<Result<Orphans, Failure>>,
    /// When packages came, in seconds since 1970, as far as the states tell. None: not asked yet.
    came: Option<HashMap<String, i64>>,
    /// Why that is not known.
    came_failed: Option<Failure>,
}

/// One thing that is installed.
#[derive(Debug, Clone)]
struct Row {
    item: Item,
    package: PackageRow,
    /// What it is sorted by.
    key: String,
}

/// The row that is unfolded.
#[derive(Debug)]
struct Open {
    /// Its item's id.
    id: String,
    /// The number of its questions.
    asked: u64,
    why: Option<Result<WhyReport, Failure>>,
    leaves: Option<Result<ChangePlan, Failure>>,
}

/// Apps and what is below them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// What a catalogue describes.
    Apps,
    /// Packages that no catalogue describes.
    System,
}

/// In which order rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// By name.
    Name,
    /// The largest first.
    Size,
    /// The newest first.
    Came,
    /// Those that were chosen first.
    Chosen,
}

/// Packages that nobody chose and nobody needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphans {
    /// Their names.
    pub packages: Vec<String>,
    /// Bytes of their files.
    pub bytes: u64,
}

/// Everything that is installed.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Every package.
    pub packages: Vec<PackageRow>,
    /// What a catalogue says of some.
    pub items: Vec<Item>,
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// The answer to a question about everything.
    Loaded(u64, Result<Loaded, Failure>),
    /// What nobody needs.
    Orphaned(u64, Result<Orphans, Failure>),
    /// Bytes on the disk of some packages.
    Sized(u64, Result<Vec<(String, u64)>, Failure>),
    /// When packages came.
    Came(u64, Result<HashMap<String, i64>, Failure>),
    /// Apps or packages.
    TabPressed(Tab),
    /// Something was typed to filter by.
    Typed(String),
    /// Another order.
    Sorted(Sort),
    /// The list was scrolled.
    Scrolled(Scroll),
    /// A row was opened or closed, by its item's id.
    Pressed(String),
    /// Why the open row's package is there.
    Why(u64, Result<Box<WhyReport>, Failure>),
    /// What removing the open row's package would change.
    Leaves(u64, Result<Box<ChangePlan>, Failure>),
    /// Open the page of an item.
    OpenPage(String),
    /// Remove the open row's package.
    Remove,
    /// Hold the open row's package, or let go of it.
    Hold(bool),
    /// Remove what nobody needs.
    RemoveOrphans,
    /// Ask again after a failure.
    Again,
}

impl Installed {
    /// Begins to look.
    pub fn new(reader: Reader) -> (Self, Task<Message>) {
        let mut screen = Self {
            reader,
            asked: 0,
            rows: None,
            failure: None,
            tab: Tab::Apps,
            typed: String::new(),
            sort: Sort::Name,
            shown: Vec::new(),
            scroll: Scroll::default(),
            open: None,
            sizes: HashMap::new(),
            is_sizing: false,
            orphans: None,
            came: None,
            came_failed: None,
        };
        let task = screen.refresh();

        (screen, task)
    }

    /// The system changed: what is shown stays until the new answer is there.
    pub fn refresh(&mut self) -> Task<Message> {
        self.asked += 1;
        self.is_sizing = false;
        let number = self.asked;

        self.reader
            .ask(ask::everything, move |answer| Message::Loaded(number, answer))
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action<Message> {
        match message {
            Message::Loaded(number, answer) if number == self.asked => return self.loaded(answer),
            Message::Orphaned(number, answer) if number == self.asked => self.orphans = Some(answer),
            Message::Sized(number, answer) if number == self.asked => {
                self.is_sizing = false;
                match answer {
                    Ok(sizes) => {
                        self.sizes.extend(sizes);
                        self.arrange();
                        return Action::Run(self.ask_sizes());
                    }
                    // Not asked for again before something moves: a size is no news that anybody waits for.
                    Err(failure) => tracing::warn!("sizes cannot be read: {failure}"),
                }
            }
            Message::Came(number, answer) if number == self.asked => {
                let (came, failed) = match answer {
                    Ok(came) => (came, None),
                    Err(failure) => (HashMap::new(), Some(failure)),
                };
                self.came = Some(came);
                self.came_failed = failed;
                self.arrange();
            }
            Message::Loaded(..) | Message::Orphaned(..) | Message::Sized(..) | Message::Came(..) => {}
            Message::TabPressed(tab) => {
                self.tab = tab;
                self.open = None;
                return self.rearranged();
            }
            Message::Typed(typed) => {
                self.typed = typed;
                return self.rearranged();
            }
            Message::Sorted(sort) => {
                self.sort = sort;
                let came = self.ask_came();
                let Action::Run(rest) = self.rearranged() else {
                    return Action::Run(came);
                };
                return Action::Run(Task::batch([came, rest]));
            }
            Message::Scrolled(scroll) => {
                self.scroll.scrolled(scroll);
                return Action::Run(self.ask_sizes());
            }
            Message::Pressed(id) => return self.pressed(id),
            Message::Why(number, answer) => {
                if let Some(open) = self.open.as_mut().filter(|open| open.asked == number) {
                    open.why = Some(answer.map(|why| *why));
                }
            }
            Message::Leaves(number, answer) => {
                if let Some(open) = self.open.as_mut().filter(|open| open.asked == number) {
                    open.leaves = Some(answer.map(|plan| *plan));
                }
            }
            Message::OpenPage(id) => return Action::Open(id),
            Message::Remove => {
                if let Some(row) = self.open_row() {
                    return Action::Review(removal(vec![row.package.name.clone()], vec![row.item.name.clone()]));
                }
            }
            Message::Hold(held) => {
                if let Some(row) = self.open_row() {
                    return Action::Do(Operation::Hold {
                        packages: vec![row.package.name.clone()],
                        held,
                    });
                }
            }
            Message::RemoveOrphans => return Action::Review(removal(Vec::new(), Vec::new())),
            Message::Again => {
                self.failure = None;
                return Action::Run(self.refresh());
            }
        }

        Action::None
    }

    fn loaded(&mut self, answer: Result<Loaded, Failure>) -> Action<Message> {
        let loaded = match answer {
            Ok(loaded) => loaded,
            Err(failure) => {
                self.failure = Some(failure);
                return Action::None;
            }
        };
        // A size counts as long as its package is the same release.
        if let Some(rows) = &self.rows {
            let now: HashMap<_, _> = loaded
                .packages
                .iter()
                .map(|package| (&package.name, release(package)))
                .collect();
            for row in rows {
                if now.get(&row.package.name) != Some(&release(&row.package)) {
                    let _ = self.sizes.remove(&row.package.name);
                }
            }
        }
        self.failure = None;
        self.came = None;
        self.rows = Some(rows_of(loaded));
        if self.open_row().is_none() {
            self.open = None;
        }
        self.arrange();

        let number = self.asked;
        let orphans = self
            .reader
            .ask(ask::orphans, move |answer| Message::Orphaned(number, answer));
        let reopened = self.ask_details();
        let (sizes, came) = (self.ask_sizes(), self.ask_came());

        Action::Run(Task::batch([orphans, reopened, sizes, came]))
    }

    fn pressed(&mut self, id: String) -> Action<Message> {
        if self.open.as_ref().is_some_and(|open| open.id == id) {
            self.open = None;
            return Action::None;
        }
        self.open = Some(Open {
            id,
            asked: 0,
            why: None,
            leaves: None,
        });

        Action::Run(self.ask_details())
    }

    /// Asks about the open row. What is known of it stays until the answers are there.
    fn ask_details(&mut self) -> Task<Message> {
        let Some(package) = self.open_row().map(|row| row.package.name.clone()) else {
            return Task::none();
        };
        // Every question has a number of its own: of two presses only the last one counts.
        self.asked_details();
        let number = self.open.as_ref().map_or(0, |open| open.asked);
        let wish = removal_request(vec![package.clone()]);

        Task::batch([
            self.reader.ask(
                |reader| async move { reader.packages().await?.why(&package).await.map(Box::new) },
                move |answer| Message::Why(number, answer),
            ),
            self.reader.ask(
                |reader| async move { reader.packages().await?.plan(&wish).await.map(Box::new) },
                move |answer| Message::Leaves(number, answer),
            ),
        ])
    }

    fn asked_details(&mut self) {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NUMBER: AtomicU64 = AtomicU64::new(1);

        if let Some(open) = &mut self.open {
            open.asked = NUMBER.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Asks for the sizes (and icons) of rows that need one now: those in sight, or all if they are sorted by it.
    fn ask_sizes(&mut self) -> Task<Message> {
        if self.is_sizing {
            return Task::none();
        }
        let unknown: Vec<Item> = self
            .wanted_sizes()
            .take(ask::BATCH)
            .map(|row| row.item.clone())
            .collect();
        if unknown.is_empty() {
            return Task::none();
        }
        self.is_sizing = self.reader.is_there();
        let number = self.asked;

        self.reader.ask(
            move |reader| ask::sizes(reader, unknown),
            move |answer| Message::Sized(number, answer),
        )
    }

    /// Rows whose size is wanted and not known.
    fn wanted_sizes(&self) -> impl Iterator<Item = &Row> {
        let rows = self.rows.as_deref().unwrap_or_default();
        let wanted = if self.sort == Sort::Size {
            0..self.shown.len()
        } else {
            self.scroll.in_sight(self.shown.len(), view::ROW, view::ROOM)
        };

        self.shown
            .get(wanted)
            .unwrap_or_default()
            .iter()
            .filter_map(|at| rows.get(*at))
            .filter(|row| !self.sizes.contains_key(&row.package.name))
    }

    /// Asks when packages came, if they are sorted by it.
    fn ask_came(&mut self) -> Task<Message> {
        if self.sort != Sort::Came || self.came.is_some() {
            return Task::none();
        }
        let number = self.asked;

        self.reader.ask(ask::came, move |answer| Message::Came(number, answer))
    }

    fn rearranged(&mut self) -> Action<Message> {
        self.arrange();

        Action::Run(self.ask_sizes())
    }

    /// Works out which rows are shown, in which order.
    fn arrange(&mut self) {
        let rows = self.rows.as_deref().unwrap_or_default();
        let mut shown: Vec<usize> = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.tab() == self.tab && row.fits(&self.typed))
            .map(|(at, _)| at)
            .collect();
        let size = |row: &Row| self.sizes.get(&row.package.name).copied();
        let came = |row: &Row| self.came.as_ref().and_then(|came| came.get(&row.package.name)).copied();
        // Rows are by name already, and sorting is stable.
        match self.sort {
            Sort::Name => {}
            Sort::Size => shown.sort_by_key(|&at| std::cmp::Reverse(size(&rows[at]))),
            Sort::Came => shown.sort_by_key(|&at| std::cmp::Reverse(came(&rows[at]))),
            Sort::Chosen => shown.sort_by_key(|&at| !rows[at].package.explicit),
        }
        self.shown = shown;
    }

    fn open_row(&self) -> Option<&Row> {
        let id = &self.open.as_ref()?.id;

        self.rows.as_ref()?.iter().find(|row| row.item.id == *id)
    }

    fn count(&self, tab: Tab) -> u64 {
        let rows = self.rows.as_deref().unwrap_or_default();

        rows.iter().filter(|row| row.tab() == tab).count() as u64
    }
}

impl Row {
    fn tab(&self) -> Tab {
        if self.item.kind == moult_api::ItemKind::System {
            Tab::System
        } else {
            Tab::Apps
        }
    }

    fn fits(&self, typed: &str) -> bool {
        [&self.item.name, &self.package.name, &self.item.summary]
            .into_iter()
            .any(|text| rank(text, typed).is_some())
    }
}

/// What is installed by name: an item of the catalogue each, and every package that has none.
fn rows_of(loaded: Loaded) -> Vec<Row> {
    let mut packages: HashMap<String, (PackageRow, bool)> = loaded
        .packages
        .into_iter()
        .map(|package| (package.name.clone(), (package, false)))
        .collect();
    let mut rows = Vec::with_capacity(packages.len());
    for item in loaded.items {
        if let Some((package, is_shown)) = packages.get_mut(&item.package) {
            *is_shown = true;
            rows.push(Row {
                key: item.name.to_lowercase(),
                package: package.clone(),
                item,
            });
        }
    }
    let plain = packages.into_values().filter(|(_, is_shown)| !is_shown);
    rows.extend(plain.map(|(package, _)| Row {
        key: package.name.to_lowercase(),
        item: ask::plain(&package),
        package,
    }));
    rows.sort_by(|one, other| (&one.key, &one.item.id).cmp(&(&other.key, &other.item.id)));

    rows
}

/// What tells two releases of a package apart.
fn release(package: &PackageRow) -> (u64, u64, &str) {
    (package.source_release, package.build_release, &package.version)
}

#[cfg(test)]
pub(super) mod tests;
