//! What names and passwords may be, and in which words it is said when they may not.

use moult_api::SECRET_LIMIT;
use moult_i18n::{Language, fl};

const LONGEST_USER_NAME: usize = 32;
const LONGEST_HOST_NAME: usize = 63;
/// Bytes; a line of /etc/passwd should stay a line that every program reads.
const LONGEST_FULL_NAME: usize = 128;

/// Names of users and groups that a system has before the first person.
const TAKEN: [&str; 60] = [
    "root",
    "daemon",
    "bin",
    "sys",
    "sync",
    "games",
    "man",
    "lp",
    "mail",
    "news",
    "uucp",
    "proxy",
    "www-data",
    "backup",
    "list",
    "irc",
    "gnats",
    "nobody",
    "systemd-network",
    "systemd-resolve",
    "systemd-timesync",
    "messagebus",
    "polkitd",
    "sshd",
    "adm",
    "tty",
    "disk",
    "dialout",
    "fax",
    "voice",
    "cdrom",
    "floppy",
    "tape",
    "sudo",
    "audio",
    "dip",
    "operator",
    "src",
    "shadow",
    "utmp",
    "video",
    "sasl",
    "plugdev",
    "staff",
    "users",
    "nogroup",
    "systemd-journal",
    "input",
    "kvm",
    "render",
    "sgx",
    "netdev",
    "crontab",
    "wheel",
    "kmem",
    "systemd-coredump",
    "systemd-oom",
    "clock",
    "dbus",
    "ftp",
];

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// The full name breaks the format it is kept in.
    FullNameCharacters,
    /// The full name is too long.
    FullNameLong,
    /// No user name.
    UserNameEmpty,
    /// The user name starts wrongly.
    UserNameStart,
    /// The user name has other characters.
    UserNameCharacters,
    /// The user name is too long.
    UserNameLong,
    /// The system has a user or group of that name.
    UserNameTaken(String),
    /// No password.
    PasswordEmpty,
    /// The password is too long.
    PasswordLong,
    /// The password was not typed again.
    AgainEmpty,
    /// The passwords differ.
    PasswordDiffers,
    /// No host name.
    HostnameEmpty,
    /// The host name has other characters.
    HostnameCharacters,
    /// The host name starts or ends with a dash.
    HostnameEdges,
    /// The host name is too long.
    HostnameLong,
}

impl Wrong {
    /// It is only that nothing was typed yet.
    pub fn is_empty_field(&self) -> bool {
        matches!(
            self,
            Self::UserNameEmpty | Self::PasswordEmpty | Self::AgainEmpty | Self::HostnameEmpty
        )
    }

    /// It in words.
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::FullNameCharacters => fl!(language, "account-full-name-characters"),
            Self::FullNameLong => fl!(language, "account-full-name-long"),
            Self::UserNameEmpty => fl!(language, "account-user-name-empty"),
            Self::UserNameStart => fl!(language, "account-user-name-start"),
            Self::UserNameCharacters => fl!(language, "account-user-name-characters"),
            Self::UserNameLong => fl!(language, "account-user-name-long"),
            Self::UserNameTaken(name) => fl!(language, "account-user-name-taken", name = name.clone()),
            Self::PasswordEmpty => fl!(language, "account-password-empty"),
            Self::PasswordLong => fl!(language, "account-password-long"),
            Self::AgainEmpty => fl!(language, "account-password-again-empty"),
            Self::PasswordDiffers => fl!(language, "account-password-differs"),
            Self::HostnameEmpty => fl!(language, "account-hostname-empty"),
            Self::HostnameCharacters => fl!(language, "account-hostname-characters"),
            Self::HostnameEdges => fl!(language, "account-hostname-edges"),
            Self::HostnameLong => fl!(language, "account-hostname-long"),
        }
    }
}

/// A full name may be empty; commas and colons separate fields where it is kept.
pub(super) fn full_name(name: &str) -> Option<Wrong> {
    if name.contains([':', ',']) || name.chars().any(char::is_control) {
        Some(Wrong::FullNameCharacters)
    } else {
        (name.len() > LONGEST_FULL_NAME).then_some(Wrong::FullNameLong)
    }
}

