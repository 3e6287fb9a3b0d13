//! What is wrong with a page, each in a sentence.

use std::collections::BTreeMap;

use iced::{Rectangle, Size};

use super::survey::{Control, Drawn, Survey};
use crate::theme::tests::contrast;
use crate::theme::{Scheme, Theme, size};
use crate::widget::Direction;
use crate::widget::trace::Placed;

/// What is off by less is not seen, in logical pixels.
const SLACK: f32 = 1.0;

/// A longer word may go on in the next line: no window is made for it. So long are words that people use.
const LONGEST_WORD: usize = 30;

/// Text that is wider or higher than its room, or that something cuts off at its side.
pub(super) fn cut(theme: &Theme, drawn: &[Drawn]) -> Vec<String> {
    let mut faults = Vec::new();
    for text in drawn {
        let (bounds, room) = (text.bounds, text.room);
        // What is typed goes on beyond its field.
        if room.width.is_infinite() && text.color != theme.palette.quiet {
            continue;
        }
        if bounds.width > room.width + SLACK {
            faults.push(format!("“{}” is wider than its room", short(&text.text)));
        } else if bounds.x < text.seen.x - SLACK || right(bounds) > right(text.seen) + SLACK {
            faults.push(format!("“{}” is cut off at its side", short(&text.text)));
        }
        if text.hidden > 0 || bounds.height > room.height + SLACK {
            faults.push(format!("“{}” is higher than its room", short(&text.text)));
        }
        faults.extend(
            text.broken
                .iter()
                .filter(|word| word.chars().count() <= LONGEST_WORD)
                .map(|word| format!("“{word}” is broken")),
        );
    }

    faults
}

/// Text on top of other text.
pub(super) fn overwritten(drawn: &[Drawn]) -> Vec<String> {
    let mut faults = Vec::new();
    let seen = |text: &Drawn| text.bounds.intersection(&text.seen);
    for (at, one) in drawn.iter().enumerate() {
        for other in drawn.iter().skip(at + 1) {
            let both = seen(one).zip(seen(other));
            if both.is_some_and(|(one, other)| overlap(one, other)) {
                let (one, other) = (short(&one.text), short(&other.text));
                faults.push(format!("“{other}” is drawn over “{one}”"));
            }
        }
    }

    faults
}

/// The least that something may scroll in: a row and a part of the next.
const LEAST_ROOM: f32 = 1.5 * size::TARGET;

/// What is neither in the window nor in something that scrolls.
pub(super) fn beyond(window: Rectangle, survey: &Survey) -> Vec<String> {
    let mut faults = Vec::new();
    let mut look = |what: String, bounds: Rectangle, room: Option<usize>| {
        let (across, along) = match room {
            None => (window, window),
            Some(room) => (survey.rooms[room].bounds, survey.rooms[room].content),
        };
        if bounds.x < across.x - SLACK || right(bounds) > right(across) + SLACK {
            faults.push(format!("{what} sticks out at the side"));
        }
        if bounds.y < along.y - SLACK || bottom(bounds) > bottom(along) + SLACK {
            faults.push(format!("{what} is beyond what can be seen"));
        }
    };
    for control in &survey.controls {
        look(called(control), control.bounds, control.room);
    }
    for words in &survey.words {
        look(format!("“{}”", short(&words.text)), words.bounds, words.room);
    }
    for room in &survey.rooms {
        look("what scrolls".into(), room.bounds, room.room);
    }
    for room in &survey.rooms {
        let does_scroll = room.content.height > room.bounds.height + SLACK;
        if does_scroll && room.bounds.height < LEAST_ROOM {
            faults.push(format!("what scrolls has {} of room", room.bounds.height));
        }
    }

    faults
}

/// Controls that are too low, or that lie on one another.
pub(super) fn hard_to_hit(survey: &Survey) -> Vec<String> {
    let mut faults = Vec::new();
    for (at, control) in survey.controls.iter().enumerate() {
        if control.is_stop && control.bounds.height < size::TARGET - 0.01 {
            faults.push(format!("{} is only {} high", called(control), control.bounds.height));
        }
        for other in survey.controls.iter().skip(at + 1) {
            let is_part = control.bounds.is_within(&other.bounds) || other.bounds.is_within(&control.bounds);
            if !is_part && control.room == other.room && overlap(control.bounds, other.bounds) {
                faults.push(format!("{} lies on {}", called(other), called(control)));
            }
        }
        for words in &survey.words {
            let is_part = words.bounds.is_within(&control.bounds);
            if !is_part && words.room == control.room && overlap(words.bounds, control.bounds) {
                faults.push(format!("“{}” lies on {}", short(&words.text), called(control)));
            }
        }
    }

    faults
}

