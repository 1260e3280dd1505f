//! Calls that answer with events, and calls whose body is raw bytes.

use std::sync::Arc;

use sanyun_core::{Body, Call, Error, EventStream, Operation, Output, Reply};
use serde_json::Value;

use super::Client;
use crate::error;
use crate::shape::{Input, Name, Strictness};
use crate::typed::Cloud;

impl Client {
    /// Calls an action by name and reads its answer as events, such as `hunyuan` `ChatCompletions` with the parameter
    /// `Stream`. Names and parameters are checked as [`invoke`](Self::invoke) checks them.
    ///
    /// An error that Tencent Cloud sends instead of events is the error of the call; one that it sends as an event is the
    /// last item of the stream. An action that answers with JSON nevertheless gives one event, whose data is the content
    /// of `Response` ([`EventStream::is_answer`]). The request id stands beside the stream
    /// ([`Response::request_id`](crate::Response::request_id)).
    ///
    /// ```no_run
    /// # async fn example(client: sanyun_tencent::Client) -> sanyun_tencent::Result<()> {
    /// use serde_json::json;
    ///
    /// let question = json!({
    ///     "Model": "hunyuan-lite", "Stream": true, "Messages": [{"Role": "user", "Content": "Hello"}],
    /// });
    /// let mut events = client.events("hunyuan", "", "ChatCompletions", question).await?;
    /// while let Some(event) = events.next().await {
    ///     let part = event?.json()?;
    ///     print!("{}", part["Choices"][0]["Delta"]["Content"].as_str().unwrap_or_default());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`invoke`](Self::invoke).
    pub fn events(&self, service: &str, version: &str, action: &str, params: impl Into<Value>) -> Call<EventStream> {
        let name = Name { service: service.into(), version: version.into(), action: action.into() };
        self.event_call(self.completed(name.input(params.into(), Strictness::Refuse)))
    }

    /// Calls a typed operation and reads its answer as [`events`](Self::events);
    /// [`Event::decode`](crate::Event::decode) reads the data of one as the operation's answer.
    pub fn events_of<O: Operation<Cloud = Cloud>>(&self, mut operation: O) -> Call<EventStream> {
        let input = self.typed(&O::API, &mut operation);
        self.event_call(Ok(input))
    }

    /// Sends a raw call, which needs no catalog, and reads its answer as [`events`](Self::events).
    pub fn send_events(&self, input: Input) -> Call<EventStream> {
        self.event_call(self.completed(Ok(input)))
    }

    fn event_call(&self, input: Result<Input, Error>) -> Call<EventStream> {
        let input = input.map(|input| Input { streams: true, ..input });
        // Its names alone: they are what an error among the events is told with.
        let named = input.as_ref().map(|input| Input::new(&input.service, &input.version, &input.action)).ok();
        let called = Arc::new(named.unwrap_or_else(|| Input::new("", "", "")));
        Call::new(&self.pipeline, &self.protocol, input, move |output| events(output, &called))
    }

    /// Calls an action whose body is raw bytes by name, such as `cls` `UploadLog` with a log group. The parameters are
    /// checked as [`invoke`](Self::invoke) checks them and become headers `X-<SERVICE>-<Member>`.
    ///
    /// The body is signed and must lie in memory unless the client leaves payloads unsigned. No trace id is sent unless
    /// the call has a header of its own.
    ///
    /// # Errors
    /// Those of [`invoke`](Self::invoke); an action whose body is something else.
    pub fn invoke_octet_stream(
        &self,
        service: &str,
        version: &str,
        action: &str,
        params: impl Into<Value>,
        body: impl Into<Body>,
    ) -> Call<Value> {
        let name = Name { service: service.into(), version: version.into(), action: action.into() };
        let input = self.completed(name.octet_stream(&params.into(), body.into()));
        Call::new(&self.pipeline, &self.protocol, input, |output| error::content(&output.reply))
    }
}

/// The stream of a reply, or the answer that came instead.
fn events(output: &mut Output, called: &Arc<Input>) -> Result<EventStream, Error> {
    let Some(body) = output.stream.take() else {
        return Ok(EventStream::of_answer(error::content(&output.reply)?.to_string()));
    };
    let Reply { status, headers, .. } = &output.reply;
    let head = Reply::new(*status, headers.clone(), "");
    let name = format!("{} {}", called.service, called.action);
    let called = Arc::clone(called);
    Ok(EventStream::new(body).during(name).checked(move |event| error::check_event(&called, &head, event)))
}

#[cfg(test)]
mod tests;
