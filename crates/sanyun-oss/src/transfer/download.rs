//! An object to a file, in parts.

mod resume;

use std::future::IntoFuture;
use std::ops::{Range, RangeBounds};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use sanyun_core::{BoxFuture, Error, Result, Retry};

use super::disk::absolute;
use super::lanes::{Each, Lanes, Part};
use super::limit::Throttle;
use super::multipart::{Headers, Pinned, compare, with_headers};
use super::plan::{PART_BYTES, PartPlan, resolve};
use super::progress::{Meter, Portion};
use super::target::{PartWriter, Target, Written};
use super::{Options, transfer_options};
use crate::action::Action;
use crate::bucket::Bucket;
use crate::crc;
use crate::object::{Object, ObjectMeta};
use crate::range::ByteRange;
use resume::{Resume, start};

/// A download that awaits being awaited: [`Bucket::download_file`].
#[must_use = "a transfer does nothing until it is awaited"]
#[derive(Debug)]
pub struct Download {
    bucket: Bucket,
    key: String,
    path: PathBuf,
    /// The conditions of all calls.
    head: Action<ObjectMeta>,
    version: Option<String>,
    range: Result<Option<ByteRange>>,
    skips_sync: bool,
    options: Options,
}

/// A file that was downloaded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Downloaded {
    /// The bytes of the file.
    pub bytes: u64,
    /// The bytes of the whole object.
    pub size: u64,
    /// The object's ETag, with its quotes.
    pub etag: String,
    /// The CRC-64 of the file's bytes. Of a whole object it was compared with the one that OSS keeps.
    pub crc64: u64,
    /// Whether there was anything to compare it with.
    pub verified: bool,
    /// The object's version; `None` in a bucket without versions.
    pub version_id: Option<String>,
    /// The number of parts, those of an earlier run included.
    pub parts: u64,
    /// Bytes that an earlier run had downloaded.
    pub resumed: u64,
}

impl Bucket {
    /// Saves an object as a file, several parts at a time. The file has a temporary name beside its own until it is whole,
    /// its checksum is right and its bytes have reached the disk. Every part is asked for with the ETag that the object had
    /// at the beginning: an object that changes on the way is an error, never a mixture.
    ///
    /// ```no_run
    /// # async fn example(photos: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
    /// let saved = photos.download_file("a.bin", "local.bin").parallel(4).progress(|p| eprintln!("{p}")).await?;
    /// println!("{} bytes, {} of them from an earlier run", saved.bytes, saved.resumed);
    /// # Ok(()) }
    /// ```
    pub fn download_file(&self, key: impl Into<String>, path: impl Into<PathBuf>) -> Download {
        let key = key.into();
        Download {
            head: self.head(&*key),
            bucket: self.clone(),
            key,
            path: path.into(),
            version: None,
            range: Ok(None),
            skips_sync: false,
            options: Options::new(PART_BYTES),
        }
    }
}

impl Download {
    transfer_options!();

    /// Only these bytes, such as `5..` or `0..1024`. An end behind the object's counts as the object's.
    pub fn range(mut self, bytes: impl RangeBounds<u64>) -> Self {
        self.range = ByteRange::from_bounds(&bytes);
        self
    }

    /// Only this many bytes at the end, or all if the object is shorter.
    pub fn last(mut self, bytes: u64) -> Self {
        self.range = Ok(Some(ByteRange::Last(bytes)));
        self
    }

    /// This version of the object.
    pub fn version(mut self, id: impl Into<String>) -> Self {
        let id = id.into();
        self.head = self.head.version(&*id);
        self.version = Some(id);
        self
    }

    /// Only if the object's ETag is this one.
    pub fn if_match(mut self, etag: &str) -> Self {
        self.head = self.head.if_match(etag);
        self
    }

    /// Only if the object's ETag is another one.
    pub fn if_none_match(mut self, etag: &str) -> Self {
        self.head = self.head.if_none_match(etag);
        self
    }

    /// Only if the object was changed after this.
    pub fn if_modified_since(mut self, moment: SystemTime) -> Self {
        self.head = self.head.if_modified_since(moment);
        self
    }

    /// Only if the object was not changed after this.
    pub fn if_unmodified_since(mut self, moment: SystemTime) -> Self {
        self.head = self.head.if_unmodified_since(moment);
        self
    }

