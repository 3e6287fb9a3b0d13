//! The installer on each of its pages, and what a backend would have told it by then.

use moult_api::{
    Bus, Cancel, Connectivity, Disk as Card, Filesystem, Job, JobState, Offer, Phase, Proposal, Refusal, Segment,
    SegmentKind, StateOfThings, Step as PlanStep, StepKind,
};

use super::*;

pub(super) const GB: u64 = 1_000_000_000;

fn part(kind: SegmentKind, size: u64, name: &str) -> Segment {
    Segment {
        kind,
        start: 0,
        size: size * GB,
        filesystem: "ext4".into(),
        name: name.into(),
    }
}

fn card(id: &str, model: &str, refusal: Refusal, detail: &str) -> Card {
    Card {
        id: id.into(),
        model: model.into(),
        serial: "S649NF0R4F2K".into(),
        kernel_name: "nvme0n1".into(),
        size: 1000 * GB,
        bus: Bus::Nvme,
        removable: false,
        segments: vec![
            part(SegmentKind::Esp, 1, ""),
            part(SegmentKind::System, 412, "Debian GNU/Linux 12"),
            part(SegmentKind::Free, 587, ""),
        ],
        refusal,
        refusal_detail: detail.into(),
    }
}

pub(super) fn disks() -> Vec<Card> {
    let image = Card {
        segments: vec![],
        bus: Bus::Loop,
        ..card("c", "Disk image", Refusal::None, "")
    };

    vec![
        card("a", "Samsung SSD 980", Refusal::None, ""),
        Card {
            bus: Bus::Usb,
            removable: true,
            ..card("b", "KINGSTON DataTraveler", Refusal::LiveMedium, "")
        },
        image,
        Card {
            size: GB,
            bus: Bus::Mmc,
            segments: vec![],
            ..card("d", "SD card", Refusal::TooSmall, "4294967296")
        },
    ]
}

pub(super) fn plan() -> Proposal {
    let step = |kind, irreversible| PlanStep {
        kind,
        start: 0,
        size: GB,
        irreversible,
    };

    Proposal {
        digest: "approved".into(),
        disk: card("a", "Samsung SSD 980", Refusal::None, ""),
        after: vec![
            part(SegmentKind::Esp, 1, ""),
            part(SegmentKind::New, 999, "Moult sample system"),
        ],
        steps: vec![
            step(StepKind::Wipe, true),
            step(StepKind::Table, true),
            step(StepKind::Root, true),
        ],
        lost: 412 * GB,
        packages: 1204,
        download: 2 * GB,
        boots: true,
    }
}

pub(super) fn job(state: JobState, progress: f64) -> Job {
    Job {
        id: "job-1".into(),
        kind: moult_api::JobKind::Install,
        state,
        phase: Phase::Fetch,
        progress,
        bytes_done: 340_000_000,
        bytes_total: 1_240_000_000,
        items_done: 32,
        items_total: 120,
        current: "glibc".into(),
        seconds_left: 250,
        cancel: Cancel::LeavesDiskUnfinished,
        subject: "Samsung SSD 980".into(),
        failure: Failure::none(),
    }
}

pub(super) fn failed_job() -> Job {
    let failure = Failure::new(FailureCode::DiskFull, "mkfs.ext4: No space left on device")
        .arg("needed", 5 * GB)
        .leaving(StateOfThings::DiskUnfinished);

    Job {
        failure,
        ..job(JobState::Failed, 0.6)
    }
}

pub(super) fn app(language: Language) -> App {
    let mut app = App::idle(language, Trace::off());
    let offer = Offer {
        system: "Moult sample system".into(),
        minimum_disk: 4 * GB,
        filesystems: vec![Filesystem::Ext4, Filesystem::Xfs, Filesystem::Btrfs],
        refusal: Failure::none(),
        medium: false,
    };
    say(&mut app, Message::Offered(offer));
    say(&mut app, Message::Disk(disk::Message::Seen(Ok(disks()))));

    app
}

/// The app with everything decided, on the summary, with a plan.
pub(super) fn decided(language: Language) -> App {
    let mut app = app(language);
    say(&mut app, Message::Disk(disk::Message::Chosen(0)));
    for message in [
        account::Message::FullName("Ana Müller".into()),
        account::Message::Password("fluted onyx carries nine".into()),
        account::Message::Again("fluted onyx carries nine".into()),
        account::Message::Continue,
    ] {
        say(&mut app, Message::Account(message));
    }
    say(
        &mut app,
        Message::Summary(summary::Message::Planned(Ok(Box::new(plan())))),
    );

    app
}

/// The pages of the installer.
pub(crate) const SCREENS: [&str; 8] = [
    "welcome", "network", "disk", "account", "summary", "progress", "done", "failed",
];

/// The app on one of its pages, in a state that tells much.
pub(crate) fn at(language: Language, screen: &str) -> App {
    let mut app = match screen {
        "summary" => return decided(language),
        _ => app(language),
    };
    let task = match screen {
        "network" => {
            say(&mut app, Message::Network(network::Message::Status(in_reach())));
            say(&mut app, Message::Network(network::Message::Chosen(0)));
            app.open(Step::Network)
        }
        "disk" => {
            say(&mut app, Message::Disk(disk::Message::Chosen(0)));
            app.open(Step::Disk)
        }
        "account" => {
            say(
                &mut app,
                Message::Account(account::Message::FullName("Ana Müller".into())),
            );
            say(
                &mut app,
                Message::Account(account::Message::Password("password".into())),
            );
            say(&mut app, Message::Account(account::Message::Again("other".into())));
            app.open(Step::Account)
        }
        "progress" => app.follow(job(JobState::Running, 0.42)),
        "done" => app.follow(job(JobState::Done, 1.0)),
        "failed" => app.follow(failed_job()),
        _ => app.open(Step::Welcome),
    };
    drop(task);

    app
}

fn in_reach() -> moult_api::NetworkStatus {
    let point = |name: &str, strength, security| moult_api::AccessPoint {
        ssid: name.into(),
        name: name.into(),
        strength,
        security,
        active: false,
    };

    moult_api::NetworkStatus {
        connectivity: Connectivity::Offline,
        wireless: true,
        wireless_state: moult_api::LinkState::Disconnected,
        wired: vec![moult_api::WiredLink {
            interface: "enp3s0".into(),
            state: moult_api::LinkState::Unplugged,
            method: moult_api::WiredMethod::Dhcp,
            address: String::new(),
            gateway: String::new(),
            dns: vec![],
        }],
        access_points: vec![
            point("Gartenhaus", 82, moult_api::Security::Passphrase),
            point("Café Mitte", 51, moult_api::Security::Open),
            point("Werkstatt-alt", 20, moult_api::Security::Unsupported),
        ],
    }
}
