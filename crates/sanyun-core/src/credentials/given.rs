//! What a source is told from outside: variables, and files with tokens. For the clouds' crates.

use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::credentials::SourceError;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// A value that a source cannot do without: what the code says, else a variable. For the clouds' crates.
///
/// # Errors
/// [`SourceError::Absent`] if neither says anything.
pub fn needed(context: &Context, own: Option<&str>, variable: &str) -> Result<String, SourceError> {
    let text = own.map(str::to_owned).or_else(|| context.var(variable));
    text.ok_or_else(|| SourceError::absent(format!("{variable} is not set")))
}

/// A token that somebody else keeps fresh in a file, without the white space around it. `source` stands in front of the
/// error. For the clouds' crates.
///
/// # Errors
/// [`ErrorKind::Credentials`](crate::ErrorKind::Credentials) with the path, if the file cannot be read, is not UTF-8 or
/// has nothing in it.
pub fn token_file(context: &Context, source: &str, path: &Path) -> Result<Secret> {
    let wrong = |what: String| Error::credentials(format!("{source}: token file `{}`: {what}", path.display()));
    let bytes = context.files.read(path).map_err(|error| wrong(error.to_string()))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| wrong("not UTF-8".to_owned()))?.trim();
    if text.is_empty() { Err(wrong("nothing in it".to_owned())) } else { Ok(Secret::new(text)) }
}

/// A token as the code gives it: itself, or a file that somebody else keeps fresh. For the clouds' crates.
#[derive(Clone, Debug, Default)]
pub struct GivenToken {
    token: Option<Secret>,
    file: Option<PathBuf>,
}

impl GivenToken {
    /// Sets the token itself, which wins over a file. An empty one counts as none.
    pub fn set_token(&mut self, token: impl Into<Secret>) {
        self.token = Some(token.into()).filter(|token: &Secret| !token.is_empty());
    }

    /// Sets the file.
    pub fn set_file(&mut self, path: impl Into<PathBuf>) {
        self.file = Some(path.into());
    }

    /// The token; `None` if the code gives none.
    ///
    /// # Errors
    /// As [`token_file`]. A file that cannot be read is a mistake: whatever the next source of a chain has would be
    /// somebody else.
    pub fn read(&self, context: &Context, source: &str) -> Result<Option<Secret>> {
        match (&self.token, &self.file) {
            (Some(token), _) => Ok(Some(token.clone())),
            (None, Some(file)) => token_file(context, source, file).map(Some),
            (None, None) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[test]
    fn a_token_file_is_trimmed_and_its_faults_name_it() {
        let world = World::new().file("/t", " token\n").file("/bytes", [0xff_u8]).file("/blank", " \n");
        let read = |path: &str| token_file(&world.context(), "oidc", Path::new(path));
        assert_eq!(read("/t").unwrap().expose(), "token");
        for (path, what) in [("/bytes", "not UTF-8"), ("/blank", "nothing in it")] {
            assert_eq!(read(path).unwrap_err().to_string(), format!("oidc: token file `{path}`: {what}"));
        }
        assert!(read("/none").unwrap_err().to_string().starts_with("oidc: token file `/none`: "));
    }

    #[test]
    fn a_given_token_wins_over_its_file() {
        let world = World::new().file("/t", "of the file");
        let read = |given: &GivenToken| {
            given.read(&world.context(), "oidc").map(|token| token.map(|it| it.expose().to_owned()))
        };
        let mut given = GivenToken::default();
        assert_eq!(read(&given).unwrap(), None);
        given.set_file("/t");
        assert_eq!(read(&given).unwrap().as_deref(), Some("of the file"));
        given.set_token("itself");
        assert_eq!(read(&given).unwrap().as_deref(), Some("itself"));
        given.set_token("");
        given.set_file("/none");
        assert!(read(&given).is_err());
    }

    #[test]
    fn code_wins_over_a_variable() {
        let context = World::new().var("NAME", "variable").var("EMPTY", "").context();
        assert_eq!(needed(&context, Some("code"), "NAME").unwrap(), "code");
        assert_eq!(needed(&context, None, "NAME").unwrap(), "variable");
        assert_eq!(needed(&context, None, "EMPTY").unwrap_err().to_string(), "EMPTY is not set");
    }
}
