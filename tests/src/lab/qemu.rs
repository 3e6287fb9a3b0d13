//! A whole computer with UEFI firmware, in QEMU: what it has, what it says and shows, and a person before it.
//!
//! Everything is emulated (TCG): no machine that runs the tests needs to let them virtualise. `-cpu max` with `thread=multi` is not a matter
//! of taste: QEMU 7.2's default processor breaks cmpxchg16b with two processors.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    Error, Shot,
    hardware::{Hardware, command},
    program::target_folder,
    qmp::Qmp,
    typist::{self, Layout},
};

/// What QEMU's start may take on a busy machine.
const START: Duration = Duration::from_secs(30);
/// How long a key or button stays down, and the pause after it: an emulated guest is slow to look.
const PACE: Duration = Duration::from_millis(60);
/// Pause between two looks.
const LOOK: Duration = Duration::from_millis(200);
/// What is shown of the serial line when something did not happen, bytes.
const TAIL: usize = 3000;

/// A running machine. It ends when this is dropped, and when the test ends in whatever way.
#[derive(Debug)]
pub struct Machine {
    child: Child,
    qmp: Qmp,
    folder: PathBuf,
    name: String,
    /// Bytes of the serial line's log that were waited for already.
    read: u64,
    /// The serial line. What it says is written to the log by a thread that ends with QEMU.
    line: UnixStream,
    began: Instant,
}

impl Machine {
    /// Switches a machine on. `folder` is its own: what the firmware remembers (`variables`), what the serial line said
    /// (`serial.log`). It is made if it is missing; a machine that was there before finds its variables again.
    ///
    /// # Errors
    /// When QEMU or the firmware is not installed, or QEMU refuses.
    pub fn start(hardware: &Hardware, folder: &Path) -> Result<Machine, Error> {
        Self::spawn(hardware, folder, None)
    }

