//! What to do about a refusal, in one sentence.

mod compare;

use sanyun_core::{ServiceError, Signature};

use super::{ENCODED_AUTHORIZATION_MESSAGE, gateway_number};

/// Advice for the refusals that people meet; the gateway's codes and texts are those of its error code page and of the
/// vendor's guide to debugging APIs.
pub(crate) fn hint(error: &ServiceError, signature: &Signature) -> Option<String> {
    let message = error.message();
    match gateway_number(error.code()) {
        Some("0301") => Some(authentication(message, signature)),
        Some(number) => gateway(number, message),
        None => service(error),
    }
}

/// `APIGW.0301`: one code for all that can be wrong with who calls.
fn authentication(message: &str, signature: &Signature) -> String {
    if let Some((_, theirs)) = message.split_once("canonicalRequest:") {
        return compare::advice(&signature.canonical_request, theirs);
    }
    let texts = [
        ("token not found", "the call carried no credential: give the client keys or a token"),
        (
            "decrypt token fail",
            "the token is broken, has expired, belongs to another cloud or site, or the account is frozen: get a new one",
        ),
        ("token expires", "the token has expired: get a new one"),
        (
            "not exist",
            "the access key is wrong, deleted or disabled, or it belongs to another cloud or site: check the access key id",
        ),
        ("signature expired", "the clock of this machine is more than 15 minutes off: set it right"),
        (
            "reach the limit",
            "the access key is locked for five minutes after too many wrong signatures: stop, and check the secret key",
        ),
        (
            "verify aksk signature fail",
            "the secret key is wrong, or something between changed the request: check the secret key first",
        ),
    ];
    let known = texts.iter().find(|(part, _)| message.contains(part));
    known
        .map_or("the gateway does not accept who calls: check access key, secret key and token", |(_, text)| text)
        .to_owned()
}

fn gateway(number: &str, message: &str) -> Option<String> {
    let text = match number {
        "0101" => "no such API is published there: check region, endpoint, method and path",
        "0103" | "0104" | "0105" => {
            "the API has no backend: that is the cloud's fault, ask its support with the request id"
        }
        "0106" => "the parameters do not fit the API: check names, places and values",
        "0201" => too_large(message),
        "0202" | "0203" => "the service behind the gateway does not answer: try again later",
        "0302" => "the caller is not authorised for this API: ask an administrator to allow it",
        "0303" => "the application's key or signature is wrong: check it",
        "0307" => "the token must be renewed: get a new one",
        "0308" => return Some(throttled(message)),
        _ => return None,
    };
    Some(text.to_owned())
}

/// The limits are those of the gateway in front of the public cloud; others may have others.
fn too_large(message: &str) -> &'static str {
    let texts = [
        ("entity too large", "the gateway takes bodies of at most 12 MB: send less at once"),
        ("URI too large", "the gateway takes URLs of at most 32 KB: send less in the query"),
        ("headers too large", "the gateway takes headers of at most 32 KB each and 128 KB in all: send less in them"),
    ];
    let known = texts.iter().find(|(part, _)| message.contains(part));
    known.map_or(
        "the gateway cannot read the request: check method, path and headers that were set by hand",
        |(_, text)| text,
    )
}

/// The message ends in `limit:<n>,time:1 second`.
fn throttled(message: &str) -> String {
    let behind =
        |name| message.split_once(name).map(|(_, rest)| rest.split([',', '"', '}']).next().unwrap_or_default().trim());
    match (behind("limit:"), behind("time:")) {
        (Some(limit), Some(window)) => {
            format!("the service allows {limit} calls in {window}: wait 2 to 5 seconds and call less often")
        }
        _ => "too many calls: wait 2 to 5 seconds and call less often".to_owned(),
    }
}

fn service(error: &ServiceError) -> Option<String> {
    let message = error.message();
    if error.code() == "Common.0018" || message.contains("is not the same with in URL") {
        return Some(
            "the project id in the path is of another account or region, or a token of the account is used for a service \
             of a region: use the project id of this region, or keys"
                .to_owned(),
        );
    }
    if error.detail(ENCODED_AUTHORIZATION_MESSAGE).is_some() {
        return Some(
            "who calls is known but not allowed: ask an administrator for the permission; \
             `encoded_authorization_message` says which one, and IAM decodes it"
                .to_owned(),
        );
    }
    let lacks_role = message.contains("required roles") || message.contains("forbidden to perform");
    (lacks_role || (error.status() == 403 && error.code() == "403")).then(|| {
        "who calls is known but not allowed: ask an administrator for a role or policy of this service".to_owned()
    })
}

#[cfg(test)]
mod tests;
