//! What is on a disk: its partition table by sfdisk, superblocks by blkid.
//!
//! The kernel's own list of partitions is never asked: it may parse no GPT, or may be older than the table.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::Duration;

use moult_tool::ToolError;
use serde::Deserialize;

use crate::graph::{Partition, Signature, Table, TableKind};
use crate::probe::ProbeOptions;
use crate::tool::{self, arguments};

const LIMIT: Duration = Duration::from_secs(20);
/// blkid: nothing was found.
const NOTHING_FOUND: i32 = 2;
/// blkid: several contradicting signatures.
const AMBIGUOUS: i32 = 8;
/// blkid could not say whether there is a table.
const MAYBE_A_TABLE: &str = "";

/// What is on a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) table: Option<Table>,
    pub(crate) signature: Option<Signature>,
}

#[derive(Deserialize)]
struct Listing {
    partitiontable: ListedTable,
}

#[derive(Deserialize)]
struct ListedTable {
    label: String,
    id: Option<String>,
    device: String,
    unit: Option<String>,
    sectorsize: Option<u64>,
    #[serde(default)]
    partitions: Vec<ListedPartition>,
}

#[derive(Deserialize)]
struct ListedPartition {
    node: String,
    start: u64,
    size: u64,
    #[serde(rename = "type")]
    type_id: String,
    uuid: Option<String>,
    name: Option<String>,
}

/// Reads everything. The error is for a person's details: why the disk cannot be understood.
pub(crate) fn read_content(node: &Path, size: u64, sector: u32, options: &ProbeOptions) -> Result<Content, String> {
    let (whole, table_name) = superblock(node, None, options).map_err(|error| error.to_string())?;
    let mut table = match table_name.as_deref() {
        None => None,
        Some(name) => read_table(node, name, sector, options).map_err(|error| error.to_string())?,
    };

    for partition in table.iter_mut().flat_map(|table| &mut table.partitions) {
        let end = partition.start.checked_add(partition.size);
        if partition.size > 0 && end.is_some_and(|end| end <= size) {
            let place = Some((partition.start, partition.size));
            (partition.signature, _) = superblock(node, place, options).map_err(|error| error.to_string())?;
        }
    }

    Ok(Content {
        table,
        signature: whole,
    })
}

/// Also the name of the partition table, when asked for the whole disk.
fn superblock(
    node: &Path,
    place: Option<(u64, u64)>,
    options: &ProbeOptions,
) -> Result<(Option<Signature>, Option<String>), ToolError> {
    let mut args: Vec<OsString> = arguments(["-p", "-o", "export"].map(OsStr::new));
    if let Some((start, size)) = place {
        args.push(format!("--offset={start}").into());
        args.push(format!("--size={size}").into());
    }
    args.push("--".into());
    args.push(node.into());

    let output = options.toolbox().output(tool::BLKID, &args, &[], LIMIT)?;
    match output.status.code() {
        Some(0) => {}
        Some(NOTHING_FOUND) if output.stderr.is_empty() => return Ok((None, None)),
        Some(AMBIGUOUS) => {
            // A table may stand beside the contradicting superblocks; sfdisk knows.
            let signature = Signature {
                kind: "ambiguous".to_owned(),
                uuid: None,
                label: None,
            };
            return Ok((Some(signature), place.is_none().then(|| MAYBE_A_TABLE.to_owned())));
        }
        _ => return Err(tool::BLKID.failed(&output)),
    }

    let text = String::from_utf8_lossy(&output.stdout);
    let value = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
            .map(unescape)
            .filter(|text| !text.is_empty())
    };
    let signature = value("TYPE").map(|kind| Signature {
        kind,
        uuid: value("UUID"),
        label: value("LABEL"),
    });

    Ok((signature, value("PTTYPE")))
}

/// blkid puts a backslash before what a shell would read.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut escaped = false;

    for c in text.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            plain.push(c);
            escaped = false;
        }
    }

    plain
}

fn read_table(node: &Path, name: &str, sector: u32, options: &ProbeOptions) -> Result<Option<Table>, ToolError> {
    let output = options.toolbox().output(
        tool::SFDISK,
        &arguments(["--json".as_ref(), "--".as_ref(), node.as_ref()]),
        &[],
        LIMIT,
    )?;
    let nonsense = |reason: String| ToolError::Nonsense {
        tool: tool::SFDISK.name(),
        reason,
    };

    if !output.status.success() {
        // Tables that libfdisk does not know (Apple's, a PMBR without a GPT). Nothing can be said of what is inside.
        return match name {
            MAYBE_A_TABLE => Ok(None),
            "gpt" | "dos" => Err(tool::SFDISK.failed(&output)),
            _ => Ok(Some(Table {
                kind: TableKind::Other(name.to_owned()),
                id: None,
                partitions: Vec::new(),
            })),
        };
    }

    let listing: Listing = serde_json::from_slice(&output.stdout).map_err(|error| nonsense(error.to_string()))?;
    listed_table(listing.partitiontable, sector).map(Some).map_err(nonsense)
}

