//! What goes wrong, how it is told, and that no secret is told with it.

mod support;

use std::net::TcpListener;
use std::process::Command;

use serde_json::{Value, json};
use support::{Server, line, run, sanyun};

/// A secret that would be noticed anywhere.
const SECRET: &str = "Top+Secret/Key=0123";
const TOKEN: &str = "Session+Token/With=Signs";

fn with_keys(id: &str, secret: &str, token: &str) -> Command {
    let mut command = sanyun();
    for (name, value) in [
        ("HUAWEICLOUD_SDK_AK", id),
        ("HUAWEICLOUD_SDK_SK", secret),
        ("HUAWEICLOUD_SDK_SECURITY_TOKEN", token),
        ("HUAWEICLOUD_SDK_PROJECT_ID", "0123456789abcdef0123456789abcdef"),
        ("TENCENTCLOUD_SECRET_ID", id),
        ("TENCENTCLOUD_SECRET_KEY", secret),
        ("TENCENTCLOUD_TOKEN", token),
        ("TENCENTCLOUD_REGION", "ap-guangzhou"),
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", id),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", secret),
        ("ALIBABA_CLOUD_SECURITY_TOKEN", token),
        ("OSS_ACCESS_KEY_ID", id),
        ("OSS_ACCESS_KEY_SECRET", secret),
        ("OSS_SESSION_TOKEN", token),
        ("OSS_REGION", "cn-hangzhou"),
    ] {
        command.env(name, value);
    }
    command
}

/// A call on each cloud.
const CALLS: [&str; 4] =
    ["hw vpc/v2 ListVpcs", "tx cvm DescribeZones", "ali ecs DescribeInstances --RegionId cn-hangzhou", "oss ls"];

#[test]
fn a_wrong_secret_is_refused_with_the_clouds_own_code_and_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let codes = ["APIGW.0301", "AuthFailure.SignatureFailure", "SignatureDoesNotMatch", "SignatureDoesNotMatch"];
    for (call, code) in CALLS.iter().zip(codes) {
        let mut command = with_keys("sanyun-local-ak", SECRET, "");
        let told = run(command.args(call.split(' ')).args(["--endpoint", &server.url])).failed(1);
        assert!(told.contains(code) && told.contains("\nhint: ") && !told.contains(SECRET), "{call}: {told}");
    }
}

#[test]
fn the_right_keys_of_the_environment_are_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    for call in CALLS {
        let mut command = with_keys("sanyun-local-sts-ak", "sanyun-local-sts-sk", "sanyun-local-token");
        let done = run(command.args(call.split(' ')).args(["--debug", "--endpoint", &server.url]));
        assert_eq!(done.code, 0, "{call}: {done:?}");
        for secret in ["sanyun-local-sts-sk", "sanyun-local-token"] {
            assert!(!done.err.contains(secret) && !done.out.contains(secret), "{call}: {done:?}");
        }
    }
}

#[test]
#[cfg(unix)]
fn the_local_cloud_ends_in_order() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Server::start(folder.path()).interrupt(), Some(0));
}

#[test]
fn a_dry_run_shows_everything_but_the_secrets() {
    let more = [
        "hw vpc/v2 CreateVpc --vpc.name x",
        "tx cvm RunInstances --LoginSettings.Password Top+Secret/Key=0123 --Placement.Zone z --ImageId i",
        "ali ecs CreateInstance --RegionId r --Password Top+Secret/Key=0123 --InstanceType t",
        "oss rm oss://bucket/key",
        "oss stat oss://bucket",
    ];
    for call in CALLS.iter().chain(&more) {
        for format in ["", " --output json", " --output text"] {
            let mut command = with_keys("the-key-id", SECRET, TOKEN);
            let words = format!("{call} --dry-run --endpoint http://127.0.0.1:1{format}");
            let shown = run(command.args(words.split(' '))).ok();
            assert!(shown.contains("the-key-id") && shown.contains("curl --path-as-is"), "{words}: {shown}");
            for secret in [SECRET, TOKEN, "Top%2BSecret%2FKey%3D0123", "Session%2BToken%2FWith%3DSigns"] {
                assert!(!shown.contains(secret), "{words}: {shown}");
            }
        }
    }
}

#[test]
fn passwords_in_parameters_stay_out_of_the_debug_output_and_the_access_log() {
    for call in [
        "tx cvm RunInstances --LoginSettings.Password Top+Secret/Key=0123 --Placement.Zone z --ImageId i",
        "ali ecs RunInstances --Password Top+Secret/Key=0123 --RegionId r --ImageId i --InstanceType t",
    ] {
        let done = line(&format!("{call} --local --debug --access-log -"));
        assert_eq!(done.code, 0, "{done:?}");
        assert!(done.err.contains("RunInstances 1 INFO") && done.err.contains("***"), "{}", done.err);
        for secret in [SECRET, "Top%2BSecret%2FKey%3D0123"] {
            assert!(!done.err.contains(secret), "{}", done.err);
        }
    }
}

