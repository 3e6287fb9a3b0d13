//! What can go wrong.

/// Why a shelf cannot answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The catalogue cannot be read at all. (A broken file or component is no error: it is left out.)
    #[error(transparent)]
    Catalogue(#[from] moult_catalogue::Error),
    /// The packages cannot be read.
    #[error(transparent)]
    Packages(#[from] moult_packages::Error),
}
