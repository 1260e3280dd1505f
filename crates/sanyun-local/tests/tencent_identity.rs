//! Who calls Tencent Cloud: temporary keys of STS and of the metadata service.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use sanyun_catalog::Catalog;
use sanyun_core::{Clock as _, Credential, ManualClock, Retry, time};
use sanyun_local::{ACCESS_KEY, Local, Metadata, SECRET_KEY};
use sanyun_tencent::{Builder, Client, Input, SignatureMethod};
use serde_json::{Value, json};
use support::{NOW, Reply, Request, at};

const ROLE: &str = "qcs::cam::uin/100000000001:roleName/reader";
const ROLES: &str = "/latest/meta-data/cam/security-credentials/";

fn builder(local: &Local, clock: &Arc<ManualClock>, credential: Credential) -> Builder {
    let builder = Client::builder().endpoint(local.url()).region("ap-shanghai").retry(Retry::none());
    builder.credentials(credential).clock(Arc::clone(clock))
}

fn own(local: &Local, clock: &Arc<ManualClock>) -> Client {
    builder(local, clock, Credential::keys(ACCESS_KEY, SECRET_KEY)).build().unwrap()
}

fn sts(action: &str, params: Value) -> Input {
    Input::new("sts", "2018-08-13", action).params(params)
}

fn assert_fits(action: &str, answer: &Value) {
    support::fit::assert_fits(Catalog::tencent().operation("sts", None, action).unwrap(), answer);
}

/// The keys in an answer of STS, or in one of the metadata service.
fn session(answer: &Value) -> Credential {
    let keys = answer.get("Credentials").unwrap_or(answer);
    let text = |name: &str| keys[name].as_str().unwrap().to_owned();
    Credential::session(text("TmpSecretId"), text("TmpSecretKey"), text("Token"))
}

/// The code of a refusal, empty for a success.
async fn outcome(client: &Client, input: Input) -> String {
    let refused = |error: sanyun_core::Error| error.service().unwrap_or_else(|| panic!("{error}")).code().to_owned();
    client.send(input).await.err().map(refused).unwrap_or_default()
}

/// The keys sign under every method as long as they live, and not longer.
async fn assert_good_until(local: &Local, clock: &Arc<ManualClock>, answer: &Value, seconds: u64, whose: &str) {
    let now = time::unix_seconds(clock.now());
    let end = now + i64::try_from(seconds).unwrap();
    assert_eq!((&answer["ExpiredTime"], support::unix(answer["Expiration"].as_str().unwrap())), (&json!(end), end));
    let credential = session(answer);
    let client = |credential: &Credential| builder(local, clock, credential.clone());
    let identity = || sts("GetCallerIdentity", json!({}));
    let who = client(&credential).build().unwrap().send(identity()).await.unwrap();
    assert_fits("GetCallerIdentity", &who);
    assert!(who["Arn"].as_str().unwrap().contains(whose), "{who:?}");
    let keys = answer.get("Credentials").unwrap_or(answer);
    let without = Credential::keys(keys["TmpSecretId"].as_str().unwrap(), keys["TmpSecretKey"].as_str().unwrap());
    assert_eq!(outcome(&client(&without).build().unwrap(), identity()).await, "AuthFailure.TokenFailure");
    clock.advance(Duration::from_secs(seconds - 1));
    for method in [SignatureMethod::Tc3, SignatureMethod::HmacSha1, SignatureMethod::HmacSha256] {
        let get = client(&credential).signature_method(method).use_get().build().unwrap();
        let post = client(&credential).signature_method(method).build().unwrap();
        assert_eq!((outcome(&get, identity()).await, outcome(&post, identity()).await), Default::default());
    }
    clock.advance(Duration::from_secs(1));
    assert_eq!(outcome(&client(&credential).build().unwrap(), identity()).await, "AuthFailure.TokenFailure");
}

