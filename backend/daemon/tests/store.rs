//! The store over D-Bus: what a reader shows, what a `--store` may change, and that both speak of the same plan.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod lab;

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use moult_api::{
    Action, BootMenu, BootSpan, BootedReport, ChangeRequest, FailureCode, Filter, InstallerProxy, ItemKind,
    NetworkProxy, PackageChange, RepositoryRequest, RestartNeed, ServiceProxy, UpdateGroup,
};

use lab::{Backend, Lab, package};

const COMPONENTS: &str = "
    <component type=\"desktop-application\"><id>org.example.Draw</id><pkgname>draw</pkgname><name>Draw</name>
      <name xml:lang=\"de\">Malkasten</name><summary>Paint pictures</summary>
      <description><p>Brushes.</p><ul><li>fast</li></ul></description>
      <categories><category>Graphics</category></categories>
      <launchable type=\"desktop-id\">draw.desktop</launchable>
      <url type=\"homepage\">https://draw.example.org/</url>
      <releases><release version=\"2.0\" timestamp=\"1700000000\" urgency=\"high\"><description><p>Safer.</p></description></release>
      <release version=\"1.0\" timestamp=\"1600000000\"/></releases></component>
    <component type=\"desktop-application\"><id>org.example.Gone</id><pkgname>gone</pkgname><name>Gone</name></component>";

fn descriptor(path: &Path) -> zbus::Fd<'static> {
    std::os::fd::OwnedFd::from(File::open(path).unwrap()).into()
}

