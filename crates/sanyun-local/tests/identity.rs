//! Who calls Huawei Cloud: tokens, projects, temporary keys, the metadata service, pod identity.

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
use sanyun_core::{Clock as _, Credential, ManualClock, Retry};
use sanyun_local::{
    ACCESS_KEY, DOMAIN_NAME, Local, Metadata, POD_TOKEN, SECRET_KEY, SESSION_ACCESS_KEY, SESSION_SECRET_KEY,
    SESSION_TOKEN, USER_NAME, USER_PASSWORD,
};
use serde_json::{Value, json};
use support::{NOW, Reply, Request, at};

const PROJECT: &str = "0123456789abcdef0123456789abcdef";

fn client(local: &Local, clock: &Arc<ManualClock>, credential: Credential) -> sanyun_huawei::Client {
    let builder = sanyun_huawei::Client::builder().endpoint(local.url()).project_id(PROJECT).retry(Retry::none());
    builder.credentials(credential).clock(Arc::clone(clock)).build().unwrap()
}

fn own(local: &Local, clock: &Arc<ManualClock>) -> sanyun_huawei::Client {
    client(local, clock, Credential::keys(ACCESS_KEY, SECRET_KEY))
}

/// A request without a signature.
fn post(path: &str, body: &Value) -> Request {
    Request::new("POST", path)
        .header("Host", "127.0.0.1")
        .header("Content-Type", "application/json")
        .body(body.to_string())
}

fn get(path: &str) -> Request {
    Request::new("GET", path).header("Host", "127.0.0.1")
}

async fn send(local: &Local, request: Request) -> Reply {
    request.send(local.addr()).await.unwrap()
}

