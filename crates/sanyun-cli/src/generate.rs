//! `sanyun generate`: typed operations as one file of Rust to check in.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command as Program, Stdio};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use sanyun_catalog::Catalog;
use sanyun_codegen::{Module, Selection, Spec};
use sanyun_core::{Error, Result};

use crate::terminal;

const AFTER_HELP: &str = "\
Examples:
  sanyun generate alibaba/ecs/2014-05-26 --operations DescribeInstances,RunInstances --out src/ecs.rs
  sanyun generate tencent/cvm --out src/cvm.rs          all operations of the main version
  sanyun generate huawei/vpc --root sanyun_huawei       for a program that uses that crate without sanyun

The file is a module: `mod ecs;` in the program. It is formatted by rustfmt where that is installed.";

/// The command and its options.
pub(crate) fn command() -> Command {
    Command::new("generate")
        .about("Write the typed operations of a service as a file of Rust")
        .after_help(AFTER_HELP)
        .arg(
            Arg::new("service")
                .value_name("CLOUD/SERVICE/VERSION")
                .required(true)
                .help("The service; without a version the main one")
                .value_parser(|text: &str| text.parse::<Spec>().map_err(|error| error.to_string())),
        )
        .arg(
            Arg::new("operations")
                .long("operations")
                .value_name("NAME,...")
                .help("Only these and the types that they need; by default all. Can be repeated")
                .value_delimiter(',')
                .action(ArgAction::Append),
        )
        .arg(
            Arg::new("out")
                .long("out")
                .value_name("FILE")
                .help("The file; by default standard output")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new("root")
                .long("root")
                .value_name("PATH")
                .help("The path of what has the module `typed`; by default sanyun::CLOUD"),
        )
        .arg(
            Arg::new("catalog")
                .long("catalog")
                .value_name("DIR")
                .help("Take the facts from the archives in this folder")
                .value_parser(value_parser!(PathBuf)),
        )
}

/// Runs the command.
///
/// # Errors
/// A name that the catalog does not have, with the nearest ones; a file that cannot be written.
pub(crate) fn run(arguments: &ArgMatches) -> Result<()> {
    let text = formatted(source(arguments)?);
    match arguments.get_one::<PathBuf>("out") {
        Some(path) => std::fs::write(path, text).map_err(|error| Error::io(path.display(), error)),
        None => terminal::print(&text).map_err(|error| Error::io("standard output", error)),
    }
}

fn source(arguments: &ArgMatches) -> Result<String> {
    let Some(spec) = arguments.get_one::<Spec>("service") else { return Err(Error::input("the service is missing")) };
    let names: Vec<String> = arguments.get_many("operations").into_iter().flatten().cloned().collect();
    let selection = if names.is_empty() { Selection::All } else { Selection::Operations(names) };
    let usual = format!("sanyun::{}", spec.cloud);
    let root = arguments.get_one::<String>("root").unwrap_or(&usual);
    let opened = arguments.get_one::<PathBuf>("catalog").map(|folder| Catalog::open_dir(folder, spec.cloud));
    let opened = opened.transpose().map_err(|error| Error::input(error.to_string()))?;
    let embedded = || Catalog::of(spec.cloud).map_err(|error| Error::input(error.to_string()));
    let catalog = opened.as_ref().map_or_else(embedded, Ok)?;
    let service = spec.find(catalog).map_err(|error| Error::input(error.to_string()))?;
    let module = Module::new(service, &selection).map_err(|error| Error::input(error.to_string()))?;
    Ok(module.source(root))
}

/// The text as rustfmt lays it out; as it is if rustfmt is not there or refuses.
fn formatted(text: String) -> String {
    match rustfmt(&text) {
        Some(formatted) if !formatted.is_empty() => formatted,
        _ => text,
    }
}

fn rustfmt(text: &str) -> Option<String> {
    let mut program = Program::new("rustfmt");
    program.args(["--edition", "2024"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = program.spawn().ok()?;
    // It reads everything before it writes anything.
    running.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = running.wait_with_output().ok()?;
    if output.status.success() { String::from_utf8(output.stdout).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated(line: &str) -> Result<String> {
        source(&command().get_matches_from(line.split(' ')))
    }

    #[test]
    fn a_selection_has_its_operations_and_their_types() {
        let text = generated("generate tencent/cvm --operations DescribeZones --root crate").unwrap();
        assert!(text.contains("use crate::typed as sdk;"));
        assert!(text.contains("pub struct DescribeZones {"));
        assert!(text.contains("pub struct ZoneInfo {"));
        assert!(!text.contains("pub struct Instance {"));
        assert_eq!(formatted("fn  a( ) {}".to_owned()).split_whitespace().count(), 3);
    }

    #[test]
    fn what_does_not_exist_is_refused_with_the_nearest_name() {
        let error = generated("generate tencent/cvm --operations DescribeZone").unwrap_err();
        assert!(error.to_string().contains("did you mean `DescribeZones`"), "{error}");
        let stop = command().try_get_matches_from(["generate", "cvm"]).unwrap_err();
        assert!(stop.to_string().contains("cloud/service"), "{stop}");
    }
}
