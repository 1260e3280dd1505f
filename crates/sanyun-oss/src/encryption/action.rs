//! Calls of an encrypted bucket.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::SystemTime;

use http::HeaderName;
use sanyun_core::{BoxFuture, Call, Chance, Error, Response, Result, StreamBody};

use super::content::{self, BLOCK_BYTES, DataKey};
use super::envelope::Envelope;
use super::keys::Keys;
use super::multipart::{self, EncryptedUpload, Sizes};
use crate::action::{Action, FromReply};
use crate::client::Client;
use crate::input::Input;
use crate::object::{Object, Stored};
use crate::operation::multipart::InitiateMultipartUploadResult;
use crate::range::{ByteRange, ContentRange};
use crate::storing::Storing;

type Options<T> = Arc<dyn Fn(Call<T>) -> Call<T> + Send + Sync>;

/// A call of an [`EncryptedBucket`](super::EncryptedBucket) that awaits being awaited, with the setters of the
/// [`Action`] that it is without encryption.
#[must_use = "a call does nothing until it is awaited"]
pub struct EncryptedAction<T> {
    pub(super) action: Action<T>,
    keys: Arc<Keys>,
    options: Option<Options<T>>,
    pub(super) sizes: Sizes,
}

macro_rules! setters {
    ($($name:ident($($argument:ident: $kind:ty),*))*) => {
        $(#[doc = concat!("As [`Action::", stringify!($name), "`].")]
        pub fn $name(self, $($argument: $kind),*) -> Self {
            self.with(|action| action.$name($($argument),*))
        })*
    };
}

impl Storing for InitiateMultipartUploadResult {}

impl<T: Storing> EncryptedAction<T> {
    setters! {
        content_type(media_type: &str)
        meta(name: &str, value: &str)
        storage_class(class: &str)
        acl(acl: &str)
        forbid_overwrite()
        cache_control(value: &str)
        content_disposition(value: &str)
        content_encoding(value: &str)
    }
}

impl EncryptedAction<Object> {
    setters! {
        range(bytes: impl std::ops::RangeBounds<u64>)
        last(bytes: u64)
        if_match(etag: &str)
        if_none_match(etag: &str)
        if_modified_since(moment: SystemTime)
        if_unmodified_since(moment: SystemTime)
        version(id: impl Into<String>)
    }
}

impl<T> EncryptedAction<T> {
    pub(super) fn new(action: Action<T>, keys: Arc<Keys>) -> Self {
        Self { action, keys, options: None, sizes: Sizes::default() }
    }

    /// Sets anything that an [`Action`] has a setter for: `with(|action| action.header("x-oss-tagging", "a=b"))`.
    pub fn with(mut self, set: impl FnOnce(Action<T>) -> Action<T>) -> Self {
        self.action = set(self.action);
        self
    }

    /// Sets a header that has no setter of its own. The value goes out trimmed.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.with(|action| action.header(name, value))
    }

    /// Sets a query parameter that has no setter of its own. Unencoded.
    pub fn query(self, name: &str, value: impl Into<String>) -> Self {
        self.with(|action| action.query(name, value))
    }

    /// Sets the options that all clouds share: `options(|call| call.timeout(Duration::from_secs(5)))`.
    pub fn options(mut self, set: impl Fn(Call<T>) -> Call<T> + Send + Sync + 'static) -> Self {
        self.options = Some(Arc::new(set));
        self
    }

    /// What was put together, or the mistake that was made on the way.
    fn parts(self) -> Result<(Input, Sending<T>, Sizes)> {
        let Self { action, keys, options, sizes } = self;
        Ok((action.input?, Sending { client: action.client, keys, options }, sizes))
    }
}

impl<T> fmt::Debug for EncryptedAction<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encrypted{:?}", self.action)
    }
}

/// What it takes to make a call of an input.
struct Sending<T> {
    client: Client,
    keys: Arc<Keys>,
    options: Option<Options<T>>,
}

impl<T: FromReply> Sending<T> {
    fn chance(&self) -> &dyn Chance {
        &*self.client.pipeline.context().chance
    }

    async fn send(&self, input: Input) -> Result<Response<T>> {
        let call = Action::new(self.client.clone(), Ok(input)).call();
        match &self.options {
            Some(set) => set(call).await,
            None => call.await,
        }
    }
}

fn refuse(what: &str) -> Error {
    Error::input(format!("an encrypted bucket cannot {what}")).with_hint("use the `bucket()` for what needs no content")
}

async fn put(action: EncryptedAction<Stored>) -> Result<Response<Stored>> {
    let (mut input, sending, _) = action.parts()?;
    if input.has_header("x-oss-copy-source") {
        return Err(refuse("copy an object: the copy would lose its key"));
    }
    let (key, envelope) = sending.keys.seal(sending.chance()).await?;
    envelope.set(&mut input)?;
    input.body = content::encrypted(input.body, key, 0).map_err(|error| Error::io("reading the body", error))?;
    sending.send(input).await
}

