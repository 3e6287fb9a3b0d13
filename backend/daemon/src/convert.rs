//! Between the words of the crates and the words of the contract.

use moult_api::{
    AccessPoint, Connectivity, Failure, FailureCode, LinkState, NetworkStatus, Security, StateOfThings, WiredLink,
    WiredMethod,
};
use moult_install::{Cause, DiskState};
use moult_storage::{self as storage, ProposeError};
use moult_system::network;

use crate::settings::Source;

pub(crate) fn source(source: &Source) -> moult_install::Source {
    moult_install::Source {
        id: source.id.clone(),
        uri: source.uri.clone(),
        priority: source.priority,
    }
}

pub(crate) fn request(request: moult_api::InstallRequest) -> moult_install::Request {
    moult_install::Request {
        disk: storage::DiskId::new(request.disk),
        filesystem: filesystem_in(request.filesystem),
        hostname: request.hostname,
        locale: request.locale,
        timezone: request.timezone,
        layout: request.keyboard.layout,
        variant: request.keyboard.variant,
        full_name: request.account.full_name,
        user_name: request.account.user_name,
        administrator: request.account.administrator,
    }
}

fn filesystem_in(filesystem: moult_api::Filesystem) -> storage::Filesystem {
    match filesystem {
        moult_api::Filesystem::Ext4 => storage::Filesystem::Ext4,
        moult_api::Filesystem::Xfs => storage::Filesystem::Xfs,
        moult_api::Filesystem::Btrfs => storage::Filesystem::Btrfs,
    }
}

pub(crate) fn filesystem_out(filesystem: storage::Filesystem) -> moult_api::Filesystem {
    match filesystem {
        storage::Filesystem::Ext4 => moult_api::Filesystem::Ext4,
        storage::Filesystem::Xfs => moult_api::Filesystem::Xfs,
        storage::Filesystem::Btrfs => moult_api::Filesystem::Btrfs,
    }
}

pub(crate) fn phase(phase: moult_install::Phase) -> moult_api::Phase {
    match phase {
        moult_install::Phase::Check => moult_api::Phase::Check,
        moult_install::Phase::Resolve => moult_api::Phase::Resolve,
        moult_install::Phase::Partition => moult_api::Phase::Partition,
        moult_install::Phase::Fetch => moult_api::Phase::Fetch,
        moult_install::Phase::Store => moult_api::Phase::Store,
        moult_install::Phase::Compose => moult_api::Phase::Compose,
        moult_install::Phase::Configure => moult_api::Phase::Configure,
        moult_install::Phase::Boot => moult_api::Phase::Boot,
        moult_install::Phase::Finish => moult_api::Phase::Finish,
    }
}

/// A disk's identity card.
pub(crate) fn disk(disk: &storage::Disk) -> moult_api::Disk {
    let (refusal, refusal_detail) = match &disk.refusal {
        None => (moult_api::Refusal::None, String::new()),
        Some(refusal) => refusal_out(refusal),
    };
    moult_api::Disk {
        id: disk.id.to_string(),
        model: disk.model.clone(),
        serial: disk.serial.clone().unwrap_or_default(),
        kernel_name: disk.kernel_name.clone(),
        size: disk.size,
        bus: match disk.bus {
            storage::Bus::Nvme => moult_api::Bus::Nvme,
            storage::Bus::Ata => moult_api::Bus::Ata,
            storage::Bus::Usb => moult_api::Bus::Usb,
            storage::Bus::Scsi => moult_api::Bus::Scsi,
            storage::Bus::Mmc => moult_api::Bus::Mmc,
            storage::Bus::Virtio => moult_api::Bus::Virtio,
            storage::Bus::Loop => moult_api::Bus::Loop,
            storage::Bus::Other => moult_api::Bus::Other,
        },
        removable: disk.removable,
        segments: disk.segments().into_iter().map(segment).collect(),
        refusal,
        refusal_detail,
    }
}

