//! System models, and systems that are made of one and written elsewhere.

use serde::{Deserialize, Serialize};
use zbus::Type;

/// How a model and the active state differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ModelDifference {
    /// What the model names and nothing installed gives, sorted.
    pub missing: Vec<String>,
    /// Chosen packages that give nothing the model names, sorted.
    pub beyond: Vec<String>,
    /// Repositories that only one of the two has, or that have another address or priority, sorted.
    pub repositories: Vec<String>,
    /// Those of the model's that this system does not have: importing or following it adds them. In the model's order.
    pub unknown: Vec<String>,
}

/// How a composed system is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum ComposeFormat {
    /// As files, into an open directory without anything in it. For root alone: files get their owners.
    Directory,
    /// As a tar archive, into an open file.
    Tar,
    /// As the layer of an OCI image, into an open file; [`crate::ModelsProxy::image`] has the image's other files.
    Oci,
}

/// What composing brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Composed {
    /// Packages in it.
    pub packages: u64,
    /// Files, links and directories.
    pub entries: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// An image's identity (`sha256:…`); empty for what is no image.
    pub digest: String,
    /// What deserves to be known: a trigger file that cannot be used.
    pub warnings: Vec<String>,
}

/// One file of an image beside its layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImageFile {
    /// Path in the image's folder.
    pub path: String,
    /// What is in it; empty for the layer, which comes first.
    pub text: String,
}
