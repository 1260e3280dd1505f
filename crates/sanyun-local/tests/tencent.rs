//! Tencent Cloud over the wire: every kind of body under every signature, streams of events, hosts of regions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::sync::Arc;

use sanyun_catalog::Catalog;
use sanyun_core::{Credential, ErrorKind, Http, ManualClock, Retry};
use sanyun_local::{ACCESS_KEY, Fault, FaultRule, Local, SECRET_KEY};
use sanyun_tencent::shape::Part;
use sanyun_tencent::{Builder, Client, Input, SignatureMethod};
use serde_json::{Value, json};
use support::{NOW, Reply, Request, at};

fn builder(local: &Local, clock: &Arc<ManualClock>) -> Builder {
    let builder = Client::builder().endpoint(local.url()).region("ap-shanghai").retry(Retry::none());
    builder.credentials(Credential::keys(ACCESS_KEY, SECRET_KEY)).clock(Arc::clone(clock))
}

/// A request of our client, signed, before it is sent.
async fn signed(client: &Client, input: Input) -> Request {
    Request::of(&client.send(input).preview().await.unwrap().request)
}

async fn send(local: &Local, request: &Request) -> Reply {
    request.send(local.addr()).await.unwrap()
}

/// The code of the refusal; empty for a success.
fn code(reply: &Reply) -> String {
    let answer = reply.json();
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    assert_eq!(reply.header("x-tc-requestid"), answer["Response"]["RequestId"]);
    answer["Response"]["Error"]["Code"].as_str().unwrap_or_default().to_owned()
}

fn zones() -> Input {
    Input::new("cvm", "2017-03-12", "DescribeZones")
}

fn medical_file(parts: impl IntoIterator<Item = Part>) -> Input {
    Input::new("cii", "2021-04-08", "UploadMedicalFile").multipart(parts)
}

fn log(params: Value) -> Input {
    Input::new("cls", "2020-10-16", "UploadLog").params(params).octet_stream(&b"\x0a\x03log\xff"[..])
}

#[tokio::test]
async fn every_signature_is_checked_over_every_body() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let tc3 = builder(&local, &clock).build().unwrap();
    let get = builder(&local, &clock).use_get().build().unwrap();
    let filters = json!({"Filters": [{"Name": "zone", "Values": ["ap-shanghai-1"]}], "Limit": 5});
    let instances = || Input::new("cvm", "2017-03-12", "DescribeInstances").params(filters.clone());
    let file = || Part::file("File", &b"\x89PNG\r\n\r\n\xff"[..]);
    for (name, input, client) in [
        ("JSON", instances(), &tc3),
        ("GET", instances(), &get),
        ("multipart", medical_file([file()]), &tc3),
        ("octet-stream", log(json!({"TopicId": "t"})), &tc3),
    ] {
        let request = signed(client, input).await;
        assert!(request.headers.iter().any(|(_, value)| value.starts_with("TC3-HMAC-SHA256 Credential=")), "{name}");
        assert_eq!(code(&send(&local, &request).await), "", "{name}");
        let mut other = request.clone();
        match other.body.last_mut() {
            Some(byte) => *byte ^= 1,
            None => other.target = other.target.replace("Limit=5", "Limit=6"),
        }
        assert_ne!((&other.body, &other.target), (&request.body, &request.target));
        assert_eq!(code(&send(&local, &other).await), "AuthFailure.SignatureFailure", "{name}");
    }
    for method in [SignatureMethod::HmacSha1, SignatureMethod::HmacSha256] {
        for uses_get in [false, true] {
            let builder = builder(&local, &clock).signature_method(method);
            let client = if uses_get { builder.use_get() } else { builder }.build().unwrap();
            let mut request = signed(&client, instances()).await;
            assert_eq!(code(&send(&local, &request).await), "", "{method:?}");
            let changed = |text: &str| text.replace("Limit=5", "Limit=6");
            let body = changed(std::str::from_utf8(&request.body).unwrap());
            request = Request { target: changed(&request.target), body: body.into(), ..request };
            assert_eq!(code(&send(&local, &request).await), "AuthFailure.SignatureFailure", "{method:?}");
        }
    }
}

#[tokio::test]
async fn an_unsigned_payload_may_change_under_way_if_the_client_says_so() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = builder(&local, &clock).unsigned_payload(true).build().unwrap();
    let get = builder(&local, &clock).unsigned_payload(true).use_get().build().unwrap();
    assert_eq!(code(&send(&local, &signed(&get, zones()).await).await), "");
    for input in [zones(), medical_file([Part::file("File", "x")]), log(json!({"TopicId": "t"}))] {
        let mut request = signed(&client, input).await;
        let says_so = |(name, value): &(String, String)| name == "x-tc-content-sha256" && value == "UNSIGNED-PAYLOAD";
        assert!(request.headers.iter().any(says_so));
        request.body.push(b'\n');
        assert_eq!(code(&send(&local, &request).await), "");
        request.headers.retain(|header| !says_so(header));
        assert_eq!(code(&send(&local, &request).await), "AuthFailure.SignatureFailure");
    }
}

