//! Multipart uploads: beginning, completing, giving up, listing them.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::StatusCode;
use sanyun_core::{encode, hash};
use sanyun_oss::crc;

use super::list::{Query, group_of};
use super::listing::{Spelling, limit_of};
use super::meta::{Kind, Meta};
use super::object::{self, blocking};
use super::refusal::Refusal;
use super::store::{OpenUpload, Part, StoreError};
use super::worm::Guard;
use super::xml::{self, Element, Xml};
use super::{Call, callback, document, iso_millis, read_body};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;

/// The most parts of one upload.
pub(super) const COUNT_LIMIT: u32 = 10_000;
/// The least size of every part but the last: 100 KiB.
const SIZE_LEAST: u64 = 100 * 1024;

pub(super) async fn initiate(call: &Call<'_>) -> Result<Answer, Refusal> {
    let spelling = Spelling::of(call)?;
    let bucket = call.bucket()?;
    let meta = Meta { kind: Kind::Multipart, ..object::new_meta(call, &call.head.headers)? };
    object::may_publish(&bucket, &meta, call.expect(&bucket))?;
    let id = call.state.chance.hex32().to_uppercase();
    let upload = blocking(move || Ok(bucket.begin_upload(id, meta)?)).await?;
    let mut xml = Xml::new("InitiateMultipartUploadResult");
    spelling.tell(&mut xml);
    xml.leaf("Bucket", call.bucket()?.name()).leaf("Key", &spelling.of_text(&upload.meta.key));
    xml.leaf("UploadId", &upload.id);
    Ok(document(xml))
}

/// The upload that a request names.
pub(super) fn named(call: &Call<'_>) -> Result<Arc<OpenUpload>, Refusal> {
    let id = call.parameter("uploadId");
    call.bucket()?.upload(call.key()?, &id).ok_or_else(|| Refusal::no_such_upload(&id))
}

pub(super) async fn complete(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let wish = callback::wish(call)?;
    let (spelling, bucket, upload) = (Spelling::of(call)?, call.bucket()?, named(call)?);
    let bytes = read_body(call, body).await?;
    let there = upload.parts();
    let parts = match call.head.header("x-oss-complete-all") {
        "" => chosen(&xml::parse(&bytes).ok_or_else(Refusal::malformed_xml)?, &there)?,
        value if value.eq_ignore_ascii_case("yes") && bytes.is_empty() => there.into_iter().collect(),
        value => {
            let message = "x-oss-complete-all is `yes`, and then no part may be named.";
            return Err(Refusal::invalid_argument(message, "x-oss-complete-all", value));
        }
    };
    check_sizes(&parts)?;
    let expect = call.expect(&bucket);
    let mut meta = whole(&parts, &upload.meta);
    (meta.modified_ms, meta.version) = (call.now_ms, call.new_version(&bucket));
    if let Some(acl) = object::acl_of(call)? {
        meta.acl = acl;
    }
    object::may_publish(&bucket, &meta, expect)?;
    let guard = Guard::of(call);
    let meta = blocking(move || {
        meta.order = bucket.next_order(meta.modified_ms);
        guard.may_remove(&bucket, &meta.key, &meta.version)?;
        bucket.complete_upload(&upload, &parts, &mut meta, expect).map_err(|error| match error {
            StoreError::NoSuchUpload => Refusal::no_such_upload(&upload.id),
            StoreError::ObjectChanged => invalid_part("One or more of the specified parts were changed meanwhile."),
            other => other.into(),
        })?;
        Ok(meta)
    })
    .await?;
    let answer = completed(call, spelling, &meta)?;
    match wish {
        Some(wish) => callback::ask(call, wish, &meta, answer).await,
        None => Ok(answer),
    }
}

fn completed(call: &Call<'_>, spelling: Spelling, meta: &Meta) -> Result<Answer, Refusal> {
    let (name, key) = (call.address.bucket.as_deref().unwrap_or_default(), &meta.key);
    let mut xml = Xml::new("CompleteMultipartUploadResult");
    spelling.tell(&mut xml);
    xml.leaf("Location", &format!("http://{}/{name}/{}", call.address.endpoint, encode::percent_path(key)));
    xml.leaf("Bucket", name).leaf("Key", &spelling.of_text(key)).leaf("ETag", &format!("\"{}\"", meta.etag));
    Ok(object::stored(call, meta)?.header("content-type", "application/xml").bytes(xml.finish()))
}

/// The parts that a document names, all of which must be there.
fn chosen(document: &Element, there: &BTreeMap<u32, Part>) -> Result<Vec<(u32, Part)>, Refusal> {
    if document.name != "CompleteMultipartUpload" {
        return Err(Refusal::malformed_xml());
    }
    let mut parts: Vec<(u32, Part)> = Vec::new();
    for wish in document.children.iter().filter(|child| child.name == "Part") {
        let number = wish.text_of("PartNumber").trim().parse().map_err(|_| Refusal::malformed_xml())?;
        if parts.last().is_some_and(|(last, _)| *last >= number) {
            let message = "The list of parts was not in ascending order. The parts list must be specified in order by part number.";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "InvalidPartOrder", message).cause("0042-00000203"));
        }
        let etag = wish.text_of("ETag").trim().trim_matches('"');
        let part = there.get(&number).filter(|part| part.etag.eq_ignore_ascii_case(etag));
        let part = part.ok_or_else(|| {
            invalid_part("One or more of the specified parts could not be found or the specified entity tag might not have matched the part's entity tag.")
                .detail("PartNumber", number.to_string())
        })?;
        parts.push((number, part.clone()));
    }
    if parts.is_empty() { Err(Refusal::malformed_xml()) } else { Ok(parts) }
}