/// Controls without an id of their own, and without words that say what they are.
pub(super) fn nameless(survey: &Survey, drawn: &[Drawn]) -> Vec<String> {
    /// How far above a field its label may stand.
    const ABOVE: f32 = 12.0;

    let mut faults = Vec::new();
    let mut times = BTreeMap::new();
    for control in &survey.controls {
        match control.id.as_deref() {
            None | Some("") if control.is_stop => faults.push(format!("{:?} has no id", control.bounds)),
            None => {}
            Some(id) => *times.entry(id).or_insert(0) += 1,
        }
    }
    for (id, times) in times {
        if times > 1 {
            faults.push(format!("{times} are called {id}"));
        }
    }

    let words = survey.words.iter().map(|words| (words.text.as_str(), words.bounds));
    let drawn = drawn.iter().map(|drawn| (drawn.text.as_str(), drawn.bounds));
    let words: Vec<_> = words.chain(drawn).filter(|(text, _)| is_said(text)).collect();
    for control in survey.controls.iter().filter(|control| control.is_stop) {
        let about = if control.is_input {
            Rectangle {
                y: control.bounds.y - ABOVE,
                height: control.bounds.height + ABOVE,
                ..control.bounds
            }
        } else {
            control.bounds
        };
        if !words.iter().any(|(_, bounds)| overlap(*bounds, about)) {
            faults.push(format!("{} has no words", called(control)));
        }
    }

    faults
}

/// Tab stops of which the next one comes before it for whoever reads.
pub(super) fn out_of_order(direction: Direction, survey: &Survey) -> Vec<String> {
    let stops: Vec<&Control> = survey.controls.iter().filter(|control| control.is_stop).collect();
    let is_before = |one: &Control, other: &Control| {
        let is_one_page = one.room == other.room;
        let (one, other) = (one.bounds, other.bounds);
        let is_above = bottom(one) <= other.y + SLACK;
        let is_in_its_column = one.x < right(other) - SLACK && other.x < right(one) - SLACK;
        let is_in_its_line = one.y < bottom(other) - SLACK && other.y < bottom(one) - SLACK;
        let is_read_first = match direction {
            Direction::LeftToRight => right(one) <= other.x + SLACK,
            Direction::RightToLeft => one.x >= right(other) - SLACK,
        };
        is_one_page && ((is_above && is_in_its_column) || (is_in_its_line && is_read_first))
    };

    stops
        .windows(2)
        .filter(|pair| is_before(pair[1], pair[0]))
        .map(|pair| format!("Tab goes from {} back to {}", called(pair[0]), called(pair[1])))
        .collect()
}

/// Whether Tab goes to every control once and round again, and each is in sight then.
pub(super) fn untabbed(window: Rectangle, survey: &Survey, mut tab: impl FnMut(bool) -> Vec<Placed>) -> Vec<String> {
    let mut faults = Vec::new();
    let stops: Vec<String> = survey
        .controls
        .iter()
        .filter(|control| control.is_stop)
        .filter_map(|control| control.id.clone())
        .collect();
    let there = stops.iter().chain(stops.first()).map(|stop| (false, stop));
    // From the first one.
    let back = stops.iter().rev().chain(stops.last()).map(|stop| (true, stop));
    for (backward, expected) in there.chain(back) {
        let at = tab(backward);
        let [at] = at.as_slice() else {
            faults.push(format!("{} things have the focus in place of {expected}", at.len()));
            continue;
        };
        if at.id != *expected {
            faults.push(format!("{} has the focus in place of {expected}", at.id));
        }
        // Of what is higher than its room, the beginning is shown.
        let is_in_sight =
            at.y > window.y - SLACK && (at.y + at.h < bottom(window) + SLACK || at.h > window.height / 2.0);
        if !is_in_sight {
            faults.push(format!("{} has the focus and is out of sight", at.id));
        }
    }

    faults
}

