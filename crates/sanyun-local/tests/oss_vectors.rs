//! Vector buckets, with our own client as it is, through the local cloud as its proxy.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use sanyun_local::{ACCESS_KEY, Local, SECRET_KEY};
use sanyun_oss::operation::Product;
use sanyun_oss::ops::vectors::{
    BucketLoggingStatus, DeleteBucketLogging, DeleteBucketPolicy, DeleteVectorBucket, DeleteVectorIndex, DeleteVectors,
    GetBucketLogging, GetBucketPolicy, GetVectorBucket, GetVectorIndex, GetVectors, ListVectorBuckets,
    ListVectorIndexes, ListVectors, LoggingEnabled, PutBucketLogging, PutBucketPolicy, PutVectorBucket, PutVectorIndex,
    PutVectorIndexFusion, PutVectors, QueryVectors,
};
use sanyun_oss::{Client, Credential, Http};
use serde_json::{Value, json};

const ACCOUNT: &str = "100000000001";

fn client(local: &Local, region: &str, secret: &str) -> Client {
    Client::builder()
        .product(Product::Vectors)
        .region(region)
        .account_id(ACCOUNT)
        .plain_http()
        .http(Http::default().proxy(local.url()))
        .credentials(Credential::keys(ACCESS_KEY, secret))
        .build()
        .unwrap()
}

async fn with_bucket() -> (Local, Client) {
    let local = Local::builder().start().await.unwrap();
    let client = client(&local, "cn-hangzhou", SECRET_KEY);
    client.call(PutVectorBucket::new("bkt")).await.unwrap();
    (local, client)
}

async fn make_index(client: &Client, metric: &str) {
    let index = PutVectorIndex::new("bkt").index_name("idx").data_type("float32").dimension(2).distance_metric(metric);
    let metadata = json!({ "nonFilterableMetadataKeys": ["note"] });
    client.call(index.metadata(metadata)).await.unwrap();
}

fn vector(key: &str, numbers: [f64; 2], kind: &str) -> Value {
    json!({ "key": key, "data": { "float32": numbers }, "metadata": { "kind": kind, "note": "n" } })
}

async fn with_vectors(metric: &str) -> (Local, Client) {
    let (local, client) = with_bucket().await;
    make_index(&client, metric).await;
    let all = vec![vector("a", [1.0, 0.0], "x"), vector("b", [0.0, 2.0], "y"), vector("c", [3.0, 0.5], "x")];
    client.call(PutVectors::new("bkt").index_name("idx").vectors(all)).await.unwrap();
    (local, client)
}

fn keys(vectors: &[Value]) -> Vec<&str> {
    vectors.iter().map(|vector| vector["key"].as_str().unwrap()).collect()
}

macro_rules! assert_refused {
    ($call:expr, $status:literal, $code:literal) => {{
        let error = $call.await.err().expect("it is refused");
        let status = error.service().map(|service| service.status());
        assert_eq!((status, error.code()), (Some($status), Some($code)), "{error}");
        assert_eq!(error.request_id().map(str::len), Some(24));
    }};
}

#[tokio::test]
async fn buckets_come_and_go() {
    let (local, client) = with_bucket().await;
    let elsewhere = self::client(&local, "cn-beijing", SECRET_KEY);
    client.call(PutVectorBucket::new("bkt")).await.unwrap();
    assert_refused!(elsewhere.call(PutVectorBucket::new("bkt")), 409, "BucketAlreadyExists");
    assert_refused!(elsewhere.call(GetVectorBucket::new("bkt")), 404, "NoSuchBucket");
    elsewhere.call(PutVectorBucket::new("bkt-2").resource_group_id("rg")).await.unwrap();
    let info = client.call(GetVectorBucket::new("bkt")).await.unwrap().into_inner().bucket_info.unwrap();
    assert_eq!(info.name.as_deref(), Some("acs:ossvector:cn-hangzhou:100000000001:bkt"));
    assert_eq!(info.intranet_endpoint.as_deref(), Some("cn-hangzhou-internal.oss-vectors.aliyuncs.com"));
    let other = elsewhere.call(GetVectorBucket::new("bkt-2")).await.unwrap().into_inner().bucket_info.unwrap();
    assert_eq!((other.region.as_deref(), other.resource_group_id.as_deref()), (Some("cn-beijing"), Some("rg")));
    make_index(&client, "cosine").await;
    assert_refused!(client.call(DeleteVectorBucket::new("bkt")), 409, "BucketNotEmpty");
    client.call(DeleteVectorIndex::new("bkt").index_name("idx")).await.unwrap();
    client.call(DeleteVectorBucket::new("bkt")).await.unwrap();
    assert_refused!(client.call(DeleteVectorBucket::new("bkt")), 404, "NoSuchBucket");
}

