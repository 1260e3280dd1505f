//! `sanyun oss rm`.

use clap::ArgMatches;
use sanyun_core::{Error, Result};
use serde_json::json;

use super::progress::Progress;
use super::session::Session;
use super::transfer::{self, Done, Job};
use super::url::{self, Url};

/// Deletes an object, or all whose keys begin with the one that is given.
///
/// # Errors
/// As the calls; standard output cannot be written.
pub(super) async fn run(session: &Session, arguments: &ArgMatches) -> Result<()> {
    const NAME: &str = "oss://BUCKET/KEY";
    if !arguments.get_flag("recursive") {
        let url = url::object(arguments, NAME).map_err(|error| {
            error.with_hint("-r deletes all objects whose keys begin with KEY; `sanyun oss rb` removes an empty bucket")
        })?;
        if session.options.dry_run {
            return session.call(session.bucket(&url.bucket).delete(&url.key)).await.map(drop);
        }
        return delete(session, vec![job(session, url)]).await;
    }
    let url = url::argument(arguments, NAME)?;
    session.no_dry_run()?;
    if url.key.is_empty() && !arguments.get_flag("everything") {
        return Err(Error::input(format!("`{url}` is the whole bucket")).with_hint("add --everything if that is meant"));
    }
    let mut jobs = Vec::new();
    let mut objects = session.prepared(session.bucket(&url.bucket).list().page_size(1000).prefix(&url.key)).items();
    while let Some(object) = objects.next().await {
        jobs.push(job(session, url.with_key(object.map_err(Session::advised)?.key)));
    }
    delete(session, jobs).await
}

async fn delete(session: &Session, jobs: Vec<Job>) -> Result<()> {
    transfer::run(session, &Progress::new(false), "deleted", jobs).await
}

fn job(session: &Session, url: Url) -> Job {
    let action = session.prepared(session.bucket(&url.bucket).delete(&url.key));
    Ok(Box::pin(async move {
        action.await?;
        let target = url.to_string();
        Ok(Done { line: format!("deleted {target}"), facts: json!({"target": target}), bytes: 0 })
    }))
}
