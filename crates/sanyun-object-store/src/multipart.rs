//! Uploads in parts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;
use object_store::{MultipartId, MultipartUpload, PutMultipartOptions, PutPayload, PutResult, Result, UploadPart};
use sanyun_oss::operation::Request as _;
use sanyun_oss::{crc, ops};

use crate::put::body;
use crate::{OssStore, attributes, error};

#[async_trait]
impl MultipartStore for OssStore {
    async fn create_multipart(&self, path: &Path) -> Result<MultipartId> {
        self.create_multipart_opts(path, PutMultipartOptions::default()).await
    }

    async fn create_multipart_opts(&self, path: &Path, opts: PutMultipartOptions) -> Result<MultipartId> {
        self.initiate(path, &opts).await
    }

    async fn put_part(&self, path: &Path, id: &MultipartId, part_idx: usize, data: PutPayload) -> Result<PartId> {
        let len = data.content_length() as u64;
        let input = self.input(ops::UploadPart::OPERATION, path).body(body(data));
        let input = input.query("partNumber", (part_idx + 1).to_string()).query("uploadId", id);
        let reply = self.bucket().client().send(input).await.map_err(|refused| error::of(path, refused))?;
        let text = |name: &str| reply.get(name).and_then(|value| value.as_str());
        let etag = text("etag").ok_or_else(|| error::generic("OSS gave a part no ETag"))?;
        let crc64 = text("hash_crc64").and_then(|text| text.parse().ok());
        Ok(Part { etag, crc64, len }.id())
    }

    async fn complete_multipart(&self, path: &Path, id: &MultipartId, parts: Vec<PartId>) -> Result<PutResult> {
        // OSS completes no upload without a part.
        let parts = match parts.is_empty() {
            true => vec![self.put_part(path, id, 0, PutPayload::default()).await?],
            false => parts,
        };
        let parts: Vec<Part<'_>> = parts.iter().map(Part::of).collect();
        let (done, expected) = (self.complete(path, id, &parts).await, whole_crc(&parts));
        match done {
            Ok(done) => stored(path, expected, done.hash_crc64.as_deref(), done.etag.clone(), done.version_id.clone()),
            Err(refused) if was_done_before(&refused) => self.find(path, expected, refused).await,
            Err(refused) => Err(error::of(path, refused)),
        }
    }

    async fn abort_multipart(&self, path: &Path, id: &MultipartId) -> Result<()> {
        let request = ops::AbortMultipartUpload::new(self.bucket().name(), path.as_ref(), id);
        self.bucket().client().call(request).await.map_err(|refused| error::of(path, refused))?;
        Ok(())
    }
}

impl OssStore {
    async fn initiate(&self, path: &Path, options: &PutMultipartOptions) -> Result<MultipartId> {
        let input = self.input(ops::InitiateMultipartUpload::OPERATION, path);
        let input = attributes::describe(input, &options.attributes, &options.tags)?;
        let reply = self.bucket().client().send(input).await.map_err(|refused| error::of(path, refused))?;
        let id = reply.get("upload_id").and_then(|value| value.as_str());
        id.map(str::to_owned).ok_or_else(|| error::generic("OSS gave the upload no id"))
    }

