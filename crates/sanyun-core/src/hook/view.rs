//! Requests and replies with their secrets masked.

use std::fmt;

use http::StatusCode;

use crate::credentials::Credential;
use crate::endpoint::Endpoint;
use crate::redact;
use crate::reply::Reply;
use crate::request::Request;

/// A request with its secrets masked.
#[derive(Clone, Copy, Debug)]
pub struct RequestView<'a> {
    request: &'a Request,
    shown_headers: &'static [&'static str],
    unmasked: bool,
}

impl<'a> RequestView<'a> {
    /// A view of a request. `shown_headers` are the cloud's own headers that may be shown.
    pub fn new(request: &'a Request, shown_headers: &'static [&'static str]) -> Self {
        Self { request, shown_headers, unmasked: false }
    }

    pub(crate) fn unmasked_if(mut self, unmasked: bool) -> Self {
        self.unmasked = unmasked;
        self
    }

    /// The method.
    pub fn method(&self) -> &'a http::Method {
        &self.request.method
    }

    /// Scheme and authority.
    pub fn endpoint(&self) -> &'a Endpoint {
        &self.request.endpoint
    }

    /// The URL; values of query parameters that may be secret are `***`.
    pub fn url(&self) -> String {
        let path = format!("{}{}", self.request.endpoint, self.request.path);
        if self.request.query.is_empty() { path } else { format!("{path}?{}", redact::query(&self.request.query)) }
    }

    /// The headers; only those known to be harmless are shown, the others' values are `***`.
    pub fn headers(&self) -> Vec<(&'a str, String)> {
        redact::headers(&self.request.headers, self.shown_headers)
    }

    /// A JSON body with members that may be secret masked; any other body by its length alone. Empty for none.
    pub fn body(&self) -> String {
        match self.request.body.as_bytes() {
            Some([]) => String::new(),
            Some(bytes) => redact::body(bytes),
            None => format!("{:?}", self.request.body),
        }
    }

    /// The request itself, secrets included; only for clients built with `danger_unmasked_hooks`.
    pub fn unmasked(&self) -> Option<&'a Request> {
        self.unmasked.then_some(self.request)
    }
}

/// A reply with its secrets masked.
#[derive(Clone, Copy)]
pub struct ReplyView<'a> {
    reply: &'a Reply,
    shown_headers: &'static [&'static str],
    /// Who called: gateways repeat parts of the request in what they answer.
    caller: Option<&'a Credential>,
    streamed: bool,
    unmasked: bool,
}

impl<'a> ReplyView<'a> {
    /// A view of a reply. `shown_headers` are the cloud's own headers that may be shown.
    pub fn new(reply: &'a Reply, shown_headers: &'static [&'static str]) -> Self {
        Self { reply, shown_headers, caller: None, streamed: false, unmasked: false }
    }

    /// Hides the secrets of this credential wherever they stand.
    pub(crate) fn to(mut self, caller: &'a Credential) -> Self {
        self.caller = Some(caller);
        self
    }

    /// The caller of the service reads the body, hooks do not.
    pub(crate) fn streamed_if(mut self, streamed: bool) -> Self {
        self.streamed = streamed;
        self
    }

    pub(crate) fn unmasked_if(mut self, unmasked: bool) -> Self {
        self.unmasked = unmasked;
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.reply.status
    }

    /// The media type of `Content-Type` in lower case, without its parameters; empty if there is none.
    pub fn media_type(&self) -> String {
        self.reply.media_type()
    }

    /// The headers; only those known to be harmless are shown, the others' values are `***`.
    pub fn headers(&self) -> Vec<(&'a str, String)> {
        let mut headers = redact::headers(&self.reply.headers, self.shown_headers);
        headers.iter_mut().for_each(|(_, value)| self.scrub(value));
        headers
    }

    /// A JSON body with members that may be secret masked; any other body by its length alone, because a token can be
    /// plain text. Empty for none. The body of a streamed reply is not read.
    pub fn body(&self) -> String {
        match (self.streamed, self.body_len()) {
            (true, Some(len)) => return format!("({len} bytes, streamed)"),
            (true, None) => return "(streamed)".to_owned(),
            _ if self.reply.body.is_empty() => return String::new(),
            _ => {}
        }
        let mut shown = redact::json_body(&self.reply.body).unwrap_or_else(|| redact::length(&self.reply.body));
        self.scrub(&mut shown);
        shown
    }

    /// The length of the body in bytes: `Content-Length` if it was sent, else that of what was read; `None` for a stream
    /// of unknown length.
    pub fn body_len(&self) -> Option<u64> {
        let announced = self.reply.header("content-length").and_then(|text| text.parse().ok());
        announced.or((!self.streamed).then_some(self.reply.body.len() as u64))
    }

    /// The reply itself, secrets included; only for clients built with `danger_unmasked_hooks`. The body of a streamed
    /// reply is empty here.
    pub fn unmasked(&self) -> Option<&'a Reply> {
        self.unmasked.then_some(self.reply)
    }

    fn scrub(&self, text: &mut String) {
        for secret in self.caller.into_iter().flat_map(Credential::secrets) {
            redact::scrub(text, secret);
        }
    }
}

impl fmt::Debug for ReplyView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReplyView({:?})", self.reply)
    }
}

#[cfg(test)]
mod tests;