#[tokio::test]
async fn configurations_are_kept() {
    let (_local, client) = with_bucket().await;
    let logging = || GetBucketLogging::new("bkt");
    let enabled = |status: Option<BucketLoggingStatus>| status.unwrap().logging_enabled;
    assert!(enabled(client.call(logging()).await.unwrap().into_inner().bucket_logging_status).is_none());
    let wish = LoggingEnabled::new().target_bucket("logs").target_prefix("p/").logging_role("r");
    let wish = BucketLoggingStatus::new().logging_enabled(wish);
    client.call(PutBucketLogging::new("bkt").bucket_logging_status(wish)).await.unwrap();
    let kept = enabled(client.call(logging()).await.unwrap().into_inner().bucket_logging_status).unwrap();
    assert_eq!((kept.target_bucket.as_deref(), kept.logging_role.as_deref()), (Some("logs"), Some("r")));
    client.call(DeleteBucketLogging::new("bkt")).await.unwrap();
    assert!(enabled(client.call(logging()).await.unwrap().into_inner().bucket_logging_status).is_none());

    let policy = || GetBucketPolicy::new("bkt");
    let text = r#"{"Version": "1", "Statement": []}"#;
    assert_refused!(client.call(policy()), 404, "NoSuchBucketPolicy");
    assert_refused!(client.call(PutBucketPolicy::new("bkt")).body("no"), 400, "InvalidPolicyDocument");
    client.call(PutBucketPolicy::new("bkt")).body(text).await.unwrap();
    assert_eq!(client.call(policy()).await.unwrap().body.as_deref(), Some(text));
    let listed = client.call(ListVectorBuckets::new()).await.unwrap().into_inner().buckets;
    assert!(listed.iter().any(|bucket| bucket.name.as_deref().is_some_and(|name| name.ends_with("bkt"))), "{listed:?}");
    client.call(DeleteBucketPolicy::new("bkt")).await.unwrap();
    assert_refused!(client.call(policy()), 404, "NoSuchBucketPolicy");
}

#[tokio::test]
async fn indexes_are_made_and_listed() {
    let (_local, client) = with_bucket().await;
    let index = |name: &str| PutVectorIndex::new("bkt").index_name(name).data_type("float32").distance_metric("cosine");
    for name in ["b", "a", "other"] {
        client.call(index(name).dimension(2)).await.unwrap();
    }
    assert_refused!(client.call(index("a").dimension(2)), 409, "VectorIndexAlreadyExists");
    assert_refused!(client.call(index("c").dimension(4097)), 400, "InvalidArgument");
    assert_refused!(client.call(index("1c").dimension(2)), 400, "InvalidArgument");
    assert_refused!(client.call(index("c").dimension(2).distance_metric("manhattan")), 400, "InvalidArgument");
    let found = client.call(GetVectorIndex::new("bkt").index_name("a")).await.unwrap().into_inner().index.unwrap();
    assert_eq!(
        (&found["indexName"], &found["dimension"], &found["status"]),
        (&json!("a"), &json!(2), &json!("enable"))
    );
    let page = client.call(ListVectorIndexes::new("bkt").max_results(2)).await.unwrap().into_inner();
    assert_eq!(page.indexes.iter().map(|index| &index["indexName"]).collect::<Vec<_>>(), ["a", "b"]);
    let rest = ListVectorIndexes::new("bkt").next_token(page.next_token.unwrap());
    let rest = client.call(rest).await.unwrap().into_inner();
    assert_eq!((rest.indexes.len(), rest.next_token), (1, None));
    assert_eq!(client.call(ListVectorIndexes::new("bkt").prefix("o")).await.unwrap().into_inner().indexes.len(), 1);
    assert_refused!(client.call(GetVectorIndex::new("bkt").index_name("none")), 404, "NoSuchVectorIndex");
    assert_refused!(client.call(DeleteVectorIndex::new("bkt").index_name("none")), 404, "NoSuchVectorIndex");
    assert_refused!(client.call(GetVectorIndex::new("none").index_name("a")), 404, "NoSuchBucket");
}

