use sanyun_catalog::Catalog;
use sanyun_catalog::check::check;
use serde_json::{Map, Value, json};

use super::{merge, to_json};

fn words(line: &str) -> Vec<String> {
    line.split('|').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The words as JSON, after the check that a call makes.
fn checked(catalog: &'static Catalog, service: &str, name: &str, line: &str) -> Value {
    let operation = catalog.operation(service, None, name).unwrap();
    let value = Value::Object(to_json(Some(&operation), &words(line)).unwrap());
    let checked = check(&operation, &value);
    assert_eq!(checked.errors().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new(), "{line}");
    checked.value
}

fn tencent(name: &str, line: &str) -> Value {
    checked(Catalog::tencent(), "cvm", name, line)
}

fn error(line: &str) -> String {
    let operation = Catalog::tencent().operation("cvm", None, "DescribeInstances").unwrap();
    to_json(Some(&operation), &words(line)).unwrap_err().to_string()
}

#[test]
fn scalars_get_the_type_of_the_catalog() {
    assert_eq!(tencent("DescribeInstances", "--Limit|20|--offset=0"), json!({"Limit": 20, "Offset": 0}));
    assert_eq!(tencent("RunInstances", "--InstanceName|123|--DryRun"), json!({"InstanceName": "123", "DryRun": true}));
}

#[test]
fn lists_take_several_values_or_repeated_options() {
    let expected = json!({"InstanceIds": ["i-1", "i-2"]});
    for line in [
        "--InstanceIds|i-1|i-2",
        "--InstanceIds|i-1|--InstanceIds|i-2",
        "--instance-ids=i-1|--instance-ids=i-2",
        "--InstanceIds|[\"i-1\", \"i-2\"]",
        "--InstanceIds.0|i-1|--InstanceIds.1|i-2",
        "--InstanceIds.2|i-2|--InstanceIds.1|i-1",
    ] {
        assert_eq!(tencent("DescribeInstances", line), expected, "{line}");
    }
}

#[test]
fn structures_are_given_in_parts_or_as_json() {
    let expected = json!({"Filters": [{"Name": "zone", "Values": ["z-1", "z-2"]}, {"Name": "n", "Values": ["1"]}]});
    for line in [
        "--Filters.0.Name|zone|--Filters.0.Values|z-1|z-2|--Filters.1.Name|n|--Filters.1.Values|1",
        "--filters.1.name|zone|--filters.1.values.1|z-1|--filters.1.values.2|z-2|--filters.2|{\"Name\":\"n\",\"Values\":[\"1\"]}",
        "--Filters|[{\"Name\":\"zone\",\"Values\":[\"z-1\",\"z-2\"]},{\"Name\":\"n\",\"Values\":[\"1\"]}]",
    ] {
        assert_eq!(tencent("DescribeInstances", line), expected, "{line}");
    }
    assert_eq!(
        tencent("RunInstances", "--placement.zone|ap-guangzhou-3|--SystemDisk.DiskSize|50"),
        json!({"Placement": {"Zone": "ap-guangzhou-3"}, "SystemDisk": {"DiskSize": 50}})
    );
}

#[test]
fn the_body_of_huawei_is_given_beside_the_parameters_or_whole() {
    let expected = json!({"vpc": {"name": "v", "cidr": "10.0.0.0/8"}});
    let huawei = |line| checked(Catalog::huawei(), "vpc/v2".split('/').next().unwrap(), "ListVpcs", line);
    assert_eq!(huawei("--limit|10"), json!({"limit": 10}));
    let create = Catalog::huawei().operation("vpc", Some("v2"), "CreateVpc").unwrap();
    let create = |line: &str| Value::Object(to_json(Some(&create), &words(line)).unwrap());
    assert_eq!(create("--vpc.name|v|--vpc.cidr|10.0.0.0/8"), expected);
    assert_eq!(create("--body.vpc.name|v|--body.vpc.cidr|10.0.0.0/8"), json!({"body": expected}));
    assert_eq!(create("--body|{\"vpc\":{\"name\":\"v\",\"cidr\":\"10.0.0.0/8\"}}"), json!({"body": expected}));
    assert_eq!(create("--project-id|p"), json!({"project_id": "p"}));
}

#[test]
fn alibaba_counts_from_one() {
    let value = checked(
        Catalog::alibaba(),
        "ecs",
        "DescribeInstances",
        "--RegionId|cn-hangzhou|--Tag.1.Key|env|--Tag.1.Value|prod|--page-size|10",
    );
    assert_eq!(value, json!({"RegionId": "cn-hangzhou", "Tag": [{"Key": "env", "Value": "prod"}], "PageSize": 10}));
}

#[test]
fn unknown_operations_take_what_they_are_given() {
    let value = to_json(None, &words("--A|1|--B.C|x|--D|[1]|--E.0|a|--E.1|b|--F|a|b")).unwrap();
    assert_eq!(Value::Object(value), json!({"A": 1, "B": {"C": "x"}, "D": [1], "E": ["a", "b"], "F": ["a", "b"]}));
}

/// Filters of `DescribeInstances` in every form, all of which mean the same.
#[test]
fn the_shorthand_is_as_good_as_json() {
    let zone = json!({"Name": "zone", "Values": ["a", "b"]});
    for (line, expected) in [
        ("--Filters|Name=zone,Values=[a,b]", json!([zone])),
        ("--Filters|Name=zone,Values=a,b", json!([zone])),
        ("--Filters|name=zone,values=[ a , b ]", json!([zone])),
        ("--Filters|Values=[a,b],Name='zone'", json!([zone])),
        ("--Filters|{Name=zone,Values=[a,b]}", json!([zone])),
        ("--Filters|[{Name=zone,Values=[a,b]}]", json!([zone])),
        ("--Filters|Name=zone|Values=a,b", json!([zone])),
        ("--Filters[0].Name=zone|--Filters[0].Values|a|b", json!([zone])),
        ("--Filters.0|Name=zone,Values=a,b", json!([zone])),
        ("--Filters|{\"Name\": \"zone\", \"Values\": [\"a\", \"b\"]}", json!([zone])),
        ("--cli-unfold-argument|--Filters.0.Name|zone|--Filters.0.Values|a|b", json!([zone])),
        ("--Filters|Name=zone,Values=a,b|Name=zone,Values=[a,b]", json!([zone, zone])),
        ("--Filters|Name=zone,Values=a,b|--Filters|Name=zone,Values=[a,b]", json!([zone, zone])),
        ("--Filters|Name=zone|Values=a,b|Name=zone|Values=a,b", json!([zone, zone])),
        ("--Filters|Name=zone|--Filters|Name=x", json!([{"Name": "zone"}, {"Name": "x"}])),
        ("--Filters|[{Name=zone,Values=a,b},{Name=x}]", json!([zone, {"Name": "x"}])),
        ("--Filters|Name=a=b, c,Values=[]", json!([{"Name": "a=b, c", "Values": []}])),
        ("--Filters|Name=\"a,b=\\\"c\",Values='x y'", json!([{"Name": "a,b=\"c", "Values": "x y"}])),
        ("--Filters|Name=", json!([{"Name": ""}])),
        ("--Filters|[]", json!([])),
    ] {
        let operation = Catalog::tencent().operation("cvm", None, "DescribeInstances").unwrap();
        let value = to_json(Some(&operation), &words(line)).unwrap();
        assert_eq!(Value::Object(value), json!({"Filters": expected}), "{line}");
    }
    for (line, expected) in [
        ("--Placement|Zone=z,ProjectId=1", json!({"Placement": {"Zone": "z", "ProjectId": 1}})),
        ("--Placement|Zone=z|ProjectId=1", json!({"Placement": {"Zone": "z", "ProjectId": 1}})),
        (
            "--SystemDisk={DiskSize=50,DiskType=CLOUD_SSD}",
            json!({"SystemDisk": {"DiskSize": 50, "DiskType": "CLOUD_SSD"}}),
        ),
        (
            "--TagSpecification|ResourceType=instance,Tags=[{Key=a,Value=b},{Key=c,Value=}]",
            json!({"TagSpecification": [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": ""}]}]}),
        ),
    ] {
        let required = "--Placement.Zone|z|--ImageId|i|--InstanceType|S";
        let base = checked(Catalog::tencent(), "cvm", "RunInstances", required);
        let line =
            if line.contains("--Placement") { format!("{line}|--ImageId|i") } else { format!("{line}|{required}") };
        let found = checked(Catalog::tencent(), "cvm", "RunInstances", &line);
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(found[name], *value, "{line}");
        }
        assert_eq!(found["ImageId"], base["ImageId"]);
    }
}

#[test]
fn tags_are_written_as_each_vendor_has_them() {
    let expected = json!([{"Key": "env", "Value": "prod"}, {"Key": "x", "Value": "y"}]);
    for line in [
        "--Tag.1.Key|env|--Tag.1.Value|prod|--Tag.2.Key|x|--Tag.2.Value|y",
        "--Tag.0.Key|env|--Tag.0.Value|prod|--Tag.1.Key|x|--Tag.1.Value|y",
        "--Tag|Key=env|Value=prod|--Tag|Key=x|Value=y",
        "--tag|Key=env,Value=prod|Key=x,Value=y",
    ] {
        let line = format!("--RegionId|cn-hangzhou|{line}");
        assert_eq!(checked(Catalog::alibaba(), "ecs", "DescribeInstances", &line)["Tag"], expected, "{line}");
    }
    let create = Catalog::huawei().operation("vpc", Some("v2"), "CreateVpc").unwrap();
    for line in ["--vpc.name=v|--vpc.tags.1=a*b", "--vpc|name=v,tags=[a*b]", "--vpc|name=v,tags=a*b"] {
        let value = Value::Object(to_json(Some(&create), &words(line)).unwrap());
        assert_eq!(value, json!({"vpc": {"name": "v", "tags": ["a*b"]}}), "{line}");
    }
}

#[test]
fn values_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let (text, number) = (path("text", "行\n".as_bytes()), path("number", b"20\n"));
    let (filters, bytes) = (path("filters", br#"[{"Name":"zone"}]"#), path("bytes", b"\xff\x00"));
    for (line, expected) in [
        (format!("--Limit|@{number}"), json!({"Limit": 20})),
        (format!("--InstanceIds|@{text}|x"), json!({"InstanceIds": ["行\n", "x"]})),
        (format!("--Filters|file://{filters}"), json!({"Filters": [{"Name": "zone"}]})),
        (format!("--InstanceIds=fileb://{bytes}"), json!({"InstanceIds": ["/wA="]})),
        ("--InstanceIds|@|@@x|a@b".to_owned(), json!({"InstanceIds": ["@", "@x", "a@b"]})),
    ] {
        let operation = Catalog::tencent().operation("cvm", None, "DescribeInstances").unwrap();
        let value = Value::Object(to_json(Some(&operation), &words(&line)).unwrap());
        assert_eq!(check(&operation, &value).value, check(&operation, &expected).value, "{line}");
    }
    let no_text = error(&format!("--InstanceIds|@{bytes}"));
    assert!(no_text.contains("is no text (UTF-8)"), "{no_text}");
    let missing = error("--InstanceIds|@nowhere/x");
    assert!(missing.starts_with("`--InstanceIds`: reading nowhere/x"), "{missing}");
}

#[test]
fn files_of_forms_are_named_not_read() {
    let upload = Catalog::huawei().operation("dsc", Some("v1"), "CreateImageWatermark").unwrap();
    for (line, expected) in [
        ("--file|@photos/a.jpg|--blind_watermark|w", json!({"file": {"path": "photos/a.jpg"}, "blind_watermark": "w"})),
        ("--file=fileb://a.jpg", json!({"file": {"path": "a.jpg"}})),
        ("--file|file://a.jpg", json!({"file": {"path": "a.jpg"}})),
        ("--file|@@text", json!({"file": "@text"})),
        ("--file|text", json!({"file": "text"})),
    ] {
        assert_eq!(Value::Object(to_json(Some(&upload), &words(line)).unwrap()), expected, "{line}");
    }
}

#[test]
fn slips_are_named() {
    for (line, message) in [
        ("x", "`x` belongs to no parameter"),
        ("--", "`--` names no parameter"),
        ("--Limit=1|2", "`2` belongs to no parameter"),
        ("--Limit|1|2", "`--Limit` takes one value, not 2"),
        ("--Limit|1|--limit|2", "`--limit` gives again what another option has given"),
        ("--Filters.0.Name|a|--Filters.2.Name|b", "`Filters.2` is given, and `Filters.1` is not"),
        ("--Filters.2.Name|b", "`Filters.2` is given, and `Filters.1` is not"),
        ("--Filters|[]|--Filters.0.Name|a", "`--Filters.0.Name` gives again what another option has given"),
    ] {
        assert_eq!(error(line), message, "{line}");
    }
    for (line, message) in [
        ("--Limit", "`--Limit` has no value"),
        ("--Filters.Name|zone", "`--Filters.Name`: `Filters` is a list of objects"),
        ("--Filters.0.Values.x|a", "`--Filters.0.Values.x`: `Filters.0.Values` is a list (a text each)"),
        ("--Limit.Max|1", "`--Limit.Max`: `Limit` is an integer"),
        ("--Filters|a", "`--Filters` takes a list of objects: NAME=VALUE is wanted at character 1"),
        ("--Filters|Name=a,Values=[b", "`--Filters` takes a list of objects: a comma or `]` is wanted at character 17"),
        ("--Filters|Name=a,Name=b", "`--Filters` takes a list of objects: `Name` is given twice at character 8"),
        ("--Filters|Name='a", "`--Filters` takes a list of objects: ' has no second ' at character 6"),
        ("--Filters|[{]", "`--Filters` takes a list of objects: NAME=VALUE is wanted at character 3"),
    ] {
        assert_eq!(error(line), message, "{line}");
    }
    assert!(error("--Filters|[{\"Name\"]").starts_with("`--Filters` is not JSON: "));
}

#[test]
fn the_parts_of_a_list_are_numbered_in_hints_too() {
    let hint = |catalog: &Catalog, service, name, line| {
        let operation = catalog.operation(service, None, name).unwrap();
        to_json(Some(&operation), &words(line)).unwrap_err().hint().unwrap().to_owned()
    };
    let filters = hint(Catalog::tencent(), "cvm", "DescribeInstances", "--Filters|zone");
    assert!(filters.ends_with(": `--Filters.0.Name value`"), "{filters}");
    let tags = hint(Catalog::alibaba(), "ecs", "DescribeInstances", "--Tag|zone");
    assert!(tags.contains("`--Tag.1."), "{tags}");
    let placement = hint(Catalog::tencent(), "cvm", "RunInstances", "--Placement|zone");
    assert!(placement.contains("`--Placement.Zone value`"), "{placement}");
}

#[test]
fn what_is_typed_goes_over_what_the_file_says() {
    let object = |value: Value| value.as_object().cloned().unwrap_or_else(Map::new);
    let mut under = object(json!({"a": {"x": 1, "y": 2}, "b": [1], "c": 3}));
    merge(&mut under, object(json!({"a": {"y": 5}, "b": [2, 3], "d": 4})));
    assert_eq!(Value::Object(under), json!({"a": {"x": 1, "y": 5}, "b": [2, 3], "c": 3, "d": 4}));
}

/// A value as the options that `tccli` has for it with `--cli-unfold-argument`.
fn unfold(path: &str, value: &Value, options: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, it)| unfold(&format!("{path}.{name}"), it, options)),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            items.iter().enumerate().for_each(|(at, it)| unfold(&format!("{path}.{at}"), it, options));
        }
        Value::Array(items) => {
            options.push(path.to_owned());
            options.extend(items.iter().map(crate::output::plain));
        }
        plain => options.extend([path.to_owned(), crate::output::plain(plain)]),
    }
}

