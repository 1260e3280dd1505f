//! Python environments with the official SDKs and `tccli` at pinned versions: made once, and anew when the pins change.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{root, run, target};

/// The Python of the environment.
///
/// # Errors
/// There is no `python3`, or installing the packages fails.
pub(crate) fn environment() -> Result<PathBuf, Box<dyn std::error::Error>> {
    Ok(installed("python-env", "requirements.txt", &[])?.join("python"))
}

/// Tencent Cloud's own command, in an environment of its own (274 MB). Its package asks for the SDK of every product;
/// what it needs of that is among the pins.
///
/// # Errors
/// As [`environment`].
pub(crate) fn tccli() -> Result<PathBuf, Box<dyn std::error::Error>> {
    Ok(installed("tccli-env", "requirements-tccli.txt", &["--no-deps"])?.join("tccli"))
}

/// The programs of an environment with what a file pins.
fn installed(name: &str, pins: &str, options: &[&str]) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let folder = target().join(name);
    let requirements = root().join("conformance/python").join(pins);
    let (pins, stamp) = (std::fs::read_to_string(&requirements)?, folder.join("pins"));
    let programs = folder.join("bin");
    if programs.join("python").exists() && std::fs::read_to_string(&stamp).is_ok_and(|known| known == pins) {
        return Ok(programs);
    }
    println!("making the Python environment {name} (about half a minute)");
    let _ = std::fs::remove_dir_all(&folder);
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    install(&programs.join("python"), &requirements, options)?;
    std::fs::write(stamp, pins)?;
    Ok(programs)
}

fn install(python: &Path, requirements: &Path, options: &[&str]) -> crate::Done {
    run(Command::new(python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(options)
        .arg("-r")
        .arg(requirements))
}

/// A command that runs one of our Python programs (a path below `conformance/python`).
///
/// # Errors
/// As [`environment`].
pub(crate) fn program(path: &str) -> Result<Command, Box<dyn std::error::Error>> {
    let mut command = Command::new(environment()?);
    command.arg(root().join("conformance/python").join(path)).env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}
