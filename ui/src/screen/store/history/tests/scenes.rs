//! The screen in the states that tell most.

use moult_api::{BootedBy, ChangedFile, FileChange, Mark, NextBy};

use super::*;
use crate::samples::LONG;
use crate::screen::store::scene::Scene;

fn files() -> Vec<ChangedFile> {
    let file = |path: &str, package: &str, change, marks: &[Mark]| ChangedFile {
        change,
        path: path.into(),
        package: package.into(),
        marks: marks.to_vec(),
    };

    vec![
        file("bin/gimp", "gimp", FileChange::Added, &[]),
        file("bin/mount", "util-linux", FileChange::Changed, &[Mark::SetId]),
        file(
            "lib/modules/6.12.10/vmlinuz",
            "linux",
            FileChange::Added,
            &[Mark::Kernel, Mark::Boot],
        ),
        file(
            "lib/systemd/system/systemd-timesyncd.service",
            "systemd",
            FileChange::Changed,
            &[Mark::Service],
        ),
        file(
            "share/krita/gradients/a-gradient-with-a-very-long-name-indeed.ggr",
            "krita",
            FileChange::Removed,
            &[],
        ),
    ]
}

pub(crate) fn scenes() -> Vec<Scene> {
    let with = |states| {
        let (mut history, _) = History::new(Reader::none());
        let number = history.question;
        let _ = say(&mut history, Message::States(number, states));
        history
    };
    let compared = |tab| {
        let mut history = ready();
        select(&mut history, 2);
        let _ = answer(&mut history);
        let number = history.files.as_ref().map_or(0, Files::number);
        let _ = say(&mut history, Message::Files(files::Message::Page(number, Ok(files()))));
        let _ = say(&mut history, Message::TabPressed(tab));
        history
    };
    let mut hundreds: Vec<_> = (1..=400).map(|id| state(id, "archived", "Update the system")).collect();
    hundreds[396].pinned = true;
    hundreds.push(state(401, "active", "Update the system"));
    let mut many = with(Ok(hundreds));
    select(&mut many, 393);

    let mut room = ready();
    let _ = say(&mut room, Message::RoomPressed);
    let _ = say(&mut room, Message::AllPressed);
    let mut asking = ready();
    let _ = say(&mut asking, Message::RoomPressed);
    let _ = say(&mut asking, Message::AllPressed);
    let _ = say(&mut asking, Message::RemovePressed);

    let came_back = boot::started(boot::status(BootedBy::Fallback, 6, NextBy::Order));
    let mut chosen = boot::started(boot::status(BootedBy::Choice, 7, NextBy::Order));
    select(&mut chosen, 7);
    let _ = answer(&mut chosen);
    let mut once = boot::in_the_menu();
    select(&mut once, 5);
    let _ = answer(&mut once);

    let mut wide = state(5, "archived", LONG);
    wide.name = LONG.into();
    let mut long = with(Ok(vec![wide, state(6, "active", LONG)]));
    select(&mut long, 5);
    let _ = answer(&mut long);

    vec![
        Scene::new("history", ready()),
        Scene::new("history-came-back", came_back),
        Scene::new("history-chosen", chosen),
        Scene::new("history-menu", once),
        Scene::new("history-compared", compared(Tab::About)),
        Scene::new("history-packages", compared(Tab::Packages)),
        Scene::new("history-files", compared(Tab::Files)),
        Scene::new("history-many", many),
        Scene::new("history-room", room),
        Scene::new("history-asking", asking),
        Scene::new("history-empty", with(Ok(vec![]))),
        Scene::new("history-loading", History::new(Reader::none()).0),
        Scene::new(
            "history-failed",
            with(Err(Failure::new(FailureCode::BackendStopped, ""))),
        ),
        Scene::new("history-long", long),
    ]
}
