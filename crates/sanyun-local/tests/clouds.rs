//! The three clouds through our own clients: what succeeds, what is refused and how, what is kept, what is made up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use sanyun_catalog::Catalog;
use sanyun_core::{Clock, Credential, ErrorKind, ManualClock, Retry, SystemClock};
use sanyun_local::{ACCESS_KEY, Local, SECRET_KEY, SESSION_ACCESS_KEY, SESSION_SECRET_KEY, SESSION_TOKEN};
use serde_json::{Value, json};
use support::Request;
use support::fit::assert_fits;

const PROJECT: &str = "0123456789abcdef0123456789abcdef";

fn keys() -> Credential {
    Credential::keys(ACCESS_KEY, SECRET_KEY)
}

fn session(token: &str) -> Credential {
    Credential::session(SESSION_ACCESS_KEY, SESSION_SECRET_KEY, token)
}

fn huawei(local: &Local, credential: Credential, clock: impl Clock) -> sanyun_huawei::Client {
    let builder = sanyun_huawei::Client::builder().endpoint(local.url()).project_id(PROJECT).retry(Retry::none());
    builder.credentials(credential).clock(clock).build().unwrap()
}

fn tencent(local: &Local, credential: Credential, clock: impl Clock) -> sanyun_tencent::Client {
    let builder = sanyun_tencent::Client::builder().endpoint(local.url()).region("ap-shanghai").retry(Retry::none());
    builder.credentials(credential).clock(clock).build().unwrap()
}

fn alibaba(local: &Local, credential: Credential, clock: impl Clock) -> sanyun_alibaba::Client {
    let builder = sanyun_alibaba::Client::builder().endpoint(local.url()).region("cn-hangzhou").retry(Retry::none());
    builder.credentials(credential).clock(clock).build().unwrap()
}

/// One call on each cloud; the codes and messages of the refusals.
async fn one_call_each(
    local: &Local,
    credential: &Credential,
    clock: &Arc<impl Clock>,
) -> Vec<Result<Value, (u16, String, String)>> {
    let (a, b, c) = (credential.clone(), credential.clone(), credential.clone());
    let replies = [
        huawei(local, a, clock.clone()).invoke("vpc", "v2", "ListVpcs", json!({})).await,
        tencent(local, b, clock.clone()).invoke("cvm", "2017-03-12", "DescribeZones", json!({})).await,
        alibaba(local, c, clock.clone()).invoke("ecs", "2014-05-26", "DescribeRegions", json!({})).await,
    ];
    let refused = |error: sanyun_core::Error| {
        let service = error.service().unwrap_or_else(|| panic!("{error}"));
        assert!(service.request_id().is_some_and(|id| id.len() >= 24), "{error}");
        (service.status(), service.code().to_owned(), service.message().to_owned())
    };
    replies.into_iter().map(|reply| reply.map(|reply| reply.into_inner()).map_err(refused)).collect()
}

fn codes(outcomes: &[Result<Value, (u16, String, String)>]) -> Vec<(u16, &str)> {
    outcomes
        .iter()
        .map(|outcome| outcome.as_ref().map_or_else(|(status, code, _)| (*status, code.as_str()), |_| (200, "")))
        .collect()
}

#[tokio::test]
async fn the_right_key_is_accepted_and_a_wrong_one_refused_in_the_clouds_own_words() {
    let local = Local::builder().start().await.unwrap();
    let clock = Arc::new(SystemClock);
    let right = one_call_each(&local, &keys(), &clock).await;
    assert_eq!(codes(&right), [(200, ""); 3], "{right:?}");
    let temporary = one_call_each(&local, &session(SESSION_TOKEN), &clock).await;
    assert_eq!(codes(&temporary), [(200, ""); 3], "{temporary:?}");

    let wrong = one_call_each(&local, &Credential::keys(ACCESS_KEY, "wrong"), &clock).await;
    assert_eq!(
        codes(&wrong),
        [(401, "APIGW.0301"), (200, "AuthFailure.SignatureFailure"), (400, "SignatureDoesNotMatch")]
    );
    let unknown = one_call_each(&local, &Credential::keys("nobody", SECRET_KEY), &clock).await;
    assert_eq!(
        codes(&unknown),
        [(401, "APIGW.0301"), (200, "AuthFailure.SecretIdNotFound"), (404, "InvalidAccessKeyId.NotFound")]
    );
    let no_token = one_call_each(&local, &session(""), &clock).await;
    assert_eq!(
        codes(&no_token),
        [(401, "APIGW.0301"), (200, "AuthFailure.TokenFailure"), (400, "MissingSecurityToken")]
    );
    let other_token = one_call_each(&local, &session("other"), &clock).await;
    assert_eq!(
        codes(&other_token),
        [(401, "APIGW.0301"), (200, "AuthFailure.TokenFailure"), (400, "InvalidSecurityToken.MismatchWithAccessKey")]
    );
    let messages: Vec<_> =
        [&wrong, &unknown, &other_token].map(|outcomes| outcomes[0].as_ref().unwrap_err().2.clone()).into();
    assert!(messages[0].contains("verify aksk signature fail, canonicalRequest:GET|/v1/"), "{messages:?}");
    assert!(messages[1].ends_with("Get secretKey failed,ak:nobody,err:ak not exist"), "{messages:?}");
    assert!(messages[2].ends_with("decrypt token fail"), "{messages:?}");
}

