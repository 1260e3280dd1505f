//! What a call consists of.

use std::sync::Arc;

use http::Method;
use sanyun_core::{Body, Endpoint, Result, Service};
use serde_json::Value;

use super::multipart::Part;
use crate::credentials;
use crate::endpoint::Resolver;

/// A call: method, path and where its parameters go. It needs no catalog; [`Client::invoke`](crate::Client::invoke)
/// makes one from the catalog's facts.
///
/// ```
/// use sanyun_huawei::Input;
/// use serde_json::json;
///
/// let list = Input::get("vpc", "/v1/{project_id}/vpcs").query("limit", 10);
/// let create = Input::post("vpc", "/v1/{project_id}/vpcs").json(json!({"vpc": {"name": "front", "cidr": "10.0.0.0/8"}}));
/// let show = Input::get("vpc", "/v1/{project_id}/vpcs/{vpc_id}").path_param("vpc_id", "8a5d");
/// ```
///
/// A value may be text, a number or a boolean; null means that the parameter is not sent. `project_id` and `domain_id`
/// in a path are filled from the credential or the client, unless they are given here, or looked up if neither knows them.
#[derive(Clone)]
#[must_use = "an input does nothing until it is sent"]
pub struct Input {
    pub(crate) service: String,
    pub(crate) version: String,
    pub(crate) operation: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) path_params: Vec<(String, Value)>,
    pub(crate) query: Vec<(String, Value)>,
    pub(crate) headers: Vec<(String, Value)>,
    pub(crate) payload: Payload,
    pub(crate) host_label: Option<String>,
    pub(crate) account: Option<Account>,
    pub(crate) signing_name: String,
    pub(crate) signed: bool,
    pub(crate) idempotent: Option<bool>,
    pub(crate) places: Places,
    pub(crate) streamed: bool,
}

/// Finds the endpoints of a service, a version and a region.
type Find = fn(&Resolver, &str, &str, Option<&str>) -> Result<Arc<[Endpoint]>>;

/// Who knows the endpoints of a call's service. A program with typed operations alone never names the function that asks
/// the catalog, so that no catalog is linked into it.
#[derive(Clone)]
pub(crate) enum Places {
    Found(Find),
    Table(&'static Service),
    /// Here: the call only finds out something that another call must know.
    At(Arc<[Endpoint]>),
}

/// What a body is made of.
#[derive(Clone, Default)]
pub(crate) enum Payload {
    #[default]
    None,
    Json(Value),
    Form(Value),
    Xml(Value),
    Bson(Value),
    Multipart(Vec<Part>),
    Raw(Body),
}

/// On whose behalf a call is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Account {
    /// A project, that is an account's part of one region: `X-Project-Id`. The rule for services with regions.
    Project,
    /// The whole account: `X-Domain-Id`. The rule for services without regions, such as IAM.
    Domain,
    /// Nobody's in particular: neither header is sent. The rule for services whose keys belong to an application of
    /// theirs, such as `smsapi`.
    None,
}

impl Account {
    /// What fits a call of which nothing else is known.
    pub(super) fn of(input: &Input, project_id: Option<&str>) -> Self {
        if project_id.is_none() || input.path.contains("{domain_id}") { Self::Domain } else { Self::Project }
    }
}

impl Input {
    /// A call of any method. `service` names the service as host names do, such as `vpc`; `path` may have placeholders
    /// in braces.
    pub fn new(service: impl Into<String>, method: Method, path: impl Into<String>) -> Self {
        Self::placed(service.into(), method, path.into(), Places::Found(Resolver::endpoints))
    }

    /// A call of a typed operation, whose table of regions generated code brought along.
    pub(crate) fn typed(service: &'static Service, method: Method, path: &str) -> Self {
        Self::placed(service.name.to_owned(), method, path.to_owned(), Places::Table(service))
    }

    fn placed(service: String, method: Method, path: String, places: Places) -> Self {
        Self {
            service,
            version: String::new(),
            operation: path.clone(),
            method,
            path,
            path_params: Vec::new(),
            query: Vec::new(),
            headers: Vec::new(),
            payload: Payload::None,
            host_label: None,
            account: None,
            signing_name: String::new(),
            signed: true,
            idempotent: None,
            places,
            streamed: false,
        }
    }

    /// A GET.
    pub fn get(service: impl Into<String>, path: impl Into<String>) -> Self {
        Self::new(service, Method::GET, path)
    }

    /// A POST.
    pub fn post(service: impl Into<String>, path: impl Into<String>) -> Self {
        Self::new(service, Method::POST, path)
    }

    /// A PUT.
    pub fn put(service: impl Into<String>, path: impl Into<String>) -> Self {
        Self::new(service, Method::PUT, path)
    }

    /// A DELETE.
    pub fn delete(service: impl Into<String>, path: impl Into<String>) -> Self {
        Self::new(service, Method::DELETE, path)
    }

    /// The version whose table of regions is used, such as `v3`; the newest if unset.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// The operation's name, for errors, logs and hooks; the path if unset.
    pub fn operation(mut self, name: impl Into<String>) -> Self {
        self.operation = name.into();
        self
    }