/// Controls that are not where a mirror would show them.
pub(super) fn unmirrored(width: f32, there: &Survey, back: &Survey) -> Vec<String> {
    /// What scrolls has its bar at the right in both.
    const BAR: f32 = 24.0;

    let (there, back) = (&there.controls, &back.controls);
    if there.len() != back.len() {
        return vec![format!("{} controls become {}", there.len(), back.len())];
    }

    let pairs = there.iter().zip(back);
    pairs
        .filter(|(one, other)| {
            let mirrored = width - right(one.bounds);
            one.id != other.id || (other.bounds.x - mirrored).abs() > BAR
        })
        .map(|(one, _)| format!("{} is not where a mirror shows it", called(one)))
        .collect()
}

/// Text that hardly differs from its ground.
pub(super) fn faint(scheme: Scheme, drawn: &[Drawn]) -> Vec<String> {
    let least = if scheme == Scheme::Contrast { 7.0 } else { 4.5 };

    drawn
        .iter()
        .map(|text| (text, contrast(text.color, text.ground)))
        .filter(|(_, contrast)| *contrast < least)
        .map(|(text, contrast)| format!("“{}” has a contrast of {contrast:.1}", short(&text.text)))
        .collect()
}

/// Text of which the picture (four bytes a pixel) has nothing in its colour.
pub(super) fn undrawn(drawn: &[Drawn], window: Size, pixels: &[u8]) -> Vec<String> {
    /// Letters are thin: hardly a pixel is all ink.
    const NEAR: u8 = 60;

    let has_ink = |text: &Drawn, seen: Rectangle| {
        let ink = text.color.into_rgba8();
        let lines = pixels.chunks_exact(window.width as usize * 4);
        let lines = lines.skip(seen.y as usize).take(seen.height as usize);
        lines
            .flat_map(|line| line.chunks_exact(4).skip(seen.x as usize).take(seen.width as usize))
            .any(|pixel| pixel.iter().zip(ink).all(|(one, other)| one.abs_diff(other) < NEAR))
    };

    drawn
        .iter()
        .filter(|text| !text.text.trim().is_empty())
        .filter_map(|text| Some((text, text.bounds.intersection(&text.seen)?)))
        .filter(|(text, seen)| seen.height > text.bounds.height / 2.0 && !has_ink(text, *seen))
        .map(|(text, _)| format!("“{}” cannot be seen", short(&text.text)))
        .collect()
}

fn overlap(one: Rectangle, other: Rectangle) -> bool {
    one.intersection(&other)
        .is_some_and(|both| both.width > SLACK && both.height > SLACK)
}

fn right(bounds: Rectangle) -> f32 {
    bounds.x + bounds.width
}

fn bottom(bounds: Rectangle) -> f32 {
    bounds.y + bounds.height
}

fn called(control: &Control) -> String {
    control.id.clone().unwrap_or_else(|| format!("{:?}", control.bounds))
}

/// Whether it can be said: an icon is a letter of nobody's.
fn is_said(text: &str) -> bool {
    text.chars().any(|letter| letter.is_alphanumeric())
}

