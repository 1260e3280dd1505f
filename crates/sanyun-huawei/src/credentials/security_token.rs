//! Temporary keys for the owner of a token.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use sanyun_core::{
    BoxFuture, Context, Credential, CredentialSource, Endpoint, Error, Material, Result, Secret, SourceError,
};
use serde_json::json;

use super::ask::{Question, X_AUTH_TOKEN};
use super::known::{Known, known_setters};
use super::temporary;

const NAME: &str = "security token";
/// Where IAM hands out keys, for tokens and for agencies.
pub(super) const PATH: &str = "/v3.0/OS-CREDENTIAL/securitytokens";

/// Temporary keys for the owner of a token: IAM's `CreateTemporaryAccessKeyByToken`. They may do what the token may, in
/// the account and the project of the token. Keys sign each request, so that none of them carries the token itself.
///
/// ```no_run
/// use std::time::Duration;
///
/// use sanyun_huawei::{Client, credentials::{SecurityToken, Token}};
///
/// let password = std::env::var("PASSWORD").unwrap_or_default();
/// let token = Token::password("operator", password, "my-account").region("cn-north-4");
/// let source = SecurityToken::by_token(token).duration(Duration::from_secs(3600));
/// let client = Client::builder().region("cn-north-4").credentials(source).build()?;
/// # Ok::<(), sanyun_huawei::Error>(())
/// ```
#[derive(Clone)]
pub struct SecurityToken {
    token: Arc<dyn CredentialSource>,
    duration: Duration,
    known: Known,
}

impl SecurityToken {
    /// Keys by a token, from any source that gives one ([`Material::Bearer`]), asked anew whenever keys are fetched.
    pub fn by_token(token: impl CredentialSource) -> Self {
        Self { token: Arc::new(token), duration: Duration::from_secs(3600), known: Known::default() }
    }

    /// How long the keys live, 15 minutes to 24 hours; one hour if unset.
    #[must_use]
    pub fn duration(mut self, duration: Duration) -> Self {
        self.duration = duration;
        self
    }

    known_setters!();

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let base = self.token.load(context).await?;
        let Material::Bearer(token) = base.material() else {
            return Err(Error::credentials(format!("{NAME}: the source `{}` gives no token", base.source())).into());
        };
        let known = self.known.or(Known::of(&base));
        let question = keys(context, NAME, known.iam(context)?, token, self.duration);
        let reply = question.secret_header(X_AUTH_TOKEN, token)?.ask().await?;
        Ok(known.attach(temporary::read(NAME, &reply)?))
    }
}

/// The question for keys by a token.
pub(super) fn keys<'a>(
    context: &'a Context,
    source: &'static str,
    iam: Endpoint,
    token: &Secret,
    life: Duration,
) -> Question<'a> {
    let token_part = json!({"id": token.expose(), "duration_seconds": life.as_secs()});
    let body = json!({"auth": {"identity": {"methods": ["token"], "token": token_part}}});
    Question::post(context, source, iam, PATH, &body).hiding(token)
}

impl CredentialSource for SecurityToken {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}

impl std::fmt::Debug for SecurityToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecurityToken(by token of {})", self.token.name())
    }
}
