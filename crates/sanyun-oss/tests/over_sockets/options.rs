//! What a client can be told, and what reaches the other side of it.

use std::sync::Arc;
use std::time::Duration;

use crate::server::{Answer, Server};
use sanyun_core::ManualClock;
use sanyun_oss::ops::{GetBucketAcl, InitiateMultipartUpload, ListObjectVersions, UploadPart};
use sanyun_oss::{Addressing, Client, Credential, ErrorKind, Http, Network, Presigned, Retry, SignatureVersion};

const NOW: u64 = 1_702_743_657;

fn moved(to: &Server) -> Answer {
    Answer::new(307, &format!("location: {}/photos/k?moved=1\r\n", to.url.replace("127.0.0.1", "localhost")), "")
}

#[tokio::test]
async fn nothing_secret_goes_to_another_host() {
    for version in [SignatureVersion::V4, SignatureVersion::V1] {
        let other = Server::new([Answer::new(200, "", "there")]);
        let server = Server::new([moved(&other)]);
        let builder = || server.builder().signature(version);
        // By default a redirect is a refusal.
        let error = builder().build().unwrap().bucket("photos").get("k").await.unwrap_err();
        assert_eq!((error.service().unwrap().status(), other.arrived().len()), (307, 0));
        let client = builder().http(Http::default().without_proxy().follow_redirects(3)).build().unwrap();
        let mut object = client.bucket("photos").get("k").header("x-oss-meta-a", "b").await.unwrap();
        assert_eq!(object.bytes().await.unwrap(), "there");
        let arrived = other.arrived().pop().unwrap();
        let told = format!("{} {:?}", arrived.line, arrived.headers);
        for secret in ["t0k3n-text", "authorization", "security-token", "x-oss-"] {
            assert!(!told.contains(secret), "{told}");
        }
        // A write does not follow to another host.
        let error = client.bucket("photos").put("k", "v").await.unwrap_err();
        assert_eq!((error.service().unwrap().status(), other.arrived().len()), (307, 1));
    }
}

#[tokio::test]
async fn a_bucket_elsewhere_is_told() {
    let body = "<Error><Code>TemporaryRedirect</Code><Endpoint>oss-cn-beijing.aliyuncs.com</Endpoint></Error>";
    let server = Server::new([Answer::new(307, "", body)]);
    let error = server.client().bucket("photos").head("k").await.unwrap_err();
    // An answer to HEAD has no body.
    assert_eq!(error.hint(), None);
    let server = Server::new([Answer::new(307, "", body)]);
    let error = server.client().bucket("photos").get("k").await.unwrap_err();
    assert!(error.hint().unwrap().contains("oss-cn-beijing.aliyuncs.com"));
}

async fn previewed(builder: sanyun_oss::Builder) -> String {
    let client = builder.credentials(Credential::keys("ak", "sk")).build().unwrap();
    client.bucket("photos").head("a.jpg").preview().await.unwrap().request.url()
}

#[tokio::test]
async fn every_way_to_name_an_endpoint() {
    let region = || Client::builder().region("cn-hangzhou");
    for (builder, url) in [
        (region(), "https://photos.oss-cn-hangzhou.aliyuncs.com/a.jpg"),
        (region().plain_http(), "http://photos.oss-cn-hangzhou.aliyuncs.com/a.jpg"),
        (region().network(Network::Internal), "https://photos.oss-cn-hangzhou-internal.aliyuncs.com/a.jpg"),
        (region().network(Network::DualStack), "https://photos.cn-hangzhou.oss.aliyuncs.com/a.jpg"),
        (region().network(Network::Accelerate), "https://photos.oss-accelerate.aliyuncs.com/a.jpg"),
        (region().network(Network::AccelerateOverseas), "https://photos.oss-accelerate-overseas.aliyuncs.com/a.jpg"),
        (region().addressing(Addressing::Path), "https://oss-cn-hangzhou.aliyuncs.com/photos/a.jpg"),
        (region().endpoint("https://www.example.com").addressing(Addressing::Cname), "https://www.example.com/a.jpg"),
        (region().endpoint("https://service.corp.example.com"), "https://photos.service.corp.example.com/a.jpg"),
        (region().endpoint("http://10.1.2.3:8080"), "http://10.1.2.3:8080/photos/a.jpg"),
        (region().endpoint("http://[fd00::1]:8080"), "http://[fd00::1]:8080/photos/a.jpg"),
        (Client::builder().region("cn-hangzhou-finance"), "https://photos.oss-cn-hzjbp-a-internal.aliyuncs.com/a.jpg"),
        (
            Client::builder().region("cn-north-2-gov-1").network(Network::Internal),
            "https://photos.oss-cn-north-2-gov-1-internal.aliyuncs.com/a.jpg",
        ),
    ] {
        assert_eq!(previewed(builder).await, url);
    }
}

