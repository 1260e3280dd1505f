//! Who calls: signature V4 or V1, in the headers or in the query, rebuilt from what arrived.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::StatusCode;
use sanyun_core::{encode, time};
use sanyun_oss::sign::v4::Resource;
use sanyun_oss::sign::{v1, v4};

use super::address::{Address, VectorsHost};
use super::form::Fields;
use super::refusal::Refusal;
use super::route;
use crate::arrival::Head;
use crate::keys::Key;
use crate::state::State;

/// How far a client's clock may be off.
const SKEW: Duration = Duration::from_secs(15 * 60);
/// The longest life of a URL with signature V4, in seconds.
const LIFETIME_LIMIT: u64 = 7 * 24 * 60 * 60;

/// Who calls.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Caller {
    /// `None` for a request without a signature.
    pub(super) account: Option<String>,
    /// The region that the signature names; V1 names none.
    pub(super) region: Option<String>,
}

/// The caller of a request. `sub_resources` are the query parameters that signature V1 covers for this operation beyond
/// those it always covers.
///
/// # Errors
/// `SignatureDoesNotMatch`, `InvalidAccessKeyId`, `RequestTimeTooSkewed`, `AccessDenied` for a URL that has expired.
pub(super) fn verify(
    state: &State,
    head: &Head,
    address: &Address,
    sub_resources: &'static [&'static str],
) -> Result<Caller, Refusal> {
    Check { state, head, address, vectors: None, sub_resources, now: state.clock.now() }.caller()
}

/// The caller of a request to a host of vector buckets, whose signature names bucket, account and region.
///
/// # Errors
/// As for [`verify`].
pub(super) fn of_vectors(state: &State, head: &Head, host: &VectorsHost) -> Result<Caller, Refusal> {
    let address = &Address { bucket: None, key: None, endpoint: String::new() };
    Check { state, head, address, vectors: Some(host), sub_resources: &[], now: state.clock.now() }.caller()
}

/// The caller of a form upload: it is the policy that is signed. A form without a policy comes from nobody.
///
/// # Errors
/// As for [`verify`].
pub(super) fn of_form(state: &State, head: &Head, address: &Address, fields: &Fields) -> Result<Caller, Refusal> {
    let check = Check { state, head, address, vectors: None, sub_resources: &[], now: state.clock.now() };
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let invalid = |name: &str| Refusal::invalid_argument("The form is not signed as it should be.", name, field(name));
    let is_v4 = fields.contains_key("x-oss-signature-version");
    let (id, signature) = (
        if is_v4 { "x-oss-credential" } else { "ossaccesskeyid" },
        if is_v4 { "x-oss-signature" } else { "signature" },
    );
    if ["policy", id, signature].iter().all(|name| field(name).is_empty()) {
        return Ok(Caller { account: None, region: None });
    }
    if let Some(missing) = ["policy", id, signature].into_iter().find(|name| field(name).is_empty()) {
        return Err(invalid(missing));
    }
    let (policy, given) = (field("policy"), field(signature));
    if !is_v4 {
        let key = check.key(field(id))?;
        check.check_token(&key, field("x-oss-security-token"))?;
        let caller = Caller { account: Some(key.account.clone()), region: None };
        return if v1::signature(&key.secret, policy) == given {
            Ok(caller)
        } else {
            Err(mismatch(&key.id, given, policy))
        };
    }
    if field("x-oss-signature-version") != v4::ALGORITHM {
        return Err(invalid("x-oss-signature-version"));
    }
    let credential = Credential::parse(field(id)).ok_or_else(|| invalid(id))?;
    let datetime = field("x-oss-date");
    let day =
        datetime.get(..8).filter(|_| time::parse_iso_basic(datetime).is_some()).ok_or_else(|| invalid("x-oss-date"))?;
    let key = check.key(credential.id)?;
    check.check_token(&key, field("x-oss-security-token"))?;
    let signing_key = v4::signing_key(&key.secret, day, credential.region, credential.product);
    let is_of_scope = credential.scope == v4::scope(datetime, credential.region, credential.product);
    if is_of_scope && v4::signature(&signing_key, policy) == given {
        return Ok(Caller { account: Some(key.account.clone()), region: Some(credential.region.to_owned()) });
    }
    Err(mismatch(&key.id, given, policy))
}

