//! Objects to standard output, standard input to objects.

use std::io::{self, Read as _, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use clap::ArgMatches;
use sanyun_core::{Error, Result};
use serde_json::json;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::mpsc;

use super::session::{Session, given};
use super::size::human;
use super::url::{self, Url};
use super::ways::Ways;
use crate::terminal;

/// `sanyun oss cat`
///
/// # Errors
/// As [`down`].
pub(super) async fn cat(session: &Session, arguments: &ArgMatches) -> Result<()> {
    down(session, arguments, &url::object(arguments, "oss://BUCKET/KEY")?, io::stdout()).await
}

/// Writes an object, or a part of one, to where it shall go.
///
/// # Errors
/// As the call; it cannot be written.
pub(super) async fn down(session: &Session, arguments: &ArgMatches, source: &Url, out: impl Write) -> Result<()> {
    let mut get = session.bucket(&source.bucket).get(&source.key);
    if let Some(version) = given::<String>(arguments, "version-id") {
        get = get.version(version);
    }
    if let Some(range) = given::<String>(arguments, "range") {
        get = match parse_range(range)? {
            (Some(first), Some(last)) => get.range(first..=last),
            (Some(first), None) => get.range(first..),
            (None, last) => get.last(last.unwrap_or_default()),
        };
    }
    let Some(mut object) = session.call(get).await? else { return Ok(()) };
    let mut out = out;
    while let Some(piece) = object.chunk().await? {
        match out.write_all(&piece) {
            // Whoever reads has enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            result => result.map_err(|error| Error::io("writing the object", error))?,
        }
    }
    out.flush().map_err(|error| Error::io("writing the object", error))
}

/// `0-99`, `100-` or `-10`.
fn parse_range(text: &str) -> Result<(Option<u64>, Option<u64>)> {
    let wrong = || Error::input(format!("`{text}` is no range such as 0-99, 100- or -10"));
    let (first, last) = text.split_once('-').ok_or_else(wrong)?;
    let number = |text: &str| if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| wrong()) };
    match (number(first)?, number(last)?) {
        (None, None) => Err(wrong()),
        (Some(first), Some(last)) if last < first => Err(wrong()),
        range => Ok(range),
    }
}

/// Stores standard input as an object, while it is read.
///
/// # Errors
/// There is no key; standard input cannot be read; as the upload.
pub(super) async fn up(session: &Session, arguments: &ArgMatches, target: &Url) -> Result<()> {
    if target.key.is_empty() || target.key.ends_with('/') {
        return Err(Error::input(format!("`{target}` names no object to copy standard input to")));
    }
    if session.options.dry_run {
        return session.tell(
            &format!("would copy - -> {target}\n"),
            || json!({"would_copy": [{"source": "-", "target": target.to_string()}]}),
        );
    }
    let upload = session.bucket(&target.bucket).upload_from(&target.key, Input::new());
    let done = Ways::new(session, arguments)?.upload(upload).await.map_err(Session::advised)?;
    if session.options.asks_format() {
        let copied = json!([{"source": "-", "target": target.to_string(), "bytes": done.bytes}]);
        return session.options.print_answer(&json!({"copied": copied, "failed": [], "bytes": done.bytes}));
    }
    let printed = terminal::print(&format!("- -> {target} ({})\n", human(done.bytes)));
    printed.map_err(|error| Error::io("writing", error))
}

/// Standard input, read by a thread of its own: nobody has to wait for it when the upload has failed.
struct Input {
    pieces: mpsc::Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    at: usize,
}

impl Input {
    const PIECE_BYTES: usize = 256 << 10;

    fn new() -> Self {
        let (sender, pieces) = mpsc::channel(4);
        std::thread::spawn(move || {
            loop {
                let mut piece = Vec::with_capacity(Self::PIECE_BYTES);
                let read = io::stdin().lock().take(Self::PIECE_BYTES as u64).read_to_end(&mut piece);
                let is_last = !matches!(read, Ok(len) if len > 0);
                if sender.blocking_send(read.map(|_| piece)).is_err() || is_last {
                    return;
                }
            }
        });
        Self { pieces, piece: Vec::new(), at: 0 }
    }
}

impl AsyncRead for Input {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.at >= this.piece.len() {
            match ready!(this.pieces.poll_recv(cx)) {
                Some(piece) => (this.piece, this.at) = (piece?, 0),
                None => return Poll::Ready(Ok(())),
            }
        }
        let rest = this.piece.get(this.at..).unwrap_or_default();
        let len = rest.len().min(out.remaining());
        out.put_slice(rest.get(..len).unwrap_or_default());
        this.at += len;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::parse_range;

    #[test]
    fn ranges_have_a_beginning_or_an_end() {
        assert_eq!(parse_range("0-99").unwrap(), (Some(0), Some(99)));
        assert_eq!(parse_range("100-").unwrap(), (Some(100), None));
        assert_eq!(parse_range("-10").unwrap(), (None, Some(10)));
        for text in ["", "-", "5", "9-1", "a-b"] {
            assert!(parse_range(text).is_err(), "{text}");
        }
    }
}
