//! OSS: configurations of buckets, CORS, callbacks, facts about buckets and the service.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use http::Method;
use sanyun_core::encode;
use sanyun_local::Local;
use support::oss::{assert_refused, get, put, request, with_bucket};
use support::{NOW, Request, at};

/// Sub-resources with a document, and the code of one that was never stored.
const STORED: [(&str, &str, &str); 16] = [
    ("lifecycle", "<LifecycleConfiguration><Rule/></LifecycleConfiguration>", "NoSuchLifecycle"),
    ("cors", "<CORSConfiguration><CORSRule/></CORSConfiguration>", "NoSuchCORSConfiguration"),
    ("website", "<WebsiteConfiguration/>", "NoSuchWebsiteConfiguration"),
    ("encryption", "<ServerSideEncryptionRule/>", "NoSuchServerSideEncryptionRule"),
    ("policy", "{\"Version\":\"1\"}", "NoSuchBucketPolicy"),
    ("transferAcceleration", "<TransferAccelerationConfiguration/>", "NoSuchTransferAccelerationConfiguration"),
    ("inventory&inventoryId=a", "<InventoryConfiguration><Id>a</Id></InventoryConfiguration>", "NoSuchInventory"),
    ("referer", "<RefererConfiguration/>", ""),
    ("logging", "<BucketLoggingStatus/>", ""),
    ("tagging", "<Tagging><TagSet/></Tagging>", ""),
    ("requestPayment", "<RequestPaymentConfiguration/>", ""),
    ("accessmonitor", "<AccessMonitorConfiguration/>", ""),
    ("resourceGroup", "<BucketResourceGroupConfiguration/>", ""),
    ("httpsConfig", "<HttpsConfiguration/>", ""),
    ("quota", "<QuotaConfiguration/>", ""),
    ("publicAccessBlock", "<PublicAccessBlockConfiguration/>", ""),
];

#[tokio::test]
async fn documents_are_stored_as_they_came() {
    let folder = tempfile::tempdir().unwrap();
    let local = with_bucket(|builder| builder.data_dir(folder.path())).await;
    for (sub, document, missing) in STORED {
        let before = request(Method::GET, "bkt", "", sub).send(&local).await;
        match missing {
            "" => assert!(before.status == 200 && before.text().starts_with('<'), "{sub}: {}", before.text()),
            code => assert_refused(&before, 404, code),
        }
        request(Method::PUT, "bkt", "", sub).body(document).ok(&local).await;
        assert_eq!(request(Method::GET, "bkt", "", sub).ok(&local).await.text(), document);
        for wrong in ["", "<Other/>", "<", "[1]"] {
            let reply = request(Method::PUT, "bkt", "", sub).body(wrong).send(&local).await;
            assert_eq!(reply.status, 400, "{sub} {wrong}");
        }
    }
    local.shutdown().await;
    let local = at(NOW, |builder| builder.data_dir(folder.path())).await.0;
    for (sub, document, missing) in STORED {
        assert_eq!(request(Method::GET, "bkt", "", sub).ok(&local).await.text(), document);
        if !missing.is_empty() && sub != "transferAcceleration" {
            assert_eq!(request(Method::DELETE, "bkt", "", sub).send(&local).await.status, 204, "{sub}");
            assert_refused(&request(Method::GET, "bkt", "", sub).send(&local).await, 404, missing);
        }
    }
}

