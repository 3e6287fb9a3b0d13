//! What is asked of the backend. The answers come back as messages.

use iced::Task;
use moult_api::{InstallRequest, KeyboardChoice};

use super::{App, Backend, Message};
use crate::backend::Client;
use crate::screen::{disk, summary, welcome};

impl App {
    /// Asks a ready backend; without one nothing is asked and nothing answered.
    pub(super) fn ask<T, F>(
        &self,
        question: impl FnOnce(Client) -> F,
        answer: impl FnOnce(T) -> Message + Send + 'static,
    ) -> Task<Message>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        match &self.backend {
            Backend::Ready(client) => Task::perform(question(client.clone()), answer),
            _ => Task::none(),
        }
    }

    pub(super) fn ask_offer(&self) -> Task<Message> {
        self.ask(
            |client| async move { client.offer().await },
            |offer| match offer {
                Ok(offer) => Message::Offered(offer),
                Err(failure) => {
                    tracing::warn!(code = ?failure.code, "no offer");
                    Message::Asked
                }
            },
        )
    }

    pub(super) fn check_medium(&self) -> Task<Message> {
        self.ask(
            |client| async move { client.check_medium().await },
            |answer| Message::Welcome(welcome::Message::Checked(answer)),
        )
    }

    pub(super) fn look_at_disks(&self) -> Task<Message> {
        self.ask(
            |client| async move { client.disks().await },
            |disks| Message::Disk(disk::Message::Seen(disks)),
        )
    }

    pub(super) fn plan(&self) -> Task<Message> {
        let Some(request) = self.request() else {
            return Task::none();
        };

        self.ask(
            |client| async move { client.propose(&request).await },
            |plan| Message::Summary(summary::Message::Planned(plan.map(Box::new))),
        )
    }

    pub(super) fn dismiss(&self, job: Option<String>) -> Task<Message> {
        match job {
            Some(job) => self.ask(|client| async move { client.dismiss(&job).await }, |_| Message::Asked),
            None => Task::none(),
        }
    }

    /// Everything that was decided.
    fn request(&self) -> Option<InstallRequest> {
        Some(InstallRequest {
            disk: self.disk.chosen()?.id.clone(),
            filesystem: self.disk.filesystem(),
            hostname: self.account.hostname().to_owned(),
            locale: self.language.locale().to_owned(),
            timezone: self.timezone.clone(),
            keyboard: KeyboardChoice {
                layout: self.bar.layout().code.clone(),
                variant: self.bar.layout().variant.clone(),
            },
            account: self.account.choice(),
        })
    }
}
