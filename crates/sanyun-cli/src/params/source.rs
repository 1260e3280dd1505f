//! Values that stand in files.

use std::borrow::Cow;
use std::io::{self, Read as _};
use std::path::Path;

use sanyun_core::{Error, Result, encode};

/// The text that a word stands for: `@FILE` and `file://FILE` for what is in the file, `@-` for standard input,
/// `fileb://FILE` for its bytes in Base64. A lone `@` is itself, as the records of DNS have it, and `@@` begins a text
/// with one.
///
/// # Errors
/// The file of the parameter cannot be read, or is no text.
pub(super) fn text<'w>(parameter: &str, word: &'w str) -> Result<Cow<'w, str>> {
    if let Some(path) = word.strip_prefix("fileb://") {
        return Ok(encode::base64(&read(parameter, word, path)?).into());
    }
    let path = match (word.strip_prefix("file://"), word.strip_prefix('@')) {
        (Some(path), _) => path,
        (None, Some(rest)) if rest.starts_with('@') => return Ok(rest.into()),
        (None, Some(path)) if !path.is_empty() => path,
        _ => return Ok(word.into()),
    };
    let text = String::from_utf8(read(parameter, word, path)?);
    text.map(Cow::Owned).map_err(|_| {
        Error::input(format!("`--{parameter}`: {path} is no text (UTF-8)"))
            .with_hint(format!("`--{parameter} fileb://{path}` gives its bytes in Base64"))
    })
}

/// The path of the file that a word names; `None` for any other text, and for standard input.
pub(super) fn path(word: &str) -> Option<&str> {
    let path = ["fileb://", "file://", "@"].iter().find_map(|prefix| word.strip_prefix(prefix))?;
    (!path.is_empty() && !path.starts_with('@') && path != "-").then_some(path)
}

fn read(parameter: &str, word: &str, path: &str) -> Result<Vec<u8>> {
    file(Path::new(path)).map_err(|error| {
        let error = Error::io(format!("`--{parameter}`: reading {path}"), error);
        if word.starts_with('@') {
            error.with_hint(format!("a text that begins with @ is written @{word}"))
        } else {
            error
        }
    })
}

/// The content of a file; `-` is standard input.
///
/// # Errors
/// As reading.
pub(crate) fn file(path: &Path) -> io::Result<Vec<u8>> {
    if path != Path::new("-") {
        return std::fs::read(path);
    }
    let mut content = Vec::new();
    io::stdin().lock().read_to_end(&mut content).map(|_| content)
}
