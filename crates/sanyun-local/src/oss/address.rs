//! Which bucket and which object a request means.
//!
//! Path style (`/bucket/key`) is understood on an IP address, on a host without dots and on every host that is no OSS
//! endpoint; virtual-host style (`bucket.oss-cn-hangzhou.aliyuncs.com`, `bucket.localhost`) on OSS's own host names.

use std::net::IpAddr;

use http::StatusCode;
use percent_encoding::percent_decode_str;

use super::refusal::Refusal;
use crate::arrival::Head;

/// The longest key, in bytes of UTF-8.
const KEY_LIMIT_BYTES: usize = 1023;
/// What the hosts of vector buckets end with.
const VECTORS_DOMAIN: &str = "oss-vectors.aliyuncs.com";

/// What a request is about: the service, a bucket, or an object. Both names are decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The bucket; `None` for the service.
    pub(crate) bucket: Option<String>,
    /// The object's key; `None` for the bucket itself.
    pub(crate) key: Option<String>,
    /// The host that a client uses as its endpoint: the request's without the bucket.
    pub(crate) endpoint: String,
}

impl Address {
    /// Reads host and path.
    ///
    /// # Errors
    /// `InvalidObjectName` for a key that is not UTF-8 or too long, `InvalidBucketName` for a bucket that is not UTF-8.
    pub(crate) fn of(head: &Head) -> Result<Self, Refusal> {
        let path = head.path.strip_prefix('/').unwrap_or(&head.path);
        if let Some((bucket, endpoint)) = virtual_host(head) {
            return Ok(Self { bucket: Some(bucket), key: key(path)?, endpoint });
        }
        let (bucket, rest) = path.split_once('/').unwrap_or((path, ""));
        let bucket = decode(bucket).ok_or_else(|| invalid_bucket_name(bucket))?;
        Ok(Self {
            bucket: Some(bucket).filter(|name| !name.is_empty()),
            key: key(rest)?,
            endpoint: head.host().to_owned(),
        })
    }
}

impl Address {
    /// Names the object by a key that is not encoded.
    ///
    /// # Errors
    /// `InvalidArgument` without a key, `InvalidObjectName` for one that is too long.
    pub(super) fn set_key(&mut self, key: &str) -> Result<(), Refusal> {
        if key.is_empty() {
            return Err(Refusal::invalid_argument("Bucket POST must contain a field named 'key'.", "key", ""));
        }
        if key.len() > KEY_LIMIT_BYTES {
            return Err(invalid_object_name(key));
        }
        self.key = Some(key.to_owned());
        Ok(())
    }

    /// Whether a host is one of OSS with a bucket in front.
    pub(super) fn has_bucket_in_host(head: &Head) -> bool {
        virtual_host(head).is_some()
    }
}

/// What a host of vector buckets names: `cn-hangzhou.oss-vectors.aliyuncs.com`, or that with `bucket-account.` in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VectorsHost {
    /// The region, such as `cn-hangzhou`.
    pub(super) region: String,
    /// The bucket; `None` for the service.
    pub(super) bucket: Option<VectorBucket>,
}

/// A vector bucket as its host names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VectorBucket {
    pub(super) name: String,
    /// The number of its account.
    pub(super) account: String,
}

impl VectorsHost {
    /// Reads the host; `None` if it is none of vector buckets.
    pub(super) fn of(head: &Head) -> Option<Self> {
        let host = head.host_name();
        let rest = host.strip_suffix(VECTORS_DOMAIN)?.strip_suffix('.')?;
        let (bucket, region) = rest.rsplit_once('.').map_or((None, rest), |(bucket, region)| (Some(bucket), region));
        let bucket = bucket.map(|label| {
            let (name, account) = label.rsplit_once('-').unwrap_or((label, ""));
            VectorBucket { name: name.to_owned(), account: account.to_owned() }
        });
        Some(Self { region: region.strip_suffix("-internal").unwrap_or(region).to_owned(), bucket })
    }
}

/// The bucket in front of a host name of OSS, and the host without it.
fn virtual_host(head: &Head) -> Option<(String, String)> {
    let host = head.host_name();
    let is_address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
    let (bucket, rest) = host.split_once('.').filter(|_| !is_address)?;
    let of_oss = rest == "localhost"
        || rest.ends_with(".aliyuncs.com")
            && !rest.ends_with(VECTORS_DOMAIN)
            && (rest.starts_with("oss-") || rest.contains(".oss.") || rest.contains(".oss-"));
    let endpoint = head.host().get(bucket.len() + 1..)?.to_owned();
    of_oss.then(|| (bucket.to_owned(), endpoint))
}

