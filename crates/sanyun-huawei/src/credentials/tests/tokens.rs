//! Keys for the holders of tokens.

use std::time::Duration;

use sanyun_core::testing::{World, key};
use sanyun_core::{Credential, ErrorKind};
use serde_json::json;

use super::super::{DOMAIN_ID, Environment, Federation, IAM_ENDPOINT, Oidc, PROJECT_ID, Profile, SecurityToken};

const KEYS: &str =
    r#"{"credential":{"access":"A","secret":"S","securitytoken":"T","expires_at":"2026-01-02T09:04:05.000000Z"}}"#;
const STS: &str = r#"{"credentials":{"access_key_id":"O","secret_access_key":"S","security_token":"T","expiration":"2026-01-02T04:04:05.000Z"}}"#;

fn federated(world: World) -> World {
    world.reply_with(201, &[("X-Subject-Token", "subject")], "{}").reply(201, KEYS)
}

#[test]
fn federation_reads_the_file_at_each_fetch() {
    let world = federated(federated(World::new().file("/t", " first\n")));
    let source = Federation::new("idp", "/t").project_id("p").iam_endpoint("https://iam.corp");
    let credential = world.load(&source).unwrap();
    assert_eq!((key(&credential), credential.source()), ("A", "federation"));
    assert_eq!(
        [PROJECT_ID, IAM_ENDPOINT].map(|name| credential.attribute(name)),
        [Some("p"), Some("https://iam.corp")]
    );
    world.clone().file("/t", "second").load(&source).unwrap();
    let requests = world.requests();
    assert_eq!(requests[0].url, "https://iam.corp/v3.0/OS-AUTH/id-token/tokens");
    assert_eq!(requests[0].header("content-type"), "application/json;charset=UTF-8");
    assert_eq!(requests[2].json(), json!({"auth": {"id_token": {"id": "second"}}}));
    assert!(requests.iter().all(|asked| asked.header("authorization").is_empty()));
}

#[test]
fn federation_wants_a_token_in_its_file() {
    let source = Federation::new("idp", "/t");
    let blank = World::new().file("/t", " \n").failed(&source);
    assert_eq!(
        (blank.kind(), blank.to_string().as_str()),
        (ErrorKind::Credentials, "federation: token file `/t`: nothing in it")
    );
    assert!(World::new().failed(&source).to_string().starts_with("federation: token file `/t`: "));
    World::new().failed(&Federation::new("", "/t"));
}

#[test]
fn a_refusal_keeps_its_structure_and_is_not_the_callers() {
    let refusal = r#"{"error":{"code":404,"message":"Could not find idp.","title":"Not Found"}}"#;
    let world = World::new().file("/t", "token").reply_with(404, &[("X-Request-Id", "r1")], refusal);
    let error = world.failed(&Federation::new("idp", "/t"));
    assert_eq!((error.kind(), error.is_not_found(), error.is_retryable()), (ErrorKind::Credentials, false, false));
    let cause = std::error::Error::source(&error).and_then(|cause| cause.downcast_ref::<sanyun_core::Error>());
    assert_eq!(cause.and_then(|cause| cause.request_id()), Some("r1"));
    assert!(error.to_string().contains("Could not find idp."), "{error}");
}

#[test]
fn iam_is_asked_again_after_a_passing_failure() {
    let world = federated(World::new().file("/t", "token").reply(503, ""));
    assert_eq!(key(&world.load(&Federation::new("idp", "/t")).unwrap()), "A");
    assert_eq!(world.clock.sleeps().len(), 1);
}

#[test]
fn environment_and_profile_federate_too() {
    let world = federated(
        World::new()
            .var("HUAWEICLOUD_SDK_AK", "key")
            .var("HUAWEICLOUD_SDK_SK", "secret")
            .var("HUAWEICLOUD_SDK_IDP_ID", "idp")
            .var("HUAWEICLOUD_SDK_ID_TOKEN_FILE", "/t")
            .var("HUAWEICLOUD_SDK_DOMAIN_ID", "d")
            .file("/t", "token"),
    );
    let credential = world.load(&Environment).unwrap();
    assert_eq!((key(&credential), credential.source()), ("A", "environment"));
    assert_eq!(credential.attribute(DOMAIN_ID), Some("d"));

    let text = "[basic]\nak = key\nsk = secret\nidpId = idp2\nidTokenFile = /t\niam_endpoint = https://iam.corp\n";
    let world = federated(world.file("/f", text));
    let credential = world.load(&Profile::at("/f")).unwrap();
    assert_eq!((key(&credential), credential.source()), ("A", "profile basic of /f"));
    let request = &world.requests()[2];
    assert_eq!((request.header("x-idp-id"), request.url.starts_with("https://iam.corp/")), ("idp2", true));
}

