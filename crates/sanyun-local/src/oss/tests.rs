use http::HeaderMap;

use super::*;

fn find(method: Method, target: &str, headers: &[(&'static str, &'static str)]) -> Result<Operation, u16> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut map = HeaderMap::new();
    map.insert("host", "127.0.0.1:1".parse().unwrap());
    for (name, value) in headers {
        map.insert(*name, value.parse().unwrap());
    }
    let head = Head { method, path: path.to_owned(), query: query.to_owned(), headers: map, authority: None };
    let address = Address::of(&head).unwrap();
    operation(&head, &address).map_err(|refusal| refusal.status.as_u16())
}

#[test]
fn every_operation_is_found() {
    for (method, target, expected) in [
        (Method::GET, "/", Ok(Operation::ListBuckets)),
        (Method::PUT, "/b", Ok(Operation::PutBucket)),
        (Method::PUT, "/b/", Ok(Operation::PutBucket)),
        (Method::PUT, "/b/?acl", Ok(Operation::PutBucketAcl)),
        (Method::GET, "/b/?list-type=2&encoding-type=url", Ok(Operation::ListObjectsV2)),
        (Method::GET, "/b/?encoding-type=url", Ok(Operation::ListObjects)),
        (Method::GET, "/b/?bucketInfo=", Ok(Operation::GetBucketInfo)),
        (Method::POST, "/b/?delete&encoding-type=url", Ok(Operation::DeleteMultipleObjects)),
        (Method::PUT, "/b/k", Ok(Operation::PutObject)),
        (Method::HEAD, "/b/k?objectMeta", Ok(Operation::GetObjectMeta)),
        (Method::GET, "/b/k?x-oss-signature-version=OSS4-HMAC-SHA256", Ok(Operation::GetObject)),
        (Method::PUT, "/b/?lifecycle", Err(501)),
        (Method::GET, "/b/?versions", Err(501)),
        (Method::PUT, "/b/k?uploadId=1&partNumber=1", Err(501)),
        (Method::GET, "/b/k?x-oss-process=image%2Fresize", Err(501)),
        (Method::POST, "/b/k", Err(405)),
        (Method::PATCH, "/b", Err(405)),
    ] {
        assert_eq!(find(method.clone(), target, &[]), expected, "{method} {target}");
    }
    assert_eq!(find(Method::PUT, "/b/k", &[("x-oss-copy-source", "/b/l")]), Ok(Operation::CopyObject));
    assert_eq!(find(Method::PUT, "/b/k", &[("x-oss-callback", "e30=")]), Err(501));
}

#[test]
fn milliseconds_are_written() {
    assert_eq!(iso_millis(1_702_743_657_005), "2023-12-16T16:20:57.005Z");
}
