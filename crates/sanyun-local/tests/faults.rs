//! Faults that programs in other languages ask for over HTTP, and faults for some requests only.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::Duration;

use sanyun_core::{Credential, ErrorKind, Retry, ServiceClass, SystemClock};
use sanyun_local::{ACCESS_KEY, Fault, FaultRule, Local, SECRET_KEY};
use serde_json::{Value, json};
use support::{Reply, Request};

const PATH: &str = "/_sanyun/faults";

fn client(local: &Local, retry: Retry) -> sanyun_huawei::Client {
    let builder = sanyun_huawei::Client::builder().endpoint(local.url()).project_id("p").retry(retry);
    builder.credentials(Credential::keys(ACCESS_KEY, SECRET_KEY)).clock(SystemClock).build().unwrap()
}

async fn list_vpcs(client: &sanyun_huawei::Client) -> sanyun_core::Result<u32> {
    client.invoke("vpc", "v2", "ListVpcs", json!({})).await.map(|reply| reply.attempts())
}

async fn control(local: &Local, method: &str, body: &str) -> Reply {
    let request = Request::new(method, PATH).header("Host", "127.0.0.1").body(body);
    request.send(local.addr()).await.unwrap()
}

#[tokio::test]
async fn faults_are_added_listed_and_cleared_over_http() {
    let local = Local::builder().fault_control(true).start().await.unwrap();
    let rules = json!([
        {"kind": "lose_answer"},
        {"kind": "status", "status": 503, "times": 2, "path": "/v1/"},
        {"kind": "delay", "ms": 1, "times": "always", "host": "vpc.localhost"},
    ]);
    let added = control(&local, "POST", &rules.to_string()).await;
    assert_eq!((added.status, added.json().as_array().map(Vec::len)), (200, Some(3)));
    let client = client(&local, Retry::none());
    assert_eq!(list_vpcs(&client).await.unwrap_err().kind(), ErrorKind::Io);
    for _ in 0..2 {
        let error = list_vpcs(&client).await.unwrap_err();
        assert_eq!(error.service().map(|service| service.status()), Some(503));
    }
    list_vpcs(&client).await.unwrap();
    let left = json!([{"kind": "delay", "ms": 1, "times": "always", "host": "vpc.localhost"}]);
    assert_eq!(control(&local, "GET", "").await.json(), left);
    assert_eq!(control(&local, "DELETE", "").await.json(), json!([]));
}

#[tokio::test]
async fn wrong_faults_change_nothing_and_browsers_are_refused() {
    let local = Local::builder().fault_control(true).start().await.unwrap();
    let wrong = json!([{"kind": "garbage"}, {"kind": "magic"}]).to_string();
    for body in [wrong.as_str(), "no JSON", "1"] {
        let reply = control(&local, "POST", body).await;
        assert!(reply.status == 400 && reply.json()["error"].is_string(), "{}", reply.text());
    }
    let garbage = json!({"kind": "garbage"}).to_string();
    let request = Request::new("POST", PATH).header("Host", "127.0.0.1").header("Origin", "http://evil.example");
    assert_eq!(request.body(garbage).send(local.addr()).await.unwrap().status, 403);
    assert_eq!(control(&local, "PUT", "").await.status, 405);
    assert_eq!(control(&local, "GET", "").await.json(), json!([]));
}

#[tokio::test]
async fn without_the_switch_there_is_no_control() {
    let local = Local::builder().start().await.unwrap();
    let reply = control(&local, "POST", &json!({"kind": "garbage", "times": "always"}).to_string()).await;
    assert!(serde_json::from_slice::<Value>(&reply.body).is_err(), "an answer of OSS: {}", reply.text());
    list_vpcs(&client(&local, Retry::none())).await.unwrap();
}

#[tokio::test]
async fn somebody_who_calls_too_often_is_told_the_limit() {
    let local = Local::builder().start().await.unwrap();
    local.inject(Fault::Throttle { limit: 200, retry_after: Some(Duration::from_secs(7)) });
    let error = list_vpcs(&client(&local, Retry::none())).await.unwrap_err();
    let service = error.service().unwrap();
    assert_eq!((service.class(), service.status(), service.code()), (ServiceClass::Throttled, 429, "APIGW.0308"));
    assert!(service.message().ends_with("policy user over ratelimit,limit:200,time:1 second"), "{error}");
    assert_eq!(service.retry_after(), Some(Duration::from_secs(7)));
    assert!(service.request_id().is_some());
}

/// Each of the clouds says in its own shape that somebody calls too often, and our clients understand it.
#[tokio::test]
async fn every_cloud_throttles_in_its_own_words() {
    let local = Local::builder().start().await.unwrap();
    let keys = || Credential::keys(ACCESS_KEY, SECRET_KEY);
    let tencent = sanyun_tencent::Client::builder().endpoint(local.url()).region("ap-shanghai").retry(Retry::none());
    let tencent = tencent.credentials(keys()).build().unwrap();
    let old = sanyun_tencent::Client::builder().endpoint(local.url()).region("ap-shanghai").retry(Retry::none());
    let old = old.signature_method(sanyun_tencent::SignatureMethod::HmacSha1).credentials(keys()).build().unwrap();
    let alibaba = sanyun_alibaba::Client::builder().endpoint(local.url()).region("cn-hangzhou").retry(Retry::none());
    let alibaba = alibaba.credentials(keys()).build().unwrap();
    let oss = sanyun_oss::Client::builder().endpoint(local.url()).region("cn-hangzhou").retry(Retry::none());
    let oss = oss.credentials(keys()).build().unwrap();
    for retry_after in [None, Some(Duration::from_secs(3))] {
        local.inject(FaultRule::new(Fault::Throttle { limit: 20, retry_after }).times(4));
        let errors = [
            tencent.invoke("cvm", "", "DescribeZones", json!({})).await.map(drop).unwrap_err(),
            old.invoke("cvm", "", "DescribeZones", json!({})).await.map(drop).unwrap_err(),
            alibaba.invoke("ecs", "", "DescribeRegions", json!({})).await.map(drop).unwrap_err(),
            oss.bucket("bkt").get("k").await.map(drop).unwrap_err(),
        ];
        let expected = [
            (200, "RequestLimitExceeded"),
            (200, "RequestLimitExceeded"),
            (400, "Throttling.User"),
            (503, "QpsLimitExceeded"),
        ];
        for (error, expected) in errors.iter().zip(expected) {
            let service = error.service().unwrap_or_else(|| panic!("{error}"));
            assert_eq!((service.status(), service.code()), expected);
            assert_eq!((service.class(), service.retry_after()), (ServiceClass::Throttled, retry_after), "{error}");
            assert!(service.request_id().is_some_and(|id| id.len() >= 24), "{error}");
        }
        assert!(errors[0].to_string().contains("exceeds the frequency limit `20` for a second"), "{}", errors[0]);
    }
    tencent.invoke("cvm", "", "DescribeZones", json!({})).await.unwrap();
}

#[tokio::test]
async fn one_endpoint_can_fail_while_others_do_not() {
    let local = Local::builder().fault(FaultRule::new(Fault::LoseAnswer).path("/v1/").always()).start().await.unwrap();
    let client = client(&local, Retry::none());
    for _ in 0..3 {
        assert_eq!(list_vpcs(&client).await.unwrap_err().kind(), ErrorKind::Io);
        client.invoke("vpc", "v3", "ListVpcs", json!({})).await.unwrap();
    }
    local.clear_faults();
    list_vpcs(&client).await.unwrap();
}
