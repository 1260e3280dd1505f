#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use sanyun_tencent::typed as sdk;

use super::*;

static SERVICE: sdk::Service = sdk::Service::new("cvm", "2017-03-12");

/// An action as generated code has it, or with a name that is wrong.
#[derive(Default)]
struct ResetInstancesPassword<const SPOILT: bool> {
    instance_ids: Vec<String>,
    password: String,
    user_name: Option<String>,
    force_stop: Option<bool>,
}

impl<const SPOILT: bool> sdk::Record for ResetInstancesPassword<SPOILT> {
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        let names: &'static [&'static str] = match SPOILT {
            true => &["InstanceIds", "Secret", "UserName", "ForceStop"],
            false => &["InstanceIds", "Password", "UserName", "ForceStop"],
        };
        by.record(names, &mut [&mut self.instance_ids, &mut self.password, &mut self.user_name, &mut self.force_stop])
    }
}

impl<const SPOILT: bool> sdk::Operation for ResetInstancesPassword<SPOILT> {
    type Cloud = sdk::Cloud;
    type Output = sdk::Value;
    const API: sdk::Api = sdk::Api::new(&SERVICE, "ResetInstancesPassword", "POST", "/");
}

fn found<const SPOILT: bool>(answered: fn(&mut Value) -> Option<String>) -> Vec<Value> {
    let fact = Catalog::tencent().operation("cvm", None, "ResetInstancesPassword").unwrap();
    problems::<ResetInstancesPassword<SPOILT>>(&fact, 1, answered, |given, operation| {
        given.send(async |settings| given.tencent(settings)?.call(operation).await)
    })
}

fn whats(problems: &[Value]) -> Vec<&str> {
    problems.iter().map(|problem| problem.get("what").unwrap().as_str().unwrap()).collect()
}

#[test]
fn equal_calls_have_no_differences() {
    assert_eq!(found::<false>(|answer| json(answer)), Vec::<Value>::new());
}

#[test]
fn a_wrong_name_is_seen_in_the_body_and_a_lost_member_in_the_answer() {
    assert_eq!(whats(&found::<true>(|answer| json(answer))), ["body"]);
    assert_eq!(whats(&found::<false>(|_| Some("{}".to_owned()))), ["value"]);
    assert_eq!(whats(&found::<false>(|_| None)), [STREAMED]);
}

#[test]
fn nothing_is_the_same_as_absence_and_zero_is_not() {
    let differ = |typed: Value, dynamic: Value| {
        let mut found = Vec::new();
        same_value(&mut found, "", &typed, &dynamic);
        found.len()
    };
    assert_eq!(differ(json!({"a": [], "b": 1, "c": 3.0}), json!({"b": 1, "c": 3, "d": null})), 0);
    assert_eq!(differ(json!({"a": 0, "b": [1]}), json!({"b": [2], "c": ""})), 3);
}

#[test]
fn a_header_is_a_member_unless_the_body_has_it() {
    let headers = [("X-Id".to_owned(), "h".to_owned())];
    let fact = Catalog::tencent().operation("cvm", None, "DescribeInstances").unwrap();
    let with_headers = |value: &Value, headers: &[(String, String)]| with_headers(&fact, value, headers);
    assert_eq!(with_headers(&json!({"a": 1}), &headers), json!({"a": 1, "X-Id": "h"}));
    assert_eq!(with_headers(&json!({"X-Id": "b"}), &headers), json!({"X-Id": "b"}));
    assert_eq!(with_headers(&Value::Null, &headers), json!({"X-Id": "h"}));
}

#[test]
fn a_loose_reply_says_the_same_and_more() {
    let fact = Catalog::tencent().operation("cvm", None, "DescribeInstances").unwrap();
    let body =
        json!({"Response": {"TotalCount": 7, "InstanceSet": [{"InstanceId": "i-1", "CPU": 2}], "RequestId": "r"}});
    let forms: Vec<_> = (0..8)
        .map(|seed| Loose::of(&fact, body.to_string().as_bytes(), &Random::new(&SeededChance::new(seed))).unwrap())
        .collect();
    let is = |pointer: &str, value: Value| forms.iter().any(|(sent, _)| sent.pointer(pointer) == Some(&value));
    assert!(is("/Response/TotalCount", json!("7")) && is("/Response/TotalCount", json!(7)));
    assert!(is("/Response/InstanceSet/0/CPU", json!("2")) && is("/Response/InstanceSet/0/Memory", json!("")));
    assert!(is("/Response/InstanceSet/0/SystemDisk", json!(null)));
    assert!(forms.iter().all(|(sent, said)| {
        let unknown = &said["InstanceSet"][0]["NewMember"];
        said["TotalCount"] == 7 && unknown.is_object() && sent["Response"]["InstanceSet"][0]["NewMember"] == *unknown
    }));
}
