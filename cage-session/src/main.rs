//! `moult-session`: starts cage and the window, and starts the window again when it dies.
//!
//! `moult-session [--gui PROGRAM] [--cage PROGRAM] [ARGUMENT...]`: the arguments are the window's; none means `install`.

mod console;
mod environment;
mod error;
mod graphics;
mod inside;
mod log;
mod mirror;
mod person;
mod session;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use error::Error;

const HELP: &str = "\
Usage: moult-session [--gui PROGRAM] [--cage PROGRAM] [ARGUMENT...]

Starts the compositor cage and the window under it, as an unprivileged user
(as root: as the user \"live\"). The arguments are the window's; none means \"install\".

  --gui PROGRAM    the window's program (/usr/bin/moult)
  --cage PROGRAM   the compositor (/usr/bin/cage)
  --console        only say that there is no window, and ask what to do
  --help           this text
";

/// What the command line says.
#[derive(Debug, PartialEq, Eq)]
struct Arguments {
    /// Started by cage: look after the window.
    inside: bool,
    /// With `inside`: copy what cage draws to the frame buffer.
    mirror: bool,
    console: bool,
    help: bool,
    gui: PathBuf,
    cage: PathBuf,
    rest: Vec<OsString>,
}

impl Arguments {
    fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Self, Error> {
        let mut words = words.into_iter().peekable();
        let mut found = Self {
            inside: false,
            mirror: false,
            console: false,
            help: false,
            gui: "/usr/bin/moult".into(),
            cage: "/usr/bin/cage".into(),
            rest: Vec::new(),
        };
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("--inside") => found.inside = true,
                Some("--mirror") => found.mirror = true,
                Some("--console") => found.console = true,
                Some("--help" | "-h") => found.help = true,
                Some("--gui") => found.gui = words.next().ok_or(Error::Usage)?.into(),
                Some("--cage") => found.cage = words.next().ok_or(Error::Usage)?.into(),
                Some("--") => {
                    found.rest.extend(words);
                    break;
                }
                Some(option) if option.starts_with('-') => return Err(Error::Usage),
                _ => {
                    found.rest.push(word);
                    found.rest.extend(words);
                    break;
                }
            }
        }
        if found.rest.is_empty() {
            found.rest.push("install".into());
        }
        Ok(found)
    }
}

fn main() -> ExitCode {
    let run = Arguments::parse(std::env::args_os().skip(1)).and_then(|arguments| {
        if arguments.help {
            print!("{HELP}");
            Ok(())
        } else if arguments.inside {
            inside::run(&arguments.gui, &arguments.rest, arguments.mirror)
        } else if arguments.console {
            session::only_console()
        } else {
            session::run(&arguments)
        }
    });
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(Error::Usage) => {
            eprint!("{HELP}");
            ExitCode::from(2)
        }
        // The page has said everything.
        Err(Error::GaveUp) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("moult-session: {e}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Arguments, Error> {
        Arguments::parse(words.iter().map(OsString::from))
    }

    #[test]
    fn without_arguments_the_installer_is_opened() {
        let found = parse(&[]).unwrap();
        assert_eq!(
            (found.gui, found.rest),
            ("/usr/bin/moult".into(), vec!["install".into()])
        );
    }

    #[test]
    fn what_follows_the_first_word_is_the_windows() {
        let found = parse(&["--gui", "/g", "install", "--trace", "--gui"]).unwrap();
        assert_eq!(
            (found.gui, found.rest),
            ("/g".into(), vec!["install".into(), "--trace".into(), "--gui".into()])
        );
    }

    #[test]
    fn an_unknown_option_is_refused() {
        assert!(matches!(parse(&["--root"]), Err(Error::Usage)));
        assert!(matches!(parse(&["--gui"]), Err(Error::Usage)));
    }
}
