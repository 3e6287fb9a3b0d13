//! A message bus that only one test knows, gone with it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use zbus::{Connection, connection};

pub(crate) struct Bus {
    daemon: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Bus {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut daemon = Command::new("/usr/bin/dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address"])
            .arg(format!("--address=unix:path={}/bus", folder.path().display()))
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        let _ = BufReader::new(daemon.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();

        Self {
            daemon,
            address: address.trim().to_owned(),
            _folder: folder,
        }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) async fn connect(&self) -> Connection {
        connection::Builder::address(self.address()).build().await.unwrap()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
