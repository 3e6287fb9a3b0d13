//! A running lab, seen from the host.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    os::{fd::OwnedFd, unix::net::UnixStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use super::{
    Disk, Error, Root,
    inner::{Ready, Setup},
    program,
};

/// Which network the lab has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Network {
    /// Loopback alone; nothing answers for NetworkManager.
    #[default]
    None,
    /// The real NetworkManager and a cable `eth0` to a router with DHCP (10.88.0.1).
    Real,
    /// python-dbusmock answers for NetworkManager: Wi-Fi as the test wishes.
    Mock,
}

/// A file or folder of the host that shows up in the lab.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bind {
    /// On the host.
    pub host: PathBuf,
    /// In the lab, absolute.
    pub inside: PathBuf,
    /// Whether the lab may only read it.
    pub read_only: bool,
}

/// Who runs a program in the lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum User {
    /// uid 0.
    Root,
    /// The unprivileged user before the screen.
    Live,
}

/// What a lab is made of.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder with the workspace's programs; those that are there show up where an image has them.
    pub programs: Option<PathBuf>,
    /// A folder of packages, read-only at /repo.
    pub repository: Option<PathBuf>,
    /// The content of /etc/moult/backend.kdl; `None`: one that installs `moult-sample` from /repo onto loop devices.
    pub configuration: Option<String>,
    /// Whether the kiosk's polkit rule is there, which lets `live` start the backend.
    pub kiosk_rule: bool,
    /// Disk images and their size in bytes if they must be made.
    pub disks: Vec<(PathBuf, u64)>,
    /// Which network.
    pub network: Network,
    /// Whether D-Bus and polkit run.
    pub buses: bool,
    /// The uid of `live`.
    pub live: u32,
    /// More of the host's files.
    pub binds: Vec<Bind>,
    /// More files to write: absolute path in the lab, content.
    pub files: Vec<(PathBuf, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            programs: None,
            repository: None,
            configuration: None,
            kiosk_rule: true,
            disks: Vec::new(),
            network: Network::None,
            buses: true,
            live: 4242,
            binds: Vec::new(),
            files: Vec::new(),
        }
    }
}

/// Where a live image has the workspace's programs.
const PROGRAMS: [(&str, &str); 5] = [
    ("moult", "/usr/bin/moult"),
    ("moultctl", "/usr/bin/moultctl"),
    ("moult-session", "/usr/bin/moult-session"),
    ("moult-sample", "/usr/bin/moult-sample"),
    ("moult-backend", "/usr/libexec/moult/moult-backend"),
];

