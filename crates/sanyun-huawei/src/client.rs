//! The client: built once, cheap to clone, used for all services of an account.

use std::borrow::Cow;
use std::sync::Arc;

use sanyun_core::codec::Field;
use sanyun_core::paging::Named;
use sanyun_core::{
    Api, Call, Decoded, Endpoint, Error, Json, Operation, Output, Pipeline, Result, Settings, client_settings,
    read_reply,
};
use serde_json::Value;

use crate::credentials::{self, Ids, default_chain};
use crate::endpoint::{self, Resolver};
use crate::protocol::Huawei;
use crate::shape::{self, Checks, Input, Name, xml};
use crate::sign::{Algorithm, Signer};
use crate::typed::Cloud;

/// A client of Huawei Cloud. Building it does no I/O and needs no runtime; its clones share connections, credentials and
/// retry budget.
#[derive(Clone)]
pub struct Client {
    pipeline: Arc<Pipeline>,
    protocol: Arc<Huawei>,
}

impl Client {
    /// What a client can be told.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Calls an operation by its name. The catalog knows method, path and the places of the parameters, and checks them
    /// before anything is sent; all that is wrong is said at once. The parameters are the operation's own and the fields
    /// of its body side by side; the key `body` stands for the whole body where no parameter has that name.
    ///
    /// `version` is that of the API, such as `v2`; an empty one means the newest that has the operation.
    ///
    /// ```no_run
    /// # async fn example() -> sanyun_huawei::Result<()> {
    /// use serde_json::json;
    ///
    /// let client = sanyun_huawei::Client::builder().region("cn-north-4").build()?;
    /// let vpcs = client.invoke("vpc", "v2", "ListVpcs", json!({"limit": 10})).await?;
    /// println!("{} ({})", vpcs["vpcs"], vpcs.request_id());
    /// # Ok(())
    /// # }
    /// ```
    pub fn invoke(
        &self,
        service: &str,
        version: &str,
        operation: &str,
        parameters: impl Into<Value>,
    ) -> Call<Value, Named> {
        self.named(service, version, operation, parameters.into(), Checks::Obeyed)
    }

    /// Like [`invoke`](Self::invoke), but sends whatever the parameters are, for services that know more than the
    /// catalog. Parameters that it does not know go into the body, where the operation has one, else into the query.
    pub fn invoke_unchecked(
        &self,
        service: &str,
        version: &str,
        operation: &str,
        parameters: impl Into<Value>,
    ) -> Call<Value, Named> {
        self.named(service, version, operation, parameters.into(), Checks::Ignored)
    }

    /// Makes a call that needs no catalog.
    ///
    /// ```no_run
    /// # async fn example(client: sanyun_huawei::Client) -> sanyun_huawei::Result<()> {
    /// use sanyun_huawei::Input;
    ///
    /// let vpcs = client.send(Input::get("vpc", "/v1/{project_id}/vpcs").query("limit", 10)).await?;
    /// println!("{}", vpcs["vpcs"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn send(&self, input: Input) -> Call<Value> {
        Call::new(&self.pipeline, &self.protocol, Ok(input), |output| decode(output))
    }

    /// Calls a typed operation; see [`typed`](crate::typed).
    pub fn call<O: Operation<Cloud = Cloud>>(&self, operation: O) -> Call<O::Output, O> {
        let input = |operation: &mut O| shape::typed(&O::API, operation, O::Output::STREAMS);
        let decode = |output: &mut Output| O::Output::decode(&O::API, output, read);
        Call::of(&self.pipeline, &self.protocol, operation, input, decode)
    }

    fn named(
        &self,
        service: &str,
        version: &str,
        operation: &str,
        parameters: Value,
        checks: Checks,
    ) -> Call<Value, Named> {
        let name = Arc::new(Name { service: service.into(), version: version.into(), operation: operation.into() });
        let rule = Arc::clone(&name);
        let named = Named::new(parameters, move || rule.paging_rule());
        let input = move |named: &mut Named| name.input(named.parameters(), checks);
        Call::of(&self.pipeline, &self.protocol, named, input, |output| decode(output))
    }
}

/// Reads the reply of a typed operation.
fn read(api: &Api, output: &Output, value: &mut dyn Field) -> Result<()> {
    let text = reply_text(output)?;
    let json = match api.response_root {
        true => Json::MemberOrWhole(&text, "body"),
        false => Json::Whole(&text),
    };
    read_reply(api, output, json, value)
}

