//! Tokens by name and password: what IAM is sent, for which services they are good, and when they are renewed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "support/script.rs"]
mod script;

use std::sync::Arc;

use sanyun_core::{Fixed, ManualClock, OpenBody, Request};
use sanyun_huawei::credentials::Token;
use sanyun_huawei::{Account, Client, ErrorKind, Input, Retry};
use script::{Answer, Script};
use serde_json::{Value, json};

const PASSWORD: &str = "hush-hush-password";
const PROJECT_TOKEN: Answer = (
    201,
    "x-subject-token: project-token",
    r#"{"token":{"expires_at":"2026-01-03T03:04:05.123000Z","methods":["password"],
        "project":{"id":"p1","name":"cn-north-4","domain":{"id":"d1"}},"user":{"domain":{"id":"d1"}}}}"#,
);
const DOMAIN_TOKEN: Answer = (
    201,
    "x-subject-token: domain-token",
    r#"{"token":{"expires_at":"2026-01-03T03:04:05.123000Z","domain":{"id":"d1","name":"account"}}}"#,
);
const OK: Answer = (200, "", "{}");

fn cloud(logins: &[Answer]) -> Script {
    Script::default().on("/v3/auth/tokens", logins).on("/v1/p1/vpcs", &[OK]).on("/v1/d1/things", &[OK])
}

fn token() -> Token {
    Token::password("user", PASSWORD, "account").region("cn-north-4")
}

fn client(script: &Script, token: Token) -> Client {
    let clock = Arc::new(ManualClock::at_unix(1_767_323_045));
    let builder = Client::builder().world(Fixed::default()).transport(script.clone()).clock(clock);
    builder.retry(Retry::none()).region("cn-north-4").credentials(token).build().unwrap()
}

fn vpcs() -> Input {
    Input::get("vpc", "/v1/{project_id}/vpcs").account(Account::Project)
}

