//! The root index of a versioned repository.
#![no_main]

use libfuzzer_sys::fuzz_target;
use moult_packages::RootIndex;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(index) = RootIndex::parse(bytes) {
        assert_eq!(RootIndex::parse(bytes), Ok(index));
    }
});
