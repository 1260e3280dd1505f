//! The command in place of `tccli`: the program that [`COMMAND`] names is started, and its requests arrive at a real
//! socket.

mod server;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::Outcome;
use crate::support::{member, same, same_json, text};
use server::{Seen, Server};

/// The variable that names the program `sanyun`.
const COMMAND: &str = "SANYUN_COMMAND";
/// What a measured time may exceed the expected one by.
const LEEWAY: Duration = Duration::from_millis(1500);
/// A time-out that nobody wants to wait for: that it is the usual one is tested where it is set.
const USUAL_TIMEOUT: u64 = 60;
const KEYS: [&str; 6] = ["--secretId", "id", "--secretKey", "key", "--region", "ap-guangzhou"];

/// Runs one case; without a program it is not run.
pub(super) fn run(kind: &str, input: &Value, expected: &Value) -> Outcome {
    let Some(program) = std::env::var_os(COMMAND) else { return Outcome::NotImplemented };
    let world = TempDir::new().map(|home| World { program: program.into(), home });
    let Ok(world) = world else { return Outcome::Failed("no temporary folder can be made".to_owned()) };
    let done = match kind {
        "cli_request" => world.request(input, expected),
        "cli_output" => world.output(input, expected),
        "cli_skeleton" => world.skeleton(input, expected),
        "cli_waiter" => world.waiter(input, expected),
        "cli_config" => world.config(input, expected),
        _ => return Outcome::NotImplemented,
    };
    done.into()
}

/// The program, and a home folder of its own.
struct World {
    program: std::path::PathBuf,
    home: TempDir,
}

/// What a run left behind.
struct Done {
    code: i32,
    out: String,
    err: String,
}

impl World {
    /// The command line with nothing in its environment that the case does not say.
    fn command(&self, words: &[&str], input: &Value) -> Command {
        let mut command = Command::new(&self.program);
        command.env_clear().env("HOME", self.home.path()).env("SANYUN_METADATA_DISABLED", "true").stdin(Stdio::null());
        command.arg("tccli").args(words);
        let variables = member(input, "env").as_object().into_iter().flatten();
        command.envs(variables.map(|(name, value)| (name, value.as_str().unwrap_or_default())));
        command
    }

    fn folder(&self) -> std::path::PathBuf {
        self.home.path().join(".tccli")
    }

    fn write_files(&self, input: &Value) -> Result<(), String> {
        std::fs::create_dir_all(self.folder()).map_err(shown)?;
        let files = member(input, "files").as_object().into_iter().flatten();
        for (name, content) in files {
            std::fs::write(self.folder().join(name), content.to_string()).map_err(shown)?;
        }
        Ok(())
    }

    /// The request goes out twice: to a proxy, which sees where to, and to a server in place of the endpoint, which sees
    /// what.
    fn request(&self, input: &Value, expected: &Value) -> Result<(), String> {
        self.write_files(input)?;
        let words = texts(member(input, "argv"));
        let proxy = Server::of_api(&[]).map_err(shown)?;
        let Some(wanted) = member(expected, "requests").get(0) else {
            let done = finish(self.command(&words, input).env("https_proxy", &proxy.url))?;
            same("exit code", &done.code.to_string(), &member(expected, "exit_code").to_string())?;
            return same("requests", &proxy.seen().len().to_string(), "0");
        };
        if let Some(url) = wanted.get("url").and_then(Value::as_str) {
            same_url(self.command(&words, input), url)?;
        }
        if let Some(seconds) = member(wanted, "timeout_s").as_u64().filter(|seconds| *seconds != USUAL_TIMEOUT) {
            let started = Instant::now();
            finish(&mut self.command(&at(&words, &proxy.url), input))?;
            near("time-out", started.elapsed(), seconds)?;
        }
        let server = Server::of_api(&[json!({"RequestId": "r"})]).map_err(shown)?;
        let done = finish(&mut self.command(&at(&words, &server.url), input))?;
        same("exit code", &done.code.to_string(), &member(expected, "exit_code").to_string())
            .map_err(|difference| format!("{difference}\n{}", done.err))?;
        match server.seen().as_slice() {
            [seen] => same_request(seen, wanted),
            seen => Err(format!("{} requests arrived instead of one", seen.len())),
        }
    }

    fn output(&self, input: &Value, expected: &Value) -> Result<(), String> {
        let server = Server::of_api(std::slice::from_ref(member(input, "response"))).map_err(shown)?;
        let words = [texts(member(input, "action")), texts(member(input, "options")), KEYS.to_vec()].concat();
        let done = finish(&mut self.command(&at(&words, &server.url), input))?;
        same("exit code", &done.code.to_string(), &member(expected, "exit_code").to_string())?;
        same("standard output", &done.out, text(expected, "stdout"))
    }

    fn skeleton(&self, input: &Value, expected: &Value) -> Result<(), String> {
        let server = Server::of_api(&[]).map_err(shown)?;
        let words = [texts(member(input, "action")), vec!["--generate-cli-skeleton"]].concat();
        let done = finish(&mut self.command(&at(&words, &server.url), input))?;
        let document: Value = serde_json::from_str(&done.out).map_err(shown)?;
        let ours = json!({"exit_code": done.code, "json": document, "requests": server.seen().len()});
        if ours == *expected { Ok(()) } else { Err(format!("ours {ours}, expected {expected}")) }
    }

