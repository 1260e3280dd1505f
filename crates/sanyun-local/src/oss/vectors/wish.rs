//! The JSON document of a request.

use std::ops::RangeInclusive;

use sanyun_core::encode;
use serde_json::Value;

use super::Call;
use crate::arrival::ArrivingBody;
use crate::oss::refusal::Refusal;

/// A JSON object with what a request asks for.
pub(super) struct Wish(Value);

impl Wish {
    pub(super) async fn read(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Self, Refusal> {
        let bytes = call.read(body).await?;
        let value = match bytes.is_empty() {
            // The official client sends nothing when there is nothing to say.
            true => Some(Value::Object(serde_json::Map::new())),
            false => serde_json::from_slice(&bytes).ok().filter(Value::is_object),
        };
        value.map(Self).ok_or_else(|| invalid("body", "The body must be a JSON object."))
    }

    /// A member; `None` if it is missing or null.
    pub(super) fn member(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text, empty if it is missing.
    pub(super) fn text(&self, name: &str) -> Result<&str, Refusal> {
        let value = self.member(name).map(|value| value.as_str().ok_or_else(|| invalid(name, "It must be a text.")));
        value.unwrap_or(Ok(""))
    }

    /// The index's name.
    pub(super) fn index_name(&self) -> Result<String, Refusal> {
        match self.text("indexName")? {
            "" => Err(invalid("indexName", "It must be given.")),
            name => Ok(name.to_owned()),
        }
    }

    /// A flag, off if it is missing.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        let value = self.member(name).map(|value| value.as_bool().ok_or_else(|| invalid(name, "It must be a flag.")));
        value.unwrap_or(Ok(false))
    }

    /// A whole number in a range.
    pub(super) fn number(&self, name: &str, range: RangeInclusive<u64>, usual: Option<u64>) -> Result<u64, Refusal> {
        let given = self.member(name).map_or(usual, Value::as_u64).filter(|number| range.contains(number));
        given.ok_or_else(|| invalid(name, &format!("It must be from {} to {}.", range.start(), range.end())))
    }

    /// A list of 1 to `limit` elements.
    pub(super) fn list(&self, name: &str, limit: usize) -> Result<&[Value], Refusal> {
        let given = self.member(name).and_then(Value::as_array).filter(|list| (1..=limit).contains(&list.len()));
        given.map(Vec::as_slice).ok_or_else(|| invalid(name, &format!("It must be a list of 1 to {limit} elements.")))
    }

    /// A list of 1 to `limit` keys.
    pub(super) fn keys(&self, limit: usize) -> Result<Vec<String>, Refusal> {
        let keys = self.list("keys", limit)?.iter().map(|key| key.as_str().map(str::to_owned));
        keys.collect::<Option<_>>().ok_or_else(|| invalid("keys", "Keys are texts."))
    }

    /// The name behind which a page begins, out of the token that the last page gave; empty for the first.
    pub(super) fn after(&self) -> Result<String, Refusal> {
        let decoded = encode::base64_decode(self.text("nextToken")?);
        let name = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
        name.ok_or_else(|| invalid("nextToken", "It is not what a list gave."))
    }
}

/// A refusal of what a member says.
pub(super) fn invalid(name: &str, message: &str) -> Refusal {
    Refusal::invalid_argument(format!("`{name}` is not valid. {message}"), name, "")
}

/// Cuts sorted names down to a page, and gives the token of the next one.
pub(super) fn cut<T>(sorted: &mut Vec<T>, limit: u64, name: impl Fn(&T) -> &str) -> Option<String> {
    let is_more = sorted.len() as u64 > limit;
    sorted.truncate(limit as usize);
    let last = sorted.last().filter(|_| is_more)?;
    Some(encode::base64(name(last).as_bytes()))
}
