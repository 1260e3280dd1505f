//! `sanyun alibaba configure get|set|list|delete|switch`: the profiles of `~/.aliyun/config.json`, without questions.

use std::fmt::Write as _;
use std::path::Path;

use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use sanyun_core::{Error, Result, redact};
use serde_json::{Map, Value, json};

use super::fields::{self, FIELDS};
use super::file::{self, File, text};
use crate::options::Options;
use crate::{args, options, terminal};

const AFTER_HELP: &str = "\
The file is that of --config-path, else of ALIBABA_CLOUD_CONFIG_FILE, else ~/.aliyun/config.json. What else stands in it
stays; only its owner may read it.";
/// Modes, in the spelling of `aliyun`, with the members that each needs.
const MODES: [(&str, &[&str]); 14] = [
    ("AK", &["access_key_id", "access_key_secret"]),
    ("StsToken", &["access_key_id", "access_key_secret", "sts_token"]),
    ("RamRoleArn", &["access_key_id", "access_key_secret", "ram_role_arn"]),
    ("EcsRamRole", &[]),
    ("RamRoleArnWithRoleName", &["ram_role_arn"]),
    ("ChainableRamRoleArn", &["source_profile", "ram_role_arn"]),
    ("RsaKeyPair", &["private_key", "key_pair_name"]),
    ("External", &["process_command"]),
    ("CredentialsURI", &["credentials_uri"]),
    ("OIDC", &["oidc_provider_arn", "oidc_token_file", "ram_role_arn"]),
    ("CloudSSO", &["cloud_sso_sign_in_url", "cloud_sso_access_config", "cloud_sso_account_id"]),
    ("OAuth", &["oauth_site_type"]),
    ("BearerToken", &["bearer_token"]),
    ("Anonymous", &[]),
];
/// Options of every command that set a member.
const COMMON: [(&str, &str); 2] = [("region", "region_id"), ("endpoint", "endpoint")];
/// Members that are numbers.
const NUMBERS: [&str; 4] = ["expired_seconds", "read_timeout", "connect_timeout", "retry_count"];

/// The commands.
pub(crate) fn command() -> Command {
    // That of the cloud's calls is the program's own, and these would inherit it.
    let help = || Arg::new("help").short('h').long("help").help("Print help").action(ArgAction::HelpShort);
    let subcommand = |name: &'static str, about: &'static str| {
        let file = Arg::new("config-path").long("config-path").value_name("FILE").help("The file of the profiles");
        Command::new(name).about(about).arg(help()).arg(file.value_parser(NonEmptyStringValueParser::new()))
    };
    let retries = Arg::new("retry-count").long("retry-count").value_name("N").help("`retry_count` of the profile");
    Command::new("configure")
        .about("The profiles of aliyun: show and change them")
        .after_help(AFTER_HELP)
        .arg(help())
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(
            subcommand("get", "Show a profile, or some settings of it; secrets are masked")
                .arg(Arg::new("names").value_name("NAME").num_args(0..).help("Such as region or access-key-id")),
        )
        .subcommand(
            subcommand(
                "set",
                "Change a profile, or make one (--profile), and use it from now on; --region as everywhere",
            )
            .args(fields::options())
            .arg(retries.value_parser(clap::value_parser!(u32).range(0..=100))),
        )
        .subcommand(subcommand("list", "List the profiles; the one that is used has a star"))
        .subcommand(subcommand("delete", "Delete the profile that --profile names"))
        .subcommand(subcommand("switch", "Use the profile that --profile names from now on"))
}

/// Runs a command.
///
/// # Errors
/// The file cannot be read, understood or written; a profile is not there; a setting that is none.
pub(crate) fn run(matches: &ArgMatches) -> Result<()> {
    let Some((name, matches)) = matches.subcommand() else {
        return Err(args::no_command("sanyun alibaba configure"));
    };
    options::refuse_meaningless("alibaba configure", matches)?;
    let options = Options::new(matches)?;
    let given = matches.get_one::<String>("config-path").map(Path::new);
    let path = file::path(given).ok_or_else(|| {
        Error::config("there is no home folder, where the file of the profiles would be")
            .with_hint("--config-path FILE names it")
    })?;
    match name {
        "get" => get(&path, matches, &options),
        "set" => set(&path, matches, &options),
        "list" => list(&path, &options),
        "delete" => delete(&path, &named(&options)?),
        _ => switch(&path, &named(&options)?),
    }
}

fn named(options: &Options) -> Result<String> {
    options.profile.clone().ok_or_else(|| Error::input("--profile NAME is missing"))
}

