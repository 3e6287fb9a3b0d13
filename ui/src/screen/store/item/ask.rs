//! What the page asks for, and when.

use iced::Task;
use moult_api::{Action as Wish, Failure, ItemDetails};

use super::details::Files;
use super::{AppPage, Asked, Deed, Loaded, Message, Part, Plan, deed, operation, shots};
use crate::screen::store::files;
use crate::store::{Reach, Reader, plan_of};

/// Add-ons whose names are asked for.
const MOST_ADDONS: usize = 12;

impl AppPage {
    /// The page came: what else it shows is asked for.
    pub(super) fn loaded(&mut self, loaded: Loaded) -> Task<Message> {
        let question = self.question;
        let mut tasks = Vec::new();

        self.shots.begin(loaded.reach);
        self.failure = None;
        let details = self.details.insert(Box::new(loaded.details));
        let wish = match deed(details) {
            Deed::Install => Some(Wish::Install),
            Deed::Update => Some(Wish::Sync),
            Deed::Open | Deed::None => None,
        };
        self.plan = Plan::None;
        if let Some(wish) = wish {
            let operation = operation(wish, details);
            self.plan = Plan::OnItsWay;
            tasks.push(self.reader.ask(
                move |reader| async move { plan_of(&reader, &operation).await.map(Box::new) },
                move |answer| Message::Planned(question, answer),
            ));
        }
        let addons: Vec<String> = details.addons.iter().take(MOST_ADDONS).cloned().collect();
        if !addons.is_empty() {
            tasks.push(self.reader.ask(
                move |reader| async move {
                    let store = reader.store().await?;
                    let mut items = Vec::new();
                    for id in addons {
                        items.extend(store.item(&id).await.map(|details| details.item));
                    }
                    reader.pictures().load(&items).await;
                    Ok(items)
                },
                move |answer| Message::Addons(question, answer),
            ));
        }
        // What is unfolded is of before.
        self.package = Asked::Not;
        self.why = Asked::Not;
        self.files = Files::default();
        self.coming = None;
        tasks.extend(self.open.clone().into_iter().map(|part| self.ask_part(part)));
        tasks.push(self.ask_shots());

        Task::batch(tasks)
    }

    /// Asks for what an unfolded part shows.
    pub(super) fn ask_part(&mut self, part: Part) -> Task<Message> {
        let Some(details) = &self.details else {
            return Task::none();
        };
        let (question, name) = (self.question, details.item.package.clone());

        match part {
            Part::Dependencies if matches!(self.package, Asked::Not) => {
                self.package = Asked::OnItsWay;
                self.reader.ask(
                    move |reader| async move { reader.packages().await?.info(&name).await.map(Box::new) },
                    move |answer| Message::Package(question, answer),
                )
            }
            Part::Why if matches!(self.why, Asked::Not) => {
                self.why = Asked::OnItsWay;
                self.reader.ask(
                    move |reader| async move { reader.packages().await?.why(&name).await },
                    move |answer| Message::Why(question, answer),
                )
            }
            Part::Files if !details.item.installed => self.ask_coming(),
            Part::Files => self.ask_files(),
            Part::Dependencies | Part::Why | Part::Releases => Task::none(),
        }
    }

    /// The files that an item which is not here would bring: its plan knows them.
    fn ask_coming(&mut self) -> Task<Message> {
        let (Some(details), Plan::Made(plan)) = (&self.details, &self.plan) else {
            return Task::none();
        };
        if self.coming.as_ref().is_some_and(|files| files.is_of_plan(&plan.digest)) {
            return Task::none();
        }
        let (mut files, task) = files::Files::of_plan(self.reader.clone(), &plan.digest);
        files.show_package(Some(&details.item.package));
        self.coming = Some(files);

        task.map(Message::Coming)
    }

    pub(super) fn ask_files(&mut self) -> Task<Message> {
        let (Some(details), Some(from)) = (&self.details, self.files.ask()) else {
            return Task::none();
        };
        let (question, name) = (self.question, details.item.package.clone());

        self.reader.ask(
            move |reader| async move {
                let number = u32::try_from(from).unwrap_or(u32::MAX);
                reader.packages().await?.files(&name, number).await
            },
            move |answer| Message::Files(question, from, answer),
        )
    }

    /// Fetches the screenshot that is shown, and the next one.
    pub(super) fn ask_shots(&mut self) -> Task<Message> {
        let (Some(details), true) = (&self.details, self.reader.is_there()) else {
            return Task::none();
        };
        let question = self.question;
        let pictures = self.reader.pictures().clone();
        let wanted = self.shots.ask(&details.screenshots, &pictures);
        let reach = self.shots.reach();

        Task::batch(wanted.into_iter().map(|(at, url)| {
            let pictures = pictures.clone();
            Task::perform(
                async move { pictures.load_shot(&url, shots::ROOM, reach).await },
                move |outcome| Message::Shot(question, at, outcome),
            )
        }))
    }
}

/// Where the screenshots of an item's page may be.
pub(super) async fn reach(reader: &Reader, details: &ItemDetails) -> Result<Reach, Failure> {
    if details.screenshots.is_empty() {
        return Ok(Reach::Public);
    }
    let repositories = reader.packages().await?.repositories().await?.repositories;
    let found = repositories.iter().find(|one| one.name == details.item.repository);

    Ok(found.map_or(Reach::Public, |one| Reach::of(&one.uri)))
}
