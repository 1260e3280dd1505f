//! `cargo xtask bench oss`: what objects cost our client, a bare client of the same HTTP library, the OSS service of
//! `opendal` and the official Python SDK.
//!
//! Every job is a process of its own on core 1, against one server process on core 0: the local cloud, whose data lie in
//! memory, or for the single stream also a server that neither sums nor stores, so that it is not the one to wait for.

mod bare;
mod client;
mod crc;
mod pattern;
mod report;
mod sink;

use crate::Done;

/// The bucket of all jobs.
const BUCKET: &str = "sanyun-bench";
/// Its region.
const REGION: &str = "cn-hangzhou";
/// The bytes of a small object.
const SMALL_BYTES: usize = 4096;

/// `oss [--rounds N] [--large GIB]` reports; the roles are `oss-client`, `oss-sink` and `oss-crc`.
pub(crate) fn run(role: &str, args: &[String]) -> Done {
    match role {
        "oss-client" => client::run(args),
        "oss-sink" => sink::run(args),
        "oss-crc" => crc::run(),
        _ => report::run(args),
    }
}
