//! apt under a private configuration: what the list needs, and the packages themselves.
//!
//! Everything apt reads or writes is below one folder: its state, its lists, its archives, an *empty* dpkg status (so that the closure is
//! the whole system, whatever the host has installed) and its source list. The host's apt state is not read, but for the name of its mirror.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::catalogue::{APPSTREAM, Catalogue};
use super::{Error, tool};

/// Used where the host's own sources name no Debian mirror.
pub const DEFAULT_MIRROR: &str = "http://ftp.debian.org/debian";
/// The Debian release that the sample system is made of.
pub const SUITE: &str = "trixie";

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
/// What apt fetches beside the package lists, as Debian's packages appstream, apt-config-icons and apt-config-icons-large ask for it.
const TARGETS: &str = r#"Acquire::IndexTargets {
    deb::DEP-11 {
        MetaKey "$(COMPONENT)/dep11/Components-$(NATIVE_ARCHITECTURE).yml";
        ShortDescription "Components-$(NATIVE_ARCHITECTURE)";
        Description "$(RELEASE)/$(COMPONENT) $(NATIVE_ARCHITECTURE) DEP-11 Metadata";
        KeepCompressed "true";
        KeepCompressedAs "gz";
    };
    deb::DEP-11-icons {
        MetaKey "$(COMPONENT)/dep11/icons-64x64.tar";
        ShortDescription "icons-64x64";
        Description "$(RELEASE)/$(COMPONENT) DEP-11 64x64 Icons";
        KeepCompressed "true";
        KeepCompressedAs "gz";
    };
    deb::DEP-11-icons-large {
        MetaKey "$(COMPONENT)/dep11/icons-128x128.tar";
        ShortDescription "icons-128x128";
        Description "$(RELEASE)/$(COMPONENT) DEP-11 128x128 Icons";
        KeepCompressed "true";
        KeepCompressedAs "gz";
    };
};
"#;
const COMPONENTS: &str = "DEP-11";
/// Name of the target and folder of the icons.
const ICONS: [(&str, &str); 2] = [("DEP-11-icons", "64x64"), ("DEP-11-icons-large", "128x128")];

const LIMIT: Duration = Duration::from_secs(900);

/// apt below one folder.
#[derive(Debug)]
pub struct Apt {
    folder: PathBuf,
    apt_get: PathBuf,
}

/// One package of the closure, as apt chose it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chosen {
    /// Package name.
    pub name: String,
    /// Debian version, with its epoch.
    pub version: String,
    /// Debian architecture (`amd64`, `all`).
    pub architecture: String,
}

impl Chosen {
    /// The name apt gives the downloaded file.
    pub fn file_name(&self) -> String {
        format!(
            "{}_{}_{}.deb",
            self.name,
            self.version.replace(':', "%3a"),
            self.architecture
        )
    }
}

impl Apt {
    /// Sets the folder up. Nothing is downloaded yet.
    pub fn new(folder: &Path, mirror: &str) -> Result<Apt, Error> {
        let apt_get = tool::find("apt-get", "apt")?;
        if !Path::new(KEYRING).is_file() {
            return Err(Error::Missing {
                program: KEYRING,
                package: "debian-archive-keyring",
            });
        }

        for name in ["state/lists/partial", "cache/archives/partial", "etc/empty", "log"] {
            let path = folder.join(name);
            fs::create_dir_all(&path).map_err(Error::io("make", &path))?;
        }
        let folder = folder.canonicalize().map_err(Error::io("find", folder))?;

        let apt = Apt { folder, apt_get };
        if !apt.folder.join("state/status").exists() {
            apt.write("state/status", "")?;
        }
        apt.write(
            "etc/sources.list",
            &format!("deb [signed-by={KEYRING}] {mirror} {SUITE} main\n"),
        )?;
        apt.write("apt.conf", &apt.configuration()?)?;
        Ok(apt)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Error> {
        let path = self.folder.join(name);
        // An unchanged source list keeps its time, so that apt trusts the lists that it has.
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            return Ok(());
        }
        fs::write(&path, text).map_err(Error::io("write", &path))
    }

