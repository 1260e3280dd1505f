use std::collections::BTreeMap;

use crate::{Case, Cloud, Outcome};

#[test]
fn every_vector_passes_or_is_of_a_later_part() {
    let mut counts = BTreeMap::<String, [usize; 2]>::new();
    let mut failures = Vec::new();
    for line in include_str!("../../vectors/oss.jsonl").lines() {
        let case = Case::parse(Cloud::Oss, line).unwrap();
        let count = counts.entry(case.kind.clone()).or_default();
        match crate::run(&case) {
            Outcome::Passed => count[0] += 1,
            Outcome::NotImplemented => count[1] += 1,
            Outcome::Failed(why) => failures.push(format!("{} {}: {why}", case.kind, case.name)),
        }
    }
    for (kind, [passed, left_out]) in &counts {
        println!("{kind}: {passed} passed, {left_out} not implemented");
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(counts.values().map(|[passed, _]| passed).sum::<usize>() > 250);
}
