//! What users of Alibaba Cloud's own command line, `aliyun`, are used to: its options, calls by path, and the profiles in
//! `~/.aliyun/config.json`.
//!
//! Which of several settings counts is decided as there: an option, then the profile, then the environment.

pub(crate) mod call;
mod columns;
pub(crate) mod configure;
mod fields;
mod file;
mod keys;
mod pager;
mod pairs;
mod parameters;
mod waiter;
mod words;
mod written;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use sanyun_catalog::Cloud;
use sanyun_core::{CredentialSource, Error, Result, Scheme};

use crate::options::{Options, Tuning};
use crate::output::Format;
use crate::{duration, place, terminal};
use fields::{FIELDS, Fields, From};
use keys::Found;
pub(crate) use words::respelt;

/// Options of `aliyun` that have another name here.
const SPELLINGS: [(&str, &str); 7] = [
    ("cli-query", "query"),
    ("cli-dry-run", "dry-run"),
    ("dryrun", "dry-run"),
    ("force", "unchecked"),
    ("retry-count", "retries"),
    ("version", "api-version"),
    ("all-pages", "pager"),
];
/// What `aliyun` can be told and what goes without saying here, or has no meaning.
const UNDERSTOOD: [&str; 1] = ["yes"];
const UNDERSTOOD_VALUES: [&str; 2] = ["style", "log-level"];
const PROFILE_VARIABLES: [&str; 3] = ["ALIBABA_CLOUD_PROFILE", "ALIBABACLOUD_PROFILE", "ALICLOUD_PROFILE"];
const IGNORE_VARIABLES: [&str; 2] = ["ALIBABA_CLOUD_IGNORE_PROFILE", "ALIBABACLOUD_IGNORE_PROFILE"];
/// The region where the profile is ignored.
const REGION: &str = "cn-hangzhou";

/// The part of the help that is Alibaba Cloud's.
pub(crate) const HELP: &str = "\
As in aliyun:
  PRODUCT GET|POST|PUT|DELETE /path [--body JSON | --body-file FILE]
                                a call by its path, where the product has paths
  --Name-FILE FILE              a parameter that is in a file, as --Name @FILE
  --cli-query, --cli-dry-run, --force, --version, --retry-count
                                the same as --query, --dry-run, --unchecked, --api-version, --retries
  --pager [path=Items.Item[] PageNumber=PageNumber TotalCount=TotalCount | NextToken=NextToken]
                                all pages as one answer; alone as --all, with names where the catalog has none
  --waiter expr='Items[0].Status' to=Running [timeout=180 interval=5]
                                call again until the JMESPath expression has this value
  --output cols=Id,Status rows=Items.Item[] [num=true]
                                a table of these columns; cols=name:0 where rows are lists
  --profile NAME, -p NAME       keys, region and more from ~/.aliyun/config.json (--config-path FILE); without it
                                ALIBABA_CLOUD_PROFILE or the current one, and variables fill what it does not say
  --mode MODE and --access-key-id ID --access-key-secret SECRET [--sts-token TOKEN], --ram-role-arn ARN,
  --ram-role-name, --role-session-name, --external-id, --expired-seconds, --sts-region, --sts-endpoint,
  --source-profile, --private-key, --key-pair-name, --process-command, --credentials-uri, --oidc-provider-arn,
  --oidc-token-file, --bearer-token
                                go over what the profile says; secrets are seen by whoever lists processes
  --endpoint-type vpc           the hosts of this network
  --secure, --insecure          HTTPS (as usual) or plain HTTP
  --skip-secure-verify          do not look at the certificate of the other side
  --read-timeout, --connect-timeout SECONDS
  --method GET|POST             the method of a call by name
  --accept TYPE, --user-agent TEXT
  --quiet, -q                   print no answer
A command of its own:
  configure get|set|list|delete|switch
                                the profiles of that file; `sanyun alibaba configure --help`
";

/// The options that only calls of Alibaba Cloud have.
pub(crate) fn options() -> Vec<Arg> {
    let option = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).value_parser(NonEmptyStringValueParser::new())
    };
    let switch = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    let repeated = |name: &'static str| {
        Arg::new(name).long(name).value_name("NAME=VALUE").action(ArgAction::Append).value_parser(value_parser!(String))
    };
    let methods = PossibleValuesParser::new(["GET", "POST"]);
    let own = [
        repeated("pager").help("All pages as one answer, as aliyun has it"),
        repeated("waiter").help("Call again until an expression has a value, as aliyun has it"),
        repeated("columns").hide(true),
        option("config-path", "FILE").help("The file of the profiles"),
        option("body-file", "FILE").help("The body, from a file"),
        option("method", "METHOD").value_parser(methods).help("The method of a call by name"),
        option("accept", "TYPE").help("The media type that is wanted"),
        option("user-agent", "TEXT").help("A text of one's own in the header User-Agent"),
        switch("quiet").help("Print no answer"),
        switch("secure").help("HTTPS, as usual").conflicts_with("insecure"),
        switch("insecure").help("Plain HTTP"),
        switch("skip-secure-verify").help("Do not look at the certificate of the other side"),
    ];
    let of_profile = fields::options();
    let unheard = UNDERSTOOD.map(|name| switch(name).hide(true));
    let unheard_values = UNDERSTOOD_VALUES.map(|name| option(name, "TEXT").hide(true));
    own.into_iter().chain(of_profile).chain(unheard).chain(unheard_values).collect()
}

