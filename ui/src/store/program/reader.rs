//! The reader that every page asks: its start, what the window was opened for and shows then, and its end.

use std::time::Duration;

use iced::Task;
use moult_api::{Failure, FailureCode, StateOfThings};

use super::{Message, Program, Section};
use crate::store::{Opening, Operation, Reader};

/// The first page comes first.
const QUIET: Duration = Duration::from_secs(2);

impl Program {
    pub(super) fn reader_started(&mut self, result: Result<Reader, Failure>) -> Task<Message> {
        match result {
            Ok(reader) => {
                self.reader = reader.clone();
                self.no_reader = None;
                // What was made without a reader, or with one that is gone, is made anew with this one.
                self.screens = super::Screens::default();
                let opening = self.options.opening.take();
                // What was typed meanwhile is looked for now, unless something was asked for that is to be seen first.
                let term = std::mem::take(&mut self.search);
                let shown = self.go(self.section);
                let opened = match opening {
                    Some(opening) => self.open(opening),
                    None => self.look_for(term),
                };

                Task::batch([
                    shown,
                    opened,
                    self.count_newer(QUIET),
                    Task::perform(reader.gone(), |()| Message::ReaderGone),
                ])
            }
            Err(failure) => {
                self.no_reader = Some(failure);
                Task::none()
            }
        }
    }

    /// The reader ended, as it never should. It is not started again by itself: that is said, with a button.
    pub(super) fn reader_gone(&mut self) -> Task<Message> {
        tracing::warn!("the reader ended");
        self.reader = Reader::none();
        self.no_reader =
            Some(Failure::new(FailureCode::BackendStopped, "the reader ended").leaving(StateOfThings::SystemIntact));

        Task::none()
    }

    pub(super) fn open(&mut self, opening: Opening) -> Task<Message> {
        if !self.reader.is_there() {
            self.options.opening = Some(opening);
            return Task::none();
        }

        match opening {
            Opening::Item(id) => self.open_item(id),
            Opening::Updates => self.go(Section::Updates),
            Opening::Stone(path) => {
                let name = path
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default();
                self.review(Operation::Local {
                    path,
                    name,
                    digest: String::new(),
                })
            }
        }
    }
}
