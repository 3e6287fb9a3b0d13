//! A cache file, with its checksums made right: it is used or made anew, and gives components or an error.
#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use moult_catalogue::{CacheUse, Catalogue, Languages, Limits, Sources};
use xxhash_rust::xxh3::xxh3_64;

/// The cache's place, and the first bytes of a good one: they have the key of no sources.
static PLACE: LazyLock<(PathBuf, Vec<u8>)> = LazyLock::new(|| {
    let path = std::env::temp_dir().join(format!("moult-catalogue-fuzz-{}", std::process::id()));
    open(&path);
    let good = fs::read(&path).expect("the cache was written");
    (path, good[..32].to_vec())
});

fn open(path: &std::path::Path) -> (Catalogue, CacheUse) {
    let languages = Languages::default();
    Catalogue::open(&Sources::new(), &languages, Some(path), &Limits::default()).expect("no sources cannot fail")
}

// The first two bytes are the size of the table.
fuzz_target!(|bytes: &[u8]| {
    let (path, head) = &*PLACE;
    let Some((size, body)) = bytes.split_first_chunk::<2>() else {
        return;
    };
    let table = usize::from(u16::from_le_bytes(*size)).min(body.len());
    let mut file = head.clone();
    file.extend((table as u64).to_le_bytes());
    file.extend(((body.len() - table) as u64).to_le_bytes());
    file.extend(xxh3_64(body).to_le_bytes());
    file.extend(xxh3_64(&file).to_le_bytes());
    file.extend(body);
    fs::write(path, file).expect("the file can be written");
    let (catalogue, _) = open(path);
    for id in catalogue.ids().map(str::to_owned).collect::<Vec<_>>() {
        if let Ok(component) = catalogue.get(&id) {
            catalogue.icon_files(&component.expect("a known id").icons, 64);
        }
    }
    catalogue.of_package("a");
    catalogue.newest().count();
    catalogue.search_entries().filter(Result::is_ok).count();
});
