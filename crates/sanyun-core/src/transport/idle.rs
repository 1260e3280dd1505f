//! A connection that gives up when nothing moves on it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// Fails a read that has been pending for `limit` while no byte moved in either direction. An upload that moves keeps
/// its connection alive, a server that falls silent does not.
pub(super) struct IdleLimit<T> {
    inner: T,
    limit: Duration,
    last_move: Instant,
    /// Armed while a read is pending, and moved only when it fires: most reads are answered long before.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<T> IdleLimit<T> {
    pub(super) fn new(inner: T, limit: Duration) -> Self {
        Self { inner, limit, last_move: Instant::now(), timer: None }
    }

    /// The connection without the limit.
    pub(super) fn into_inner(self) -> T {
        self.inner
    }

    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let due = self.last_move + self.limit;
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(due)));
        while timer.as_mut().poll(cx).is_ready() {
            if Instant::now() >= due {
                let limit = self.limit;
                return Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, format!("nothing moved for {limit:?}")));
            }
            timer.as_mut().reset(due);
        }
        Poll::Pending
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for IdleLimit<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.inner).poll_read(cx, buf) {
            Poll::Ready(result) => {
                self.last_move = Instant::now();
                Poll::Ready(result)
            }
            Poll::Pending => self.poll_silence(cx).map(Err),
        }
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for IdleLimit<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(cx, bytes);
        if result.is_ready() {
            self.last_move = Instant::now();
        }
        result
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write_vectored(cx, pieces);
        if result.is_ready() {
            self.last_move = Instant::now();
        }
        result
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
