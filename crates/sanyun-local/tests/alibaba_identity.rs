//! Who calls Alibaba Cloud: temporary keys of STS, of the metadata service and of logins, key pairs, bearer tokens.

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

use sanyun_alibaba::sign::{Algorithm, SignatureVersion, v1};
use sanyun_alibaba::{Builder, Client};
use sanyun_core::{Clock as _, Credential, ManualClock, Retry, Secret, encode, time};
use sanyun_local::{
    ACCESS_KEY, BEARER_TOKEN, KEY_PAIR_ID, KEY_PAIR_PRIVATE_KEY, Local, Metadata, SECRET_KEY, SESSION_ACCESS_KEY,
    SESSION_SECRET_KEY,
};
use serde_json::{Value, json};
use support::{NOW, Reply, Request, at};

const ROLE: &str = "acs:ram::100000000001:role/reader";
const ROLES: &str = "/latest/meta-data/ram/security-credentials/";
const TOKEN: &str = "/latest/api/token";
const EXPIRED: &str = "InvalidSecurityToken.Expired";

fn builder(local: &Local, clock: &Arc<ManualClock>, credential: Credential) -> Builder {
    let builder = Client::builder().endpoint(local.url()).region("cn-hangzhou").retry(Retry::none());
    builder.credentials(credential).clock(Arc::clone(clock))
}

fn own(local: &Local, clock: &Arc<ManualClock>) -> Client {
    builder(local, clock, Credential::keys(ACCESS_KEY, SECRET_KEY)).build().unwrap()
}

/// The reply to an action of STS, or the code of its refusal.
async fn sts(client: &Client, action: &str, params: Value) -> Result<Value, String> {
    let reply = client.invoke("sts", "2015-04-01", action, params).await;
    reply
        .map(|reply| Value::clone(&reply))
        .map_err(|error| error.code().unwrap_or_else(|| panic!("{error}")).to_owned())
}

/// Who the keys in a document are, or the code of the refusal.
async fn who(local: &Local, clock: &Arc<ManualClock>, keys: &Value) -> Result<String, String> {
    let text = |name: &str| keys[name].as_str().unwrap().to_owned();
    let credential = Credential::session(text("AccessKeyId"), text("AccessKeySecret"), text("SecurityToken"));
    let mut arn = Err("no signature".to_owned());
    for version in
        [SignatureVersion::V3(Algorithm::HmacSha256), SignatureVersion::V3(Algorithm::HmacSm3), SignatureVersion::V1]
    {
        let client = builder(local, clock, credential.clone()).signature(version).build().unwrap();
        arn = Ok(sts(&client, "GetCallerIdentity", json!({})).await?["Arn"].as_str().unwrap().to_owned());
    }
    arn
}

/// The keys are good under every signature as long as they live and not longer.
async fn assert_good_until(local: &Local, clock: &Arc<ManualClock>, keys: &Value, seconds: i64, whose: &str) {
    let now = time::unix_seconds(clock.now());
    assert_eq!(support::unix(keys["Expiration"].as_str().unwrap()), now + seconds);
    assert!(who(local, clock, keys).await.unwrap().contains(whose));
    let without = keys["AccessKeyId"].as_str().unwrap();
    let without = builder(local, clock, Credential::keys(without, keys["AccessKeySecret"].as_str().unwrap()));
    let refused = sts(&without.build().unwrap(), "GetCallerIdentity", json!({})).await;
    assert_eq!(refused, Err("MissingSecurityToken".to_owned()));
    clock.advance(Duration::from_secs(seconds as u64 - 1));
    assert!(who(local, clock, keys).await.is_ok());
    clock.advance(Duration::from_secs(1));
    assert_eq!(who(local, clock, keys).await, Err(EXPIRED.to_owned()));
}

#[tokio::test]
async fn roles_give_keys_for_a_while() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = own(&local, &clock);
    let params =
        json!({"RoleArn": ROLE, "RoleSessionName": "me", "DurationSeconds": 900, "Policy": "{\"Version\": \"1\"}"});
    let reply = sts(&client, "AssumeRole", params).await.unwrap();
    assert_eq!(reply["AssumedRoleUser"]["Arn"], "acs:ram::1000000000000001:assumed-role/reader/me");
    assert_good_until(&local, &clock, &reply["Credentials"], 900, ":assumed-role/reader/me").await;
    let session = builder(
        &local,
        &clock,
        Credential::session(SESSION_ACCESS_KEY, SESSION_SECRET_KEY, sanyun_local::SESSION_TOKEN),
    );
    let reply = sts(&session.build().unwrap(), "AssumeRole", json!({"RoleArn": ROLE, "RoleSessionName": "me"})).await;
    assert_good_until(&local, &clock, &reply.unwrap()["Credentials"], 3600, ":assumed-role/reader/me").await;
    let root = sts(&client, "GetCallerIdentity", json!({})).await.unwrap();
    assert_eq!((&root["IdentityType"], &root["Arn"]), (&json!("Account"), &json!("acs:ram::1000000000000001:root")));
}

