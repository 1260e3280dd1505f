//! The parts of a multipart upload: sent, copied from an object, listed.

use std::io;
use std::sync::Arc;

use http::StatusCode;
use sanyun_core::encode;

use super::listing::{Spelling, limit_of};
use super::multipart::{COUNT_LIMIT, named};
use super::object::blocking;
use super::range::{self, Selection};
use super::refusal::Refusal;
use super::store::{Bucket, OpenObject, OpenUpload, Part, Store, StoreError};
use super::upload::{self, Upload, check_md5};
use super::xml::Xml;
use super::{Call, copy, document, iso_millis};
use crate::answer::Answer;
use crate::arrival::{ArrivingBody, header};
use crate::pieces::PIECE_BYTES;

/// What ListParts says of an upload whose data a client encrypts, and the metadata that it comes from.
const ENCRYPTION: [(&str, &str); 6] = [
    ("ClientEncryptionKey", "x-oss-meta-client-side-encryption-key"),
    ("ClientEncryptionStart", "x-oss-meta-client-side-encryption-start"),
    ("ClientEncryptionCekAlg", "x-oss-meta-client-side-encryption-cek-alg"),
    ("ClientEncryptionWrapAlg", "x-oss-meta-client-side-encryption-wrap-alg"),
    ("ClientEncryptionDataSize", "x-oss-meta-client-side-encryption-data-size"),
    ("ClientEncryptionPartSize", "x-oss-meta-client-side-encryption-part-size"),
];

fn number(call: &Call<'_>) -> Result<u32, Refusal> {
    let text = call.parameter("partNumber");
    let number = text.parse().ok().filter(|number| (1..=COUNT_LIMIT).contains(number));
    number.ok_or_else(|| {
        let message = "Part number must be an integer between 1 and 10000, inclusive";
        Refusal::invalid_argument(message, "partNumber", &text)
    })
}

pub(super) async fn put(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let (bucket, upload, number, now_ms) = (call.bucket()?, named(call)?, number(call)?, call.now_ms);
    let sent_md5 = call.head.header("content-md5").to_owned();
    let received = upload::receive(&call.state.store, body).await?;
    let (part, md5) = blocking(move || {
        let data = received.finish()?;
        let md5 = data.sums().md5;
        check_md5(&md5, &sent_md5)?;
        Ok((publish(&bucket, &upload, number, data, now_ms)?, encode::base64(&md5)))
    })
    .await?;
    Ok(told(&part).header("content-md5", &md5))
}

fn publish(bucket: &Bucket, upload: &OpenUpload, number: u32, data: Upload, now_ms: u64) -> Result<Part, Refusal> {
    let sums = data.sums();
    let part = Part { size: data.len, etag: sums.etag(), crc64: sums.crc64, modified_ms: now_ms };
    match bucket.put_part(upload, number, data.draft, part.clone()) {
        Err(StoreError::NoSuchUpload) => Err(Refusal::no_such_upload(&upload.id)),
        other => Ok(other.map(|()| part)?),
    }
}

fn told(part: &Part) -> Answer {
    Answer::new(StatusCode::OK)
        .header("etag", &format!("\"{}\"", part.etag))
        .header("x-oss-hash-crc64ecma", &part.crc64.to_string())
}

pub(super) async fn copy(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (bucket, upload, number, now_ms) = (call.bucket()?, named(call)?, number(call)?, call.now_ms);
    let source = copy::source(call).await?;
    let version = source.meta.version.clone();
    let (start, len) = match range::select(call.head.header("x-oss-copy-source-range"), source.meta.size, true)? {
        Selection::Whole => (0, source.meta.size),
        Selection::Part { start, len } => (start, len),
    };
    let store = Arc::clone(&call.state.store);
    let part = blocking(move || {
        let data = read(&store, &source, start, len)?;
        publish(&bucket, &upload, number, data, now_ms)
    })
    .await?;
    let mut xml = Xml::new("CopyPartResult");
    xml.leaf("LastModified", &iso_millis(part.modified_ms)).leaf("ETag", &format!("\"{}\"", part.etag));
    let answer = told(&part).header("content-type", "application/xml").bytes(xml.finish());
    Ok(answer.header("x-oss-copy-source-version-id", &version))
}

fn read(store: &Store, source: &OpenObject, start: u64, len: u64) -> io::Result<Upload> {
    let mut data = Upload::begin(store)?;
    let mut reading = source.reading(start)?;
    let mut left = len;
    let mut piece = vec![0; left.min(PIECE_BYTES) as usize];
    while left > 0 {
        piece.truncate(left.min(PIECE_BYTES) as usize);
        reading.read_exact(&mut piece)?;
        data.write(&piece)?;
        left -= piece.len() as u64;
    }
    Ok(data)
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (spelling, upload) = (Spelling::of(call)?, named(call)?);
    let limit = limit_of(call, "max-parts", 1000)?;
    let marker_text = call.parameter("part-number-marker");
    let marker: u32 = if marker_text.is_empty() { Ok(0) } else { marker_text.parse() }
        .map_err(|_| Refusal::invalid_argument("The marker is no number.", "part-number-marker", &marker_text))?;
    let all = upload.parts();
    let mut found = all.range(marker.saturating_add(1)..);
    let shown: Vec<_> = found.by_ref().take(limit).collect();
    let more = found.next().is_some();

    let mut xml = Xml::new("ListPartsResult");
    spelling.tell(&mut xml);
    xml.leaf("Bucket", call.bucket()?.name()).leaf("Key", &spelling.of_text(&upload.meta.key));
    xml.leaf("UploadId", &upload.id).leaf("StorageClass", &upload.meta.storage_class);
    for (element, name) in ENCRYPTION {
        xml.leaf_unless_empty(element, header(&upload.meta.headers, name));
    }
    xml.leaf("PartNumberMarker", &marker.to_string());
    xml.leaf("NextPartNumberMarker", &shown.last().map_or(0, |(number, _)| **number).to_string());
    xml.leaf("MaxParts", &limit.to_string()).leaf("IsTruncated", if more { "true" } else { "false" });
    for (number, part) in shown {
        xml.open("Part").leaf("PartNumber", &number.to_string()).leaf("LastModified", &iso_millis(part.modified_ms));
        xml.leaf("ETag", &format!("\"{}\"", part.etag)).leaf("HashCrc64ecma", &part.crc64.to_string());
        xml.leaf("Size", &part.size.to_string()).close();
    }
    Ok(document(xml))
}
