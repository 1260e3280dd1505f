//! OSS: buckets that keep the versions of their objects.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use http::Method;
use sanyun_local::Local;
use support::oss::{assert_refused, put, request, with_bucket};
use support::{NOW, at};

async fn keep(local: &Local, status: &str) {
    let document = format!("<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");
    request(Method::PUT, "bkt", "", "versioning").body(document).ok(local).await;
    assert_eq!(request(Method::GET, "bkt", "", "versioning").ok(local).await.element("Status"), status);
}

async fn put_version(local: &Local, key: &str, data: &str) -> String {
    put(local, key, data).await.header("x-oss-version-id").to_owned()
}

/// Versions as the list has them: key, id, N for newest, M for marker.
async fn listed(local: &Local, query: &str) -> Vec<String> {
    let text = request(Method::GET, "bkt", "", &format!("versions&{query}")).ok(local).await.text();
    let entry = |(kind, rest): (&str, &str)| {
        let element = |name: &str| {
            let rest = rest.split_once(&format!("<{name}>")).unwrap().1;
            rest.split_once("</").unwrap().0.to_owned()
        };
        let newest = if element("IsLatest") == "true" { " N" } else { "" };
        format!("{} {}{newest}{}", element("Key"), element("VersionId"), if kind == "DeleteMarker" { " M" } else { "" })
    };
    let starts = text.match_indices("<Version>").chain(text.match_indices("<DeleteMarker>"));
    let mut starts: Vec<_> = starts.collect();
    starts.sort_unstable();
    starts.into_iter().map(|(at, tag)| entry((tag.trim_matches(['<', '>']), &text[at..]))).collect()
}

#[tokio::test]
async fn versions_are_kept_marked_and_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let local = with_bucket(|builder| builder.data_dir(folder.path())).await;
    assert_eq!(put_version(&local, "k", "before").await, "", "nobody speaks of versions yet");
    assert_eq!(request(Method::GET, "bkt", "", "versioning").ok(&local).await.element("Status"), "");
    keep(&local, "Enabled").await;
    let one = put_version(&local, "k", "one").await;
    let two = put_version(&local, "k", "two").await;
    assert!(one.len() == 32 && one != two);
    let get =
        async |version: &str| request(Method::GET, "bkt", "k", &format!("versionId={version}")).send(&local).await;
    for (version, data) in [("null", "before"), (&one, "one"), (&two, "two"), ("", "two")] {
        assert_eq!(get(version).await.text(), data, "{version}");
    }
    assert_eq!(get("").await.header("x-oss-version-id"), two);
    assert_refused(&get("none").await, 404, "NoSuchVersion");

    let deleted = request(Method::DELETE, "bkt", "k", "").ok(&local).await;
    assert_eq!(deleted.header("x-oss-delete-marker"), "true");
    let marker = deleted.header("x-oss-version-id").to_owned();
    let gone = get("").await;
    assert_refused(&gone, 404, "NoSuchKey");
    assert_eq!((gone.header("x-oss-delete-marker"), gone.header("x-oss-version-id")), ("true", marker.as_str()));
    assert_refused(&get(&marker).await, 405, "MethodNotAllowed");
    let whole = [format!("k {marker} N M"), format!("k {two}"), format!("k {one}"), "k null".to_owned()];
    assert_eq!(listed(&local, "").await, whole);
    assert!(!request(Method::GET, "bkt", "", "list-type=2").ok(&local).await.text().contains("<Contents>"));
    let stat = request(Method::GET, "bkt", "", "stat").ok(&local).await;
    assert_eq!((stat.element("ObjectCount").as_str(), stat.element("DeleteMarkerCount").as_str()), ("3", "1"));

    local.shutdown().await;
    let local = at(NOW, |builder| builder.data_dir(folder.path())).await.0;
    assert_eq!(listed(&local, "").await, whole);
    let back = request(Method::DELETE, "bkt", "k", &format!("versionId={marker}")).ok(&local).await;
    assert_eq!((back.header("x-oss-delete-marker"), back.header("x-oss-version-id")), ("true", marker.as_str()));
    assert_eq!(request(Method::GET, "bkt", "k", "").ok(&local).await.text(), "two");
    request(Method::DELETE, "bkt", "k", &format!("versionId={two}")).ok(&local).await;
    assert_eq!(request(Method::GET, "bkt", "k", "").ok(&local).await.text(), "one");
    assert_refused(&request(Method::DELETE, "bkt", "", "").send(&local).await, 409, "BucketNotEmpty");
}