/// A token in the parameters stands in place of a signature: as a query, and as a form, which keeps it out of logs.
#[tokio::test]
async fn identity_tokens_give_keys_without_a_signature() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let pairs = |token: &str, provider: &str| {
        let arn = encode::form(&format!("acs:ram::1:oidc-provider/{provider}"));
        format!(
            "Action=AssumeRoleWithOIDC&Version=2015-04-01&Format=JSON&RoleArn={}&OIDCProviderArn={arn}&OIDCToken={token}&RoleSessionName=pod",
            encode::form(ROLE)
        )
    };
    let query = Request::new("GET", &format!("/?{}", pairs("jwt", "p"))).header("Host", "sts.aliyuncs.com");
    let form = |token: &str, provider: &str| {
        let request = Request::new("POST", "/").header("Content-Type", "application/x-www-form-urlencoded");
        request.header("Host", "127.0.0.1").body(pairs(token, provider))
    };
    for request in [query, form("jwt", "p")] {
        let reply = request.send(local.addr()).await.unwrap();
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert_eq!(reply.json()["OIDCTokenInfo"]["VerificationInfo"], "Success");
        assert!(who(&local, &clock, &reply.json()["Credentials"]).await.unwrap().ends_with("/reader/pod"));
    }
    for (token, provider, status, code) in [
        ("expired%0A", "p", 400, "AuthenticationFail.OIDCToken.Expired"),
        ("", "p", 400, "MissingParameter"),
        ("jwt", "missing", 404, "EntityNotExist.OIDCProvider"),
    ] {
        let reply = form(token, provider).send(local.addr()).await.unwrap();
        assert_eq!((reply.status, reply.json()["Code"].as_str().unwrap().to_owned()), (status, code.to_owned()));
    }
}

#[tokio::test]
async fn sts_refuses_in_its_own_words() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = own(&local, &clock);
    for (name, value, code) in [
        ("RoleArn", json!("acs:ram::1:role/missing"), "EntityNotExist.Role"),
        ("RoleArn", json!("reader"), "InvalidParameter.RoleArn"),
        ("DurationSeconds", json!(899), "InvalidParameter.DurationSeconds"),
        ("DurationSeconds", json!(43_201), "InvalidParameter.DurationSeconds"),
        ("RoleSessionName", json!("a b"), "InvalidParameter.RoleSessionName"),
        ("RoleSessionName", json!("a"), "InvalidParameter.RoleSessionName"),
    ] {
        let mut params = json!({"RoleArn": ROLE, "RoleSessionName": "me"});
        params[name] = value;
        assert_eq!(sts(&client, "AssumeRole", params.clone()).await, Err(code.to_owned()), "{params}");
    }
}

/// `GenerateSessionAccessKey` as the Go package sends it, signed by `sign`.
async fn key_pair_request(local: &Local, more: &str, sign: impl FnOnce(&str) -> String) -> Reply {
    let at = encode::form(&time::iso_extended(time::from_unix(NOW)));
    let query = format!(
        "Action=GenerateSessionAccessKey&Version=2015-04-01&Format=JSON&AccessKeyId={KEY_PAIR_ID}&SignatureVersion=1.0\
         &SignatureNonce=n&Timestamp={at}{more}"
    );
    let signature = sign(&v1::rpc_string_to_sign("GET", &query, ""));
    let target = format!("/?{query}&Signature={}", encode::form(&signature));
    let request = Request::new("GET", &target).header("Host", "sts.ap-northeast-1.aliyuncs.com");
    request.send(local.addr()).await.unwrap()
}

fn rsa(text: &str) -> String {
    v1::rpc_signature_rsa(&Secret::new(KEY_PAIR_PRIVATE_KEY), text).unwrap()
}

