//! Temporary keys as the services that hand them out write them.

use std::time::{Duration, SystemTime};

use sanyun_core::{Credential, Error, Keys, Material, Reply, Result, time};
use serde_json::Value;

use crate::error;

/// The names of secret id, secret key and token in the answers of STS and of the metadata service.
const NAMES: [&str; 3] = ["TmpSecretId", "TmpSecretKey", "Token"];
/// The last moment that fits into a calendar of four digits: what is later is no moment.
const LAST_SECOND: i64 = 253_402_300_799;

/// Reads what STS gave for a wish of so long a life. The keys are fetched again when less than a tenth of it is left.
pub(super) fn of_sts(source: &'static str, reply: &Reply, life: Duration) -> Result<Credential> {
    let content = error::content(reply).map_err(|_| wrong(source, "is not one of STS"))?;
    let keys = content.get("Credentials").ok_or_else(|| wrong(source, "has no Credentials"))?;
    // Not at the moment itself: one more tick has to pass.
    let ahead = (life / 10).saturating_sub(Duration::from_nanos(1));
    Ok(read(source, NAMES, keys, expiry(&content))?.refreshing(ahead))
}

/// Reads what the metadata service gave.
pub(super) fn of_metadata(source: &'static str, content: &Value, ahead: Duration) -> Result<Credential> {
    Ok(read(source, NAMES, content, expiry(content))?.refreshing(ahead))
}

/// Reads what the vendor's command line gets from its own service: as STS writes it, without an envelope.
pub(super) fn of_helper(source: &'static str, content: &Value) -> Result<Credential> {
    read(source, NAMES, content.get("Credentials").unwrap_or(&Value::Null), expiry(content))
}

/// Reads keys under these names. What is wrong is named, never shown: any text of such an answer may be a secret.
pub(super) fn read(
    source: &'static str,
    names: [&str; 3],
    object: &Value,
    expiry: Option<SystemTime>,
) -> Result<Credential> {
    let wanted = |name: &str| {
        let text = object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(|| wrong(source, &format!("has no {name}")))
    };
    let [id, secret, token] = names;
    let keys: Keys = Keys::new(wanted(id)?, wanted(secret)?, Some(wanted(token)?));
    super::check(&keys, source)?;
    let expiry = expiry.ok_or_else(|| wrong(source, "does not say when the keys expire"))?;
    Ok(Credential::new(Material::Keys(keys)).expiring(expiry).from_source(source))
}

/// Unix seconds, else a text.
fn expiry(object: &Value) -> Option<SystemTime> {
    let text = || time::parse_rfc3339(object.get("Expiration")?.as_str()?);
    moment(object.get("ExpiredTime")).or_else(text)
}

/// Unix seconds, as a number or its text.
pub(super) fn moment(value: Option<&Value>) -> Option<SystemTime> {
    let value = value?;
    let seconds = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
    (1..=LAST_SECOND).contains(&seconds).then(|| time::from_unix(seconds))
}

fn wrong(source: &str, what: &str) -> Error {
    Error::credentials(format!("{source}: the answer {what}"))
}

#[cfg(test)]
mod tests {
    use sanyun_core::http::{HeaderMap, StatusCode};
    use serde_json::json;

    use super::*;

    fn answer(content: Value) -> Result<Credential> {
        let body = json!({"Response": content}).to_string();
        of_sts("test", &Reply::new(StatusCode::OK, HeaderMap::new(), body), Duration::from_secs(7200))
    }

    #[test]
    fn an_expiry_is_a_number_or_a_text() {
        let keys = json!({"TmpSecretId": "I", "TmpSecretKey": "S", "Token": "T"});
        for (name, value) in [
            ("ExpiredTime", json!(1_767_409_445)),
            ("ExpiredTime", json!("1767409445")),
            ("Expiration", json!("2026-01-03T03:04:05Z")),
        ] {
            let credential = answer(json!({"Credentials": keys, name: value})).unwrap();
            assert_eq!(credential.expires_at(), Some(time::from_unix(1_767_409_445)));
            assert_eq!(credential.refresh_ahead(), Some(Duration::new(719, 999_999_999)));
            let keys = credential.signing_keys().unwrap();
            assert_eq!((keys.id.as_str(), keys.secret.expose()), ("I", "S"));
            assert_eq!(keys.token.as_ref().unwrap().expose(), "T");
        }
        for absurd in [json!(0), json!(-1), json!(i64::MAX), json!(u64::MAX), json!("soon"), json!(null)] {
            let error = answer(json!({"Credentials": keys, "ExpiredTime": absurd})).unwrap_err();
            assert_eq!(error.to_string(), "test: the answer does not say when the keys expire");
        }
    }

    #[test]
    fn what_is_wrong_is_named_and_no_secret_shown() {
        for (content, reason) in [
            (json!({"ExpiredTime": 1_767_409_445}), "has no Credentials"),
            (json!({"Credentials": {"TmpSecretId": "I", "TmpSecretKey": "hush"}}), "has no Token"),
            (json!({"Credentials": {"TmpSecretId": "I", "TmpSecretKey": "", "Token": "hush"}}), "has no TmpSecretKey"),
            (json!({"Credentials": {"TmpSecretId": "I", "TmpSecretKey": "hush\n", "Token": "hush"}}), "white space"),
            (json!({"Credentials": ["hush"]}), "has no TmpSecretId"),
        ] {
            let error = answer(content).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(reason) && !shown.contains("hush"), "{shown}");
        }
    }
}
