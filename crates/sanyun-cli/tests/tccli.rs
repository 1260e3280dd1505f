//! What users of `tccli` type, and what its own cases say of it: `conformance/vectors/tencent.jsonl`, kinds `cli_…`.
//!
//! Here `sanyun tencent` runs on them, which has its own exit codes, table layout and language, and does not write
//! profiles. `sanyun tccli` does what they say to the letter: `cargo xtask vectors`, and `tccli_in_its_place.rs`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[allow(dead_code, reason = "the vectors use all of it")]
#[path = "../../../conformance/src/tencent/cli/server.rs"]
mod server;
mod support;

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use server::{Seen, Server};
use support::{Run, run, sanyun};

/// The cases of a kind.
fn cases(kind: &str) -> Vec<Value> {
    let all = include_str!("../../../conformance/vectors/tencent.jsonl").lines();
    all.map(|line| serde_json::from_str::<Value>(line).unwrap()).filter(|case| case["kind"] == kind).collect()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

/// The binary in a home folder that has these files in `.tccli`.
fn at_home(home: &Path, files: &Value) -> Command {
    let folder = home.join(".tccli");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, content) in files.as_object().into_iter().flatten() {
        std::fs::write(folder.join(name), content.to_string()).unwrap();
    }
    let mut command = sanyun();
    command.env("HOME", home).arg("tencent");
    command
}

fn empty_answer() -> Value {
    json!({"RequestId": "r"})
}

#[test]
fn its_calls_are_ours() {
    for case in cases("cli_request") {
        let (input, name) = (&case["input"], &case["name"]);
        let home = tempfile::tempdir().unwrap();
        let call = |more: &[&str]| {
            let mut command = at_home(home.path(), &input["files"]);
            command.args(texts(&input["argv"])).args(more);
            for (name, value) in input["env"].as_object().unwrap() {
                command.env(name, value.as_str().unwrap());
            }
            command
        };
        let Some(expected) = case["expected"]["requests"].get(0) else {
            // Nothing is sent: wrong usage is 2 here, missing keys are 3.
            let code = if name == "cli_missing_credentials" { 3 } else { 2 };
            run(&mut call(&["--dry-run"])).failed(code);
            continue;
        };
        let shown = run(&mut call(&["--dry-run", "--output", "json"])).json();
        if let Some(url) = expected.get("url") {
            assert_eq!(shown["url"], *url, "{name}");
        }
        let server = Server::of_api(&[empty_answer()]).unwrap();
        let words = texts(&input["argv"]);
        let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        match words.iter().position(|word| word == "--endpoint") {
            Some(at) => words[at + 1].clone_from(&server.url),
            None => words.extend(["--endpoint".to_owned(), server.url.clone()]),
        }
        let mut command = at_home(home.path(), &json!({}));
        command.args(&words).envs(input["env"].as_object().unwrap().iter().map(|(k, v)| (k, v.as_str().unwrap())));
        // Calls that may be repeated get a `ClientToken`, which tccli does not send.
        run(command.args(["--retries", "0"])).ok();
        let seen = &server.seen()[0];
        compare(seen, expected, &case);
    }
}

fn compare(seen: &Seen, expected: &Value, case: &Value) {
    let says_language = case.to_string().matches("language").count() > 1;
    for (member, wanted) in expected.as_object().unwrap() {
        let found = match member.as_str() {
            "action" | "version" | "region" | "token" => json!(seen.header(&format!("x-tc-{member}"))),
            // Messages are English here unless somebody says otherwise.
            "language" if !says_language => continue,
            "language" => json!(seen.header("x-tc-language")),
            "credential_id" => json!(seen.key_id()),
            "body_json" => serde_json::from_str(&seen.body).unwrap(),
            // The first was looked at; of the others nothing arrives.
            "url" | "timeout_s" | "proxy" | "request_client_suffix" => continue,
            odd => panic!("{odd}"),
        };
        assert_eq!(found, *wanted, "{} {member}", case["name"]);
    }
}