#[tokio::test]
async fn a_clock_that_is_off_is_refused_beyond_each_clouds_limit() {
    const NOW: u64 = 1_800_000_000;
    let local = Local::builder().clock(ManualClock::at_unix(NOW)).start().await.unwrap();
    for (offset, expected) in [
        (0, [(200, ""); 3]),
        (299, [(200, ""); 3]),
        (-299, [(200, ""); 3]),
        (301, [(200, ""), (200, "AuthFailure.SignatureExpire"), (200, "")]),
        (-301, [(200, ""), (200, "AuthFailure.SignatureExpire"), (200, "")]),
        (900, [(200, ""), (200, "AuthFailure.SignatureExpire"), (200, "")]),
        (901, [(401, "APIGW.0301"), (200, "AuthFailure.SignatureExpire"), (400, "InvalidTimeStamp.Expired")]),
        (-901, [(401, "APIGW.0301"), (200, "AuthFailure.SignatureExpire"), (400, "InvalidTimeStamp.Expired")]),
    ] {
        let clock = Arc::new(ManualClock::at_unix(NOW.checked_add_signed(offset).unwrap()));
        // Our clients would learn the server's time and succeed: only what they sign first counts here.
        let previews = [
            huawei(&local, keys(), clock.clone()).invoke("vpc", "v2", "ListVpcs", json!({})).preview().await.unwrap(),
            tencent(&local, keys(), clock.clone())
                .invoke("cvm", "", "DescribeZones", json!({}))
                .preview()
                .await
                .unwrap(),
            alibaba(&local, keys(), clock.clone())
                .invoke("ecs", "", "DescribeRegions", json!({}))
                .preview()
                .await
                .unwrap(),
        ];
        for (preview, (status, code)) in previews.iter().zip(expected) {
            let reply = Request::of(&preview.request).send(local.addr()).await.unwrap();
            assert_eq!(reply.status, status, "{offset} s: {}", reply.text());
            assert!(reply.text().contains(code), "{offset} s: {}", reply.text());
            assert_eq!(code.is_empty(), !reply.text().to_ascii_lowercase().contains("expire"), "{}", reply.text());
        }
    }
}

#[tokio::test]
async fn a_client_whose_clock_is_off_learns_the_servers_time() {
    let local = Local::builder().clock(ManualClock::at_unix(1_800_000_000)).start().await.unwrap();
    let late = Arc::new(ManualClock::at_unix(1_800_010_000));
    let builder = sanyun_tencent::Client::builder().endpoint(local.url()).region("ap-shanghai").credentials(keys());
    let client = builder.clock(late).build().unwrap();
    let reply = client.invoke("cvm", "2017-03-12", "DescribeZones", json!({})).await.unwrap();
    assert_eq!(reply.attempts(), 2);
}

