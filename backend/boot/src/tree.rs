//! What a state brings for its boot: kernels and the loader.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cmdline;
use crate::error::Error;
use crate::machine::Architecture;
use crate::order;
use crate::unified::Stub;

/// A state, as the caller knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Its number.
    pub state: u64,
    /// It is the one that `/usr` is.
    pub active: bool,
    /// When it was made, in seconds since 1970.
    pub created: i64,
    /// What people call it; may be empty.
    pub title: String,
    /// Its `/usr`.
    pub usr: PathBuf,
}

/// A kernel of a tree: `usr/lib/kernel/<version>/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kernel {
    /// Its version: `version` of `boot.json`, else the directory's name.
    pub version: String,
    /// The directory's name.
    pub directory: String,
    /// What it is ("desktop"), from `boot.json`.
    pub variant: Option<String>,
    /// `vmlinuz`.
    pub image: PathBuf,
    /// `*.initrd`, by name.
    pub initrds: Vec<PathBuf>,
    /// `*.cmdline`, by name.
    pub cmdlines: Vec<PathBuf>,
}

/// How the system of a tree calls itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Os {
    /// `ID`, of letters, digits, `.`, `_` and `-` only.
    pub(crate) id: String,
    /// `PRETTY_NAME`.
    pub(crate) name: String,
}

/// What takes the counter off an entry when its system has come up, below `/usr`.
const BLESS: &str = "lib/systemd/systemd-bless-boot";
/// Where systemd keeps what the firmware starts, below `/usr`.
const LOADERS: &str = "lib/systemd/boot/efi";

impl Tree {
    /// Whether its system can say that it works. One that cannot would use up its tries however well it does, and the loader
    /// would then pass it over.
    #[must_use]
    pub fn blesses(&self) -> bool {
        self.usr.join(BLESS).is_file()
    }

    /// Its kernels, the newest first.
    ///
    /// # Errors
    /// When a directory cannot be read, or `boot.json` is none.
    pub fn kernels(&self) -> Result<Vec<Kernel>, Error> {
        let mut kernels = Vec::new();

        for directory in cmdline::list(&self.usr.join("lib/kernel"))? {
            let image = directory.join("vmlinuz");
            let Some(name) = directory.file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            if !image.is_file() {
                continue;
            }

            let about = about(&directory.join("boot.json"))?;
            let mut kernel = Kernel {
                version: about.version.unwrap_or_else(|| name.to_owned()),
                directory: name.to_owned(),
                variant: about.variant,
                image,
                initrds: Vec::new(),
                cmdlines: Vec::new(),
            };
            for path in cmdline::list(&directory)? {
                match path.extension().and_then(|extension| extension.to_str()) {
                    Some("initrd") if path.is_file() => kernel.initrds.push(path),
                    Some("cmdline") => kernel.cmdlines.push(path),
                    _ => {}
                }
            }
            kernels.push(kernel);
        }

        kernels.sort_by(|a, b| order::version(&b.version, &a.version).then_with(|| b.directory.cmp(&a.directory)));
        Ok(kernels)
    }

    /// The boot loader for an architecture; `None` = the tree has none.
    pub fn loader(&self, architecture: Architecture) -> Option<PathBuf> {
        let path = self
            .usr
            .join(LOADERS)
            .join(format!("systemd-boot{}.efi", architecture.suffix()));
        path.is_file().then_some(path)
    }

    /// systemd's stub for an architecture, with which one signature covers a kernel, its initrds and its command line; if there is none that
    /// can be used, why.
    pub(crate) fn stub(&self, architecture: Architecture) -> Result<Stub, String> {
        let below = format!("{LOADERS}/linux{}.efi.stub", architecture.suffix());
        let path = self.usr.join(&below);
        if !path.exists() {
            return Err(format!("it has no usr/{below} (Debian package systemd-boot-efi)"));
        }
        Stub::read(&path, architecture)
    }

    /// Its `os-release`; empty = it has none.
    pub(crate) fn release(&self) -> String {
        fs::read_to_string(self.usr.join("lib/os-release")).unwrap_or_default()
    }

    pub(crate) fn os(&self) -> Os {
        let text = self.release();
        let value = |key: &str| {
            text.lines()
                .filter_map(|line| line.trim().split_once('='))
                .find(|(name, _)| *name == key)
                .map(|(_, value)| plain(value.trim().trim_matches(['"', '\''])))
                .filter(|value| !value.is_empty())
        };

        let id: String = value("ID")
            .unwrap_or_default()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
            .take(40)
            .collect();
        Os {
            id: if id.is_empty() {
                "linux".to_owned()
            } else {
                id.to_lowercase()
            },
            name: value("PRETTY_NAME")
                .or_else(|| value("NAME"))
                .unwrap_or_else(|| "Linux".to_owned()),
        }
    }
}

/// One line that a menu can show.
pub(crate) fn plain(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.trim().chars().take(80).collect()
}

#[derive(serde::Deserialize, Default)]
struct About {
    version: Option<String>,
    variant: Option<String>,
}

/// `boot.json` is `{name, version, variant}`; it may be missing.
fn about(path: &Path) -> Result<About, Error> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(About::default()),
        Err(source) => {
            return Err(Error::Read {
                path: path.to_owned(),
                source,
            });
        }
    };
    let about: About = serde_json::from_slice(&text).map_err(|error| Error::Unusable {
        path: path.to_owned(),
        reason: format!("is not what describes a kernel: {error}"),
    })?;
    Ok(About {
        version: about
            .version
            .map(|version| plain(&version))
            .filter(|version| !version.is_empty()),
        variant: about
            .variant
            .map(|variant| plain(&variant))
            .filter(|variant| !variant.is_empty()),
    })
}
