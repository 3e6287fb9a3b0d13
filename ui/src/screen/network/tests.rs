use super::*;

fn point(name: &str, security: Security) -> AccessPoint {
    AccessPoint {
        ssid: name.as_bytes().to_vec(),
        name: name.into(),
        strength: 60,
        security,
        active: false,
    }
}

fn seen() -> Network {
    let mut network = Network::new();
    let link = WiredLink {
        interface: "eth0".into(),
        state: LinkState::Unplugged,
        method: WiredMethod::Dhcp,
        address: String::new(),
        gateway: String::new(),
        dns: vec![],
    };
    let _ = network.update(Message::Status(NetworkStatus {
        connectivity: Connectivity::Offline,
        wired: vec![link],
        wireless: true,
        wireless_state: LinkState::Disconnected,
        access_points: vec![
            point("Home", Security::Passphrase),
            point("Old", Security::Unsupported),
            point("Café", Security::Open),
        ],
    }));
    network
}

#[test]
fn a_protected_network_is_joined_with_a_key_of_the_right_length_only() {
    let mut network = seen();

    assert!(matches!(
        network.update(Message::Chosen(0)),
        Action::Focus("network-key")
    ));
    let _ = network.update(Message::Key("short".into()));
    assert!(matches!(network.update(Message::Join), Action::Focus("network-key")));

    let _ = network.update(Message::Key("long enough".into()));
    assert!(matches!(
        network.update(Message::Join),
        Action::Join(request, key) if request.ssid == b"Home" && !request.hidden && key.expose_secret() == "long enough"
    ));
    assert!(matches!(network.update(Message::Join), Action::None), "one at a time");
}

#[test]
fn a_network_that_cannot_be_joined_cannot_be_chosen() {
    let mut network = seen();
    let _ = network.update(Message::Chosen(1));

    assert!(matches!(network.update(Message::Join), Action::None));
}

#[test]
fn a_wrong_key_stays_to_be_mended_and_a_right_one_is_forgotten() {
    let mut network = seen();
    let _ = network.update(Message::Chosen(0));
    let _ = network.update(Message::Key("long enough".into()));
    let _ = network.update(Message::Join);

    let _ = network.update(Message::Finished(Err(Failure::new(
        moult_api::FailureCode::NetworkWrongKey,
        "",
    ))));
    assert_eq!(network.key.expose_secret(), "long enough");
    assert!(network.failure.is_some());

    let _ = network.update(Message::Join);
    let _ = network.update(Message::Finished(Ok(())));
    assert!(network.key.expose_secret().is_empty() && network.failure.is_none());
}

#[test]
fn a_hidden_network_is_open_without_a_key() {
    let mut network = seen();
    let _ = network.update(Message::HiddenPressed);
    assert!(
        matches!(network.update(Message::JoinHidden), Action::None),
        "it needs a name"
    );

    let _ = network.update(Message::HiddenName("Attic".into()));
    assert!(matches!(
        network.update(Message::JoinHidden),
        Action::Join(request, _) if request.hidden && request.security == Security::Open
    ));
}

#[test]
fn an_address_by_hand_must_be_one() {
    let mut network = seen();
    let _ = network.update(Message::WiredPressed("eth0".into()));
    let _ = network.update(Message::Method(1));

    for wrong in ["", "192.0.2.7", "192.0.2.7/33", "192.0.2.7/0", "300.0.2.7/24", "::1/64"] {
        let _ = network.update(Message::Address(wrong.into()));
        assert!(matches!(network.update(Message::Apply), Action::None), "{wrong}");
    }

    let _ = network.update(Message::Address(" 192.0.2.7/24 ".into()));
    let _ = network.update(Message::Dns("192.0.2.53, 192.0.2.54".into()));
    assert!(matches!(
        network.update(Message::Apply),
        Action::SetWired(request) if request.address == "192.0.2.7/24" && request.dns.len() == 2
    ));
}
