//! Temporary keys as the services that hand them out write them.

use std::time::SystemTime;

use sanyun_core::{Credential, Error, Keys, Material, Reply, Result, time};
use serde_json::Value;

/// The names of access key id, secret and token in most answers.
pub(super) const NAMES: [&str; 3] = ["AccessKeyId", "AccessKeySecret", "SecurityToken"];

/// The JSON object of an answer.
pub(super) fn object(source: &str, reply: &Reply) -> Result<Value> {
    let parsed: Option<Value> = serde_json::from_str(reply.text().trim()).ok();
    parsed.filter(Value::is_object).ok_or_else(|| wrong(source, "is no JSON object"))
}

/// Reads what STS gave for a role.
pub(super) fn of_sts(source: &'static str, content: &Value) -> Result<Credential> {
    let keys = content.get("Credentials").ok_or_else(|| wrong(source, "has no Credentials"))?;
    read(source, NAMES, keys)
}

/// Reads what STS gave for a key pair: keys without a token.
pub(super) fn of_key_pair(source: &'static str, content: &Value) -> Result<Credential> {
    let keys = content.get("SessionAccessKey").ok_or_else(|| wrong(source, "has no SessionAccessKey"))?;
    read(source, ["SessionAccessKeyId", "SessionAccessKeySecret", ""], keys)
}

/// Reads what the metadata service, or a URI, gave.
pub(super) fn of_machine(source: &'static str, content: &Value) -> Result<Credential> {
    match content.get("Code").and_then(Value::as_str) {
        Some("Success") => read(source, NAMES, content),
        _ => Err(wrong(source, "holds no keys (`Code` is not `Success`)")),
    }
}

/// Reads keys under these names; an empty name of the token says that there is none. What is wrong is named, never shown:
/// any text of such an answer may be a secret.
pub(super) fn read(source: &'static str, names: [&str; 3], object: &Value) -> Result<Credential> {
    let wanted = |name: &str| {
        let text = object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(|| wrong(source, &format!("has no {name}")))
    };
    let [id, secret, token] = names;
    let token = if token.is_empty() { None } else { Some(wanted(token)?) };
    let keys = Keys::new(wanted(id)?, wanted(secret)?, token);
    super::check(&keys, source)?;
    let expiry = expiry(object).ok_or_else(|| wrong(source, "does not say when the keys expire"))?;
    Ok(Credential::new(Material::Keys(keys)).expiring(expiry).from_source(source))
}

fn expiry(object: &Value) -> Option<SystemTime> {
    time::parse_rfc3339(object.get("Expiration")?.as_str()?.trim())
}

/// An error about an answer of which nothing may be shown.
pub(super) fn wrong(source: &str, what: &str) -> Error {
    Error::credentials(format!("{source}: the answer {what}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const EXPIRATION: &str = "2026-01-03T03:04:05Z";

    #[test]
    fn the_shapes_of_all_services_are_read() {
        let keys = json!({
            "AccessKeyId": "I", "AccessKeySecret": "S", "SecurityToken": "T", "Expiration": EXPIRATION, "Code": "Success",
        });
        let pair = json!({"SessionAccessKeyId": "I", "SessionAccessKeySecret": "S", "Expiration": EXPIRATION});
        for (credential, token) in [
            (of_sts("x", &json!({ "Credentials": keys })), Some("T")),
            (of_machine("x", &keys), Some("T")),
            (of_key_pair("x", &json!({ "SessionAccessKey": pair })), None),
        ] {
            let credential = credential.unwrap();
            let keys = credential.signing_keys().unwrap();
            assert_eq!((keys.id.as_str(), keys.secret.expose()), ("I", "S"));
            assert_eq!(keys.token.as_ref().map(|token| token.expose()), token);
            assert_eq!(credential.expires_at(), Some(time::from_unix(1_767_409_445)));
        }
    }

    #[test]
    fn what_is_wrong_is_named_and_no_secret_shown() {
        let keys = |name: &str, value: Value| {
            let mut keys = json!({"AccessKeyId": "I", "AccessKeySecret": "hush", "SecurityToken": "hush"});
            keys["Expiration"] = EXPIRATION.into();
            keys[name] = value;
            json!({ "Credentials": keys })
        };
        for (content, reason) in [
            (json!({"RequestId": "hush"}), "has no Credentials"),
            (json!({"Credentials": ["hush"]}), "has no SecurityToken"),
            (keys("SecurityToken", json!("")), "has no SecurityToken"),
            (keys("AccessKeySecret", json!(7)), "has no AccessKeySecret"),
            (keys("AccessKeySecret", json!("hush\n")), "white space"),
            (keys("Expiration", json!("hush")), "does not say when the keys expire"),
            (keys("Expiration", json!(null)), "does not say when the keys expire"),
        ] {
            let error = of_sts("x", &content).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(reason) && !shown.contains("hush"), "{shown}");
        }
        let refused = of_machine("x", &json!({"Code": "hush", "AccessKeySecret": "hush"})).unwrap_err();
        assert_eq!(refused.to_string(), "x: the answer holds no keys (`Code` is not `Success`)");
    }
}
