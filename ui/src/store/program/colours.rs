//! The colours: as the person chose them, else as the desktop has them.

use iced::Task;

use super::{Message, Program};
use crate::store::colours;
use crate::theme::{Scheme, Theme};

/// What is known of the colours.
#[derive(Debug, Default)]
pub(super) struct Colours {
    /// What the person chose, now or once.
    chosen: Option<Scheme>,
    /// What is in the file.
    kept: Option<Scheme>,
    /// It is being written.
    is_being_kept: bool,
}

impl Program {
    /// Shows what was chosen once.
    pub(super) fn take_up_colours(&mut self) {
        let chosen = self.options.state.as_deref().and_then(colours::chosen);
        self.colours.chosen = chosen;
        self.colours.kept = chosen;
        self.theme = chosen.map_or_else(Theme::default, Theme::new);
    }

    /// Asks the desktop, where nothing was ever chosen. The window does not wait for that.
    pub(super) fn ask_for_colours(&self) -> Task<Message> {
        match self.colours.chosen {
            Some(_) => Task::none(),
            None => Task::perform(colours::of_desktop(), Message::OfDesktop),
        }
    }

    pub(super) fn of_desktop(&mut self, scheme: Option<Scheme>) -> Task<Message> {
        // Whoever has chosen meanwhile has chosen.
        if let (None, Some(scheme)) = (self.colours.chosen, scheme) {
            self.theme = Theme::new(scheme);
        }

        Task::none()
    }

    pub(super) fn choose_colours(&mut self, scheme: Scheme) -> Task<Message> {
        self.theme = Theme::new(scheme);
        self.colours.chosen = Some(scheme);

        self.keep_colours()
    }

    pub(super) fn colours_kept(&mut self, scheme: Scheme) -> Task<Message> {
        self.colours.is_being_kept = false;
        self.colours.kept = Some(scheme);

        self.keep_colours()
    }

    /// Writes the choice down, one at a time and not by whoever draws.
    fn keep_colours(&mut self) -> Task<Message> {
        let (Some(folder), Some(chosen)) = (self.options.state.clone(), self.colours.chosen) else {
            return Task::none();
        };
        if self.colours.is_being_kept || self.colours.kept == Some(chosen) {
            return Task::none();
        }

        self.colours.is_being_kept = true;
        Task::perform(
            async move {
                let kept = tokio::task::spawn_blocking(move || colours::keep(&folder, chosen)).await;
                // Only the next window would miss it.
                match kept {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::warn!(%error, "the chosen colours could not be kept"),
                    Err(error) => tracing::warn!(%error, "the chosen colours could not be kept"),
                }
                chosen
            },
            Message::ColoursKept,
        )
    }
}
