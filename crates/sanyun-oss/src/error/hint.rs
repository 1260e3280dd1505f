//! One sentence of advice for the refusals that people meet.

use sanyun_core::{ServiceError, Signature};

/// Advice for an error, if there is any.
pub(crate) fn hint(error: &ServiceError, signature: &Signature) -> Option<String> {
    let text = match error.code() {
        "SignatureDoesNotMatch" => return Some(signature_hint(error, signature)),
        "AccessDenied" => return access_hint(error),
        _ if matches!(error.status(), 301 | 302 | 307 | 308) => return redirect_hint(error),
        "InvalidAccessKeyId" => {
            "the access key id does not exist or is disabled: check it, and that it is a key of this cloud"
        }
        "SecurityTokenExpired" => "the session token has expired: fetch new temporary keys",
        "InvalidSecurityToken" => {
            "the session token does not belong to the access key: give all three of one reply of STS"
        }
        "RequestTimeTooSkewed" => "the clock of this machine is more than 15 minutes off: set it",
        "NoSuchBucket" => "check the bucket's name and the region: the list of buckets shows both",
        "NoSuchKey" => "check the key, case and leading slashes included; every key is sent as it is given",
        "BucketAlreadyExists" => "bucket names are unique among all users: choose another one",
        "BucketNotEmpty" => "delete the objects, their versions and the unfinished uploads first",
        "InvalidObjectState" => "the object is archived: restore it first, then read it",
        "FileAlreadyExists" => "an object of this key exists, and overwriting is forbidden: choose another key",
        "SymlinkTargetNotExist" => "the object that the symbolic link names does not exist",
        "UserDisable" => "the account is disabled: look at its bills",
        "CallbackFailed" => "the object is stored, but the callback server did not answer as it must",
        _ => return None,
    };
    Some(text.to_owned())
}

/// A redirect that was not followed: the signature holds for one host and one region.
fn redirect_hint(error: &ServiceError) -> Option<String> {
    let endpoint = error.detail("Endpoint")?;
    Some(format!("the bucket answers at another endpoint: use {endpoint}, with its region"))
}

/// A bucket of another region answers with where it is.
fn access_hint(error: &ServiceError) -> Option<String> {
    match error.detail("Endpoint") {
        Some(endpoint) if error.message().contains("endpoint") => {
            Some(format!("the bucket is in another region: use the endpoint {endpoint}"))
        }
        _ => Some("the key is right, but its user or role lacks the permission, or a policy denies it".to_owned()),
    }
}

/// What OSS signed, compared with what was signed here, line by line.
fn signature_hint(error: &ServiceError, signature: &Signature) -> String {
    let theirs = [("CanonicalRequest", &signature.canonical_request), ("StringToSign", &signature.string_to_sign)];
    for (name, ours) in theirs {
        let Some(theirs) = error.detail(name).filter(|_| !ours.is_empty()) else { continue };
        if let Some(difference) = first_difference(ours, theirs) {
            return difference;
        }
    }
    "the secret key does not belong to the access key id: check for a wrong or cut secret".to_owned()
}

fn first_difference(ours: &str, theirs: &str) -> Option<String> {
    let (mut ours, mut theirs) = (ours.lines(), theirs.lines());
    for line in 1.. {
        match (ours.next(), theirs.next()) {
            (None, None) => return None,
            (ours, theirs) if ours == theirs => {}
            // The line may hold a session token: only its name is told.
            (ours, theirs) => {
                let name = ours.or(theirs).and_then(|text| text.split_once(':')).map_or("", |(name, _)| name);
                return Some(format!(
                    "OSS received another request than was signed; line {line} of the canonical request differs{}{name}: \
                     does a proxy change it?",
                    if name.is_empty() { "" } else { ", " }
                ));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str) -> ServiceError {
        ServiceError::new(403, code, "m")
    }

    #[test]
    fn a_wrong_secret_is_told_from_a_changed_request() {
        let signature =
            Signature { canonical_request: "GET\n/b/k\n\nx-oss-date:1\n".to_owned(), string_to_sign: "s".to_owned() };
        let error = refused("SignatureDoesNotMatch");
        let same = error.clone().with_detail("CanonicalRequest", "GET\n/b/k\n\nx-oss-date:1\n");
        assert!(hint(&same, &signature).unwrap().contains("secret key"));
        let other = error.with_detail("CanonicalRequest", "GET\n/b/k\n\nx-oss-date:2\n");
        assert!(hint(&other, &signature).unwrap().contains("line 4 of the canonical request differs, x-oss-date"));
    }

    #[test]
    fn a_bucket_elsewhere_is_named() {
        let error = ServiceError::new(403, "AccessDenied", "must be addressed using the specified endpoint")
            .with_detail("Endpoint", "oss-cn-beijing.aliyuncs.com");
        assert!(hint(&error, &Signature::default()).unwrap().contains("oss-cn-beijing.aliyuncs.com"));
        assert!(hint(&refused("AccessDenied"), &Signature::default()).unwrap().contains("permission"));
    }
}
