//! Whatever happens in whatever order: the machine starts the right state.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeMap;

use moult_boot::{Error, Policy};
use proptest::prelude::*;

use support::Lab;

#[derive(Debug, Clone)]
enum Event {
    /// A new state is made and active.
    New,
    /// One of the states becomes the active one.
    Activate(usize),
    /// The loader tries one of the entries.
    Try(usize),
    /// One of the entries is seen to work.
    Bless(usize),
    /// A state's tree is removed.
    Remove(usize),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => Just(Event::New),
        1 => (0..10_usize).prop_map(Event::Activate),
        3 => (0..10_usize).prop_map(Event::Try),
        2 => (0..10_usize).prop_map(Event::Bless),
        1 => (0..10_usize).prop_map(Event::Remove),
    ]
}

/// Tries left of each state that has an entry; `None` = it was seen to work.
fn counters(lab: &Lab) -> BTreeMap<u64, Option<u32>> {
    let status = lab.machine.status().unwrap();
    status
        .entries
        .iter()
        .map(|entry| (entry.state, entry.tries_left))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_right_state_starts(events in proptest::collection::vec(event(), 1..25)) {
        let mut lab = Lab::new();
        let mut newest = 1;
        lab.state(1);
        lab.sync();

        for event in events {
            let entries: Vec<(u64, Option<u32>)> = counters(&lab).into_iter().collect();
            let of = |at: usize| entries[at % entries.len()];
            match event {
                Event::New => {
                    newest += 1;
                    lab.state(newest);
                }
                Event::Activate(at) => {
                    let state = lab.trees[at % lab.trees.len()].state;
                    lab.activate(state);
                }
                Event::Try(at) => {
                    if let (state, Some(left @ 1..)) = of(at) {
                        lab.count(state, &format!("+{}-{}", left - 1, 4 - left));
                    }
                }
                Event::Bless(at) => {
                    let (state, _) = of(at);
                    lab.count_if_needed(state, "");
                }
                Event::Remove(at) => {
                    let tree = lab.trees[at % lab.trees.len()].clone();
                    if !tree.active {
                        lab.trees.retain(|other| other.state != tree.state);
                    }
                }
            }

            let before = counters(&lab);
            let active = lab.trees.iter().find(|tree| tree.active).unwrap().state;
            let result = lab.machine.sync(&lab.trees, &Policy::default());
            let after = counters(&lab);
            match result {
                Ok(report) => prop_assert_eq!(report.next.state, Some(active)),
                Err(Error::ActiveFailed { instead, .. }) => {
                    prop_assert_eq!(after.get(&active), Some(&Some(0)));
                    prop_assert_eq!(lab.next(), instead);
                }
                Err(error) => prop_assert!(false, "{error}"),
            }

            prop_assert!(after.len() <= 5 && after.contains_key(&active));
            for (state, left) in &after {
                prop_assert!(lab.trees.iter().any(|tree| tree.state == *state));
                let expected = before.get(state).copied().unwrap_or(Some(3));
                prop_assert_eq!(*left, expected, "the counter of {}", state);
            }
            let last_good = before
                .iter()
                .filter(|(state, left)| left.is_none() && lab.trees.iter().any(|tree| tree.state == **state))
                .map(|(state, _)| *state)
                .max();
            if let Some(state) = last_good {
                prop_assert!(after.contains_key(&state), "{} is the newest that was seen to work", state);
            }
        }
    }
}
