//! CopyObject: a new object of an old one, which may be itself with other headers.

use std::sync::Arc;

use http::HeaderMap;

use super::address::decode;
use super::meta::{Kind, Meta, NULL_VERSION};
use super::object::{self, blocking};
use super::refusal::Refusal;
use super::store::{OpenObject, StoreError};
use super::worm::Guard;
use super::xml::Xml;
use super::{Call, condition, iso_millis, restore, tags};
use crate::answer::Answer;
use crate::arrival::BodyError;

/// The largest object that is copied at once: 5 GiB.
const SIZE_LIMIT: u64 = 5 * 1024 * 1024 * 1024;

/// How often a copy begins anew because somebody wrote the source at the same time.
const TRIES: usize = 20;

pub(super) async fn copy(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut copied = None;
    for _ in 0..TRIES {
        copied = once(call).await?;
        if copied.is_some() {
            break;
        }
    }
    let (meta, source_version) = copied.ok_or(StoreError::ObjectChanged)?;
    let mut xml = Xml::new("CopyObjectResult");
    xml.leaf("ETag", &format!("\"{}\"", meta.etag)).leaf("LastModified", &iso_millis(meta.modified_ms));
    let answer = object::stored(call, &meta)?.header("content-type", "application/xml").bytes(xml.finish());
    let shows = named_source(call)?.2.is_some() || source_version != NULL_VERSION;
    Ok(if shows { answer.header("x-oss-copy-source-version-id", &source_version) } else { answer })
}

/// Copies, and gives the version of the source too; `None` if the source was overwritten between two looks.
async fn once(call: &Call<'_>) -> Result<Option<(Meta, String)>, Refusal> {
    let source = source(call).await?;
    if source.meta.size > SIZE_LIMIT {
        return Err(BodyError::TooLarge.into());
    }
    let (bucket, mut meta) = (call.bucket()?, copied_meta(call, &source.meta)?);
    let expect = call.expect(&bucket);
    object::may_publish(&bucket, &meta, expect)?;
    let guard = Guard::of(call);
    blocking(move || {
        meta.order = bucket.next_order(meta.modified_ms);
        guard.may_remove(&bucket, &meta.key, &meta.version)?;
        match bucket.copy(&source, meta, expect) {
            Err(StoreError::ObjectChanged) => Ok(None),
            other => Ok(Some((other?, source.meta.version))),
        }
    })
    .await
}

/// What is known of a copy: what the source's record and the directives of the request say.
fn copied_meta(call: &Call<'_>, source: &Meta) -> Result<Meta, Refusal> {
    let own = &call.head.headers;
    let replaces = |name: &str| match call.head.header(name).to_ascii_uppercase().as_str() {
        "" | "COPY" => Ok(false),
        "REPLACE" => Ok(true),
        other => Err(Refusal::invalid_argument("The directive must be COPY or REPLACE.", name, other)),
    };
    let replaces_headers = replaces("x-oss-metadata-directive")?;
    let described_by = if replaces_headers { own.clone() } else { source_headers(&source.headers, own) };
    let mut meta = object::new_meta(call, &described_by)?;
    if !replaces("x-oss-tagging-directive")? {
        meta.set_fact(tags::FACT, source.fact(tags::FACT));
    }
    if source.kind == Kind::Symlink {
        meta.kind = Kind::Symlink;
        meta.set_fact(super::symlink::TARGET, source.fact(super::symlink::TARGET));
    }
    (meta.size, meta.etag, meta.crc64) = (source.size, source.etag.clone(), source.crc64);
    Ok(meta)
}

/// What describes the source, with the encryption and retention that the copy is to have instead.
fn source_headers(source: &HeaderMap, own: &HeaderMap) -> HeaderMap {
    let is_of_its_own = |name: &str| name.starts_with("x-oss-server-side-") || name.starts_with("x-oss-object-worm-");
    let copied = source.iter().filter(|(name, _)| !is_of_its_own(name.as_str()));
    let given = own.iter().filter(|(name, _)| is_of_its_own(name.as_str()));
    copied.chain(given).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Bucket, key and version that `x-oss-copy-source` names: `/bucket/key?versionId=id`, percent-encoded.
fn named_source(call: &Call<'_>) -> Result<(String, String, Option<String>), Refusal> {
    let value = call.head.header("x-oss-copy-source");
    let invalid =
        || Refusal::invalid_argument("Copy Source must mention the source bucket and key.", "x-oss-copy-source", value);
    let (path, query) = value.split_once('?').unwrap_or((value, ""));
    let (bucket, key) = path.strip_prefix('/').unwrap_or(path).split_once('/').ok_or_else(invalid)?;
    let (bucket, key) = (decode(bucket).ok_or_else(invalid)?, decode(key).ok_or_else(invalid)?);
    if key.is_empty() {
        return Err(invalid());
    }
    Ok((bucket, key, crate::arrival::parameter(query, "versionId").filter(|version| !version.is_empty())))
}

/// Opens the source of a copy, whose conditions hold and which the caller may read.
pub(super) async fn source(call: &Call<'_>) -> Result<OpenObject, Refusal> {
    let (bucket, key, version) = named_source(call)?;
    let bucket = call.state.store.bucket(&bucket).ok_or_else(|| Refusal::no_such_bucket(&bucket))?;
    let found = {
        let (bucket, key, version) = (Arc::clone(&bucket), key.clone(), version.clone());
        blocking(move || Ok(bucket.open_object(&key, version.as_deref())?)).await?
    };
    call.may_read(&bucket, found.as_ref().map(|object| &object.meta))?;
    let source = object::present(found, &bucket, &key, version.as_deref())?;
    condition::check(&call.head.headers, &condition::SOURCE, &source.meta)?;
    restore::check_readable(call, &source.meta)?;
    Ok(source)
}
