//! What a list of updates says.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod lab;

use moult_packages::Unwatched;
use moult_shelf::Group;

use lab::{Lab, app, package};

fn release(version: &str, more: &str, text: &str) -> String {
    format!("<release version=\"{version}\" {more}><description><p>{text}</p></description></release>")
}

#[test]
fn security_comes_from_the_releases_between_and_the_rest_is_apps_and_system() {
    let releases = |list: &[String]| format!("<releases>{}</releases>", list.concat());
    let safe = release("2.0", "", "New colours");
    let components = [
        app(
            "plain",
            "plain",
            "Plain",
            &releases(&[safe.clone(), release("1.0", "urgency=\"critical\"", "Old")]),
        ),
        app(
            "named",
            "named",
            "Named",
            &releases(&[safe.clone(), release("1.5", "", "Fixes CVE-2026-12345.")]),
        ),
        app(
            "urgent",
            "urgent",
            "Urgent",
            &releases(&[release("2.0", "urgency=\"high\"", "Soon")]),
        ),
        app(
            "later",
            "later",
            "Later",
            &releases(&[release("3.0", "urgency=\"high\"", "Not offered yet"), safe]),
        ),
        "<component type=\"font\"><id>face</id><pkgname>face</pkgname><name>Face</name></component>".into(),
    ];
    let names = ["plain", "named", "urgent", "later", "face", "zlib"];
    let mut lab = Lab::new(&names, &components.concat());
    lab.install(&names);
    for name in names {
        lab.offer(package(name, 2), &[(&format!("bin/{name}"), "two")]);
    }
    lab.publish();
    let (shelf, engine) = (lab.shelf(), lab.reader());
    let plan = engine.plan(&lab.sync(), &Unwatched).unwrap();
    let row = |name: &str| {
        let change = plan.packages.iter().find(|change| change.name == name).unwrap();
        let update = shelf.update(change).unwrap();
        let versions: Vec<String> = update.releases.iter().map(|release| release.version.clone()).collect();
        (update.group, versions.join(" "))
    };
    assert_eq!(
        row("plain"),
        (Group::App, "2.0".into()),
        "what is installed already was urgent"
    );
    assert_eq!(row("named"), (Group::Security, "2.0 1.5".into()));
    assert_eq!(row("urgent"), (Group::Security, "2.0".into()));
    assert_eq!(row("later"), (Group::App, "2.0".into()));
    assert_eq!(row("face"), (Group::System, String::new()));
    assert_eq!(row("zlib"), (Group::System, String::new()));
}
