//! The page as a person meets it; the helper's part is played by the test.

use moult_i18n::Language;

use super::*;
use crate::agent::Person;
use crate::screen::store::scene::Scene;
use crate::screen::store::stage;

fn command() -> String {
    format!("{BACKEND} --store --plan Krita installieren")
}

fn person(uid: u32, name: &str, full_name: &str) -> Person {
    Person {
        uid,
        name: name.into(),
        full_name: full_name.into(),
    }
}

fn page(people: usize) -> Authenticate {
    let mut people = vec![
        person(1000, "ana", "Ana Müller"),
        person(1001, "berta", "Berta Boss"),
        person(0, "root", ""),
    ]
    .into_iter()
    .take(people)
    .collect::<Vec<_>>();
    people.shrink_to_fit();
    let mut request = Request::made_up(
        "org.moult.store",
        // polkit puts the command where the policy says, and tells it nowhere else.
        &format!("Changing the system needs an administrator: {}", command()),
        people,
    );
    let _ = request.details.insert("polkit.subject-pid".into(), "4711".into());

    let leave = Leave {
        summary: "Krita installieren: 3 Pakete, 38 MB".into(),
        packages: vec!["− alt-krita 4".into(), "+ krita 5.2.9".into()],
        unlisted: 1,
    };

    Authenticate::new(request, Some(leave)).0
}

fn say(page: &mut Authenticate, said: Said) -> Action {
    let number = page.number;
    page.update(Message::Said(number, said))
}

fn password() -> Said {
    Said::Question {
        text: "Password:".into(),
        echo: false,
    }
}

fn refused() -> Said {
    Said::Ended(Verdict::Refused)
}

fn type_in(page: &mut Authenticate, text: &str) {
    let _ = page.update(Message::Typed(SecretString::from(text)));
}

#[test]
fn what_was_typed_before_the_question_came_is_sent_when_it_comes() {
    let mut page = page(1);
    type_in(&mut page, "correct horse");
    assert!(matches!(page.update(Message::Continue), Action::None));
    assert_eq!(page.stage, Stage::Waiting);

    let _ = say(&mut page, password());
    assert_eq!(page.stage, Stage::Checking);
    assert!(page.answer.expose_secret().is_empty(), "it is not kept");
    assert!(matches!(
        say(&mut page, Said::Ended(Verdict::Granted)),
        Action::Close(Answer::Given)
    ));
}

#[test]
fn a_wrong_password_is_asked_for_again_three_times_at_most() {
    let mut page = page(1);
    for left in [2, 1] {
        let _ = say(&mut page, password());
        type_in(&mut page, "wrong");
        let _ = page.update(Message::Continue);
        assert!(matches!(say(&mut page, refused()), Action::Run(_)));
        assert_eq!(
            (page.wrong.clone(), MOST_TRIES - page.tries),
            (Some(Wrong::Refused), left)
        );
        assert_eq!(page.stage, Stage::Asking);
    }
    type_in(&mut page, "w");
    assert_eq!(page.wrong, None, "who types again has read it");

    let _ = say(&mut page, password());
    let _ = page.update(Message::Continue);
    assert!(matches!(say(&mut page, refused()), Action::Close(Answer::Refused)));
}

#[test]
fn nothing_and_too_much_are_told_without_a_try() {
    let mut page = page(1);
    let _ = say(&mut page, password());
    let _ = page.update(Message::Continue);
    assert_eq!(page.wrong, Some(Wrong::Empty));

    type_in(&mut page, &"x".repeat(600));
    let _ = page.update(Message::Continue);
    assert_eq!(
        (page.wrong.clone(), page.stage, page.tries),
        (Some(Wrong::TooLong), Stage::Asking, 0)
    );
}

#[test]
fn another_person_begins_anew_and_what_is_still_said_of_the_first_is_not_heard() {
    let mut page = page(3);
    let _ = say(&mut page, password());
    type_in(&mut page, "of ana");
    let before = page.number;
    assert!(matches!(page.update(Message::Person(1)), Action::Run(_)));
    assert!(page.answer.expose_secret().is_empty() && page.question.is_none());

    assert!(matches!(
        page.update(Message::Said(before, Said::Ended(Verdict::Granted))),
        Action::None
    ));
    assert!(matches!(page.update(Message::Person(7)), Action::None));
    assert_eq!(page.person, 1);
}

