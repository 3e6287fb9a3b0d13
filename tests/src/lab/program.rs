//! Where programs are: the system's, and the workspace's own.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::Error;

const SYSTEM: [&str; 6] = [
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
    "/usr/local/sbin",
    "/usr/local/bin",
];

/// The absolute path of a system program.
///
/// # Errors
/// [`Error::MissingProgram`] when none of the system's folders has it.
pub fn find_program(name: &str) -> Result<PathBuf, Error> {
    SYSTEM
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|path| path.is_file())
        .ok_or_else(|| Error::MissingProgram(name.to_owned()))
}

/// A system program with a cleared environment, nothing to read and nothing set but PATH.
pub(crate) fn system(name: &str) -> Result<Command, Error> {
    let mut command = Command::new(find_program(name)?);
    command
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null());
    Ok(command)
}

/// Runs a command to its end and gives what it printed.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(Error::file("starting", &program))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let start = said.len().saturating_sub(2000);
    let stderr = said.get(start..).unwrap_or(&said).trim().to_owned();
    Err(Error::Program {
        program,
        status: output.status,
        stderr,
    })
}

/// The folder that the workspace's manifest is in.
pub fn checkout() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// The folder that cargo builds into.
pub fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| checkout().join("target"), PathBuf::from)
}

/// A program of this workspace: beside the running one, or beside the folder of the running test.
pub(crate) fn own(name: &str) -> Result<PathBuf, Error> {
    let me = std::env::current_exe().map_err(Error::system("finding the running program"))?;
    me.ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .ok_or_else(|| Error::NotBuilt(target_folder().join("debug").join(name)))
}