fn invalid_part(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "InvalidPart", message)
}

fn check_sizes(parts: &[(u32, Part)]) -> Result<(), Refusal> {
    let Some((_, all_but_last)) = parts.split_last() else { return Err(invalid_part("There is no part.")) };
    match all_but_last.iter().find(|(_, part)| part.size < SIZE_LEAST) {
        None => Ok(()),
        Some((number, part)) => {
            let message = "Your proposed upload smaller than the minimum allowed size.";
            Err(Refusal::new(StatusCode::BAD_REQUEST, "EntityTooSmall", message)
                .detail("ETag", part.etag.as_str())
                .detail("MinSizeAllowed", SIZE_LEAST.to_string())
                .detail("ProposedSize", part.size.to_string())
                .detail("PartNumber", number.to_string()))
        }
    }
}

/// What is known of the object that these parts are.
fn whole(parts: &[(u32, Part)], begun: &Meta) -> Meta {
    let mut meta = begun.clone();
    let mut digests = Vec::with_capacity(16 * parts.len());
    (meta.size, meta.crc64) = (0, 0);
    for (_, part) in parts {
        meta.crc64 = crc::combine(meta.crc64, part.crc64, part.size);
        meta.size += part.size;
        digests.extend(bytes_of_hex(&part.etag));
    }
    meta.etag = format!("{}-{}", encode::hex(&hash::md5(&digests)).to_ascii_uppercase(), parts.len());
    meta
}

pub(super) fn bytes_of_hex(text: &str) -> impl Iterator<Item = u8> {
    text.as_bytes().chunks(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
}

pub(super) async fn abort(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (bucket, upload) = (call.bucket()?, named(call)?);
    blocking(move || match bucket.abort_upload(&upload) {
        Err(StoreError::NoSuchUpload) => Err(Refusal::no_such_upload(&upload.id)),
        other => Ok(other?),
    })
    .await?;
    Ok(Answer::new(StatusCode::NO_CONTENT))
}

/// One page of uploads.
#[derive(Default)]
struct Page<'a> {
    uploads: Vec<&'a OpenUpload>,
    groups: Vec<&'a str>,
    /// The key, or group, and the id that the next page begins behind.
    next: Option<(&'a str, &'a str)>,
}

/// One page of all uploads, which are sorted by key and id. Without an id the marker stands for all uploads of its key.
fn page<'a>(all: &'a [Arc<OpenUpload>], query: &Query, id_marker: &str) -> Page<'a> {
    let is_after = |upload: &OpenUpload| match upload.meta.key.as_str().cmp(&query.after) {
        std::cmp::Ordering::Equal => query.after.is_empty() || !id_marker.is_empty() && *upload.id > *id_marker,
        other => other.is_gt(),
    };
    let (mut page, mut last) = (Page::default(), None);
    for upload in all.iter().filter(|upload| upload.meta.key.starts_with(&query.prefix) && is_after(upload)) {
        let group = group_of(&upload.meta.key, query);
        if group.is_some_and(|group| group <= query.after.as_str() || page.groups.last() == Some(&group)) {
            continue;
        }
        if page.uploads.len() + page.groups.len() == query.limit {
            page.next = last;
            break;
        }
        last = Some(group.map_or((upload.meta.key.as_str(), upload.id.as_str()), |group| (group, "")));
        match group {
            Some(group) => page.groups.push(group),
            None => page.uploads.push(upload),
        }
    }
    page
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (spelling, bucket, id_marker) = (Spelling::of(call)?, call.bucket()?, call.parameter("upload-id-marker"));
    let query = Query {
        prefix: call.parameter("prefix"),
        delimiter: call.parameter("delimiter"),
        after: call.parameter("key-marker"),
        limit: limit_of(call, "max-uploads", 1000)?,
    };
    let all = bucket.open_uploads();
    let page = page(&all, &query, &id_marker);
    let mut xml = Xml::new("ListMultipartUploadsResult");
    spelling.tell(&mut xml);
    xml.leaf("Bucket", bucket.name()).leaf("KeyMarker", &spelling.of_text(&query.after));
    xml.leaf("UploadIdMarker", &id_marker);
    if let Some((key, id)) = page.next {
        xml.leaf("NextKeyMarker", &spelling.of_text(key)).leaf("NextUploadIdMarker", id);
    }
    xml.leaf("Delimiter", &spelling.of_text(&query.delimiter)).leaf("Prefix", &spelling.of_text(&query.prefix));
    xml.leaf("MaxUploads", &query.limit.to_string());
    xml.leaf("IsTruncated", if page.next.is_some() { "true" } else { "false" });
    for upload in page.uploads {
        xml.open("Upload").leaf("Key", &spelling.of_text(&upload.meta.key)).leaf("UploadId", &upload.id);
        xml.leaf("StorageClass", &upload.meta.storage_class);
        xml.leaf("Initiated", &iso_millis(upload.meta.modified_ms)).close();
    }
    for group in page.groups {
        xml.open("CommonPrefixes").leaf("Prefix", &spelling.of_text(group)).close();
    }
    Ok(document(xml))
}