#[test]
fn its_answers_are_ours_but_for_tables() {
    for case in cases("cli_output") {
        let (input, name) = (&case["input"], &case["name"]);
        let server = Server::of_api(&[input["response"].clone()]).unwrap();
        let mut command = sanyun();
        command.arg("tencent").args(texts(&input["action"])).args(texts(&input["options"]));
        command.args(["--endpoint", &server.url, "--secretId", "id", "--secretKey", "key", "--region", "r"]);
        let out = run(&mut command).ok();
        let expected = case["expected"]["stdout"].as_str().unwrap();
        let options = texts(&input["options"]);
        if options.contains(&"table") {
            // Tables have our own layout, with the same cells in them.
            for cell in ["ZoneSet", "ap-guangzhou-1", "广州二区", "UNAVAILABLE", "4fd313a6"] {
                assert!(out.contains(cell) && expected.contains(cell), "{cell} in {out}");
            }
        } else if options.contains(&"text") {
            assert_eq!(out, expected, "{name}");
        } else {
            let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            assert_eq!(parsed(&out), parsed(expected), "{name}");
        }
    }
}

#[test]
fn its_skeletons_are_ours_and_need_no_keys() {
    for case in cases("cli_skeleton") {
        let words = texts(&case["input"]["action"]);
        let shown = run(sanyun().arg("tencent").args(words).arg("--generate-cli-skeleton")).json();
        assert_eq!(shown, case["expected"]["json"]);
    }
}

/// With shorter intervals than in the cases; what the cases' own numbers mean is tested where they are read.
#[test]
fn its_waiters_are_ours() {
    for case in cases("cli_waiter") {
        let contents = case["input"]["responses_TotalCount"].as_array().unwrap();
        let contents: Vec<Value> = contents.iter().map(|count| json!({"TotalCount": count})).collect();
        let server = Server::of_api(&contents).unwrap();
        let waiter = case["input"]["waiter"].as_str().unwrap().replace("'interval':5", "'interval':0.01");
        let mut command = with_keys(&server);
        let done = run(command.args(["cvm", "DescribeZones", "--waiter", &waiter, "--filter", "TotalCount"]));
        assert_eq!(json!(server.seen().len()), case["expected"]["polls"], "{done:?}");
        assert_eq!(done.err.contains("waiting: 0\nwaiting: 1"), contents.len() > 1, "{done:?}");
        // Nothing but the answer is on standard output.
        assert_eq!(done.json(), contents.last().unwrap()["TotalCount"]);
    }
}

fn with_keys(server: &Server) -> Command {
    let mut command = sanyun();
    command.env("TENCENTCLOUD_SECRET_ID", "id").env("TENCENTCLOUD_SECRET_KEY", "key-of-the-environment");
    command.args(["tencent", "--region", "r", "--endpoint", &server.url]);
    command
}

#[test]
fn a_waiter_that_waits_in_vain_has_the_exit_code_of_wait() {
    let server = Server::of_api(&[json!({"TotalCount": 1})]).unwrap();
    let waiter = "{'expr':'TotalCount','to':2,'timeout':0.05,'interval':0.02}";
    let told = run(with_keys(&server).args(["cvm", "DescribeZones", "--waiter", waiter])).failed(5);
    assert!(told.contains("hint: at last it was 1"), "{told}");
    for (words, part) in [
        (vec!["--waiter", "{'to':1}"], "--waiter: `expr` is missing"),
        (vec!["--waiter", "{'expr':'a','to':1}", "--all"], "--waiter and --all exclude each other"),
        (vec!["--waiter", "{'expr':'a','to':1}", "--wait", "a"], "--wait and --waiter exclude each other"),
        (vec!["--waiter", "exec('x')"], "neither JSON nor a Python literal"),
    ] {
        let told = run(with_keys(&server).args(["cvm", "DescribeInstances"]).args(words)).failed(2);
        assert!(told.contains(part), "{told}");
    }
}

/// The files that its commands leave behind mean here what they mean there.
#[test]
fn its_profiles_are_read_and_its_commands_are_not_here() {
    for case in cases("cli_config") {
        let files = &case["expected"]["files"];
        let home = tempfile::tempdir().unwrap();
        let has_keys = files.get("default.credential").is_some();
        let mut command = at_home(home.path(), files);
        command.args(["cvm", "DescribeZones", "--dry-run", "--output", "json"]);
        if !has_keys {
            command.env("TENCENTCLOUD_SECRET_ID", "id1").env("TENCENTCLOUD_SECRET_KEY", "key1");
        }
        let shown = run(&mut command).json();
        let settings = &files["default.configure"];
        let endpoint = settings["cvm"]["endpoint"].as_str().unwrap();
        assert_eq!(shown["url"], format!("https://{endpoint}/"), "{}", case["name"]);
        assert_eq!(shown["headers"]["x-tc-region"], settings["_sys_param"]["region"]);
        assert!(shown["headers"]["authorization"].as_str().unwrap().contains("Credential=id1/"), "{shown}");
        for words in case["input"]["commands"].as_array().unwrap() {
            let told = run(sanyun().arg("tencent").args(texts(words))).failed(2);
            assert!(
                told.contains("`configure` is a command of tccli") && told.contains("\nhint: `sanyun tccli"),
                "{told}"
            );
        }
    }
}

