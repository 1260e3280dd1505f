//! What a source is told from outside: variables, and files with tokens. For the clouds' crates.

use std::path::Path;

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
    fn code_wins_over_a_variable() {
        let context = World::new().var("NAME", "variable").var("EMPTY", "").context();
        assert_eq!(needed(&context, Some("code"), "NAME").unwrap(), "code");
        assert_eq!(needed(&context, None, "NAME").unwrap(), "variable");
        assert_eq!(needed(&context, None, "EMPTY").unwrap_err().to_string(), "EMPTY is not set");
    }
}