fn body(request: &Request) -> Value {
    let OpenBody::Bytes(bytes) = request.body.open().unwrap() else { panic!("no body") };
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn one_source_serves_services_with_and_without_regions() {
    let script = cloud(&[PROJECT_TOKEN, DOMAIN_TOKEN]);
    let client = client(&script, Token::password("user", PASSWORD, "account"));
    for _ in 0..2 {
        client.send(vpcs()).await.unwrap();
        client.send(Input::get("iam", "/v1/{domain_id}/things")).await.unwrap();
    }
    let seen = script.seen();
    assert_eq!(seen.len(), 6, "{:?}", script.urls());
    assert_eq!(seen[0].url(), "https://iam.cn-north-4.myhuaweicloud.com/v3/auth/tokens");
    let identity = json!({
        "methods": ["password"],
        "password": {"user": {"name": "user", "password": PASSWORD, "domain": {"name": "account"}}},
    });
    let scope = json!({"project": {"name": "cn-north-4"}});
    assert_eq!(body(&seen[0]), json!({"auth": {"identity": identity, "scope": scope}}));
    assert_eq!(body(&seen[2])["auth"]["scope"], json!({"domain": {"name": "account"}}));
    assert_eq!((seen[1].header("x-auth-token"), seen[1].header("authorization")), ("project-token", ""));
    assert_eq!((seen[3].header("x-auth-token"), &*seen[3].path), ("domain-token", "/v1/d1/things"));
    assert_eq!(seen[4].header("x-auth-token"), "project-token");
}

#[tokio::test]
async fn a_scope_in_code_counts_for_every_service() {
    for (token, scope) in [
        (token().project_name("cn-north-4_team"), json!({"project": {"name": "cn-north-4_team"}})),
        (token().project_id("p1"), json!({"project": {"id": "p1"}})),
        (token().domain_scope(), json!({"domain": {"name": "account"}})),
    ] {
        let script = cloud(&[PROJECT_TOKEN]);
        client(&script, token).send(Input::get("iam", "/v1/{domain_id}/things")).await.unwrap();
        assert_eq!(body(&script.seen()[0])["auth"]["scope"], scope);
    }
}

#[tokio::test]
async fn a_token_that_the_cloud_calls_expired_is_renewed_once() {
    let expired = r#"{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: token expires, expires_at:2026"}"#;
    let fresh = (201, "x-subject-token: fresh-token", PROJECT_TOKEN.2);
    let script = cloud(&[PROJECT_TOKEN, fresh]).on("/v1/p1/vpcs", &[(401, "", expired), OK]);
    let reply = client(&script, token()).send(vpcs()).await.unwrap();
    assert_eq!(reply.attempts(), 2);
    assert_eq!(script.seen()[3].header("x-auth-token"), "fresh-token");

    let script = cloud(&[PROJECT_TOKEN]).on("/v1/p1/vpcs", &[(401, "", expired)]);
    client(&script, token()).send(vpcs()).await.unwrap_err();
    assert_eq!(script.seen().len(), 4);
}

#[tokio::test]
async fn a_refused_login_says_who_and_where_and_never_the_password() {
    let refusal = r#"{"error":{"code":401,"message":"The username or password is wrong.","title":"Unauthorized"}}"#;
    let script = cloud(&[(401, "x-request-id: r1", refusal)]);
    let error = client(&script, token()).send(vpcs().operation("ListVpcs")).await.unwrap_err();
    // Not of kind `Service`: it is not the call that was refused.
    assert_eq!(error.kind(), ErrorKind::Credentials);
    let told = error.to_string();
    assert!(told.contains("request id r1"), "{told}");
    assert!(
        told.contains("logging in as `user` of `account` at https://iam.cn-north-4.myhuaweicloud.com: 401:"),
        "{told}"
    );
    assert!(error.hint().unwrap().contains("password"));

    let script = cloud(&[(400, "", r#"{"error_msg":"wrong hush-hush-password"}"#)]);
    let error = client(&script, token()).send(vpcs()).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(PASSWORD), "{error:?}");
    assert!(!format!("{:?}", token()).contains(PASSWORD));
}

#[tokio::test]
async fn what_is_missing_is_told_before_anything_is_sent() {
    let script = cloud(&[PROJECT_TOKEN]);
    // The client's region will do, but there is none.
    let builder = Client::builder().world(Fixed::default()).transport(script.clone()).endpoint("https://vpc.example");
    let nowhere = builder.credentials(Token::password("user", PASSWORD, "account")).build().unwrap();
    let error = nowhere.send(vpcs()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(error.hint().unwrap().contains(".region("), "{error:?}");
    for token in [Token::password("", PASSWORD, "a"), Token::password("u", "", "a"), Token::password("u", PASSWORD, "")]
    {
        assert!(client(&script, token.region("cn-north-4")).send(vpcs()).await.is_err());
    }
    assert!(script.seen().is_empty());
}

#[tokio::test]
async fn an_answer_without_token_or_expiry_is_told() {
    for answer in [(201, "", PROJECT_TOKEN.2), (201, "x-subject-token: t", "{}"), (201, "x-subject-token: t", "<html>")]
    {
        let error = client(&cloud(&[answer]), token()).send(vpcs()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    }
}

#[tokio::test]
async fn a_token_for_the_account_on_a_service_of_a_region_gets_the_hint() {
    let refusal = r#"{"error":{"message":"tenantld in token is not the same with in URL.","code":"Common.0018"}}"#;
    let projects = (200, "", r#"{"projects":[{"id":"p1","name":"cn-north-4"}]}"#);
    let script = cloud(&[DOMAIN_TOKEN]).on("/v1/p1/vpcs", &[(400, "", refusal)]).on("/v3/projects", &[projects]);
    let error = client(&script, token().domain_scope()).send(vpcs()).await.unwrap_err();
    assert_eq!(error.code(), Some("Common.0018"));
    assert!(error.hint().unwrap().contains("a token of the account is used for a service of a region"), "{error:?}");
}
