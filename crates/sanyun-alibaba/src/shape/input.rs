//! A call, as the caller says it.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use sanyun_core::{Body, Credential, Endpoint, Error, Material, Result, Scheme, encode, header_value};
use serde_json::Value;

use super::files::Attached;
use super::flatten::{Pair, flatten};
use super::octets::Octets;
use crate::endpoint::{Place, Rule};
use crate::sign::{SignatureVersion, decoded_pairs};

/// How an operation is addressed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Style {
    /// By its name; the path is `/`.
    Rpc,
    /// By method and path.
    Roa,
}

/// What a successful reply is.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum ReplyType {
    /// JSON of any kind (`json`, `array`).
    #[default]
    Json,
    /// JSON, or else text (`any`).
    Any,
    /// Text (`string`, `xml`).
    Text,
    /// Bytes (`byte`, `binary`).
    Bytes,
    /// Nothing that counts (`none`).
    None,
}

impl ReplyType {
    /// The type of that name in the vendor's metadata (`body_type`).
    pub fn named(name: &str) -> Self {
        match name {
            "json" | "array" => Self::Json,
            "any" => Self::Any,
            "string" | "xml" => Self::Text,
            "byte" | "binary" => Self::Bytes,
            _ => Self::None,
        }
    }
}

#[derive(Clone)]
pub(crate) enum Payload {
    None,
    Form(Vec<Pair>),
    Json(String),
    /// The caller sets the content type.
    Bytes(Bytes),
    Octets(Octets),
}

/// A call that needs no catalog: names, place, parameters and body, as the wire has them. A mistake in it is reported
/// when the call is made.
///
/// ```
/// use sanyun_alibaba::{Input, Method};
/// use serde_json::json;
///
/// let regions = Input::rpc("ecs", "2014-05-26", "DescribeRegions").query(json!({"AcceptLanguage": "en-US"}));
/// let pools = Input::roa("cs", "2015-12-15", "DescribeClusterNodePools", Method::GET, "/clusters/{ClusterId}/nodepools")
///     .path_arg("ClusterId", "c-1");
/// ```
pub struct Input {
    pub(crate) service: Cow<'static, str>,
    pub(crate) version: String,
    pub(crate) action: String,
    pub(crate) style: Style,
    pub(crate) method: Method,
    path: String,
    path_args: Vec<(String, PathArg)>,
    pub(crate) query: Vec<Pair>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) payload: Payload,
    pub(crate) reply: ReplyType,
    pub(crate) place: Place,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) scheme: Option<Scheme>,
    pub(crate) signed: bool,
    pub(crate) streamed: bool,
    pub(crate) signature: Option<SignatureVersion>,
    pub(crate) attached: Option<Box<Attached>>,
    pub(crate) needs_keys: bool,
    idempotent: Option<bool>,
    problem: Option<Error>,
}

#[derive(Clone)]
enum PathArg {
    Encode(String),
    Raw(String),
}

impl Input {
    /// An operation of RPC style, sent as POST. `service` is the product's id, which also names its host.
    pub fn rpc(service: impl Into<Cow<'static, str>>, version: &str, action: &str) -> Self {
        Self::new(service.into(), version, action, Style::Rpc, Method::POST, "/")
    }

    /// An operation of ROA style. `path` may have `{placeholders}`, which [`path_arg`](Self::path_arg) fills, and a query
    /// string; what else stands in it is sent as it is.
    pub fn roa(
        service: impl Into<Cow<'static, str>>,
        version: &str,
        action: &str,
        method: Method,
        path: impl Into<String>,
    ) -> Self {
        Self::new(service.into(), version, action, Style::Roa, method, path)
    }

    fn new(
        service: Cow<'static, str>,
        version: &str,
        action: &str,
        style: Style,
        method: Method,
        path: impl Into<String>,
    ) -> Self {
        Self {
            place: Place::new(service.clone(), Rule::Regional),
            service,
            version: version.to_owned(),
            action: action.to_owned(),
            style,
            method,
            path: path.into(),
            path_args: Vec::new(),
            query: Vec::new(),
            headers: Vec::new(),
            payload: Payload::None,
            reply: ReplyType::default(),
            endpoint: None,
            scheme: None,
            signed: true,
            streamed: false,
            signature: None,
            attached: None,
            needs_keys: false,
            idempotent: None,
            problem: None,
        }
    }

    /// Another method than the style's usual one.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Fills a placeholder of the path; everything but the unreserved characters is percent-encoded, `/` too.
    #[must_use]
    pub fn path_arg(mut self, name: &str, value: impl Into<String>) -> Self {
        self.path_args.push((name.to_owned(), PathArg::Encode(value.into())));
        self
    }

    /// Fills a placeholder of the path with a text that may have several segments: `/` and `%` stay, and only what cannot
    /// stand in a path is encoded.
    #[must_use]
    pub fn raw_path_arg(mut self, name: &str, value: impl Into<String>) -> Self {
        self.path_args.push((name.to_owned(), PathArg::Raw(value.into())));
        self
    }

