//! Presigned URLs by the trait.

#![cfg(feature = "signer")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use object_store::path::Path;
use object_store::signer::{HeaderName, HeaderValue, Method, SignedUrlOptions, Signer as _};
use object_store::{Error, ObjectStoreExt as _};
use support::store;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn urls_carry_their_signature() {
    let (local, store) = store().await;
    let path = Path::parse("a b/云%2F.txt").unwrap();
    store.put(&path, "hello".into()).await.unwrap();
    let url = store.signed_url(Method::GET, &path, MINUTE).await.unwrap();
    assert!(url.as_str().starts_with(&local.url()), "{url}");
    assert!(url.path().ends_with("/lake/a%20b/%E4%BA%91%252F.txt"), "{url}");
    let given = |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    assert_eq!(given("x-oss-expires").as_deref(), Some("60"));
    assert!(given("x-oss-signature").is_some());
    let refused = store.signed_url(Method::POST, &path, MINUTE).await.unwrap_err();
    assert!(matches!(refused, Error::NotSupported { .. }), "{refused}");
}

#[tokio::test]
async fn what_is_signed_with_a_url_is_in_its_signature() {
    let (_local, store) = store().await;
    let path = Path::from("a");
    let header = |name: &'static str| {
        SignedUrlOptions::new()
            .with_signed_header(HeaderName::from_static(name), HeaderValue::from_static("text/plain"))
    };
    let options = header("content-type").with_query([("partNumber", "1"), ("uploadId", "A/B")]);
    let url = store.signed_url_opts(Method::PUT, &path, MINUTE, &options).await.unwrap();
    assert!(url.as_str().contains("uploadId=A%2FB"), "{url}");
    let refused = store.signed_url_opts(Method::PUT, &path, MINUTE, &header("content-language")).await.unwrap_err();
    assert!(matches!(refused, Error::NotSupported { .. }), "{refused}");
}
