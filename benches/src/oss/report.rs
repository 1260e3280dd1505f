//! Runs the jobs of all clients in turns and prints the least of several rounds.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::client;
use crate::report::Server;
use crate::{Done, option};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Rounds, unless another number is asked for.
const ROUNDS: usize = 3;
const GIB: u64 = 1 << 30;
const OBJECTS: u64 = 10_000;

/// The clients, as the columns of the tables.
const CLIENTS: [&str; 5] = ["ours", "bare", "bare-crc", "opendal", "python"];

/// A job, where it is done, and who can do it.
struct Job {
    title: &'static str,
    name: &'static str,
    /// Against the server that neither sums nor stores.
    sink: bool,
    lanes: u64,
    clients: &'static [&'static str],
}

const ALL: &[&str] = &CLIENTS;
const PEERS: &[&str] = &["ours", "opendal", "python"];

const JOBS: [Job; 11] = [
    job("put 1 GiB, bare server", "put", true, 1, ALL),
    job("get 1 GiB, bare server", "get", true, 1, ALL),
    job("put 1 GiB", "put", false, 1, ALL),
    job("get 1 GiB", "get", false, 1, ALL),
    job("upload a file of 1 GiB", "upload", false, 1, PEERS),
    job("download it", "download", false, 1, PEERS),
    job("put 10,000 × 4 KiB, 1 lane", "small-put", false, 1, ALL),
    job("get 10,000 × 4 KiB, 1 lane", "small-get", false, 1, ALL),
    job("put 10,000 × 4 KiB, 16 lanes", "small-put", false, 16, ALL),
    job("get 10,000 × 4 KiB, 16 lanes", "small-get", false, 16, ALL),
    job("list 10,000 keys", "list", false, 1, PEERS),
];

const fn job(title: &'static str, name: &'static str, sink: bool, lanes: u64, clients: &'static [&'static str]) -> Job {
    Job { title, name, sink, lanes, clients }
}

/// The least of each measure.
#[derive(Clone, Copy)]
struct Figures {
    cpu: f64,
    wall: f64,
    peak: f64,
}

const NONE: Figures = Figures { cpu: f64::INFINITY, wall: f64::INFINITY, peak: f64::INFINITY };

/// `oss [--rounds N] [--only TEXT] [--large GIB]`; `SANYUN_PYTHON` and `SANYUN_OPENDAL` name the peers' programs.
pub(super) fn run(args: &[String]) -> Done {
    let rounds = option(args, "--rounds").parse().unwrap_or(ROUNDS);
    let scratch = Scratch::new()?;
    let local = Server::start(&["server"], &[("TMPDIR", &scratch.0)])?;
    let sink = Server::start(&["oss-sink", "--bytes", &GIB.to_string()], &[])?;
    std::fs::write(scratch.0.join("source"), vec![0x5a; GIB as usize])?;
    make_ready(&local.url, &scratch.0)?;
    summing()?;
    header();
    for job in JOBS.iter().filter(|job| job.title.contains(option(args, "--only"))) {
        let server = if job.sink { &sink } else { &local };
        print(job, &measure(job, &server.url, &scratch.0, rounds)?);
    }
    drop(sink);
    large(option(args, "--large").parse().unwrap_or(4))
}

/// A folder in memory, where the system has one.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = parent.join(format!("sanyun-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Makes the bucket and what the jobs that read need.
fn make_ready(url: &str, scratch: &Path) -> Done {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async { client::bucket(url).create().await })?;
    for name in ["put", "upload", "small-put"] {
        once(&job("", name, false, 1, ALL), "ours", GIB, url, scratch)?;
    }
    Ok(())
}

/// In turns, so that a busy spell hits all alike. Python takes long and needs one round.
fn measure(job: &Job, url: &str, scratch: &Path, rounds: usize) -> Result<[Figures; CLIENTS.len()]> {
    let mut least = [NONE; CLIENTS.len()];
    for round in 0..rounds {
        for (least, who) in least.iter_mut().zip(CLIENTS) {
            if !job.clients.contains(&who) || (who == "python" && round > 0) {
                continue;
            }
            let Some(now) = once(job, who, GIB, url, scratch)? else { continue };
            *least =
                Figures { cpu: least.cpu.min(now.cpu), wall: least.wall.min(now.wall), peak: least.peak.min(now.peak) };
        }
    }
    Ok(least)
}

