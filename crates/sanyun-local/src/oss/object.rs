//! Storing and reading objects.

use std::io;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sanyun_core::{encode, time};
use tokio::task::spawn_blocking;

use super::meta::{Kind, Meta};
use super::multipart::bytes_of_hex;
use super::range::{self, Selection};
use super::refusal::Refusal;
use super::store::{Bucket, Expect, OpenObject, Versioning};
use super::upload::{self, Source, check_md5};
use super::worm::Guard;
use super::{Call, callback, condition, restore, symlink, tags, xml};
use crate::answer::Answer;
use crate::arrival::{ArrivingBody, header};
use crate::pieces::Pieces;

/// Headers that are kept with an object and given back, beside `x-oss-meta-*`.
const KEPT_HEADERS: [&str; 12] = [
    "content-type",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
    "x-oss-server-side-encryption",
    "x-oss-server-side-data-encryption",
    "x-oss-server-side-encryption-key-id",
    "x-oss-object-worm-mode",
    "x-oss-object-worm-retain-until-date",
    "x-oss-object-worm-legal-hold",
];

/// The query parameters by which a signed request overrides content headers of a reply.
const OVERRIDES: [(&str, &str); 6] = [
    ("response-content-type", "content-type"),
    ("response-cache-control", "cache-control"),
    ("response-content-disposition", "content-disposition"),
    ("response-content-encoding", "content-encoding"),
    ("response-content-language", "content-language"),
    ("response-expires", "expires"),
];

/// Of the whole body; where that is the object.
const CONTENT_MD5: &str = "content-md5";
const ENCRYPTION: &str = "x-oss-server-side-encryption";
const ENCRYPTION_KEY: &str = "x-oss-server-side-encryption-key-id";

pub(super) const ACLS: [&str; 4] = ["default", "private", "public-read", "public-read-write"];

pub(super) async fn put(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let wish = callback::wish(call)?;
    let (meta, md5) = receive(call, body).await?;
    let answer = stored(call, &meta)?.header(CONTENT_MD5, &md5);
    match wish {
        Some(wish) => callback::ask(call, wish, &meta, answer).await,
        None => Ok(answer),
    }
}

/// Receives an object and publishes it; gives its MD5 in Base64 too.
pub(super) async fn receive(call: &Call<'_>, body: &mut impl Source) -> Result<(Meta, String), Refusal> {
    let bucket = call.bucket()?;
    let mut meta = new_meta(call, &call.head.headers)?;
    let expect = call.expect(&bucket);
    may_publish(&bucket, &meta, expect)?;
    let guard = Guard::of(call);
    let sent_md5 = call.head.header("content-md5").to_owned();
    let received = upload::receive(&call.state.store, body).await?;
    blocking(move || {
        let upload = received.finish()?;
        let sums = upload.sums();
        check_md5(&sums.md5, &sent_md5)?;
        sums.describe(&mut meta, upload.len);
        meta.order = bucket.next_order(meta.modified_ms);
        guard.may_remove(&bucket, &meta.key, &meta.version)?;
        bucket.publish(upload.draft, &meta, None, expect)?;
        Ok((meta, encode::base64(&sums.md5)))
    })
    .await
}

/// Whether a new version may be published, as far as it can be said before its data are there.
pub(super) fn may_publish(bucket: &Bucket, meta: &Meta, expect: Expect) -> Result<(), Refusal> {
    let exists = || bucket.look(|index| index.get(&meta.key).is_some_and(|versions| versions.object().is_some()));
    if expect == Expect::Absent && exists() { Err(Refusal::object_exists()) } else { Ok(()) }
}

pub(super) async fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    if call.head.parameter("x-oss-process").is_some() {
        return Err(Refusal::not_implemented());
    }
    let (object, shown) = resolve(call).await?;
    condition::check(&call.head.headers, &condition::OWN, &shown)?;
    restore::check_readable(call, &object.meta)?;
    let standard = call.head.header("x-oss-range-behavior") == "standard";
    let selection = range::select(call.head.header("range"), shown.size, standard)?;
    let (start, len) = match selection {
        Selection::Whole => (0, shown.size),
        Selection::Part { start, len } => (start, len),
    };
    let mut answer = described(call, &shown)?;
    let pieces = blocking(move || Ok(Pieces::of(object.reading(start)?, len)?)).await?;
    if let Selection::Part { start, len } = selection {
        answer.status = StatusCode::PARTIAL_CONTENT;
        answer.headers.remove(CONTENT_MD5);
        answer = answer.header("content-range", &format!("bytes {start}-{}/{}", start + len - 1, shown.size));
    }
    Ok(answer.pieces(pieces))
}

