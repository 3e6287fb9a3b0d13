//! Who agrees: what leave is asked for, and what polkit asks by way of our own agent, where no desktop has one.

use iced::Task;
use moult_api::{ChangePlan, Failure};

use super::{Answer, Authenticate, Message, Program};
use crate::agent;
use crate::app::bar;
use crate::screen::store::authenticate;
use crate::store::writer::is_approved;
use crate::store::{Begun, EntryId, Leave, Operation, Stage, Writer, plan_of};
use crate::widget::focus;

impl Program {
    /// Has a change planned with the person's own rights before leave is asked: what is said there is what will be done, and nobody
    /// proves who they are for a change that is none, or that they would not want if they saw it.
    pub(super) fn foresee(&mut self, id: EntryId, operation: Operation) -> Task<Message> {
        let has_a_plan = matches!(operation, Operation::Change { .. } | Operation::Local { .. });
        if !has_a_plan || !self.reader.is_there() {
            return self.ask_leave(id, None);
        }

        self.reader.ask(
            |reader| async move { plan_of(&reader, &operation).await.map(Box::new) },
            move |plan| Message::Foreseen(id, plan),
        )
    }

    pub(super) fn foreseen(&mut self, id: EntryId, plan: Result<Box<ChangePlan>, Failure>) -> Task<Message> {
        let starting = self.queue.get(id).filter(|entry| entry.stage == Stage::Starting);
        let Some(operation) = starting.map(|entry| entry.operation.clone()) else {
            return self.go_on();
        };

        match plan {
            Ok(plan) if plan.packages.is_empty() => self.begun(id, Ok(Begun::Nothing)),
            Ok(plan) if !is_approved(&operation, &plan) => self.begun(id, Ok(Begun::Ask(plan))),
            Ok(plan) => self.ask_leave(id, Some(&plan)),
            // Root may know better: it can also put right what a reader can only find wrong.
            Err(failure) => {
                tracing::info!(code = ?failure.code, "the change could not be planned beforehand");
                self.ask_leave(id, None)
            }
        }
    }

    /// Starts a writer. Whoever asks the person for leave can say what for.
    fn ask_leave(&mut self, id: EntryId, plan: Option<&ChangePlan>) -> Task<Message> {
        let Some(entry) = self.queue.get(id) else {
            return Task::none();
        };
        self.leave = Leave::new(&entry.operation, plan, self.queue.waiting().count(), self.language);
        let told = self.leave.argument(self.language);

        Task::perform(async move { Writer::start(&told).await }, move |result| {
            Message::WriterStarted(id, result)
        })
    }

    pub(super) fn agent_said(&mut self, event: agent::Event) -> Task<Message> {
        match event {
            agent::Event::Asked(request) => {
                // Of a request that is not about this window nothing is known.
                let leave = self.leave.clone();
                let (page, task) = Authenticate::new(request.clone(), request.is_own().then_some(leave));
                let first = page.first_stop();
                self.asked = Some(page);

                Task::batch([task.map(Message::Authenticate), focus::to(first)])
            }
            agent::Event::Withdrawn(request) => {
                if self.asked.as_ref().is_some_and(|asked| asked.request() == request) {
                    self.asked = None;
                }
                Task::none()
            }
        }
    }

    pub(super) fn authenticate_wants(&mut self, action: authenticate::Action) -> Task<Message> {
        match action {
            authenticate::Action::None => Task::none(),
            authenticate::Action::Run(task) => task.map(Message::Authenticate),
            authenticate::Action::OpenKeyboardMenu if self.bar.is_some() => bar::open_keyboard_menu(),
            authenticate::Action::OpenKeyboardMenu => Task::none(),
            authenticate::Action::Close(answer) => {
                if answer != Answer::Given {
                    tracing::info!("nobody agreed");
                }
                self.asked = None;
                Task::none()
            }
        }
    }
}
