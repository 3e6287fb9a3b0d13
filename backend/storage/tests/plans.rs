//! Plans without disks: whatever the graph, a plan passes the independent checker or there is none; and the checker notices every lie.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use moult_storage::*;
use proptest::prelude::*;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

fn disk(size: u64, sector_size: u32) -> Disk {
    Disk {
        id: DiskId::new("0123"),
        kernel_name: "sda".into(),
        model: "Reliable 2000".into(),
        serial: Some("R-17".into()),
        wwn: Some("naa.5000c500a1b2c3d4".into()),
        bus: Bus::Ata,
        size,
        sector_size,
        removable: false,
        rotational: false,
        read_only: false,
        backing_file: None,
        table: None,
        signature: None,
        refusal: None,
    }
}

fn lived_in() -> Disk {
    let partition = |number, start, size, type_id: &str, kind: Option<&str>, label: &str| Partition {
        number,
        start,
        size,
        type_id: type_id.into(),
        uuid: Some(format!("00000000-0000-4000-8000-00000000000{number}")),
        name: String::new(),
        signature: kind.map(|kind| Signature {
            kind: kind.into(),
            uuid: Some("AA-BB".into()),
            label: Some(label.into()),
        }),
    };
    let table = Table {
        kind: TableKind::Gpt,
        id: Some("99999999-0000-4000-8000-000000000000".into()),
        partitions: vec![
            partition(1, MIB, 100 * MIB, esp_type(), Some("vfat"), "SYSTEM"),
            partition(2, 101 * MIB, 16 * MIB, "e3c9e316-0b5c-4db8-817d-f92df00215ae", None, ""),
            partition(
                3,
                117 * MIB,
                100 * GIB,
                "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7",
                Some("ntfs"),
                "Windows",
            ),
            partition(
                4,
                120 * GIB,
                80 * GIB,
                "0fc63daf-8483-4772-8e79-3d69d8477de4",
                Some("crypto_LUKS"),
                "",
            ),
        ],
    };

    Disk {
        table: Some(table),
        ..disk(256 * GIB, 512)
    }
}

fn graph(disk: Disk) -> DeviceGraph {
    DeviceGraph { disks: vec![disk] }
}

fn request(filesystem: Filesystem) -> Request {
    Request {
        disk: DiskId::new("0123"),
        filesystem,
        minimum: 0,
        seed: *b"sixteen bytes ok",
    }
}

fn plan(filesystem: Filesystem) -> (Plan, DeviceGraph) {
    let graph = graph(lived_in());
    let plan = propose(&request(filesystem), &graph).unwrap();
    check(&plan, &graph).unwrap();
    (plan, graph)
}

#[test]
fn the_plan_for_a_windows_disk_is_this() {
    insta::assert_json_snapshot!(plan(Filesystem::Btrfs).0);
}

#[test]
fn the_same_request_gives_the_same_plan_and_another_seed_other_ids() {
    let (first, graph) = plan(Filesystem::Ext4);
    let again = propose(&request(Filesystem::Ext4), &graph).unwrap();
    assert_eq!(first, again);
    assert_eq!(first.digest(), again.digest());

    let other = propose(
        &Request {
            seed: [9; 16],
            ..request(Filesystem::Ext4)
        },
        &graph,
    )
    .unwrap();
    assert_ne!(first.table.id, other.table.id);
    assert_ne!(first.digest(), other.digest());
}

#[test]
fn the_digest_seals_every_probed_fact() {
    let (plan, _) = plan(Filesystem::Xfs);
    let sealed = plan.digest();
    let twisted = |twist: fn(&mut Plan)| {
        let mut other = plan.clone();
        twist(&mut other);
        other.digest()
    };
    fn partition(plan: &mut Plan) -> &mut Partition {
        &mut plan.disk.table.as_mut().unwrap().partitions[2]
    }

    let twists: [fn(&mut Plan); 12] = [
        |plan| plan.disk.size += 512,
        |plan| plan.disk.serial = Some("R-18".into()),
        |plan| plan.disk.serial = None,
        |plan| plan.disk.wwn = None,
        |plan| plan.disk.table.as_mut().unwrap().id = None,
        |plan| partition(plan).uuid = None,
        |plan| partition(plan).start += 512,
        |plan| partition(plan).size += 512,
        |plan| partition(plan).signature = None,
        |plan| plan.filesystem = Filesystem::Ext4,
        |plan| plan.steps[3].ranges[0].size -= 512,
        |plan| plan.table.partitions[0].uuid.clear(),
    ];
    for (index, twist) in twists.into_iter().enumerate() {
        assert_ne!(twisted(twist), sealed, "twist {index} is not sealed");
    }

    let text = sealed.to_string();
    assert_eq!(text.len(), 64);
    assert_eq!(text.parse::<Digest>().unwrap(), sealed);
    assert!("z".repeat(64).parse::<Digest>().is_err());
}

