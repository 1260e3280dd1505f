//! The format of event streams, as WHATWG defines it for browsers.
//!
//! Lines end with LF, CR or both, wherever the pieces of the body end. An empty line ends an event, `:` begins a comment,
//! other lines are a field's name and value. What differs from browsers, because these streams end: an event that is not
//! ended by an empty line is not lost when the body ends as it should, and without any event a body that is one JSON text
//! counts as one event.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::Event;
use crate::error::{Error, Result};

/// The longest event, in bytes of what is kept of it, unless another limit is set: 16 MiB.
pub const MAX_EVENT_BYTES: usize = 16 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Turns the bytes of a body into events, in pieces of any length.
///
/// ```
/// use sanyun_core::events::EventParser;
///
/// let mut parser = EventParser::new();
/// parser.push(b"data: {\"a\"").unwrap();
/// assert_eq!(parser.next_event(), None);
/// parser.push(b":1}\r\n\r\n").unwrap();
/// assert_eq!(parser.next_event().unwrap().data(), "{\"a\":1}");
/// ```
#[derive(Debug)]
pub struct EventParser {
    /// The line that has begun.
    line: Vec<u8>,
    /// The event that has begun.
    event: Event,
    limit: usize,
    /// The last byte ended a line as CR: an LF that follows belongs to it.
    after_cr: bool,
    /// No line has ended: a byte order mark may stand in front.
    at_start: bool,
    /// Lines that are no fields, as long as there was no event.
    stray: Option<String>,
    ready: VecDeque<Event>,
}

impl Default for EventParser {
    fn default() -> Self {
        Self::new()
    }
}

impl EventParser {
    /// A parser at the start of a body.
    pub fn new() -> Self {
        Self {
            line: Vec::new(),
            event: Event::default(),
            limit: MAX_EVENT_BYTES,
            after_cr: false,
            at_start: true,
            stray: Some(String::new()),
            ready: VecDeque::new(),
        }
    }

    /// Bounds the bytes of one event; [`MAX_EVENT_BYTES`] if unset.
    #[must_use]
    pub fn max_event_bytes(mut self, most: usize) -> Self {
        self.limit = most;
        self
    }

    /// Takes the next piece of the body.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if an event is longer than allowed; the events before it are kept,
    /// and the parser takes nothing more of use.
    pub fn push(&mut self, mut piece: &[u8]) -> Result<()> {
        if self.after_cr && !piece.is_empty() {
            self.after_cr = false;
            piece = piece.strip_prefix(b"\n").unwrap_or(piece);
        }
        while let Some(end) = piece.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let (line, rest) = piece.split_at(end);
            self.end_line(line)?;
            self.after_cr = rest == b"\r";
            piece = rest.strip_prefix(b"\r\n").or_else(|| rest.get(1..)).unwrap_or_default();
        }
        self.line.extend_from_slice(piece);
        self.check_size()
    }

    /// The next event that is complete.
    pub fn next_event(&mut self) -> Option<Event> {
        self.ready.pop_front()
    }

    /// Says that the body has ended as it should: what was begun is complete.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn finish(&mut self) -> Result<()> {
        if !self.line.is_empty() {
            self.end_line(&[])?;
        }
        self.end_event();
        if let Some(text) = self.stray.take().filter(|text| text.starts_with('{')) {
            self.ready.push_back(Event::of(text));
        }
        Ok(())
    }

    /// Puts an event behind those that are ready.
    pub(super) fn add(&mut self, event: Event) {
        self.ready.push_back(event);
    }

    /// Counts what is kept until the event ends.
    fn check_size(&mut self) -> Result<()> {
        let Event { data, event, id, .. } = &self.event;
        let kept = [data, event, id, &self.stray].into_iter().flatten().map(String::len).sum::<usize>();
        if self.line.len() + kept <= self.limit {
            return Ok(());
        }
        (self.line, self.event, self.stray) = Default::default();
        Err(Error::decode(format!("an event of the stream is longer than {} bytes", self.limit)))
    }

    /// Takes a line, of which `rest` is what came last.
    fn end_line(&mut self, rest: &[u8]) -> Result<()> {
        let begun = std::mem::take(&mut self.line);
        let line = if begun.is_empty() { Cow::Borrowed(rest) } else { Cow::Owned([&begun, rest].concat()) };
        let text = match std::mem::take(&mut self.at_start) {
            true => line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line),
            false => &line,
        };
        match String::from_utf8_lossy(text) {
            text if text.is_empty() => self.end_event(),
            text if text.starts_with(':') => {}
            text => self.field(&text),
        }
        self.check_size()
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match (name, &mut self.event) {
            ("data", Event { data: Some(data), .. }) => {
                data.push('\n');
                data.push_str(value);
            }
            ("data", event) => event.data = Some(value.to_owned()),
            ("event", event) => event.event = Some(value.to_owned()),
            ("id", event) => event.id = Some(value.to_owned()),
            ("retry", event) => event.retry = milliseconds(value).or(event.retry),
            _ => self.keep_stray(line),
        }
    }

    fn keep_stray(&mut self, line: &str) {
        if let Some(stray) = &mut self.stray {
            stray.push_str(line);
            stray.push('\n');
        }
    }

    /// Ends the event, if there is one.
    fn end_event(&mut self) {
        let event = std::mem::take(&mut self.event);
        if event != Event::default() {
            self.stray = None;
            self.ready.push_back(event);
        }
    }
}

/// Digits alone, as the format wants it.
fn milliseconds(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
