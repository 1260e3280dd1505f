//! The indexes of a vector bucket. An index is what it tells of itself, and its vectors by their keys.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::wish::{Wish, cut, invalid};
use super::{Call, document, done, gone};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;
use crate::json::{text_at, with};
use crate::oss::iso_millis;
use crate::oss::refusal::Refusal;

pub(super) async fn put(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let wish = Wish::read(call, body).await?;
    let about = about(call, &wish)?;
    let name = wish.index_name()?;
    let add = move |bucket: &mut Value| {
        if indexes(bucket).iter().any(|index| name_of(index) == name) {
            let message = "The vector index exists already.";
            return Err(
                Refusal::new(StatusCode::CONFLICT, "VectorIndexAlreadyExists", message).detail("IndexName", name)
            );
        }
        if let Some(Value::Array(indexes)) = bucket.get_mut("indexes") {
            indexes.push(json!({ "index": about, "vectors": {} }));
        }
        Ok(done())
    };
    call.change(add).await
}

/// What a new index will tell of itself.
fn about(call: &Call<'_>, wish: &Wish) -> Result<Value, Refusal> {
    let name = wish.index_name()?;
    let mut letters = name.bytes();
    let fits = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric())
        && name.len() <= 63;
    if !fits {
        return Err(invalid("indexName", "It has 1 to 63 letters and digits, a letter first."));
    }
    let choice = |member: &str, known: &[&str]| {
        let given = wish.text(member)?;
        let is_known = known.contains(&given);
        if is_known {
            Ok(given.to_owned())
        } else {
            Err(invalid(member, &format!("It must be {}.", known.join(" or "))))
        }
    };
    let about = json!({
        "createTime": iso_millis(call.now_ms),
        "dataType": choice("dataType", &["float32"])?,
        "dimension": wish.number("dimension", 1..=4096, None)?,
        "distanceMetric": choice("distanceMetric", &["euclidean", "cosine"])?,
        "indexName": name,
        "status": "enable",
    });
    match wish.member("metadata") {
        None => Ok(about),
        Some(metadata) if is_metadata(metadata) => Ok(with(about, "metadata", metadata.clone())),
        Some(_) => Err(invalid("metadata", "Its `nonFilterableMetadataKeys` must be a list of texts.")),
    }
}

fn is_metadata(metadata: &Value) -> bool {
    let keys = metadata.get("nonFilterableMetadataKeys");
    let is_list = |keys: &Value| keys.as_array().is_some_and(|keys| keys.iter().all(Value::is_string));
    metadata.is_object() && keys.is_none_or(is_list)
}

pub(super) async fn get(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let name = Wish::read(call, body).await?.index_name()?;
    call.look(move |bucket| Ok(document(&json!({ "index": find(bucket, &name)?.get("index") })))).await
}

pub(super) async fn list(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let wish = Wish::read(call, body).await?;
    let (limit, after) = (wish.number("maxResults", 1..=500, Some(100))?, wish.after()?);
    let prefix = wish.text("prefix")?.to_owned();
    let look = move |bucket: &Value| {
        let mut found: Vec<_> = indexes(bucket).iter().filter(|index| name_of(index).starts_with(&prefix)).collect();
        found.retain(|index| name_of(index) > after.as_str());
        found.sort_unstable_by_key(|index| name_of(index));
        let next = cut(&mut found, limit, |index| name_of(index));
        let about: Vec<_> = found.iter().filter_map(|index| index.get("index")).collect();
        Ok(document(&page("indexes", json!(about), next)))
    };
    call.look(look).await
}

/// A page of a list, with the token of the next one if there is one.
pub(super) fn page(member: &str, entries: Value, next: Option<String>) -> Value {
    let page = json!({ member: entries });
    match next {
        Some(token) => with(page, "nextToken", token),
        None => page,
    }
}

pub(super) async fn delete(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let name = Wish::read(call, body).await?.index_name()?;
    let remove = move |bucket: &mut Value| {
        find(bucket, &name)?;
        if let Some(Value::Array(indexes)) = bucket.get_mut("indexes") {
            indexes.retain(|index| name_of(index) != name);
        }
        Ok(gone())
    };
    call.change(remove).await
}

fn indexes(bucket: &Value) -> &[Value] {
    bucket.get("indexes").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn name_of(index: &Value) -> &str {
    text_at(index, "/index/indexName")
}

/// An index by its name.
pub(super) fn find<'b>(bucket: &'b Value, name: &str) -> Result<&'b Value, Refusal> {
    let found = indexes(bucket).iter().find(|index| name_of(index) == name);
    found.ok_or_else(|| no_such_index(name))
}

/// The vectors of an index by its name.
pub(super) fn find_vectors_mut<'b>(bucket: &'b mut Value, name: &str) -> Result<&'b mut Map<String, Value>, Refusal> {
    let indexes = bucket.get_mut("indexes").and_then(Value::as_array_mut);
    let index = indexes.and_then(|indexes| indexes.iter_mut().find(|index| name_of(index) == name));
    let vectors = index.and_then(|index| index.get_mut("vectors")).and_then(Value::as_object_mut);
    vectors.ok_or_else(|| no_such_index(name))
}

/// The vectors of an index, by their keys, in no order.
pub(super) fn vectors(index: &Value) -> impl Iterator<Item = (&String, &Value)> {
    index.get("vectors").and_then(Value::as_object).into_iter().flatten()
}

/// How many numbers the vectors of an index have.
pub(super) fn dimension(index: &Value) -> u64 {
    index.pointer("/index/dimension").and_then(Value::as_u64).unwrap_or_default()
}

fn no_such_index(name: &str) -> Refusal {
    let message = "The specified vector index does not exist.";
    Refusal::new(StatusCode::NOT_FOUND, "NoSuchVectorIndex", message).detail("IndexName", name)
}
