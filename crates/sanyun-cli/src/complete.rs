//! Completion: three small scripts that ask the hidden command `__complete`, which knows the catalog.

use clap::{Arg, ArgMatches, Command};
use sanyun_catalog::{Catalog, Cloud, Operation, Type, TypeDef};
use sanyun_core::{Error, Result};

use crate::params::type_at;
use crate::{aliyun, args, tccli, terminal};

const BASH: &str = r#"_sanyun() {
    local IFS=$'\n'
    COMPREPLY=($(sanyun __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]] && compopt -o nospace
}
complete -o default -o bashdefault -F _sanyun sanyun
"#;

const ZSH: &str = r#"#compdef sanyun
_sanyun() {
    local -a found
    found=("${(@f)$(sanyun __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n ${found[1]} ]]; then compadd -Q -a found; else _files; fi
}
compdef _sanyun sanyun
"#;

const FISH: &str = r#"function __sanyun_complete
    set -l typed (commandline -opc)[2..-1]
    sanyun __complete -- $typed (commandline -ct) 2>/dev/null
end
complete -c sanyun -a '(__sanyun_complete)'
"#;

/// The hidden command: the words typed so far, the last one unfinished; the answer is one candidate a line.
pub(crate) fn command() -> Command {
    Command::new("__complete").hide(true).arg(Arg::new("typed").num_args(0..).last(true))
}

/// Prints the script of a shell.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn print_script(arguments: &ArgMatches) -> Result<()> {
    let script = match arguments.get_one::<String>("shell").map(String::as_str) {
        Some("bash") => BASH,
        Some("zsh") => ZSH,
        _ => FISH,
    };
    terminal::print(script).map_err(|error| Error::io("writing the script", error))
}

/// Prints the candidates for the last word.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn run(arguments: &ArgMatches) -> Result<()> {
    let typed: Vec<String> = arguments.get_many::<String>("typed").unwrap_or_default().cloned().collect();
    let lines: String = candidates(&typed).into_iter().map(|candidate| candidate + "\n").collect();
    terminal::print(&lines).map_err(|error| Error::io("writing the candidates", error))
}

/// What the last word may become, sorted as it is found. Nothing where a file name may stand.
fn candidates(typed: &[String]) -> Vec<String> {
    let Some((last, before)) = typed.split_last() else { return Vec::new() };
    let command = args::command();
    let option = before.last().and_then(|word| word.strip_prefix("--"));
    if let Some(values) = option.and_then(|option| values_of(&command, before, option)) {
        return starting(last, values);
    }
    let words = positional(&command, before);
    let found = match words.first().map(|word| args::cloud_word(word)) {
        Some(Ok(_)) if has_command(&command, &words) => of_command(&command, &words, last),
        Some(Ok(cloud)) => match (option, words.as_slice()) {
            (Some(parameter), [_, service, name, ..]) if !last.starts_with('-') => {
                operation(cloud, service, name).map(|it| values(&it, parameter)).unwrap_or_default()
            }
            _ => of_cloud(&command, cloud, &words, last),
        },
        _ => of_command(&command, &words, last),
    };
    starting(last, found)
}

fn starting(last: &str, found: Vec<String>) -> Vec<String> {
    let last = last.to_ascii_lowercase();
    found.into_iter().filter(|candidate| candidate.to_ascii_lowercase().starts_with(&last)).collect()
}

/// The values of an option of this program: those it is limited to, none if it takes anything; `None` for a switch and
/// for what is no option of this program.
fn values_of(command: &Command, typed: &[String], name: &str) -> Option<Vec<String>> {
    let cloud = typed.iter().find_map(|word| Some((args::cloud_word(word).ok()?, command.find_subcommand(word)?)));
    let spelling = |(cloud, _)| tccli::spelling(cloud, name).or_else(|| aliyun::spelling(cloud, name));
    let name = cloud.and_then(spelling).unwrap_or(name);
    let own = cloud.into_iter().flat_map(|(_, command)| command.get_arguments());
    let option = command.get_arguments().chain(own).find(|arg| arg.get_long() == Some(name))?;
    let values = option.get_possible_values().into_iter().map(|value| value.get_name().to_owned());
    option.get_action().takes_values().then(|| values.collect())
}

