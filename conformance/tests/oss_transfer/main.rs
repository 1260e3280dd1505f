//! Managed transfers of OSS against the local cloud: whole ones, interrupted ones, and those that go wrong.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::print_stdout, clippy::unwrap_used, reason = "tests")]

mod faults;
#[cfg(target_os = "linux")]
mod process;
mod resume;
mod whole;
mod world;
