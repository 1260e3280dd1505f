//! OSS: every operation that the client knows is served, or refused as one that is not.

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
use sanyun_core::encode;
use sanyun_local::Local;
use sanyun_oss::operation::{self, Operation, Place, RequestBody, Target};
use support::Reply;
use support::oss::{put, request, with_bucket};

/// What is answered with 501, as `docs/local.md` says.
const REFUSED: [&str; 18] = [
    "ProcessObject",
    "AsyncProcessObject",
    "GetMetaQueryStatus",
    "CloseMetaQuery",
    "DoMetaQuery",
    "OpenMetaQuery",
    "CreateBucketMetadataConfiguration",
    "GetBucketMetadataConfiguration",
    "DeleteBucketMetadataConfiguration",
    "UpdateBucketMetadataInventoryTableConfiguration",
    "UpdateBucketMetadataJournalTableConfiguration",
    "DoMetaQueryAction",
    "DoDataPipelineAction",
    "CreateBucketDataRedundancyTransition",
    "GetBucketDataRedundancyTransition",
    "ListBucketDataRedundancyTransition",
    "ListUserDataRedundancyTransition",
    "DeleteBucketDataRedundancyTransition",
];

/// Sends an operation with nothing but what it must have.
async fn call(local: &Local, operation: &Operation) -> Reply {
    let (bucket, key) = match operation.target {
        Target::Service => ("", ""),
        Target::Bucket => ("bkt", ""),
        _ => ("bkt", "k"),
    };
    let needed = || operation.params().filter(|param| param.required);
    let fixed = operation.query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let given = needed().filter(|param| param.place == Place::Query);
    let given = given.map(|param| {
        (param.wire.to_owned(), if param.wire == "x-oss-process" { "csv/select" } else { "1" }.to_owned())
    });
    let query: Vec<_> = fixed.chain(given).map(|(name, value)| format!("{name}={}", encode::percent(&value))).collect();
    let mut request = request(Method::from(operation.method), bucket, key, &query.join("&"));
    for param in needed() {
        match param.place {
            Place::Header => request = request.header(param.wire, "1"),
            Place::CopySource => request = request.header("x-oss-copy-source", "/bkt/k"),
            _ => {}
        }
    }
    let body = match operation.body {
        RequestBody::Xml { root, .. } => format!("<{root}/>"),
        _ => String::new(),
    };
    request.body(body).send(local).await
}

#[tokio::test]
async fn operations_are_served_or_refused_as_the_documentation_says() {
    let local = with_bucket(|builder| builder).await;
    let mut refused = Vec::new();
    // What deletes the bucket comes last.
    let mut all: Vec<_> = operation::all().collect();
    all.sort_by_key(|operation| operation.name == "DeleteBucket");
    for operation in all {
        put(&local, "k", "x").await;
        let reply = call(&local, operation).await;
        assert_ne!(reply.status, 405, "{}: {}", operation.name, reply.text());
        assert!(reply.status < 500 || reply.status == 501, "{}: {}", operation.name, reply.text());
        assert_eq!(reply.header("x-oss-request-id").len(), 24, "{}", operation.name);
        if reply.status == 501 {
            refused.push(operation.name);
        }
    }
    // The order is that of the tables, which is nobody's business.
    refused.sort_unstable();
    let mut expected = REFUSED;
    expected.sort_unstable();
    assert_eq!(refused, expected);
}
