//! What the system is now, as far as somebody else may have changed it: taking back what was done here, and showing things anew.

use std::time::Duration;

use iced::Task;
use moult_api::Failure;

use super::{Above, Message, Notice, Program};
use crate::screen::store::updates;
use crate::store::{EntryId, Known, Operation, Stage};

impl Program {
    /// Takes back what was last done, if it still is as it was made: that is asked first.
    pub(super) fn undo(&self) -> Task<Message> {
        let Some(Notice::Changed { entry, operation, .. }) = &self.notice else {
            return Task::none();
        };
        let (entry, operation) = (*entry, operation.clone());

        self.reader.ask(
            |reader| async move { Known::about(&reader, None, &operation).await.map(Box::new) },
            move |known| Message::FoundToUndo(entry, known),
        )
    }

    pub(super) fn found_to_undo(&mut self, of: EntryId, known: Result<Box<Known>, Failure>) -> Task<Message> {
        let known = match known {
            Ok(known) => known,
            // It can be pressed again.
            Err(failure) => {
                tracing::warn!(code = ?failure.code, "whether it can be taken back is not known");
                return Task::none();
            }
        };
        let Some(Notice::Changed { operation, back, .. }) = self
            .notice
            .take_if(|notice| matches!(notice, Notice::Changed { entry, .. } if *entry == of))
        else {
            return Task::none();
        };
        let can = match &*back {
            Operation::GoBack { from, .. } => known.active() == Some(*from),
            _ => known.still(&operation),
        };
        let seen = known.active().map_or_else(Task::none, |state| self.is_active(state));
        if can {
            return Task::batch([seen, self.enqueue(*back)]);
        }

        tracing::info!("nothing is taken back: somebody else changed something since");
        self.notice = Some(Notice::Overtaken(operation));
        Task::batch([seen, self.refresh()])
    }

    /// An entry that takes something back found it changed by somebody else, so that nothing was done.
    pub(super) fn overtaken(&mut self, id: EntryId) -> Task<Message> {
        if let Some(entry) = self.queue.get(id) {
            self.notice = Some(Notice::Overtaken(Box::new(entry.operation.clone())));
        }
        self.queue.set(id, Stage::Cancelled);
        self.queue.remove(id);
        self.keep_queue();

        Task::batch([self.refresh(), self.go_on()])
    }

    /// The system changed: everything that is shown is asked anew.
    pub(super) fn refresh(&mut self) -> Task<Message> {
        Task::batch([self.refresh_screens(), self.ask_active()])
    }

    fn refresh_screens(&mut self) -> Task<Message> {
        let screens = &mut self.screens;
        let mut tasks = Vec::new();
        tasks.extend(screens.explore.as_mut().map(|s| s.refresh().map(Message::Explore)));
        tasks.extend(screens.installed.as_mut().map(|s| s.refresh().map(Message::Installed)));
        tasks.extend(screens.updates.as_mut().map(|s| s.refresh().map(Message::Updates)));
        tasks.extend(screens.history.as_mut().map(|s| s.refresh().map(Message::History)));
        tasks.extend(screens.sources.as_mut().map(|s| s.refresh().map(Message::Sources)));
        for (id, page) in &mut self.above {
            let id = *id;
            match page {
                Above::Browse(page) => tasks.push(page.refresh().map(move |m| Message::Browse(id, m))),
                Above::Item(page) => tasks.push(page.refresh().map(move |m| Message::Item(id, m))),
                Above::Review(_) => {}
            }
        }
        tasks.push(self.count_newer(Duration::ZERO));

        Task::batch(tasks)
    }

    /// For the rail, until there is a screen that knows. Nothing is fetched for it.
    pub(super) fn count_newer(&self, after: Duration) -> Task<Message> {
        if self.screens.updates.is_some() {
            return Task::none();
        }

        self.reader.ask(
            move |reader| async move {
                tokio::time::sleep(after).await;
                updates::count(&reader).await
            },
            |count| Message::Newer(count.ok()),
        )
    }

    pub(super) fn ask_active(&mut self) -> Task<Message> {
        self.active_question += 1;
        let question = self.active_question;

        self.reader.ask(
            |reader| async move { reader.packages().await?.active().await },
            move |state| match state {
                Ok(0) => Message::Asked,
                Ok(state) => Message::Active(question, state),
                // It is asked again soon enough.
                Err(failure) => {
                    tracing::warn!(code = ?failure.code, "which state is active is not known");
                    Message::Asked
                }
            },
        )
    }

    pub(super) fn active_answered(&mut self, question: u64, state: u64) -> Task<Message> {
        // What is at work here makes another state itself: when it has ended, that is asked again.
        let is_at_work = |entry: &crate::store::Entry| entry.job.is_some() && !entry.is_following;
        if question != self.active_question || self.queue.current().is_some_and(is_at_work) {
            return Task::none();
        }

        self.is_active(state)
    }

    /// This state is the active one. If another one was, somebody else changed the system: what is shown is of before.
    pub(super) fn is_active(&mut self, state: u64) -> Task<Message> {
        let before = std::mem::replace(&mut self.active, state);
        if before == 0 || before == state {
            return Task::none();
        }

        tracing::info!("the system was changed by somebody else");
        self.root_saw(None);
        self.refresh_screens()
    }
}
