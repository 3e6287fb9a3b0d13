//! The D-Bus contract between Moult's unprivileged programs and its backend: types, proxies, failures. No I/O.
//!
//! Everything here travels over a private peer-to-peer connection whose server end is `moult-backend`. Sizes are bytes,
//! times are seconds, progress runs from 0.0 to 1.0. An empty string means "not known" or "none" where the field says so.

mod boot;
mod failure;
mod inspect;
mod install;
mod job;
mod model;
mod network;
mod packages;
mod proxy;
mod repositories;
mod store;

pub use boot::{
    BootEntry, BootMenu, BootSignature, BootSpan, BootStatus, BootVerdict, BootedBy, BootedReport, EspReport, Firmware,
    NextBy, SecureBoot, SecureStep,
};
pub use failure::{Failure, FailureCode, StateOfThings};
pub use inspect::{LayoutRow, MetaRow, PayloadRow, StoneReport};
pub use install::{
    Account, Bus, Disk, Filesystem, InstallRequest, KeyboardChoice, Offer, Proposal, Refusal, Segment, SegmentKind,
    Step, StepKind,
};
pub use job::{Cancel, Job, JobKind, JobState, Phase};
pub use model::{ComposeFormat, Composed, ImageFile, ModelDifference};
pub use network::{
    AccessPoint, Connectivity, JoinRequest, LinkState, NetworkStatus, Security, WiredLink, WiredMethod, WiredRequest,
};
pub use packages::{
    Action, ChangePlan, ChangeRequest, ChangedFile, Damage, Dependent, FileChange, FileRow, FoundRow, KeptBack, Mark,
    Offered, Outcome, PackageChange, PackageDetails, PackageRow, PlannedPackage, StateDifference, StateReport,
    StateRow, WhyLink, WhyReport,
};
pub use proxy::{
    BootProxy, ChangesProxy, InspectorProxy, InstallerProxy, JobChanged, JobChangedStream, JobsProxy, ModelsProxy,
    NetworkChanged, NetworkChangedStream, NetworkProxy, PackagesProxy, PublisherProxy, ServiceProxy, StoreProxy,
};
pub use repositories::{
    BrokenRow, CheckReport, CheckWarning, FaultRow, IndexReport, RefreshResult, RefreshedRow, RemovedRepository,
    Repositories, RepositoryRequest, RepositoryRow, SignedBy, Trust, VersionRow, VersionsReport,
};
pub use store::{
    BlockKind, Category, Filter, Front, Item, ItemDetails, ItemKind, ItemPage, OldProgram, ReleaseNote, RestartNeed,
    RestartReport, Shot, ShotImage, SpanStyle, TextBlock, TextSpan, UpdateGroup, UpdateRow, Urgency, WebLink,
};

/// Object path of every interface of the backend.
pub const PATH: &str = "/org/moult/Backend1";
/// Bus name that proxies carry; on a peer-to-peer connection nothing owns it.
pub const SERVICE: &str = "org.moult.Backend1";
/// Version of this contract. Both ends compare it before anything else ([`ServiceProxy::contract`]).
pub const CONTRACT: u32 = 8;
/// Longest secret (bytes) that the backend reads from a file descriptor.
pub const SECRET_LIMIT: usize = 1024;
/// Longest minisign secret key (bytes of its file) that the backend reads from a file descriptor.
pub const KEY_LIMIT: usize = 4096;
/// Rows in one page of a long list (files of a package or of a difference): ask again from there for more.
pub const PAGE: u32 = 20_000;

#[cfg(test)]
mod tests {
    use super::*;
    use zbus::Type;

    #[test]
    fn enums_cross_as_words() {
        assert_eq!(FailureCode::SIGNATURE.to_string(), "s");
        assert_eq!(
            serde_json::to_string(&Cancel::LeavesDiskUnfinished).unwrap(),
            "\"leaves-disk-unfinished\""
        );
        assert_eq!(serde_json::to_string(&FailureCode::Overtaken).unwrap(), "\"overtaken\"");
    }

    #[test]
    fn every_type_survives_the_wire() {
        use zbus::wire::{LE, serialized::Context, to_bytes};
        let failure = Failure::new(FailureCode::DiskChanged, "serial differs")
            .arg("disk", "KINGSTON")
            .leaving(StateOfThings::Untouched);
        let job = Job {
            id: "1".into(),
            kind: JobKind::Packages,
            state: JobState::Failed,
            phase: Phase::Check,
            progress: 0.25,
            bytes_done: 1,
            bytes_total: 2,
            items_done: 3,
            items_total: 4,
            current: "bash".into(),
            seconds_left: -1,
            cancel: Cancel::Free,
            subject: "KINGSTON".into(),
            failure,
        };
        let bytes = to_bytes(Context::new(LE, 0), &job).unwrap();
        let (back, _): (Job, _) = bytes.deserialize().unwrap();
        assert_eq!(back, job);
    }
}
