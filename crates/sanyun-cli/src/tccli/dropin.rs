//! In place of `tccli`: `sanyun tccli …`, and this program under the name `tccli`.
//!
//! Takes that program's command line and prints what it prints, with its exit codes, so that scripts need no change.
//! What differs is what is wrong there: options are never executed, progress goes to standard error, files with keys are
//! readable for their owner alone, nothing is written but by `configure`, and no log keeps the secrets of the command
//! line. `sanyun tencent …` is the same with the house's own output.

mod answer;
mod call;
mod line;
mod output;
mod params;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use sanyun_catalog::Cloud;
use sanyun_core::Error;

use super::configure;
use crate::{api, error, terminal};
use line::Line;

/// The release of `tccli` whose ways these are.
pub(super) const RELEASE: &str = "3.1.189.1";
/// The command line cannot be taken apart: an unknown service or action, a value that is none of those known.
const SYNTAX: u8 = 252;
/// Anything else that went wrong.
const FAILED: u8 = 255;
const COMMANDS_ELSEWHERE: [&str; 2] = ["auth", "sso"];

const HELP: &str = "\
sanyun in place of tccli: the same command line, the same output, the same exit codes.

  tccli <service> <action> [--Param value ...] [options]
  tccli configure [list | get KEY... | set KEY VALUE... | set-root-domain DOMAIN | remove] [--profile NAME]
  tccli help, tccli <service> help, tccli <service> <action> help
  tccli --version

`sanyun tencent` makes the same calls with this program's own output and exit codes:

";

/// Why a command ended early.
#[derive(Debug)]
pub(super) struct Stop {
    code: u8,
    text: String,
}

impl Stop {
    /// The command line cannot be taken apart.
    pub(super) fn syntax(text: impl Into<String>) -> Self {
        Self { code: SYNTAX, text: text.into() }
    }

    /// Anything else.
    pub(super) fn failed(text: impl Into<String>) -> Self {
        Self { code: FAILED, text: text.into() }
    }

    /// Words that mean nothing.
    pub(super) fn unknown(words: &[String]) -> Self {
        Self::failed(format!("Unknown options: {}\nhint: `tccli help` tells what there is", words.join(", ")))
    }
}

impl From<Error> for Stop {
    /// What the service says is told as `tccli` tells it.
    fn from(failure: Error) -> Self {
        Self::failed(match failure.service() {
            Some(service) => format!(
                "[TencentCloudSDKException] code:{} message:{} requestId:{}",
                service.code(),
                service.message(),
                service.request_id().unwrap_or("None")
            ),
            None => error::for_people(&failure),
        })
    }
}

/// The words behind the program's name, if it is to stand in for `tccli`.
pub(crate) fn words(argv: &[OsString]) -> Option<&[OsString]> {
    let (program, rest) = argv.split_first()?;
    let is_its_name = Path::new(program).file_stem().is_some_and(|name| name == "tccli");
    match rest.split_first() {
        _ if is_its_name => Some(rest),
        Some((first, rest)) if first == "tccli" => Some(rest),
        _ => None,
    }
}

/// Does what the words say.
pub(crate) fn run(words: &[OsString]) -> ExitCode {
    let text = |word: &OsString| word.to_str().map(str::to_owned);
    let words: Option<Vec<String>> = words.iter().map(text).collect();
    let done = words.ok_or_else(|| Stop::syntax("the command line is no text (UTF-8)")).and_then(|words| obey(&words));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            terminal::note(&stop.text);
            stop.code.into()
        }
    }
}

fn obey(words: &[String]) -> Result<(), Stop> {
    let line = Line::read(words)?;
    if line.asks_release {
        return print(&format!("{RELEASE}\n"));
    }
    let plain: Vec<&str> = line.plain.iter().map(String::as_str).collect();
    match plain.as_slice() {
        ["configure", words @ ..] => configure::run(words, &line.rest, line.option("profile")),
        [word, ..] if COMMANDS_ELSEWHERE.contains(word) => Err(Stop::syntax(format!(
            "`{word}` is not here: logins of tccli's own are read from ~/.tccli and renewed, but not made"
        ))),
        [words @ .., "help"] if words.len() < 3 => help(words, line.option("version")),
        words if line.rest == ["--help"] && words.len() < 3 => help(words, line.option("version")),
        [] => Err(Stop::syntax("the service is missing\nhint: `tccli help` lists what there is")),
        [service] => {
            Err(Stop::syntax(format!("the action is missing\nhint: `tccli {service} help` lists those of {service}")))
        }
        [service, action] => call::run(service, action, &line),
        [_, _, strays @ ..] => Err(Stop::unknown(&strays.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())),
    }
}

fn help(words: &[&str], version: Option<&str>) -> Result<(), Stop> {
    let page =
        api::help(Cloud::Tencent, words, version).map_err(|failure| Stop::syntax(error::for_people(&failure)))?;
    if words.is_empty() { print(&format!("{HELP}{page}")) } else { print(&page) }
}

/// Writes to standard output.
///
/// # Errors
/// As writing.
pub(super) fn print(text: &str) -> Result<(), Stop> {
    terminal::print(text).map_err(|failure| Error::io("writing", failure).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_name_or_its_word_calls_it() {
        let found = |argv: &[&str]| words(&argv.iter().map(OsString::from).collect::<Vec<_>>()).map(<[_]>::len);
        assert_eq!(found(&["/usr/bin/tccli", "cvm", "help"]), Some(2));
        assert_eq!(found(&["tccli.exe"]), Some(0));
        assert_eq!(found(&["sanyun", "tccli", "cvm"]), Some(1));
        assert_eq!(found(&["sanyun", "tencent", "tccli"]), None);
        assert_eq!(found(&["sanyun"]), None);
    }
}
