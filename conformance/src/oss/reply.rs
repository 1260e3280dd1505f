//! What a client makes of replies.

use serde_json::{Map, Value, json};

use super::client::{block_on, client, clock, expect, outcome};
use super::request::{call, sorted_query};
use super::script::Script;
use crate::Outcome;
use crate::support::{member, same, same_json, text};

/// Kinds `response` and `error_parse`.
pub(super) fn reply(input: &Value, expected: &Value) -> Outcome {
    outcome(reply_of(input, expected))
}

fn reply_of(input: &Value, expected: &Value) -> Result<(), String> {
    let script = Script::new([member(input, "response").clone()]);
    let client = client(input, &clock(input)?, &script)?.map_err(|error| error.to_string())?;
    let call = call(&client, input)?.call().retry(sanyun_core::Retry::none());
    let Some(response) = expect(block_on(call.into_future())?, expected)? else { return Ok(()) };
    same("status_code", response.status().as_str(), &member(expected, "status_code").to_string())?;
    same("request_id", response.request_id(), text(expected, "request_id"))?;
    let fields = member(expected, "fields");
    same_json("fields", &lower_metadata(&response), &lower_metadata(fields))?;
    let names = |value: &Value| value.as_object().map_or(0, Map::len);
    same("number of fields", &names(&response).to_string(), &names(fields).to_string())
}

/// Header names have no case.
fn lower_metadata(fields: &Value) -> Value {
    let mut fields = fields.clone();
    if let Some(Value::Object(metadata)) = fields.get_mut("metadata") {
        *metadata = metadata.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
    }
    fields
}

/// Kind `exists`.
pub(super) fn exists(input: &Value, expected: &Value) -> Outcome {
    outcome(exists_of(input, expected))
}

fn exists_of(input: &Value, expected: &Value) -> Result<(), String> {
    let script = Script::new([member(input, "response").clone()]);
    let client = client(input, &clock(input)?, &script)?.map_err(|error| error.to_string())?;
    let bucket = client.bucket("examplebucket");
    let action = if text(input, "what") == "bucket" { bucket.exists() } else { bucket.contains("exampleobject.txt") };
    let call = action.call().retry(sanyun_core::Retry::none());
    if let Some(found) = expect(block_on(call.into_future())?, expected)? {
        same("exists", &found.to_string(), &member(expected, "exists").to_string())?;
    }
    let (Some(wanted), Some(sent)) = (expected.get("request"), script.seen().pop()) else { return Ok(()) };
    same("method", &sent.method, text(wanted, "method"))?;
    same_json("query", &sorted_query(&sent.query), member(wanted, "query"))
}

/// Kind `paginate`, for the listings that have pages.
pub(super) fn paginate(input: &Value, expected: &Value) -> Outcome {
    outcome(paginate_of(input, expected))
}

fn paginate_of(input: &Value, expected: &Value) -> Result<(), String> {
    let pages = member(input, "pages").as_array().into_iter().flatten();
    let script = Script::new(pages.map(|page| json!({"status": 200, "body": page})));
    let client = client(input, &clock(input)?, &script)?.map_err(|error| error.to_string())?;
    let params = member(input, "params");
    let (prefix, limit) = (text(params, "prefix"), input.get("limit").and_then(Value::as_u64));
    let count = match text(input, "operation") {
        "ListObjectsV2" => count(client.bucket(text(params, "bucket")).list(), prefix, limit)?,
        "ListBuckets" => count(client.list_buckets(), prefix, limit)?,
        name => count_of(client.invoke_pages(name, with_limit(name, params, limit)))?,
    };
    same("pages", &count.to_string(), &member(expected, "pages").to_string())?;
    let requests: Value = script.seen().iter().map(|sent| sorted_query(&sent.query)).collect();
    same_json("requests", &requests, member(expected, "requests"))
}

/// The parameters of a listing with the size of its pages.
fn with_limit(operation: &str, params: &Value, limit: Option<u64>) -> Value {
    let mut params = params.clone();
    if let Some(limit) = limit {
        params[if operation == "ListParts" { "max_parts" } else { "max_keys" }] = limit.into();
    }
    params
}

fn count_of(mut pages: sanyun_oss::operation::OperationPages<Value>) -> Result<usize, String> {
    block_on(async move {
        let mut count = 0;
        while let Some(page) = pages.next().await {
            page.map_err(|error| format!("{error:?}"))?;
            count += 1;
        }
        Ok(count)
    })?
}

fn count<P: sanyun_oss::Page>(
    listing: sanyun_oss::Action<P>,
    prefix: &str,
    limit: Option<u64>,
) -> Result<usize, String> {
    let listing = if prefix.is_empty() { listing } else { listing.prefix(prefix) };
    let mut pages = match limit {
        Some(limit) => listing.page_size(limit as u32).pages(),
        None => listing.pages(),
    };
    block_on(async move {
        let mut count = 0;
        while let Some(page) = pages.next().await {
            page.map_err(|error| format!("{error:?}"))?;
            count += 1;
        }
        Ok(count)
    })?
}
