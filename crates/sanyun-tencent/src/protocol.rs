//! Tencent Cloud's part of the way of a call.

#[cfg(feature = "tracing")]
mod deprecation;

use std::sync::Arc;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method};
use sanyun_core::encode::HexDigest;
use sanyun_core::{
    Attempt, CallInfo, CallOptions, Endpoint, Error, Keys, Protocol, Reply, Request, ServiceError, Signature, Verdict,
    header_value, time,
};

use crate::endpoint::Hosts;
use crate::shape::{self, Input, Language, Pairs, X_TC_TIMESTAMP, X_TC_TOKEN};
use crate::sign::{self, SignatureMethod, Signers, old};
use crate::{credentials, error};

/// Headers that tell nothing about keys.
const SHOWN_HEADERS: &[&str] = &[
    "x-tc-action",
    "x-tc-content-sha256",
    "x-tc-language",
    "x-tc-region",
    "x-tc-requestclient",
    "x-tc-requestid",
    "x-tc-timestamp",
    "x-tc-traceid",
    "x-tc-version",
];

/// The settings of a client that its calls depend on.
pub(crate) struct Tencent {
    pub(crate) region: Option<String>,
    pub(crate) language: Option<Language>,
    pub(crate) request_client: HeaderValue,
    pub(crate) method: Method,
    pub(crate) signature_method: SignatureMethod,
    pub(crate) unsigned_payload: bool,
    pub(crate) hosts: Hosts,
    pub(crate) signers: Signers,
    #[cfg(feature = "tracing")]
    pub(crate) deprecations: deprecation::Deprecations,
}

impl Protocol for Tencent {
    type Input = Input;

    fn info<'a>(&'a self, input: &'a Input) -> CallInfo<'a> {
        CallInfo {
            cloud: "tencent",
            service: &input.service,
            operation: &input.action,
            idempotent: input.idempotent,
            signed: !input.skip_signature,
            credential_kind: "",
            // Packed events would come in lumps.
            accepts_gzip: !input.streams,
            shown_headers: SHOWN_HEADERS,
        }
    }

    fn endpoints(&self, input: &Input, options: &CallOptions) -> Result<Arc<[Endpoint]>, Error> {
        self.hosts.connect(&input.service, input.action_endpoint.as_deref(), options.endpoint())
    }

    fn backup(&self, input: &Input, options: &CallOptions) -> Option<Endpoint> {
        self.hosts.backup(&input.service, options.endpoint())
    }

    fn shape(&self, input: &Input, attempt: &Attempt<'_>) -> Result<Request, Error> {
        shape::check(self, input)?;
        shape::request(self, input, attempt)
    }

    fn sign(&self, input: &Input, request: &mut Request, attempt: &Attempt<'_>) -> Result<Signature, Error> {
        match shape::signature_method(self, input) {
            SignatureMethod::Tc3 if input.skip_signature => {
                request.set_header(X_TC_TIMESTAMP, &time::unix_seconds(attempt.now).to_string())?;
                request.headers.remove(X_TC_TOKEN);
                request.headers.insert(AUTHORIZATION, HeaderValue::from_static(sign::SKIP));
                Ok(Signature::default())
            }
            SignatureMethod::Tc3 => self.sign_tc3(input, request, attempt),
            method => self.sign_old(method, input, request, attempt),
        }
    }

    fn streams(&self, input: &Input, head: &Reply) -> bool {
        input.streams && error::is_event_stream(head)
    }

    fn judge(&self, input: &Input, reply: &Reply) -> Verdict {
        if self.streams(input, reply) {
            return Verdict::Success;
        }
        let verdict = error::judge(reply);
        #[cfg(feature = "tracing")]
        if matches!(verdict, Verdict::Success) {
            self.deprecations.warn(input, reply);
        }
        #[cfg(not(feature = "tracing"))]
        let _ = input;
        verdict
    }

    fn is_outage(&self, error: &ServiceError) -> bool {
        error::is_outage(error)
    }

    fn request_id(&self, _: &Input, reply: &Reply) -> Option<String> {
        error::request_id(reply)
    }

    fn hint(&self, input: &Input, error: &ServiceError, _: &Signature) -> Option<String> {
        error::hint(input, error)
    }
}

