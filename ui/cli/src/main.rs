//! `moultctl`: Moult without a window.
//!
//! It exits with 0 when it is done, 1 when it was refused or failed, 2 when it was used wrongly.

mod backend;
mod inspect;

use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, Command, value_parser};
use moult_i18n::{Language, fl};

fn main() -> ExitCode {
    let language = Language::of_environment();
    let arguments = match command(language).try_get_matches_from(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help goes to stdout and is no mistake. A closed pipe is none either.
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::from(2)
            } else {
                ExitCode::SUCCESS
            };
        }
    };

    let Some(("inspect", arguments)) = arguments.subcommand() else {
        return ExitCode::from(2);
    };
    let Some(file) = arguments.get_one::<OsString>("file") else {
        return ExitCode::from(2);
    };

    match inspect::run(language, PathBuf::from(file), arguments.get_flag("json")) {
        Ok(text) => match std::io::stdout().lock().write_all(text.as_bytes()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        },
        Err(error) => {
            let _ = writeln!(std::io::stderr().lock(), "{}", error.text(language));
            ExitCode::FAILURE
        }
    }
}

fn command(language: Language) -> Command {
    let file = Arg::new("file")
        .value_name("FILE")
        .value_parser(value_parser!(OsString))
        .required(true);
    let json = Arg::new("json").long("json").action(ArgAction::SetTrue);
    let inspect = Command::new("inspect")
        .about(fl!(language, "ctl-inspect-about"))
        .arg(file.help(fl!(language, "ctl-file-help")))
        .arg(json.help(fl!(language, "ctl-json-help")));

    Command::new("moultctl")
        .about(fl!(language, "ctl-about"))
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(inspect)
}
