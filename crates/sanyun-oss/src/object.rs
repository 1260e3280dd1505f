//! Objects: putting, getting, looking at and deleting them.

use std::fmt;
use std::ops::{Deref, RangeBounds};
use std::time::SystemTime;

use bytes::Bytes;
use http::HeaderMap;
use sanyun_core::{Body, ByteStream, Output, Result, StreamBody, time};

use crate::action::{Action, Asked, FromReply};
use crate::bucket::Bucket;
use crate::crc;
use crate::error;
use crate::input::Input;
use crate::moment;
use crate::operation::Operation;
use crate::operation::Request as _;
use crate::operation::object::{DeleteObject, GetObject, GetObjectMeta, HeadObject, PutObject};
use crate::protocol::reply_crc;
use crate::range::{ByteRange, ContentRange};

pub(crate) const META: &str = "x-oss-meta-";

impl Bucket {
    pub(crate) fn on<T>(&self, operation: &'static Operation, key: impl Into<String>) -> Action<T> {
        Action::new(self.client().clone(), Ok(Input::new(operation).bucket(self.name()).key(key)))
    }

    /// Stores an object. Its CRC-64 is compared with the one that OSS computed; a difference is retried.
    pub fn put(&self, key: impl Into<String>, body: impl Into<Body>) -> Action<Stored> {
        let body = body.into();
        self.on(PutObject::OPERATION, key).change(|input| {
            input.body = body;
            Ok(())
        })
    }

    /// Reads an object. The result's body arrives as it is read; when a whole object was read, its CRC-64 has been
    /// compared.
    pub fn get(&self, key: impl Into<String>) -> Action<Object> {
        self.on(GetObject::OPERATION, key)
    }

    /// Looks at an object without reading it.
    pub fn head(&self, key: impl Into<String>) -> Action<ObjectMeta> {
        self.on(HeadObject::OPERATION, key)
    }

    /// Deletes an object. Deleting one that does not exist succeeds. In a bucket with versions it gets a delete marker,
    /// unless [`version`](Action::version) names one, which is then deleted for good.
    pub fn delete(&self, key: impl Into<String>) -> Action<Deleted> {
        self.on(DeleteObject::OPERATION, key)
    }

    /// Whether an object of this key exists. Refusals other than "no such key" are errors, a missing bucket included.
    pub fn contains(&self, key: impl Into<String>) -> Action<bool> {
        self.on(GetObjectMeta::OPERATION, key).change(|input| {
            input.answers = |refused| {
                let unsaid = refused.status() == 404 && refused.code() == error::BAD_ERROR_RESPONSE;
                refused.code() == "NoSuchKey" || unsaid
            };
            Ok(())
        })
    }
}

/// Results whose call can have conditions.
pub trait Conditional: FromReply {}
impl Conditional for Object {}
impl Conditional for ObjectMeta {}

impl<T: Conditional> Action<T> {
    /// Only if the object's ETag is this one; else HTTP 412, see
    /// [`is_precondition_failed`](crate::OssError::is_precondition_failed).
    pub fn if_match(self, etag: &str) -> Self {
        self.set("if-match", etag)
    }

    /// Only if the object's ETag is another one; else HTTP 304, see
    /// [`is_not_modified`](crate::OssError::is_not_modified).
    pub fn if_none_match(self, etag: &str) -> Self {
        self.set("if-none-match", etag)
    }

    /// Only if the object was changed after this; else HTTP 304.
    pub fn if_modified_since(self, moment: SystemTime) -> Self {
        self.set("if-modified-since", &time::http_date(moment))
    }

    /// Only if the object was not changed after this; else HTTP 412.
    pub fn if_unmodified_since(self, moment: SystemTime) -> Self {
        self.set("if-unmodified-since", &time::http_date(moment))
    }
}

impl Action<Object> {
    /// Only these bytes, such as `0..1024` or `5..`. A range that begins behind the object's end is an error (HTTP
    /// 416).
    pub fn range(self, bytes: impl RangeBounds<u64>) -> Self {
        match ByteRange::from_bounds(&bytes) {
            Ok(range) => self.byte_range(range),
            Err(error) => self.fail(error),
        }
    }

    /// Only this many bytes at the end, or all if the object is shorter.
    pub fn last(self, bytes: u64) -> Self {
        self.byte_range(Some(ByteRange::Last(bytes)))
    }

    /// Processes the object on the way, such as `image/resize,w_100`. The result has no CRC-64 to compare.
    pub fn process(self, process: impl Into<String>) -> Self {
        self.query("x-oss-process", process)
    }

    fn byte_range(self, range: Option<ByteRange>) -> Self {
        match range {
            None => self,
            // Without the second header OSS answers a wrong range with the whole object.
            Some(range) => self.set("range", &range.to_string()).set("x-oss-range-behavior", "standard"),
        }
    }
}

/// What OSS says about an object that was stored.
#[derive(Clone, Debug)]
pub struct Stored {
    meta: ObjectMeta,
    callback: Bytes,
}

impl Stored {
    /// The ETag with its quotes: the MD5 in hexadecimal digits.
    pub fn etag(&self) -> Option<&str> {
        self.meta.etag()
    }

    /// The CRC-64 of the object.
    pub fn crc64(&self) -> Option<u64> {
        self.meta.crc64()
    }

    /// The version; `None` in a bucket without versions.
    pub fn version_id(&self) -> Option<&str> {
        self.meta.version_id()
    }

