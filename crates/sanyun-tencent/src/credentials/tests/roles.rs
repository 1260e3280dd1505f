//! Keys that STS gives for a role.

use std::time::Duration;

use sanyun_core::testing::{Asked, NOW, World, key};
use sanyun_core::{Chain, Credential, ErrorKind, Secret, time};
use serde_json::json;

use super::super::{AssumeRole, CvmRole, Environment, TkeOidc};
use super::{granted, in_tke, of_machine};
use crate::{Client, Input, sign};

const ROLE: &str = "qcs::cam::uin/1:roleName/r";

fn role() -> AssumeRole {
    AssumeRole::new(Credential::keys("AKID", "key"), ROLE, "session")
}

/// The authorization of a request, made once more with these keys.
fn authorization(asked: &Asked, id: &str, secret: &str) -> String {
    let host = asked.url.trim_start_matches("https://").trim_end_matches('/');
    let headers = [("content-type", "application/json"), ("host", host)];
    let payload = sign::payload_sha256(asked.body.as_bytes());
    let canonical = sign::canonical_request("POST", "/", "", &headers, &payload);
    let derived = sign::SigningKey::derive(&Secret::new(secret), "sts", time::from_unix(NOW as i64));
    let signature = derived.signature(&sign::string_to_sign(NOW as i64, derived.scope(), &canonical));
    sign::authorization(id, derived.scope(), sign::SIGNED_HEADERS, &signature)
}

#[test]
fn a_role_is_asked_for_with_the_keys_of_its_base() {
    let world = World::new().reply(200, &granted("I", 7200));
    let credential = world.load(&role()).unwrap();
    assert_eq!((key(&credential), credential.source()), ("I", "assume role"));
    let asked = &world.requests()[0];
    assert_eq!((asked.method.as_str(), asked.url.as_str()), ("POST", "https://sts.tencentcloudapi.com/"));
    for (name, value) in [
        ("x-tc-action", "AssumeRole"),
        ("x-tc-version", "2018-08-13"),
        ("x-tc-region", "ap-guangzhou"),
        ("x-tc-token", ""),
        ("x-tc-timestamp", &NOW.to_string()),
        ("authorization", &authorization(asked, "AKID", "key")),
    ] {
        assert_eq!(asked.header(name), value, "{name}");
    }
    let body = json!({"RoleArn": ROLE, "RoleSessionName": "session", "DurationSeconds": 7200});
    assert_eq!(asked.json(), body);
}

#[test]
fn all_wishes_reach_sts() {
    let world = World::new().reply(200, &granted("I", 900));
    let source = role()
        .duration(Duration::from_secs(900))
        .policy("{}")
        .external_id("e")
        .tag("k", "v")
        .source_identity("s")
        .second_factor("n", "123456")
        .sts_endpoint("sts.internal.tencentcloudapi.com");
    let credential = world.load(&source).unwrap();
    assert_eq!(credential.refresh_ahead(), Some(Duration::new(89, 999_999_999)));
    let asked = &world.requests()[0];
    assert_eq!(asked.url, "https://sts.internal.tencentcloudapi.com/");
    let body = json!({
        "RoleArn": ROLE, "RoleSessionName": "session", "DurationSeconds": 900, "Policy": "{}", "ExternalId": "e",
        "Tags": [{"Key": "k", "Value": "v"}], "SourceIdentity": "s", "SerialNumber": "n", "TokenCode": "123456",
    });
    assert_eq!(asked.json(), body);
}

#[test]
fn any_source_can_be_the_base_and_is_asked_anew() {
    let world = World::new().reply(200, &of_machine("M", 9000)).reply(200, &granted("one", 7200));
    let world = world.reply(200, &of_machine("N", 9000)).reply(200, &granted("two", 7200));
    let source = AssumeRole::new(CvmRole::new().role("r"), ROLE, "s");
    assert_eq!(key(&world.load(&source).unwrap()), "one");
    assert_eq!(key(&world.load(&source).unwrap()), "two");
    let asked = &world.requests()[3];
    assert_eq!((asked.header("x-tc-token"), asked.header("authorization")), ("T", &*authorization(asked, "N", "S")));
    // A base that has nothing leaves the next source of a chain its turn.
    let absent = AssumeRole::new(Environment, ROLE, "s");
    assert_eq!(World::new().absent(&absent), "TENCENTCLOUD_SECRET_ID is not set");
    let of_role = AssumeRole::new(role(), ROLE, "second");
    let world = World::new().reply(200, &granted("one", 7200)).reply(200, &granted("two", 7200));
    assert_eq!(key(&world.load(&of_role).unwrap()), "two");
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_sent() {
    for duration in [Duration::ZERO, Duration::from_secs(43_201)] {
        assert_eq!(World::new().failed(&role().duration(duration)).kind(), ErrorKind::Config);
    }
    let blank = AssumeRole::new(Credential::keys("AKID", "key\n"), ROLE, "s");
    assert_eq!(World::new().failed(&blank).to_string(), "the secret key from static begins or ends with white space");
    let world = World::new().var("SANYUN_TENCENT_STS_ENDPOINT", "ftp://sts");
    assert!(world.failed(&role()).to_string().contains("ftp"));
}

#[test]
fn a_refusal_is_a_credentials_error_with_its_code_and_advice() {
    let refusal = r#"{"Response":{"Error":{"Code":"AuthFailure.SecretIdNotFound","Message":"no"},"RequestId":"r"}}"#;
    let world = World::new().reply(200, refusal).var("SANYUN_TENCENT_STS_ENDPOINT", "http://127.0.0.1:1");
    let error = world.failed(&role());
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(error.to_string().starts_with("assume role: AuthFailure.SecretIdNotFound: no"), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("SecretId")));
    assert_eq!(world.requests()[0].url, "http://127.0.0.1:1/");
    let error = World::new().reply(200, "{}").failed(&role());
    assert_eq!(error.to_string(), "assume role: the answer (HTTP 200) is not one of STS");
}

