//! Keys that STS gives for a role or a key pair.

use std::time::Duration;

use sanyun_core::testing::key;
use sanyun_core::{Error, ErrorKind};

use super::*;
use crate::sign::v1;

const ROLE: &str = "acs:ram::1:role/r";

fn role() -> RamRoleArn {
    RamRoleArn::new(Credential::keys("ak", "sk"), ROLE)
}

/// The string to sign of what arrived.
fn string_to_sign(asked: &Asked) -> String {
    v1::rpc_string_to_sign(&asked.method, asked.url.split_once('?').unwrap().1, &asked.body)
}

fn asked_with(source: &RamRoleArn, world: World) -> Asked {
    let world = world.reply(200, &granted("I", 3600));
    world.load(source).unwrap();
    world.requests().remove(0)
}

#[test]
fn a_role_is_asked_for_with_the_keys_of_its_base() {
    let world = World::new().reply(200, &granted("I", 3600));
    let credential = world.load(&role()).unwrap();
    assert_eq!(key(&credential), "I");
    assert_eq!(named(&credential), ("ram_role_arn", "ram_role_arn/static_ak"));
    assert_eq!(credential.expires_at(), Some(time::from_unix(NOW as i64 + 3600)));
    let asked = &world.requests()[0];
    assert_eq!((&*asked.method, host(asked)), ("POST", "sts.aliyuncs.com"));
    let mut sent = parameters(asked);
    let nonce = sent["SignatureNonce"].take();
    assert_eq!(nonce.as_str().map(str::len), Some(32));
    let signature = v1::rpc_signature("sk", &string_to_sign(asked));
    let expected = json!({
        "Action": "AssumeRole", "Format": "JSON", "Version": "2015-04-01", "Timestamp": "2026-01-02T03:04:05Z",
        "DurationSeconds": "3600", "RoleArn": ROLE, "RoleSessionName": format!("sanyun-{NOW}"),
        "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureNonce": null, "AccessKeyId": "ak",
        "Signature": signature,
    });
    assert_eq!(sent, expected);
    assert_eq!(asked.header("content-type"), "application/x-www-form-urlencoded");
}

#[test]
fn all_wishes_reach_sts_and_long_ones_in_the_body() {
    let source = RamRoleArn::new(Credential::session("ak", "sk", "tok"), ROLE)
        .session_name("se ss")
        .duration(Duration::from_secs(900))
        .policy("{\"Statement\": []}")
        .external_id("e+x");
    let asked = asked_with(&source, World::new());
    let sent = parameters(&asked);
    for (name, value) in [
        ("RoleSessionName", "se ss"),
        ("DurationSeconds", "900"),
        ("Policy", "{\"Statement\": []}"),
        ("ExternalId", "e+x"),
        ("SecurityToken", "tok"),
    ] {
        assert_eq!(sent[name], value, "{name}");
    }
    assert!(asked.body.contains("Policy=%7B%22Statement%22%3A%20%5B%5D%7D"), "{}", asked.body);
    assert_eq!(sent["Signature"], *v1::rpc_signature("sk", &string_to_sign(&asked)));
}

#[test]
fn what_the_code_does_not_say_the_variables_do() {
    let world = World::new().var("ALIBABA_CLOUD_ROLE_ARN", "arn").var("ALIBABA_CLOUD_ROLE_SESSION_NAME", "name");
    let sent = parameters(&asked_with(&RamRoleArn::new(Credential::keys("ak", "sk"), ""), world));
    assert_eq!((&sent["RoleArn"], &sent["RoleSessionName"]), (&json!("arn"), &json!("name")));
    let nobody = RamRoleArn::new(Credential::keys("ak", "sk"), "");
    assert_eq!(World::new().absent(&nobody), "ALIBABA_CLOUD_ROLE_ARN is not set");
}

