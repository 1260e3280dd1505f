//! A request as a line of a shell.

use std::fmt::Write as _;

use sanyun_catalog::Operation;
use serde_json::{Map, Value};

use crate::params::first_item;

/// Lines longer than this are broken at their options.
const WIDTH: usize = 100;

/// The command that makes a request.
pub(super) fn line(operation: &Operation<'_>, request: &Map<String, Value>) -> String {
    let meta = operation.service.meta();
    let mut out = format!("sanyun {} {}/{} {}", meta.cloud, meta.service, meta.api_version, operation.name);
    let mut options = Vec::new();
    let first = if first_item(meta.cloud) == "0" { 0 } else { 1 };
    for (name, value) in request {
        push(&mut options, &quoted(&super::operation::option(meta.cloud, name)), value, first);
    }
    let long = out.len() + options.iter().map(|option| option.len() + 1).sum::<usize>() > WIDTH;
    for option in options {
        let _ = write!(out, "{}{option}", if long { " \\\n    " } else { " " });
    }
    out
}

/// The options of a value: one for each part of structures, all items of a list of plain values behind one.
fn push(options: &mut Vec<String>, name: &str, value: &Value, first: usize) {
    match value {
        Value::Object(members) if !members.is_empty() && members.keys().all(|key| is_segment(key)) => {
            members.iter().for_each(|(key, value)| push(options, &format!("{name}.{key}"), value, first));
        }
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_object) => {
            let numbered = (first..).zip(items);
            numbered.for_each(|(number, item)| push(options, &format!("{name}.{number}"), item, first));
        }
        Value::Array(items) if !items.is_empty() && items.iter().all(is_word) => {
            let words: Vec<String> = items.iter().map(|item| quoted(&crate::output::plain(item))).collect();
            options.push(format!("{name} {}", words.join(" ")));
        }
        value if is_word(value) => options.push(format!("{name} {}", quoted(&crate::output::plain(value)))),
        json => options.push(format!("{name} {}", quoted(&json.to_string()))),
    }
}

/// Whether a name can stand between dots.
fn is_segment(name: &str) -> bool {
    !name.is_empty() && !name.contains(['.', '[', ']', '='])
}

/// Whether a plain value can be a word. What begins with dashes or a bracket would be taken for something else.
fn is_word(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.starts_with("--") && !text.starts_with('['),
        Value::Number(_) | Value::Bool(_) => true,
        _ => false,
    }
}

/// A word of a POSIX shell.
fn quoted(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "_-./:,%+@=".contains(c);
    if !text.is_empty() && text.chars().all(safe) { text.to_owned() } else { crate::dryrun::shell_quoted(text) }
}
