//! One upload in parts: begun, listed, completed or given up.

use std::collections::BTreeMap;

use http::{HeaderName, HeaderValue};
use sanyun_core::{Error, Result};
use serde_json::Value;

use super::checkpoint::Found;
use super::lanes::{RETRIES, wait};
use crate::action::Action;
use crate::bucket::Bucket;
use crate::crc;
use crate::crc::CrcMismatch;
use crate::error;
use crate::object::ObjectMeta;
use crate::ops::{
    AbortMultipartUpload, CompleteMultipartUpload, CompletedMultipartUpload, InitiateMultipartUpload, ListParts,
    UploadedPart,
};

/// The headers of a call.
pub(super) type Headers = Vec<(HeaderName, HeaderValue)>;

/// A part that OSS has.
#[derive(Clone, Debug)]
pub(super) struct StoredPart {
    pub(super) len: u64,
    pub(super) etag: String,
    /// Its CRC-64, where OSS tells it.
    pub(super) crc64: Option<u64>,
}

/// The parts that OSS has, by their numbers from 1 on.
pub(super) type StoredParts = BTreeMap<u64, StoredPart>;

/// Headers that are not those of the new object, and so do not belong to the call that begins it.
const OF_COMPLETION: &[&str] = &["x-oss-object-acl", "x-oss-callback", "x-oss-callback-var"];
/// Headers of every call.
const OF_ALL: &[&str] = &["x-oss-request-payer"];
/// Headers of parts alone.
const OF_PARTS: &[&str] = &["x-oss-traffic-limit"];
/// Headers about the body of a single call.
const OF_ONE_BODY: &[&str] = &["content-md5", "content-length"];

/// An upload in parts that has begun. Dropping it gives it up, unless it is to be kept.
pub(super) struct Multipart {
    bucket: Bucket,
    key: String,
    pub(super) upload_id: String,
    headers: Headers,
    /// Whether its parts stay where they are when it fails.
    keep: bool,
    open: bool,
    /// Whether an earlier run began it: its last call may arrive after this run has looked.
    inherited: bool,
}

/// An object that was put together.
pub(super) struct Completed {
    pub(super) etag: String,
    pub(super) crc64: Option<u64>,
    pub(super) version_id: Option<String>,
    /// What the user's own server answered.
    pub(super) callback_result: Option<String>,
}

impl Multipart {
    /// Begins an upload. `headers` are those of all its calls; each call takes its own.
    pub(super) async fn begin(bucket: &Bucket, key: &str, headers: Headers, guesses_type: bool) -> Result<Self> {
        let apart = [OF_COMPLETION, OF_PARTS, OF_ONE_BODY].concat();
        let own = headers.iter().filter(|(name, _)| !apart.contains(&name.as_str())).cloned().collect();
        let call = bucket.client().call(InitiateMultipartUpload::new(bucket.name(), key));
        let call = with_headers(call, own).change(|input| {
            input.guesses_type &= guesses_type;
            Ok(())
        });
        // Beginning twice, because an answer was lost, leaves an empty upload behind: better than to fail.
        let begun = call.call().idempotent(true).await?.into_inner();
        let upload_id = begun.upload_id.filter(|id| !id.is_empty());
        let upload_id = upload_id.ok_or_else(|| Error::decode("the answer has no upload id"))?;
        Ok(Self::resumed(bucket, key, headers, upload_id))
    }

    /// An upload that was begun earlier.
    fn resumed(bucket: &Bucket, key: &str, headers: Headers, upload_id: String) -> Self {
        Self {
            bucket: bucket.clone(),
            key: key.to_owned(),
            upload_id,
            headers,
            keep: false,
            open: true,
            inherited: false,
        }
    }

    /// Goes on with an upload that was begun earlier, and says which parts OSS has; `None` if OSS does not know it any
    /// more. Whatever goes wrong, its parts stay.
    pub(super) async fn go_on(
        bucket: &Bucket,
        key: &str,
        headers: Headers,
        upload_id: String,
    ) -> Result<Option<(Self, StoredParts)>> {
        let mut multipart = Self::resumed(bucket, key, headers, upload_id);
        multipart.keep(true);
        multipart.inherited = true;
        let stored = multipart.list().await?;
        Ok(stored.map(|stored| (multipart, stored)))
    }

