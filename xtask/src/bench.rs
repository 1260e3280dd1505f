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

use std::path::PathBuf;

use crate::Done;
use crate::process::{cargo, run as run_command, target};

/// `cargo xtask bench [--json]`, `bench oss [--rounds N] [--only TEXT]`, `bench codec`, `bench compile [--anchor]`,
/// `bench size [--fast]`
pub(crate) fn run(args: &[String]) -> Done {
    match args.first().map(String::as_str) {
        Some("compile" | "size" | "rustc") => typed(args),
        Some("codec") => benches(args, vec![]),
        Some("oss") => benches(args, vec![("SANYUN_OPENDAL", opendal()?), python()?]),
        _ => benches(args, vec![python()?]),
    }
}

type Peer = (&'static str, PathBuf);

fn benches(args: &[String], peers: Vec<Peer>) -> Done {
    let mut command = cargo();
    command.args(["run", "--release", "--package", "sanyun-benches", "--"]).args(args);
    run_command(command.envs(peers))
}

fn python() -> Result<Peer, Box<dyn std::error::Error>> {
    Ok(("SANYUN_PYTHON", crate::python::environment()?))
}

/// The program of the `opendal` side, which nothing else builds.
fn opendal() -> Result<PathBuf, Box<dyn std::error::Error>> {
    let target = std::path::absolute(target())?;
    let mut command = cargo();
    command.args(["build", "--release", "--locked", "--manifest-path", "benches/opendal/Cargo.toml", "--target-dir"]);
    run_command(command.arg(&target))?;
    Ok(target.join("release/opendal-peer"))
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
