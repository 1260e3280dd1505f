//! How Alibaba Cloud answers the questions of [`Protocol`].

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

use http::header::{AUTHORIZATION, CONNECTION, HOST, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sanyun_core::hash::EMPTY_SHA256;
use sanyun_core::{
    Attempt, BoxFuture, CallInfo, CallOptions, Credential, Endpoint, Error, Keys, Material, Pipeline, Protocol, Reply,
    Request, Result, Secret, ServiceError, Signature, Verdict,
};

use crate::credentials::{ID_TOKEN, PROVIDER, TOKEN_HEADER};
use crate::endpoint::Route;
use crate::error;
use crate::shape::{self, Globals, Input, ReplyType, Style, push_query};
use crate::sign::{self, Algorithm, Key, SignatureVersion, v1};
use crate::upload;

/// The wire rules of one client: what is fixed when it is built. It makes requests and reads replies, and does no I/O.
pub struct Alibaba {
    pub(crate) region: String,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) route: Route,
    pub(crate) signature: SignatureVersion,
    pub(crate) signs_all_headers: bool,
    pub(crate) globals: Globals,
    pub(crate) keys: KeyCache,
    pub(crate) upload: upload::Settings,
}

/// Headers that tell nothing about keys.
const SHOWN_HEADERS: &[&str] = &[
    "x-acs-accesskey-id",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-credentials-provider",
    "x-acs-date",
    "x-acs-request-id",
    "x-acs-retry-after",
    "x-acs-retry-attempts",
    "x-acs-retry-delay",
    "x-acs-signature-method",
    "x-acs-signature-nonce",
    "x-acs-signature-type",
    "x-acs-signature-version",
    "x-acs-trace-id",
    "x-acs-version",
];

const CONTENT_SHA256: HeaderName = HeaderName::from_static("x-acs-content-sha256");
const KEY_ID: HeaderName = HeaderName::from_static("x-acs-accesskey-id");
const SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-acs-security-token");
const BEARER_TOKEN: HeaderName = HeaderName::from_static("x-acs-bearer-token");
const SIGNATURE_TYPE: HeaderName = HeaderName::from_static("x-acs-signature-type");
const ZERO_TRUST_TOKEN: HeaderName = HeaderName::from_static("x-acs-zero-trust-idtoken");
const CREDENTIALS_PROVIDER: HeaderName = HeaderName::from_static("x-acs-credentials-provider");
const BEARER: &str = "BEARERTOKEN";

impl Protocol for Alibaba {
    type Input = Input;

    fn info<'a>(&'a self, input: &'a Input) -> CallInfo<'a> {
        CallInfo {
            cloud: "alibaba",
            service: &input.service,
            operation: &input.action,
            idempotent: input.is_idempotent(),
            signed: input.signed,
            credential_kind: "",
            accepts_gzip: !input.streamed,
            shown_headers: SHOWN_HEADERS,
        }
    }

    fn endpoints(&self, input: &Input, options: &CallOptions) -> Result<Arc<[Endpoint]>> {
        let explicit = options.endpoint().or(self.endpoint.as_ref()).or(input.endpoint.as_ref());
        if let Some(endpoint) = explicit {
            return Ok([endpoint.clone()].into());
        }
        let own = Some(&*self.region).filter(|region| !region.is_empty());
        let region = options.region().or(own).or_else(|| input.region_parameter()).unwrap_or_default();
        let route = match input.scheme {
            Some(scheme) => &Route { scheme, ..self.route.clone() },
            None => &self.route,
        };
        Ok([input.place.endpoint(region, route)?].into())
    }

    fn before<'a>(
        self: &'a Arc<Self>,
        input: &'a Input,
        options: &'a CallOptions,
        pipeline: &'a Pipeline,
    ) -> Option<BoxFuture<'a, Result<()>>> {
        upload::before(self, input, self.version(input), options, pipeline)
    }

    fn shape(&self, input: &Input, attempt: &Attempt<'_>) -> Result<Request> {
        let input = input.ready()?;
        shape::shape(input, self.version(input), &self.globals, attempt)
    }

    fn sign(&self, input: &Input, request: &mut Request, attempt: &Attempt<'_>) -> Result<Signature> {
        input.check_credential(attempt.credential)?;
        if let Some(provider) = attempt.credential.attribute(PROVIDER) {
            request.set_header(CREDENTIALS_PROVIDER, provider)?;
        }
        match self.version(input) {
            SignatureVersion::V3(algorithm) => self.sign_v3(algorithm, input, request, attempt.credential),
            SignatureVersion::V1 if input.style == Style::Roa => sign_roa_v1(request, attempt.credential),
            SignatureVersion::V1 => sign_rpc_v1(request, attempt.credential),
        }
    }

    fn judge(&self, input: &Input, reply: &Reply) -> Verdict {
        let is_upgrade = reply.status == StatusCode::SWITCHING_PROTOCOLS && input.asks_for_upgrade();
        if reply.status.is_success() || is_upgrade { Verdict::Success } else { error::parse(reply).into() }
    }

    fn streams(&self, input: &Input, _: &Reply) -> bool {
        input.streamed
    }

    fn request_id(&self, input: &Input, reply: &Reply) -> Option<String> {
        let found = error::request_id_header(reply);
        found.or_else(|| {
            matches!(input.reply, ReplyType::Json | ReplyType::Any).then(|| error::request_id_in_json(&reply.body))?
        })
    }

    fn hint(&self, _: &Input, error: &ServiceError, signature: &Signature) -> Option<String> {
        error::hint(error, signature)
    }
}