    /// The upload id that an earlier run has left in its checkpoint. The parts of what is not to be stored any more are
    /// deleted.
    pub(super) async fn left_behind(found: Found, bucket: &Bucket, key: &str, headers: &Headers) -> Option<String> {
        let upload_id = |state: &Value| state.get("upload_id").and_then(Value::as_str).map(str::to_owned);
        match found {
            Found::Nothing => None,
            Found::State(state) => upload_id(&state),
            Found::Stale(state) => {
                let stale = Self::resumed(bucket, key, headers.clone(), upload_id(&state)?);
                stale.give_up(Error::input("something else is to be stored by now")).await;
                None
            }
        }
    }

    /// Leaves the parts where they are when the upload fails or is dropped.
    pub(super) fn keep(&mut self, keep: bool) {
        self.keep = keep;
    }

    /// The headers of a part's call.
    pub(super) fn part_headers(&self) -> Headers {
        self.select(&[OF_ALL, OF_PARTS].concat())
    }

    fn select(&self, names: &[&str]) -> Headers {
        self.headers.iter().filter(|(name, _)| names.contains(&name.as_str())).cloned().collect()
    }

    /// The parts that OSS has; `None` if it does not know the upload any more.
    pub(super) async fn list(&self) -> Result<Option<StoredParts>> {
        let mut list = ListParts::new(self.bucket.name(), &*self.key, &*self.upload_id);
        list.request_payer = self.text("x-oss-request-payer");
        let mut pages = self.bucket.client().pages(list);
        let mut stored = StoredParts::new();
        while let Some(page) = pages.next().await {
            let page = match page {
                Err(error) if error.code() == Some("NoSuchUpload") => return Ok(None),
                page => page?.into_inner(),
            };
            for part in page.parts {
                let (Some(number), Some(len), Some(etag)) = (part.part_number, part.size, part.etag) else { continue };
                let crc64 = part.hash_crc64.and_then(|text| text.parse().ok());
                stored.insert(number.unsigned_abs(), StoredPart { len: len.unsigned_abs(), etag, crc64 });
            }
        }
        Ok(Some(stored))
    }

    fn text(&self, name: &str) -> Option<String> {
        let found = self.headers.iter().find(|(known, _)| known.as_str() == name);
        found.and_then(|(_, value)| value.to_str().ok().map(str::to_owned))
    }

    /// Puts the object together. When the answer is lost, OSS is asked again; that it then does not know the upload any
    /// more means that it is done, if the object is the one that was meant. Everything is there but this one answer, so
    /// that it is worth as much patience as a part.
    pub(super) async fn complete(mut self, parts: &StoredParts) -> Result<Completed> {
        let mut failures = 0;
        let completed = loop {
            let error = match self.complete_call(parts).await {
                Ok(completed) => break completed,
                Err(error) => error,
            };
            if let Some(completed) = self.outcome(&error, failures > 0, parts).await {
                break completed;
            }
            failures += 1;
            if !error.is_retryable() || failures > RETRIES {
                return Err(self.give_up(error).await);
            }
            let context = self.bucket.client().pipeline.context();
            context.clock.sleep(wait(&error, failures, context.chance.unit())).await;
        };
        self.open = false;
        if self.bucket.client().protocol.checks_uploads {
            compare(whole_crc64(parts), completed.crc64)?;
        }
        Ok(completed)
    }

    async fn complete_call(&self, parts: &StoredParts) -> Result<Completed> {
        let headers = self.select(&[OF_COMPLETION, OF_ALL, &["x-oss-forbid-overwrite"]].concat());
        let listed = parts.iter().map(|(number, part)| {
            UploadedPart::new().part_number(i64::try_from(*number).unwrap_or_default()).etag(&*part.etag)
        });
        let listed = CompletedMultipartUpload::new().parts(listed.collect::<Vec<_>>());
        let complete = CompleteMultipartUpload::new(self.bucket.name(), &*self.key, &*self.upload_id);
        let call = self.bucket.client().call(complete.complete_multipart_upload(listed));
        // The same upload cannot be completed twice.
        let reply = with_headers(call, headers).call().idempotent(true).await?;
        Ok(Completed {
            crc64: reply.hash_crc64.as_deref().and_then(|text| text.parse().ok()),
            version_id: reply.version_id.clone(),
            callback_result: reply.callback_result.clone(),
            etag: reply.etag.clone().or(reply.header("etag").map(str::to_owned)).unwrap_or_default(),
        })
    }

