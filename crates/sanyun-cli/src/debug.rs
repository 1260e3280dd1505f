//! `--debug`: requests and replies on standard error, secrets masked.

use std::fmt::Write as _;
use std::io::Write as _;

use sanyun_core::{AttemptOutcome, AttemptView, CallInfo, CallOutcome, Hook};

use crate::terminal::harmless;

/// The hook that prints. Lines of requests begin with `>`, those of replies with `<`, remarks with `*`.
pub(crate) struct Debug;

impl Hook for Debug {
    fn before_attempt(&self, attempt: &AttemptView<'_>) {
        let request = attempt.request;
        let mut out = format!("* {} {}, attempt {}\n", attempt.call.service, attempt.call.operation, attempt.number);
        let _ = writeln!(out, "> {} {}", request.method(), request.url());
        push_headers(&mut out, '>', request.headers());
        push_body(&mut out, '>', &request.body());
        print(&out);
    }

    fn after_attempt(&self, _: &AttemptView<'_>, outcome: &AttemptOutcome<'_>) {
        let mut out = String::new();
        if let Some(reply) = outcome.reply {
            let _ = writeln!(out, "< {}", reply.status());
            push_headers(&mut out, '<', reply.headers());
            push_body(&mut out, '<', &reply.body());
        }
        let _ = write!(out, "* {:.1} ms", outcome.elapsed.as_secs_f64() * 1000.0);
        if let Some(id) = outcome.request_id {
            let _ = write!(out, ", request id {id}");
        }
        if let Some(error) = outcome.error {
            let _ = write!(out, ", {error}");
        }
        if let Some(wait) = outcome.retry_in {
            let _ = write!(out, ", again in {:.1} ms", wait.as_secs_f64() * 1000.0);
        }
        out.push('\n');
        print(&out);
    }

    fn call_done(&self, _: &CallInfo<'_>, outcome: &CallOutcome<'_>) {
        let result = if outcome.error.is_some() { "failed" } else { "done" };
        print(&format!(
            "* {result} after {} attempt(s), {:.1} ms\n",
            outcome.attempts,
            outcome.elapsed.as_secs_f64() * 1000.0
        ));
    }
}

fn push_headers(out: &mut String, mark: char, headers: Vec<(&str, String)>) {
    for (name, value) in headers {
        let _ = writeln!(out, "{mark} {name}: {value}");
    }
}

fn push_body(out: &mut String, mark: char, body: &str) {
    if !body.is_empty() {
        let _ = writeln!(out, "{mark}");
    }
    for line in body.lines() {
        let _ = writeln!(out, "{mark} {line}");
    }
}

fn print(text: &str) {
    let _ = std::io::stderr().lock().write_all(harmless(text).as_bytes());
}
