//! `sanyun huawei token`: logs in with user and password, and prints the token.

use std::io::Read as _;

use clap::{Arg, ArgAction, ArgMatches, Command};
use sanyun_core::{Context, Credential, CredentialSource as _, Error, Material, Result, Secret, time};
use sanyun_huawei::credentials::{BASIC, DOMAIN_ID, PROJECT_ID, Token};
use sanyun_local::{DOMAIN_NAME, USER_NAME, USER_PASSWORD};
use serde_json::{Map, Value};

use crate::options::{self, Options};
use crate::output::Format;
use crate::place::{self, Place};
use crate::{clouds, runtime, terminal};

const USER_VARIABLE: &str = "SANYUN_HUAWEI_USER";
const DOMAIN_VARIABLE: &str = "SANYUN_HUAWEI_DOMAIN";
const PASSWORD_VARIABLE: &str = "SANYUN_HUAWEI_PASSWORD";

const ABOUT: &str = "\
Log in with user and password, and print the token.

A token stands for keys: whoever has it may do for 24 hours what the user may do. It goes into the header X-Auth-Token.
It is good for one project, which is an account's part of one region, or with --domain-scope for the services that have no
regions, such as IAM. If no project is named it is the one of the region.";

const AFTER_HELP: &str = "\
The password is never an argument, because others could read it in the list of processes. Give it on standard input or in
the variable SANYUN_HUAWEI_PASSWORD; user and account may stand in SANYUN_HUAWEI_USER and SANYUN_HUAWEI_DOMAIN.

Examples:
  sanyun huawei token --user me --domain my-account --region cn-north-4 --password-stdin < password.txt
  sanyun huawei token --project cn-north-4_team                  user, account and password from the environment
  curl -H \"X-Auth-Token: $(sanyun huawei token --raw)\" https://vpc.cn-north-4.myhuaweicloud.com/v1/PROJECT_ID/vpcs
  sanyun huawei token --local                                    of the embedded local cloud, as its own user";

/// The command's arguments.
pub(crate) fn command() -> Command {
    let text = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .help(help)
            .value_parser(clap::builder::NonEmptyStringValueParser::new())
    };
    let switch =
        |name: &'static str, help: &'static str| Arg::new(name).long(name).help(help).action(ArgAction::SetTrue);
    Command::new("token")
        .about(ABOUT)
        .after_help(AFTER_HELP)
        // That of the cloud's calls is the program's own, and this would inherit it.
        .arg(Arg::new("help").short('h').long("help").help("Print help").action(ArgAction::HelpShort))
        .arg(text("user", "NAME", "Who logs in; by default SANYUN_HUAWEI_USER"))
        .arg(text(
            "domain",
            "NAME",
            "The name of the user's account; by default SANYUN_HUAWEI_DOMAIN, else the user's name",
        ))
        .arg(switch("password-stdin", "Read the password from standard input; by default SANYUN_HUAWEI_PASSWORD"))
        .arg(text("project", "NAME", "For the project of this name, such as cn-north-4 or cn-north-4_team"))
        .arg(text("project-id", "ID", "For the project of this id").conflicts_with("project"))
        .arg(
            switch("domain-scope", "For the whole account: services without regions")
                .conflicts_with_all(["project", "project-id"]),
        )
        .arg(text(
            "iam-endpoint",
            "URL",
            "Log in here; by default HUAWEICLOUD_SDK_IAM_ENDPOINT, else IAM of the region",
        ))
        .arg(switch("raw", "Print the token alone"))
}

/// Logs in and prints.
///
/// # Errors
/// Something is missing, IAM refuses, or standard output cannot be written.
pub(crate) fn run(arguments: &ArgMatches) -> Result<()> {
    options::refuse_meaningless("huawei token", arguments)?;
    let options = Options::new(arguments)?;
    if arguments.get_flag("raw") && options.asks_format() {
        return Err(Error::input("--raw prints the token alone: it excludes --output and --query"));
    }
    runtime::block_on(async {
        let place = Place::new(&options).await?;
        let result = runtime::until_interrupted(answer(arguments, &options, &place)).await;
        place.leave().await;
        print(&result?, arguments, &options)
    })
}

async fn answer(arguments: &ArgMatches, options: &Options, place: &Place) -> Result<Credential> {
    let wishes = Wishes::new(arguments, options, place)?;
    let context = Context { kind: BASIC, ..options.settings()?.context()? };
    wishes.source().load(&context).await.map_err(|error| error.into_error("token"))
}

/// Who logs in where, and what for.
struct Wishes {
    user: String,
    domain: String,
    password: Secret,
    scope: Scope,
    region: Option<String>,
    iam_endpoint: Option<String>,
}

enum Scope {
    Region,
    Project(String),
    ProjectId(String),
    Domain,
}

