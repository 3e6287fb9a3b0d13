//! Two stores on a bus of their own.

use futures_util::StreamExt;

use super::super::private_bus::Bus;
use super::*;

async fn claim(bus: &Bus, opening: Option<&Opening>) -> Claim {
    Instance::claim_on(connection::Builder::address(bus.address()), opening).await
}

async fn first(bus: &Bus) -> Instance {
    match claim(bus, None).await {
        Claim::First(instance) => instance,
        other => panic!("{other:?}"),
    }
}

async fn next(wanted: &mut (impl Stream<Item = Wanted> + Unpin)) -> Wanted {
    tokio::time::timeout(Duration::from_secs(20), wanted.next())
        .await
        .expect("nobody wants the window")
        .unwrap()
}

#[tokio::test]
async fn a_second_store_hands_over_what_it_was_opened_with_and_ends() {
    let bus = Bus::start();
    let first = first(&bus).await;
    let mut wanted = first.wanted().boxed();

    for opening in [
        None,
        Some(Opening::Item("org.gnome.Maps".into())),
        Some(Opening::Stone("/tmp/a b.stone".into())),
        Some(Opening::Updates),
    ] {
        assert!(matches!(claim(&bus, opening.as_ref()).await, Claim::HandedOver));
        assert_eq!(next(&mut wanted).await.opening, opening);
    }
}

#[tokio::test]
async fn the_name_is_free_again_when_the_first_is_gone() {
    let bus = Bus::start();
    drop(first(&bus).await);
    // The bus may need a moment to see it go.
    for _ in 0..6000 {
        if let Claim::First(_) = claim(&bus, None).await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the name stays taken");
}

#[tokio::test]
async fn without_a_bus_the_store_opens_all_the_same() {
    let nowhere = connection::Builder::address("unix:path=/nonexistent/bus");

    assert!(matches!(Instance::claim_on(nowhere, None).await, Claim::Alone));
}

#[tokio::test]
async fn what_is_not_understood_only_shows_the_window() {
    let bus = Bus::start();
    let first = first(&bus).await;
    let mut wanted = first.wanted().boxed();
    let other = bus.connect().await;
    let platform: HashMap<&str, Variant<'_>> = [("activation-token", "token-7".into())].into();
    let addresses = vec!["relative.stone", "https://example.org/a.stone", "appstream:../x"];
    let _ = other
        .call_method(Some(NAME), PATH, Some(INTERFACE), "Open", &(addresses, &platform))
        .await
        .unwrap();
    let expected = Wanted {
        opening: None,
        token: "token-7".into(),
    };
    assert_eq!(next(&mut wanted).await, expected);

    let nothing: Vec<Variant<'_>> = Vec::new();
    let unknown = other
        .call_method(
            Some(NAME),
            PATH,
            Some(INTERFACE),
            "ActivateAction",
            &("quit", nothing, &platform),
        )
        .await;
    assert!(unknown.is_err());

    let many = vec!["appstream:a"; MOST_ADDRESSES + 5];
    let _ = other
        .call_method(Some(NAME), PATH, Some(INTERFACE), "Open", &(many, &platform))
        .await
        .unwrap();
    let _ = other
        .call_method(Some(NAME), PATH, Some(INTERFACE), "Activate", &(&platform,))
        .await
        .unwrap();
    for _ in 0..MOST_ADDRESSES {
        assert_eq!(next(&mut wanted).await.opening, Some(Opening::Item("a".into())));
    }
    assert_eq!(next(&mut wanted).await.opening, None);
}
