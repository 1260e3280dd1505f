//! Keys that a program prints.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use sanyun_core::credentials::run_program;
use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Error, Keys, Material, Result, SourceError, time};
use serde_json::{Map, Value};

use super::PROVIDER;
use super::credentials_uri::FORBIDDEN;

const NAME: &str = "external";
/// The longest a program may take, unless the code says otherwise.
const LIMIT: Duration = Duration::from_secs(60);
/// How long keys count as good of which the program does not say when they expire.
const UNKNOWN_LIFE: Duration = Duration::from_secs(60);
/// How long before they expire keys are fetched again.
const AHEAD: Duration = Duration::from_secs(180);

/// Keys that a program prints: a command, split into words as a POSIX shell would (on Windows `\` is a character like
/// others), and run without a shell. It shares our standard input and error output, so that it can ask its user. It has
/// to end with exit code 0 and to print JSON:
///
/// ```json
/// {"mode": "StsToken", "access_key_id": "i", "access_key_secret": "s", "sts_token": "t", "expiration": "2026-01-03T03:04:05Z"}
/// ```
///
/// With the mode `AK` there is no token. Keys without `expiration` are fetched again after a minute. The variable
/// `ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS` (`1` or `true`) forbids to run anything.
///
/// ```
/// use sanyun_alibaba::{Client, credentials::ExternalProcess};
///
/// let client = Client::builder().region("cn-hangzhou").credentials(ExternalProcess::new("keys --for 'my app'")).build()?;
/// # Ok::<(), sanyun_alibaba::Error>(())
/// ```
#[derive(Clone)]
pub struct ExternalProcess {
    command: String,
    limit: Duration,
}

impl ExternalProcess {
    /// A program and its arguments.
    pub fn new(command: impl Into<String>) -> Self {
        Self { command: command.into(), limit: LIMIT }
    }

    /// The longest it may take until it is killed; 60 seconds if unset.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs it.
    pub(super) async fn run(&self, context: &Context) -> Result<Printed, SourceError> {
        if super::flag(context, FORBIDDEN) || context.var(FORBIDDEN).as_deref() == Some("1") {
            return Err(SourceError::absent(format!("forbidden by {FORBIDDEN}")));
        }
        let output = run_program(NAME, &self.command, self.limit).await?;
        match serde_json::from_slice(&output) {
            Ok(Value::Object(members)) => Ok(Printed(members)),
            _ => Err(wrong("printed no JSON object").into()),
        }
    }

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        Ok(self.run(context).await?.credential(context)?)
    }
}

/// What the program printed.
pub(super) struct Printed(pub(super) Map<String, Value>);

impl Printed {
    /// Whether it is keys, rather than another way to them.
    pub(super) fn is_keys(&self) -> bool {
        ["", "ak", "ststoken"].contains(&&*self.mode())
    }

    fn mode(&self) -> String {
        self.owned("mode").to_ascii_lowercase()
    }

    pub(super) fn credential(&self, context: &Context) -> Result<Credential> {
        self.check()?;
        let credential = Credential::new(Material::Keys(self.keys())).from_source(NAME).with_attribute(PROVIDER, NAME);
        Ok(match self.expiry() {
            Some(expiry) => credential.expiring(expiry).refreshing(AHEAD),
            None => credential.expiring(context.clock.now() + UNKNOWN_LIFE),
        })
    }

    fn check(&self) -> Result<()> {
        if !self.is_keys() {
            return Err(wrong("printed a `mode` that is neither `AK` nor `StsToken`"));
        }
        for name in ["access_key_id", "access_key_secret"] {
            self.text(name).ok_or_else(|| wrong(&format!("printed no `{name}`")))?;
        }
        if self.mode() == "ststoken" && self.text("sts_token").is_none() {
            return Err(wrong("printed no `sts_token`"));
        }
        if self.text("expiration").is_some() && self.expiry().is_none() {
            return Err(wrong("printed an `expiration` that is no time"));
        }
        super::check(&self.keys(), NAME)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn owned(&self, name: &str) -> String {
        self.text(name).unwrap_or_default().to_owned()
    }

    fn keys(&self) -> Keys {
        let token = self.text("sts_token").map(str::to_owned);
        Keys::new(self.owned("access_key_id"), self.owned("access_key_secret"), token)
    }

    fn expiry(&self) -> Option<SystemTime> {
        time::parse_rfc3339(self.text("expiration")?)
    }

    /// The same as members of the profile.
    pub(super) fn members(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("access_key_id", self.owned("access_key_id").into()),
            ("access_key_secret", self.owned("access_key_secret").into()),
            ("sts_token", self.owned("sts_token").into()),
            ("sts_expiration", self.expiry().map_or(0, time::unix_seconds).into()),
        ]
    }
}

fn wrong(what: &str) -> Error {
    Error::credentials(format!("{NAME}: the program {what}"))
}

impl CredentialSource for ExternalProcess {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}

/// Arguments may be secrets.
impl std::fmt::Debug for ExternalProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ExternalProcess")
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
