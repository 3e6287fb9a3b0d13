//! `moult-early`: the first program of our initrd; `modprobe` for the kernel there; a command for other initrds.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use moult_early::{Error, choice, init};

const USAGE: &str = "\
moult-early activate --root DIR --state N [--run DIR] [--console]

Makes state N the active one of the system below DIR, before anything of it runs: for the hooks of an initrd.
What came of it is written to /run/moult/boot (--run: another folder than /run), for the system that starts then.
With --console a failure is also shown on every console, and a person may answer it.

As the first program of an initrd (pid 1) it mounts the root, activates the state of moult.state= and starts the system;
called modprobe, it loads kernel modules of that initrd.";

fn main() -> ExitCode {
    let mut arguments = std::env::args();
    let called = arguments.next().unwrap_or_default();
    let arguments: Vec<String> = arguments.collect();
    let called = Path::new(&called).file_name().unwrap_or_default();
    if called == "modprobe" {
        return ended(init::modprobe(&arguments));
    }
    if std::process::id() == 1 {
        init::run(&arguments);
    }
    match Command::parse(&arguments) {
        Some(command) => ended(command.run()),
        None => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn ended(done: Result<(), Error>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("moult-early: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Command {
    root: PathBuf,
    state: String,
    run: PathBuf,
    console: bool,
}

impl Command {
    fn parse(arguments: &[String]) -> Option<Command> {
        let (word, rest) = arguments.split_first()?;
        let (mut root, mut state, mut run, mut console) = (None, None, PathBuf::from("/run"), false);
        let mut rest = rest.iter();
        while let Some(option) = rest.next() {
            if option == "--console" {
                console = true;
                continue;
            }
            let value = rest.next()?;
            match option.as_str() {
                "--root" => root = Some(PathBuf::from(value)),
                "--state" => state = Some(value.clone()),
                "--run" => run = PathBuf::from(value),
                _ => return None,
            }
        }
        (word == "activate").then_some(Command {
            root: root?,
            state: state?,
            run,
            console,
        })
    }

    fn run(&self) -> Result<(), Error> {
        let record = if self.console {
            choice::make_on_consoles(&self.root, &self.run, &self.state)
        } else {
            choice::make_quietly(&self.root, &self.run, &self.state)
        };
        match record.result {
            Ok(true) => println!("state {} is active now", self.state),
            Ok(false) => println!("state {} was active already", self.state),
            Err(reason) => return Err(Error::NotActivated(reason)),
        }
        if let Some(note) = record.note {
            eprintln!("moult-early: {note}");
        }
        Ok(())
    }
}
