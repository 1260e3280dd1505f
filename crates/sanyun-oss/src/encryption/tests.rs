#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::HeaderMap;
use sanyun_core::{BoxFuture, Error, ErrorKind, OpenBody, Result, SeededChance, StreamBody};
use serde_json::{Value, json};

use super::envelope::Envelope;
use super::*;
use crate::input::Input;
use crate::operation::Request as _;
use crate::ops::PutObject;

const A: &str = include_str!("../../tests/keys/a.pkcs8.pem");
const A_PKCS1: &str = include_str!("../../tests/keys/a.pkcs1.pem");
const A_PUBLIC: &str = include_str!("../../tests/keys/a.public.pem");
const A_PUBLIC_PKCS1: &str = include_str!("../../tests/keys/a.public-pkcs1.pem");
const B: &str = include_str!("../../tests/keys/b.pkcs1.pem");
const C: &str = include_str!("../../tests/keys/c.pkcs1.pem");

fn inside(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

/// The headers of an object whose key these masters wrapped.
fn headers(envelope: &Envelope) -> HeaderMap {
    let mut input = Input::new(PutObject::OPERATION);
    envelope.set(&mut input).unwrap();
    input.headers.into_iter().collect()
}

async fn reopened(keys: &Keys, headers: &HeaderMap) -> Result<Arc<DataKey>> {
    keys.open(&Envelope::of_headers(headers)?.unwrap(), &SeededChance::new(9)).await
}

fn same(one: &DataKey, other: &DataKey) -> bool {
    (one.key(), one.start()) == (other.key(), other.start())
}

#[tokio::test]
async fn keys_come_in_every_form() {
    let chance = SeededChance::new(1);
    let (data_key, envelope) = Keys::new(MasterKey::rsa_public(A_PUBLIC).unwrap()).seal(&chance).await.unwrap();
    let headers = headers(&envelope);
    let wrong_label = A_PKCS1.replace("RSA PRIVATE", "PRIVATE");
    let windows = A.replace('\n', "\r\n");
    for private in [A, A_PKCS1, &wrong_label, &windows, &inside(A), &inside(A_PKCS1)] {
        let opened = reopened(&Keys::new(MasterKey::rsa_private(private).unwrap()), &headers).await.unwrap();
        assert!(same(&data_key, &opened));
    }
    for public in [A_PUBLIC, A_PUBLIC_PKCS1, &inside(A_PUBLIC)] {
        assert!(MasterKey::rsa(public, A).is_ok());
        let writes_only = MasterKey::rsa_public(public).unwrap();
        assert_eq!(reopened(&Keys::new(writes_only), &headers).await.unwrap_err().kind(), ErrorKind::Config);
    }
}

#[test]
fn what_is_no_key_or_no_pair_is_refused_and_not_shown() {
    for (public, private) in [(A_PUBLIC, B), (A_PUBLIC, ""), ("", A), (A_PUBLIC, A_PUBLIC), (A, A), ("AAAA", "AAAA")] {
        let error = MasterKey::rsa(public, private).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!format!("{error:?} {error}").contains("MII"), "{error:?}");
    }
    let key = MasterKey::rsa(A_PUBLIC, A).unwrap().description(json!({"name": "a"}));
    assert_eq!(format!("{key:?}"), r#"MasterKey(RSA/NONE/PKCS1Padding, {"name":"a"})"#);
    assert_eq!(
        format!("{:?} {:?}", DataKey::new(&[7; 32], &[7; 16]).unwrap(), SecretBytes::new(vec![7])),
        "DataKey(***) SecretBytes(***)"
    );
}

/// The padding has no checksum, and its check is made so that nobody learns from it: another key gives bytes, not an error.
#[tokio::test]
async fn a_wrong_key_is_always_noticed() {
    let chance = SeededChance::new(2);
    let [longer, right, wrong] = [A, B, C].map(|pem| Keys::new(MasterKey::rsa_private(pem).unwrap()));
    for _ in 0..20 {
        let (_, envelope) = right.seal(&chance).await.unwrap();
        for wrong in [&wrong, &longer] {
            let error = reopened(wrong, &headers(&envelope)).await.unwrap_err();
            assert_eq!((error.kind(), error.message()), (ErrorKind::Decode, "the master key does not fit the object"));
        }
    }
    // Bytes of the right lengths that no client would have written.
    let start = SecretBytes::new(vec![1; 16]);
    let master = MasterKey::rsa_private(B).unwrap();
    let (_, mut envelope) = right.seal(&chance).await.unwrap();
    envelope.start = master.wrap(&start, &chance).await.unwrap();
    assert!(reopened(&right, &headers(&envelope)).await.is_err());
}

#[tokio::test]
async fn new_keys_are_random_and_leave_room_for_the_counter() {
    let (one, other) =
        (DataKey::random(&SeededChance::new(1)).unwrap(), DataKey::random(&SeededChance::new(2)).unwrap());
    assert!(one.key() != other.key() && one.start() != other.start());
    for key in [&one, &other] {
        assert_eq!(key.start()[8..12], [0; 4]);
        assert!(key.key().iter().filter(|byte| **byte == 0).count() < 8);
        assert!(key.start()[..8] != [0; 8] && key.start()[12..] != [0; 4]);
    }
    let keys = Keys::new(MasterKey::rsa_private(B).unwrap());
    let chance = sanyun_core::SystemChance;
    let (first, second) = (keys.seal(&chance).await.unwrap(), keys.seal(&chance).await.unwrap());
    assert!(first.0.key() != second.0.key() && first.1.key != second.1.key && first.1.start != second.1.start);
}

struct Reversed(Arc<AtomicUsize>);

impl MasterCipher for Reversed {
    fn algorithm(&self) -> &str {
        "KMS/ALICLOUD"
    }

    fn wrap<'a>(&'a self, secret: &'a SecretBytes) -> BoxFuture<'a, Result<Vec<u8>>> {
        Box::pin(async { Ok(secret.expose().iter().rev().copied().collect()) })
    }

    fn unwrap<'a>(&'a self, wrapped: &'a [u8]) -> BoxFuture<'a, Result<SecretBytes>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(SecretBytes::new(wrapped.iter().rev().copied().collect())) })
    }
}

