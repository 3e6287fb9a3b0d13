//! The end of the computer's work, asked of logind, which lets anyone who sits before it.

use zbus::{Connection, proxy};

/// How it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It starts again.
    Restart,
    /// It is off.
    Off,
}

#[proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1"
)]
trait Logind {
    fn reboot(&self, interactive: bool) -> zbus::Result<()>;
    fn power_off(&self, interactive: bool) -> zbus::Result<()>;
}

impl End {
    /// Asks for it. The computer then ends all programs, this one too.
    ///
    /// # Errors
    /// Why it will not.
    pub async fn ask(self) -> zbus::Result<()> {
        let system = Connection::system().await?;
        let logind = LogindProxy::new(&system).await?;
        match self {
            Self::Restart => logind.reboot(false).await,
            Self::Off => logind.power_off(false).await,
        }
    }
}
