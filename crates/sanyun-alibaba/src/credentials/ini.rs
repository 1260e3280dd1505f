//! Keys, or a way to them, from a credentials file in the user's home folder.

use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sanyun_core::ini::{Comments, Ini};
use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Error, Result, SourceError};

use super::{
    CredentialsUri, EcsRamRole, OidcRoleArn, PROFILE_VARIABLE, REGION, RamRoleArn, RsaKeyPair, by_way_of, some,
};

/// Names another file than the usual ones.
const FILE_VARIABLE: &str = "ALIBABA_CLOUD_CREDENTIALS_FILE";

/// A section of a credentials file: the file given in code, else that of `ALIBABA_CLOUD_CREDENTIALS_FILE`, else
/// `~/.alibabacloud/credentials.ini`, else `~/.alibabacloud/credentials`; the section given in code, else that of
/// `ALIBABA_CLOUD_PROFILE`, else `[default]`.
///
/// ```text
/// [default]                          # a comment
/// type = access_key
/// access_key_id = foo
/// access_key_secret = bar
///
/// [client2]
/// type = ram_role_arn
/// region_id = cn-hangzhou
/// access_key_id = foo
/// access_key_secret = bar
/// role_arn = acs:ram::1000000000000001:role/operations
/// ```
///
/// | `type` | keys |
/// |---|---|
/// | `access_key` | `access_key_id`, `access_key_secret` |
/// | `sts` | these and `security_token` |
/// | `bearer` | `bearer_token` |
/// | `ram_role_arn` | those of `access_key` or `sts`; `role_arn`; may have `role_session_name`, `policy`, `external_id` |
/// | `oidc_role_arn` | `role_arn`, `oidc_provider_arn`, `oidc_token_file_path`; may have `role_session_name`, `policy` |
/// | `ecs_ram_role` | may have `role_name` |
/// | `rsa_key_pair` | `public_key_id`, `private_key_file` |
/// | `credentials_uri` | `credentials_uri` |
///
/// Those that ask STS may have `role_session_expiration` (seconds), `sts_endpoint`, `sts_region` and `enable_vpc`. Any
/// section may have `region_id`, which the credential carries as [`REGION`], and `enable = false`, which takes the
/// section out of use. The dialect is that of Python's `configparser`; but a comment behind a value begins with white
/// space and `#`, so that a secret may have that character, `%` is a character like others, and a byte order mark is no
/// fault.
///
/// A file that was chosen, in code or by the variable, and is missing is an error, and so is a section that is not in a
/// chosen file, or was chosen in code; else the next source of a chain is asked. What is wrong in a file is an error in
/// any case.
///
/// ```
/// use sanyun_alibaba::{Client, credentials::IniProfile};
///
/// let client = Client::builder().region("cn-hangzhou").credentials(IniProfile::named("client2")).build()?;
/// # Ok::<(), sanyun_alibaba::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct IniProfile {
    file: Option<PathBuf>,
    section: Option<String>,
}

impl IniProfile {
    /// The usual file and section.
    pub fn new() -> Self {
        Self::default()
    }

    /// A section by its name. An empty name counts as none.
    pub fn named(name: impl Into<String>) -> Self {
        Self { file: None, section: some(name) }
    }

    /// Another file.
    #[must_use]
    pub fn in_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let named = self.section.clone().or_else(|| context.var(PROFILE_VARIABLE));
        let missing = |chosen: bool, what: String| match chosen {
            true => SourceError::Failed(Error::credentials(what)),
            false => SourceError::Absent(what),
        };
        let (files, is_given) = self.files(context);
        let chosen = is_given || self.section.is_some();
        let Some((path, ini)) = read_first(context, &files)? else {
            let tried: Vec<_> = files.iter().map(|path| path.display().to_string()).collect();
            return Err(missing(chosen, format!("no such file: {}", tried.join(", "))));
        };
        let name = named.as_deref().unwrap_or("default");
        if !ini.has_section(name) {
            return Err(missing(chosen, format!("{} {}", path.display(), ini.lacks(name))));
        }
        let section = Section { ini: &ini, name, path };
        if !section.flag("enable")?.unwrap_or(true) {
            return Err(missing(chosen, format!("{} has `enable = false`", section.shown())));
        }
        let inner = section.source()?.load(context).await.map_err(|error| error.into_error(&section.shown()))?;
        let region = section.get("region_id").unwrap_or_default();
        Ok(by_way_of("profile", inner).from_source(section.shown()).with_attribute(REGION, region))
    }

    /// The files to look for, and whether somebody named one.
    fn files(&self, context: &Context) -> (Vec<PathBuf>, bool) {
        match self.file.clone().or_else(|| context.var(FILE_VARIABLE).map(PathBuf::from)) {
            Some(file) => (vec![file], true),
            None => {
                let folder = context.home().map(|home| home.join(".alibabacloud"));
                let usual = folder.iter().flat_map(|it| ["credentials.ini", "credentials"].map(|name| it.join(name)));
                (usual.collect(), false)
            }
        }
    }
}

