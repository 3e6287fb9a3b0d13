//! A system model: whatever is read can be edited in place for another system, and what comes out can be read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use moult_packages::{Model, Repository, Selected, Selection};

fuzz_target!(|text: &str| {
    let Ok(model) = Model::parse(text) else { return };
    assert_eq!(model.text(), text);
    let mut ours = vec![Repository::direct("shop", "file:///r/stone.index".parse().expect("an address"))];
    // One of the model's own, with other values, and one that stays as it is.
    if let Some(first) = model.repositories.first().filter(|first| first.id != "shop") {
        ours.push(Repository {
            priority: 4711,
            ..first.clone()
        });
    }
    ours.extend(model.repositories.get(1).filter(|second| second.id != "shop").cloned());
    let kept = model.packages.first().map(|first| first.target.clone());
    let selection = Selection {
        packages: kept.iter().cloned().chain(["added".to_owned()]).map(chosen).collect(),
        ..Selection::default()
    };
    let gives = |wanted: &moult_packages::Provider| {
        let known = selection.packages.iter().find(|one| one.name == wanted.target);
        known.map(|one| one.name.clone())
    };
    let next = model.updated(&ours, &selection, &gives).expect("what was read can be edited");
    for repository in &ours {
        let found = next.repositories.iter().find(|one| one.id == repository.id);
        let found = found.expect("every repository is in it");
        assert_eq!(found.priority, repository.priority);
    }
    assert!(next.packages.iter().any(|one| one.target == "added"));
    // Edited for the same system once more, nothing changes.
    let again = next.updated(&ours, &selection, &gives).expect("what was edited can be edited");
    assert_eq!(again.text(), next.text());
});

fn chosen(name: String) -> Selected {
    Selected {
        name,
        version: String::new(),
        source_release: 1,
        build_release: 1,
        architecture: "x86_64".to_owned(),
        summary: String::new(),
        repository: "shop".to_owned(),
        url: "file:///r/x.stone".parse().expect("an address"),
        hash: String::new(),
        size: 0,
        explicit: true,
    }
}