#[tokio::test]
async fn settings_that_contradict_each_other_are_refused() {
    let region = || Client::builder().region("cn-hangzhou");
    for builder in [
        Client::builder(),
        region().addressing(Addressing::Cname),
        region().endpoint("https://h.example").network(Network::Internal),
        region().signature(SignatureVersion::V1).additional_headers(["content-length"]),
        region().account_id("not digits"),
        region().default_header("user-agent", "mine"),
        region().endpoint("ftp://h.example"),
    ] {
        assert_eq!(builder.build().unwrap_err().kind(), ErrorKind::Config);
    }
}

#[tokio::test]
async fn headers_of_every_call() {
    let server = Server::new([Answer::new(200, "", "")]);
    let builder = server.builder().default_header("x-oss-request-payer", "requester").default_header("x-a", "");
    let client = builder.user_agent("my-app/1.2").additional_headers(["content-length", "host"]).build().unwrap();
    client.bucket("photos").put("k", "12345").await.unwrap();
    client.bucket("photos").put("k", "12345").header("x-oss-request-payer", "nobody").await.unwrap();
    let arrived = server.arrived();
    assert_eq!(arrived[0].header("x-oss-request-payer"), "requester");
    assert_eq!(arrived[1].header("x-oss-request-payer"), "nobody");
    assert!(arrived[0].headers.iter().all(|(name, _)| name != "x-a"));
    assert!(arrived[0].header("user-agent").ends_with(" my-app/1.2"));
    assert!(arrived[0].header("authorization").contains(",AdditionalHeaders=content-length;host,"));
}

#[tokio::test]
async fn a_cloud_box_signs_with_its_id() {
    let server = Server::new([Answer::new(200, "", "")]);
    let client = server.builder().cloud_box("cb-123").build().unwrap();
    client.bucket("photos").put("k", "v").await.unwrap();
    assert!(server.arrived()[0].header("authorization").contains("/cb-123/oss-cloudbox/aliyun_v4_request"));
}

#[tokio::test]
async fn limits_of_time_and_of_attempts() {
    let failure = || Answer::new(500, "", "<Error><Code>InternalError</Code></Error>");
    let server = Server::new([failure()]);
    let once = server.builder().retry(Retry::none()).build().unwrap();
    assert_eq!(once.bucket("photos").head("k").await.unwrap_err().attempts(), 1);
    let five = server.builder().retry(Retry::standard().attempts(5).backoff(sanyun_oss::Backoff::NONE));
    assert_eq!(five.build().unwrap().bucket("photos").get("k").await.unwrap_err().attempts(), 5);
    // The whole call, waits included.
    let hours = sanyun_oss::Backoff::Fixed(Duration::from_secs(3600));
    let patient = server.builder().retry(Retry::standard().backoff(hours)).build().unwrap();
    let call = patient.bucket("photos").get("k").call().timeout(Duration::from_secs(5));
    assert_eq!(call.await.unwrap_err().attempts(), 1);
}

fn names(presigned: &Presigned) -> Vec<&str> {
    presigned.headers().iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn every_operation_can_be_presigned() {
    let clock = || Arc::new(ManualClock::at_unix(NOW));
    let region = || Client::builder().region("cn-hangzhou").credentials(Credential::keys("ak", "sk")).clock(clock());
    let client = region().additional_headers(["content-length", "x-mine"]).build().unwrap();
    let hour = Duration::from_secs(3600);
    let part = client.call(UploadPart::new("photos", "k", "3", "U1").content_length(12)).header("x-mine", "a");
    let link = part.presign(hour).await.unwrap();
    let place = "https://photos.oss-cn-hangzhou.aliyuncs.com/k?partNumber=3&uploadId=U1&x-oss-signature-version=";
    assert!(link.url().starts_with(place), "{}", link.url());
    assert!(link.url().contains("&x-oss-additional-headers=content-length%3Bx-mine"));
    assert_eq!((link.method().as_str(), names(&link)), ("PUT", vec!["content-length", "x-mine"]));
    let begin = client.call(InitiateMultipartUpload::new("photos", "k")).presign(hour).await.unwrap();
    assert!(begin.url().contains("/k?uploads&x-oss-") && !begin.url().contains("encoding-type"), "{}", begin.url());
    let acl = client.call(GetBucketAcl::new("photos")).presign(hour).await.unwrap();
    assert!(acl.url().contains("aliyuncs.com/?acl&x-oss-"), "{}", acl.url());
    let versions = client.call(ListObjectVersions::new("photos").prefix("a/")).presign(hour).await.unwrap();
    assert!(versions.url().contains("versions") && versions.url().contains("prefix=a%2F"), "{}", versions.url());

    let v1 = region().signature(SignatureVersion::V1).build().unwrap();
    let dated = v1.bucket("photos").put("k", "").content_type("text/plain").header("date", "now").meta("a", "b");
    let link = dated.presign(Duration::from_secs(30 * 24 * 3600)).await.unwrap();
    assert_eq!(names(&link), ["content-type", "date", "x-oss-meta-a"]);
    assert!(link.url().contains("Expires=1705335657&"), "{}", link.url());
    let v4 = region().build().unwrap().bucket("photos").put("k", "").header("date", "now");
    assert!(names(&v4.presign(hour).await.unwrap()).is_empty());
}
