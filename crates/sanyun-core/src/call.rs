//! One call, not yet made: options are set on it, awaiting makes it.

mod until;

use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::HeaderName;

use crate::body::Body;
use crate::clock::BoxFuture;
use crate::credentials::{Credential, CredentialSource};
use crate::endpoint::Endpoint;
use crate::error::{Error, Result};
use crate::options::CallOptions;
use crate::paging::{Items, Listing, Named, Pages};
use crate::pipeline::{Output, Pipeline, common_headers};
use crate::protocol::{Attempt, Plan, Planned, Protocol, Signature};
use crate::reply::{Facts, Response};
use crate::request::{Request, header_value};
use crate::retry::Retry;
use crate::transport::Http;

pub use until::{Until, Wait, every};

type Decode<T> = Arc<dyn Fn(&mut Output) -> Result<T> + Send + Sync>;
type Make<O> = Arc<dyn Fn(&mut O) -> Result<Arc<dyn Plan>> + Send + Sync>;

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
///
/// `O` is the operation, where the call was made of one: then its pages can be gone through.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<T, O = ()> {
    sending: Box<Sending>,
    decode: Decode<T>,
    operation: O,
    /// Plans the operation anew after it was changed.
    make: Option<Make<O>>,
}

/// What does not depend on the types of a call, apart: moving it is cheap, and code about it is compiled once.
struct Sending {
    pipeline: Arc<Pipeline>,
    plan: Result<Arc<dyn Plan>>,
    options: CallOptions,
    /// An option that cannot be.
    wrong: Option<Error>,
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
    plan: Arc<dyn Plan>,
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
        result.map_err(|error| named(error, &*self.plan, 0))
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
        decode: impl Fn(&mut Output) -> Result<T> + Send + Sync + 'static,
    ) -> Self {
        let sending = Sending::new(pipeline, planned(protocol, input));
        Self { sending, decode: Arc::new(decode), operation: (), make: None }
    }
}

impl<T, O: 'static> Call<T, O> {
    /// A call of an operation, which `input` puts into the cloud's form; again for each page. For the cloud crates.
    pub fn of<P: Protocol>(
        pipeline: &Arc<Pipeline>,
        protocol: &Arc<P>,
        mut operation: O,
        input: impl Fn(&mut O) -> Result<P::Input> + Send + Sync + 'static,
        decode: impl Fn(&mut Output) -> Result<T> + Send + Sync + 'static,
    ) -> Self {
        let protocol = Arc::clone(protocol);
        let make: Make<O> = Arc::new(move |operation| planned(&protocol, input(operation)));
        let sending = Sending::new(pipeline, make(&mut operation));
        Self { sending, decode: Arc::new(decode), operation, make: Some(make) }
    }

    /// Sends a header with this call, replacing a generated one of the same name where the cloud allows it.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.sending.header(name, value);
        self
    }

    /// Sends a query parameter with this call, replacing one of the same name.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.sending.options.query.push((name.into(), value.into()));
        self
    }

    /// Makes this call with connection options of its own instead of the client's: proxy, TLS, time-outs, pool. Calls of
    /// one client with equal options share their connections, and share none with other calls.
    ///
    /// ```no_run
    /// # async fn example(call: sanyun_core::Call<String>) -> sanyun_core::Result<()> {
    /// use sanyun_core::Http;
    /// use std::time::Duration;
    ///
    /// let reply = call.http(Http::default().read_timeout(Duration::from_secs(300)).no_proxy("*")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn http(mut self, http: Http) -> Self {
        self.sending.options.http = Some(http);
        self
    }

    /// Makes this call in another region.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.sending.options.region = Some(region.into());
        self
    }

    /// Sends this call to another endpoint, such as `http://127.0.0.1:8080`.
    pub fn endpoint(mut self, endpoint: &str) -> Self {
        self.sending.endpoint(endpoint);
        self
    }

    /// The longest this call may take, retries and waits included.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.sending.options.timeout = Some(limit);
        self
    }

    /// The longest one attempt of this call may take.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.sending.options.attempt_timeout = Some(limit);
        self
    }

    /// The retry policy of this call.
    ///
    /// ```no_run
    /// # async fn example(call: sanyun_core::Call<String>) -> sanyun_core::Result<()> {
    /// use sanyun_core::{Backoff, Retry};
    ///
    /// // Up to ten retries of "service unavailable", whatever the operation.
    /// let unavailable = |error: &sanyun_core::Error| error.service().is_some_and(|it| it.status() == 503);
    /// let reply = call.retry(Retry::standard().attempts(11).backoff(Backoff::EQUAL_JITTER).when(unavailable)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn retry(mut self, retry: Retry) -> Self {
        self.sending.options.retry = Some(retry);
        self
    }

    /// Says whether sending this call twice does no more than sending it once, where the SDK cannot know.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.sending.options.idempotent = Some(idempotent);
        self
    }

    /// Makes this call with other credentials. They are loaded for this call alone, not cached.
    pub fn credentials(mut self, source: impl CredentialSource) -> Self {
        self.sending.options.credentials = Some(Arc::new(source));
        self
    }

    /// The same call with another value made of its result.
    pub fn map<U>(self, change: impl Fn(T) -> Result<U> + Send + Sync + 'static) -> Call<U>
    where
        T: 'static,
    {
        let decode = self.decode;
        let decode = Arc::new(move |output: &mut Output| change(decode(output)?));
        Call { sending: self.sending, decode, operation: (), make: None }
    }

    /// Makes the call again and again until `done` says so of its value; gives that answer.
    ///
    /// ```no_run
    /// # async fn example(call: sanyun_core::Call<serde_json::Value>) -> sanyun_core::Result<()> {
    /// use sanyun_core::every;
    /// use std::time::Duration;
    ///
    /// let wait = every(Duration::from_secs(3)).up_to(Duration::from_secs(300));
    /// let reply = call.until(wait, |reply| reply["Instances"][0]["State"] == "RUNNING").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn until(self, wait: Wait, done: impl Fn(&T) -> bool + Send + Sync + 'static) -> Until<T> {
        Until::new(self.into_call(), wait, Box::new(done))
    }

    /// Forgets the operation.
    fn into_call(self) -> Call<T> {
        Call { sending: self.sending, decode: self.decode, operation: (), make: None }
    }

    /// Shapes and signs the request without sending it: what a dry run shows. Credentials, and ids that the request must
    /// name, are fetched as for the call itself.
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
        let Sending { pipeline, plan, options, wrong } = *self.sending;
        let plan = wrong.map_or(plan, Err)?;
        let (endpoint, credential) = pipeline.first_attempt(&*plan, &options).await?;
        Ok(Prepared { pipeline, plan, options, endpoint, credential })
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
}

