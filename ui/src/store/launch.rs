//! Starting an installed app by its desktop entry, as the Desktop Entry Specification 1.5 says: no shell is asked, and what
//! the entry says is only ever a program and its arguments.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

/// A longer file is no desktop entry, in bytes.
const LARGEST: u64 = 1 << 20;

/// Why an app was not started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LaunchFailure {
    /// There is no entry of this name, or its maker hid it.
    #[error("there is no desktop entry {0}")]
    Missing(String),
    /// It wants a terminal to run in.
    #[error("it runs in a terminal")]
    Terminal,
    /// Its entry says nothing that can be started.
    #[error("the desktop entry {0} cannot be started")]
    Malformed(String),
    /// Its program is not there.
    #[error("the program {0} is not there")]
    NoProgram(String),
    /// The system did not start it.
    #[error("{0}")]
    System(String),
}

/// Starts the app with this id (`org.kde.krita.desktop`). It goes on when the window closes.
///
/// # Errors
/// Why it was not started.
pub async fn start(desktop_id: String) -> Result<(), LaunchFailure> {
    let folders = data_folders();
    let read = tokio::task::spawn_blocking(move || Entry::find(&desktop_id, &folders));
    let entry = read.await.map_err(|error| LaunchFailure::System(error.to_string()))??;

    let arguments = entry.command_line()?;
    spawn(&arguments, entry.value("Path").map(PathBuf::from))
}

/// Whether the system has a program that opens web addresses.
#[must_use]
pub fn can_open_addresses() -> bool {
    on_path("xdg-open").is_some()
}

/// Opens a web address with the person's browser.
///
/// # Errors
/// [`LaunchFailure::NoProgram`] without `xdg-open`; [`LaunchFailure::Malformed`] for what is no web address.
pub async fn open_address(url: String) -> Result<(), LaunchFailure> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if !is_web || url.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(LaunchFailure::Malformed(url));
    }

    spawn(&["xdg-open".to_owned(), url], None)
}

/// Starts a program on its own, with this window's environment. tokio takes note of its end.
fn spawn(arguments: &[String], folder: Option<PathBuf>) -> Result<(), LaunchFailure> {
    let Some((program, arguments)) = arguments.split_first() else {
        return Err(LaunchFailure::Malformed(String::new()));
    };
    let path = on_path(program).ok_or_else(|| LaunchFailure::NoProgram(program.clone()))?;

    let mut command = Command::new(path);
    let _ = command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // What ends this window's group of processes does not end the app.
        .process_group(0);
    if let Some(folder) = folder.filter(|folder| folder.is_absolute()) {
        let _ = command.current_dir(folder);
    }

    match command.spawn() {
        Ok(_child) => Ok(()),
        Err(error) => Err(LaunchFailure::System(error.to_string())),
    }
}

/// The file of a program, given by its path or by a name on `$PATH`.
fn on_path(program: &str) -> Option<PathBuf> {
    let is_program = |path: &PathBuf| {
        path.metadata()
            .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    };
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(|path| path.is_absolute() && is_program(path));
    }
    if program.is_empty() {
        return None;
    }

    let folders = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
    std::env::split_paths(&folders)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(program))
        .find(is_program)
}

/// Where desktop entries are, by the XDG rules: the person's own first.
fn data_folders() -> Vec<PathBuf> {
    let own = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/share")));
    let shared = std::env::var_os("XDG_DATA_DIRS")
        .filter(|value| !value.is_empty())
        .unwrap_or_else(|| "/usr/local/share:/usr/share".into());

    own.into_iter()
        .chain(std::env::split_paths(&shared))
        .filter(|path| path.is_absolute())
        .collect()
}

/// A desktop entry: the keys of its first group.
#[derive(Debug, PartialEq)]
struct Entry {
    id: String,
    path: PathBuf,
    keys: HashMap<String, String>,
}

impl Entry {
    /// The first entry of this id: the person's own may hide the system's.
    fn find(id: &str, folders: &[PathBuf]) -> Result<Self, LaunchFailure> {
        let missing = || LaunchFailure::Missing(id.to_owned());
        let name = if id.ends_with(".desktop") {
            id.to_owned()
        } else {
            format!("{id}.desktop")
        };
        if name.contains('/') || name.starts_with('.') {
            return Err(missing());
        }

        let file = folders
            .iter()
            .find_map(|folder| place(&folder.join("applications"), &name))
            .ok_or_else(missing)?;
        let mut text = String::new();
        let read = File::open(&file).and_then(|opened| opened.take(LARGEST).read_to_string(&mut text));
        let _ = read.map_err(|_| LaunchFailure::Malformed(id.to_owned()))?;

        let entry = Self {
            keys: keys(&text),
            id: id.to_owned(),
            path: file,
        };
        if entry.is_true("Hidden") {
            return Err(missing());
        }
        if entry.value("Type").is_some_and(|kind| kind != "Application") {
            return Err(LaunchFailure::Malformed(id.to_owned()));
        }
        if entry.is_true("Terminal") {
            return Err(LaunchFailure::Terminal);
        }
        if let Some(program) = entry.value("TryExec")
            && on_path(&program).is_none()
        {
            return Err(LaunchFailure::NoProgram(program));
        }

        Ok(entry)
    }

