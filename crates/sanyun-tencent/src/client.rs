//! The client: build it once, call anything with it.

mod streaming;

use std::sync::Arc;

use http::{HeaderValue, Method};
use sanyun_core::codec::Record;
use sanyun_core::paging::Named;
use sanyun_core::{Api, Call, Decoded, Error, Operation, Output, Pipeline, Scheme, Settings};
use serde_json::Value;

use crate::breaker::RegionBreaker;
use crate::endpoint::Hosts;
use crate::protocol::Tencent;
use crate::shape::{self, Input, Language, Name, Strictness};
use crate::sign::{SignatureMethod, Signers};
use crate::typed::Cloud;
use crate::{credentials, error};

/// The variable that names the region where the builder does not.
const REGION_VARIABLE: &str = "TENCENTCLOUD_REGION";

/// A client of Tencent Cloud for all its services. Cheap to clone; clones share connections and credentials.
#[derive(Clone)]
pub struct Client {
    pipeline: Arc<Pipeline>,
    protocol: Arc<Tencent>,
    retries: bool,
}

impl Client {
    /// A builder with the defaults.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Calls an action by name. The catalog knows the newest `version` if it is empty, checks the parameters, and
    /// converts texts that are plain numbers where numbers are wanted. The value is the content of `Response`.
    ///
    /// An action with a parameter `ClientToken` gets a random one, so that a retry cannot do it twice, unless it has one
    /// or the client makes no retries.
    ///
    /// # Errors
    /// Awaiting gives [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) for a name that is not in the catalog, with the
    /// nearest ones, and for parameters that do not fit, all at once; nothing is sent then.
    pub fn invoke(&self, service: &str, version: &str, action: &str, params: impl Into<Value>) -> Call<Value, Named> {
        self.named(service, version, action, params.into(), Strictness::Refuse)
    }

    /// Like [`invoke`](Self::invoke), but sends parameters that do not fit, and with a version also actions that the
    /// catalog does not know.
    pub fn invoke_unchecked(
        &self,
        service: &str,
        version: &str,
        action: &str,
        params: impl Into<Value>,
    ) -> Call<Value, Named> {
        self.named(service, version, action, params.into(), Strictness::SendAnyway)
    }

    /// Sends a raw call, which needs no catalog. The value is the content of `Response`.
    pub fn send(&self, input: Input) -> Call<Value> {
        Call::new(&self.pipeline, &self.protocol, self.completed(Ok(input)), |output| error::content(&output.reply))
    }

    /// Calls a typed operation; see [`typed`](crate::typed).
    ///
    /// An action with a field `client_token` gets a random one, as [`invoke`](Self::invoke) gives it.
    pub fn call<O: Operation<Cloud = Cloud>>(&self, operation: O) -> Call<O::Output, O> {
        let client = self.clone();
        let input = move |operation: &mut O| Ok(client.typed(&O::API, operation));
        let decode = |output: &mut Output| O::Output::decode(&O::API, output, error::read_typed);
        Call::of(&self.pipeline, &self.protocol, operation, input, decode)
    }

    fn typed(&self, api: &Api, operation: &mut dyn Record) -> Input {
        let token = || self.retries.then(|| self.pipeline.context().chance.uuid());
        self.with_trace_id(Input::typed(api, operation, token))
    }

    fn named(
        &self,
        service: &str,
        version: &str,
        action: &str,
        params: Value,
        strictness: Strictness,
    ) -> Call<Value, Named> {
        let name = Arc::new(Name { service: service.into(), version: version.into(), action: action.into() });
        let rule = Arc::clone(&name);
        let client = self.clone();
        let named = Named::new(params, move || rule.paging_rule());
        let input = move |named: &mut Named| client.completed(name.input(named.parameters().clone(), strictness));
        Call::of(&self.pipeline, &self.protocol, named, input, |output| error::content(&output.reply))
    }

    fn completed(&self, input: Result<Input, Error>) -> Result<Input, Error> {
        let input = input.map(|input| self.with_client_token(input)).and_then(Input::checked);
        input.map(|input| self.with_trace_id(input))
    }

    fn with_client_token(&self, mut input: Input) -> Input {
        if self.retries && input.lacks_client_token() {
            input.set_client_token(self.pipeline.context().chance.uuid());
        }
        input
    }

    /// One id for all attempts, by which Tencent Cloud's support finds them. Octet streams go without.
    fn with_trace_id(&self, mut input: Input) -> Input {
        if input.is_octet_stream() {
            return input;
        }
        input.trace_id = HeaderValue::try_from(self.pipeline.context().chance.uuid()).ok();
        input
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("region", &self.protocol.region)
            .field("hosts", &self.protocol.hosts)
            .finish_non_exhaustive()
    }
}

/// Settings of a [`Client`].
#[derive(Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct Builder {
    settings: Settings,
    region: Option<String>,
    endpoint: Option<String>,
    root_domain: Option<String>,
    gateway: Option<String>,
    region_breaker: Option<RegionBreaker>,
    scheme: Scheme,
    language: Option<Language>,
    method: Method,
    signature_method: SignatureMethod,
    unsigned_payload: bool,
    request_client: String,
    product: String,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            region: None,
            endpoint: None,
            root_domain: None,
            gateway: None,
            region_breaker: None,
            scheme: Scheme::Https,
            language: Some(Language::default()),
            method: Method::POST,
            signature_method: SignatureMethod::Tc3,
            unsigned_payload: false,
            request_client: String::new(),
            product: shape::PRODUCT.to_owned(),
        }
    }
}

