//! A file that describes repositories, in KDL and in YAML: what is read must survive being written into a system model.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use moult_packages::{Configuration, Model, Repository, Source};

fuzz_target!(|text: &str| {
    for name in ["/etc/moult/repo.d/x.kdl", "/etc/moult/repo.d/x.yaml"] {
        let (mut repositories, broken) = Configuration::read(Path::new(name), text);
        for one in &broken {
            assert!(!one.reason.is_empty() && one.to_string().contains(name));
        }
        // A model has those that are in use, and no passwords.
        repositories.retain(|one| one.enabled);
        let model = Model::new(repositories.clone(), Vec::new());
        repositories.iter_mut().for_each(hide);
        let again = Model::parse(model.text()).expect("what was written can be read");
        assert_eq!(again.repositories, repositories);
    }
});

fn hide(repository: &mut Repository) {
    let (Source::Index(main) | Source::Versioned { base: main, .. }) = &mut repository.source;
    for url in std::iter::once(main).chain(&mut repository.mirrors) {
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
}