fn refusal_out(refusal: &storage::Refusal) -> (moult_api::Refusal, String) {
    match refusal {
        storage::Refusal::LiveMedium => (moult_api::Refusal::LiveMedium, String::new()),
        storage::Refusal::InUse(by) => (
            moult_api::Refusal::InUse,
            match by {
                storage::Use::Mounted { at } => at.clone(),
                storage::Use::Swap { device } | storage::Use::Holder { device } => device.clone(),
                storage::Use::Claimed => String::new(),
            },
        ),
        storage::Refusal::ReadOnly => (moult_api::Refusal::ReadOnly, String::new()),
        storage::Refusal::Unreadable { reason } => (moult_api::Refusal::Unreadable, reason.clone()),
        storage::Refusal::TooSmall { needed } => (moult_api::Refusal::TooSmall, needed.to_string()),
    }
}

fn segment(segment: storage::Segment) -> moult_api::Segment {
    moult_api::Segment {
        kind: match segment.kind {
            storage::SegmentKind::Free => moult_api::SegmentKind::Free,
            storage::SegmentKind::Esp => moult_api::SegmentKind::Esp,
            storage::SegmentKind::System => moult_api::SegmentKind::System,
            storage::SegmentKind::Data => moult_api::SegmentKind::Data,
            storage::SegmentKind::Swap => moult_api::SegmentKind::Swap,
            storage::SegmentKind::Encrypted => moult_api::SegmentKind::Encrypted,
            storage::SegmentKind::Unknown => moult_api::SegmentKind::Unknown,
            storage::SegmentKind::New => moult_api::SegmentKind::New,
        },
        start: segment.start,
        size: segment.size,
        filesystem: segment.filesystem,
        name: segment.name,
    }
}

/// What will happen, for the person to approve.
pub(crate) fn proposal(proposal: &moult_install::Proposal) -> moult_api::Proposal {
    let plan = &proposal.plan;
    let mut steps: Vec<moult_api::Step> = plan.steps.iter().map(step).collect();
    let esp = plan.partition(storage::Role::Esp).filter(|_| proposal.boots);
    if let Some(root) = plan.partition(storage::Role::Root) {
        for kind in [moult_api::StepKind::Packages, moult_api::StepKind::Configure] {
            let (start, size) = (root.range.start, root.range.size);
            steps.push(moult_api::Step {
                kind,
                start,
                size,
                irreversible: true,
            });
        }
    }
    if let Some(esp) = esp {
        steps.push(moult_api::Step {
            kind: moult_api::StepKind::Boot,
            start: esp.range.start,
            size: esp.range.size,
            irreversible: true,
        });
    }
    moult_api::Proposal {
        digest: proposal.digest.clone(),
        disk: disk(&plan.disk),
        after: plan.after.iter().cloned().map(segment).collect(),
        steps,
        lost: plan.lost(),
        packages: proposal.selection.packages.len() as u64,
        download: proposal.selection.download_bytes(),
        boots: proposal.boots,
    }
}

/// One step; its ranges are shown as the span from the first to the last byte.
fn step(step: &storage::Step) -> moult_api::Step {
    let start = step.ranges.iter().map(|range| range.start).min().unwrap_or(0);
    let end = step
        .ranges
        .iter()
        .filter_map(|range| range.end())
        .max()
        .unwrap_or(start);
    moult_api::Step {
        kind: match step.action {
            storage::Action::WipeSignatures => moult_api::StepKind::Wipe,
            storage::Action::WriteTable => moult_api::StepKind::Table,
            storage::Action::MakeEsp { .. } => moult_api::StepKind::Esp,
            storage::Action::MakeRoot { .. } | storage::Action::MakeSubvolumes { .. } => moult_api::StepKind::Root,
        },
        start,
        size: end - start,
        irreversible: step.irreversible,
    }
}

