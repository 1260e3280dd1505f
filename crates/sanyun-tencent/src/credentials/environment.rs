//! Keys from environment variables.

use std::borrow::Cow;
use std::future::ready;

use sanyun_core::credentials::needed;
use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Keys, Material, SourceError};

const SECRET_ID: &str = "TENCENTCLOUD_SECRET_ID";
const SECRET_KEY: &str = "TENCENTCLOUD_SECRET_KEY";
const TOKEN: &str = "TENCENTCLOUD_TOKEN";

/// `TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY`, and for temporary keys `TENCENTCLOUD_TOKEN`. An empty
/// variable counts as not set; white space around a value is an error.
#[derive(Clone, Copy, Debug, Default)]
pub struct Environment;

impl Environment {
    fn read(context: &Context) -> Result<Credential, SourceError> {
        let variable = |name: &str| needed(context, None, name);
        let keys = Keys::new(variable(SECRET_ID)?, variable(SECRET_KEY)?, context.var(TOKEN));
        super::check(&keys, "the environment")?;
        Ok(Credential::new(Material::Keys(keys)).from_source("environment"))
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
