//! Files and objects, against the embedded local cloud.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::path::Path;

use serde_json::json;
use support::{Run, run, sanyun, with_input};

/// Keys that clients which tidy up paths or names cannot handle.
const KEYS: [&str; 10] =
    ["a/../b", "..", "a//b", "a%2Fb", "ü +", "/lead", "x?y#z&a=b", " blank ", "quote'\"<>\\", "new\nline"];

fn oss(folder: &Path, words: &[&str]) -> Run {
    run(sanyun().arg("oss").args(words).arg("--local-data").arg(folder.join("cloud")))
}

#[test]
fn hostile_keys_go_there_and_back_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    oss(folder.path(), &["mb", "oss://bucket"]).ok();
    for (index, key) in KEYS.iter().enumerate() {
        let content = format!("content {index}").repeat(1000);
        std::fs::write(at("in"), &content).unwrap();
        let url = format!("oss://bucket/{key}");
        oss(folder.path(), &["cp", &at("in"), &url]).ok();
        oss(folder.path(), &["cp", &url, &at("out")]).ok();
        assert_eq!(std::fs::read_to_string(at("out")).unwrap(), content, "{key:?}");
        assert_eq!(oss(folder.path(), &["cat", &url]).ok(), content, "{key:?}");
    }
    let listed = oss(folder.path(), &["ls", "-r", "oss://bucket", "--output", "json", "--query", "[].key"]).json();
    let mut expected = KEYS;
    expected.sort_unstable();
    assert_eq!(listed, json!(expected));

    let told = oss(folder.path(), &["cp", "-r", "oss://bucket/", &at("all/")]).failed(1);
    assert!(told.contains("error: oss://bucket/a/../b: `a/../b` cannot be the name of a file"), "{told}");
    assert!(told.contains("4 of 10 could not be copied"), "{told}");
    assert!(folder.path().join("all/ü +").is_file());
    assert!(!folder.path().join("b").exists() && !Path::new("/lead").exists());
}

#[test]
fn folders_go_there_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::create_dir_all(at("in/sub")).unwrap();
    let big: Vec<u8> = (0..700_000_u32).flat_map(u32::to_le_bytes).collect();
    std::fs::write(at("in/sub/big"), &big).unwrap();
    std::fs::write(at("in/small.txt"), "small").unwrap();
    std::fs::write(at("in/empty"), "").unwrap();
    oss(folder.path(), &["mb", "oss://bucket"]).ok();
    let copied = oss(folder.path(), &["cp", "-r", &at("in"), "oss://bucket/p"]);
    assert!(copied.err.starts_with("copied 3 objects"), "{copied:?}");
    copied.ok();
    let listed = oss(folder.path(), &["ls", "oss://bucket/p/"]);
    assert!(listed.out.contains("folder  p/sub/\n") && listed.out.contains("5 B  p/small.txt\n"), "{listed:?}");
    oss(folder.path(), &["cp", "-r", "oss://bucket/p/", &at("out")]).ok();
    assert_eq!(std::fs::read(at("out/sub/big")).unwrap(), big);
    assert_eq!(std::fs::read(at("out/empty")).unwrap(), b"");
    let parts = std::fs::read_dir(at("out"))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().ends_with(".part"));
    assert_eq!(parts.count(), 0);

    let stat = oss(folder.path(), &["stat", "oss://bucket/p/small.txt", "--output", "json"]).json();
    assert_eq!((&stat["size"], &stat["content_type"]), (&json!(5), &json!("text/plain")));

    oss(folder.path(), &["rb", "oss://bucket"]).failed(1);
    oss(folder.path(), &["rm", "-r", "oss://bucket"]).failed(2);
    oss(folder.path(), &["rm", "-r", "--everything", "oss://bucket"]).ok();
    oss(folder.path(), &["rb", "oss://bucket"]).ok();
    assert_eq!(oss(folder.path(), &["ls"]).ok(), "");
}

#[test]
fn pipes_are_files_too() {
    let folder = tempfile::tempdir().unwrap();
    oss(folder.path(), &["mb", "oss://bucket"]).ok();
    let mut command = sanyun();
    command.args(["oss", "cp", "-", "oss://bucket/from-pipe", "--local-data"]).arg(folder.path().join("cloud"));
    with_input(&mut command, "piped ü".as_bytes()).ok();
    assert_eq!(oss(folder.path(), &["cp", "oss://bucket/from-pipe", "-"]).ok(), "piped ü");
}

