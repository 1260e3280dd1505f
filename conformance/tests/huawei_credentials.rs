//! Our client through every way of getting credentials, against the local cloud: the same ways that the official SDK
//! goes in `python/clients/huawei_*.py`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use sanyun_core::Fixed;
use sanyun_huawei::credentials::{
    Agency, AssumeAgency, Environment, Federation, Metadata, Oidc, PodIdentity, Profile, SecurityToken, Token,
    default_chain,
};
use sanyun_huawei::sign::Algorithm;
use sanyun_huawei::{Builder, Chain, Client, Credential, CredentialSource, ErrorKind, Retry};
use sanyun_local::{ACCESS_KEY, DOMAIN_NAME, Local, POD_TOKEN, SECRET_KEY, USER_NAME, USER_PASSWORD};
use serde_json::json;

async fn local() -> Local {
    Local::builder().start().await.unwrap()
}

/// A world in which IAM, STS and the services are the local cloud.
fn world(local: &Local) -> Fixed {
    let url = local.url();
    ["SDK_IAM_ENDPOINT", "SDK_STS_ENDPOINT", "SDK_REGION_VPC_CN_NORTH_4", "SDK_REGION_IAM_CN_NORTH_4"]
        .into_iter()
        .fold(Fixed::default(), |fixed, name| fixed.var(format!("HUAWEICLOUD_{name}"), url.clone()))
        .var("HOME", "/home")
        .file("/id-token", "an id token\n")
        .file("/expired", "expired")
        .file("/pod-token", POD_TOKEN)
}

fn keys(fixed: Fixed) -> Fixed {
    fixed.var("HUAWEICLOUD_SDK_AK", ACCESS_KEY).var("HUAWEICLOUD_SDK_SK", SECRET_KEY)
}

fn idp(fixed: Fixed, file: &str) -> Fixed {
    fixed.var("HUAWEICLOUD_SDK_IDP_ID", "an-idp").var("HUAWEICLOUD_SDK_ID_TOKEN_FILE", file)
}

fn oidc(fixed: Fixed, file: &str, agency: &str) -> Fixed {
    fixed
        .var("HUAWEICLOUD_OIDC_PROVIDER_URN", "iam::account:oidcProvider:a-provider")
        .var("HUAWEICLOUD_OIDC_AGENCY_URN", format!("iam::account:agency:{agency}"))
        .var("HUAWEICLOUD_OIDC_TOKEN_FILE", file)
}

fn pod(fixed: Fixed, local: &Local, file: &str) -> Fixed {
    fixed
        .var("HC_CONTAINER_CREDENTIALS_FULL_URI", format!("{}/v1/credentials", local.url()))
        .var("HC_CONTAINER_AUTHORIZATION_TOKEN_FILE", file)
}

fn metadata(fixed: Fixed, local: &Local) -> Fixed {
    fixed.var("SANYUN_HUAWEI_METADATA_ENDPOINT", local.url())
}

fn profile(fixed: Fixed, lines: &str) -> Fixed {
    fixed.file("/home/.huaweicloud/credentials", format!("[basic]\n{lines}\n[global]\n{lines}\n"))
}

fn builder(fixed: Fixed) -> Builder {
    Client::builder().region("cn-north-4").world(fixed).retry(Retry::none())
}

/// A call of a regional and one of a global service, with the ids looked up; `name` stands in front of a failure.
async fn both(name: &str, builder: Builder) {
    let client = builder.build().unwrap();
    let vpcs = client.invoke("vpc", "v2", "ListVpcs", json!({"limit": 2})).await;
    assert!(vpcs.as_ref().is_ok_and(|vpcs| vpcs["vpcs"].is_array()), "{name}: {vpcs:?}");
    let domains = client.invoke("iam", "v3", "KeystoneListAuthDomains", json!({})).await;
    let found = domains.as_ref().is_ok_and(|domains| domains["domains"][0]["name"] == DOMAIN_NAME);
    assert!(found, "{name}: {domains:?}");
}

/// The kind of the error that a call ends with, and its text.
async fn refused(builder: Builder) -> (ErrorKind, String) {
    let client = builder.build().unwrap();
    let error = client.invoke("vpc", "v2", "ListVpcs", json!({})).await.unwrap_err();
    (error.kind(), error.to_string())
}

