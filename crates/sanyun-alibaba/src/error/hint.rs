//! One sentence of advice for the refusals that have a known cause.

use sanyun_core::{ServiceError, Signature};

use crate::sign::decoded_pairs;

/// Advice for an error. `signature` is what was signed.
pub(crate) fn hint(error: &ServiceError, signature: &Signature) -> Option<String> {
    let code = error.code();
    let advice = match code {
        "SignatureDoesNotMatch" | "IncompleteSignature" => return Some(signature_hint(error.message(), signature)),
        "InvalidAccessKeyId.NotFound" => {
            "this access key id does not exist: look for a typing error, a deleted key, or temporary keys (`STS.…`) that \
             are sent without their security token or have expired"
        }
        "InvalidAccessKeyId.Inactive" | "InvalidAccessKeyId.Disabled" => {
            "this access key is disabled: enable it in the RAM console or use another one"
        }
        "InvalidSecurityToken.Expired" | "SecurityTokenExpired" => {
            "the security token has expired: fetch new temporary keys"
        }
        "InvalidSecurityToken.Malformed" | "InvalidSecurityToken.MismatchWithAccessKey" => {
            "access key and security token do not belong together: take both from the same answer of STS"
        }
        "MissingSecurityToken" => "these are temporary keys: give their security token too",
        "InvalidTimeStamp.Expired" | "IllegalTimestamp" => {
            "the machine's clock is more than 15 minutes off: set it, or let it follow a time server"
        }
        "SignatureNonceUsed" => {
            "the same request arrived twice: a proxy repeated it, or a nonce of the application's own is not unique"
        }
        "InvalidAction.NotFound" | "InvalidApi.NotFound" | "InvalidVersion" => {
            "the product at this endpoint has no such operation: check name, version and endpoint"
        }
        "InvalidProduct.NotFound" => "no product answers at this host: check the endpoint",
        "InvalidProtocol.NeedSsl" => "this operation needs HTTPS: use an endpoint without `http://`",
        _ if code.starts_with("Throttling") => "too many calls: wait before calling again, or ask for a higher quota",
        _ => return permission_hint(error),
    };
    Some(advice.to_owned())
}

/// Which permission is missing, where the answer tells it.
fn permission_hint(error: &ServiceError) -> Option<String> {
    let detail = error.detail("AccessDeniedDetail").or_else(|| error.detail("accessDeniedDetail"))?;
    let detail: serde_json::Value = serde_json::from_str(detail).ok()?;
    let action = detail.get("AuthAction")?.as_str()?;
    let denied = detail.get("NoPermissionType").and_then(serde_json::Value::as_str) == Some("ExplicitDeny");
    Some(match denied {
        true => format!("a policy denies `{action}` to this identity: change the policy that denies it"),
        false => format!("no policy allows `{action}` to this identity: grant it in the RAM console"),
    })
}

const WRONG_SECRET: &str = "the server signed the same text and got another signature: the access key secret is wrong";

/// Compares what the gateway signed with what we signed: the same text means a wrong secret, another one means that the
/// request was changed on its way.
pub(super) fn signature_hint(message: &str, signature: &Signature) -> String {
    let Some(theirs) = server_text(message) else {
        return "the access key secret is wrong, or the request was changed on its way".to_owned();
    };
    let ours = &signature.string_to_sign;
    if theirs.starts_with(ours.as_str()) || squeezed(theirs).starts_with(&squeezed(ours)) {
        return WRONG_SECRET.to_owned();
    }
    match difference(ours, theirs) {
        Some(name) => {
            format!("the server signed another text than we did, first at `{name}`: something between changed it")
        }
        None => "the server signed another text than we did: something between here and there changed the request"
            .to_owned(),
    }
}

/// The gateway's own string to sign, which it puts at the end of its message.
fn server_text(message: &str) -> Option<&str> {
    const MARK: &str = "string to sign is:";
    let at = message.find(MARK)?;
    message.get(at + MARK.len()..).map(str::trim).filter(|text| !text.is_empty())
}

/// Without white space: gateways print line ends as blanks.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The name of the first parameter or header line that differs; never its value, which may be a token.
fn difference(ours: &str, theirs: &str) -> Option<String> {
    let (ours, theirs) = (named_parts(ours), named_parts(theirs));
    let differing =
        ours.iter().find(|part| !theirs.contains(part)).or_else(|| theirs.iter().find(|part| !ours.contains(part)));
    differing.map(|(name, _)| name.clone())
}

/// The parts of a string to sign that have names: the parameters of an RPC call, the header lines of an ROA call.
fn named_parts(text: &str) -> Vec<(String, String)> {
    match text.split_once("&%2F&") {
        Some((_, encoded)) => decoded_pairs(&sanyun_core::encode::percent_decode(encoded)),
        None => text
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    }
}
