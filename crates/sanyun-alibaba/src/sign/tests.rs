use std::borrow::Cow;

use super::*;

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The vendor's documentation of signature V3, both examples.
#[test]
fn published_examples() {
    for (date, nonce, hash, signature) in [
        (
            "2023-10-26T10:22:32Z",
            "3156853299f313e23d1673dc12e1703d",
            "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259",
            "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
        ),
        (
            "2023-10-26T09:01:01Z",
            "d410180a5abf7fe235dd9b74aca91fc0",
            "29622f5feb1e9fcaaa2e276a72889c975f7b16f00e02be1ca34965b18cd85015",
            "e521358f7776c97df52e6b2891a8bc73026794a071b50c3323388c4e0df64804",
        ),
    ] {
        let headers = [
            ("host", "ecs.cn-shanghai.aliyuncs.com"),
            ("x-acs-action", "RunInstances"),
            ("x-acs-content-sha256", EMPTY),
            ("x-acs-date", date),
            ("x-acs-signature-nonce", nonce),
            ("x-acs-version", "2014-05-26"),
        ];
        let wire = "RegionId=cn-shanghai&ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd";
        let canonical = canonical_request("POST", "/", &canonical_query(wire), &headers, EMPTY);
        let text = string_to_sign(Algorithm::HmacSha256, &canonical);
        assert_eq!(text, format!("ACS3-HMAC-SHA256\n{hash}"));
        assert_eq!(
            Key::new(Algorithm::HmacSha256, &"YourAccessKeySecret".into()).unwrap().sign(&text).unwrap(),
            signature
        );
    }
}

/// GB/T 32905, appendix A.1; the code is the official SDK's for the same text.
#[test]
fn sm3_takes_the_place_of_sha256() {
    assert_eq!(Algorithm::HmacSm3.hash_hex(b"abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    let canonical = canonical_request("GET", "/", "a=b", &[("host", "h")], EMPTY);
    let text = string_to_sign(Algorithm::HmacSm3, &canonical);
    assert_eq!(text, "ACS3-HMAC-SM3\nc9560798a4ba536e779d37242b77b0fab5e6baebeada674129a4fff9961c2f0b");
    let signature = Key::new(Algorithm::HmacSm3, &"sk".into()).unwrap().sign(&text).unwrap();
    assert_eq!(signature, "33c0d966a9920e1a97f58da650549c434e61532b0416c86065a740b116773476");
}

#[test]
fn values_of_one_header_are_joined() {
    let headers = [("x-acs-test", "http"), ("x-acs-test", "https"), ("x-acs-z", "")];
    let canonical = canonical_request("GET", "", "", &headers, EMPTY);
    assert_eq!(canonical, format!("GET\n/\n\nx-acs-test:http,https\nx-acs-z:\n\nx-acs-test;x-acs-z\n{EMPTY}"));
    assert_eq!(canonical_request::<&str>("GET", "/", "", &[], EMPTY), format!("GET\n/\n\n\n\n{EMPTY}"));
}

#[test]
fn queries_are_decoded_sorted_and_encoded() {
    assert_eq!(canonical_query("b=2&a=x+y&a=%2B~*&c&中=1"), "a=%2B~%2A&a=x%20y&b=2&c=&%E4%B8%AD=1");
    assert_eq!(canonical_query(""), "");
}

#[test]
fn a_server_finds_the_signed_headers() {
    let value = |name: &str| match name {
        "host" => Some(Cow::Borrowed("h")),
        "x-acs-date" => Some(Cow::Owned("now".to_owned())),
        _ => None,
    };
    let found = signed_headers("x-acs-date;host", value).unwrap();
    assert_eq!(canonical_request("GET", "/", "", &found, EMPTY).lines().nth(3), Some("host:h"));
    assert_eq!(signed_headers("host;x-acs-nonce", value), None);
}

#[test]
fn authorization_round_trips() {
    let headers = [("host", "h"), ("x-acs-date", "d")];
    let text = authorization(Algorithm::HmacSm3, "id", &headers, "00ff");
    assert_eq!(text, "ACS3-HMAC-SM3 Credential=id,SignedHeaders=host;x-acs-date,Signature=00ff");
    let parsed = Authorization::parse(&text).unwrap();
    let expected = Authorization {
        algorithm: "ACS3-HMAC-SM3",
        key_id: "id",
        signed_headers: "host;x-acs-date",
        signature: "00ff",
    };
    assert_eq!(parsed, expected);
    for other in ["", "Bearer x", "ACS3-HMAC-SHA256 Credential=a,Signature=b", "acs id:sig"] {
        assert_eq!(Authorization::parse(other), None, "{other}");
    }
}

#[test]
fn a_key_is_not_shown() {
    assert_eq!(format!("{:?}", Key::new(Algorithm::HmacSha256, &"secret".into()).unwrap()), "Key(***)");
}

/// The official SDK's texts and signatures for these calls.
#[test]
fn version_1_of_both_styles() {
    let query = "SignatureVersion=1.0&Version=2014-05-26&Action=DescribeInstances&Format=json&SignatureMethod=HMAC-SHA1&\
                 Timestamp=2024-05-06T07%3A08%3A09Z&SignatureNonce=0f1e2d3c4b5a69788796a5b4c3d2e1f0&AccessKeyId=testAkId&\
                 RegionId=cn-hangzhou&Signature=ignored";
    let text = v1::rpc_string_to_sign("POST", query, "Name=%E4%B8%AD&Tag.1.Key=a+b&Tag.1.Value=%2A~");
    assert!(text.starts_with("POST&%2F&AccessKeyId%3DtestAkId%26Action%3DDescribeInstances%26"), "{text}");
    assert_eq!(v1::rpc_signature("testAkSecret", &text), "qpmKEP6oEjcJmYbkCVS1UXV0Qg4=");

    let headers = [("accept", "application/json"), ("date", "Mon, 06 May 2024 07:08:09 GMT")];
    let header = |name: &str| headers.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value);
    let acs = [
        ("x-acs-action", "DescribeClusters"),
        ("x-acs-signature-method", "HMAC-SHA1"),
        ("x-acs-signature-nonce", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
        ("x-acs-signature-version", "1.0"),
        ("x-acs-version", "2015-12-15"),
    ];
    let text = v1::roa_string_to_sign("GET", "/clusters", "name=a+b&empty=&Zed=%E4%B8%AD", header, &acs);
    assert!(text.ends_with("/clusters?Zed=中&empty&name=a b"), "{text}");
    assert_eq!(v1::roa_signature("testAkSecret", &text), "cFqzkutelR6skqLXFisCd0y1Krs=");
}