/// Why an install was not planned or not finished.
pub(crate) fn install_failure(error: moult_install::Error) -> Failure {
    let detail = error.to_string();
    let cancelled = error.is_cancel();
    let state = match error.disk {
        DiskState::Untouched => StateOfThings::Untouched,
        DiskState::Unfinished => StateOfThings::DiskUnfinished,
        DiskState::Installed => StateOfThings::Installed,
    };
    let failure = if cancelled {
        Failure::new(FailureCode::Cancelled, detail)
    } else {
        match error.cause {
            Cause::Storage(error) => storage_failure(&error, detail),
            Cause::Propose(error) => propose_failure(error, detail),
            Cause::Packages(error) => packages_failure(error, detail),
            Cause::Boot(error) => crate::boot::failure(&error),
            Cause::System(error) => system_failure(&error, detail),
            Cause::Repository { id, reason } => Failure::new(FailureCode::BadInput, detail)
                .arg("field", format!("repository {id}"))
                .arg("reason", reason),
            Cause::PackageName(name) => Failure::new(FailureCode::BadInput, detail)
                .arg("field", "package")
                .arg("reason", name),
            Cause::NoUefi => Failure::new(FailureCode::NoUefi, detail),
            Cause::OfferChanged => Failure::new(FailureCode::PlanUnknown, detail),
            Cause::Cancelled => Failure::new(FailureCode::Cancelled, detail),
            Cause::Io { path, source, .. } => match source.kind() {
                std::io::ErrorKind::StorageFull => Failure::new(FailureCode::DiskFull, detail).arg("needed", ""),
                _ => Failure::new(FailureCode::DiskFailed, detail).arg("path", path.display()),
            },
        }
    };
    failure.leaving(state)
}

fn storage_failure(error: &storage::Error, detail: String) -> Failure {
    use storage::Error;
    match error {
        Error::Changed { disk, differences } => {
            let words: Vec<_> = differences.iter().map(ToString::to_string).collect();
            let gone = differences
                .iter()
                .all(|difference| matches!(difference, storage::Difference::Gone));
            let code = if gone {
                FailureCode::DiskGone
            } else {
                FailureCode::DiskChanged
            };
            Failure::new(code, detail)
                .arg("disk", disk)
                .arg("difference", words.join("; "))
        }
        Error::Refused { disk, refusal } => refused(disk, refusal, detail),
        Error::NotApproved | Error::Unsound(_) => Failure::new(FailureCode::PlanUnknown, detail),
        Error::MissingTool(tool) | Error::Tool { source: tool, .. } => Failure::new(FailureCode::ToolFailed, detail)
            .arg("tool", tool)
            .arg("status", ""),
        Error::Filesystem(filesystem) => Failure::new(FailureCode::BadInput, detail)
            .arg("field", "filesystem")
            .arg("reason", filesystem),
        Error::Probe { path, .. } | Error::Claim { path, .. } | Error::Write { path, .. } => {
            Failure::new(FailureCode::DiskFailed, detail).arg("path", path.display())
        }
        Error::Mount { at, .. } | Error::Unmount { at, .. } => {
            Failure::new(FailureCode::DiskFailed, detail).arg("path", at.display())
        }
        Error::NoPartition { disk, .. } | Error::ReadBack { disk, .. } => {
            Failure::new(FailureCode::DiskFailed, detail).arg("path", disk)
        }
        Error::Cancelled { .. } => Failure::new(FailureCode::Cancelled, detail),
        Error::Journal { .. } => Failure::new(FailureCode::Internal, detail),
    }
}

fn propose_failure(error: ProposeError, detail: String) -> Failure {
    match error {
        ProposeError::NoSuchDisk(id) => Failure::new(FailureCode::DiskGone, detail).arg("disk", id),
        ProposeError::Refused { disk, refusal } => refused(&disk, &refusal, detail),
        ProposeError::SectorSize { disk, .. } => Failure::new(FailureCode::DiskRefused, detail)
            .arg("disk", disk)
            .arg("reason", "unreadable"),
    }
}