    fn configuration(&self) -> Result<String, Error> {
        let below = |name: &str| self.folder.join(name).display().to_string();
        let architecture = host_architecture()?;
        let empty = below("etc/empty");

        let mut text = format!(
            "Dir \"/\";\n\
             Dir::State \"{state}\";\nDir::State::status \"{state}/status\";\nDir::State::extended_states \"{state}/extended_states\";\n\
             Dir::Cache \"{cache}\";\nDir::Log \"{log}\";\nDir::Etc \"{etc}\";\n\
             Dir::Etc::sourcelist \"{etc}/sources.list\";\nDir::Etc::main \"{empty}/none\";\n",
            state = below("state"),
            cache = below("cache"),
            log = below("log"),
            etc = below("etc"),
        );
        for parts in ["sourceparts", "parts", "preferencesparts", "trustedparts", "netrcparts"] {
            text.push_str(&format!("Dir::Etc::{parts} \"{empty}\";\n"));
        }
        text.push_str(TARGETS);
        text.push_str(&format!(
            "APT::Architecture \"{architecture}\";\nAPT::Architectures {{ \"{architecture}\"; }};\n\
             APT::Install-Recommends \"false\";\nAPT::Install-Suggests \"false\";\nAPT::Sandbox::User \"root\";\n\
             Acquire::Languages \"none\";\nAcquire::Retries \"3\";\n"
        ));
        for (key, value) in host_proxies() {
            text.push_str(&format!("{key} \"{value}\";\n"));
        }
        Ok(text)
    }

    fn apt_get(&self, arguments: &[&str], packages: &[String]) -> Result<String, Error> {
        let mut command = tool::command(&self.apt_get);
        // apt reads the host's /etc/apt/apt.conf.d only when no file is named here and below: the file sets `Dir::Etc::parts` before that.
        let _ = command
            .env("APT_CONFIG", self.folder.join("apt.conf"))
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(arguments)
            .args(packages);
        let output = tool::output(&mut command, LIMIT)?;
        Ok(String::from_utf8_lossy(&output).into_owned())
    }

    /// Fetches the package lists, unless they are there already and `force` is false.
    pub fn update(&self, force: bool) -> Result<(), Error> {
        let stamp = self.folder.join("lists-of");
        let sources = fs::read_to_string(self.folder.join("etc/sources.list")).unwrap_or_default() + TARGETS;

        let have = fs::read_to_string(&stamp).is_ok_and(|of| of == sources) && !self.lists()?.is_empty();
        if have && !force {
            return Ok(());
        }

        let _ = self.apt_get(&["-q", "-o", "APT::Update::Error-Mode=any", "update"], &[])?;
        fs::write(&stamp, sources).map_err(Error::io("write", &stamp))
    }

    /// Lets apt believe that these packages are installed, and never install them: others depend on them, and do without.
    pub fn leave_out(&self, names: &[String]) -> Result<(), Error> {
        let mut status = String::new();
        for name in names {
            status.push_str(&self.stanza(name)?);
        }
        self.write("state/status", &status)?;
        let pin = match names {
            [] => String::new(),
            names => format!("Package: {}\nPin: release *\nPin-Priority: -1\n", names.join(" ")),
        };
        self.write("etc/preferences", &pin)
    }

