//! What a call consists of.

use bytes::Bytes;
use http::HeaderValue;
use sanyun_core::codec::{self, Parameter, ParameterValue, Record};
use sanyun_core::{Api, Body, Error, encode};
use serde_json::{Map, Value};

use super::query::{Pairs, flatten};
use super::{Part, multipart};

/// Actions whose name begins like this change nothing, so sending them twice does no more than sending them once.
const READ_ONLY: &[&str] = &["Describe", "Get", "List", "Query", "Check", "Search", "Inquiry"];

/// The parameter by which Tencent Cloud tells a repetition from a second call.
const CLIENT_TOKEN: &str = "ClientToken";

/// One call as it is: service, version, action and parameters. Nothing is looked up and nothing is checked beyond what
/// would make the request malformed, so that actions newer than the catalog can be called.
///
/// ```
/// use sanyun_tencent::Input;
/// use serde_json::json;
///
/// let input = Input::new("cvm", "2017-03-12", "DescribeZones").params(json!({}));
/// assert_eq!(format!("{input:?}"), "Input(cvm 2017-03-12 DescribeZones)");
/// ```
#[derive(Clone)]
pub struct Input {
    pub(crate) service: String,
    pub(crate) version: String,
    pub(crate) action: String,
    pub(crate) params: Value,
    pub(crate) payload: Payload,
    pub(crate) skip_signature: bool,
    pub(crate) unsigned_payload: bool,
    /// Whether the caller reads events.
    pub(crate) streams: bool,
    pub(crate) action_endpoint: Option<String>,
    pub(crate) trace_id: Option<HeaderValue>,
    pub(crate) idempotent: bool,
    /// Whether the action is known to have the parameter `ClientToken`.
    pub(crate) takes_client_token: bool,
}

/// How the parameters travel.
#[derive(Clone)]
pub(crate) enum Payload {
    /// As JSON with POST, as a query with GET, as a form with the older signatures.
    Params,
    /// As JSON text that is finished.
    Json(Bytes),
    /// As a query that is finished.
    Query(String),
    /// As parts of a multipart body.
    Multipart(Vec<Part>),
    /// As headers, beside a body of raw bytes.
    OctetStream(Body),
}

impl Input {
    /// A call without parameters. `service` is the short name such as `cvm`, `version` the API's date such as
    /// `2017-03-12`. The first letter of the action is sent in upper case.
    pub fn new(service: impl Into<String>, version: impl Into<String>, action: impl Into<String>) -> Self {
        let mut action = action.into();
        if let Some(first) = action.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        Self {
            service: service.into(),
            version: version.into(),
            action,
            params: Value::Object(Map::new()),
            payload: Payload::Params,
            skip_signature: false,
            unsigned_payload: false,
            streams: false,
            action_endpoint: None,
            trace_id: None,
            idempotent: false,
            takes_client_token: false,
        }
    }

    /// The parameters, a JSON object; null counts as an empty one.
    #[must_use]
    pub fn params(mut self, params: impl Into<Value>) -> Self {
        self.params = match params.into() {
            Value::Null => Value::Object(Map::new()),
            params => params,
        };
        self
    }

    /// The parameters as JSON text that is sent as it stands.
    #[must_use]
    pub fn json(mut self, text: impl Into<Bytes>) -> Self {
        self.payload = Payload::Json(text.into());
        self
    }

    /// The parameters as an encoded query that is sent as it stands, with GET.
    #[must_use]
    pub fn query(mut self, query: impl Into<String>) -> Self {
        self.payload = Payload::Query(query.into());
        self
    }

    /// The parameters as parts of a multipart body, with POST and TC3-HMAC-SHA256 whatever the client's settings.
    #[must_use]
    pub fn multipart(mut self, parts: impl IntoIterator<Item = Part>) -> Self {
        self.payload = Payload::Multipart(parts.into_iter().collect());
        self
    }

    /// [`params`](Self::params) as parts of a multipart body. The members named in `binary` are files: their text is
    /// the content. Members that are null are left out.
    #[must_use]
    pub fn multipart_params(self, params: &Map<String, Value>, binary: &[&str]) -> Self {
        self.multipart(multipart::parts(params, binary))
    }