fn password(name: &str, password: &str, domain: &str, scope: &Value) -> Value {
    let user = json!({"name": name, "password": password, "domain": {"name": domain}});
    json!({"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}})
}

async fn log_in(local: &Local, scope: &Value) -> (String, Value) {
    let reply = send(local, post("/v3/auth/tokens", &password(USER_NAME, USER_PASSWORD, DOMAIN_NAME, scope))).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    (reply.header("x-subject-token").to_owned(), reply.json())
}

fn of_project(id: &str) -> Value {
    json!({"project": {"id": id}})
}

fn assert_fits(service: &str, version: &str, operation: &str, answer: &Value) {
    let operation = Catalog::huawei().operation(service, Some(version), operation).unwrap();
    support::fit::assert_fits(operation, answer);
}

#[tokio::test]
async fn a_password_gets_a_token_for_a_project_or_the_account() {
    let (local, _) = at(NOW, |builder| builder.user("second", "another")).await;
    let (token, answer) = log_in(&local, &json!({"project": {"name": "cn-north-4"}})).await;
    assert_eq!(answer["token"]["expires_at"], "2027-01-16T08:00:00.000000Z");
    assert_eq!(answer["token"]["project"]["name"], "cn-north-4");
    assert_eq!(
        (&answer["token"]["methods"], &answer["token"]["user"]["name"]),
        (&json!(["password"]), &json!(USER_NAME))
    );
    assert_eq!(answer["token"]["project"]["domain"]["name"], DOMAIN_NAME);
    assert!(
        token.len() == 64 && answer["token"]["catalog"][0]["name"] == "iam" && answer["token"].get("domain").is_none()
    );
    let project = answer["token"]["project"]["id"].as_str().unwrap();
    let vpcs = |id: &str| get(&format!("/v1/{id}/vpcs")).header("X-Auth-Token", &token);
    let vpcs_reply = send(&local, vpcs(project)).await;
    assert_eq!((vpcs_reply.status, vpcs_reply.json()), (200, json!({"vpcs": []})));

    let other = send(&local, vpcs(PROJECT)).await;
    let mismatch =
        json!({"error": {"message": "tenantId in token is not the same with in URL.", "code": "Common.0018"}});
    assert_eq!((other.status, other.json()), (400, mismatch.clone()));
    for scope in [
        json!({"domain": {"name": DOMAIN_NAME}}),
        json!({"domain": {"id": answer["token"]["project"]["domain"]["id"]}}),
    ] {
        let (token, answer) = log_in(&local, &scope).await;
        assert_eq!(answer["token"]["domain"]["name"], DOMAIN_NAME);
        let request = get(&format!("/v1/{project}/cloudservers/detail")).header("X-Auth-Token", &token);
        let refused = send(&local, request).await;
        assert_eq!((refused.status, refused.json()), (400, mismatch.clone()));
        let projects = send(&local, get("/v3/auth/projects").header("X-Auth-Token", &token)).await;
        assert_eq!(projects.json()["projects"][0]["name"], "cn-north-1");
        let tags = send(&local, get("/v1.0/predefine_tags").header("X-Auth-Token", &token)).await;
        assert_eq!(tags.status, 200, "a service of the account: {}", tags.text());
    }
    let second =
        send(&local, post("/v3/auth/tokens?nocatalog=1", &password("second", "another", DOMAIN_NAME, &Value::Null)))
            .await;
    assert_eq!((second.status, second.json()["token"].get("catalog")), (201, None));
}

#[tokio::test]
async fn what_is_wrong_with_a_login_is_said_as_iam_says_it() {
    let (local, _) = at(NOW, |builder| builder.projects([("cn-north-4", "p1")])).await;
    let unauthorized =
        |message: &str| (401, json!({"error": {"message": message, "code": 401, "title": "Unauthorized"}}));
    let none = Value::Null;
    for (body, expected) in [
        (password(USER_NAME, "wrong", DOMAIN_NAME, &none), unauthorized("The username or password is wrong.")),
        (password("nobody", USER_PASSWORD, DOMAIN_NAME, &none), unauthorized("The username or password is wrong.")),
        (password(USER_NAME, USER_PASSWORD, "other", &none), unauthorized("The username or password is wrong.")),
        (
            password(USER_NAME, USER_PASSWORD, DOMAIN_NAME, &json!({"project": {"name": "cn-east-3"}})),
            unauthorized("Could not find project: cn-east-3."),
        ),
        (
            password(USER_NAME, USER_PASSWORD, DOMAIN_NAME, &of_project("p2")),
            unauthorized("Could not find project: p2."),
        ),
        (
            password(USER_NAME, USER_PASSWORD, DOMAIN_NAME, &json!({"domain": {"name": "x"}})),
            unauthorized("Could not find domain: x."),
        ),
        (
            json!({"auth": {"identity": {"methods": ["token"], "token": {"id": "x"}}}}),
            unauthorized("The request you have made requires authentication."),
        ),
    ] {
        let reply = send(&local, post("/v3/auth/tokens", &body)).await;
        assert_eq!((reply.status, reply.json()), expected);
    }
    let reply = send(&local, post("/v3/auth/tokens", &json!({"auth": {"identity": {"methods": ["magic"]}}}))).await;
    assert_eq!((reply.status, &reply.json()["error"]["title"]), (400, &json!("Bad Request")));
}

#[tokio::test]
async fn tokens_end_and_unknown_ones_are_refused() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let (token, _) = log_in(&local, &of_project(PROJECT)).await;
    let call = |token: &str| get(&format!("/v1/{PROJECT}/vpcs")).header("X-Auth-Token", token);
    let reason = |reply: &Reply| (reply.status, reply.json()["error_code"].clone(), reply.json()["error_msg"].clone());
    let refused = |why: &str| {
        let message = format!("Incorrect IAM authentication information: {why}");
        (401, json!("APIGW.0301"), json!(message))
    };
    assert_eq!(reason(&send(&local, get(&format!("/v1/{PROJECT}/vpcs"))).await), refused("x-auth-token not found"));
    assert_eq!(reason(&send(&local, call("forged")).await), refused("decrypt token fail"));
    clock.advance(Duration::from_secs(86_399));
    assert_eq!(send(&local, call(&token)).await.status, 200);
    let shown =
        send(&local, get("/v3/auth/tokens").header("X-Auth-Token", &token).header("X-Subject-Token", &token)).await;
    assert_eq!((shown.status, &shown.json()["token"]["project"]["id"]), (200, &json!(PROJECT)));
    let body = json!({"auth": {"identity": {"methods": ["token"], "token": {"id": token}}, "scope": {"domain": {"name": DOMAIN_NAME}}}});
    let rescoped = send(&local, post("/v3/auth/tokens", &body)).await;
    assert_eq!(rescoped.json()["token"]["expires_at"], "2027-01-16T08:00:00.000000Z", "it does not live longer");
    clock.advance(Duration::from_secs(1));
    let over = refused("token expires, expires_at: 2027-01-16T08:00:00.000000Z");
    assert_eq!(reason(&send(&local, call(&token)).await), over);
}

#[tokio::test]
async fn projects_and_the_account_are_as_the_test_wants_them() {
    let projects = [("cn-north-4", "p1"), ("cn-north-4_team", "p2"), ("cn-east-3", "p3"), ("cn-east-3", "p4")];
    let (local, clock) = at(NOW, |builder| builder.projects(projects).hide_domains()).await;
    let client = own(&local, &clock);
    for (name, ids) in [("cn-north-4", vec!["p1"]), ("cn-east-3", vec!["p3", "p4"]), ("cn-south-1", vec![])] {
        let found = client.invoke("iam", "v3", "KeystoneListProjects", json!({"name": name})).await.unwrap();
        let found: Vec<_> =
            found["projects"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(found, ids);
    }
    let all = client.invoke("iam", "v3", "KeystoneListAuthProjects", json!({})).await.unwrap();
    assert_eq!(all["projects"].as_array().unwrap().len(), 4);
    let domains = client.invoke("iam", "v3", "KeystoneListAuthDomains", json!({})).await.unwrap();
    assert_eq!(domains["domains"], json!([]));
    let identity = client.invoke("sts", "v1", "GetCallerIdentity", json!({})).await.unwrap();
    assert_eq!(identity["account_id"], all["projects"][0]["domain_id"]);
    let urn = format!("iam::{}:user:{USER_NAME}", identity["account_id"].as_str().unwrap());
    assert_eq!(identity["principal_urn"], urn);
}

/// Keys of an answer, whatever the members are called.
fn session(answer: &Value) -> (Credential, String) {
    let keys = answer.get("credential").or_else(|| answer.get("credentials")).unwrap();
    let text = |names: &[&str]| names.iter().find_map(|name| keys[name].as_str()).unwrap().to_owned();
    let credential = Credential::session(
        text(&["access", "access_key_id", "accessKeyId"]),
        text(&["secret", "secret_access_key", "secretAccessKey"]),
        text(&["securitytoken", "security_token", "securityToken"]),
    );
    (credential, text(&["expires_at", "expiration"]))
}

/// The keys sign as long as they live, and not longer.
async fn assert_good_until(local: &Local, clock: &Arc<ManualClock>, answer: &Value, seconds: u64, whose: &str) {
    let (credential, expires_at) = session(answer);
    let now = sanyun_core::time::unix_seconds(clock.now());
    assert_eq!(support::unix(&expires_at), now + i64::try_from(seconds).unwrap(), "{answer}");
    let client = client(local, clock, credential);
    let identity = || async { client.invoke("sts", "v1", "GetCallerIdentity", json!({})).await };
    let urn = identity().await.unwrap()["principal_urn"].as_str().unwrap().to_owned();
    assert!(urn.ends_with(whose), "{urn}");
    clock.advance(Duration::from_secs(seconds - 1));
    client.invoke("vpc", "v2", "ListVpcs", json!({})).await.unwrap();
    clock.advance(Duration::from_secs(1));
    let over = identity().await.unwrap_err();
    assert_eq!(over.service().map(|service| service.code()), Some("APIGW.0301"), "{over}");
    assert!(over.service().unwrap().message().contains("token expires, expires_at: "), "{over}");
}

#[tokio::test]
async fn a_token_gets_keys_that_end() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let (token, _) = log_in(&local, &of_project(PROJECT)).await;
    let wanted = |token: Value| json!({"auth": {"identity": {"methods": ["token"], "token": token}}});
    let path = "/v3.0/OS-CREDENTIAL/securitytokens";
    let reply = send(&local, post(path, &wanted(json!({"id": token})))).await;
    assert_eq!(reply.status, 201);
    assert_fits("iam", "v3", "CreateTemporaryAccessKeyByToken", &reply.json());
    assert_good_until(&local, &clock, &reply.json(), 900, &format!(":user:{USER_NAME}")).await;
    let in_header = post(path, &wanted(json!({"duration_seconds": 86_400}))).header("X-Auth-Token", &token);
    assert_good_until(&local, &clock, &send(&local, in_header).await.json(), 86_400, USER_NAME).await;
    let (token, _) = log_in(&local, &of_project(PROJECT)).await;
    for (token, status) in [
        (json!({"id": token, "duration_seconds": 899}), 400),
        (json!({"id": token, "duration_seconds": 86_401}), 400),
        (json!({"id": token, "duration_seconds": "900"}), 400),
        (json!({"id": "forged"}), 401),
        (json!({}), 401),
    ] {
        let reply = send(&local, post(path, &wanted(token))).await;
        assert_eq!((reply.status, &reply.json()["error"]["code"]), (status, &json!(status)));
    }
}

#[tokio::test]
async fn an_agency_gets_keys_and_tokens() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = own(&local, &clock);
    let role = |role: Value| json!({"auth": {"identity": {"methods": ["assume_role"], "assume_role": role}}});
    let wanted =
        json!({"agency_name": "ops", "domain_name": "them", "duration_seconds": 3600, "session_user": {"name": "me"}});
    let answer = client.invoke("iam", "v3", "CreateTemporaryAccessKeyByAgency", role(wanted)).await.unwrap();
    assert_fits("iam", "v3", "CreateTemporaryAccessKeyByAgency", &answer);
    assert_good_until(&local, &clock, &answer, 3600, ":assumed-agency:ops/me").await;
    for (wanted, status) in [
        (json!({"agency_name": "missing", "domain_id": "d"}), 404),
        (json!({"agency_name": "ops"}), 400),
        (json!({"agency_name": "ops", "domain_id": "d", "duration_seconds": 1}), 400),
    ] {
        let call = client.invoke_unchecked("iam", "v3", "CreateTemporaryAccessKeyByAgency", role(wanted));
        assert_eq!(call.await.unwrap_err().service().map(|service| service.status()), Some(status));
    }
    let unsigned = post("/v3.0/OS-CREDENTIAL/securitytokens", &role(json!({"agency_name": "ops", "domain_id": "d"})));
    let refused = send(&local, unsigned).await;
    assert_eq!((refused.status, &refused.json()["error_code"]), (401, &json!("APIGW.0301")));

    let (token, _) = log_in(&local, &json!({"domain": {"name": DOMAIN_NAME}})).await;
    let mut body = role(json!({"agency_name": "ops", "domain_name": "them"}));
    body["auth"]["scope"] = of_project(PROJECT);
    let reply = send(&local, post("/v3/auth/tokens", &body).header("X-Auth-Token", &token)).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.json()["token"]["assumed_by"]["user"]["name"], USER_NAME);
    let token = reply.header("x-subject-token").to_owned();
    assert_eq!(send(&local, get(&format!("/v1/{PROJECT}/vpcs")).header("X-Auth-Token", &token)).await.status, 200);
}

