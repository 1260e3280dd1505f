//! Plain values.

use serde_json::Value;

use super::decoder::Scalar;
use super::{Decoder, Encoder, Field};
use crate::body::Body;
use crate::codec::encoder::ParameterValue;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// A text takes any value: numbers and booleans as they are written, objects and lists as JSON.
impl Field for String {
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        to.text(self);
    }

    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        if matches!(from.peek(), Some(b'{' | b'[')) {
            *self = from.raw()?.to_owned();
        } else if let Some(value) = from.scalar()? {
            *self = match value {
                Scalar::Text(text) => text.into_owned(),
                Scalar::Word(word) => word.to_owned(),
            };
        }
        Ok(())
    }
}

impl Field for Secret {
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        to.secret(self.expose());
    }

    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        let mut text = String::new();
        text.decode_field(from)?;
        *self = Self::new(text);
        Ok(())
    }
}

impl Field for bool {
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        to.json(self);
    }

    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        plain(self, from, "a boolean", |text| match text {
            "1" => Some(true),
            "0" => Some(false),
            _ if text.eq_ignore_ascii_case("true") => Some(true),
            _ if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        })
    }
}

impl Field for i64 {
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        to.json(self);
    }

    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        plain(self, from, "an integer", |text| {
            text.parse().ok().or_else(|| truth(text).map(i64::from)).or_else(|| whole(text).map(|whole| whole as i64))
        })
    }
}

impl Field for u64 {
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        to.json(self);
    }

    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        plain(self, from, "an integer that is not negative", |text| {
            let whole = || whole(text).filter(|whole| *whole >= 0.0).map(|whole| whole as u64);
            text.parse().ok().or_else(|| truth(text).map(u64::from)).or_else(whole)
        })
    }
}

impl Field for f64 {
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        to.json(self);
    }

    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        plain(self, from, "a number", |text| text.parse().ok())
    }
}

/// Any JSON.
impl Field for Value {
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        to.value(self);
    }

    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        *self = from.value()?;
        Ok(())
    }
}

/// No answer: whatever comes is passed over.
impl Field for () {
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        to.raw("null");
    }

    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        from.raw().map(drop)
    }
}

/// Bytes or a stream: a parameter of its own, no part of JSON.
impl Field for Body {
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        to.attach(ParameterValue::Body(self.clone()));
    }

    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        let mut text = String::new();
        text.decode_field(from)?;
        *self = Self::from(text);
        Ok(())
    }
}

/// Reads a plain value that may stand in quotes; null and an empty text leave it as it is.
fn plain<T>(value: &mut T, from: &mut Decoder<'_>, what: &str, parse: fn(&str) -> Option<T>) -> Result<()> {
    let Some(found) = from.scalar()? else { return Ok(()) };
    let text = found.as_str().trim();
    if text.is_empty() {
        from.note_nothing();
        return Ok(());
    }
    *value = parse(text).ok_or_else(|| Error::decode(format!("expected {what}, found `{text}`")))?;
    Ok(())
}

fn truth(text: &str) -> Option<bool> {
    text.parse().ok()
}

/// A whole number that is written with a point or an exponent: `1.0`, `1e3`. Beyond 2^53 it would not be exact.
fn whole(text: &str) -> Option<f64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    text.parse().ok().filter(|number: &f64| number.fract() == 0.0 && number.abs() <= EXACT)
}
