//! The lab's root file system: a small Debian 13, made once and never changed.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
    time::SystemTime,
};

use rustix::fs::{FlockOperation, flock};

use super::{Error, program};

/// Raise it when the recipe below changes; a change of the package list is noticed by itself.
const RECIPE: u32 = 2;

/// What a root file system is made of.
struct Recipe {
    /// The folder that it is made in.
    name: &'static str,
    packages: &'static str,
    /// More options of mmdebstrap.
    options: &'static [&'static str],
}

/// The lab itself.
const LAB: Recipe = Recipe {
    name: "trixie",
    packages: include_str!("../../packages-lab"),
    options: &[],
};

/// What other stores are measured in: with apt's lists, which are what they show.
const OTHERS: Recipe = Recipe {
    name: "others",
    packages: include_str!("../../packages-others"),
    options: &["--skip=cleanup/apt/lists"],
};

/// What no test looks at, and the GPU drivers that the kiosk does without. Kept: the names of keyboard layouts.
const DPKG: [&str; 9] = [
    "path-exclude=/usr/share/man/*",
    "path-exclude=/usr/share/doc/*",
    "path-exclude=/usr/share/info/*",
    "path-exclude=/usr/share/locale/*",
    "path-include=/usr/share/locale/*/LC_MESSAGES/xkeyboard-config.mo",
    "path-exclude=/usr/lib/*/libLLVM*",
    "path-exclude=/usr/lib/*/libgallium*",
    "path-exclude=/usr/lib/*/libz3*",
    "force-unsafe-io",
];

/// The names in a package list: one a line, `#` starts a comment.
pub fn packages(list: &str) -> impl Iterator<Item = &str> {
    list.lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
}

/// A finished root file system.
#[derive(Debug, Clone)]
pub struct Root {
    folder: PathBuf,
}

impl Root {
    /// The root of this checkout, made now when there is none (some minutes, needs the network) or when its recipe changed.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn cached() -> Result<Root, Error> {
        Self::in_folder(&program::target_folder().join("lab"))
    }

    /// A root with other stores in it, made like the lab's when there is none.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn others() -> Result<Root, Error> {
        Self::made(&program::target_folder().join("lab"), &OTHERS)
    }

    /// The same in another cache folder.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn in_folder(cache: &Path) -> Result<Root, Error> {
        Self::made(cache, &LAB)
    }

    fn made(cache: &Path, recipe: &Recipe) -> Result<Root, Error> {
        let folder = cache.join(recipe.name);
        if is_finished(cache, recipe) {
            return Ok(Root { folder });
        }
        if !rustix::process::geteuid().is_root() {
            return Err(Error::NotRoot);
        }
        fs::create_dir_all(cache).map_err(Error::file("making the cache folder", cache))?;

        // One maker at a time; the lock goes with the process.
        let lock = cache.join(format!("{}.lock", recipe.name));
        let locked = File::create(&lock).map_err(Error::file("opening the lock", &lock))?;
        flock(&locked, FlockOperation::LockExclusive).map_err(Error::system("locking the cache folder"))?;
        if !is_finished(cache, recipe) {
            make(cache, &folder, recipe)?;
        }
        Ok(Root { folder })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.folder
    }
}

fn stamp(cache: &Path, recipe: &Recipe) -> PathBuf {
    cache.join(format!("{}.stamp", recipe.name))
}

fn written(recipe: &Recipe) -> String {
    let list: Vec<&str> = packages(recipe.packages).collect();
    format!("recipe {RECIPE}\n{}\n", list.join("\n"))
}

fn is_finished(cache: &Path, recipe: &Recipe) -> bool {
    fs::read_to_string(stamp(cache, recipe)).is_ok_and(|found| found == written(recipe))
}