pub(super) async fn head(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (_, shown) = resolve(call).await?;
    condition::check(&call.head.headers, &condition::OWN, &shown)?;
    Ok(described(call, &shown)?.header("content-length", &shown.size.to_string()))
}

/// HEAD `?objectMeta`: the few facts that need no look at the object's headers.
pub(super) async fn get_meta(call: &Call<'_>) -> Result<Answer, Refusal> {
    let OpenObject { meta, .. } = open(call).await?;
    let answer = stored(call, &meta)?
        .header("last-modified", &http_date(meta.modified_ms))
        .header("content-length", &meta.size.to_string());
    Ok(answer)
}

/// Opens the object that the caller means, and what a symbolic link in its place points to; with what is said of it.
pub(super) async fn resolve(call: &Call<'_>) -> Result<(OpenObject, Meta), Refusal> {
    let object = open(call).await?;
    if object.meta.kind == Kind::Symlink {
        return symlink::follow(call, object.meta).await;
    }
    let shown = object.meta.clone();
    Ok((object, shown))
}

/// Opens the version of an object that the caller means and may read.
pub(super) async fn open(call: &Call<'_>) -> Result<OpenObject, Refusal> {
    let (bucket, key, version) = (call.bucket()?, call.key()?.to_owned(), call.version());
    let found = {
        let (bucket, key, version) = (Arc::clone(&bucket), key.clone(), version.clone());
        blocking(move || Ok(bucket.open_object(&key, version.as_deref())?)).await?
    };
    call.may_read(&bucket, found.as_ref().map(|object| &object.meta))?;
    present(found, &bucket, &key, version.as_deref())
}

/// What was found, unless it is nothing, or says that the object was deleted.
pub(super) fn present(
    found: Option<OpenObject>,
    bucket: &Bucket,
    key: &str,
    version: Option<&str>,
) -> Result<OpenObject, Refusal> {
    match (found, version) {
        (None, Some(version)) => Err(Refusal::no_such_version(key, version)),
        (None, None) => Err(Refusal::no_such_key(key)),
        (Some(object), version) if object.meta.kind == Kind::DeleteMarker => {
            let refusal = match version {
                Some(_) => Refusal::method_not_allowed("GET"),
                None => Refusal::no_such_key(key),
            };
            let refusal = refusal.header("x-oss-delete-marker", "true");
            let shows = bucket.versioning() != Versioning::Never;
            Err(if shows { refusal.header("x-oss-version-id", object.meta.version) } else { refusal })
        }
        (Some(object), _) => Ok(object),
    }
}

/// What is known of a new object before its data are. `described_by` are the headers that describe it.
pub(super) fn new_meta(call: &Call<'_>, described_by: &HeaderMap) -> Result<Meta, Refusal> {
    let own = &call.head.headers;
    let bucket = call.bucket()?;
    let class = header(own, "x-oss-storage-class");
    let mut meta = Meta {
        key: call.key()?.to_owned(),
        modified_ms: call.now_ms,
        storage_class: if class.is_empty() { bucket.facts().storage_class.clone() } else { class.to_owned() },
        acl: acl_of(call)?.unwrap_or_else(|| "default".to_owned()),
        headers: kept_headers(described_by),
        version: call.new_version(&bucket),
        ..Meta::default()
    };
    meta.set_fact(tags::FACT, &tags::of_header(header(own, "x-oss-tagging"))?);
    if !meta.headers.contains_key(ENCRYPTION) {
        inherit_encryption(&bucket, &mut meta.headers);
    }
    Ok(meta)
}

/// Says of a new object how its bucket wants it encrypted.
fn inherit_encryption(bucket: &Bucket, headers: &mut HeaderMap) {
    let Some(rule) = bucket.settings.get("encryption").and_then(|text| xml::parse(text.as_bytes())) else { return };
    let Some(rule) = rule.child("ApplyServerSideEncryptionByDefault") else { return };
    for (element, name) in [("SSEAlgorithm", ENCRYPTION), ("KMSMasterKeyID", ENCRYPTION_KEY)] {
        let value = HeaderValue::from_str(rule.text_of(element)).ok().filter(|value| !value.is_empty());
        headers.extend(value.map(|value| (HeaderName::from_static(name), value)));
    }
}

