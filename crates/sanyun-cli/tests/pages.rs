//! Pages that are followed and conditions that are waited for, against the embedded local cloud.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::path::Path;

use serde_json::json;
use support::{Run, line, run, sanyun};

/// A local cloud with five machines.
fn five_machines(folder: &Path) {
    let made =
        call(folder, "RunInstances --Placement.Zone ap-guangzhou-1 --ImageId i --InstanceType S --InstanceCount 5");
    assert_eq!(made.json()["InstanceIdSet"].as_array().unwrap().len(), 5);
}

fn call(folder: &Path, words: &str) -> Run {
    run(sanyun().args(["tx", "cvm"]).args(words.split(' ')).arg("--local-data").arg(folder))
}

#[test]
fn all_pages_are_one_answer() {
    let folder = tempfile::tempdir().unwrap();
    five_machines(folder.path());
    let whole = call(folder.path(), "DescribeInstances --Limit 2 --all").json();
    assert_eq!((whole["InstanceSet"].as_array().unwrap().len(), &whole["TotalCount"]), (5, &json!(5)));
    let mut ids: Vec<&str> =
        whole["InstanceSet"].as_array().unwrap().iter().filter_map(|it| it["InstanceId"].as_str()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 5);
    let three =
        call(folder.path(), "DescribeInstances --Limit 2 --max-items 3 --query InstanceSet[].InstanceId").json();
    assert_eq!(three, json!(ids[..3]));
    let from = call(folder.path(), "DescribeInstances --Limit 2 --Offset 4 --all --query length(InstanceSet)").json();
    assert_eq!(from, json!(1));
}

#[test]
fn an_operation_without_pages_is_told() {
    let told = line("--local tx cvm RunInstances --all --ImageId i --Placement.Zone z").failed(2);
    assert!(told.starts_with("error: --all: the catalog knows no pages of RunInstances"), "{told}");
    assert!(told.contains("\nhint: no parameter of it seems to turn pages"), "{told}");
}

#[test]
fn conditions_are_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    five_machines(folder.path());
    let wait = |condition: &str| {
        call(folder.path(), &format!("DescribeInstances --wait {condition} --wait-timeout 1 --query TotalCount"))
    };
    assert_eq!(wait("InstanceSet[].InstanceState==RUNNING").json(), json!(5));
    let told = wait("InstanceSet[].InstanceState==STOPPED").failed(5);
    assert!(told.contains("error: cvm DescribeInstances: what was waited for did not happen within 1s"), "{told}");
    assert!(told.contains(r#"hint: at last it was ["RUNNING","#), "{told}");
    for (words, part) in [
        ("DescribeInstances --wait TotalCount=5", "--wait: a single `=`"),
        ("DescribeInstances --wait TotalCount==5 --all", "--wait and --all exclude each other"),
        ("DescribeInstances --wait-timeout 5", "--wait-timeout means nothing without --wait"),
    ] {
        let told = call(folder.path(), words).failed(2);
        assert!(told.contains(part), "{words}: {told}");
    }
}
