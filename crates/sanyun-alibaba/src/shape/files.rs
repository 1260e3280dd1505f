//! Files of a call by name. Most stand for addresses: they are uploaded, and their parameters name where they lie. One may
//! be the body itself. A file comes with the call ([`Call::file`](sanyun_core::Call::file)), or among the parameters as an
//! object that says its path: `{"path": "card.jpg"}`.

use std::sync::{Arc, OnceLock};

use sanyun_catalog::Operation;
use sanyun_core::paging::Named;
use sanyun_core::{Body, Error, Result};
use serde_json::{Map, Value};

use super::generic::Name;
use super::input::Input;

/// What stands where an address is to come, for the checks before anything is sent.
const STAND_IN: &str = "https://";

/// The files of a call that are to be uploaded before it can be made.
pub(crate) struct Attached {
    call: FileCall,
    ready: OnceLock<Input>,
}

impl Attached {
    /// The product that takes the files.
    pub(crate) fn product(&self) -> &str {
        &self.call.product
    }

    /// The files, in the order in which [`complete`](Self::complete) wants their addresses.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Body> {
        self.call.uploads.iter().map(|(_, body)| body)
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.ready.get().is_some()
    }

    /// Makes the call with the addresses of its files.
    pub(crate) fn complete(&self, addresses: &[String]) -> Result<()> {
        let input = self.call.input(addresses.iter().map(|address| &**address))?;
        let _ = self.ready.set(input);
        Ok(())
    }

    pub(super) fn ready(&self) -> Result<&Input> {
        self.ready.get().ok_or_else(|| Error::input("its files have not been uploaded"))
    }
}

/// A call by name with what is to be put into its parameters.
struct FileCall {
    name: Arc<Name>,
    checked: bool,
    params: Value,
    product: String,
    uploads: Vec<(String, Body)>,
    stream: Option<(String, Body)>,
}

impl Name {
    /// The call with these parameters and files.
    pub(crate) fn call(self: &Arc<Self>, named: &Named, checked: bool) -> Result<Input> {
        match named.files().is_empty() && !has_path(named.parameters()) {
            true => self.input(named.parameters(), checked).and_then(Input::checked),
            false => FileCall::new(self, named, checked)?.into_input(),
        }
    }
}

impl FileCall {
    fn new(name: &Arc<Name>, named: &Named, checked: bool) -> Result<Self> {
        let operation = name.find()?;
        let mut params = named.parameters().clone();
        let mut files = Vec::new();
        take(&operation, "", &mut params, &mut files)?;
        files.extend_from_slice(named.files());
        if let Some((place, _)) = files.iter().find(|(place, _)| checked && !takes_file(&operation, place)) {
            return Err(no_file(&operation, place));
        }
        let is_stream = |place: &str| operation.rare.stream_request.as_deref() == Some(place);
        let (streams, uploads): (Vec<_>, Vec<_>) = files.into_iter().partition(|(place, _)| is_stream(place));
        let product = operation.service.name().to_owned();
        Ok(Self { name: Arc::clone(name), checked, params, product, uploads, stream: streams.into_iter().next() })
    }

    fn into_input(self) -> Result<Input> {
        let input = self.input(std::iter::repeat(STAND_IN))?;
        match self.uploads.is_empty() {
            true => Ok(input),
            false => Ok(input.attaching(Attached { call: self, ready: OnceLock::new() })),
        }
    }

    fn input<'a>(&self, addresses: impl Iterator<Item = &'a str>) -> Result<Input> {
        let mut params = self.params.clone();
        for ((place, _), address) in self.uploads.iter().zip(addresses) {
            put(&mut params, place, address)?;
        }
        if let Some((place, _)) = &self.stream {
            put(&mut params, place, "")?;
        }
        let input = self.name.input(&params, self.checked).and_then(Input::checked)?;
        Ok(match &self.stream {
            Some((_, body)) => input.octets(body.clone()),
            None => input,
        })
    }
}

/// Whether the catalog knows that a file can stand there.
fn takes_file(operation: &Operation<'_>, place: &str) -> bool {
    let mut pattern = String::with_capacity(place.len());
    for part in place.split('.') {
        match part.bytes().all(|byte| byte.is_ascii_digit()) {
            true => pattern.push_str("[]"),
            false if pattern.is_empty() => pattern.push_str(part),
            false => pattern.extend([".", part]),
        }
    }
    operation.rare.upload.contains(&pattern) || operation.rare.stream_request.as_deref() == Some(place)
}

fn no_file(operation: &Operation<'_>, place: &str) -> Error {
    let error = Error::input(format!("`{}` takes no file as `{place}`", operation.name));
    let places: Vec<_> = operation.rare.upload.iter().chain(&operation.rare.stream_request).cloned().collect();
    match places.is_empty() {
        true => error,
        false => error.with_hint(format!("it takes files as {}", places.join(", ").replace("[]", ".N"))),
    }
}

/// Whether something among the parameters may be a file.
fn has_path(value: &Value) -> bool {
    match value {
        Value::Object(members) => is_described(members) || members.values().any(has_path),
        Value::Array(items) => items.iter().any(has_path),
        _ => false,
    }
}

fn is_described(members: &Map<String, Value>) -> bool {
    members.len() == 1 && members.get("path").is_some_and(Value::is_string)
}

/// Takes the files out of the parameters, from the places where the catalog knows of files.
fn take(operation: &Operation<'_>, place: &str, value: &mut Value, files: &mut Vec<(String, Body)>) -> Result<()> {
    let inner = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    match value {
        Value::Object(members) if is_described(members) && takes_file(operation, place) => {
            let path = members.get("path").and_then(Value::as_str).unwrap_or_default();
            let body = Body::file(path).map_err(|error| Error::io(format!("`{place}`: reading {path}"), error))?;
            files.push((place.to_owned(), body));
            *value = Value::Null;
            Ok(())
        }
        Value::Object(members) => {
            members.iter_mut().try_for_each(|(name, value)| take(operation, &inner(name), value, files))
        }
        Value::Array(items) => {
            let mut items = items.iter_mut().enumerate();
            items.try_for_each(|(at, value)| take(operation, &inner(&(at + 1).to_string()), value, files))
        }
        _ => Ok(()),
    }
}

/// Elements that a list is filled up to, at most: a place is written by hand.
const MAX_LIST_ITEMS: usize = 1000;

/// Puts a text at a place, making what leads there.
fn put(params: &mut Value, place: &str, text: &str) -> Result<()> {
    let mut at = params;
    for part in place.split('.') {
        at = step(at, part).ok_or_else(|| {
            Error::input(format!("`{place}` is no place among the parameters"))
                .with_hint("names and numbers from 1, joined with dots: `Tasks.1.ImageURL`")
        })?;
    }
    *at = Value::String(text.to_owned());
    Ok(())
}

fn step<'v>(value: &'v mut Value, part: &str) -> Option<&'v mut Value> {
    let number = part.parse::<usize>().ok();
    if value.is_null() {
        *value = if number.is_some() { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
    }
    match (value, number) {
        (Value::Array(items), Some(number @ 1..=MAX_LIST_ITEMS)) => {
            items.resize(items.len().max(number), Value::Null);
            items.get_mut(number - 1)
        }
        (Value::Object(members), _) if !part.is_empty() => Some(members.entry(part.to_owned()).or_insert(Value::Null)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
