//! Kinds `env`, `chain`, `chain_legacy`, `profile` and `sts_request`: which credential a source gives, and what it asks over
//! the network for it.

mod network;
mod refresh;
mod requests;

pub(super) use refresh::refresh;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sanyun_alibaba::credentials::{
    CliProfile, CredentialsUri, EcsRamRole, IniProfile, OidcRoleArn, PROVIDER, REFRESH, RamRoleArn, RsaKeyPair,
    default_chain, seed_chain,
};
use sanyun_alibaba::{Credential, Result as Loaded};
use sanyun_core::credentials::CredentialCache;
use sanyun_core::{CredentialSource, Files, Fixed, ManualClock, Material, Secret, SeededChance, Settings};
use serde_json::{Value, json};

use super::is_refused;
use super::sign::texts;
use crate::support::{member, moment, same_json, some_text, text};
use network::Network;
use requests::{Signer, same_requests};

const HOME: &str = "/home/user";

/// Runs a case.
pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    let input = &at_home(input)?;
    let action = member(input, "action");
    let (network, fixed) = (Network::new(input), fixed(input));
    let settings = settings(input, &network, &fixed)?;
    let signer = signer(member(action, "config"), &fixed);
    let loaded = load(source(action), settings, member(action, "times").as_u64().unwrap_or(1))?;
    same_requests(&network.asked(), member(expected, "requests"), &signer)?;
    same_files(&fixed, &at_home(member(expected, "file_after"))?)?;
    match (loaded, is_refused(expected)) {
        (Err(_), true) => Ok(()),
        (Ok(_), true) => Err("ours finds a credential".to_owned()),
        (Err(error), false) => Err(format!("ours fails: {error}")),
        // What is better may lie in the requests alone.
        (Ok(ours), false) => expected
            .get("credential")
            .map_or(Ok(()), |credential| same_json("credential", &facts(&ours), &wanted(credential))),
    }
}

/// The case with its home folder in place.
fn at_home(input: &Value) -> Result<Value, String> {
    serde_json::from_str(&input.to_string().replace("${HOME}", HOME)).map_err(|error| error.to_string())
}

fn fixed(input: &Value) -> Fixed {
    let world = Fixed::default().var("HOME", HOME).var("USERPROFILE", HOME);
    let world = texts(member(input, "env")).into_iter().fold(world, |world, (name, text)| world.var(name, text));
    texts(member(input, "files")).into_iter().fold(world, |world, (path, text)| world.file(path, text))
}

fn settings(input: &Value, network: &Network, fixed: &Fixed) -> Result<Settings, String> {
    let mut settings = Settings {
        transport: Some(Arc::new(network.clone())),
        clock: Arc::new(ManualClock::at(moment(member(input, "now"))?)),
        chance: Arc::new(SeededChance::new(1)),
        ..Settings::default()
    };
    settings.set_fixed(fixed.clone());
    Ok(settings)
}

/// Asks so many times, as calls do.
fn load(source: Arc<dyn CredentialSource>, settings: Settings, times: u64) -> Result<Loaded<Arc<Credential>>, String> {
    let context = settings.context().map_err(|error| error.to_string())?;
    let cache = CredentialCache::with_policy(source, context, REFRESH);
    block_on(async {
        for _ in 1..times {
            cache.get("").await?;
        }
        cache.get("").await
    })
}

fn source(action: &Value) -> Arc<dyn CredentialSource> {
    let profile = text(action, "profile");
    match text(action, "do") {
        "chain" => Arc::new(default_chain()),
        "legacy_chain" => Arc::new(seed_chain()),
        "ini" => Arc::new(IniProfile::named(profile).in_file(text(action, "file"))),
        "cli" => Arc::new(CliProfile::named(profile)),
        _ => of_config(member(action, "config")),
    }
}

