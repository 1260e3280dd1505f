use crate::{Case, Cloud, Outcome, run};

/// The vector file beside this crate's sources.
const VECTORS: &str = include_str!("../../vectors/huawei.jsonl");

#[test]
fn no_vector_fails() {
    let mut passed = 0;
    for line in VECTORS.lines() {
        let case = Case::parse(Cloud::Huawei, line).unwrap();
        match run(&case) {
            Outcome::Passed => passed += 1,
            Outcome::NotImplemented => {}
            Outcome::Failed(difference) => panic!("{}: {difference}", case.name),
        }
    }
    assert!(passed >= 100, "only {passed} vectors passed");
}
