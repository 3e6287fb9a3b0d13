//! A kill, a power cut, or a medium that has had enough, at every single change: the machine starts.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use moult_boot::{Policy, Volume, When};

use support::{Failing, Lab, loader};

/// Breaks off `change` at every change of the volume in turn. After each, what starts is one of `fine`; and doing it again mends it.
fn at_every_change(prepare: impl Fn(&mut Lab), change: impl Fn(&Lab) -> bool, fine: &[u64], then: u64) {
    for leaves_half in [false, true] {
        let mut at = 0;
        loop {
            let mut lab = Lab::new();
            prepare(&mut lab);
            let whole: Arc<dyn Volume> = Arc::clone(&lab.machine.esp);
            let failing = Arc::new(Failing::new(Arc::clone(&whole), at, leaves_half));
            lab.machine.esp = Arc::clone(&failing) as Arc<dyn Volume>;
            let done = change(&lab);
            let broke_off = failing.changes.load(Ordering::SeqCst) > at;
            assert!(!(done && broke_off), "a success at change {at}, which failed");

            lab.machine.esp = whole;
            if !broke_off {
                assert!(done);
                assert!(at > 1, "{at} changes: this tests nothing");
                break;
            }
            let next = lab.machine.status().unwrap().next;
            let state = next.as_ref().ok().and_then(|next| next.state);
            assert!(
                state.is_some_and(|state| fine.contains(&state)),
                "change {at}: {next:?}"
            );

            assert!(change(&lab), "change {at}: again");
            assert_eq!(lab.next(), Some(then), "change {at}");
            let left = lab.machine.esp.list("loader/entries").unwrap();
            assert!(left.iter().all(|item| !item.name.ends_with(".moult-new")), "{left:?}");
            at += 1;
        }
    }
}

fn sync(lab: &Lab) -> bool {
    lab.machine.sync(&lab.trees, &Policy::default()).is_ok()
}

#[test]
fn a_new_state_killed_at_any_change_leaves_the_old_or_the_new_one() {
    at_every_change(
        |lab| {
            for state in 1..=5 {
                lab.state(state);
                lab.sync();
                lab.count(state, "");
            }
            // A new loader comes with it, and the first state goes.
            let usr = lab.state(6);
            std::fs::write(usr.join("lib/systemd/boot/efi/systemd-bootx64.efi"), loader("258.1")).unwrap();
        },
        sync,
        &[5, 6],
        6,
    );
}

#[test]
fn going_back_killed_at_any_change_leaves_the_old_or_the_new_one() {
    at_every_change(
        |lab| {
            for state in 1..=4 {
                lab.state(state);
                lab.sync();
                lab.count(state, "");
            }
            lab.activate(2);
        },
        sync,
        &[4, 2],
        2,
    );
}

#[test]
fn a_choice_killed_at_any_change_leaves_the_old_or_the_new_one() {
    at_every_change(
        |lab| {
            for state in 1..=4 {
                lab.state(state);
                lab.sync();
                lab.count(state, "");
            }
        },
        |lab| lab.machine.set_next(2, When::Always).is_ok(),
        &[4, 2],
        2,
    );
}

#[test]
fn an_installation_killed_at_any_change_can_be_done_again() {
    let mut at = 0;
    loop {
        let mut lab = Lab::new();
        lab.state(1);
        let whole: Arc<dyn Volume> = Arc::clone(&lab.machine.esp);
        let failing = Arc::new(Failing::new(Arc::clone(&whole), at, true));
        lab.machine.esp = Arc::clone(&failing) as Arc<dyn Volume>;
        let done = sync(&lab);
        lab.machine.esp = whole;
        if done {
            assert!(at >= 7, "{at}");
            break;
        }
        assert!(sync(&lab), "change {at}");
        assert_eq!(lab.next(), Some(1));
        at += 1;
    }
}
