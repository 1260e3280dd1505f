//! A request's body, which can be sent again whenever that is possible.

mod replay;
mod sequence;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_core::Stream;
use serde_json::Value;

use crate::progress::{Meter, Progress};

/// A stream of the pieces of a body.
pub type ByteStream = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

type Factory = Arc<dyn Fn() -> io::Result<ByteStream> + Send + Sync>;

/// What a request carries. Bytes, a part of a file and a factory of streams can be sent again; a one-shot stream
/// cannot, and a call with such a body is not retried once its first byte has left.
#[derive(Clone, Default)]
pub struct Body {
    inner: Inner,
    meter: Option<Meter>,
}

#[derive(Clone, Default)]
enum Inner {
    #[default]
    Empty,
    Bytes(Bytes),
    File {
        path: Arc<PathBuf>,
        start: u64,
        len: u64,
    },
    Factory {
        open: Factory,
        len: Option<u64>,
    },
    Once {
        stream: OneShot,
        len: Option<u64>,
    },
}

/// A stream that whoever reads first takes for good.
type OneShot = Arc<Mutex<Option<ByteStream>>>;

/// A body opened for one attempt.
pub enum OpenBody {
    /// No bytes.
    Empty,
    /// All bytes at once.
    Bytes(Bytes),
    /// Piece by piece, with the total length in bytes when it is known.
    Stream(ByteStream, Option<u64>),
}

impl Body {
    /// No body.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The bytes of a JSON value, without white space.
    pub fn json(value: &Value) -> Self {
        Self::from(value.to_string())
    }

    /// A whole file, opened anew for each attempt. Its length is read now.
    ///
    /// # Errors
    /// The file cannot be read, or is a directory.
    pub fn file(path: impl AsRef<Path>) -> io::Result<Self> {
        let len = file_len(path.as_ref())?;
        Ok(Self::new_file(path.as_ref(), 0, len))
    }

    /// `len` bytes of a file from byte `start`.
    ///
    /// # Errors
    /// The file cannot be read, is a directory, or ends before the part does.
    pub fn file_range(path: impl AsRef<Path>, start: u64, len: u64) -> io::Result<Self> {
        let whole = file_len(path.as_ref())?;
        match start.checked_add(len) {
            Some(end) if end <= whole => Ok(Self::new_file(path.as_ref(), start, len)),
            _ => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file ends before the part that was asked for")),
        }
    }

    fn new_file(path: &Path, start: u64, len: u64) -> Self {
        Inner::File { path: Arc::new(path.to_owned()), start, len }.into()
    }

    /// A body made anew for each attempt. `len` is the total in bytes; without it the body goes out in chunks.
    pub fn factory<F>(len: Option<u64>, open: F) -> Self
    where
        F: Fn() -> io::Result<ByteStream> + Send + Sync + 'static,
    {
        Inner::Factory { open: Arc::new(open), len }.into()
    }

    /// A stream that can be read only once. `len` is the total in bytes.
    pub fn once(stream: ByteStream, len: Option<u64>) -> Self {
        Inner::Once { stream: Arc::new(Mutex::new(Some(stream))), len }.into()
    }

    /// The same body, with a callback that is told how its sending goes. Each attempt tells it from 0 again and counts
    /// up [`Progress::attempt`]. The callback must not block: it runs on the thread that sends.
    ///
    /// ```no_run
    /// # fn main() -> std::io::Result<()> {
    /// use sanyun_core::Body;
    ///
    /// let body = Body::file("demo.jpg")?.with_progress(|progress| eprintln!("{progress}"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_progress(mut self, listener: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.meter = Some(Meter::new(listener));
        self
    }

    /// The total in bytes, when it is known.
    pub fn len(&self) -> Option<u64> {
        match &self.inner {
            Inner::Empty => Some(0),
            Inner::Bytes(bytes) => Some(bytes.len() as u64),
            Inner::File { len, .. } => Some(*len),
            Inner::Factory { len, .. } | Inner::Once { len, .. } => *len,
        }
    }

    /// Whether there is surely nothing to send.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Whether a second attempt would send the same bytes.
    pub fn is_replayable(&self) -> bool {
        !matches!(self.inner, Inner::Once { .. })
    }

    /// The bytes, when they lie in memory: an empty body gives an empty slice, a file or stream gives `None`.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.inner {
            Inner::Empty => Some(&[]),
            Inner::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Whether somebody is told how its sending goes: then it must be opened, even where its bytes lie in memory.
    pub fn has_progress(&self) -> bool {
        self.meter.is_some()
    }

    /// Opens the body for one attempt.
    ///
    /// # Errors
    /// The file or the factory fails, or a one-shot stream has been opened before.
    pub fn open(&self) -> io::Result<OpenBody> {
        let body = self.inner.open()?;
        Ok(match &self.meter {
            Some(meter) => meter.watch(body),
            None => body,
        })
    }
}

