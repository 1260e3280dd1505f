use std::time::Duration;

use sanyun_core::testing::World;
use sanyun_core::{Backoff, Body, Credential, Error, ErrorKind, Retry};
use serde_json::{Value, json};

use super::*;
use crate::{Builder, Client};

const ACCESS_DENIED: &str = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Invalid according to Policy: \
                             Policy expired.</Message><RequestId>R1</RequestId><HostId>H1</HostId></Error>";
const POSTED: &str = "<PostResponse><Location>x</Location></PostResponse>";

fn authorization() -> Value {
    json!({
        "Bucket": "viapi", "Endpoint": "oss-cn-shanghai.aliyuncs.com", "ObjectKey": "1/a b+中.jpg", "AccessKeyId": "LTAI",
        "EncodedPolicy": "eyJ9", "Signature": "s+/=", "UseAccelerate": true, "RequestId": "r",
    })
}

/// A world where the upload is authorised.
fn authorizing() -> World {
    World::new().reply(200, &authorization().to_string())
}

fn builder(world: &World) -> Builder {
    Client::builder()
        .settings(world.settings())
        .region("cn-shanghai")
        .credentials(Credential::session("id", "secret", "token"))
        .retry(Retry::standard().backoff(Backoff::Fixed(Duration::ZERO)))
}

fn client(world: &World) -> Client {
    builder(world).build().unwrap()
}

const ADDRESS: &str = "https://viapi.oss-cn-shanghai.aliyuncs.com/1/a%20b%2B%E4%B8%AD.jpg";

#[tokio::test]
async fn a_file_is_uploaded_and_named() {
    let world = authorizing().reply(201, POSTED).reply(200, "{\"Data\": 1}");
    let call = client(&world).invoke("ocr", "2019-12-30", "RecognizeBankCard", json!({}));
    let reply = call.file("ImageURL", "JPEG").await.unwrap();
    assert_eq!((&reply["Data"], reply.attempts()), (&json!(1), 1));
    let asked = world.requests();
    assert_eq!(asked[0].method, "GET");
    assert_eq!(asked[0].url, "https://openplatform.aliyuncs.com/?Product=ocr&RegionId=cn-shanghai");
    assert_eq!(asked[0].header("x-acs-action"), "AuthorizeFileUpload");
    assert_eq!(asked[0].header("x-acs-version"), "2019-12-19");
    assert_eq!(asked[0].header("x-acs-security-token"), "token");
    assert_eq!((&*asked[1].method, &*asked[1].url), ("POST", "https://viapi.oss-cn-shanghai.aliyuncs.com/"));
    assert_eq!(asked[1].headers.get("authorization"), None);
    assert_eq!(asked[1].headers.get("x-acs-security-token"), None);
    let boundary = asked[1].header("content-type").strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!(boundary.len() == 14 && boundary.bytes().all(|byte| byte.is_ascii_digit()), "{boundary}");
    let head = "name=\"host\"\r\n\r\nviapi.oss-cn-shanghai.aliyuncs.com\r\n";
    assert!(asked[1].body.contains(head) && asked[1].body.contains("\r\n\r\nJPEG\r\n--"), "{}", asked[1].body);
    assert_eq!(asked[2].url, "https://ocr.cn-shanghai.aliyuncs.com/");
    assert_eq!(asked[2].body, format!("ImageURL={}", encode::form(ADDRESS)));
}

#[tokio::test]
async fn only_the_operation_is_repeated_once_the_file_is_there() {
    let busy = "{\"Code\": \"Throttling\", \"Message\": \"m\"}";
    let world = authorizing().reply(201, POSTED).reply(400, busy).reply(503, "").reply(200, "{}");
    let call = client(&world).invoke("ocr", "", "RecognizeBankCard", json!({})).idempotent(true);
    let reply = call.file("ImageURL", "JPEG").await.unwrap();
    assert_eq!((reply.attempts(), world.requests().len()), (3, 5));
}

#[tokio::test]
async fn a_failed_upload_is_repeated_and_the_authorisation_is_not() {
    let world = authorizing().reply(503, "").reply(201, POSTED).reply(200, "{}");
    client(&world).invoke("ocr", "", "RecognizeBankCard", json!({})).file("ImageURL", "JPEG").await.unwrap();
    let asked = world.requests();
    assert_eq!(asked.iter().map(|asked| &*asked.method).collect::<Vec<_>>(), ["GET", "POST", "POST", "POST"]);
    assert!(asked[2].body.contains("\r\n\r\nJPEG\r\n--"));
}

