//! The target: a folder that holds a composed `/usr` and nothing else, made into a system of its own.
//!
//! The installed system is stateless: whatever `/etc` lacks is brought back at boot from `/usr/share/factory/etc` by
//! tmpfiles.d. That copies a folder only where the target's is absent or empty, so [`Target::prepare`] copies the whole
//! factory first, before any other function here puts a file into one of its folders.

mod accounts;
mod keyboard;
mod keymap;
mod root;
mod sysusers;
mod tree;

use std::path::Path;

pub use accounts::Account;
pub use keyboard::Keyboard;
pub(crate) use root::Access;
use root::Root;

use crate::{Error, secret::PasswordHash};

/// Directories of a root, with their modes. `efi` is where the boot partition is mounted.
const DIRECTORIES: [(&str, u32); 24] = [
    ("etc", 0o755),
    ("var", 0o755),
    ("var/cache", 0o755),
    ("var/lib", 0o755),
    ("var/log", 0o755),
    ("var/tmp", 0o1777),
    ("home", 0o755),
    ("root", 0o700),
    ("boot", 0o755),
    ("efi", 0o755),
    ("run", 0o755),
    ("proc", 0o555),
    ("sys", 0o555),
    ("dev", 0o755),
    ("tmp", 0o1777),
    ("mnt", 0o755),
    ("media", 0o755),
    ("opt", 0o755),
    ("srv", 0o755),
    ("etc/default", 0o755),
    ("etc/X11", 0o755),
    ("etc/X11/xorg.conf.d", 0o755),
    ("etc/environment.d", 0o755),
    ("etc/NetworkManager", 0o755),
];
/// Of these, how many are not below /etc.
const BASE: usize = 19;

/// Everything a person decided about the new system.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Host name, RFC 1123.
    pub hostname: String,
    /// Locale ("de_DE.UTF-8").
    pub locale: String,
    /// Time zone ("Europe/Berlin").
    pub timezone: String,
    /// Keyboard of console and desktop.
    pub keyboard: Keyboard,
    /// First account.
    pub account: Account,
    /// Text of `/etc/fstab`.
    pub fstab: String,
}

/// What was written where the target could not give exactly what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    /// Number of the first user.
    pub uid: u32,
    /// The locale: the one asked for, or `C.UTF-8` if the target has no data for it.
    pub locale: String,
    /// The console's keymap; `None` = the target has none that fits, the console stays on its built-in one.
    pub console_keymap: Option<String>,
}

/// A mounted target.
#[derive(Debug)]
pub struct Target {
    root: Root,
}

impl Target {
    /// Opens the target that is mounted at `path`.
    ///
    /// # Errors
    /// `NoSystem` without a `/usr`, `Io`.
    pub fn open(path: &Path) -> Result<Target, Error> {
        let root = Root::open(path)?;
        match root.directory("usr")? {
            Some(_) => Ok(Target { root }),
            None => Err(Error::NoSystem { path: path.to_owned() }),
        }
    }

    /// Everything, in the right order; durable when it returns. A second run gives the same.
    ///
    /// # Errors
    /// `Invalid`, `NameTaken`, `UnknownZone`, `Io`. Wishes are checked before anything is written, but for the account's
    /// name against the system's own.
    pub fn configure(&self, settings: &Settings, password: &PasswordHash) -> Result<Configured, Error> {
        valid_hostname(&settings.hostname)?;
        valid_locale(&settings.locale)?;
        self.valid_zone(&settings.timezone)?;
        settings.keyboard.validate()?;
        settings.account.validate()?;

        self.prepare()?;
        let uid = self.write_accounts(&settings.account, password)?;
        self.write_hostname(&settings.hostname)?;
        let locale = self.write_locale(&settings.locale)?;
        self.write_timezone(&settings.timezone)?;
        let console_keymap = self.write_keyboard(&settings.keyboard)?;
        self.write_fstab(&settings.fstab)?;
        self.write_machine_id()?;
        self.sync()?;
        Ok(Configured {
            uid,
            locale,
            console_keymap,
        })
    }