struct Check<'a> {
    state: &'a State,
    head: &'a Head,
    address: &'a Address,
    /// What a host of vector buckets names.
    vectors: Option<&'a VectorsHost>,
    sub_resources: &'static [&'static str],
    now: SystemTime,
}

/// What a V4 signature says about itself.
struct Given<'a> {
    credential: Credential<'a>,
    additional: Vec<&'a str>,
    datetime: &'a str,
    signature: &'a str,
}

impl Check<'_> {
    fn caller(&self) -> Result<Caller, Refusal> {
        let authorization = self.head.header("authorization");
        if authorization.starts_with(v4::ALGORITHM) {
            self.v4_header(authorization)
        } else if let Some(credential) = authorization.strip_prefix("OSS ") {
            self.v1_header(credential)
        } else if !authorization.is_empty() {
            Err(Refusal::invalid_argument("Authorization header is invalid.", "Authorization", "***"))
        } else if self.head.parameter("x-oss-signature-version").is_some() {
            self.v4_query()
        } else if self.head.parameter("OSSAccessKeyId").is_some() {
            self.v1_query()
        } else {
            Ok(Caller { account: None, region: None })
        }
    }

    fn v4_header(&self, authorization: &str) -> Result<Caller, Refusal> {
        let malformed = || Refusal::invalid_argument("Authorization header is invalid.", "Authorization", "***");
        let given = Authorization::parse(authorization).ok_or_else(malformed)?;
        let credential = Credential::parse(given.credential).ok_or_else(malformed)?;
        let key = self.key(credential.id)?;
        let date = self.head.header("x-oss-date");
        let at = time::parse_iso_basic(date).or_else(|| time::parse_http_date(date));
        let at = at.or_else(|| time::parse_http_date(self.head.header("date")));
        self.check_skew(at)?;
        self.check_token(&key, self.head.header("x-oss-security-token"))?;
        let datetime = time::iso_basic(at.unwrap_or(self.now));
        let additional = given.additional.split(';').filter(|name| !name.is_empty()).collect();
        self.v4(&key, &Given { credential, additional, datetime: &datetime, signature: given.signature })
    }

    fn v4_query(&self) -> Result<Caller, Refusal> {
        let parameter = |name: &str| self.head.parameter(name).unwrap_or_default();
        let (text, names) = (parameter("x-oss-credential"), parameter("x-oss-additional-headers"));
        let (datetime, signature) = (parameter("x-oss-date"), parameter("x-oss-signature"));
        let invalid = |name: &str| Refusal::invalid_argument("The signed URL is invalid.", name, "***");
        let credential = Credential::parse(&text).ok_or_else(|| invalid("x-oss-credential"))?;
        let from = time::parse_iso_basic(&datetime).ok_or_else(|| invalid("x-oss-date"))?;
        let seconds = parameter("x-oss-expires").parse().ok().filter(|seconds| (1..=LIFETIME_LIMIT).contains(seconds));
        let until = from + Duration::from_secs(seconds.ok_or_else(|| invalid("x-oss-expires"))?);
        let key = self.key(credential.id)?;
        self.check_token(&key, &parameter("x-oss-security-token"))?;
        let additional = names.split(';').filter(|name| !name.is_empty()).collect();
        // The signature first: whoever altered the expiry is told so.
        let caller = self.v4(&key, &Given { credential, additional, datetime: &datetime, signature: &signature })?;
        if from > self.now + SKEW {
            return Err(Refusal::access_denied("Request is not valid yet.").cause("0002-00000235"));
        }
        self.check_expiry(until).map(|()| caller)
    }

    fn v4(&self, key: &Key, given: &Given<'_>) -> Result<Caller, Refusal> {
        let Given { credential, additional, datetime, signature } = given;
        let resource = self.resource();
        let query = reencoded(&self.head.query);
        let method = self.head.method.as_str();
        let canonical = v4::canonical_request(method, &resource, &query, &self.head.headers, additional);
        let scope = v4::scope(datetime, credential.region, credential.product);
        let to_sign = v4::string_to_sign(datetime, &scope, &canonical);
        let day = datetime.get(..8).unwrap_or_default();
        let signing_key = v4::signing_key(&key.secret, day, credential.region, credential.product);
        if credential.scope == scope && v4::signature(&signing_key, &to_sign) == *signature {
            return Ok(Caller { account: Some(key.account.clone()), region: Some(credential.region.to_owned()) });
        }
        Err(mismatch(&key.id, signature, &to_sign).detail("CanonicalRequest", canonical))
    }

    fn resource(&self) -> Resource<'_> {
        let Some(host) = self.vectors else {
            return Resource::Object { bucket: self.address.bucket.as_deref(), key: self.address.key.as_deref() };
        };
        let bucket = host.bucket.as_ref();
        Resource::Vectors {
            region: &host.region,
            account: bucket.map_or("", |bucket| &bucket.account),
            bucket: bucket.map(|bucket| bucket.name.as_str()),
            key: None,
        }
    }

    fn v1_header(&self, credential: &str) -> Result<Caller, Refusal> {
        let malformed = || Refusal::invalid_argument("Authorization header is invalid.", "Authorization", "***");
        let (id, signature) = credential.trim().split_once(':').ok_or_else(malformed)?;
        let key = self.key(id)?;
        let date = match self.head.header("x-oss-date") {
            "" => self.head.header("date"),
            own => own,
        };
        self.check_skew(time::parse_http_date(date).or_else(|| time::parse_iso_basic(date)))?;
        self.check_token(&key, self.head.header("x-oss-security-token"))?;
        self.v1(&key, date, signature)
    }

    fn v1_query(&self) -> Result<Caller, Refusal> {
        let parameter = |name: &str| self.head.parameter(name).unwrap_or_default();
        let key = self.key(&parameter("OSSAccessKeyId"))?;
        let expires = parameter("Expires");
        let seconds = expires.parse().ok().filter(|seconds| (0..=i64::from(u32::MAX)).contains(seconds));
        let until = seconds.map(time::from_unix);
        let until =
            until.ok_or_else(|| Refusal::invalid_argument("The signed URL is invalid.", "Expires", &expires))?;
        self.check_token(&key, &parameter("security-token"))?;
        let caller = self.v1(&key, &expires, &parameter("Signature"))?;
        self.check_expiry(until).map(|()| caller)
    }

    fn v1(&self, key: &Key, date: &str, signature: &str) -> Result<Caller, Refusal> {
        let Address { bucket, key: object, .. } = self.address;
        let (method, headers) = (self.head.method.as_str(), &self.head.headers);
        let (bucket, object) = (bucket.as_deref(), object.as_deref());
        let to_sign =
            |sub_resources| v1::string_to_sign(method, headers, date, bucket, object, &self.head.query, sub_resources);
        // Clients differ in what they sign beyond what the tables say.
        let own = to_sign(self.sub_resources);
        let fits = |text: &str| v1::signature(&key.secret, text) == signature;
        if fits(&own) || fits(&to_sign(route::all_sub_resources())) {
            return Ok(Caller { account: Some(key.account.clone()), region: None });
        }
        Err(mismatch(&key.id, signature, &own))
    }

    fn key(&self, id: &str) -> Result<Arc<Key>, Refusal> {
        self.state.keys.find(id).or_else(|| self.state.alibaba.key(id)).ok_or_else(|| unknown_key(id))
    }

    fn check_skew(&self, at: Option<SystemTime>) -> Result<(), Refusal> {
        let Some(at) = at else { return Err(Refusal::access_denied("OSS authentication requires a valid Date.")) };
        let skew = self.now.duration_since(at).unwrap_or_else(|early| early.duration());
        if skew <= SKEW {
            return Ok(());
        }
        let message = "The difference between the request time and the current time is too large.";
        Err(Refusal::new(StatusCode::FORBIDDEN, "RequestTimeTooSkewed", message)
            .cause("0002-00000504")
            .detail("MaxAllowedSkewMilliseconds", SKEW.as_millis().to_string())
            .detail("RequestTime", time::iso_extended(at))
            .detail("ServerTime", time::iso_extended(self.now)))
    }

    fn check_expiry(&self, until: SystemTime) -> Result<(), Refusal> {
        if self.now <= until {
            return Ok(());
        }
        Err(Refusal::access_denied("Request has expired.")
            .cause("0002-00000069")
            .detail("Expires", time::iso_extended(until))
            .detail("ServerTime", time::iso_extended(self.now)))
    }

    fn check_token(&self, key: &Key, token: &str) -> Result<(), Refusal> {
        if key.fits_token(token) {
            let is_over = key.expires_at.is_some_and(|expires_at| expires_at <= self.now);
            return if is_over { Err(expired_token()) } else { Ok(()) };
        }
        // A token with a long-lived key, or none with a temporary one: the service looks the id up in the wrong list.
        if key.token.is_none() || token.is_empty() {
            return Err(unknown_key(&key.id));
        }
        let message = "The security token you provided is invalid.";
        Err(Refusal::new(StatusCode::FORBIDDEN, "InvalidSecurityToken", message))
    }
}

