//! What the store costs: time until there is something to see, time of a key, time of a frame, memory, and the processor
//! while nobody does anything. All of it is looked at from outside: frames as the compositor gets them, the rest as the
//! kernel counts it. Nothing is asserted.

mod figures;
mod others;
mod world;

use std::{
    collections::BTreeMap,
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

pub use figures::{Costs, FrameTimes, Idle, Memory, Spread};
pub use others::Other;
pub use world::World;

use super::{Manner, PATIENCE, Shop};
use crate::lab::desktop::{Desktop, Screen};
use crate::lab::frames::{Frames, Moment, Said};
use crate::lab::{Error, Widget, evdev};

/// The screen that everything is measured on.
pub const SIZE: (u32, u32) = (1920, 1080);
/// Between two keys of somebody who types.
const TYPIST: Duration = Duration::from_millis(150);
/// What is typed, letter by letter: names, words, words with a typing error, and what is nowhere.
const TYPED: [&str; 12] = [
    "firefox",
    "libreoffice writer",
    "gimp",
    "python3-numpy",
    "video editor",
    "thunderbrid",
    "inkscpae",
    "gstreamer1.0-plugins-good",
    "music player",
    "zzxqj",
    "chess",
    "terminal",
];
/// Two of them are a search: there are more of these than anybody remembers.
const WORDS: [&str; 36] = [
    "lib", "python", "music", "editor", "game", "gnome", "kde", "audio", "video", "photo", "mail", "chat", "web",
    "server", "tool", "font", "perl", "ruby", "rust", "data", "map", "math", "draw", "paint", "file", "disk", "usb",
    "net", "wifi", "clock", "calc", "text", "pdf", "book", "radio", "term",
];
/// How long each thing is scrolled, and how many events of a touchpad go in one direction: Explore is not much higher than
/// the screen, and a list is long.
const SCROLLED: Duration = Duration::from_secs(6);
const GRID: u32 = 8;
const LIST: u32 = 50;
/// Between two events of a touchpad, and how far its fingers went.
const TOUCHPAD: Duration = Duration::from_millis(8);
const FINGERS: f64 = 12.0;
/// How long nothing is done while the processor is watched.
const IDLE: Duration = Duration::from_secs(20);
/// Until what the last deed began has come to rest.
const REST: Duration = Duration::from_secs(5);

/// How much is done.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// How often the store is started for the time until there is something to see.
    pub starts: usize,
    /// How many searches are made while memory is watched.
    pub searches: usize,
}

/// Measures the store in an installed system. The window is 1920x1080. With `album`, pictures of what was measured go there.
///
/// # Errors
/// When the window does not come, or does not answer.
pub fn measure(
    desktop: &Desktop<'_>,
    screen: &Screen<'_>,
    effort: Effort,
    album: Option<&Path>,
) -> Result<Costs, Error> {
    let mut costs = Costs::default();
    // The first start reads the catalogues and writes the cache; it is told apart.
    for number in 0..=effort.starts {
        let mut shop = Shop::open_as(desktop, screen, SIZE, &[], Manner::Timed)?;
        let (frame, content) = started(&mut shop)?;
        if number == 0 {
            costs.first_content = content;
        } else {
            costs.frame.push(frame);
            costs.content.push(content);
        }
        sleep(Duration::from_secs(2));
    }
    let places = keys(desktop, screen, &mut costs, album)?;
    use_it(desktop, screen, effort, &places, &mut costs, album)?;
    Ok(costs)
}

/// The times from exec to the first frame and to the first frame with something in it. The window was only just started.
fn started(shop: &mut Shop<'_>) -> Result<(Duration, Duration), Error> {
    let begun = Instant::now();
    let executed = loop {
        let window = shop
            .window
            .as_ref()
            .map(|window| window.named("moult"))
            .unwrap_or_default();
        if !window.is_empty() {
            break Moment::now();
        }
        out_of_patience(shop, begun, "the window's process")?;
        sleep(Duration::from_millis(1));
    };
    let mut frames = Frames::follow(shop.log.clone());
    let (mut first, mut has_content) = (None, false);
    loop {
        for said in frames.more()? {
            match said {
                Said::Frame(at) if has_content => {
                    let content = at.since(executed);
                    return Ok((first.unwrap_or(content), content));
                }
                Said::Frame(at) => first = first.or(Some(at.since(executed))),
                Said::Content => has_content = true,
                Said::Found { .. } => {}
            }
        }
        out_of_patience(shop, begun, "something to see")?;
        sleep(Duration::from_millis(20));
    }
}

