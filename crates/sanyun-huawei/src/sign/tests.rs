use http::Method;
use sanyun_core::{Body, Credential, Endpoint, Scheme, Secret};

use super::*;

const NOW: i64 = 1_767_323_045;

fn keys() -> Keys {
    Keys { id: "AccessKey".to_owned(), secret: Secret::new("SecretKey"), token: None }
}

fn request(method: Method, target: &str) -> Request {
    let mut request = Request::new(method, Endpoint::new(Scheme::Https, "h.example"), target);
    request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    request
}

fn sign(request: &mut Request, algorithm: Algorithm) -> Signature {
    Signer::default().sign(request, &keys(), algorithm, Scope::default(), time::from_unix(NOW)).unwrap()
}

/// The example of the vendor's signing guide.
#[test]
fn the_published_example_has_the_published_signature() {
    let mut request =
        Request::new(Method::GET, Endpoint::new(Scheme::Https, "service.endpoint.myhuaweicloud.com"), "/resources");
    request.query = "size=1".to_owned();
    request.headers.insert(X_SDK_DATE, HeaderValue::from_static("20200608T023900Z"));
    let signature = sign(&mut request, Algorithm::HmacSha256);
    assert!(signature.string_to_sign.ends_with("de94dd1e1ccdb730b403ce35d7e14f7c7b04337f6def1c3a3a2ba936852b133f"));
    assert_eq!(
        request.header("authorization"),
        "SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=host;x-sdk-date, \
         Signature=cfb4171acec81de07d50e53d57eb77edd537414d66ddb1d7d780f128e12cd842"
    );
}

#[test]
fn canonical_uris_are_those_of_the_signing_guide() {
    for (path, canonical) in [
        ("/", "/"),
        ("", "/"),
        ("/v1/resources", "/v1/resources/"),
        ("/v1/resources/", "/v1/resources/"),
        ("/v1/a%20b/c%2Bd", "/v1/a%20b/c%2Bd/"),
        ("/v1/a%2Fb/c", "/v1/a/b/c/"),
        ("/v1/a%252Fb", "/v1/a%252Fb/"),
        ("/v1//x", "/v1//x/"),
        ("/v1/桶", "/v1/%E6%A1%B6/"),
        ("/a/../b", "/a/../b/"),
        ("/100%", "/100%25/"),
    ] {
        assert_eq!(canonical_uri(path), canonical, "{path}");
    }
}

#[test]
fn only_json_and_bson_bodies_are_hashed() {
    for (content_type, hashed) in [
        ("application/json", true),
        ("Application/JSON;charset=UTF-8", true),
        ("application/json-patch+json", true),
        ("application/bson", true),
        ("application/xml", false),
        ("text/json", false),
        ("app", false),
    ] {
        let mut request = request(Method::PUT, "/");
        request.set_header(CONTENT_TYPE, content_type).unwrap();
        request.body = Body::from("{}");
        let signature = sign(&mut request, Algorithm::HmacSha256);
        assert_eq!(request.header("x-sdk-content-sha256") != UNSIGNED_PAYLOAD, hashed, "{content_type}");
        assert_eq!(!signature.canonical_request.ends_with(UNSIGNED_PAYLOAD), hashed, "{content_type}");
    }
}

#[test]
fn a_streamed_body_is_not_signed_unless_its_digest_is_given() {
    let stream = || Body::factory(Some(3), || Err(std::io::Error::other("must not be opened")));
    let mut streamed = request(Method::PUT, "/");
    streamed.body = stream();
    assert!(sign(&mut streamed, Algorithm::HmacSm3).canonical_request.ends_with(UNSIGNED_PAYLOAD));
    assert_eq!(streamed.header("x-sdk-content-sm3"), UNSIGNED_PAYLOAD);

    let mut given = request(Method::PUT, "/");
    given.body = stream();
    given.set_header(X_SDK_CONTENT_SHA256, "0123").unwrap();
    assert!(sign(&mut given, Algorithm::HmacSha256).canonical_request.ends_with("\n0123"));
}

#[test]
fn the_digest_of_nothing_is_known() {
    for algorithm in Algorithm::ALL {
        assert_eq!(algorithm.hash_hex(b""), algorithm.hash(b"").as_str());
    }
}

#[test]
fn a_foreign_authorization_is_left_alone() {
    let mut request = request(Method::GET, "/");
    request.set_header(AUTHORIZATION, "Bearer abc").unwrap();
    let signature = sign(&mut request, Algorithm::HmacSha256);
    assert!(signature.string_to_sign.is_empty());
    assert_eq!(request.header("authorization"), "Bearer abc");
    assert!(!request.headers.contains_key(X_SDK_DATE));
}

#[test]
fn a_date_of_another_form_is_refused() {
    let mut request = request(Method::GET, "/");
    request.set_header(X_SDK_DATE, "2020-06-08").unwrap();
    let result =
        Signer::default().sign(&mut request, &keys(), Algorithm::HmacSha256, Scope::default(), SystemTime::UNIX_EPOCH);
    assert_eq!(result.unwrap_err().kind(), sanyun_core::ErrorKind::Input);
}

