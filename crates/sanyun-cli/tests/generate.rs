//! The file that an example has checked in is what the command writes.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::Path;

use support::{run, sanyun};

#[test]
fn the_checked_in_file_is_what_generate_writes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vpc.rs");
    // In the workspace's folder, so that rustfmt finds the settings that the workspace is formatted with; and with what
    // it takes to find rustfmt itself.
    let kept = ["PATH", "HOME", "RUSTUP_HOME", "CARGO_HOME", "RUSTUP_TOOLCHAIN"];
    run(sanyun()
        .envs(kept.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
        .current_dir(&root)
        .args(["generate", "huawei/vpc/v2", "--operations", "ListVpcs,CreateVpc", "--root", "sanyun::huawei", "--out"])
        .arg(&file))
    .ok();
    let written = std::fs::read_to_string(file).unwrap();
    let checked_in = std::fs::read_to_string(root.join("examples/checked_in/vpc.rs")).unwrap();
    assert!(written == checked_in, "write examples/checked_in/vpc.rs again: its head says how");
}
