//! The lab from inside: what its first process does. It is started in fresh namespaces, reads its [`Setup`] from its
//! input, builds the small world, starts the daemons, says [`Ready`], and stays until the input closes.

use std::{
    fs,
    io::{self, BufRead, Write},
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::{
    fs::{CWD, FileType, Gid, Mode, Uid, chown, makedev, mknodat},
    mount::{MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind, mount_change, mount_remount, unmount},
    process::{WaitOptions, chdir, pivot_root, wait},
};
use serde::{Deserialize, Serialize};

use super::{Bind, Error, Network, program, sys};

/// How long a daemon may take to answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the lab's first process is told.
#[derive(Debug, Serialize, Deserialize)]
pub struct Setup {
    /// The cached root file system; never written to.
    pub root: PathBuf,
    /// An empty folder to mount on.
    pub scratch: PathBuf,
    /// Files and folders of the host that show up in the lab.
    pub binds: Vec<Bind>,
    /// Files to write: absolute path in the lab, content.
    pub files: Vec<(PathBuf, String)>,
    /// Numbers of the loop devices that belong to this lab.
    pub loops: Vec<u32>,
    /// The user who sits before the screen.
    pub live: u32,
    /// Which network there is.
    pub network: Network,
    /// Whether D-Bus and polkit run.
    pub buses: bool,
}

/// What it answers when everything runs.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ready {
    /// The lab runs; its first process has this number on the host.
    Pid(u32),
    /// It does not, and why.
    Failed(String),
}

/// The whole life of the first process. Returns when the starter is gone.
///
/// # Errors
/// When the setup cannot be read or the answer not written; what fails in between is part of the answer.
pub fn run() -> Result<(), Error> {
    let mut input = io::stdin().lock();
    let mut line = String::new();
    let _ = input.read_line(&mut line).map_err(Error::system("reading the setup"))?;
    let setup: Setup = serde_json::from_str(&line).map_err(Error::system("understanding the setup"))?;

    let ready = match build(&setup) {
        Ok(pid) => Ready::Pid(pid),
        Err(e) => Ready::Failed(e.to_string()),
    };
    let mut answer = serde_json::to_vec(&ready).map_err(Error::system("writing the answer"))?;
    answer.push(b'\n');
    let mut output = io::stdout().lock();
    output
        .write_all(&answer)
        .and_then(|()| output.flush())
        .map_err(Error::system("writing the answer"))?;

    // Orphans come to the first process; somebody has to ask how they ended.
    drop(std::thread::spawn(|| {
        loop {
            if wait(WaitOptions::empty()).is_err() {
                std::thread::sleep(Duration::from_millis(200));
            }
        }
    }));
    // Nothing more is ever sent: this returns when the other end is closed.
    line.clear();
    let _ = input.read_line(&mut line);
    Ok(())
}

fn build(setup: &Setup) -> Result<u32, Error> {
    // The host's /proc is still mounted: it shows our number as the host sees it.
    let me = fs::read_link("/proc/self").map_err(Error::file("reading", "/proc/self"))?;
    let pid = me
        .to_str()
        .and_then(|name| name.parse().ok())
        .ok_or_else(|| Error::Start("no number".into()))?;

    rustix::system::sethostname(b"moult-lab").map_err(Error::system("naming the lab"))?;
    enter_root(setup)?;
    make_devices(&setup.loops)?;
    show_only_own_disks(&setup.loops)?;
    make_user(setup.live)?;
    for (path, content) in &setup.files {
        write(path, content)?;
    }

    start("ip", &["link", "set", "lo", "up"])?
        .wait()
        .map_err(Error::system("waiting for ip"))?;
    if setup.buses {
        start_buses()?;
    }
    start_network(setup.network)?;
    if setup.buses {
        wait_for_name("org.freedesktop.PolicyKit1")?;
        if setup.network != Network::None {
            wait_for_name("org.freedesktop.NetworkManager")?;
        }
    }
    Ok(pid)
}

fn enter_root(setup: &Setup) -> Result<(), Error> {
    let scratch = &setup.scratch;
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", private).map_err(Error::system("making mounts private"))?;
    mount("moult-lab", scratch, "tmpfs", MountFlags::empty(), c"mode=755")
        .map_err(|e| Error::file("mounting on", scratch)(e.into()))?;
    chdir(scratch).map_err(|e| Error::file("going to", scratch)(e.into()))?;
    for folder in ["lower", "upper", "work", "root"] {
        fs::create_dir(folder).map_err(Error::file("making", folder))?;
    }
    mount_bind(&setup.root, "lower").map_err(|e| Error::file("binding", &setup.root)(e.into()))?;
    // Relative names: no character of the checkout's path can be mistaken for syntax.
    mount(
        "moult-lab",
        "root",
        "overlay",
        MountFlags::empty(),
        c"lowerdir=lower,upperdir=upper,workdir=work",
    )
    .map_err(Error::system("mounting the overlay"))?;

    special("root/proc", "proc", MountFlags::empty(), c"")?;
    // Read-only: NetworkManager then does not wait for udev.
    special("root/sys", "sysfs", MountFlags::RDONLY, c"")?;
    special("root/dev", "tmpfs", MountFlags::NOSUID, c"mode=755")?;
    special("root/run", "tmpfs", MountFlags::empty(), c"mode=755")?;
    special("root/tmp", "tmpfs", MountFlags::empty(), c"mode=1777")?;
    for bind in &setup.binds {
        show(bind)?;
    }

    pivot_root("root", "root/mnt").map_err(Error::system("changing the root"))?;
    chdir("/").map_err(Error::system("going to the root"))?;
    unmount("/mnt", UnmountFlags::DETACH).map_err(Error::system("leaving the old root"))
}

