//! Physical keys in, text out. The layouts are the installed ones.

use iced::advanced::input_method;
use iced::keyboard::key::{Code, Named, NativeCode, Physical};
use iced::keyboard::{Event as Keys, Key, Location, Modifiers};
use iced::{Event, window};

use super::*;

fn press(code: u32, repeat: bool) -> Event {
    Event::Keyboard(Keys::KeyPressed {
        // What the compositor thinks: it must not matter.
        key: Key::Character("#".into()),
        modified_key: Key::Character("#".into()),
        physical_key: Physical::Unidentified(NativeCode::Xkb(code)),
        location: Location::Standard,
        modifiers: Modifiers::empty(),
        text: Some("#".into()),
        repeat,
    })
}

fn release(code: u32) -> Event {
    Event::Keyboard(Keys::KeyReleased {
        key: Key::Character("#".into()),
        modified_key: Key::Character("#".into()),
        physical_key: Physical::Unidentified(NativeCode::Xkb(code)),
        location: Location::Standard,
        modifiers: Modifiers::empty(),
    })
}

/// The evdev code of a key by what an American keyboard has printed on it.
fn printed(c: char) -> u32 {
    const ROWS: [(u32, &str); 4] = [
        (2, "1234567890-="),
        (16, "qwertyuiop[]"),
        (30, "asdfghjkl;'`"),
        (44, "zxcvbnm,./"),
    ];

    ROWS.iter()
        .find_map(|(first, row)| row.find(c).map(|at| first + at as u32))
        .unwrap_or(57)
}

const SHIFT: u32 = 42;
const CTRL: u32 = 29;
const ALTGR: u32 = 100;
const CAPS: u32 = 58;
const NUM: u32 = 69;
const KEYPAD_7: u32 = 71;
const BACKSPACE: u32 = 14;

/// A person at a keyboard and a text field.
struct Desk {
    translator: Translator,
    text: String,
    shortcuts: Vec<(Key, Modifiers)>,
}

impl Desk {
    fn new(code: &str, variant: &str) -> Self {
        let mut translator = Translator::default();
        translator.switch(code, variant).unwrap();

        Self {
            translator,
            text: String::new(),
            shortcuts: Vec::new(),
        }
    }

    fn send(&mut self, event: &Event) -> Vec<Event> {
        let events = self.translator.translate(event);

        for event in &events {
            match event {
                Event::Keyboard(Keys::KeyPressed { text: Some(text), .. }) => self.text.push_str(text),
                Event::Keyboard(Keys::KeyPressed { key, modifiers, .. }) => {
                    self.shortcuts.push((key.clone(), *modifiers))
                }
                Event::InputMethod(input_method::Event::Commit(text)) => self.text.push_str(text),
                Event::InputMethod(input_method::Event::Preedit(..)) => panic!("a preedit was sent"),
                _ => {}
            }
        }

        events
    }

    fn down(&mut self, code: u32) -> &mut Self {
        let _ = self.send(&press(code, false));
        self
    }

    fn up(&mut self, code: u32) -> &mut Self {
        let _ = self.send(&release(code));
        self
    }

    fn tap(&mut self, code: u32) -> &mut Self {
        self.down(code).up(code)
    }

    fn with(&mut self, held: u32, key: char) -> &mut Self {
        self.down(held).tap(printed(key)).up(held)
    }

    fn keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.chars() {
            let _ = self.tap(printed(key));
        }

        self
    }

    fn switch(&mut self, code: &str, variant: &str) -> &mut Self {
        self.translator.switch(code, variant).unwrap();
        self
    }
}

#[test]
fn every_layout_types_what_is_printed_on_its_keys() {
    let cases = [
        ("us", "", "qwyz[];'", "qwyz[];'"),
        ("de", "", "qwyz[];'", "qwzyü+öä"),
        ("fr", "", "qwyz1", "azyw&"),
        ("ru", "", "qwyz[];'", "йцняхъжэ"),
        ("gr", "", "abg", "αβγ"),
        ("ch", "fr", "yz[", "zyè"),
        ("us", "dvorak", "qwe", "',."),
        ("il", "", "ac", "שב"),
        ("ara", "", "h", "ا"),
    ];

    for (code, variant, keys, expected) in cases {
        assert_eq!(
            Desk::new(code, variant).keys(keys).text,
            expected,
            "{code}({variant}) {keys}"
        );
    }
}

