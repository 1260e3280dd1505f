//! Files for Alibaba Cloud's vision services: the authorisation, the form post to OSS, and the operation that looks at the
//! file; and form posts by themselves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use http::Method;
use sanyun_alibaba::Client;
use sanyun_core::{Credential, ManualClock, Retry, Secret, encode, hash, time};
use sanyun_local::{ACCESS_KEY, Local, SECRET_KEY};
use sanyun_oss::sign::v4;
use serde_json::{Value, json};
use std::sync::Arc;
use support::oss::request;
use support::{NOW, Reply, Request, at};

const BOUNDARY: &str = "14digits";

/// A form with these fields and a file.
fn form(fields: &[(&str, &str)], file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"文件 1.jpg\"\r\nContent-Type: image/jpeg";
    body.extend_from_slice(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    body
}

async fn post_to(local: &Local, host: &str, target: &str, body: Vec<u8>) -> Reply {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let request = Request::new("POST", target).header("Host", host).header("Content-Type", &kind);
    request.body(body).send(local.addr()).await.unwrap()
}

/// A policy, encoded, and its signature V1 by a secret.
fn signed(policy: &Value, secret: &str) -> (String, String) {
    let policy = encode::base64(policy.to_string().as_bytes());
    let signature = encode::base64(&hash::hmac_sha1(secret.as_bytes(), policy.as_bytes()));
    (policy, signature)
}

fn policy(condition: Value) -> Value {
    json!({"expiration": "2030-01-01T00:00:00.000Z", "conditions": [{"bucket": "photos"}, condition]})
}

/// A bucket and the upload of some bytes into it, with a policy of one more condition.
async fn post(local: &Local, condition: Value, more: &[(&str, &str)], file: &[u8]) -> Reply {
    let (policy, signature) = signed(&policy(condition), SECRET_KEY);
    let mut fields = vec![("OSSAccessKeyId", ACCESS_KEY), ("policy", &policy), ("Signature", &signature)];
    fields.extend_from_slice(more);
    post_to(local, "photos.oss-cn-hangzhou.aliyuncs.com", "/", form(&fields, file)).await
}

async fn with_bucket() -> (Local, Arc<ManualClock>) {
    let (local, clock) = at(NOW, |builder| builder).await;
    assert_eq!(request(Method::PUT, "photos", "", "").send(&local).await.status, 200);
    (local, clock)
}

async fn get(local: &Local, key: &str) -> Reply {
    request(Method::GET, "photos", key, "").send(local).await
}

#[tokio::test]
async fn a_form_makes_an_object() {
    let (local, _) = with_bucket().await;
    // With delimiters that are none, and around the size of what is read at once.
    let nearly = format!("a\r\n--{}\r\n\r--14digit\r\n--", "14digit").into_bytes();
    for (number, file) in [nearly, Vec::new(), vec![b'\r'; 1024], vec![7; 300_000]].into_iter().enumerate() {
        let key = format!("user/{number}/${{filename}}");
        let condition = json!(["starts-with", "$key", "user/"]);
        let more = [("key", key.as_str()), ("success_action_status", "201"), ("x-oss-meta-who", "me")];
        let reply = post(&local, condition, &more, &file).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        let key = format!("user/{number}/文件 1.jpg");
        let etag = encode::hex(&hash::md5(&file)).to_uppercase();
        assert_eq!(
            (reply.element("Key"), reply.element("ETag"), reply.element("Bucket")),
            (key.clone(), etag, "photos".into())
        );
        let location = format!("http://photos.oss-cn-hangzhou.aliyuncs.com/user/{number}/");
        assert!(reply.element("Location").starts_with(&location));
        let object = get(&local, &key).await;
        assert!(object.status == 200 && object.body == file, "{number}");
        assert_eq!((object.header("content-type"), object.header("x-oss-meta-who")), ("image/jpeg", "me"));
    }
}

#[tokio::test]
async fn the_form_says_how_it_is_answered() {
    let (local, _) = with_bucket().await;
    let any = || json!(["starts-with", "$key", ""]);
    for (more, status) in
        [(("a", "b"), 204), (("success_action_status", "200"), 200), (("success_action_status", "500"), 204)]
    {
        assert_eq!(post(&local, any(), &[("key", "k"), more], b"x").await.status, status, "{more:?}");
    }
    let url = "http://example.com/done";
    let reply = post(&local, any(), &[("key", "k"), ("success_action_redirect", url)], b"x").await;
    assert_eq!((reply.status, reply.header("location")), (303, url));
    let again = [("key", "k"), ("x-oss-forbid-overwrite", "true")];
    assert_eq!(post(&local, any(), &again, b"x").await.element("Code"), "FileAlreadyExists");
}

#[tokio::test]
async fn a_form_with_signature_v4() {
    let (local, _) = with_bucket().await;
    let (datetime, region) = (time::iso_basic(time::from_unix(NOW)), "cn-hangzhou");
    let credential = format!("{ACCESS_KEY}/{}", v4::scope(&datetime, region, "oss"));
    let policy = encode::base64(policy(json!(["eq", "$x-oss-credential", credential])).to_string().as_bytes());
    let key = v4::signing_key(&Secret::new(SECRET_KEY), &datetime[..8], region, "oss");
    let right = v4::signature(&key, &policy);
    for (signature, status) in [(right.as_str(), 204), ("0", 403)] {
        let fields = [
            ("key", "v4"),
            ("policy", &policy),
            ("x-oss-signature-version", "OSS4-HMAC-SHA256"),
            ("x-oss-credential", &credential),
            ("x-oss-date", &datetime),
            ("x-oss-signature", signature),
        ];
        // Path style, as with an address.
        let reply = post_to(&local, "127.0.0.1", "/photos", form(&fields, b"x")).await;
        assert_eq!(reply.status, status, "{}", reply.text());
    }
    assert_eq!(get(&local, "v4").await.text(), "x");
}

#[tokio::test]
async fn a_form_is_refused() {
    let (local, clock) = with_bucket().await;
    let any = || json!(["starts-with", "$key", ""]);
    let key = ("key", "k");
    for (condition, more, code) in [
        (json!(["eq", "$key", "other"]), &[key][..], "AccessDenied"),
        (json!(["content-length-range", 0, 4]), &[key], "EntityTooLarge"),
        (json!(["content-length-range", 6, 9]), &[key], "EntityTooSmall"),
        (json!(["like", "$key", "k"]), &[key], "InvalidPolicyDocument"),
        (any(), &[], "InvalidArgument"),
        (any(), &[key, ("Signature", "x")], "SignatureDoesNotMatch"),
        (any(), &[key, ("OSSAccessKeyId", "x")], "InvalidAccessKeyId"),
        (any(), &[key, ("x-oss-security-token", "x")], "InvalidAccessKeyId"),
    ] {
        assert_eq!(post(&local, condition.clone(), more, b"12345").await.element("Code"), code, "{condition} {more:?}");
    }
    let host = "photos.oss-cn-hangzhou.aliyuncs.com";
    let unsigned = post_to(&local, host, "/", form(&[key], b"x")).await;
    assert_eq!((unsigned.status, unsigned.element("Code")), (403, "AccessDenied".to_owned()));
    let (text, signature) = signed(&policy(any()), SECRET_KEY);
    let cut = form(&[key, ("OSSAccessKeyId", ACCESS_KEY), ("policy", &text), ("Signature", &signature)], b"x");
    let malformed = post_to(&local, host, "/", cut[..cut.len() - 8].to_vec()).await;
    assert_eq!(malformed.element("Code"), "MalformedPOSTRequest");
    let none = post_to(&local, host, "/", format!("--{BOUNDARY}--\r\n").into_bytes()).await;
    assert_eq!(none.element("Code"), "IncorrectNumberOfFilesInPOSTRequest");
    let plain = Request::new("POST", "/").header("Host", host).header("Content-Type", "text/plain").body("x");
    assert_eq!(plain.send(local.addr()).await.unwrap().element("Code"), "RequestIsNotMultiPartContent");
    assert_eq!(get(&local, "k").await.status, 404, "nothing was stored");
    let from = time::from_unix(NOW);
    clock.advance(time::parse_rfc3339("2030-01-01T00:00:01Z").unwrap().duration_since(from).unwrap());
    let over = post(&local, any(), &[key], b"x").await;
    assert!(over.element("Message").contains("Policy expired"), "{}", over.text());
}

#[tokio::test]
async fn temporary_keys_sign_a_form_as_long_as_they_live() {
    let (local, clock) = with_bucket().await;
    let uri = Request::new("GET", "/_sanyun/alibaba/credentials").header("Host", "127.0.0.1");
    let keys = uri.send(local.addr()).await.unwrap().json();
    let text = |name: &str| keys[name].as_str().unwrap().to_owned();
    let (policy, signature) = signed(&policy(json!(["eq", "$key", "k"])), &text("AccessKeySecret"));
    let (id, token) = (text("AccessKeyId"), text("SecurityToken"));
    let fields = [
        ("key", "k"),
        ("OSSAccessKeyId", id.as_str()),
        ("policy", &policy),
        ("Signature", &signature),
        ("x-oss-security-token", &token),
    ];
    let send = || post_to(&local, "photos.oss-cn-hangzhou.aliyuncs.com", "/", form(&fields, b"x"));
    assert_eq!(send().await.status, 204);
    clock.advance(std::time::Duration::from_secs(6 * 3600));
    let over = send().await;
    assert_eq!((over.status, over.element("Code")), (403, "SecurityTokenExpired".to_owned()));
}

#[tokio::test]
async fn a_file_is_authorised_posted_and_recognised() {
    let (local, clock) = at(NOW, |builder| builder).await;
    let client = Client::builder().endpoint(local.url()).region("cn-shanghai").retry(Retry::none());
    let client = client.credentials(Credential::keys(ACCESS_KEY, SECRET_KEY)).clock(clock).build().unwrap();
    let params = json!({"Product": "ocr", "RegionId": "cn-shanghai"});
    let place = client.invoke("openplatform", "2019-12-19", "AuthorizeFileUpload", params).await.unwrap();
    let text = |name: &str| place[name].as_str().unwrap().to_owned();
    let host = format!("{}.{}", text("Bucket"), text("Endpoint"));
    let (id, policy, signature, key) =
        (text("AccessKeyId"), text("EncodedPolicy"), text("Signature"), text("ObjectKey"));
    let recognise = async |url: String| {
        let params = json!({"ImageURL": url, "MinHeight": 10, "OutputProbability": true});
        client.invoke("ocr", "2019-12-30", "RecognizeCharacter", params).await
    };
    let url = format!("http://{host}/{key}");
    let error = recognise(url.clone()).await.unwrap_err();
    assert_eq!((error.code(), error.service().unwrap().status()), (Some("InvalidFile.Download"), 400));
    let fields = [
        ("OSSAccessKeyId", id.as_str()),
        ("Signature", &signature),
        ("host", &host),
        ("key", &key),
        ("policy", &policy),
        ("success_action_status", "201"),
    ];
    let reply = post_to(&local, &host, "/", form(&fields, b"a picture")).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert!(recognise(url).await.unwrap()["Data"].is_object());
    // The authorisation is for one key, and what lies elsewhere is not looked at.
    let mut fields = fields;
    fields[3].1 = "another";
    assert_eq!(post_to(&local, &host, "/", form(&fields, b"x")).await.element("Code"), "AccessDenied");
    assert!(recognise("https://example.com/a b.jpg".to_owned()).await.is_ok());
    // A private bucket of one's own is closed to the service, unless the URL is signed.
    assert_eq!(request(Method::PUT, "photos", "", "").send(&local).await.status, 200);
    assert_eq!(request(Method::PUT, "photos", "k", "").body("x").send(&local).await.status, 200);
    let own = "http://photos.oss-cn-hangzhou.aliyuncs.com/k";
    assert_eq!(recognise(own.to_owned()).await.unwrap_err().code(), Some("InvalidFile.Download"));
    let signed = request(Method::GET, "photos", "k", "").presigned(&local, 60);
    let query = signed.target.split_once('?').unwrap().1;
    assert!(recognise(format!("{own}?{query}")).await.is_ok());
}