#[tokio::test]
async fn only_two_actions_go_without_a_signature() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = builder(&local, &clock).build().unwrap();
    for input in [zones(), Input::new("sts", "2018-08-13", "AssumeRole"), log(json!({"TopicId": "t"}))] {
        let reply = send(&local, &signed(&client, input.skip_signature()).await).await;
        assert_eq!(code(&reply), "AuthFailure.InvalidAuthorization");
    }
    for (action, missing) in [("AssumeRoleWithWebIdentity", "ProviderId"), ("AssumeRoleWithSAML", "SAMLAssertion")] {
        let input = Input::new("sts", "2018-08-13", action).skip_signature();
        let reply = send(&local, &signed(&client, input).await).await;
        assert_eq!(code(&reply), "MissingParameter", "{}", reply.text());
        assert!(reply.text().contains(missing), "{}", reply.text());
    }
}

#[tokio::test]
async fn the_parts_of_a_form_are_looked_into() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = builder(&local, &clock).build().unwrap();
    let file = || Part::file("File", &b"\xff\xd8\x00"[..]);
    for (parts, expected) in [
        (vec![file()], ""),
        (vec![Part::value("FileURL", "https://example.com/a.png")], ""),
        (vec![file(), Part::value("FileURL", "u")], ""),
        (vec![], ""),
        (vec![Part::value("File", "text")], "InvalidParameter"),
        (vec![Part::file("FileURL", "u")], "InvalidParameter"),
        (vec![file(), Part::value("Other", 1)], "UnknownParameter"),
    ] {
        let reply = send(&local, &signed(&client, medical_file(parts)).await).await;
        assert_eq!(code(&reply), expected, "{}", reply.text());
    }
    let answer = client.send(medical_file([file()])).await.unwrap();
    let operation = Catalog::tencent().operation("cii", None, "UploadMedicalFile").unwrap();
    support::fit::assert_fits(operation, &answer);
    let without_form = client.send(medical_file([])).header("x-other", "1").preview().await.unwrap();
    let mut broken = Request::of(&without_form.request);
    broken.body = b"no boundary in here".to_vec();
    assert_eq!(code(&send(&local, &broken).await), "AuthFailure.SignatureFailure", "the signature comes first");
    let unsigned = builder(&local, &clock).unsigned_payload(true).build().unwrap();
    let mut broken = signed(&unsigned, medical_file([file()])).await;
    broken.body = b"no boundary in here".to_vec();
    assert_eq!(code(&send(&local, &broken).await), "InvalidParameter");
}

#[tokio::test]
async fn the_parameters_of_a_log_stand_in_headers() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = builder(&local, &clock).build().unwrap();
    for (params, expected) in [
        (json!({"TopicId": "t"}), ""),
        (json!({"TopicId": "t", "HashKey": "00", "CompressType": "lz4"}), ""),
        (json!({"HashKey": "00"}), "MissingParameter"),
        (json!({}), "MissingParameter"),
    ] {
        let request = signed(&client, log(params.clone())).await;
        assert_eq!(request.headers.iter().any(|(name, _)| name == "x-cls-topicid"), params.get("TopicId").is_some());
        let reply = send(&local, &request).await;
        assert_eq!(code(&reply), expected, "{}", reply.text());
    }
    let reply = client.invoke_octet_stream("cls", "", "UploadLog", json!({"TopicId": "t"}), "log").await.unwrap();
    assert!(reply.request_id().len() == 36);
    let as_json = Input::new("cls", "2020-10-16", "UploadLog").params(json!({"TopicId": "t"}));
    assert_eq!(code(&send(&local, &signed(&client, as_json).await).await), "InvalidParameter");
    let as_bytes = zones().octet_stream("{}");
    assert_eq!(code(&send(&local, &signed(&client, as_bytes).await).await), "InvalidParameter");
}

fn chat(content: &str, stream: bool) -> Value {
    json!({"Model": "hunyuan-lite", "Messages": [{"Role": "user", "Content": content}], "Stream": stream})
}

