//! The lists of packages in the data folder.

use std::fs;
use std::path::Path;

use super::Error;

/// What the data folder asks for, beside the fix-ups.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Lists {
    /// The system: what [`SAMPLE`](super::make::SAMPLE) depends on.
    pub system: Vec<String>,
    /// Desktop programs: in the repository, and not in the system.
    pub programs: Vec<String>,
    /// What others depend on and do without here.
    pub left_out: Vec<String>,
}

impl Lists {
    /// Reads `packages`, and `programs` and `left-out` if they are there.
    pub fn read(data: &Path) -> Result<Lists, Error> {
        let optional = |name: &str| {
            let path = data.join(name);
            if path.exists() {
                package_list(&path)
            } else {
                Ok(Vec::new())
            }
        };
        Ok(Lists {
            system: package_list(&data.join("packages"))?,
            programs: optional("programs")?,
            left_out: optional("left-out")?,
        })
    }
}

/// Names of a list file: one a line, `#` begins a comment.
pub fn package_list(path: &Path) -> Result<Vec<String>, Error> {
    let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
    let mut names = Vec::new();

    for (line, text) in (1..).zip(text.lines()) {
        let name = text.split('#').next().unwrap_or("").trim();
        if name.is_empty() {
            continue;
        }
        // Debian policy 5.6.1; also keeps options of apt out.
        let fits = name.starts_with(|first: char| first.is_ascii_alphanumeric())
            && name
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "+-.".contains(letter));
        if !fits {
            return Err(Error::Data {
                path: path.to_owned(),
                line,
                reason: format!("{name} is no package name"),
            });
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_names_and_comments_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("packages");

        fs::write(&path, "# ground\nbash # shell\n\nlibstdc++6\n").unwrap();
        assert_eq!(package_list(&path).unwrap(), ["bash", "libstdc++6"]);

        fs::write(&path, "bash\n--allow-unauthenticated\n").unwrap();
        assert!(package_list(&path).unwrap_err().to_string().contains("packages:2"));
    }
}
