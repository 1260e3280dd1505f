//! Keys that a service of one's own hands out.

use std::borrow::Cow;

use http::Method;
use sanyun_core::credentials::needed;
use sanyun_core::{
    BoxFuture, Context, Credential, CredentialSource, Endpoint, Error, Request, Result, Scheme, SourceError,
};

use super::ask::exchange;
use super::{PROVIDER, some, temporary};

const NAME: &str = "credentials_uri";
/// What the vendor's SDKs call it.
const PROVIDER_NAME: &str = "credential_uri";
const VARIABLE: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";
/// Forbids, in the vendor's command line, credentials from outside; it is kept to here as well.
pub(super) const FORBIDDEN: &str = "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS";

/// Temporary keys that a service gives at a URI, as JSON with `Code` (`Success`), `AccessKeyId`, `AccessKeySecret`,
/// `SecurityToken` and `Expiration`. `ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS` (`1` or `true`) forbids it.
///
/// ```no_run
/// use sanyun_alibaba::{Client, credentials::CredentialsUri};
///
/// let source = CredentialsUri::new("http://127.0.0.1:8081/keys?for=nightly");
/// let client = Client::builder().region("cn-hangzhou").credentials(source).build()?;
/// # Ok::<(), sanyun_alibaba::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct CredentialsUri {
    uri: Option<String>,
}

impl CredentialsUri {
    /// A URI, `http` or `https`; if it is empty, that of the variable `ALIBABA_CLOUD_CREDENTIALS_URI`.
    pub fn new(uri: impl Into<String>) -> Self {
        Self { uri: some(uri) }
    }

    /// The URI of the variable `ALIBABA_CLOUD_CREDENTIALS_URI`.
    pub fn from_env() -> Self {
        Self::default()
    }

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let uri = needed(context, self.uri.as_deref(), VARIABLE)?;
        if context.var(FORBIDDEN).is_some_and(|text| text == "1" || text.eq_ignore_ascii_case("true")) {
            return Err(SourceError::absent(format!("forbidden by {FORBIDDEN}")));
        }
        let reply = exchange(context, NAME, &request(&uri)?).await?;
        if reply.status != http::StatusCode::OK {
            // Nothing of the answer is shown: it may hold keys.
            return Err(Error::credentials(format!("{NAME}: the answer is HTTP {}", reply.status.as_u16())).into());
        }
        let content = temporary::object(NAME, &reply)?;
        Ok(temporary::of_machine(NAME, &content)?.with_attribute(PROVIDER, PROVIDER_NAME))
    }
}

/// The request to a URI whose path and query are kept as they stand.
fn request(uri: &str) -> Result<Request> {
    let (scheme, rest) = uri.split_once("://").ok_or_else(|| wrong("it does not begin with http:// or https://"))?;
    let rest = rest.split('#').next().unwrap_or_default();
    if !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(wrong("blanks and what is not ASCII must be percent-encoded"));
    }
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at(at);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let place = Endpoint::parse(&format!("{scheme}://{authority}"), Scheme::Https)
        .map_err(|_| wrong("its scheme or host cannot be used"))?;
    let mut request = Request::new(Method::GET, place, if path.is_empty() { "/" } else { path });
    request.query = query.to_owned();
    Ok(request)
}

/// What is wrong with a URI, which may hold a password and is not shown.
fn wrong(what: &str) -> Error {
    Error::config(format!("{NAME}: the URI: {what}"))
}

impl CredentialSource for CredentialsUri {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}

impl std::fmt::Debug for CredentialsUri {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CredentialsUri")
    }
}