#[tokio::test]
async fn unknown_operations_and_parameters_are_refused_in_the_clouds_own_words() {
    let local = Local::builder().start().await.unwrap();
    let code = |error: sanyun_core::Error| {
        error.service().map(|service| (service.status(), service.code().to_owned())).unwrap()
    };
    let refused = |status: u16, code: &str| (status, code.to_owned());

    let client = huawei(&local, keys(), SystemClock);
    let error = client.send(sanyun_huawei::Input::get("vpc", "/v9/{project_id}/nothing")).await.unwrap_err();
    assert_eq!(code(error), refused(404, "APIGW.0101"));

    let client = tencent(&local, keys(), SystemClock);
    for (version, action, parameters, expected) in [
        ("2017-03-12", "DescribeNothing", json!({}), "InvalidAction"),
        ("2017-03-12", "DescribeInstances", json!({"Limits": 1}), "UnknownParameter"),
        ("2017-03-12", "DescribeInstances", json!({"Limit": {}}), "InvalidParameter"),
        ("2017-03-12", "TerminateInstances", json!({}), "MissingParameter"),
        ("2001-01-01", "DescribeInstances", json!({}), "NoSuchVersion"),
    ] {
        let error = client.invoke_unchecked("cvm", version, action, parameters).await.unwrap_err();
        assert_eq!(code(error), refused(200, expected), "{action}");
    }

    let client = alibaba(&local, keys(), SystemClock);
    let input = sanyun_alibaba::Input::rpc("ecs", "2014-05-26", "DescribeNothing");
    assert_eq!(code(client.send(input).await.unwrap_err()), refused(404, "InvalidAction.NotFound"));
    let error =
        client.invoke_unchecked("ecs", "", "RunInstances", json!({"RegionId": "cn-hangzhou"})).await.unwrap_err();
    assert_eq!(code(error), refused(400, "MissingParameter"));
}

#[tokio::test]
async fn huawei_keeps_vpcs() {
    let folder = tempfile::tempdir().unwrap();
    let local = Local::builder().data_dir(folder.path()).start().await.unwrap();
    let client = huawei(&local, keys(), SystemClock);
    let names = ["a", "b", "三云"];
    let mut ids = Vec::new();
    for name in names {
        let body = json!({"vpc": {"name": name, "cidr": "10.1.0.0/16"}});
        let made = client.invoke("vpc", "v2", "CreateVpc", body).await.unwrap();
        assert_fits(Catalog::huawei().operation("vpc", Some("v2"), "CreateVpc").unwrap(), &made);
        ids.push(made["vpc"]["id"].as_str().unwrap().to_owned());
    }
    let page = client.invoke("vpc", "v2", "ListVpcs", json!({"limit": 2})).await.unwrap();
    assert_fits(Catalog::huawei().operation("vpc", Some("v2"), "ListVpcs").unwrap(), &page);
    assert_eq!(page["vpcs"].as_array().unwrap().len(), 2);
    let rest = client.invoke("vpc", "v2", "ListVpcs", json!({"limit": 2, "marker": ids[1]})).await.unwrap();
    assert_eq!(rest["vpcs"][0]["name"], "三云");
    let page = client.invoke("vpc", "v3", "ListVpcs", json!({"limit": 2, "name": ["a", "三云"]})).await.unwrap();
    assert_fits(Catalog::huawei().operation("vpc", Some("v3"), "ListVpcs").unwrap(), &page);
    assert_eq!(
        (&page["page_info"]["current_count"], page["vpcs"][1]["id"].as_str()),
        (&json!(2), Some(ids[2].as_str()))
    );
    assert_eq!(page["request_id"], page.request_id());

    let change = json!({"vpc_id": ids[0], "vpc": {"description": "changed"}});
    client.invoke("vpc", "v2", "UpdateVpc", change).await.unwrap();
    local.shutdown().await;
    let local = Local::builder().data_dir(folder.path()).start().await.unwrap();
    let client = huawei(&local, keys(), SystemClock);
    let shown = client.invoke("vpc", "v3", "ShowVpc", json!({"vpc_id": ids[0]})).await.unwrap();
    assert_fits(Catalog::huawei().operation("vpc", Some("v3"), "ShowVpc").unwrap(), &shown);
    assert_eq!((&shown["vpc"]["description"], &shown["vpc"]["cidr"]), (&json!("changed"), &json!("10.1.0.0/16")));
    let deleted = client.invoke("vpc", "v2", "DeleteVpc", json!({"vpc_id": ids[0]})).await.unwrap();
    assert_eq!((deleted.status().as_u16(), &*deleted), (204, &Value::Null));
    let error = client.invoke("vpc", "v2", "ShowVpc", json!({"vpc_id": ids[0]})).await.unwrap_err();
    assert_eq!(error.service().unwrap().code(), "VPC.0003");
    let other = sanyun_huawei::Client::builder().endpoint(local.url()).project_id("another").credentials(keys());
    let other = other.build().unwrap().invoke("vpc", "v2", "ListVpcs", json!({})).await.unwrap();
    assert_eq!(other["vpcs"], json!([]));
}

