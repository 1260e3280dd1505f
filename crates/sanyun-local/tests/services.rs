//! The services of Huawei Cloud's manual, each with one call through our client: ECS, IoTDA with its derived signature,
//! and DSC with a picture that goes up and comes back marked.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use sanyun_catalog::Catalog;
use sanyun_core::{Credential, Retry, SystemClock, hash};
use sanyun_huawei::sign::Algorithm;
use sanyun_local::{ACCESS_KEY, Local, SECRET_KEY};
use serde_json::{Value, json};
use support::Request;
use support::fit::assert_fits;

fn builder(local: &Local) -> sanyun_huawei::Builder {
    let builder = sanyun_huawei::Client::builder().endpoint(local.url()).region("cn-north-4").project_id("p");
    builder.credentials(Credential::keys(ACCESS_KEY, SECRET_KEY)).clock(SystemClock).retry(Retry::none())
}

#[tokio::test]
async fn ecs_lists_servers() {
    let local = Local::builder().start().await.unwrap();
    let client = builder(&local).build().unwrap();
    let answer = client.invoke("ecs", "v2", "ListServersDetails", json!({"limit": 2})).await.unwrap();
    assert_fits(Catalog::huawei().operation("ecs", Some("v2"), "ListServersDetails").unwrap(), &answer);
    assert_eq!((answer["servers"].as_array().unwrap().len(), &answer["count"]), (2, &json!(5)));
    assert!(answer["servers"][0]["id"].is_string());
}

#[tokio::test]
async fn iotda_is_called_with_a_derived_signature() {
    let local = Local::builder().start().await.unwrap();
    let client = builder(&local).build().unwrap();
    let call = || client.invoke("iotda", "v5", "ListDevices", json!({"limit": 2}));
    let preview = call().preview().await.unwrap();
    let authorization = preview.request.headers["authorization"].to_str().unwrap().to_owned();
    assert!(authorization.starts_with("V11-HMAC-SHA256 "), "{authorization}");
    assert!(authorization.contains("/cn-north-4/iotdm, SignedHeaders="), "{authorization}");
    let answer = call().await.unwrap();
    assert_fits(Catalog::huawei().operation("iotda", Some("v5"), "ListDevices").unwrap(), &answer);
    assert!(answer["devices"].is_array());
    // Another service's scope, or another day's, is no signature at all.
    for (from, to) in [("/iotdm,", "/iotda,"), ("/cn-north-4/", "/cn-north-1/"), ("/cn-north-4/", "1/cn-north-4/")] {
        let mut request = Request::of(&preview.request);
        for (name, value) in &mut request.headers {
            if name == "authorization" {
                *value = value.replace(from, to);
            }
        }
        let refused = request.send(local.addr()).await.unwrap();
        assert_eq!(refused.status, 401);
        assert!(refused.text().contains("verify aksk signature fail"), "{}", refused.text());
    }
}

#[tokio::test]
async fn every_algorithm_is_verified() {
    let local = Local::builder().start().await.unwrap();
    for algorithm in Algorithm::ALL {
        let call = |secret: &str| {
            let builder =
                builder(&local).credentials(Credential::keys(ACCESS_KEY, secret)).signing_algorithm(algorithm);
            builder.build().unwrap().invoke("iotda", "v5", "ListDevices", json!({"limit": 1})).into_future()
        };
        call(SECRET_KEY).await.unwrap_or_else(|error| panic!("{algorithm:?}: {error}"));
        let error = call("wrong").await.unwrap_err();
        assert!(error.to_string().contains("APIGW.0301"), "{algorithm:?}: {error}");
    }
}

/// Name, name of the file, content.
type Part<'a> = (&'a str, Option<&'a str>, &'a [u8]);

/// A form as it goes over the wire, with a token in place of a signature.
async fn upload(local: &Local, path: &str, parts: &[Part<'_>]) -> support::Reply {
    let user = json!({"name": sanyun_local::USER_NAME, "password": sanyun_local::USER_PASSWORD,
                      "domain": {"name": sanyun_local::DOMAIN_NAME}});
    let body = json!({"auth": {"identity": {"methods": ["password"], "password": {"user": user}},
                               "scope": {"project": {"id": "p"}}}});
    let login = Request::new("POST", "/v3/auth/tokens").header("Host", "h").header("Content-Type", "application/json");
    let token = login.body(body.to_string()).send(local.addr()).await.unwrap().header("x-subject-token").to_owned();
    let mut form = Vec::new();
    for (name, file, content) in parts {
        let file = file.map_or_else(String::new, |file| format!("; filename=\"{file}\""));
        form.extend_from_slice(
            format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").as_bytes(),
        );
        form.extend_from_slice(content);
        form.extend_from_slice(b"\r\n");
    }
    form.extend_from_slice(b"--xyz--\r\n");
    let request = Request::new("POST", path).header("Host", "h").header("X-Auth-Token", &token);
    let request = request.header("Content-Type", "multipart/form-data; boundary=xyz").body(form);
    request.send(local.addr()).await.unwrap()
}

#[tokio::test]
async fn dsc_marks_a_picture_byte_for_byte() {
    let local = Local::builder().start().await.unwrap();
    let picture: Vec<u8> = (0..=255).cycle().take(300_000).chain(*b"\r\n--xy").collect();
    let embed = "/v1/p/image/watermark/embed";
    let reply =
        upload(&local, embed, &[("blind_watermark", None, b"test_watermark"), ("file", Some("demo.jpg"), &picture)])
            .await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/octet-stream"));
    assert!(reply.body == [&picture[..], b"\nsanyun-watermark:test_watermark"].concat());
    let extracted = upload(&local, "/v1/p/image/watermark/extract", &[("file", Some("demo.jpg"), &reply.body)]).await;
    assert_eq!((extracted.status, extracted.json()), (200, json!({"watermark": "test_watermark"})));

    let both: [Part<'_>; 3] = [
        ("file", Some("a.png"), b"png"),
        ("blind_watermark", None, b"text"),
        ("image_watermark", Some("b.png"), b"logo"),
    ];
    let marked = upload(&local, embed, &both).await;
    assert_eq!(marked.text(), format!("png\nsanyun-watermark:{}", hash::sha256_hex(b"logo")));

    let refusals: [&[Part<'_>]; 4] = [
        &[("blind_watermark", None, b"text")],
        &[("file", None, b"a text"), ("blind_watermark", None, b"text")],
        &[("file", Some("empty.png"), b""), ("blind_watermark", None, b"text")],
        &[("file", Some("a.png"), b"png")],
    ];
    for parts in refusals {
        let refused = upload(&local, embed, parts).await;
        assert_eq!((refused.status, &refused.json()["error_code"]), (400, &Value::from("dsc.40000011")));
    }
    assert_eq!(upload(&local, "/v1/p/image/watermark/extract", &[("file", Some("a"), b"plain")]).await.status, 400);
}
