//! Files up and down over a real connection, by name and by path.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use sanyun_huawei::{Body, Client, Credential, ErrorKind, Http, Input, Part, Progress, Retry};
use serde_json::json;
use support::Server;

const PNG: &str = "200 OK\nContent-Type: image/png\nX-Request-Id: r1\n\n\u{89}PNG\0\u{1}";

fn client(endpoint: &str) -> Client {
    Client::builder()
        .region("cn-north-4")
        .endpoint(endpoint)
        .credentials(Credential::keys("AK", "hush-hush-secret-key"))
        .project_id("p1")
        .http(Http::default().without_proxy())
        .retry(Retry::none())
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_file_is_downloaded_by_name() {
    let server = Server::answering(&[PNG]);
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("chart.tgz");
    let mut reply =
        client(&server.endpoint).download("cce", "v3", "DownloadChart", json!({"chart_id": "8a5d"})).await.unwrap();
    assert_eq!((reply.request_id(), reply.len()), ("r1", Some(7)));
    assert_eq!(reply.save(&target).await.unwrap(), 7);
    assert_eq!(std::fs::read(&target).unwrap(), "\u{89}PNG\0\u{1}".as_bytes());
    let arrived = server.request();
    assert_eq!((&*arrived.method, &*arrived.path, &*arrived.query), ("GET", "/v2/charts/8a5d/archive", ""));
    assert_eq!(arrived.header("accept-encoding"), "", "what is streamed is not unpacked");
}

#[cfg(feature = "blocking")]
#[test]
fn a_program_without_async_downloads_by_name() {
    let server = Server::answering(&[PNG]);
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("chart.tgz");
    let call = client(&server.endpoint).download("cce", "v3", "DownloadChart", json!({"chart_id": "8a5d"}));
    assert_eq!(call.block().unwrap().save_blocking(&target).unwrap(), 7);
    assert_eq!(std::fs::read(&target).unwrap().len(), 7);
}

#[tokio::test]
async fn a_refused_download_is_an_error_like_any_other() {
    let refusal = "404 Not Found\nContent-Type: application/json\nX-Request-Id: r2\n\n\
                   {\"error_code\":\"CCE.01404001\",\"error_msg\":\"no such chart\"}";
    let server = Server::answering(&[refusal]);
    let error =
        client(&server.endpoint).download("cce", "v3", "DownloadChart", json!({"chart_id": "8a5d"})).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code(), error.message()),
        (ErrorKind::Service, Some("CCE.01404001"), "no such chart")
    );
    let error = client(&server.endpoint).download("cce", "v3", "DownloadChart", json!({})).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Input && error.to_string().contains("chart_id"), "{error}");
}

#[tokio::test]
async fn who_calls_a_download_otherwise_is_told_how() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 2\r\n\r\n\xff\xfe").unwrap();
    });
    let call = Input::get("cce", "/v2/charts/8a5d/archive");
    let error = client(&endpoint).send(call).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Decode && error.hint().unwrap().contains("download"), "{error:?}");
}

#[tokio::test]
async fn a_part_of_a_form_tells_its_progress() {
    let server = Server::answering(&["200 OK\n\n"]);
    let told: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let out = Arc::clone(&told);
    let image = Body::from("picture").with_progress(move |progress| out.lock().unwrap().push(progress));
    let parts = [Part::text("blind_watermark", "test_watermark"), Part::file("file", "demo.jpg", image)];
    client(&server.endpoint)
        .send(Input::post("dsc", "/v1/{project_id}/image/watermark").multipart(parts))
        .await
        .unwrap();
    let body = String::from_utf8(server.request().body).unwrap();
    assert!(body.contains("filename=\"demo.jpg\"\r\n\r\npicture\r\n--"), "{body}");
    let told = told.lock().unwrap();
    assert_eq!(told.iter().map(|progress| progress.transferred).collect::<Vec<_>>(), [0, 7]);
    assert!(told[1].is_complete());
}
