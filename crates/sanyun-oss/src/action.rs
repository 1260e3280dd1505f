//! A call of OSS that is being put together.

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::time::{Duration, SystemTime};

use http::HeaderName;
use sanyun_core::{Body, BoxFuture, Call, Error, Output, Preview, Response, Result};

use crate::client::Client;
use crate::input::{Expiry, Input};
use crate::operation::Operation;
use crate::presign::Presigned;
use crate::select;

/// A call that awaits being awaited, with setters for what its operation takes. Mistakes made on the way are reported
/// when the call is made.
///
/// ```no_run
/// # async fn example(photos: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
/// use std::time::Duration;
/// photos.put("a/b.jpg", "bytes").content_type("image/jpeg").meta("owner", "li").await?;
/// // Options that all calls of all clouds have: time-outs, retries, another region.
/// photos.get("a/b.jpg").call().timeout(Duration::from_secs(5)).await?;
/// // The same call as a URL.
/// let link = photos.get("a/b.jpg").presign(Duration::from_secs(600)).await?;
/// # Ok(()) }
/// ```
#[must_use = "a call does nothing until it is awaited"]
pub struct Action<T> {
    pub(crate) client: Client,
    pub(crate) input: Result<Input>,
    result: PhantomData<fn() -> T>,
}

/// What a reply is read as. Implemented by the results of this crate's calls.
pub trait FromReply: Sized + Send + 'static {
    /// Whether the reply's body is read as it arrives.
    #[doc(hidden)]
    const STREAMS: bool = false;

    /// Reads a reply.
    #[doc(hidden)]
    fn from_reply(output: Output, asked: &Asked) -> Result<Self>;
}

/// What was asked, as far as reading the reply needs it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Asked {
    pub(crate) operation: &'static Operation,
    pub(crate) callback: bool,
    pub(crate) verifies: bool,
    /// Whether OSS was asked for checksums of the frames of a query's answer.
    pub(crate) frame_crcs: bool,
}

impl<T> Action<T> {
    pub(crate) fn new(client: Client, input: Result<Input>) -> Self {
        Self { client, input, result: PhantomData }
    }

    /// Sets a header that has no setter of its own, such as `x-oss-traffic-limit`. The value goes out trimmed.
    pub fn header(self, name: &str, value: &str) -> Self {
        match HeaderName::try_from(name) {
            Ok(name) => self.change(|input| input.set_header(name, value)),
            Err(_) => self.fail(Error::input(format!("`{name}` is not a header name"))),
        }
    }

    /// Sets a query parameter that has no setter of its own, such as `response-content-type`. Unencoded.
    pub fn query(self, name: &str, value: impl Into<String>) -> Self {
        let name = name.to_owned();
        self.change(|input| {
            input.set_query(name.into(), value.into());
            Ok(())
        })
    }

    /// The body, for operations that send bytes.
    pub fn body(self, body: impl Into<Body>) -> Self {
        let body = body.into();
        self.change(|input| {
            input.body = body;
            Ok(())
        })
    }

    pub(crate) fn change(mut self, change: impl FnOnce(&mut Input) -> Result<()>) -> Self {
        match self.input.as_mut().map(change) {
            Ok(Err(error)) => self.fail(error),
            _ => self,
        }
    }

    pub(crate) fn fail(mut self, error: Error) -> Self {
        // The first mistake is the one to tell.
        if self.input.is_ok() {
            self.input = Err(error);
        }
        self
    }

    /// A header of a known name.
    pub(crate) fn set(self, name: &'static str, value: &str) -> Self {
        self.change(|input| input.set_header(HeaderName::from_static(name), value))
    }
}

impl<T: FromReply> Action<T> {
    /// The call itself, for the options that all clouds share: time-outs, retries, region, credentials, `block`.
    pub fn call(self) -> Call<T> {
        let input = self.input.and_then(Input::checked).map(|mut input| {
            input.streams |= T::STREAMS;
            input
        });
        let protocol = &self.client.protocol;
        let asked = input.as_ref().ok().map(|input| Asked {
            operation: input.operation,
            callback: input.has_callback(),
            verifies: protocol.checks_downloads && !input.has_query("x-oss-process"),
            frame_crcs: select::asks_for_crc(input),
        });
        Call::new(&self.client.pipeline, protocol, input, move |output| match &asked {
            Some(asked) => T::from_reply(output.take(), asked),
            // A call whose input is wrong never gets a reply.
            None => Err(Error::input("the call was never made")),
        })
    }

    /// Shapes and signs the request without sending it: what a dry run shows.
    ///
    /// # Errors
    /// What making the call would return before anything is sent.
    pub async fn preview(self) -> Result<Preview> {
        self.call().preview().await
    }

    /// A URL that makes this call without keys, for this long (whole seconds, at least one; with signature V4 at most
    /// 7 days). Nothing is sent; only the credentials may have to be fetched.
    ///
    /// # Errors
    /// The lifetime is out of its range, a parameter is wrong, or there are no credentials.
    pub async fn presign(self, lifetime: Duration) -> Result<Presigned> {
        self.presigned(Expiry::After(lifetime)).await
    }

    /// As [`presign`](Self::presign), until a moment.
    ///
    /// # Errors
    /// As [`presign`](Self::presign).
    pub async fn presign_until(self, end: SystemTime) -> Result<Presigned> {
        self.presigned(Expiry::At(end)).await
    }

    async fn presigned(self, expiry: Expiry) -> Result<Presigned> {
        let set = |input: &mut Input| {
            input.expiry = Some(expiry);
            Ok(())
        };
        let preview = self.change(set).preview().await?;
        Ok(Presigned::of(preview.request))
    }
}

impl<T: FromReply> IntoFuture for Action<T> {
    type Output = Result<Response<T>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.call().into_future()
    }
}

impl FromReply for () {
    fn from_reply(_: Output, _: &Asked) -> Result<Self> {
        Ok(())
    }
}

/// Whether what was asked for exists.
impl FromReply for bool {
    fn from_reply(output: Output, _: &Asked) -> Result<Self> {
        Ok(output.reply.status.as_u16() != 404)
    }
}

impl<T> fmt::Debug for Action<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.input {
            Ok(input) => write!(f, "Action({input:?})"),
            Err(error) => write!(f, "Action({error})"),
        }
    }
}
