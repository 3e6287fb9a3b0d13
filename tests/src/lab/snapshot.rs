//! A machine's memory in a file: pay for a boot once, begin each scenario from it in a second.

use std::{
    fs::{self, File},
    io,
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    thread::{self, sleep},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{Error, hardware::Hardware, qemu::Machine};

/// For two gigabytes, most of them zeroes, on a busy machine.
const LIMIT: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(100);

impl Machine {
    /// Stops the machine, writes its memory to `file` (zstd) and ends it. Its disks and its firmware's variables stay as they are and
    /// belong to the snapshot.
    ///
    /// # Errors
    /// When QEMU cannot write it.
    pub fn snapshot(mut self, file: &Path) -> Result<(), Error> {
        let socket = self.folder().join("memory");
        let listener = listen(&socket)?;
        let out = File::create(file).map_err(Error::file("making", file))?;
        let writer = thread::spawn(move || -> io::Result<()> {
            let (mut memory, _) = listener.accept()?;
            let mut packed = zstd::Encoder::new(out, 1)?;
            let _ = io::copy(&mut memory, &mut packed)?;
            packed.finish().map(drop)
        });

        let done = self.send_memory(&socket);
        if done.is_err() {
            // Lets the thread go, should QEMU never have come.
            let _ = UnixStream::connect(&socket);
        }
        let written = writer
            .join()
            .map_err(|_| Error::Machine("the snapshot's writer broke".to_owned()))?;
        done?;
        written.map_err(Error::file("writing", file))
    }

    fn send_memory(&mut self, socket: &Path) -> Result<(), Error> {
        let uri = format!("unix:{}", socket.display());
        let qmp = self.qmp();
        let _ = qmp.run("stop", &json!({}))?;
        // Nobody else waits for the way: no limit.
        let _ = qmp.run("migrate-set-parameters", &json!({"max-bandwidth": 1_u64 << 40}))?;
        let _ = qmp.run("migrate", &json!({"uri": uri}))?;
        self.wait_state("query-migrate", "completed", "the snapshot")
    }

    /// The machine of a snapshot, running. `hardware` must be the same but for the files behind its drives, which must hold what they held.
    ///
    /// # Errors
    /// When QEMU cannot read it.
    pub fn resume(hardware: &Hardware, folder: &Path, file: &Path) -> Result<Machine, Error> {
        fs::create_dir_all(folder).map_err(Error::file("making", folder))?;
        let socket = folder.join("memory");
        if socket.exists() {
            fs::remove_file(&socket).map_err(Error::file("removing", &socket))?;
        }
        let packed = File::open(file).map_err(Error::file("opening", file))?;
        let mut machine = Machine::spawn(hardware, folder, Some(&socket))?;
        let mut memory = UnixStream::connect(&socket).map_err(Error::file("connecting to QEMU at", &socket))?;
        let mut plain = zstd::Decoder::new(packed).map_err(Error::file("reading", file))?;
        let _ = io::copy(&mut plain, &mut memory).map_err(Error::file("reading", file))?;
        drop(memory);
        machine.wait_state("query-status", "paused", "the snapshot's memory")?;
        let _ = machine.qmp().run("cont", &json!({}))?;
        Ok(machine)
    }

    fn wait_state(&mut self, question: &str, wanted: &str, what: &str) -> Result<(), Error> {
        let begun = Instant::now();
        loop {
            let answer = self.qmp().run(question, &json!({}))?;
            let state = answer.get("status").and_then(Value::as_str).unwrap_or_default();
            if state == wanted {
                return Ok(());
            }
            if state == "failed" {
                let why = answer.get("error-desc").and_then(Value::as_str).unwrap_or("no reason");
                return Err(Error::Machine(format!("{what} failed: {why}")));
            }
            if begun.elapsed() > LIMIT {
                return Err(self.late(what, LIMIT));
            }
            sleep(LOOK);
        }
    }
}

fn listen(socket: &Path) -> Result<UnixListener, Error> {
    if socket.exists() {
        fs::remove_file(socket).map_err(Error::file("removing", socket))?;
    }
    UnixListener::bind(socket).map_err(Error::file("listening at", socket))
}