#[test]
fn options_go_before_the_environment_and_the_environment_before_the_profile() {
    let profile = |id: &str, region: &str| {
        let settings = json!({"_sys_param": {"region": region, "output": "text", "language": "zh-CN"}});
        (settings, json!({"secretId": id, "secretKey": "k"}))
    };
    let (own, work) = (profile("own", "ap-own"), profile("work", "ap-work"));
    let files = json!({
        "default.configure": own.0, "default.credential": own.1, "work.configure": work.0, "work.credential": work.1,
    });
    let keys = [("TENCENTCLOUD_SECRET_ID", "env"), ("TENCENTCLOUD_SECRET_KEY", "k")];
    let region = [("TENCENTCLOUD_REGION", "ap-env")];
    let flags = ["--secretId", "flag", "--secretKey", "k", "--region", "ap-flag"];
    let none: &[(&str, &str)] = &[];
    for (words, variables, id, place) in [
        (&[][..], [none, none], "own", "ap-own"),
        (&["--profile", "work"], [none, none], "work", "ap-work"),
        (&[], [&[("TCCLI_PROFILE", "work")][..], none], "work", "ap-work"),
        (&[], [&keys, &region], "env", "ap-env"),
        (&[], [&keys, &[]], "env", "ap-own"),
        (&[], [&[("TCCLI_PROFILE", "work")], &region], "work", "ap-env"),
        (&["--profile", "work"], [&keys, &region], "work", "ap-work"),
        (&flags, [&keys, &region], "flag", "ap-flag"),
        (&["--region", "ap-flag", "--profile", "work"], [&keys, &region], "work", "ap-flag"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let server = Server::of_api(&[json!({"TotalCount": 2, "Name": "x"})]).unwrap();
        let mut command = at_home(home.path(), &files);
        command.args(["cvm", "DescribeZones", "--endpoint", &server.url]).args(words);
        command.envs(variables.into_iter().flatten().copied());
        // The format is the profile's, too: members in the order of their names.
        assert_eq!(run(&mut command).ok(), "x\t2\n", "{words:?} {variables:?}");
        let seen = &server.seen()[0];
        assert_eq!((seen.key_id(), seen.header("x-tc-region")), (id, Some(place)), "{words:?} {variables:?}");
        assert_eq!(seen.header("x-tc-language"), Some("zh-CN"));
    }
}

#[test]
fn what_a_profile_says_of_services_counts_where_it_says_something() {
    let usual = json!({"endpoint": "cvm.tencentcloudapi.com", "version": "2017-03-12"});
    for (files, words, url, version) in [
        (json!({"cvm": usual}), "cvm DescribeZones", "https://cvm.tencentcloudapi.com/", "2017-03-12"),
        (
            json!({"autoscaling": {"endpoint": "as.internal.tencentcloudapi.com", "version": "2018-04-19"}}),
            "as DescribeAccountLimits",
            "https://as.internal.tencentcloudapi.com/",
            "2018-04-19",
        ),
        // A version that the catalog does not know is none, and an option goes first.
        (
            json!({"cvm": {"version": "1999-01-01"}}),
            "cvm DescribeZones",
            "https://cvm.tencentcloudapi.com/",
            "2017-03-12",
        ),
        (
            json!({"cvm": {"version": "1999-01-01"}}),
            "cvm DescribeZones --version 2017-03-12",
            "https://cvm.tencentcloudapi.com/",
            "2017-03-12",
        ),
        (json!({"cvm": {"endpoint": "h.example"}}), "cvm DescribeZones --local", "http://127.0.0.1", "2017-03-12"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let mut command = at_home(home.path(), &json!({"default.configure": files}));
        command.env("TENCENTCLOUD_SECRET_ID", "i").env("TENCENTCLOUD_SECRET_KEY", "k").args(words.split(' '));
        let shown = run(command.args(["--region", "r", "--dry-run", "--output", "json"])).json();
        assert!(shown["url"].as_str().unwrap().starts_with(url), "{words}: {shown}");
        assert_eq!(shown["headers"]["x-tc-version"], version, "{words}");
    }
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".tccli")).unwrap();
    std::fs::write(home.path().join(".tccli/default.configure"), "{").unwrap();
    let told = run(at_home(home.path(), &json!({})).args(["cvm", "DescribeZones"])).failed(2);
    assert!(told.contains("default.configure is not JSON"), "{told}");
}

