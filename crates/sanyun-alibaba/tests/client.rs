//! The client against a real socket.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod support;

use sanyun_alibaba::paging::Named;
use sanyun_alibaba::sign::{SignatureVersion, decoded_pairs, v1};
use sanyun_alibaba::typed as sdk;
use sanyun_alibaba::{Builder, Client, Credential, Input, Method, ReplyType};
use sanyun_core::{Call, Error, Fixed, ManualClock, time};
use serde_json::{Value, json};
use support::{Answer, Arrival, Server};

const SECRET: &str = "a-secret-that-never-shows";
const TOKEN: &str = "a-token-that-never-shows";

fn ok(body: &str) -> Answer {
    (200, "x-acs-request-id: req-1\r\nContent-Type: application/json\r\n".to_owned(), body.to_owned())
}

fn builder(server: &Server) -> Builder {
    Client::builder()
        .endpoint(&*server.url)
        .credentials(Credential::session("testId", SECRET, TOKEN))
        .clock(ManualClock::at_unix(1_714_979_289))
        .world(Fixed::default())
}

fn client(server: &Server) -> Client {
    builder(server).build().unwrap()
}

async fn fails(call: Call<Value, impl Sized + 'static>) -> Error {
    call.await.map(|reply| reply.into_inner()).expect_err("a failure")
}