/// The name here of an option of `aliyun`, for a cloud whose users know it.
pub(crate) fn spelling(cloud: Cloud, name: &str) -> Option<&'static str> {
    let known = SPELLINGS.iter().filter(|_| cloud == Cloud::Alibaba);
    known.into_iter().find(|(theirs, _)| *theirs == name).map(|(_, ours)| *ours)
}

/// What options, profile and environment say of a call.
struct Asked {
    found: Found,
    fields: Fields,
    region_if_ignored: Option<&'static str>,
    tuning: Tuning,
    scheme: Option<Scheme>,
}

impl Asked {
    /// Reads the options and the profile. For the embedded local cloud neither profile nor environment count.
    ///
    /// # Errors
    /// The file of the profiles cannot be understood, or has no profile of the name that an option says; a time that is
    /// none.
    fn read(matches: &ArgMatches, options: &Options) -> Result<Self> {
        let is_ignored = IGNORE_VARIABLES.iter().any(|name| is_true(name));
        let reads_file = !options.local && (!is_ignored || options.profile.is_some());
        let found = find(matches, options, reads_file)?;
        let fields = Fields::new(matches, found.members.as_ref(), !options.local);
        warn_of_secrets(&fields, options);
        let seconds = |member: &str| {
            let text = fields.find(member);
            let time = text.map(|text| duration::parse(text).map_err(|why| Error::input(format!("{member}: {why}"))));
            time.transpose()
        };
        let (read_timeout, connect_timeout) = (seconds("read_timeout")?, seconds("connect_timeout")?);
        let tuning = Tuning { read_timeout, connect_timeout, ..tuning(matches, &fields) };
        let scheme = match (matches.get_flag("insecure"), matches.get_flag("secure")) {
            (true, _) => Some(Scheme::Http),
            (false, true) => Some(Scheme::Https),
            (false, false) => None,
        };
        let region_if_ignored = (is_ignored && !reads_file && !options.local).then_some(REGION);
        Ok(Self { found, fields, region_if_ignored, tuning, scheme })
    }

    /// The options, with what the profile says where they say nothing.
    fn options(&self, options: &Options) -> Options {
        options.clone().with_usual_format(Format::from_word(self.fields.get("output_format"))).tuned(&self.tuning)
    }

    /// The region of the profile or of the environment.
    fn region(&self) -> Option<String> {
        self.fields.find("region_id").or(self.region_if_ignored).map(str::to_owned)
    }

    /// The endpoint of all calls that the profile or the environment names.
    fn endpoint(&self) -> Option<String> {
        self.fields.find("endpoint").map(str::to_owned)
    }

    /// The network whose hosts are called.
    fn network(&self) -> Option<String> {
        self.fields.find("endpoint_type").map(str::to_owned)
    }

    /// Where credentials come from.
    fn credentials(self) -> Arc<dyn CredentialSource> {
        keys::source(&self.found, self.fields)
    }
}

fn is_true(name: &str) -> bool {
    place::variable(name).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// The profile that is meant.
fn find(matches: &ArgMatches, options: &Options, reads_file: bool) -> Result<Found> {
    let given = matches.get_one::<String>("config-path");
    let path = file::path(given.map(Path::new)).filter(|_| reads_file);
    let file = path.as_deref().map(file::File::read).transpose()?.unwrap_or_default();
    let named = options.profile.clone().or_else(|| PROFILE_VARIABLES.iter().find_map(|name| place::variable(name)));
    let name = named.unwrap_or_else(|| file.current().to_owned());
    let members = file.profile(&name).cloned();
    let is_sought = given.is_some() || options.profile.is_some() && !has_other_file();
    if let (Some(path), true, None) = (&path, is_sought, &members) {
        return Err(file.no_profile(&name, path));
    }
    Ok(Found { path, members, asked_for: options.profile.is_some(), name })
}

/// Whether there is a file of the SDKs, which may have the profile.
fn has_other_file() -> bool {
    let home = place::variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(PathBuf::from);
    let at_home = |name: &str| home.as_ref().is_some_and(|home| home.join(".alibabacloud").join(name).exists());
    place::variable("ALIBABA_CLOUD_CREDENTIALS_FILE").is_some()
        || ["credentials.ini", "credentials"].iter().any(|name| at_home(name))
}

fn tuning(matches: &ArgMatches, fields: &Fields) -> Tuning {
    let accept = matches.get_one::<String>("accept").map(|accept| ("accept".to_owned(), accept.clone()));
    Tuning {
        retries: fields.find("retry_count").and_then(|count| count.parse().ok()),
        is_unverified: matches.get_flag("skip-secure-verify"),
        user_agent: matches.get_one::<String>("user-agent").cloned(),
        headers: accept.into_iter().collect(),
        ..Tuning::default()
    }
}

fn warn_of_secrets(fields: &Fields, options: &Options) {
    let secrets = FIELDS.iter().filter(|field| field.is_secret && fields.origin(field.member) == Some(From::Option));
    for field in secrets.filter(|_| !options.is_for_programs()) {
        terminal::note(&format!(
            "warning: --{} is seen by whoever lists processes, and shells remember it; set a variable or use a profile",
            field.option
        ));
    }
}