#[tokio::test]
async fn keys_of_a_role_sign_until_they_expire() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = own(&local, &clock);
    let whose = ":assumed-role/4611686018";
    let wanted = json!({"RoleArn": ROLE, "RoleSessionName": "nightly"});
    let answer = client.send(sts("AssumeRole", wanted.clone())).await.unwrap();
    assert_fits("AssumeRole", &answer);
    assert_good_until(&local, &clock, &answer, 7200, whose).await;
    let short = json!({"RoleArn": ROLE, "RoleSessionName": "nightly", "DurationSeconds": 60});
    let answer = client.send(sts("AssumeRole", short)).await.unwrap();
    assert_good_until(&local, &clock, &answer, 60, whose).await;

    let web = json!({"ProviderId": "tke", "WebIdentityToken": "jwt", "RoleArn": ROLE, "RoleSessionName": "pod"});
    let answer = client.send(sts("AssumeRoleWithWebIdentity", web).skip_signature()).await.unwrap();
    assert_fits("AssumeRoleWithWebIdentity", &answer);
    assert_good_until(&local, &clock, &answer, 7200, whose).await;
    let principal = "qcs::cam::uin/100000000001:saml-provider/idp";
    let saml =
        json!({"SAMLAssertion": "PHNhbWw+", "PrincipalArn": principal, "RoleArn": ROLE, "RoleSessionName": "me"});
    let answer = client.send(sts("AssumeRoleWithSAML", saml).skip_signature()).await.unwrap();
    assert_fits("AssumeRoleWithSAML", &answer);
    assert_good_until(&local, &clock, &answer, 7200, whose).await;
    let policy = json!({"Name": "guest", "Policy": "{}"});
    let answer = client.send(sts("GetFederationToken", policy)).await.unwrap();
    assert_fits("GetFederationToken", &answer);
    assert_good_until(&local, &clock, &answer, 1800, ":federated-user/").await;
}

#[tokio::test]
async fn everybody_is_told_who_he_is() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = own(&local, &clock);
    let who = client.send(sts("GetCallerIdentity", json!({}))).await.unwrap();
    let account = who["AccountId"].as_str().unwrap().to_owned();
    assert_eq!((&who["Type"], &who["UserId"]), (&json!("CAMUser"), &json!(account)));
    assert_eq!(who["Arn"], format!("qcs::cam:{account}:uin/{account}"));
    let by_number = json!({"RoleArn": "qcs::cam::uin/1:role/4611686018427397919", "RoleSessionName": "me"});
    let keys = client.send(sts("AssumeRole", by_number)).await.unwrap();
    let role = builder(&local, &clock, session(&keys)).build().unwrap();
    let who = role.send(sts("GetCallerIdentity", json!({}))).await.unwrap();
    assert_eq!((&who["Type"], &who["UserId"]), (&json!("CAMRole"), &json!("4611686018427397919:me")));
    assert_eq!(who["Arn"], format!("qcs::sts:{account}:assumed-role/4611686018427397919"));
    // A role may take another one.
    let chained = json!({"RoleArn": ROLE, "RoleSessionName": "chained"});
    assert_eq!(outcome(&role, sts("AssumeRole", chained)).await, "");
    // Its keys are those of Tencent Cloud alone.
    let huawei = sanyun_huawei::Client::builder().endpoint(local.url()).project_id("p").retry(Retry::none());
    let huawei = huawei.credentials(session(&keys)).clock(Arc::clone(&clock)).build().unwrap();
    let error = huawei.invoke("vpc", "v2", "ListVpcs", json!({})).await.unwrap_err();
    assert_eq!(error.service().map(|service| service.code()), Some("APIGW.0301"));
}

#[tokio::test]
async fn sts_refuses_in_its_own_words() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = own(&local, &clock);
    let role = |name: &str, value: Value| {
        let mut wanted = json!({"RoleArn": ROLE, "RoleSessionName": "me"});
        wanted[name] = value;
        sts("AssumeRole", wanted)
    };
    let web = |name: &str, value: &str| {
        let mut wanted =
            json!({"ProviderId": "tke", "WebIdentityToken": "jwt", "RoleArn": ROLE, "RoleSessionName": "pod"});
        wanted[name] = value.into();
        sts("AssumeRoleWithWebIdentity", wanted).skip_signature()
    };
    let saml = |name: &str, value: &str| {
        let mut wanted = json!({"SAMLAssertion": "a", "PrincipalArn": "p", "RoleArn": ROLE, "RoleSessionName": "me"});
        wanted[name] = value.into();
        sts("AssumeRoleWithSAML", wanted).skip_signature()
    };
    let missing = "qcs::cam::uin/1:roleName/missing";
    for (input, code) in [
        (role("RoleArn", json!(missing)), "ResourceNotFound.RoleNotFound"),
        (role("DurationSeconds", json!(43_200)), ""),
        (role("DurationSeconds", json!(43_201)), "InvalidParameter.OverTimeError"),
        (role("DurationSeconds", json!(0)), "InvalidParameter.OverTimeError"),
        (role("DurationSeconds", json!("soon")), "InvalidParameter"),
        (role("RoleSessionName", json!("a b")), "InvalidParameter.ParamError"),
        (role("RoleSessionName", json!("a")), "InvalidParameter.ParamError"),
        (sts("AssumeRole", json!({"RoleArn": ROLE})), "MissingParameter"),
        (web("WebIdentityToken", "expired\n"), "InvalidParameter.WebIdentityTokenError"),
        (web("WebIdentityToken", ""), "InvalidParameter.WebIdentityTokenError"),
        (web("ProviderId", "missing"), "InvalidParameter.WebIdentityTokenError"),
        (web("RoleArn", missing), "ResourceNotFound.RoleNotFound"),
        (saml("SAMLAssertion", "expired"), "InvalidParameter.ParamError"),
        (saml("SAMLAssertion", "ZXhwaXJlZA=="), "InvalidParameter.ParamError"),
        (saml("PrincipalArn", "qcs::cam::uin/1:saml-provider/missing"), "InvalidParameter.ParamError"),
        (saml("RoleArn", missing), "ResourceNotFound.RoleNotFound"),
    ] {
        assert_eq!(outcome(&client, input.clone()).await, code, "{input:?}");
    }
}

