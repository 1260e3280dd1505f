//! One sentence of advice for the errors that people meet.

use sanyun_core::ServiceError;

use super::SERVER_NETWORK_ERROR;
use crate::shape::Input;

/// The page where keys are made.
const KEY_PAGE: &str = "https://console.cloud.tencent.com/cam/capi";

/// Advice for an error, where the code is a known one.
pub(crate) fn hint(input: &Input, error: &ServiceError) -> Option<String> {
    let (service, version, action) = (&input.service, &input.version, &input.action);
    let code = error.code();
    let text = match code {
        "AuthFailure.SecretIdNotFound" | "AuthFailure.InvalidSecretId" => format!(
            "this SecretId does not exist, was deleted or is disabled: compare it with {KEY_PAGE}; keys of the \
             international site are unknown to the Chinese one"
        ),
        "AuthFailure.SignatureFailure" => format!(
            "the SecretKey does not belong to this SecretId, or something on the way changed the request: copy the pair \
             again from {KEY_PAGE}, and check what a proxy does"
        ),
        "AuthFailure.SignatureExpire" => {
            "the clock of this machine is more than 5 minutes off: set it by NTP".to_owned()
        }
        "AuthFailure.TokenFailure" => {
            "the session token has expired or does not belong to these keys: fetch temporary keys again and use all three \
             parts of the same answer"
                .to_owned()
        }
        "AuthFailure.MFAFailure" => "this call needs a second factor: confirm it in the console".to_owned(),
        "UnsupportedRegion" => format!(
            "{service} is not offered in this region, or the name is misspelt: regions look like `ap-guangzhou`, and \
             finance regions need their own endpoint such as `{service}.ap-shanghai-fsi.tencentcloudapi.com`"
        ),
        "MissingParameter" | "InvalidParameter" | "InvalidParameterValue" if is_about_region(error.message()) => {
            "name the region: `.region(\"ap-guangzhou\")` on the client or the call, or TENCENTCLOUD_REGION".to_owned()
        }
        "InvalidAction" => format!(
            "{service} {version} has no action `{action}`, or its name is misspelt: upper and lower case matter, and newer \
             versions of a service have other actions"
        ),
        "NoSuchVersion" => format!("{service} has no version `{version}`; versions are dates such as `2017-03-12`"),
        "NoSuchProduct" => format!("there is no service `{service}`; services have short names such as `cvm`"),
        "ActionOffline" => format!("Tencent Cloud has removed {service} {action}: look for its successor in a newer version"),
        "RequestSizeLimitExceeded" => "the request is too large: 32 KB with GET, 10 MB with POST".to_owned(),
        "ResponseSizeLimitExceeded" => "the answer is too large: ask for fewer items, for instance with `Limit`".to_owned(),
        "IpInBlacklist" | "IpNotInWhitelist" => {
            "this account allows calls from certain addresses only: add this machine's address or call from one of them"
                .to_owned()
        }
        "AccountArrears" | "FailedOperation.AccountArrears" => "the account is in arrears: top it up".to_owned(),
        SERVER_NETWORK_ERROR => {
            "this is not an answer of Tencent Cloud's API but of something in front of it: check the endpoint and the \
             proxy, and try again"
                .to_owned()
        }
        _ => return by_family(code, service, action),
    };
    Some(text)
}

/// Advice for codes of which the minor parts are many.
fn by_family(code: &str, service: &str, action: &str) -> Option<String> {
    let major = code.split('.').next().unwrap_or(code);
    match major {
        "UnauthorizedOperation" => Some(not_allowed(service, action)),
        "AuthFailure" if code == "AuthFailure.UnauthorizedOperation" => Some(not_allowed(service, action)),
        "AuthFailure" => Some(format!("the keys were not accepted: compare them with {KEY_PAGE}")),
        "RequestLimitExceeded" => {
            Some("too many requests at once: call less often, or ask for a higher quota".to_owned())
        }
        _ => None,
    }
}

fn not_allowed(service: &str, action: &str) -> String {
    format!(
        "the user of these keys may not do this: have `{service}:{action}` allowed by a policy at \
             https://console.cloud.tencent.com/cam/policy"
    )
}

fn is_about_region(message: &str) -> bool {
    message.to_ascii_lowercase().contains("region")
}
