//! Kinds `env`, `profile`, `metadata`, `federation`, `oidc`, `pod_identity` and `sts_refresh`: which credential a source
//! gives, and what it asks over the network for it.

mod refresh;
mod wire;

pub(super) use refresh::refresh;

use std::sync::Arc;

use sanyun_core::{Context, Fixed, Material, Settings, SourceError, time};
use sanyun_huawei::credentials::{
    BASIC, DOMAIN_ID, Environment, Federation, GLOBAL, IAM_ENDPOINT, Metadata, Oidc, PROJECT_ID, PodIdentity, Profile,
};
use sanyun_huawei::{Credential, CredentialSource};
use serde_json::{Value, json};

use crate::support::{member, same_json, some_text, text};
use wire::{Script, block_on};

/// Where the one file of a case lies in our world; `<PATH>` in its texts.
const PATH: &str = "/case/file";
const ID_TOKEN: &str = "the id token of this case";

type Loaded = Result<Credential, SourceError>;

pub(super) fn environment(input: &Value, expected: &Value) -> Result<(), String> {
    found(&Environment, input, expected, super::environment(input))
}

pub(super) fn profile(input: &Value, expected: &Value) -> Result<(), String> {
    found(&Profile::new(), input, expected, with_file(input, "content").var("HUAWEICLOUD_SDK_CREDENTIALS_FILE", PATH))
}

pub(super) fn metadata(input: &Value, expected: &Value) -> Result<(), String> {
    fetched(&Metadata::new(), input, expected, Fixed::default())
}

pub(super) fn federation(input: &Value, expected: &Value) -> Result<(), String> {
    let source = Federation::new(text(input, "idp_id"), PATH).iam_endpoint(text(input, "iam_endpoint"));
    fetched(&source, input, expected, with_file(input, "id_token_file_content"))
}

pub(super) fn oidc(input: &Value, expected: &Value) -> Result<(), String> {
    fetched(&Oidc::new(), input, expected, with_file(input, "token_file_content"))
}

pub(super) fn pod_identity(input: &Value, expected: &Value) -> Result<(), String> {
    fetched(&PodIdentity::new(), input, expected, with_file(input, "token_file_content"))
}

/// The environment of a case and its file, if it has one.
fn with_file(input: &Value, member: &str) -> Fixed {
    let vars = input.get("env").and_then(Value::as_object).into_iter().flatten();
    let fixed = vars.fold(Fixed::default(), |fixed, (name, value)| {
        fixed.var(name, value.as_str().unwrap_or_default().replace("<PATH>", PATH))
    });
    match input.get(member).and_then(Value::as_str) {
        Some(content) => fixed.file(PATH, content),
        None => fixed,
    }
}

/// A source that names keys, or the identity provider that gives them: then IAM must be told that provider and the
/// content of that file.
fn found(source: &dyn CredentialSource, input: &Value, expected: &Value, world: Fixed) -> Result<(), String> {
    let Some(provider) = some_text(expected, "idp_id") else {
        return outcome(&load(source, input, &Script::default(), world)?, input, expected);
    };
    let keys = r#"{"credential":{"access":"A","secret":"S","securitytoken":"T","expires_at":"2036-01-03T03:04:05Z"}}"#;
    let script = Script::of(&json!([
        {"status": 201, "headers": {"X-Subject-Token": "subject"}, "body": "{}"},
        {"status": 201, "body": keys},
    ]));
    let loaded = load(source, input, &script, world.file(text(expected, "id_token_file"), ID_TOKEN))?;
    let credential = loaded.map_err(|error| format!("an error: {error}"))?;
    let asked = script.requests();
    let first = asked.first().ok_or("nothing was asked")?;
    let told = json!({
        "idp_id": first.header("x-idp-id"),
        "token": first.body.pointer("/auth/id_token/id"),
        "project_id": credential.attribute(PROJECT_ID),
        "iam_endpoint": credential.attribute(IAM_ENDPOINT),
    });
    let wanted = json!({
        "idp_id": provider,
        "token": ID_TOKEN,
        "project_id": expected["project_id"],
        "iam_endpoint": expected["iam_endpoint"],
    });
    same_json("federation", &told, &wanted)
}

/// A source that asks over the network.
fn fetched(source: &dyn CredentialSource, input: &Value, expected: &Value, world: Fixed) -> Result<(), String> {
    let script = Script::of(member(input, "responses"));
    let loaded = load(source, input, &script, world)?;
    if let Some(requests) = expected.get("requests").and_then(Value::as_array) {
        script.compare(requests)?;
    }
    outcome(&loaded, input, expected.get("result").unwrap_or(expected))
}

fn load(source: &dyn CredentialSource, input: &Value, script: &Script, world: Fixed) -> Result<Loaded, String> {
    let mut settings = Settings { transport: Some(Arc::new(script.clone())), ..Settings::default() };
    settings.set_fixed(world);
    let mut context: Context = settings.context().map_err(|error| error.to_string())?;
    context.kind = if text(input, "type") == GLOBAL { GLOBAL } else { BASIC };
    if let Some(product) = some_text(input, "user_agent") {
        context.user_agent = product.into();
    }
    block_on(source.load(&context))
}

fn outcome(loaded: &Loaded, input: &Value, expected: &Value) -> Result<(), String> {
    let fails = expected.get("error").is_some() || expected.get("message_mentions").is_some();
    match loaded {
        Ok(credential) if !fails => same_json("credential", &shown(credential, text(input, "type")), &own(expected)),
        Err(error) if fails => mentions(&error.to_string(), expected),
        Ok(credential) => Err(format!("ours gives a credential from {}, expected {expected}", credential.source())),
        Err(error) => Err(format!("an error: {error}, expected {expected}")),
    }
}

/// What the official SDK says in words is not ours to repeat; statuses and names are.
fn mentions(message: &str, expected: &Value) -> Result<(), String> {
    let names = expected.get("message_mentions").and_then(Value::as_array).into_iter().flatten();
    let names = names.filter_map(|name| name.as_str().map(str::to_owned));
    let status = expected.get("status_code").map(ToString::to_string);
    match names.chain(status).find(|name| !message.contains(name.as_str())) {
        Some(missing) => Err(format!("`{message}` does not mention {missing}")),
        None => Ok(()),
    }
}

/// The members that a credential of ours has as well: where it comes from was asked by the requests.
fn own(expected: &Value) -> Value {
    let mut expected = expected.clone();
    if let Some(members) = expected.as_object_mut() {
        members.retain(|name, _| !matches!(name.as_str(), "idp_id" | "id_token_file" | "requests"));
        if let Some(refreshing) = members.get_mut("refreshing") {
            *refreshing = Value::from(!refreshing.is_null());
        }
    }
    expected
}

fn shown(credential: &Credential, kind: &str) -> Value {
    let Material::Keys(keys) = credential.material() else { return Value::Null };
    json!({
        "type": if kind.is_empty() { BASIC } else { kind },
        "ak": keys.id,
        "sk": keys.secret.expose(),
        "security_token": keys.token.as_ref().map(|token| token.expose()),
        "project_id": credential.attribute(PROJECT_ID),
        "domain_id": credential.attribute(DOMAIN_ID),
        "iam_endpoint": credential.attribute(IAM_ENDPOINT),
        "refreshing": credential.expires_at().is_some(),
        "expire_at_unix": credential.expires_at().map(time::unix_seconds),
    })
}
