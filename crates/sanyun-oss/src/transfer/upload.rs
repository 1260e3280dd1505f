//! A file or a stream to an object, in parts.

mod parts;

use std::future::IntoFuture;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use sanyun_core::{Body, BoxFuture, ByteStream, Error, OpenBody, Result};
use tokio::io::AsyncRead;

use super::disk::absolute;
use super::limit::Throttle;
use super::multipart::{Headers, whole_crc64};
use super::plan::{PART_BYTES, PartPlan, check_part_size};
use super::progress::{Meter, Portion};
use super::source::{Gate, PartReader, ReaderPieces, SourceFile};
use super::{Options, object_options, transfer_options};
use crate::action::Action;
use crate::bucket::Bucket;
use crate::media_type;
use crate::object::Stored;
use parts::{Begun, Parts};

/// An upload that awaits being awaited: [`Bucket::upload_file`], [`Bucket::upload`].
#[must_use = "a transfer does nothing until it is awaited"]
#[derive(Debug)]
pub struct Upload {
    bucket: Bucket,
    key: String,
    source: Source,
    /// The call that stores the object at once, whose headers are those of all the others.
    put: Action<Stored>,
    leaves_parts: bool,
    upload_id: Option<String>,
    options: Options,
}

#[derive(Debug)]
enum Source {
    File(PathBuf),
    Body(Body),
}

/// An object that was uploaded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Uploaded {
    /// The ETag, with its quotes.
    pub etag: String,
    /// The CRC-64 of the object, which was compared with that of the bytes sent.
    pub crc64: Option<u64>,
    /// The version; `None` in a bucket without versions.
    pub version_id: Option<String>,
    /// The bytes.
    pub bytes: u64,
    /// The number of parts, those of an earlier run included; 0 if the object was stored at once.
    pub parts: u64,
    /// Bytes that an earlier run had uploaded.
    pub resumed: u64,
    /// What the user's own server answered, if the upload asked for a callback.
    pub callback_result: Option<String>,
}

impl Bucket {
    /// Stores a file as an object: at once if it is shorter than a part, else several parts at a time. The file is read
    /// while it is sent; if it is written to meanwhile, that is an error.
    ///
    /// ```no_run
    /// # async fn example(photos: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
    /// let stored = photos.upload_file("a.bin", "local.bin").parallel(4).checkpoint("resume").meta("owner", "li").await?;
    /// println!("{} bytes, {} of them from an earlier run", stored.bytes, stored.resumed);
    /// # Ok(()) }
    /// ```
    pub fn upload_file(&self, key: impl Into<String>, path: impl Into<PathBuf>) -> Upload {
        self.upload_of(key.into(), Source::File(path.into()))
    }

    /// Stores bytes or a stream as an object. A stream may be of unknown length: it is read as many parts ahead as are
    /// sent at a time, and no further. One of 10,000 parts has no room for more: longer streams need a larger
    /// [`part_size`](Upload::part_size), or a [`Body`] that says its length.
    pub fn upload(&self, key: impl Into<String>, body: impl Into<Body>) -> Upload {
        self.upload_of(key.into(), Source::Body(body.into()))
    }

    /// Stores what a reader reads, as [`upload`](Self::upload) does.
    pub fn upload_from(&self, key: impl Into<String>, reader: impl AsyncRead + Unpin + Send + 'static) -> Upload {
        self.upload(key, Body::once(Box::pin(ReaderPieces::new(reader)), None))
    }

    fn upload_of(&self, key: String, source: Source) -> Upload {
        Upload {
            bucket: self.clone(),
            put: self.put(&*key, Body::empty()),
            key,
            source,
            leaves_parts: false,
            upload_id: None,
            options: Options::new(PART_BYTES),
        }
    }
}

impl Upload {
    transfer_options!();
    object_options!();

    /// Sets what else a call that stores an object can set, such as tags, expiry and encryption.
    pub fn with(mut self, set: impl FnOnce(Action<Stored>) -> Action<Stored>) -> Self {
        self.put = set(self.put);
        self
    }

    /// Sets any header of the object, such as `x-oss-tagging`.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.put = self.put.header(name, value);
        self
    }

    async fn run(self) -> Result<Uploaded> {
        let Self { bucket, key, source, put, leaves_parts, upload_id, options } = self;
        let headers = put.input.as_ref().map(|input| input.headers.clone()).unwrap_or_default();
        check_part_size(options.part_size, bucket.client().transfers.smallest_part)?;
        let meter = options.meter(bucket.client());
        let throttle = options.throttle(bucket.client());
        let run = Run { bucket, key, put, headers, leaves_parts, upload_id, options, throttle, meter };
        match source {
            Source::File(path) => run.file(&path).await,
            Source::Body(body) => run.body(body).await,
        }
    }
}

impl IntoFuture for Upload {
    type Output = Result<Uploaded>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// An upload on its way.
struct Run {
    bucket: Bucket,
    key: String,
    put: Action<Stored>,
    headers: Headers,
    leaves_parts: bool,
    upload_id: Option<String>,
    options: Options,
    throttle: Throttle,
    meter: Arc<Meter>,
}

impl Run {
    async fn file(mut self, path: &Path) -> Result<Uploaded> {
        let path = absolute(path)?;
        self.guess_type(&path);
        let file = match SourceFile::open(&path).await? {
            Ok(file) => file,
            // A pipe or a terminal: how much comes is known at its end.
            Err(file) => return self.stream(reader(file), None).await,
        };
        let plan = PartPlan::grown(file.state.len, self.options.part_size)?;
        if file.state.len < plan.part_size() {
            let body = file.body(0..file.state.len, &self.gate());
            let stored = self.store(body, file.state.len).await?;
            file.check_unchanged().await?;
            return Ok(stored);
        }
        self.multipart(plan, Parts::file(file)).await
    }

