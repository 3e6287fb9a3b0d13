//! Every page of the store and of the installer, in every language, both ways round, in windows from the smallest to the
//! largest: that a person can read it, reach it and work it.

mod rules;
mod survey;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use iced::{Rectangle, Size};
use iced_test::Simulator;
use moult_i18n::Language;

use self::survey::Page;
use crate::app::tests::{SCREENS, at};
use crate::store::scenes;
use crate::theme::{self, Scheme, Theme};
use crate::widget::Direction;

use Direction::{LeftToRight, RightToLeft};

/// The smallest window in which everything has its place (see `main.rs`), the narrowest with sections beside the page, the
/// usual one, and larger ones. A screen that is denser leaves a window fewer of these pixels, and no other way less.
const WINDOWS: [Size; 5] = [
    SMALLEST,
    Size::new(theme::size::NARROW, 600.0),
    USUAL,
    Size::new(1920.0, 1080.0),
    Size::new(3840.0, 2160.0),
];
const SMALLEST: Size = Size::new(800.0, 600.0);
const USUAL: Size = Size::new(1280.0, 800.0);

/// How a page is seen.
#[derive(Debug, Clone, Copy)]
struct Place {
    language: Language,
    direction: Direction,
    size: Size,
    scheme: Scheme,
}

impl Place {
    fn new(language: Language, direction: Direction, size: Size) -> Self {
        Self {
            language,
            direction,
            size,
            scheme: Scheme::Light,
        }
    }

    fn window(self) -> Rectangle {
        Rectangle::with_size(self.size)
    }
}

/// All of them.
fn everywhere() -> Vec<Place> {
    let mut places = Vec::new();
    for language in Language::ALL {
        for size in WINDOWS {
            places.push(Place::new(language, LeftToRight, size));
        }
        places.push(Place::new(language, RightToLeft, SMALLEST));
    }

    places
}

