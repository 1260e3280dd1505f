//! Calls and their failures.

use std::sync::Arc;
use std::time::Duration;

use crate::server::{Answer, Server};
use sanyun_core::ManualClock;
use sanyun_core::encode::base64;
use sanyun_oss::{Error, ErrorKind, OssError as _};
use serde_json::json;

fn refused(status: u16, code: &str) -> Answer {
    Answer::new(status, "x-oss-request-id: HDR\r\n", format!("<Error><Code>{code}</Code><Message>m</Message></Error>"))
}

#[tokio::test]
async fn a_listing_goes_from_page_to_page() {
    let first = "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>\
        <NextContinuationToken>t%2F1</NextContinuationToken>\
        <Contents><Key>a%2Fb%20c</Key><Size>3</Size><ETag>\"e\"</ETag>\
        <LastModified>2012-02-24T08:43:07.000Z</LastModified><StorageClass>IA</StorageClass></Contents>\
        <CommonPrefixes><Prefix>a%2Fd%2F</Prefix></CommonPrefixes></ListBucketResult>";
    let last = "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>z</Key></Contents></ListBucketResult>";
    let server = Server::new([Answer::new(200, "", first), Answer::new(200, "", last)]);
    let mut items = server.client().bucket("photos").list().prefix("a/").page_size(1).delimiter("/").items();
    let object = items.next().await.unwrap().unwrap();
    assert_eq!((object.key.as_str(), object.size, object.storage_class.as_str()), ("a/b c", 3, "IA"));
    assert!(object.last_modified.is_some());
    assert_eq!(items.next().await.unwrap().unwrap().key, "z");
    assert!(items.next().await.is_none());
    let lines: Vec<_> = server.arrived().into_iter().map(|arrived| arrived.line).collect();
    assert_eq!(
        lines,
        [
            "GET /photos/?encoding-type=url&list-type=2&prefix=a%2F&max-keys=1&delimiter=%2F HTTP/1.1",
            "GET /photos/?encoding-type=url&list-type=2&prefix=a%2F&max-keys=1&delimiter=%2F\
             &continuation-token=t%2F1 HTTP/1.1",
        ]
    );
}

#[tokio::test]
async fn one_page_has_its_folders() {
    let page = "<ListBucketResult><Contents><Key>k</Key></Contents>\
        <CommonPrefixes><Prefix>d/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>e/</Prefix></CommonPrefixes>\
        </ListBucketResult>";
    let server = Server::new([Answer::new(200, "", page)]);
    let page = server.client().bucket("photos").list().delimiter("/").await.unwrap();
    assert_eq!(page.prefixes, ["d/", "e/"]);
    assert_eq!((page.objects.len(), page.is_truncated), (1, false));
}

