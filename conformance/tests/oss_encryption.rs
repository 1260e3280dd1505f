//! Client-side encryption against the local cloud: every range is right, and memory stays bounded. What the official SDK
//! writes and reads is the matter of `python/clients/oss_encryption.py`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::future::IntoFuture as _;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use sanyun_core::{Body, ByteStream};
use sanyun_local::{ACCESS_KEY, Local, SECRET_KEY};
use sanyun_oss::encryption::{EncryptedBucket, MasterKey};
use sanyun_oss::{Client, Credential, crc};

const PRIVATE: &str = include_str!("../../crates/sanyun-oss/tests/keys/b.pkcs1.pem");
const MIB: u64 = 1 << 20;
const PIECE_BYTES: u64 = 64 * 1024;
/// What both sides together may take beyond what the process had before.
const MAX_GROWTH_KIB: u64 = 14 * 1024;
/// More than that, so that a body which is kept whole is noticed; not a round number of anything.
const SIZE: u64 = 17 * MIB + 1023;
const PART: u64 = 3 * MIB;

async fn photos(local: &Local) -> EncryptedBucket {
    let client = Client::builder()
        .region("cn-hangzhou")
        .endpoint(local.url())
        .credentials(Credential::keys(ACCESS_KEY, SECRET_KEY))
        .build()
        .unwrap();
    let bucket = client.bucket("photos");
    bucket.create().await.unwrap();
    bucket.encrypted(MasterKey::rsa_private(PRIVATE).unwrap())
}

/// Bytes `first..last` of an endless text, piece by piece.
struct Made {
    at: u64,
    last: u64,
}

impl Made {
    fn body(first: u64, last: u64) -> Body {
        Body::factory(Some(last - first), move || {
            let stream: ByteStream = Box::pin(Self { at: first, last });
            Ok(stream)
        })
    }

    fn piece(&mut self) -> Option<Bytes> {
        let (first, last) = (self.at, self.last.min(self.at + PIECE_BYTES));
        self.at = last;
        // Every eight bytes are their place in the text.
        let words = (first / 8..last.div_ceil(8)).flat_map(u64::to_le_bytes).collect::<Vec<_>>();
        let skipped = (first % 8) as usize;
        (first < last).then(|| Bytes::from(words).slice(skipped..skipped + (last - first) as usize))
    }
}

impl Stream for Made {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.piece().map(Ok))
    }
}

/// Reads an object and compares it with the text.
async fn is_made(photos: &EncryptedBucket, key: &str) {
    let (mut object, mut at) = (photos.get(key).await.unwrap(), 0);
    while let Some(piece) = object.chunk().await.unwrap() {
        for piece in piece.chunks(PIECE_BYTES as usize) {
            let last = at + piece.len() as u64;
            assert!(Made { at, last }.piece().unwrap() == piece, "{key} has other bytes at {at}");
            at = last;
        }
    }
    assert_eq!(at, SIZE);
}

#[tokio::test]
async fn memory_is_bounded_in_one_piece_and_in_parts() {
    let local = Local::builder().start().await.unwrap();
    let photos = photos(&local).await;
    let before = memory("VmRSS:");

    photos.put("one", Made::body(0, SIZE)).await.unwrap();
    is_made(&photos, "one").await;

    let upload = photos.initiate("parts", PART).data_size(SIZE).await.unwrap().into_inner();
    // Two at a time, the later one first; what is there is listed again by another client.
    for pair in [[2, 1], [4, 3]] {
        let [second, first] = pair.map(|number| upload.part(number, part(number)).into_future());
        let (second, first) = tokio::join!(second, first);
        assert!(second.is_ok() && first.is_ok());
    }
    let (resumed, mut parts) = photos.resume("parts", upload.upload_id()).await.unwrap();
    assert_eq!((resumed.part_size(), resumed.data_size(), parts.len()), (PART, Some(SIZE), 4));
    for number in [5, 6] {
        parts.push(resumed.part(number, part(number)).await.unwrap().into_inner());
    }
    resumed.complete(parts).await.unwrap();
    is_made(&photos, "parts").await;

    if let (Some(before), Some(peak)) = (before, memory("VmHWM:")) {
        assert!(peak - before < MAX_GROWTH_KIB, "{} KiB", peak - before);
    }
}

fn part(number: u32) -> Body {
    let first = u64::from(number - 1) * PART;
    Made::body(first, SIZE.min(first + PART))
}

#[tokio::test]
async fn every_range_is_what_was_written() {
    let local = Local::builder().start().await.unwrap();
    let photos = photos(&local).await;
    let plain = Made { at: 0, last: 100 }.piece().unwrap().to_vec();
    photos.put("k", plain.clone()).await.unwrap();
    for first in [0_usize, 1, 15, 16, 17, 47, 48, 95, 96, 99] {
        for last in [0_usize, 1, 15, 16, 31, 32, 98, 99, 200].into_iter().filter(|last| *last >= first) {
            let mut object = photos.get("k").range(first as u64..=last as u64).await.unwrap().into_inner();
            let expected = &plain[first..=last.min(99)];
            assert_eq!(object.bytes().await.unwrap(), expected, "{first}-{last}");
            let range = object.content_range().unwrap();
            assert_eq!((range.first, range.last, range.total), (first as u64, last.min(99) as u64, Some(100)));
            assert_eq!(object.content_length(), Some(expected.len() as u64));
        }
        assert_eq!(photos.get("k").last(100 - first as u64).await.unwrap().bytes().await.unwrap(), plain[first..]);
    }
    assert_eq!(photos.get("k").last(500).await.unwrap().bytes().await.unwrap(), plain);
    for first in [100, 101, 111, 112, 10_000] {
        assert_eq!(photos.get("k").range(first..).await.unwrap_err().code(), Some("InvalidRange"), "{first}");
    }
}

#[tokio::test]
async fn what_is_told_of_an_object_is_told_of_its_encrypted_bytes() {
    let local = Local::builder().start().await.unwrap();
    let photos = photos(&local).await;
    let stored = photos.put("k", "plain").meta("owner", "li").await.unwrap();
    let kept = photos.bucket().get("k").await.unwrap().bytes().await.unwrap();
    assert!(kept != "plain" && kept.len() == 5);
    assert_eq!(stored.crc64(), Some(crc::checksum(&kept)));
    let head = photos.head("k").await.unwrap();
    assert_eq!((head.content_length(), head.crc64(), head.meta("owner")), (Some(5), stored.crc64(), Some("li")));
    photos.delete("k").await.unwrap();
    assert_eq!(photos.get("k").await.unwrap_err().code(), Some("NoSuchKey"));
}

/// Of this process, in KiB; only Linux says it.
fn memory(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix(name))?.trim().strip_suffix(" kB")?.parse().ok()
}
