//! Measurements.

#[cfg(feature = "typed")]
mod anchor;
#[cfg(feature = "typed")]
mod compile;
#[cfg(feature = "typed")]
mod rustc;
#[cfg(feature = "typed")]
mod scratch;
#[cfg(feature = "typed")]
mod size;

use crate::Done;
use crate::process::{cargo, run as run_command};

/// `cargo xtask bench [--json]`, `bench codec`, `bench compile [--anchor]`, `bench size [--fast]`
pub(crate) fn run(args: &[String]) -> Done {
    match args.first().map(String::as_str) {
        Some("compile" | "size" | "rustc") => typed(args),
        Some("codec") => benches(args, None),
        _ => benches(args, Some(crate::python::environment()?)),
    }
}

fn benches(args: &[String], python: Option<std::path::PathBuf>) -> Done {
    let mut command = cargo();
    command.args(["run", "--release", "--package", "sanyun-benches", "--"]).args(args);
    run_command(command.envs(python.map(|python| ("SANYUN_PYTHON", python))))
}

/// What needs the generator.
#[cfg(feature = "typed")]
fn typed(args: &[String]) -> Done {
    match args.split_first() {
        Some((name, rest)) if name == "rustc" => rustc::run(rest),
        Some((name, rest)) if name == "size" => size::run(rest),
        _ => compile::run(args),
    }
}

#[cfg(not(feature = "typed"))]
fn typed(args: &[String]) -> Done {
    run_command(cargo().args(["run", "--quiet", "--package", "xtask", "--features", "typed", "--", "bench"]).args(args))
}