    /// The type of the object is that of the file, unless the file's name tells less than the key.
    fn guess_type(&mut self, path: &Path) {
        let guess = media_type::of_key(&path.to_string_lossy());
        if guess != media_type::UNKNOWN && !self.headers.iter().any(|(name, _)| name == "content-type") {
            self.headers.push((http::header::CONTENT_TYPE, http::HeaderValue::from_static(guess)));
        }
    }

    async fn body(self, body: Body) -> Result<Uploaded> {
        let unreadable = |error| Error::io("reading what is uploaded", error);
        match body.open().map_err(unreadable)? {
            OpenBody::Empty => self.store(Body::empty(), 0).await,
            OpenBody::Bytes(bytes) => self.bytes(bytes).await,
            OpenBody::Stream(stream, len) => self.stream(stream, len).await,
        }
    }

    async fn bytes(self, bytes: Bytes) -> Result<Uploaded> {
        let plan = PartPlan::grown(bytes.len() as u64, self.options.part_size)?;
        if plan.len() < plan.part_size() {
            let (body, len) = (self.gate().body(bytes), plan.len());
            return self.store(body, len).await;
        }
        self.multipart(plan, Parts::bytes(bytes)).await
    }

    async fn stream(self, stream: ByteStream, len: Option<u64>) -> Result<Uploaded> {
        let part_size = match len {
            Some(len) => PartPlan::grown(len, self.options.part_size)?.part_size(),
            None => self.options.part_size,
        };
        let mut reader = PartReader::new(stream, len, part_size);
        // Before anything is begun: a stream may turn out to be short.
        let first = self.options.cancel.unless(reader.next()).await?.unwrap_or_default();
        if (first.len() as u64) < part_size {
            let (body, len) = (self.gate().body(first.clone()), first.len() as u64);
            return self.store(body, len).await;
        }
        let plan = PartPlan::new(len.unwrap_or(u64::MAX), part_size);
        self.multipart(plan, Parts::stream(reader, first, len)).await
    }

    fn gate(&self) -> Gate {
        Gate { throttle: self.throttle.clone(), portion: Portion::of(&self.meter) }
    }

    /// Stores the object at once.
    async fn store(self, body: Body, len: u64) -> Result<Uploaded> {
        let lane = Arc::clone(&self.bucket.client().transfers.lanes);
        if len > 0 {
            self.meter.begin(Some(len), 0);
        }
        let headers = self.headers;
        let put = super::multipart::with_headers(self.put, headers).change(|input| {
            input.body = body;
            Ok(())
        });
        let put = async move {
            let _lane = lane.acquire_owned().await;
            put.await
        };
        let stored = self.options.cancel.unless(Box::pin(put)).await?;
        self.meter.finish();
        Ok(Uploaded {
            etag: stored.etag().unwrap_or_default().to_owned(),
            crc64: stored.crc64(),
            version_id: stored.version_id().map(str::to_owned),
            bytes: len,
            parts: 0,
            resumed: 0,
            callback_result: Some(stored.callback_result())
                .filter(|result| !result.is_empty())
                .map(|result| String::from_utf8_lossy(result).into_owned()),
        })
    }

    async fn multipart(self, plan: PartPlan, parts: Parts) -> Result<Uploaded> {
        let begun = Begun::new(&self, &plan, parts.known()).await?;
        let Begun { mut multipart, checkpoint, mut stored } = begun;
        multipart.keep(self.leaves_parts || self.upload_id.is_some() || checkpoint.is_some());
        let resumed = stored.values().map(|part| part.len).sum();
        self.meter.begin(parts.len(), resumed);
        let file = parts.source();
        let sent = parts::send(&self, &multipart, &plan, parts, &mut stored).await;
        let changed = match (&sent, file) {
            (_, None) => Ok(()),
            (_, Some(file)) => file.check_unchanged().await,
        };
        if let Err(error) = changed {
            // The parts are not those of any file that there is.
            multipart.keep(self.leaves_parts);
            if let Some(checkpoint) = checkpoint {
                checkpoint.remove().await?;
            }
            return Err(multipart.give_up(error).await);
        }
        if let Err(error) = sent {
            return Err(multipart.give_up(error).await);
        }
        let (bytes, count) = (stored.values().map(|part| part.len).sum(), stored.len() as u64);
        let completed = multipart.complete(&stored).await?;
        if let Some(checkpoint) = checkpoint {
            checkpoint.remove().await?;
        }
        self.meter.finish();
        let crc64 = completed.crc64.or_else(|| whole_crc64(&stored));
        let (etag, version_id, callback_result) = (completed.etag, completed.version_id, completed.callback_result);
        Ok(Uploaded { etag, crc64, version_id, bytes, parts: count, resumed, callback_result })
    }
}

/// A file that is no file, as a stream.
fn reader(file: std::fs::File) -> ByteStream {
    Box::pin(ReaderPieces::new(tokio::fs::File::from_std(file)))
}

/// The bytes of a part, by its number from 1 on.
fn bytes_of(plan: &PartPlan, number: u64) -> Range<u64> {
    number.checked_sub(1).and_then(|index| plan.part(index)).unwrap_or_default()
}
