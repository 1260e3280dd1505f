//! Keys of a pod, from the agent beside it.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use sanyun_core::credentials::token_file;
use sanyun_core::{
    Body, BoxFuture, Context, Credential, CredentialSource, Endpoint, Error, Request, Result, SourceError,
};
use serde_json::json;

use super::ask::Question;
use super::known::{Known, known_setters};
use super::temporary;
use crate::endpoint;

const NAME: &str = "pod identity";
const URI_VARIABLE: &str = "HC_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN_FILE_VARIABLE: &str = "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE";
/// How long one attempt may take, as in the vendor's SDKs.
const LIMIT: Duration = Duration::from_secs(5);

/// Temporary keys of the agency that a pod's service account stands for, from the address in
/// `HC_CONTAINER_CREDENTIALS_FULL_URI`, which is shown the token in the file of
/// `HC_CONTAINER_AUTHORIZATION_TOKEN_FILE`. Kubernetes (CCE) sets both, and keeps the file fresh: it is read again
/// whenever keys are fetched.
///
/// ```
/// use sanyun_huawei::{Client, credentials::PodIdentity};
///
/// let client = Client::builder().region("cn-north-4").credentials(PodIdentity::new()).build()?;
/// # Ok::<(), sanyun_huawei::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct PodIdentity {
    known: Known,
}

impl PodIdentity {
    /// What the variables say.
    pub fn new() -> Self {
        Self::default()
    }

    known_setters!();

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let (Some(uri), Some(file)) = (context.var(URI_VARIABLE), context.var(TOKEN_FILE_VARIABLE)) else {
            return Err(SourceError::absent(format!("{URI_VARIABLE} and {TOKEN_FILE_VARIABLE} are not both set")));
        };
        let mut request = request(&uri)?;
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request.body = Body::json(&json!({}));
        let token = token_file(context, NAME, Path::new(&file))?;
        let question = Question::new(context, NAME, request).secret_header(AUTHORIZATION, &token)?;
        let reply = question.within(LIMIT).ask().await?;
        Ok(self.known.attach(temporary::read(NAME, &reply)?))
    }
}

/// A `POST` to a whole URL.
fn request(uri: &str) -> Result<Request> {
    let start = uri.find("://").map_or(0, |at| at + 3);
    let end = uri.get(start..).and_then(|rest| rest.find(['/', '?'])).map_or(uri.len(), |at| start + at);
    let (place, target) = uri.split_at(end);
    let place: Endpoint =
        endpoint::parse(place).map_err(|error| Error::config(format!("{URI_VARIABLE}: {}", error.message())))?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request::new(Method::POST, place, if path.is_empty() { "/" } else { path });
    query.clone_into(&mut request.query);
    Ok(request)
}

impl CredentialSource for PodIdentity {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_fall_into_their_parts() {
        for (uri, expected) in [
            ("http://127.0.0.1/v1/credentials", "http://127.0.0.1/v1/credentials"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("https://h?a=b/c", "https://h/?a=b/c"),
            ("http://[fd00::1]:80/x?y=1", "http://[fd00::1]:80/x?y=1"),
        ] {
            assert_eq!(request(uri).unwrap().url(), expected);
        }
        assert!(request("ftp://h/").unwrap_err().to_string().starts_with(URI_VARIABLE));
    }
}