fn get(path: &Path, matches: &ArgMatches, options: &Options) -> Result<()> {
    let file = File::read(path)?;
    let name = options.profile.as_deref().unwrap_or(file.current());
    let profile = shown(file.profile(name).ok_or_else(|| file.no_profile(name, path))?);
    let names: Vec<&String> = matches.get_many("names").unwrap_or_default().collect();
    if names.is_empty() {
        return options.print(&Value::Object(profile));
    }
    let mut found = Map::new();
    for name in names {
        let name = name.trim_start_matches("--");
        let member = member(name).ok_or_else(|| {
            let known: Vec<&str> =
                FIELDS.iter().map(|field| field.option).filter(|option| !option.is_empty()).collect();
            Error::input(format!("no setting is called `{name}`"))
                .with_hint(format!("there are profile, region, endpoint, {}", known.join(", ")))
        })?;
        found.insert(name.to_owned(), profile.get(member).cloned().unwrap_or_default());
    }
    if options.asks_format() {
        return options.print(&Value::Object(found));
    }
    let lines = found.iter().map(|(name, value)| format!("{name}={}\n", crate::output::plain(value)));
    print(&lines.collect::<String>())
}

/// The member of a profile that an option, or the name itself, names.
fn member(name: &str) -> Option<&'static str> {
    let common = COMMON.iter().find(|(option, _)| *option == name).map(|(_, member)| *member);
    let field = || FIELDS.iter().find(|field| field.option == name || field.member == name).map(|field| field.member);
    common.or_else(field).or((name == "profile" || name == "name").then_some("name"))
}

/// A profile with its secrets masked.
fn shown(profile: &Map<String, Value>) -> Map<String, Value> {
    let is_secret = |name: &str| {
        let known = FIELDS.iter().find(|field| field.member == name);
        known.map_or_else(|| redact::is_secret_name(name), |field| field.is_secret)
    };
    let mask = |(name, value): (&String, &Value)| match value {
        Value::String(text) if is_secret(name) && !text.is_empty() => (name.clone(), masked(text).into()),
        value => (name.clone(), value.clone()),
    };
    profile.iter().map(mask).collect()
}

/// The last three characters tell two secrets apart; of a short one they would tell too much.
fn masked(text: &str) -> String {
    let count = text.chars().count();
    let end: String = text.chars().skip(count - 3.min(count)).collect();
    if count >= 12 { format!("{}{end}", redact::MASK) } else { redact::MASK.to_owned() }
}

fn set(path: &Path, matches: &ArgMatches, options: &Options) -> Result<()> {
    let changes = changes(matches, options)?;
    file::edit(path, |file| {
        let name = options.profile.as_deref().unwrap_or(file.current()).to_owned();
        let mut profile = file.profile(&name).cloned().unwrap_or_else(|| new(&name));
        for (member, value) in &changes {
            profile.insert((*member).to_owned(), value.clone());
        }
        complete(&profile)?;
        file.put(profile);
        file.switch(&name);
        Ok(())
    })
}

/// What the options say.
fn changes(matches: &ArgMatches, options: &Options) -> Result<Vec<(&'static str, Value)>> {
    let common = [("region_id", &options.region), ("endpoint", &options.endpoint)];
    let common = common.into_iter().filter_map(|(member, text)| Some((member, text.clone()?)));
    let own = FIELDS.iter().filter(|field| !field.option.is_empty());
    let own = own.filter_map(|field| Some((field.member, matches.get_one::<String>(field.option)?.clone())));
    let count = matches.get_one::<u32>("retry-count").map(|count| ("retry_count", count.to_string()));
    let all = common.chain(own).chain(count).map(|(member, text)| Ok((member, value(member, &text)?)));
    let all = all.collect::<Result<Vec<_>>>()?;
    if all.is_empty() {
        return Err(Error::input("nothing to set is given")
            .with_hint("such as --access-key-id ID --access-key-secret SECRET --region cn-hangzhou"));
    }
    Ok(all)
}

fn value(member: &str, text: &str) -> Result<Value> {
    if NUMBERS.contains(&member) {
        let number: Option<u64> = text.parse().ok();
        return number.map(Value::from).ok_or_else(|| Error::input(format!("`{member}` must be a whole number")));
    }
    if member == "mode" {
        let modes = || MODES.map(|(mode, _)| mode).join(", ");
        let mode = MODES.iter().find(|(mode, _)| mode.eq_ignore_ascii_case(text)).map(|(mode, _)| Value::from(*mode));
        return mode.ok_or_else(|| {
            Error::input(format!("there is no mode `{text}`")).with_hint(format!("there are {}", modes()))
        });
    }
    Ok(text.into())
}

fn new(name: &str) -> Map<String, Value> {
    [("name", name), ("mode", "AK"), ("output_format", "json"), ("language", "en")]
        .map(|(member, text)| (member.to_owned(), text.into()))
        .into_iter()
        .collect()
}