fn special(at: &str, kind: &str, flags: MountFlags, options: &std::ffi::CStr) -> Result<(), Error> {
    mount(kind, at, kind, flags, options).map_err(|e| Error::file("mounting on", at)(e.into()))
}

fn show(bind: &Bind) -> Result<(), Error> {
    let inside = Path::new("root").join(bind.inside.strip_prefix("/").unwrap_or(&bind.inside));
    if bind.host.is_dir() {
        fs::create_dir_all(&inside).map_err(Error::file("making", &inside))?;
    } else {
        if let Some(folder) = inside.parent() {
            fs::create_dir_all(folder).map_err(Error::file("making", folder))?;
        }
        if !inside.exists() {
            drop(fs::File::create(&inside).map_err(Error::file("making", &inside))?);
        }
    }
    mount_bind(&bind.host, &inside).map_err(|e| Error::file("binding", &bind.host)(e.into()))?;
    if bind.read_only {
        mount_remount(&inside, MountFlags::BIND | MountFlags::RDONLY, c"")
            .map_err(|e| Error::file("protecting", &inside)(e.into()))?;
    }
    Ok(())
}

/// The few devices that programs expect, and this lab's disks. A disk of the host has no node here.
fn make_devices(loops: &[u32]) -> Result<(), Error> {
    for (name, major, minor) in [
        ("null", 1, 3),
        ("zero", 1, 5),
        ("full", 1, 7),
        ("random", 1, 8),
        ("urandom", 1, 9),
        ("tty", 5, 0),
    ] {
        node(name, FileType::CharacterDevice, 0o666, major, minor)?;
    }
    for number in loops {
        node(&format!("loop{number}"), FileType::BlockDevice, 0o660, 7, *number)?;
    }
    for folder in ["/dev/pts", "/dev/shm"] {
        fs::create_dir(folder).map_err(Error::file("making", folder))?;
    }
    special(
        "/dev/pts",
        "devpts",
        MountFlags::empty(),
        c"newinstance,ptmxmode=0666,mode=620,gid=5",
    )?;
    special("/dev/shm", "tmpfs", MountFlags::empty(), c"mode=1777")?;
    for (name, target) in [
        ("ptmx", "pts/ptmx"),
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ] {
        let path = Path::new("/dev").join(name);
        std::os::unix::fs::symlink(target, &path).map_err(Error::file("linking", &path))?;
    }
    Ok(())
}

fn node(name: &str, kind: FileType, mode: u32, major: u32, minor: u32) -> Result<(), Error> {
    let path = Path::new("/dev").join(name);
    let mode = Mode::from_raw_mode(mode);
    mknodat(CWD, &path, kind, mode, makedev(major, minor)).map_err(|e| Error::file("making", &path)(e.into()))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(mode.bits())).map_err(Error::file("opening", &path))
}

/// The kernel lists every disk of the machine in /sys/block; the lab lists its own.
fn show_only_own_disks(loops: &[u32]) -> Result<(), Error> {
    let links: Vec<(PathBuf, PathBuf)> = loops
        .iter()
        .filter_map(|number| {
            let path = Path::new("/sys/block").join(format!("loop{number}"));
            fs::read_link(&path).ok().map(|target| (path, target))
        })
        .collect();
    special("/sys/block", "tmpfs", MountFlags::NOSUID, c"mode=755")?;
    for (path, target) in links {
        std::os::unix::fs::symlink(target, &path).map_err(Error::file("linking", &path))?;
    }
    Ok(())
}

fn make_user(live: u32) -> Result<(), Error> {
    append(
        "/etc/passwd",
        &format!("live:x:{live}:{live}:Live user:/home/live:/bin/bash\n"),
    )?;
    append("/etc/group", &format!("live:x:{live}:\n"))?;
    append("/etc/shadow", "live:!:20000:0:99999:7:::\n")?;
    own_folder("/home/live".as_ref(), live)?;
    own_folder(&Path::new("/run/user").join(live.to_string()), live)?;
    fs::create_dir_all("/run/lab").map_err(Error::file("making", "/run/lab"))?;
    // One id for the bus and for whoever asks; the packages leave the file empty.
    write("/etc/machine-id".as_ref(), "6d6f756c742d6c61622d6d616368696e\n")
}