#[test]
fn secrets_of_the_command_line_are_warned_of_and_never_shown() {
    let server = Server::of_api(&[empty_answer()]).unwrap();
    let call = |words: &[&str]| -> Run {
        let keys = ["--secretId", "the-id", "--secretKey", "Top+Secret/Key", "--token", "Session+Token"];
        let mut command = sanyun();
        command.args(["tx", "cvm", "DescribeZones", "--region", "r", "--debug"]).args(keys).args(words);
        let done = run(&mut command);
        for secret in ["Top+Secret/Key", "Session+Token"] {
            assert!(!done.out.contains(secret) && !done.err.contains(secret), "{done:?}");
        }
        done
    };
    let done = call(&["--endpoint", &server.url]);
    assert!(done.code == 0 && done.err.starts_with("warning: --secretKey is seen by whoever"), "{done:?}");
    assert_eq!(server.seen()[0].header("x-tc-token"), Some("Session+Token"));
    assert!(call(&["--dry-run"]).ok().contains("Credential=the-id/"));
    for (words, part) in [
        ("--secretId i", "--secretId is given without --secretKey"),
        ("--secretKey k", "--secretKey is given without --secretId"),
        ("--token t", "hint: a parameter of this name is written --Token"),
        ("--role-arn a", "--role-arn is given without --role-session-name"),
        ("--use-cvm-role --secretId i --secretKey k", "--use-cvm-role and --secretId exclude each other"),
        ("--secretId i --secretKey=", "a value is required for '--secretKey <KEY>'"),
    ] {
        let told = run(sanyun().args(["tx", "cvm", "DescribeZones"]).args(words.split(' '))).failed(2);
        assert!(told.contains(part), "{words}: {told}");
    }
}

#[test]
fn roles_are_asked_for_with_ones_own_keys() {
    let keys = json!({"TmpSecretId": "of-role", "TmpSecretKey": "k", "Token": "t"});
    let reply = json!({"Credentials": keys, "ExpiredTime": 4_000_000_000_u64, "Expiration": "2096-10-02T07:06:40Z"});
    let (arn, session) = ("qcs::cam::uin/1:roleName/r", "nightly");
    let options = ["--role-arn", arn, "--role-session-name", session];
    let variables = [("TENCENTCLOUD_ROLE_ARN", arn), ("TENCENTCLOUD_ROLE_SESSION_NAME", session)];
    for (words, variables) in [(&options[..], &[][..]), (&[], &variables)] {
        let server = Server::of_api(&[reply.clone(), empty_answer()]).unwrap();
        let home = tempfile::tempdir().unwrap();
        let files = json!({
            "default.configure": {"sts": {"endpoint": server.url}},
            "default.credential": {"secretId": "own", "secretKey": "k"},
        });
        let mut command = at_home(home.path(), &files);
        command.args(["cvm", "DescribeZones", "--region", "r", "--endpoint", &server.url]).args(words);
        run(command.envs(variables.iter().copied())).ok();
        let seen = server.seen();
        assert_eq!((seen[0].header("x-tc-action"), seen[0].key_id()), (Some("AssumeRole"), "own"));
        let asked: Value = serde_json::from_str(&seen[0].body).unwrap();
        assert_eq!((&asked["RoleArn"], &asked["RoleSessionName"]), (&json!(arn), &json!(session)));
        assert_eq!((seen[1].key_id(), seen[1].header("x-tc-token")), ("of-role", Some("t")));
    }
}

