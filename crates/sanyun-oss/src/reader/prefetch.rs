//! Reading ahead: several parts of an object at once, in memory until they are read.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use sanyun_core::{Error, Result};
use tokio::task::JoinHandle;

use super::source::Source;
use super::stretch::Stretch;

/// How a reader reads ahead. It takes up to `workers` times `chunk_bytes` of memory.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Prefetch {
    /// How many requests are under way at once, the part that is being read included: 3.
    pub workers: usize,
    /// How much each of them reads: 6 MiB.
    pub chunk_bytes: u64,
    /// How much has to be read in sequence before it begins: 20 MiB.
    pub after_bytes: u64,
}

impl Default for Prefetch {
    fn default() -> Self {
        Self { workers: 3, chunk_bytes: 6 << 20, after_bytes: 20 << 20 }
    }
}

/// Parts that are being read, in the order of the object. Dropping it stops them.
pub(super) struct Prefetcher {
    source: Arc<Source>,
    options: Prefetch,
    /// The first byte that nobody reads yet.
    next: u64,
    parts: VecDeque<Part>,
}

/// A part that is being read.
struct Part(JoinHandle<Result<Bytes>>);

impl Drop for Part {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Prefetcher {
    pub(super) fn new(source: Arc<Source>, first: u64, options: Prefetch) -> Self {
        Self { source, options, next: first, parts: VecDeque::new() }
    }

    /// The next part; `None` at the end of the object.
    pub(super) fn poll_next_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        // Not after a part was taken: the caller has it in memory until it asks for the next one.
        while self.parts.len() < self.options.workers.max(1) && self.next < self.source.size {
            self.begin_part();
        }
        let Some(part) = self.parts.front_mut() else { return Poll::Ready(None) };
        let result = ready!(Pin::new(&mut part.0).poll(cx));
        self.parts.pop_front();
        Poll::Ready(Some(result.unwrap_or_else(|_| Err(Error::decode("reading ahead was stopped")))))
    }

    fn begin_part(&mut self) {
        let first = self.next;
        self.next = first.saturating_add(self.options.chunk_bytes.max(1)).min(self.source.size);
        self.parts.push_back(Part(tokio::spawn(read(Arc::clone(&self.source), first, self.next))));
    }
}

async fn read(source: Arc<Source>, first: u64, end: u64) -> Result<Bytes> {
    let mut all = BytesMut::with_capacity((end - first) as usize);
    let mut stretch = Stretch::new(source, first, end);
    while let Some(piece) = poll_fn(|cx| stretch.poll_next_piece(cx)).await {
        all.extend_from_slice(&piece?);
    }
    Ok(all.freeze())
}
