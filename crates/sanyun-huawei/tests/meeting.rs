//! Logging in to Huawei Cloud Meeting, and the header that its calls carry.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "support/script.rs"]
mod script;

use std::sync::Arc;
use std::time::Duration;

use sanyun_core::{Fixed, ManualClock, Request, SeededChance};
use sanyun_huawei::credentials::Meeting;
use sanyun_huawei::{Client, ErrorKind, Retry};
use script::{Answer, Script};
use serde_json::{Value, json};

const NOW: u64 = 1_767_323_045;
const TOKEN: Answer = (200, "", r#"{"accessToken":"meeting-token","validPeriod":86400}"#);
const OK: Answer = (200, "", "{}");

fn cloud(login: &[Answer]) -> Script {
    let script = Script::default().on("/v1/usg/acs/auth/account", login).on("/v2/usg/acs/auth/appauth", login);
    script.on("/v1/usg/dcs/member", &[OK])
}

fn client(script: &Script, meeting: Meeting, clock: &Arc<ManualClock>) -> Client {
    let builder = Client::builder().world(Fixed::default()).transport(script.clone()).clock(Arc::clone(clock));
    let builder = builder.chance(SeededChance::new(1)).retry(Retry::none());
    builder.region("cn-north-4").credentials(meeting).build().unwrap()
}

async fn call(client: &Client) -> sanyun_huawei::Result<()> {
    client.invoke("meeting", "v1", "ShowMyInfo", json!({})).await.map(drop)
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(request.body.as_bytes().unwrap()).unwrap()
}

#[tokio::test]
async fn a_user_logs_in_with_a_password_every_twelve_hours() {
    let (script, clock) = (cloud(&[TOKEN]), Arc::new(ManualClock::at_unix(NOW)));
    let client = client(&script, Meeting::password("alice@corp", "hush-hush"), &clock);
    call(&client).await.unwrap();
    call(&client).await.unwrap();
    let seen = script.seen();
    assert_eq!(seen.len(), 3, "{:?}", script.urls());
    assert_eq!(seen[0].url(), "https://api.meeting.huaweicloud.com/v1/usg/acs/auth/account");
    assert_eq!(seen[0].header("authorization"), "Basic YWxpY2VAY29ycDpodXNoLWh1c2g=");
    assert_eq!(body(&seen[0]), json!({"account": "alice@corp", "clientType": 72}));
    for request in &seen[1..] {
        assert_eq!(request.header("x-access-token"), "meeting-token");
        for header in ["x-auth-token", "authorization", "x-project-id", "x-domain-id"] {
            assert_eq!(request.header(header), "", "{header}");
        }
    }
    clock.advance(Duration::from_secs(12 * 3600));
    call(&client).await.unwrap();
    assert_eq!(script.seen().len(), 5);
}

#[tokio::test]
async fn an_application_signs_its_login() {
    // As the vendor's SDK signs the same moment and nonce.
    for (meeting, signature, corporation) in [
        (
            Meeting::app("app1", "app-key").user("u1"),
            "2CD623B236EB5C6489870EDE1BE31CEE5ED8D3194371CCC14F22BE5234108A65",
            None,
        ),
        (
            Meeting::app("app1", "app-key").user("u1").corporation("c1").department("d1"),
            "3159FD27518DF884900A93FA637DE4C6BFD34F6D7CDF7EEB6CB0E7E629E675EB",
            Some("c1"),
        ),
    ] {
        let (script, clock) = (cloud(&[TOKEN]), Arc::new(ManualClock::at_unix(NOW)));
        call(&client(&script, meeting, &clock)).await.unwrap();
        let login = &script.seen()[0];
        assert_eq!(login.path, "/v2/usg/acs/auth/appauth");
        let sent = body(login);
        assert_eq!((&sent["expireTime"], &sent["clientType"]), (&json!(NOW + 600), &json!(72)));
        assert_eq!(
            (&sent["appId"], &sent["userId"], sent["corpId"].as_str()),
            (&json!("app1"), &json!("u1"), corporation)
        );
        assert_eq!(sent["nonce"], "910a2dec-8902-4cc1-beeb-8da1658eec67");
        let authorization = format!("HMAC-SHA256 signature={signature},access=YXBwMQ==");
        assert_eq!(login.header("authorization"), authorization);
    }
}

#[tokio::test]
async fn a_refused_login_says_so_without_the_password() {
    let refusal = r#"{"error_code":"USG.201040001","error_msg":"wrong hush-hush"}"#;
    for answer in [(401, "x-request-id: r1", refusal), (200, "", "{}"), (200, "", "hush-hush")] {
        let (script, clock) = (cloud(&[answer]), Arc::new(ManualClock::at_unix(NOW)));
        let error = call(&client(&script, Meeting::password("alice", "hush-hush"), &clock)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert!(error.to_string().contains("meeting: ") && !format!("{error:?}").contains("hush-hush"), "{error:?}");
    }
    let clock = Arc::new(ManualClock::at_unix(NOW));
    for meeting in [Meeting::password("", "x"), Meeting::app("x", "")] {
        let client = client(&cloud(&[TOKEN]), meeting, &clock);
        assert!(call(&client).await.unwrap_err().to_string().contains("must not be empty"));
    }
    assert!(!format!("{:?}", Meeting::app("a", "app-key")).contains("app-key"));
}

#[tokio::test]
async fn messages_are_signed_for_no_project() {
    let client = Client::builder().world(Fixed::default()).region("cn-north-4").project_id("p").domain_id("d");
    let client = client.credentials(sanyun_huawei::Credential::keys("id", "secret")).build().unwrap();
    let call = client.invoke("smsapi", "v1", "BatchSendSms", json!({"from": "a", "to": "b"}));
    let request = call.preview().await.unwrap().request;
    assert_eq!(request.url(), "https://smsapi.cn-north-4.myhuaweicloud.com/sms/batchSendSms/v1");
    assert!(request.header("authorization").starts_with("SDK-HMAC-SHA256 Access=id"));
    assert_eq!((request.header("x-project-id"), request.header("x-domain-id")), ("", ""));
}
