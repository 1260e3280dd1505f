//! Copying an object within OSS, with one call.

use std::time::SystemTime;

use sanyun_core::{Error, Output, Result, encode, time};

use crate::action::{Action, Asked, FromReply};
use crate::bucket::Bucket;
use crate::moment;
use crate::object::ObjectMeta;
use crate::operation::Request as _;
use crate::operation::object::CopyObject;
use crate::xml::Document;

impl Bucket {
    /// Copies an object of up to 5 GiB to `key`, with what is said of it unless [`replace_meta`](Action::replace_meta) says
    /// otherwise. The source is in the same bucket if [`source_bucket`](Action::source_bucket) names no other.
    ///
    /// ```no_run
    /// # async fn example(photos: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
    /// photos.copy("a.jpg", "backup/a.jpg").storage_class("IA").await?;
    /// # Ok(()) }
    /// ```
    pub fn copy(&self, source: &str, key: impl Into<String>) -> Action<Copied> {
        let source = Source { bucket: self.name().to_owned(), key: source.to_owned(), version: None };
        self.on(CopyObject::OPERATION, key).set("x-oss-copy-source", &source.header())
    }
}

/// Where a copy comes from: the header is taken apart and put together again.
struct Source {
    bucket: String,
    key: String,
    version: Option<String>,
}

impl Source {
    fn header(&self) -> String {
        let mut text = ["/", &self.bucket, "/"].concat();
        encode::push_percent_path(&mut text, &self.key);
        if let Some(version) = &self.version {
            text.push_str("?versionId=");
            encode::push_percent(&mut text, version);
        }
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let (place, version) = match text.split_once("?versionId=") {
            Some((place, version)) => (place, Some(encode::percent_decode(version).into_owned())),
            None => (text, None),
        };
        let (bucket, key) = place.strip_prefix('/')?.split_once('/')?;
        Some(Self { bucket: bucket.to_owned(), key: encode::percent_decode(key).into_owned(), version })
    }
}

impl Action<Copied> {
    /// The bucket that the source is in.
    pub fn source_bucket(self, name: &str) -> Self {
        self.source(|source| source.bucket = name.to_owned())
    }

    /// The version of the source.
    pub fn source_version(self, id: &str) -> Self {
        self.source(|source| source.version = Some(id.to_owned()))
    }

    fn source(self, change: impl FnOnce(&mut Source)) -> Self {
        let given = self.input.as_ref().ok().and_then(|input| {
            let (_, value) = input.headers.iter().find(|(name, _)| name.as_str() == "x-oss-copy-source")?;
            Source::parse(value.to_str().ok()?)
        });
        match given {
            Some(mut source) => {
                change(&mut source);
                self.set("x-oss-copy-source", &source.header())
            }
            None => self.fail(Error::input("header `x-oss-copy-source` does not name an object")),
        }
    }

    /// Says of the copy what this call says, and nothing of what is said of the source.
    pub fn replace_meta(self) -> Self {
        self.set("x-oss-metadata-directive", "REPLACE")
    }

    /// Gives the copy the tags of this call instead of those of the source.
    pub fn replace_tags(self) -> Self {
        self.set("x-oss-tagging-directive", "Replace")
    }

    /// Only if the source's ETag is this one; else HTTP 412.
    pub fn if_source_match(self, etag: &str) -> Self {
        self.set("x-oss-copy-source-if-match", etag)
    }

    /// Only if the source's ETag is another one; else HTTP 304.
    pub fn if_source_none_match(self, etag: &str) -> Self {
        self.set("x-oss-copy-source-if-none-match", etag)
    }

    /// Only if the source was changed after this; else HTTP 304.
    pub fn if_source_modified_since(self, moment: SystemTime) -> Self {
        self.set("x-oss-copy-source-if-modified-since", &time::http_date(moment))
    }

    /// Only if the source was not changed after this; else HTTP 412.
    pub fn if_source_unmodified_since(self, moment: SystemTime) -> Self {
        self.set("x-oss-copy-source-if-unmodified-since", &time::http_date(moment))
    }
}

/// What OSS says about a copy.
#[derive(Clone, Debug)]
pub struct Copied {
    meta: ObjectMeta,
    etag: Option<String>,
    last_modified: Option<SystemTime>,
}

impl Copied {
    /// The ETag with its quotes.
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// When it was made.
    pub fn last_modified(&self) -> Option<SystemTime> {
        self.last_modified
    }

    /// The CRC-64 of the copy.
    pub fn crc64(&self) -> Option<u64> {
        self.meta.crc64()
    }

    /// The version of the copy; `None` in a bucket without versions.
    pub fn version_id(&self) -> Option<&str> {
        self.meta.version_id()
    }

    /// The version of the source; `None` in a bucket without versions.
    pub fn source_version_id(&self) -> Option<&str> {
        self.meta.header("x-oss-copy-source-version-id")
    }
}

impl FromReply for Copied {
    fn from_reply(output: Output, asked: &Asked) -> Result<Self> {
        let text = output.reply.text().into_owned();
        let document = Document::parse(&text)?;
        let root = document.root();
        let last_modified = moment::parse(root.text("LastModified"));
        Ok(Self { meta: ObjectMeta::from_reply(output, asked)?, etag: root.some_text("ETag"), last_modified })
    }
}