#[test]
fn a_failed_download_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("kept");
    std::fs::write(&target, "old").unwrap();
    oss(folder.path(), &["mb", "oss://bucket"]).ok();
    oss(folder.path(), &["cp", "oss://bucket/missing", target.to_str().unwrap()]).failed(1);
    let told = oss(folder.path(), &["cp", "oss://bucket/photos/", target.to_str().unwrap()]).failed(1);
    assert!(told.contains("\nhint: -r copies all objects below"), "{told}");
    assert_eq!(std::fs::read_to_string(target).unwrap(), "old");
}

/// A server that begins to answer and never ends.
#[cfg(unix)]
#[test]
fn an_interrupted_download_leaves_nothing_behind_unless_it_goes_on_later() {
    use std::io::{Read as _, Write as _};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                let mut request = [0; 4096];
                while let Ok(len @ 1..) = stream.read(&mut request) {
                    let head = request[..len].starts_with(b"HEAD");
                    stream.write_all(b"HTTP/1.1 200 OK\r\netag: \"1\"\r\ncontent-length: 1000\r\n\r\n").unwrap();
                    if !head {
                        stream.write_all(b"begin").unwrap();
                    }
                }
            });
        }
    });
    for (resumes, left) in [("--no-resume", 0), ("--literal", 1)] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        std::fs::create_dir(&out).unwrap();
        let mut command = sanyun();
        command.args(["oss", "cp", "oss://bucket/key", resumes]).arg(out.join("file"));
        command.args(["--region", "cn-hangzhou", "--endpoint", &endpoint]);
        command.env("OSS_ACCESS_KEY_ID", "id").env("OSS_ACCESS_KEY_SECRET", "secret").env("HOME", folder.path());
        let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
        let count = || std::fs::read_dir(&out).unwrap().count();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while count() == 0 && std::time::Instant::now() < deadline {
            std::thread::yield_now();
        }
        assert_eq!(count(), 1);
        let id = child.id().to_string();
        assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(1));
        assert_eq!(count(), left, "{resumes}");
        let mut told = String::new();
        child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        assert_eq!(told.contains("hint: the same command goes on"), left == 1, "{told}");
    }
}

#[test]
fn a_dry_run_of_a_copy_sends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "content").unwrap();
    let path = file.to_str().unwrap();
    let shown = oss(folder.path(), &["cp", path, "oss://bucket/a//b", "--dry-run"]);
    assert_eq!(shown.out, format!("would copy {path} -> oss://bucket/a//b (7 B)\n"));
    assert_eq!(shown.code, 0, "{shown:?}");
    let shown = oss(folder.path(), &["cp", path, "oss://bucket/a", "--dry-run", "--output", "json"]).json();
    assert_eq!((&shown["would_copy"][0]["bytes"], &shown["bytes"]), (&json!(7), &json!(7)));
    oss(folder.path(), &["stat", "oss://bucket"]).failed(1);
    // A command of one call shows the call.
    let shown = oss(folder.path(), &["mb", "oss://bucket", "--dry-run"]).ok();
    assert!(shown.starts_with("PUT "), "{shown}");
    oss(folder.path(), &["stat", "oss://bucket"]).failed(1);
}

#[test]
fn links_are_signed() {
    let folder = tempfile::tempdir().unwrap();
    let link = oss(folder.path(), &["presign", "oss://bucket/a b", "--expires", "10m"]).ok();
    assert!(link.contains("/bucket/a%20b?") && link.contains("x-oss-expires=600&") && link.ends_with('\n'), "{link}");
    let put = oss(
        folder.path(),
        &["presign", "oss://bucket/a", "--method", "put", "--content-type", "a/b", "--output", "json"],
    );
    let put = put.json();
    assert_eq!((&put["method"], &put["headers"]["content-type"]), (&json!("PUT"), &json!("a/b")));
    let told = oss(folder.path(), &["presign", "oss://bucket/a", "--expires", "8d"]);
    assert_ne!(told.code, 0, "{told:?}");
}

#[test]
fn addresses_that_do_not_fit_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for words in [
        &["cp", "a", "b"][..],
        &["mv", "-", "oss://a/b"],
        &["sync", "a", "b"],
        &["sync", "oss://bucket/a", "oss://bucket/a/b"],
        &["cat", "oss://bucket/a", "--range", "5-1"],
        &["cp", "oss://bucket", "x"],
        &["cat", "oss://bucket"],
        &["mb", "oss://bucket/key"],
        &["rm", "bucket/key"],
        &["cp", "-r", "oss://bucket/x", "-"],
        &["rm", "oss://bucket"],
    ] {
        oss(folder.path(), words).failed(2);
    }
}
