//! The client: built once, cheap to clone, used for all services of an account.

use std::borrow::Cow;
use std::sync::Arc;

use sanyun_core::codec::Field;
use sanyun_core::paging::Named;
use sanyun_core::{
    Api, Call, Decoded, Endpoint, Error, Json, Operation, Output, Pipeline, Request, Result, Settings, StreamBody,
    client_settings, read_reply,
};
use serde_json::Value;

use crate::credentials::{self, Ids, default_chain};
use crate::endpoint::{self, Given, Resolver};
use crate::identity::Identity;
use crate::protocol::{DerivedWhen, Huawei};
use crate::shape::{self, Checks, Input, Name, bson, xml};
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
    /// of its body side by side; the key `body` stands for the whole body where no parameter has that name. A file is given
    /// as `{"path": "photos/demo.jpg"}`, perhaps with `name` and `content_type`, and read while it is sent; a text in its
    /// place is its content.
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

    /// Like [`invoke`](Self::invoke), for operations whose answer is a file: gives the body as it arrives, whatever it is.
    ///
    /// ```no_run
    /// # async fn example(client: sanyun_huawei::Client) -> sanyun_huawei::Result<()> {
    /// use serde_json::json;
    ///
    /// let chart = client.download("cce", "v3", "DownloadChart", json!({"chart_id": "8a5d"}));
    /// chart.await?.save("chart.tgz").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn download(
        &self,
        service: &str,
        version: &str,
        operation: &str,
        parameters: impl Into<Value>,
    ) -> Call<StreamBody> {
        let name = Name { service: service.into(), version: version.into(), operation: operation.into() };
        let input = name.input(&parameters.into(), Checks::Obeyed).map(|input| Input { streamed: true, ..input });
        Call::new(&self.pipeline, &self.protocol, input, Output::take_stream)
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
        Call::new(&self.pipeline, &self.protocol, Ok(input), |output| value(output))
    }

    /// Like [`send`](Self::send), for answers that are files: gives the body as it arrives.
    pub fn stream(&self, input: Input) -> Call<StreamBody> {
        let input = Input { streamed: true, ..input };
        Call::new(&self.pipeline, &self.protocol, Ok(input), Output::take_stream)
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
        Call::of(&self.pipeline, &self.protocol, named, input, |output| value(output))
    }
}

/// Reads the reply of a typed operation.
fn read(api: &Api, output: &Output, value: &mut dyn Field) -> Result<()> {
    let read = |text: Cow<'_, str>| {
        let json = match api.response_root {
            true => Json::MemberOrWhole(&text, "body"),
            false => Json::Whole(&text),
        };
        read_reply(api, output, json, value)
    };
    reply_text(output).and_then(read).map_err(|error| with_reply(error, output))
}

/// Reads the reply of a call without a type.
fn value(output: &Output) -> Result<Value> {
    decode(output).map_err(|error| with_reply(error, output))
}

/// The error with the reply that cannot be read: the call may have done what it was to do.
fn with_reply(error: Error, output: &Output) -> Error {
    let request_id = crate::error::request_id(&output.reply).map(str::to_owned);
    error.with_reply(output.reply.clone(), request_id)
}

/// The JSON text of a reply: XML is turned into it, any other text is a string.
fn reply_text(output: &Output) -> Result<Cow<'_, str>> {
    let body = output.reply.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&output.reply.body);
    match (std::str::from_utf8(body), &*output.reply.media_type()) {
        (Ok(""), _) => Ok(Cow::Borrowed("")),
        (Ok(text), media_type) if media_type.ends_with("json") => Ok(Cow::Borrowed(text)),
        // The first byte of BSON is a length, which may look like a brace.
        (_, "application/bson") => decode(output).map(|value| Cow::Owned(value.to_string())),
        (Ok(text), _) if text.trim_start().starts_with(['{', '[', '"']) => Ok(Cow::Borrowed(text)),
        _ => decode(output).map(|value| Cow::Owned(value.to_string())),
    }
}

