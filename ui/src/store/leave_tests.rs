use moult_api::{Action, ChangeRequest, Offered};

use super::*;

fn operation(action: Action, names: &[&str]) -> Operation {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();

    Operation::Change {
        request: ChangeRequest {
            action,
            packages: names.clone(),
            imported: vec![],
            remove_orphans: false,
        },
        names,
        digest: String::new(),
    }
}

fn package(name: &str, change: PackageChange, old: &str, new: &str) -> PlannedPackage {
    let offered = |version: &str| Offered {
        repository: "shop".into(),
        version: version.into(),
        source_release: 1,
        build_release: 1,
        size: 10,
    };
    let some = |version: &str| {
        if version.is_empty() {
            vec![]
        } else {
            vec![offered(version)]
        }
    };

    PlannedPackage {
        name: name.into(),
        change,
        old: some(old),
        new: some(new),
        explicit: false,
    }
}

fn plan(packages: Vec<PlannedPackage>) -> ChangePlan {
    ChangePlan {
        digest: "d".into(),
        from: 1,
        summary: String::new(),
        packages,
        orphans: vec![],
        kept_back: vec![],
        unsigned: vec![],
        outgrown: vec![],
        download_bytes: 38_000_000,
        disk_bytes: 0,
        files_added: 0,
        files_changed: 0,
        files_removed: 0,
    }
}

#[test]
fn a_change_is_said_with_its_packages_and_what_goes_comes_first() {
    let plan = plan(vec![
        package("krita", PackageChange::Install, "", "5.2.9"),
        package("libfoo", PackageChange::Upgrade, "1.0", "1.1"),
        package("old-krita", PackageChange::Remove, "4", ""),
    ]);
    let leave = Leave::new(
        &operation(Action::Install, &["Krita"]),
        Some(&plan),
        0,
        Language::English,
    );

    assert_eq!(leave.summary, "Install Krita: 3 packages, 38\u{a0}MB to download");
    assert_eq!(leave.packages, ["− old-krita 4", "+ krita 5.2.9", "libfoo 1.0 → 1.1"]);
    assert_eq!(
        leave.argument(Language::English),
        "Install Krita: 3 packages, 38\u{a0}MB to download (− old-krita 4, + krita 5.2.9, libfoo 1.0 → 1.1)"
    );
}

#[test]
fn what_has_no_plan_is_said_and_what_comes_after_it() {
    let leave = Leave::new(&Operation::Activate { state: 7 }, None, 2, Language::English);

    assert_eq!(leave.argument(Language::English), leave.summary);
    assert!(
        leave.summary.contains('7') && leave.summary.contains("2 more"),
        "{leave:?}"
    );
    assert!(leave.packages.is_empty());
}

#[test]
fn a_long_plan_is_counted_not_listed() {
    let many = (0..900).map(|at| package(&format!("lib{at}"), PackageChange::Upgrade, "1", "2"));
    let leave = Leave::new(
        &operation(Action::Sync, &[]),
        Some(&plan(many.collect())),
        0,
        Language::English,
    );

    assert_eq!((leave.packages.len(), leave.unlisted), (LISTED, 900 - LISTED));
    let argument = leave.argument(Language::English);
    assert!(
        argument.contains("lib7 1 → 2") && !argument.contains("lib8 1"),
        "{argument}"
    );
    assert!(argument.ends_with("and 892 more)"), "{argument}");
}

#[test]
fn names_from_strangers_cannot_make_a_prompt_say_something_else() {
    let name = "<b>\u{202e}evil\u{202c}</b> & co\n\n/usr/bin/true\u{7}\u{200b}".to_owned() + &"x".repeat(5000);
    for language in Language::ALL {
        let leave = Leave::new(&operation(Action::Install, &[&name]), None, 0, language);
        let argument = leave.argument(language);

        assert!(argument.chars().count() <= LONGEST_LINE);
        assert!(
            !argument
                .contains(|letter: char| letter.is_control() || "<>&\u{202e}\u{202c}\u{200b}\u{2068}".contains(letter)),
            "{argument}"
        );
        assert!(argument.contains("evil"), "{argument}");
    }
}
