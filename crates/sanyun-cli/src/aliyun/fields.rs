//! What a profile may say: the names of its members in the file, of the options that go over them, and of the variables
//! that fill what neither says.

use std::collections::BTreeMap;

use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgMatches};
use serde_json::{Map, Value};

use super::file;
use crate::place;

/// One thing that a profile may say.
pub(super) struct Field {
    /// Its name in the file.
    pub(super) member: &'static str,
    /// Its option; empty if it has none.
    pub(super) option: &'static str,
    /// What stands for its value in the help.
    pub(super) value: &'static str,
    /// Its variables, the first that is set counts.
    variables: &'static [&'static str],
    /// Whether it is shown masked.
    pub(super) is_secret: bool,
}

const fn field(member: &'static str, option: &'static str, value: &'static str) -> Field {
    Field { member, option, value, variables: &[], is_secret: false }
}

impl Field {
    const fn or(self, variables: &'static [&'static str]) -> Self {
        Self { variables, ..self }
    }

    const fn secret(self) -> Self {
        Self { is_secret: true, ..self }
    }

    fn help(&self) -> String {
        let secret = if self.is_secret { "; whoever lists processes sees it" } else { "" };
        format!("`{}` of the profile{secret}", self.member)
    }
}

/// All of them but those that are options of every command: `--region`, `--endpoint`, `--retries`.
pub(super) const FIELDS: [Field; 37] = [
    field("mode", "mode", "MODE").or(&["ALIBABA_CLOUD_PROFILE_MODE"]),
    field("access_key_id", "access-key-id", "ID").or(&[
        "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "ALIBABACLOUD_ACCESS_KEY_ID",
        "ALICLOUD_ACCESS_KEY_ID",
        "ACCESS_KEY_ID",
    ]),
    field("access_key_secret", "access-key-secret", "SECRET").secret().or(&[
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "ALIBABACLOUD_ACCESS_KEY_SECRET",
        "ALICLOUD_ACCESS_KEY_SECRET",
        "ACCESS_KEY_SECRET",
    ]),
    field("sts_token", "sts-token", "TOKEN").secret().or(&[
        "ALIBABA_CLOUD_SECURITY_TOKEN",
        "ALIBABACLOUD_SECURITY_TOKEN",
        "ALICLOUD_SECURITY_TOKEN",
        "SECURITY_TOKEN",
    ]),
    field("sts_region", "sts-region", "REGION"),
    field("sts_endpoint", "sts-endpoint", "HOST").or(&["ALIBABA_CLOUD_STS_ENDPOINT"]),
    field("ram_role_name", "ram-role-name", "NAME"),
    field("ram_role_arn", "ram-role-arn", "ARN").or(&["ALIBABA_CLOUD_ROLE_ARN", "ALIBABACLOUD_ROLE_ARN"]),
    field("ram_session_name", "role-session-name", "NAME"),
    field("external_id", "external-id", "ID").or(&["ALIBABA_CLOUD_EXTERNAL_ID", "ALIBABACLOUD_EXTERNAL_ID"]),
    field("policy", "", ""),
    field("source_profile", "source-profile", "NAME"),
    field("private_key", "private-key", "FILE"),
    field("enable_vpc", "", ""),
    field("key_pair_name", "key-pair-name", "NAME"),
    field("expired_seconds", "expired-seconds", "SECONDS"),
    field("process_command", "process-command", "COMMAND"),
    field("credentials_uri", "credentials-uri", "URL").or(&["ALIBABA_CLOUD_CREDENTIALS_URI"]),
    field("oidc_provider_arn", "oidc-provider-arn", "ARN")
        .or(&["ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABACLOUD_OIDC_PROVIDER_ARN"]),
    field("oidc_token_file", "oidc-token-file", "FILE")
        .or(&["ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABACLOUD_OIDC_TOKEN_FILE"]),
    field("cloud_sso_sign_in_url", "cloud-sso-sign-in-url", "URL"),
    field("cloud_sso_access_config", "cloud-sso-access-config", "ID"),
    field("cloud_sso_account_id", "cloud-sso-account-id", "ID"),
    field("access_token", "", "").secret(),
    field("oauth_site_type", "oauth-site-type", "CN|INTL"),
    field("oauth_access_token", "", "").secret(),
    field("oauth_refresh_token", "", "").secret(),
    field("bearer_token", "bearer-token", "TOKEN").secret().or(&["ALIBABA_CLOUD_BEARER_TOKEN"]),
    field("bearer_token_header_key", "bearer-token-header-key", "NAME").or(&["ALIBABA_CLOUD_BEARER_TOKEN_HEADER_KEY"]),
    field("region_id", "", "").or(&[
        "ALIBABA_CLOUD_REGION_ID",
        "ALIBABACLOUD_REGION_ID",
        "ALICLOUD_REGION_ID",
        "REGION_ID",
        "REGION",
    ]),
    field("endpoint", "", "").or(&["ALIBABA_CLOUD_ENDPOINT", "ALIBABACLOUD_ENDPOINT"]),
    field("endpoint_type", "endpoint-type", "vpc").or(&[
        "ALIBABA_CLOUD_ENDPOINT_TYPE",
        "ALIBABACLOUD_ENDPOINT_TYPE",
        "ALICLOUD_ENDPOINT_TYPE",
    ]),
    field("output_format", "", ""),
    field("language", "language", "zh|en"),
    field("read_timeout", "read-timeout", "SECONDS"),
    field("connect_timeout", "connect-timeout", "SECONDS"),
    field("retry_count", "", ""),
];