/// The source that the official constructor makes of its values.
fn of_config(config: &Value) -> Arc<dyn CredentialSource> {
    let value = |name: &str| text(config, name);
    let given = || Credential::session(value("access_key_id"), value("access_key_secret"), value("security_token"));
    let life = Duration::from_secs(member(config, "role_session_expiration").as_u64().unwrap_or_default());
    match value("type") {
        "access_key" | "sts" => Arc::new(given()),
        "bearer" => Arc::new(Credential::bearer(value("bearer_token"))),
        "ram_role_arn" => Arc::new(
            RamRoleArn::new(given(), value("role_arn"))
                .session_name(value("role_session_name"))
                .policy(value("policy"))
                .external_id(value("external_id"))
                .sts_endpoint(value("sts_endpoint"))
                .duration(life),
        ),
        "oidc_role_arn" => Arc::new(
            OidcRoleArn::new()
                .role_arn(value("role_arn"))
                .provider_arn(value("oidc_provider_arn"))
                .token_file(value("oidc_token_file_path"))
                .session_name(value("role_session_name"))
                .policy(value("policy"))
                .duration(life),
        ),
        "ecs_ram_role" => {
            let hardened = member(config, "disable_imds_v1") == true;
            Arc::new(EcsRamRole::new().role(value("role_name")).hardened(hardened))
        }
        "rsa_key_pair" => {
            Arc::new(RsaKeyPair::from_file(value("public_key_id"), value("private_key_file")).duration(life))
        }
        "credentials_uri" => Arc::new(CredentialsUri::new(value("credentials_uri"))),
        // Code cannot say another type; only a file can.
        _ => Arc::new(IniProfile::named(value("type"))),
    }
}

/// Compares what stands in files afterwards, which is JSON.
fn same_files(files: &dyn Files, expected: &Value) -> Result<(), String> {
    expected.as_object().into_iter().flatten().try_for_each(|(path, wanted)| {
        let bytes = files.read(Path::new(path)).map_err(|error| format!("{path}: {error}"))?;
        let content: Value = serde_json::from_slice(&bytes).map_err(|error| format!("{path}: {error}"))?;
        same_json(path, &content, wanted)
    })
}

/// Who signs for the constructor's values.
fn signer(config: &Value, files: &dyn Files) -> Signer {
    let key = |path: &str| files.read(Path::new(path)).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match some_text(config, "private_key_file").and_then(key) {
        Some(key) => Signer::PrivateKey(Secret::new(key)),
        None => {
            some_text(config, "access_key_secret").map_or(Signer::Unknown, |secret| Signer::Secret(secret.to_owned()))
        }
    }
}

fn facts(credential: &Credential) -> Value {
    let provider = credential.attribute(PROVIDER);
    match credential.material() {
        Material::Keys(keys) => {
            let token = keys.token.as_ref().map(|token| token.expose());
            let given = if token.is_some() { "static_sts" } else { "static_ak" };
            json!({
                "access_key_id": keys.id,
                "access_key_secret": keys.secret.expose(),
                "security_token": token,
                "provider_name": provider.unwrap_or(given),
                "bearer_token": null,
            })
        }
        Material::Bearer(token) => json!({"bearer_token": token.expose(), "provider_name": provider}),
        Material::Anonymous => Value::Null,
    }
}

/// What is expected of a credential: an empty token and none are the same, the type is what the case itself said, and the
/// older package names classes, where ours names the way.
fn wanted(credential: &Value) -> Value {
    let mut wanted = credential.clone();
    let Some(members) = wanted.as_object_mut() else { return wanted };
    members.remove("type");
    if members.get("security_token").and_then(Value::as_str) == Some("") {
        members.insert("security_token".to_owned(), Value::Null);
    }
    if text(credential, "provider_name").ends_with("Credential") {
        members.remove("provider_name");
    }
    wanted
}

/// Runs a future that waits for nothing outside.
fn block_on<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    Ok(runtime.map_err(|error| error.to_string())?.block_on(future))
}
