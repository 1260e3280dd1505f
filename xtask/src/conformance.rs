//! Vectors and differential runs: the program of the conformance crate, built and started.

use std::process::Command;

use crate::Done;
use crate::process::{cargo, run as run_command, target};
use crate::python;

/// `cargo xtask vectors [--cloud C] [FILE…]`
pub(crate) fn vectors(args: &[String]) -> Done {
    run_command(cargo().args(["build", "--quiet", "--package", "sanyun-conformance", "--package", "sanyun-cli"]))?;
    run_vectors(args)
}

/// The vectors, with the programs as the last build left them: some are about the command.
pub(crate) fn run_vectors(args: &[String]) -> Done {
    let command = target().join("debug/sanyun").with_extension(std::env::consts::EXE_EXTENSION);
    run_command(program().env("SANYUN_COMMAND", command).arg("vectors").args(args))
}

/// `cargo xtask differential [--cloud C] [--count N] [--seed S]`
pub(crate) fn differential(args: &[String]) -> Done {
    build()?;
    run_differential(args)
}

/// The differential runs, with the program as the last build left it.
pub(crate) fn run_differential(args: &[String]) -> Done {
    run_command(program().env("SANYUN_PYTHON", python::environment()?).arg("differential").args(args))
}

/// The program of the last build.
pub(crate) fn program() -> Command {
    Command::new(target().join("debug/sanyun-conformance"))
}

/// Builds the program.
pub(crate) fn build() -> Done {
    run_command(cargo().args(["build", "--quiet", "--package", "sanyun-conformance"]))
}