    /// Base directories with their modes, then [`Target::prepare_etc`]. Comes before everything else.
    ///
    /// # Errors
    /// `Io`.
    pub fn prepare(&self) -> Result<(), Error> {
        for (path, mode) in &DIRECTORIES[..BASE] {
            self.root.settle_directory(path, Access::root(*mode))?;
        }
        self.prepare_etc()?;
        for (path, mode) in &DIRECTORIES[BASE..] {
            self.root.make_directory(path, *mode)?;
        }
        Ok(())
    }

    /// Copies what `/etc` lacks from `/usr/share/factory/etc`, with mode, owner and symlinks.
    ///
    /// # Errors
    /// `Io`.
    pub fn prepare_etc(&self) -> Result<(), Error> {
        let etc = self.root.make_directory("etc", 0o755)?;
        match self.root.directory("usr/share/factory/etc")? {
            Some(factory) => tree::fill(&factory, &etc, tree::Owner::Kept, "etc"),
            None => Ok(()),
        }
    }

    /// `/etc/hostname`, and `/etc/hosts` so that the name resolves without a network.
    ///
    /// # Errors
    /// `Invalid`, `Io`.
    pub fn write_hostname(&self, hostname: &str) -> Result<(), Error> {
        valid_hostname(hostname)?;
        self.root
            .write("etc/hostname", format!("{hostname}\n").as_bytes(), Access::root(0o644))?;
        let hosts = format!(
            "127.0.0.1\tlocalhost\n127.0.1.1\t{hostname}\n\n::1\tlocalhost ip6-localhost ip6-loopback\n\
             ff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n"
        );
        self.root.write("etc/hosts", hosts.as_bytes(), Access::root(0o644))
    }

    /// `/etc/machine-id` as `uninitialized`: the first boot is a first boot, and makes the id.
    ///
    /// # Errors
    /// `Io`.
    pub fn write_machine_id(&self) -> Result<(), Error> {
        self.root
            .write("etc/machine-id", b"uninitialized\n", Access::root(0o444))
    }

    /// `/etc/fstab` with this text.
    ///
    /// # Errors
    /// `Io`.
    pub fn write_fstab(&self, text: &str) -> Result<(), Error> {
        self.root.write("etc/fstab", text.as_bytes(), Access::root(0o644))
    }

    /// `/etc/locale.conf`, and Debian's name for it. Gives the locale that was written: a locale that the target has no
    /// data for would turn every program back to ASCII, so `C.UTF-8` stands in for it.
    ///
    /// # Errors
    /// `Invalid`, `Io`.
    pub fn write_locale(&self, locale: &str) -> Result<String, Error> {
        valid_locale(locale)?;
        let locale = if self.has_locale(locale)? { locale } else { "C.UTF-8" };
        self.root.write(
            "etc/locale.conf",
            format!("LANG={locale}\n").as_bytes(),
            Access::root(0o644),
        )?;
        self.root.link("etc/default/locale", "../locale.conf")?;
        Ok(locale.to_owned())
    }

    /// glibc in the target has data for `locale` (built in, as a folder, or named in the archive).
    ///
    /// # Errors
    /// `Io`.
    pub fn has_locale(&self, locale: &str) -> Result<bool, Error> {
        if matches!(locale, "C" | "POSIX" | "C.UTF-8" | "C.utf8") {
            return Ok(true);
        }
        let normal = normal_locale(locale);
        for name in [locale, normal.as_str()] {
            if self.root.directory(&format!("usr/lib/locale/{name}"))?.is_some() {
                return Ok(true);
            }
        }
        // The archive names its locales as NUL-terminated strings.
        let archive = self
            .root
            .read("usr/lib/locale/locale-archive", 512 << 20)?
            .unwrap_or_default();
        let needle = [b"\0", normal.as_bytes(), b"\0"].concat();
        Ok(archive.windows(needle.len()).any(|window| window == needle))
    }

    /// `/etc/localtime`.
    ///
    /// # Errors
    /// `Invalid`, `UnknownZone`, `Io`.
    pub fn write_timezone(&self, zone: &str) -> Result<(), Error> {
        self.valid_zone(zone)?;
        self.root
            .link("etc/localtime", &format!("../usr/share/zoneinfo/{zone}"))
    }

