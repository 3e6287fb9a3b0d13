//! Files that are dropped on the window.

use std::path::Path;

use iced::Task;

use super::{Message, Notice, Program};
use crate::store::{NotOpened, Opening};

impl Program {
    /// A file was dropped: a package is opened, of anything else it is said what it is not.
    pub(super) fn file_dropped(&mut self, path: &Path) -> Task<Message> {
        match Opening::dropped(path) {
            Ok(opening) => self.open(opening),
            Err(_) => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                self.not_opened(NotOpened::NoPackage(name.to_string_lossy().into_owned()))
            }
        }
    }

    /// Files were dropped: the first that is a package is opened. A list of nothing is nothing.
    pub(super) fn list_dropped(&mut self, list: &[u8]) -> Task<Message> {
        match Opening::first_of(list) {
            Ok(opening) => self.open(opening),
            Err(why) => self.not_opened(why),
        }
    }

    fn not_opened(&mut self, why: NotOpened) -> Task<Message> {
        if why == NotOpened::Nothing {
            return Task::none();
        }
        let under = match self.notice.take() {
            Some(Notice::NotOpened { under, .. }) => under,
            other => other.map(Box::new),
        };
        self.notice = Some(Notice::NotOpened { why, under });
        Task::none()
    }
}
