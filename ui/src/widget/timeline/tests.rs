use super::scale::{LEAST, MOST};
use super::*;

fn scale(count: usize, mirrored: bool) -> Scale {
    Scale {
        count,
        width: 600.0,
        mirrored,
    }
}

#[test]
fn a_few_notches_stand_apart_and_many_keep_their_distance() {
    assert_eq!(scale(3, false).step(), MOST);
    assert_eq!(scale(3, false).hidden(), 0.0);
    assert_eq!(scale(500, false).step(), LEAST);
    assert_eq!(scale(500, false).hidden(), 500.0 * LEAST - 600.0);
    assert_eq!(scale(0, false).in_sight(0.0), 0..0);
    assert_eq!(scale(0, false).nearest(20.0, 0.0), None);
}

#[test]
fn every_notch_of_hundreds_can_be_revealed_and_is_found_where_it_is_drawn() {
    for mirrored in [false, true] {
        let scale = scale(500, mirrored);
        let mut offset = 0.0;

        for at in [0, 1, 250, 498, 499, 3] {
            offset = scale.reveal(at, offset);
            let x = scale.x(scale.along(at, offset));
            assert!((0.0..=600.0).contains(&x), "{at} is at {x}");
            assert_eq!(scale.nearest(x, offset), Some(at));
            assert!(scale.in_sight(offset).contains(&at));
        }
    }
}

#[test]
fn only_what_is_in_sight_is_drawn() {
    let scale = scale(500, false);

    assert!(scale.in_sight(2_000.0).len() <= 24);
}

#[test]
fn the_strip_slides_from_the_first_to_the_last_and_is_mirrored() {
    assert_eq!(scale(500, false).on_strip(0.0), Some(0));
    assert_eq!(scale(500, false).on_strip(600.0), Some(499));
    assert_eq!(scale(500, true).on_strip(0.0), Some(499));
    assert_eq!(scale(500, true).on_strip(-50.0), Some(499));
}

fn shown<'a>(count: usize, selected: usize) -> iced_test::Simulator<'a, usize, Theme> {
    let notches = (1..=count).map(|at| Notch {
        id: format!("notch-{at}"),
        label: at.to_string(),
        ..Notch::default()
    });
    let line = timeline(
        "line",
        notches.collect(),
        Some(selected),
        Direction::LeftToRight,
        |at| at,
    );

    iced_test::Simulator::with_size(crate::theme::settings(), Size::new(600.0, 120.0), line)
}

fn pressed() -> Event {
    Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
}

fn let_go() -> Event {
    Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))
}

#[test]
fn dragging_slides_along_and_letting_go_ends_it() {
    let mut line = shown(5, 4);
    let moved = |line: &mut iced_test::Simulator<'_, usize, Theme>, x: f32| {
        let position = Point::new(x, MIDDLE);
        line.point_at(position);
        let _ = line.simulate([Event::Mouse(mouse::Event::CursorMoved { position })]);
    };
    moved(&mut line, 60.0);
    let _ = line.simulate([pressed()]);
    moved(&mut line, 300.0);
    let _ = line.simulate([let_go()]);
    moved(&mut line, 60.0);

    assert_eq!(line.into_messages().collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn the_wheel_brings_others_into_sight_and_chooses_none() {
    let mut line = shown(300, 299);
    assert!(line.find(Id::new("notch-280")).is_err());
    line.point_at(Point::new(300.0, MIDDLE));
    let delta = mouse::ScrollDelta::Lines { x: 0.0, y: 10.0 };
    let _ = line.simulate([Event::Mouse(mouse::Event::WheelScrolled { delta })]);

    assert!(line.find(Id::new("notch-280")).is_ok());
    assert_eq!(line.into_messages().count(), 0);
}

#[test]
fn a_press_on_the_strip_slides_through_everything() {
    let mut line = shown(300, 299);
    line.point_at(Point::new(300.0, NOTCHES + STRIP / 2.0));
    let _ = line.simulate([pressed(), let_go()]);

    assert_eq!(line.into_messages().collect::<Vec<_>>(), [150]);
}

#[test]
fn days_stand_where_there_is_room_for_them_and_the_first_one_always() {
    let line = |count: usize| {
        let notches = (0..count).map(|at| Notch {
            // Two states a day.
            day: if at % 2 == 0 {
                "2026-11-23".into()
            } else {
                String::new()
            },
            ..Notch::default()
        });
        timeline("line", notches.collect(), None, Direction::LeftToRight, |at: usize| at)
    };

    // Far apart, each day has room.
    assert_eq!(line(5).days(scale(5, false)), [0, 2, 4]);
    // 36 pixels from notch to notch are 72 from day to day, and a day needs 90.
    assert_eq!(line(500).days(scale(500, false))[..3], [0, 4, 8]);
    assert_eq!(line(0).days(scale(0, false)), Vec::<usize>::new());
}
