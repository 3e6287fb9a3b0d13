//! Man page and shell completions, for whoever packages this program: `moultctl generate DIR`.

use std::fs;
use std::io;
use std::path::Path;

use clap::Command;
use clap_complete::Shell;
use moult_api::FailureCode;

use crate::error::Error;
use crate::print::visible;

/// Writes `moultctl.1` (and one page a command), `moultctl.bash`, `_moultctl` and `moultctl.fish`.
pub(crate) fn run(mut command: Command, folder: &Path) -> Result<String, Error> {
    write(&mut command, folder).map_err(|error| {
        let text = format!("{}: {error}", visible(&folder.to_string_lossy()));
        Error::said(FailureCode::DiskFailed, text)
    })?;
    Ok(String::new())
}

fn write(command: &mut Command, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        let _ = clap_complete::generate_to(shell, command, "moultctl", folder)?;
    }
    clap_mangen::generate_to(command.clone(), folder)
}
