//! Methods of a bucket beyond putting and getting: what they send, and what they make of the answer.

use std::time::Duration;

use crate::server::{Answer, Server};
use sanyun_core::encode::base64_decode;
use sanyun_oss::ops::{CSVInput, CSVOutput, JSONInput, ObjectIdentifier};
use sanyun_oss::{Callback, Credential, SignatureVersion};
use serde_json::Value;

fn lines(server: &Server) -> Vec<String> {
    server.arrived().into_iter().map(|arrived| arrived.line.trim_end_matches(" HTTP/1.1").to_owned()).collect()
}

fn body(server: &Server, at: usize) -> String {
    String::from_utf8(server.arrived()[at].body.clone()).unwrap()
}

#[tokio::test]
async fn copies() {
    let reply = "<CopyObjectResult><ETag>\"e\"</ETag><LastModified>2023-12-16T16:20:57.000Z</LastModified>\
                 </CopyObjectResult>";
    let server = Server::new([Answer::new(200, "x-oss-hash-crc64ecma: 5\r\nx-oss-version-id: v\r\n", reply)]);
    let bucket = server.client().bucket("photos");
    let copied = bucket.copy("a/ü?.jpg", "b.jpg").await.unwrap();
    assert_eq!((copied.etag(), copied.crc64(), copied.version_id()), (Some("\"e\""), Some(5), Some("v")));
    assert!(copied.last_modified().is_some());
    let other = bucket.copy("a?versionId=1", "b").source_version("v/1").source_bucket("films").replace_meta();
    other.meta("owner", "li").tags([("a b", "c&d")]).replace_tags().if_source_match("\"e\"").await.unwrap();
    let arrived = server.arrived();
    assert_eq!(arrived[0].header("x-oss-copy-source"), "/photos/a/%C3%BC%3F.jpg");
    assert_eq!(arrived[1].header("x-oss-copy-source"), "/films/a%3FversionId%3D1?versionId=v%2F1");
    assert_eq!(arrived[1].header("x-oss-metadata-directive"), "REPLACE");
    assert_eq!(arrived[1].header("x-oss-tagging"), "a%20b=c%26d");
    assert_eq!(lines(&server), ["PUT /photos/b.jpg", "PUT /photos/b"]);
}

#[tokio::test]
async fn acls_tags_links_and_restoring() {
    let acl = "<AccessControlPolicy><Owner><ID>1</ID></Owner><AccessControlList><Grant>private</Grant>\
               </AccessControlList></AccessControlPolicy>";
    let tags =
        "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag><Tag><Key>l</Key><Value/></Tag></TagSet></Tagging>";
    let empty = || Answer::new(200, "", "");
    let server = Server::new([
        Answer::new(200, "", acl),
        empty(),
        Answer::new(200, "", acl),
        empty(),
        Answer::new(200, "", tags),
        empty(),
        empty(),
        empty(),
        Answer::new(200, "x-oss-symlink-target: a%2F%C3%BC.jpg\r\n", ""),
        Answer::new(202, "", ""),
        empty(),
    ]);
    let bucket = server.client().bucket("photos");
    assert_eq!(bucket.acl().await.unwrap().acl.as_deref(), Some("private"));
    bucket.set_acl("public-read").await.unwrap();
    assert_eq!(bucket.object_acl("k").await.unwrap().acl.as_deref(), Some("private"));
    bucket.set_object_acl("k", "default").await.unwrap();
    let tags = bucket.tags("k").await.unwrap();
    assert_eq!((tags.get("k"), tags.get("l"), tags.len()), (Some("v"), Some(""), 2));
    bucket.set_tags("k", [("a", "<b>")]).await.unwrap();
    bucket.delete_tags("k").version("1").await.unwrap();
    bucket.put_symlink("link", "a/ü.jpg").acl("private").await.unwrap();
    assert_eq!(bucket.symlink("link").await.unwrap().target(), "a/ü.jpg");
    bucket.restore("k").days(2).tier("Bulk").await.unwrap();
    bucket.clean_restored("k").await.unwrap();
    let expected = [
        "GET /photos/?acl=",
        "PUT /photos/?acl=",
        "GET /photos/k?acl=",
        "PUT /photos/k?acl=",
        "GET /photos/k?tagging=",
        "PUT /photos/k?tagging=",
        "DELETE /photos/k?tagging=&versionId=1",
        "PUT /photos/link?symlink=",
        "GET /photos/link?symlink=",
        "POST /photos/k?restore=",
        "POST /photos/k?cleanRestoredObject=",
    ];
    assert_eq!(lines(&server), expected);
    assert_eq!(server.arrived()[7].header("x-oss-symlink-target"), "a/%C3%BC.jpg");
    assert_eq!(body(&server, 5), "<Tagging><TagSet><Tag><Key>a</Key><Value>&lt;b&gt;</Value></Tag></TagSet></Tagging>");
    let restored = "<RestoreRequest><Days>2</Days><JobParameters><Tier>Bulk</Tier></JobParameters></RestoreRequest>";
    assert_eq!(body(&server, 9), restored);
}