impl<T> Call<T, Named> {
    /// Gives a file in place of a parameter's value: it is brought to where the operation can fetch it before the call is
    /// made, once however often the call is attempted, and the parameter names that place. `parameter` may lead into lists,
    /// which count from 1: `Tasks.1.ImageURL`. Only where the cloud takes files so (Alibaba Cloud); others want them among
    /// their parameters, and making the call is an error.
    ///
    /// A [preview](Self::preview) uploads the file, too: without its place there is no request.
    pub fn file(mut self, parameter: &str, body: impl Into<Body>) -> Self {
        match &self.make {
            Some(make) if self.operation.add_file(parameter, body.into()) => {
                self.sending.plan = make(&mut self.operation);
            }
            _ => self.sending.fail(Error::input("this cloud takes files among the parameters of a call")),
        }
        self
    }
}

/// The plan of an input, which the protocol follows.
#[inline(never)]
fn planned<P: Protocol>(protocol: &Arc<P>, input: Result<P::Input>) -> Result<Arc<dyn Plan>> {
    Ok(Arc::new(Planned { protocol: Arc::clone(protocol), input: input? }))
}

impl Sending {
    fn new(pipeline: &Arc<Pipeline>, plan: Result<Arc<dyn Plan>>) -> Box<Self> {
        Box::new(Self { pipeline: Arc::clone(pipeline), plan, options: CallOptions::default(), wrong: None })
    }

    /// The same call once more, of another plan.
    fn again(&self, plan: Arc<dyn Plan>) -> Box<Self> {
        let (pipeline, options) = (Arc::clone(&self.pipeline), self.options.clone());
        Box::new(Self { pipeline, plan: Ok(plan), options, wrong: None })
    }

    fn header(&mut self, name: &str, value: &str) {
        let parsed = HeaderName::try_from(name)
            .map_err(|_| Error::input(format!("`{name}` is not a header name")))
            .and_then(|name| header_value(&name, value).map(|value| (name, value)));
        match parsed {
            Ok(header) => self.options.headers.push(header),
            Err(error) => self.fail(error),
        }
    }

