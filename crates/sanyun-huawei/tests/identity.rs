//! Ids of projects and accounts that nobody said: who asks whom, how often, and what becomes of the answers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "support/script.rs"]
mod script;

use std::sync::Arc;
use std::time::Duration;

use sanyun_core::{BoxFuture, Clock as _, Context, CredentialSource, Fixed, ManualClock, SourceError};
use sanyun_huawei::credentials::{IAM_ENDPOINT, PROJECT_ID};
use sanyun_huawei::{Account, Builder, Client, Credential, ErrorKind, Input, Retry};
use script::{Answer, Script};
use serde_json::json;

const PROJECT: Answer = (200, "", r#"{"projects":[{"id":"p1","name":"cn-north-4"}]}"#);
const DOMAIN: Answer = (200, "", r#"{"domains":[{"id":"d1","name":"me"},{"id":"d2"}]}"#);
const OK: Answer = (200, "", "{}");
const IAM: &str = "https://iam.cn-north-4.myhuaweicloud.com";

fn builder(script: &Script, clock: &Arc<ManualClock>) -> Builder {
    Client::builder()
        .world(Fixed::default())
        .transport(script.clone())
        .clock(Arc::clone(clock))
        .retry(Retry::none())
        .region("cn-north-4")
        .credentials(Credential::keys("AK", "secret-key"))
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at_unix(1_767_323_045))
}

fn cloud() -> Script {
    Script::default()
        .on("/v3/projects", &[PROJECT])
        .on("/v3/auth/domains", &[DOMAIN])
        .on("/v1/p1/vpcs", &[OK])
        .on("/v1/d1/things", &[OK])
        .on("/things", &[OK])
}

fn vpcs() -> Input {
    Input::get("vpc", "/v1/{project_id}/vpcs").account(Account::Project)
}

#[tokio::test]
async fn the_project_is_looked_up_once_for_all_clones() {
    let script = cloud();
    let client = builder(&script, &clock()).build().unwrap();
    client.clone().send(vpcs()).await.unwrap();
    client.invoke("vpc", "v2", "ListVpcs", json!({})).await.unwrap();
    let vpcs = "https://vpc.cn-north-4.myhuaweicloud.com/v1/p1/vpcs";
    assert_eq!(script.urls(), [&*format!("{IAM}/v3/projects?name=cn-north-4"), vpcs, vpcs]);
    let seen = script.seen();
    assert_eq!(seen[1].header("x-project-id"), "p1");
    for absent in ["content-type", "x-project-id", "x-domain-id"] {
        assert_eq!(seen[0].header(absent), "", "{absent}");
    }
    assert!(seen[0].header("authorization").contains("SignedHeaders=host;user-agent;x-sdk-date,"));
}

#[tokio::test]
async fn an_answer_lives_an_hour_and_longer_while_iam_is_away() {
    let (script, clock) = (cloud(), clock());
    let client = builder(&script, &clock).build().unwrap();
    let asked = || script.urls().iter().filter(|url| url.contains("/v3/projects")).count();
    client.send(vpcs()).await.unwrap();
    clock.advance(Duration::from_secs(3599));
    client.send(vpcs()).await.unwrap();
    assert_eq!(asked(), 1);
    clock.advance(Duration::from_secs(1));
    client.send(vpcs()).await.unwrap();
    assert_eq!(asked(), 2);

    clock.advance(Duration::from_secs(3600));
    script.now("/v3/projects", &[(503, "", "{}")]);
    client.send(vpcs()).await.unwrap();
    client.send(vpcs()).await.unwrap();
    assert_eq!(asked(), 3, "after a failure there is a pause");
    clock.advance(Duration::from_secs(60));
    client.send(vpcs()).await.unwrap();
    assert_eq!(asked(), 4);

    clock.advance(Duration::from_secs(60));
    script.now("/v3/projects", &[(200, "", r#"{"projects":[]}"#)]);
    let error = client.send(vpcs()).await.unwrap_err();
    assert!(error.to_string().contains("no project named `cn-north-4`"), "{error}");
}

#[tokio::test]
async fn many_calls_at_once_ask_once_and_share_a_failure() {
    for (answer, is_ok) in [(PROJECT, true), ((403, "", "{}"), false)] {
        let script = cloud().on("/v3/projects", &[answer]);
        let client = builder(&script, &clock()).build().unwrap();
        let calls: Vec<_> = (0..100).map(|_| tokio::spawn(client.send(vpcs()).into_future())).collect();
        for call in calls {
            assert_eq!(call.await.unwrap().is_ok(), is_ok);
        }
        assert_eq!(script.urls().iter().filter(|url| url.contains("/v3/projects")).count(), 1);
        assert_eq!(client.send(vpcs()).await.is_ok(), is_ok);
        let asked = script.urls().iter().filter(|url| url.contains("/v3/projects")).count();
        assert_eq!(asked, if is_ok { 1 } else { 2 }, "a later call asks anew after a failure");
    }
}

#[tokio::test]
async fn none_and_several_are_errors_that_name_the_choices() {
    let several = r#"{"projects":[{"id":"p1","name":"a"},{"id":"p2","name":"b"},{"name":"no id"}]}"#;
    let one_fits = r#"{"projects":[{"id":"p1","name":"cn-north-4"},{"id":"p2","name":"cn-north-4_x"}]}"#;
    let fails = async |answer: Answer| {
        let client = builder(&cloud().on("/v3/projects", &[answer]), &clock()).build().unwrap();
        client.send(vpcs().operation("ListVpcs")).await.unwrap_err()
    };
    let error = fails((200, "x-iam-trace-id: tr", r#"{"projects":[]}"#)).await;
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.to_string(),
        format!(
            "vpc ListVpcs: looking up the project `cn-north-4` at {IAM}: no project named `cn-north-4` (request id tr)"
        )
    );
    assert!(error.hint().unwrap().contains(".project_name("));
    let error = fails((200, "", several)).await;
    assert!(error.to_string().ends_with("several projects for `cn-north-4`: p1 (a), p2 (b)"), "{error}");
    assert!(error.hint().unwrap().contains(".project_id("));
    let error = fails((200, "", "<html>")).await;
    assert_eq!((error.kind(), error.hint().is_some()), (ErrorKind::Decode, true));

    let script = cloud().on("/v3/projects", &[(200, "", one_fits)]);
    builder(&script, &clock()).build().unwrap().send(vpcs()).await.unwrap();
}

#[tokio::test]
async fn a_refused_look_up_keeps_what_iam_said() {
    let body = r#"{"error_msg":"Incorrect IAM authentication information: ak AK not exist","error_code":"APIGW.0301"}"#;
    let script = cloud().on("/v3/projects", &[(401, "x-request-id: r1", body)]);
    let error = builder(&script, &clock()).build().unwrap().send(vpcs()).await.unwrap_err();
    assert_eq!((error.kind(), error.code(), error.request_id()), (ErrorKind::Service, Some("APIGW.0301"), Some("r1")));
    assert_eq!(error.service().unwrap().status(), 401);
    assert!(error.to_string().contains("looking up the project `cn-north-4`"), "{error}");
    assert!(error.hint().unwrap().contains("access key"), "{error:?}");
}

#[tokio::test]
async fn a_project_is_chosen_by_its_name() {
    let team = (200, "", r#"{"projects":[{"id":"p1","name":"cn-north-4_team"}]}"#);
    let script = cloud().on("/v3/projects", &[team]);
    let environment = Fixed::default()
        .var("HUAWEICLOUD_SDK_AK", "AK")
        .var("HUAWEICLOUD_SDK_SK", "SK")
        .var("HUAWEICLOUD_SDK_PROJECT_ID", "other");
    let source = sanyun_huawei::credentials::Environment;
    let client = builder(&script, &clock()).world(environment).credentials(source).project_name("cn-north-4_team");
    client.build().unwrap().send(vpcs()).await.unwrap();
    assert_eq!(script.urls()[0], format!("{IAM}/v3/projects?name=cn-north-4_team"));
}

#[tokio::test]
async fn the_account_is_looked_up_for_services_without_regions() {
    let script = cloud();
    let client = builder(&script, &clock()).build().unwrap();
    client.send(Input::get("iam", "/v1/{domain_id}/things")).await.unwrap();
    client.send(Input::get("iam", "/things").account(Account::Domain)).await.unwrap();
    let urls = [format!("{IAM}/v3/auth/domains"), format!("{IAM}/v1/d1/things"), format!("{IAM}/things")];
    assert_eq!(script.urls(), urls);
    assert_eq!(script.seen()[2].header("x-domain-id"), "d1");
}

#[tokio::test]
async fn sts_knows_the_account_where_iam_lists_none() {
    let script = cloud()
        .on("/v3/auth/domains", &[(200, "", r#"{"domains":[]}"#)])
        .on("/v5/caller-identity", &[(200, "", r#"{"account_id":"d1"}"#)]);
    let client = builder(&script, &clock()).build().unwrap();
    client.send(Input::get("iam", "/things").account(Account::Domain)).await.unwrap();
    assert_eq!(script.urls()[1], "https://sts.cn-north-4.myhuaweicloud.com/v5/caller-identity");
    assert_eq!(script.seen()[2].header("x-domain-id"), "d1");

    script.now("/v5/caller-identity", &[(404, "x-request-id: r4", "{}")]);
    let client = builder(&script, &clock()).build().unwrap();
    let error = client.send(Input::get("iam", "/things").account(Account::Domain)).await.unwrap_err();
    assert_eq!((error.request_id(), error.service().unwrap().status()), (Some("r4"), 404));
    assert!(error.to_string().contains("looking up the account at https://sts."), "{error}");
}

#[tokio::test]
async fn a_client_with_its_own_endpoint_asks_nobody_else() {
    let script = cloud();
    let at = |builder: Builder| builder.endpoint("http://here:80").build().unwrap();
    let client = at(builder(&script, &clock()));
    client.send(Input::get("vpc", "/things").account(Account::Project)).await.unwrap();
    assert_eq!(script.urls(), ["http://here:80/things"]);
    let error = client.send(vpcs()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(error.hint().unwrap().contains(".iam_endpoint("), "{error:?}");

    let own = Credential::keys("AK", "SK").with_attribute(IAM_ENDPOINT, "http://own:80");
    let variable = Fixed::default().var("HUAWEICLOUD_SDK_IAM_ENDPOINT", "http://variable:80");
    for (client, iam) in [
        (at(builder(&script, &clock()).iam_endpoint("http://code:80")), "http://code:80"),
        (at(builder(&script, &clock()).credentials(own)), "http://own:80"),
        (at(builder(&script, &clock()).world(variable)), "http://variable:80"),
    ] {
        client.send(vpcs()).await.unwrap();
        let urls = script.urls();
        let [.., asked, called] = urls.as_slice() else { unreachable!() };
        assert_eq!(*asked, format!("{iam}/v3/projects?name=cn-north-4"));
        assert_eq!(called, "http://here:80/v1/p1/vpcs");
    }
}

#[tokio::test]
async fn nobody_is_asked_where_nothing_is_missing() {
    let script = cloud();
    let known = Credential::keys("AK", "SK").with_attribute(PROJECT_ID, "p1");
    builder(&script, &clock()).credentials(known).build().unwrap().send(vpcs()).await.unwrap();
    let client = builder(&script, &clock()).build().unwrap();
    client.send(Input::get("vpc", "/things")).await.unwrap();
    client.send(vpcs().path_param("project_id", "p1").unsigned()).await.unwrap();
    client.send(Input::get("vpc", "/v1/{project_id}/vpcs").path_param("project_id", "p1")).await.unwrap();
    assert_eq!(script.seen().len(), 4, "{:?}", script.urls());
}

#[tokio::test]
async fn regions_and_callers_have_answers_of_their_own() {
    let script = cloud();
    let client = builder(&script, &clock()).build().unwrap();
    client.send(vpcs()).await.unwrap();
    client.send(vpcs()).region("cn-south-1").await.unwrap();
    client.send(vpcs()).credentials(Credential::keys("OTHER", "SK")).await.unwrap();
    client.send(vpcs()).credentials(Credential::keys("OTHER", "SK")).await.unwrap();
    let asked: Vec<_> = script.urls().into_iter().filter(|url| url.contains("/v3/projects")).collect();
    let south = "https://iam.cn-south-1.myhuaweicloud.com/v3/projects?name=cn-south-1";
    let north = format!("{IAM}/v3/projects?name=cn-north-4");
    assert_eq!(asked, [&*north, south, &*north]);
}

#[tokio::test]
async fn a_preview_shows_the_looked_up_id() {
    let script = cloud();
    let client = builder(&script, &clock()).build().unwrap();
    let preview = client.send(vpcs()).preview().await.unwrap();
    assert_eq!(preview.request.path, "/v1/p1/vpcs");
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test]
async fn a_token_asks_only_for_what_the_path_names() {
    let script = cloud();
    let client = builder(&script, &clock()).credentials(Credential::bearer("the-token")).build().unwrap();
    client.send(Input::get("vpc", "/things").account(Account::Project)).await.unwrap();
    client.send(vpcs()).await.unwrap();
    assert_eq!(script.seen()[1].header("x-auth-token"), "the-token");
    assert!(script.urls()[1].contains("/v3/projects"));
}

/// Temporary keys of an hour, each with another id.
struct Changing(std::sync::atomic::AtomicU32);

impl CredentialSource for Changing {
    fn name(&self) -> std::borrow::Cow<'_, str> {
        "changing".into()
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        let number = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let credential = Credential::session(format!("AK{number}"), "secret-key", "session-token");
        let credential = credential.expiring(context.clock.now() + Duration::from_secs(1800)).from_source("changing");
        Box::pin(std::future::ready(Ok(credential)))
    }
}

#[tokio::test]
async fn new_keys_of_the_same_source_ask_nothing_anew() {
    let (script, clock) = (cloud(), clock());
    let client = builder(&script, &clock).credentials(Changing(0.into())).build().unwrap();
    client.send(vpcs()).await.unwrap();
    clock.advance(Duration::from_secs(1800));
    script.now("/v3/projects", &[(503, "", "{}")]);
    client.send(vpcs()).await.unwrap();
    let seen = script.seen();
    assert_eq!(seen.len(), 3, "{:?}", script.urls());
    assert!(seen[2].header("authorization").contains("AK1") && seen[2].header("x-project-id") == "p1");
}
