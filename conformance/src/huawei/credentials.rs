//! Kind `env`: the credential that the environment gives.

use std::sync::Arc;

use sanyun_core::{Material, Settings, SourceError};
use sanyun_huawei::credentials::{DOMAIN_ID, Environment, PROJECT_ID};
use sanyun_huawei::{Credential, CredentialSource};
use serde_json::{Value, json};

use super::unsent::{Unsent, block_on};
use crate::Outcome;
use crate::support::{same_json, text};

pub(super) fn environment(input: &Value, expected: &Value) -> Outcome {
    if expected.get("idp_id").is_some_and(Value::is_string) {
        // Federation: found, and refused, because it goes over the network.
        return Outcome::NotImplemented;
    }
    let mut settings = Settings { transport: Some(Arc::new(Unsent)), ..Settings::default() };
    settings.set_fixed(super::environment(input));
    let context = match settings.context() {
        Ok(context) => context,
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    match (block_on(Environment.load(&context)), expected.get("error")) {
        (Ok(credential), None) => same_json("credential", &shown(&credential, text(input, "type")), expected).into(),
        (Err(SourceError::Absent(_)), Some(_)) => Outcome::Passed,
        (outcome, _) => Outcome::Failed(format!("{outcome:?}, expected {expected}")),
    }
}

fn shown(credential: &Credential, kind: &str) -> Value {
    let Material::Keys(keys) = credential.material() else { return Value::Null };
    json!({
        "type": kind,
        "ak": keys.id,
        "sk": keys.secret.expose(),
        "security_token": keys.token.as_ref().map(|token| token.expose()),
        "project_id": credential.attribute(PROJECT_ID),
        "domain_id": credential.attribute(DOMAIN_ID),
    })
}
