//! Kind `sse`: the events of a body that comes in pieces, read by a client.

use bytes::Bytes;
use sanyun_core::{Event, encode};
use sanyun_tencent::Input;
use serde_json::{Map, Value, json};

use super::script::{Answer, Script};
use super::world;
use crate::support::{member, same_json, text};

/// Runs a case.
pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    let pieces = member(input, "chunks_b64").as_array().into_iter().flatten();
    let decoded = |piece: &Value| encode::base64_decode(piece.as_str().unwrap_or_default()).map(Bytes::from);
    let pieces = pieces.map(decoded).collect::<Option<Vec<_>>>().ok_or("bad base64")?;
    let script = Script::new([Answer::Reply(200, text(input, "content_type").to_owned(), pieces)]);
    let client = script.builder().build().map_err(world::shown)?;
    let ours = world::block_on(async {
        let mut events = client.send_events(Input::new("hunyuan", "2023-09-01", "ChatCompletions")).await?;
        let mut shown = Vec::new();
        while let Some(event) = events.next().await {
            shown.push(show(&event?));
        }
        Ok(shown)
    });
    same_json("events", &json!({ "events": ours?.map_err(world::shown)? }), expected)
}

/// An event with the members that were sent.
fn show(event: &Event) -> Value {
    let Event { data, event, id, retry } = event;
    let members = [("data", json!(data)), ("event", json!(event)), ("id", json!(id)), ("retry", json!(retry))];
    let sent = members.into_iter().filter(|(_, value)| !value.is_null());
    sent.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
}
