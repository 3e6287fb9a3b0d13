//! One list for everything: what a search found, what a category has, what is installed. It is fetched as it is scrolled.

mod list;
#[cfg(test)]
pub(super) mod tests;
mod view;

use iced::Task;
use iced::advanced::widget::Id;
use iced::widget::operation::{AbsoluteOffset, scroll_to};
use moult_api::{Failure, Filter, Item, ItemPage};
use moult_i18n::{Language, fl};

use self::list::{List, PAGE};
use super::{Action, naming};
use crate::store::Reader;
use crate::widget::{Scroll, arrows, dropdown};

/// The id of the list that scrolls.
pub const LIST: &str = "browse-list";

/// Below this width rows show less.
const NARROW: f32 = 700.0;
/// The height of a row, its line included.
const ROW: f32 = 73.0;
/// An icon in a row.
const ICON: f32 = 48.0;
/// What a search is asked for at first, and at most.
const FOUND: u32 = 100;
const MOST_FOUND: u32 = 800;
/// Icons that are read before a list is shown; the others follow.
const FIRST_ICONS: usize = 16;

/// A list of items.
#[derive(Debug)]
pub struct Browse {
    reader: Reader,
    /// What is looked for; empty = everything of the filter, by name.
    term: String,
    filter: Filter,
    /// Numbers what is looked for: an answer to something else does not count.
    question: u64,
    list: List,
    /// What the list answers: the question it belongs to, and its term.
    shown: Option<(u64, String)>,
    failure: Option<Failure>,
    /// A search is on its way; the next one waits for it, so that a fast typist does not pile them up.
    is_asking: bool,
    wants_more: bool,
    scroll: Scroll,
    /// The next answer is about the same things: the list stays where it is.
    stays: bool,
    /// Repositories to choose from.
    repositories: Vec<String>,
    /// One for each language, in the order of [`Language::ALL`].
    menus: Vec<Menus>,
}

/// The menus of the filters, in a language.
#[derive(Debug)]
struct Menus {
    kinds: Vec<dropdown::Item>,
    categories: Vec<dropdown::Item>,
    repositories: Vec<dropdown::Item>,
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// What a search found: the number of the question, how many were asked for, and the answer.
    Found(u64, u32, Result<ItemPage, Failure>),
    /// Items of a filter: the number of the question, from which item on, and the answer.
    Page(u64, u64, Result<ItemPage, Failure>),
    /// The names of the repositories.
    Repositories(Result<Vec<String>, Failure>),
    /// Icons were read.
    IconsLoaded,
    /// The list was scrolled.
    Scrolled(Scroll),
    /// An item was chosen.
    Opened(String),
    /// A kind was chosen: 0 = every kind.
    KindChosen(usize),
    /// A category was chosen: 0 = all.
    CategoryChosen(usize),
    /// A repository was chosen: 0 = all.
    RepositoryChosen(usize),
    /// Only what is installed, or everything.
    InstalledPressed,
    /// All filters off.
    FiltersCleared,
    /// Up (true) or Down was pressed.
    Arrow(bool),
    /// Ask again.
    TryAgain,
}

impl Menus {
    fn all(repositories: &[String]) -> Vec<Self> {
        let items =
            |first: String, rest: Vec<String>| std::iter::once(first).chain(rest).map(dropdown::Item::new).collect();
        let menus = |language: Language| Self {
            kinds: items(
                fl!(language, "store-browse-every-kind"),
                naming::KINDS.map(|kind| naming::kinds(language, kind)).to_vec(),
            ),
            categories: items(
                fl!(language, "store-browse-every-category"),
                naming::CATEGORIES.map(|id| naming::category(language, id)).to_vec(),
            ),
            repositories: items(fl!(language, "store-browse-every-repository"), repositories.to_vec()),
        };

        Language::ALL.into_iter().map(menus).collect()
    }
}

impl Browse {
    /// What fits a term.
    pub fn search(reader: Reader, term: &str) -> (Self, Task<Message>) {
        Self::begin(reader, term.trim().to_owned(), Filter::default())
    }

    /// What a filter lets through.
    pub fn filter(reader: Reader, filter: Filter) -> (Self, Task<Message>) {
        Self::begin(reader, String::new(), filter)
    }

    fn begin(reader: Reader, term: String, filter: Filter) -> (Self, Task<Message>) {
        let mut browse = Self {
            reader,
            term,
            filter,
            question: 0,
            list: List::default(),
            shown: None,
            failure: None,
            is_asking: false,
            wants_more: false,
            scroll: Scroll::default(),
            stays: false,
            repositories: Vec::new(),
            menus: Menus::all(&[]),
        };
        let repositories = browse.reader.ask(
            |reader| async move {
                let all = reader.packages().await?.repositories().await?.repositories;
                Ok(all.into_iter().filter(|one| one.enabled).map(|one| one.name).collect())
            },
            Message::Repositories,
        );
        let top = scroll_to(LIST, AbsoluteOffset { x: 0.0, y: 0.0 });
        let task = Task::batch([top, browse.ask_anew(), repositories]);

        (browse, task)
    }

