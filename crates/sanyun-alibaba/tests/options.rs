//! The options of clients and calls, seen by a server: what the vendor calls Config and RuntimeOptions.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod support;

use std::time::Duration;

use sanyun_alibaba::error::{AccessDenied, DeniedReason, recommend};
use sanyun_alibaba::retry::{Condition, Options, Policy};
use sanyun_alibaba::sign::{Algorithm, SignatureVersion};
use sanyun_alibaba::{Builder, Client, Credential, ErrorKind, Http, Input, Scheme, retry};
use sanyun_core::{Fixed, ManualClock};
use serde_json::json;
use support::{Answer, Server};

const SECRET: &str = "a-secret-that-never-shows";

fn ok(body: &str) -> Answer {
    (200, "x-acs-request-id: req-1\r\nContent-Type: application/json\r\n".to_owned(), body.to_owned())
}

fn refusal(status: u16, headers: &str, code: &str) -> Answer {
    (status, headers.to_owned(), json!({"Code": code, "Message": "m", "RequestId": "r"}).to_string())
}

fn builder(server: &Server) -> Builder {
    Client::builder()
        .endpoint(&*server.url)
        .credentials(Credential::keys("testId", SECRET))
        .clock(ManualClock::at_unix(1_714_979_289))
        .world(Fixed::default())
}

fn call() -> Input {
    Input::rpc("ecs", "2014-05-26", "RunInstances").query(json!({"RegionId": "cn-hangzhou"}))
}

#[tokio::test]
async fn global_extending_and_own_parameters_in_that_order() {
    let server = Server::start(|_, arrival| {
        assert!(arrival.is_signed_with(SECRET));
        ok("{}")
    });
    let client = builder(&server)
        .header("x-acs-region-id", "global")
        .header("x-acs-source", "global")
        .query("Global", "1")
        .query("RegionId", "global")
        .build()
        .unwrap();
    client.send(call().header("x-acs-source", "own")).await.unwrap();
    let extended = client.send(call().header("x-acs-source", "own")).header("x-acs-source", "extends");
    extended.query("RegionId", "extends").query("Z*", "a b").await.unwrap();
    let arrivals = server.arrivals();
    let seen: Vec<_> = arrivals.iter().map(|it| (it.header("x-acs-source"), &*it.query)).collect();
    assert_eq!(seen, [("own", "Global=1&RegionId=cn-hangzhou"), ("extends", "Global=1&RegionId=extends&Z%2A=a%20b")]);
    assert!(arrivals.iter().all(|it| it.header("x-acs-region-id") == "global"));
}

#[tokio::test]
async fn the_user_agent_comes_from_the_builder_or_the_environment() {
    let server = Server::start(|_, _| ok("{}"));
    let world = || Fixed::default().var("ALIBABA_CLOUD_USER_AGENT", "of-environment/2");
    for client in [
        builder(&server).build(),
        builder(&server).world(world()).build(),
        builder(&server).world(world()).user_agent("own/1").build(),
    ] {
        client.unwrap().send(call()).await.unwrap();
    }
    let arrivals = server.arrivals();
    let ends: Vec<_> = arrivals.iter().map(|it| it.header("user-agent").rsplit(") ").next().unwrap()).collect();
    assert!(ends[0].ends_with(')'), "{ends:?}");
    assert_eq!(ends[1..], ["of-environment/2", "own/1"]);
}