fn once(job: &Job, who: &str, bytes: u64, url: &str, scratch: &Path) -> Result<Option<Figures>> {
    let mut command = match who {
        "python" | "opendal" => match peer(who) {
            Some(command) => command,
            None => return Ok(None),
        },
        _ => {
            let mut command = Command::new(std::env::current_exe()?);
            command.args(["oss-client", "--who", who]);
            command
        }
    };
    let file = scratch.join(if job.name == "download" { "target" } else { "source" });
    command.args(["--job", job.name, "--endpoint", url, "--file"]).arg(&file);
    command.args(["--bytes", &bytes.to_string(), "--count", &OBJECTS.to_string(), "--lanes", &job.lanes.to_string()]);
    let output = command.stderr(Stdio::inherit()).output()?;
    if job.name == "download" {
        std::fs::remove_file(file)?;
    }
    let line = String::from_utf8(output.stdout)?;
    let value: Value = serde_json::from_str(&line).map_err(|error| format!("{command:?}: {error}: {line}"))?;
    let number = |name: &str| value.get(name).and_then(Value::as_f64).ok_or("a figure is missing");
    Ok(Some(Figures { cpu: number("cpu_s")?, wall: number("wall_s")?, peak: number("peak_kib")? / 1024.0 }))
}

/// The program of another client, if it is there.
fn peer(who: &str) -> Option<Command> {
    if who == "opendal" {
        return std::env::var_os("SANYUN_OPENDAL").map(Command::new);
    }
    let mut command = Command::new(std::env::var_os("SANYUN_PYTHON")?);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/oss.py")).env("PYTHONDONTWRITEBYTECODE", "1");
    Some(command)
}

fn summing() -> Done {
    let output = Command::new(std::env::current_exe()?).arg("oss-crc").output()?;
    let value: Value = serde_json::from_slice(&output.stdout)?;
    let number = |name: &str| value.get(name).and_then(Value::as_f64).unwrap_or_default();
    println!(
        "\nCRC-64: {:.1} GB/s of what lies in the cache, {:.1} GB/s of what does not (reading that alone: {:.1} GB/s)\n",
        number("near"),
        number("far"),
        number("reading")
    );
    Ok(())
}

fn header() {
    println!(
        "CPU and wall seconds of the client's process, the least of several rounds in turns; the most memory that it had,\n\
         in MiB. The bare client is the same HTTP library and a signature; the local cloud sums and stores in memory.\n"
    );
    println!(
        "{:<30} {:<5} {:>8} {:>8} {:>8} {:>8} {:>8}   {:>9} {:>9} {:>12} {:>11}",
        "job",
        "",
        "ours",
        "bare",
        "b. + CRC",
        "opendal",
        "Python",
        "ours/bare",
        "ours/b+C",
        "opendal/ours",
        "Python/ours"
    );
}

fn print(job: &Job, figures: &[Figures; CLIENTS.len()]) {
    for (at, name) in ["CPU", "wall", "MiB"].into_iter().enumerate() {
        let measure = figures.map(|figures| [figures.cpu, figures.wall, figures.peak][at]);
        let [ours, bare, summing, opendal, python] = measure;
        let digits = if name == "MiB" { 1 } else { 3 };
        let [a, b, c, d, e] = [ours, bare, summing, opendal, python].map(|figure| shown(figure, digits));
        let [f, g, h, i] = [ours / bare, ours / summing, opendal / ours, python / ours].map(|ratio| shown(ratio, 2));
        let title = if at == 0 { job.title } else { "" };
        println!("{title:<30} {name:<5} {a:>8} {b:>8} {c:>8} {d:>8} {e:>8}   {f:>9} {g:>9} {h:>12} {i:>11}");
    }
}

/// What nobody measured is infinite, or a ratio to it, which is nothing.
fn shown(figure: f64, digits: usize) -> String {
    if figure.is_finite() && figure > 0.0 { format!("{figure:.digits$}") } else { "-".to_owned() }
}

/// Memory does not grow with the object.
fn large(gib: u64) -> Done {
    let sink = Server::start(&["oss-sink", "--bytes", &(gib * GIB).to_string()], &[])?;
    for (title, name) in [("put", "put"), ("get", "get")] {
        let job = job(title, name, true, 1, ALL);
        if let Some(figures) = once(&job, "ours", gib * GIB, &sink.url, Path::new(""))? {
            println!("{title} {gib} GiB: {:.1} MiB at most, {:.2} s of CPU", figures.peak, figures.cpu);
        }
    }
    Ok(())
}
