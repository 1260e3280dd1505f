use serde_json::json;

use super::*;
use crate::Catalog;

fn found(catalog: &Catalog, service: &str, name: &str, parameters: &Value) -> Vec<String> {
    let operation = catalog.operation(service, None, name).unwrap();
    let checked = check(&operation, parameters);
    checked.problems.iter().map(|problem| format!("{:?}: {problem}", problem.severity)).collect()
}

#[test]
fn good_parameters_have_no_problems() {
    let parameters = json!({"Filters": [{"Name": "zone", "Values": ["ap-guangzhou-3"]}], "Limit": 20});
    let operation = Catalog::tencent().operation("cvm", None, "DescribeInstances").unwrap();
    let checked = check(&operation, &parameters);
    assert_eq!((checked.value.clone(), checked.problems.as_slice()), (parameters, [].as_slice()));
    assert!(checked.is_ok());
    assert!(check(&operation, &Value::Null).is_ok());
}

#[test]
fn unknown_names_suggest_the_nearest_at_any_depth() {
    let problems = found(
        Catalog::tencent(),
        "cvm",
        "DescribeInstances",
        &json!({"Filtres": [], "Filters": [{"Nmae": "zone", "Name": "zone", "Values": []}]}),
    );
    assert_eq!(
        problems,
        [
            "Error: `Filtres` is unknown; did you mean `Filters`?",
            "Error: `Filters[0].Nmae` is unknown; did you mean `Name`?"
        ]
    );
}

#[test]
fn all_problems_are_collected() {
    let problems = found(
        Catalog::huawei(),
        "vpc",
        "CreateVpc",
        &json!({"vpc": {"name": 5, "tags": [{"kye": "a", "value": "b"}]}, "nothing_like_it": 1}),
    );
    assert_eq!(
        problems,
        [
            "Error: `vpc.name` must be a string, not a number",
            "Error: `vpc.tags[0].kye` is unknown; did you mean `key`?",
            "Error: `vpc.tags[0].key` is missing (required)",
            "Error: `vpc.cidr` is missing (required)",
            "Error: `nothing_like_it` is unknown",
        ]
    );
}

#[test]
fn missing_is_an_error_for_huawei_and_tencent_and_a_warning_for_alibaba() {
    let problems = found(Catalog::huawei(), "vpc", "ShowVpc", &json!({"vpc_id": null}));
    assert_eq!(problems, ["Error: `vpc_id` is missing (required, path)"]);
    assert_eq!(found(Catalog::huawei(), "vpc", "CreateVpc", &json!({})), ["Error: `vpc` is missing (required)"]);
    let problems = found(Catalog::tencent(), "cvm", "TerminateInstances", &json!({}));
    assert_eq!(problems, ["Error: `InstanceIds` is missing (required)"]);
    let problems = found(Catalog::alibaba(), "ecs", "DescribeInstances", &json!({}));
    assert_eq!(problems, ["Warning: `RegionId` is missing (required, query)"]);
}

#[test]
fn headers_of_the_signer_are_never_missing() {
    let problems = found(Catalog::huawei(), "iam", "KeystoneValidateToken", &json!({}));
    assert!(problems.iter().all(|problem| !problem.contains("X-Auth-Token")), "{problems:?}");
}

#[test]
fn plain_numbers_and_booleans_in_strings_are_converted() {
    let operation = Catalog::tencent().operation("cvm", None, "RunInstances").unwrap();
    let given = json!({"InstanceCount": "2", "DryRun": "true", "Placement": {"Zone": "z", "ProjectId": "-1"}});
    let checked = check(&operation, &given);
    assert_eq!(checked.problems, []);
    assert_eq!(checked.value, json!({"InstanceCount": 2, "DryRun": true, "Placement": {"Zone": "z", "ProjectId": -1}}));
}

