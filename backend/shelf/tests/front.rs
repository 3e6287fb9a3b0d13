//! What is shown first.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod lab;

use std::collections::HashSet;

use lab::{Lab, app, ids};

const DAY: i64 = 86_400;

/// An app with everything that makes it worth looking at.
fn rich(number: usize, category: &str, more: &str) -> String {
    let words = "A long text that says what it does and for whom. ".repeat(6);
    let id = format!("app{number}");
    app(
        &id,
        &id,
        &id,
        &format!(
            "<summary>It does {number}</summary><description><p>{words}</p></description>
             <categories><category>{category}</category></categories>
             <icon type=\"cached\" width=\"64\" height=\"64\">{id}.png</icon>
             <screenshots><screenshot><image>https://example.org/{id}.png</image></screenshot></screenshots>{more}"
        ),
    )
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("app{number}")).collect()
}

fn lab(count: usize, component: impl Fn(usize) -> String) -> Lab {
    let names = names(count);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Lab::new(&names, &(0..count).map(component).collect::<String>())
}

#[test]
fn each_day_has_other_apps_and_the_same_day_the_same_ones() {
    let categories = ["Graphics", "Office", "Game", "Network", "Education"];
    let shelf = lab(90, |number| rich(number, categories[number % 5], "")).shelf();
    let day = |day: u32| ids(shelf.front(day).featured);
    assert_eq!(day(20_000).len(), 8);
    assert_eq!(day(20_000), day(20_000));
    assert_ne!(day(20_000), day(20_001));
    let week: HashSet<String> = (20_000..20_007).flat_map(day).collect();
    assert!(week.len() > 40, "{}", week.len());
    for day in 20_000..20_014 {
        let mut count = std::collections::HashMap::new();
        for item in shelf.front(day).featured {
            let number: usize = item.id[3..].parse().unwrap();
            *count.entry(number % 5).or_insert(0) += 1;
        }
        assert!(count.values().all(|count| *count <= 2), "day {day}: {count:?}");
    }
}

#[test]
fn what_is_poorly_described_is_not_shown_first() {
    let poor = app("app0", "app0", "Poor", "<summary>Without pictures</summary>");
    let shelf = lab(3, |number| {
        if number == 0 {
            poor.clone()
        } else {
            rich(number, "Game", "")
        }
    })
    .shelf();
    let mut featured = ids(shelf.front(1).featured);
    featured.sort();
    assert_eq!(featured, ["app1", "app2"]);
}

#[test]
fn new_releases_come_newest_first_and_none_from_the_future() {
    let today = 20_000i64;
    let release = |days: i64| {
        format!(
            "<releases><release version=\"1\" timestamp=\"{}\"/></releases>",
            (today + days) * DAY
        )
    };
    let days = [-9, -2, 0, 30, -400];
    let shelf = lab(6, |number| {
        let more = days.get(number).map(|days| release(*days)).unwrap_or_default();
        app(&format!("app{number}"), &format!("app{number}"), "An app", &more)
    })
    .shelf();
    let fresh = ids(shelf.front(today as u32).fresh);
    assert_eq!(fresh, ["app2", "app1", "app0", "app4"]);
}

#[test]
fn categories_count_what_is_in_them_in_the_order_of_the_menu() {
    let lab = lab(5, |number| match number {
        0 => rich(0, "Utility", ""),
        1 => rich(1, "Game", ""),
        2 => rich(2, "Game", ""),
        3 => rich(3, "System", ""),
        _ => String::new(),
    });
    let front = lab.shelf().front(1);
    assert_eq!(front.categories, [("Game", 2), ("System", 2), ("Utility", 1)]);
    assert_eq!((front.items, front.packages), (5, 5));
}
