//! Speaks with the person in front of the machine: on the screen, and on every console that the kernel has.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::words::{Language, Say};

/// All consoles.
#[derive(Debug)]
pub(crate) struct Console {
    all: Vec<File>,
    /// What is said, is said in this.
    pub(crate) language: Language,
}

/// What a person answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Enter: go on.
    Enter,
    /// R and Enter: restart.
    Restart,
    /// Nobody answered in time.
    Nobody,
}

/// Writes a line to the kernel's log, where the running system finds it.
pub(crate) fn log(text: &str) {
    if let Ok(mut file) = File::options().write(true).open("/dev/kmsg") {
        // A log that cannot be written has nowhere to be said.
        let _ = file.write_all(format!("<6>moult: {text}\n").as_bytes());
    }
}

impl Console {
    /// Opens every console that the kernel writes to, and the screen. Without any there is nobody to speak to.
    pub(crate) fn open() -> Console {
        let names = fs::read_to_string("/sys/class/tty/console/active").unwrap_or_default();
        let mut names: Vec<&str> = names.split_whitespace().collect();
        if !names.contains(&"tty0") && !names.contains(&"tty1") {
            names.push("tty0");
        }
        let open = |name: &str| {
            use std::os::unix::fs::OpenOptionsExt;
            let flags = (rustix::fs::OFlags::NOCTTY | rustix::fs::OFlags::NONBLOCK)
                .bits()
                .cast_signed();
            let path = Path::new("/dev").join(name);
            File::options()
                .read(true)
                .write(true)
                .custom_flags(flags)
                .open(path)
                .ok()
        };
        let mut all: Vec<File> = names.iter().filter_map(|name| open(name)).collect();
        if all.is_empty() {
            all.extend(open("console"));
        }
        Console {
            all,
            language: Language::of_running(),
        }
    }

    /// Says something on all of them.
    pub(crate) fn say(&self, what: Say<'_>) {
        self.write(&self.language.say(what));
    }

    /// Writes lines to all of them.
    pub(crate) fn write(&self, text: &str) {
        self.put(&format!("{}\r\n", text.replace('\n', "\r\n")));
    }

    /// Writes over the line that is being written.
    pub(crate) fn progress(&self, what: Say<'_>) {
        self.put(&format!("\r{}", self.language.say(what)));
    }

    fn put(&self, text: &str) {
        for mut console in &self.all {
            let mut rest = text.as_bytes();
            let until = Instant::now() + Duration::from_secs(2);
            // A serial line may be slow, or nobody reads at its end: then the text is lost there, and the boot goes on.
            while !rest.is_empty() && Instant::now() < until {
                match console.write(rest) {
                    Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                        std::thread::sleep(Duration::from_millis(5));
                    }
                    Err(_) => break,
                }
            }
        }
    }

    /// Waits for an answer on any of them. Whatever was typed before does not count.
    pub(crate) fn ask(&self, limit: Option<Duration>) -> Answer {
        let until = limit.map(|limit| Instant::now() + limit);
        let mut typed = vec![String::new(); self.all.len()];
        let mut bytes = [0; 64];
        for mut console in &self.all {
            while console.read(&mut bytes).is_ok_and(|read| read > 0) {}
        }
        loop {
            let wait = match until.map(|until| until.saturating_duration_since(Instant::now())) {
                Some(Duration::ZERO) => return Answer::Nobody,
                Some(left) => left.min(Duration::from_secs(1)),
                None => Duration::from_secs(1),
            };
            let wait = Timespec {
                tv_sec: wait.as_secs().cast_signed(),
                tv_nsec: wait.subsec_nanos().into(),
            };
            let mut wanted: Vec<PollFd<'_>> = self.all.iter().map(|file| PollFd::new(file, PollFlags::IN)).collect();
            if poll(&mut wanted, Some(&wait)).is_err() || wanted.is_empty() {
                std::thread::sleep(Duration::from_millis(200));
            }
            let mut alive = false;
            for (mut console, typed) in self.all.iter().zip(&mut typed) {
                let Ok(read) = console.read(&mut bytes) else { continue };
                alive |= read > 0;
                typed.push_str(&String::from_utf8_lossy(bytes.get(..read).unwrap_or_default()));
                if let Some((line, _)) = typed.split_once(['\n', '\r']) {
                    let restart = line.trim().eq_ignore_ascii_case("r");
                    return if restart { Answer::Restart } else { Answer::Enter };
                }
            }
            if !alive {
                // A line that was hung up is always ready to be read, and gives nothing.
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}