/// The options of the fields that have one.
pub(super) fn options() -> impl Iterator<Item = Arg> {
    FIELDS.iter().filter(|field| !field.option.is_empty()).map(|field| {
        let parser = NonEmptyStringValueParser::new();
        Arg::new(field.option).long(field.option).value_name(field.value).value_parser(parser).help(field.help())
    })
}

/// Where the value of a field came from.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum From {
    Option,
    Profile,
    Environment,
}

/// What a profile says, with the options over it and the variables beneath. Not `Debug`: it has secrets.
#[derive(Default)]
pub(super) struct Fields {
    said: BTreeMap<&'static str, (String, From)>,
}

impl Fields {
    /// Puts the three together; `with_environment` says whether variables fill what is left.
    pub(super) fn new(matches: &ArgMatches, profile: Option<&Map<String, Value>>, with_environment: bool) -> Self {
        let said = FIELDS.iter().filter_map(|field| {
            let option = || option(matches, field).map(|text| (text, From::Option));
            let member = || member(profile?, field.member).map(|text| (text, From::Profile));
            let variable = || field.variables.iter().find_map(|name| place::variable(name));
            let variable = || variable().filter(|_| with_environment).map(|text| (text, From::Environment));
            option().or_else(member).or_else(variable).map(|found| (field.member, found))
        });
        Self { said: said.collect() }
    }

    /// What is said; empty if nothing is.
    pub(super) fn get(&self, member: &str) -> &str {
        self.said.get(member).map_or("", |(text, _)| text)
    }

    /// What is said, if anything is.
    pub(super) fn find(&self, member: &str) -> Option<&str> {
        self.said.get(member).map(|(text, _)| text.as_str())
    }

    /// Forgets a field.
    pub(super) fn forget(&mut self, member: &str) {
        self.said.remove(member);
    }

    /// Says a field on behalf of the options.
    pub(super) fn say(&mut self, member: &'static str, text: &str) {
        self.said.insert(member, (text.to_owned(), From::Option));
    }

    /// What the profile itself does not say.
    pub(super) fn added(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.said.iter().filter(|(_, (_, from))| *from != From::Profile).map(|(name, (text, _))| (*name, text.as_str()))
    }

    /// Where the value of a field came from.
    pub(super) fn origin(&self, member: &str) -> Option<From> {
        self.said.get(member).map(|(_, from)| *from)
    }

    #[cfg(test)]
    pub(super) fn of(said: &[(&'static str, &str, From)]) -> Self {
        Self { said: said.iter().map(|(name, text, from)| (*name, ((*text).to_owned(), *from))).collect() }
    }
}

fn option(matches: &ArgMatches, field: &Field) -> Option<String> {
    let given = matches.try_get_one::<String>(field.option).ok().flatten();
    given.filter(|_| !field.option.is_empty()).cloned()
}

/// A member that says something: a text that is not empty, or a number that is not 0, which `aliyun` writes for one that
/// was left out.
fn member(profile: &Map<String, Value>, name: &str) -> Option<String> {
    // Its name of old.
    let old = || profile.get("retry_timeout").filter(|_| name == "read_timeout");
    match profile.get(name).or_else(old)? {
        Value::Bool(on) => Some(on.to_string()),
        Value::Number(number) => Some(number.to_string()).filter(|text| text != "0"),
        _ => Some(file::text(profile, name).to_owned()).filter(|text| !text.is_empty()),
    }
}
