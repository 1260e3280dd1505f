//! Programs and the server are killed (SIGKILL) at moments nobody chose; what is begun again then ends well: every object
//! whole, and nothing left behind but what the summary says. `SANYUN_TORTURE_KILLS` says how many kills (6 if unset),
//! `SANYUN_TORTURE_SEED` repeats the moments of a run.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![allow(clippy::print_stderr, reason = "the figures of the run")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sanyun_oss::crc;
use serde_json::Value;
use support::{run, sanyun};

/// Long enough for several parts, short enough for many rounds.
const MOST_BYTES: u64 = 24 << 20;
/// What makes a transfer last a while.
const RATE: u64 = 32 << 20;
/// What the programs need to start.
const START: Duration = Duration::from_millis(60);

/// SplitMix64: the same seed, the same run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn bytes(&mut self, len: u64) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..len / 8 + 1).flat_map(|_| self.next().to_le_bytes()).collect();
        bytes.truncate(len as usize);
        bytes
    }

    /// Some moment of a transfer of so many bytes.
    fn moment(&mut self, bytes: u64) -> Duration {
        let longest = START + Duration::from_secs_f64(bytes as f64 / RATE as f64);
        Duration::from_micros(self.below(longest.as_micros() as u64))
    }
}

#[derive(Debug, Default)]
struct Figures {
    kills: u32,
    /// Kills that came when the program had ended.
    late: u32,
    /// Runs that went on where a killed one had stopped, and the bytes that they did not move again.
    resumed: u32,
    resumed_bytes: u64,
    bytes: u64,
    /// What the summaries said that others had left.
    told: u32,
}

struct Torture {
    folder: PathBuf,
    port: u16,
    server: Child,
    chance: Chance,
    figures: Figures,
}