    fn waiter(&self, input: &Value, expected: &Value) -> Result<(), String> {
        let counts = member(input, "responses_TotalCount").as_array().cloned().unwrap_or_default();
        let answers: Vec<Value> = counts.iter().map(|count| json!({"TotalCount": count})).collect();
        let server = Server::of_api(&answers).map_err(shown)?;
        let words = ["cvm", "DescribeZones", "--waiter", text(input, "waiter"), "--filter", "TotalCount"];
        let done = finish(&mut self.command(&at(&[&words[..], &KEYS].concat(), &server.url), input))?;
        let seen = server.seen();
        let ours = json!({"exit_code": done.code, "polls": seen.len()});
        same_json("run", &ours, &json!({"exit_code": expected["exit_code"], "polls": expected["polls"]}))?;
        let sleeps: Vec<Duration> = seen.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
        let wanted: Vec<u64> =
            member(expected, "sleeps_s").as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
        same("sleeps", &sleeps.len().to_string(), &wanted.len().to_string())?;
        sleeps.into_iter().zip(wanted).try_for_each(|(slept, wanted)| near("sleep", slept, wanted))?;
        // Progress goes elsewhere.
        same("standard output", &done.out, &format!("{}\n", counts.last().unwrap_or(&Value::Null)))
    }

    fn config(&self, input: &Value, expected: &Value) -> Result<(), String> {
        self.write_files(input)?;
        let commands = member(input, "commands").as_array().into_iter().flatten();
        let results = member(expected, "results").as_array().into_iter().flatten();
        for (words, wanted) in commands.zip(results) {
            let done = finish(&mut self.command(&texts(words), input))?;
            same_json(&format!("{words} exit_code"), &json!(done.code), member(wanted, "exit_code"))?;
            same(&format!("{words} stdout"), &done.out, text(wanted, "stdout"))?;
        }
        let files = self.files(&texts(member(input, "shown_services")))?;
        let wanted = member(expected, "files");
        if files == *wanted { Ok(()) } else { Err(format!("files:\n    ours     {files}\n    expected {wanted}")) }
    }

    /// The files of the profiles; of their settings only those of these services.
    fn files(&self, services: &[&str]) -> Result<Value, String> {
        let mut files = Map::new();
        for entry in std::fs::read_dir(self.folder()).map_err(shown)? {
            let path = entry.map_err(shown)?.path();
            private(&path)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let content = std::fs::read(&path).map_err(shown)?;
            let mut members: Map<String, Value> = serde_json::from_slice(&content).map_err(shown)?;
            if name.ends_with(".configure") {
                members.retain(|service, _| services.contains(&service.as_str()));
            }
            files.insert(name, Value::Object(members));
        }
        Ok(Value::Object(files))
    }
}

/// Only the owner may read what has keys in it.
fn private(path: &Path) -> Result<(), String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).map_err(shown)?.permissions().mode() & 0o777;
        same(&format!("mode of {}", path.display()), &format!("{mode:o}"), "600")?;
    }
    Ok(())
}

/// Where the request goes: a proxy is asked for a way there, and refuses it.
fn same_url(mut command: Command, url: &str) -> Result<(), String> {
    let proxy = Server::of_api(&[json!({})]).map_err(shown)?;
    finish(command.env("https_proxy", &proxy.url))?;
    let host = url.trim_start_matches("https://").trim_end_matches('/');
    let seen = proxy.seen();
    let line = seen.first().map(|seen| seen.line.as_str()).unwrap_or_default();
    same("way asked of the proxy", line, &format!("CONNECT {host}:443 HTTP/1.1"))
}

fn same_request(seen: &Seen, wanted: &Value) -> Result<(), String> {
    for (name, wanted) in wanted.as_object().into_iter().flatten() {
        let found = match name.as_str() {
            "action" | "version" | "region" | "token" | "language" => json!(seen.header(&format!("x-tc-{name}"))),
            "credential_id" => json!(seen.key_id()),
            "body_json" => serde_json::from_str(&seen.body).map_err(shown)?,
            // Whatever release it is.
            "request_client_suffix" => json!(client_suffix(seen)),
            // A request that is here came without one.
            "proxy" => Value::Null,
            // Both are looked at elsewhere.
            "url" | "timeout_s" => continue,
            odd => return Err(format!("`{odd}` is not compared")),
        };
        if found != *wanted {
            return Err(format!("{name}:\n    ours     {found}\n    expected {wanted}"));
        }
    }
    Ok(())
}

fn client_suffix(seen: &Seen) -> Option<&str> {
    let release = seen.header("x-tc-requestclient")?.split_once("; _CLI_")?.1;
    release.split('.').all(|part| part.parse::<u32>().is_ok()).then_some("_CLI_<cli version>")
}

fn near(what: &str, measured: Duration, seconds: u64) -> Result<(), String> {
    let wanted = Duration::from_secs(seconds);
    let is_near = measured >= wanted && measured < wanted + LEEWAY;
    if is_near { Ok(()) } else { Err(format!("{what}: ours {measured:?}, expected {wanted:?}")) }
}

/// The words with another endpoint.
fn at<'a>(words: &[&'a str], url: &'a str) -> Vec<&'a str> {
    // Of an option that is repeated the last counts.
    words.iter().copied().chain(["--endpoint", url]).collect()
}

fn finish(command: &mut Command) -> Result<Done, String> {
    let output = command.output().map_err(shown)?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Done { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) })
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn shown(failure: impl std::fmt::Display) -> String {
    failure.to_string()
}