#[test]
fn only_plain_numbers_are_converted() {
    for (ty, good, bad) in [
        (
            Type::Int,
            vec!["0", "-7", "9223372036854775807"],
            vec!["", "+1", "1.0", "1e3", "0x1", " 1", "9223372036854775808", "١"],
        ),
        (Type::Uint, vec!["0", "18446744073709551615"], vec!["-1", "1_000", "18446744073709551616"]),
        (Type::Float, vec!["1", "-1.5"], vec!["", ".", "1.", ".5", "nan", "inf", "1e3", "1.-5", "--1"]),
        (Type::Decimal, vec!["1.10"], vec!["one", "1,5"]),
        (Type::Bool, vec!["true", "false"], vec!["True", "1", "yes", ""]),
    ] {
        for text in good {
            assert!(convert::plain(&ty, &json!(text)).is_ok(), "{ty} {text}");
        }
        for text in bad {
            assert!(convert::plain(&ty, &json!(text)).is_err(), "{ty} {text}");
        }
    }
    assert_eq!(convert::plain(&Type::Decimal, &json!("1.10")), Ok(json!("1.10")));
    assert_eq!(convert::plain(&Type::Uint, &json!(-1)), Err("an integer of 0 or more"));
    assert_eq!(convert::plain(&Type::Int, &json!(1.5)), Err("an integer"));
    assert_eq!(convert::plain(&Type::String, &json!(1)), Err("a string"));
}

#[test]
fn parameters_sent_as_json_may_be_given_as_json_text() {
    let operation = Catalog::alibaba().operation("ecs", None, "RunCommand").unwrap();
    let styled = operation.params.iter().find(|param| param.style == Some(ParamStyle::Json)).unwrap();
    assert_eq!(styled.name, "Parameters");
    let checked = check(&operation, &json!({"Parameters": "{\"name\":\"x\"}"}));
    assert_eq!(checked.value["Parameters"], json!({"name": "x"}));
}

#[test]
fn values_outside_an_enumeration_are_warnings() {
    let service = Catalog::huawei().service("iam", Some("v5")).unwrap();
    let mut operation = service.operation("ListPoliciesV5").unwrap();
    operation.params.truncate(1);
    operation.params[0].ty = Type::Named("PolicyType");
    operation.params[0].flags = Default::default();
    let name = operation.params[0].name;
    let checked = check(&operation, &json!({ name: "neither" }));
    let expected = format!("`{name}` is not one of the known values: custom, system");
    assert_eq!(checked.problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
    assert!(checked.is_ok());
}

#[test]
fn keys_mean_parameters_then_fields_of_the_body_then_the_body() {
    let operation = Catalog::huawei().operation("vpc", None, "UpdateVpc").unwrap();
    assert!(matches!(operation.targets("vpc_id").as_slice(), [Target::Param(_)]));
    assert!(matches!(operation.targets("vpc").as_slice(), [Target::BodyField(_)]));
    assert!(matches!(operation.targets("body").as_slice(), [Target::Body(_)]));
    assert!(matches!(operation.targets("project_id").as_slice(), [Target::Placeholder("project_id")]));
    assert!(operation.targets("other").is_empty());
    assert!(check(&operation, &json!({"vpc_id": "v", "body": {"vpc": {"name": "n"}}, "project_id": "p"})).is_ok());
}

#[test]
fn problems_hold_no_values() {
    let problems = found(
        Catalog::tencent(),
        "cvm",
        "RunInstances",
        &json!({"Placement": {"Zone": "z"}, "LoginSettings": {"Password": ["hunter2"]}, "InstanceCount": "hunter2"}),
    );
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(!format!("{problems:?}").contains("hunter2"));
}

#[test]
fn parameters_that_are_no_object_are_an_error() {
    let problems = found(Catalog::tencent(), "cvm", "DescribeInstances", &json!([1]));
    assert_eq!(problems, ["Error: `parameters` must be an object, not a list"]);
}

#[test]
fn the_value_that_is_sent_as_a_stream_is_known_by_its_name() {
    let mut operation = Catalog::tencent().operation("sts", None, "GetCallerIdentity").unwrap();
    operation.body = None;
    operation.rare.stream_request = Some("content".to_owned());
    assert_eq!(operation.targets("content"), [Target::Body(Type::File)]);
    assert!(check(&operation, &json!({"content": "bytes"})).is_ok());
    let checked = check(&operation, &json!({"contents": "bytes"}));
    assert_eq!(checked.problems[0].to_string(), "`contents` is unknown; did you mean `content`?");
}
