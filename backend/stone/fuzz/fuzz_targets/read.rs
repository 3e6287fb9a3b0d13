//! A whole stone: its records, its content, its package; and what was read must survive being written again.
#![no_main]

mod mend;

use std::io::{Cursor, Read};

use libfuzzer_sys::fuzz_target;
use moult_stone::{FileType, Stone, StoneWriter};

fuzz_target!(|bytes: &[u8]| {
    everything(bytes);
    everything(&mend::mend(bytes));
});

fn everything(bytes: &[u8]) {
    let limits = mend::limits();
    let Ok(stone) = Stone::read(&mut Cursor::new(bytes), &limits) else {
        return;
    };
    let _ = stone.package();
    let _ = stone.contents();
    let _ = stone.verify_content(Cursor::new(bytes), &limits);
    for entry in &stone.layout {
        let _ = entry.check();
    }
    if let Some(content) = &stone.content
        && let Ok(mut reader) = content.decode(Cursor::new(bytes), &limits)
    {
        let mut plain = Vec::new();
        let whole = reader.read_to_end(&mut plain).is_ok() && reader.finish().is_ok();
        assert!(plain.len() as u64 <= content.plain_size());
        assert!(!whole || plain.len() as u64 == content.plain_size());
    }

    let Ok(count) = u16::try_from(stone.metas.len() + 3) else {
        return;
    };
    let writer = StoneWriter::new(Vec::new(), FileType::Package, count).expect("memory takes everything");
    let mut writer = writer.level(1);
    for meta in &stone.metas {
        writer.meta(meta).expect("what was read fits");
    }
    writer.layout(&stone.layout).expect("what was read fits");
    writer.index(&stone.index).expect("what was read fits");
    writer.attributes(&stone.attributes).expect("what was read fits");
    let again = writer.finish().expect("all payloads are there");
    // Unlimited: a written text has one NUL more than it may have been read with.
    let again = Stone::read(&mut Cursor::new(again), &Default::default()).expect("what was written can be read");
    assert_eq!((&again.metas, &again.layout), (&stone.metas, &stone.layout));
    assert_eq!((&again.index, &again.attributes), (&stone.index, &stone.attributes));
}
