//! Files and objects, against the embedded local cloud.

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
    assert!(told.contains("the key `a/../b` cannot be a path below"), "{told}");
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
fn an_interrupted_download_leaves_nothing_behind() {
    use std::io::{Read as _, Write as _};

    let folder = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nbegin").unwrap();
        // Until the client is gone.
        let _ = stream.read(&mut [0; 1]);
    });
    let mut command = sanyun();
    command.args(["oss", "cp", "oss://bucket/key"]).arg(folder.path().join("file"));
    command.args(["--region", "cn-hangzhou", "--endpoint", &endpoint]);
    command.env("OSS_ACCESS_KEY_ID", "id").env("OSS_ACCESS_KEY_SECRET", "secret");
    let mut child = command.stderr(std::process::Stdio::null()).spawn().unwrap();
    let count = || std::fs::read_dir(folder.path()).unwrap().count();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while count() == 0 && std::time::Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert_eq!(count(), 1);
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(count(), 0);
    server.join().unwrap();
}

#[test]
fn a_dry_run_of_a_copy_sends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "content").unwrap();
    let shown = oss(folder.path(), &["cp", file.to_str().unwrap(), "oss://bucket/a//b", "--dry-run"]).ok();
    assert!(shown.contains("\n(7 bytes of the file)\n"), "{shown}");
    assert!(shown.contains("/bucket/a//b\n") && shown.contains("--data-binary @FILE"), "{shown}");
    oss(folder.path(), &["stat", "oss://bucket"]).failed(1);
}

#[test]
fn links_are_signed() {
    let folder = tempfile::tempdir().unwrap();
    let link = oss(folder.path(), &["presign", "oss://bucket/a b", "--expires", "10m"]).ok();
    assert!(link.contains("/bucket/a%20b?") && link.contains("x-oss-expires=600&") && link.ends_with('\n'), "{link}");
    let told = oss(folder.path(), &["presign", "oss://bucket/a", "--expires", "8d"]);
    assert_ne!(told.code, 0, "{told:?}");
}

#[test]
fn addresses_that_do_not_fit_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for words in [
        &["cp", "a", "b"][..],
        &["cp", "oss://a/b", "oss://c/d"],
        &["cp", "oss://bucket", "x"],
        &["cat", "oss://bucket"],
        &["mb", "oss://bucket/key"],
        &["rm", "bucket/key"],
        &["cp", "-r", "oss://bucket/x", "-"],
        &["rm", "-r", "oss://bucket/x", "--dry-run"],
    ] {
        oss(folder.path(), words).failed(2);
    }
}
