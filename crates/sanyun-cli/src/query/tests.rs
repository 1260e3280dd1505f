//! The examples of the specification (<https://jmespath.org/specification.html>), and what it says in words.

use serde_json::{Value, json};

use super::Query;

#[track_caller]
fn check(value: &Value, cases: &[(&str, Value)]) {
    for (text, expected) in cases {
        let found = Query::parse(text).and_then(|query| query.apply(value));
        assert_eq!(found.as_ref(), Ok(expected), "{text}");
    }
}

#[test]
fn fields_indexes_and_slices() {
    let value = json!({"foo": {"bar": {"baz": "ok"}, "a b": 1}, "list": ["a", "b", "c", "d", "e", "f"]});
    check(
        &value,
        &[
            ("foo.bar.baz", json!("ok")),
            ("foo.missing.baz", json!(null)),
            ("foo.\"a b\"", json!(1)),
            ("\"foo\".bar.\"baz\"", json!("ok")),
            ("list[0]", json!("a")),
            ("list[-1]", json!("f")),
            ("list[6]", json!(null)),
            ("list[-7]", json!(null)),
            ("list[0:4:1]", json!(["a", "b", "c", "d"])),
            ("list[:2]", json!(["a", "b"])),
            ("list[::2]", json!(["a", "c", "e"])),
            ("list[::-1]", json!(["f", "e", "d", "c", "b", "a"])),
            ("list[-2:]", json!(["e", "f"])),
            ("list[10:]", json!([])),
            ("foo[0]", json!(null)),
            ("foo[:2]", json!(null)),
            ("@.foo.bar", json!({"baz": "ok"})),
        ],
    );
}

#[test]
fn projections() {
    let value = json!({
        "people": [{"first": "James", "last": "d"}, {"first": "Jacob", "last": "e"}, {"missing": "different"}],
        "ops": {"a": {"n": 2}, "b": {"n": 3}, "c": {"other": 4}},
        "reservations": [
            {"instances": [{"state": "running"}, {"state": "stopped"}]},
            {"instances": [{"state": "terminated"}]}
        ],
        "nested": [[0, 1], 2, [3], 4, [5, [6, 7]]]
    });
    check(
        &value,
        &[
            ("people[*].first", json!(["James", "Jacob"])),
            ("people[:2].first", json!(["James", "Jacob"])),
            ("people[*].first | [0]", json!("James")),
            ("people[*].first[0]", json!([])),
            ("ops.*.n", json!([2, 3])),
            ("reservations[*].instances[*].state", json!([["running", "stopped"], ["terminated"]])),
            ("reservations[].instances[].state", json!(["running", "stopped", "terminated"])),
            ("nested[]", json!([0, 1, 2, 3, 4, 5, [6, 7]])),
            ("nested[][]", json!([0, 1, 2, 3, 4, 5, 6, 7])),
            ("missing[*].a", json!(null)),
            ("people[].[first, last]", json!([["James", "d"], ["Jacob", "e"], [null, null]])),
        ],
    );
}

#[test]
fn filters_and_logic() {
    let value = json!({
        "machines": [{"name": "a", "state": "running", "n": 1}, {"name": "b", "state": "stopped", "n": 2}],
        "yes": true, "no": false, "text": "", "empty": [], "zero": 0
    });
    check(
        &value,
        &[
            ("machines[?state=='running'].name", json!(["a"])),
            ("machines[?n > `1`].name", json!(["b"])),
            ("machines[?n >= `1` && state != 'stopped'] | [0].name", json!("a")),
            ("machines[?name=='x' || name=='b'].n", json!([2])),
            ("machines[?!(state=='running')].name", json!(["b"])),
            ("machines[?state > 'running'].name", json!(["b"])),
            ("yes && no", json!(false)),
            ("yes && text", json!("")),
            ("no || empty || 'x'", json!("x")),
            ("zero && yes", json!(true)),
            ("!yes", json!(false)),
            ("!missing", json!(true)),
            ("yes == `true` && zero == `0.0`", json!(true)),
            ("zero < 'a'", json!(null)),
        ],
    );
}

