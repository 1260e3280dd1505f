//! The checkpoint files of the official SDK (`.ucp`, `.dcp`): transfers that it has begun can be finished here.
//!
//! The files hold an MD5 of their JSON text as Python writes it, so it is written the same way here before it is compared.

use std::fmt::Write as _;

use sanyun_core::{encode, hash};
use serde_json::{Map, Value, json};

use super::names;

const MAGIC: &str = "92611BED-89E2-46B6-89E5-72F273D4B0A3";

/// What an upload's checkpoint is about.
#[derive(Clone, Debug, PartialEq)]
pub struct UploadFacts {
    /// The bucket.
    pub bucket: String,
    /// The object's key.
    pub key: String,
    /// The absolute path of the file.
    pub file_path: String,
    /// Its length in bytes.
    pub file_size: u64,
    /// When it was last written to, in seconds since 1970.
    pub file_mtime: f64,
    /// The length of a part in bytes.
    pub part_size: u64,
}

/// What a download's checkpoint is about.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DownloadFacts {
    /// The bucket.
    pub bucket: String,
    /// The object's key.
    pub key: String,
    /// The version that was asked for; empty if none was.
    pub version_id: String,
    /// The range that was asked for, such as `bytes=10-500`; empty if none was.
    pub range: String,
    /// The absolute path of the file that is written: the temporary one, where there is one.
    pub file_path: String,
    /// The object's length in bytes.
    pub size: u64,
    /// Its `Last-Modified`, as OSS sent it.
    pub last_modified: String,
    /// Its ETag, as OSS sent it.
    pub etag: String,
    /// The length of a part in bytes.
    pub part_size: u64,
}

/// How far a download has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DownloadedSoFar {
    /// The first byte of the object that is missing.
    pub offset: u64,
    /// The CRC-64 of what is there; 0 if it was not counted.
    pub crc64: u64,
}

impl UploadFacts {
    /// The name of the checkpoint's file.
    pub fn file_name(&self) -> String {
        let object = format!("oss://{}", encode::percent_path(&format!("{}/{}", self.bucket, self.key)));
        format!("{}.ucp", names(&self.file_path, &object))
    }

    /// The text of the checkpoint's file.
    pub fn text(&self, upload_id: &str) -> String {
        text(&self.data(upload_id))
    }

    fn data(&self, upload_id: &str) -> Value {
        json!({
            "FilePath": self.file_path,
            "FileMeta": {"Size": self.file_size, "LastModified": self.file_mtime},
            "ObjectInfo": {"Name": format!("oss://{}/{}", self.bucket, self.key)},
            "PartSize": self.part_size,
            "UploadInfo": {"UploadId": upload_id},
        })
    }

    /// The upload id in a checkpoint; `None` if it is not one of this upload.
    pub fn read(&self, text: &str) -> Option<String> {
        let mut data = verified(text)?;
        let upload_id = data.remove("UploadInfo")?.get("UploadId")?.as_str()?.to_owned();
        let wanted = self.data(&upload_id);
        let fits = data.iter().all(|(name, value)| wanted.get(name).is_some_and(|wanted| same(value, wanted)));
        (fits && data.len() == 4 && !upload_id.is_empty()).then_some(upload_id)
    }
}

impl DownloadFacts {
    /// The name of the checkpoint's file.
    pub fn file_name(&self) -> String {
        let object = encode::percent_path(&format!("{}/{}", self.bucket, self.key)).into_owned();
        let source = format!("oss://{object}\n{}\n{}", self.version_id, self.range);
        format!("{}.dcp", names(&source, &self.file_path))
    }

    /// The text of the checkpoint's file.
    pub fn text(&self, so_far: DownloadedSoFar) -> String {
        text(&self.data(so_far))
    }

    fn data(&self, so_far: DownloadedSoFar) -> Value {
        json!({
            "ObjectInfo": {
                "Name": format!("oss://{}/{}", self.bucket, self.key),
                "VersionId": self.version_id,
                "Range": self.range,
            },
            "ObjectMeta": {"Size": self.size, "LastModified": self.last_modified, "ETag": self.etag},
            "FilePath": self.file_path,
            "PartSize": self.part_size,
            "DownloadInfo": {"Offset": so_far.offset, "CRC64": so_far.crc64},
        })
    }