#[tokio::test]
async fn a_call_by_name_arrives_signed() {
    let server = Server::start(|_, arrival| {
        assert!(arrival.is_signed_with(SECRET));
        ok(r#"{"RequestId":"req-1","TotalCount":2}"#)
    });
    let params = json!({"RegionId": "cn-hangzhou", "Tag": [{"Key": "三 云", "Value": "a+b*~"}]});
    let reply = client(&server).invoke("ecs", "2014-05-26", "DescribeInstances", params).await.unwrap();
    assert_eq!((reply["TotalCount"].as_i64(), reply.request_id(), reply.attempts()), (Some(2), "req-1", 1));
    let [arrival] = &server.arrivals()[..] else { panic!("one request") };
    assert_eq!((&*arrival.method, &*arrival.path), ("POST", "/"));
    assert_eq!(arrival.query, "RegionId=cn-hangzhou&Tag.1.Key=%E4%B8%89%20%E4%BA%91&Tag.1.Value=a%2Bb%2A~");
    assert_eq!(arrival.header("x-acs-action"), "DescribeInstances");
    assert_eq!(arrival.header("x-acs-date"), "2024-05-06T07:08:09Z");
    assert_eq!((arrival.header("x-acs-accesskey-id"), arrival.header("x-acs-security-token")), ("testId", TOKEN));
}

#[tokio::test]
async fn paths_and_bodies_arrive_as_they_are_signed() {
    let server = Server::start(|_, arrival| {
        assert!(arrival.is_signed_with(SECRET));
        ok("{}")
    });
    let call = Input::roa("cs", "2015-12-15", "ModifyPool", Method::PUT, "/clusters/{Id}/{Rest}?action=start")
        .path_arg("Id", "a/../b ü")
        .raw_path_arg("Rest", "x/..//y%2Fz")
        .query(json!({"dry": true, "action2": ""}))
        .header("x-acs-custom", "  padded  ")
        .json(&json!({"name": "池", "n": [1, null]}));
    client(&server).send(call).await.unwrap();
    let [arrival] = &server.arrivals()[..] else { panic!("one request") };
    assert_eq!(arrival.path, "/clusters/a%2F..%2Fb%20%C3%BC/x/..//y%2Fz");
    assert_eq!(arrival.query, "action=start&action2=&dry=true");
    assert_eq!(arrival.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(arrival.body, r#"{"name":"池","n":[1,null]}"#.as_bytes());
}

#[tokio::test]
async fn a_wrong_secret_is_told_from_a_changed_request() {
    let refuse = |text: String| {
        let message =
            format!("Specified signature is not matched with our calculation. server string to sign is:{text}");
        (400, String::new(), json!({"Code": "SignatureDoesNotMatch", "Message": message, "RequestId": "r"}).to_string())
    };
    let server = Server::start(move |number, arrival| {
        let text = arrival.string_to_sign().0;
        refuse(if number == 0 { text } else { text.replace('0', "1") })
    });
    let client = client(&server);
    let error = fails(client.invoke("ecs", "", "DescribeRegions", json!({}))).await;
    assert_eq!((error.code(), error.request_id(), error.attempts()), (Some("SignatureDoesNotMatch"), Some("r"), 1));
    assert!(error.hint().is_some_and(|hint| hint.contains("secret is wrong")), "{error:?}");
    let error = fails(client.invoke("ecs", "", "DescribeRegions", json!({}))).await;
    assert!(error.hint().is_some_and(|hint| hint.contains("changed the request")), "{error:?}");
}

#[tokio::test]
async fn throttling_is_waited_for_and_signed_anew() {
    let throttled = || (429, "x-acs-retry-after: 2000\r\n".to_owned(), r#"{"Code":"Throttling.User"}"#.to_owned());
    let server = Server::start(move |number, arrival| {
        assert!(arrival.is_signed_with(SECRET));
        if number == 0 { throttled() } else { ok("{}") }
    });
    let reply =
        client(&server).invoke_unchecked("ecs", "", "StopInstance", json!({"InstanceId": "i-1"})).await.unwrap();
    assert_eq!(reply.attempts(), 2);
    let [first, second] = &server.arrivals()[..] else { panic!("two requests") };
    assert_eq!((first.header("x-acs-retry-attempts"), first.header("x-acs-retry-delay")), ("", ""));
    assert_eq!((second.header("x-acs-retry-attempts"), second.header("x-acs-retry-delay")), ("1", "2000"));
    assert_ne!(first.header("x-acs-signature-nonce"), second.header("x-acs-signature-nonce"));
    assert_eq!(second.header("x-acs-date"), "2024-05-06T07:08:11Z");
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once() {
    let server = Server::start(|number, _| match number {
        0 => {
            let date = time::http_date(time::from_unix(1_714_990_000));
            (400, format!("Date: {date}\r\n"), r#"{"Code":"InvalidTimeStamp.Expired","Message":"m"}"#.to_owned())
        }
        _ => ok("{}"),
    });
    let reply = client(&server).invoke("ecs", "", "DescribeRegions", json!({})).await.unwrap();
    assert_eq!(reply.attempts(), 2);
    let dates: Vec<_> = server.arrivals().iter().map(|arrival| arrival.header("x-acs-date").to_owned()).collect();
    assert_eq!(dates, ["2024-05-06T07:08:09Z", &time::iso_extended(time::from_unix(1_714_990_000))]);
}

#[tokio::test]
async fn the_old_signature_is_a_setting() {
    let verify = |arrival: &Arrival| {
        let form = String::from_utf8(arrival.body.clone()).unwrap();
        let text = v1::rpc_string_to_sign(&arrival.method, &arrival.query, &form);
        let pairs = decoded_pairs(&arrival.query);
        assert!(pairs.contains(&("Signature".to_owned(), v1::rpc_signature(SECRET, &text))), "{pairs:?}");
        assert!(pairs.contains(&("SecurityToken".to_owned(), TOKEN.to_owned())));
    };
    let server = Server::start(move |_, arrival| {
        verify(arrival);
        ok("{}")
    });
    let client = builder(&server).signature(SignatureVersion::V1).build().unwrap();
    let call = Input::rpc("ecs", "2014-05-26", "TagResources").query(json!({"a b": "*"})).form(json!({"f": ["ü ~"]}));
    client.send(call).await.unwrap();
    let clash = Input::rpc("ecs", "2014-05-26", "X").query(json!({"A": 1})).form(json!({"A": 2}));
    assert!(fails(client.send(clash)).await.to_string().contains("`A`"));
    let reserved = Input::rpc("ecs", "2014-05-26", "X").query(json!({"Signature": 1}));
    assert!(fails(client.send(reserved)).await.to_string().contains("`Signature`"));
    assert_eq!(server.arrivals().len(), 1);
}

#[tokio::test]
async fn anonymous_calls_carry_no_key() {
    let server = Server::start(|_, _| ok("{}"));
    let call = Input::rpc("sts", "2015-04-01", "AssumeRoleWithOIDC").anonymous().form(json!({"OIDCToken": "t"}));
    client(&server).send(call).await.unwrap();
    let [arrival] = &server.arrivals()[..] else { panic!("one request") };
    assert_eq!((arrival.header("authorization"), arrival.header("x-acs-security-token")), ("", ""));
    assert_eq!(arrival.query, "Format=json");
}

#[tokio::test]
async fn replies_of_every_type() {
    let server = Server::start(|number, _| match number {
        0 => (204, String::new(), String::new()),
        1 => ok("not json"),
        _ => ok("bytes"),
    });
    let client = client(&server);
    let call = |reply| Input::roa("cs", "2015-12-15", "Get", Method::GET, "/").reply(reply);
    assert_eq!(*client.send(call(ReplyType::Json)).await.unwrap(), Value::Null);
    let garbage = fails(client.send(call(ReplyType::Json))).await;
    assert_eq!(garbage.kind(), sanyun_alibaba::ErrorKind::Decode);
    assert_eq!(*client.send(call(ReplyType::Text)).await.unwrap(), json!("bytes"));
    assert_eq!(*client.send(call(ReplyType::Bytes)).await.unwrap(), json!("Ynl0ZXM="));
    assert_eq!(&client.send_bytes(call(ReplyType::Json)).await.unwrap()[..], b"bytes");
    let stream = client.send_stream(call(ReplyType::Bytes)).await.unwrap().into_inner();
    assert_eq!(&stream.collect().await.unwrap()[..], b"bytes");
}

#[tokio::test]
async fn a_reply_of_any_kind_is_json_or_else_text() {
    let server = Server::start(|number, _| match number {
        0 | 2 => ok(r#"{"RequestId": "r", "list": [1]}"#),
        1 | 3 => ok("up: yes"),
        _ => (204, String::new(), String::new()),
    });
    let client = client(&server);
    let by_name = || Input::roa("cs", "2015-12-15", "Get", Method::GET, "/").reply(ReplyType::named("any"));
    for wanted in [json!({"RequestId": "r", "list": [1]}), json!("up: yes")] {
        assert_eq!(*client.send(by_name()).await.unwrap(), wanted);
    }
    for wanted in [json!({"RequestId": "r", "list": [1]}), json!("up: yes"), Value::Null] {
        assert_eq!(*client.call(GetAny).await.unwrap(), wanted);
    }
}

static SERVICE: sdk::Service =
    sdk::Service { product: "CS", endpoint_rule: "regional", ..sdk::Service::new("cs", "2015-12-15") };

/// As generated code has it.
struct GetAny;

impl sdk::Record for GetAny {
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&[], &mut [])
    }
}

impl sdk::Operation for GetAny {
    type Cloud = sdk::Cloud;
    type Output = sdk::Value;
    const API: sdk::Api = sdk::Api { produces: "any", ..sdk::Api::new(&SERVICE, "GetAny", "GET", "/any") };
}

#[tokio::test]
async fn mistakes_are_reported_before_anything_is_sent() {
    let server = Server::start(|_, _| ok("{}"));
    let client = client(&server);
    let roa = |path: &str| Input::roa("cs", "2015-12-15", "Get", Method::GET, path);
    for (call, said) in [
        (roa("/a/{Id}"), "`Id` is missing"),
        (roa("/a/{Id}").path_arg("Id", ""), "`Id` is empty"),
        (roa("/a b"), "not encoded"),
        (roa("relative"), "does not begin"),
        (roa("/").query(json!(["x"])), "JSON object"),
        (roa("/").header("bad name", "x"), "`bad name`"),
        (roa("/").header("x-a", "line\r\nbreak"), "`x-a`"),
    ] {
        let error = fails(client.send(call)).await;
        assert_eq!(error.kind(), sanyun_alibaba::ErrorKind::Input);
        assert!(error.to_string().contains(said), "{error}");
    }
    assert_eq!(server.arrivals().len(), 0);
}

#[tokio::test]
async fn endpoints_of_regions() {
    let client = |builder: Builder| builder.credentials(Credential::keys("id", SECRET)).world(Fixed::default()).build();
    let url = async |call: Call<Value, Named>| call.preview().await.map(|preview| preview.request.endpoint.to_string());
    let regions = |client: &Client, params| client.invoke("ecs", "", "DescribeInstances", params);
    let hangzhou = client(Client::builder().region("cn-hangzhou")).unwrap();
    assert_eq!(url(regions(&hangzhou, json!({}))).await.unwrap(), "https://ecs-cn-hangzhou.aliyuncs.com");
    let elsewhere = regions(&hangzhou, json!({})).region("cn-shanghai");
    assert_eq!(url(elsewhere).await.unwrap(), "https://ecs.cn-shanghai.aliyuncs.com");
    let none = client(Client::builder().network("vpc")).unwrap();
    let named = regions(&none, json!({"RegionId": "cn-shanghai"}));
    assert_eq!(url(named).await.unwrap(), "https://ecs-vpc.cn-shanghai.aliyuncs.com");
    let error = url(regions(&none, json!({}))).await.unwrap_err();
    assert_eq!(error.kind(), sanyun_alibaba::ErrorKind::Config);
    assert!(error.hint().is_some_and(|hint| hint.contains("region")));
}

#[tokio::test]
async fn nothing_shows_a_secret() {
    let echo = |arrival: &Arrival| {
        let message = format!("token {} is not ours", arrival.header("x-acs-security-token"));
        (403, String::new(), json!({"Code": "Forbidden", "Message": message, "Echo": arrival.headers}).to_string())
    };
    let server = Server::start(move |_, arrival| echo(arrival));
    let builder = builder(&server);
    let shown_builder = format!("{builder:?} {:?}", builder.protocol().unwrap());
    let client = builder.build().unwrap();
    let call = Input::rpc("ecs", "2014-05-26", "X").query(json!({"Password": SECRET})).form(json!({"P": SECRET}));
    let shown_call = format!("{call:?} {client:?}");
    let preview =
        client.send(Input::rpc("ecs", "2014-05-26", "X").query(json!({"P": SECRET}))).preview().await.unwrap();
    let error = fails(client.send(call)).await;
    let raw = String::from_utf8_lossy(error.service().unwrap().raw()).into_owned();
    let all = format!("{shown_builder} {shown_call} {preview:?} {error} {error:?} {:?} {raw}", error.hint());
    assert!(!all.contains(SECRET) && !all.contains(TOKEN), "{all}");
}