#[test]
fn sts_answers_where_endpoint_region_or_variables_say() {
    let region = || World::new().var("ALIBABA_CLOUD_STS_REGION", "cn-beijing");
    let vpc = |world: World, text: &str| world.var("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", text);
    let place = "SANYUN_ALIBABA_STS_ENDPOINT";
    for (source, world, expected) in [
        (role(), World::new(), "sts.aliyuncs.com"),
        (role().vpc(true), World::new(), "sts.aliyuncs.com"),
        (role(), vpc(World::new(), "true"), "sts.aliyuncs.com"),
        (role().sts_region("cn-hangzhou"), region(), "sts.cn-hangzhou.aliyuncs.com"),
        (role().sts_region("cn-hangzhou").vpc(true), region(), "sts-vpc.cn-hangzhou.aliyuncs.com"),
        (role(), vpc(region(), "TRUE"), "sts-vpc.cn-beijing.aliyuncs.com"),
        (role(), vpc(region(), "1"), "sts.cn-beijing.aliyuncs.com"),
        (role().vpc(false), vpc(region(), "true"), "sts.cn-beijing.aliyuncs.com"),
        (role().sts_endpoint("sts.corp").sts_region("r"), region(), "sts.corp"),
        (role(), World::new().var(place, "http://127.0.0.1:1"), "127.0.0.1:1"),
        (role(), region().var(place, "http://127.0.0.1:1"), "sts.cn-beijing.aliyuncs.com"),
    ] {
        assert_eq!(host(&asked_with(&source, world)), expected);
    }
}

#[test]
fn any_source_can_be_the_base_and_is_asked_anew() {
    let world = World::new().reply(200, &granted("one", 3600)).reply(200, &granted("two", 3600));
    let world = world.reply(200, &granted("three", 3600)).reply(200, &granted("four", 3600));
    let source = RamRoleArn::new(role(), "second");
    let credential = world.load(&source).unwrap();
    assert_eq!((key(&credential), named(&credential).1), ("two", "ram_role_arn/ram_role_arn/static_ak"));
    assert_eq!(key(&world.load(&source).unwrap()), "four");
    assert_eq!(parameters(&world.requests()[3])["SecurityToken"], "three-token");
    // A base that has nothing leaves the next source of a chain its turn.
    assert_eq!(World::new().absent(&RamRoleArn::new(Environment, ROLE)), "ALIBABA_CLOUD_ACCESS_KEY_ID is not set");
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_sent() {
    let error = World::new().failed(&role().duration(Duration::from_secs(899)));
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.message(), "temporary keys cannot live 899 s; 900 s is the least");
    let blank = RamRoleArn::new(Credential::keys("ak", "sk\n"), ROLE);
    let message = "the access key secret from static begins or ends with white space";
    assert_eq!(World::new().failed(&blank).message(), message);
    let bearer = RamRoleArn::new(Credential::bearer("t"), ROLE);
    assert_eq!(World::new().failed(&bearer).kind(), ErrorKind::Credentials);
    assert_eq!(World::new().failed(&role().sts_endpoint("ftp://sts")).kind(), ErrorKind::Config);
}

#[test]
fn a_refusal_is_a_credentials_error_with_its_code_and_advice() {
    let refusal = r#"{"Code":"InvalidAccessKeyId.NotFound","Message":"no","RequestId":"r"}"#;
    let error = World::new().reply(404, refusal).failed(&role());
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(error.to_string().starts_with("ram_role_arn: InvalidAccessKeyId.NotFound: no"), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("does not exist")), "{error:?}");
    for body in ["<html>welcome</html>", "[]", "", "{}"] {
        let error = World::new().reply(200, body).failed(&role());
        assert!(error.message().starts_with("ram_role_arn: the answer "), "{error}");
    }
}

