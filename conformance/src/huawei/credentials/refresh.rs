//! Kind `sts_refresh`: whether a credential with so much of its life left is fetched again.

use std::sync::Arc;

use sanyun_core::credentials::CredentialCache;
use sanyun_core::{ManualClock, SeededChance, Settings};
use sanyun_huawei::credentials::{BASIC, Metadata, REFRESH};
use sanyun_huawei::{Credential, CredentialSource};
use serde_json::{Value, json};

use super::wire::{Script, block_on};
use crate::support::{member, moment};

/// How long before its expiry the credential was fetched.
const LIFE: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

pub(in super::super) fn refresh(input: &Value, expected: &Value) -> Result<(), String> {
    let (now, expiry) = (moment(member(input, "now"))?, moment(member(input, "expires_at"))?);
    let keys = json!({"access": "A", "secret": "S", "securitytoken": "T", "expires_at": input["expires_at"]});
    let reply = json!({"status": 200, "body": json!({"credential": keys}).to_string()});
    let script = Script::of(&json!([{"status": 404}, reply, reply]));
    let temporary = member(input, "temporary") == true;
    let source: Arc<dyn CredentialSource> =
        if temporary { Arc::new(Metadata::new()) } else { Arc::new(Credential::keys("A", "S")) };

    let fetched = (expiry - LIFE).min(now);
    let clock = Arc::new(ManualClock::at(fetched));
    let settings = Settings {
        transport: Some(Arc::new(script.clone())),
        clock: clock.clone(),
        chance: Arc::new(SeededChance::new(1)),
        ..Settings::default()
    };
    let context = settings.context().map_err(|error| error.to_string())?;
    let cache = CredentialCache::with_policy(source, context, REFRESH);
    block_on(async {
        cache.get(BASIC).await?;
        clock.advance(now.duration_since(fetched).unwrap_or_default());
        cache.get(BASIC).await?;
        // The fetch runs beside the caller.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        Ok(())
    })?
    .map_err(|error: sanyun_core::Error| error.to_string())?;
    let refreshed = script.requests().len() == 3;
    match member(expected, "refresh") == refreshed {
        true => Ok(()),
        false => Err(format!("refreshed: ours {refreshed}, expected {expected}")),
    }
}