#[tokio::test]
async fn huawei_tells_project_and_account() {
    let local = Local::builder().start().await.unwrap();
    let client = huawei(&local, keys(), SystemClock);
    let found = client.invoke("iam", "v3", "KeystoneListProjects", json!({"name": "cn-north-4"})).await.unwrap();
    assert_fits(Catalog::huawei().operation("iam", Some("v3"), "KeystoneListProjects").unwrap(), &found);
    let projects = found["projects"].as_array().unwrap();
    assert_eq!((projects.len(), &projects[0]["name"]), (1, &json!("cn-north-4")));
    let again = client.invoke("iam", "v3", "KeystoneListProjects", json!({"name": "cn-north-4"})).await.unwrap();
    assert_eq!(found["projects"], again["projects"]);
    let domains = client.invoke("iam", "v3", "KeystoneListAuthDomains", json!({})).await.unwrap();
    assert_fits(Catalog::huawei().operation("iam", Some("v3"), "KeystoneListAuthDomains").unwrap(), &domains);
    assert_eq!(domains["domains"][0]["id"], projects[0]["domain_id"]);
}

#[tokio::test]
async fn tencent_keeps_instances() {
    let local = Local::builder().start().await.unwrap();
    let client = tencent(&local, keys(), SystemClock);
    let operation = |name| Catalog::tencent().operation("cvm", Some("2017-03-12"), name).unwrap();
    for name in ["DescribeRegions", "DescribeZones"] {
        let reply = client.invoke("cvm", "2017-03-12", name, json!({})).await.unwrap();
        assert_fits(operation(name), &reply);
    }
    let wanted =
        json!({"Placement": {"Zone": "ap-shanghai-2"}, "ImageId": "img-1", "InstanceCount": 3, "InstanceName": "n"});
    let started = client.invoke("cvm", "2017-03-12", "RunInstances", wanted).await.unwrap();
    assert_fits(operation("RunInstances"), &started);
    let ids = started["InstanceIdSet"].as_array().unwrap();
    assert_eq!(ids.len(), 3);

    let describe =
        |parameters: Value| client.invoke("cvm", "2017-03-12", "DescribeInstances", parameters).into_future();
    let page = describe(json!({"Limit": 2, "Offset": 2})).await.unwrap();
    assert_fits(operation("DescribeInstances"), &page);
    assert_eq!((&page["TotalCount"], page["InstanceSet"].as_array().unwrap().len()), (&json!(3), 1));
    let found = describe(json!({"Filters": [{"Name": "zone", "Values": ["ap-shanghai-2", "x"]}]})).await.unwrap();
    assert_eq!(found["TotalCount"], 3);
    assert_eq!(describe(json!({"Filters": [{"Name": "zone", "Values": ["x"]}]})).await.unwrap()["TotalCount"], 0);
    let error = describe(json!({"Filters": [{"Name": "colour", "Values": ["x"]}]})).await.unwrap_err();
    assert_eq!(error.service().unwrap().code(), "InvalidFilter");
    assert_eq!(
        client.invoke("cvm", "", "DescribeInstances", json!({})).region("ap-tokyo").await.unwrap()["TotalCount"],
        0
    );

    let terminate = |ids: Value| {
        client.invoke("cvm", "2017-03-12", "TerminateInstances", json!({"InstanceIds": ids})).into_future()
    };
    let error = terminate(json!([ids[0], "ins-none"])).await.unwrap_err();
    assert_eq!(error.service().unwrap().code(), "InvalidInstanceId.NotFound");
    assert_eq!(describe(json!({})).await.unwrap()["TotalCount"], 3, "nothing is terminated when one is unknown");
    terminate(json!([ids[0], ids[1]])).await.unwrap();
    assert_eq!(describe(json!({})).await.unwrap()["InstanceSet"][0]["InstanceId"], ids[2]);
}

