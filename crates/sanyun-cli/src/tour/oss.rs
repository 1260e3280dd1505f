//! OSS on the tour: an object there and back again.

use std::time::{Duration, Instant};

use sanyun_core::http::Method;
use sanyun_core::{Endpoint, Error, Request, Result, Scheme};
use sanyun_oss::{Client, Presigned};

use super::guide::Guide;

const BUCKET: &str = "sanyun-tour";
/// A key that clients which tidy up paths cannot store.
const KEY: &str = "notes/../a//b %2F 云.txt";
const LIFETIME: Duration = Duration::from_secs(600);

/// Makes a bucket, and stores, lists, reads and shares an object.
///
/// # Errors
/// A call fails.
pub(super) async fn round_trip(guide: &Guide) -> Result<()> {
    guide.heading("OSS: an object there and back again")?;
    let client = Client::builder().settings(guide.settings()).endpoint(guide.url()).region("cn-hangzhou").build()?;
    let bucket = client.bucket(BUCKET);
    bucket.create().await?;
    guide.step("make bucket", &format!("made oss://{BUCKET}"), true)?;

    let content: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let stored =
        bucket.put(KEY, content.clone()).content_type("application/octet-stream").meta("made-by", "tour").await?;
    let crc = stored.crc64();
    guide.step(
        "upload",
        &format!("stored {} bytes as `{KEY}`, CRC-64 {}", content.len(), crc.unwrap_or_default()),
        crc.is_some(),
    )?;

    let page = bucket.list().await?;
    let listed = page.objects.iter().any(|object| object.key == KEY && object.size == content.len() as u64);
    guide.step("list", "the key is there, byte for byte", listed)?;

    let read = bucket.get(KEY).await?.bytes().await?;
    guide.step("download", &format!("{} bytes, the same as were sent", read.len()), read == content)?;

    let link = bucket.get(KEY).presign(LIFETIME).await?;
    let started = Instant::now();
    let (status, shared) = fetch(guide, &link).await?;
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    let place = link.url().split('?').next().unwrap_or_default();
    guide.told(
        "presigned link",
        &[
            format!("GET {place}?…"),
            "no key at hand: the link itself is signed, for ten minutes".to_owned(),
            format!("{status} after {milliseconds:.1} ms"),
        ],
        &format!("{} bytes, the same again", shared.len()),
        shared == content,
    )
}

/// Opens a link as anybody would: without keys.
async fn fetch(guide: &Guide, link: &Presigned) -> Result<(String, Vec<u8>)> {
    let target = link.url().strip_prefix(guide.url()).unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request::new(Method::GET, Endpoint::parse(guide.url(), Scheme::Http)?, path);
    query.clone_into(&mut request.query);
    let transport = guide.settings().context()?.transport;
    let failed = |error: &dyn std::fmt::Display| Error::decode(format!("opening the link: {error}"));
    let reply = transport.send(request).await.map_err(|error| failed(&error))?;
    let status = reply.status.to_string();
    let body = reply.body.collect().await.map_err(|error| failed(&error))?;
    Ok((status, body.to_vec()))
}