/// Refuses a profile that lacks what its mode needs.
fn complete(profile: &Map<String, Value>) -> Result<()> {
    let missing = missing(profile);
    if missing.is_empty() {
        return Ok(());
    }
    let options = missing.iter().map(|member| {
        let option = FIELDS.iter().find(|field| field.member == *member).map(|field| field.option);
        format!("--{}", option.unwrap_or(member))
    });
    let options: Vec<String> = options.collect();
    let (name, mode) = (text(profile, "name"), text(profile, "mode"));
    Err(Error::input(format!("profile `{name}` would not be whole: mode {mode} needs {}", options.join(", ")))
        .with_hint("nothing was written; --mode says another mode"))
}

fn missing(profile: &Map<String, Value>) -> Vec<&'static str> {
    let mode = text(profile, "mode");
    let needed = MODES.iter().find(|(known, _)| known.eq_ignore_ascii_case(mode)).map(|(_, needed)| *needed);
    let needed = needed.unwrap_or_default().iter().copied();
    needed.filter(|member| text(profile, member).is_empty()).collect()
}

fn list(path: &Path, options: &Options) -> Result<()> {
    let file = File::read(path)?;
    let rows: Vec<Value> = file.profiles().map(|profile| row(&file, profile)).collect();
    if options.asks_format() {
        return options.print(&Value::Array(rows));
    }
    let heads = ["Profile", "Credential", "Valid", "Region", "Language"];
    let rules = [9, 18, 7, 16, 8].map(|length| "-".repeat(length));
    let cells = |row: &Value| {
        let text = |name: &str| row.get(name).map(crate::output::plain).unwrap_or_default();
        let star = if row.get("current") == Some(&Value::Bool(true)) { " *" } else { "" };
        let valid = if row.get("valid") == Some(&Value::Bool(true)) { "Valid" } else { "Invalid" };
        [format!("{}{star}", text("profile")), text("credential"), valid.to_owned(), text("region"), text("language")]
    };
    let lines: Vec<[String; 5]> = [heads.map(str::to_owned), rules].into_iter().chain(rows.iter().map(cells)).collect();
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max();
    let mut out = String::new();
    for line in &lines {
        for (column, cell) in line.iter().enumerate() {
            let stroke = if column == 0 { "" } else { "| " };
            let width = if column == 4 { 0 } else { width(column).unwrap_or_default() + 1 };
            let _ = write!(out, "{stroke}{cell:width$}");
        }
        out.push('\n');
    }
    print(&out)
}

fn row(file: &File, profile: &Map<String, Value>) -> Value {
    let name = text(profile, "name");
    json!({
        "profile": name,
        "current": name == file.current(),
        "credential": credential(profile),
        "valid": missing(profile).is_empty(),
        "region": text(profile, "region_id"),
        "language": text(profile, "language"),
    })
}

/// What tells a profile's credential apart, without what is secret.
fn credential(profile: &Map<String, Value>) -> String {
    let mode = text(profile, "mode");
    let id = || {
        let id = text(profile, "access_key_id");
        if id.is_empty() { String::new() } else { masked(id) }
    };
    let joined = |members: &[&str]| members.iter().map(|member| text(profile, member)).collect::<Vec<_>>().join("@");
    let told = match mode.to_ascii_lowercase().as_str() {
        "" | "ak" | "ststoken" | "ramrolearn" => id(),
        "ecsramrole" => joined(&["ram_role_name"]),
        "ramrolearnwithrolename" => joined(&["ram_role_name", "ram_role_arn"]),
        "chainableramrolearn" => joined(&["source_profile", "ram_role_arn"]),
        "rsakeypair" => joined(&["key_pair_name"]),
        "oidc" => joined(&["oidc_provider_arn", "ram_role_arn"]),
        "cloudsso" => joined(&["cloud_sso_account_id", "cloud_sso_access_config"]),
        "oauth" => joined(&["oauth_site_type"]),
        // A command line and an address may have secrets in them.
        _ => String::new(),
    };
    let mode = if mode.is_empty() { "AK" } else { mode };
    if told.is_empty() { mode.to_owned() } else { format!("{mode}:{told}") }
}

fn delete(path: &Path, name: &str) -> Result<()> {
    let file = File::read(path)?;
    file.profile(name).ok_or_else(|| file.no_profile(name, path))?;
    file::edit(path, |file| {
        file.delete(name);
        if file.current() == name {
            let first = file.profiles().next().map_or(file::DEFAULT, |first| text(first, "name")).to_owned();
            file.switch(&first);
        }
        Ok(())
    })
}

fn switch(path: &Path, name: &str) -> Result<()> {
    let file = File::read(path)?;
    file.profile(name).ok_or_else(|| file.no_profile(name, path))?;
    file::edit(path, |file| {
        file.switch(name);
        Ok(())
    })
}

fn print(text: &str) -> Result<()> {
    terminal::print(text).map_err(|error| Error::io("writing", error))
}