#[tokio::test]
async fn alibaba_keeps_instances() {
    let local = Local::builder().start().await.unwrap();
    let client = alibaba(&local, keys(), SystemClock);
    let operation = |name| Catalog::alibaba().operation("ecs", Some("2014-05-26"), name).unwrap();
    let call = |name: &str, parameters: Value| client.invoke("ecs", "2014-05-26", name, parameters).into_future();
    assert_fits(operation("DescribeRegions"), &call("DescribeRegions", json!({})).await.unwrap());
    let wanted = json!({
        "RegionId": "cn-hangzhou", "ImageId": "img", "InstanceType": "ecs.g6.large", "Amount": 3,
        "InstanceName": "三云", "Tag": [{"Key": "env", "Value": "test"}],
    });
    let started = call("RunInstances", wanted).await.unwrap();
    assert_fits(operation("RunInstances"), &started);
    let ids = started["InstanceIdSets"]["InstanceIdSet"].as_array().unwrap();

    let page =
        call("DescribeInstances", json!({"RegionId": "cn-hangzhou", "PageSize": 2, "PageNumber": 2})).await.unwrap();
    assert_fits(operation("DescribeInstances"), &page);
    assert_eq!((&page["TotalCount"], page["Instances"]["Instance"].as_array().unwrap().len()), (&json!(3), 1));
    assert_eq!(page["Instances"]["Instance"][0]["Tags"]["Tag"][0]["TagKey"], "env");
    let first = call("DescribeInstances", json!({"RegionId": "cn-hangzhou", "MaxResults": 2})).await.unwrap();
    let second = json!({"RegionId": "cn-hangzhou", "MaxResults": 2, "NextToken": first["NextToken"]});
    let second = call("DescribeInstances", second).await.unwrap();
    assert_eq!((second["Instances"]["Instance"].as_array().unwrap().len(), &second["NextToken"]), (1, &json!("")));
    let other = call("DescribeInstances", json!({"RegionId": "cn-beijing"})).await.unwrap();
    assert_eq!(other["TotalCount"], 0);

    let error = call("DeleteInstance", json!({"InstanceId": ids[0]})).await.unwrap_err();
    assert_eq!(error.service().unwrap().code(), "IncorrectInstanceStatus");
    call("DeleteInstance", json!({"InstanceId": ids[0], "Force": true})).await.unwrap();
    let error = call("DeleteInstance", json!({"InstanceId": ids[0], "Force": true})).await.unwrap_err();
    assert_eq!((error.service().unwrap().code(), error.kind()), ("InvalidInstanceId.NotFound", ErrorKind::Service));
}

#[tokio::test]
async fn other_operations_are_answered_with_what_fits_and_always_the_same() {
    let local = Local::builder().start().await.unwrap();
    let client = alibaba(&local, keys(), SystemClock);
    let recognise = |url: &str| {
        client
            .invoke(
                "ocr",
                "2019-12-30",
                "RecognizeCharacter",
                json!({"ImageURL": url, "MinHeight": 1, "OutputProbability": true}),
            )
            .into_future()
    };
    let (one, same, other) = (
        recognise("http://a").await.unwrap(),
        recognise("http://a").await.unwrap(),
        recognise("http://b").await.unwrap(),
    );
    assert_fits(Catalog::alibaba().operation("ocr", None, "RecognizeCharacter").unwrap(), &one);
    assert!(!one["Data"]["Results"].as_array().unwrap().is_empty());
    assert_eq!(one["Data"], same["Data"]);
    assert_ne!(one["Data"], other["Data"]);
    assert_ne!(one["RequestId"], same["RequestId"]);

    let client = tencent(&local, keys(), SystemClock);
    let reply = client.invoke("sts", "", "GetCallerIdentity", json!({})).await.unwrap();
    assert_fits(Catalog::tencent().operation("sts", None, "GetCallerIdentity").unwrap(), &reply);
    let client = huawei(&local, keys(), SystemClock);
    let reply = client.invoke("ecs", "v2", "ListServersDetails", json!({})).await.unwrap();
    assert_fits(Catalog::huawei().operation("ecs", Some("v2"), "ListServersDetails").unwrap(), &reply);
}

#[tokio::test]
async fn a_delayed_call_is_seen_by_the_clock_of_the_local_cloud() {
    let clock = Arc::new(ManualClock::at_unix(1_800_000_000));
    let local = Local::builder().clock(Arc::clone(&clock)).fault(sanyun_local::Fault::Delay(Duration::from_secs(7)));
    let local = local.start().await.unwrap();
    let client = huawei(&local, keys(), ManualClock::at_unix(1_800_000_000));
    client.invoke("vpc", "v2", "ListVpcs", json!({})).await.unwrap();
    assert_eq!(clock.sleeps(), [Duration::from_secs(7)]);
}
