use std::time::Duration;

use http::Method;
use sanyun_core::{Endpoint, time};

use super::*;

const HEX: &str = "0123456789abcdef";

fn keys(token: Option<&str>) -> Keys {
    Keys { id: "ak".to_owned(), secret: Secret::new("sk"), token: token.map(Secret::new) }
}

fn signer<'a>(keys: &'a Keys, cache: &'a KeyCache, additional: &'a [HeaderName]) -> Signer<'a> {
    Signer {
        keys,
        time: time::from_unix(1_702_743_657),
        region: "cn-hangzhou",
        product: "oss",
        resource: Resource::Object { bucket: Some("examplebucket"), key: Some("exampleobject.txt") },
        additional,
        cache,
    }
}

fn request() -> Request {
    let endpoint = Endpoint::parse("https://examplebucket.oss-cn-hangzhou.aliyuncs.com", Default::default()).unwrap();
    Request::new(Method::GET, endpoint, "/exampleobject.txt")
}

// The example of the vectors: what the official SDK signs for a plain GET.
#[test]
fn a_plain_get() {
    let (keys, cache, mut request) = (keys(None), KeyCache::default(), request());
    let signed = signer(&keys, &cache, &[]).sign_headers(&mut request).unwrap();
    assert_eq!(
        signed.canonical_request,
        "GET\n/examplebucket/exampleobject.txt\n\nx-oss-content-sha256:UNSIGNED-PAYLOAD\n\
         x-oss-date:20231216T162057Z\n\n\nUNSIGNED-PAYLOAD"
    );
    assert_eq!(
        request.header("authorization"),
        "OSS4-HMAC-SHA256 Credential=ak/20231216/cn-hangzhou/oss/aliyun_v4_request,\
         Signature=ccc0393a2befa04a7ab17f2fff1fd7fb22ca37b931d2dc326c096092cba71144"
    );
}

#[test]
fn whoever_checks_gets_the_same_signature_from_the_wire() {
    let (keys, cache, mut request) = (keys(Some("token")), KeyCache::default(), request());
    request.query = "b=2&a=&c%20d=1".to_owned();
    request.headers.insert("x-oss-meta-name", HeaderValue::from_static(" walker \t"));
    let additional = [HOST];
    signer(&keys, &cache, &additional).sign_headers(&mut request).unwrap();
    let scope = scope(request.header("x-oss-date"), "cn-hangzhou", "oss");
    let resource = Resource::Object { bucket: Some("examplebucket"), key: Some("exampleobject.txt") };
    let canonical = canonical_request("GET", &resource, &request.query, &request.headers, &["host"]);
    let key = signing_key(&keys.secret, "20231216", "cn-hangzhou", "oss");
    let signature = signature(&key, &string_to_sign(request.header("x-oss-date"), &scope, &canonical));
    assert!(request.header("authorization").ends_with(&format!(",AdditionalHeaders=host,Signature={signature}")));
    assert!(canonical.contains("\na&b=2&c%20d=1\nhost:examplebucket.oss-cn-hangzhou.aliyuncs.com\n"), "{canonical}");
    assert!(canonical.contains("\nx-oss-meta-name:walker\n"), "{canonical}");
}

#[test]
fn the_key_cache_follows_secret_and_scope() {
    let cache = KeyCache::default();
    let sign = |keys: &Keys, region: &str| {
        let mut request = request();
        Signer { region, ..signer(keys, &cache, &[]) }.sign_headers(&mut request).unwrap();
        request.header("authorization").to_owned()
    };
    let (one, other) = (keys(None), Keys { secret: Secret::new("sk2"), ..keys(None) });
    let first = sign(&one, "cn-hangzhou");
    assert_ne!(first, sign(&other, "cn-hangzhou"));
    assert_ne!(first, sign(&one, "cn-beijing"));
    assert_eq!(first, sign(&one, "cn-hangzhou"));
}

#[test]
fn what_is_kept_gives_what_is_made_anew() {
    let (keys, kept) = (keys(None), KeyCache::default());
    let start = time::from_unix(1_704_067_198);
    for at in [0, 0, 1, 2, 3, 1, 86_400].map(|seconds| start + Duration::from_millis(seconds * 1000 + 5)) {
        let sign = |cache: &KeyCache| {
            let mut request = request();
            let signed = Signer { time: at, ..signer(&keys, cache, &[]) }.sign_headers(&mut request).unwrap();
            (signed.string_to_sign, request.header("authorization").to_owned(), request.header("date").to_owned())
        };
        assert_eq!(sign(&kept), sign(&KeyCache::default()));
    }
}

#[test]
fn a_url_signed_twice_has_one_signature() {
    let (keys, cache, mut request) = (keys(Some("to/ken")), KeyCache::default(), request());
    let signer = signer(&keys, &cache, &[]);
    signer.sign_query(&mut request, Duration::from_secs(60));
    let once = request.query.clone();
    signer.sign_query(&mut request, Duration::from_secs(60));
    assert_eq!(request.query, once);
    assert!(once.contains("&x-oss-security-token=to%2Fken&"), "{once}");
    let digits = once.rsplit('=').next().unwrap();
    assert!(digits.len() == 64 && digits.chars().all(|digit| HEX.contains(digit)));
}

#[test]
fn nothing_secret_is_printed() {
    let keys = Keys { id: "ak".to_owned(), secret: Secret::new("s3cr3t"), token: Some(Secret::new("t0k3n")) };
    let (cache, mut request) = (KeyCache::default(), request());
    let signer = signer(&keys, &cache, &[]);
    let signed = signer.sign_headers(&mut request).unwrap();
    let shown = format!("{signer:?} {cache:?} {signed:?} {request:?} {:?}", request.headers);
    assert!(!shown.contains("s3cr3t") && !shown.contains("t0k3n"), "{shown}");
    assert!(!shown.contains("Signature="), "{shown}");
}
