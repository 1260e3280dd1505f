use sanyun_catalog::Catalog;
use serde_json::json;

use super::*;

fn read_words(action: &str, words: &[&str]) -> Result<Value, (u8, String)> {
    let line = Line::read(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).unwrap();
    let operation = Catalog::tencent().operation("cvm", None, action).unwrap();
    read(&operation, &line).map(Value::Object).map_err(|stop| (stop.code, stop.text))
}

#[test]
fn members_are_options_and_structures_json() {
    for (words, expected) in [
        (vec!["--Limit", "5", "--Offset=0"], json!({"Limit": 5, "Offset": 0})),
        (vec!["--InstanceIds", "[\"a\",\"b\"]"], json!({"InstanceIds": ["a", "b"]})),
        (
            vec!["--Filters", r#"[{"Name":"zone","Values":["@z"]}]"#],
            json!({"Filters": [{"Name": "zone", "Values": ["@z"]}]}),
        ),
        (vec!["--Limit", "5", "--Limit", "6"], json!({"Limit": 6})),
        (vec!["--cli-unfold-argument", "--InstanceIds", "@a", "file://b"], json!({"InstanceIds": ["@a", "file://b"]})),
        (
            vec![
                "--cli-unfold-argument",
                "--Filters.1.Name=b",
                "--Filters.0.Name",
                "a",
                "--Filters.0.Values",
                "x",
                "y",
            ],
            json!({"Filters": [{"Name": "a", "Values": ["x", "y"]}, {"Name": "b"}]}),
        ),
    ] {
        assert_eq!(read_words("DescribeInstances", &words), Ok(expected), "{words:?}");
    }
}

#[test]
fn slips_have_the_exit_codes_of_tccli() {
    for (action, words, code, part) in [
        ("DescribeInstances", vec!["--Nope", "1"], 255, "Unknown options: --Nope 1"),
        ("DescribeInstances", vec!["--Filters.0.Name", "1"], 255, "Unknown options: --Filters.0.Name 1"),
        ("DescribeInstances", vec!["--Limit", "5", "6"], 255, "Unknown options: 6"),
        ("DescribeInstances", vec!["--Limit"], 252, "argument --Limit: expected one argument"),
        ("DescribeInstances", vec!["--Limit", "x"], 252, "argument --Limit: `x` is no Integer"),
        ("DescribeInstances", vec!["--Filters", "[x]"], 255, "--Filters: Invalid JSON"),
        ("DescribeInstances", vec!["--cli-unfold-argument", "--Filters", "[]"], 255, "Unknown options: --Filters []"),
        ("DescribeInstances", vec!["--cli-unfold-argument", "--Filters.1.Name", "a"], 255, "the items of --Filters"),
        ("DescribeInstances", vec!["--cli-input-json", "x.json"], 255, "is written file://PATH"),
        ("DescribeInstances", vec!["--cli-input-json", "file:///none/x", "--Limit", "1"], 255, "Unknown options"),
        ("TerminateInstances", vec![], 252, "the following arguments are required: --InstanceIds"),
        ("RunInstances", vec!["--DryRun", "yes"], 252, "argument --DryRun: `yes` is no Boolean"),
    ] {
        let (found, text) = read_words(action, &words).unwrap_err();
        assert!(found == code && text.contains(part), "{words:?}: {found} {text}");
    }
}

#[test]
fn deep_names_end() {
    let deep = format!("--{}", vec!["A"; 5000].join("."));
    assert_eq!(read_words("DescribeInstances", &["--cli-unfold-argument", &deep, "1"]).unwrap_err().0, 255);
}