    /// Raw bytes as the body; the [`params`](Self::params) become headers `X-<SERVICE>-<Member>`, as `cls` `UploadLog`
    /// wants them. The body must lie in memory unless [the payload is left unsigned](Self::unsigned_payload).
    #[must_use]
    pub fn octet_stream(mut self, body: impl Into<Body>) -> Self {
        self.payload = Payload::OctetStream(body.into());
        self
    }

    /// Sends the call without signature and credential, as `sts` `AssumeRoleWithWebIdentity` and `AssumeRoleWithSAML`
    /// want it.
    #[must_use]
    pub fn skip_signature(mut self) -> Self {
        self.skip_signature = true;
        self
    }

    /// Leaves the body of this call out of the signature, whatever the client's setting: for bodies that are read while
    /// they are sent. TLS alone protects them then.
    #[must_use]
    pub fn unsigned_payload(mut self) -> Self {
        self.unsigned_payload = true;
        self
    }

    /// The endpoint that the API's description gives this action, such as `es.ai.tencentcloudapi.com`. An endpoint of
    /// the client or of the call comes first. An empty text counts as none; a path is left out.
    #[must_use]
    pub fn action_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.action_endpoint = Some(endpoint.into());
        self
    }

    /// The call of a typed operation, whose names and parameters are right by their types. `token` makes a client token
    /// up where the operation takes one and has none.
    pub(crate) fn typed(api: &Api, operation: &mut dyn Record, token: impl FnOnce() -> Option<String>) -> Self {
        let service = if api.service.product.is_empty() { api.service.name } else { api.service.product };
        let mut input = Self::new(service, api.service.version, api.name);
        input.skip_signature = api.unsigned;
        input.idempotent = input.is_read_only();
        if !api.endpoint.is_empty() {
            input = input.action_endpoint(api.endpoint);
        }
        if api.octet_stream {
            return input.with_raw_body(codec::parameters(operation));
        }
        if codec::names(operation).iter().any(|name| name.starts_with("form ")) {
            return input.multipart(codec::parameters(operation).iter().map(part));
        }
        let mut text = codec::operation_json(operation);
        if !input.idempotent && codec::names(operation).contains(&CLIENT_TOKEN) {
            let given = codec::get_member(operation, CLIENT_TOKEN).is_some_and(|token| token != "");
            let made = if given { None } else { token() };
            input.idempotent = given || made.is_some();
            if let Some(token) = made {
                text.pop();
                let comma = if text.len() > 1 { "," } else { "" };
                text += &format!("{comma}\"{CLIENT_TOKEN}\":\"{token}\"}}");
            }
        }
        input.payload = Payload::Json(text.into());
        input
    }

    /// Parameters that are headers beside raw bytes.
    fn with_raw_body(self, parameters: Vec<Parameter>) -> Self {
        let mut headers = Map::new();
        let mut body = Body::empty();
        for parameter in parameters {
            match &parameter.value {
                ParameterValue::Body(stream) => body = stream.clone(),
                _ => drop(headers.insert(parameter.name.to_owned(), parameter.json())),
            }
        }
        self.params(headers).octet_stream(body)
    }

    /// Checks what no request can be made of, and notes what the parameters say about a repetition.
    pub(crate) fn checked(mut self) -> Result<Self, Error> {
        let is_name =
            |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c));
        for (what, text) in [("service", &self.service), ("version", &self.version), ("action", &self.action)] {
            if text.is_empty() {
                return Err(Error::input(format!("the {what} is missing")));
            }
            if !is_name(text) {
                return Err(Error::input(format!("`{text}` is no {what}: letters, digits, `-` and `_` are allowed")));
            }
        }
        if !self.params.is_object() {
            return Err(Error::input("the parameters are not a JSON object"));
        }
        self.idempotent = self.is_read_only() || self.has_client_token();
        Ok(self)
    }

    pub(crate) fn is_read_only(&self) -> bool {
        READ_ONLY.iter().any(|prefix| self.action.starts_with(prefix))
    }

    fn has_client_token(&self) -> bool {
        let is_token = |value: Option<&Value>| value.and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        match &self.payload {
            // A read-only pass over finished text would cost more than the caller's own word (`Call::idempotent`).
            Payload::Json(_) | Payload::Query(_) | Payload::Multipart(_) => false,
            Payload::Params | Payload::OctetStream(_) => is_token(self.params.get("ClientToken")),
        }
    }

    /// Whether a `ClientToken` made up for this call would make it safe to repeat.
    pub(crate) fn lacks_client_token(&self) -> bool {
        self.takes_client_token && matches!(self.payload, Payload::Params) && !self.has_client_token()
    }

    /// Sets the parameter `ClientToken`.
    pub(crate) fn set_client_token(&mut self, token: String) {
        if let Value::Object(params) = &mut self.params {
            params.insert("ClientToken".to_owned(), token.into());
        }
    }

    pub(crate) fn is_octet_stream(&self) -> bool {
        matches!(self.payload, Payload::OctetStream(_))
    }

    /// The parameters flattened to pairs, not encoded.
    pub(crate) fn pairs(&self) -> Result<Pairs, Error> {
        match &self.payload {
            Payload::Params => Ok(flatten(&self.params)),
            Payload::Json(text) => {
                let params: Value = serde_json::from_slice(text)
                    .map_err(|error| Error::input(format!("the parameters are not JSON: {error}")))?;
                Ok(flatten(&params))
            }
            Payload::Query(query) => {
                let decoded = |(name, value)| (encode::form_decode(name), encode::form_decode(value));
                Ok(encode::pairs(query).map(decoded).collect())
            }
            Payload::Multipart(_) | Payload::OctetStream(_) => Err(Error::input("this body has no parameters")),
        }
    }
}

