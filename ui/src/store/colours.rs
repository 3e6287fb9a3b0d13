//! Which colours: those that the person chose here once, else the desktop's.
//!
//! The choice is in a file beside the queue's. A desktop says what it shows by its portal
//! (`org.freedesktop.portal.Settings`); where there is none, nothing is said.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use zbus::{OwnedVariant, connection};

use super::saved;
use crate::theme::Scheme;

const FILE: &str = "colours.json";
/// The form of the file.
const VERSION: u32 = 1;
/// A longer file is none of ours, in bytes.
const LONGEST: u64 = 4096;

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const INTERFACE: &str = "org.freedesktop.portal.Settings";
const NAMESPACE: &str = "org.freedesktop.appearance";
/// A desktop that does not answer in this time has nothing to say: colours that change later would only disturb.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    scheme: Name,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Name {
    Light,
    Dark,
    Contrast,
}

/// The colours that the person chose, as a folder has it. None: nothing was chosen yet, or it cannot be read.
#[must_use]
pub fn chosen(folder: &Path) -> Option<Scheme> {
    let kept = saved::read(folder, FILE, LONGEST).and_then(|text| Ok(serde_json::from_slice::<Kept>(&text)?));

    match kept {
        Ok(Kept {
            version: VERSION,
            scheme,
        }) => Some(match scheme {
            Name::Light => Scheme::Light,
            Name::Dark => Scheme::Dark,
            Name::Contrast => Scheme::Contrast,
        }),
        // Of another Moult.
        Ok(_) => None,
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            tracing::warn!("the chosen colours cannot be read: {error}");
            None
        }
    }
}

/// Keeps the chosen colours in a folder, durably.
///
/// # Errors
/// The folder cannot be written; what was kept before is still there.
pub fn keep(folder: &Path, scheme: Scheme) -> io::Result<()> {
    let scheme = match scheme {
        Scheme::Light => Name::Light,
        Scheme::Dark => Name::Dark,
        Scheme::Contrast => Name::Contrast,
    };
    let text = serde_json::to_vec(&Kept {
        version: VERSION,
        scheme,
    })?;

    saved::write(folder, FILE, &text)
}

/// The colours that the desktop shows. None: it does not say, or there is none.
pub async fn of_desktop() -> Option<Scheme> {
    of_desktop_on(connection::Builder::session(), PATIENCE).await
}

async fn of_desktop_on(bus: connection::Builder<'_>, patience: Duration) -> Option<Scheme> {
    match tokio::time::timeout(patience, asked(bus)).await {
        Ok(Ok(scheme)) => scheme,
        Ok(Err(error)) => {
            tracing::debug!(%error, "no desktop says which colours it shows");
            None
        }
        Err(_) => {
            tracing::debug!("the desktop does not say which colours it shows");
            None
        }
    }
}

async fn asked(bus: connection::Builder<'_>) -> zbus::Result<Option<Scheme>> {
    let connection = bus.build().await?;
    let answer = connection
        .call_method(Some(PORTAL), PATH, Some(INTERFACE), "ReadAll", &(vec![NAMESPACE],))
        .await?;
    let mut settings: HashMap<String, HashMap<String, OwnedVariant>> = answer.body().deserialize()?;
    let mut appearance = settings.remove(NAMESPACE).unwrap_or_default();
    let mut number = |key: &str| appearance.remove(key).and_then(|value| u32::try_from(value).ok());

    // Contrast: 1 = high. Colours: 0 = no preference, 1 = dark, 2 = light.
    Ok(match (number("contrast"), number("color-scheme")) {
        (Some(1), _) => Some(Scheme::Contrast),
        (_, Some(1)) => Some(Scheme::Dark),
        (_, Some(2)) => Some(Scheme::Light),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use zbus::{Connection, interface};

    use super::super::private_bus::Bus;
    use super::*;

    /// A desktop that says these things, or nothing ever.
    struct Desktop(Option<Vec<(&'static str, u32)>>);

    #[interface(name = "org.freedesktop.portal.Settings")]
    impl Desktop {
        async fn read_all(&self, namespaces: Vec<String>) -> HashMap<String, HashMap<String, OwnedVariant>> {
            assert_eq!(namespaces, [NAMESPACE]);
            let Some(settings) = &self.0 else {
                std::future::pending::<()>().await;
                return HashMap::new();
            };
            let appearance = settings
                .iter()
                .map(|(key, value)| ((*key).to_owned(), OwnedVariant::from(*value)))
                .collect();

            [(NAMESPACE.to_owned(), appearance)].into()
        }
    }

    async fn desktop(bus: &Bus, says: Option<Vec<(&'static str, u32)>>) -> Connection {
        connection::Builder::address(bus.address())
            .serve_at(PATH, Desktop(says))
            .name(PORTAL)
            .build()
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn the_desktop_is_asked_for_dark_light_and_high_contrast() {
        for (says, expected) in [
            (vec![("color-scheme", 1), ("contrast", 0)], Some(Scheme::Dark)),
            (vec![("color-scheme", 2)], Some(Scheme::Light)),
            (vec![("color-scheme", 1), ("contrast", 1)], Some(Scheme::Contrast)),
            (vec![("contrast", 1)], Some(Scheme::Contrast)),
            (vec![("color-scheme", 0), ("contrast", 0)], None),
            (vec![("color-scheme", 77)], None),
            (vec![("accent-color", 1)], None),
            (vec![], None),
        ] {
            let bus = Bus::start();
            let _desktop = desktop(&bus, Some(says.clone())).await;
            let address = connection::Builder::address(bus.address());
            assert_eq!(
                of_desktop_on(address, Duration::from_secs(20)).await,
                expected,
                "{says:?}"
            );
        }
    }

    #[tokio::test]
    async fn without_a_desktop_that_answers_nothing_is_said() {
        let nowhere = connection::Builder::address("unix:path=/nonexistent/bus");
        assert_eq!(of_desktop_on(nowhere, Duration::from_secs(20)).await, None);

        let bus = Bus::start();
        let _silent = desktop(&bus, None).await;
        let address = connection::Builder::address(bus.address());
        assert_eq!(of_desktop_on(address, Duration::from_millis(300)).await, None);
    }

    #[test]
    fn what_was_chosen_is_there_at_the_next_start_and_this_users_alone() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("state/moult");
        assert_eq!(chosen(&folder), None);

        for scheme in [Scheme::Dark, Scheme::Contrast, Scheme::Light] {
            keep(&folder, scheme).unwrap();
            assert_eq!(chosen(&folder), Some(scheme));
        }
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join(FILE))), (0o700, 0o600));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_damaged_or_of_another_moult_says_nothing_and_can_be_replaced() {
        let long = format!(r#"{{"version":1,"scheme":"dark"}}{}"#, " ".repeat(LONGEST as usize));
        for text in [
            "",
            "{",
            "[]",
            r#"{"version":2,"scheme":"dark"}"#,
            r#"{"version":1,"scheme":"mauve"}"#,
            long.as_str(),
        ] {
            let home = tempfile::tempdir().unwrap();
            fs::write(home.path().join(FILE), text).unwrap();

            assert_eq!(chosen(home.path()), None, "{text:.40}");
            keep(home.path(), Scheme::Dark).unwrap();
            assert_eq!(chosen(home.path()), Some(Scheme::Dark));
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_and_not_a_panic() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("file"), "").unwrap();

        assert!(keep(&home.path().join("file/moult"), Scheme::Dark).is_err());
        assert_eq!(chosen(&home.path().join("file/moult")), None);
    }
}
