//! What can be said of an object when it comes into being, whichever call makes it.

use std::time::SystemTime;

use sanyun_core::{encode, time};

use crate::action::Action;
use crate::append::{Appended, Appender};
use crate::copy::Copied;
use crate::object::{META, Stored};

/// Results of calls that make an object.
pub trait Storing {}
impl Storing for Stored {}
impl Storing for Appended {}
impl Storing for Appender {}
impl Storing for Copied {}

impl<T: Storing> Action<T> {
    /// The `Content-Type`; guessed from the key's ending if unset.
    pub fn content_type(self, media_type: &str) -> Self {
        self.set("content-type", media_type)
    }

    /// Keeps a text with the object, as the header `x-oss-meta-<name>`. Names are told apart without case.
    pub fn meta(self, name: &str, value: &str) -> Self {
        self.header(&[META, name].concat(), value)
    }

    /// The storage class: `Standard`, `IA`, `Archive`, `ColdArchive`, `DeepColdArchive`; the bucket's if unset.
    pub fn storage_class(self, class: &str) -> Self {
        self.set("x-oss-storage-class", class)
    }

    /// Who may read and write it: `default`, `private`, `public-read`, `public-read-write`.
    pub fn acl(self, acl: &str) -> Self {
        self.set("x-oss-object-acl", acl)
    }

    /// Fails with `FileAlreadyExists` if there is an object of this key.
    pub fn forbid_overwrite(self) -> Self {
        self.set("x-oss-forbid-overwrite", "true")
    }

    /// The `Cache-Control` that readers get.
    pub fn cache_control(self, value: &str) -> Self {
        self.set("cache-control", value)
    }

    /// The `Content-Disposition` that readers get, such as `attachment; filename="a.jpg"`.
    pub fn content_disposition(self, value: &str) -> Self {
        self.set("content-disposition", value)
    }

    /// The `Content-Encoding` that readers get; the body has to be encoded so already.
    pub fn content_encoding(self, value: &str) -> Self {
        self.set("content-encoding", value)
    }

    /// The `Expires` that readers get.
    pub fn expires(self, moment: SystemTime) -> Self {
        self.set("expires", &time::http_date(moment))
    }

    /// How OSS encrypts it: `AES256`, `KMS` or `SM4`. The bucket's way if unset.
    pub fn server_side_encryption(self, algorithm: &str) -> Self {
        self.set("x-oss-server-side-encryption", algorithm)
    }

    /// The key that OSS encrypts it with, by its id in KMS.
    pub fn encryption_key(self, id: &str) -> Self {
        self.set("x-oss-server-side-encryption-key-id", id)
    }

    /// Tags, at most ten, instead of none.
    pub fn tags<K: AsRef<str>, V: AsRef<str>>(self, tags: impl IntoIterator<Item = (K, V)>) -> Self {
        self.set("x-oss-tagging", &tagging_header(tags))
    }

    /// The most bits per second that this call may move, 819200 to 838860800; OSS sees to it.
    pub fn traffic_limit(self, bits_per_second: u64) -> Self {
        self.set("x-oss-traffic-limit", &bits_per_second.to_string())
    }
}

/// Tags as a header has them: `a=1&b=2`, encoded.
fn tagging_header<K: AsRef<str>, V: AsRef<str>>(tags: impl IntoIterator<Item = (K, V)>) -> String {
    let mut text = String::new();
    for (name, value) in tags {
        text.push_str(if text.is_empty() { "" } else { "&" });
        encode::push_percent(&mut text, name.as_ref());
        text.push('=');
        encode::push_percent(&mut text, value.as_ref());
    }
    text
}
