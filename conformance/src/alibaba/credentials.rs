//! `env`: the default chain, as far as it reaches today.

use std::sync::Arc;

use sanyun_alibaba::credentials::default_chain;
use sanyun_core::transport::{RawReply, TransportError, TransportErrorKind};
use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Fixed, Material, Request, SourceError, Transport};
use serde_json::{Value, json};

use super::is_refused;
use super::sign::texts;
use crate::Outcome;
use crate::support::{member, same_json, text};

pub(super) fn environment(input: &Value, expected: &Value) -> Outcome {
    let credential = member(expected, "credential");
    // Other sources come with later versions.
    if !credential.is_null() && text(credential, "provider_name") != "default/env" {
        return Outcome::NotImplemented;
    }
    match (load(input), is_refused(expected)) {
        (Ok(ours), false) => same_json("credential", &facts(&ours), &with_absent_token(credential)).into(),
        (Err(_), true) => Outcome::Passed,
        (Ok(_), true) => Outcome::Failed("ours finds a credential".to_owned()),
        (Err(error), false) => Outcome::Failed(error),
    }
}

fn load(input: &Value) -> Result<Credential, String> {
    let fixed =
        texts(member(input, "env")).into_iter().fold(Fixed::default(), |fixed, (name, text)| fixed.var(name, text));
    let context = Context::process(Arc::new(Nowhere)).with_fixed(fixed);
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
    runtime.block_on(default_chain().load(&context)).map_err(|error: SourceError| error.to_string())
}

fn facts(credential: &Credential) -> Value {
    let Material::Keys(keys) = credential.material() else { return Value::Null };
    let token = keys.token.as_ref().map(|token| token.expose());
    json!({
        "access_key_id": keys.id,
        "access_key_secret": keys.secret.expose(),
        "security_token": token,
        "provider_name": if credential.source() == "environment" { "default/env" } else { "" },
        "type": "default",
        "bearer_token": null,
    })
}

/// An empty token and none are the same.
fn with_absent_token(credential: &Value) -> Value {
    let mut credential = credential.clone();
    if text(&credential, "security_token").is_empty()
        && let Some(token) = credential.get_mut("security_token")
    {
        *token = Value::Null;
    }
    credential
}

/// A network that nothing may use.
struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        Box::pin(std::future::ready(Err(TransportError::new(TransportErrorKind::Resolve, "no network here"))))
    }
}
