use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sanyun_core::Signature;

use super::mismatch::signature_hint;
use super::*;

fn refusal(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> ServiceError {
    let pairs = headers.iter().map(|&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    let headers: HeaderMap = pairs.collect();
    parse(&Reply::new(StatusCode::from_u16(status).unwrap(), headers, body.to_owned()))
}

#[test]
fn json_whatever_its_content_type() {
    let body = r#"{"RequestId":"r","HostId":"h","Code":"InvalidParameter","Message":"m","Recommend":"u","N":null}"#;
    for headers in [&[][..], &[("content-type", "text/html")], &[("content-type", "application/json")]] {
        let error = refusal(400, headers, body);
        assert_eq!((error.code(), error.message(), error.request_id()), ("InvalidParameter", "m", Some("r")));
        assert_eq!((error.class(), error.side()), (ServiceClass::Client, Side::Service));
        assert_eq!(error.details().collect::<Vec<_>>(), [("HostId", "h"), ("Recommend", "u")]);
    }
}

#[test]
fn lower_case_and_xml_members() {
    let error = refusal(404, &[], r#"{"requestid":"r","code":"X","message":"m"}"#);
    assert_eq!((error.code(), error.message(), error.request_id()), ("X", "m", Some("r")));
    let error = refusal(400, &[], "<Error><RequestId>r</RequestId><Code>C</Code><Message>m</Message></Error>");
    assert_eq!((error.code(), error.message(), error.request_id()), ("C", "m", Some("r")));
}

#[test]
fn what_cannot_be_read_keeps_status_id_and_beginning() {
    let id = ("x-acs-request-id", "hdr");
    for (body, message) in [
        ("<html>\n <b>Bad</b> Gateway</html>", "<html> <b>Bad</b> Gateway</html>"),
        ("", "Bad Gateway"),
        ("{\"Code\":", "{\"Code\":"),
        ("[1]", "[1]"),
        ("{}", "Bad Gateway"),
    ] {
        let error = refusal(502, &[id], body);
        assert_eq!((error.status(), error.code(), error.request_id()), (502, "502", Some("hdr")), "{body}");
        assert_eq!((error.class(), error.side()), (ServiceClass::Server, Side::Gateway));
        assert_eq!(error.message(), message);
        assert_eq!(error.raw(), body.as_bytes());
    }
    let long = refusal(500, &[], &"no structure ".repeat(100));
    assert_eq!(long.message().chars().count(), SHOWN_CHARACTERS);
}

#[test]
fn a_redirection_is_an_error() {
    let error = refusal(302, &[("location", "https://elsewhere.example/")], "");
    assert_eq!(error.code(), "302");
    assert!(error.message().contains("https://elsewhere.example/"), "{}", error.message());
}

#[test]
fn throttling_by_code_or_by_header() {
    let wait = ("x-acs-retry-after", " 2000 ");
    let throttled = |status, headers: &[_], body| {
        let error = refusal(status, headers, body);
        (error.class() == ServiceClass::Throttled, error.retry_after())
    };
    let two_seconds = Some(Duration::from_secs(2));
    assert_eq!(throttled(400, &[], r#"{"Code":"Throttling.User"}"#), (true, None));
    assert_eq!(throttled(503, &[wait], r#"{"Code":"ServiceUnavailable"}"#), (true, two_seconds));
    assert_eq!(throttled(400, &[("x-acs-retry-after", "0")], r#"{"Code":"Other"}"#), (false, None));
    assert_eq!(throttled(400, &[("x-acs-retry-after", "soon")], r#"{"Code":"Other"}"#), (false, None));
    assert_eq!(throttled(503, &[("retry-after", "3")], "{}"), (false, Some(Duration::from_secs(3))));
}

#[test]
fn a_wrong_clock_tells_the_servers_time() {
    let date = ("date", "Mon, 06 May 2024 07:08:09 GMT");
    let error = refusal(400, &[date], r#"{"Code":"InvalidTimeStamp.Expired"}"#);
    let ServiceClass::ClockSkew(Some(time)) = error.class() else { panic!("{error:?}") };
    assert_eq!(sanyun_core::time::iso_extended(time), "2024-05-06T07:08:09Z");
    let error = refusal(403, &[], r#"{"Code":"InvalidSecurityToken.Expired"}"#);
    assert_eq!((error.class(), error.side()), (ServiceClass::ExpiredCredential, Side::Gateway));
}

#[test]
fn request_ids_are_found_in_replies() {
    assert_eq!(request_id_in_json(br#"{"A": 1, "RequestId" : "r-1"}"#).as_deref(), Some("r-1"));
    assert_eq!(request_id_in_json(br#"{"requestId":"r"}"#).as_deref(), Some("r"));
    for body in [&b"{}"[..], b"\xff", b"{\"RequestId\":7}", b"{\"RequestId\":\"", b"{\"RequestId\":\"\"}"] {
        assert_eq!(request_id_in_json(body), None);
    }
}

fn hint_for(message: &str, string_to_sign: &str) -> String {
    let error = ServiceError::new(400, "SignatureDoesNotMatch", message);
    let signature = Signature { canonical_request: String::new(), string_to_sign: string_to_sign.to_owned() };
    hint(&error, &signature).unwrap()
}

const MISMATCH: &str = "Specified signature is not matched with our calculation. server string to sign is:";

#[test]
fn equal_texts_mean_a_wrong_secret() {
    for (ours, theirs) in [
        ("ACS3-HMAC-SHA256\n00ff", "ACS3-HMAC-SHA256\n00ff"),
        ("ACS3-HMAC-SHA256\n00ff", "ACS3-HMAC-SHA256 00ff"),
        ("GET&%2F&A%3D1", "GET&%2F&A%3D1"),
    ] {
        assert!(hint_for(&format!("{MISMATCH}{theirs}"), ours).contains("secret is wrong"), "{ours}");
    }
}

#[test]
fn other_texts_name_the_first_difference_and_no_value() {
    let hint = hint_for(&format!("{MISMATCH}GET&%2F&A%3D1%26Token%3DCHANGED"), "GET&%2F&A%3D1%26Token%3DSECRET");
    assert!(hint.contains("`Token`") && !hint.contains("SECRET") && !hint.contains("CHANGED"), "{hint}");
    let roa = |rest: &str| format!("GET\napplication/json\n\n\nMon, 06 May 2024 07:08:09 GMT\n{rest}");
    for (theirs, ours, name) in [
        ("x-acs-b:2\n/p", "x-acs-a:1\nx-acs-b:2\n/p", "x-acs-a"),
        ("x-acs-b:2\n/p?a", "x-acs-b:2\n/p", "the path or query"),
    ] {
        let hint = hint_for(&format!("{MISMATCH}{}", roa(theirs)), &roa(ours));
        assert!(hint.contains(&format!("`{name}`")), "{hint}");
    }
    let other_date = roa("/p").replace("07:08", "07:09");
    assert!(hint_for(&format!("{MISMATCH}{other_date}"), &roa("/p")).contains("first at `date`"));
    let hint = hint_for(&format!("{MISMATCH}ACS3-HMAC-SHA256\n11"), "ACS3-HMAC-SHA256\n22");
    assert!(hint.contains("changed the request"), "{hint}");
    assert!(hint_for("no text of theirs", "GET").contains("secret is wrong, or"));
}

#[test]
fn the_canonical_request_of_version_3_names_the_difference() {
    let ours = Signature {
        canonical_request: "POST\n/\nA=1\nhost:h\nx-acs-date:1\n\nhost;x-acs-date\n00".to_owned(),
        string_to_sign: "ACS3-HMAC-SHA256\n22".to_owned(),
    };
    for (from, to, name) in [
        ("A=1", "A=2", "the query"),
        ("x-acs-date:1", "x-acs-date:2", "x-acs-date"),
        ("\n00", "\n01", "the body"),
        ("POST", "GET", "the method"),
    ] {
        let theirs = ours.canonical_request.replace(from, to);
        let message = format!("server StringToSign is [ACS3-HMAC-SHA256\n11] server CanonicalRequest is [{theirs}]");
        let hint = signature_hint(&message, &ours);
        assert!(hint.contains(&format!("first at `{name}`")), "{hint}");
    }
    let same = "server StringToSign is [ACS3-HMAC-SHA256\n22] server CanonicalRequest is []";
    assert!(signature_hint(same, &ours).contains("secret is wrong"));
}

#[test]
fn the_vendors_page_is_named_where_there_is_no_other_advice() {
    let body = r#"{"Code":"Odd","Message":"m","Recommend":"https://api.aliyun.com/troubleshoot?q=Odd"}"#;
    let error = refusal(400, &[], body);
    assert_eq!(hint(&error, &Signature::default()).unwrap(), "see https://api.aliyun.com/troubleshoot?q=Odd");
    assert_eq!(recommend(&sanyun_core::Error::from_service(error)), Some("https://api.aliyun.com/troubleshoot?q=Odd"));
}

#[test]
fn a_missing_permission_is_named() {
    let body = r#"{"Code":"NoPermission","Message":"m","AccessDeniedDetail":{"AuthAction":"ecs:Describe","NoPermissionType":"ImplicitDeny"}}"#;
    let hint = hint(&refusal(403, &[], body), &Signature::default()).unwrap();
    assert!(hint.contains("`ecs:Describe`") && hint.contains("grant"), "{hint}");
}

#[test]
fn advice_is_one_sentence() {
    for code in ["InvalidAccessKeyId.NotFound", "MissingSecurityToken", "Throttling.Api", "InvalidTimeStamp.Expired"] {
        let hint = hint(&ServiceError::new(400, code, ""), &Signature::default()).unwrap();
        assert!(!hint.ends_with('.') && !hint.contains('\n'), "{hint}");
    }
    assert_eq!(hint(&ServiceError::new(400, "Other", ""), &Signature::default()), None);
}

#[test]
fn no_answer_panics() {
    const PIECES: &[&str] = &[
        "{",
        "}",
        "[",
        "\"",
        "Code",
        ":",
        ",",
        "<",
        ">",
        "</",
        "Error",
        "<Error>",
        "</Error>",
        "<Code>",
        "&amp;",
        "&#x0;",
        "&",
        "<![CDATA[",
        "]]>",
        "<!--",
        "<?xml",
        "string to sign is:",
        "&%2F&",
        "\u{feff}",
        "ü",
        "云",
        "\0",
        " ",
        "\n",
        "null",
        "=",
    ];
    let chance = sanyun_core::SeededChance::new(3);
    let next = |bound: usize| (sanyun_core::Chance::next_u64(&chance) % bound as u64) as usize;
    for _ in 0..20_000 {
        let body: String = (0..next(12)).map(|_| PIECES[next(PIECES.len())]).collect();
        let error = refusal(400 + next(200) as u16, &[], &body);
        let _ = hint(&error, &Signature::default());
        let _ =
            signature_hint(&body, &Signature { string_to_sign: body.chars().rev().collect(), ..Signature::default() });
        let _ = request_id_in_json(body.as_bytes());
    }
}
