//! What the database says is in the store.

use rusqlite::Connection;

/// A content, its mode, owner and group, and its size.
pub(crate) type Named = ([u8; 32], [u32; 3], u64);

/// Everything that the database says is in the store: what unpacked packages need, and what triggers made. The layouts are
/// read by what the documentation of the tables says about them alone.
pub(crate) fn named(database: &Connection) -> Result<Vec<Named>, String> {
    let sql = |error: rusqlite::Error| error.to_string();
    let mut all = Vec::new();
    let mut statement = database
        .prepare("SELECT content, mode, uid, gid, size FROM contents")
        .map_err(sql)?;
    let made = statement.query_map([], |row| {
        let size: i64 = row.get(4)?;
        Ok((row.get(0)?, [row.get(1)?, row.get(2)?, row.get(3)?], size as u64))
    });
    for one in made.map_err(sql)? {
        all.push(one.map_err(sql)?);
    }
    let mut statement = database
        .prepare("SELECT u.name, l.plain, l.items, l.contents FROM unpacked u LEFT JOIN layouts l ON l.package = u.id")
        .map_err(sql)?;
    let mut rows = statement.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let name: String = row.get(0).map_err(sql)?;
        let plain: i64 = row.get(1).map_err(|_| format!("{name} has no layout"))?;
        let (items, contents): (Vec<u8>, Vec<u8>) = (row.get(2).unwrap(), row.get(3).unwrap());
        let items = zstd::bulk::decompress(&items, plain as usize).map_err(|error| error.to_string())?;
        let (mut left, mut digests) = (items.as_slice(), contents.chunks_exact(32));
        while let Some((kind, rest)) = left.split_first() {
            left = rest;
            let rights = [0; 3].map(|_: u32| leb128(&mut left) as u32);
            skip_text(&mut left);
            match kind {
                1 => {
                    let size = leb128(&mut left);
                    let digest = digests.next().ok_or_else(|| format!("{name} lacks a checksum"))?;
                    all.push((digest.try_into().unwrap(), rights, size));
                }
                2 => skip_text(&mut left),
                _ => {}
            }
        }
        if digests.next().is_some() || !digests.remainder().is_empty() {
            return Err(format!("{name} has too many checksums"));
        }
    }
    Ok(all)
}

fn leb128(left: &mut &[u8]) -> u64 {
    let length = left.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    let (number, rest) = left.split_at(length);
    *left = rest;
    number
        .iter()
        .rev()
        .fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f))
}

fn skip_text(left: &mut &[u8]) {
    let length = leb128(left) as usize;
    *left = &left[length..];
}
