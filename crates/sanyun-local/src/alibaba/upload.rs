//! Files for the vision services: OpenPlatform says where a file may be posted to, and an operation looks at the file that
//! its URL names if it lies in the local cloud's own store.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use sanyun_catalog::Operation;
use sanyun_core::{encode, hash, time};
use serde_json::{Value, json};

use super::Call;
use super::refusal::Refusal;
use crate::keys::Key;
use crate::oss::{self, BucketFacts};
use crate::state::State;

/// The key with which uploads are authorised.
pub(super) const ACCESS_KEY: &str = "sanyun-local-upload-ak";
const SECRET_KEY: &str = "sanyun-local-upload-sk";
/// Whose key and bucket it is.
const ACCOUNT: &str = "1000000000000002";
/// The bucket that files are posted to. Everybody may read it, so that a test sees what arrived.
const BUCKET: &str = "sanyun-local-upload";
const DEFAULT_REGION: &str = "cn-shanghai";
/// How long an authorisation holds.
const LIFE: Duration = Duration::from_secs(60 * 60);

/// The key with which uploads are authorised.
pub(super) fn key() -> Key {
    Key { account: ACCOUNT.to_owned(), ..Key::new(ACCESS_KEY, SECRET_KEY, None) }
}

/// `AuthorizeFileUpload`: a place for one file and a policy that allows to post it there.
pub(super) async fn authorize(call: &Call<'_>) -> Result<Value, Refusal> {
    let region = match call.parameter("RegionId") {
        "" => DEFAULT_REGION,
        region => region,
    };
    make_bucket(call.state, region).await?;
    let key = format!("{}/{}", call.account, call.state.chance.uuid());
    let policy = json!({
        "expiration": time::iso_extended(call.state.clock.now() + LIFE),
        "conditions": [{"bucket": BUCKET}, ["eq", "$key", key]],
    });
    let policy = encode::base64(policy.to_string().as_bytes());
    Ok(json!({
        "AccessKeyId": ACCESS_KEY,
        "Bucket": BUCKET,
        "EncodedPolicy": policy,
        "Endpoint": format!("oss-{region}.aliyuncs.com"),
        "ObjectKey": key,
        "Signature": encode::base64(&hash::hmac_sha1(SECRET_KEY.as_bytes(), policy.as_bytes())),
        "UseAccelerate": false,
    }))
}

/// Makes the bucket unless it is there.
async fn make_bucket(state: &State, region: &str) -> Result<(), Refusal> {
    if state.store.bucket(BUCKET).is_some() {
        return Ok(());
    }
    let facts = BucketFacts {
        owner: ACCOUNT.to_owned(),
        created_ms: state.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64,
        region: region.to_owned(),
        acl: "public-read".to_owned(),
        storage_class: "Standard".to_owned(),
        redundancy: "LRS".to_owned(),
    };
    Ok(oss::make_bucket(&state.store, BUCKET, facts).await?)
}

/// Looks at the files that an operation is given by URL. What lies elsewhere than in a bucket of the local cloud is taken
/// as it is.
///
/// # Errors
/// There is no such object, or not everybody may read it and the URL is not signed.
pub(super) async fn check(state: &Arc<State>, operation: &Operation<'static>, given: &Value) -> Result<(), Refusal> {
    for path in &operation.rare.upload {
        for url in texts(given, path) {
            if oss::readable(state, url).await == Some(false) {
                let message =
                    format!("The file could not be downloaded. ({})", url.split('?').next().unwrap_or_default());
                return Err(Refusal::bad("InvalidFile.Download", message));
            }
        }
    }
    Ok(())
}

/// The texts at a path such as `Tasks[].ImageURL`.
fn texts<'a>(value: &'a Value, path: &str) -> Vec<&'a str> {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let (name, is_list) = name.strip_suffix("[]").map_or((name, false), |name| (name, true));
    let member = value.get(name);
    let below: Vec<_> = match member.and_then(Value::as_array).filter(|_| is_list) {
        Some(items) => items.iter().collect(),
        None => member.into_iter().collect(),
    };
    match rest {
        "" => below.into_iter().filter_map(Value::as_str).collect(),
        rest => below.into_iter().flat_map(|value| texts(value, rest)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_in_lists() {
        let given = json!({"A": "x", "T": [{"U": "y"}, {"V": 1}, {"U": "z"}], "L": ["v", "w"]});
        for (path, found) in [("A", &["x"][..]), ("T[].U", &["y", "z"]), ("L[]", &["v", "w"]), ("M[].U", &[])] {
            assert_eq!(texts(&given, path), found, "{path}");
        }
    }
}
