use moult_api::{BootedBy, ChangedFile, FileChange, Mark, NextBy};

use super::*;
use crate::screen::store::stage::pictures;

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

/// Pictures for eyes: `MOULT_PICTURES=folder cargo test -p moult-ui pictures`.
#[test]
fn pictures_can_be_taken_of_history() {
    let Some(folder) = std::env::var_os("MOULT_PICTURES").map(std::path::PathBuf::from) else {
        return;
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
    let (mut many, _) = History::new(Reader::none());
    let number = many.question;
    let mut hundreds: Vec<_> = (1..=400).map(|id| state(id, "archived", "Update the system")).collect();
    hundreds[396].pinned = true;
    hundreds.push(state(401, "active", "Update the system"));
    let _ = say(&mut many, Message::States(number, Ok(hundreds)));
    select(&mut many, 393);

    let mut room = ready();
    let _ = say(&mut room, Message::RoomPressed);
    let _ = say(&mut room, Message::AllPressed);
    let mut asking = ready();
    let _ = say(&mut asking, Message::RoomPressed);
    let _ = say(&mut asking, Message::AllPressed);
    let _ = say(&mut asking, Message::RemovePressed);
    let (empty, _) = {
        let (mut history, task) = History::new(Reader::none());
        let number = history.question;
        let _ = say(&mut history, Message::States(number, Ok(Vec::new())));
        (history, task)
    };

    let came_back = boot::started(boot::status(BootedBy::Fallback, 6, NextBy::Order));
    let mut chosen = boot::started(boot::status(BootedBy::Choice, 7, NextBy::Order));
    select(&mut chosen, 7);
    let _ = answer(&mut chosen);

    let screens = [
        ("came-back", came_back),
        ("chosen", chosen),
        ("now", ready()),
        ("compared", compared(Tab::About)),
        ("packages", compared(Tab::Packages)),
        ("files", compared(Tab::Files)),
        ("many", many),
        ("room", room),
        ("asking", asking),
        ("empty", empty),
    ];
    for (name, history) in &screens {
        pictures(&folder, &format!("history-{name}"), history);
    }
}