/// `[a-z][a-z0-9_-]{0,31}`, and not a name that the system uses.
pub(super) fn user_name(name: &str) -> Option<Wrong> {
    let Some(first) = name.chars().next() else {
        return Some(Wrong::UserNameEmpty);
    };

    if !first.is_ascii_lowercase() {
        Some(Wrong::UserNameStart)
    } else if !name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
    {
        Some(Wrong::UserNameCharacters)
    } else if name.len() > LONGEST_USER_NAME {
        Some(Wrong::UserNameLong)
    } else {
        (TAKEN.contains(&name) || name.starts_with("systemd-")).then(|| Wrong::UserNameTaken(name.to_owned()))
    }
}

/// Any password but none, up to what the backend reads.
pub(super) fn password(password: &str) -> Option<Wrong> {
    if password.is_empty() {
        Some(Wrong::PasswordEmpty)
    } else {
        (password.len() > SECRET_LIMIT).then_some(Wrong::PasswordLong)
    }
}

/// The same once more.
pub(super) fn again(password: &str, again: &str) -> Option<Wrong> {
    if password == again {
        None
    } else if again.is_empty() {
        Some(Wrong::AgainEmpty)
    } else {
        Some(Wrong::PasswordDiffers)
    }
}

/// One label of a domain name (RFC 1123).
pub(super) fn hostname(name: &str) -> Option<Wrong> {
    if name.is_empty() {
        Some(Wrong::HostnameEmpty)
    } else if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        Some(Wrong::HostnameCharacters)
    } else if name.starts_with('-') || name.ends_with('-') {
        Some(Wrong::HostnameEdges)
    } else {
        (name.len() > LONGEST_HOST_NAME).then_some(Wrong::HostnameLong)
    }
}

/// The first word of a full name in the letters that a user name may have; empty if it has none.
pub(super) fn suggest_user_name(full_name: &str) -> String {
    let word = full_name.split_whitespace().next().unwrap_or_default();
    let name: String = word
        .chars()
        .flat_map(char::to_lowercase)
        .flat_map(|letter| plain(letter).chars().collect::<Vec<_>>())
        .skip_while(|letter| !letter.is_ascii_lowercase())
        .take(LONGEST_USER_NAME)
        .collect();

    if user_name(&name).is_some() {
        String::new()
    } else {
        name
    }
}

/// A letter without its marks, as far as Latin goes.
fn plain(letter: char) -> String {
    let plain = match letter {
        'a'..='z' | '0'..='9' | '-' | '_' => return letter.to_string(),
        'ä' | 'æ' => "ae",
        'ö' | 'œ' | 'ø' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ő' => "o",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ț' | 'ţ' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => "",
    };

    plain.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_system_could_not_keep_are_told_in_words() {
        assert_eq!(user_name(""), Some(Wrong::UserNameEmpty));
        assert_eq!(user_name("Ana"), Some(Wrong::UserNameStart));
        assert_eq!(user_name("4na"), Some(Wrong::UserNameStart));
        assert_eq!(user_name("ana:x"), Some(Wrong::UserNameCharacters));
        assert_eq!(user_name("a\u{301}na"), Some(Wrong::UserNameCharacters));
        assert_eq!(user_name(&"a".repeat(33)), Some(Wrong::UserNameLong));
        assert_eq!(user_name("root"), Some(Wrong::UserNameTaken("root".into())));
        assert_eq!(user_name("ana-2_x"), None);

        assert_eq!(full_name("Ana: Müller"), Some(Wrong::FullNameCharacters));
        assert_eq!(full_name("Ana\nroot"), Some(Wrong::FullNameCharacters));
        assert_eq!(full_name("Ana Müller"), None);

        assert_eq!(hostname("-pc"), Some(Wrong::HostnameEdges));
        assert_eq!(hostname("my pc"), Some(Wrong::HostnameCharacters));
        assert_eq!(hostname(&"p".repeat(64)), Some(Wrong::HostnameLong));
        assert_eq!(hostname("PC-7"), None);
    }

    #[test]
    fn a_suggestion_is_always_a_name_that_may_be_used_or_nothing() {
        for (full, user) in [
            ("Ana Müller", "ana"),
            ("Jürgen", "juergen"),
            ("Łukasz Żak", "lukasz"),
            ("  Élodie", "elodie"),
            ("李雷", ""),
            ("Root Beer", ""),
            ("42nd Street", "nd"),
            ("", ""),
        ] {
            assert_eq!(suggest_user_name(full), user, "{full}");
        }
    }
}
