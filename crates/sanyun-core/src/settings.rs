//! What every client can be told, whichever its cloud.

use std::sync::Arc;
use std::time::Duration;

use crate::breaker::BreakerPolicy;
use crate::chance::{Chance, SystemChance};
use crate::clock::{Clock, SystemClock};
use crate::context::{Context, Env, Files, Fixed, Process};
use crate::credentials::{CredentialCache, CredentialSource, RefreshPolicy};
use crate::error::Result;
use crate::hook::Hook;
use crate::pipeline::{Breakers, Pipeline};
use crate::retry::{Retry, RetryBudget};
use crate::transport::{Http, HttpTransport, Transport};

/// The settings that all clients share. A client's builder has a setter for each
/// (see [`client_settings!`](crate::client_settings)); this is where they lie.
#[derive(Clone)]
pub struct Settings {
    /// Proxy, TLS, pool and connection time-outs of the default transport.
    pub http: Http,
    /// Another transport instead of the default one.
    pub transport: Option<Arc<dyn Transport>>,
    /// Where credentials come from; the cloud's own chain if unset.
    pub credentials: Option<Arc<dyn CredentialSource>>,
    /// When temporary credentials are fetched again; the cloud's own habit if unset.
    pub credential_refresh: Option<RefreshPolicy>,
    /// The retry policy.
    pub retry: Retry,
    /// The longest a call may take, retries and waits included; unlimited if unset.
    pub timeout: Option<Duration>,
    /// The longest one attempt may take; unlimited if unset.
    pub attempt_timeout: Option<Duration>,
    /// When calls go to the backup of their endpoint, for clouds that know one; never if unset. The cloud's builder
    /// sets it together with the backup.
    pub breaker: Option<BreakerPolicy>,
    /// Hooks, called in order.
    pub hooks: Vec<Arc<dyn Hook>>,
    /// Whether hooks may look at requests unmasked.
    pub unmasked_hooks: bool,
    /// Text added to the `User-Agent`.
    pub user_agent: Option<String>,
    /// The client's region, for the sources of its credentials; a builder's `region` sets it.
    pub region: Option<String>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub chance: Arc<dyn Chance>,
    /// Environment variables.
    pub env: Arc<dyn Env>,
    /// Files.
    pub files: Arc<dyn Files>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            http: Http::default(),
            transport: None,
            credentials: None,
            credential_refresh: None,
            retry: Retry::standard(),
            timeout: None,
            attempt_timeout: None,
            breaker: None,
            hooks: Vec::new(),
            unmasked_hooks: false,
            user_agent: None,
            region: None,
            clock: Arc::new(SystemClock),
            chance: Arc::new(SystemChance),
            env: Arc::new(Process),
            files: Arc::new(Process),
        }
    }
}

impl Settings {
    /// Replaces environment and files, for tests.
    pub fn set_fixed(&mut self, fixed: Fixed) {
        let fixed = Arc::new(fixed);
        self.env = fixed.clone();
        self.files = fixed;
    }

    /// The world as these settings see it. The transport is made by the first client that needs it.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a proxy or a certificate of [`Http`] is wrong.
    pub fn context(&self) -> Result<Context> {
        let transport = match &self.transport {
            Some(transport) => Arc::clone(transport),
            None => Arc::new(HttpTransport::new(&self.http, self.env.as_ref())?),
        };
        Ok(Context {
            env: Arc::clone(&self.env),
            files: Arc::clone(&self.files),
            clock: Arc::clone(&self.clock),
            chance: Arc::clone(&self.chance),
            transport,
            user_agent: user_agent(self.user_agent.as_deref()).into(),
            region: self.region.as_deref().map(Arc::from),
            kind: "",
        })
    }

    /// Builds the pipeline of a client. `default_credentials` is the cloud's chain and `default_refresh` its habit of
    /// renewing, used when none was given. Nothing is sent and no runtime is needed.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a proxy or a certificate of [`Http`] is wrong, or the breaker's
    /// policy ([`BreakerPolicy::check`]).
    pub fn into_pipeline(
        self,
        default_credentials: Arc<dyn CredentialSource>,
        default_refresh: RefreshPolicy,
    ) -> Result<Arc<Pipeline>> {
        let breakers = self.breaker.map(Breakers::new).transpose()?;
        let context = self.context()?;
        let source = self.credentials.unwrap_or(default_credentials);
        let refresh = self.credential_refresh.unwrap_or(default_refresh);
        Ok(Arc::new(Pipeline {
            credentials: Arc::new(CredentialCache::with_policy(source, context.clone(), refresh)),
            context,
            retry: self.retry,
            budget: RetryBudget::default(),
            timeout: self.timeout,
            attempt_timeout: self.attempt_timeout,
            hooks: self.hooks.into(),
            unmasked_hooks: self.unmasked_hooks,
            user_agent: user_agent(self.user_agent.as_deref()),
            clock_offset: Default::default(),
            health: Default::default(),
            breakers,
            transports: Default::default(),
        }))
    }
}

