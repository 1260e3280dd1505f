//! One exchange: a request comes in, its cloud answers, the access log tells.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use sanyun_core::time;

use crate::access_log::{Exchange, Note};
use crate::answer::{Answer, AnswerBody, Chunk, LeavingBody};
use crate::arrival::{self, ArrivingBody, BodyError, Head};
use crate::fault::Fault;
use crate::route::{self, Route, Site};
use crate::state::State;
use crate::{alibaba, control, huawei, oss, tencent};

/// The largest body that is read into memory: Huawei's gateway takes 12 MiB, Tencent's 10, Alibaba's says no number.
const BODY_LIMIT: usize = 12 * 1024 * 1024;
/// What is read and forgotten of a body that nobody wants, so that the client sees the reply.
const DRAIN_LIMIT: u64 = 64 * 1024 * 1024;

/// The connection is to be broken: an injected fault.
#[derive(Debug)]
pub(crate) struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is broken by an injected fault")
    }
}

impl std::error::Error for Interrupted {}

/// Answers a request.
pub(crate) async fn respond(
    state: Arc<State>,
    request: Request<Incoming>,
) -> Result<Response<LeavingBody>, Interrupted> {
    let started = Instant::now();
    let at = state.clock.now();
    let received = Arc::new(AtomicU64::new(0));
    let (head, mut body) = arrival::take_apart(request, Arc::clone(&received));
    let mut note = Note::default();
    let answer = match control::answer(&state, &head, &mut body, &mut note).await {
        Some(answer) => answer,
        None => with_faults(&state, &head, body, &mut note).await?,
    };

    let status = answer.status;
    let mut response = Response::new(());
    *response.status_mut() = status;
    *response.headers_mut() = answer.headers;
    if let Ok(date) = HeaderValue::from_str(&time::http_date(at)) {
        response.headers_mut().insert(http::header::DATE, date);
    }
    Ok(response.map(|()| {
        LeavingBody::new(answer.body, move |sent| {
            state.log.write(&Exchange {
                at,
                method: head.method.as_str(),
                path: &head.path,
                status: status.as_u16(),
                note: &note,
                received: received.load(Ordering::Relaxed),
                sent,
                elapsed: started.elapsed(),
            });
        })
    }))
}

/// Answers a request, unless something is to go wrong with it.
async fn with_faults(
    state: &Arc<State>,
    head: &Head,
    mut body: ArrivingBody,
    note: &mut Note,
) -> Result<Answer, Interrupted> {
    let fault = state.faults.take(head);
    let answer = match before(state, fault, head, &mut body, note).await? {
        Some(answer) => answer,
        None => dispatch(state, head, body, note).await,
    };
    after(fault, answer)
}

async fn dispatch(state: &Arc<State>, head: &Head, mut body: ArrivingBody, note: &mut Note) -> Answer {
    if head.method == Method::CONNECT {
        let why = "there is no TLS here: a proxy for http:// only\n";
        return Answer::new(StatusCode::NOT_IMPLEMENTED).header("content-type", "text/plain").bytes(why);
    }
    let route = route::recognise(head);
    let answer = match route {
        Route::To(Site::Oss) => {
            note.cloud = Site::Oss.as_str();
            oss::answer(state, head, &mut body, note).await
        }
        Route::To(site) => whole(state, site, head, body.collect(BODY_LIMIT).await, note).await,
        Route::ByForm => {
            let form = body.collect(BODY_LIMIT).await;
            let site = route::by_form(form.as_deref().unwrap_or_default());
            whole(state, site, head, form, note).await
        }
    };
    // Whoever waits for `100 Continue` has not sent the body, and must not be asked for it now.
    if !head.headers.contains_key(http::header::EXPECT) {
        body.drain(DRAIN_LIMIT).await;
    }
    if head.method == Method::HEAD { without_body(answer) } else { answer }
}

