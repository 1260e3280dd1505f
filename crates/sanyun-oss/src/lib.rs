//! Alibaba Cloud OSS: buckets and objects.
//!
//! ```no_run
//! use std::time::Duration;
//! use sanyun_oss::{Client, Credential};
//!
//! # async fn example() -> sanyun_oss::Result<()> {
//! // Nothing is sent yet. Without `credentials` the environment is asked at the first call.
//! let client = Client::builder().region("cn-hangzhou").credentials(Credential::keys("ak", "sk")).build()?;
//! let photos = client.bucket("photos");
//!
//! photos.put("a/b.jpg", "bytes").content_type("image/jpeg").meta("owner", "li").await?;
//! let bytes = photos.get("a/b.jpg").range(0..1024).await?.bytes().await?;
//! let link = photos.get("a/b.jpg").presign(Duration::from_secs(600)).await?;
//! println!("{} bytes; share {}", bytes.len(), link.url());
//!
//! let mut objects = photos.list().prefix("a/").items();
//! while let Some(object) = objects.next().await {
//!     println!("{}", object?.key);
//! }
//! # Ok(()) }
//! ```
//!
//! # What it takes care of
//!
//! - Every key arrives as it is given: `a/../b`, `..`, `a//b`, a leading slash.
//! - The CRC-64 of every upload, and of every object that is read whole, is compared with the one OSS computed. A
//!   difference is an error that is retried; [`OssError::crc_mismatch`] has both.
//! - A retried upload sends the same bytes; a stream that can be read only once is not retried.
//! - Objects can be encrypted before they leave, as the other SDKs of OSS do it: feature `encryption`.
//! - Files and streams of any size go in parts, several at a time, and go on where they stopped: [`transfer`].
//! - Folders and buckets are brought into line with each other: [`sync`].
//! - A wrong clock is corrected by what OSS says about the time.
//! - Refusals are [`Error`]s with OSS's own code, its request id, and where possible [a hint](Error::hint).
//!
//! # Calls
//!
//! Methods of [`Client`] and [`Bucket`] give an [`Action`], which has setters for what the call takes, and is awaited.
//! [`Bucket::reader`] and [`Bucket::appender`] make files of objects: tokio's `AsyncRead`, `AsyncSeek` and `AsyncWrite`.
//! Every operation is also a type of [`ops`], for [`Client::call`] and, where it lists something, [`Client::pages`]; and a
//! name, for [`Client::invoke`], with the tables of [`operation`]. Vector buckets, table buckets, data processing and
//! agentic buckets have clients of their own: [`Builder::product`].

mod acl;
mod action;
mod append;
mod bucket;
mod callback;
mod client;
mod copy;
pub mod crc;
pub mod credentials;
mod delete_many;
#[cfg(feature = "encryption")]
pub mod encryption;
mod endpoint;
mod error;
mod input;
mod invoke;
mod list;
pub mod media_type;
mod moment;
pub mod name;
mod object;
pub mod operation;
pub mod ops;
mod post_policy;
mod presign;
mod product;
mod protocol;
mod range;
mod reader;
mod restore;
mod select;
mod shape;
pub mod sign;
mod storing;
mod symlink;
pub mod sync;
mod tagging;
pub mod transfer;
mod versions;
mod xml;

pub use action::{Action, FromReply};
pub use append::{Appended, Appender, DEFAULT_APPEND_BUFFER};
pub use bucket::{Bucket, BucketInfo, Created, Owner};
pub use callback::{Callback, CallsBack};
pub use client::{Builder, Client};
pub use copy::Copied;
pub use delete_many::{DeleteMany, DeleteSummary, NotDeleted};
pub use endpoint::{Addressing, Network};
pub use error::{BAD_ERROR_RESPONSE, OssError};
pub use input::Input;
pub use list::{BucketPage, BucketSummary, Items, ObjectPage, ObjectSummary, Page, Pages};
pub use object::{Conditional, Deleted, Object, ObjectMeta, Stored};
pub use post_policy::{PostForm, PostPolicy};
pub use presign::{DEFAULT_LIFETIME, MAX_V4_LIFETIME, Presigned};
pub use range::{ByteRange, ContentRange};
pub use reader::{Prefetch, Reader};
pub use sanyun_core::{
    AccessLog, Backoff, Body, Call, Chain, Credential, Error, ErrorKind, Http, Progress, Proxy, Response, Result,
    Retry, Secret, ServiceClass, ServiceError, TimeoutPhase, TlsVersion, access_log, hook,
};
pub use select::{ReadsRows, SelectEnd, SelectMeta, Selection, read_frames};
pub use sign::SignatureVersion;
pub use storing::Storing;
pub use symlink::Symlink;
pub use tagging::Tags;
pub use transfer::Transfers;
pub use versions::Versioned;
pub use xml::escape as escape_xml;