/// What a server does with the bytes that arrived.
#[test]
fn a_server_can_rebuild_every_signature() {
    for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| algorithm.check().is_ok()) {
        let mut request = request(Method::POST, "/v1/a%2Fb/ü");
        request.query = canonical_query(vec![("名".into(), "1 2".into()), ("a".into(), "+".into())]);
        request.set_header(HeaderName::from_static("x-note"), "  中文 \t").unwrap();
        request.set_header(HeaderName::from_static("under_score"), "sent, not signed").unwrap();
        request.body = Body::from("{\"a\":1}");
        let scope = Scope { region: "cn-north-4", service: "iotdm" };
        let sent = Signer::default().sign(&mut request, &keys(), algorithm, scope, time::from_unix(NOW)).unwrap();

        let given = Authorization::parse(request.header("authorization")).unwrap();
        assert!(!given.signed_headers.contains("under_score"));
        let headers: Vec<_> = given.signed_headers.split(';').map(|name| (name, request.header(name))).collect();
        let digest = Some(request.header(algorithm.digest_header().as_str())).filter(|digest| !digest.is_empty());
        let payload = payload_line(algorithm, digest, request.body.as_bytes().unwrap());
        let query = sorted_query(&request.query);
        let canonical = canonical_request("post", &request.path, &query, &headers, &payload);
        assert_eq!(canonical, sent.canonical_request);
        let to_sign = string_to_sign(algorithm, request.header("x-sdk-date"), given.scope, &canonical);
        let key = SigningKey::new(given.algorithm, given.id, &Secret::new("SecretKey"), given.scope);
        assert_eq!(key.signature(&to_sign), given.signature);
        assert!(key.verifies(&to_sign, given.signature));
        assert!(!key.verifies(&to_sign, &given.signature.replace('0', "1")));
        assert!(!key.verifies(&to_sign, &given.signature[1..]) && !key.verifies(&to_sign, ""));
        let other = SigningKey::new(given.algorithm, given.id, &Secret::new("Secret"), given.scope);
        assert!(!other.verifies(&to_sign, given.signature));
    }
}

#[test]
fn temporary_keys_send_their_token_signed() {
    let mut request = request(Method::GET, "/");
    let credential = Credential::session("id", "secret", "tok/en+==");
    let keys = credential.signing_keys().unwrap();
    let now = time::from_unix(NOW);
    let signature = Signer::default().sign(&mut request, keys, Algorithm::HmacSha256, Scope::default(), now).unwrap();
    assert!(signature.canonical_request.contains("\nx-security-token:tok/en+==\n"));
}

#[test]
fn an_empty_token_is_not_sent() {
    let mut request = request(Method::GET, "/");
    let keys = Keys { token: Some(Secret::default()), ..keys() };
    let now = time::from_unix(NOW);
    Signer::default().sign(&mut request, &keys, Algorithm::HmacSha256, Scope::default(), now).unwrap();
    assert!(!request.headers.contains_key(X_SECURITY_TOKEN));
}

/// Every algorithm, by its name, with the header and the hash of its family.
#[test]
fn algorithms_are_known_by_their_names() {
    for (name, header, build) in [
        ("SDK-HMAC-SHA256", "x-sdk-content-sha256", true),
        ("SDK-HMAC-SM3", "x-sdk-content-sm3", true),
        ("SDK-ECDSA-P256-SHA256", "x-sdk-content-sha256", cfg!(feature = "elliptic")),
        ("SDK-SM2-SM3", "x-sdk-content-sm3", cfg!(feature = "elliptic")),
        ("V11-HMAC-SHA256", "x-sdk-content-sha256", true),
    ] {
        let algorithm = Algorithm::from_name(name).unwrap();
        assert_eq!((algorithm.as_str(), algorithm.digest_header().as_str()), (name, header));
        assert_eq!(algorithm.check().is_ok(), build);
        let has_public_key = SigningKey::new(algorithm, "id", &Secret::new("secret"), "").public_key().is_some();
        assert_eq!(has_public_key, build && (name.contains("P256") || name.contains("SM2")));
    }
}

#[cfg(not(feature = "elliptic"))]
#[test]
fn what_is_not_in_the_build_is_named() {
    let refused = Signer::default()
        .sign(&mut request(Method::GET, "/"), &keys(), Algorithm::Sm2Sm3, Scope::default(), SystemTime::UNIX_EPOCH)
        .unwrap_err();
    assert_eq!(refused.kind(), sanyun_core::ErrorKind::Config);
    assert!(refused.to_string().contains("`elliptic`"), "{refused}");
    let built = crate::Client::builder().endpoint("h.example").signing_algorithm(Algorithm::EcdsaP256Sha256).build();
    assert_eq!(built.unwrap_err().kind(), sanyun_core::ErrorKind::Config);
    let key = SigningKey::new(Algorithm::Sm2Sm3, "id", &Secret::new("secret"), "");
    assert!(!key.verifies("x", "") && key.signature("x").is_empty());
}
