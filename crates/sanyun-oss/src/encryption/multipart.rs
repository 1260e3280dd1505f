//! Encrypted uploads in parts.

use std::fmt;
use std::sync::Arc;

use http::HeaderName;
use sanyun_core::{Body, Call, Error, Result};

use super::EncryptedBucket;
use super::action::EncryptedAction;
use super::content::{self, BLOCK_BYTES, DataKey};
use super::envelope::{DATA_SIZE, Envelope, PART_SIZE};
use crate::action::Action;
use crate::client::Client;
use crate::crc::{self, CrcMismatch};
use crate::input::Input;
use crate::ops::{
    AbortMultipartUpload, CompleteMultipartUpload, CompleteMultipartUploadResult, CompletedMultipartUpload,
    InitiateMultipartUpload, InitiateMultipartUploadResult, ListParts, ListPartsResult, Part, UploadPart,
    UploadPartResult, UploadedPart,
};

/// Numbers that a part can have.
const PART_NUMBERS: std::ops::RangeInclusive<u32> = 1..=10_000;

/// How an upload is divided.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Sizes {
    /// Bytes of every part but the last.
    part: u64,
    /// Bytes of the whole, if they were told.
    data: Option<u64>,
}

impl Sizes {
    pub(super) fn check(self) -> Result<()> {
        if self.part == 0 || !self.part.is_multiple_of(BLOCK_BYTES) {
            let message = format!("the size of the parts is {}, not a multiple of {BLOCK_BYTES}", self.part);
            return Err(Error::input(message));
        }
        Ok(())
    }

    /// Where a part begins.
    fn offset(self, number: u32) -> u64 {
        u64::from(number.saturating_sub(1)).saturating_mul(self.part)
    }

    /// Whether a part of this length fits in its place; only the last one may be shorter.
    fn fits(self, number: u32, len: u64) -> bool {
        match self.data {
            Some(data) => len == self.part.min(data.saturating_sub(self.offset(number))) && len > 0,
            None => len <= self.part,
        }
    }
}

pub(super) fn initiate(
    bucket: &EncryptedBucket,
    key: String,
    part_size: u64,
) -> EncryptedAction<InitiateMultipartUploadResult> {
    let request = InitiateMultipartUpload::new(bucket.bucket.name(), key);
    let mut action = bucket.action(bucket.bucket.client().call(request));
    action.sizes.part = part_size;
    action
}

impl EncryptedAction<InitiateMultipartUploadResult> {
    /// The length of the whole object in bytes, if it is known: then every part has to have exactly its length.
    pub fn data_size(mut self, bytes: u64) -> Self {
        self.sizes.data = Some(bytes);
        self
    }
}

/// Sets the headers of a call that begins an upload, or is a part of it.
pub(super) fn describe(input: &mut Input, envelope: &Envelope, sizes: Sizes) -> Result<()> {
    envelope.set(input)?;
    input.set_header(HeaderName::from_static(PART_SIZE), &sizes.part.to_string())?;
    match sizes.data.filter(|size| *size > 0) {
        Some(size) => input.set_header(HeaderName::from_static(DATA_SIZE), &size.to_string()),
        None => Ok(()),
    }
}

/// An upload in parts whose content is encrypted. Parts may be sent in any order, and at the same time.
///
/// ```no_run
/// # async fn example(photos: sanyun_oss::encryption::EncryptedBucket, first: Vec<u8>, last: Vec<u8>) -> sanyun_oss::Result<()> {
/// let upload = photos.initiate("big.bin", 1 << 20).await?;
/// let parts = [upload.part(1, first).await?.into_inner(), upload.part(2, last).await?.into_inner()];
/// upload.complete(parts).await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct EncryptedUpload {
    pub(super) client: Client,
    pub(super) bucket: String,
    pub(super) object: String,
    pub(super) upload_id: String,
    pub(super) key: Arc<DataKey>,
    pub(super) envelope: Envelope,
    pub(super) sizes: Sizes,
}

impl EncryptedUpload {
    /// Its id, with which [`EncryptedBucket::resume`] goes on.
    pub fn upload_id(&self) -> &str {
        &self.upload_id
    }

    /// The object's key.
    pub fn key(&self) -> &str {
        &self.object
    }

    /// Bytes of every part but the last.
    pub fn part_size(&self) -> u64 {
        self.sizes.part
    }

    /// Bytes of the whole object, if they were told.
    pub fn data_size(&self) -> Option<u64> {
        self.sizes.data
    }

    /// Encrypts and sends a part, from 1 to 10,000. It may be sent again with the **same** bytes; other bytes would be
    /// encrypted with the same key and counter, which shows how they differ.
    pub fn part(&self, number: u32, body: impl Into<Body>) -> Call<Part> {
        let body = body.into();
        let len = body.len();
        let request = UploadPart::new(&*self.bucket, &*self.object, number.to_string(), &*self.upload_id);
        let action = self.client.call(request).change(|input| self.encrypt(input, number, body));
        action.call().map(move |sent: UploadPartResult| {
            Ok(Part {
                part_number: Some(i64::from(number)),
                etag: sent.etag,
                size: len.and_then(|len| i64::try_from(len).ok()),
                hash_crc64: sent.hash_crc64,
                ..Part::default()
            })
        })
    }

