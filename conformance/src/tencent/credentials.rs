//! Sources of credentials.

use sanyun_core::{Context, CredentialSource, ErrorKind, Fixed, Settings, SourceError};
use serde_json::{Value, json};

use super::world;
use crate::support::{body_bytes, member, same_json};

const HOME: &str = "/home/user";

/// Runs a case of one source.
pub(super) fn run(source: impl CredentialSource, input: &Value, expected: &Value) -> Result<(), String> {
    let context = context(input)?;
    let ours = match world::block_on(source.load(&context))? {
        Ok(credential) => {
            let keys = credential.signing_keys().map_err(world::shown)?;
            json!({
                "outcome": "found",
                "secret_id": keys.id,
                "secret_key": keys.secret.expose(),
                "token": keys.token.as_ref().map(|token| token.expose()),
            })
        }
        Err(SourceError::Absent(_)) => json!({ "outcome": "not_found" }),
        Err(SourceError::Failed(error)) => json!({ "outcome": "error", "code": code(error.kind()) }),
    };
    same_json("outcome", &ours, expected)
}

/// The code that the official SDKs give to such an error.
fn code(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Credentials => "InvalidCredential",
        _ => "ClientError.CredentialError",
    }
}

/// The world of a case: `env`, and `files` with `~` for the home folder.
fn context(input: &Value) -> Result<Context, String> {
    let mut fixed = Fixed::default().var("HOME", HOME).var("USERPROFILE", HOME);
    for (name, value) in member(input, "env").as_object().into_iter().flatten() {
        fixed = fixed.var(name, value.as_str().unwrap_or_default());
    }
    for (path, content) in member(input, "files").as_object().into_iter().flatten() {
        let encoded = content.get("b64").map(|encoded| json!({ "base64": encoded }));
        let content = body_bytes(encoded.as_ref().unwrap_or(content))?.unwrap_or_default();
        fixed = fixed.file(path.replacen('~', HOME, 1), content);
    }
    let mut settings = Settings::default();
    settings.set_fixed(fixed);
    settings.context().map_err(world::shown)
}