/// The first of these files that exists. One that cannot be read or understood is a mistake, which the next would hide.
fn read_first<'a>(context: &Context, files: &'a [PathBuf]) -> Result<Option<(&'a Path, Ini)>> {
    for path in files {
        match context.files.read(path) {
            Ok(bytes) => return Ok(Some((path, parse(path, &bytes)?))),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io(format!("reading {}", path.display()), error)),
        }
    }
    Ok(None)
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Ini> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Error::config(format!("{}, line {line}: not UTF-8", path.display()))
    })?;
    Ini::parse(text, Comments::Inline)
        .map_err(|fault| Error::config(format!("{}, line {}: {}", path.display(), fault.line, fault.what)))
}

struct Section<'a> {
    ini: &'a Ini,
    name: &'a str,
    path: &'a Path,
}

impl Section<'_> {
    fn shown(&self) -> String {
        format!("profile {} in {}", self.name, self.path.display())
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.ini.get(self.name, &[key])
    }

    fn text(&self, key: &str) -> String {
        self.get(key).unwrap_or_default().to_owned()
    }

    fn wanted(&self, key: &str) -> Result<String> {
        self.get(key).map(str::to_owned).ok_or_else(|| self.wrong(&format!("has no `{key}`")))
    }

    fn flag(&self, key: &str) -> Result<Option<bool>> {
        let value = self.get(key).map(str::to_ascii_lowercase);
        match value.as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(self.wrong(&format!("has a `{key}` that is neither `true` nor `false`"))),
        }
    }

    fn duration(&self) -> Result<Duration> {
        let seconds = self.get("role_session_expiration").unwrap_or("0");
        let seconds = seconds.parse().map_err(|_| self.wrong("has a `role_session_expiration` that is no number"))?;
        Ok(Duration::from_secs(seconds))
    }

    fn wrong(&self, what: &str) -> Error {
        Error::config(format!("{} {what}", self.shown()))
    }

    fn source(&self) -> Result<Arc<dyn CredentialSource>> {
        Ok(match self.wanted("type")?.as_str() {
            "access_key" => Arc::new(self.keys(self.text("security_token"))?),
            "sts" => Arc::new(self.keys(self.wanted("security_token")?)?),
            "bearer" => Arc::new(Credential::bearer(self.wanted("bearer_token")?)),
            "ram_role_arn" => Arc::new(self.role()?),
            "oidc_role_arn" => Arc::new(self.oidc()?),
            "ecs_ram_role" => Arc::new(EcsRamRole::new().role(self.text("role_name"))),
            "rsa_key_pair" => Arc::new(self.key_pair()?),
            "credentials_uri" => Arc::new(CredentialsUri::new(self.wanted("credentials_uri")?)),
            _ => return Err(self.wrong("has a `type` that is not a known one")),
        })
    }

    fn keys(&self, token: String) -> Result<Credential> {
        let (id, secret) = (self.wanted("access_key_id")?, self.wanted("access_key_secret")?);
        Ok(Credential::session(id, secret, token))
    }

    fn role(&self) -> Result<RamRoleArn> {
        let role = RamRoleArn::new(self.keys(self.text("security_token"))?, self.text("role_arn"))
            .session_name(self.text("role_session_name"))
            .policy(self.text("policy"))
            .external_id(self.text("external_id"))
            .duration(self.duration()?)
            .sts_endpoint(self.text("sts_endpoint"))
            .sts_region(self.text("sts_region"));
        Ok(self.flag("enable_vpc")?.into_iter().fold(role, RamRoleArn::vpc))
    }

    fn oidc(&self) -> Result<OidcRoleArn> {
        let role = OidcRoleArn::new()
            .role_arn(self.text("role_arn"))
            .provider_arn(self.text("oidc_provider_arn"))
            .session_name(self.text("role_session_name"))
            .policy(self.text("policy"))
            .duration(self.duration()?)
            .sts_endpoint(self.text("sts_endpoint"))
            .sts_region(self.text("sts_region"));
        let role = self.get("oidc_token_file_path").into_iter().fold(role, OidcRoleArn::token_file);
        Ok(self.flag("enable_vpc")?.into_iter().fold(role, OidcRoleArn::vpc))
    }

    fn key_pair(&self) -> Result<RsaKeyPair> {
        let pair = RsaKeyPair::from_file(self.wanted("public_key_id")?, self.wanted("private_key_file")?)
            .duration(self.duration()?)
            .sts_endpoint(self.text("sts_endpoint"))
            .sts_region(self.text("sts_region"));
        Ok(self.flag("enable_vpc")?.into_iter().fold(pair, RsaKeyPair::vpc))
    }
}

impl CredentialSource for IniProfile {
    fn name(&self) -> Cow<'_, str> {
        match &self.section {
            Some(section) => Cow::Owned(format!("credentials file {section}")),
            None => Cow::Borrowed("credentials file"),
        }
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}

#[cfg(test)]
mod tests;
