//! Chores, each by its name: `cargo xtask NAME`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "chores talk to a person at a terminal")]

mod bench;
#[cfg(feature = "catalog")]
mod catalog;
mod clients;
mod conformance;
#[cfg(feature = "typed")]
mod features;
mod official;
mod process;
mod python;
mod snippets;
mod test;
#[cfg(feature = "typed")]
mod typed_check;

use std::process::ExitCode;

/// What a chore returns.
type Done = Result<(), Box<dyn std::error::Error>>;

const HELP: &str = "\
cargo xtask NAME

  test           everything: formatting, clippy, tests, vectors, differential, official clients  [--quick]
  lint           formatting and clippy
  vectors        run vector files: cargo xtask vectors [FILE…]      (default: conformance/vectors/*.jsonl)
  differential   random requests on both sides: [--cloud C] [--count N] [--seed S]
  conformance    structures|calls: random operations against the vendors' own packages, all of them downloaded;
                 typed: generated code against calls by name; setups: random machines (Huawei)
                 [--cloud C] [--service A,B/VERSION] [--count N] [--seed S]
  clients        the official Python SDKs against `sanyun local`  [--tccli: and Tencent Cloud's own command, 274 MB]
  snippets       copy the code of the examples into the migration pages  [--check]
  bench          measurements: calls [--json], or codec, compile [--anchor], oss, size [--fast]
  catalog        import the facts of the vendors' packages  [--help]
  features       write the cargo features of the cloud crates, one a service  [--check]
  typed-check    generate and check the code of every service version  [--cloud C] [--shard I/N] [--catalog DIR]
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (name, rest) = args.split_first().map_or(("help", &[][..]), |(name, rest)| (name.as_str(), rest));
    let done = match name {
        "test" => test::run(rest),
        "lint" => test::lint(),
        "vectors" => conformance::vectors(rest),
        "differential" => conformance::differential(rest),
        "conformance" => official::run(rest),
        "clients" => clients::run(rest),
        "snippets" => snippets::run(rest),
        "bench" => bench::run(rest),
        #[cfg(feature = "catalog")]
        "catalog" => catalog::run(rest),
        // The importer needs a C library that nothing else here does: built when it is asked for.
        #[cfg(not(feature = "catalog"))]
        "catalog" => process::run(
            process::cargo().args(["run", "--quiet", "--package", "xtask", "--features", "catalog", "--"]).args(&args),
        ),
        #[cfg(feature = "typed")]
        "features" => features::run(rest),
        #[cfg(feature = "typed")]
        "typed-check" => typed_check::run(rest),
        #[cfg(not(feature = "typed"))]
        "features" | "typed-check" => process::run(
            process::cargo().args(["run", "--quiet", "--package", "xtask", "--features", "typed", "--"]).args(&args),
        ),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(format!("there is no chore `{other}`\n\n{HELP}").into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