fn expired_token() -> Refusal {
    let message = "The security token you provided has expired.";
    Refusal::new(StatusCode::FORBIDDEN, "SecurityTokenExpired", message).cause("0002-00000007")
}

fn unknown_key(id: &str) -> Refusal {
    let message = "The OSS Access Key Id you provided does not exist in our records.";
    Refusal::new(StatusCode::FORBIDDEN, "InvalidAccessKeyId", message)
        .cause("0002-00000902")
        .detail("OSSAccessKeyId", id)
}

fn mismatch(id: &str, signature: &str, to_sign: &str) -> Refusal {
    let message = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
    let bytes: Vec<_> = to_sign.bytes().map(|byte| format!("{byte:02X}")).collect();
    Refusal::new(StatusCode::FORBIDDEN, "SignatureDoesNotMatch", message)
        .cause("0002-00000040")
        .detail("OSSAccessKeyId", id)
        .detail("SignatureProvided", signature)
        .detail("StringToSign", to_sign)
        .detail("StringToSignBytes", bytes.join(" "))
}

/// A query decoded and encoded again, without the signature itself: some HTTP libraries change how a query is encoded
/// on its way, and the service verifies what it means.
fn reencoded(query: &str) -> String {
    let mut out = String::with_capacity(query.len());
    for (name, value) in encode::pairs(query).filter(|(name, _)| *name != "x-oss-signature") {
        if !out.is_empty() {
            out.push('&');
        }
        encode::push_percent(&mut out, &encode::percent_decode(name));
        if !value.is_empty() {
            out.push('=');
            encode::push_percent(&mut out, &encode::percent_decode(value));
        }
    }
    out
}