    /// What dpkg's status would say of a package of the lists, if it had no dependencies.
    fn stanza(&self, name: &str) -> Result<String, Error> {
        const KEPT: [&str; 5] = ["Package", "Version", "Architecture", "Multi-Arch", "Provides"];

        let start = format!("Package: {name}\n");
        for path in self.lists()? {
            let text = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
            let Some(stanza) = text.split("\n\n").find(|stanza| stanza.starts_with(&start)) else {
                continue;
            };
            let kept = stanza
                .lines()
                .filter(|line| line.split_once(':').is_some_and(|(field, _)| KEPT.contains(&field)));
            let kept: String = kept.map(|line| format!("{line}\n")).collect();
            return Ok(format!(
                "{kept}Status: install ok installed\nMaintainer: none\nDescription: left out\n\n"
            ));
        }
        Err(Error::package(
            name,
            "it is to be left out, and the package lists do not have it",
        ))
    }

    /// The package lists.
    fn lists(&self) -> Result<Vec<PathBuf>, Error> {
        let lists = self.folder.join("state/lists");
        let entries = fs::read_dir(&lists).map_err(Error::io("read", &lists))?;
        let mut found: Vec<PathBuf> = entries
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().contains("_Packages"))
            .map(|entry| entry.path())
            .collect();
        found.sort();
        Ok(found)
    }

    /// The catalogue of programs and its icons, as they were fetched with the package lists.
    pub fn catalogue(&self) -> Result<Catalogue, Error> {
        let targets = self.apt_get(&["indextargets", "--format", "$(CREATED_BY)|$(FILENAME)"], &[])?;
        let of = |wanted: &str| {
            targets
                .lines()
                .filter_map(|line| line.split_once('|'))
                .find(|(target, path)| *target == wanted && Path::new(path).is_file())
                .map(|(_, path)| PathBuf::from(path))
                .ok_or_else(|| Error::package(APPSTREAM, format!("the mirror has no {wanted}")))
        };
        let mut icons = Vec::new();
        for (target, size) in ICONS {
            icons.push((size.to_owned(), of(target)?));
        }
        Ok(Catalogue {
            components: of(COMPONENTS)?,
            icons,
        })
    }

    /// The closure of `wanted`, sorted by name: what apt would install on an empty system. apt is asked once for the same list and
    /// lists; `name` is the file that remembers its answer.
    pub fn closure(&self, name: &str, wanted: &[String]) -> Result<Vec<Chosen>, Error> {
        let path = self.folder.join(format!("closure-{name}"));
        let question = self.question(wanted)?;
        if let Some(plan) = fs::read_to_string(&path)
            .ok()
            .and_then(|known| known.strip_prefix(&question).map(str::to_owned))
        {
            return Ok(plan.lines().filter_map(simulated).collect());
        }

        let plan = self.apt_get(&["-q", "--yes", "--simulate", "install"], wanted)?;
        let mut lines: Vec<&str> = plan.lines().filter(|line| simulated(line).is_some()).collect();
        lines.sort_unstable();

        fs::write(&path, format!("{question}{}\n", lines.join("\n"))).map_err(Error::io("write", &path))?;
        Ok(lines.into_iter().filter_map(simulated).collect())
    }

    /// All that the answer depends on, on one line: the wanted names, each package list with its size and time, and what is left out.
    fn question(&self, wanted: &[String]) -> Result<String, Error> {
        let mut parts = Vec::new();
        for path in self.lists()? {
            let found = fs::metadata(&path).map_err(Error::io("look at", &path))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            parts.push(format!(
                "{name} {} {}.{}",
                found.len(),
                found.mtime(),
                found.mtime_nsec()
            ));
        }
        let status = fs::read(self.folder.join("state/status")).unwrap_or_default();
        Ok(format!(
            "{} of {} without {}\n",
            wanted.join(" "),
            parts.join(", "),
            blake3::hash(&status).to_hex()
        ))
    }

    /// Downloads what the cache does not have. apt checks each file against the signed lists. Returns how many were fetched.
    pub fn download(&self, wanted: &[String], chosen: &[Chosen]) -> Result<usize, Error> {
        let missing = chosen.iter().filter(|package| !self.archive(package).is_file()).count();
        if missing > 0 {
            let _ = self.apt_get(&["-q", "--yes", "--download-only", "install"], wanted)?;
        }
        match chosen.iter().find(|package| !self.archive(package).is_file()) {
            Some(package) => Err(Error::package(&package.name, "apt did not download it")),
            None => Ok(missing),
        }
    }

    /// Where the downloaded package is.
    pub fn archive(&self, package: &Chosen) -> PathBuf {
        self.folder.join("cache/archives").join(package.file_name())
    }
}

