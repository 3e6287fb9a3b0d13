//! A system with a few updates, as a reader would tell of it.

use moult_api::{
    BlockKind, ChangePlan, Item, ItemKind, KeptBack, Offered, OldProgram, PackageChange, PlannedPackage, ReleaseNote,
    Repositories, RepositoryRow, RestartNeed, RestartReport, SpanStyle, TextBlock, TextSpan, Trust, UpdateGroup,
    UpdateRow, Urgency,
};

use super::super::Planned;
use crate::samples::{NOW, repository};

pub(super) fn offered(version: &str, release: u64, size: u64) -> Offered {
    Offered {
        repository: "volatile".into(),
        version: version.into(),
        source_release: release,
        build_release: 1,
        size,
    }
}

pub(super) fn item(package: &str, name: &str) -> Item {
    Item {
        id: format!("package:{package}"),
        package: package.into(),
        name: name.into(),
        summary: String::new(),
        kind: ItemKind::System,
        icon: String::new(),
        version: String::new(),
        repository: "volatile".into(),
        installed: true,
        newer: true,
        held: false,
    }
}

pub(super) fn update(package: &str, name: &str, group: UpdateGroup, versions: (&str, &str), files: u64) -> UpdateRow {
    UpdateRow {
        item: item(package, name),
        change: PackageChange::Upgrade,
        group,
        old: vec![offered(versions.0, 11, 2_000_000)],
        new: vec![offered(versions.1, 12, 2_100_000)],
        releases: Vec::new(),
        files,
        marked_files: 0,
        restart: RestartNeed::None,
    }
}

pub(super) fn notes() -> Vec<ReleaseNote> {
    let span = |text: &str| TextSpan {
        text: text.into(),
        style: SpanStyle::Plain,
    };

    vec![ReleaseNote {
        version: "3.5.2".into(),
        time: NOW - 400_000,
        urgency: Urgency::Critical,
        description: vec![
            TextBlock {
                kind: BlockKind::Paragraph,
                lines: vec![vec![span(
                    "Closes CVE-2026-1234: a long certificate could crash a server.",
                )]],
            },
            TextBlock {
                kind: BlockKind::Bullets,
                lines: vec![
                    vec![span("Faster handshakes on small machines")],
                    vec![span("Fewer warnings when a key is old")],
                ],
            },
        ],
    }]
}

pub(super) fn rows() -> Vec<UpdateRow> {
    let mut openssl = update("openssl", "OpenSSL", UpdateGroup::Security, ("3.5.1", "3.5.2"), 3);
    openssl.releases = notes();
    let mut linux = update("linux", "Linux", UpdateGroup::System, ("6.12.9", "6.12.10"), 1_204);
    linux.restart = RestartNeed::Computer;
    linux.marked_files = 4;
    let glibc = update("glibc", "glibc", UpdateGroup::System, ("2.42", "2.42"), 318);
    let krita = update("krita", "Krita", UpdateGroup::App, ("5.2.6", "5.3.0"), 96);
    let mut quazip = update("quazip", "quazip", UpdateGroup::System, ("", "1.5"), 12);
    quazip.old = Vec::new();
    quazip.change = PackageChange::Install;

    vec![openssl, glibc, linux, quazip, krita]
}

pub(super) fn planned(rows: Vec<UpdateRow>, digest: &str) -> Box<Planned> {
    let packages = rows.iter().map(|row| PlannedPackage {
        name: row.item.package.clone(),
        change: row.change,
        old: row.old.clone(),
        new: row.new.clone(),
        explicit: true,
    });
    let plan = ChangePlan {
        digest: digest.into(),
        from: 7,
        summary: String::new(),
        packages: packages.collect(),
        orphans: Vec::new(),
        kept_back: vec![KeptBack {
            name: "gimp".into(),
            preferred: offered("3.2.0", 40, 9_000_000),
            held: vec!["gimp".into()],
        }],
        unsigned: Vec::new(),
        outgrown: Vec::new(),
        download_bytes: 3_800_000,
        disk_bytes: 12_000_000,
        files_added: 20,
        files_changed: 1_600,
        files_removed: 13,
    };

    Box::new(Planned::new(plan, rows, vec![item("gimp", "GIMP")]))
}

pub(super) fn sources() -> Repositories {
    Repositories {
        repositories: vec![RepositoryRow {
            trust: Trust::Signed,
            refreshed: NOW - 720,
            packages: 7,
            ..repository("volatile")
        }],
        broken: vec![],
    }
}

pub(super) fn calm() -> RestartReport {
    RestartReport {
        need: RestartNeed::None,
        kernel: String::new(),
        programs: Vec::new(),
        incomplete: false,
    }
}

pub(super) fn old_programs() -> RestartReport {
    let program = |name: &str, pid, need, unit: &str| OldProgram {
        name: name.into(),
        package: name.into(),
        pid,
        uid: 1000,
        unit: unit.into(),
        files: vec!["lib/libssl.so.3".into()],
        need,
    };

    RestartReport {
        need: RestartNeed::Session,
        kernel: String::new(),
        programs: vec![
            program("firefox", 2_112, RestartNeed::Programs, ""),
            program("gnome-shell", 1_207, RestartNeed::Session, "org.gnome.Shell.service"),
            program("thunderbird", 3_410, RestartNeed::Programs, ""),
            program("evolution-alarm-notify", 3_977, RestartNeed::Programs, ""),
        ],
        incomplete: true,
    }
}
