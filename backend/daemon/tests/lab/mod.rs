//! A repository, a root and backends that serve it over D-Bus. Needs root, as a real change does.
#![allow(dead_code, reason = "each test program uses some of these")]

use std::fs::{self, File};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use moult_api::{
    Action, BootProxy, ChangePlan, ChangeRequest, ChangesProxy, Failure, JobState, JobsProxy, Outcome, PackagesProxy,
    RepositoryRequest, StoreProxy,
};
use moult_stone::{Package, PackageWriter, Source};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// A root with a repository beside it.
pub(crate) struct Lab {
    folder: TempDir,
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

impl Lab {
    pub(crate) fn new() -> Lab {
        assert!(
            rustix::process::geteuid().is_root(),
            "these tests need root: they change a system, in a folder"
        );
        let folder = TempDir::new().unwrap();
        for name in ["root", "repo"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        // A reader that gives up root's rights looks into it.
        let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(folder.path(), everybody).unwrap();
        Lab {
            folder,
            packages: Vec::new(),
        }
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    pub(crate) fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Writes the catalogue.
    pub(crate) fn describe(&self, components: &str) {
        let text = format!("<components version=\"0.16\" origin=\"test\">\n{components}</components>\n");
        self.put("var/lib/swcatalog/xml/test.xml", text.as_bytes());
    }

    /// Writes a stone.
    pub(crate) fn stone(&self, package: &Package, files: &[(&str, u32, &[u8])]) -> PathBuf {
        let mut writer = PackageWriter::new(package.clone()).level(1);
        for (path, mode, content) in files {
            writer
                .file(path.as_bytes(), *mode, 0, 0, Source::Bytes(content.to_vec()))
                .unwrap();
        }
        let name = format!("{}-{}.stone", package.name, package.source_release);
        let path = self.folder.path().join("repo").join(name);
        writer.write(File::create(&path).unwrap()).unwrap();
        path
    }

    /// Puts a stone into the list.
    pub(crate) fn offer(&mut self, package: Package, files: &[(&str, u32, &[u8])]) {
        let path = self.stone(&package, files);
        let bytes = fs::read(&path).unwrap();
        self.packages.retain(|known| known.name != package.name);
        self.packages.push(Package {
            uri: Some(path.file_name().unwrap().to_str().unwrap().into()),
            hash: Some(
                Sha256::digest(&bytes)
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect(),
            ),
            size: Some(bytes.len() as u64),
            ..package
        });
        let index = self.folder.path().join("repo/stone.index");
        moult_stone::write_index(File::create(&index).unwrap(), &self.packages).unwrap();
    }

    /// The list stays, and what it lists is gone.
    pub(crate) fn lose_packages(&self) {
        for entry in fs::read_dir(self.folder.path().join("repo")).unwrap().flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "stone") {
                fs::remove_file(entry.path()).unwrap();
            }
        }
    }

    pub(crate) fn repository(&self) -> RepositoryRequest {
        RepositoryRequest {
            name: "shop".into(),
            uri: format!("file://{}", self.folder.path().join("repo/stone.index").display()),
            ..RepositoryRequest::default()
        }
    }

    /// Starts a backend of a role: `--reader`, `--store`, …
    pub(crate) async fn backend(&self, role: &[&str]) -> Backend {
        Backend::start(&self.root(), role).await
    }

    /// A store with the repository known, and nothing installed.
    pub(crate) async fn store(&self) -> Backend {
        let store = self.backend(&["--store"]).await;
        let changes = store.changes().await;
        changes.add_repository(&self.repository()).await.unwrap();
        let job = changes.refresh("shop").await.unwrap();
        let _ = store.done(&job).await;
        store
    }
}

/// A backend and the connection to it.
pub(crate) struct Backend {
    child: Child,
    pub(crate) connection: zbus::Connection,
}

impl Backend {
    pub(crate) async fn start(root: &Path, role: &[&str]) -> Backend {
        let (ours, theirs) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_moult-backend"))
            .args(role)
            .arg("--root")
            .arg(root)
            .env_clear()
            .env("PKEXEC_UID", "0")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .spawn()
            .unwrap();
        let connection = zbus::connection::Builder::unix_stream(ours)
            .p2p()
            .build()
            .await
            .unwrap();
        Backend { child, connection }
    }

    pub(crate) async fn shop(&self) -> StoreProxy<'static> {
        StoreProxy::new(&self.connection).await.unwrap()
    }

    pub(crate) async fn boot(&self) -> BootProxy<'static> {
        BootProxy::new(&self.connection).await.unwrap()
    }

    pub(crate) async fn packages(&self) -> PackagesProxy<'static> {
        PackagesProxy::new(&self.connection).await.unwrap()
    }

    pub(crate) async fn changes(&self) -> ChangesProxy<'static> {
        ChangesProxy::new(&self.connection).await.unwrap()
    }

    /// Waits for a job that must end well.
    pub(crate) async fn done(&self, job: &str) -> Outcome {
        self.ended(job).await.unwrap()
    }

    /// Waits for a job, however it ends.
    pub(crate) async fn ended(&self, job: &str) -> Result<Outcome, Failure> {
        let jobs = JobsProxy::new(&self.connection).await.unwrap();
        let ended = loop {
            let all = jobs.list().await.unwrap();
            let job = all.into_iter().find(|known| known.id == job).unwrap();
            match job.state {
                JobState::Running => tokio::time::sleep(Duration::from_millis(20)).await,
                JobState::Done => break self.changes().await.outcome(&job.id).await,
                _ => break Err(job.failure),
            }
        };
        jobs.dismiss(job).await.unwrap();
        ended
    }

    pub(crate) async fn plan(&self, action: Action, packages: &[&str]) -> Result<ChangePlan, Failure> {
        let request = ChangeRequest {
            action,
            packages: packages.iter().map(|name| (*name).to_owned()).collect(),
            imported: Vec::new(),
            remove_orphans: false,
        };
        self.packages().await.plan(&request).await
    }

    pub(crate) async fn install(&self, packages: &[&str]) -> Outcome {
        let plan = self.plan(Action::Install, packages).await.unwrap();
        let job = self.changes().await.apply(&plan.digest).await.unwrap();
        self.done(&job).await
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
