//! The server itself: faults on request, shutting down, the access log, what two servers share and what not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Method;
use sanyun_core::{Credential, ErrorKind, Retry};
use sanyun_local::{ACCESS_KEY, Builder, Fault, Local, SECRET_KEY};
use serde_json::json;
use support::oss::request;
use support::{NOW, Request, at};

fn tencent(local: &Local, retry: Retry) -> sanyun_tencent::Client {
    let builder = sanyun_tencent::Client::builder().endpoint(local.url()).region("ap-shanghai").retry(retry);
    builder.credentials(Credential::keys(ACCESS_KEY, SECRET_KEY)).build().unwrap()
}

async fn describe(client: &sanyun_tencent::Client) -> sanyun_core::Result<u32> {
    let reply = client.invoke("cvm", "2017-03-12", "DescribeZones", json!({})).await?;
    Ok(reply.attempts())
}

#[tokio::test]
async fn every_fault_happens_once_and_shows_as_what_it_is() {
    let local = Local::builder().start().await.unwrap();
    for (fault, kind) in [
        (Fault::LoseAnswer, ErrorKind::Io),
        (Fault::BreakRequest { after_bytes: 1 }, ErrorKind::Io),
        (Fault::Truncate, ErrorKind::Io),
        (Fault::Garbage, ErrorKind::Decode),
        (Fault::Status(503), ErrorKind::Service),
    ] {
        local.inject(fault);
        // A new client each time: a connection that breaks on its second request is repeated at once.
        let once = tencent(&local, Retry::none());
        assert_eq!(describe(&once).await.unwrap_err().kind(), kind, "{fault:?}");
        assert_eq!(describe(&once).await.unwrap(), 1, "{fault:?} happens once");
    }
    let again = tencent(&local, Retry::standard());
    for fault in [Fault::LoseAnswer, Fault::Status(503)] {
        local.inject(fault);
        assert_eq!(describe(&again).await.unwrap(), 2, "{fault:?}");
    }
}

#[tokio::test]
async fn a_broken_upload_leaves_nothing_and_its_retry_everything() {
    let data = vec![7; 3_000_000];
    let build = |builder: Builder| builder;
    let (local, _) = at(NOW, build).await;
    assert_eq!(request(Method::PUT, "bkt", "", "").send(&local).await.status, 200);
    let client = sanyun_oss::Client::builder()
        .region("cn-hangzhou")
        .endpoint(local.url())
        .clock(sanyun_core::ManualClock::at_unix(NOW as u64))
        .credentials(Credential::keys(ACCESS_KEY, SECRET_KEY))
        .build()
        .unwrap();
    local.inject(Fault::BreakRequest { after_bytes: 1_000_000 });
    let stored = client.bucket("bkt").put("k", data.clone()).await.unwrap();
    assert_eq!(stored.attempts(), 2);
    assert!(request(Method::GET, "bkt", "k", "").send(&local).await.body == data);
}

#[tokio::test]
async fn shutting_down_lets_requests_under_way_finish_and_accepts_no_more() {
    /// A clock whose waits end when the test says so.
    struct Gate(tokio::sync::Semaphore, tokio::sync::Semaphore);
    impl sanyun_core::Clock for Gate {
        fn now(&self) -> std::time::SystemTime {
            std::time::SystemTime::now()
        }
        fn sleep(&self, _: Duration) -> sanyun_core::BoxFuture<'_, ()> {
            Box::pin(async {
                self.0.add_permits(1);
                self.1.acquire().await.unwrap().forget();
            })
        }
    }
    let gate = Arc::new(Gate(tokio::sync::Semaphore::new(0), tokio::sync::Semaphore::new(0)));
    let local =
        Local::builder().clock(Arc::clone(&gate)).fault(Fault::Delay(Duration::from_secs(1))).start().await.unwrap();
    let (addr, client) = (local.addr(), tencent(&local, Retry::none()));
    let under_way = tokio::spawn(async move { describe(&client).await });
    gate.0.acquire().await.unwrap().forget();
    let shutting_down = tokio::spawn(local.shutdown());
    while std::net::TcpStream::connect(addr).is_ok() {
        tokio::task::yield_now().await;
    }
    gate.1.add_permits(1);
    assert_eq!(under_way.await.unwrap().unwrap(), 1);
    shutting_down.await.unwrap();
}

