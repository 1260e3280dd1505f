//! The object that is read, and requests for parts of it that are surely of the same object.

use std::fmt;
use std::time::SystemTime;

use http::header::{IF_MATCH, RANGE};
use http::{HeaderName, StatusCode};
use sanyun_core::{ByteStream, Error, Response, Result};

use crate::action::Action;
use crate::client::Client;
use crate::error::{OssError as _, is_no_such_key};
use crate::input::Input;
use crate::object::{Object, ObjectMeta};
use crate::operation::Request as _;
use crate::operation::object::GetObject;
use crate::range::ByteRange;

/// How often a connection that broke is opened again, if nothing else is said.
const REOPENINGS: u32 = 3;

#[derive(Clone)]
pub(super) struct Source {
    client: Client,
    /// A GET of the object, without a range.
    template: Input,
    etag: Option<String>,
    last_modified: Option<SystemTime>,
    pub(super) size: u64,
    /// The checksum of the whole, if it is to be compared.
    pub(super) crc: Option<u64>,
    pub(super) reopenings: u32,
}

impl Source {
    /// The object that a HEAD has found.
    pub(super) fn new(client: Client, head: &Input, meta: &ObjectMeta) -> Result<Self> {
        let missing = || Error::decode("the reply does not say how long the object is");
        let mut template = Input::new(GetObject::OPERATION);
        (template.bucket, template.key) = (head.bucket.clone(), head.key.clone());
        (template.query, template.headers) = (head.query.clone(), head.headers.clone());
        let etag = meta.etag().map(str::to_owned);
        if let Some(etag) = &etag {
            template.set_header(IF_MATCH, etag)?;
        }
        // What is said of a symbolic link is partly about the link and partly about what it names.
        let has_own_crc = client.protocol.checks_downloads && meta.object_type() != Some("Symlink");
        Ok(Self {
            template,
            etag,
            last_modified: meta.last_modified(),
            size: meta.content_length().ok_or_else(missing)?,
            crc: meta.crc64().filter(|_| has_own_crc),
            reopenings: REOPENINGS,
            client,
        })
    }

    /// The bytes from `first` to before `end`.
    ///
    /// # Errors
    /// As reading the object; the object has changed; the answer is not about these bytes.
    pub(super) async fn range(&self, first: u64, end: u64) -> Result<ByteStream> {
        let range = if end == self.size { ByteRange::From(first) } else { ByteRange::Between(first, end - 1) };
        let mut input = self.template.clone();
        input.set_header(RANGE, &range.to_string())?;
        // Without it OSS answers a wrong range with the whole object.
        input.set_header(HeaderName::from_static("x-oss-range-behavior"), "standard")?;
        let action = Action::<Object>::new(self.client.clone(), Ok(input));
        let object = action.await.map_err(|error| self.explain(error))?;
        self.check(&object, first, end)?;
        Ok(object.into_inner().into_stream())
    }

    fn explain(&self, error: Error) -> Error {
        if error.is_precondition_failed() || (is_no_such_key(&error) && self.etag.is_some()) {
            return changed(&error);
        }
        error
    }

    fn check(&self, object: &Response<Object>, first: u64, end: u64) -> Result<()> {
        let differs = |now: Option<&str>| self.etag.as_deref().zip(now).is_some_and(|(then, now)| then != now);
        let moved = self.last_modified.zip(object.last_modified()).is_some_and(|(then, now)| then != now);
        let whole = ContentExtent { first: 0, end: self.size, total: self.size };
        let extent = match (object.status(), object.content_range()) {
            (StatusCode::PARTIAL_CONTENT, Some(range)) => ContentExtent {
                first: range.first,
                end: range.last.saturating_add(1),
                total: range.total.unwrap_or(self.size),
            },
            (StatusCode::OK, None) => ContentExtent { end: object.content_length().unwrap_or(self.size), ..whole },
            _ => return Err(Error::decode("the answer does not say which bytes it has")),
        };
        if differs(object.etag()) || moved || extent.total != self.size {
            return Err(changed("its ETag, its time or its length differ"));
        }
        if extent.first != first || extent.end != end {
            let message = format!("asked for the bytes {first} to before {end}, got {extent:?}");
            return Err(Error::decode(message));
        }
        Ok(())
    }
}

/// Which bytes an answer has.
#[derive(Debug)]
struct ContentExtent {
    first: u64,
    end: u64,
    total: u64,
}

/// The object is another one than when it was opened. It is the `source` of the error that reports it.
#[derive(Debug)]
pub(crate) struct SourceChanged;

impl fmt::Display for SourceChanged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the object was changed while it was read")
    }
}

impl std::error::Error for SourceChanged {}

fn changed(how: impl fmt::Display) -> Error {
    Error::decode(format!("{SourceChanged}: {how}"))
        .with_source(SourceChanged)
        .with_hint("open it again and read it anew")
}
