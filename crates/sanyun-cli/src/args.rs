//! The command line: its options, and how it is taken apart.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command, value_parser};
use sanyun_catalog::Cloud;
use sanyun_core::Error;

/// The words that name a cloud, its full name first.
pub(crate) const CLOUDS: [(Cloud, &str, &str); 3] =
    [(Cloud::Huawei, "huawei", "hw"), (Cloud::Tencent, "tencent", "tx"), (Cloud::Alibaba, "alibaba", "ali")];

const AFTER_HELP: &str = "\
Examples:
  sanyun huawei vpc ListVpcs --limit 10 --region cn-north-4 --query 'vpcs[].{id:id,cidr:cidr}' --output table
  sanyun tencent cvm DescribeInstances --Filters.0.Name zone --Filters.0.Values ap-guangzhou-1
  sanyun alibaba ecs/2014-05-26 DescribeInstances --RegionId cn-hangzhou
  sanyun huawei --help | sanyun huawei vpc --help | sanyun huawei vpc ListVpcs --help
  sanyun tencent cvm DescribeInstances --all --query 'InstanceSet[].InstanceId'
  sanyun tencent cvm DescribeInstances --InstanceIds ins-1 --wait 'InstanceSet[].InstanceState==RUNNING'
  sanyun huawei token --help                      a token for user and password
  sanyun --local tencent cvm DescribeZones        the same call against the embedded local cloud

Credentials and regions come from the environment (on Tencent Cloud also from ~/.tccli, and keys from
~/.tencentcloud/credentials; on Alibaba Cloud from ~/.aliyun):
  Huawei Cloud   HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK, HUAWEICLOUD_SDK_PROJECT_ID, HUAWEICLOUD_SDK_REGION
  Tencent Cloud  TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, TENCENTCLOUD_REGION, or a profile of tccli
  Alibaba Cloud  ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET, ALIBABA_CLOUD_REGION_ID, or a profile of
                 aliyun
  OSS            OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET, OSS_REGION, or those of Alibaba Cloud

Exit codes:
  0  done
  1  the service refused, a local file could not be read or written, or --query does not fit the answer
  2  wrong usage: nothing was sent
  3  no usable credentials, or a login was refused: no call was sent
  4  the network: name, connection, TLS, time-out, or an answer that is cut short or not understood
  5  what --wait or --waiter wants did not come true in time

Errors go to standard error: one line, then `hint: ...` where there is one. With `--output json` written out they are
one JSON object instead.";

/// The whole command line.
pub(crate) fn command() -> Command {
    Command::new("sanyun")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Huawei Cloud, Tencent Cloud, Alibaba Cloud and OSS from a shell")
        .after_help(AFTER_HELP)
        .disable_help_subcommand(true)
        .arg_required_else_help(true)
        .subcommand_value_name("COMMAND")
        .args(common_options())
        .subcommands(CLOUDS.map(|(cloud, name, alias)| cloud_command(cloud, name, alias)))
        .subcommand(Command::new("tccli").about("In place of Tencent Cloud's own command: `sanyun tccli help`"))
        .subcommand(crate::oss::command())
        .subcommand(api_command())
        .subcommand(crate::generate::command())
        .subcommand(local_command())
        .subcommand(
            Command::new("tour")
                .about("One call on each cloud and an OSS round trip, against the embedded local cloud"),
        )
        .subcommand(completion_command())
        .subcommand(crate::complete::command())
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help).global(true).value_parser(NonEmptyStringValueParser::new())
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).global(true).action(ArgAction::SetTrue)
}

fn file(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    option(name, value, help).value_parser(value_parser!(PathBuf))
}

/// The options that every command has.
fn common_options() -> Vec<Arg> {
    unheaded_options().into_iter().map(|arg| arg.help_heading("Common options")).collect()
}