#[test]
fn dead_keys_wait_for_their_letter_and_show_nothing_meanwhile() {
    let mut desk = Desk::new("de", "");
    let waiting = desk.send(&press(printed('='), false));

    assert!(waiting.is_empty(), "a dead key reached the field: {waiting:?}");
    assert!(desk.translator.is_composing());
    let _ = desk.send(&release(printed('=')));
    assert_eq!(desk.keys("e").text, "é");
    assert!(!desk.translator.is_composing());

    assert_eq!(Desk::new("fr", "").keys("[e").text, "ê");
    assert_eq!(Desk::new("fr", "").with(SHIFT, '[').keys("e").text, "ë");
    assert_eq!(
        Desk::new("us", "intl").keys("'e").with(SHIFT, '\'').keys("u''").text,
        "éü´"
    );
    assert_eq!(Desk::new("gr", "").keys(";a").text, "ά");
}

#[test]
fn a_dead_key_taken_back_leaves_nothing_and_a_wrong_letter_is_not_lost() {
    let mut desk = Desk::new("de", "");
    assert_eq!(desk.keys("=").tap(BACKSPACE).keys("e").text, "e");

    let mut desk = Desk::new("de", "");
    assert_eq!(desk.keys("=x").text, "x");
}

#[test]
fn a_click_elsewhere_forgets_the_waiting_accent() {
    let mut desk = Desk::new("de", "");
    let _ = desk.keys("=");
    let _ = desk.send(&Event::Mouse(iced::mouse::Event::ButtonPressed(
        iced::mouse::Button::Left,
    )));

    assert_eq!(desk.keys("e").text, "e");
}

#[test]
fn altgr_gives_the_third_level_and_is_no_alt() {
    let mut desk = Desk::new("de", "");

    assert_eq!(desk.with(ALTGR, 'q').with(ALTGR, 'e').text, "@€");
    assert!(!desk.shortcuts.iter().any(|(_, modifiers)| modifiers.alt()));
}

#[test]
fn caps_lock_survives_a_switch_and_goes_off_with_one_press() {
    let mut desk = Desk::new("us", "");
    let _ = desk.tap(CAPS).keys("a").switch("fr", "").keys("q");
    assert_eq!(desk.text, "AA");
    assert!(desk.translator.caps_lock());

    let _ = desk.switch("de", "").tap(CAPS).keys("a");
    assert_eq!(desk.text, "AAa");
    assert!(!desk.translator.caps_lock());

    let _ = desk.tap(CAPS).keys("a").switch("us", "").tap(CAPS).keys("a");
    assert_eq!(desk.text, "AAaAa");
}

#[test]
fn num_lock_survives_a_switch() {
    let mut desk = Desk::new("us", "");
    let _ = desk.tap(KEYPAD_7);
    assert_eq!(desk.text, "");
    assert_eq!(desk.shortcuts.last().unwrap().0, Key::Named(Named::Home));

    let _ = desk.tap(NUM).tap(KEYPAD_7).switch("de", "").tap(KEYPAD_7);
    assert_eq!(desk.text, "77");
    assert!(desk.translator.num_lock());

    let _ = desk.tap(NUM).tap(KEYPAD_7);
    assert_eq!(desk.text, "77");
    assert!(!desk.translator.num_lock());
}

#[test]
fn shift_held_over_a_switch_is_still_held() {
    let mut desk = Desk::new("us", "");
    let _ = desk.down(SHIFT).switch("de", "").keys("y").up(SHIFT).keys("y");

    assert_eq!(desk.text, "Zz");
}

#[test]
fn caps_lock_held_down_over_a_switch_is_not_turned_around() {
    let mut desk = Desk::new("us", "");
    let _ = desk.down(CAPS).switch("de", "").up(CAPS).keys("a");
    assert_eq!(desk.text, "A");

    let _ = desk.tap(CAPS).keys("a");
    assert_eq!(desk.text, "Aa");
}

#[test]
fn a_held_key_repeats_in_the_layout_of_the_moment() {
    let mut desk = Desk::new("us", "");
    let _ = desk.down(printed('q'));
    let _ = desk.send(&press(printed('q'), true));
    let _ = desk.switch("fr", "");
    let _ = desk.send(&press(printed('q'), true));

    assert_eq!(desk.text, "qqa");
}

#[test]
fn modifiers_and_dead_keys_do_not_repeat() {
    let mut desk = Desk::new("de", "");
    let _ = desk.down(SHIFT);
    assert!(desk.send(&press(SHIFT, true)).is_empty());

    let _ = desk.up(SHIFT).down(printed('='));
    assert!(desk.send(&press(printed('='), true)).is_empty());
    assert_eq!(desk.up(printed('=')).keys("a").text, "á");
}

