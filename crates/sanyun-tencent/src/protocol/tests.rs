//! Requests as they would be sent, looked at through `Call::preview`.

use sanyun_core::{Body, Call, Credential, ErrorKind, Fixed, ManualClock, Preview, SeededChance};
use serde_json::{Value, json};

use crate::{Builder, Client, Input, Language, Part, SignatureMethod, sign};

const NOW: u64 = 1_700_000_000;

fn builder() -> Builder {
    Client::builder()
        .credentials(Credential::session("AKIDTEST", "hush-key", "hush-token"))
        .region("ap-guangzhou")
        .clock(ManualClock::at_unix(NOW))
        .chance(SeededChance::new(1))
        .world(Fixed::default())
}

fn zones() -> Input {
    Input::new("cvm", "2017-03-12", "describeZones")
}

async fn preview(call: Call<Value>) -> Preview {
    call.preview().await.unwrap()
}

async fn refusal(builder: Builder, input: Input) -> sanyun_core::Error {
    builder.build().unwrap().send(input).preview().await.unwrap_err()
}

fn form(text: &str) -> Vec<(String, String)> {
    let decoded = |(name, value)| (sanyun_core::encode::form_decode(name), sanyun_core::encode::form_decode(value));
    sanyun_core::encode::pairs(text).map(decoded).collect()
}

#[tokio::test]
async fn a_call_carries_the_common_headers() {
    let client = builder().language(Language::English).request_client("my-app").product("P").build().unwrap();
    let request = preview(client.send(zones())).await.request;
    assert_eq!(request.url(), "https://cvm.tencentcloudapi.com/");
    assert_eq!(request.body.as_bytes(), Some(&b"{}"[..]));
    for (name, value) in [
        ("content-type", "application/json"),
        ("host", "cvm.tencentcloudapi.com"),
        ("x-tc-action", "DescribeZones"),
        ("x-tc-version", "2017-03-12"),
        ("x-tc-region", "ap-guangzhou"),
        ("x-tc-language", "en-US"),
        ("x-tc-timestamp", "1700000000"),
        ("x-tc-token", "hush-token"),
        ("x-tc-requestclient", "P; my-app"),
    ] {
        assert_eq!(request.header(name), value, "{name}");
    }
    assert_eq!(request.header("x-tc-traceid").len(), 36);
    assert!(request.header("user-agent").starts_with("sanyun/"));
    assert!(request.header("authorization").starts_with(
        "TC3-HMAC-SHA256 Credential=AKIDTEST/2023-11-14/cvm/tc3_request, SignedHeaders=content-type;host, Signature="
    ));
}

#[tokio::test]
async fn callers_headers_lose_against_the_protocols_except_the_trace_id() {
    let client = builder().build().unwrap();
    let call = ["X-TC-Action", "x-tc-timestamp", "Host", "content-type", "AUTHORIZATION", "x-tc-token", "X-TC-Region"]
        .into_iter()
        .chain(["x-tc-content-sha256", "X-TC-Version", "X-TC-Language"])
        .fold(client.send(zones()), |call, name| call.header(name, "mine"));
    let call = call.header("X-TC-TraceId", "trace-1").header("X-TC-Canary", "gray").header("User-Agent", "curl");
    let request = preview(call).await.request;
    let mine: Vec<_> = request.headers.iter().filter(|(_, value)| *value == "mine").collect();
    assert!(mine.is_empty(), "{mine:?}");
    assert_eq!(request.header("x-tc-traceid"), "trace-1");
    assert_eq!((request.header("x-tc-canary"), request.header("user-agent")), ("gray", "curl"));
    assert!(!request.headers.contains_key("x-tc-content-sha256"));
}

#[tokio::test]
async fn the_region_is_the_calls_the_clients_or_the_environments() {
    let region = async |client: &Client, own: Option<&str>| {
        let call = client.send(zones());
        let call = match own {
            Some(own) => call.region(own),
            None => call,
        };
        preview(call).await.request.header("x-tc-region").to_owned()
    };
    let client = builder().build().unwrap();
    assert_eq!(region(&client, None).await, "ap-guangzhou");
    assert_eq!(region(&client, Some("ap-tokyo")).await, "ap-tokyo");
    assert_eq!(region(&client, Some("")).await, "");
    let world = || Fixed::default().var("TENCENTCLOUD_REGION", "ap-seoul");
    let from_environment = Client::builder().credentials(Credential::keys("i", "k")).world(world()).build().unwrap();
    assert_eq!(region(&from_environment, None).await, "ap-seoul");
    assert_eq!(region(&builder().world(world()).region("").build().unwrap(), None).await, "");
}

