//! Calls over a real connection to a server with fixed replies.

mod support;

use std::net::TcpListener;

use sanyun_core::{Fixed, ManualClock, Side};
use sanyun_huawei::sign::{self, Authorization, SigningKey};
use sanyun_huawei::{Builder, Client, Credential, ErrorKind, Http, Input, Part, Retry, Secret};
use serde_json::json;
use support::{Arrived, Server};

const SECRET: &str = "hush-hush-secret-key";
const TOKEN: &str = "hush-hush-security-token";

fn builder(server: &Server) -> Builder {
    Client::builder()
        .region("cn-north-4")
        .endpoint(&server.endpoint)
        .credentials(Credential::session("AK", SECRET, TOKEN))
        .project_id("p1")
        .http(Http::default().without_proxy())
        .clock(ManualClock::at_unix(1_767_323_045))
        .retry(Retry::none())
}

/// What the gateway does: rebuilds the signature from the bytes that arrived.
fn is_signed_rightly(arrived: &Arrived) -> bool {
    let Some(given) = Authorization::parse(arrived.header("authorization")) else { return false };
    let headers: Vec<_> = given.signed_headers.split(';').map(|name| (name, arrived.header(name))).collect();
    let digest = Some(arrived.header("x-sdk-content-sha256")).filter(|digest| !digest.is_empty());
    let payload = sign::payload_line(given.algorithm, digest, &arrived.body);
    let canonical = sign::canonical_request(&arrived.method, &arrived.path, &arrived.query, &headers, &payload);
    let to_sign = sign::string_to_sign(given.algorithm, arrived.header("x-sdk-date"), given.scope, &canonical);
    let key = SigningKey::new(given.algorithm, given.id, &Secret::new(SECRET), given.scope);
    key.signature(&to_sign) == given.signature
}

#[tokio::test]
async fn a_call_by_name_arrives_signed_and_is_answered() {
    let server =
        Server::answering(&["200 OK\nContent-Type: application/json\nX-Request-Id: r1\n\n{\"vpcs\":[{\"id\":\"v\"}]}"]);
    let client = builder(&server).user_agent("my-app/1.0").build().unwrap();
    let reply = client.invoke("vpc", "v2", "ListVpcs", json!({"limit": 1, "marker": "ü /"})).await.unwrap();
    assert_eq!(reply["vpcs"][0]["id"], "v");
    assert_eq!((reply.request_id(), reply.attempts(), reply.status().as_u16()), ("r1", 1, 200));

    let arrived = server.request();
    assert_eq!(
        (&*arrived.method, &*arrived.path, &*arrived.query),
        ("GET", "/v1/p1/vpcs", "limit=1&marker=%C3%BC%20%2F")
    );
    assert_eq!(arrived.header("x-project-id"), "p1");
    assert_eq!(arrived.header("x-security-token"), TOKEN);
    assert_eq!(arrived.header("x-sdk-date"), "20260102T030405Z");
    assert_eq!(arrived.header("content-type"), "application/json");
    assert!(arrived.header("user-agent").ends_with("my-app/1.0"));
    assert!(is_signed_rightly(&arrived));
}

#[tokio::test]
async fn bodies_of_every_kind_arrive_signed() {
    let ok = "200 OK\n\n";
    let server = Server::answering(&[ok; 5]);
    let client = builder(&server).build().unwrap();
    let post = || Input::post("demo", "/v1/{project_id}/a%2Fb/../c").query("z", [1, 2]);
    for (input, content_type, body) in [
        (post().json(json!({"名": null})), "application/json", "{\"名\":null}"),
        (post().form(json!({"a": "x y"})), "application/x-www-form-urlencoded", "a=x+y"),
        (post().xml(json!({"R": {"a": 1}})), "application/xml", "<R><a>1</a></R>"),
        (post().body("raw", "text/plain"), "text/plain", "raw"),
        (post().multipart([Part::text("a", "b")]), "multipart/form-data; boundary=", "name=\"a\"\r\n\r\nb\r\n"),
    ] {
        assert_eq!(client.send(input).await.unwrap().into_inner(), json!(null));
        let arrived = server.request();
        assert_eq!((&*arrived.path, &*arrived.query), ("/v1/p1/a%2Fb/../c", "z=1&z=2"));
        assert!(arrived.header("content-type").starts_with(content_type));
        assert!(String::from_utf8(arrived.body.clone()).unwrap().contains(body), "{content_type}");
        assert!(is_signed_rightly(&arrived), "{content_type}");
    }
}

