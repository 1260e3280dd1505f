//! The catalog and our clients against the vendors' own packages, run: every model class and typed client there is.

use std::process::Command;

use crate::Done;
use crate::conformance::{build, program};
use crate::process::{root, run as run_command};
use crate::python;

const HELP: &str = "cargo xtask conformance structures|calls|typed \
                    [--cloud C] [--service A,B/VERSION] [--count N] [--seed S] [--catalog DIR (structures only)]\n\
                    cargo xtask conformance setups [--count N] [--seed S]";

/// Services whose packages the Python environment has: compared with every test.
const INSTALLED: [[&str; 2]; 3] = [["huawei", "vpc"], ["tencent", "cvm"], ["alibaba", "ecs/20140526,ocr/20191230"]];
/// Operations of each of them.
const OPERATIONS: &str = "100";
/// Set-ups of a machine, compared with every test.
const SETUPS: &str = "500";

/// `cargo xtask conformance structures|calls|typed|setups …`
pub(crate) fn run(args: &[String]) -> Done {
    let (what, rest) = args.split_first().ok_or(HELP)?;
    if !["structures", "calls", "typed", "setups"].contains(&what.as_str()) {
        return Err(HELP.into());
    }
    build()?;
    // Generated code is compared with our own calls by name, which need nothing of the vendors'.
    if what == "typed" {
        return run_command(program().arg(what).args(rest));
    }
    // The packages for set-ups are in the Python environment.
    if what != "setups" {
        fetch(rest)?;
    }
    run_command(program().env("SANYUN_PYTHON", python::environment()?).arg(what).args(rest))
}

/// A part of what needs the vendors' packages, with the program as the last build left it and without a download.
pub(crate) fn run_part() -> Done {
    for what in ["structures", "calls"] {
        for [cloud, services] in INSTALLED {
            let mut command = program();
            command.env("SANYUN_PYTHON", python::environment()?).arg(what);
            run_command(command.args(["--cloud", cloud, "--service", services, "--count", OPERATIONS]))?;
        }
    }
    run_command(program().env("SANYUN_PYTHON", python::environment()?).args(["setups", "--count", SETUPS]))
}

/// Downloads the packages of the lock file that the importer's cache lacks.
fn fetch(args: &[String]) -> Done {
    let cloud = args.iter().position(|arg| arg == "--cloud").and_then(|at| args.get(at + 1));
    let clouds = cloud.map_or(vec!["huawei", "tencent", "alibaba"], |cloud| vec![cloud]);
    let importer = root().join("xtask/catalog");
    let mut fetch = Command::new(std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into()));
    fetch.env("PYTHONDONTWRITEBYTECODE", "1").arg(importer.join("fetch.py")).arg(importer.join("packages.lock"));
    run_command(fetch.arg(root().join("target/catalog/packages")).arg("get").args(clouds))
}
