//! The profiles of the vendor's command line, `~/.tccli`.

mod login;

use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Error, Keys, Result, SourceError};
use serde_json::{Map, Value};

use super::ask::some;
use super::{AssumeRole, CvmRole};
use login::Login;

const NAME: &str = "tccli";
/// Names the profile where the code does not.
const PROFILE_VARIABLE: &str = "TCCLI_PROFILE";

/// A profile of the vendor's command line `tccli`: `~/.tccli/<name>.credential`, a JSON file that `tccli configure`,
/// `tccli auth login` and `tccli sso login` write. The name is that given in code, else that of `TCCLI_PROFILE`, else
/// `default`.
///
/// | `type` | |
/// |---|---|
/// | none, `default` | `secretId` and `secretKey`, for temporary keys `token`; with `role-arn` and `role-session-name` an [`AssumeRole`] |
/// | `cvm-role` | [`CvmRole`] |
/// | `oauth`, `sso` | temporary keys of a login; they are renewed while the login lasts, over TLS that is verified |
///
/// The file is read at every fetch and never written: renewed keys stay in the client. When the login itself has
/// expired, the error's hint names the command to run. In `<name>.configure` the endpoint of `sts` counts, for roles.
///
/// ```
/// use sanyun_tencent::{Chain, Client, credentials::{TccliProfile, default_chain}};
///
/// let sources = Chain::new().then(TccliProfile::named("work")).append(default_chain());
/// let client = Client::builder().region("ap-guangzhou").credentials(sources).build()?;
/// # Ok::<(), sanyun_tencent::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct TccliProfile {
    profile: Option<String>,
    folder: Option<PathBuf>,
    machine: CvmRole,
}

impl TccliProfile {
    /// The profile that `tccli` takes when it is told none.
    pub fn new() -> Self {
        Self::default()
    }

    /// A profile by its name.
    pub fn named(name: impl Into<String>) -> Self {
        Self { profile: some(name), ..Self::default() }
    }

    /// Another folder than `~/.tccli`.
    #[must_use]
    pub fn in_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let named = self.profile.clone().or_else(|| context.var(PROFILE_VARIABLE));
        let profile = named.unwrap_or_else(|| "default".to_owned());
        let usual = || context.home().map(|home| home.join(".tccli"));
        let folder = self.folder.clone().or_else(usual);
        let folder = folder.ok_or_else(|| SourceError::absent("there is no home folder"))?;
        let path = folder.join(format!("{profile}.credential"));
        let Some(file) = read(context, &path)? else {
            return Err(SourceError::absent(format!("no such file: {}", path.display())));
        };
        let source = format!("tccli profile {profile}");
        match file.get("type").and_then(Value::as_str).unwrap_or_default() {
            "" | "default" => {
                let keys = stored(&file, &path, source)?;
                self.with_role(context, &folder, &profile, &file, keys).await
            }
            "cvm-role" => self.machine.load(context).await,
            "oauth" => Ok(Login::oauth(context, &profile, &path, &file).fetch().await?.from_source(source)),
            "sso" => Ok(Login::sso(context, &profile, &path, &file).fetch().await?.from_source(source)),
            _ => Err(Error::config(format!("{}: the `type` is not a known one", path.display())).into()),
        }
    }

    /// The keys, or those of the role that the profile names beside them.
    async fn with_role(
        &self,
        context: &Context,
        folder: &Path,
        profile: &str,
        file: &Map<String, Value>,
        keys: Credential,
    ) -> Result<Credential, SourceError> {
        let (Some(arn), Some(session)) = (text(file, "role-arn"), text(file, "role-session-name")) else {
            return Ok(keys);
        };
        let settings = read(context, &folder.join(format!("{profile}.configure")))?.unwrap_or_default();
        let of_sts = settings.get("sts").and_then(Value::as_object);
        let endpoint = of_sts.and_then(|of_sts| text(of_sts, "endpoint")).unwrap_or_default();
        AssumeRole::new(keys, arn, session).sts_endpoint(endpoint).load(context).await
    }
}

/// Keys that stand in the file and do not expire.
fn stored(file: &Map<String, Value>, path: &Path, source: String) -> Result<Credential, SourceError> {
    let wanted = |name: &str| {
        let text = text(file, name).map(str::to_owned);
        text.ok_or_else(|| SourceError::absent(format!("{} has no `{name}`", path.display())))
    };
    let keys = Keys::new(wanted("secretId")?, wanted("secretKey")?, text(file, "token").map(str::to_owned));
    super::check(&keys, &source)?;
    Ok(Credential::new(sanyun_core::Material::Keys(keys)).from_source(source))
}

/// Reads a JSON file; `None` if it is not there. What stands in it is not shown.
fn read(context: &Context, path: &Path) -> Result<Option<Map<String, Value>>> {
    let bytes = match context.files.read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io(format!("reading {}", path.display()), error)),
    };
    let wrong = |what: String| Error::config(format!("{}{what}", path.display()));
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(members)) => Ok(Some(members)),
        Ok(_) => Err(wrong(": not a JSON object".to_owned())),
        Err(error) => Err(wrong(format!(", line {}: not JSON", error.line()))),
    }
}

/// A text that says something.
fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

impl CredentialSource for TccliProfile {
    fn name(&self) -> Cow<'_, str> {
        match &self.profile {
            Some(profile) => Cow::Owned(format!("{NAME} {profile}")),
            None => Cow::Borrowed(NAME),
        }
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}