fn short(text: &str) -> String {
    const LONGEST: usize = 40;

    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use iced::widget::text::{Style, Wrapping};
    use iced::widget::{Space, column, container, row, stack};
    use iced::{Fill, Padding};

    use super::super::survey::Page;
    use super::*;
    use crate::theme::Element;
    use crate::widget::{Icon, button, icon, text_field, words};

    const WINDOW: Size = Size::new(400.0, 300.0);

    fn named(id: &'static str) -> Element<'static, ()> {
        button::primary(id).id(id).on_press(()).into()
    }

    fn survey(content: impl Into<Element<'static, ()>>) -> Survey {
        Page::new(WINDOW, content.into()).survey()
    }

    fn drawn(content: impl Into<Element<'static, ()>>) -> Vec<Drawn> {
        Page::new(WINDOW, content.into()).drawn(&Theme::new(Scheme::Light))
    }

    #[test]
    fn text_that_does_not_fit_is_seen() {
        let cut = |content: Element<'static, ()>| cut(&Theme::new(Scheme::Light), &drawn(content));
        let line = words::body("Unbreakable").wrapping(Wrapping::None);
        assert_eq!(
            cut(container(line).width(30).into()),
            ["“Unbreakable” is wider than its room"]
        );
        assert_eq!(
            cut(container(words::body("one two three")).width(40).height(21).into()),
            ["“one two three” is higher than its room"]
        );
        assert_eq!(
            cut(container(words::body("Unbreakable")).width(30).into()),
            ["“Unbreakable” is broken"]
        );
        let field = text_field("a", "", "")
            .bare()
            .placeholder("It goes on and on")
            .on_input(|_| ());
        assert_eq!(
            cut(container(field).width(60).into()),
            ["“It goes on and on” is cut off at its side"]
        );
        assert_eq!(
            overwritten(&drawn(stack![words::body("one"), words::body("two")])),
            ["“two” is drawn over “one”"]
        );
    }

    #[test]
    fn what_is_out_of_reach_is_seen() {
        let window = Rectangle::with_size(WINDOW);
        let below = column![named("a"), named("b")].spacing(2.0 * WINDOW.height);
        let faults = beyond(window, &survey(below));
        assert!(
            faults.contains(&"b is beyond what can be seen".to_owned()),
            "{faults:?}"
        );
        let aside = row![named("a"), named("b")].spacing(2.0 * WINDOW.width);
        let faults = beyond(window, &survey(aside));
        assert!(faults.contains(&"b sticks out at the side".to_owned()), "{faults:?}");
        let slit = container(iced::widget::scrollable(Space::new().height(900))).height(20);
        assert_eq!(beyond(window, &survey(slit)), ["what scrolls has 20 of room"]);
    }

    #[test]
    fn controls_that_cannot_be_hit_or_called_are_seen() {
        let low = container(named("a")).height(30);
        assert_eq!(hard_to_hit(&survey(low)), ["a is only 30 high"]);
        let above = container(named("b")).padding(Padding::ZERO.top(20).left(20));
        let faults = hard_to_hit(&survey(stack![container(named("a")).width(Fill).height(Fill), above]));
        assert!(faults.contains(&"b lies on a".to_owned()), "{faults:?}");

        let nameless = |content: Element<'static, ()>| nameless(&survey(content), &[]);
        let cross = || button::bare(icon(Icon::X)).id("a").on_press(());
        assert_eq!(nameless(cross().into()), ["a has no words"]);
        assert!(nameless(cross().called("Put away").into()).is_empty());
        assert_eq!(nameless(row![named("a"), named("a")].into()), ["2 are called a"]);
        let faults = nameless(button::primary("a").on_press(()).into());
        assert!(faults[0].ends_with("has no id"), "{faults:?}");
    }

    #[test]
    fn tab_that_goes_astray_is_seen() {
        let survey = survey(row![named("a"), named("b")]);
        assert!(out_of_order(Direction::LeftToRight, &survey).is_empty());
        assert_eq!(
            out_of_order(Direction::RightToLeft, &survey),
            ["Tab goes from a back to b"]
        );
        let faults = untabbed(Rectangle::with_size(WINDOW), &survey, |_| Vec::new());
        assert_eq!(faults.len(), 6, "there and back, and round: {faults:?}");
        let last = Placed {
            id: "b".into(),
            x: 0.0,
            y: 2.0 * WINDOW.height,
            w: 40.0,
            h: 40.0,
            focused: true,
            focusable: true,
        };
        let faults = untabbed(Rectangle::with_size(WINDOW), &survey, |_| vec![last.clone()]);
        assert!(
            faults.contains(&"b has the focus in place of a".to_owned()),
            "{faults:?}"
        );
        assert!(
            faults.contains(&"b has the focus and is out of sight".to_owned()),
            "{faults:?}"
        );

        let aside = || self::survey(row![named("a"), Space::new().width(Fill)]);
        assert_eq!(
            unmirrored(WINDOW.width, &aside(), &aside()),
            ["a is not where a mirror shows it"]
        );
    }

    #[test]
    fn text_that_cannot_be_read_is_seen() {
        let grey = words::body("grey").style(|theme: &Theme| Style {
            color: Some(theme.palette.line),
        });
        let faults = faint(Scheme::Light, &drawn(grey));
        assert!(faults[0].starts_with("“grey” has a contrast of"), "{faults:?}");
        let white = vec![255; (WINDOW.width * WINDOW.height * 4.0) as usize];
        assert_eq!(
            undrawn(&drawn(words::body("ink")), WINDOW, &white),
            ["“ink” cannot be seen"]
        );
    }
}
