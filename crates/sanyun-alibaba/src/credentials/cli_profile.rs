//! The profiles of the vendor's command line, `~/.aliyun/config.json`.

mod config;
mod external;
mod modes;
mod settings;

use std::borrow::Cow;
use std::path::PathBuf;

use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Error, Result, SourceError};

use super::{PROFILE_VARIABLE, REGION, by_way_of, flag, some};
use config::Config;

pub(super) use config::{Place, Profile};
pub use settings::CliSettings;

const NAME: &str = "cli profile";
/// Names another file than the usual one.
const FILE_VARIABLE: &str = "ALIBABA_CLOUD_CONFIG_FILE";
/// Other names of the variable that names the profile, in the order of the command line.
const PROFILE_VARIABLES: [&str; 3] = [PROFILE_VARIABLE, "ALIBABACLOUD_PROFILE", "ALICLOUD_PROFILE"];
/// Each keeps the file from being read.
const DISABLING_VARIABLES: [&str; 3] =
    ["ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "ALIBABA_CLOUD_IGNORE_PROFILE", "ALIBABACLOUD_IGNORE_PROFILE"];

/// A profile of the vendor's command line `aliyun`: in the file given in code, else that of `ALIBABA_CLOUD_CONFIG_FILE`,
/// else `~/.aliyun/config.json`. The name is that given in code, else that of `ALIBABA_CLOUD_PROFILE`, else the file's `current`.
///
/// | `mode` | |
/// |---|---|
/// | `AK`, `StsToken` | keys |
/// | `RamRoleArn` | a [`RamRoleArn`](super::RamRoleArn) for the keys in the profile |
/// | `ChainableRamRoleArn` | one for another profile, `source_profile`, of any mode |
/// | `EcsRamRole` | [`EcsRamRole`](super::EcsRamRole) |
/// | `RamRoleArnWithRoleName` | a [`RamRoleArn`](super::RamRoleArn) for that |
/// | `OIDC` | [`OidcRoleArn`](super::OidcRoleArn) |
/// | `RsaKeyPair` | [`RsaKeyPair`](super::RsaKeyPair) |
/// | `CredentialsURI` | [`CredentialsUri`](super::CredentialsUri) |
/// | `External` | [`ExternalProcess`](super::ExternalProcess); its keys are written to the profile. It may also print the members of a profile of any other mode |
/// | `CloudSSO` | [`CloudSso`](super::CloudSso), as long as the login lasts |
/// | `OAuth` | temporary keys of a login in the browser, which is renewed; keys and login are written to the profile |
/// | `BearerToken` | a token, in the header `bearer_token_header_key` if there is one |
/// | `Anonymous` | nothing |
///
/// Names of modes are read in any case; a profile without one has the mode that fits what stands in it. The file is read
/// at every fetch. When something is written to it, the rest stays as it is, nobody else's change is lost, and only its
/// owner may read it. `ALIBABA_CLOUD_CLI_PROFILE_DISABLED` or `ALIBABA_CLOUD_IGNORE_PROFILE` (`true`) keep it from being
/// read.
///
/// A file or a profile that was chosen in code and is missing is an error, and so is a file that the variable chose; else
/// the next source of a chain is asked. A profile without any key, which the command line makes before it is configured,
/// counts as missing. What is wrong in a file is an error in any case.
///
/// ```
/// use sanyun_alibaba::{Client, credentials::CliProfile};
///
/// let client = Client::builder().region("cn-hangzhou").credentials(CliProfile::named("work")).build()?;
/// # Ok::<(), sanyun_alibaba::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CliProfile {
    name: Option<String>,
    file: Option<PathBuf>,
}

impl CliProfile {
    /// The profile that the command line takes when it is told none.
    pub fn new() -> Self {
        Self::default()
    }

    /// A profile by its name. An empty name counts as none.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: some(name), file: None }
    }

    /// Another file.
    #[must_use]
    pub fn in_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// What the profile says of calls rather than of keys; `None` if there is no such profile and none was chosen.
    ///
    /// # Errors
    /// As those of the source.
    pub fn settings(&self, context: &Context) -> Result<Option<CliSettings>> {
        let settings = self.look(context, |config, name| {
            let profile = self.profile(config, name)?;
            Ok(CliSettings::of(profile)?)
        });
        match settings {
            Ok(settings) => Ok(Some(settings)),
            Err(SourceError::Absent(_)) => Ok(None),
            Err(SourceError::Failed(error)) => Err(error),
        }
    }

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let (source, shown, region) = self.look(context, |config, name| {
            let profile = self.profile(config, name)?;
            if modes::is_blank(profile) {
                return Err(self.missing(format!("{} has no keys yet", profile.shown())));
            }
            let source = modes::source(context, config, profile, &mut vec![profile.name()])?;
            Ok((source, profile.shown(), profile.text("region_id")))
        })?;
        let inner = source.load(context).await.map_err(|error| error.into_error(&shown))?;
        Ok(by_way_of("cli_profile", inner).from_source(shown).with_attribute(REGION, region))
    }

    /// Shows the file, and the name of the profile in it, to somebody.
    fn look<T>(
        &self,
        context: &Context,
        look: impl FnOnce(&Config, &str) -> Result<T, SourceError>,
    ) -> Result<T, SourceError> {
        if let Some(variable) = DISABLING_VARIABLES.iter().find(|variable| flag(context, variable)) {
            return Err(SourceError::absent(format!("switched off by {variable}")));
        }
        let config = self.read(context)?;
        let named = self.name.clone().or_else(|| PROFILE_VARIABLES.iter().find_map(|variable| context.var(variable)));
        look(&config, named.as_deref().unwrap_or(config.current()))
    }

    fn read(&self, context: &Context) -> Result<Config, SourceError> {
        if let Some(path) = self.file.clone().or_else(|| context.var(FILE_VARIABLE).map(PathBuf::from)) {
            let missing = || Error::credentials(format!("no such file: {}", path.display()));
            return Ok(Config::read(context, &path)?.ok_or_else(missing)?);
        }
        let home = context.home().ok_or_else(|| self.missing("there is no home folder".to_owned()))?;
        let path = home.join(".aliyun").join("config.json");
        Config::read(context, &path)?.ok_or_else(|| self.missing(format!("no such file: {}", path.display())))
    }

    fn profile<'a>(&self, config: &'a Config, name: &str) -> Result<Profile<'a>, SourceError> {
        config.profile(name).ok_or_else(|| self.missing(config.lacks(name)))
    }

    /// A profile that somebody asked for by name has to be there.
    fn missing(&self, what: String) -> SourceError {
        match self.name {
            Some(_) => Error::credentials(what).into(),
            None => SourceError::Absent(what),
        }
    }
}

impl CredentialSource for CliProfile {
    fn name(&self) -> Cow<'_, str> {
        match &self.name {
            Some(name) => Cow::Owned(format!("{NAME} {name}")),
            None => Cow::Borrowed(NAME),
        }
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}

#[cfg(test)]
mod tests;
