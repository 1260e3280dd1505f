//! Who may read and write buckets and objects.

use crate::action::Action;
use crate::bucket::Bucket;
use crate::operation::Request as _;
use crate::operation::bucket::{GetBucketAcl, GetBucketAclResult, PutBucketAcl};
use crate::operation::object::{GetObjectAcl, GetObjectAclResult, PutObjectAcl, PutObjectAclResult};

impl Bucket {
    /// Who may read and write the bucket: [`acl`](GetBucketAclResult::acl), and who owns it.
    pub fn acl(&self) -> Action<GetBucketAclResult> {
        self.whole(GetBucketAcl::OPERATION)
    }

    /// Says who may read and write the bucket: `private`, `public-read`, `public-read-write`.
    pub fn set_acl(&self, acl: &str) -> Action<()> {
        self.whole(PutBucketAcl::OPERATION).set("x-oss-acl", acl)
    }

    /// Who may read and write an object: [`acl`](GetObjectAclResult::acl), and who owns it.
    pub fn object_acl(&self, key: impl Into<String>) -> Action<GetObjectAclResult> {
        self.on(GetObjectAcl::OPERATION, key)
    }

    /// Says who may read and write an object: `default` (as the bucket), `private`, `public-read`, `public-read-write`.
    pub fn set_object_acl(&self, key: impl Into<String>, acl: &str) -> Action<PutObjectAclResult> {
        self.on(PutObjectAcl::OPERATION, key).set("x-oss-object-acl", acl)
    }
}
