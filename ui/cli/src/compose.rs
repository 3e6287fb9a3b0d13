//! `compose`: a system made of a model alone, written to a folder, an archive or an image.
//!
//! The work is the admin's, as files are stored with their owners. The place is ours: this process opens and names every
//! file there, so that nobody gets a file where they could not write one themselves.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use moult_api::{ComposeFormat, Composed, FailureCode, ImageFile};
use moult_i18n::{Language, bytes, count, fl};
use zbus::Fd;

use crate::backend::{Backend, Role};
use crate::error::Error;
use crate::model;
use crate::print::{json, visible};
use crate::progress::Follower;
use crate::session::Session;

const BLOBS: &str = "blobs/sha256";

/// Where a composed system goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum To {
    Folder(PathBuf),
    Archive(PathBuf),
    Image(PathBuf),
}

impl To {
    /// `DIR`, `FILE.tar` or `oci:DIR`; None for what only looks like one of them.
    pub(crate) fn parse(text: &OsStr) -> Option<To> {
        if let Some(folder) = text.as_bytes().strip_prefix(b"oci:") {
            let folder = PathBuf::from(OsString::from_vec(folder.to_vec()));
            return (!folder.as_os_str().is_empty()).then_some(To::Image(folder));
        }
        let path = PathBuf::from(text);
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase());
        match name {
            Some(name) if name.ends_with(".tar") => Some(To::Archive(path)),
            // Nobody means a folder of that name.
            Some(name) if name.contains(".tar.") || name.ends_with(".tgz") => None,
            _ => (!text.is_empty()).then_some(To::Folder(path)),
        }
    }

    fn path(&self) -> &Path {
        let (To::Folder(path) | To::Archive(path) | To::Image(path)) = self;
        path
    }
}

/// Makes the system that the model in `file` says.
pub(crate) async fn run(session: &Session, file: &Path, to: &To) -> Result<String, Error> {
    let language = session.language;
    let date = date(language, std::env::var_os("SOURCE_DATE_EPOCH"))?;
    if matches!(to, To::Folder(_)) && !rustix::process::geteuid().is_root() {
        let text = fl!(language, "ctl-compose-needs-root");
        return Err(Error::said(FailureCode::NotAuthorized, text));
    }
    let text = model::read(language, file)?;
    let failed = |error: io::Error| cannot(language, to.path(), &error);
    let mut place = Place::make(to).map_err(failed)?;

    let backend = Backend::start(session, Role::Apart).await?;
    let models = model::models(&backend).await?;
    let follower = Follower::listen(session, &backend).await?;
    let open = Fd::from(place.open.as_fd());
    let job = models.compose(&text, place.format, date, open).await?;
    let _ = follower.finish(&job).await?;
    let composed = models.composed(&job).await?;
    let image = match to {
        To::Image(_) => models.image(&job).await?,
        To::Folder(_) | To::Archive(_) => Vec::new(),
    };
    place.finish(&image).map_err(failed)?;

    Ok(if session.json {
        json(&composed)
    } else {
        describe(language, to, &composed)
    })
}

fn describe(language: Language, to: &To, composed: &Composed) -> String {
    let mut text = fl!(
        language,
        "ctl-composed",
        to = visible(&to.path().to_string_lossy()),
        packages = count(language, composed.packages),
        entries = count(language, composed.entries),
        bytes = bytes(language, composed.bytes)
    ) + "\n";
    if !composed.digest.is_empty() {
        text += &fl!(language, "ctl-composed-digest", digest = visible(&composed.digest));
        text.push('\n');
    }
    for warning in &composed.warnings {
        text += &fl!(language, "ctl-warning", text = visible(warning));
        text.push('\n');
    }
    text
}

/// The date of everything: <https://reproducible-builds.org/specs/source-date-epoch/>, else 1970.
fn date(language: Language, wanted: Option<OsString>) -> Result<u64, Error> {
    let Some(wanted) = wanted else { return Ok(0) };
    let number = wanted.to_str().and_then(|text| text.parse().ok());
    number.ok_or_else(|| {
        let date = visible(&wanted.to_string_lossy());
        Error::said(FailureCode::BadInput, fl!(language, "ctl-compose-date", date = date))
    })
}

fn cannot(language: Language, path: &Path, error: &io::Error) -> Error {
    let to = visible(&path.to_string_lossy());
    if error.kind() == io::ErrorKind::DirectoryNotEmpty {
        return Error::said(FailureCode::BadInput, fl!(language, "ctl-compose-not-empty", to = to));
    }
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FailureCode::DiskFull,
        io::ErrorKind::ReadOnlyFilesystem => FailureCode::ReadOnly,
        _ => FailureCode::DiskFailed,
    };
    let reason = error.to_string();
    Error::said(code, fl!(language, "ctl-compose-cannot", to = to, reason = reason))
}

/// What is being written. Dropped before it is finished, all of it is taken away again.
struct Place {
    format: ComposeFormat,
    /// What the backend writes into.
    open: File,
    path: PathBuf,
    /// The unfinished file, of an archive or of an image's layer.
    part: Option<PathBuf>,
    /// The folder was not there before.
    made: bool,
    finished: bool,
}