#[tokio::test]
async fn a_key_pair_gets_keys_without_a_token() {
    const METHOD: &str = "&SignatureMethod=SHA256withRSA&SignatureType=PRIVATEKEY";
    let (local, clock) = at(NOW, |builder| builder).await;
    let reply = key_pair_request(&local, &format!("{METHOD}&DurationSeconds=900"), rsa).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let keys = &reply.json()["SessionAccessKey"];
    let text = |name: &str| keys[name].as_str().unwrap().to_owned();
    assert_eq!(support::unix(&text("Expiration")), NOW + 900);
    let client = builder(&local, &clock, Credential::keys(text("SessionAccessKeyId"), text("SessionAccessKeySecret")));
    let client = client.build().unwrap();
    assert_eq!(sts(&client, "GetCallerIdentity", json!({})).await.unwrap()["IdentityType"], "Account");
    for (more, code) in [
        (format!("{METHOD}&DurationSeconds=3601"), "InvalidParameter.DurationSeconds"),
        (String::from("&SignatureMethod=SHA256withRSA"), "InvalidSignatureMethod"),
        // As the official Python package sends it.
        (String::from("&SignatureMethod=HMAC-SHA1"), "InvalidAccessKeyId.NotFound"),
    ] {
        assert_eq!(key_pair_request(&local, &more, rsa).await.json()["Code"], code, "{more}");
    }
    let hmac = |text: &str| v1::rpc_signature(KEY_PAIR_PRIVATE_KEY, text);
    assert_eq!(key_pair_request(&local, METHOD, hmac).await.json()["Code"], "SignatureDoesNotMatch");
    clock.advance(Duration::from_secs(900));
    assert_eq!(sts(&client, "GetCallerIdentity", json!({})).await, Err(EXPIRED.to_owned()));
}

#[tokio::test]
async fn a_key_pair_signs_calls() {
    let public = include_str!("../src/alibaba/key_pair.pub.pem");
    let (local, clock) = at(NOW, |builder| builder.public_key("mine", public)).await;
    let client = |id: &str| {
        let builder = builder(&local, &clock, Credential::keys(id, KEY_PAIR_PRIVATE_KEY));
        builder.signature(SignatureVersion::V3(Algorithm::RsaSha256)).build().unwrap()
    };
    for id in [KEY_PAIR_ID, "mine"] {
        assert!(sts(&client(id), "GetCallerIdentity", json!({})).await.is_ok());
    }
    let unknown = sts(&client("other"), "GetCallerIdentity", json!({})).await;
    assert_eq!(unknown, Err("InvalidAccessKeyId.NotFound".to_owned()));
    let started = Local::builder().public_key("bad", "no key").start().await;
    assert!(started.unwrap_err().to_string().contains("bad"));
}

#[tokio::test]
async fn bearer_tokens_stand_in_place_of_a_signature() {
    let (local, clock) = at(NOW, |builder| builder.bearer_token("mine")).await;
    for (token, code) in [(BEARER_TOKEN, ""), ("mine", ""), ("other", "InvalidBearerToken")] {
        for version in [SignatureVersion::default(), SignatureVersion::V1] {
            let client = builder(&local, &clock, Credential::bearer(token)).signature(version).build().unwrap();
            let outcome = sts(&client, "GetCallerIdentity", json!({})).await;
            assert_eq!(outcome.err().unwrap_or_default(), code, "{token} {version:?}");
        }
    }
}

async fn get(local: &Local, target: &str, headers: &[(&str, &str)]) -> Reply {
    let request = Request::new("GET", target).header("Host", "100.100.100.200");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    request.send(local.addr()).await.unwrap()
}

async fn token(local: &Local, seconds: &str) -> Reply {
    let request = Request::new("PUT", TOKEN).header("Host", "127.0.0.1");
    request.header("X-aliyun-ecs-metadata-token-ttl-seconds", seconds).send(local.addr()).await.unwrap()
}

#[tokio::test]
async fn the_machine_knows_its_role_and_gets_keys() {
    const HEADER: &str = "X-aliyun-ecs-metadata-token";
    let (local, clock) = at(NOW, |builder| builder.key_life(Duration::from_secs(600))).await;
    let given = token(&local, "60").await.text();
    for headers in [&[(HEADER, given.as_str())][..], &[]] {
        assert_eq!(get(&local, ROLES, headers).await.text(), "sanyun-local-role");
    }
    let reply = get(&local, &format!("{ROLES}sanyun-local-role"), &[(HEADER, &given)]).await.json();
    assert_eq!((&reply["Code"], support::unix(reply["LastUpdated"].as_str().unwrap())), (&json!("Success"), NOW));
    // As through `http_proxy`.
    let target = format!("http://100.100.100.200{ROLES}");
    assert_eq!(Request::new("GET", &target).header("Host", "x").send(local.addr()).await.unwrap().status, 200);
    assert_good_until(&local, &clock, &reply, 600, ":assumed-role/sanyun-local-role/").await;
    assert_eq!(get(&local, ROLES, &[(HEADER, &given)]).await.status, 403, "the token is over");
    assert_eq!(get(&local, &format!("{ROLES}other"), &[]).await.status, 404);
    assert_eq!(get(&local, "/latest/meta-data/region-id", &[]).await.text(), "cn-hangzhou");
    assert_eq!((token(&local, "0").await.status, token(&local, "21601").await.status), (400, 400));
}