#[tokio::test]
async fn documents_of_one_kind_have_names() {
    let local = with_bucket(|builder| builder).await;
    for id in ["a", "b"] {
        let document = format!("<?xml version=\"1.0\"?><InventoryConfiguration><Id>{id}</Id></InventoryConfiguration>");
        request(Method::PUT, "bkt", "", &format!("inventory&inventoryId={id}")).body(document).ok(&local).await;
        let style = format!("styleName={id}&style");
        request(Method::PUT, "bkt", "", &style)
            .body("<Style><Content>image/resize,w_1</Content></Style>")
            .ok(&local)
            .await;
    }
    let list = request(Method::GET, "bkt", "", "inventory").ok(&local).await.text();
    assert!(list.contains("<ListInventoryConfigurationsResult><InventoryConfiguration><Id>a</Id>"), "{list}");
    assert_eq!(list.matches("<InventoryConfiguration>").count(), 2);
    let styles = request(Method::GET, "bkt", "", "style").ok(&local).await.text();
    assert!(styles.contains("<StyleList>") && styles.matches("<Name>").count() == 2, "{styles}");
    let one = request(Method::GET, "bkt", "", "style&styleName=b").ok(&local).await;
    assert_eq!((one.element("Name").as_str(), one.element("Content").as_str()), ("b", "image/resize,w_1"));
    request(Method::DELETE, "bkt", "", "style&styleName=b").ok(&local).await;
    assert_refused(&request(Method::GET, "bkt", "", "style&styleName=b").send(&local).await, 404, "NoSuchStyle");

    let document = "<BucketCnameConfiguration><Cname><Domain>a.example.com</Domain></Cname></BucketCnameConfiguration>";
    let cname = |comp: &str| request(Method::POST, "bkt", "", &format!("cname&comp={comp}")).body(document);
    cname("add").ok(&local).await;
    let listed = request(Method::GET, "bkt", "", "cname").ok(&local).await;
    assert_eq!(listed.element("Domain"), "a.example.com");
    let owner = listed.element("Owner");
    assert!(!owner.is_empty() && !owner.contains('<'), "an id, where other documents have an element: {owner}");
    let token = cname("token").ok(&local).await.element("Token");
    let again = request(Method::GET, "bkt", "", "comp=token&cname=a.example.com").ok(&local).await;
    assert_eq!((again.element("Token"), token.len()), (token, 32));
    cname("delete").ok(&local).await;
    assert_eq!(request(Method::GET, "bkt", "", "cname").ok(&local).await.element("Domain"), "");

    let document = "<CreateAccessPointConfiguration><AccessPointName>ap</AccessPointName><NetworkOrigin>internet\
                    </NetworkOrigin></CreateAccessPointConfiguration>";
    let made = request(Method::PUT, "bkt", "", "accessPoint").body(document).ok(&local).await;
    assert!(made.element("AccessPointArn").ends_with(":accesspoint/ap"));
    let of = |method: Method, sub: &str| request(method, "bkt", "", sub).header("x-oss-access-point-name", "ap");
    assert_eq!(of(Method::GET, "accessPoint").ok(&local).await.element("NetworkOrigin"), "internet");
    assert!(
        request(Method::GET, "bkt", "", "accessPoint").ok(&local).await.text().contains("<AccessPoint><Bucket>bkt")
    );
    of(Method::PUT, "accessPointPolicy").body("{}").ok(&local).await;
    assert_eq!(of(Method::GET, "accessPointPolicy").ok(&local).await.text(), "{}");
    of(Method::DELETE, "accessPoint").ok(&local).await;
    assert_refused(&of(Method::GET, "accessPoint").send(&local).await, 404, "NoSuchAccessPoint");
}

#[tokio::test]
async fn replication_rules_are_kept() {
    let local = with_bucket(|builder| builder).await;
    assert_refused(
        &request(Method::GET, "bkt", "", "replication").send(&local).await,
        404,
        "NoSuchReplicationConfiguration",
    );
    let document = "<ReplicationConfiguration><Rule><Destination><Bucket>other</Bucket></Destination></Rule></ReplicationConfiguration>";
    let made = request(Method::POST, "bkt", "", "replication&comp=add").body(document).ok(&local).await;
    let id = made.header("x-oss-replication-rule-id").to_owned();
    let kept = request(Method::GET, "bkt", "", "replication").ok(&local).await;
    assert_eq!((kept.element("ID"), kept.element("Bucket").as_str()), (id.clone(), "other"));
    let progress = request(Method::GET, "bkt", "", &format!("replicationProgress&rule-id={id}")).ok(&local).await;
    assert_eq!(
        (progress.element("ID"), progress.element("NewObject").as_str()),
        (id.clone(), "2027-01-15T08:00:00.000Z")
    );
    let gone = || {
        request(Method::POST, "bkt", "", "replication&comp=delete")
            .body(format!("<ReplicationRules><ID>{id}</ID></ReplicationRules>"))
    };
    gone().ok(&local).await;
    assert_refused(&gone().send(&local).await, 404, "NoSuchReplicationRule");
}