#[tokio::test]
async fn the_vendors_retry_options_for_a_client_and_for_a_call() {
    let server = Server::start(|_, arrival| {
        assert!(arrival.is_signed_with(SECRET));
        refusal(500, "", "InternalError")
    });
    let fixed = Policy::Fixed { period: Duration::from_millis(70) };
    let options =
        Options::default().retry(Condition::default().exception("ServerException").attempts(3).backoff(fixed));
    let client = builder(&server).retry(options.clone().into()).build().unwrap();
    assert_eq!(client.send(call()).await.unwrap_err().attempts(), 3);
    let arrivals = server.arrivals();
    let told = |name: &str| arrivals.iter().map(|it| it.header(name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        (told("x-acs-retry-attempts"), told("x-acs-retry-delay")),
        (text(["", "1", "2"]), text(["", "70", "70"]))
    );
    let mut nonces = told("x-acs-signature-nonce");
    nonces.dedup();
    assert_eq!(nonces.len(), 3);
    let never = options.never(Condition::default().code("InternalError"));
    assert_eq!(client.send(call()).retry(never.into()).await.unwrap_err().attempts(), 1);
    assert_eq!(client.send(call()).retry(retry::none()).await.unwrap_err().attempts(), 1);
    // The older options repeat nothing that was answered.
    assert_eq!(client.send(call()).retry(retry::network(3, Duration::ZERO)).await.unwrap_err().attempts(), 1);
    let refused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let unreachable = client.send(call()).endpoint(&format!("http://{refused}"));
    assert_eq!(unreachable.retry(retry::network(2, Duration::ZERO)).await.unwrap_err().attempts(), 3);
}

fn text<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).into()
}

#[tokio::test]
async fn ours_waits_for_a_throttling_gateway_and_does_not_repeat_what_may_have_been_done() {
    let server = Server::start(|number, _| match number {
        0 => refusal(400, "x-acs-retry-after: 1500\r\n", "Throttling.User"),
        1 => ok("{}"),
        _ => refusal(500, "", "InternalError"),
    });
    let client = builder(&server).build().unwrap();
    assert_eq!(client.send(call()).await.unwrap().attempts(), 2);
    assert_eq!(server.arrivals()[1].header("x-acs-retry-delay"), "1500");
    assert_eq!(client.send(call()).await.unwrap_err().attempts(), 1);
    let reading = Input::rpc("ecs", "2014-05-26", "DescribeRegions");
    assert_eq!(client.send(reading).await.unwrap_err().attempts(), 3);
}

#[tokio::test]
async fn calls_are_signed_with_an_rsa_key() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance/vectors/alibaba.jsonl"));
    let text = text.unwrap();
    let cases = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let mut keys = cases.filter(|case| case["input"]["algorithm"] == "ACS3-RSA-SHA256");
    let key = keys.next().unwrap()["input"]["access_key_secret"].as_str().unwrap().to_owned();
    let own = key.clone();
    let server = Server::start(move |_, arrival| {
        assert!(arrival.header("authorization").starts_with("ACS3-RSA-SHA256 Credential=testId,"));
        assert!(arrival.is_signed_with(&own));
        ok("{}")
    });
    let rsa = SignatureVersion::V3(Algorithm::RsaSha256);
    let client = builder(&server).signature(rsa).credentials(Credential::keys("testId", key)).build().unwrap();
    for _ in 0..2 {
        client.send(call()).await.unwrap();
    }
    let error = builder(&server).signature(rsa).build().unwrap().send(call()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Credentials, 0));
    assert!(!format!("{error} {error:?}").contains(SECRET));
}

