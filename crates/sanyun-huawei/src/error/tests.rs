use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};

use super::*;
use crate::shape::bson;

fn reply(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Reply {
    let headers: HeaderMap =
        headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
    Reply::new(StatusCode::from_u16(status).unwrap(), headers, body.to_owned())
}

fn parsed(body: &str) -> ServiceError {
    parse(&reply(400, &[], body)).unwrap()
}

#[test]
fn every_known_shape_gives_code_and_message() {
    for (body, code, message) in [
        (r#"{"error_code":"A","error_msg":"m","request_id":"r"}"#, "A", "m"),
        (r#"{"errorCode":"A","errorMsg":"m"}"#, "A", "m"),
        (r#"{"code":"A","message":"m"}"#, "A", "m"),
        (r#"{"error":{"code":"A","message":"m"}}"#, "A", "m"),
        (r#"{"error":{"code":401,"message":"m","title":"Unauthorized"}}"#, "401", "m"),
        (r#"{"itemNotFound":{"message":"m","code":404}}"#, "404", "m"),
        (r#"{"message":"outer","a":{"b":{"code":"A","message":"m"}}}"#, "A", "m"),
        (r#"{"errors":[{"code":"A","message":"m"},{"code":"B","message":"n"}]}"#, "A", "m"),
        (r#"[{"code":"A","message":"m"}]"#, "A", "m"),
        ("[1,2]", "400", "[1,2]"),
        (r#"{"a":{"code":"A","message":"m"},"b":{"code":"B","message":"n"}}"#, "A", "m"),
        (r#"{"errorCode":12,"message":"m"}"#, "12", "m"),
        (r#"{"error_code":"A","error_msg":"m","message":"more"}"#, "A", "m"),
        (r#"{"errorCode":"A","message":"m"}"#, "A", "m"),
        (r#"{"code":"A"}"#, "A", r#"{"code":"A"}"#),
        (r#"{"message":"m"}"#, "400", "m"),
        (r#"{"detail":"m"}"#, "400", "m"),
        (r#"{"code":0,"message":"m"}"#, "400", "m"),
        (r#"{"error_code":null,"error_msg":"m"}"#, "400", "m"),
        (r#"{"error_code":"A","error_msg":""}"#, "A", r#"{"error_code":"A","error_msg":""}"#),
        (r#"{"NeutronError":{"type":"NetworkNotFound","message":"m","detail":""}}"#, "NetworkNotFound", "m"),
        (r#"{"error":"invalid_grant","error_description":"m"}"#, "invalid_grant", "m"),
        (r#"{"status":404,"error":"Not Found","message":"m","path":"/x"}"#, "400", "m"),
        (r#"{"error":"something failed"}"#, "400", "something failed"),
        (
            r#"{"kind":"Status","message":"more","code":404,"errorCode":"CCE.01","errorMessage":"m"}"#,
            "CCE.01",
            "m, more",
        ),
        (r#"{"errorCode":"CCE.01","errorMessage":"m","message":"m"}"#, "CCE.01", "m"),
        ("<Error><Code>A</Code><Message>m</Message><RequestId>r</RequestId></Error>", "A", "m"),
        ("<html><body>503</body></html>", "400", "<html><body>503</body></html>"),
        ("<not xml", "400", "<not xml"),
        ("plain text", "400", "plain text"),
        ("null", "400", "null"),
        ("", "400", ""),
        ("\u{feff}{\"code\":\"A\",\"message\":\"m\"}", "A", "m"),
    ] {
        let error = parsed(body);
        assert_eq!((error.code(), error.message()), (code, message), "{body}");
    }
}

#[test]
fn services_with_errors_of_their_own_are_understood() {
    let engine = |body: &str| parse_of("cce", &reply(400, &[], body)).unwrap();
    for (body, code, message) in [
        (r#"{"error_code":"CCE.01","error_msg":"m","message":"more"}"#, "CCE.01", "m, more"),
        (r#"{"errorCode":"CCE.01","errorMessage":"m","message":"m"}"#, "CCE.01", "m"),
        (r#"{"errorCode":"CCE.01","errorMessage":"m","message":""}"#, "CCE.01", "m"),
        ("no JSON", "400", "no JSON"),
    ] {
        assert_eq!((engine(body).code(), engine(body).message()), (code, message), "{body}");
    }
    let body = bson::to_bytes(&serde_json::json!({"error_code": "KVS.1", "error_msg": "m"})).unwrap();
    let headers = HeaderMap::from_iter([(http::header::CONTENT_TYPE, HeaderValue::from_static("application/bson"))]);
    let error = parse_of("kvs", &Reply::new(StatusCode::BAD_REQUEST, headers.clone(), body)).unwrap();
    assert_eq!((error.code(), error.message()), ("KVS.1", "m"));
    let error = parse_of("kvs", &Reply::new(StatusCode::BAD_REQUEST, headers, "no BSON")).unwrap();
    assert_eq!((error.code(), error.message()), ("400", "no BSON"));
}

#[test]
fn deep_nesting_is_not_followed_for_ever() {
    let deep = "{\"a\":".repeat(100) + "{\"code\":\"A\",\"message\":\"m\"}" + &"}".repeat(100);
    assert_eq!(parsed(&deep).code(), "400");
    assert_eq!(parsed(&"[".repeat(100_000)).code(), "400");
}

#[test]
fn the_request_id_comes_from_the_first_place_that_has_one() {
    let body = r#"{"error":{"code":"A","message":"m"},"request_id":"body"}"#;
    for (headers, id) in [
        (&[("x-request-id", "h"), ("x-iam-trace-id", "i")][..], "h"),
        (&[("x-request-id", ""), ("x-openstack-request-id", "o")], "o"),
        (&[("x-obs-request-id", "b")], "b"),
        (&[], "body"),
    ] {
        assert_eq!(parse(&reply(400, headers, body)).unwrap().request_id(), Some(id));
    }
    let xml = "<Error><Code>A</Code><Message>m</Message><RequestId>r</RequestId></Error>";
    assert_eq!(parsed(xml).request_id(), Some("r"));
}

#[test]
fn an_encoded_authorization_message_is_found_at_any_level() {
    for body in [
        r#"{"error_code":"A","error_msg":"m","encoded_authorization_message":"E"}"#,
        r#"{"error":{"code":"A","message":"m","encoded_authorization_message":"E"}}"#,
        r#"{"error":{"code":"A","message":"m"},"encoded_authorization_message":"E"}"#,
    ] {
        assert_eq!(parsed(body).detail(ENCODED_AUTHORIZATION_MESSAGE), Some("E"), "{body}");
    }
}

#[test]
fn the_gateways_own_refusals_are_told_apart() {
    assert_eq!(parsed(r#"{"error_code":"APIGW.0301","error_msg":"m"}"#).side(), Side::Gateway);
    assert_eq!(parsed(r#"{"error_code":"VPC.0202","error_msg":"m"}"#).side(), Side::Service);
    assert_eq!(parse(&reply(502, &[], "<html>bad gateway</html>")).unwrap().side(), Side::Gateway);
}

#[test]
fn classes_say_what_a_retry_needs() {
    let class = |status, code: &str, message: &str| {
        let body = serde_json::json!({"error_code": code, "error_msg": message}).to_string();
        parse(&reply(status, &[], &body)).unwrap().class()
    };
    let skewed = "calc aksk signature fail:signature expired, signature time:x, server time:20260102T030405Z";
    let moment = sanyun_core::time::from_unix(1_767_323_045);
    assert_eq!(class(401, "APIGW.0301", skewed), ServiceClass::ClockSkew(Some(moment)));
    assert_eq!(class(401, "APIGW.0301", "token expires, expires_at: 2026"), ServiceClass::ExpiredCredential);
    assert_eq!(class(401, "APIGW.0301", "AK access failed to reach the limit,forbidden"), ServiceClass::Client);
    assert_eq!(class(401, "APIGW.0301", "verify aksk signature fail"), ServiceClass::Client);
    assert_eq!(class(400, "APIGW.0308", "too many"), ServiceClass::Throttled);
    assert_eq!(class(429, "X", "too many"), ServiceClass::Throttled);
    assert_eq!(class(504, "APIGW.0203", "Backend timeout"), ServiceClass::Server);
    assert_eq!(class(400, "X", "the token in the body has expired"), ServiceClass::Client);
}

#[test]
fn only_real_redirects_and_refusals_are_errors() {
    for status in [200, 204, 300, 304, 399] {
        assert!(parse(&reply(status, &[("location", "/x")], "{}")).is_none(), "{status}");
    }
    for status in [301, 302, 303, 307, 308] {
        assert!(parse(&reply(status, &[], "{}")).is_some(), "{status}");
    }
    let error = parse(&reply(302, &[("location", "https://elsewhere")], "")).unwrap();
    assert!(error.message().contains("https://elsewhere"));
}

#[test]
fn retry_after_is_kept() {
    let error = parse(&reply(429, &[("retry-after", "7")], "")).unwrap();
    assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(7)));
}