    /// The value of a key of type string, its escapes undone; None if it is empty.
    fn value(&self, key: &str) -> Option<String> {
        self.keys
            .get(key)
            .map(|raw| unescape(raw))
            .filter(|value| !value.is_empty())
    }

    fn is_true(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|value| value == "true")
    }

    /// The program and its arguments, with no files to open.
    fn command_line(&self) -> Result<Vec<String>, LaunchFailure> {
        let malformed = || LaunchFailure::Malformed(self.id.clone());
        let exec = self.value("Exec").ok_or_else(malformed)?;
        let mut line = Vec::new();

        for word in split(&exec).ok_or_else(malformed)? {
            match word.as_str() {
                "%f" | "%F" | "%u" | "%U" | "%d" | "%D" | "%n" | "%N" | "%v" | "%m" => {}
                "%i" => {
                    if let Some(icon) = self.value("Icon") {
                        line.extend(["--icon".to_owned(), icon]);
                    }
                }
                _ => line.push(self.expand(&word).ok_or_else(malformed)?),
            }
        }

        match line.first() {
            Some(program) if !program.is_empty() && !program.contains('=') => Ok(line),
            _ => Err(malformed()),
        }
    }

    /// A word with its field codes replaced; None for a code that there is none of.
    fn expand(&self, word: &str) -> Option<String> {
        let mut expanded = String::with_capacity(word.len());
        let mut chars = word.chars();

        while let Some(c) = chars.next() {
            if c != '%' {
                expanded.push(c);
                continue;
            }
            match chars.next()? {
                '%' => expanded.push('%'),
                'c' => expanded.push_str(&self.value("Name").unwrap_or_default()),
                'k' => expanded.push_str(&self.path.to_string_lossy()),
                'f' | 'F' | 'u' | 'U' | 'd' | 'D' | 'n' | 'N' | 'v' | 'm' | 'i' => {}
                _ => return None,
            }
        }

        Some(expanded)
    }
}

/// The file of an entry: a dash in its id may be a folder (`kde-krita.desktop` is `kde/krita.desktop`).
fn place(applications: &Path, name: &str) -> Option<PathBuf> {
    /// Folders in folders.
    const DEEPEST: usize = 4;

    let mut path = applications.to_path_buf();
    let mut rest = name;
    for _ in 0..=DEEPEST {
        let whole = path.join(rest);
        if whole.is_file() {
            return Some(whole);
        }
        let (folder, beyond) = rest
            .match_indices('-')
            .map(|(at, _)| {
                (
                    rest.get(..at).unwrap_or_default(),
                    rest.get(at + 1..).unwrap_or_default(),
                )
            })
            .find(|(folder, _)| !folder.is_empty() && *folder != ".." && path.join(folder).is_dir())?;
        path.push(folder);
        rest = beyond;
    }

    None
}

/// The keys of the group `[Desktop Entry]`, without translations.
fn keys(text: &str) -> HashMap<String, String> {
    let mut is_inside = false;
    let mut keys = HashMap::new();

    for line in text.lines().map(str::trim_end) {
        if line.starts_with('[') {
            is_inside = line == "[Desktop Entry]";
        } else if is_inside
            && !line.starts_with('#')
            && let Some((key, value)) = line.split_once('=')
        {
            let _ = keys
                .entry(key.trim_end().to_owned())
                .or_insert_with(|| value.trim_start().to_owned());
        }
    }

    keys
}

/// Undoes the escapes of a value of type string.
fn unescape(raw: &str) -> String {
    let mut value = String::with_capacity(raw.len());
    let mut chars = raw.chars();

    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('s') => value.push(' '),
                Some('n') => value.push('\n'),
                Some('t') => value.push('\t'),
                Some('r') => value.push('\r'),
                Some('\\') | None => value.push('\\'),
                // What has no meaning here may have one in Exec.
                Some(other) => value.extend(['\\', other]),
            },
            c => value.push(c),
        }
    }

    value
}

