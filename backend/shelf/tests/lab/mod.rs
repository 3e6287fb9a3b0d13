//! A repository, a catalogue and a root that knows both. Needs root, as a real change does.
#![allow(dead_code, reason = "each test program uses some of these")]

use std::fs::{self, File};
use std::path::Path;

use moult_catalogue::Languages;
use moult_packages::{Engine, Orphans, Repository, Request, Unwatched, Wanted};
use moult_shelf::{Filter, Item, Shelf};
use moult_stone::{Package, PackageWriter, Source};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// A root with one repository.
pub(crate) struct Lab {
    pub(crate) root: TempDir,
    shop: TempDir,
    packages: Vec<Package>,
}

/// A package without needs.
pub(crate) fn package(name: &str, release: u64) -> Package {
    Package {
        name: name.into(),
        version: format!("{release}.0"),
        source_release: release,
        build_release: 1,
        architecture: "x86_64".into(),
        summary: format!("the {name} package"),
        description: format!("{name} is made for tests."),
        source_id: name.into(),
        homepage: "https://example.org".into(),
        licenses: vec!["MPL-2.0".into()],
        ..Package::default()
    }
}

/// A component of an app with what makes it whole.
pub(crate) fn app(id: &str, package: &str, name: &str, more: &str) -> String {
    format!(
        "<component type=\"desktop-application\"><id>{id}</id><pkgname>{package}</pkgname><name>{name}</name>{more}</component>\n"
    )
}

impl Lab {
    /// Each package is offered in release 1, and the catalogue has these components.
    pub(crate) fn new(packages: &[&str], components: &str) -> Lab {
        assert!(
            rustix::process::geteuid().is_root(),
            "these tests need root: they change a system, in a folder"
        );
        let mut lab = Lab {
            root: TempDir::new().unwrap(),
            shop: TempDir::new().unwrap(),
            packages: Vec::new(),
        };
        for name in packages {
            lab.offer(package(name, 1), &[(&format!("bin/{name}"), name)]);
        }
        lab.describe(components);
        lab.publish();
        lab
    }

    pub(crate) fn path(&self) -> &Path {
        self.root.path()
    }

    /// Writes the catalogue.
    pub(crate) fn describe(&self, components: &str) {
        let text = format!("<components version=\"0.16\" origin=\"test\">\n{components}</components>\n");
        self.put("var/lib/swcatalog/xml/test.xml", text.as_bytes());
    }

    pub(crate) fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Puts a stone into the repository. [`publish`](Self::publish) makes it known.
    pub(crate) fn offer(&mut self, package: Package, files: &[(&str, &str)]) {
        let mut writer = PackageWriter::new(package.clone()).level(1);
        for (path, text) in files {
            let mode = if path.contains("bin/") { 0o755 } else { 0o644 };
            writer
                .file(path.as_bytes(), mode, 0, 0, Source::Bytes(text.as_bytes().to_vec()))
                .unwrap();
        }
        let name = format!("{}-{}.stone", package.name, package.source_release);
        let path = self.shop.path().join(&name);
        writer.write(File::create(&path).unwrap()).unwrap();
        let bytes = fs::read(&path).unwrap();
        self.packages.retain(|known| known.name != package.name);
        self.packages.push(Package {
            uri: Some(name),
            hash: Some(
                Sha256::digest(&bytes)
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect(),
            ),
            size: Some(bytes.len() as u64),
            ..package
        });
    }

    /// The repository has what was offered, and the root knows it.
    pub(crate) fn publish(&self) {
        let index = self.shop.path().join("stone.index");
        moult_stone::write_index(File::create(&index).unwrap(), &self.packages).unwrap();
        let uri = format!("file://{}", index.display()).parse().unwrap();
        let mut engine = Engine::open(self.path()).unwrap();
        engine.add_repository(&Repository::direct("shop", uri)).unwrap();
        let _ = engine.refresh("shop", &Unwatched).unwrap();
    }

    pub(crate) fn withdraw(&mut self, name: &str) {
        self.packages.retain(|known| known.name != name);
        self.publish();
    }

    pub(crate) fn install(&self, names: &[&str]) {
        let mut engine = Engine::open(self.path()).unwrap();
        let wanted = names
            .iter()
            .map(|name| Wanted::Provider(name.parse().unwrap()))
            .collect();
        let request = Request::Install {
            wanted,
            reinstall: false,
        };
        let plan = engine.plan(&request, &Unwatched).unwrap();
        let _ = engine.apply(&plan, &Unwatched).unwrap();
    }

    pub(crate) fn sync(&self) -> Request {
        Request::Sync {
            only: Vec::new(),
            orphans: Orphans::Keep,
        }
    }

    pub(crate) fn reader(&self) -> Engine {
        Engine::open_reader(self.path()).unwrap()
    }

    pub(crate) fn shelf(&self) -> Shelf {
        self.shelf_in(&["C"])
    }

    pub(crate) fn shelf_in(&self, languages: &[&str]) -> Shelf {
        Shelf::open(self.path(), &self.reader(), &Languages::new(languages), None).unwrap()
    }
}

/// Ids of what is found.
pub(crate) fn found(shelf: &Shelf, term: &str) -> Vec<String> {
    ids(shelf.find(term, &Filter::default(), 50).items)
}

pub(crate) fn listed(shelf: &Shelf, filter: &Filter) -> Vec<String> {
    let page = shelf.items(filter, 0, 100);
    assert_eq!(page.total, page.items.len() as u64);
    ids(page.items)
}

pub(crate) fn ids(items: Vec<Item>) -> Vec<String> {
    items.into_iter().map(|item| item.id).collect()
}