    fn valid_zone(&self, zone: &str) -> Result<(), Error> {
        let part = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "_-+.".contains(c))
        };
        if zone.len() > 64 || !zone.split('/').all(part) {
            return Err(Error::invalid("time zone", zone, "it is not of the form Area/City"));
        }
        if zone == "UTC" || self.root.is_file(&format!("usr/share/zoneinfo/{zone}")) {
            return Ok(());
        }
        Err(Error::UnknownZone { zone: zone.to_owned() })
    }

    /// The layout for console (`vconsole.conf`), X11 (`xorg.conf.d`), Wayland compositors (`environment.d`) and localed.
    /// Gives the console keymap; `None` = the target has none that fits.
    ///
    /// # Errors
    /// `Invalid`, `Io`.
    pub fn write_keyboard(&self, keyboard: &Keyboard) -> Result<Option<String>, Error> {
        keyboard::write(&self.root, keyboard)
    }

    /// passwd, group, shadow and gshadow with the system's own accounts, root locked, and the first person; the home
    /// directory. Gives the person's uid.
    ///
    /// # Errors
    /// `Invalid`, `NameTaken`, `Io`.
    pub fn write_accounts(&self, account: &Account, password: &PasswordHash) -> Result<u32, Error> {
        accounts::write(&self.root, account, password)
    }

    /// Waits until all of it is on the disk.
    ///
    /// # Errors
    /// `Io`.
    pub fn sync(&self) -> Result<(), Error> {
        self.root.sync()
    }

    pub(crate) fn root(&self) -> &Root {
        &self.root
    }
}

/// RFC 1123, and Linux' limit of 64 bytes.
///
/// # Errors
/// `Invalid`.
pub fn valid_hostname(name: &str) -> Result<(), Error> {
    let wrong = |why| Err(Error::invalid("host name", name, why));
    if name.is_empty() || name.len() > 64 {
        return wrong("it must have 1 to 64 characters");
    }
    for label in name.split('.') {
        if label.is_empty() || label.len() > 63 {
            return wrong("each part must have 1 to 63 characters");
        }
        if !label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-') {
            return wrong("it may hold only letters, digits and -");
        }
        if label.starts_with('-') || label.ends_with('-') {
            return wrong("no part may begin or end with -");
        }
    }
    Ok(())
}

/// The form `language_COUNTRY.UTF-8`, as far as it can be told without the target's data.
///
/// # Errors
/// `Invalid`.
pub fn valid_locale(locale: &str) -> Result<(), Error> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.@-".contains(c);
    if locale.is_empty() || locale.len() > 64 || locale.starts_with('.') || !locale.chars().all(fits) {
        return Err(Error::invalid(
            "locale",
            locale,
            "it is not of the form language_COUNTRY.UTF-8",
        ));
    }
    Ok(())
}

/// As glibc names it on disk: "de_DE.UTF-8" is "de_DE.utf8".
fn normal_locale(locale: &str) -> String {
    let (base, modifier) = locale
        .split_once('@')
        .map_or((locale, None), |(base, modifier)| (base, Some(modifier)));
    let base = match base.split_once('.') {
        Some((language, codeset)) => format!("{language}.{}", codeset.replace('-', "").to_ascii_lowercase()),
        None => base.to_owned(),
    };
    modifier.map_or(base.clone(), |modifier| format!("{base}@{modifier}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_follow_rfc_1123() {
        for good in ["a", "moult", "a-b.example", "1box", &"a".repeat(63)] {
            assert!(valid_hostname(good).is_ok(), "{good:?}");
        }
        for bad in [
            "",
            "-a",
            "a-",
            "a..b",
            ".a",
            "a.",
            "a_b",
            "ä",
            "a b",
            "a\n",
            &"a".repeat(64),
            &"a.".repeat(40),
        ] {
            assert!(valid_hostname(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn locales_are_named_as_on_disk() {
        assert_eq!(normal_locale("de_DE.UTF-8"), "de_DE.utf8");
        assert_eq!(normal_locale("sr_RS.UTF-8@latin"), "sr_RS.utf8@latin");
        assert_eq!(normal_locale("de_DE"), "de_DE");
    }
}
