//! Files to objects.

use std::io::Write as _;
use std::path::PathBuf;

use sanyun_core::{Body, Error, Result};
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

/// The same body, counted while it is sent.
fn counted(body: Body, count: Count) -> Body {
    body.with_progress(move |sending| count.at(sending.transferred))
}