#[tokio::test]
async fn a_suspended_bucket_has_one_null_version() {
    let local = with_bucket(|builder| builder).await;
    keep(&local, "Enabled").await;
    let one = put_version(&local, "k", "one").await;
    keep(&local, "Suspended").await;
    assert_eq!(put_version(&local, "k", "two").await, "null");
    assert_eq!(put_version(&local, "k", "three").await, "null");
    assert_eq!(listed(&local, "").await, ["k null N".to_owned(), format!("k {one}")]);
    let deleted = request(Method::DELETE, "bkt", "k", "").ok(&local).await;
    assert_eq!(deleted.header("x-oss-version-id"), "null");
    assert_eq!(listed(&local, "").await, ["k null N M".to_owned(), format!("k {one}")]);
    let old = request(Method::GET, "bkt", "k", &format!("versionId={one}")).ok(&local).await;
    assert_eq!(old.text(), "one");
    let wrong = request(Method::PUT, "bkt", "", "versioning").body("<VersioningConfiguration/>").send(&local).await;
    assert_refused(&wrong, 400, "MalformedXML");
}

#[tokio::test]
async fn every_operation_takes_a_version() {
    let local = with_bucket(|builder| builder).await;
    keep(&local, "Enabled").await;
    let one = put_version(&local, "k", "one").await;
    put_version(&local, "k", "two!").await;
    let of = |method: Method, sub: &str| request(method, "bkt", "k", &format!("{sub}versionId={one}"));
    assert_eq!(of(Method::HEAD, "").ok(&local).await.header("content-length"), "3");
    assert_eq!(of(Method::HEAD, "objectMeta&").ok(&local).await.header("content-length"), "3");
    let tagging = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
    let tagged = of(Method::PUT, "tagging&").body(tagging).ok(&local).await;
    assert_eq!(tagged.header("x-oss-version-id"), one);
    assert_eq!(of(Method::HEAD, "").ok(&local).await.header("x-oss-tagging-count"), "1");
    assert_eq!(request(Method::HEAD, "bkt", "k", "").ok(&local).await.header("x-oss-tagging-count"), "");
    of(Method::PUT, "acl&").header("x-oss-object-acl", "public-read").ok(&local).await;
    assert_eq!(of(Method::GET, "acl&").ok(&local).await.element("Grant"), "public-read");
    assert_eq!(request(Method::GET, "bkt", "k", "acl").ok(&local).await.element("Grant"), "default");
    let copy = request(Method::PUT, "bkt", "copy", "").header("x-oss-copy-source", &format!("/bkt/k?versionId={one}"));
    assert_eq!(copy.ok(&local).await.header("x-oss-copy-source-version-id"), one);
    assert_eq!(request(Method::GET, "bkt", "copy", "").ok(&local).await.text(), "one");
    let document = format!(
        "<Delete><Object><Key>k</Key><VersionId>{one}</VersionId></Object><Object><Key>copy</Key></Object></Delete>"
    );
    let deleted = request(Method::POST, "bkt", "", "delete").body(document).ok(&local).await.text();
    assert!(deleted.contains(&format!("<Deleted><Key>k</Key><VersionId>{one}</VersionId></Deleted>")), "{deleted}");
    assert!(deleted.contains("<Key>copy</Key><DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>"), "{deleted}");
    assert_refused(&of(Method::GET, "").send(&local).await, 404, "NoSuchVersion");
    // In a bucket that keeps versions nothing is overwritten that could be forbidden.
    request(Method::PUT, "bkt", "k", "").header("x-oss-forbid-overwrite", "true").body("x").ok(&local).await;
}

#[tokio::test]
async fn versions_are_listed_page_by_page() {
    let local = with_bucket(|builder| builder).await;
    keep(&local, "Enabled").await;
    for key in ["a", "b/1", "a", "b/2", "c"] {
        put_version(&local, key, key).await;
    }
    let whole = listed(&local, "").await;
    assert_eq!(whole.len(), 5);
    let (mut seen, mut from) = (Vec::new(), String::new());
    loop {
        let query = format!("max-keys=2{from}");
        seen.extend(listed(&local, &query).await);
        let page = request(Method::GET, "bkt", "", &format!("versions&{query}")).ok(&local).await;
        if page.element("IsTruncated") == "false" {
            break;
        }
        let (key, version) = (page.element("NextKeyMarker"), page.element("NextVersionIdMarker"));
        from = format!("&key-marker={}&version-id-marker={version}", sanyun_core::encode::percent(&key));
    }
    assert_eq!(seen, whole);
    let grouped = request(Method::GET, "bkt", "", "versions&delimiter=%2F").ok(&local).await.text();
    assert!(grouped.contains("<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>") && !grouped.contains("b/1"));
    assert_eq!(listed(&local, "prefix=b").await.len(), 2);
    let wrong = request(Method::GET, "bkt", "", "versions&version-id-marker=x").send(&local).await;
    assert_refused(&wrong, 400, "InvalidArgument");
}