/// Whether there is something that no option can say: a list or a structure of nothing.
fn is_sayable(value: &Value) -> bool {
    match value {
        Value::Object(members) => !members.is_empty() && members.values().all(is_sayable),
        Value::Array(items) => !items.is_empty() && items.iter().all(is_sayable),
        _ => true,
    }
}

#[test]
fn whole_requests_are_given_in_parts() {
    let mut compared = 0;
    for entry in Catalog::tencent().services().step_by(6) {
        for operation in entry.open().unwrap().all_operations() {
            let members = operation.params.iter().map(|param| (param.name, param.ty.clone()));
            let members = members.chain(operation.body_fields().into_iter().map(|field| (field.name, field.ty)));
            let sampled = members.map(|(name, ty)| {
                (name.to_owned(), sanyun_catalog::sample::value(operation.service, &ty, name, compared))
            });
            let request = Value::Object(sampled.filter(|(_, value)| is_sayable(value)).collect());
            let mut options = vec!["--cli-unfold-argument".to_owned()];
            for (name, value) in request.as_object().unwrap() {
                unfold(&format!("--{name}"), value, &mut options);
            }
            let typed = Value::Object(to_json(Some(&operation), &options).unwrap());
            assert_eq!(check(&operation, &typed).value, check(&operation, &request).value, "{}", operation.name);
            compared += 1;
        }
    }
    assert!(compared > 1000, "{compared}");
}
