//! Menus that drop down: opened, searched, scrolled, chosen from and left.

use iced::advanced::widget::Id;
use iced::advanced::widget::operation::focusable as focusing;
use iced::mouse;
use iced::widget::column;

use super::*;

fn languages() -> Vec<Item> {
    [
        "Deutsch",
        "English",
        "Español",
        "Français",
        "Italiano",
        "Nederlands",
        "Polski",
        "Português",
        "Русский",
        "Suomi",
    ]
    .map(Item::new)
    .into_iter()
    .chain([Item {
        label: "Ελληνικά".into(),
        detail: "el".into(),
        keywords: "Greek".into(),
    }])
    .collect()
}

#[test]
fn a_menu_is_opened_searched_and_chosen_from_by_keyboard() {
    let items = languages();
    let mut stage = Stage::new(dropdown("language", &items, Some(1), Message::Chosen));

    let _ = stage.tab().tap(Named::Enter).tap(Named::ArrowDown).tap(Named::Enter);
    assert_eq!(stage.messages, [Message::Chosen(2)], "one below the selected one");

    let _ = stage.tap(Named::Space).typed("franc").tap(Named::Enter);
    assert_eq!(
        stage.messages.last(),
        Some(&Message::Chosen(3)),
        "accents do not matter"
    );

    let _ = stage.tap(Named::Space).typed("greek").tap(Named::Enter);
    assert_eq!(
        stage.messages.last(),
        Some(&Message::Chosen(10)),
        "it is found by other names"
    );

    let _ = stage
        .tap(Named::Space)
        .tap(Named::End)
        .tap(Named::ArrowUp)
        .tap(Named::Enter);
    assert_eq!(stage.messages.last(), Some(&Message::Chosen(9)));
    assert_eq!(stage.messages.len(), 4);
}

#[test]
fn escape_and_tab_leave_a_menu_without_choosing() {
    let items = languages();
    let mut stage = Stage::new(column![
        dropdown("language", &items, Some(1), Message::Chosen),
        button::primary("Continue")
            .id("next")
            .on_press(Message::Pressed("next")),
    ]);

    let _ = stage
        .tab()
        .tap(Named::Enter)
        .tap(Named::Escape)
        .tap(Named::ArrowDown)
        .tap(Named::Escape);
    assert_eq!(stage.messages, []);

    let _ = stage.tap(Named::Enter).tab().tap(Named::Enter);
    assert_eq!(stage.messages, [Message::Pressed("next")]);
}

#[test]
fn a_menu_is_used_by_pointer_and_a_click_beside_it_only_closes_it() {
    let items = languages();
    let mut stage = Stage::new(column![
        dropdown("language", &items, Some(0), Message::Chosen),
        container(
            button::primary("Continue")
                .id("next")
                .on_press(Message::Pressed("next"))
        )
        .padding(iced::Padding::ZERO.left(500)),
    ]);

    let menu = stage.click("language").placed("language");
    // The line of search, then the third row.
    let _ = stage
        .point(menu.x + 50.0, menu.y + menu.h + 4.0 + 40.0 * 3.5)
        .send([pointer_down(), pointer_up()]);
    assert_eq!(stage.messages, [Message::Chosen(2)]);

    let _ = stage.click("language").click("next");
    assert_eq!(stage.messages.len(), 1, "the click went through the open menu");
    let _ = stage.click("next");
    assert_eq!(stage.messages.last(), Some(&Message::Pressed("next")));
}

#[test]
fn a_menu_of_hundreds_scrolls_with_the_arrows_and_the_wheel() {
    let items: Vec<_> = (0..700).map(|nth| Item::new(format!("Layout {nth}"))).collect();
    let mut stage = Stage::new(dropdown("keyboard", &items, Some(350), Message::Chosen));

    let _ = stage.tab().tap(Named::Enter).tap(Named::PageDown).tap(Named::Enter);
    assert_eq!(stage.messages, [Message::Chosen(358)]);

    let menu = stage.tap(Named::Enter).tap(Named::Home).placed("keyboard");
    let _ = stage.point(menu.x + 50.0, menu.y + menu.h + 4.0 + 40.0 * 1.5);
    let delta = mouse::ScrollDelta::Lines { x: 0.0, y: -1.0 };
    let _ = stage.send([
        Event::Mouse(mouse::Event::WheelScrolled { delta }),
        pointer_down(),
        pointer_up(),
    ]);
    assert_eq!(stage.messages.last(), Some(&Message::Chosen(3)));
}

#[test]
fn a_menu_can_be_opened_from_outside() {
    let items = languages();
    let mut stage = Stage::new(dropdown("language", &items, Some(0), Message::Chosen));
    let _: Option<()> = stage.run(focusing::focus(Id::new("language")));
    let _: Option<()> = stage.run(dropdown::Open);
    let _ = stage.typed("suomi").tap(Named::Enter);

    assert_eq!(stage.messages, [Message::Chosen(9)]);
}
