//! The orders in which sources are asked when a client is given none.

use std::borrow::Cow;
use std::sync::Arc;

use sanyun_core::{BoxFuture, Chain, Context, Credential, CredentialSource, Error, Result, SourceError};

use super::ecs_ram_role::ROLE_VARIABLE;
use super::{
    CliProfile, CredentialsUri, EcsRamRole, Environment, IniProfile, OidcRoleArn, PROFILE_VARIABLE, by_way_of,
};

const HINT: &str = "set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, run `aliyun configure`, or give \
                    the keys in code";

/// The sources that are asked when a client is given none, in the order of the vendor's present package: [`Environment`],
/// [`OidcRoleArn`], [`CliProfile`] (unless `ALIBABA_CLOUD_CLI_PROFILE_DISABLED` is `true`), [`IniProfile`], [`EcsRamRole`]
/// (with a short probe), [`CredentialsUri`]. The first that has a credential is kept. A source that has something broken
/// ends the search with an error, and so does a profile named by `ALIBABA_CLOUD_PROFILE` that is in neither file; where none
/// has anything, the error says why of each of them.
///
/// ```
/// use sanyun_alibaba::{Chain, Client, credentials::{Environment, IniProfile, default_chain}};
///
/// // A chain of one's own, and one with a source in front of the usual ones.
/// let own = Chain::new().then(IniProfile::named("staging")).then(Environment);
/// let more = Chain::new().then(IniProfile::named("staging")).append(default_chain());
/// let client = Client::builder().region("cn-hangzhou").credentials(more).build()?;
/// # let _ = own;
/// # Ok::<(), sanyun_alibaba::Error>(())
/// ```
pub fn default_chain() -> Chain {
    Chain::new()
        .then(Step::new(Environment))
        .then(Step::new(OidcRoleArn::new()))
        .then(Step::new(CliProfile::new()))
        .then(Step::new(IniProfile::new()))
        .then(SelectedProfile)
        .then(Step::new(EcsRamRole::probing()))
        .then(Step::new(CredentialsUri::from_env()))
        .keeping()
        .with_hint(HINT)
}

/// The sources in the order of the vendor's older package, for programs that rely on it: [`Environment`] (unless
/// `ALIBABA_CLOUD_PROFILE` names another profile than `default`), [`OidcRoleArn`], [`IniProfile`], [`EcsRamRole`] (if
/// `ALIBABA_CLOUD_ECS_METADATA` is set, even empty), [`CredentialsUri`]. The file of the command line tool is not read, and
/// a machine that nobody spoke of is not asked.
///
/// ```
/// use sanyun_alibaba::{Client, credentials::seed_chain};
///
/// let client = Client::builder().region("cn-hangzhou").credentials(seed_chain()).build()?;
/// # Ok::<(), sanyun_alibaba::Error>(())
/// ```
pub fn seed_chain() -> Chain {
    Chain::new()
        .then(Step::new(Environment).only_if(no_other_profile_is_selected))
        .then(Step::new(OidcRoleArn::new()))
        .then(Step::new(IniProfile::new()))
        .then(SelectedProfile)
        .then(Step::new(EcsRamRole::new()).only_if(a_machine_is_spoken_of))
        .then(Step::new(CredentialsUri::from_env()))
        .keeping()
        .with_hint(HINT)
}

/// Whether a source has its turn; else why not.
type Condition = fn(&Context) -> Result<(), String>;

fn no_other_profile_is_selected(context: &Context) -> Result<(), String> {
    match context.var(PROFILE_VARIABLE) {
        Some(name) if name != "default" => Err(format!("{PROFILE_VARIABLE} selects the profile {name}")),
        _ => Ok(()),
    }
}

fn a_machine_is_spoken_of(context: &Context) -> Result<(), String> {
    context.env.get(ROLE_VARIABLE).map(drop).ok_or_else(|| format!("{ROLE_VARIABLE} is not set"))
}

/// A source of a chain: its credential says that a chain found it.
struct Step {
    source: Arc<dyn CredentialSource>,
    condition: Condition,
}

impl Step {
    fn new(source: impl CredentialSource) -> Self {
        Self { source: Arc::new(source), condition: |_| Ok(()) }
    }

    fn only_if(mut self, condition: Condition) -> Self {
        self.condition = condition;
        self
    }

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        (self.condition)(context).map_err(SourceError::Absent)?;
        Ok(by_way_of("default", self.source.load(context).await?))
    }
}

impl CredentialSource for Step {
    fn name(&self) -> Cow<'_, str> {
        self.source.name()
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}

/// Stands behind the files: whoever selects a profile must not become somebody else because it is missing.
struct SelectedProfile;

impl CredentialSource for SelectedProfile {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("selected profile")
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(std::future::ready(Err(match context.var(PROFILE_VARIABLE) {
            Some(name) => missing(&name).into(),
            None => SourceError::absent(format!("{PROFILE_VARIABLE} is not set")),
        })))
    }
}

fn missing(name: &str) -> Error {
    let message = format!("the profile `{name}`, which {PROFILE_VARIABLE} selects, is in no file that was read");
    Error::credentials(message).with_hint(format!(
        "write it into ~/.aliyun/config.json (`aliyun configure --profile {name}`) or ~/.alibabacloud/credentials.ini, or \
         unset {PROFILE_VARIABLE}"
    ))
}
