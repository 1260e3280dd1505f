//! Who calls: the signature, rebuilt from the bytes that arrived.

use std::sync::Arc;

use sanyun_core::time;
use sanyun_tencent::sign::{self, SignatureMethod, SigningKey, old};

use super::refusal::Refusal;
use super::request::Request;
use crate::arrival::Head;
use crate::keys::{DEFAULT_ACCOUNT, Key};
use crate::state::State;

/// How far a client's clock may be off, in seconds.
const SKEW_SECONDS: i64 = 300;

/// Who calls.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) account: String,
    /// The owner of temporary keys that STS or the metadata service gave out.
    pub(super) principal: Option<String>,
}

/// Who calls. `unsigned` says that the operation needs no signature.
///
/// # Errors
/// One of the `AuthFailure` codes.
pub(super) fn verify(
    state: &State,
    head: &Head,
    body: &[u8],
    request: &Request,
    unsigned: bool,
) -> Result<Caller, Refusal> {
    let authorization = head.header("authorization");
    if unsigned && authorization == sign::SKIP {
        return Ok(Caller { account: DEFAULT_ACCOUNT.to_owned(), principal: None });
    }
    let key = match &request.signed_form {
        Some(form) => old_signature(state, head, request, form),
        None => tc3(state, head, body, request, authorization),
    }?;
    Ok(Caller { account: key.account.clone(), principal: key.principal.clone() })
}

fn tc3(state: &State, head: &Head, body: &[u8], request: &Request, authorization: &str) -> Result<Arc<Key>, Refusal> {
    let given = Authorization::parse(authorization).ok_or_else(|| {
        Refusal::new(
            "AuthFailure.InvalidAuthorization",
            "The request header `Authorization` is missing or not of the form TC3-HMAC-SHA256.",
        )
    })?;
    let key = find(state, given.id)?;
    let timestamp = check_time(state, &request.timestamp)?;
    check_token(state, &key, &request.token)?;
    let payload = if head.header("x-tc-content-sha256") == sign::UNSIGNED_PAYLOAD {
        sign::payload_sha256(sign::UNSIGNED_PAYLOAD.as_bytes())
    } else {
        sign::payload_sha256(body)
    };
    let headers: Vec<_> = given.signed_headers.split(';').map(|name| (name, head.header(name))).collect();
    let canonical = sign::canonical_request(head.method.as_str(), &head.path, &head.query, &headers, &payload);
    let signing_key = SigningKey::derive(&key.secret, given.service, time::from_unix(timestamp));
    let to_sign = sign::string_to_sign(timestamp, signing_key.scope(), &canonical);
    let needed = ["content-type", "host"].iter().all(|name| headers.iter().any(|(signed, _)| signed == name));
    if needed && given.scope == signing_key.scope() && signing_key.signature(&to_sign) == given.signature {
        return Ok(key);
    }
    Err(signature_failure())
}

fn old_signature(
    state: &State,
    head: &Head,
    request: &Request,
    form: &[(String, String)],
) -> Result<Arc<Key>, Refusal> {
    let field = |name: &str| form.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    for name in ["SecretId", "Signature", "Timestamp", "Nonce"] {
        if field(name).is_empty() {
            return Err(Refusal::new(
                "MissingParameter",
                format!("The request is missing a required parameter `{name}`."),
            ));
        }
    }
    let method = match field("SignatureMethod") {
        "" => Ok(SignatureMethod::HmacSha1),
        name => name.parse::<SignatureMethod>(),
    };
    let method = method.map_err(|_| signature_failure())?;
    let key = find(state, field("SecretId"))?;
    check_time(state, &request.timestamp)?;
    check_token(state, &key, &request.token)?;
    let signed: Vec<_> = form.iter().filter(|(name, _)| name != "Signature").cloned().collect();
    let to_sign = old::string_to_sign(head.method.as_str(), head.host(), &head.path, &signed);
    let signature = old::signature(method, &key.secret, &to_sign);
    if signature == field("Signature") { Ok(key) } else { Err(signature_failure()) }
}

fn find(state: &State, id: &str) -> Result<Arc<Key>, Refusal> {
    let message = "The SecretId is not found, please ensure that your SecretId is correct.";
    state
        .keys
        .find(id)
        .or_else(|| state.sessions.find(id))
        .ok_or_else(|| Refusal::new("AuthFailure.SecretIdNotFound", message))
}

fn check_time(state: &State, text: &str) -> Result<i64, Refusal> {
    let now = time::unix_seconds(state.clock.now());
    let at: i64 = text.parse().map_err(|_| {
        Refusal::new("InvalidParameter", "The parameter `Timestamp` is missing or not a number of seconds.")
    })?;
    if at.abs_diff(now) <= SKEW_SECONDS.unsigned_abs() {
        return Ok(at);
    }
    let message = format!(
        "The provided credentials could not be validated because the request has expired: its timestamp is {at}, the \
         server's time is {now}, and they must not differ by more than {SKEW_SECONDS} seconds."
    );
    Err(Refusal::new("AuthFailure.SignatureExpire", message))
}

fn check_token(state: &State, key: &Key, token: &str) -> Result<(), Refusal> {
    let message = "The token is not that of the SecretId, or it has expired.";
    let is_good = key.expires_at.is_none_or(|expires_at| state.clock.now() < expires_at);
    if is_good && key.fits_token(token) { Ok(()) } else { Err(Refusal::new("AuthFailure.TokenFailure", message)) }
}

fn signature_failure() -> Refusal {
    let message = "The provided credentials could not be validated. Please check your signature is correct.";
    Refusal::new("AuthFailure.SignatureFailure", message)
}

/// The parts of the header `Authorization`.
#[derive(Debug, PartialEq, Eq)]
struct Authorization<'a> {
    id: &'a str,
    /// `<date>/<service>/tc3_request`.
    scope: &'a str,
    service: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn parse(value: &'a str) -> Option<Self> {
        let mut parts = value.strip_prefix(sign::ALGORITHM)?.split(',').map(str::trim);
        let mut part = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix('=');
        let (credential, signed_headers, signature) = (part("Credential")?, part("SignedHeaders")?, part("Signature")?);
        let (id, scope) = credential.split_once('/')?;
        let service = scope.strip_suffix(sign::TERMINATOR)?.strip_suffix('/')?.split_once('/')?.1;
        Some(Self { id, scope, service, signed_headers, signature })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorization_is_taken_apart() {
        let text = sign::authorization("id", "2023-12-16/cvm/tc3_request", "content-type;host", "ab");
        let expected = Authorization {
            id: "id",
            scope: "2023-12-16/cvm/tc3_request",
            service: "cvm",
            signed_headers: "content-type;host",
            signature: "ab",
        };
        assert_eq!(Authorization::parse(&text), Some(expected));
        for text in ["", "SKIP", "TC3-HMAC-SHA256 Credential=id, SignedHeaders=h, Signature=s", "TC3-HMAC-SHA256"] {
            assert_eq!(Authorization::parse(text), None, "{text}");
        }
    }
}