fn unheaded_options() -> Vec<Arg> {
    let formats = PossibleValuesParser::new(["json", "table", "yaml", "text"]);
    vec![
        option("region", "REGION", "The region; by default the cloud's variable, which `sanyun --help` tells"),
        option("endpoint", "URL", "Send to this endpoint, such as http://127.0.0.1:8700"),
        option("profile", "NAME", "Use the credentials of this profile"),
        switch("local", "Call the embedded local cloud, with its own test keys"),
        file("local-data", "DIR", "Keep what the embedded local cloud stores in this folder; implies --local"),
        switch(
            "dry-run",
            "Print the signed request and what was signed, secrets masked; send nothing but what finds credentials and ids. \
             Of what copies or deletes many objects, print what would be done",
        ),
        option("query", "JMESPATH", "Print only this part of the answer, such as 'vpcs[].id'"),
        option("output", "FORMAT", "How to print the answer: json (default), table, yaml or text (tab separated)")
            .value_parser(formats),
        switch("debug", "Print requests and replies to standard error, secrets masked"),
        option("timeout", "SECONDS", "The longest the call may take, retries included")
            .value_parser(crate::duration::parse),
        option("retries", "N", "How often to try again after a passing failure (default 2)")
            .value_parser(value_parser!(u32).range(0..=100)),
        option("proxy", "URL", "Use this proxy: http://, https:// or socks5://, with user:password@ if it wants them"),
        switch("no-proxy", "Use no proxy, whatever the environment says"),
        file("ca-file", "FILE", "Trust the certificates in this PEM file too"),
        option("header", "NAME=VALUE", "Send this header too; can be repeated").action(ArgAction::Append),
        file("access-log", "FILE", "Append a line for each attempt to this file; `-` is standard error"),
    ]
}

/// The options that only calls by name have.
fn call_options() -> Vec<Arg> {
    vec![
        option("api-version", "VERSION", "The version of the service's API; by default the newest"),
        file("params-file", "FILE", "Parameters as a JSON object, `-` for standard input; options go before it")
            .alias("cli-input-json"),
        switch("unchecked", "Send although the parameters do not fit what the catalog knows"),
        switch("all", "Follow the pages of a list and join their items"),
        option("max-items", "N", "Follow the pages up to this many items").value_parser(value_parser!(u64).range(1..)),
        switch("generate-cli-skeleton", "Print the request as JSON with types as values, and send nothing"),
        option("wait", "CONDITION", "Call again until this JMESPath condition holds of the answer"),
        option("wait-interval", "SECONDS", "How long to wait between calls (default 5)")
            .value_parser(crate::duration::parse),
        option("wait-timeout", "SECONDS", "When to give up waiting (default 600)").value_parser(crate::duration::parse),
    ]
    .into_iter()
    .map(|arg| arg.global(false))
    .collect()
}

fn cloud_command(cloud: Cloud, name: &'static str, alias: &'static str) -> Command {
    let about = format!("Call an operation of {}", crate::clouds::title(cloud));
    let command = Command::new(name)
        .about(about)
        .visible_alias(alias)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .args(call_options())
        .arg(Arg::new("call").num_args(0..).last(true).value_name("SERVICE OPERATION [--Param VALUE]..."));
    match cloud {
        Cloud::Huawei => command.subcommand(crate::token::command()),
        Cloud::Tencent => command.args(crate::tccli::options()),
        Cloud::Alibaba => command.args(crate::aliyun::options()).subcommand(crate::aliyun::configure::command()),
    }
}

fn api_command() -> Command {
    let words =
        |name: &'static str, count: std::ops::RangeInclusive<usize>| Arg::new("words").value_name(name).num_args(count);
    Command::new("api")
        .about("Look up services, operations and parameters in the catalog")
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(
            Command::new("list")
                .about("List clouds, the services of a cloud, or the operations of a service")
                .arg(words("CLOUD [SERVICE [VERSION]]", 0..=3)),
        )
        .subcommand(
            Command::new("show")
                .about("Show the parameters and the answer of an operation as trees, and examples")
                .arg(words("[CLOUD] SERVICE [VERSION] OPERATION", 1..=4).required(true))
                .arg(
                    Arg::new("depth")
                        .long("depth")
                        .value_name("N")
                        .help("Show structures this deep (default 3 for parameters, 2 for answers)")
                        .value_parser(value_parser!(u32).range(1..)),
                ),
        )
        .subcommand(
            Command::new("search")
                .about("Search operations by words of their names and of their parameters")
                .arg(
                    Arg::new("words")
                        .value_name("WORDS")
                        .required(true)
                        .num_args(1..)
                        .help("Words of the names, such as `list vpcs`; all of them must fit"),
                )
                .arg(Arg::new("cloud").long("cloud").value_name("CLOUD").value_parser(cloud_word).help("In this cloud"))
                .arg(Arg::new("service").long("service").value_name("SERVICE").help("In this service"))
                .arg(
                    Arg::new("operations")
                        .long("operations")
                        .help("Only in the names of services and operations")
                        .action(ArgAction::SetTrue),
                )
                .arg(
                    Arg::new("limit")
                        .long("limit")
                        .value_name("N")
                        .help("At most this many finds (default 20)")
                        .value_parser(value_parser!(u32).range(1..)),
                ),
        )
}

