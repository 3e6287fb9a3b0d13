//! Folders of stones with a key, and who trusts them, for the tests.

use std::fs;
use std::path::{Path, PathBuf};

use minisign::KeyPair;
use moult_packages::index::{self, Report, Signing};
use moult_packages::{Engine, Error, Refreshed, Repository, RepositoryError, Trust, TrustFault, Unwatched};
use moult_stone::{Package, PackageWriter};
use tempfile::TempDir;

use crate::lab::{Root, package, providers};

/// A folder of stones with a key.
pub(crate) struct Pool {
    pub(crate) folder: TempDir,
    pub(crate) pair: KeyPair,
}

pub(crate) fn secret(pair: &KeyPair) -> String {
    pair.sk.to_box(None).unwrap().into_string()
}

pub(crate) fn write(path: &Path, package: &Package) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let writer = PackageWriter::new(package.clone()).level(1);
    writer.write(fs::File::create(path).unwrap()).unwrap();
}

impl Pool {
    pub(crate) fn new(names: &[&str]) -> Pool {
        let folder = TempDir::new().unwrap();
        for name in names {
            write(&folder.path().join(format!("{name}.stone")), &package(name));
        }
        Pool {
            folder,
            pair: KeyPair::generate_unencrypted_keypair().unwrap(),
        }
    }

    pub(crate) fn add(&self, name: &str) {
        write(&self.folder.path().join(format!("{name}.stone")), &package(name));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn sign(&self) -> Report {
        let key = secret(&self.pair);
        index::make(self.folder.path(), Some(&Signing::new(&key)), &Unwatched).unwrap()
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        vec![self.pair.pk.to_base64()]
    }

    pub(crate) fn here(&self, id: &str) -> Repository {
        let uri = format!("file://{}", self.path("stone.index").display());
        Repository {
            keys: self.keys(),
            ..Repository::direct(id, uri.parse().unwrap())
        }
    }

    /// Signs any text as the statement.
    pub(crate) fn state(&self, text: &str) {
        let signature = minisign::sign(None, &self.pair.sk, text.as_bytes(), Some("x"), Some("y")).unwrap();
        fs::write(self.path("stone.index.json"), text).unwrap();
        fs::write(self.path("stone.index.json.minisig"), signature.to_bytes()).unwrap();
    }

    pub(crate) fn statement(&self) -> String {
        String::from_utf8(self.read("stone.index.json")).unwrap()
    }
}

pub(crate) fn root() -> Root {
    Root {
        folder: TempDir::new().unwrap(),
    }
}

pub(crate) fn knows(engine: &Engine, name: &str) -> bool {
    engine.resolve(&providers(&[name])).is_ok()
}

pub(crate) fn fault(result: Result<Refreshed, Error>) -> TrustFault {
    match result {
        Err(Error::Repository(RepositoryError::Untrusted { fault, .. })) => fault,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn trust(engine: &Engine) -> Trust {
    engine.configuration().unwrap().repositories[0].status.trust.clone()
}

pub(crate) fn released(name: &str, source_release: u64, build_release: u64) -> Package {
    Package {
        source_release,
        build_release,
        ..package(name)
    }
}
