#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use serde_json::{Value, json};

use super::*;
use crate::body::Body;
use crate::secret::Secret;

/// Everything that a member can be.
#[derive(Clone, Default)]
struct All {
    text: Option<String>,
    count: Option<i64>,
    size: Option<u64>,
    share: Option<f64>,
    on: Option<bool>,
    always: i64,
    tags: Vec<Tag>,
    names: Option<Vec<String>>,
    labels: Option<Map<String>>,
    inner: Option<Box<All>>,
    free: Option<Value>,
    pass: Option<Secret>,
    price: Option<Decimal>,
    at: Option<Timestamp>,
    blob: Option<Blob>,
    extra: Extra,
}

impl Record for All {
    fn visit(&mut self, by: &mut dyn Visitor) -> Result<()> {
        by.record(
            &[
                "Text", "Count", "Size", "Share", "On", "Always", "Tags", "Names", "Labels", "Inner", "Free", "Pass",
                "Price", "At", "Blob", "*",
            ],
            &mut [
                &mut self.text,
                &mut self.count,
                &mut self.size,
                &mut self.share,
                &mut self.on,
                &mut self.always,
                &mut self.tags,
                &mut self.names,
                &mut self.labels,
                &mut self.inner,
                &mut self.free,
                &mut self.pass,
                &mut self.price,
                &mut self.at,
                &mut self.blob,
                &mut self.extra,
            ],
        )
    }
}

impl std::fmt::Debug for All {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        debug(&mut self.clone(), "All", f)
    }
}

#[derive(Clone, Default)]
struct Tag {
    key: String,
    value: Option<String>,
}

impl Record for Tag {
    fn visit(&mut self, by: &mut dyn Visitor) -> Result<()> {
        by.record(&["Key", "Value"], &mut [&mut self.key, &mut self.value])
    }
}

/// An operation with parameters in several places.
#[derive(Default)]
struct Upload {
    limit: Option<i64>,
    id: String,
    tags: Option<Vec<String>>,
    body: Option<Tag>,
    stream: Option<Body>,
}

impl Record for Upload {
    fn visit(&mut self, by: &mut dyn Visitor) -> Result<()> {
        by.record(
            &["query limit", "path vpc_id", "query,json Tags", "body", "stream data"],
            &mut [&mut self.limit, &mut self.id, &mut self.tags, &mut self.body, &mut self.stream],
        )
    }
}

fn read(text: &str) -> All {
    let mut all = All::default();
    from_json(&mut all, text).unwrap();
    all
}

fn refused(text: &str) -> String {
    from_json(&mut All::default(), text).unwrap_err().to_string()
}

#[test]
fn what_was_written_is_read_again() {
    let value = json!({
        "Text": "a\"b\\\u{1}ü", "Count": -9_007_199_254_740_993_i64, "Size": u64::MAX, "Share": 0.1, "On": false,
        "Always": 7, "Tags": [{"Key": "k", "Value": "v"}, {"Key": "", "Value": null}], "Names": [], "Labels": {"z": "1", "a": "2"},
        "Inner": {"Count": 1, "New": [1, {"x": null}]}, "Free": {"any": [true]}, "Pass": "hush", "At": "2026-01-02T03:04:05Z",
        "Blob": "AAEC", "Unknown": {"kept": 1},
    });
    let mut all = read(&value.to_string());
    assert_eq!(all.tags[0].value.as_deref(), Some("v"));
    assert_eq!(all.tags[1].value, None);
    assert_eq!(all.names.as_deref(), Some(&[][..]));
    assert_eq!(all.blob.as_ref().unwrap().0, [0, 1, 2]);
    assert_eq!(all.extra.get("Unknown"), Some(&json!({"kept": 1})));
    assert_eq!(all.inner.as_ref().unwrap().extra.get("New"), Some(&json!([1, {"x": null}])));
    assert_eq!(all.labels.as_ref().unwrap().iter().collect::<Vec<_>>()[0].0, "z", "the order of the wire");
    let written: Value = serde_json::from_str(&to_json(&mut all)).unwrap();
    let mut expected = value;
    expected["Tags"][1] = json!({"Key": ""});
    expected["Inner"]["Always"] = json!(0);
    expected["Inner"]["Tags"] = json!([]);
    assert_eq!(written, expected);
}