    /// Sets a header of all calls, such as `x-oss-request-payer`.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.head = self.head.header(name, value);
        self
    }

    /// Does not wait until the bytes have reached the disk: faster, and after a crash of the machine the file may be
    /// there without them.
    pub fn skip_sync(mut self) -> Self {
        self.skips_sync = true;
        self
    }

    async fn run(self) -> Result<Downloaded> {
        let path = absolute(&self.path)?;
        let range = self.range?;
        // What the first call is told is told to each part, but for the conditions: those were about the beginning.
        let headers = self.head.input.as_ref().map(|input| input.headers.clone()).unwrap_or_default();
        let object = Pinned::new(self.options.cancel.unless(self.head.into_future()).await?.into_inner())?;
        let asked = resolve(range, object.size)?;
        let plan = PartPlan::new(asked.end - asked.start, self.options.part_size).starting_at(asked.start);
        let what = Wanted { bucket: self.bucket, key: self.key, version: self.version, range, headers, object, plan };
        let run = Run::new(what, path, &self.options).await?;
        run.finish(&self.options, !self.skips_sync).await
    }
}

impl IntoFuture for Download {
    type Output = Result<Downloaded>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// What is downloaded.
struct Wanted {
    bucket: Bucket,
    key: String,
    version: Option<String>,
    range: Option<ByteRange>,
    headers: Headers,
    object: Pinned,
    plan: PartPlan,
}

const CONDITIONS: &[&str] = &["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];

impl Wanted {
    /// The call for some of the object's bytes, as long as it is still the same object.
    fn get(&self, bytes: Range<u64>) -> Action<Object> {
        let headers = self.headers.iter().filter(|(name, _)| !CONDITIONS.contains(&name.as_str())).cloned().collect();
        let get = with_headers(self.bucket.get(&*self.key), headers).range(bytes).if_match(&self.object.etag);
        match &self.version {
            Some(version) => get.version(&**version),
            None => get,
        }
    }
}

/// One part, as far as it has come.
struct Fetch {
    index: u64,
    written: Written,
    /// How much was there when the last attempt began.
    before: u64,
    portion: Portion,
}

/// What counts as a good deal of bytes.
const GOOD_DEAL: u64 = 1 << 20;

impl Part for Fetch {
    fn has_moved(&mut self) -> bool {
        let before = std::mem::replace(&mut self.before, self.written.len);
        self.written.len - before >= GOOD_DEAL
    }
}

/// A download on its way.
struct Run {
    what: Arc<Wanted>,
    target: Target,
    throttle: Throttle,
    meter: Arc<Meter>,
    resume: Resume,
}

impl Run {
    async fn new(what: Wanted, path: PathBuf, options: &Options) -> Result<Self> {
        let meter = options.meter(what.bucket.client());
        let throttle = options.throttle(what.bucket.client());
        let (target, resume) = start(&what, &path, options).await?;
        meter.begin(Some(what.plan.len()), resume.bytes(&what.plan));
        Ok(Self { what: Arc::new(what), target, throttle, meter, resume })
    }

    async fn finish(mut self, options: &Options, sync: bool) -> Result<Downloaded> {
        let resumed = self.resume.bytes(&self.what.plan);
        let fetched = self.fetch(options).await;
        let fetched = fetched.and_then(|()| self.verify());
        let Self { what, target, meter, mut resume, .. } = self;
        let crc64 = match fetched {
            Ok(crc64) => crc64,
            // Bytes of another object, or wrong ones, are no beginning for a later run.
            Err(error) if is_lost(&error) => {
                target.discard().await;
                resume.remove().await?;
                return Err(error);
            }
            Err(error) => {
                resume.save_last().await;
                return Err(error);
            }
        };
        target.finish(sync).await?;
        resume.remove().await?;
        meter.finish();
        Ok(Downloaded {
            bytes: what.plan.len(),
            size: what.object.size,
            etag: what.object.etag.clone(),
            crc64,
            verified: what.is_verifiable(),
            version_id: what.object.meta.version_id().map(str::to_owned),
            parts: what.plan.count(),
            resumed,
        })
    }

    async fn fetch(&mut self, options: &Options) -> Result<()> {
        let missing: Vec<u64> =
            (0..self.what.plan.count()).filter(|index| self.resume.done.get(*index).is_none()).collect();
        let meter = Arc::clone(&self.meter);
        let parts = missing.into_iter().map(move |index| Fetch {
            index,
            written: Written::default(),
            before: 0,
            portion: Portion::of(&meter),
        });
        let (what, shared, throttle) = (Arc::clone(&self.what), Arc::clone(&self.target.shared), self.throttle.clone());
        let lanes = Lanes::new(self.what.bucket.client(), options.parallel, move |mut fetch: Fetch| {
            let (what, shared, throttle) = (Arc::clone(&what), Arc::clone(&shared), throttle.clone());
            async move {
                let result = what.fetch(&mut fetch, &shared, &throttle).await;
                (fetch, result)
            }
        });
        let resume = &mut self.resume;
        let done = |fetch: Fetch, crc64: u64| {
            resume.part_done(fetch.index, crc64);
            Ok(())
        };
        Box::pin(lanes.run(Each(parts), &options.cancel, done)).await
    }

    /// The checksum of all parts together, which is OSS's where the whole object was asked for.
    fn verify(&self) -> Result<u64> {
        let plan = &self.what.plan;
        let whole = (0..plan.count()).try_fold(0, |whole, index| {
            let range = plan.part(index)?;
            Some(crc::combine(whole, self.resume.done.get(index)?, range.end - range.start))
        });
        let whole = whole.ok_or_else(|| Error::decode("a part is missing"))?;
        if self.what.is_verifiable() {
            compare(Some(whole), self.what.object.crc64)?;
        }
        Ok(whole)
    }
}

/// Whether what was downloaded so far is of no use any more.
fn is_lost(error: &Error) -> bool {
    use crate::error::OssError as _;
    error.crc_mismatch().is_some() || error.is_precondition_failed()
}

impl Wanted {
    fn is_verifiable(&self) -> bool {
        let whole = self.plan.len() == self.object.size;
        whole && self.object.crc64.is_some() && self.bucket.client().protocol.checks_downloads
    }

    /// Reads what is missing of a part, and gives the checksum of the whole of it.
    async fn fetch(&self, fetch: &mut Fetch, shared: &Arc<super::disk::Shared>, throttle: &Throttle) -> Result<u64> {
        let Some(part) = self.plan.part(fetch.index) else { return Err(Error::input("there is no such part")) };
        let places = part.start - self.plan.first()..part.end - self.plan.first();
        let bytes = part.start + fetch.written.len..part.end;
        if bytes.is_empty() {
            return Ok(fetch.written.digest.value());
        }
        let mut object = self.get(bytes.clone()).call().retry(Retry::none()).await?.into_inner();
        self.check_range(&object, &bytes)?;
        let mut writer = PartWriter::new(shared, &places, fetch.written.clone());
        let read = read(&mut object, &mut writer, bytes.end - bytes.start, throttle, &fetch.portion).await;
        let written = writer.finish().await.map_err(|error| Error::io("writing what was downloaded", error))?;
        // What has come before a connection broke is kept.
        fetch.written = written;
        read.map(|()| fetch.written.digest.value())
    }

    /// Whether the answer holds the bytes that were asked for, of the object that was asked for.
    fn check_range(&self, object: &Object, bytes: &Range<u64>) -> Result<()> {
        let fits = match object.content_range() {
            Some(range) => {
                range.first == bytes.start
                    && range.last + 1 == bytes.end
                    && range.total.is_none_or(|total| total == self.object.size)
            }
            // Whoever was asked for everything may say so without a range.
            None => *bytes == (0..self.object.size) && object.content_length() == Some(self.object.size),
        };
        let same = object.etag().is_none_or(|etag| etag == self.object.etag);
        if fits && same && object.content_length().is_none_or(|len| len == bytes.end - bytes.start) {
            return Ok(());
        }
        Err(Error::decode("OSS sent other bytes than those that were asked for").with_retryable(true))
    }
}

/// Reads so many bytes, and not one more: those behind them belong to another part.
async fn read(
    object: &mut Object,
    writer: &mut PartWriter,
    mut left: u64,
    throttle: &Throttle,
    portion: &Portion,
) -> Result<()> {
    let wrong = |what| Err(Error::decode(what).with_retryable(true));
    while let Some(piece) = object.chunk().await? {
        let len = piece.len() as u64;
        if len > left {
            return wrong("OSS sent more bytes than it said");
        }
        left -= len;
        throttle.pass(piece.len()).await;
        let failed = |error| Error::io("writing what was downloaded", error);
        writer.write(piece).await.map_err(failed)?;
        portion.add(len);
    }
    if left > 0 { wrong("OSS sent fewer bytes than it said") } else { Ok(()) }
}
