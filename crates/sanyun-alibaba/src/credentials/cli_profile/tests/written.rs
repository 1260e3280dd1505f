//! What is written to a profile, on a real disk.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use sanyun_core::testing::{World, ready};
use sanyun_core::{Context, CredentialSource, Process};
use serde_json::{Value, json};

use super::super::*;

fn on_disk() -> Context {
    Context { files: Arc::new(Process), ..World::new().context() }
}

fn place(path: &Path, profile: &str) -> Place {
    let config = Config::read(&on_disk(), path).unwrap().unwrap();
    config.profile(profile).unwrap().place()
}

fn content(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn only_our_members_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    let old = "{\n  \"z\": 1,\n  \"profiles\": [\n    {\n      \"name\": \"p\",\n      \"mode\": \"External\",\n      \"own\": 1.50\n    }\n  ],\n  \"a\": null\n}\n";
    fs::write(&path, old).unwrap();
    place(&path, "p").write(&on_disk(), "external", vec![("sts_token", "ü".into())]).unwrap();
    let new = old.replace("\"own\": 1.50\n", "\"own\": 1.5,\n      \"sts_token\": \"ü\"\n");
    assert_eq!(fs::read_to_string(&path).unwrap(), new);
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(&path).unwrap()) & 0o777, 0o600);

    place(&path, "p").write(&on_disk(), "OAuth", vec![("sts_token", "x".into())]).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), new, "a profile of another mode is left alone");
    fs::write(&path, r#"{"profiles":[{"name":"p","mode":"OAuth"}]}"#).unwrap();
    place(&path, "p").write(&on_disk(), "OAuth", vec![]).unwrap();
    assert!(fs::read_to_string(&path).unwrap().starts_with("{\n\t\"profiles\": [\n\t\t{\n"));
    let gone = place(&path, "p");
    fs::write(&path, "broken").unwrap();
    let error = gone.write(&on_disk(), "OAuth", vec![]).unwrap_err().to_string();
    assert!(error.ends_with("line 1: not JSON"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "broken");
}

#[cfg(unix)]
#[test]
fn a_program_s_keys_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    let command = r#"printf '{"mode":"StsToken","access_key_id":"e","access_key_secret":"s","sts_token":"t","expiration":"2026-01-02T04:04:05Z"}'"#;
    let profile = json!({"name": "default", "mode": "External", "process_command": command});
    fs::write(&path, json!({ "profiles": [profile] }).to_string()).unwrap();
    let credential = ready(CliProfile::new().in_file(&path).load(&on_disk())).unwrap();
    assert_eq!(credential.signing_keys().unwrap().id, "e");
    let mut expected = profile;
    for (name, value) in [
        ("access_key_id", json!("e")),
        ("access_key_secret", json!("s")),
        ("sts_token", json!("t")),
        ("sts_expiration", json!(1_767_326_645)),
    ] {
        expected[name] = value;
    }
    assert_eq!(content(&path), json!({ "profiles": [expected] }));
}

/// Tells the processes that the next test starts what to do.
const WRITER: &str = "SANYUN_TEST_WRITER";

/// What one of those processes does.
#[test]
#[ignore = "the next test starts it"]
fn writer() {
    let task = std::env::var(WRITER).unwrap();
    let (profile, path) = task.split_once('=').unwrap();
    let place = place(Path::new(path), profile);
    for count in 1..=50 {
        place.write(&on_disk(), "External", vec![("count", count.into())]).unwrap();
        // Readers never see half of a file.
        assert_eq!(content(Path::new(path))["profiles"].as_array().unwrap().len(), 3);
    }
}

#[test]
fn processes_that_write_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    let profiles = ["a", "b", "c"].map(|name| json!({"name": name, "mode": "External", "count": 0, "own": name}));
    fs::write(&path, json!({ "profiles": profiles }).to_string()).unwrap();
    let program = std::env::current_exe().unwrap();
    let start = |name: &str| {
        let mut command = std::process::Command::new(&program);
        let command = command.args(["--ignored", "--exact", "credentials::cli_profile::tests::written::writer"]);
        command.env(WRITER, format!("{name}={}", path.display())).stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    for mut process in ["a", "b", "c"].map(start) {
        assert!(process.wait().unwrap().success());
    }
    let expected = ["a", "b", "c"].map(|name| json!({"name": name, "mode": "External", "count": 50, "own": name}));
    assert_eq!(content(&path), json!({ "profiles": expected }));
}
