//! The frames in which OSS answers a query (OSS API reference, "SelectObject").
//!
//! A frame is its version (1), its type (3 bytes), the payload's length (4), a checksum of the head (4, not used), the
//! payload, and the payload's checksum (4); numbers are big-endian. Payloads begin with the offset in the object (8).

use bytes::{Buf as _, Bytes, BytesMut};
use sanyun_core::{Error, Result, ServiceClass, ServiceError};

use super::crc32::Crc32;

const VERSION: u8 = 1;
const DATA: u32 = 8_388_609;
const KEEP_ALIVE: u32 = 8_388_612;
const END: u32 = 8_388_613;
const CSV_META_END: u32 = 8_388_614;
const JSON_META_END: u32 = 8_388_615;

const HEAD_BYTES: usize = 12;
const OFFSET_BYTES: u32 = 8;
const CHECKSUM_BYTES: usize = 4;

/// The longest frame that is kept in memory as a whole: all but data frames, which hold numbers and a sentence.
const MAX_WHOLE_BYTES: u32 = 64 * 1024;

/// What a frame tells.
#[derive(Debug)]
pub(super) enum Frame {
    /// Rows, or a part of them.
    Data(Bytes),
    /// The last one.
    End(SelectEnd),
}

/// What OSS says at the end of a query.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SelectEnd {
    /// The bytes of the object that were read.
    pub scanned_bytes: u64,
    /// The HTTP status of the query as a whole.
    pub status: u32,
    /// Of [`CreateSelectObjectMeta`](crate::ops::CreateSelectObjectMeta): in how many pieces the object can be read.
    pub splits: u32,
    /// The same: its rows.
    pub rows: u64,
    /// The same: its columns, of CSV.
    pub columns: u32,
    /// What went wrong: `Code.sentence`.
    pub message: String,
}

impl SelectEnd {
    fn read(kind: u32, payload: &[u8]) -> Result<Self> {
        let mut left = payload;
        let mut end = Self::default();
        let mut read = || -> Option<()> {
            left.try_get_u64().ok()?;
            end.scanned_bytes = left.try_get_u64().ok()?;
            end.status = left.try_get_u32().ok()?;
            if kind != END {
                end.splits = left.try_get_u32().ok()?;
                end.rows = left.try_get_u64().ok()?;
            }
            if kind == CSV_META_END {
                end.columns = left.try_get_u32().ok()?;
            }
            Some(())
        };
        read().ok_or_else(|| Error::decode("the last frame is too short"))?;
        end.message = String::from_utf8_lossy(left).into_owned();
        Ok(end)
    }

    /// The error that the frame tells, if it tells one.
    pub(super) fn check(&self, request_id: &str) -> Result<()> {
        if (200..300).contains(&self.status) {
            return Ok(());
        }
        let (code, message) = match self.message.split_once('.') {
            Some((code, rest)) if !rest.is_empty() => (code, rest),
            _ => ("", self.message.as_str()),
        };
        let class = if self.status >= 500 { ServiceClass::Server } else { ServiceClass::Client };
        let status = u16::try_from(self.status).unwrap_or_default();
        let error = ServiceError::new(status, code, message).with_class(class).with_request_id(request_id);
        Err(Error::from_service(error))
    }
}

/// Bytes in, frames out. Rows are handed on as they arrive: memory does not grow with the frame.
#[derive(Debug)]
pub(super) struct FrameParser {
    buffer: BytesMut,
    state: State,
    /// Whether the checksums of data frames are compared: OSS computes them only if asked.
    verifies: bool,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Before a frame.
    Head,
    /// In a data frame: bytes of the offset and of the rows that are still to come.
    Data { offset: u32, rows: u32, crc: Crc32 },
    /// Behind the payload of a data frame.
    Checksum(Crc32),
    /// In a frame of another type.
    Whole { kind: u32, len: u32 },
    /// Behind the last frame.
    Over,
}

impl FrameParser {
    pub(super) fn new(verifies: bool) -> Self {
        Self { buffer: BytesMut::new(), state: State::Head, verifies }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next frame, or part of one; `None` if more bytes are needed.
    pub(super) fn next(&mut self) -> Result<Option<Frame>> {
        loop {
            let Some((state, frame)) = self.step()? else { return Ok(None) };
            self.state = state;
            if frame.is_some() {
                return Ok(frame);
            }
        }
    }

    /// One step: the state behind it, and what was read; `None` if more bytes are needed.
    fn step(&mut self) -> Result<Option<(State, Option<Frame>)>> {
        Ok(match self.state {
            State::Over => None,
            State::Head => match self.take(HEAD_BYTES) {
                None => None,
                Some(head) => Some((begin(&head)?, None)),
            },
            State::Data { offset: 0, rows: 0, crc } => Some((State::Checksum(crc), None)),
            State::Data { offset: 0, rows, crc } => self.rows(rows, crc),
            State::Data { offset, rows, mut crc } => self.take(offset as usize).map(|bytes| {
                crc.update(&bytes);
                (State::Data { offset: 0, rows, crc }, None)
            }),
            State::Checksum(crc) => match self.take(CHECKSUM_BYTES) {
                None => None,
                Some(bytes) => {
                    self.compare(crc, &bytes)?;
                    Some((State::Head, None))
                }
            },
            State::Whole { kind, len } => match self.take(len as usize + CHECKSUM_BYTES) {
                None => None,
                Some(_) if kind == KEEP_ALIVE => Some((State::Head, None)),
                Some(mut payload) => {
                    payload.truncate(len as usize);
                    Some((State::Over, Some(Frame::End(SelectEnd::read(kind, &payload)?))))
                }
            },
        })
    }

    fn rows(&mut self, rows: u32, mut crc: Crc32) -> Option<(State, Option<Frame>)> {
        let len = self.buffer.len().min(rows as usize);
        let piece = self.take(len).filter(|piece| !piece.is_empty())?;
        if self.verifies {
            crc.update(&piece);
        }
        Some((State::Data { offset: 0, rows: rows - len as u32, crc }, Some(Frame::Data(piece))))
    }

    fn take(&mut self, len: usize) -> Option<Bytes> {
        (self.buffer.len() >= len).then(|| self.buffer.split_to(len).freeze())
    }

    fn compare(&self, crc: Crc32, mut theirs: &[u8]) -> Result<()> {
        match theirs.try_get_u32() {
            Ok(theirs) if self.verifies && theirs != crc.value() => {
                let message =
                    format!("the rows were changed on the way: CRC-32 here is {}, OSS says {theirs}", crc.value());
                Err(Error::decode(message).with_retryable(true))
            }
            _ => Ok(()),
        }
    }
}

fn begin(mut head: &[u8]) -> Result<State> {
    let (first, len) = (head.try_get_u32().unwrap_or_default(), head.try_get_u32().unwrap_or_default());
    let (version, kind) = ((first >> 24) as u8, first & 0x00ff_ffff);
    match kind {
        _ if version != VERSION => Err(Error::decode(format!("a frame of version {version}, which is not known"))),
        DATA if len >= OFFSET_BYTES => {
            Ok(State::Data { offset: OFFSET_BYTES, rows: len - OFFSET_BYTES, crc: Crc32::new() })
        }
        KEEP_ALIVE | END | CSV_META_END | JSON_META_END if len <= MAX_WHOLE_BYTES => Ok(State::Whole { kind, len }),
        DATA | KEEP_ALIVE | END | CSV_META_END | JSON_META_END => {
            Err(Error::decode(format!("a frame of type {kind} with {len} bytes")))
        }
        _ => Err(Error::decode(format!("a frame of type {kind}, which is not known"))),
    }
}
