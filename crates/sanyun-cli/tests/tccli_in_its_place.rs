//! This program in place of `tccli`: what its own cases leave out, which `cargo xtask vectors` runs.
#![allow(clippy::unwrap_used, reason = "tests")]

#[allow(dead_code, reason = "the vectors use all of it")]
#[path = "../../../conformance/src/tencent/cli/server.rs"]
mod server;
mod support;

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use server::Server;
use support::{run, sanyun, with_input};

/// The binary in place of `tccli`, with keys.
fn in_its_place(home: &Path, server: &Server) -> Command {
    std::fs::create_dir_all(home.join(".tccli")).unwrap();
    let mut command = sanyun();
    command
        .env("HOME", home)
        .env("TENCENTCLOUD_SECRET_ID", "id")
        .env("TENCENTCLOUD_SECRET_KEY", "key-of-the-environment");
    command.args(["tccli", "--endpoint", &server.url]);
    command
}

#[test]
fn profiles_are_asked_for_changed_and_removed() {
    let home = tempfile::tempdir().unwrap();
    let configure = |words: &str, input: &str| {
        let mut command = sanyun();
        command.env("HOME", home.path()).args(["tccli", "configure"]).args(words.split_whitespace());
        with_input(&mut command, input.as_bytes())
    };
    let asked = configure("--profile p", "the-id\nthe-key\nap-beijing\n\n").ok();
    assert!(asked.contains("secretId[None]: ") && asked.contains("region name[ap-guangzhou]: "), "{asked}");
    let folder = home.path().join(".tccli");
    let keys = std::fs::read_to_string(folder.join("p.credential")).unwrap();
    assert_eq!(keys, "{\n  \"secretId\": \"the-id\",\n  \"secretKey\": \"the-key\"\n}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join("p.credential"))), (0o700, 0o600));
    }
    // An empty line leaves what there is, and other keys make a token worthless.
    configure("set token t role-arn a --profile p", "").ok();
    let asked = configure("--profile p", "\nother-key\n\ntext\n").ok();
    assert!(asked.contains("secretId[*e-id]: ") && asked.contains("output format[json]: "), "{asked}");
    let keys: Value = serde_json::from_slice(&std::fs::read(folder.join("p.credential")).unwrap()).unwrap();
    assert_eq!(keys, json!({"role-arn": "a", "secretId": "the-id", "secretKey": "other-key"}));
    let shown = configure("list --profile p", "").ok();
    let lines = "credential:\nsecretId = ****************e-id\nsecretKey = ****************-key\nrole-arn = a\nconfigure:\n\
                 region = ap-beijing\noutput = text\narrayCount = 10\nwarning = off\naai.version = ";
    assert!(shown.starts_with(lines) && shown.contains("\ncvm.endpoint = cvm.tencentcloudapi.com\n"), "{shown}");
    configure("set use-cvm-role true --profile p", "").ok();
    let refused = configure("--profile p", "n\n").ok();
    assert!(refused.ends_with("Nothing was changed.\n"), "{refused}");
    for (words, code, part) in [
        ("set region", 255, "names and values come in pairs"),
        ("set nope.endpoint x", 255, "there is no setting `nope.endpoint`"),
        ("set use-cvm-role maybe", 255, "use-cvm-role is true or false"),
        ("get nope", 255, "does not say `nope`"),
        ("get", 252, "a word is missing"),
        ("nope", 252, "configure has no command `nope`"),
        ("list --profile ../p", 255, "no name of a profile"),
        ("--profile q", 255, "the input ended"),
    ] {
        let told = configure(words, "").failed(code);
        assert!(told.contains(part), "{words}: {told}");
    }
    assert_eq!(configure("remove --profile p", "").ok(), "");
    assert!(!folder.join("p.credential").exists() && !folder.join("q.configure").exists());
    assert_eq!(configure("remove --profile p", "").err, "there is no p.configure\nthere is no p.credential\n");
}

