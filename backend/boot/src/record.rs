//! What was signed: so that nothing is signed anew each time, and what is on the volume can still be checked.

use std::collections::BTreeMap;

use blake3::Hash;

use crate::error::Error;
use crate::menu::on;
use crate::volume::Volume;

/// One signed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signed {
    /// BLAKE3 of what was signed.
    pub(crate) source: Hash,
    /// BLAKE3 of the certificate.
    pub(crate) certificate: Hash,
    /// BLAKE3 of what came out.
    pub(crate) result: Hash,
}

/// Signed files by their path on a volume. A line each: three hashes in hex, and the path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Record(BTreeMap<String, Signed>);

impl Record {
    fn path(token: &str) -> String {
        format!("{token}/signed")
    }

    /// The record on a volume. Lines that cannot be read are forgotten: their files are signed anew.
    pub(crate) fn read(volume: &dyn Volume, token: &str) -> Result<Self, Error> {
        let path = Self::path(token);
        let bytes = volume.read(&path).map_err(on(volume, &path))?.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();

        let files = text.lines().filter_map(|line| {
            let mut words = line.splitn(4, ' ');
            let mut hash = || Hash::from_hex(words.next()?).ok();
            let signed = Signed {
                source: hash()?,
                certificate: hash()?,
                result: hash()?,
            };
            Some((words.next()?.to_owned(), signed))
        });
        Ok(Self(files.collect()))
    }

    pub(crate) fn get(&self, path: &str) -> Option<&Signed> {
        self.0.get(path)
    }

    pub(crate) fn insert(&mut self, path: String, signed: Signed) {
        self.0.insert(path, signed);
    }

    /// Forgets what is not kept. Whether anything was.
    pub(crate) fn retain(&mut self, kept: impl Fn(&str) -> bool) -> bool {
        let before = self.0.len();
        self.0.retain(|path, _| kept(path));
        self.0.len() != before
    }

    pub(crate) fn write(&self, volume: &dyn Volume, token: &str) -> Result<u64, Error> {
        let path = Self::path(token);
        let mut text = String::new();
        for (file, signed) in &self.0 {
            text.push_str(&format!(
                "{} {} {} {file}\n",
                signed.source.to_hex(),
                signed.certificate.to_hex(),
                signed.result.to_hex()
            ));
        }
        volume.write_new(&path, &mut text.as_bytes()).map_err(on(volume, &path))
    }
}
