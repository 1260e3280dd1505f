//! Every vector of this repository, by its file: none may fail.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use sanyun_conformance::{Case, Cloud, Outcome, run};

fn no_vector_fails(cloud: Cloud) {
    let path = format!("{}/vectors/{}.jsonl", env!("CARGO_MANIFEST_DIR"), cloud.name());
    let text = std::fs::read_to_string(&path).unwrap();
    let mut passed = 0;
    for line in text.lines() {
        let case = Case::parse(cloud, line).unwrap();
        match run(&case) {
            Outcome::Passed => passed += 1,
            Outcome::NotImplemented => {}
            Outcome::Failed(difference) => panic!("{} `{}`: {difference}", case.kind, case.name),
        }
    }
    assert!(passed > 50, "only {passed} vectors of {} ran", cloud.name());
}

#[test]
fn huawei() {
    no_vector_fails(Cloud::Huawei);
}

#[test]
fn tencent() {
    no_vector_fails(Cloud::Tencent);
}

#[test]
fn alibaba() {
    no_vector_fails(Cloud::Alibaba);
}

#[test]
fn oss() {
    no_vector_fails(Cloud::Oss);
}

#[test]
fn a_wrong_expectation_is_noticed() {
    let line = r#"{"name":"n","kind":"crc64","parity":"must","input":{"data":"123456789"},"expected":{"crc64":"1"}}"#;
    assert!(matches!(run(&Case::parse(Cloud::Oss, line).unwrap()), Outcome::Failed(_)));
}
