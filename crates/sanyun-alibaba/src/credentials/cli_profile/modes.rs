//! The modes of a profile: where its keys come from.

use std::sync::Arc;

use sanyun_core::{Context, Credential, CredentialSource, Result};

use super::config::{Config, Profile};
use super::external::External;
use crate::credentials::oauth::OAuth;
use crate::credentials::{CloudSso, CredentialsUri, EcsRamRole, OidcRoleArn, RamRoleArn, RsaKeyPair, TOKEN_HEADER};

const TOKEN_VARIABLE: &str = "ALIBABA_CLOUD_BEARER_TOKEN";
const TOKEN_HEADER_VARIABLE: &str = "ALIBABA_CLOUD_BEARER_TOKEN_HEADER_KEY";

/// The source that a profile describes. `asked` are the profiles that lead to it, itself the last.
pub(super) fn source<'a>(
    context: &Context,
    config: &'a Config,
    profile: Profile<'a>,
    asked: &mut Vec<&'a str>,
) -> Result<Arc<dyn CredentialSource>> {
    Ok(match mode(profile).as_str() {
        "ak" => Arc::new(keys(profile, String::new())?),
        "ststoken" => Arc::new(keys(profile, profile.wanted("sts_token")?.to_owned())?),
        "ramrolearn" => Arc::new(role(keys(profile, profile.text("sts_token"))?, profile)?),
        "ecsramrole" => Arc::new(EcsRamRole::new().role(profile.text("ram_role_name"))),
        "ramrolearnwithrolename" => Arc::new(role(EcsRamRole::new().role(profile.text("ram_role_name")), profile)?),
        "chainableramrolearn" => Arc::new(role(of_source_profile(context, config, profile, asked)?, profile)?),
        "oidc" => Arc::new(oidc(profile)?),
        "rsakeypair" => Arc::new(key_pair(profile)?),
        "credentialsuri" => Arc::new(CredentialsUri::new(profile.text("credentials_uri"))),
        "external" => Arc::new(External::new(profile.wanted("process_command")?, profile.place(), asked)),
        "cloudsso" => Arc::new(CloudSso::of(profile)?),
        "oauth" => Arc::new(OAuth::new(profile.place())),
        "bearertoken" => Arc::new(token(context, profile)?),
        "anonymous" => Arc::new(Credential::anonymous()),
        _ => return Err(profile.wrong("has a `mode` that is not a known one")),
    })
}

/// Whether the command line has made the profile and nobody has filled it.
pub(super) fn is_blank(profile: Profile<'_>) -> bool {
    mode(profile) == "ak" && profile.get("access_key_id").is_none() && profile.get("access_key_secret").is_none()
}

fn mode(profile: Profile<'_>) -> String {
    profile.get("mode").map_or_else(|| implied_mode(profile).to_owned(), str::to_ascii_lowercase)
}

/// The mode of a profile that names none, as the command line guesses it.
fn implied_mode(profile: Profile<'_>) -> &'static str {
    let has = |member: &str| profile.get(member).is_some();
    let guesses = [
        (has("access_key_id") && has("ram_role_arn"), "ramrolearn"),
        (has("access_key_id") && has("sts_token"), "ststoken"),
        (has("access_key_id"), "ak"),
        (has("key_pair_name"), "rsakeypair"),
        (has("ram_role_name"), "ecsramrole"),
        (has("process_command"), "external"),
        (has("oidc_provider_arn"), "oidc"),
        (has("cloud_sso_sign_in_url"), "cloudsso"),
        (has("bearer_token"), "bearertoken"),
    ];
    // Without any, what is missing is said of keys.
    guesses.iter().find(|(holds, _)| *holds).map_or("ak", |(_, mode)| mode)
}

fn keys(profile: Profile<'_>, token: String) -> Result<Credential> {
    let (id, secret) = (profile.wanted("access_key_id")?, profile.wanted("access_key_secret")?);
    let credential = Credential::session(id, secret, token);
    crate::credentials::check(credential.signing_keys()?, &profile.shown())?;
    Ok(credential)
}

fn of_source_profile<'a>(
    context: &Context,
    config: &'a Config,
    profile: Profile<'a>,
    asked: &mut Vec<&'a str>,
) -> Result<Arc<dyn CredentialSource>> {
    let name = profile.wanted("source_profile")?;
    if asked.contains(&name) {
        return Err(profile.wrong(&format!("is its own source: {} > {name}", asked.join(" > "))));
    }
    asked.push(name);
    let next =
        config.profile(name).ok_or_else(|| profile.wrong(&format!("has the source `{name}`, which is not there")))?;
    source(context, config, next, asked)
}

fn role(base: impl CredentialSource, profile: Profile<'_>) -> Result<RamRoleArn> {
    let role = RamRoleArn::new(base, profile.text("ram_role_arn"))
        .session_name(session_name(profile))
        .policy(profile.text("policy"))
        .external_id(profile.text("external_id"))
        .duration(profile.seconds("expired_seconds")?.unwrap_or_default())
        .sts_endpoint(profile.text("sts_endpoint"))
        .sts_region(profile.text("sts_region"));
    Ok(profile.flag("enable_vpc").into_iter().fold(role, RamRoleArn::vpc))
}

fn oidc(profile: Profile<'_>) -> Result<OidcRoleArn> {
    let role = OidcRoleArn::new()
        .role_arn(profile.text("ram_role_arn"))
        .provider_arn(profile.text("oidc_provider_arn"))
        .session_name(session_name(profile))
        .policy(profile.text("policy"))
        .duration(profile.seconds("expired_seconds")?.unwrap_or_default())
        .sts_endpoint(profile.text("sts_endpoint"))
        .sts_region(profile.text("sts_region"));
    let role = profile.get("oidc_token_file").into_iter().fold(role, OidcRoleArn::token_file);
    Ok(profile.flag("enable_vpc").into_iter().fold(role, OidcRoleArn::vpc))
}

/// The command line writes the first, and the SDKs read the second for one of the modes.
fn session_name(profile: Profile<'_>) -> String {
    profile.get("ram_session_name").or_else(|| profile.get("role_session_name")).unwrap_or_default().to_owned()
}

fn key_pair(profile: Profile<'_>) -> Result<RsaKeyPair> {
    Ok(RsaKeyPair::from_file(profile.wanted("key_pair_name")?, profile.wanted("private_key")?)
        .duration(profile.seconds("expired_seconds")?.unwrap_or_default())
        .sts_endpoint(profile.text("sts_endpoint"))
        .sts_region(profile.text("sts_region")))
}

fn token(context: &Context, profile: Profile<'_>) -> Result<Credential> {
    let or_variable =
        |member: &str, variable: &str| profile.get(member).map(str::to_owned).or_else(|| context.var(variable));
    let token = or_variable("bearer_token", TOKEN_VARIABLE).ok_or_else(|| profile.wrong("has no `bearer_token`"))?;
    let header = or_variable("bearer_token_header_key", TOKEN_HEADER_VARIABLE).unwrap_or_default();
    Ok(Credential::bearer(token).with_attribute(TOKEN_HEADER, header))
}
