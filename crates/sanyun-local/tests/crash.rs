//! Kills at any moment: the server runs as a process of its own, is killed in the middle of uploads, and is started
//! again on the same folder. Every object that was acknowledged must be there, whole.

#![cfg(unix)]

mod support;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sanyun_core::{Chance, Credential, Retry, SeededChance};
use sanyun_local::{ACCESS_KEY, Local, SECRET_KEY};

/// The folder of the server in the process that is to be killed.
const FOLDER: &str = "SANYUN_LOCAL_CRASH_TEST";
const ROUNDS: u64 = 8;
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

fn start(folder: &std::path::Path) -> (Child, String) {
    let mut server = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "server", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let url = lines.map_while(Result::ok).find_map(|line| Some(line.split_once("url=")?.1.to_owned()));
    (server, url.expect("the server tells its endpoint"))
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
        let writers: Vec<_> =
            (0..WRITERS).map(|writer| write(&url, writer, acknowledged[writer as usize] + 1)).collect();
        // Real time: the kill has to strike somewhere in the middle of real writes.
        std::thread::sleep(Duration::from_millis(20 + chance.next_u64() % 150));
        server.kill().unwrap();
        server.wait().unwrap();
        for (writer, task) in writers.into_iter().enumerate() {
            acknowledged[writer] = task.await.unwrap();
        }
        (server, url) = start(folder.path());
        for (writer, acknowledged) in (0..).zip(&mut acknowledged) {
            *acknowledged = read(&url, writer, *acknowledged).await;
        }
    }
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(acknowledged.iter().sum::<u64>() > ROUNDS, "{acknowledged:?}");
}

/// Writes one version after the other until the server is gone; gives the last one that was acknowledged.
fn write(url: &str, writer: u64, from: u64) -> tokio::task::JoinHandle<u64> {
    let bucket = bucket(url);
    tokio::spawn(async move {
        let mut version = from;
        while bucket.put(format!("k{writer}"), content(writer, version)).await.is_ok() {
            version += 1;
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