#[tokio::test]
async fn each_source_by_itself_and_found_by_the_default_chain() {
    let local = &local().await;
    let lines = format!("ak = {ACCESS_KEY}\nsk = {SECRET_KEY}");
    let federated = "idp_id = an-idp\nid_token_file = /id-token";
    let ways: [(&str, Fixed, Box<dyn CredentialSource>); 7] = [
        ("environment keys", keys(world(local)), Box::new(Environment)),
        ("environment identity provider", idp(world(local), "/id-token"), Box::new(Environment)),
        ("profile keys", profile(world(local), &lines), Box::new(Profile::new())),
        ("profile identity provider", profile(world(local), federated), Box::new(Profile::new())),
        ("OIDC", oidc(world(local), "/id-token", "an-agency"), Box::new(Oidc::new())),
        ("pod identity", pod(world(local), local, "/pod-token"), Box::new(PodIdentity::new())),
        ("metadata", metadata(world(local), local), Box::new(Metadata::new())),
    ];
    for (name, fixed, source) in ways {
        let source: std::sync::Arc<dyn CredentialSource> = source.into();
        both(name, builder(fixed.clone()).credentials(source)).await;
        // Without a metadata service, the chain goes past it at once.
        let fixed = if name == "metadata" { fixed } else { fixed.var("SANYUN_METADATA_DISABLED", "1") };
        both(&format!("{name}, default chain"), builder(fixed)).await;
    }
}

#[tokio::test]
async fn credentials_in_code() {
    let local = &local().await;
    let fixed = || world(local);
    let pair = || Credential::keys(ACCESS_KEY, SECRET_KEY);
    let login = || Token::password(USER_NAME, USER_PASSWORD, DOMAIN_NAME);
    both("keys", builder(fixed()).credentials(pair())).await;
    both("federation", builder(fixed()).credentials(Federation::new("an-idp", "/id-token"))).await;
    both("agency", builder(fixed()).credentials(Agency::new(pair(), "an-agency").domain_name(DOMAIN_NAME))).await;
    let assumed = AssumeAgency::new(pair(), "iam::account:agency:an-agency", "a-session");
    both("assumed agency", builder(fixed()).credentials(assumed)).await;
    both("keys for a token", builder(fixed()).credentials(SecurityToken::by_token(login().region("cn-north-4")))).await;
    both("token", builder(fixed()).credentials(login().region("cn-north-4"))).await;
    let own = || Chain::new().then(PodIdentity::new()).then(Environment);
    both("own chain, the second", builder(keys(fixed())).credentials(own())).await;
    both("own chain, the first", builder(pod(fixed(), local, "/pod-token")).credentials(own())).await;
}

#[tokio::test]
async fn every_algorithm_signs_what_the_local_cloud_verifies() {
    let local = &local().await;
    for algorithm in [Algorithm::HmacSha256, Algorithm::HmacSm3, Algorithm::EcdsaP256Sha256, Algorithm::Sm2Sm3] {
        both(algorithm.as_str(), builder(keys(world(local))).signing_algorithm(algorithm)).await;
        let wrong = Credential::keys(ACCESS_KEY, "another");
        let (_, text) = refused(builder(world(local)).credentials(wrong).signing_algorithm(algorithm)).await;
        assert!(text.contains("APIGW.0301"), "{algorithm:?}: {text}");
    }
}

#[tokio::test]
async fn what_identity_services_refuse_is_a_credentials_error_that_says_why() {
    let local = &local().await;
    let refusals = [
        (idp(world(local), "/expired"), "IAM.0001"),
        (idp(world(local), "/id-token").var("HUAWEICLOUD_SDK_IDP_ID", "missing"), "IAM.0004"),
        (oidc(world(local), "/expired", "an-agency"), "STS5.1107"),
        (oidc(world(local), "/id-token", "missing"), "STS5.1106"),
    ];
    for (fixed, code) in refusals {
        let (kind, text) = refused(builder(fixed).credentials(default_chain())).await;
        assert!(kind == ErrorKind::Credentials && text.contains(code), "{code}: {kind:?} {text}");
    }
    let agency = Agency::new(Credential::keys(ACCESS_KEY, SECRET_KEY), "missing").domain_name(DOMAIN_NAME);
    let (kind, text) = refused(builder(world(local)).credentials(agency)).await;
    assert!(kind == ErrorKind::Credentials && text.contains("Could not find agency"), "{kind:?} {text}");
    let wrong = Token::password(USER_NAME, "another", DOMAIN_NAME).region("cn-north-4");
    let (_, text) = refused(builder(world(local)).credentials(wrong)).await;
    assert!(text.contains("The username or password is wrong") && !text.contains("another"), "{text}");
}

#[tokio::test]
async fn a_picture_goes_up_and_comes_down_marked() {
    let local = &local().await;
    let picture: Vec<u8> = b"\x89PNG\r\n\x1a\n".iter().copied().chain((0..=255).cycle().take(300_000)).collect();
    let folder = std::env::temp_dir().join(format!("sanyun-picture-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("picture.png");
    std::fs::write(&path, &picture).unwrap();
    let url = local.url();
    let client = builder(keys(world(local))).service_endpoint("dsc", url).build().unwrap();
    let parameters = json!({"file": {"path": path}, "blind_watermark": "三云"});
    let marked = client.download("dsc", "v1", "CreateImageWatermark", parameters).await.unwrap();
    let bytes = marked.into_inner().collect().await.unwrap();
    assert_eq!(bytes, [&picture[..], b"\nsanyun-watermark:", "三云".as_bytes()].concat());
    std::fs::remove_dir_all(folder).unwrap();
}
