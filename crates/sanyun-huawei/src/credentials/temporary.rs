//! Temporary keys as the services that hand them out write them.

use sanyun_core::{Credential, Error, Reply, Result, time};
use serde_json::Value;

/// The names of each part, in the order in which they are looked for: IAM's, the pods', STS's.
const IDS: [&str; 3] = ["access", "accessKeyId", "access_key_id"];
const SECRETS: [&str; 3] = ["secret", "secretAccessKey", "secret_access_key"];
const TOKENS: [&str; 3] = ["securitytoken", "securityToken", "security_token"];
const EXPIRIES: [&str; 2] = ["expires_at", "expiration"];

/// Reads the keys in the object `credential`, else `credentials`, else at the top. The expiry is RFC 3339 with or
/// without a fraction. What is wrong is named, never shown: any text of such an answer may be a secret.
pub(super) fn read(source: &'static str, reply: &Reply) -> Result<Credential> {
    let wrong = |what: String| Error::credentials(format!("{source}: the answer {what}"));
    let value: Value = serde_json::from_str(&reply.text()).map_err(|_| wrong("is not JSON".to_owned()))?;
    let object =
        ["credential", "credentials"].iter().find_map(|name| value.get(name).filter(|value| value.is_object()));
    let object = object.unwrap_or(&value);
    let text =
        |names: &[&str]| names.iter().find_map(|name| object.get(name)?.as_str().filter(|text| !text.is_empty()));
    let wanted = |names: &[&str]| text(names).ok_or_else(|| wrong(format!("has none of {}", names.join(", "))));
    let expiry = time::parse_rfc3339(wanted(&EXPIRIES)?).ok_or_else(|| wrong("has no RFC 3339 expiry".to_owned()))?;
    Ok(Credential::session(wanted(&IDS)?, wanted(&SECRETS)?, text(&TOKENS).unwrap_or_default())
        .expiring(expiry)
        .from_source(source))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use sanyun_core::http::{HeaderMap, StatusCode};

    use super::*;

    fn answer(text: &str) -> Result<Credential> {
        read("test", &Reply::new(StatusCode::OK, HeaderMap::new(), text.to_owned()))
    }

    fn parts(text: &str) -> (String, String, Option<String>, Option<SystemTime>) {
        let credential = answer(text).unwrap();
        let keys = credential.signing_keys().unwrap();
        let token = keys.token.as_ref().map(|token| token.expose().to_owned());
        (keys.id.clone(), keys.secret.expose().to_owned(), token, credential.expires_at())
    }

    #[test]
    fn all_spellings_of_one_answer() {
        let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_409_445);
        let expected = ("I".to_owned(), "S".to_owned(), Some("T".to_owned()), Some(moment));
        for text in [
            r#"{"credential":{"access":"I","secret":"S","securitytoken":"T","expires_at":"2026-01-03T03:04:05.000000Z"}}"#,
            r#"{"credentials":{"accessKeyId":"I","secretAccessKey":"S","securityToken":"T","expiration":"2026-01-03T03:04:05.000Z"}}"#,
            r#"{"credentials":{"access_key_id":"I","secret_access_key":"S","security_token":"T","expiration":"2026-01-03T03:04:05Z"}}"#,
            r#"{"access":"I","secret":"S","securitytoken":"T","expires_at":"2026-01-03T11:04:05+08:00"}"#,
            r#"{"credential":null,"access":"I","secret":"S","securitytoken":"T","expires_at":"2026-01-03T03:04:05Z"}"#,
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_and_no_secret_shown() {
        for (text, reason) in [
            ("topsecret", "is not JSON"),
            (r#"{"credential":{"access":"I","secret":"topsecret"}}"#, "has none of expires_at, expiration"),
            (
                r#"{"credential":{"access":"I","secret":"topsecret","expires_at":"topsecret"}}"#,
                "has no RFC 3339 expiry",
            ),
            (
                r#"{"access":"I","securitytoken":"topsecret","expires_at":"2026-01-03T03:04:05Z"}"#,
                "has none of secret, ",
            ),
            (r#"["topsecret"]"#, "has none of expires_at"),
        ] {
            let shown = format!("{:?}", answer(text).unwrap_err());
            assert!(shown.contains(reason) && !shown.contains("topsecret"), "{shown}");
        }
    }
}