    /// Fills a placeholder of the path; the value is percent-encoded, slashes included.
    pub fn path_param(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.path_params.push((name.into(), value.into()));
        self
    }

    /// Adds a query parameter. A list is sent as one pair an item, an object as pairs `name=key=value`.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds a header, replacing a generated one of the same name. A list is joined by commas.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets another content type than the body's usual one.
    pub fn content_type(self, value: &str) -> Self {
        self.header("Content-Type", value)
    }

    /// A JSON body.
    pub fn json(mut self, body: impl Into<Value>) -> Self {
        self.payload = Payload::Json(body.into());
        self
    }

    /// An `application/x-www-form-urlencoded` body of an object's members. Null members are left out, lists repeat their
    /// name.
    pub fn form(mut self, members: impl Into<Value>) -> Self {
        self.payload = Payload::Form(members.into());
        self
    }

    /// An XML body: an object with one member, the root element. See [`xml`](crate::xml).
    pub fn xml(mut self, root: impl Into<Value>) -> Self {
        self.payload = Payload::Xml(root.into());
        self
    }

    /// A BSON body: an object. See [`bson`](crate::bson).
    pub fn bson(mut self, document: impl Into<Value>) -> Self {
        self.payload = Payload::Bson(document.into());
        self
    }

    /// A `multipart/form-data` body. Files come after all other parts, as the vendor's SDKs send them, and are read while
    /// they are sent.
    pub fn multipart(mut self, parts: impl IntoIterator<Item = Part>) -> Self {
        self.payload = Payload::Multipart(parts.into_iter().collect());
        self
    }

    /// A body that is sent as it is.
    pub fn body(mut self, body: impl Into<Body>, content_type: &str) -> Self {
        self.payload = Payload::Raw(body.into());
        self.content_type(content_type)
    }

    /// A label in front of the endpoint's host: a bucket or a store.
    pub fn host_label(mut self, label: impl Into<String>) -> Self {
        self.host_label = Some(label.into());
        self
    }

    /// On whose behalf the call is made; the project if the client knows one and the path does not name the account. With
    /// it, an id that nobody said is looked up before the call; without it only one that the path names.
    pub fn account(mut self, account: Account) -> Self {
        self.account = Some(account);
        self
    }

    /// The name under which the service's derived keys are made, such as `iotdm`. With it, requests to hosts outside the
    /// regional gateways are signed with [`V11HmacSha256`](crate::sign::Algorithm::V11HmacSha256).
    pub fn signing_name(mut self, name: impl Into<String>) -> Self {
        self.signing_name = name.into();
        self
    }

    /// A call that needs no credential.
    pub fn unsigned(mut self) -> Self {
        self.signed = false;
        self
    }

    /// Whether sending it twice does no more than sending it once; by default so for GET, HEAD, OPTIONS, PUT and DELETE.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = Some(idempotent);
        self
    }

    /// Which kind of credential the call needs: that of the account for services without regions, else that of a project.
    pub(crate) fn credential_kind(&self) -> &'static str {
        match self.account {
            Some(Account::Domain) => credentials::GLOBAL,
            None if self.path.contains("{domain_id}") => credentials::GLOBAL,
            Some(Account::Project | Account::None) | None => credentials::BASIC,
        }
    }

    /// A GET on behalf of another call: at these endpoints, with that call's credential, and with no more headers than the
    /// vendor's SDKs send with it. It does not go through [`new`](Self::new), which would link the catalog into programs of
    /// typed operations alone.
    pub(crate) fn looking_up(&self, service: &str, path: &str, at: &Arc<[Endpoint]>) -> Self {
        let mut question = Self::placed(service.to_owned(), Method::GET, path.to_owned(), Places::At(Arc::clone(at)));
        question.account = Some(match self.credential_kind() {
            credentials::GLOBAL => Account::Domain,
            _ => Account::Project,
        });
        question
    }

    /// Whether it finds out something that another call must know.
    pub(crate) fn is_look_up(&self) -> bool {
        matches!(self.places, Places::At(_))
    }

    /// Whether the path has a placeholder of that name which no parameter of the call fills.
    pub(crate) fn wants(&self, name: &str) -> bool {
        let is_it = |part: &str| part.strip_prefix(name).is_some_and(|rest| rest.starts_with('}'));
        self.path.split('{').skip(1).any(is_it) && self.given(name).is_none()
    }

    /// The text with which a parameter of the call fills the placeholder of that name.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        let given = self.path_params.iter().rfind(|(known, value)| known == name && !value.is_null());
        given.and_then(|(_, value)| value.as_str())
    }

    pub(crate) fn is_idempotent(&self) -> bool {
        self.idempotent.unwrap_or_else(|| self.method.is_idempotent())
    }
}

/// Shows what is called and how parameters are named, not their values: those may be secret.
impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let params = [&self.path_params, &self.query, &self.headers].into_iter().flatten();
        f.debug_struct("Input")
            .field("service", &self.service)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("parameters", &params.map(|(name, _)| name.as_str()).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