    /// What the user's own server answered, if the call asked for a callback.
    pub fn callback_result(&self) -> &Bytes {
        &self.callback
    }
}

impl FromReply for Stored {
    fn from_reply(output: Output, _: &Asked) -> Result<Self> {
        Ok(Self { meta: ObjectMeta { headers: output.reply.headers }, callback: output.reply.body })
    }
}

/// What became of an object that was to be deleted.
#[derive(Clone, Debug)]
pub struct Deleted {
    meta: ObjectMeta,
}

impl Deleted {
    /// The version that was deleted, or of the delete marker; `None` in a bucket without versions.
    pub fn version_id(&self) -> Option<&str> {
        self.meta.version_id()
    }

    /// Whether a delete marker was written, or one was deleted.
    pub fn is_delete_marker(&self) -> bool {
        self.meta.header("x-oss-delete-marker").is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

impl FromReply for Deleted {
    fn from_reply(output: Output, _: &Asked) -> Result<Self> {
        Ok(Self { meta: ObjectMeta { headers: output.reply.headers } })
    }
}

/// What is known of an object beside its bytes: the reply's headers, with methods for the common ones.
#[derive(Clone)]
pub struct ObjectMeta {
    headers: HeaderMap,
}

impl ObjectMeta {
    /// The length of what the reply is about, in bytes: of a range only the range's.
    pub fn content_length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }

    /// Which bytes of which total a partial reply holds.
    pub fn content_range(&self) -> Option<ContentRange> {
        ContentRange::parse(self.header("content-range")?)
    }

    /// The media type.
    pub fn content_type(&self) -> Option<&str> {
        self.header("content-type")
    }

    /// The ETag with its quotes. Of an object that was stored in one piece it is the MD5 in hexadecimal digits.
    pub fn etag(&self) -> Option<&str> {
        self.header("etag")
    }

    /// When it was stored.
    pub fn last_modified(&self) -> Option<SystemTime> {
        moment::parse(self.header("last-modified")?)
    }

    /// The CRC-64 of the whole object.
    pub fn crc64(&self) -> Option<u64> {
        self.header("x-oss-hash-crc64ecma")?.parse().ok()
    }

    /// The storage class.
    pub fn storage_class(&self) -> Option<&str> {
        self.header("x-oss-storage-class")
    }

    /// How it was stored: `Normal`, `Multipart`, `Appendable`, `Symlink`.
    pub fn object_type(&self) -> Option<&str> {
        self.header("x-oss-object-type")
    }

    /// The version; `None` in a bucket without versions.
    pub fn version_id(&self) -> Option<&str> {
        self.header("x-oss-version-id")
    }

    /// A text that was stored with [`meta`](Action::meta). The name is without `x-oss-meta-`, its case does not matter.
    pub fn meta(&self, name: &str) -> Option<&str> {
        self.header(&[META, name].concat())
    }

    /// All texts that were stored with it: name in lower case and value, in the order of the reply.
    pub fn metadata(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().filter_map(|(name, value)| {
            Some((name.as_str().strip_prefix(META)?, std::str::from_utf8(value.as_bytes()).ok()?))
        })
    }

    /// All headers.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Any header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    /// Says something else than the reply, about a body that is not the reply's.
    #[cfg(feature = "encryption")]
    pub(crate) fn replace(&mut self, name: http::HeaderName, value: &str) -> Result<()> {
        let value = sanyun_core::header_value(&name, value)?;
        self.headers.insert(name, value);
        Ok(())
    }
}

impl fmt::Debug for ObjectMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.headers.iter()).finish()
    }
}

impl FromReply for ObjectMeta {
    fn from_reply(output: Output, _: &Asked) -> Result<Self> {
        Ok(Self { headers: output.reply.headers })
    }
}

/// An object that is being read. Dropping it closes the connection.
#[derive(Debug)]
pub struct Object {
    pub(crate) meta: ObjectMeta,
    pub(crate) body: StreamBody,
}

impl Object {
    /// The next piece of the body; `None` at its end.
    ///
    /// # Errors
    /// The connection broke or ended too early, or at the end: the CRC-64 differs.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        self.body.chunk().await.transpose().map_err(error::from_body)
    }

    /// The rest of the body, read into memory.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk).
    pub async fn bytes(&mut self) -> Result<Bytes> {
        let rest = std::mem::replace(&mut self.body, crc::no_bytes());
        rest.collect().await.map_err(error::from_body)
    }

    /// The body as a stream of its pieces. Errors carry the SDK's own as their inner error.
    pub fn into_stream(self) -> ByteStream {
        self.body.into_stream()
    }
}

impl Deref for Object {
    type Target = ObjectMeta;

    fn deref(&self) -> &ObjectMeta {
        &self.meta
    }
}

impl FromReply for Object {
    const STREAMS: bool = true;

    fn from_reply(output: Output, asked: &Asked) -> Result<Self> {
        let Output { reply, stream } = output;
        let body = stream.unwrap_or_else(crc::no_bytes);
        // Parts have no checksum of their own, and what OSS compresses on the way has no length.
        let is_whole = reply.status.as_u16() == 200 && reply.headers.contains_key("content-length");
        let body = match reply_crc(&reply).filter(|_| is_whole && asked.verifies) {
            Some(expected) => {
                let len = body.len();
                StreamBody::new(crc::verifying(body.into_stream(), expected), len)
            }
            None => body,
        };
        Ok(Self { meta: ObjectMeta { headers: reply.headers }, body })
    }
}
