//! Client-side encryption: objects are encrypted before they leave and decrypted when they arrive, so that OSS never has
//! their content. Feature `encryption`.
//!
//! ```no_run
//! # async fn example(client: sanyun_oss::Client, public_pem: &str, private_pem: &str) -> sanyun_oss::Result<()> {
//! use sanyun_oss::encryption::MasterKey;
//! use serde_json::json;
//!
//! let key = MasterKey::rsa(public_pem, private_pem)?.description(json!({"name": "2026"}));
//! let photos = client.bucket("photos").encrypted(key);
//!
//! photos.put("a/b.jpg", "bytes").content_type("image/jpeg").await?;
//! let bytes = photos.get("a/b.jpg").range(100..200).await?.bytes().await?;
//! # Ok(()) }
//! ```
//!
//! # How it is done
//!
//! Each object has a random key of 256 bits and a random start of the counter, and is encrypted with AES in counter mode
//! (`AES/CTR/NoPadding`). Both are wrapped with the [`MasterKey`] and stored with the object, as metadata that begins with
//! `x-oss-meta-client-side-encryption-`. All SDKs of OSS read and write this form. Objects without that metadata are read
//! as they are.
//!
//! - Length, CRC-64 and ETag that OSS tells are those of the encrypted bytes; the length is the same. The CRC-64 is
//!   compared as always, which shows damage, not manipulation: **counter mode does not authenticate**. Whoever can write to
//!   the bucket can change single bits of the content, or replace an object by another one.
//! - The content is encrypted, nothing else: key, length, media type and metadata stay readable.
//! - Memory stays bounded whatever the object's size, and ranges are read without reading what lies before them.
//! - RSA with PKCS#1 v1.5 padding is what the form prescribes. See [`MasterKey`] about its limits.
//!
//! # What it does not offer
//!
//! Appending (the counter would have to go on where another client stopped), copying with other metadata (which would lose
//! the wrapped key), processing such as `image/resize` (OSS cannot read the object), and presigned URLs (whoever opens one
//! does not encrypt). An [`EncryptedBucket`] has no methods for them, and refuses headers and parameters that would make a
//! call one of them. A copy that keeps its metadata works with the [`Bucket`] itself.
//!
//! ```compile_fail,E0599
//! # async fn example(photos: sanyun_oss::encryption::EncryptedBucket) {
//! photos.get("a/b.jpg").presign(std::time::Duration::from_secs(600)).await;
//! # }
//! ```

mod action;
mod content;
mod envelope;
mod keys;
mod master;
mod multipart;
mod rsa;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use sanyun_core::Body;

pub use action::EncryptedAction;
pub use content::DataKey;
pub use master::{MasterCipher, MasterKey, SecretBytes};
pub use multipart::EncryptedUpload;
pub use sanyun_core::BoxFuture;

use crate::action::Action;
use crate::bucket::Bucket;
use crate::object::{Deleted, Object, ObjectMeta, Stored};
use crate::operation::multipart::InitiateMultipartUploadResult;
use keys::Keys;

impl Bucket {
    /// The same bucket with its objects encrypted on this side.
    pub fn encrypted(&self, key: MasterKey) -> EncryptedBucket {
        EncryptedBucket { bucket: self.clone(), keys: Arc::new(Keys::new(key)) }
    }
}

/// A bucket whose objects are encrypted before they leave and decrypted when they arrive. Cloning it is cheap; clones
/// share the keys of the objects that were read last, so that further ranges of an object cost no unwrapping.
#[derive(Clone)]
pub struct EncryptedBucket {
    bucket: Bucket,
    keys: Arc<Keys>,
}

impl EncryptedBucket {
    /// The same bucket, which also decrypts what was encrypted with an older key. An object's key is the one of the same
    /// [description](MasterKey::description), compared as JSON; if none has it, the key of new objects.
    #[must_use]
    pub fn older_key(self, key: MasterKey) -> Self {
        Self { keys: Arc::new(self.keys.with_older(key)), ..self }
    }

    /// The bucket itself, for everything that does not touch the objects' bytes: listing, deleting, tags, lifecycle.
    pub fn bucket(&self) -> &Bucket {
        &self.bucket
    }

    /// Encrypts and stores an object. A retry sends the same bytes again; a file that changes meanwhile would be encrypted
    /// twice with the same key and counter, which shows how the two differ. A `Content-MD5` or `Content-Length` that is set
    /// describes the content before it is encrypted, and is stored as metadata.
    pub fn put(&self, key: impl Into<String>, body: impl Into<Body>) -> EncryptedAction<Stored> {
        self.action(self.bucket.put(key, body))
    }

    /// Reads and decrypts an object. The [`Object`]'s body, `Content-Length` and `Content-Range` are what was asked for;
    /// the headers of the [`Response`](crate::Response) around it are those of the reply.
    pub fn get(&self, key: impl Into<String>) -> EncryptedAction<Object> {
        self.action(self.bucket.get(key))
    }

    /// Looks at an object without reading it.
    pub fn head(&self, key: impl Into<String>) -> Action<ObjectMeta> {
        self.bucket.head(key)
    }

    /// Deletes an object. Deleting one that does not exist succeeds.
    pub fn delete(&self, key: impl Into<String>) -> Action<Deleted> {
        self.bucket.delete(key)
    }

    /// Begins an upload in parts of `part_size` bytes, a multiple of 16. All parts but the last have to be that long.
    pub fn initiate(&self, key: impl Into<String>, part_size: u64) -> EncryptedAction<InitiateMultipartUploadResult> {
        multipart::initiate(self, key.into(), part_size)
    }

    fn action<T>(&self, action: Action<T>) -> EncryptedAction<T> {
        EncryptedAction::new(action, Arc::clone(&self.keys))
    }
}

impl fmt::Debug for EncryptedBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncryptedBucket({}, {:?})", self.bucket.name(), self.keys.default_key())
    }
}
