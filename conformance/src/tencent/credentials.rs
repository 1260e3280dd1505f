//! Kinds `cred_env`, `cred_profile`, `cred_chain`, `cred_cvm_role`, `cred_sts` and `cred_tke_oidc`: which credential a
//! source gives, what it asks over the network for it, and when it asks again.

mod network;
mod temporary;

pub(super) use temporary::{assume_role, cvm_role, tke_oidc};

use std::sync::Arc;

use sanyun_core::{CredentialSource, ErrorKind, Fixed, ManualClock, Settings, SourceError};
use sanyun_tencent::Credential;
use sanyun_tencent::credentials::default_chain;
use serde_json::{Value, json};

use super::world;
use crate::support::{body_bytes, member, moment, same_json};
use network::Network;

const HOME: &str = "/home/user";

/// Runs a case of one source.
pub(super) fn run(source: impl CredentialSource, input: &Value, expected: &Value) -> Result<(), String> {
    let context = settings(input)?.context().map_err(world::shown)?;
    same_json("outcome", &outcome(world::block_on(source.load(&context))?)?, expected)
}

/// Runs a case of the default chain.
pub(super) fn chain(input: &Value, expected: &Value) -> Result<(), String> {
    let clock = Arc::new(ManualClock::at(moment(member(input, "now"))?));
    let network = Network::new(clock.clone()).answering(member(input, "sts_reply"));
    network.set_metadata(member(input, "metadata"));
    let settings = Settings { transport: Some(Arc::new(network)), clock, ..settings(input)? };
    let context = settings.context().map_err(world::shown)?;
    same_json("outcome", &outcome(world::block_on(default_chain().load(&context))?)?, expected)
}

fn outcome(loaded: Result<Credential, SourceError>) -> Result<Value, String> {
    Ok(match loaded {
        Ok(credential) => found(&credential)?,
        Err(SourceError::Absent(_)) => json!({ "outcome": "not_found" }),
        Err(SourceError::Failed(error)) => json!({ "outcome": "error", "code": code(&error) }),
    })
}

fn found(credential: &Credential) -> Result<Value, String> {
    let keys = credential.signing_keys().map_err(world::shown)?;
    Ok(json!({
        "outcome": "found",
        "source": source(credential.source()),
        "secret_id": keys.id,
        "secret_key": keys.secret.expose(),
        "token": keys.token.as_ref().map(|token| token.expose()),
    }))
}

/// The cases' name of a source.
fn source(ours: &str) -> &str {
    match ours {
        "environment" => "env",
        "cvm role" => "cvm_role",
        "tke oidc" => "tke_oidc",
        _ => ours.split(' ').next().unwrap_or_default(),
    }
}

/// The code that the official SDKs give to such an error.
fn code(error: &sanyun_tencent::Error) -> &'static str {
    match error.kind() {
        ErrorKind::Credentials if error.message().starts_with("no credential found") => "ClientSideError",
        ErrorKind::Credentials => "InvalidCredential",
        _ => "ClientError.CredentialError",
    }
}

/// The world of a case: `env`, and `files` with `~` for the home folder.
fn settings(input: &Value) -> Result<Settings, String> {
    let mut fixed = Fixed::default().var("HOME", HOME).var("USERPROFILE", HOME);
    for (name, value) in member(input, "env").as_object().into_iter().flatten() {
        fixed = fixed.var(name, value.as_str().unwrap_or_default());
    }
    for (path, content) in member(input, "files").as_object().into_iter().flatten() {
        let encoded = content.get("b64").map(|encoded| json!({ "base64": encoded }));
        let content = body_bytes(encoded.as_ref().unwrap_or(content))?.unwrap_or_default();
        fixed = fixed.file(path.replacen('~', HOME, 1), content);
    }
    let mut settings = Settings::default();
    settings.set_fixed(fixed);
    Ok(settings)
}