fn oidc_world() -> World {
    World::new()
        .var("HUAWEICLOUD_OIDC_PROVIDER_URN", "iam::acc:oidcProvider:p")
        .var("HUAWEICLOUD_OIDC_AGENCY_URN", "iam::acc:agency:a")
}

#[test]
fn oidc_says_what_the_variables_say() {
    let world = oidc_world()
        .var("HUAWEICLOUD_OIDC_TOKEN_FILE", "/t")
        .var("HUAWEICLOUD_OIDC_SESSION_NAME", "session")
        .var("HUAWEICLOUD_OIDC_DURATION_SECONDS", "900")
        .var("HUAWEICLOUD_OIDC_POLICY", "{}")
        .var("HUAWEICLOUD_OIDC_POLICY_IDS", " one,, two ,")
        .var("HUAWEICLOUD_SDK_STS_ENDPOINT", "https://sts.corp")
        .var("HUAWEICLOUD_SDK_PROJECT_ID", "p")
        .file("/t", "first\n")
        .reply(200, STS)
        .reply(200, STS);
    let credential = world.load(&Oidc::new()).unwrap();
    assert_eq!([PROJECT_ID, DOMAIN_ID].map(|name| credential.attribute(name)), [Some("p"), Some("acc")]);
    world.clone().file("/t", "second").load(&Oidc::new()).unwrap();
    let requests = world.requests();
    assert_eq!(requests[0].url, "https://sts.corp/v5/agencies/assume-with-oidc");
    assert_eq!(
        requests[1].json(),
        json!({
            "provider_urn": "iam::acc:oidcProvider:p", "agency_urn": "iam::acc:agency:a", "id_token": "second",
            "agency_session_name": "session", "duration_seconds": 900, "policy": "{}", "policy_ids": ["one", "two"],
        })
    );
}

#[test]
fn oidc_in_code_wins() {
    let world = oidc_world().var("HUAWEICLOUD_OIDC_ID_TOKEN", "other").reply(200, STS).file("/t", "file token");
    let source = Oidc::new()
        .provider_urn("own provider")
        .agency_urn("own agency")
        .token_file("/t")
        .session_name("s1")
        .duration(Duration::from_secs(1800))
        .policy_ids(["x"])
        .sts_endpoint("https://sts.own");
    world.load(&source).unwrap();
    let request = &world.requests()[0];
    assert!(request.url.starts_with("https://sts.own/"));
    assert_eq!(
        request.json(),
        json!({
            "provider_urn": "own provider", "agency_urn": "own agency", "id_token": "file token",
            "agency_session_name": "s1", "duration_seconds": 1800, "policy_ids": ["x"],
        })
    );
}

#[test]
fn oidc_without_a_token_is_absent_and_with_a_bad_one_broken() {
    assert!(oidc_world().absent(&Oidc::new()).contains("HUAWEICLOUD_OIDC_TOKEN_FILE"));
    let blank = oidc_world().var("HUAWEICLOUD_OIDC_TOKEN_FILE", "/t").file("/t", " ");
    assert_eq!(blank.failed(&Oidc::new()).to_string(), "oidc: token file `/t`: nothing in it");
    let wrong = oidc_world().var("HUAWEICLOUD_OIDC_ID_TOKEN", "t").var("HUAWEICLOUD_OIDC_DURATION_SECONDS", "1h");
    assert_eq!(wrong.failed(&Oidc::new()).kind(), ErrorKind::Config);
}

#[test]
fn keys_by_a_token() {
    let token =
        Credential::bearer("bearer").with_attribute(PROJECT_ID, "p").with_attribute(IAM_ENDPOINT, "https://iam.corp");
    let world = World::new().reply(201, KEYS);
    let source = SecurityToken::by_token(token).duration(Duration::from_secs(900));
    let credential = world.load(&source).unwrap();
    assert_eq!((key(&credential), credential.attribute(PROJECT_ID)), ("A", Some("p")));
    let request = &world.requests()[0];
    assert_eq!(request.url, "https://iam.corp/v3.0/OS-CREDENTIAL/securitytokens");
    assert_eq!((request.header("x-auth-token"), request.header("authorization")), ("bearer", ""));
    assert_eq!(
        request.json(),
        json!({"auth": {"identity": {"methods": ["token"], "token": {"id": "bearer", "duration_seconds": 900}}}})
    );
    let keys = SecurityToken::by_token(Credential::keys("a", "s"));
    assert!(World::new().failed(&keys).to_string().contains("gives no token"));
}