/// What is wrong, and where that was first seen.
#[derive(Debug, Default)]
struct Faults(BTreeMap<(&'static str, String), (Place, usize)>);

impl Faults {
    fn add(&mut self, page: &'static str, place: Place, what: String) {
        self.0.entry((page, what)).or_insert((place, 0)).1 += 1;
    }

    #[track_caller]
    fn assert_none(self) {
        let mut told = String::new();
        for ((page, what), (place, times)) in &self.0 {
            let Place {
                language,
                direction,
                size,
                scheme,
            } = place;
            let _ = writeln!(
                told,
                "{page}: {what} ({times} times, first {language:?} {direction:?} {scheme:?} {} x {})",
                size.width, size.height
            );
        }
        assert!(told.is_empty(), "{} faults:\n{told}", self.0.len());
    }
}

/// Looks at every page at each of these places.
fn sweep(places: &[Place], look: impl Fn(Place, &mut Page<'_>) -> Vec<String>) -> Faults {
    let mut faults = Faults::default();
    for (name, mut program) in scenes::all() {
        for place in places.iter().copied() {
            program.seen(place.language, place.direction, place.size, place.scheme);
            let mut page = Page::new(place.size, program.view().map(|_| ()));
            for what in look(place, &mut page) {
                faults.add(name, place, what);
            }
        }
    }

    // The installer speaks no language yet that is read from right to left.
    let languages = |language| places.iter().filter(move |place: &&Place| place.language == language);
    for screen in SCREENS {
        for language in Language::ALL {
            let app = at(language, screen);
            for place in languages(language)
                .filter(|place| place.direction == LeftToRight)
                .copied()
            {
                let mut page = Page::new(place.size, app.view().map(|_| ()));
                for what in look(place, &mut page) {
                    faults.add(screen, place, what);
                }
            }
        }
    }

    faults
}

#[test]
fn every_page_can_be_read_reached_and_worked() {
    /// Pages that are longer show below what they showed above.
    const MOST_STEPS: usize = 8;

    let theme = Theme::new(Scheme::Light);
    sweep(&everywhere(), |place, page| {
        let survey = page.survey();
        let mut faults = rules::beyond(place.window(), &survey);
        faults.extend(rules::hard_to_hit(&survey));
        faults.extend(rules::nameless(&survey, &page.drawn(&theme)));
        for _ in 0..MOST_STEPS {
            let drawn = page.drawn(&theme);
            faults.extend(rules::cut(&theme, &drawn));
            faults.extend(rules::overwritten(&drawn));
            if !page.scroll(place.size.height / 2.0) {
                break;
            }
        }
        faults
    })
    .assert_none();
}

#[test]
fn tab_goes_to_every_control_once_as_one_reads_and_shift_tab_the_other_way() {
    let places = [
        Place::new(Language::English, LeftToRight, USUAL),
        Place::new(Language::German, LeftToRight, SMALLEST),
        Place::new(Language::German, RightToLeft, SMALLEST),
    ];
    sweep(&places, |place, page| {
        let survey = page.survey();
        let mut faults = rules::out_of_order(place.direction, &survey);
        faults.extend(rules::untabbed(place.window(), &survey, |backward| page.tab(backward)));
        faults
    })
    .assert_none();
}

#[test]
fn a_page_that_is_read_the_other_way_is_seen_in_a_mirror() {
    let mut faults = Faults::default();
    for (name, mut program) in scenes::all() {
        for size in [SMALLEST, USUAL] {
            let [there, back] = [LeftToRight, RightToLeft].map(|direction| {
                program.seen(Language::English, direction, size, Scheme::Light);
                Page::new(size, program.view().map(|_| ())).survey()
            });
            for what in rules::unmirrored(size.width, &there, &back) {
                faults.add(name, Place::new(Language::English, RightToLeft, size), what);
            }
        }
    }
    faults.assert_none();
}

#[test]
fn text_stands_out_from_what_is_behind_it_in_every_scheme() {
    let places = [Scheme::Light, Scheme::Dark, Scheme::Contrast].map(|scheme| Place {
        scheme,
        ..Place::new(Language::English, LeftToRight, USUAL)
    });
    sweep(&places, |place, page| {
        rules::faint(place.scheme, &page.drawn(&Theme::new(place.scheme)))
    })
    .assert_none();
}

/// The store with one of its pages.
fn scene(name: &str) -> crate::store::Program {
    let scene = scenes::all().into_iter().find(|scene| scene.0 == name);
    scene.expect("it is there").1
}

/// What the tests above work out from what is to be drawn, in what is drawn.
#[test]
fn the_letters_of_a_page_are_in_its_picture_in_every_scheme() {
    for scheme in [Scheme::Light, Scheme::Dark, Scheme::Contrast] {
        let mut program = scene("updates");
        program.seen(Language::German, LeftToRight, SMALLEST, scheme);
        let theme = Theme::new(scheme);
        let mut page = Page::new(SMALLEST, program.view().map(|_| ()));
        let drawn = page.drawn(&theme);
        assert!(drawn.len() > 20, "{}", drawn.len());
        let faults = rules::undrawn(&drawn, SMALLEST, &page.pixels(SMALLEST, &theme));
        assert!(faults.is_empty(), "{scheme:?}: {faults:#?}");
    }
}

/// Pictures of every page of the store, for eyes: `MOULT_PICTURES=folder cargo test -p moult-ui pictures`.
#[test]
fn pictures_can_be_taken_of_every_page_of_the_store() {
    let Some(folder) = std::env::var_os("MOULT_PICTURES").map(std::path::PathBuf::from) else {
        return;
    };

    for (name, mut program) in scenes::all() {
        for (language, scheme, direction, size) in [
            (Language::English, Scheme::Light, LeftToRight, USUAL),
            (Language::German, Scheme::Dark, LeftToRight, SMALLEST),
            (Language::French, Scheme::Contrast, RightToLeft, USUAL),
            (Language::German, Scheme::Light, LeftToRight, Size::new(1280.0, 2400.0)),
        ] {
            program.seen(language, direction, size, scheme);
            let mut simulator = Simulator::with_size(theme::settings(), size, program.view());
            let snapshot = simulator.snapshot(&Theme::new(scheme)).unwrap();
            let file = format!(
                "store-{name}-{}-{scheme:?}-{}x{}.png",
                language.code(),
                size.width,
                size.height
            );
            assert!(
                snapshot.matches_image(folder.join(file.to_lowercase())).unwrap(),
                "{name}: another picture is there"
            );
        }
    }
}