    /// Starts QEMU; with `incoming`, as a machine that waits for its memory at that socket.
    pub(super) fn spawn(hardware: &Hardware, folder: &Path, incoming: Option<&Path>) -> Result<Machine, Error> {
        fs::create_dir_all(folder).map_err(Error::file("making", folder))?;
        let variables = folder.join("variables");
        if !variables.exists() {
            let new = hardware.variables();
            let _ = fs::copy(new, &variables).map_err(Error::file("copying", new))?;
        }
        for name in ["qmp", "serial"] {
            let path = folder.join(name);
            if path.exists() {
                fs::remove_file(&path).map_err(Error::file("removing", &path))?;
            }
        }
        let mut command = command(hardware, folder)?;
        if let Some(socket) = incoming {
            command.arg("-incoming").arg(format!("unix:{}", socket.display()));
        }
        let errors = folder.join("qemu.log");
        let stderr = File::create(&errors).map_err(Error::file("making", &errors))?;
        let mut child = command
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
            .map_err(Error::system("starting QEMU"))?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let connected = Qmp::connect(&folder.join("qmp"), START).and_then(|qmp| Ok((qmp, overhear(folder)?)));
        match connected {
            Ok((qmp, line)) => Ok(Machine {
                child,
                qmp,
                folder: folder.to_owned(),
                name,
                read: 0,
                line,
                began: Instant::now(),
            }),
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                let said = fs::read_to_string(&errors).unwrap_or_default();
                Err(if said.trim().is_empty() {
                    error
                } else {
                    Error::Machine(format!("QEMU: {}", said.trim()))
                })
            }
        }
    }

    /// Since it was switched on.
    pub fn uptime(&self) -> Duration {
        self.began.elapsed()
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn qmp(&mut self) -> &mut Qmp {
        &mut self.qmp
    }

    /// Everything that the serial line has said.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn serial(&self) -> Result<String, Error> {
        let path = self.folder.join("serial.log");
        let bytes = fs::read(&path).map_err(Error::file("reading", &path))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Waits until the serial line has said `text` after what was waited for before, and gives what came up to its end.
    ///
    /// # Errors
    /// [`Error::Timeout`] with the end of the log and where a picture of the screen is.
    pub fn wait_serial(&mut self, text: &str, limit: Duration) -> Result<String, Error> {
        self.wait_serial_any(&[text], limit).map(|(_, said)| said)
    }

    /// The same for the first of several texts; also gives which one it was.
    ///
    /// # Errors
    /// As [`wait_serial`](Self::wait_serial).
    pub fn wait_serial_any(&mut self, texts: &[&str], limit: Duration) -> Result<(usize, String), Error> {
        let begun = Instant::now();
        let path = self.folder.join("serial.log");
        let mut file = File::open(&path).map_err(Error::file("opening", &path))?;
        let mut said = Vec::new();
        loop {
            let at = self.read + said.len() as u64;
            let more = file.seek(SeekFrom::Start(at)).and_then(|_| file.read_to_end(&mut said));
            let _ = more.map_err(Error::file("reading", &path))?;
            let found = texts
                .iter()
                .enumerate()
                .filter_map(|(which, text)| Some((position(&said, text.as_bytes())?, which, text.len())))
                .min();
            if let Some((at, which, length)) = found {
                said.truncate(at + length);
                self.read += said.len() as u64;
                return Ok((which, String::from_utf8_lossy(&said).into_owned()));
            }
            self.still_there(&texts.join(" or "))?;
            if begun.elapsed() > limit {
                return Err(self.late(&format!("{:?} on the serial line", texts.join(" or ")), limit));
            }
            sleep(LOOK);
        }
    }

    /// Waits until the screen is as `right` wants it, and gives that picture.
    ///
    /// # Errors
    /// [`Error::Timeout`] with the end of the log and where a picture of the screen is.
    pub fn wait_picture(
        &mut self,
        what: &str,
        limit: Duration,
        mut right: impl FnMut(&Shot) -> bool,
    ) -> Result<Shot, Error> {
        let begun = Instant::now();
        loop {
            let shot = self.shot()?;
            if right(&shot) {
                return Ok(shot);
            }
            self.still_there(what)?;
            if begun.elapsed() > limit {
                return Err(self.late(what, limit));
            }
            sleep(LOOK);
        }
    }

    /// The screen as it is.
    ///
    /// # Errors
    /// When QEMU cannot make the picture.
    pub fn shot(&mut self) -> Result<Shot, Error> {
        let path = self.folder.join("screen.png");
        self.picture(&path)?;
        Shot::from_png(&path)
    }

    /// Writes a picture of the screen as PNG.
    ///
    /// # Errors
    /// When QEMU cannot make it.
    pub fn picture(&mut self, path: &Path) -> Result<(), Error> {
        let path = std::path::absolute(path).map_err(Error::file("looking for", path))?;
        let _ = self
            .qmp
            .run("screendump", &json!({"filename": path, "format": "png"}))?;
        Ok(())
    }

    /// Keeps a picture as `target/pictures/loop/NAME.png` and gives its path.
    ///
    /// # Errors
    /// As [`picture`](Self::picture).
    pub fn keep(&mut self, name: &str) -> Result<PathBuf, Error> {
        let folder = target_folder().join("pictures/loop");
        fs::create_dir_all(&folder).map_err(Error::file("making", &folder))?;
        let path = folder.join(format!("{name}.png"));
        self.picture(&path)?;
        Ok(path)
    }

    /// Types text at the keyboard, in a layout.
    ///
    /// # Errors
    /// [`Error::NoKey`] if the layout has no key for a character.
    pub fn type_text(&mut self, layout: Layout, text: &str) -> Result<(), Error> {
        for character in text.chars() {
            let keys = typist::keys(layout, character)?;
            self.send(keys.iter().map(typist::Key::value).collect())?;
        }
        Ok(())
    }

    /// Presses keys together, by QEMU's names of them (`down`, `ret`, `ctrl`, `alt`, `f2`).
    ///
    /// # Errors
    /// When there is no such key.
    pub fn press(&mut self, keys: &[&str]) -> Result<(), Error> {
        self.send(keys.iter().map(|key| json!({"type": "qcode", "data": key})).collect())
    }

    fn send(&mut self, keys: Vec<Value>) -> Result<(), Error> {
        let hold = u64::try_from(PACE.as_millis()).unwrap_or(u64::MAX);
        let _ = self.qmp.run("send-key", &json!({"keys": keys, "hold-time": hold}))?;
        sleep(PACE * 2);
        Ok(())
    }

    /// Moves the pointer to a point of a screen of `size`, presses the left button for `how_long` and lets it go.
    ///
    /// # Errors
    /// When QEMU has no pointer.
    pub fn hold(&mut self, (x, y): (u32, u32), size: (u32, u32), how_long: Duration) -> Result<(), Error> {
        // A tablet counts from 0 to 32767 across whatever the screen has.
        let across = |at: u32, size: u32| u64::from(at) * 32767 / u64::from(size.saturating_sub(1).max(1));
        let axis = |name: &str, value: u64| json!({"type": "abs", "data": {"axis": name, "value": value}});
        let there = json!({"events": [axis("x", across(x, size.0)), axis("y", across(y, size.1))]});
        let _ = self.qmp.run("input-send-event", &there)?;
        sleep(PACE);
        for (down, pause) in [(true, how_long), (false, PACE)] {
            let button = json!({"events": [{"type": "btn", "data": {"button": "left", "down": down}}]});
            let _ = self.qmp.run("input-send-event", &button)?;
            sleep(pause);
        }
        Ok(())
    }

    /// Clicks at a point of a screen of `size`.
    ///
    /// # Errors
    /// When QEMU has no pointer.
    pub fn click(&mut self, at: (u32, u32), size: (u32, u32)) -> Result<(), Error> {
        self.hold(at, size, PACE)
    }

    /// Types on the serial line.
    ///
    /// # Errors
    /// When QEMU is gone.
    pub fn say(&mut self, text: &str) -> Result<(), Error> {
        self.line
            .write_all(text.as_bytes())
            .map_err(Error::system("writing to the serial line"))
    }

    /// Joins the serial line with this process's standard input and output until the machine is off.
    ///
    /// # Errors
    /// When its log cannot be read.
    pub fn serial_here(mut self) -> Result<(), Error> {
        let path = self.folder.join("serial.log");
        let mut log = File::open(&path).map_err(Error::file("opening", &path))?;
        let mut keys = self
            .line
            .try_clone()
            .map_err(Error::system("joining the serial line"))?;
        let _ = std::thread::spawn(move || std::io::copy(&mut std::io::stdin(), &mut keys));
        let mut bytes = [0; 4096];
        loop {
            let count = log.read(&mut bytes).map_err(Error::file("reading", &path))?;
            if count == 0 {
                if !matches!(self.child.try_wait(), Ok(None)) {
                    return Ok(());
                }
                sleep(PACE);
                continue;
            }
            let mut out = std::io::stdout();
            out.write_all(bytes.get(..count).unwrap_or_default())
                .and_then(|()| out.flush())
                .map_err(Error::system("writing what the serial line says"))?;
        }
    }

    /// Takes a disc or a stick out: a drive by its number, from 0. Whoever still reads it fails.
    ///
    /// # Errors
    /// When the drive is not one that is taken out.
    pub fn take_out(&mut self, drive: usize) -> Result<(), Error> {
        let device = format!("drive{drive}");
        self.qmp
            .run("eject", &json!({"device": device, "force": true}))
            .map(drop)
    }

    /// Presses the power button.
    ///
    /// # Errors
    /// When QEMU is gone.
    pub fn power_button(&mut self) -> Result<(), Error> {
        self.qmp.run("system_powerdown", &json!({})).map(drop)
    }

    /// Presses the reset button.
    ///
    /// # Errors
    /// When QEMU is gone.
    pub fn reset(&mut self) -> Result<(), Error> {
        self.qmp.run("system_reset", &json!({})).map(drop)
    }

    /// What QEMU said since the last call, such as `RESET`, `SHUTDOWN`, `GUEST_PANICKED`.
    ///
    /// # Errors
    /// When QEMU is gone.
    pub fn events(&mut self) -> Result<Vec<String>, Error> {
        self.qmp.events()
    }

    /// Waits until the machine has switched itself off.
    ///
    /// # Errors
    /// [`Error::Timeout`] if it does not.
    pub fn wait_off(mut self, limit: Duration) -> Result<(), Error> {
        let begun = Instant::now();
        while begun.elapsed() < limit {
            if let Ok(Some(_)) = self.child.try_wait() {
                return Ok(());
            }
            sleep(LOOK);
        }
        Err(self.late("the machine to switch itself off", limit))
    }

    /// Takes the plug out: `kill -9`. What the disks have been told is on them, nothing else.
    ///
    /// # Errors
    /// When the process cannot be killed.
    pub fn cut_power(mut self) -> Result<(), Error> {
        self.child.kill().map_err(Error::system("ending QEMU"))?;
        self.child.wait().map(drop).map_err(Error::system("ending QEMU"))
    }

    fn still_there(&mut self, what: &str) -> Result<(), Error> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            _ => Err(Error::Machine(format!(
                "it has ended before {what}\n{}",
                self.tail().unwrap_or_default()
            ))),
        }
    }

    fn tail(&self) -> Result<String, Error> {
        let said = self.serial()?;
        let mut start = said.len().saturating_sub(TAIL);
        while !said.is_char_boundary(start) {
            start += 1;
        }
        Ok(said.get(start..).unwrap_or_default().to_owned())
    }

    /// What is said when something did not happen.
    pub(super) fn late(&mut self, what: &str, waited: Duration) -> Error {
        let picture = match self.keep(&format!("failed-{}", self.name)) {
            Ok(path) => format!("the screen is in {}", path.display()),
            Err(error) => format!("there is no picture of the screen: {error}"),
        };
        let tail = self.tail().unwrap_or_else(|error| error.to_string());
        Error::Timeout {
            what: what.to_owned(),
            waited,
            seen: format!("{picture}; the serial line ends with:\n{tail}"),
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Joins the serial line and writes everything that it says to `serial.log`.
fn overhear(folder: &Path) -> Result<UnixStream, Error> {
    let (socket, path) = (folder.join("serial"), folder.join("serial.log"));
    let mut log = File::create(&path).map_err(Error::file("making", &path))?;
    let line = UnixStream::connect(&socket).map_err(Error::file("joining the serial line at", &socket))?;
    let mut said = line
        .try_clone()
        .map_err(Error::file("joining the serial line at", &socket))?;
    let _ = std::thread::spawn(move || std::io::copy(&mut said, &mut log));
    Ok(line)
}

fn position(all: &[u8], part: &[u8]) -> Option<usize> {
    all.windows(part.len().max(1)).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_among_bytes_that_are_no_text() {
        assert_eq!(position(b"\xff\x1b[0mlogin: ", b"login:"), Some(5));
        assert_eq!(position(b"log", b"login:"), None);
    }
}
