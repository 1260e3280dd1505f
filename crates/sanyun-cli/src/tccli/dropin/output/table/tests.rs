use serde_json::json;

use super::render;

fn table(value: &serde_json::Value) -> String {
    render("action", value, 80).unwrap()
}

/// Expected: what the official program prints.
#[test]
fn is_that_of_tccli() {
    let long = json!({"LongName": "a".repeat(51), "B": "b".repeat(29)});
    for (value, expected) in [
        (json!(2), "--------\n|action|\n+------+\n|  2   |\n+------+\n".to_owned()),
        (json!({}), "--------\n|action|\n+------+\n".to_owned()),
        (json!([]), "--------\n|action|\n+------+\n|  []  |\n+------+\n".to_owned()),
        (json!("文"), "--------\n|action|\n+------+\n|  文   |\n+------+\n".to_owned()),
        (
            json!([[["a"], ["b"]], "c"]),
            "--------\n|action|\n+------+\n|  a   |\n|  b   |\n|  c   |\n+------+\n".to_owned(),
        ),
        (
            json!([["a", 1], ["b", 2]]),
            "------------\n|  action  |\n+----+-----+\n|  a |  1  |\n|  b |  2  |\n+----+-----+\n".to_owned(),
        ),
        (
            long,
            [
                "---------------------------------------------------------------------",
                "|                              action                               |",
                "+----------+--------------------------------------------------------+",
                "|  B       |  bbbbbbbbbbbbbbbbbbbbbbbbbbbbb                         |",
                "|  LongName|  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa   |",
                "+----------+--------------------------------------------------------+",
                "",
            ]
            .join("\n"),
        ),
    ] {
        assert_eq!(table(&value), expected, "{value}");
    }
}

/// Expected: what the official program prints.
#[test]
fn what_lies_deeper_has_more_edges() {
    let value = json!({"A": 1, "B": [{"X": 1, "L": [1, 2]}, {"X": null, "L": []}], "C": {"D": {"E": true}}});
    let expected = "\
-------------------
|     action      |
+-------+---------+
|  A    |  1      |
+-------+---------+
||       B       ||
|+---------------+|
||       X       ||
|+---------------+|
||  1            ||
|+---------------+|
|||      L      |||
||+-------------+||
|||  1          |||
|||  2          |||
||+-------------+||
||       B       ||
|+---------------+|
||       X       ||
|+---------------+|
||  None         ||
|+---------------+|
|||      L      |||
||+-------------+||
|||  []         |||
||+-------------+||
||       C       ||
|+---------------+|
|||      D      |||
||+----+--------+||
|||  E |  True  |||
||+----+--------+||
";
    assert_eq!(table(&value), expected);
}

#[test]
fn rows_of_different_lengths_are_no_table() {
    let failed = |value| render("action", &value, 80).unwrap_err();
    assert_eq!(failed(json!([["a"], ["b", "c"]])), "a row of the table has 2 fields, and those before have 1");
    assert_eq!(failed(json!([{"a": 1}, 2])), "a list of objects and other things is no table");
}