#[test]
fn a_plan_survives_its_journal() {
    let (plan, _) = plan(Filesystem::Btrfs);
    let read: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();

    assert_eq!(read, plan);
    assert_eq!(read.digest(), plan.digest());
}

type Lie = fn(&mut Plan);

#[test]
fn the_checker_notices_every_lie() {
    let lies: [(&str, Lie); 27] = [
        ("a range over the end", |plan| {
            plan.steps[0].ranges.last_mut().unwrap().size += 512
        }),
        ("a range without end", |plan| {
            plan.steps[0].ranges[0].size = u64::MAX - 511
        }),
        ("a range that is not whole sectors", |plan| {
            plan.steps[0].ranges[0].size -= 1
        }),
        ("an empty range", |plan| plan.steps[0].ranges[0].size = 0),
        ("ranges out of order", |plan| plan.steps[0].ranges.reverse()),
        ("no ranges", |plan| plan.steps[1].ranges.clear()),
        ("a table that writes into a partition", |plan| {
            plan.steps[1].ranges[0].size += 512
        }),
        ("an ESP step on the root", |plan| {
            plan.steps[2].ranges = plan.steps[3].ranges.clone()
        }),
        ("a root step of another partition", |plan| {
            if let Action::MakeRoot { partition, .. } = &mut plan.steps[3].action {
                *partition = 1;
            }
        }),
        ("a root of another kind", |plan| {
            if let Action::MakeRoot { filesystem, .. } = &mut plan.steps[3].action {
                *filesystem = Filesystem::Xfs;
            }
        }),
        ("a root step that is larger than its partition", |plan| {
            plan.steps[3].ranges[0].size += 512
        }),
        ("a missing step", |plan| drop(plan.steps.remove(0))),
        ("a step twice", |plan| plan.steps.push(plan.steps[4].clone())),
        ("file systems before the table", |plan| plan.steps.swap(1, 2)),
        ("a step that hides that it destroys", |plan| {
            plan.steps[0].irreversible = false
        }),
        ("partitions that overlap", |plan| {
            plan.table.partitions[1].range.start -= MIB
        }),
        ("a partition over the backup table", |plan| {
            plan.table.partitions[1].range.size += MIB
        }),
        ("a partition on the table", |plan| {
            plan.table.partitions[0].range.start = 0
        }),
        ("a partition off its alignment", |plan| {
            plan.table.partitions[0].range.size -= 512
        }),
        ("a usable area over the backup table", |plan| plan.table.last_lba += 1),
        ("a usable area over the table", |plan| plan.table.first_lba = 33),
        ("an ESP too small for FAT32", |plan| {
            plan.table.partitions[0].range.size = 200 * MIB
        }),
        ("a root of another type", |plan| {
            plan.table.partitions[1].type_id = esp_type().into()
        }),
        ("an id twice", |plan| {
            plan.table.partitions[1].uuid = plan.table.partitions[0].uuid.clone()
        }),
        ("a name that is a line of a script", |plan| {
            plan.table.partitions[0].name = "x\"\nstart=0".into()
        }),
        ("a picture that shows less", |plan| plan.after.truncate(1)),
        ("a picture of another disk", |plan| plan.before.truncate(2)),
    ];

    for (lie, twist) in lies {
        let (mut plan, graph) = plan(Filesystem::Btrfs);
        twist(&mut plan);
        assert!(check(&plan, &graph).is_err(), "not noticed: {lie}");
    }

    // And about the disk itself.
    let (plan, graph) = plan(Filesystem::Ext4);
    let mut other = graph.clone();
    other.disks[0].serial = None;
    assert_eq!(check(&plan, &other), Err(Violation::OtherDisk));
    assert_eq!(check(&plan, &DeviceGraph::default()), Err(Violation::NoSuchDisk));
    let mut used = (plan, graph);
    used.0.disk.refusal = Some(Refusal::LiveMedium);
    used.1.disks[0].refusal = Some(Refusal::LiveMedium);
    assert_eq!(check(&used.0, &used.1), Err(Violation::Forbidden));
}

#[test]
fn every_refusal_of_the_probe_is_a_refusal_of_the_proposal() {
    let refusals = [
        Refusal::LiveMedium,
        Refusal::InUse(Use::Claimed),
        Refusal::ReadOnly,
        Refusal::Unreadable { reason: "smoke".into() },
        Refusal::TooSmall { needed: 1 },
    ];

    for refusal in refusals {
        let graph = graph(Disk {
            refusal: Some(refusal.clone()),
            ..lived_in()
        });
        let error = propose(&request(Filesystem::Ext4), &graph).unwrap_err();
        assert!(matches!(error, ProposeError::Refused { refusal: told, .. } if told == refusal));
    }
    let unknown = Request {
        disk: DiskId::new("/dev/sda"),
        ..request(Filesystem::Ext4)
    };
    assert!(matches!(
        propose(&unknown, &graph(lived_in())),
        Err(ProposeError::NoSuchDisk(_))
    ));
}

