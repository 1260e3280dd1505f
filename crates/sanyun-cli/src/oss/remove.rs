//! `sanyun oss rm`.

use std::time::Instant;

use clap::ArgMatches;
use sanyun_core::{Error, ErrorKind, Result};
use sanyun_oss::ops::{AbortMultipartUpload, ObjectIdentifier};
use sanyun_oss::{Action, Deleted};
use serde_json::{Value, json};

use super::list::Wanted;
use super::session::{Session, flag, given, values};
use super::size::counted;
use super::url::Url;
use crate::terminal;

/// How many objects are deleted before they are told.
const BATCH: usize = 1000;

/// One thing that is to be deleted.
struct Doomed {
    bucket: String,
    key: String,
    /// The version, or the upload.
    id: Option<String>,
}

impl Doomed {
    fn name(&self) -> String {
        let id = self.id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
        format!("oss://{}/{}{id}", self.bucket, self.key)
    }
}

/// Deletes objects, versions of them, or uploads that are not complete.
///
/// # Errors
/// As the calls; something could not be deleted, which has been told by then.
pub(super) async fn run(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let mut doomed = Vec::new();
    for url in values(arguments, "oss://BUCKET/KEY") {
        doomed.extend(find(session, arguments, &Url::parse(url)?).await?);
    }
    let is_searched = ["recursive", "glob", "all-versions", "uploads"].iter().any(|name| flag(arguments, name));
    if session.options.dry_run {
        return match &doomed[..] {
            // What is one call is shown as that.
            [one] if !is_searched => session.call(request(session, one)).await.map(drop),
            _ => foretell(session, &doomed),
        };
    }
    let mut tally =
        Tally { quiet: flag(arguments, "quiet"), deleted: Vec::new(), failed: Vec::new(), of: doomed.len() };
    let started = Instant::now();
    if flag(arguments, "uploads") {
        abort(session, doomed, &mut tally).await?;
    } else {
        delete(session, doomed, &mut tally).await?;
    }
    tally.finish(session, started)
}

/// What one address is about.
async fn find(session: &Session, arguments: &ArgMatches, url: &Url) -> Result<Vec<Doomed>> {
    let doomed = |key: String, id: Option<String>| Doomed { bucket: url.bucket.clone(), key, id };
    let (versions, uploads) = (flag(arguments, "all-versions"), flag(arguments, "uploads"));
    let many = flag(arguments, "recursive") || flag(arguments, "glob");
    if url.key.is_empty() && !uploads {
        if !many {
            return Err(Error::input(format!("`{url}` names no object")).with_hint(
                "-r deletes all objects whose keys begin with KEY; `sanyun oss rb` removes an empty bucket",
            ));
        }
        if !flag(arguments, "everything") {
            return Err(
                Error::input(format!("`{url}` is the whole bucket")).with_hint("add --everything if that is meant")
            );
        }
    }
    if !many && !versions && !uploads {
        return Ok(vec![doomed(url.key.clone(), given::<String>(arguments, "version-id").cloned())]);
    }
    let wanted = Wanted::new(session, arguments, url).await?;
    // Without -r it is one key, and not all that begin so.
    let is_meant = |key: &str| many || url.key.is_empty() || key == url.key;
    let pairs = match (versions, uploads) {
        (true, _) => wanted.versions(session).await?,
        (_, true) => wanted.uploads(session).await?,
        _ => return objects(session, &wanted).await,
    };
    Ok(pairs.into_iter().filter(|(key, _)| is_meant(key)).map(|(key, id)| doomed(key, Some(id))).collect())
}

async fn objects(session: &Session, wanted: &Wanted) -> Result<Vec<Doomed>> {
    let list = session.bucket(&wanted.bucket).list().page_size(1000).prefix(&wanted.prefix);
    let mut objects = session.prepared(list).items();
    let mut doomed = Vec::new();
    while let Some(object) = objects.next().await {
        let key = object.map_err(Session::advised)?.key;
        if wanted.takes(&key) {
            doomed.push(Doomed { bucket: wanted.bucket.clone(), key, id: None });
        }
    }
    Ok(doomed)
}

fn foretell(session: &Session, doomed: &[Doomed]) -> Result<()> {
    let lines: String = doomed.iter().map(|doomed| format!("would delete {}\n", doomed.name())).collect();
    session.tell(&lines, || json!({"would_delete": doomed.iter().map(Doomed::name).collect::<Vec<_>>()}))?;
    if !session.options.asks_format() {
        terminal::note(&format!("would delete {}", counted(doomed.len() as u64, "object")));
    }
    Ok(())
}

