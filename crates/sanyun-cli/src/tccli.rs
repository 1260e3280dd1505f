//! What users of Tencent Cloud's own command line, `tccli`, are used to: its options, and the profiles in `~/.tccli`.
//!
//! Which of two settings counts is decided as there: an option, then (unless `--profile` is given) the environment,
//! then the profile.

mod configure;
mod dropin;
mod keys;
mod literal;
mod profile;
pub(crate) mod upload;
mod waiter;

use std::sync::Arc;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches};
use sanyun_catalog::{Cloud, Operation};
use sanyun_core::{CredentialSource, Error, Result};
use sanyun_tencent::Language;

use crate::options::Options;
use crate::place;
pub(crate) use dropin::{run as run_in_its_place, words as words_in_its_place};
use keys::Keys;
use profile::Profile;
pub(crate) use waiter::Waiter;

/// Options of `tccli` that have another name here.
const SPELLINGS: [(&str, &str); 3] = [("filter", "query"), ("version", "api-version"), ("https-proxy", "proxy")];
/// Switches of `tccli` for what goes without saying here, or has no meaning.
const UNDERSTOOD: [&str; 2] = ["detail", "warning"];
const REGION_VARIABLE: &str = "TENCENTCLOUD_REGION";

/// The part of the help that is Tencent Cloud's.
pub(crate) const HELP: &str = "\
As in tccli:
  --filter, --version, --https-proxy, --cli-input-json
                                the same as --query, --api-version, --proxy, --params-file
  --language zh-CN|en-US        the language of error messages (default en-US)
  --waiter '{\"expr\":\"TotalCount\",\"to\":2,\"timeout\":180,\"interval\":5}'
                                call again until the JMESPath expression has this value; single quotes do as well
  --profile NAME                region, output, language, endpoints and versions from ~/.tccli/NAME.configure, keys from
                                ~/.tccli/NAME.credential; without it TCCLI_PROFILE or `default`, and variables go first
  --use-cvm-role                the keys of the role of the machine that this runs on
  --role-arn ARN --role-session-name NAME
                                the keys of a role, got with one's own; both belong together
  --secretId ID --secretKey KEY [--token TOKEN]
                                keys; they are seen by whoever lists processes: the environment or a profile is better
  --request-client TEXT         a text of one's own in the header X-TC-RequestClient
  --body-file FILE              the bytes of a body that is no JSON (cls UploadLog); by default standard input
`sanyun tccli` takes the same command line and prints what tccli prints, with its exit codes.
";

/// The options that only calls of Tencent Cloud have.
pub(crate) fn options() -> Vec<Arg> {
    let option = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).value_parser(NonEmptyStringValueParser::new())
    };
    let switch = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    let languages = PossibleValuesParser::new([Language::Chinese, Language::English].map(Language::as_str));
    let shown = [
        option("language", "LANGUAGE").value_parser(languages).help("The language of error messages (default en-US)"),
        option("waiter", "OBJECT").help("Call again until an expression has a value, as tccli has it"),
        option("secretId", "ID").help("The id of the key"),
        option("secretKey", "KEY").help("The secret key; whoever lists processes sees it"),
        option("token", "TOKEN").help("The token of temporary keys"),
        option("role-arn", "ARN").help("Call as this role"),
        option("role-session-name", "NAME").help("What the session with the role is called in the audit trail"),
        switch("use-cvm-role").help("Call as the role of the machine that this runs on"),
        option("request-client", "TEXT").help("A text of one's own in the header X-TC-RequestClient"),
        option("body-file", "FILE").help("The bytes of a body that is no JSON; by default standard input"),
    ];
    shown.into_iter().chain(UNDERSTOOD.map(|name| switch(name).hide(true))).collect()
}

/// The name here of an option of `tccli`, for a cloud whose users know it.
pub(crate) fn spelling(cloud: Cloud, name: &str) -> Option<&'static str> {
    let known = SPELLINGS.iter().filter(|_| cloud == Cloud::Tencent);
    known.into_iter().find(|(theirs, _)| *theirs == name).map(|(_, ours)| *ours)
}

/// Refuses a command of `tccli` itself, which stands where a service does.
///
/// # Errors
/// It is one.
pub(crate) fn refuse_command(cloud: Cloud, word: &str) -> Result<()> {
    if cloud != Cloud::Tencent || !["configure", "auth"].contains(&word) {
        return Ok(());
    }
    Err(Error::input(format!("`{word}` is a command of tccli, which is not here")).with_hint(
        "`sanyun tccli configure` writes profiles; they are read here: --profile NAME, TCCLI_PROFILE or `default`",
    ))
}