fn deleted(keys: impl Iterator<Item = String>) -> Answer {
    let keys: String = keys.map(|key| format!("<Deleted><Key>{key}</Key></Deleted>")).collect();
    Answer::new(200, "", format!("<DeleteResult>{keys}</DeleteResult>"))
}

#[tokio::test]
async fn many_objects_are_deleted_a_thousand_at_a_time() {
    let keys: Vec<String> = (0..2500).map(|n| format!("k{n}")).collect();
    let server = Server::new([
        deleted((0..1000).map(|n| format!("k{n}"))),
        Answer::new(403, "", "<Error><Code>AccessDenied</Code></Error>"),
        // One was not deleted.
        deleted((2001..2500).map(|n| format!("k{n}"))),
    ]);
    let bucket = server.client().bucket("photos");
    let summary = bucket.delete_many(keys).await.unwrap();
    assert_eq!((summary.calls, summary.deleted.len(), summary.failed.len()), (3, 1499, 1001));
    assert!(!summary.is_complete());
    let last = summary.failed.last().unwrap();
    assert_eq!(last.object, ObjectIdentifier::from("k2000"));
    assert!(summary.failed[0].reason.contains("AccessDenied"));
    assert_eq!(lines(&server)[0], "POST /photos/?delete=&encoding-type=url");
    assert_eq!(body(&server, 0).matches("<Object>").count(), 1000);

    // Long keys fill a call sooner, and nothing at all is no call.
    let server = Server::new([deleted(std::iter::empty())]);
    let bucket = server.client().bucket("photos");
    let summary = bucket.delete_many((0..1000).map(|n| "&".repeat(1000) + &n.to_string())).await.unwrap();
    assert_eq!((summary.calls, summary.failed.len()), (3, 1000));
    let longest = server.arrived().iter().map(|arrived| arrived.body.len()).max();
    assert!(longest.unwrap() < 2 << 20);
    assert_eq!(bucket.delete_many(Vec::<String>::new()).await.unwrap().calls, 0);
    // A version is deleted if the answer names it.
    let reply = "<DeleteResult><Deleted><Key>a</Key><VersionId>1</VersionId></Deleted></DeleteResult>";
    let server = Server::new([Answer::new(200, "", reply)]);
    let summary = server.client().bucket("photos").delete_many([("a", "1"), ("a", "2")]).await.unwrap();
    assert_eq!(summary.failed.iter().map(|it| it.object.version_id.clone().unwrap()).collect::<Vec<_>>(), ["2"]);
}

#[tokio::test]
async fn two_positions_lead_through_a_listing() {
    let first = "<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker>\
                 <NextVersionIdMarker>1</NextVersionIdMarker><Version><Key>a</Key><VersionId>1</VersionId></Version>\
                 </ListVersionsResult>";
    let last = "<ListVersionsResult><IsTruncated>false</IsTruncated><DeleteMarker><Key>b</Key></DeleteMarker>\
                </ListVersionsResult>";
    let uploads = "<ListMultipartUploadsResult><Upload><Key>a</Key><UploadId>U</UploadId></Upload>\
                   </ListMultipartUploadsResult>";
    let server = Server::new([Answer::new(200, "", first), Answer::new(200, "", last), Answer::new(200, "", uploads)]);
    let bucket = server.client().bucket("photos");
    let mut versions = bucket.versions("p/");
    assert_eq!(versions.next().await.unwrap().unwrap().version.len(), 1);
    assert_eq!(versions.next().await.unwrap().unwrap().delete_marker.len(), 1);
    assert!(versions.next().await.is_none());
    assert_eq!(bucket.uploads("").next().await.unwrap().unwrap().uploads[0].upload_id.as_deref(), Some("U"));
    let second = "GET /photos/?encoding-type=url&versions=&key-marker=a&version-id-marker=1&prefix=p%2F";
    assert_eq!(lines(&server)[1], second);
}

