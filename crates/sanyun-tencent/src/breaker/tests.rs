use sanyun_core::{
    BoxFuture, Credential, ErrorKind, Fixed, Preview, RawReply, Request, Retry, Scheme, Transport, TransportError,
    TransportErrorKind,
};
use serde_json::json;

use super::*;
use crate::{Client, Input, Part, SignatureMethod};

#[test]
fn the_backup_is_a_region_or_none() {
    for text in [
        "tencentcloudapi.com",
        "ap-shanghai-fsi.tencentcloudapi.com",
        "ap-singapore.intl.tencentcloudapi.com",
        "ap-guangzhou.internal.tencentcloudapi.com",
        "eu-west-2.tencentcloudapi.com",
    ] {
        assert!(is_backup(text), "{text}");
    }
    for text in [
        "",
        ".tencentcloudapi.com",
        "xtencentcloudapi.com",
        "cvm.tencentcloudapi.com",
        "cvm.ap-beijing.tencentcloudapi.com",
        "ap-beijing.tencentcloudapi.cn",
        "ap-beijing.other.tencentcloudapi.com",
        "ap-.tencentcloudapi.com",
        "AP-beijing.tencentcloudapi.com",
        "https://ap-beijing.tencentcloudapi.com",
        "ap-beijing.tencentcloudapi.com/",
        "intl.tencentcloudapi.com",
    ] {
        let error = RegionBreaker { backup_endpoint: text.to_owned(), ..Default::default() }.checked().unwrap_err();
        assert!(error.kind() == sanyun_core::ErrorKind::Config && error.to_string().contains(text), "{error}");
    }
}

/// A network in which nothing can be reached.
struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        Box::pin(std::future::ready(Err(TransportError::new(TransportErrorKind::Connect, "unreachable"))))
    }
}

fn builder() -> crate::Builder {
    Client::builder()
        .transport(Nowhere)
        .world(Fixed::default())
        .region("ap-beijing")
        .credentials(Credential::keys("AKIDTEST", "secret"))
        .retry(Retry::none())
        .region_breaker(RegionBreaker::default())
}

/// A client whose breaker for CVM is open.
async fn open(builder: crate::Builder) -> Client {
    let client = builder.build().unwrap();
    for _ in 0..5 {
        let error = client.send(Input::new("cvm", "2017-03-12", "DescribeZones")).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 2), "the backup was tried too");
        assert!(error.message().contains("https://cvm.ap-guangzhou.tencentcloudapi.com"), "{error}");
    }
    client
}

fn goes_to(preview: &Preview, host: &str) {
    assert_eq!(preview.request.endpoint.to_string(), format!("https://{host}"));
    assert_eq!(preview.request.header("host"), host);
    let signed = [&preview.signature.canonical_request, &preview.signature.string_to_sign];
    let (v3, old) = (format!("\nhost:{host}\n"), format!("{host}/?"));
    assert!(signed.iter().any(|text| text.contains(&v3) || text.contains(&old)), "{signed:?}");
}

#[tokio::test]
async fn every_form_of_a_call_goes_to_the_backup_and_signs_its_name() {
    const BACKUP: &str = "cvm.ap-guangzhou.tencentcloudapi.com";
    let client = open(builder()).await;
    let input = || Input::new("cvm", "2017-03-12", "DescribeZones");
    let by_name = client.invoke("cvm", "2017-03-12", "DescribeZones", json!({})).preview().await.unwrap();
    goes_to(&by_name, BACKUP);
    assert_eq!(by_name.request.header("x-tc-region"), "ap-beijing", "the place stays what it is");
    assert!(by_name.request.header("authorization").contains("/cvm/tc3_request"));
    for input in [input(), input().multipart([Part::value("A", "b")]), input().octet_stream(vec![0])] {
        goes_to(&client.send(input).preview().await.unwrap(), BACKUP);
    }
    goes_to(&client.send_events(input()).preview().await.unwrap(), BACKUP);
    goes_to(
        &client.send(input().action_endpoint("cvm.ai.tencentcloudapi.com")).preview().await.unwrap(),
        "cvm.ai.tencentcloudapi.com",
    );
    // Other ways to build the client.
    for builder in [
        builder().use_get(),
        builder().signature_method(SignatureMethod::HmacSha1),
        builder().endpoint("cvm.ap-beijing.tencentcloudapi.com"),
        builder().gateway("gateway.example"),
    ] {
        goes_to(&open(builder).await.send(input()).preview().await.unwrap(), BACKUP);
    }
}

#[tokio::test]
async fn each_service_has_its_own_breaker_and_clones_share_it() {
    let client = open(builder()).await;
    let vpc = client.send(Input::new("vpc", "2017-03-12", "DescribeVpcs")).preview().await.unwrap();
    goes_to(&vpc, "vpc.tencentcloudapi.com");
    let input = Input::new("cvm", "2017-03-12", "DescribeZones");
    goes_to(&client.clone().send(input.clone()).preview().await.unwrap(), "cvm.ap-guangzhou.tencentcloudapi.com");
    // Who names an endpoint for one call means that one.
    let own = client.send(input.clone()).endpoint("cvm.tencentcloudapi.com").preview().await.unwrap();
    goes_to(&own, "cvm.tencentcloudapi.com");
    // One endpoint for all services does not make them one.
    let client = open(builder().scheme(Scheme::Https).endpoint("api.example")).await;
    let vpc = client.send(Input::new("vpc", "2017-03-12", "DescribeVpcs")).preview().await.unwrap();
    goes_to(&vpc, "api.example");
    goes_to(&client.send(input).preview().await.unwrap(), "cvm.ap-guangzhou.tencentcloudapi.com");
}
