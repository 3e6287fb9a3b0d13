//! `org.moult.Publisher1`: making and checking repositories, with the rights of whoever asks. Served by a reader only.

use std::fs::File;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use moult_api::{
    CheckReport, CheckWarning, Failure, FaultRow, IndexReport, KEY_LIMIT, SECRET_LIMIT, SignedBy, StateOfThings,
};
use moult_packages::index::{self, Report, Signing};
use moult_packages::{Error, Progress, VerifyReport, Warning, Watch};
use secrecy::{ExposeSecret, SecretString};
use zbus::interface;

use crate::inspector::shown;
use crate::packages::{bad, blocking, failure, trust};
use crate::secret;

const DAY: u64 = 86_400;

/// Makes and checks repositories.
#[derive(Debug, Clone, Default)]
pub(crate) struct Publisher {
    gone: Arc<AtomicBool>,
}

impl Publisher {
    /// Nobody waits for what is being made: it ends at the next safe point.
    pub(crate) fn stop(&self) {
        self.gone.store(true, Ordering::Relaxed);
    }
}

/// Ends the work when the caller is gone.
struct Waiting(Arc<AtomicBool>);

impl Watch for Waiting {
    fn progress(&self, _: Progress) {}

    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn log(&self, _: &str) {}
}

#[interface(name = "org.moult.Publisher1")]
impl Publisher {
    async fn index(
        &self,
        folder: zbus::OwnedFd,
        key: Vec<zbus::OwnedFd>,
        password: Vec<zbus::OwnedFd>,
        valid_days: u32,
    ) -> Result<IndexReport, Failure> {
        let key = only("key", key, KEY_LIMIT).await?;
        let password = only("password", password, SECRET_LIMIT).await?;
        let (folder, path) = opened(folder)?;
        let watch = Waiting(self.gone.clone());
        blocking(move || {
            let signing = key.as_ref().map(|key| {
                let mut signing = Signing::new(key.expose_secret());
                signing.password = password.as_ref().map(|password| password.expose_secret());
                if valid_days > 0 {
                    signing.valid = Duration::from_secs(u64::from(valid_days) * DAY);
                }
                signing
            });
            let made = index::make(&path, signing.as_ref(), &watch);
            drop(folder);
            made.map(report).map_err(|error| match error {
                // None of these comes after the first write.
                error @ Error::Repository(_) => failure(error).leaving(StateOfThings::Untouched),
                error => failure(error),
            })
        })
        .await
    }

    async fn verify(&self, uri: String, keys: Vec<String>) -> Result<CheckReport, Failure> {
        // It is not repeated: a password may be in it.
        let uri = uri.parse().map_err(|error| bad("uri", error))?;
        let watch = Waiting(self.gone.clone());
        blocking(move || {
            let found = index::verify(&uri, &keys, &watch);
            found
                .map(check)
                .map_err(|error| failure(error).leaving(StateOfThings::Untouched))
        })
        .await
    }
}

/// The secret of a list that is empty or has one.
async fn only(field: &str, mut all: Vec<zbus::OwnedFd>, limit: usize) -> Result<Option<SecretString>, Failure> {
    let first = all.pop();
    if !all.is_empty() {
        return Err(bad(field, "there is more than one"));
    }
    match first {
        Some(from) => Ok(Some(secret::read_at_most(OwnedFd::from(from), limit).await?)),
        None => Ok(None),
    }
}

/// An open directory, and where it is. The process has the caller's rights: its path leads nowhere else.
fn opened(folder: zbus::OwnedFd) -> Result<(File, PathBuf), Failure> {
    let folder = File::from(OwnedFd::from(folder));
    if !folder.metadata().is_ok_and(|kind| kind.is_dir()) {
        return Err(bad("folder", "this is not a directory"));
    }
    let path = std::fs::read_link(format!("/proc/self/fd/{}", folder.as_raw_fd()));
    Ok((folder, path.map_err(|error| bad("folder", error))?))
}

fn report(report: Report) -> IndexReport {
    let left_out = report.left_out.iter();
    IndexReport {
        packages: report.packages,
        bytes: report.bytes,
        left_out: left_out
            .map(|path| shown(path.as_os_str().as_encoded_bytes()))
            .collect(),
        signed: report
            .signed
            .into_iter()
            .map(|signed| SignedBy {
                key: signed.key,
                public_key: signed.public_key,
                sequence: signed.sequence,
                expires: signed.expires,
            })
            .collect(),
    }
}

fn check(report: VerifyReport) -> CheckReport {
    let (trust, signed_by, expires) = trust(report.trust);
    let fault = |fault: moult_packages::Fault| FaultRow {
        package: fault.package,
        uri: fault.url,
        reason: fault.reason,
    };
    let warning = |warning| match warning {
        Warning::Duplicate { package, releases } => CheckWarning {
            package,
            releases: releases
                .into_iter()
                .map(|(source, build)| format!("{source}-{build}"))
                .collect(),
            needs: String::new(),
        },
        Warning::Missing { package, needs } => CheckWarning {
            package,
            releases: Vec::new(),
            needs: needs.to_string(),
        },
    };
    CheckReport {
        packages: report.packages,
        bytes: report.bytes,
        trust,
        signed_by,
        expires,
        faults: report.faults.into_iter().map(fault).collect(),
        warnings: report.warnings.into_iter().map(warning).collect(),
    }
}
