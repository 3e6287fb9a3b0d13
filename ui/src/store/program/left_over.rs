//! The queue outlives the window: it is written down as it changes, and what a window before this one left is taken up.

use iced::Task;

use super::{Message, Program};
use crate::store::keeper::Keeper;
use crate::store::saved;

impl Program {
    /// Operations that the window before this one did not get to, or that it was at when it ended. They wait until the
    /// person says that they shall go on: one of them may be done by now, and then there is nothing to do.
    pub(super) fn take_up_left_over(&mut self) {
        let Some(folder) = &self.options.state else {
            return;
        };
        for operation in saved::load(folder) {
            let _ = self.queue.add(operation.unseen());
        }
        self.left_over = self.queue.open();
        self.queue.pause(self.left_over > 0);
    }

    pub(super) fn forget_left_over(&mut self) -> Task<Message> {
        self.left_over = 0;
        let waiting: Vec<_> = self.queue.waiting().map(|entry| entry.id).collect();
        for id in waiting {
            self.queue.remove(id);
        }
        self.queue.pause(false);
        self.keep_queue();

        Task::none()
    }

    /// The queue is another one: it is written down, not by whoever draws.
    pub(super) fn keep_queue(&mut self) {
        let Some(folder) = &self.options.state else {
            return;
        };
        if self.keeper.is_none() {
            match Keeper::new(folder.clone()) {
                Ok(keeper) => self.keeper = Some(keeper),
                // Only the next window would miss it.
                Err(error) => tracing::warn!(%error, "the queue could not be kept"),
            }
        }
        if let Some(keeper) = &self.keeper {
            self.kept = Some(keeper.keep(self.queue.unfinished()));
        }
    }
}
