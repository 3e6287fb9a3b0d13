//! Which triggers a state calls for, in which order, and the key by which an unchanged one is known.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{Handler, PathKind, Trigger, substitute};
use crate::package::{Rights, What};

/// A trigger with what it is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) trigger: String,
    /// BLAKE3 over the definition, everything matched, the programs run, and the keys of those before it.
    pub(crate) key: [u8; 32],
    pub(crate) runs: Vec<Action>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    /// Program and arguments.
    Run(Vec<Vec<u8>>),
    /// Absolute paths.
    Delete(Vec<Vec<u8>>),
}

/// What is due, in order, and the circles among `before` and `after`: those in one run by name.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    pub(crate) due: Vec<Due>,
    pub(crate) circles: Vec<Vec<String>>,
}

/// Changes whenever the sandbox does, so that everything runs anew.
const VERSION: &str = "moult trigger 2";

#[derive(Default)]
struct Hit {
    hash: blake3::Hasher,
    matched: bool,
    actions: BTreeSet<(usize, usize, Action)>,
}

/// Every trigger that a state calls for. `files` are all paths of the packages below `/usr`, always in the same order.
pub(crate) fn due<'a>(triggers: &[Trigger], files: impl Iterator<Item = (&'a [u8], Rights, &'a What)>) -> Schedule {
    let mut hits: Vec<Hit> = triggers
        .iter()
        .map(|trigger| {
            let mut hit = Hit::default();
            feed(&mut hit.hash, VERSION.as_bytes());
            // A definition is plain data: it always has a text.
            feed(
                &mut hit.hash,
                &serde_json::to_vec(&trigger.definition).unwrap_or_default(),
            );
            hit
        })
        .collect();
    let programs: Vec<BTreeSet<Vec<u8>>> = triggers.iter().map(programs).collect();
    let mut absolute = Vec::new();
    for (path, rights, what) in files {
        absolute.clear();
        absolute.extend_from_slice(b"/usr/");
        absolute.extend_from_slice(path);
        for ((trigger, hit), programs) in triggers.iter().zip(&mut hits).zip(&programs) {
            if look(trigger, &absolute, what, hit) || programs.contains(&absolute) {
                identify(&mut hit.hash, &absolute, rights, what);
            }
        }
    }
    let (order, circles) = order(triggers);
    let mut keys: BTreeMap<&str, [u8; 32]> = BTreeMap::new();
    let mut out = Vec::new();
    for at in order {
        let (Some(trigger), Some(hit)) = (triggers.get(at), hits.get_mut(at)) else {
            continue;
        };
        if !hit.matched {
            continue;
        }
        for before in triggers.iter().filter(|other| precedes(other, trigger)) {
            if let Some(key) = keys.get(before.definition.name.as_str()) {
                feed(&mut hit.hash, key);
            }
        }
        let key = *hit.hash.finalize().as_bytes();
        keys.insert(&trigger.definition.name, key);
        let mut runs: Vec<Action> = Vec::new();
        for (_, _, action) in std::mem::take(&mut hit.actions) {
            if !runs.contains(&action) {
                runs.push(action);
            }
        }
        let trigger = trigger.definition.name.clone();
        out.push(Due { trigger, key, runs });
    }
    Schedule { due: out, circles }
}

/// Whether a path fits; notes what is to be done for it.
fn look(trigger: &Trigger, path: &[u8], what: &What, hit: &mut Hit) -> bool {
    let mut fits = false;
    for (rule_at, (rule, pattern)) in trigger.definition.paths.values().zip(&trigger.patterns).enumerate() {
        let right = match rule.kind {
            None => true,
            Some(PathKind::Directory) => *what == What::Directory,
            Some(PathKind::Symlink) => matches!(what, What::Link(_)),
        };
        let Some(captures) = right.then(|| pattern.matches(path)).flatten() else {
            continue;
        };
        (fits, hit.matched) = (true, true);
        let value = |name: &str| {
            captures
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        };
        for (at, name) in rule.handlers.iter().enumerate() {
            let Some(handler) = trigger.definition.handlers.get(name) else {
                continue;
            };
            let texts: Result<Vec<_>, _> = handler.texts().iter().map(|text| substitute(text, &value)).collect();
            // Loading has made sure that every name has a value.
            let Ok(texts) = texts else { continue };
            let action = match handler {
                Handler::Run { .. } => Action::Run(texts),
                Handler::Delete { .. } => Action::Delete(texts),
            };
            hit.actions.insert((rule_at, at, action));
        }
    }
    fits
}

/// The programs of a trigger by their paths below `/usr`.
fn programs(trigger: &Trigger) -> BTreeSet<Vec<u8>> {
    let run = |handler: &Handler| match handler {
        Handler::Run { run, .. } if run.starts_with("/usr/") => Some(run.clone().into_bytes()),
        Handler::Run { run, .. } => Some(format!("/usr{run}").into_bytes()),
        Handler::Delete { .. } => None,
    };
    trigger.definition.handlers.values().filter_map(run).collect()
}

fn identify(hash: &mut blake3::Hasher, path: &[u8], rights: Rights, what: &What) {
    feed(hash, path);
    for number in [rights.mode, rights.uid, rights.gid] {
        hash.update(&number.to_le_bytes());
    }
    match what {
        What::Stored(content) => feed(hash, &[b"c", content.as_slice()].concat()),
        What::Packed(digest) => feed(hash, &[b"p", digest.to_le_bytes().as_slice()].concat()),
        What::Empty => feed(hash, b"e"),
        What::Link(text) => feed(hash, &[b"l", text.as_slice()].concat()),
        What::Directory => feed(hash, b"d"),
    }
}