    /// It follows what is typed into the field of search.
    #[must_use]
    pub fn is_search(&self) -> bool {
        !self.term.is_empty()
    }

    /// What is looked for now.
    #[must_use]
    pub fn term(&self) -> &str {
        &self.term
    }

    /// What the list is limited to.
    #[must_use]
    pub fn shown_filter(&self) -> &Filter {
        &self.filter
    }

    /// The best item, for Enter in the field of search.
    #[must_use]
    pub fn first(&self) -> Option<&str> {
        let (question, _) = self.shown.as_ref()?;

        (*question == self.question)
            .then(|| self.list.get(0).map(|item| item.id.as_str()))
            .flatten()
    }

    /// The search that the list answers: the number of the question, characters of its term, items. None while another
    /// one is on its way.
    #[must_use]
    pub fn answered(&self) -> Option<(u64, usize, usize)> {
        let (question, term) = self.shown.as_ref().filter(|(question, _)| *question == self.question)?;

        (!term.is_empty()).then(|| (*question, term.chars().count(), self.list.total()))
    }

    /// Something else is looked for; as one types.
    pub fn look_for(&mut self, term: &str) -> Task<Message> {
        let term = term.trim();
        if term == self.term {
            return Task::none();
        }
        term.clone_into(&mut self.term);
        self.stays = false;

        self.ask_anew()
    }

