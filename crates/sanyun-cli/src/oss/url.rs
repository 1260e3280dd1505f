//! `oss://bucket/key`. A key is what stands behind the bucket's slash, byte for byte: nothing is decoded or normalised.

use std::fmt;

use clap::ArgMatches;
use sanyun_core::{Error, Result};

/// The beginning of an address on OSS.
const SCHEME: &str = "oss://";

/// A bucket, and a key or the beginning of one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Url {
    pub(super) bucket: String,
    /// Empty for the bucket itself.
    pub(super) key: String,
}

impl Url {
    /// Whether a word of the command line is meant to be an address on OSS.
    pub(super) fn is_one(text: &str) -> bool {
        text.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME))
    }

    /// Reads an address.
    ///
    /// # Errors
    /// It does not begin with `oss://`, or names no bucket.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let rest = text.get(SCHEME.len()..).filter(|_| Self::is_one(text));
        let rest = rest.ok_or_else(|| Error::input(format!("`{text}` is not an address such as oss://bucket/key")))?;
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(Error::input(format!("`{text}` names no bucket")));
        }
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }

    /// The same bucket with another key.
    pub(super) fn with_key(&self, key: impl Into<String>) -> Self {
        Self { bucket: self.bucket.clone(), key: key.into() }
    }
}

impl Url {
    /// The same address as a folder: with a slash at the end, unless it is a whole bucket.
    pub(super) fn as_folder(&self) -> Self {
        let slash = if self.key.is_empty() || self.key.ends_with('/') { "" } else { "/" };
        self.with_key(format!("{}{slash}", self.key))
    }

    /// The key up to its last slash, that included, and what stands behind it.
    pub(super) fn split(&self) -> (&str, &str) {
        let at = self.key.rfind('/').map_or(0, |slash| slash + 1);
        self.key.split_at_checked(at).unwrap_or(("", &self.key))
    }
}

/// A folder, with the slash behind it, and the pattern of what is wanted in it.
pub(super) fn split_pattern(text: &str) -> (&str, &str) {
    let special = text.find(['*', '?']).unwrap_or(text.len());
    let at = text.get(..special).and_then(|text| text.rfind('/')).map_or(0, |slash| slash + 1);
    text.split_at_checked(at).unwrap_or(("", text))
}

/// A text as a pattern that matches nothing else.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '*' | '?' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/{}", self.bucket, self.key)
    }
}

/// The address in an argument.
///
/// # Errors
/// As [`Url::parse`].
pub(super) fn argument(arguments: &ArgMatches, name: &str) -> Result<Url> {
    Url::parse(arguments.get_one::<String>(name).map_or("", String::as_str))
}

/// The address of an object in an argument.
///
/// # Errors
/// As [`Url::parse`]; there is no key.
pub(super) fn object(arguments: &ArgMatches, name: &str) -> Result<Url> {
    let url = argument(arguments, name)?;
    if url.key.is_empty() {
        return Err(Error::input(format!("`{url}` names no object")));
    }
    Ok(url)
}

/// The address of a bucket in an argument.
///
/// # Errors
/// As [`Url::parse`]; there is a key.
pub(super) fn bucket(arguments: &ArgMatches, name: &str) -> Result<Url> {
    let url = argument(arguments, name)?;
    if !url.key.is_empty() {
        return Err(Error::input(format!("`{url}` names an object, and a bucket is wanted")));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_begin_behind_the_last_folder_that_is_none() {
        assert_eq!(split_pattern("a/b/c*/d?"), ("a/b/", "c*/d?"));
        assert_eq!(split_pattern("*"), ("", "*"));
        assert_eq!(escaped("a*?\\"), "a\\*\\?\\\\");
        let url = |text| Url::parse(text).unwrap();
        assert_eq!(url("oss://b/p").as_folder().key, "p/");
        assert_eq!(url("oss://b").as_folder().key, "");
        assert_eq!(url("oss://b/a/b").split(), ("a/", "b"));
    }

    #[test]
    fn keys_stay_as_they_are() {
        for (text, bucket, key) in [
            ("oss://b", "b", ""),
            ("oss://b/", "b", ""),
            ("OSS://b/a//b", "b", "a//b"),
            ("oss://b//a", "b", "/a"),
            ("oss://b/a/../%2F?x#y ü", "b", "a/../%2F?x#y ü"),
        ] {
            assert_eq!(Url::parse(text).unwrap(), Url { bucket: bucket.to_owned(), key: key.to_owned() }, "{text}");
        }
        for text in ["", "b/k", "oss://", "oss:///k", "s3://b/k", "öss"] {
            assert!(Url::parse(text).is_err(), "{text}");
        }
    }
}
