//! What only a live system's window has: a medium to check, and a computer that ends with it.

use super::*;

#[test]
fn the_medium_is_checked_only_where_there_is_one_and_what_came_of_it_is_told() {
    let (english, title) = (Language::English, fl!(Language::English, "welcome-medium"));
    let mut app = app(english);
    assert!(!shows(&app, &title), "an installed system has no medium");

    say(&mut app, Message::Welcome(welcome::Message::Carried(true)));
    assert!(shows(&app, &title));
    click(&mut app, "check-medium");
    assert!(shows(&app, &fl!(english, "welcome-medium-checking")));
    // Another backend: what is known stays.
    say(&mut app, Message::Welcome(welcome::Message::Carried(true)));
    say(&mut app, Message::Welcome(welcome::Message::Checked(Ok(false))));
    assert!(shows(&app, &fl!(english, "welcome-medium-damaged")));
    say(&mut app, Message::Welcome(welcome::Message::Checked(Ok(true))));
    assert!(shows(&app, &fl!(english, "welcome-medium-good")));

    let failure = Failure::new(FailureCode::BackendStopped, "");
    let text = explain(english, &failure, "");
    say(&mut app, Message::Welcome(welcome::Message::Checked(Err(failure))));
    assert!(shows(&app, &text.what));
    click(&mut app, "check-medium");
    assert!(
        shows(&app, &fl!(english, "welcome-medium-checking")),
        "it can be tried again"
    );
}

#[test]
fn a_kiosk_ends_with_the_computer_and_a_window_with_itself() {
    let english = Language::English;
    let quit = fl!(english, "quit");
    let (restart, off) = (fl!(english, "computer-restart"), fl!(english, "computer-off"));
    for is_kiosk in [false, true] {
        for screen in ["done", "failed"] {
            let app = App {
                is_kiosk,
                ..at(english, screen)
            };
            assert_eq!(shows(&app, &quit), !is_kiosk, "{screen}");
            assert_eq!(shows(&app, &off), is_kiosk, "{screen}");
            assert_eq!(shows(&app, &restart), is_kiosk && screen == "done", "{screen}");
        }
    }

    for screen in ["done", "failed"] {
        let mut app = at(english, screen);
        say(&mut app, Message::Stays("Access denied".to_owned()));
        let told = fl!(english, "computer-stays", reason = "Access denied");
        assert!(shows(&app, &told), "{screen}");
    }
}
