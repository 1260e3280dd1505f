//! What the tests have in common.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use sanyun_core::{ByteStream, Credential, ManualClock};
use sanyun_local::{ACCESS_KEY, Local, SECRET_KEY};
use sanyun_oss::ops::ListMultipartUploads;
use sanyun_oss::transfer::{Cancel, TransferProgress};
use sanyun_oss::{Bucket, Client};

pub(crate) const PART: u64 = 100 << 10;

/// A local cloud with a bucket, and a folder.
pub(crate) struct World {
    pub(crate) local: Local,
    pub(crate) bucket: Bucket,
    pub(crate) folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    /// A world in which waiting takes no time.
    pub(crate) async fn without_waits(set: impl FnOnce(sanyun_oss::Builder) -> sanyun_oss::Builder) -> Self {
        let clock = ManualClock::at(std::time::SystemTime::now());
        Self::with(|builder| set(builder.clock(clock))).await
    }

    pub(crate) async fn with(set: impl FnOnce(sanyun_oss::Builder) -> sanyun_oss::Builder) -> Self {
        let local = Local::builder().start().await.unwrap();
        let builder = Client::builder()
            .region("cn-hangzhou")
            .endpoint(local.url())
            .credentials(Credential::keys(ACCESS_KEY, SECRET_KEY));
        let bucket = set(builder).build().unwrap().bucket("photos");
        bucket.create().await.unwrap();
        Self { local, bucket, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) async fn object(&self, key: &str) -> Bytes {
        self.bucket.get(key).await.unwrap().bytes().await.unwrap()
    }

    /// Uploads in parts that were begun and are neither completed nor given up.
    pub(crate) async fn unfinished(&self) -> usize {
        let uploads = self.bucket.client().call(ListMultipartUploads::new("photos")).await.unwrap();
        uploads.uploads.len()
    }
}

/// Bytes that are nowhere the same.
pub(crate) fn content(len: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect()
}

/// What is in a folder, by name.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Bytes in pieces that are no part's length.
pub(crate) fn stream(bytes: Vec<u8>) -> ByteStream {
    struct Pieces(Bytes);
    impl futures_core::Stream for Pieces {
        type Item = std::io::Result<Bytes>;

        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            let len = self.0.len().min(7_777);
            std::task::Poll::Ready((len > 0).then(|| Ok(self.0.split_to(len))))
        }
    }
    Box::pin(Pieces(bytes.into()))
}

/// Stops a transfer as soon as some bytes have been transferred.
pub(crate) fn stop_at(bytes: u64) -> (Cancel, impl Fn(TransferProgress) + Send + Sync + 'static) {
    let cancel = Cancel::new();
    let stop = cancel.clone();
    (cancel, move |progress| {
        if progress.transferred >= bytes {
            stop.cancel();
        }
    })
}
