//! What the administrator or the image's maker decided: `backend.kdl`. Never the GUI, never the environment.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use kdl::{KdlDocument, KdlNode};

/// Read in this order; the first that exists is the whole configuration.
const PLACES: [&str; 2] = ["/etc/moult/backend.kdl", "/usr/share/moult/backend.kdl"];

/// A repository as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) id: String,
    pub(crate) uri: String,
    pub(crate) priority: u64,
}

/// The whole configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Name of the system that is installed.
    pub(crate) system: String,
    /// Where its packages come from.
    pub(crate) sources: Vec<Source>,
    /// Providers to install.
    pub(crate) packages: Vec<String>,
    /// Smallest disk, bytes.
    pub(crate) minimum_disk: u64,
    /// The disks are images that start other machines: the firmware of this one does not count (image builds, the lab).
    pub(crate) disk_images: bool,
    /// Loop devices are offered as disks (the lab).
    pub(crate) loop_devices: bool,
}

/// Why the configuration cannot be used. Names the file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("no configuration: neither {} nor {} exists", PLACES[0], PLACES[1])]
    Missing,
    #[error("{path}: {error}")]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("{path}: {reason}")]
    Invalid { path: PathBuf, reason: String },
}

impl Settings {
    /// Reads the configuration of this machine.
    pub(crate) fn load() -> Result<Self, SettingsError> {
        for place in PLACES {
            let path = Path::new(place);
            match fs::read_to_string(path) {
                Ok(text) => {
                    return Self::parse(&text).map_err(|reason| SettingsError::Invalid {
                        path: path.to_owned(),
                        reason,
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(SettingsError::Unreadable {
                        path: path.to_owned(),
                        error,
                    });
                }
            }
        }
        Err(SettingsError::Missing)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let document: KdlDocument = text.parse().map_err(|error: kdl::KdlError| {
            error
                .diagnostics
                .first()
                .map_or_else(|| error.to_string(), |first| first.to_string())
        })?;
        let mut settings = Self {
            minimum_disk: 4 << 30,
            ..Self::default()
        };
        for node in document.nodes() {
            match node.name().value() {
                "installer" => settings.installer(node)?,
                "storage" => {
                    for node in children(node) {
                        match node.name().value() {
                            "loop-devices" => settings.loop_devices = first_bool(node)?,
                            other => return Err(format!("storage: unknown setting {other:?}")),
                        }
                    }
                }
                other => return Err(format!("unknown section {other:?}")),
            }
        }
        if settings.system.is_empty() || settings.sources.is_empty() || settings.packages.is_empty() {
            return Err("installer needs a system, at least one repository and at least one package".into());
        }
        Ok(settings)
    }

    fn installer(&mut self, node: &KdlNode) -> Result<(), String> {
        for node in children(node) {
            match node.name().value() {
                "system" => self.system = first_string(node)?,
                "package" => self.packages.push(first_string(node)?),
                "minimum-disk" => self.minimum_disk = integer(node, 0)?,
                "disk-images" => self.disk_images = first_bool(node)?,
                "repository" => self.sources.push(Source {
                    id: first_string(node)?,
                    uri: node
                        .get("uri")
                        .and_then(|value| value.as_string())
                        .ok_or("repository needs uri=\"…\"")?
                        .to_owned(),
                    priority: if node.get("priority").is_some() {
                        integer(node, "priority")?
                    } else {
                        0
                    },
                }),
                other => return Err(format!("installer: unknown setting {other:?}")),
            }
        }
        Ok(())
    }
}

fn children(node: &KdlNode) -> impl Iterator<Item = &KdlNode> {
    node.children().into_iter().flat_map(|children| children.nodes())
}

fn first_string(node: &KdlNode) -> Result<String, String> {
    let value = node
        .get(0)
        .and_then(|value| value.as_string())
        .filter(|text| !text.is_empty());
    Ok(value
        .ok_or_else(|| format!("{} needs a text", node.name().value()))?
        .to_owned())
}

fn first_bool(node: &KdlNode) -> Result<bool, String> {
    let value = node.get(0).and_then(|value| value.as_bool());
    value.ok_or_else(|| format!("{} needs #true or #false", node.name().value()))
}

fn integer(node: &KdlNode, key: impl Into<kdl::NodeKey>) -> Result<u64, String> {
    let value = node
        .get(key)
        .and_then(|value| value.as_integer())
        .and_then(|number| u64::try_from(number).ok());
    value.ok_or_else(|| format!("{} needs a whole number", node.name().value()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_configuration_is_read() {
        let settings = Settings::parse(
            r#"
            installer {
                system "Sample"
                repository "sample" uri="file:///repo/stone.index" priority=10
                package "base"
                package "binary(bash)"
                minimum-disk 1073741824
                disk-images #true
            }
            storage { loop-devices #true }
            "#,
        )
        .unwrap();
        assert_eq!(settings.system, "Sample");
        assert_eq!(settings.sources[0].priority, 10);
        assert_eq!(settings.packages, ["base", "binary(bash)"]);
        assert_eq!(settings.minimum_disk, 1 << 30);
        assert!(settings.disk_images);
        assert!(settings.loop_devices);
    }

    #[test]
    fn what_the_live_image_brings_along_is_understood() {
        for text in [
            include_str!("../../../cage-session/live/brand/backend.kdl"),
            include_str!("../../../cage-session/live/brand/backend-offline.kdl"),
        ] {
            let settings = Settings::parse(text).unwrap();
            assert!(!settings.loop_devices, "a person's disks are no files");
        }
    }

    #[test]
    fn a_wrong_word_is_named() {
        let error = Settings::parse("installer { sytem \"x\" }").unwrap_err();
        assert!(error.contains("sytem"), "{error}");
        assert!(Settings::parse("installer {").is_err());
        assert!(Settings::parse("").is_err());
        assert!(Settings::parse("storage { loop-devices 3 }").is_err());
    }
}
