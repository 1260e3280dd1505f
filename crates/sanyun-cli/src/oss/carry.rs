//! Plans carried out: lines and a progress bar on the way, a summary and an exit code that tell the truth at the end.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use clap::ArgMatches;
use sanyun_core::{Error, ErrorKind, Result};
use sanyun_oss::Bucket;
use sanyun_oss::sync::{Copy, Event, Plan, Refused, Report, Step};
use sanyun_oss::transfer::Cancel;
use serde_json::{Value, json};

use super::left::{self, Left};
use super::progress::{Count, Progress};
use super::session::{Session, flag, values};
use super::size::{counted, human};
use super::url::Url;
use super::ways::Ways;
use crate::{error, terminal};

/// Does what a plan says, or with `--dry-run` tells it.
///
/// # Errors
/// Something could not be done, which has been told by then; it was interrupted.
pub(super) async fn carry_out(session: &Session, arguments: &ArgMatches, plan: Plan, moves: bool) -> Result<()> {
    let verb = if moves { "moved" } else { "copied" };
    if session.options.dry_run {
        return foretell(session, &plan, if moves { "move" } else { "copy" });
    }
    let ways = Ways::new(session, arguments)?;
    let of = plan.steps.len() + plan.refused.len() + plan.deletions.len();
    let log = Log::new(session, arguments, of);
    log.progress().expect(plan.bytes());
    let cancel = Cancel::new();
    let listener = {
        let log = log.clone();
        move |event: Event<'_>| log.hear(event)
    };
    let execution = ways.execution(&cancel).moves(moves).listener(listener);
    let (started, markers, left) = (Instant::now(), plan.markers.clone(), Left::of(&plan, ways.part_size()));
    let report = until_interrupted(plan.run(&execution), &cancel).await;
    log.progress().end();
    let (elapsed, resumes) = (started.elapsed(), ways.checkpoint().is_some());
    // What an interrupted run has left goes on later; only what nobody will go on with is told.
    if let Some(folder) = ways.checkpoint() {
        for bucket in buckets(session, arguments) {
            left::prune(folder, &bucket).await;
        }
    }
    let left = if report.is_complete() { left.look().await } else { Vec::new() };
    log.finish(session, Outcome { verb, report, markers, left, elapsed, resumes })
}

/// The buckets that the command line names.
fn buckets(session: &Session, arguments: &ArgMatches) -> Vec<Bucket> {
    let words = ["PATH", "SOURCE", "TARGET"].into_iter().flat_map(|name| values(arguments, name));
    let mut names: Vec<String> = words.filter_map(|word| Url::parse(word).ok()).map(|url| url.bucket).collect();
    names.sort();
    names.dedup();
    names.iter().map(|name| session.bucket(name)).collect()
}

