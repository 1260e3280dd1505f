use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};
use sanyun_core::{ErrorKind, time};

use super::*;

fn reply(status: u16, body: &[u8]) -> Reply {
    Reply::new(StatusCode::from_u16(status).unwrap(), HeaderMap::new(), body.to_vec())
}

fn refusal(reply: &Reply) -> ServiceError {
    match judge(reply) {
        Verdict::Refused(error) => *error,
        verdict => panic!("{verdict:?}"),
    }
}

fn error_of(status: u16, body: &str) -> (String, String, Option<String>) {
    let error = refusal(&reply(status, body.as_bytes()));
    assert_eq!(error.status(), status);
    assert_eq!(error.raw().as_ref(), body.as_bytes());
    (error.code().to_owned(), error.message().to_owned(), error.request_id().map(str::to_owned))
}

fn parts(code: &str, message: &str, id: Option<&str>) -> (String, String, Option<String>) {
    (code.to_owned(), message.to_owned(), id.map(str::to_owned))
}

#[test]
fn the_envelope_decides_whatever_the_status() {
    let body = r#"{"Response":{"RequestId":"r","Error":{"Message":"m","Code":"A.B","More":[1,{"x":null}]}}}"#;
    for status in [200, 400, 500] {
        assert_eq!(error_of(status, body), parts("A.B", "m", Some("r")));
    }
    assert_eq!(error_of(200, r#"{"Response":{"Error":{}}}"#), parts("", "", None));
    assert_eq!(error_of(200, r#"{"Response":{"Error":{"Code":12}}}"#), parts("12", "", None));
}

#[test]
fn an_answer_without_error_succeeds_with_2xx_only() {
    let body = r#"{"Response":{"TotalCount":0,"Error":null,"RequestId":"r"}}"#;
    assert!(matches!(judge(&reply(200, body.as_bytes())), Verdict::Success));
    assert!(matches!(judge(&reply(206, body.as_bytes())), Verdict::Success));
    assert_eq!(error_of(502, body), parts(SERVER_NETWORK_ERROR, body, Some("r")));
    assert_eq!(error_of(302, "moved"), parts(SERVER_NETWORK_ERROR, "moved", None));
}

#[test]
fn the_form_of_api_2_is_an_error_of_its_own() {
    let legacy = r#"{"code":4100,"message":"auth failed","codeDesc":"AuthFailure"}"#;
    assert_eq!(error_of(200, legacy), parts("AuthFailure", "auth failed", None));
    assert_eq!(error_of(200, r#"{"code":-7}"#), parts("-7", "", None));
    assert_eq!(error_of(500, legacy), parts(SERVER_NETWORK_ERROR, legacy, None));
}

#[test]
fn what_is_no_answer_breaks() {
    for body in [
        "",
        "<html>",
        "null",
        "7",
        "[]",
        "{}",
        r#"{"Response":null}"#,
        r#"{"Response":[1]}"#,
        r#"{"code":0}"#,
        r#"{"code":"x"}"#,
        r#"{"code":1.5}"#,
        r#"{"Response":{"Error":"text"}}"#,
        r#"{"Response":{"Error":[]}}"#,
        r#"{"Response":{}"#,
        r#"{"Response":{}} trailing"#,
    ] {
        let Verdict::Broken(error) = judge(&reply(200, body.as_bytes())) else { panic!("{body}") };
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Decode, false), "{body}");
        assert!(error.to_string().contains("HTTP 200"), "{error}");
    }
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(judge(&reply(200, deep.as_bytes())), Verdict::Broken(_)));
}

#[test]
fn a_byte_order_mark_and_broken_text_do_no_harm() {
    let marked = b"\xef\xbb\xbf{\"Response\":{\"RequestId\":\"r\"}}";
    assert!(matches!(judge(&reply(200, marked)), Verdict::Success));
    assert_eq!(content(&reply(200, marked)).unwrap(), serde_json::json!({"RequestId": "r"}));
    assert_eq!(refusal(&reply(502, b"a\xffb")).message(), "a\u{fffd}b");
}

#[test]
fn escaped_names_count() {
    assert_eq!(error_of(200, r#"{"Respons\u0065":{"\u0045rror":{"Code":"A"}}}"#).0, "A");
}

#[test]
fn the_id_of_the_header_stands_in() {
    let mut reply = reply(200, b"{\"Response\":{\"Error\":{\"Code\":\"A\"}}}");
    reply.headers.insert("x-tc-requestid", "h".parse().unwrap());
    assert_eq!(refusal(&reply).request_id(), Some("h"));
    assert_eq!(request_id(&reply).as_deref(), Some("h"));
    reply.body = (&b"{\"Response\":{\"RequestId\":\"b\"}}"[..]).into();
    assert_eq!(request_id(&reply).as_deref(), Some("b"));
}

#[test]
fn codes_have_their_classes() {
    let class = |code: &str| {
        let body = format!(r#"{{"Response":{{"Error":{{"Code":"{code}"}}}}}}"#);
        refusal(&reply(500, body.as_bytes())).class()
    };
    for code in THROTTLING_CODES {
        assert_eq!(class(code), ServiceClass::Throttled);
    }
    assert_eq!(class("RequestLimitExceeded.IPLimitExceeded"), ServiceClass::Client);
    assert_eq!(class("InternalError"), ServiceClass::Client);
    assert_eq!(class("AuthFailure.TokenFailure"), ServiceClass::ExpiredCredential);
    assert_eq!(refusal(&reply(503, b"busy")).class(), ServiceClass::Server);
    assert_eq!(refusal(&reply(429, b"busy")).class(), ServiceClass::Throttled);
}

#[test]
fn an_expired_signature_tells_the_servers_time() {
    let mut reply = reply(200, b"{\"Response\":{\"Error\":{\"Code\":\"AuthFailure.SignatureExpire\"}}}");
    assert_eq!(refusal(&reply).class(), ServiceClass::ClockSkew(None));
    let server = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    reply.headers.insert("date", time::http_date(server).parse().unwrap());
    assert_eq!(refusal(&reply).class(), ServiceClass::ClockSkew(Some(server)));
}

#[test]
fn gateway_and_service_are_told_apart() {
    assert_eq!(side("AuthFailure.SignatureFailure"), Side::Gateway);
    assert_eq!(side("InvalidInstanceId.NotFound"), Side::Service);
}

#[test]
fn hints_tell_what_to_do() {
    let input = Input::new("cvm", "2017-03-12", "RunInstances");
    let hint = |code: &str, message: &str| hint(&input, &ServiceError::new(200, code, message)).unwrap_or_default();
    assert!(hint("AuthFailure.SecretIdNotFound", "").contains("SecretId does not exist"));
    assert!(hint("AuthFailure.SignatureFailure", "").contains("SecretKey"));
    assert!(hint("AuthFailure.SignatureExpire", "").contains("clock"));
    assert!(hint("AuthFailure.TokenFailure", "").contains("temporary keys"));
    assert!(hint("UnauthorizedOperation.CamNoAuth", "").contains("`cvm:RunInstances`"));
    assert!(hint("AuthFailure.UnauthorizedOperation", "").contains("`cvm:RunInstances`"));
    assert!(hint("UnsupportedRegion", "").contains("misspelt"));
    assert!(hint("MissingParameter", "The request is missing the parameter `Region`.").contains("name the region"));
    assert!(hint("InvalidAction", "").contains("no action `RunInstances`"));
    assert_eq!(hint("InvalidParameter", "ImageId"), "");
}

#[test]
fn a_stream_of_events_is_named() {
    let mut reply = reply(200, b"data: {}\n\n");
    reply.headers.insert("content-type", "Text/Event-Stream; charset=utf-8".parse().unwrap());
    let Verdict::Broken(error) = judge(&reply) else { panic!() };
    assert!(error.to_string().contains("stream of events"));
}

#[test]
fn an_event_may_hold_an_error() {
    let mut head = reply(200, b"");
    head.headers.insert("x-tc-requestid", "h".parse().unwrap());
    let input = Input::new("hunyuan", "2023-09-01", "ChatCompletions");
    let check = |data: &str| check_event(&input, &head, &Event::of(data));
    let error = check(r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"m"}}}"#).unwrap_err();
    assert_eq!((error.code(), error.request_id()), (Some("RequestLimitExceeded"), Some("h")));
    assert!(error.is_throttled() && error.hint().unwrap().contains("call less often"));
    for harmless in ["", "[DONE]", r#"{"Response":{"RequestId":"r"}}"#, r#"{"Response":"text"}"#, "\"Response\""] {
        assert!(check(harmless).is_ok(), "{harmless}");
    }
}
