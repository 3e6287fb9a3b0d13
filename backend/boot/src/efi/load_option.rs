//! `EFI_LOAD_OPTION`: what a `Boot####` variable holds (UEFI specification, 3.1.3 and 10.3).

use crate::machine::EspPartition;

const ACTIVE: u32 = 1;
const MEDIA: u8 = 4;
const HARD_DRIVE: u8 = 1;
const FILE_PATH: u8 = 4;
const END: [u8; 4] = [0x7f, 0xff, 4, 0];
/// The partition's signature is a GUID, and its table a GPT.
const GPT: [u8; 2] = [2, 2];

/// One of the firmware's entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoadOption {
    /// The firmware may start it by itself.
    pub(crate) active: bool,
    /// What the firmware's menu shows.
    pub(crate) description: String,
    /// UUID of the partition, lower case with dashes; `None` = it leads elsewhere.
    pub(crate) partition: Option<String>,
    /// The program on it, with `/`.
    pub(crate) path: Option<String>,
    device_path: Vec<u8>,
    rest: Vec<u8>,
}

impl LoadOption {
    /// An entry for a program of an ESP.
    pub(crate) fn new(description: &str, partition: &EspPartition, path: &str) -> Option<Self> {
        let mut device_path = Vec::new();

        device_path.extend([MEDIA, HARD_DRIVE, 42, 0]);
        device_path.extend(partition.number.to_le_bytes());
        device_path.extend(partition.start.to_le_bytes());
        device_path.extend(partition.blocks.to_le_bytes());
        device_path.extend(guid(&partition.uuid)?);
        device_path.extend(GPT);

        let file: Vec<u8> = format!("/{path}")
            .replace('/', "\\")
            .encode_utf16()
            .chain([0])
            .flat_map(u16::to_le_bytes)
            .collect();
        device_path.extend([MEDIA, FILE_PATH]);
        device_path.extend(u16::try_from(file.len() + 4).ok()?.to_le_bytes());
        device_path.extend(file);
        device_path.extend(END);

        Some(Self {
            active: true,
            description: description.to_owned(),
            partition: Some(partition.uuid.to_lowercase()),
            path: Some(path.to_owned()),
            device_path,
            rest: Vec::new(),
        })
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(u32::from(self.active).to_le_bytes());
        bytes.extend(u16::try_from(self.device_path.len()).unwrap_or(u16::MAX).to_le_bytes());
        bytes.extend(self.description.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
        bytes.extend(&self.device_path);
        bytes.extend(&self.rest);
        bytes
    }

    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let attributes = u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?);
        let length = usize::from(u16::from_le_bytes(bytes.get(4..6)?.try_into().ok()?));
        let after = bytes.get(6..)?;
        let end = after.as_chunks::<2>().0.iter().position(|unit| *unit == [0, 0])? * 2;
        let device_path = after.get(end + 2..(end + 2).checked_add(length)?)?;

        let mut option = Self {
            active: attributes & ACTIVE != 0,
            description: super::text(after.get(..end)?),
            partition: None,
            path: None,
            device_path: device_path.to_vec(),
            rest: after.get(end + 2 + length..)?.to_vec(),
        };

        let mut at = 0;
        while let Some(&[kind, sub, low, high]) = device_path.get(at..at + 4) {
            let node = usize::from(u16::from_le_bytes([low, high]));
            let Some(content) = device_path.get(at + 4..at + node.max(4)) else {
                break;
            };
            match (kind, sub) {
                (MEDIA, HARD_DRIVE) if content.get(36..38) == Some(&GPT) => {
                    option.partition = content.get(20..36).and_then(uuid);
                }
                (MEDIA, FILE_PATH) => {
                    option.path = Some(
                        super::text(content)
                            .replace('\\', "/")
                            .trim_start_matches('/')
                            .to_owned(),
                    );
                }
                (0x7f, _) => break,
                _ => {}
            }
            at += node.max(4);
        }
        Some(option)
    }
}

/// A UUID as a GUID lies in memory: the first three fields little-endian.
fn guid(uuid: &str) -> Option<[u8; 16]> {
    let digits: String = uuid.chars().filter(|c| *c != '-').collect();
    if digits.len() != 32 || !digits.is_ascii() {
        return None;
    }
    let mut bytes = [0; 16];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(swapped(bytes))
}

/// The UUID of a GUID, lower case with dashes.
pub(crate) fn uuid(guid: &[u8]) -> Option<String> {
    let bytes = swapped(guid.try_into().ok()?);
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |range: std::ops::Range<usize>| digits.get(range).unwrap_or_default();
    Some([part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-"))
}

fn swapped(mut bytes: [u8; 16]) -> [u8; 16] {
    for range in [0..4, 4..6, 6..8] {
        if let Some(field) = bytes.get_mut(range) {
            field.reverse();
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn esp() -> EspPartition {
        EspPartition {
            number: 1,
            start: 2048,
            blocks: 1_048_576,
            uuid: "12345678-9abc-def0-1122-334455667788".to_owned(),
        }
    }

    #[test]
    fn an_entry_is_laid_out_as_the_specification_says() {
        let option = LoadOption::new("Linux", &esp(), "EFI/systemd/systemd-bootx64.efi").unwrap();
        let bytes = option.bytes();

        assert_eq!(&bytes[..4], [1, 0, 0, 0]);
        assert_eq!(&bytes[6..18], b"L\0i\0n\0u\0x\0\0\0");
        let path = &bytes[18..];
        assert_eq!(&path[..8], [4, 1, 42, 0, 1, 0, 0, 0]);
        assert_eq!(&path[8..16], 2048_u64.to_le_bytes());
        assert_eq!(&path[16..24], 1_048_576_u64.to_le_bytes());
        assert_eq!(&path[24..32], [0x78, 0x56, 0x34, 0x12, 0xbc, 0x9a, 0xf0, 0xde]);
        assert_eq!(&path[32..42], [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 2, 2]);
        assert_eq!(&path[path.len() - 4..], END);
        assert_eq!(usize::from(u16::from_le_bytes([bytes[4], bytes[5]])), path.len());
        assert_eq!(LoadOption::read(&bytes), Some(option));
    }

    proptest::proptest! {
        #[test]
        fn no_variable_brings_the_reader_down(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _whatever = LoadOption::read(&bytes);
        }

        #[test]
        fn no_device_path_brings_the_reader_down(path in proptest::collection::vec(0_u8..8, 0..120)) {
            let mut bytes = vec![1, 0, 0, 0];
            bytes.extend((path.len() as u16).to_le_bytes());
            bytes.extend([b'x', 0, 0, 0]);
            bytes.extend(path);
            let _whatever = LoadOption::read(&bytes);
        }
    }
}