impl Alibaba {
    fn version(&self, input: &Input) -> SignatureVersion {
        input.signature.unwrap_or(self.signature)
    }

    fn sign_v3(
        &self,
        algorithm: Algorithm,
        input: &Input,
        request: &mut Request,
        credential: &Credential,
    ) -> Result<Signature> {
        let payload_hash = payload_hash(algorithm, input, request)?;
        request.headers.insert(CONTENT_SHA256, payload_hash.clone());
        let keys = match credential.material() {
            Material::Anonymous => return Ok(Signature::default()),
            Material::Bearer(token) => return set_bearer(request, input.style, credential, token),
            Material::Keys(_) => credential.signing_keys()?,
        };
        set_security_token(request, keys)?;
        let headers = self.signed_headers(&request.headers, request.endpoint.authority());
        let (method, path, query) = (request.method.as_str(), &*request.path, &*request.query);
        let canonical_request = sign::canonical_request(method, path, query, &headers, text(&payload_hash));
        let string_to_sign = sign::string_to_sign(algorithm, &canonical_request);
        let signature = self.keys.sign(algorithm, &keys.secret, &string_to_sign)?;
        let authorization = sign::authorization(algorithm, &keys.id, &headers, &signature);
        set_secret(request, AUTHORIZATION, authorization)?;
        Ok(Signature { canonical_request, string_to_sign })
    }

    /// The headers to sign, sorted. The documentation's choice survives proxies that rewrite `user-agent`.
    fn signed_headers<'a>(&self, headers: &'a HeaderMap, host: &'a str) -> Vec<(&'a str, &'a str)> {
        let mut signed = Vec::with_capacity(headers.len() + 1);
        for (name, value) in headers {
            let all = self.signs_all_headers && !is_of_connection(name);
            if all || sign::is_documented(name.as_str()) {
                signed.push((name.as_str(), text(value)));
            }
        }
        if !headers.contains_key(HOST) {
            signed.push(("host", host));
        }
        signed.sort_unstable();
        signed
    }
}

/// Whether a header is about the connection alone, so that whoever stands between may change it.
fn is_of_connection(name: &HeaderName) -> bool {
    [CONNECTION, UPGRADE, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION].contains(name)
}

/// A header's value. All of them were made of text, so that they are UTF-8.
fn text(value: &HeaderValue) -> &str {
    std::str::from_utf8(value.as_bytes()).unwrap_or_default()
}

/// The payload, where it lies in memory.
fn payload(request: &Request) -> Result<&[u8]> {
    request.body.as_bytes().ok_or_else(|| Error::input("the body must lie in memory, because its hash is signed"))
}

fn payload_hash(algorithm: Algorithm, input: &Input, request: &Request) -> Result<HeaderValue> {
    let hash = |hex: String| HeaderValue::try_from(hex).map_err(|error| Error::input(error.to_string()));
    if let Some(known) = input.ready()?.known_hash() {
        return hash(known.to_owned());
    }
    let payload = payload(request)?;
    if payload.is_empty() && algorithm != Algorithm::HmacSm3 {
        return Ok(HeaderValue::from_static(EMPTY_SHA256));
    }
    hash(algorithm.hash_hex(payload))
}

/// Sends a token in a header of its own, if it has one: an identity token, or a token whose profile names a header. Such a
/// call says nothing else of how it is signed.
fn set_own_header(request: &mut Request, credential: &Credential, token: &Secret) -> Result<bool> {
    let header = match credential.attribute(TOKEN_HEADER) {
        _ if credential.attribute(ID_TOKEN).is_some() => ZERO_TRUST_TOKEN,
        Some(name) => {
            let wrong =
                |_| Error::config(format!("`{name}` cannot be the name of the header that the token is sent in"));
            HeaderName::try_from(name).map_err(wrong)?
        }
        None => return Ok(false),
    };
    set_secret(request, header, token.expose().to_owned())?;
    Ok(true)
}

