//! Keys as names of files, and back.

use std::borrow::Cow;
use std::fmt::Write as _;

use sanyun_core::{Error, Result, encode};

/// How keys become names of files.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Names {
    /// As they are. Keys that no file can have (an empty segment, `.`, `..`, a NUL, more than 255 bytes between two
    /// slashes) are refused, one by one and by name.
    #[default]
    Plain,
    /// Spelt so that every key has a file, and every file its key. `%` becomes `%25`, a NUL `%00`, `.` and `..` become
    /// `%2E` and `%2E%2E`, an empty segment becomes `%`; a long segment is cut into folders that end with `%+`; a file
    /// whose name is also a folder's gets `%!` behind it.
    Encoded,
}

/// The longest name that the file systems in use can hold, in bytes.
const MAX_NAME_BYTES: usize = 255;
/// Where a long segment is cut; room is left for the mark.
const CUT_BYTES: usize = 240;
const EMPTY: &str = "%";
const CONTINUED: &str = "%+";
const BESIDE_FOLDER: &str = "%!";

impl Names {
    /// The path, with slashes, that a name gets below a folder. It never leads out of the folder.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) if no file can have this name.
    pub fn to_path(self, name: &str) -> Result<String> {
        match self {
            Self::Plain => plain(name),
            Self::Encoded => Ok(name.split('/').map(encoded).collect::<Vec<_>>().join("/")),
        }
    }

    /// As [`to_path`](Self::to_path), for a name that is at the same time that of a folder.
    ///
    /// # Errors
    /// As [`to_path`](Self::to_path); always with [`Plain`](Self::Plain).
    pub fn to_path_beside_folder(self, name: &str) -> Result<String> {
        match self {
            Self::Plain => Err(refused(name, "there are objects below it, so that it has to be a folder")),
            Self::Encoded => Ok(self.to_path(name)? + BESIDE_FOLDER),
        }
    }

    /// The name that belongs to a path with slashes.
    pub fn from_path(self, path: &str) -> Cow<'_, str> {
        match self {
            Self::Plain => path.into(),
            Self::Encoded => decoded(path).into(),
        }
    }
}

fn refused(name: &str, why: &str) -> Error {
    Error::input(format!("`{name}` cannot be the name of a file: {why}"))
        .with_hint("--encode-names spells such names so that a file can have them")
}

fn plain(name: &str) -> Result<String> {
    match name.split('/').find_map(why_not) {
        Some(why) => Err(refused(name, why)),
        None => Ok(name.to_owned()),
    }
}

fn why_not(segment: &str) -> Option<&'static str> {
    match segment {
        "" => Some("between two slashes, or at an end, is nothing"),
        "." | ".." => Some("`.` and `..` are places, not names"),
        _ if segment.contains('\0') => Some("it has a NUL"),
        _ if segment.len() > MAX_NAME_BYTES => Some("more than 255 bytes are between two slashes"),
        _ if is_temporary(segment) => Some("temporary files are called so"),
        _ if cfg!(windows) && (segment.contains(ODD_ON_WINDOWS) || segment.ends_with(['.', ' '])) => {
            Some("Windows does not take it")
        }
        _ => None,
    }
}

const ODD_ON_WINDOWS: [char; 8] = ['\\', ':', '*', '?', '"', '<', '>', '|'];

/// Whether a file of this name is what a download that was cut off has left, or is at work on.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with(".sanyun-") && name.ends_with(".part")
}

fn encoded(segment: &str) -> String {
    if segment.is_empty() {
        return EMPTY.to_owned();
    }
    let is_place = segment == "." || segment == ".." || is_temporary(segment);
    let last = segment.len() - segment.chars().next_back().map_or(0, char::len_utf8);
    let (mut out, mut line) = (String::new(), 0);
    for (at, character) in segment.char_indices() {
        let odd = match character {
            '%' | '\0' => true,
            '.' if is_place => true,
            '.' | ' ' if cfg!(windows) => at == last,
            other => cfg!(windows) && (ODD_ON_WINDOWS.contains(&other) || other < ' '),
        };
        let len = if odd { 3 } else { character.len_utf8() };
        if line + len > CUT_BYTES {
            out.push_str(CONTINUED);
            out.push('/');
            line = 0;
        }
        line += len;
        if odd {
            // All of them are ASCII. Writing to a String cannot fail.
            let _ = write!(out, "%{:02X}", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out
}

fn decoded(path: &str) -> String {
    let path = path.strip_suffix(BESIDE_FOLDER).unwrap_or(path);
    let mut name = String::new();
    let mut first = true;
    for segment in path.split('/') {
        if !first {
            name.push('/');
        }
        let (text, continued) = match segment.strip_suffix(CONTINUED) {
            Some(text) => (text, true),
            None => (segment, false),
        };
        if segment != EMPTY {
            name.push_str(&encode::percent_decode(text));
        }
        first = continued;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_never_lead_out_of_a_folder() {
        for name in ["..", "a/../../b", "/etc/passwd", "a//b", "./a", "a/", "a\0b", "", ".sanyun-1.part"] {
            assert!(Names::Plain.to_path(name).is_err(), "{name:?}");
        }
        assert!(Names::Plain.to_path(&"x".repeat(256)).is_err());
        assert_eq!(Names::Plain.to_path("a/b c%20.txt").unwrap(), "a/b c%20.txt");
    }

    #[test]
    fn every_name_has_a_path_and_comes_back() {
        let long = format!("{}/{}%", "ü".repeat(200), "%".repeat(300));
        let names = [
            "a",
            "..",
            ".",
            "...",
            "a/../b",
            "/lead",
            "trail/",
            "a//b",
            "//",
            "/",
            "%",
            "%2E",
            "a%+",
            "%+/b",
            "%!",
            "a%!",
            "a\0b",
            "new\nline",
            " ",
            ".sanyun-1.part",
            &long,
        ];
        for name in names {
            let path = Names::Encoded.to_path(name).unwrap();
            for segment in path.split('/') {
                assert!(why_not(segment).is_none(), "{name:?} {path:?}");
            }
            assert_eq!(Names::Encoded.from_path(&path), name, "{path:?}");
            let beside = Names::Encoded.to_path_beside_folder(name).unwrap();
            assert_ne!(beside, path);
            assert_eq!(Names::Encoded.from_path(&beside), name, "{beside:?}");
        }
        assert_eq!(Names::Encoded.to_path("a/../%").unwrap(), "a/%2E%2E/%25");
    }

    #[test]
    fn different_names_have_different_paths() {
        let names = ["a", "a/", "/a", "%", "", "//", "a%", "a%25", "a%+", "a+", "a!", "a%!"];
        let mut paths: Vec<_> = names.iter().map(|name| Names::Encoded.to_path(name).unwrap()).collect();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), names.len());
    }
}
