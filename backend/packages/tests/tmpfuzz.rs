macro_rules! fuzz_target { (|$t:ident: &str| $b:block) => { fn one($t: &str) $b } }

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
#[test]
fn tmpfuzz() {
    let seeds: Vec<String> = ["hand", "lines"].iter().map(|n| std::fs::read_to_string(format!("{}/fuzz/seeds/model/{n}", env!("CARGO_MANIFEST_DIR"))).unwrap()).collect();
    let tokens = ["{", "}", ";", "\n", "\\\n", "/-", "/*", "*/", "//", "\"", "(t)", "#true", " ", "packages", "repositories", "priority 3", "enabled #false", "uri \"file:///r\"", "bash", "shop", "added", "\"\"\"", "r#\"", "\r\n", "\u{feff}", "ü", "=", "\t", "keys RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3", "mirrors { \"https://b/\" }", "@", "a{uri \"file:///a\";priority 1}", "\u{2028}", "/- {", "x=1"];
    let mut state = std::env::var("SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(88172645463325252u64);
    let mut next = move |n: usize| { state ^= state << 13; state ^= state >> 7; state ^= state << 17; (state >> 11) as usize % n.max(1) };
    let mut corpus = seeds.clone();
    let (mut parsed, mut total) = (0u64, 0u64);
    let begun = std::time::Instant::now();
    let limit = std::env::var("SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(60);
    while begun.elapsed().as_secs() < limit {
        let mut text: Vec<char> = corpus[next(corpus.len())].chars().collect();
        for _ in 0..1 + next(4) {
            let at = next(text.len() + 1);
            match next(4) {
                0 => { let to = (at + next(12)).min(text.len()); text.drain(at..to); }
                1 => { for c in tokens[next(tokens.len())].chars().rev() { text.insert(at, c); } }
                2 => { let to = (at + next(30)).min(text.len()); let part: Vec<char> = text[at..to].to_vec(); let into = next(text.len() + 1); for c in part.into_iter().rev() { text.insert(into, c); } }
                _ => { if at < text.len() { let t: Vec<char> = tokens[next(tokens.len())].chars().collect(); text.splice(at..at + 1, t); } }
            }
        }
        let text: String = text.into_iter().collect();
        total += 1;
        let result = std::panic::catch_unwind(|| one(&text));
        if result.is_err() { panic!("INPUT {text:?}"); }
        if Model::parse(&text).is_ok() { parsed += 1; if text.len() < 900 && corpus.len() < 4000 { corpus.push(text); } }
    }
    eprintln!("{parsed} of {total} parsed");
}
