//! What a later run needs to go on where this one stopped: one file a transfer, replaced in one step.
//!
//! ```json
//! {"sanyun_checkpoint": 1, "kind": "download", "facts": {…}, "state": {"done": "e0", "crc64": ["1", "2", "3"]}, "crc64": "…"}
//! ```
//!
//! `facts` say which transfer it is, of what and how it is cut: a checkpoint with other facts is of no use any more.
//! `state` is an upload id, or for downloads which parts are there (one bit a part, the first is the highest) with their
//! checksums, which are compared with the bytes on the disk before they count. The last member is the CRC-64 of the text
//! of `facts` and `state` one after the other.

pub mod official;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sanyun_core::{Clock, Error, Result, encode, hash};
use serde_json::{Map, Value, json};
use tokio::task::JoinHandle;

use super::disk::{blocking, failed};
use crate::crc;

const VERSION: u64 = 1;

/// A kind of transfer that has checkpoints.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Upload,
    Download,
    Copy,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Download => "download",
            Self::Copy => "copy",
        }
    }
}

/// The checkpoint of one transfer, for as long as it runs. Nobody else can have it at the same time.
pub(super) struct Checkpoint {
    path: PathBuf,
    kind: Kind,
    facts: Value,
    /// Shared with what is being written, so that the next one begins behind it.
    lock: Arc<Lock>,
}

/// What an earlier run has left behind.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    /// Nothing, or nothing that can be read.
    Nothing,
    /// The state of a transfer of something else by now.
    Stale(Value),
    /// The state of this transfer.
    State(Value),
}

impl Checkpoint {
    /// The checkpoint of a transfer from `source` to `target` in a folder. The folder is made if it is missing.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) if another transfer has it; the folder cannot be written to.
    pub(super) async fn take(folder: &Path, kind: Kind, source: &str, target: &str, facts: Value) -> Result<Self> {
        let name = format!("{}.sanyun-{}", names(source, target), kind.name());
        let (folder, what) = (folder.to_owned(), failed("using checkpoints in", folder));
        let (path, lock) = blocking(move || {
            fs::create_dir_all(&folder)?;
            let path = folder.join(name);
            let lock = Lock::take(path.with_extension(format!("sanyun-{}.lock", kind.name())))?;
            Ok((path, lock))
        })
        .await
        .map_err(&what)?;
        let lock = lock.ok_or_else(|| {
            Error::input(format!("another transfer is using the checkpoint {}", path.display()))
                .with_hint("wait for it, or give each transfer of the same object and file a folder of its own")
        })?;
        Ok(Self { path, kind, facts, lock: Arc::new(lock) })
    }

    pub(super) async fn load(&self) -> Found {
        let path = self.path.clone();
        match blocking(move || fs::read(path)).await {
            Ok(text) => read(&text, self.kind, &self.facts),
            Err(_) => Found::Nothing,
        }
    }

    pub(super) async fn save(&self, state: Value) -> Result<()> {
        blocking(self.writing(&state)).await.map_err(failed("writing", &self.path))
    }

    /// The transfer has ended for good.
    pub(super) async fn remove(self) -> Result<()> {
        let Self { path, lock, .. } = self;
        let what = failed("deleting", &path);
        blocking(move || {
            remove(&path)?;
            remove(&half_written(&path))?;
            drop(lock);
            Ok(())
        })
        .await
        .map_err(what)
    }

    /// Writes the state.
    fn writing(&self, state: &Value) -> impl FnOnce() -> io::Result<()> + Send + use<> {
        let (path, text, lock) = (self.path.clone(), self.text(state), Arc::clone(&self.lock));
        move || {
            let written = replace(&path, &text);
            drop(lock);
            written
        }
    }

    fn text(&self, state: &Value) -> String {
        let sum = sum(&self.facts, state);
        let kind = self.kind.name();
        json!({"sanyun_checkpoint": VERSION, "kind": kind, "facts": self.facts, "state": state, "crc64": sum})
            .to_string()
    }
}

fn sum(facts: &Value, state: &Value) -> String {
    crc::checksum(format!("{facts}{state}").as_bytes()).to_string()
}

fn read(text: &[u8], kind: Kind, facts: &Value) -> Found {
    let Ok(Value::Object(mut members)) = serde_json::from_slice(text) else { return Found::Nothing };
    let mut take = |name: &str| members.remove(name).unwrap_or_default();
    let (version, own_kind, own_facts, state) = (take("sanyun_checkpoint"), take("kind"), take("facts"), take("state"));
    if version != VERSION || own_kind != kind.name() || take("crc64") != sum(&own_facts, &state) {
        return Found::Nothing;
    }
    if own_facts == *facts { Found::State(state) } else { Found::Stale(state) }
}

/// Two texts as a name that any file system takes.
pub(super) fn names(source: &str, target: &str) -> String {
    let hash = |text: &str| encode::hex(&hash::md5(text.as_bytes()));
    format!("{}-{}", hash(source), hash(target))
}