/// With its length, so that no two lists of parts are one text.
fn feed(hash: &mut blake3::Hasher, bytes: &[u8]) {
    hash.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
}

fn precedes(first: &Trigger, second: &Trigger) -> bool {
    let (first, second) = (&first.definition, &second.definition);
    first.before.as_ref() == Some(&second.name) || second.after.as_ref() == Some(&first.name)
}

/// Those that must come first come first; otherwise by name.
fn order(triggers: &[Trigger]) -> (Vec<usize>, Vec<Vec<String>>) {
    let name = |at: usize| triggers[at].definition.name.as_str();
    let mut left: Vec<usize> = (0..triggers.len()).collect();
    left.sort_by_key(|at| name(*at));
    let (mut done, mut circles) = (Vec::new(), Vec::new());
    while let Some(first) = left.first().copied() {
        let blocker = |at: usize| {
            left.iter()
                .copied()
                .find(|other| precedes(&triggers[*other], &triggers[at]))
        };
        let next = left
            .iter()
            .copied()
            .find(|at| blocker(*at).is_none())
            .unwrap_or_else(|| {
                // Going from blocker to blocker must come by a place twice.
                let mut way = vec![first];
                loop {
                    let Some(before) = way.last().and_then(|at| blocker(*at)) else {
                        break first;
                    };
                    if let Some(start) = way.iter().position(|at| *at == before) {
                        let mut circle = way.split_off(start);
                        circle.sort_by_key(|at| name(*at));
                        circles.push(circle.iter().map(|at| name(*at).to_owned()).collect());
                        break circle[0];
                    }
                    way.push(before);
                }
            });
        left.retain(|at| *at != next);
        done.push(next);
    }
    (done, circles)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]
    use super::*;
    use crate::triggers::file::parse;

    const RIGHTS: Rights = Rights {
        mode: 0o644,
        uid: 0,
        gid: 0,
    };

    fn trigger(name: &str, more: &str, rule: &str) -> Trigger {
        let text = format!(
            "name: {name}\n{more}\nhandlers: {{ h: {{ run: /bin/tool, args: ['$(v)'] }} }}\npaths: {{ '/usr/lib/(v:*)': {{ handlers: [h]{rule} }} }}\n"
        );
        parse("t.yaml", &text).unwrap()
    }

    fn names(schedule: &Schedule) -> Vec<&str> {
        schedule.due.iter().map(|due| due.trigger.as_str()).collect()
    }

    fn files(list: &[(&'static str, What)]) -> Vec<(&'static [u8], Rights, What)> {
        list.iter()
            .map(|(path, what)| (path.as_bytes(), RIGHTS, what.clone()))
            .collect()
    }

    fn with(triggers: &[Trigger], list: &[(&'static str, What)]) -> Schedule {
        let files = files(list);
        due(
            triggers,
            files.iter().map(|(path, rights, what)| (*path, *rights, what)),
        )
    }

    #[test]
    fn the_order_follows_before_and_after_and_then_the_names() {
        let triggers = [
            trigger("a", "after: c", ""),
            trigger("b", "", ""),
            trigger("c", "after: absent", ""),
            trigger("d", "before: b", ""),
        ];
        let schedule = with(&triggers, &[("lib/x", What::Empty)]);
        assert_eq!(names(&schedule), ["c", "a", "d", "b"]);
        assert!(schedule.circles.is_empty());
    }

    #[test]
    fn a_circle_is_named_and_all_in_it_still_run() {
        let triggers = [
            trigger("a", "after: b", ""),
            trigger("b", "after: c", ""),
            trigger("c", "after: b", ""),
        ];
        let schedule = with(&triggers, &[("lib/x", What::Empty)]);
        assert_eq!(schedule.circles, [["b", "c"]]);
        assert_eq!(names(&schedule), ["b", "a", "c"]);
    }

    #[test]
    fn only_the_wanted_type_fits() {
        let all = [
            ("lib/d", What::Directory),
            ("lib/f", What::Empty),
            ("lib/l", What::Link(b"x".to_vec())),
        ];
        for (rule, value) in [(", type: directory", "d"), (", type: symlink", "l")] {
            let schedule = with(&[trigger("a", "", rule)], &all);
            let run = Action::Run(vec![b"/bin/tool".to_vec(), value.into()]);
            assert_eq!(schedule.due[0].runs, [run]);
        }
        assert!(with(&[trigger("a", "", ", type: symlink")], &all[..2]).due.is_empty());
    }

    #[test]
    fn a_key_changes_with_what_matched_its_program_and_those_before_it_and_with_nothing_else() {
        let stored = |byte| What::Stored([byte; 32]);
        let triggers = [trigger("a", "", ""), trigger("b", "after: a", "")];
        let keys = |list: &[_]| with(&triggers, list).due.iter().map(|due| due.key).collect::<Vec<_>>();
        let base = keys(&[("bin/tool", stored(1)), ("lib/x", stored(1)), ("share/y", stored(1))]);
        assert_eq!(
            base,
            keys(&[("bin/tool", stored(1)), ("lib/x", stored(1)), ("share/y", stored(2))])
        );
        assert_ne!(
            base,
            keys(&[("bin/tool", stored(1)), ("lib/x", stored(2)), ("share/y", stored(1))])
        );
        assert_ne!(
            base,
            keys(&[("bin/tool", stored(2)), ("lib/x", stored(1)), ("share/y", stored(1))])
        );
        let alone = with(
            &[trigger("b", "after: a", "")],
            &[("bin/tool", stored(1)), ("lib/x", stored(1))],
        );
        assert_ne!(base[1], alone.due[0].key);
    }
}