    fn encrypt(&self, input: &mut Input, number: u32, body: Body) -> Result<()> {
        let refuse = |why: &str| Error::input(format!("part {number}: {why}"));
        if !PART_NUMBERS.contains(&number) {
            return Err(refuse("the number must be from 1 to 10,000"));
        }
        let len = body.len().ok_or_else(|| refuse("the length of its body is not known"))?;
        if !self.sizes.fits(number, len) {
            return Err(refuse(&format!("{len} bytes do not fit an upload of {}", self.sizes)));
        }
        describe(input, &self.envelope, self.sizes)?;
        let offset = self.sizes.offset(number);
        let encrypted = content::encrypted(body, Arc::clone(&self.key), offset);
        input.body = encrypted.map_err(|error| Error::io("reading the body", error))?;
        Ok(())
    }

    /// Makes the object of its parts, all of them, in any order. The CRC-64 of the parts is compared with the object's.
    pub fn complete(&self, parts: impl IntoIterator<Item = Part>) -> Call<CompleteMultipartUploadResult> {
        let mut parts: Vec<Part> = parts.into_iter().collect();
        parts.sort_by_key(|part| part.part_number);
        let checked = self.check(&parts);
        let crc = combined(&parts);
        let list = parts.into_iter().map(|part| UploadedPart {
            part_number: part.part_number,
            etag: part.etag,
            ..UploadedPart::default()
        });
        let list = CompletedMultipartUpload::new().parts(list.collect::<Vec<_>>());
        let request = CompleteMultipartUpload::new(&*self.bucket, &*self.object, &*self.upload_id)
            .complete_multipart_upload(list);
        let action = self.client.call(request).change(|_| checked);
        action.call().map(move |result: CompleteMultipartUploadResult| {
            let theirs = result.hash_crc64.as_deref().and_then(|text| text.parse().ok());
            match (crc, theirs) {
                (Some(ours), Some(theirs)) => same_crc(ours, theirs).map(|()| result),
                _ => Ok(result),
            }
        })
    }

    /// Every part lies where it was encrypted for: a gap, or a short part before the last, would be garbage.
    fn check(&self, parts: &[Part]) -> Result<()> {
        let mut total: u64 = 0;
        for (number, part) in (1..).zip(parts) {
            if part.part_number != Some(number) {
                return Err(Error::input(format!("part {number} is missing, or there twice")));
            }
            let len = part.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
            if number < parts.len() as i64 && len != self.sizes.part {
                return Err(Error::input(format!("part {number} has {len} bytes; only the last part may be shorter")));
            }
            total += len;
        }
        match self.sizes.data.filter(|data| *data != total) {
            Some(data) => Err(Error::input(format!("the parts have {total} bytes, not {data}"))),
            None => Ok(()),
        }
    }

    /// Gives the upload up and deletes its parts.
    pub fn abort(&self) -> Action<()> {
        self.client.call(AbortMultipartUpload::new(&*self.bucket, &*self.object, &*self.upload_id))
    }
}

/// The checksum of all parts, if each is known.
fn combined(parts: &[Part]) -> Option<u64> {
    parts.iter().try_fold(0, |crc, part| {
        let own = part.hash_crc64.as_deref()?.parse().ok()?;
        Some(crc::combine(crc, own, u64::try_from(part.size?).ok()?))
    })
}

fn same_crc(ours: u64, theirs: u64) -> Result<()> {
    CrcMismatch::check(ours, theirs).map_err(|mismatch| crate::error::inconsistent(mismatch).with_retryable(false))
}

impl EncryptedBucket {
    /// Goes on with an upload that was begun before, here or by another client: its key, its sizes and the parts that are
    /// there come from OSS.
    ///
    /// # Errors
    /// There is no such upload, it is not an encrypted one, or the master key does not fit.
    pub async fn resume(&self, key: &str, upload_id: &str) -> Result<(EncryptedUpload, Vec<Part>)> {
        let client = self.bucket.client();
        let mut pages = client.pages(ListParts::new(self.bucket.name(), key, upload_id));
        let (mut list, mut parts): (Option<ListPartsResult>, Vec<Part>) = (None, Vec::new());
        while let Some(page) = pages.next().await {
            let mut page = page?.into_inner();
            parts.append(&mut page.parts);
            list.get_or_insert(page);
        }
        let list = list.unwrap_or_default();
        let mut envelope = Envelope::of_parts(&list)?;
        // The list does not say which master key it was.
        envelope.description = self.keys.default_key().described().cloned();
        let sizes = sizes(&list);
        sizes.check()?;
        let data_key = self.keys.open(&envelope, &*client.pipeline.context().chance).await?;
        let upload = EncryptedUpload {
            client: client.clone(),
            bucket: self.bucket.name().to_owned(),
            object: key.to_owned(),
            upload_id: upload_id.to_owned(),
            key: data_key,
            envelope,
            sizes,
        };
        Ok((upload, parts))
    }
}

fn sizes(list: &ListPartsResult) -> Sizes {
    let size = |value: Option<i64>| value.and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0);
    Sizes {
        part: size(list.client_encryption_part_size).unwrap_or_default(),
        data: size(list.client_encryption_data_size),
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.data {
            Some(data) => write!(f, "{data} bytes in parts of {}", self.part),
            None => write!(f, "parts of {} bytes", self.part),
        }
    }
}

impl fmt::Debug for EncryptedUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncryptedUpload(oss://{}/{}, {})", self.bucket, self.object, self.sizes)
    }
}
