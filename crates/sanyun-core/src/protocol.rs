//! What differs between clouds: one trait with one implementation a cloud.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::chance::Chance;
use crate::clock::BoxFuture;
use crate::credentials::Credential;
use crate::endpoint::Endpoint;
use crate::error::{Error, Result, ServiceClass, ServiceError};
use crate::options::CallOptions;
use crate::pipeline::Pipeline;
use crate::reply::Reply;
use crate::request::Request;

/// How one cloud turns a call into a signed request and reads its reply. Implementations do no I/O, have no clock and
/// no state that a call changes: the pipeline calls `shape` and `sign` anew for every attempt.
pub trait Protocol: Send + Sync + 'static {
    /// What a call to this cloud consists of: operation, parameters, body.
    type Input: Send + Sync + 'static;

    /// Facts about the call: its names, and whether it may be sent twice.
    fn info<'a>(&'a self, input: &'a Self::Input) -> CallInfo<'a>;

    /// The endpoints to try, best first; never empty. `options` may name a region or an endpoint of its own.
    ///
    /// # Errors
    /// No region and no endpoint, or an unknown region.
    fn endpoints(&self, input: &Self::Input, options: &CallOptions) -> Result<Arc<[Endpoint]>>;

    /// The endpoint that takes over while a breaker keeps this call from the others; `None` if it has no such endpoint.
    /// Asked only where the client has a breaker.
    fn backup(&self, input: &Self::Input, options: &CallOptions) -> Option<Endpoint> {
        let _ = (input, options);
        None
    }

    /// Does what the call needs before its first attempt, once for all of them, such as uploading a file that it then
    /// names; what comes of it is kept in `input`. `None` if nothing is to be done. `pipeline` makes the calls that it
    /// takes ([`Pipeline::ask`]); the time it takes counts towards the call's limit.
    fn before<'a>(
        self: &'a Arc<Self>,
        input: &'a Self::Input,
        options: &'a CallOptions,
        pipeline: &'a Pipeline,
    ) -> Option<BoxFuture<'a, Result<()>>> {
        let _ = (input, options, pipeline);
        None
    }

    /// Finds out what the call must know of its caller and the credential does not say, such as the id of a project: the
    /// same credential with more attributes. `None` if nothing is missing. Called before every attempt, so what was
    /// found is worth remembering; `pipeline` makes the calls that it takes ([`Pipeline::ask`]).
    fn complete<'a>(
        self: &'a Arc<Self>,
        input: &'a Self::Input,
        options: &'a CallOptions,
        credential: &'a Arc<Credential>,
        pipeline: &'a Pipeline,
    ) -> Option<BoxFuture<'a, Result<Arc<Credential>>>> {
        let _ = (input, options, credential, pipeline);
        None
    }

    /// Builds the unsigned request: method, path, query, headers (those of `attempt.options` included), body.
    ///
    /// # Errors
    /// A parameter that is missing or cannot be sent.
    fn shape(&self, input: &Self::Input, attempt: &Attempt<'_>) -> Result<Request>;

    /// Adds the signature. Pure: the same request, credential, time and chance give the same bytes. After an error the
    /// request may be half signed and is thrown away.
    ///
    /// # Errors
    /// The credential does not fit, or a header cannot be signed.
    fn sign(&self, input: &Self::Input, request: &mut Request, attempt: &Attempt<'_>) -> Result<Signature>;

    /// What a complete reply means.
    fn judge(&self, input: &Self::Input, reply: &Reply) -> Verdict;

    /// Whether the body of a reply with this head is given to the caller as a stream instead of being read first.
    /// Replies with a status of 300 and more are always read whole.
    fn streams(&self, input: &Self::Input, head: &Reply) -> bool {
        let _ = (input, head);
        false
    }

    /// Whether a refusal is a failure of the endpoint, which opens a breaker, and not an answer.
    fn is_outage(&self, error: &ServiceError) -> bool {
        let throttled = error.class() == ServiceClass::Throttled;
        error.class() == ServiceClass::Server || (error.status() >= 500 && !throttled)
    }

    /// The cloud's id of the request in a successful reply.
    fn request_id(&self, input: &Self::Input, reply: &Reply) -> Option<String>;

    /// One sentence of advice for an error of this cloud. `signature` is what was signed in the failed attempt.
    fn hint(&self, input: &Self::Input, error: &ServiceError, signature: &Signature) -> Option<String> {
        let _ = (input, error, signature);
        None
    }
}

/// What a reply means.
#[derive(Debug)]
pub enum Verdict {
    /// The call succeeded.
    Success,
    /// The cloud refused.
    Refused(Box<ServiceError>),
    /// The answer contradicts itself or the request, such as a checksum that differs; retried if the error says so.
    Broken(Error),
}

impl From<ServiceError> for Verdict {
    fn from(error: ServiceError) -> Self {
        Self::Refused(Box::new(error))
    }
}

/// Facts about a call that the pipeline, the hooks and the spans use.
#[derive(Clone, Copy, Debug)]
pub struct CallInfo<'a> {
    /// The cloud: `huawei`, `tencent`, `alibaba`, `oss`.
    pub cloud: &'static str,
    /// The service, such as `vpc`.
    pub service: &'a str,
    /// The operation, such as `ListVpcs`.
    pub operation: &'a str,
    /// Whether sending it twice does no more than sending it once.
    pub idempotent: bool,
    /// Whether a credential is needed at all.
    pub signed: bool,
    /// Which kind of credential is needed, see [`Context::kind`](crate::Context::kind); empty where a cloud has only one.
    pub credential_kind: &'static str,
    /// Whether the pipeline may ask for a compressed reply.
    pub accepts_gzip: bool,
    /// Headers of this cloud, in lower case, that may be shown in logs; all others but the common ones are masked.
    pub shown_headers: &'static [&'static str],
}

