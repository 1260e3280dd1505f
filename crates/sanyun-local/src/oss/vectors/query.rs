//! The nearest vectors, found by looking at all of them.

use serde_json::{Value, json};

use super::filter::Filter;
use super::index::{dimension, find, vectors};
use super::vector::{Parts, numbers, wrong_dimension};
use super::wish::{Wish, invalid};
use super::{Call, document};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;
use crate::json::{text_at, with};
use crate::oss::refusal::Refusal;

pub(super) async fn query(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let wish = Wish::read(call, body).await?;
    let name = wish.index_name()?;
    let wanted = numbers(wish.member("queryVector"));
    let wanted = wanted.ok_or_else(|| invalid("queryVector", "It must have a list `float32`."))?;
    let count = wish.number("topK", 1..=100, None)?;
    let shows_distance = wish.flag("returnDistance")?;
    let parts = Parts { data: false, metadata: wish.flag("returnMetadata")? };
    let filter = wish.member("filter").map(Filter::parse).transpose()?;
    let look = move |bucket: &Value| {
        let index = find(bucket, &name)?;
        if wanted.len() as u64 != dimension(index) {
            return Err(wrong_dimension("queryVector", dimension(index)));
        }
        if let Some(filter) = &filter {
            filter.check(index.pointer("/index/metadata/nonFilterableMetadataKeys"))?;
        }
        let distance = distance_of(text_at(index, "/index/distanceMetric"));
        let fits = |vector: &Value| filter.as_ref().is_none_or(|filter| filter.fits(vector.get("metadata")));
        let fitting = vectors(index).filter(|(_, vector)| fits(vector));
        let mut near: Vec<_> = fitting.map(|(key, vector)| (distance(&wanted, vector), key, vector)).collect();
        near.sort_unstable_by(|one, other| one.0.total_cmp(&other.0).then_with(|| one.1.cmp(other.1)));
        near.truncate(count as usize);
        let show = |(distance, key, vector): &(f64, &String, &Value)| {
            let shown = parts.show(key, vector);
            if shows_distance { with(shown, "distance", *distance) } else { shown }
        };
        Ok(document(&json!({ "vectors": near.iter().map(show).collect::<Vec<_>>() })))
    };
    call.look(look).await
}

type Distance = fn(&[f64], &Value) -> f64;

fn distance_of(metric: &str) -> Distance {
    if metric == "cosine" { cosine } else { euclidean }
}

/// The length of the difference.
fn euclidean(wanted: &[f64], vector: &Value) -> f64 {
    pairs(wanted, vector).map(|(one, other)| (one - other) * (one - other)).sum::<f64>().sqrt()
}

/// One less the cosine of the angle between them, from 0 to 2; 1 if one of them has no length.
fn cosine(wanted: &[f64], vector: &Value) -> f64 {
    let (mut product, mut one_squared, mut other_squared) = (0.0, 0.0, 0.0);
    for (one, other) in pairs(wanted, vector) {
        product += one * other;
        one_squared += one * one;
        other_squared += other * other;
    }
    let lengths = f64::sqrt(one_squared) * f64::sqrt(other_squared);
    if lengths > 0.0 { 1.0 - product / lengths } else { 1.0 }
}

fn pairs<'a>(wanted: &'a [f64], vector: &'a Value) -> impl Iterator<Item = (f64, f64)> + 'a {
    let numbers = vector.pointer("/data/float32").and_then(Value::as_array).into_iter().flatten();
    wanted.iter().copied().zip(numbers.map(|number| number.as_f64().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let vector = |numbers: &[f64]| json!({ "data": { "float32": numbers } });
        assert_eq!(euclidean(&[0.0, 0.0], &vector(&[3.0, 4.0])), 5.0);
        for (numbers, expected) in [([2.0, 0.0], 0.0), ([0.0, 3.0], 1.0), ([-1.0, 0.0], 2.0), ([0.0, 0.0], 1.0)] {
            assert_eq!(cosine(&[1.0, 0.0], &vector(&numbers)), expected, "{numbers:?}");
        }
    }
}