fn key(encoded: &str) -> Result<Option<String>, Refusal> {
    let key = decode(encoded).filter(|key| key.len() <= KEY_LIMIT_BYTES);
    let key = key.ok_or_else(|| invalid_object_name(encoded))?;
    Ok(Some(key).filter(|key| !key.is_empty()))
}

fn invalid_object_name(name: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "InvalidObjectName", "The specified object is not valid.")
        .detail("ObjectName", name)
}

/// The refusal of a bucket's name.
pub(crate) fn invalid_bucket_name(name: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "InvalidBucketName", "The specified bucket is not valid.")
        .cause("0015-00000001")
        .detail("BucketName", name)
}

/// Whether a name may be a bucket's: 3 to 63 of `a-z 0-9 -`, no hyphen at either end.
pub(crate) fn is_bucket_name(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Decodes `%XX`; `None` if the result is not UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, Method};

    fn head(host: &str, path: &str) -> Head {
        let mut headers = HeaderMap::new();
        headers.insert("host", host.parse().unwrap());
        Head { method: Method::GET, path: path.to_owned(), query: String::new(), headers, authority: None }
    }

    fn address(host: &str, path: &str) -> (Option<String>, Option<String>, String) {
        let found = Address::of(&head(host, path)).unwrap();
        (found.bucket, found.key, found.endpoint)
    }

    #[test]
    fn both_styles_are_understood() {
        let some = |text: &str| Some(text.to_owned());
        for (host, path, bucket, key, endpoint) in [
            ("127.0.0.1:80", "/", None, None, "127.0.0.1:80"),
            ("127.0.0.1:80", "/b", some("b"), None, "127.0.0.1:80"),
            ("127.0.0.1:80", "/b/", some("b"), None, "127.0.0.1:80"),
            ("[::1]:80", "/b/a/../%2F/..", some("b"), some("a/..///.."), "[::1]:80"),
            ("localhost:80", "/b//lead", some("b"), some("/lead"), "localhost:80"),
            ("b.localhost:80", "//lead", some("b"), some("/lead"), "localhost:80"),
            ("b.oss-cn-hangzhou.aliyuncs.com", "/k", some("b"), some("k"), "oss-cn-hangzhou.aliyuncs.com"),
            ("b.cn-hangzhou.oss.aliyuncs.com", "/", some("b"), None, "cn-hangzhou.oss.aliyuncs.com"),
            ("oss-cn-hangzhou.aliyuncs.com", "/b/k", some("b"), some("k"), "oss-cn-hangzhou.aliyuncs.com"),
            ("store.example.com", "/b/k", some("b"), some("k"), "store.example.com"),
        ] {
            assert_eq!(address(host, path), (bucket, key, endpoint.to_owned()), "{host} {path}");
        }
    }

    #[test]
    fn hosts_of_vector_buckets_are_told_apart() {
        let bucket = |name: &str, account: &str| VectorBucket { name: name.to_owned(), account: account.to_owned() };
        for (host, region, expected) in [
            ("cn-hangzhou.oss-vectors.aliyuncs.com", "cn-hangzhou", None),
            ("a-b-12.cn-beijing-internal.oss-vectors.aliyuncs.com:80", "cn-beijing", Some(bucket("a-b", "12"))),
            ("ab.cn-beijing.oss-vectors.aliyuncs.com", "cn-beijing", Some(bucket("ab", ""))),
        ] {
            let expected = VectorsHost { region: region.to_owned(), bucket: expected };
            assert_eq!(VectorsHost::of(&head(host, "/")), Some(expected), "{host}");
            assert!(!Address::has_bucket_in_host(&head(host, "/")), "{host}");
        }
        for host in ["oss-vectors.oss-cn-hangzhou.aliyuncs.com", "oss-vectors.aliyuncs.com", "127.0.0.1:80"] {
            assert_eq!(VectorsHost::of(&head(host, "/")), None, "{host}");
        }
    }

    #[test]
    fn keys_must_be_utf8_and_not_too_long() {
        assert!(Address::of(&head("127.0.0.1", "/b/%ff")).is_err());
        assert!(Address::of(&head("127.0.0.1", &format!("/b/{}", "a".repeat(1024)))).is_err());
        assert!(Address::of(&head("127.0.0.1", &format!("/b/{}", "a".repeat(1023)))).is_ok());
    }

    #[test]
    fn bucket_names() {
        for (name, fits) in [
            ("abc", true),
            ("a-1", true),
            ("ab", false),
            ("-ab", false),
            ("ab-", false),
            ("a_b", false),
            ("A-b", false),
        ] {
            assert_eq!(is_bucket_name(name), fits, "{name}");
        }
        assert!(!is_bucket_name(&"a".repeat(64)));
    }
}
