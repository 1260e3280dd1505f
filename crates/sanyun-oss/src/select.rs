//! Queries inside an object: what is asked, and the answer as it arrives.

mod crc32;
mod frame;
mod request;

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use sanyun_core::{Error, Output, Result, StreamBody};
use serde_json::{Map, Value};

use crate::action::{Asked, FromReply};
use crate::error;

pub use frame::SelectEnd;
use frame::{Frame, FrameParser};
pub use request::ReadsRows;
pub(crate) use request::{asks_for_crc, meta_root};

/// The rows that a query found, as they arrive. Dropping it closes the connection.
///
/// It is a [`Stream`] of bytes; [`chunk`](Self::chunk) and [`bytes`](Self::bytes) need no other crate. A query that fails
/// on the way is the last item: OSS tells it behind the rows that it had found.
///
/// ```no_run
/// # async fn example(photos: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
/// use sanyun_oss::ops::CSVInput;
/// let call = photos.select("people.csv", "select Name from ossobject where Age > 40");
/// let mut rows = call.csv(CSVInput::new().file_header_info("Use")).payload_crc().await?;
/// while let Some(piece) = rows.chunk().await? {
///     print!("{}", String::from_utf8_lossy(&piece));
/// }
/// # Ok(()) }
/// ```
pub struct Selection {
    body: StreamBody,
    /// `None` if the rows come without frames.
    parser: Option<FrameParser>,
    end: Option<SelectEnd>,
    request_id: String,
    is_over: bool,
}

impl Selection {
    /// The next piece of the rows; `None` at their end.
    ///
    /// # Errors
    /// The connection broke or ended too early, a piece has another checksum than it says, or OSS ends the query with an
    /// error.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        poll_fn(|cx| self.poll_chunk(cx)).await.transpose()
    }

    /// All rows that have not been read, read into memory.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk).
    pub async fn bytes(&mut self) -> Result<Bytes> {
        let mut all = BytesMut::new();
        while let Some(piece) = self.chunk().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }

    /// What OSS says at the end: there when the last piece was read, unless the rows come without frames.
    pub fn end(&self) -> Option<&SelectEnd> {
        self.end.as_ref()
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let next = ready!(self.poll_next_piece(cx));
        self.is_over = !matches!(next, Ok(Some(_)));
        Poll::Ready(next.transpose())
    }

    fn poll_next_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        loop {
            if let Some(parser) = &mut self.parser {
                match parser.next()? {
                    Some(Frame::Data(piece)) => return Poll::Ready(Ok(Some(piece))),
                    Some(Frame::End(end)) => return Poll::Ready(self.finish(end).map(|()| None)),
                    None => {}
                }
            }
            let arrived = ready!(pin!(self.body.chunk()).poll(cx));
            match (arrived.transpose().map_err(error::from_body)?, &mut self.parser) {
                (Some(bytes), Some(parser)) => parser.push(&bytes),
                (piece, None) => return Poll::Ready(Ok(piece)),
                (None, Some(_)) => return Poll::Ready(Err(Error::decode("the answer ends before its last frame"))),
            }
        }
    }

    fn finish(&mut self, end: SelectEnd) -> Result<()> {
        end.check(&self.request_id)?;
        self.end = Some(end);
        Ok(())
    }
}

impl Stream for Selection {
    type Item = Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_chunk(cx)
    }
}

impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Selection").field("end", &self.end).finish_non_exhaustive()
    }
}

impl FromReply for Selection {
    const STREAMS: bool = true;

    fn from_reply(output: Output, asked: &Asked) -> Result<Self> {
        let Output { reply, stream } = output;
        let is_raw = reply.header("x-oss-select-output-raw").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let request_id = reply.header("x-oss-request-id").unwrap_or_default().to_owned();
        Ok(Self {
            body: stream.unwrap_or_else(|| StreamBody::from(reply.body)),
            parser: (!is_raw).then(|| FrameParser::new(asked.frame_crcs)),
            end: None,
            request_id,
            is_over: false,
        })
    }
}

/// What [`CreateSelectObjectMeta`](crate::ops::CreateSelectObjectMeta) found out about an object: how many rows it has,
/// and in how many pieces queries can read it at once.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SelectMeta {
    /// The bytes that were read.
    pub scanned_bytes: u64,
    /// The pieces.
    pub splits: u32,
    /// The rows, or documents.
    pub rows: u64,
    /// The columns; 0 of JSON.
    pub columns: u32,
}

impl FromReply for SelectMeta {
    fn from_reply(output: Output, asked: &Asked) -> Result<Self> {
        let end = read_whole(&output, asked)?.1;
        Ok(Self { scanned_bytes: end.scanned_bytes, splits: end.splits, rows: end.rows, columns: end.columns })
    }
}

/// An answer that lies in memory, as the fields of a call by name: `body` with the rows and what the last frame says.
pub(crate) fn fields(output: &Output, asked: &Asked) -> Result<Map<String, Value>> {
    let (rows, end) = read_whole(output, asked)?;
    let mut fields = Map::new();
    fields.insert("body".to_owned(), String::from_utf8_lossy(&rows).into());
    fields.insert("scanned_bytes".to_owned(), end.scanned_bytes.into());
    fields.insert("splits".to_owned(), end.splits.into());
    fields.insert("rows".to_owned(), end.rows.into());
    fields.insert("columns".to_owned(), end.columns.into());
    Ok(fields)
}

fn read_whole(output: &Output, asked: &Asked) -> Result<(Bytes, SelectEnd)> {
    let Output { reply, .. } = output;
    if reply.header("x-oss-select-output-raw").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Ok((reply.body.clone(), SelectEnd::default()));
    }
    let mut parser = FrameParser::new(asked.frame_crcs);
    parser.push(&reply.body);
    let mut rows = BytesMut::new();
    while let Some(frame) = parser.next()? {
        match frame {
            Frame::Data(piece) => rows.extend_from_slice(&piece),
            Frame::End(end) => {
                end.check(reply.header("x-oss-request-id").unwrap_or_default())?;
                return Ok((rows.freeze(), end));
            }
        }
    }
    Err(Error::decode("the answer ends before its last frame"))
}

/// Reads a stream of frames as a client does, for whoever checks the format: the rows, and what the last frame says.
///
/// # Errors
/// As [`Selection::chunk`].
pub async fn read_frames(body: StreamBody, payload_crc: bool) -> Result<(Bytes, SelectEnd)> {
    let parser = Some(FrameParser::new(payload_crc));
    let mut selection = Selection { body, parser, end: None, request_id: String::new(), is_over: false };
    let rows = selection.bytes().await?;
    Ok((rows, selection.end.unwrap_or_default()))
}

#[cfg(test)]
mod tests;