#[tokio::test]
async fn the_machine_is_as_the_test_wants() {
    let (local, _) = at(NOW, |builder| builder.metadata(Metadata::V2).ecs_role("角色")).await;
    assert_eq!(get(&local, ROLES, &[]).await.status, 403);
    let given = token(&local, "60").await.text();
    assert_eq!(get(&local, ROLES, &[("X-aliyun-ecs-metadata-token", &given)]).await.text(), "角色");
    let (local, _) = at(NOW, |builder| builder.metadata(Metadata::V1)).await;
    assert_eq!((token(&local, "60").await.status, get(&local, ROLES, &[]).await.status), (404, 200));
    let (local, _) = at(NOW, |builder| builder.metadata(Metadata::NoAgency)).await;
    assert_eq!((token(&local, "60").await.status, get(&local, ROLES, &[]).await.status), (200, 404));
}

#[tokio::test]
async fn a_credentials_uri_gives_keys() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let request = Request::new("GET", "/_sanyun/alibaba/credentials").header("Host", "127.0.0.1");
    let reply = request.send(local.addr()).await.unwrap();
    assert_eq!((reply.status, &reply.json()["Code"]), (200, &json!("Success")));
    assert_good_until(&local, &clock, &reply.json(), 6 * 3600, ":assumed-role/").await;
}

async fn post(local: &Local, target: &str, kind: &str, token: &str, body: &str) -> Reply {
    let request = Request::new("POST", target).header("Host", "127.0.0.1").header("Content-Type", kind);
    let request = if token.is_empty() { request } else { request.header("Authorization", &format!("Bearer {token}")) };
    request.body(body).send(local.addr()).await.unwrap()
}

#[tokio::test]
async fn logins_give_keys() {
    const FORM: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json";
    let (local, clock) = at(NOW, |builder| builder).await;
    let wanted = json!({"AccountId": "1", "AccessConfigurationId": "ac-1"}).to_string();
    let reply = post(&local, "/cloud-credentials", JSON, BEARER_TOKEN, &wanted).await;
    assert!(who(&local, &clock, &reply.json()["CloudCredential"]).await.unwrap().ends_with("/ac-1"));
    assert_eq!(post(&local, "/cloud-credentials", JSON, "other", &wanted).await.status, 401);
    assert_eq!(post(&local, "/cloud-credentials", JSON, BEARER_TOKEN, "{}").await.status, 400);

    let fresh =
        post(&local, "/v1/token", FORM, "", "grant_type=refresh_token&refresh_token=r&client_id=c").await.json();
    let access = fresh["access_token"].as_str().unwrap();
    let keys = post(&local, "/v1/exchange", JSON, access, "").await;
    assert!(who(&local, &clock, &keys.json()).await.is_ok());
    clock.advance(Duration::from_secs(fresh["expires_in"].as_u64().unwrap()));
    assert_eq!(post(&local, "/v1/exchange", JSON, access, "").await.json()["error"], "invalid_token");
    for (form, error) in [
        ("grant_type=refresh_token&refresh_token=expired", "invalid_grant"),
        ("grant_type=password", "unsupported_grant_type"),
    ] {
        let reply = post(&local, "/v1/token", FORM, "", form).await;
        assert_eq!((reply.status, &reply.json()["error"]), (400, &json!(error)));
    }
}

#[tokio::test]
async fn hosts_are_located() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = own(&local, &clock);
    let find = |code: &str| json!({"Id": "cn-hangzhou", "ServiceCode": code, "Type": "openAPI"});
    let reply = client.invoke("location", "2015-06-12", "DescribeEndpoints", find("ecs")).await.unwrap();
    assert_eq!(reply["Endpoints"]["Endpoint"][0]["Endpoint"], "ecs-cn-hangzhou.aliyuncs.com");
    assert_eq!(reply["Endpoints"]["Endpoint"][0]["SerivceCode"], "ecs");
    let reply = client.invoke("location", "2015-06-12", "DescribeEndpoints", find("nothing")).await.unwrap();
    assert_eq!((&reply["Success"], &reply["Endpoints"]["Endpoint"]), (&json!(true), &json!([])));
}