#[tokio::test]
async fn sts_gives_keys_through_agencies() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = own(&local, &clock);
    let wanted = json!({"agency_urn": "iam::acc:agency:ops", "agency_session_name": "s"});
    let answer = client.invoke("sts", "v1", "AssumeAgency", wanted.clone()).await.unwrap();
    assert_fits("sts", "v1", "AssumeAgency", &answer);
    assert!(answer["credentials"]["expiration"].as_str().unwrap().ends_with(".000Z"));
    assert_good_until(&local, &clock, &answer, 3600, ":assumed-agency:ops/s").await;
    // Keys that were got with temporary keys live an hour at most.
    let temporary = Credential::session(SESSION_ACCESS_KEY, SESSION_SECRET_KEY, SESSION_TOKEN);
    let chained = self::client(&local, &clock, temporary);
    for (seconds, fits) in [(3600, true), (3601, false)] {
        let mut wanted = wanted.clone();
        wanted["duration_seconds"] = seconds.into();
        assert_eq!(chained.invoke("sts", "v1", "AssumeAgency", wanted).await.is_ok(), fits);
    }
    let missing = json!({"agency_urn": "iam::acc:agency:missing", "agency_session_name": "s"});
    let error = client.invoke("sts", "v1", "AssumeAgency", missing).await.unwrap_err();
    let service = error.service().unwrap();
    assert_eq!((service.status(), service.code()), (404, "STS5.1106"));
    assert_eq!(service.message(), "the agency 'iam::acc:agency:missing' cannot be found");
    assert_eq!(send(&local, post("/v5/agencies/assume", &wanted)).await.status, 401);

    let with_oidc = |provider: &str, token: &str, seconds: u64| {
        let body = json!({"provider_urn": provider, "agency_urn": "iam::acc:agency:a", "agency_session_name": "oidc",
                          "id_token": token, "duration_seconds": seconds});
        post("/v5/agencies/assume-with-oidc", &body)
    };
    let reply = send(&local, with_oidc("iam::acc:oidcProvider:p", "tok", 900)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_fits("sts", "v1", "AssumeAgencyWithOIDC", &reply.json());
    assert_good_until(&local, &clock, &reply.json(), 900, ":assumed-agency:a/oidc").await;
    for (provider, token, seconds, status) in
        [("x:missing", "tok", 900, 404), ("x:p", "expired", 900, 400), ("x:p", "", 900, 400), ("x:p", "tok", 899, 400)]
    {
        let reply = send(&local, with_oidc(provider, token, seconds)).await;
        assert_eq!(reply.status, status, "{}", reply.text());
        assert!(reply.json()["error_code"].as_str().unwrap().starts_with("STS5."));
    }
}