#[tokio::test]
async fn get_sends_a_query_and_signs_an_empty_body() {
    let input = zones().params(json!({"A": [null, "ü b"], "B": true}));
    let shown = preview(builder().use_get().build().unwrap().send(input)).await;
    assert_eq!(shown.request.url(), "https://cvm.tencentcloudapi.com/?A.1=%C3%BC+b&B=true");
    assert_eq!(shown.request.header("content-type"), "application/x-www-form-urlencoded");
    assert!(shown.signature.canonical_request.starts_with("GET\n/\nA.1=%C3%BC+b&B=true\n"));
    assert!(shown.signature.canonical_request.ends_with(&sign::payload_sha256(b"")));
    let finished = preview(builder().build().unwrap().send(zones().query("Z=%2f&A=1"))).await;
    assert_eq!(finished.request.target(), "/?Z=%2f&A=1");
    assert!(finished.signature.canonical_request.starts_with("GET\n/\nZ=%2f&A=1\n"));
}

#[tokio::test]
async fn finished_json_is_sent_as_it_stands() {
    let text = "{\"A\" : 12345678901234567890123 }";
    let shown = preview(builder().build().unwrap().send(zones().json(text))).await;
    assert_eq!(shown.request.body.as_bytes(), Some(text.as_bytes()));
    assert!(shown.signature.canonical_request.ends_with(&sign::payload_sha256(text.as_bytes())));
}

#[tokio::test]
async fn an_unsigned_payload_says_so_and_may_be_a_stream() {
    let stream = || Body::factory(Some(1), || Err(std::io::Error::other("not read")));
    let unsigned = builder().unsigned_payload(true).build().unwrap();
    let shown = preview(unsigned.send(Input::new("cls", "2020-10-16", "UploadLog").octet_stream(stream()))).await;
    assert_eq!(shown.request.header("x-tc-content-sha256"), "UNSIGNED-PAYLOAD");
    assert!(shown.signature.canonical_request.ends_with(&sign::payload_sha256(b"UNSIGNED-PAYLOAD")));
    let error = refusal(builder(), Input::new("cls", "2020-10-16", "UploadLog").octet_stream(stream())).await;
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(error.to_string().contains("must lie in memory"));
}

#[tokio::test]
async fn an_octet_stream_turns_parameters_into_headers() {
    let input = Input::new("cls", "2020-10-16", "UploadLog")
        .params(json!({"TopicId": "t-1", "HashKey": ""}))
        .octet_stream(vec![0, 1, 2]);
    let request = preview(builder().build().unwrap().send(input)).await.request;
    assert_eq!(request.header("content-type"), "application/octet-stream");
    assert_eq!((request.header("x-cls-topicid"), request.headers.contains_key("x-cls-hashkey")), ("t-1", true));
    assert!(!request.headers.contains_key("x-tc-traceid"));
    assert_eq!(request.body.as_bytes(), Some(&[0, 1, 2][..]));
}

#[tokio::test]
async fn a_skipped_signature_needs_no_credential_and_sends_no_token() {
    let client = Client::builder().world(Fixed::default()).build().unwrap();
    let input = Input::new("sts", "2018-08-13", "AssumeRoleWithWebIdentity").skip_signature();
    let shown = preview(client.send(input).header("X-TC-Token", "t")).await;
    assert_eq!(shown.request.header("authorization"), "SKIP");
    assert!(!shown.request.headers.contains_key("x-tc-token"));
    assert_eq!(shown.signature.string_to_sign, "");
}