/// A reply as a value: XML, BSON and JSON as what they say, an empty body as null, any other text as a string.
fn decode(output: &Output) -> Result<Value> {
    let reply = &output.reply;
    match &*reply.media_type() {
        "application/xml" | "text/xml" if !reply.body.is_empty() => xml::from_text(&reply.text()),
        "application/bson" if !reply.body.is_empty() => bson::from_bytes(&reply.body),
        media_type => output.json().or_else(|error| match std::str::from_utf8(&reply.body) {
            // What says that it is JSON and is not was cut short or garbled on the way.
            _ if media_type.ends_with("json") => Err(error),
            Ok(text) => Ok(Value::from(text)),
            Err(_) => Err(Error::decode(format!("the reply is neither JSON nor text, but `{media_type}`"))
                .with_hint("call the operation with `download`, which gives the bytes")),
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
    /// By service.
    service_endpoints: Vec<(String, String)>,
    domain_suffix: Option<String>,
    ids: Ids,
    project_name: Option<String>,
    algorithm: Algorithm,
    derived: Option<DerivedWhen>,
    signing_name: String,
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

    /// An endpoint of one service, such as `ecs` and `https://ecs.cn-north-9.myhuaweicloud.com`: for regions that no table
    /// knows yet. It counts more than [`endpoint`](Self::endpoint); given more than once for a service, the first is used
    /// as long as it can be reached.
    pub fn service_endpoint(mut self, service: impl Into<String>, endpoint: impl Into<String>) -> Self {
        self.service_endpoints.push((service.into(), endpoint.into()));
        self
    }

    /// Where IAM answers, to whom ids that nobody said are looked up: the same as
    /// [`service_endpoint`](Self::service_endpoint) for `iam`. If unset, the endpoint that came with the credential
    /// ([`IAM_ENDPOINT`](credentials::IAM_ENDPOINT)), then the variable `HUAWEICLOUD_SDK_IAM_ENDPOINT`, then a table by
    /// region.
    pub fn iam_endpoint(self, endpoint: impl Into<String>) -> Self {
        self.service_endpoint("iam", endpoint)
    }

    /// Where STS answers: as [`iam_endpoint`](Self::iam_endpoint), with the variable `HUAWEICLOUD_SDK_STS_ENDPOINT`.
    pub fn sts_endpoint(self, endpoint: impl Into<String>) -> Self {
        self.service_endpoint("sts", endpoint)
    }

    /// The domain of a private cloud, such as `hcs.example.com`: services answer at `https://<service>.<region>.<domain>`,
    /// IAM and STS included, and nothing goes to the public cloud. Endpoints in code, in the environment and in the file of
    /// regions count more.
    pub fn domain_suffix(mut self, domain: impl Into<String>) -> Self {
        self.domain_suffix = Some(domain.into());
        self
    }

    /// The name of the project, such as `cn-north-4_team` for a part of a region: IAM is asked for its id before the first
    /// call that needs one. If unset, the project of the region's own name is meant. An id in code counts more.
    pub fn project_name(mut self, name: impl Into<String>) -> Self {
        self.project_name = Some(name.into()).filter(|name| !name.is_empty());
        self
    }

    /// The id of the project, an account's part of one region: fills `{project_id}` in paths and is sent with every call
    /// to a service of a region. If neither it nor the credential tells the id, IAM is asked for the project of the
    /// region's name (or of [`project_name`](Self::project_name)) before the first call, and again after an hour.
    ///
    /// A client with an [`endpoint`](Self::endpoint) of its own calls no other place: it asks only if an endpoint of IAM
    /// was named, too.
    pub fn project_id(mut self, id: impl Into<String>) -> Self {
        self.ids.project_id = Some(id.into()).filter(|id| !id.is_empty());
        self
    }

    /// The id of the account: fills `{domain_id}` in paths and is sent with every call to a service without regions. If
    /// neither it nor the credential tells the id, IAM is asked as for [`project_id`](Self::project_id).
    pub fn domain_id(mut self, id: impl Into<String>) -> Self {
        self.ids.domain_id = Some(id.into()).filter(|id| !id.is_empty());
        self
    }

    /// How requests are signed; [`Algorithm::HmacSha256`] if unset.
    pub fn signing_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Which requests are signed with a derived key, [`Algorithm::V11HmacSha256`], whatever the algorithm of the others:
    /// those for which `predicate` is true. It sees the request as it is before it is signed. The key is good for one
    /// service, [named](Self::signing_name) by the client or the [`Input`], and for the region of the call, or `globe` for
    /// services without regions.
    ///
    /// If unset, requests of services that have a signing name in the catalog (IoTDA) are signed so, unless they go to
    /// the service's own endpoint in the region.
    ///
    /// ```
    /// use sanyun_huawei::{Client, sign};
    ///
    /// // The vendor's rule: every host but `<service>.<region>.myhuaweicloud.com`.
    /// let builder = Client::builder()
    ///     .derived_when(|request| !sign::is_standard_host(request.host()))
    ///     .signing_name("iotdm");
    /// ```
    pub fn derived_when(mut self, predicate: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Self {
        self.derived = Some(Arc::new(predicate));
        self
    }

    /// The service's name in derived keys, such as `iotdm`, for services to which neither the catalog nor the
    /// [`Input`] gives one.
    pub fn signing_name(mut self, name: impl Into<String>) -> Self {
        self.signing_name = name.into();
        self
    }

    /// Sends no `Content-Type` with GET requests, which have no body. By default they say `application/json`, as the
    /// vendor's SDKs do.
    pub fn omit_content_type_on_get(mut self) -> Self {
        self.omit_content_type_on_get = true;
        self
    }

    /// Builds the client. Nothing is sent and no runtime is needed; credentials and ids are looked for at the first call,
    /// and also before a [preview](Call::preview).
    ///
    /// # Errors
    /// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) if an endpoint, a proxy or a certificate is wrong, or the
    /// signing algorithm is not in this build.
    pub fn build(mut self) -> Result<Client> {
        self.settings.region = self.region.clone().filter(|region| !region.is_empty());
        self.algorithm.check()?;
        let endpoints = self.endpoints.iter().map(|text| endpoint::parse(text)).collect::<Result<Vec<Endpoint>>>()?;
        let given = Given::read(&self.service_endpoints, self.domain_suffix.as_deref())?;
        let protocol = Huawei {
            region: self.region.filter(|region| !region.is_empty()),
            endpoints: (!endpoints.is_empty()).then(|| endpoints.into()),
            resolver: Resolver::new(given, Arc::clone(&self.settings.env), Arc::clone(&self.settings.files)),
            ids: self.ids,
            identity: Identity::new(self.project_name),
            algorithm: self.algorithm,
            derived: self.derived,
            signing_name: self.signing_name,
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