async fn get(action: EncryptedAction<Object>) -> Result<Response<Object>> {
    let (input, sending, _) = action.parts()?;
    if input.has_query("x-oss-process") {
        return Err(refuse("process an object: OSS cannot read it"));
    }
    let wanted = range(&input)?;
    let response = sending.send(aligned(&input, wanted)?).await?;
    let held = held(&response)?;
    if let (Some(ByteRange::Between(first, _) | ByteRange::From(first)), Some(held)) = (wanted, held)
        && held.last < first
    {
        // The object ends inside the first block, so that nothing that was asked for is there: OSS has words for that.
        return sending.send(input).await;
    }
    let key = match Envelope::of_headers(response.headers())? {
        Some(envelope) => Some(sending.keys.open(&envelope, sending.chance()).await?),
        None => None,
    };
    let first = held.map_or(0, |held| held.first);
    let skip = match (wanted, held) {
        (Some(ByteRange::Between(wanted, _) | ByteRange::From(wanted)), Some(_)) => wanted.saturating_sub(first),
        _ => 0,
    };
    response.try_map(|object| opened(object, key.as_deref(), first, skip))
}

/// The one range that is asked for.
fn range(input: &Input) -> Result<Option<ByteRange>> {
    let Some((_, header)) = input.headers.iter().find(|(name, _)| name == http::header::RANGE) else {
        return Ok(None);
    };
    let parsed = std::str::from_utf8(header.as_bytes()).ok().and_then(ByteRange::parse);
    parsed.map(Some).ok_or_else(|| Error::input("only one range of bytes can be decrypted"))
}

/// The call with its range from the beginning of a block. What lies at an object's end needs no such thing: the reply says
/// where it begins.
fn aligned(input: &Input, wanted: Option<ByteRange>) -> Result<Input> {
    let down = |first: u64| first - first % BLOCK_BYTES;
    let range = match wanted {
        Some(ByteRange::Between(first, last)) => Some(ByteRange::Between(down(first), last)),
        Some(ByteRange::From(first)) => Some(ByteRange::From(down(first))),
        other => other,
    };
    let mut input = input.clone();
    if let Some(range) = range.filter(|_| range != wanted) {
        input.set_header(http::header::RANGE, &range.to_string())?;
        input.set_header(HeaderName::from_static("x-oss-range-behavior"), "standard")?;
    }
    Ok(input)
}

/// Which bytes a partial reply holds; `None` for a whole object.
fn held(response: &Response<Object>) -> Result<Option<ContentRange>> {
    if response.status().as_u16() != 206 {
        return Ok(None);
    }
    let held = response.content_range();
    held.map(Some).ok_or_else(|| Error::decode("the reply does not say which bytes of the object it holds"))
}

/// An object whose body begins at byte `first`, decrypted and without its first `skip` bytes.
fn opened(object: Object, key: Option<&DataKey>, first: u64, skip: u64) -> Result<Object> {
    if key.is_none() && skip == 0 {
        return Ok(object);
    }
    let Object { mut meta, body } = object;
    let len = body.len().map(|len| len.saturating_sub(skip));
    let body = StreamBody::new(content::applied(body.into_stream(), key, first, skip), len);
    if skip > 0 {
        if let Some(ContentRange { first, last, total }) = meta.content_range() {
            let total = total.map_or_else(|| "*".to_owned(), |total| total.to_string());
            meta.replace(http::header::CONTENT_RANGE, &format!("bytes {}-{last}/{total}", first + skip))?;
        }
        if let Some(len) = len {
            meta.replace(http::header::CONTENT_LENGTH, &len.to_string())?;
        }
    }
    Ok(Object { meta, body })
}

async fn initiate(action: EncryptedAction<InitiateMultipartUploadResult>) -> Result<Response<EncryptedUpload>> {
    let (mut input, sending, sizes) = action.parts()?;
    sizes.check()?;
    let (key, envelope) = sending.keys.seal(sending.chance()).await?;
    multipart::describe(&mut input, &envelope, sizes)?;
    let (bucket, name) = (input.bucket.clone(), input.key.clone());
    let response = sending.send(input).await?;
    let client = sending.client;
    response.try_map(|begun| {
        let upload_id = begun.upload_id.ok_or_else(|| Error::decode("the reply has no upload id"))?;
        let (bucket, object) = (bucket.unwrap_or_default(), name.unwrap_or_default());
        Ok(EncryptedUpload { client, bucket, object, upload_id, key, envelope, sizes })
    })
}

macro_rules! awaited {
    ($($asked:ty => $given:ty, $make:ident;)*) => {$(
        impl IntoFuture for EncryptedAction<$asked> {
            type Output = Result<Response<$given>>;
            type IntoFuture = BoxFuture<'static, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin($make(self))
            }
        }
    )*};
}

awaited! {
    Stored => Stored, put;
    Object => Object, get;
    InitiateMultipartUploadResult => EncryptedUpload, initiate;
}
