use serde_json::Value;

use super::*;
use crate::Catalog;
use crate::check::check;

fn operation<'a>(catalog: &'a Catalog, service: &str, name: &str) -> Operation<'a> {
    catalog.operation(service, None, name).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_answer() {
    let operation = operation(Catalog::alibaba(), "ecs", "DescribeInstances");
    assert_eq!(reply(&operation, 7), reply(&operation, 7));
    assert_ne!(reply(&operation, 7), reply(&operation, 8));
}

#[test]
fn names_shape_values() {
    let answer = reply(&operation(Catalog::huawei(), "ecs", "ShowServer"), 1).unwrap();
    let id = answer["server"]["id"].as_str().unwrap();
    assert_eq!((id.len(), id.matches('-').count()), (36, 4));
    let answer = reply(&Catalog::huawei().operation("vpc", Some("v2"), "ShowVpc").unwrap(), 1).unwrap();
    assert!(answer["vpc"]["cidr"].as_str().unwrap().ends_with(".0/24"), "{answer}");
    assert_eq!(answer["vpc"]["status"], "ACTIVE");
    let answer = reply(&operation(Catalog::tencent(), "cvm", "DescribeInstances"), 1).unwrap();
    assert!(answer["InstanceSet"][0]["InstanceId"].as_str().unwrap().starts_with("instance-"), "{answer}");
    assert!(answer.get("RequestId").is_none());
}

#[test]
fn an_operation_that_answers_with_nothing_has_no_sample() {
    let silent = operation(Catalog::huawei(), "vpc", "DeleteSecurityGroup");
    assert!(silent.response.is_none());
    assert_eq!(reply(&silent, 1), None);
}

/// Every operation of the catalogs: the sample has the types that the catalog says, at every depth.
#[test]
fn every_sample_fits_its_type() {
    for catalog in [Catalog::huawei(), Catalog::tencent(), Catalog::alibaba()] {
        for service in catalog.services().map(|entry| entry.open().unwrap()) {
            for name in service.operations() {
                let operation = service.operation(name).unwrap();
                if let (Some(ty), Some(answer)) = (&operation.response, reply(&operation, 3)) {
                    fits(&operation, ty, &answer);
                }
            }
        }
    }
}

/// Judged by the checker: the answer as the body of an operation that takes what this one answers.
fn fits(operation: &Operation<'_>, ty: &Type<'_>, answer: &Value) {
    let mut taking = operation.clone();
    taking.params.clear();
    taking.body = Some(ty.clone());
    let is_field = |key: &str| taking.body_fields().iter().any(|field| field.name == key);
    let parameters = match answer {
        Value::Object(_) if !is_field("body") => serde_json::json!({ "body": answer }),
        Value::Object(_) => answer.clone(),
        other => serde_json::json!({ "body": other }),
    };
    let wrong: Vec<_> = check(&taking, &parameters)
        .problems
        .into_iter()
        .filter(|problem| {
            !matches!(problem.kind, crate::check::ProblemKind::Missing { .. } | crate::check::ProblemKind::Withdrawn)
        })
        .collect();
    assert!(wrong.is_empty(), "{:?} {}: {wrong:?}", operation.service, operation.name);
}