#[test]
fn shortcuts_go_by_the_letter_on_the_key_and_have_no_text() {
    let mut desk = Desk::new("fr", "");
    let _ = desk.with(CTRL, 'q');

    assert_eq!(desk.text, "");
    assert!(
        desk.shortcuts.contains(&(Key::Character("a".into()), Modifiers::CTRL)),
        "{:?}",
        desk.shortcuts
    );
}

#[test]
fn the_compositors_modifiers_are_dropped_and_ours_are_told() {
    let mut desk = Desk::new("us", "");
    let theirs = Event::Keyboard(Keys::ModifiersChanged(Modifiers::ALT));
    assert!(desk.send(&theirs).is_empty());

    let told = desk.send(&press(SHIFT, false));
    assert!(
        told.contains(&Event::Keyboard(Keys::ModifiersChanged(Modifiers::SHIFT))),
        "{told:?}"
    );
    let told = desk.send(&release(SHIFT));
    assert!(
        told.contains(&Event::Keyboard(Keys::ModifiersChanged(Modifiers::empty()))),
        "{told:?}"
    );
}

#[test]
fn a_window_that_loses_the_focus_lets_go_of_every_key() {
    let mut desk = Desk::new("us", "");
    let _ = desk.down(SHIFT);
    let told = desk.send(&Event::Window(window::Event::Unfocused));

    assert_eq!(
        told.first(),
        Some(&Event::Keyboard(Keys::ModifiersChanged(Modifiers::empty())))
    );
    assert_eq!(desk.keys("a").text, "a");
    assert!(
        desk.send(&release(SHIFT)).is_empty(),
        "the release belonged to the other window"
    );
}

#[test]
fn an_unknown_layout_is_refused_and_the_old_one_stays() {
    let mut desk = Desk::new("de", "");

    for (code, variant) in [
        ("atlantis", ""),
        ("de", "atlantis"),
        ("../../etc", "passwd"),
        ("", ""),
        ("custom", ""),
    ] {
        let refused = desk.translator.switch(code, variant);
        assert_eq!(
            refused,
            Err(Error::NoSymbols {
                code: code.to_owned(),
                variant: variant.to_owned()
            })
        );
    }

    assert_eq!(desk.keys("y").text, "z");
}

#[test]
fn without_a_layout_every_event_passes_as_it_came() {
    let mut translator = Translator::default();
    let event = press(30, false);

    assert_eq!(translator.translate(&event), vec![event]);
}

#[test]
fn named_keys_keep_their_names_in_every_layout() {
    for layout in ["us", "de", "ru", "ara", "jp"] {
        let mut desk = Desk::new(layout, "");

        for (code, name) in [
            (15, Named::Tab),
            (28, Named::Enter),
            (1, Named::Escape),
            (BACKSPACE, Named::Backspace),
            (103, Named::ArrowUp),
            (108, Named::ArrowDown),
            (111, Named::Delete),
        ] {
            let _ = desk.tap(code);
            assert_eq!(desk.shortcuts.last().unwrap().0, Key::Named(name), "{layout}");
        }

        assert_eq!(desk.text, "", "{layout}");
        assert_eq!(desk.tap(57).text, " ", "{layout}");
    }
}

#[test]
fn a_key_that_gives_several_characters_gives_them_all() {
    // The Arabic layout's key B: lam and alef together.
    let text = Desk::new("ara", "").keys("b").text.clone();

    assert_eq!(text.chars().count(), 2, "{text:?}");
}

#[test]
fn the_physical_keys_of_winit_are_evdev_codes() {
    assert_eq!(evdev::code(Physical::Code(Code::KeyQ)), Some(16));
    assert_eq!(evdev::code(Physical::Code(Code::AltRight)), Some(100));
    assert_eq!(evdev::code(Physical::Unidentified(NativeCode::Unidentified)), None);
}

#[test]
fn every_installed_layout_compiles_and_gives_letters() {
    let layouts = Layouts::load("en");
    assert!(
        layouts.all().len() > 500,
        "only {} layouts are installed",
        layouts.all().len()
    );

    let broken: Vec<_> = layouts
        .all()
        .iter()
        .filter(|layout| keymap::Keymap::compile(&layout.code, &layout.variant).is_err())
        .map(|layout| format!("{}({})", layout.code, layout.variant))
        .collect();

    assert!(broken.is_empty(), "{broken:?}");
}
