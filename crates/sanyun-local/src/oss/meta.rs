//! What is known of a version of an object, and how it lies in a file: the data, then this record, then the record's
//! length and a mark. One file and one rename publish both, so that data and metadata are never of two writes. Data that
//! came in parts, that grow, or that are shared with nobody but too large to be copied lie in files of their own, which
//! the record names ([`Outside`]).

use std::collections::BTreeMap;
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

/// The version of an object that was stored while its bucket kept no versions.
pub(crate) const NULL_VERSION: &str = "null";

/// What is known of a version of an object beside its data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    pub(crate) kind: Kind,
    /// The object's own ACL; `default` for the bucket's.
    pub(crate) acl: String,
    /// Content headers and `x-oss-meta-*`, given back as they came.
    pub(crate) headers: HeaderMap,
    /// `null`, or an id.
    pub(crate) version: String,
    /// Versions of a key stand in the order of this number.
    pub(crate) order: u64,
    /// What few objects have: tags, the target of a symbolic link, retention, …
    pub(crate) facts: BTreeMap<String, String>,
    /// Where the data lie, if not in the file itself.
    pub(crate) outside: Option<Outside>,
}

/// How an object came to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Normal,
    Multipart,
    Appendable,
    Symlink,
    /// No object: what stands in its place after a deletion in a bucket that keeps versions.
    DeleteMarker,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Normal, Self::Multipart, Self::Appendable, Self::Symlink, Self::DeleteMarker];

    /// The word in `x-oss-object-type`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Multipart => "Multipart",
            Self::Appendable => "Appendable",
            Self::Symlink => "Symlink",
            Self::DeleteMarker => "DeleteMarker",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Data in files of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outside {
    /// The folder's name below the bucket's `data`.
    pub(crate) folder: String,
    /// The files by their numbers, in the order of the data, each with how many bytes of it count.
    pub(crate) files: Vec<(u32, u64)>,
}

impl Meta {
    /// One of the rare facts; empty if it is missing.
    pub(crate) fn fact(&self, name: &str) -> &str {
        self.facts.get(name).map_or("", String::as_str)
    }

    /// Sets one of the rare facts; an empty value takes it away.
    pub(crate) fn set_fact(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            self.facts.remove(name);
        } else {
            self.facts.insert(name.to_owned(), value.to_owned());
        }
    }

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
        let inside = if meta.outside.is_some() { 0 } else { meta.size };
        let told = meta.outside.as_ref().map_or(meta.size, |outside| outside.files.iter().map(|(_, len)| len).sum());
        if inside.checked_add(wanted) == Some(len) && told == meta.size { Ok(meta) } else { Err(broken()) }
    }

    /// The record as a JSON object.
    pub(crate) fn to_json(&self) -> Value {
        let headers: Vec<Value> =
            self.headers.iter().map(|(name, value)| json!([name.as_str(), value_to_json(value)])).collect();
        let mut record = json!({
            "key": self.key,
            "size": self.size,
            "etag": self.etag,
            "crc64": self.crc64,
            "modified_ms": self.modified_ms,
            "storage_class": self.storage_class,
            "kind": self.kind.as_str(),
            "acl": self.acl,
            "headers": headers,
            "version": self.version,
            "order": self.order,
        });
        if let Some(record) = record.as_object_mut() {
            if !self.facts.is_empty() {
                record.insert("facts".to_owned(), json!(self.facts));
            }
            if let Some(outside) = &self.outside {
                record.insert("outside".to_owned(), json!({ "folder": outside.folder, "files": outside.files }));
            }
        }
        record
    }

    /// The record that a JSON object stands for.
    pub(crate) fn from_json(value: &Value) -> Option<Self> {
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
            kind: Kind::parse(record.get("kind")?.as_str()?)?,
            acl: text(record, "acl")?,
            headers,
            // Folders of the first version, which kept no versions, have neither.
            version: text(record, "version").unwrap_or_else(|| NULL_VERSION.to_owned()),
            order: record.get("order").and_then(Value::as_u64).unwrap_or_default(),
            facts: match record.get("facts") {
                Some(facts) => {
                    let fact = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
                    facts.as_object()?.iter().map(fact).collect::<Option<_>>()?
                }
                None => BTreeMap::new(),
            },
            outside: match record.get("outside") {
                Some(outside) => Some(Outside::from_json(outside)?),
                None => None,
            },
        })
    }
}

impl Outside {
    fn from_json(value: &Value) -> Option<Self> {
        let file = |pair: &Value| Some((u32::try_from(pair.get(0)?.as_u64()?).ok()?, pair.get(1)?.as_u64()?));
        let files = value.get("files")?.as_array()?.iter().map(file).collect::<Option<_>>()?;
        Some(Self { folder: value.get("folder")?.as_str()?.to_owned(), files })
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
            acl: "default".to_owned(),
            headers,
            version: "null".to_owned(),
            facts: BTreeMap::from([("tagging".to_owned(), "a=b".to_owned())]),
            ..Meta::default()
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
    fn data_may_lie_elsewhere() {
        let outside = Outside { folder: "7f".to_owned(), files: vec![(1, 3), (7, 1)] };
        let meta = Meta { outside: Some(outside), kind: Kind::Multipart, ..meta(HeaderMap::new()) };
        let (_file, path) = write(&[&meta.trailer()]);
        assert_eq!(Meta::read(&mut File::open(&path).unwrap(), &path).unwrap(), meta);
        let lying = Meta { size: 5, ..meta };
        let (_file, path) = write(&[&lying.trailer()]);
        assert!(Meta::read(&mut File::open(&path).unwrap(), &path).is_err());
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
