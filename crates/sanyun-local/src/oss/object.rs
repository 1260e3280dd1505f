//! Operations on objects.

use std::io::{self, Read as _, Seek as _};
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sanyun_core::{encode, time};
use tokio::task::spawn_blocking;

use super::address::decode;
use super::condition;
use super::meta::Meta;
use super::range::{self, Selection};
use super::refusal::Refusal;
use super::store::{Bucket, OpenObject, StoreError};
use super::upload::{self, Upload};
use super::xml::Xml;
use super::{Call, iso_millis};
use crate::answer::Answer;
use crate::arrival::{ArrivingBody, header};
use crate::pieces::{PIECE_BYTES, Pieces};

/// Content headers that are kept with an object, beside `x-oss-meta-*`.
const KEPT_HEADERS: [&str; 6] =
    ["content-type", "cache-control", "content-disposition", "content-encoding", "content-language", "expires"];

/// The query parameters by which a signed request overrides content headers of a reply.
const OVERRIDES: [(&str, &str); 6] = [
    ("response-content-type", "content-type"),
    ("response-cache-control", "cache-control"),
    ("response-content-disposition", "content-disposition"),
    ("response-content-encoding", "content-encoding"),
    ("response-content-language", "content-language"),
    ("response-expires", "expires"),
];

pub(super) async fn put(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let bucket = call.bucket()?;
    let mut meta = new_meta(call, &call.head.headers)?;
    let forbid_overwrite = call.forbids_overwrite();
    if forbid_overwrite && bucket.look(|index| index.contains_key(&meta.key)) {
        return Err(object_exists());
    }
    let sent_md5 = call.head.header("content-md5").to_owned();
    let received = upload::receive(&call.state.store, body).await?;
    let md5 = blocking(move || {
        let upload = received.finish()?;
        let sums = upload.sums();
        sums.check_md5(&sent_md5)?;
        meta.size = upload.len;
        meta.etag = sums.etag();
        meta.crc64 = sums.crc64;
        publish(&bucket, upload, &meta, forbid_overwrite)?;
        Ok((meta, encode::base64(&sums.md5)))
    })
    .await;
    let (meta, md5) = md5?;
    Ok(with_checksums(Answer::new(StatusCode::OK), &meta).header("content-md5", &md5))
}

pub(super) async fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let OpenObject { file, meta } = open(call).await?;
    condition::check(&call.head.headers, &condition::OWN, &meta)?;
    let standard = call.head.header("x-oss-range-behavior") == "standard";
    let selection = range::select(call.head.header("range"), meta.size, standard)?;
    let (start, len) = match selection {
        Selection::Whole => (0, meta.size),
        Selection::Part { start, len } => (start, len),
    };
    let pieces = blocking(move || Ok(Pieces::open(file, start, len)?)).await?;
    let mut answer = described(call, &meta);
    if let Selection::Part { start, len } = selection {
        answer.status = StatusCode::PARTIAL_CONTENT;
        answer = answer.header("content-range", &format!("bytes {start}-{}/{}", start + len - 1, meta.size));
    }
    Ok(answer.pieces(pieces))
}

pub(super) async fn head(call: &Call<'_>) -> Result<Answer, Refusal> {
    let OpenObject { meta, .. } = open(call).await?;
    condition::check(&call.head.headers, &condition::OWN, &meta)?;
    Ok(described(call, &meta).header("content-length", &meta.size.to_string()))
}

/// HEAD `?objectMeta`: the few facts that need no look at the object's headers.
pub(super) async fn get_meta(call: &Call<'_>) -> Result<Answer, Refusal> {
    let OpenObject { meta, .. } = open(call).await?;
    let answer = with_checksums(Answer::new(StatusCode::OK), &meta)
        .header("last-modified", &http_date(meta.modified_ms))
        .header("content-length", &meta.size.to_string());
    Ok(answer)
}

pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (bucket, key) = (call.bucket()?, call.key()?.to_owned());
    blocking(move || Ok(bucket.delete(&[key])?)).await?;
    Ok(Answer::new(StatusCode::NO_CONTENT))
}

pub(super) async fn get_acl(call: &Call<'_>) -> Result<Answer, Refusal> {
    let OpenObject { meta, .. } = open(call).await?;
    let owner = call.bucket()?.facts().owner;
    Ok(super::bucket::acl_document(&owner, &meta.acl))
}

pub(super) async fn copy(call: &Call<'_>) -> Result<Answer, Refusal> {
    let bucket = call.bucket()?;
    let source = source(call).await?;
    condition::check(&call.head.headers, &condition::SOURCE, &source.meta)?;
    let replace = call.head.header("x-oss-metadata-directive").eq_ignore_ascii_case("replace");
    let mut meta = new_meta(call, if replace { &call.head.headers } else { &source.meta.headers })?;
    let (store, forbid_overwrite) = (Arc::clone(&call.state.store), call.forbids_overwrite());
    let meta = blocking(move || {
        let mut upload = Upload::begin(&store)?;
        copy_data(source, &mut upload)?;
        let sums = upload.sums();
        meta.size = upload.len;
        meta.etag = sums.etag();
        meta.crc64 = sums.crc64;
        publish(&bucket, upload, &meta, forbid_overwrite)?;
        Ok(meta)
    })
    .await?;
    let mut xml = Xml::new("CopyObjectResult");
    xml.leaf("ETag", &format!("\"{}\"", meta.etag)).leaf("LastModified", &iso_millis(meta.modified_ms));
    Ok(with_checksums(Answer::new(StatusCode::OK), &meta).header("content-type", "application/xml").bytes(xml.finish()))
}

