//! OSS as an [`object_store::ObjectStore`], so that every engine on that trait (DataFusion, Polars, delta-rs, Lance, …)
//! reads and writes OSS.
//!
//! ```no_run
//! use std::sync::Arc;
//! use sanyun_object_store::OssStore;
//! use sanyun_object_store::object_store::{ObjectStore, ObjectStoreExt as _, path::Path};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = sanyun_oss::Client::builder().region("cn-hangzhou").build()?;
//! let store: Arc<dyn ObjectStore> = Arc::new(OssStore::new(client.bucket("lake")));
//!
//! store.put(&Path::from("table/part-0.parquet"), "bytes".into()).await?;
//! let head = store.get_range(&Path::from("table/part-0.parquet"), 0..4).await?;
//! # Ok(()) }
//! ```
//!
//! Calls, retries, credentials, checksums and time-outs are those of the bucket's client.
//!
//! # What OSS can do, and what it cannot
//!
//! - [`PutMode::Create`] and [`CopyMode::Create`] are atomic, by OSS's `x-oss-forbid-overwrite`. OSS ignores that header
//!   in buckets that keep versions, or once did; there they are refused: see
//!   [`assume_unversioned`](OssStore::assume_unversioned). A call of this kind whose answer is lost is not repeated, since
//!   the repetition would find the first one's object: it fails, and whether the object exists has to be looked up.
//! - [`PutMode::Update`] gives `NotImplemented`: OSS does not take `If-Match` for writes.
//! - A key that is no [`Path`] (`a//b`, `/a`, `a/../b`) is an error in listings, not left out. Folders that the console
//!   makes, empty objects whose key ends with a slash, are left out.
//! - A part of an upload has at least 100 KiB, except the last; an upload has at most 10,000 parts.
//! - An object that OSS does not copy at once is copied in parts.
//! - A body that breaks while it is read is continued where it broke, from the same object: its ETag is compared. The
//!   CRC-64 of a whole object that was read is compared in any case.
//!
//! # Features
//!
//! `signer` implements `object_store::signer::Signer`. It is off by default, because that trait stands in a part of
//! `object_store` that comes with more dependencies; `store.bucket().get(key).presign(…)` needs none.
//!
//! [`Path`]: object_store::path::Path

mod attributes;
mod copy;
mod create;
mod delete;
mod error;
mod get;
mod list;
mod multipart;
mod put;
#[cfg(feature = "signer")]
mod signer;

use std::fmt;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use futures_util::stream::BoxStream;
#[cfg(doc)]
use object_store::PutMode;
use object_store::path::Path;
use object_store::{
    CopyMode, CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, RenameTargetMode, Result,
};
use sanyun_oss::Bucket;

pub use object_store;

/// A bucket of OSS as an object store. Cloning it is cheap.
#[derive(Clone)]
pub struct OssStore {
    bucket: Bucket,
    /// Whether the bucket has no versions, once that is known.
    unversioned: Arc<OnceLock<()>>,
}

impl OssStore {
    /// The store of a bucket. Nothing is sent.
    pub fn new(bucket: Bucket) -> Self {
        Self { bucket, unversioned: Arc::default() }
    }

    /// Does not ask OSS before the first conditional write whether the bucket keeps versions (`GetBucketInfo`), for keys
    /// that may not ask. In a bucket that does, such a write may replace an object, and fails afterwards.
    #[must_use]
    pub fn assume_unversioned(self) -> Self {
        Self { unversioned: Arc::new(OnceLock::from(())), ..self }
    }

    /// The bucket.
    pub fn bucket(&self) -> &Bucket {
        &self.bucket
    }
}

impl From<Bucket> for OssStore {
    fn from(bucket: Bucket) -> Self {
        Self::new(bucket)
    }
}

impl fmt::Display for OssStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OSS({})", self.bucket.name())
    }
}

impl fmt::Debug for OssStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OssStore({})", self.bucket.name())
    }
}

#[async_trait]
impl ObjectStore for OssStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        self.put_object(location, payload, &opts).await
    }

    async fn put_multipart_opts(&self, location: &Path, opts: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Ok(Box::new(multipart::Upload::begin(self, location, &opts).await?))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        match options.head {
            true => self.head_object(location, &options).await,
            false => self.get_object(location, &options).await,
        }
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        delete::stream(self.clone(), locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.list_behind(prefix, "")
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        self.list_behind(prefix, offset.as_ref())
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.list_folder(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.copy_object(from, to, options.mode).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        let mode = match options.target_mode {
            RenameTargetMode::Overwrite => CopyMode::Overwrite,
            RenameTargetMode::Create => CopyMode::Create,
        };
        self.rename_object(from, to, mode).await
    }
}
