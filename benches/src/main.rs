//! Measurements: `cargo xtask bench`.
//!
//! Every figure is CPU time of a process of its own, because the machine is shared and wall time says little. Each role
//! (the server, a client, a signer) is this program again, started with the role's name.
#![recursion_limit = "256"]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints what it measured")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that cannot be made stops the run")]

mod allocations;
mod client;
mod clouds;
mod codec;
mod floor;
mod oss;
mod report;
mod server;
mod sign;

#[global_allocator]
static ALLOCATOR: allocations::Counting = allocations::Counting;

/// What a measurement returns.
type Done = Result<(), Box<dyn std::error::Error>>;

fn main() -> Done {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some("server") => server::run(),
        Some("client") => client::run(&args),
        Some("sign") => sign::run(&args),
        Some("codec") => codec::run(&args),
        Some(role @ ("oss" | "oss-client" | "oss-sink" | "oss-crc")) => oss::run(role, &args),
        _ => report::run(&args),
    }
}

/// The text behind `--name`.
fn option<'a>(args: &'a [String], name: &str) -> &'a str {
    args.iter().position(|arg| arg == name).and_then(|at| args.get(at + 1)).map_or("", String::as_str)
}

/// Keeps this process on one core, where the system lets it: whether client and server meet on one core or on two makes
/// more difference than what is measured.
fn pin_to(core: usize) {
    let mut cores = rustix::thread::CpuSet::new();
    cores.set(core);
    let _ = rustix::thread::sched_setaffinity(None, &cores);
}

/// CPU seconds (user and system) of this process so far.
fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
