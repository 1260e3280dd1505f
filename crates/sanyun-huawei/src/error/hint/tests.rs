use http::{HeaderMap, StatusCode};
use sanyun_core::Reply;

use super::*;

const OURS: &str = "GET\n/v3/projects/\nname=cn-north-4\nhost:iam.myhuaweicloud.com\nx-sdk-date:20210902T011700Z\n\
                    x-security-token:TOKEN-1\n\nhost;x-sdk-date;x-security-token\ne3b0c442";

fn error(status: u16, body: &str) -> ServiceError {
    let reply = Reply::new(StatusCode::from_u16(status).unwrap(), HeaderMap::new(), body.to_owned());
    crate::error::parse(&reply).unwrap()
}

fn hint_of(status: u16, code: &str, message: &str) -> Option<String> {
    let body = serde_json::json!({"error_code": code, "error_msg": message}).to_string();
    let signature = Signature { canonical_request: OURS.to_owned(), string_to_sign: String::new() };
    hint(&error(status, &body), &signature)
}

fn refused(seen: &str) -> String {
    let prefix = "Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:";
    hint_of(401, "APIGW.0301", &format!("{prefix}{seen}")).unwrap()
}

#[test]
fn every_gateway_error_of_the_guide_has_advice() {
    for (code, message, advice) in [
        ("APIGW.0301", "Incorrect IAM authentication information: x-auth-token not found", "carried no credential"),
        ("APIG.0301", "Incorrect IAM authentication information: decrypt token fail", "get a new one"),
        ("APIGW.0301", "... token expires, expires_at: 2026", "has expired"),
        ("APIGW.0301", "Incorrect IAM authentication information: ak xxxxxx not exist", "check the access key id"),
        ("APIGW.0301", "Get secretKey failed,ak:x,err:ak not exist", "check the access key id"),
        ("APIGW.0301", "calc aksk signature fail:signature expired, signature time:1, server time:2", "clock"),
        ("APIGW.0301", "AK access failed to reach the limit,forbidden", "five minutes"),
        ("APIGW.0301", "verify aksk signature fail", "secret key"),
        ("APIC.0101", "The API does not exist or has not been published in the environment", "region"),
        ("APIGW.0104", "backend missing", "support"),
        ("APIGW.0106", "Orchestration error", "parameters"),
        ("APIGW.0103", "backend missing", "support"),
        ("APIG.0105", "backend missing", "support"),
        ("APIGW.0201", "API request error", "cannot read the request"),
        ("APIGW.0201", "Request entity too large", "12 MB"),
        ("APIGW.0201", "Request URI too large", "URLs of at most 32 KB"),
        ("APIGW.0201", "Request headers too large", "128 KB in all"),
        ("APIGW.0202", "backend unavailable", "later"),
        ("APIGW.0203", "Backend timeout", "later"),
        ("APIGW.0308", "The throttling threshold has been reached", "call less often"),
        ("APIGW.0301", "something new", "does not accept who calls"),
        ("APIGW.0302", "x", "administrator"),
        ("APIGW.0303", "x", "application"),
        ("APIGW.0307", "The token must be updated", "new one"),
        ("Common.0018", "tenantId in token is not the same with in URL.", "this region"),
        ("Ecs.0110", "do not have the required roles, forbidden to perform this action.", "role"),
    ] {
        let hint = hint_of(400, code, message).unwrap_or_default();
        assert!(hint.contains(advice), "{code} {message}: {hint}");
    }
    assert_eq!(hint_of(404, "VPC.0202", "not found"), None);
}

#[test]
fn throttling_names_limit_and_window() {
    let text = "The throttling threshold has been reached: policy user over ratelimit,limit:20,time:1 minute";
    assert!(hint_of(429, "APIGW.0308", text).unwrap().contains("20 calls in 1 minute"));
    assert!(hint_of(429, "APIGW.0308", "slow down").unwrap().contains("2 to 5 seconds"));
}