    /// Adds the members of an object as query parameters, [flattened](super::flatten); a later one replaces an earlier
    /// one of the same name.
    #[must_use]
    pub fn query(mut self, params: Value) -> Self {
        match flatten(&params) {
            Ok(pairs) => self.add_query(pairs),
            Err(error) => self.fail(error),
        }
        self
    }

    pub(crate) fn add_query(&mut self, pairs: Vec<Pair>) {
        self.query.retain(|(name, _)| !pairs.iter().any(|(newer, _)| newer == name));
        self.query.extend(pairs);
    }

    /// Adds a header; a later one replaces an earlier one of the same name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match header(name, value) {
            Ok((name, value)) => {
                self.headers.retain(|(known, _)| *known != name);
                self.headers.push((name, value));
            }
            Err(error) => self.fail(error),
        }
        self
    }

    /// Sends the members of an object as a form, [flattened](super::flatten). An empty object is an empty form.
    #[must_use]
    pub fn form(mut self, params: Value) -> Self {
        match flatten(&params) {
            Ok(pairs) => self.payload = Payload::Form(pairs),
            Err(error) => self.fail(error),
        }
        self
    }

    /// Sends a JSON value, without white space and with its members in order.
    #[must_use]
    pub fn json(mut self, value: &Value) -> Self {
        self.payload = Payload::Json(value.to_string());
        self
    }

    /// Sends a text that is JSON already, unchanged.
    #[must_use]
    pub fn json_text(mut self, text: impl Into<String>) -> Self {
        self.payload = Payload::Json(text.into());
        self
    }

    /// Sends bytes; the content type is the one that [`header`](Self::header) sets, or none.
    #[must_use]
    pub fn bytes(mut self, bytes: impl Into<Bytes>) -> Self {
        self.payload = Payload::Bytes(bytes.into());
        self
    }

    /// Sends bytes, a file or a stream as `application/octet-stream`, in bounded memory. Their hash is signed: what does
    /// not lie in memory is read twice, once for its hash. A one-shot stream is kept in memory up to 1 MiB and in a
    /// temporary file beyond, unless [`payload_hash`](Self::payload_hash) says the hash; then it is sent as it comes, and
    /// not again.
    #[must_use]
    pub fn octets(mut self, body: impl Into<Body>) -> Self {
        self.payload = Payload::Octets(Octets::new(body.into()));
        self
    }

    /// The hash of the [`octets`](Self::octets) in hex digits, where it is known: SHA-256, or SM3 with that signature. The
    /// body is then read only while it is sent.
    #[must_use]
    pub fn payload_hash(mut self, hex: &str) -> Self {
        let is_hash = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        match &mut self.payload {
            Payload::Octets(octets) if is_hash => octets.set_hash(hex.to_ascii_lowercase()),
            Payload::Octets(_) => self.fail(Error::input("the hash of a payload has 64 hex digits")),
            _ => self.fail(Error::input("only the hash of octets can be given: say `octets` first")),
        }
        self
    }

    /// What the reply is; JSON if unset.
    #[must_use]
    pub fn reply(mut self, reply: ReplyType) -> Self {
        self.reply = reply;
        self
    }

    /// Where the product is found; one host a region (`<service>.<region>.aliyuncs.com`) if unset.
    #[must_use]
    pub fn place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// A host of this operation's own; the client's and the call's explicit endpoints win over it.
    #[must_use]
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = Some(endpoint);
        self
    }

    /// Sends the call without a credential.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.signed = false;
        self
    }

    /// The signature this product wants; the client's if unset.
    #[must_use]
    pub fn signature(mut self, version: SignatureVersion) -> Self {
        self.signature = Some(version);
        self
    }

    /// Says whether sending the call twice does no more than sending it once. If unset: calls of ROA style with GET or
    /// HEAD, those of RPC style whose names say that they only read (`Describe…`, `List…`, `Get…`, `Query…`), and those
    /// with a `ClientToken`.
    #[must_use]
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = Some(idempotent);
        self
    }

    /// Reports a mistake made while the call was put together.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) for a parameter or header that cannot be sent.
    pub fn checked(mut self) -> Result<Self> {
        self.problem.take().map_or(Ok(self), Err)
    }

    /// The same call once more, without its body.
    #[cfg(feature = "websocket")]
    pub(crate) fn again(&self) -> Self {
        let (service, method) = (self.service.clone(), self.method.clone());
        Self {
            path_args: self.path_args.clone(),
            query: self.query.clone(),
            headers: self.headers.clone(),
            place: self.place.clone(),
            endpoint: self.endpoint.clone(),
            scheme: self.scheme,
            signed: self.signed,
            signature: self.signature,
            idempotent: self.idempotent,
            ..Self::new(service, &self.version, &self.action, self.style, method, &*self.path)
        }
    }

    #[cfg(feature = "websocket")]
    pub(crate) fn has_body(&self) -> bool {
        !matches!(self.payload, Payload::None)
    }

    /// Whether it asks for another protocol than HTTP.
    pub(crate) fn asks_for_upgrade(&self) -> bool {
        self.headers.iter().any(|(name, _)| *name == http::header::UPGRADE)
    }

    /// What it is called in errors.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.service, self.action)
    }

    /// The same call with its reply left unread.
    pub(crate) fn streamed(mut self) -> Self {
        self.streamed = true;
        self
    }

    /// The same call, which waits for its files.
    pub(super) fn attaching(self, files: Attached) -> Self {
        Self { attached: Some(Box::new(files)), ..self }
    }

    /// The same call for none but an access key.
    pub(crate) fn needing_keys(self) -> Self {
        Self { needs_keys: true, ..self }
    }

    /// Refuses a credential with which this call cannot be made, before anything is sent.
    pub(crate) fn check_credential(&self, credential: &Credential) -> Result<()> {
        if !self.needs_keys || matches!(credential.material(), Material::Keys(_)) {
            return Ok(());
        }
        let error = Error::credentials("files are uploaded with an access key, permanent or temporary");
        Err(error
            .with_hint("a bearer token cannot upload: put the file where the product can fetch it, and give its URL"))
    }

    /// The call with the places of its files in it.
    pub(crate) fn ready(&self) -> Result<&Self> {
        self.attached.as_ref().map_or(Ok(self), |attached| attached.ready())
    }

    /// The body that must be read for its hash, unless it has been.
    pub(crate) fn unread(&self) -> Option<&Octets> {
        match &self.payload {
            Payload::Octets(octets) if octets.is_unread() => Some(octets),
            _ => None,
        }
    }

    /// The hash of the payload, where it does not follow from bytes in memory.
    pub(crate) fn known_hash(&self) -> Option<&str> {
        match &self.payload {
            Payload::Octets(octets) => octets.hash(),
            _ => None,
        }
    }

    pub(crate) fn fail(&mut self, error: Error) {
        self.problem.get_or_insert(error);
    }

    pub(crate) fn is_idempotent(&self) -> bool {
        self.idempotent.unwrap_or_else(|| self.only_reads() || self.has_client_token())
    }

    fn only_reads(&self) -> bool {
        const READING: &[&str] = &["Describe", "List", "Get", "Query"];
        match self.style {
            Style::Roa => matches!(self.method, Method::GET | Method::HEAD),
            Style::Rpc => READING.iter().any(|verb| self.action.starts_with(verb)),
        }
    }

    fn has_client_token(&self) -> bool {
        let form: &[Pair] = if let Payload::Form(form) = &self.payload { form } else { &[] };
        self.query.iter().chain(form).any(|(name, value)| name == "ClientToken" && !value.is_empty())
    }

    /// The region that a parameter names, for clients that have none.
    pub(crate) fn region_parameter(&self) -> Option<&str> {
        self.query.iter().find(|(name, _)| name == "RegionId").map(|(_, value)| &**value)
    }

    /// The path with its placeholders filled, and the query string that stood in it.
    pub(crate) fn filled_path(&self) -> Result<(String, Vec<Pair>)> {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let mut filled = String::with_capacity(path.len() + 64);
        let mut rest = path;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) =
                after.split_once('}').ok_or_else(|| Error::input(format!("path `{path}`: `}}` is missing")))?;
            filled.push_str(before);
            self.push_path_arg(&mut filled, name)?;
            rest = behind;
        }
        filled.push_str(rest);
        if filled.is_empty() {
            filled.push('/');
        }
        match filled.starts_with('/') && filled.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
            true => Ok((filled, decoded_pairs(query))),
            false => Err(Error::input(format!("path `{filled}` does not begin with `/` or is not encoded"))),
        }
    }

    fn push_path_arg(&self, filled: &mut String, name: &str) -> Result<()> {
        let found = self.path_args.iter().rev().find(|(known, _)| known == name);
        match found.map(|(_, value)| value) {
            None => return Err(Error::input(format!("path argument `{name}` is missing"))),
            // An empty segment would address something else, such as the whole collection.
            Some(PathArg::Encode(value) | PathArg::Raw(value)) if value.is_empty() => {
                return Err(Error::input(format!("path argument `{name}` is empty")));
            }
            Some(PathArg::Encode(value)) => encode::push_percent(filled, value),
            Some(PathArg::Raw(value)) => push_raw(filled, value),
        }
        Ok(())
    }
}

/// Appends a text with everything encoded that cannot stand in a path.
fn push_raw(out: &mut String, text: &str) {
    for character in text.chars() {
        let stays = character.is_ascii_alphanumeric() || "-_.~/%:@!$&'()*+,;=".contains(character);
        match stays {
            true => out.push(character),
            false => encode::push_percent(out, character.encode_utf8(&mut [0; 4])),
        }
    }
}

pub(crate) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue)> {
    let name = HeaderName::try_from(name).map_err(|_| Error::input(format!("`{name}` is not a header name")))?;
    let value = header_value(&name, value)?;
    Ok((name, value))
}

/// Shows names only: parameters and bodies carry secrets.
impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Input({} {} {}, {} {})", self.service, self.version, self.action, self.method, self.path)
    }
}
