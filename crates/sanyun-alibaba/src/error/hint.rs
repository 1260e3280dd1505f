//! One sentence of advice for the refusals that have a known cause.

use sanyun_core::{ServiceError, Signature};

use super::mismatch::signature_hint;
use super::{AccessDenied, DeniedReason};

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

/// Which permission is missing, where the answer tells it; else the page where the vendor explains the error.
fn permission_hint(error: &ServiceError) -> Option<String> {
    let detail = error.detail("AccessDeniedDetail").or_else(|| error.detail("accessDeniedDetail"));
    let denied = detail.and_then(AccessDenied::parse).filter(|denied| !denied.action.is_empty());
    let Some(AccessDenied { action, reason, .. }) = denied else {
        let link = error.detail("Recommend").filter(|link| link.starts_with("https://"));
        return link.map(|link| format!("see {link}"));
    };
    Some(match reason {
        DeniedReason::Explicit => {
            format!("a policy denies `{action}` to this identity: change the policy that denies it")
        }
        _ => format!("no policy allows `{action}` to this identity: grant it in the RAM console"),
    })
}