/// What the options and the profile say. For another cloud than Tencent's, and for the embedded local cloud: nothing.
#[derive(Default)]
pub(crate) struct Asked {
    profile: Profile,
    keys: Keys,
    language: Option<Language>,
    request_client: Option<String>,
    /// Whether this program stands in for `tccli`.
    in_its_place: bool,
}

impl Asked {
    /// Reads the options and the profile.
    ///
    /// # Errors
    /// The profile cannot be understood; half of two options that belong together.
    pub(crate) fn read(cloud: Cloud, matches: &ArgMatches, options: &Options) -> Result<Self> {
        if cloud != Cloud::Tencent {
            return Ok(Self::default());
        }
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let profile = if options.local { Profile::default() } else { Profile::read(options.profile.as_deref())? };
        let language = text("language").and_then(|word| word.parse().ok());
        let keys = Keys::read(matches, options)?;
        Ok(Self { profile, keys, language, request_client: text("request-client"), in_its_place: false })
    }

    /// The same as `tccli` has it: another language if none is asked for, and its name beside one's own text.
    fn standing_in(self, own: Option<&str>) -> Self {
        Self { request_client: own.map(str::to_owned), in_its_place: true, ..self }
    }

    /// The options, with the output format of the profile where they have none.
    pub(crate) fn options(&self, options: &Options) -> Options {
        options.clone().with_usual_format(self.profile.output())
    }

    /// The version of the API that the profile names, if the operation is in it: `tccli` writes one for every service,
    /// long before the next version comes.
    pub(crate) fn version(&self, operation: &Operation<'_>) -> Option<String> {
        let service = operation.service.name();
        let version = self.profile.of_service(service, "version")?;
        let catalog = sanyun_catalog::Catalog::of(operation.service.cloud()).ok()?;
        catalog.operation(service, Some(version), operation.name).ok().map(|_| version.to_owned())
    }

    /// The endpoint that the profile names. The usual one is no wish: `tccli` writes it for every service.
    pub(crate) fn endpoint(&self, service: &str, operation: Option<&Operation<'_>>) -> Option<String> {
        let name = operation.map_or(service, |it| it.service.name());
        let product = operation.and_then(|it| it.service.meta().product).unwrap_or(name);
        let usual = format!("{product}.{}", sanyun_tencent::endpoint::ROOT_DOMAIN);
        self.profile.of_service(name, "endpoint").filter(|endpoint| *endpoint != usual).map(str::to_owned)
    }

    /// The region, if no option names it.
    pub(crate) fn region(&self) -> Option<String> {
        let of_profile = || self.profile.system("region").map(str::to_owned);
        let variable = || place::variable(REGION_VARIABLE);
        if self.profile.is_asked_for() { of_profile().or_else(variable) } else { variable().or_else(of_profile) }
    }

    /// The language of error messages. English unless somebody says otherwise, as all else here.
    pub(crate) fn language(&self) -> Language {
        let of_profile = || self.profile.system("language")?.parse().ok();
        let usual = if self.in_its_place { Language::Chinese } else { Language::English };
        self.language.or_else(of_profile).unwrap_or(usual)
    }

    /// A text of one's own for a header.
    pub(crate) fn request_client(&self) -> Option<String> {
        let own = self.request_client.as_deref().or_else(|| self.profile.system("request-client"));
        let name = self.in_its_place.then(|| format!("_CLI_{}", dropin::RELEASE));
        let parts: Vec<&str> = name.as_deref().into_iter().chain(own).collect();
        (!parts.is_empty()).then(|| parts.join(";"))
    }

    /// Where credentials come from.
    pub(crate) fn credentials(&self) -> Arc<dyn CredentialSource> {
        self.keys.source(&self.profile)
    }

    /// What is waited for.
    ///
    /// # Errors
    /// The option cannot be understood.
    pub(crate) fn waiter(&self, cloud: Cloud, matches: &ArgMatches) -> Result<Option<Waiter>> {
        let text = (cloud == Cloud::Tencent).then(|| matches.get_one::<String>("waiter")).flatten();
        text.map(|text| Waiter::read(text, &self.profile)).transpose()
    }
}
