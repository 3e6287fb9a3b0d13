//! Taking back over D-Bus: only what is still as it was left, and a source with all that it was.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod lab;

use std::fs;

use moult_api::{FailureCode, RefreshResult, RepositoryRequest, StateOfThings};

use lab::{Backend, Lab, package};

fn shop() -> Lab {
    let mut lab = Lab::new();
    lab.offer(package("one", 1), &[("bin/one", 0o755, b"one")]);
    lab.offer(package("two", 1), &[("bin/two", 0o755, b"two")]);
    lab
}

async fn followed(backend: &Backend) -> String {
    let all = backend.packages().await.repositories().await.unwrap().repositories;
    all.into_iter().find(|row| row.name == "far").unwrap().version
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_is_gone_back_to_only_while_the_one_that_was_meant_is_active() {
    let lab = shop();
    let store = lab.store().await;
    let reader = lab.backend(&["--reader", "--keep-user"]).await;
    assert_eq!(reader.packages().await.active().await.unwrap(), 0);
    let _ = store.install(&["one"]).await;
    let _ = store.install(&["two"]).await;
    assert_eq!(reader.packages().await.active().await.unwrap(), 2);

    // Somebody else goes elsewhere while the window believes that 2 is active.
    let other = lab.backend(&["--store"]).await;
    let job = other.changes().await.activate(1, 2).await.unwrap();
    assert_eq!(other.done(&job).await.state, 1);
    assert_eq!(reader.packages().await.active().await.unwrap(), 1);
    for state in [2, 1] {
        let job = store.changes().await.activate(state, 2).await.unwrap();
        let failure = store.ended(&job).await.unwrap_err();
        assert_eq!(
            (failure.code, failure.state),
            (FailureCode::Overtaken, StateOfThings::SystemIntact)
        );
        assert_eq!(reader.packages().await.active().await.unwrap(), 1);
    }
    // Who does not care what was active goes there.
    let job = store.changes().await.activate(2, 0).await.unwrap();
    assert_eq!(store.done(&job).await.state, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_was_removed_comes_back_with_its_password_and_nobody_is_told_it() {
    let lab = shop();
    let store = lab.store().await;
    let secret = RepositoryRequest {
        name: "far".into(),
        uri: "http://ada:tr0ub4dor@127.0.0.1:1/stone.index".into(),
        priority: 3,
        ..RepositoryRequest::default()
    };
    store.changes().await.add_repository(&secret).await.unwrap();
    let files = || {
        let folder = lab.root().join("etc/moult/repo.d");
        ["far.kdl", "shop.kdl"].map(|name| fs::read_to_string(folder.join(name)).ok())
    };
    let (before, rows) = (files(), store.packages().await.repositories().await.unwrap());

    let far = store.changes().await.put_repository_aside("far").await.unwrap();
    let shop = store.changes().await.put_repository_aside("shop").await.unwrap();
    assert!(!far.is_empty() && far != shop);
    assert_eq!(files(), [None, None]);
    assert!(store.packages().await.search("one", 9).await.unwrap().is_empty());
    drop(store);

    // The next window's backend.
    let store = lab.backend(&["--store"]).await;
    let changes = store.changes().await;
    for (name, kept, code) in [
        ("far", shop.as_str(), FailureCode::Overtaken),
        ("near", far.as_str(), FailureCode::RepositoryUnknown),
    ] {
        let job = changes.bring_repository_back(name, kept).await.unwrap();
        assert_eq!(store.ended(&job).await.unwrap_err().code, code);
    }
    let job = changes.bring_repository_back("shop", &shop).await.unwrap();
    let outcome = store.done(&job).await;
    assert_eq!(
        (outcome.packages, outcome.refreshed[0].result),
        (2, RefreshResult::Updated)
    );
    assert_eq!(store.packages().await.search("one", 9).await.unwrap().len(), 1);
    // Nobody answers there: it is back all the same.
    let job = changes.bring_repository_back("far", &far).await.unwrap();
    let outcome = store.done(&job).await;
    assert_eq!(outcome.refreshed[0].result, RefreshResult::Failed);
    assert!(!format!("{outcome:?}").contains("tr0ub4dor"));
    assert_eq!(files(), before);
    let again = store.packages().await.repositories().await.unwrap();
    let names = |all: &moult_api::Repositories| -> Vec<_> {
        let rows = all.repositories.iter();
        rows.map(|row| (row.name.clone(), row.uri.clone(), row.priority))
            .collect()
    };
    assert_eq!(names(&again), names(&rows));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_followed_is_followed_again_only_while_what_was_meant_is() {
    let lab = shop();
    let store = lab.store().await;
    let list = fs::read(lab.root().join("../repo/stone.index")).unwrap();
    let folder = lab.root().join("../versions");
    fs::create_dir_all(folder.join("main/history/h1/x86_64")).unwrap();
    fs::write(folder.join("main/history/h1/x86_64/stone.index"), list).unwrap();
    let index = r#"{"formats":{"v0":{}},"streams":{"a":{"format":"v0","history":"h1"},"b":{"format":"v0","history":"h1"}},
        "tags":{},"history":{"h1":{"format":"v0"}}}"#;
    fs::write(folder.join("main/moss-root-index.json"), index).unwrap();
    let far = RepositoryRequest {
        name: "far".into(),
        uri: format!("file://{}/", folder.canonicalize().unwrap().display()),
        version: "stream/a".into(),
        ..RepositoryRequest::default()
    };
    let changes = store.changes().await;
    changes.add_repository(&far).await.unwrap();
    let job = changes.follow("far", "stream/b", "").await.unwrap();
    let _ = store.done(&job).await;
    let job = changes.follow("far", "stream/a", "stream/b").await.unwrap();
    assert_eq!(store.done(&job).await.refreshed.len(), 1);
    assert_eq!(followed(&store).await, "stream/a");

    let job = changes.follow("far", "history/h1", "stream/b").await.unwrap();
    assert_eq!(store.ended(&job).await.unwrap_err().code, FailureCode::Overtaken);
    assert_eq!(followed(&store).await, "stream/a");
    assert_eq!(
        changes.follow("far", "stream/b", "a").await.unwrap_err().code,
        FailureCode::BadInput
    );
}