/// `Inst libc6 (2.41-12 Debian:13.7/stable [amd64]) []`
fn simulated(line: &str) -> Option<Chosen> {
    let (name, rest) = line.strip_prefix("Inst ")?.split_once(" (")?;
    let version = rest.split(' ').next()?;
    let (_, architecture) = rest.split_once(" [")?;
    let (architecture, _) = architecture.split_once("])")?;

    Some(Chosen {
        name: name.split(':').next()?.to_owned(),
        version: version.to_owned(),
        architecture: architecture.to_owned(),
    })
}

/// dpkg's name for this machine (`amd64`).
pub fn host_architecture() -> Result<String, Error> {
    let dpkg = tool::find("dpkg", "dpkg")?;
    let output = tool::output(
        tool::command(&dpkg).arg("--print-architecture"),
        Duration::from_secs(10),
    )?;
    Ok(String::from_utf8_lossy(&output).trim().to_owned())
}

/// The Debian mirror that the host itself uses, if it uses one.
pub fn host_mirror() -> Option<String> {
    let apt_get = tool::find("apt-get", "apt").ok()?;
    let mut command = tool::command(&apt_get);
    let _ = command.args([
        "indextargets",
        "--format",
        "$(ORIGIN)|$(LABEL)|$(SITE)",
        "Created-By: Packages",
    ]);
    let output = tool::output(&mut command, Duration::from_secs(20)).ok()?;

    mirror_among(&String::from_utf8_lossy(&output))
}

fn mirror_among(targets: &str) -> Option<String> {
    targets
        .lines()
        .filter_map(|line| line.strip_prefix("Debian|Debian|"))
        .find(|site| ["http://", "https://"].iter().any(|scheme| site.starts_with(scheme)))
        .map(|site| site.trim_end_matches('/').to_owned())
}

/// The proxies that the host's apt is set to use: without them a private configuration could not reach the mirror.
fn host_proxies() -> Vec<(&'static str, String)> {
    let Ok(apt_config) = tool::find("apt-config", "apt") else {
        return Vec::new();
    };

    ["Acquire::http::Proxy", "Acquire::https::Proxy"]
        .into_iter()
        .filter_map(|key| {
            let mut command = tool::command(&apt_config);
            let _ = command.args(["dump", "--no-empty", "--format", "%v%n", key]);
            let output = tool::output(&mut command, Duration::from_secs(10)).ok()?;
            let value = String::from_utf8_lossy(&output).lines().next()?.trim().to_owned();
            (!value.is_empty() && !value.contains('"')).then_some((key, value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simulated_install_names_what_apt_chose() {
        let chosen = simulated("Inst passwd (1:4.17.4-2 Debian:13.7/stable [amd64]) []").unwrap();

        assert_eq!(chosen.name, "passwd");
        assert_eq!(chosen.version, "1:4.17.4-2");
        assert_eq!(chosen.file_name(), "passwd_1%3a4.17.4-2_amd64.deb");
        assert_eq!(simulated("Conf passwd (1:4.17.4-2 Debian:13.7/stable [amd64])"), None);
    }

    #[test]
    fn the_mirror_is_the_hosts_own_and_never_its_security_archive() {
        let targets = "Google|Google|http://a.example\nDebian|Debian-Security|http://b.example/debian-security\nDebian|Debian|http://c.example/debian/";

        assert_eq!(mirror_among(targets).as_deref(), Some("http://c.example/debian"));
        assert_eq!(mirror_among("Ubuntu|Ubuntu|http://u.example"), None);
    }
}