#[test]
fn the_machine_has_a_role() {
    let keys = json!({
        "Code": "Success", "TmpSecretId": "of-machine", "TmpSecretKey": "k", "Token": "t",
        "ExpiredTime": 4_000_000_000_u64, "Expiration": "2096-10-02T07:06:40Z",
    });
    let metadata = Server::start(&["role\n".to_owned(), keys.to_string()]).unwrap();
    let server = Server::of_api(&[empty_answer()]).unwrap();
    let mut command = with_keys(&server);
    command.env_remove("SANYUN_METADATA_DISABLED").env("SANYUN_TENCENT_METADATA_ENDPOINT", &metadata.url);
    run(command.args(["cvm", "DescribeZones", "--use-cvm-role"])).ok();
    assert_eq!(server.seen()[0].key_id(), "of-machine");
}

#[test]
fn files_of_parameters_are_found_as_there() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("in.json"), r#"{"Limit": 7, "Filters": [{"Name": "zone", "Values": ["z"]}]}"#)
        .unwrap();
    let path = home.path().join("in.json").display().to_string();
    for file in ["file://~/in.json", "file://$HOME/in.json", "file://${HOME}/in.json", &format!("file://{path}"), &path]
    {
        let server = Server::of_api(&[empty_answer()]).unwrap();
        let mut command = with_keys(&server);
        command.env("HOME", home.path()).args(["cvm", "DescribeInstances", "--cli-input-json", file, "--Offset", "1"]);
        run(&mut command).ok();
        let body: Value = serde_json::from_str(&server.seen()[0].body).unwrap();
        assert_eq!(body, json!({"Limit": 7, "Filters": [{"Name": "zone", "Values": ["z"]}], "Offset": 1}), "{file}");
    }
}

#[test]
fn help_is_a_word_too_and_idle_switches_do_no_harm() {
    for (words, part) in [
        ("help", "--waiter"),
        ("cvm help --detail", "  DescribeZones\n"),
        ("cvm DescribeInstances help", "  --Filters "),
        ("cvm DescribeInstances help --detail", "  --Filters "),
        ("cvm DescribeZones --local --warning --cli-unfold-argument", "ap-guangzhou-1"),
        ("cvm DescribeZones --local --request-client me --debug", "ap-guangzhou-1"),
    ] {
        let shown = run(sanyun().arg("tencent").args(words.split(' '))).ok();
        assert!(shown.contains(part), "{words}: {shown}");
    }
    let server = Server::of_api(&[empty_answer()]).unwrap();
    run(with_keys(&server).args(["cvm", "DescribeZones", "--request-client", "my-tool"])).ok();
    assert!(server.seen()[0].header("x-tc-requestclient").unwrap().ends_with("my-tool"));
}

#[test]
fn booleans_are_written_in_every_way_and_indexes_have_no_end() {
    let server = Server::of_api(&[empty_answer()]).unwrap();
    for (word, expected) in [("True", true), ("t", true), ("1", true), ("FALSE", false), ("f", false), ("0", false)] {
        let words = ["cvm", "RunInstances", "--DryRun", word, "--Placement.Zone", "z", "--ImageId", "i"];
        run(with_keys(&server).args(words)).ok();
        let body: Value = serde_json::from_str(&server.seen().last().unwrap().body).unwrap();
        assert_eq!(body["DryRun"], json!(expected), "{word}");
    }
    let mut command = with_keys(&server);
    command.args(["cvm", "DescribeInstances"]);
    for number in 0..25 {
        command.args([format!("--Filters.{number}.Name=n{number}"), format!("--Filters.{number}.Values=v")]);
    }
    run(&mut command).ok();
    let body: Value = serde_json::from_str(&server.seen().last().unwrap().body).unwrap();
    assert_eq!((body["Filters"].as_array().unwrap().len(), &body["Filters"][24]["Name"]), (25, &json!("n24")));
    let gap = ["cvm", "DescribeInstances", "--Filters.0.Name", "a", "--Filters.4000000000.Name", "b"];
    let told = run(with_keys(&server).args(gap)).failed(2);
    assert!(told.contains("`Filters.4000000000` is given, and `Filters.1` is not"), "{told}");
    let deep = format!("--{}", ["A"; 5000].join("."));
    let told = run(with_keys(&server).args(["cvm/2017-03-12", "New", "--unchecked", &deep, "1"])).failed(2);
    assert!(told.contains("lies too deep"), "{}", told.len());
}