/// A token instead of a signature.
fn set_bearer(request: &mut Request, style: Style, credential: &Credential, token: &Secret) -> Result<Signature> {
    if set_own_header(request, credential, token)? {
        return Ok(Signature::default());
    }
    set_secret(request, BEARER_TOKEN, token.expose().to_owned())?;
    match style {
        Style::Rpc => push_query(&mut request.query, "SignatureType", BEARER),
        Style::Roa => request.set_header(SIGNATURE_TYPE, BEARER)?,
    }
    Ok(Signature::default())
}

fn set_security_token(request: &mut Request, keys: &Keys) -> Result<()> {
    let Some(token) = &keys.token else { return Ok(()) };
    request.set_header(KEY_ID, &keys.id)?;
    set_secret(request, SECURITY_TOKEN, token.expose().to_owned())
}

fn set_secret(request: &mut Request, name: HeaderName, value: String) -> Result<()> {
    // Nothing of the value may stand in the error.
    let wrong =
        |_| Error::credentials(format!("header `{name}`: the key or token has a character that cannot be sent"));
    let mut value = HeaderValue::try_from(value).map_err(wrong)?;
    value.set_sensitive(true);
    request.headers.insert(name, value);
    Ok(())
}

fn sign_rpc_v1(request: &mut Request, credential: &Credential) -> Result<Signature> {
    let keys = match credential.material() {
        Material::Anonymous => return Ok(Signature::default()),
        Material::Bearer(token) => {
            if !set_own_header(request, credential, token)? {
                push_query(&mut request.query, "BearerToken", token.expose());
                push_query(&mut request.query, "SignatureType", BEARER);
            }
            return Ok(Signature::default());
        }
        Material::Keys(_) => credential.signing_keys()?,
    };
    if let Some(token) = &keys.token {
        push_query(&mut request.query, "SecurityToken", token.expose());
    }
    for (name, value) in [("SignatureMethod", "HMAC-SHA1"), ("SignatureVersion", "1.0"), ("AccessKeyId", &*keys.id)] {
        push_query(&mut request.query, name, value);
    }
    let form = String::from_utf8_lossy(payload(request)?);
    let string_to_sign = v1::rpc_string_to_sign(request.method.as_str(), &request.query, &form);
    let signature = v1::rpc_signature(keys.secret.expose(), &string_to_sign);
    push_query(&mut request.query, "Signature", &signature);
    Ok(Signature { canonical_request: String::new(), string_to_sign })
}

fn sign_roa_v1(request: &mut Request, credential: &Credential) -> Result<Signature> {
    let keys = match credential.material() {
        Material::Anonymous => return Ok(Signature::default()),
        Material::Bearer(token) => return set_bearer(request, Style::Roa, credential, token),
        Material::Keys(_) => credential.signing_keys()?,
    };
    set_security_token(request, keys)?;
    let acs = request.headers.iter().filter(|(name, _)| name.as_str().starts_with("x-acs-"));
    let mut acs: Vec<_> = acs.map(|(name, value)| (name.as_str(), text(value))).collect();
    acs.sort_unstable();
    let header = |name: &str| request.header(name);
    let string_to_sign = v1::roa_string_to_sign(request.method.as_str(), &request.path, &request.query, header, &acs);
    let signature = v1::roa_signature(keys.secret.expose(), &string_to_sign);
    set_secret(request, AUTHORIZATION, v1::roa_authorization(&keys.id, &signature))?;
    Ok(Signature { canonical_request: String::new(), string_to_sign })
}

/// The prepared key of the credential that signed last: most clients have one.
#[derive(Default)]
pub(crate) struct KeyCache(RwLock<Option<Prepared>>);

struct Prepared {
    algorithm: Algorithm,
    secret: Secret,
    key: Key,
}

impl KeyCache {
    fn sign(&self, algorithm: Algorithm, secret: &Secret, text: &str) -> Result<String> {
        let cached = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*cached
            && known.algorithm == algorithm
            && known.secret == *secret
        {
            return known.key.sign(text);
        }
        drop(cached);
        let key = Key::new(algorithm, secret)?;
        let signature = key.sign(text)?;
        let fresh = Prepared { algorithm, secret: secret.clone(), key };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(fresh);
        Ok(signature)
    }
}

impl std::fmt::Debug for Alibaba {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let endpoint = self.endpoint.as_ref().map_or(Cow::Borrowed("of the region"), |it| it.to_string().into());
        f.debug_struct("Alibaba")
            .field("region", &self.region)
            .field("endpoint", &endpoint)
            .field("signature", &self.signature)
            .finish_non_exhaustive()
    }
}
