//! Reading objects, and looking at them.

use std::ops::Range;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, GetResult, GetResultPayload, ObjectMeta, Result};
use sanyun_oss::crc::Digest;
use sanyun_oss::{Action, Conditional, Object, Versioned};

use crate::{OssStore, attributes, error, list};

/// How often a body that breaks is asked for again without a byte of it having come.
const MAX_BARREN_RESUMES: u32 = 3;

impl OssStore {
    pub(crate) async fn head_object(&self, location: &Path, options: &GetOptions) -> Result<GetResult> {
        let call = conditions(self.bucket().head(location.as_ref()), options);
        let found = call.await.map_err(|refused| error::of(location, refused))?;
        let meta = meta(location, &found, found.content_length().unwrap_or_default())?;
        let range = match &options.range {
            Some(range) => range.as_range(meta.size).map_err(error::generic)?,
            None => 0..meta.size,
        };
        let payload = GetResultPayload::Stream(stream::empty().boxed());
        Ok(GetResult { payload, range, attributes: attributes::read(&found), meta, extensions: Default::default() })
    }

    pub(crate) async fn get_object(&self, location: &Path, options: &GetOptions) -> Result<GetResult> {
        let call = conditions(self.bucket().get(location.as_ref()), options);
        let call = match &options.range {
            Some(range) => ranged(call, range)?,
            None => call,
        };
        let object = call.await.map_err(|refused| error::of(location, refused))?.into_inner();
        let (range, size) = extent(&object, options.range.as_ref())?;
        let meta = meta(location, &object, size)?;
        let attributes = attributes::read(&object);
        let payload = GetResultPayload::Stream(self.body(object, &meta, range.clone()));
        Ok(GetResult { payload, meta, range, attributes, extensions: Default::default() })
    }

    fn body(&self, object: Object, meta: &ObjectMeta, rest: Range<u64>) -> BoxStream<'static, Result<Bytes>> {
        let whole = (rest.start == 0 && rest.end == meta.size).then(|| object.crc64()).flatten();
        let reading = Reading {
            store: self.clone(),
            meta: meta.clone(),
            object: Some(object),
            rest,
            expected: whole.map(|crc| (crc, Digest::new())),
            resumes: 0,
            resumed: false,
        };
        let next = |mut reading: Reading| async move { Some((reading.chunk().await?, reading)) };
        stream::unfold(reading, next).fuse().boxed()
    }
}

/// A body that is being read.
struct Reading {
    store: OssStore,
    meta: ObjectMeta,
    /// `None` behind the end and behind an error.
    object: Option<Object>,
    rest: Range<u64>,
    /// The checksum that OSS keeps, and that of what has come, if the whole object is read.
    expected: Option<(u64, Digest)>,
    /// Since the latest byte.
    resumes: u32,
    /// Whether the body broke: then nobody else has compared the checksum.
    resumed: bool,
}

impl Reading {
    async fn chunk(&mut self) -> Option<Result<Bytes>> {
        loop {
            let outcome = match self.object.as_mut()?.chunk().await {
                Ok(Some(bytes)) => return Some(Ok(self.arrived(bytes))),
                Ok(None) => return self.end().map(Err),
                Err(broken) => self.resume(broken).await,
            };
            if let Err(failed) = outcome {
                self.object = None;
                return Some(Err(error::of(&self.meta.location, failed)));
            }
        }
    }

    fn arrived(&mut self, bytes: Bytes) -> Bytes {
        self.resumes = 0;
        self.rest.start += bytes.len() as u64;
        if let Some((_, digest)) = &mut self.expected {
            digest.update(&bytes);
        }
        bytes
    }

    fn end(&mut self) -> Option<object_store::Error> {
        self.object = None;
        let (theirs, digest) = self.expected.take().filter(|_| self.resumed)?;
        let ours = digest.value();
        let path = &self.meta.location;
        (ours != theirs)
            .then(|| error::generic(format!("`{path}` was changed on the way: CRC-64 {ours}, not {theirs}")))
    }

    /// Asks for the rest of the same object.
    async fn resume(&mut self, broken: sanyun_oss::Error) -> sanyun_oss::Result<()> {
        let Some(etag) = self.meta.e_tag.as_deref().filter(|_| self.is_worth_resuming(&broken)) else {
            return Err(broken);
        };
        (self.resumes, self.resumed) = (self.resumes + 1, true);
        let mut call = self.store.bucket().get(self.meta.location.as_ref()).range(self.rest.clone()).if_match(etag);
        if let Some(version) = &self.meta.version {
            call = call.version(version);
        }
        self.object = Some(call.await?.into_inner());
        Ok(())
    }

    fn is_worth_resuming(&self, broken: &sanyun_oss::Error) -> bool {
        broken.is_retryable() && !self.rest.is_empty() && self.resumes < MAX_BARREN_RESUMES
    }
}

fn conditions<T: Conditional + Versioned>(mut call: Action<T>, options: &GetOptions) -> Action<T> {
    if let Some(etag) = &options.if_match {
        call = call.if_match(etag);
    }
    if let Some(etag) = &options.if_none_match {
        call = call.if_none_match(etag);
    }
    if let Some(moment) = options.if_modified_since {
        call = call.if_modified_since(moment.into());
    }
    if let Some(moment) = options.if_unmodified_since {
        call = call.if_unmodified_since(moment.into());
    }
    match &options.version {
        Some(version) => call.version(version),
        None => call,
    }
}

fn ranged(call: Action<Object>, range: &GetRange) -> Result<Action<Object>> {
    range.is_valid().map_err(error::generic)?;
    Ok(match range {
        GetRange::Bounded(range) => call.range(range.clone()),
        GetRange::Offset(first) => call.range(first..),
        GetRange::Suffix(count) => call.last(*count),
    })
}

/// Which bytes came, and how many the whole object has.
fn extent(object: &Object, asked: Option<&GetRange>) -> Result<(Range<u64>, u64)> {
    if let Some(part) = object.content_range() {
        let size = part.total.ok_or_else(|| error::generic("OSS does not say how long the object is"))?;
        return Ok((part.first..part.last + 1, size));
    }
    let size = object.content_length().ok_or_else(|| error::generic("OSS does not say how long the object is"))?;
    let asked = asked.map_or(Ok(0..size), |range| range.as_range(size)).map_err(error::generic)?;
    match asked == (0..size) {
        true => Ok((asked, size)),
        false => Err(error::generic("OSS gave the whole object instead of a part")),
    }
}

fn meta(location: &Path, found: &sanyun_oss::ObjectMeta, size: u64) -> Result<ObjectMeta> {
    let last_modified = found.last_modified().ok_or_else(|| list::undated(location.as_ref()))?;
    Ok(ObjectMeta {
        location: location.clone(),
        last_modified: last_modified.into(),
        size,
        e_tag: found.etag().map(str::to_owned),
        version: found.version_id().map(str::to_owned),
    })
}