#[test]
fn gateways_are_read_with_patience() {
    let all = read(
        r#"{"Count":"12","Size":"3","Share":"1.5","On":"True","Always":null,"Text":12.50,"Tags":"","Inner":"","Labels":null,
            "Price":1.10000000000000000001,"Names":["a",1,true,null]}"#,
    );
    assert_eq!((all.count, all.size, all.share, all.on, all.always), (Some(12), Some(3), Some(1.5), Some(true), 0));
    assert_eq!(all.text.as_deref(), Some("12.50"));
    assert_eq!(all.price.as_ref().unwrap().as_str(), "1.10000000000000000001");
    assert_eq!(all.names.unwrap(), ["a", "1", "true", ""]);
    assert!(all.tags.is_empty() && all.inner.is_none());
    let all = read(r#"{"Count":"","On":"","Text":"","Inner":{"Always":""}}"#);
    assert_eq!((all.count, all.on, all.text.as_deref()), (None, None, Some("")));
    assert!(all.inner.is_some(), "only what stands for nothing is absent, not what has such a member");
    let all = read(r#" {"Count": 3.0, "On": 1, "Text": {"a": [1]}, "Size": true } "#);
    assert_eq!((all.count, all.on, all.size), (Some(3), Some(true), Some(1)));
    assert_eq!(all.text.as_deref(), Some(r#"{"a": [1]}"#));
    let all = read(r#"{"Names": "one", "Tags": {"Key": "k"}, "Count": 1}"#);
    assert_eq!((all.names.unwrap(), all.tags.len(), all.count), (vec!["one".to_owned()], 1, Some(1)));
    assert_eq!(read("null").count, None);
    assert_eq!(read("").count, None);
    assert_eq!(read("{\"Text\":\"tab\there\"}").text.as_deref(), Some("tab\there"));
    assert_eq!(read(r#"{"Text":"😀\n"}"#).text.as_deref(), Some("😀\n"));
}

#[test]
fn what_cannot_be_read_names_the_member() {
    assert!(
        refused(r#"{"Tags":[{"Key":"a"},{"Key":"b","Value":"c"},7]}"#)
            .contains("member `Tags.2`: expected an object, found a number")
    );
    assert!(
        refused(r#"{"Inner":{"Inner":{"Count":"many"}}}"#)
            .contains("member `Inner.Inner.Count`: expected an integer, found `many`")
    );
    assert!(refused(r#"{"Labels":[]}"#).contains("member `Labels`: expected an object, found a list"));
    assert!(refused(r#"{"Size":-1}"#).contains("not negative"));
    for broken in [
        "{",
        "[",
        "{\"Text\"",
        "{\"Text\":",
        "{\"Text\":\"x",
        "{\"Text\":\"x\"",
        "{\"a\":tru",
        "{} x",
        "{\"a\" 1}",
        "{\"Tags\":[1 2]}",
    ] {
        assert!(from_json(&mut All::default(), broken).is_err(), "{broken}");
    }
}

#[test]
fn deep_values_do_not_break_the_stack() {
    let deep = |levels: usize| format!("{{\"Unknown\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
    assert!(from_json(&mut All::default(), &deep(100)).is_ok());
    assert!(refused(&deep(100_000)).contains("nest deeper"));
}

#[test]
fn no_prefix_of_a_reply_panics() {
    let whole = r#"{"Text":"aü\u00e9\\","Count":-1.5e3,"Tags":[{"Key":"k"},null],"Labels":{"a":"b"},"Free":[{},[],""],"On":true,"X":null}"#;
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        let _ = from_json(&mut All::default(), &whole[..end]);
    }
}

#[test]
fn debug_hides_secrets() {
    let mut all =
        read(r#"{"Pass":"hush","Free":{"password":"hush","plain":1},"AdminPass":"hush","Labels":{"token":"hush"}}"#);
    all.inner = Some(Box::new(read(r#"{"Pass":"hush"}"#)));
    for shown in [format!("{all:?}"), format!("{all:#?}")] {
        assert!(!shown.contains("hush"), "{shown}");
        assert!(shown.starts_with("All {") && shown.contains("plain"));
    }
    assert!(to_json(&mut all).contains("hush"));
}

#[test]
fn parameters_know_their_places() {
    let body = Tag { key: "k".into(), value: None };
    let mut upload = Upload {
        limit: Some(3),
        id: "v-1".into(),
        tags: Some(vec!["a".into()]),
        body: Some(body),
        stream: Some(Body::from("bytes")),
    };
    let found = parameters(&mut upload);
    let told: Vec<_> = found.iter().map(|it| (it.place, it.style, it.name, it.json())).collect();
    assert_eq!(
        told,
        [
            ("query", "", "limit", json!(3)),
            ("path", "", "vpc_id", json!("v-1")),
            ("query", "json", "Tags", json!(["a"])),
            ("body", "", "", json!({"Key": "k"})),
            ("stream", "", "data", json!("bytes")),
        ]
    );
    assert!(matches!(&found[4].value, ParameterValue::Body(body) if body.as_bytes() == Some(b"bytes")));
    assert_eq!(parameters(&mut Upload::default()).len(), 1, "what is absent is left out");
}

#[test]
fn members_are_reached_by_name() {
    let mut upload = Upload::default();
    set(&mut upload, "limit", &json!("20")).unwrap();
    set(&mut upload, "no such name", &json!(1)).unwrap();
    assert_eq!(upload.limit, Some(20));
    assert!(set(&mut Upload::default(), "limit", &json!([1])).is_err());
    let json = operation_json(&mut upload);
    assert_eq!(json, r#"{"limit":20,"vpc_id":""}"#);
    let mut again = Upload::default();
    operation_from_json(&mut again, &json).unwrap();
    assert_eq!(again.limit, Some(20));
    let mut all = read(r#"{"Inner":{"Labels":{"a":"b"},"Count":5}}"#);
    assert_eq!(get(&mut all, "Inner.Count"), Some(json!(5)));
    assert_eq!(get(&mut all, "Inner.Size"), None);
    assert_eq!(get(&mut all, "Nothing.There"), None);
}

#[test]
fn equality_goes_by_what_is_sent() {
    let (mut one, mut other) = (read(r#"{"Count":1,"Tags":[]}"#), read(r#"{"Count":"1"}"#));
    assert!(equal(&mut one, &mut other));
    other.on = Some(false);
    assert!(!equal(&mut one, &mut other));
}

#[test]
fn numbers_that_are_none_do_not_break_json() {
    let mut all = All { share: Some(f64::NAN), price: Some("1,5".into()), ..All::default() };
    let value: Value = serde_json::from_str(&to_json(&mut all)).unwrap();
    assert_eq!((&value["Share"], &value["Price"]), (&Value::Null, &json!("1,5")));
}

#[test]
fn texts_end_where_they_should_at_every_length() {
    for length in 0..40 {
        for (special, read_as) in
            [("", ""), ("\\n", "\n"), ("\\\"", "\""), ("\u{1f}", "\u{1f}"), ("\u{7f}ü€\u{80}", "\u{7f}ü€\u{80}")]
        {
            let (before, behind) = ("x".repeat(length), "!#[]\u{7e}".repeat(3));
            let all = read(&format!(r#"{{"Text":"{before}{special}{behind}","Always":1}}"#));
            assert_eq!(all.text.as_deref(), Some(&*format!("{before}{read_as}{behind}")));
            assert_eq!(all.always, 1);
        }
    }
}

/// A name that two places share, and a parameter named like the whole body.
#[derive(Default)]
struct Shared {
    in_path: String,
    in_body: Option<String>,
    named: Option<i64>,
    whole: Option<Tag>,
}

impl Record for Shared {
    fn visit(&mut self, by: &mut dyn Visitor) -> Result<()> {
        by.record(
            &["path Id", "body Id", "query body", "body"],
            &mut [&mut self.in_path, &mut self.in_body, &mut self.named, &mut self.whole],
        )
    }
}

#[test]
fn a_value_goes_to_every_parameter_of_its_name() {
    let mut shared = Shared::default();
    operation_from_json(&mut shared, r#"{"New": {"a": [1]}, "Id": "i-1", "body": 7}"#).unwrap();
    assert_eq!((&*shared.in_path, shared.in_body.as_deref(), shared.named), ("i-1", Some("i-1"), Some(7)));
    assert!(shared.whole.is_none());
    set(&mut shared, "Id", &json!("i-2")).unwrap();
    assert_eq!((&*shared.in_path, shared.in_body.as_deref()), ("i-2", Some("i-2")));
    let error = operation_from_json(&mut shared, r#"{"Id": "i", "body": "x"}"#).unwrap_err().to_string();
    assert!(error.contains("member `body`"), "{error}");
}

#[test]
fn texts_are_escaped_as_the_library_does_it() {
    for code in 0..0x120_u32 {
        let text = format!("some text {}{} and more", char::from_u32(code).unwrap(), '\u{20ac}');
        assert_eq!(to_json(&mut text.clone()), serde_json::to_string(&text).unwrap());
    }
}

#[test]
fn what_is_nothing_is_nothing_alone() {
    for nothing in ["\"\"", "null"] {
        let all = read(&format!(r#"{{"Tags":{nothing},"Text":"a","Always":{nothing},"On":true,"Extra":1}}"#));
        assert!(all.tags.is_empty() && all.always == 0);
        assert_eq!((all.text.as_deref(), all.on), (Some("a"), Some(true)));
        assert!(read(&format!(r#"{{"Text":"a","Count":{nothing}}}"#)).count.is_none());
    }
}
