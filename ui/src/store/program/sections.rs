//! The sections, each with a screen that is made when it is first opened; and which page is in sight.

use iced::Task;

use super::{Above, Message, Program, Section, check};
use crate::screen::store::Look;
use crate::screen::store::explore::Explore;
use crate::screen::store::history::History;
use crate::screen::store::installed::Installed;
use crate::screen::store::sources::Sources;
use crate::screen::store::updates::Updates;
use crate::theme::Element;

impl Program {
    pub(super) fn go(&mut self, section: Section) -> Task<Message> {
        self.above.clear();
        self.search.clear();
        self.section = section;
        if section == Section::Updates {
            check::seen();
        }
        let reader = &self.reader;

        let made = match section {
            Section::Explore if self.screens.explore.is_none() => {
                let (screen, task) = Explore::new(reader.clone());
                self.screens.explore = Some(screen);
                task.map(Message::Explore)
            }
            Section::Installed if self.screens.installed.is_none() => {
                let (screen, task) = Installed::new(reader.clone());
                self.screens.installed = Some(screen);
                task.map(Message::Installed)
            }
            Section::Updates if self.screens.updates.is_none() => {
                let (mut screen, task) = Updates::new(reader.clone());
                screen.root_saw(self.restart.clone());
                self.screens.updates = Some(screen);
                task.map(Message::Updates)
            }
            Section::History if self.screens.history.is_none() => {
                let (screen, task) = History::new(reader.clone());
                self.screens.history = Some(screen);
                task.map(Message::History)
            }
            Section::Sources if self.screens.sources.is_none() => {
                let (screen, task) = Sources::new(reader.clone());
                self.screens.sources = Some(screen);
                task.map(Message::Sources)
            }
            _ => Task::none(),
        };

        Task::batch([made, self.ask_active()])
    }

    pub(super) fn screen_name(&self) -> &'static str {
        if self.asked.is_some() {
            return "authenticate";
        }

        match self.above.last() {
            Some((_, Above::Browse(_))) => "browse",
            Some((_, Above::Item(_))) => "item",
            Some((_, Above::Review(_))) => "review",
            None => match self.section {
                Section::Explore => "explore",
                Section::Installed => "installed",
                Section::Updates => "updates",
                Section::History => "history",
                Section::Sources => "sources",
                Section::Queue => "queue",
            },
        }
    }

    pub(super) fn screen<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        if let Some(asked) = &self.asked {
            let layout = self.bar.as_ref().map_or(("", ""), |bar| {
                (bar.layout().short.as_str(), bar.layout().name.as_str())
            });
            return asked.view(look, layout).map(Message::Authenticate);
        }
        if let Some((id, page)) = self.above.last() {
            let id = *id;
            return match page {
                Above::Browse(screen) => screen.view(look).map(move |message| Message::Browse(id, message)),
                Above::Item(screen) => screen.view(look).map(move |message| Message::Item(id, message)),
                Above::Review(screen) => screen.view(look).map(move |message| Message::Review(id, message)),
            };
        }
        let screens = &self.screens;

        match self.section {
            Section::Explore => screens
                .explore
                .as_ref()
                .map(|screen| screen.view(look).map(Message::Explore)),
            Section::Installed => screens
                .installed
                .as_ref()
                .map(|screen| screen.view(look).map(Message::Installed)),
            Section::Updates => screens
                .updates
                .as_ref()
                .map(|screen| screen.view(look).map(Message::Updates)),
            Section::History => screens
                .history
                .as_ref()
                .map(|screen| screen.view(look).map(Message::History)),
            Section::Sources => screens
                .sources
                .as_ref()
                .map(|screen| screen.view(look).map(Message::Sources)),
            Section::Queue => Some(screens.queue.view(look).map(Message::Queue)),
        }
        .unwrap_or_else(|| self.not_there_yet())
    }
}
