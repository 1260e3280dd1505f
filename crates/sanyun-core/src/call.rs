//! One call, not yet made: options are set on it, awaiting makes it.

use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderName;

use crate::clock::BoxFuture;
use crate::credentials::{Credential, CredentialSource};
use crate::endpoint::Endpoint;
use crate::error::{Error, Result};
use crate::options::CallOptions;
use crate::pipeline::{Output, Pipeline, common_headers};
use crate::protocol::{Attempt, Plan, Planned, Protocol, Signature};
use crate::reply::Response;
use crate::request::{Request, header_value};
use crate::retry::Retry;

type Decode<T> = Box<dyn FnOnce(&mut Output) -> Result<T> + Send>;

/// A call that awaits being awaited. The options are the same on every cloud; a wrong one is reported when the call is
/// made, so that a chain of them reads without question marks.
///
/// ```no_run
/// # async fn example(call: sanyun_core::Call<String>) -> sanyun_core::Result<()> {
/// use std::time::Duration;
/// let reply = call.header("X-Trace", "42").timeout(Duration::from_secs(5)).await?;
/// println!("{} after {} attempt(s)", *reply, reply.attempts());
/// # Ok(())
/// # }
/// ```
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<T> {
    pipeline: Arc<Pipeline>,
    plan: Result<Box<dyn Plan>>,
    options: CallOptions,
    decode: Decode<T>,
}

/// A request as it would be sent, with what was signed: a dry run. It holds secrets.
#[derive(Debug)]
pub struct Preview {
    /// The signed request.
    pub request: Request,
    /// What was signed.
    pub signature: Signature,
}

/// A call that is ready to be shaped and signed, as often as needed, each time for the current moment.
pub struct Prepared {
    pipeline: Arc<Pipeline>,
    plan: Box<dyn Plan>,
    options: CallOptions,
    endpoint: Endpoint,
    credential: Arc<Credential>,
}

impl Prepared {
    /// The unsigned request.
    ///
    /// # Errors
    /// A parameter that is missing or cannot be sent.
    pub fn shape(&self) -> Result<Request> {
        self.named(self.plan.shape(&self.attempt()))
    }

    /// Signs a request that [`shape`](Self::shape) made.
    ///
    /// # Errors
    /// The credential does not fit, or a header cannot be signed.
    pub fn sign(&self, mut request: Request) -> Result<Preview> {
        let signature = self.named(self.plan.sign(&mut request, &self.attempt()))?;
        common_headers(&mut request, self.plan.info().accepts_gzip);
        Ok(Preview { request, signature })
    }

    fn attempt(&self) -> Attempt<'_> {
        self.pipeline.attempt(&self.endpoint, &self.credential, &self.options, 1, Duration::ZERO)
    }

    fn named<T>(&self, result: Result<T>) -> Result<T> {
        let info = self.plan.info();
        result.map_err(|error| error.during(format!("{} {}", info.service, info.operation), 0))
    }
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Prepared({:?}, {})", self.plan.info(), self.endpoint)
    }
}

impl<T> Call<T> {
    /// A call of `input` through `pipeline`; `decode` makes the value of the reply: it may take body and stream, and
    /// leaves the headers for the response. For the cloud crates: an error made while the input was put together is kept
    /// and returned when the call is made.
    pub fn new<P: Protocol>(
        pipeline: &Arc<Pipeline>,
        protocol: &Arc<P>,
        input: Result<P::Input>,
        decode: impl FnOnce(&mut Output) -> Result<T> + Send + 'static,
    ) -> Self {
        let plan = input.map(|input| Box::new(Planned { protocol: Arc::clone(protocol), input }) as Box<dyn Plan>);
        Self { pipeline: Arc::clone(pipeline), plan, options: CallOptions::default(), decode: Box::new(decode) }
    }

    /// Sends a header with this call, replacing a generated one of the same name where the cloud allows it.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let parsed = HeaderName::try_from(name)
            .map_err(|_| Error::input(format!("`{name}` is not a header name")))
            .and_then(|name| header_value(&name, value).map(|value| (name, value)));
        match parsed {
            Ok(header) => self.options.headers.push(header),
            Err(error) => self.fail(error),
        }
        self
    }

    /// Makes this call in another region.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.options.region = Some(region.into());
        self
    }

    /// Sends this call to another endpoint, such as `http://127.0.0.1:8080`.
    pub fn endpoint(mut self, endpoint: &str) -> Self {
        match Endpoint::parse(endpoint, crate::Scheme::Https) {
            Ok(endpoint) => self.options.endpoint = Some(endpoint),
            Err(error) => self.fail(error),
        }
        self
    }

    /// The longest this call may take, retries and waits included.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.options.timeout = Some(limit);
        self
    }

    /// The longest one attempt of this call may take.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.options.attempt_timeout = Some(limit);
        self
    }

    /// The retry policy of this call.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.options.retry = Some(retry);
        self
    }

    /// Says whether sending this call twice does no more than sending it once, where the SDK cannot know.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.options.idempotent = Some(idempotent);
        self
    }

    /// Makes this call with other credentials. They are loaded for this call alone, not cached.
    pub fn credentials(mut self, source: impl CredentialSource) -> Self {
        self.options.credentials = Some(Arc::new(source));
        self
    }

    /// The same call with another value made of its result.
    pub fn map<U>(self, change: impl FnOnce(T) -> Result<U> + Send + 'static) -> Call<U>
    where
        T: 'static,
    {
        let decode = self.decode;
        Call {
            pipeline: self.pipeline,
            plan: self.plan,
            options: self.options,
            decode: Box::new(move |output| change(decode(output)?)),
        }
    }

    /// Shapes and signs the request without sending it: what a dry run shows.
    ///
    /// # Errors
    /// What making the call would return before anything is sent.
    pub async fn preview(self) -> Result<Preview> {
        let prepared = self.prepare().await?;
        prepared.sign(prepared.shape()?)
    }

    /// Fetches the credential and chooses the endpoint, so that the request can be shaped and signed as often as needed:
    /// for programs that send it through an HTTP library of their own.
    ///
    /// # Errors
    /// What making the call would return before it is shaped.
    pub async fn prepare(self) -> Result<Prepared> {
        let plan = self.plan?;
        let (endpoint, credential) = self.pipeline.first_attempt(&*plan, &self.options).await?;
        Ok(Prepared { pipeline: self.pipeline, plan, options: self.options, endpoint, credential })
    }

    /// Makes the call on a thread without an async runtime. Feature `blocking`.
    ///
    /// # Errors
    /// As awaiting; [`ErrorKind::Config`](crate::ErrorKind::Config) if no runtime can be started.
    #[cfg(feature = "blocking")]
    pub fn block(self) -> Result<Response<T>>
    where
        T: Send + 'static,
    {
        crate::blocking::block_on(self.into_future())
    }

    fn fail(&mut self, error: Error) {
        if self.plan.is_ok() {
            self.plan = Err(error);
        }
    }
}

impl<T: Send + 'static> IntoFuture for Call<T> {
    type Output = Result<Response<T>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let plan = self.plan?;
            let (mut output, mut facts) = self.pipeline.run(&*plan, &self.options).await?;
            let operation = plan.info();
            let value = (self.decode)(&mut output).map_err(|error| {
                error.during(format!("{} {}", operation.service, operation.operation), facts.attempts)
            })?;
            facts.headers = output.reply.headers;
            Ok(Response::new(value, facts))
        })
    }
}

impl<T> std::fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.plan {
            Ok(plan) => write!(f, "Call({:?})", plan.info()),
            Err(error) => write!(f, "Call({error})"),
        }
    }
}
