//! Tags of an object, kept as the header `x-oss-tagging` has them: `name=value&name=value`, percent-encoded.

use http::StatusCode;
use sanyun_core::encode;

use super::attribute::{change, opened};
use super::meta::Meta;
use super::object::with_version;
use super::refusal::Refusal;
use super::xml::{Element, Xml};
use super::{Call, document, read_document};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;

/// The rare fact of an object with tags.
pub(super) const FACT: &str = "tagging";
const COUNT_LIMIT: usize = 10;
const NAME_LIMIT_CHARS: usize = 128;
const VALUE_LIMIT_CHARS: usize = 256;

/// The tags that a header gives; empty for none.
pub(super) fn of_header(value: &str) -> Result<String, Refusal> {
    let decode = |text: &str| encode::form_decode(text);
    checked(encode::pairs(value).map(|(name, value)| (decode(name), decode(value))).collect())
}

/// How many there are.
pub(super) fn count(tags: &str) -> usize {
    encode::pairs(tags).count()
}

fn checked(tags: Vec<(String, String)>) -> Result<String, Refusal> {
    let invalid = |message: &str| Err(Refusal::new(StatusCode::BAD_REQUEST, "InvalidTag", message));
    let mut text = String::new();
    let mut names = Vec::new();
    for (name, value) in &tags {
        if name.is_empty() || name.chars().count() > NAME_LIMIT_CHARS || value.chars().count() > VALUE_LIMIT_CHARS {
            return invalid("The TagKey or the TagValue you have provided is invalid.");
        }
        if names.contains(&name) {
            return invalid("Cannot provide multiple Tags with the same key.");
        }
        names.push(name);
        if !text.is_empty() {
            text.push('&');
        }
        encode::push_percent(&mut text, name);
        text.push('=');
        encode::push_percent(&mut text, value);
    }
    if tags.len() > COUNT_LIMIT {
        return invalid("Object tags cannot be greater than 10");
    }
    Ok(text)
}

fn of_document(tagging: &Element) -> Result<String, Refusal> {
    let tags = tagging.child("TagSet").ok_or_else(Refusal::malformed_xml)?.children.iter();
    let named = tags.filter(|tag| tag.name == "Tag");
    checked(named.map(|tag| (tag.text_of("Key").to_owned(), tag.text_of("Value").to_owned())).collect())
}

pub(super) async fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let meta = opened(call).await?;
    let xml = document_of(meta.fact(FACT));
    Ok(with_version(document(xml), &*call.bucket()?, &meta.version))
}

/// The document of some tags.
pub(super) fn document_of(tags: &str) -> Xml {
    let mut xml = Xml::new("Tagging");
    xml.open("TagSet");
    for (name, value) in encode::pairs(tags) {
        xml.open("Tag")
            .leaf("Key", &encode::percent_decode(name))
            .leaf("Value", &encode::percent_decode(value))
            .close();
    }
    xml
}

pub(super) async fn put(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let tags = of_document(&read_document(call, body, "Tagging").await?)?;
    set(call, StatusCode::OK, tags).await
}

pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    set(call, StatusCode::NO_CONTENT, String::new()).await
}

async fn set(call: &Call<'_>, status: StatusCode, tags: String) -> Result<Answer, Refusal> {
    let set = move |meta: &mut Meta| {
        meta.set_fact(FACT, &tags);
        Ok(())
    };
    let meta = change(call, set).await?;
    Ok(with_version(Answer::new(status), &*call.bucket()?, &meta.version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_and_checked() {
        assert_eq!(of_header("").unwrap(), "");
        assert_eq!(of_header("a=1&b%20c=%26&d").unwrap(), "a=1&b%20c=%26&d=");
        let eleven = (0..11).map(|n| format!("t{n}=")).collect::<Vec<_>>().join("&");
        for wrong in ["=1", "a=1&a=2", &"x".repeat(129), &eleven] {
            assert!(of_header(wrong).is_err(), "{wrong}");
        }
        assert_eq!(count("a=1&b=2"), 2);
    }
}