#[tokio::test]
async fn the_location_service_is_asked_for_unknown_products_alone_and_once_an_hour() {
    let server = Server::start(|_, arrival| {
        assert_eq!(arrival.header("host"), "location-readonly.aliyuncs.com");
        let found = json!([{"Endpoint": "new.cn-hangzhou.aliyuncs.com", "Type": "openAPI", "SerivceCode": "new"}]);
        let listed = if arrival.query.contains("=nowhere&") { json!([]) } else { found };
        ok(&json!({"Success": true, "Endpoints": {"Endpoint": listed}}).to_string())
    });
    let clock = std::sync::Arc::new(ManualClock::at_unix(1_714_979_289));
    let address = server.url.trim_start_matches("http://").parse().unwrap();
    let client = builder(&server)
        .endpoint("")
        .region("cn-hangzhou")
        .scheme(Scheme::Http)
        .clock(std::sync::Arc::clone(&clock))
        .http(Http::default().without_proxy().resolve("location-readonly.aliyuncs.com", address))
        .build()
        .unwrap();
    let locate = async |product: &str, region: &str| client.locate(product, region).await.map(|it| it.to_string());
    assert_eq!(locate("ecs", "").await.unwrap(), "http://ecs-cn-hangzhou.aliyuncs.com");
    assert!(server.arrivals().is_empty());
    for _ in 0..2 {
        assert_eq!(locate("brandnew", "").await.unwrap(), "http://new.cn-hangzhou.aliyuncs.com");
    }
    let [asked] = &server.arrivals()[..] else { panic!("one request") };
    assert_eq!(asked.method, "GET");
    for part in ["Action=DescribeEndpoints", "Id=cn-hangzhou", "ServiceCode=brandnew", "Type=openAPI", "Signature="] {
        assert!(asked.query.contains(part), "{part}");
    }
    clock.advance(Duration::from_secs(3600));
    locate("brandnew", "cn-hangzhou").await.unwrap();
    assert_eq!(server.arrivals().len(), 2);
    let error = client.locate("nowhere", "").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    // A client with an endpoint of its own needs no look-up.
    let fixed = builder(&server).build().unwrap();
    assert_eq!(fixed.locate("brandnew", "").await.unwrap().to_string(), server.url);
}

#[tokio::test]
async fn a_missing_permission_is_readable() {
    let detail = json!({
        "AuthAction": "ecs:RunInstances", "AuthPrincipalDisplayName": "u1", "AuthPrincipalOwnerId": "1", "AuthPrincipalType": "SubUser",
        "EncodedDiagnosticMessage": "AQ", "NoPermissionType": "ExplicitDeny", "PolicyType": "ControlPolicy",
    });
    let server = Server::start(move |number, _| {
        let detail = if number == 0 { detail.clone() } else { detail.to_string().into() };
        let body = json!({"Code": "Forbidden.RAM", "Message": "no", "RequestId": "r", "AccessDeniedDetail": detail,
                          "Recommend": "https://api.aliyun.com/troubleshoot?q=Forbidden.RAM"});
        (403, String::new(), body.to_string())
    });
    let client = builder(&server).build().unwrap();
    for _ in 0..2 {
        let error = client.send(call()).await.unwrap_err();
        let denied = AccessDenied::of(&error).unwrap();
        assert_eq!(
            (&*denied.action, &*denied.principal, &*denied.principal_type),
            ("ecs:RunInstances", "u1", "SubUser")
        );
        assert_eq!(
            (denied.reason, &*denied.policy_type, &*denied.diagnostic),
            (DeniedReason::Explicit, "ControlPolicy", "AQ")
        );
        assert_eq!(recommend(&error), Some("https://api.aliyun.com/troubleshoot?q=Forbidden.RAM"));
        assert!(error.hint().unwrap().contains("a policy denies `ecs:RunInstances`"));
    }
}

#[tokio::test]
async fn a_token_in_the_servers_text_is_not_shown() {
    let token = "CAIS+abc/defghi==";
    let server = Server::start(|_, arrival| {
        let ours = sanyun_alibaba::sign::v1::rpc_string_to_sign(&arrival.method, &arrival.query, "");
        let theirs = ours.replace("RunInstances", "RunInstance");
        let message =
            format!("Specified signature is not matched with our calculation. server string to sign is:{theirs}");
        (400, String::new(), json!({"Code": "SignatureDoesNotMatch", "Message": message}).to_string())
    });
    let keys = Credential::session("testId", SECRET, token);
    let client = builder(&server).signature(SignatureVersion::V1).credentials(keys).build().unwrap();
    let error = client.send(call()).await.unwrap_err();
    assert!(error.hint().unwrap().contains("first at `Action`"), "{:?}", error.hint());
    let shown = format!("{error} {error:?} {:?}", error.service().unwrap().raw());
    assert!(shown.contains("SecurityToken%3D***") && !shown.contains("CAIS"), "{shown}");
}
