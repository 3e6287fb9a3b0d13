use proptest::prelude::*;

use super::*;

type Line = (&'static str, &'static str, &'static str);

const SHOP: &[Line] = &[
    (
        "thunderbird",
        "Mail, calendar and news client",
        "Reads your mail. Made by the people of Firefox.",
    ),
    ("firefox", "Web browser", "A browser for the internet."),
    (
        "firefox-esr",
        "Web browser, extended support",
        "The browser that changes slowly.",
    ),
    ("libfirefox", "Parts of a browser", "A library."),
    ("mail", "Sends and reads letters", "An old program."),
    ("mailutils", "Tools for letters", "Many programs."),
    ("main-menu", "A menu", "Menu of everything."),
    ("claws", "Fast mail program", "Reads letters."),
    ("hamail", "A name with it inside", "Nothing."),
    ("g++", "Compiler for C++", "Compiles."),
    ("gcc", "Compiler for C", "Compiles."),
    ("editeur", "Éditeur de texte", "Écrit des lettres."),
    ("visual-studio-code", "Editor", "Large."),
    ("letters", "Font", "Has the letter Ångström."),
];

fn part(repository: &str, priority: u64, lines: &[(Line, u64)]) -> Part {
    let mut builder = Builder::default();
    for ((name, summary, description), release) in lines {
        builder.add(name, &format!("{release}.0"), (*release, 1), summary, description);
    }
    let bytes = builder.finish();
    Part {
        repository: repository.into(),
        priority,
        digest: digest(&bytes),
        index: Index::read(&bytes).unwrap(),
        memory: Memory::default(),
    }
}

fn shop() -> Searcher {
    let lines: Vec<(Line, u64)> = SHOP.iter().map(|line| (*line, 1)).collect();
    Searcher {
        parts: vec![part("shop", 0, &lines)],
        installed: HashMap::new(),
        state: None,
    }
}

fn names(searcher: &Searcher, term: &str) -> Vec<String> {
    searcher.search(term, 99).into_iter().map(|found| found.name).collect()
}

#[test]
fn the_exact_name_is_first_then_names_that_begin_so_then_summaries_then_descriptions() {
    assert_eq!(
        names(&shop(), "mail"),
        ["mail", "mailutils", "hamail", "claws", "thunderbird", "main-menu"]
    );
    assert_eq!(
        names(&shop(), "firefox"),
        ["firefox", "firefox-esr", "libfirefox", "thunderbird"]
    );
}

#[test]
fn a_name_typed_with_spaces_dots_or_capitals_is_the_name() {
    for term in [
        "Visual Studio Code",
        "visual.studio",
        "VISUAL_studio-c",
        "  visual   studio ",
    ] {
        assert_eq!(
            names(&shop(), term).first().map(String::as_str),
            Some("visual-studio-code"),
            "{term}"
        );
    }
    assert_eq!(names(&shop(), "c++")[0], "g++");
    assert_eq!(names(&shop(), "++"), ["g++"]);
    assert_eq!(names(&shop(), "g++")[0], "g++");
}

#[test]
fn one_typing_error_is_forgiven_and_two_are_not() {
    for term in ["firefx", "fierfox", "firefoxx", "firwfox", "irefox", "Firefx"] {
        assert_eq!(
            names(&shop(), term).first().map(String::as_str),
            Some("firefox"),
            "{term}"
        );
    }
    assert_eq!(names(&shop(), "brwoser"), ["firefox", "libfirefox", "firefox-esr"]);
    assert_eq!(names(&shop(), "frefoxz"), Vec::<String>::new());
    assert_eq!(
        names(&shop(), "gcx"),
        Vec::<String>::new(),
        "three letters are taken as they are"
    );
}

#[test]
fn letters_in_their_order_find_a_name() {
    assert_eq!(names(&shop(), "tbird"), ["thunderbird"]);
    assert_eq!(names(&shop(), "vsc"), ["visual-studio-code"]);
}

#[test]
fn accents_make_no_difference_on_either_side() {
    for term in ["editeur de texte", "éditeur", "e\u{301}diteur", "ÉDITEUR"] {
        assert_eq!(names(&shop(), term), ["editeur"], "{term}");
    }
    assert_eq!(names(&shop(), "angstrom"), ["letters"]);
}

#[test]
fn all_words_must_fit_in_any_order() {
    assert_eq!(names(&shop(), "browser extended"), ["firefox-esr"]);
    assert_eq!(names(&shop(), "extended browser"), ["firefox-esr"]);
    assert_eq!(names(&shop(), "client mial"), ["thunderbird"]);
    assert_eq!(names(&shop(), "browser elephant"), Vec::<String>::new());
}

#[test]
fn a_limit_cuts_the_same_list_and_an_empty_term_finds_nothing() {
    let shop = shop();
    let all = names(&shop, "e");
    assert!(all.len() > 5, "{all:?}");
    for limit in 0..all.len() {
        let some: Vec<String> = shop.search("e", limit).into_iter().map(|found| found.name).collect();
        assert_eq!(some, all[..limit]);
    }
    for term in ["", "   ", "-", "\u{301}"] {
        assert_eq!(names(&shop, term), Vec::<String>::new(), "{term:?}");
    }
}

#[test]
fn the_order_of_the_package_list_and_repeated_words_make_no_difference() {
    let mut lines: Vec<(Line, u64)> = SHOP.iter().map(|line| (*line, 1)).collect();
    lines.reverse();
    let other = Searcher {
        parts: vec![part("shop", 0, &lines)],
        installed: HashMap::new(),
        state: None,
    };
    for term in ["e", "mail", "browser", "a letters", "compiler c", "mial"] {
        assert_eq!(shop().search(term, 99), other.search(term, 99), "{term}");
        assert_eq!(
            names(&shop(), &format!("{term} {term}")),
            names(&shop(), term),
            "{term}"
        );
    }
}

#[test]
fn of_several_offers_the_preferred_repository_is_shown_and_there_the_newest() {
    let one = ("tool", "A tool", "Works.");
    let two = ("tool", "A tool of another kind", "Works with wood.");
    let mut searcher = Searcher {
        parts: vec![part("first", 5, &[(one, 2), (one, 3)]), part("second", 1, &[(two, 9)])],
        installed: HashMap::from([("tool".to_owned(), Release { source: 2, build: 7 })]),
        state: None,
    };
    for term in ["tool", "too", "kind", "wood"] {
        let found = searcher.search(term, 9);
        assert_eq!(found.len(), 1, "{term}");
        assert_eq!(
            (found[0].repository.as_str(), found[0].version.as_str()),
            ("first", "3.0")
        );
        assert_eq!(found[0].installed, Some(Release { source: 2, build: 7 }));
        assert!(found[0].newer);
    }
    searcher
        .installed
        .insert("tool".to_owned(), Release { source: 3, build: 1 });
    assert!(!searcher.search("tool", 9)[0].newer);
    assert_eq!(searcher.all().len(), 1);
}

#[test]
fn the_list_has_each_name_once_with_its_preferred_offer_in_the_order_of_names() {
    let line = |name: &'static str| (name, "", "");
    let searcher = Searcher {
        parts: vec![
            part(
                "first",
                5,
                &[(line("b"), 1), (line("B"), 1), (line("a"), 2), (line("a"), 3)],
            ),
            part(
                "second",
                1,
                &[
                    (line("c"), 1),
                    (line("a"), 9),
                    (line("b"), 9),
                    (line("a.b"), 1),
                    (line("a-b"), 1),
                ],
            ),
            part("", 0, &[(line("z"), 1)]),
        ],
        installed: HashMap::from([("z".to_owned(), Release { source: 1, build: 1 })]),
        state: Some(1),
    };
    let list = searcher.list();
    let mut names: Vec<(&str, &str)> = list
        .iter()
        .map(|line| (searcher.name(*line), searcher.repository(*line)))
        .collect();
    let found: Vec<Found> = list.iter().filter_map(|line| searcher.at(*line)).collect();
    assert_eq!(found.len(), 7);
    assert_eq!(found[0].version, "3.0", "the newest of the preferred repository");
    assert!(list.is_sorted_by_key(|line| searcher.key(*line)));
    names.sort_unstable();
    assert_eq!(
        names,
        [
            ("B", "first"),
            ("a", "first"),
            ("a-b", "second"),
            ("a.b", "second"),
            ("b", "first"),
            ("c", "second"),
            ("z", "")
        ]
    );
    assert!(searcher.is_installed("z") && !searcher.is_installed("a"));
    let mut all: Vec<String> = searcher.all().into_iter().map(|found| found.name).collect();
    let mut listed: Vec<String> = found.into_iter().map(|found| found.name).collect();
    all.sort();
    listed.sort();
    assert_eq!(all, listed);
}

#[test]
fn of_wanted_packages_the_same_are_found_in_the_same_order() {
    let shop = shop();
    for term in ["e", "mail", "browser", "firefx"] {
        let wanted = |name: &str| name.len() > 4;
        let some = shop.ranked(term, 99, None, Some(&wanted));
        assert!(some.is_sorted_by_key(|ranked| (ranked.worst, ranked.sum)));
        let some: Vec<String> = some.into_iter().map(|ranked| ranked.name.to_owned()).collect();
        let expected: Vec<String> = names(&shop, term).into_iter().filter(|name| wanted(name)).collect();
        assert_eq!(some, expected, "{term}");
    }
}

#[test]
fn among_some_packages_those_are_found_in_the_same_order_and_no_other() {
    let shop = shop();
    for term in ["e", "mail", "browser", "firefx"] {
        let all = names(&shop, term);
        let some: Vec<&String> = all.iter().step_by(2).collect();
        let mut among = shop.among_none();
        assert!(shop.ranked(term, 99, Some(&among), None).is_empty());
        for name in &some {
            assert_eq!(shop.preferred_among(name, &mut among), shop.preferred(name));
        }
        let found = shop.ranked(term, 99, Some(&among), None);
        let found: Vec<&str> = found.iter().map(|ranked| ranked.name).collect();
        assert_eq!(found, some, "{term}");
    }
}

#[test]
fn terms_and_texts_of_any_size_are_answered() {
    let long = "x".repeat(100_000);
    let mut builder = Builder::default();
    builder.add(&long, "", (0, 0), &"word ".repeat(50_000), &"ä".repeat(100_000));
    builder.add("", "", (0, 0), "", "");
    let searcher = Searcher::of_index(Index::read(&builder.finish()).unwrap());
    assert_eq!(searcher.search("xxxx", 9).len(), 1);
    for term in [
        long.as_str(),
        &"a b c d e f g h ".repeat(1000),
        "\u{0}",
        "\n",
        "🦀",
        "ß",
        "ﬁ",
    ] {
        let _ = searcher.search(term, 9);
    }
    assert_eq!(searcher.all().len(), 2);
    assert_eq!(
        Searcher::of_index(Index::read(&Builder::default().finish()).unwrap()).search("a", 9),
        []
    );
}

/// A shop with names and words that are like each other, so that a short text fits many in many ways.
fn alike() -> Searcher {
    let syllables = ["li", "bre", "off", "ice", "fire", "fox", "pla", "yer", "ed", "it", "or"];
    let name = |at: usize| -> String {
        let mut name = String::new();
        for (round, step) in [1, 3, 5, 7].iter().enumerate().take(1 + at % 4) {
            if round > 0 && (at + round).is_multiple_of(3) {
                name.push('-');
            }
            name.push_str(syllables[(at * step + at / 11 + round) % syllables.len()]);
        }
        name
    };
    let part = |repository: &str, priority: u64, from: usize| {
        let mut builder = Builder::default();
        for at in from..from + 300 {
            let (summary, description) = (format!("{} {}", name(at + 7), name(at + 9)), name(at + 13));
            builder.add(&name(at), "1", (at as u64, 1), &summary, &description);
        }
        let bytes = builder.finish();
        Part {
            repository: repository.into(),
            priority,
            digest: digest(&bytes),
            index: Index::read(&bytes).unwrap(),
            memory: Memory::default(),
        }
    };
    Searcher {
        parts: vec![part("first", 1, 0), part("second", 0, 200)],
        installed: HashMap::new(),
        state: None,
    }
}

/// What every package's fit is when nothing is put off: the slow and plain way.
fn plainly(searcher: &Searcher, term: &str) -> Vec<String> {
    let query = Query::new(term);
    let mut matcher = Loosely::default();
    let mut all = Vec::new();
    for (at, part) in searcher.parts.iter().enumerate() {
        for package in 0..part.index.len() as u32 {
            let key = part.index.key(package);
            let (mut worst, mut sum) = (Tier::Name, 0);
            for word in &query.words {
                let fit = fits(&part.index, word)[package as usize];
                let tier = if word.chars().count() >= 3 && fit.tier() > Tier::NameLoosely && matcher.fits(word, key) {
                    Tier::NameLoosely
                } else {
                    fit.tier()
                };
                (worst, sum) = (tier.max(worst), sum + tier as u16);
            }
            if query.words.is_empty() {
                worst = Tier::Nowhere;
            }
            if !query.key.is_empty() && key.starts_with(&query.key) {
                (worst, sum) = (if key == query.key { Tier::Name } else { Tier::NameBegins }, 0);
            }
            if worst != Tier::Nowhere {
                let place = part.index.order().iter().position(|other| *other == package);
                let name = part.index.card(package).unwrap().name.to_owned();
                all.push(((worst, sum, key.len(), key, at, place), name));
            }
        }
    }
    all.sort();
    let mut seen = HashSet::new();
    let names = all.into_iter().map(|(_, name)| name);
    names.filter(|name| seen.insert(name.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn letter_by_letter_and_with_letters_deleted_a_search_answers_as_one_from_nothing_does(
        typed in "[a-z]{0,2}(li|bre|off|ice|fire|fox|pla|yer|ed|it|or|[a-z -]){1,9}",
        deleted in 0usize..6,
        limit in 1usize..400,
    ) {
        let searcher = alike();
        let letters: Vec<char> = typed.chars().collect();
        let mut terms: Vec<String> = (1..=letters.len()).map(|end| letters[..end].iter().collect()).collect();
        let back: Vec<String> = terms.iter().rev().skip(1).take(deleted).cloned().collect();
        terms.extend(back.iter().cloned());
        terms.extend(back.iter().map(|term| format!("{term}x li")));
        let asked: Vec<Vec<Found>> = terms.iter().map(|term| searcher.search(term, limit)).collect();
        let fresh = alike();
        for (term, found) in terms.iter().zip(asked) {
            fresh.forget();
            prop_assert_eq!(&found, &fresh.search(term, limit), "{:?}", term);
        }
        let last = terms.last().unwrap();
        let plainly = plainly(&searcher, last);
        prop_assert_eq!(names(&searcher, last), plainly[..plainly.len().min(99)].to_vec(), "{:?}", last);
    }
}