/// `draw` has a page, `library` and `tool` have none.
fn shop() -> Lab {
    let mut lab = Lab::new();
    lab.describe(COMPONENTS);
    lab.offer(
        package("draw", 1),
        &[("bin/draw", 0o755, b"one"), ("share/draw/a", 0o644, b"a")],
    );
    lab.offer(package("library", 1), &[("lib/library.so", 0o644, b"one")]);
    lab.offer(package("tool", 1), &[("bin/tool", 0o755, b"one")]);
    lab
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_lists_finds_and_describes_in_the_language_of_the_person() {
    let lab = shop();
    drop(lab.store().await);
    let reader = lab.backend(&["--reader"]).await;
    let shop = reader.shop().await;
    let all = shop.items(&Filter::default(), 0, 10).await.unwrap();
    let ids: Vec<&str> = all.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["org.example.Draw", "package:library", "package:tool"]);
    assert_eq!(all.total, 3);
    let front = shop.front(20_000).await.unwrap();
    assert_eq!((front.items, front.packages), (3, 3));
    assert_eq!(front.fresh[0].id, "org.example.Draw");

    let found = shop.find("drwa", &Filter::default(), 5).await.unwrap();
    assert_eq!((found.total, found.items[0].name.as_str()), (1, "Draw"));
    shop.speak(&["de_AT.UTF-8"]).await.unwrap();
    let found = shop.find("malkastne", &Filter::default(), 5).await.unwrap();
    assert_eq!(found.items[0].name, "Malkasten");
    let system = Filter {
        kinds: vec![ItemKind::System],
        ..Filter::default()
    };
    assert_eq!(shop.items(&system, 0, 10).await.unwrap().total, 2);

    let page = shop.item("org.example.Draw").await.unwrap();
    assert_eq!(page.desktop_id, "draw.desktop");
    assert_eq!(page.categories, ["Graphics"]);
    assert_eq!(page.links[0].url, "https://draw.example.org/");
    assert_eq!(page.releases.len(), 2);
    assert!(page.download_bytes > 0);
    assert_eq!(page.installed_bytes, 0);
    let tool = shop.item("package:tool").await.unwrap();
    assert_eq!(tool.description[0].lines[0][0].text, "tool is made for tests.");
    assert_eq!(
        (tool.license.as_str(), tool.links[0].kind.as_str()),
        ("MPL-2.0", "homepage")
    );
    for unknown in ["org.example.Gone", "package:none", "tool", ""] {
        assert_eq!(
            shop.item(unknown).await.unwrap_err().code,
            FailureCode::PackageUnknown,
            "{unknown}"
        );
    }
    let some = shop.of_packages(&["tool", "none", "draw"]).await.unwrap();
    assert_eq!(some.len(), 2);
    assert_eq!(
        shop.find(&"x".repeat(5000), &Filter::default(), 5)
            .await
            .unwrap_err()
            .code,
        FailureCode::BadInput
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_what_another_backend_changes() {
    let lab = shop();
    let store = lab.store().await;
    let reader = lab.backend(&["--reader", "--keep-user"]).await;
    let shop = reader.shop().await;
    let installed = Filter {
        installed: true,
        ..Filter::default()
    };
    assert_eq!(shop.items(&installed, 0, 10).await.unwrap().total, 0);
    let _ = store.install(&["draw"]).await;
    let page = shop.items(&installed, 0, 10).await.unwrap();
    assert_eq!(page.items[0].id, "org.example.Draw");
    assert!(page.items[0].installed && !page.items[0].held);
    store.changes().await.hold(&["draw"], true).await.unwrap();
    assert!(shop.items(&installed, 0, 10).await.unwrap().items[0].held);
    assert_eq!(shop.item("org.example.Draw").await.unwrap().installed_bytes, 4);
    // In the order of the question, whatever is there.
    let sizes = shop.installed_sizes(&["none", "draw", "tool", "draw"]).await.unwrap();
    assert_eq!(sizes, [0, 4, 0, 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_changes_packages_and_serves_neither_disks_nor_the_network() {
    let lab = shop();
    let store = lab.store().await;
    assert_eq!(
        ServiceProxy::new(&store.connection)
            .await
            .unwrap()
            .role()
            .await
            .unwrap(),
        "store"
    );
    let _ = store.install(&["tool"]).await;
    assert!(lab.root().join("usr/bin/tool").exists());
    let interfaces = |backend: &Backend| {
        let connection = backend.connection.clone();
        async move {
            let builder = zbus::fdo::IntrospectableProxy::builder(&connection);
            let builder = builder.destination(moult_api::SERVICE).path(moult_api::PATH);
            let text = builder.build().await.unwrap().introspect().await.unwrap();
            let names = text.split("interface name=\"org.moult.").skip(1);
            let mut names: Vec<String> = names
                .filter_map(|rest| Some(rest.split('"').next()?.to_owned()))
                .collect();
            names.sort();
            names.join(" ")
        }
    };
    let everything = "Boot1 Changes1 Inspector1 Installer1 Jobs1 Models1 Network1 Packages1 Service1 Store1";
    let fewer = everything.replace("Installer1 ", "").replace("Network1 ", "");
    assert_eq!(interfaces(&store).await, fewer);
    assert!(
        InstallerProxy::new(&store.connection)
            .await
            .unwrap()
            .offer()
            .await
            .is_err()
    );
    assert!(
        NetworkProxy::new(&store.connection)
            .await
            .unwrap()
            .status()
            .await
            .is_err()
    );
    drop(store);
    let admin = lab.backend(&["--admin"]).await;
    assert_eq!(interfaces(&admin).await, everything);
    // No medium is below this machine, and none is made up.
    let installer = InstallerProxy::new(&admin.connection).await.unwrap();
    assert_eq!(installer.check_medium().await.unwrap_err().code, FailureCode::BadInput);
    drop(admin);
    let reader = lab.backend(&["--reader"]).await;
    assert_eq!(
        interfaces(&reader).await,
        "Boot1 Inspector1 Packages1 Publisher1 Service1 Store1"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_say_their_group_what_is_new_and_what_to_start_anew() {
    let mut lab = shop();
    let store = lab.store().await;
    let _ = store.install(&["draw", "library", "tool"]).await;
    lab.offer(
        package("draw", 2),
        &[("bin/draw", 0o755, b"two"), ("share/draw/a", 0o644, b"a")],
    );
    lab.offer(
        package("library", 2),
        &[("lib/library.so", 0o644, b"one"), ("share/doc/library", 0o644, b"x")],
    );
    lab.offer(
        package("tool", 2),
        &[("bin/tool", 0o4755, b"two"), ("lib/modules/1/x.ko", 0o644, b"x")],
    );
    let job = store.changes().await.refresh("shop").await.unwrap();
    let _ = store.done(&job).await;
    let plan = store.plan(Action::Sync, &[]).await.unwrap();
    let rows = store.shop().await.updates(&plan.digest).await.unwrap();
    let names: Vec<(&str, UpdateGroup)> = rows.iter().map(|row| (row.item.package.as_str(), row.group)).collect();
    assert_eq!(
        names,
        [
            ("draw", UpdateGroup::Security),
            ("library", UpdateGroup::System),
            ("tool", UpdateGroup::System)
        ]
    );
    assert!(rows.iter().all(|row| row.change == PackageChange::Upgrade));
    assert_eq!(
        (rows[0].old[0].version.as_str(), rows[0].new[0].version.as_str()),
        ("1.0", "2.0")
    );
    assert_eq!(rows[0].releases.len(), 1);
    assert_eq!(rows[0].releases[0].description[0].lines[0][0].text, "Safer.");
    assert_eq!((rows[0].files, rows[0].marked_files), (1, 0));
    assert_eq!((rows[2].files, rows[2].marked_files), (2, 2));
    let needs: Vec<RestartNeed> = rows.iter().map(|row| row.restart).collect();
    assert_eq!(needs, [RestartNeed::Programs, RestartNeed::None, RestartNeed::Computer]);
    let shop = store.shop().await;
    assert_eq!(shop.updates("00").await.unwrap_err().code, FailureCode::PlanUnknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_newer_is_known_where_nobody_has_the_packages() {
    let mut lab = shop();
    let store = lab.store().await;
    let _ = store.install(&["draw", "library"]).await;
    lab.offer(package("draw", 2), &[("bin/draw", 0o755, b"two")]);
    let job = store.changes().await.refresh("shop").await.unwrap();
    let _ = store.done(&job).await;
    lab.lose_packages();

    let reader = lab.backend(&["--reader"]).await;
    for backend in [&reader, &store] {
        let packages = backend.packages().await;
        let sync = ChangeRequest {
            action: Action::Sync,
            packages: vec![],
            imported: vec![],
            remove_orphans: false,
        };
        let failure = packages.plan(&sync).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::RepositoryUnreachable);

        let listed = packages.plan_packages(&sync).await.unwrap();
        let names: Vec<&str> = listed.packages.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(names, ["draw"]);
        let rows = backend.shop().await.updates(&listed.digest).await.unwrap();
        assert_eq!(
            (rows.len(), rows[0].group, rows[0].files),
            (1, UpdateGroup::Security, 0)
        );
        let failure = packages.plan_files(&listed.digest, 0).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::PlanUnknown);
        if backend.changes().await.apply(&listed.digest).await.is_ok() {
            panic!("it was applied although nobody saw its files");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn states_are_removed_by_number_unless_they_are_active_pinned_or_unknown() {
    let lab = shop();
    let store = lab.store().await;
    for name in ["draw", "library", "tool"] {
        let _ = store.install(&[name]).await;
    }
    let changes = store.changes().await;
    changes.pin_state(1, true).await.unwrap();
    for (states, code) in [
        (&[3u64][..], FailureCode::StateActive),
        (&[2, 1], FailureCode::StatePinned),
        (&[2, 77], FailureCode::StateUnknown),
        (&[], FailureCode::BadInput),
    ] {
        assert_eq!(
            changes.remove_states(states).await.unwrap_err().code,
            code,
            "{states:?}"
        );
    }
    assert_eq!(
        store.packages().await.states().await.unwrap().len(),
        3,
        "none went with a refused one"
    );
    let job = changes.remove_states(&[2, 2]).await.unwrap();
    assert_eq!(store.done(&job).await.removed_states, [2]);
    let left: Vec<u64> = store
        .packages()
        .await
        .states()
        .await
        .unwrap()
        .iter()
        .map(|state| state.id)
        .collect();
    assert_eq!(left, [1, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_package_is_planned_by_somebody_without_rights_as_it_will_be_installed() {
    let mut lab = shop();
    let store = lab.store().await;
    let _ = store.install(&["draw", "library"]).await;
    // It updates one that is there, shares a file with it and needs another one.
    let mut local = package("draw", 5);
    local.dependencies.push("tool".parse().unwrap());
    let stone = lab.stone(
        &local,
        &[
            ("bin/draw", 0o755, b"five"),
            ("share/draw/a", 0o644, b"a"),
            ("bin/more", 0o4755, b"more"),
        ],
    );
    lab.offer(package("tool", 1), &[("bin/tool", 0o755, b"one")]);
    let reader = lab.backend(&["--reader"]).await;
    let shown = reader.packages().await.plan_local(descriptor(&stone)).await.unwrap();
    let changes: Vec<(&str, PackageChange)> = shown
        .packages
        .iter()
        .map(|change| (change.name.as_str(), change.change))
        .collect();
    assert_eq!(
        changes,
        [("draw", PackageChange::Upgrade), ("tool", PackageChange::Install)]
    );
    assert_eq!((shown.files_added, shown.files_changed, shown.files_removed), (2, 1, 0));
    assert!(!lab.root().join(".moult/local").exists(), "nothing was taken in");

    let hash = store.changes().await.import(descriptor(&stone)).await.unwrap();
    let request = ChangeRequest {
        action: Action::Install,
        packages: vec![],
        imported: vec![hash],
        remove_orphans: false,
    };
    let planned = store.packages().await.plan(&request).await.unwrap();
    assert_eq!(planned, shown);
    // Once more, now that its file is known.
    let again = reader.packages().await.plan_local(descriptor(&stone)).await.unwrap();
    assert_eq!(again.digest, shown.digest);
    let job = store.changes().await.apply(&shown.digest).await.unwrap();
    let _ = store.done(&job).await;
    assert_eq!(fs::read(lab.root().join("usr/bin/draw")).unwrap(), b"five");
    // The list of updates knows it, too.
    let row = &reader.shop().await.updates(&shown.digest).await.unwrap()[0];
    assert_eq!(row.item.package, "draw");
    // What is no package is refused in words.
    let other = lab.root().join("no.stone");
    fs::write(&other, b"no package").unwrap();
    let refused = reader
        .packages()
        .await
        .plan_local(descriptor(&other))
        .await
        .unwrap_err();
    assert_eq!(refused.code, FailureCode::PackageDamaged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_of_the_system_before_has_to_be_started_anew() {
    let mut lab = Lab::new();
    let sleep = fs::read("/bin/sleep").unwrap();
    lab.offer(package("sleeper", 1), &[("bin/sleeper", 0o755, &sleep)]);
    lab.offer(package("other", 1), &[("bin/other", 0o755, b"other")]);
    let store = lab.store().await;
    let _ = store.install(&["sleeper"]).await;
    let mut child = Command::new(lab.root().join("usr/bin/sleeper"))
        .arg("600")
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let _ = store.install(&["other"]).await;
    let before = store.shop().await.restart().await.unwrap();
    // Its file is the same one in both states.
    let mut other_sleep = sleep.clone();
    other_sleep.push(0);
    lab.offer(package("sleeper", 2), &[("bin/sleeper", 0o755, &other_sleep)]);
    let job = store.changes().await.refresh("shop").await.unwrap();
    let _ = store.done(&job).await;
    let plan = store.plan(Action::Sync, &[]).await.unwrap();
    let job = store.changes().await.apply(&plan.digest).await.unwrap();
    let _ = store.done(&job).await;
    let after = store.shop().await.restart().await.unwrap();
    let reader = lab.backend(&["--reader"]).await;
    let unprivileged = reader.shop().await.restart().await.unwrap();
    let _ = child.kill();
    let _ = child.wait();
    assert!(before.programs.is_empty(), "{before:?}");
    assert_eq!(before.need, RestartNeed::None);
    let [program] = &after.programs[..] else {
        panic!("{after:?}");
    };
    assert_eq!(
        (program.name.as_str(), program.package.as_str(), program.pid),
        ("sleeper", "sleeper", child.id())
    );
    assert_eq!(program.files, ["bin/sleeper"]);
    assert_eq!(
        (after.need, program.need),
        (RestartNeed::Programs, RestartNeed::Programs)
    );
    assert!(after.kernel.is_empty());
    assert!(
        unprivileged.incomplete && unprivileged.programs.is_empty(),
        "it sees nobody else's"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_told_as_it_was_described_but_for_the_password() {
    const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    let lab = shop();
    let store = lab.backend(&["--store"]).await;
    let wish = RepositoryRequest {
        name: "far".into(),
        uri: "https://ada:tr0ub4dor@packages.example.org/".into(),
        keys: vec![KEY.into()],
        version: "stream/unstable".into(),
        channel: "edge".into(),
        architecture: "aarch64".into(),
        ..RepositoryRequest::default()
    };
    store.changes().await.add_repository(&wish).await.unwrap();
    let reader = lab.backend(&["--reader", "--keep-user"]).await;
    let known = reader.packages().await.repositories().await.unwrap().repositories;
    let row = known.iter().find(|row| row.name == "far").unwrap();
    assert_eq!(row.keys, [KEY]);
    assert_eq!((row.channel.as_str(), row.architecture.as_str()), ("edge", "aarch64"));
    assert_eq!(row.uri, "https://packages.example.org/");

    store.changes().await.add_repository(&lab.repository()).await.unwrap();
    let known = reader.packages().await.repositories().await.unwrap().repositories;
    let row = known.iter().find(|row| row.name == "shop").unwrap();
    assert!(row.keys.is_empty() && row.channel.is_empty() && row.architecture.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn how_the_machine_starts_is_a_matter_of_its_own_root_and_a_reader_changes_nothing_of_it() {
    let lab = Lab::new();
    let store = lab.backend(&["--store"]).await;
    let boot = store.boot().await;
    let status = boot.status().await.unwrap();
    assert_eq!((status.menu, status.next), (BootMenu::Missing, 0));
    assert_eq!(status.booted, BootedReport::default());
    let refused = boot.sync().await.unwrap_err();
    assert_eq!(refused.code, FailureCode::NoBootMenu);
    for refused in [boot.set_next(1, BootSpan::Once).await, boot.set_once(0, 1).await] {
        assert_eq!(refused.unwrap_err().code, FailureCode::NoBootMenu);
    }

    let reader = Backend::start(Path::new("/"), &["--reader"]).await;
    let boot = reader.boot().await;
    let _ = boot.status().await.unwrap();
    for refused in [
        boot.sync().await.map(drop),
        boot.set_next(1, BootSpan::Always).await,
        boot.set_once(1, 0).await,
    ] {
        assert_eq!(refused.unwrap_err().code, FailureCode::NotAuthorized);
    }
}
