//! The program runs against the local cloud.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::process::Command;

#[test]
fn the_program_runs() {
    let output = Command::new(env!("CARGO_BIN_EXE_sanyun-example-build-script")).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("cn-hangzhou"), "{output:?}");
}
