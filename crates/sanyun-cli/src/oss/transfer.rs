//! Several things at a time, and what became of them.

use std::time::{Duration, Instant};

use sanyun_core::{BoxFuture, Error, ErrorKind, Result};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::progress::Progress;
use super::session::Session;
use super::size::human;
use crate::{error, terminal};

/// How many calls are under way at once. Small objects wait for the network most of the time.
const AT_ONCE: usize = 8;

/// One thing that was done.
pub(super) struct Done {
    /// For people.
    pub(super) line: String,
    /// For programs.
    pub(super) facts: Value,
    pub(super) bytes: u64,
}

/// Something to be done; an error if it cannot even be begun.
pub(super) type Job = Result<BoxFuture<'static, Result<Done>>>;

/// Does all jobs; those that fail do not stop the others.
///
/// # Errors
/// Standard output cannot be written; jobs failed, which has been told by then.
pub(super) async fn run(session: &Session, progress: &Progress, verb: &str, jobs: Vec<Job>) -> Result<()> {
    let mut tally = Tally { session, progress, done: Vec::new(), bytes: 0, failed: Vec::new(), of: jobs.len() };
    let started = Instant::now();
    let mut waiting = jobs.into_iter();
    let mut running = JoinSet::new();
    loop {
        while running.len() < AT_ONCE {
            match waiting.next() {
                Some(Ok(job)) => drop(running.spawn(job)),
                Some(Err(error)) => tally.failed(error),
                None => break,
            }
        }
        match running.join_next().await {
            Some(Ok(Ok(done))) => tally.done(done)?,
            Some(Ok(Err(error))) => tally.failed(Session::advised(error)),
            Some(Err(stopped)) => tally.failed(Error::io("a transfer", std::io::Error::other(stopped))),
            None => break,
        }
    }
    progress.end();
    tally.finish(verb, started.elapsed())
}

/// What became of the jobs.
struct Tally<'a> {
    session: &'a Session,
    progress: &'a Progress,
    done: Vec<Value>,
    bytes: u64,
    failed: Vec<Error>,
    of: usize,
}

impl Tally<'_> {
    fn done(&mut self, done: Done) -> Result<()> {
        self.bytes += done.bytes;
        self.done.push(done.facts);
        if self.session.options.asks_format() {
            return Ok(());
        }
        let printed = self.progress.aside(|| terminal::print(&format!("{}\n", done.line)));
        printed.map_err(|error| Error::io("writing", error))
    }

    /// A failure among several is told at once; a single one is the failure of the command.
    fn failed(&mut self, error: Error) {
        if self.of > 1 {
            self.progress.aside(|| terminal::note(&error::for_people(&error)));
        }
        self.failed.push(error);
    }

    fn finish(self, verb: &str, elapsed: Duration) -> Result<()> {
        let (done, failed) = (self.done.len(), self.failed.len());
        if self.session.options.asks_format() {
            self.session.options.print_answer(&json!({verb: self.done, "bytes": self.bytes, "failed": failed}))?;
        } else if self.of > 1 {
            terminal::note(&summary(verb, done, failed, self.bytes, elapsed));
        }
        match self.failed.into_iter().next() {
            None => Ok(()),
            Some(error) if self.of == 1 => Err(error),
            Some(first) => {
                // A key that cannot be a file name is no wrong usage where there are many keys.
                let kind = if error::exit_code(&first) == error::USAGE { ErrorKind::Io } else { first.kind() };
                Err(Error::new(kind, format!("{failed} of {} could not be {verb}", done + failed)))
            }
        }
    }
}

fn summary(verb: &str, done: usize, failed: usize, bytes: u64, elapsed: Duration) -> String {
    let objects = super::size::counted(done as u64, "object");
    let failures = if failed == 0 { String::new() } else { format!(", {failed} failed") };
    let seconds = elapsed.as_secs_f64();
    if bytes == 0 {
        return format!("{verb} {objects}{failures} in {seconds:.1} s");
    }
    let rate = human((bytes as f64 / seconds.max(0.001)) as u64);
    format!("{verb} {objects}{failures}, {} in {seconds:.1} s ({rate}/s)", human(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_one_line() {
        let second = Duration::from_secs(1);
        assert_eq!(summary("copied", 2, 0, 2048, second), "copied 2 objects, 2.0 KiB in 1.0 s (2.0 KiB/s)");
        assert_eq!(summary("deleted", 3, 2, 0, second), "deleted 3 objects, 2 failed in 1.0 s");
    }
}