#[tokio::test]
async fn a_refused_signature_says_which_line_changed() {
    let message = "verify aksk signature fail, canonicalRequest:GET|/v1/p1/other/||";
    let body = json!({"error_code": "APIGW.0301", "error_msg": message, "request_id": "r2"});
    let server = Server::answering(&[&format!("401 Unauthorized\nContent-Type: application/json\n\n{body}")]);
    let client = builder(&server).build().unwrap();
    let error = client.send(Input::get("vpc", "/v1/{project_id}/vpcs").operation("ListVpcs")).await.unwrap_err();
    assert_eq!((error.kind(), error.code(), error.request_id()), (ErrorKind::Service, Some("APIGW.0301"), Some("r2")));
    assert_eq!(error.service().unwrap().side(), Side::Gateway);
    assert!(error.to_string().starts_with("vpc ListVpcs: APIGW.0301: verify aksk"), "{error}");
    let hint = error.hint().unwrap();
    assert!(hint.contains("the path changed") && hint.contains("`/v1/p1/vpcs/`"), "{hint}");
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once() {
    let refusal = r#"401 Unauthorized

{"error_code":"APIGW.0301","error_msg":"calc aksk signature fail:signature expired, signature time:x, server time:20260102T040000Z"}"#;
    let server = Server::answering(&[refusal, "200 OK\n\n{}"]);
    let client = builder(&server).build().unwrap();
    let reply = client.invoke("vpc", "v2", "ListVpcs", json!({})).await.unwrap();
    assert_eq!(reply.attempts(), 2);
    assert_eq!(server.request().header("x-sdk-date"), "20260102T030405Z");
    let second = server.request();
    assert_eq!(second.header("x-sdk-date"), "20260102T040000Z");
    assert!(is_signed_rightly(&second));
}

#[tokio::test]
async fn a_token_is_sent_instead_of_a_signature() {
    let server = Server::answering(&["200 OK\n\n{}"]);
    let client = builder(&server).credentials(Credential::bearer(TOKEN)).build().unwrap();
    client.send(Input::get("iam", "/v3/projects")).await.unwrap();
    let arrived = server.request();
    assert_eq!((arrived.header("x-auth-token"), arrived.header("authorization")), (TOKEN, ""));
    assert_eq!(arrived.header("x-sdk-date"), "");
}

#[tokio::test]
async fn an_unsigned_call_needs_no_credential() {
    let server = Server::answering(&["200 OK\n\n{}"]);
    let client = Client::builder().endpoint(&server.endpoint).http(Http::default().without_proxy()).build().unwrap();
    client.send(Input::get("iam", "/").unsigned()).await.unwrap();
    let arrived = server.request();
    assert_eq!((arrived.header("authorization"), arrived.header("x-project-id")), ("", ""));
}

#[tokio::test]
async fn the_next_endpoint_answers_when_the_first_is_down() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Server::answering(&["200 OK\n\n{\"up\":true}"]);
    let client = Client::builder()
        .endpoint(format!("http://{closed}"))
        .endpoint(&server.endpoint)
        .credentials(Credential::keys("AK", SECRET))
        .http(Http::default().without_proxy())
        .build()
        .unwrap();
    let reply = client.send(Input::get("demo", "/")).await.unwrap();
    assert_eq!(reply.endpoint().to_string(), server.endpoint);
    assert!(is_signed_rightly(&server.request()));
}

#[tokio::test]
async fn keys_and_ids_come_from_the_environment() {
    let server = Server::answering(&["200 OK\n\n{}"]);
    let world = Fixed::default()
        .var("HUAWEICLOUD_SDK_AK", "AK")
        .var("HUAWEICLOUD_SDK_SK", SECRET)
        .var("HUAWEICLOUD_SDK_PROJECT_ID", "p9")
        .var("HUAWEICLOUD_SDK_REGION_VPC_NEW_PLACE_1", &*server.endpoint);
    let client = Client::builder().region("new-place-1").world(world).build().unwrap();
    client.send(Input::get("vpc", "/v1/{project_id}/vpcs")).await.unwrap();
    let arrived = server.request();
    assert_eq!((&*arrived.path, arrived.header("x-project-id")), ("/v1/p9/vpcs", "p9"));
    assert!(is_signed_rightly(&arrived));
}