/// The words that are no options of this program, nor values of one.
fn positional<'a>(command: &Command, before: &'a [String]) -> Vec<&'a str> {
    let mut words = Vec::new();
    let mut rest = before.iter();
    while let Some(word) = rest.next() {
        match word.strip_prefix("--") {
            Some(name) if values_of(command, before, name).is_some() => drop(rest.next()),
            Some(_) => {}
            None => words.push(word.as_str()),
        }
    }
    words
}

/// Subcommands and options below the words.
fn of_command(command: &Command, words: &[&str], last: &str) -> Vec<String> {
    let mut below = command;
    for word in words {
        match below.find_subcommand(word) {
            Some(subcommand) => below = subcommand,
            None => break,
        }
    }
    if last.starts_with('-') {
        let common = options(command).filter(|_| !std::ptr::eq(below, command));
        return common.chain(options(below)).collect();
    }
    match (below.get_name(), words) {
        ("list" | "show", [_, _, cloud, rest @ ..]) => match (args::cloud_word(cloud), below.get_name(), rest) {
            (Ok(cloud), _, []) => services(cloud, last),
            (Ok(cloud), "show", [service]) => operations(cloud, service, None),
            (Ok(cloud), "show", [service, version]) => operations(cloud, service, Some(version)),
            (Ok(cloud), _, [service]) => versions(cloud, service),
            _ => Vec::new(),
        },
        ("list" | "show", [_, _]) => args::CLOUDS.map(|(_, name, _)| name.to_owned()).to_vec(),
        ("completion", _) => ["bash", "zsh", "fish"].map(str::to_owned).to_vec(),
        _ => below.get_subcommands().filter(|it| !it.is_hide_set()).map(|it| it.get_name().to_owned()).collect(),
    }
}

fn options(command: &Command) -> impl Iterator<Item = String> {
    command
        .get_arguments()
        .filter(|arg| !arg.is_hide_set())
        .filter_map(|arg| arg.get_long())
        .map(|name| format!("--{name}"))
}

fn of_cloud(command: &Command, cloud: Cloud, words: &[&str], last: &str) -> Vec<String> {
    let own = || command.find_subcommand(cloud.as_str()).into_iter().flat_map(options).chain(options(command));
    match words {
        [_] if !last.starts_with('-') => commands(command, cloud).chain(services(cloud, last)).collect(),
        [_, service] if !last.starts_with('-') => operations(cloud, service, None),
        [_, service, name, ..] if last.starts_with("--") => {
            let parameters = operation(cloud, service, name).map(|operation| parameters(&operation, last));
            parameters.unwrap_or_default().into_iter().chain(own()).collect()
        }
        _ if last.starts_with('-') => own().collect(),
        _ => Vec::new(),
    }
}

/// The commands of a cloud's own, besides its services.
fn commands(command: &Command, cloud: Cloud) -> impl Iterator<Item = String> {
    let own = command.find_subcommand(cloud.as_str()).into_iter().flat_map(Command::get_subcommands);
    own.map(|it| it.get_name().to_owned())
}

/// Whether the words name a command of a cloud's own.
fn has_command(command: &Command, words: &[&str]) -> bool {
    let [cloud, name, ..] = words else { return false };
    command.find_subcommand(cloud).is_some_and(|cloud| cloud.find_subcommand(name).is_some())
}

/// The services; behind `vpc/` its versions.
fn services(cloud: Cloud, last: &str) -> Vec<String> {
    if let Some((service, _)) = last.split_once('/') {
        return versions(cloud, service).into_iter().map(|version| format!("{service}/{version}")).collect();
    }
    let mut names: Vec<String> =
        Catalog::of(cloud).into_iter().flat_map(Catalog::services).map(|entry| entry.name().to_owned()).collect();
    names.dedup();
    names
}

fn versions(cloud: Cloud, service: &str) -> Vec<String> {
    let entries = Catalog::of(cloud).into_iter().flat_map(Catalog::services);
    let own = entries.filter(|entry| entry.name().eq_ignore_ascii_case(service));
    own.map(|entry| entry.api_version().to_owned()).collect()
}

fn split(service: &str) -> (&str, Option<&str>) {
    service.split_once('/').map_or((service, None), |(service, version)| (service, Some(version)))
}

fn operations(cloud: Cloud, service: &str, version: Option<&str>) -> Vec<String> {
    let (service, own) = split(service);
    let found = Catalog::of(cloud).ok().and_then(|catalog| catalog.service(service, own.or(version)).ok());
    found.map(|service| service.operations().map(str::to_owned).collect()).unwrap_or_default()
}