impl Inner {
    fn open(&self) -> io::Result<OpenBody> {
        match self {
            Self::Empty => Ok(OpenBody::Empty),
            Self::Bytes(bytes) => Ok(OpenBody::Bytes(bytes.clone())),
            Self::File { path, start, len } => {
                Ok(OpenBody::Stream(Box::pin(FileStream::new(Arc::clone(path), *start, *len)), Some(*len)))
            }
            Self::Factory { open, len } => Ok(OpenBody::Stream(open()?, *len)),
            Self::Once { stream, len } => {
                if lock(stream).is_none() {
                    return Err(io::Error::other("a one-shot body cannot be sent again"));
                }
                Ok(OpenBody::Stream(Box::pin(OneShotStream { shared: Arc::clone(stream), own: None }), *len))
            }
        }
    }
}

impl From<Inner> for Body {
    fn from(inner: Inner) -> Self {
        Self { inner, meter: None }
    }
}

fn file_len(path: &Path) -> io::Result<u64> {
    let facts = std::fs::metadata(path)?;
    if facts.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(facts.len()) }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() { Self::empty() } else { Inner::Bytes(bytes).into() }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

/// Shows what kind of body it is and how long, never its content: bodies carry passwords.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.inner {
            Inner::Empty => "empty",
            Inner::Bytes(_) => "bytes",
            Inner::File { .. } => "file",
            Inner::Factory { .. } => "factory",
            Inner::Once { .. } => "one-shot stream",
        };
        match self.len() {
            Some(len) => write!(f, "Body({kind}, {len} bytes)"),
            None => write!(f, "Body({kind}, unknown length)"),
        }
    }
}

fn lock(stream: &OneShot) -> MutexGuard<'_, Option<ByteStream>> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the one-shot stream only when it is first read: an attempt that got no connection leaves it whole.
struct OneShotStream {
    shared: OneShot,
    own: Option<ByteStream>,
}

impl Stream for OneShotStream {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.own.is_none() {
            this.own = lock(&this.shared).take();
        }
        match &mut this.own {
            Some(stream) => stream.as_mut().poll_next(cx),
            None => std::task::Poll::Ready(Some(Err(io::Error::other("a one-shot body cannot be sent again")))),
        }
    }
}

/// Reads part of a file in pieces; the reading itself happens on tokio's blocking threads.
struct FileStream {
    state: FileState,
    left: u64,
}

enum FileState {
    Closed { path: Arc<PathBuf>, start: u64 },
    Busy(crate::BoxFuture<'static, io::Result<(std::fs::File, Bytes)>>),
    Open(std::fs::File),
    Done,
}

/// Bytes read from a file at a time: large enough that the hand-over to a blocking thread does not count.
const FILE_PIECE_BYTES: u64 = 256 * 1024;

impl FileStream {
    fn new(path: Arc<PathBuf>, start: u64, len: u64) -> Self {
        Self { state: FileState::Closed { path, start }, left: len }
    }
}

impl Stream for FileStream {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<Option<Self::Item>> {
        use std::task::Poll;
        let this = self.get_mut();
        loop {
            let wanted = this.left.min(FILE_PIECE_BYTES) as usize;
            match std::mem::replace(&mut this.state, FileState::Done) {
                FileState::Done => return Poll::Ready(None),
                _ if wanted == 0 => return Poll::Ready(None),
                FileState::Closed { path, start } => {
                    this.state = FileState::Busy(Box::pin(blocking(move || read_first(&path, start, wanted))));
                }
                FileState::Open(file) => this.state = FileState::Busy(Box::pin(blocking(move || read(file, wanted)))),
                FileState::Busy(mut reading) => match reading.as_mut().poll(cx) {
                    Poll::Pending => {
                        this.state = FileState::Busy(reading);
                        return Poll::Pending;
                    }
                    Poll::Ready(Ok((file, piece))) => {
                        this.left -= piece.len() as u64;
                        this.state = FileState::Open(file);
                        return Poll::Ready(Some(Ok(piece)));
                    }
                    Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(error))),
                },
            }
        }
    }
}

/// Runs what waits for the disk on tokio's blocking threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(io::Error::other("the thread stopped")))
}

fn read_first(path: &Path, start: u64, wanted: usize) -> io::Result<(std::fs::File, Bytes)> {
    use std::io::Seek as _;
    let mut file = std::fs::File::open(path)?;
    file.seek(io::SeekFrom::Start(start))?;
    read(file, wanted)
}

fn read(mut file: std::fs::File, wanted: usize) -> io::Result<(std::fs::File, Bytes)> {
    use std::io::Read as _;
    let mut piece = vec![0; wanted];
    file.read_exact(&mut piece)?;
    Ok((file, piece.into()))
}

#[cfg(test)]
mod tests;
