//! One line for each attempt, in the format of Huawei Cloud's SDKs.
//!
//! ```text
//! 2020-06-16 10:44:02,019 4568 sanyun-huawei vpc.ListVpcs 1 INFO "GET https://vpc.cn-north-1.myhuaweicloud.com/v1/0904f9e1f100d2932f94c01f9aa1cfd7/vpcs" 200 11 0:00:00.543430 b5c927ffdab8401e772e70aa49972037
//! ```
//!
//! The columns are those of `%(asctime)s %(thread)d %(name)s %(filename)s %(lineno)d %(levelname)s %(message)s`: time
//! (UTC), process id, logger, service and operation, number of the attempt, level, and the message: method and URL,
//! status, length of the reply's body, duration, request id. A failed attempt has level `ERROR` and its error at the
//! end. Values of query parameters that sound like secrets are masked.
//!
//! ```no_run
//! use sanyun_core::AccessLog;
//! use sanyun_core::access_log::Level;
//!
//! # fn log(builder: Builder) -> sanyun_core::Result<Builder> {
//! let builder = builder
//!     .hook(AccessLog::file("test.log")?)
//!     .hook(AccessLog::stdout().level(Level::Error));
//! # Ok(builder)
//! # }
//! # struct Builder { settings: sanyun_core::Settings }
//! # impl Builder { sanyun_core::client_settings!(); }
//! ```

mod file;
mod line;

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::{Clock, SystemClock};
use crate::error::{Error, Result};
use crate::hook::{AttemptOutcome, AttemptView, Hook};
use file::RotatingFile;

pub use line::message;

/// A hook that writes the access log. A line that cannot be written is dropped: a full disk must not fail a call.
pub struct AccessLog {
    out: Mutex<Out>,
    level: Level,
    clock: Arc<dyn Clock>,
}

enum Out {
    Writer(Box<dyn Write + Send>),
    File(RotatingFile),
}

/// Which attempts are logged.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// All of them.
    #[default]
    Info,
    /// Those that failed.
    Error,
}

impl AccessLog {
    /// Writes to any writer, one whole line at a time.
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self::to(Out::Writer(Box::new(out)))
    }

    /// Writes to the standard output stream.
    pub fn stdout() -> Self {
        Self::new(io::stdout())
    }

    /// Writes to the standard error stream.
    pub fn stderr() -> Self {
        Self::new(io::stderr())
    }

    /// Appends to a file, which is created if it is missing. Before a line that would fill it to
    /// [`max_bytes`](Self::max_bytes), the file is renamed to `<path>.1`, what had that name to `<path>.2` and so on, up
    /// to the number of [`backups`](Self::backups); the oldest is deleted. Several processes may write to one file: each
    /// line is written at once and stays whole, and on Unix a process notices when another one has renamed the file.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), naming the path, if the file cannot be opened.
    pub fn file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = RotatingFile::open(path);
        let file = file.map_err(|error| Error::io(format!("opening the access log {}", path.display()), error))?;
        Ok(Self::to(Out::File(file)))
    }

    fn to(out: Out) -> Self {
        Self { out: Mutex::new(out), level: Level::Info, clock: Arc::new(SystemClock) }
    }

    /// The size in bytes that a [`file`](Self::file) stays below, unless a single line is longer. Default 10 485 760; 0
    /// for no limit.
    #[must_use]
    pub fn max_bytes(self, bytes: u64) -> Self {
        self.change_file(|file| file.max_bytes = bytes)
    }

    /// How many files are kept beside the [`file`](Self::file). Default 5; with 0 the file is never renamed and grows.
    #[must_use]
    pub fn backups(self, count: u32) -> Self {
        self.change_file(|file| file.backups = count)
    }

    fn change_file(mut self, change: impl FnOnce(&mut RotatingFile)) -> Self {
        if let Out::File(file) = self.out.get_mut().unwrap_or_else(PoisonError::into_inner) {
            change(file);
        }
        self
    }

    /// Which attempts are logged; [`Level::Info`], that is all, if unset.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Takes the times of the lines from another clock, for tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }
}

impl Hook for AccessLog {
    fn after_attempt(&self, attempt: &AttemptView<'_>, outcome: &AttemptOutcome<'_>) {
        let level = if outcome.error.is_some() { Level::Error } else { Level::Info };
        if level < self.level {
            return;
        }
        let line = line::line(self.clock.now(), level, attempt, outcome);
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = match &mut *out {
            Out::Writer(writer) => writer.write_all(line.as_bytes()).and_then(|()| writer.flush()),
            Out::File(file) => file.write_line(&line),
        };
    }
}

impl std::fmt::Debug for AccessLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessLog").field("level", &self.level).finish_non_exhaustive()
    }
}
