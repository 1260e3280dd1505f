//! Managed transfers: files and streams to objects, objects to files, objects to objects, in parts and several at a time.
//!
//! ```no_run
//! # async fn example(photos: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
//! let stored = photos.upload_file("a.bin", "local.bin").part_size(8 << 20).parallel(4).checkpoint("resume").await?;
//! println!("{} in {} parts, CRC-64 {:?}", stored.etag, stored.parts, stored.crc64);
//!
//! photos.download_file("a.bin", "copy.bin").progress(|progress| eprintln!("{progress}")).await?;
//! photos.copy_from("archive", "2026/a.bin", "b.bin").await?;
//! # Ok(()) }
//! ```
//!
//! # What they take care of
//!
//! - The CRC-64 of the whole is compared with OSS's at the end, put together from those of the parts.
//! - A part that fails is tried again after a while, up to nine times, whatever the client's own
//!   [retry policy](crate::Retry); when OSS is overloaded or slow, fewer parts go at a time. All transfers of a client
//!   share [`Transfers`], a limit of parts and of bytes a second.
//! - Memory: files are read and written piece by piece, streams as many parts at a time as run in parallel.
//! - Dropping the future, or [`Cancel`], deletes what was begun: the parts at OSS, the temporary file here. With
//!   [`checkpoint`](Upload::checkpoint) both stay, and the same transfer goes on where it stopped.
//!
//! When the answer to the call that begins an upload in parts is lost, it is begun again, and the first one stays behind
//! without parts: a lifecycle rule that aborts old uploads clears such ones away.

mod cancel;
pub mod checkpoint;
mod copy;
mod disk;
mod download;
mod lanes;
mod limit;
mod multipart;
mod plan;
mod progress;
mod source;
mod target;
mod upload;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::client::Client;
use limit::{Bandwidth, Throttle};
use progress::{Listener, Meter};

pub use cancel::Cancel;
pub use copy::{CopiedObject, ObjectCopy};
pub use download::{Download, Downloaded};
pub use limit::{DEFAULT_LANES, Transfers};
pub use plan::{
    COPY_PART_BYTES, COPY_THRESHOLD_BYTES, MAX_PART_BYTES, MAX_PARTS, MIN_PART_BYTES, PART_BYTES, PartPlan,
};
pub use progress::TransferProgress;
pub use upload::{Upload, Uploaded};

/// How many parts of one transfer go at a time, unless another number is set.
pub const PARALLEL: usize = 3;

/// What all transfers can be told.
#[derive(Clone)]
struct Options {
    part_size: u64,
    parallel: usize,
    checkpoint: Option<PathBuf>,
    progress: Option<Listener>,
    bandwidth: Option<Arc<Bandwidth>>,
    cancel: Cancel,
}

impl Options {
    fn new(part_size: u64) -> Self {
        Self { part_size, parallel: PARALLEL, checkpoint: None, progress: None, bandwidth: None, cancel: Cancel::new() }
    }

    fn meter(&self, client: &Client) -> Arc<Meter> {
        Meter::new(Arc::clone(&client.pipeline.context().clock), self.progress.clone())
    }

    fn throttle(&self, client: &Client) -> Throttle {
        let limits = [self.bandwidth.clone(), client.transfers.bandwidth.clone()];
        Throttle::new(Arc::clone(&client.pipeline.context().clock), limits.into_iter().flatten())
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("part_size", &self.part_size)
            .field("parallel", &self.parallel)
            .field("checkpoint", &self.checkpoint)
            .finish_non_exhaustive()
    }
}

/// The setters that all transfers have.
macro_rules! transfer_options {
    () => {
        /// The length of a part in bytes; 0 is the default. Objects that would have too many parts get longer ones.
        pub fn part_size(mut self, bytes: u64) -> Self {
            if bytes > 0 {
                self.options.part_size = bytes;
            }
            self
        }

        /// How many parts go at a time, 3 if unset; 0 counts as 1. See [`Transfers`](crate::Transfers) for the limit of
        /// all transfers together.
        pub fn parallel(mut self, parts: usize) -> Self {
            self.options.parallel = parts.max(1);
            self
        }

        /// Writes down in this folder how far the transfer has come, and goes on where an earlier run of the same transfer
        /// stopped. The folder is made if it is missing. Checkpoints that the official SDK has left there are taken over.
        pub fn checkpoint(mut self, folder: impl Into<std::path::PathBuf>) -> Self {
            self.options.checkpoint = Some(folder.into());
            self
        }

        /// Tells a callback how the transfer goes. It must not block: it runs on the threads that transfer.
        pub fn progress(
            mut self,
            listener: impl Fn(crate::transfer::TransferProgress) + Send + Sync + 'static,
        ) -> Self {
            self.options.progress = Some(std::sync::Arc::new(listener));
            self
        }

        /// The most bytes a second of this transfer; 0 is no limit.
        pub fn bandwidth(mut self, bytes_per_second: u64) -> Self {
            self.options.bandwidth = crate::transfer::limit::Bandwidth::new(bytes_per_second);
            self
        }

        /// Lets the transfer be stopped from outside.
        pub fn cancel_with(mut self, cancel: &crate::transfer::Cancel) -> Self {
            self.options.cancel = cancel.clone();
            self
        }
    };
}

/// The setters of transfers that make an object: what the object gets. `$inner` is a call with the headers.
macro_rules! object_options {
    () => {
        /// The `Content-Type`.
        pub fn content_type(self, media_type: &str) -> Self {
            self.header("content-type", media_type)
        }

        /// Keeps a text with the object, as the header `x-oss-meta-<name>`.
        pub fn meta(self, name: &str, value: &str) -> Self {
            self.header(&["x-oss-meta-", name].concat(), value)
        }

        /// The storage class: `Standard`, `IA`, `Archive`, `ColdArchive`, `DeepColdArchive`; the bucket's if unset.
        pub fn storage_class(self, class: &str) -> Self {
            self.header("x-oss-storage-class", class)
        }

        /// Who may read and write it: `default`, `private`, `public-read`, `public-read-write`.
        pub fn acl(self, acl: &str) -> Self {
            self.header("x-oss-object-acl", acl)
        }

        /// Fails with `FileAlreadyExists` if there is an object of this key.
        pub fn forbid_overwrite(self) -> Self {
            self.header("x-oss-forbid-overwrite", "true")
        }

        /// Leaves the parts at OSS when the transfer fails or is cancelled. With a checkpoint they stay anyway.
        pub fn leave_parts(mut self) -> Self {
            self.leaves_parts = true;
            self
        }

        /// Goes on with an upload in parts that was begun before, by its id: the parts that OSS has, and that fit, are
        /// not sent again.
        pub fn resume(mut self, upload_id: impl Into<String>) -> Self {
            self.upload_id = Some(upload_id.into());
            self
        }
    };
}

use {object_options, transfer_options};