fn own_folder(path: &Path, owner: u32) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(Error::file("making", path))?;
    chown(path, Some(Uid::from_raw(owner)), Some(Gid::from_raw(owner)))
        .map_err(|e| Error::file("giving away", path)(e.into()))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(Error::file("closing", path))
}

fn append(path: &str, line: &str) -> Result<(), Error> {
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(path)
        .map_err(Error::file("opening", path))?;
    file.write_all(line.as_bytes()).map_err(Error::file("writing", path))
}

fn write(path: &Path, content: &str) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::file("making", folder))?;
    }
    fs::write(path, content).map_err(Error::file("writing", path))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).map_err(Error::file("opening", path))
}

/// Starts a program of the lab; what it says goes to /run/lab/NAME.log.
fn start(name: &str, arguments: &[&str]) -> Result<Child, Error> {
    let program = program::find_program(name).or_else(|missing| {
        let polkit = Path::new("/usr/lib/polkit-1").join(name);
        if polkit.is_file() { Ok(polkit) } else { Err(missing) }
    })?;
    let log = Path::new("/run/lab").join(format!("{name}.log"));
    let said = fs::File::options()
        .create(true)
        .append(true)
        .open(&log)
        .map_err(Error::file("opening", &log))?;
    let both = said.try_clone().map_err(Error::file("opening", &log))?;
    Command::new(&program)
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .stdin(Stdio::null())
        .stdout(both)
        .stderr(said)
        .spawn()
        .map_err(Error::file("starting", program))
}

fn start_buses() -> Result<(), Error> {
    const SOCKET: &str = "/run/dbus/system_bus_socket";
    fs::create_dir_all("/run/dbus").map_err(Error::file("making", "/run/dbus"))?;
    drop(start("dbus-daemon", &["--system", "--nofork", "--nopidfile"])?);
    let end = Instant::now() + PATIENCE;
    while UnixStream::connect(SOCKET).is_err() {
        if Instant::now() > end {
            return Err(Error::Start(format!("no system bus: {}", log_of("dbus-daemon"))));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(start("polkitd", &["--no-debug"])?);
    Ok(())
}

fn wait_for_name(name: &str) -> Result<(), Error> {
    let bus = [
        "org.freedesktop.DBus",
        "/org/freedesktop/DBus",
        "org.freedesktop.DBus",
        "NameHasOwner",
        "s",
        name,
    ];
    let end = Instant::now() + PATIENCE;
    loop {
        let mut ask = program::system("busctl")?;
        let answer = program::output(ask.args(["--system", "call"]).args(bus));
        if answer.is_ok_and(|said| said.starts_with(b"b true")) {
            return Ok(());
        }
        if Instant::now() > end {
            let logs = [log_of("polkitd"), log_of("NetworkManager"), log_of("python3")].join("\n");
            return Err(Error::Start(format!("{name} did not come: {logs}")));
        }
        std::thread::sleep(Duration::from_millis(15));
    }
}

fn log_of(name: &str) -> String {
    fs::read_to_string(Path::new("/run/lab").join(format!("{name}.log"))).unwrap_or_default()
}

fn start_network(network: Network) -> Result<(), Error> {
    match network {
        Network::None => Ok(()),
        Network::Real => {
            start_router()?;
            fs::create_dir_all("/run/udev").map_err(Error::file("making", "/run/udev"))?;
            write(
                "/etc/NetworkManager/conf.d/lab.conf".as_ref(),
                "[main]\nplugins=keyfile\nrc-manager=file\n[keyfile]\nunmanaged-devices=none\n",
            )?;
            start("NetworkManager", &["--no-daemon", "--log-level=INFO"]).map(drop)
        }
        Network::Mock => start(
            "python3",
            &["-m", "dbusmock", "--system", "--template", "networkmanager"],
        )
        .map(drop),
    }
}

/// A second network namespace with a DHCP server at the far end of a cable: 10.88.0.1 gives 10.88.0.20 to .40.
fn start_router() -> Result<(), Error> {
    std::thread::spawn(|| {
        sys::own_network().map_err(Error::system("making the router's network"))?;
        for line in [
            "link set lo up",
            "link add srv0 type veth peer name eth0 netns 1",
            "address add 10.88.0.1/24 dev srv0",
            "link set srv0 up",
        ] {
            let words: Vec<&str> = line.split(' ').collect();
            let status = start("ip", &words)?.wait().map_err(Error::system("waiting for ip"))?;
            if !status.success() {
                return Err(Error::Start(format!("ip {line}: {}", log_of("ip"))));
            }
        }
        let arguments = [
            "--no-daemon",
            "--conf-file=/dev/null",
            "--interface=srv0",
            "--bind-interfaces",
            "--port=0",
            "--dhcp-range=10.88.0.20,10.88.0.40,1h",
            "--dhcp-option=option:router,10.88.0.1",
            "--dhcp-option=option:dns-server,10.88.0.1",
            "--leasefile-ro",
            "--no-ping",
        ];
        start("dnsmasq", &arguments).map(drop)
    })
    .join()
    .unwrap_or_else(|_| Err(Error::Start("the router's thread died".into())))
}
