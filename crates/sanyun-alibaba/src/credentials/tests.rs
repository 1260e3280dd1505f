#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod chains;
mod machine;
mod refresh;
mod roles;
mod secrets;

use sanyun_core::testing::{Asked, NOW, World};
use sanyun_core::{Credential, CredentialSource, Endpoint, Scheme, encode, time};
use serde_json::{Value, json};

use super::*;

/// Keys as most services write them, of which each part is made of the id.
fn written(id: &str, seconds: u64) -> Value {
    let expiry = time::iso_extended(time::from_unix((NOW + seconds) as i64));
    json!({
        "AccessKeyId": id, "AccessKeySecret": format!("{id}-secret"), "SecurityToken": format!("{id}-token"),
        "Expiration": expiry,
    })
}

/// What STS gives: keys that expire so many seconds after the first moment.
fn granted(id: &str, seconds: u64) -> String {
    json!({"RequestId": "r", "Credentials": written(id, seconds)}).to_string()
}

/// What the metadata service, or a URI, gives.
fn of_machine(id: &str, seconds: u64) -> String {
    let mut keys = written(id, seconds);
    keys["Code"] = "Success".into();
    keys.to_string()
}

/// The parameters of a question to STS, wherever they stand.
fn parameters(asked: &Asked) -> Value {
    let query = asked.url.split_once('?').unwrap_or_default().1;
    let pairs = encode::pairs(query).chain(encode::pairs(&asked.body));
    let decode = |text: &str| encode::percent_decode(text).into_owned();
    pairs.map(|(name, value)| (decode(name), Value::from(decode(value)))).collect()
}

fn host(asked: &Asked) -> &str {
    asked.url.split(['/', '?']).nth(2).unwrap()
}

/// Where calls would go.
fn called() -> Endpoint {
    Endpoint::new(Scheme::Https, "ecs.example")
}

fn named(credential: &Credential) -> (&str, &str) {
    (credential.source(), credential.attribute(PROVIDER).unwrap_or_default())
}

#[test]
fn the_environment_gives_keys_and_token() {
    let world = || World::new().var("ALIBABA_CLOUD_ACCESS_KEY_ID", "i").var("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "k");
    for (text, token) in [("t", Some("t")), ("", None)] {
        let credential = world().var("ALIBABA_CLOUD_SECURITY_TOKEN", text).load(&Environment).unwrap();
        let keys = credential.signing_keys().unwrap();
        assert_eq!((&*keys.id, keys.secret.expose()), ("i", "k"));
        assert_eq!(keys.token.as_ref().map(Secret::expose), token);
        assert_eq!(named(&credential), ("environment", "env"));
    }
    for name in ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"] {
        assert_eq!(world().var(name, "").absent(&Environment), format!("{name} is not set"));
        let error = world().var(name, "x\n").failed(&Environment);
        assert!(error.to_string().ends_with("from the environment begins or ends with white space"), "{error}");
    }
}

#[test]
fn only_true_switches_a_flag_on() {
    for (text, on) in [("true", true), ("TRUE", true), ("1", false), ("yes", false), ("", false)] {
        assert_eq!(flag(&World::new().var("FLAG", text).context(), "FLAG"), on, "{text}");
    }
}

#[test]
fn keys_given_in_code_are_named_by_what_they_are() {
    assert_eq!(provider(&Credential::keys("i", "k")), "static_ak");
    assert_eq!(provider(&Credential::session("i", "k", "t")), "static_sts");
    assert_eq!(provider(&Credential::bearer("t")), "bearer");
    let nested = by_way_of("default", by_way_of("cli_profile", Credential::session("i", "k", "t")));
    assert_eq!(provider(&nested), "default/cli_profile/static_sts");
}
