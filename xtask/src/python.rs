//! The Python environment with the official SDKs at pinned versions: made once, made anew when the pins change.

use std::path::PathBuf;
use std::process::Command;

use crate::process::{root, run, target};

/// The Python of the environment.
///
/// # Errors
/// There is no `python3`, or installing the packages fails.
pub(crate) fn environment() -> Result<PathBuf, Box<dyn std::error::Error>> {
    let folder = target().join("python-env");
    let python = folder.join("bin/python");
    let requirements = root().join("conformance/python/requirements.txt");
    let pins = std::fs::read_to_string(&requirements)?;
    let stamp = folder.join("pins");
    if python.exists() && std::fs::read_to_string(&stamp).is_ok_and(|known| known == pins) {
        return Ok(python);
    }
    println!("making the Python environment with the official SDKs (about half a minute)");
    let _ = std::fs::remove_dir_all(&folder);
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(&requirements))?;
    std::fs::write(stamp, pins)?;
    Ok(python)
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
