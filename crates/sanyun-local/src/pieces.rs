//! Part of an object, read in pieces on tokio's blocking threads. Its files stay until they are read, so that what is
//! sent is one whole object even when it is replaced or deleted meanwhile.

use std::future::Future as _;
use std::io::{self, Read as _};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::task::JoinHandle;

/// Bytes read at a time: large enough that the hand-over to a blocking thread does not count, small enough that a
/// hundred downloads do not fill the memory.
pub(crate) const PIECE_BYTES: u64 = 256 * 1024;

/// Where pieces are read from.
pub(crate) type Reading = Box<dyn io::Read + Send>;

/// The reading side of a download. The next piece is read while the last one is being sent.
pub(crate) struct Pieces {
    state: State,
    unread: u64,
    unsent: u64,
}

enum State {
    Ready(Reading, Bytes),
    Reading(JoinHandle<io::Result<(Reading, Bytes)>>),
    Done,
}

impl Pieces {
    /// The next `len` bytes of `reading`, with the first piece read at once. Blocks: call it on a blocking thread.
    pub(crate) fn of(reading: Reading, len: u64) -> io::Result<Self> {
        let (file, first) = read(reading, len.min(PIECE_BYTES))?;
        let unread = len - first.len() as u64;
        Ok(Self { state: State::Ready(file, first), unread, unsent: len })
    }

    /// The bytes that have not been handed over yet.
    pub(crate) fn left(&self) -> u64 {
        self.unsent
    }

    /// The next piece; `None` at the end.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Poll::Ready(None),
                State::Reading(mut reading) => match Pin::new(&mut reading).poll(cx) {
                    Poll::Pending => {
                        self.state = State::Reading(reading);
                        return Poll::Pending;
                    }
                    Poll::Ready(Ok(Ok((file, piece)))) => self.state = State::Ready(file, piece),
                    Poll::Ready(Ok(Err(error))) => return Poll::Ready(Some(Err(error))),
                    Poll::Ready(Err(stopped)) => return Poll::Ready(Some(Err(io::Error::other(stopped)))),
                },
                State::Ready(file, piece) => {
                    self.unsent -= piece.len() as u64;
                    self.read_ahead(file);
                    return Poll::Ready((!piece.is_empty()).then_some(Ok(piece)));
                }
            }
        }
    }

    fn read_ahead(&mut self, file: Reading) {
        let wanted = self.unread.min(PIECE_BYTES);
        if wanted > 0 {
            self.unread -= wanted;
            self.state = State::Reading(tokio::task::spawn_blocking(move || read(file, wanted)));
        }
    }
}

fn read(mut file: Reading, wanted: u64) -> io::Result<(Reading, Bytes)> {
    let mut piece = vec![0; wanted as usize];
    file.read_exact(&mut piece)?;
    Ok((file, piece.into()))
}
