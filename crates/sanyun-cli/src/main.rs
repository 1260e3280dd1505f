//! Sanyun: the command.

mod api;
mod args;
mod call;
mod clouds;
mod complete;
mod debug;
mod dryrun;
mod duration;
mod error;
mod local;
mod options;
mod oss;
mod output;
mod params;
mod place;
mod query;
mod runtime;
mod terminal;
mod tour;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::ArgMatches;
use output::Format;
use sanyun_core::Result;

fn main() -> ExitCode {
    run(std::env::args_os().collect())
}

fn run(argv: Vec<OsString>) -> ExitCode {
    let command = args::command();
    let matches = match command.clone().try_get_matches_from(args::sort(argv, &command)) {
        Ok(matches) => matches,
        Err(stop) => {
            // Help and version are no errors for clap either.
            let _ = stop.print();
            return if stop.use_stderr() { error::USAGE.into() } else { ExitCode::SUCCESS };
        }
    };
    let Some((name, arguments)) = matches.subcommand() else { return error::USAGE.into() };
    match dispatch(name, arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let for_programs = options::asked_format(arguments) == Some(Format::Json);
            terminal::note(&if for_programs { error::for_programs(&failure) } else { error::for_people(&failure) });
            error::exit_code(&failure).into()
        }
    }
}

fn dispatch(name: &str, arguments: &ArgMatches) -> Result<()> {
    if let Ok(cloud) = args::cloud_word(name) {
        return call::run(cloud, arguments, &options::Options::new(arguments)?);
    }
    match name {
        "oss" => oss::run(arguments),
        "api" => api::run(arguments),
        "local" => local::run(arguments),
        "tour" => tour::run(arguments),
        "completion" => complete::print_script(arguments),
        _ => complete::run(arguments),
    }
}