#[tokio::test]
async fn files_stand_in_lists() {
    let world = authorizing().reply(201, POSTED).reply(200, &authorization().to_string()).reply(201, POSTED);
    let world = world.reply(200, "{}");
    let call = client(&world).invoke("ocr", "", "RecognizeQrCode", Value::Null);
    call.file("Tasks.1.ImageURL", "one").file("Tasks.2.ImageURL", "two").await.unwrap();
    let asked = world.requests();
    assert!(asked[1].body.contains("\r\n\r\none\r\n") && asked[3].body.contains("\r\n\r\ntwo\r\n"));
    let address = encode::form(ADDRESS);
    assert_eq!(asked[4].body, format!("Tasks.1.ImageURL={address}&Tasks.2.ImageURL={address}"));
}

#[tokio::test]
async fn mistakes_are_found_before_anything_is_sent() {
    let world = World::new();
    let invoke = |params: Value| client(&world).invoke("ocr", "", "RecognizeBankCard", params);
    let input = async |call: sanyun_core::Call<Value, sanyun_core::paging::Named>| {
        let error = call.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{error}");
        error.to_string()
    };
    assert!(input(invoke(json!({})).file("Image", "x")).await.contains("takes no file as `Image`"));
    assert!(input(invoke(json!({"No": 1})).file("ImageURL", "x")).await.contains("`No`"));
    assert!(input(invoke(json!({})).header("a b", "x").file("ImageURL", "x")).await.contains("`a b`"));
    assert!(world.requests().is_empty());
}

#[tokio::test]
async fn a_token_uploads_nothing() {
    let world = World::new();
    for credential in [Credential::bearer("b"), Credential::anonymous(), crate::credentials::id_token("t")] {
        let client = builder(&world).credentials(credential).build().unwrap();
        let error = client.upload("ocr", "x").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials, "{error}");
        assert!(error.to_string().contains("access key"), "{error}");
        let error = client.invoke("ocr", "", "RecognizeBankCard", json!({})).file("ImageURL", "x").await.unwrap_err();
        assert!(error.to_string().contains("access key"), "{error}");
    }
    assert!(world.requests().is_empty());
}

#[tokio::test]
async fn a_refusal_of_the_store_is_typed() {
    let world = authorizing().reply(403, ACCESS_DENIED);
    let error = client(&world).upload("ocr", "x").await.unwrap_err();
    let service = error.service().unwrap();
    assert_eq!((service.status(), service.code(), service.request_id()), (403, "AccessDenied", Some("R1")));
    assert!(service.message().contains("Policy expired") && error.to_string().contains("PostObject"), "{error}");
}

