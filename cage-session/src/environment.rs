//! The environment of cage and the window: what is listed here and nothing else.

use std::{ffi::OsString, path::Path};

use crate::person::Person;

/// Passed on when it is set. Screens and seats, the compositor's own settings, language, cursor.
const KEPT: [&str; 22] = [
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "LANG",
    "LANGUAGE",
    "LIBSEAT_BACKEND",
    "TZ",
    "WAYLAND_DISPLAY",
    "WLR_BACKENDS",
    "WLR_DRM_DEVICES",
    "WLR_HEADLESS_OUTPUTS",
    "WLR_LIBINPUT_NO_DEVICES",
    "WLR_NO_HARDWARE_CURSORS",
    "WLR_RENDERER",
    "WLR_WL_OUTPUTS",
    "WLR_X11_OUTPUTS",
    "XAUTHORITY",
    "XCURSOR_SIZE",
    "XCURSOR_THEME",
    "XDG_SEAT",
    "XDG_SESSION_ID",
    "XDG_SESSION_TYPE",
    "XDG_VTNR",
];
const KEPT_FAMILIES: [&str; 2] = ["LC_", "XKB_DEFAULT_"];

/// The environment for `person`, out of the one we were given.
pub(crate) fn for_person(
    person: &Person,
    runtime: &Path,
    given: impl Iterator<Item = (OsString, OsString)>,
) -> Vec<(OsString, OsString)> {
    let kept = given.filter(|(name, _)| {
        name.to_str()
            .is_some_and(|name| KEPT.contains(&name) || KEPT_FAMILIES.iter().any(|family| name.starts_with(family)))
    });
    let own: [(OsString, OsString); 6] = [
        ("PATH".into(), "/usr/bin:/usr/sbin:/bin:/sbin".into()),
        ("HOME".into(), (&person.home).into()),
        ("USER".into(), (&person.name).into()),
        ("LOGNAME".into(), (&person.name).into()),
        ("SHELL".into(), (&person.shell).into()),
        ("XDG_RUNTIME_DIR".into(), runtime.into()),
    ];
    kept.chain(own).collect()
}