fn local_command() -> Command {
    Command::new("local")
        .about("Serve the local cloud on 127.0.0.1, for any SDK in any language")
        .arg(
            Arg::new("port")
                .long("port")
                .value_name("PORT")
                .help("The port (default 8700; 0 takes a free one)")
                .value_parser(value_parser!(u16)),
        )
        .arg(
            Arg::new("data")
                .long("data")
                .value_name("DIR")
                .help("Keep everything in this folder; by default it is gone at the end")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(switch("faults", "Let programs ask for faults: POST /_sanyun/faults, see docs/local.md"))
        .arg(
            option("metadata", "KIND", "What the instance's metadata service is like (default both)")
                .value_parser(PossibleValuesParser::new(["both", "v1", "v2", "no-agency"])),
        )
        .arg(
            option("key-life", "SECONDS", "How long keys of the metadata service live (default 6 hours)")
                .value_parser(crate::duration::parse),
        )
        .arg(option("cvm-role", "NAME", "The role of the instance at Tencent Cloud (default sanyun-local-role)"))
}

fn completion_command() -> Command {
    Command::new("completion")
        .about("Print the completion script of a shell")
        .after_help(
            "bash: source <(sanyun completion bash)\nzsh:  source <(sanyun completion zsh)\nfish: sanyun completion fish | source",
        )
        .arg(Arg::new("shell").value_name("SHELL").required(true).value_parser(PossibleValuesParser::new(["bash", "zsh", "fish"])))
}

/// The names of the options that every command has.
pub(crate) fn common_names() -> Vec<String> {
    common_options().iter().filter_map(Arg::get_long).map(str::to_owned).collect()
}

/// Whether errors are to be told as JSON. Read from the words, so that it holds for errors in them, too.
pub(crate) fn asks_json(argv: &[OsString]) -> bool {
    argv.iter().any(|word| word == "--output=json")
        || argv.windows(2).any(|pair| matches!(pair, [name, value] if name == "--output" && value == "json"))
}

/// What clap refuses, as any other error: the first paragraph of its text, and its tip.
pub(crate) fn refusal(stop: &clap::Error) -> Error {
    if stop.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return no_command("sanyun");
    }
    let text = stop.to_string();
    let joined = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
    let message = joined(text.split("\n\n").next().unwrap_or_default());
    let tip = text.lines().find_map(|line| line.trim_start().strip_prefix("tip: "));
    let error = Error::input(message.strip_prefix("error: ").unwrap_or(&message));
    error.with_hint(tip.map_or_else(|| "`--help` tells what there is".to_owned(), joined))
}

/// The error for a command without the command below it.
pub(crate) fn no_command(above: &str) -> Error {
    Error::input("the command is missing").with_hint(format!("`{above} --help` lists what there is"))
}

/// Whether a parameter of this name cannot be told from an option of this program, unless it is written in another case.
pub(crate) fn is_own_option(cloud: Cloud, name: &str) -> bool {
    let same = |option: &Arg| option.get_long() == Some(name);
    let is_guest = || guest_options(cloud).iter().any(same) || crate::aliyun::spelling(cloud, name).is_some();
    common_options().iter().any(same) || call_options().iter().any(same) || name == "help" || is_guest()
}

/// The options that users of the vendor's own command line know.
fn guest_options(cloud: Cloud) -> Vec<Arg> {
    match cloud {
        Cloud::Huawei => Vec::new(),
        Cloud::Tencent => crate::tccli::options(),
        Cloud::Alibaba => crate::aliyun::options(),
    }
}

/// The option of this program that a name nearly is: one letter more, less, or another, or two of them swapped.
pub(crate) fn nearly_own_option(cloud: Cloud, name: &str) -> Option<String> {
    let nearly = |option: &String| {
        let (longer, shorter) =
            if option.len() < name.len() { (name, option.as_str()) } else { (option.as_str(), name) };
        let mut rest: Vec<char> = longer.chars().collect();
        let strange =
            shorter.chars().filter(|c| rest.iter().position(|it| it == c).map(|at| rest.remove(at)).is_none());
        strange.count() + rest.len() <= 2 && name.len() > 3 && option.chars().next() == name.chars().next()
    };
    let all = common_options().into_iter().chain(call_options()).chain(guest_options(cloud));
    all.filter_map(|option| option.get_long().map(str::to_owned)).find(nearly)
}

/// The cloud that a word of the command line names.
pub(crate) fn cloud_word(word: &str) -> Result<Cloud, String> {
    let found = CLOUDS.iter().find(|(_, name, alias)| word == *name || word == *alias);
    let clouds = "the clouds are huawei (hw), tencent (tx), alibaba (ali)";
    found.map(|(cloud, ..)| *cloud).ok_or_else(|| match word {
        "oss" => format!("{clouds}; OSS has commands of its own: `sanyun oss --help`"),
        _ => clouds.to_owned(),
    })
}