impl Builder {
    sanyun_core::client_settings!();

    /// The region, such as `ap-guangzhou`; `TENCENTCLOUD_REGION` if unset. An empty text means that none is sent, which
    /// only services without regions accept.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// The endpoint of all calls, such as `cvm.ap-shanghai.tencentcloudapi.com` or `http://127.0.0.1:8080`. An empty
    /// text counts as not set.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// The domain of the services' names; [`ROOT_DOMAIN`](crate::endpoint::ROOT_DOMAIN) if unset or empty.
    pub fn root_domain(mut self, domain: impl Into<String>) -> Self {
        self.root_domain = Some(domain.into());
        self
    }

    /// An API gateway in front of Tencent Cloud's API: calls connect to it, while the signature names the API's own
    /// host.
    pub fn gateway(mut self, endpoint: impl Into<String>) -> Self {
        self.gateway = Some(endpoint.into());
        self
    }

    /// Sends calls to a backup region while the host of their service fails; never if unset. Each service has a breaker
    /// of its own, an action with a host of its own too; the clones of the client share them.
    ///
    /// What counts as a failure: a network error or a time-out, an answer that is none of Tencent Cloud's (HTTP 5xx
    /// pages among them), and the code `InternalError`. While the breaker is closed, a call that is safe to repeat and
    /// fails so is repeated at the backup as its retry policy allows; one that could not be sent goes there at once. `region`
    /// stays what it is: the backup is another entrance, not another place. It takes over from an
    /// [`endpoint`](Self::endpoint) and a [`gateway`](Self::gateway) too, and not from the endpoint of a single call.
    ///
    /// A call that is dropped before it has ended says nothing about its host: limit calls with
    /// [`attempt_timeout`](Self::attempt_timeout) or [`timeout`](Self::timeout) instead of giving them up from outside.
    ///
    /// ```
    /// use sanyun_tencent::{Client, RegionBreaker};
    ///
    /// let client = Client::builder()
    ///     .region("ap-beijing")
    ///     .region_breaker(RegionBreaker::default()) // ap-guangzhou
    ///     .hook(sanyun_tencent::hook::on_breaker(|change| {
    ///         println!("{} is {}", change.primary, change.to.as_str()); // https://cvm.tencentcloudapi.com is open
    ///     }))
    ///     .build()?;
    /// # sanyun_tencent::Result::<()>::Ok(())
    /// ```
    pub fn region_breaker(mut self, breaker: RegionBreaker) -> Self {
        self.region_breaker = Some(breaker);
        self
    }

    /// The scheme of endpoints that are written without one; HTTPS if unset.
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// The language of error messages; Chinese if unset, the account's own with `None`.
    pub fn language(mut self, language: impl Into<Option<Language>>) -> Self {
        self.language = language.into();
        self
    }

    /// Sends parameters in the query with GET instead of as JSON with POST. At most 32 KB fit.
    pub fn use_get(mut self) -> Self {
        self.method = Method::GET;
        self
    }

    /// How requests are signed; TC3-HMAC-SHA256 if unset.
    pub fn signature_method(mut self, method: SignatureMethod) -> Self {
        self.signature_method = method;
        self
    }

    /// Leaves the body out of the signature: saves hashing large bodies, and trusts TLS alone to protect them.
    pub fn unsigned_payload(mut self, unsigned: bool) -> Self {
        self.unsigned_payload = unsigned;
        self
    }

    /// The application's own text in `X-TC-RequestClient`: letters, digits and `-_,;.`, at most 128 characters. A text
    /// with anything else is left out, a longer one is cut.
    pub fn request_client(mut self, text: impl Into<String>) -> Self {
        self.request_client = text.into();
        self
    }

    /// The product named in front of [`request_client`](Self::request_client), for tools built on this one.
    pub fn product(mut self, product: impl Into<String>) -> Self {
        self.product = product.into();
        self
    }

    /// Makes the client. Nothing is sent and no runtime is needed.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) for an endpoint, root domain, backup region, product, proxy
    /// or certificate that is none, and for a breaker that cannot work.
    pub fn build(mut self) -> Result<Client, Error> {
        let hosts =
            Hosts::new(self.scheme, self.root_domain.as_deref(), self.endpoint.as_deref(), self.gateway.as_deref())?;
        let breaker = self.region_breaker.map(RegionBreaker::checked).transpose()?;
        self.settings.breaker = breaker.as_ref().map(|breaker| breaker.policy);
        let hosts = hosts.with_backup(breaker.map(|breaker| breaker.backup_endpoint));
        let request_client = HeaderValue::try_from(shape::request_client(&self.product, &self.request_client))
            .map_err(|_| Error::config(format!("{:?} is no product", self.product)))?;
        let region = self.region.or_else(|| self.settings.env.get(REGION_VARIABLE));
        let protocol = Tencent {
            region,
            language: self.language,
            request_client,
            method: self.method,
            signature_method: self.signature_method,
            unsigned_payload: self.unsigned_payload,
            hosts,
            signers: Signers::default(),
            #[cfg(feature = "tracing")]
            deprecations: Default::default(),
        };
        let retries = self.settings.retry.max_attempts() > 1;
        self.settings.http = self.settings.http.direct(credentials::metadata_host(&*self.settings.env));
        let sources = credentials::default_chain_under(self.root_domain.as_deref());
        let pipeline = self.settings.into_pipeline(Arc::new(sources), credentials::REFRESH)?;
        Ok(Client { pipeline, protocol: Arc::new(protocol), retries })
    }
}

/// Shows where calls go, never credentials.
impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
