//! The one test command.

use std::process::Command;
use std::time::Instant;

use crate::process::{cargo, run as run_command, target};
use crate::{Done, clients, conformance, official, snippets};

/// Features that are tested besides the default ones. `tls-aws-lc` needs a long C build and is left to `cargo xtask
/// lint` by hand.
const FEATURES: &str =
    "sanyun-core/tracing,sanyun-core/blocking,sanyun-object-store/signer,sanyun/object-store,xtask/catalog,xtask/typed";

/// `cargo xtask test [--quick]`: everything, or without the runs that need Python.
pub(crate) fn run(args: &[String]) -> Done {
    let started = Instant::now();
    lint()?;
    snippets::run(&["--check".to_owned()])?;
    run_command(cargo().args(["test", "--workspace", "--features", FEATURES]))?;
    // From here on with the programs that the tests have just built: another build would unify other features.
    println!("\n# the examples against the local cloud");
    examples()?;
    println!("\n# vectors");
    conformance::run_vectors(&[])?;
    if !args.iter().any(|arg| arg == "--quick") {
        println!("\n# differential runs against the official SDKs");
        conformance::run_differential(&[])?;
        println!("\n# the catalog and random calls against the vendors' packages that are installed");
        official::run_part()?;
        println!("\n# the official SDKs as clients of the local cloud");
        clients::run_built()?;
    }
    deny()?;
    println!("\nall passed in {:.0} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// The programs of `examples/`, as the tests have built them; the one with a build script is a test of its own.
fn examples() -> Done {
    let built = target().join("debug/examples");
    for name in [
        "three_clouds",
        "objects",
        "errors",
        "typed_features",
        "typed_checked_in",
        "from_python_alibaba",
        "from_python_huawei",
        "from_python_oss",
        "from_python_tencent",
    ] {
        run_command(&mut Command::new(built.join(name)))?;
    }
    Ok(())
}

/// `cargo xtask lint`: formatting and clippy, without a warning.
pub(crate) fn lint() -> Done {
    run_command(cargo().args(["fmt", "--all", "--check"]))?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--features", FEATURES, "--", "-D", "warnings"];
    run_command(cargo().args(clippy))
}

/// Licences and duplicate versions, where `cargo deny` is installed; advisories need the network and are asked for
/// by hand.
fn deny() -> Done {
    let installed =
        Command::new("cargo").args(["deny", "--version"]).output().is_ok_and(|output| output.status.success());
    if !installed {
        println!("\n(cargo-deny is not installed: licences and duplicate versions are not checked)");
        return Ok(());
    }
    run_command(cargo().args(["deny", "--offline", "check", "licenses", "bans", "sources"]))
}
