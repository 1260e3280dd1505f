use serde_json::json;

use super::super::input::Payload;
use super::*;

fn input(service: &str, operation: &str, params: &Value, checked: bool) -> Result<Input> {
    Name { service: service.into(), version: "".into(), operation: operation.into() }.input(params, checked)
}

fn call(service: &str, operation: &str, params: Value) -> Result<Input> {
    input(service, operation, &params, true)
}

fn query(input: &Input) -> String {
    input.query.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("|")
}

#[test]
fn structures_in_the_query_are_flattened() {
    let params =
        json!({"RegionId": "cn-hangzhou", "Tag": [{"Key": "env", "Value": "prod"}], "DryRun": "true", "MaxResults": 5});
    let input = call("ecs", "DescribeInstances", params).unwrap();
    assert_eq!(query(&input), "RegionId=cn-hangzhou|Tag.1.Key=env|Tag.1.Value=prod|DryRun=true|MaxResults=5");
    assert_eq!(
        (&*input.version, &*input.action, input.style),
        ("2014-05-26", "DescribeInstances", super::super::Style::Rpc)
    );
    assert!(input.signed && matches!(input.payload, Payload::None));
}

#[test]
fn body_parameters_become_a_form() {
    let params = json!({"Tasks": [{"ImageURL": "http://h/a b"}]});
    let input = call("ocr", "RecognizeQrCode", params).unwrap();
    let Payload::Form(form) = &input.payload else { panic!("no form") };
    assert_eq!(*form, [("Tasks.1.ImageURL".to_owned(), "http://h/a b".to_owned())]);
    assert_eq!(query(&input), "");
}

#[test]
fn a_parameter_in_json_style_is_one_text() {
    let catalog = Catalog::alibaba().service("ecs", None).unwrap();
    let operation = catalog.operation("CreateAutoProvisioningGroup").unwrap();
    let param = operation.params.iter().find(|param| param.style == Some(ParamStyle::Json)).unwrap();
    let value = json!(["a", "b"]);
    assert_eq!(styled(param, &value).unwrap(), json!(r#"["a","b"]"#));
    assert_eq!(styled(param, &json!("[\"a\"]")).unwrap(), json!("[\"a\"]"));
}

#[test]
fn an_anonymous_operation_is_not_signed() {
    let params =
        json!({"RoleArn": "acs:ram::1:role/r", "OIDCProviderArn": "p", "OIDCToken": "t", "RoleSessionName": "s"});
    assert!(!call("sts", "AssumeRoleWithOIDC", params).unwrap().signed);
}

#[test]
fn all_problems_are_named_and_nothing_of_the_values() {
    let error =
        call("ecs", "DescribeInstances", json!({"RegionID": "x", "PageSize": "SECRET"})).unwrap_err().to_string();
    assert!(
        error.contains("`RegionID` is unknown; did you mean `RegionId`") && error.contains("`PageSize` must be"),
        "{error}"
    );
    assert!(!error.contains("SECRET"), "{error}");
}

#[test]
fn unchecked_parameters_go_into_the_query() {
    let input = input("ecs", "DescribeInstances", &json!({"New": [1]}), false).unwrap();
    assert_eq!(query(&input), "New.1=1");
}

#[test]
fn an_unknown_operation_suggests_the_nearest() {
    let error = call("ecs", "DescribeInstance", json!({})).unwrap_err();
    assert_eq!(error.kind(), sanyun_core::ErrorKind::Input);
    assert!(error.to_string().contains("DescribeInstances"), "{error}");
}

#[test]
fn a_body_of_no_members_is_an_empty_body() {
    let input = call("hologram", "BindLeaderInstance", json!({"instance_id": "i"})).unwrap();
    assert!(matches!(&input.payload, Payload::Json(text) if text == "{}"));
    let input = call("csas", "UpdateVulScanGlobalConfig", json!({})).unwrap();
    assert!(matches!(&input.payload, Payload::Form(pairs) if pairs.is_empty()));
}

#[test]
fn a_body_that_is_text_is_sent_as_it_is() {
    let params = json!({"project_name": "p", "body": "{\"a\": 1}"});
    let input = call("maxcompute", "UpdateProjectIpWhiteList", params).unwrap();
    assert!(matches!(&input.payload, Payload::Json(text) if text == "{\"a\": 1}"));
}

#[test]
fn a_web_socket_is_refused() {
    let by_name = call("green", "MultiModalGuardWs", json!({})).err().unwrap();
    assert!(by_name.to_string().contains("WebSocket"), "{by_name}");
    static SERVICE: sanyun_core::Service = sanyun_core::Service::new("green", "2022-03-02");
    let api = Api { scheme: "wss", ..Api::new(&SERVICE, "MultiModalGuardWs", "POST", "/") };
    let typed = typed(&api, &mut Nothing, false).err().unwrap();
    assert_eq!(typed.to_string(), by_name.to_string());
}

/// An operation without parameters.
struct Nothing;

impl Record for Nothing {
    fn visit(&mut self, by: &mut dyn codec::Visitor) -> Result<()> {
        by.record(&[], &mut [])
    }
}

#[test]
fn two_parameters_cannot_become_one() {
    let twice = json!({"Tag": [{"Key": "env"}], "Tag.1.Key": "other"});
    let error = input("ecs", "DescribeInstances", &twice, false).unwrap_err();
    assert!(error.to_string().contains("`Tag.1.Key` is given twice"), "{error}");
    let same = json!({"Tag": [{"Key": "env"}], "Tag.1.Key": "env"});
    assert_eq!(query(&input("ecs", "DescribeInstances", &same, false).unwrap()), "Tag.1.Key=env");
}
