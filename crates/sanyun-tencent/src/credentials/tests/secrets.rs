//! Nothing of a secret in what is printed: sources, credentials, errors. Services that repeat it do not help.

use sanyun_core::testing::{NOW, SECRET_WORD, World, failure_shows_no_secret, shows_no_secret};
use sanyun_core::{Credential, CredentialSource};
use serde_json::json;

use super::super::{AssumeRole, CvmRole, Environment, Profile, TccliProfile, TkeOidc, default_chain};

/// Answers that are no keys.
const BAD: [&str; 6] = [
    r#"{"Response":{"Credentials":{"TmpSecretId":"I","TmpSecretKey":"hunter2"},"ExpiredTime":"hunter2"}}"#,
    r#"{"Response":{"Credentials":"hunter2","RequestId":"r"}}"#,
    r#"{"Response":"hunter2"}"#,
    r#"{"Code":"hunter2","TmpSecretKey":"hunter2"}"#,
    r#"{"Code":"Success","TmpSecretId":"I","TmpSecretKey":"hunter2\n","Token":"hunter2","ExpiredTime":1900000000}"#,
    "hunter2 is not JSON",
];

fn world() -> World {
    World::new()
        .var("HOME", "/h")
        .var("TKE_REGION", "r")
        .var("TKE_PROVIDER_ID", "p")
        .var("TKE_ROLE_ARN", "a")
        .var("TKE_WEB_IDENTITY_TOKEN_FILE", "/token")
        .file("/token", "hunter2-token")
        .file("/h/.tccli/oauth.credential", login("oauth"))
        .file("/h/.tccli/sso.credential", login("sso"))
}

fn login(kind: &str) -> String {
    let login = json!({
        "openId": "o", "accessToken": "hunter2-access", "refreshToken": "hunter2-refresh", "site": "cn",
        "expiresAt": NOW + 7200, "token": "hunter2-skey", "uin": "1", "roleConfigurationId": "c",
        "roleConfigurationName": "n", "zoneId": "z",
    });
    json!({"type": kind, "secretId": "I", "secretKey": "hunter2", "token": "hunter2", "expiresAt": NOW, kind: login})
        .to_string()
}

/// Loads it with good answers, with bad ones, and with one that repeats all that it was told.
fn look<S: CredentialSource + std::fmt::Debug>(source: S, before: &[&str], good: &str) {
    let name = source.name().into_owned();
    shows_no_secret(&name, &format!("{name} {source:?}"));
    let prepared = || before.iter().fold(world(), |world, body| world.reply(200, body));
    for bad in BAD {
        failure_shows_no_secret(&name, &prepared().reply(200, bad), &source);
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
    let keys = json!({"TmpSecretId": "I", "TmpSecretKey": "hunter2-s", "Token": "hunter2-t"});
    let of_sts = json!({"Response": {"Credentials": keys, "ExpiredTime": NOW + 7200}}).to_string();
    let base = || Credential::session("i", "hunter2-key", "hunter2-token");
    look(AssumeRole::new(base(), "arn", "s").second_factor("n", "hunter2-code"), &[], &of_sts);
    look(TkeOidc::new(), &[], &of_sts);
    look(TkeOidc::new().token("hunter2-given"), &[], &of_sts);
    let mut of_machine = keys.clone();
    of_machine["Code"] = "Success".into();
    of_machine["ExpiredTime"] = (NOW + 7200).into();
    look(CvmRole::new(), &["role"], &of_machine.to_string());
    let fresh = json!({"SecretId": "I", "SecretKey": "hunter2", "Token": "hunter2", "ExpiresAt": NOW + 7200});
    look(TccliProfile::named("oauth"), &[], &fresh.to_string());
    let of_helper = json!({"Credentials": keys, "ExpiredTime": NOW + 7200}).to_string();
    look(TccliProfile::named("sso"), &[r#"{"SAMLResponse":"hunter2-saml"}"#], &of_helper);
}

#[test]
fn a_helper_that_repeats_a_token_in_its_code_shows_nothing() {
    let echo = r#"{"Error":{"Code":"Invalid hunter2-access","Message":"hunter2"}}"#;
    failure_shows_no_secret("oauth", &world().reply(200, echo), &TccliProfile::named("oauth"));
}

#[test]
fn files_variables_and_the_chain_show_nothing() {
    let variables = || World::new().var("TENCENTCLOUD_SECRET_ID", "i").var("TENCENTCLOUD_TOKEN", "hunter2");
    let credential = variables().var("TENCENTCLOUD_SECRET_KEY", "hunter2").load(&Environment).unwrap();
    shows_no_secret("environment", &format!("{credential:?} {:?}", default_chain()));
    failure_shows_no_secret("environment", &variables().var("TENCENTCLOUD_SECRET_KEY", "hunter2 "), &Environment);
    let profile = || Profile::default().in_file("/f");
    for text in ["[default]\nsecret_key hunter2\n", "[default]\nsecret_id=i\nsecret_key=hunter2\n hunter2\n"] {
        failure_shows_no_secret("profile", &World::new().file("/f", text), &profile());
    }
    let good = World::new().file("/f", "[default]\nsecret_id=i\nsecret_key=hunter2\ntoken=hunter2\n");
    shows_no_secret("profile", &format!("{:?} {:?}", good.load(&profile()).unwrap(), profile()));
    for text in ["{\"secretKey\": hunter2}", "\"hunter2\"", r#"{"secretId":"i","secretKey":"hunter2\n"}"#] {
        let world = World::new().file("/t/default.credential", text);
        failure_shows_no_secret("tccli", &world, &TccliProfile::new().in_folder("/t"));
    }
}
