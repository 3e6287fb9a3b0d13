//! The first program: from the kernel to the system's own first program.
//!
//! mounts, modules, the root (a disk's, or the medium's: [`live`](crate::live)), the activation, the switch. Whatever goes
//! wrong is said on every console, with a way on. It never ends by itself: the kernel would panic.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::mount::MountFlags;
use rustix::system::RebootCommand;

use crate::cmdline::CommandLine;
use crate::console::{self, Answer, Console};
use crate::device::{self, Wanted};
use crate::file_system::{self, Options};
use crate::modules::Modules;
use crate::words::Say;
use crate::{Error, choice, live, switch};

/// Where the system's root is mounted before it becomes the root.
const ROOT: &str = "/sysroot";
/// How long devices may take to appear, unless the command line says another time.
const APPEAR: Duration = Duration::from_secs(30);
/// How long a person may take to answer before the machine helps itself: with counted boots another entry comes next.
const PATIENCE: Duration = Duration::from_secs(120);

/// Everything that the steps of a boot share.
#[derive(Debug)]
pub(crate) struct Boot {
    pub(crate) line: CommandLine,
    pub(crate) console: Console,
    pub(crate) modules: Modules,
    /// How long devices may take to appear.
    pub(crate) appear: Duration,
}

/// Runs as the first program; `arguments` are those that the kernel gave, for the system's first program. Never returns.
pub fn run(arguments: &[String]) -> ! {
    let done = std::panic::catch_unwind(|| boot(arguments));
    let console = Console::open();
    if done.is_err() {
        console.say(Say::Fault);
    }
    loop {
        console.say(Say::TheEnd);
        let _ = console.ask(Some(PATIENCE));
        restart(&console);
    }
}

/// `/sbin/modprobe`, as the kernel starts it.
///
/// # Errors
/// [`Error::Initrd`] if no module of the initrd is called so.
pub fn modprobe(arguments: &[String]) -> Result<(), Error> {
    crate::modules::modprobe(arguments)
}

pub(crate) fn restart(console: &Console) {
    console.say(Say::Restarting);
    rustix::fs::sync();
    if let Err(error) = rustix::system::reboot(RebootCommand::Restart) {
        console.say(Say::CannotRestart(&error.to_string()));
    }
}

/// Returns only when there is no way on.
fn boot(arguments: &[String]) {
    let mounted = mount_kernel();
    let line = CommandLine::parse(&fs::read_to_string("/proc/cmdline").unwrap_or_default());
    let console = Console::open();
    if let Err(error) = mounted {
        console.say(Say::NoMounts(&console.language.failure(&error)));
        return;
    }
    let seconds = line
        .value("rootdelay")
        .and_then(|text| text.parse().ok())
        .map(Duration::from_secs);
    let mut boot = Boot {
        modules: Modules::of_running_kernel(&line),
        appear: seconds.unwrap_or(APPEAR),
        console,
        line,
    };
    let root = Path::new(ROOT);
    let program = loop {
        let mounted = match boot.line.value("moult.live").map(str::to_owned) {
            Some(wanted) => live::mount(&mut boot, &wanted, root),
            None => installed(&mut boot, root),
        };
        match mounted.and_then(|()| switch::program(root, &boot.line)) {
            Ok(program) => break program,
            Err(error) => {
                // Whatever was mounted is in the way of the next attempt.
                while rustix::mount::unmount(root, rustix::mount::UnmountFlags::empty()).is_ok() {}
                boot.not_found(&error);
            }
        }
    };
    console::log(&format!("starting {program}"));
    let error = switch::switch(root, &program, arguments);
    let console = Console::open();
    console.say(Say::NoSwitch(&console.language.failure(&error)));
}