/// The parts of a V4 `Authorization`.
#[derive(Debug, PartialEq, Eq)]
struct Authorization<'a> {
    credential: &'a str,
    /// Names joined by `;`; empty for none.
    additional: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn parse(value: &'a str) -> Option<Self> {
        let rest = value.strip_prefix(v4::ALGORITHM)?.trim_start();
        let part = |name: &str| {
            let mut parts = rest.split(',').filter_map(|part| part.trim().split_once('='));
            parts.find(|(known, _)| *known == name).map(|(_, value)| value)
        };
        Some(Self {
            credential: part("Credential")?,
            additional: part("AdditionalHeaders").unwrap_or_default(),
            signature: part("Signature")?,
        })
    }
}

/// The parts of `id/date/region/product/aliyun_v4_request`.
#[derive(Debug, PartialEq, Eq)]
struct Credential<'a> {
    id: &'a str,
    scope: &'a str,
    region: &'a str,
    product: &'a str,
}

impl<'a> Credential<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (id, scope) = text.split_once('/')?;
        let mut parts = scope.split('/').skip(1);
        let (region, product, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
            return None;
        };
        Some(Self { id, scope, region, product })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorization_is_taken_apart() {
        let text = "OSS4-HMAC-SHA256 Credential=ak/20231216/cn-hangzhou/oss/aliyun_v4_request,AdditionalHeaders=host;range,Signature=ab";
        let given = Authorization::parse(text).unwrap();
        assert_eq!((given.additional, given.signature), ("host;range", "ab"));
        let credential = Credential::parse(given.credential).unwrap();
        assert_eq!((credential.id, credential.region, credential.product), ("ak", "cn-hangzhou", "oss"));
        assert_eq!(credential.scope, "20231216/cn-hangzhou/oss/aliyun_v4_request");
        assert_eq!(Credential::parse("ak/20231216/cn-hangzhou/oss"), None);
        assert_eq!(Authorization::parse("OSS4-HMAC-SHA256 Credential=a/b"), None);
    }

    #[test]
    fn queries_are_compared_by_meaning() {
        assert_eq!(reencoded("b=x%2fy&a&c=&x-oss-signature=s&d=1+2"), "b=x%2Fy&a&c&d=1%2B2");
    }
}
