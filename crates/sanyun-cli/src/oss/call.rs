//! `sanyun oss call`: any operation by its name.

use clap::ArgMatches;
use sanyun_core::{Body, Error, Response, Result};
use sanyun_oss::operation::{Operation, RequestBody, Target};
use serde_json::{Map, Value, json};

use super::session::{Session, given, product_of, values};
use crate::options::Options;
use crate::output::plain;
use crate::terminal;

/// Calls an operation.
///
/// # Errors
/// No such operation, or parameters that it does not have; as the call.
pub(super) async fn run(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let words: Vec<&str> = values(arguments, "call").collect();
    let Some((name, words)) = words.split_first() else { return Err(Error::input("the operation is missing")) };
    let product = product_of(given::<String>(arguments, "product").map_or("oss", String::as_str));
    let operation = product.operation(name);
    let is_raw = operation.is_some_and(|operation| matches!(operation.body, RequestBody::Raw));
    let mut params = file(arguments)?;
    let body = read(words, is_raw, &mut params)?;
    let call = session.client.invoke(name, Value::Object(params));
    let call = body.into_iter().fold(call, |call, body| call.body(body));
    match session.call(call).await? {
        Some(answer) => session.options.print_answer(&Response::into_inner(answer)),
        None => Ok(()),
    }
}

/// Whether no operation is named, so that all are listed.
pub(super) fn lists(arguments: &ArgMatches) -> bool {
    values(arguments, "call").next().is_none()
}

/// Lists the operations. That needs no region and no keys.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn list(options: &Options, arguments: &ArgMatches) -> Result<()> {
    let product = product_of(given::<String>(arguments, "product").map_or("oss", String::as_str));
    if options.asks_format() {
        return options.print(&product.operations().map(described).collect());
    }
    let lines: String = product.operations().map(|operation| format!("{}\n", operation.name)).collect();
    terminal::print(&lines).map_err(|error| Error::io("writing", error))
}

fn described(operation: &Operation) -> Value {
    let place: &[&str] = match operation.target {
        Target::Service | Target::Path => &[],
        Target::Bucket => &["bucket"],
        Target::Object => &["bucket", "key"],
    };
    let params: Vec<&str> = place.iter().copied().chain(operation.params().map(|param| param.name)).collect();
    let body = match operation.body {
        RequestBody::None => None,
        RequestBody::Raw | RequestBody::Json(_) => Some("body"),
        RequestBody::Xml { param, .. } | RequestBody::Text { param, .. } => Some(param),
    };
    json!({"name": operation.name, "parameters": params, "body": body})
}

fn file(arguments: &ArgMatches) -> Result<Map<String, Value>> {
    let Some(path) = given::<String>(arguments, "params-file") else { return Ok(Map::new()) };
    let text = if path == "-" { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(path) };
    let text = text.map_err(|error| Error::io(format!("reading {path}"), error))?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => Err(Error::input(format!("{path} holds no JSON object: {}", plain(&other)))),
        Err(error) => Err(Error::input(format!("{path} holds no JSON: {error}"))),
    }
}

/// Reads `--name VALUE` and `--name=VALUE`; the body of operations that send bytes is no parameter.
fn read(words: &[&str], is_raw: bool, params: &mut Map<String, Value>) -> Result<Option<Body>> {
    let mut body = None;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let option = word.strip_prefix("--").filter(|option| !option.is_empty());
        let option =
            option.ok_or_else(|| Error::input(format!("`{word}` is no parameter: they are written --name VALUE")))?;
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name, value),
            None => (option, *words.next().ok_or_else(|| Error::input(format!("`{word}` has no value")))?),
        };
        if is_raw && name == "body" {
            body = Some(bytes(value)?);
        } else {
            params.insert(name.replace('-', "_"), parse(name, value)?);
        }
    }
    Ok(body)
}

fn bytes(value: &str) -> Result<Body> {
    match value.strip_prefix('@') {
        Some(path) => Body::file(path).map_err(|error| Error::io(format!("reading {path}"), error)),
        None => Ok(value.to_owned().into()),
    }
}

fn parse(name: &str, value: &str) -> Result<Value> {
    let text = match value.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path).map_err(|error| Error::io(format!("reading {path}"), error))?,
        None => value.to_owned(),
    };
    if !text.trim_start().starts_with(['{', '[']) {
        return Ok(text.into());
    }
    serde_json::from_str(&text).map_err(|error| Error::input(format!("--{name} is no JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_words_or_json() {
        let mut params = Map::new();
        let words = ["--bucket", "b", "--max-keys=5", "--delete", "{\"quiet\":true}", "--key", "--odd"];
        assert!(read(&words, false, &mut params).unwrap().is_none());
        assert_eq!(
            Value::Object(params),
            json!({"bucket": "b", "max_keys": "5", "delete": {"quiet": true}, "key": "--odd"})
        );
        let body = read(&["--body", "x"], true, &mut Map::new()).unwrap();
        assert_eq!(body.unwrap().as_bytes(), Some(&b"x"[..]));
        for words in [&["x"][..], &["--a"], &["--a", "{"]] {
            assert!(read(words, false, &mut Map::new()).is_err());
        }
    }
}