fn refused(disk: &str, refusal: &storage::Refusal, detail: String) -> Failure {
    match refusal {
        storage::Refusal::TooSmall { needed } => Failure::new(FailureCode::DiskTooSmall, detail)
            .arg("disk", disk)
            .arg("needed", needed),
        other => {
            // The contract's word, as it crosses the wire.
            let word = match refusal_out(other).0 {
                moult_api::Refusal::LiveMedium => "live-medium",
                moult_api::Refusal::InUse => "in-use",
                moult_api::Refusal::ReadOnly => "read-only",
                moult_api::Refusal::TooSmall => "too-small",
                moult_api::Refusal::None | moult_api::Refusal::Unreadable => "unreadable",
            };
            Failure::new(FailureCode::DiskRefused, detail)
                .arg("disk", disk)
                .arg("reason", word)
        }
    }
}

fn packages_failure(error: moult_packages::Error, detail: String) -> Failure {
    use moult_packages::Error;
    match error {
        Error::NoSpace { needed, .. } => {
            let needed = needed.map(|(needed, _)| needed.to_string()).unwrap_or_default();
            Failure::new(FailureCode::DiskFull, detail).arg("needed", needed)
        }
        Error::NoFiles { .. } => Failure::new(FailureCode::DiskFull, detail).arg("needed", ""),
        Error::DiskFailed { path, .. } | Error::ReadOnly { path, .. } | Error::Io { path, .. } => {
            Failure::new(FailureCode::DiskFailed, detail).arg("path", path.display())
        }
        Error::Unreachable { url, .. } | Error::TooLarge { url, .. } => {
            Failure::new(FailureCode::RepositoryUnreachable, detail).arg("uri", url)
        }
        Error::DamagedIndex { url, .. } => Failure::new(FailureCode::RepositoryDamaged, detail).arg("uri", url),
        Error::WrongSize { package, .. }
        | Error::WrongChecksum { package, .. }
        | Error::SourceChanged { package, .. }
        | Error::Stone { package, .. }
        | Error::WrongPackage { package, .. }
        | Error::WrongFile { package, .. }
        | Error::HostileEntry { package, .. } => {
            Failure::new(FailureCode::PackageDamaged, detail).arg("package", package)
        }
        Error::Unresolvable(explanation) => {
            Failure::new(FailureCode::Unresolvable, detail).arg("explanation", explanation)
        }
        Error::FileConflict { path, first, second } | Error::DirectoryConflict { path, first, second } => {
            Failure::new(FailureCode::FileConflict, detail)
                .arg("path", path)
                .arg("first", first)
                .arg("second", second)
        }
        Error::Busy { .. } => Failure::new(FailureCode::Busy, detail),
        Error::Cancelled => Failure::new(FailureCode::Cancelled, detail),
        _ => Failure::new(FailureCode::Internal, detail),
    }
}

fn system_failure(error: &moult_system::Error, detail: String) -> Failure {
    use moult_system::Error;
    let field = match error {
        Error::Invalid { what, .. } => what,
        Error::NameTaken { .. } => "user name",
        Error::UnknownZone { .. } => "time zone",
        Error::Io { source, path, .. } => {
            return match source.kind() {
                std::io::ErrorKind::StorageFull => Failure::new(FailureCode::DiskFull, detail).arg("needed", ""),
                _ => Failure::new(FailureCode::DiskFailed, detail).arg("path", path.display()),
            };
        }
        _ => return Failure::new(FailureCode::Internal, detail),
    };
    Failure::new(FailureCode::BadInput, detail)
        .arg("field", field)
        .arg("reason", error)
}

