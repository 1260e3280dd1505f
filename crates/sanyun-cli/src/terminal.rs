//! Where output goes, and what may be done there.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use indicatif::ProgressBar;

/// Whether answers may be coloured: standard output is a terminal that can, and nobody said no.
pub(crate) fn colours() -> bool {
    let forbidden = std::env::var_os("NO_COLOR").is_some_and(|text| !text.is_empty());
    io::stdout().is_terminal() && !forbidden && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether progress may be drawn.
pub(crate) fn draws_progress() -> bool {
    io::stderr().is_terminal()
}

/// Writes to standard output. Whoever reads may stop early (`| head`), which is no failure.
///
/// # Errors
/// As writing.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let text = if io::stdout().is_terminal() { harmless(text) } else { text.into() };
    write(text.as_bytes())
}

/// Writes text whose colours are our own to standard output.
///
/// # Errors
/// As writing.
pub(crate) fn print_coloured(text: &str) -> io::Result<()> {
    write(text.as_bytes())
}

/// Writes bytes to standard output as they are.
///
/// # Errors
/// As writing.
pub(crate) fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes a line to standard error. There is nobody to tell if that fails.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", harmless(line));
}

/// What a command that takes long is doing: one line on standard error that changes, where that is a terminal.
pub(crate) struct Activity {
    bar: ProgressBar,
    /// The last line, where every change is written on a line of its own.
    lines: Option<Mutex<String>>,
}

impl Activity {
    /// Begins to tell. Where there is no terminal nothing is told, or with `in_lines` each change on a line.
    pub(crate) fn new(in_lines: bool) -> Self {
        if draws_progress() {
            return Self { bar: ProgressBar::new_spinner(), lines: None };
        }
        Self { bar: ProgressBar::hidden(), lines: in_lines.then(Mutex::default) }
    }

    /// Tells something.
    pub(crate) fn say(&self, text: &str) {
        if !self.bar.is_hidden() {
            self.bar.set_message(harmless(text).into_owned());
            self.bar.tick();
        }
        let Some(lines) = &self.lines else { return };
        let mut last = lines.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != text {
            note(text);
            text.clone_into(&mut last);
        }
    }
}

impl Drop for Activity {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// The text without what would make a terminal do something: answers come from elsewhere.
pub(crate) fn harmless(text: &str) -> std::borrow::Cow<'_, str> {
    let acts = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if text.contains(acts) {
        return text.replace("\r\n", "\n").replace(acts, "\u{fffd}").into();
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn control_characters_do_not_reach_a_terminal() {
        assert_eq!(harmless("a\tb\n中文"), "a\tb\n中文");
        assert_eq!(harmless("a\u{1b}[2Jb\u{9b}31m\r\nc"), "a\u{fffd}[2Jb\u{fffd}31m\nc");
    }
}
