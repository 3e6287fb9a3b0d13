//! How a disk differs from what it was, in words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::graph::{Disk, Partition, Signature, Table};

/// One thing that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Difference {
    /// The disk is not there any more.
    #[error("it is not there any more")]
    Gone,
    /// A fact about the disk.
    #[error("its {fact} was {was} and is {is}")]
    Disk {
        /// Which ("serial number").
        fact: String,
        /// Before.
        was: String,
        /// Now.
        is: String,
    },
    /// There is a partition that was not there.
    #[error("partition {number} of {size} bytes is new")]
    NewPartition {
        /// Its number.
        number: u32,
        /// Its bytes.
        size: u64,
    },
    /// A partition is missing.
    #[error("partition {number} of {size} bytes is missing")]
    LostPartition {
        /// Its number.
        number: u32,
        /// Its bytes.
        size: u64,
    },
    /// A fact about a partition.
    #[error("the {fact} of partition {number} was {was} and is {is}")]
    Partition {
        /// Its number.
        number: u32,
        /// Which ("size").
        fact: String,
        /// Before.
        was: String,
        /// Now.
        is: String,
    },
}

/// Everything in which a disk is not what it was. Empty = the same disk with the same content, as far as identity, table and superblocks
/// say. The kernel name does not count, and neither does the reason why a disk cannot be chosen: that is judged by itself.
pub fn differences(was: &Disk, is: &Disk) -> Vec<Difference> {
    let mut all = Vec::new();
    let mut fact = |name: &str, was: String, is: String| {
        if was != is {
            all.push(Difference::Disk {
                fact: name.to_owned(),
                was,
                is,
            });
        }
    };

    fact("model", was.model.clone(), is.model.clone());
    fact("serial number", optional(&was.serial), optional(&is.serial));
    fact("world wide name", optional(&was.wwn), optional(&is.wwn));
    fact("size in bytes", was.size.to_string(), is.size.to_string());
    fact("sector size", was.sector_size.to_string(), is.sector_size.to_string());
    fact("image file", optional(&was.backing_file), optional(&is.backing_file));
    fact("write protection", on_or_off(was.read_only), on_or_off(is.read_only));
    fact("content", signature(&was.signature), signature(&is.signature));
    fact("kind of partition table", kind(&was.table), kind(&is.table));
    fact(
        "partition table's id",
        optional(&id(&was.table)),
        optional(&id(&is.table)),
    );

    partitions(&was.table, &is.table, &mut all);
    all
}

fn partitions(was: &Option<Table>, is: &Option<Table>, all: &mut Vec<Difference>) {
    let by_number = |table: &Option<Table>| -> BTreeMap<u32, Partition> {
        table
            .iter()
            .flat_map(|table| &table.partitions)
            .map(|found| (found.number, found.clone()))
            .collect()
    };
    let (was, mut is) = (by_number(was), by_number(is));

    for (number, old) in was {
        match is.remove(&number) {
            Some(new) => partition(&old, &new, all),
            None => all.push(Difference::LostPartition { number, size: old.size }),
        }
    }
    all.extend(is.into_values().map(|new| Difference::NewPartition {
        number: new.number,
        size: new.size,
    }));
}

fn partition(was: &Partition, is: &Partition, all: &mut Vec<Difference>) {
    let mut fact = |name: &str, before: String, now: String| {
        if before != now {
            all.push(Difference::Partition {
                number: was.number,
                fact: name.to_owned(),
                was: before,
                is: now,
            });
        }
    };

    fact("first byte", was.start.to_string(), is.start.to_string());
    fact("size in bytes", was.size.to_string(), is.size.to_string());
    fact("type", was.type_id.clone(), is.type_id.clone());
    fact("id", optional(&was.uuid), optional(&is.uuid));
    fact("name", quoted(&was.name), quoted(&is.name));
    fact("content", signature(&was.signature), signature(&is.signature));
}

fn optional(fact: &Option<String>) -> String {
    fact.as_deref().map_or_else(|| "none".to_owned(), quoted)
}

fn quoted(text: &str) -> String {
    format!("“{text}”")
}

fn on_or_off(flag: bool) -> String {
    if flag { "on" } else { "off" }.to_owned()
}

fn kind(table: &Option<Table>) -> String {
    match table.as_ref().map(|table| &table.kind) {
        None => "none".to_owned(),
        Some(crate::TableKind::Gpt) => "GPT".to_owned(),
        Some(crate::TableKind::Mbr) => "MBR".to_owned(),
        Some(crate::TableKind::Other(name)) => name.clone(),
    }
}

fn id(table: &Option<Table>) -> Option<String> {
    table.as_ref()?.id.clone()
}

fn signature(found: &Option<Signature>) -> String {
    match found {
        None => "nothing known".to_owned(),
        Some(Signature { kind, uuid, label }) => {
            let label = label.as_deref().map(|label| format!(" “{label}”")).unwrap_or_default();
            let uuid = uuid.as_deref().map(|uuid| format!(" {uuid}")).unwrap_or_default();
            format!("{kind}{label}{uuid}")
        }
    }
}
