//! Who polkit would believe: users of this computer, by their number.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// Asks wherever this system keeps its users; absolute, so that nobody's search path matters.
const GETENT: &str = "/usr/bin/getent";
/// A network that does not answer is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// More than any name that a system would take.
const LONGEST_NAME: usize = 256;

/// A user of this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// User id.
    pub uid: u32,
    /// User name.
    pub name: String,
    /// Full name; may be empty.
    pub full_name: String,
}

impl Person {
    /// The full name, or the user name where there is none.
    #[must_use]
    pub fn called(&self) -> &str {
        if self.full_name.is_empty() {
            &self.name
        } else {
            &self.full_name
        }
    }

    /// The user with a number; `None` if there is none.
    pub(super) async fn find(uid: u32) -> Option<Self> {
        let own = fs::read_to_string("/etc/passwd").unwrap_or_default();
        if let Some(person) = Self::among(&own, uid) {
            return Some(person);
        }

        let asked = Command::new(GETENT)
            .args(["passwd", &uid.to_string()])
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .output();
        let said = tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?.stdout;

        Self::among(&String::from_utf8_lossy(&said), uid)
    }

    /// passwd(5)
    fn among(passwd: &str, uid: u32) -> Option<Self> {
        passwd.lines().find_map(|line| {
            let [name, _, number, _, gecos, ..] = line.split(':').collect::<Vec<_>>()[..] else {
                return None;
            };
            let is_it = number.parse() == Ok(uid) && !name.is_empty() && name.len() <= LONGEST_NAME;

            is_it.then(|| Self {
                uid,
                name: name.to_owned(),
                full_name: gecos
                    .split(',')
                    .next()
                    .unwrap_or_default()
                    .chars()
                    .filter(|letter| !letter.is_control())
                    .take(LONGEST_NAME)
                    .collect(),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_number_and_called_by_the_full_name() {
        let passwd =
            "root:x:0:0:root:/root:/bin/sh\nbroken\nana:x:1000:1000:Ana Müller,,,:/home/ana:/bin/bash\nx:x:7:7::/:\n";
        let ana = Person::among(passwd, 1000).unwrap();

        assert_eq!((ana.name.as_str(), ana.full_name.as_str()), ("ana", "Ana Müller"));
        assert_eq!(Person::among(passwd, 7).unwrap().full_name, "");
        assert_eq!(Person::among(passwd, 8), None);
        assert_eq!(Person::among(":x:8:8:::", 8), None);
    }
}
