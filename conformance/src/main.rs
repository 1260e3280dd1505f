//! The conformance runs as a program: `cargo xtask vectors`, `differential` and `conformance` start it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it reports to a person at a terminal")]

#[path = "main/calls.rs"]
mod calls;
#[path = "main/differential.rs"]
mod differential;
#[path = "main/encryption.rs"]
mod encryption;
#[path = "main/oracle.rs"]
mod oracle;
#[path = "main/setups.rs"]
mod setups;
#[path = "main/structures.rs"]
mod structures;
#[path = "main/typed.rs"]
mod typed;
#[path = "main/vectors.rs"]
mod vectors;

use std::process::ExitCode;

/// What a run returns.
type Done = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (name, rest) = args.split_first().map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
    let done = match name {
        "vectors" => vectors::run(rest),
        "differential" => differential::run(rest),
        "structures" => structures::run(rest),
        "calls" => calls::run(rest),
        "typed" => typed::run(rest),
        "setups" => setups::run(rest),
        "encryption" => encryption::run(rest),
        _ => Err(
            "usage: sanyun-conformance vectors [--cloud C] [FILE…] | differential [--cloud C] [--count N] [--seed S] | \
             structures|calls|typed [--cloud C] [--service A,B/VERSION] [--count N] [--seed S] | setups [--count N] [--seed S] | \
             encryption put|get … (for python/clients/oss_encryption.py)"
                .into(),
        ),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The value behind `--name`, if it is there.
fn option<'a>(args: &'a [String], name: &str) -> Option<&'a str> {
    let at = args.iter().position(|arg| arg == name)?;
    args.get(at + 1).map(String::as_str)
}
