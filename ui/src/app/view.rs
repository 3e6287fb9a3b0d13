//! What is seen: the frame, and the page of the screen that is open in it.

use moult_i18n::fl;

use super::{App, At, Backend, Message};
use crate::format;
use crate::keyboard;
use crate::screen::summary::Decisions;
use crate::screen::{Look, Page, Step};
use crate::theme::Element;
use crate::widget::{Frame, banner, rail, step_line};

impl App {
    /// The window.
    pub fn view(&self) -> Element<'_, Message> {
        let language = self.language;
        let page = self.page();
        let mut content = iced::widget::column![].spacing(crate::theme::space::L);
        if matches!(self.backend, Backend::Again) {
            content = content.push(banner::warn(fl!(language, "backend-again")));
        }

        let at = Step::ALL
            .iter()
            .position(|step| *step == self.step())
            .unwrap_or_default();
        let (number, count) = (at + 1, Step::ALL.len());
        let line = fl!(language, "step-of", step = number, count = count);
        let direction = crate::widget::Direction::default();
        let frame = Frame::new(content.push(page.body))
            .bar(
                self.bar
                    .view(language, self.network.connectivity(), self.theme.scheme)
                    .map(Message::Bar),
            )
            .steps(
                rail(Step::ALL.map(|step| step.name(language)), at, direction),
                step_line(line),
            )
            .buttons(page.buttons)
            .direction(direction);

        keyboard::root(frame, &self.keyboard, Message::Tab)
    }

    fn page(&self) -> Page<'_, Message> {
        let layout = self.bar.layout();
        let look = Look {
            language: self.language,
            keyboard: &self.keyboard,
            layout_short: &layout.short,
            layout_name: &layout.name,
        };

        match &self.at {
            At::Deciding(Step::Network) => self.network.view(look).map(Message::Network),
            At::Deciding(Step::Disk) => self.disk.view(look).map(Message::Disk),
            At::Deciding(Step::Account) => self.account.view(look).map(Message::Account),
            At::Deciding(Step::Summary) => self.summary.view(look, &self.decisions()).map(Message::Summary),
            At::Deciding(_) => self.welcome.view(look).map(Message::Welcome),
            At::Progress(progress) => progress.view(look).map(Message::Progress),
            At::Done(done, _) => done.view(look, self.is_kiosk).map(Message::Done),
            At::Failed(failed) => failed.view(look, self.is_kiosk).map(Message::Failed),
        }
    }

    fn decisions(&self) -> Decisions {
        let account = self.account.choice();

        Decisions {
            system: self.system.clone(),
            language: self.language.name().to_owned(),
            keyboard: self.bar.layout().name.clone(),
            network: format::connectivity(self.language, self.network.connectivity()),
            filesystem: format::filesystem(self.language, self.disk.filesystem()),
            full_name: account.full_name,
            user_name: account.user_name,
            hostname: self.account.hostname().to_owned(),
            timezone: self.timezone.clone(),
        }
    }

    fn step(&self) -> Step {
        match &self.at {
            At::Deciding(step) => *step,
            At::Progress(_) | At::Failed(_) => Step::Progress,
            At::Done(..) => Step::Done,
        }
    }

    pub(super) fn screen_name(&self) -> &'static str {
        match &self.at {
            At::Deciding(Step::Network) => "network",
            At::Deciding(Step::Disk) => "disk",
            At::Deciding(Step::Account) => "account",
            At::Deciding(Step::Summary) => "summary",
            At::Deciding(_) => "welcome",
            At::Progress(_) => "progress",
            At::Done(..) => "done",
            At::Failed(_) => "failed",
        }
    }
}
