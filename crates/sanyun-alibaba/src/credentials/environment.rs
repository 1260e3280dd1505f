//! Keys from environment variables.

use std::borrow::Cow;

use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, SourceError};

const KEY_ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const KEY_SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const SECURITY_TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";

/// `ALIBABA_CLOUD_ACCESS_KEY_ID` and `ALIBABA_CLOUD_ACCESS_KEY_SECRET`, with `ALIBABA_CLOUD_SECURITY_TOKEN` for temporary
/// keys. An empty variable counts as one that is not set.
#[derive(Clone, Copy, Debug, Default)]
pub struct Environment;

impl CredentialSource for Environment {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("environment")
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(std::future::ready(read(context)))
    }
}

fn read(context: &Context) -> Result<Credential, SourceError> {
    let var = |name: &str| context.var(name).ok_or_else(|| SourceError::absent(format!("{name} is not set")));
    let (id, secret) = (var(KEY_ID)?, var(KEY_SECRET)?);
    let token = context.var(SECURITY_TOKEN).unwrap_or_default();
    Ok(Credential::session(id, secret, token).from_source("environment"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sanyun_core::transport::{RawReply, TransportError, TransportErrorKind};
    use sanyun_core::{Fixed, Material, Request, Transport};

    use super::*;

    struct Nowhere;

    impl Transport for Nowhere {
        fn send(&self, _: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
            Box::pin(std::future::ready(Err(TransportError::new(TransportErrorKind::Resolve, "no network here"))))
        }
    }

    fn read_with(vars: &[(&str, &str)]) -> Result<Credential, SourceError> {
        let fixed = vars.iter().fold(Fixed::default(), |fixed, (name, text)| fixed.var(*name, *text));
        read(&Context::process(Arc::new(Nowhere)).with_fixed(fixed))
    }

    #[test]
    fn reads_keys_and_token() {
        let credential = read_with(&[(KEY_ID, "id"), (KEY_SECRET, "sk"), (SECURITY_TOKEN, "tok")]).unwrap();
        let Material::Keys(keys) = credential.material() else { panic!("{credential:?}") };
        assert_eq!((&*keys.id, keys.secret.expose()), ("id", "sk"));
        assert_eq!(keys.token.as_ref().map(|token| token.expose()), Some("tok"));
    }

    #[test]
    fn an_empty_token_is_none() {
        let credential = read_with(&[(KEY_ID, "id"), (KEY_SECRET, "sk"), (SECURITY_TOKEN, "")]).unwrap();
        assert!(matches!(credential.material(), Material::Keys(keys) if keys.token.is_none()));
    }

    #[test]
    fn a_half_is_absent_and_says_which() {
        for (vars, missing) in [(&[(KEY_ID, "id")][..], KEY_SECRET), (&[(KEY_SECRET, "sk"), (KEY_ID, "")], KEY_ID)] {
            match read_with(vars) {
                Err(SourceError::Absent(reason)) => assert_eq!(reason, format!("{missing} is not set")),
                other => panic!("{other:?}"),
            }
        }
    }
}
