//! Kind `refresh`: which value callers see over time.
//!
//! Ours fetches beside the caller, who gets the old value meanwhile, and never before half of a value's life is over. So the
//! cases see what the next caller gets, and a value that is to be fetched early has twice the life until then.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sanyun_alibaba::Credential;
use sanyun_alibaba::credentials::REFRESH;
use sanyun_core::credentials::CredentialCache;
use sanyun_core::{
    BoxFuture, Clock, Context, CredentialSource, Error, ManualClock, RefreshPolicy, Settings, SourceError, time,
};
use serde_json::{Value, json};

use super::block_on;
use crate::support::{member, same_json, text};

/// How long before its expiry the official package calls a value stale.
const STALE_AHEAD: i64 = 900;

/// Runs a case.
pub(in super::super) fn refresh(input: &Value, expected: &Value) -> Result<(), String> {
    let steps = member(input, "steps").as_array().cloned().unwrap_or_default();
    let moment = |step: &Value| time::from_unix(member(step, "t").as_i64().unwrap_or_default());
    let clock = Arc::new(ManualClock::at(steps.first().map_or(time::from_unix(0), moment)));
    let script = Arc::new(Script::default());
    let settings = Settings { clock: clock.clone(), ..Settings::default() };
    let context = settings.context().map_err(|error| error.to_string())?;
    let policy = RefreshPolicy { jitter: Duration::ZERO, ..REFRESH };
    let cache = CredentialCache::with_policy(script.clone(), context, policy);
    let mut seen = Vec::new();
    for step in &steps {
        clock.advance(moment(step).duration_since(clock.now()).unwrap_or_default());
        *script.next.lock().unwrap_or_else(PoisonError::into_inner) = member(step, "fetch").clone();
        let loaded = block_on(async {
            let first = cache.get("").await;
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
            if first.is_ok() { cache.get("").await } else { first }
        })?;
        seen.push(match loaded {
            Ok(credential) => json!({"value": credential.signing_keys().map_err(|error| error.to_string())?.id}),
            Err(error) => json!({"error": error.message()}),
        });
    }
    let value = |step: &Value| {
        let members =
            ["value", "error"].into_iter().filter_map(|name| Some((name.to_owned(), step.get(name)?.clone())));
        Value::Object(members.collect())
    };
    let expected = expected.as_array().into_iter().flatten().map(value).collect();
    same_json("seen", &seen.into(), &Value::Array(expected))
}

/// A source that gives what a fetch of the present step gets.
#[derive(Default)]
struct Script {
    next: Mutex<Value>,
}

impl CredentialSource for Script {
    fn name(&self) -> std::borrow::Cow<'_, str> {
        "script".into()
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        let fetch = self.next.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let now = time::unix_seconds(context.clock.now());
        let result = match fetch.get("error").and_then(Value::as_str) {
            Some(error) => Err(Error::credentials(error.to_owned()).into()),
            None => {
                let at = |name: &str| fetch.get(name).and_then(Value::as_i64);
                let (expiry, ahead) = match at("prefetch") {
                    Some(early) => (early + (early - now), early - now),
                    None => (at("stale").unwrap_or_default() + STALE_AHEAD, STALE_AHEAD),
                };
                let credential = Credential::keys(text(&fetch, "id"), "secret").expiring(time::from_unix(expiry));
                Ok(credential.refreshing(Duration::from_secs(ahead.unsigned_abs())))
            }
        };
        Box::pin(std::future::ready(result))
    }
}