/// Answers a request that lies in memory, for tests without sockets. OSS takes none.
#[cfg(test)]
pub(crate) async fn in_memory(state: &Arc<State>, head: &Head, body: Bytes, note: &mut Note) -> Answer {
    let site = match route::recognise(head) {
        Route::To(Site::Oss) => return Answer::new(StatusCode::NOT_IMPLEMENTED),
        Route::To(site) => site,
        Route::ByForm => route::by_form(&body),
    };
    let answer = whole(state, site, head, Ok(body), note).await;
    if head.method == Method::HEAD { without_body(answer) } else { answer }
}

/// Answers for a cloud whose requests are read whole before they are looked at.
async fn whole(state: &Arc<State>, site: Site, head: &Head, body: Result<Bytes, BodyError>, note: &mut Note) -> Answer {
    note.cloud = site.as_str();
    match site {
        Site::Tencent => tencent::answer(state, head, body, note).await,
        Site::Alibaba => alibaba::answer(state, head, body, note).await,
        Site::Huawei | Site::Oss => huawei::answer(state, head, body, note).await,
    }
}

/// A reply to HEAD: the headers say how long the body would have been.
fn without_body(mut answer: Answer) -> Answer {
    let len = answer.body.len();
    if !matches!(answer.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        answer.headers.entry(http::header::CONTENT_LENGTH).or_insert(len.into());
    }
    answer.bytes(Bytes::new())
}

async fn before(
    state: &State,
    fault: Option<Fault>,
    head: &Head,
    body: &mut ArrivingBody,
    note: &mut Note,
) -> Result<Option<Answer>, Interrupted> {
    match fault {
        Some(Fault::BreakRequest { after_bytes }) => {
            body.drain(after_bytes).await;
            Err(Interrupted)
        }
        Some(Fault::Delay(wait)) => {
            state.clock.sleep(wait).await;
            Ok(None)
        }
        Some(Fault::Status(status)) => {
            body.drain(DRAIN_LIMIT).await;
            Ok(Some(Answer::new(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))))
        }
        Some(Fault::Throttle { limit, retry_after }) => {
            let site = site_of(head, body).await;
            note.cloud = site.as_str();
            Ok(Some(match site {
                Site::Huawei => huawei::throttled(state, limit, retry_after, note),
                Site::Tencent => tencent::throttled(state, limit, retry_after, note),
                Site::Alibaba => alibaba::throttled(state, head, retry_after, note),
                Site::Oss => oss::throttled(state, head, retry_after, note),
            }))
        }
        _ => Ok(None),
    }
}

/// The cloud that a request is for whose body nobody wants.
async fn site_of(head: &Head, body: &mut ArrivingBody) -> Site {
    let site = match route::recognise(head) {
        Route::To(site) => site,
        Route::ByForm => route::by_form(&body.collect(BODY_LIMIT).await.unwrap_or_default()),
    };
    body.drain(DRAIN_LIMIT).await;
    site
}

fn after(fault: Option<Fault>, answer: Answer) -> Result<Answer, Interrupted> {
    match fault {
        Some(Fault::LoseAnswer) => Err(Interrupted),
        Some(Fault::Garbage) => Ok(answer.bytes(&b"\xff\xfe<{garbage"[..])),
        Some(Fault::Truncate) => Ok(truncated(answer)),
        _ => Ok(answer),
    }
}

fn truncated(mut answer: Answer) -> Answer {
    if let AnswerBody::Chunks(chunks) = &mut answer.body {
        chunks.truncate(chunks.len() / 2);
        chunks.extend([Chunk::Pause, Chunk::Break]);
        return answer;
    }
    let announced = answer.body.len().max(2);
    let half = usize::try_from(announced / 2).unwrap_or(usize::MAX);
    let mut bytes = answer.body.in_memory();
    // Of what is read from a file, zeros.
    if bytes.len() < half {
        bytes = Bytes::from(vec![0; half]);
    }
    bytes.truncate(half);
    answer.body = AnswerBody::Broken { bytes, announced };
    answer
}