/// One attempt of a call: what `shape` and `sign` may depend on.
pub struct Attempt<'a> {
    /// Where it goes.
    pub endpoint: &'a Endpoint,
    /// Who calls; [`Credential::anonymous`] when no credential is needed.
    pub credential: &'a Credential,
    /// The time to sign with, corrected by the offset of the server's clock.
    pub now: SystemTime,
    /// Nonces and boundaries.
    pub chance: &'a dyn Chance,
    /// The `User-Agent` to send: product, platform, and the application's own text.
    pub user_agent: &'a str,
    /// Headers and other wishes of this call.
    pub options: &'a CallOptions,
    /// 1 for the first attempt.
    pub number: u32,
    /// The wait before this attempt; zero before the first.
    pub delay: Duration,
}

/// What was signed: for `--dry-run`, and for explaining a refused signature. It repeats headers that may hold a
/// session token, so `Debug` shows nothing of it.
#[derive(Clone, Default)]
pub struct Signature {
    /// The canonical request; empty for signatures that have none.
    pub canonical_request: String,
    /// The string to sign; empty for an unsigned call.
    pub string_to_sign: String,
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(***)")
    }
}

/// A protocol together with one call's input, with the types forgotten: what the pipeline runs, compiled once.
pub(crate) trait Plan: Send + Sync {
    fn info(&self) -> CallInfo<'_>;
    fn endpoints(&self, options: &CallOptions) -> Result<Arc<[Endpoint]>>;
    fn backup(&self, options: &CallOptions) -> Option<Endpoint>;
    fn before<'a>(&'a self, options: &'a CallOptions, pipeline: &'a Pipeline) -> Option<BoxFuture<'a, Result<()>>>;
    fn complete<'a>(
        &'a self,
        options: &'a CallOptions,
        credential: &'a Arc<Credential>,
        pipeline: &'a Pipeline,
    ) -> Option<BoxFuture<'a, Result<Arc<Credential>>>>;
    fn shape(&self, attempt: &Attempt<'_>) -> Result<Request>;
    fn sign(&self, request: &mut Request, attempt: &Attempt<'_>) -> Result<Signature>;
    fn judge(&self, reply: &Reply) -> Verdict;
    fn streams(&self, head: &Reply) -> bool;
    fn is_outage(&self, error: &ServiceError) -> bool;
    fn request_id(&self, reply: &Reply) -> Option<String>;
    fn hint(&self, error: &ServiceError, signature: &Signature) -> Option<String>;
}

/// A protocol and an input.
pub(crate) struct Planned<P: Protocol> {
    pub(crate) protocol: Arc<P>,
    pub(crate) input: P::Input,
}

impl<P: Protocol> Plan for Planned<P> {
    fn info(&self) -> CallInfo<'_> {
        self.protocol.info(&self.input)
    }

    fn endpoints(&self, options: &CallOptions) -> Result<Arc<[Endpoint]>> {
        self.protocol.endpoints(&self.input, options)
    }

    fn backup(&self, options: &CallOptions) -> Option<Endpoint> {
        self.protocol.backup(&self.input, options)
    }

    fn before<'a>(&'a self, options: &'a CallOptions, pipeline: &'a Pipeline) -> Option<BoxFuture<'a, Result<()>>> {
        self.protocol.before(&self.input, options, pipeline)
    }

    fn complete<'a>(
        &'a self,
        options: &'a CallOptions,
        credential: &'a Arc<Credential>,
        pipeline: &'a Pipeline,
    ) -> Option<BoxFuture<'a, Result<Arc<Credential>>>> {
        self.protocol.complete(&self.input, options, credential, pipeline)
    }

    fn shape(&self, attempt: &Attempt<'_>) -> Result<Request> {
        let mut request = self.protocol.shape(&self.input, attempt)?;
        attempt.options.apply_query(&mut request);
        Ok(request)
    }

    fn sign(&self, request: &mut Request, attempt: &Attempt<'_>) -> Result<Signature> {
        self.protocol.sign(&self.input, request, attempt)
    }

    fn judge(&self, reply: &Reply) -> Verdict {
        self.protocol.judge(&self.input, reply)
    }

    fn streams(&self, head: &Reply) -> bool {
        self.protocol.streams(&self.input, head)
    }

    fn is_outage(&self, error: &ServiceError) -> bool {
        self.protocol.is_outage(error)
    }

    fn request_id(&self, reply: &Reply) -> Option<String> {
        self.protocol.request_id(&self.input, reply)
    }

    fn hint(&self, error: &ServiceError, signature: &Signature) -> Option<String> {
        self.protocol.hint(&self.input, error, signature)
    }
}
