//! Nothing of a secret in what is printed: sources, credentials, errors. Services that repeat it do not help.

use sanyun_core::testing::{SECRET_WORD, failure_shows_no_secret, shows_no_secret};

use super::*;

/// Answers that are no keys.
const BAD: [&str; 6] = [
    r#"{"Credentials":{"AccessKeyId":"I","AccessKeySecret":"hunter2","SecurityToken":"t","Expiration":"hunter2"}}"#,
    r#"{"Credentials":"hunter2","RequestId":"r"}"#,
    r#"{"SessionAccessKey":{"SessionAccessKeyId":"hunter2"}}"#,
    r#"{"Code":"hunter2","AccessKeySecret":"hunter2"}"#,
    r#"{"Code":"Success","AccessKeyId":"I","AccessKeySecret":"hunter2\n","SecurityToken":"hunter2"}"#,
    "hunter2 is not JSON",
];

fn world() -> World {
    World::new()
        .var("ALIBABA_CLOUD_ROLE_ARN", "a")
        .var("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p")
        .var("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/token")
        .file("/token", "hunter2-token")
}

/// Loads it with good answers, with bad ones, and with one that repeats all that it was told.
fn look<S: CredentialSource + std::fmt::Debug>(source: S, before: &[&str], good: &str) {
    let name = source.name().into_owned();
    shows_no_secret(&name, &format!("{name} {source:?}"));
    let prepared = || before.iter().fold(world(), |world, body| world.reply(200, body));
    for bad in BAD {
        failure_shows_no_secret(&name, &prepared().reply(200, bad).echoing(403), &source);
    }
    for status in [200, 400, 401, 403] {
        failure_shows_no_secret(&name, &prepared().echoing(status), &source);
        failure_shows_no_secret(&name, &world().echoing(status), &source);
    }
    let credential = prepared().reply(200, good).load(&source).unwrap();
    assert!(credential.signing_keys().unwrap().secret.expose().contains(SECRET_WORD));
    shows_no_secret(&name, &format!("{credential:?} {source:?}"));
}

#[test]
fn sources_that_ask_show_nothing() {
    let mut keys = written("I", 7200);
    keys["AccessKeySecret"] = "hunter2-s".into();
    keys["SecurityToken"] = "hunter2-t".into();
    keys["Code"] = "Success".into();
    let of_machine = keys.to_string();
    let of_sts = json!({ "Credentials": keys }).to_string();
    look(RamRoleArn::new(Credential::session("i", "hunter2-key", "hunter2-token"), "arn"), &[], &of_sts);
    look(OidcRoleArn::new(), &[], &of_sts);
    look(OidcRoleArn::new().token("hunter2-given"), &[], &of_sts);
    look(CredentialsUri::new("http://h/?key=hunter2"), &[], &of_machine);
    look(EcsRamRole::new().role("r").hardened(true), &["hunter2-token"], &of_machine);
}

#[test]
fn a_key_pair_shows_nothing() {
    let source = RsaKeyPair::new("id", "hunter2");
    failure_shows_no_secret("key pair", &world(), &source);
    shows_no_secret("key pair", &format!("{source:?} {}", source.name()));
    let source = RsaKeyPair::new("id", include_str!("testdata/private_key.pem"));
    for bad in BAD {
        failure_shows_no_secret("key pair", &world().reply(200, bad), &source);
    }
}

#[test]
fn variables_and_the_chains_show_nothing() {
    let variables =
        || World::new().var("ALIBABA_CLOUD_ACCESS_KEY_ID", "i").var("ALIBABA_CLOUD_SECURITY_TOKEN", "hunter2");
    let credential = variables().var("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "hunter2").load(&Environment).unwrap();
    shows_no_secret("environment", &format!("{credential:?} {:?} {:?}", default_chain(), seed_chain()));
    let blank = variables().var("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "hunter2 ");
    failure_shows_no_secret("environment", &blank, &Environment);
}
