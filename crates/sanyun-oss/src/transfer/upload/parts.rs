//! The parts of an upload: those that OSS has, and those that are sent.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use sanyun_core::{Body, Error, Result, Retry, encode};
use serde_json::json;

use super::{Run, bytes_of};
use crate::bucket::Bucket;
use crate::crc;
use crate::ops::UploadPart;
use crate::transfer::checkpoint::official::UploadFacts;
use crate::transfer::checkpoint::{Checkpoint, Found, Kind};
use crate::transfer::disk::{blocking, failed};
use crate::transfer::lanes::{Lanes, Part};
use crate::transfer::limit::Throttle;
use crate::transfer::multipart::{Headers, Multipart, StoredPart, StoredParts, with_headers};
use crate::transfer::plan::{MAX_PARTS, PartPlan};
use crate::transfer::progress::{Meter, Portion};
use crate::transfer::source::{Gate, PartReader, SourceFile};

/// Where the parts come from.
pub(super) enum Parts {
    Known(Known),
    Stream { reader: Box<PartReader>, first: Option<Bytes>, len: Option<u64> },
}

/// Bytes that can be had again.
#[derive(Clone)]
pub(super) enum Known {
    File(Arc<SourceFile>),
    Bytes(Bytes),
}

impl Known {
    fn len(&self) -> u64 {
        match self {
            Self::File(file) => file.state.len,
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }

    fn checksum(&self, range: std::ops::Range<u64>) -> std::io::Result<u64> {
        match self {
            Self::File(file) => file.shared.checksum(range),
            Self::Bytes(bytes) => {
                Ok(crc::checksum(bytes.get(range.start as usize..range.end as usize).unwrap_or_default()))
            }
        }
    }
}

impl Parts {
    pub(super) fn file(file: SourceFile) -> Self {
        Self::Known(Known::File(Arc::new(file)))
    }

    pub(super) fn bytes(bytes: Bytes) -> Self {
        Self::Known(Known::Bytes(bytes))
    }

    pub(super) fn stream(reader: PartReader, first: Bytes, len: Option<u64>) -> Self {
        Self::Stream { reader: Box::new(reader), first: Some(first), len }
    }

    pub(super) fn len(&self) -> Option<u64> {
        match self {
            Self::Known(known) => Some(known.len()),
            Self::Stream { len, .. } => *len,
        }
    }

    pub(super) fn known(&self) -> Option<Known> {
        match self {
            Self::Known(known) => Some(known.clone()),
            Self::Stream { .. } => None,
        }
    }

