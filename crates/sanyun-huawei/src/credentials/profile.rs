//! Keys, or an identity provider, from a file in the user's home folder.

use std::borrow::Cow;
use std::path::PathBuf;

use sanyun_core::ini::{Comments, Ini};
use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Error, SourceError};

use super::known::Known;
use super::{BASIC, Federation, GLOBAL};

/// Names the file when the code does not.
const FILE_VARIABLE: &str = "HUAWEICLOUD_SDK_CREDENTIALS_FILE";

/// A file with sections of keys: the one given in code, else that of `HUAWEICLOUD_SDK_CREDENTIALS_FILE`, else
/// `~/.huaweicloud/credentials`. Calls to services of a region take the section `[basic]`, those to services of the
/// whole account `[global]`; another section can be named.
///
/// ```text
/// [basic]
/// ak = access-key-id
/// sk = secret-key
/// project_id = 0123456789abcdef0123456789abcdef
///
/// [global]
/// idp_id = my-provider
/// id_token_file = /var/run/secrets/id-token
/// domain_id = fedcba9876543210fedcba9876543210
/// iam_endpoint = https://iam.eu-west-101.myhuaweicloud.eu
/// ```
///
/// A section has `ak` and `sk`, with `security_token` for temporary keys, or `idp_id` and `id_token_file` for
/// [`Federation`], which wins over keys; beside them `project_id`, `domain_id` and `iam_endpoint`.
///
/// ```
/// use sanyun_huawei::{Client, credentials::Profile};
///
/// let client = Client::builder().region("cn-north-4").credentials(Profile::section("staging")).build()?;
/// # Ok::<(), sanyun_huawei::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Profile {
    path: Option<PathBuf>,
    section: Option<String>,
}

impl Profile {
    /// The usual file and the section that fits the call.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another file.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: Some(path.into()), section: None }
    }

    /// A section of the usual file, whatever the call.
    pub fn section(name: impl Into<String>) -> Self {
        Self::default().in_section(name)
    }

    /// The same file, but this section, whatever the call.
    #[must_use]
    pub fn in_section(mut self, name: impl Into<String>) -> Self {
        self.section = Some(name.into());
        self
    }

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let path = self.path(context)?;
        let file = read(context, &path)?;
        let section = self.section.as_deref().unwrap_or(if context.kind == GLOBAL { GLOBAL } else { BASIC });
        let name = format!("profile {section} of {}", path.display());
        if !file.has_section(section) {
            return Err(SourceError::absent(format!("{} {}", path.display(), file.lacks(section))));
        }
        // The vendor's own example spells `id_token_file` as `idTokenFile`.
        let get = |key: &str| file.get(section, &[key, &key.replace('_', "")]).map(str::to_owned);
        let known =
            Known { project_id: get("project_id"), domain_id: get("domain_id"), iam_endpoint: get("iam_endpoint") };
        if let (Some(idp), Some(token_file)) = (get("idp_id"), get("id_token_file")) {
            let federation = Federation::new(idp, token_file).knowing(known);
            return Ok(federation.fetch(context).await?.from_source(name));
        }
        let (Some(id), Some(secret)) = (get("ak"), get("sk")) else {
            return Err(SourceError::absent(format!("{name} has neither ak and sk nor idp_id and id_token_file")));
        };
        let keys = Credential::session(id, secret, get("security_token").unwrap_or_default());
        Ok(known.attach(keys.from_source(name)))
    }

    fn path(&self, context: &Context) -> Result<PathBuf, SourceError> {
        let named = || context.var(FILE_VARIABLE).map(PathBuf::from);
        let usual = || context.home().map(|home| home.join(".huaweicloud").join("credentials"));
        let path = self.path.clone().or_else(named).or_else(usual);
        path.ok_or_else(|| SourceError::absent(format!("{FILE_VARIABLE} is not set, and there is no home folder")))
    }
}

/// Reads the file. One that is not there, or that only somebody else may read, is none; one that cannot be understood
/// is a mistake, which the next source would hide.
fn read(context: &Context, path: &std::path::Path) -> Result<Ini, SourceError> {
    let place = path.display();
    let bytes = context.files.read(path).map_err(|error| SourceError::absent(format!("{place}: {error}")))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Error::config(format!("{place}: not UTF-8")))?;
    let ini = Ini::parse(text, Comments::Lines);
    Ok(ini.map_err(|fault| Error::config(format!("{place}, line {}: {}", fault.line, fault.what)))?)
}

impl CredentialSource for Profile {
    fn name(&self) -> Cow<'_, str> {
        match &self.section {
            Some(section) => Cow::Owned(format!("profile {section}")),
            None => Cow::Borrowed("profile"),
        }
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}
