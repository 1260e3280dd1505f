//! Answers that are streams of events, cut where a reader of streams must be careful.

use http::StatusCode;
use sanyun_catalog::Operation;
use serde_json::Value;

use crate::answer::Answer;
use crate::{events, made_up};

/// Whether a call is answered with events: it asks for them, or the operation leaves no choice.
pub(super) fn wanted(operation: &Operation<'static>, accept: &str, parameters: &Value) -> bool {
    always(operation) || made_up::wants_events(operation, accept, parameters)
}

/// Whether an operation that can answer with events has no parameter that asks for them. The vendor's own clients do not
/// say in `Accept` that they want events.
pub(crate) fn always(operation: &Operation<'static>) -> bool {
    let fields = operation.body_fields();
    let mut names = operation.params.iter().map(|param| param.name).chain(fields.iter().map(|field| field.name));
    operation.flags.sse && !names.any(made_up::is_stream)
}

/// The stream of a made-up answer: a comment, the answer in one line, in several, and without a name. The vendor's clients
/// read every event as JSON, so that there is no mark of the end.
pub(super) fn answer(value: &Value) -> Answer {
    let lines = events::lines(value);
    let text = format!(
        ": 开始\nid: 1\nevent: message\nretry: 3000\ndata: {value}\n\n\
         id: 2\nevent: message\n{lines}\n\
         : 快好了\nid: 3\ndata: {value}\n\n"
    );
    let answer = Answer::new(StatusCode::OK).header("content-type", "text/event-stream;charset=utf-8");
    answer.chunks(events::chunks(text))
}

#[cfg(test)]
mod tests {
    use sanyun_catalog::Catalog;
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_stream_if_asked_or_always() {
        let operation = |service, name| Catalog::alibaba().operation(service, None, name).unwrap();
        assert!(wanted(&operation("rdsai", "ChatMessages"), "application/json", &json!({})));
        let choosing = operation("farui", "RunLegalAdviceConsultation");
        assert!(!wanted(&choosing, "application/json", &json!({"stream": false})));
        assert!(wanted(&choosing, "application/json", &json!({"stream": true})));
        assert!(wanted(&choosing, "text/event-stream", &json!({})));
        assert!(!wanted(&operation("ecs", "DescribeRegions"), "text/event-stream", &json!({"Stream": true})));
    }
}
