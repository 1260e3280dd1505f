//! An object to an object, inside OSS.

use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use sanyun_core::{BoxFuture, Error, Response, Result, Retry, encode};
use serde_json::json;

use super::checkpoint::{Checkpoint, Kind};
use super::lanes::{Each, Lanes, Part};
use super::multipart::{Headers, Multipart, Pinned, StoredPart, StoredParts, compare, with_headers};
use super::plan::{COPY_PART_BYTES, COPY_THRESHOLD_BYTES, PartPlan, check_part_size};
use super::progress::{Meter, Portion};
use super::{Options, object_options, transfer_options};
use crate::action::Action;
use crate::bucket::Bucket;
use crate::client::Client;
use crate::copy::Copied;
use crate::ops::{GetObjectTagging, UploadPartCopy};

/// A copy that awaits being awaited: [`Bucket::copy_from`].
#[must_use = "a transfer does nothing until it is awaited"]
#[derive(Debug)]
pub struct ObjectCopy {
    source: Source,
    bucket: Bucket,
    key: String,
    /// The call that copies at once, whose headers are those of all the others.
    copy: Action<Copied>,
    threshold: u64,
    shallow: bool,
    leaves_parts: bool,
    upload_id: Option<String>,
    options: Options,
}

/// What is copied.
#[derive(Clone, Debug)]
struct Source {
    bucket: Bucket,
    key: String,
    version: Option<String>,
}

/// An object that was copied.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CopiedObject {
    /// The ETag of the copy, with its quotes.
    pub etag: String,
    /// The CRC-64 of the copy, which was compared with the source's.
    pub crc64: Option<u64>,
    /// The version of the copy; `None` in a bucket without versions.
    pub version_id: Option<String>,
    /// The bytes.
    pub bytes: u64,
    /// The number of parts, those of an earlier run included; 0 if the object was copied at once.
    pub parts: u64,
    /// Bytes that an earlier run had copied.
    pub resumed: u64,
}

impl Bucket {
    /// Copies an object of this or another bucket of the same region into this one: at once if it is short or OSS can do
    /// it without moving bytes, else several parts at a time. Metadata and tags go along, unless they are replaced.
    ///
    /// ```no_run
    /// # async fn example(photos: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
    /// photos.copy_from("archive", "2026/a.bin", "a.bin").await?;
    /// photos.copy_from("photos", "a.bin", "b.bin").replace_metadata().meta("owner", "li").await?;
    /// # Ok(()) }
    /// ```
    pub fn copy_from(
        &self,
        source_bucket: impl AsRef<str>,
        source_key: impl Into<String>,
        key: impl Into<String>,
    ) -> ObjectCopy {
        let bucket = self.client().bucket(source_bucket);
        let source = Source { bucket, key: source_key.into(), version: None };
        let key = key.into();
        ObjectCopy {
            copy: self.copy(&source.key, &*key).source_bucket(source.bucket.name()),
            source,
            bucket: self.clone(),
            key,
            threshold: COPY_THRESHOLD_BYTES,
            shallow: true,
            leaves_parts: false,
            upload_id: None,
            options: Options::new(COPY_PART_BYTES),
        }
    }
}

const COPY_SOURCE: &str = "x-oss-copy-source";
const METADATA_DIRECTIVE: &str = "x-oss-metadata-directive";
const TAGGING_DIRECTIVE: &str = "x-oss-tagging-directive";
const TAGGING: &str = "x-oss-tagging";
const META: &str = "x-oss-meta-";
/// What an object has beside its user's own metadata, and what a copy takes along.
const METADATA: &[&str] =
    &["content-type", "content-language", "content-encoding", "content-disposition", "cache-control", "expires"];

impl ObjectCopy {
    transfer_options!();
    object_options!();

    /// This version of the source.
    pub fn source_version(mut self, id: impl Into<String>) -> Self {
        let id = id.into();
        self.copy = self.copy.source_version(&id);
        self.source.version = Some(id);
        self
    }

    /// Gives the copy the metadata and headers that are set here, instead of the source's.
    pub fn replace_metadata(self) -> Self {
        self.header(METADATA_DIRECTIVE, "REPLACE")
    }