/// Opens the source of a copy: `/bucket/key`, percent-encoded.
async fn source(call: &Call<'_>) -> Result<OpenObject, Refusal> {
    let value = call.head.header("x-oss-copy-source");
    let invalid =
        || Refusal::invalid_argument("Copy Source must mention the source bucket and key.", "x-oss-copy-source", value);
    let (path, version) = value.split_once('?').unwrap_or((value, ""));
    if !version.is_empty() {
        return Err(Refusal::not_implemented());
    }
    let (bucket, key) = path.strip_prefix('/').unwrap_or(path).split_once('/').ok_or_else(invalid)?;
    let (bucket, key) = (decode(bucket).ok_or_else(invalid)?, decode(key).ok_or_else(invalid)?);
    let bucket = call.state.store.bucket(&bucket).ok_or_else(|| Refusal::no_such_bucket(&bucket))?;
    call.may_read(&bucket)?;
    blocking(move || bucket.open_object(&key)?.ok_or_else(|| Refusal::no_such_key(&key))).await
}

fn copy_data(mut source: OpenObject, upload: &mut Upload) -> io::Result<()> {
    source.file.rewind()?;
    let mut left = source.meta.size;
    let mut piece = vec![0; left.min(PIECE_BYTES) as usize];
    while left > 0 {
        piece.truncate(left.min(PIECE_BYTES) as usize);
        source.file.read_exact(&mut piece)?;
        upload.write(&piece)?;
        left -= piece.len() as u64;
    }
    Ok(())
}

async fn open(call: &Call<'_>) -> Result<OpenObject, Refusal> {
    let (bucket, key) = (call.bucket()?, call.key()?.to_owned());
    blocking(move || bucket.open_object(&key)?.ok_or_else(|| Refusal::no_such_key(&key))).await
}

/// What is known of a new object before its data are. `described_by` are the headers that describe it.
fn new_meta(call: &Call<'_>, described_by: &HeaderMap) -> Result<Meta, Refusal> {
    let own = &call.head.headers;
    let class = header(own, "x-oss-storage-class");
    let acl = header(own, "x-oss-object-acl");
    Ok(Meta {
        key: call.key()?.to_owned(),
        size: 0,
        etag: String::new(),
        crc64: 0,
        modified_ms: call.now_ms,
        storage_class: if class.is_empty() { call.bucket()?.facts().storage_class } else { class.to_owned() },
        kind: "Normal".to_owned(),
        acl: if acl.is_empty() { "default".to_owned() } else { acl.to_owned() },
        headers: kept_headers(described_by),
    })
}

fn kept_headers(all: &HeaderMap) -> HeaderMap {
    let is_kept = |name: &HeaderName| KEPT_HEADERS.contains(&name.as_str()) || name.as_str().starts_with("x-oss-meta-");
    let mut kept: HeaderMap =
        all.iter().filter(|(name, _)| is_kept(name)).map(|(n, v)| (n.clone(), v.clone())).collect();
    kept.entry("content-type").or_insert(HeaderValue::from_static("application/octet-stream"));
    kept
}

fn publish(bucket: &Bucket, upload: Upload, meta: &Meta, forbid_overwrite: bool) -> Result<(), Refusal> {
    bucket.put(upload.draft, meta, forbid_overwrite).map_err(|error| match error {
        StoreError::ObjectExists => object_exists(),
        StoreError::Io(error) => error.into(),
        _ => Refusal::no_such_bucket(bucket.name()),
    })
}

fn object_exists() -> Refusal {
    let message = "The object you specified already exists and can not be overwritten.";
    Refusal::new(StatusCode::CONFLICT, "FileAlreadyExists", message)
}

/// A reply with everything that is known of an object.
fn described(call: &Call<'_>, meta: &Meta) -> Answer {
    let mut answer = with_checksums(Answer::new(StatusCode::OK), meta);
    answer.headers.extend(meta.headers.clone());
    answer = answer
        .header("last-modified", &http_date(meta.modified_ms))
        .header("accept-ranges", "bytes")
        .header("x-oss-object-type", &meta.kind)
        .header("x-oss-storage-class", &meta.storage_class);
    for (parameter, name) in OVERRIDES {
        if let Some(value) = call.head.parameter(parameter) {
            answer = answer.header(name, &value);
        }
    }
    answer
}

fn with_checksums(answer: Answer, meta: &Meta) -> Answer {
    answer.header("etag", &format!("\"{}\"", meta.etag)).header("x-oss-hash-crc64ecma", &meta.crc64.to_string())
}

fn http_date(ms: u64) -> String {
    time::http_date(time::from_unix((ms / 1000) as i64))
}

/// Runs work that touches the disk on a blocking thread.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    spawn_blocking(work).await.unwrap_or_else(|stopped| Err(io::Error::other(stopped).into()))
}