const CONFIGURATION: &str = r#"installer {
    system "Moult sample system"
    repository "sample" uri="file:///repo/stone.index"
    package "moult-sample"
    minimum-disk 4294967296
    disk-images #true
}
storage { loop-devices #true }
"#;

const POLICY: &str = include_str!("../../../cage-session/polkit/org.moult.backend.policy");
const RULE: &str = include_str!("../../../cage-session/polkit/50-moult-kiosk.rules");

/// A running lab. It ends when this is dropped, and when this process ends in whatever way.
#[derive(Debug)]
pub struct Lab {
    pid: u32,
    live: u32,
    disks: Vec<Disk>,
    control: Option<UnixStream>,
    unshare: Child,
}

impl Lab {
    /// Starts a lab on the cached root file system (made first if there is none).
    ///
    /// # Errors
    /// When a part of it cannot be made; the daemons' last words are in the error.
    pub fn start(options: &Options) -> Result<Lab, Error> {
        if !rustix::process::geteuid().is_root() {
            return Err(Error::NotRoot);
        }
        let root = Root::cached()?;
        let scratch = program::target_folder().join("lab/scratch");
        fs::create_dir_all(&scratch).map_err(Error::file("making", &scratch))?;
        let disks: Vec<Disk> = options
            .disks
            .iter()
            .map(|(image, size)| Disk::attach(image, *size))
            .collect::<Result<_, _>>()?;
        let setup = Setup {
            root: root.path().to_owned(),
            scratch,
            binds: binds(options)?,
            files: files(options),
            loops: disks.iter().map(Disk::number).collect(),
            live: options.live,
            network: options.network,
            buses: options.buses,
        };

        let (control, theirs) = UnixStream::pair().map_err(Error::system("making the lab's pipe"))?;
        let mut unshare = program::system("unshare")?;
        let mut unshare = unshare
            .args([
                "--mount",
                "--net",
                "--pid",
                "--uts",
                "--ipc",
                "--fork",
                "--kill-child",
                "--",
            ])
            .arg(program::own("moult-lab")?)
            .arg("inner")
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(Error::file("starting", "unshare"))?;
        let answer = unshare.stdout.take();
        let mut lab = Lab {
            pid: 0,
            live: options.live,
            disks,
            control: Some(control),
            unshare,
        };
        lab.pid = lab.hand_over(&setup, answer)?;
        Ok(lab)
    }

    fn hand_over(&mut self, setup: &Setup, answer: Option<impl Read>) -> Result<u32, Error> {
        let mut line = serde_json::to_vec(setup).map_err(Error::system("writing the setup"))?;
        line.push(b'\n');
        let ended = || Error::Start("its first process ended".into());
        let control = self.control.as_mut().ok_or_else(ended)?;
        control.write_all(&line).map_err(Error::system("sending the setup"))?;
        let mut said = String::new();
        let _ = BufReader::new(answer.ok_or_else(ended)?)
            .read_line(&mut said)
            .map_err(Error::system("hearing whether the lab runs"))?;
        match serde_json::from_str(&said) {
            Ok(Ready::Pid(pid)) => Ok(pid),
            Ok(Ready::Failed(why)) => Err(Error::Start(why)),
            Err(_) => Err(ended()),
        }
    }

    /// The disks, in the order of [`Options::disks`].
    pub fn disks(&self) -> &[Disk] {
        &self.disks
    }

    /// The number of the lab's first process on the host.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The uid of `live`.
    pub fn live(&self) -> u32 {
        self.live
    }

    /// Where the host sees a file of the lab. (An absolute link in the lab would lead back to the host.)
    pub fn path(&self, inside: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root", self.pid)).join(inside.trim_start_matches('/'))
    }

    /// A program in the lab, ready to be given pipes and started. Its environment holds PATH, HOME, USER, LOGNAME,
    /// LANG and, for `live`, XDG_RUNTIME_DIR.
    ///
    /// # Errors
    /// When nsenter is missing.
    pub fn command(&self, user: User, program: &str, arguments: &[&str]) -> Result<Command, Error> {
        let mut command = program::system("nsenter")?;
        command.args([
            "--mount", "--net", "--pid", "--uts", "--ipc", "--root", "--wd", "--target",
        ]);
        command.arg(self.pid.to_string()).arg("--");
        command.env("LANG", "C.UTF-8").env_remove("LC_ALL").env("TERM", "dumb");
        match user {
            User::Root => {
                command.env("HOME", "/root").env("USER", "root").env("LOGNAME", "root");
            }
            User::Live => {
                command
                    .env("HOME", "/home/live")
                    .env("USER", "live")
                    .env("LOGNAME", "live");
                command.env("XDG_RUNTIME_DIR", format!("/run/user/{}", self.live));
                command.args(["setpriv", "--reuid", "live", "--regid", "live", "--init-groups", "--"]);
            }
        }
        // A parent in the same namespace: pkexec asks polkit about its parent, and nsenter is outside.
        command.args(["unshare", "--fork", "--", program]).args(arguments);
        Ok(command)
    }

    /// Runs a program in the lab to its end and gives what it printed.
    ///
    /// # Errors
    /// When it cannot be started or ends with an error.
    pub fn run(&self, user: User, program: &str, arguments: &[&str]) -> Result<String, Error> {
        let printed = program::output(&mut self.command(user, program, arguments)?)?;
        Ok(String::from_utf8_lossy(&printed).into_owned())
    }

    /// Runs a program in the lab to its end, however it ends.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn try_run(&self, user: User, program: &str, arguments: &[&str]) -> Result<Output, Error> {
        self.command(user, program, arguments)?
            .output()
            .map_err(Error::file("starting", program))
    }

    /// Waits until NetworkManager has an address for `eth0`, and gives it.
    ///
    /// # Errors
    /// When it takes longer than `limit`.
    pub fn wait_online(&self, limit: Duration) -> Result<String, Error> {
        let begun = Instant::now();
        loop {
            let shown = self.run(User::Root, "ip", &["-4", "-oneline", "address", "show", "eth0"])?;
            let mut words = shown.split_whitespace().skip_while(|word| *word != "inet");
            if let Some(address) = words.nth(1) {
                return Ok(address.to_owned());
            }
            if begun.elapsed() > limit {
                let log = fs::read_to_string(self.path("/run/lab/NetworkManager.log")).unwrap_or_default();
                return Err(Error::Timeout {
                    what: "an address on eth0".into(),
                    waited: limit,
                    seen: log,
                });
            }
            std::thread::sleep(Duration::from_millis(30));
        }
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // The first process ends with its pipe, and the namespace with it. If it does not, unshare takes it along.
        drop(self.control.take());
        for _ in 0..200 {
            if !matches!(self.unshare.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.unshare.kill();
        let _ = self.unshare.wait();
    }
}

fn binds(options: &Options) -> Result<Vec<Bind>, Error> {
    let mut binds = options.binds.clone();
    let read_only = |host: PathBuf, inside: &str| Bind {
        host,
        inside: inside.into(),
        read_only: true,
    };
    if let Some(folder) = &options.programs {
        let built = PROGRAMS
            .iter()
            .map(|(name, inside)| read_only(folder.join(name), inside));
        binds.extend(built.filter(|bind| bind.host.is_file()));
    }
    if let Some(folder) = &options.repository {
        binds.push(read_only(absolute(folder)?, "/repo"));
    }
    Ok(binds)
}

fn absolute(path: &Path) -> Result<PathBuf, Error> {
    path.canonicalize().map_err(Error::file("finding", path))
}

fn files(options: &Options) -> Vec<(PathBuf, String)> {
    let configuration = options
        .configuration
        .clone()
        .unwrap_or_else(|| CONFIGURATION.to_owned());
    let mut files = vec![
        ("/etc/moult/backend.kdl".into(), configuration),
        (
            "/usr/share/polkit-1/actions/org.moult.backend.policy".into(),
            POLICY.to_owned(),
        ),
    ];
    if options.kiosk_rule {
        files.push((
            "/usr/share/polkit-1/rules.d/50-moult-kiosk.rules".into(),
            RULE.to_owned(),
        ));
    }
    files.extend(options.files.iter().cloned());
    files
}
