//! Files to objects.

use std::io::Write as _;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use sanyun_core::{Body, ByteStream, Error, OpenBody, Result};
use sanyun_oss::{Action, Stored};
use serde_json::json;
use tempfile::NamedTempFile;

use super::progress::{Count, Progress};
use super::session::Session;
use super::size::human;
use super::transfer::{Done, Job};
use super::url::Url;

/// A file that is to become an object.
pub(super) struct Upload<'a> {
    /// The name for people.
    pub(super) source: String,
    pub(super) path: PathBuf,
    pub(super) target: Url,
    pub(super) content_type: Option<&'a str>,
}

impl Upload<'_> {
    /// The call, and how many bytes it sends.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn action(&self, session: &Session, progress: &Progress) -> Result<(Action<Stored>, u64)> {
        let body = Body::file(&self.path).map_err(|error| Error::io(format!("reading {}", self.source), error))?;
        let len = body.len().unwrap_or_default();
        progress.expect(len);
        let body = if progress.is_shown() { counted(body, progress.count()) } else { body };
        let put = session.bucket(&self.target.bucket).put(&self.target.key, body);
        let put = self.content_type.into_iter().fold(put, Action::content_type);
        Ok((session.prepared(put), len))
    }

    /// The upload, ready to run.
    pub(super) fn job(self, session: &Session, progress: &Progress) -> Job {
        let (action, bytes) = self.action(session, progress)?;
        let progress = progress.clone();
        Ok(Box::pin(async move {
            progress.name(&self.target.key);
            action.await?;
            let (source, target) = (self.source, self.target.to_string());
            let line = format!("{source} -> {target} ({})", human(bytes));
            Ok(Done { line, facts: json!({"source": source, "target": target, "bytes": bytes}), bytes })
        }))
    }
}

/// Standard input in a temporary file: what can be read again can be sent again.
///
/// # Errors
/// Standard input cannot be read, or the file not be written.
pub(super) fn standard_input() -> Result<NamedTempFile> {
    let spool = || {
        let mut spool = NamedTempFile::new()?;
        std::io::copy(&mut std::io::stdin().lock(), &mut spool)?;
        spool.flush()?;
        Ok(spool)
    };
    spool().map_err(|error| Error::io("reading standard input", error))
}

/// The same body, counted while it is read.
fn counted(body: Body, count: Count) -> Body {
    Body::factory(body.len(), move || {
        count.again();
        Ok(match body.open()? {
            OpenBody::Stream(stream, _) => Box::pin(Counted { stream, count: count.clone() }),
            OpenBody::Bytes(bytes) => Box::pin(Counted { stream: Box::pin(Once(Some(bytes))), count: count.clone() }),
            OpenBody::Empty => Box::pin(Once(None)),
        })
    })
}

struct Counted {
    stream: ByteStream,
    count: Count,
}

impl Stream for Counted {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.stream.as_mut().poll_next(cx);
        if let Poll::Ready(Some(Ok(bytes))) = &next {
            self.count.add(bytes.len() as u64);
        }
        next
    }
}

struct Once(Option<Bytes>);

impl Stream for Once {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}
