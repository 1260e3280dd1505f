//! Transfers in a process of their own: killed in the middle, and measured.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use sanyun_core::{Body, Credential};
use sanyun_local::{ACCESS_KEY, SECRET_KEY};
use sanyun_oss::{Client, crc};

use crate::world::{PART, World, content, names, stream};

/// What the other process does: kind, URL, file, folder of the checkpoint, bytes a second.
const TASK: &str = "SANYUN_TRANSFER_TASK";

/// Runs in the other process; in the tests' own it has nothing to do.
#[tokio::test]
async fn other_process() {
    let Ok(task) = std::env::var(TASK) else { return };
    let task: Vec<&str> = task.split('\n').collect();
    let [kind, url, file, resume, rate] = task[..] else { panic!("{task:?}") };
    let credential = Credential::keys(ACCESS_KEY, SECRET_KEY);
    let client = Client::builder().region("cn-hangzhou").endpoint(url).credentials(credential).build().unwrap();
    let (bucket, rate) = (client.bucket("photos"), rate.parse().unwrap());
    let told = |progress: sanyun_oss::transfer::TransferProgress| println!("\n{}", progress.transferred);
    match kind {
        "upload" => {
            let upload = bucket.upload_file("k", file).part_size(PART).checkpoint(resume).bandwidth(rate);
            upload.progress(told).await.unwrap();
        }
        "download" => {
            let download = bucket.download_file("k", file).part_size(PART).checkpoint(resume).bandwidth(rate);
            download.progress(told).await.unwrap();
        }
        "one lane up" => drop(bucket.upload_file("k", file).parallel(1).await.unwrap()),
        "one lane down" => drop(bucket.download_file("k", file).parallel(1).await.unwrap()),
        "stream" => {
            let reader = tokio::fs::File::open(file).await.unwrap();
            drop(bucket.upload_from("k", reader).parallel(2).await.unwrap());
        }
        _ => panic!("{kind}"),
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("\npeak {}", peak.trim().trim_end_matches(" kB"));
}

struct Other {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Other {
    fn start(world: &World, kind: &str, file: &Path, rate: u64) -> Self {
        let (url, resume) = (world.local.url(), world.path("resume"));
        let task = format!("{kind}\n{url}\n{}\n{}\n{rate}", file.display(), resume.display());
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["process::other_process", "--exact", "--nocapture"]).env(TASK, task).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// The next line that begins so, or nothing at the end.
    fn number(&mut self, prefix: &str) -> Option<u64> {
        let mut line = String::new();
        while self.lines.read_line(&mut line).unwrap() > 0 {
            let number = line.trim().strip_prefix(prefix).and_then(|text| text.parse().ok());
            if number.is_some() {
                return number;
            }
            line.clear();
        }
        None
    }

    /// Kills it as soon as so many bytes have been transferred. False if it was done before.
    fn kill_at(mut self, bytes: u64) -> bool {
        while let Some(transferred) = self.number("") {
            if transferred >= bytes {
                self.child.kill().unwrap();
                break;
            }
        }
        !self.child.wait().unwrap().success()
    }

    /// Waits for its end. The most memory that it had, in KiB.
    fn peak_kib(mut self) -> u64 {
        let peak = self.number("peak ").unwrap();
        assert!(self.child.wait().unwrap().success());
        peak
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn transfers_that_are_killed_again_and_again_arrive_whole() {
    let world = World::new().await;
    let bytes = content(40 * PART as usize + 11);
    let (path, out, resume) = (world.file("in", &bytes), world.path("out"), world.path("resume"));
    let run = |kind: &'static str, file: &Path, at: u64| {
        let other = Other::start(&world, kind, file, 80 * PART);
        tokio::task::block_in_place(move || other.kill_at(at))
    };
    let mut killed = 0;
    for at in (5..40).step_by(7) {
        killed += u32::from(run("upload", &path, at * PART));
    }
    assert!(killed >= 4, "{killed}");
    assert_eq!(world.unfinished().await, 1);
    let stored = world.bucket.upload_file("k", &path).part_size(PART).checkpoint(&resume).await.unwrap();
    assert!(stored.resumed >= 20 * PART, "{stored:?}");
    assert_eq!(world.object("k").await, bytes);

    for at in (5..40).step_by(7) {
        killed += u32::from(run("download", &out, at * PART));
    }
    assert!(killed >= 8, "{killed}");
    let saved = world.bucket.download_file("k", &out).part_size(PART).checkpoint(&resume).await.unwrap();
    assert!(saved.resumed >= 10 * PART && saved.crc64 == crc::checksum(&bytes), "{saved:?}");
    assert_eq!(std::fs::read(&out).unwrap(), bytes);
    assert_eq!((names(&resume), names(world.folder.path()).len()), (vec![], 3));
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_that_of_the_lanes_not_of_the_object() {
    let world = World::new().await;
    let bytes = content(96 << 20);
    let (path, out) = (world.file("in", &bytes), world.path("out"));
    let peak = |kind: &'static str, file: &Path| {
        let other = Other::start(&world, kind, file, 0);
        tokio::task::block_in_place(move || other.peak_kib())
    };
    let (up, down, stream) = (peak("one lane up", &path), peak("one lane down", &out), peak("stream", &path));
    println!("peak memory in KiB: {up} up, {down} down, {stream} from a stream");
    assert!(up < 48 << 10 && down < 48 << 10, "{up} {down}");
    // Two parts of 6 MiB, and the buffers that they are made of.
    assert!(stream < 64 << 10, "{stream}");
    assert!(std::fs::read(&out).unwrap() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_read_no_further_than_its_lanes() {
    let world = World::new().await;
    let read = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let counted = std::sync::Arc::clone(&read);
    let ahead = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let most = std::sync::Arc::clone(&ahead);
    let body = Body::once(stream(content(30 * PART as usize)), None).with_progress(move |progress| {
        counted.store(progress.transferred, std::sync::atomic::Ordering::Relaxed);
    });
    let upload = world.bucket.upload("k", body).part_size(PART).parallel(2).bandwidth(200 * PART);
    let upload = upload.progress(move |progress| {
        let ahead = read.load(std::sync::atomic::Ordering::Relaxed).saturating_sub(progress.transferred);
        most.fetch_max(ahead, std::sync::atomic::Ordering::Relaxed);
    });
    upload.await.unwrap();
    let ahead = ahead.load(std::sync::atomic::Ordering::Relaxed);
    assert!(ahead <= 3 * PART, "{ahead}");
}
