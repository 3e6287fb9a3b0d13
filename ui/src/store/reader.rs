//! The reader: a backend with this user's own rights that answers every question of the store. No prompt, ever.

use std::os::fd::AsFd;

use iced::Task;
use moult_api::{BootProxy, ChangePlan, Failure, FailureCode, InspectorProxy, PackagesProxy, StoreProxy};
use moult_i18n::Language;
use zbus::{Connection, Fd};

use super::Operation;
use super::pictures::Pictures;
use crate::backend;

/// A connected reader, and the pictures of what it tells about. Clones share both.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    connection: Option<Connection>,
    pictures: Pictures,
}

impl Reader {
    /// Starts one that speaks a language.
    ///
    /// # Errors
    /// [`FailureCode::Internal`] if it is not installed or speaks another contract, [`FailureCode::BackendStopped`] if it
    /// ended at once.
    pub async fn start(language: Language) -> Result<Self, Failure> {
        let connection = backend::reader().await?;
        let reader = Self {
            connection: Some(connection),
            pictures: Pictures::default(),
        };
        reader.speak(language).await?;

        Ok(reader)
    }

    /// One that answers nothing: for tests that play its part, and until the real one is there.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// One behind this connection: for tests that play its part.
    #[cfg(test)]
    pub(crate) fn behind(connection: Connection) -> Self {
        Self {
            connection: Some(connection),
            pictures: Pictures::default(),
        }
    }

    /// Whether it can be asked.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.connection.is_some()
    }

    /// The names and texts of this language from now on.
    ///
    /// # Errors
    /// As every question.
    pub async fn speak(&self, language: Language) -> Result<(), Failure> {
        self.store().await?.speak(&[language.locale()]).await
    }

    /// Asks. Without a connection nothing is asked and nothing answered.
    ///
    /// ```ignore
    /// reader.ask(move |reader| async move { reader.store().await?.front(day).await }, Message::Loaded)
    /// ```
    pub fn ask<T, F, Message>(
        &self,
        question: impl FnOnce(Self) -> F,
        answer: impl FnOnce(Result<T, Failure>) -> Message + Send + 'static,
    ) -> Task<Message>
    where
        F: Future<Output = Result<T, Failure>> + Send + 'static,
        T: Send + 'static,
        Message: Send + 'static,
    {
        if self.is_there() {
            Task::perform(question(self.clone()), answer)
        } else {
            Task::none()
        }
    }

    /// Apps and packages as items.
    ///
    /// # Errors
    /// [`FailureCode::BackendStopped`] without a connection.
    pub async fn store(&self) -> Result<StoreProxy<'static>, Failure> {
        Ok(StoreProxy::new(self.connection()?).await?)
    }

    /// Packages, repositories, states, plans.
    ///
    /// # Errors
    /// [`FailureCode::BackendStopped`] without a connection.
    pub async fn packages(&self) -> Result<PackagesProxy<'static>, Failure> {
        Ok(PackagesProxy::new(self.connection()?).await?)
    }

    /// How the machine starts.
    ///
    /// # Errors
    /// [`FailureCode::BackendStopped`] without a connection.
    pub async fn boot(&self) -> Result<BootProxy<'static>, Failure> {
        Ok(BootProxy::new(self.connection()?).await?)
    }

    /// Package files.
    ///
    /// # Errors
    /// [`FailureCode::BackendStopped`] without a connection.
    pub async fn inspector(&self) -> Result<InspectorProxy<'static>, Failure> {
        Ok(InspectorProxy::new(self.connection()?).await?)
    }

    /// Returns when the reader is gone.
    pub async fn gone(self) {
        if let Some(connection) = self.connection {
            connection.closed().await;
        }
    }

    /// Icons and screenshots.
    #[must_use]
    pub fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    fn connection(&self) -> Result<&Connection, Failure> {
        self.connection
            .as_ref()
            .ok_or_else(|| Failure::new(FailureCode::BackendStopped, "there is no reader"))
    }
}

/// The plan of an operation on packages, made with the person's own rights. Nothing is written.
///
/// # Errors
/// Why it cannot be planned.
pub async fn plan_of(reader: &Reader, operation: &Operation) -> Result<ChangePlan, Failure> {
    let packages = reader.packages().await?;

    match operation {
        Operation::Change { request, .. } => packages.plan(request).await,
        Operation::Local { path, .. } => {
            let file = super::writer::open(path)?;
            packages.plan_local(Fd::from(file.as_fd())).await
        }
        _ => Err(Failure::new(
            FailureCode::Internal,
            "only changes of packages have a plan",
        )),
    }
}