#[test]
fn members_keep_the_order_they_are_asked_for() {
    let value = json!({"vpcs": [{"a": 1, "id": "x", "cidr": "10.0.0.0/8"}]});
    let query = Query::parse("vpcs[].{id: id, cidr: cidr, \"a b\": a}").unwrap();
    assert_eq!(query.apply(&value).unwrap().to_string(), r#"[{"id":"x","cidr":"10.0.0.0/8","a b":1}]"#);
    assert_eq!(Query::parse("@").unwrap().apply(&value).unwrap().to_string(), value.to_string());
}

#[test]
fn functions() {
    let value = json!({
        "n": [3, 1, 2], "f": [1.5, 2.5], "s": ["b", "a"], "big": 9_007_199_254_740_993_u64,
        "people": [{"name": "b", "age": 30}, {"name": "a", "age": 50}, {"name": "c", "age": 30}], "o": {"x": 1, "y": 2}
    });
    check(
        &value,
        &[
            ("abs(`-3`)", json!(3)),
            ("avg(n)", json!(2)),
            ("avg(`[]`)", json!(null)),
            ("ceil(`1.001`)", json!(2)),
            ("floor(`1.9`)", json!(1)),
            ("contains(s, 'a')", json!(true)),
            ("contains('foobar', 'bar')", json!(true)),
            ("ends_with('foobar', 'bar') && starts_with('foobar', 'foo')", json!(true)),
            ("join(', ', s)", json!("b, a")),
            ("keys(o)", json!(["x", "y"])),
            ("values(o)", json!([1, 2])),
            ("length(people)", json!(3)),
            ("length('中文')", json!(2)),
            ("map(&name, people)", json!(["b", "a", "c"])),
            ("max(n)", json!(3)),
            ("min(s)", json!("a")),
            ("max(`[]`)", json!(null)),
            ("max_by(people, &age).name", json!("a")),
            ("min_by(people, &age).name", json!("b")),
            ("merge(o, {y: `3`, z: `4`})", json!({"x": 1, "y": 3, "z": 4})),
            ("not_null(missing, s[0])", json!("b")),
            ("reverse(n)", json!([2, 1, 3])),
            ("reverse('abc')", json!("cba")),
            ("sort(n)", json!([1, 2, 3])),
            ("sort_by(people, &age)[].name", json!(["b", "c", "a"])),
            ("sum(n)", json!(6)),
            ("sum(f)", json!(4)),
            ("to_array('a')", json!(["a"])),
            ("to_number('3.4')", json!(3.4)),
            ("to_number('x')", json!(null)),
            ("to_string(o)", json!("{\"x\":1,\"y\":2}")),
            ("type(n)", json!("array")),
            ("big == `9007199254740992`", json!(false)),
        ],
    );
}

#[test]
fn mistakes_are_named_with_their_place() {
    for (text, message) in [
        ("", "the expression ends too early"),
        ("foo.", "the expression ends too early"),
        ("foo bar", "`bar` does not belong there (character 5)"),
        ("foo[", "the expression ends too early"),
        ("foo[::0]", "a slice cannot have the step 0"),
        ("a = b", "a single `=` (equality is `==`) at character 3"),
        ("'open", "a ' without its second ' at character 1"),
        ("你好", "`你` is not understood at character 1"),
        ("{a: b", "the expression ends too early"),
        ("&a", "`&a` does not belong there (character 1)"),
        ("nope(@)", "there is no function `nope`"),
        ("length(@, @)", "`length` takes 1 argument(s), not 2"),
        ("vpcs[?abs(@)].{id: nope(id)}", "there is no function `nope`"),
        ("merge()", "`merge` takes 1 or more argument(s), not 0"),
        ("sort_by(@, name)", "argument 2 of `sort_by` must be an expression such as `&name`"),
        ("length(&a)", "argument 1 of `length` cannot be a reference (`&`)"),
    ] {
        assert_eq!(Query::parse(text).map(|_| ()), Err(message.to_owned()), "{text}");
    }
    for (text, message) in [
        ("length(`1`)", "`length` wants text, a list or an object, not a number"),
        ("sort(`[1, \"a\"]`)", "`sort` wants only numbers or only text to put in order, not a string"),
    ] {
        assert_eq!(Query::parse(text).unwrap().apply(&json!([])), Err(message.to_owned()), "{text}");
    }
}

#[test]
fn the_names_of_columns_are_known_without_rows() {
    for text in ["vpcs[].{id: id, n: n}", "vpcs[?n > `1`] | [*].{id: id, n: n}", "{id: id, n: n}", "*.{id: id, n: n}"] {
        assert_eq!(Query::parse(text).unwrap().columns(), ["id", "n"], "{text}");
    }
    assert_eq!(Query::parse("vpcs[].id").unwrap().columns(), Vec::<&str>::new());
}

#[test]
fn endless_nesting_is_refused() {
    assert!(Query::parse(&"(".repeat(100_000)).is_err());
    assert!(Query::parse(&format!("a{}", ".a".repeat(100_000))).is_err());
    assert!(Query::parse(&format!("a{}", ".a".repeat(290))).unwrap().apply(&json!({})).is_ok());
}