    /// How far a checkpoint says that this download has come. `first` is the object's first byte that was asked for,
    /// `file_len` the length of the file that is there. `None` if the checkpoint is not one of this download, or the file
    /// does not fit. Whether the bytes in the file are right is another question.
    pub fn read(&self, text: &str, first: u64, file_len: Option<u64>) -> Option<DownloadedSoFar> {
        let mut data = verified(text)?;
        let info = data.remove("DownloadInfo")?;
        let number = |name: &str| info.get(name).and_then(Value::as_u64);
        let so_far = DownloadedSoFar { offset: number("Offset")?, crc64: number("CRC64")? };
        let wanted = self.data(so_far);
        let fits = data.iter().all(|(name, value)| wanted.get(name).is_some_and(|wanted| same(value, wanted)));
        let there = so_far.offset.checked_sub(first)?;
        let whole_parts = there.is_multiple_of(self.part_size.max(1));
        let counted = so_far.offset > 0 || so_far.crc64 == 0;
        (fits && data.len() == 4 && whole_parts && counted && file_len? >= there).then_some(so_far)
    }
}

/// Whether two values are the same, numbers by what they count.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| same(value, other)))
        }
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

fn text(data: &Value) -> String {
    let mut inside = String::new();
    push(&mut inside, data);
    let md5 = encode::hex(&hash::md5(inside.as_bytes()));
    format!("{{\"Magic\": \"{MAGIC}\", \"Data\": {inside}, \"MD5\": \"{md5}\"}}")
}

/// The data of a checkpoint whose MD5 is right.
fn verified(text: &str) -> Option<Map<String, Value>> {
    let mut whole: Map<String, Value> = serde_json::from_str(text).ok()?;
    let data = whole.remove("Data")?;
    let mut inside = String::new();
    push(&mut inside, &data);
    let md5 = encode::hex(&hash::md5(inside.as_bytes()));
    let right = whole.get("Magic")? == MAGIC && whole.get("MD5")?.as_str()?.eq_ignore_ascii_case(&md5);
    match data {
        Value::Object(members) if right => Some(members),
        _ => None,
    }
}

/// JSON as Python's `json.dumps` writes it.
fn push(out: &mut String, value: &Value) {
    match value {
        Value::String(text) => push_text(out, text),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                push(out, item);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (at, (name, value)) in members.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                push_text(out, name);
                out.push_str(": ");
                push(out, value);
            }
            out.push('}');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

fn push_text(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(letter),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_python_does() {
        let mut out = String::new();
        push(&mut out, &json!({"a": ["\"\\\n\t\u{1}\u{7f}/", "ü李😀"], "n": [1, 1.5, true, null]}));
        let python = r#"{"a": ["\"\\\n\t\u0001\u007f/", "\u00fc\u674e\ud83d\ude00"], "n": [1, 1.5, true, null]}"#;
        assert_eq!(out, python);
    }

    #[test]
    fn what_was_written_is_read() {
        let upload = UploadFacts {
            bucket: "b".to_owned(),
            key: "李".to_owned(),
            file_path: "/a".to_owned(),
            file_size: 5,
            file_mtime: 1_700_000_000.0,
            part_size: 100,
        };
        let text = upload.text("U");
        assert_eq!(upload.read(&text).as_deref(), Some("U"));
        assert_eq!(upload.read(&upload.text("")), None);
        assert_eq!(UploadFacts { file_mtime: 1.0, ..upload }.read(&text), None);

        let download = DownloadFacts { size: 1_000, part_size: 100, ..DownloadFacts::default() };
        let so_far = DownloadedSoFar { offset: 310, crc64: 5 };
        let text = download.text(so_far);
        assert_eq!(download.read(&text, 10, Some(300)), Some(so_far));
        for (first, len) in [(10, Some(299)), (10, None), (0, Some(999)), (311, Some(999))] {
            assert_eq!(download.read(&text, first, len), None);
        }
        assert_eq!(download.read(&download.text(DownloadedSoFar { offset: 0, crc64: 5 }), 0, Some(0)), None);
    }
}