/// The words of Exec; None if a quote is open at the end.
fn split(exec: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = exec.chars();
    let mut is_quoted = false;

    while let Some(c) = chars.next() {
        match c {
            '"' => {
                is_quoted = !is_quoted;
                let _ = word.get_or_insert_default();
            }
            '\\' if is_quoted => {
                let escaped = chars.next()?;
                let word = word.get_or_insert_default();
                if !matches!(escaped, '"' | '`' | '$' | '\\') {
                    word.push('\\');
                }
                word.push(escaped);
            }
            ' ' | '\t' | '\n' if !is_quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);

    (!is_quoted).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> (tempfile::TempDir, Result<Entry, LaunchFailure>) {
        let folder = tempfile::tempdir().unwrap();
        let applications = folder.path().join("applications");
        std::fs::create_dir_all(&applications).unwrap();
        std::fs::write(applications.join("app.desktop"), text).unwrap();
        let found = Entry::find("app.desktop", &[folder.path().to_path_buf()]);

        (folder, found)
    }

    fn line(exec: &str) -> Result<Vec<String>, LaunchFailure> {
        let text = format!("[Desktop Entry]\nType=Application\nName=An App\nIcon=app\nExec={exec}\n[Other]\nExec=no\n");

        entry(&text).1.unwrap().command_line()
    }

    #[test]
    fn exec_becomes_words_without_field_codes() {
        let cases: [(&str, &[&str]); 7] = [
            ("krita %F", &["krita"]),
            ("krita  --new   %u --x", &["krita", "--new", "--x"]),
            ("app --name %c %i", &["app", "--name", "An App", "--icon", "app"]),
            (
                r#""/opt/my app/run" "a \\"quoted\\" word""#,
                &["/opt/my app/run", "a \"quoted\" word"],
            ),
            (r#"sh -c "echo \\$HOME; rm""#, &["sh", "-c", "echo $HOME; rm"]),
            ("app 100%% --url=%u", &["app", "100%", "--url="]),
            (r#"app "" b"#, &["app", "", "b"]),
        ];

        for (exec, words) in cases {
            assert_eq!(line(exec).unwrap(), words, "{exec}");
        }
    }

    #[test]
    fn an_exec_that_means_nothing_is_refused() {
        for exec in ["", "   ", "app \"open", "app %y", "A=b app", "%f", "app %"] {
            assert!(matches!(line(exec), Err(LaunchFailure::Malformed(_))), "{exec:?}");
        }
    }

    #[test]
    fn an_app_for_a_terminal_and_a_hidden_one_are_not_started() {
        let terminal = "[Desktop Entry]\nType=Application\nExec=htop\nTerminal=true\n";
        assert_eq!(entry(terminal).1, Err(LaunchFailure::Terminal));

        let hidden = "[Desktop Entry]\nType=Application\nExec=app\nHidden=true\n";
        assert_eq!(entry(hidden).1, Err(LaunchFailure::Missing("app.desktop".into())));

        let absent = "[Desktop Entry]\nType=Application\nExec=app\nTryExec=/nowhere/app\n";
        assert_eq!(entry(absent).1, Err(LaunchFailure::NoProgram("/nowhere/app".into())));

        let link = "[Desktop Entry]\nType=Link\nURL=https://example.org\n";
        assert!(matches!(entry(link).1, Err(LaunchFailure::Malformed(_))));
    }

    #[test]
    fn an_id_leads_into_folders_by_its_dashes_and_never_out_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("applications/kde/a-b");
        std::fs::create_dir_all(&deep).unwrap();
        let text = "[Desktop Entry]\nExec=krita\n";
        std::fs::write(deep.join("krita.desktop"), text).unwrap();
        std::fs::write(folder.path().join("evil.desktop"), text).unwrap();
        let folders = [folder.path().to_path_buf()];

        assert_eq!(
            Entry::find("kde-a-b-krita", &folders).unwrap().path,
            deep.join("krita.desktop")
        );
        for id in ["../evil.desktop", "..-evil.desktop", "/evil.desktop", ".desktop", ""] {
            assert!(
                matches!(Entry::find(id, &folders), Err(LaunchFailure::Missing(_))),
                "{id}"
            );
        }
    }

    #[test]
    fn what_is_no_entry_at_all_is_refused_and_does_not_panic() {
        for text in [
            "",
            "\u{0}\u{1}",
            "[Desktop Entry]",
            "Exec=app",
            "[Desktop Entry]\n=\n==\nExec",
        ] {
            let found = entry(text).1.unwrap();
            assert!(
                matches!(found.command_line(), Err(LaunchFailure::Malformed(_))),
                "{text:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_program_is_started_with_its_arguments_and_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_path_buf();
        let arguments = ["touch", "a b", "$HOME"].map(String::from);
        spawn(&arguments, Some(path.clone())).unwrap();

        for _ in 0..6000 {
            if path.join("a b").is_file() && path.join("$HOME").is_file() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("it was not started");
    }

    #[tokio::test]
    async fn only_web_addresses_are_opened() {
        for url in [
            "file:///etc/passwd",
            "--help",
            "https://a b",
            "http://a\n",
            "javascript:1",
        ] {
            assert_eq!(
                open_address(url.to_owned()).await,
                Err(LaunchFailure::Malformed(url.to_owned()))
            );
        }
    }

    #[test]
    fn a_program_that_is_not_there_has_a_name() {
        let failure = spawn(&["moult-no-such-program".to_owned()], None).unwrap_err();
        assert_eq!(failure, LaunchFailure::NoProgram("moult-no-such-program".into()));
    }
}
