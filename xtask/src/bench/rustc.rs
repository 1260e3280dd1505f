//! How much CPU time the compiler takes for one crate: cargo starts it through this program (`RUSTC_WRAPPER`), which
//! notes the time in a file.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Done;
use crate::process::run as run_command;

/// The variable that names the file of notes.
const LOG: &str = "SANYUN_RUSTC_LOG";
/// The unit of the kernel's figures for processes, in seconds (`USER_HZ`, which is 100 on Linux everywhere).
const TICK: f64 = 0.01;

/// What the compiler took for a crate.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    /// User and system time, in seconds.
    pub(super) cpu: f64,
    /// The crate's root file.
    pub(super) root: PathBuf,
}

/// `bench rustc RUSTC ARGUMENTS…`: compiles and notes `crate⇥seconds⇥root file`.
pub(crate) fn run(args: &[String]) -> Done {
    let (rustc, rest) = args.split_first().ok_or("cargo calls this")?;
    let status = Command::new(rustc).args(rest).status()?;
    let name = rest.iter().position(|arg| arg == "--crate-name").and_then(|at| rest.get(at + 1));
    let root = rest.iter().find(|arg| arg.ends_with(".rs"));
    if let (Some(name), Some(root), Some(log)) = (name, root, std::env::var_os(LOG)) {
        let mut log = std::fs::OpenOptions::new().create(true).append(true).open(log)?;
        log.write_all(format!("{name}\t{}\t{root}\n", children_cpu()?).as_bytes())?;
    }
    std::process::exit(status.code().unwrap_or(1))
}

/// CPU seconds of the processes that this one has waited for.
fn children_cpu() -> Result<f64, Box<dyn std::error::Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name before it may hold anything, even brackets and blanks; these are its members 16 and 17 (proc(5)).
    let members = stat.rsplit_once(')').ok_or("/proc/self/stat has no name")?.1.split_whitespace();
    let ticks: Vec<f64> = members.skip(13).take(2).filter_map(|ticks| ticks.parse().ok()).collect();
    Ok(ticks.iter().sum::<f64>() * TICK)
}

/// Runs cargo in a folder and tells what the compiler took for a crate; `None` if it was not compiled.
pub(super) fn measured(
    folder: &Path,
    args: &[&str],
    name: &str,
) -> Result<Option<Compiled>, Box<dyn std::error::Error>> {
    let (log, wrapper) = (folder.join("rustc.log"), folder.join("rustc.sh"));
    let program = std::env::current_exe()?;
    std::fs::write(&wrapper, format!("#!/bin/sh\nexec '{}' bench rustc \"$@\"\n", program.display()))?;
    std::fs::set_permissions(&wrapper, PermissionsExt::from_mode(0o755))?;
    std::fs::write(&log, "")?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder).args(args).arg("--quiet").env("CARGO_TARGET_DIR", folder.join("target"));
    run_command(cargo.env("CARGO_INCREMENTAL", "0").env("RUSTC_WRAPPER", wrapper).env(LOG, &log))?;
    let notes = std::fs::read_to_string(&log)?;
    let mut found = notes.lines().filter_map(|line| {
        let mut words = line.split('\t');
        let (crate_name, cpu, root) = (words.next()?, words.next()?, words.next()?);
        (crate_name == name).then(|| cpu.parse().ok().map(|cpu| Compiled { cpu, root: root.into() }))?
    });
    Ok(found.next())
}
