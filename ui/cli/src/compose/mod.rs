//! `compose`: a system made of a model alone, written to a folder, an archive or an image.
//!
//! The work is the admin's, as files are stored with their owners. The place is ours: this process opens and names every
//! file there, so that nobody gets a file where they could not write one themselves.

mod place;

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use moult_api::{Composed, FailureCode};
use moult_i18n::{Language, bytes, count, fl};
use zbus::Fd;

use self::place::Place;
use crate::backend::{Backend, Role};
use crate::error::Error;
use crate::model;
use crate::print::{json, visible};
use crate::progress::Follower;
use crate::session::Session;

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
    let place = Place::make(to).map_err(failed)?;

    let backend = Backend::start(session, Role::Apart).await?;
    let models = model::models(&backend).await?;
    let follower = Follower::listen(session, &backend).await?;
    let open = Fd::from(place.open().as_fd());
    let job = models.compose(&text, place.format(), date, open).await?;
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
    if error.kind() == io::ErrorKind::ResourceBusy {
        return Error::said(FailureCode::Busy, fl!(language, "ctl-compose-busy", to = to));
    }
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FailureCode::DiskFull,
        io::ErrorKind::ReadOnlyFilesystem => FailureCode::ReadOnly,
        _ => FailureCode::DiskFailed,
    };
    let reason = error.to_string();
    Error::said(code, fl!(language, "ctl-compose-cannot", to = to, reason = reason))
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
}
