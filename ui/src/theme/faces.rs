//! Which of the installed fonts are used. Text takes two faces of one family; of all others it takes what that family lacks.
//!
//! A letter that no font has makes the text engine open every face that there is, each with its tables: of a family like Inter
//! these are forty. So faces that no text asks for are forgotten before the first text is drawn.

use std::collections::HashMap;
use std::sync::OnceLock;

use iced::Font;
use iced::advanced::graphics::text::cosmic_text::fontdb::{FaceInfo, Source, Stretch, Style};
use iced::advanced::graphics::text::font_system;
use iced::font::Weight;

/// The families for text, best first. Scripts that they lack come from Noto, then from whatever the system has.
const FAMILIES: [&str; 4] = ["Inter", "Noto Sans", "DejaVu Sans", "Liberation Sans"];
/// A family with the letters of another one, in another size.
const TWINS: [&str; 1] = ["Inter Display"];
const REGULAR: u16 = 400;
const SEMIBOLD: u16 = 600;
const BOLD: u16 = 700;

/// Regular and strong. A weight that a family lacks would be taken from another family, even a monospaced one: so it is
/// asked for only where it exists.
pub(super) fn chosen() -> (Font, Font) {
    static FOUND: OnceLock<(Font, Font)> = OnceLock::new();

    *FOUND.get_or_init(|| {
        let mut weights = HashMap::<&str, Vec<u16>>::new();
        let Ok(mut system) = font_system().write() else {
            return fonts(FAMILIES[0], SEMIBOLD);
        };

        for face in system.raw().db().faces() {
            for family in FAMILIES {
                if is_of(face, family) {
                    weights.entry(family).or_default().push(face.weight.0);
                }
            }
        }
        let family = FAMILIES
            .into_iter()
            .find(|family| weights.contains_key(family))
            .unwrap_or(FAMILIES[0]);
        let has_semibold = weights.get(family).is_none_or(|weights| weights.contains(&SEMIBOLD));
        let strong = if has_semibold { SEMIBOLD } else { BOLD };

        let database = system.raw().db_mut();
        let unused: Vec<_> = database
            .faces()
            .filter(|face| !is_used(face, family, strong))
            .map(|face| face.id)
            .collect();
        for face in unused {
            database.remove_face(face);
        }

        fonts(family, strong)
    })
}

fn fonts(family: &'static str, strong: u16) -> (Font, Font) {
    let regular = Font::with_name(family);
    let weight = if strong == SEMIBOLD {
        Weight::Semibold
    } else {
        Weight::Bold
    };

    (regular, Font { weight, ..regular })
}

fn is_of(face: &FaceInfo, family: &str) -> bool {
    face.families.iter().any(|(name, _)| name == family)
}

/// Whether some text may ask for a face, the text being in this family.
fn is_used(face: &FaceInfo, family: &str, strong: u16) -> bool {
    // What the program brings along: icons.
    if matches!(face.source, Source::Binary(_)) {
        return true;
    }
    if face.style != Style::Normal || face.stretch != Stretch::Normal || TWINS.iter().any(|twin| is_of(face, twin)) {
        return false;
    }
    let weight = face.weight.0;
    if is_of(face, family) {
        weight == REGULAR || weight == strong
    } else {
        weight == REGULAR || weight == BOLD
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use iced::advanced::graphics::text::cosmic_text::fontdb::{ID, Language, Weight as Heaviness};

    use super::*;

    fn face(family: &str, weight: u16) -> FaceInfo {
        FaceInfo {
            id: ID::dummy(),
            source: Source::File("/usr/share/fonts/a.otf".into()),
            index: 0,
            families: vec![(family.to_owned(), Language::English_UnitedStates)],
            post_script_name: family.to_owned(),
            style: Style::Normal,
            weight: Heaviness(weight),
            stretch: Stretch::Normal,
            monospaced: false,
        }
    }

    #[test]
    fn two_faces_of_the_family_stay_and_what_it_may_lack() {
        let used = |family: &str, weight: u16| is_used(&face(family, weight), "Inter", SEMIBOLD);
        let of_inter: Vec<u16> = (1..=9)
            .map(|step| step * 100)
            .filter(|weight| used("Inter", *weight))
            .collect();
        assert_eq!(of_inter, [REGULAR, SEMIBOLD]);
        assert!(!used("Inter Display", REGULAR));
        assert!(used("Noto Sans Arabic", REGULAR) && used("Noto Sans Arabic", BOLD));
        assert!(!used("Noto Sans Arabic", 300));

        let slanted = FaceInfo {
            style: Style::Italic,
            ..face("Inter", REGULAR)
        };
        assert!(!is_used(&slanted, "Inter", SEMIBOLD));
        let icons = FaceInfo {
            source: Source::Binary(std::sync::Arc::new(Vec::<u8>::new())),
            ..face("lucide", 900)
        };
        assert!(is_used(&icons, "Inter", SEMIBOLD));
    }

    #[test]
    fn the_fonts_that_are_chosen_are_still_there() {
        let (regular, strong) = chosen();
        let mut system = font_system().write().unwrap();
        let iced::font::Family::Name(family) = regular.family else {
            panic!("{regular:?}")
        };
        let weights: Vec<u16> = system
            .raw()
            .db()
            .faces()
            .filter(|face| is_of(face, family))
            .map(|face| face.weight.0)
            .collect();
        // A machine without any of the families has none.
        if !weights.is_empty() {
            assert!(weights.contains(&REGULAR), "{weights:?}");
            let wanted = if strong.weight == Weight::Semibold {
                SEMIBOLD
            } else {
                BOLD
            };
            assert!(weights.contains(&wanted), "{weights:?}");
        }
    }
}