#[tokio::test]
async fn vectors_are_put_got_listed_and_deleted() {
    let (_local, client) = with_vectors("euclidean").await;
    let get = GetVectors::new("bkt").index_name("idx").keys(["a", "none"]).return_data(true).return_metadata(true);
    assert_eq!(client.call(get).await.unwrap().into_inner().vectors, [vector("a", [1.0, 0.0], "x")]);
    let list = || ListVectors::new("bkt").index_name("idx");
    let page = client.call(list().max_results(2)).await.unwrap().into_inner();
    assert_eq!(page.vectors, [json!({ "key": "a" }), json!({ "key": "b" })]);
    let rest = client.call(list().next_token(page.next_token.unwrap())).await.unwrap().into_inner();
    assert_eq!((keys(&rest.vectors), rest.next_token), (vec!["c"], None));
    let mut segments = Vec::new();
    for segment in 0..3 {
        segments
            .extend(client.call(list().segment_count(3).segment_index(segment)).await.unwrap().into_inner().vectors);
    }
    segments.sort_by_key(|vector| vector["key"].to_string());
    assert_eq!(keys(&segments), ["a", "b", "c"]);
    let short = json!({ "key": "a", "data": { "float32": [1.0] } });
    let put = |vectors| PutVectors::new("bkt").index_name("idx").vectors(vectors);
    assert_refused!(client.call(put(vec![vector("d", [1.0, 1.0], "x"), short])), 400, "InvalidArgument");
    client.call(put(vec![vector("a", [9.0, 9.0], "z")])).await.unwrap();
    client.call(DeleteVectors::new("bkt").index_name("idx").keys(["b", "none"])).await.unwrap();
    let left = client.call(list().return_data(true)).await.unwrap().into_inner().vectors;
    assert_eq!(keys(&left), ["a", "c"]);
    assert_eq!(left[0]["data"]["float32"], json!([9.0, 9.0]));
}

#[tokio::test]
async fn the_nearest_are_found() {
    for (metric, expected, nearest) in [("euclidean", ["a", "b", "c"], 1.0), ("cosine", ["a", "c", "b"], 0.0)] {
        let (_local, client) = with_vectors(metric).await;
        let query = |numbers: Value| {
            QueryVectors::new("bkt").index_name("idx").query_vector(json!({ "float32": numbers })).top_k(3)
        };
        let found = client.call(query(json!([0.5, 0.0])).return_distance(true)).await.unwrap().into_inner().vectors;
        assert_eq!(keys(&found), expected, "{metric}");
        assert_eq!(found[0]["distance"].as_f64().unwrap() * 2.0, nearest, "{metric}");
        let found =
            client.call(query(json!([0.5, 0.0])).top_k(1).return_metadata(true)).await.unwrap().into_inner().vectors;
        assert_eq!(found, [json!({ "key": "a", "metadata": { "kind": "x", "note": "n" } })]);
        let of_kind = json!({ "$and": [{ "kind": { "$in": ["x"] } }, { "note": { "$exists": true } }] });
        let closed = query(json!([0.5, 0.0])).filter(of_kind);
        assert_refused!(client.call(closed), 400, "InvalidArgument");
        let open = query(json!([0.5, 0.0])).filter(json!({ "kind": { "$ne": "x" } }));
        assert_eq!(keys(&client.call(open).await.unwrap().into_inner().vectors), ["b"]);
        assert_refused!(client.call(query(json!([1.0]))), 400, "InvalidArgument");
        assert_refused!(client.call(query(json!([1.0, 1.0])).top_k(101)), 400, "InvalidArgument");
    }
}

#[tokio::test]
async fn what_is_not_right_is_refused() {
    let (local, client) = with_bucket().await;
    let wrong = self::client(&local, "cn-hangzhou", "another");
    assert_refused!(wrong.call(GetVectorBucket::new("bkt")), 403, "SignatureDoesNotMatch");
    let fusion = PutVectorIndexFusion::new("bkt").index_name("idx");
    assert_refused!(client.call(fusion), 501, "NotImplemented");
}

#[tokio::test]
async fn vectors_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let start = || Local::builder().data_dir(folder.path()).start();
    let local = start().await.unwrap();
    let client = self::client(&local, "cn-hangzhou", SECRET_KEY);
    client.call(PutVectorBucket::new("bkt")).await.unwrap();
    make_index(&client, "cosine").await;
    let all = vec![vector("a", [0.1, 0.2], "x")];
    client.call(PutVectors::new("bkt").index_name("idx").vectors(all.clone())).await.unwrap();
    local.shutdown().await;
    let local = start().await.unwrap();
    let get = GetVectors::new("bkt").index_name("idx").keys(["a"]).return_data(true).return_metadata(true);
    let found = self::client(&local, "cn-hangzhou", SECRET_KEY).call(get).await.unwrap();
    assert_eq!(found.vectors, all);
}