    /// Gives the copy these tags instead of the source's, as `name=value&name=value`, encoded as in a URL.
    pub fn replace_tags(self, tags: &str) -> Self {
        self.header(TAGGING_DIRECTIVE, "REPLACE").header(TAGGING, tags)
    }

    /// Up to this length, in bytes, an object is copied at once; 200 MiB if unset.
    pub fn threshold(mut self, bytes: u64) -> Self {
        self.threshold = bytes;
        self
    }

    /// Copies long objects in parts even where OSS could do without moving bytes: within a bucket, to the same storage
    /// class, without encryption.
    pub fn disable_shallow_copy(mut self) -> Self {
        self.shallow = false;
        self
    }

    /// Sets what else a call that copies an object can set, such as expiry and encryption.
    pub fn with(mut self, set: impl FnOnce(Action<Copied>) -> Action<Copied>) -> Self {
        self.copy = set(self.copy);
        self
    }

    /// Sets any header of the copy, such as `x-oss-server-side-encryption`.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.copy = self.copy.header(name, value);
        self
    }

    async fn run(self) -> Result<CopiedObject> {
        let Self { source, bucket, key, copy, threshold, shallow, leaves_parts, upload_id, options } = self;
        check_part_size(options.part_size, bucket.client().transfers.smallest_part)?;
        let headers = copy.input.as_ref().map(|input| input.headers.clone()).unwrap_or_default();
        let is_replaced = Directives::of(&headers)?;
        let payer = headers.iter().filter(|(name, _)| name == "x-oss-request-payer").cloned().collect();
        let head = with_headers(source.bucket.head(&*source.key), payer);
        let head = match &source.version {
            Some(version) => head.version(&**version),
            None => head,
        };
        let object = Pinned::new(options.cancel.unless(head.into_future()).await?.into_inner())?;
        let meter = options.meter(bucket.client());
        meter.begin(Some(object.size), 0);
        let run = Run { source, bucket, key, headers, is_replaced, object, options, meter, leaves_parts, upload_id };
        // As long as the source is the object that was looked at.
        let copy = copy.if_source_match(&run.object.etag);
        if run.object.size <= threshold {
            return run.copied_at_once(run.options.cancel.unless(copy.into_future()).await?);
        }
        if shallow && run.can_be_shallow() {
            match run.shallow(copy).await {
                Err(error) if is_too_much(&error) => {}
                copied => return run.copied_at_once(copied?),
            }
        }
        run.in_parts().await
    }
}

impl IntoFuture for ObjectCopy {
    type Output = Result<CopiedObject>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// What the copy does not take from its source.
#[derive(Clone, Copy, Debug)]
struct Directives {
    metadata: bool,
    tagging: bool,
}

impl Directives {
    fn of(headers: &Headers) -> Result<Self> {
        let is_replaced = |name: &str| {
            let value = headers.iter().find(|(known, _)| known.as_str() == name).map(|(_, value)| value.as_bytes());
            match value.map(<[u8]>::to_ascii_uppercase).as_deref() {
                None | Some(b"" | b"COPY") => Ok(false),
                Some(b"REPLACE") => Ok(true),
                Some(_) => Err(Error::input(format!("`{name}` must be COPY or REPLACE"))),
            }
        };
        Ok(Self { metadata: is_replaced(METADATA_DIRECTIVE)?, tagging: is_replaced(TAGGING_DIRECTIVE)? })
    }
}

/// A copy on its way.
struct Run {
    source: Source,
    bucket: Bucket,
    key: String,
    headers: Headers,
    is_replaced: Directives,
    object: Pinned,
    options: Options,
    meter: Arc<Meter>,
    leaves_parts: bool,
    upload_id: Option<String>,
}

/// A copy that moves no bytes is there at once, or it is none.
const SHALLOW_LIMIT: Duration = Duration::from_secs(30);

fn is_too_much(error: &Error) -> bool {
    error.code() == Some("EntityTooLarge") || error.is_timeout()
}

impl Run {
    fn can_be_shallow(&self) -> bool {
        let encrypted = self.object.meta.header("x-oss-server-side-encryption").is_some_and(|kind| !kind.is_empty());
        let new_class = self.headers.iter().any(|(name, _)| name == "x-oss-storage-class");
        self.source.bucket.name() == self.bucket.name() && !new_class && !encrypted
    }

