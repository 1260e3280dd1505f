//! Answers that are streams of events, with everything in them that a reader of streams must know: comments, ids, data of
//! several lines, characters that begin in one piece and end in the next.

use http::StatusCode;
use sanyun_catalog::Operation;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::json::with;
use crate::{events, made_up};

/// What the events say one after the other, where the answer has a member `Content`: characters of one to four bytes.
const WORDS: [&str; 3] = ["Spring: ", "春天来了，", "万物复苏 🌸"];
/// A text anywhere in the request that makes the stream end in an error.
const ERROR: &str = "error";

/// Whether a call is answered with events: it asks for them, or the operation answers in no other way.
pub(super) fn wanted(operation: &Operation<'static>, accept: &str, parameters: &Value) -> bool {
    always(operation) || made_up::wants_events(operation, accept, parameters)
}

/// Whether an operation has no answer but events: no parameter asks for them, and its name says it, or the catalog knows
/// nothing that a JSON answer could hold.
pub(crate) fn always(operation: &Operation<'static>) -> bool {
    let asks = operation.body_fields().iter().any(|field| made_up::is_stream(field.name));
    let fields = made_up::structure(operation).map(|known| known.fields).unwrap_or_default();
    let is_empty = fields.iter().all(|field| made_up::is_request_id(field.name));
    operation.flags.sse && !asks && (operation.name.ends_with("SSE") || is_empty)
}

/// The stream of a made-up answer.
pub(super) fn answer(value: &Value, parameters: &Value, request_id: &str) -> Answer {
    let event = |words| with(saying(value.clone(), words), "RequestId", request_id);
    let [first, second, third] = WORDS.map(event);
    let mut text = format!(": 开始\nid: 1\nevent: message\nretry: 3000\ndata: {first}\n\n");
    text += &format!("id: 2\nevent: message\n{}\n", events::lines(&second));
    if mentions_error(parameters) {
        text += &format!("event: error\ndata: {}\n\n", error(request_id));
    } else {
        text += &format!(": 快好了\nid: 3\ndata: {third}\n\nid: 4\ndata: [DONE]\n\n");
    }
    let answer = Answer::new(StatusCode::OK).header("content-type", "text/event-stream");
    answer.chunks(events::chunks(text))
}

/// The value with these words in every text called `Content`.
fn saying(value: Value, words: &str) -> Value {
    let member = |(name, value): (String, Value)| match value {
        Value::String(_) if name == "Content" => (name, words.into()),
        value => (name, saying(value, words)),
    };
    match value {
        Value::Object(members) => Value::Object(members.into_iter().map(member).collect()),
        Value::Array(items) => items.into_iter().map(|item| saying(item, words)).collect(),
        value => value,
    }
}

fn mentions_error(parameters: &Value) -> bool {
    match parameters {
        Value::String(text) => text == ERROR,
        Value::Array(items) => items.iter().any(mentions_error),
        Value::Object(members) => members.values().any(mentions_error),
        _ => false,
    }
}

/// The error that an event brings, in the shape of an answer.
fn error(request_id: &str) -> Value {
    let error = json!({"Code": "InternalError", "Message": "The stream ends here, as the request asked for."});
    json!({"Response": {"Error": error, "RequestId": request_id}})
}

#[cfg(test)]
mod tests {
    use sanyun_catalog::Catalog;

    use super::*;

    #[test]
    fn operations_stream_if_asked_or_always() {
        let operation = |service, name| Catalog::tencent().operation(service, None, name).unwrap();
        let chat = operation("hunyuan", "ChatCompletions");
        assert!(!wanted(&chat, "*/*", &json!({"Stream": false})));
        assert!(wanted(&chat, "*/*", &json!({"Stream": true})) && wanted(&chat, "text/event-stream", &json!({})));
        assert!(wanted(&operation("cloudmate", "CloudMateAgent"), "*/*", &json!({"Streaming": true})));
        let run = operation("hunyuan", "RunThread");
        assert!(!wanted(&run, "*/*", &json!({})) && wanted(&operation("trtc", "TextToSpeechSSE"), "*/*", &json!({})));
        assert!(!wanted(&operation("cvm", "DescribeZones"), "text/event-stream", &json!({"Stream": true})));
    }

    #[test]
    fn few_operations_always_stream() {
        let services = ["cloudmate", "cls", "dataagent", "es", "hunyuan", "ig", "lkeap", "tdai", "trtc", "waf"];
        let open = |name| Catalog::tencent().service(name, None).unwrap().all_operations();
        let all: Vec<_> = services.into_iter().flat_map(open).filter(always).map(|one| one.name).collect();
        let expected = [
            "ChatAI",
            "ExecuteAgentApiV1",
            "ReconstructDocumentSSE",
            "CreateChatCompletion",
            "TextToSpeechSSE",
            "GenerateLLMSecAnswer",
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn contents_say_the_words() {
        let value = json!({"Choices": [{"Delta": {"Content": "x", "Role": "y"}}], "Content": 1});
        let expected = json!({"Choices": [{"Delta": {"Content": "w", "Role": "y"}}], "Content": 1});
        assert_eq!(saying(value, "w"), expected);
        assert!(
            mentions_error(&json!({"Messages": [{"Content": "error"}]})) && !mentions_error(&json!({"error": "no"}))
        );
    }
}