/// `sanyun/0.1.0 (linux; x86_64)`, followed by the application's own text.
pub(crate) fn user_agent(own: Option<&str>) -> String {
    let product = concat!("sanyun/", env!("CARGO_PKG_VERSION"));
    let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    match own {
        Some(own) => format!("{product} ({system}; {machine}) {own}"),
        None => format!("{product} ({system}; {machine})"),
    }
}

/// Gives a builder that has a field `settings: Settings` a setter for each of the [`Settings`], so that all clients
/// read alike.
#[macro_export]
macro_rules! client_settings {
    () => {
        /// Proxy, TLS, pool and connection time-outs.
        #[must_use]
        pub fn http(mut self, http: $crate::Http) -> Self {
            self.settings.http = http;
            self
        }

        /// Another transport instead of the default one; [`http`](Self::http) then has no effect.
        #[must_use]
        pub fn transport(mut self, transport: impl $crate::Transport) -> Self {
            self.settings.transport = Some(std::sync::Arc::new(transport));
            self
        }

        /// Where credentials come from: keys given in code, one source, or a chain. The cloud's own chain if unset.
        #[must_use]
        pub fn credentials(mut self, source: impl $crate::CredentialSource) -> Self {
            self.settings.credentials = Some(std::sync::Arc::new(source));
            self
        }

        /// When temporary credentials are fetched again before they expire; the cloud's own habit if unset.
        #[must_use]
        pub fn credential_refresh(mut self, policy: $crate::RefreshPolicy) -> Self {
            self.settings.credential_refresh = Some(policy);
            self
        }

        /// The retry policy; [`Retry::standard`]($crate::Retry::standard) if unset.
        #[must_use]
        pub fn retry(mut self, retry: $crate::Retry) -> Self {
            self.settings.retry = retry;
            self
        }

        /// The longest a call may take, retries and waits included; unlimited if unset.
        #[must_use]
        pub fn timeout(mut self, limit: std::time::Duration) -> Self {
            self.settings.timeout = Some(limit);
            self
        }

        /// The longest one attempt may take; unlimited if unset.
        #[must_use]
        pub fn attempt_timeout(mut self, limit: std::time::Duration) -> Self {
            self.settings.attempt_timeout = Some(limit);
            self
        }

        /// Adds a hook, called after those added before: an access log, a listener made of a closure, or any other.
        #[must_use]
        pub fn hook(mut self, hook: impl $crate::Hook) -> Self {
            self.settings.hooks.push(std::sync::Arc::new(hook));
            self
        }

        /// Lets hooks see requests and replies unmasked, secrets included. For debugging only.
        #[must_use]
        pub fn danger_unmasked_hooks(mut self) -> Self {
            self.settings.unmasked_hooks = true;
            self
        }

        /// Text added to the `User-Agent`, such as `my-app/1.2`.
        #[must_use]
        pub fn user_agent(mut self, text: impl Into<String>) -> Self {
            self.settings.user_agent = Some(text.into());
            self
        }

        /// Another clock, for tests.
        #[must_use]
        pub fn clock(mut self, clock: impl $crate::Clock) -> Self {
            self.settings.clock = std::sync::Arc::new(clock);
            self
        }

        /// Another source of nonces and jitter, for tests.
        #[must_use]
        pub fn chance(mut self, chance: impl $crate::Chance) -> Self {
            self.settings.chance = std::sync::Arc::new(chance);
            self
        }

        /// Given environment variables and files instead of the process's own, for tests.
        #[must_use]
        pub fn world(mut self, fixed: $crate::Fixed) -> Self {
            self.settings.set_fixed(fixed);
            self
        }

        /// All shared settings at once, so that several clients can have the same.
        #[must_use]
        pub fn settings(mut self, settings: $crate::Settings) -> Self {
            self.settings = settings;
            self
        }
    };
}