#[tokio::test]
async fn an_identity_provider_gets_a_token_that_gets_keys() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let path = "/v3.0/OS-AUTH/id-token/tokens";
    let body = |token: &str| json!({"auth": {"id_token": {"id": token}}});
    let reply = send(&local, post(path, &body("id")).header("X-Idp-Id", "idp-01")).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.json()["token"]["user"]["OS-FEDERATION"]["identity_provider"]["id"], "idp-01");
    let token = reply.header("x-subject-token");
    let keys =
        json!({"auth": {"identity": {"methods": ["token"], "token": {"id": token, "duration_seconds": 21_600}}}});
    let keys = send(&local, post("/v3.0/OS-CREDENTIAL/securitytokens", &keys)).await;
    assert_good_until(&local, &clock, &keys.json(), 21_600, ":user:FederationUser").await;
    for (provider, token, status, code) in [
        ("missing", "id", 404, "IAM.0004"),
        ("idp", "expired", 401, "IAM.0001"),
        ("idp", "", 400, "IAM.0011"),
        ("", "id", 400, "IAM.0011"),
    ] {
        let reply = send(&local, post(path, &body(token)).header("X-Idp-Id", provider)).await;
        assert_eq!((reply.status, reply.json()["error_code"].as_str().unwrap()), (status, code));
    }
}

