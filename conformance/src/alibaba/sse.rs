//! `sse`: the events of a body that comes in pieces, read by a client.

use std::io;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use sanyun_alibaba::{Client, Credential, Error, Event, Input};
use sanyun_core::{BoxFuture, Fixed, RawReply, Request, StreamBody, Transport, TransportError, encode};
use serde_json::{Value, json};

use crate::support::{member, same, same_json};

/// Answers one request with a body in pieces.
struct Pieces(Mutex<Vec<Bytes>>);

struct Body(std::vec::IntoIter<Bytes>);

impl Transport for Pieces {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        let pieces = self.0.lock().map(|mut pieces| std::mem::take(&mut *pieces)).unwrap_or_default();
        let body = StreamBody::new(Box::pin(Body(pieces.into_iter())), None);
        Box::pin(std::future::ready(Ok(RawReply { status: StatusCode::OK, headers: HeaderMap::new(), body })))
    }
}

impl futures_core::Stream for Body {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}

pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    let pieces = member(input, "chunks_base64").as_array().into_iter().flatten();
    let decoded = |piece: &Value| encode::base64_decode(piece.as_str().unwrap_or_default()).map(Bytes::from);
    let pieces = pieces.map(decoded).collect::<Option<Vec<_>>>().ok_or("bad base64")?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
    let ours = runtime.block_on(read(pieces)).map_err(|error| error.to_string())?;
    let count = expected.as_array().map_or(0, Vec::len);
    same("number of events", &ours.len().to_string(), &count.to_string())?;
    same_json("events", &Value::Array(ours), expected)
}

async fn read(pieces: Vec<Bytes>) -> Result<Vec<Value>, Error> {
    let client = Client::builder()
        .transport(Pieces(Mutex::new(pieces)))
        .credentials(Credential::keys("id", "secret"))
        .region("cn-hangzhou")
        .world(Fixed::default())
        .build()?;
    let mut events = client.send_events(Input::rpc("ecs", "2014-05-26", "DescribeRegions")).await?;
    let mut shown = Vec::new();
    while let Some(event) = events.next().await {
        shown.push(show(event?));
    }
    Ok(shown)
}

fn show(event: Event) -> Value {
    let Event { data, event, id, retry } = event;
    json!({"id": id, "event": event.as_deref().unwrap_or("message"), "data": data, "retry": retry})
}
