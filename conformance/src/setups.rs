//! What a machine's environment and files lead to: credentials, endpoints, and one whole call, on our side and compared
//! with the official SDK's (kind `setup` of the oracle).
//!
//! A set-up has `env`, `files`, `network` (replies by `METHOD /path`; what is missing cannot be reached), `time`, and the
//! call: `service`, `version`, `operation`, `region`, and the `kind` of credential that the service needs. Both sides
//! answer with three parts:
//!
//! - `credentials`: what the default chain finds for that kind, keys fetched;
//! - `endpoints`: where a call goes that has its keys;
//! - `call`: the whole: credentials, ids, and a call that reaches none of the endpoints.
//!
//! A part has what was found or `error`, and the `requests` on the way, whose headers are those that tell who asks.

mod compare;
mod listed;
mod repair;
mod world;

pub use compare::differences;
pub use listed::{as_listed, listed, reason};
pub use repair::{REPAIRS, Repair};

use std::collections::BTreeSet;

use sanyun_core::{CredentialSource as _, Keys, ManualClock, Material, Settings};
use sanyun_huawei::credentials::{BASIC, DOMAIN_ID, GLOBAL, PROJECT_ID, default_chain};
use sanyun_huawei::{Client, Credential, Error};
use serde_json::{Value, json};

use crate::support::{member, moment, text};
use world::World;

/// Everything on our side. `official` is what the official SDK answered; of it, only the keys of its call are used, to
/// see whether our call is signed with the same.
///
/// # Errors
/// The set-up is not of the form described above.
pub async fn ours(setup: &Value, official: &Value) -> Result<Value, String> {
    let keys = keys_of(member(official, "call"));
    Ok(json!({
        "credentials": found_credentials(setup).await?,
        "endpoints": tried_endpoints(setup).await?,
        "call": whole_call(setup, keys.as_ref()).await?,
    }))
}

/// Names of the sources: the vendor's class and ours.
pub const SOURCES: &[(&str, &str)] = &[
    ("OidcStsCredentialProvider", "oidc"),
    ("EnvCredentialProvider", "environment"),
    ("ProfileCredentialProvider", "profile"),
    ("MetadataCredentialProvider", "metadata"),
    ("MetadataBasicCredentialProvider", "metadata"),
    ("MetadataGlobalCredentialProvider", "metadata"),
    ("PodIdentityCredentialProvider", "pod identity"),
];

fn settings(setup: &Value, world: &World) -> Result<Settings, String> {
    let mut settings = Settings {
        transport: Some(world.transport()),
        clock: std::sync::Arc::new(ManualClock::at(moment(member(setup, "time"))?)),
        ..Settings::default()
    };
    settings.set_fixed(world.fixed());
    Ok(settings)
}

async fn found_credentials(setup: &Value) -> Result<Value, String> {
    let world = World::new(setup);
    let mut context = settings(setup, &world)?.context().map_err(|error| error.to_string())?;
    context.kind = kind(setup);
    let found = default_chain().load(&context).await;
    let part = found.map(|credential| described(&credential, context.kind)).map_err(|error| error.into_error("chain"));
    Ok(with_requests(part, &world))
}

fn kind(setup: &Value) -> &'static str {
    match text(setup, "kind") {
        "global" => GLOBAL,
        _ => BASIC,
    }
}

/// Secrets included: they are made up, and the other side has to find the same.
fn described(credential: &Credential, kind: &str) -> Value {
    let Material::Keys(keys) = credential.material() else { return json!({"source": credential.source()}) };
    json!({
        "source": credential.source(),
        "ak": keys.id,
        "sk": keys.secret.expose(),
        "security_token": keys.token.as_ref().map(|token| token.expose()),
        "id": credential.attribute(if kind == GLOBAL { DOMAIN_ID } else { PROJECT_ID }),
    })
}

async fn tried_endpoints(setup: &Value) -> Result<Value, String> {
    let world = World::new(setup);
    let builder = Client::builder().settings(settings(setup, &world)?);
    let builder = builder.credentials(Credential::keys("ak", "sk")).project_id("p").domain_id("d");
    let result = call(builder, setup).await;
    let part = refused_everywhere(result, &world).map(|()| {
        let tried: BTreeSet<_> = world.calls().iter().map(|sent| sent.place.clone()).collect();
        json!({ "given": tried })
    });
    Ok(with_requests(part, &world))
}

async fn whole_call(setup: &Value, keys: Option<&Keys>) -> Result<Value, String> {
    let world = World::new(setup);
    let result = call(Client::builder().settings(settings(setup, &world)?), setup).await;
    let part = refused_everywhere(result, &world).map(|()| {
        let signed = keys.map(|keys| world.calls().iter().all(|sent| sent.is_signed_with(keys)));
        json!({ "signed_alike": signed })
    });
    Ok(with_requests(part, &world))
}

/// The call that the set-up wants, as an application makes it.
async fn call(builder: sanyun_huawei::Builder, setup: &Value) -> Result<(), Error> {
    let client = builder.region(text(setup, "region")).retry(sanyun_core::Retry::none()).build()?;
    let [service, version, operation] = ["service", "version", "operation"].map(|name| text(setup, name));
    client.invoke(service, version, operation, json!({})).await.map(|_| ())
}

/// A call is a success here if it got as far as its endpoints.
fn refused_everywhere(result: Result<(), Error>, world: &World) -> Result<(), Error> {
    match result {
        Err(error) if world.calls().is_empty() => Err(error),
        _ => Ok(()),
    }
}

fn with_requests(part: Result<Value, Error>, world: &World) -> Value {
    let mut part =
        part.unwrap_or_else(|error| json!({"error": format!("{:?}", error.kind()), "message": error.to_string()}));
    part["requests"] = world.sent().iter().map(|sent| sent.shown.clone()).collect();
    part
}

/// The keys with which a part of the official answer says that it signed.
fn keys_of(part: &Value) -> Option<Keys> {
    let value = |name| part.get(name).and_then(Value::as_str);
    let (id, secret) = (value("ak")?.to_owned(), value("sk")?.to_owned().into());
    Some(Keys { id, secret, token: value("security_token").map(|token| token.to_owned().into()) })
}

#[cfg(test)]
mod tests;