    async fn shallow(&self, call: Action<Copied>) -> Result<Response<Copied>> {
        let call = call.call().timeout(SHALLOW_LIMIT).retry(Retry::none());
        self.options.cancel.unless(call.into_future()).await
    }

    fn copied_at_once(&self, copied: Response<Copied>) -> Result<CopiedObject> {
        self.check(copied.crc64())?;
        Portion::of(&self.meter).add(self.object.size);
        self.meter.finish();
        Ok(CopiedObject {
            etag: copied.etag().unwrap_or_default().to_owned(),
            crc64: copied.crc64(),
            version_id: copied.version_id().map(str::to_owned),
            bytes: self.object.size,
            parts: 0,
            resumed: 0,
        })
    }

    /// Whether the copy has the checksum of the source.
    fn check(&self, crc64: Option<u64>) -> Result<()> {
        let checks = self.bucket.client().protocol.checks_uploads;
        if checks { compare(self.object.crc64, crc64) } else { Ok(()) }
    }

    async fn in_parts(self) -> Result<CopiedObject> {
        let plan = PartPlan::grown(self.object.size, self.options.part_size)?;
        let (mut multipart, checkpoint, mut stored) = self.begin(&plan).await?;
        multipart.keep(self.leaves_parts || self.upload_id.is_some() || checkpoint.is_some());
        let resumed = stored.values().map(|part| part.len).sum();
        Portion::of(&self.meter).add(resumed);
        if let Err(error) = self.copy_parts(&multipart, &plan, &mut stored).await {
            return Err(multipart.give_up(error).await);
        }
        let completed = multipart.complete(&stored).await?;
        self.check(completed.crc64)?;
        if let Some(checkpoint) = checkpoint {
            checkpoint.remove().await?;
        }
        self.meter.finish();
        Ok(CopiedObject {
            etag: completed.etag,
            crc64: completed.crc64,
            version_id: completed.version_id,
            bytes: self.object.size,
            parts: plan.count(),
            resumed,
        })
    }

    /// The upload that the parts are copied into, and the parts that it has.
    async fn begin(&self, plan: &PartPlan) -> Result<(Multipart, Option<Checkpoint>, StoredParts)> {
        let (checkpoint, earlier) = self.earlier(plan).await?;
        let headers = self.new_headers().await?;
        if let Some(upload_id) = self.upload_id.clone().or(earlier)
            && let Some((multipart, mut stored)) =
                Multipart::go_on(&self.bucket, &self.key, headers.clone(), upload_id).await?
        {
            stored.retain(|number, part| {
                let range = number.checked_sub(1).and_then(|index| plan.part(index));
                range.is_some_and(|range| range.end - range.start == part.len)
            });
            return Ok((multipart, checkpoint, stored));
        }
        let multipart = Multipart::begin(&self.bucket, &self.key, headers, false).await?;
        if let Some(checkpoint) = &checkpoint {
            checkpoint.save(json!({"upload_id": multipart.upload_id})).await?;
        }
        Ok((multipart, checkpoint, StoredParts::new()))
    }

    /// What is copied, as `/bucket/key?versionId=id`, encoded.
    fn source_header(&self) -> String {
        self.text(COPY_SOURCE).unwrap_or_default()
    }

    fn text(&self, name: &str) -> Option<String> {
        let found = self.headers.iter().find(|(known, _)| known.as_str() == name);
        found.and_then(|(_, value)| value.to_str().ok()).map(str::to_owned)
    }

    async fn earlier(&self, plan: &PartPlan) -> Result<(Option<Checkpoint>, Option<String>)> {
        let Some(folder) = &self.options.checkpoint else { return Ok((None, None)) };
        let (source, target) = (self.source_header(), format!("/{}/{}", self.bucket.name(), self.key));
        let facts = json!({
            "source": source,
            "size": self.object.size,
            "etag": self.object.etag,
            "target": target,
            "part_size": plan.part_size(),
        });
        let checkpoint = Checkpoint::take(folder, Kind::Copy, &source, &target, facts).await?;
        let earlier = Multipart::left_behind(checkpoint.load().await, &self.bucket, &self.key, &self.headers).await;
        Ok((Some(checkpoint), earlier))
    }