fn decoded(text: &str) -> String {
    String::from_utf8(base64_decode(text).unwrap()).unwrap()
}

#[tokio::test]
async fn a_callback_is_told_and_its_failure_is_one() {
    let refused = "<Error><Code>CallbackFailed</Code><Message>m</Message></Error>";
    let server = Server::new([Answer::new(203, "", refused), Answer::new(200, "", "{\"ok\":true}")]);
    let bucket = server.client().bucket("photos");
    let callback =
        Callback::new("http://app.example/x").form_body("key=${object}&user=${x:user}").variable("user", "li");
    let error = bucket.put("k", "v").callback(&callback).await.unwrap_err();
    assert_eq!((error.code(), error.attempts()), (Some("CallbackFailed"), 1));
    let stored = bucket.put("k", "v").callback(&callback).await.unwrap();
    assert_eq!(stored.callback_result(), "{\"ok\":true}");
    let arrived = server.arrived();
    assert_eq!(decoded(arrived[0].header("x-oss-callback-var")), "{\"x:user\":\"li\"}");
    let sent: Value = serde_json::from_str(&decoded(arrived[0].header("x-oss-callback"))).unwrap();
    assert_eq!(sent["callbackBody"], "key=${object}&user=${x:user}");
    assert!(bucket.put("k", "v").callback(&Callback::new("http://app.example")).await.is_err());
}

