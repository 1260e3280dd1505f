//! Keys from environment variables.

use std::borrow::Cow;

use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Error, Secret, SourceError};

const ID: &str = "OSS_ACCESS_KEY_ID";
const SECRET: &str = "OSS_ACCESS_KEY_SECRET";
const TOKEN: &str = "OSS_SESSION_TOKEN";

/// The variables that OSS's own tools read: `OSS_ACCESS_KEY_ID` and `OSS_ACCESS_KEY_SECRET`, for temporary keys also
/// `OSS_SESSION_TOKEN`. An empty variable counts as unset. One of the first two without the other is an error.
#[derive(Clone, Copy, Debug, Default)]
pub struct Environment;

impl CredentialSource for Environment {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("environment (OSS_*)")
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(std::future::ready(load(context)))
    }
}

fn load(context: &Context) -> Result<Credential, SourceError> {
    let half = |set: &str, unset: &str| Error::credentials(format!("{set} is set and {unset} is not"));
    match (context.var(ID), context.var(SECRET)) {
        (Some(id), Some(secret)) => {
            let token = Secret::new(context.var(TOKEN).unwrap_or_default());
            Ok(Credential::session(id, secret, token).from_source("environment"))
        }
        (None, None) => Err(SourceError::absent(format!("{ID} and {SECRET} are not set"))),
        (Some(_), None) => Err(half(ID, SECRET).into()),
        (None, Some(_)) => Err(half(SECRET, ID).into()),
    }
}