    /// The headers of the new object: OSS takes along nothing by itself when it is made of parts.
    async fn new_headers(&self) -> Result<Headers> {
        let is_metadata = |name: &str| name.starts_with(META) || METADATA.contains(&name);
        let dropped = |name: &str| {
            name.starts_with(COPY_SOURCE)
                || matches!(name, METADATA_DIRECTIVE | TAGGING_DIRECTIVE)
                || (!self.is_replaced.metadata && is_metadata(name))
                || (!self.is_replaced.tagging && name == TAGGING)
        };
        let mut headers: Headers = self.headers.iter().filter(|(name, _)| !dropped(name.as_str())).cloned().collect();
        if !self.is_replaced.metadata {
            let source = self.object.meta.headers().iter().filter(|(name, _)| is_metadata(name.as_str()));
            headers.extend(source.map(|(name, value)| (name.clone(), value.clone())));
        }
        if !self.is_replaced.tagging
            && let Some(tags) = self.source_tags().await?
        {
            headers.push((HeaderName::from_static(TAGGING), tags));
        }
        Ok(headers)
    }

    async fn source_tags(&self) -> Result<Option<HeaderValue>> {
        let count = self.object.meta.header("x-oss-tagging-count").and_then(|text| text.parse::<u64>().ok());
        if count.unwrap_or_default() == 0 {
            return Ok(None);
        }
        let mut get = GetObjectTagging::new(self.source.bucket.name(), &*self.source.key);
        get.version_id = self.source.version.clone();
        get.request_payer = self.text("x-oss-request-payer");
        let tags = self.bucket.client().call(get).await?.into_inner().tag_set.map(|set| set.tags).unwrap_or_default();
        let encoded = |text: Option<String>| encode::percent(text.as_deref().unwrap_or_default()).into_owned();
        let pairs = tags.into_iter().map(|tag| format!("{}={}", encoded(tag.key), encoded(tag.value)));
        let joined = pairs.collect::<Vec<_>>().join("&");
        let unfit = |_| Error::decode("the source's tags do not fit into a header");
        HeaderValue::try_from(joined).map(Some).map_err(unfit)
    }

    async fn copy_parts(&self, multipart: &Multipart, plan: &PartPlan, stored: &mut StoredParts) -> Result<()> {
        let call = Arc::new(PartCall {
            client: self.bucket.client().clone(),
            copy: UploadPartCopy::new(self.bucket.name(), &*self.key, "1", &*multipart.upload_id, &*self.source.key)
                .if_match(&*self.object.etag),
            source: self.source_header(),
            headers: multipart.part_headers(),
        });
        let lanes = Lanes::new(self.bucket.client(), self.options.parallel, move |piece: Piece| {
            let call = Arc::clone(&call);
            async move {
                let result = call.send(&piece).await;
                (piece, result)
            }
        });
        let have: Vec<u64> = stored.keys().copied().collect();
        let missing = (1..=plan.count()).filter(|number| !have.contains(number));
        let pieces = missing.filter_map(|number| Some(Piece { number, range: plan.part(number - 1)? }));
        let meter = Arc::clone(&self.meter);
        let done = |piece: Piece, part: StoredPart| {
            Portion::of(&meter).add(part.len);
            stored.insert(piece.number, part);
            Ok(())
        };
        Box::pin(lanes.run(Each(pieces), &self.options.cancel, done)).await
    }
}

struct Piece {
    number: u64,
    range: std::ops::Range<u64>,
}

impl Part for Piece {}

/// What the calls of all parts have in common.
struct PartCall {
    client: Client,
    copy: UploadPartCopy,
    source: String,
    headers: Headers,
}

impl PartCall {
    async fn send(&self, piece: &Piece) -> Result<StoredPart> {
        let range = format!("bytes={}-{}", piece.range.start, piece.range.end - 1);
        let copy = self.copy.clone().part_number(piece.number.to_string()).source_range(range);
        let call = with_headers(self.client.call(copy), self.headers.clone());
        let reply = call.set(COPY_SOURCE, &self.source).call().retry(Retry::none()).await?;
        let etag = reply.etag.clone().ok_or_else(|| Error::decode("OSS does not say which ETag the part has"))?;
        let crc64 = reply.header("x-oss-hash-crc64ecma").and_then(|text| text.parse().ok());
        Ok(StoredPart { len: piece.range.end - piece.range.start, etag, crc64 })
    }
}