#[test]
fn a_denial_with_an_encoded_message_says_what_it_is_for() {
    let denied = error(403, r#"{"error_code":"X.1","error_msg":"denied","encoded_authorization_message":"Egp"}"#);
    assert!(hint(&denied, &Signature::default()).unwrap().contains("IAM decodes it"));
}

#[test]
fn an_equal_canonical_request_means_a_wrong_secret() {
    for behind in ["", " ", ", request refused"] {
        assert!(refused(&(OURS.replace('\n', "|") + behind)).contains("the secret key is wrong"), "{behind:?}");
    }
}

#[test]
fn the_line_that_differs_is_named() {
    for (from, to, difference) in [
        ("GET", "POST", "the method changed on the way: signed was `GET`, the gateway saw `POST`;"),
        ("/v3/projects/", "/v3/", "the path changed on the way: signed was `/v3/projects/`, the gateway saw `/v3/`;"),
        (
            "name=cn-north-4",
            "name=x",
            "the query changed on the way: signed was `name=cn-north-4`, the gateway saw `name=x`;",
        ),
        ("host:iam", "host:proxy", "the header `host` changed on the way: signed was `iam.myhuaweicloud.com`"),
        (
            "host:iam.myhuaweicloud.com|",
            "",
            "the header `host` changed on the way: signed was `iam.myhuaweicloud.com`, the gateway saw `nothing`;",
        ),
        (
            "host;x-sdk",
            "accept;host;x-sdk",
            "the list of headers changed on the way: signed was `host;x-sdk-date;x-security-token`",
        ),
        ("e3b0c442", "12345678", "the body changed on the way: signed was `e3b0c442`, the gateway saw `12345678`;"),
    ] {
        let hint = refused(&OURS.replace('\n', "|").replacen(from, to, 1));
        assert!(hint.contains(difference), "{hint}");
    }
    assert!(refused("GET|/v3/projects/").starts_with("as far as the gateway shows it"));
    assert!(refused("GET|/v3/|").starts_with("the path changed on the way: signed was `/v3/projects/`"));
}

#[test]
fn all_lines_that_differ_are_named() {
    let seen = OURS.replace('\n', "|").replacen("GET", "POST", 1).replacen("|x-sdk-date:", "|via:proxy|x-sdk-date:", 1);
    let hint = refused(&seen);
    assert!(
        hint.contains("the method changed")
            && hint.contains("; the header `via` changed on the way: signed was `nothing`"),
        "{hint}"
    );
}

/// The text of the vendor's guide to debugging APIs.
#[test]
fn the_refusal_of_the_guide_is_compared() {
    let theirs = "GET|/v3/projects/|name=cn-north-4|host:iam.myhuaweicloud.com|x-sdk-date:20210902T011700Z||\
                  host;x-sdk-date|e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let message =
        format!("Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:{theirs}");
    let body = serde_json::json!({"error_code": "APIGW.0301", "error_msg": message}).to_string();
    let hint_for = |ours: &str| {
        let signature = Signature { canonical_request: ours.to_owned(), string_to_sign: String::new() };
        hint(&error(401, &body), &signature).unwrap()
    };
    let ours = theirs.replace('|', "\n");
    assert!(hint_for(&ours).contains("the secret key is wrong"));
    assert!(
        hint_for(&ours.replace("cn-north-4", "cn-east-3"))
            .contains("the query changed on the way: signed was `name=cn-east-3`")
    );
}

#[test]
fn tokens_do_not_show_in_advice() {
    for seen in [OURS.replace("TOKEN-1", "TOKEN-2"), OURS.replace("x-sdk-date:20210902T011700Z\n", "")] {
        let hint = refused(&seen.replace('\n', "|"));
        assert!(!hint.contains("TOKEN"), "{hint}");
    }
    let split = OURS.replace("TOKEN-1", "a|TOKEN-1");
    let signature = Signature { canonical_request: split, string_to_sign: String::new() };
    let body = format!(
        "{{\"error_code\":\"APIGW.0301\",\"error_msg\":\"canonicalRequest:{}\"}}",
        OURS.replace('\n', "|").replace("TOKEN-1", "a|TOKEN-2")
    );
    let hint = hint(&error(401, &body), &signature).unwrap();
    assert!(hint.contains("x-security-token") && !hint.contains("TOKEN"), "{hint}");
}

#[test]
fn without_a_signature_there_is_nothing_to_compare() {
    let body = r#"{"error_code":"APIGW.0301","error_msg":"verify aksk signature fail, canonicalRequest:GET|/"}"#;
    assert!(hint(&error(401, body), &Signature::default()).unwrap().contains("not signed by this client"));
}