    pub(super) fn source(&self) -> Option<Arc<SourceFile>> {
        match self {
            Self::Known(Known::File(file)) => Some(Arc::clone(file)),
            _ => None,
        }
    }
}

/// An upload in parts that has begun, now or earlier.
pub(super) struct Begun {
    pub(super) multipart: Multipart,
    pub(super) checkpoint: Option<Checkpoint>,
    /// The parts that OSS has and that fit.
    pub(super) stored: StoredParts,
}

impl Begun {
    pub(super) async fn new(run: &Run, plan: &PartPlan, known: Option<Known>) -> Result<Self> {
        let (checkpoint, earlier) = match (&run.options.checkpoint, &known) {
            (Some(folder), Some(Known::File(file))) => {
                let (checkpoint, earlier) = earlier(run, plan, file, folder).await?;
                (Some(checkpoint), earlier)
            }
            (Some(_), _) => {
                return Err(Error::input("a checkpoint needs a file: what a stream has given cannot be had again"));
            }
            (None, _) => (None, None),
        };
        if let Some(upload_id) = run.upload_id.clone().or(earlier)
            && let Some((multipart, listed)) =
                Multipart::go_on(&run.bucket, &run.key, run.headers.clone(), upload_id).await?
        {
            let checks = run.bucket.client().protocol.checks_uploads;
            let stored = fitting(listed, plan, known, checks).await?;
            return Ok(Self { multipart, checkpoint, stored });
        }
        let guesses_type = !run.headers.iter().any(|(name, _)| name == "content-type");
        let multipart = Multipart::begin(&run.bucket, &run.key, run.headers.clone(), guesses_type).await?;
        if let Some(checkpoint) = &checkpoint {
            checkpoint.save(json!({"upload_id": multipart.upload_id})).await?;
        }
        Ok(Self { multipart, checkpoint, stored: StoredParts::new() })
    }
}

/// The checkpoint of an upload, and the upload id that an earlier run has left in it.
async fn earlier(
    run: &Run,
    plan: &PartPlan,
    file: &SourceFile,
    folder: &std::path::Path,
) -> Result<(Checkpoint, Option<String>)> {
    let path = file.path.to_string_lossy().into_owned();
    let object = format!("oss://{}", encode::percent_path(&format!("{}/{}", run.bucket.name(), run.key)));
    let facts = json!({
        "path": path,
        "size": file.state.len,
        "modified_ns": file.state.modified_nanos().map(|nanos| nanos.to_string()),
        "bucket": run.bucket.name(),
        "key": run.key,
        "part_size": plan.part_size(),
    });
    let checkpoint = Checkpoint::take(folder, Kind::Upload, &path, &object, facts).await?;
    let earlier = match checkpoint.load().await {
        Found::Nothing => adopt(run, plan, file, folder).await,
        found => Multipart::left_behind(found, &run.bucket, &run.key, &run.headers).await,
    };
    Ok((checkpoint, earlier))
}

/// The upload id in a checkpoint of the official SDK.
async fn adopt(run: &Run, plan: &PartPlan, file: &SourceFile, folder: &std::path::Path) -> Option<String> {
    let modified = file.state.modified_nanos()?;
    let facts = UploadFacts {
        bucket: run.bucket.name().to_owned(),
        key: run.key.clone(),
        file_path: file.path.to_string_lossy().into_owned(),
        file_size: file.state.len,
        // As Python adds the two.
        file_mtime: (modified / 1_000_000_000) as f64 + 1e-9 * (modified % 1_000_000_000) as f64,
        part_size: plan.part_size(),
    };
    let path = folder.join(facts.file_name());
    let read = move || {
        let text = std::fs::read_to_string(&path)?;
        // Ours takes its place.
        std::fs::remove_file(&path)?;
        Ok(facts.read(&text))
    };
    blocking(read).await.ok().flatten()
}

/// The parts that are as long as they should be, and whose bytes are those of the source.
async fn fitting(listed: StoredParts, plan: &PartPlan, known: Option<Known>, checks: bool) -> Result<StoredParts> {
    // What a stream gives is not known before it comes.
    let Some(known) = known else { return Ok(StoredParts::new()) };
    let plan = plan.clone();
    let check = move || {
        let mut fitting = StoredParts::new();
        for (number, mut part) in listed {
            let range = bytes_of(&plan, number);
            if range.is_empty() || range.end - range.start != part.len {
                continue;
            }
            let crc64 = known.checksum(range)?;
            if !checks || part.crc64.is_none_or(|theirs| theirs == crc64) {
                part.crc64 = Some(crc64);
                fitting.insert(number, part);
            }
        }
        Ok(fitting)
    };
    blocking(check).await.map_err(|error| Error::io("reading what is uploaded", error))
}

/// One part to send.
struct Piece {
    number: u64,
    len: u64,
    gate: Gate,
    body: Body,
}

impl Part for Piece {}

/// Sends the parts that OSS does not have.
pub(super) async fn send(
    run: &Run,
    multipart: &Multipart,
    plan: &PartPlan,
    parts: Parts,
    stored: &mut StoredParts,
) -> Result<()> {
    let call = Arc::new(PartCall {
        bucket: run.bucket.clone(),
        key: run.key.clone(),
        upload_id: multipart.upload_id.clone(),
        headers: multipart.part_headers(),
    });
    let lanes = Lanes::new(run.bucket.client(), run.options.parallel, move |piece: Piece| {
        let call = Arc::clone(&call);
        async move {
            let result = call.send(&piece).await;
            (piece, result)
        }
    });
    let pieces = Pieces {
        plan: plan.clone(),
        have: stored.keys().copied().collect(),
        next: 1,
        throttle: run.throttle.clone(),
        meter: Arc::clone(&run.meter),
        file: parts.source(),
        parts,
    };
    let file = pieces.file.clone();
    let done = |piece: Piece, part: StoredPart| {
        piece.gate.portion.complete(piece.len);
        stored.insert(piece.number, part);
        Ok(())
    };
    Box::pin(lanes.run(pieces, &run.options.cancel, done)).await?;
    fill_in(stored, plan, file.as_deref()).await
}

/// Computes the checksums of parts that OSS did not tell: the whole is to be compared in any case.
async fn fill_in(stored: &mut StoredParts, plan: &PartPlan, file: Option<&SourceFile>) -> Result<()> {
    let Some(file) = file else { return Ok(()) };
    for (number, part) in stored.iter_mut().filter(|(_, part)| part.crc64.is_none()) {
        let (shared, range) = (Arc::clone(&file.shared), bytes_of(plan, *number));
        let crc64 = blocking(move || shared.checksum(range)).await.map_err(failed("reading", &file.path))?;
        part.crc64 = Some(crc64);
    }
    Ok(())
}

/// What the calls of all parts have in common.
struct PartCall {
    bucket: Bucket,
    key: String,
    upload_id: String,
    headers: Headers,
}

impl PartCall {
    async fn send(&self, piece: &Piece) -> Result<StoredPart> {
        let part = UploadPart::new(self.bucket.name(), &*self.key, piece.number.to_string(), &*self.upload_id);
        let call = self.bucket.client().call(part).body(piece.body.clone());
        let reply = with_headers(call, self.headers.clone()).call().retry(Retry::none()).await?;
        let etag = reply.etag.clone().ok_or_else(|| Error::decode("OSS does not say which ETag the part has"))?;
        // Compared already with that of the bytes that were sent, or the call would have failed.
        let theirs = reply.hash_crc64.as_deref().and_then(|text| text.parse().ok());
        let crc64 = theirs.or_else(|| piece.body.as_bytes().map(crc::checksum));
        Ok(StoredPart { len: piece.len, etag, crc64 })
    }
}

/// The parts to send, one after the other.
struct Pieces {
    plan: PartPlan,
    have: std::collections::BTreeSet<u64>,
    next: u64,
    throttle: Throttle,
    meter: Arc<Meter>,
    file: Option<Arc<SourceFile>>,
    parts: Parts,
}

impl Pieces {
    fn gate(&self) -> Gate {
        Gate { throttle: self.throttle.clone(), portion: Portion::of(&self.meter) }
    }