#[test]
fn a_difference_is_told_in_words() {
    let was = lived_in();
    let mut is = was.clone();
    is.serial = Some("R-18".into());
    is.kernel_name = "sdb".into();
    let table = is.table.as_mut().unwrap();
    table.partitions[2].size -= GIB;
    table.partitions.remove(1);

    let words: Vec<String> = differences(&was, &is).iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "its serial number was “R-17” and is “R-18”",
            "partition 2 of 16777216 bytes is missing",
            "the size in bytes of partition 3 was 107374182400 and is 106300440576",
        ]
    );
    assert_eq!(
        differences(
            &was,
            &Disk {
                kernel_name: "sdz".into(),
                ..was.clone()
            }
        ),
        []
    );
}

#[test]
fn a_disk_is_pictured_in_order_with_its_free_space() {
    let kinds: Vec<SegmentKind> = lived_in().segments().iter().map(|segment| segment.kind).collect();
    use SegmentKind::*;

    assert_eq!(kinds, [Esp, Unknown, Data, Free, Encrypted, Free]);
    assert_eq!(disk(GIB, 512).segments().len(), 1);
    assert_eq!(lived_in().occupied(), 100 * MIB + 16 * MIB + 180 * GIB);
}

fn any_size() -> impl Strategy<Value = u64> {
    let near_the_edge = (smallest_disk() - 4 * MIB)..(smallest_disk() + 4 * MIB);
    prop_oneof![
        0..4 * GIB,
        near_the_edge,
        4 * GIB..(20 << 40),
        any::<u64>(),
        Just(smallest_disk()),
        Just(u64::MAX)
    ]
}

fn any_sector() -> impl Strategy<Value = u32> {
    prop_oneof![8 => Just(512), 6 => Just(4096), 1 => Just(1024), 1 => Just(2048), 1 => any::<u32>(), 1 => Just(0)]
}

prop_compose! {
    /// Wherever, overlapping, endless: what a broken table can say.
    fn any_partition()(
        number in 0..300_u32,
        start in prop_oneof![0..8 * GIB, any::<u64>()],
        size in prop_oneof![0..8 * GIB, any::<u64>()],
        type_id in prop_oneof![Just(esp_type()), Just(root_type()), Just("5"), Just("83"), Just("?")],
        kind in proptest::option::of("[a-z_]{1,12}"),
        name in ".{0,40}",
    ) -> Partition {
        let signature = kind.map(|kind| Signature { kind, uuid: None, label: None });
        Partition { number, start, size, type_id: type_id.into(), uuid: None, name, signature }
    }
}

prop_compose! {
    fn any_table()(
        kind in prop_oneof![Just(TableKind::Gpt), Just(TableKind::Mbr), Just(TableKind::Other("bsd".into()))],
        partitions in proptest::collection::vec(any_partition(), 0..12),
    ) -> Table {
        Table { kind, id: None, partitions }
    }
}

prop_compose! {
    fn any_disk()(
        size in any_size(),
        sector in any_sector(),
        table in proptest::option::of(any_table()),
        read_only in prop::bool::weighted(0.1),
        refusal in proptest::option::weighted(0.1, Just(Refusal::InUse(Use::Claimed))),
    ) -> Disk {
        Disk { table, read_only, refusal, ..disk(size, sector) }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn a_proposal_is_refused_or_passes_the_check(
        chosen in any_disk(),
        others in proptest::collection::vec(any_disk(), 0..3),
        filesystem in proptest::sample::select(Filesystem::ALL.to_vec()),
        minimum in prop_oneof![Just(0), 0..8 * GIB],
        seed in any::<[u8; 16]>(),
    ) {
        let others = others.into_iter().enumerate().map(|(n, disk)| Disk { id: DiskId::new(format!("other{n}")), ..disk });
        let graph = DeviceGraph { disks: others.chain([chosen.clone()]).collect() };
        let request = Request { disk: chosen.id.clone(), filesystem, minimum, seed };

        match propose(&request, &graph) {
            Ok(plan) => {
                prop_assert_eq!(check(&plan, &graph), Ok(()));
                prop_assert_eq!(&plan.disk, &chosen);
                prop_assert!(chosen.size >= minimum && chosen.refusal.is_none() && !chosen.read_only);
            }
            Err(ProposeError::Refused { .. }) => {
                // Never without a reason that can be seen from outside.
                let small = chosen.size < smallest_disk().max(minimum);
                prop_assert!(small || chosen.read_only || chosen.refusal.is_some());
            }
            Err(ProposeError::SectorSize { sector_size, .. }) => {
                prop_assert!(![512, 1024, 2048, 4096].contains(&sector_size));
            }
            Err(ProposeError::NoSuchDisk(_)) => prop_assert!(false, "it is in the graph"),
        }
    }
}