    /// The system changed: asks again, and shows what is there until the answer comes.
    pub fn refresh(&mut self) -> Task<Message> {
        self.stays = true;
        self.ask_anew()
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action<Message> {
        match message {
            Message::Found(question, limit, answer) => {
                self.is_asking = false;
                if question == self.question {
                    return Action::Run(self.found(limit, answer));
                }
                if std::mem::take(&mut self.wants_more) {
                    return Action::Run(self.ask_now(FOUND));
                }
            }
            Message::Page(question, from, answer) => {
                if question == self.question {
                    return Action::Run(self.paged(from, answer));
                }
            }
            // Without their names there is one filter less; a failing reader says so in the list.
            Message::Repositories(answer) => {
                self.repositories = answer.unwrap_or_default();
                self.menus = Menus::all(&self.repositories);
            }
            Message::IconsLoaded => {}
            Message::Scrolled(scroll) => {
                self.scroll.scrolled(scroll);
                return Action::Run(self.fetch_in_sight());
            }
            Message::Opened(id) => return Action::Open(id),
            Message::KindChosen(at) => {
                self.filter.kinds = at
                    .checked_sub(1)
                    .and_then(|at| naming::KINDS.get(at))
                    .map(|kind| vec![*kind])
                    .unwrap_or_default();
                return self.filtered();
            }
            Message::CategoryChosen(at) => {
                self.filter.category = at
                    .checked_sub(1)
                    .and_then(|at| naming::CATEGORIES.get(at))
                    .map(|id| (*id).to_owned())
                    .unwrap_or_default();
                return self.filtered();
            }
            Message::RepositoryChosen(at) => {
                self.filter.repository = at
                    .checked_sub(1)
                    .and_then(|at| self.repositories.get(at))
                    .cloned()
                    .unwrap_or_default();
                return self.filtered();
            }
            Message::InstalledPressed => {
                self.filter.installed = !self.filter.installed;
                return self.filtered();
            }
            Message::FiltersCleared => {
                self.filter = Filter::default();
                return self.filtered();
            }
            Message::Arrow(up) => return Action::Run(arrows::step(self.rows_made(), up)),
            Message::TryAgain => return Action::Run(self.ask_anew()),
        }

        Action::None
    }

    fn filtered(&mut self) -> Action<Message> {
        self.stays = false;

        Action::Run(self.ask_anew())
    }

    /// Something else is wanted: its answer replaces the list when it is there.
    fn ask_anew(&mut self) -> Task<Message> {
        self.question += 1;
        self.list.forget_asked();

        if self.term.is_empty() {
            return self.ask_page(0);
        }
        if self.is_asking {
            self.wants_more = true;
            return Task::none();
        }

        self.ask_now(FOUND)
    }

    fn ask_now(&mut self, limit: u32) -> Task<Message> {
        if self.term.is_empty() {
            return self.ask_page(0);
        }
        self.is_asking = self.reader.is_there();
        let (question, term, filter) = (self.question, self.term.clone(), self.filter.clone());

        self.reader.ask(
            move |reader| async move {
                let page = reader.store().await?.find(&term, &filter, limit).await?;
                reader
                    .pictures()
                    .load(page.items.get(..FIRST_ICONS).unwrap_or(&page.items))
                    .await;
                Ok(page)
            },
            move |answer| Message::Found(question, limit, answer),
        )
    }

    fn ask_page(&mut self, page: usize) -> Task<Message> {
        if !self.list.ask(page) {
            return Task::none();
        }
        let (question, filter) = (self.question, self.filter.clone());
        let from = (page * PAGE) as u64;

        self.reader.ask(
            move |reader| async move {
                let page = reader.store().await?.items(&filter, from, PAGE as u32).await?;
                if from == 0 {
                    reader
                        .pictures()
                        .load(page.items.get(..FIRST_ICONS).unwrap_or(&page.items))
                        .await;
                }
                Ok(page)
            },
            move |answer| Message::Page(question, from, answer),
        )
    }

    fn found(&mut self, limit: u32, answer: Result<ItemPage, Failure>) -> Task<Message> {
        match answer {
            Ok(page) => {
                let is_more_of_the_same = self.is_current() && limit > FOUND;
                let is_whole = (page.items.len() as u64) < u64::from(limit) || limit >= MOST_FOUND;
                self.list.replace(page.items, is_whole);
                self.failure = None;
                if is_more_of_the_same {
                    return self.icons_in_sight();
                }

                self.begin_at_the_top()
            }
            Err(failure) => {
                self.failure = Some(failure);
                Task::none()
            }
        }
    }

    fn paged(&mut self, from: u64, answer: Result<ItemPage, Failure>) -> Task<Message> {
        match answer {
            Ok(page) => {
                self.failure = None;
                if self.is_current() {
                    self.list.put(from, page);
                    return self.icons_in_sight();
                }

                self.list.restart(page);
                self.begin_at_the_top()
            }
            Err(failure) => {
                self.failure = Some(failure);
                Task::none()
            }
        }
    }

    /// The list is another one: it begins at its first row, unless it only was asked for anew.
    fn begin_at_the_top(&mut self) -> Task<Message> {
        self.shown = Some((self.question, self.term.clone()));
        if std::mem::take(&mut self.stays) {
            return Task::batch([self.fetch_in_sight(), self.icons_in_sight()]);
        }
        if self.scroll.is_at_the_top() {
            return self.icons_in_sight();
        }

        self.scroll.to_the_top();
        Task::batch([
            scroll_to(LIST, AbsoluteOffset { x: 0.0, y: 0.0 }),
            self.icons_in_sight(),
        ])
    }

    fn is_current(&self) -> bool {
        self.shown
            .as_ref()
            .is_some_and(|(question, _)| *question == self.question)
    }

    /// Asks for what is in sight and not there.
    fn fetch_in_sight(&mut self) -> Task<Message> {
        if !self.is_current() {
            return Task::none();
        }
        let sight = self.scroll.in_sight(self.list.total(), ROW, 0.0);

        if self.term.is_empty() {
            let pages = sight.start / PAGE..=sight.end.saturating_sub(1).max(sight.start) / PAGE;
            let missing: Vec<usize> = pages.filter(|page| self.list.lacks(*page)).collect();
            let tasks: Vec<_> = missing.into_iter().map(|page| self.ask_page(page)).collect();
            self.list.keep_near(sight.start / PAGE);

            return Task::batch(tasks);
        }
        if sight.end >= self.list.total() && !self.list.is_whole() && !self.is_asking {
            let more = u32::try_from(self.list.total())
                .unwrap_or(MOST_FOUND)
                .saturating_mul(2)
                .clamp(FOUND, MOST_FOUND);
            return self.ask_now(more);
        }

        self.icons_in_sight()
    }

    /// Icons of what a search found further down are read when they are about to be seen.
    fn icons_in_sight(&self) -> Task<Message> {
        let sight = self.scroll.in_sight(self.list.total(), ROW, 1000.0);
        let items: Vec<Item> = sight.filter_map(|at| self.list.get(at)).cloned().collect();
        let is_missing = |item: &Item| !item.icon.is_empty() && self.reader.pictures().icon(&item.icon).is_none();
        if !self.reader.is_there() || !items.iter().any(is_missing) {
            return Task::none();
        }

        let pictures = self.reader.pictures().clone();
        Task::perform(async move { pictures.load(&items).await }, |()| Message::IconsLoaded)
    }

    /// The ids of the rows that exist, in order.
    fn rows_made(&self) -> Vec<Id> {
        let sight = self.scroll.in_sight(self.list.total(), ROW, 4096.0);

        sight
            .filter_map(|at| self.list.get(at))
            .map(|item| Id::from(row_id(item)))
            .collect()
    }
}

fn row_id(item: &Item) -> String {
    format!("browse-item-{}", item.id)
}
