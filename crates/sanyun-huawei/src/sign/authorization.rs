//! The `Authorization` header: written, and read by a server.

use super::{Algorithm, canonical};

/// What an `Authorization` header of these signatures says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Authorization<'a> {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// The access key id.
    pub id: &'a str,
    /// `<YYYYMMDD>/<region>/<service>` of [`Algorithm::V11HmacSha256`]; empty for the others.
    pub scope: &'a str,
    /// The names of the signed headers, joined by `;`.
    pub signed_headers: &'a str,
    /// The signature in hex digits.
    pub signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Reads the header's value; `None` if it is of another scheme or not well-formed.
    pub fn parse(value: &'a str) -> Option<Self> {
        let (name, parameters) = value.split_once(' ')?;
        let algorithm = Algorithm::from_name(name)?;
        let parameter = |name: &str| {
            let mut named = parameters.split(',').filter_map(|parameter| parameter.trim().split_once('='));
            named.find(|(known, _)| *known == name).map(|(_, value)| value)
        };
        let (id, scope) = match algorithm {
            Algorithm::V11HmacSha256 => parameter("Credential")?.split_once('/')?,
            _ => (parameter("Access")?, ""),
        };
        let signed_headers = parameter("SignedHeaders")?;
        Some(Self { algorithm, id, scope, signed_headers, signature: parameter("Signature")? })
    }
}

/// The header's value.
pub(super) fn text(algorithm: Algorithm, id: &str, scope: &str, headers: &[(&str, &str)], signature: &str) -> String {
    let names: usize = headers.iter().map(|(name, _)| name.len() + 1).sum();
    let mut out = String::with_capacity(64 + id.len() + scope.len() + names + signature.len());
    out.push_str(algorithm.as_str());
    if scope.is_empty() {
        out.push_str(" Access=");
        out.push_str(id);
    } else {
        out.push_str(" Credential=");
        out.push_str(id);
        out.push('/');
        out.push_str(scope);
    }
    out.push_str(", SignedHeaders=");
    canonical::push_names(&mut out, headers);
    out.push_str(", Signature=");
    out.push_str(signature);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let headers = [("host", "h"), ("x-sdk-date", "d")];
        let plain = text(Algorithm::HmacSm3, "AK", "", &headers, "ab12");
        assert_eq!(plain, "SDK-HMAC-SM3 Access=AK, SignedHeaders=host;x-sdk-date, Signature=ab12");
        let derived = text(Algorithm::V11HmacSha256, "AK", "20260102/r/s", &headers, "ab12");
        for (written, scope) in [(&plain, ""), (&derived, "20260102/r/s")] {
            let read = Authorization::parse(written).unwrap();
            assert_eq!((read.id, read.scope, read.signature), ("AK", scope, "ab12"));
            assert_eq!(read.signed_headers, "host;x-sdk-date");
        }
    }

    #[test]
    fn other_headers_are_refused() {
        for value in
            ["", "Bearer x", "SDK-HMAC-SHA256", "SDK-HMAC-SHA256 Access=a, Signature=b", "V11-HMAC-SHA256 Access=a"]
        {
            assert_eq!(Authorization::parse(value), None, "{value}");
        }
    }
}
