//! Who calls: a credential, where it comes from, and the cache that keeps it fresh.

mod cache;
mod chain;
mod exchange;
mod given;
mod metadata;
mod program;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub use cache::{CredentialCache, RefreshPolicy};
pub use chain::Chain;
pub use exchange::failed;
pub use given::{GivenToken, needed, token_file};
pub use metadata::MetadataService;
pub use program::run_program;

use crate::clock::BoxFuture;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// A key pair, with a session token when the pair is temporary.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The access key id (Huawei: AK, Tencent: SecretId). It names the key and is no secret.
    pub id: String,
    /// The secret key.
    pub secret: Secret,
    /// The session token of temporary keys.
    pub token: Option<Secret>,
}

impl Keys {
    /// Keys as texts, of which the token may be missing or empty.
    pub fn new(id: impl Into<String>, secret: impl Into<Secret>, token: Option<String>) -> Self {
        let token = token.filter(|token| !token.is_empty()).map(Secret::new);
        Self { id: id.into(), secret: secret.into(), token }
    }

    /// Refuses keys that were copied with a blank or a line break: the cloud would call the signature wrong, and nobody
    /// sees a blank. `names` is what the cloud calls the id, the secret and the token.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`](crate::ErrorKind::Credentials), which says which of them it is, never what it is.
    pub fn check(&self, names: [&str; 3], source: &str) -> Result<()> {
        let token = self.token.as_ref().map(Secret::expose);
        let texts = [Some(&*self.id), Some(self.secret.expose()), token];
        let given = names.into_iter().zip(texts).filter_map(|(name, text)| Some((name, text?)));
        given.into_iter().try_for_each(|(name, text)| check_text(name, text, source))
    }
}

fn check_text(what: &str, text: &str, source: &str) -> Result<()> {
    let problem = if text.trim().is_empty() {
        "is empty"
    } else if text.trim() != text {
        "begins or ends with white space"
    } else if text.contains(['\r', '\n']) {
        "has a line break in it"
    } else {
        return Ok(());
    };
    Err(Error::credentials(format!("the {what} from {source} {problem}"))
        .with_hint("copy it again, without anything around it"))
}

/// What a credential is made of.
#[derive(Clone, Debug)]
pub enum Material {
    /// Keys that sign.
    Keys(Keys),
    /// A token that is sent instead of a signature.
    Bearer(Secret),
    /// Nothing: the call goes out unsigned.
    Anonymous,
}

/// A credential: its material, when it expires, and where it came from.
#[derive(Clone, Debug)]
pub struct Credential {
    material: Material,
    expires_at: Option<SystemTime>,
    refresh_ahead: Option<Duration>,
    source: Cow<'static, str>,
    attributes: Vec<(&'static str, String)>,
}

impl Credential {
    /// Long-lived keys. An empty id or secret is refused when the chain or the client reads it, not here.
    pub fn keys(id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self::new(Material::Keys(Keys { id: id.into(), secret: secret.into(), token: None }))
    }

    /// Temporary keys. An empty token counts as none.
    pub fn session(id: impl Into<String>, secret: impl Into<Secret>, token: impl Into<Secret>) -> Self {
        let token = Some(token.into()).filter(|token| !token.is_empty());
        Self::new(Material::Keys(Keys { id: id.into(), secret: secret.into(), token }))
    }

    /// A ready token.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        Self::new(Material::Bearer(token.into()))
    }

    /// No credential: calls go out unsigned.
    pub fn anonymous() -> Self {
        Self::new(Material::Anonymous)
    }

    /// A credential of any material that does not expire.
    pub fn new(material: Material) -> Self {
        let source = Cow::Borrowed("static");
        Self { material, expires_at: None, refresh_ahead: None, source, attributes: Vec::new() }
    }

    /// Says when it expires.
    #[must_use]
    pub fn expiring(mut self, at: SystemTime) -> Self {
        self.expires_at = Some(at);
        self
    }

    /// Says how long before its expiry it is fetched again, where its source knows better than the client's
    /// [`RefreshPolicy::ahead`].
    #[must_use]
    pub fn refreshing(mut self, ahead: Duration) -> Self {
        self.refresh_ahead = Some(ahead);
        self
    }

    /// Names where it came from, such as `environment` or `profile prod`.
    #[must_use]
    pub fn from_source(mut self, source: impl Into<Cow<'static, str>>) -> Self {
        self.source = source.into();
        self
    }

    /// Adds a fact that came with it and is no secret, such as Huawei's project id; it replaces one of the same name. An
    /// empty value counts as none.
    #[must_use]
    pub fn with_attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.attributes.retain(|(known, _)| *known != name);
            self.attributes.push((name, value));
        }
        self
    }

    /// What it is made of.
    pub fn material(&self) -> &Material {
        &self.material
    }

    /// The keys to sign with.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`](crate::ErrorKind::Credentials) if it is a token or anonymous, or a half is empty.
    pub fn signing_keys(&self) -> Result<&Keys> {
        match &self.material {
            Material::Keys(keys) if keys.id.is_empty() => {
                Err(Error::credentials(format!("the access key id from {} is empty", self.source)))
            }
            Material::Keys(keys) if keys.secret.is_empty() => {
                Err(Error::credentials(format!("the secret key from {} is empty", self.source)))
            }
            Material::Keys(keys) => Ok(keys),
            Material::Bearer(_) => {
                Err(Error::credentials("this call must be signed with keys, and a token is configured"))
            }
            Material::Anonymous => Err(Error::credentials("this call must be signed, and the credential is anonymous")),
        }
    }

    /// When it expires; `None` for long-lived ones.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }

    /// How long before its expiry it is fetched again, if its source said so.
    pub fn refresh_ahead(&self) -> Option<Duration> {
        self.refresh_ahead
    }

    /// Where it came from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// A fact that came with it.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Every secret text in it, for scrubbing messages.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let (first, second) = match &self.material {
            Material::Keys(keys) => (Some(&keys.secret), keys.token.as_ref()),
            Material::Bearer(token) => (Some(token), None),
            Material::Anonymous => (None, None),
        };
        first.into_iter().chain(second).map(Secret::expose)
    }
}

/// Why a source gave no credential.
#[derive(Debug)]
pub enum SourceError {
    /// There is nothing here; the reason is for the list that is shown when no source has anything. The chain goes on.
    Absent(String),
    /// There is something, and it is broken: the chain stops, because going on would hide it.
    Failed(Error),
}

impl SourceError {
    /// Nothing here, and why.
    pub fn absent(reason: impl Into<String>) -> Self {
        Self::Absent(reason.into())
    }

    /// The same as an error of a source that was asked for by name.
    pub fn into_error(self, source: &str) -> Error {
        match self {
            Self::Absent(reason) => Error::credentials(format!("{source}: {reason}")),
            Self::Failed(error) => error,
        }
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent(reason) => f.write_str(reason),
            Self::Failed(error) => write!(f, "{error}"),
        }
    }
}

impl From<Error> for SourceError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Where credentials come from. Called by the cache, at most once at a time, whenever a credential is missing or near
/// its expiry; it holds no state but its configuration.
pub trait CredentialSource: Send + Sync + 'static {
    /// The name shown in lists and errors, such as `environment`.
    fn name(&self) -> Cow<'_, str>;

    /// Fetches a credential.
    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>>;
}

/// A credential given in code is its own source.
impl CredentialSource for Credential {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.source())
    }

    fn load<'a>(&'a self, _: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }
}

impl<S: CredentialSource + ?Sized> CredentialSource for Arc<S> {
    fn name(&self) -> Cow<'_, str> {
        (**self).name()
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        (**self).load(context)
    }
}
