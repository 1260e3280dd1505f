//! Symbolic links: objects that stand for another one.

use sanyun_core::{Output, Result, encode};

use crate::action::{Action, Asked, FromReply};
use crate::bucket::Bucket;
use crate::object::ObjectMeta;
use crate::operation::Request as _;
use crate::operation::object::{GetSymlink, PutSymlink, PutSymlinkResult};
use crate::storing::Storing;

impl Storing for PutSymlinkResult {}

impl Bucket {
    /// Makes a symbolic link to an object of the same bucket, which need not exist.
    pub fn put_symlink(&self, key: impl Into<String>, target: &str) -> Action<PutSymlinkResult> {
        self.on(PutSymlink::OPERATION, key).set("x-oss-symlink-target", &encode::percent_path(target))
    }

    /// What a symbolic link stands for.
    pub fn symlink(&self, key: impl Into<String>) -> Action<Symlink> {
        self.on(GetSymlink::OPERATION, key)
    }
}

/// A symbolic link.
#[derive(Clone, Debug)]
pub struct Symlink {
    meta: ObjectMeta,
    target: String,
}

impl Symlink {
    /// The key that it stands for.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// What is said of the link itself.
    pub fn meta(&self) -> &ObjectMeta {
        &self.meta
    }
}

impl FromReply for Symlink {
    fn from_reply(output: Output, asked: &Asked) -> Result<Self> {
        let meta = ObjectMeta::from_reply(output, asked)?;
        let target = encode::percent_decode(meta.header("x-oss-symlink-target").unwrap_or_default()).into_owned();
        Ok(Self { meta, target })
    }
}