fn listed_table(listed: ListedTable, sector: u32) -> Result<Table, String> {
    if listed.unit.as_deref().is_some_and(|unit| unit != "sectors") {
        return Err("it does not count in sectors".to_owned());
    }
    let sector = listed.sectorsize.unwrap_or(u64::from(sector));

    let mut partitions = listed
        .partitions
        .into_iter()
        .map(|partition| {
            let bytes = |sectors: u64| {
                sectors
                    .checked_mul(sector)
                    .ok_or_else(|| format!("{sectors} sectors do not fit"))
            };

            Ok(Partition {
                number: number_in(&partition.node, &listed.device)
                    .ok_or_else(|| format!("no number in {}", partition.node))?,
                start: bytes(partition.start)?,
                size: bytes(partition.size)?,
                type_id: partition.type_id.to_lowercase(),
                uuid: partition.uuid.map(|uuid| uuid.to_lowercase()),
                name: partition.name.unwrap_or_default(),
                signature: None,
            })
        })
        .collect::<Result<Vec<_>, String>>()?;
    partitions.sort_by_key(|partition| (partition.start, partition.number));

    Ok(Table {
        kind: match listed.label.as_str() {
            "gpt" => TableKind::Gpt,
            "dos" => TableKind::Mbr,
            other => TableKind::Other(other.to_owned()),
        },
        id: listed.id.map(|id| id.to_lowercase()),
        partitions,
    })
}

/// "/dev/sda3" and "/dev/loop0p3" are both partition 3 of their disk.
fn number_in(node: &str, device: &str) -> Option<u32> {
    node.strip_prefix(device)?
        .trim_start_matches(|c: char| !c.is_ascii_digit())
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(json: &str) -> Result<Table, String> {
        let listing: Listing = serde_json::from_str(json).map_err(|error| error.to_string())?;
        listed_table(listing.partitiontable, 512)
    }

    #[test]
    fn partition_numbers_are_found_behind_every_kind_of_device_name() {
        assert_eq!(number_in("/dev/sda3", "/dev/sda"), Some(3));
        assert_eq!(number_in("/dev/nvme0n1p12", "/dev/nvme0n1"), Some(12));
        assert_eq!(number_in("/dev/disk/by-id/x-part4", "/dev/disk/by-id/x"), Some(4));
        assert_eq!(number_in("/dev/sdb1", "/dev/sda"), None);
        assert_eq!(number_in("/dev/sda", "/dev/sda"), None);
    }

    #[test]
    fn a_table_is_read_in_bytes_and_in_the_order_of_the_disk() {
        let read = table(
            r#"{"partitiontable": {"label":"gpt", "id":"AB-CD", "device":"/dev/x", "unit":"sectors", "sectorsize":4096,
                "partitions": [{"node":"/dev/x2","start":600,"size":10,"type":"AA","uuid":"FF","name":"later"},
                               {"node":"/dev/x1","start":256,"size":2,"type":"BB"}]}}"#,
        )
        .unwrap();

        assert_eq!(read.id.as_deref(), Some("ab-cd"));
        assert_eq!(
            read.partitions
                .iter()
                .map(|p| (p.number, p.start, p.size))
                .collect::<Vec<_>>(),
            [(1, 1 << 20, 8192), (2, 600 * 4096, 40960)]
        );
    }

    #[test]
    fn a_table_that_does_not_fit_in_64_bits_is_refused() {
        let endless = r#"{"partitiontable": {"label":"gpt", "device":"/dev/x", "unit":"sectors",
            "partitions": [{"node":"/dev/x1","start":18446744073709551615,"size":1,"type":"A"}]}}"#;

        assert!(table(endless).is_err());
        assert!(table(r#"{"partitiontable": {"label":"gpt", "device":"/dev/x", "unit":"furlongs"}}"#).is_err());
        assert!(table("not json").is_err());
    }

    #[test]
    fn blkid_escapes_are_undone() {
        assert_eq!(unescape(r"My\ Photos\\"), r"My Photos\");
    }
}
