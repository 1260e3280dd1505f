//! Versions of objects, and listings whose pages need two positions: those of versions and of uploads.

use crate::action::Action;
use crate::bucket::Bucket;
use crate::object::{Deleted, Object, ObjectMeta};
use crate::operation::{OperationPages, Request as _};
use crate::ops::{
    DeleteObjectTaggingResult, GetObjectAclResult, PutObjectAclResult, PutObjectTaggingResult, RestoreObjectResult,
};
use crate::ops::{GetBucketVersioning, GetBucketVersioningResult, PutBucketVersioning};
use crate::ops::{ListMultipartUploads, ListMultipartUploadsResult, ListObjectVersions, ListObjectVersionsResult};
use crate::reader::Reader;
use crate::symlink::Symlink;
use crate::tagging::Tags;

/// Results of calls that can be about one version of an object.
pub trait Versioned {}
impl Versioned for Object {}
impl Versioned for ObjectMeta {}
impl Versioned for Deleted {}
impl Versioned for Reader {}
impl Versioned for Tags {}
impl Versioned for Symlink {}
impl Versioned for PutObjectTaggingResult {}
impl Versioned for DeleteObjectTaggingResult {}
impl Versioned for GetObjectAclResult {}
impl Versioned for PutObjectAclResult {}
impl Versioned for RestoreObjectResult {}

impl<T: Versioned> Action<T> {
    /// This version of the object.
    pub fn version(self, id: impl Into<String>) -> Self {
        self.query("versionId", id)
    }
}

impl Bucket {
    /// Whether the bucket keeps the versions of its objects: `Enabled` or `Suspended`, or nothing if it never did.
    pub fn versioning(&self) -> Action<GetBucketVersioningResult> {
        self.whole(GetBucketVersioning::OPERATION)
    }

    /// Says whether the bucket keeps the versions of its objects: `Enabled` or `Suspended`.
    pub fn set_versioning(&self, status: &str) -> Action<()> {
        let document = serde_json::json!({"status": status});
        self.whole(PutBucketVersioning::OPERATION).change(|input| {
            input.document = Some(document);
            Ok(())
        })
    }

    /// All versions of the objects whose keys begin so, delete markers included, page by page.
    ///
    /// ```no_run
    /// # async fn example(photos: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
    /// let mut versions = photos.versions("a/");
    /// while let Some(page) = versions.next().await {
    ///     for version in &page?.version {
    ///         println!("{:?} {:?}", version.key, version.version_id);
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    pub fn versions(&self, prefix: impl Into<String>) -> OperationPages<ListObjectVersionsResult> {
        self.client().pages(ListObjectVersions::new(self.name()).prefix(prefix))
    }

    /// The uploads in parts to keys that begin so, which are neither complete nor given up, page by page.
    pub fn uploads(&self, prefix: impl Into<String>) -> OperationPages<ListMultipartUploadsResult> {
        self.client().pages(ListMultipartUploads::new(self.name()).prefix(prefix))
    }
}
