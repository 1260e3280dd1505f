//! Calls that answer with events.

use sanyun_core::{Call, Decoded, EventStream, Operation, Output, Result};
use serde_json::Value;

use super::Client;
use crate::shape::{self, Input, Name};
use crate::sign::SignatureVersion;
use crate::typed::Cloud;

impl Client {
    /// Calls an operation by name and reads its answer as server-sent events. Names and parameters are checked as
    /// [`invoke`](Self::invoke) checks them.
    ///
    /// An error that Alibaba Cloud sends instead of events is the error of the call. The call may be repeated until its
    /// first byte has come, never after that. The request id stands beside the stream
    /// ([`Response::request_id`](crate::Response::request_id)).
    ///
    /// ```no_run
    /// # async fn example(client: sanyun_alibaba::Client) -> sanyun_alibaba::Result<()> {
    /// use serde_json::json;
    ///
    /// let task = json!({"WorkspaceId": "w-1", "Prompt": "Hello"});
    /// let mut events = client.events("aimiaobi", "2023-08-01", "RunWritingV2", task).await?;
    /// while let Some(event) = events.next().await {
    ///     println!("{}", event?.data());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`invoke`](Self::invoke).
    pub fn events(&self, service: &str, version: &str, operation: &str, params: impl Into<Value>) -> Call<EventStream> {
        let name = Name { service: service.into(), version: version.into(), operation: operation.into() };
        self.event_call(name.input(&params.into(), true).and_then(Input::checked))
    }

    /// Calls a typed operation and reads its answer as [`events`](Self::events);
    /// [`Event::decode`](crate::Event::decode) reads the data of one as the operation's answer.
    pub fn events_of<O: Operation<Cloud = Cloud>>(&self, mut operation: O) -> Call<EventStream> {
        self.event_call(shape::typed(&O::API, &mut operation, O::Output::STREAMS))
    }

    /// Sends a call that needs no catalog and reads its answer as [`events`](Self::events).
    pub fn send_events(&self, input: Input) -> Call<EventStream> {
        self.event_call(input.checked())
    }

    fn event_call(&self, input: Result<Input>) -> Call<EventStream> {
        let called = input.as_ref().map(Input::name).unwrap_or_default();
        self.streamed(input, move |output| events(output, &called))
    }

    /// A call whose reply is taken as it comes. The signature is of the newer version, whatever the client's: the older
    /// one knows no streams.
    pub(crate) fn streamed<T>(
        &self,
        input: Result<Input>,
        decode: impl Fn(&mut Output) -> Result<T> + Send + Sync + 'static,
    ) -> Call<T> {
        let input = input.map(|mut input| {
            if input.signature.unwrap_or(self.protocol.signature) == SignatureVersion::V1 {
                input.signature = Some(SignatureVersion::default());
            }
            input.streamed()
        });
        Call::new(&self.pipeline, &self.protocol, input, decode)
    }
}

fn events(output: &mut Output, called: &str) -> Result<EventStream> {
    Ok(EventStream::new(output.take_stream()?).during(called).only_with_data())
}

#[cfg(test)]
mod tests;