/// The JSON text of a reply: XML is turned into it, any other text is a string.
fn reply_text(output: &Output) -> Result<Cow<'_, str>> {
    let body = output.reply.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&output.reply.body);
    match (std::str::from_utf8(body), &*output.reply.media_type()) {
        (Ok(""), _) => Ok(Cow::Borrowed("")),
        (Ok(text), media_type) if media_type.ends_with("json") => Ok(Cow::Borrowed(text)),
        (Ok(text), _) if text.trim_start().starts_with(['{', '[', '"']) => Ok(Cow::Borrowed(text)),
        _ => decode(output).map(|value| Cow::Owned(value.to_string())),
    }
}

/// A reply as a value: XML and JSON as what they say, an empty body as null, any other text as a string.
fn decode(output: &Output) -> Result<Value> {
    let reply = &output.reply;
    match &*reply.media_type() {
        "application/xml" | "text/xml" if !reply.body.is_empty() => xml::from_text(&reply.text()),
        media_type => output.json().or_else(|error| match std::str::from_utf8(&reply.body) {
            // What says that it is JSON and is not was cut short or garbled on the way.
            _ if media_type.ends_with("json") => Err(error),
            Ok(text) => Ok(Value::from(text)),
            Err(_) => Err(Error::decode(format!("the reply is neither JSON nor text, but `{media_type}`"))),
        }),
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("region", &self.protocol.region)
            .field("endpoints", &self.protocol.endpoints)
            .field("algorithm", &self.protocol.algorithm)
            .finish_non_exhaustive()
    }
}

/// What a client can be told. Everything has a default but region or endpoint.
#[derive(Clone, Default)]
#[must_use = "a builder does nothing until `build`"]
pub struct Builder {
    settings: Settings,
    region: Option<String>,
    endpoints: Vec<String>,
    ids: Ids,
    algorithm: Algorithm,
    omit_content_type_on_get: bool,
}

impl Builder {
    client_settings!();

    /// The region, such as `cn-north-4`; it decides the endpoints.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// An endpoint, used for every service and whatever the region, such as `http://127.0.0.1:8080`. Given more than once,
    /// the first is used as long as it can be reached.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoints.push(endpoint.into());
        self
    }

    /// The id of the project, an account's part of one region: fills `{project_id}` in paths and is sent with every call
    /// to a service of a region.
    pub fn project_id(mut self, id: impl Into<String>) -> Self {
        self.ids.project_id = Some(id.into()).filter(|id| !id.is_empty());
        self
    }

    /// The id of the account: fills `{domain_id}` in paths and is sent with every call to a service without regions.
    pub fn domain_id(mut self, id: impl Into<String>) -> Self {
        self.ids.domain_id = Some(id.into()).filter(|id| !id.is_empty());
        self
    }

    /// How requests are signed; [`Algorithm::HmacSha256`] if unset.
    pub fn signing_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Sends no `Content-Type` with GET requests, which have no body. By default they say `application/json`, as the
    /// vendor's SDKs do.
    pub fn omit_content_type_on_get(mut self) -> Self {
        self.omit_content_type_on_get = true;
        self
    }

    /// Builds the client. Nothing is sent and no runtime is needed; credentials are looked for at the first call.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) if an endpoint, a proxy or a certificate is wrong.
    pub fn build(self) -> Result<Client> {
        let endpoints = self.endpoints.iter().map(|text| endpoint::parse(text)).collect::<Result<Vec<Endpoint>>>()?;
        let protocol = Huawei {
            region: self.region.filter(|region| !region.is_empty()),
            endpoints: (!endpoints.is_empty()).then(|| endpoints.into()),
            resolver: Resolver::new(Arc::clone(&self.settings.env)),
            ids: self.ids,
            algorithm: self.algorithm,
            signer: Signer::default(),
            omit_content_type_on_get: self.omit_content_type_on_get,
        };
        let pipeline = self.settings.into_pipeline(Arc::new(default_chain()), credentials::REFRESH)?;
        Ok(Client { pipeline, protocol: Arc::new(protocol) })
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("region", &self.region)
            .field("endpoints", &self.endpoints)
            .finish_non_exhaustive()
    }
}
