//! Keeping a credential fresh without making anybody wait for it.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use super::{Credential, CredentialSource};
use crate::context::Context;
use crate::error::{Error, Result};

/// When a credential is fetched again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RefreshPolicy {
    /// How long before its expiry a credential is fetched again, in the background; never more than half of the life
    /// it had when it was fetched. A credential whose source says otherwise ([`Credential::refreshing`]) goes by its source.
    /// Default 15 minutes.
    pub ahead: Duration,
    /// A random part of `ahead`, up to this, is taken off, so that many processes do not refresh at once. Default 1
    /// minute.
    pub jitter: Duration,
    /// The least time between two fetches when one failed. Default 10 seconds.
    pub cool_down: Duration,
}

impl Default for RefreshPolicy {
    fn default() -> Self {
        Self { ahead: Duration::from_secs(900), jitter: Duration::from_secs(60), cool_down: Duration::from_secs(10) }
    }
}

/// Holds the credential of a client. The first call fetches it; a credential that nears its expiry is fetched again in
/// the background while calls go on with the old one; only one fetch runs at a time; while a credential is still valid
/// a failed fetch is not an error, and a pause follows it.
pub struct CredentialCache {
    source: Arc<dyn CredentialSource>,
    context: Context,
    policy: RefreshPolicy,
    /// One for each kind of credential that was asked for; clouds have one or two.
    kinds: RwLock<Vec<Arc<Shared>>>,
}

struct Shared {
    source: Arc<dyn CredentialSource>,
    context: Context,
    policy: RefreshPolicy,
    current: RwLock<Option<Entry>>,
    fetching: tokio::sync::Mutex<()>,
    failure: Mutex<Option<Failure>>,
}

#[derive(Clone)]
struct Entry {
    credential: Arc<Credential>,
    refresh_at: Option<SystemTime>,
}

struct Failure {
    message: String,
    hint: Option<String>,
    until: SystemTime,
}

impl CredentialCache {
    /// A cache in front of a source, with the default policy.
    pub fn new(source: Arc<dyn CredentialSource>, context: Context) -> Self {
        Self::with_policy(source, context, RefreshPolicy::default())
    }

    /// A cache with a policy of its own.
    pub fn with_policy(source: Arc<dyn CredentialSource>, context: Context, policy: RefreshPolicy) -> Self {
        Self { source, context, policy, kinds: RwLock::default() }
    }

