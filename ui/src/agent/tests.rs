//! A polkit that the test plays, on a bus of its own. The real one is in `tests/tests/agent.rs`.

use std::sync::Mutex;
use std::time::Duration;

use futures_util::StreamExt;
use zbus::{OwnedVariant, Variant, connection, interface};

use super::*;
use crate::store::private_bus::Bus;

/// A stuck test ends with a message.
const PATIENCE: Duration = Duration::from_secs(20);

type Subject = (String, HashMap<String, OwnedVariant>);

/// The authority: takes agents, or has one.
#[derive(Default)]
struct Authority {
    taken: bool,
    agents: Arc<Mutex<Vec<(Subject, String, String)>>>,
}

#[derive(Debug, zbus::DBusError)]
#[zbus(prefix = "org.freedesktop.PolicyKit1.Error")]
enum No {
    #[zbus(error)]
    ZBus(zbus::Error),
    Failed(String),
}

#[interface(name = "org.freedesktop.PolicyKit1.Authority")]
impl Authority {
    fn register_authentication_agent(&self, subject: Subject, locale: String, path: String) -> Result<(), No> {
        if self.taken {
            let text = "An authentication agent already exists for the given subject";
            return Err(No::Failed(text.to_owned()));
        }
        self.agents.lock().unwrap().push((subject, locale, path));
        Ok(())
    }
}

async fn polkit(bus: &Bus, authority: Authority) -> Connection {
    connection::Builder::address(bus.address())
        .serve_at("/org/freedesktop/PolicyKit1/Authority", authority)
        .name(subject::POLKIT)
        .build()
        .await
        .unwrap()
}

/// Asks as polkit does.
async fn ask(from: &Connection, agent: &str, cookie: &str, uid: u32) -> zbus::Result<()> {
    let details: HashMap<&str, &str> = [("polkit.subject-pid", "1"), ("command_line", "a\nb")].into();
    let identity: HashMap<&str, Variant<'_>> = [("uid", uid.into())].into();
    let arguments = (
        "org.moult.store",
        "It needs an administrator",
        "",
        details,
        cookie,
        vec![("unix-user", identity)],
    );
    let call = from.call_method(
        Some(agent),
        PATH,
        Some("org.freedesktop.PolicyKit1.AuthenticationAgent"),
        "BeginAuthentication",
        &arguments,
    );
    let message = tokio::time::timeout(PATIENCE, call)
        .await
        .expect("it is answered, or refused");
    message?.body().deserialize()
}

async fn withdraw(from: &Connection, agent: &str, cookie: &str) {
    let interface = "org.freedesktop.PolicyKit1.AuthenticationAgent";
    let _ = from
        .call_method(Some(agent), PATH, Some(interface), "CancelAuthentication", &cookie)
        .await
        .unwrap();
}

fn name_of(error: zbus::Result<()>) -> String {
    match error.unwrap_err() {
        zbus::Error::MethodError(name, ..) => name.to_string(),
        other => panic!("{other:?}"),
    }
}

async fn next(events: &mut (impl Stream<Item = Event> + Unpin)) -> Event {
    tokio::time::timeout(PATIENCE, events.next()).await.unwrap().unwrap()
}

async fn asked(events: &mut (impl Stream<Item = Event> + Unpin)) -> Request {
    match next(events).await {
        Event::Asked(request) => request,
        other @ Event::Withdrawn(_) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_session_that_has_an_agent_needs_no_other_one() {
    let bus = Bus::start();
    let authority = Authority {
        taken: true,
        ..Authority::default()
    };
    let _polkit = polkit(&bus, authority).await;
    let agent = Agent::register_on(bus.connect().await, Language::French).await.unwrap();
    assert!(agent.is_none());
}

#[tokio::test]
async fn only_polkit_is_answered_and_one_request_at_a_time() {
    let bus = Bus::start();
    let authority = Authority::default();
    let agents = authority.agents.clone();
    let polkit = polkit(&bus, authority).await;
    let own = bus.connect().await;
    let name = own.unique_name().unwrap().to_string();
    let agent = Agent::register_on(own, Language::French).await.unwrap().unwrap();
    let mut events = agent.events().boxed();
    {
        let agents = agents.lock().unwrap();
        let [((kind, details), locale, path)] = &agents[..] else {
            panic!("{agents:?}")
        };
        assert_eq!((locale.as_str(), path.as_str()), ("fr_FR.UTF-8", PATH));
        assert!(
            kind == "unix-session" || details.contains_key("start-time"),
            "{kind} {details:?}"
        );
    }

    let stranger = bus.connect().await;
    assert_eq!(
        name_of(ask(&stranger, &name, "x", 0).await),
        "org.freedesktop.PolicyKit1.Error.NotAuthorized"
    );
    assert_eq!(
        name_of(ask(&polkit, &name, "x", 4_000_000_000).await),
        "org.freedesktop.PolicyKit1.Error.Failed",
        "there is no such user"
    );

    let after_the_first = async {
        let first = asked(&mut events).await;
        assert_eq!(
            (first.action.as_str(), first.details["command_line"].as_str()),
            ("org.moult.store", "a b")
        );
        assert_eq!(
            (first.people[0].uid, first.people[0].name.as_str(), first.is_own()),
            (0, "root", false)
        );
        let person = async {
            let other = tokio::time::timeout(Duration::from_millis(200), events.next()).await;
            assert!(other.is_err(), "the others have to wait: {other:?}");
            first.answer(Answer::Given);
            first.answer(Answer::Refused);
            let refused = asked(&mut events).await;
            refused.answer(Answer::Refused);
            drop(asked(&mut events).await);
            refused.cookie.to_string()
        };
        let (second, third) = (ask(&polkit, &name, "2", 0), ask(&polkit, &name, "3", 0));
        let (second, third, refused) = tokio::join!(second, third, person);
        // Which of the two came first is chance.
        if refused == "2" {
            (second, third)
        } else {
            (third, second)
        }
    };
    let (first, (refused, dropped)) = tokio::join!(ask(&polkit, &name, "1", 0), after_the_first);
    assert_eq!(first, Ok(()), "the first answer counts");
    assert_eq!(name_of(refused), "org.freedesktop.PolicyKit1.Error.Failed");
    assert_eq!(
        name_of(dropped),
        "org.freedesktop.PolicyKit1.Error.Cancelled",
        "one that nobody keeps is dismissed"
    );
}

#[tokio::test]
async fn a_withdrawn_request_is_told_and_makes_room_for_the_next() {
    let bus = Bus::start();
    let polkit = polkit(&bus, Authority::default()).await;
    let own = bus.connect().await;
    let name = own.unique_name().unwrap().to_string();
    let agent = Agent::register_on(own, Language::English).await.unwrap().unwrap();
    let mut events = agent.events().boxed();

    let second = ask(&polkit, &name, "2", 0);
    let person = async {
        let first = asked(&mut events).await;
        withdraw(&polkit, &name, "unknown").await;
        withdraw(&polkit, &name, "1").await;
        assert!(matches!(next(&mut events).await, Event::Withdrawn(id) if id == first.id));
    };
    let (first, ()) = tokio::join!(ask(&polkit, &name, "1", 0), person);
    assert_eq!(name_of(first), "org.freedesktop.PolicyKit1.Error.Cancelled");
    let answer = async { asked(&mut events).await.answer(Answer::Given) };
    let (second, ()) = tokio::join!(second, answer);
    assert_eq!(second, Ok(()));
}
