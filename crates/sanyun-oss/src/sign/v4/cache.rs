//! What the signatures of a client share.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use http::HeaderValue;
use sanyun_core::hash::HmacSha256;
use sanyun_core::{Secret, time};

use super::{Signer, day, scope, signing_key};

/// Keeps what the latest signature was made with: the key, which is good for a day and costs several times what signing
/// costs, and the texts of the time, which are good for a second.
#[derive(Default)]
pub struct KeyCache(RwLock<Option<Arc<Shared>>>);

/// What signatures of one secret, region, product and second share.
pub(super) struct Shared {
    secret: Secret,
    region: String,
    product: String,
    second: i64,
    pub(super) datetime: String,
    pub(super) datetime_header: HeaderValue,
    pub(super) http_date: HeaderValue,
    pub(super) scope: String,
    pub(super) key: HmacSha256,
}

impl KeyCache {
    /// What a signer needs, made anew as far as it has changed.
    pub(super) fn get(&self, signer: &Signer<'_>) -> Arc<Shared> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        let known = known.filter(|known| known.is_of(signer));
        match known {
            Some(known) if known.second == time::unix_seconds(signer.time) => known,
            known => {
                let made = Arc::new(Shared::new(signer, known.as_deref()));
                *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&made));
                made
            }
        }
    }
}

impl Shared {
    fn is_of(&self, signer: &Signer<'_>) -> bool {
        self.secret == signer.keys.secret && self.region == signer.region && self.product == signer.product
    }

    fn new(signer: &Signer<'_>, earlier: Option<&Self>) -> Self {
        let datetime = time::iso_basic(signer.time);
        let scope = scope(&datetime, signer.region, signer.product);
        let key = match earlier.filter(|earlier| earlier.scope == scope) {
            Some(earlier) => earlier.key.clone(),
            None => signing_key(&signer.keys.secret, day(&datetime), signer.region, signer.product),
        };
        // Both are ASCII; a year beyond 9999 would only give an empty header.
        let header = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
        Self {
            secret: signer.keys.secret.clone(),
            region: signer.region.to_owned(),
            product: signer.product.to_owned(),
            second: time::unix_seconds(signer.time),
            datetime_header: header(&datetime),
            http_date: header(&time::http_date(signer.time)),
            datetime,
            scope,
            key,
        }
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyCache(***)")
    }
}