    /// The credential of a kind to use now; see [`Context::kind`](crate::Context::kind).
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`](crate::ErrorKind::Credentials) if there is none that is still valid and none can be
    /// fetched.
    pub async fn get(&self, kind: &'static str) -> Result<Arc<Credential>> {
        let shared = self.of_kind(kind);
        let Some(entry) = shared.entry() else {
            return shared.fetch_or_wait().await;
        };
        // Long-lived keys are the common case: no clock is asked.
        let Some(refresh_at) = entry.refresh_at else {
            return Ok(entry.credential);
        };
        let now = shared.context.clock.now();
        if is_expired(&entry.credential, now) {
            return shared.fetch_or_wait().await;
        }
        if now >= refresh_at && !shared.is_cooling_down(now) {
            shared.refresh_in_background();
        }
        Ok(entry.credential)
    }

    /// Forgets the credential, because the cloud said that it has expired: the next call fetches another.
    pub fn invalidate(&self, stale: &Arc<Credential>) {
        for shared in self.kinds.read().unwrap_or_else(PoisonError::into_inner).iter() {
            let mut current = shared.current.write().unwrap_or_else(PoisonError::into_inner);
            if current.as_ref().is_some_and(|entry| Arc::ptr_eq(&entry.credential, stale)) {
                *current = None;
            }
        }
    }

    fn of_kind(&self, kind: &'static str) -> Arc<Shared> {
        let known = |kinds: &[Arc<Shared>]| kinds.iter().find(|shared| shared.context.kind == kind).cloned();
        if let Some(shared) = known(&self.kinds.read().unwrap_or_else(PoisonError::into_inner)) {
            return shared;
        }
        let mut kinds = self.kinds.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have been faster.
        known(&kinds).unwrap_or_else(|| {
            let context = Context { kind, ..self.context.clone() };
            let shared = Arc::new(Shared::new(Arc::clone(&self.source), context, self.policy));
            kinds.push(Arc::clone(&shared));
            shared
        })
    }
}

impl Shared {
    fn new(source: Arc<dyn CredentialSource>, context: Context, policy: RefreshPolicy) -> Self {
        let fetching = tokio::sync::Mutex::new(());
        Self { source, context, policy, current: RwLock::new(None), fetching, failure: Mutex::new(None) }
    }

    fn refresh_in_background(self: &Arc<Self>) {
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            // Somebody else is at it already: nothing to do.
            if let Ok(_only_one) = shared.fetching.try_lock() {
                let _ = shared.fetch().await;
            }
        });
    }

    fn entry(&self) -> Option<Entry> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_cooling_down(&self, now: SystemTime) -> bool {
        self.failure().as_ref().is_some_and(|failure| now < failure.until)
    }

    fn failure(&self) -> std::sync::MutexGuard<'_, Option<Failure>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch_or_wait(&self) -> Result<Arc<Credential>> {
        let _only_one = self.fetching.lock().await;
        // Whoever held the lock before may have fetched, or failed, for us as well.
        let now = self.context.clock.now();
        if let Some(entry) = self.entry().filter(|entry| !is_expired(&entry.credential, now)) {
            return Ok(entry.credential);
        }
        if let Some(failure) = self.failure().as_ref().filter(|failure| now < failure.until) {
            return Err(failure.to_error());
        }
        self.fetch().await
    }

    async fn fetch(&self) -> Result<Arc<Credential>> {
        let loaded = self.source.load(&self.context).await.map_err(|error| error.into_error(&self.source.name()));
        let now = self.context.clock.now();
        match loaded {
            Ok(credential) if is_expired(&credential, now) => {
                let error =
                    Error::credentials(format!("the credential from {} has already expired", credential.source()));
                Err(self.remember(error, now))
            }
            Ok(credential) => Ok(self.keep(credential, now)),
            Err(error) => Err(self.remember(error, now)),
        }
    }

    fn keep(&self, credential: Credential, now: SystemTime) -> Arc<Credential> {
        let credential = Arc::new(credential);
        let ahead = credential.refresh_ahead().unwrap_or(self.policy.ahead);
        let refresh_at = credential.expires_at().map(|expiry| self.refresh_time(now, expiry, ahead));
        let entry = Entry { credential: Arc::clone(&credential), refresh_at };
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(entry);
        *self.failure() = None;
        credential
    }

    fn refresh_time(&self, now: SystemTime, expiry: SystemTime, ahead: Duration) -> SystemTime {
        let life = expiry.duration_since(now).unwrap_or_default();
        let ahead = ahead.min(life / 2);
        let jitter = self.policy.jitter.min(ahead / 2).mul_f64(self.context.chance.unit());
        expiry - (ahead - jitter)
    }

    fn remember(&self, error: Error, now: SystemTime) -> Error {
        *self.failure() = Some(Failure {
            message: error.to_string(),
            hint: error.hint().map(str::to_owned),
            until: now + self.policy.cool_down,
        });
        error
    }
}

impl Failure {
    fn to_error(&self) -> Error {
        let error = Error::credentials(self.message.clone());
        match &self.hint {
            Some(hint) => error.with_hint(hint.clone()),
            None => error,
        }
    }
}

fn is_expired(credential: &Credential, now: SystemTime) -> bool {
    credential.expires_at().is_some_and(|expiry| now >= expiry)
}

impl std::fmt::Debug for CredentialCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CredentialCache({})", self.source.name())
    }
}

#[cfg(test)]
mod tests;