#[tokio::test]
async fn a_stream_has_everything_that_a_reader_must_know() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = builder(&local, &clock).build().unwrap();
    let request =
        signed(&client, Input::new("hunyuan", "2023-09-01", "ChatCompletions").params(chat("hi", true))).await;
    let reply = send(&local, &request).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/event-stream"));
    let text = String::from_utf8(reply.body.clone()).unwrap();
    assert!(text.starts_with(": ") && text.contains("\n: "), "comments: {text}");
    assert!(
        text.contains("\nid: 3\n") && text.contains("\nretry: 3000\n") && text.contains("\ndata: {\ndata: "),
        "{text}"
    );
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
    let broken = reply.chunks.iter().filter(|chunk| std::str::from_utf8(chunk).is_err()).count();
    assert!(broken > 10, "characters go from one chunk into the next: {broken} of {}", reply.chunks.len());

    let mut stream = client.events("hunyuan", "", "ChatCompletions", chat("hi", true)).await.unwrap();
    let operation = Catalog::tencent().operation("hunyuan", None, "ChatCompletions").unwrap();
    let (mut said, mut ids, mut last) = (String::new(), Vec::new(), String::new());
    while let Some(event) = stream.next().await {
        let event = event.unwrap();
        ids.extend(event.id.clone());
        last = event.data().to_owned();
        if last != "[DONE]" {
            let value = event.json().unwrap();
            support::fit::assert_fits(operation.clone(), &value);
            said += value["Choices"][0]["Delta"]["Content"].as_str().unwrap_or_default();
        }
    }
    assert_eq!((said.as_str(), last.as_str()), ("Spring: 春天来了，万物复苏 🌸", "[DONE]"));
    assert_eq!(ids, ["1", "2", "3", "4"]);
}

#[tokio::test]
async fn a_stream_can_end_in_an_error_or_be_none() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = builder(&local, &clock).build().unwrap();
    let mut stream = client.events("hunyuan", "", "ChatCompletions", chat("error", true)).await.unwrap();
    stream.next().await.unwrap().unwrap();
    stream.next().await.unwrap().unwrap();
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.service().map(|service| service.code()), Some("InternalError"));
    assert!(stream.next().await.is_none());

    let mut answer = client.events("hunyuan", "", "ChatCompletions", chat("hi", false)).await.unwrap();
    assert!(answer.is_answer() && answer.next().await.unwrap().is_ok());
    let mut always =
        client.events("trtc", "", "TextToSpeechSSE", json!({"Text": "t", "Voice": {"VoiceId": "v"}, "SdkAppId": 1}));
    always = always.header("accept", "application/json");
    assert!(!always.await.unwrap().is_answer());

    local.inject(Fault::Truncate);
    let mut half = client.events("hunyuan", "", "ChatCompletions", chat("hi", true)).await.unwrap();
    let broken = loop {
        if let Err(error) = half.next().await.expect("an error before the end") {
            break error;
        }
    };
    assert_eq!(broken.kind(), ErrorKind::Decode, "half of the events came: {broken}");
}

/// A client of a host, which it reaches through the local cloud as its proxy.
fn at_host(local: &Local, clock: &Arc<ManualClock>, host: &str) -> Client {
    let http = Http::default().proxy(local.url());
    builder(local, clock).endpoint(format!("http://{host}")).http(http).build().unwrap()
}

#[tokio::test]
async fn one_region_fails_while_the_others_do_not() {
    let failing = FaultRule::new(Fault::Status(500)).host("cvm.ap-guangzhou.tencentcloudapi.com").always();
    let slow = FaultRule::new(Fault::LoseAnswer).host("cvm.ap-beijing.tencentcloudapi.com").times(1);
    let (local, clock) = at(NOW, |builder| builder.fault(failing).fault(slow)).await;
    let zones = |host: &'static str| {
        let client = at_host(&local, &clock, host);
        async move { client.send(zones()).await }
    };
    for _ in 0..3 {
        let error = zones("cvm.ap-guangzhou.tencentcloudapi.com").await.unwrap_err();
        assert_eq!(error.service().map(|service| service.status()), Some(500));
        for host in [
            "cvm.tencentcloudapi.com",
            "cvm.ap-shanghai.tencentcloudapi.com",
            "cvm.ap-shanghai-fsi.tencentcloudapi.com",
            "cvm.internal.tencentcloudapi.com",
            "cvm.ap-singapore.intl.tencentcloudapi.com",
        ] {
            let reply = zones(host).await.unwrap();
            assert_eq!(reply["ZoneSet"][0]["Zone"], "ap-shanghai-1", "the region is the header's, not the host's");
        }
    }
    assert_eq!(zones("cvm.ap-beijing.tencentcloudapi.com").await.unwrap_err().kind(), ErrorKind::Io);
    zones("cvm.ap-beijing.tencentcloudapi.com").await.unwrap();
    local.clear_faults();
    zones("cvm.ap-guangzhou.tencentcloudapi.com").await.unwrap();
}

#[tokio::test]
async fn an_old_signature_of_a_regional_host_names_the_service() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = builder(&local, &clock)
        .endpoint("http://as.ap-guangzhou.tencentcloudapi.com")
        .signature_method(SignatureMethod::HmacSha256)
        .build()
        .unwrap();
    let request = signed(&client, Input::new("as", "2018-04-19", "DescribeAccountLimits")).await;
    let reply = send(&local, &request).await;
    assert_eq!(code(&reply), "", "{}", reply.text());
    assert!(reply.json()["Response"]["MaxNumberOfAutoScalingGroups"].is_u64(), "{}", reply.text());
}