#[tokio::test]
async fn without_credentials_the_error_lists_what_was_tried() {
    let off_cloud = Fixed::default().var("SANYUN_METADATA_DISABLED", "true");
    let client = Client::builder().region("cn-north-4").world(off_cloud.clone()).build().unwrap();
    let error = client.invoke("vpc", "v2", "ListVpcs", json!({})).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(error.to_string().contains("environment: neither HUAWEICLOUD_SDK_AK"), "{error}");

    let federated = off_cloud
        .var("HUAWEICLOUD_SDK_AK", "AK")
        .var("HUAWEICLOUD_SDK_SK", SECRET)
        .var("HUAWEICLOUD_SDK_IDP_ID", "idp")
        .var("HUAWEICLOUD_SDK_ID_TOKEN_FILE", "/t");
    let client = Client::builder().region("cn-north-4").world(federated).build().unwrap();
    let error = client.invoke("vpc", "v2", "ListVpcs", json!({})).await.unwrap_err();
    assert!(error.to_string().contains("federation: token file `/t`"), "not the keys: {error}");
}

#[tokio::test]
async fn replies_are_read_by_their_type() {
    for (reply, value) in [
        ("200 OK\nContent-Type: application/xml; charset=utf-8\n\n<R><a>1</a></R>", json!({"a": "1"})),
        ("200 OK\nContent-Type: application/xml\n\n", json!(null)),
        ("200 OK\nContent-Type: text/plain\n\nplain", json!("plain")),
        ("300 Multiple Choices\nContent-Type: application/json\n\n{\"versions\":[]}", json!({"versions": []})),
        ("204 No Content\n\n", json!(null)),
    ] {
        let server = Server::answering(&[reply]);
        let client = builder(&server).build().unwrap();
        assert_eq!(client.send(Input::get("demo", "/")).await.unwrap().into_inner(), value, "{reply}");
    }
    for reply in [
        "200 OK\nContent-Type: application/json\n\n{\"cut\":",
        "200 OK\nContent-Type: application/xml\n\n<R><a>",
        "302 Found\nLocation: http://elsewhere\n\n",
    ] {
        let server = Server::answering(&[reply]);
        let error = builder(&server).build().unwrap().send(Input::get("demo", "/")).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decode | ErrorKind::Service), "{error:?}");
    }
}

#[tokio::test]
async fn secrets_do_not_show() {
    let echo = format!(
        "401 Unauthorized\n\n{{\"error_code\":\"APIGW.0301\",\"error_msg\":\"verify aksk signature fail, canonicalRequest:GET|/|x-security-token:{TOKEN}\"}}"
    );
    let server = Server::answering(&[&echo]);
    let client = builder(&server).build().unwrap();
    let input = Input::post("demo", "/{a}")
        .json(json!({"password": SECRET}))
        .header("X-Subject-Token", TOKEN)
        .query("password", SECRET)
        .path_param("a", "x");
    let call = client.send(input.clone());
    let shown = format!("{client:?} {:?} {input:?} {call:?} {:?}", builder(&server), Part::text("a", SECRET));
    let preview = client.send(input).preview().await.unwrap();
    let error = call.await.unwrap_err();
    let all = format!(
        "{shown} {preview:?} {error} {error:?} {:?} {:?}",
        error.hint(),
        error.service().map(|it| it.message())
    );
    assert!(!all.contains("hush-hush"), "{all}");
}

#[tokio::test]
async fn mistakes_are_found_before_anything_is_sent() {
    let client = Client::builder().region("cn-nort-4").credentials(Credential::keys("AK", SECRET)).build().unwrap();
    let error = client.invoke("vpc", "v2", "ListVpcs", json!({})).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Config, 0));
    // With an endpoint of its own the call asks nobody for the id.
    let error = client.invoke("vpc", "v2", "ListVpcs", json!({})).endpoint("http://127.0.0.1:1").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Input, 0));
    assert!(error.to_string().contains("`project_id` is missing") && error.hint().is_some(), "{error}");
    for broken in ["http://h/path", "ftp://h", ""] {
        assert_eq!(Client::builder().endpoint(broken).build().unwrap_err().kind(), ErrorKind::Config, "{broken}");
    }
}
