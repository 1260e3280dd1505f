//! Keys from a profile file, `~/.tencentcloud/credentials`.

use std::borrow::Cow;
use std::future::ready;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Error, Keys, Material, SourceError};

use super::ini::{self, Section};

/// Names another file than the usual ones.
const FILE_VARIABLE: &str = "TENCENTCLOUD_CREDENTIALS_FILE";
const FILE_OF_MACHINE: &str = "/etc/tencentcloud/credentials";

/// A section of a profile file: the first that exists of the one that `TENCENTCLOUD_CREDENTIALS_FILE` names,
/// `~/.tencentcloud/credentials` and `/etc/tencentcloud/credentials`.
///
/// The section has the keys `secret_id` and `secret_key`, for temporary keys `token`, and may have `role_arn`, which the
/// credential carries as an attribute of this name. A file that cannot be understood is an error that names its line.
#[derive(Clone, Debug)]
pub struct Profile {
    section: String,
    file: Option<PathBuf>,
}

impl Default for Profile {
    fn default() -> Self {
        Self::named("default")
    }
}

impl Profile {
    /// The section `[name]`.
    pub fn named(name: impl Into<String>) -> Self {
        Self { section: name.into(), file: None }
    }

    /// Reads this file and no other.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self
    }

    fn read(&self, context: &Context) -> Result<Credential, SourceError> {
        let candidates = self.candidates(context);
        for path in &candidates {
            match context.files.read(path) {
                Ok(content) => return self.credential(path, &content),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(Error::io(format!("reading {}", path.display()), error).into()),
            }
        }
        let tried: Vec<_> = candidates.iter().map(|path| path.display().to_string()).collect();
        Err(SourceError::absent(format!("no such file: {}", tried.join(", "))))
    }

    fn candidates(&self, context: &Context) -> Vec<PathBuf> {
        if let Some(file) = &self.file {
            return vec![file.clone()];
        }
        let named = context.var(FILE_VARIABLE).map(PathBuf::from);
        let of_user = context.home().map(|home| home.join(".tencentcloud").join("credentials"));
        named.into_iter().chain(of_user).chain([PathBuf::from(FILE_OF_MACHINE)]).collect()
    }

    fn credential(&self, path: &Path, content: &[u8]) -> Result<Credential, SourceError> {
        let sections = ini::parse(content, &["secret_id", "secret_key", "token", "role_arn"])
            .map_err(|problem| Error::config(format!("{}, {problem}", path.display())))?;
        let absent = |what: &str| SourceError::absent(format!("{} has no {what}", path.display()));
        let section: &Section = sections
            .iter()
            .find(|section| section.name == self.section)
            .ok_or_else(|| absent(&format!("section `[{}]`", self.section)))?;
        let value = |key: &str| {
            let value = section.value(key).filter(|value| !value.is_empty()).map(str::to_owned);
            value.ok_or_else(|| absent(&format!("`{key}` in section `[{}]`", self.section)))
        };
        let keys = Keys::new(value("secret_id")?, value("secret_key")?, value("token").ok());
        let source = format!("profile {} in {}", self.section, path.display());
        super::check(&keys, &source)?;
        let role = section.value("role_arn").unwrap_or_default();
        Ok(Credential::new(Material::Keys(keys)).from_source(source).with_attribute("role_arn", role))
    }
}

impl CredentialSource for Profile {
    fn name(&self) -> Cow<'_, str> {
        Cow::Owned(format!("profile {}", self.section))
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(ready(self.read(context)))
    }
}