async fn get(local: &Local, target: &str, host: &str) -> Reply {
    Request::new("GET", target).header("Host", host).send(local.addr()).await.unwrap()
}

#[tokio::test]
async fn the_machine_knows_its_role_and_gets_keys() {
    let (local, clock) = at(NOW, |builder| builder.key_life(Duration::from_secs(600))).await;
    let role = get(&local, ROLES, "127.0.0.1:80").await;
    assert_eq!((role.status, role.text().as_str()), (200, "sanyun-local-role"));
    // As through `http_proxy`.
    let proxied = format!("http://metadata.tencentyun.com{ROLES}sanyun-local-role");
    for (target, host) in [(format!("{ROLES}{}", role.text()), "metadata.tencentyun.com"), (proxied, "127.0.0.1")] {
        let reply = get(&local, &target, host).await;
        assert_eq!((reply.status, &reply.json()["Code"]), (200, &json!("Success")));
        assert_good_until(&local, &clock, &reply.json(), 600, ":assumed-role/").await;
    }
    let region = get(&local, "/latest/meta-data/placement/region", "169.254.0.23").await;
    assert_eq!((region.status, region.text().as_str()), (200, "ap-guangzhou"));
    assert_eq!(get(&local, "/latest/meta-data/unknown", "metadata.tencentyun.com").await.status, 404);
    assert_eq!(get(&local, &format!("{ROLES}other"), "127.0.0.1").await.status, 404);
    let post = Request::new("POST", ROLES).header("Host", "metadata.tencentyun.com");
    assert_eq!(post.send(local.addr()).await.unwrap().status, 405);
}

#[tokio::test]
async fn the_machine_has_the_role_that_the_test_wants() {
    let (local, _) = at(NOW, |builder| builder.cvm_role("角色 1")).await;
    assert_eq!(get(&local, ROLES, "127.0.0.1").await.text(), "角色 1");
    let encoded = format!("{ROLES}%E8%A7%92%E8%89%B2%201");
    assert_eq!(get(&local, &encoded, "127.0.0.1").await.json()["Code"], "Success");
    let (local, _) = at(NOW, |builder| builder.metadata(Metadata::NoAgency)).await;
    for target in [ROLES.to_owned(), format!("{ROLES}sanyun-local-role")] {
        assert_eq!(get(&local, &target, "127.0.0.1").await.status, 404, "{target}");
    }
}

/// What our own sources of credentials find here.
#[tokio::test]
async fn our_sources_get_keys_here() {
    use sanyun_tencent::credentials::{AssumeRole, CvmRole, TkeOidc};
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = |builder: Builder| builder.clock(Arc::clone(&clock)).endpoint(local.url()).build().unwrap();
    let base = Credential::keys(ACCESS_KEY, SECRET_KEY);
    let role = AssumeRole::new(base, ROLE, "ours").sts_endpoint(local.url());
    let oidc =
        TkeOidc::new().region("ap-shanghai").provider_id("tke").role_arn(ROLE).token("jwt").sts_endpoint(local.url());
    for client in [
        client(Client::builder().credentials(role)),
        client(Client::builder().credentials(oidc)),
        client(Client::builder().credentials(CvmRole::new().endpoint(local.url()))),
    ] {
        let who = client.send(sts("GetCallerIdentity", json!({}))).await.unwrap();
        assert_eq!(who["Type"], "CAMRole");
    }
}
