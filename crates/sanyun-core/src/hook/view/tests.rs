use http::{HeaderMap, HeaderName, HeaderValue};

use super::*;

const HUSH: &str = "hush-4711";

fn reply(headers: &[(&'static str, &'static str)], body: &str) -> Reply {
    let pair =
        |(name, value): &(&'static str, &'static str)| (HeaderName::from_static(name), HeaderValue::from_static(value));
    Reply::new(StatusCode::CREATED, headers.iter().map(pair).collect::<HeaderMap>(), body.to_owned())
}

fn shown(reply: &Reply) -> String {
    let view = ReplyView::new(reply, &["x-iam-trace-id"]);
    format!("{view:?} {:?} {}", view.headers(), view.body())
}

#[test]
fn what_gives_credentials_is_masked_whichever_way_it_is_written() {
    let keys = |access: &str, secret: &str, token: &str| {
        format!(r#""{access}":"{HUSH}-ak","{secret}":"{HUSH}-sk","{token}":"{HUSH}-st""#)
    };
    let bodies = [
        format!(
            r#"{{"credential":{{{},"expires_at":"2026-01-03T03:04:05.0Z"}}}}"#,
            keys("access", "secret", "securitytoken")
        ),
        format!(
            r#"{{"credentials":{{{},"expiration":"2026-01-03T03:04:05Z"}}}}"#,
            keys("access_key_id", "secret_access_key", "security_token")
        ),
        format!(r#"{{"credentials":{{{}}}}}"#, keys("accessKeyId", "secretAccessKey", "securityToken")),
        format!("{{{}}}", keys("access", "secret", "securitytoken")),
        format!("{{{}}}", keys("accessKeyId", "secretAccessKey", "securityToken")),
        format!("[{{{}}}]", keys("access_key_id", "secret_access_key", "security_token")),
        format!("\u{feff}{{{}}}", keys("access", "secret", "securitytoken")),
        format!(r#"{{"token":{{"id":"{HUSH}","expires_at":"2026-01-03T03:04:05.0Z"}}}}"#),
        // A token of the metadata service is the whole body, in characters that forms have too.
        format!("{HUSH}=="),
        format!("\"{HUSH}\""),
        format!("<Credentials><Secret>{HUSH}</Secret></Credentials>"),
    ];
    for body in &bodies {
        let text = shown(&reply(&[("content-type", "application/json")], body));
        assert!(!text.contains(HUSH), "{text}");
        assert!(text.contains("***") || text.contains(" bytes)"), "{text}");
    }
}

#[test]
fn a_token_in_a_header_is_masked_and_the_rest_can_be_read() {
    let headers = [
        ("content-type", "application/json"),
        ("x-subject-token", "hush-4711"),
        ("set-cookie", "session=hush-4711"),
        ("location", "https://h/x?Signature=hush-4711&Expires=1"),
        ("x-iam-trace-id", "token_cn-north-4_trace"),
    ];
    let body = r#"{"token":{"methods":["password"]},"vpcs":[{"id":"v"}]}"#;
    let text = shown(&reply(&headers, body));
    assert!(!text.contains(HUSH), "{text}");
    for part in [
        r#"("x-subject-token", "***")"#,
        r#"("location", "https://h/x?Signature=***&Expires=1")"#,
        r#"("x-iam-trace-id", "token_cn-north-4_trace")"#,
        r#"{"token":"***","vpcs":[{"id":"v"}]}"#,
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn what_a_gateway_repeats_of_the_request_is_masked() {
    let caller = Credential::session("ak-id", HUSH, "hush-token-4712");
    let echo = reply(
        &[("content-type", "text/plain"), ("via", "hush-token-4712")],
        r#"{"error_msg":"verify aksk signature fail, canonicalRequest:x-security-token:hush-token-4712|x"}"#,
    );
    let view = ReplyView::new(&echo, &[]).to(&caller);
    let text = format!("{:?} {}", view.headers(), view.body());
    assert!(!text.contains("4712") && text.contains("x-security-token:***|x"), "{text}");
}

#[test]
fn the_original_is_given_to_those_who_asked_for_it() {
    let reply = reply(&[], HUSH);
    assert!(ReplyView::new(&reply, &[]).unmasked().is_none());
    assert_eq!(ReplyView::new(&reply, &[]).unmasked_if(true).unmasked().unwrap().text(), HUSH);
}

#[test]
fn a_stream_is_told_by_its_announced_length() {
    let (with, without) = (reply(&[("content-length", "7")], ""), reply(&[], ""));
    let lengths =
        |reply| (ReplyView::new(reply, &[]).streamed_if(true).body_len(), ReplyView::new(reply, &[]).body_len());
    assert_eq!((lengths(&with), lengths(&without)), ((Some(7), Some(7)), (None, Some(0))));
    let body = |reply| ReplyView::new(reply, &[]).streamed_if(true).body();
    assert_eq!((&*body(&with), &*body(&without)), ("(7 bytes, streamed)", "(streamed)"));
    assert_eq!(ReplyView::new(&without, &[]).body(), "");
}
