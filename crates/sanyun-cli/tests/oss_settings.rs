//! Properties of objects, settings of buckets, and calls by name, against the embedded local cloud.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::path::Path;

use serde_json::json;
use support::{Run, run, sanyun, with_input};

fn oss(folder: &Path, words: &[&str]) -> Run {
    run(sanyun().arg("oss").args(words).arg("--local-data").arg(folder.join("cloud")).current_dir(folder))
}

fn with_bucket() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    oss(folder.path(), &["mb", "oss://bucket"]).ok();
    folder
}

#[test]
fn what_a_setting_tells_can_be_put_again() {
    let folder = with_bucket();
    let oss = |words: &[&str]| oss(folder.path(), words);
    let xml = "<WebsiteConfiguration><IndexDocument><Suffix>i.html</Suffix></IndexDocument></WebsiteConfiguration>";
    std::fs::write(folder.path().join("site.xml"), xml).unwrap();
    oss(&["website", "put", "oss://bucket", "site.xml"]).ok();
    let site = oss(&["website", "get", "oss://bucket"]).ok();
    assert!(site.contains("\"suffix\": \"i.html\""), "{site}");
    oss(&["website", "delete", "oss://bucket"]).ok();
    oss(&["website", "get", "oss://bucket"]).failed(1);
    std::fs::write(folder.path().join("site.json"), &site).unwrap();
    oss(&["website", "put", "oss://bucket", "site.json"]).ok();
    assert_eq!(oss(&["website", "get", "oss://bucket"]).ok(), site);

    oss(&["versioning", "put", "oss://bucket", "Enabled"]).ok();
    assert_eq!(oss(&["versioning", "get", "oss://bucket", "--query", "version_status"]).json(), "Enabled");
    let rules = json!({"rules": [{"id": "a", "prefix": "tmp/", "status": "Enabled", "expiration": {"days": 3}}]});
    oss(&["lifecycle", "put", "oss://bucket", &rules.to_string()]).ok();
    let told = oss(&["lifecycle", "get", "oss://bucket"]).json();
    assert_eq!(told["lifecycle_configuration"]["rules"][0]["expiration"]["days"], 3);
    let policy = json!({"Version": "1", "Statement": []}).to_string();
    oss(&["policy", "put", "oss://bucket", &policy]).ok();
    assert!(oss(&["policy", "get", "oss://bucket"]).ok().contains("Statement"));
    oss(&["policy", "put", "oss://bucket/key", "x"]).failed(2);
    oss(&["website", "get", "oss://bucket", "site.json"]).failed(2);
    oss(&["website", "put", "oss://bucket", "neither"]).failed(2);
}

#[test]
fn operations_are_called_by_their_names() {
    let folder = with_bucket();
    let oss = |words: &[&str]| oss(folder.path(), words);
    oss(&[
        "call",
        "PutObject",
        "--bucket",
        "bucket",
        "--key",
        "a/../b",
        "--body",
        "text",
        "--metadata",
        "{\"k\":\"v\"}",
    ])
    .ok();
    let got = oss(&["call", "GetObject", "--bucket", "bucket", "--key=a/../b", "--query", "body"]).json();
    assert_eq!(got, "text");
    let listed = oss(&["call", "ListObjectsV2", "--bucket", "bucket", "--max-keys", "1", "--query", "contents[].key"]);
    assert_eq!(listed.json(), json!(["a/../b"]));
    let told = oss(&["call", "GetObject", "--bucket", "bucket", "--odd", "1"]).failed(2);
    assert!(told.contains("has no parameter `odd`"), "{told}");
    assert!(oss(&["call", "Getobject"]).failed(2).contains("it is written `GetObject`"));
    let all = oss(&["call"]).ok();
    assert!(all.lines().count() > 100 && all.contains("GetBucketWebsite\n"));
    assert!(oss(&["call", "--product", "vectors"]).ok().contains("PutVectors\n"));
    let shown = oss(&["call", "GetBucketAcl", "--bucket", "bucket", "--dry-run"]).ok();
    assert!(shown.starts_with("GET "), "{shown}");
}