#[tokio::test]
async fn a_folder_and_a_port_have_one_user() {
    let folder = tempfile::tempdir().unwrap();
    let first = Local::builder().data_dir(folder.path()).start().await.unwrap();
    let error = Local::builder().data_dir(folder.path()).start().await.unwrap_err();
    assert!(error.to_string().contains("another local cloud is using this folder"), "{error}");
    let error = Local::builder().port(first.addr().port()).start().await.unwrap_err();
    assert!(error.to_string().starts_with("cannot listen on 127.0.0.1:"), "{error}");
    first.shutdown().await;
    Local::builder().data_dir(folder.path()).start().await.unwrap();
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_access_log_tells_every_request_and_no_secret() {
    let lines = Lines::default();
    let (local, _) =
        at(NOW, |builder| builder.session_key("ID", "SECRET-1", "SECRET-2").access_log(lines.clone())).await;
    request(Method::PUT, "bkt", "", "").send(&local).await;
    request(Method::PUT, "bkt", "k", "").body("SECRET-3").send(&local).await;
    request(Method::GET, "bkt", "k", "").presigned(&local, 60).send(local.addr()).await.unwrap();
    request(Method::GET, "bkt", "k", "")
        .header("x-oss-meta-a", "SECRET-4")
        .signed_by(&local, ACCESS_KEY, "SECRET-5")
        .send(local.addr())
        .await
        .unwrap();
    let clock = sanyun_core::ManualClock::at_unix(NOW as u64);
    let client = sanyun_huawei::Client::builder().endpoint(local.url()).project_id("p").clock(clock);
    let client = client.credentials(Credential::session("ID", "SECRET-1", "SECRET-2")).build().unwrap();
    client.invoke("vpc", "v2", "ListVpcs", json!({"marker": "SECRET-6"})).await.unwrap();
    Request::new("GET", "/v1/nothing").header("Host", "x").send(local.addr()).await.unwrap();
    // The line of a request is written when its reply has gone out, which its client may see first.
    while lines.0.lock().unwrap().iter().filter(|byte| **byte == b'\n').count() < 6 {
        tokio::task::yield_now().await;
    }
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(!log.contains("SECRET") && !log.contains("ignature="), "{log}");
    for expected in [
        "2027-01-15T08:00:00Z oss     200 PutObject - PUT /bkt/k in 8 B out 0 B ",
        "oss     200 GetObject - GET /bkt/k in 0 B out 8 B ",
        "oss     403 GetObject SignatureDoesNotMatch GET /bkt/k in 0 B out ",
        "huawei  200 vpc ListVpcs - GET /v1/p/vpcs in 0 B out ",
        "huawei  401 - APIGW.0301 GET /v1/nothing in 0 B out ",
    ] {
        assert!(log.contains(expected), "{expected}\n{log}");
    }
}

#[tokio::test]
async fn a_client_that_waits_for_100_continue_is_told_before_it_sends() {
    let (local, _) = at(NOW, |builder| builder).await;
    request(Method::PUT, "bkt", "", "").send(&local).await;
    let mut right = request(Method::PUT, "bkt", "k", "").body("hello").signed(&local);
    right.headers.push(("expect".to_owned(), "100-continue".to_owned()));
    let mut wrong = right.clone();
    for (name, value) in &mut wrong.headers {
        if name == "authorization" {
            value.replace_range(value.len() - 4.., "0000");
        }
    }
    let addr = local.addr();
    let exchange = move |request: Request, sends: bool| {
        let mut socket = support::connect(addr);
        socket.write_all(&request.head()).unwrap();
        if sends {
            let mut first = [0; 25];
            io::Read::read_exact(&mut socket, &mut first).unwrap();
            assert_eq!(&first, b"HTTP/1.1 100 Continue\r\n\r\n");
            socket.write_all(&request.body).unwrap();
        }
        support::read_reply(&mut socket, false).unwrap().status
    };
    let statuses = tokio::task::spawn_blocking(move || (exchange(wrong, false), exchange(right, true)));
    assert_eq!(statuses.await.unwrap(), (403, 200));
}

#[tokio::test]
async fn a_large_upload_that_is_refused_is_told_why() {
    let (local, _) = at(NOW, |builder| builder).await;
    request(Method::PUT, "bkt", "", "").send(&local).await;
    let refused = request(Method::PUT, "bkt", "k", "").body(vec![0; 20_000_000]).signed_by(&local, "nobody", "x");
    let reply = refused.send(local.addr()).await.unwrap();
    assert_eq!((reply.status, reply.element("Code").as_str()), (403, "InvalidAccessKeyId"));
    let huge = Request::new("POST", "/v1/p/vpcs").header("Host", "x").body(vec![0; 13 * 1024 * 1024]);
    let reply = huge.send(local.addr()).await.unwrap();
    assert_eq!((reply.status, reply.json()["error_code"].as_str()), (413, Some("APIGW.0201")));
}

#[tokio::test]
async fn many_clients_at_once_do_not_mix() {
    let (local, _) = at(NOW, |builder| builder).await;
    request(Method::PUT, "bkt", "", "").send(&local).await;
    let local = Arc::new(local);
    let work = |client: usize| {
        let local = Arc::clone(&local);
        async move {
            for round in 0..5 {
                let (own, shared) = (format!("own-{client}"), format!("shared-{round}"));
                let data = format!("{client} {round} ").repeat(10_000);
                for key in [&own, &shared] {
                    request(Method::PUT, "bkt", key, "").body(data.clone()).send(&local).await;
                }
                assert!(request(Method::GET, "bkt", &own, "").send(&local).await.text() == data);
                let seen = request(Method::GET, "bkt", &shared, "").send(&local).await;
                // Whoever wrote it last: it is one whole object with its own checksum.
                assert_eq!(seen.header("x-oss-hash-crc64ecma"), sanyun_oss::crc::checksum(&seen.body).to_string());
            }
        }
    };
    let mut clients = tokio::task::JoinSet::new();
    (0..8).for_each(|client| drop(clients.spawn(work(client))));
    while let Some(done) = clients.join_next().await {
        done.unwrap();
    }
}
