//! Clients that send nothing.

use std::future::Future;

use sanyun_core::{BoxFuture, Call, Preview, RawReply, Request, Result, Transport, TransportError, TransportErrorKind};
use serde_json::Value;

/// A transport that refuses.
pub(super) struct Unsent;

impl Transport for Unsent {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        let refusal = TransportError::new(TransportErrorKind::Request, "nothing is sent here");
        Box::pin(std::future::ready(Err(refusal)))
    }
}

/// What a call would send.
pub(super) fn preview<O: 'static>(call: Call<Value, O>) -> Result<Preview> {
    block_on(call.preview())
}

/// Runs a future that waits for nothing.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    #[allow(clippy::expect_used, reason = "a runtime without threads and timers has nothing that could fail")]
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime without threads");
    runtime.block_on(future)
}
