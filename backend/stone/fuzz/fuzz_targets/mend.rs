//! Makes the checksums of a mutated stone right, so that the fuzzer gets past them.

use xxhash_rust::xxh3::xxh3_64;

/// Goes from payload header to payload header as a reader does, and writes the checksum of each body.
pub fn mend(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let mut at = 32_usize;
    while let Some(header) = bytes.get(at..).and_then(|rest| rest.first_chunk::<32>()) {
        let mut size = [0; 8];
        size.copy_from_slice(&header[..8]);
        let Some(end) = usize::try_from(u64::from_be_bytes(size))
            .ok()
            .and_then(|size| (at + 32).checked_add(size))
        else {
            break;
        };
        let Some(body) = bytes.get(at + 32..end) else { break };
        out[at + 16..at + 24].copy_from_slice(&xxh3_64(body).to_be_bytes());
        at = end;
    }
    out
}

/// Bounds that keep one run short.
pub fn limits() -> moult_stone::Limits {
    let mut limits = moult_stone::Limits::default();
    limits.meta = 1 << 20;
    limits.layout = 1 << 20;
    limits.index = 1 << 20;
    limits.attributes = 1 << 20;
    limits.held = 4 << 20;
    limits.content = 4 << 20;
    limits
}
