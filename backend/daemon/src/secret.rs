//! Secrets come in as file descriptors and stay in zeroizing memory.

use std::os::fd::OwnedFd;
use std::time::Duration;

use moult_api::{Failure, FailureCode, SECRET_LIMIT};
use secrecy::SecretString;

/// A window hands a secret over at once; one that does not is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads a secret to the end of its descriptor. The error never holds what was read.
pub(crate) async fn read(from: OwnedFd) -> Result<SecretString, Failure> {
    read_at_most(from, SECRET_LIMIT).await
}

/// The same for a secret of another length, in bytes.
pub(crate) async fn read_at_most(from: OwnedFd, limit: usize) -> Result<SecretString, Failure> {
    let read = tokio::task::spawn_blocking(move || moult_system::secret::read_from_fd(from, limit, PATIENCE)).await;
    match read {
        Ok(Ok(secret)) => Ok(secret),
        Ok(Err(error)) => Err(Failure::new(FailureCode::BadInput, error.to_string())
            .arg("field", "secret")
            .arg("reason", "unreadable")),
        Err(_) => Err(Failure::new(FailureCode::Internal, "the reader of a secret stopped")),
    }
}
