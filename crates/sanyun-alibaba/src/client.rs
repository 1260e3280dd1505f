//! The client: build it once, call anything with it.

mod files;

mod locate;
mod streaming;

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use sanyun_core::paging::Named;
use sanyun_core::{
    Call, Credential, Decoded, Endpoint, Error, Operation, Output, Pipeline, Result, Scheme, Settings, StreamBody,
};
use serde_json::Value;

use crate::credentials;
use crate::endpoint::Route;
use crate::protocol::{Alibaba, KeyCache};
use crate::shape::{self, Globals, Input, Name};
use crate::sign::SignatureVersion;
use crate::typed::Cloud;
use crate::upload;

/// The variable that names the region where the builder does not.
const REGION_VARIABLE: &str = "ALIBABA_CLOUD_REGION_ID";
/// The variable with text for the `User-Agent` where the builder has none.
const USER_AGENT_VARIABLE: &str = "ALIBABA_CLOUD_USER_AGENT";

/// A client of Alibaba Cloud for all its products. Cheap to clone; clones share connections and credentials.
#[derive(Clone)]
pub struct Client {
    pipeline: Arc<Pipeline>,
    protocol: Arc<Alibaba>,
    located: Arc<locate::Located>,
}

impl Client {
    /// A builder with the defaults.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Calls an operation by name: the catalog says how it is addressed and where its parameters go, and checks them.
    /// `version` is a date such as `2014-05-26`; empty for the newest.
    ///
    /// The parameters are one object, with the names of the wire. Making the call fails without anything sent if a name
    /// is unknown or a value of the wrong type; all problems are named at once.
    ///
    /// ```no_run
    /// # async fn example(client: sanyun_alibaba::Client) -> sanyun_core::Result<()> {
    /// use serde_json::json;
    ///
    /// let reply = client.invoke("ecs", "2014-05-26", "DescribeInstances", json!({"RegionId": "cn-hangzhou"})).await?;
    /// println!("{} instances ({})", reply["TotalCount"], reply.request_id());
    /// # Ok(())
    /// # }
    /// ```
    pub fn invoke(&self, service: &str, version: &str, operation: &str, params: Value) -> Call<Value, Named> {
        self.named(service, version, operation, params, true)
    }

    /// As [`invoke`](Self::invoke), but sends although the check complains. Parameters that the catalog does not know go
    /// into the query.
    pub fn invoke_unchecked(&self, service: &str, version: &str, operation: &str, params: Value) -> Call<Value, Named> {
        self.named(service, version, operation, params, false)
    }

    /// Calls a typed operation; see [`typed`](crate::typed).
    pub fn call<O: Operation<Cloud = Cloud>>(&self, operation: O) -> Call<O::Output, O> {
        let input = |operation: &mut O| shape::typed(&O::API, operation, O::Output::STREAMS);
        let decode = |output: &mut Output| O::Output::decode(&O::API, output, shape::read);
        Call::of(&self.pipeline, &self.protocol, operation, input, decode)
    }

    /// Sends a call that needs no catalog. Its value is the reply's JSON; null for an empty reply, text for replies of
    /// type [`Text`](crate::ReplyType::Text), Base64 text for [`Bytes`](crate::ReplyType::Bytes).
    pub fn send(&self, input: Input) -> Call<Value> {
        let reply = input.reply;
        Call::new(&self.pipeline, &self.protocol, input.checked(), move |output| shape::decode(reply, output))
    }

    fn named(&self, service: &str, version: &str, operation: &str, params: Value, checked: bool) -> Call<Value, Named> {
        let name = Arc::new(Name { service: service.into(), version: version.into(), operation: operation.into() });
        let rule = Arc::clone(&name);
        let reply = Arc::clone(&name);
        let named = Named::new(params, move || rule.paging_rule()).taking_files();
        let input = move |named: &mut Named| name.call(named, checked);
        let decode = move |output: &mut Output| shape::decode(reply.reply_type(), output);
        Call::of(&self.pipeline, &self.protocol, named, input, decode)
    }

    /// Sends a call and gives the reply's bytes, whatever its type.
    pub fn send_bytes(&self, input: Input) -> Call<Bytes> {
        Call::new(&self.pipeline, &self.protocol, input.checked(), |output| Ok(std::mem::take(&mut output.reply.body)))
    }

    /// Sends a call and gives the reply's body as it arrives.
    pub fn send_stream(&self, input: Input) -> Call<StreamBody> {
        let input = input.checked().map(Input::streamed);
        Call::new(&self.pipeline, &self.protocol, input, |output| {
            output.stream.take().ok_or_else(|| Error::decode("the reply has no body to stream"))
        })
    }