#[tokio::test]
async fn queries_say_how_the_object_is_written() {
    let server = Server::new([Answer::new(200, "x-oss-select-output-raw: true\r\n", "a,b\n")]);
    let bucket = server.client().bucket("photos");
    let query = bucket.select("k.csv", "select 1").csv(CSVInput::new().file_header_info("Use").field_delimiter(";"));
    let query = query.compression("GZIP").csv_output(CSVOutput::new().record_delimiter("\n")).raw_output();
    assert_eq!(query.skip_bad_records(7).await.unwrap().bytes().await.unwrap(), "a,b\n");
    let expected = "<SelectRequest><Options><SkipPartialDataRecord>true</SkipPartialDataRecord>\
        <MaxSkippedRecordsAllowed>7</MaxSkippedRecordsAllowed></Options><Expression>c2VsZWN0IDE=</Expression>\
        <InputSerialization><CompressionType>GZIP</CompressionType><CSV><FieldDelimiter>Ow==</FieldDelimiter>\
        <FileHeaderInfo>Use</FileHeaderInfo></CSV></InputSerialization><OutputSerialization>\
        <OutputRawData>true</OutputRawData><CSV><RecordDelimiter>Cg==</RecordDelimiter></CSV></OutputSerialization>\
        </SelectRequest>";
    assert_eq!(body(&server, 0), expected);
    let meta = bucket.select_meta("k.json").json(JSONInput::new().r#type("LINES")).overwrite().await.unwrap();
    assert_eq!(meta.rows, 0);
    let expected = "<JsonMetaRequest><InputSerialization><JSON><Type>LINES</Type></JSON></InputSerialization>\
        <OverwriteIfExists>true</OverwriteIfExists></JsonMetaRequest>";
    assert_eq!(body(&server, 1), expected);
    drop(bucket.select_meta("k.csv").await);
    assert!(body(&server, 2).starts_with("<CsvMetaRequest>"));
    let json = bucket.select("k.json", "select 1").json(JSONInput::new().r#type("DOCUMENT"));
    drop(json.await);
    assert!(!body(&server, 3).contains("<CSV"), "{}", body(&server, 3));
    let expected = [
        "POST /photos/k.csv?x-oss-process=csv%2Fselect",
        "POST /photos/k.json?x-oss-process=json%2Fmeta",
        "POST /photos/k.csv?x-oss-process=csv%2Fmeta",
        "POST /photos/k.json?x-oss-process=json%2Fselect",
    ];
    assert_eq!(lines(&server), expected);
}

#[tokio::test]
async fn forms_are_signed() {
    let server = Server::new([Answer::new(200, "", "")]);
    let policy = || {
        let callback = Callback::new("http://app.example").form_body("o=${object}");
        let client = server.builder().build().unwrap();
        let policy = client.bucket("photos").post_policy("in/${filename}").content_length(1..=100).callback(&callback);
        policy.field("x-oss-meta-user", "li").starts_with("Content-Type", "image/").any_of("x-a", ["1", "2"])
    };
    let form = policy().sign(Duration::from_secs(60)).await.unwrap();
    assert_eq!(form.url(), format!("{}/photos/", server.url));
    assert_eq!(form.field("key"), Some("in/${filename}"));
    assert_eq!(form.field("x-oss-security-token"), Some("t0k3n-text"));
    let signed: Value = serde_json::from_str(&decoded(form.field("policy").unwrap())).unwrap();
    let conditions = signed["conditions"].as_array().unwrap();
    for expected in [
        serde_json::json!({"bucket": "photos"}),
        serde_json::json!(["starts-with", "$key", "in/"]),
        serde_json::json!(["content-length-range", 1, 100]),
        serde_json::json!(["eq", "$x-oss-meta-user", "li"]),
        serde_json::json!(["in", "$x-a", ["1", "2"]]),
        serde_json::json!({"x-oss-signature-version": "OSS4-HMAC-SHA256"}),
    ] {
        assert!(conditions.contains(&expected), "{expected} in {signed}");
    }
    for hidden in ["t0k3n-text", "s3cr3t-key"] {
        assert!(!format!("{form:?} {:?}", policy()).contains(hidden));
    }
    assert!(policy().sign(Duration::from_secs(8 * 24 * 3600)).await.is_err());
    assert!(policy().content_length(5..5).sign(Duration::from_secs(60)).await.is_err());
    let v1 = server.builder().signature(SignatureVersion::V1).build().unwrap();
    let form = v1.bucket("photos").post_policy("k").sign(Duration::from_secs(60)).await.unwrap();
    assert_eq!(form.field("OSSAccessKeyId"), Some("ak"));
    let key = sanyun_oss::Secret::from("s3cr3t-key");
    let expected = sanyun_oss::sign::v1::signature(&key, form.field("policy").unwrap());
    assert_eq!(form.field("Signature"), Some(expected.as_str()));
    let open = server.builder().credentials(Credential::anonymous()).build().unwrap();
    let form = open.bucket("photos").post_policy("k").sign(Duration::from_secs(60)).await.unwrap();
    assert_eq!(form.fields(), [("key".to_owned(), "k".to_owned())]);
    assert!(server.arrived().is_empty());
}

#[tokio::test]
async fn a_form_of_a_known_moment() {
    let clock = std::sync::Arc::new(sanyun_core::ManualClock::at_unix(1_702_743_657));
    let client = sanyun_oss::Client::builder().region("cn-hangzhou").credentials(Credential::keys("ak", "sk"));
    let client = client.clock(clock).build().unwrap();
    let form = client.bucket("examplebucket").post_policy("a.txt").sign(Duration::from_secs(3600)).await.unwrap();
    let text = concat!(
        r#"{"expiration":"2023-12-16T17:20:57.000Z","conditions":[{"bucket":"examplebucket"},"#,
        r#"{"x-oss-signature-version":"OSS4-HMAC-SHA256"},"#,
        r#"{"x-oss-credential":"ak/20231216/cn-hangzhou/oss/aliyun_v4_request"},"#,
        r#"{"x-oss-date":"20231216T162057Z"},["eq","$key","a.txt"]]}"#,
    );
    assert_eq!(decoded(form.field("policy").unwrap()), text);
    // Computed from that text with another implementation of HMAC.
    let signature = "e3c65c2d0c61cd0dc35b64fe1b88d26dcf8f5313264edc2d3ae530f1134c90e0";
    assert_eq!(form.field("x-oss-signature"), Some(signature));
}
