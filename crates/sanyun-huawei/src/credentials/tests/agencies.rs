//! Keys of agencies.

use std::time::Duration;

use sanyun_core::testing::{World, key};
use sanyun_core::{Credential, ErrorKind};
use serde_json::json;

use super::super::{Agency, AssumeAgency, DOMAIN_ID, IAM_ENDPOINT, PROJECT_ID, Profile};

const KEYS: &str =
    r#"{"credential":{"access":"A","secret":"S","securitytoken":"T","expires_at":"2026-01-02T09:04:05.000000Z"}}"#;
const STS: &str = r#"{"assumed_agency":{"urn":"u","id":"i"},"credentials":{"access_key_id":"O","secret_access_key":"S","security_token":"T","expiration":"2026-01-02T04:04:05.000Z"}}"#;

fn base() -> Credential {
    Credential::session("base-id", "base-secret", "base-token").with_attribute(PROJECT_ID, "of the base")
}

#[test]
fn an_agency_is_asked_for_with_a_signature() {
    let world = World::new().reply(201, KEYS);
    let source = Agency::new(base(), "operations")
        .domain_name("customer")
        .domain_id("d")
        .duration(Duration::from_secs(1800))
        .session_user("me")
        .policy(json!({"Version": "1.1"}));
    let credential = world.load(&source).unwrap();
    assert_eq!((key(&credential), credential.source()), ("A", "agency"));
    // The project of whoever asked is not one of the other account.
    assert_eq!([PROJECT_ID, DOMAIN_ID].map(|name| credential.attribute(name)), [None, Some("d")]);
    let request = &world.requests()[0];
    assert_eq!(
        (request.method.as_str(), request.url.as_str()),
        ("POST", "https://iam.myhuaweicloud.com/v3.0/OS-CREDENTIAL/securitytokens")
    );
    let authorization = request.header("authorization");
    assert!(
        authorization
            .starts_with("SDK-HMAC-SHA256 Access=base-id, SignedHeaders=content-type;host;x-sdk-date;x-security-token"),
        "{authorization}"
    );
    assert_eq!(
        ["x-security-token", "x-sdk-date", "content-type"].map(|name| request.header(name)),
        ["base-token", "20260102T030405Z", "application/json;charset=UTF-8"]
    );
    assert_eq!(
        request.json(),
        json!({"auth": {"identity": {
            "methods": ["assume_role"],
            "assume_role": {
                "agency_name": "operations", "duration_seconds": 1800, "domain_name": "customer", "domain_id": "d",
                "session_user": {"name": "me"},
            },
            "policy": {"Version": "1.1"},
        }}})
    );
}

#[test]
fn an_agency_can_be_asked_for_with_a_token_at_its_own_iam() {
    let token = Credential::bearer("bearer").with_attribute(IAM_ENDPOINT, "https://iam.base");
    let world = World::new().reply(201, KEYS);
    world.load(&Agency::new(token, "a").domain_id("d")).unwrap();
    let request = &world.requests()[0];
    assert_eq!((request.header("x-auth-token"), request.header("authorization")), ("bearer", ""));
    assert!(request.url.starts_with("https://iam.base/"));
}

#[test]
fn an_agency_wants_an_account_and_a_base() {
    let error = World::new().failed(&Agency::new(base(), "a"));
    assert_eq!((error.kind(), error.hint().is_some()), (ErrorKind::Config, true));
    let nobody = Agency::new(Profile::at("/none"), "a").domain_name("d");
    assert!(World::new().absent(&nobody).starts_with("/none: "));
}

#[test]
fn a_trust_agency_is_asked_for_at_sts() {
    let world = World::new().var("HUAWEICLOUD_SDK_STS_ENDPOINT", "https://sts.corp").reply(200, STS);
    let source = AssumeAgency::new(base(), "iam::acc:agency:ops", "nightly")
        .duration(Duration::from_secs(900))
        .policy("{}")
        .policy_ids(["p1"])
        .external_id("x")
        .source_identity("me");
    let credential = world.load(&source).unwrap();
    assert_eq!(
        (key(&credential), credential.source(), credential.attribute(DOMAIN_ID)),
        ("O", "trust agency", Some("acc"))
    );
    let request = &world.requests()[0];
    assert_eq!(request.url, "https://sts.corp/v5/agencies/assume");
    assert!(request.header("authorization").starts_with("SDK-HMAC-SHA256 Access=base-id"));
    assert_eq!(
        request.json(),
        json!({
            "agency_urn": "iam::acc:agency:ops", "agency_session_name": "nightly", "duration_seconds": 900,
            "policy": "{}", "policy_ids": ["p1"], "external_id": "x", "source_identity": "me",
        })
    );
    assert!(World::new().failed(&AssumeAgency::new(Credential::bearer("t"), "u", "s")).to_string().contains("token"));
}