#[tokio::test]
async fn old_signatures_send_one_form() {
    for (method, name) in [(SignatureMethod::HmacSha1, "HmacSHA1"), (SignatureMethod::HmacSha256, "HmacSHA256")] {
        let client = builder().signature_method(method).build().unwrap();
        let input = zones().params(json!({"Nonce": "mine", "Signature": "mine", "Q": "a b&c"}));
        let shown = preview(client.send(input)).await;
        let body = String::from_utf8(shown.request.body.as_bytes().unwrap().to_vec()).unwrap();
        let pairs = form(&body);
        let value =
            |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap();
        assert_eq!((value("Action"), value("SignatureMethod"), value("Token")), ("DescribeZones", name, "hush-token"));
        assert_eq!((value("SecretId"), value("Q"), value("Timestamp")), ("AKIDTEST", "a b&c", "1700000000"));
        assert!(value("Nonce").parse::<i64>().unwrap() > 0);
        assert!(shown.signature.string_to_sign.starts_with("POSTcvm.tencentcloudapi.com/?Action=DescribeZones&"));
        assert!(
            shown.signature.string_to_sign.contains("&Q=a b&c&") && !shown.signature.string_to_sign.contains("mine")
        );
        let secret = sanyun_core::Secret::new("hush-key");
        assert_eq!(value("Signature"), sign::old::signature(method, &secret, &shown.signature.string_to_sign));
        assert!(
            !shown.request.headers.contains_key("authorization") && !shown.request.headers.contains_key("x-tc-action")
        );
        assert_eq!(shown.request.header("x-tc-traceid").len(), 36);
    }
}

#[tokio::test]
async fn multipart_is_signed_with_tc3_whatever_the_setting() {
    let input = || Input::new("cii", "2021-04-08", "UploadMedicalFile").multipart([Part::file("File", vec![0])]);
    let client = builder().signature_method(SignatureMethod::HmacSha1).build().unwrap();
    let request = preview(client.send(input())).await.request;
    let boundary = request.header("content-type").strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!(request.body.as_bytes().unwrap().starts_with(format!("--{boundary}\r\n").as_bytes()));
    assert!(request.header("authorization").starts_with("TC3-HMAC-SHA256 "));
    assert_eq!(refusal(builder().use_get(), input()).await.kind(), ErrorKind::Config);
}

#[tokio::test]
async fn an_octet_stream_knows_one_way_only() {
    let input = || Input::new("cls", "2020-10-16", "UploadLog").octet_stream(vec![0]);
    assert_eq!(refusal(builder().use_get(), input()).await.kind(), ErrorKind::Config);
    let old = builder().signature_method(SignatureMethod::HmacSha256);
    assert_eq!(refusal(old, input()).await.kind(), ErrorKind::Config);
}

#[tokio::test]
async fn behind_a_gateway_the_host_header_is_not_the_signed_host() {
    let client = builder().gateway("http://gw.example:8080").build().unwrap();
    let shown = preview(client.send(zones())).await;
    assert_eq!((shown.request.url().as_str(), shown.request.host()), ("http://gw.example:8080/", "gw.example:8080"));
    assert!(shown.signature.canonical_request.contains("\nhost:cvm.tencentcloudapi.com\n"));
    assert!(shown.request.header("authorization").contains("/cvm/tc3_request"));
}

#[tokio::test]
async fn too_large_requests_are_refused_before_they_leave() {
    let text = |bytes: usize| zones().params(json!({"A": "x".repeat(bytes)}));
    for (builder, bytes) in [
        (builder(), 10 * 1024 * 1024),
        (builder().use_get(), 32 * 1024),
        (builder().signature_method(SignatureMethod::HmacSha1), 1024 * 1024),
    ] {
        let error = refusal(builder, text(bytes)).await;
        assert!(error.kind() == ErrorKind::Input && error.to_string().contains("accepts"), "{error}");
    }
}

#[tokio::test]
async fn keys_with_white_space_are_refused() {
    for credential in [Credential::keys("AKID ", "k"), Credential::keys("AKID", "k\n"), Credential::keys("", "k")] {
        let error = refusal(builder().credentials(credential), zones()).await;
        assert_eq!(error.kind(), ErrorKind::Credentials);
    }
    let error = refusal(builder().credentials(Credential::anonymous()), zones()).await;
    assert_eq!(error.kind(), ErrorKind::Credentials);
}

#[tokio::test]
async fn nothing_that_can_be_printed_holds_a_secret() {
    let builder = builder();
    let client = builder.clone().build().unwrap();
    let input = zones().params(json!({"Password": "hush-password"}));
    let call = client.send(input.clone());
    let before = format!("{builder:?} {client:?} {input:?} {call:?}");
    let shown = format!("{before} {:?}", preview(call).await);
    assert!(!shown.contains("hush"), "{shown}");
}