#[test]
fn passing_refusals_are_tried_again_and_no_others() {
    let refusal =
        |code: &str| format!(r#"{{"Response":{{"Error":{{"Code":"{code}","Message":""}},"RequestId":"r"}}}}"#);
    let world = World::new().reply(503, "busy").reply(200, &refusal("RequestLimitExceeded"));
    let world = world.reply(200, &granted("I", 7200));
    world.load(&role()).unwrap();
    assert_eq!(world.requests().len(), 3);
    let world = World::new().reply(200, &refusal("InternalError"));
    world.failed(&role());
}

#[test]
fn a_pod_shows_its_token_read_at_each_fetch() {
    let world = in_tke(World::new()).reply(200, &granted("one", 7200)).reply(200, &granted("two", 7200));
    let source = TkeOidc::new();
    let credential = world.load(&source).unwrap();
    assert_eq!((key(&credential), credential.source()), ("one", "tke oidc"));
    world.clone().file("/token", "second").var("TKE_REGION", "ap-tokyo").load(&source).unwrap();
    let requests = world.requests();
    let asked = &requests[0];
    for (name, value) in [
        ("x-tc-action", "AssumeRoleWithWebIdentity"),
        ("x-tc-version", "2018-08-13"),
        ("x-tc-region", "ap-beijing"),
        ("x-tc-token", ""),
        ("authorization", "SKIP"),
    ] {
        assert_eq!(asked.header(name), value, "{name}");
    }
    let body = json!({
        "ProviderId": "cluster", "WebIdentityToken": "a token", "RoleArn": "qcs::cam::uin/1:roleName/pod",
        "RoleSessionName": format!("sanyun-{NOW}000000"), "DurationSeconds": 7200,
    });
    assert_eq!(asked.json(), body);
    assert_eq!(
        (&requests[1].json()["WebIdentityToken"], requests[1].header("x-tc-region")),
        (&json!("second"), "ap-tokyo")
    );
}

#[test]
fn what_code_says_of_an_identity_wins() {
    let world =
        in_tke(World::new()).file("/mine", "my token").reply(200, &granted("I", 600)).reply(200, &granted("I", 600));
    let source = TkeOidc::new().region("r").provider_id("p").role_arn("a").session_name("s").token_file("/mine");
    let source = source.duration(Duration::from_secs(600)).sts_endpoint("http://127.0.0.1");
    world.load(&source).unwrap();
    world.load(&source.token("given")).unwrap();
    let requests = world.requests();
    let body = json!({
        "ProviderId": "p", "WebIdentityToken": "my token", "RoleArn": "a", "RoleSessionName": "s", "DurationSeconds": 600,
    });
    assert_eq!((requests[0].url.as_str(), requests[0].header("x-tc-region")), ("http://127.0.0.1/", "r"));
    assert_eq!(requests[0].json(), body);
    assert_eq!(requests[1].json()["WebIdentityToken"], "given");
}

#[test]
fn an_identity_that_is_incomplete_is_none_and_a_missing_token_is_a_mistake() {
    for name in ["TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN"] {
        let world = in_tke(World::new()).var(name, "");
        assert_eq!(world.absent(&TkeOidc::new()), format!("{name} is not set"));
        let chain = Chain::new().then(TkeOidc::new()).then(Credential::keys("last", "s"));
        assert_eq!(key(&world.load(&chain).unwrap()), "last");
    }
    let missing = in_tke(World::new()).var("TKE_WEB_IDENTITY_TOKEN_FILE", "/none");
    assert!(missing.failed(&TkeOidc::new()).to_string().starts_with("tke oidc: token file `/none`: "));
    let blank = in_tke(World::new()).file("/token", " \n");
    assert_eq!(blank.failed(&TkeOidc::new()).to_string(), "tke oidc: token file `/token`: nothing in it");
}

#[tokio::test]
async fn a_client_asks_the_sts_of_its_own_root_domain() {
    let world = in_tke(World::new()).var("SANYUN_METADATA_DISABLED", "1").reply(200, &granted("I", 7200));
    let client = Client::builder().settings(world.settings()).root_domain("internal.tencentcloudapi.com").region("r");
    let call = client.build().unwrap().send(Input::new("cvm", "2017-03-12", "DescribeZones"));
    let shown = call.preview().await.unwrap();
    assert!(shown.request.header("authorization").contains("Credential=I/"));
    assert_eq!(world.requests()[0].url, "https://sts.internal.tencentcloudapi.com/");
}
