//! Calls by name, against the embedded local cloud.

mod support;

use serde_json::json;
use support::{line, run, sanyun, with_input};

#[test]
fn each_cloud_answers() {
    let vpcs = line("--local huawei vpc/v2 ListVpcs --limit 1").json();
    assert_eq!(vpcs["vpcs"], json!([]));
    let zones = line("tx cvm DescribeZones --local --query ZoneSet[].Zone").json();
    assert!(zones.as_array().unwrap().contains(&json!("ap-guangzhou-1")), "{zones}");
    let machines = line("alibaba --local ecs/2014-05-26 DescribeInstances --RegionId cn-hangzhou").json();
    assert_eq!(machines["TotalCount"], json!(0));
}

#[test]
fn what_is_made_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let call = |words: &[&str]| run(sanyun().args(words).arg("--local-data").arg(folder.path()));
    let body = r#"{"vpc": {"name": "v", "cidr": "10.0.0.0/8"}}"#;
    let made = call(&["hw", "vpc/v2", "CreateVpc", "--body", body]).json();
    let id = made["vpc"]["id"].as_str().unwrap();
    let shown = call(&["hw", "vpc", "ShowVpc", "--api-version=v2", "--vpc-id", id, "--query", "vpc.cidr"]);
    assert_eq!(shown.json(), json!("10.0.0.0/8"));

    let words = "tx cvm RunInstances --Placement.Zone ap-guangzhou-1 --ImageId i --InstanceType S --InstanceCount 2";
    call(&words.split(' ').collect::<Vec<_>>()).ok();
    let table = call(&["tx", "cvm", "DescribeInstances", "--output", "text", "--query", "[TotalCount]"]).ok();
    assert_eq!(table, "2\n");
}

#[test]
fn parameters_come_from_a_file_and_the_command_line_goes_over_it() {
    let params = br#"{"RegionId": "cn-hangzhou", "PageSize": 50, "Tag": [{"Key": "a"}]}"#;
    let mut command = sanyun();
    command.args("--local --dry-run ali ecs DescribeInstances --params-file - --PageSize 10".split(' '));
    let shown = with_input(&mut command, params).ok();
    assert!(shown.contains("/?PageSize=10&RegionId=cn-hangzhou&Tag.1.Key=a\n"), "{shown}");
}

#[test]
fn every_format_prints_the_same_answer() {
    let call = |format: &str| {
        let query = "ZoneSet[:2].{zone: Zone, state: ZoneState}";
        run(sanyun().args(["--local", "tx", "cvm", "DescribeZones", "--output", format, "--query", query])).ok()
    };
    assert_eq!(
        call("json"),
        "[\n  {\n    \"zone\": \"ap-guangzhou-1\",\n    \"state\": \"AVAILABLE\"\n  },\n  {\n    \"zone\": \
         \"ap-guangzhou-2\",\n    \"state\": \"AVAILABLE\"\n  }\n]\n"
    );
    assert_eq!(
        call("yaml"),
        "- zone: ap-guangzhou-1\n  state: AVAILABLE\n- zone: ap-guangzhou-2\n  state: AVAILABLE\n"
    );
    assert_eq!(call("text"), "AVAILABLE\tap-guangzhou-1\nAVAILABLE\tap-guangzhou-2\n");
    assert_eq!(
        call("table"),
        "\
+----------------+-----------+
| zone           | state     |
+----------------+-----------+
| ap-guangzhou-1 | AVAILABLE |
| ap-guangzhou-2 | AVAILABLE |
+----------------+-----------+
"
    );
}

#[test]
fn pipes_get_no_colours() {
    let shown = line("--local tx cvm DescribeZones").ok();
    assert!(!shown.contains('\u{1b}'), "{shown}");
}

#[test]
fn help_exists_at_every_level() {
    for (words, part) in [
        ("--help", "Exit codes:"),
        ("--version", "sanyun "),
        ("huawei --help", "  vpc/v2 "),
        ("huawei vpc --help", "  ListVpcs\n"),
        ("huawei vpc/v2 CreateVpc --help", "  --vpc "),
        ("oss cp --help", "--recursive"),
        ("help", "Exit codes:"),
        ("help tx cvm", "  DescribeZones\n"),
        ("api list", "tencent"),
        ("api show tx cvm DescribeZones", "ZoneSet"),
        ("api search describe zones --cloud tx", "DescribeZones"),
        ("completion bash", "complete -o default"),
        ("__complete -- tencent cvm DescribeZones", "DescribeZones\n"),
    ] {
        let shown = line(words).ok();
        assert!(shown.contains(part), "sanyun {words}\n{shown}");
    }
}

#[test]
fn the_debug_output_and_the_access_log_tell_what_happened() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut command = sanyun();
    command.args("--local --debug hw vpc/v2 ListVpcs --access-log".split(' ')).arg(&log);
    let done = run(&mut command);
    assert_eq!(done.code, 0, "{done:?}");
    for part in ["> GET http://127.0.0.1", "< 200 OK", "* vpc ListVpcs, attempt 1", "* done after 1 attempt(s)"] {
        assert!(done.err.contains(part), "{part} in {}", done.err);
    }
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains(" sanyun-huawei vpc.ListVpcs 1 INFO \"GET http://127.0.0.1:"), "{log}");
}