const TOKEN: &str = "/meta-data/latest/api/token";
const KEY: &str = "/openstack/latest/securitykey";

fn token_request(seconds: &str) -> Request {
    Request::new("PUT", TOKEN).header("Host", "127.0.0.1").header("X-Metadata-Token-Ttl-Seconds", seconds)
}

#[tokio::test]
async fn the_metadata_service_gives_keys_in_both_versions() {
    let (local, clock) = at(NOW, |builder| builder.key_life(Duration::from_secs(600))).await;
    for request in [
        token_request("59"),
        token_request("21601"),
        token_request("x"),
        Request::new("PUT", TOKEN).header("Host", "h"),
    ] {
        assert_eq!(send(&local, request).await.status, 400);
    }
    assert_eq!(send(&local, token_request("60").header("X-Forwarded-For", "10.0.0.1")).await.status, 403);
    let token = send(&local, token_request("60")).await.text();
    let with_token = || get(KEY).header("X-Metadata-Token", &token);
    assert_good_until(&local, &clock, &send(&local, with_token()).await.json(), 600, "/sanyun-local-instance").await;
    assert_eq!(send(&local, get(KEY)).await.status, 200);
    let stale = send(&local, with_token()).await;
    assert!(stale.status == 401 && !stale.text().contains("Agency"), "{}", stale.text());
    let facts = send(&local, get("/openstack/latest/meta_data.json")).await.json();
    assert_eq!((&facts["region_id"], facts["project_id"].as_str().map(str::len)), (&json!("cn-north-4"), Some(32)));
    assert_eq!(send(&local, Request::new("GET", "/other").header("Host", "169.254.169.254")).await.status, 404);
}

