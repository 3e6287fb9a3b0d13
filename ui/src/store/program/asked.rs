//! Who agrees: what polkit asks by way of our own agent, where no desktop has one.

use iced::Task;

use super::{Answer, Authenticate, Message, Program};
use crate::agent;
use crate::app::bar;
use crate::screen::store::authenticate;
use crate::widget::focus;

impl Program {
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
