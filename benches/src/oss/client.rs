//! The role of a client: one job, and the CPU time, wall time and memory that it took.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use sanyun_core::{Body, Credential};
use sanyun_oss::Bucket;
use serde_json::json;

use super::bare::Bare;
use super::pattern::Pattern;
use super::{BUCKET, REGION, SMALL_BYTES};
use crate::clouds::{ACCESS_KEY, SECRET_KEY};
use crate::{Done, allocations, cpu_seconds, option};

/// What is measured of managed transfers: parts of 8 MiB, three at a time, for all clients.
const PART_BYTES: u64 = 8 << 20;
const PARALLEL: usize = 3;

struct Job {
    bytes: u64,
    count: usize,
    lanes: usize,
    file: String,
}

/// `oss-client --who ours|bare|bare-crc --job put|get|upload|download|small-put|small-get|list --endpoint URL
/// [--bytes N] [--count N] [--lanes N] [--file PATH]`
pub(super) fn run(args: &[String]) -> Done {
    let number = |name: &str| option(args, name).parse().unwrap_or(0_u64);
    let job = Job {
        bytes: number("--bytes"),
        count: number("--count") as usize,
        lanes: (number("--lanes") as usize).max(1),
        file: option(args, "--file").to_owned(),
    };
    let (who, name, endpoint) = (option(args, "--who"), option(args, "--job"), option(args, "--endpoint"));
    crate::pin_to(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (cpu, wall, allocated) = runtime.block_on(async {
        if who == "ours" {
            let bucket = bucket(endpoint);
            drop(bucket.head("warm").await);
            measured(ours(&bucket, name, &job)).await
        } else {
            let client = Arc::new(Bare::new(endpoint));
            client.warm().await;
            measured(bare(client, name, &job, who == "bare-crc")).await
        }
    });
    println!("{}", json!({"cpu_s": cpu, "wall_s": wall, "peak_kib": peak_kib(), "allocations": allocated}));
    Ok(())
}

async fn measured(work: impl Future<Output = ()>) -> (f64, f64, u64) {
    let (cpu, start, allocated) = (cpu_seconds(), Instant::now(), allocations::count());
    Box::pin(work).await;
    (cpu_seconds() - cpu, start.elapsed().as_secs_f64(), allocations::count() - allocated)
}

/// Our client as it is without any setting.
pub(super) fn bucket(endpoint: &str) -> Bucket {
    let builder = sanyun_oss::Client::builder().region(REGION).endpoint(endpoint);
    builder.credentials(Credential::keys(ACCESS_KEY, SECRET_KEY)).build().expect("a client").bucket(BUCKET)
}

async fn ours(bucket: &Bucket, name: &str, job: &Job) {
    match name {
        "put" => {
            let (piece, bytes) = (Pattern::piece(), job.bytes);
            let body = Body::factory(Some(bytes), move || Ok(Box::pin(Pattern::new(piece.clone(), bytes))));
            bucket.put("big", body).await.expect("an object");
        }
        "get" => {
            let (mut object, mut read) = (bucket.get("big").await.expect("an object"), 0);
            while let Some(piece) = object.chunk().await.expect("a piece") {
                read += piece.len() as u64;
            }
            assert_eq!(read, job.bytes);
        }
        "upload" => {
            let upload = bucket.upload_file("file", &job.file).part_size(PART_BYTES).parallel(PARALLEL);
            upload.await.expect("an object");
        }
        "download" => {
            let download = bucket.download_file("file", &job.file).part_size(PART_BYTES).parallel(PARALLEL);
            assert!(download.skip_sync().await.expect("a file").verified);
        }
        "list" => {
            let (mut items, mut count) = (bucket.list().prefix("small/").page_size(1000).items(), 0);
            while let Some(item) = items.next().await {
                assert!(!item.expect("an entry").key.is_empty());
                count += 1;
            }
            assert_eq!(count, job.count);
        }
        "small-put" => {
            many(job, bucket.clone(), |bucket, number| async move {
                bucket.put(key(number), small()).await.expect("an object");
            })
            .await;
        }
        _ => {
            many(job, bucket.clone(), |bucket, number| async move {
                let bytes = bucket.get(key(number)).await.expect("an object").bytes().await.expect("bytes");
                assert_eq!(bytes.len(), SMALL_BYTES);
            })
            .await;
        }
    }
}

async fn bare(client: Arc<Bare>, name: &str, job: &Job, sums: bool) {
    match name {
        "put" => {
            let crc64 = client.put("big", Pattern::piece(), job.bytes, sums).await;
            assert!(!sums || crc64 == Pattern::crc64(job.bytes));
        }
        "get" => assert_eq!(client.get("big", sums).await.0, job.bytes),
        "small-put" => {
            many(job, client, move |client, number| async move {
                client.put(&key(number), small(), SMALL_BYTES as u64, sums).await;
            })
            .await;
        }
        _ => {
            many(job, client, move |client, number| async move {
                assert_eq!(client.get(&key(number), sums).await.0, SMALL_BYTES as u64);
            })
            .await;
        }
    }
}

/// The job's calls, spread over its lanes.
async fn many<C, F>(job: &Job, client: C, call: impl Fn(C, usize) -> F + Clone + Send + 'static)
where
    C: Clone + Send + 'static,
    F: Future<Output = ()> + Send,
{
    let each = job.count / job.lanes;
    let lanes: Vec<_> = (0..job.lanes)
        .map(|lane| {
            let (client, call) = (client.clone(), call.clone());
            tokio::spawn(async move {
                for number in lane * each..(lane + 1) * each {
                    call(client.clone(), number).await;
                }
            })
        })
        .collect();
    for lane in lanes {
        lane.await.expect("the lane ended well");
    }
}

fn key(number: usize) -> String {
    format!("small/{number:05}")
}

fn small() -> Bytes {
    static BODY: [u8; SMALL_BYTES] = [0x5a; SMALL_BYTES];
    Bytes::from_static(&BODY)
}

/// The most memory that was resident, in KiB; 0 where the system does not say.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
