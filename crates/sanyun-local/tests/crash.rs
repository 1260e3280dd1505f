//! Kills at any moment: the server runs as a process of its own, is killed in the middle of uploads, and is started
//! again on the same folder. Every object that was acknowledged must be there, whole.

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
use std::process::{Child, Command, Stdio};

use sanyun_core::{Chance, Credential, Retry, SeededChance};
use sanyun_local::{ACCESS_KEY, Local, SECRET_KEY};
use tokio::sync::mpsc;

/// The folder of the server in the process that is to be killed.
const FOLDER: &str = "SANYUN_LOCAL_CRASH_TEST";
const ROUNDS: u64 = 12;
const WRITERS: u64 = 4;

/// Not a test of its own: what the other process runs. It ends by being killed.
#[tokio::test]
#[ignore = "the test below runs it in a process of its own"]
async fn server() {
    let folder = std::env::var_os(FOLDER).expect("the test below sets it");
    let local = Local::builder().data_dir(folder).start().await.unwrap();
    println!("url={}", local.url());
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

fn start(folder: &std::path::Path) -> (Server, String) {
    let mut server = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "server", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let url = lines.map_while(Result::ok).find_map(|line| Some(line.split_once("url=")?.1.to_owned()));
    (Server(server), url.expect("the server tells its endpoint"))
}

fn bucket(url: &str) -> sanyun_oss::Bucket {
    let builder = sanyun_oss::Client::builder().region("cn-hangzhou").endpoint(url).retry(Retry::none());
    let client = builder.credentials(Credential::keys(ACCESS_KEY, SECRET_KEY)).build().unwrap();
    client.bucket("bkt")
}

/// What the writer writes as its `version`: the bytes say which it is, so that a mixture shows.
fn content(writer: u64, version: u64) -> Vec<u8> {
    let chance = SeededChance::new(writer << 32 | version);
    let len = 1 + chance.next_u64() as usize % 600_000;
    let word = format!("{writer}:{version};");
    let mut bytes = word.repeat(len / word.len() + 1).into_bytes();
    bytes.truncate(len.max(word.len()));
    bytes
}

fn version_of(data: &[u8]) -> (u64, u64) {
    let end = data.iter().position(|byte| *byte == b';').unwrap();
    let (writer, version) = std::str::from_utf8(&data[..end]).unwrap().split_once(':').unwrap();
    (writer.parse().unwrap(), version.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_object_is_whole_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let (mut server, mut url) = start(folder.path());
    bucket(&url).create().await.unwrap();
    let mut acknowledged = [0; WRITERS as usize];
    let chance = SeededChance::new(42);
    for _ in 0..ROUNDS {
        let (answers, mut answered) = mpsc::unbounded_channel();
        let begin = |writer| write(&url, writer, acknowledged[writer as usize] + 1, answers.clone());
        let writers: Vec<_> = (0..WRITERS).map(begin).collect();
        // One writer has just been answered, and the others are somewhere in the middle.
        for _ in 0..=chance.next_u64() % 16 {
            answered.recv().await.unwrap();
        }
        drop(server);
        for (writer, task) in writers.into_iter().enumerate() {
            acknowledged[writer] = task.await.unwrap();
        }
        (server, url) = start(folder.path());
        for (writer, acknowledged) in (0..).zip(&mut acknowledged) {
            *acknowledged = read(&url, writer, *acknowledged).await;
        }
    }
    assert!(acknowledged.iter().sum::<u64>() > ROUNDS, "{acknowledged:?}");
}

/// Writes one version after the other until the server is gone; gives the last one that was acknowledged.
fn write(url: &str, writer: u64, from: u64, answers: mpsc::UnboundedSender<()>) -> tokio::task::JoinHandle<u64> {
    let bucket = bucket(url);
    tokio::spawn(async move {
        let mut version = from;
        while bucket.put(format!("k{writer}"), content(writer, version)).await.is_ok() {
            version += 1;
            let _ = answers.send(());
        }
        version - 1
    })
}

/// Reads what is there, which is at least `acknowledged`; gives its version.
async fn read(url: &str, writer: u64, acknowledged: u64) -> u64 {
    let mut object = match bucket(url).get(format!("k{writer}")).await {
        Ok(object) => object.into_inner(),
        Err(error) => {
            assert!(acknowledged == 0 && error.service().is_some(), "{error}");
            return 0;
        }
    };
    let data = object.bytes().await.unwrap();
    let (by, version) = version_of(&data);
    assert!(data == content(by, version), "a mixture of writes");
    // The last write may have been stored although the kill came before its acknowledgement.
    assert!(by == writer && (acknowledged..=acknowledged + 1).contains(&version), "{version} after {acknowledged}");
    version
}