fn operation(cloud: Cloud, service: &str, name: &str) -> Option<Operation<'static>> {
    let (service, version) = split(service);
    Catalog::of(cloud).ok()?.operation(service, version, name).ok()
}

/// The values of a parameter that has few: enumerations and booleans.
fn values(operation: &Operation<'_>, parameter: &str) -> Vec<String> {
    let Some(ty) = type_at(operation, parameter) else { return Vec::new() };
    match (ty.element(), operation.service.resolve(ty.element())) {
        (_, Some(TypeDef::Enum(it))) => it.values.iter().map(crate::output::plain).collect(),
        (Type::Bool, _) => ["true", "false"].map(str::to_owned).to_vec(),
        _ => Vec::new(),
    }
}

/// The parameters, and behind a dot the fields of the one before it.
fn parameters(operation: &Operation<'_>, last: &str) -> Vec<String> {
    let typed = last.trim_start_matches('-');
    let path = typed.rsplit_once('.').map_or("", |(path, _)| path);
    let names = crate::params::names_below(operation, path);
    match path {
        "" => names.iter().map(|name| crate::api::option(operation.service.cloud(), name)).collect(),
        path => names.into_iter().map(|name| format!("--{path}.{name}")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(line: &str) -> Vec<String> {
        candidates(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn every_place_has_its_candidates() {
        assert_eq!(complete("huaw"), ["huawei"]);
        assert_eq!(complete("api s"), ["show", "search"]);
        assert_eq!(complete("--output ta"), ["table"]);
        assert_eq!(complete("--region x tenc"), ["tencent"]);
        assert!(complete("hw vp").contains(&"vpc".to_owned()));
        assert_eq!(complete("tencent cvm DescribeZones"), ["DescribeZones"]);
        assert_eq!(complete("tencent --region x cvm describezones"), ["DescribeZones"]);
        assert_eq!(complete("tx cvm DescribeInstances --Fil"), ["--Filters"]);
        assert_eq!(complete("tx cvm DescribeInstances --Filters.0.N"), ["--Filters.0.Name"]);
        assert_eq!(complete("tx cvm DescribeInstances --Filters."), ["--Filters.0"]);
        assert_eq!(complete("huawei vpc/v2 CreateVpc --vpc.ci"), ["--vpc.cidr"]);
        assert_eq!(complete("huawei vpc/v2 CreateVpc --vpc.tags."), ["--vpc.tags.1"]);
        assert_eq!(complete("hw vpc ListVpcs --params-f"), ["--params-file"]);
        assert_eq!(complete("api show tencent sts GetCaller"), ["GetCallerIdentity"]);
        assert!(complete("api list huawei vpc ").contains(&"v2".to_owned()));
        assert!(complete("huawei vpc/").contains(&"vpc/v2".to_owned()));
        assert_eq!(complete("api show tencent sts 2018-08-13 GetCaller"), ["GetCallerIdentity"]);
        assert_eq!(complete("tx cvm RunInstances --DryRun t"), ["true"]);
        assert_eq!(complete("hw vpc ListVpcs --al"), ["--all"]);
        assert_eq!(complete("--re"), ["--region", "--retries"]);
        assert_eq!(complete("oss pres"), ["presign"]);
        assert_eq!(complete("completion z"), ["zsh"]);
        assert_eq!(complete("--region "), Vec::<String>::new());
        assert_eq!(complete("hw tok"), ["token"]);
        assert_eq!(complete("hw token --us"), ["--user"]);
        assert_eq!(complete("huawei --region x token --outp"), ["--output"]);
        assert_eq!(complete("tx toke"), ["tokenhub"]);
        assert_eq!(complete("tx cvm DescribeZones --language e"), ["en-US"]);
        assert_eq!(complete("tx cvm DescribeZones --api-version 2017-03-12 --role-s"), ["--role-session-name"]);
        assert_eq!(complete("tx --api-version 2017-03-12 cvm DescribeZones"), ["DescribeZones"]);
        assert_eq!(complete("tx --filter x cvm DescribeZones"), ["DescribeZones"]);
        assert_eq!(complete("hw vpc ListVpcs --generate"), ["--generate-cli-skeleton"]);
        assert_eq!(complete("hw vpc/v2 ListVpcs --langu"), Vec::<String>::new());
    }
}
