//! Values that stand in files.

use std::borrow::Cow;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sanyun_core::{Error, Result, encode};

use crate::place;

/// The text that a word stands for: `@FILE` and `file://FILE` for what is in the file, `@-` for standard input,
/// `fileb://FILE` for its bytes in Base64; behind `://` home folder and variables are filled in. A lone `@` is itself, as the records of DNS have it, and `@@` begins a text
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
    let is_url = word.starts_with("file");
    let found = if is_url { file(&expanded(path)) } else { file(Path::new(path)) };
    found.map_err(|error| {
        let error = Error::io(format!("`--{parameter}`: reading {path}"), error);
        if word.starts_with('@') {
            error.with_hint(format!("a text that begins with @ is written @{word}"))
        } else {
            error
        }
    })
}

/// The path behind `file://`, which shells leave alone: `~` is the home folder, and `$NAME` or `${NAME}` a variable. What
/// names no variable stays as it is.
pub(crate) fn expanded(path: &str) -> PathBuf {
    let home = place::variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    let (home, rest) = match (home, path.strip_prefix('~')) {
        (Some(home), Some(rest)) if rest.is_empty() || rest.starts_with(['/', '\\']) => (home, rest),
        _ => (String::new(), path),
    };
    let mut parts = rest.split('$');
    let mut out = home + parts.next().unwrap_or_default();
    for part in parts {
        let braced = part.strip_prefix('{').and_then(|part| part.split_once('}'));
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
        let (name, rest) = braced.unwrap_or_else(|| part.split_at(end));
        match std::env::var(name) {
            Ok(value) if !name.is_empty() => out.extend([value.as_str(), rest]),
            _ => out.extend(["$", part]),
        }
    }
    out.into()
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