#[test]
fn failures_have_its_exit_codes() {
    let home = tempfile::tempdir().unwrap();
    let refusal = json!({"Error": {"Code": "AuthFailure", "Message": "no"}, "RequestId": "r"});
    let server = Server::of_api(&[refusal]).unwrap();
    for (words, code, part) in [
        ("cvm DescribeZones", 255, "[TencentCloudSDKException] code:AuthFailure message:no requestId:r\n"),
        ("cvm DescribeZones --version 2000-01-01", 255, "2000-01-01"),
        ("cvm DescribeZone", 252, "did you mean `DescribeZones`"),
        ("cvn DescribeZones", 252, "cvn"),
        ("cvm", 252, "the action is missing"),
        ("cvm DescribeZones --output yaml", 252, "none of json, text, table"),
        ("cvm DescribeZones --filter a[", 255, "--filter: the expression ends too early"),
        ("cvm DescribeZones --timeout x", 255, "--timeout: "),
        ("cvm DescribeZones Extra", 255, "Unknown options: Extra"),
        ("auth login", 252, "`auth` is not here"),
    ] {
        let told = run(in_its_place(home.path(), &server).args(words.split(' '))).failed(code);
        assert!(told.contains(part), "{words}: {told}");
    }
    let waiter = r#"{"expr":"TotalCount","to":2,"timeout":0.05,"interval":0.02}"#;
    let server = Server::of_api(&[json!({"TotalCount": 1})]).unwrap();
    let done = run(in_its_place(home.path(), &server).args(["cvm", "DescribeZones", "--waiter", waiter]));
    assert!(done.code == 255 && done.out.is_empty() && done.err.contains("waiting: 1"), "{done:?}");
    // A profile that does not say a region says that there is none.
    std::fs::write(home.path().join(".tccli/default.configure"), r#"{"_sys_param": {"output": "text"}}"#).unwrap();
    let told = run(in_its_place(home.path(), &server).args(["cvm", "DescribeZones"])).failed(255);
    assert!(told.contains("the profile names no region"), "{told}");
}

#[test]
fn help_and_release_are_its() {
    for (words, part) in [
        ("--version", "3.1.189.1\n"),
        ("help", "sanyun in place of tccli"),
        ("--help", "sanyun in place of tccli"),
        ("cvm help", "  DescribeZones\n"),
        ("cvm DescribeInstances help --detail", "  --Filters "),
        ("configure help", "tccli configure set-root-domain"),
    ] {
        let shown = run(sanyun().arg("tccli").args(words.split(' '))).ok();
        assert!(shown.contains(part), "{words}: {shown}");
    }
    assert_eq!(run(sanyun().arg("tccli")).code, 252);
    assert!(run(sanyun().args(["--region", "r", "tccli"])).failed(2).contains("stand behind it"));
}

/// Started under its name, as through a link.
#[cfg(unix)]
#[test]
fn a_link_of_its_name_is_enough() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("tccli");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_sanyun"), &link).unwrap();
    assert_eq!(run(Command::new(link).env_clear().arg("--version")).ok(), "3.1.189.1\n");
}

#[test]
fn raw_bytes_come_from_standard_input_or_a_file() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::of_api(&[json!({"RequestId": "r"})]).unwrap();
    let words = ["cls", "UploadLog", "--TopicId", "topic-1"];
    let there = with_input(in_its_place(home.path(), &server).args(words), b"bytes of there");
    assert_eq!(there.ok(), "{\n    \"RequestId\": \"r\"\n}\n");
    let here = || {
        let mut command = sanyun();
        command.env("TENCENTCLOUD_SECRET_ID", "id").env("TENCENTCLOUD_SECRET_KEY", "key-of-the-environment");
        command.args(["tencent", "--region", "r", "--endpoint", &server.url]);
        command
    };
    with_input(here().args(words), b"bytes of here").ok();
    let file = home.path().join("log.pb");
    std::fs::write(&file, "bytes of a file").unwrap();
    run(here().args(words).arg("--body-file").arg(&file)).ok();
    let seen = server.seen();
    let bodies: Vec<&str> = seen.iter().map(|seen| seen.body.as_str()).collect();
    assert_eq!(bodies, ["bytes of there", "bytes of here", "bytes of a file"]);
    assert!(seen.iter().all(|seen| seen.header("x-cls-topicid") == Some("topic-1")));
    for (words, part) in [
        (vec!["cls", "UploadLog", "--TopicId", "t", "--waiter", "{'expr':'a','to':1}"], "again and again"),
        (vec!["cvm", "DescribeZones", "--body-file", "x"], "--body-file means nothing here"),
        (vec!["cls", "UploadLog", "--TopicId", "t", "--body-file", "/none/x"], "reading the body from /none/x"),
    ] {
        let done = run(here().args(words));
        assert!(done.code != 0 && done.err.contains(part), "{done:?}");
    }
    let waiting = run(in_its_place(home.path(), &server).args(words).args(["--waiter", "{'expr':'a','to':1}"]));
    assert!(waiting.code == 255 && waiting.err.contains("again and again"), "{waiting:?}");
}