    /// What became of a call that failed, if it was carried out all the same.
    async fn outcome(&self, error: &Error, tried_before: bool, parts: &StoredParts) -> Option<Completed> {
        let unknown = error.service().is_none_or(|service| service.status() >= 500);
        let gone = match error.code() {
            Some("NoSuchUpload") => tried_before || self.inherited || error.attempts() > 1,
            _ => unknown && matches!(self.list().await, Ok(None)),
        };
        if gone { self.find(parts).await.ok().flatten() } else { None }
    }

    /// The object, if it is the one that these parts make.
    async fn find(&self, parts: &StoredParts) -> Result<Option<Completed>> {
        let len: u64 = parts.values().map(|part| part.len).sum();
        let (head, crc64) = (self.bucket.head(&*self.key).await?.into_inner(), whole_crc64(parts));
        // Two objects of one length and no checksum may be different ones.
        let same = head.content_length() == Some(len) && crc64.is_some() && head.crc64() == crc64;
        Ok(same.then(|| Completed {
            etag: head.etag().unwrap_or_default().to_owned(),
            crc64,
            version_id: head.version_id().map(str::to_owned),
            callback_result: None,
        }))
    }

    /// Deletes the parts, unless they are to be kept, and gives the error back. That they cannot be deleted either is not
    /// what the caller has to know first.
    pub(super) async fn give_up(mut self, error: Error) -> Error {
        self.open = false;
        if !self.keep {
            let _ = self.abort().await;
            return error;
        }
        if error.hint().is_some() {
            return error;
        }
        error.with_hint(format!(
            "the parts stay at OSS, with upload id {}: resume the transfer, or abort it",
            self.upload_id
        ))
    }

    /// Deletes the parts.
    fn abort(&self) -> Action<()> {
        let mut abort = AbortMultipartUpload::new(self.bucket.name(), &*self.key, &*self.upload_id);
        abort.request_payer = self.text("x-oss-request-payer");
        self.bucket.client().call(abort)
    }
}

impl Drop for Multipart {
    fn drop(&mut self) {
        if !self.open || self.keep {
            return;
        }
        // Without a runtime there is nobody left who could send it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(self.abort().into_future());
        }
    }
}

/// The CRC-64 of parts put together; `None` if that of one is not known.
pub(super) fn whole_crc64(parts: &StoredParts) -> Option<u64> {
    parts.values().try_fold(0, |whole, part| Some(crc::combine(whole, part.crc64?, part.len)))
}

/// Compares the checksum of what was to be stored with that of what is.
pub(super) fn compare(ours: Option<u64>, theirs: Option<u64>) -> Result<()> {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => CrcMismatch::check(ours, theirs).map_err(error::inconsistent),
        _ => Ok(()),
    }
}

/// The same call with these headers in place of its own of the same names.
pub(super) fn with_headers<T>(call: Action<T>, headers: Headers) -> Action<T> {
    call.change(|input| {
        for (name, value) in headers {
            input.headers.retain(|(known, _)| *known != name);
            input.headers.push((name, value));
        }
        Ok(())
    })
}

/// What is known of an object that must not change any more.
pub(super) struct Pinned {
    pub(super) size: u64,
    pub(super) etag: String,
    pub(super) crc64: Option<u64>,
    pub(super) meta: ObjectMeta,
}

impl Pinned {
    pub(super) fn new(meta: ObjectMeta) -> Result<Self> {
        let size = meta.content_length().ok_or_else(|| Error::decode("OSS does not say how long the object is"))?;
        let etag = meta.etag().filter(|etag| !etag.is_empty());
        let etag = etag.ok_or_else(|| Error::decode("OSS does not say which ETag the object has"))?.to_owned();
        Ok(Self { size, etag, crc64: meta.crc64(), meta })
    }
}
