//! The comparison itself: what it notices, and what it does not let pass as listed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use sanyun_core::SeededChance;
use serde_json::{Value, json};

use super::{REPAIRS, differences, listed, ours};
use crate::generate;

/// Keys in the environment, a project to look up, two endpoints.
fn set_up() -> Value {
    json!({
        "env": {
            "HUAWEICLOUD_SDK_AK": "a",
            "HUAWEICLOUD_SDK_SK": "s",
            "HUAWEICLOUD_SDK_REGION_VPC_CN_NORTH_4": "https://one.example.com,two.example.com",
        },
        "files": {},
        "network": {"GET /v3/projects": [{"status": 200, "body": "{\"projects\":[{\"id\":\"p1\"}]}"}]},
        "time": "2026-01-02T03:04:05Z",
        "kind": "basic",
        "service": "vpc",
        "version": "v2",
        "operation": "ListVpcs",
        "region": "cn-north-4",
    })
}

fn answer(setup: &Value, official: &Value) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(ours(setup, official)).unwrap()
}

/// An answer as the official SDK gives it to this set-up.
fn official() -> Value {
    let sent = |url: &str, project: &str| {
        let mut headers = json!({"authorization": "SDK-HMAC-SHA256 Access=a"});
        if !project.is_empty() {
            headers["x-project-id"] = project.into();
        }
        json!({"method": "GET", "url": url, "headers": headers, "body": null})
    };
    let keys = json!({"source": "EnvCredentialProvider", "ak": "a", "sk": "s", "security_token": null, "id": null});
    let mut answer = json!({"credentials": keys, "endpoints": {}, "call": keys});
    answer["credentials"]["requests"] = json!([]);
    answer["endpoints"]["requests"] = json!([
        {"method": "GET", "url": "https://one.example.com/v1/p/vpcs"},
        {"method": "GET", "url": "https://two.example.com/v1/p/vpcs"},
    ]);
    answer["call"]["requests"] = json!([
        sent("https://iam.cn-north-4.myhuaweicloud.com/v3/projects?name=cn-north-4", ""),
        sent("https://one.example.com/v1/p1/vpcs", "p1"),
        sent("https://two.example.com/v1/p1/vpcs", "p1"),
    ]);
    answer
}

#[test]
fn equal_answers_agree() {
    let (setup, official) = (set_up(), official());
    assert_eq!(differences(&official, &answer(&setup, &official)), Vec::<Value>::new());
}

#[test]
fn everything_that_differs_is_noticed_and_not_listed() {
    let setup = set_up();
    let changes: [(&str, Value, &str); 8] = [
        ("/credentials/ak", json!("b"), "ak"),
        ("/credentials/sk", json!("b"), "sk"),
        ("/credentials/security_token", json!("t"), "security_token"),
        ("/credentials/id", json!("p"), "id"),
        ("/credentials/source", json!("ProfileCredentialProvider"), "source"),
        ("/call/sk", json!("b"), "signature"),
        ("/endpoints/requests/1/url", json!("https://three.example.com/v1/p/vpcs"), "endpoints"),
        ("/call/requests/0/headers/authorization", json!("SDK-HMAC-SHA256 Access=b"), "requests"),
    ];
    for (pointer, value, what) in changes {
        let mut official = official();
        *official.pointer_mut(pointer).unwrap() = value;
        let ours = answer(&setup, &official);
        let problems = differences(&official, &ours);
        assert_eq!(problems.iter().map(|problem| &problem["what"]).collect::<Vec<_>>(), [what], "{pointer}");
        assert_eq!(listed(&setup, &official, &problems[0]), None, "{pointer}");
    }
}

#[test]
fn a_failure_of_one_side_is_noticed() {
    let setup = set_up();
    let mut official = official();
    official["credentials"] = json!({"error": "KeyError", "message": "cn-north-4", "requests": []});
    let problems = differences(&official, &answer(&setup, &official));
    assert_eq!(problems.iter().map(|problem| &problem["what"]).collect::<Vec<_>>(), ["outcome"]);
    assert_eq!(listed(&setup, &official, &problems[0]), None);
}

#[test]
fn only_a_broken_source_before_the_official_one_is_listed() {
    let mut official = official();
    let problem = |message: &str| json!({"what": "outcome", "official": "found", "ours": {"message": message}});
    assert!(listed(&set_up(), &official, &problem("oidc: token file `/t`: not found")).is_some());
    assert_eq!(listed(&set_up(), &official, &problem("profile: line 3")), None);
    official["credentials"]["source"] = json!("PodIdentityCredentialProvider");
    assert!(listed(&set_up(), &official, &problem("profile: line 3")).is_some());
}

#[test]
fn repairs_change_what_they_are_for_and_nothing_else() {
    let setup = set_up();
    let ours = answer(&setup, &Value::Null);
    let reasons = |setup: &Value| {
        let needed = REPAIRS.iter().filter(|repair| repair.applied(setup, &ours).is_some());
        needed.map(|repair| repair.reason.rsplit('(').next().unwrap()).collect::<Vec<_>>()
    };
    // There is no metadata service in it.
    assert_eq!(reasons(&setup), ["3.10)"]);
    let mut untidy = setup.clone();
    untidy["env"]["HUAWEICLOUD_SDK_REGION_VPC_CN_NORTH_4"] = json!("https://one.example.com, two.example.com,");
    assert_eq!(reasons(&untidy), ["3.10)", "5.2)"]);
    let repaired =
        REPAIRS.iter().find_map(|repair| repair.applied(&untidy, &ours).filter(|one| one["env"] == setup["env"]));
    assert!(repaired.is_some());
    let mut profile = setup;
    profile["files"]["{root}/home/.huaweicloud/credentials"] = json!("\u{feff}[basic]\nak = a%b\nprojectId: p\n");
    assert_eq!(reasons(&profile), ["3.4)", "3.4)", "3.4)", "3.10)"]);
}

#[test]
fn a_seed_gives_the_same_set_ups() {
    let some = |seed| {
        let chance = SeededChance::new(seed);
        (0..20).map(|_| generate::setup(&chance)).collect::<Vec<_>>()
    };
    assert_eq!(some(7), some(7));
    assert_ne!(some(7), some(8));
}