/// Replaces a file in one step, for its owner's eyes only. Whoever is killed on the way leaves a file that the next one
/// clears away: nobody else writes, as long as the lock is held.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let half = half_written(path);
    remove(&half)?;
    let mut file = private().create_new(true).open(&half)?;
    file.write_all(text.as_bytes())?;
    // Renamed before its bytes are on the disk, a file could be empty after a crash.
    file.sync_data()?;
    drop(file);
    fs::rename(half, path)
}

fn half_written(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A file that one program holds at a time. It is deleted when it is not held any more.
struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// `None` if somebody else holds it.
    fn take(path: PathBuf) -> io::Result<Option<Self>> {
        loop {
            let file = private().create(true).open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(fs::TryLockError::WouldBlock) => return Ok(None),
                Err(fs::TryLockError::Error(error)) => return Err(error),
            }
            let lock = Self { path: path.clone(), file };
            // Whoever held it before may have deleted it after it was opened here: then it is nobody's.
            if lock.is_in_place() {
                return Ok(Some(lock));
            }
        }
    }

    #[cfg(unix)]
    fn is_in_place(&self) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let place = |facts: fs::Metadata| (facts.dev(), facts.ino());
        match (self.file.metadata(), fs::metadata(&self.path)) {
            (Ok(own), Ok(there)) => place(own) == place(there),
            _ => false,
        }
    }

    #[cfg(not(unix))]
    fn is_in_place(&self) -> bool {
        true
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // An open file cannot be deleted everywhere: there it stays, empty.
        if cfg!(unix) && self.is_in_place() {
            let _ = fs::remove_file(&self.path);
        }
        let _ = self.file.unlock();
    }
}

/// Writes what a running transfer has done so far, at most so often, and never while the last write is on its way.
pub(super) struct Saver {
    checkpoint: Arc<Checkpoint>,
    clock: Arc<dyn Clock>,
    writing: Option<JoinHandle<io::Result<()>>>,
    last: Option<Duration>,
}

const SAVE_EVERY: Duration = Duration::from_millis(250);

impl Saver {
    pub(super) fn new(checkpoint: Arc<Checkpoint>, clock: Arc<dyn Clock>) -> Self {
        Self { checkpoint, clock, writing: None, last: None }
    }

    /// Writes the state, unless that was done a moment ago.
    pub(super) fn offer(&mut self, state: impl FnOnce() -> Value) {
        let now = self.clock.elapsed();
        let early = self.last.is_some_and(|last| now.saturating_sub(last) < SAVE_EVERY);
        if early || self.writing.as_ref().is_some_and(|writing| !writing.is_finished()) {
            return;
        }
        self.last = Some(now);
        self.writing = Some(tokio::task::spawn_blocking(self.checkpoint.writing(&state())));
    }

    /// Waits for what is on its way, and lets go of the checkpoint.
    pub(super) async fn stop(mut self) {
        if let Some(writing) = self.writing.take() {
            let _ = writing.await;
        }
    }

    /// Waits for what is on its way and writes the last state.
    pub(super) async fn finish(&mut self, state: Value) -> Result<()> {
        if let Some(writing) = self.writing.take() {
            let _ = writing.await;
        }
        self.checkpoint.save(state).await
    }
}

/// The parts of a download that are there, with their checksums.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Done(Vec<Option<u64>>);

impl Done {
    pub(super) fn none(count: u64) -> Self {
        Self(vec![None; usize::try_from(count).unwrap_or_default()])
    }

    pub(super) fn set(&mut self, index: u64, crc64: Option<u64>) {
        if let Some(part) = usize::try_from(index).ok().and_then(|index| self.0.get_mut(index)) {
            *part = crc64;
        }
    }

    pub(super) fn get(&self, index: u64) -> Option<u64> {
        usize::try_from(index).ok().and_then(|index| *self.0.get(index)?)
    }

    pub(super) fn to_state(&self) -> Value {
        let byte = |bits: &[Option<u64>]| {
            bits.iter().enumerate().fold(0, |byte, (at, part)| byte | (u8::from(part.is_some()) << (7 - at)))
        };
        let bitmap: Vec<u8> = self.0.chunks(8).map(byte).collect();
        let sums: Vec<Value> = self.0.iter().flatten().map(|crc64| crc64.to_string().into()).collect();
        json!({"done": encode::hex(&bitmap), "crc64": sums})
    }

    /// Reads what [`to_state`](Self::to_state) wrote of so many parts.
    pub(super) fn from_state(state: &Value, count: u64) -> Option<Self> {
        let state: &Map<String, Value> = state.as_object()?;
        let bitmap = state.get("done")?.as_str()?;
        let mut sums = state.get("crc64")?.as_array()?.iter();
        let mut done = Self::none(count);
        if bitmap.len() as u64 != count.div_ceil(8) * 2 {
            return None;
        }
        for (at, part) in done.0.iter_mut().enumerate() {
            let byte = u8::from_str_radix(bitmap.get(at / 8 * 2..at / 8 * 2 + 2)?, 16).ok()?;
            if byte & (0x80 >> (at % 8)) != 0 {
                *part = Some(sums.next()?.as_str()?.parse().ok()?);
            }
        }
        sums.next().is_none().then_some(done)
    }
}

#[cfg(test)]
mod tests;
