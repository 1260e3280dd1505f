//! Given variables and files, and replies in the order in which they were given.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::{NOW, ready};
use crate::chance::SeededChance;
use crate::clock::{BoxFuture, ManualClock};
use crate::context::{Context, Fixed};
use crate::credentials::{Credential, CredentialSource, SourceError};
use crate::error::Error;
use crate::request::Request;
use crate::settings::Settings;
use crate::transport::{RawReply, Transport, TransportError, TransportErrorKind};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; bytes that are not UTF-8 become U+FFFD.
    pub body: String,
}

impl Asked {
    /// A header's value; empty if it did not arrive.
    ///
    /// # Panics
    /// If it is no text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Script {
    replies: VecDeque<(StatusCode, HeaderMap, String)>,
    asked: Vec<Asked>,
    refuses: bool,
    echoes: Option<u16>,
}

/// The world; clones share the network and the clock.
#[derive(Clone)]
pub struct World {
    fixed: Fixed,
    network: Network,
    /// The clock, which stands at [`NOW`] until it is moved.
    pub clock: Arc<ManualClock>,
    kind: &'static str,
}

impl Default for World {
    fn default() -> Self {
        let clock = Arc::new(ManualClock::at_unix(NOW));
        Self { fixed: Fixed::default(), network: Network::default(), clock, kind: "" }
    }
}

impl World {
    /// A world without variables, files and replies.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a variable.
    #[must_use]
    pub fn var(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.fixed = self.fixed.var(name, text);
        self
    }

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>, content: impl AsRef<[u8]>) -> Self {
        self.fixed = self.fixed.file(path, content.as_ref());
        self
    }

    /// Adds a reply without headers, after those added before.
    #[must_use]
    pub fn reply(self, status: u16, body: &str) -> Self {
        self.reply_with(status, &[], body)
    }

    /// Adds a reply, after those added before.
    ///
    /// # Panics
    /// If it cannot be one.
    #[must_use]
    pub fn reply_with(self, status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let parsed = headers
            .iter()
            .map(|(name, value)| (HeaderName::try_from(*name).unwrap(), HeaderValue::try_from(*value).unwrap()));
        let reply = (StatusCode::from_u16(status).unwrap(), parsed.collect(), body.to_owned());
        self.network.script().replies.push_back(reply);
        self
    }

    /// Nobody answers once the replies are used up.
    #[must_use]
    pub fn refusing(self) -> Self {
        self.network.script().refuses = true;
        self
    }

    /// Once the replies are used up, requests are refused with all that was in them.
    #[must_use]
    pub fn echoing(self, status: u16) -> Self {
        self.network.script().echoes = Some(status);
        self
    }

    /// The same world for another [`kind`](Context::kind) of call.
    #[must_use]
    pub fn kind(&self, kind: &'static str) -> Self {
        Self { kind, ..self.clone() }
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Asked> {
        self.network.script().asked.clone()
    }

    /// For a client in this world.
    pub fn settings(&self) -> Settings {
        let mut settings = Settings {
            transport: Some(Arc::new(self.network.clone())),
            clock: self.clock.clone(),
            chance: Arc::new(SeededChance::new(1)),
            ..Settings::default()
        };
        settings.set_fixed(self.fixed.clone());
        settings
    }

    /// For a credential source in this world.
    pub fn context(&self) -> Context {
        Context { kind: self.kind, ..self.settings().context().unwrap() }
    }

    /// Asks a source.
    ///
    /// # Errors
    /// What the source says.
    pub fn load(&self, source: &dyn CredentialSource) -> Result<Credential, SourceError> {
        ready(source.load(&self.context()))
    }

    /// Why a source has nothing.
    ///
    /// # Panics
    /// If it has something, or something broken.
    pub fn absent(&self, source: &dyn CredentialSource) -> String {
        match self.load(source) {
            Err(SourceError::Absent(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    /// What is broken in a source.
    ///
    /// # Panics
    /// If nothing is.
    pub fn failed(&self, source: &dyn CredentialSource) -> Error {
        match self.load(source) {
            Err(SourceError::Failed(error)) => error,
            other => panic!("{other:?}"),
        }
    }
}

#[derive(Clone, Default)]
struct Network(Arc<Mutex<Script>>);

impl Network {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Network {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        Box::pin(async move {
            let body = request.body.collect().await.map_err(TransportError::from_body)?;
            let body = String::from_utf8_lossy(&body).into_owned();
            // Others run before the answer comes.
            tokio::task::yield_now().await;
            self.script().answer(Asked {
                method: request.method.to_string(),
                url: request.url(),
                headers: request.headers,
                body,
            })
        })
    }
}

impl Script {
    fn answer(&mut self, asked: Asked) -> Result<RawReply, TransportError> {
        let echo = format!("{:?} {}", plain(&asked.headers), asked.body);
        self.asked.push(asked);
        if let Some((status, headers, body)) = self.replies.pop_front() {
            return Ok(RawReply::new(status, headers, body));
        }
        match self.echoes {
            Some(status) => Ok(RawReply::new(StatusCode::from_u16(status).unwrap(), HeaderMap::new(), echo)),
            None if self.refuses => Err(TransportError::new(TransportErrorKind::Connect, "connection refused")),
            None => panic!("the script has ended"),
        }
    }
}

/// Headers with their values, also those that hold secrets.
fn plain(headers: &HeaderMap) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect()
}
