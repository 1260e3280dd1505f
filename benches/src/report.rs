//! Runs the roles, takes the least of several runs, and prints ratios.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::Done;
use crate::clouds::{ACCESS_KEY, CLOUDS, SECRET_KEY};

/// Every figure is the least of this many runs: noise only adds.
const RUNS: usize = 5;

/// `[--json] [--no-python]`
pub(crate) fn run(args: &[String]) -> Done {
    let has = |name: &str| args.iter().any(|arg| arg == name);
    let python = std::env::var("SANYUN_PYTHON").ok().filter(|_| !has("--no-python"));
    let signatures = CLOUDS.map(|cloud| signature(cloud, python.as_deref()));
    let server = Server::start(&["server"], &[])?;
    let mut calls = Vec::new();
    for cloud in CLOUDS {
        for mode in ["sequential", "concurrent"] {
            calls.push(call(cloud, mode, &server.url, python.as_deref())?);
        }
    }
    let signatures = signatures.into_iter().collect::<Result<Vec<_>, _>>()?;
    if has("--json") {
        println!("{}", json!({"signatures": signatures, "calls": calls}));
    } else {
        print(&signatures, &calls);
    }
    Ok(())
}

/// A server in a process of its own.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts this program in the role of a server, which prints its URL first.
    pub(crate) fn start(
        role: &[&str],
        environment: &[(&str, &std::path::PathBuf)],
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(role)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut url = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut url)?;
        Ok(Self { child, url: url.trim().to_owned() })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

type Figure = Result<Value, Box<dyn std::error::Error>>;

fn signature(cloud: &str, python: Option<&str>) -> Figure {
    const COUNT: u64 = 200_000;
    let count = COUNT.to_string();
    let seconds = least(["ours", "copy", "hash"], |who| {
        role(&["sign", "--cloud", cloud, "--who", who, "--count", &count], "cpu_s")
    })?;
    let [with_copy, copy, hashing] = seconds.map(|seconds| seconds / COUNT as f64 * 1e9);
    let allocations = |who: &str| role(&["sign", "--cloud", cloud, "--who", who, "--count", "1000"], "allocations");
    let allocations = (allocations("ours")? - allocations("copy")?) / 1000.0;
    let ours = with_copy - copy;
    let instructions = match (instructions(cloud, "ours"), instructions(cloud, "copy")) {
        (Some(ours), Some(copy)) => Some((ours - copy).round()),
        _ => None,
    };
    let theirs = match python {
        None => None,
        Some(python) => Some(python_figure(python, "bench_sign.py", &["--cloud", cloud], "ns_min")?),
    };
    Ok(json!({
        "cloud": cloud, "ours_ns": ours, "hashing_ns": hashing, "ratio": ours / hashing,
        "allocations": allocations, "instructions": instructions,
        "python_ns": theirs, "python_ratio": theirs.map(|theirs| theirs / ours),
    }))
}

/// Instructions of one signature, counted by valgrind where it is installed: two runs of different length, so that
/// start-up falls out. Valgrind knows no SHA instructions, so the hashing in it is that of a machine without them.
fn instructions(cloud: &str, who: &str) -> Option<f64> {
    let count = |times: &str| -> Option<f64> {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe().ok()?)
            .args(["sign", "--cloud", cloud, "--who", who, "--count", times])
            .output()
            .ok()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        text.lines().find_map(|line| line.split_once("Collected :"))?.1.trim().parse().ok()
    };
    Some((count("2000")? - count("1000")?) / 1000.0)
}

fn call(cloud: &str, mode: &str, url: &str, python: Option<&str>) -> Figure {
    const COUNT: usize = 20_000;
    let count = COUNT.to_string();
    let seconds = least(["ours", "floor", "bytes", "invoke"], |who| {
        let args = ["client", "--cloud", cloud, "--who", who, "--mode", mode, "--count", &count, "--endpoint", url];
        role(&args, "cpu_s")
    })?;
    let [ours, floor, bytes, invoke] = seconds.map(|seconds| seconds / COUNT as f64 * 1e6);
    // At once: threads, as a program with the plain SDK does it, and the cheapest way that the SDK has.
    let modes = if mode == "concurrent" { ["threads", "concurrent"] } else { ["sequential", "sequential"] };
    let [theirs, cheapest] = match python {
        None => [None, None],
        Some(python) => [
            Some(python_call(python, cloud, modes[0], url)?),
            if modes[0] == modes[1] { None } else { Some(python_call(python, cloud, modes[1], url)?) },
        ],
    };
    Ok(json!({
        "cloud": cloud, "mode": mode, "ours_us": ours, "floor_us": floor, "bytes_us": bytes, "ratio": ours / floor,
        "invoke_us": invoke, "python_us": theirs, "python_ratio": theirs.map(|theirs| theirs / ours),
        "python_cheapest_us": cheapest, "python_cheapest_ratio": cheapest.map(|cheapest| cheapest / ours),
    }))
}

