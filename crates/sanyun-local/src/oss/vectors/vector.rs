//! The vectors of an index: `{"key", "data": {"float32": […]}, "metadata": {…}}`.

use serde_json::{Value, json};

use super::index::{dimension, find, find_vectors_mut, page, vectors};
use super::wish::{Wish, cut, invalid};
use super::{Call, document, done, gone};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;
use crate::json::{text, with};
use crate::oss::refusal::Refusal;

/// How many vectors a request may put or delete.
const WRITE_LIMIT: usize = 500;
/// How many it may get.
const READ_LIMIT: usize = 100;

pub(super) async fn put(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let wish = Wish::read(call, body).await?;
    let name = wish.index_name()?;
    let given: Result<Vec<_>, _> = wish.list("vectors", WRITE_LIMIT)?.iter().map(read).collect();
    let given = given?;
    let change = move |bucket: &mut Value| {
        let wanted = dimension(find(bucket, &name)?);
        if given.iter().any(|(_, numbers, _)| *numbers != wanted) {
            return Err(wrong_dimension("vectors", wanted));
        }
        let vectors = find_vectors_mut(bucket, &name)?;
        vectors.extend(given.into_iter().map(|(key, _, vector)| (key, vector)));
        Ok(done())
    };
    call.change(change).await
}

/// Key, dimension, and what is kept of a vector of a request.
fn read(given: &Value) -> Result<(String, u64, Value), Refusal> {
    let key = text(given, "key");
    if key.is_empty() || key.len() > 1024 {
        return Err(invalid("key", "It must be a text of 1 to 1024 bytes."));
    }
    let numbers = numbers(given.get("data")).ok_or_else(|| invalid("data", "It must have a list `float32`."))?;
    let count = numbers.len() as u64;
    let vector = json!({ "data": { "float32": numbers } });
    let vector = match given.get("metadata") {
        None | Some(Value::Null) => vector,
        Some(metadata) if metadata.is_object() => with(vector, "metadata", metadata.clone()),
        Some(_) => return Err(invalid("metadata", "It must be an object.")),
    };
    Ok((key.to_owned(), count, vector))
}

/// The numbers of `{"float32": […]}`, as exact as that type is and written no longer than it needs.
pub(super) fn numbers(data: Option<&Value>) -> Option<Vec<f64>> {
    let list = data?.get("float32")?.as_array()?;
    let narrow = |number: &Value| {
        let narrow = number.as_f64()? as f32;
        narrow.is_finite().then(|| narrow.to_string().parse().ok()).flatten()
    };
    list.iter().map(narrow).collect()
}

/// The refusal of vectors that have not as many numbers as the index wants.
pub(super) fn wrong_dimension(member: &str, wanted: u64) -> Refusal {
    invalid(member, &format!("The index has {wanted} dimensions."))
}

pub(super) async fn get(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let wish = Wish::read(call, body).await?;
    let (name, keys, parts) = (wish.index_name()?, wish.keys(READ_LIMIT)?, Parts::of(&wish)?);
    let look = move |bucket: &Value| {
        let index = find(bucket, &name)?;
        let vector = |key: &String| Some(parts.show(key, index.get("vectors")?.get(key)?));
        let found: Vec<_> = keys.iter().filter_map(vector).collect();
        Ok(document(&json!({ "vectors": found })))
    };
    call.look(look).await
}

pub(super) async fn list(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let wish = Wish::read(call, body).await?;
    if wish.member("filter").is_some() {
        return Err(Refusal::not_implemented());
    }
    let (name, parts, after) = (wish.index_name()?, Parts::of(&wish)?, wish.after()?);
    let limit = wish.number("maxResults", 1..=1000, Some(500))?;
    let segments = wish.number("segmentCount", 1..=16, Some(1))?;
    let segment = wish.number("segmentIndex", 0..=segments - 1, Some(0))?;
    let look = move |bucket: &Value| {
        let in_segment = |key: &str| sanyun_oss::crc::checksum(key.as_bytes()) % segments == segment;
        let all = vectors(find(bucket, &name)?);
        let mut found: Vec<_> = all.filter(|(key, _)| in_segment(key) && **key > after).collect();
        found.sort_unstable_by_key(|(key, _)| *key);
        let next = cut(&mut found, limit, |(key, _)| key);
        let shown: Vec<_> = found.iter().map(|(key, vector)| parts.show(key, vector)).collect();
        Ok(document(&page("vectors", json!(shown), next)))
    };
    call.look(look).await
}

pub(super) async fn delete(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let wish = Wish::read(call, body).await?;
    let (name, keys) = (wish.index_name()?, wish.keys(WRITE_LIMIT)?);
    let change = move |bucket: &mut Value| {
        let vectors = find_vectors_mut(bucket, &name)?;
        for key in &keys {
            // No order is promised, and this does not move all those behind it.
            vectors.swap_remove(key);
        }
        Ok(gone())
    };
    call.change(change).await
}

/// What is shown of a vector beside its key.
pub(super) struct Parts {
    pub(super) data: bool,
    pub(super) metadata: bool,
}

impl Parts {
    fn of(wish: &Wish) -> Result<Self, Refusal> {
        Ok(Self { data: wish.flag("returnData")?, metadata: wish.flag("returnMetadata")? })
    }

    pub(super) fn show(&self, key: &str, vector: &Value) -> Value {
        let wanted = [("data", self.data), ("metadata", self.metadata)].into_iter();
        let there = wanted.filter(|(_, is_wanted)| *is_wanted).filter_map(|(part, _)| Some((part, vector.get(part)?)));
        there.fold(json!({ "key": key }), |shown, (part, value)| with(shown, part, value.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_exact_as_their_type() {
        let data = json!({ "float32": [0.1, 1, -3.000_000_01, 1e-3] });
        assert_eq!(numbers(Some(&data)), Some(vec![0.1, 1.0, -3.0, 1e-3]));
        assert_eq!(numbers(Some(&json!({ "float32": [1e300] }))), None);
        assert_eq!(numbers(Some(&json!({ "float32": ["1"] }))), None);
        assert_eq!(numbers(Some(&json!([1]))), None);
    }
}
