//! Several sources in order.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::{Credential, CredentialSource, SourceError};
use crate::clock::BoxFuture;
use crate::context::Context;
use crate::error::{Error, Result};

/// Asks its sources in order; the first that has a credential wins. When none has, the error lists every source and
/// why it had nothing. A source that is broken, rather than empty, stops the search. The search begins anew at every
/// refresh, unless the chain is [`keeping`](Self::keeping).
pub struct Chain {
    sources: Vec<Arc<dyn CredentialSource>>,
    hint: Cow<'static, str>,
    keeps: bool,
    kept: OnceLock<usize>,
}

impl Chain {
    /// An empty chain.
    pub fn new() -> Self {
        Self {
            sources: Vec::new(),
            hint: Cow::Borrowed("set the environment variables of the first source, or give the keys in code"),
            keeps: false,
            kept: OnceLock::new(),
        }
    }

    /// Adds a source at the end.
    #[must_use]
    pub fn then(mut self, source: impl CredentialSource) -> Self {
        self.sources.push(Arc::new(source));
        self
    }

    /// What a person is told to do when no source has a credential.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Once a source has given a credential, only that one is asked again, and what it says is final: a source that
    /// fails for a moment must not turn the caller into somebody else. For clouds with one kind of credential.
    #[must_use]
    pub fn keeping(mut self) -> Self {
        self.keeps = true;
        self
    }

    /// Adds all sources of another chain at the end, in their order, and takes its hint. The whole is
    /// [`keeping`](Self::keeping) if one of the two was.
    #[must_use]
    pub fn append(mut self, other: Self) -> Self {
        self.sources.extend(other.sources);
        self.hint = other.hint;
        self.keeps |= other.keeps;
        self
    }

    /// Asks every source, also behind the one that would win: what a person wants to see when the wrong key is used.
    pub async fn explain(&self, context: &Context) -> Vec<(String, Result<Credential, SourceError>)> {
        let mut answers = Vec::with_capacity(self.sources.len());
        for source in &self.sources {
            answers.push((source.name().into_owned(), source.load(context).await));
        }
        answers
    }

    async fn first(&self, context: &Context) -> Result<Credential, SourceError> {
        if let Some(source) = self.kept.get().and_then(|at| self.sources.get(*at)) {
            return source.load(context).await.map_err(|error| error.into_error(&source.name()).into());
        }
        let mut reasons = String::new();
        for (at, source) in self.sources.iter().enumerate() {
            match source.load(context).await {
                Ok(credential) => {
                    if self.keeps {
                        let _ = self.kept.set(at);
                    }
                    return Ok(credential);
                }
                Err(SourceError::Failed(error)) => return Err(SourceError::Failed(error)),
                Err(SourceError::Absent(reason)) => reasons.push_str(&format!("\n  {}: {reason}", source.name())),
            }
        }
        Err(SourceError::Failed(
            Error::credentials(format!("no credential found; tried in order:{reasons}")).with_hint(self.hint.clone()),
        ))
    }
}

impl Default for Chain {
    fn default() -> Self {
        Self::new()
    }
}

impl CredentialSource for Chain {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("chain")
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.first(context))
    }
}

impl std::fmt::Debug for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.sources.iter().map(|source| source.name())).finish()
    }
}