/// Why the network is not as the person wished. The network is as it was before.
pub(crate) fn network_failure(error: moult_system::Error) -> Failure {
    use moult_system::Error;
    let detail = error.to_string();
    match &error {
        Error::WrongKey { name } => Failure::new(FailureCode::NetworkWrongKey, detail).arg("network", name),
        Error::Lost { name } | Error::Interrupted { name } | Error::Activation { name, .. } => {
            Failure::new(FailureCode::NetworkLost, detail).arg("network", name)
        }
        Error::TimedOut { name, .. } | Error::NoAddress { name } => {
            Failure::new(FailureCode::NetworkNoAddress, detail).arg("network", name)
        }
        Error::Unplugged { interface } => Failure::new(FailureCode::NetworkLost, detail).arg("network", interface),
        Error::NetworkName { .. } => bad_input("network name", &error),
        Error::KeyShape => bad_input("key", &error),
        Error::Unsupported { .. } => bad_input("security", &error),
        Error::Invalid { what, .. } => bad_input(what, &error),
        Error::NotAllowed { .. } => Failure::new(FailureCode::NotAuthorized, detail),
        Error::Unavailable | Error::NoWireless | Error::WirelessOff { .. } | Error::NoLink { .. } => {
            Failure::new(FailureCode::NetworkUnavailable, detail)
        }
        _ => Failure::new(FailureCode::Internal, detail),
    }
}

fn bad_input(field: &str, reason: &moult_system::Error) -> Failure {
    Failure::new(FailureCode::BadInput, reason.to_string())
        .arg("field", field)
        .arg("reason", reason)
}

/// The network at a glance.
pub(crate) fn network_status(status: network::Status) -> NetworkStatus {
    let wireless = status.wireless.is_some();
    let (wireless_state, points) = status.wireless.map_or((LinkState::Unplugged, Vec::new()), |device| {
        (link_state(device.state), device.access_points)
    });
    NetworkStatus {
        connectivity: match status.connectivity {
            network::Connectivity::Unavailable => Connectivity::Unavailable,
            network::Connectivity::Offline => Connectivity::Offline,
            network::Connectivity::Connecting => Connectivity::Connecting,
            network::Connectivity::Online => Connectivity::Online,
        },
        wired: status
            .wired
            .into_iter()
            .map(|link| WiredLink {
                interface: link.interface,
                state: link_state(link.state),
                method: if link.fixed {
                    WiredMethod::Static
                } else {
                    WiredMethod::Dhcp
                },
                address: link.address,
                gateway: link.gateway,
                dns: link.dns,
            })
            .collect(),
        wireless,
        wireless_state,
        access_points: points
            .into_iter()
            .map(|point| AccessPoint {
                ssid: point.ssid,
                name: point.name,
                strength: point.strength,
                security: match point.security {
                    network::Security::Open => Security::Open,
                    network::Security::Passphrase => Security::Passphrase,
                    network::Security::Unsupported => Security::Unsupported,
                },
                active: point.active,
            })
            .collect(),
    }
}

/// There is no network service.
pub(crate) fn no_network() -> NetworkStatus {
    NetworkStatus {
        connectivity: Connectivity::Unavailable,
        wired: Vec::new(),
        wireless: false,
        wireless_state: LinkState::Unplugged,
        access_points: Vec::new(),
    }
}

fn link_state(state: network::LinkState) -> LinkState {
    match state {
        network::LinkState::Unplugged => LinkState::Unplugged,
        network::LinkState::Disconnected => LinkState::Disconnected,
        network::LinkState::Connecting => LinkState::Connecting,
        network::LinkState::Connected => LinkState::Connected,
        network::LinkState::Failed => LinkState::Failed,
    }
}

pub(crate) fn join(request: moult_api::JoinRequest, key: secrecy::SecretString) -> network::Join {
    network::Join {
        ssid: request.ssid,
        hidden: request.hidden,
        security: match request.security {
            Security::Open => network::Security::Open,
            Security::Passphrase => network::Security::Passphrase,
            Security::Unsupported => network::Security::Unsupported,
        },
        key,
    }
}

pub(crate) fn wired(request: &moult_api::WiredRequest) -> Result<network::Wired, moult_system::Error> {
    Ok(match request.method {
        WiredMethod::Dhcp => network::Wired::Dhcp,
        WiredMethod::Static => network::Wired::Static(network::Static::parse(
            &request.address,
            &request.gateway,
            &request.dns,
        )?),
    })
}