#[test]
fn objects_have_tags_acls_links_and_hashes() {
    let folder = with_bucket();
    let oss = |words: &[&str]| oss(folder.path(), words);
    std::fs::write(folder.path().join("file"), "123456789").unwrap();
    oss(&["cp", "file", "oss://bucket/a b"]).ok();
    oss(&["tag", "set", "oss://bucket/a b", "x=1", "y= ü"]).ok();
    assert_eq!(oss(&["tag", "get", "oss://bucket/a b"]).ok(), "x=1\ny= ü\n");
    oss(&["tag", "delete", "oss://bucket/a b"]).ok();
    assert_eq!(oss(&["tag", "get", "oss://bucket/a b", "--output", "json"]).json(), json!([]));
    oss(&["tag", "set", "oss://bucket/a b"]).failed(2);
    oss(&["acl", "set", "oss://bucket/a b", "public-read"]).ok();
    assert_eq!(oss(&["acl", "get", "oss://bucket/a b"]).ok(), "public-read\n");
    assert_eq!(oss(&["acl", "get", "oss://bucket"]).ok(), "private\n");
    oss(&["symlink", "set", "oss://bucket/link", "oss://bucket/a b"]).ok();
    assert_eq!(oss(&["symlink", "get", "oss://bucket/link"]).ok(), "a b\n");
    assert_eq!(oss(&["cat", "oss://bucket/link"]).ok(), "123456789");
    // The check value of CRC-64/XZ.
    let crc = "11051210869376104954";
    assert_eq!(oss(&["hash", "file"]).ok(), format!("{crc}  file\n"));
    assert_eq!(oss(&["hash", "oss://bucket/a b"]).ok(), format!("{crc}  oss://bucket/a b\n"));
    let md5 = oss(&["hash", "oss://bucket/a b", "--type", "md5", "--output", "json"]).json();
    assert_eq!(md5["hash"], "25f9e794323b453885f5181f1b624d0b");
    for (range, text) in [("0-2", "123"), ("7-", "89"), ("-1", "9")] {
        assert_eq!(oss(&["cat", "oss://bucket/a b", "--range", range]).ok(), text);
    }
}

#[test]
fn objects_grow_and_old_versions_and_uploads_are_deleted() {
    let folder = with_bucket();
    let oss = |words: &[&str]| oss(folder.path(), words);
    for text in ["one\n", "two\n"] {
        let mut command = sanyun();
        command.args(["oss", "append", "-", "oss://bucket/log", "--local-data"]).arg(folder.path().join("cloud"));
        with_input(&mut command, text.as_bytes()).ok();
    }
    assert_eq!(oss(&["cat", "oss://bucket/log"]).ok(), "one\ntwo\n");

    oss(&["versioning", "put", "oss://bucket", "Enabled"]).ok();
    std::fs::write(folder.path().join("file"), "1").unwrap();
    oss(&["cp", "file", "oss://bucket/v"]).ok();
    oss(&["cp", "file", "oss://bucket/v"]).ok();
    oss(&["rm", "oss://bucket/v"]).ok();
    let versions = oss(&["ls", "--versions", "oss://bucket/v", "--output", "json"]).json();
    assert_eq!(versions.as_array().unwrap().len(), 3, "{versions}");
    let old = versions[0]["version_id"].as_str().unwrap();
    assert_eq!(oss(&["cat", "oss://bucket/v", "--version-id", old]).ok(), "1");
    assert_eq!(oss(&["rm", "--all-versions", "oss://bucket/v", "--dry-run"]).ok().lines().count(), 3);
    oss(&["rm", "--all-versions", "oss://bucket/v"]).ok();
    assert_eq!(oss(&["ls", "--versions", "oss://bucket/v", "--output", "json"]).json(), json!([]));

    oss(&["call", "InitiateMultipartUpload", "--bucket", "bucket", "--key", "up"]).ok();
    assert_eq!(oss(&["ls", "--uploads", "oss://bucket", "--query", "[].key"]).json(), json!(["up"]));
    oss(&["rm", "--uploads", "oss://bucket/up"]).ok();
    assert_eq!(oss(&["ls", "--uploads", "oss://bucket", "--output", "json"]).json(), json!([]));

    let used = oss(&["du", "oss://bucket/", "--output", "json"]).json();
    assert_eq!((&used["objects"], &used["bytes"]), (&json!(1), &json!(8)));
}