/// Puts the options of this program that stand among the parameters of a call in front of them, and `--` between:
/// `huawei vpc ListVpcs --limit 1 --region r` becomes `huawei --region r -- vpc ListVpcs --limit 1`. Parameters cannot be
/// known to clap, and these options may stand anywhere. Names must agree in case: a parameter `timeout` is `--Timeout`.
/// A command of the cloud's own, such as `huawei token`, is left as it is.
pub(crate) fn sort(argv: Vec<OsString>, command: &Command) -> Vec<OsString> {
    let common: Vec<&Arg> = command.get_arguments().collect();
    let Some(at) = first_word(&argv, &common) else { return argv };
    let word = argv.get(at).and_then(|word| word.to_str()).unwrap_or_default();
    if word == "oss" {
        return sort_oss(argv, at, &common);
    }
    let Ok(which) = cloud_word(word) else { return argv };
    let cloud = command.find_subcommand(word);
    let argv = if which == Cloud::Alibaba { crate::aliyun::respelt(argv) } else { argv };
    let own = cloud.map(|cloud| cloud.get_arguments().filter(|arg| !arg.is_last_set()));
    let options: Vec<&Arg> = common.iter().copied().chain(own.into_iter().flatten()).collect();
    let behind = argv.get(at..).unwrap_or_default();
    let next = first_word(behind, &options).and_then(|at| behind.get(at));
    if next.is_some_and(|next| cloud.is_some_and(|cloud| cloud.find_subcommand(next).is_some())) {
        return argv;
    }
    in_front(argv, at + 1, |word| {
        let word = respelt(which, word);
        (known(&options, &word), word)
    })
}

/// Moves the options behind a place to it, each with its value, and the other words behind `--`. `look` says of a word
/// whether it is an option, and whether that takes a value; it may spell it anew.
fn in_front(argv: Vec<OsString>, at: usize, look: impl Fn(OsString) -> (Option<bool>, OsString)) -> Vec<OsString> {
    let mut sorted = argv;
    let mut rest = sorted.split_off(at).into_iter();
    let mut call = Vec::new();
    while let Some(word) = rest.next() {
        match look(word) {
            (Some(takes_value), word) => {
                sorted.push(word);
                if takes_value {
                    sorted.extend(rest.next());
                }
            }
            (None, word) => call.push(word),
        }
    }
    sorted.push("--".into());
    sorted.extend(call);
    sorted
}

/// The same for `oss call`, whose operation has parameters that clap does not know.
fn sort_oss(argv: Vec<OsString>, at: usize, common: &[&Arg]) -> Vec<OsString> {
    let own = crate::oss::call_options();
    let options: Vec<&Arg> = common.iter().copied().chain(&own).collect();
    let behind = argv.get(at..).unwrap_or_default();
    let Some(next) = first_word(behind, &options).filter(|next| behind.get(*next).is_some_and(|word| word == "call"))
    else {
        return argv;
    };
    in_front(argv, at + next + 1, |word| {
        let is_help = word == "--help" || word == "-h";
        (if is_help { Some(false) } else { known(&options, &word) }, word)
    })
}

/// An option that users of a vendor's own command line know by another name, under its name here.
fn respelt(cloud: Cloud, word: OsString) -> OsString {
    let option = word.to_str().and_then(|word| word.strip_prefix("--"));
    let Some(option) = option else { return word };
    let (name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
    let spelling = crate::tccli::spelling(cloud, name).or_else(|| crate::aliyun::spelling(cloud, name));
    match (spelling, value) {
        (Some(name), Some(value)) => format!("--{name}={value}").into(),
        (Some(name), None) => format!("--{name}").into(),
        (None, _) => word,
    }
}

/// Where the first word that is neither an option nor the value of one stands.
fn first_word(argv: &[OsString], options: &[&Arg]) -> Option<usize> {
    let mut at = 1;
    loop {
        let word = argv.get(at)?;
        if !word.as_encoded_bytes().starts_with(b"-") {
            return Some(at);
        }
        at += if known(options, word) == Some(true) { 2 } else { 1 };
    }
}

/// Whether the word is one of the options, and then whether the next word is its value.
fn known(options: &[&Arg], word: &OsStr) -> Option<bool> {
    let name = word.to_str()?.strip_prefix("--")?;
    let (name, has_value) = name.split_once('=').map_or((name, false), |(name, _)| (name, true));
    let is_called = |option: &&&Arg| {
        option.get_long() == Some(name) || option.get_all_aliases().is_some_and(|aliases| aliases.contains(&name))
    };
    let option = options.iter().find(is_called)?;
    Some(option.get_action().takes_values() && !has_value)
}

#[cfg(test)]
mod tests;
