//! Kind `access_log`: the message of a log line.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use sanyun_core::{
    AccessLog, AttemptOutcome, AttemptView, CallInfo, Endpoint, Hook, Reply, ReplyView, Request, RequestView, Scheme,
};
use serde_json::Value;

use crate::Outcome;
use crate::support::{member, same, text};

/// Tells the log of a finished attempt, and takes the message out of the line that it writes.
pub(super) fn access_log(input: &Value, expected: &Value) -> Outcome {
    match (request(input), reply(input)) {
        (Ok(request), Ok(reply)) => logged(input, &request, &reply, expected).into(),
        (Err(error), _) | (_, Err(error)) => Outcome::Failed(error),
    }
}

fn logged(input: &Value, request: &Request, reply: &Reply, expected: &Value) -> Result<(), String> {
    let call = CallInfo {
        cloud: "huawei",
        service: "service",
        operation: "Operation",
        idempotent: true,
        signed: true,
        credential_kind: "",
        accepts_gzip: true,
        shown_headers: &[],
    };
    let outcome = AttemptOutcome {
        elapsed: elapsed(text(input, "elapsed"))?,
        reply: Some(ReplyView::new(reply, &[])),
        request_id: reply.header("x-request-id"),
        error: None,
        retry_in: None,
    };
    let written = Written::default();
    let view = AttemptView { call, number: 1, request: RequestView::new(request, &[]) };
    AccessLog::new(written.clone()).after_attempt(&view, &outcome);
    let line = written.text();
    let (_, message) = line.trim_end_matches('\n').split_once(" INFO ").ok_or_else(|| format!("no line: {line:?}"))?;
    same("message", message, text(expected, "message"))
}

fn request(input: &Value) -> Result<Request, String> {
    let method = Method::from_bytes(text(input, "method").as_bytes()).map_err(|error| error.to_string())?;
    let (host, path) = text(input, "url")
        .strip_prefix("https://")
        .and_then(|rest| rest.split_once('/'))
        .ok_or("the URL is not one of HTTPS with a path")?;
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut request = Request::new(method, Endpoint::new(Scheme::Https, host), ["/", path].concat());
    request.query = query.to_owned();
    Ok(request)
}

fn reply(input: &Value) -> Result<Reply, String> {
    let status = member(input, "status").as_u64().and_then(|status| StatusCode::from_u16(status as u16).ok());
    let mut headers = HeaderMap::new();
    for (name, value) in member(input, "headers").as_object().into_iter().flatten() {
        let name = HeaderName::try_from(name).map_err(|error| error.to_string())?;
        let value = HeaderValue::from_str(value.as_str().unwrap_or_default()).map_err(|error| error.to_string())?;
        headers.insert(name, value);
    }
    Ok(Reply::new(status.ok_or("no status")?, headers, text(input, "body").to_owned()))
}

/// `543.430 ms`
fn elapsed(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(" ms").replace('.', "");
    digits.parse().map(Duration::from_micros).map_err(|_| format!("{text:?} is not of the form 1.234 ms"))
}

/// What a log has written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