    fn endpoint(&mut self, endpoint: &str) {
        match Endpoint::parse(endpoint, crate::Scheme::Https) {
            Ok(endpoint) => self.options.endpoint = Some(endpoint),
            Err(error) => self.fail(error),
        }
    }

    fn fail(&mut self, error: Error) {
        self.wrong.get_or_insert(error);
    }

    /// Sends the request, again where that helps, up to the reply to decode.
    fn send(self: Box<Self>) -> BoxFuture<'static, Result<Box<Sent>>> {
        Box::pin(async move {
            let plan = self.wrong.map_or(self.plan, Err)?;
            let (output, facts) = self.pipeline.run(&*plan, &self.options).await?;
            Ok(Box::new(Sent { plan, output, facts }))
        })
    }
}

/// A reply that is not decoded yet.
struct Sent {
    plan: Arc<dyn Plan>,
    output: Output,
    facts: Box<Facts>,
}

impl Sent {
    /// What is known of the exchange once the value is made.
    #[inline(never)]
    fn into_facts(self) -> Box<Facts> {
        let Self { output, mut facts, .. } = self;
        facts.headers = output.reply.headers;
        facts
    }

    fn named(&self, error: Error) -> Error {
        named(error, &*self.plan, self.facts.attempts)
    }
}

impl<T: Send + 'static, O: Listing<Page = T>> Call<T, O> {
    /// The pages of the listing, from the one that the operation asks for to the last.
    ///
    /// ```no_run
    /// # async fn example<O: sanyun_core::paging::Listing>(call: sanyun_core::Call<O::Page, O>) -> sanyun_core::Result<()> {
    /// let mut pages = call.pages();
    /// while let Some(page) = pages.next().await {
    ///     println!("{}", page?.request_id());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(self) -> Pages<O> {
        Pages::new(Source { call: self })
    }

    /// The items of all pages, one after the other.
    pub fn items(self) -> Items<O> {
        Items::new(self.pages())
    }
}

/// A call that is made once a page.
pub(crate) struct Source<T, O> {
    call: Call<T, O>,
}

impl<T: Send + 'static, O: 'static> Source<T, O> {
    pub(crate) fn operation(&self) -> &O {
        &self.call.operation
    }

    pub(crate) fn operation_mut(&mut self) -> &mut O {
        &mut self.call.operation
    }

    /// The call of the operation as it is now.
    pub(crate) fn call(&mut self) -> Result<BoxFuture<'static, Result<Response<T>>>> {
        let Call { sending, make, operation, decode } = &mut self.call;
        if let Some(wrong) = sending.wrong.take() {
            return Err(wrong);
        }
        let made = make.as_ref().map(|make| make(operation));
        let plan =
            made.unwrap_or_else(|| std::mem::replace(&mut sending.plan, Err(Error::input("no page is left"))))?;
        Ok(run(sending.again(plan), Arc::clone(decode)))
    }
}

impl<T: Send + 'static, O: 'static> IntoFuture for Call<T, O> {
    type Output = Result<Response<T>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        run(self.sending, self.decode)
    }
}

/// Makes a call once.
fn run<T: Send + 'static>(sending: Box<Sending>, decode: Decode<T>) -> BoxFuture<'static, Result<Response<T>>> {
    Box::pin(Run { sent: sending.send(), decode })
}

/// A call on its way. Written by hand because it is compiled for every type of answer, for which an `async` block takes
/// several times as much.
struct Run<T> {
    sent: BoxFuture<'static, Result<Box<Sent>>>,
    decode: Decode<T>,
}

impl<T> Future for Run<T> {
    type Output = Result<Response<T>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { sent, decode } = self.get_mut();
        let mut sent = ready!(sent.as_mut().poll(context))?;
        Poll::Ready(match decode(&mut sent.output) {
            Ok(value) => Ok(Response::new(value, sent.into_facts())),
            Err(error) => Err(sent.named(error)),
        })
    }
}

fn named(error: Error, plan: &dyn Plan, attempts: u32) -> Error {
    let info = plan.info();
    error.during(format!("{} {}", info.service, info.operation), attempts)
}

impl<T, O> std::fmt::Debug for Call<T, O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.sending.plan, &self.sending.wrong) {
            (Ok(plan), None) => write!(f, "Call({:?})", plan.info()),
            (_, Some(error)) | (Err(error), None) => write!(f, "Call({error})"),
        }
    }
}
