//! What is known of an object, and how it lies in a file: the data, then this record, then the record's length and a
//! mark. One file and one rename publish both, so that data and metadata are never of two writes.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

/// The last bytes of every object file.
const MARK: &[u8; 8] = b"SYOBJ\x00\x00\x01";
/// Length of the record (8 bytes, little-endian) and mark.
const FOOTER_BYTES: u64 = 16;
/// What is read first from the end of a file: nearly always all of record and footer.
const TAIL_BYTES: u64 = 4096;

/// What is known of an object beside its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) key: String,
    /// In bytes.
    pub(crate) size: u64,
    /// Upper-case MD5, or `<md5>-<parts>`, without quotes.
    pub(crate) etag: String,
    /// CRC-64/XZ of the data.
    pub(crate) crc64: u64,
    /// Milliseconds since 1970.
    pub(crate) modified_ms: u64,
    /// `Standard`, `IA`, …
    pub(crate) storage_class: String,
    /// `Normal`, `Multipart`, `Appendable`.
    pub(crate) kind: String,
    /// The object's own ACL; `default` for the bucket's.
    pub(crate) acl: String,
    /// Content headers and `x-oss-meta-*`, given back as they came.
    pub(crate) headers: HeaderMap,
}

impl Meta {
    /// What follows the data in the file.
    pub(crate) fn trailer(&self) -> Vec<u8> {
        let mut bytes = self.to_json().to_string().into_bytes();
        let len = bytes.len() as u64;
        bytes.extend_from_slice(&len.to_le_bytes());
        bytes.extend_from_slice(MARK);
        bytes
    }

    /// Reads the record of an object file.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] if the file is no whole object.
    pub(crate) fn read(file: &mut File, path: &Path) -> io::Result<Self> {
        let broken = || io::Error::new(io::ErrorKind::InvalidData, format!("`{}` is no object file", path.display()));
        let len = file.metadata()?.len();
        let tail = read_tail(file, len.min(TAIL_BYTES))?;
        let footer = split_end(&tail, FOOTER_BYTES).ok_or_else(broken)?.1;
        let (record_len, mark) = footer.split_first_chunk::<8>().ok_or_else(broken)?;
        let wanted = u64::from_le_bytes(*record_len).checked_add(FOOTER_BYTES).ok_or_else(broken)?;
        if mark != MARK || wanted > len {
            return Err(broken());
        }
        let tail = if wanted > tail.len() as u64 { read_tail(file, wanted)? } else { tail };
        let record = split_end(&tail, wanted).and_then(|(_, end)| split_end(end, FOOTER_BYTES)).ok_or_else(broken)?.0;
        let meta = serde_json::from_slice(record).ok().and_then(|value| Self::from_json(&value)).ok_or_else(broken)?;
        if meta.size + wanted == len { Ok(meta) } else { Err(broken()) }
    }

    fn to_json(&self) -> Value {
        let headers: Vec<Value> =
            self.headers.iter().map(|(name, value)| json!([name.as_str(), value_to_json(value)])).collect();
        json!({
            "key": self.key,
            "size": self.size,
            "etag": self.etag,
            "crc64": self.crc64,
            "modified_ms": self.modified_ms,
            "storage_class": self.storage_class,
            "kind": self.kind,
            "acl": self.acl,
            "headers": headers,
        })
    }

    fn from_json(value: &Value) -> Option<Self> {
        let record = value.as_object()?;
        let mut headers = HeaderMap::new();
        for pair in record.get("headers")?.as_array()? {
            let name = HeaderName::try_from(pair.get(0)?.as_str()?).ok()?;
            headers.append(name, value_from_json(pair.get(1)?)?);
        }
        Some(Self {
            key: text(record, "key")?,
            size: record.get("size")?.as_u64()?,
            etag: text(record, "etag")?,
            crc64: record.get("crc64")?.as_u64()?,
            modified_ms: record.get("modified_ms")?.as_u64()?,
            storage_class: text(record, "storage_class")?,
            kind: text(record, "kind")?,
            acl: text(record, "acl")?,
            headers,
        })
    }
}

fn text(record: &Map<String, Value>, name: &str) -> Option<String> {
    record.get(name)?.as_str().map(str::to_owned)
}

/// Text as text; bytes that are not UTF-8 (clients that write Latin-1) as a list of numbers.
fn value_to_json(value: &HeaderValue) -> Value {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => json!(text),
        Err(_) => json!(value.as_bytes()),
    }
}

fn value_from_json(value: &Value) -> Option<HeaderValue> {
    match value {
        Value::String(text) => HeaderValue::from_bytes(text.as_bytes()).ok(),
        Value::Array(numbers) => {
            let bytes: Option<Vec<u8>> = numbers.iter().map(|n| u8::try_from(n.as_u64()?).ok()).collect();
            HeaderValue::from_bytes(&bytes?).ok()
        }
        _ => None,
    }
}

fn read_tail(file: &mut File, len: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::End(-(len as i64)))?;
    let mut tail = Vec::with_capacity(len as usize);
    file.take(len).read_to_end(&mut tail)?;
    Ok(tail)
}

/// Splits off the last `len` bytes.
fn split_end(bytes: &[u8], len: u64) -> Option<(&[u8], &[u8])> {
    let at = bytes.len().checked_sub(usize::try_from(len).ok()?)?;
    bytes.split_at_checked(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn meta(headers: HeaderMap) -> Meta {
        Meta {
            key: "a/../ü\n".to_owned(),
            size: 4,
            etag: "AB".to_owned(),
            crc64: u64::MAX,
            modified_ms: 1_702_743_657_123,
            storage_class: "Standard".to_owned(),
            kind: "Normal".to_owned(),
            acl: "default".to_owned(),
            headers,
        }
    }

    fn write(parts: &[&[u8]]) -> (tempfile::NamedTempFile, std::path::PathBuf) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        for part in parts {
            file.write_all(part).unwrap();
        }
        let path = file.path().to_owned();
        (file, path)
    }

    #[test]
    fn records_round_trip_even_when_they_are_long() {
        let mut headers = HeaderMap::new();
        headers.insert("x-oss-meta-latin", HeaderValue::from_bytes(b"\xfc").unwrap());
        headers.insert("x-oss-meta-long", "y".repeat(8000).parse().unwrap());
        let meta = meta(headers);
        let (_file, path) = write(&[b"data", &meta.trailer()]);
        assert_eq!(Meta::read(&mut File::open(&path).unwrap(), &path).unwrap(), meta);
    }

    #[test]
    fn files_that_are_no_whole_objects_are_refused() {
        let trailer = meta(HeaderMap::new()).trailer();
        let cut = &trailer[..trailer.len() - 1];
        let mut lying = trailer.clone();
        let at = lying.len() - 16;
        lying[at..at + 8].copy_from_slice(&u64::MAX.to_le_bytes());
        let tails: [(&[u8], &[u8]); 6] = [
            (b"", b""),
            (b"data", b""),
            (b"dat", &trailer),
            (b"data", cut),
            (b"data", &lying),
            (b"data", &trailer[1..]),
        ];
        for (data, tail) in tails {
            let (_file, path) = write(&[data, tail]);
            let error = Meta::read(&mut File::open(&path).unwrap(), &path).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
    }
}