impl Wishes {
    fn new(arguments: &ArgMatches, options: &Options, place: &Place) -> Result<Self> {
        let text = |name: &str| arguments.get_one::<String>(name).cloned();
        let local = place.local_url();
        let or_local =
            |text: Option<String>, of_local: &str| text.or_else(|| local.as_ref().map(|_| of_local.to_owned()));
        let user = or_local(text("user").or_else(|| place::variable(USER_VARIABLE)), USER_NAME)
            .ok_or_else(|| missing("who logs in", &format!("--user NAME, or {USER_VARIABLE}")))?;
        let domain = or_local(text("domain").or_else(|| place::variable(DOMAIN_VARIABLE)), DOMAIN_NAME);
        let password = match arguments.get_flag("password-stdin") {
            true => Some(password_from_input()?),
            false => or_local(place::variable(PASSWORD_VARIABLE), USER_PASSWORD).map(Secret::new),
        };
        let password =
            password.ok_or_else(|| missing("the password", &format!("--password-stdin, or {PASSWORD_VARIABLE}")))?;
        let scope = match (text("project"), text("project-id")) {
            (Some(name), _) => Scope::Project(name),
            (None, Some(id)) => Scope::ProjectId(id),
            (None, None) if arguments.get_flag("domain-scope") => Scope::Domain,
            (None, None) => Scope::Region,
        };
        let region = options.region.clone().or_else(|| place::variable("HUAWEICLOUD_SDK_REGION"));
        let region = or_local(region, clouds::some_region(sanyun_catalog::Cloud::Huawei));
        if matches!(scope, Scope::Region) && region.is_none() {
            let how =
                "--region cn-north-4 (or HUAWEICLOUD_SDK_REGION), --project NAME, --project-id ID or --domain-scope";
            return Err(missing("what the token is for", how));
        }
        let iam_endpoint = text("iam-endpoint").or(local);
        Ok(Self { domain: domain.unwrap_or_else(|| user.clone()), user, password, scope, region, iam_endpoint })
    }

    fn source(self) -> Token {
        let mut source = Token::password(self.user, self.password, self.domain);
        source = self.region.into_iter().fold(source, Token::region);
        source = self.iam_endpoint.into_iter().fold(source, Token::iam_endpoint);
        match self.scope {
            Scope::Region => source,
            Scope::Project(name) => source.project_name(name),
            Scope::ProjectId(id) => source.project_id(id),
            Scope::Domain => source.domain_scope(),
        }
    }
}

fn missing(what: &str, how: &str) -> Error {
    Error::input(format!("{what} is not said")).with_hint(how)
}

/// What stands on standard input, without the line break at its end.
fn password_from_input() -> Result<Secret> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| Error::io("reading the password", error))?;
    let end = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(end);
    if text.is_empty() { Err(Error::input("standard input has no password")) } else { Ok(Secret::new(text)) }
}

fn print(credential: &Credential, arguments: &ArgMatches, options: &Options) -> Result<()> {
    let Material::Bearer(token) = credential.material() else {
        return Err(Error::decode("the answer has no token"));
    };
    if arguments.get_flag("raw") {
        return print_text(&format!("{}\n", token.expose()));
    }
    let value = shown(credential, token);
    if options.asks_format() { options.print(&value) } else { print_text(&Format::Table.render(&value, &[], false)) }
}

fn print_text(text: &str) -> Result<()> {
    terminal::print(text).map_err(|error| Error::io("writing the token", error))
}

/// What is told of a token; the token itself last, because it is long.
fn shown(credential: &Credential, token: &Secret) -> Value {
    let project = credential.attribute(PROJECT_ID);
    let members = [
        ("scope", Some(if project.is_some() { "project" } else { "domain" }.to_owned())),
        ("project_id", project.map(str::to_owned)),
        ("domain_id", credential.attribute(DOMAIN_ID).map(str::to_owned)),
        ("expires_at", credential.expires_at().map(time::iso_extended)),
        ("token", Some(token.expose().to_owned())),
    ];
    let members = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?))));
    Value::Object(members.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_shown_with_its_scope_and_expiry() {
        let credential = Credential::bearer("the-token").expiring(time::from_unix(1_767_323_045));
        let of_domain = shown(&credential.clone().with_attribute(DOMAIN_ID, "d1"), &"the-token".into());
        assert_eq!(
            of_domain.to_string(),
            r#"{"scope":"domain","domain_id":"d1","expires_at":"2026-01-02T03:04:05Z","token":"the-token"}"#
        );
        let of_project = shown(&credential.with_attribute(PROJECT_ID, "p1"), &"the-token".into());
        assert_eq!((&of_project["scope"], &of_project["project_id"]), (&"project".into(), &"p1".into()));
    }
}
