use serde_json::json;

use super::super::input::Payload;
use super::*;

fn from_catalog(service: &str, version: &str, operation: &str, parameters: &Value, checks: Checks) -> Result<Input> {
    let name = Name { service: service.into(), version: version.into(), operation: operation.into() };
    name.input(parameters, checks)
}

fn obeyed(service: &str, version: &str, operation: &str, parameters: Value) -> Result<Input> {
    from_catalog(service, version, operation, &parameters, Checks::Obeyed)
}

#[test]
fn parameters_go_where_the_catalog_says() {
    let input = obeyed("vpc", "v2", "UpdateVpc", json!({"vpc_id": "v1", "vpc": {"name": "front"}})).unwrap();
    assert_eq!((input.method.as_str(), &*input.path), ("PUT", "/v1/{project_id}/vpcs/{vpc_id}"));
    assert_eq!(input.path_params, [("vpc_id".to_owned(), json!("v1"))]);
    assert!(matches!(&input.payload, Payload::Json(body) if *body == json!({"vpc": {"name": "front"}})));
    assert_eq!((&*input.service, &*input.version, &*input.operation), ("vpc", "v2", "UpdateVpc"));

    let input = obeyed("vpc", "", "ListVpcs", json!({"limit": "7", "marker": null})).unwrap();
    assert_eq!(input.query, [("limit".to_owned(), json!(7))]);
    assert!(matches!(input.payload, Payload::None));
}

#[test]
fn a_whole_body_and_the_ids_can_be_given() {
    let parameters = json!({"body": {"vpc": {"cidr": "10.0.0.0/8"}}, "project_id": "p"});
    let input = obeyed("vpc", "v2", "CreateVpc", parameters).unwrap();
    assert!(matches!(&input.payload, Payload::Json(body) if *body == json!({"vpc": {"cidr": "10.0.0.0/8"}})));
    assert_eq!(input.path_params, [("project_id".to_owned(), json!("p"))]);
}

#[test]
fn account_wide_services_are_called_for_the_domain() {
    let input = obeyed("iam", "v3", "KeystoneListRegions", json!({})).unwrap();
    assert_eq!(input.account, Some(Account::Domain));
    assert_eq!(obeyed("vpc", "v2", "ListVpcs", json!({})).unwrap().account, Some(Account::Project));
}

#[test]
fn all_problems_are_said_at_once_and_nothing_is_sent() {
    let error = obeyed("vpc", "v2", "UpdateVpc", json!({"vpcid": "x", "vpc": {"nmae": "y"}})).unwrap_err();
    assert_eq!(error.kind(), sanyun_core::ErrorKind::Input);
    let text = error.to_string();
    for part in ["vpc UpdateVpc", "did you mean `vpc_id`", "did you mean `name`", "`vpc_id` is missing"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(error.hint().is_some());
}

#[test]
fn unchecked_parameters_are_sent_all_the_same() {
    let place = |operation, parameters| from_catalog("vpc", "v2", operation, &parameters, Checks::Ignored).unwrap();
    assert_eq!(place("ListVpcs", json!({"brand_new": 1})).query, [("brand_new".to_owned(), json!(1))]);
    let input = place("CreateVpc", json!({"vpc": {"brand_new": 1}, "dry_run": true}));
    assert!(
        matches!(&input.payload, Payload::Json(body) if *body == json!({"vpc": {"brand_new": 1}, "dry_run": true}))
    );
}

#[test]
fn unknown_names_suggest_the_nearest() {
    for (service, version, operation, part) in [
        ("vpcs", "v2", "ListVpcs", "`vpc`"),
        ("vpc", "v9", "ListVpcs", "v2"),
        ("vpc", "v2", "ListVpc", "did you mean `ListVpcs`"),
    ] {
        let error = obeyed(service, version, operation, json!({})).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(obeyed("vpc", "v2", "ListVpcs", json!([1])).is_err());
    assert!(from_catalog("vpc", "v2", "ListVpcs", &json!([1]), Checks::Ignored).is_err());
}

#[test]
fn json_is_preferred_among_content_types() {
    for (consumes, chosen) in [
        (&[][..], "application/json"),
        (&["application/xml", "Application/JSON"], "application/json"),
        (&["*/*"], "application/json"),
        (&["application/json;charset=UTF-8"], "application/json;charset=utf-8"),
        (&["multipart/form-data", "application/xml"], "multipart/form-data"),
    ] {
        assert_eq!(content_type(consumes), chosen);
    }
}

#[test]
fn a_call_without_a_body_sends_its_content_type() {
    let input = obeyed("ecs", "v2", "BatchAddServerGroupMember", json!({"server_group_id": "g"})).unwrap();
    assert_eq!(input.headers, [("Content-Type".to_owned(), json!("application/json;charset=utf-8"))]);
    assert!(matches!(input.payload, Payload::None));
    let input = obeyed("vpc", "v2", "ListVpcs", json!({})).unwrap();
    assert!(input.headers.is_empty());
}

#[test]
fn a_body_that_is_text_is_sent_as_it_is() {
    let parameters = json!({"project_id": "p", "body": "{\"a\": 1}"});
    let input = obeyed("projectman", "v4", "ShowScrumPlansByCondition", parameters).unwrap();
    let Payload::Raw(body) = &input.payload else { panic!("no text") };
    assert_eq!(body.as_bytes(), Some(&b"{\"a\": 1}"[..]));
}

#[test]
fn the_identity_center_wants_no_signature() {
    let input = from_catalog("identitycenteroidc", "", "RegisterClient", &json!({}), Checks::Ignored).unwrap();
    assert!(!input.signed);
    assert!(obeyed("vpc", "v2", "ListVpcs", json!({})).unwrap().signed);
}
