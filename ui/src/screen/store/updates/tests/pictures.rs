use moult_api::{ChangedFile, FileChange, Mark};

use super::*;
use crate::screen::store::stage::pictures;

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

/// Pictures for eyes: `MOULT_PICTURES=folder cargo test -p moult-ui pictures`.
#[test]
fn pictures_can_be_taken_of_updates() {
    let Some(folder) = std::env::var_os("MOULT_PICTURES").map(std::path::PathBuf::from) else {
        return;
    };
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
    let none = answered(nothing);

    let mut package = ready();
    let _ = say(&mut package, Message::Opened("openssl".into()));

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

    let screens = [
        ("list", ready()),
        ("some", some),
        ("unsure", unsure),
        ("none", none),
        ("package", package),
        ("files", files),
        ("restart", restart),
    ];
    for (name, updates) in &screens {
        pictures(&folder, &format!("updates-{name}"), updates);
    }
}
