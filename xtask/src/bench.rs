//! Measurements.

use crate::Done;
use crate::process::{cargo, run as run_command};

/// `cargo xtask bench [--json]`
pub(crate) fn run(args: &[String]) -> Done {
    let python = crate::python::environment()?;
    run_command(
        cargo().env("SANYUN_PYTHON", python).args(["run", "--release", "--package", "sanyun-benches", "--"]).args(args),
    )
}