#[test]
fn exit_codes_tell_what_kind_of_failure_it_was() {
    for (words, code, part) in [
        ("", 2, "Exit codes:"),
        ("oss", 2, "Common options:"),
        ("--local", 2, "the command is missing"),
        ("--local huawei vpc ListVpcs --query nope(@)", 2, "--query: there is no function `nope`"),
        ("--local huawei vpc ListVpcs --query abs(vpcs)", 1, "hint: the call was made all the same"),
        ("tour --endpoint http://x", 2, "--endpoint means nothing to `sanyun tour`"),
        ("tour --dry-run", 2, "--dry-run means nothing"),
        ("api list --dry-run", 2, "--dry-run means nothing"),
        ("local --local-data x", 2, "did you mean --data?"),
        ("--dry-run local", 2, "--dry-run means nothing"),
        ("api list oss", 2, "sanyun oss --help"),
        ("api search vpc --service nope", 2, "no cloud has a service `nope`"),
        ("api search vpc --service nope --cloud tx", 2, "tencent has no service `nope`"),
        ("tencent cvm/2018-01-01 X", 2, "known: 2017-03-12"),
        ("--local oss rm oss://bucket", 2, "hint: -r deletes"),
        ("oss presign oss://bucket/key --expires 8000000", 2, "'--expires <SECONDS>': a link works for at most 7 days"),
        ("huawei vpc ListVpcs --region moon", 2, "if this one is new, name the endpoint"),
        ("oss ls", 2, "--region"),
        ("nonsense", 2, "unrecognized subcommand"),
        ("huawei", 2, "the service is missing"),
        ("huawei vpc", 2, "the operation is missing"),
        ("huawei vcp ListVpcs", 2, "`vpc`"),
        ("huawei vpc ListVpc", 2, "did you mean `ListVpcs`"),
        ("--local huawei vpc ListVpcs --limt 1", 2, "`limt` is unknown; did you mean `limit`?"),
        ("--local huawei vpc ListVpcs --limit x", 2, "`limit` must be an integer"),
        ("--local tx cvm TerminateInstances", 2, "`InstanceIds` is missing"),
        ("--local huawei vpc ListVpcs --query a[", 2, "--query: the expression ends too early"),
        ("--local huawei vpc ListVpcs --output xml", 2, "possible values: json, table, yaml, text"),
        ("--local huawei vpc ListVpcs --endpoint http://x", 2, "exclude each other"),
        ("--local huawei vpc ShowVpc --api-version v2 --vpc_id nope", 1, "(HTTP 404"),
        ("--local oss cat oss://bucket/key", 1, "NoSuchBucket"),
        ("huawei vpc ListVpcs --region cn-north-4", 3, "no credential found"),
        ("huawei vpc ListVpcs --region cn-north-4 --profile prod", 3, "profile prod"),
        ("oss ls oss://bucket --region cn-hangzhou", 3, "no credential found"),
    ] {
        let done = if words.is_empty() { run(&mut sanyun()) } else { line(words) };
        assert_eq!(done.code, code, "sanyun {words}: {done:?}");
        assert!(done.err.contains(part), "sanyun {words}: {done:?}");
    }
}

#[test]
fn a_refused_connection_is_a_failure_of_the_network() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = with_keys("the-key-id", SECRET, "");
    let endpoint = format!("http://127.0.0.1:{port}");
    let told = run(command.args(["tx", "cvm", "DescribeZones", "--retries", "0", "--endpoint", &endpoint])).failed(4);
    assert!(told.starts_with("error: cvm DescribeZones: "), "{told}");
    assert!(!told.contains("os error") && told.contains("\nhint: is the endpoint right"), "{told}");
}

#[test]
fn a_server_that_says_nothing_runs_into_the_time_out() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let mut command = with_keys("the-key-id", SECRET, "");
    command.args(["tx", "cvm", "DescribeZones", "--timeout", "100ms", "--endpoint", &endpoint]);
    run(&mut command).failed(4);
}

#[test]
fn programs_get_errors_as_json_when_they_ask_for_it() {
    let told = line("--local oss cat oss://bucket/key --output json").failed(1);
    let error: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(error["error"]["code"], json!("NoSuchBucket"));
    assert_eq!(error["error"]["exit_code"], json!(1));
    let told = line("--local huawei vpc ListVpcs --limt 1 --output json").failed(2);
    let error: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(error["error"]["kind"], json!("input"));
    for words in ["--output json nonsense", "oss cp --output=json", "api list oss --output json", "--output json"] {
        let told = line(words).failed(2);
        let error: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(error["error"]["exit_code"], json!(2), "{told}");
        assert!(error["error"]["message"].as_str().is_some_and(|message| !message.starts_with("error")), "{told}");
    }
}

#[test]
fn the_hint_of_the_error_itself_is_shown() {
    let mut command = with_keys("the-key-id", SECRET, "");
    command.env_remove("HUAWEICLOUD_SDK_PROJECT_ID");
    // With an endpoint of its own it asks nobody else for the id.
    let words = "huawei vpc ListVpcs --region cn-north-4 --endpoint http://127.0.0.1:1";
    let told = run(command.args(words.split(' '))).failed(2);
    assert!(told.contains("\nhint: give the id of the project: the variable HUAWEICLOUD_SDK_PROJECT_ID"), "{told}");
}

#[test]
fn unchecked_calls_go_out() {
    let shown = line("--local --dry-run hw vpc/v2 ListVpcs --new 1 --unchecked").ok();
    assert!(shown.contains("new=1"), "{shown}");
}
