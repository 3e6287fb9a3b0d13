//! Pages above a section: an app, a list, a change that waits for a yes. Each has a name, so that an answer reaches the page
//! that asked.

use iced::Task;
use moult_api::{ChangePlan, Filter};

use super::{Above, DEEPEST, LONGEST_SEARCH, Message, PageId, Program, Section};
use crate::screen::store::browse::Browse;
use crate::screen::store::history::History;
use crate::screen::store::item::AppPage;
use crate::screen::store::review::Review;
use crate::screen::store::updates::Updates;
use crate::store::{EntryId, Operation};

impl Program {
    pub(super) fn page(&mut self, id: PageId) -> Option<&mut Above> {
        self.above
            .iter_mut()
            .find(|(known, _)| *known == id)
            .map(|(_, page)| page)
    }

    fn next_page(&mut self) -> PageId {
        self.last_page += 1;

        PageId(self.last_page)
    }

    fn put_above(&mut self, id: PageId, page: Above) {
        if self.above.len() >= DEEPEST {
            let _ = self.above.remove(0);
        }
        self.above.push((id, page));
    }

    pub(super) fn open_item(&mut self, item: String) -> Task<Message> {
        let id = self.next_page();
        let (page, task) = AppPage::new(self.reader.clone(), item);
        self.put_above(id, Above::Item(Box::new(page)));

        task.map(move |message| Message::Item(id, message))
    }

    pub(super) fn browse(&mut self, filter: Filter) -> Task<Message> {
        let id = self.next_page();
        let (page, task) = Browse::filter(self.reader.clone(), filter);
        self.put_above(id, Above::Browse(Box::new(page)));

        task.map(move |message| Message::Browse(id, message))
    }

    pub(super) fn review(&mut self, operation: Operation) -> Task<Message> {
        let id = self.next_page();
        let (page, task) = Review::new(self.reader.clone(), operation);
        self.put_above(id, Above::Review(Box::new(page)));

        task.map(move |message| Message::Review(id, message))
    }

    /// Shows the plan that an entry of the queue came to, and asks.
    pub(super) fn show_plan(&mut self, entry: EntryId, operation: Operation, plan: ChangePlan) -> Task<Message> {
        let id = self.next_page();
        let (page, task) = Review::of_plan(self.writer.clone(), &self.reader, entry, operation, plan);
        self.put_above(id, Above::Review(Box::new(page)));

        task.map(move |message| Message::Review(id, message))
    }

    pub(super) fn look_for(&mut self, mut term: String) -> Task<Message> {
        if term.len() > LONGEST_SEARCH {
            term.truncate(term.floor_char_boundary(LONGEST_SEARCH));
        }
        self.search = term;

        let top = match self.above.last_mut() {
            Some((id, Above::Browse(browse))) if browse.is_search() => Some((*id, browse)),
            _ => None,
        };
        match (self.search.trim().is_empty(), top) {
            (true, Some(_)) => {
                let _ = self.above.pop();
                Task::none()
            }
            (true, None) => Task::none(),
            (false, Some((id, browse))) => browse
                .look_for(&self.search)
                .map(move |message| Message::Browse(id, message)),
            (false, None) => {
                let id = self.next_page();
                let (page, task) = Browse::search(self.reader.clone(), &self.search);
                self.put_above(id, Above::Browse(Box::new(page)));

                task.map(move |message| Message::Browse(id, message))
            }
        }
    }

    /// One page back; a plan that was asked about is declined.
    pub(super) fn back(&mut self) -> Task<Message> {
        // What a section has opened in itself goes first.
        if self.above.is_empty() {
            let _ = match self.section {
                Section::Updates => self.screens.updates.as_mut().is_some_and(Updates::back),
                Section::History => self.screens.history.as_mut().is_some_and(History::back),
                _ => false,
            };
            return Task::none();
        }

        match self.above.pop() {
            Some((_, Above::Review(review))) => self.declined(review.entry()),
            Some((_, Above::Browse(browse))) if browse.is_search() => {
                self.search.clear();
                Task::none()
            }
            _ => Task::none(),
        }
    }
}
