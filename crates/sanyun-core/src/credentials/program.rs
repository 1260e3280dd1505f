//! Programs that print credentials.

mod words;

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use crate::error::{Error, Result};

/// Credentials are short: what a program prints beyond this is not read.
const MAX_OUTPUT_BYTES: u64 = 1 << 20;
/// How often a program that has closed its output is looked at until it ends.
const POLL: Duration = Duration::from_millis(5);

/// Runs a command, split into words as a POSIX shell would (on Windows `\` is a character like others), without a shell,
/// and gives what it prints. It shares our standard input and error output, so that it can ask its user. `source` stands in
/// front of errors, which show nothing of the command and of what it prints. For the clouds' crates.
///
/// # Errors
/// [`ErrorKind::Config`](crate::ErrorKind::Config) if there is no word, or a quotation does not end;
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if the program cannot be started;
/// [`ErrorKind::Credentials`](crate::ErrorKind::Credentials) if it fails, or does not end within `limit` and is killed.
pub async fn run_program(source: &str, command: &str, limit: Duration) -> Result<Vec<u8>> {
    let words = words::split(command, cfg!(windows));
    let Some((program, arguments)) = words.as_deref().and_then(<[String]>::split_first) else {
        return Err(Error::config(format!("{source}: the command is empty, or a quotation in it does not end")));
    };
    let io = |what: &str, error| Error::io(format!("{source}: {what}"), error);
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::inherit()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut running = Running(command.spawn().map_err(|error| io("starting the program", error))?);
    let wrong = |what: String| Error::credentials(format!("{source}: the program {what}"));
    match tokio::time::timeout(limit, running.finish()).await {
        Ok(Ok((output, status))) if status.success() => Ok(output),
        Ok(Ok((_, status))) => Err(wrong(format!("failed ({status})"))),
        Ok(Err(error)) => Err(io("the program's output", error)),
        Err(_) => Err(wrong(format!("did not end within {limit:?}"))),
    }
}

/// A program that is killed when nobody waits for it any more.
struct Running(Child);

impl Running {
    /// Reads all that it prints and waits for its end.
    async fn finish(&mut self) -> io::Result<(Vec<u8>, ExitStatus)> {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let output = self.0.stdout.take();
        // A thread of its own: the runtime would wait for one of its own when it ends, and somebody whom the program has
        // started may keep the pipe open for ever.
        std::thread::Builder::new().name("credentials".to_owned()).spawn(move || {
            let mut bytes = Vec::new();
            let read = output.map_or(Ok(0), |output| output.take(MAX_OUTPUT_BYTES).read_to_end(&mut bytes));
            let _ = sender.send(read.map(|_| bytes));
        })?;
        let bytes = receiver.await.map_err(io::Error::other)??;
        loop {
            match self.0.try_wait()? {
                Some(status) => return Ok((bytes, status)),
                None => tokio::time::sleep(POLL).await,
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Without effect when it has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::testing::ready;

    fn run(command: &str, limit: Duration) -> Result<String, String> {
        let output = ready(run_program("x", command, limit));
        output.map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_a_program_prints() {
        let limit = Duration::from_secs(30);
        assert_eq!(run("printf '%s|' 'a b' \"$HOME\" c\\ d", limit).unwrap(), "a b|$HOME|c d|", "no shell");
        assert_eq!(run("sh -c 'echo hush; exit 3'", limit).unwrap_err(), "x: the program failed (exit status: 3)");
        for empty in ["", "  ", "a 'b"] {
            let error = run(empty, limit).unwrap_err();
            assert_eq!(error, "x: the command is empty, or a quotation in it does not end");
        }
        assert!(run("/does/not/exist hush", limit).unwrap_err().starts_with("x: starting the program: "));
    }

    #[test]
    fn one_that_does_not_end_is_killed() {
        let begin = Instant::now();
        let limit = Duration::from_millis(50);
        for command in ["sleep 600", "sh -c 'exec >&-; exec sleep 600'"] {
            assert_eq!(run(command, limit).unwrap_err(), "x: the program did not end within 50ms");
        }
        assert!(begin.elapsed() < Duration::from_secs(60));
    }
}
