//! Measurements.

use crate::Done;
use crate::process::{cargo, run as run_command};

/// `cargo xtask bench [--json]`
pub(crate) fn run(args: &[String]) -> Done {
    run_command(cargo().args(["run", "--release", "--package", "sanyun-benches", "--"]).args(args))
}
