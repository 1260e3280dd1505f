use sanyun_core::http::{HeaderMap, HeaderName, StatusCode};

use super::*;

fn reply(status: u16, headers: &[(&str, &str)], body: &'static str) -> Reply {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
    }
    Reply::new(StatusCode::from_u16(status).unwrap(), map, body)
}

const NO_SUCH_KEY: &str = "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>gone</Message>\
                           <RequestId>R1</RequestId><HostId>h</HostId><EC>0026-1</EC></Error>";

#[test]
fn xml_in_the_body() {
    let error = read(&reply(404, &[("x-oss-request-id", "HDR")], NO_SUCH_KEY));
    assert_eq!((error.code(), error.message(), error.request_id()), ("NoSuchKey", "gone", Some("R1")));
    assert_eq!((error.detail("EC"), error.detail("HostId")), (Some("0026-1"), Some("h")));
    assert_eq!(error.class(), ServiceClass::Client);
}

#[test]
fn xml_in_a_header_for_head() {
    let header = encode::base64(NO_SUCH_KEY.as_bytes());
    assert_eq!(read(&reply(404, &[("x-oss-err", &header)], "")).code(), "NoSuchKey");
}

#[test]
fn nothing_at_all() {
    let error = read(&reply(404, &[("x-oss-request-id", "HDR"), ("x-oss-ec", "0026-2")], ""));
    assert_eq!(
        (error.code(), error.request_id(), error.detail("EC")),
        (BAD_ERROR_RESPONSE, Some("HDR"), Some("0026-2"))
    );
}

#[test]
fn both_forms_of_json() {
    let json = [("content-type", "application/json")];
    let error =
        read(&reply(404, &json, r#"{"Error":{"Code":"NoSuchBucket","Message":"m","RequestId":"RB","EC":"1"}}"#));
    assert_eq!((error.code(), error.message(), error.request_id()), ("NoSuchBucket", "m", Some("RB")));
    let tables = [("content-type", "application/json"), ("x-oss-error-type", "BadRequestException")];
    let error = read(&reply(400, &tables, r#"{"message":"bad"}"#));
    assert_eq!((error.code(), error.message()), ("BadRequestException", "bad"));
    assert_eq!(read(&reply(400, &json, "[]")).code(), BAD_ERROR_RESPONSE);
}

#[test]
fn a_message_that_was_not_escaped() {
    let error = read(&reply(400, &[], "<Error><Code>InvalidArgument</Code><Message>bad & worse</Message></Error>"));
    assert_eq!((error.code(), error.message()), ("InvalidArgument", "bad & worse"));
}

#[test]
fn foreign_answers_are_quoted_and_cut() {
    let error = read(&reply(502, &[], "<html><body>Bad Gateway</body></html>"));
    assert_eq!((error.code(), error.class()), (BAD_ERROR_RESPONSE, ServiceClass::Server));
    assert!(error.message().contains("Bad Gateway"));
    let long = Reply::new(StatusCode::BAD_GATEWAY, HeaderMap::new(), "云".repeat(1000));
    assert!(read(&long).message().len() < 300);
}

#[test]
fn classes() {
    let class = |status, code: &str| {
        let body = format!("<Error><Code>{code}</Code></Error>");
        read(&Reply::new(StatusCode::from_u16(status).unwrap(), HeaderMap::new(), body)).class()
    };
    assert_eq!(class(403, "RequestTimeTooSkewed"), ServiceClass::ClockSkew(None));
    assert_eq!(class(403, "SecurityTokenExpired"), ServiceClass::ExpiredCredential);
    assert_eq!(class(503, "QpsLimitExceeded"), ServiceClass::Throttled);
    assert_eq!(class(503, "ServiceUnavailable"), ServiceClass::Server);
    assert_eq!(class(408, "RequestTimeout"), ServiceClass::Server);
    assert_eq!(class(400, "InvalidArgument"), ServiceClass::Client);
}

#[test]
fn not_modified_is_known_without_a_code() {
    let error = Error::from_service(read(&reply(304, &[], "")));
    assert!(error.is_not_modified() && !error.is_precondition_failed() && !error.is_retryable());
}

#[test]
fn the_checksums_of_a_mismatch_can_be_asked_for() {
    let mismatch = CrcMismatch { ours: 1, theirs: 2 };
    let error = from_body(io::Error::other(inconsistent(mismatch)));
    assert_eq!(error.crc_mismatch(), Some(mismatch));
    assert!(error.is_retryable());
}
