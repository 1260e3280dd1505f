//! The codes that the vendor's SDKs give to errors which are not the cloud's.

use sanyun_core::{Error, ErrorKind, TimeoutPhase};

/// The code by which the vendor's SDKs would know an error: the cloud's own ([`Error::code`]), or for an error of the
/// client
///
/// | code | kind of error here |
/// |---|---|
/// | `ClientNetworkError` | [`Resolve`](ErrorKind::Resolve), [`Connect`](ErrorKind::Connect), [`Tls`](ErrorKind::Tls), [`Timeout`](ErrorKind::Timeout), [`Io`](ErrorKind::Io); [`Decode`](ErrorKind::Decode) of an answer that is not HTTP or was cut short |
/// | `ServerNetworkError` | [`Service`](ErrorKind::Service) with this code: a status that is not 2xx, without an envelope; [`Redirect`](ErrorKind::Redirect) |
/// | `ClientParamsError` | [`Input`](ErrorKind::Input) |
/// | `ClientError` | [`Config`](ErrorKind::Config) |
/// | `ClientError.ParseJsonError` | [`Decode`](ErrorKind::Decode) otherwise |
/// | `ClientError.CredentialError` | [`Credentials`](ErrorKind::Credentials); the vendor's SDKs also say `InvalidCredential` and `ClientSideError` |
///
/// ```
/// use sanyun_tencent::{Error, error};
///
/// assert_eq!(error::official_code(&Error::input("the action is missing")), "ClientParamsError");
/// ```
pub fn official_code(error: &Error) -> &str {
    if let Some(code) = error.code() {
        return code;
    }
    match error.kind() {
        // Waiting for a state has no twin; that it did not come is no failure of the network.
        ErrorKind::Timeout if error.timeout_phase() == Some(TimeoutPhase::Wait) => "ClientError",
        ErrorKind::Resolve | ErrorKind::Connect | ErrorKind::Tls | ErrorKind::Timeout | ErrorKind::Io => {
            "ClientNetworkError"
        }
        // Only what broke on the way may come right.
        ErrorKind::Decode if error.is_retryable() => "ClientNetworkError",
        ErrorKind::Decode => "ClientError.ParseJsonError",
        ErrorKind::Redirect => super::SERVER_NETWORK_ERROR,
        ErrorKind::Input => "ClientParamsError",
        ErrorKind::Credentials => "ClientError.CredentialError",
        _ => "ClientError",
    }
}

#[cfg(test)]
mod tests {
    use sanyun_core::{ServiceError, TransportError, TransportErrorKind};

    use super::*;

    #[test]
    fn every_failure_has_the_vendors_code() {
        for (kind, code) in [
            (TransportErrorKind::Resolve, "ClientNetworkError"),
            (TransportErrorKind::Proxy, "ClientNetworkError"),
            (TransportErrorKind::Tls, "ClientNetworkError"),
            (TransportErrorKind::ReadTimeout, "ClientNetworkError"),
            (TransportErrorKind::Broken, "ClientNetworkError"),
            (TransportErrorKind::Garbage, "ClientNetworkError"),
            (TransportErrorKind::Redirect, "ServerNetworkError"),
            (TransportErrorKind::Request, "ClientParamsError"),
        ] {
            assert_eq!(official_code(&TransportError::new(kind, "").into()), code, "{kind:?}");
        }
        for (error, code) in [
            (Error::config(""), "ClientError"),
            (Error::input(""), "ClientParamsError"),
            (Error::credentials(""), "ClientError.CredentialError"),
            (Error::decode(""), "ClientError.ParseJsonError"),
            (Error::timed_out(TimeoutPhase::Call, ""), "ClientNetworkError"),
            (Error::timed_out(TimeoutPhase::Wait, ""), "ClientError"),
            (Error::from_service(ServiceError::new(200, "A.B", "")), "A.B"),
        ] {
            assert_eq!(official_code(&error), code);
        }
    }
}
