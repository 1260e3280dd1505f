//! Why nothing was generated.

use std::fmt;
use std::path::PathBuf;

use sanyun_catalog::{ArchiveError, LookupError};

/// Why nothing was generated. Its text says what to change.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A service is not written as `cloud/service` or `cloud/service/version`.
    Spec(String),
    /// `operations` stands before any `service`.
    NoService,
    /// The catalog has no such service, version or operation; the text tells the nearest names.
    Lookup(LookupError),
    /// The catalog of a cloud is not in the program, or is damaged.
    Archive(ArchiveError),
    /// A file could not be written.
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// The variable `OUT_DIR` is not set: this is no build script.
    NoOutDir,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Spec(text) => write!(
                f,
                "`{text}` is no service: write cloud/service or cloud/service/version, such as \
                 alibaba/ecs/2014-05-26; the clouds are huawei, tencent, alibaba"
            ),
            Error::NoService => {
                f.write_str("`operations` selects from the service named before it: call `service` first")
            }
            Error::Lookup(error) => error.fmt(f),
            Error::Archive(ArchiveError::NotEmbedded(cloud)) => write!(
                f,
                "the catalog of {cloud} is not in this program: enable the feature `{cloud}` of sanyun-codegen, or name a \
                 directory that has `{cloud}.catalog`"
            ),
            Error::Archive(error) => error.fmt(f),
            Error::Io { path, source } => write!(f, "{}: {source}", path.display()),
            Error::NoOutDir => {
                f.write_str("OUT_DIR is not set: call this in a build script, or give `out` an absolute path")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Lookup(error) => Some(error),
            Error::Archive(error) => Some(error),
            Error::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<LookupError> for Error {
    fn from(error: LookupError) -> Self {
        Error::Lookup(error)
    }
}

impl From<ArchiveError> for Error {
    fn from(error: ArchiveError) -> Self {
        Error::Archive(error)
    }
}