#[test]
fn what_could_not_be_asked_is_told_and_can_be_tried_again() {
    let mut page = page(1);
    let _ = say(&mut page, Said::Ended(Verdict::Broken("no helper".into())));
    assert_eq!((page.stage, page.tries), (Stage::Broken, 0));
    assert!(shows(&page, Language::English, "Try again"));
    let before = page.number;
    assert!(matches!(page.update(Message::Continue), Action::Run(_)));
    assert_eq!((page.stage, page.number), (Stage::Asking, before + 1));
}

#[test]
fn cancelling_forgets_what_was_typed_and_answers_no() {
    let mut page = page(1);
    type_in(&mut page, "secret words");
    assert!(!format!("{page:?}").contains("secret words"));
    assert!(matches!(page.update(Message::Cancel), Action::Close(Answer::Dismissed)));
    assert!(page.answer.expose_secret().is_empty() && page.conversation.is_none());
}

#[test]
fn the_page_says_what_is_asked_what_will_be_done_and_who_confirms() {
    for language in Language::ALL {
        let page = page(1);
        for text in [
            "Changing the system needs an administrator".to_owned(),
            "Krita installieren: 3 Pakete, 38 MB".to_owned(),
            fl!(language, "store-authenticate-title"),
            fl!(language, "store-authenticate-person", name = "Ana Müller", user = "ana"),
            fl!(language, "store-authenticate-password"),
            fl!(language, "account-layout", layout = "Deutsch"),
        ] {
            assert!(shows(&page, language, &text), "{language:?}: {text}");
        }
    }

    let mut page = page(3);
    assert!(shows(&page, Language::French, "Berta Boss") && shows(&page, Language::French, "root"));
    let _ = say(
        &mut page,
        Said::Question {
            text: "One-time code".into(),
            echo: true,
        },
    );
    let _ = say(&mut page, Said::Told("Touch the key".into()));
    assert!(shows(&page, Language::French, "One-time code") && shows(&page, Language::French, "Touch the key"));
    page.leave = None;
    // Nothing of what another program's request says is left away.
    assert!(shows(&page, Language::English, &page.request.message.clone()));
    assert!(shows(
        &page,
        Language::English,
        "Another program asks for this, not the store."
    ));
}

#[test]
fn the_controls_do_what_they_say() {
    let mut page = page(2);
    for (id, is_it) in [
        (
            "authenticate-person-1",
            (|message| matches!(message, Message::Person(1))) as fn(&Message) -> bool,
        ),
        ("authenticate-password-layout", |message| {
            matches!(message, Message::LayoutPressed)
        }),
        ("authenticate-details", |message| {
            matches!(message, Message::DetailsPressed)
        }),
        ("authenticate-continue", |message| matches!(message, Message::Continue)),
        ("authenticate-cancel", |message| matches!(message, Message::Cancel)),
    ] {
        let said = click(&page, id);
        assert!(matches!(&said[..], [message] if is_it(message)), "{id}: {said:?}");
    }

    let details = ["− alt-krita 4", "+ krita 5.2.9", "and one more", &command()];
    assert!(!details.iter().any(|text| shows(&page, Language::English, text)));
    let _ = page.update(Message::DetailsPressed);
    for text in details {
        assert!(shows(&page, Language::English, text), "{text}");
    }
    let _ = page.update(Message::DetailsPressed);
    page.stage = Stage::Checking;
    assert!(click(&page, "authenticate-continue").is_empty());
}

fn shows(page: &Authenticate, language: Language, text: &str) -> bool {
    stage::Stage::high(language).shows(page, text)
}

fn click(page: &Authenticate, id: &str) -> Vec<Message> {
    stage::Stage::high(Language::English).click(page, id)
}

pub(crate) fn scenes() -> Vec<Scene> {
    let mut wrong = page(1);
    let _ = say(&mut wrong, password());
    type_in(&mut wrong, "wrong");
    let _ = wrong.update(Message::Continue);
    let _ = say(&mut wrong, refused());
    let mut several = page(3);
    type_in(&mut several, "correct horse");
    let mut broken = page(1);
    let _ = say(
        &mut broken,
        Said::Ended(Verdict::Broken("polkit-agent-helper-1 is not installed".into())),
    );
    let _ = broken.update(Message::DetailsPressed);
    let mut other = page(1);
    other.leave = None;

    vec![
        Scene::new("authenticate-wrong", wrong),
        Scene::new("authenticate-several", several),
        Scene::new("authenticate-broken", broken),
        Scene::new("authenticate-other", other),
    ]
}