/// A typed parameter as a part of a form.
fn part(parameter: &Parameter) -> Part {
    match &parameter.value {
        ParameterValue::File(file) => Part::file(parameter.name, file.body.clone()),
        _ => Part::value(parameter.name, parameter.json()),
    }
}

/// Shows the names, never the parameters: they carry passwords.
impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Input({} {} {})", self.service, self.version, self.action)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn idempotent(action: &str, params: Value) -> bool {
        Input::new("cvm", "2017-03-12", action).params(params).checked().unwrap().idempotent
    }

    #[test]
    fn reading_actions_and_client_tokens_may_be_repeated() {
        assert!(idempotent("DescribeInstances", json!({})));
        assert!(idempotent("inquiryPriceRunInstances", json!({})) && idempotent("ListTargetsForPolicy", Value::Null));
        assert!(idempotent("RunInstances", json!({"ClientToken": "t"})));
        assert!(!idempotent("RunInstances", json!({"ClientToken": ""})));
        assert!(!idempotent("TerminateInstances", json!({"InstanceIds": ["ins-1"]})));
    }

    #[test]
    fn the_first_letter_of_the_action_is_raised() {
        assert_eq!(Input::new("cvm", "2017-03-12", "describeZones").action, "DescribeZones");
        assert_eq!(Input::new("cvm", "2017-03-12", "élan").action, "élan");
    }

    #[test]
    fn names_that_no_request_can_carry_are_refused() {
        let refuse = |service: &str, version: &str, action: &str| {
            Input::new(service, version, action).checked().unwrap_err().to_string()
        };
        assert_eq!(refuse("cvm", "2017-03-12", ""), "the action is missing");
        assert_eq!(refuse("", "2017-03-12", "A"), "the service is missing");
        assert_eq!(refuse("cvm", "", "A"), "the version is missing");
        for hostile in ["cvm.evil.example/", "a@b", "x\r\ny", "a b"] {
            assert!(refuse(hostile, "2017-03-12", "A").contains("is no service"));
            assert!(refuse("cvm", hostile, "A").contains("is no version"));
        }
        assert!(Input::new("cvm", "2017-03-12", "A").params(json!([1])).checked().is_err());
    }

    #[test]
    fn debug_shows_no_parameter() {
        let input = Input::new("cvm", "2017-03-12", "ResetInstancesPassword").params(json!({"Password": "hush"}));
        assert!(!format!("{input:?}").contains("hush"));
    }
}