fn out_of_patience(shop: &Shop<'_>, begun: Instant, what: &str) -> Result<(), Error> {
    if begun.elapsed() < PATIENCE {
        return Ok(());
    }
    Err(Error::Timeout {
        what: what.to_owned(),
        waited: PATIENCE,
        seen: shop.trace.summary(),
    })
}

/// Types, and looks when what each letter found is on the screen. Gives where things stand on Explore.
fn keys(
    desktop: &Desktop<'_>,
    screen: &Screen<'_>,
    costs: &mut Costs,
    album: Option<&Path>,
) -> Result<BTreeMap<String, (u32, u32)>, Error> {
    let mut shop = Shop::open_as(desktop, screen, SIZE, &[], Manner::Timed)?;
    shop.wait_screen("explore")?;
    let _ = shop.wait_any("explore-featured-")?;
    sleep(Duration::from_secs(2));
    let stand = |widget: Widget| {
        let middle = widget.middle();
        (widget.id, middle)
    };
    let places = shop.trace.layout().into_iter().map(stand).collect();
    if let Some(album) = album {
        shop.picture(&album.join("cost-explore.png"))?;
    }

    let mut frames = Frames::follow(shop.log.clone());
    shop.click("search")?;
    for typed in TYPED {
        shop.seat.chord(&[evdev::LEFT_CTRL, evdev::A])?;
        for (end, letter) in typed.char_indices() {
            sleep(TYPIST);
            let _ = frames.more()?;
            let letter = letter.to_string();
            let pressed = Moment::now();
            shop.seat.type_us(&letter)?;
            // A space at the end is no other search.
            if letter == " " {
                continue;
            }
            let shown = answer(&mut shop, &mut frames, end + 1)?;
            costs.key.push(shown.since(pressed));
        }
        if let Some(album) = album.filter(|_| typed == TYPED[1]) {
            shop.picture(&album.join("cost-list.png"))?;
        }
    }
    Ok(places)
}

/// When the frame came that shows what was found for so many letters.
fn answer(shop: &mut Shop<'_>, frames: &mut Frames, wanted: usize) -> Result<Moment, Error> {
    let begun = Instant::now();
    let mut is_found = false;
    loop {
        for said in frames.more()? {
            match said {
                Said::Found { letters } => is_found = letters == wanted,
                Said::Frame(at) if is_found => return Ok(at),
                Said::Frame(_) | Said::Content => {}
            }
        }
        out_of_patience(shop, begun, "what a search found")?;
        sleep(Duration::from_millis(5));
    }
}