    /// What the next call would sign with, for programs that sign by themselves. It is renewed before it expires, so ask
    /// each time.
    ///
    /// ```no_run
    /// # async fn example(client: sanyun_alibaba::Client) -> sanyun_alibaba::Result<()> {
    /// let credential = client.credential().await?;
    /// let keys = credential.signing_keys()?;
    /// println!("{} from {}", keys.id, credential.source());
    /// let secret = keys.secret.expose();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`](sanyun_core::ErrorKind::Credentials) if no source has one, with the reason of each.
    pub async fn credential(&self) -> Result<Arc<Credential>> {
        self.pipeline.credentials().get("").await
    }

    /// What all calls go through: credentials, clock, transport.
    pub fn pipeline(&self) -> &Arc<Pipeline> {
        &self.pipeline
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("protocol", &self.protocol).finish_non_exhaustive()
    }
}

/// Settings of a [`Client`].
#[derive(Clone, Default)]
#[must_use = "a builder does nothing until `build`"]
pub struct Builder {
    settings: Settings,
    region: Option<String>,
    endpoint: Option<String>,
    route: Route,
    signature: SignatureVersion,
    signs_all_headers: bool,
    headers: Vec<(String, String)>,
    query: Vec<(String, String)>,
    upload: upload::Given,
}

impl Builder {
    sanyun_core::client_settings!();

    /// The region, such as `cn-hangzhou`; `ALIBABA_CLOUD_REGION_ID` if unset. Without any, calls to products with one
    /// host a region take it from their parameter `RegionId`.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// The endpoint of all calls, such as `ecs-vpc.cn-beijing.aliyuncs.com` or `http://127.0.0.1:8080`; by default each
    /// product's own. An empty text counts as not set.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// The scheme of endpoints that are written without one; HTTPS if unset.
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.route.scheme = scheme;
        self
    }

    /// The network whose hosts are used: `vpc`, `internal`, …; the Internet if unset or `public`.
    pub fn network(mut self, network: impl Into<String>) -> Self {
        self.route.network = network.into();
        self
    }

    /// A part of the host between product and network, such as `share`.
    pub fn suffix(mut self, suffix: impl Into<String>) -> Self {
        self.route.suffix = suffix.into();
        self
    }

    /// The signature; `ACS3-HMAC-SHA256` if unset. Products that want another one get theirs.
    pub fn signature(mut self, version: SignatureVersion) -> Self {
        self.signature = version;
        self
    }

    /// Signs every header instead of those that the documentation names (`x-acs-*`, `host`, `content-type`), as the
    /// vendor's Python SDK does. Such a signature breaks behind a proxy that rewrites `user-agent` or `accept`.
    pub fn sign_all_headers(mut self, all: bool) -> Self {
        self.signs_all_headers = all;
        self
    }

    /// A header of every call, unless the call has one of that name.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// A query parameter of every call, unless the call has one of that name.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Builds the client. Nothing is sent and no runtime is needed.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) for an endpoint, header, proxy or certificate that is wrong.
    pub fn build(mut self) -> Result<Client> {
        let protocol = Arc::new(self.protocol()?);
        let agent = || self.settings.env.get(USER_AGENT_VARIABLE).filter(|text| !text.is_empty());
        self.settings.user_agent = self.settings.user_agent.take().or_else(agent);
        self.settings.http = self.settings.http.direct(credentials::metadata_host(&*self.settings.env));
        let pipeline = self.settings.into_pipeline(Arc::new(credentials::default_chain()), credentials::REFRESH)?;
        Ok(Client { pipeline, protocol, located: Arc::default() })
    }

    /// The wire rules of the client alone, without transport and credentials.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn protocol(&self) -> Result<Alibaba> {
        let given = self.endpoint.as_deref().filter(|endpoint| !endpoint.is_empty());
        let region = self.region.clone().or_else(|| self.settings.env.get(REGION_VARIABLE));
        Ok(Alibaba {
            region: region.unwrap_or_default(),
            endpoint: given.map(|endpoint| Endpoint::parse(endpoint, self.route.scheme)).transpose()?,
            route: self.route.clone(),
            signature: self.signature,
            signs_all_headers: self.signs_all_headers,
            globals: Globals { headers: self.global_headers()?, query: self.query.clone() },
            keys: KeyCache::default(),
            upload: self.upload.parsed(self.route.scheme)?,
        })
    }

    fn global_headers(&self) -> Result<Vec<(HeaderName, HeaderValue)>> {
        let parsed = self.headers.iter().map(|(name, value)| shape::header(name, value));
        parsed.map(|header| header.map_err(|error| Error::config(error.to_string()))).collect()
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