fn make(cache: &Path, folder: &Path, recipe: &Recipe) -> Result<(), Error> {
    let begun = SystemTime::now();
    let unfinished = cache.join(format!("{}.unfinished", recipe.name));
    for old in [stamp(cache, recipe), folder.to_owned(), unfinished.clone()] {
        remove(&old)?;
    }

    let include: Vec<&str> = packages(recipe.packages).collect();
    // Its mounts and processes are in namespaces that end with us: a killed run leaves a folder, nothing more.
    let mut command = program::system("setpriv")?;
    command
        .args(["--pdeathsig", "SIGKILL", "--"])
        .arg(program::find_program("unshare")?);
    command.args(["--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "--"]);
    command.arg(program::find_program("mmdebstrap")?).args([
        "--quiet",
        "--variant=minbase",
        "--mode=root",
        "--aptopt=APT::Install-Recommends \"false\"",
    ]);
    command.arg(format!("--include={}", include.join(",")));
    command.args(DPKG.iter().map(|option| format!("--dpkgopt={option}")));
    command.args(recipe.options).arg("trixie").arg(&unfinished);
    if let Some(mirror) = mirror() {
        command.arg(format!("deb {mirror} trixie main"));
    }
    for name in ["http_proxy", "https_proxy", "no_proxy", "TMPDIR"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    program::output(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;

    fs::rename(&unfinished, folder).map_err(Error::file("moving the finished root to", folder))?;
    let path = stamp(cache, recipe);
    File::create(&path)
        .and_then(|mut file| {
            file.write_all(written(recipe).as_bytes())
                .and_then(|()| file.sync_all())
        })
        .map_err(Error::file("writing the stamp", &path))?;
    let took = begun.elapsed().unwrap_or_default();
    eprintln!(
        "A Debian 13 of the lab was made in {} s: {}",
        took.as_secs(),
        folder.display()
    );
    Ok(())
}

fn remove(path: &Path) -> Result<(), Error> {
    let gone = match fs::symlink_metadata(path) {
        Err(_) => return Ok(()),
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
    };
    gone.map_err(Error::file("removing", path))
}

/// MOULT_MIRROR; else the one that this Debian's own apt uses; else the tool's own default.
fn mirror() -> Option<String> {
    if let Ok(mirror) = std::env::var("MOULT_MIRROR") {
        return Some(mirror);
    }
    let release = fs::read_to_string("/etc/os-release").ok()?;
    if !release.lines().any(|line| line == "ID=debian") {
        return None;
    }
    let mut apt = program::system("apt-get").ok()?;
    apt.args([
        "indextargets",
        "--format",
        "$(REPO_URI) $(SUITE) $(COMPONENT) $(ORIGIN)",
        "Created-By: Packages",
    ]);
    mirror_in(&String::from_utf8_lossy(&program::output(&mut apt).ok()?))
}

fn mirror_in(targets: &str) -> Option<String> {
    targets.lines().find_map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let [uri, suite, "main", "Debian"] = words[..] else {
            return None;
        };
        let extra = ["-security", "-updates", "-backports"]
            .iter()
            .any(|end| suite.ends_with(end));
        (!extra && !uri.contains("security")).then(|| uri.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_own_mirror_is_taken_but_not_its_security_archive() {
        let targets = "http://a.example/debian-security/ stable-security main Debian\n\
                       http://b.example/debian/ bookworm contrib Debian\n\
                       http://c.example/other/ bookworm main Other\n\
                       http://d.example/debian/ bookworm-updates main Debian\n\
                       http://e.example/debian/ bookworm main Debian\n";
        assert_eq!(mirror_in(targets).as_deref(), Some("http://e.example/debian/"));
        assert_eq!(mirror_in(""), None);
    }

    #[test]
    fn a_package_list_may_have_comments() {
        assert_eq!(packages("# all\na\n b # why\n\n").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn a_root_without_its_stamp_is_not_finished() {
        let cache = tempfile::tempdir().unwrap();
        fs::create_dir(cache.path().join("trixie")).unwrap();
        assert!(!is_finished(cache.path(), &LAB));
        fs::write(stamp(cache.path(), &LAB), "recipe 0\n").unwrap();
        assert!(!is_finished(cache.path(), &LAB));
        fs::write(stamp(cache.path(), &LAB), written(&LAB)).unwrap();
        assert!(is_finished(cache.path(), &LAB) && !is_finished(cache.path(), &OTHERS));
    }
}