#[tokio::test]
async fn a_listing_that_does_not_go_on_is_an_error() {
    let same = "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>\
                </ListBucketResult>";
    let server = Server::new([Answer::new(200, "", same)]);
    let mut pages = server.client().bucket("photos").list().pages();
    assert!(pages.next().await.unwrap().is_ok());
    assert_eq!(pages.next().await.unwrap().unwrap_err().kind(), ErrorKind::Decode);
    assert!(pages.next().await.is_none());

    let lost = "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>";
    let mut pages = Server::new([Answer::new(200, "", lost)]).client().bucket("photos").list().pages();
    assert_eq!(pages.next().await.unwrap().unwrap_err().kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn dropping_a_page_that_is_under_way_loses_nothing() {
    let page = "<ListBucketResult><Contents><Key>k</Key></Contents></ListBucketResult>";
    let server = Server::new([Answer::new(200, "", page)]);
    let mut items = server.client().bucket("photos").list().items();
    // Dropped when the call was under way: one poll cannot bring its reply.
    let mut next = Box::pin(items.next());
    assert!(next.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_pending());
    drop(next);
    assert_eq!(items.next().await.unwrap().unwrap().key, "k");
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn buckets_are_created_described_and_listed() {
    let info = "<BucketInfo><Bucket><Name>photos</Name><Location>oss-cn-hangzhou</Location>\
        <CreationDate>2013-07-31T10:56:21.000Z</CreationDate><AccessControlList><Grant>private</Grant></AccessControlList>\
        <Owner><ID>1</ID><DisplayName>li</DisplayName></Owner></Bucket></BucketInfo>";
    let list = "<ListAllMyBucketsResult><Owner><ID>1</ID></Owner><Buckets><Bucket><Name>photos</Name>\
        <Region>cn-hangzhou</Region></Bucket></Buckets></ListAllMyBucketsResult>";
    let server = Server::new([
        Answer::new(200, "", ""),
        Answer::new(200, "", info),
        Answer::new(200, "", list),
        Answer::new(204, "", ""),
    ]);
    let client = server.client();
    let bucket = client.bucket("photos");
    bucket.create().storage_class("IA").acl("private").await.unwrap();
    let info = bucket.info().await.unwrap();
    assert_eq!((info.name.as_str(), info.acl.as_str(), info.owner.display_name.as_str()), ("photos", "private", "li"));
    let buckets = client.list_buckets().prefix("ph").await.unwrap();
    assert_eq!((buckets.buckets[0].name.as_str(), buckets.buckets[0].region.as_str()), ("photos", "cn-hangzhou"));
    bucket.delete_bucket().await.unwrap();
    let arrived = server.arrived();
    let lines: Vec<_> = arrived.iter().map(|arrived| arrived.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "PUT /photos/ HTTP/1.1",
            "GET /photos/?bucketInfo= HTTP/1.1",
            "GET /?prefix=ph HTTP/1.1",
            "DELETE /photos/ HTTP/1.1"
        ]
    );
    let body = "<CreateBucketConfiguration><StorageClass>IA</StorageClass></CreateBucketConfiguration>";
    assert_eq!(String::from_utf8_lossy(&arrived[0].body), body);
}

#[tokio::test]
async fn a_refusal_to_head_comes_in_a_header() {
    let error = base64(b"<Error><Code>NoSuchKey</Code><Message>gone</Message><EC>0026-1</EC></Error>");
    let headers = format!("x-oss-err: {error}\r\nx-oss-request-id: HDR\r\n");
    let server = Server::new([Answer::raw(format!("HTTP/1.1 404 X\r\n{headers}\r\n"))]);
    let error = server.client().bucket("photos").head("k").await.unwrap_err();
    assert_eq!((error.code(), error.ec(), error.request_id()), (Some("NoSuchKey"), Some("0026-1"), Some("HDR")));
    assert!(error.is_not_found() && error.hint().is_some());
}

#[tokio::test]
async fn conditions_have_their_own_answers() {
    let not_modified = Answer::raw("HTTP/1.1 304 X\r\nx-oss-request-id: HDR\r\n\r\n");
    let server = Server::new([not_modified, refused(412, "PreconditionFailed")]);
    let bucket = server.client().bucket("photos");
    let error = bucket.get("k").if_none_match("\"e\"").await.unwrap_err();
    assert!(error.is_not_modified() && error.attempts() == 1, "{error:?}");
    let error = bucket.get("k").if_match("\"e\"").await.unwrap_err();
    assert!(error.is_precondition_failed());
    assert_eq!(server.arrived()[0].header("if-none-match"), "\"e\"");
}

#[tokio::test]
async fn existence() {
    let server = Server::new([
        Answer::raw("HTTP/1.1 404 X\r\n\r\n"),
        Answer::raw("HTTP/1.1 200 X\r\n\r\n"),
        refused(404, "NoSuchBucket"),
        refused(403, "AccessDenied"),
        refused(403, "InvalidAccessKeyId"),
    ]);
    let bucket = server.client().bucket("photos");
    assert!(!*bucket.contains("k").await.unwrap());
    assert!(*bucket.contains("k").await.unwrap());
    assert!(!*bucket.exists().await.unwrap());
    assert!(*bucket.exists().await.unwrap());
    assert_eq!(bucket.exists().await.unwrap_err().code(), Some("InvalidAccessKeyId"));
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_for_good() {
    let skewed =
        Answer::new(403, "date: Sat, 16 Dec 2023 17:20:57 GMT\r\n", "<Error><Code>RequestTimeTooSkewed</Code></Error>");
    let server = Server::new([skewed, Answer::new(200, "", "")]);
    let clock = Arc::new(ManualClock::at_unix(1_702_743_657));
    let bucket = server.builder().clock(Arc::clone(&clock)).build().unwrap().bucket("photos");
    bucket.put("k", "v").await.unwrap();
    bucket.put("k", "v").await.unwrap();
    let dates: Vec<_> = server.arrived().iter().map(|arrived| arrived.header("x-oss-date").to_owned()).collect();
    assert_eq!(dates, ["20231216T162057Z", "20231216T172057Z", "20231216T172057Z"]);
}

#[tokio::test]
async fn a_failed_callback_is_a_failure() {
    let server = Server::new([refused(203, "CallbackFailed"), Answer::new(200, "", "{\"Status\":\"OK\"}")]);
    let bucket = server.client().bucket("photos");
    let error = bucket.put("k", "v").header("x-oss-callback", "e30=").await.unwrap_err();
    assert_eq!((error.code(), error.attempts()), (Some("CallbackFailed"), 1));
    let stored = bucket.put("k", "v").header("x-oss-callback", "e30=").await.unwrap();
    assert_eq!(stored.callback_result(), "{\"Status\":\"OK\"}");
}

#[tokio::test]
async fn calls_by_name_have_the_fields_of_the_table() {
    let acl = "<AccessControlPolicy><Owner><ID>1</ID></Owner><AccessControlList><Grant>private</Grant></AccessControlList>\
               </AccessControlPolicy>";
    let server = Server::new([Answer::new(200, "", acl), Answer::new(200, "", "")]);
    let client = server.client();
    let reply = client.invoke("GetBucketAcl", json!({"bucket": "photos"})).await.unwrap();
    assert_eq!(*reply, json!({"owner": {"id": "1"}, "acl": "private"}));
    let tags = json!({"tag_set": {"tags": [{"key": "k", "value": "<v>"}]}});
    client.invoke("PutObjectTagging", json!({"bucket": "photos", "key": "a", "tagging": tags})).await.unwrap();
    let arrived = server.arrived().pop().unwrap();
    assert_eq!(arrived.line, "PUT /photos/a?tagging= HTTP/1.1");
    let body = "<Tagging><TagSet><Tag><Key>k</Key><Value>&lt;v&gt;</Value></Tag></TagSet></Tagging>";
    assert_eq!(String::from_utf8_lossy(&arrived.body), body);
}

#[tokio::test]
async fn wrong_parameters_are_told_before_anything_is_sent() {
    let server = Server::new([Answer::new(200, "", "")]);
    let client = server.client();
    let told = async |name: &str, params| client.invoke(name, params).await.unwrap_err();
    let unknown = told("GetBucketAcl", json!({"bucket": "photos", "buckets": 1})).await;
    assert!(unknown.hint().unwrap().contains("bucket, headers, parameters"), "{unknown:?}");
    assert!(told("getbucketacl", json!({})).await.hint().unwrap().contains("GetBucketAcl"));
    let missing = told("UploadPart", json!({"bucket": "photos", "key": "k", "upload_id": "u"})).await;
    assert_eq!(missing.message(), "`part_number` is missing");
    for error in [
        client.bucket("Bad_Bucket").put("k", "v").await.map(drop).unwrap_err(),
        client.bucket("photos").put("", "v").await.map(drop).unwrap_err(),
        client.bucket("photos").put("k", "v").meta("a b", "v").await.map(drop).unwrap_err(),
        client.bucket("photos").put("k", "v").meta("a", "line\nbreak").await.map(drop).unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Input, 0), "{error:?}");
    }
    assert!(server.arrived().is_empty());
}

#[tokio::test]
async fn nothing_secret_is_shown() {
    let echo = "<Error><Code>SignatureDoesNotMatch</Code><Message>m</Message>\
                <CanonicalRequest>PUT\n/photos/k\n\nx-oss-security-token:t0k3n-text\n</CanonicalRequest></Error>";
    let server = Server::new([Answer::new(403, "", echo)]);
    let client = server.client();
    let bucket = client.bucket("photos");
    let error: Error = bucket.put("k", "v").await.unwrap_err();
    let presigned = bucket.get("k").presign(Duration::from_secs(60)).await.unwrap();
    assert!(presigned.url().contains("x-oss-security-token=t0k3n-text"));
    let shown = format!(
        "{error:?} {error} {:?} {:?} {client:?} {bucket:?} {presigned:?} {:?} {:?}",
        error.hint(),
        error.service().map(|service| service.details().map(|(_, value)| value.to_owned()).collect::<Vec<_>>()),
        bucket.put("k", "v"),
        server.builder(),
    );
    for secret in ["s3cr3t-key", "t0k3n-text"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(error.hint().unwrap().contains("differs"), "{:?}", error.hint());
}

#[tokio::test]
async fn a_presigned_url_needs_no_keys() {
    let server = Server::new([Answer::new(200, "", "")]);
    let clock = Arc::new(ManualClock::at_unix(1_702_743_657));
    let bucket = server.builder().clock(clock).build().unwrap().bucket("photos");
    let put = bucket.put("a b.txt", "").content_type("text/plain").meta("owner", "li");
    let presigned = put.presign(Duration::from_secs(60)).await.unwrap();
    assert_eq!(presigned.method().as_str(), "PUT");
    assert!(presigned.url().starts_with(&format!("{}/photos/a%20b.txt?", server.url)));
    let names: Vec<_> = presigned.headers().iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["content-type", "x-oss-meta-owner"]);
    assert!(bucket.get("k").presign(Duration::from_secs(604_801)).await.is_err());
    assert!(bucket.get("k").presign(Duration::ZERO).await.is_err());
    assert!(server.arrived().is_empty());
}

#[tokio::test]
async fn a_client_without_keys_signs_nothing() {
    let server = Server::new([Answer::new(200, "", "")]);
    let client = server.builder().credentials(sanyun_oss::Credential::anonymous()).build().unwrap();
    client.bucket("photos").get("k").await.unwrap().bytes().await.unwrap();
    let arrived = server.arrived().pop().unwrap();
    assert!(arrived.headers.iter().all(|(name, _)| name != "authorization" && !name.starts_with("x-oss-")));
    let plain = client.bucket("photos").get("k").presign(Duration::from_secs(60)).await.unwrap();
    assert_eq!((plain.url(), plain.expires_at()), (format!("{}/photos/k", server.url).as_str(), None));
}