/// Runs to the end, or when Ctrl-C is pressed until what was begun is put away.
async fn until_interrupted(run: impl Future<Output = Report>, cancel: &Cancel) -> Report {
    let mut work = pin!(run);
    let mut interrupt = pin!(tokio::signal::ctrl_c());
    poll_fn(|cx| {
        if !cancel.is_cancelled() && interrupt.as_mut().poll(cx).is_ready() {
            cancel.cancel();
        }
        match work.as_mut().poll(cx) {
            Poll::Ready(report) => Poll::Ready(report),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

fn foretell(session: &Session, plan: &Plan, verb: &str) -> Result<()> {
    let step = |step: &Step| json!({"source": step.from.spot.to_string(), "target": step.to.to_string(), "bytes": step.from.size});
    if session.options.asks_format() {
        return session.options.print(&json!({
            format!("would_{verb}"): plan.steps.iter().map(step).collect::<Vec<_>>(),
            "would_delete": plan.deletions.iter().map(|entry| entry.spot.to_string()).collect::<Vec<_>>(),
            "skipped": plan.markers,
            "failed": plan.refused.iter().map(failure).collect::<Vec<_>>(),
            "unchanged": plan.same,
            "bytes": plan.bytes(),
        }));
    }
    let copies = plan.steps.iter().map(|step| format!("would {verb} {}\n", line(step, step.from.size)));
    let deletions = plan.deletions.iter().map(|entry| format!("would delete {}\n", entry.spot));
    let text: String = copies.chain(deletions).collect();
    terminal::print(&text).map_err(|error| Error::io("writing", error))?;
    plan.refused.iter().for_each(tell_failure);
    let mut told = format!("would {verb} {}, {}", counted(plan.steps.len() as u64, "object"), human(plan.bytes()));
    for (count, what) in
        [(plan.deletions.len() as u64, "to delete"), (plan.same, "unchanged"), (plan.withheld, "not deleted")]
    {
        push_count(&mut told, count, what);
    }
    push_count(&mut told, plan.markers.len() as u64, "skipped");
    push_count(&mut told, plan.refused.len() as u64, "impossible");
    terminal::note(&told);
    match plan.refused.len() {
        0 => Ok(()),
        count => Err(Error::new(ErrorKind::Io, format!("{} cannot be done", counted(count as u64, "thing")))),
    }
}

fn line(step: &Step, bytes: u64) -> String {
    format!("{} -> {} ({})", step.from.spot, step.to, human(bytes))
}

fn failure(refused: &Refused) -> Value {
    json!({"name": refused.name, "message": refused.error.to_string(), "code": refused.error.code()})
}

fn tell_failure(refused: &Refused) {
    let text = error::for_people(&refused.error);
    let rest = text.strip_prefix("error: ").unwrap_or(&text);
    if rest.contains(&refused.name) {
        terminal::note(&text);
    } else {
        terminal::note(&format!("error: {}: {rest}", refused.name));
    }
}

fn push_count(told: &mut String, count: u64, what: &str) {
    if count > 0 {
        told.push_str(&format!(", {count} {what}"));
    }
}

/// What is told on the way.
#[derive(Clone)]
struct Log(Arc<Mutex<State>>);

struct State {
    progress: Progress,
    counts: HashMap<usize, Count>,
    /// Whether each copy has a line.
    lines: bool,
    /// What was done, for programs.
    values: Option<(Vec<Value>, Vec<Value>)>,
    /// Whether failures are told one by one: a single one is that of the command.
    several: bool,
    silent: bool,
    unwritten: Option<std::io::Error>,
}

/// What the end of it all is told from.
struct Outcome {
    verb: &'static str,
    report: Report,
    markers: Vec<String>,
    /// Uploads in parts of the same objects, and temporary files, that are not of this run.
    left: Vec<String>,
    elapsed: Duration,
    resumes: bool,
}

impl Log {
    fn new(session: &Session, arguments: &ArgMatches, of: usize) -> Self {
        let asks_format = session.options.asks_format();
        Self(Arc::new(Mutex::new(State {
            progress: Progress::new(!flag(arguments, "no-progress") && !asks_format),
            counts: HashMap::new(),
            lines: !asks_format && !flag(arguments, "quiet"),
            values: asks_format.then(Default::default),
            several: of > 1,
            silent: session.options.is_for_programs(),
            unwritten: None,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn progress(&self) -> Progress {
        self.state().progress.clone()
    }

    fn hear(&self, event: Event<'_>) {
        let mut state = self.state();
        match event {
            Event::Began(number, step) => {
                let count = state.progress.count();
                state.progress.name(&step.from.name);
                state.counts.insert(number, count);
            }
            Event::Moved(number, progress) => {
                if let Some(count) = state.counts.get(&number) {
                    count.at(progress.transferred);
                }
            }
            Event::Copied(number, step, copy) => state.copied(number, step, copy),
            Event::Deleted(entry) => {
                state.print(&format!("deleted {}", entry.spot));
                if let Some((_, deleted)) = &mut state.values {
                    deleted.push(entry.spot.to_string().into());
                }
            }
            Event::Failed(refused) if state.several && !state.silent => {
                state.progress.clone().aside(|| tell_failure(refused));
            }
            _ => {}
        }
    }

    fn finish(&self, session: &Session, outcome: Outcome) -> Result<()> {
        let (several, values) = {
            let mut state = self.state();
            if let Some(error) = state.unwritten.take() {
                return Err(Error::io("writing", error));
            }
            (state.several, state.values.take())
        };
        let Outcome { verb, report, markers, .. } = &outcome;
        if let Some((copied, deleted)) = values {
            session.options.print_answer(&json!({
                *verb: copied,
                "deleted": deleted,
                "skipped": markers,
                "left_by_others": outcome.left,
                "failed": report.failed.iter().map(failure).collect::<Vec<_>>(),
                "unchanged": report.same,
                "not_deleted": report.withheld,
                "unfinished": report.unfinished,
                "bytes": report.bytes,
                "resumed": report.resumed,
            }))?;
        } else if several || report.same > 0 || !markers.is_empty() || report.unfinished > 0 {
            terminal::note(&summary(&outcome));
        }
        if !self.state().silent {
            outcome.left.iter().for_each(|left| terminal::note(&format!("left by another run: {left}")));
        }
        outcome.into_result(several)
    }
}

impl State {
    fn copied(&mut self, number: usize, step: &Step, copy: &Copy) {
        if let Some(count) = self.counts.remove(&number) {
            count.at(copy.bytes);
        }
        self.print(&line(step, copy.bytes));
        if let Some((copied, _)) = &mut self.values {
            copied.push(json!({
                "source": step.from.spot.to_string(),
                "target": step.to.to_string(),
                "bytes": copy.bytes,
                "resumed": copy.resumed,
                // Beyond 2^53: a number would lose its end in many programs.
                "crc64": copy.crc64.map(|crc| crc.to_string()),
            }));
        }
    }

    fn print(&mut self, line: &str) {
        if !self.lines {
            return;
        }
        let printed = self.progress.aside(|| terminal::print(&format!("{line}\n")));
        if let Err(error) = printed {
            self.unwritten.get_or_insert(error);
        }
    }
}

impl Outcome {
    fn into_result(self, several: bool) -> Result<()> {
        let Self { verb, report, resumes, .. } = self;
        let failed = report.failed.len();
        if report.unfinished > 0 {
            let error = Error::new(ErrorKind::Io, format!("interrupted: {} not {verb}", report.unfinished));
            return Err(if resumes {
                error.with_hint("the same command goes on where this one stopped")
            } else {
                error
            });
        }
        let of = report.copied + report.deleted + failed as u64;
        match report.failed.into_iter().next() {
            None if report.withheld > 0 => Err(Error::new(ErrorKind::Io, format!("{} not deleted", report.withheld))),
            None => Ok(()),
            Some(refused) if !several => Err(Session::advised(refused.error)),
            Some(first) => {
                // A key that cannot be a file name is no wrong usage where there are many keys.
                let usage = error::exit_code(&first.error) == error::USAGE;
                let kind = if usage { ErrorKind::Io } else { first.error.kind() };
                Err(Error::new(kind, format!("{failed} of {of} could not be {verb}")))
            }
        }
    }
}

fn summary(outcome: &Outcome) -> String {
    let Outcome { verb, report, elapsed, .. } = outcome;
    let mut told = format!("{verb} {}", counted(report.copied, "object"));
    push_count(&mut told, report.failed.len() as u64, "failed");
    push_count(&mut told, report.unfinished, "unfinished");
    push_count(&mut told, report.same, "unchanged");
    push_count(&mut told, outcome.markers.len() as u64, "skipped (folders)");
    push_count(&mut told, report.deleted, "deleted");
    push_count(&mut told, report.withheld, "not deleted because of that");
    let seconds = elapsed.as_secs_f64();
    if report.bytes == 0 {
        return format!("{told} in {seconds:.1} s");
    }
    let resumed = if report.resumed > 0 { format!(", {} of it before", human(report.resumed)) } else { String::new() };
    let moved = report.bytes.saturating_sub(report.resumed);
    let rate = human((moved as f64 / seconds.max(0.001)) as u64);
    format!("{told}, {}{resumed} in {seconds:.1} s ({rate}/s)", human(report.bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(change: impl FnOnce(&mut Report)) -> Outcome {
        let mut report = Report::default();
        change(&mut report);
        let elapsed = Duration::from_secs(1);
        Outcome { verb: "copied", report, markers: Vec::new(), left: Vec::new(), elapsed, resumes: true }
    }

    #[test]
    fn summaries_are_one_line() {
        let told = summary(&outcome(|report| (report.copied, report.bytes) = (2, 2048)));
        assert_eq!(told, "copied 2 objects, 2.0 KiB in 1.0 s (2.0 KiB/s)");
        let told = summary(&outcome(|report| (report.same, report.deleted, report.withheld) = (3, 1, 4)));
        assert_eq!(told, "copied 0 objects, 3 unchanged, 1 deleted, 4 not deleted because of that in 1.0 s");
        let told = summary(&outcome(|report| (report.copied, report.bytes, report.resumed) = (1, 3072, 1024)));
        assert_eq!(told, "copied 1 object, 3.0 KiB, 1.0 KiB of it before in 1.0 s (2.0 KiB/s)");
    }

    #[test]
    fn what_is_not_done_is_a_failure() {
        let result = |change: fn(&mut Report)| outcome(change).into_result(true);
        assert!(result(|report| report.same = 1).is_ok());
        let interrupted = result(|report| report.unfinished = 1).unwrap_err();
        assert_eq!(interrupted.hint(), Some("the same command goes on where this one stopped"));
        assert!(result(|report| report.withheld = 1).is_err());
        let refused = || Refused { name: "a".to_owned(), error: Error::input("no") };
        let mut report = Report::default();
        (report.copied, report.failed) = (1, vec![refused(), refused()]);
        let error = outcome(|it| *it = report).into_result(true).unwrap_err();
        assert_eq!((error::exit_code(&error), error.to_string().contains("2 of 3 could not be copied")), (1, true));
    }
}