/// What every program expects to be there.
fn mount_kernel() -> Result<(), Error> {
    let safe = MountFlags::NOSUID | MountFlags::NODEV;
    for (kind, path, flags, data) in [
        ("proc", "/proc", safe | MountFlags::NOEXEC, ""),
        ("sysfs", "/sys", safe | MountFlags::NOEXEC, ""),
        ("devtmpfs", "/dev", MountFlags::NOSUID, "mode=0755"),
        ("tmpfs", "/run", safe | MountFlags::STRICTATIME, "mode=0755"),
    ] {
        match file_system::mount_virtual(kind, Path::new(path), flags, data) {
            // The kernel mounts devtmpfs itself where it is told to.
            Err(Error::Io { source, .. }) if source.raw_os_error() == Some(rustix::io::Errno::BUSY.raw_os_error()) => {}
            done => done?,
        }
    }
    Ok(())
}

impl Boot {
    /// Looks again and again until something is found or the time is over, while drivers are loaded for what appears.
    pub(crate) fn wait_for<T>(
        &mut self,
        wanted: &str,
        mut look: impl FnMut(&mut Boot) -> Result<Option<T>, Error>,
    ) -> Result<T, Error> {
        let begun = Instant::now();
        loop {
            self.modules.load_for_devices();
            if let Some(found) = look(self)? {
                return Ok(found);
            }
            if begun.elapsed() >= self.appear {
                return Err(Error::NotFound {
                    wanted: wanted.to_owned(),
                    seconds: self.appear.as_secs(),
                });
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Says why there is no root and what is there instead, and waits for somebody to decide.
    fn not_found(&self, error: &Error) {
        let console = &self.console;
        console.say(Say::NoRoot(&console.language.failure(error)));
        let devices = device::list();
        for device in &devices {
            console.write(&format!("  {device}"));
        }
        if devices.is_empty() {
            console.say(Say::NoDisk);
        }
        console.say(Say::NoRootChoices);
        match self.console.ask(Some(PATIENCE)) {
            Answer::Enter => {}
            Answer::Restart | Answer::Nobody => restart(&self.console),
        }
    }
}

/// Opens an encrypted root: this initrd cannot, and says so.
fn unlock(line: &CommandLine) -> Result<(), Error> {
    match line.encrypted() {
        Some(_) => Err(Error::Encrypted {
            what: "kernel command line".to_owned(),
        }),
        None => Ok(()),
    }
}

/// Mounts the root of the installed system, and makes the state that was asked for its active one.
fn installed(boot: &mut Boot, root: &Path) -> Result<(), Error> {
    let Some(text) = boot.line.value("root").map(str::to_owned) else {
        return Err(Error::CommandLine {
            word: "root=".to_owned(),
            reason: "it does not say where the system is".to_owned(),
        });
    };
    unlock(&boot.line)?;
    let wanted = Wanted::parse(&text).ok_or_else(|| Error::CommandLine {
        word: format!("root={text}"),
        reason: "expected UUID=, LABEL=, PARTUUID=, PARTLABEL= or /dev/...".to_owned(),
    })?;
    let device = boot.wait_for(&wanted.to_string(), |_| Ok(wanted.find()))?;

    let read_only = boot.line.last_of(&["ro", "rw"]) == Some("ro");
    let options = Options::parse(boot.line.value("rootflags").unwrap_or_default());
    let kind = boot.line.value("rootfstype").map(str::to_owned);
    let asked = boot.line.value("moult.state").map(str::to_owned);
    // To activate something it must be writable, whatever comes then.
    let first = options.clone().read_only(read_only && asked.is_none());
    file_system::mount(&device.path, root, kind.as_deref(), &first, &mut boot.modules)?;
    console::log(&format!("the root is {}", device.path.display()));
    if let Some(asked) = asked {
        if choice::make(root, Path::new("/run"), &asked, Some(&boot.console)).1 == Answer::Restart {
            restart(&boot.console);
        }
        if read_only {
            file_system::remount(root, &options.read_only(true))?;
        }
    }
    Ok(())
}
