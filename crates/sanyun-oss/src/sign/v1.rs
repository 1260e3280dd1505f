//! Signature V1, HMAC-SHA1 (OSS API reference, "Include V1 signatures").

use std::time::SystemTime;

use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE};
use http::{HeaderMap, HeaderName};
use sanyun_core::hash::hmac_sha1;
use sanyun_core::{Keys, Request, Result, Secret, Signature, encode, header_value, time};

use super::{header_text, push_pair, secret_value, without};

const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-oss-security-token");
const DATE_HEADER: HeaderName = HeaderName::from_static("x-oss-date");
const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");

/// The query parameters that are always signed, beside those that begin with `x-oss-`.
const SUB_RESOURCES: &[&str] = &[
    "acl",
    "append",
    "bucketInfo",
    "callback",
    "callback-var",
    "cloudboxes",
    "continuation-token",
    "delete",
    "location",
    "objectMeta",
    "partNumber",
    "position",
    "regionList",
    "resourceGroup",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "security-token",
    "sequential",
    "stat",
    "symlink",
    "tagging",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
];

/// The string to sign. `date` is the `Date` header, or of a presigned URL the Unix seconds of its end; an `x-oss-date`
/// header takes its place. `query` is the encoded one as it is sent; `sub_resources` are the parameters that the
/// operation signs beyond the usual ones.
pub fn string_to_sign(
    method: &str,
    headers: &HeaderMap,
    date: &str,
    bucket: Option<&str>,
    key: Option<&str>,
    query: &str,
    sub_resources: &[&str],
) -> String {
    let text = |name: &HeaderName| headers.get(name).map_or("".into(), |value| header_text(value.as_bytes()));
    let (md5, media_type, own_date) = (text(&CONTENT_MD5), text(&CONTENT_TYPE), text(&DATE_HEADER));
    let date = if own_date.is_empty() { date } else { &own_date };
    let mut out = String::with_capacity(256 + query.len());
    for line in [method, &md5, &media_type, date] {
        out.push_str(line);
        out.push('\n');
    }
    push_headers(&mut out, headers);
    push_resource(&mut out, bucket, key);
    push_sub_resources(&mut out, query, sub_resources);
    out
}

fn push_headers(out: &mut String, headers: &HeaderMap) {
    let mut signed: Vec<_> = headers.iter().filter(|(name, _)| name.as_str().starts_with("x-oss-")).collect();
    signed.sort_unstable_by_key(|(name, _)| name.as_str());
    for (name, value) in signed {
        out.push_str(name.as_str());
        out.push(':');
        out.push_str(&header_text(value.as_bytes()));
        out.push('\n');
    }
}

/// Bucket and key as they are, not encoded.
fn push_resource(out: &mut String, bucket: Option<&str>, key: Option<&str>) {
    out.push('/');
    if let Some(bucket) = bucket {
        out.push_str(bucket);
        out.push('/');
    }
    out.push_str(key.unwrap_or_default());
}

fn push_sub_resources(out: &mut String, query: &str, own: &[&str]) {
    let mut signed: Vec<_> = encode::pairs(query)
        .map(|(name, value)| (encode::percent_decode(name), encode::percent_decode(value)))
        .filter(|(name, _)| {
            let name = name.as_ref();
            SUB_RESOURCES.contains(&name) || own.contains(&name) || name.starts_with("x-oss-")
        })
        .collect();
    signed.sort_unstable();
    for (at, (name, value)) in signed.into_iter().enumerate() {
        out.push(if at == 0 { '?' } else { '&' });
        out.push_str(&name);
        if !value.is_empty() {
            out.push('=');
            out.push_str(&value);
        }
    }
}

/// The signature, in Base64.
pub fn signature(secret: &Secret, string_to_sign: &str) -> String {
    encode::base64(&hmac_sha1(secret.expose().as_bytes(), string_to_sign.as_bytes()))
}

/// Everything that a signature depends on beside the request.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The keys.
    pub keys: &'a Keys,
    /// The time to sign with.
    pub time: SystemTime,
    /// The bucket; `None` for the service.
    pub bucket: Option<&'a str>,
    /// The key, unencoded; `None` for the bucket or the service.
    pub key: Option<&'a str>,
    /// The query parameters that the operation signs beyond the usual ones.
    pub sub_resources: &'a [&'a str],
}