#[tokio::test]
async fn an_authorisation_that_says_too_little_is_an_error() {
    let error = client(&World::new().reply(200, "{\"Bucket\": \"b\"}")).upload("ocr", "x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("`Endpoint`"), "{error}");
}

/// Where an upload asks and posts, and its address.
async fn places(set: impl Fn(Builder) -> Builder, host: &str) -> Result<[String; 3], Error> {
    let mut answer = authorization();
    answer["Endpoint"] = host.into();
    let world = World::new().reply(200, &answer.to_string()).reply(201, POSTED);
    let address = set(builder(&world)).build()?.upload("OCR", "x").await?.into_inner();
    let asked = world.requests();
    let asked_at = asked[0].url.split_once("/?").unwrap().0.to_owned();
    Ok([asked_at, asked[1].url.clone(), address.strip_suffix("/1/a%20b%2B%E4%B8%AD.jpg").unwrap().to_owned()])
}

#[tokio::test]
async fn the_hosts_are_those_that_the_client_wants() {
    const HOST: &str = "oss-cn-shanghai.aliyuncs.com";
    const AT: &str = "https://viapi.oss-cn-shanghai.aliyuncs.com";
    let open = "https://openplatform.aliyuncs.com";
    for (kind, posted) in [
        ("internal", "https://viapi.oss-cn-shanghai-internal.aliyuncs.com/"),
        ("accelerate", "https://viapi.oss-accelerate.aliyuncs.com/"),
        ("public", "https://viapi.oss-cn-shanghai.aliyuncs.com/"),
    ] {
        assert_eq!(places(|it| it.endpoint_type(kind), HOST).await.unwrap(), [open, posted, AT]);
    }
    let [asked, posted, at] = places(|it| it.scheme(Scheme::Http), HOST).await.unwrap();
    // The product fetches the file over HTTPS, whatever the client's own calls go over.
    let plain = [open.replace("https", "http"), format!("{}/", AT.replace("https", "http"))];
    assert_eq!(([asked, posted], &*at), (plain, AT));
    let [asked, ..] = places(|it| it.open_platform_endpoint("op.internal"), HOST).await.unwrap();
    assert_eq!(asked, "https://op.internal");
    let [asked, ..] = places(|it| it.endpoint("ocr-vpc.cn-shanghai.aliyuncs.com"), HOST).await.unwrap();
    assert_eq!(asked, open);
    let local = places(|it| it.endpoint("http://127.0.0.1:80"), "127.0.0.1:81").await.unwrap();
    assert_eq!(local, ["http://127.0.0.1:80", "http://127.0.0.1:81/viapi/", "http://127.0.0.1:81/viapi"]);
    assert_eq!(places(|it| it.endpoint_type("vpn"), HOST).await.unwrap_err().kind(), ErrorKind::Config);
}

#[tokio::test]
async fn a_stream_of_unknown_length_is_measured_first() {
    let world = authorizing().reply(503, "").reply(201, POSTED);
    let stream = sanyun_core::StreamBody::from(bytes::Bytes::from("content")).into_stream();
    client(&world).upload("ocr", Body::once(stream, None)).await.unwrap();
    let asked = world.requests();
    assert!(asked[1..].iter().all(|asked| asked.body.contains("\r\n\r\ncontent\r\n--")));
}

#[tokio::test]
async fn a_one_shot_stream_is_not_sent_again_and_the_error_says_why() {
    let world = authorizing().reply(503, "");
    let stream = sanyun_core::StreamBody::from(bytes::Bytes::from("content")).into_stream();
    let error = client(&world).upload("ocr", Body::once(stream, Some(7))).await.unwrap_err();
    assert!(error.hint().unwrap().contains("can be read only once"), "{error:?}");
    assert_eq!(world.requests().len(), 2);
}

#[tokio::test]
async fn another_region_and_endpoint_of_the_call_hold_for_the_upload() {
    let world = authorizing().reply(201, POSTED).reply(200, "{}");
    let call = client(&world).invoke("ocr", "", "RecognizeBankCard", json!({})).file("ImageURL", "x");
    call.region("cn-beijing").endpoint("https://proxy.internal").await.unwrap();
    let asked: Vec<_> = world.requests().into_iter().map(|asked| asked.url).collect();
    assert_eq!(asked[0], "https://proxy.internal/?Product=ocr&RegionId=cn-beijing");
    assert_eq!(asked[2], "https://proxy.internal/");
}

#[tokio::test]
async fn octets_of_every_kind_are_hashed_and_sent_again_whole() {
    let path = std::env::temp_dir().join(format!("sanyun-octets-{}", std::process::id()));
    std::fs::write(&path, "content").unwrap();
    let once = || sanyun_core::StreamBody::from(bytes::Bytes::from("content")).into_stream();
    let hash = sanyun_core::hash::sha256_hex(b"content");
    for body in [Body::from("content"), Body::file(&path).unwrap(), Body::once(once(), None)] {
        let world = World::new().reply(503, "").reply(200, "{}");
        let input = crate::Input::roa("x", "2020-01-01", "Put", http::Method::PUT, "/o").octets(body).idempotent(true);
        client(&world).send(input).await.unwrap();
        for asked in world.requests() {
            assert_eq!((&*asked.body, asked.header("x-acs-content-sha256")), ("content", &*hash));
            assert_eq!(asked.header("content-type"), "application/octet-stream");
        }
        assert_eq!(world.requests().len(), 2);
    }
    std::fs::remove_file(&path).unwrap();
}

#[tokio::test]
async fn a_given_hash_is_believed_and_a_wrong_one_refused() {
    let stream = |text: &'static str| sanyun_core::StreamBody::from(bytes::Bytes::from(text)).into_stream();
    let input = || crate::Input::roa("x", "2020-01-01", "Put", http::Method::PUT, "/o").idempotent(true);
    let world = World::new().reply(503, "");
    let call = input().octets(Body::once(stream("content"), Some(7))).payload_hash(&"AB".repeat(32));
    let error = client(&world).send(call).await.unwrap_err();
    assert!(error.hint().unwrap().contains("can be read only once"), "{error:?}");
    assert_eq!(world.requests()[0].header("x-acs-content-sha256"), "ab".repeat(32));
    for wrong in [input().octets("x").payload_hash("abc"), input().payload_hash(&"ab".repeat(32))] {
        assert_eq!(client(&world).send(wrong).await.unwrap_err().kind(), ErrorKind::Input);
    }
}

#[tokio::test]
async fn a_reply_may_be_a_file_and_a_refusal_is_none() {
    let world = World::new().reply(200, "PDF").reply(404, "{\"Code\": \"NotFound\", \"Message\": \"m\"}");
    let download = || client(&world).download("ecs", "", "DescribeRegions", json!({})).into_future();
    assert_eq!(download().await.unwrap().into_inner().collect().await.unwrap(), "PDF");
    assert_eq!(download().await.unwrap_err().service().unwrap().code(), "NotFound");
}

#[tokio::test]
async fn the_time_of_the_upload_is_the_calls() {
    let world = World::new();
    let never = Body::factory(None, || Ok(Box::pin(Never) as sanyun_core::ByteStream));
    let call = client(&world).upload("ocr", never).timeout(Duration::from_millis(5));
    assert_eq!(call.await.unwrap_err().kind(), ErrorKind::Timeout);
}

/// A stream of which nothing comes.
struct Never;

impl futures_core::Stream for Never {
    type Item = std::io::Result<bytes::Bytes>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Pending
    }
}
