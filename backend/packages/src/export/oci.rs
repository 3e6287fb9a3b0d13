//! A system as an OCI image in the image layout (<https://github.com/opencontainers/image-spec>): one layer, not
//! compressed, so that the same system is the same image whatever compressor there is.

use std::io::{BufWriter, Write};
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, Mode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::directory::{create, empty};
use super::{Image, Job};
use crate::error::Error;
use crate::root::{DIRECTORY, make_directory, remove_below};
use crate::web::hex;

const DOING: &str = "writing an image";
/// The layer until its name is known.
const PART: &[u8] = b"layer.part";
const TAG: &str = "latest";
const BLOBS: &str = "blobs/sha256";

/// A layer that was written.
pub(crate) struct Layer {
    /// SHA-256 in hexadecimal.
    digest: String,
    size: u64,
}

/// Writes the image into `path`, which must be missing or empty. What was written before a failure is taken away again.
/// Returns the bytes of all files, and what the image is.
pub(crate) fn oci(job: &Job<'_>, path: &Path) -> Result<(u64, Image), Error> {
    let (top, made) = empty(path)?;
    let written = write(job, &top, path);
    if written.is_err() {
        let _ = remove_below(&top, b"blobs");
        for file in ["index.json", "oci-layout"] {
            let _ = rustix::fs::unlinkat(&top, file, AtFlags::empty());
        }
        if made {
            let _ = std::fs::remove_dir(path);
        }
    }
    written
}

fn write(job: &Job<'_>, top: &OwnedFd, path: &Path) -> Result<(u64, Image), Error> {
    let failed = |error: std::io::Error| Error::io(DOING, path, error);
    make_directory(top, "blobs", 0o755, path)?;
    make_directory(top, BLOBS, 0o755, path)?;
    let blobs = rustix::fs::openat(top, BLOBS, DIRECTORY, Mode::empty()).map_err(|error| failed(error.into()))?;
    let file = create(&blobs, PART).map_err(failed)?;
    let (bytes, written) = layer(job, &mut &file)?;
    readable(&file).map_err(failed)?;
    rustix::fs::renameat(&blobs, PART, &blobs, written.digest.as_str()).map_err(|error| failed(error.into()))?;
    let image = image(job, &written);
    for (name, text) in &image.files {
        put(top, name, text).map_err(failed)?;
    }
    rustix::fs::syncfs(top).map_err(|error| failed(error.into()))?;
    Ok((bytes, image))
}

/// Writes the layer alone. Returns the bytes of all files.
pub(crate) fn layer(job: &Job<'_>, out: &mut dyn Write) -> Result<(u64, Layer), Error> {
    let mut hashing = Hashing {
        file: BufWriter::with_capacity(1 << 18, out),
        hash: Sha256::new(),
        size: 0,
    };
    let bytes = super::tar(job, &mut hashing)?;
    let layer = Layer {
        digest: hex(&hashing.hash.finalize()),
        size: hashing.size,
    };
    Ok((bytes, layer))
}

/// The image with this layer.
pub(crate) fn image(job: &Job<'_>, layer: &Layer) -> Image {
    let Layer { digest, size } = layer;
    let path = format!("{BLOBS}/{digest}");
    let layer = json!({
        "mediaType": "application/vnd.oci.image.layer.v1.tar",
        "digest": format!("sha256:{digest}"),
        "size": size,
    });
    let mut files = Vec::new();
    let mut blob = |media: &str, value: &Value| {
        let text = value.to_string();
        let (digest, size) = (hex(&Sha256::digest(&text)), text.len());
        files.push((format!("{BLOBS}/{digest}"), text));
        json!({ "mediaType": media, "digest": format!("sha256:{digest}"), "size": size })
    };
    let seconds = i64::try_from(job.date).unwrap_or(0);
    let created = jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string();
    let config = json!({
        "created": created,
        "architecture": architecture(&job.architecture),
        "os": "linux",
        "config": { "Env": ["PATH=/usr/bin:/usr/sbin"] },
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{digest}")] },
        "history": [{ "created": created, "created_by": "moult" }],
    });
    let config = blob("application/vnd.oci.image.config.v1+json", &config);
    let media = "application/vnd.oci.image.manifest.v1+json";
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": media,
        "config": config,
        "layers": [layer],
    });
    let mut manifest = blob(media, &manifest);
    let digest = manifest["digest"].as_str().unwrap_or_default().to_owned();
    manifest["annotations"] = json!({ "org.opencontainers.image.ref.name": TAG });
    let index = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [manifest],
    });
    let layout = json!({ "imageLayoutVersion": "1.0.0" });
    files.push(("oci-layout".to_owned(), layout.to_string()));
    files.push(("index.json".to_owned(), index.to_string()));
    Image {
        digest,
        layer: path,
        files,
    }
}

/// The names that OCI has from Go.
fn architecture(name: &str) -> &str {
    match name {
        "x86_64" => "amd64",
        "x86" | "i686" => "386",
        "aarch64" => "arm64",
        other => other,
    }
}

fn put(at: &OwnedFd, name: &str, text: &str) -> std::io::Result<()> {
    let mut file = create(at, name.as_bytes())?;
    file.write_all(text.as_bytes())?;
    readable(&file)
}

/// Everybody may read an image, whatever the umask.
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    Ok(rustix::fs::fchmod(file, Mode::from_raw_mode(0o644))?)
}

/// Counts and hashes what passes.
struct Hashing<W> {
    file: W,
    hash: Sha256,
    size: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.size = self.size.saturating_add(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
