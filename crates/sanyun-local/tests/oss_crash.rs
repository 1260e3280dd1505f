//! OSS: kills at any moment. The server runs as a process of its own and is killed while objects grow, parts become
//! objects, and attributes change; then it is started again on the same folder. What was acknowledged is there, whole,
//! and nothing else takes up room.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]
#![cfg(unix)]

mod support;

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use http::Method;
use sanyun_core::{Chance, SeededChance};
use support::oss::request;
use support::{NOW, Reply, at};
use tokio::sync::mpsc;

/// The folder of the server in the process that is to be killed.
const FOLDER: &str = "SANYUN_LOCAL_OSS_CRASH_TEST";
const ROUNDS: u64 = 12;
/// The least size of every part but the last.
const LEAST: usize = 100 * 1024;

/// Not a test of its own: what the other process runs. It ends by being killed.
#[tokio::test]
#[ignore = "the test below runs it in a process of its own"]
async fn server() {
    let folder = std::env::var_os(FOLDER).expect("the test below sets it");
    let local = at(NOW, |builder| builder.data_dir(folder)).await.0;
    println!("addr={}", local.addr());
    std::future::pending().await
}

/// The other process, which does not outlive the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn start(folder: &std::path::Path) -> (Server, SocketAddr) {
    let mut server = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "server", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let addr = lines.map_while(Result::ok).find_map(|line| line.split_once("addr=")?.1.parse().ok());
    (Server(server), addr.expect("the server tells its address"))
}

async fn send(addr: SocketAddr, method: Method, key: &str, query: &str, body: impl Into<Vec<u8>>) -> Option<Reply> {
    let reply = request(method, "bkt", key, query).body(body).send_to(addr).await?;
    assert!((200..300).contains(&reply.status), "{key} {query}: {} {}", reply.status, reply.text());
    Some(reply)
}

/// Bytes that say which step they are of, so that a mixture shows.
fn content(step: u64, len: usize) -> Vec<u8> {
    let mut bytes = format!("{step};").repeat(len).into_bytes();
    bytes.truncate(len);
    bytes
}

/// One step of a kind of work.
async fn step(addr: SocketAddr, kind: usize, step: u64) -> Option<()> {
    match kind {
        0 => drop(
            send(addr, Method::POST, "grows", &format!("append&position={}", (step - 1) * 1000), content(step, 1000))
                .await?,
        ),
        1 => {
            let id = send(addr, Method::POST, "parts", "uploads", "").await?.element("UploadId");
            for number in [1, 2] {
                let query = format!("partNumber={number}&uploadId={id}");
                send(addr, Method::PUT, "parts", &query, content(step, LEAST)).await?;
            }
            let all =
                request(Method::POST, "bkt", "parts", &format!("uploadId={id}")).header("x-oss-complete-all", "yes");
            assert_eq!(all.send_to(addr).await?.status, 200);
        }
        2 => {
            let document =
                format!("<Tagging><TagSet><Tag><Key>step</Key><Value>{step}</Value></Tag></TagSet></Tagging>");
            send(addr, Method::PUT, "tagged", "tagging", document).await?;
        }
        _ => {
            let copy = request(Method::PUT, "bkt", &format!("copy{}", step % 3), "");
            assert_eq!(copy.header("x-oss-copy-source", "/bkt/tagged").send_to(addr).await?.status, 200);
        }
    }
    Some(())
}

/// What is there of a kind of work: the last step, whole.
async fn found(addr: SocketAddr, kind: usize) -> u64 {
    let get = async |key: &str| request(Method::GET, "bkt", key, "").send_to(addr).await.unwrap();
    match kind {
        0 => {
            let object = get("grows").await;
            if object.status == 404 {
                return 0;
            }
            assert_eq!(object.header("x-oss-hash-crc64ecma"), sanyun_oss::crc::checksum(&object.body).to_string());
            let steps = object.body.len() as u64 / 1000;
            assert!(object.body == (1..=steps).flat_map(|step| content(step, 1000)).collect::<Vec<_>>());
            steps
        }
        1 => {
            let object = get("parts").await;
            if object.status == 404 {
                return 0;
            }
            let step = object.text().split_once(';').unwrap().0.parse().unwrap();
            assert!(object.body == [content(step, LEAST), content(step, LEAST)].concat());
            step
        }
        2 => {
            assert!(get("tagged").await.body == content(0, 400_000));
            let tags = request(Method::GET, "bkt", "tagged", "tagging").send_to(addr).await.unwrap();
            tags.element("Value").parse().unwrap_or(0)
        }
        _ => {
            for copy in ["copy0", "copy1", "copy2"] {
                let object = get(copy).await;
                assert!(object.status == 404 || object.body == content(0, 400_000), "{copy}");
            }
            0
        }
    }
}

/// Works until the server is gone; gives the last step that was acknowledged.
fn work(addr: SocketAddr, kind: usize, from: u64, steps: mpsc::UnboundedSender<()>) -> tokio::task::JoinHandle<u64> {
    tokio::spawn(async move {
        let mut next = from;
        while step(addr, kind, next).await.is_some() {
            next += 1;
            let _ = steps.send(());
        }
        next - 1
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_whole_after_a_kill_and_nothing_else_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (mut server, mut addr) = start(folder.path());
    send(addr, Method::PUT, "", "", "").await.unwrap();
    send(addr, Method::PUT, "tagged", "", content(0, 400_000)).await.unwrap();
    let mut acknowledged = [0; 4];
    let chance = SeededChance::new(7);
    for _ in 0..ROUNDS {
        let (steps, mut stepped) = mpsc::unbounded_channel();
        let workers: Vec<_> = (0..4).map(|kind| work(addr, kind, acknowledged[kind] + 1, steps.clone())).collect();
        for _ in 0..=chance.next_u64() % 16 {
            stepped.recv().await.unwrap();
        }
        drop(server);
        for (kind, worker) in workers.into_iter().enumerate() {
            acknowledged[kind] = worker.await.unwrap();
        }
        (server, addr) = start(folder.path());
        for (kind, acknowledged) in acknowledged.iter_mut().enumerate() {
            let found = found(addr, kind).await;
            // The last step may have been taken although the kill came before its acknowledgement.
            assert!(
                kind == 3 || (*acknowledged..=*acknowledged + 1).contains(&found),
                "{kind}: {found} of {acknowledged}"
            );
            *acknowledged = found.max(if kind == 3 { *acknowledged } else { 0 });
        }
        let uploads = send(addr, Method::GET, "", "uploads", "").await.unwrap().text();
        for upload in uploads.split("<UploadId>").skip(1) {
            let id = upload.split_once("</").unwrap().0;
            send(addr, Method::DELETE, "parts", &format!("uploadId={id}"), "").await.unwrap();
        }
    }
    assert!(acknowledged.iter().sum::<u64>() > ROUNDS, "{acknowledged:?}");
    drop(server);
    let data = std::fs::read_dir(folder.path().join("oss/bkt/data")).unwrap().count();
    assert!(data <= 6, "{data} folders of data for 6 objects");
}
