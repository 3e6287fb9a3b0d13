//! A catalogue in either form: whatever is read from it keeps what the crate promises.
#![no_main]

use libfuzzer_sys::fuzz_target;
use moult_catalogue::{Component, Icon, Languages, Limits, read};

fuzz_target!(|bytes: &[u8]| {
    let mut limits = Limits::default();
    limits.plain = 1 << 20;
    limits.component = 64 << 10;
    let languages = Languages::new(["de_AT@euro", "fr"]);
    let mut count = 0;
    let report = read(bytes, &languages, &limits, |component| {
        check(&component);
        count += 1;
    });
    assert_eq!(report.components, count);
    assert!(report.skipped >= report.reasons.len() as u64);
});

fn check(component: &Component) {
    assert!(!component.id.is_empty() && !component.id.contains('/'));
    for text in [&component.id, &component.name, &component.summary] {
        assert!(!text.contains(char::is_control));
    }
    for line in component.description.iter().flat_map(|block| block.lines()) {
        assert!(
            line.iter()
                .all(|span| !span.text.is_empty() && !span.text.contains(char::is_control))
        );
    }
    for icon in &component.icons {
        if let Icon::Cached { name, .. } = icon {
            assert!(!name.contains('/') && !name.starts_with('.'));
        }
    }
    for image in component.screenshots.iter().flat_map(|screenshot| &screenshot.images) {
        assert!(image.url.starts_with("http://") || image.url.starts_with("https://"));
    }
}
