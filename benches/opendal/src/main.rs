//! The jobs of `cargo xtask bench oss` done with the OSS service of `opendal`: the same arguments and the same line of
//! JSON as those of our own client (`benches/src/oss/client.rs`).
//!
//! Operators are made without layers: no retries, no logging, no time-outs.
#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made stops the run")]

use std::future::Future;
use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;
use futures::StreamExt as _;
use opendal::services::Oss;
use opendal::{Buffer, HttpTransporter, OperationContext, Operator};
use opendal_http_transport_reqwest::ReqwestTransport;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const BUCKET: &str = "sanyun-bench";
const PIECE_BYTES: usize = 256 << 10;
const PART_BYTES: usize = 8 << 20;
const PARALLEL: usize = 3;
const SMALL_BYTES: usize = 4096;

/// One call of a kind that is made many times: its operator and its number.
type Small = fn(Operator, usize) -> futures::future::BoxFuture<'static, ()>;

struct Job {
    name: String,
    bytes: u64,
    count: usize,
    lanes: usize,
    file: String,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        args.iter().position(|arg| arg == name).and_then(|at| args.get(at + 1)).cloned().unwrap_or_default()
    };
    let number = |name: &str| option(name).parse().unwrap_or(0);
    let job = Job {
        name: option("--job"),
        bytes: number("--bytes"),
        count: number("--count") as usize,
        lanes: (number("--lanes") as usize).max(1),
        file: option("--file"),
    };
    let mut cores = rustix::thread::CpuSet::new();
    cores.set(1);
    let _ = rustix::thread::sched_setaffinity(None, &cores);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        measure(&operator(&option("--endpoint")), job).await;
    });
}

/// The bucket stands in the host's name, as it does at OSS: with the bucket in the path, listings are signed wrongly.
fn operator(endpoint: &str) -> Operator {
    let address: SocketAddr = endpoint.strip_prefix("http://").unwrap().parse().unwrap();
    let client = reqwest::Client::builder().resolve(&format!("{BUCKET}.localhost"), address).build().unwrap();
    let transport = HttpTransporter::new(ReqwestTransport::new(client));
    let service = Oss::default()
        .bucket(BUCKET)
        .endpoint(&format!("http://localhost:{}", address.port()))
        .access_key_id("sanyun-local-ak")
        .access_key_secret("sanyun-local-sk");
    Operator::new(service).unwrap().with_context(OperationContext::new().with_http_transport(transport))
}

async fn measure(operator: &Operator, job: Job) {
    // The connection is opened, and what is made at the first call is made.
    let _ = operator.stat("warm").await;
    let (cpu, start) = (cpu_seconds(), Instant::now());
    match job.name.as_str() {
        "put" => put(operator, job.bytes).await,
        "get" => get(operator, job.bytes).await,
        "upload" => upload(operator, &job.file).await,
        "download" => download(operator, job.bytes, &job.file).await,
        "small-put" => many(operator, &job, small_put).await,
        "small-get" => many(operator, &job, small_get).await,
        "list" => assert_eq!(list(operator).await, job.count),
        other => panic!("there is no job `{other}`"),
    }
    let (cpu, wall) = (cpu_seconds() - cpu, start.elapsed().as_secs_f64());
    println!("{{\"cpu_s\": {cpu}, \"wall_s\": {wall}, \"peak_kib\": {}}}", peak_kib());
}

/// One PUT of pieces that all share the same memory.
async fn put(operator: &Operator, bytes: u64) {
    let piece = Bytes::from(vec![0x5a; PIECE_BYTES]);
    let body: Buffer = (0..bytes / PIECE_BYTES as u64).map(|_| piece.clone()).collect::<Vec<_>>().into();
    operator.write("big", body).await.unwrap();
}

async fn get(operator: &Operator, bytes: u64) {
    let mut stream = operator.reader("big").await.unwrap().into_bytes_stream(..).await.unwrap();
    let mut read = 0;
    while let Some(piece) = stream.next().await {
        read += piece.unwrap().len() as u64;
    }
    assert_eq!(read, bytes);
}

async fn upload(operator: &Operator, file: &str) {
    let mut file = tokio::fs::File::open(file).await.unwrap();
    let mut writer = operator.writer_with("file").chunk(PART_BYTES).concurrent(PARALLEL).await.unwrap();
    loop {
        let mut part = Vec::with_capacity(PART_BYTES);
        file.set_max_buf_size(PART_BYTES);
        (&mut file).take(PART_BYTES as u64).read_to_end(&mut part).await.unwrap();
        if part.is_empty() {
            break;
        }
        writer.write(part).await.unwrap();
    }
    writer.close().await.unwrap();
}

async fn download(operator: &Operator, bytes: u64, file: &str) {
    let mut file = tokio::fs::File::create(file).await.unwrap();
    file.set_max_buf_size(PIECE_BYTES);
    let reader = operator.reader_with("file").chunk(PART_BYTES).concurrent(PARALLEL).await.unwrap();
    let mut stream = reader.into_bytes_stream(0..bytes).await.unwrap();
    while let Some(piece) = stream.next().await {
        file.write_all(&piece.unwrap()).await.unwrap();
    }
    file.flush().await.unwrap();
}

async fn many(operator: &Operator, job: &Job, small: Small) {
    let (lanes, each) = (job.lanes, job.count / job.lanes);
    let tasks: Vec<_> = (0..lanes)
        .map(|lane| {
            let operator = operator.clone();
            tokio::spawn(async move {
                for number in lane * each..(lane + 1) * each {
                    small(operator.clone(), number).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

fn small_put(operator: Operator, number: usize) -> futures::future::BoxFuture<'static, ()> {
    boxed(async move {
        static BODY: [u8; SMALL_BYTES] = [0x5a; SMALL_BYTES];
        operator.write(&key(number), Bytes::from_static(&BODY)).await.unwrap();
    })
}

fn small_get(operator: Operator, number: usize) -> futures::future::BoxFuture<'static, ()> {
    boxed(async move {
        assert_eq!(operator.read(&key(number)).await.unwrap().len(), SMALL_BYTES);
    })
}

fn boxed(future: impl Future<Output = ()> + Send + 'static) -> futures::future::BoxFuture<'static, ()> {
    Box::pin(future)
}

fn key(number: usize) -> String {
    format!("small/{number:05}")
}

async fn list(operator: &Operator) -> usize {
    let mut lister = operator.lister_with("small/").recursive(true).await.unwrap();
    let mut count = 0;
    while let Some(entry) = lister.next().await {
        assert!(!entry.unwrap().path().is_empty());
        count += 1;
    }
    count
}

fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The most memory that was resident, in KiB; 0 where the system does not say.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