fn request(session: &Session, one: &Doomed) -> Action<Deleted> {
    let delete = session.bucket(&one.bucket).delete(&*one.key);
    one.id.iter().fold(delete, |delete, id| delete.version(&**id))
}

async fn delete(session: &Session, doomed: Vec<Doomed>, tally: &mut Tally) -> Result<()> {
    if let [one] = &doomed[..] {
        let result = session.prepared(request(session, one)).await.map(drop);
        return tally.add(session, one, result.map_err(Session::advised));
    }
    let mut left = doomed.as_slice();
    while let Some(first) = left.first() {
        let same = left.iter().take(BATCH).take_while(|doomed| doomed.bucket == first.bucket).count();
        let (batch, rest) = left.split_at_checked(same).unwrap_or((left, &[]));
        delete_batch(session, &first.bucket, batch, tally).await?;
        left = rest;
    }
    Ok(())
}

async fn delete_batch(session: &Session, bucket: &str, batch: &[Doomed], tally: &mut Tally) -> Result<()> {
    let identifier = |doomed: &Doomed| {
        let object = ObjectIdentifier::new().key(&*doomed.key);
        doomed.id.iter().fold(object, |object, id| object.version_id(&**id))
    };
    let summary = session.bucket(bucket).delete_many(batch.iter().map(identifier)).await;
    let failed = match summary {
        Ok(summary) => summary.failed,
        Err(error) => {
            let reason = error.to_string();
            for doomed in batch {
                tally.add(session, doomed, Err(Error::new(error.kind(), &*reason)))?;
            }
            return Ok(());
        }
    };
    for doomed in batch {
        let is_it =
            |object: &ObjectIdentifier| object.key.as_deref() == Some(&doomed.key) && object.version_id == doomed.id;
        let failure = failed.iter().find(|failure| is_it(&failure.object));
        let result = failure.map_or(Ok(()), |failure| Err(Error::new(ErrorKind::Io, &*failure.reason)));
        tally.add(session, doomed, result)?;
    }
    Ok(())
}

async fn abort(session: &Session, doomed: Vec<Doomed>, tally: &mut Tally) -> Result<()> {
    for upload in doomed {
        let id = upload.id.as_deref().unwrap_or_default();
        let abort = session.client.call(AbortMultipartUpload::new(&*upload.bucket, &*upload.key, id));
        let result = session.prepared(abort).await.map(drop);
        tally.add(session, &upload, result.map_err(Session::advised))?;
    }
    Ok(())
}

/// What became of them.
struct Tally {
    quiet: bool,
    deleted: Vec<Value>,
    failed: Vec<(String, Error)>,
    of: usize,
}

impl Tally {
    fn add(&mut self, session: &Session, doomed: &Doomed, result: Result<()>) -> Result<()> {
        let name = doomed.name();
        match result {
            Ok(()) => {
                if !session.options.asks_format() && !self.quiet {
                    let printed = terminal::print(&format!("deleted {name}\n"));
                    printed.map_err(|error| Error::io("writing", error))?;
                }
                self.deleted.push(name.into());
            }
            Err(error) => {
                if self.of > 1 && !session.options.is_for_programs() {
                    terminal::note(&format!("error: {name}: {error}"));
                }
                self.failed.push((name, error));
            }
        }
        Ok(())
    }

    fn finish(self, session: &Session, started: Instant) -> Result<()> {
        let (deleted, failed) = (self.deleted.len() as u64, self.failed.len());
        if session.options.asks_format() {
            let failures = self.failed.iter().map(|(name, error)| json!({"name": name, "message": error.to_string()}));
            let failures: Vec<Value> = failures.collect();
            session.options.print_answer(&json!({"deleted": self.deleted, "failed": failures}))?;
        } else if self.of > 1 {
            let failures = if failed == 0 { String::new() } else { format!(", {failed} failed") };
            let seconds = started.elapsed().as_secs_f64();
            terminal::note(&format!("deleted {}{failures} in {seconds:.1} s", counted(deleted, "object")));
        }
        match self.failed.into_iter().next() {
            None => Ok(()),
            Some((_, error)) if self.of == 1 => Err(error),
            Some((_, first)) => Err(Error::new(first.kind(), format!("{failed} of {} could not be deleted", self.of))),
        }
    }
}
