//! Accepting connections, and ending them gracefully.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::exchange;
use crate::state::State;

/// How long a connection may sit idle, or take to send its head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);
/// How long requests under way may take after the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// The wait after a failed `accept`, which happens when the process has no free file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop` changes or its sender is gone, then lets the requests under way finish.
pub(crate) async fn serve(listener: TcpListener, state: Arc<State>, stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    while let Some(accepted) = until(listener.accept(), stopped(stop.clone())).await {
        match accepted {
            Ok((stream, _)) => drop(connections.spawn(connection(stream, Arc::clone(&state), stop.clone()))),
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        connections.shutdown().await;
    }
}

async fn connection(stream: TcpStream, state: Arc<State>, stop: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| exchange::respond(Arc::clone(&state), request));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    let mut served = pin!(served);
    // An error here is the client's doing, or an injected fault: there is nobody left to tell.
    if until(served.as_mut(), stopped(stop)).await.is_none() {
        served.as_mut().graceful_shutdown();
        let _ = served.await;
    }
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Waits for `work`, unless `stop` is done first.
async fn until<W: Future>(work: W, stop: impl Future<Output = ()>) -> Option<W::Output> {
    let (mut work, mut stop) = (pin!(work), pin!(stop));
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => stop.as_mut().poll(cx).map(|()| None),
    })
    .await
}