/// The ACL that a request gives to an object.
pub(super) fn acl_of(call: &Call<'_>) -> Result<Option<String>, Refusal> {
    match call.head.header("x-oss-object-acl") {
        "" => Ok(None),
        known if ACLS.contains(&known) => Ok(Some(known.to_owned())),
        other => Err(Refusal::invalid_argument("no such object access control exists", "x-oss-object-acl", other)),
    }
}

pub(super) fn kept_headers(all: &HeaderMap) -> HeaderMap {
    let is_kept = |name: &HeaderName| KEPT_HEADERS.contains(&name.as_str()) || name.as_str().starts_with("x-oss-meta-");
    let mut kept: HeaderMap =
        all.iter().filter(|(name, _)| is_kept(name)).map(|(n, v)| (n.clone(), v.clone())).collect();
    kept.entry("content-type").or_insert(HeaderValue::from_static("application/octet-stream"));
    kept
}

/// The reply to whoever stored an object.
pub(super) fn stored(call: &Call<'_>, meta: &Meta) -> Result<Answer, Refusal> {
    let mut answer = with_checksums(Answer::new(StatusCode::OK), meta);
    for (name, value) in &meta.headers {
        if name.as_str().starts_with("x-oss-server-side-") {
            answer.headers.insert(name.clone(), value.clone());
        }
    }
    Ok(with_version(answer, &*call.bucket()?, &meta.version))
}

/// A reply with everything that is known of an object.
fn described(call: &Call<'_>, meta: &Meta) -> Result<Answer, Refusal> {
    let mut answer = stored(call, meta)?;
    answer.headers.extend(meta.headers.clone());
    answer = answer
        .header("last-modified", &http_date(meta.modified_ms))
        .header("accept-ranges", "bytes")
        .header("x-oss-object-type", meta.kind.as_str())
        .header("x-oss-storage-class", &meta.storage_class);
    if let Some(md5) = md5_of(meta) {
        answer = answer.header(CONTENT_MD5, &md5);
    }
    if meta.kind == Kind::Appendable {
        answer = answer.header("x-oss-next-append-position", &meta.size.to_string());
    }
    let tags = tags::count(meta.fact(tags::FACT));
    if tags > 0 {
        answer = answer.header("x-oss-tagging-count", &tags.to_string());
    }
    for (fact, name) in [(super::append::SEALED, "x-oss-sealed-time")] {
        if !meta.fact(fact).is_empty() {
            answer = answer.header(name, meta.fact(fact));
        }
    }
    if let Some(state) = restore::state(call.now_ms, meta) {
        answer = answer.header("x-oss-restore", &state);
    }
    for (parameter, name) in OVERRIDES {
        if let Some(value) = call.head.parameter(parameter) {
            answer = answer.header(name, &value);
        }
    }
    Ok(answer)
}

/// The MD5 of an object that was stored in one piece, in Base64: its entity tag in another form.
fn md5_of(meta: &Meta) -> Option<String> {
    let is_sum = meta.kind == Kind::Normal && meta.etag.len() == 32;
    is_sum.then(|| encode::base64(&bytes_of_hex(&meta.etag).collect::<Vec<_>>()))
}

pub(super) fn with_checksums(answer: Answer, meta: &Meta) -> Answer {
    answer.header("etag", &format!("\"{}\"", meta.etag)).header("x-oss-hash-crc64ecma", &meta.crc64.to_string())
}

/// Says which version it is, if the bucket keeps or kept any.
pub(super) fn with_version(answer: Answer, bucket: &Bucket, version: &str) -> Answer {
    if bucket.versioning() == Versioning::Never { answer } else { answer.header("x-oss-version-id", version) }
}

pub(super) fn http_date(ms: u64) -> String {
    time::http_date(time::from_unix((ms / 1000) as i64))
}

/// Runs work that touches the disk on a blocking thread.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    spawn_blocking(work).await.unwrap_or_else(|stopped| Err(io::Error::other(stopped).into()))
}