#[tokio::test]
async fn a_key_elsewhere_is_asked_once_an_object() {
    let (asked, chance) = (Arc::new(AtomicUsize::new(0)), SeededChance::new(3));
    let keys = Keys::new(MasterKey::custom(Reversed(Arc::clone(&asked))));
    let (data_key, envelope) = keys.seal(&chance).await.unwrap();
    let headers = headers(&envelope);
    assert_eq!(headers["x-oss-meta-client-side-encryption-wrap-alg"], "KMS/ALICLOUD");
    for _ in 0..3 {
        assert!(same(&data_key, &reopened(&keys, &headers).await.unwrap()));
    }
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    let rsa = Keys::new(MasterKey::rsa_private(B).unwrap());
    assert!(reopened(&rsa, &headers).await.unwrap_err().message().contains("KMS/ALICLOUD"));
    // The latest are kept, and not more.
    for _ in 0..40 {
        let (_, envelope) = keys.seal(&chance).await.unwrap();
        keys.open(&envelope, &chance).await.unwrap();
    }
    asked.store(0, Ordering::Relaxed);
    reopened(&keys, &headers).await.unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn descriptions_are_compared_as_json() {
    let chance = SeededChance::new(4);
    let described = |pem: &str, text: &str| {
        MasterKey::rsa_private(pem).unwrap().description(serde_json::from_str::<Value>(text).unwrap())
    };
    let old = Keys::new(described(B, r#"{"n":1,"k":"ü"}"#));
    let (data_key, envelope) = old.seal(&chance).await.unwrap();
    let mut headers = headers(&envelope);
    assert_eq!(headers["x-oss-meta-client-side-encryption-matdesc"], r#"{"n": 1, "k": "\u00fc"}"#);
    let both = Keys::new(described(A, r#"{"n":2}"#)).with_older(described(B, r#"{"k":"ü","n":1}"#));
    for text in [r#"{"k":"\u00fc","n":1}"#, r#"{ "n" : 1, "k" : "\u00fc" }"#] {
        headers.insert("x-oss-meta-client-side-encryption-matdesc", text.parse().unwrap());
        assert!(same(&data_key, &reopened(&both, &headers).await.unwrap()));
    }
    // No such description: the key of new objects, which does not fit.
    headers.remove("x-oss-meta-client-side-encryption-matdesc");
    assert_eq!(reopened(&both, &headers).await.unwrap_err().kind(), ErrorKind::Decode);
    // An older key without description is for objects without one.
    let both = Keys::new(described(A, r#"{"n":2}"#)).with_older(described(B, "{}"));
    assert!(same(&data_key, &reopened(&both, &headers).await.unwrap()));
}

#[tokio::test]
async fn descriptions_go_out_as_the_official_sdk_compares_them() {
    let description = json!({"a": [1, true, null, 1.5], "b": {"😀": "\"\\\n"}, "c": {}});
    let keys = Keys::new(MasterKey::rsa_private(B).unwrap().description(description));
    let (_, envelope) = keys.seal(&SeededChance::new(5)).await.unwrap();
    // Python 3.11: json.dumps of the same.
    let python = r#"{"a": [1, true, null, 1.5], "b": {"\ud83d\ude00": "\"\\\n"}, "c": {}}"#;
    assert_eq!(headers(&envelope)["x-oss-meta-client-side-encryption-matdesc"], python);
}

#[tokio::test]
async fn an_envelope_is_whole_or_an_error() {
    let keys = Keys::new(MasterKey::rsa_private(B).unwrap());
    let (_, envelope) = keys.seal(&SeededChance::new(6)).await.unwrap();
    let whole = headers(&envelope);
    assert_eq!(Envelope::of_headers(&whole).unwrap(), Some(envelope));
    assert_eq!(Envelope::of_headers(&HeaderMap::new()).unwrap(), None);
    for name in ["start", "wrap-alg", "cek-alg"] {
        let name = format!("x-oss-meta-client-side-encryption-{name}");
        let mut headers = whole.clone();
        headers.remove(&name);
        let error: Error = Envelope::of_headers(&headers).unwrap_err();
        assert!(error.kind() == ErrorKind::Decode && error.message().contains(&name), "{error:?}");
    }
    let mut headers = whole;
    headers.insert("x-oss-meta-client-side-encryption-key", "*".parse().unwrap());
    assert!(Envelope::of_headers(&headers).unwrap_err().message().contains("Base64"));
}

#[test]
fn what_describes_the_content_becomes_metadata() {
    let envelope = Envelope { key: vec![1], start: vec![2], wrap_algorithm: "w".to_owned(), description: None };
    let input = Input::new(PutObject::OPERATION).header("content-md5", "abc==").unwrap();
    let mut input = input.header("Content-Length", "7").unwrap();
    envelope.set(&mut input).unwrap();
    let headers: HeaderMap = input.headers.into_iter().collect();
    assert_eq!(headers["x-oss-meta-client-side-encryption-unencrypted-content-md5"], "abc==");
    assert_eq!(headers["x-oss-meta-client-side-encryption-unencrypted-content-length"], "7");
    assert!(!headers.contains_key("content-md5") && !headers.contains_key("content-length"));
}

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 31 % 251) as u8).collect()
}

async fn collected(body: &Body) -> Vec<u8> {
    match body.open().unwrap() {
        OpenBody::Empty => Vec::new(),
        OpenBody::Bytes(bytes) => bytes.to_vec(),
        OpenBody::Stream(stream, len) => StreamBody::new(stream, len).collect().await.unwrap().to_vec(),
    }
}

#[tokio::test]
async fn any_part_of_the_content_can_be_decrypted_alone() {
    // A counter that carries out of its lower half, as no client of OSS makes it.
    for start in [[0; 16], [255; 16], *b"\0\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xf0"] {
        let (key, plain) = (Arc::new(DataKey::new(&[7; 32], &start).unwrap()), content(300_000));
        let body = content::encrypted(plain.clone().into(), Arc::clone(&key), 0).unwrap();
        let secret = collected(&body).await;
        assert!(secret != plain && secret.len() == plain.len());
        for (first, last) in [(0, 300_000), (1, 2), (15, 17), (16, 300_000), (131_071, 131_074), (299_999, 300_000)] {
            let mut part = secret[first..last].to_vec();
            key.apply(first as u64, &mut part);
            assert_eq!(part, plain[first..last]);
            let aligned = first - first % 16;
            let stream = StreamBody::from(Bytes::copy_from_slice(&secret[aligned..last])).into_stream();
            let stream = content::applied(stream, Some(&key), aligned as u64, (first - aligned) as u64);
            assert_eq!(StreamBody::new(stream, None).collect().await.unwrap(), plain[first..last]);
        }
    }
}

#[tokio::test]
async fn a_body_that_can_be_sent_again_is_the_same_each_time() {
    let (key, plain) = (Arc::new(DataKey::new(&[1; 32], &[2; 16]).unwrap()), content(1_000_003));
    let body = content::encrypted(plain.clone().into(), Arc::clone(&key), 48).unwrap();
    assert_eq!((body.len(), body.is_replayable()), (Some(1_000_003), true));
    assert_eq!(collected(&body).await, collected(&body).await);
    let OpenBody::Stream(stream, len) = body.open().unwrap() else { unreachable!("it has bytes") };
    let mut stream = StreamBody::new(stream, len);
    while let Some(piece) = stream.chunk().await {
        assert!(piece.unwrap().len() <= 128 * 1024, "a body in memory is not copied whole");
    }
    let once = Body::once(StreamBody::from(Bytes::from(plain.clone())).into_stream(), None);
    let once = content::encrypted(once, Arc::clone(&key), 48).unwrap();
    assert_eq!((once.len(), once.is_replayable()), (None, false));
    assert_eq!(collected(&once).await, collected(&body).await);
    assert!(content::encrypted(Body::empty(), key, 0).unwrap().is_empty());
}