impl Torture {
    fn start(folder: &Path, seed: u64) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = serve(folder, port);
        let mut torture =
            Self { folder: folder.to_owned(), port, server, chance: Chance(seed), figures: Figures::default() };
        torture.oss(&["mb", "oss://torture"]);
        torture
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = sanyun();
        command.arg("oss").args(words).args(["--region", "cn-hangzhou", "--endpoint"]);
        command.arg(format!("http://127.0.0.1:{}", self.port));
        command.env("OSS_ACCESS_KEY_ID", sanyun_local::ACCESS_KEY);
        command.env("OSS_ACCESS_KEY_SECRET", sanyun_local::SECRET_KEY);
        command.env("HOME", self.folder.join("home"));
        command
    }

    /// A run that has to succeed.
    #[track_caller]
    fn oss(&mut self, words: &[&str]) -> String {
        run(&mut self.command(words)).ok()
    }

    fn at(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    /// Begins a transfer, kills it or the server, and makes the transfer again.
    fn kill(&mut self, words: &[&str], bytes: u64, server: bool) {
        let mut words = words.to_vec();
        let rate = RATE.to_string();
        words.extend(["--limit-rate", &rate, "--part-size", "1MiB", "--quiet"]);
        let mut command = self.command(&words);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // A moment that nobody chose is the point of it.
        std::thread::sleep(self.chance.moment(bytes));
        self.figures.kills += 1;
        self.figures.late += u32::from(child.try_wait().unwrap().is_some());
        if server {
            self.server.kill().unwrap();
            self.server.wait().unwrap();
            // Whether it fails or waits for the server is its own affair.
            self.server = serve(&self.folder, self.port);
        } else {
            child.kill().unwrap();
        }
        child.wait().unwrap();
        words.extend(["--output", "json"]);
        let done = run(&mut self.command(&words)).json();
        assert_eq!(done["failed"], Value::Array(Vec::new()), "{done}");
        let resumed = done["resumed"].as_u64().unwrap();
        self.figures.resumed += u32::from(resumed > 0);
        self.figures.resumed_bytes += resumed;
        self.figures.bytes += done["bytes"].as_u64().unwrap();
        self.told(&done);
    }

    /// What nobody goes on with has to be in the summary; then it is put away.
    fn told(&mut self, done: &Value) {
        let told = done["left_by_others"].as_array().unwrap().len();
        self.figures.told += told as u32;
        let uploads = run(&mut self.command(&["ls", "--uploads", "oss://torture", "--output", "json"])).json();
        assert_eq!(uploads.as_array().unwrap().len(), told, "{uploads} {done}");
        self.oss(&["rm", "-r", "--uploads", "oss://torture"]);
        let left = files(&self.folder.join("home"));
        assert!(left.is_empty(), "checkpoints are left: {left:?}");
    }

    fn object(&self, key: &str) -> Vec<u8> {
        let mut command = self.command(&["cat", &format!("oss://torture/{key}")]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        output.stdout
    }

    fn assert_object(&self, key: &str, content: &[u8]) {
        assert!(self.object(key) == content, "{key} is not whole");
        let stat = run(&mut self.command(&["stat", &format!("oss://torture/{key}"), "--output", "json"])).json();
        assert_eq!(stat["crc64"], crc::checksum(content).to_string(), "{key}");
    }

    fn upload(&mut self, server: bool) {
        let len = self.chance.below(MOST_BYTES);
        let content = self.chance.bytes(len);
        std::fs::write(self.at("up"), &content).unwrap();
        self.kill(&["cp", &self.at("up"), "oss://torture/up"], len, server);
        self.assert_object("up", &content);
    }

    fn download(&mut self, server: bool) {
        let len = self.chance.below(MOST_BYTES);
        let content = self.chance.bytes(len);
        std::fs::write(self.at("down.source"), &content).unwrap();
        self.oss(&["cp", &self.at("down.source"), "oss://torture/down"]);
        std::fs::create_dir_all(self.at("down")).unwrap();
        let old = self.chance.bytes(1000);
        std::fs::write(self.at("down/file"), &old).unwrap();
        self.kill(&["cp", "oss://torture/down", &self.at("down/file")], len, server);
        assert!(std::fs::read(self.at("down/file")).unwrap() == content, "the file is not whole");
        assert_eq!(files(&self.folder.join("down")).len(), 1);
    }

    /// A folder that changes between rounds, up to the bucket or down to another folder.
    fn sync(&mut self, server: bool) {
        for _ in 0..20 {
            let name = format!("tree/{}/{}", self.chance.below(4), self.chance.below(30));
            let path = self.folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let len = self.chance.below(60_000);
            std::fs::write(&path, self.chance.bytes(len)).unwrap();
        }
        if let Some(gone) = files(&self.folder.join("tree")).first() {
            std::fs::remove_file(gone).unwrap();
        }
        let len = self.chance.below(MOST_BYTES);
        std::fs::write(self.at("tree/big"), self.chance.bytes(len)).unwrap();
        let (tree, copy) = (self.at("tree"), self.at("copy"));
        let (up, down, deletes) =
            (["sync", &tree, "oss://torture/tree"], ["sync", "oss://torture/tree", &copy], ["--delete"]);
        if self.chance.below(2) == 0 {
            self.kill(&[&up[..], &deletes].concat(), len, server);
            self.oss(&[&down[..], &deletes].concat());
        } else {
            self.oss(&[&up[..], &deletes].concat());
            self.kill(&[&down[..], &deletes].concat(), len, server);
        }
        let (tree, copy) = (contents(&self.folder.join("tree")), contents(&self.folder.join("copy")));
        assert!(tree == copy, "{:?} {:?}", tree.keys().collect::<Vec<_>>(), copy.keys().collect::<Vec<_>>());
    }
}

impl Drop for Torture {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The server at a port of its own, as soon as somebody can connect.
fn serve(folder: &Path, port: u16) -> Child {
    let mut command = sanyun();
    command.args(["local", "--port", &port.to_string(), "--data"]).arg(folder.join("cloud"));
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < deadline, "the server does not start");
        std::thread::yield_now();
    }
    child
}

fn files(folder: &Path) -> Vec<String> {
    contents(folder).into_keys().map(|name| folder.join(name).to_str().unwrap().to_owned()).collect()
}

fn contents(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut found = std::collections::BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn what_is_killed_and_begun_again_ends_well() {
    let number = |name: &str, usual: u64| std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap());
    let (kills, seed) = (number("SANYUN_TORTURE_KILLS", 6), number("SANYUN_TORTURE_SEED", 7));
    let folder = tempfile::tempdir().unwrap();
    let started = Instant::now();
    let mut torture = Torture::start(folder.path(), seed);
    for round in 0..kills {
        match round % 6 {
            0 => torture.upload(false),
            1 => torture.download(false),
            2 => torture.sync(false),
            3 => torture.upload(true),
            4 => torture.download(true),
            _ => torture.sync(true),
        }
    }
    eprintln!("{:?} in {:.1} s", torture.figures, started.elapsed().as_secs_f64());
}
