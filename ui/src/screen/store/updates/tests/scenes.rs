//! The screen in the states that tell most.

use moult_api::{ChangedFile, FileChange, Mark};

use super::system::update;
use super::*;
use crate::samples::LONG;
use crate::screen::store::scene::Scene;

fn files_of_all() -> Vec<ChangedFile> {
    let file = |path: &str, package: &str, change, marks: &[Mark]| ChangedFile {
        change,
        path: path.into(),
        package: package.into(),
        marks: marks.to_vec(),
    };

    vec![
        file("bin/openssl", "openssl", FileChange::Changed, &[]),
        file("bin/mount", "util-linux", FileChange::Changed, &[Mark::SetId]),
        file(
            "lib/modules/6.12.10/vmlinuz",
            "linux",
            FileChange::Added,
            &[Mark::Kernel, Mark::Boot],
        ),
        file(
            "lib/modules/6.12.9/vmlinuz",
            "linux",
            FileChange::Removed,
            &[Mark::Kernel, Mark::Boot],
        ),
        file(
            "lib/systemd/system/systemd-timesyncd.service",
            "systemd",
            FileChange::Changed,
            &[Mark::Service],
        ),
        file(
            "share/locale/de/LC_MESSAGES/a-very-long-name-of-a-package-that-has-translations-in-many-languages.mo",
            "krita",
            FileChange::Changed,
            &[],
        ),
    ]
}

pub(crate) fn scenes() -> Vec<Scene> {
    let mut some = ready();
    some.restart = Some(Ok(old_programs()));
    toggled(&mut some, "linux");
    answer_part(&mut some, &["openssl", "glibc", "krita"]);

    let mut unsure = ready();
    let mut failing = sources();
    failing.repositories[0].failed = NOW - 60;
    failing.repositories[0].failure = "The server does not answer.".into();
    unsure.sources = Some(Ok(failing));
    if let Some(Ok(whole)) = &mut unsure.whole {
        whole.plan.unsigned = vec!["volatile".into()];
    }

    let mut nothing = planned(Vec::new(), "none");
    nothing.plan.kept_back.clear();
    let opened = |package: &str| {
        let mut updates = ready();
        let _ = say(&mut updates, Message::Opened(package.into()));
        updates
    };
    let mut files = ready();
    let _ = say(&mut files, Message::FilesPressed);
    let number = files.files.as_ref().map_or(0, Files::number);
    let _ = say(
        &mut files,
        Message::Files(files::Message::Page(number, Ok(files_of_all()))),
    );

    let mut restart = ready();
    restart.restart = Some(Ok(old_programs()));
    let _ = say(&mut restart, Message::RestartPressed);

    let gone = Failure::new(FailureCode::RepositoryUnreachable, "no route to host").arg("uri", "https://shop.example/");
    let unreachable = || answered(planned(rows(), "listed").at(Depth::Unreachable(gone.clone())));
    let mut unreachable_files = unreachable();
    let _ = say(&mut unreachable_files, Message::Opened("linux".into()));
    let _ = say(&mut unreachable_files, Message::TabPressed(Tab::Files));

    let loading = || Updates::new(Reader::none()).0;
    let mut failed = loading();
    let number = failed.question;
    let failure = Failure::new(FailureCode::Unresolvable, "").arg("explanation", "a needs b");
    let _ = say(&mut failed, Message::Whole(number, Err(failure)));
    let long = update(LONG, LONG, UpdateGroup::App, (LONG, LONG), 123_456);

    vec![
        Scene::new("updates", ready()),
        Scene::new("updates-some", some),
        Scene::new("updates-unsure", unsure),
        Scene::new("updates-none", answered(nothing)),
        Scene::new("updates-package", opened("openssl")),
        Scene::new("updates-package-files", opened("linux")),
        Scene::new("updates-files", files),
        Scene::new("updates-restart", restart),
        Scene::new("updates-unreachable", unreachable()),
        Scene::new("updates-unreachable-files", unreachable_files),
        Scene::new("updates-loading", loading()),
        Scene::new("updates-failed", failed),
        Scene::new("updates-long", answered(planned(vec![long], "long"))),
    ]
}