impl Place {
    fn make(to: &To) -> io::Result<Place> {
        match to {
            To::Folder(path) => {
                let made = folder(path)?;
                Ok(Place {
                    format: ComposeFormat::Directory,
                    open: undoing(made, path, || File::open(path))?,
                    path: path.clone(),
                    part: None,
                    made,
                    finished: false,
                })
            }
            To::Archive(path) => {
                if path.is_dir() {
                    return Err(io::Error::from(io::ErrorKind::IsADirectory));
                }
                let mut name = OsString::from(".");
                name.push(path.file_name().unwrap_or_default());
                name.push(format!(".{}.part", std::process::id()));
                let part = path.with_file_name(name);
                Ok(Place {
                    format: ComposeFormat::Tar,
                    open: create(&part)?,
                    path: path.clone(),
                    part: Some(part),
                    made: false,
                    finished: false,
                })
            }
            To::Image(path) => {
                let made = folder(path)?;
                let part = path.join(BLOBS).join("layer.part");
                let opened = undoing(made, path, || {
                    fs::create_dir_all(path.join(BLOBS))?;
                    create(&part)
                });
                Ok(Place {
                    format: ComposeFormat::Oci,
                    open: opened?,
                    path: path.clone(),
                    part: Some(part),
                    made,
                    finished: false,
                })
            }
        }
    }

    /// Gives everything its name, when it is on the disk.
    fn finish(&mut self, image: &[ImageFile]) -> io::Result<()> {
        match (self.format, &self.part) {
            (ComposeFormat::Tar, Some(part)) => {
                self.open.sync_all()?;
                fs::rename(part, &self.path)?;
            }
            (ComposeFormat::Oci, Some(part)) => {
                self.open.sync_all()?;
                let (layer, others) = image
                    .split_first()
                    .ok_or_else(|| io::Error::other("the backend named no layer"))?;
                fs::rename(part, self.path.join(plain(&layer.path)?))?;
                for other in others {
                    let mut file = create(&self.path.join(plain(&other.path)?))?;
                    file.write_all(other.text.as_bytes())?;
                    file.sync_all()?;
                }
            }
            _ => {}
        }
        self.finished = true;
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        if let Some(part) = &self.part {
            let _ = fs::remove_file(part);
        }
        if self.format == ComposeFormat::Oci {
            let _ = fs::remove_dir_all(self.path.join("blobs"));
            for name in ["index.json", "oci-layout"] {
                let _ = fs::remove_file(self.path.join(name));
            }
        }
        // The backend took away what it wrote.
        if self.made {
            let _ = fs::remove_dir(&self.path);
        }
    }
}

/// Makes a folder, or finds an empty one; says whether it was made.
fn folder(path: &Path) -> io::Result<bool> {
    match fs::DirBuilder::new().mode(0o755).create(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match fs::read_dir(path)?.next() {
            None => Ok(false),
            Some(_) => Err(io::Error::from(io::ErrorKind::DirectoryNotEmpty)),
        },
        Err(error) => Err(error),
    }
}

fn undoing<T>(made: bool, path: &Path, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    work().inspect_err(|_| {
        let _ = fs::remove_dir_all(path.join("blobs"));
        if made {
            let _ = fs::remove_dir(path);
        }
    })
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// A path that stays in the image's folder.
fn plain(path: &str) -> io::Result<&Path> {
    let path = Path::new(path);
    let normal = |part| matches!(part, std::path::Component::Normal(_));
    if path.components().all(normal) {
        Ok(path)
    } else {
        Err(io::Error::other("the backend named a path outside of the image"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use super::*;

    #[test]
    fn a_place_is_a_folder_an_archive_or_an_image() {
        let to = |text: &str| To::parse(OsStr::new(text));
        assert_eq!(to("out"), Some(To::Folder("out".into())));
        assert_eq!(to("/a.b/out.tar"), Some(To::Archive("/a.b/out.tar".into())));
        assert_eq!(to("oci:/a/image"), Some(To::Image("/a/image".into())));
        assert_eq!(to("oci:x.tar"), Some(To::Image("x.tar".into())));
        for wrong in ["", "oci:", "x.tar.gz", "x.tar.zst", "x.tgz"] {
            assert_eq!(to(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_date_is_what_the_environment_says_and_nothing_else() {
        let date = |text: &str| date(Language::English, Some(text.into()));
        assert_eq!(date("1700000000").unwrap(), 1_700_000_000);
        assert_eq!(super::date(Language::English, None).unwrap(), 0);
        for wrong in ["", "-1", "tomorrow"] {
            assert!(date(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_not_finished_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for to in [To::Folder(at("new")), To::Image(at("new")), To::Archive(at("x.tar"))] {
            let place = Place::make(&to).unwrap();
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "{to:?}");
            drop(place);
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "{to:?}");
        }
        fs::create_dir(at("full")).unwrap();
        fs::write(at("full/mine"), "mine").unwrap();
        for to in [To::Folder(at("full")), To::Image(at("full"))] {
            let error = Place::make(&to).err().unwrap();
            assert_eq!(error.kind(), io::ErrorKind::DirectoryNotEmpty);
            assert_eq!(fs::read_dir(at("full")).unwrap().count(), 1);
        }
    }

    #[test]
    fn no_path_leads_out_of_an_image() {
        for wrong in ["/etc/x", "../x", "blobs/../../x"] {
            assert!(plain(wrong).is_err(), "{wrong}");
        }
        assert!(plain("blobs/sha256/ab").is_ok());
    }
}
