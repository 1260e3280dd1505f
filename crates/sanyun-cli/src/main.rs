//! Sanyun: the command.

mod aliyun;
mod api;
mod args;
mod call;
mod clouds;
mod complete;
mod debug;
mod dryrun;
mod duration;
mod error;
mod generate;
mod local;
mod options;
mod oss;
mod output;
mod pages;
mod params;
mod place;
mod query;
mod runtime;
mod skeleton;
mod tccli;
mod terminal;
mod token;
mod tour;
mod wait;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::ArgMatches;
use sanyun_core::{Error, Result};

fn main() -> ExitCode {
    run(std::env::args_os().collect())
}

fn run(mut argv: Vec<OsString>) -> ExitCode {
    if let Some(words) = tccli::words_in_its_place(&argv) {
        return tccli::run_in_its_place(words);
    }
    // `sanyun help oss cp` is `sanyun oss cp --help`.
    if argv.get(1).is_some_and(|word| word == "help") {
        argv.remove(1);
        argv.push("--help".into());
    }
    let command = args::command();
    let for_programs = args::asks_json(&argv);
    let matches = match command.clone().try_get_matches_from(args::sort(argv, &command)) {
        Ok(matches) => matches,
        // Help and version are no errors for clap either.
        Err(stop) if for_programs && stop.use_stderr() => return tell(&args::refusal(&stop), true),
        Err(stop) => {
            let _ = stop.print();
            return if stop.use_stderr() { error::USAGE.into() } else { ExitCode::SUCCESS };
        }
    };
    let done = match matches.subcommand() {
        Some((name, arguments)) => dispatch(name, arguments),
        None => Err(args::no_command("sanyun")),
    };
    done.map_or_else(|failure| tell(&failure, for_programs), |()| ExitCode::SUCCESS)
}

fn tell(failure: &Error, for_programs: bool) -> ExitCode {
    terminal::note(&if for_programs { error::for_programs(failure) } else { error::for_people(failure) });
    error::exit_code(failure).into()
}

fn dispatch(name: &str, arguments: &ArgMatches) -> Result<()> {
    if let Ok(cloud) = args::cloud_word(name) {
        return match arguments.subcommand() {
            // The commands of a cloud's own.
            Some(("configure", arguments)) => aliyun::configure::run(arguments),
            Some((_, arguments)) => token::run(arguments),
            None => call::run(cloud, arguments, &options::Options::new(arguments)?),
        };
    }
    options::refuse_meaningless(name, arguments)?;
    match name {
        "oss" => oss::run(arguments),
        "api" => api::run(arguments),
        "generate" => generate::run(arguments),
        "local" => local::run(arguments),
        "tour" => tour::run(arguments),
        "tccli" => Err(Error::input("options for `sanyun tccli` stand behind it, as tccli has them")),
        "completion" => complete::print_script(arguments),
        _ => complete::run(arguments),
    }
}
