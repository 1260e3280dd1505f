//! Which signature a client chooses, and what it needs for it. Nothing is sent.
#![allow(clippy::unwrap_used, reason = "tests")]

use sanyun_core::{Fixed, ManualClock};
use sanyun_huawei::sign::{self, Algorithm, Authorization, SigningKey};
use sanyun_huawei::{Account, Builder, Client, Credential, ErrorKind, Input, Result, Secret};

const SECRET: &str = "hush-hush-secret-key";

fn builder() -> Builder {
    Client::builder()
        .region("cn-north-4")
        .credentials(Credential::keys("AK", SECRET))
        .project_id("p1")
        .world(Fixed::default())
        .clock(ManualClock::at_unix(1_767_323_045))
}

/// The `Authorization` of a call, whose signature must verify.
async fn authorization(builder: Builder, input: Input) -> Result<String> {
    let preview = builder.build()?.send(input).preview().await?;
    let value = preview.request.header("authorization").to_owned();
    let given = Authorization::parse(&value).unwrap();
    let key = SigningKey::new(given.algorithm, given.id, &Secret::new(SECRET), given.scope);
    assert!(key.verifies(&preview.signature.string_to_sign, given.signature), "{value}");
    Ok(value)
}

/// How a call is signed: by the name of the algorithm, and the scope of a derived key.
async fn signed(builder: Builder, input: Input) -> String {
    let value = authorization(builder, input).await.unwrap();
    let given = Authorization::parse(&value).unwrap();
    format!("{} {}", given.algorithm.as_str(), given.scope).trim_end().to_owned()
}

fn iotda() -> Input {
    Input::get("iotda", "/v5/iot/{project_id}/devices").signing_name("iotdm")
}

#[tokio::test]
async fn every_algorithm_signs() {
    for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| algorithm.check().is_ok()) {
        let builder = builder().signing_algorithm(algorithm).signing_name("vpc");
        let name = signed(builder, Input::get("vpc", "/v1/{project_id}/vpcs")).await;
        assert_eq!(name.split(' ').next(), Some(algorithm.as_str()));
    }
}

/// IoTDA: the client's algorithm at the region's own endpoint, derived keys at all others.
#[tokio::test]
async fn a_service_with_a_signing_name_derives_at_other_endpoints() {
    const DERIVED: &str = "V11-HMAC-SHA256 20260102/cn-north-4/iotdm";
    for (endpoint, expected) in [
        (None, "SDK-HMAC-SHA256"),
        (Some("iotda.cn-north-4.myhuaweicloud.com"), "SDK-HMAC-SHA256"),
        (Some("abc123.iotda.cn-north-4.myhuaweicloud.com"), DERIVED),
        (Some("abc123.iot-mqtts.cn-north-4.myhuaweicloud.com:8943"), DERIVED),
        (Some("iotda.cn-south-1.myhuaweicloud.com"), DERIVED),
        (Some("http://127.0.0.1:8080"), DERIVED),
    ] {
        let builder = endpoint.into_iter().fold(builder(), Builder::endpoint);
        assert_eq!(signed(builder, iotda()).await, expected, "{endpoint:?}");
    }
    let elsewhere = builder().endpoint("http://127.0.0.1:8080");
    assert_eq!(signed(elsewhere, Input::get("vpc", "/v1/{project_id}/vpcs")).await, "SDK-HMAC-SHA256");
}

#[tokio::test]
async fn a_predicate_decides_for_every_service() {
    let vendors = || builder().derived_when(|request| !sign::is_standard_host(request.host()));
    let vpc = || Input::get("vpc", "/v1/{project_id}/vpcs");
    let name = signed(vendors().endpoint("10.0.0.1").signing_name("vpc"), vpc()).await;
    assert_eq!(name, "V11-HMAC-SHA256 20260102/cn-north-4/vpc");
    assert_eq!(signed(vendors().signing_name("vpc"), vpc()).await, "SDK-HMAC-SHA256");
    // It sees the whole request, and is asked for services with names of their own, too.
    let posts = || builder().derived_when(|request| request.method == "POST" && request.path.ends_with("/vpcs"));
    assert_eq!(signed(posts().signing_name("x"), vpc()).await, "SDK-HMAC-SHA256");
    let post = Input::post("vpc", "/v1/{project_id}/vpcs").signing_name("own");
    assert_eq!(signed(posts().signing_name("x"), post).await, "V11-HMAC-SHA256 20260102/cn-north-4/own");
    assert_eq!(signed(posts().endpoint("10.0.0.1"), iotda()).await, "SDK-HMAC-SHA256");
}

#[tokio::test]
async fn services_without_regions_derive_for_the_globe() {
    let always = builder().derived_when(|_| true).signing_name("iam").domain_id("d1");
    let global = Input::get("iam", "/v3/projects").account(Account::Domain);
    assert_eq!(signed(always, global).await, "V11-HMAC-SHA256 20260102/globe/iam");
}

#[tokio::test]
async fn what_a_derived_key_needs_is_said() {
    let vpc = || Input::get("vpc", "/v1/{project_id}/vpcs");
    let nameless = authorization(builder().derived_when(|_| true), vpc()).await.unwrap_err();
    assert_eq!(nameless.kind(), ErrorKind::Config);
    assert!(nameless.hint().unwrap().contains("`signing_name`"), "{nameless}");
    let nowhere = builder().region("").endpoint("10.0.0.1").derived_when(|_| true).signing_name("vpc");
    let nowhere = authorization(nowhere, vpc()).await.unwrap_err();
    assert_eq!(nowhere.kind(), ErrorKind::Config);
    assert!(nowhere.hint().unwrap().contains("`region`"), "{nowhere}");
}

#[tokio::test]
async fn headers_are_known_in_any_case() {
    let own = Input::get("vpc", "/").header("AUTHORIZATION", "Bearer x").header("x-SDK-date", "20260102T030405Z");
    let preview = builder().build().unwrap().send(own).preview().await.unwrap();
    assert_eq!(preview.request.header("authorization"), "Bearer x");

    let input = Input::put("vpc", "/a").body("x", "TEXT/plain").header("content-type", "Application/JSON");
    let preview = builder().build().unwrap().send(input.header("HOST", "h.example")).preview().await.unwrap();
    let canonical = &preview.signature.canonical_request;
    assert!(canonical.contains("\nhost:h.example\n"), "{canonical}");
    assert_eq!(canonical.matches("content-type:").count(), 1, "{canonical}");
}

/// The signature covers what is sent, even where nothing is.
#[tokio::test]
async fn an_empty_path_is_the_root() {
    let preview = builder().build().unwrap().send(Input::get("vpc", "")).preview().await.unwrap();
    assert!(preview.signature.canonical_request.starts_with("GET\n/\n\n"));
    assert!(matches!(&*preview.request.target(), "/"), "{}", preview.request.target());
}
