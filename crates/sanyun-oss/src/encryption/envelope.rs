//! What is stored with an object so that it can be decrypted.

use http::{HeaderMap, HeaderName};
use sanyun_core::{Error, Result, encode};
use serde_json::Value;

use super::content::ALGORITHM;
use crate::input::Input;
use crate::ops::ListPartsResult;

const KEY: &str = "x-oss-meta-client-side-encryption-key";
const START: &str = "x-oss-meta-client-side-encryption-start";
const WRAP_ALGORITHM: &str = "x-oss-meta-client-side-encryption-wrap-alg";
const CONTENT_ALGORITHM: &str = "x-oss-meta-client-side-encryption-cek-alg";
const DESCRIPTION: &str = "x-oss-meta-client-side-encryption-matdesc";
pub(super) const DATA_SIZE: &str = "x-oss-meta-client-side-encryption-data-size";
pub(super) const PART_SIZE: &str = "x-oss-meta-client-side-encryption-part-size";

/// Headers that describe the content, and the metadata that they become: OSS would take them for the encrypted bytes.
const OF_CONTENT: [(&str, &str); 2] = [
    ("content-md5", "x-oss-meta-client-side-encryption-unencrypted-content-md5"),
    ("content-length", "x-oss-meta-client-side-encryption-unencrypted-content-length"),
];

/// The wrapped key and how it was wrapped. It holds nothing secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Envelope {
    /// The wrapped key.
    pub(super) key: Vec<u8>,
    /// The wrapped start of the counter.
    pub(super) start: Vec<u8>,
    /// How both were wrapped.
    pub(super) wrap_algorithm: String,
    /// Which master key wrapped them, as JSON.
    pub(super) description: Option<Value>,
}

impl Envelope {
    /// The one of an object; `None` if it is not encrypted.
    ///
    /// # Errors
    /// A part of it is missing or cannot be read, or the content is encrypted in another way.
    pub(super) fn of_headers(headers: &HeaderMap) -> Result<Option<Self>> {
        let text = |name: &str| {
            let value = headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
            value.unwrap_or_default().to_owned()
        };
        if text(KEY).is_empty() {
            return Ok(None);
        }
        let description = Some(text(DESCRIPTION)).filter(|text| !text.is_empty());
        Self::read([text(KEY), text(START), text(WRAP_ALGORITHM), text(CONTENT_ALGORITHM)], description).map(Some)
    }

    /// The one of an upload in parts, which does not tell its description.
    ///
    /// # Errors
    /// As [`of_headers`](Self::of_headers); the upload is not encrypted.
    pub(super) fn of_parts(list: &ListPartsResult) -> Result<Self> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let key = text(&list.client_encryption_key);
        if key.is_empty() {
            return Err(Error::decode("the upload is not one with client-side encryption"));
        }
        let start = text(&list.client_encryption_start);
        let (wrap, content) = (text(&list.client_encryption_wrap_alg), text(&list.client_encryption_cek_alg));
        Self::read([key, start, wrap, content], None)
    }

    fn read([key, start, wrap_algorithm, content]: [String; 4], description: Option<String>) -> Result<Self> {
        if content != ALGORITHM && !content.is_empty() {
            let message = format!("the object is encrypted with `{content}` ({CONTENT_ALGORITHM}), not `{ALGORITHM}`");
            return Err(Error::decode(message).with_hint("read it with the SDK that has written it"));
        }
        for (name, value) in [(START, &start), (WRAP_ALGORITHM, &wrap_algorithm), (CONTENT_ALGORITHM, &content)] {
            if value.is_empty() {
                return Err(Error::decode(format!("the object is encrypted, but has no header `{name}`")));
            }
        }
        // What is not JSON describes a key all the same.
        let description = description.map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text)));
        Ok(Self { key: bytes(KEY, &key)?, start: bytes(START, &start)?, wrap_algorithm, description })
    }

    /// Sets the headers of a call that stores an object or a part, and moves those that describe the content.
    pub(super) fn set(&self, input: &mut Input) -> Result<()> {
        move_of_content(input)?;
        let description = self.description.as_ref().map(python_json);
        for (name, value) in [
            (KEY, Some(encode::base64(&self.key))),
            (START, Some(encode::base64(&self.start))),
            (WRAP_ALGORITHM, Some(self.wrap_algorithm.clone())),
            (CONTENT_ALGORITHM, Some(ALGORITHM.to_owned())),
            (DESCRIPTION, description),
        ] {
            if let Some(value) = value {
                input.set_header(HeaderName::from_static(name), &value)?;
            }
        }
        Ok(())
    }
}

fn bytes(name: &str, text: &str) -> Result<Vec<u8>> {
    encode::base64_decode(text).ok_or_else(|| Error::decode(format!("the object's header `{name}` is not Base64")))
}

fn move_of_content(input: &mut Input) -> Result<()> {
    for (from, to) in OF_CONTENT {
        let found = input.headers.iter().position(|(name, _)| name.as_str() == from);
        if let Some(at) = found {
            let (_, value) = input.headers.swap_remove(at);
            input.set_header(HeaderName::from_static(to), &String::from_utf8_lossy(value.as_bytes()))?;
        }
    }
    Ok(())
}

/// JSON as Python writes it, with blanks and in ASCII: the official SDK finds the key of an object by comparing this text.
fn python_json(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{}: {}", python_text(name), python_json(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(python_json).collect::<Vec<_>>().join(", ")),
        Value::String(text) => python_text(text),
        other => other.to_string(),
    }
}

fn python_text(text: &str) -> String {
    let mut ascii = String::new();
    for letter in Value::from(text).to_string().chars() {
        if letter.is_ascii() && letter != '\u{7f}' {
            ascii.push(letter);
        } else {
            let units = &mut [0; 2];
            ascii.extend(letter.encode_utf16(units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    ascii
}