impl Signer<'_> {
    /// Signs in the headers: sets `Date`, `x-oss-security-token` for temporary keys, and `Authorization`.
    ///
    /// # Errors
    /// The key id or the token has a control character.
    pub fn sign_headers(&self, request: &mut Request) -> Result<Signature> {
        let date = time::http_date(self.time);
        request.headers.insert(DATE, header_value(&DATE, &date)?);
        if let Some(token) = &self.keys.token {
            request.headers.insert(TOKEN_HEADER, secret_value(&TOKEN_HEADER, token.expose().to_owned())?);
        }
        let string_to_sign = self.string_to_sign(request, &date);
        let signature = signature(&self.keys.secret, &string_to_sign);
        let value = secret_value(&AUTHORIZATION, ["OSS ", &self.keys.id, ":", &signature].concat())?;
        request.headers.insert(AUTHORIZATION, value);
        Ok(Signature { canonical_request: String::new(), string_to_sign })
    }

    /// Signs in the query, until `expiration`. A signature that is already there is replaced.
    pub fn sign_query(&self, request: &mut Request, expiration: SystemTime) -> Signature {
        let expires = time::unix_seconds(expiration).to_string();
        let token = self.keys.token.as_ref().map(Secret::expose).unwrap_or_default();
        let added = [("OSSAccessKeyId", self.keys.id.as_str()), ("Expires", &expires), ("security-token", token)];
        let stale = added.map(|(name, _)| name);
        request.query = without(&request.query, |name| stale.contains(&name) || name == "Signature");
        for (name, value) in added.into_iter().filter(|(_, value)| !value.is_empty()) {
            push_pair(&mut request.query, name, value);
        }
        let string_to_sign = self.string_to_sign(request, &expires);
        push_pair(&mut request.query, "Signature", &signature(&self.keys.secret, &string_to_sign));
        Signature { canonical_request: String::new(), string_to_sign }
    }

    fn string_to_sign(&self, request: &Request, date: &str) -> String {
        let method = request.method.as_str();
        string_to_sign(method, &request.headers, date, self.bucket, self.key, &request.query, self.sub_resources)
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method};
    use sanyun_core::Endpoint;

    use super::*;

    fn request(query: &str) -> Request {
        let endpoint = Endpoint::parse("https://b.oss-cn-hangzhou.aliyuncs.com", Default::default()).unwrap();
        let mut request = Request::new(Method::GET, endpoint, "/p.jpg");
        request.query = query.to_owned();
        request
    }

    fn signed(request: &mut Request, token: Option<&str>) -> String {
        let keys = Keys { id: "ak".to_owned(), secret: Secret::new("sk"), token: token.map(Secret::new) };
        let at = time::from_unix(1_702_743_657);
        let signer =
            Signer { keys: &keys, time: at, bucket: Some("b"), key: Some("p.jpg"), sub_resources: &["lifecycle"] };
        signer.sign_headers(request).unwrap().string_to_sign
    }

    #[test]
    fn parameters_of_the_protocol_are_signed_and_others_not() {
        let text = signed(&mut request("x=1&lifecycle&x-oss-process=image%2Fa&acl="), None);
        assert_eq!(text, "GET\n\n\nSat, 16 Dec 2023 16:20:57 GMT\n/b/p.jpg?acl&lifecycle&x-oss-process=image/a");
    }

    #[test]
    fn the_token_is_signed_and_a_date_of_the_callers_wins() {
        let mut request = request("");
        request.headers.insert(DATE_HEADER, HeaderValue::from_static("Wed, 28 Dec 2022 10:27:41 GMT"));
        assert_eq!(
            signed(&mut request, Some("tok")),
            "GET\n\n\nWed, 28 Dec 2022 10:27:41 GMT\nx-oss-date:Wed, 28 Dec 2022 10:27:41 GMT\n\
             x-oss-security-token:tok\n/b/p.jpg"
        );
    }
}