#[test]
fn passing_refusals_are_tried_again_with_a_nonce_of_their_own() {
    let slow = r#"{"Code":"Throttling.User","Message":"slow down"}"#;
    let world = World::new().reply(503, "busy").reply(400, slow).reply(200, &granted("I", 3600));
    world.load(&role()).unwrap();
    let nonces: Vec<_> = world.requests().iter().map(|asked| parameters(asked)["SignatureNonce"].clone()).collect();
    assert!(nonces[0] != nonces[1] && nonces[1] != nonces[2], "{nonces:?}");
    let world = World::new().refusing();
    assert!(world.failed(&role()).is_retryable());
    assert_eq!(world.requests().len(), 3);
    let world = World::new().reply(403, r#"{"Code":"NoPermission","Message":"no"}"#);
    world.failed(&role());
    assert_eq!(world.requests().len(), 1);
}

fn in_pod() -> World {
    World::new()
        .var("ALIBABA_CLOUD_ROLE_ARN", "arn")
        .var("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "prov")
        .var("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/tok")
        .file("/tok", "eyJ.abc.def\n")
}

#[test]
fn a_pod_asks_with_its_token_and_no_signature() {
    let world = in_pod().reply(200, &granted("I", 3600));
    let credential = world.load(&OidcRoleArn::new()).unwrap();
    assert_eq!(named(&credential), ("oidc_role_arn", "oidc_role_arn"));
    let asked = &world.requests()[0];
    assert!(!asked.url.contains("eyJ"), "access logs hold URLs");
    let expected = json!({
        "Action": "AssumeRoleWithOIDC", "Format": "JSON", "Version": "2015-04-01", "Timestamp": "2026-01-02T03:04:05Z",
        "DurationSeconds": "3600", "RoleArn": "arn", "OIDCProviderArn": "prov", "OIDCToken": "eyJ.abc.def",
        "RoleSessionName": format!("sanyun-{NOW}"),
    });
    assert_eq!(parameters(asked), expected);
}

#[test]
fn what_code_says_of_a_pod_wins_and_the_file_is_read_at_every_fetch() {
    let source = OidcRoleArn::new().role_arn("a").provider_arn("p").token_file("/other").session_name("s").policy("{}");
    let first = in_pod().file("/other", "one").reply(200, &granted("I", 900)).reply(200, &granted("J", 900));
    first.load(&source).unwrap();
    let second = first.file("/other", "two");
    second.load(&source).unwrap();
    let sent: Vec<_> = second.requests().iter().map(parameters).collect();
    assert_eq!((&sent[0]["OIDCToken"], &sent[1]["OIDCToken"]), (&json!("one"), &json!("two")));
    for (name, value) in [("RoleArn", "a"), ("OIDCProviderArn", "p"), ("RoleSessionName", "s"), ("Policy", "{}")] {
        assert_eq!(sent[0][name], value);
    }
}

#[test]
fn an_incomplete_pod_is_absent_and_a_broken_token_file_an_error() {
    let source = OidcRoleArn::new();
    for name in ["ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE"] {
        assert_eq!(in_pod().var(name, "").absent(&source), format!("{name} is not set"));
    }
    let error = in_pod().file("/tok", " \n").failed(&source);
    assert_eq!(error.message(), "oidc_role_arn: token file `/tok`: nothing in it");
}

/// Made for this test; it protects nothing.
const PRIVATE_KEY: &str = include_str!("testdata/private_key.pem");

#[test]
fn a_key_pair_signs_with_rsa() {
    let pair = json!({"SessionAccessKey": {
        "SessionAccessKeyId": "I", "SessionAccessKeySecret": "S", "Expiration": "2026-01-02T04:04:05Z",
    }});
    let world = World::new().file("/k.pem", PRIVATE_KEY).reply(200, &pair.to_string()).reply(200, &pair.to_string());
    for source in [RsaKeyPair::new("pubId", PRIVATE_KEY), RsaKeyPair::from_file("pubId", "/k.pem")] {
        let credential = world.load(&source).unwrap();
        assert_eq!(named(&credential), ("rsa_key_pair", "rsa_key_pair"));
        assert!(credential.signing_keys().unwrap().token.is_none());
    }
    let asked = &world.requests()[1];
    assert_eq!(host(asked), "sts.ap-northeast-1.aliyuncs.com");
    let mut sent = parameters(asked);
    let _ = sent["SignatureNonce"].take();
    let signature = v1::rpc_signature_rsa(&Secret::new(PRIVATE_KEY), &string_to_sign(asked)).unwrap();
    let expected = json!({
        "Action": "GenerateSessionAccessKey", "Format": "JSON", "Version": "2015-04-01", "DurationSeconds": "3600",
        "Timestamp": "2026-01-02T03:04:05Z", "SignatureMethod": "SHA256withRSA", "SignatureType": "PRIVATEKEY",
        "SignatureVersion": "1.0", "SignatureNonce": null, "AccessKeyId": "pubId", "Signature": signature,
    });
    assert_eq!(sent, expected);
}

#[test]
fn a_key_that_is_none_is_an_error_of_the_credential() {
    let of = |source: &RsaKeyPair, world: World| -> Error { world.failed(source) };
    let no_key = of(&RsaKeyPair::new("pubId", "not a key"), World::new());
    assert_eq!(no_key.kind(), ErrorKind::Credentials);
    let no_file = of(&RsaKeyPair::from_file("pubId", "/none"), World::new());
    assert!(no_file.message().starts_with("rsa_key_pair: private key file `/none`: "), "{no_file}");
}