/// Uses the store as somebody would who has ten minutes, only faster: scrolls, searches, looks at pages; then leaves it alone.
fn use_it(
    desktop: &Desktop<'_>,
    screen: &Screen<'_>,
    effort: Effort,
    places: &BTreeMap<String, (u32, u32)>,
    costs: &mut Costs,
    album: Option<&Path>,
) -> Result<(), Error> {
    let mut shop = Shop::open_as(desktop, screen, SIZE, &[], Manner::Alone)?;
    let mut frames = Frames::follow(shop.log.clone());
    sleep(REST);
    costs.memory.push((0, memory(&shop)?));
    // The field of search has the focus.
    costs.idle_typing = idle(&shop)?;

    let at = |name: &str| places.get(name).copied().unwrap_or((SIZE.0 / 2, 40));
    costs.grid = scroll(&mut shop, &mut frames, GRID)?;
    search(&mut shop, at("search"), "lib")?;
    sleep(Duration::from_secs(1));
    costs.list = scroll(&mut shop, &mut frames, LIST)?;

    shop.seat.pace = Duration::from_millis(4);
    let terms = WORDS
        .iter()
        .flat_map(|one| WORDS.iter().map(move |other| format!("{one} {other}")));
    for (number, term) in (1..=effort.searches).zip(terms.cycle()) {
        search(&mut shop, at("search"), &term)?;
        sleep(Duration::from_millis(80));
        if number % 10 == 0 {
            // The best find's page, once it is found, and back.
            sleep(Duration::from_millis(400));
            shop.seat.key(evdev::ENTER)?;
            sleep(Duration::from_millis(600));
            turn(&mut shop, 30)?;
            shop.seat.chord(&[evdev::LEFT_ALT, evdev::LEFT])?;
        }
        if number % 50 == 0 {
            for section in ["go-installed", "go-updates", "go-history", "go-sources", "go-explore"] {
                let (x, y) = at(section);
                shop.seat.click(x, y)?;
                sleep(Duration::from_millis(700));
                shop.seat.move_to(SIZE.0 / 2, SIZE.1 / 2)?;
                turn(&mut shop, 40)?;
            }
        }
        if number % (effort.searches / 10).max(1) == 0 {
            costs.memory.push((number, memory(&shop)?));
        }
    }
    if let Some(album) = album {
        shop.picture(&album.join("cost-after.png"))?;
    }
    let (x, y) = at("go-explore");
    shop.seat.click(x, y)?;
    sleep(REST);
    costs.memory.push((effort.searches, memory(&shop)?));
    costs.idle = idle(&shop)?;
    Ok(())
}

fn search(shop: &mut Shop<'_>, (x, y): (u32, u32), term: &str) -> Result<(), Error> {
    shop.seat.click(x, y)?;
    shop.seat.chord(&[evdev::LEFT_CTRL, evdev::A])?;
    shop.seat.type_us(term)
}

/// So many events of a touchpad downward, and as many upward.
fn turn(shop: &mut Shop<'_>, events: u32) -> Result<(), Error> {
    for way in [FINGERS, -FINGERS] {
        for _ in 0..events {
            let begun = Instant::now();
            shop.seat.scroll(way)?;
            sleep(TOUCHPAD.saturating_sub(begun.elapsed()));
        }
    }
    Ok(())
}

/// Scrolls what is under the middle of the screen down and up again.
fn scroll(shop: &mut Shop<'_>, frames: &mut Frames, one_way: u32) -> Result<FrameTimes, Error> {
    shop.seat.move_to(SIZE.0 / 2, SIZE.1 / 2)?;
    sleep(Duration::from_secs(1));
    let _ = frames.more()?;
    let window = pid(shop, "moult")?;
    let busy = figures::busy(window)?;
    let begun = Instant::now();
    while begun.elapsed() < SCROLLED {
        turn(shop, one_way)?;
    }
    let busy = figures::busy(window)?.saturating_sub(busy);
    let moments: Vec<Moment> = frames
        .more()?
        .into_iter()
        .filter_map(|said| match said {
            Said::Frame(at) => Some(at),
            Said::Content | Said::Found { .. } => None,
        })
        .collect();
    let between = moments.iter().zip(moments.iter().skip(1));
    Ok(FrameTimes {
        between: between.map(|(one, next)| next.since(*one)).collect(),
        busy: busy / u32::try_from(moments.len().max(1)).unwrap_or(u32::MAX),
    })
}

fn pid(shop: &Shop<'_>, name: &str) -> Result<u32, Error> {
    let found = shop
        .window
        .as_ref()
        .map(|window| window.named(name))
        .unwrap_or_default();
    let first = found.first().copied();
    first.ok_or_else(|| Error::Start(format!("{name} does not run: {}", shop.said())))
}

fn memory(shop: &Shop<'_>) -> Result<Memory, Error> {
    Memory::of(pid(shop, "moult")?, pid(shop, "moult-backend")?)
}

fn idle(shop: &Shop<'_>) -> Result<Idle, Error> {
    let both = [pid(shop, "moult")?, pid(shop, "moult-backend")?];
    Idle::over(IDLE, &both)
}