#[tokio::test]
async fn a_new_bucket_has_what_its_headers_say() {
    let local = with_bucket(|builder| builder).await;
    let make = request(Method::PUT, "other", "", "").header("x-oss-bucket-tagging", "a=1");
    make.header("x-oss-resource-group-id", "rg-x").ok(&local).await;
    assert_eq!(request(Method::GET, "other", "", "tagging").ok(&local).await.element("Key"), "a");
    assert_eq!(request(Method::GET, "other", "", "bucketInfo").ok(&local).await.element("ResourceGroupId"), "rg-x");
}

#[tokio::test]
async fn buckets_are_listed_by_tags_and_group() {
    let local = with_bucket(|builder| builder).await;
    for (bucket, tags, group) in [("one", "n=1&of=x", "rg-x"), ("two", "n=2&of=x", ""), ("three", "n=1", "rg-x")] {
        let make = request(Method::PUT, bucket, "", "").header("x-oss-bucket-tagging", tags);
        let make = if group.is_empty() { make } else { make.header("x-oss-resource-group-id", group) };
        make.ok(&local).await;
    }
    let listed = async |query: &str, group: &str| {
        let list = request(Method::GET, "", "", query);
        let list = if group.is_empty() { list } else { list.header("x-oss-resource-group-id", group) };
        let text = list.ok(&local).await.text();
        text.split("<Name>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed("", "").await, ["bkt", "one", "three", "two"]);
    assert_eq!(listed("tag-key=n", "").await, ["one", "three", "two"]);
    assert_eq!(listed("tag-key=n&tag-value=1", "").await, ["one", "three"]);
    let both = encode::percent("\"n\":\"1\",\"of\":\"x\"").into_owned();
    assert_eq!(listed(&format!("tagging={both}"), "").await, ["one"]);
    assert_eq!(listed("max-keys=1&tag-key=n&tag-value=1", "").await, ["one"]);
    assert_eq!(listed("tag-key=of", "rg-x").await, ["one"]);
    assert_eq!(listed("", "rg-default-id").await, ["bkt", "two"]);
    for wrong in ["tag-value=1", "tagging=n"] {
        assert_refused(&request(Method::GET, "", "", wrong).send(&local).await, 400, "InvalidArgument");
    }
}

#[tokio::test]
async fn the_account_has_documents_too() {
    let local = with_bucket(|builder| builder).await;
    let block =
        "<PublicAccessBlockConfiguration><BlockPublicAccess>true</BlockPublicAccess></PublicAccessBlockConfiguration>";
    request(Method::PUT, "", "", "publicAccessBlock").body(block).ok(&local).await;
    let of = async |bucket: &'static str| request(Method::GET, bucket, "", "publicAccessBlock").ok(&local).await;
    assert_eq!(of("").await.element("BlockPublicAccess"), "true");
    assert_eq!(of("bkt").await.element("BlockPublicAccess"), "false");
    request(Method::DELETE, "", "", "publicAccessBlock").ok(&local).await;
    assert_eq!(of("").await.element("BlockPublicAccess"), "false");
}

#[tokio::test]
async fn facts_are_true() {
    let local = with_bucket(|builder| builder).await;
    put(&local, "k", "12345").await;
    request(Method::PUT, "bkt", "ia", "").header("x-oss-storage-class", "IA").body("123").ok(&local).await;
    request(Method::POST, "bkt", "m", "uploads").ok(&local).await;
    let stat = request(Method::GET, "bkt", "", "stat").ok(&local).await;
    for (name, value) in [
        ("Storage", "8"),
        ("ObjectCount", "2"),
        ("MultipartUploadCount", "1"),
        ("StandardStorage", "5"),
        ("InfrequentAccessStorage", "3"),
        ("InfrequentAccessObjectCount", "1"),
    ] {
        assert_eq!(stat.element(name), value, "{name}");
    }
    let keep = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    request(Method::PUT, "bkt", "", "versioning").body(keep).ok(&local).await;
    let rule = "<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>\
                </ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>";
    request(Method::PUT, "bkt", "", "encryption").body(rule).ok(&local).await;
    let info = request(Method::GET, "bkt", "", "bucketInfo").ok(&local).await;
    for (name, value) in [("Versioning", "Enabled"), ("SSEAlgorithm", "AES256"), ("AccessMonitor", "Disabled")] {
        assert_eq!(info.element(name), value, "{name}");
    }
    let encrypted = put(&local, "e", "x").await;
    assert_eq!(encrypted.header("x-oss-server-side-encryption"), "AES256", "as its bucket says");
    let public = "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":[\"*\"]}]}";
    let is_public = async || request(Method::GET, "bkt", "", "policyStatus").ok(&local).await.element("IsPublic");
    assert_eq!(is_public().await, "false");
    request(Method::PUT, "bkt", "", "policy").body(public).ok(&local).await;
    assert_eq!(is_public().await, "true");
    let regions = request(Method::GET, "", "", "regions").ok(&local).await;
    assert!(regions.text().contains("<Region>oss-cn-shanghai</Region>"));
    let one = request(Method::GET, "", "", "regions=oss-us-east-1").ok(&local).await;
    assert_eq!((one.element("Region").as_str(), one.text().matches("<RegionInfo>").count()), ("oss-us-east-1", 1));
}

#[tokio::test]
async fn a_buckets_retention_is_kept() {
    let (local, _) = at(NOW, |builder| builder).await;
    request(Method::PUT, "bkt", "", "").ok(&local).await;
    put(&local, "k", "x").await;
    assert_refused(&request(Method::GET, "bkt", "", "worm").send(&local).await, 404, "NoSuchWORMConfiguration");
    let document =
        "<InitiateWormConfiguration><RetentionPeriodInDays>3</RetentionPeriodInDays></InitiateWormConfiguration>";
    let begin = request(Method::POST, "bkt", "", "worm").body(document).ok(&local).await;
    let id = begin.header("x-oss-worm-id").to_owned();
    assert_refused(&request(Method::DELETE, "bkt", "k", "").send(&local).await, 409, "FileImmutable");
    request(Method::DELETE, "bkt", "", "worm").ok(&local).await;
    request(Method::PUT, "bkt", "k", "").body("y").ok(&local).await;
    let again = request(Method::POST, "bkt", "", "worm").body(document).ok(&local).await;
    assert_refused(
        &request(Method::POST, "bkt", "", &format!("wormId={id}")).send(&local).await,
        404,
        "NoSuchWORMConfiguration",
    );
    let id = again.header("x-oss-worm-id");
    request(Method::POST, "bkt", "", &format!("wormId={id}")).ok(&local).await;
    assert_eq!(request(Method::GET, "bkt", "", "worm").ok(&local).await.element("State"), "Locked");
    assert_refused(&request(Method::DELETE, "bkt", "", "worm").send(&local).await, 409, "WORMConfigurationLocked");
    let longer = "<ExtendWormConfiguration><RetentionPeriodInDays>9</RetentionPeriodInDays></ExtendWormConfiguration>";
    request(Method::POST, "bkt", "", &format!("wormExtend&wormId={id}")).body(longer).ok(&local).await;
    assert_eq!(request(Method::GET, "bkt", "", "worm").ok(&local).await.element("RetentionPeriodInDays"), "9");
    assert_refused(&request(Method::PUT, "bkt", "k", "").body("z").send(&local).await, 409, "FileImmutable");
}

#[tokio::test]
async fn browsers_are_told_what_they_may() {
    let local = with_bucket(|builder| builder).await;
    put(&local, "k", "x").await;
    let ask = async |method: &str, origin: &str, headers: &str| {
        let request = Request::new("OPTIONS", "/bkt/k").header("Origin", origin);
        let request = request.header("Host", "127.0.0.1").header("Access-Control-Request-Method", method);
        request.header("Access-Control-Request-Headers", headers).send(local.addr()).await.unwrap()
    };
    assert_refused(&ask("PUT", "https://a.com", "").await, 403, "AccessForbidden");
    let rules = "<CORSConfiguration><CORSRule><AllowedOrigin>https://*.a.com</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>\
                 <AllowedMethod>GET</AllowedMethod><AllowedHeader>x-oss-*</AllowedHeader><ExposeHeader>ETag</ExposeHeader>\
                 <MaxAgeSeconds>60</MaxAgeSeconds></CORSRule></CORSConfiguration>";
    request(Method::PUT, "bkt", "", "cors").body(rules).ok(&local).await;
    let told = ask("PUT", "https://w.a.com", "x-oss-date").await;
    assert_eq!(told.status, 200, "{}", told.text());
    for (name, value) in [
        ("access-control-allow-origin", "https://w.a.com"),
        ("access-control-allow-methods", "PUT, GET"),
        ("access-control-allow-headers", "x-oss-date"),
        ("access-control-expose-headers", "ETag"),
        ("access-control-max-age", "60"),
    ] {
        assert_eq!(told.header(name), value, "{name}");
    }
    assert_refused(&ask("DELETE", "https://w.a.com", "").await, 403, "AccessForbidden");
    assert_refused(&ask("PUT", "https://w.a.com", "x-other").await, 403, "AccessForbidden");
    let simple = request(Method::GET, "bkt", "k", "").header("origin", "https://w.a.com").ok(&local).await;
    assert_eq!(simple.header("access-control-allow-origin"), "https://w.a.com");
    let foreign = request(Method::GET, "bkt", "k", "").header("origin", "https://b.com").ok(&local).await;
    assert_eq!(foreign.header("access-control-allow-origin"), "");
}

/// A server that answers one request; gives its port, and what it was asked.
fn answering(answer: &'static str) -> (u16, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let (mut text, mut buffer) = (String::new(), [0; 4096]);
        while !text.contains("end") {
            let read = socket.read(&mut buffer).unwrap();
            assert!(read > 0, "{text}");
            text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        }
        socket.write_all(answer.as_bytes()).unwrap();
        text
    });
    (port, asked)
}

fn callback(port: u16) -> String {
    let body = "o=${object}&s=${size}&e=${etag}&a=${x:a}&end";
    let wish = serde_json::json!({ "callbackUrl": format!("http://127.0.0.1:{port}/told?x=1"), "callbackBody": body });
    encode::base64(wish.to_string().as_bytes())
}

async fn put_with_callback(local: &Local, callback: &str) -> support::Reply {
    let variables = encode::base64(br#"{"x:a":"1 2"}"#);
    let put = request(Method::PUT, "bkt", "ü k", "").header("x-oss-callback", callback);
    put.header("x-oss-callback-var", &variables).body("data").send(local).await
}

#[tokio::test]
async fn callbacks_are_made_and_their_answer_is_the_answer() {
    let local = with_bucket(|builder| builder).await;
    let (port, asked) = answering("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"ok\":1}");
    let reply = put_with_callback(&local, &callback(port)).await;
    assert_eq!((reply.status, reply.text().as_str()), (200, "{\"ok\":1}"));
    assert_eq!(reply.header("etag"), "\"8D777F385D3DFEC8815D20F7496026DC\"");
    let asked = asked.join().unwrap();
    assert!(asked.starts_with("POST /told?x=1 HTTP/1.0\r\n"), "{asked}");
    assert!(asked.ends_with("\r\n\r\no=%C3%BC%20k&s=4&e=8D777F385D3DFEC8815D20F7496026DC&a=1%202&end"), "{asked}");
}

#[tokio::test]
async fn the_object_is_stored_whatever_becomes_of_the_callback() {
    let local = with_bucket(|builder| builder).await;
    let (port, _asked) = answering("HTTP/1.1 500 Oh\r\n\r\n");
    let refused = put_with_callback(&local, &callback(port)).await;
    assert_refused(&refused, 203, "CallbackFailed");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let free = listener.local_addr().unwrap().port();
    drop(listener);
    let unreachable = put_with_callback(&local, &callback(free)).await;
    assert_refused(&unreachable, 203, "CallbackFailed");
    assert_eq!(get(&local, "ü k").await, b"data");
    let elsewhere = encode::base64(br#"{"callbackUrl":"http://192.0.2.1/","callbackBody":"x"}"#);
    assert_refused(&put_with_callback(&local, &elsewhere).await, 203, "CallbackFailed");
    for wrong in ["%%%", "e30="] {
        assert_refused(&put_with_callback(&local, wrong).await, 400, "InvalidArgument");
    }
}