#[tokio::test]
async fn the_metadata_service_is_as_the_test_wants_it() {
    for (setting, token, without, with) in
        [(Metadata::V1, 404, 200, 200), (Metadata::V2, 200, 401, 200), (Metadata::NoAgency, 200, 401, 401)]
    {
        let (local, _) = at(NOW, |builder| builder.metadata(setting)).await;
        let got = send(&local, token_request("21600")).await;
        assert_eq!(got.status, token, "{setting:?}");
        assert_eq!(send(&local, get(KEY)).await.status, without, "{setting:?}");
        let reply = send(&local, get(KEY).header("X-Metadata-Token", &got.text())).await;
        assert_eq!(reply.status, with, "{setting:?}");
        let no_agency = reply.text() == "Please configure Cloud Service Agency first";
        assert_eq!(no_agency, setting == Metadata::NoAgency);
    }
}

#[tokio::test]
async fn the_local_cloud_is_a_proxy_for_itself() {
    let (local, _) = at(NOW, |builder| builder).await;
    let target = |method: &str, path: &str| {
        Request::new(method, &format!("http://169.254.169.254{path}")).header("Host", "169.254.169.254")
    };
    let token = send(&local, target("PUT", TOKEN).header("X-Metadata-Token-Ttl-Seconds", "21600")).await;
    assert_eq!((token.status, token.text().len()), (200, 32));
    let keys = send(&local, target("GET", KEY).header("X-Metadata-Token", &token.text())).await;
    assert!(keys.json()["credential"]["securitytoken"].is_string());
    // The request line says where a request goes, whatever `Host` says; the signature is over `Host` as it came.
    let line = Request::new("GET", "http://vpc.cn-north-4.myhuaweicloud.com/").header("Host", "bucket.localhost");
    assert_eq!(send(&local, line).await.json()["error_code"], "APIGW.0301");
    let plain = Request::new("GET", "http://bucket.oss-cn-hangzhou.aliyuncs.com/").header("Host", "ignored");
    assert_eq!(send(&local, plain).await.element("Code"), "NoSuchBucket");
    let tunnel = Request::new("CONNECT", "iam.myhuaweicloud.com:443").header("Host", "iam.myhuaweicloud.com:443");
    assert_eq!(send(&local, tunnel).await.status, 501);
}

#[tokio::test]
async fn a_pod_gets_keys_for_its_token() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let request = |token: &str| post("/v1/credentials", &json!({})).header("Authorization", token);
    let reply = send(&local, request(POD_TOKEN)).await;
    assert_eq!(reply.status, 200);
    assert_good_until(&local, &clock, &reply.json(), 21_600, "/sanyun-local-pod").await;
    assert_eq!(send(&local, request("other")).await.status, 401);
    assert_eq!(send(&local, post("/v1/credentials", &json!({}))).await.status, 401);
}
