//! The progress bar of transfers. On anything but a terminal there is none.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use crate::terminal;

/// The bar of a command, which may move many files.
#[derive(Clone)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar that is shown if the command line does not forbid it and there is a terminal.
    pub(super) fn new(wanted: bool) -> Self {
        if !wanted || !terminal::draws_progress() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(0);
        let style = "{spinner} {bar:30} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {eta} {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style.progress_chars("=> "));
        }
        Self(bar)
    }

    /// So many bytes more are to be moved.
    pub(super) fn expect(&self, bytes: u64) {
        self.0.inc_length(bytes);
    }

    /// What is being moved.
    pub(super) fn name(&self, name: &str) {
        self.0.set_message(terminal::harmless(name).into_owned());
    }

    /// The count of one file.
    pub(super) fn count(&self) -> Count {
        Count { bar: self.0.clone(), done: Arc::default() }
    }

    /// Runs something that prints, with the bar out of the way.
    pub(super) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }

    /// Removes the bar.
    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}

/// How much of one file was moved; a new attempt begins again.
#[derive(Clone)]
pub(super) struct Count {
    bar: ProgressBar,
    done: Arc<AtomicU64>,
}

impl Count {
    /// So many bytes were moved; fewer than before when the file is moved anew.
    pub(super) fn at(&self, bytes: u64) {
        let before = self.done.swap(bytes, Ordering::Relaxed);
        self.bar.inc(bytes.saturating_sub(before));
        self.bar.dec(before.saturating_sub(bytes));
    }
}
