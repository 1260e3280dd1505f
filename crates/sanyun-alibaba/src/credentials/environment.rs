//! Keys from environment variables.

use std::borrow::Cow;
use std::future::ready;

use sanyun_core::credentials::needed;
use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Keys, Material, SourceError};

use super::PROVIDER;

const KEY_ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const KEY_SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const SECURITY_TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";

/// `ALIBABA_CLOUD_ACCESS_KEY_ID` and `ALIBABA_CLOUD_ACCESS_KEY_SECRET`, with `ALIBABA_CLOUD_SECURITY_TOKEN` for temporary
/// keys. An empty variable counts as one that is not set; white space around a value is an error.
#[derive(Clone, Copy, Debug, Default)]
pub struct Environment;

impl Environment {
    fn read(context: &Context) -> Result<Credential, SourceError> {
        let variable = |name: &str| needed(context, None, name);
        let keys = Keys::new(variable(KEY_ID)?, variable(KEY_SECRET)?, context.var(SECURITY_TOKEN));
        super::check(&keys, "the environment")?;
        Ok(Credential::new(Material::Keys(keys)).from_source("environment").with_attribute(PROVIDER, "env"))
    }
}

impl CredentialSource for Environment {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("environment")
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(ready(Self::read(context)))
    }
}
