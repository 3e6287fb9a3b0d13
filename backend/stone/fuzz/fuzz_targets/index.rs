//! A repository index: its packages must survive being written again.
#![no_main]

mod mend;

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use moult_stone::{Provider, read_index, write_index};

fuzz_target!(|bytes: &[u8]| {
    packages(bytes);
    packages(&mend::mend(bytes));
});

fn packages(bytes: &[u8]) {
    let Ok(mut packages) = read_index(&mut Cursor::new(bytes), &mend::limits()) else {
        return;
    };
    let mut again = Vec::new();
    write_index(&mut again, &packages).expect("as many packages as an index can have");
    let again = read_index(&mut Cursor::new(again), &Default::default()).expect("what was written can be read");
    for package in &mut packages {
        package.dependencies.sort_by_cached_key(Provider::to_string);
    }
    assert_eq!(again, packages);
}
