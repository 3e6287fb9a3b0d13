//! A desktop with more than one window, and a way to close one: sway, drawing nowhere.

use std::{fs, process::Command};

use super::{Desktop, Error, Screen, User};

/// Where sway hears commands, and what it is told at its start, below the runtime folder.
const SOCKET: &str = "sway.socket";
const FILE: &str = "sway.config";
/// A window to drag from stays small and in the corner, as it does under cage; it is called so.
const CONFIG: &str = "default_border none\nfor_window [title=\"^Files$\"] floating enable, move position 0 0\n";

impl Desktop<'_> {
    /// A screen of its own of an ordinary desktop, in the folder `name`.
    ///
    /// # Errors
    /// When sway does not start.
    pub fn desktop_screen(&self, name: &str) -> Result<Screen<'_>, Error> {
        let runtime = self.runtime(name)?;
        let config = format!("{runtime}/{FILE}");
        let outside = self.lab.path(&config);
        fs::write(&outside, CONFIG).map_err(Error::file("writing", &outside))?;
        let mut sway = self.lab.command(User::Live, "sway", &["--config", &config])?;
        let _ = sway.env("SWAYSOCK", format!("{runtime}/{SOCKET}"));
        crate::lab::Screen::Headless(1280, 720).draw_on(&mut sway);
        // It leaves the first name to others.
        let screen = self.start_screen(sway, runtime, "wayland-1")?;
        Ok(Screen {
            is_desktop: true,
            ..screen
        })
    }
}

impl Screen<'_> {
    /// Whether it is an ordinary desktop's.
    pub(in crate::lab) fn is_desktop(&self) -> bool {
        self.is_desktop
    }

    /// Asks the windows of this application to close, as a button of the desktop does.
    ///
    /// # Errors
    /// When there is none, or nobody can ask.
    pub(in crate::lab) fn close(&self, application: &str) -> Result<(), Error> {
        let socket = format!("{}/{SOCKET}", self.runtime);
        let kill = format!("[app_id=\"{application}\"] kill");
        let arguments = ["--socket", &socket, "--", &kill];
        let mut command: Command = self.desktop.lab.command(User::Live, "swaymsg", &arguments)?;
        // Why not, it says to whom it answers.
        let answer = command.output().map_err(Error::file("starting", "swaymsg"))?;
        if answer.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&answer.stdout).into_owned();
        Err(Error::Wayland(format!("no window of {application} closes: {said}")))
    }
}