    fn piece(&self, number: u64, len: u64, body: impl FnOnce(&Gate) -> Body) -> Piece {
        let gate = self.gate();
        Piece { number, len, body: body(&gate), gate }
    }

    /// A part whose place is known.
    fn placed(&mut self) -> Option<Piece> {
        while self.have.contains(&self.next) {
            self.next += 1;
        }
        let (number, range) = (self.next, self.plan.part(self.next - 1)?);
        self.next += 1;
        let len = range.end - range.start;
        Some(match &self.parts {
            Parts::Known(Known::File(file)) => self.piece(number, len, |gate| file.body(range, gate)),
            Parts::Known(Known::Bytes(bytes)) => {
                let bytes = bytes.slice(range.start as usize..range.end as usize);
                self.piece(number, len, |gate| gate.body(bytes))
            }
            Parts::Stream { .. } => return None,
        })
    }

    fn streamed(&mut self, bytes: Bytes) -> Result<Piece> {
        if self.next > MAX_PARTS {
            return Err(Error::input(format!("the stream does not fit into {MAX_PARTS} parts"))
                .with_hint("set a larger `part_size`, or give a body that says its length"));
        }
        let (number, len) = (self.next, bytes.len() as u64);
        self.next += 1;
        Ok(self.piece(number, len, |gate| gate.body(bytes)))
    }
}

impl Stream for Pieces {
    type Item = Result<Piece>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let Parts::Stream { reader, first, .. } = &mut this.parts else {
            return Poll::Ready(this.placed().map(Ok));
        };
        let bytes = match first.take() {
            Some(first) => Some(Ok(first)),
            None => std::task::ready!(reader.poll(cx)),
        };
        Poll::Ready(bytes.map(|bytes| this.streamed(bytes?)))
    }
}