impl Tencent {
    fn sign_tc3(&self, input: &Input, request: &mut Request, attempt: &Attempt<'_>) -> Result<Signature, Error> {
        let keys = attempt.credential.signing_keys()?;
        let signer = self.signers.get(keys, attempt.credential.source(), &input.service, attempt.now)?;
        let host = self.signed_host(input, attempt)?;
        let timestamp = time::unix_seconds(attempt.now).to_string();
        let digest = self.payload_sha256(input, request)?;
        let headers = [
            ("content-type", request.header(CONTENT_TYPE.as_str())),
            ("host", host.as_deref().unwrap_or_else(|| request.host())),
        ];
        let canonical =
            sign::canonical_request(request.method.as_str(), &request.path, &request.query, &headers, digest.as_str());
        let string_to_sign = sign::string_to_sign_at(&timestamp, signer.scope(), &canonical);
        request.headers.insert(AUTHORIZATION, secret_header(signer.authorization(&string_to_sign))?);
        request.headers.insert(X_TC_TIMESTAMP, header_from(timestamp)?);
        if let Some(token) = &keys.token {
            let mut token = header_value(&X_TC_TOKEN, token.expose())?;
            token.set_sensitive(true);
            request.headers.insert(X_TC_TOKEN, token);
        }
        Ok(Signature { canonical_request: canonical, string_to_sign })
    }

    fn payload_sha256(&self, input: &Input, request: &Request) -> Result<HexDigest, Error> {
        if self.unsigned_payload || input.unsigned_payload {
            return Ok(HexDigest::sha256(sign::UNSIGNED_PAYLOAD.as_bytes()));
        }
        let bytes = request.body.as_bytes().ok_or_else(|| {
            Error::input("the body is signed and must lie in memory")
                .with_hint("read it first, or leave it unsigned: `Input::unsigned_payload()`, or `unsigned_payload(true)` of the builder")
        })?;
        Ok(HexDigest::sha256(bytes))
    }

    fn sign_old(
        &self,
        method: SignatureMethod,
        input: &Input,
        request: &mut Request,
        attempt: &Attempt<'_>,
    ) -> Result<Signature, Error> {
        let keys = attempt.credential.signing_keys()?;
        credentials::check(keys, attempt.credential.source())?;
        let host = self.signed_host(input, attempt)?;
        let mut pairs = input.pairs()?;
        self.add_common_pairs(&mut pairs, method, input, keys, attempt);
        let host = host.as_deref().unwrap_or_else(|| request.host());
        let string_to_sign = old::string_to_sign(request.method.as_str(), host, &request.path, &pairs);
        put(&mut pairs, "Signature", old::signature(method, &keys.secret, &string_to_sign));
        let form = shape::form(&pairs);
        if request.method == Method::GET {
            request.query = form
        } else {
            request.body = form.into()
        }
        shape::check_size(shape::old_limit(&request.method), request)?;
        Ok(Signature { canonical_request: String::new(), string_to_sign })
    }

    fn add_common_pairs(
        &self,
        pairs: &mut Pairs,
        method: SignatureMethod,
        input: &Input,
        keys: &Keys,
        attempt: &Attempt<'_>,
    ) {
        // 1 to 2^63 - 1, as the vendor's SDKs draw it.
        let nonce = (attempt.chance.next_u64() >> 1).max(1);
        pairs.retain(|(name, _)| name != "Signature");
        put(pairs, "Action", input.action.clone());
        put(pairs, "RequestClient", self.request_client.to_str().unwrap_or_default().to_owned());
        put(pairs, "Nonce", nonce.to_string());
        put(pairs, "Timestamp", time::unix_seconds(attempt.now).to_string());
        put(pairs, "Version", input.version.clone());
        if let Some(region) = shape::region(self, attempt) {
            put(pairs, "Region", region.to_owned());
        }
        if let Some(token) = &keys.token {
            put(pairs, "Token", token.expose().to_owned());
        }
        put(pairs, "SecretId", keys.id.clone());
        put(pairs, "SignatureMethod", method.as_str().to_owned());
        if let Some(language) = self.language {
            put(pairs, "Language", language.as_str().to_owned());
        }
    }

    fn signed_host(&self, input: &Input, attempt: &Attempt<'_>) -> Result<Option<String>, Error> {
        let (of_action, of_call) = (input.action_endpoint.as_deref(), attempt.options.endpoint());
        self.hosts.signed_host(attempt.endpoint, &input.service, of_action, of_call)
    }
}

/// Sets a pair, in the place of one that has the name already.
fn put(pairs: &mut Pairs, name: &str, value: String) {
    match pairs.iter_mut().find(|(known, _)| known == name) {
        Some(known) => known.1 = value,
        None => pairs.push((name.to_owned(), value)),
    }
}

fn secret_header(text: String) -> Result<HeaderValue, Error> {
    let mut value = header_from(text)?;
    value.set_sensitive(true);
    Ok(value)
}

fn header_from(text: String) -> Result<HeaderValue, Error> {
    HeaderValue::try_from(text)
        .map_err(|_| Error::credentials("the secret id has a control character in it").with_hint("copy it again"))
}

#[cfg(test)]
mod tests;