/// CPU microseconds of one call of the official SDK.
fn python_call(python: &str, cloud: &str, mode: &str, url: &str) -> Result<f64, Box<dyn std::error::Error>> {
    let mut args = vec!["--cloud", cloud, "--mode", mode, "--count", "2000", "--endpoint", url];
    args.extend(["--ak", ACCESS_KEY, "--sk", SECRET_KEY]);
    let user = python_figure(python, "bench_client.py", &args, "cpu_user_s")?;
    let system = python_figure(python, "bench_client.py", &args, "cpu_sys_s")?;
    Ok((user + system) / 2000.0 * 1e6)
}

/// The least of several runs of each, in turns, so that a busy spell hits all alike.
fn least<const N: usize>(
    who: [&str; N],
    measure: impl Fn(&str) -> Result<f64, Box<dyn std::error::Error>>,
) -> Result<[f64; N], Box<dyn std::error::Error>> {
    let mut least = [f64::INFINITY; N];
    for _ in 0..RUNS {
        for (least, who) in least.iter_mut().zip(who) {
            *least = least.min(measure(who)?);
        }
    }
    Ok(least)
}

fn role(args: &[&str], member: &str) -> Result<f64, Box<dyn std::error::Error>> {
    figure(Command::new(std::env::current_exe()?).args(args), member)
}

fn python_figure(python: &str, program: &str, args: &[&str], member: &str) -> Result<f64, Box<dyn std::error::Error>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../conformance/python/");
    figure(Command::new(python).arg(format!("{folder}{program}")).args(args), member)
}

/// One member of the JSON line that a program prints last.
fn figure(command: &mut Command, member: &str) -> Result<f64, Box<dyn std::error::Error>> {
    let output = command.stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8(output.stdout)?;
    let line = text.lines().last().ok_or_else(|| format!("{command:?} printed nothing"))?;
    let value: Value = serde_json::from_str(line)?;
    value.get(member).and_then(Value::as_f64).ok_or_else(|| format!("{command:?}: no `{member}` in {line}").into())
}

fn print(signatures: &[Value], calls: &[Value]) {
    let number = |value: &Value, name: &str| value.get(name).and_then(Value::as_f64);
    let shown = |value: &Value, name: &str, digits: usize| {
        number(value, name).map_or_else(|| "-".to_owned(), |number| format!("{number:.digits$}"))
    };
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    println!("\nOne signature (CPU time; hashing = the same bytes hashed and nothing else)\n");
    println!(
        "{:<9} {:>9} {:>11} {:>7} {:>13} {:>12} {:>11} {:>13}",
        "cloud", "ours ns", "hashing ns", "ratio", "instructions", "allocations", "Python ns", "Python/ours"
    );
    for row in signatures {
        println!(
            "{:<9} {:>9} {:>11} {:>7} {:>13} {:>12} {:>11} {:>13}",
            text(row, "cloud"),
            shown(row, "ours_ns", 0),
            shown(row, "hashing_ns", 0),
            shown(row, "ratio", 2),
            shown(row, "instructions", 0),
            shown(row, "allocations", 1),
            shown(row, "python_ns", 0),
            shown(row, "python_ratio", 1),
        );
    }
    println!(
        "\nOne small call over loopback (CPU time of the client; floor = the same HTTP library sending the same bytes,\n\
         signed anew for each call; bytes = without signing; by name = looked up in the catalog and checked)\n"
    );
    println!(
        "{:<9} {:<11} {:>8} {:>9} {:>7} {:>9} {:>11} {:>10} {:>12} {:>9} {:>11}",
        "cloud",
        "mode",
        "ours µs",
        "floor µs",
        "ratio",
        "bytes µs",
        "by name µs",
        "Python µs",
        "Python/ours",
        "async µs",
        "async/ours"
    );
    for row in calls {
        println!(
            "{:<9} {:<11} {:>8} {:>9} {:>7} {:>9} {:>11} {:>10} {:>12} {:>9} {:>11}",
            text(row, "cloud"),
            text(row, "mode"),
            shown(row, "ours_us", 2),
            shown(row, "floor_us", 2),
            shown(row, "ratio", 2),
            shown(row, "bytes_us", 2),
            shown(row, "invoke_us", 2),
            shown(row, "python_us", 0),
            shown(row, "python_ratio", 1),
            shown(row, "python_cheapest_us", 0),
            shown(row, "python_cheapest_ratio", 1),
        );
    }
}