    /// Completes an upload. It is repeated as if it could be: a second one finds no upload, which tells what happened.
    async fn complete(
        &self,
        path: &Path,
        id: &MultipartId,
        parts: &[Part<'_>],
    ) -> sanyun_oss::Result<sanyun_oss::Response<ops::CompleteMultipartUploadResult>> {
        let numbered = (1..).zip(parts);
        let listed = numbered.map(|(number, part)| ops::UploadedPart::new().part_number(number).etag(part.etag));
        let parts = ops::CompletedMultipartUpload::new().parts(listed.collect::<Vec<_>>());
        let request = ops::CompleteMultipartUpload::new(self.bucket().name(), path.as_ref(), id);
        self.bucket().client().call(request.complete_multipart_upload(parts)).call().idempotent(true).await
    }

    /// The object of an upload whose completion was not answered.
    async fn find(&self, path: &Path, expected: Option<u64>, refused: sanyun_oss::Error) -> Result<PutResult> {
        let found = self.bucket().head(path.as_ref()).await.map_err(|refused| error::of(path, refused))?;
        if expected.is_none() || found.crc64() != expected {
            return Err(error::of(path, refused));
        }
        let text = |text: Option<&str>| text.map(str::to_owned);
        let (e_tag, version) = (text(found.etag()), text(found.version_id()));
        Ok(PutResult { e_tag, version, extensions: Default::default() })
    }
}

/// Whether an earlier attempt of the same call has completed the upload.
fn was_done_before(refused: &sanyun_oss::Error) -> bool {
    refused.attempts() > 1 && refused.code() == Some("NoSuchUpload")
}

fn stored(
    path: &Path,
    expected: Option<u64>,
    theirs: Option<&str>,
    e_tag: Option<String>,
    version: Option<String>,
) -> Result<PutResult> {
    match (expected, theirs.and_then(|text| text.parse::<u64>().ok())) {
        (Some(ours), Some(theirs)) if ours != theirs => {
            Err(error::generic(format!("`{path}` is stored, but damaged: CRC-64 {theirs}, its parts had {ours}")))
        }
        _ => Ok(PutResult { e_tag, version, extensions: Default::default() }),
    }
}

/// The checksum of all parts one after the other, if each has one.
fn whole_crc(parts: &[Part<'_>]) -> Option<u64> {
    parts.iter().try_fold(0, |whole, part| Some(crc::combine(whole, part.crc64?, part.len)))
}

/// What is known of an uploaded part. As an id it is its members with blanks between them, or the ETag alone.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Part<'a> {
    etag: &'a str,
    crc64: Option<u64>,
    len: u64,
}

impl<'a> Part<'a> {
    fn id(&self) -> PartId {
        let mut content_id = self.etag.to_owned();
        if let Some(crc64) = self.crc64 {
            let _ = write!(content_id, " {crc64} {}", self.len);
        }
        PartId { content_id }
    }

    fn of(id: &'a PartId) -> Self {
        let mut words = id.content_id.split(' ');
        let etag = words.next().unwrap_or_default();
        let crc64 = words.next().and_then(|word| word.parse().ok());
        Self { etag, crc64, len: words.next().and_then(|word| word.parse().ok()).unwrap_or_default() }
    }
}

/// An upload whose parts are numbered in the order in which they are given.
#[derive(Debug)]
pub(crate) struct Upload {
    store: OssStore,
    path: Path,
    id: MultipartId,
    begun: usize,
    done: Arc<Mutex<BTreeMap<usize, PartId>>>,
}

impl Upload {
    pub(crate) async fn begin(store: &OssStore, path: &Path, options: &PutMultipartOptions) -> Result<Self> {
        let id = store.initiate(path, options).await?;
        Ok(Self { store: store.clone(), path: path.clone(), id, begun: 0, done: Arc::default() })
    }

    /// The parts in order.
    fn parts(&self) -> Result<Vec<PartId>> {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        match (0..self.begun).find(|index| !done.contains_key(index)) {
            Some(missing) => Err(error::generic(format!("part {missing} of `{}` is not uploaded", self.path))),
            None => Ok(done.values().cloned().collect()),
        }
    }
}

#[async_trait]
impl MultipartUpload for Upload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let index = self.begun;
        self.begun += 1;
        let (store, path, id, done) = (self.store.clone(), self.path.clone(), self.id.clone(), Arc::clone(&self.done));
        Box::pin(async move {
            let part = store.put_part(&path, &id, index, data).await?;
            done.lock().unwrap_or_else(PoisonError::into_inner).insert(index, part);
            Ok(())
        })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let parts = self.parts()?;
        self.store.complete_multipart(&self.path, &self.id, parts).await
    }

    async fn abort(&mut self) -> Result<()> {
        self.store.abort_multipart(&self.path, &self.id).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_its_id() {
        let part = Part { etag: "\"ABC-1\"", crc64: Some(u64::MAX), len: 5 };
        assert_eq!(Part::of(&part.id()), part);
        let bare = PartId { content_id: "\"ABC\"".to_owned() };
        assert_eq!(Part::of(&bare), Part { etag: "\"ABC\"", crc64: None, len: 0 });
        assert_eq!(Part::of(&bare).id().content_id, bare.content_id);
    }

    #[test]
    fn the_checksum_of_all_parts() {
        let part = |bytes: &[u8]| Part { etag: "", crc64: Some(crc::checksum(bytes)), len: bytes.len() as u64 };
        assert_eq!(whole_crc(&[part(b"12345"), part(b"6789")]), Some(crc::checksum(b"123456789")));
        assert_eq!(whole_crc(&[part(b"")]), Some(crc::checksum(b"")));
        assert_eq!(whole_crc(&[part(b"12345"), Part { crc64: None, ..part(b"6789") }]), None);
    }
}
