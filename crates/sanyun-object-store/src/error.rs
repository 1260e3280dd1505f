//! Errors of the SDK as those of the trait.

use std::error::Error as StdError;

use object_store::Error;
use sanyun_oss::ErrorKind;

/// How the store is called in errors.
pub(crate) const STORE: &str = "OSS";

/// The code of a write that was not to replace anything, and would have.
pub(crate) const EXISTS: &str = "FileAlreadyExists";

/// Refusals because of the key, its signature or its token, not because of what it may do.
const UNAUTHENTICATED: [&str; 6] = [
    "InvalidAccessKeyId",
    "InvalidSecurityToken",
    "RequestTimeTooSkewed",
    "SecurityTokenExpired",
    "SecurityTokenNotSupported",
    "SignatureDoesNotMatch",
];

/// An error of a call about an object, a folder or the bucket.
pub(crate) fn of(path: impl AsRef<str>, error: sanyun_oss::Error) -> Error {
    let path = path.as_ref().to_owned();
    let status = error.service().map(|service| service.status());
    let code = error.code().unwrap_or_default();
    match (status, code) {
        // The object is not what is missing.
        (_, "NoSuchUpload") => generic(error),
        (Some(404), _) => Error::NotFound { path, source: error.into() },
        (_, EXISTS) => Error::AlreadyExists { path, source: error.into() },
        (Some(412), _) => Error::Precondition { path, source: error.into() },
        (Some(304), _) => Error::NotModified { path, source: error.into() },
        (_, code) if UNAUTHENTICATED.contains(&code) => Error::Unauthenticated { path, source: error.into() },
        (Some(401), _) => Error::Unauthenticated { path, source: error.into() },
        (None, _) if error.kind() == ErrorKind::Credentials => Error::Unauthenticated { path, source: error.into() },
        (_, "AccessDenied") => Error::PermissionDenied { path, source: error.into() },
        _ => generic(error),
    }
}

/// Any other error.
pub(crate) fn generic(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    Error::Generic { store: STORE, source: error.into() }
}

/// What OSS cannot do.
pub(crate) fn not_supported(why: impl Into<String>) -> Error {
    Error::NotSupported { source: why.into().into() }
}

#[cfg(test)]
mod tests {
    use sanyun_oss::ServiceError;

    use super::*;

    fn refused(status: u16, code: &str) -> Error {
        of("a/b", sanyun_oss::Error::from_service(ServiceError::new(status, code, "why")))
    }

    #[test]
    fn refusals_by_status_and_code() {
        assert!(matches!(refused(404, "NoSuchKey"), Error::NotFound { path, .. } if path == "a/b"));
        assert!(matches!(refused(404, "NoSuchBucket"), Error::NotFound { .. }));
        assert!(matches!(refused(404, "BadErrorResponse"), Error::NotFound { .. }));
        assert!(matches!(refused(404, "NoSuchUpload"), Error::Generic { store: "OSS", .. }));
        assert!(matches!(refused(409, "FileAlreadyExists"), Error::AlreadyExists { .. }));
        assert!(matches!(refused(409, "ObjectNotAppendable"), Error::Generic { .. }));
        assert!(matches!(refused(412, "PreconditionFailed"), Error::Precondition { .. }));
        assert!(matches!(refused(304, "NotModified"), Error::NotModified { .. }));
        assert!(matches!(refused(403, "AccessDenied"), Error::PermissionDenied { .. }));
        assert!(matches!(refused(403, "SignatureDoesNotMatch"), Error::Unauthenticated { .. }));
        assert!(matches!(refused(403, "InvalidObjectState"), Error::Generic { .. }));
        assert!(matches!(refused(500, "InternalError"), Error::Generic { .. }));
    }

    #[test]
    fn errors_before_anything_was_sent_and_what_they_say() {
        let error = of("a", sanyun_oss::Error::credentials("no keys"));
        assert!(matches!(error, Error::Unauthenticated { .. }));
        let source = error.source().unwrap().downcast_ref::<sanyun_oss::Error>().unwrap();
        assert_eq!(source.kind(), ErrorKind::Credentials);
        assert!(matches!(of("a", sanyun_oss::Error::input("wrong")), Error::Generic { .. }));
    }
}
