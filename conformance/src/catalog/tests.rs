#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use sanyun_catalog::Cloud;
use serde_json::Value;

use super::calls::{self, Signing};
use super::*;

fn drawn(cloud: Cloud, count: usize, seed: u64) -> Vec<[String; 3]> {
    draw(Catalog::of(cloud).unwrap(), &[], count, seed)
}

#[test]
fn a_sample_is_the_same_for_a_seed_and_names_nothing_twice() {
    let sample = drawn(Cloud::Tencent, 500, 7);
    assert_eq!(sample, drawn(Cloud::Tencent, 500, 7));
    assert_ne!(sample, drawn(Cloud::Tencent, 500, 8));
    assert_eq!(sample.iter().collect::<BTreeSet<_>>().len(), 500);
}

#[test]
fn services_and_versions_restrict_a_sample() {
    let catalog = Catalog::of(Cloud::Huawei).unwrap();
    let both = draw(catalog, &["vpc".to_owned()], usize::MAX, 1);
    let one = draw(catalog, &["vpc/v3".to_owned()], usize::MAX, 1);
    assert!(one.len() < both.len() && one.iter().all(|[service, version, _]| service == "vpc" && version == "v3"));
}

/// What is sent of an operation with the values of a seed, as the oracle would answer if it agreed.
fn agreed(operation: &Operation<'_>, seed: u64) -> (calls::Ours, Value) {
    let ours = calls::make(operation, seed, Signing::Default);
    let sent = ours.request.clone().unwrap();
    let headers = sent.headers.keys().map(|name| (name.to_string(), json!(sent.header(name.as_str()))));
    let url = if sent.query.is_empty() { sent.place.clone() } else { format!("{}?{}", sent.place, sent.query) };
    let request = json!({
        "method": sent.method,
        "url": url,
        "headers": headers.collect::<serde_json::Map<_, _>>(),
        "body": sanyun_core::encode::base64(&sent.body),
    });
    let answer = json!({"request": request, "value": ours.value.clone().unwrap(), "failure": null});
    (ours, answer)
}

#[test]
fn every_difference_of_a_call_is_seen() {
    let catalog = Catalog::of(Cloud::Tencent).unwrap();
    let operation = catalog.operation("cvm", None, "RunInstances").unwrap();
    let (ours, answer) = agreed(&operation, 3);
    assert_eq!(compare::differences(&operation, &ours, &answer), Vec::<Value>::new());
    let spoil = |pointer: &str, value: Value| {
        let mut spoilt = answer.clone();
        *spoilt.pointer_mut(pointer).unwrap() = value;
        compare::differences(&operation, &ours, &spoilt).len()
    };
    assert_eq!(spoil("/request/method", json!("GET")), 1);
    assert_eq!(spoil("/request/url", json!("https://cvm.tencentcloudapi.com/x?a=b")), 2);
    assert_eq!(spoil("/request/body", json!("e30=")), 1);
    assert_eq!(spoil("/request/headers/x-tc-region", json!("elsewhere")), 1);
    assert_eq!(spoil("/request/headers/authorization", json!("TC3")), 1);
    assert_eq!(spoil("/value/RequestId", json!("another")), 1);
    assert_eq!(spoil("/failure", json!({"error": "KeyError"})), 1);
}

#[test]
fn random_parameters_pass_the_check_of_the_catalog() {
    for cloud in Cloud::ALL {
        let catalog = Catalog::of(cloud).unwrap();
        for [service, version, name] in drawn(cloud, 200, 5) {
            let operation = catalog.operation(&service, Some(&version), &name).unwrap();
            let ours = calls::make(&operation, 5, Signing::Default);
            // Signature 1.0 sends a parameter of its own by this name.
            let is_signatures = ours.value.as_ref().is_err_and(|error| error.contains("is set by the signature"));
            let left_out = exceptions::operation(&operation).is_some() || is_signatures;
            assert!(left_out || ours.request.is_some(), "{cloud} {service} {version} {name}: {:?}", ours.value);
        }
    }
}

#[test]
fn what_is_listed_is_listed_for_its_place_only() {
    let catalog = Catalog::of(Cloud::Alibaba).unwrap();
    let operation = catalog.operation("ecs", None, "RunInstances").unwrap();
    let problem =
        |what: &str, ours: &str, official: &str| json!({"what": what, "where": "", "ours": ours, "official": official});
    assert!(exceptions::call(&operation, &problem("query", r#"{"a":1}"#, r#"{"a":1,"l":[]}"#)).is_some());
    assert!(exceptions::call(&operation, &problem("query", r#"{"a":1}"#, r#"{"a":2,"l":[]}"#)).is_none());
    assert!(exceptions::call(&operation, &problem("header", r#"{"a":1}"#, r#"{"a":1,"l":[]}"#)).is_none());
    assert!(exceptions::structure(&operation, &problem("field", "int", "str")).is_none());
}
