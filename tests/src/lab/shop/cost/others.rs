//! Other stores, started before the same screen: the packages of Debian that they are in, with the same catalogue.

use std::{
    fmt, fs,
    path::PathBuf,
    process::Stdio,
    thread::sleep,
    time::{Duration, Instant},
};

use super::figures::{Idle, ms, resident};
use super::world::{SYSTEM, World};
use super::{IDLE, SIZE};
use crate::lab::desktop::{Desktop, Tree};
use crate::lab::frames::{Frames, Moment, Said};
use crate::lab::{Bind, Error, Root, User, target_folder};

/// Where the lab has the root of the others; what they write there is forgotten.
const ROOT: &str = "/srv/others";
/// Its part that stays as it is.
const BASE: &str = "/srv/others-base";
/// What lets PackageKit have its name on the bus.
const POLICY: &str = "dbus-1/system.d/org.freedesktop.PackageKit.conf";
/// Something that moves until there is something to see has come to rest when nothing was drawn for so long.
const STILL: Duration = Duration::from_secs(3);
/// Longer is not waited.
const LIMIT: Duration = Duration::from_secs(120);
/// Names of programs, as the kernel knows them, and how they are started: in software, as everything here.
const STORES: [(&str, &[&str]); 2] = [
    (
        "gnome-software",
        &["/usr/bin/env", "GSK_RENDERER=cairo", "GTK_A11Y=none", "gnome-software"],
    ),
    (
        "plasma-discover",
        &["/usr/bin/env", "QT_QUICK_BACKEND=software", "plasma-discover"],
    ),
];

/// What another store costs.
#[derive(Debug)]
pub struct Other {
    /// Which one.
    pub name: &'static str,
    /// From exec to the first frame.
    pub frame: Duration,
    /// From exec to the last frame before it first came to rest.
    pub rest: Duration,
    /// KiB that its own processes have resident then.
    pub resident: u64,
    /// What it does when it is left alone.
    pub idle: Idle,
}

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Other {
            name, resident, idle, ..
        } = self;
        let (frame, rest) = (ms(self.frame), ms(self.rest));
        write!(
            f,
            "{name}: first frame {frame}, at rest after {rest}, {resident} KiB resident, idle {idle}"
        )
    }
}

impl World {
    /// Starts the other stores, one after the other. One that does not start is an error in its place.
    ///
    /// # Errors
    /// When their root cannot be made.
    pub fn others(&self) -> Result<Vec<Result<Other, Error>>, Error> {
        let base = Root::others()?;
        let policy = base.path().join("usr/share").join(POLICY);
        let policy = fs::read_to_string(&policy).map_err(Error::file("reading", &policy))?;
        let folder = target_folder();
        let root = tempfile::tempdir_in(&folder).map_err(Error::file("making a folder in", folder))?;
        let bind = Bind {
            host: base.path().to_owned(),
            inside: BASE.into(),
            read_only: true,
        };
        let file = (PathBuf::from("/etc").join(POLICY), policy);
        let lab = self.lab(root.path(), vec![bind], vec![file])?;
        let run = |program: &str, arguments: &[&str]| lab.run(User::Root, program, arguments).map(drop);
        run("mkdir", &["-p", ROOT, "/srv/written"])?;
        run("mount", &["-t", "tmpfs", "written", "/srv/written"])?;
        run("mkdir", &["/srv/written/upper", "/srv/written/work"])?;
        let layers = format!("lowerdir={BASE},upperdir=/srv/written/upper,workdir=/srv/written/work");
        run("mount", &["-t", "overlay", "-o", &layers, "others", ROOT])?;
        let desktop = Desktop::prepare(&lab, ROOT)?;
        // The same catalogue.
        let catalogue = format!("{ROOT}/usr/share/swcatalog");
        run("mkdir", &["-p", &catalogue])?;
        run(
            "mount",
            &["--bind", &format!("{SYSTEM}/usr/share/swcatalog"), &catalogue],
        )?;
        let packagekit = desktop
            .command("/usr/libexec/packagekitd", &[])?
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let _packagekit = Tree::of(packagekit.map_err(Error::file("starting", "packagekitd"))?);

        Ok(STORES.iter().map(|(name, argv)| one(&desktop, name, argv)).collect())
    }
}

fn one(desktop: &Desktop<'_>, name: &'static str, argv: &[&str]) -> Result<Other, Error> {
    let screen = desktop.screen(name)?;
    screen.resize(SIZE.0, SIZE.1)?;
    let log = screen.folder().join("program.log");
    let argv: Vec<String> = argv.iter().map(|word| (*word).to_owned()).collect();
    let program = screen.start(&argv, &log)?;
    let begun = Instant::now();
    let executed = loop {
        if !program.named(name).is_empty() {
            break Moment::now();
        }
        waited(begun, name, "its process", &log)?;
        sleep(Duration::from_millis(1));
    };
    let mut frames = Frames::follow(log.clone());
    let (mut first, mut last): (Option<Moment>, Option<(Moment, Instant)>) = (None, None);
    loop {
        for said in frames.more()? {
            if let Said::Frame(at) = said {
                first = first.or(Some(at));
                last = Some((at, Instant::now()));
            }
        }
        match (first, last) {
            (Some(first), Some((last, heard))) if heard.elapsed() > STILL || begun.elapsed() > LIMIT => {
                let pids = program.named(name);
                let resident = pids.iter().map(|pid| resident(*pid)).sum::<Result<u64, Error>>()?;
                return Ok(Other {
                    name,
                    frame: first.since(executed),
                    rest: last.since(executed),
                    resident,
                    idle: Idle::over(IDLE, &pids)?,
                });
            }
            (None, _) => waited(begun, name, "its first frame", &log)?,
            _ => {}
        }
        sleep(Duration::from_millis(20));
    }
}

fn waited(begun: Instant, name: &str, what: &str, log: &PathBuf) -> Result<(), Error> {
    if begun.elapsed() < LIMIT {
        return Ok(());
    }
    let said = fs::read_to_string(log).unwrap_or_default();
    let seen: Vec<&str> = said.lines().filter(|line| !line.starts_with('[')).collect();
    let from = seen.len().saturating_sub(20);
    Err(Error::Timeout {
        what: format!("{what} of {name}"),
        waited: LIMIT,
        seen: seen.get(from..).unwrap_or_default().join(" / "),
    })
}
